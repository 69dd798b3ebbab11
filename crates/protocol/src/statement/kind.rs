//! Kinds of statements and their payload types.

use std::fmt;

use super::StatementError;

/// The version of every kind that this release reads and writes.
const VERSION: u32 = 1;
const PREFIX: &str = "application/vnd.egnatia.";
const MIDDLE: &str = "+json; v=";

/// What a statement is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StatementKind {
    /// `record`
    Record,
    /// `recall`
    Recall,
    /// `receipt`
    Receipt,
    /// `hit`
    Hit,
    /// `request`
    Request,
    /// `answer`
    Answer,
    /// `card`
    Card,
    /// `checkpoint`
    Checkpoint,
    /// `cosignature`
    Cosignature,
    /// `resend`
    Resend,
}

impl StatementKind {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::Record,
        Self::Recall,
        Self::Receipt,
        Self::Hit,
        Self::Request,
        Self::Answer,
        Self::Card,
        Self::Checkpoint,
        Self::Cosignature,
        Self::Resend,
    ];

    /// The word in the payload type.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::Recall => "recall",
            Self::Receipt => "receipt",
            Self::Hit => "hit",
            Self::Request => "request",
            Self::Answer => "answer",
            Self::Card => "card",
            Self::Checkpoint => "checkpoint",
            Self::Cosignature => "cosignature",
            Self::Resend => "resend",
        }
    }

    /// The payload type of the version that this release writes.
    pub fn payload_type(self) -> String {
        format!("{PREFIX}{self}{MIDDLE}{VERSION}")
    }

    /// The kind that a payload type names.
    ///
    /// # Errors
    /// [`StatementError::UnknownKind`], [`StatementError::UnknownVersion`].
    pub fn of(payload_type: &str) -> Result<Self, StatementError> {
        let unknown = |kind: &str| StatementError::UnknownKind {
            kind: kind.chars().take(64).collect(),
        };
        let (word, version) = payload_type
            .strip_prefix(PREFIX)
            .and_then(|rest| rest.split_once(MIDDLE))
            .ok_or_else(|| unknown(payload_type))?;
        let kind = Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == word)
            .ok_or_else(|| unknown(word))?;
        let version: u32 = version
            .parse()
            .ok()
            // One number has one text.
            .filter(|number: &u32| number.to_string() == version)
            .ok_or_else(|| unknown(payload_type))?;
        if version == VERSION {
            Ok(kind)
        } else {
            Err(StatementError::UnknownVersion {
                kind,
                version,
                supported: VERSION,
            })
        }
    }
}

impl fmt::Display for StatementKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
