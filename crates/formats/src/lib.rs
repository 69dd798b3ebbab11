//! Sanctions lists as their publishers write them, read into [`ListEntry`]s.
//!
//! Three forms are read: the OFAC SDN list ([`ofac`]), the consolidated list of the UN Security
//! Council ([`un`]) and FollowTheMoney entities ([`ftm`]). Nothing of a source is dropped: what
//! has no field of its own stands in the entry's `source_text`, and rows that belong to no entry
//! are returned as [`Orphan`]s. The first error stops the reading and nothing is returned, so
//! that half a list can never replace a whole one.
//!
//! Beside lists, the machine-readable zones of travel documents are read ([`mrz`]), and rows that
//! are to be checked: tables, sheets and passenger lists ([`rows`]). What such a run found is
//! written by [`hits`].
//!
//! This crate never opens a file or a connection, never follows a link or an external entity, and
//! never decides whether two entries mean the same person.
//!
//! Start at [`ofac::parse`], [`un::parse`], [`ftm::parse`], [`mrz::Mrz::read`] or
//! [`rows::Layout::recognise`].
//!
//! ```
//! let line = r#"{"id":"x-1","schema":"Person","properties":{"name":["Ana Example"],"birthDate":["1971-03"]}}"#;
//! let list = egnatia_formats::ftm::parse("example", &mut line.as_bytes(), &mut |_bytes| {})?;
//!
//! let entry = &list.entries[0];
//! assert_eq!(entry.display_name(), "Ana Example");
//! assert_eq!(entry.births[0].date.map(|date| date.to_string()).as_deref(), Some("1971-03"));
//! # Ok::<(), egnatia_formats::ListError>(())
//! ```

mod collect;
mod dates;
mod documents;
mod error;
pub mod ftm;
pub mod hits;
pub mod mrz;
pub mod ofac;
mod paxlst;
pub mod photographs;
mod progress;
pub mod rows;
pub mod site_plan;
mod tables;
mod text;
pub mod un;

use egnatia_alerts::ListEntry;
use serde::{Deserialize, Serialize};

pub use error::{ListError, Problem};
pub use rows::readings;
pub use tables::table_sheet;

/// A list, read whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParsedList {
    /// Which list: `ofac-sdn`, `un-sc`, or the name given for FollowTheMoney.
    pub list: String,
    /// The version that the source states, as written there; empty where it states none.
    pub source_version: String,
    /// The entries, sorted by `source_id`, each id once.
    pub entries: Vec<ListEntry>,
    /// What belongs to no entry, in the order of the files.
    pub orphans: Vec<Orphan>,
}

/// A row or entity that points to an entry which the list does not have.
///
/// Publishers replace the files of a list one by one, so this is real input. It is counted and
/// shown, never hidden.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Orphan {
    /// The file's base name, such as `alt.csv`.
    pub file: String,
    /// The line in the file, from 1.
    pub line: u64,
    /// The entry's id that it points to; empty where it points to none.
    pub source_id: String,
    /// The row or entity as written in the source.
    pub text: String,
}
