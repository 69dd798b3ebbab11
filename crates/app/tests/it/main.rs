//! The use cases on the store in memory: what they do, what they refuse, what the log says of it.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "in a test, a failed expectation is the finding"
)]

mod accounts;
mod alert_ends;
mod alert_import;
mod answers;
mod attacks;
mod audit;
mod checks;
mod decisions;
mod derogations;
mod exchange;
mod firearm_chains;
mod firearm_import;
mod firearm_signed;
mod firearms;
mod floods;
mod index_files;
mod lists;
mod not_stored;
mod onward;
mod photographs;
mod released_again;
mod retention;
mod returned;
mod screening;
mod serial_cases;
mod signed_together;
mod silence;
mod simulation;
mod stock;
mod stock_counts;
mod stock_custody;
mod stock_holding;
mod stock_losses;
mod stock_plans;
mod witnesses;
mod world;
