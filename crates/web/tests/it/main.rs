//! The pages and the API, asked as a browser and as a program ask them.

mod alert_ends;
#[expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a failed expectation is the finding"
)]
mod alert_import_api;
mod alert_standing;
#[expect(clippy::unwrap_used, reason = "a failed expectation is the finding")]
mod alerts;
#[expect(clippy::indexing_slicing, reason = "a missing field fails the test")]
mod api;
mod exchange_api;
#[expect(clippy::unwrap_used, reason = "a failed expectation is the finding")]
mod firearm_import;
#[expect(clippy::unwrap_used, reason = "a failed expectation is the finding")]
mod firearm_life;
mod firearm_signed;
#[expect(clippy::unwrap_used, reason = "a failed expectation is the finding")]
mod firearms;
#[expect(clippy::unwrap_used, reason = "a failed expectation is the finding")]
mod fuzz;
mod guards;
mod hit_fields;
mod inbox;
mod pages;
#[expect(clippy::unwrap_used, reason = "a failed expectation is the finding")]
mod partners;
mod reading;
mod roles;
#[expect(clippy::unwrap_used, reason = "a failed expectation is the finding")]
mod samples;
#[expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a failed expectation is the finding"
)]
mod screenings;
#[expect(clippy::unwrap_used, reason = "a failed expectation is the finding")]
mod stock;
mod stock_more;
#[expect(clippy::unwrap_used, reason = "a failed expectation is the finding")]
mod stock_plans;
mod store_readings;
#[expect(clippy::unwrap_used, reason = "a failed expectation is the finding")]
mod texts;
#[expect(clippy::unwrap_used, reason = "a failed expectation is the finding")]
mod transfers;
#[expect(clippy::unwrap_used, reason = "a failed expectation is the finding")]
mod witnesses;
#[expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a failed expectation is the finding"
)]
mod world;
