//! A weapon is reported lost or stolen: one form, its clock visible, the alert a part of it.

use axum::extract::Path;
use axum::response::Response;
use egnatia_app::{Action, FirearmView, MissingReport};
use egnatia_firearms::{Event, EventKind, Report};
use egnatia_record::{Handling, HandlingCode, OriginRegime, RecordId, ReleasableTo};

use super::alert_form::{Filler, Wrong};
use super::firearm_fields::{read_day, words};
use super::firearm_sections::{Section, SectionsPage, whole, wrong_in_words};
use super::record_id;
use crate::Area;
use crate::parts::{Clock, FieldKind, Form};
use crate::problem::{Problem, ProblemCode};
use crate::visit::{Posted, Signed, done, show, show_refused};

/// Shows the form that reports a weapon lost or stolen.
pub(crate) async fn show_report(
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    signed.enter(Action::KeepFirearms)?;
    let id = record_id(&id)?;
    let view = signed.state.app.view_firearm(signed.caller(), id).await?;
    let page = report_page(&signed, (id, &view), (&Posted::default(), &Wrong::new())).await;
    Ok(show(&page))
}

async fn report_page(
    signed: &Signed,
    (id, view): (RecordId, &FirearmView),
    (posted, wrong): (&Posted, &Wrong),
) -> SectionsPage {
    let t = signed.t();
    let frame = signed
        .frame(t.text("firearm-act-report"), Some(Area::Firearms))
        .await;
    let filler = Filler { t, posted, wrong };
    let how = [EventKind::Theft, EventKind::Loss];
    let how = words(t, "event", how.iter().map(|kind| kind.as_str()));
    let release = ["anybody", "nobody"];
    let release = words(t, "release", release);
    let fields = vec![
        filler.choice("how", "firearm-how", how),
        filler.line("discovered", "firearm-discovered").required(),
        filler.line("on", "firearm-happened").required(),
        filler
            .line("circumstances", "firearm-circumstances")
            .kind(FieldKind::Area)
            .required(),
        filler.line("decision", "firearm-decision").required(),
        filler.choice("release", "firearm-release", release),
    ];
    // The clock runs from the discovery: shown as soon as that is known, from now on until then.
    let zone = &frame.node.zone;
    let discovered = read_instant(&posted.text("discovered"), zone).unwrap_or(frame.now());
    let clock = signed
        .state
        .app
        .firearms_profile()
        .report_clock(discovered, None);
    let times = (clock.from, clock.due_at, frame.now());
    let clock = Clock::new(t, zone, times, Some(t.text("firearm-report-then")));
    let whole = whole(wrong, &fields);
    let submit = t.text("firearm-report-submit");
    let form = Form::new(t, format!("/firearms/{id}/report"), fields, submit, whole);
    SectionsPage {
        back: ("/firearms", t.text("firearms-title")),
        notice: None,
        sections: vec![
            Section::new("report", view.firearm.particulars.display_name())
                .means(t.text("firearm-report-means"))
                .clock(Some(clock))
                .form(form.csrf(frame.csrf())),
        ],
        frame,
    }
}

/// A day with a time, as people write it: `24.11.2026 8:30`.
pub(super) fn read_instant(text: &str, zone: &jiff::tz::TimeZone) -> Option<jiff::Timestamp> {
    let (day, time) = text.trim().rsplit_once(' ')?;
    let day = read_day(day.trim_end_matches(','))?;
    let (hour, minute) = time.split_once(':')?;
    let at = day.at(hour.parse().ok()?, minute.parse().ok()?, 0, 0);
    zone.to_timestamp(at).ok()
}

/// Reports a weapon: the event and the alert are one.
pub(crate) async fn report(
    signed: Signed,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    signed.enter(Action::KeepFirearms)?;
    let id = record_id(&id)?;
    let (app, caller, t) = (&signed.state.app, signed.caller(), signed.t());
    let zone = &signed.state.node.zone;
    let discovered = read_instant(&posted.text("discovered"), zone);
    let on = read_day(&posted.text("on"));
    let mut wrong = Wrong::new();
    if discovered.is_none() {
        wrong.insert("discovered".to_owned(), t.text("instant-invalid"));
    }
    if on.is_none() {
        wrong.insert("on".to_owned(), t.text("day-invalid"));
    }
    if let (Some(discovered_at), Some(on)) = (discovered, on) {
        let said = Report {
            discovered_at,
            circumstances: posted.text("circumstances"),
        };
        let released = match posted.raw("release") {
            "nobody" => ReleasableTo::NobodyElse,
            _ => ReleasableTo::Anybody,
        };
        let handling = Handling::new([HandlingCode::H0], None, released, OriginRegime::National)
            .map_err(|_| Problem::new(ProblemCode::Internal))?;
        let report = MissingReport {
            event: match posted.raw("how") {
                "loss" => Event::Loss(said),
                _ => Event::Theft(said),
            },
            on,
            decision: posted.text("decision"),
            handling,
        };
        match app.report_missing(caller, id, report).await {
            Ok(_) => return Ok(done(&format!("/firearms/{id}"), "firearm-report")),
            Err(error) => wrong = wrong_in_words(signed.t(), error)?,
        }
    }
    let view = app.view_firearm(caller, id).await?;
    let page = report_page(&signed, (id, &view), (&posted, &wrong)).await;
    Ok(show_refused(&page))
}
