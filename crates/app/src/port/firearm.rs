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
    /// Model, as it is compared; empty where it is not known.
    pub model: String,
    /// Category of the directive; empty where it is not determined.
    pub category: String,
    /// Year of manufacture.
    pub year: Option<i16>,
}

/// In which order weapons are listed, by when they were last written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FirearmOrder {
    /// The last one first.
    #[default]
    Newest,
    /// The first one first.
    Oldest,
}

/// Which weapons are wanted, at most `limit`.
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
    /// Of this model, as it is compared.
    pub model: Option<String>,
    /// Of this category.
    pub category: Option<String>,
    /// Made in one of these years, the first and the last.
    pub years: Option<(i16, i16)>,
    /// In this order.
    pub order: FirearmOrder,
    /// After this place.
    pub after: Option<Cursor>,
    /// At most so many, 1 to 1,000.
    pub limit: u32,
}
