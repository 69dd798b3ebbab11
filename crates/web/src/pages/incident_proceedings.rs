//! What became of the persons of an incident, by number only.

use axum::extract::Path;
use axum::response::Response;
use egnatia_app::{Action, IncidentView};
use egnatia_firearms::Proceedings;

use super::alert_facts::day;
use super::alert_form::{Filler, Wrong};
use super::firearm_fields::read_day;
use super::firearm_sections::{Section, whole_of, wrong_in_words};
use super::{incidents, record_id};
use crate::Frame;
use crate::parts::{Cell, Facts, FieldGroup, Form};
use crate::problem::Problem;
use crate::visit::{Posted, Signed, done, show_refused};

/// The stages, as fields and texts name them.
const STAGES: [&str; 5] = [
    "suspected",
    "arrested",
    "prosecuted",
    "convicted",
    "acquitted",
];

/// What is known, and the form that says it anew; nothing for whoever may neither see nor say anything.
pub(super) fn section(
    frame: &Frame,
    view: &IncidentView,
    (posted, wrong): (&Posted, &Wrong),
) -> Option<Section> {
    let t = frame.t;
    let known = view.incident.proceedings;
    if known.is_none() && !view.may_change {
        return None;
    }
    let mut section =
        Section::new("proceedings", t.text("proceedings-title")).means(t.text("proceedings-means"));
    if let Some(known) = &known {
        let mut facts = Facts::new().with(t.text("proceedings-on"), Cell::Text(day(known.on)));
        for (stage, count) in known.stages() {
            let label = t.text(&format!("return-what-{stage}"));
            facts = facts.with(label, Cell::Text(count.to_string()));
        }
        section = section.facts(facts);
    }
    if view.may_change {
        let held = match (posted.fields().next(), &known) {
            (None, Some(known)) => {
                let stages = known.stages().into_iter();
                let stages = stages.map(|(stage, count)| (stage.to_owned(), count.to_string()));
                Posted::of(stages.collect())
            }
            _ => Posted::of(
                posted
                    .fields()
                    .map(|(name, value)| (name.to_owned(), value.to_owned()))
                    .collect(),
            ),
        };
        let filler = Filler {
            t,
            posted: &held,
            wrong,
        };
        let mut fields = vec![filler.line("known_on", "proceedings-on").required()];
        fields.extend(STAGES.map(|stage| filler.line(stage, &format!("return-what-{stage}"))));
        let groups = vec![FieldGroup::new(t.text("proceedings-numbers"), fields)];
        let whole = whole_of(wrong, &groups);
        let action = format!("/incidents/{}/proceedings", view.id);
        let form = Form::grouped(t, action, groups, t.text("proceedings-submit"), whole);
        section = section.form(form.csrf(frame.csrf()));
    }
    Some(section)
}

/// Records what became of persons.
pub(crate) async fn record(
    signed: Signed,
    Path(id): Path<String>,
    posted: Posted,
) -> Result<Response, Problem> {
    signed.enter(Action::KeepFirearms)?;
    let id = record_id(&id)?;
    let (app, caller, t) = (&signed.state.app, signed.caller(), signed.t());
    let mut wrong = Wrong::new();
    let on = read_day(&posted.text("known_on"));
    if on.is_none() {
        wrong.insert("known_on".to_owned(), t.text("day-invalid"));
    }
    let mut count = |stage: &str| match posted.some(stage).map(|text| text.parse::<u32>()) {
        None => 0,
        Some(Ok(count)) => count,
        Some(Err(_)) => {
            wrong.insert(stage.to_owned(), t.text("proceedings-invalid"));
            0
        }
    };
    let [suspected, arrested, prosecuted, convicted, acquitted] = STAGES.map(&mut count);
    if let (Some(on), true) = (on, wrong.is_empty()) {
        let known = Proceedings {
            on,
            suspected,
            arrested,
            prosecuted,
            convicted,
            acquitted,
        };
        match app.record_proceedings(caller, id, known).await {
            Ok(()) => return Ok(done(&format!("/incidents/{id}"), "incident-proceedings")),
            Err(error) => {
                wrong = wrong_in_words(signed.t(), error)?;
                if let Some(text) = wrong.remove("on") {
                    wrong.insert("known_on".to_owned(), text);
                }
            }
        }
    }
    let view = app.view_incident(caller, id).await?;
    Ok(show_refused(
        &incidents::page(&signed, &view, (&posted, &wrong)).await,
    ))
}
