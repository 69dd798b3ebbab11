//! A table as a file of comma-separated values (RFC 4180), for a spreadsheet.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use egnatia_app::ExportedTable;
use jiff::civil::Date;

use crate::parts::Table;

/// Spreadsheets take a cell that starts so for a formula, and run it.
const STARTS_FORMULA: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// The file, to be saved and never shown.
pub(crate) fn download(table: &Table, which: ExportedTable, day: Date) -> Response {
    let mut response = csv(table).into_response();
    let headers = response.headers_mut();
    let kind = HeaderValue::from_static("text/csv; charset=utf-8; header=present");
    headers.insert(header::CONTENT_TYPE, kind);
    let name = format!("attachment; filename=\"{}-{day}.csv\"", which.as_str());
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    response
}

/// The columns' names, then the rows. It starts with a byte order mark: without one, spreadsheets
/// take Cyrillic for something else.
fn csv(table: &Table) -> String {
    text_of(table.texts())
}

/// The text of these rows.
pub(crate) fn text_of(rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut text = String::from('\u{FEFF}');
    for row in rows {
        let cells: Vec<String> = row.iter().map(|cell| quoted(cell)).collect();
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    }
    text
}

/// A cell in quotes. What would be run as a formula gets an apostrophe, so that it is text.
fn quoted(cell: &str) -> String {
    let starts = cell.trim_start_matches([' ', '\n', '\u{A0}']);
    let harmless = if starts.starts_with(STARTS_FORMULA) {
        "'"
    } else {
        ""
    };
    format!("\"{harmless}{}\"", cell.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Texts;
    use crate::parts::{Cell, Empty, Tone};

    #[test]
    fn cells_are_quoted_and_formulas_are_text() {
        for (cell, written) in [
            ("plain", "\"plain\""),
            ("say \"no\", twice", "\"say \"\"no\"\", twice\""),
            ("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\""),
            ("  @SUM(1)", "\"'  @SUM(1)\""),
            ("-2+3", "\"'-2+3\""),
            ("\t=1", "\"'\t=1\""),
            ("＝1", "\"'＝1\""),
            ("a=1", "\"a=1\""),
            ("", "\"\""),
        ] {
            assert_eq!(quoted(cell), written, "{cell:?}");
        }
    }

    #[test]
    fn a_table_is_written_with_its_columns() {
        let t = Texts::default_language();
        let columns = &["column-name", "column-state", "column-case"];
        let rows = vec![vec![
            Cell::link("/x", "Ђорђе, \"Џо\""),
            Cell::tag(Tone::Agree, "open"),
            Cell::Lines("C-1".to_owned(), "o.one".to_owned()),
        ]];
        let table = Table::new(t, String::new(), columns, Empty::default()).rows(rows);
        assert_eq!(
            csv(&table),
            "\u{FEFF}\"Name\",\"State\",\"Case\"\r\n\"Ђорђе, \"\"Џо\"\"\",\"open\",\"C-1 (o.one)\"\r\n"
        );
    }
}
