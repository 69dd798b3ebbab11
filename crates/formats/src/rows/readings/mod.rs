//! Readings of temperature and humidity, as loggers and people write them: one on each line, with the
//! moment.
//!
//! ```text
//! 1.3.2026 9:00; 21,5; 55            time;temperature;humidity
//! 2026-03-01T08:00:00Z,21.5,55       2026-03-01 09:00;21.5;
//! ```
//! Columns are told by a line of headings, which may come after lines about the logger; without one
//! they are moment, °C, %. A table of Excel is saved as CSV first.

mod moment;
mod number;

use std::io::{Cursor, Read};

use egnatia_stockpile::Reading;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::columns::fold;
use super::encoding::{Decoded, recognise, unreadable};
use super::{DateOrder, RowsError, sheet};
use moment::{Moment, stated_zone};

/// The most bytes of one table.
pub const READINGS_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Lines of one table.
const LINES_MAX: usize = 100_000;
/// Lines about the logger that may stand before the headings.
const PREAMBLE_MAX: usize = 60;
/// Wrong lines that are named.
const WRONG_MAX: usize = 50;

const MOMENTS: &[&str] = &[
    "at",
    "date",
    "moment",
    "timestamp",
    "date time",
    "datetime",
    "datum",
    "datum i vrijeme",
    "datum i vreme",
    "datum i cas",
    "data",
    "data dhe ora",
    "data ora",
];
const TIMES: &[&str] = &["time", "vrijeme", "vreme", "cas", "koha", "ora", "sat"];
const TEMPERATURES: &[&str] = &["t", "t c", "t f"];
const HUMIDITIES: &[&str] = &["h", "rh"];

/// What is wrong with a line, and what to do. It never holds the text of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReadingProblem {
    /// No moment.
    #[error("this is no moment; write 1.3.2026 9:00 or 2026-03-01T08:00:00Z")]
    Moment,
    /// No temperature.
    #[error("this is no temperature from -60 to 100 °C, such as 21.5")]
    Temperature,
    /// No humidity.
    #[error("this is no relative humidity from 0 to 100 %, such as 55")]
    Humidity,
    /// Neither of them.
    #[error("state the temperature, the humidity, or both")]
    Nothing,
}

/// A line that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct ReadingsRowError {
    /// From 1, as an editor counts lines.
    pub line: u64,
    /// What is wrong.
    pub problem: ReadingProblem,
}

/// What is wrong with a table of readings as a whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadingsError {
    /// Too much, or nothing.
    #[error("a table has 1 to {LINES_MAX} readings and at most 8 MiB")]
    Size,
    /// A sheet of Excel.
    #[error("this is a sheet of Excel: save it as CSV")]
    Excel,
    /// No headings, or without a moment, or without anything that is read.
    #[error(
        "no line of headings names the moment and the temperature or the humidity, and the first line \
         does not begin with a moment"
    )]
    Headings,
    /// Both orders fit all of its dates.
    #[error("the dates can be read with the day or the month first: say which")]
    Dates,
    /// Some dates have the day first, others the month.
    #[error("some dates have the day first, and others the month")]
    MixedDates,
    /// A line is wrong.
    #[error(transparent)]
    Row(#[from] ReadingsRowError),
    /// The characters cannot be read.
    #[error("the file cannot be read: {0}")]
    Rows(String),
}

impl From<RowsError> for ReadingsError {
    fn from(error: RowsError) -> Self {
        Self::Rows(error.to_string())
    }
}

/// How moments are read that do not say it themselves.
#[derive(Debug, Clone, Copy)]
pub struct Reckoned<'a> {
    /// The clock of the store. A heading that names another one, such as `GMT+01:00`, counts instead.
    pub zone: &'a TimeZone,
    /// Whether the day or the month stands first in dates with slashes; found out where left out.
    pub order: Option<DateOrder>,
}

/// A table, read whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadingsTable {
    /// How it is written: `csv, separator ;, windows-1250`.
    pub written: String,
    /// The headings of the columns that are read, in their order; none where there are no headings.
    pub headings: Vec<String>,
    /// Whether temperatures are turned from °F.
    pub is_fahrenheit: bool,
    /// The order of day and month, where dates depend on it.
    pub order: Option<DateOrder>,
    /// What was read, in the order of the table.
    pub readings: Vec<Reading>,
    /// Lines in which nothing was measured: events of the logger.
    pub passed_over: u64,
    /// What is wrong, in the order of the table: the first 50.
    pub errors: Vec<ReadingsRowError>,
}

/// Which column is what.
#[derive(Debug, Clone, Default)]
struct Columns {
    moment: usize,
    /// The time of day, where the moment is a date.
    time: Option<usize>,
    temperature: Option<usize>,
    humidity: Option<usize>,
    is_fahrenheit: bool,
    zone: Option<TimeZone>,
    headings: Vec<String>,
}

/// Reads a table of which every line is right; moments without an offset are those of `zone`.
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
    let how = Reckoned { zone, order: None };
    let table = ReadingsTable::read(text.as_bytes(), how)?;
    match table.errors.first() {
        Some(error) => Err((*error).into()),
        None => Ok(table.readings),
    }
}

impl ReadingsTable {
    /// Reads a table. Lines that are wrong are in it.
    ///
    /// # Errors
    /// [`ReadingsError`] where the table as a whole cannot be read, or its dates are not clear.
    pub fn read(bytes: &[u8], how: Reckoned<'_>) -> Result<Self, ReadingsError> {
        if bytes.len() > READINGS_BYTES_MAX {
            return Err(ReadingsError::Size);
        }
        if bytes.starts_with(sheet::EXCEL) || bytes.starts_with(sheet::OLD_EXCEL) {
            return Err(ReadingsError::Excel);
        }
        let (text, encoding) = decoded(bytes)?;
        let separator = separator(&text);
        let lines = lines(&text, separator)?;
        let (columns, start) = columns(&lines)?;
        let lines = lines.get(start..).unwrap_or_default();
        let mut table = Self {
            written: format!("csv, separator {}, {encoding}", named(separator)),
            headings: columns.headings.clone(),
            is_fahrenheit: columns.is_fahrenheit,
            order: order(lines, &columns, how.order)?,
            readings: Vec::with_capacity(lines.len()),
            passed_over: 0,
            errors: Vec::new(),
        };
        for (line, cells) in lines {
            match table.reading(cells, &columns, how.zone) {
                Ok(Some(reading)) => table.readings.push(reading),
                Ok(None) => table.passed_over = table.passed_over.saturating_add(1),
                Err(problem) if table.errors.len() < WRONG_MAX => {
                    let line = *line;
                    table.errors.push(ReadingsRowError { line, problem });
                }
                Err(_) => {}
            }
        }
        match table.readings.is_empty() && table.errors.is_empty() {
            true => Err(ReadingsError::Size),
            false => Ok(table),
        }
    }

    fn reading(
        &self,
        cells: &[String],
        columns: &Columns,
        zone: &TimeZone,
    ) -> Result<Option<Reading>, ReadingProblem> {
        let cell = |column: Option<usize>| {
            let cell = column.and_then(|column| cells.get(column));
            cell.map(String::as_str).unwrap_or_default()
        };
        let zone = columns.zone.as_ref().unwrap_or(zone);
        let order = self.order.unwrap_or_default();
        let moment = columns.moment_in(cells);
        let at: Option<Timestamp> = moment.and_then(|moment| moment.at(zone, order));
        let at = at.ok_or(ReadingProblem::Moment)?;
        let temperature = number::temperature(cell(columns.temperature), columns.is_fahrenheit)
            .map_err(|()| ReadingProblem::Temperature)?;
        let humidity =
            number::humidity(cell(columns.humidity)).map_err(|()| ReadingProblem::Humidity)?;
        if temperature.is_none() && humidity.is_none() {
            // A logger writes down that it was started or read out; a person has forgotten something.
            return match columns.headings.is_empty() {
                true => Err(ReadingProblem::Nothing),
                false => Ok(None),
            };
        }
        Ok(Some(Reading {
            at,
            temperature,
            humidity,
        }))
    }
}

impl Columns {
    fn moment_in(&self, cells: &[String]) -> Option<Moment> {
        let day = cells.get(self.moment)?;
        match self.time.and_then(|time| cells.get(time)) {
            Some(time) => Moment::parse(&format!("{day} {time}")),
            None => Moment::parse(day),
        }
    }

    /// The columns that headings name; nothing where they name no moment, or nothing that is read.
    fn named(cells: &[String]) -> Option<Self> {
        let folded: Vec<String> = cells.iter().map(|cell| fold(cell)).collect();
        let find = |holds: &dyn Fn(&str) -> bool| folded.iter().position(|cell| holds(cell));
        let day = find(&|cell| {
            MOMENTS.contains(&cell) || cell.starts_with("date time") || cell.starts_with("datum i")
        });
        let time = find(&|cell| TIMES.contains(&cell));
        let (moment, time) = match (day, time) {
            (Some(day), time) => (day, time),
            (None, Some(time)) => (time, None),
            (None, None) => return None,
        };
        let temperature = find(&|cell| TEMPERATURES.contains(&cell) || cell.starts_with("temp"));
        let humidity = find(&|cell| {
            let begins = [
                "rh ",
                "humid",
                "relative humid",
                "vlag",
                "vlaz",
                "relativna v",
                "lagesht",
            ];
            HUMIDITIES.contains(&cell) || begins.iter().any(|begin| cell.starts_with(begin))
        });
        if temperature.is_none() && humidity.is_none() {
            return None;
        }
        let of = |column: usize| cells.get(column).cloned();
        let heading = temperature.and_then(|column| folded.get(column));
        let is_fahrenheit = heading.is_some_and(|heading| {
            let mut words = heading.split(' ').skip(1);
            words.any(|word| word == "f" || word == "fahrenheit")
        });
        let read = [Some(moment), time, temperature, humidity];
        Some(Self {
            moment,
            time,
            temperature,
            humidity,
            is_fahrenheit,
            zone: cells.get(moment).and_then(|heading| stated_zone(heading)),
            headings: read.into_iter().flatten().filter_map(of).collect(),
        })
    }
}

fn decoded(bytes: &[u8]) -> Result<(String, String), ReadingsError> {
    let encoding = recognise(&mut &*bytes)?;
    let mut text = String::new();
    Decoded::new(Cursor::new(bytes), encoding)
        .read_to_string(&mut text)
        .map_err(|error| unreadable(&error))?;
    let text = text.trim_start_matches('\u{feff}').to_owned();
    Ok((text, encoding.name().to_lowercase()))
}

/// A tab or a semicolon where there is one; a comma is also the decimal sign.
fn separator(text: &str) -> u8 {
    let first = || {
        text.lines()
            .filter(|line| !line.trim().is_empty())
            .take(PREAMBLE_MAX)
    };
    let signs = [b'\t', b';'];
    let found = signs
        .into_iter()
        .find(|sign| first().any(|line| line.as_bytes().contains(sign)));
    found.unwrap_or(b',')
}

fn named(separator: u8) -> char {
    match separator {
        b'\t' => '⇥',
        other => char::from(other),
    }
}

type Line = (u64, Vec<String>);

fn lines(text: &str, separator: u8) -> Result<Vec<Line>, ReadingsError> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(text.as_bytes());
    let mut lines = Vec::new();
    let (mut counted, mut line) = (0_usize, 1_u64);
    for record in reader.records() {
        let record = record.map_err(|error| ReadingsError::Rows(error.to_string()))?;
        // The reader counts from where the record before ended: empty lines come on top.
        let start = record.position().map_or(0, csv::Position::byte);
        let start = usize::try_from(start).unwrap_or(usize::MAX);
        let rest = text.as_bytes().get(start..).unwrap_or_default();
        let blank = rest.iter().take_while(|byte| matches!(byte, b'\n' | b'\r'));
        let start = start.saturating_add(blank.count());
        let passed = text.as_bytes().get(counted..start).unwrap_or_default();
        let passed = passed.iter().filter(|byte| **byte == b'\n').count();
        line = line.saturating_add(u64::try_from(passed).unwrap_or(0));
        counted = start;
        let cells: Vec<String> = record
            .iter()
            .map(|cell| cell.trim().trim_matches('"').trim().to_owned())
            .collect();
        if cells.iter().all(String::is_empty) {
            continue;
        }
        if lines.len() >= LINES_MAX.saturating_add(PREAMBLE_MAX) {
            return Err(ReadingsError::Size);
        }
        lines.push((line, cells));
    }
    match lines.is_empty() {
        true => Err(ReadingsError::Size),
        false => Ok(lines),
    }
}

/// Which column is what, and the line after the headings.
fn columns(lines: &[Line]) -> Result<(Columns, usize), ReadingsError> {
    let plain = Columns {
        temperature: Some(1),
        humidity: Some(2),
        ..Columns::default()
    };
    if lines
        .first()
        .is_some_and(|(_, cells)| plain.moment_in(cells).is_some())
    {
        return Ok((plain, 0));
    }
    let first = lines.iter().take(PREAMBLE_MAX).enumerate();
    let mut named = first.filter_map(|(index, (_, cells))| Some((Columns::named(cells)?, index)));
    match named.next() {
        Some((columns, index)) => Ok((columns, index.saturating_add(1))),
        // A person who made a slip in the first line is told of that line.
        None if lines.first().is_some_and(|(_, cells)| looks_read(cells)) => Ok((plain, 0)),
        None => Err(ReadingsError::Headings),
    }
}

fn looks_read(cells: &[String]) -> bool {
    let first = cells.first().map(String::as_str).unwrap_or_default();
    cells.len() > 1 && first.bytes().any(|byte| byte.is_ascii_digit())
}

/// The order of day and month: as it is stated, or as the dates show.
fn order(
    lines: &[Line],
    columns: &Columns,
    stated: Option<DateOrder>,
) -> Result<Option<DateOrder>, ReadingsError> {
    let (mut day_first, mut month_first, mut depends) = (false, false, false);
    for (_, cells) in lines {
        let Some(Moment::Local(day, _)) = columns.moment_in(cells) else {
            continue;
        };
        depends |= matches!(day, moment::Day::Slashed(..));
        day_first |= day.shown_order() == Some(DateOrder::DayFirst);
        month_first |= day.shown_order() == Some(DateOrder::MonthFirst);
    }
    match (depends, stated, day_first, month_first) {
        (false, _, _, _) => Ok(None),
        (true, Some(order), _, _) => Ok(Some(order)),
        (true, None, true, true) => Err(ReadingsError::MixedDates),
        (true, None, true, false) => Ok(Some(DateOrder::DayFirst)),
        (true, None, false, true) => Ok(Some(DateOrder::MonthFirst)),
        (true, None, false, false) => Err(ReadingsError::Dates),
    }
}

#[cfg(test)]
mod tests;
