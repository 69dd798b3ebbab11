//! A register of firearms that exists elsewhere comes in as a table: how it is read, what every row
//! would lead to, what a human decides on duplicates, and then all of it or nothing.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use egnatia_alerts::Reason;
use egnatia_app::{Action, FirearmImporting, RowDecision};
use egnatia_firearms::WeaponKind;
use egnatia_formats::rows::RowsError;
use egnatia_formats::rows::firearms::{
    FirearmField, FirearmReading, FirearmTable, OtherColumns, recognised_firearm_columns,
};

use super::alert_form::Wrong;
use super::firearm_import_page::{FirearmImportPage, Shown, file_page, import_page};
use super::firearm_sections::wrong_of;
use super::taken_table;
use crate::imports::{Run, Stand};
use crate::problem::{Problem, ProblemCode};
use crate::screens::Busy;
use crate::tables::WaitingTable;
use crate::visit::{Posted, Signed, done, show, show_refused};

/// So long the answer waits for the end of an import: most are short.
const WAIT: Duration = Duration::from_secs(2);
/// While an import runs, its page is asked for again after so many seconds.
const AGAIN_S: &str = "2";
/// So many columns can be told what they hold.
const COLUMNS_MAX: usize = 256;

/// Shows the form for a table.
pub(crate) async fn show_form(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::KeepFirearms)?;
    Ok(show(&file_page(&signed, None).await))
}

/// Takes a table, and leads to the page that shows how it is read.
pub(crate) async fn take_file(signed: Signed, request: Request) -> Result<Response, Problem> {
    signed.enter(Action::KeepFirearms)?;
    match taken_table::take(&signed, &signed.state.firearm_tables, request).await? {
        Ok(()) => {
            signed.state.imports.forget(&signed.caller().login);
            Ok(Redirect::to("/firearms/import/new").into_response())
        }
        Err(wrong) => Ok(show_refused(&file_page(&signed, Some(wrong)).await)),
    }
}

fn waiting(signed: &Signed) -> Option<WaitingTable> {
    let tables = &signed.state.firearm_tables;
    tables.waiting(&signed.caller().login, signed.visit.now)
}

/// Shows how the table is read that somebody gave, how far its import is, or what it came to.
pub(crate) async fn show_new(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::KeepFirearms)?;
    let Some(file) = waiting(&signed) else {
        return Ok(Redirect::to("/firearms/import").into_response());
    };
    let run = signed
        .state
        .imports
        .of(&signed.caller().login, file.checksum);
    answer(&signed, &file, run).await
}

async fn answer(
    signed: &Signed,
    file: &WaitingTable,
    run: Option<Run>,
) -> Result<Response, Problem> {
    let login = &signed.caller().login;
    let Some(run) = run else {
        let read = read(signed, file, &Posted::default()).await?;
        let wrong = (Wrong::new(), None);
        return Ok(shown(
            &page(signed, file, (read, Posted::default()), wrong).await,
        ));
    };
    let entered = matches!(&run.stand, Stand::Ended(Ok(report)) if !report.dry_run && report.error_count == 0);
    if entered {
        signed.state.firearm_tables.forget(login);
        signed.state.imports.forget(login);
        return Ok(done("/firearms", "firearms-imported"));
    }
    let read = read(signed, file, &run.posted).await?;
    let wrong = match &run.stand {
        Stand::Ended(Err(problem)) => Wrong::from([(String::new(), said(signed, problem))]),
        _ => Wrong::new(),
    };
    let (running, posted) = (run.is_running(), run.posted.clone());
    let mut response = shown(&page(signed, file, (read, posted), (wrong, Some(run))).await);
    if running {
        // Works without scripts; the page stays still once the import has ended.
        let again = HeaderValue::from_static(AGAIN_S);
        response.headers_mut().insert(header::REFRESH, again);
    }
    Ok(response)
}

fn said(signed: &Signed, problem: &Problem) -> String {
    let code = problem.code.as_str();
    let first = problem.errors.first().map(|error| error.detail.clone());
    let said = problem.detail.clone().or(first);
    let means = || signed.t().text(&format!("problem-{code}-means"));
    said.map_or_else(means, |text| crate::words::sentence(&text))
}

fn shown(page: &FirearmImportPage) -> Response {
    match page.is_refused() {
        true => show_refused(page),
        false => show(page),
    }
}

/// How the table is read: the first row, what each of its columns holds, and the table.
pub(super) struct Read {
    /// The first row.
    pub first: Vec<String>,
    /// What each column is taken for.
    pub fields: Vec<Option<FirearmField>>,
    /// How it is read.
    pub reading: FirearmReading,
    /// The table, or why it cannot be read.
    pub table: Result<FirearmTable, RowsError>,
}

/// Reads the table as the form says, on a thread of its own.
async fn read(signed: &Signed, file: &WaitingTable, posted: &Posted) -> Result<Read, Problem> {
    // A kept mapping says what each column holds.
    let kept = match posted
        .some("mapping")
        .filter(|_| posted.raw("step") == "use")
    {
        Some(name) => {
            let app = &signed.state.app;
            Some(app.firearm_mapping(signed.caller(), &name).await?)
        }
        None => None,
    };
    let bytes = file.bytes.to_vec();
    let stated = stated(posted);
    let headings = posted.raw("headings") != "none";
    let kind = WeaponKind::parse(posted.raw("weapon_kind"));
    let read = move || {
        let first = FirearmTable::first_row(bytes.clone()).unwrap_or_default();
        let others = match stated.is_empty() {
            true => OtherColumns::Recognise,
            false => OtherColumns::Ignore,
        };
        let reading = kept.unwrap_or(FirearmReading {
            columns: stated,
            headings,
            others,
            kind,
        });
        let table = FirearmTable::read(bytes, &reading);
        let fields = match &table {
            Ok(table) => held(table, first.len()),
            Err(_) if reading.columns.is_empty() => recognised_firearm_columns(&first),
            Err(_) => numbered(&reading, first.len()),
        };
        Read {
            first,
            fields,
            reading,
            table,
        }
    };
    tokio::task::spawn_blocking(read)
        .await
        .map_err(|_| Problem::new(ProblemCode::Internal))
}

/// What was said of each column, by number.
fn stated(posted: &Posted) -> Vec<(FirearmField, String)> {
    let columns = posted.fields().filter_map(|(name, value)| {
        let number: usize = name.strip_prefix("column-")?.parse().ok()?;
        let field = FirearmField::parse(value).filter(|_| number <= COLUMNS_MAX)?;
        Some((field, number.to_string()))
    });
    columns.collect()
}

fn held(table: &FirearmTable, width: usize) -> Vec<Option<FirearmField>> {
    let field = |number| {
        let mut columns = table.columns.iter();
        columns
            .find(|column| column.number == number)
            .map(|column| column.field)
    };
    (1..=width).map(field).collect()
}

fn numbered(reading: &FirearmReading, width: usize) -> Vec<Option<FirearmField>> {
    let field = |number: usize| {
        let mut columns = reading.columns.iter();
        let found = columns.find(|(_, column)| *column == number.to_string());
        found.map(|(field, _)| *field)
    };
    (1..=width).map(field).collect()
}

/// What was decided on rows that agree with something.
fn decisions(posted: &Posted) -> BTreeMap<u64, RowDecision> {
    let rows = posted.fields().filter_map(|(name, value)| {
        let row: u64 = name.strip_prefix("row-")?.parse().ok()?;
        let decision = match value {
            "different" => RowDecision::Different {
                distinguished_by: posted.some(&format!("tells-{row}")),
            },
            "left-out" => RowDecision::LeaveOut,
            _ => return None,
        };
        Some((row, decision))
    });
    rows.collect()
}

/// Reads the columns anew, keeps how they are read, checks all rows, or registers them.
pub(crate) async fn import(signed: Signed, posted: Posted) -> Result<Response, Problem> {
    signed.enter(Action::KeepFirearms)?;
    let t = signed.t();
    // Another table may have taken its place in another window.
    let file = waiting(&signed).filter(|file| posted.text("checksum") == file.checksum.to_string());
    let Some(file) = file else {
        let wrong = Some(t.text("screen-gone"));
        return Ok(show_refused(&file_page(&signed, wrong).await));
    };
    let (app, caller) = (&signed.state.app, signed.caller());
    let read = read(&signed, &file, &posted).await?;
    let mut wrong = Wrong::new();
    let why = posted.some("like_are_different").map(Reason::try_from);
    if matches!(why, Some(Err(_))) {
        wrong.insert(
            "like_are_different".to_owned(),
            t.text("alert-reason-invalid"),
        );
    }
    let step = posted.raw("step").to_owned();
    let table = match (&read.table, step.as_str()) {
        (Ok(table), "keep") => {
            let kept = (table, &read.reading);
            let name = posted.text("keep_as");
            match app.keep_firearm_mapping(caller, &name, kept).await {
                Ok(_) => return Ok(done("/firearms/import/new", "columns-kept")),
                Err(error) => {
                    let mut of_name = wrong_of(error)?;
                    if let Some(text) = of_name.remove("name") {
                        of_name.insert("keep_as".to_owned(), text);
                    }
                    wrong.extend(of_name);
                }
            }
            None
        }
        (Ok(table), "check" | "enter") if wrong.is_empty() => Some(table.clone()),
        _ => None,
    };
    let Some(table) = table else {
        let page = page(&signed, &file, (read, posted), (wrong, None)).await;
        return Ok(shown(&page));
    };
    let importing = FirearmImporting {
        checksum: file.checksum,
        like_are_different: why.and_then(Result::ok),
        decisions: decisions(&posted),
        dry_run: step != "enter",
        progress: &|_, _| {},
    };
    let begun = signed
        .state
        .imports
        .begin(app, caller, (table, posted.clone()), importing);
    match begun {
        Ok(told) => {
            let _ = tokio::time::timeout(WAIT, told).await;
            let run = signed.state.imports.of(&caller.login, file.checksum);
            answer(&signed, &file, run).await
        }
        Err(Busy) => {
            let wrong = Wrong::from([(String::new(), t.text("screen-busy"))]);
            let page = page(&signed, &file, (read, posted), (wrong, None)).await;
            Ok(shown(&page))
        }
    }
}

async fn page(
    signed: &Signed,
    file: &WaitingTable,
    (read, posted): (Read, Posted),
    (wrong, run): (Wrong, Option<Run>),
) -> FirearmImportPage {
    let shown = Shown {
        file,
        read,
        posted,
        wrong,
        run,
    };
    import_page(signed, shown).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_and_decisions_are_read_by_their_numbers() {
        let posted = |fields: &[(&str, &str)]| {
            let fields = fields
                .iter()
                .map(|(name, value)| ((*name).into(), (*value).into()));
            Posted::of(fields.collect())
        };
        let columns = stated(&posted(&[
            ("column-2", "serial"),
            ("column-3", ""),
            ("column-9999", "make"),
            ("column-x", "make"),
        ]));
        assert_eq!(columns, [(FirearmField::Serial, "2".to_owned())]);
        let decided = decisions(&posted(&[
            ("row-2", "different"),
            ("tells-2", "sold in 1991"),
            ("row-3", "left-out"),
            ("row-4", ""),
        ]));
        let different = RowDecision::Different {
            distinguished_by: Some("sold in 1991".to_owned()),
        };
        assert_eq!(
            decided,
            BTreeMap::from([(2, different), (3, RowDecision::LeaveOut)])
        );
    }
}
