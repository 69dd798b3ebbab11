//! How the input is read, shown before a run.

use std::fmt::Write;

use egnatia_formats::rows::{DateOrder, Layout, Mapped, RowFormat};
use serde_json::{Value, json};

/// The columns that are read: `birth-date = 3`.
pub fn columns(layout: &Layout) -> Vec<String> {
    let line = |mapped: &Mapped| format!("{} = {}", mapped.column.as_str(), mapped.number);
    let mut columns: Vec<String> = layout.columns().iter().map(line).collect();
    if layout.date_order() == DateOrder::MonthFirst {
        columns.push("dates = month first".to_owned());
    }
    columns
}

/// What was recognised, for people.
pub fn to_text(layout: &Layout) -> String {
    let mut text = format!("{} rows ({})", layout.rows, layout.written());
    for mapped in layout.columns() {
        let heading = match mapped.heading.as_str() {
            "" => String::new(),
            heading => format!("  `{heading}`"),
        };
        // Writing to a string does not fail.
        let _ = write!(
            text,
            "\n  {:16} column {}{heading}",
            mapped.column.as_str(),
            mapped.number
        );
    }
    let not_read = unused(layout);
    if !not_read.is_empty() {
        let _ = write!(text, "\n  not read         {}", not_read.join(", "));
    }
    if layout.date_order() == DateOrder::MonthFirst {
        text.push_str("\n  dates            the month stands first");
    }
    if layout.unread_dates > 0 {
        let _ = write!(
            text,
            "\n{} rows have a birth date that cannot be read; they are compared without it.",
            layout.unread_dates
        );
    }
    if layout.passed_over > 0 {
        let _ = write!(
            text,
            "\n{} entities describe documents or relations; they are not checked by themselves.",
            layout.passed_over
        );
    }
    if layout.format() == RowFormat::PassengerList {
        text.push_str("\n  travellers by NAD, ATT, DTM+329, NAT, DOC, LOC+91, LOC+174, LOC+180");
    }
    text
}

fn unused(layout: &Layout) -> Vec<String> {
    (1_usize..)
        .zip(&layout.headings)
        .filter(|(number, heading)| {
            !heading.trim().is_empty() && layout.columns().iter().all(|c| c.number != *number)
        })
        .map(|(_, heading)| format!("`{}`", heading.trim()))
        .collect()
}

/// The first rows as they will be asked.
pub fn first_rows(layout: &Layout) -> String {
    let mut text = String::new();
    for row in &layout.first {
        let query = &row.query;
        let names = query.names.iter().map(|name| name.text.clone());
        let births = query.births.iter().map(ToString::to_string);
        let numbers = query.identifiers.iter().map(|number| number.value.clone());
        let others = query.nationalities.iter().chain(&query.places).cloned();
        let stated: Vec<String> = names.chain(births).chain(numbers).chain(others).collect();
        let stated = if stated.is_empty() {
            "nothing that can be compared".to_owned()
        } else {
            stated.join(" · ")
        };
        let _ = writeln!(text, "row {:<6} {stated}", row.number);
    }
    text.push_str("Nothing was checked: this was a dry run.");
    text
}

/// What was recognised, for programs.
pub fn to_json(layout: &Layout) -> Value {
    let columns: Vec<Value> = layout
        .columns()
        .iter()
        .map(|mapped| {
            json!({
                "field": mapped.column.as_str(), "column": mapped.number,
                "heading": mapped.heading,
            })
        })
        .collect();
    let first: Vec<Value> = layout
        .first
        .iter()
        .map(|row| json!({ "row": row.number, "query": row.query }))
        .collect();
    json!({
        "format": layout.format().as_str(), "written": layout.written(), "rows": layout.rows,
        "columns": columns, "unread_dates": layout.unread_dates,
        "passed_over": layout.passed_over, "first": first,
    })
}
