//! A check: somebody or something was looked up, for a stated reason.

use std::fmt;

use egnatia_matching::Description;
use egnatia_record::{CaseReference, RecordId, UserId, Version};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// The body of a record of kind `check`. It is written before the answer leaves (invariant 1).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// In which case; the purpose stands in the envelope.
    pub case: CaseReference,
    /// What was asked.
    pub query: Description,
    /// The machine-readable zone that it was read from, where it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<ScannedZone>,
    /// Against which versions of which lists.
    pub lists: Vec<ConsultedList>,
    /// The matches that wait for a decision, best first.
    pub matches: Vec<RecordId>,
    /// Candidates that an officer rejected before, and that are therefore not put again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub settled: Vec<Settled>,
}

/// A machine-readable zone as it was scanned or typed, for whoever looks at the check later.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScannedZone {
    /// Its lines, in capitals.
    pub lines: Vec<String>,
    /// As of which day it was read: that decided on the centuries of its dates.
    pub read_on: Date,
}

/// Says when it was read, never what it says.
impl fmt::Debug for ScannedZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScannedZone")
            .field("read_on", &self.read_on)
            .finish_non_exhaustive()
    }
}

/// A list as it stood at the moment of the check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsultedList {
    /// The list's name, such as `un-sc`.
    pub list: String,
    /// The node's number of the list's version.
    pub version: u64,
}

/// An entry of a list, in the version that was compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntryRef {
    /// The entry's record.
    pub record: RecordId,
    /// Its version.
    pub version: Version,
    /// The list it comes from.
    pub list: String,
    /// The node's number of the list's version.
    pub list_version: u64,
    /// The entry's id in its source.
    pub source_id: String,
    /// The name under which it is shown.
    pub name: String,
}

/// A candidate that was rejected before, for the same query and the same version of the entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settled {
    /// The entry.
    pub entry: EntryRef,
    /// The decision that settled it.
    pub decision: RecordId,
    /// Who rejected it.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: String,
    /// How likely the engine holds it, in case the decision is doubted.
    pub probability: f64,
}
