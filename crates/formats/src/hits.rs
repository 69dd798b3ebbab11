//! What a run over many rows found, as a file: CSV, JSON lines or a sheet of Excel.

use std::io::Write;

use rust_xlsxwriter::{Format, Workbook};
use serde::Serialize;

/// The most lines of a sheet: it is held in memory until it is written.
const SHEET_LINES_MAX: u32 = 100_000;

/// The most characters of a cell of a sheet, by Excel's specification.
const SHEET_CELL_MAX: usize = 32_000;

/// The columns, in their order.
const COLUMNS: [&str; 9] = [
    "row",
    "input name",
    "record",
    "list",
    "name",
    "probability",
    "band",
    "check",
    "evidence",
];

/// One line: a match of a row, or a row that could not be checked.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HitLine {
    /// The row in the input.
    pub row: u64,
    /// The first name or number of the row.
    pub input_name: String,
    /// The entry's record; empty where the row could not be checked.
    pub record: String,
    /// The entry's list.
    pub list: String,
    /// The entry's name.
    pub name: String,
    /// How likely it is the same.
    pub probability: Option<f64>,
    /// `match`, `possible` or `not-checked`.
    pub band: String,
    /// The record of the check.
    pub check: String,
    /// The first evidence, or why the row could not be checked, in words.
    pub evidence: String,
}

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HitsFormat {
    /// Separated by commas, UTF-8.
    Csv,
    /// One JSON object a line.
    JsonLines,
    /// A sheet of Excel.
    Excel,
}

impl HitsFormat {
    /// The format that a file's name ends with.
    pub fn of_name(name: &str) -> Option<Self> {
        let name = name.to_lowercase();
        let ends = |endings: &[&str]| endings.iter().any(|ending| name.ends_with(ending));
        if ends(&[".csv"]) {
            Some(Self::Csv)
        } else if ends(&[".jsonl", ".ndjson", ".json"]) {
            Some(Self::JsonLines)
        } else if ends(&[".xlsx"]) {
            Some(Self::Excel)
        } else {
            None
        }
    }
}

/// Why the file cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HitsError {
    /// More lines than a sheet takes.
    #[error(
        "there are more than {SHEET_LINES_MAX} lines, too many for a sheet; write them to a file that ends in .csv or .jsonl"
    )]
    TooMany,
    /// The output does not take it.
    #[error("the output cannot be written: {0}")]
    Write(String),
}

pub(crate) fn failed(error: &dyn std::fmt::Display) -> HitsError {
    HitsError::Write(error.to_string())
}

/// Writes lines, one after another.
pub struct HitsWriter<W: Write>(Inner<W>);

enum Inner<W: Write> {
    Csv(Box<csv::Writer<W>>),
    JsonLines(W),
    Excel {
        book: Box<Workbook>,
        next: u32,
        output: W,
    },
}

impl<W: Write + Send> HitsWriter<W> {
    /// Begins a file.
    ///
    /// # Errors
    /// Where the output does not take it.
    pub fn new(format: HitsFormat, output: W) -> Result<Self, HitsError> {
        Ok(Self(match format {
            HitsFormat::Csv => {
                let mut writer = csv::Writer::from_writer(output);
                writer
                    .write_record(COLUMNS)
                    .map_err(|error| failed(&error))?;
                Inner::Csv(Box::new(writer))
            }
            HitsFormat::JsonLines => Inner::JsonLines(output),
            HitsFormat::Excel => {
                let mut book = Box::new(Workbook::new());
                let bold = Format::new().set_bold();
                let sheet = book.add_worksheet();
                sheet
                    .set_freeze_panes(1, 0)
                    .map_err(|error| failed(&error))?;
                for (column, heading) in (0..).zip(COLUMNS) {
                    let written = sheet.write_string_with_format(0, column, heading, &bold);
                    written.map_err(|error| failed(&error))?;
                }
                Inner::Excel {
                    book,
                    next: 1,
                    output,
                }
            }
        }))
    }

    /// Writes a line.
    ///
    /// # Errors
    /// Where the output does not take it, or a sheet is full.
    pub fn line(&mut self, line: &HitLine) -> Result<(), HitsError> {
        match &mut self.0 {
            Inner::Csv(writer) => writer
                .write_record(cells(line))
                .map_err(|error| failed(&error)),
            Inner::JsonLines(output) => {
                let text = serde_json::to_string(line).map_err(|error| failed(&error))?;
                writeln!(output, "{text}").map_err(|error| failed(&error))
            }
            Inner::Excel { book, next, .. } => {
                if *next > SHEET_LINES_MAX {
                    return Err(HitsError::TooMany);
                }
                write_row(book, *next, line)?;
                *next = next.saturating_add(1);
                Ok(())
            }
        }
    }

    /// Ends the file and gives the output back.
    ///
    /// # Errors
    /// Where the output does not take it.
    pub fn finish(self) -> Result<W, HitsError> {
        match self.0 {
            Inner::Csv(writer) => writer.into_inner().map_err(|error| failed(&error.error())),
            Inner::JsonLines(mut output) => {
                output.flush().map_err(|error| failed(&error))?;
                Ok(output)
            }
            Inner::Excel {
                mut book,
                mut output,
                ..
            } => {
                book.save_to_writer(&mut output)
                    .map_err(|error| failed(&error))?;
                output.flush().map_err(|error| failed(&error))?;
                Ok(output)
            }
        }
    }
}

fn write_row(book: &mut Workbook, number: u32, line: &HitLine) -> Result<(), HitsError> {
    let sheet = book
        .worksheet_from_index(0)
        .map_err(|error| failed(&error))?;
    for (column, text) in (0..).zip(cells(line)) {
        let written = match text.parse::<f64>() {
            Ok(figure) if column == 0 || column == 5 => sheet.write_number(number, column, figure),
            _ => {
                let text: String = text.chars().take(SHEET_CELL_MAX).collect();
                sheet.write_string(number, column, text)
            }
        };
        written.map_err(|error| failed(&error))?;
    }
    Ok(())
}

fn cells(line: &HitLine) -> [String; 9] {
    let probability = line.probability.map(|p| format!("{p:.4}"));
    [
        line.row.to_string(),
        harmless(&line.input_name),
        harmless(&line.record),
        harmless(&line.list),
        harmless(&line.name),
        probability.unwrap_or_default(),
        harmless(&line.band),
        harmless(&line.check),
        harmless(&line.evidence),
    ]
}

/// A text that no spreadsheet takes for a formula: names come from whoever filled in the file.
fn harmless(text: &str) -> String {
    if text.trim_start().starts_with(['=', '+', '-', '@']) || text.starts_with(['\t', '\r', '\n']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Data, Reader, Xlsx};

    use super::*;

    fn line(name: &str) -> HitLine {
        HitLine {
            row: 2,
            input_name: name.to_owned(),
            record: "ab".to_owned(),
            list: "test".to_owned(),
            name: "Ana, Primer".to_owned(),
            probability: Some(0.91234),
            band: "match".to_owned(),
            check: "cd".to_owned(),
            evidence: "name agrees".to_owned(),
        }
    }

    fn written(format: HitsFormat, names: &[&str]) -> Vec<u8> {
        let mut writer = HitsWriter::new(format, Vec::new()).unwrap();
        for name in names {
            writer.line(&line(name)).unwrap();
        }
        writer.finish().unwrap()
    }

    #[test]
    fn every_format_holds_every_line() {
        let csv = String::from_utf8(written(HitsFormat::Csv, &["Ана"])).unwrap();
        assert_eq!(
            csv,
            "row,input name,record,list,name,probability,band,check,evidence\n\
             2,Ана,ab,test,\"Ana, Primer\",0.9123,match,cd,name agrees\n"
        );
        let json = String::from_utf8(written(HitsFormat::JsonLines, &["Ана", "=1"])).unwrap();
        assert_eq!(json.lines().count(), 2);
        let read: serde_json::Value = serde_json::from_str(json.lines().last().unwrap()).unwrap();
        assert_eq!(read["input_name"], "=1", "a program gets the text as it is");
        let bytes = written(HitsFormat::Excel, &["Ана", "=1+1"]);
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
        let sheet = book.worksheet_range("Sheet1").unwrap();
        assert_eq!(sheet.get_size(), (3, 9));
        assert_eq!(sheet.get((1, 0)), Some(&Data::Float(2.0)));
        assert_eq!(sheet.get((2, 1)), Some(&Data::String("'=1+1".to_owned())));
    }

    #[test]
    fn no_cell_is_a_formula() {
        for name in ["=1+1", "+1", "-1", "@SUM(A1)", " =1", "\t=1"] {
            let csv = String::from_utf8(written(HitsFormat::Csv, &[name])).unwrap();
            assert!(csv.contains(&format!("'{name}")), "{csv}");
        }
        assert_eq!(harmless("Ana-Marija"), "Ana-Marija");
    }

    #[test]
    fn the_ending_of_a_name_decides_the_format() {
        assert_eq!(HitsFormat::of_name("Hits.CSV"), Some(HitsFormat::Csv));
        assert_eq!(HitsFormat::of_name("a.jsonl"), Some(HitsFormat::JsonLines));
        assert_eq!(HitsFormat::of_name("a.xlsx"), Some(HitsFormat::Excel));
        assert_eq!(HitsFormat::of_name("a.xls"), None);
    }
}
