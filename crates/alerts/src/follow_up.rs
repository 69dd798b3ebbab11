//! What is to be done after a hit, by when, and what was done.

use egnatia_record::{RecordId, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{EntryRef, Reason};

/// The body of a record of kind `follow-up`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FollowUp {
    /// The hit it belongs to.
    pub hit: RecordId,
    /// The entry that was hit.
    pub entry: EntryRef,
    /// What is to be done.
    pub action: String,
    /// By when; the number of hours comes from the node's profile.
    pub due_at: Timestamp,
    /// Where it stands.
    pub state: FollowUpState,
}

/// Where a follow-up stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FollowUpState {
    /// Not done yet.
    Open,
    /// Done.
    Done {
        /// What was done.
        report: Reason,
        /// By whom.
        by: UserId,
        /// When.
        at: Timestamp,
    },
}

impl FollowUpState {
    /// The state as records are filtered by it.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Done { .. } => "done",
        }
    }
}

/// Why a follow-up cannot be closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the follow-up is done already")]
pub struct FollowUpRefused;

impl FollowUp {
    /// Closes the follow-up with a report of what was done.
    ///
    /// # Errors
    /// [`FollowUpRefused`] where it is done already.
    pub fn finish(
        self,
        report: Reason,
        by: UserId,
        at: Timestamp,
    ) -> Result<Self, FollowUpRefused> {
        match self.state {
            FollowUpState::Open => Ok(Self {
                state: FollowUpState::Done { report, by, at },
                ..self
            }),
            FollowUpState::Done { .. } => Err(FollowUpRefused),
        }
    }
}
