//! Tests of the crate from outside: invented lists, malformed lists, the real lists, fuzzing.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests may panic; clippy permits it only within test functions"
)]

mod alert_rows;
mod firearm_rows;
mod ftm;
mod fuzz;
mod ofac;
mod real;
mod refused;
mod rows;
mod un;
