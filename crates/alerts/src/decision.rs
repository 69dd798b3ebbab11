//! A match is not a hit (invariant 2; Regulation (EU) 2018/1862 Art. 3(6) and (7), rule SIS-09).
//!
//! ```text
//! Waiting ──decide(confirmed)──► Confirmed + Hit
//!    └──────decide(rejected)───► Rejected
//! ```

use std::fmt;

use egnatia_matching::{Assessment, Description};
use egnatia_record::{CaseReference, RecordId, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::EntryRef;

/// The body of a record of kind `match`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Match {
    /// The check that found it.
    pub check: RecordId,
    /// In which case.
    pub case: CaseReference,
    /// What was asked, so that the evidence can be read by itself.
    pub query: Description,
    /// The entry that agrees.
    pub entry: EntryRef,
    /// How far it agrees, feature by feature.
    pub assessment: Assessment,
    /// What the list asks to do if it is the same.
    pub action: String,
    /// Whether somebody has decided.
    pub state: MatchState,
}

/// Where a match stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MatchState {
    /// It waits for a named officer.
    Waiting,
    /// It is a hit.
    Confirmed {
        /// The decision.
        decision: RecordId,
    },
    /// It is somebody else.
    Rejected {
        /// The decision.
        decision: RecordId,
    },
}

impl MatchState {
    /// The state as records are filtered by it.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Confirmed { .. } => "confirmed",
            Self::Rejected { .. } => "rejected",
        }
    }
}

/// What an officer finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The same person or thing.
    Confirmed,
    /// Another one.
    Rejected,
}

impl Outcome {
    /// The outcome as it is written in records and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Rejected => "rejected",
        }
    }
}

/// Why an officer decides as they do: 3 to 2,000 characters that say something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Reason(String);

/// A reason that says nothing, or too much.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a reason has 3 to 2,000 characters and at least one word")]
pub struct InvalidReason;

impl Reason {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<Reason> for String {
    fn from(reason: Reason) -> Self {
        reason.0
    }
}

impl TryFrom<String> for Reason {
    type Error = InvalidReason;

    fn try_from(text: String) -> Result<Self, InvalidReason> {
        let text = text.trim();
        let letters = text.chars().filter(|c| c.is_alphanumeric()).count();
        if letters >= 3 && text.chars().count() <= 2_000 {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidReason)
        }
    }
}

/// The body of a record of kind `decision`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// The match that is decided.
    pub matched: RecordId,
    /// What was found.
    pub outcome: Outcome,
    /// Why.
    pub reason: Reason,
    /// The named officer.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
}

/// The body of a record of kind `hit`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hit {
    /// The match that was confirmed.
    pub matched: RecordId,
    /// The check that found it.
    pub check: RecordId,
    /// The decision that made it a hit.
    pub decision: RecordId,
    /// The entry.
    pub entry: EntryRef,
    /// In which case.
    pub case: CaseReference,
    /// What the list asks to do.
    pub action: String,
    /// The named officer.
    pub confirmed_by: UserId,
    /// When.
    pub confirmed_at: Timestamp,
}

/// What a decision leads to.
#[derive(Debug, Clone, PartialEq)]
pub struct Decided {
    /// The match in its new state.
    pub matched: Match,
    /// The hit, where the match was confirmed.
    pub hit: Option<Hit>,
}

/// Why a decision is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecisionRefused {
    /// Somebody was faster.
    #[error("the match is {0} already; a decision is not changed, it is followed by a new check")]
    AlreadyDecided(&'static str),
    /// The decision names another match.
    #[error("the decision is about another match")]
    AnotherMatch,
}

impl Match {
    /// Decides the match `id` by the record `decision_id` that holds `decision`.
    ///
    /// # Errors
    /// [`DecisionRefused`] where the match is decided already, or the decision names another.
    pub fn decide(
        self,
        id: RecordId,
        decision_id: RecordId,
        decision: &Decision,
    ) -> Result<Decided, DecisionRefused> {
        if decision.matched != id {
            return Err(DecisionRefused::AnotherMatch);
        }
        if self.state != MatchState::Waiting {
            return Err(DecisionRefused::AlreadyDecided(self.state.as_str()));
        }
        let (state, hit) = match decision.outcome {
            Outcome::Rejected => (
                MatchState::Rejected {
                    decision: decision_id,
                },
                None,
            ),
            Outcome::Confirmed => {
                let hit = Hit {
                    matched: id,
                    check: self.check,
                    decision: decision_id,
                    entry: self.entry.clone(),
                    case: self.case.clone(),
                    action: self.action.clone(),
                    confirmed_by: decision.by.clone(),
                    confirmed_at: decision.at,
                };
                (
                    MatchState::Confirmed {
                        decision: decision_id,
                    },
                    Some(hit),
                )
            }
        };
        Ok(Decided {
            matched: Self { state, ..self },
            hit,
        })
    }
}
