//! Lists, their versions, and what each version changed.

use egnatia_audit::Hash;
use egnatia_record::{RecordId, UserId, Version};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// A version of a list, as it was imported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListVersionRow {
    /// The list's name, such as `un-sc`.
    pub list: String,
    /// The node's number of the version, from 1.
    pub version: u64,
    /// The version or date that the source states.
    pub source_version: String,
    /// SHA-256 of what was read, hexadecimal.
    pub checksum: String,
    /// When it was imported.
    pub imported_at: Timestamp,
    /// Who imported it.
    pub imported_by: UserId,
    /// Entries that were not there before.
    pub added: u64,
    /// Entries that say something else than before.
    pub changed: u64,
    /// Entries that are gone.
    pub removed: u64,
    /// Entries that say the same.
    pub unchanged: u64,
    /// Rows that join no entry, JSON.
    pub orphans: String,
    /// How many of them.
    pub orphan_count: u64,
}

/// What a version of a list did to an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ListChange {
    /// It was not there before.
    Added,
    /// It says something else.
    Changed,
    /// It is gone.
    Removed,
}

impl ListChange {
    /// The change as it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Removed => "removed",
        }
    }

    /// The change with this stored form.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Added, Self::Changed, Self::Removed]
            .into_iter()
            .find(|c| c.as_str() == text)
    }
}

/// An entry's line in a list: which record it is, and what it said last.
///
/// Writing one replaces the entry's present line (by `list` and `source_id`) and adds a line to
/// the history of changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListEntryRow {
    /// The list.
    pub list: String,
    /// The entry's id in its source.
    pub source_id: String,
    /// The record.
    pub record: RecordId,
    /// The record's version after the change.
    pub record_version: Version,
    /// SHA-256 of the entry's JSON: the same content is the same entry.
    pub content: Hash,
    /// Whether the list holds the entry at present.
    pub listed: bool,
    /// The node's number of the list's version that said so.
    pub list_version: u64,
    /// What that version did.
    pub change: ListChange,
}

/// A line of the history of changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListChangeRow {
    /// The entry's id in its source.
    pub source_id: String,
    /// The record.
    pub record: RecordId,
    /// The record's version after the change.
    pub record_version: Version,
    /// What happened.
    pub change: ListChange,
}
