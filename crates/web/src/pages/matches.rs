//! A match: what was asked and what is listed, side by side, and the decision.

use askama::Template;

use crate::Frame;
use crate::parts::{Decision, EvidenceTable, Facts, HandlingBadge, Subject};

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
    /// How it was found, and what the list asks to do.
    pub facts: Facts,
    /// Why.
    pub evidence: EvidenceTable,
    /// The form, for somebody who may decide, while nobody has.
    pub decision: Option<Decision>,
    /// Who decided, when and why.
    pub decided: Option<Facts>,
    /// Why there is no form.
    pub no_form: Option<String>,
}
