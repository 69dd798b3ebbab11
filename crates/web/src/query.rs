//! Reads what somebody typed or scanned into the description that is compared.

use egnatia_firearms::Label;
use egnatia_formats::mrz::{Mrz, MrzError};
use egnatia_matching::{Description, Gender, Identifier, IdentifierKind, Name, Schema, Weapon};
use jiff::civil::Date;

use crate::pages::check::CheckInput;
use crate::words::read_birth_date;

/// What is asked, and the zone that it was read from, where it was.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Asked {
    pub query: Description,
    pub zone: Option<Box<Mrz>>,
}

/// What the one box holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BoxKind {
    Empty,
    Zone,
    Label,
    Number,
    Name,
}

/// What is done with a zone of which check digits do not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum WrongDigits {
    /// It is refused.
    #[default]
    Refuse,
    /// It is taken as it stands, because somebody said so.
    Take,
}

/// What could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Refused {
    /// The box and the field for a document are empty.
    pub query: bool,
    /// The birth date is no date.
    pub birth_date: bool,
    /// The MRZ.
    pub mrz: Option<MrzRefused>,
}

/// Why an MRZ cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum MrzRefused {
    /// Characters are missing, too many, or of another alphabet.
    Form(MrzError),
    /// Check digits of it are wrong: it was read wrongly, or it is not genuine.
    Digits(Box<Mrz>),
}

/// Reads the form: the one box first, then whatever was added to it. An MRZ leaves out the century
/// of the birth date, so it takes the present day.
pub(crate) fn read(input: &CheckInput, today: Date, wrong: WrongDigits) -> Result<Asked, Refused> {
    let mut refused = Refused::default();
    let Asked { mut query, zone } = match read_box(&input.query, today, wrong) {
        Ok(asked) => asked,
        Err(mrz) => {
            refused.mrz = Some(mrz);
            Asked::default()
        }
    };
    if !input.birth_date.is_empty() {
        match read_birth_date(&input.birth_date) {
            Some(birth) => query.births = vec![birth],
            None => refused.birth_date = true,
        }
    }
    if !input.document.is_empty() {
        query.identifiers.push(number(&input.document));
    }
    if !input.serial.is_empty() {
        query.identifiers.push(Identifier {
            kind: IdentifierKind::Serial,
            value: input.serial.clone(),
            country: None,
        });
        let stated = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        query.weapon = Some(Box::new(Weapon {
            make: stated(&input.make),
            calibre: stated(&input.calibre),
            ..Weapon::default()
        }));
    }
    query.schema = schema(&input.schema).unwrap_or(query.schema);
    query.gender = gender(&input.gender).or(query.gender);
    if !input.nationality.is_empty() {
        query.nationalities = vec![input.nationality.clone()];
    }
    if !input.place.is_empty() {
        query.places = vec![input.place.clone()];
    }
    refused.query = refused.mrz.is_none() && query.names.is_empty() && query.identifiers.is_empty();
    if refused == Refused::default() {
        Ok(Asked { query, zone })
    } else {
        Err(refused)
    }
}

/// What the one box holds: an MRZ, the label of a weapon, a number, or a name.
fn read_box(text: &str, today: Date, wrong: WrongDigits) -> Result<Asked, MrzRefused> {
    let text = text.trim();
    let mut query = Description::default();
    match kind_of(text) {
        BoxKind::Empty => {}
        BoxKind::Zone => {
            let zone = read_mrz(text, today, wrong)?;
            return Ok(Asked {
                query: zone.describe(),
                zone: Some(Box::new(zone)),
            });
        }
        BoxKind::Label => query = Label::parse(text).map_or(query, |label| label.description()),
        BoxKind::Number => query.identifiers.push(number(text)),
        BoxKind::Name => query.names.push(Name::new(text)),
    }
    Ok(Asked { query, zone: None })
}

/// What a text without spaces around it is taken for.
pub(crate) fn kind_of(text: &str) -> BoxKind {
    if text.is_empty() {
        BoxKind::Empty
    } else if Label::parse(text).is_some() {
        BoxKind::Label
    } else if Mrz::is_meant(text) {
        BoxKind::Zone
    } else if is_number(text) {
        BoxKind::Number
    } else {
        BoxKind::Name
    }
}

/// Reads an MRZ; one of which check digits do not fit only where it is to be taken so.
pub(crate) fn read_mrz(text: &str, today: Date, wrong: WrongDigits) -> Result<Mrz, MrzRefused> {
    let zone = Mrz::read(text, today).map_err(MrzRefused::Form)?;
    if wrong == WrongDigits::Refuse && zone.disagreeing().next().is_some() {
        return Err(MrzRefused::Digits(Box::new(zone)));
    }
    Ok(zone)
}

/// Whether a text is a number of a document rather than a name: it has digits, and at least as
/// many of them as letters. `Brigade 313` is a name, `AB1234567` a number.
fn is_number(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    digits > 0 && digits >= letters
}

fn number(text: &str) -> Identifier {
    Identifier {
        kind: IdentifierKind::Other,
        value: text.to_owned(),
        country: None,
    }
}

/// The schema with this name.
pub(crate) fn schema(text: &str) -> Option<Schema> {
    match text {
        "person" => Some(Schema::Person),
        "organization" => Some(Schema::Organization),
        "vessel" => Some(Schema::Vessel),
        "aircraft" => Some(Schema::Aircraft),
        _ => None,
    }
}

/// The gender with this name.
pub(crate) fn gender(text: &str) -> Option<Gender> {
    match text {
        "male" => Some(Gender::Male),
        "female" => Some(Gender::Female),
        "other" => Some(Gender::Other),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const TODAY: Date = date(2026, 6, 15);
    const ZONE: &str =
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10";

    fn of(query: &str) -> Description {
        let input = CheckInput {
            query: query.to_owned(),
            ..CheckInput::default()
        };
        read(&input, TODAY, WrongDigits::Refuse).unwrap().query
    }

    #[test]
    fn tells_names_from_numbers() {
        for name in ["Драгољуб Ђорђевић", "Brigade 313", "17 November", "Ana"] {
            assert_eq!(of(name).names.len(), 1, "{name}");
        }
        for number in ["AB1234567", "00118", "0101971450015", "X 12-3456"] {
            assert_eq!(of(number).identifiers.len(), 1, "{number}");
        }
    }

    #[test]
    fn the_label_of_a_weapon_is_its_number_with_maker_and_calibre() {
        let asked = of(" EGN1;A%3B 1;Zastava;;9×19;07070707070707070707070707070707 ");
        assert_eq!(asked.identifiers[0].value, "A; 1");
        assert_eq!(asked.identifiers[0].kind, IdentifierKind::Serial);
        let weapon = asked.weapon.unwrap();
        assert_eq!(weapon.make.as_deref(), Some("Zastava"));
        assert_eq!((weapon.model, asked.names.len()), (None, 0));
    }

    #[test]
    fn an_mrz_whole_or_a_line_of_it_is_read() {
        for zone in [ZONE, &ZONE.to_lowercase(), ZONE.split_at(44).0] {
            assert_eq!(of(zone).names[0].text, "ANNA MARIA ERIKSSON", "{zone}");
        }
        assert_eq!(of(ZONE).identifiers[0].value, "L898902C3");
        assert_eq!(of(ZONE.split_at(44).1).identifiers[0].value, "L898902C3");
    }

    #[test]
    fn a_wrong_mrz_is_refused_and_no_name() {
        let refused = |text: &str| {
            let input = CheckInput {
                query: text.to_owned(),
                ..CheckInput::default()
            };
            read(&input, TODAY, WrongDigits::Refuse).unwrap_err()
        };
        let wrong = ZONE.replace("C36", "C37");
        let taken = read_mrz(&wrong, TODAY, WrongDigits::Take).unwrap();
        assert_eq!(taken.disagreeing().count(), 2);
        let digits = refused(&wrong);
        assert!(matches!(digits.mrz, Some(MrzRefused::Digits(_))) && !digits.query);
        let cut = refused(ZONE.strip_suffix("10").unwrap());
        assert!(matches!(cut.mrz, Some(MrzRefused::Form(_))));
        assert_eq!(of("KARADJOSKI<<DJORDJE").names.len(), 1);
    }

    #[test]
    fn an_empty_form_and_an_impossible_date_are_both_named() {
        let input = CheckInput {
            query: "  ".to_owned(),
            birth_date: "31.2.1971".to_owned(),
            ..CheckInput::default()
        };
        let refused = read(&input, TODAY, WrongDigits::Refuse).unwrap_err();
        assert!(refused.query && refused.birth_date);
    }
}
