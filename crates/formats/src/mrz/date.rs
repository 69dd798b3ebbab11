//! Dates: two places each for year, month and day, `<` where unknown (Doc 9303-3 §4.8).

use egnatia_matching::{BirthDate, PartialDate};
use jiff::civil::Date;
use serde::{Serialize, Serializer};

/// For how many years from today an expiry is taken to lie in the future. No document is valid for
/// longer; one that expired earlier is read as of the century before.
const EXPIRY_YEARS_AHEAD: i16 = 50;

/// A date as the zone has it. It does not state the century.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MrzDate {
    /// As written, such as `740812` or `74<<<<`.
    pub raw: String,
    /// With the century chosen; absent where the year is unknown or there is no such day.
    #[serde(serialize_with = "as_text")]
    pub date: Option<PartialDate>,
    /// The parts that are not stated: `<` stands in their place.
    pub unknown: Vec<DatePart>,
    /// Of a day that does not exist, the month or the year.
    #[serde(skip)]
    rest: Option<PartialDate>,
}

/// A part of a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum DatePart {
    /// The year.
    Year,
    /// The month.
    Month,
    /// The day of the month.
    Day,
}

fn as_text<S: Serializer>(date: &Option<PartialDate>, to: S) -> Result<S::Ok, S::Error> {
    match date {
        Some(date) => to.collect_str(date),
        None => to.serialize_none(),
    }
}

/// Year of the century, month, day, as far as they are stated.
type Stated = (i16, Option<u8>, Option<u8>);

impl MrzDate {
    /// A birth date: in the last century in which it is not after today.
    pub(super) fn birth(raw: &str, today: Date) -> Self {
        Self::read(raw, |(year, month, day)| {
            let this = century_of(today).saturating_add(year);
            let (month, day) = (month.map_or(0, i16::from), day.map_or(0, i16::from));
            let stated = (this, month, day);
            // What is unknown is 0, and so never after today.
            let now = (
                today.year(),
                i16::from(today.month()),
                i16::from(today.day()),
            );
            if stated > now {
                this.saturating_sub(100)
            } else {
                this
            }
        })
    }

    /// An expiry date: within fifty years from today, before or after.
    pub(super) fn expiry(raw: &str, today: Date) -> Self {
        Self::read(raw, |(year, ..)| {
            let this = century_of(today).saturating_add(year);
            let ahead = this.saturating_sub(today.year());
            if ahead > EXPIRY_YEARS_AHEAD {
                this.saturating_sub(100)
            } else if ahead <= -EXPIRY_YEARS_AHEAD {
                this.saturating_add(100)
            } else {
                this
            }
        })
    }

    fn read(raw: &str, year: impl Fn(Stated) -> i16) -> Self {
        let parts = stated(raw).map(|stated| (year(stated), stated.1, stated.2));
        let date = parts.and_then(|(year, month, day)| PartialDate::new(year, month, day));
        let rest = parts
            .filter(|_| date.is_none())
            .and_then(|(year, month, _)| {
                PartialDate::new(year, month, None).or(PartialDate::new(year, None, None))
            });
        Self {
            raw: raw.to_owned(),
            date,
            unknown: unknown(raw),
            rest,
        }
    }

    /// As it is compared. A day that does not exist is misprinted or was guessed; of such a day the
    /// month counts, about.
    pub(super) fn comparable(&self) -> Option<BirthDate> {
        let about = |rest| BirthDate::on(rest).about();
        self.date.map(BirthDate::on).or(self.rest.map(about))
    }

    /// Whether nothing but fillers stands there.
    pub fn is_empty(&self) -> bool {
        self.raw.chars().all(|c| c == '<')
    }

    /// Whether the year is stated, and yet there is no such day.
    pub fn is_impossible(&self) -> bool {
        self.date.is_none() && !self.raw.starts_with("<<") && !self.raw.is_empty()
    }
}

fn unknown(raw: &str) -> Vec<DatePart> {
    [DatePart::Year, DatePart::Month, DatePart::Day]
        .into_iter()
        .zip([0..2, 2..4, 4..6])
        .filter(|(_, place)| raw.get(place.clone()) == Some("<<"))
        .map(|(part, _)| part)
        .collect()
}

fn century_of(today: Date) -> i16 {
    today.year().saturating_sub(today.year() % 100)
}

/// `None` where a place is neither a digit nor an unknown part, or the year is unknown.
fn stated(raw: &str) -> Option<Stated> {
    let part = |from: usize, to: usize| match raw.get(from..to)? {
        "<<" => Some(None),
        digits if digits.bytes().all(|b| b.is_ascii_digit()) => digits.parse::<u8>().ok().map(Some),
        _ => None,
    };
    let (year, month, day) = (part(0, 2)??, part(2, 4)?, part(4, 6)?);
    // A day of an unknown month says nothing that could be compared.
    let day = day.filter(|_| month.is_some());
    Some((i16::from(year), month, day))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn birth(raw: &str, today: Date) -> String {
        let read = MrzDate::birth(raw, today);
        read.date.map(|date| date.to_string()).unwrap_or_default()
    }

    #[test]
    fn a_birth_is_in_the_last_century_in_which_it_is_not_after_today() {
        let today = date(2026, 6, 15);
        for (raw, expected) in [
            ("740812", "1974-08-12"),
            ("260615", "2026-06-15"),
            ("260616", "1926-06-16"),
            ("26<<<<", "2026"),
            ("2607<<", "1926-07"),
            ("270101", "1927-01-01"),
            ("000229", "2000-02-29"),
            ("74<<12", "1974"),
        ] {
            assert_eq!(birth(raw, today), expected, "{raw}");
        }
        assert_eq!(birth("990101", date(2100, 1, 1)), "2099-01-01");
    }

    #[test]
    fn unknown_and_impossible_dates_are_told_apart() {
        let today = date(2026, 6, 15);
        let read = |raw| MrzDate::birth(raw, today);
        assert!(read("<<<<<<").is_empty() && !read("<<<<<<").is_impossible());
        for raw in ["741301", "740230", "7408O2", "7<0812", "740<12"] {
            assert!(read(raw).is_impossible(), "{raw}");
        }
        assert!(!read("<<0812").is_impossible());
    }

    #[test]
    fn an_expiry_is_within_fifty_years_of_today() {
        let today = date(2026, 6, 15);
        for (raw, year) in [
            ("120415", 2012),
            ("760101", 2076),
            ("770101", 1977),
            ("950712", 1995),
        ] {
            let read = MrzDate::expiry(raw, today);
            assert_eq!(read.date.map(PartialDate::year), Some(year), "{raw}");
        }
        let late = MrzDate::expiry("050101", date(2098, 1, 1));
        assert_eq!(late.date.map(PartialDate::year), Some(2105));
    }
}
