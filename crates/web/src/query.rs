//! Reads what somebody typed or scanned into the description that is compared.

use egnatia_matching::{Description, Gender, Identifier, IdentifierKind, Name, Schema};

use crate::mrz::{self, WrongCheckDigit};
use crate::pages::check::CheckInput;
use crate::words::read_birth_date;

/// What could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Refused {
    /// The box and the field for a document are empty.
    pub query: bool,
    /// The birth date is no date.
    pub birth_date: bool,
    /// A check digit of the MRZ is wrong.
    pub mrz: bool,
}

/// Reads the form: the one box first, then whatever was added to it. An MRZ leaves out the century
/// of the birth date, so it takes the present year.
pub(crate) fn read(input: &CheckInput, this_year: i16) -> Result<Description, Refused> {
    let mut refused = Refused::default();
    let mut query = match read_box(&input.query, this_year) {
        Ok(query) => query,
        Err(WrongCheckDigit) => {
            refused.mrz = true;
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
    refused.query = !refused.mrz && query.names.is_empty() && query.identifiers.is_empty();
    if refused == Refused::default() {
        Ok(query)
    } else {
        Err(refused)
    }
}

/// What the one box holds: an MRZ, a number, or a name.
fn read_box(text: &str, this_year: i16) -> Result<Description, WrongCheckDigit> {
    let text = text.trim();
    if let Some(read) = mrz::read(text, this_year) {
        return read;
    }
    let mut query = Description::default();
    if is_number(text) {
        query.identifiers.push(number(text));
    } else if !text.is_empty() {
        query.names.push(Name::new(text));
    }
    Ok(query)
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

    fn of(query: &str) -> Description {
        let input = CheckInput {
            query: query.to_owned(),
            ..CheckInput::default()
        };
        read(&input, 2026).unwrap()
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
    fn an_empty_form_and_an_impossible_date_are_both_named() {
        let input = CheckInput {
            query: "  ".to_owned(),
            birth_date: "31.2.1971".to_owned(),
            ..CheckInput::default()
        };
        let refused = read(&input, 2026).unwrap_err();
        assert!(refused.query && refused.birth_date);
    }
}
