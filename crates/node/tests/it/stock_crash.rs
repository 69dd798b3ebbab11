//! The node dies at every write. All that outlives it is the database and its write-ahead log: each
//! step is done once, and both files are put as they were after every frame of the log, with the frame
//! torn, and after every page of a checkpoint. What is opened then is as it was before the step or after
//! it, and never anything else.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use egnatia_app::{
    App, Caller, Catalogue, NewDisposal, NewMovement, NewPlace, NewScan, NewSite, NoIndexFiles,
    Parts, PasswordHasher, Role, Settings, Store,
};
use egnatia_record::{Entropy, Justification, Purpose, RecordId};
use egnatia_stockpile::{
    AccountId, Condition, DisposalLine, Goods, GoodsId, Line, MovementId, MovementKind as Kind,
    Occasion, Tracking,
};
use egnatia_store::SqliteStore;
use egnatia_testkit::{FixedClock, SeededEntropy, test_seal, verify_log};
use jiff::SignedDuration;
use sqlx::sqlite::{SqliteConnectOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Connection, Row, SqliteConnection};

/// Of the write-ahead log: <https://www.sqlite.org/fileformat2.html#walformat>.
const WAL_HEADER: usize = 32;
const FRAME_HEADER: usize = 24;
/// From so many bytes of the log on the node copies it into the database. A step of this test does
/// that before: a commit that does both would have to be told apart.
const WAL_MAX: usize = 300 * 4_120;

/// What outlives a process.
#[derive(Clone, PartialEq)]
struct Disk {
    database: Vec<u8>,
    log: Vec<u8>,
}

impl Disk {
    fn of(path: &Path) -> Self {
        let log = std::fs::read(beside(path)).unwrap_or_default();
        Self {
            database: std::fs::read(path).unwrap(),
            log,
        }
    }

    fn page(&self) -> usize {
        let size = usize::from(u16::from_be_bytes([self.database[16], self.database[17]]));
        if size == 1 { 65_536 } else { size }
    }

    /// Puts both files into a new folder.
    fn put(&self, folder: &Path, number: usize) -> PathBuf {
        let path = folder.join(format!("{number}.db"));
        std::fs::write(&path, &self.database).unwrap();
        std::fs::write(beside(&path), &self.log).unwrap();
        path
    }
}

fn beside(path: &Path) -> PathBuf {
    path.with_extension("db-wal")
}

fn caller(login: &str, role: Role) -> Caller {
    Caller {
        login: login.parse().unwrap(),
        role,
        justification: Some(Justification {
            purpose: Purpose::StockpileSecurity,
            case: "CRASH-1".parse().unwrap(),
        }),
    }
}

fn keeper(login: &str) -> Caller {
    caller(login, Role::Storekeeper)
}

fn inspector() -> Caller {
    caller("i.inspector", Role::StockInspector)
}

/// A node on the database at `path`.
async fn node(path: &Path, seed: u64, clock: &Arc<FixedClock>) -> (App, Arc<SqliteStore>) {
    let store = Arc::new(SqliteStore::open(path, test_seal()).await.unwrap());
    let shared: Arc<dyn Store> = Arc::<SqliteStore>::clone(&store);
    let entropy: Arc<dyn Entropy> = Arc::new(SeededEntropy::new(seed));
    let app = App::start(Parts {
        store: shared,
        index_files: Arc::new(NoIndexFiles),
        clock: Arc::<FixedClock>::clone(clock),
        entropy,
        seal: test_seal(),
        hasher: PasswordHasher::weak_for_tests(),
        catalogue: Catalogue::shipped().unwrap(),
        identity: None,
        settings: Settings::of("xx-test".parse().unwrap()),
    });
    (app.await.unwrap(), store)
}

/// Everything that the books and the records say, and nothing of who looked at it.
const SAID: [&str; 12] = [
    "SELECT hex(id), kind FROM stock_accounts ORDER BY number",
    "SELECT hex(id), serialised FROM stock_goods ORDER BY number",
    "SELECT position, hex(digest), hex(body) FROM stock_movements ORDER BY position",
    "SELECT movement, due_us, ended_us, hex(resolution) FROM stock_waiting ORDER BY movement",
    "SELECT reversed, movement FROM stock_reversals ORDER BY reversed",
    "SELECT position, goods, account, amount, balance FROM stock_postings ORDER BY position",
    "SELECT goods, account, quantity, reserved FROM stock_balances ORDER BY goods, account",
    "SELECT store, revision FROM stock_stores ORDER BY store",
    "SELECT last_us, closed_us FROM stock_state ORDER BY id",
    "SELECT hex(id), version, hex(body) FROM records ORDER BY id, version",
    "SELECT hex(id), version, state FROM record_heads ORDER BY id",
    "SELECT name, hex(record) FROM claims ORDER BY name",
];

/// What must hold at every moment: each finds what breaks it.
const BROKEN: [(&str, &str); 7] = [
    (
        "something appeared or vanished",
        "SELECT goods FROM stock_balances GROUP BY goods HAVING sum(quantity) <> 0",
    ),
    (
        "a movement has one side",
        "SELECT movement FROM stock_postings GROUP BY movement, line HAVING sum(amount) <> 0",
    ),
    (
        "a balance is not what its postings add up to",
        "SELECT goods FROM stock_balances b WHERE quantity <> (SELECT coalesce(sum(amount), 0) \
         FROM stock_postings p WHERE p.goods = b.goods AND p.account = b.account)",
    ),
    (
        "less than nothing",
        "SELECT goods FROM stock_balances WHERE outside = 0 AND quantity - reserved < 0",
    ),
    (
        "more is promised than movements wait for",
        "SELECT 1 WHERE (SELECT coalesce(sum(reserved), 0) FROM stock_balances) > 0 \
         AND NOT EXISTS (SELECT 1 FROM stock_waiting WHERE ended_us IS NULL)",
    ),
    (
        "a movement is not in the log",
        "SELECT 1 WHERE (SELECT count(*) FROM stock_movements) > (SELECT log_size FROM head)",
    ),
    (
        "the log has a gap",
        "SELECT 1 WHERE (SELECT count(*) FROM audit_entries) <> (SELECT log_size FROM head)",
    ),
];

/// What a database says after a crash; panics where it is broken.
async fn said(path: &Path, at: &str) -> String {
    // What was put there is thrown away afterwards: nothing of it has to reach the disk.
    let options = SqliteConnectOptions::new()
        .filename(path)
        .synchronous(SqliteSynchronous::Off);
    let mut link = SqliteConnection::connect_with(&options).await.unwrap();
    let ask = async |link: &mut SqliteConnection, text: &'static str| {
        let rows = sqlx::query(AssertSqlSafe(text))
            .fetch_all(link)
            .await
            .unwrap();
        let cell = |row: &sqlx::sqlite::SqliteRow, column: usize| {
            let text = row
                .try_get::<Option<String>, _>(column)
                .map(Option::unwrap_or_default);
            text.unwrap_or_else(|_| row.get::<Option<i64>, _>(column).unwrap_or(-1).to_string())
        };
        let lines = rows.iter().map(|row| {
            let cells: Vec<String> = (0..row.len()).map(|column| cell(row, column)).collect();
            cells.join(" ")
        });
        lines.collect::<Vec<_>>()
    };
    let whole = ask(&mut link, "PRAGMA quick_check").await;
    assert_eq!(whole, ["ok"], "{at}");
    for (problem, text) in BROKEN {
        let found = ask(&mut link, text).await;
        assert!(found.is_empty(), "{at}: {problem}: {found:?}");
    }
    let mut all = Vec::new();
    for text in SAID {
        all.push(ask(&mut link, text).await.join("\n"));
    }
    all.join("\n--\n")
}

/// A step that was done and acknowledged: the disk before it and after it.
struct Step {
    name: &'static str,
    before: Disk,
    after: Disk,
}

struct Scene {
    folder: tempfile::TempDir,
    clock: Arc<FixedClock>,
    app: App,
    store: Arc<SqliteStore>,
    steps: Vec<Step>,
}

impl Scene {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(FixedClock::default());
        let (app, store) = node(&folder.path().join("egnatia.db"), 1, &clock).await;
        Self {
            folder,
            clock,
            app,
            store,
            steps: Vec::new(),
        }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("egnatia.db")
    }

    /// Does a step, and keeps what the disk was before and after.
    async fn step<T>(&mut self, name: &'static str, act: impl AsyncFnOnce(&App) -> T) -> T {
        if std::fs::metadata(beside(&self.path()))
            .is_ok_and(|of| of.len() > u64::try_from(WAL_MAX).unwrap())
        {
            let before = Disk::of(&self.path());
            let url = format!("sqlite://{}", self.path().display());
            let mut link = SqliteConnection::connect(&url).await.unwrap();
            sqlx::query("PRAGMA wal_checkpoint(PASSIVE)")
                .execute(&mut link)
                .await
                .unwrap();
            let after = Disk::of(&self.path());
            assert!(
                before.database != after.database,
                "the checkpoint copied pages"
            );
            self.steps.push(Step {
                name: "checkpoint",
                before,
                after,
            });
        }
        self.clock.advance(SignedDuration::from_secs(1));
        let before = Disk::of(&self.path());
        let done = act(&self.app).await;
        let after = Disk::of(&self.path());
        assert!(
            before.database == after.database,
            "{name}: no checkpoint of its own"
        );
        self.steps.push(Step {
            name,
            before,
            after,
        });
        done
    }
}

fn goods(name: &str, tracking: Tracking) -> Goods {
    Goods {
        nomenclature: name.into(),
        tracking,
        explosive: None,
        made_on: None,
        expires_on: None,
        category: None,
        inspected: None,
        condition: Condition::Serviceable,
    }
}

fn line(kind: Kind, goods: GoodsId, (from, to): (AccountId, AccountId), quantity: u64) -> Line {
    Line {
        kind,
        goods,
        from,
        to,
        quantity: quantity.try_into().unwrap(),
    }
}

fn movement(lines: Vec<Line>) -> NewMovement {
    NewMovement {
        id: None,
        lines,
        effective_at: None,
        reference: "V-1".into(),
        remark: None,
    }
}

/// A depot with rifles and rounds in its first rack.
async fn depot(
    app: &App,
) -> (
    RecordId,
    BTreeMap<String, AccountId>,
    BTreeMap<String, GoodsId>,
) {
    let place = |code: &str, inside: Option<&str>| NewPlace {
        code: code.into(),
        name: format!("place {code}"),
        inside: inside.map(Into::into),
        licence: None,
    };
    let new = NewSite {
        name: "Depot One".into(),
        places: vec![
            place("A", None),
            place("A-1", Some("A")),
            place("A-2", Some("A")),
            place("B", None),
        ],
    };
    let site = app.set_up_site(&inspector(), &new).await.unwrap();
    let lot = |name: &str| goods(name, Tracking::Lot { lot: name.into() });
    let rifle = |serial: &str| {
        goods(
            "M70 AB2",
            Tracking::Serial {
                serial: serial.into(),
                record: None,
            },
        )
    };
    let rows = [
        ("A-1".to_owned(), lot("rounds"), 1_000),
        ("A-1".to_owned(), lot("flares"), 500),
        ("A-1".to_owned(), rifle("1001"), 1),
        ("A-2".to_owned(), rifle("1002"), 1),
    ];
    let operator = caller("os:root", Role::Operator);
    let report = app
        .import_stock(&operator, (site, "ledger 2025"), &rows, false)
        .await
        .unwrap();
    assert!(report.is_written, "{report:?}");
    let sites = app.stock_sites(&inspector()).await.unwrap();
    let places = sites[0].site.places.iter();
    let places = places
        .map(|place| (place.code.clone(), place.account))
        .collect();
    let mut known = BTreeMap::new();
    for number in ["rounds", "flares", "1001", "1002"] {
        let found = app.find_goods(&inspector(), number).await.unwrap();
        known.insert(number.to_owned(), found[0].0);
    }
    (site, places, known)
}

/// Every kind of write of the stockpile, one after the other.
async fn everything(scene: &mut Scene) {
    let (site, places, goods) = depot(&scene.app).await;
    let (a1, a2, b) = (places["A-1"], places["A-2"], places["B"]);
    let (rounds, flares) = (goods["rounds"], goods["flares"]);
    let ana = keeper("ana");
    let entered = async |app: &App, lines: Vec<Line>| {
        let entered = app.enter_movement(&keeper("ana"), movement(lines)).await;
        entered.unwrap().row.movement.id
    };
    let move_one = vec![line(Kind::Transfer, rounds, (a1, a2), 10)];
    scene
        .step("a movement", async |app| entered(app, move_one).await)
        .await;
    let chain = vec![
        line(Kind::Transfer, rounds, (a1, a2), 5),
        line(Kind::Transfer, flares, (a1, a2), 7),
        line(Kind::Transfer, goods["1001"], (a1, a2), 1),
        line(Kind::Transfer, flares, (a2, a1), 2),
    ];
    scene
        .step("a linked chain", async |app| entered(app, chain).await)
        .await;
    let receipt = vec![
        line(Kind::Receipt, rounds, (AccountId::OUTSIDE, a1), 40),
        line(Kind::Receipt, flares, (AccountId::OUTSIDE, a2), 3),
    ];
    let waiting = scene
        .step("a receipt", async |app| entered(app, receipt).await)
        .await;
    let sign = async |app: &App, id: MovementId, counted: Option<Vec<u64>>| {
        app.sign_movement(&keeper("boris"), id, counted)
            .await
            .unwrap();
    };
    scene
        .step("its second signature", async |app| {
            sign(app, waiting, None).await;
        })
        .await;
    let sent = vec![line(Kind::Transfer, rounds, (a1, b), 100)];
    let sent = scene
        .step("a hand-over", async |app| entered(app, sent).await)
        .await;
    scene
        .step("a receiver who finds two fewer", async |app| {
            sign(app, sent, Some(vec![98])).await;
        })
        .await;
    let back = scene
        .step("a reversal", async |app| {
            let why = "wrong store".to_owned().try_into().unwrap();
            let back = app
                .reverse_movement(&keeper("ana"), waiting, None, why)
                .await;
            back.unwrap().row.movement.id
        })
        .await;
    scene
        .step("the end of a reversal", async |app| {
            sign(app, back, None).await;
        })
        .await;

    let counted: BTreeSet<AccountId> = [a1, a2].into();
    let take = scene
        .step("a count that begins", async |app| {
            app.begin_stocktake(&ana, site, counted, Occasion::Interval)
                .await
                .unwrap()
        })
        .await;
    let scan = |app: &App, number: u8, place: AccountId, code: &str, quantity: u64| NewScan {
        id: RecordId::from_bytes([number; 16]),
        place,
        code: code.into(),
        quantity,
        at: app.now(),
    };
    scene
        .step("the scans of one device", async |app| {
            let scans = vec![
                scan(app, 1, a1, "rounds", 900),
                scan(app, 2, a1, "smudged", 1),
            ];
            app.add_scans(&keeper("ana"), take, scans).await.unwrap();
        })
        .await;
    scene
        .step("the scans of another device", async |app| {
            let scans = vec![scan(app, 3, a2, "1001", 1), scan(app, 4, a2, "flares", 5)];
            app.add_scans(&keeper("boris"), take, scans).await.unwrap();
        })
        .await;
    let result = scene
        .step("a count that is compared", async |app| {
            app.finish_stocktake(&keeper("ana"), take).await.unwrap()
        })
        .await;
    assert!(
        result.lines.len() > 1,
        "cases are opened with it: {result:?}"
    );

    let plan = scene
        .step("a plan of destruction", async |app| {
            let new = NewDisposal {
                name: "flares of 1987".into(),
                reason: "past their life".to_owned().try_into().unwrap(),
                method: "burnt at the range".into(),
                due_on: jiff::civil::date(2090, 1, 1),
                lines: vec![DisposalLine {
                    goods: flares,
                    from: a1,
                    quantity: 50.try_into().unwrap(),
                }],
            };
            app.plan_disposal(&inspector(), new).await.unwrap()
        })
        .await;
    let burning = scene
        .step("a destruction", async |app| {
            app.carry_out_disposal(&keeper("ana"), plan, None, &[50])
                .await
                .unwrap()
        })
        .await;
    scene
        .step("the end of a destruction", async |app| {
            sign(app, burning, None).await;
        })
        .await;
    scene
        .step("a period that is closed", async |app| {
            let until = app.now().checked_sub(SignedDuration::from_secs(1)).unwrap();
            app.close_stock_period(&inspector(), until).await.unwrap();
        })
        .await;
    scene
        .step("a movement afterwards", async |app| {
            entered(
                app,
                vec![line(
                    Kind::Expenditure,
                    rounds,
                    (a2, AccountId::EXPENDED),
                    1,
                )],
            )
            .await
        })
        .await;
}

/// Where the log of a step may end: after each frame that the step wrote, and in the middle of the first
/// one and the last one.
fn cuts(step: &Step) -> Vec<usize> {
    let (old, new) = (&step.before.log, &step.after.log);
    let same = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let differs = |at: &usize| old.get(*at) != new.get(*at);
    let written = (0..new.len()).rev().find(differs).map_or(0, |at| at + 1);
    let frame = FRAME_HEADER + step.before.page();
    let ends = (0..).map(|number| WAL_HEADER + number * frame);
    let ends = ends.take_while(|end| *end < written + frame && *end <= new.len());
    let mut cuts: Vec<usize> = ends.filter(|end| *end >= same).collect();
    let last = cuts.last().copied().unwrap_or(same);
    cuts.extend([same, same + frame / 3, last.saturating_sub(frame / 3)]);
    cuts.retain(|cut| *cut <= new.len());
    cuts.sort_unstable();
    cuts.dedup();
    cuts
}

/// The disk of a process that died as it had written so much of the log.
fn dead_at(step: &Step, cut: usize) -> Disk {
    let mut log = step.after.log[..cut].to_vec();
    // Where the log began anew, what it held before lies behind it still.
    log.extend(step.before.log.get(cut..).unwrap_or_default());
    Disk {
        database: step.before.database.clone(),
        log,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_dies_at_any_write_has_all_of_a_step_or_nothing() {
    let mut scene = Scene::new().await;
    everything(&mut scene).await;
    let folder = tempfile::tempdir().unwrap();
    let mut number = 0;
    let mut look = async |disk: &Disk, at: String| {
        number += 1;
        let path = disk.put(folder.path(), number);
        let told = said(&path, &at).await;
        std::fs::remove_file(&path).unwrap();
        told
    };
    let (mut points, mut checkpoints, mut anew) = (0, 0, 0);
    for step in &scene.steps {
        let name = step.name;
        let before = look(&step.before, format!("before {name}")).await;
        let after = look(&step.after, format!("after {name}")).await;
        if name == "checkpoint" {
            assert_eq!(before, after, "a checkpoint changes nothing that is said");
            checkpoints += 1;
            let page = step.before.page();
            let pages = step.after.database.len() / page;
            let mut disk = step.before.clone();
            disk.database
                .resize(step.after.database.len().max(disk.database.len()), 0);
            for place in (0..pages).map(|number| number * page) {
                let copied = &step.after.database[place..place + page];
                if disk.database[place..place + page] == *copied {
                    continue;
                }
                disk.database[place..place + page].copy_from_slice(copied);
                let told = look(&disk, format!("{name}, at {place}")).await;
                assert!(told == after, "{name}: died at page {}", place / page);
                points += 1;
            }
            continue;
        }
        assert_ne!(before, after, "{name} is seen");
        let mut is_done = false;
        for cut in cuts(step) {
            let told = look(&dead_at(step, cut), format!("{name}, at {cut}")).await;
            points += 1;
            assert!(
                told == before || told == after,
                "{name}: half of it after {cut} bytes"
            );
            assert!(
                !is_done || told == after,
                "{name}: done and undone at {cut} bytes"
            );
            is_done = told == after;
        }
        assert!(is_done, "{name}: what was acknowledged is there");
        anew += usize::from(step.after.log.len() <= step.before.log.len());
    }
    assert!(points > 200, "{points}");
    assert!(checkpoints > 0 && anew > 0, "{checkpoints} {anew}");
    scene.store.close().await;
}

/// The whole node starts on what a crash left, and goes on: at the end of each step, and a byte before.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_starts_again_from_what_a_crash_left() {
    let mut scene = Scene::new().await;
    everything(&mut scene).await;
    let folder = tempfile::tempdir().unwrap();
    let steps = scene.steps.iter().filter(|step| step.name != "checkpoint");
    for (number, step) in steps.enumerate() {
        let whole = step.after.log.len();
        let torn = match whole > step.before.log.len() {
            true => whole - 1,
            // Begun anew: its last frame is somewhere before the end.
            false => WAL_HEADER + FRAME_HEADER,
        };
        for (seed, cut) in [torn, whole].into_iter().enumerate() {
            let place = 2 * number + seed;
            let path = dead_at(step, cut).put(folder.path(), place);
            let seed = u64::try_from(1_000 + place).unwrap();
            let (app, store) = node(&path, seed, &scene.clock).await;
            verify_log(store.as_ref()).await;
            let mut supervisor = caller("s.supervisor", Role::Supervisor);
            let justification = supervisor.justification.as_mut().unwrap();
            justification.purpose = Purpose::Supervision;
            let told = app.audit_verify(&supervisor, &|_, _| {}).await;
            assert!(matches!(told, Ok(Ok(_))), "{}: {told:?}", step.name);
            // The books take the next movement.
            let rounds = app.find_goods(&inspector(), "rounds").await.unwrap()[0].0;
            let view = app
                .stock_goods(&inspector(), rounds, None, 1)
                .await
                .unwrap();
            let used = AccountId::EXPENDED;
            let mut held = view.held.iter().filter(|row| row.quantity > 0);
            let rack = held.find(|row| row.account != used).unwrap().account;
            let used = line(Kind::Expenditure, rounds, (rack, used), 1);
            let entered = app
                .enter_movement(&keeper("ana"), movement(vec![used]))
                .await;
            assert!(entered.is_ok(), "{}: {entered:?}", step.name);
            store.close().await;
        }
    }
    scene.store.close().await;
}
