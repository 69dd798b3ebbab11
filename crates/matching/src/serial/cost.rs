//! What one place costs, as the share of the likeness that stays. A place that is less sure costs
//! less, down to nothing for a mask.

use super::compare::PlaceVerdict;
use super::number::fold;
use super::query::{Confidence, Place};

/// O for 0 and their like: the usual fault of a worn mark.
pub(super) const LOOK_ALIKE: f64 = 0.10;
/// What else a place may be, as whoever read it said.
pub(super) const PERHAPS: f64 = 0.15;
/// A zero before all other digits that only one side has: a spreadsheet leaves it out.
pub(super) const MISSING_ZERO: f64 = 0.15;
/// A letter between digits that only one side has. One may be missing, or two; with three it is
/// another number.
pub(super) const MISSING_LETTER: f64 = 0.35;
/// Letters between digits that differ. One may be misread; with two it is another number.
pub(super) const MISREAD_LETTER: f64 = 0.46;
/// The whole number, where letters agree by their sound and not by their shape.
pub(super) const BY_SOUND: f64 = 0.30;
/// Another character: another number, unless the place is doubtful.
pub(super) const DIFFERS: f64 = 0.98;
/// A place that only one side has: another number.
pub(super) const MISSING: f64 = 0.99;

/// A place of both.
pub(super) fn pair(place: Place, character: char, letters: bool) -> (f64, PlaceVerdict) {
    let Place::Read {
        character: read,
        confidence,
        perhaps,
    } = place
    else {
        // `*` takes a place in by standing still; here it would end with it.
        let cost = if place == Place::One { 0.0 } else { 1.0 };
        return (cost, PlaceVerdict::Masked);
    };
    let sure = Confidence::share(confidence);
    if read == character {
        (0.0, PlaceVerdict::Same)
    } else if fold(read) == fold(character) {
        (LOOK_ALIKE * sure, PlaceVerdict::LookAlike)
    } else if perhaps == Some(character) {
        (PERHAPS, PlaceVerdict::Perhaps)
    } else if letters {
        (MISREAD_LETTER * sure, PlaceVerdict::MisreadLetter)
    } else {
        // Whoever said what else it may be has thought of this one too.
        let sure = match perhaps {
            Some(_) => f64::midpoint(sure, 1.0),
            None => sure,
        };
        (DIFFERS * sure, PlaceVerdict::Differs)
    }
}

/// A place that the query has alone.
pub(super) fn lone_query(place: Place, is_embedded: bool) -> (f64, PlaceVerdict) {
    match place {
        Place::Some => (0.0, PlaceVerdict::Masked),
        Place::One => (MISSING, PlaceVerdict::Missing),
        Place::Read { confidence, .. } if is_embedded => (
            MISSING_LETTER * confidence.share(),
            PlaceVerdict::MissingLetter,
        ),
        Place::Read { .. } => (MISSING, PlaceVerdict::Missing),
    }
}
