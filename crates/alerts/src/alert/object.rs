//! Kinds of objects.

use serde::{Deserialize, Serialize};

/// What an alert on an object is about (Art. 38(2), rule SIS-04).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ObjectKind {
    /// Motor vehicles.
    Vehicle,
    /// Trailers and caravans.
    Trailer,
    /// Boats and their engines.
    Boat,
    /// Aircraft and their engines.
    Aircraft,
    /// Containers.
    Container,
    /// Firearms.
    Firearm,
    /// Blank official documents.
    BlankDocument,
    /// Issued identity documents.
    IssuedDocument,
    /// Vehicle registration certificates and plates.
    VehicleDocument,
    /// Banknotes and false banknotes.
    Banknote,
    /// Other identifiable objects of high value, parts of vehicles, industrial equipment.
    Other,
}

impl ObjectKind {
    /// Every kind, in the order of the regulation.
    pub const ALL: &'static [Self] = &[
        Self::Vehicle,
        Self::Trailer,
        Self::Boat,
        Self::Aircraft,
        Self::Container,
        Self::Firearm,
        Self::BlankDocument,
        Self::IssuedDocument,
        Self::VehicleDocument,
        Self::Banknote,
        Self::Other,
    ];

    /// The kind as it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Vehicle => "vehicle",
            Self::Trailer => "trailer",
            Self::Boat => "boat",
            Self::Aircraft => "aircraft",
            Self::Container => "container",
            Self::Firearm => "firearm",
            Self::BlankDocument => "blank-document",
            Self::IssuedDocument => "issued-document",
            Self::VehicleDocument => "vehicle-document",
            Self::Banknote => "banknote",
            Self::Other => "other",
        }
    }
}
