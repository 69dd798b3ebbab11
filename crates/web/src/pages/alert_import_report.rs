//! What an import of alerts would do, or why it does nothing: row by row.

use egnatia_app::{AlertImportError, AlertImportReport, LikeRow, RecipientCount};
use egnatia_formats::rows::alerts::AlertTable;

use super::terms;
use crate::parts::{Cell, Empty, Facts, Table};
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

/// Name, form and number of rows.
pub(super) fn facts(t: &Texts, name: &str, table: Option<&AlertTable>) -> Facts {
    let facts = Facts::new().with(t.text("screen-file-name"), Cell::Text(name.to_owned()));
    match table {
        None => facts,
        Some(table) => facts
            .with(t.text("screen-written"), Cell::Text(table.written.clone()))
            .with(
                t.text("screen-rows"),
                Cell::Number(words::quantity(table.row_count)),
            ),
    }
}

/// Which column is read as what, and which are not read.
pub(super) fn columns(t: &'static Texts, table: &AlertTable) -> Table {
    let read = table.columns.iter().map(|mapped| {
        let field = mapped.field.as_str();
        vec![
            Cell::Text(t.text(&format!("column-as-{field}"))),
            Cell::Exact(field.to_owned()),
            Cell::Number(mapped.number.to_string()),
            Cell::Text(mapped.heading.clone()),
        ]
    });
    let unused = table.unused.iter().map(|heading| {
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
    let heading = |error: &AlertImportError| {
        let number = error.column?;
        let columns = &table?.columns;
        let mapped = columns.iter().find(|mapped| mapped.number == number);
        let heading = mapped.map_or("", |mapped| mapped.heading.as_str());
        Some(Cell::Lines(number.to_string(), heading.to_owned()))
    };
    let rows = report.errors.iter().map(|error| {
        let field = error.field.as_deref().map(|field| {
            let key = format!("column-as-{field}");
            if t.has(&key) {
                t.text(&key)
            } else {
                field.to_owned()
            }
        });
        vec![
            Cell::Number(error.row.to_string()),
            heading(error).unwrap_or_else(|| Cell::Text(String::new())),
            Cell::Text(field.unwrap_or_default()),
            Cell::Text(words::sentence(&in_the_form(&error.problem))),
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
