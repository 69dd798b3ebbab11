//! Check digits: Doc 9303-3 §4.9.

use std::fmt;

use serde::Serialize;

use super::form::{Field, Layout, Part};
use super::number::Number;

/// A check digit: what is stated, what is computed, and whether they agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct CheckDigit {
    /// What it covers.
    pub field: Field,
    /// The line in which it stands, from 1.
    pub line: usize,
    /// Its place in the line, from 1. That of a long document number stands in the optional data.
    pub column: usize,
    /// What the zone states; `<` where it states none.
    pub stated: char,
    /// What its field gives, `0` to `9`.
    pub computed: char,
    /// Whether they agree.
    pub verdict: DigitVerdict,
}

/// Whether a check digit agrees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DigitVerdict {
    /// Stated and computed are the same.
    Agrees,
    /// The field is empty and no digit is stated, as Doc 9303-4 allows.
    Empty,
    /// They are not the same: the zone was misread or is not genuine.
    Disagrees,
}

impl CheckDigit {
    fn new(field: Field, covered: &str, stated: char, (line, column): (usize, usize)) -> Self {
        let computed = compute(covered);
        let verdict = if stated == computed {
            DigitVerdict::Agrees
        } else if stated == '<' && covered.chars().all(|c| c == '<') {
            DigitVerdict::Empty
        } else {
            DigitVerdict::Disagrees
        };
        Self {
            field,
            line,
            column,
            stated,
            computed,
            verdict,
        }
    }

    /// Whether it speaks against the zone.
    pub fn disagrees(&self) -> bool {
        self.verdict == DigitVerdict::Disagrees
    }
}

impl fmt::Display for CheckDigit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            field,
            stated,
            computed,
            verdict,
            ..
        } = self;
        match verdict {
            DigitVerdict::Agrees => write!(f, "{field}: {stated} agrees"),
            DigitVerdict::Empty => write!(f, "{field}: empty, and no check digit is stated"),
            DigitVerdict::Disagrees if *stated == '<' => {
                write!(
                    f,
                    "{field}: no check digit is stated, {computed} is computed"
                )
            }
            DigitVerdict::Disagrees if !stated.is_ascii_digit() => {
                write!(f, "{field}: `{stated}` is no digit, {computed} is computed")
            }
            DigitVerdict::Disagrees => {
                write!(f, "{field}: {stated} is stated, {computed} is computed")
            }
        }
    }
}

/// The check digit of a text of the alphabet: weights 7, 3, 1; digits count as themselves, letters
/// from 10 (A) to 35 (Z), `<` as 0; the sum modulo 10.
pub fn compute(covered: &str) -> char {
    let sum: u32 = covered
        .chars()
        .zip([7_u32, 3, 1].into_iter().cycle())
        .map(|(c, weight)| c.to_digit(36).unwrap_or(0).saturating_mul(weight))
        .sum();
    char::from_digit(sum % 10, 10).unwrap_or('0')
}

/// Every check digit of a zone, in the order in which they stand.
pub(super) fn all(zone: &str, layout: &Layout) -> Vec<CheckDigit> {
    let mut digits = Vec::new();
    let place = |field| {
        let start = layout.start(field, Part::Digit);
        layout.line_and_column(start.unwrap_or_default())
    };
    if layout.digit(zone, Field::DocumentNumber).is_some() {
        let number = Number::read(zone, layout);
        let place = layout.line_and_column(number.digit_at);
        let (covered, stated) = (&number.covered, number.stated);
        digits.push(CheckDigit::new(
            Field::DocumentNumber,
            covered,
            stated,
            place,
        ));
    }
    for field in [Field::BirthDate, Field::ExpiryDate, Field::OptionalData] {
        if let Some(stated) = layout.digit(zone, field) {
            let covered: String = layout.texts(zone, field, Part::Value).collect();
            digits.push(CheckDigit::new(field, &covered, stated, place(field)));
        }
    }
    if let Some(stated) = layout.digit(zone, Field::Composite) {
        let covered: String = layout
            .composite
            .iter()
            .map(|(from, to)| zone.get(*from..*to).unwrap_or_default())
            .collect();
        let place = place(Field::Composite);
        digits.push(CheckDigit::new(Field::Composite, &covered, stated, place));
    }
    digits
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The five examples of Doc 9303-3, Appendix A.
    #[test]
    fn the_examples_of_doc_9303_come_out() {
        for (covered, digit) in [
            ("520727", '3'),
            ("AB2134<<<", '5'),
            ("HA672242<658022549601086<<<<<<<<<<<<<<0", '8'),
            ("D231458907<<<<<<<<<<<<<<<34071279507122<<<<<<<<<<<", '2'),
            ("HA672242<658022549601086<<<<<<<", '8'),
        ] {
            assert_eq!(compute(covered), digit, "{covered}");
        }
    }
}
