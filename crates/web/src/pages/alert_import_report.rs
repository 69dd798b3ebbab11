//! What an import of alerts would do, or why it does nothing: row by row.

use egnatia_app::{AlertImportReport, LikeRow, RecipientCount};
use egnatia_formats::rows::alerts::AlertTable;

use super::import_report::{self, RowError};
use super::terms;
use crate::parts::{Cell, Empty, Table};
use crate::visit::Signed;
use crate::{Texts, words};

/// What was found when all rows were checked.
#[derive(Debug)]
pub struct Outcome {
    /// That all rows may be entered, or that none is.
    pub text: String,
    /// Whether something is wrong.
    pub is_wrong: bool,
    /// What is wrong, row by row.
    pub errors: Table,
    /// Rows that describe the same as something else.
    pub like: Table,
    /// To whom the alerts go.
    pub recipients: Table,
}

/// What the check of all rows came to.
pub(super) fn outcome(
    signed: &Signed,
    report: &AlertImportReport,
    table: Option<&AlertTable>,
) -> Outcome {
    let t = signed.t();
    let is_wrong = report.error_count > 0;
    let text = match (is_wrong, report.entered, report.already) {
        (true, ..) => t.count("alert-import-wrong", report.error_count),
        (false, 0, _) => t.text("alert-import-already-all"),
        (false, _, 0) => t.count("alert-import-ready", report.entered),
        (false, _, already) => {
            let ready = t.count("alert-import-ready", report.entered);
            format!("{ready} {}", t.count("alert-import-already", already))
        }
    };
    Outcome {
        text,
        is_wrong,
        errors: errors(t, report, table),
        like: like(t, report),
        recipients: recipients(signed, report),
    }
}

fn errors(t: &'static Texts, report: &AlertImportReport, table: Option<&AlertTable>) -> Table {
    let columns = table.map_or(&[][..], |table| table.columns.as_slice());
    let errors = report.errors.iter().map(|error| RowError {
        row: error.row,
        field: error.field.as_deref(),
        column: error.column,
        problem: in_the_form(&error.problem),
    });
    import_report::errors(t, columns, import_report::field_name, errors)
}

/// The same sentence where there is a form, and no command line.
fn in_the_form(problem: &str) -> String {
    let fields = ["category", "reason", "decision", "proportionality"];
    let text = fields.iter().fold(problem.to_owned(), |text, field| {
        text.replace(&format!("with `--{field}`"), "in the form")
    });
    text.replace("`--like-are-different`", "the reason in the form")
}

fn like(t: &'static Texts, report: &AlertImportReport) -> Table {
    let row = |row: &LikeRow| {
        let mut alerts = row.alerts.iter().zip(1_u64..).map(|(alert, number)| {
            Cell::link(
                format!("/alerts/{alert}"),
                t.count("alert-link-number", number),
            )
        });
        let rows: Vec<String> = row.rows.iter().map(ToString::to_string).collect();
        let said = if row.different {
            "alert-import-is-different"
        } else {
            "alert-import-is-open"
        };
        vec![
            Cell::Number(row.row.to_string()),
            alerts.next().unwrap_or_else(|| Cell::Text(String::new())),
            Cell::Text(rows.join(", ")),
            Cell::Text(t.text(said)),
        ]
    };
    let labels = &[
        "column-row",
        "alert-import-alert",
        "alert-import-row",
        "column-state",
    ];
    let caption = t.text("alert-import-like");
    Table::new(t, caption, labels, Empty::default()).rows(report.like.iter().map(row).collect())
}

fn recipients(signed: &Signed, report: &AlertImportReport) -> Table {
    let t = signed.t();
    let row = |count: &RecipientCount| {
        let name = terms::authority(&signed.state.app, t, &count.authority);
        let withheld = count.withheld.iter().map(|(why, number)| {
            let why = t.text(&format!("withheld-{why}"));
            format!("{} · {why}", words::quantity(*number))
        });
        let withheld: Vec<String> = withheld.collect();
        vec![
            Cell::Lines(name, count.authority.to_string()),
            Cell::Number(words::quantity(count.goes)),
            Cell::Text(withheld.join("; ")),
        ]
    };
    let labels = &["column-partner", "column-goes", "alert-import-not"];
    let rows = report.recipients.iter().map(row).collect();
    Table::new(t, t.text("alert-recipients"), labels, Empty::default()).rows(rows)
}
