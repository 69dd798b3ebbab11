//! What is wrong with a row of a table of alerts, where, and what to do about it.

use super::AlertField;

/// One thing that is wrong with a row. It never holds the text of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlertRowError {
    /// The row as a spreadsheet counts it, from 1 with the heading.
    pub row: u64,
    /// Which field; absent where the row as a whole is meant.
    pub field: Option<AlertField>,
    /// In which column, from 1, where it stands in one.
    pub column: Option<usize>,
    /// What is wrong and what to do.
    pub problem: AlertCellProblem,
}

/// What is wrong with a cell, and what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AlertCellProblem {
    /// The row has too few or too many cells.
    #[error(
        "the row has {found} cells and the heading {expected}; export the file again, with quotation marks around cells that hold the separator"
    )]
    Cells {
        /// How many the row has.
        found: usize,
        /// How many the heading has.
        expected: usize,
    },
    /// No birth date.
    #[error("this is no date; write 1971-03-05, 5.3.1971, or 1971 where no more is known")]
    BirthDate,
    /// No day.
    #[error("this is no day; write 2026-03-05 or 5.3.2026, or leave the cell empty for today")]
    Day,
    /// No gender.
    #[error("this is no gender that is known; write `m`, `f` or `x`, or leave the cell empty")]
    Gender,
    /// Neither a person nor a thing that is known.
    #[error("write `person`, or what kind of object it is, such as `vehicle` or `firearm`")]
    Kind,
    /// No category.
    #[error(
        "this is no category; write one such as `arrest` or `missing-person`, or the article: 26, 32, 34, 38"
    )]
    Category,
    /// One of several categories.
    #[error(
        "article 36 has several categories; write `discreet-check`, `inquiry-check`, `specific-check` or `foreign-terrorist-fighter`, or state one for the whole file with `--category`"
    )]
    Article36,
    /// No warning.
    #[error(
        "this is no warning; write `armed`, `violent`, `absconded`, `suicide-risk`, `health-threat` or `terrorism`, with `;` between several"
    )]
    Warning,
    /// No kind of object.
    #[error(
        "this is no kind of object; write `vehicle`, `trailer`, `boat`, `aircraft`, `container`, `firearm`, `blank-document`, `issued-document`, `vehicle-document`, `banknote` or `other`"
    )]
    Object,
    /// Neither yes nor no.
    #[error("write `yes` or `no`, or leave the cell empty")]
    Answer,
    /// A reason that says nothing, or too much.
    #[error("write 3 to 2,000 characters with at least one word")]
    Reason,
}
