//! Rows that are to be checked: tables, sheets, passenger lists, FollowTheMoney entities.
//!
//! [`Layout::recognise`] reads the whole input once: it finds out what it is, how it is written
//! and what its columns hold, and refuses what cannot be read, before anything is asked.
//! [`Layout::rows`] then gives one [`Row`] after another. Memory is bounded whatever the size,
//! except for sheets, which are held in memory and refused above a stated size.
//!
//! A table of alerts that are to be entered is read by [`alerts`]; a register of weapons by
//! [`firearms`], a ledger of stores by [`stock`].

pub mod alerts;
mod cells;
mod columns;
mod dates;
mod delimited;
mod encoding;
mod error;
pub mod firearms;
mod headings;
mod lines;
pub mod readings;
mod sheet;
pub mod stock;
mod survey;

use std::io::{Read, Seek, SeekFrom};
use std::sync::Arc;

use egnatia_matching::Description;
use jiff::civil::Date;

pub use columns::{MappedField, TableField};
pub use dates::DateOrder;
pub use error::{PassengersProblem, RowsError, RowsProblem};
pub use headings::{Column, Mapped, stated_columns};

use crate::paxlst;
use cells::Mapping;
use delimited::Form;
use encoding::unreadable;

/// How many rows are shown before a run.
const FIRST_ROWS: usize = 5;

/// What rows are read from: a file, or bytes in memory.
pub trait Source: Read + Seek + Send {}

impl<T: Read + Seek + Send> Source for T {}

/// One thing to check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its number: of the row as a spreadsheet counts it, of the line, of the passenger.
    pub number: u64,
    /// Whom or what; empty where the row says nothing that can be compared.
    pub query: Description,
}

/// What the caller knows of the input.
#[derive(Debug, Clone)]
pub struct Reading {
    /// Columns that somebody named, by their number or heading.
    pub columns: Vec<(Column, String)>,
    /// Whether the first row of a table holds headings.
    pub headings: bool,
    /// The present day: birth dates of passenger lists have two digits for the year.
    pub today: Date,
}

/// What kind of input it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowFormat {
    /// Separated cells.
    Csv,
    /// A sheet of Excel.
    Excel,
    /// FollowTheMoney entities, one JSON object a line.
    FollowTheMoney,
    /// A UN/EDIFACT passenger list.
    PassengerList,
}

impl RowFormat {
    /// What it is called.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Excel => "excel",
            Self::FollowTheMoney => "followthemoney",
            Self::PassengerList => "paxlst",
        }
    }
}

/// How the rows lie.
#[derive(Debug, Clone)]
enum Kind {
    Csv(Form),
    Sheet(Arc<Vec<(u64, Vec<String>)>>),
    Lines,
    Passengers,
}

/// What an input is and how it is read.
#[derive(Debug, Clone)]
pub struct Layout {
    form: Kind,
    mapping: Mapping,
    reading: Reading,
    /// How many columns the heading has.
    width: usize,
    /// The headings, in their order; empty where there are none.
    pub headings: Vec<String>,
    /// How many rows there are.
    pub rows: u64,
    /// The first rows.
    pub first: Vec<Row>,
    /// Rows with a birth date that cannot be read; they are compared without it.
    pub unread_dates: u64,
    /// Entities that describe a document or relation, and are not checked by themselves.
    pub passed_over: u64,
}

impl Layout {
    /// Finds out what the input is, and reads it once to its end.
    ///
    /// # Errors
    /// The first thing that cannot be read, or columns that are not clear.
    pub fn recognise(source: &mut dyn Source, reading: Reading) -> Result<Self, RowsError> {
        source
            .seek(SeekFrom::Start(0))
            .map_err(|error| unreadable(&error))?;
        let mut start = Vec::new();
        (&mut *source)
            .take(64)
            .read_to_end(&mut start)
            .map_err(|error| unreadable(&error))?;
        let form = if start.is_empty() {
            return Err(RowsProblem::Empty.into());
        } else if start.starts_with(sheet::EXCEL) || start.starts_with(sheet::OLD_EXCEL) {
            Kind::Sheet(Arc::new(sheet::read(source)?))
        } else if paxlst::is_start(&start) {
            Kind::Passengers
        } else if lines::is_start(&start) {
            Kind::Lines
        } else {
            source
                .seek(SeekFrom::Start(0))
                .map_err(|error| unreadable(&error))?;
            let encoding = encoding::recognise(&mut *source)?;
            Kind::Csv(Form::recognise(source, encoding)?)
        };
        survey::survey(form, source, reading)
    }

    /// What kind of input it is.
    pub fn format(&self) -> RowFormat {
        match self.form {
            Kind::Csv(_) => RowFormat::Csv,
            Kind::Sheet(_) => RowFormat::Excel,
            Kind::Lines => RowFormat::FollowTheMoney,
            Kind::Passengers => RowFormat::PassengerList,
        }
    }

    /// How it is written: `csv, separator ;, windows-1250`, or the format alone.
    pub fn written(&self) -> String {
        match &self.form {
            Kind::Csv(form) => form.written(),
            _ => self.format().as_str().to_owned(),
        }
    }

    /// The columns that are read, in their order; empty for formats that have none.
    pub fn columns(&self) -> &[Mapped] {
        &self.mapping.columns
    }

    /// Whether dates have the day or the month first.
    pub fn date_order(&self) -> DateOrder {
        self.mapping.order
    }

    /// The rows, from the beginning. The same input gives the same rows.
    ///
    /// # Errors
    /// Where the input cannot be read.
    pub fn rows(&self, source: Box<dyn Source>) -> Result<Rows, RowsError> {
        let rows: Box<dyn Iterator<Item = Result<Row, RowsError>> + Send> = match &self.form {
            Kind::Csv(form) => Box::new(survey::TableRows {
                table: form.open(source)?,
                mapping: self.mapping.clone(),
                headings: self.reading.headings,
                width: self.width,
            }),
            Kind::Sheet(sheet) => Box::new(survey::SheetRows {
                sheet: Arc::clone(sheet),
                next: usize::from(self.reading.headings),
                mapping: self.mapping.clone(),
            }),
            Kind::Lines => Box::new(lines::Lines::open(source)?),
            Kind::Passengers => Box::new(paxlst::Passengers::open(source, self.reading.today)?),
        };
        Ok(Rows(rows))
    }
}

/// Rows, one after another. After an error there are no more.
pub struct Rows(Box<dyn Iterator<Item = Result<Row, RowsError>> + Send>);

impl Iterator for Rows {
    type Item = Result<Row, RowsError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }
}
