//! Evaluation of source and information: Regulation (EU) 2016/794 Art. 29 (rule EU-02).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Reliability of the source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reliability {
    /// No doubt as to authenticity, trustworthiness and competence, or reliable in all instances.
    A,
    /// Information from it has in most instances proved reliable.
    B,
    /// Information from it has in most instances proved unreliable.
    C,
    /// Reliability cannot be assessed.
    X,
}

/// Accuracy of the information.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Accuracy {
    /// Accuracy is not in doubt.
    One,
    /// Known personally to the source, not to the officer who passes it on.
    Two,
    /// Not known personally to the source, corroborated by other information.
    Three,
    /// Not known personally to the source and not corroborated.
    Four,
}

/// Both codes, written `A1` to `X4`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Evaluation {
    /// How reliable the source is.
    pub source: Reliability,
    /// How accurate the information is.
    pub information: Accuracy,
}

/// Text that is not one of `A1` to `X4`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an evaluation; expected A, B, C or X followed by 1 to 4, such as `B2`")]
pub struct InvalidEvaluation(String);

impl Evaluation {
    /// What stands where nobody assessed: `X4` (Art. 29(3)).
    pub const MISSING: Self = Self {
        source: Reliability::X,
        information: Accuracy::Four,
    };
    /// An official source that does not doubt its own statement.
    pub const OFFICIAL: Self = Self {
        source: Reliability::A,
        information: Accuracy::One,
    };
}

impl Default for Evaluation {
    fn default() -> Self {
        Self::MISSING
    }
}

impl fmt::Display for Evaluation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source = match self.source {
            Reliability::A => 'A',
            Reliability::B => 'B',
            Reliability::C => 'C',
            Reliability::X => 'X',
        };
        let information = match self.information {
            Accuracy::One => '1',
            Accuracy::Two => '2',
            Accuracy::Three => '3',
            Accuracy::Four => '4',
        };
        write!(f, "{source}{information}")
    }
}

impl FromStr for Evaluation {
    type Err = InvalidEvaluation;

    fn from_str(text: &str) -> Result<Self, InvalidEvaluation> {
        let invalid = || InvalidEvaluation(text.chars().take(16).collect());
        let mut chars = text.chars();
        let source = match chars.next() {
            Some('A') => Reliability::A,
            Some('B') => Reliability::B,
            Some('C') => Reliability::C,
            Some('X') => Reliability::X,
            _ => return Err(invalid()),
        };
        let information = match chars.next() {
            Some('1') => Accuracy::One,
            Some('2') => Accuracy::Two,
            Some('3') => Accuracy::Three,
            Some('4') => Accuracy::Four,
            _ => return Err(invalid()),
        };
        match chars.next() {
            None => Ok(Self {
                source,
                information,
            }),
            Some(_) => Err(invalid()),
        }
    }
}

impl From<Evaluation> for String {
    fn from(evaluation: Evaluation) -> Self {
        evaluation.to_string()
    }
}

impl TryFrom<String> for Evaluation {
    type Error = InvalidEvaluation;

    fn try_from(text: String) -> Result<Self, InvalidEvaluation> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_sixteen_codes_survive_their_text_form() {
        for source in ["A", "B", "C", "X"] {
            for information in ["1", "2", "3", "4"] {
                let text = format!("{source}{information}");
                assert_eq!(text.parse::<Evaluation>().unwrap().to_string(), text);
            }
        }
    }

    #[test]
    fn a_missing_assessment_is_x4() {
        assert_eq!(Evaluation::default().to_string(), "X4");
    }

    #[test]
    fn refuses_codes_outside_the_four_by_four() {
        for text in ["", "A", "D1", "A5", "A0", "A11", "a1", "1A"] {
            assert!(text.parse::<Evaluation>().is_err(), "{text}");
        }
    }
}
