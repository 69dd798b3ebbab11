//! Several nodes with a seed: messages are lost, repeated, delayed and altered, nodes crash before
//! and after commits, clocks differ, arrangements end, alerts are corrected and withdrawn. Once
//! everything is well again, everybody has what they may have, and nobody has anything else.
//!
//! `SIMULATION_SEED=17 cargo test -p egnatia-app --test it simulation` replays one seed;
//! `SIMULATION_SEEDS=5000` runs more of them.

#![expect(clippy::panic, reason = "a failing seed says how to replay it")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use egnatia_alerts::{AlertDraft, Outcome, Reason};
use egnatia_app::{
    AppError, CheckRequest, Courier, CourierError, DeliveryState, DumpRow, NewAlert, Store,
    StoreError,
};
use egnatia_matching::{Description, Name, Schema};
use egnatia_protocol::{NodeCard, RecallReason};
use egnatia_record::{
    AuthorityId, Category, Clock, Evaluation, Handling, HandlingCode, Kind, LegalBasis, Nature,
    OriginRegime, RecordId, ReleasableTo, SubjectCategory,
};
use egnatia_testkit::{
    FixedClock, MemoryStore, SIDES, SeededEntropy, TestNode, administrator, arrangement_with,
    dump_rows, empty_store, restore_rows, verifier, verify_log_under,
};
use jiff::{SignedDuration, Timestamp};

/// Without a wish, so many seeds run.
const SEEDS: u64 = 1_500;
const STEPS: usize = 60;
/// After so many rounds without faults nothing may wait any more.
const ROUNDS_MAX: usize = 12;

const NAMES: [&str; 8] = [
    "Zoran Izmislenski",
    "Ардијан Немања",
    "Luljeta Shpikaj",
    "Bojan Nepostojić",
    "Хасан Измишљени",
    "Mirela Zamišljaj",
    "Teuta Trilluar",
    "Ognjen Bajkovski",
];

/// Envelopes that come late, or again: from, to, bytes.
type Late = Arc<Mutex<Vec<(usize, usize, Vec<u8>)>>>;

struct World {
    seed: u64,
    chance: SeededEntropy,
    nodes: Vec<TestNode>,
    /// Whose messages to whom are lost at present.
    cut: BTreeSet<(usize, usize)>,
    late: Late,
    /// Own alerts by node, with the partners to which they are released.
    alerts: BTreeMap<RecordId, (usize, BTreeSet<usize>)>,
    restarts: u64,
    /// Alerts that a node wrote before it was put back, perhaps after the backup.
    perhaps_lost: BTreeMap<RecordId, usize>,
    /// A node's rows at some moment.
    backup: Option<(usize, Timestamp, Vec<DumpRow>)>,
    log: Vec<String>,
}

/// What happens to one message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    Lost,
    AnswerLost,
    Twice,
    Late,
    Altered,
}

struct Unreliable<'a> {
    from: AuthorityId,
    to: &'a TestNode,
    pair: (usize, usize),
    fault: Fault,
    late: Late,
}

#[async_trait::async_trait]
impl Courier for Unreliable<'_> {
    async fn deliver(&self, _: &NodeCard, envelope: Vec<u8>) -> Result<Vec<u8>, CourierError> {
        let lost = || CourierError::Unreachable("lost".to_owned());
        let receive = async |bytes: &[u8]| {
            let answer = self.to.app.receive(&self.from, bytes).await;
            answer.map_err(|error| CourierError::Busy(error.to_string()))
        };
        match self.fault {
            Fault::None => receive(&envelope).await,
            Fault::Lost => Err(lost()),
            Fault::AnswerLost => {
                let _ = receive(&envelope).await;
                Err(lost())
            }
            Fault::Twice => {
                let first = receive(&envelope).await;
                let second = receive(&envelope).await;
                second.or(first)
            }
            Fault::Late => {
                let (from, to) = self.pair;
                self.late.lock().unwrap().push((from, to, envelope));
                Err(lost())
            }
            Fault::Altered => {
                let mut altered = envelope;
                let middle = altered.len() / 2;
                altered[middle] ^= 0x10;
                let answer = receive(&altered).await;
                assert!(answer.is_err(), "an altered envelope was taken");
                Err(lost())
            }
        }
    }
}

fn reason(text: &str) -> Reason {
    Reason::try_from(text.to_owned()).unwrap()
}

impl World {
    async fn new(seed: u64) -> Self {
        let chance = SeededEntropy::new(seed);
        let count = 3 + chance.below(3);
        let mut nodes = Vec::new();
        for (index, side) in SIDES.iter().take(count).enumerate() {
            let clock = Arc::new(FixedClock::default());
            // Clocks differ by some minutes.
            let skew = i64::try_from(chance.below(480)).unwrap() - 240;
            clock.advance(SignedDuration::from_secs(skew));
            let store = empty_store(side.0);
            let own = seed * 1_000 + u64::try_from(index).unwrap();
            nodes.push(TestNode::on(*side, store, clock, own).await);
        }
        for node in &nodes {
            for other in &nodes {
                if node.authority != other.authority {
                    node.accept(other).await;
                    // Now and then nothing was agreed in one direction.
                    if chance.below(6) > 0 {
                        node.app
                            .put_arrangement(
                                &administrator(),
                                None,
                                arrangement_with(other.partner),
                            )
                            .await
                            .unwrap();
                    }
                }
            }
        }
        Self {
            seed,
            chance,
            nodes,
            cut: BTreeSet::new(),
            late: Arc::default(),
            alerts: BTreeMap::new(),
            restarts: 0,
            perhaps_lost: BTreeMap::new(),
            backup: None,
            log: Vec::new(),
        }
    }

    fn any(&self) -> usize {
        self.chance.below(self.nodes.len())
    }

    fn other_than(&self, node: usize) -> usize {
        (node + 1 + self.chance.below(self.nodes.len() - 1)) % self.nodes.len()
    }

    fn say(&mut self, text: String) {
        self.log.push(text);
    }

    async fn step(&mut self) {
        match self.chance.below(100) {
            0..15 => self.enter().await,
            15..22 => self.correct().await,
            22..25 => self.release_to_others().await,
            25..30 => self.withdraw().await,
            30..35 => self.check_and_confirm().await,
            35..40 => self.arrange().await,
            40..45 => self.partition(),
            45..48 => self.restart().await,
            48..50 => self.back_up_or_restore().await,
            50..54 => self.fail_a_commit(),
            54..60 => self.come_late().await,
            60..64 => {
                let node = self.any();
                let by = SignedDuration::from_secs(i64::try_from(self.chance.below(30)).unwrap());
                self.nodes[node].clock.advance(by);
            }
            _ => {
                let from = self.any();
                let to = self.other_than(from);
                let fault = match self.chance.below(12) {
                    0 => Fault::Lost,
                    1 => Fault::AnswerLost,
                    2 => Fault::Twice,
                    3 => Fault::Late,
                    4 => Fault::Altered,
                    _ => Fault::None,
                };
                self.deliver(from, to, fault).await;
            }
        }
    }

    async fn enter(&mut self) {
        let at = self.any();
        let name = NAMES[self.chance.below(NAMES.len())];
        let mut released = BTreeSet::new();
        for other in 0..self.nodes.len() {
            if other != at && self.chance.below(3) > 0 {
                released.insert(other);
            }
        }
        let mut new = NewAlert {
            draft: draft(name),
            handling: self.handling(&released),
            legal_basis: LegalBasis::NationalLaw,
            evaluation: Evaluation::OFFICIAL,
            subject: SubjectCategory::Suspect,
            nature: Nature::Fact,
            different_from: BTreeSet::new(),
        };
        let app = &self.nodes[at].app;
        let Ok(like) = app.like_alerts(&verifier(), &new.draft).await else {
            return;
        };
        new.different_from = like.iter().map(|like| like.alert).collect();
        match app.enter_alert(&verifier(), new).await {
            Ok(entered) => {
                self.alerts.insert(entered.alert, (at, released));
                self.say(format!("{at} enters {}", entered.alert));
            }
            // The disk was full.
            Err(AppError::Store(_)) => self.say(format!("{at} cannot enter")),
            Err(error) => panic!("seed {}: {error}", self.seed),
        }
    }

    fn handling(&self, released: &BTreeSet<usize>) -> Handling {
        let releasable_to = if released.is_empty() {
            ReleasableTo::NobodyElse
        } else {
            let partners = released.iter().map(|other| self.nodes[*other].partner);
            ReleasableTo::Partners(partners.collect())
        };
        let codes = [HandlingCode::H0];
        Handling::new(codes, None, releasable_to, OriginRegime::National).unwrap()
    }

    /// Somebody else may have an alert from now on, and somebody not any more.
    async fn release_to_others(&mut self) {
        let Some((at, id)) = self.own_alert().await else {
            return;
        };
        let other = self.other_than(at);
        let mut released = self.alerts[&id].1.clone();
        if !released.remove(&other) {
            released.insert(other);
        }
        let handling = self.handling(&released);
        let why = reason("another decision");
        let done = self.nodes[at]
            .app
            .correct_handling(&verifier(), id, handling, &why)
            .await;
        if done.is_ok() {
            self.alerts.insert(id, (at, released.clone()));
        }
        self.accept_failure(done.map(|()| format!("{at} releases {id} to {released:?}")));
    }

    /// A random alert that its node still compares.
    async fn own_alert(&self) -> Option<(usize, RecordId)> {
        let all: Vec<_> = self.alerts.iter().collect();
        let (id, (at, _)) = all.get(self.chance.below(all.len().max(1)))?;
        let stored = self.nodes[*at].store.record(**id).await.unwrap()?;
        (stored.state == "active").then_some((*at, **id))
    }

    async fn correct(&mut self) {
        let Some((at, id)) = self.own_alert().await else {
            return;
        };
        let name = NAMES[self.chance.below(NAMES.len())];
        let done = self.nodes[at]
            .app
            .correct_alert(&verifier(), id, draft(name))
            .await;
        self.accept_failure(done.map(|()| format!("{at} corrects {id}")));
    }

    async fn withdraw(&mut self) {
        let Some((at, id)) = self.own_alert().await else {
            return;
        };
        let why = RecallReason::Withdrawn;
        let done = self.nodes[at]
            .app
            .withdraw_alert(&verifier(), id, reason("found"), why)
            .await;
        self.accept_failure(done.map(|()| format!("{at} withdraws {id}")));
    }

    async fn check_and_confirm(&mut self) {
        let at = self.any();
        let request = CheckRequest {
            query: draft(NAMES[self.chance.below(NAMES.len())]).subject,
            ..CheckRequest::default()
        };
        let app = &self.nodes[at].app;
        let Ok(answer) = app.check(&verifier(), request).await else {
            return;
        };
        let Some(first) = answer.candidates.first() else {
            return;
        };
        let decided = app
            .decide(
                &verifier(),
                first.matched,
                Outcome::Confirmed,
                reason("the same papers"),
            )
            .await;
        self.accept_failure(decided.map(|_| format!("{at} confirms")));
    }

    async fn arrange(&mut self) {
        let at = self.any();
        let other = self.other_than(at);
        let partner = self.nodes[other].partner;
        let app = &self.nodes[at].app;
        let held = app.arrangements(&administrator()).unwrap();
        let held = held.into_iter().find(|(_, a)| a.partner == partner);
        let done = match held {
            Some((id, _)) if self.chance.below(2) == 0 => {
                app.end_arrangement(&administrator(), id).await
            }
            Some(_) => return,
            None => app
                .put_arrangement(&administrator(), None, arrangement_with(partner))
                .await
                .map(|_| ()),
        };
        self.accept_failure(done.map(|()| format!("{at} changes what holds with {other}")));
    }

    fn partition(&mut self) {
        let at = self.any();
        let other = self.other_than(at);
        if !self.cut.remove(&(at, other)) {
            self.cut.insert((at, other));
        }
    }

    async fn restart(&mut self) {
        let at = self.any();
        self.restart_at(at).await;
    }

    async fn restart_at(&mut self, at: usize) {
        self.restarts += 1;
        let seed = self.seed * 1_000 + 100 + self.restarts;
        let (store, clock) = {
            let node = &self.nodes[at];
            (Arc::clone(&node.store), Arc::clone(&node.clock))
        };
        self.nodes[at] = TestNode::on(SIDES[at], store, clock, seed).await;
        self.say(format!("{at} restarts"));
    }

    /// Keeps a backup, or puts a node back to the one that was kept, and lets it ask its partners
    /// for what it lacks. What it wrote after the backup comes back from whoever holds it, and waits
    /// for a person: it is only looked at whether the node knows of it.
    async fn back_up_or_restore(&mut self) {
        let Some((at, made_at, rows)) = self.backup.take() else {
            let at = self.any();
            let rows = dump_rows(self.nodes[at].store.as_ref()).await;
            self.backup = Some((at, self.nodes[at].clock.now(), rows));
            return;
        };
        let node = &self.nodes[at];
        restore_rows(node.store.as_ref(), rows).await.unwrap();
        // The disk may be full once more; whoever restores tries again.
        while node.app.ask_again(&administrator(), made_at).await.is_err() {}
        let own = self.alerts.extract_if(.., |_, (home, _)| *home == at);
        self.perhaps_lost.extend(own.map(|(id, _)| (id, at)));
        // Nothing of before comes late: partners would have it after they were asked.
        self.late.lock().unwrap().retain(|(from, ..)| *from != at);
        self.restart_at(at).await;
        self.say(format!("{at} is put back"));
    }

    fn fail_a_commit(&mut self) {
        let at = self.any();
        self.nodes[at].store.fail_next_commit(StoreError::Full);
        self.say(format!("{at} has a full disk, once"));
    }

    /// An old envelope arrives, perhaps long after its sender has sent newer ones.
    async fn come_late(&mut self) {
        let count = self.late.lock().unwrap().len();
        if count == 0 {
            return;
        }
        let chosen = self.chance.below(count);
        let (from, to, envelope) = self.late.lock().unwrap()[chosen].clone();
        let sender = self.nodes[from].authority.clone();
        let _ = self.nodes[to].app.receive(&sender, &envelope).await;
        self.say(format!("an old envelope of {from} reaches {to}"));
    }

    async fn deliver(&mut self, from: usize, to: usize, fault: Fault) {
        let fault = if self.cut.contains(&(from, to)) {
            Fault::Lost
        } else {
            fault
        };
        let courier = Unreliable {
            from: self.nodes[from].authority.clone(),
            to: &self.nodes[to],
            pair: (from, to),
            fault,
            late: Arc::clone(&self.late),
        };
        let recipient = self.nodes[to].authority.clone();
        let done = self.nodes[from].app.deliver(&recipient, &courier).await;
        self.say(format!("{from} to {to} ({fault:?}): {done:?}"));
    }

    fn accept_failure(&mut self, done: Result<String, AppError>) {
        match done {
            Ok(text) => self.say(text),
            Err(AppError::Store(_) | AppError::Conflict(_)) => self.say("refused".to_owned()),
            Err(error) => panic!("seed {}: {error}\n{}", self.seed, self.log.join("\n")),
        }
    }

    /// No faults any more: everything is delivered.
    async fn heal(&mut self) {
        self.cut.clear();
        for index in 0..self.nodes.len() {
            // A commit that was to fail and had no occasion to.
            let _ = self.nodes[index].app.reload_directory().await;
            let _ = self.nodes[index]
                .app
                .adopt_shipped_arrangements(&administrator())
                .await;
        }
        for _ in 0..ROUNDS_MAX {
            for from in 0..self.nodes.len() {
                for to in 0..self.nodes.len() {
                    if from != to {
                        self.deliver(from, to, Fault::None).await;
                    }
                }
            }
            let mut waiting = 0;
            for node in &self.nodes {
                waiting += node.store.queues().await.unwrap().len();
            }
            if waiting == 0 {
                return;
            }
        }
        self.fail("something still waits");
    }

    fn fail(&self, text: &str) -> ! {
        panic!(
            "{text}; replay with SIMULATION_SEED={}\n{}",
            self.seed,
            self.log.join("\n")
        );
    }

    async fn everybody_has_what_they_may_have(&self) {
        for (id, (home, released)) in &self.alerts {
            let own = self.nodes[*home].store.record(*id).await.unwrap().unwrap();
            let rows = self.nodes[*home].store.deliveries_of(*id).await.unwrap();
            for (index, node) in self.nodes.iter().enumerate() {
                if index == *home {
                    continue;
                }
                let held = node.store.record(*id).await.unwrap();
                let body = held.as_ref().and_then(|held| held.body.as_ref());
                if body.is_some() && !released.contains(&index) {
                    self.fail(&format!("{index} has {id}, which is not released to it"));
                }
                let to_it: Vec<_> = rows.iter().filter(|row| row.to == node.authority).collect();
                let last = to_it.iter().rfind(|row| row.kind == "record");
                let recalled = to_it.iter().any(|row| {
                    row.kind == "recall" && last.is_none_or(|last| row.position > last.position)
                });
                if own.state == "withdrawn" && body.is_some() {
                    self.fail(&format!("{index} still has {id}, which is withdrawn"));
                }
                let Some(last) = last else {
                    if body.is_some() {
                        self.fail(&format!("{index} has {id}, which was never sent to it"));
                    }
                    continue;
                };
                if last.state == DeliveryState::Queued {
                    self.fail(&format!("{id} still waits for {index}"));
                }
                if last.state != DeliveryState::Delivered && last.reason.is_none() {
                    self.fail(&format!("{id} did not reach {index}, and nothing says why"));
                }
                if own.state == "active" && last.state == DeliveryState::Delivered && !recalled {
                    let Some((body, _)) = body else {
                        self.fail(&format!("{index} signed for {id} and does not have it"));
                    };
                    let (sent, _) = own.body.as_ref().unwrap();
                    let version = held.as_ref().map(|held| held.envelope.version);
                    if last.version == Some(own.envelope.version)
                        && (body != sent || version != Some(own.envelope.version))
                    {
                        self.fail(&format!("{index} has another {id} than {home}"));
                    }
                }
            }
        }
    }

    /// Nobody holds an alert of a node that was put back and that does not know of it.
    async fn nothing_is_held_that_its_issuer_does_not_know(&self) {
        for (id, home) in &self.perhaps_lost {
            let known = self.nodes[*home].store.record(*id).await.unwrap();
            let known = known.map(|known| known.envelope.version);
            for (index, node) in self.nodes.iter().enumerate() {
                let held = node.store.record(*id).await.unwrap();
                let Some(held) = held.filter(|held| held.body.is_some()) else {
                    continue;
                };
                if index != *home && known < Some(held.envelope.version) {
                    self.fail(&format!(
                        "{index} holds {id}, of which {home} knows {known:?}"
                    ));
                }
            }
        }
    }

    async fn nothing_happened_twice(&self) {
        for (index, node) in self.nodes.iter().enumerate() {
            let filter = |kind| egnatia_app::RecordFilter {
                kind,
                state: None,
                created_by: None,
                after: None,
                limit: 1_000,
            };
            let reports = node.store.find(&filter(Kind::HitReport)).await.unwrap();
            let mut hits = BTreeSet::new();
            for stored in &reports {
                let (body, _) = stored.body.as_ref().unwrap();
                let report: egnatia_alerts::HitReport = serde_json::from_slice(body).unwrap();
                if !hits.insert(report.hit) {
                    self.fail(&format!("{index} counts a hit twice"));
                }
            }
            let inquiries = node.store.find(&filter(Kind::Inquiry)).await.unwrap();
            let mut questions = BTreeSet::new();
            for stored in &inquiries {
                let (body, _) = stored.body.as_ref().unwrap();
                let inquiry: egnatia_alerts::Inquiry = serde_json::from_slice(body).unwrap();
                if !questions.insert(inquiry.question) {
                    self.fail(&format!("{index} has a question twice"));
                }
            }
            for (id, _) in self.alerts.iter() {
                let history = node.store.history(*id).await.unwrap();
                let versions: BTreeSet<_> = history.iter().map(|r| r.envelope.version).collect();
                if versions.len() != history.len() {
                    self.fail(&format!("{index} has a version of {id} twice"));
                }
            }
            let store: Arc<dyn Store> = Arc::<MemoryStore>::clone(&node.store);
            verify_log_under(store.as_ref(), node.app.log_key()).await;
        }
    }
}

fn draft(name: &str) -> AlertDraft {
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

async fn run(seed: u64) -> usize {
    let mut world = World::new(seed).await;
    for _ in 0..STEPS {
        world.step().await;
    }
    world.heal().await;
    world.everybody_has_what_they_may_have().await;
    world.nothing_is_held_that_its_issuer_does_not_know().await;
    world.nothing_happened_twice().await;
    world.alerts.len()
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn nodes_agree_after_any_sequence_of_faults() {
    let seeds: Vec<u64> = match number("SIMULATION_SEED") {
        Some(seed) => vec![seed],
        None => (1..=number("SIMULATION_SEEDS").unwrap_or(SEEDS)).collect(),
    };
    let halves = seeds.chunks(seeds.len().div_ceil(2));
    let alerts: usize = std::thread::scope(|scope| {
        let running: Vec<_> = halves
            .map(|seeds| {
                scope.spawn(move || {
                    let runtime = tokio::runtime::Builder::new_current_thread()
                        .build()
                        .unwrap();
                    let each = seeds.iter().map(|seed| runtime.block_on(run(*seed)));
                    each.sum::<usize>()
                })
            })
            .collect();
        running.into_iter().map(|half| half.join().unwrap()).sum()
    });
    // The seeds do something.
    assert!(alerts >= seeds.len() * 2, "{alerts} alerts");
}
