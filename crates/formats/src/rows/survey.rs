//! One pass over the whole input, before anything is asked: columns, dates, number of rows.

use std::sync::Arc;

use super::cells::Mapping;
use super::dates::{self, DateOrder};
use super::delimited::Table;
use super::headings::{self, Column};
use super::{FIRST_ROWS, Kind, Layout, Reading, Row, RowsError, RowsProblem, Source};
use crate::paxlst;

/// The most columns of a table. The widest real one has some dozens.
pub(super) const COLUMNS_MAX: usize = 1_000;

/// Reads the whole input and says how it lies.
pub(super) fn survey(
    form: Kind,
    source: &mut dyn Source,
    reading: Reading,
) -> Result<Layout, RowsError> {
    let mut layout = Layout {
        form,
        mapping: Mapping::default(),
        width: 0,
        headings: Vec::new(),
        rows: 0,
        first: Vec::new(),
        unread_dates: 0,
        passed_over: 0,
        reading,
    };
    match layout.form.clone() {
        Kind::Csv(form) => {
            let mut table = form.open(&mut *source)?;
            let first = table.next_cells()?;
            let first = first.map(|(_, cells)| cells.iter().map(|c| (*c).to_owned()).collect());
            let mut dates = layout.begin(first.unwrap_or_default())?;
            if !layout.reading.headings {
                table = form.open(&mut *source)?;
            }
            while let Some((number, cells)) = table.next_cells()? {
                layout.check_width(number, &cells)?;
                layout.count(number, &cells, &mut dates);
            }
            layout.end(&dates)?;
        }
        Kind::Sheet(sheet) => {
            let first = sheet.first().map(|(_, cells)| cells.clone());
            let mut dates = layout.begin(first.unwrap_or_default())?;
            for (number, cells) in sheet.iter().skip(usize::from(layout.reading.headings)) {
                layout.count(*number, cells, &mut dates);
            }
            layout.end(&dates)?;
        }
        Kind::Lines => {
            let mut lines = super::lines::Lines::open(source)?;
            layout.all(&mut lines)?;
            layout.passed_over = lines.passed_over;
        }
        Kind::Passengers => {
            let today = layout.reading.today;
            layout.all(&mut paxlst::Passengers::open(source, today)?)?;
        }
    }
    if layout.rows == 0 {
        return Err(RowsProblem::Empty.into());
    }
    Ok(layout)
}

/// What the cells of the birth dates show.
#[derive(Default)]
struct Dates {
    day_first: bool,
    month_first: bool,
    filled: u64,
    read: [u64; 2],
}

impl Layout {
    /// Takes the first row of a table: what the columns hold.
    fn begin(&mut self, mut first: Vec<String>) -> Result<Dates, RowsError> {
        // Programs write separators for columns that were emptied.
        let filled = first.iter().rposition(|cell| !cell.trim().is_empty());
        if self.reading.headings {
            first.truncate(filled.map_or(0, |last| last.saturating_add(1)));
        }
        if first.is_empty() {
            return Err(RowsProblem::Empty.into());
        }
        if first.len() > COLUMNS_MAX {
            return Err(RowsProblem::NotRecognised.into());
        }
        self.width = first.len();
        let with_headings = self.reading.headings;
        self.mapping.columns = headings::map(&first, with_headings, &self.reading.columns)?;
        if with_headings {
            self.headings = first;
        }
        Ok(Dates::default())
    }

    fn check_width(&self, number: u64, cells: &[&str]) -> Result<(), RowsError> {
        check_width(self.width, number, cells)
    }

    fn count<S: AsRef<str>>(&mut self, number: u64, cells: &[S], dates: &mut Dates) {
        if is_blank(cells) {
            return;
        }
        self.rows = self.rows.saturating_add(1);
        if self.first.len() < FIRST_ROWS {
            let query = self.mapping.describe(cells);
            self.first.push(Row { number, query });
        }
        let text = self.mapping.texts(cells, Column::BirthDate).next();
        if let Some(text) = text {
            dates.filled = dates.filled.saturating_add(1);
            match dates::shown_order(text) {
                Some(DateOrder::DayFirst) => dates.day_first = true,
                Some(DateOrder::MonthFirst) => dates.month_first = true,
                None => {}
            }
            let orders = [DateOrder::DayFirst, DateOrder::MonthFirst];
            for (read, order) in dates.read.iter_mut().zip(orders) {
                let is_date = dates::birth(text, order).is_some();
                *read = read.saturating_add(u64::from(is_date));
            }
        }
    }

    fn end(&mut self, dates: &Dates) -> Result<(), RowsError> {
        let births = |mapped: &&super::Mapped| mapped.column == Column::BirthDate;
        let Some(column) = self.mapping.columns.iter().find(births).map(|c| c.number) else {
            return Ok(());
        };
        let [day_first, month_first] = dates.read;
        let read = match (dates.day_first, dates.month_first) {
            (true, true) => return Err(RowsProblem::MixedDates { column }.into()),
            (false, true) => {
                self.mapping.order = DateOrder::MonthFirst;
                month_first
            }
            _ => day_first,
        };
        if dates.filled > 0 && read == 0 {
            return Err(RowsProblem::NotDates { column }.into());
        }
        self.unread_dates = dates.filled.saturating_sub(read);
        Ok(())
    }

    fn all(
        &mut self,
        rows: &mut dyn Iterator<Item = Result<Row, RowsError>>,
    ) -> Result<(), RowsError> {
        for row in rows {
            let row = row?;
            self.rows = self.rows.saturating_add(1);
            if self.first.len() < FIRST_ROWS {
                self.first.push(row);
            }
        }
        Ok(())
    }
}

pub(super) fn is_blank<S: AsRef<str>>(cells: &[S]) -> bool {
    cells.iter().all(|cell| cell.as_ref().trim().is_empty())
}

/// A row has as many cells as the heading; empty ones at its end do not count.
fn check_width(width: usize, number: u64, cells: &[&str]) -> Result<(), RowsError> {
    let beyond = cells.get(width..).unwrap_or_default();
    if (cells.len() >= width && is_blank(beyond)) || is_blank(cells) {
        return Ok(());
    }
    let (found, expected) = (cells.len(), width);
    Err(RowsProblem::Cells { found, expected }.at(number))
}

/// Rows of separated cells.
pub(super) struct TableRows {
    pub(super) table: Table<Box<dyn Source>>,
    pub(super) mapping: Mapping,
    pub(super) headings: bool,
    pub(super) width: usize,
}

impl Iterator for TableRows {
    type Item = Result<Row, RowsError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (number, cells) = match self.table.next_cells() {
                Ok(row) => row?,
                Err(error) => return Some(Err(error)),
            };
            if std::mem::take(&mut self.headings) || is_blank(&cells) {
                continue;
            }
            if let Err(error) = check_width(self.width, number, &cells) {
                return Some(Err(error));
            }
            let query = self.mapping.describe(&cells);
            return Some(Ok(Row { number, query }));
        }
    }
}

/// Rows of a sheet.
pub(super) struct SheetRows {
    pub(super) sheet: Arc<Vec<(u64, Vec<String>)>>,
    pub(super) next: usize,
    pub(super) mapping: Mapping,
}

impl Iterator for SheetRows {
    type Item = Result<Row, RowsError>;

    fn next(&mut self) -> Option<Self::Item> {
        let (number, cells) = self.sheet.get(self.next)?;
        self.next = self.next.saturating_add(1);
        let query = self.mapping.describe(cells);
        Some(Ok(Row {
            number: *number,
            query,
        }))
    }
}
