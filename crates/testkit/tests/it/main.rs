//! The fake keeps the store's contract.

use egnatia_app::{CommitError, Store, StoreError};
use egnatia_testkit::{Maker, MemoryStore, agree, store_contract};

#[tokio::test]
async fn the_store_in_memory_keeps_the_contract() {
    store_contract(async || MemoryStore::default()).await;
}

#[tokio::test]
async fn random_batches_repeat_from_their_seed() {
    let (one, other) = (MemoryStore::default(), MemoryStore::default());
    let (written, refused) = agree(&one, &other, 7, 60).await;
    assert!(
        written > 5 && refused > 5,
        "{written} written, {refused} refused"
    );
}

#[tokio::test]
async fn the_next_commit_fails_when_told_and_writes_nothing() {
    let (store, make) = (MemoryStore::default(), Maker::new(1));
    store.fail_next_commit(StoreError::Full);
    let refused = store.commit(make.changes(vec![])).await;
    assert_eq!(refused, Err(CommitError::Store(StoreError::Full)));
    assert_eq!(store.is_empty().await, Ok(true));
    assert!(store.commit(make.changes(vec![])).await.is_ok());
}
