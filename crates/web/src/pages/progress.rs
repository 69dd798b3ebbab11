//! How partners answer traces; half-years of the regional report side by side.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use egnatia_app::{Action, ExportedTable, ProgressView};
use egnatia_firearms::{PartnerTimes, Period, ProgressRow, ReturnSection, progress_table};

use super::alert_facts::day;
use super::alert_form::{Filler, Wrong};
use super::firearm_sections::wrong_in_words;
use super::firearms::{FirearmsPage, tabs};
use super::return_rows::{by, figure, is_median};
use super::terms;
use crate::parts::{Cell, Empty, Field, Table, Tone};
use crate::problem::Problem;
use crate::visit::{Posted, Signed, show, show_refused};
use crate::{Area, Frame, Texts};

/// So many half-years stand side by side where nobody says how many.
const PERIODS: u8 = 6;

/// Tenths of a day as people read them: `3.5`.
pub(super) fn days(tenths: i64) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// Shows how each partner answers.
pub(crate) async fn show_partners(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::ViewFirearms)?;
    let t = signed.t();
    let rows = signed.state.app.trace_partners(signed.caller()).await?;
    let frame = signed
        .frame(t.text("trace-partners"), Some(Area::Firearms))
        .await;
    let columns = &[
        "hop-who",
        "trace-count-asked",
        "trace-count-answered",
        "trace-count-refused",
        "trace-count-no-record",
        "trace-count-late",
        "trace-count-overdue",
        "trace-median-days",
    ];
    let cells = rows.iter().map(|row: &PartnerTimes| {
        let number = |count: u32| Cell::Number(count.to_string());
        vec![
            Cell::Text(terms::authority(&signed.state.app, t, &row.authority)),
            number(row.asked),
            number(row.answered),
            number(row.refused),
            number(row.no_record),
            number(row.answered_late),
            number(row.overdue),
            Cell::Number(row.median_tenths_of_a_day.map(days).unwrap_or_default()),
        ]
    });
    let empty = Empty::of(t, "trace-partners");
    let table = Table::new(t, String::new(), columns, empty).rows(cells.collect());
    Ok(show(&FirearmsPage {
        tabs: tabs(t, "/traces"),
        lede: t.text("trace-partners-lede"),
        links: Vec::new(),
        filters: Vec::new(),
        tables: vec![table],
        frame,
    }))
}

/// What is asked for in the address: up to which half-year, and how many.
fn asked(signed: &Signed) -> (String, u8) {
    let until = signed.visit.query("until").unwrap_or_default();
    let count = signed.visit.query("count");
    let count = count.and_then(|text| text.trim().parse().ok());
    (until, count.unwrap_or(PERIODS))
}

/// Shows half-years side by side.
pub(crate) async fn show_progress(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::ViewFirearms)?;
    let t = signed.t();
    let (until, count) = asked(&signed);
    let app = &signed.state.app;
    let view = app.firearms_progress(signed.caller(), &until, count).await;
    let (view, wrong) = match view {
        Ok(view) => (Some(view), Wrong::new()),
        Err(error) => (None, wrong_in_words(t, error)?),
    };
    let frame = signed
        .frame(t.text("progress-title"), Some(Area::Firearms))
        .await;
    let posted = Posted::of(vec![
        ("until".to_owned(), until.clone()),
        ("count".to_owned(), count.to_string()),
    ]);
    let texts = wrong.into_values();
    let wrong: Wrong = texts.map(|text| ("until".to_owned(), text)).collect();
    let is_wrong = !wrong.is_empty();
    let filler = Filler {
        t,
        posted: &posted,
        wrong: &wrong,
    };
    let filters: Vec<Field> = vec![
        filler.line("until", "progress-until"),
        filler.line("count", "progress-count"),
    ];
    let tables = view.map_or_else(Vec::new, |view| tables(&frame, &view));
    let csv = format!("/returns/progress.csv?until={until}&count={count}");
    let page = ProgressPage {
        tabs: tabs(t, "/returns/progress"),
        filters,
        csv,
        tables,
        frame,
    };
    Ok(match is_wrong {
        true => show_refused(&page),
        false => show(&page),
    })
}

/// The page of several half-years.
#[derive(Debug, askama::Template)]
#[template(path = "progress.html")]
pub struct ProgressPage {
    /// The frame.
    pub frame: Frame,
    /// The lists about firearms.
    pub tabs: Vec<(&'static str, String, bool)>,
    /// What may be asked for.
    pub filters: Vec<Field>,
    /// The address of the file.
    pub csv: String,
    /// A table for each section.
    pub tables: Vec<Table>,
}

fn tables(frame: &Frame, view: &ProgressView) -> Vec<Table> {
    let t = frame.t;
    let known = ReturnSection::ALL.iter().copied().map(Some).chain([None]);
    let names: Vec<String> = view
        .periods
        .iter()
        .map(|(one, _)| one.half_name())
        .collect();
    let mut tables = vec![periods(frame, view)];
    for of in known {
        let mine: Vec<&ProgressRow> = view.rows.iter().filter(|row| row.section == of).collect();
        let shown: Vec<&ProgressRow> = mine
            .into_iter()
            .filter(|row| !row.is_empty() || is_median(&row.what))
            .collect();
        if shown.is_empty() {
            continue;
        }
        let heading = match of {
            Some(of) => terms::word(t, &["return-section"], of.as_str()),
            None => t.text("return-figures"),
        };
        // The name of a half-year is the same in every language, and its own key.
        let mut columns = vec!["incident-what"];
        columns.extend(names.iter().map(String::as_str));
        let rows = shown.iter().map(|row| cells(t, row));
        let table = Table::new(t, heading, &columns, Empty::default());
        tables.push(table.rows(rows.collect()));
    }
    tables
}

/// The half-years, and which of them are frozen.
fn periods(frame: &Frame, view: &ProgressView) -> Table {
    let t = frame.t;
    let rows = view.periods.iter().map(|(period, frozen)| {
        let state = match frozen {
            Some(id) => Cell::link(format!("/returns/{id}"), t.text("progress-is-frozen")),
            None if period.to >= frame.today() => {
                Cell::tag(Tone::Caution, t.text("progress-not-over"))
            }
            None => Cell::tag(Tone::Silent, t.text("progress-is-counted")),
        };
        let days = format!("{} – {}", day(period.from), day(period.to));
        vec![Cell::Text(period.half_name()), Cell::Text(days), state]
    });
    let columns = &["return-period", "progress-days", "column-state"];
    let heading = t.text("progress-periods");
    Table::new(t, heading, columns, Empty::default()).rows(rows.collect())
}

fn cells(t: &Texts, row: &ProgressRow) -> Vec<Cell> {
    let mut name = vec![terms::word(t, &["return-what", "weapon"], &row.what)];
    if let Some(group) = row.group {
        name.insert(0, terms::word(t, &["incident-is"], group.as_str()));
    }
    if !row.at.is_empty() {
        name.push(by(t, &row.at));
    }
    let count = |count: &Option<u64>| match count {
        Some(count) => figure(&row.what, *count),
        None => Cell::Text(String::new()),
    };
    let name = Cell::Text(name.join(", "));
    std::iter::once(name)
        .chain(row.counts.iter().map(count))
        .collect()
}

/// Gives all rows, those of nothing too, as CSV.
pub(crate) async fn download(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::ViewFirearms)?;
    let (until, count) = asked(&signed);
    let (app, caller) = (&signed.state.app, signed.caller());
    let view = app.firearms_progress(caller, &until, count).await?;
    let periods: Vec<Period> = view.periods.iter().map(|(period, _)| *period).collect();
    let table = progress_table(&periods, &view.rows);
    let count = view.rows.len();
    app.log_export(caller, ExportedTable::Progress, count, &[])
        .await?;
    let mut response = crate::export::text_of(table).into_response();
    let headers = response.headers_mut();
    let kind = HeaderValue::from_static("text/csv; charset=utf-8; header=present");
    headers.insert(header::CONTENT_TYPE, kind);
    let name = HeaderValue::from_static("attachment; filename=\"progress.csv\"");
    headers.insert(header::CONTENT_DISPOSITION, name);
    Ok(response)
}
