//! Birth dates as people of the region write them: `5.3.1971.`, `05/03/1971`, `1971-03-05`.

use egnatia_matching::{BirthDate, PartialDate};

/// Whether the day or the month stands first. A column is written in one of the two ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DateOrder {
    /// The day, as everywhere in Europe.
    #[default]
    DayFirst,
    /// The month.
    MonthFirst,
}

impl DateOrder {
    /// How it is written: `day-first`, `month-first`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DayFirst => "day-first",
            Self::MonthFirst => "month-first",
        }
    }

    /// The order that is written so.
    pub fn parse(text: &str) -> Option<Self> {
        let all = [Self::DayFirst, Self::MonthFirst];
        all.into_iter().find(|order| order.as_str() == text.trim())
    }
}

/// Years in which somebody who is checked, or whoever is listed, can be born. What lies outside is
/// another calendar or a slip.
const YEARS: std::ops::RangeInclusive<i16> = 1850..=2100;

/// The date that a cell states; `None` where it states none that can be compared.
pub(super) fn birth(text: &str, order: DateOrder) -> Option<BirthDate> {
    let text = day_of(text);
    match numbers(text).as_deref() {
        Some([first, second, (year, 4)]) => {
            let (day, month) = match order {
                DateOrder::DayFirst => (first.0, second.0),
                DateOrder::MonthFirst => (second.0, first.0),
            };
            date(*year, Some(month), Some(day))
        }
        Some([(month, 1..=2), (year, 4)]) => date(*year, Some(*month), None),
        Some([(year, 4), month, day]) => date(*year, Some(month.0), Some(day.0)),
        // 19710305, as machines write it.
        Some([(number, 8)]) => {
            let (year, rest) = (number / 10_000, number % 10_000);
            date(year, Some(rest / 100), Some(rest % 100))
        }
        _ => crate::dates::birth(text).filter(|date| YEARS.contains(&date.from().year())),
    }
}

/// Which order a date shows that is a date in one order only; `None` where both are possible.
pub(super) fn shown_order(text: &str) -> Option<DateOrder> {
    let numbers = numbers(day_of(text))?;
    match numbers.as_slice() {
        [(first @ 13..=31, _), (1..=12, _), (_, 4)] if *first > 0 => Some(DateOrder::DayFirst),
        [(1..=12, _), (13..=31, _), (_, 4)] => Some(DateOrder::MonthFirst),
        _ => None,
    }
}

/// The text without the time that spreadsheets add to a day.
fn day_of(text: &str) -> &str {
    let text = text.trim();
    let cut = text.split_once(['T', ' ']);
    match cut {
        Some((day, time)) if time.contains(':') && day.contains(|c: char| c.is_ascii_digit()) => {
            day
        }
        _ => text,
    }
}

/// The numbers of a text that is made of numbers and separators, each with its digits.
fn numbers(text: &str) -> Option<Vec<(i32, usize)>> {
    let text = text.trim_end_matches(['.', ' ']);
    let parts: Vec<&str> = text
        .split(['.', '/', '-', ' '])
        .filter(|part| !part.is_empty())
        .collect();
    if parts.len() > 3 {
        return None;
    }
    parts
        .into_iter()
        .map(|part| {
            let digits = part.bytes().all(|byte| byte.is_ascii_digit());
            (digits && part.len() <= 8).then_some(())?;
            Some((part.parse().ok()?, part.len()))
        })
        .collect()
}

fn date(year: i32, month: Option<i32>, day: Option<i32>) -> Option<BirthDate> {
    // A document that does not know day or month writes zeros.
    let part = |number: Option<i32>| match number {
        None | Some(0) => Some(None),
        Some(number) => u8::try_from(number).ok().map(Some),
    };
    let (month, day) = (part(month)?, part(day)?);
    let day = month.and(day);
    let date = PartialDate::new(i16::try_from(year).ok()?, month, day)?;
    YEARS.contains(&date.year()).then_some(BirthDate::on(date))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_forms_of_the_region() {
        for (text, expected) in [
            ("1971-03-05", "1971-03-05"),
            ("5.3.1971.", "1971-03-05"),
            ("05. 03. 1971.", "1971-03-05"),
            ("05/03/1971", "1971-03-05"),
            ("5-3-1971", "1971-03-05"),
            ("1971/03/05", "1971-03-05"),
            ("19710305", "1971-03-05"),
            ("19710000", "1971"),
            ("1971-03-05 00:00:00", "1971-03-05"),
            ("1971-03-05T00:00:00", "1971-03-05"),
            ("03.1971", "1971-03"),
            ("1971", "1971"),
            ("5 Mar 1971", "1971-03-05"),
            ("1960..1965", "1960..1965"),
        ] {
            let read = birth(text, DateOrder::DayFirst).map(|date| date.to_string());
            assert_eq!(read.as_deref(), Some(expected), "{text}");
        }
        let american = birth("03/05/1971", DateOrder::MonthFirst).unwrap();
        assert_eq!(american.to_string(), "1971-03-05");
    }

    #[test]
    fn refuses_what_is_no_date() {
        for text in [
            "",
            "5.3.71",
            "31.2.1971",
            "13/13/1971",
            "1402",
            "25965",
            "abc",
            "1.2.3.1971",
            "0",
            "99999999",
            "5.3.1971 x",
        ] {
            assert_eq!(birth(text, DateOrder::DayFirst), None, "{text}");
        }
    }

    #[test]
    fn a_day_above_twelve_shows_the_order() {
        assert_eq!(shown_order("25.3.1971"), Some(DateOrder::DayFirst));
        assert_eq!(shown_order("3/25/1971"), Some(DateOrder::MonthFirst));
        for text in ["5.3.1971", "1971-03-25", "", "32.13.1971", "1971"] {
            assert_eq!(shown_order(text), None, "{text}");
        }
    }
}
