//! Reports of hits that partners found on alerts of this authority.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use egnatia_alerts::{HitReport, Reason};
use egnatia_app::{Action, AlertPurpose, Enveloped};
use egnatia_protocol::ReportField;

use super::alert_form::{Filler, Wrong};
use super::inquiries::IncomingPage;
use super::{incoming, record_id, terms};
use crate::parts::{Cell, Clock, Facts, FieldKind, Form};
use crate::problem::Problem;
use crate::visit::{Posted, Signed, done, show, show_refused};
use crate::{Area, Frame, cursor};

const PAGE: u32 = 50;
/// Whether the alert has achieved its purpose.
const PURPOSES: [&str; 2] = ["achieved", "lasts"];

/// The page of one report.
#[derive(Debug, Template)]
#[template(path = "hit_report.html")]
pub struct HitReportPage {
    /// The frame.
    pub frame: Frame,
    /// Until when it is followed up, while it is open.
    pub clock: Option<Clock>,
    /// What the partner did.
    pub action: String,
    /// Who found it, when, on which alert.
    pub facts: Facts,
    /// The report on the check, by the fields of Art. 37(1).
    pub report: Facts,
    /// The form that closes it.
    pub follow_up: Option<Form>,
    /// What was done here.
    pub done: Option<Facts>,
}

/// Shows the reports, what is due first first.
pub(crate) async fn show_hit_reports(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::ListAlerts)?;
    let t = signed.t();
    let after = cursor::read_due(signed.visit.query("after").as_deref())?;
    let app = &signed.state.app;
    let page = app.hit_reports(signed.caller(), after, PAGE).await?;
    let title = t.text("hit-reports-title");
    let frame = signed.frame(title, Some(Area::Inbox)).await;
    let rows = page.items.iter();
    let rows = rows.map(|item| incoming::hit_report(&signed, &frame, item));
    let table = incoming::table(t, String::new(), "hit-reports", rows.collect());
    let next = page
        .next
        .map(|next| format!("/hit-reports?after={}", cursor::write_due(next)));
    Ok(show(&IncomingPage {
        tabs: incoming::tabs(&signed, "/hit-reports"),
        lede: t.text("hit-reports-lede"),
        table: table.next(next),
        frame,
    }))
}

/// Shows a report.
pub(crate) async fn show_hit_report(
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    signed.enter(Action::ViewAlert)?;
    let id = record_id(&id)?;
    let app = &signed.state.app;
    let view = app.view_hit_report(signed.caller(), id).await?;
    let page = page(&signed, &view, (&Posted::default(), &Wrong::new())).await;
    Ok(show(&page))
}

async fn page(
    signed: &Signed,
    view: &Enveloped<HitReport>,
    (posted, wrong): (&Posted, &Wrong),
) -> HitReportPage {
    let t = signed.t();
    let body = &view.body;
    let title = t.with("hit-report-title", "name", body.name.as_str());
    let frame = signed.frame(title, Some(Area::Inbox)).await;
    let is_open = body.followed_up.is_none();
    let asks_purpose = is_open && asks_purpose(signed, body).await;
    let form = (is_open && signed.offers(Action::Exchange)).then(|| {
        let filler = Filler { t, posted, wrong };
        let field = filler.line("report", "hit-report").kind(FieldKind::Area);
        let action = format!("/hit-reports/{}/follow-up", view.id);
        let submit = t.text("hit-report-close");
        let mut fields = vec![field.required()];
        if asks_purpose {
            let choices = terms::choices_or_none(t, "choose", "purpose-is", PURPOSES);
            fields.push(
                filler
                    .choice("purpose", "hit-report-purpose", choices)
                    .required(),
            );
        }
        Form::new(t, action, fields, submit, None).csrf(frame.csrf())
    });
    HitReportPage {
        clock: is_open.then(|| {
            let times = (body.received_at, body.due_at, frame.now());
            Clock::new(t, &frame.node.zone, times, Some(t.text("hit-then")))
        }),
        action: body.action_taken.clone(),
        facts: facts(signed, &frame, body),
        report: report(&frame, body),
        follow_up: form,
        done: body.followed_up.as_ref().map(|done| {
            Facts::new()
                .with(t.text("hit-report"), Cell::Text(done.report.to_string()))
                .with(t.text("hit-done-by"), Cell::Text(done.by.to_string()))
                .with(t.text("hit-done-at"), Cell::Time(frame.moment(done.at)))
        }),
        frame,
    }
}

/// Whether whoever follows it up has to say if the alert has achieved its purpose (rule SIS-12).
async fn asks_purpose(signed: &Signed, body: &HitReport) -> bool {
    let asks = signed.state.app.asks_purpose(body.alert).await;
    asks.unwrap_or(false)
}

fn facts(signed: &Signed, frame: &Frame, body: &HitReport) -> Facts {
    let t = frame.t;
    let from = terms::authority(&signed.state.app, t, &body.from);
    let alert = format!("/alerts/{}", body.alert);
    Facts::new()
        .with(
            t.text("hit-report-from"),
            Cell::Lines(from, body.from.to_string()),
        )
        .with(
            t.text("inquiry-about"),
            Cell::link_with(
                alert,
                body.name.as_str(),
                t.with("entry-version", "version", body.alert_version.to_string()),
            ),
        )
        .with(
            t.text("hit-confirmed-at"),
            Cell::Time(frame.moment(body.confirmed_at)),
        )
        .with(
            t.text("alert-received-at"),
            Cell::Time(frame.moment(body.received_at)),
        )
}

/// The fields a to i, in the order of the law; those that nobody filled in are left out.
fn report(frame: &Frame, body: &HitReport) -> Facts {
    let t = frame.t;
    let fields = ReportField::ALL.iter().map(|field| field.as_str());
    fields.fold(Facts::new(), |facts, field| {
        let text = body.report.get(field).cloned().map(Cell::Text);
        facts.with_some(t.text(&format!("report-{field}")), text)
    })
}

/// States what was done about a report.
pub(crate) async fn follow_up(
    signed: Signed,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    signed.enter(Action::Exchange)?;
    let id = record_id(&id)?;
    let (app, caller) = (&signed.state.app, signed.caller());
    let t = signed.t();
    let view = app.view_hit_report(caller, id).await?;
    let mut wrong = Wrong::new();
    let report = Reason::try_from(posted.text("report"));
    if report.is_err() {
        wrong.insert("report".to_owned(), t.text("hit-report-invalid"));
    }
    let purpose = match posted.raw("purpose") {
        "achieved" => AlertPurpose::Achieved,
        "lasts" => AlertPurpose::Lasts,
        _ => {
            if view.body.followed_up.is_none() && asks_purpose(&signed, &view.body).await {
                wrong.insert("purpose".to_owned(), t.text("alert-choose"));
            }
            AlertPurpose::Lasts
        }
    };
    match report {
        Ok(report) if wrong.is_empty() => {
            app.follow_up_report_with(caller, id, report, purpose)
                .await?;
            let notice = match purpose {
                AlertPurpose::Achieved => "alert-achieved",
                AlertPurpose::Lasts => "follow-up-done",
            };
            Ok(done(&format!("/hit-reports/{id}"), notice))
        }
        _ => Ok(show_refused(&page(&signed, &view, (&posted, &wrong)).await)),
    }
}
