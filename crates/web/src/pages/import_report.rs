//! What all imports of tables show in the same way: how the table is written, how its columns are
//! read, what is wrong with its rows.

use egnatia_formats::rows::{MappedField, TableField};

use crate::parts::{Cell, Empty, Facts, Table};
use crate::{Texts, words};

/// One thing that is wrong with a row.
pub(super) struct RowError<'a> {
    /// The row as a spreadsheet counts it.
    pub row: u64,
    /// Which field.
    pub field: Option<&'a str>,
    /// In which column, from 1.
    pub column: Option<usize>,
    /// What is wrong.
    pub problem: String,
}

/// Name, form and number of rows.
pub(super) fn facts(t: &Texts, name: &str, table: Option<(&str, u64)>) -> Facts {
    let facts = Facts::new().with(t.text("screen-file-name"), Cell::Text(name.to_owned()));
    match table {
        None => facts,
        Some((written, rows)) => facts
            .with(t.text("screen-written"), Cell::Text(written.to_owned()))
            .with(t.text("screen-rows"), Cell::Number(words::quantity(rows))),
    }
}

/// What a field is called.
pub(super) fn field_name(t: &Texts, field: &str) -> String {
    let key = format!("column-as-{field}");
    match t.has(&key) {
        true => t.text(&key),
        false => field.to_owned(),
    }
}

/// Which column is read as what, and which are not read.
pub(super) fn columns<F: TableField>(
    t: &'static Texts,
    columns: &[MappedField<F>],
    unused: &[String],
) -> Table {
    let read = columns.iter().map(|mapped| {
        let field = mapped.field.as_str();
        vec![
            Cell::Text(field_name(t, field)),
            Cell::Exact(field.to_owned()),
            Cell::Number(mapped.number.to_string()),
            Cell::Text(mapped.heading.clone()),
        ]
    });
    let unused = unused.iter().map(|heading| {
        vec![
            Cell::Text(t.text("screen-not-read")),
            Cell::Exact(String::new()),
            Cell::Text(String::new()),
            Cell::Text(heading.clone()),
        ]
    });
    let labels = &[
        "screen-read-as",
        "screen-field",
        "screen-column",
        "screen-heading",
    ];
    let rows = read.chain(unused).collect();
    Table::new(t, t.text("screen-columns-title"), labels, Empty::default()).rows(rows)
}

/// What is wrong, row by row.
pub(super) fn errors<'a, F: TableField>(
    t: &'static Texts,
    columns: &[MappedField<F>],
    name: fn(&Texts, &str) -> String,
    errors: impl Iterator<Item = RowError<'a>>,
) -> Table {
    let heading = |number: usize| {
        let mapped = columns.iter().find(|mapped| mapped.number == number);
        let heading = mapped.map_or("", |mapped| mapped.heading.as_str());
        Cell::Lines(number.to_string(), heading.to_owned())
    };
    let rows = errors.map(|error| {
        let none = || Cell::Text(String::new());
        vec![
            Cell::Number(error.row.to_string()),
            error.column.map_or_else(none, heading),
            Cell::Text(error.field.map_or_else(String::new, |field| name(t, field))),
            Cell::Text(words::sentence(&error.problem)),
        ]
    });
    let labels = &[
        "column-row",
        "screen-column",
        "screen-field",
        "column-problem",
    ];
    let caption = t.text("alert-import-errors");
    Table::new(t, caption, labels, Empty::default()).rows(rows.collect())
}
