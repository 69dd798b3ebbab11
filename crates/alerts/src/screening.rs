//! A screening: many rows are checked for one stated reason, and each of them is a check.

use egnatia_matching::Description;
use egnatia_record::{CaseReference, RecordId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ConsultedList;

/// The body of a record of kind `screening`: one run over a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Screening {
    /// In which case; the purpose stands in the envelope.
    pub case: CaseReference,
    /// The file's name, without its folder.
    pub file: String,
    /// SHA-256 of the file, hexadecimal: a run goes on with the same file only.
    pub checksum: String,
    /// Tells the same command from another one, hexadecimal.
    pub command: String,
    /// How the file is written.
    pub format: String,
    /// How its columns are read: `birth-date = 3`.
    pub columns: Vec<String>,
    /// How many rows it has.
    pub rows: u64,
    /// Where it stands.
    pub state: ScreeningState,
}

/// Where a screening stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ScreeningState {
    /// Rows are being checked, or it was interrupted and goes on when it is started again.
    Running,
    /// All rows are checked.
    Done {
        /// When.
        at: Timestamp,
    },
    /// It was interrupted and somebody began anew.
    GivenUp {
        /// When.
        at: Timestamp,
    },
}

impl ScreeningState {
    /// The state as records are filtered by it.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done { .. } => "done",
            Self::GivenUp { .. } => "given-up",
        }
    }
}

/// The body of a record of kind `screened-rows`: which rows were asked, and what came of them. A
/// screening has many, one after another; each is one transaction with the checks of its rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScreenedRows {
    /// The screening.
    pub screening: RecordId,
    /// In which case.
    pub case: CaseReference,
    /// The number of this part, from 1.
    pub part: u64,
    /// Against which versions of which lists.
    pub lists: Vec<ConsultedList>,
    /// The rows, in their order.
    pub rows: Vec<ScreenedRow>,
    /// What the parts up to this one came to.
    pub so_far: ScreeningCounts,
}

/// A row that was asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScreenedRow {
    /// Its number in the input.
    pub row: u64,
    /// What was asked.
    pub query: Description,
    /// What came of it; nothing where nobody agrees.
    #[serde(default, skip_serializing_if = "RowOutcome::is_nobody")]
    pub outcome: RowOutcome,
}

/// What came of a row.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RowOutcome {
    /// Nobody agrees.
    #[default]
    Nobody,
    /// Somebody agrees: a check of its own holds the matches.
    Checked(RecordId),
    /// It says nothing that can be compared; the text says why.
    NotChecked(String),
}

impl RowOutcome {
    fn is_nobody(&self) -> bool {
        *self == Self::Nobody
    }
}

/// What rows came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScreeningCounts {
    /// Rows that were read.
    pub rows: u64,
    /// Rows that say nothing that can be compared.
    pub not_checked: u64,
    /// Rows with a match.
    pub matched_rows: u64,
    /// Matches that wait for a decision.
    pub matches: u64,
    /// Candidates that an officer rejected before.
    pub settled: u64,
}
