//! Justifies that an alert goes to somebody by an own assessment of the safeguards, or by a derogation.

use egnatia_app::{AlertView, NewTransfer, ToJustify};
use egnatia_record::{AuthorityId, Derogation, Gate, RecordId, Told, TransferGround};

use super::alert_acts::{Done, Refused, wrong};
use super::alert_form::Filler;
use super::users::Act;
use super::{arrangements, terms};
use crate::Frame;
use crate::parts::{Field, Form};
use crate::problem::Problem;
use crate::visit::{Posted, Signed};

/// The form.
pub(super) fn offer(
    signed: &Signed,
    frame: &Frame,
    (id, view): (RecordId, &AlertView),
    refused: &Refused<'_>,
) -> Act {
    let t = frame.t;
    let (posted, wrong) = refused.of("justify");
    let filler = Filler {
        t,
        posted: &posted,
        wrong: &wrong,
    };
    let app = &signed.state.app;
    let none = (String::new(), t.text("choose"));
    let named = view.to_justify.iter().map(|missing| {
        let name = terms::authority(app, t, &missing.to);
        let gate = terms::word(t, &["gate"], missing.gate.as_str());
        (missing.to.to_string(), format!("{name} · {gate}"))
    });
    let recipients = std::iter::once(none).chain(named).collect();
    let mut fields = vec![
        filler
            .choice("justify_to", "transfer-to", recipients)
            .required(),
    ];
    // What has to be stated depends on the gate; where recipients differ, nothing is required here.
    let is_some = |gate: Gate| view.to_justify.iter().any(|missing| missing.gate == gate);
    let (assessed, derogated) = (is_some(Gate::OwnAssessment), is_some(Gate::Derogation));
    let needed = |field: Field| match (assessed, derogated) {
        (true, true) => field,
        _ => field.required(),
    };
    if assessed {
        fields.push(needed(
            filler.line("told_category", "transfer-told-category"),
        ));
        fields.push(needed(filler.line("told_on", "transfer-told-on")));
    }
    if derogated {
        let grounds = Derogation::ALL.iter().map(|ground| ground.as_str());
        let grounds = terms::choices_or_none(t, "choose", "derogation", grounds);
        fields.push(needed(filler.choice(
            "derogation",
            "transfer-derogation",
            grounds,
        )));
    }
    fields.push(
        filler
            .area("justification", "transfer-justification")
            .required(),
    );
    if derogated {
        fields.push(filler.area("rights", "transfer-rights"));
    }
    let action = format!("/alerts/{id}/justify");
    let form = Form::new(t, action, fields, t.text("act-justify-submit"), None);
    Act {
        id: "justify",
        heading: t.text("act-justify"),
        means: t.text("act-justify-means"),
        form: form.csrf(frame.csrf()),
    }
}

/// Keeps the justification, and lets the alert leave.
pub(super) async fn justify(signed: &Signed, id: RecordId, posted: &Posted) -> Done {
    let Ok(to) = posted.text("justify_to").parse::<AuthorityId>() else {
        return Ok(Err(wrong("justify_to", "alert-choose")));
    };
    let app = &signed.state.app;
    let view = app.view_alert(signed.caller(), id).await?;
    let gate = gate_of(&view.to_justify, &to);
    let ground = match gate {
        Some(Gate::OwnAssessment) => match arrangements::day(posted.raw("told_on")) {
            Some(on) => TransferGround::Assessment(Told {
                category: posted.text("told_category"),
                on,
            }),
            None => return Ok(Err(wrong("told_on", "arrangement-date"))),
        },
        _ => match posted.text("derogation").parse() {
            Ok(derogation) => TransferGround::Derogation(derogation),
            Err(_) => return Ok(Err(wrong("derogation", "alert-choose"))),
        },
    };
    let new = NewTransfer {
        to,
        ground,
        justification: posted.text("justification"),
        rights: posted.some("rights"),
    };
    let justified = app.justify_transfer(signed.caller(), id, new).await;
    match justified.map_err(Problem::from) {
        Ok(_) => Ok(Ok("alert-justify")),
        Err(problem) => match problem.errors.first() {
            Some(error) => {
                let field = match error.field.as_str() {
                    "to" => "justify_to",
                    field => field,
                };
                Ok(Err(wrong(field, &error.detail)))
            }
            None => Err(problem),
        },
    }
}

/// Through which gate it would go to somebody.
fn gate_of(missing: &[ToJustify], to: &AuthorityId) -> Option<Gate> {
    let found = missing.iter().find(|missing| missing.to == *to);
    found.map(|missing| missing.gate)
}
