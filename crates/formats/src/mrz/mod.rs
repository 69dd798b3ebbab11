//! Machine-readable zones of travel documents: ICAO Doc 9303, forms TD1, TD2, TD3, MRV-A, MRV-B.
//!
//! Every check digit is computed and reported by itself. Nothing is corrected: what may have been
//! misread is proposed, with what it would make of the check digits, to a person who looks at the
//! document.
//!
//! ```
//! use egnatia_formats::mrz::Mrz;
//! use jiff::civil::date;
//!
//! // The specimen of Doc 9303-4.
//! let text = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n\
//!             L898902C36UTO7408122F1204159ZE184226B<<<<<10";
//! let zone = Mrz::read(text, date(2026, 6, 15))?;
//! assert_eq!(zone.name.primary, "ERIKSSON");
//! assert_eq!(zone.birth_date.date.map(|date| date.to_string()).as_deref(), Some("1974-08-12"));
//! assert!(zone.disagreeing().next().is_none());
//!
//! // An 8 that was read as B.
//! let zone = Mrz::read(&text.replace("L898902C3", "L89B902C3"), date(2026, 6, 15))?;
//! let wrong: Vec<String> = zone.disagreeing().map(|digit| digit.to_string()).collect();
//! assert_eq!(wrong[0], "document number: 6 is stated, 7 is computed");
//! assert!(zone.repairs[0].to_string().ends_with("then every check digit agrees"));
//! # Ok::<(), egnatia_formats::mrz::MrzError>(())
//! ```

mod date;
mod digit;
mod form;
mod input;
mod name;
mod number;
mod repair;
mod state;
#[cfg(test)]
mod tests;

use std::fmt;

use egnatia_matching::{Description, Gender, Identifier, IdentifierKind, Schema};
use jiff::civil::Date;
use serde::{Serialize, Serializer};

pub use date::{DatePart, MrzDate};
pub use digit::{CheckDigit, DigitVerdict, compute};
pub use form::{Field, Form};
pub use name::MrzName;
pub use repair::{Change, Misplaced, Repair};
pub use state::StateCode;

use form::Part;
use number::Number;

/// A zone, field by field.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Mrz {
    /// Which form it has.
    pub form: Form,
    /// Its lines as they were read, in capitals.
    pub lines: Vec<String>,
    /// As of which day it was read: that decides on the centuries.
    #[serde(serialize_with = "day_as_text")]
    pub read_on: Date,
    /// Kind of document, without fillers: `P`, `I`, `AC`, `V`. Empty where only the second line
    /// was given.
    pub document_code: String,
    /// Who issued it.
    pub issuing_state: StateCode,
    /// The number of the document, whole and without fillers.
    pub document_number: String,
    /// Whether the number has more than nine characters, so that it goes on in the optional data.
    pub is_long_number: bool,
    /// Nationality.
    pub nationality: StateCode,
    /// Birth date.
    pub birth_date: MrzDate,
    /// Sex; absent where it is not specified or cannot be read.
    pub sex: Option<Gender>,
    /// Expiry date.
    pub expiry_date: MrzDate,
    /// What the issuing state adds, without fillers at the ends; empty ones are left out.
    pub optional_data: Vec<String>,
    /// The name.
    pub name: MrzName,
    /// Every check digit of the form.
    pub check_digits: Vec<CheckDigit>,
    /// Characters that may not stand where they stand.
    pub misplaced: Vec<Misplaced>,
    /// Dates that do not exist.
    pub impossible_dates: Vec<Field>,
    /// What may have been misread, the best proposal first, at most eight.
    pub repairs: Vec<Repair>,
}

/// Says which form it is and how many check digits disagree, never who it is.
impl fmt::Debug for Mrz {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mrz")
            .field("form", &self.form)
            .field("disagreeing", &self.disagreeing().count())
            .finish_non_exhaustive()
    }
}

/// Why a text is no machine-readable zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MrzError {
    /// There is nothing.
    #[error("the machine-readable zone is empty; scan or type its lines")]
    Empty,
    /// The text is longer than is read.
    #[error("the text has more than {limit} bytes; give the lines of one machine-readable zone")]
    TooLong {
        /// The most that is read, in bytes.
        limit: usize,
    },
    /// A character is not of the alphabet.
    #[error(
        "`{character}`, character {place} of its line, is none of A to Z, 0 to 9 and `<`; type it as it is printed"
    )]
    Character {
        /// The character.
        character: char,
        /// Which character of its line it is, from 1, not counting spaces.
        place: usize,
    },
    /// No form has so many characters.
    #[error(
        "the zone has {characters} characters{}; zones have 3 lines of 30, 2 of 36 or 2 of 44: scan it again, with every `<`",
        by_line(lines)
    )]
    Length {
        /// How many it has.
        characters: usize,
        /// How many each line has.
        lines: Vec<usize>,
    },
}

fn by_line(lines: &[usize]) -> String {
    match lines {
        [_, _, ..] => {
            let lines: Vec<String> = lines.iter().take(6).map(ToString::to_string).collect();
            format!(" in lines of {}", lines.join(", "))
        }
        _ => String::new(),
    }
}

impl Mrz {
    /// Reads a zone, whole or one line of 44. Its lines may be joined, with spaces and line breaks
    /// of any kind, in small letters. `today` decides on the century of its dates.
    ///
    /// What is read is whatever the zone says, also where check digits disagree: see
    /// [`disagreeing`](Self::disagreeing).
    ///
    /// # Errors
    ///
    /// Where the text is no zone by its characters or its length.
    pub fn read(text: &str, today: Date) -> Result<Self, MrzError> {
        let zone = input::characters(text)?;
        let form = Form::of(&zone).ok_or_else(|| MrzError::Length {
            characters: zone.len(),
            lines: input::lengths(text),
        })?;
        let layout = form.layout();
        let field = |field| layout.text(&zone, field);
        let number = Number::read(&zone, layout);
        let birth_date = MrzDate::birth(field(Field::BirthDate), today);
        let expiry_date = MrzDate::expiry(field(Field::ExpiryDate), today);
        let check_digits = digit::all(&zone, layout);
        let misplaced = repair::misplaced(&zone, layout);
        let is_sound = misplaced.is_empty() && !check_digits.iter().any(CheckDigit::disagrees);
        let impossible = [
            (Field::BirthDate, birth_date.is_impossible()),
            (Field::ExpiryDate, expiry_date.is_impossible()),
        ];
        Ok(Self {
            form,
            lines: layout.lines(&zone),
            read_on: today,
            document_code: field(Field::DocumentCode).replace('<', ""),
            issuing_state: StateCode::read(field(Field::IssuingState)),
            nationality: StateCode::read(field(Field::Nationality)),
            sex: match field(Field::Sex) {
                "M" => Some(Gender::Male),
                "F" => Some(Gender::Female),
                // Doc 9303 writes `<` here; some issuers write X.
                "X" => Some(Gender::Other),
                _ => None,
            },
            optional_data: optional_data(
                layout.texts(&zone, Field::OptionalData, Part::Value),
                number.taken,
            ),
            is_long_number: number.taken > 0,
            document_number: number.value,
            name: MrzName::read(field(Field::Name)),
            impossible_dates: impossible
                .into_iter()
                .filter_map(|(field, is_impossible)| is_impossible.then_some(field))
                .collect(),
            repairs: if is_sound {
                Vec::new()
            } else {
                repair::propose(&zone, layout)
            },
            birth_date,
            expiry_date,
            check_digits,
            misplaced,
        })
    }

    /// Whether a text is meant as a zone, although [`read`](Self::read) may refuse it: it has the
    /// filler `<` and more characters than a name. So that a scan that misses a character is not
    /// taken for a name.
    pub fn is_meant(text: &str) -> bool {
        /// The longest name field has 39 places.
        const NAME_MAX: usize = 39;
        text.contains('<') && text.chars().filter(|c| !c.is_whitespace()).count() > NAME_MAX
    }

    /// The check digits that disagree: the zone was misread, or it is not genuine.
    pub fn disagreeing(&self) -> impl Iterator<Item = &CheckDigit> {
        self.check_digits.iter().filter(|digit| digit.disagrees())
    }

    /// What disagrees and what may have been misread, in one line; `None` where all check digits
    /// agree. It holds single characters of the zone and no name, number or date.
    pub fn disagreement(&self) -> Option<String> {
        let wrong: Vec<String> = self.disagreeing().map(ToString::to_string).collect();
        if wrong.is_empty() {
            return None;
        }
        let mut text = format!("check digits of the zone are wrong ({})", wrong.join("; "));
        if let Some(repair) = self.whole_repair() {
            text.push_str(&format!("; perhaps {repair}"));
        }
        Some(text)
    }

    /// The best proposal after which every check digit agrees.
    pub fn whole_repair(&self) -> Option<&Repair> {
        self.repairs.iter().find(|repair| repair.leaves.is_empty())
    }

    /// What is compared: name, birth date, sex, nationality, number.
    ///
    /// The number is a passport's or an identity card's, with the state that issued it. A visa may
    /// print the number of the passport instead of its own (Doc 9303-7), and a second line alone
    /// may be a visa's: there kind and state are left open.
    pub fn describe(&self) -> Description {
        let kind = match (self.form, self.document_code.chars().next()) {
            (Form::MrvA | Form::MrvB | Form::DataLine, _) => IdentifierKind::Other,
            (_, Some('P')) => IdentifierKind::Passport,
            (_, Some('A' | 'C' | 'I')) => IdentifierKind::IdentityCard,
            _ => IdentifierKind::Other,
        };
        let number = (!self.document_number.is_empty()).then(|| Identifier {
            kind,
            value: self.document_number.clone(),
            country: match kind {
                IdentifierKind::Other => None,
                _ => self.issuing_state.comparable(),
            },
        });
        let nationality = match self.nationality.is_no_nationality() {
            true => None,
            false => self.nationality.comparable(),
        };
        Description {
            schema: Schema::Person,
            names: self.name.to_name().into_iter().collect(),
            births: self.birth_date.comparable().into_iter().collect(),
            gender: self.sex,
            nationalities: nationality.into_iter().collect(),
            identifiers: number.into_iter().collect(),
            ..Description::default()
        }
    }
}

fn day_as_text<S: Serializer>(day: &Date, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(day)
}

/// The optional data without what belongs to the document number.
fn optional_data<'z>(fields: impl Iterator<Item = &'z str>, taken: usize) -> Vec<String> {
    fields
        .enumerate()
        .map(|(at, text)| match at {
            0 => text.get(taken..).unwrap_or_default(),
            _ => text,
        })
        .map(|text| text.trim_matches('<').to_owned())
        .filter(|text| !text.is_empty())
        .collect()
}
