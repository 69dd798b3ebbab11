//! No answer without a reason (invariant 1): purpose and case reference of everything that
//! touches personal data.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Purpose;

/// The number of the file, journey or operation for which somebody acts. 2 to 64 characters, at
/// least one letter or digit, no control characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct CaseReference(String);

/// Text that cannot be a case reference.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a case reference has 2 to 64 characters with at least one letter or digit")]
pub struct InvalidCaseReference;

impl CaseReference {
    /// The reference as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CaseReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for CaseReference {
    type Err = InvalidCaseReference;

    fn from_str(text: &str) -> Result<Self, InvalidCaseReference> {
        let text = text.trim();
        let length = text.chars().count();
        let readable = text.chars().any(char::is_alphanumeric);
        if (2..=64).contains(&length) && readable && !text.chars().any(char::is_control) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidCaseReference)
        }
    }
}

impl From<CaseReference> for String {
    fn from(reference: CaseReference) -> Self {
        reference.0
    }
}

impl TryFrom<String> for CaseReference {
    type Error = InvalidCaseReference;

    fn try_from(text: String) -> Result<Self, InvalidCaseReference> {
        text.parse()
    }
}

/// Why somebody acts: set once in the session, shown always, logged with everything.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Justification {
    /// For what.
    pub purpose: Purpose,
    /// In which case.
    pub case: CaseReference,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trims_and_keeps_cyrillic_references() {
        let case: CaseReference = "  КУ-12/2026 ".parse().unwrap();
        assert_eq!(case.as_str(), "КУ-12/2026");
    }

    #[test]
    fn refuses_empty_and_meaningless_references() {
        for text in ["", " ", "-", "--", "a", "a\nb", &"9".repeat(65)] {
            assert_eq!(
                text.parse::<CaseReference>(),
                Err(InvalidCaseReference),
                "{text:?}"
            );
        }
    }
}
