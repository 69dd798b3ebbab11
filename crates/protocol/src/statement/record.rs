//! A record as it is shared.

use std::fmt;

use egnatia_record::{Envelope, Kind};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{StatementError, StatementKind, read as read_body};

/// A record that its originator gives to another authority.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SharedRecord {
    /// The envelope as the originator wrote it.
    pub envelope: Envelope,
    /// The body as the originator stores it, byte for byte.
    pub body: Body,
    /// The recipient erases the record after this day (UTC), or earlier by its own law. It travels
    /// with the data (rule PR-12).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keep_until: Option<Date>,
}

/// The JSON of a body, exactly as it was written: order, spaces and numbers stay as they are. It
/// names people, so `Debug` shows its length only.
#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Body(Box<RawValue>);

/// The text is not JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the body of a record is one JSON value without spaces before or after it")]
pub struct InvalidBody;

impl Body {
    /// The body with this text.
    ///
    /// # Errors
    /// [`InvalidBody`] where it is not one JSON value, or has spaces around it, which would not
    /// survive.
    pub fn from_json(json: String) -> Result<Self, InvalidBody> {
        let length = json.len();
        RawValue::from_string(json)
            .ok()
            .filter(|value| value.get().len() == length)
            .map(Self)
            .ok_or(InvalidBody)
    }

    /// The JSON.
    pub fn as_str(&self) -> &str {
        self.0.get()
    }
}

impl PartialEq for Body {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Body {}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Body({} bytes)", self.as_str().len())
    }
}

/// Just enough to tell a record of an unknown kind from one that is damaged.
#[derive(Deserialize)]
struct Outline {
    envelope: EnvelopeOutline,
}

#[derive(Deserialize)]
struct EnvelopeOutline {
    kind: String,
}

pub(super) fn read(payload: &[u8]) -> Result<SharedRecord, StatementError> {
    read_body(StatementKind::Record, payload).map_err(|error| {
        match serde_json::from_slice::<Outline>(payload) {
            Ok(Outline { envelope }) if envelope.kind.parse::<Kind>().is_err() => {
                StatementError::UnknownRecordKind {
                    kind: envelope.kind.chars().take(64).collect(),
                }
            }
            _ => error,
        }
    })
}
