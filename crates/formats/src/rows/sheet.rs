//! Sheets of Excel. A sheet is held in memory, so it has limits; CSV has none.

use std::io::{self, Cursor, Read, SeekFrom};

use calamine::{Cell, Data, DataRef, ExcelDateTime, Reader, SheetVisible, Xls, Xlsx};

use super::encoding::unreadable;
use super::{RowsError, RowsProblem, Source};

/// The most bytes of a file.
const FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// The most bytes of what is packed into a file.
const UNPACKED_BYTES_MAX: u64 = 512 * 1024 * 1024;
/// The most cells.
const CELLS_MAX: usize = 2_000_000;
/// The most columns. The widest real table has some dozens.
const COLUMNS_MAX: usize = 1_000;
/// The most bytes of text in all cells.
const TEXT_BYTES_MAX: usize = 256 * 1024 * 1024;

/// How files of old Excel begin: the signature of a compound file.
pub(super) const OLD_EXCEL: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0];
/// How files of Excel begin: the signature of a ZIP archive.
pub(super) const EXCEL: &[u8] = b"PK\x03\x04";

/// Reads the first sheet that is shown and holds something: a row of cells each, with its number.
pub(super) fn read(source: &mut dyn Source) -> Result<Vec<(u64, Vec<String>)>, RowsError> {
    source
        .seek(SeekFrom::Start(0))
        .map_err(|error| unreadable(&error))?;
    let mut bytes = Vec::new();
    (&mut *source)
        .take(FILE_BYTES_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(&error))?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > FILE_BYTES_MAX {
        return Err(too_large("64 MiB"));
    }
    if bytes.starts_with(OLD_EXCEL) {
        read_old(bytes)
    } else {
        check_unpacked(&bytes)?;
        read_new(bytes)
    }
}

fn too_large(limit: &'static str) -> RowsError {
    RowsProblem::SheetTooLarge { limit }.into()
}

fn wrong(error: &dyn std::fmt::Display) -> RowsError {
    let detail = error.to_string().chars().take(120).collect();
    RowsProblem::Sheet { detail }.into()
}

/// Unpacks everything once and keeps nothing, because what an archive states of its sizes need not
/// be true.
fn check_unpacked(bytes: &[u8]) -> Result<(), RowsError> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|error| wrong(&error))?;
    let mut left = UNPACKED_BYTES_MAX;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|error| wrong(&error))?;
        let mut part = part.take(left.saturating_add(1));
        let read = io::copy(&mut part, &mut io::sink()).map_err(|error| wrong(&error))?;
        left = left
            .checked_sub(read)
            .ok_or_else(|| too_large("512 MiB when unpacked"))?;
    }
    Ok(())
}

/// The names of the sheets that are shown, or of all where none is.
fn shown(sheets: &[calamine::Sheet]) -> Vec<String> {
    let visible = sheets
        .iter()
        .filter(|sheet| sheet.visible == SheetVisible::Visible);
    visible.map(|sheet| sheet.name.clone()).collect()
}

fn read_new(bytes: Vec<u8>) -> Result<Vec<(u64, Vec<String>)>, RowsError> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| wrong(&error))?;
    for name in shown(book.sheets_metadata()) {
        let mut cells = book
            .worksheet_cells_reader(&name)
            .map_err(|error| wrong(&error))?;
        let mut sheet = Sheet::default();
        while let Some(cell) = cells.next_cell().map_err(|error| wrong(&error))? {
            sheet.add(&cell)?;
        }
        if !sheet.rows.is_empty() {
            return Ok(sheet.rows);
        }
    }
    Err(RowsProblem::Empty.into())
}

fn read_old(bytes: Vec<u8>) -> Result<Vec<(u64, Vec<String>)>, RowsError> {
    let mut book: Xls<_> = Xls::new(Cursor::new(bytes)).map_err(|error| wrong(&error))?;
    for name in shown(book.sheets_metadata()) {
        let range = book.worksheet_range(&name).map_err(|error| wrong(&error))?;
        let (top, left) = range.start().unwrap_or_default();
        let mut sheet = Sheet::default();
        for (row, column, data) in range.used_cells() {
            let at = |start: u32, place: usize| {
                u32::try_from(place)
                    .unwrap_or(u32::MAX)
                    .saturating_add(start)
            };
            sheet.add(&Cell::new((at(top, row), at(left, column)), borrowed(data)))?;
        }
        if !sheet.rows.is_empty() {
            return Ok(sheet.rows);
        }
    }
    Err(RowsProblem::Empty.into())
}

fn borrowed(data: &Data) -> DataRef<'_> {
    match data {
        Data::String(text) => DataRef::SharedString(text),
        Data::Int(number) => DataRef::Int(*number),
        Data::Float(number) => DataRef::Float(*number),
        Data::Bool(truth) => DataRef::Bool(*truth),
        Data::DateTime(at) => DataRef::DateTime(*at),
        Data::DateTimeIso(text) => DataRef::DateTimeIso(text.clone()),
        Data::DurationIso(text) => DataRef::DurationIso(text.clone()),
        Data::Error(_) | Data::Empty => DataRef::Empty,
    }
}

/// Rows put together from cells that come row by row.
#[derive(Default)]
struct Sheet {
    rows: Vec<(u64, Vec<String>)>,
    cells: usize,
    bytes: usize,
}

impl Sheet {
    fn add(&mut self, cell: &Cell<DataRef<'_>>) -> Result<(), RowsError> {
        let Some(text) = text(cell.get_value()) else {
            return Ok(());
        };
        let (row, column) = cell.get_position();
        let row = u64::from(row).saturating_add(1);
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        if column >= COLUMNS_MAX {
            return Err(too_large("1,000 columns"));
        }
        match self.rows.last() {
            Some((last, _)) if *last == row => {}
            Some((last, _)) if *last > row => return Err(wrong(&"its rows are not in order")),
            _ => self.rows.push((row, Vec::new())),
        }
        let Some((_, cells)) = self.rows.last_mut() else {
            return Ok(());
        };
        let added = column.saturating_add(1).saturating_sub(cells.len());
        self.cells = self.cells.saturating_add(added);
        self.bytes = self.bytes.saturating_add(text.len());
        if self.cells > CELLS_MAX {
            return Err(too_large("2,000,000 cells"));
        }
        if self.bytes > TEXT_BYTES_MAX {
            return Err(too_large("256 MiB of text"));
        }
        if added > 0 {
            cells.resize(column.saturating_add(1), String::new());
        }
        if let Some(place) = cells.get_mut(column) {
            *place = text;
        }
        Ok(())
    }
}

/// A cell as a person reads it; `None` where it holds nothing, or a mistake of the sheet.
fn text(value: &DataRef<'_>) -> Option<String> {
    let text = match value {
        DataRef::Empty | DataRef::Error(_) => return None,
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            text.clone()
        }
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        // Numbers of documents are stored as numbers: without a point.
        DataRef::Float(number) => number.to_string(),
        DataRef::Bool(truth) => truth.to_string(),
        DataRef::DateTime(at) => day(at),
    };
    (!text.trim().is_empty()).then_some(text)
}

fn day(at: &ExcelDateTime) -> String {
    let (year, month, day, ..) = at.to_ymd_hms_milli();
    format!("{year:04}-{month:02}-{day:02}")
}
