//! Reads what somebody typed or scanned into the description that is compared.

use egnatia_formats::mrz::{Mrz, MrzError};
use egnatia_matching::{Description, Gender, Identifier, IdentifierKind, Name, Schema};
use jiff::civil::Date;

use crate::pages::check::CheckInput;
use crate::words::read_birth_date;

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
pub(crate) fn read(input: &CheckInput, today: Date) -> Result<Description, Refused> {
    let mut refused = Refused::default();
    let mut query = match read_box(&input.query, today) {
        Ok(query) => query,
        Err(mrz) => {
            refused.mrz = Some(mrz);
            Description::default()
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
        Ok(query)
    } else {
        Err(refused)
    }
}

/// What the one box holds: an MRZ, a number, or a name.
fn read_box(text: &str, today: Date) -> Result<Description, MrzRefused> {
    let text = text.trim();
    if Mrz::is_meant(text) {
        return read_mrz(text, today).map(|zone| zone.describe());
    }
    let mut query = Description::default();
    if is_number(text) {
        query.identifiers.push(number(text));
    } else if !text.is_empty() {
        query.names.push(Name::new(text));
    }
    Ok(query)
}

/// Reads an MRZ of which every check digit agrees.
pub(crate) fn read_mrz(text: &str, today: Date) -> Result<Mrz, MrzRefused> {
    let zone = Mrz::read(text, today).map_err(MrzRefused::Form)?;
    if zone.disagreeing().next().is_some() {
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
        read(&input, TODAY).unwrap()
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
            read(&input, TODAY).unwrap_err()
        };
        let digits = refused(&ZONE.replace("C36", "C37"));
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
        let refused = read(&input, TODAY).unwrap_err();
        assert!(refused.query && refused.birth_date);
    }
}
