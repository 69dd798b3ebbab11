//! Decides whether two descriptions mean the same person, organisation, vessel or document.
//!
//! It compares identities and says why. It never ranks, predicts or profiles a person, and it
//! never decides: it proposes candidates with their evidence to somebody who does. It has no
//! I/O, no clock and no randomness, and is useful on its own.
//!
//! Start at [`Description`], then [`Index`] to search and [`compare`] for one pair.
//!
//! ```
//! use egnatia_matching::{Band, Description, Feature, Index, Name, Schema};
//!
//! let person = |name: &str, birth: &str| Description {
//!     schema: Schema::Person,
//!     names: vec![Name::new(name)],
//!     births: birth.parse().into_iter().collect(),
//!     ..Description::default()
//! };
//!
//! // Keys are the caller's own: here the numbers of lines.
//! let mut index = Index::new();
//! index.insert(1, &person("Ђорђе Карађоски", "1971-03-05"));
//! index.insert(2, &person("Arben Zubrani", "1980"));
//!
//! // As a document's machine-readable zone prints it.
//! let found = index.search(&person("KARADJOSKI<<DJORDJE", "1971"), 10);
//! let best = &found[0];
//! assert_eq!(best.key, 1);
//! assert_eq!(best.assessment.band, Band::Match);
//!
//! // Every feature says what it contributes, every word how it compares.
//! for line in &best.assessment.evidence {
//!     println!("{:?} {:?} {:+.2}", line.feature, line.verdict, line.weight);
//! }
//! assert_eq!(best.assessment.evidence[0].feature, Feature::Name);
//! assert_eq!(best.assessment.evidence[0].tokens.len(), 2);
//! ```
//!
//! How a name travels: `text` turns letters of any script into symbols of one alphabet of
//! sounds; `names` cuts words, measures how far they are apart, aligns and weighs them; `index`
//! finds entries that share anything; `assess` adds the other `features` as logarithms of odds.
//! What a word, a letter or a contradiction costs stands in tables, each with its reason.

mod assess;
mod birth;
mod description;
mod evidence;
mod features;
mod forms;
mod index;
mod names;
mod number_map;
mod prepared;
pub mod serial;
mod side;
mod text;

pub use assess::{BASE_LOGIT, Comparer, compare, compare_prepared};
pub use birth::{BirthDate, InvalidBirthDate, PartialDate};
pub use description::{
    Description, Gender, Identifier, IdentifierKind, Name, NameKind, NameParts, Schema, Weapon,
};
pub use evidence::{
    Assessment, Band, Evidence, Feature, Piece, Thresholds, TokenEvidence, Verdict,
};
pub use forms::{WordForms, word_forms};
pub use index::{Candidate, Compaction, Index, Key, Segment, SegmentBuilder, SegmentError};
pub use prepared::Prepared;
