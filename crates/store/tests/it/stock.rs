//! The books of the stockpile on a database: what it refuses by itself, and races of processes.

use std::num::NonZeroU64;
use std::sync::Arc;

use egnatia_app::{
    Batch, Change, EnterMovement, StockAccountRow, StockChange, StockGoodsRow, StockOf, Store,
};
use egnatia_audit::Hash;
use egnatia_stockpile::{
    AccountId, AccountKind, GoodsFacts, GoodsId, Line, Movement, MovementId, MovementKind as Kind,
};
use egnatia_testkit::{Maker, MemoryStore, stock_agree, test_seal, user, verify_log};
use sqlx::{AssertSqlSafe, Connection};
use tokio::task::JoinSet;

use crate::cluster::new_database;
use egnatia_store::{PostgresStore, SqliteStore};

const OUTSIDE: AccountId = AccountId::from_bytes([1; 16]);
const STORE: AccountId = AccountId::from_bytes([2; 16]);
const RACKS: [AccountId; 3] = [
    AccountId::from_bytes([3; 16]),
    AccountId::from_bytes([4; 16]),
    AccountId::from_bytes([5; 16]),
];
const RIFLE: GoodsId = GoodsId::from_bytes([21; 16]);
const ROUNDS: GoodsId = GoodsId::from_bytes([22; 16]);

fn stock(make: &Maker, changes: Vec<StockChange>) -> Batch {
    make.changes(changes.into_iter().map(Change::Stock).collect())
}

fn opened(make: &Maker) -> Batch {
    let place = AccountKind::Place { store: STORE };
    let account = |id, kind| StockChange::OpenAccount(StockAccountRow { id, kind });
    let goods = |id, is_serialised| {
        let facts = GoodsFacts {
            is_serialised,
            is_explosive: !is_serialised,
        };
        StockChange::RegisterGoods(StockGoodsRow { id, facts })
    };
    let mut changes = vec![
        account(OUTSIDE, AccountKind::Outside),
        account(STORE, place),
    ];
    changes.extend(RACKS.map(|rack| account(rack, place)));
    changes.extend([goods(RIFLE, true), goods(ROUNDS, false)]);
    changes.push(moved(make, Kind::Opening, (RIFLE, 1), (OUTSIDE, RACKS[0])));
    changes.push(moved(
        make,
        Kind::Opening,
        (ROUNDS, 50),
        (OUTSIDE, RACKS[0]),
    ));
    stock(make, changes)
}

fn moved(
    make: &Maker,
    kind: Kind,
    (goods, quantity): (GoodsId, u64),
    (from, to): (AccountId, AccountId),
) -> StockChange {
    let movement = Movement {
        id: MovementId(make.id()),
        lines: vec![Line {
            kind,
            goods,
            from,
            to,
            quantity: NonZeroU64::new(quantity).unwrap(),
        }],
        effective_at: None,
        reference: "V-1".into(),
        remark: None,
        reverses: None,
        by: user("ana"),
    };
    let recorded_at = make.tick();
    StockChange::Enter(Box::new(EnterMovement {
        digest: Hash::of(&serde_json::to_vec(&movement).unwrap()),
        movement,
        recorded_at,
        due_at: recorded_at,
        expects: vec![],
    }))
}

/// What nobody may do, however they write to the database.
const FORBIDDEN: [(&str, &str); 12] = [
    (
        "less than nothing",
        "UPDATE stock_balances SET quantity = -1 WHERE serialised = 0 AND outside = 0",
    ),
    (
        "promised more than there is",
        "UPDATE stock_balances SET reserved = 51 WHERE serialised = 0 AND outside = 0",
    ),
    (
        "promised less than nothing",
        "UPDATE stock_balances SET reserved = -1",
    ),
    (
        "one weapon twice in one place",
        "UPDATE stock_balances SET quantity = 2 WHERE serialised = 1 AND outside = 0",
    ),
    (
        "one weapon from outside twice",
        "UPDATE stock_balances SET quantity = -2 WHERE serialised = 1 AND outside = 1",
    ),
    (
        "one weapon in two places",
        "INSERT INTO stock_balances (goods, account, quantity, reserved, serialised, outside) \
         SELECT b.goods, (SELECT MAX(number) FROM stock_accounts), 1, 0, 1, 0 \
         FROM stock_balances b WHERE b.serialised = 1 AND b.outside = 0",
    ),
    (
        "a weapon that calls itself a lot",
        "INSERT INTO stock_balances (goods, account, quantity, reserved, serialised, outside) \
         SELECT b.goods, (SELECT MAX(number) FROM stock_accounts), 1, 0, 0, 0 \
         FROM stock_balances b WHERE b.serialised = 1 AND b.outside = 0",
    ),
    (
        "a rack that calls itself outside",
        "UPDATE stock_balances SET outside = 1, quantity = -5 WHERE serialised = 0 AND outside = 0",
    ),
    (
        "a second outside",
        "INSERT INTO stock_accounts (number, id, kind, store, outside) \
         SELECT 900000, g.id, 'outside', NULL, 1 FROM stock_goods g WHERE g.serialised = 1",
    ),
    (
        "goods that are registered twice",
        "INSERT INTO stock_goods (number, id, serialised, explosive) \
         SELECT 900000, id, serialised, explosive FROM stock_goods WHERE serialised = 1",
    ),
    (
        "a posting that is changed",
        "UPDATE stock_postings SET amount = 7 WHERE amount > 0",
    ),
    (
        "a movement that is changed",
        "UPDATE stock_movements SET recorded_us = 0",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_itself_forbids_what_must_not_be() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("egnatia.db");
    let store = SqliteStore::open(&path, test_seal()).await.unwrap();
    let make = Maker::new(1);
    store.commit(opened(&make)).await.unwrap();
    let url = format!("sqlite://{}", path.display());
    let mut file = sqlx::SqliteConnection::connect(&url).await.unwrap();
    for (what, text) in FORBIDDEN {
        let done = sqlx::raw_sql(text).execute(&mut file).await;
        assert!(done.is_err(), "{what}: {done:?}");
    }
    let rows = store
        .stock_balances(StockOf::Account(RACKS[0]))
        .await
        .unwrap();
    assert_eq!(
        rows.iter().map(|row| row.quantity).collect::<Vec<_>>(),
        [1, 50]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn postgresql_itself_forbids_what_must_not_be() {
    let url = new_database().await;
    let store = PostgresStore::connect(&url, test_seal()).await.unwrap();
    let make = Maker::new(1);
    store.commit(opened(&make)).await.unwrap();
    let mut server = sqlx::PgConnection::connect(&url).await.unwrap();
    for (what, text) in FORBIDDEN {
        let done = sqlx::raw_sql(AssertSqlSafe(text))
            .execute(&mut server)
            .await;
        assert!(done.is_err(), "{what}: {done:?}");
    }
    let rows = store
        .stock_balances(StockOf::Account(RACKS[0]))
        .await
        .unwrap();
    assert_eq!(
        rows.iter().map(|row| row.quantity).collect::<Vec<_>>(),
        [1, 50]
    );
}

/// Clerks at two processes take the same rifle and the same rounds.
async fn race<S: Store + 'static>(nodes: [Arc<S>; 2]) {
    let make = Arc::new(Maker::new(7));
    nodes[0].commit(opened(&make)).await.unwrap();
    let mut here = RACKS[0];
    for round in 0..6 {
        let mut clerks = JoinSet::new();
        let others = RACKS.into_iter().filter(|rack| *rack != here);
        for (number, to) in others.enumerate() {
            let change = moved(&make, Kind::Transfer, (RIFLE, 1), (here, to));
            let (store, batch) = (Arc::clone(&nodes[number]), stock(&make, vec![change]));
            clerks.spawn(async move { store.commit(batch).await });
        }
        let answers = clerks.join_all().await;
        let won = answers.iter().filter(|answer| answer.is_ok()).count();
        assert_eq!(won, 1, "round {round}: {answers:?}");
        let rows = nodes[1]
            .stock_balances(StockOf::Goods(RIFLE))
            .await
            .unwrap();
        let held: Vec<_> = rows.iter().filter(|row| row.quantity > 0).collect();
        assert_eq!(held.len(), 1, "{rows:?}");
        here = held[0].account;
    }
    let mut clerks = JoinSet::new();
    for number in 0..24 {
        let change = moved(&make, Kind::Transfer, (ROUNDS, 4), (RACKS[0], RACKS[1]));
        let (store, batch) = (Arc::clone(&nodes[number % 2]), stock(&make, vec![change]));
        clerks.spawn(async move { store.commit(batch).await.is_ok() });
    }
    let answers = clerks.join_all().await;
    assert_eq!(answers.iter().filter(|done| **done).count(), 12);
    let left = nodes[0]
        .stock_balances(StockOf::Account(RACKS[0]))
        .await
        .unwrap();
    let left: i64 = left
        .iter()
        .filter(|row| row.goods == ROUNDS)
        .map(|row| row.quantity)
        .sum();
    assert_eq!(left, 2);
    verify_log(&*nodes[0]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clerks_at_two_processes_share_a_file_and_one_of_them_wins() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("egnatia.db");
    let open = async || Arc::new(SqliteStore::open(&path, test_seal()).await.unwrap());
    race([open().await, open().await]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn clerks_at_two_processes_share_a_server_and_one_of_them_wins() {
    let url = new_database().await;
    let open = async || Arc::new(PostgresStore::connect(&url, test_seal()).await.unwrap());
    race([open().await, open().await]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_and_memory_agree_on_random_movements() {
    let folder = tempfile::tempdir().unwrap();
    let (mut written, mut refused) = (0, 0);
    for seed in 0..4 {
        let path = folder.path().join(format!("{seed}.db"));
        let store = SqliteStore::open(&path, test_seal()).await.unwrap();
        let (more, less) = stock_agree(&MemoryStore::default(), &store, seed, 150).await;
        written += more;
        refused += less;
    }
    assert!(
        written > 60 && refused > 100,
        "{written} written, {refused} refused"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn postgresql_and_memory_agree_on_random_movements() {
    for seed in 10..12 {
        let store = PostgresStore::connect(&new_database().await, test_seal())
            .await
            .unwrap();
        stock_agree(&MemoryStore::default(), &store, seed, 120).await;
    }
}
