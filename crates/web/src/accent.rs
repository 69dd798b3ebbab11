//! The colour by which somebody sees on which node they work.

use std::fmt;
use std::str::FromStr;

/// A node's accent. A closed set: white text can stand on each of them, and each can be told from
/// the signal colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Accent {
    /// Blue-green.
    #[default]
    Teal,
    /// Blue-violet.
    Indigo,
    /// Red-violet.
    Plum,
    /// Dark green.
    Forest,
    /// Red-brown.
    Rust,
    /// Grey-blue.
    Slate,
}

/// Text that names no accent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an accent; expected one of teal, indigo, plum, forest, rust, slate")]
pub struct UnknownAccent(String);

impl Accent {
    /// Every accent.
    pub const ALL: &'static [Self] = &[
        Self::Teal,
        Self::Indigo,
        Self::Plum,
        Self::Forest,
        Self::Rust,
        Self::Slate,
    ];

    /// The accent as it is written in the configuration and in the style sheet.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Teal => "teal",
            Self::Indigo => "indigo",
            Self::Plum => "plum",
            Self::Forest => "forest",
            Self::Rust => "rust",
            Self::Slate => "slate",
        }
    }
}

impl fmt::Display for Accent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Accent {
    type Err = UnknownAccent;

    fn from_str(text: &str) -> Result<Self, UnknownAccent> {
        Self::ALL
            .iter()
            .copied()
            .find(|accent| accent.as_str() == text)
            .ok_or_else(|| UnknownAccent(text.chars().take(32).collect()))
    }
}
