//! The store's port on SQLite and PostgreSQL.
//!
//! - [`SqliteStore`]: one file beside the node, the embedded default.
//! - [`PostgresStore`]: a server, for nodes that outgrow one machine.
//!
//! Both share all queries: the SQL is written once, in the subset on which the two agree, above
//! the narrow waist of `backend`. One writer commits all batches that wait in one transaction
//! (`writer`), checks what they must fit (`view`), and turns them into rows (`stage`).
//!
//! This crate never decides who may see what, and never reads the clock.
//!
//! ```
//! use egnatia_app::Store;
//! use egnatia_audit::{Seal, Signer, TagKey};
//! use egnatia_store::SqliteStore;
//!
//! # let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
//! # runtime.block_on(async {
//! # let folder = tempfile::tempdir()?;
//! let seal = Seal {
//!     signer: Signer::new("egnatia/mk-mvr", &[1; 32])?,
//!     tags: TagKey::new(&[2; 32]),
//! };
//! let store = SqliteStore::open(&folder.path().join("egnatia.db"), seal).await?;
//! assert!(store.is_empty().await?);
//! store.close().await;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod ask;
mod backend;
mod backup;
mod insert;
mod migrate;
mod postgres;
mod read;
mod row;
mod schema;
mod sqlite;
mod stage;
mod stock;
mod store;
mod view;
mod writer;

pub use migrate::OpenError;
pub use postgres::PostgresStore;
pub use sqlite::SqliteStore;
pub use store::SqlStore;
