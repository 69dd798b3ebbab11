//! What people do, and what goes wrong.

use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

use egnatia_alerts::{Alert, Direction, Inquiry, Outcome};
use egnatia_app::{
    Caller, CheckRequest, NewAlert, NewQuestion, NewTrace, NewTraceAnswer, Role, Store,
};
use egnatia_firearms::{Mark, MarkPlace, Outcome as Traced, Particulars, WeaponKind};
use egnatia_protocol::{Decision, DeclineGround, Matter, RecallReason};
use egnatia_record::{
    AuthorityId, Clock, Evaluation, Handling, HandlingCode, Justification, Kind, LegalBasis,
    Nature, OriginRegime, Purpose, RecordId, ReleasableTo, SubjectCategory,
};
use egnatia_testkit::Fuse;
use jiff::SignedDuration;
use jiff::civil::date;

use super::wire::{Fault, bodies, of_kind, or_death};
use super::world::{NAMES, World, administration, draft, officer, reason};

/// Whoever traces weapons.
pub fn focal() -> &'static Caller {
    static ONE: OnceLock<Caller> = OnceLock::new();
    ONE.get_or_init(|| Caller {
        login: "f.focal".parse().unwrap(),
        role: Role::FirearmsOfficer,
        justification: Some(Justification {
            purpose: Purpose::FirearmsTrafficking,
            case: "FFP 7/26".parse().unwrap(),
        }),
    })
}

/// A weapon that is traced.
pub fn trace_to(to: &AuthorityId) -> NewTrace {
    NewTrace {
        weapon: Particulars {
            marks: vec![Mark::readable(MarkPlace::Receiver, "M70B-45123")],
            kind: WeaponKind::AssaultRifle,
            make: "Crvena Zastava".into(),
            model: "M70AB2".into(),
            calibre: "7,62×39 mm".into(),
            category: None,
            country: Some("RS".parse().unwrap()),
            year: None,
            distinguished_by: None,
            photographs: Vec::new(),
        },
        firearm: None,
        recovered_in: "ME".parse().unwrap(),
        recovered_on: date(2026, 11, 20),
        offence: "illicit possession of firearms".into(),
        urgent: None,
        question: String::new(),
        circumstances: String::new(),
        intended_use: "the investigation KU 12/26".into(),
        to: to.clone(),
        may_pass_to: BTreeSet::new(),
    }
}

impl World {
    pub async fn step(&mut self) {
        match self.chance.below(100) {
            0..12 => self.enter().await,
            12..17 => self.correct().await,
            17..20 => self.release_to_others().await,
            20..22 => self.restrict_or_lift().await,
            22..26 => self.withdraw().await,
            26..31 => self.check_and_confirm().await,
            31..33 => self.report_on_a_hit().await,
            33..36 => self.ask_or_pass_on().await,
            36..40 => self.answer().await,
            40..42 | 75..79 => self.trace().await,
            42..45 => {
                let at = self.any();
                let other = self.other_than(at);
                self.arrange(at, other).await;
            }
            45..48 => self.partition(),
            48..50 => {
                let at = self.any();
                self.restart(at).await;
            }
            50..52 => self.back_up_or_restore().await,
            52..55 => {
                let at = self.any();
                let full = egnatia_app::StoreError::Full;
                self.nodes[at].store.fail_next_commit(full);
                self.say(format!("{at} has a full disk, once"));
            }
            55..60 => {
                // Before or after a commit or a send to come.
                let at = self.any();
                let point = u64::try_from(self.chance.below(8)).unwrap() + 1;
                self.nodes[at].store.put_fuse(Arc::new(Fuse::at(point)));
                self.say(format!("{at} is to die at the point {point} from now"));
            }
            60..63 => self.come_late().await,
            63..66 => {
                let at = self.any();
                let by = i64::try_from(self.chance.below(60)).unwrap() - 20;
                self.nodes[at].clock.advance(SignedDuration::from_secs(by));
            }
            69..74 => self.hand_on_at_the_worst_moment().await,
            74..75 => self.cannot_store(),
            // It makes many messages: in some seeds only.
            66..69 if self.seed % 5 == 1 => {
                let at = self.any();
                let node = &self.nodes[at];
                let done = or_death(&node.store, node.app.ask_witnesses()).await;
                let done = done.map(|done| done.map(|_| ()));
                self.after(at, "asks its witnesses".to_owned(), done).await;
            }
            _ => self.deliver_something().await,
        }
    }

    /// A parcel of something that waits, with a fault or without one.
    async fn deliver_something(&mut self) {
        let from = self.any();
        let queues = self.nodes[from].store.queues().await.unwrap();
        if queues.is_empty() {
            return;
        }
        let queue = &queues[self.chance.below(queues.len())];
        let to = self.nodes.iter().position(|n| n.authority == queue.to);
        let fault = match self.chance.below(14) {
            0 => Fault::Lost,
            1 => Fault::AnswerLost,
            2 => Fault::Twice,
            3 => Fault::Late,
            4 => Fault::Altered,
            _ => Fault::None,
        };
        self.deliver(from, to.unwrap(), fault).await;
    }

    async fn enter(&mut self) {
        let at = self.any();
        let name = NAMES[self.chance.below(NAMES.len())];
        let mut released = BTreeSet::new();
        for other in 0..self.nodes.len() {
            if other != at && self.chance.below(5) < 2 {
                released.insert(other);
            }
        }
        // What comes out of SIS stays with those who take part in it, whoever it is released to.
        let is_sis = self.nodes[at].partner.as_str() == "EU" && self.chance.below(2) == 0;
        let origin = match is_sis {
            true => OriginRegime::Sis,
            false => OriginRegime::National,
        };
        let mut new = NewAlert {
            draft: draft(name),
            handling: self.handling(&released, origin),
            legal_basis: LegalBasis::NationalLaw,
            evaluation: Evaluation::OFFICIAL,
            subject: SubjectCategory::Suspect,
            nature: Nature::Fact,
            different_from: BTreeSet::new(),
        };
        let node = &self.nodes[at];
        let doing = async {
            let like = node.app.like_alerts(officer(), &new.draft).await?;
            new.different_from = like.iter().map(|like| like.alert).collect();
            node.app.enter_alert(officer(), new).await
        };
        let done = or_death(&node.store, doing).await;
        let entered = match &done {
            Some(Ok(entered)) => Some(entered.alert),
            _ => None,
        };
        let done = done.map(|done| done.map(|_| ()));
        self.after(at, format!("enters {entered:?} for {released:?}"), done)
            .await;
        if let Some(id) = entered {
            self.acknowledge(at, id).await;
        }
    }

    fn handling(&self, released: &BTreeSet<usize>, origin: OriginRegime) -> Handling {
        let releasable_to = if released.is_empty() {
            ReleasableTo::NobodyElse
        } else {
            let partners = released.iter().map(|other| self.nodes[*other].partner);
            ReleasableTo::Partners(partners.collect())
        };
        Handling::new([HandlingCode::H0], None, releasable_to, origin).unwrap()
    }

    async fn any_own(&self, state: &str) -> Option<(usize, RecordId)> {
        let at = self.any();
        let own = self.own(at, state).await;
        let chosen = self.chance.below(own.len().max(1));
        own.get(chosen).map(|(id, _)| (at, *id))
    }

    /// Somebody else may have an alert from now on, and somebody not any more.
    async fn release_to_others(&mut self) {
        let Some((at, id)) = self.any_own("active").await else {
            return;
        };
        let stored = self.nodes[at].store.record(id).await.unwrap().unwrap();
        let held = &stored.envelope.handling;
        let partners = match held.releasable_to() {
            ReleasableTo::Partners(partners) => partners.clone(),
            _ => BTreeSet::new(),
        };
        let is_released = |index: &usize| partners.contains(&self.nodes[*index].partner);
        let mut released: BTreeSet<_> = (0..self.nodes.len()).filter(is_released).collect();
        let other = self.other_than(at);
        if !released.remove(&other) {
            released.insert(other);
        }
        let handling = self.handling(&released, held.origin());
        let why = reason("another decision");
        let node = &self.nodes[at];
        let doing = node.app.correct_handling(officer(), id, handling, &why);
        let done = or_death(&node.store, doing).await;
        if self
            .after(at, format!("releases {id} to {released:?}"), done)
            .await
        {
            self.acknowledge(at, id).await;
        }
    }

    async fn correct(&mut self) {
        let Some((at, id)) = self.any_own("active").await else {
            return;
        };
        let node = &self.nodes[at];
        let extends = self.chance.below(4) == 0;
        let done = if extends {
            let doing = node.app.extend_alert(officer(), id, reason("still wanted"));
            or_death(&node.store, doing).await
        } else {
            let changed = draft(NAMES[self.chance.below(NAMES.len())]);
            let doing = node.app.correct_alert(officer(), id, changed);
            or_death(&node.store, doing).await
        };
        if self.after(at, format!("corrects {id}"), done).await {
            self.acknowledge(at, id).await;
        }
    }

    async fn restrict_or_lift(&mut self) {
        let lifts = self.chance.below(2) == 0;
        let state = match lifts {
            true => "restricted",
            false => "active",
        };
        let Some((at, id)) = self.any_own(state).await else {
            return;
        };
        let node = &self.nodes[at];
        let done = if lifts {
            or_death(&node.store, node.app.lift_restriction(officer(), id)).await
        } else {
            let doing = node.app.restrict_alert(officer(), id, reason("contested"));
            or_death(&node.store, doing).await
        };
        if self
            .after(at, format!("restricts or lifts {id}"), done)
            .await
        {
            self.acknowledge(at, id).await;
        }
    }

    async fn withdraw(&mut self) {
        let Some((at, id)) = self.any_own("active").await else {
            return;
        };
        let why = RecallReason::Withdrawn;
        let node = &self.nodes[at];
        let doing = node.app.withdraw_alert(officer(), id, reason("found"), why);
        let done = or_death(&node.store, doing).await;
        if self.after(at, format!("withdraws {id}"), done).await {
            self.acknowledge(at, id).await;
        }
    }

    async fn check_and_confirm(&mut self) {
        let at = self.any();
        let node = &self.nodes[at];
        let held: Vec<Alert> = bodies(&node.store, Kind::Alert, Some("received")).await;
        let name = match held.get(self.chance.below(held.len().max(1))) {
            Some(alert) => alert.display_name().to_owned(),
            None => NAMES[self.chance.below(NAMES.len())].to_owned(),
        };
        let request = CheckRequest {
            query: draft(&name).subject,
            ..CheckRequest::default()
        };
        let doing = async {
            let answer = node.app.check(officer(), request).await?;
            let Some(first) = answer.candidates.first() else {
                return Ok(());
            };
            let why = reason("the same papers");
            let outcome = Outcome::Confirmed;
            let decided = node
                .app
                .decide(officer(), first.matched, outcome, why)
                .await;
            decided.map(|_| ())
        };
        let done = or_death(&node.store, doing).await;
        self.after(at, "confirms".to_owned(), done).await;
    }

    async fn report_on_a_hit(&mut self) {
        let at = self.any();
        let node = &self.nodes[at];
        let hits = node.store.find(&of_kind(Kind::Hit, None)).await.unwrap();
        let Some(hit) = hits.get(self.chance.below(hits.len().max(1))) else {
            return;
        };
        let doing = node
            .app
            .finish_follow_up(officer(), hit.envelope.id, reason("handed over"));
        let done = or_death(&node.store, doing).await;
        self.after(at, "reports on a hit".to_owned(), done).await;
    }

    async fn ask_or_pass_on(&mut self) {
        let at = self.any();
        let node = &self.nodes[at];
        let filter = of_kind(Kind::Alert, Some("received"));
        let held = node.store.find(&filter).await.unwrap();
        let Some(stored) = held.get(self.chance.below(held.len().max(1))) else {
            return;
        };
        let id = stored.envelope.id;
        let to = self.other_than(at);
        let done = match self.chance.below(3) {
            0 => {
                let matter = match self.chance.below(2) {
                    0 => Matter::Flag,
                    _ => Matter::SupplementaryInformation,
                };
                let question = NewQuestion {
                    about: id,
                    matter,
                    recipient: None,
                    text: reason("please"),
                    urgent: None,
                };
                let done = or_death(&node.store, node.app.ask(officer(), question)).await;
                done.map(|done| done.map(|_| ()))
            }
            _ => {
                let to = &self.nodes[to].authority;
                let doing = node.app.pass_on(officer(), id, to, reason("concerned"));
                let done = or_death(&node.store, doing).await;
                done.map(|done| done.map(|_| ()))
            }
        };
        self.after(at, format!("asks about {id}, perhaps for {to}"), done)
            .await;
    }

    async fn answer(&mut self) {
        let at = self.any();
        let node = &self.nodes[at];
        let filter = of_kind(Kind::Inquiry, Some("open"));
        let held = node.store.find(&filter).await.unwrap();
        let Some(stored) = held.get(self.chance.below(held.len().max(1))) else {
            return;
        };
        let (body, _) = stored.body.as_ref().unwrap();
        let inquiry: Inquiry = serde_json::from_slice(body).unwrap();
        if inquiry.direction != Direction::Received {
            return;
        }
        let decision = match inquiry.matter.as_str() {
            "onward-transfer" if self.chance.below(4) == 0 => Some(Decision::Refused {
                ground: DeclineGround::NationalSecurity,
            }),
            "onward-transfer" | "flag" => Some(Decision::Granted),
            "duplicate-question" => Some(Decision::Different),
            _ => None,
        };
        self.say_yes_or_no(at, (stored.envelope.id, &inquiry), decision)
            .await;
    }

    /// Answers a question, and notes what was granted.
    pub async fn say_yes_or_no(
        &mut self,
        at: usize,
        (id, inquiry): (RecordId, &Inquiry),
        decision: Option<Decision>,
    ) -> bool {
        let node = &self.nodes[at];
        let why = reason("so it is");
        let doing = node.app.answer(officer(), id, decision, &why);
        let done = or_death(&node.store, doing).await;
        // Whoever died over it may have said it.
        let is_granted = decision == Some(Decision::Granted) && !matches!(done, Some(Err(_)));
        if is_granted && let Some(to) = inquiry.recipient.clone() {
            self.granted.lock().unwrap().insert((inquiry.about, to));
        }
        self.after(at, format!("answers {}", inquiry.matter), done)
            .await
    }

    /// A weapon is traced, or a trace is answered.
    async fn trace(&mut self) {
        let at = self.one_with_a_trace().await;
        let node = &self.nodes[at];
        let filter = of_kind(Kind::TraceAnswer, Some("open"));
        let open = node.store.find(&filter).await.unwrap();
        if let Some(open) = open.first() {
            let new = NewTraceAnswer {
                outcome: Traced::NoRecord,
                pass_to: None,
            };
            let doing = node.app.answer_trace(focal(), open.envelope.id, new);
            let done = or_death(&node.store, doing).await;
            self.after(at, "answers a trace".to_owned(), done).await;
            return;
        }
        if self.chance.below(3) > 0 && self.answer_a_trace_again(at).await {
            return;
        }
        let own = of_kind(Kind::Trace, Some("asked"));
        let own = self.nodes[at].store.find(&own).await.unwrap();
        let to = self.other_than(at);
        if let Some(own) = own.first().filter(|_| self.chance.below(2) == 0) {
            // Whoever was asked before gets a newer version of the same question.
            let (id, to) = (own.envelope.id, self.nodes[to].authority.clone());
            let doing = self.nodes[at].app.ask_further(focal(), id, &to);
            let done = or_death(&self.nodes[at].store, doing).await;
            self.after(at, format!("asks {to} after the same weapon"), done)
                .await;
            return;
        }
        let new = trace_to(&self.nodes[to].authority);
        let node = &self.nodes[at];
        let done = or_death(&node.store, node.app.start_trace(focal(), new)).await;
        let done = done.map(|done| done.map(|_| ()));
        self.after(at, format!("traces a weapon at {to}"), done)
            .await;
    }

    /// Mostly somebody who was asked after a weapon.
    async fn one_with_a_trace(&self) -> usize {
        let first = self.any();
        if self.chance.below(4) > 0 {
            for place in 0..self.nodes.len() {
                let at = (first + place) % self.nodes.len();
                let asked = of_kind(Kind::TraceAnswer, None);
                let found = self.nodes[at].store.find(&asked).await.unwrap();
                let own = &self.nodes[at].authority;
                if found.iter().any(|one| one.envelope.originator == *own) {
                    return at;
                }
            }
        }
        first
    }

    /// Somebody answers a trace that is answered: the node does not take it. Whether there was one.
    async fn answer_a_trace_again(&mut self, at: usize) -> bool {
        let node = &self.nodes[at];
        let answered = of_kind(Kind::TraceAnswer, Some("answered"));
        let answered = node.store.find(&answered).await.unwrap();
        let own = answered
            .iter()
            .find(|stored| stored.envelope.originator == node.authority);
        let Some(own) = own else {
            return false;
        };
        let id = own.envelope.id;
        let new = NewTraceAnswer {
            outcome: Traced::NoRecord,
            pass_to: None,
        };
        let doing = node.app.answer_trace(focal(), id, new);
        let done = or_death(&node.store, doing).await;
        self.done.again += 1;
        self.after(at, format!("answers {id} again"), done).await;
        true
    }

    /// The database of a node does not take one of the alerts that wait for it, until somebody has
    /// found out why.
    fn cannot_store(&mut self) {
        if self.is_strict() {
            return;
        }
        let at = self.any();
        let alerts: Vec<RecordId> = self.acknowledged.keys().copied().collect();
        let Some(id) = alerts.get(self.chance.below(alerts.len().max(1))) else {
            return;
        };
        if self
            .acknowledged
            .get(id)
            .is_some_and(|(home, _)| *home == at)
        {
            return;
        }
        let why = egnatia_app::StoreError::Rejected("no such value".to_owned());
        self.nodes[at].store.reject(*id, why);
        self.done.not_stored += 1;
        self.say(format!("{at} cannot store {id} from now on"));
    }

    fn partition(&mut self) {
        let at = self.any();
        let other = self.other_than(at);
        if !self.cut.remove(&(at, other)) {
            self.cut.insert((at, other));
        }
    }

    /// Keeps a backup, or puts a node back to the one that was kept, and lets it ask its partners
    /// for what it lacks. What it wrote after the backup comes back from whoever holds it, and waits
    /// for a person.
    async fn back_up_or_restore(&mut self) {
        let Some((at, made_at, older)) = self.backup.take() else {
            let at = self.any();
            let node = &self.nodes[at];
            self.backup = Some((at, node.clock.now(), node.store.copy()));
            self.say(format!("{at} is backed up"));
            return;
        };
        let node = &self.nodes[at];
        node.store.put_back(&older);
        node.store.revive();
        // What its partners have seen of its log is longer now than the log.
        let size = node.store.audit_head().await.unwrap().size;
        for (index, other) in self.nodes.iter().enumerate() {
            let seen = other.store.witnesses().await.unwrap();
            let seen = seen.iter().filter(|row| {
                row.log == node.authority && row.witness == other.authority && row.size > size
            });
            if seen.count() > 0 {
                self.shortened.insert((at, index));
            }
        }
        let asked = node.app.ask_again(administration(), made_at).await;
        if let Err(error) = asked {
            self.fail(&format!("{at} cannot ask again: {error}"));
        }
        let own = self.acknowledged.extract_if(.., |_, (home, _)| *home == at);
        self.perhaps_lost.extend(own.map(|(id, _)| (id, at)));
        // Nothing of before comes late: partners would have it after they were asked.
        self.late.lock().unwrap().retain(|(from, ..)| *from != at);
        self.put_back.insert(at);
        self.say(format!("{at} is put back"));
        self.restart(at).await;
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
        let node = &self.nodes[to];
        let done = or_death(&node.store, node.app.receive(&sender, &envelope)).await;
        self.say(format!("an old envelope of {from} reaches {to}"));
        if done.is_none() {
            self.done.deaths += 1;
            self.restart(to).await;
        }
    }
}
