//! Hits, and what is to be done after them.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use egnatia_alerts::{FollowUp, FollowUpState, Reason};
use egnatia_app::{
    Action, App, EXPORT_ROWS_MAX, ExportedTable, HitSummary, HitView, RECEIVED_ALERTS,
};
use egnatia_protocol::ReportField;
use egnatia_record::RecordId;

use super::alert_form::{Filler, Wrong};
use super::{checking, record_id, subjects, terms};
use crate::parts::{Cell, Clock, Empty, Facts, Field, Form, HandlingBadge, Subject, Table, Tone};
use crate::problem::Problem;
use crate::visit::{Posted, Signed, done, show, show_refused};
use crate::words::sentence;
use crate::{Area, Frame, Texts, cursor, export};

const PAGE: u32 = 50;
const EXPORT_PAGE: u32 = 100;

/// The page of the hits.
#[derive(Debug, Template)]
#[template(path = "hits.html")]
pub struct HitsPage {
    /// The frame.
    pub frame: Frame,
    /// The hits: what is due first first, then those followed up.
    pub table: Table,
}

/// The page of one hit.
#[derive(Debug, Template)]
#[template(path = "hit.html")]
pub struct HitPage {
    /// The frame.
    pub frame: Frame,
    /// Whom or what was hit.
    pub subject: Subject,
    /// What may be done with the record.
    pub handling: HandlingBadge,
    /// What was asked; absent where the match has been erased.
    pub asked: Option<Facts>,
    /// How it came about.
    pub facts: Facts,
    /// What is to be done.
    pub action: String,
    /// Whether the person must not learn of it.
    pub covert: bool,
    /// By when, while it is open.
    pub clock: Option<Clock>,
    /// To whom the report goes, where somebody else gets it.
    pub means: Option<String>,
    /// The report's form, for somebody who may write it, while it is open.
    pub report: Option<Form>,
    /// What was done.
    pub done: Option<Facts>,
}

/// Shows the hits, what is due first first.
pub(crate) async fn show_hits(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::ListHits)?;
    let t = signed.t();
    let after = cursor::read_due(signed.visit.query("after").as_deref())?;
    let page = signed.state.app.hits(signed.caller(), after, PAGE).await?;
    let frame = signed.frame(t.text("hits-title"), Some(Area::Hits)).await;
    let next = page
        .next
        .map(|next| format!("/hits?after={}", cursor::write_due(next)));
    let table = table(&signed.state.app, &frame, &page.items)
        .next(next)
        .export("/hits.csv");
    Ok(show(&HitsPage { frame, table }))
}

fn table(app: &App, frame: &Frame, hits: &[HitSummary]) -> Table {
    let t = frame.t;
    let columns = &[
        "column-name",
        "column-due",
        "column-asked",
        "column-list",
        "column-case",
        "column-by",
    ];
    let rows = hits.iter().map(|hit| row(app, frame, hit)).collect();
    Table::new(t, String::new(), columns, Empty::of(t, "hits")).rows(rows)
}

/// Every hit that the caller may see, as a file.
pub(crate) async fn export(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::ListHits)?;
    let (app, caller) = (&signed.state.app, signed.caller());
    let (mut items, mut after) = (Vec::new(), None);
    loop {
        let page = app.hits(caller, after, EXPORT_PAGE).await?;
        items.extend(page.items);
        after = page.next;
        if after.is_none() || items.len() >= EXPORT_ROWS_MAX {
            break;
        }
    }
    let frame = signed.frame(String::new(), Some(Area::Hits)).await;
    let records: Vec<RecordId> = items.iter().map(|hit| hit.hit).collect();
    let which = ExportedTable::Hits;
    app.log_export(caller, which, items.len(), &records).await?;
    let table = table(app, &frame, &items).cut(after.is_some());
    Ok(export::download(&table, which, frame.today()))
}

fn row(app: &App, frame: &Frame, hit: &HitSummary) -> Vec<Cell> {
    let t = frame.t;
    let due = match hit.due_at {
        Some(due) if !hit.done => {
            let times = (hit.at, due, frame.now());
            Cell::Clock(Box::new(Clock::new(t, &frame.node.zone, times, None)))
        }
        _ => Cell::tag(Tone::Agree, t.text("hit-done")),
    };
    vec![
        Cell::link(format!("/hits/{}", hit.hit), &hit.entry),
        due,
        Cell::Text(hit.asked.clone()),
        checking::list_cell(app, t, &hit.list, None),
        Cell::Text(hit.case.clone()),
        Cell::Text(hit.by.to_string()),
    ]
}

/// Shows a hit with its follow-up.
pub(crate) async fn show_hit(signed: Signed, Path(id): Path<String>) -> Result<Response, Problem> {
    signed.enter(Action::ViewHit)?;
    let id = record_id(&id)?;
    let view = signed.state.app.hit(signed.caller(), id).await?;
    Ok(show(
        &page(&signed, id, &view, (&Posted::default(), &Wrong::new())).await,
    ))
}

/// Closes the follow-up with a report.
pub(crate) async fn finish(
    signed: Signed,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    signed.enter(Action::FinishFollowUp)?;
    let id = record_id(&id)?;
    let app = &signed.state.app;
    let fields = ReportField::ALL.iter();
    let fields = fields.map(|field| (*field, posted.text(field.as_str())));
    let mut wrong = Wrong::new();
    match Reason::try_from(posted.text("report")) {
        Ok(report) => {
            let done_so = app
                .finish_follow_up_with(signed.caller(), id, report, fields.collect())
                .await;
            match done_so.map_err(Problem::from) {
                Ok(()) => return Ok(done(&format!("/hits/{id}"), "follow-up-done")),
                Err(problem) => match problem.errors.first() {
                    Some(error) => wrong.insert(error.field.clone(), sentence(&error.detail)),
                    None => return Err(problem),
                },
            };
        }
        Err(_) => {
            let text = signed.t().text("hit-report-invalid");
            wrong.insert("report".to_owned(), text);
        }
    }
    let view = app.hit(signed.caller(), id).await?;
    let page = page(&signed, id, &view, (&posted, &wrong)).await;
    Ok(show_refused(&page))
}

/// The report; for a partner's alert also the fields that its issuer gets.
fn report_fields(
    t: &'static Texts,
    (posted, wrong): (&Posted, &Wrong),
    issuer: bool,
) -> Vec<Field> {
    let filler = Filler { t, posted, wrong };
    let report = filler.area("report", "hit-report").required();
    let fields = ReportField::ALL.iter().filter(|_| issuer).map(|field| {
        let name = field.as_str();
        filler.area(name, &format!("report-{name}"))
    });
    std::iter::once(report).chain(fields).collect()
}

async fn page(signed: &Signed, id: RecordId, view: &HitView, filled: (&Posted, &Wrong)) -> HitPage {
    let t = signed.t();
    let title = t.with("hit-title", "name", view.hit.entry.name.as_str());
    let frame = signed.frame(title, Some(Area::Hits)).await;
    let has_issuer = view.hit.entry.list.starts_with(RECEIVED_ALERTS);
    let form = view.may_finish.then(|| {
        let fields = report_fields(t, filled, has_issuer);
        let action = format!("/hits/{id}/follow-up");
        Form::new(t, action, fields, t.text("hit-report-submit"), None).csrf(frame.csrf())
    });
    HitPage {
        subject: match &view.entry {
            Some(entry) => subjects::of_entry(entry, t),
            None => subjects::of_name(&view.hit.entry.name, t),
        },
        handling: HandlingBadge::new(&view.envelope, t),
        asked: view
            .matched
            .as_ref()
            .map(|matched| checking::query_facts(t, &matched.query)),
        facts: facts(&signed.state.app, &frame, view),
        action: view.hit.action.clone(),
        covert: view.covert,
        clock: view.follow_up.as_ref().and_then(|f| clock(&frame, view, f)),
        means: (view.may_finish && has_issuer).then(|| t.text("hit-report-means")),
        report: form,
        done: view.follow_up.as_ref().and_then(|f| finished(&frame, f)),
        frame,
    }
}

fn clock(frame: &Frame, view: &HitView, follow_up: &FollowUp) -> Option<Clock> {
    let times = (view.hit.confirmed_at, follow_up.due_at, frame.now());
    let then = Some(frame.t.text("hit-then"));
    (follow_up.state == FollowUpState::Open)
        .then(|| Clock::new(frame.t, &frame.node.zone, times, then))
}

fn finished(frame: &Frame, follow_up: &FollowUp) -> Option<Facts> {
    let t = frame.t;
    let FollowUpState::Done { report, by, at } = &follow_up.state else {
        return None;
    };
    let facts = Facts::new()
        .with(t.text("hit-report"), Cell::Text(report.to_string()))
        .with(t.text("hit-done-by"), Cell::Text(by.to_string()))
        .with(t.text("hit-done-at"), Cell::Time(frame.moment(*at)));
    Some(facts)
}

fn facts(app: &App, frame: &Frame, view: &HitView) -> Facts {
    let t = frame.t;
    let hit = &view.hit;
    let list = checking::compared_list(app, t, &hit.entry.list, hit.entry.list_version);
    Facts::new()
        .with(t.text("column-list"), Cell::Text(list))
        .with(t.text("hit-case"), Cell::Text(hit.case.to_string()))
        .with(
            t.text("hit-confirmed-by"),
            Cell::Text(hit.confirmed_by.to_string()),
        )
        .with(
            t.text("hit-confirmed-at"),
            Cell::Time(frame.moment(hit.confirmed_at)),
        )
        .with_some(
            t.text("match-reason"),
            view.reason
                .as_ref()
                .map(|reason| Cell::Text(reason.to_string())),
        )
        .with(
            t.text("hit-match"),
            Cell::link(format!("/matches/{}", hit.matched), t.text("hit-see-match")),
        )
        .with(
            t.text("match-entry"),
            Cell::link(
                terms::entry_href(&hit.entry.list, hit.entry.record),
                checking::see_entry(t, &hit.entry.list),
            ),
        )
}
