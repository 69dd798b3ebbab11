//! Measures the books of the stockpile on SQLite, or on an empty PostgreSQL database: movements in
//! batches of 100 from eight clients, single ones from 32 clients, and the balance of an account at
//! a moment that has passed, with so many movements in the books.
//!
//! ```text
//! cargo run --release -p egnatia-store --example stock_throughput
//! cargo run --release -p egnatia-store --example stock_throughput -- --movements 10000000
//! cargo run --release -p egnatia-store --example stock_throughput postgres://user@host/database
//! ```
//!
//! `--json` prints one object in place of lines.

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
) -> Result<f64, Failed> {
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
    Ok(f64::from(count) / begun.elapsed().as_secs_f64())
}

/// Fills the books up to so many movements, in large batches.
async fn fill<S: Store + 'static>(store: &Arc<S>, movements: usize) -> Result<(), Failed> {
    const SIZE: usize = 2_000;
    let make = Maker::new(7);
    for turn in 0..movements / SIZE {
        // Forth and back, so that no rack runs empty.
        let moved = |number: usize| {
            let number = turn * SIZE + number;
            let rack = account(number % RACKS);
            let sides = match (number / RACKS).is_multiple_of(2) {
                true => (rack, STORE),
                false => (STORE, rack),
            };
            moved(
                &make,
                MovementKind::Transfer,
                (goods(number % RACKS), 1),
                sides,
            )
        };
        let changes = (0..SIZE).map(moved).collect::<Result<Vec<_>, _>>()?;
        store.commit(make.changes(changes)).await?;
        if turn % 100 == 0 {
            eprintln!("{} of {movements} movements", turn * SIZE);
        }
    }
    Ok(())
}

/// Milliseconds of each question after a balance at a past moment, sorted.
async fn past<S: Store + 'static>(
    store: &Arc<S>,
    moments: &[jiff::Timestamp],
) -> Result<Vec<f64>, Failed> {
    let mut times = Vec::new();
    for number in 0..2_000 {
        let of = (account(number * 7 % RACKS), goods(number * 7 % RACKS));
        let moment = moments.get(number % moments.len()).copied();
        let moment = moment.ok_or("a moment")?;
        let asked = match number.is_multiple_of(2) {
            true => StockMoment::Effective(moment),
            false => StockMoment::Posted(moment),
        };
        let begun = Instant::now();
        store.stock_balance_at(of, asked).await?;
        times.push(begun.elapsed().as_secs_f64() * 1_000.0);
    }
    times.sort_by(f64::total_cmp);
    Ok(times)
}

async fn measure<S: Store + 'static>(store: S, wanted: &Wanted) -> Result<(), Failed> {
    let store = Arc::new(store);
    let make = Maker::new(1);
    store.commit(opened(&make)?).await?;
    let start = make.tick();
    fill(&store, wanted.movements).await?;
    let batches = at_once(&store, 8, (100, 100)).await?;
    let single = at_once(&store, 32, (200, 1)).await?;
    let end = make.tick();
    let step = end.duration_since(start) / 20;
    let moments = (0..20).map(|part| start.saturating_add(step * part));
    let moments: Vec<_> = moments.collect::<Result<_, _>>()?;
    let times = past(&store, &moments).await?;
    let at = |share: usize| times.get((times.len() - 1) * share / 100).copied();
    let (middle, slow) = (at(50).unwrap_or(0.0), at(99).unwrap_or(0.0));
    let greatest = times.last().copied().unwrap_or(0.0);
    if wanted.json {
        let told = serde_json::json!({
            "movements": store.stock_movement_count().await?, "batches_per_second": batches,
            "single_per_second": single, "past_p50_ms": middle, "past_p99_ms": slow,
            "past_max_ms": greatest,
        });
        println!("{told}");
        return Ok(());
    }
    println!("8 clients, batches of 100: {batches:.0} movements per second");
    println!("32 clients, single: {single:.0} movements per second");
    println!(
        "balance at a past moment: {middle:.3} ms, p99 {slow:.3} ms, at most {greatest:.3} ms"
    );
    Ok(())
}

/// What is to be measured.
#[derive(Default)]
struct Wanted {
    json: bool,
    movements: usize,
    url: Option<String>,
}

fn wanted() -> Result<Wanted, Failed> {
    let mut wanted = Wanted::default();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--json" => wanted.json = true,
            "--movements" => {
                let count = arguments.next().ok_or("--movements takes a number")?;
                wanted.movements = count.parse()?;
            }
            _ => wanted.url = Some(argument),
        }
    }
    Ok(wanted)
}

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let wanted = wanted()?;
    if let Some(url) = &wanted.url {
        return measure(PostgresStore::connect(url, test_seal()).await?, &wanted).await;
    }
    // The system's folder for temporary files may be memory: the working folder is a disk.
    let folder = tempfile::tempdir_in(".")?;
    let path = folder.path().join("egnatia.db");
    measure(SqliteStore::open(&path, test_seal()).await?, &wanted).await
}
