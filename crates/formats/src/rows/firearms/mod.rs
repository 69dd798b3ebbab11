//! A register of firearms that exists elsewhere, to be brought in: CSV or Excel, one weapon a row.
//!
//! [`FirearmTable::read`] finds out how the table is written and what its columns hold, and refuses
//! what is not clear. [`FirearmTable::rows`] then gives one row after another, as often as it is
//! asked: memory holds the file, and never all of its weapons. Whether a weapon may be registered
//! as it stands is decided by whoever registers it.

mod cells;
mod error;
mod fields;
mod words;

use std::io::Cursor;
use std::sync::Arc;

use egnatia_firearms::{Holder, Particulars, WeaponKind};
use jiff::civil::Date;

use super::dates::{self, DateOrder};
use super::delimited::{Form, Table};
use super::survey::{COLUMNS_MAX, is_blank};
use super::{RowsError, RowsProblem, encoding, lines, sheet};
use crate::paxlst;

use cells::Reader;
pub use error::{FirearmCellProblem, FirearmRowError};
pub use fields::{FirearmColumn, FirearmField, recognised_firearm_columns, stated_firearm_columns};

/// The most bytes of a file.
pub const FIREARM_BYTES_MAX: usize = 512 * 1024 * 1024;

/// Headings stand in one of so many rows.
const HEADINGS_WITHIN: usize = 5;

/// What a row says of a weapon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirearmRow {
    /// The row as a spreadsheet counts it, from 1 with the heading.
    pub row: u64,
    /// What it is, as it is written; not checked yet.
    pub particulars: Particulars,
    /// Its number in the register that it comes from.
    pub reference: Option<String>,
    /// Who has it.
    pub holder: Option<Holder>,
    /// Number of the licence.
    pub licence: Option<String>,
    /// Until when the holder is licensed; absent where that has no end.
    pub licensed_until: Option<Date>,
    /// Since when the holder has it.
    pub held_since: Option<Date>,
    /// Whether somebody looked at like weapons, and it is another one.
    pub different: bool,
}

/// What the caller knows of the table.
#[derive(Debug, Clone)]
pub struct FirearmReading {
    /// Columns that somebody named, by their number or heading.
    pub columns: Vec<(FirearmField, String)>,
    /// Whether the first row holds headings.
    pub headings: bool,
    /// Which other columns are read.
    pub others: OtherColumns,
    /// The kind of weapon where a row states none.
    pub kind: Option<WeaponKind>,
}

/// What is done with columns that nobody named.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OtherColumns {
    /// They are recognised by their headings.
    #[default]
    Recognise,
    /// They are not read.
    Ignore,
}

#[derive(Debug, Clone)]
enum Kind {
    Csv(Form, Arc<[u8]>),
    Sheet(Arc<Vec<(u64, Vec<String>)>>),
}

/// A table of firearms: what it is, and how it is read.
#[derive(Debug, Clone)]
pub struct FirearmTable {
    kind: Kind,
    reader: Reader,
    /// So many rows stand before the first weapon.
    skip: usize,
    width: usize,
    /// How it is written: `csv, separator ;, windows-1250`, or `excel`.
    pub written: String,
    /// The columns that are read, in their order.
    pub columns: Vec<FirearmColumn>,
    /// The headings of columns that are not read.
    pub unused: Vec<String>,
    /// How many rows there are, with those that cannot be read.
    pub row_count: u64,
}

impl FirearmTable {
    /// Finds out how a table is written, from its bytes, and counts its rows.
    ///
    /// # Errors
    /// Where the file as a whole cannot be read, or its columns are not clear.
    pub fn read(bytes: Vec<u8>, reading: &FirearmReading) -> Result<Self, RowsError> {
        if bytes.len() > FIREARM_BYTES_MAX {
            let limit = "512 MiB";
            return Err(RowsProblem::TooLarge { limit }.into());
        }
        let (kind, written) = recognise(bytes)?;
        let mut cells = Cells::open(&kind)?;
        let (skip, first) = match reading.headings {
            true => headings(&mut cells, &kind)?,
            false => {
                let first = cells.next(|_, cells| owned(cells))?;
                cells = Cells::open(&kind)?;
                (0, first.ok_or(RowsProblem::Empty)?)
            }
        };
        if first.len() > COLUMNS_MAX {
            return Err(RowsProblem::NotRecognised.into());
        }
        let columns = fields::map(&first, reading)?;
        let (row_count, order) = survey(&mut cells, &columns)?;
        if row_count == 0 {
            return Err(RowsProblem::Empty.into());
        }
        let unused = match reading.headings {
            true => unused(&first, &columns),
            false => Vec::new(),
        };
        Ok(Self {
            reader: Reader::new(
                &columns,
                order,
                reading.kind,
                matches!(kind, Kind::Sheet(_)),
            ),
            skip,
            width: first.len(),
            kind,
            written,
            columns,
            unused,
            row_count,
        })
    }

    /// The first row of a table, which may hold headings: for whoever says what each column holds.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn first_row(bytes: Vec<u8>) -> Result<Vec<String>, RowsError> {
        if bytes.len() > FIREARM_BYTES_MAX {
            let limit = "512 MiB";
            return Err(RowsProblem::TooLarge { limit }.into());
        }
        let (kind, _) = recognise(bytes)?;
        let (_, first) = headings(&mut Cells::open(&kind)?, &kind)?;
        if first.len() > COLUMNS_MAX {
            return Err(RowsProblem::NotRecognised.into());
        }
        Ok(first)
    }

    /// The rows, from the beginning. They are the same every time.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn rows(&self) -> Result<FirearmRows, RowsError> {
        Ok(FirearmRows {
            cells: Cells::open(&self.kind)?,
            reader: self.reader.clone(),
            skip: self.skip,
            width: self.width,
            is_sheet: matches!(self.kind, Kind::Sheet(_)),
        })
    }

    /// Where a field stands, if a column holds it.
    pub fn column(&self, field: FirearmField) -> Option<&FirearmColumn> {
        self.columns.iter().find(|column| column.field == field)
    }
}

/// A weapon, or all that is wrong with its row.
pub type ReadFirearm = Result<FirearmRow, Vec<FirearmRowError>>;

/// Rows of weapons, one after another.
pub struct FirearmRows {
    cells: Cells,
    reader: Reader,
    skip: usize,
    width: usize,
    is_sheet: bool,
}

impl FirearmRows {
    /// The next row, or what is wrong with it; `None` at the end.
    ///
    /// # Errors
    /// Where the file cannot be read on.
    pub fn next_row(&mut self) -> Result<Option<ReadFirearm>, RowsError> {
        for _ in 0..std::mem::take(&mut self.skip) {
            self.cells.next(|_, _| ())?;
        }
        let (reader, width, is_sheet) = (&self.reader, self.width, self.is_sheet);
        loop {
            let read = self.cells.next(|row, cells| {
                (!is_blank(cells)).then(|| match misfit(width, cells, is_sheet) {
                    Some(problem) => Err(vec![FirearmRowError {
                        row,
                        field: None,
                        column: None,
                        problem,
                    }]),
                    None => reader.read(row, cells),
                })
            })?;
            match read {
                None => return Ok(None),
                Some(Some(read)) => return Ok(Some(read)),
                // A blank row is no row.
                Some(None) => {}
            }
        }
    }
}

/// Rows of cells of either kind.
enum Cells {
    Csv(Box<Table<Cursor<Arc<[u8]>>>>),
    Sheet(Arc<Vec<(u64, Vec<String>)>>, usize),
}

impl Cells {
    fn open(kind: &Kind) -> Result<Self, RowsError> {
        match kind {
            Kind::Csv(form, bytes) => {
                let table = form.open(Cursor::new(Arc::clone(bytes)))?;
                Ok(Self::Csv(Box::new(table)))
            }
            Kind::Sheet(sheet) => Ok(Self::Sheet(Arc::clone(sheet), 0)),
        }
    }

    /// What is made of the next row's number and cells; `None` at the end.
    fn next<T>(&mut self, make: impl FnOnce(u64, &[&str]) -> T) -> Result<Option<T>, RowsError> {
        match self {
            Self::Csv(table) => {
                let row = table.next_cells()?;
                Ok(row.map(|(number, cells)| make(number, &cells)))
            }
            Self::Sheet(sheet, at) => {
                let row = sheet.get(*at);
                *at = at.saturating_add(1);
                Ok(row.map(|(number, cells)| {
                    let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
                    make(*number, &cells)
                }))
            }
        }
    }
}

/// The headings, and how many rows there are up to them. Registers carry a title and merged cells
/// above their headings: the first of a few rows that names the number holds them, else the first.
fn headings(cells: &mut Cells, kind: &Kind) -> Result<(usize, Vec<String>), RowsError> {
    let mut found: Option<(usize, Vec<String>)> = None;
    for at in 1..=HEADINGS_WITHIN {
        let Some(mut row) = cells.next(|_, cells| owned(cells))? else {
            break;
        };
        // Programs write separators for columns that were emptied.
        let filled = row.iter().rposition(|cell| !cell.trim().is_empty());
        row.truncate(filled.map_or(0, |last| last.saturating_add(1)));
        let names = recognised_firearm_columns(&row).into_iter().flatten();
        if names.filter(|field| *field == FirearmField::Serial).count() == 1 {
            found = Some((at, row));
            break;
        }
        found.get_or_insert((at, row));
    }
    let (skip, row) = found.ok_or(RowsProblem::Empty)?;
    *cells = Cells::open(kind)?;
    for _ in 0..skip {
        cells.next(|_, _| ())?;
    }
    Ok((skip, row))
}

fn owned(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|cell| (*cell).to_owned()).collect()
}

fn recognise(bytes: Vec<u8>) -> Result<(Kind, String), RowsError> {
    let start = bytes.get(..bytes.len().min(64)).unwrap_or_default();
    if start.is_empty() {
        return Err(RowsProblem::Empty.into());
    }
    if start.starts_with(sheet::EXCEL) || start.starts_with(sheet::OLD_EXCEL) {
        let rows = sheet::read(&mut Cursor::new(bytes))?;
        return Ok((Kind::Sheet(Arc::new(rows)), "excel".to_owned()));
    }
    if paxlst::is_start(start) || lines::is_start(start) {
        return Err(RowsProblem::NotATable.into());
    }
    let bytes: Arc<[u8]> = bytes.into();
    let encoding = encoding::recognise(&mut Cursor::new(Arc::clone(&bytes)))?;
    let form = Form::recognise(&mut Cursor::new(Arc::clone(&bytes)), encoding)?;
    let written = form.written();
    Ok((Kind::Csv(form, bytes), written))
}

/// How many rows follow, and whether their dates have the day or the month first.
fn survey(cells: &mut Cells, columns: &[FirearmColumn]) -> Result<(u64, DateOrder), RowsError> {
    let is_day = |column: &&FirearmColumn| {
        matches!(
            column.field,
            FirearmField::LicensedUntil | FirearmField::HeldSince
        )
    };
    let days: Vec<usize> = columns.iter().filter(is_day).map(|c| c.number).collect();
    let (mut count, mut day, mut month) = (0_u64, None, None);
    loop {
        let read = cells.next(|_, cells| {
            for number in &days {
                let cell = cells.get(number.saturating_sub(1));
                match cell.and_then(|cell| dates::shown_order(cell)) {
                    Some(DateOrder::DayFirst) => day = Some(*number),
                    Some(DateOrder::MonthFirst) => month = Some(*number),
                    None => {}
                }
            }
            is_blank(cells)
        })?;
        match read {
            None => break,
            Some(blank) => count = count.saturating_add(u64::from(!blank)),
        }
    }
    match (day, month) {
        (Some(_), Some(column)) => Err(RowsProblem::MixedDates { column }.into()),
        (None, Some(_)) => Ok((count, DateOrder::MonthFirst)),
        _ => Ok((count, DateOrder::DayFirst)),
    }
}

/// A row has as many cells as the heading; empty ones at its end do not count. A sheet has no
/// cells behind the last one of a row that is filled in.
fn misfit(width: usize, cells: &[&str], is_sheet: bool) -> Option<FirearmCellProblem> {
    let beyond = cells.get(width..).unwrap_or_default();
    let whole = cells.len() >= width || is_sheet;
    (!whole || !is_blank(beyond)).then_some(FirearmCellProblem::Cells {
        found: cells.len(),
        expected: width,
    })
}

fn unused(headings: &[String], columns: &[FirearmColumn]) -> Vec<String> {
    let numbered = (1_usize..).zip(headings);
    let unused = numbered.filter(|(number, heading)| {
        !heading.trim().is_empty() && columns.iter().all(|column| column.number != *number)
    });
    unused
        .map(|(_, heading)| heading.trim().to_owned())
        .collect()
}
