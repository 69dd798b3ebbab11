//! Several half-years side by side: what became more, and what less.

use std::collections::HashMap;

use serde::Serialize;

use super::{Period, ReturnRow, ReturnSection};
use crate::IncidentKind;

/// A row of returns over several periods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProgressRow {
    /// In which section.
    pub section: Option<ReturnSection>,
    /// Seized, found, surrendered.
    pub group: Option<IncidentKind>,
    /// What.
    pub what: String,
    /// What it is told apart by.
    pub at: String,
    /// How many, period by period; absent where the return of that period has no such row.
    pub counts: Vec<Option<u64>>,
}

/// The rows of returns of one kind, each period a column. A row that one of them has stands in all.
pub fn progress(returns: &[(Period, Vec<ReturnRow>)]) -> Vec<ProgressRow> {
    type Key<'a> = (
        Option<ReturnSection>,
        Option<IncidentKind>,
        &'a str,
        &'a str,
    );
    let mut places: HashMap<Key<'_>, usize> = HashMap::new();
    let mut rows: Vec<ProgressRow> = Vec::new();
    // The last one has the most rows: what earlier ones have moreover stands after it.
    for (column, (_, counted)) in returns.iter().enumerate().rev() {
        for row in counted {
            let key = (row.section, row.group, row.what.as_str(), row.at.as_str());
            let place = *places.entry(key).or_insert_with(|| {
                rows.push(ProgressRow {
                    section: row.section,
                    group: row.group,
                    what: row.what.clone(),
                    at: row.at.clone(),
                    counts: vec![None; returns.len()],
                });
                rows.len().saturating_sub(1)
            });
            let cell = rows
                .get_mut(place)
                .and_then(|row| row.counts.get_mut(column));
            if let Some(cell) = cell {
                *cell = Some(row.count);
            }
        }
    }
    rows
}

impl ProgressRow {
    /// Whether there is anything in any period.
    pub fn is_empty(&self) -> bool {
        self.counts.iter().all(|count| count.unwrap_or(0) == 0)
    }
}

/// The same as a table, headings first; an empty cell where a return has no such row.
pub fn progress_table(periods: &[Period], rows: &[ProgressRow]) -> Vec<Vec<String>> {
    let headings = ["section", "group", "what", "by"].map(str::to_owned);
    let periods = periods.iter().map(Period::half_name);
    let mut table = vec![headings.into_iter().chain(periods).collect()];
    table.extend(rows.iter().map(|row| {
        let cells = [
            row.section.map_or("", ReturnSection::as_str).to_owned(),
            row.group.map_or("", IncidentKind::as_str).to_owned(),
            row.what.clone(),
            row.at.clone(),
        ];
        let count = |count: &Option<u64>| count.map_or_else(String::new, |count| count.to_string());
        cells
            .into_iter()
            .chain(row.counts.iter().map(count))
            .collect()
    }));
    table
}
