//! A ledger of stores that exists elsewhere, to be taken over: CSV or Excel, one weapon or one lot in one
//! place a row, with headings.

mod fields;

use std::io::Cursor;

use egnatia_stockpile::{Condition, Explosive, Goods, Mass, Tracking};
use jiff::civil::Date;

use super::alerts::day;
use super::dates::{self, DateOrder};
use super::delimited::Form;
use super::survey::is_blank;
use super::{RowsError, RowsProblem, encoding, sheet};

pub use fields::{StockColumn, StockField, stated_stock_columns};

/// The most bytes of a file.
pub const STOCK_BYTES_MAX: usize = 16 * 1024 * 1024;

/// What a row says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockTableRow {
    /// The row as a spreadsheet counts it, from 1 with the heading.
    pub row: u64,
    /// The code of the place.
    pub place: String,
    /// What lies there; not checked yet.
    pub goods: Goods,
    /// How many.
    pub quantity: u64,
}

/// One thing that is wrong with a row. It never holds the text of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StockRowError {
    /// The row as a spreadsheet counts it, from 1 with the heading.
    pub row: u64,
    /// Which field.
    pub field: StockField,
    /// What is wrong and what to do.
    pub problem: StockCellProblem,
}

/// What is wrong with a cell, and what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StockCellProblem {
    /// Nothing, where something has to be.
    #[error("this cell is empty; fill it in")]
    Empty,
    /// Neither serial number nor lot, or both.
    #[error("state a serial number or a lot, and not both")]
    Number,
    /// No whole number.
    #[error("write how many as a whole number of at least 1")]
    Quantity,
    /// No condition.
    #[error(
        "write `serviceable`, `repairable`, `unserviceable`, `for-destruction` or `unknown`, or leave \
         the cell empty"
    )]
    Condition,
    /// No hazard division.
    #[error("write the hazard division as 1.1, 1.2.1, 1.3.2 or 1.4, or leave the cell empty")]
    Division,
    /// No compatibility group.
    #[error("write the compatibility group as one letter, such as D or S, or leave the cell empty")]
    Group,
    /// No mass.
    #[error(
        "write the net explosive mass of one piece in kg, such as 0.0016, or leave the cell empty"
    )]
    Mass,
    /// A hazard that is not stated wholly.
    #[error("state division, group and net explosive mass, or none of them")]
    Hazard,
    /// No category of weapons.
    #[error("write the category of the weapon as A, B or C, or leave the cell empty")]
    Category,
    /// No day.
    #[error("this is no day; write 2026-03-05 or 5.3.2026, or leave the cell empty")]
    Day,
}

/// A ledger, read whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockTable {
    /// How it is written: `csv, separator ;, windows-1250`, or `excel`.
    pub written: String,
    /// The columns that are read, in their order.
    pub columns: Vec<StockColumn>,
    /// The headings of columns that are not read.
    pub unused: Vec<String>,
    /// What the rows say, in their order.
    pub rows: Vec<StockTableRow>,
    /// What is wrong with rows, in their order.
    pub errors: Vec<StockRowError>,
}

impl StockTable {
    /// Reads a ledger; `stated` are columns that somebody named, by their number or heading.
    ///
    /// # Errors
    /// Where the file as a whole cannot be read, or its columns are not clear.
    ///
    /// ```
    /// use egnatia_formats::rows::stock::StockTable;
    ///
    /// let text = "place;item;lot;quantity\nM1;charge TNT 1 kg;L7;600\n";
    /// let table = StockTable::read(text.as_bytes().to_vec(), &[])?;
    /// assert_eq!((table.rows[0].quantity, table.errors.len()), (600, 0));
    /// # Ok::<(), egnatia_formats::rows::RowsError>(())
    /// ```
    pub fn read(bytes: Vec<u8>, stated: &[(StockField, String)]) -> Result<Self, RowsError> {
        if bytes.len() > STOCK_BYTES_MAX {
            return Err(RowsProblem::TooLarge { limit: "16 MiB" }.into());
        }
        let (cells, written) = cells_of(bytes)?;
        let mut lines = cells.into_iter();
        let (_, headings) = lines.next().ok_or(RowsProblem::Empty)?;
        let columns = fields::map(&headings, stated)?;
        let lines: Vec<(u64, Vec<String>)> = lines.filter(|(_, row)| !is_blank(row)).collect();
        if lines.is_empty() {
            return Err(RowsProblem::Empty.into());
        }
        let order = order_of(&columns, &lines)?;
        let (mut rows, mut errors) = (Vec::with_capacity(lines.len()), Vec::new());
        for (row, cells) in &lines {
            let mut reading = Reading {
                columns: &columns,
                cells,
                row: *row,
                order,
                errors: Vec::new(),
            };
            rows.extend(reading.row());
            errors.append(&mut reading.errors);
        }
        let is_read = |number: usize| columns.iter().any(|column| column.number == number);
        let unused = (1..).zip(&headings);
        let unused = unused.filter(|(number, text)| !text.trim().is_empty() && !is_read(*number));
        let unused = unused.map(|(_, text)| text.trim().to_owned()).collect();
        Ok(Self {
            written,
            unused,
            columns,
            rows,
            errors,
        })
    }
}

type Lines = Vec<(u64, Vec<String>)>;

fn cells_of(bytes: Vec<u8>) -> Result<(Lines, String), RowsError> {
    if bytes.is_empty() {
        return Err(RowsProblem::Empty.into());
    }
    if bytes.starts_with(sheet::EXCEL) || bytes.starts_with(sheet::OLD_EXCEL) {
        return Ok((sheet::read(&mut Cursor::new(bytes))?, "excel".to_owned()));
    }
    let encoding = encoding::recognise(&mut bytes.as_slice())?;
    let form = Form::recognise(&mut Cursor::new(bytes.as_slice()), encoding)?;
    let written = form.written();
    let mut table = form.open(Cursor::new(bytes))?;
    let mut lines = Vec::new();
    while let Some((row, cells)) = table.next_cells()? {
        lines.push((row, cells.into_iter().map(str::to_owned).collect()));
    }
    Ok((lines, written))
}

/// Whether the dates of a ledger have the day or the month first.
fn order_of(columns: &[StockColumn], lines: &Lines) -> Result<DateOrder, RowsError> {
    let days = columns
        .iter()
        .filter(|column| matches!(column.field, StockField::MadeOn | StockField::ExpiresOn));
    let (mut day_first, mut month_first) = (None, None);
    for column in days {
        let index = column.number.saturating_sub(1);
        for cell in lines.iter().filter_map(|(_, cells)| cells.get(index)) {
            match dates::shown_order(cell) {
                Some(DateOrder::DayFirst) => day_first = Some(column.number),
                Some(DateOrder::MonthFirst) => month_first = Some(column.number),
                None => {}
            }
        }
    }
    match (day_first, month_first) {
        (Some(_), Some(column)) => Err(RowsProblem::MixedDates { column }.into()),
        (None, Some(_)) => Ok(DateOrder::MonthFirst),
        _ => Ok(DateOrder::DayFirst),
    }
}

/// A row that is being read, with what is wrong with it.
struct Reading<'a> {
    columns: &'a [StockColumn],
    cells: &'a [String],
    row: u64,
    order: DateOrder,
    errors: Vec<StockRowError>,
}

impl Reading<'_> {
    fn cell(&self, field: StockField) -> Option<&str> {
        let column = self.columns.iter().find(|column| column.field == field)?;
        let cell = self.cells.get(column.number.checked_sub(1)?)?.trim();
        (!cell.is_empty()).then_some(cell)
    }

    fn wrong(&mut self, field: StockField, problem: StockCellProblem) {
        let row = self.row;
        self.errors.push(StockRowError {
            row,
            field,
            problem,
        });
    }

    /// What a cell says; where it is filled in and says nothing, that is an error.
    fn read<T>(
        &mut self,
        field: StockField,
        parse: impl Fn(&str) -> Option<T>,
        problem: StockCellProblem,
    ) -> Option<T> {
        let read = parse(self.cell(field)?);
        if read.is_none() {
            self.wrong(field, problem);
        }
        read
    }

    fn text(&mut self, field: StockField) -> String {
        match self.cell(field) {
            Some(text) => text.to_owned(),
            None => {
                self.wrong(field, StockCellProblem::Empty);
                String::new()
            }
        }
    }

    fn tracking(&mut self) -> Option<Tracking> {
        let serial = self.cell(StockField::Serial).map(str::to_owned);
        let lot = self.cell(StockField::Lot).map(str::to_owned);
        match (serial, lot) {
            (Some(serial), None) => Some(Tracking::Serial {
                serial,
                record: None,
            }),
            (None, Some(lot)) => Some(Tracking::Lot { lot }),
            _ => {
                self.wrong(StockField::Serial, StockCellProblem::Number);
                None
            }
        }
    }

    fn explosive(&mut self) -> Option<Explosive> {
        let hazard = [
            StockField::Division,
            StockField::Group,
            StockField::MassEach,
        ];
        let filled = hazard.iter().filter(|field| self.cell(**field).is_some());
        match filled.count() {
            0 => return None,
            3 => {}
            _ => {
                self.wrong(StockField::Division, StockCellProblem::Hazard);
                return None;
            }
        }
        let division = |text: &str| text.parse().ok();
        let division = self.read(StockField::Division, division, StockCellProblem::Division);
        let group = |text: &str| text.to_uppercase().parse().ok();
        let group = self.read(StockField::Group, group, StockCellProblem::Group);
        let mass = |text: &str| text.replace(',', ".").parse::<Mass>().ok();
        let mass_each = self.read(StockField::MassEach, mass, StockCellProblem::Mass);
        Some(Explosive {
            division: division?,
            group: group?,
            mass_each: mass_each?,
        })
    }

    fn day(&mut self, field: StockField) -> Option<Date> {
        let order = self.order;
        self.read(field, |text| day(text, order), StockCellProblem::Day)
    }

    fn row(&mut self) -> Option<StockTableRow> {
        let place = self.text(StockField::Place);
        let nomenclature = self.text(StockField::Nomenclature);
        let tracking = self.tracking();
        let explosive = self.explosive();
        let whole = |text: &str| text.parse::<u64>().ok().filter(|count| *count > 0);
        let stated = self.read(StockField::Quantity, whole, StockCellProblem::Quantity);
        let quantity = match &tracking {
            // Of a weapon there is one.
            Some(Tracking::Serial { .. }) => Some(stated.unwrap_or(1)),
            _ => stated,
        };
        if quantity.is_none() && self.cell(StockField::Quantity).is_none() {
            self.wrong(StockField::Quantity, StockCellProblem::Quantity);
        }
        let condition = |text: &str| text.to_lowercase().replace(' ', "-").parse().ok();
        let problem = StockCellProblem::Condition;
        let condition = self.read(StockField::Condition, condition, problem);
        let category = |text: &str| text.to_uppercase().parse().ok();
        let problem = StockCellProblem::Category;
        let category = self.read(StockField::Category, category, problem);
        let made_on = self.day(StockField::MadeOn);
        let expires_on = self.day(StockField::ExpiresOn);
        let read = StockTableRow {
            row: self.row,
            place,
            goods: Goods {
                nomenclature,
                tracking: tracking?,
                explosive,
                made_on,
                expires_on,
                category,
                inspected: None,
                condition: condition.unwrap_or(Condition::Unknown),
            },
            quantity: quantity?,
        };
        self.errors.is_empty().then_some(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egnatia_stockpile::{Division, Group};
    use jiff::civil::date;

    fn read(text: &str) -> StockTable {
        StockTable::read(text.as_bytes().to_vec(), &[]).unwrap()
    }

    #[test]
    fn weapons_and_lots_of_one_ledger_are_read() {
        let table = read(
            "Магацин;Назив;Сериски број;Лот;Количина;Подкласа;Група;Нето маса на експлозив;Рок на траење\n\
             A1-2;M70 AB2;1234;;;;;;\n\n\
             M1;куршум 7,62;;C-7;48000;1.4;s;0,0016;31.12.2030\n",
        );
        assert_eq!(table.errors, []);
        assert_eq!(table.rows.len(), 2);
        assert_eq!((table.rows[0].row, table.rows[0].quantity), (2, 1));
        assert!(table.rows[0].goods.is_serialised());
        let lot = &table.rows[1];
        assert_eq!((lot.place.as_str(), lot.quantity), ("M1", 48_000));
        let explosive = lot.goods.explosive.unwrap();
        assert_eq!(
            (explosive.division, explosive.group),
            (Division::D1_4, Group::S)
        );
        assert_eq!(explosive.mass_each.to_string(), "0.0016");
        assert_eq!(lot.goods.expires_on, Some(date(2030, 12, 31)));
    }

    #[test]
    fn every_row_says_what_is_wrong_with_it_and_never_what_stands_there() {
        let table = read(
            "place,item,serial,lot,quantity,division,group,neq,condition,expires\n\
             ,M70,1,,,,,,,\n\
             A,M70,1,2,1,,,,,\n\
             A,M70,,L,secret,,,,,\n\
             A,M70,,L,,,,,,\n\
             A,M70,,L,5,1.1,,,,\n\
             A,M70,,L,5,9.9,D,1,,\n\
             A,M70,1,,1,,,,secret,secret\n\
             A,M70,1,,1,,,,serviceable,2030-01-01\n",
        );
        let told: Vec<(u64, StockField, StockCellProblem)> = table
            .errors
            .iter()
            .map(|error| (error.row, error.field, error.problem))
            .collect();
        use StockField as F;
        assert_eq!(
            told,
            [
                (2, F::Place, StockCellProblem::Empty),
                (3, F::Serial, StockCellProblem::Number),
                (4, F::Quantity, StockCellProblem::Quantity),
                (5, F::Quantity, StockCellProblem::Quantity),
                (6, F::Division, StockCellProblem::Hazard),
                (7, F::Division, StockCellProblem::Division),
                (8, F::Condition, StockCellProblem::Condition),
                (8, F::ExpiresOn, StockCellProblem::Day),
            ]
        );
        assert!(
            told.iter()
                .all(|(.., problem)| !problem.to_string().contains("secret"))
        );
        let rows: Vec<u64> = table.rows.iter().map(|row| row.row).collect();
        assert_eq!(rows, [9], "rows that are right");
    }

    #[test]
    fn a_file_that_is_no_ledger_is_refused() {
        for text in ["", "place,item,serial\n", "nothing"] {
            assert!(
                StockTable::read(text.as_bytes().to_vec(), &[]).is_err(),
                "{text}"
            );
        }
        let stated = stated_stock_columns("place=1,nomenclature=2,lot=3,quantity=4").unwrap();
        let text = "a,b,c,d\nM1,charge,L7,9\n";
        let table = StockTable::read(text.as_bytes().to_vec(), &stated).unwrap();
        assert_eq!((table.rows.len(), table.errors.len()), (1, 0));
    }
}
