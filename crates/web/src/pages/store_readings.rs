//! The file of a logger: how it is read, what is wrong with each line, and then all of it or nothing.

use axum::extract::{Path, Request};
use axum::response::{IntoResponse, Redirect, Response};
use egnatia_app::{Action, ClimateView, ReadingsReport};
use egnatia_formats::readings::{ReadingsError, ReadingsTable, Reckoned};
use egnatia_formats::rows::DateOrder;
use egnatia_stockpile::AccountId;

use super::alert_form::{Filler, Wrong};
use super::firearm_sections::{Section, SectionsPage, about_none, wrong_of};
use super::{record_id, taken_table};
use crate::parts::{Cell, Empty, Facts, Field, FieldKind, Form, Table, Tone};
use crate::problem::{Problem, ProblemCode};
use crate::tables::WaitingTable;
use crate::visit::{Posted, Signed, done, show, show_refused};
use crate::{Area, Frame, words};

/// The form for a file, as a section of the climate of a store.
pub(super) fn file_section(frame: &Frame, id: AccountId, wrong: Option<String>) -> Section {
    let t = frame.t;
    let file = Field::new("rows", t.text("climate-file"))
        .hint(t.text("climate-file-hint"))
        .kind(FieldKind::File)
        .error(wrong)
        .required();
    let path = format!("/stores/{id}/readings/file");
    let form = Form::new(t, path, vec![file], t.text("climate-file-submit"), None);
    Section::new("file", t.text("climate-file-title"))
        .means(t.text("climate-file-means"))
        .form(form.csrf(frame.csrf()))
}

async fn climate_of(signed: &Signed, id: AccountId) -> Result<ClimateView, Problem> {
    let view = signed.state.app.store_climate(signed.caller(), id).await?;
    Ok(view)
}

async fn form_page(
    signed: &Signed,
    id: AccountId,
    wrong: Option<String>,
) -> Result<SectionsPage, Problem> {
    let t = signed.t();
    let view = climate_of(signed, id).await?;
    let title = t.with("climate-file-of", "store", view.name);
    let frame = signed.frame(title, Some(Area::Stores)).await;
    Ok(SectionsPage {
        back: ("/stores", t.text("stock-title")),
        notice: None,
        sections: vec![
            file_section(&frame, id, wrong)
                .link(format!("/stores/{id}/climate"), t.text("climate-back")),
        ],
        frame,
    })
}

/// Takes a file, and leads to the page that shows how it is read.
pub(crate) async fn take_file(
    signed: Signed,
    Path(id): Path<String>,
    request: Request,
) -> Result<Response, Problem> {
    signed.enter(Action::CountStock)?;
    let id = AccountId(record_id(&id)?);
    match taken_table::take(&signed, &signed.state.tables, request).await? {
        Ok(()) => Ok(Redirect::to(&format!("/stores/{id}/readings")).into_response()),
        Err(wrong) => Ok(show_refused(&form_page(&signed, id, Some(wrong)).await?)),
    }
}

/// Shows how the file is read that somebody gave.
pub(crate) async fn show_new(signed: Signed, Path(id): Path<String>) -> Result<Response, Problem> {
    signed.enter(Action::CountStock)?;
    let id = AccountId(record_id(&id)?);
    let tables = &signed.state.tables;
    let Some(file) = tables.waiting(&signed.caller().login, signed.visit.now) else {
        return Ok(Redirect::to(&format!("/stores/{id}/climate")).into_response());
    };
    let posted = Posted::default();
    let read = Read::of(&signed, id, &file, (&posted, false)).await?;
    let page = page(&signed, id, &file, (&posted, &read)).await?;
    Ok(match read.is_right() {
        true => show(&page),
        false => show_refused(&page),
    })
}

/// Reads the file as somebody says, or keeps its readings.
pub(crate) async fn enter(
    signed: Signed,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    signed.enter(Action::CountStock)?;
    let id = AccountId(record_id(&id)?);
    let tables = &signed.state.tables;
    let file = tables.waiting(&signed.caller().login, signed.visit.now);
    // Another file may have taken its place in another window.
    let file = file.filter(|file| posted.text("checksum") == file.checksum.to_string());
    let Some(file) = file else {
        let wrong = Some(signed.t().text("screen-gone"));
        return Ok(show_refused(&form_page(&signed, id, wrong).await?));
    };
    let keeps = posted.raw("step") == "enter";
    let read = Read::of(&signed, id, &file, (&posted, keeps)).await?;
    if keeps && read.is_right() {
        tables.forget(&signed.caller().login);
        return Ok(done(&format!("/stores/{id}/climate"), "climate-read"));
    }
    let page = page(&signed, id, &file, (&posted, &read)).await?;
    Ok(match read.is_right() {
        true => show(&page),
        false => show_refused(&page),
    })
}

/// What came of reading a file.
struct Read {
    table: Result<ReadingsTable, ReadingsError>,
    report: Option<ReadingsReport>,
    wrong: Wrong,
}

impl Read {
    async fn of(
        signed: &Signed,
        id: AccountId,
        file: &WaitingTable,
        (posted, keeps): (&Posted, bool),
    ) -> Result<Self, Problem> {
        let (bytes, zone) = (file.bytes.clone(), signed.state.node.zone.clone());
        let order = DateOrder::parse(posted.raw("dates"));
        let table = move || {
            let how = Reckoned { zone: &zone, order };
            ReadingsTable::read(&bytes, how)
        };
        let table = tokio::task::spawn_blocking(table)
            .await
            .map_err(|_| Problem::new(ProblemCode::Internal))?;
        let (mut report, mut wrong) = (None, Wrong::new());
        match &table {
            Err(error) => {
                let field = match error {
                    ReadingsError::Dates | ReadingsError::MixedDates => "dates",
                    _ => "",
                };
                wrong.insert(field.to_owned(), words::sentence(&error.to_string()));
            }
            Ok(table) if !table.readings.is_empty() => {
                let (app, caller) = (&signed.state.app, signed.caller());
                let readings = table.readings.clone();
                let done = match keeps && table.errors.is_empty() {
                    true => app.enter_readings(caller, id, readings).await,
                    false => app.check_readings(caller, id, readings).await,
                };
                match done {
                    Ok(done) => report = Some(done),
                    Err(error) => wrong = wrong_of(error)?,
                }
            }
            Ok(_) => {}
        }
        Ok(Self {
            table,
            report,
            wrong,
        })
    }

    fn is_right(&self) -> bool {
        let is_read = self
            .table
            .as_ref()
            .is_ok_and(|table| table.errors.is_empty());
        is_read && self.report.is_some() && self.wrong.is_empty()
    }
}

async fn page(
    signed: &Signed,
    id: AccountId,
    file: &WaitingTable,
    (posted, read): (&Posted, &Read),
) -> Result<SectionsPage, Problem> {
    let t = signed.t();
    let view = climate_of(signed, id).await?;
    let title = t.with("climate-file-of", "store", view.name);
    let frame = signed.frame(title, Some(Area::Stores)).await;
    let path = || format!("/stores/{id}/readings");
    let checksum = file.checksum.to_string();
    let mut sections =
        vec![Section::new("read", t.text("climate-file-read")).facts(facts(&frame, file, read))];
    let errors = read.table.as_ref().map(|table| table.errors.as_slice());
    if let Ok(errors @ [_, ..]) = errors {
        let rows = errors.iter().map(|error| {
            vec![
                Cell::Text(error.line.to_string()),
                Cell::Text(words::sentence(&error.problem.to_string())),
            ]
        });
        let labels = &["column-line", "column-problem"];
        let table = Table::new(t, String::new(), labels, Empty::default());
        sections.push(
            Section::new("wrong", t.text("climate-file-wrong"))
                .means(t.text("climate-file-wrong-means"))
                .table(table.rows(rows.collect())),
        );
    }
    if read.is_right() {
        let form = Form::new(t, path(), Vec::new(), t.text("climate-file-keep"), None)
            .csrf(frame.csrf())
            .hidden("checksum", checksum.clone())
            .hidden("dates", posted.text("dates"))
            .hidden("step", "enter".to_owned());
        sections.push(Section::new("keep", t.text("climate-file-ready")).form(form));
    }
    let order = read.table.as_ref().is_ok_and(|table| table.order.is_some());
    if order || read.wrong.contains_key("dates") {
        sections.push(otherwise(&frame, (id, checksum), (posted, read)));
    }
    sections.push(file_section(&frame, id, None));
    Ok(SectionsPage {
        back: ("/stores", t.text("stock-title")),
        // What is wrong with the file as a whole stands on top.
        notice: about_none(&read.wrong, &["dates"]),
        sections,
        frame,
    })
}

/// The form that says how dates are read.
fn otherwise(
    frame: &Frame,
    (id, checksum): (AccountId, String),
    (posted, read): (&Posted, &Read),
) -> Section {
    let t = frame.t;
    let filler = Filler {
        t,
        posted,
        wrong: &read.wrong,
    };
    let orders = [
        ("", "climate-dates-found"),
        ("day-first", "climate-dates-day"),
        ("month-first", "climate-dates-month"),
    ];
    let orders = orders.map(|(key, text)| (key.to_owned(), t.text(text)));
    let fields = vec![filler.choice("dates", "climate-dates", orders.to_vec())];
    let form = Form::new(
        t,
        format!("/stores/{id}/readings"),
        fields,
        t.text("climate-file-check"),
        None,
    )
    .csrf(frame.csrf())
    .hidden("checksum", checksum)
    .hidden("step", "check".to_owned());
    Section::new("check", t.text("climate-file-otherwise")).form(form)
}

fn facts(frame: &Frame, file: &WaitingTable, read: &Read) -> Facts {
    let t = frame.t;
    let facts = Facts::new().with(t.text("screen-file-name"), Cell::Text(file.name.clone()));
    let Ok(table) = &read.table else {
        return facts;
    };
    let columns = match table.headings.is_empty() {
        true => t.text("climate-file-no-headings"),
        false => table.headings.join(" · "),
    };
    let order = table.order.map(|order| {
        Cell::Text(t.text(match order {
            DateOrder::DayFirst => "climate-dates-day",
            DateOrder::MonthFirst => "climate-dates-month",
        }))
    });
    let count = u64::try_from(table.readings.len()).unwrap_or(u64::MAX);
    let facts = facts
        .with(t.text("screen-written"), Cell::Text(table.written.clone()))
        .with(t.text("climate-file-columns"), Cell::Text(columns))
        .with_some(t.text("climate-dates"), order)
        .with_some(
            t.text("climate-temperature"),
            table
                .is_fahrenheit
                .then(|| Cell::Text(t.text("climate-file-fahrenheit"))),
        )
        .with(
            t.text("climate-readings"),
            Cell::Number(words::quantity(count)),
        )
        .with_some(
            t.text("climate-file-passed-over"),
            (table.passed_over > 0).then(|| Cell::Number(words::quantity(table.passed_over))),
        );
    let Some(report) = read.report else {
        return facts;
    };
    let moment = |at| Cell::Time(frame.moment(at));
    let state = match report.out {
        0 => Cell::tag(Tone::Agree, t.text("climate-within")),
        out => Cell::tag(Tone::Against, t.count("climate-out", out)),
    };
    facts
        .with_some(t.text("climate-file-first"), report.first_at.map(moment))
        .with_some(t.text("climate-file-last"), report.last_at.map(moment))
        .with(t.text("column-state"), state)
}
