//! Dates as English-language lists write them: `17 Dec 1949`, `Nov. 1973`, `circa 1960`,
//! `1960 to 1965`, `1949-12-17`.

use egnatia_matching::{BirthDate, PartialDate};

use crate::text::after;

/// Years that can be years of the Gregorian calendar in a list. What lies outside is another
/// calendar (Hijri 14xx, Solar Hijri 13xx, Buddhist 25xx) or a slip, and comparing it would be
/// wrong: it is kept as text.
const YEARS: std::ops::RangeInclusive<i16> = 1500..=2100;

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Words before a date that mean "about".
const ABOUT: [&str; 8] = [
    "circa ",
    "c. ",
    "ca. ",
    "approximately ",
    "approx. ",
    "about ",
    "around ",
    "~",
];

/// The date that a text states; `None` where it states none that can be compared.
pub(crate) fn birth(text: &str) -> Option<BirthDate> {
    let text = text.trim();
    if let Some(rest) = ABOUT.iter().find_map(|word| after(text, word)) {
        return birth(rest).map(BirthDate::about);
    }
    if let Some(date) = partial(text) {
        return Some(BirthDate::on(date));
    }
    let text = after(text, "between ").unwrap_or(text);
    let (from, to) = [" to ", " and ", "..", " - ", "–", "-"]
        .iter()
        .find_map(|word| text.split_once(word))?;
    let to = partial(to)?;
    // "Between Aug. and Sep. 1977" states the year once.
    let from = partial(from).or_else(|| partial(&format!("{from} {}", to.year())))?;
    BirthDate::between(from, to)
}

/// A single date: a day, a month or a year.
pub(crate) fn partial(text: &str) -> Option<PartialDate> {
    let text = text.trim();
    iso(text).or_else(|| written(text))
}

/// A range of years.
pub(crate) fn years(from: &str, to: &str) -> Option<BirthDate> {
    BirthDate::between(partial(from)?, partial(to)?)
}

fn iso(text: &str) -> Option<PartialDate> {
    // Some sources write an instant where a day is meant.
    let text = text.split_once('T').map_or(text, |(day, _)| day);
    let mut parts = text.split('-');
    let year = number(parts.next()?, 4..=4)?;
    let month = optional(parts.next())?;
    let day = optional(parts.next())?;
    if parts.next().is_some() {
        return None;
    }
    date(year, month, day)
}

fn written(text: &str) -> Option<PartialDate> {
    let words: Vec<&str> = text
        .split([' ', ','])
        .map(|word| word.trim_end_matches('.'))
        .filter(|word| !word.is_empty())
        .collect();
    match words.as_slice() {
        [month_word, year] => date(number(year, 4..=4)?, Some(month(month_word)?), None),
        [first, second, year] => {
            let (day, month) = match month(second) {
                Some(month) => (first, month),
                None => (second, month(first)?),
            };
            let day = u8::try_from(number(day, 1..=2)?).ok()?;
            date(number(year, 4..=4)?, Some(month), Some(day))
        }
        _ => None,
    }
}

fn date(year: i16, month: Option<u8>, day: Option<u8>) -> Option<PartialDate> {
    PartialDate::new(year, month, day).filter(|date| YEARS.contains(&date.year()))
}

/// The month whose English name starts with the word, which has at least three letters.
fn month(word: &str) -> Option<u8> {
    let word = word.to_ascii_lowercase();
    (word.len() >= 3)
        .then(|| {
            MONTHS
                .iter()
                .zip(1..)
                .find(|(name, _)| name.starts_with(&word))
        })
        .flatten()
        .map(|(_, number)| number)
}

fn optional(part: Option<&str>) -> Option<Option<u8>> {
    match part {
        None => Some(None),
        Some(part) => u8::try_from(number(part, 2..=2)?).ok().map(Some),
    }
}

fn number(text: &str, digits: std::ops::RangeInclusive<usize>) -> Option<i16> {
    (digits.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_forms_of_the_lists() {
        for (text, date) in [
            ("17 Dec 1949", "1949-12-17"),
            ("Nov. 1973 ", "1973-11"),
            ("Sept. 1973", "1973-09"),
            ("1969", "1969"),
            ("circa 1960", "~1960"),
            ("circa 1979-1982", "~1979..1982"),
            ("Approximately 1960", "~1960"),
            ("1960 to 1965", "1960..1965"),
            ("01 Jan 1961 to 31 Dec 1962", "1961-01-01..1962-12-31"),
            ("Between Aug. and Sep. 1977", "1977-08..1977-09"),
            ("1963-07-24", "1963-07-24"),
            ("1963-07-24T00:00:00", "1963-07-24"),
            ("March 5, 1971", "1971-03-05"),
        ] {
            assert_eq!(
                birth(text).map(|date| date.to_string()).as_deref(),
                Some(date),
                "{text}"
            );
        }
    }

    #[test]
    fn keeps_what_is_no_gregorian_date_as_text() {
        for text in [
            "",
            "30-35 years old",
            "24/06/1402 (Hijri Calendar)",
            "1402",
            "1350-05-01",
            "2531",
            "05/06/1971",
            "30 Feb 1971",
            "1965 to 1960",
            "Ma 1971",
            "circa",
            "late 1950s",
        ] {
            assert_eq!(birth(text), None, "{text}");
        }
    }
}
