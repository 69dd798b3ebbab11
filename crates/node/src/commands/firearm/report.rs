//! What an import of firearms did, or why it did nothing.

use std::fmt::Write;

use egnatia_app::{FirearmImportError, FirearmImportReport, LikeFirearmRow, LikeState};
use egnatia_formats::rows::firearms::FirearmColumn;

use crate::commands::columns::heading;

/// So many errors and like rows are printed for people; programs get all.
const SHOWN: usize = 50;

/// For people.
pub fn to_text(report: &FirearmImportReport, columns: &[FirearmColumn]) -> String {
    let mut text = String::new();
    for like in report.like.iter().take(SHOWN) {
        side_by_side(&mut text, like);
    }
    more(
        &mut text,
        report.like_count,
        report.like.len(),
        "rows that agree with something",
    );
    for error in report.errors.iter().take(SHOWN) {
        let _ = writeln!(text, "{}", line(error, columns));
    }
    more(&mut text, report.error_count, report.errors.len(), "errors");
    if report.error_count > 0 {
        let errors = match report.error_count {
            1 => "1 error".to_owned(),
            count => format!("{count} errors"),
        };
        let _ = writeln!(text, "{errors}: nothing was registered.");
        return text;
    }
    let _ = match report.dry_run {
        true => writeln!(
            text,
            "{} weapons would be registered. Nothing was: this was a dry run.",
            report.registered
        ),
        false => writeln!(text, "{} weapons are registered.", report.registered),
    };
    if report.left_out > 0 {
        let _ = writeln!(text, "{} rows are left out.", report.left_out);
    }
    if report.already > 0 {
        let _ = writeln!(
            text,
            "{} rows were registered before from the same file.",
            report.already
        );
    }
    text
}

fn more(text: &mut String, count: u64, held: usize, what: &str) {
    let shown = u64::try_from(held.min(SHOWN)).unwrap_or(u64::MAX);
    let more = count.saturating_sub(shown);
    if more > 0 {
        let _ = writeln!(text, "… and {more} more {what}; --json prints up to 1,000.");
    }
}

/// A row, and below it what it agrees with.
fn side_by_side(text: &mut String, like: &LikeFirearmRow) {
    let said = match like.state {
        LikeState::Different => "  (said to be another weapon)",
        LikeState::LeftOut => "  (left out)",
        LikeState::Open => "",
    };
    let _ = writeln!(text, "row {:<36}  {}{said}", like.row, like.name);
    for known in &like.known {
        let record = known.record.to_string();
        let _ = writeln!(text, "  = {record:36}  {}  ({})", known.name, known.list);
    }
    if let Some(earlier) = &like.earlier {
        let row = format!("row {}", earlier.row);
        let _ = writeln!(text, "  = {row:36}  {}", earlier.name);
    }
}

/// `row 7, column 3 "Kalibar", calibre: …`.
fn line(error: &FirearmImportError, columns: &[FirearmColumn]) -> String {
    let column = error.column.map(|number| {
        let column = columns.iter().find(|column| column.number == number);
        let heading = column.map_or_else(String::new, heading);
        format!(", column {number}{}", heading.replacen("  ", " ", 1))
    });
    let field = error.field.as_ref().map(|field| format!(", {field}"));
    format!(
        "row {}{}{}: {}",
        error.row,
        column.unwrap_or_default(),
        field.unwrap_or_default(),
        error.problem
    )
}
