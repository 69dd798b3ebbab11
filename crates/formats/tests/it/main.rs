//! Tests of the crate from outside: invented lists, malformed lists, the real lists, fuzzing.

mod ftm;
mod fuzz;
mod ofac;
mod real;
mod refused;
mod un;
