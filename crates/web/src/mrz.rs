//! Reads a machine-readable zone into a description: ICAO Doc 9303 Parts 3 to 7, forms TD1, TD2,
//! TD3, MRV-A and MRV-B, whole, or one line of the longest form.

use egnatia_matching::{
    BirthDate, Description, Gender, Identifier, IdentifierKind, Name, NameKind, NameParts,
    PartialDate, Schema,
};

/// A zone of which a check digit is wrong: it was read wrongly, or it is not genuine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WrongCheckDigit;

/// Reads a zone as of this year. `None` where the text is none.
pub(crate) fn read(text: &str, this_year: i16) -> Option<Result<Description, WrongCheckDigit>> {
    let zone: String = text
        .split_whitespace()
        .collect::<String>()
        .to_ascii_uppercase();
    let alphabet = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '<';
    if !zone.contains('<') || !zone.chars().all(alphabet) {
        return None;
    }
    match zone.len() {
        90 => Some(small_card(&zone, this_year)),
        88 => Some(two_lines(&zone, 44, this_year)),
        72 => Some(two_lines(&zone, 36, this_year)),
        44 if zone.contains("<<")
            && zone.starts_with(['P', 'V'])
            && !zone.get(9..10)?.chars().all(|c| c.is_ascii_digit()) =>
        {
            Some(Ok(with_name(Description::default(), zone.get(5..)?)))
        }
        44 => Some(data_line(&zone, this_year)),
        _ => None,
    }
}

/// TD1: number and dates on two lines, the name on the third.
fn small_card(zone: &str, this_year: i16) -> Result<Description, WrongCheckDigit> {
    let part = |from: usize, to: usize| zone.get(from..to).unwrap_or_default();
    let number = long_number(part(5, 14), part(14, 15), part(15, 30))?;
    let birth = dated(part(30, 36), part(36, 37), this_year)?;
    let query = describe(&number, part(45, 48), birth, part(37, 38));
    Ok(with_name(query, part(60, 90)))
}

/// TD2, TD3 and the visas: the name on the first line, everything else on the second.
fn two_lines(zone: &str, width: usize, this_year: i16) -> Result<Description, WrongCheckDigit> {
    let (first, second) = zone.split_at_checked(width).unwrap_or((zone, ""));
    let query = data_line(second, this_year)?;
    Ok(with_name(query, first.get(5..).unwrap_or_default()))
}

fn data_line(line: &str, this_year: i16) -> Result<Description, WrongCheckDigit> {
    let part = |from: usize, to: usize| line.get(from..to).unwrap_or_default();
    let number = long_number(part(0, 9), part(9, 10), part(28, line.len()))?;
    let birth = dated(part(13, 19), part(19, 20), this_year)?;
    Ok(describe(&number, part(10, 13), birth, part(20, 21)))
}

/// A number of more than nine characters goes on in the optional field, with its check digit.
fn long_number(number: &str, digit: &str, optional: &str) -> Result<String, WrongCheckDigit> {
    let rest = optional.split('<').next().unwrap_or_default();
    if digit == "<" && rest.len() >= 2 {
        let (more, digit) = rest.split_at(rest.len() - 1);
        let whole = format!("{number}{more}");
        return check(&whole, digit).map(|()| whole);
    }
    check(number, digit)?;
    Ok(number.trim_end_matches('<').to_owned())
}

fn dated(text: &str, digit: &str, this_year: i16) -> Result<Option<BirthDate>, WrongCheckDigit> {
    check(text, digit)?;
    Ok(birth(text, this_year))
}

/// Weights 7, 3, 1; digits count as themselves, letters from 10, `<` as 0; an empty field may have
/// `<` for its digit (Doc 9303-3 §4.9).
fn check(text: &str, digit: &str) -> Result<(), WrongCheckDigit> {
    let value = |c: char| c.to_digit(36).unwrap_or(0);
    let sum: u32 = text
        .chars()
        .zip([7, 3, 1].into_iter().cycle())
        .map(|(c, weight)| value(c) * weight)
        .sum();
    let empty = text.chars().all(|c| c == '<');
    let right = digit.chars().next().map(value) == Some(sum % 10);
    if right && (digit != "<" || empty) {
        Ok(())
    } else {
        Err(WrongCheckDigit)
    }
}

/// The zone does not state the century: it is the last one in which such a person can be alive.
/// Month and day may be unknown.
fn birth(text: &str, this_year: i16) -> Option<BirthDate> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<u8>().ok();
    let year = i16::from(number(0, 2)?);
    let (month, day) = (number(2, 4), number(4, 6));
    let century = this_year - this_year % 100;
    let century = if year > this_year % 100 {
        century - 100
    } else {
        century
    };
    let day = day.filter(|_| month.is_some());
    PartialDate::new(century + year, month, day).map(BirthDate::on)
}

fn describe(number: &str, nationality: &str, birth: Option<BirthDate>, sex: &str) -> Description {
    let nationality = nationality.trim_matches('<');
    Description {
        schema: Schema::Person,
        births: birth.into_iter().collect(),
        gender: match sex {
            "M" => Some(Gender::Male),
            "F" => Some(Gender::Female),
            _ => None,
        },
        nationalities: Some(nationality)
            .filter(|code| !code.is_empty())
            .map(str::to_owned)
            .into_iter()
            .collect(),
        identifiers: Some(number)
            .filter(|number| !number.is_empty())
            .map(|number| Identifier {
                kind: IdentifierKind::Passport,
                value: number.to_owned(),
                country: None,
            })
            .into_iter()
            .collect(),
        ..Description::default()
    }
}

/// `PRIMARY<<SECONDARY<NAMES`.
fn with_name(query: Description, field: &str) -> Description {
    let words = |text: &str| {
        let words: Vec<&str> = text.split('<').filter(|word| !word.is_empty()).collect();
        words.join(" ")
    };
    let (family, given) = field.split_once("<<").unwrap_or((field, ""));
    let (family, given) = (words(family), words(given));
    let text = format!("{given} {family}").trim().to_owned();
    if text.is_empty() {
        return query;
    }
    let parts = NameParts {
        given: Some(given).filter(|given| !given.is_empty()),
        patronymic: None,
        family: Some(family).filter(|family| !family.is_empty()),
    };
    let name = Name {
        text,
        kind: NameKind::Primary,
        parts: Some(parts),
    };
    Description {
        schema: Schema::Person,
        names: vec![name],
        ..query
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TD3: &str = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10";
    const TD1: &str = "I<UTOD231458907<<<<<<<<<<<<<<<7408122F1204159UTO<<<<<<<<<<<6ERIKSSON<<ANNA<MARIA<<<<<<<<<<";
    const TD2: &str = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<< D231458907UTO7408122F1204159<<<<<<<6";
    const LONG: &str = "I<UTOD23145890<7349<<<<<<<<<<<3407127M9507122UTO<<<<<<<<<<<2STEVENSON<<PETER<JOHN<<<<<<<<<";

    #[test]
    fn reads_the_specimens_of_doc_9303() {
        for (zone, number) in [(TD3, "L898902C3"), (TD1, "D23145890"), (TD2, "D23145890")] {
            let query = read(zone, 2026).unwrap().unwrap();
            assert_eq!(query.names[0].text, "ANNA MARIA ERIKSSON", "{zone}");
            assert_eq!(query.identifiers[0].value, number);
            assert_eq!(query.births[0].to_string(), "1974-08-12");
            assert_eq!(query.gender, Some(Gender::Female));
            assert_eq!(query.nationalities, ["UTO"]);
        }
    }

    #[test]
    fn reads_a_number_that_goes_on_in_the_optional_field() {
        let query = read(LONG, 2026).unwrap().unwrap();
        assert_eq!(query.identifiers[0].value, "D23145890734");
    }

    #[test]
    fn reads_one_line_of_a_passport() {
        let mut lines = TD3.lines();
        let name = read(lines.next().unwrap(), 2026).unwrap().unwrap();
        assert_eq!(name.names[0].text, "ANNA MARIA ERIKSSON");
        let data = read(lines.next().unwrap(), 2026).unwrap().unwrap();
        assert_eq!(data.identifiers[0].value, "L898902C3");
    }

    #[test]
    fn names_a_wrong_check_digit_and_leaves_names_alone() {
        assert_eq!(
            read(&TD3.replace("C36", "C37"), 2026),
            Some(Err(WrongCheckDigit))
        );
        for text in ["Anna Maria Eriksson", "L898902C3", "<<<<", ""] {
            assert_eq!(read(text, 2026), None, "{text}");
        }
    }

    #[test]
    fn the_century_is_the_last_one_that_is_possible() {
        for (text, year) in [("740812", 1974), ("260101", 2026), ("270101", 1927)] {
            assert_eq!(birth(text, 2026).unwrap().from().year(), year);
        }
    }
}
