//! Justifies that an alert goes to somebody by a derogation.

use egnatia_app::{AlertView, NewTransfer};
use egnatia_record::{AuthorityId, Derogation, RecordId};

use super::alert_acts::{Done, Refused, wrong};
use super::alert_form::Filler;
use super::terms;
use super::users::Act;
use crate::Frame;
use crate::parts::Form;
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
    let named = view
        .to_justify
        .iter()
        .map(|to| (to.to_string(), terms::authority(app, t, to)));
    let recipients = std::iter::once(none).chain(named).collect();
    let grounds = Derogation::ALL.iter().map(|ground| ground.as_str());
    let grounds = terms::choices_or_none(t, "choose", "derogation", grounds);
    let fields = vec![
        filler
            .choice("justify_to", "transfer-to", recipients)
            .required(),
        filler
            .choice("derogation", "transfer-derogation", grounds)
            .required(),
        filler
            .area("justification", "transfer-justification")
            .required(),
        filler.area("rights", "transfer-rights"),
    ];
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
    let to = posted.text("justify_to").parse::<AuthorityId>();
    let ground = posted.text("derogation").parse::<Derogation>();
    let (to, derogation) = match (to, ground) {
        (Ok(to), Ok(derogation)) => (to, derogation),
        (Err(_), _) => return Ok(Err(wrong("justify_to", "alert-choose"))),
        (_, Err(_)) => return Ok(Err(wrong("derogation", "alert-choose"))),
    };
    let new = NewTransfer {
        to,
        derogation,
        justification: posted.text("justification"),
        rights: posted.some("rights"),
    };
    let app = &signed.state.app;
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
