//! Decides whether two descriptions mean the same person, organisation, vessel or document.
//!
//! It compares identities and says why. It never ranks, predicts or profiles a person, and it
//! never decides: it proposes candidates with their evidence to somebody who does. It has no
//! I/O, no clock and no randomness, and is useful on its own.
//!
//! Start at [`Description`].

mod assess;
mod birth;
mod description;
mod evidence;
mod features;
mod index;
mod names;
mod number_map;
mod prepared;
mod text;

pub use assess::{BASE_LOGIT, compare};
pub use birth::{BirthDate, InvalidBirthDate, PartialDate};
pub use description::{
    Description, Gender, Identifier, IdentifierKind, Name, NameKind, NameParts, Schema,
};
pub use evidence::{
    Assessment, Band, Evidence, Feature, Piece, Thresholds, TokenEvidence, Verdict,
};
pub use index::{Candidate, Index};
pub use prepared::Prepared;
