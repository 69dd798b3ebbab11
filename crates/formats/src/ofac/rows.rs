//! Rows of the comma-separated files.

use csv::ByteRecord;

use crate::error::shorten;
use crate::progress::Progress;
use crate::text::{decode, owned};
use crate::{ListError, Problem};

use super::FILE_BYTES_MAX;

/// The most bytes of one row. The longest real one has about 2,000.
const ROW_BYTES_MAX: usize = 1024 * 1024;

/// What the files write for "nothing".
const NOTHING: &str = "-0-";

/// One of the files.
pub(super) struct Table {
    pub(super) file: &'static str,
    pub(super) columns: usize,
}

/// One row of a file.
pub(super) struct Row<'a> {
    pub(super) line: u64,
    record: &'a ByteRecord,
    bytes: &'a [u8],
}

impl Row<'_> {
    /// The text of a cell without white space around it, unless it says "nothing".
    pub(super) fn cell(&self, index: usize) -> Option<String> {
        self.untrimmed(index).as_deref().and_then(owned)
    }

    /// The text of a cell as it stands, unless it says "nothing".
    pub(super) fn untrimmed(&self, index: usize) -> Option<String> {
        let text = decode(self.record.get(index)?);
        (text.trim() != NOTHING).then(|| text.into_owned())
    }

    /// A cell that must be a number.
    pub(super) fn number(&self, index: usize, column: &'static str) -> Result<u64, Problem> {
        let text = decode(self.record.get(index).unwrap_or_default());
        text.trim()
            .parse()
            .map_err(|_not_a_number| Problem::NotANumber {
                column,
                text: shorten(text.trim()),
            })
    }

    /// The whole row as it stands in the file.
    pub(super) fn text(&self) -> String {
        decode(self.bytes).trim().to_owned()
    }
}

/// Gives every row of a file to `take`, until it finds a problem.
pub(super) fn each(
    table: &Table,
    bytes: &[u8],
    progress: &mut Progress<'_>,
    take: &mut dyn FnMut(&Row<'_>) -> Result<(), Problem>,
) -> Result<(), ListError> {
    if bytes.len() > FILE_BYTES_MAX {
        let limit = length(FILE_BYTES_MAX);
        return Err(ListError::at(
            table.file,
            1,
            Problem::FileTooLarge { limit },
        ));
    }
    let content = without_end_mark(bytes);
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(content);
    let mut record = ByteRecord::new();
    loop {
        let started = reader.position().clone();
        let at = |problem| ListError::at(table.file, started.line(), problem);
        let read = reader.read_byte_record(&mut record);
        if !read.map_err(|error| {
            at(Problem::Read {
                detail: error.to_string(),
            })
        })? {
            break;
        }
        let start = record.position().map_or(0, csv::Position::byte);
        let end = reader.position().byte();
        let (ended, bytes) = split_line_ends(slice(content, start, end));
        let line = started.line().saturating_add(ended);
        check_row(table, &record, bytes, end >= length(content.len()))
            .and_then(|()| {
                take(&Row {
                    line,
                    record: &record,
                    bytes,
                })
            })
            .map_err(|problem| ListError::at(table.file, line, problem))?;
        progress.at(end);
    }
    progress.end_of_file(length(bytes.len()));
    Ok(())
}

fn check_row(
    table: &Table,
    record: &ByteRecord,
    bytes: &[u8],
    is_last: bool,
) -> Result<(), Problem> {
    // A quotation that never ends swallows all rows after it, so it can only be in the last one;
    // the reader takes it without a word.
    if is_last && bytes.iter().filter(|byte| **byte == b'"').count() % 2 == 1 {
        return Err(Problem::OpenQuote);
    }
    if bytes.len() > ROW_BYTES_MAX {
        return Err(Problem::TextTooLong {
            limit: ROW_BYTES_MAX,
        });
    }
    if record.len() == table.columns {
        Ok(())
    } else {
        Err(Problem::Columns {
            found: record.len(),
            expected: table.columns,
        })
    }
}

/// The file without the byte 0x1A with which DOS marked the end, and the line ends around it.
fn without_end_mark(bytes: &[u8]) -> &[u8] {
    let is_end = |byte: &&u8| matches!(**byte, b'\x1A' | b'\r' | b'\n' | b' ' | b'\t');
    let tail = bytes.iter().rev().take_while(is_end).count();
    bytes
        .get(..bytes.len().saturating_sub(tail))
        .unwrap_or_default()
}

/// How many lines end before a row begins, and the row. The reader leaves the second byte of a
/// line end, and blank lines, to the row that follows.
fn split_line_ends(bytes: &[u8]) -> (u64, &[u8]) {
    let row = bytes
        .iter()
        .position(|byte| !matches!(byte, b'\r' | b'\n'))
        .unwrap_or(bytes.len());
    let (before, row) = bytes.split_at_checked(row).unwrap_or_default();
    (
        length(before.iter().filter(|byte| **byte == b'\n').count()),
        row,
    )
}

fn slice(content: &[u8], start: u64, end: u64) -> &[u8] {
    let index = |at| {
        usize::try_from(at)
            .unwrap_or(content.len())
            .min(content.len())
    };
    content.get(index(start)..index(end)).unwrap_or_default()
}

fn length(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}
