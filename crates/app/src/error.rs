//! Why a use case did not do what was asked: one variant for each thing that a caller can do about
//! it. No message holds personal data.

use crate::{Action, CommitError, Conflict, StoreError};

/// Why nothing was done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AppError {
    /// Purpose or case reference is missing (invariant 1).
    #[error("state the purpose and the case reference first: no answer without a reason")]
    NoJustification,
    /// The role does not allow it, or not for this purpose, or not on this record.
    #[error("your role does not allow `{0}` here, or not for the stated purpose")]
    Forbidden(Action),
    /// There is nothing under this id, or not for this caller.
    #[error("there is no such {0}, or it is not for you to see")]
    NotFound(&'static str),
    /// What was sent cannot be used.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// Somebody was faster.
    #[error("{0}")]
    Conflict(String),
    /// The same, with the name of what stands in the way: it does not change, and words of other
    /// languages stand under it.
    #[error("{problem}")]
    Clash {
        /// Its name.
        code: &'static str,
        /// What stands in the way, and what to do.
        problem: String,
    },
    /// The node cannot do it at the moment.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A mistake of the program, of which the details are in the node's own log.
    #[error("the node made a mistake; nothing was stored. Tell whoever runs it: {0}")]
    Internal(String),
}

/// One thing that is wrong with what was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct Invalid {
    /// Which field, as the interface names it.
    pub field: &'static str,
    /// A stable word for the problem, such as `missing`.
    pub code: &'static str,
    /// What is wrong and what to do.
    pub problem: String,
}

impl Invalid {
    /// One thing that is wrong.
    pub fn new(field: &'static str, code: &'static str, problem: impl Into<String>) -> Self {
        Self {
            field,
            code,
            problem: problem.into(),
        }
    }
}

impl From<CommitError> for AppError {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Conflict(conflict) => conflict.into(),
            CommitError::Store(error) => Self::Store(error),
        }
    }
}

impl From<Conflict> for AppError {
    fn from(conflict: Conflict) -> Self {
        if let Conflict::Custody(holder) = conflict {
            let text = format!(
                "weapon {holder} of the same make, model and number is in somebody's hands already; \
                 look at it, and correct one of them"
            );
            return Self::clash("custody", text);
        }
        Self::Conflict(match conflict {
            Conflict::RecordVersion(_) | Conflict::Claim(_) | Conflict::Custody(_) => {
                FASTER.to_owned()
            }
            Conflict::ListVersion(_) => {
                "another import of this list was faster; import again".to_owned()
            }
            Conflict::Account(_) => "the account has changed in the meantime; try again".to_owned(),
            Conflict::Ledger(refused) => refused.to_string(),
            Conflict::Partner(_) => {
                "the partner has changed in the meantime; look again".to_owned()
            }
        })
    }
}

/// What is said where a record has changed since it was looked at.
pub const FASTER: &str = "somebody else was faster; look at it again";

impl AppError {
    pub(crate) fn clash(code: &'static str, problem: impl Into<String>) -> Self {
        Self::Clash {
            code,
            problem: problem.into(),
        }
    }

    /// A mistake of ours: something that is written by the node itself and does not read.
    pub(crate) fn unreadable(what: &'static str, error: &dyn std::fmt::Display) -> Self {
        Self::Internal(format!("a stored {what} does not read: {error}"))
    }
}
