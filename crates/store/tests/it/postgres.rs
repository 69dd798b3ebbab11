//! PostgreSQL.

use std::sync::Arc;

use egnatia_app::Store;
use egnatia_record::Kind;
use egnatia_store::{OpenError, PostgresStore, SqliteStore};
use egnatia_testkit::{
    Maker, MemoryStore, Model, agree, dump_rows, observe, restore_rows, store_contract, test_seal,
    verify_log,
};
use sqlx::Connection;
use tokio::task::JoinSet;

use crate::cluster::new_database;

async fn new_store() -> PostgresStore {
    let url = new_database().await;
    PostgresStore::connect(&url, test_seal()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn keeps_the_contract() {
    store_contract(new_store).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_as_the_model_does() {
    for seed in 20..24 {
        let store = new_store().await;
        agree(&MemoryStore::default(), &store, seed, 60).await;
        store.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn several_processes_share_one_database() {
    let url = new_database().await;
    let mut nodes = Vec::new();
    for _ in 0..3 {
        nodes.push(Arc::new(
            PostgresStore::connect(&url, test_seal()).await.unwrap(),
        ));
    }
    let make = Arc::new(Maker::new(1));
    let mut writers = JoinSet::new();
    for number in 0..12 {
        let (store, make) = (Arc::clone(&nodes[number % 3]), Arc::clone(&make));
        writers.spawn(async move {
            let mut numbers = Vec::new();
            for _ in 0..8 {
                let batch = make.batch(vec![make.new_record(Kind::Check)]);
                numbers.push(store.commit(batch).await.unwrap().first_event);
            }
            numbers
        });
    }
    let mut numbers: Vec<u64> = writers.join_all().await.concat();
    numbers.sort_unstable();
    assert!(numbers.into_iter().eq(0..96));
    verify_log(&*nodes[0]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn takes_over_the_backup_of_a_store_in_sqlite_and_gives_it_back() {
    let folder = tempfile::tempdir().unwrap();
    let small = SqliteStore::open(&folder.path().join("small.db"), test_seal())
        .await
        .unwrap();
    let mut model = Model::new(5);
    for _ in 0..40 {
        // Some conflict, which is part of the model.
        let _ = small.commit(model.batch()).await;
    }
    let large = new_store().await;
    assert_eq!(small.dump_columns(), large.dump_columns());
    let rows = dump_rows(&small).await;
    restore_rows(&large, rows.clone()).await.unwrap();
    assert_eq!(observe(&large).await, observe(&small).await);
    let back = SqliteStore::open(&folder.path().join("back.db"), test_seal())
        .await
        .unwrap();
    assert_eq!(dump_rows(&large).await, rows);
    restore_rows(&back, dump_rows(&large).await).await.unwrap();
    assert_eq!(observe(&back).await, observe(&small).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn refuses_a_schema_that_a_newer_program_made() {
    let url = new_database().await;
    PostgresStore::connect(&url, test_seal())
        .await
        .unwrap()
        .close()
        .await;
    let mut server = sqlx::PgConnection::connect(&url).await.unwrap();
    let newer = "INSERT INTO applied_migrations VALUES (9999)";
    sqlx::raw_sql(newer).execute(&mut server).await.unwrap();
    let refused = PostgresStore::connect(&url, test_seal()).await.unwrap_err();
    assert!(
        matches!(refused, OpenError::Newer { found: 9999, .. }),
        "{refused}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_the_database_cannot_take_does_not_refuse_its_neighbours() {
    let store = Arc::new(new_store().await);
    let make = Maker::new(3);
    let mut commits = JoinSet::new();
    for number in 0..12 {
        let mut put = make.new_record(Kind::Check);
        if number == 5 {
            // PostgreSQL has no zero character in text.
            put.state = "a\0b".into();
        }
        let (store, batch) = (Arc::clone(&store), make.batch(vec![put]));
        commits.spawn(async move { store.commit(batch).await.is_ok() });
    }
    let done = commits.join_all().await;
    assert_eq!(done.iter().filter(|done| **done).count(), 11);
    assert_eq!(store.audit_head().await.unwrap().size, 11);
    verify_log(&*store).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn batches_committed_together_answer_as_single_ones() {
    for seed in 50..52 {
        crate::groups::answer_as_single_batches(&new_store().await, seed).await;
    }
}
