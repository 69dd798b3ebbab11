//! What is wrong with a row of a table of firearms, where, and what to do about it.

use super::FirearmField;

/// One thing that is wrong with a row. It never holds the text of a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirearmRowError {
    /// The row as a spreadsheet counts it, from 1 with the heading.
    pub row: u64,
    /// Which field; absent where the row as a whole is meant.
    pub field: Option<FirearmField>,
    /// In which column, from 1, where it stands in one.
    pub column: Option<usize>,
    /// What is wrong and what to do.
    pub problem: FirearmCellProblem,
}

/// What is wrong with a cell, and what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FirearmCellProblem {
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
    /// No number, and nobody says why.
    #[error("there is no number; type it, or write `missing` or `obliterated` as its state")]
    NoNumber,
    /// No kind of weapon.
    #[error(
        "this is no kind of weapon; write one such as `pistol`, `rifle`, `assault-rifle` or `shotgun`, or state one for the whole file with `--kind`"
    )]
    Kind,
    /// No place of the unique mark.
    #[error("write `frame` or `receiver`, or leave the cell empty")]
    Place,
    /// No state of a mark.
    #[error(
        "write `readable`, `doubted`, `altered`, `obliterated` or `missing`, or leave the cell empty"
    )]
    State,
    /// No category.
    #[error(
        "write `A`, `B` or `C`, the category of Directive (EU) 2021/555, or leave the cell empty"
    )]
    Category,
    /// No country.
    #[error("write the country as two letters, such as RS, AL or YU, or leave the cell empty")]
    Country,
    /// No year.
    #[error("write the year with four digits, or leave the cell empty")]
    Year,
    /// No day.
    #[error("this is no day; write 2026-03-05 or 5.3.2026, or leave the cell empty")]
    Day,
    /// No kind of holder.
    #[error(
        "write `person`, `dealer`, `manufacturer`, `club`, `collector`, `authority` or `security`"
    )]
    HolderKind,
    /// Something about a holder, and no holder.
    #[error(
        "state the number of the holder in the column `holder` too; without one the weapon is with nobody"
    )]
    NoHolder,
    /// An end of a licence, and no licence.
    #[error("state the number of the licence in the column `licence` too, or leave the cell empty")]
    NoLicence,
    /// Neither yes nor no.
    #[error("write `yes` or `no`, or leave the cell empty")]
    Answer,
    /// A spreadsheet took the number for a quantity, and kept its first places only.
    #[error(
        "a spreadsheet has shortened this number; take it from the register again, into a column of text"
    )]
    Shortened,
    /// A spreadsheet took the number for a day.
    #[error(
        "a spreadsheet has made a day of this number; take it from the register again, into a column of text"
    )]
    MadeADay,
}

impl FirearmCellProblem {
    /// Its name: it does not change, and words of other languages stand under it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Cells { .. } => "cells",
            Self::NoNumber => "no-number",
            Self::Kind => "kind",
            Self::Place => "place",
            Self::State => "state",
            Self::Category => "category",
            Self::Country => "country",
            Self::Year => "year",
            Self::Day => "day",
            Self::HolderKind => "holder-kind",
            Self::NoHolder => "no-holder",
            Self::NoLicence => "no-licence",
            Self::Answer => "answer",
            Self::Shortened => "shortened",
            Self::MadeADay => "made-a-day",
        }
    }
}
