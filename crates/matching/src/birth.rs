//! Birth dates as sources give them: whole, partial, a range, about.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A day, a month or a year of the Gregorian calendar, written `1971-03-05`, `1971-03` or `1971`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartialDate {
    year: i16,
    month: Option<u8>,
    day: Option<u8>,
}

impl PartialDate {
    /// A date. `None` where the month is not 1 to 12, the day is not of that month, a day stands
    /// without a month, or the year is not 1 to 9999.
    pub fn new(year: i16, month: Option<u8>, day: Option<u8>) -> Option<Self> {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let days = match month {
            None if day.is_some() => return None,
            None => 31,
            Some(1 | 3 | 5 | 7 | 8 | 10 | 12) => 31,
            Some(4 | 6 | 9 | 11) => 30,
            Some(2) if leap => 29,
            Some(2) => 28,
            Some(_) => return None,
        };
        let valid = (1..=9999).contains(&year) && day.is_none_or(|day| (1..=days).contains(&day));
        valid.then_some(Self { year, month, day })
    }

    /// The year, 1 to 9999.
    pub fn year(self) -> i16 {
        self.year
    }

    /// The month, 1 to 12, where it is known.
    pub fn month(self) -> Option<u8> {
        self.month
    }

    /// The day, 1 to 31, where it is known.
    pub fn day(self) -> Option<u8> {
        self.day
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.year)?;
        if let Some(month) = self.month {
            write!(f, "-{month:02}")?;
        }
        if let Some(day) = self.day {
            write!(f, "-{day:02}")?;
        }
        Ok(())
    }
}

/// When somebody was born: a date or a range of dates, perhaps about.
///
/// Written `1971-03-05`, `1971-03`, `1971`, `1960..1965`, each with `~` before it for "about".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct BirthDate {
    from: PartialDate,
    to: Option<PartialDate>,
    about: bool,
}

impl BirthDate {
    /// One date, as stated.
    pub fn on(date: PartialDate) -> Self {
        Self {
            from: date,
            to: None,
            about: false,
        }
    }

    /// A range, both ends included. `None` where it ends before it starts.
    pub fn between(from: PartialDate, to: PartialDate) -> Option<Self> {
        (from <= to).then_some(Self {
            from,
            to: Some(to),
            about: false,
        })
    }

    /// The same, marked as approximate.
    pub fn about(self) -> Self {
        Self {
            about: true,
            ..self
        }
    }

    /// The date, or the start of the range.
    pub fn from(self) -> PartialDate {
        self.from
    }

    /// The end of the range, where it is one.
    pub fn to(self) -> Option<PartialDate> {
        self.to
    }

    /// Whether the source says "about".
    pub fn is_about(self) -> bool {
        self.about
    }
}

/// Text that is not a birth date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a birth date; write `1971-03-05`, `1971-03`, `1971`, `1960..1965` or `~1971`"
)]
pub struct InvalidBirthDate(String);

impl fmt::Display for BirthDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.about {
            f.write_str("~")?;
        }
        self.from.fmt(f)?;
        if let Some(to) = self.to {
            write!(f, "..{to}")?;
        }
        Ok(())
    }
}

impl FromStr for BirthDate {
    type Err = InvalidBirthDate;

    fn from_str(text: &str) -> Result<Self, InvalidBirthDate> {
        parse_birth(text.trim()).ok_or_else(|| InvalidBirthDate(text.chars().take(32).collect()))
    }
}

impl From<BirthDate> for String {
    fn from(date: BirthDate) -> Self {
        date.to_string()
    }
}

impl TryFrom<String> for BirthDate {
    type Error = InvalidBirthDate;

    fn try_from(text: String) -> Result<Self, InvalidBirthDate> {
        text.parse()
    }
}

fn parse_birth(text: &str) -> Option<BirthDate> {
    let (about, text) = match text.strip_prefix('~') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let date = match text.split_once("..") {
        Some((from, to)) => BirthDate::between(parse_date(from)?, parse_date(to)?)?,
        None => BirthDate::on(parse_date(text)?),
    };
    Some(if about { date.about() } else { date })
}

fn parse_date(text: &str) -> Option<PartialDate> {
    let mut parts = text.split('-');
    let year = digits(parts.next()?, 4)?;
    let month = parts
        .next()
        .map(|part| digits(part, 2))
        .map_or(Some(None), |m| m.map(Some))?;
    let day = parts
        .next()
        .map(|part| digits(part, 2))
        .map_or(Some(None), |d| d.map(Some))?;
    if parts.next().is_some() {
        return None;
    }
    let small = |number: i16| u8::try_from(number).ok();
    PartialDate::new(year, month.and_then(small), day.and_then(small))
}

fn digits(text: &str, length: usize) -> Option<i16> {
    (text.len() == length && text.bytes().all(|b| b.is_ascii_digit()))
        .then(|| text.parse().ok())
        .flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_survives_its_text() {
        for text in [
            "1971-03-05",
            "1971-03",
            "1971",
            "1960..1965",
            "~1971",
            "~1960-01..1961-02-03",
        ] {
            assert_eq!(text.parse::<BirthDate>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn refuses_what_is_no_date() {
        for text in [
            "",
            "71",
            "1971-13",
            "1971-02-29",
            "1971-3-5",
            "05.03.1971",
            "1965..1960",
            "1971-00-05",
            "0000",
            "1971-03-05-01",
            "~",
            "..",
            "1971..",
        ] {
            assert!(text.parse::<BirthDate>().is_err(), "{text}");
        }
        assert!("1972-02-29".parse::<BirthDate>().is_ok());
    }
}
