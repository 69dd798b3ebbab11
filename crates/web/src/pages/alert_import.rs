//! Alerts that exist elsewhere come in as a table: how it is read, what every row would lead to, and
//! then all of it or nothing.

use std::io::Cursor;

use askama::Template;
use axum::extract::Request;
use axum::response::{IntoResponse, Redirect, Response};
use egnatia_alerts::Reason;
use egnatia_app::{Action, AlertImportReport, AlertImporting};
use egnatia_formats::rows::RowsError;
use egnatia_formats::rows::alerts::{AlertReading, AlertTable, stated_alert_columns};
use egnatia_record::Category;

use super::alert_form::{Filler, Group, Kind, Wrong};
use super::alert_import_report::{self, Outcome};
use super::import_report;
use super::{alert_terms, taken_table, terms};
use crate::parts::{Facts, Field, FieldKind, Form, FormErrors, Table};
use crate::problem::{Problem, ProblemCode};
use crate::tables::{ROWS_MAX, WaitingTable};
use crate::visit::{Posted, Signed, done, show, show_refused};
use crate::{Area, words};

/// The page on which a table is given.
#[derive(Debug, Template)]
#[template(path = "alert_import.html")]
pub struct AlertImportPage {
    /// The frame.
    pub frame: crate::Frame,
    /// The form.
    pub form: Form,
}

/// The page that shows how a table is read, and what its rows would lead to.
#[derive(Debug, Template)]
#[template(path = "alert_import_new.html")]
pub struct AlertImportNewPage {
    /// The frame.
    pub frame: crate::Frame,
    /// Name, form, number of rows.
    pub facts: Facts,
    /// Which column is read as what.
    pub columns: Option<Table>,
    /// What was found when all rows were checked.
    pub outcome: Option<Outcome>,
    /// What is wrong.
    pub errors: FormErrors,
    /// The fields.
    pub groups: Vec<Group>,
    /// The checksum of the table that is shown.
    pub checksum: String,
    /// Everything that was filled in, for the button that enters.
    pub hidden: Vec<(String, String)>,
    /// What that button says; absent where nothing may be entered yet.
    pub enter: Option<String>,
}

/// Shows the form for a table.
pub(crate) async fn show_form(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::EnterAlert)?;
    Ok(show(&form_page(&signed, None).await))
}

async fn form_page(signed: &Signed, wrong: Option<String>) -> AlertImportPage {
    let t = signed.t();
    let title = t.text("alert-import-title");
    let frame = signed.frame(title, Some(Area::Alerts)).await;
    let file = Field::new("rows", t.text("alert-import-file"))
        .hint(t.text("alert-import-file-hint"))
        .kind(FieldKind::File)
        .error(wrong)
        .required();
    let submit = t.text("screen-file-submit");
    let form = Form::new(t, "/alerts/import/file", vec![file], submit, None);
    AlertImportPage {
        form: form.csrf(frame.csrf()),
        frame,
    }
}

/// Takes a table, and leads to the page that shows how it is read.
pub(crate) async fn take_file(signed: Signed, request: Request) -> Result<Response, Problem> {
    signed.enter(Action::EnterAlert)?;
    match taken_table::take(&signed, &signed.state.tables, request).await? {
        Ok(()) => Ok(Redirect::to("/alerts/import/new").into_response()),
        Err(wrong) => Ok(show_refused(&form_page(&signed, Some(wrong)).await)),
    }
}

fn waiting(signed: &Signed) -> Option<WaitingTable> {
    let tables = &signed.state.tables;
    tables.waiting(&signed.caller().login, signed.visit.now)
}

/// Shows how the table is read that somebody gave.
pub(crate) async fn show_new(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::EnterAlert)?;
    let Some(file) = waiting(&signed) else {
        return Ok(Redirect::to("/alerts/import").into_response());
    };
    let posted = Posted::default();
    let read = read(&file, &posted).await?;
    let page = new_page(&signed, &file, (&read, &posted), (&Wrong::new(), None)).await;
    Ok(show(&page))
}

/// Reads the table on a thread of its own.
async fn read(
    file: &WaitingTable,
    posted: &Posted,
) -> Result<Result<AlertTable, RowsError>, Problem> {
    let bytes = file.bytes.clone();
    let columns = posted.text("columns");
    let headings = posted.raw("headings") != "none";
    let category = posted.raw("category").parse().ok();
    let table = move || {
        let columns = match columns.as_str() {
            "" => Vec::new(),
            text => stated_alert_columns(text)?,
        };
        let reading = AlertReading {
            columns,
            headings,
            category,
        };
        AlertTable::read(&mut Cursor::new(bytes), &reading)
    };
    tokio::task::spawn_blocking(table)
        .await
        .map_err(|_| Problem::new(ProblemCode::Internal))
}

/// Checks all rows, or enters them.
pub(crate) async fn import(signed: Signed, posted: Posted) -> Result<Response, Problem> {
    signed.enter(Action::EnterAlert)?;
    let t = signed.t();
    // Another table may have taken its place in another window.
    let file = waiting(&signed).filter(|file| posted.text("checksum") == file.checksum.to_string());
    let Some(file) = file else {
        let wrong = Some(t.text("screen-gone"));
        return Ok(show_refused(&form_page(&signed, wrong).await));
    };
    let table = read(&file, &posted).await?;
    let mut wrong = Wrong::new();
    let stated = stated(&posted, t, &mut wrong);
    let read_terms = alert_terms::read(&posted, ON_PERSON, t);
    if let Err(more) = &read_terms {
        wrong.extend(more.clone());
    }
    let too_many = matches!(&table, Ok(table) if table.row_count > ROWS_MAX);
    if too_many {
        let most = words::quantity(ROWS_MAX);
        wrong.insert(
            "columns".to_owned(),
            t.with("alert-import-too-many", "rows", most),
        );
    }
    let (terms, rows) = match (read_terms, &table) {
        (Ok(terms), Ok(rows)) if wrong.is_empty() => (terms, rows.clone()),
        _ => {
            let page = new_page(&signed, &file, (&table, &posted), (&wrong, None)).await;
            return Ok(show_refused(&page));
        }
    };
    let enters = posted.raw("step") == "enter";
    let importing = AlertImporting {
        terms: terms.for_file(stated),
        checksum: file.checksum,
        dry_run: !enters,
        progress: &|_, _| {},
    };
    let app = &signed.state.app;
    let report = app.import_alerts(signed.caller(), rows, importing).await?;
    if enters && report.error_count == 0 {
        signed.state.tables.forget(&signed.caller().login);
        return Ok(done("/alerts", "alerts-imported"));
    }
    let refused = report.error_count > 0;
    let page = new_page(&signed, &file, (&table, &posted), (&wrong, Some(&report))).await;
    Ok(if refused {
        show_refused(&page)
    } else {
        show(&page)
    })
}

/// Handling and quality are asked for as for alerts on persons, the fuller form.
const ON_PERSON: Kind = Kind {
    category: Category::Arrest,
    on_person: true,
};

/// What holds for the whole table.
pub(crate) struct Stated {
    pub category: Option<Category>,
    pub reason: Option<Reason>,
    pub decision: Option<String>,
    pub proportionality: Option<Reason>,
    pub like_are_different: Option<Reason>,
}

fn stated(posted: &Posted, t: &crate::Texts, wrong: &mut Wrong) -> Stated {
    let mut reason = |field: &str| {
        let read = posted.some(field).map(Reason::try_from).transpose();
        read.unwrap_or_else(|_| {
            wrong.insert(field.to_owned(), t.text("alert-reason-invalid"));
            None
        })
    };
    Stated {
        reason: reason("reason"),
        proportionality: reason("proportionality"),
        like_are_different: reason("like_are_different"),
        category: posted.raw("category").parse().ok(),
        decision: posted.some("decision"),
    }
}

async fn new_page(
    signed: &Signed,
    file: &WaitingTable,
    (table, posted): (&Result<AlertTable, RowsError>, &Posted),
    (wrong, report): (&Wrong, Option<&AlertImportReport>),
) -> AlertImportNewPage {
    let t = signed.t();
    let title = t.text("alert-import-new-title");
    let frame = signed.frame(title, Some(Area::Alerts)).await;
    let mut wrong = wrong.clone();
    if let Err(error) = table {
        let text = words::sentence(&error.to_string());
        wrong.entry("columns".to_owned()).or_insert(text);
    }
    let filler = Filler {
        t,
        posted,
        wrong: &wrong,
    };
    let mut groups = vec![read_as(&filler), whole_table(&filler)];
    groups.extend(alert_terms::groups(
        &filler,
        ON_PERSON,
        signed.state.app.settings().partner,
    ));
    let fields: Vec<&Field> = groups.iter().flat_map(|group| &group.fields).collect();
    let errors = FormErrors::new(t, &fields, None);
    let table = table.as_ref().ok();
    let ready = report.filter(|report| report.error_count == 0 && report.entered > 0);
    AlertImportNewPage {
        facts: import_report::facts(
            t,
            &file.name,
            table.map(|table| (table.written.as_str(), table.row_count)),
        ),
        columns: table.map(|table| import_report::columns(t, &table.columns, &table.unused)),
        outcome: report.map(|report| alert_import_report::outcome(signed, report, table)),
        errors,
        groups,
        checksum: file.checksum.to_string(),
        hidden: posted
            .fields()
            .filter(|(name, value)| !["step", "checksum"].contains(name) && !value.is_empty())
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        enter: ready.map(|report| t.count("alert-import-enter", report.entered)),
        frame,
    }
}

/// How the table is read.
fn read_as(filler: &Filler<'_>) -> Group {
    let t = filler.t;
    let headings = terms::choices(t, "alert-headings", ["first", "none"]);
    Group {
        id: "read-as",
        heading: t.text("alert-import-read"),
        fields: vec![
            filler.line("columns", "alert-import-columns"),
            filler.choice("headings", "alert-headings", headings),
        ],
    }
}

/// What holds where a row says nothing.
fn whole_table(filler: &Filler<'_>) -> Group {
    let t = filler.t;
    let mut categories: Vec<(String, String)> = Category::ALL
        .iter()
        .map(|category| (category.to_string(), terms::category(t, *category)))
        .collect();
    categories.insert(0, (String::new(), t.text("alert-import-each-row")));
    Group {
        id: "whole-table",
        heading: t.text("alert-import-whole"),
        fields: vec![
            filler.choice("category", "alert-category", categories),
            filler.area("reason", "alert-reason"),
            filler.line("decision", "alert-decision"),
            filler.area("proportionality", "alert-proportionality"),
            filler.area("like_are_different", "alert-import-different"),
        ],
    }
}
