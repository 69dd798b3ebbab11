//! SQLite.

use std::sync::Arc;

use egnatia_app::Store;
use egnatia_store::SqliteStore;
use egnatia_testkit::{MemoryStore, agree, store_contract, test_seal};

#[tokio::test(flavor = "multi_thread")]
async fn keeps_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    let number = std::sync::atomic::AtomicU32::new(0);
    store_contract(async || {
        let number = number.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let path = folder.path().join(format!("{number}.db"));
        Arc::new(SqliteStore::open(&path, test_seal()).await.unwrap()) as Arc<dyn Store>
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_as_the_model_does() {
    let folder = tempfile::tempdir().unwrap();
    for seed in 0..8 {
        let path = folder.path().join(format!("{seed}.db"));
        let store = SqliteStore::open(&path, test_seal()).await.unwrap();
        agree(&MemoryStore::default(), &store, seed, 60).await;
        store.close().await;
    }
}
