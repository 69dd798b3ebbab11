//! What an import of alerts did, or why it did nothing.

use std::fmt::Write;

use egnatia_app::{AlertImportError, AlertImportReport, RecipientCount};
use egnatia_formats::rows::alerts::AlertColumn;

use crate::commands::columns::heading;

/// So many errors and like rows are printed for people; programs get all.
const SHOWN: usize = 50;

/// For people.
pub fn to_text(report: &AlertImportReport, columns: &[AlertColumn]) -> String {
    let mut text = String::new();
    like_rows(&mut text, report);
    for error in report.errors.iter().take(SHOWN) {
        let _ = writeln!(text, "{}", line(error, columns));
    }
    if report.error_count > 0 {
        let shown = u64::try_from(report.errors.len().min(SHOWN)).unwrap_or(u64::MAX);
        let more = report.error_count.saturating_sub(shown);
        if more > 0 {
            let _ = writeln!(text, "… and {more} more; --json prints up to 1,000.");
        }
        let errors = match report.error_count {
            1 => "1 error".to_owned(),
            count => format!("{count} errors"),
        };
        let _ = writeln!(text, "{errors}: nothing was entered.");
        return text;
    }
    for recipient in &report.recipients {
        let _ = writeln!(text, "{}", goes(recipient));
    }
    let _ = match report.dry_run {
        true => writeln!(
            text,
            "{} alerts would be entered. Nothing was: this was a dry run.",
            report.entered
        ),
        false => writeln!(text, "{} alerts are entered.", report.entered),
    };
    if report.already > 0 {
        let _ = writeln!(
            text,
            "{} rows were entered before from the same file.",
            report.already
        );
    }
    text
}

/// Rows that are like alerts, with the alerts.
fn like_rows(text: &mut String, report: &AlertImportReport) {
    for like in report.like.iter().take(SHOWN) {
        let alerts = like.alerts.iter().map(|alert| format!("alert {alert}"));
        let rows = like.rows.iter().map(|row| format!("row {row}"));
        let like_what: Vec<String> = alerts.chain(rows).collect();
        let said = match like.different {
            true => ", and was said to be about somebody else",
            false => "",
        };
        let _ = writeln!(
            text,
            "row {} describes the same as {}{said}.",
            like.row,
            like_what.join(", ")
        );
    }
    let shown = u64::try_from(report.like.len().min(SHOWN)).unwrap_or(u64::MAX);
    let more = report.like_count.saturating_sub(shown);
    if more > 0 {
        let _ = writeln!(text, "… and {more} more rows that are like something.");
    }
}

/// `row 7, column 3 "Datum", birth-date: …`.
fn line(error: &AlertImportError, columns: &[AlertColumn]) -> String {
    let column = error.column.map(|number| {
        let mapped = columns.iter().find(|mapped| mapped.number == number);
        format!(
            ", column {number}{}",
            mapped.map_or_else(String::new, |mapped| heading(mapped).replacen("  ", " ", 1))
        )
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

fn goes(recipient: &RecipientCount) -> String {
    let withheld: Vec<String> = recipient
        .withheld
        .iter()
        .map(|(why, count)| format!("{count} not ({why})"))
        .collect();
    let withheld = match withheld.is_empty() {
        true => String::new(),
        false => format!(", {}", withheld.join(", ")),
    };
    format!(
        "{:3} {:20} {} go there{withheld}",
        recipient.partner.to_string(),
        recipient.authority.to_string(),
        recipient.goes
    )
}
