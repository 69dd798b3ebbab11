//! What a weapon is, apart from where it has been.

use std::fmt;
use std::str::FromStr;

use egnatia_matching::{Description, Identifier, IdentifierKind, Weapon};
use serde::{Deserialize, Serialize};

use crate::mark::{Mark, MarkRefused};
use crate::text::{TEXT_MAX, WORD_MAX, fits, says};
use crate::{Category, WeaponKind};

/// The most marks of a weapon.
const MARKS_MAX: usize = 16;
/// The most photographs of a weapon.
const PHOTOGRAPHS_MAX: usize = 24;
/// Weapons of before 1800 are not registered; the years of after 2100 are slips of the keyboard.
const YEARS: std::ops::RangeInclusive<i16> = 1800..=2100;

/// A country by two capital letters of ISO 3166-1; also of states that are gone (`YU`, `SU`) and
/// `XK`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Country(String);

/// The text is no code of a country.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a country is two letters, such as RS, AL, MK, YU")]
pub struct InvalidCountry;

impl Country {
    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Country {
    type Err = InvalidCountry;

    fn from_str(text: &str) -> Result<Self, InvalidCountry> {
        let text = text.trim().to_ascii_uppercase();
        let two = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_uppercase());
        two.then_some(Self(text)).ok_or(InvalidCountry)
    }
}

impl TryFrom<String> for Country {
    type Error = InvalidCountry;

    fn try_from(text: String) -> Result<Self, InvalidCountry> {
        text.parse()
    }
}

impl From<Country> for String {
    fn from(country: Country) -> Self {
        country.0
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A photograph, which is kept outside the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Photograph {
    /// SHA-256 of the file, hexadecimal.
    pub sha256: String,
    /// What it shows.
    pub shows: String,
}

/// What a weapon is (Directive (EU) 2021/555 Art. 4(5)(a)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Particulars {
    /// Its marks, the unique one first where there is one.
    pub marks: Vec<Mark>,
    /// What kind of weapon.
    pub kind: WeaponKind,
    /// Who made it, as it is marked or known.
    pub make: String,
    /// Model.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub model: String,
    /// Calibre, as it is marked or known.
    pub calibre: String,
    /// Category of the directive, where it is determined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<Category>,
    /// Where it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<Country>,
    /// When it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub year: Option<i16>,
    /// What tells it from another one with the same marks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distinguished_by: Option<String>,
    /// Photographs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub photographs: Vec<Photograph>,
}

/// Why particulars cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParticularsRefused {
    /// No mark at all, not even one that lacks.
    #[error("state the mark of the frame or receiver; where there is none, say that it is missing")]
    NoUniqueMark,
    /// Two unique marks.
    #[error("a weapon has one unique mark: that of the frame, or that of the receiver")]
    TwoUniqueMarks,
    /// A mark cannot be.
    #[error(transparent)]
    Mark(#[from] MarkRefused),
    /// A field says nothing.
    #[error("state the {0}; where it is not known, write `unknown`")]
    Missing(&'static str),
    /// A field is too long, or there are too many.
    #[error("`{0}` is too long, or there are too many")]
    TooLong(&'static str),
    /// Not a year of manufacture.
    #[error("the year of manufacture lies between 1800 and 2100")]
    Year,
}

impl ParticularsRefused {
    /// Its name: it does not change, and words of other languages stand under it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::NoUniqueMark => "no-unique-mark",
            Self::TwoUniqueMarks => "two-unique-marks",
            Self::Mark(error) => error.name(),
            Self::Missing(_) => "missing-or-unknown",
            Self::TooLong(_) => "too-long",
            Self::Year => "year",
        }
    }

    /// The field that is wrong, as forms and the API name it.
    pub const fn field(&self) -> &'static str {
        match self {
            Self::NoUniqueMark | Self::TwoUniqueMarks | Self::Mark(_) => "marks",
            Self::Missing(field) | Self::TooLong(field) => field,
            Self::Year => "year",
        }
    }
}

impl Particulars {
    /// Checks that they can be.
    ///
    /// # Errors
    /// [`ParticularsRefused`], by the first field that is missing or cannot be.
    pub fn validate(&self) -> Result<(), ParticularsRefused> {
        let unique = self.marks.iter().filter(|mark| mark.place.is_unique());
        match unique.count() {
            0 => return Err(ParticularsRefused::NoUniqueMark),
            1 => {}
            _ => return Err(ParticularsRefused::TwoUniqueMarks),
        }
        if self.marks.len() > MARKS_MAX {
            return Err(ParticularsRefused::TooLong("marks"));
        }
        for mark in &self.marks {
            mark.validate()?;
        }
        for (field, text) in [("make", &self.make), ("calibre", &self.calibre)] {
            if !says(text) {
                return Err(ParticularsRefused::Missing(field));
            }
        }
        let distinguished = self.distinguished_by.as_deref().unwrap_or_default();
        for (field, text, most) in [
            ("make", self.make.as_str(), WORD_MAX),
            ("model", &self.model, WORD_MAX),
            ("calibre", &self.calibre, WORD_MAX),
            ("distinguished_by", distinguished, TEXT_MAX),
        ] {
            if !fits(text, most) {
                return Err(ParticularsRefused::TooLong(field));
            }
        }
        let photograph = |one: &Photograph| {
            one.sha256.len() == 64
                && one.sha256.bytes().all(|byte| byte.is_ascii_hexdigit())
                && fits(&one.shows, WORD_MAX)
        };
        if self.photographs.len() > PHOTOGRAPHS_MAX || !self.photographs.iter().all(photograph) {
            return Err(ParticularsRefused::TooLong("photographs"));
        }
        if self.year.is_some_and(|year| !YEARS.contains(&year)) {
            return Err(ParticularsRefused::Year);
        }
        Ok(())
    }

    /// The unique mark.
    pub fn unique_mark(&self) -> Option<&Mark> {
        self.marks.iter().find(|mark| mark.place.is_unique())
    }

    /// The number under which the weapon is shown: the unique mark, else the first that was read.
    pub fn number(&self) -> &str {
        let unique = self.unique_mark().into_iter();
        let mut marks = unique.chain(&self.marks).map(|mark| mark.text.as_str());
        marks.find(|text| says(text)).unwrap_or("no mark")
    }

    /// The name under which it is shown: `Zastava M70, M70-45123`.
    pub fn display_name(&self) -> String {
        let model = match self.model.is_empty() {
            true => String::new(),
            false => format!(" {}", self.model),
        };
        format!("{}{model}, {}", self.make, self.number())
    }

    /// What is compared with checks: every number that was read, and make, model, calibre, kind.
    pub fn description(&self) -> Description {
        // The frame or receiver is searched first.
        let unique = self.unique_mark();
        let others = self.marks.iter().filter(|mark| !mark.place.is_unique());
        let numbers = unique.into_iter().chain(others);
        let numbers = numbers.filter(|mark| mark.place.has_number());
        let mut identifiers: Vec<Identifier> = Vec::new();
        for mark in numbers.filter(|mark| says(&mark.text)) {
            let identifier = Identifier {
                kind: IdentifierKind::Serial,
                value: mark.text.clone(),
                country: None,
            };
            if !identifiers.contains(&identifier) {
                identifiers.push(identifier);
            }
        }
        let stated = |text: &str| Some(text.to_owned()).filter(|text| says(text));
        // What is said of places is about the first number.
        let unique = unique.filter(|mark| says(&mark.text));
        let doubts = unique.iter().flat_map(|mark| &mark.doubts);
        Description {
            identifiers,
            weapon: Some(Box::new(Weapon {
                kind: Some(self.kind.as_str().to_owned()),
                make: stated(&self.make),
                model: stated(&self.model),
                calibre: stated(&self.calibre),
                sure: unique.map(Mark::sure).unwrap_or_default(),
                perhaps: doubts
                    .filter_map(|doubt| Some((doubt.place, doubt.perhaps?)))
                    .collect(),
            })),
            ..Description::default()
        }
    }
}
