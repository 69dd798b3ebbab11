//! Behaviour of the crate as its users see it.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail like tests"
)]

mod fuzz;
mod golden;
mod golden_bodies;
mod index;
mod pairs;
mod people;
mod properties;
mod search_generated;
mod search_set;
mod segments;
mod serial;
