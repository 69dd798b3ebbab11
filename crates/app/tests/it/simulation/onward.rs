//! Alerts that are handed on by somebody who is not their issuer: just when the issuer says no, and
//! just when nothing is agreed any more with whoever is to get it.

use egnatia_alerts::{Direction, Inquiry};
use egnatia_app::Store;
use egnatia_firearms::{AnswerState, TraceAnswer};
use egnatia_protocol::{Decision, DeclineGround, Matter};
use egnatia_record::{Kind, RecordId, ReleasableTo};

use super::wire::{Fault, of_kind, or_death};
use super::world::{World, administration, officer, reason};

impl World {
    /// Somebody wants to hand on an alert; its issuer grants it or not; in every second case
    /// nothing is agreed with the recipient any more by the time at which it would leave.
    pub async fn hand_on_at_the_worst_moment(&mut self) {
        let first = self.any();
        let mut found = None;
        for place in 0..self.nodes.len() {
            let at = (first + place) % self.nodes.len();
            if let Some((id, issuer, to)) = self.something_to_hand_on(at).await {
                found = Some((at, id, issuer, to));
                break;
            }
        }
        let Some((at, id, issuer, to)) = found else {
            return;
        };
        let node = &self.nodes[at];
        let recipient = self.nodes[to].authority.clone();
        let why = reason("they are concerned");
        let doing = node.app.pass_on(officer(), id, &recipient, why);
        let done = or_death(&node.store, doing).await;
        let done = done.map(|done| done.map(|_| ()));
        let said = format!("wants to hand {id} on to {to}");
        if !self.after(at, said, done).await {
            return;
        }
        // Whatever waits for them before anybody has granted anything.
        self.deliver(at, to, Fault::None).await;
        self.deliver(at, issuer, Fault::None).await;
        self.answer_what_is_asked_of(issuer, id).await;
        self.deliver(issuer, at, Fault::None).await;
        if self.chance.below(2) == 0 {
            let partner = self.nodes[to].partner;
            let held = self.nodes[at].app.arrangements(administration()).unwrap();
            if held.iter().any(|(_, agreed)| agreed.partner == partner) {
                self.arrange(at, to).await;
            }
        }
        self.deliver(at, to, Fault::None).await;
    }

    /// An alert that a node holds and may be given a third one: the alert, its issuer, the third.
    async fn something_to_hand_on(&self, at: usize) -> Option<(RecordId, usize, usize)> {
        let node = &self.nodes[at];
        let held = of_kind(Kind::Alert, Some("received"));
        let held = node.store.find(&held).await.unwrap();
        let mut found = Vec::new();
        for stored in &held {
            let envelope = &stored.envelope;
            let ReleasableTo::Partners(partners) = envelope.handling.releasable_to() else {
                continue;
            };
            let issuer = self.index_of(&envelope.originator);
            let others = (0..self.nodes.len()).filter(|index| ![at, issuer].contains(index));
            let others = others.filter(|index| partners.contains(&self.nodes[*index].partner));
            found.extend(others.map(|to| (envelope.id, issuer, to)));
        }
        found.get(self.chance.below(found.len().max(1))).copied()
    }

    async fn answer_what_is_asked_of(&mut self, issuer: usize, about: RecordId) {
        let open = of_kind(Kind::Inquiry, Some("open"));
        for stored in self.nodes[issuer].store.find(&open).await.unwrap() {
            let (body, _) = stored.body.as_ref().unwrap();
            let inquiry: Inquiry = serde_json::from_slice(body).unwrap();
            let is_meant = inquiry.direction == Direction::Received
                && inquiry.about == about
                && inquiry.matter == Matter::OnwardTransfer.as_str();
            if !is_meant {
                continue;
            }
            let decision = match self.chance.below(3) {
                0 => Decision::Refused {
                    ground: DeclineGround::NationalSecurity,
                },
                _ => Decision::Granted,
            };
            let asked = (stored.envelope.id, &inquiry);
            self.say_yes_or_no(issuer, asked, Some(decision)).await;
        }
    }

    fn index_of(&self, authority: &egnatia_record::AuthorityId) -> usize {
        let mut nodes = self.nodes.iter();
        nodes.position(|node| node.authority == *authority).unwrap()
    }

    /// Whoever holds somebody's alert has it from them, or from somebody whom they have let hand it on.
    pub async fn nobody_has_what_was_never_granted(&self) {
        for (index, node) in self.nodes.iter().enumerate() {
            let alerts = node.store.find(&of_kind(Kind::Alert, None)).await.unwrap();
            let foreign = alerts.iter().filter(|stored| {
                stored.body.is_some() && stored.envelope.originator != node.authority
            });
            let ids: Vec<RecordId> = foreign.map(|stored| stored.envelope.id).collect();
            for row in node.store.received(&ids).await.unwrap() {
                let held = alerts
                    .iter()
                    .find(|stored| stored.envelope.id == row.record);
                let originator = &held.unwrap().envelope.originator;
                let key = (row.record, node.authority.clone());
                if row.from != *originator && !self.granted.lock().unwrap().contains(&key) {
                    self.fail(&format!(
                        "{index} has {} from {}, and {originator} never granted it",
                        row.record, row.from
                    ));
                }
            }
        }
    }

    /// A trace has one answer of each country that was asked, and it does not change afterwards: at
    /// whoever gave it, and at whoever got it.
    pub async fn every_trace_is_answered_once(&self) {
        for (index, node) in self.nodes.iter().enumerate() {
            let filter = of_kind(Kind::TraceAnswer, None);
            let mut by = std::collections::BTreeMap::new();
            for stored in node.store.find(&filter).await.unwrap() {
                let envelope = &stored.envelope;
                // Who was put back may not know that it has answered.
                if self.put_back.contains(&self.index_of(&envelope.originator)) {
                    continue;
                }
                let mut said = Vec::new();
                let mut trace = None;
                for version in node.store.history(envelope.id).await.unwrap() {
                    let Some((body, _)) = &version.body else {
                        continue;
                    };
                    let answer: TraceAnswer = serde_json::from_slice(body).unwrap();
                    trace = Some(answer.trace);
                    if answer.state != AnswerState::Open {
                        said.push(version.envelope.version);
                    }
                }
                if said.len() > 1 {
                    self.fail(&format!(
                        "the answer {} at {index} was given in {said:?}",
                        envelope.id
                    ));
                }
                let Some(trace) = trace else {
                    continue;
                };
                let key = (trace, envelope.originator.clone());
                if let Some(other) = by.insert(key, envelope.id) {
                    self.fail(&format!(
                        "{index} has two answers of {} to {trace}: {other} and {}",
                        envelope.originator, envelope.id
                    ));
                }
            }
        }
    }
}
