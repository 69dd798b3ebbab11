//! What somebody could read of a serial number.

use std::fmt;

use super::number::{embedded, fold, places};
use super::{PLACES_MAX, Serial, SerialError};

/// A place that is less sure than this finds entries as if it could not be read.
const DOUBTFUL_BELOW: u8 = 80;

/// How sure a place was read, from 0 (a guess) to 100 (plain to see).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Confidence(u8);

impl Confidence {
    /// Plain to see.
    pub const FULL: Self = Self(100);

    /// So many percent; more than 100 are 100.
    pub fn percent(percent: u8) -> Self {
        Self(percent.min(100))
    }

    /// From 0 to 1.
    pub fn share(self) -> f64 {
        f64::from(self.0) / 100.0
    }
}

/// A place of a query.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A letter or digit in capitals that was read, and how sure.
    Read {
        /// What was read.
        character: char,
        /// How sure.
        confidence: Confidence,
    },
    /// `?`: one place that cannot be read.
    One,
    /// `*`: any number of places that cannot be read, also none.
    Some,
}

impl Place {
    /// What stands there, where it was read: the character, or the mask.
    pub fn character(self) -> char {
        match self {
            Self::Read { character, .. } => character,
            Self::One => '?',
            Self::Some => '*',
        }
    }

    /// What it is found by: look-alikes as one; nothing where it is a mask or doubtful.
    pub(super) fn sure(self) -> Option<char> {
        match self {
            Self::Read {
                character,
                confidence,
            } if confidence.0 >= DOUBTFUL_BELOW => Some(fold(character)),
            _ => None,
        }
    }

    fn is_letter(&self) -> bool {
        matches!(self, Self::Read { character, .. } if !character.is_numeric())
    }
}

/// A serial number as far as it can be read.
///
/// ```
/// use egnatia_matching::serial::{Confidence, Query};
///
/// // The third place is worn: a 3, or perhaps an 8.
/// let query = Query::new("M70-31*")?.with_confidence(4, Confidence::percent(60))?;
/// assert_eq!(query.to_string(), "M7031*");
/// # Ok::<(), egnatia_matching::serial::SerialError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Query {
    places: Vec<Place>,
}

impl Query {
    /// Reads what was typed; `?` is one place that cannot be read, `*` any number of them.
    ///
    /// # Errors
    /// [`SerialError::Empty`], [`SerialError::TooLong`].
    pub fn new(text: &str) -> Result<Self, SerialError> {
        let mut found = Vec::new();
        for (at, part) in text.split_inclusive(['?', '*']).enumerate() {
            // Parts without any character are not many, but a text of stars alone is no number.
            if at > PLACES_MAX {
                return Err(SerialError::TooLong);
            }
            let mask = match part.chars().next_back() {
                Some('?') => Some(Place::One),
                Some('*') => Some(Place::Some),
                _ => None,
            };
            let read = places(part.trim_end_matches(['?', '*']))?;
            found.extend(read.into_iter().map(|character| Place::Read {
                character,
                confidence: Confidence::FULL,
            }));
            found.extend(mask.filter(|mask| *mask == Place::One || found.last() != Some(mask)));
        }
        if !found
            .iter()
            .any(|place| matches!(place, Place::Read { .. }))
        {
            return Err(SerialError::Empty);
        }
        if found.len() > PLACES_MAX {
            return Err(SerialError::TooLong);
        }
        Ok(Self { places: found })
    }

    /// The same with one place less sure. `place` counts from 1, separators left out. A mask has
    /// no confidence and stays as it is.
    ///
    /// # Errors
    /// [`SerialError::NoSuchPlace`].
    pub fn with_confidence(
        mut self,
        place: usize,
        confidence: Confidence,
    ) -> Result<Self, SerialError> {
        let places = self.places.len();
        let found = place
            .checked_sub(1)
            .and_then(|place| self.places.get_mut(place))
            .ok_or(SerialError::NoSuchPlace { place, places })?;
        if let Place::Read { character, .. } = *found {
            *found = Place::Read {
                character,
                confidence,
            };
        }
        Ok(self)
    }

    /// Its places, in their order.
    pub fn places(&self) -> &[Place] {
        &self.places
    }

    /// Whether every place was read and none is doubtful: then it is a whole number.
    pub fn is_whole(&self) -> bool {
        self.places.iter().all(|place| place.sure().is_some())
    }

    /// Which places hold a letter between digits, or between what may be digits.
    pub(super) fn embedded(&self) -> Vec<bool> {
        embedded(&self.places, |place| !place.is_letter(), Place::is_letter)
    }
}

impl From<&Serial> for Query {
    fn from(serial: &Serial) -> Self {
        let places = serial.places().iter().map(|character| Place::Read {
            character: *character,
            confidence: Confidence::FULL,
        });
        Self {
            places: places.collect(),
        }
    }
}

/// The normal form, with its masks.
impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places: String = self.places.iter().map(|place| place.character()).collect();
        f.write_str(&places)
    }
}

/// Says how long it is, never which.
impl fmt::Debug for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Query")
            .field("places", &self.places.len())
            .finish_non_exhaustive()
    }
}
