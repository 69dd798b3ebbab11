//! A ledger that exists elsewhere comes in as a table: how it is read, what is wrong with each row, and
//! then all of it or nothing.

use askama::Template;
use axum::extract::Request;
use axum::response::{IntoResponse, Redirect, Response};
use egnatia_app::{Action, SiteView, StockImportReport};
use egnatia_formats::rows::RowsError;
use egnatia_formats::rows::stock::{StockTable, stated_stock_columns};
use egnatia_record::RecordId;

use super::alert_form::{Filler, Wrong};
use super::firearm_sections::{Section, SectionsPage, wrong_of};
use super::taken_table;
use crate::parts::{Cell, Empty, Facts, Field, FieldKind, Form, FormErrors, Table};
use crate::problem::{Problem, ProblemCode};
use crate::tables::WaitingTable;
use crate::visit::{Posted, Signed, done, show, show_refused};
use crate::{Area, Frame, words};

/// Wrong rows that are shown.
const WRONG_MAX: usize = 50;

/// The page that shows how a ledger is read, and what its rows would lead to.
#[derive(Debug, Template)]
#[template(path = "stock_import.html")]
pub struct StockImportPage {
    frame: Frame,
    facts: Facts,
    columns: Option<Table>,
    /// What was found when all rows were checked, and whether something is wrong.
    outcome: Option<(String, bool)>,
    wrong: Table,
    /// What stores would break; absent where nothing.
    breaches: Option<Table>,
    errors: FormErrors,
    fields: Vec<Field>,
    checksum: String,
    /// What the button says that writes, and what was filled in; absent where nothing may be written yet.
    enter: Option<(String, Vec<(String, String)>)>,
}

/// Shows the form for a ledger.
pub(crate) async fn show_form(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::ManageStock)?;
    Ok(show(&form_page(&signed, None).await))
}

async fn form_page(signed: &Signed, wrong: Option<String>) -> SectionsPage {
    let t = signed.t();
    let title = t.text("stock-import");
    let frame = signed.frame(title, Some(Area::Stores)).await;
    let file = Field::new("rows", t.text("stock-import-file"))
        .hint(t.text("stock-import-file-hint"))
        .kind(FieldKind::File)
        .error(wrong)
        .required();
    let submit = t.text("screen-file-submit");
    let form = Form::new(t, "/stock-import/file", vec![file], submit, None);
    let section = Section::new("file", t.text("stock-import-file"))
        .means(t.text("stock-import-means"))
        .form(form.csrf(frame.csrf()));
    SectionsPage {
        back: ("/stores", t.text("stock-title")),
        notice: None,
        sections: vec![section],
        frame,
    }
}

/// Takes a ledger, and leads to the page that shows how it is read.
pub(crate) async fn take_file(signed: Signed, request: Request) -> Result<Response, Problem> {
    signed.enter(Action::ManageStock)?;
    match taken_table::take(&signed, &signed.state.tables, request).await? {
        Ok(()) => Ok(Redirect::to("/stock-import/new").into_response()),
        Err(wrong) => Ok(show_refused(&form_page(&signed, Some(wrong)).await)),
    }
}

fn waiting(signed: &Signed) -> Option<WaitingTable> {
    let tables = &signed.state.tables;
    tables.waiting(&signed.caller().login, signed.visit.now)
}

/// Shows how the ledger is read that somebody gave.
pub(crate) async fn show_new(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::ManageStock)?;
    let Some(file) = waiting(&signed) else {
        return Ok(Redirect::to("/stock-import").into_response());
    };
    let posted = Posted::default();
    let read = read(&file, &posted).await?;
    let page = page(&signed, &file, (&read, &posted), (&Wrong::new(), None)).await?;
    Ok(show(&page))
}

/// Reads the ledger on a thread of its own.
async fn read(
    file: &WaitingTable,
    posted: &Posted,
) -> Result<Result<StockTable, RowsError>, Problem> {
    let (bytes, columns) = (file.bytes.clone(), posted.text("columns"));
    let table = move || {
        let columns = match columns.as_str() {
            "" => Vec::new(),
            text => stated_stock_columns(text)?,
        };
        StockTable::read(bytes.to_vec(), &columns)
    };
    tokio::task::spawn_blocking(table)
        .await
        .map_err(|_| Problem::new(ProblemCode::Internal))
}

/// Checks all rows, or writes them.
pub(crate) async fn import(signed: Signed, posted: Posted) -> Result<Response, Problem> {
    signed.enter(Action::ManageStock)?;
    let t = signed.t();
    // Another table may have taken its place in another window.
    let file = waiting(&signed).filter(|file| posted.text("checksum") == file.checksum.to_string());
    let Some(file) = file else {
        let wrong = Some(t.text("screen-gone"));
        return Ok(show_refused(&form_page(&signed, wrong).await));
    };
    let table = read(&file, &posted).await?;
    let mut wrong = Wrong::new();
    let site = posted.raw("site").parse::<RecordId>();
    if site.is_err() {
        wrong.insert("site".to_owned(), t.text("stock-import-site-missing"));
    }
    let reference = posted.text("reference");
    if reference.is_empty() {
        wrong.insert("reference".to_owned(), t.text("stock-reference-missing"));
    }
    let writes = posted.raw("step") == "enter";
    let mut report = None;
    if let (Ok(site), Ok(table), true) = (site, &table, wrong.is_empty()) {
        let rows: Vec<_> = table
            .rows
            .iter()
            .map(|row| (row.place.clone(), row.goods.clone(), row.quantity))
            .collect();
        let dry_run = !writes || !table.errors.is_empty();
        let app = &signed.state.app;
        let imported = app.import_stock(signed.caller(), (site, &reference), &rows, dry_run);
        match imported.await {
            Ok(done) => report = Some(done),
            // No row reads at all: that is told row by row.
            Err(_) if rows.is_empty() => {}
            Err(error) => wrong = wrong_of(error)?,
        }
    }
    if report.as_ref().is_some_and(|report| report.is_written) {
        signed.state.tables.forget(&signed.caller().login);
        return Ok(done("/stores", "stock-imported"));
    }
    let is_right = report
        .as_ref()
        .is_some_and(|report| report.wrong.is_empty())
        && table.as_ref().is_ok_and(|table| table.errors.is_empty());
    let told = (&wrong, report.as_ref());
    let page = page(&signed, &file, (&table, &posted), told).await?;
    Ok(match is_right {
        true => show(&page),
        false => show_refused(&page),
    })
}

async fn page(
    signed: &Signed,
    file: &WaitingTable,
    (table, posted): (&Result<StockTable, RowsError>, &Posted),
    (wrong, report): (&Wrong, Option<&StockImportReport>),
) -> Result<StockImportPage, Problem> {
    let t = signed.t();
    let title = t.text("stock-import-new");
    let frame = signed.frame(title, Some(Area::Stores)).await;
    let sites = signed.state.app.stock_sites(signed.caller()).await?;
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
    let fields = fields(&filler, &sites);
    let borrowed: Vec<&Field> = fields.iter().collect();
    let known = |name: &String| borrowed.iter().any(|field| field.name == name.as_str());
    let others = wrong.iter().filter(|(name, _)| !known(name));
    let others: Vec<&str> = others.map(|(_, text)| text.as_str()).collect();
    let others = (!others.is_empty()).then(|| others.join(" "));
    let errors = FormErrors::new(t, &borrowed, others);
    let table = table.as_ref().ok();
    let problems = table
        .map(|table| problems(t, table, report))
        .unwrap_or_default();
    let outcome = match (problems.is_empty(), report) {
        (false, _) => Some((t.text("stock-import-wrong"), true)),
        (true, Some(report)) => {
            let text = t.with_all(
                "stock-import-ready",
                &[
                    ("rows", words::quantity(report.rows)),
                    ("serials", words::quantity(report.serials)),
                    ("lots", words::quantity(report.lots)),
                    ("pieces", words::quantity(report.pieces)),
                ],
            );
            Some((text, false))
        }
        (true, None) => None,
    };
    let is_ready = problems.is_empty() && report.is_some();
    let labels = &["column-row", "screen-field", "column-problem"];
    let caption = t.text("alert-import-errors");
    Ok(StockImportPage {
        facts: facts(&frame, file, table),
        columns: table.map(|table| columns(&frame, table)),
        outcome,
        wrong: Table::new(t, caption, labels, Empty::default()).rows(problems),
        breaches: report.and_then(|report| breaches(t, report)),
        errors,
        fields,
        checksum: file.checksum.to_string(),
        enter: is_ready.then(|| {
            let hidden = posted
                .fields()
                .filter(|(name, value)| !["step", "checksum"].contains(name) && !value.is_empty());
            let hidden = hidden.map(|(name, value)| (name.to_owned(), value.to_owned()));
            (t.text("stock-import-enter"), hidden.collect())
        }),
        frame,
    })
}

fn fields(filler: &Filler<'_>, sites: &[SiteView]) -> Vec<Field> {
    let mut choices: Vec<(String, String)> = sites
        .iter()
        .map(|view| (view.envelope.id.to_string(), view.site.name.clone()))
        .collect();
    if choices.len() != 1 {
        choices.insert(0, (String::new(), filler.t.text("choose")));
    }
    vec![
        filler.choice("site", "stock-site", choices),
        filler.line("reference", "stock-reference").required(),
        filler.line("columns", "stock-import-columns"),
    ]
}

fn facts(frame: &Frame, file: &WaitingTable, table: Option<&StockTable>) -> Facts {
    let t = frame.t;
    let facts = Facts::new().with(t.text("screen-file-name"), Cell::Text(file.name.clone()));
    match table {
        None => facts,
        Some(table) => facts
            .with(t.text("screen-written"), Cell::Text(table.written.clone()))
            .with(
                t.text("stock-import-rows"),
                Cell::Number(table.rows.len().to_string()),
            ),
    }
}

/// Which column is read as what, and which are not read.
fn columns(frame: &Frame, table: &StockTable) -> Table {
    let t = frame.t;
    let read = table.columns.iter().map(|column| {
        vec![
            Cell::Text(t.text(&format!("stock-column-{}", column.field.as_str()))),
            Cell::Number(column.number.to_string()),
            Cell::Text(column.heading.clone()),
        ]
    });
    let unused = table.unused.iter().map(|heading| {
        vec![
            Cell::Text(t.text("screen-not-read")),
            Cell::Text(String::new()),
            Cell::Text(heading.clone()),
        ]
    });
    let labels = &["screen-read-as", "screen-column", "screen-heading"];
    let rows = read.chain(unused).collect();
    Table::new(t, t.text("screen-columns-title"), labels, Empty::default()).rows(rows)
}

/// What stores would break with what lies there.
fn breaches(t: &'static crate::Texts, report: &StockImportReport) -> Option<Table> {
    let rows = report
        .breaches
        .iter()
        .map(|(store, what)| vec![Cell::Text(store.clone()), Cell::Text(words::sentence(what))]);
    let caption = t.text("stock-import-breaches");
    let labels = &["stock-store", "column-problem"];
    let table = Table::new(t, caption, labels, Empty::default());
    (!report.breaches.is_empty()).then(|| table.rows(rows.collect()))
}

/// What is wrong with rows: cells that cannot be read, then what the node says of the others.
fn problems(
    t: &crate::Texts,
    table: &StockTable,
    report: Option<&StockImportReport>,
) -> Vec<Vec<Cell>> {
    let line = |row: u64, field: String, problem: &str| {
        vec![
            Cell::Text(row.to_string()),
            Cell::Text(field),
            Cell::Text(words::sentence(problem)),
        ]
    };
    let unread = table.errors.iter().map(|error| {
        let field = t.text(&format!("stock-column-{}", error.field.as_str()));
        (
            error.row,
            line(error.row, field, &error.problem.to_string()),
        )
    });
    let told = report
        .map(|report| report.wrong.as_slice())
        .unwrap_or_default();
    let refused = told.iter().filter_map(|(number, problem)| {
        let index = usize::try_from(number.checked_sub(1)?).ok()?;
        let row = table.rows.get(index)?.row;
        Some((row, line(row, String::new(), problem)))
    });
    let mut all: Vec<(u64, Vec<Cell>)> = unread.chain(refused).collect();
    all.sort_by_key(|(row, _)| *row);
    all.into_iter()
        .take(WRONG_MAX)
        .map(|(_, cells)| cells)
        .collect()
}
