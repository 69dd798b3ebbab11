//! What always holds, and what holds once everything is well again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use egnatia_alerts::{HitReport, Inquiry};
use egnatia_app::{DeliveryRow, DeliveryState, LedgerPart, Store, WitnessRow};
use egnatia_audit::Operation;
use egnatia_firearms::TraceAnswer;
use egnatia_protocol::{KnownRoots, Outcome, Signed, Statement};
use egnatia_record::{Clock, Kind, OriginRegime, RecordId, ReleasableTo};
use egnatia_testkit::{MemoryStore, verify_log_under};

use super::wire::{bodies, of_kind};
use super::world::World;

impl World {
    /// All that holds in the end.
    pub async fn hold(&mut self) {
        self.what_was_acknowledged_is_there().await;
        self.everybody_has_what_they_may_have().await;
        self.nothing_is_held_that_its_issuer_does_not_know().await;
        self.every_recall_is_confirmed().await;
        self.hits_and_answers_have_arrived().await;
        self.every_trace_is_answered_once().await;
        self.nobody_has_what_was_never_granted().await;
        self.nothing_happened_twice().await;
        self.witnesses_say_what_is_so().await;
    }

    /// No acknowledged record is lost, nor is a version of it.
    async fn what_was_acknowledged_is_there(&self) {
        for (id, (home, version)) in &self.acknowledged {
            let held = self.nodes[*home].store.record(*id).await.unwrap();
            match held {
                Some(held) if held.envelope.version >= *version => {}
                other => {
                    let other = other.map(|held| held.envelope.version);
                    self.fail(&format!(
                        "{home} acknowledged {id} in {version:?} and has {other:?}"
                    ));
                }
            }
        }
    }

    /// At any moment: what was ended is held nowhere without a recall on its way, and nobody else's
    /// words are held where they were never to go.
    pub async fn nothing_leaks_meanwhile(&self) {
        for (home, issuer) in self.nodes.iter().enumerate() {
            for (id, _) in self.own(home, "withdrawn").await {
                let rows = issuer.store.deliveries_of(id).await.unwrap();
                for (index, node) in self.nodes.iter().enumerate() {
                    if index == home || self.put_back.contains(&index) {
                        continue;
                    }
                    let held = node.store.record(id).await.unwrap();
                    if held.is_none_or(|held| held.body.is_none()) {
                        continue;
                    }
                    let pending = rows.iter().any(|row| {
                        row.kind == "recall"
                            && row.to == node.authority
                            && row.state == DeliveryState::Queued
                    });
                    if !pending && !self.is_passed_on(id, home, index).await {
                        self.fail(&format!(
                            "{index} has {id}, which {home} has withdrawn, and no recall waits"
                        ));
                    }
                }
            }
            let store = &issuer.store;
            for stored in store.find(&of_kind(Kind::Alert, None)).await.unwrap() {
                let envelope = &stored.envelope;
                let is_sis = envelope.handling.origin() == OriginRegime::Sis;
                let is_third = issuer.partner.as_str() != "EU";
                if is_sis && is_third && stored.body.is_some() {
                    self.fail(&format!("{home} has {}, which is SIS data", envelope.id));
                }
            }
        }
    }

    /// Whether somebody but its issuer has given a record to a node: then the recall comes that way.
    async fn is_passed_on(&self, id: RecordId, home: usize, to: usize) -> bool {
        for (index, node) in self.nodes.iter().enumerate() {
            if index == home || index == to {
                continue;
            }
            let rows = node.store.deliveries_of(id).await.unwrap();
            if rows.iter().any(|row| row.to == self.nodes[to].authority) {
                return true;
            }
        }
        false
    }

    async fn everybody_has_what_they_may_have(&self) {
        for (home, issuer) in self.nodes.iter().enumerate() {
            let filter = of_kind(Kind::Alert, None);
            for own in issuer.store.find(&filter).await.unwrap() {
                if own.envelope.originator != issuer.authority {
                    continue;
                }
                let id = own.envelope.id;
                let rows = issuer.store.deliveries_of(id).await.unwrap();
                for (index, node) in self.nodes.iter().enumerate() {
                    if index == home {
                        continue;
                    }
                    let held = node.store.record(id).await.unwrap();
                    let to_it = rows.iter().filter(|row| row.to == node.authority);
                    let to_it: Vec<&DeliveryRow> = to_it.collect();
                    if let Some(wrong) = wrong_at(&own, held.as_ref(), (node, &to_it)) {
                        self.fail(&format!("{id} of {home} at {index}: {wrong}"));
                    }
                    if self.is_strict()
                        && own.state == "active"
                        && is_released(&own, node)
                        && held.is_none_or(|held| {
                            held.envelope.version != own.envelope.version || held.body.is_none()
                        })
                    {
                        self.fail(&format!(
                            "{index} may have {id} of {home} as it is, and has it not"
                        ));
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

    /// Each recall has the partner's own signed word that it was followed.
    async fn every_recall_is_confirmed(&self) {
        for (home, issuer) in self.nodes.iter().enumerate() {
            for other in &self.nodes {
                let card = other.app.own_card().unwrap();
                let known = KnownRoots::default();
                let rows = issuer
                    .store
                    .deliveries_to(&other.authority, LedgerPart::All.newest(1_000));
                for row in rows.await.unwrap() {
                    if row.kind != "recall" {
                        continue;
                    }
                    let id = row.record;
                    let superseded = matches!(
                        (row.state, row.reason.as_deref()),
                        (DeliveryState::Refused, Some("older-than-held"))
                    );
                    let receipt = row.receipt.as_deref().map(Signed::parse);
                    let Some(Ok(receipt)) = receipt else {
                        self.fail(&format!("{home} has no receipt for its recall of {id:?}"));
                    };
                    let keys = card.card().signing_keys_at(other.clock.now());
                    if receipt.verify_together(keys, &known).is_err() {
                        self.fail(&format!("a receipt for the recall of {id:?} is forged"));
                    }
                    let Ok(Statement::Receipt(receipt)) = Statement::read(&receipt) else {
                        self.fail(&format!("the receipt for the recall of {id:?} is none"));
                    };
                    let followed = matches!(receipt.outcome, Outcome::Erased | Outcome::Restricted);
                    if receipt.record != id || !(followed || superseded) {
                        self.fail(&format!("{id:?} was recalled, and {receipt:?} came back"));
                    }
                }
            }
        }
    }

    /// A hit on a partner's alert is known to its issuer; a trace that was answered, to its asker.
    async fn hits_and_answers_have_arrived(&mut self) {
        for (index, node) in self.nodes.iter().enumerate() {
            for other in &self.nodes {
                let rows = node
                    .store
                    .deliveries_to(&other.authority, LedgerPart::All.newest(1_000));
                for row in rows.await.unwrap() {
                    if row.state == DeliveryState::Queued {
                        self.fail(&format!("something of {index} waits: {row:?}"));
                    }
                    if row.state != DeliveryState::Delivered && row.reason.is_none() {
                        self.fail(&format!("nothing says why {index} did not deliver {row:?}"));
                    }
                    let is_delivered = row.state == DeliveryState::Delivered;
                    if row.kind == "hit" && is_delivered {
                        self.done.hits += 1;
                        let claim =
                            format!("hit-report:{}:{}", node.authority, row.record.unwrap());
                        let held = other.store.claims(&[claim]).await.unwrap();
                        if held.is_empty() {
                            self.fail(&format!("{index} was promised that a hit is known"));
                        }
                    }
                }
            }
            let answers: Vec<TraceAnswer> =
                bodies(node.store.as_ref(), Kind::TraceAnswer, None).await;
            let mut traces = BTreeSet::new();
            for answer in answers {
                if answer.asker != node.authority && !traces.insert(answer.trace) {
                    self.fail(&format!("{index} is to answer a trace twice"));
                }
            }
        }
    }

    async fn nothing_happened_twice(&self) {
        for (index, node) in self.nodes.iter().enumerate() {
            let store = node.store.as_ref();
            let reports: Vec<HitReport> = bodies(store, Kind::HitReport, None).await;
            let mut hits = BTreeSet::new();
            for report in &reports {
                if !hits.insert((&report.from, report.hit)) {
                    self.fail(&format!("{index} counts a hit twice"));
                }
            }
            let inquiries: Vec<Inquiry> = bodies(store, Kind::Inquiry, None).await;
            let mut questions = BTreeSet::new();
            for inquiry in &inquiries {
                if !questions.insert(inquiry.question) {
                    self.fail(&format!("{index} has a question twice"));
                }
            }
            self.nothing_is_taken_twice(index).await;
            // Signatures cost: in most seeds the log of one node is verified.
            if self.is_strict() || self.chance.below(7) == 0 {
                let store: Arc<dyn Store> = Arc::<MemoryStore>::clone(&node.store);
                verify_log_under(store.as_ref(), node.app.log_key()).await;
            }
        }
    }

    /// What came is in the log once for each version, however often it came.
    async fn nothing_is_taken_twice(&self, index: usize) {
        let store = &self.nodes[index].store;
        let mut taken: BTreeMap<(RecordId, u32), u64> = BTreeMap::new();
        let size = store.audit_head().await.unwrap().size;
        let rows = store.audit_entries(0, u32::try_from(size).unwrap()).await;
        for row in rows.unwrap() {
            if row.leaf.operation != Operation::Collection {
                continue;
            }
            let Some(object) = row.read().and_then(|detail| detail.object) else {
                continue;
            };
            let what = (object.record, object.version.number());
            if let Some(before) = taken.insert(what, row.leaf.sequence) {
                let again = row.leaf.sequence;
                self.fail(&format!(
                    "{index} takes {what:?} at {before} and at {again}"
                ));
            }
        }
    }

    /// Nobody is said to have rewritten a log but those who were put back; and of those it is seen.
    async fn witnesses_say_what_is_so(&self) {
        for (index, node) in self.nodes.iter().enumerate() {
            let seen = node.store.witnesses().await.unwrap();
            let is_said =
                |row: &&WitnessRow| row.problem.is_some() && (!row.is_silence() || row.is_alarm());
            for row in seen.iter().filter(is_said) {
                let log = self.nodes.iter().position(|n| n.authority == row.log);
                if !self.put_back.contains(&log.unwrap()) {
                    self.fail(&format!(
                        "{index} says of {log:?} what is not so: {:?}",
                        row.problem
                    ));
                }
            }
            for (log, witness) in &self.shortened {
                let log = &self.nodes[*log].authority;
                let told = seen.iter().any(|row| row.log == *log && row.is_alarm());
                // Who saw it and was put back itself does not know any more.
                if *witness == index && !self.put_back.contains(&index) && !told {
                    self.fail(&format!(
                        "{index} does not see that the log of {log} is another"
                    ));
                }
            }
        }
    }
}

fn is_released(own: &egnatia_app::StoredRecord, node: &egnatia_testkit::TestNode) -> bool {
    let handling = &own.envelope.handling;
    let is_kept_back = handling.origin() == OriginRegime::Sis && node.partner.as_str() != "EU";
    !is_kept_back
        && match handling.releasable_to() {
            ReleasableTo::NobodyElse => false,
            ReleasableTo::Partners(partners) => partners.contains(&node.partner),
            ReleasableTo::Anybody => true,
        }
}

/// What is wrong with what a partner holds of an alert, beside what its issuer holds and has done.
fn wrong_at(
    own: &egnatia_app::StoredRecord,
    held: Option<&egnatia_app::StoredRecord>,
    (node, to_it): (&egnatia_testkit::TestNode, &[&DeliveryRow]),
) -> Option<String> {
    let body = held.and_then(|held| held.body.as_ref());
    if body.is_some() && !is_released(own, node) {
        return Some("it has it, and it is not released to it".into());
    }
    if (own.state == "withdrawn" || own.body.is_none()) && body.is_some() {
        return Some("it still has it, and it is over".into());
    }
    let last = to_it.iter().rfind(|row| row.kind == "record");
    let is_recalled = to_it
        .iter()
        .any(|row| row.kind == "recall" && last.is_none_or(|last| row.position > last.position));
    if own.state == "restricted" && held.is_some_and(|held| held.state == "received") {
        return Some("it finds what is restricted".into());
    }
    let last = last?;
    if last.state == DeliveryState::Queued {
        return Some("it still waits".into());
    }
    if own.state == "active" && last.state == DeliveryState::Delivered && !is_recalled {
        let Some((body, _)) = body else {
            return Some("it has signed for it and has it not".into());
        };
        let sent = own.body.as_ref().map(|(sent, _)| sent);
        let version = held.map(|held| held.envelope.version);
        if last.version == Some(own.envelope.version)
            && (Some(body) != sent || version != Some(own.envelope.version))
        {
            return Some("it has another one than its issuer".into());
        }
    }
    None
}
