//! The stockpile, tried as a whole.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "in a test, a failed expectation is the finding"
)]

mod distance;
mod distance_edges;
mod golden;
mod ledger;
mod licence;
mod model;
mod stocktake;
mod world;
