//! The real binary: commands, tampering, kill -9, backup while it serves.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test, a failed expectation is the finding"
)]

mod alerts;
mod backup;
mod binary;
mod commands;
mod eval;
mod exchange;
mod exchange_kill;
mod exchange_rotation;
mod firearms;
mod kill;
mod peer;
mod region;
mod screen;
mod seven;
mod stock;
mod stock_proof;
mod tamper;
mod tour;
mod update;
mod wire;
mod zone;
