//! Handlers of screening: take a file, show how it is read, run it, show what it found.

use std::io::Cursor;

use axum::body::Bytes;
use axum::extract::{FromRequest, Multipart, Path, Request};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use egnatia_alerts::ScreeningState;
use egnatia_app::{
    Action, App, Caller, RowRead, ScreeningStart, ScreeningSummary, ScreeningView, Unfinished,
    checksum,
};
use egnatia_audit::Hash;
use egnatia_formats::hits::{HitsFormat, HitsWriter};
use egnatia_formats::rows::{DateOrder, Layout, Reading, RowsError, stated_columns};
use egnatia_record::RecordId;

use super::screenings::{
    Progress, ScreeningInput, ScreeningNewPage, ScreeningPage, ScreeningsPage,
};
use super::session::JustificationInput;
use super::{checking, record_id};
use crate::parts::{Cell, Empty, Facts, Table};
use crate::problem::{Problem, ProblemCode};
use crate::screens::{Busy, Runs, Waiting};
use crate::visit::{Posted, Signed, show, show_refused};
use crate::{Area, Frame, cursor, guard, words};

const PAGE: u32 = 50;
/// The most lines of a download. More are for the command line.
const LINES_MAX: usize = 100_000;
/// The most parts of a form with a file.
const PARTS_MAX: usize = 4;
/// While a screening runs, its page is asked for again after so many seconds.
const AGAIN_S: &str = "3";

/// Shows one's own screenings.
pub(crate) async fn show_own(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::Check)?;
    Ok(show(&own_page(&signed, None).await?))
}

async fn own_page(signed: &Signed, wrong: Option<String>) -> Result<ScreeningsPage, Problem> {
    let t = signed.t();
    let after = cursor::read(signed.visit.query("after").as_deref())?;
    let app = &signed.state.app;
    let runs = signed.state.screens.runs();
    let page = app.own_screenings(signed.caller(), after, PAGE).await?;
    let frame = signed
        .frame(t.text("screenings-title"), Some(Area::Check))
        .await;
    let columns = &[
        "column-file",
        "column-rows",
        "column-state",
        "column-case",
        "column-at",
    ];
    let rows = page
        .items
        .iter()
        .map(|item| own_row(&runs, &frame, item))
        .collect();
    let next = page
        .next
        .map(|next| format!("/screenings?after={}", cursor::write(next)));
    let empty = Empty::of(t, "screenings");
    let table = Table::new(t, t.text("screenings-own"), columns, empty)
        .rows(rows)
        .next(next);
    Ok(ScreeningsPage::new(frame, table, wrong))
}

fn own_row(runs: &Runs, frame: &Frame, item: &ScreeningSummary) -> Vec<Cell> {
    let state = match progress(runs, item.screening, &item.body.state) {
        Progress::Running => "screen-running",
        Progress::Interrupted(_) => "screen-interrupted",
        Progress::Ended => "screen-ended",
    };
    vec![
        Cell::link(format!("/screenings/{}", item.screening), &item.body.file),
        Cell::Number(words::quantity(item.body.rows)),
        Cell::Text(frame.t.text(state)),
        Cell::Text(item.body.case.to_string()),
        Cell::Time(frame.moment(item.at)),
    ]
}

/// `runs` is what was known *before* the record was read: a run that ends in between is not taken
/// for one that broke off.
fn progress(runs: &Runs, id: RecordId, state: &ScreeningState) -> Progress {
    match state {
        ScreeningState::Running if runs.is_running(id) => Progress::Running,
        ScreeningState::Running => Progress::Interrupted(runs.failure(id)),
        ScreeningState::Done { .. } | ScreeningState::GivenUp { .. } => Progress::Ended,
    }
}

/// Takes a file, reads it to its end, and leads to the page that shows how it is read.
pub(crate) async fn take_file(signed: Signed, request: Request) -> Result<Response, Problem> {
    if !signed.offers(Action::Check) {
        signed.enter(Action::Check)?;
    }
    let (token, name, bytes) = file_of(request).await?;
    if !guard::same_token(&signed.who.csrf, &token) {
        return Err(Problem::new(ProblemCode::BadOrigin));
    }
    if bytes.is_empty() {
        let wrong = signed.t().text("screen-no-file");
        return refuse_file(&signed, wrong).await;
    }
    let held = read(&signed, name, bytes, String::new()).await?;
    match signed.state.screens.hold(&signed.caller().login, held) {
        Ok(()) => Ok(Redirect::to("/screenings/new").into_response()),
        Err(Busy) => refuse_file(&signed, signed.t().text("screen-busy")).await,
    }
}

async fn refuse_file(signed: &Signed, wrong: String) -> Result<Response, Problem> {
    if signed.caller().justification.is_none() {
        return Err(Problem::because(ProblemCode::Invalid, wrong));
    }
    Ok(show_refused(&own_page(signed, Some(wrong)).await?))
}

/// The token, the file's name and the file of a form with a field `rows`.
pub(super) async fn file_of(request: Request) -> Result<(String, String, Bytes), Problem> {
    let refused = |status| Problem::new(ProblemCode::of_status(status));
    let mut form = Multipart::from_request(request, &())
        .await
        .map_err(|error| refused(error.status()))?;
    let (mut token, mut name, mut file) = (String::new(), String::new(), Bytes::new());
    for _ in 0..PARTS_MAX {
        let field = form
            .next_field()
            .await
            .map_err(|error| refused(error.status()))?;
        let Some(field) = field else { break };
        let part = field.name().unwrap_or_default().to_owned();
        let file_name = field.file_name().unwrap_or_default().to_owned();
        let bytes = field
            .bytes()
            .await
            .map_err(|error| refused(error.status()))?;
        match part.as_str() {
            "csrf" => token = String::from_utf8_lossy(&bytes).trim().to_owned(),
            "rows" => {
                // Some browsers send the folder too.
                let base = file_name.rsplit(['/', '\\']).next().unwrap_or_default();
                base.clone_into(&mut name);
                file = bytes;
            }
            _ => {}
        }
    }
    Ok((token, name, file))
}

/// Reads a file on a thread of its own: it takes seconds, and others wait for answers.
async fn read(
    signed: &Signed,
    name: String,
    bytes: Bytes,
    columns: String,
) -> Result<Waiting, Problem> {
    let today = signed.visit.today();
    let since = signed.visit.now;
    let reading = tokio::task::spawn_blocking(move || {
        let sum = checksum(&mut bytes.as_ref());
        let stated = match columns.trim() {
            "" => Ok(Vec::new()),
            text => stated_columns(text),
        };
        let layout = stated.and_then(|columns| {
            let reading = Reading {
                columns,
                headings: true,
                today,
            };
            Layout::recognise(&mut Cursor::new(bytes.clone()), reading)
        });
        sum.map(|checksum| Waiting {
            name,
            bytes,
            checksum,
            columns,
            layout,
            since,
        })
    });
    let failed = |_| Problem::new(ProblemCode::Internal);
    reading
        .await
        .map_err(failed)?
        .map_err(|_| Problem::new(ProblemCode::Internal))
}

/// Shows how the file is read that somebody gave.
pub(crate) async fn show_new(signed: Signed) -> Result<Response, Problem> {
    if !signed.offers(Action::Check) {
        signed.enter(Action::Check)?;
    }
    match waiting(&signed) {
        Some(file) => Ok(show(&new_page(&signed, &file, ask_why(&signed)).await)),
        None => Ok(Redirect::to("/screenings").into_response()),
    }
}

fn waiting(signed: &Signed) -> Option<Waiting> {
    let screens = &signed.state.screens;
    screens.waiting(&signed.caller().login, signed.visit.now)
}

fn ask_why(signed: &Signed) -> Option<JustificationInput> {
    let known = signed.caller().justification.is_some();
    (!known).then(JustificationInput::default)
}

async fn new_page(
    signed: &Signed,
    file: &Waiting,
    why: Option<JustificationInput>,
) -> ScreeningNewPage {
    let title = signed.t().text("screen-new-title");
    let frame = signed.frame(title, Some(Area::Check)).await;
    let wrong = file.layout.as_ref().err().map(refused_words);
    let input = ScreeningInput {
        columns: file.columns.clone(),
        wrong,
        justification: why,
    };
    let sum = file.checksum.to_string();
    ScreeningNewPage::new(frame, &file.name, file.layout.as_ref().ok(), &input, sum)
}

fn refused_words(error: &RowsError) -> String {
    words::sentence(&error.to_string())
}

/// Runs the file, or shows again how it is read where its columns are stated anew.
pub(crate) async fn start(signed: Signed, posted: Posted) -> Result<Response, Problem> {
    if !signed.offers(Action::Check) {
        signed.enter(Action::Check)?;
    }
    let Some(mut file) = waiting(&signed) else {
        return refuse_file(&signed, signed.t().text("screen-gone")).await;
    };
    // Another file may have taken its place in another window.
    if posted.text("checksum") != file.checksum.to_string() {
        return refuse_file(&signed, signed.t().text("screen-gone")).await;
    }
    let columns = posted.text("columns");
    if columns != posted.text("shown") || columns != file.columns {
        file = read(&signed, file.name, file.bytes, columns).await?;
        let login = &signed.caller().login;
        if signed.state.screens.hold(login, file.clone()).is_err() {
            return refuse_file(&signed, signed.t().text("screen-busy")).await;
        }
        let page = new_page(&signed, &file, ask_why(&signed)).await;
        return Ok(match file.layout {
            Ok(_) => show(&page),
            Err(_) => show_refused(&page),
        });
    }
    let mut caller = signed.caller().clone();
    if caller.justification.is_none() {
        match JustificationInput::read(&posted, signed.t()) {
            Ok(justification) => {
                let app = &signed.state.app;
                app.set_justification(&signed.who, justification.clone())
                    .await?;
                caller.justification = Some(justification);
            }
            Err(given) => {
                return Ok(show_refused(&new_page(&signed, &file, Some(*given)).await));
            }
        }
    }
    begin(&signed, &caller, file).await
}

async fn begin(signed: &Signed, caller: &Caller, file: Waiting) -> Result<Response, Problem> {
    let Ok(layout) = &file.layout else {
        return Ok(show_refused(&new_page(signed, &file, None).await));
    };
    let app = &signed.state.app;
    let begun = app.begin_screening(caller, start_of(&file, layout)).await?;
    let id = begun.screening;
    match signed.state.screens.run(app, caller, begun, &file) {
        Ok(()) => Ok(Redirect::to(&format!("/screenings/{id}")).into_response()),
        Err(Busy) => Err(Problem::because(
            ProblemCode::TooManyRequests,
            signed.t().text("screen-busy"),
        )),
    }
}

fn start_of(file: &Waiting, layout: &Layout) -> ScreeningStart {
    let mut columns: Vec<String> = layout
        .columns()
        .iter()
        .map(|mapped| format!("{} = {}", mapped.column.as_str(), mapped.number))
        .collect();
    if layout.date_order() == DateOrder::MonthFirst {
        columns.push("dates = month first".to_owned());
    }
    ScreeningStart {
        file: file.name.clone(),
        checksum: file.checksum,
        // Whoever gives the same file again goes on.
        command: Hash::of(format!("web\n{}\n{}", file.checksum, columns.join("\n")).as_bytes()),
        format: layout.written(),
        columns,
        rows: layout.rows,
        unfinished: Unfinished::GoOn,
    }
}

/// Shows a screening and what it found.
pub(crate) async fn show_one(signed: Signed, Path(id): Path<String>) -> Result<Response, Problem> {
    signed.enter(Action::ViewCheck)?;
    let id = record_id(&id)?;
    let after = signed
        .visit
        .query("after")
        .and_then(|text| text.parse().ok());
    let app = &signed.state.app;
    let runs = signed.state.screens.runs();
    let view = app
        .view_screening(signed.caller(), id, after.unwrap_or(0))
        .await?;
    let t = signed.t();
    let title = t.with("screening-title", "file", view.screening.file.clone());
    let frame = signed.frame(title, Some(Area::Check)).await;
    let path = format!("/screenings/{id}");
    let progress = progress(&runs, id, &view.screening.state);
    let running = progress == Progress::Running;
    let page = ScreeningPage {
        progress,
        done: view.so_far.rows,
        rows: view.screening.rows,
        matches: view.so_far.matches,
        facts: facts(&frame, &view),
        found: found(app, &frame, &view, &path),
        may_decide: signed.offers(Action::Decide),
        path,
        frame,
    };
    let mut response = show(&page);
    if running && after.is_none() {
        // Works without scripts; the page stays still once the run has ended.
        let again = HeaderValue::from_static(AGAIN_S);
        response.headers_mut().insert(header::REFRESH, again);
    }
    Ok(response)
}

fn facts(frame: &Frame, view: &ScreeningView) -> Facts {
    let t = frame.t;
    let number = |count: u64| Cell::Number(words::quantity(count));
    let some = |count: u64| (count > 0).then(|| number(count));
    let columns = view
        .screening
        .columns
        .iter()
        .cloned()
        .map(Cell::Exact)
        .collect();
    Facts::new()
        .with(t.text("screen-rows"), number(view.screening.rows))
        .with(t.text("screen-checked"), number(view.so_far.rows))
        .with(
            t.text("screen-matched-rows"),
            number(view.so_far.matched_rows),
        )
        .with(t.text("screen-matches"), number(view.so_far.matches))
        .with_some(t.text("screen-settled"), some(view.so_far.settled))
        .with_some(t.text("screen-not-checked"), some(view.so_far.not_checked))
        .with(
            t.text("check-purpose"),
            Cell::Text(words::purpose(view.envelope.purpose, t)),
        )
        .with(
            t.text("check-case"),
            Cell::Text(view.screening.case.to_string()),
        )
        .with(
            t.text("check-by"),
            Cell::Text(view.envelope.author.to_string()),
        )
        .with(
            t.text("check-at"),
            Cell::Time(frame.moment(view.envelope.recorded_at)),
        )
        .with(
            t.text("screen-written"),
            Cell::Text(view.screening.format.clone()),
        )
        .with_all(t.text("screen-columns-title"), columns)
        .with(
            t.text("screen-checksum"),
            Cell::Exact(view.screening.checksum.clone()),
        )
}

fn found(app: &App, frame: &Frame, view: &ScreeningView, path: &str) -> Table {
    let t = frame.t;
    let columns = &[
        "column-name",
        "column-row",
        "column-asked",
        "column-likelihood",
        "column-list",
        "column-state",
    ];
    let row = |row: &RowRead| match row {
        RowRead::Matched {
            row,
            asked,
            matched,
            body,
        } => vec![
            Cell::link(format!("/matches/{matched}"), &body.entry.name),
            Cell::Number(row.to_string()),
            Cell::Text(asked.clone()),
            checking::likelihood(t, body.assessment.probability),
            checking::list_cell(app, t, &body.entry.list, Some(body.entry.list_version)),
            Cell::Tag(checking::state_tag(t, &body.state)),
        ],
        RowRead::NotChecked { row, asked, why } => vec![
            Cell::Text(t.text("screen-not-checked-row")),
            Cell::Number(row.to_string()),
            Cell::Text(asked.clone()),
            Cell::Text(String::new()),
            Cell::Text(String::new()),
            Cell::Text(words::sentence(why)),
        ],
    };
    let next = view.next.map(|next| format!("{path}?after={next}"));
    Table::new(
        t,
        t.text("screen-found"),
        columns,
        Empty::of(t, "screen-found"),
    )
    .rows(view.found.iter().map(row).collect())
    .next(next)
}

/// Gives what a screening found as a file.
pub(crate) async fn download(
    signed: Signed,
    Path((id, file)): Path<(String, String)>,
) -> Result<Response, Problem> {
    signed.enter(Action::ViewCheck)?;
    let id = record_id(&id)?;
    let format = match file.as_str() {
        "hits.csv" | "hits.jsonl" | "hits.xlsx" => HitsFormat::of_name(&file),
        _ => None,
    };
    let format = format.ok_or(Problem::new(ProblemCode::NotFound))?;
    let kind = match format {
        HitsFormat::Csv => "text/csv; charset=utf-8",
        HitsFormat::JsonLines => "application/x-ndjson",
        HitsFormat::Excel => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    };
    let bytes = bytes_of(&signed, id, format).await?;
    let name = format!("attachment; filename=\"{file}\"");
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, bytes).into_response())
}

async fn bytes_of(signed: &Signed, id: RecordId, format: HitsFormat) -> Result<Vec<u8>, Problem> {
    let failed = |_| Problem::new(ProblemCode::Internal);
    let mut export = signed
        .state
        .app
        .export_screening(signed.caller(), id)
        .await?;
    let mut writer = HitsWriter::new(format, Vec::new()).map_err(failed)?;
    let mut lines = 0_usize;
    while let Some(found) = export.next().await? {
        lines = lines.saturating_add(found.len());
        if lines > LINES_MAX {
            let text = signed.t().text("screen-too-many");
            return Err(Problem::because(ProblemCode::TooLarge, text));
        }
        for row in found {
            writer.line(&row.line()).map_err(failed)?;
        }
    }
    writer.finish().map_err(failed)
}
