//! Measures the books of the stockpile on SQLite, or on an empty PostgreSQL database: movements in
//! batches of 100 from eight clients, single ones from 32 clients, and the balance of an account at
//! a moment that has passed.
//!
//! ```text
//! cargo run --release -p egnatia-store --example stock_throughput
//! cargo run --release -p egnatia-store --example stock_throughput postgres://user@host/database
//! ```

use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::Instant;

use egnatia_app::{
    Batch, Change, EnterMovement, StockAccountRow, StockChange, StockGoodsRow, StockMoment, Store,
};
use egnatia_audit::Hash;
use egnatia_stockpile::{
    AccountId, AccountKind, GoodsFacts, GoodsId, Line, Movement, MovementId, MovementKind,
};
use egnatia_store::{PostgresStore, SqliteStore};
use egnatia_testkit::{Maker, test_seal, user};
use tokio::task::JoinSet;

type Failed = Box<dyn std::error::Error>;

const STORE: AccountId = AccountId::from_bytes([2; 16]);
/// Racks, each with a lot of its own.
const RACKS: usize = 400;

fn account(number: usize) -> AccountId {
    let mut bytes = [3; 16];
    let number = u32::try_from(number).unwrap_or(0).to_be_bytes();
    for (byte, value) in bytes.iter_mut().zip(number) {
        *byte = value;
    }
    AccountId::from_bytes(bytes)
}

fn goods(number: usize) -> GoodsId {
    GoodsId(account(number).0)
}

fn opened(make: &Maker) -> Result<Batch, Failed> {
    let open = |id, kind| Change::Stock(StockChange::OpenAccount(StockAccountRow { id, kind }));
    let facts = GoodsFacts {
        is_serialised: false,
        is_explosive: true,
    };
    let mut changes = vec![
        open(AccountId::OUTSIDE, AccountKind::Outside),
        open(STORE, AccountKind::Place { store: STORE }),
    ];
    for number in 0..RACKS {
        changes.push(open(account(number), AccountKind::Place { store: STORE }));
        let id = goods(number);
        let row = StockGoodsRow { id, facts };
        changes.push(Change::Stock(StockChange::RegisterGoods(row)));
        let sides = (AccountId::OUTSIDE, account(number));
        changes.push(moved(make, MovementKind::Opening, (id, 1_000_000), sides)?);
    }
    Ok(make.changes(changes))
}

fn moved(
    make: &Maker,
    kind: MovementKind,
    (goods, quantity): (GoodsId, u64),
    (from, to): (AccountId, AccountId),
) -> Result<Change, Failed> {
    let movement = Movement {
        id: MovementId(make.id()),
        lines: vec![Line {
            kind,
            goods,
            from,
            to,
            quantity: NonZeroU64::new(quantity).ok_or("a quantity")?,
        }],
        effective_at: None,
        reference: "V-1".into(),
        remark: None,
        reverses: None,
        by: user("ana"),
    };
    let recorded_at = make.tick();
    let enter = EnterMovement {
        digest: Hash::of(&serde_json::to_vec(&movement)?),
        movement,
        recorded_at,
        due_at: recorded_at,
        expects: vec![],
    };
    Ok(Change::Stock(StockChange::Enter(Box::new(enter))))
}

/// So many movements of one piece from racks into the store.
fn batch(make: &Maker, first: usize, count: usize) -> Result<Batch, Failed> {
    let changes = (first..first + count).map(|number| {
        let from = account(number % RACKS);
        let kind = MovementKind::Transfer;
        moved(make, kind, (goods(number % RACKS), 1), (from, STORE))
    });
    Ok(make.changes(changes.collect::<Result<_, _>>()?))
}

async fn at_once<S: Store + 'static>(
    store: &Arc<S>,
    clients: usize,
    (each, size): (usize, usize),
) -> Result<(), Failed> {
    let make = Maker::new(u64::try_from(clients)?);
    let mut work = Vec::new();
    for client in 0..clients {
        let batches = (0..each).map(|turn| batch(&make, client * 37 + turn * size, size));
        work.push(batches.collect::<Result<Vec<_>, _>>()?);
    }
    let begun = Instant::now();
    let mut tasks = JoinSet::new();
    for batches in work {
        let store = Arc::clone(store);
        tasks.spawn(async move {
            for batch in batches {
                store.commit(batch).await?;
            }
            Ok::<(), egnatia_app::CommitError>(())
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    let count = u32::try_from(clients * each * size)?;
    let rate = f64::from(count) / begun.elapsed().as_secs_f64();
    println!("{clients} clients, batches of {size}: {rate:.0} movements per second");
    Ok(())
}

async fn measure<S: Store + 'static>(store: S) -> Result<(), Failed> {
    let store = Arc::new(store);
    let make = Maker::new(1);
    store.commit(opened(&make)?).await?;
    let middle = make.tick();
    at_once(&store, 8, (100, 100)).await?;
    at_once(&store, 32, (200, 1)).await?;
    let begun = Instant::now();
    for number in 0..1_000 {
        let of = (account(number % RACKS), goods(number % RACKS));
        store
            .stock_balance_at(of, StockMoment::Effective(middle))
            .await?;
    }
    let each = begun.elapsed().as_secs_f64();
    println!("balance at a past moment: {each:.3} ms");
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Failed> {
    if let Some(url) = std::env::args().nth(1) {
        return measure(PostgresStore::connect(&url, test_seal()).await?).await;
    }
    // The system's folder for temporary files may be memory: the working folder is a disk.
    let folder = tempfile::tempdir_in(".")?;
    let path = folder.path().join("egnatia.db");
    measure(SqliteStore::open(&path, test_seal()).await?).await
}
