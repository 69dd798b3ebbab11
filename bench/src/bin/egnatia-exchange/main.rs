//! Seven nodes in one process, each with its own database, without a network between them: what
//! writing, signing, sealing, opening, verifying, storing and comparing cost together.
//!
//! ```text
//! cargo run --release -p egnatia-bench --bin egnatia-exchange -- --alerts 3000
//! ```

use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use clap::Parser;
use egnatia_alerts::{AlertDraft, Reason};
use egnatia_app::{
    App, Catalogue, Courier, CourierError, NewAlert, NoIndexFiles, Parts, PasswordHasher, Settings,
    Store,
};
use egnatia_matching::{BirthDate, Description, Name, Schema};
use egnatia_protocol::NodeCard;
use egnatia_record::{
    AuthorityId, Category, Clock, Evaluation, Handling, HandlingCode, LegalBasis, Nature,
    OriginRegime, ReleasableTo, SubjectCategory,
};
use egnatia_store::SqliteStore;
use egnatia_testkit::{
    FixedClock, Population, SIDES, SeededEntropy, administrator, arrangement_with, test_identity,
    test_seal_of, verifier,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

/// As in the node.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Failure = Box<dyn Error + Send + Sync>;

/// Alerts from one node to six.
#[derive(Debug, Parser)]
#[command(name = "egnatia-exchange", version)]
struct Options {
    /// How many alerts are written at one node.
    #[arg(long, default_value_t = 2_000)]
    alerts: u64,
    /// How many are written at the same time.
    #[arg(long, default_value_t = 32)]
    writers: u64,
    /// What is queued within so many milliseconds leaves together, as the node's workers do it.
    #[arg(long, default_value_t = 50)]
    gather_ms: u64,
    /// Write all of them before the first one leaves: partners that were away.
    #[arg(long)]
    catch_up: bool,
}

/// Time since the nodes were started, on a calendar that tests share.
struct Ticking(Instant);

impl Clock for Ticking {
    fn now(&self) -> Timestamp {
        let start = FixedClock::default().now();
        let passed = SignedDuration::try_from(self.0.elapsed()).unwrap_or_default();
        start.checked_add(passed).unwrap_or(start)
    }
}

struct Node {
    app: App,
    authority: AuthorityId,
}

/// Hands over at once.
struct Direct {
    from: AuthorityId,
    to: App,
}

#[async_trait]
impl Courier for Direct {
    async fn deliver(&self, _: &NodeCard, envelope: Vec<u8>) -> Result<Vec<u8>, CourierError> {
        let answer = self.to.receive(&self.from, &envelope).await;
        answer.map_err(|error| CourierError::Busy(error.to_string()))
    }
}

async fn node(
    folder: &Path,
    (authority, partner): (&str, &str),
    seed: u64,
    started: Instant,
) -> Result<Node, Failure> {
    let id: AuthorityId = authority.parse()?;
    let path = folder.join(format!("{authority}.db"));
    let store = SqliteStore::open(&path, test_seal_of(&id)).await?;
    let store: Arc<dyn Store> = Arc::new(store);
    let issued_at = FixedClock::default().now();
    let app = App::start(Parts {
        store,
        index_files: Arc::new(NoIndexFiles),
        clock: Arc::new(Ticking(started)),
        entropy: Arc::new(SeededEntropy::new(seed)),
        seal: test_seal_of(&id),
        hasher: PasswordHasher::weak_for_tests(),
        catalogue: Catalogue::shipped()?,
        settings: Settings {
            partner: Some(partner.parse()?),
            ..Settings::of(id.clone())
        },
        identity: Some(test_identity(authority, partner, 1, issued_at)),
    })
    .await?;
    Ok(Node { app, authority: id })
}

async fn region(folder: &Path) -> Result<Vec<Node>, Failure> {
    let started = Instant::now();
    let mut nodes = Vec::new();
    for (seed, side) in (1..).zip(SIDES) {
        nodes.push(node(folder, side, seed, started).await?);
    }
    for node in &nodes {
        for (other, (_, partner)) in nodes.iter().zip(SIDES) {
            if other.authority == node.authority {
                continue;
            }
            let card = other.app.own_card().ok_or("a node without a card")?;
            let fingerprint = card.fingerprint().to_string();
            let json = card.to_json();
            let admin = administrator();
            node.app
                .accept_partner(&admin, json.as_bytes(), &fingerprint)
                .await?;
            let arrangement = arrangement_with(partner.parse()?);
            node.app.put_arrangement(&admin, None, arrangement).await?;
        }
    }
    Ok(nodes)
}

fn alert(register: &Population, number: u64) -> Result<NewAlert, Failure> {
    let person = register.person(number);
    let birth = person.birth.map(|birth| birth.to_string());
    let birth: BirthDate = birth.as_deref().unwrap_or("1980").parse()?;
    Ok(NewAlert {
        draft: AlertDraft {
            category: Category::ForeignTerroristFighter,
            subject: Description {
                schema: Schema::Person,
                names: person.names.iter().map(Name::new).collect(),
                births: vec![birth],
                nationalities: vec![person.nation.to_owned()],
                ..Description::default()
            },
            object: None,
            reason: Reason::try_from("travelled to join a terrorist group".to_owned())?,
            action: String::new(),
            decision: format!("KTN {number}/26"),
            proportionality: None,
            warnings: [].into(),
            offence: None,
            characteristics: None,
            distinguished_by: None,
            links: [].into(),
        },
        handling: Handling::new(
            [HandlingCode::H0],
            None,
            ReleasableTo::Anybody,
            OriginRegime::National,
        )?,
        legal_basis: LegalBasis::NationalLaw,
        evaluation: Evaluation::OFFICIAL,
        subject: SubjectCategory::Suspect,
        nature: Nature::Fact,
        different_from: [].into(),
    })
}

/// Writes `alerts` alerts, so many at a time. Returns how many were taken; a like one is not.
async fn write(app: &App, options: &Options) -> Result<u64, Failure> {
    let register = Arc::new(Population::new(11, &[]));
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..options.writers {
        let (app, register) = (app.clone(), Arc::clone(&register));
        let (alerts, step) = (options.alerts, options.writers);
        writers.spawn(async move {
            let mut written = 0_u64;
            let mut number = writer;
            while number < alerts {
                let mut new = alert(&register, number)?;
                let caller = verifier();
                if app.enter_alert(&caller, new.clone()).await.is_ok() {
                    written += 1;
                } else {
                    // Somebody of the same name: an officer has looked, and says so.
                    let like = app.like_alerts(&caller, &new.draft).await?;
                    new.different_from = like.iter().map(|like| like.alert).collect();
                    written += u64::from(app.enter_alert(&caller, new).await.is_ok());
                }
                number += step;
            }
            Ok::<u64, Failure>(written)
        });
    }
    let mut written = 0;
    while let Some(done) = writers.join_next().await {
        written += done??;
    }
    Ok(written)
}

/// Delivers from the first node to another until `expected` alerts are there. Returns how long
/// that took.
async fn deliver(
    from: App,
    to: Node,
    sender: AuthorityId,
    (expected, gather): (u64, Duration),
) -> Result<Duration, Failure> {
    let started = Instant::now();
    let courier = Direct {
        from: sender,
        to: to.app.clone(),
    };
    let mut changes = from.outbox_changes();
    let mut delivered = 0;
    while delivered < expected {
        changes.borrow_and_update();
        let last = Instant::now();
        let done = from.deliver(&to.authority, &courier).await?;
        delivered += done.delivered;
        if !done.more {
            if done.delivered == 0 {
                changes.changed().await?;
            }
            // As the node's workers: under load, what comes within a moment goes together.
            tokio::time::sleep_until((last + gather).into()).await;
        }
    }
    Ok(started.elapsed())
}

async fn run(options: &Options) -> Result<serde_json::Value, Failure> {
    let folder = tempfile::tempdir()?;
    let mut nodes = region(folder.path()).await?;
    let home = nodes.remove(0);
    let started = Instant::now();
    let gather = Duration::from_millis(options.gather_ms);
    let spawn = |expected: u64, nodes: Vec<Node>| {
        let mut couriers = tokio::task::JoinSet::new();
        for to in nodes {
            let (from, sender) = (home.app.clone(), home.authority.clone());
            couriers.spawn(deliver(from, to, sender, (expected, gather)));
        }
        couriers
    };
    let (written, write_time, mut couriers) = if options.catch_up {
        let written = write(&home.app, options).await?;
        (written, started.elapsed(), spawn(written, nodes))
    } else {
        let couriers = spawn(options.alerts, nodes);
        let written = write(&home.app, options).await?;
        (written, started.elapsed(), couriers)
    };
    let delivering = Instant::now();
    while let Some(done) = couriers.join_next().await {
        done??;
    }
    let all = if options.catch_up {
        delivering.elapsed()
    } else {
        started.elapsed()
    };
    let per_second = |count: u64, time: Duration| {
        let seconds = time.as_secs_f64();
        let count = u32::try_from(count).map_or(f64::NAN, f64::from);
        (count / seconds).round()
    };
    Ok(json!({
        "alerts": written,
        "nodes": 6,
        "written_per_second": per_second(written, write_time),
        "delivered_to_each_per_second": per_second(written, all),
        "delivered_in_all_per_second": per_second(written * 6, all),
        "seconds": all.as_secs_f64(),
    }))
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let options = Options::parse();
    println!("{}", run(&options).await?);
    Ok(())
}
