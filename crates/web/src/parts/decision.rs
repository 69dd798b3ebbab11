//! Decision: confirm and reject are equally easy, both ask for a reason, neither is preselected.

use askama::Template;

use super::{Field, FieldKind, FormErrors};
use crate::Texts;

/// The form by which a named officer decides on a match.
#[derive(Debug, Template)]
#[template(path = "parts/decision.html")]
pub struct Decision {
    t: &'static Texts,
    action: String,
    csrf: String,
    errors: FormErrors,
    reason: Field,
    confirm_then: String,
    reject_then: String,
}

impl Decision {
    /// The form for the match at `href`. `action` is what the list asks to do, `due` says until
    /// when; `reason` and `error` are what came back from a refused attempt.
    pub fn new(
        t: &'static Texts,
        (href, csrf): (&str, &str),
        (action, due): (&str, &str),
        (reason, error): (&str, Option<String>),
    ) -> Self {
        let reason = Field::new("reason", t.text("decision-reason"))
            .kind(FieldKind::Area)
            .hint(t.text("decision-reason-hint"))
            .value(reason)
            .error(error)
            .required();
        let values = [
            ("action", action.trim_end_matches('.').to_owned()),
            ("due", due.to_owned()),
        ];
        Self {
            t,
            action: format!("{href}/decision"),
            csrf: csrf.to_owned(),
            errors: FormErrors::new(t, &[&reason], None),
            reason,
            confirm_then: t.with_all("decision-confirm-then", &values),
            reject_then: t.text("decision-reject-then"),
        }
    }
}
