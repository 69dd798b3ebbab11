//! What is wrong with rows that are to be checked, where, and what to do about it.

use std::fmt;

use crate::Problem;

/// Why rows cannot be read. Displayed as `row N: what is wrong`, or without the row where the
/// whole file is meant. It never holds the text of a cell.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct RowsError {
    /// The row as a spreadsheet counts it, from 1 with the heading; the line of JSON lines; the
    /// segment of a passenger list.
    pub row: Option<u64>,
    /// What is wrong and what to do.
    pub problem: RowsProblem,
}

impl fmt::Display for RowsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(row) = self.row {
            write!(f, "row {row}: ")?;
        }
        self.problem.fmt(f)
    }
}

impl From<RowsProblem> for RowsError {
    fn from(problem: RowsProblem) -> Self {
        Self { row: None, problem }
    }
}

impl RowsProblem {
    /// The problem at a row.
    pub(crate) fn at(self, row: u64) -> RowsError {
        RowsError {
            row: Some(row),
            problem: self,
        }
    }
}

/// What is wrong with rows, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RowsProblem {
    /// There is no row.
    #[error("the file holds no rows; check that it is the right one")]
    Empty,
    /// The bytes are of no kind that is read.
    #[error(
        "this is no table, no sheet, no passenger list and no FollowTheMoney file; save it as CSV with one heading row, or as .xlsx"
    )]
    NotRecognised,
    /// The text is in two encodings, or damaged.
    #[error(
        "the text is UTF-8 with damaged characters; export the file again, as UTF-8 and in one go"
    )]
    Encoding,
    /// A cell or row is longer than is read.
    #[error(
        "the row has more than {limit} bytes; a quotation mark may be missing, or the file is of another kind"
    )]
    TooLong {
        /// The most that is read, in bytes.
        limit: usize,
    },
    /// A quotation mark is opened and never closed.
    #[error("a quoted cell does not end; the file is cut off, export it again")]
    OpenQuote,
    /// A row has too few or too many cells.
    #[error(
        "the row has {found} cells and the heading {expected}; export the file again, with quotation marks around cells that hold the separator"
    )]
    Cells {
        /// How many the row has.
        found: usize,
        /// How many the heading has.
        expected: usize,
    },
    /// No column says who is to be checked.
    #[error(
        "none of the {columns} columns is recognised as a name or a number; say which one it is, such as `--columns name=1`"
    )]
    NoName {
        /// How many columns there are.
        columns: usize,
    },
    /// No column holds something without which nothing can be read.
    #[error(
        "no column holds the {field}; name the one of 1 to {columns} that does, such as \
         `--columns {field}=1`"
    )]
    NoField {
        /// What is missing.
        field: &'static str,
        /// How many columns there are.
        columns: usize,
    },
    /// No column holds the serial numbers.
    #[error(
        "none of the {columns} columns is recognised as the serial number; say which one it is, such as `--columns serial=1`"
    )]
    NoSerial {
        /// How many columns there are.
        columns: usize,
    },
    /// Two columns look like the same thing.
    #[error(
        "columns {first} and {second} both look like `{field}`; say which one it is, such as `--columns {field}={first}`"
    )]
    Ambiguous {
        /// The thing.
        field: &'static str,
        /// The one column, from 1.
        first: usize,
        /// The other column, from 1.
        second: usize,
    },
    /// The columns that somebody stated cannot be read.
    #[error(
        "`{text}` does not name columns; write `FIELD=COLUMN`, several with commas between, such as `name=2,birth-date=DOB`; fields are {fields}"
    )]
    Columns {
        /// What was written, shortened.
        text: String,
        /// The fields.
        fields: String,
    },
    /// A column that somebody named is not there.
    #[error(
        "there is no column `{wanted}`; the file has {columns} columns, name one by its number or its heading"
    )]
    NoColumn {
        /// What was named, shortened.
        wanted: String,
        /// How many columns there are.
        columns: usize,
    },
    /// No cell of a column is a date.
    #[error(
        "column {column} is read as birth date and none of its cells is a date; write dates as 1971-03-05 or 5.3.1971, or say with `--columns birth-date=` which column it is"
    )]
    NotDates {
        /// The column, from 1.
        column: usize,
    },
    /// Some dates have the day first and others the month.
    #[error(
        "column {column} holds dates with the day first and dates with the month first; write all of them as 1971-03-05"
    )]
    MixedDates {
        /// The column, from 1.
        column: usize,
    },
    /// A sheet is larger than is read: a sheet is held in memory.
    #[error("the sheet has more than {limit}; save it as CSV, which is read without a limit")]
    SheetTooLarge {
        /// The most that is read, with its unit.
        limit: &'static str,
    },
    /// Rows of alerts and of firearms stand in a table, and in nothing else.
    #[error("this is no table; save it as CSV with one heading row, or as .xlsx")]
    NotATable,
    /// A table of alerts or firearms is larger than is read: it is held in memory, to be entered as one.
    #[error("the file has more than {limit}; cut it into several, each with the heading row")]
    TooLarge {
        /// The most that is read, with its unit.
        limit: &'static str,
    },
    /// A sheet cannot be read.
    #[error("the sheet cannot be read ({detail}); open it and save it again, or save it as CSV")]
    Sheet {
        /// What the reader says.
        detail: String,
    },
    /// A line is no FollowTheMoney entity.
    #[error(transparent)]
    Line(Problem),
    /// A passenger list is not one, or is not whole.
    #[error(transparent)]
    Passengers(PassengersProblem),
    /// The input cannot be read on.
    #[error("the file cannot be read on ({detail}); try again")]
    Read {
        /// What the operating system says.
        detail: String,
    },
}

/// What is wrong with a UN/EDIFACT passenger list, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PassengersProblem {
    /// The separators of the UNA segment are not six different characters.
    #[error("the UNA segment does not state six separators; ask the sender for the message again")]
    Separators,
    /// A segment is longer than is read.
    #[error(
        "a segment has more than {limit} bytes; a terminator may be missing, ask the sender for the message again"
    )]
    SegmentTooLong {
        /// The most that is read, in bytes.
        limit: usize,
    },
    /// A segment stands where it may not stand.
    #[error("the segment `{tag}` stands outside a message; ask the sender for the message again")]
    OutsideMessage {
        /// The segment's tag, shortened.
        tag: String,
    },
    /// The message is of another type.
    #[error("the message is of the type `{found}` and not `PAXLST`; give the passenger list")]
    Type {
        /// The type, shortened.
        found: String,
    },
    /// The message ends before its end.
    #[error("the message ends before its trailer ({trailer}); it is cut off, ask for it again")]
    CutOff {
        /// The trailer that is missing.
        trailer: &'static str,
    },
    /// A count in a trailer is another one than that of what was read.
    #[error(
        "{segment} states {stated} and there are {found}; a part is missing, ask for the message again"
    )]
    Count {
        /// The segment that states it.
        segment: &'static str,
        /// What is stated.
        stated: u64,
        /// What is there.
        found: u64,
    },
}
