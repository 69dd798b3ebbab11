//! A table of alerts that exist elsewhere, to be entered here: CSV or Excel, one alert a row.
//!
//! [`AlertTable::read`] reads the whole table. Columns that are not clear and files that cannot be
//! read are refused; what is wrong with single rows is collected, so that all of it is known at
//! once. Whether an alert may be entered as it stands is decided by whoever enters it.

mod cells;
mod error;
mod fields;
mod words;

use std::collections::BTreeSet;
use std::io::{Read, SeekFrom};

use egnatia_alerts::{ObjectKind, Reason, Warning};
use egnatia_matching::Description;
use egnatia_record::Category;
use jiff::civil::Date;

use super::cells::Mapping;
use super::delimited::Form;
use super::encoding::{self, unreadable};
use super::headings::Mapped;
use super::survey::{COLUMNS_MAX, is_blank};
use super::{Column, RowsError, RowsProblem, Source, lines, sheet};
use crate::paxlst;

pub(super) use cells::day;
use cells::{Reader, order};
pub use error::{AlertCellProblem, AlertRowError};
pub use fields::{AlertColumn, AlertField, stated_alert_columns};
pub(super) use words::answer;

/// The most rows of a file.
pub const ALERT_ROWS_MAX: usize = 100_000;
/// The most bytes of text in all cells.
const TEXT_BYTES_MAX: usize = 256 * 1024 * 1024;
/// So many errors are kept; the others are counted.
pub const ALERT_ERRORS_MAX: usize = 1_000;

/// What a row says of an alert. What it leaves open is filled in by whoever enters it.
#[derive(Debug, Clone, PartialEq)]
pub struct AlertRow {
    /// The row as a spreadsheet counts it, from 1 with the heading.
    pub row: u64,
    /// Whom or what.
    pub subject: Description,
    /// Of which category.
    pub category: Option<Category>,
    /// What kind of object; absent for a person.
    pub object: Option<ObjectKind>,
    /// Why.
    pub reason: Option<Reason>,
    /// The decision that gives rise to it.
    pub decision: Option<String>,
    /// What is done once a match is confirmed.
    pub action: Option<String>,
    /// What an officer must know.
    pub warnings: BTreeSet<Warning>,
    /// Type of offence.
    pub offence: Option<String>,
    /// Physical characteristics, or what the object looks like.
    pub characteristics: Option<String>,
    /// Why the case is adequate.
    pub proportionality: Option<Reason>,
    /// When it was entered where it comes from.
    pub entered_on: Option<Date>,
    /// Its number where it comes from.
    pub reference: Option<String>,
    /// Whether somebody looked at like alerts, and they are about somebody else.
    pub different: bool,
    /// What tells it from them.
    pub distinguished_by: Option<String>,
}

/// What the caller knows of the table.
#[derive(Debug, Clone)]
pub struct AlertReading {
    /// Columns that somebody named, by their number or heading.
    pub columns: Vec<(AlertField, String)>,
    /// Whether the first row holds headings.
    pub headings: bool,
    /// Which category is meant where none is stated, and by an article that has several.
    pub category: Option<Category>,
}

/// A table of alerts, read whole.
#[derive(Debug, Clone)]
pub struct AlertTable {
    /// How it is written: `csv, separator ;, windows-1250`, or `excel`.
    pub written: String,
    /// The columns that are read, in their order.
    pub columns: Vec<AlertColumn>,
    /// The headings of columns that are not read.
    pub unused: Vec<String>,
    /// How many rows there are, with those that cannot be read.
    pub row_count: u64,
    /// The rows that can be read.
    pub rows: Vec<AlertRow>,
    /// What is wrong with the others, at most [`ALERT_ERRORS_MAX`].
    pub errors: Vec<AlertRowError>,
    /// How many errors there are in all.
    pub error_count: u64,
}

impl AlertTable {
    /// Reads a table to its end.
    ///
    /// # Errors
    /// Where the file as a whole cannot be read, or its columns are not clear.
    pub fn read(source: &mut dyn Source, reading: &AlertReading) -> Result<Self, RowsError> {
        let (written, mut rows) = table(source)?;
        let mut first = match rows.first() {
            Some((_, cells)) => cells.clone(),
            None => return Err(RowsProblem::Empty.into()),
        };
        if reading.headings {
            // Programs write separators for columns that were emptied.
            let filled = first.iter().rposition(|cell| !cell.trim().is_empty());
            first.truncate(filled.map_or(0, |last| last.saturating_add(1)));
            rows.remove(0);
        }
        if first.len() > COLUMNS_MAX {
            return Err(RowsProblem::NotRecognised.into());
        }
        rows.retain(|(_, cells)| !is_blank(cells));
        if rows.is_empty() {
            return Err(RowsProblem::Empty.into());
        }
        let columns = fields::map(&first, reading.headings, &reading.columns)?;
        let unused = match reading.headings {
            true => unused(&first, &columns),
            false => Vec::new(),
        };
        let reader = Reader {
            subject: Mapping {
                columns: columns.iter().filter_map(subject).collect(),
                order: order(&rows, &columns, AlertField::Subject(Column::BirthDate))?,
            },
            entered: order(&rows, &columns, AlertField::EnteredOn)?,
            of_article_36: reading
                .category
                .filter(|category| words::is_of_article_36(*category)),
            columns: &columns,
        };
        let is_sheet = written == SHEET;
        let mut table = Self {
            written,
            unused,
            row_count: u64::try_from(rows.len()).unwrap_or(u64::MAX),
            rows: Vec::with_capacity(rows.len()),
            errors: Vec::new(),
            error_count: 0,
            columns: Vec::new(),
        };
        for (row, cells) in &rows {
            // A sheet has no cells behind the last one of a row that is filled in.
            let read = match width(&first, cells, is_sheet) {
                Some(problem) => Err(vec![AlertRowError {
                    row: *row,
                    field: None,
                    column: None,
                    problem,
                }]),
                None => reader.read(*row, cells),
            };
            match read {
                Ok(alert) => table.rows.push(alert),
                Err(errors) => table.wrong(errors),
            }
        }
        table.columns = columns;
        Ok(table)
    }

    fn wrong(&mut self, errors: Vec<AlertRowError>) {
        let count = u64::try_from(errors.len()).unwrap_or(u64::MAX);
        self.error_count = self.error_count.saturating_add(count);
        let room = ALERT_ERRORS_MAX.saturating_sub(self.errors.len());
        self.errors.extend(errors.into_iter().take(room));
    }

    /// Where a field stands, if one column holds it.
    pub fn column(&self, field: AlertField) -> Option<&AlertColumn> {
        self.columns.iter().find(|mapped| mapped.field == field)
    }
}

/// What a sheet is called.
const SHEET: &str = "excel";

/// Rows of cells with their numbers.
type Cells = Vec<(u64, Vec<String>)>;

/// All cells of the table.
fn table(source: &mut dyn Source) -> Result<(String, Cells), RowsError> {
    let mut start = Vec::new();
    rewind(source)?;
    (&mut *source)
        .take(64)
        .read_to_end(&mut start)
        .map_err(|error| unreadable(&error))?;
    if start.is_empty() {
        return Err(RowsProblem::Empty.into());
    }
    if start.starts_with(sheet::EXCEL) || start.starts_with(sheet::OLD_EXCEL) {
        let rows = sheet::read(source)?;
        bounded(rows.len())?;
        return Ok((SHEET.to_owned(), rows));
    }
    if paxlst::is_start(&start) || lines::is_start(&start) {
        return Err(RowsProblem::NotATable.into());
    }
    rewind(source)?;
    let encoding = encoding::recognise(&mut *source)?;
    let form = Form::recognise(source, encoding)?;
    let mut table = form.open(&mut *source)?;
    let mut rows = Vec::new();
    let mut bytes = 0_usize;
    while let Some((number, cells)) = table.next_cells()? {
        let length: usize = cells.iter().map(|cell| cell.len()).sum();
        bytes = bytes.saturating_add(length);
        if bytes > TEXT_BYTES_MAX {
            let limit = "256 MiB of text";
            return Err(RowsProblem::TooLarge { limit }.into());
        }
        rows.push((number, cells.into_iter().map(str::to_owned).collect()));
        bounded(rows.len())?;
    }
    Ok((form.written(), rows))
}

fn bounded(rows: usize) -> Result<(), RowsError> {
    // The heading is one more.
    if rows > ALERT_ROWS_MAX.saturating_add(1) {
        let limit = "100,000 rows";
        return Err(RowsProblem::TooLarge { limit }.into());
    }
    Ok(())
}

fn rewind(source: &mut dyn Source) -> Result<(), RowsError> {
    let rewound = source.seek(SeekFrom::Start(0));
    rewound.map(|_| ()).map_err(|error| unreadable(&error))
}

/// A row has as many cells as the heading; empty ones at its end do not count.
fn width(first: &[String], cells: &[String], is_sheet: bool) -> Option<AlertCellProblem> {
    let beyond = cells.get(first.len()..).unwrap_or_default();
    let whole = cells.len() >= first.len() || is_sheet;
    (!whole || !is_blank(beyond)).then_some(AlertCellProblem::Cells {
        found: cells.len(),
        expected: first.len(),
    })
}

fn subject(mapped: &AlertColumn) -> Option<Mapped> {
    match mapped.field {
        AlertField::Subject(column) => Some(Mapped {
            column,
            number: mapped.number,
            heading: mapped.heading.clone(),
        }),
        _ => None,
    }
}

fn unused(headings: &[String], columns: &[AlertColumn]) -> Vec<String> {
    let numbered = (1_usize..).zip(headings);
    numbered
        .filter(|(number, heading)| {
            !heading.trim().is_empty() && columns.iter().all(|c| c.number != *number)
        })
        .map(|(_, heading)| heading.trim().to_owned())
        .collect()
}
