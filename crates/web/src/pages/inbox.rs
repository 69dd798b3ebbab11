//! Inbox: the matches that wait for a decision.

use askama::Template;

use crate::Frame;
use crate::parts::Table;

/// The page of the matches that wait.
#[derive(Debug, Template)]
#[template(path = "inbox.html")]
pub struct InboxPage {
    /// The frame.
    pub frame: Frame,
    /// The matches, the oldest first.
    pub table: Table,
}
