//! Measures the store, on SQLite or on an empty PostgreSQL database: commits by one caller, by 64
//! and by 256 at once, and the import of 15,000 records in one batch.
//!
//! ```text
//! cargo run --release -p egnatia-store --example throughput
//! cargo run --release -p egnatia-store --example throughput postgres://user@host/database
//! ```

use std::sync::Arc;
use std::time::Instant;

use egnatia_app::{Batch, Change, KeyChange, ListChange, ListEntryRow, Store};
use egnatia_audit::Hash;
use egnatia_record::{Kind, Version};
use egnatia_store::{PostgresStore, SqliteStore};
use egnatia_testkit::{Maker, test_seal};
use tokio::task::JoinSet;

/// A description and a body of the size that real lists have.
const BODY_BYTES: usize = 900;
const KEYS_BYTES: usize = 500;

fn check(make: &Maker) -> Batch {
    let envelope = make.envelope(Kind::Check);
    make.batch(vec![make.put(envelope, &"x".repeat(BODY_BYTES))])
}

fn import(make: &Maker, count: usize) -> Batch {
    let mut rows = Vec::new();
    let mut puts = Vec::new();
    for number in 0..count {
        let envelope = make.envelope(Kind::ListEntry);
        let mut put = make.put(envelope, &"x".repeat(BODY_BYTES));
        put.keys = KeyChange::Set(vec![b'k'; KEYS_BYTES]);
        put.claims = vec![format!("entry:un-sc:{number}")];
        rows.push(ListEntryRow {
            list: "un-sc".into(),
            source_id: format!("{number}"),
            record: put.envelope.id,
            record_version: Version::FIRST,
            content: Hash::of(b"content"),
            listed: true,
            list_version: 1,
            change: ListChange::Added,
        });
        puts.push(put);
    }
    let mut batch = make.batch(puts);
    batch.changes.push(Change::PutListEntries(rows));
    batch
}

async fn at_once<S: Store + 'static>(
    store: &Arc<S>,
    callers: usize,
    each: usize,
) -> Result<(), Box<dyn std::error::Error>> {
    let make = Arc::new(Maker::new(u64::try_from(callers)?));
    let mut tasks = JoinSet::new();
    let begun = Instant::now();
    for _ in 0..callers {
        let (store, make) = (Arc::clone(store), Arc::clone(&make));
        tasks.spawn(async move {
            for _ in 0..each {
                store.commit(check(&make)).await?;
            }
            Ok::<(), egnatia_app::CommitError>(())
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    let count = u32::try_from(callers * each)?;
    let rate = f64::from(count) / begun.elapsed().as_secs_f64();
    println!("{callers} callers at once: {rate:.0} commits per second");
    Ok(())
}

async fn measure<S: Store + 'static>(store: S) -> Result<(), Box<dyn std::error::Error>> {
    let store = Arc::new(store);
    at_once(&store, 1, 1000).await?;
    at_once(&store, 64, 300).await?;
    at_once(&store, 256, 100).await?;
    let batch = import(&Maker::new(15_000), 15_000);
    let begun = Instant::now();
    store.commit(batch).await?;
    let seconds = begun.elapsed().as_secs_f64();
    println!("15,000 records in one batch: {seconds:.2} s");
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    if let Some(url) = std::env::args().nth(1) {
        return measure(PostgresStore::connect(&url, test_seal()).await?).await;
    }
    // The system's folder for temporary files may be memory: the working folder is a disk.
    let folder = tempfile::tempdir_in(".")?;
    let path = folder.path().join("egnatia.db");
    measure(SqliteStore::open(&path, test_seal()).await?).await
}
