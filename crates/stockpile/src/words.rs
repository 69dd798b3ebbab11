//! Short texts that people write.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A reason or a remark: 3 to 500 characters with at least three letters or digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Remark(String);

/// A remark that says nothing, or too much.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("state it in 3 to 500 characters, with at least one word")]
pub struct InvalidRemark;

impl Remark {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<Remark> for String {
    fn from(remark: Remark) -> Self {
        remark.0
    }
}

impl TryFrom<String> for Remark {
    type Error = InvalidRemark;

    fn try_from(text: String) -> Result<Self, InvalidRemark> {
        let text = text.trim();
        let letters = text.chars().filter(|c| c.is_alphanumeric()).count();
        if letters >= 3 && text.chars().count() <= 500 && !text.contains('\0') {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidRemark)
        }
    }
}

/// Whether a short text of a form can be kept: not empty, at most so many characters, no control
/// characters.
pub(crate) fn is_short(text: &str, characters_max: usize) -> bool {
    let count = text.chars().count();
    (1..=characters_max).contains(&count)
        && text.chars().any(char::is_alphanumeric)
        && !text.chars().any(char::is_control)
}
