//! Hits, and what is to be done after them.

use askama::Template;

use crate::Frame;
use crate::parts::{Clock, Facts, Form, HandlingBadge, Subject, Table};

/// The page of the hits.
#[derive(Debug, Template)]
#[template(path = "hits.html")]
pub struct HitsPage {
    /// The frame.
    pub frame: Frame,
    /// The hits whose follow-up is open, what is due first first.
    pub table: Table,
}

/// The page of one hit.
#[derive(Debug, Template)]
#[template(path = "hit.html")]
pub struct HitPage {
    /// The frame.
    pub frame: Frame,
    /// Whom or what was hit.
    pub subject: Subject,
    /// What may be done with the record.
    pub handling: HandlingBadge,
    /// How it came about.
    pub facts: Facts,
    /// What is to be done.
    pub action: String,
    /// By when, while it is open.
    pub clock: Option<Clock>,
    /// The report's form, for somebody who may write it, while it is open.
    pub report: Option<Form>,
    /// What was done.
    pub done: Option<Facts>,
}
