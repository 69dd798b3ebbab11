//! Measures a stocktake of many single weapons on SQLite, through the use cases: what several devices
//! scanned is taken in portions, and the count is ended, which compares all of it with the books.
//!
//! ```text
//! cargo run --release -p egnatia-store --example stocktake_merge -- --scans 50000
//! ```
//!
//! One weapon in a hundred is not scanned, and so is a case. `--json` prints one object in place of
//! lines.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use egnatia_app::{
    App, Caller, Catalogue, NewPlace, NewScan, NewSite, NoIndexFiles, Parts, PasswordHasher, Role,
    Settings,
};
use egnatia_record::{Justification, Purpose, RecordId};
use egnatia_stockpile::{AccountId, Condition, Goods, Occasion, Tracking};
use egnatia_store::SqliteStore;
use egnatia_testkit::{FixedClock, SeededEntropy, test_seal};
use jiff::SignedDuration;

type Failed = Box<dyn std::error::Error>;

/// Weapons of one rack, rows of one ledger, scans of one portion.
const RACK: usize = 500;
const LEDGER: usize = 10_000;
const PORTION: usize = 500;

fn caller(login: &str, role: Role) -> Result<Caller, Failed> {
    Ok(Caller {
        login: login.parse()?,
        role,
        justification: Some(Justification {
            purpose: Purpose::StockpileSecurity,
            case: "BENCH-1".parse()?,
        }),
    })
}

fn site(racks: usize) -> NewSite {
    let place = |code: String, inside: Option<&str>| NewPlace {
        name: format!("place {code}"),
        code,
        inside: inside.map(str::to_owned),
        licence: None,
    };
    let racks = (0..racks).map(|rack| place(format!("A-{rack}"), Some("A")));
    NewSite {
        name: "Depot".to_owned(),
        places: std::iter::once(place("A".to_owned(), None))
            .chain(racks)
            .collect(),
    }
}

fn weapon(number: usize) -> Goods {
    Goods {
        nomenclature: "M70 AB2".to_owned(),
        tracking: Tracking::Serial {
            serial: format!("S{number:07}"),
            record: None,
        },
        explosive: None,
        category: None,
        made_on: None,
        expires_on: None,
        inspected: None,
        condition: Condition::Serviceable,
    }
}

struct Depot {
    app: App,
    clock: Arc<FixedClock>,
    site: RecordId,
    racks: Vec<AccountId>,
}

async fn depot(store: SqliteStore, weapons: usize) -> Result<Depot, Failed> {
    let clock = Arc::new(FixedClock::default());
    let app = App::start(Parts {
        index_files: Arc::new(NoIndexFiles),
        store: Arc::new(store),
        clock: clock.clone(),
        entropy: Arc::new(SeededEntropy::new(1)),
        seal: test_seal(),
        hasher: PasswordHasher::weak_for_tests(),
        catalogue: Catalogue::shipped()?,
        identity: None,
        settings: Settings::of("xx-bench".parse()?),
    })
    .await?;
    let inspector = caller("i.inspector", Role::StockInspector)?;
    let new = site(weapons.div_ceil(RACK));
    let site = app.set_up_site(&inspector, &new).await?;
    let sites = app.stock_sites(&inspector).await?;
    let view = sites.first().ok_or("a site")?;
    let places = view.site.places.iter();
    let racks = places.filter(|place| place.inside.is_some());
    let racks = racks.map(|place| place.account).collect();
    let rows: Vec<(String, Goods, u64)> = (0..weapons)
        .map(|number| (format!("A-{}", number / RACK), weapon(number), 1))
        .collect();
    let operator = caller("os:bench", Role::Operator)?;
    for ledger in rows.chunks(LEDGER) {
        let of = (site, "ledger 2025");
        app.import_stock(&operator, of, ledger, false).await?;
    }
    Ok(Depot {
        app,
        clock,
        site,
        racks,
    })
}

/// The scans, in the order of the racks: all but one weapon in a hundred.
fn scans(depot: &Depot, weapons: usize) -> Vec<NewScan> {
    let seen = (0..weapons).filter(|number| number % 100 != 7);
    let scan = |number: usize| {
        let mut id = [9; 16];
        let bytes = u64::try_from(number).unwrap_or(0).to_be_bytes();
        for (byte, value) in id.iter_mut().zip(bytes) {
            *byte = value;
        }
        Some(NewScan {
            id: RecordId::from_bytes(id),
            place: *depot.racks.get(number / RACK)?,
            code: format!("S{number:07}"),
            quantity: 1,
            at: depot.app.now(),
        })
    };
    seen.filter_map(scan).collect()
}

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let (mut json, mut weapons) = (false, 50_000_usize);
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--json" => json = true,
            "--scans" => {
                weapons = arguments.next().ok_or("--scans takes a number")?.parse()?;
            }
            other => return Err(format!("`{other}` is unknown").into()),
        }
    }
    // The system's folder for temporary files may be memory: the working folder is a disk.
    let folder = tempfile::tempdir_in(".")?;
    let store = SqliteStore::open(&folder.path().join("egnatia.db"), test_seal()).await?;
    let depot = depot(store, weapons).await?;
    let keeper = caller("a.keeper", Role::Storekeeper)?;
    let (app, places) = (&depot.app, depot.racks.iter().copied());
    let places: BTreeSet<AccountId> = places.collect();
    let begun = Instant::now();
    let take = app
        .begin_stocktake(&keeper, depot.site, places, Occasion::Interval)
        .await?;
    let begin_s = begun.elapsed().as_secs_f64();
    depot.clock.advance(SignedDuration::from_secs(1));
    let scans = scans(&depot, weapons);
    let begun = Instant::now();
    for portion in scans.chunks(PORTION) {
        app.add_scans(&keeper, take, portion.to_vec()).await?;
    }
    let taken_s = begun.elapsed().as_secs_f64();
    depot.clock.advance(SignedDuration::from_secs(1));
    let begun = Instant::now();
    let result = app.finish_stocktake(&keeper, take).await?;
    let merged_s = begun.elapsed().as_secs_f64();
    let told = serde_json::json!({
        "scans": scans.len(), "begin_s": begin_s, "taken_s": taken_s, "merged_s": merged_s,
        "agreed": result.agreed, "cases": result.lines.len(),
    });
    if json {
        println!("{told}");
        return Ok(());
    }
    println!("begin: {begin_s:.3} s");
    println!(
        "{} scans in portions of {PORTION}: {taken_s:.3} s",
        scans.len()
    );
    println!(
        "ended and compared: {merged_s:.3} s, {} agreed, {} cases",
        result.agreed,
        result.lines.len()
    );
    Ok(())
}
