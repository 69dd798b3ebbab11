//! What somebody could read of a serial number.

use std::fmt;

use super::number::{embedded, fold, leading_zeros, places, places_by_sound};
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
        /// What else it may be.
        perhaps: Option<char>,
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
                perhaps,
            } if confidence.0 >= DOUBTFUL_BELOW
                && perhaps.is_none_or(|other| fold(other) == fold(character)) =>
            {
                Some(fold(character))
            }
            _ => None,
        }
    }

    /// How sure it was read, from 0 to 1; 0 for a mask.
    pub(super) fn share(self) -> f64 {
        match self {
            Self::Read { confidence, .. } => confidence.share(),
            Self::One | Self::Some => 0.0,
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
#[derive(Clone)]
pub struct Query {
    places: Vec<Place>,
    /// The same with Cyrillic letters by their sound, where that makes other places.
    by_sound: Option<Vec<Place>>,
}

impl Query {
    /// Reads what was typed; `?` is one place that cannot be read, `*` any number of them.
    ///
    /// # Errors
    /// [`SerialError::Empty`], [`SerialError::TooLong`].
    pub fn new(text: &str) -> Result<Self, SerialError> {
        let by_shape = read(text, places)?;
        let by_sound = match text.is_ascii() {
            true => None,
            false => Some(read(text, places_by_sound)?).filter(|places| *places != by_shape),
        };
        Ok(Self {
            places: by_shape,
            by_sound,
        })
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
        let at = place
            .checked_sub(1)
            .filter(|at| *at < places)
            .ok_or(SerialError::NoSuchPlace { place, places })?;
        let both = [Some(&mut self.places), self.by_sound.as_mut()];
        for found in both.into_iter().flatten().filter_map(|all| all.get_mut(at)) {
            if let Place::Read {
                character, perhaps, ..
            } = *found
            {
                *found = Place::Read {
                    character,
                    confidence,
                    perhaps,
                };
            }
        }
        Ok(self)
    }

    /// The same with what else one place may be. `place` counts as in [`Self::with_confidence`].
    ///
    /// # Errors
    /// [`SerialError::NoSuchPlace`].
    pub fn with_perhaps(mut self, place: usize, other: char) -> Result<Self, SerialError> {
        let places = self.places.len();
        let at = place
            .checked_sub(1)
            .filter(|at| *at < places)
            .ok_or(SerialError::NoSuchPlace { place, places })?;
        let other = super::number::places(other.encode_utf8(&mut [0; 4]))?;
        let both = [Some(&mut self.places), self.by_sound.as_mut()];
        for found in both.into_iter().flatten().filter_map(|all| all.get_mut(at)) {
            if let Place::Read {
                character,
                confidence,
                ..
            } = *found
            {
                *found = Place::Read {
                    character,
                    confidence,
                    perhaps: other.first().copied(),
                };
            }
        }
        Ok(self)
    }

    /// The same with Cyrillic letters by their sound, where that makes another number.
    pub(super) fn by_sound(&self) -> Option<Self> {
        Some(Self {
            places: self.by_sound.clone()?,
            by_sound: None,
        })
    }

    /// Whether every place was read, surely or not.
    pub(super) fn has_no_mask(&self) -> bool {
        let read = |place: &Place| matches!(place, Place::Read { .. });
        self.places.iter().all(read)
    }

    /// How many zeros stand before a number of digits alone.
    pub(super) fn leading_zeros(&self) -> usize {
        let is = |place: &Place, test: fn(char) -> bool| match place {
            Place::Read { character, .. } => test(*character),
            Place::One | Place::Some => false,
        };
        leading_zeros(
            &self.places,
            |place| is(place, |c| c.is_ascii_digit()) || *place == Place::Some,
            |place| is(place, |c| c == '0'),
        )
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

/// Two are equal where they look the same.
impl PartialEq for Query {
    fn eq(&self, other: &Self) -> bool {
        self.places == other.places
    }
}

impl Eq for Query {}

impl From<&Serial> for Query {
    fn from(serial: &Serial) -> Self {
        let places = serial.places().iter().map(|character| Place::Read {
            character: *character,
            confidence: Confidence::FULL,
            perhaps: None,
        });
        Self {
            places: places.collect(),
            by_sound: None,
        }
    }
}

/// The places of a text, its masks among them.
fn read(
    text: &str,
    places: fn(&str) -> Result<Vec<char>, SerialError>,
) -> Result<Vec<Place>, SerialError> {
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
            perhaps: None,
        }));
        found.extend(mask.filter(|mask| *mask == Place::One || found.last() != Some(mask)));
    }
    let is_read = |place: &Place| matches!(place, Place::Read { .. });
    if !found.iter().any(is_read) {
        return Err(SerialError::Empty);
    }
    match found.len() > PLACES_MAX {
        true => Err(SerialError::TooLong),
        false => Ok(found),
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
