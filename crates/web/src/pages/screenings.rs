//! Screening: a file is given, its columns and first rows are shown, it runs, and its matches stand
//! on a page. The view models; the handlers are in `screening_flow`.

use askama::Template;
use egnatia_formats::rows::{DateOrder, Layout, Row};

use super::session::{JustificationInput, justification_fields};
use crate::parts::{Cell, Empty, Facts, Field, FieldKind, Form, Table};
use crate::{Frame, Texts, words};

/// The form with which a file is given.
pub(super) fn file_form(t: &'static Texts, csrf: &str, wrong: Option<String>) -> Form {
    let file = Field::new("rows", t.text("screen-file"))
        .hint(t.text("screen-file-hint"))
        .kind(FieldKind::File)
        .required();
    let submit = t.text("screen-file-submit");
    Form::new(t, "/screenings/file", vec![file], submit, wrong).csrf(csrf)
}

/// The page of one's own screenings.
#[derive(Debug, Template)]
#[template(path = "screenings.html")]
pub struct ScreeningsPage {
    frame: Frame,
    form: Form,
    table: Table,
}

impl ScreeningsPage {
    /// The page with the screenings; `wrong` is why a file was refused.
    pub fn new(frame: Frame, table: Table, wrong: Option<String>) -> Self {
        let form = file_form(frame.t, frame.csrf(), wrong);
        Self { frame, form, table }
    }
}

/// What was filled in before a run, and what is wrong with it.
#[derive(Debug, Clone, Default)]
pub struct ScreeningInput {
    /// Which columns hold what, as somebody wrote it.
    pub columns: String,
    /// What is wrong with the file or the columns.
    pub wrong: Option<String>,
    /// Asked for where the session has no justification yet.
    pub justification: Option<JustificationInput>,
}

/// The page that shows how a file is read, before it runs.
#[derive(Debug, Template)]
#[template(path = "screening_new.html")]
pub struct ScreeningNewPage {
    frame: Frame,
    facts: Facts,
    columns: Option<Table>,
    first: Option<Table>,
    form: Form,
}

impl ScreeningNewPage {
    /// The page of a file; without a layout its columns have to be stated.
    pub fn new(
        frame: Frame,
        file: &str,
        layout: Option<&Layout>,
        input: &ScreeningInput,
        checksum: String,
    ) -> Self {
        let t = frame.t;
        let mut fields = vec![
            Field::new("columns", t.text("screen-columns"))
                .hint(t.text("screen-columns-hint"))
                .value(input.columns.as_str())
                .error(input.wrong.clone()),
        ];
        if let Some(given) = &input.justification {
            fields.extend(justification_fields(t, given));
        }
        let submit = match layout {
            Some(layout) => {
                let count = words::quantity(layout.rows);
                t.with("screen-run", "count", count)
            }
            None => t.text("screen-read-again"),
        };
        let form = Form::new(t, "/screenings", fields, submit, None)
            .csrf(frame.csrf())
            .hidden("checksum", checksum)
            .hidden("shown", input.columns.clone());
        Self {
            facts: file_facts(t, file, layout),
            columns: layout
                .filter(|l| !l.columns().is_empty())
                .map(|l| columns(t, l)),
            first: layout.map(|layout| first_rows(t, &layout.first)),
            form,
            frame,
        }
    }
}

fn file_facts(t: &'static Texts, file: &str, layout: Option<&Layout>) -> Facts {
    let facts = Facts::new().with(t.text("screen-file-name"), Cell::Text(file.to_owned()));
    let Some(layout) = layout else { return facts };
    let some = |count: u64| (count > 0).then(|| Cell::Number(words::quantity(count)));
    let month_first = layout.date_order() == DateOrder::MonthFirst;
    facts
        .with(t.text("screen-written"), Cell::Text(layout.written()))
        .with(
            t.text("screen-rows"),
            Cell::Number(words::quantity(layout.rows)),
        )
        .with_some(t.text("screen-unread-dates"), some(layout.unread_dates))
        .with_some(t.text("screen-passed-over"), some(layout.passed_over))
        .with_some(
            t.text("screen-dates"),
            month_first.then(|| Cell::Text(t.text("screen-month-first"))),
        )
}

fn columns(t: &'static Texts, layout: &Layout) -> Table {
    let headings = (1_usize..).zip(&layout.headings);
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for mapped in layout.columns() {
        rows.push(vec![
            Cell::Text(t.text(&format!("column-as-{}", mapped.column.as_str()))),
            Cell::Exact(mapped.column.as_str().to_owned()),
            Cell::Number(mapped.number.to_string()),
            Cell::Text(mapped.heading.clone()),
        ]);
    }
    for (number, heading) in headings {
        if layout
            .columns()
            .iter()
            .all(|mapped| mapped.number != number)
        {
            rows.push(vec![
                Cell::Text(t.text("screen-not-read")),
                Cell::Exact(String::new()),
                Cell::Number(number.to_string()),
                Cell::Text(heading.trim().to_owned()),
            ]);
        }
    }
    let labels = &[
        "screen-read-as",
        "screen-field",
        "screen-column",
        "screen-heading",
    ];
    Table::new(t, t.text("screen-columns-title"), labels, Empty::default()).rows(rows)
}

fn first_rows(t: &'static Texts, first: &[Row]) -> Table {
    let row = |row: &Row| {
        let query = &row.query;
        let joined = |texts: Vec<String>| Cell::Text(texts.join(" · "));
        let names = query.names.iter().map(|name| name.text.clone()).collect();
        let births = query
            .births
            .iter()
            .map(|b| words::birth_date(*b, t))
            .collect();
        let numbers = query
            .identifiers
            .iter()
            .map(|id| id.value.clone())
            .collect();
        vec![
            Cell::Number(row.number.to_string()),
            joined(names),
            joined(births),
            joined(query.nationalities.clone()),
            joined(numbers),
        ]
    };
    let columns = &[
        "column-row",
        "column-name",
        "column-born",
        "column-nationality",
        "column-document",
    ];
    Table::new(t, t.text("screen-first"), columns, Empty::default())
        .rows(first.iter().map(row).collect())
}

/// How far a screening is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// It runs.
    Running,
    /// It ended before its end; the text says why, where it can be said.
    Interrupted(Option<String>),
    /// It has ended.
    Ended,
}

/// The page of a screening.
#[derive(Debug, Template)]
#[template(path = "screening.html")]
pub struct ScreeningPage {
    /// The frame.
    pub frame: Frame,
    /// Its address.
    pub path: String,
    /// How far it is.
    pub progress: Progress,
    /// Rows that are checked.
    pub done: u64,
    /// Rows that there are.
    pub rows: u64,
    /// How many matches wait.
    pub matches: u64,
    /// File, counts, purpose, case, who, when.
    pub facts: Facts,
    /// What was found.
    pub found: Table,
    /// Whether somebody may decide on matches.
    pub may_decide: bool,
}
