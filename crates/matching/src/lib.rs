//! Decides whether two descriptions mean the same person, organisation, vessel or document.
//!
//! It compares identities and says why. It never ranks, predicts or profiles a person, and it
//! never decides: it proposes candidates with their evidence to somebody who does. It has no
//! I/O, no clock and no randomness, and is useful on its own.
//!
//! Start at [`Description`].

mod birth;
mod description;
mod evidence;

pub use birth::{BirthDate, InvalidBirthDate, PartialDate};
pub use description::{
    Description, Gender, Identifier, IdentifierKind, Name, NameKind, NameParts, Schema,
};
pub use evidence::{
    Assessment, Band, Evidence, Feature, Piece, Thresholds, TokenEvidence, Verdict,
};

mod exact;
pub use exact::{Candidate, Index};
