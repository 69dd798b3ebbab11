//! Audit: who did what and why, and the proof that nobody changed it afterwards.

use askama::Template;

use crate::Frame;
use crate::parts::{Facts, Field, Table};

/// The page on which the log is searched.
#[derive(Debug, Template)]
#[template(path = "audit.html")]
pub struct AuditPage {
    /// The frame.
    pub frame: Frame,
    /// What is searched by; the filters stand in the address.
    pub filters: Vec<Field>,
    /// The entries, newest first.
    pub table: Table,
    /// Whether somebody may have the whole log verified.
    pub may_verify: bool,
}

/// The page of one entry of the log.
#[derive(Debug, Template)]
#[template(path = "audit_entry.html")]
pub struct AuditEntryPage {
    /// The frame.
    pub frame: Frame,
    /// Who, why, what, to whom.
    pub facts: Facts,
    /// What was asked or changed, as JSON; absent once erased.
    pub data: Option<String>,
    /// Where the proof is downloaded.
    pub proof_href: String,
}

/// The page of a verification.
#[derive(Debug, Template)]
#[template(path = "audit_verification.html")]
pub struct VerificationPage {
    /// The frame.
    pub frame: Frame,
    /// Whether everything fits.
    pub whole: bool,
    /// What was verified.
    pub facts: Facts,
    /// What does not fit.
    pub findings: Table,
}
