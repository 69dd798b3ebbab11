//! The five forms of a zone, and where each field stands in them.
//!
//! Doc 9303 Part 5 (TD1), Part 6 (TD2), Part 4 (TD3), Part 7 (MRV-A, MRV-B). The positions are
//! confirmed by the check digits of the specimens printed there.

use std::fmt;

use serde::Serialize;

/// The form of a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// Three lines of 30: cards of the size of a bank card.
    Td1,
    /// Two lines of 36: larger cards.
    Td2,
    /// Two lines of 44: passports.
    Td3,
    /// Two lines of 44: large visas.
    MrvA,
    /// Two lines of 36: small visas.
    MrvB,
    /// The first line alone of a passport or a large visa: code, state, name.
    NameLine,
    /// The second line alone of a passport or a large visa. Which of both it is does not show, so
    /// that the composite check digit is not looked at.
    DataLine,
}

/// A field of a zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Field {
    /// Kind of document.
    DocumentCode,
    /// State or organisation that issued it.
    IssuingState,
    /// Name of the holder.
    Name,
    /// Number of the document.
    DocumentNumber,
    /// Nationality of the holder.
    Nationality,
    /// Date of birth.
    BirthDate,
    /// Sex.
    Sex,
    /// Date of expiry.
    ExpiryDate,
    /// What the issuing state adds.
    OptionalData,
    /// No field, but all that the last check digit covers.
    Composite,
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DocumentCode => "document code",
            Self::IssuingState => "issuing state",
            Self::Name => "name",
            Self::DocumentNumber => "document number",
            Self::Nationality => "nationality",
            Self::BirthDate => "birth date",
            Self::Sex => "sex",
            Self::ExpiryDate => "expiry date",
            Self::OptionalData => "optional data",
            Self::Composite => "whole zone",
        })
    }
}

/// Places from the first to before the second, from 0, in the lines joined.
pub(super) type Span = (usize, usize);

/// What stands at some places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// The field itself.
    Value,
    /// Its check digit.
    Digit,
}

/// Where everything stands in a form.
pub(super) struct Layout {
    /// Characters of a line.
    pub(super) width: usize,
    /// Every place of the form, once.
    pub(super) places: &'static [(Span, Field, Part)],
    /// What the composite check digit covers, in this order.
    pub(super) composite: &'static [Span],
    /// Whether a number of more than nine characters goes on in the optional data.
    pub(super) long_numbers: bool,
}

use Field::{
    BirthDate, Composite, DocumentCode, DocumentNumber, ExpiryDate, IssuingState, Name,
    Nationality, OptionalData, Sex,
};
use Part::{Digit, Value};

static TD1: Layout = Layout {
    width: 30,
    places: &[
        ((0, 2), DocumentCode, Value),
        ((2, 5), IssuingState, Value),
        ((5, 14), DocumentNumber, Value),
        ((14, 15), DocumentNumber, Digit),
        ((15, 30), OptionalData, Value),
        ((30, 36), BirthDate, Value),
        ((36, 37), BirthDate, Digit),
        ((37, 38), Sex, Value),
        ((38, 44), ExpiryDate, Value),
        ((44, 45), ExpiryDate, Digit),
        ((45, 48), Nationality, Value),
        ((48, 59), OptionalData, Value),
        ((59, 60), Composite, Digit),
        ((60, 90), Name, Value),
    ],
    composite: &[(5, 30), (30, 37), (38, 45), (48, 59)],
    long_numbers: true,
};

static TD2: Layout = Layout {
    width: 36,
    places: &[
        ((0, 2), DocumentCode, Value),
        ((2, 5), IssuingState, Value),
        ((5, 36), Name, Value),
        ((36, 45), DocumentNumber, Value),
        ((45, 46), DocumentNumber, Digit),
        ((46, 49), Nationality, Value),
        ((49, 55), BirthDate, Value),
        ((55, 56), BirthDate, Digit),
        ((56, 57), Sex, Value),
        ((57, 63), ExpiryDate, Value),
        ((63, 64), ExpiryDate, Digit),
        ((64, 71), OptionalData, Value),
        ((71, 72), Composite, Digit),
    ],
    composite: &[(36, 46), (49, 56), (57, 71)],
    long_numbers: true,
};

static TD3: Layout = Layout {
    width: 44,
    places: &[
        ((0, 2), DocumentCode, Value),
        ((2, 5), IssuingState, Value),
        ((5, 44), Name, Value),
        ((44, 53), DocumentNumber, Value),
        ((53, 54), DocumentNumber, Digit),
        ((54, 57), Nationality, Value),
        ((57, 63), BirthDate, Value),
        ((63, 64), BirthDate, Digit),
        ((64, 65), Sex, Value),
        ((65, 71), ExpiryDate, Value),
        ((71, 72), ExpiryDate, Digit),
        ((72, 86), OptionalData, Value),
        ((86, 87), OptionalData, Digit),
        ((87, 88), Composite, Digit),
    ],
    composite: &[(44, 54), (57, 64), (65, 87)],
    long_numbers: false,
};

static MRV_A: Layout = Layout {
    width: 44,
    places: &[
        ((0, 2), DocumentCode, Value),
        ((2, 5), IssuingState, Value),
        ((5, 44), Name, Value),
        ((44, 53), DocumentNumber, Value),
        ((53, 54), DocumentNumber, Digit),
        ((54, 57), Nationality, Value),
        ((57, 63), BirthDate, Value),
        ((63, 64), BirthDate, Digit),
        ((64, 65), Sex, Value),
        ((65, 71), ExpiryDate, Value),
        ((71, 72), ExpiryDate, Digit),
        ((72, 88), OptionalData, Value),
    ],
    composite: &[],
    long_numbers: false,
};

static MRV_B: Layout = Layout {
    width: 36,
    places: &[
        ((0, 2), DocumentCode, Value),
        ((2, 5), IssuingState, Value),
        ((5, 36), Name, Value),
        ((36, 45), DocumentNumber, Value),
        ((45, 46), DocumentNumber, Digit),
        ((46, 49), Nationality, Value),
        ((49, 55), BirthDate, Value),
        ((55, 56), BirthDate, Digit),
        ((56, 57), Sex, Value),
        ((57, 63), ExpiryDate, Value),
        ((63, 64), ExpiryDate, Digit),
        ((64, 72), OptionalData, Value),
    ],
    composite: &[],
    long_numbers: false,
};

static NAME_LINE: Layout = Layout {
    width: 44,
    places: &[
        ((0, 2), DocumentCode, Value),
        ((2, 5), IssuingState, Value),
        ((5, 44), Name, Value),
    ],
    composite: &[],
    long_numbers: false,
};

static DATA_LINE: Layout = Layout {
    width: 44,
    places: &[
        ((0, 9), DocumentNumber, Value),
        ((9, 10), DocumentNumber, Digit),
        ((10, 13), Nationality, Value),
        ((13, 19), BirthDate, Value),
        ((19, 20), BirthDate, Digit),
        ((20, 21), Sex, Value),
        ((21, 27), ExpiryDate, Value),
        ((27, 28), ExpiryDate, Digit),
        ((28, 44), OptionalData, Value),
    ],
    composite: &[],
    long_numbers: false,
};

impl Form {
    /// The form of a zone of the alphabet, by its length and its first letters.
    pub(super) fn of(zone: &str) -> Option<Self> {
        let is_visa = zone.starts_with('V');
        match zone.len() {
            90 => Some(Self::Td1),
            88 if is_visa => Some(Self::MrvA),
            88 => Some(Self::Td3),
            72 if is_visa => Some(Self::MrvB),
            72 => Some(Self::Td2),
            44 if !zone.contains('<') => None,
            // The tenth place of the second line is a check digit, of the first a letter.
            44 if zone.contains("<<")
                && zone.starts_with(['P', 'V'])
                && !zone.as_bytes().get(9).is_some_and(u8::is_ascii_digit) =>
            {
                Some(Self::NameLine)
            }
            44 => Some(Self::DataLine),
            _ => None,
        }
    }

    pub(super) fn layout(self) -> &'static Layout {
        match self {
            Self::Td1 => &TD1,
            Self::Td2 => &TD2,
            Self::Td3 => &TD3,
            Self::MrvA => &MRV_A,
            Self::MrvB => &MRV_B,
            Self::NameLine => &NAME_LINE,
            Self::DataLine => &DATA_LINE,
        }
    }
}

impl Layout {
    /// The texts of a field, or of its check digit; none where the form has none.
    pub(super) fn texts<'z>(
        &self,
        zone: &'z str,
        field: Field,
        part: Part,
    ) -> impl Iterator<Item = &'z str> {
        self.places
            .iter()
            .filter(move |place| (place.1, place.2) == (field, part))
            .map(|((from, to), ..)| zone.get(*from..*to).unwrap_or_default())
    }

    /// The first text of a field; empty where the form has none.
    pub(super) fn text<'z>(&self, zone: &'z str, field: Field) -> &'z str {
        self.texts(zone, field, Value).next().unwrap_or_default()
    }

    /// The check digit of a field, where the form has one.
    pub(super) fn digit(&self, zone: &str, field: Field) -> Option<char> {
        self.texts(zone, field, Digit).next()?.chars().next()
    }

    /// The first place of a field or of its check digit; `None` where the form has none.
    pub(super) fn start(&self, field: Field, part: Part) -> Option<usize> {
        let mut places = self.places.iter();
        let found = places.find(|place| (place.1, place.2) == (field, part));
        found.map(|((from, _), ..)| *from)
    }

    /// The zone line by line.
    pub(super) fn lines(&self, zone: &str) -> Vec<String> {
        let characters: Vec<char> = zone.chars().collect();
        let lines = characters.chunks(self.width.max(1));
        lines.map(|line| line.iter().collect()).collect()
    }

    /// Line and column of a place, both from 1.
    pub(super) fn line_and_column(&self, place: usize) -> (usize, usize) {
        let line = place.checked_div(self.width).unwrap_or(0);
        let column = place.checked_rem(self.width).unwrap_or(0);
        (line.saturating_add(1), column.saturating_add(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_of_a_form_belongs_to_one_field() {
        for (layout, length) in [
            (&TD1, 90),
            (&TD2, 72),
            (&TD3, 88),
            (&MRV_A, 88),
            (&MRV_B, 72),
            (&NAME_LINE, 44),
            (&DATA_LINE, 44),
        ] {
            let mut at = 0;
            for ((from, to), ..) in layout.places {
                assert_eq!(*from, at);
                at = *to;
            }
            assert_eq!(at, length);
        }
    }
}
