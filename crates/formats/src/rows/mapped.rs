//! Columns of the tables that are imported: what all kinds of them share.

use std::collections::HashMap;

use super::headings::lines;
use super::{RowsError, RowsProblem};

/// What a column of a table may hold.
pub trait TableField: Copy + PartialEq {
    /// How it is written.
    fn as_str(self) -> &'static str;
}

/// A column that is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappedField<F> {
    /// As what.
    pub field: F,
    /// Which one, from 1.
    pub number: usize,
    /// Its heading; empty where the file has none.
    pub heading: String,
}

impl<F> MappedField<F> {
    /// A column by its place, from 0.
    pub(super) fn of(field: F, index: usize, row: &[String], with_headings: bool) -> Self {
        let heading = match row.get(index) {
            Some(heading) if with_headings => heading.trim().to_owned(),
            _ => String::new(),
        };
        Self {
            field,
            number: index.saturating_add(1),
            heading,
        }
    }
}

/// Each field stands in one column.
pub(super) fn once<F: TableField>(found: &[(F, usize)]) -> Result<(), RowsError> {
    for (at, (field, first)) in found.iter().enumerate() {
        let mut rest = found.iter().skip(at.saturating_add(1));
        if let Some((_, second)) = rest.find(|(other, _)| other == field) {
            return Err(RowsProblem::Ambiguous {
                field: field.as_str(),
                first: first.saturating_add(1),
                second: second.saturating_add(1),
            }
            .into());
        }
    }
    Ok(())
}

/// Fields by their folded headings.
pub(super) fn by_heading<F>(
    headings: &'static str,
    parse: fn(&str) -> Option<F>,
) -> HashMap<&'static str, F> {
    lines(headings)
        .filter_map(|(field, text)| Some((text, parse(field)?)))
        .collect()
}
