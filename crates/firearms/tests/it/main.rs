//! Behaviour of the crate as its users see it.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail like tests"
)]

mod evidence;
mod incidents;
mod life;
mod made;
mod progress;
mod reference;
mod trace;
