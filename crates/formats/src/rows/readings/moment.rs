//! Moments as loggers and people write them.

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::{Offset, TimeZone};

use crate::rows::DateOrder;

/// A moment as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    /// With its offset.
    Stamp(Timestamp),
    /// By the clock of the store.
    Local(Day, Time),
}

/// A day as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Day {
    /// There is one way to read it.
    Plain(Date),
    /// Day and month, or month and day: `03/04/2026`.
    Slashed(i8, i8, i16),
}

impl Day {
    /// The order that it shows, where it can be read in one way only.
    pub(super) const fn shown_order(self) -> Option<DateOrder> {
        match self {
            Self::Slashed(first, _, _) if first > 12 => Some(DateOrder::DayFirst),
            Self::Slashed(_, second, _) if second > 12 => Some(DateOrder::MonthFirst),
            _ => None,
        }
    }

    fn date(self, order: DateOrder) -> Option<Date> {
        match (self, order) {
            (Self::Plain(date), _) => Some(date),
            (Self::Slashed(day, month, year), DateOrder::DayFirst)
            | (Self::Slashed(month, day, year), DateOrder::MonthFirst) => {
                Date::new(year, month, day).ok()
            }
        }
    }
}

impl Moment {
    /// Reads `1.3.2026 9:00`, `2026-03-01 09:00:00`, `2026-03-01T08:00:00Z`, `03/01/26 09:00:00 AM`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Ok(at) = text.parse::<Timestamp>() {
            return Some(Self::Stamp(at));
        }
        let colon = text.find(':')?;
        let before = text.get(..colon)?;
        let hour = before.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        let (day, time) = text.split_at_checked(hour)?;
        Some(Self::Local(self::day(day)?, self::time(time)?))
    }

    /// The instant that it means.
    pub(super) fn at(self, zone: &TimeZone, order: DateOrder) -> Option<Timestamp> {
        match self {
            Self::Stamp(at) => Some(at),
            Self::Local(day, time) => {
                let local = day.date(order)?.to_datetime(time);
                zone.to_timestamp(local).ok()
            }
        }
    }
}

fn day(text: &str) -> Option<Day> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let text = text.trim_end_matches([',', '.', 'T', 't']);
    let sign = text.chars().find(|c| !c.is_ascii_digit())?;
    if !matches!(sign, '.' | '-' | '/') {
        return None;
    }
    let mut parts = text.split(sign);
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    if first.len() == 4 {
        let date = Date::new(
            first.parse().ok()?,
            second.parse().ok()?,
            third.parse().ok()?,
        );
        return date.ok().map(Day::Plain);
    }
    let year: i16 = match third.len() {
        4 => third.parse().ok()?,
        // A logger that writes two digits is younger than the century.
        2 => third.parse::<i16>().ok()?.checked_add(2_000)?,
        _ => return None,
    };
    let (first, second): (i8, i8) = (first.parse().ok()?, second.parse().ok()?);
    match sign {
        '.' => Date::new(year, second, first).ok().map(Day::Plain),
        _ => Some(Day::Slashed(first, second, year)),
    }
}

fn time(text: &str) -> Option<Time> {
    let folded: String = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .flat_map(char::to_lowercase)
        .collect();
    let folded = folded.replace("a.m.", "am").replace("p.m.", "pm");
    let (clock, half) = match folded.strip_suffix("am") {
        Some(clock) => (clock, Some(0)),
        None => match folded.strip_suffix("pm") {
            Some(clock) => (clock, Some(12)),
            None => (folded.as_str(), None),
        },
    };
    let mut parts = clock.split(':');
    let (hour, minute): (i8, i8) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    // Parts of a second say nothing about a store.
    let second = parts.next().map(|second| second.split(['.', ',']).next());
    let second: i8 = match second {
        Some(second) => second?.parse().ok()?,
        None => 0,
    };
    if parts.next().is_some() {
        return None;
    }
    let hour = match half {
        None => hour,
        Some(half) if (1..=12).contains(&hour) => (hour % 12).checked_add(half)?,
        Some(_) => return None,
    };
    Time::new(hour, minute, second, 0).ok()
}

/// The clock that a heading names: `Date Time, GMT+01:00`.
pub(super) fn stated_zone(heading: &str) -> Option<TimeZone> {
    let upper = heading.to_uppercase();
    let after = ["GMT", "UTC"]
        .iter()
        .find_map(|name| upper.split_once(name).map(|(_, after)| after))?;
    let after = after.trim_start();
    let sign = match after.chars().next() {
        Some('+') => 1,
        Some('-' | '−') => -1,
        _ => return Some(TimeZone::UTC),
    };
    let digits: String = after
        .chars()
        .skip(1)
        .take_while(|c| c.is_ascii_digit() || *c == ':')
        .collect();
    let (hours, minutes) = digits.split_once(':').unwrap_or((&digits, "0"));
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    let minutes = hours.checked_mul(60)?.checked_add(minutes)?;
    let seconds = minutes.checked_mul(60)?.checked_mul(sign)?;
    Offset::from_seconds(seconds).ok().map(TimeZone::fixed)
}
