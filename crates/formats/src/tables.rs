//! A plain table as a sheet.

use rust_xlsxwriter::Workbook;

use crate::hits::HitsError;

/// The bytes of an Excel file with one sheet of these cells. Every cell is text, so that nothing
/// in it is run as a formula.
///
/// ```
/// let rows = vec![vec!["what".to_owned(), "count".to_owned()], vec!["=1+1".to_owned(), "2".to_owned()]];
/// let sheet = egnatia_formats::table_sheet(&rows)?;
/// assert!(sheet.starts_with(b"PK"));
/// # Ok::<(), egnatia_formats::hits::HitsError>(())
/// ```
///
/// # Errors
/// [`HitsError`] where there are more rows or longer texts than a sheet takes.
pub fn table_sheet(rows: &[Vec<String>]) -> Result<Vec<u8>, HitsError> {
    let failed = |error: &dyn std::fmt::Display| crate::hits::failed(error);
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (row, cells) in (0_u32..).zip(rows) {
        for (column, cell) in (0_u16..).zip(cells) {
            sheet
                .write_string(row, column, cell)
                .map_err(|error| failed(&error))?;
        }
    }
    book.save_to_buffer().map_err(|error| failed(&error))
}
