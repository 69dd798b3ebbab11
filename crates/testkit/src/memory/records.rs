//! What the fake answers about records and lists.

use egnatia_app::{KeyRow, ListChangeRow, RecordFilter, StoredRecord};
use egnatia_record::{Kind, RecordId, Version};
use jiff::civil::Date;

use super::state::{Row, State};
use super::{page, size};

impl State {
    pub fn find(&self, filter: &RecordFilter) -> Vec<StoredRecord> {
        let mut found: Vec<_> = self
            .heads
            .iter()
            .filter(|(id, head)| {
                let place = (head.updated_us, **id);
                head.kind == filter.kind
                    && filter.state.as_ref().is_none_or(|s| head.state == *s)
                    && filter
                        .created_by
                        .as_ref()
                        .is_none_or(|u| head.created_by == *u)
                    && filter
                        .after
                        .is_none_or(|after| place < (after.at_us, after.id))
            })
            .map(|(id, head)| (head.updated_us, *id))
            .collect();
        found.sort_unstable_by(|a, b| b.cmp(a));
        found.truncate(page(filter.limit));
        found
            .iter()
            .filter_map(|(_, id)| self.newest(*id))
            .collect()
    }

    pub fn count(&self, kind: Kind, wanted: &str) -> u64 {
        let heads = self.heads.values();
        let count = heads
            .filter(|head| head.kind == kind && head.state == wanted)
            .count();
        u64::try_from(count).unwrap_or(u64::MAX)
    }

    pub fn due(&self, today: Date, limit: u32) -> Vec<RecordId> {
        let mut due: Vec<_> = self
            .heads
            .iter()
            .filter_map(|(id, head)| head.review_on.map(|date| (date, *id)))
            .filter(|(date, _)| *date <= today)
            .collect();
        due.sort_unstable();
        due.truncate(size(limit));
        due.into_iter().map(|(_, id)| id).collect()
    }

    pub fn keys_after(&self, sequence: u64, limit: u32) -> Vec<KeyRow> {
        let rows = self.keys.values().filter(|row| row.sequence > sequence);
        let mut rows: Vec<KeyRow> = rows.map(|row| KeyRow::clone(row)).collect();
        rows.sort_unstable_by_key(|row| row.sequence);
        rows.truncate(size(limit));
        rows
    }

    pub fn history(&self, id: RecordId) -> Vec<StoredRecord> {
        let versions = self.records.values().filter(|row| row.envelope.id == id);
        versions.map(|row| self.stored(row)).collect()
    }

    pub fn linked(&self, to: RecordId, relation: &str) -> Vec<RecordId> {
        let links = self.links.iter();
        links
            .filter(|(target, name, _)| *target == to && *name == relation)
            .map(|(_, _, from)| *from)
            .collect()
    }

    pub fn list_changes(
        &self,
        (list, version): (&str, u64),
        after: Option<&str>,
        most: usize,
    ) -> Vec<ListChangeRow> {
        let changes = self.changes.iter().filter(|((of, number, source), _)| {
            of == list && *number == version && after.is_none_or(|after| source.as_str() > after)
        });
        changes.map(|(_, row)| row.clone()).take(most).collect()
    }

    pub fn records_by_event(
        &self,
        after: Option<(u64, RecordId, Version)>,
        most: usize,
    ) -> Vec<StoredRecord> {
        let place = |row: &Row| (row.event, row.envelope.id, row.envelope.version);
        let rows = self.records.values();
        let mut rows: Vec<_> = rows
            .filter(|row| after.is_none_or(|after| place(row) > after))
            .collect();
        rows.sort_unstable_by_key(|row| place(row));
        rows.truncate(most);
        rows.into_iter().map(|row| self.stored(row)).collect()
    }
}
