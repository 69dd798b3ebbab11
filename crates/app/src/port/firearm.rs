//! The register of firearms, as it is searched.

use egnatia_record::RecordId;
use jiff::Timestamp;

use super::Cursor;

/// The line of a weapon in the register. Writing one replaces the line of its record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirearmRow {
    /// The record.
    pub record: RecordId,
    /// What no two weapons share that somebody in this country has: make, model, calibre, number,
    /// and which of several. The store itself refuses a second open one.
    pub identity: String,
    /// The unique number in capitals, without separators; empty where nothing can be read.
    pub serial: String,
    /// Who made it, as it is compared.
    pub make: String,
    /// Calibre, as it is compared.
    pub calibre: String,
    /// What kind of weapon.
    pub kind: String,
    /// Where it is: `held`, `stolen`, …
    pub custody: String,
    /// Whether somebody in this country has it.
    pub is_open: bool,
    /// The name under which it is shown.
    pub name: String,
    /// When it was written.
    pub updated_at: Timestamp,
}

/// Which weapons are wanted: newest first, at most `limit`.
#[derive(Debug, Clone, Default)]
pub struct FirearmFilter {
    /// Whose number begins so, in capitals without separators.
    pub serial: Option<String>,
    /// Of this maker.
    pub make: Option<String>,
    /// Of this calibre.
    pub calibre: Option<String>,
    /// Of this kind.
    pub kind: Option<String>,
    /// That are there.
    pub custody: Option<String>,
    /// After this place.
    pub after: Option<Cursor>,
    /// At most so many, 1 to 1,000.
    pub limit: u32,
}
