//! How the columns of a table that is imported are shown.

use std::fmt::Write;

use egnatia_formats::rows::{MappedField, TableField};
use serde::Serialize;
use serde_json::{Value, json};

/// For people: how many rows there are in which form, what each column holds, what is not read.
pub fn to_text<F: TableField>(
    (rows, written): (u64, &str),
    columns: &[MappedField<F>],
    unused: &[String],
) -> String {
    let mut text = format!("{rows} rows ({written})");
    for column in columns {
        // Writing to a string does not fail.
        let _ = write!(
            text,
            "\n  {:16} column {}{}",
            column.field.as_str(),
            column.number,
            heading(column)
        );
    }
    if !unused.is_empty() {
        let unused: Vec<String> = unused.iter().map(|text| format!("`{text}`")).collect();
        let _ = write!(text, "\n  not read         {}", unused.join(", "));
    }
    text
}

/// The heading of a column, with room before it; nothing where the file has none.
pub fn heading<F>(column: &MappedField<F>) -> String {
    match column.heading.as_str() {
        "" => String::new(),
        heading => format!("  `{heading}`"),
    }
}

/// For programs: a report with its columns.
pub fn to_json<F: TableField>(
    report: &impl Serialize,
    columns: &[MappedField<F>],
) -> Result<Value, serde_json::Error> {
    let mut value = serde_json::to_value(report)?;
    let columns: Vec<Value> = columns
        .iter()
        .map(|column| {
            let field = column.field.as_str();
            json!({ "field": field, "column": column.number, "heading": column.heading })
        })
        .collect();
    if let Some(object) = value.as_object_mut() {
        object.insert("columns".to_owned(), json!(columns));
    }
    Ok(value)
}
