//! A match: what was asked and what is listed, side by side, and the decision.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use egnatia_alerts::{MatchState, Outcome, Reason};
use egnatia_app::{Action, App, MatchView};
use egnatia_record::RecordId;

use super::{checking, record_id, subjects, terms};
use crate::parts::{Cell, Decision, EvidenceTable, Facts, HandlingBadge, Subject};
use crate::problem::Problem;
use crate::visit::{Posted, Signed, done, show, show_refused};
use crate::{Area, Frame};

/// The page of one match.
#[derive(Debug, Template)]
#[template(path = "match.html")]
pub struct MatchPage {
    /// The frame.
    pub frame: Frame,
    /// The listed person or thing.
    pub subject: Subject,
    /// What may be done with the record.
    pub handling: HandlingBadge,
    /// What was asked.
    pub asked: Facts,
    /// How it was found, and what the list asks to do.
    pub facts: Facts,
    /// Why.
    pub evidence: EvidenceTable,
    /// The form, for somebody who may decide, while nobody has.
    pub decision: Option<Decision>,
    /// Who decided, when and why.
    pub decided: Option<Facts>,
    /// Whether the person must not learn of it.
    pub covert: bool,
    /// Why there is no form.
    pub no_form: Option<String>,
}

/// Shows a match with its evidence.
pub(crate) async fn show_match(
    signed: Signed,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    signed.enter(Action::ViewMatch)?;
    let id = record_id(&id)?;
    let view = signed.state.app.view_match(signed.caller(), id).await?;
    Ok(show(&page(&signed, id, view, ("", None)).await))
}

/// Confirms or rejects a match.
pub(crate) async fn decide(
    signed: Signed,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    signed.enter(Action::Decide)?;
    let id = record_id(&id)?;
    let t = signed.t();
    let outcome = match posted.raw("outcome") {
        "confirmed" => Ok(Outcome::Confirmed),
        "rejected" => Ok(Outcome::Rejected),
        _ => Err(t.text("outcome-missing")),
    };
    let text = posted.text("reason");
    let reason = Reason::try_from(text.clone()).map_err(|_| t.text("decision-reason-invalid"));
    let (outcome, reason) = match (outcome, reason) {
        (Ok(outcome), Ok(reason)) => (outcome, reason),
        (Err(wrong), _) | (_, Err(wrong)) => {
            let view = signed.state.app.view_match(signed.caller(), id).await?;
            return Ok(show_refused(
                &page(&signed, id, view, (&text, Some(wrong))).await,
            ));
        }
    };
    let app = &signed.state.app;
    let decided = app.decide(signed.caller(), id, outcome, reason).await?;
    Ok(match decided.hit {
        Some(hit) => done(&format!("/hits/{hit}"), "decided-confirmed"),
        None => done(&format!("/matches/{id}"), "decided-rejected"),
    })
}

async fn page(
    signed: &Signed,
    id: RecordId,
    view: MatchView,
    (reason, wrong): (&str, Option<String>),
) -> MatchPage {
    let t = signed.t();
    let matched = &view.matched;
    let title = t.with("match-title", "name", matched.entry.name.as_str());
    let frame = signed.frame(title, Some(Area::Inbox)).await;
    let waiting = matched.state == MatchState::Waiting;
    let href = format!("/matches/{id}");
    let due = t.with("decision-due", "hours", view.follow_up_hours.to_string());
    let decision = (waiting && view.may_decide).then(|| {
        let then = (matched.action.as_str(), due.as_str());
        Decision::new(t, (&href, frame.csrf()), then, (reason, wrong))
    });
    let subject = match &view.entry {
        Some(entry) => subjects::of_entry(entry, t),
        None => subjects::of_name(&matched.entry.name, t),
    };
    MatchPage {
        subject,
        handling: HandlingBadge::new(view.entry_envelope.as_ref().unwrap_or(&view.envelope), t),
        evidence: EvidenceTable::new(&matched.assessment, view.entry.as_ref(), t),
        asked: checking::query_facts(t, &matched.query),
        facts: found(&signed.state.app, &frame, &view),
        decided: decided(&frame, &view),
        no_form: (waiting && !view.may_decide).then(|| t.text("match-may-not")),
        covert: view.covert,
        decision,
        frame,
    }
}

fn found(app: &App, frame: &Frame, view: &MatchView) -> Facts {
    let t = frame.t;
    let entry = &view.matched.entry;
    let newer = !matches!(view.entry_state.as_str(), "listed" | "active" | "received")
        || view.entry_version != entry.version.number();
    Facts::new()
        .with(
            t.text("match-action"),
            Cell::Text(view.matched.action.clone()),
        )
        .with(
            t.text("column-list"),
            Cell::Text(checking::compared_list(
                app,
                t,
                &entry.list,
                entry.list_version,
            )),
        )
        .with_some(
            t.text("match-newer"),
            newer.then(|| Cell::Text(t.text("match-newer-means"))),
        )
        .with(
            t.text("match-entry"),
            Cell::link(
                terms::entry_href(&entry.list, entry.record),
                checking::see_entry(t, &entry.list),
            ),
        )
        .with(
            t.text("match-check"),
            Cell::link(
                format!("/checks/{}", view.matched.check),
                t.text("match-see-check"),
            ),
        )
        .with(
            t.text("column-case"),
            Cell::Text(view.matched.case.to_string()),
        )
        .with(
            t.text("match-recorded"),
            Cell::Time(frame.moment(view.envelope.recorded_at)),
        )
}

fn decided(frame: &Frame, view: &MatchView) -> Option<Facts> {
    let t = frame.t;
    let decision = view.decision.as_ref()?;
    let hit = view
        .hit
        .map(|hit| Cell::link(format!("/hits/{hit}"), t.text("match-see-hit")));
    let facts = Facts::new()
        .with(
            t.text("match-outcome"),
            Cell::Tag(checking::state_tag(t, &view.matched.state)),
        )
        .with(
            t.text("match-reason"),
            Cell::Text(decision.reason.to_string()),
        )
        .with(t.text("match-by"), Cell::Text(decision.by.to_string()))
        .with(t.text("match-at"), Cell::Time(frame.moment(decision.at)))
        .with_some(t.text("match-hit"), hit);
    Some(facts)
}
