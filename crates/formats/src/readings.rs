//! Readings of temperature and humidity, as loggers and people write them: one on each line, the
//! moment first.
//!
//! ```text
//! 1.3.2026 9:00; 21,5; 55            time;temperature;humidity
//! 2026-03-01T08:00:00Z,21.5,55       2026-03-01 09:00;21.5;
//! ```
//! Columns are told by a first line of headings; without one they are moment, °C, %.

use egnatia_stockpile::{Humidity, InvalidReading, Reading, Temperature};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

use crate::rows::fold_heading;

/// Lines of one table.
const LINES_MAX: usize = 10_000;
/// Bytes of one table.
const BYTES_MAX: usize = 2 * 1024 * 1024;

const MOMENTS: &[&str] = &[
    "time",
    "at",
    "date",
    "moment",
    "timestamp",
    "date time",
    "datum",
    "vrijeme",
    "vreme",
    "datum i vrijeme",
    "datum i vreme",
    "datum i cas",
    "koha",
    "data",
    "data dhe ora",
];
const TEMPERATURES: &[&str] = &[
    "temperature",
    "temp",
    "t",
    "temperature c",
    "temp c",
    "t c",
    "temperatura",
    "temperatura c",
];
const HUMIDITIES: &[&str] = &[
    "humidity",
    "rh",
    "relative humidity",
    "vlaga",
    "vlaznost",
    "relativna vlaznost",
    "lageshtia",
];

/// What is wrong with a table of readings.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadingsError {
    /// Too much, or nothing.
    #[error("a table has 1 to {LINES_MAX} readings and at most 2 MiB")]
    Size,
    /// Headings without a moment, or without anything that is read.
    #[error("the headings name no moment, or neither temperature nor humidity")]
    Headings,
    /// No moment.
    #[error("line {line}: begin with the moment, such as 1.3.2026 9:00 or 2026-03-01T08:00:00Z")]
    Moment {
        /// From 1.
        line: usize,
    },
    /// No number.
    #[error("line {line}: {problem}")]
    Value {
        /// From 1.
        line: usize,
        /// What is wrong.
        problem: InvalidReading,
    },
}

/// Which column is what.
#[derive(Debug, Clone, Copy)]
struct Columns {
    moment: usize,
    temperature: Option<usize>,
    humidity: Option<usize>,
}

/// Reads a table; moments without an offset are those of `zone`.
///
/// # Errors
/// [`ReadingsError`], by the first line that is wrong.
///
/// ```
/// use egnatia_formats::readings;
/// use jiff::tz::TimeZone;
///
/// let read = readings::read("1.3.2026 9:00; 21,5; 55", &TimeZone::UTC)?;
/// assert_eq!(read[0].temperature.unwrap().to_string(), "21.5");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn read(text: &str, zone: &TimeZone) -> Result<Vec<Reading>, ReadingsError> {
    if text.len() > BYTES_MAX {
        return Err(ReadingsError::Size);
    }
    let text = text.trim_start_matches('\u{feff}');
    let lines = (1_usize..).zip(text.lines());
    let mut lines = lines.filter(|(_, line)| !line.trim().is_empty()).peekable();
    let mut columns = Columns {
        moment: 0,
        temperature: Some(1),
        humidity: Some(2),
    };
    if let Some((_, first)) = lines.peek() {
        let cells = cells(first);
        if moment(cells.first().copied().unwrap_or_default(), zone).is_none()
            && !first.bytes().any(|byte| byte.is_ascii_digit())
        {
            columns = headings(&cells).ok_or(ReadingsError::Headings)?;
            lines.next();
        }
    }
    let mut readings = Vec::new();
    for (number, line) in lines {
        if readings.len() >= LINES_MAX {
            return Err(ReadingsError::Size);
        }
        readings.push(reading(&cells(line), columns, (number, zone))?);
    }
    match readings.is_empty() {
        true => Err(ReadingsError::Size),
        false => Ok(readings),
    }
}

/// The cells of a line: by semicolons or tabs; by commas only where there is neither.
fn cells(line: &str) -> Vec<&str> {
    let separator = [';', '\t'].into_iter().find(|sign| line.contains(*sign));
    let cells = line.split(separator.unwrap_or(','));
    cells
        .map(|cell| cell.trim().trim_matches('"').trim())
        .collect()
}

fn headings(cells: &[&str]) -> Option<Columns> {
    let folded: Vec<String> = cells.iter().map(|cell| fold_heading(cell)).collect();
    let find = |names: &[&str]| {
        folded
            .iter()
            .position(|cell| names.contains(&cell.as_str()))
    };
    let columns = Columns {
        moment: find(MOMENTS)?,
        temperature: find(TEMPERATURES),
        humidity: find(HUMIDITIES),
    };
    (columns.temperature.is_some() || columns.humidity.is_some()).then_some(columns)
}

fn reading(
    cells: &[&str],
    columns: Columns,
    (line, zone): (usize, &TimeZone),
) -> Result<Reading, ReadingsError> {
    let cell = |column: Option<usize>| {
        let cell = cells.get(column?).copied()?;
        (!cell.is_empty()).then_some(cell)
    };
    let at = cell(Some(columns.moment)).and_then(|text| moment(text, zone));
    let wrong = |problem| ReadingsError::Value { line, problem };
    let without = |text: &str, unit: &str| text.trim_end_matches(unit).trim_end().to_owned();
    let temperature = cell(columns.temperature).map(|text| {
        let text = without(&without(text, "C"), "°");
        text.parse::<Temperature>().map_err(wrong)
    });
    let humidity = cell(columns.humidity);
    let humidity = humidity.map(|text| without(text, "%").parse::<Humidity>().map_err(wrong));
    let reading = Reading {
        at: at.ok_or(ReadingsError::Moment { line })?,
        temperature: temperature.transpose()?,
        humidity: humidity.transpose()?,
    };
    match reading.temperature.is_none() && reading.humidity.is_none() {
        true => Err(wrong(InvalidReading::Nothing)),
        false => Ok(reading),
    }
}

fn moment(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    if let Ok(at) = text.replacen(' ', "T", 1).parse::<DateTime>()
        && text.contains(':')
    {
        return zone.to_timestamp(at).ok();
    }
    let (day, time) = text.rsplit_once(' ')?;
    let mut parts = day.trim_end_matches(['.', ',']).split('.').map(str::trim);
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let day = Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()?;
    let mut parts = time.split(':');
    let (hour, minute) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let second = parts.next().map_or(Some(0), |second| second.parse().ok())?;
    let time = Time::new(hour, minute, second, 0).ok()?;
    if parts.next().is_some() {
        return None;
    }
    zone.to_timestamp(day.to_datetime(time)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Shown = (String, Option<String>, Option<String>);

    fn read(text: &str) -> Result<Vec<Shown>, ReadingsError> {
        let zone = TimeZone::fixed(jiff::tz::offset(1));
        let shown = |reading: Reading| {
            (
                reading.at.to_string(),
                reading.temperature.map(|t| t.to_string()),
                reading.humidity.map(|h| h.to_string()),
            )
        };
        super::read(text, &zone).map(|read| read.into_iter().map(shown).collect())
    }

    fn line(at: &str, t: &str, h: &str) -> Shown {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        (at.to_owned(), some(t), some(h))
    }

    #[test]
    fn moments_and_numbers_are_read_as_loggers_and_people_write_them() {
        let same = line("2026-03-01T08:00:00Z", "21.5", "55.0");
        for text in [
            "1.3.2026 9:00; 21,5; 55",
            "1. 3. 2026. 09:00:00\t21,5 °C\t55 %",
            "2026-03-01 09:00,21.5,55",
            "2026-03-01T08:00:00Z;21.5;55",
            "\u{feff}Датум;Влага;Температура\n1.3.2026 9:00;55;21,5",
            "\"Koha\";\"Temperatura (°C)\";\"Lagështia %\"\n\n\"2026-03-01 09:00\";\"21.5\";\"55\"\n",
        ] {
            assert_eq!(read(text), Ok(vec![same.clone()]), "{text}");
        }
        let half = read("1.3.2026 9:00;;55\n1.3.2026 10:00;-4").unwrap();
        assert_eq!(half[0], line("2026-03-01T08:00:00Z", "", "55.0"));
        assert_eq!(half[1], line("2026-03-01T09:00:00Z", "-4.0", ""));
    }

    #[test]
    fn what_is_wrong_is_said_by_its_line() {
        let moment = |line| Err(ReadingsError::Moment { line });
        assert_eq!(read("1.3.2026 9:00;21\n\nyesterday;20"), moment(3));
        assert_eq!(read("31.2.2026 9:00;21"), moment(1));
        assert_eq!(read("2026-03-01;21"), moment(1));
        let value = |problem| Err(ReadingsError::Value { line: 1, problem });
        assert_eq!(
            read("1.3.2026 9:00;warm"),
            value(InvalidReading::Temperature)
        );
        assert_eq!(
            read("1.3.2026 9:00;20;120"),
            value(InvalidReading::Humidity)
        );
        assert_eq!(read("1.3.2026 9:00;;"), value(InvalidReading::Nothing));
        assert_eq!(read("when;colour\n"), Err(ReadingsError::Headings));
        assert_eq!(read(" \n"), Err(ReadingsError::Size));
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(text in "[0-9a-z.;,:\\n\\t °%\"-]{0,120}") {
            let _ = super::read(&text, &TimeZone::UTC);
        }
    }
}
