//! Fakes, builders and the store's contract. For tests only: nothing here belongs in a node.
//!
//! - [`FixedClock`] and [`SeededEntropy`] stand in for time and chance.
//! - [`Maker`] makes records, events and batches.
//! - [`Population`] is a register of invented persons, and [`queries`] asks for them.
//! - [`region`] is seven nodes that exchange without a network.
//! - [`MemoryStore`] stands in for a database.
//! - [`store_contract`] is what every store has to do; [`agree`] compares two of them.
//!
//! ```
//! use egnatia_app::Store;
//! use egnatia_record::Kind;
//! use egnatia_testkit::{Maker, MemoryStore};
//!
//! # let runtime = tokio::runtime::Builder::new_current_thread().build()?;
//! # runtime.block_on(async {
//! let (store, make) = (MemoryStore::default(), Maker::new(1));
//! let done = store.commit(make.batch(vec![make.new_record(Kind::Check)])).await?;
//! assert_eq!(done.log_size, 1);
//! # Ok::<(), egnatia_app::CommitError>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod ambient;
mod chance;
#[expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "in the suite, a failed expectation is the finding"
)]
mod contract;
mod files;
mod maker;
mod memory;
mod population;
#[expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "in a test's region, a failed expectation is the finding"
)]
mod region;
mod seal;

pub use ambient::{FixedClock, SeededEntropy};
pub use chance::Chance;
pub use contract::{
    Case, Model, agree, contract_cases, dump_rows, observe, restore_rows, stock_agree,
    store_contract, verify_log, verify_log_under,
};
pub use files::MemoryFiles;
pub use maker::{Maker, justification, user};
pub use memory::{Fuse, HeldUp, MemoryStore};
pub use population::{Birth, Category, Person, Population, Query, SourceName, queries};
pub use region::{
    Direct, SIDES, TestNode, administrator, arrangement_with, empty_store, later, region, send_as,
    test_identity, verifier,
};
pub use seal::{test_log_key, test_seal, test_seal_of, test_tag_key};
