//! Nodes that exchange over real TLS on the loopback, all in this process.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU16, Ordering};
use std::time::Duration;

use egnatia_alerts::AlertDraft;
use egnatia_app::{App, NewAlert};
use egnatia_matching::{BirthDate, Description, Name, Schema};
use egnatia_node::ambient::SystemClock;
use egnatia_node::config::Config;
use egnatia_node::data::{Data, Index};
use egnatia_node::serving::{Listeners, Running};
use egnatia_protocol::Digest;
use egnatia_record::{
    AuthorityId, Category, Clock, Evaluation, Handling, HandlingCode, LegalBasis, Nature,
    OriginRegime, PartnerCode, RecordId, ReleasableTo, SubjectCategory,
};
use egnatia_testkit::{administrator, arrangement_with, verifier};
use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;

/// A node of one authority, running or not.
pub struct Side {
    folder: TempDir,
    pub config: Config,
    pub authority: AuthorityId,
    pub partner: PartnerCode,
    /// Where partners reach it: the same after each start.
    pub address: SocketAddr,
    running: Option<Running>,
    clock: Arc<ShiftedClock>,
}

/// The clock of the machine, and so many hours.
#[derive(Debug, Default)]
pub struct ShiftedClock(AtomicI64);

impl Clock for ShiftedClock {
    fn now(&self) -> Timestamp {
        let hours = self.0.load(Ordering::Relaxed);
        SystemClock.now() + SignedDuration::from_hours(hours)
    }
}

impl Side {
    /// A node with an empty store, started.
    pub async fn start(authority: &str, partner: &str) -> Self {
        Self::with(authority, partner, "").await
    }

    /// The same with these lines in `[exchange]`.
    pub async fn with(authority: &str, partner: &str, exchange: &str) -> Self {
        let address = free_address();
        let config = Config::parse(&format!(
            "[node]\nauthority = \"{authority}\"\npartner = \"{partner}\"\n\
             [http]\nlisten = \"127.0.0.1:0\"\n\
             [exchange]\nlisten = \"{address}\"\n{exchange}\n"
        ))
        .unwrap();
        let folder = tempfile::tempdir().unwrap();
        // For commands on the same folder.
        let file = folder.path().join("egnatia.toml");
        std::fs::write(file, toml::to_string(&config).unwrap()).unwrap();
        let mut side = Self {
            folder,
            config,
            authority: authority.parse().unwrap(),
            partner: partner.parse().unwrap(),
            address,
            running: None,
            clock: Arc::default(),
        };
        side.start_again().await;
        side
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn app(&self) -> &App {
        self.running.as_ref().unwrap().app()
    }

    pub async fn start_again(&mut self) {
        let clock: Arc<dyn Clock> = Arc::<ShiftedClock>::clone(&self.clock);
        let how = (Index::Keep, clock);
        let data = Data::open_at(self.folder.path(), self.config.clone(), how)
            .await
            .unwrap();
        let listeners = Listeners::bind(&self.config, None).await.unwrap();
        let running = Running::start(data, listeners, false).await.unwrap();
        assert_eq!(running.exchange_address(), Some(self.address));
        self.running = Some(running);
    }

    /// So many hours pass.
    pub fn pass(&self, hours: i64) {
        self.clock.0.fetch_add(hours, Ordering::Relaxed);
    }

    pub async fn stop(&mut self) {
        self.running.take().unwrap().stop().await.unwrap();
    }

    /// Accepts the other node and agrees with it on everything.
    pub async fn trust(&self, other: &Self) {
        let card = other.app().own_card().unwrap();
        let fingerprint = card.fingerprint().to_string();
        let json = card.to_json();
        self.app()
            .accept_partner(&administrator(), json.as_bytes(), &fingerprint)
            .await
            .unwrap();
        self.app()
            .put_arrangement(&administrator(), None, arrangement_with(other.partner))
            .await
            .unwrap();
    }

    pub async fn enter(&self, name: &str) -> RecordId {
        let entered = self.app().enter_alert(&verifier(), alert(name)).await;
        let entered = entered.unwrap();
        assert!(entered.recipients.iter().all(|to| to.outcome.is_ok()));
        entered.alert
    }

    pub async fn has(&self, alert: RecordId) -> bool {
        self.app().view_alert(&verifier(), alert).await.is_ok()
    }

    /// How much waits here for others.
    pub async fn waiting(&self) -> u64 {
        let queues = self.app().queues().await.unwrap();
        queues.iter().map(|queue| queue.waiting).sum()
    }
}

/// An address that nobody listens on, and nobody else will before it is used: each process of the
/// tests has a host of its own on the loopback.
pub fn free_address() -> SocketAddr {
    static PORT: AtomicU16 = AtomicU16::new(7_443);
    let [_, high, middle, low] = std::process::id().to_be_bytes();
    let host = Ipv4Addr::new(127, 64_u8.saturating_add(high), middle, low);
    (host, PORT.fetch_add(1, Ordering::Relaxed)).into()
}

/// Two nodes that trust each other.
pub async fn pair() -> (Side, Side) {
    let mk = Side::start("mk-mvr", "MK").await;
    let al = Side::start("al-asp", "AL").await;
    mk.trust(&al).await;
    al.trust(&mk).await;
    (mk, al)
}

/// Waits until it is so. The workers do the work meanwhile.
pub async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let begun = std::time::Instant::now();
    while !is_so().await {
        assert!(begun.elapsed() < Duration::from_secs(60), "never: {what}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// A name that is like no other.
pub fn name(number: usize) -> String {
    let chance = Digest::of(&number.to_be_bytes());
    let letters: Vec<char> = chance
        .as_bytes()
        .chunks(2)
        .flat_map(|pair| {
            let consonant = b"bcdfgjklmnprstvz"[usize::from(pair[0] % 16)];
            [
                char::from(consonant),
                char::from(b"aeiou"[usize::from(pair[1] % 5)]),
            ]
        })
        .collect();
    let word = |range: std::ops::Range<usize>| letters[range].iter().collect::<String>();
    format!("{} {}", word(0..10), word(10..24))
}

pub fn alert(name: &str) -> NewAlert {
    NewAlert {
        draft: AlertDraft {
            category: Category::ForeignTerroristFighter,
            subject: Description {
                schema: Schema::Person,
                names: vec![Name::new(name)],
                births: vec![birth(name)],
                ..Description::default()
            },
            object: None,
            reason: "travelled to join a terrorist group"
                .to_owned()
                .try_into()
                .unwrap(),
            action: String::new(),
            decision: "KTN 14/26".into(),
            proportionality: None,
            warnings: Default::default(),
            offence: None,
            characteristics: None,
            distinguished_by: None,
            links: Default::default(),
        },
        handling: Handling::new(
            [HandlingCode::H0],
            None,
            ReleasableTo::Anybody,
            OriginRegime::National,
        )
        .unwrap(),
        legal_basis: LegalBasis::NationalLaw,
        evaluation: Evaluation::OFFICIAL,
        subject: SubjectCategory::Suspect,
        nature: Nature::Fact,
        different_from: Default::default(),
    }
}

fn birth(name: &str) -> BirthDate {
    let chance = Digest::of(name.as_bytes());
    let [year, month, day, ..] = *chance.as_bytes();
    let date = (1950 + i32::from(year % 50), 1 + month % 12, 1 + day % 28);
    format!("{}-{:02}-{:02}", date.0, date.1, date.2)
        .parse()
        .unwrap()
}
