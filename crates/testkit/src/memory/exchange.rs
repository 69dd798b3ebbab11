//! What the fake answers about partners, deliveries and witnesses.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use egnatia_app::{
    DeliveryFilter, DeliveryRow, DeliveryState, PartnerRow, Queue, ReceivedRow, WitnessRow,
};
use egnatia_record::{AuthorityId, RecordId};
use jiff::Timestamp;

use super::size;
use super::state::State;

impl State {
    pub fn partners(&self) -> Vec<PartnerRow> {
        self.partners.values().cloned().collect()
    }

    pub fn waiting(&self, to: &AuthorityId, limit: u32) -> Vec<DeliveryRow> {
        let waits = |row: &&Arc<DeliveryRow>| row.to == *to && row.state == DeliveryState::Queued;
        let rows = self.deliveries.values().filter(waits);
        rows.take(size(limit))
            .map(|row| DeliveryRow::clone(row))
            .collect()
    }

    pub fn queues(&self) -> Vec<Queue> {
        let mut queues: BTreeMap<AuthorityId, Queue> = BTreeMap::new();
        let waiting = self.deliveries.values();
        for row in waiting.filter(|row| row.state == DeliveryState::Queued) {
            let queue = queues.entry(row.to.clone()).or_insert_with(|| Queue {
                to: row.to.clone(),
                waiting: 0,
                oldest: row.queued_at,
            });
            queue.waiting += 1;
            queue.oldest = queue.oldest.min(row.queued_at);
        }
        queues.into_values().collect()
    }

    pub fn deliveries_of(&self, record: RecordId) -> Vec<DeliveryRow> {
        let rows = self.deliveries.values();
        rows.filter(|row| row.record == Some(record))
            .map(|row| DeliveryRow::clone(row))
            .collect()
    }

    pub fn deliveries_to(&self, to: &AuthorityId, wanted: DeliveryFilter) -> Vec<DeliveryRow> {
        let before = wanted.before.unwrap_or(u64::MAX);
        let rows = self.deliveries.range(..before).rev().map(|(_, row)| row);
        let rows = rows.filter(|row| row.to == *to && wanted.part.has(&row.kind));
        rows.take(size(wanted.limit))
            .map(|row| DeliveryRow::clone(row))
            .collect()
    }

    pub fn forget_upkeep(&mut self, until: Timestamp) {
        let is_over = |row: &DeliveryRow| {
            ["checkpoint", "cosignature"].contains(&row.kind.as_str())
                && row.state == DeliveryState::Delivered
                && row.done_at.is_some_and(|done| done <= until)
        };
        self.deliveries.retain(|_, row| !is_over(row));
        let newest = self.witnesses();
        self.witnesses
            .retain(|_, row| row.problem.is_some() || row.seen_at > until || newest.contains(row));
    }

    pub fn witnesses(&self) -> Vec<WitnessRow> {
        let newest = |row: &WitnessRow| {
            let same = self.witnesses.values().filter(|other| {
                other.log == row.log && other.witness == row.witness && other.problem.is_none()
            });
            same.map(|other| other.size).max()
        };
        let wanted = |row: &&WitnessRow| row.problem.is_some() || newest(row) == Some(row.size);
        self.witnesses.values().filter(wanted).cloned().collect()
    }

    pub fn witnessed_at(&self, log: &AuthorityId, size: u64) -> Vec<WitnessRow> {
        let rows = self.witnesses.values();
        rows.filter(|row| row.log == *log && row.size == size)
            .cloned()
            .collect()
    }

    pub fn received(&self, records: &[RecordId]) -> Vec<ReceivedRow> {
        let unique: BTreeSet<_> = records.iter().collect();
        let newest = |id: &RecordId| {
            let versions = self.received.values().filter(|row| row.record == *id);
            let newest = versions.max_by_key(|row| row.version);
            newest.map(|row| ReceivedRow::clone(row))
        };
        unique.into_iter().filter_map(newest).collect()
    }
}
