//! The nodes, what is known of them, and how they become well again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock};

use egnatia_alerts::{AlertDraft, Reason};
use egnatia_app::{AppError, Caller, Store};
use egnatia_matching::{Description, Name, Schema};
use egnatia_protocol::RecallReason;
use egnatia_record::{Category, Kind, RecordId, Version};
use egnatia_testkit::{
    FixedClock, MemoryStore, SIDES, SeededEntropy, TestNode, administrator, arrangement_with,
    empty_store, verifier,
};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::OnceCell;

use super::Done;
use super::wire::{Fault, Granted, Late, Wire, of_kind, or_death};

/// After so many rounds without faults nothing may wait any more.
const ROUNDS_MAX: usize = 14;

pub const NAMES: [&str; 8] = [
    "Zoran Izmislenski",
    "Ардијан Немања",
    "Luljeta Shpikaj",
    "Bojan Nepostojić",
    "Хасан Измишљени",
    "Mirela Zamišljaj",
    "Teuta Trilluar",
    "Ognjen Bajkovski",
];

pub struct World {
    pub seed: u64,
    pub chance: SeededEntropy,
    pub nodes: Vec<TestNode>,
    /// Whose messages to whom are lost at present.
    pub cut: BTreeSet<(usize, usize)>,
    pub late: Late,
    /// What a node has said is entered, and in which version.
    pub acknowledged: BTreeMap<RecordId, (usize, Version)>,
    /// The same of a node that was put back, perhaps to before it was entered.
    pub perhaps_lost: BTreeMap<RecordId, usize>,
    /// A node's rows at some moment.
    pub backup: Option<(usize, Timestamp, MemoryStore)>,
    /// Nodes that were put back.
    pub put_back: BTreeSet<usize>,
    /// Nodes that a partner has seen with a longer log than they were put back to: who, by whom.
    pub shortened: BTreeSet<(usize, usize)>,
    /// Which partners' alerts their issuers have granted to whom: what people answered, whatever
    /// the nodes have noted.
    pub granted: Granted,
    starts: u64,
    pub done: Done,
    pub log: Vec<String>,
}

/// Stores of seven nodes that accepted each other and agreed on everything, made once: each seed
/// starts on copies of them.
async fn stores() -> &'static [MemoryStore] {
    static STORES: OnceCell<Vec<MemoryStore>> = OnceCell::const_new();
    let made = STORES.get_or_init(|| async {
        let mut nodes = Vec::new();
        for (seed, side) in (900..).zip(SIDES) {
            let clock = Arc::new(FixedClock::default());
            nodes.push(TestNode::on(side, empty_store(side.0), clock, seed).await);
        }
        for node in &nodes {
            for other in &nodes {
                if node.authority != other.authority {
                    node.trust(other).await;
                }
            }
        }
        nodes.iter().map(|node| node.store.copy()).collect()
    });
    made.await
}

impl World {
    pub async fn new(seed: u64) -> Self {
        let chance = SeededEntropy::new(seed);
        let mut world = Self {
            seed,
            nodes: Vec::new(),
            cut: BTreeSet::new(),
            late: Arc::default(),
            acknowledged: BTreeMap::new(),
            perhaps_lost: BTreeMap::new(),
            backup: None,
            put_back: BTreeSet::new(),
            shortened: BTreeSet::new(),
            granted: Arc::default(),
            starts: 0,
            done: Done::default(),
            log: Vec::new(),
            chance,
        };
        for (side, store) in SIDES.iter().zip(stores().await) {
            let clock = Arc::new(FixedClock::default());
            // Clocks differ by some minutes.
            let skew = i64::try_from(world.chance.below(480)).unwrap() + 60;
            clock.advance(SignedDuration::from_secs(skew));
            let node = world.start(*side, Arc::new(store.copy()), clock).await;
            world.nodes.push(node);
        }
        // Now and then nothing was agreed in one direction.
        for _ in 0..world.chance.below(6) {
            let at = world.any();
            let other = world.other_than(at);
            world.arrange(at, other).await;
        }
        world
    }

    async fn start(
        &mut self,
        side: (&str, &str),
        store: Arc<MemoryStore>,
        clock: Arc<FixedClock>,
    ) -> TestNode {
        self.starts += 1;
        let own = self.seed * 1_000 + self.starts;
        TestNode::on(side, store, clock, own).await
    }

    pub fn any(&self) -> usize {
        self.chance.below(self.nodes.len())
    }

    pub fn other_than(&self, node: usize) -> usize {
        (node + 1 + self.chance.below(self.nodes.len() - 1)) % self.nodes.len()
    }

    pub fn say(&mut self, text: String) {
        self.log.push(text);
    }

    pub fn fail(&self, text: &str) -> ! {
        panic!(
            "{text}; replay with SIMULATION_SEED={}\n{}",
            self.seed,
            self.log.join("\n")
        );
    }

    /// What became of what somebody did: a node that died over it starts again.
    pub async fn after(
        &mut self,
        at: usize,
        what: String,
        done: Option<Result<(), AppError>>,
    ) -> bool {
        match done {
            Some(Ok(())) => {
                self.say(format!("{at} {what}"));
                true
            }
            None => {
                self.say(format!("{at} dies as it {what}"));
                self.done.deaths += 1;
                self.restart(at).await;
                false
            }
            Some(Err(
                error @ (AppError::Store(_)
                | AppError::Conflict(_)
                | AppError::Clash { .. }
                | AppError::Invalid(_)
                | AppError::NotFound(_)),
            )) => {
                self.say(format!("{at} does not: {what}: {error}"));
                false
            }
            Some(Err(error)) => self.fail(&format!("{at} {what}: {error}")),
        }
    }

    /// Notes what a node has said is written.
    pub async fn acknowledge(&mut self, at: usize, id: RecordId) {
        match self.nodes[at].store.record(id).await.unwrap() {
            Some(stored) => {
                let version = stored.envelope.version;
                self.acknowledged.insert(id, (at, version));
            }
            None => self.fail(&format!("{at} says that it has {id}, and has not")),
        }
    }

    pub async fn restart(&mut self, at: usize) {
        let (store, clock) = {
            let node = &self.nodes[at];
            (Arc::clone(&node.store), Arc::clone(&node.clock))
        };
        store.revive();
        self.nodes[at] = self.start(SIDES[at], store, clock).await;
        self.say(format!("{at} starts again"));
    }

    /// Ends what was agreed with another node, or agrees anew.
    pub async fn arrange(&mut self, at: usize, other: usize) {
        let partner = self.nodes[other].partner;
        let node = &self.nodes[at];
        let held = node.app.arrangements(administration()).unwrap();
        let held = held.into_iter().find(|(_, a)| a.partner == partner);
        let done = match held {
            Some((id, _)) => {
                or_death(&node.store, node.app.end_arrangement(administration(), id)).await
            }
            None => {
                let new = arrangement_with(partner);
                let doing = node.app.put_arrangement(administration(), None, new);
                let done = or_death(&node.store, doing).await;
                done.map(|done| done.map(|_| ()))
            }
        };
        let what = format!("changes what holds with {other}");
        self.after(at, what, done).await;
    }

    /// Hands over a parcel of what waits. Returns whether something did.
    pub async fn deliver(&mut self, from: usize, to: usize, fault: Fault) -> bool {
        let fault = match self.cut.contains(&(from, to)) {
            true => Fault::Lost,
            false => fault,
        };
        let (sender, recipient) = (&self.nodes[from], &self.nodes[to]);
        let authority = recipient.authority.clone();
        let waited = sender.store.waiting(&authority, 256).await.unwrap();
        if waited.is_empty() {
            return false;
        }
        // Somebody else's words are looked at whenever they go anywhere.
        let handed_on = waited
            .iter()
            .filter(|row| row.kind == "record" && row.payload.is_some())
            .count();
        let looks = self.chance.below(5) == 0 || handed_on > 0;
        let wire = Wire {
            from: sender,
            to: recipient,
            pair: (from, to),
            fault,
            late: Arc::clone(&self.late),
            looks,
            granted: Arc::clone(&self.granted),
            found: Mutex::default(),
        };
        let doing = sender.app.deliver(&authority, &wire);
        let done = or_death(&sender.store, doing).await;
        let found = wire.found.into_inner().unwrap();
        if let Some(Err(_)) = &done {
            let waits = sender.store.waiting(&authority, 1).await.unwrap();
            if waits.is_empty() {
                self.fail(&format!("what {from} did not bring to {to} waits no more"));
            }
        }
        self.done.looked_at += u64::from(looks);
        self.done.handed_on += handed_on;
        if let Some(Ok(done)) = &done {
            self.done.delivered += done.delivered;
        }
        self.say(format!("{from} to {to} ({fault:?}): {done:?}"));
        if let Some(text) = found.first() {
            self.fail(text);
        }
        for at in [from, to] {
            if self.nodes[at].store.is_dead() {
                self.done.deaths += 1;
                self.restart(at).await;
            }
        }
        true
    }

    /// No faults any more: everything is delivered, old envelopes arrive, somebody decides on what
    /// partners have returned, and witnesses are asked.
    pub async fn heal(&mut self) {
        self.cut.clear();
        for at in 0..self.nodes.len() {
            self.nodes[at].store.revive();
            self.nodes[at].store.reject_nothing();
        }
        self.deliver_everything().await;
        self.say("everything is well".to_owned());
        let late = std::mem::take(&mut *self.late.lock().unwrap());
        for (from, to, envelope) in late {
            let sender = self.nodes[from].authority.clone();
            let _ = self.nodes[to].app.receive(&sender, &envelope).await;
        }
        self.decide_on_returned().await;
        self.deliver_everything().await;
        self.agree_on_everything().await;
        // Those of whom something is to be seen, and in some seeds somebody of whom nothing is.
        let mut asking: BTreeSet<usize> = self.shortened.iter().map(|(log, _)| *log).collect();
        if self.seed % 10 == 1 {
            asking.insert(self.any());
        }
        for _ in 0..3 {
            for at in &asking {
                self.nodes[*at].app.ask_witnesses().await.unwrap();
            }
            self.deliver_everything().await;
        }
    }

    async fn decide_on_returned(&mut self) {
        for at in 0..self.nodes.len() {
            let filter = of_kind(Kind::Alert, Some("returned"));
            for stored in self.nodes[at].store.find(&filter).await.unwrap() {
                let id = stored.envelope.id;
                let app = &self.nodes[at].app;
                let done = match self.chance.below(2) {
                    0 => app.adopt_alert(officer(), id).await,
                    _ => {
                        let why = RecallReason::Withdrawn;
                        app.withdraw_alert(officer(), id, reason("over"), why).await
                    }
                };
                if let Err(error) = done {
                    self.fail(&format!("{at} cannot decide on {id}: {error}"));
                }
            }
        }
    }

    /// In some seeds all is agreed again, and each alert gets a further version: then everybody has
    /// exactly what its issuer has.
    async fn agree_on_everything(&mut self) {
        if !self.is_strict() {
            return;
        }
        for at in 0..self.nodes.len() {
            for other in 0..self.nodes.len() {
                let partner = self.nodes[other].partner;
                let app = &self.nodes[at].app;
                let held = app.arrangements(administration()).unwrap();
                if at != other && !held.iter().any(|(_, a)| a.partner == partner) {
                    self.arrange(at, other).await;
                }
            }
        }
        for at in 0..self.nodes.len() {
            for (id, _) in self.own(at, "active").await {
                let node = &self.nodes[at];
                let changed = draft(NAMES[self.chance.below(NAMES.len())]);
                let done = node.app.correct_alert(officer(), id, changed).await;
                if let Err(error) = done {
                    self.fail(&format!("{at} cannot correct {id}: {error}"));
                }
                self.acknowledge(at, id).await;
            }
        }
        self.deliver_everything().await;
    }

    pub fn is_strict(&self) -> bool {
        self.seed.is_multiple_of(6)
    }

    /// Own alerts of a node in a state, with the version.
    pub async fn own(&self, at: usize, state: &str) -> Vec<(RecordId, Version)> {
        let node = &self.nodes[at];
        let found = node.store.find(&of_kind(Kind::Alert, Some(state))).await;
        let own = found.unwrap().into_iter().map(|stored| stored.envelope);
        own.filter(|envelope| envelope.originator == node.authority)
            .map(|envelope| (envelope.id, envelope.version))
            .collect()
    }

    /// Rounds without faults, until nothing waits.
    pub async fn deliver_everything(&mut self) {
        for _ in 0..ROUNDS_MAX {
            let mut waited = false;
            for from in 0..self.nodes.len() {
                for to in 0..self.nodes.len() {
                    if from != to {
                        waited |= self.deliver(from, to, Fault::None).await;
                    }
                }
            }
            if !waited {
                return;
            }
        }
        self.fail("something still waits");
    }

    pub fn done(mut self) -> Done {
        self.done.alerts = self.acknowledged.len() + self.perhaps_lost.len();
        self.done.put_back = self.put_back.len();
        self.done
    }
}

/// Whoever decides.
pub fn officer() -> &'static Caller {
    static ONE: OnceLock<Caller> = OnceLock::new();
    ONE.get_or_init(verifier)
}

/// Whoever runs a node.
pub fn administration() -> &'static Caller {
    static ONE: OnceLock<Caller> = OnceLock::new();
    ONE.get_or_init(administrator)
}

pub fn reason(text: &str) -> Reason {
    Reason::try_from(text.to_owned()).unwrap()
}

pub fn draft(name: &str) -> AlertDraft {
    AlertDraft {
        category: Category::ForeignTerroristFighter,
        subject: Description {
            schema: Schema::Person,
            names: vec![Name::new(name)],
            births: vec!["1985-03-02".parse().unwrap()],
            ..Description::default()
        },
        object: None,
        reason: reason("travelled to join a terrorist group"),
        action: String::new(),
        decision: "KTN 14/26".into(),
        proportionality: None,
        warnings: BTreeSet::new(),
        offence: None,
        characteristics: None,
        distinguished_by: None,
        links: BTreeSet::new(),
    }
}
