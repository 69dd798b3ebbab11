//! Texts of people, bounded and kept out of logs.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Text of at most `MAX` bytes of UTF-8. It may name people, so `Debug` shows its length only.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct BoundedText<const MAX: usize>(String);

/// What an officer writes to another: at most 64 KiB.
pub type Text = BoundedText<{ 64 * 1024 }>;
/// A short explanation: at most 1 KiB.
pub type Hint = BoundedText<1024>;
/// A signed note of an audit log: at most 16 KiB, as the log's reader takes it.
pub type NoteText = BoundedText<{ 16 * 1024 }>;

/// The text is longer than its place allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the text has {found} bytes; at most {max} are taken: shorten it")]
pub struct TooLong {
    /// How many bytes it has.
    pub found: usize,
    /// How many it may have.
    pub max: usize,
}

impl<const MAX: usize> BoundedText<MAX> {
    /// The text, if it is short enough.
    ///
    /// # Errors
    /// [`TooLong`] where it has more than `MAX` bytes.
    pub fn new(text: impl Into<String>) -> Result<Self, TooLong> {
        let text = text.into();
        if text.len() > MAX {
            return Err(TooLong {
                found: text.len(),
                max: MAX,
            });
        }
        Ok(Self(text))
    }

    /// The text as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> fmt::Debug for BoundedText<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({} bytes of text)", self.0.len())
    }
}

impl<const MAX: usize> From<BoundedText<MAX>> for String {
    fn from(text: BoundedText<MAX>) -> Self {
        text.0
    }
}

impl<const MAX: usize> TryFrom<String> for BoundedText<MAX> {
    type Error = TooLong;

    fn try_from(text: String) -> Result<Self, TooLong> {
        Self::new(text)
    }
}
