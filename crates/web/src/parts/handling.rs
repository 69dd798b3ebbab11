//! Handling badge: what may be done with a record. The same on screen, in print, in exports.

use askama::Template;
use egnatia_record::{Envelope, HandlingCode, OriginRegime, PartnerCode, ReleasableTo};

use crate::Texts;

/// Codes, evaluation, origin, and where the record may go.
#[derive(Debug, Template)]
#[template(path = "parts/handling.html")]
pub struct HandlingBadge {
    t: &'static Texts,
    codes: String,
    restriction: Option<String>,
    evaluation: String,
    origin: String,
    releasable: String,
}

impl HandlingBadge {
    /// The badge of a record.
    pub fn new(envelope: &Envelope, t: &'static Texts) -> Self {
        let handling = &envelope.handling;
        let codes: Vec<&str> = handling.codes().map(HandlingCode::as_str).collect();
        let releasable = match handling.releasable_to() {
            ReleasableTo::NobodyElse => t.text("releasable-nobody"),
            ReleasableTo::Anybody if handling.origin() == OriginRegime::Published => {
                t.text("releasable-anybody")
            }
            ReleasableTo::Anybody => t.text("releasable-agreed"),
            ReleasableTo::Partners(partners) => {
                let codes: Vec<&str> = partners.iter().map(PartnerCode::as_str).collect();
                t.with("releasable-partners", "partners", codes.join(", "))
            }
        };
        Self {
            t,
            codes: codes.join(" "),
            restriction: handling.restriction().map(str::to_owned),
            evaluation: envelope.evaluation.to_string(),
            origin: t.text(&format!("origin-{}", handling.origin().as_str())),
            releasable,
        }
    }
}
