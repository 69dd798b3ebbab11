//! Serial numbers of firearms and other things: how alike two of them are, place by place.
//!
//! A serial number is stamped, worn, filed off, copied by hand and typed in. So separators never
//! matter; characters that look alike may stand for each other; a letter between digits may be
//! missing or misread; zeros before all other digits may be missing, as spreadsheets leave them out;
//! a Cyrillic letter stands for the Latin one of its shape, and less so for that of its sound;
//! letters before the first and after the last digit count. These are the
//! rules of the gun file of the United States' NCIC, as Wisconsin's manual has them: `369J257`
//! finds 369257 and 369M257. What cannot be read is a mask: `?` is one place, `*` any number of
//! them. Every place that is read may be more or less sure.
//!
//! Nothing here decides that two things are the same: all marks of both are compared by somebody
//! who looks at them.
//!
//! ```
//! use egnatia_matching::serial::{self, Index, Likeness, Query, Serial};
//!
//! let mut index = Index::new();
//! index.insert("pistol", &Serial::new("E619-1609")?);
//! index.insert("rifle", &Serial::new("369 257")?);
//! assert_eq!(index.exact(&Serial::new("e6191609")?), [&"pistol"]);
//!
//! // The frame's number is searched first, then the others.
//! let found = index.search(&Query::new("369J257")?, 10)?;
//! assert_eq!(found[0].key, "rifle");
//! assert!(found[0].likeness.is_alike());
//!
//! // Two places were filed off.
//! let found = index.search(&Query::new("E61?1?09")?, 10)?;
//! assert_eq!(found[0].key, "pistol");
//! # Ok::<(), serial::SerialError>(())
//! ```

mod align;
mod compare;
mod cost;
mod grams;
mod index;
mod number;
mod query;
mod worn;

pub use compare::{Likeness, PlaceEvidence, PlaceVerdict, compare};
pub use index::{Found, Index};
pub use number::{Serial, look_alikes};
pub use query::{Confidence, Place, Query};
pub use worn::compare_worn;

/// The most places that a serial number has.
pub const PLACES_MAX: usize = 40;

/// Why a text cannot be used as a serial number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SerialError {
    /// It holds no letter and no digit.
    #[error("the serial number has no letter and no digit; type what can be read of it")]
    Empty,
    /// It has more places than are read.
    #[error("the serial number has more than {PLACES_MAX} places; type one number alone")]
    TooLong,
    /// A mask where a whole number is needed.
    #[error("`{0}` is a mask; an entry needs the whole number, masks are for searches")]
    Mask(char),
    /// A place that the number does not have.
    #[error("the serial number has {places} places, and no place {place}; count from 1")]
    NoSuchPlace {
        /// Which was asked for, from 1.
        place: usize,
        /// How many there are.
        places: usize,
    },
    /// Nothing is left by which entries could be found.
    #[error(
        "too little of the serial number is readable, so that too many entries fit; give at least two places that follow each other"
    )]
    TooOpen,
}
