//! What the fake finds in its log.

use egnatia_app::{AuditFilter, AuditRow};
use egnatia_audit::{Hash, NodeId};

use super::page;
use super::state::State;

impl State {
    /// The entries that a filter wants, newest first.
    pub fn find_entries(&self, filter: &AuditFilter) -> Vec<AuditRow> {
        let rows = self.audit.iter().rev().filter(|row| matches(row, filter));
        let page = rows.take(page(filter.limit));
        page.map(|row| (**row).clone()).collect()
    }

    pub fn tree_nodes(&self, level: u8, first: u64, most: usize) -> Vec<(u64, Hash)> {
        let first = NodeId {
            level,
            index: first,
        };
        let nodes = self.nodes.range(first..);
        nodes
            .take_while(|(id, _)| id.level == level)
            .take(most)
            .map(|(id, hash)| (id.index, *hash))
            .collect()
    }
}

fn matches(row: &AuditRow, filter: &AuditFilter) -> bool {
    let detail = row.read();
    let detail = detail.as_ref();
    let object = detail.and_then(|d| d.object.as_ref().map(|object| object.record));
    let case = detail.and_then(|d| d.justification.as_ref().map(|j| j.case.as_str()));
    filter
        .actor
        .as_ref()
        .is_none_or(|actor| detail.is_some_and(|d| d.actor == *actor))
        && filter.operation.is_none_or(|o| row.leaf.operation == o)
        && filter.object.is_none_or(|id| object == Some(id))
        && filter.case.as_deref().is_none_or(|text| case == Some(text))
        && filter.from.is_none_or(|from| row.leaf.at >= from)
        && filter.until.is_none_or(|until| row.leaf.at < until)
        && filter
            .before
            .is_none_or(|before| row.leaf.sequence < before)
}
