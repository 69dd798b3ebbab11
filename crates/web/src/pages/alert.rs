//! One alert: what it says, where it went, what came of it, and what may be done with it.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use egnatia_alerts::{Alert, AlertState};
use egnatia_app::{Action, AlertView, DeliveryRow, DeliveryState};
use egnatia_record::{Envelope, RecordId};

use super::alert_acts::{self, Refused};
use super::users::Act;
use super::{alert_facts, alerts, lists, record_id, subjects, terms};
use crate::parts::{Cell, Clock, Empty, Facts, HandlingBadge, Subject, Table, Tone};
use crate::problem::Problem;
use crate::visit::{Signed, show};
use crate::{Area, Frame, Texts};

/// The page of one alert.
#[derive(Debug, Template)]
#[template(path = "alert.html")]
pub struct AlertPage {
    /// The frame.
    pub frame: Frame,
    /// Whom or what it is about.
    pub subject: Subject,
    /// What may be done with it.
    pub handling: HandlingBadge,
    /// What is done once a match is confirmed.
    pub action: String,
    /// Whether the person must not learn of it.
    pub covert: bool,
    /// That its purpose is achieved, while nobody has answered.
    pub notice: Option<NoticePart>,
    /// That a hit was followed up, and what may be said then.
    pub proposal: Option<String>,
    /// That it is withdrawn, or that its review is near.
    pub standing: Option<String>,
    /// What it says.
    pub facts: Facts,
    /// Whom it describes.
    pub described: Facts,
    /// Its names.
    pub names: Table,
    /// Its numbers.
    pub numbers: Table,
    /// Since when, until when, by whom, on what ground.
    pub dates: Facts,
    /// Parties that do not carry out the action.
    pub flags: Table,
    /// How often it was extended, and why.
    pub extensions: Table,
    /// Where it goes today, in a sentence; absent for a partner's.
    pub goes: Option<String>,
    /// Partner by partner.
    pub recipients: Table,
    /// What was ever queued about it.
    pub ledger: Table,
    /// Its versions.
    pub versions: Table,
    /// Matches, questions, reports.
    pub came: Facts,
    /// The form that corrects it.
    pub correction: Option<String>,
    /// The form that corrects how it is handled.
    pub rehandling: Option<String>,
    /// What may be done with it.
    pub acts: Vec<Act>,
}

/// That the purpose of the alert is achieved, and that nobody has answered.
#[derive(Debug)]
pub struct NoticePart {
    /// Why, in the words of whoever told it.
    pub text: String,
    /// Until when it is answered, and what happens then.
    pub clock: Clock,
    /// Who told it, and what is asked.
    pub asks: String,
}

/// Shows an alert.
pub(crate) async fn show_alert(
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    signed.enter(Action::ViewAlert)?;
    let id = record_id(&id)?;
    let view = signed.state.app.view_alert(signed.caller(), id).await?;
    Ok(show(&page(&signed, id, &view, &Refused::default()).await))
}

pub(super) async fn page(
    signed: &Signed,
    id: RecordId,
    view: &AlertView,
    refused: &Refused<'_>,
) -> AlertPage {
    let t = signed.t();
    let app = &signed.state.app;
    let alert = &view.alert;
    let title = t.with("alert-title", "name", alert.display_name());
    let frame = signed.frame(title, Some(Area::Alerts)).await;
    let entry = alert.to_entry(id);
    AlertPage {
        subject: subjects::of_entry(&entry, t),
        handling: HandlingBadge::new(&view.envelope, t),
        action: alert.action.clone(),
        covert: alert_facts::is_covert(app.profile(), alert),
        notice: notice(&frame, view),
        proposal: (alert_acts::may_be_achieved(app, view) && view.followed_up)
            .then(|| t.text("alert-achieved-perhaps")),
        standing: standing(&frame, view),
        facts: alert_facts::of(t, alert),
        described: alert_facts::described(t, alert),
        names: lists::names(t, &entry),
        numbers: lists::documents(t, &entry),
        dates: dates(signed, &frame, view),
        flags: flags(signed, &frame, alert),
        extensions: extensions(&frame, alert),
        goes: (view.is_own && alert.is_active()).then(|| alert_facts::goes(t, &view.recipients)),
        recipients: alert_facts::recipients(t, &view.recipients),
        ledger: ledger(signed, &frame, &view.deliveries),
        versions: versions(&frame, &view.versions),
        came: came(t, view),
        correction: (view.may_change && !matches!(view.state.as_str(), "restricted" | "returned"))
            .then(|| format!("/alerts/{id}/correction")),
        rehandling: (view.may_change && !matches!(view.state.as_str(), "restricted" | "returned"))
            .then(|| format!("/alerts/{id}/handling")),
        acts: alert_acts::offered(signed, &frame, id, view, refused),
        frame,
    }
}

fn notice(frame: &Frame, view: &AlertView) -> Option<NoticePart> {
    let t = frame.t;
    let notice = view.notice.as_ref()?;
    let times = (notice.body.since, notice.body.due_at, frame.now());
    let then = Some(t.text("alert-achieved-then"));
    Some(NoticePart {
        text: notice.body.text.clone(),
        clock: Clock::new(t, &frame.node.zone, times, then),
        asks: t.with(
            "alert-achieved-asks",
            "by",
            notice.envelope.author.to_string(),
        ),
    })
}

fn standing(frame: &Frame, view: &AlertView) -> Option<String> {
    let t = frame.t;
    match &view.alert.state {
        AlertState::Withdrawn { .. } => return Some(t.text("alert-is-withdrawn")),
        AlertState::Active if view.state == "withdrawn" => {
            return Some(t.text("alert-is-withdrawn"));
        }
        AlertState::Active if view.state == "restricted" => {
            return Some(t.text("alert-is-restricted"));
        }
        AlertState::Active => {}
    }
    let date = alert_facts::day(view.alert.review_on);
    view.is_review_near(frame.today())
        .then(|| t.with("alert-review-warning", "date", date))
}

fn dates(signed: &Signed, frame: &Frame, view: &AlertView) -> Facts {
    let t = frame.t;
    let alert = &view.alert;
    let day = |date| Cell::Text(alert_facts::day(date));
    let envelope = &view.envelope;
    let issuer = if view.is_own {
        t.text("alert-issuer-own")
    } else {
        terms::authority(&signed.state.app, t, &envelope.originator)
    };
    let withdrawn = match &alert.state {
        AlertState::Withdrawn { reason, at, .. } => Some((reason.to_string(), *at)),
        AlertState::Active => None,
    };
    let links = alert
        .links
        .iter()
        .zip(1_u64..)
        .map(|(link, number)| {
            let text = t.count("alert-link-number", number);
            Cell::link(format!("/alerts/{link}"), text)
        })
        .collect();
    Facts::new()
        .with(
            t.text("alert-state"),
            Cell::Text(alerts::state_text(t, &view.state)),
        )
        .with(
            t.text("column-issuer"),
            Cell::Lines(issuer, envelope.originator.to_string()),
        )
        .with(t.text("alert-entered-on"), day(alert.entered_on))
        .with(t.text("alert-review-on"), day(alert.review_on))
        .with_some(
            t.text("alert-warn-on"),
            view.is_own.then(|| day(view.warn_on)),
        )
        .with_some(
            t.text("alert-received-at"),
            view.received
                .as_ref()
                .map(|row| Cell::Time(frame.moment(row.received_at))),
        )
        .with_some(
            t.text("alert-keep-until"),
            view.received
                .as_ref()
                .and_then(|row| row.keep_until)
                .map(day),
        )
        .with_some(
            t.text("alert-withdrawn-why"),
            withdrawn.as_ref().map(|(why, _)| Cell::Text(why.clone())),
        )
        .with_some(
            t.text("alert-withdrawn-at"),
            withdrawn.map(|(_, at)| Cell::Time(frame.moment(at))),
        )
        .with(
            t.text("alert-basis"),
            Cell::Text(terms::word(t, &["basis"], envelope.legal_basis.as_str())),
        )
        .with(
            t.text("frame-purpose"),
            Cell::Text(crate::words::purpose(envelope.purpose, t)),
        )
        .with(
            t.text("alert-subject"),
            Cell::Text(terms::word(t, &["subject-is"], envelope.subject.as_str())),
        )
        .with(
            t.text("alert-nature"),
            Cell::Text(terms::word(t, &["nature"], envelope.nature.as_str())),
        )
        .with_all(t.text("alert-links"), links)
}

fn flags(signed: &Signed, frame: &Frame, alert: &Alert) -> Table {
    let t = frame.t;
    let columns = &[
        "column-authority",
        "alert-flag-reason",
        "alert-flag-instead",
        "alert-flag-since",
    ];
    let rows = alert
        .flags
        .iter()
        .map(|flag| {
            vec![
                Cell::Text(terms::authority(&signed.state.app, t, &flag.authority)),
                Cell::Text(flag.reason.to_string()),
                Cell::Text(flag.alternative_action.clone().unwrap_or_default()),
                Cell::Time(frame.moment(flag.since)),
            ]
        })
        .collect();
    Table::new(t, t.text("alert-flags"), columns, Empty::default()).rows(rows)
}

fn extensions(frame: &Frame, alert: &Alert) -> Table {
    let t = frame.t;
    let columns = &["column-until", "alert-assessment", "column-by", "column-at"];
    let rows = alert
        .extensions
        .iter()
        .map(|extension| {
            vec![
                Cell::Text(alert_facts::day(extension.until)),
                Cell::Text(extension.assessment.to_string()),
                Cell::Text(extension.by.to_string()),
                Cell::Time(frame.moment(extension.at)),
            ]
        })
        .collect();
    Table::new(t, t.text("alert-extensions"), columns, Empty::default()).rows(rows)
}

/// What was ever queued, oldest first: the ledger of the alert's disclosure.
fn ledger(signed: &Signed, frame: &Frame, rows: &[DeliveryRow]) -> Table {
    let t = frame.t;
    let columns = &[
        "column-partner",
        "column-what",
        "column-state",
        "column-queued",
        "column-done",
        "column-ground",
    ];
    let rows = rows
        .iter()
        .map(|row| {
            let partner = terms::authority(&signed.state.app, t, &row.to);
            let mut cells = vec![Cell::Lines(partner, row.to.to_string())];
            cells.extend(delivery_cells(frame, row));
            cells
        })
        .collect();
    let empty = Empty::of(t, "alert-ledger");
    Table::new(t, t.text("alert-ledger"), columns, empty).rows(rows)
}

/// What, how it stands, since when, until when, on what ground or why not.
pub(super) fn delivery_cells(frame: &Frame, row: &DeliveryRow) -> [Cell; 5] {
    let t = frame.t;
    let kind = terms::word(t, &["statement"], &row.kind);
    let what = match row.version {
        Some(version) => Cell::Lines(
            kind,
            t.with("entry-version", "version", version.to_string()),
        ),
        None => Cell::Text(kind),
    };
    let tone = match row.state {
        DeliveryState::Queued => Tone::Caution,
        DeliveryState::Delivered => Tone::Agree,
        DeliveryState::Refused => Tone::Against,
        DeliveryState::Withheld => Tone::Silent,
    };
    let state = t.text(&format!("delivery-{}", row.state.as_str()));
    let ground = match &row.reason {
        Some(reason) => terms::word(t, &["withheld", "refusal"], reason),
        None => alert_facts::ground_text(t, &row.ground),
    };
    [
        what,
        Cell::tag(tone, state),
        Cell::Time(frame.moment(row.queued_at)),
        match row.done_at {
            Some(at) => Cell::Time(frame.moment(at)),
            None => Cell::Text(String::new()),
        },
        Cell::Text(ground),
    ]
}

fn versions(frame: &Frame, versions: &[Envelope]) -> Table {
    let t = frame.t;
    let columns = &["column-version", "column-at", "column-by"];
    let rows = versions
        .iter()
        .rev()
        .map(|envelope| {
            vec![
                Cell::Text(t.with("entry-version", "version", envelope.version.to_string())),
                Cell::Time(frame.moment(envelope.recorded_at)),
                Cell::Text(envelope.author.to_string()),
            ]
        })
        .collect();
    let caption = t.text("alert-versions");
    Table::new(t, caption, columns, Empty::default()).rows(rows)
}

/// What came of it: matches, questions, reports of hits.
fn came(t: &Texts, view: &AlertView) -> Facts {
    let links = |start: &str, key: &str, ids: &[RecordId]| {
        ids.iter()
            .zip(1_u64..)
            .map(|(id, number)| Cell::link(format!("{start}/{id}"), t.count(key, number)))
            .collect()
    };
    Facts::new()
        .with_all(
            t.text("alert-matches"),
            links("/matches", "match-number", &view.matches),
        )
        .with_all(
            t.text("alert-hits"),
            links("/hits", "hit-number", &view.hits),
        )
        .with_all(
            t.text("alert-inquiries"),
            links("/inquiries", "inquiry-number", &view.inquiries),
        )
        .with_all(
            t.text("alert-hit-reports"),
            links("/hit-reports", "hit-report-number", &view.hit_reports),
        )
}
