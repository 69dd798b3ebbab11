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
// The server that the store's own tests start.
#[path = "../../../store/tests/it/cluster.rs"]
mod cluster;
mod commands;
mod eval;
mod exchange;
mod exchange_commands;
mod exchange_kill;
mod exchange_rotation;
mod exchange_talk;
mod firearm_life;
mod firearms;
mod kill;
mod networks;
mod on_postgres;
mod peer;
mod region;
mod screen;
mod seven;
mod seven_networks;
mod seven_trace;
mod stock;
mod stock_acts;
mod stock_crash;
mod stock_custody;
mod stock_losses;
mod stock_proof;
mod tamper;
mod tour;
mod update;
mod wire;
mod zone;
