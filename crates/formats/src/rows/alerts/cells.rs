//! A row of cells as an alert.

use std::collections::BTreeSet;

use egnatia_alerts::{ObjectKind, Reason, Warning};
use egnatia_matching::{Description, Schema};
use egnatia_record::Category;
use jiff::civil::Date;

use super::super::cells::Mapping;
use super::super::dates::{self, DateOrder};
use super::super::{Column, RowsError, RowsProblem};
use super::{AlertCellProblem, AlertColumn, AlertField, AlertRow, AlertRowError, words};
use crate::text::filled;

/// How the rows of a table are read.
pub(super) struct Reader<'a> {
    pub columns: &'a [AlertColumn],
    pub subject: Mapping,
    pub entered: DateOrder,
    pub of_article_36: Option<Category>,
}

/// A row that is being read, with what is wrong with it.
struct Reading<'a> {
    reader: &'a Reader<'a>,
    row: u64,
    cells: &'a [String],
    errors: Vec<AlertRowError>,
}

impl Reader<'_> {
    /// The alert that a row states.
    ///
    /// # Errors
    /// All that is wrong with it.
    pub fn read(&self, row: u64, cells: &[String]) -> Result<AlertRow, Vec<AlertRowError>> {
        let mut reading = Reading {
            reader: self,
            row,
            cells,
            errors: Vec::new(),
        };
        let alert = reading.alert();
        if reading.errors.is_empty() {
            Ok(alert)
        } else {
            Err(reading.errors)
        }
    }
}

impl Reading<'_> {
    fn alert(&mut self) -> AlertRow {
        let category = self.category();
        let (subject, object) = self.subject();
        AlertRow {
            row: self.row,
            subject,
            category,
            object,
            reason: self.reason(AlertField::Reason),
            decision: self.text(AlertField::Decision),
            action: self.text(AlertField::Action),
            warnings: self.warnings(),
            offence: self.text(AlertField::Offence),
            characteristics: self.text(AlertField::Characteristics),
            proportionality: self.reason(AlertField::Proportionality),
            entered_on: self.day(),
            reference: self.text(AlertField::Reference),
            different: self.read(
                AlertField::Different,
                words::answer,
                AlertCellProblem::Answer,
            ) == Some(true),
            distinguished_by: self.text(AlertField::DistinguishedBy),
        }
    }

    fn column(&self, field: AlertField) -> Option<usize> {
        let mut columns = self.reader.columns.iter();
        columns.find(|m| m.field == field).map(|m| m.number)
    }

    fn cell(&self, field: AlertField) -> Option<&str> {
        let index = self.column(field)?.checked_sub(1)?;
        self.cells.get(index).and_then(|cell| filled(cell))
    }

    fn text(&self, field: AlertField) -> Option<String> {
        self.cell(field).map(str::to_owned)
    }

    fn wrong(&mut self, field: AlertField, problem: AlertCellProblem) {
        self.errors.push(AlertRowError {
            row: self.row,
            field: Some(field),
            column: self.column(field),
            problem,
        });
    }

    /// What a cell says; where it is filled in and says nothing, that is an error.
    fn read<T>(
        &mut self,
        field: AlertField,
        parse: impl Fn(&str) -> Option<T>,
        problem: AlertCellProblem,
    ) -> Option<T> {
        let read = parse(self.cell(field)?);
        if read.is_none() {
            self.wrong(field, problem);
        }
        read
    }

    fn reason(&mut self, field: AlertField) -> Option<Reason> {
        let parse = |text: &str| Reason::try_from(text.to_owned()).ok();
        self.read(field, parse, AlertCellProblem::Reason)
    }

    fn category(&mut self) -> Option<Category> {
        let of_article_36 = self.reader.of_article_36;
        match words::category(self.cell(AlertField::Category)?, of_article_36) {
            Ok(category) => Some(category),
            Err(problem) => {
                self.wrong(AlertField::Category, problem);
                None
            }
        }
    }

    fn warnings(&mut self) -> BTreeSet<Warning> {
        let Some(text) = self.cell(AlertField::Warnings) else {
            return BTreeSet::new();
        };
        let parts = text.split([';', ',', '|', '\n']).filter_map(filled);
        let read: Option<BTreeSet<Warning>> = parts.map(words::warning).collect();
        read.unwrap_or_else(|| {
            self.wrong(AlertField::Warnings, AlertCellProblem::Warning);
            BTreeSet::new()
        })
    }

    fn day(&mut self) -> Option<Date> {
        let order = self.reader.entered;
        let parse = |text: &str| day(text, order);
        self.read(AlertField::EnteredOn, parse, AlertCellProblem::Day)
    }

    /// Whom or what the row is about. A row that names a kind of object is about that.
    fn subject(&mut self) -> (Description, Option<ObjectKind>) {
        let mut subject = self.reader.subject.describe(self.cells);
        let birth = AlertField::Subject(Column::BirthDate);
        if subject.births.is_empty() && self.cell(birth).is_some() {
            self.wrong(birth, AlertCellProblem::BirthDate);
        }
        let gender = AlertField::Subject(Column::Gender);
        if subject.gender.is_none() && self.cell(gender).is_some() {
            self.wrong(gender, AlertCellProblem::Gender);
        }
        let kind = AlertField::Subject(Column::Kind);
        let stated = self.cell(kind).map(str::to_lowercase);
        let is_person = stated.as_deref() == Some("person");
        let mut object = self.read(AlertField::Object, words::object, AlertCellProblem::Object);
        if !is_person && object.is_none() {
            object = self.read(kind, words::object, AlertCellProblem::Kind);
        }
        subject.schema = match object {
            None => Schema::Person,
            Some(ObjectKind::Boat) => Schema::Vessel,
            Some(ObjectKind::Aircraft) => Schema::Aircraft,
            Some(_) => Schema::Unknown,
        };
        (subject, object)
    }
}

/// A whole day that a cell states.
pub(in crate::rows) fn day(text: &str, order: DateOrder) -> Option<Date> {
    let stated = dates::birth(text, order)?;
    if stated.is_about() || stated.to().is_some() {
        return None;
    }
    let date = stated.from();
    let part = |number: u8| i8::try_from(number).ok();
    Date::new(date.year(), part(date.month()?)?, part(date.day()?)?).ok()
}

/// Whether the day or the month stands first in a column of dates.
///
/// # Errors
/// [`RowsProblem::MixedDates`].
pub(super) fn order(
    rows: &[(u64, Vec<String>)],
    columns: &[AlertColumn],
    field: AlertField,
) -> Result<DateOrder, RowsError> {
    let Some(mapped) = columns.iter().find(|mapped| mapped.field == field) else {
        return Ok(DateOrder::default());
    };
    let index = mapped.number.saturating_sub(1);
    let cells = rows.iter().filter_map(|(_, cells)| cells.get(index));
    let (mut day, mut month) = (false, false);
    for shown in cells.filter_map(|cell| dates::shown_order(cell)) {
        match shown {
            DateOrder::DayFirst => day = true,
            DateOrder::MonthFirst => month = true,
        }
    }
    match (day, month) {
        (true, true) => Err(RowsProblem::MixedDates {
            column: mapped.number,
        }
        .into()),
        (false, true) => Ok(DateOrder::MonthFirst),
        _ => Ok(DateOrder::DayFirst),
    }
}
