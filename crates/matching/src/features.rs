//! What is compared besides names. Every module answers with a weight and a verdict.

mod births;
mod check_digits;
mod countries;
mod nations;
mod numbers;
mod places;

pub(crate) use births::{BirthVerdict, compare_births};
pub(crate) use nations::{Nation, compare_nations};
pub(crate) use numbers::{NumberMatch, PreparedNumber, compare_numbers};
pub(crate) use places::{PreparedPlace, compare_places};

use crate::description::{Gender, Schema};
use crate::evidence::Verdict;

/// A weight with what it says. Weights are natural logarithms of odds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Finding {
    pub(crate) verdict: Verdict,
    pub(crate) weight: f64,
}

impl Finding {
    /// One side or both are silent.
    pub(crate) const SILENT: Self = Self {
        verdict: Verdict::Absent,
        weight: 0.0,
    };

    pub(crate) const fn new(verdict: Verdict, weight: f64) -> Self {
        Self { verdict, weight }
    }
}

/// Compares genders.
pub(crate) fn compare_genders(left: Option<Gender>, right: Option<Gender>) -> Finding {
    match (left, right) {
        (None, _) | (_, None) => Finding::SILENT,
        // Most persons of the lists are men: agreement tells next to nothing.
        (Some(a), Some(b)) if a == b => Finding::new(Verdict::Agrees, 0.2),
        // X beside M or F: documents of one person may differ.
        (Some(Gender::Other), _) | (_, Some(Gender::Other)) => {
            Finding::new(Verdict::Contradicts, -0.5)
        }
        // One document in two hundred has the wrong letter, half of all persons the other.
        _ => Finding::new(Verdict::Contradicts, -5.0),
    }
}

/// Compares kinds of things.
pub(crate) fn compare_schemas(left: Schema, right: Schema) -> Finding {
    match (left, right) {
        (Schema::Unknown, _) | (_, Schema::Unknown) => Finding::SILENT,
        // The corpus holds few kinds; agreement is the usual case, not evidence.
        (a, b) if a == b => Finding::new(Verdict::Agrees, 0.0),
        // Ships are named after persons and companies; they are not them.
        (Schema::Person, _) | (_, Schema::Person) => Finding::new(Verdict::Contradicts, -5.0),
        // A list may file a ship under its company.
        _ => Finding::new(Verdict::Contradicts, -3.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_says_nothing_and_contradiction_counts_against() {
        assert_eq!(compare_genders(None, Some(Gender::Male)), Finding::SILENT);
        assert!(compare_genders(Some(Gender::Female), Some(Gender::Male)).weight < -2.0);
        assert_eq!(
            compare_schemas(Schema::Unknown, Schema::Vessel),
            Finding::SILENT
        );
        assert!(compare_schemas(Schema::Person, Schema::Vessel).weight < -4.0);
    }
}
