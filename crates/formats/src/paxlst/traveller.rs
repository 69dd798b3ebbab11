//! What a group of segments says of one traveller.

use egnatia_matching::{
    BirthDate, Description, Gender, Identifier, IdentifierKind, Name, NameKind, NameParts,
    PartialDate, Schema,
};
use jiff::civil::Date;

use super::segment::Segment;
use crate::text::{filled, joined};

/// The most documents and nationalities of one traveller. The guideline allows a few.
const VALUES_MAX: usize = 20;

/// A traveller whose group is being read.
#[derive(Debug, Default)]
pub(super) struct Traveller {
    names: Vec<Name>,
    born: String,
    gender: Option<Gender>,
    nationalities: Vec<String>,
    places: Vec<String>,
    documents: Vec<Identifier>,
}

impl Traveller {
    /// The traveller whose group begins with this NAD segment; `None` for whoever reports.
    pub(super) fn begin(segment: &Segment) -> Option<Self> {
        if !matches!(segment.component(1, 0), "FL" | "FM" | "DDU" | "DDT") {
            return None;
        }
        // NAD+FL+++DOE:JOHN:WAYNE+20 MAIN STREET+ANYCITY+VA+10053+USA
        let mut parts = segment.components(4);
        let family = parts.next().and_then(filled);
        let given = joined(parts.map(Some), " ");
        let whole = joined(segment.components(3).map(Some), " ");
        let names = match joined([given.as_deref(), family], " ") {
            Some(text) => Some(Name {
                text,
                kind: NameKind::Primary,
                parts: Some(NameParts {
                    given,
                    patronymic: None,
                    family: family.map(str::to_owned),
                }),
            }),
            None => whole.map(Name::new),
        };
        let address = [segment.component(6, 0), segment.component(9, 0)];
        Some(Self {
            names: names.into_iter().collect(),
            places: joined(address.map(Some), ", ").into_iter().collect(),
            ..Self::default()
        })
    }

    /// Takes a further segment of the group.
    pub(super) fn take(&mut self, segment: &Segment) {
        match (segment.tag(), segment.component(1, 0)) {
            ("ATT", "2") => {
                self.gender = match segment.component(3, 0) {
                    "M" => Some(Gender::Male),
                    "F" => Some(Gender::Female),
                    "X" => Some(Gender::Other),
                    _ => None,
                };
            }
            ("DTM", "329") => segment.component(1, 1).clone_into(&mut self.born),
            ("NAT", _) => add(&mut self.nationalities, segment.component(2, 0)),
            // LOC+180+USA:::AMBER HILL+:::VA
            ("LOC", "180") => {
                let parts = [
                    segment.component(2, 3),
                    segment.component(3, 3),
                    segment.component(2, 0),
                ];
                if let Some(place) = joined(parts.map(Some), ", ") {
                    add(&mut self.places, &place);
                }
            }
            ("LOC", "174") => add(&mut self.places, segment.component(2, 0)),
            ("LOC", "91") => {
                if let (Some(document), Some(country)) =
                    (self.documents.last_mut(), filled(segment.component(2, 0)))
                {
                    document.country = Some(country.to_owned());
                }
            }
            ("DOC", kind) => {
                if let Some(number) = filled(segment.component(2, 0))
                    && self.documents.len() < VALUES_MAX
                {
                    self.documents.push(Identifier {
                        kind: document_kind(kind),
                        value: number.to_owned(),
                        country: None,
                    });
                }
            }
            _ => {}
        }
    }

    /// The traveller as they are compared. On `today` nobody is born yet who is born tomorrow.
    pub(super) fn describe(self, today: Date) -> Description {
        Description {
            schema: Schema::Person,
            names: self.names,
            births: born(&self.born, today).into_iter().collect(),
            gender: self.gender,
            nationalities: self.nationalities,
            places: self.places,
            identifiers: self.documents,
            weapon: None,
        }
    }
}

fn add(texts: &mut Vec<String>, text: &str) {
    if let Some(text) = filled(text)
        && texts.len() < VALUES_MAX
    {
        texts.push(text.to_owned());
    }
}

/// The kind of a document by its code (Doc 9303 and code list 1001).
fn document_kind(code: &str) -> IdentifierKind {
    match code.chars().next() {
        Some('P') => IdentifierKind::Passport,
        Some('I' | 'A' | 'C') => IdentifierKind::IdentityCard,
        _ => IdentifierKind::Other,
    }
}

/// A birth date as `YYMMDD` or `CCYYMMDD`; zeros stand for what is not known.
fn born(text: &str, today: Date) -> Option<BirthDate> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: i32 = text.parse().ok()?;
    let (month, day) = (number / 100 % 100, number % 100);
    let part = |number: i32| u8::try_from(number).ok();
    let year = match text.len() {
        8 => number / 10_000,
        6 => {
            let year = i32::from(today.year()) / 100 * 100 + number / 10_000;
            let present = i32::from(today.month()) * 100 + i32::from(today.day());
            let later = (year, number % 10_000) > (i32::from(today.year()), present);
            if later { year - 100 } else { year }
        }
        _ => return None,
    };
    let month = part(month).filter(|month| *month > 0);
    let day = part(day).filter(|day| *day > 0 && month.is_some());
    let date = PartialDate::new(i16::try_from(year).ok()?, month, day)?;
    (date.year() >= 1850).then_some(BirthDate::on(date))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_century_of_a_birth_is_the_last_that_is_not_to_come() {
        let today = date(2026, 11, 25);
        for (text, expected) in [
            ("640217", Some("1964-02-17")),
            ("261125", Some("2026-11-25")),
            ("261126", Some("1926-11-26")),
            ("19640217", Some("1964-02-17")),
            ("19640000", Some("1964")),
            ("640200", Some("1964-02")),
            ("640231", None),
            ("6402", None),
            ("", None),
            ("64021A", None),
        ] {
            let read = born(text, today).map(|date| date.to_string());
            assert_eq!(read.as_deref(), expected, "{text}");
        }
    }
}
