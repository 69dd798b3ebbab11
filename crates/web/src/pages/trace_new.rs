//! A trace is asked: which weapon, whom, and why.

use std::collections::BTreeSet;

use axum::response::Response;
use egnatia_app::{Action, NewTrace};
use egnatia_firearms::{Country, UrgencyGround};
use egnatia_record::{AuthorityId, PartnerCode};

use super::alert_form::{Filler, Wrong};
use super::firearm_fields::{self, filled, partners, read_day, words_or_none};
use super::firearm_sections::{Section, SectionsPage, whole_of, wrong_in_words};
use super::record_id;
use crate::parts::{FieldGroup, FieldKind, Form};
use crate::problem::Problem;
use crate::visit::{Posted, Signed, done, show, show_refused};
use crate::{Area, Texts};

/// Shows the form of a new trace.
pub(crate) async fn show_new(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::TraceFirearms)?;
    let mut fields = Vec::new();
    // A weapon of the register is filled in.
    if let Some(id) = signed.visit.query("firearm") {
        let id = record_id(&id)?;
        let view = signed.state.app.view_firearm(signed.caller(), id).await?;
        fields = filled(&view.firearm.particulars);
        fields.push(("firearm".to_owned(), id.to_string()));
    }
    let page = new_page(&signed, (&Posted::of(fields), &Wrong::new())).await;
    Ok(show(&page))
}

async fn new_page(signed: &Signed, (posted, wrong): (&Posted, &Wrong)) -> SectionsPage {
    let t = signed.t();
    let frame = signed
        .frame(t.text("trace-new"), Some(Area::Firearms))
        .await;
    let filler = Filler { t, posted, wrong };
    let grounds = UrgencyGround::ALL.iter().map(|ground| ground.as_str());
    let mut groups = firearm_fields::groups(&filler);
    let asked = vec![
        filler
            .choice("to", "trace-to", partners(&signed.state.app, t))
            .required(),
        filler.line("recovered_in", "trace-recovered-in").required(),
        filler.line("recovered_on", "trace-recovered-on").required(),
        filler.area("circumstances", "trace-circumstances"),
        filler.line("offence", "trace-offence").required(),
        filler.line("intended_use", "trace-intended-use").required(),
    ];
    let urgent = vec![
        filler.choice(
            "urgency",
            "trace-urgency",
            words_or_none(t, "urgency", grounds),
        ),
        filler.area("urgency_reason", "trace-urgency-reason"),
    ];
    let more = vec![
        filler
            .line("question", "trace-question")
            .kind(FieldKind::Area),
        filler.line("may_pass_to", "trace-may-pass-to"),
    ];
    groups.extend([
        FieldGroup::new(t.text("trace-group-asked"), asked),
        FieldGroup::new(t.text("trace-group-urgent"), urgent).folded(),
        FieldGroup::new(t.text("trace-group-more"), more).folded(),
    ]);
    let whole = whole_of(wrong, &groups);
    let mut form = Form::grouped(t, "/traces", groups, t.text("trace-submit"), whole);
    if let Some(id) = posted.some("firearm") {
        form = form.hidden("firearm", id);
    }
    SectionsPage {
        back: ("/traces", t.text("traces-title")),
        notice: None,
        sections: vec![
            Section::new("new", t.text("trace-new"))
                .means(t.text("trace-new-means"))
                .form(form.csrf(frame.csrf())),
        ],
        frame,
    }
}

/// Codes of countries, with spaces or commas between them.
fn codes(text: &str) -> Option<BTreeSet<PartnerCode>> {
    let parts = text.split([',', ' ', ';']).filter(|part| !part.is_empty());
    parts.map(|part| part.to_uppercase().parse().ok()).collect()
}

/// Asks a country after a weapon.
pub(crate) async fn start(signed: Signed, posted: Posted) -> Result<Response, Problem> {
    signed.enter(Action::TraceFirearms)?;
    let wrong = match read(&posted, signed.t()) {
        Ok(new) => match signed.state.app.start_trace(signed.caller(), new).await {
            Ok(id) => return Ok(done(&format!("/traces/{id}"), "trace-asked")),
            Err(error) => {
                let mut wrong = wrong_in_words(signed.t(), error)?;
                if let Some(text) = wrong.remove("marks") {
                    wrong.insert("unique_mark".to_owned(), text);
                }
                wrong
            }
        },
        Err(wrong) => wrong,
    };
    Ok(show_refused(&new_page(&signed, (&posted, &wrong)).await))
}

fn read(posted: &Posted, t: &Texts) -> Result<NewTrace, Wrong> {
    let weapon = firearm_fields::read(posted, t);
    let mut wrong = weapon.as_ref().err().cloned().unwrap_or_default();
    let mut say = |field: &str, key: &str| {
        wrong.insert(field.to_owned(), t.text(key));
    };
    let to = posted.text("to").parse::<AuthorityId>();
    if to.is_err() {
        say("to", "trace-to-missing");
    }
    let recovered_in = posted.text("recovered_in").parse::<Country>();
    if recovered_in.is_err() {
        say("recovered_in", "firearm-country-invalid");
    }
    let recovered_on = read_day(&posted.text("recovered_on"));
    if recovered_on.is_none() {
        say("recovered_on", "day-invalid");
    }
    let may_pass_to = codes(&posted.text("may_pass_to"));
    if may_pass_to.is_none() {
        say("may_pass_to", "firearm-country-invalid");
    }
    let urgency = UrgencyGround::parse(posted.raw("urgency"));
    let (Ok(weapon), Ok(to), Ok(recovered_in), Some(recovered_on), Some(may_pass_to)) =
        (weapon, to, recovered_in, recovered_on, may_pass_to)
    else {
        return Err(wrong);
    };
    Ok(NewTrace {
        weapon,
        firearm: posted.some("firearm").and_then(|id| id.parse().ok()),
        recovered_in,
        recovered_on,
        offence: posted.text("offence"),
        urgent: urgency.map(|ground| (ground, posted.text("urgency_reason"))),
        circumstances: posted.text("circumstances"),
        intended_use: posted.text("intended_use"),
        question: posted.text("question"),
        to,
        may_pass_to,
    })
}
