//! How alike a query and an entry are, place by place.

use serde::Serialize;

use super::number::{embedded, fold};
use super::query::{Confidence, Place};
use super::{Query, Serial};

/// What one place costs, as the share of the likeness that stays. A place that is less sure costs
/// less, down to nothing for a mask.
mod cost {
    /// O for 0 and their like: the usual fault of a worn mark.
    pub(super) const LOOK_ALIKE: f64 = 0.10;
    /// A letter between digits that only one side has.
    pub(super) const MISSING_LETTER: f64 = 0.15;
    /// Letters between digits that differ.
    pub(super) const MISREAD_LETTER: f64 = 0.20;
    /// Another character: another number, unless the place is doubtful.
    pub(super) const DIFFERS: f64 = 0.98;
    /// A place that only one side has: another number.
    pub(super) const MISSING: f64 = 0.99;
}

/// From this likeness on two numbers may be the same: three look-alikes and a missing letter stay
/// above it, one other character at a place that is plain to see falls below.
const ALIKE_FROM: f64 = 0.30;

/// How alike two serial numbers are, and why.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Likeness {
    /// From 0 to 1: 1 where nothing that was read differs.
    pub likeness: f64,
    /// How much of the entry was read, from 0 to 1: masks and doubtful places lower it.
    pub read: f64,
    /// Place by place, in the order of the number.
    pub evidence: Vec<PlaceEvidence>,
}

impl Likeness {
    /// Whether both may be the same number.
    pub fn is_alike(&self) -> bool {
        self.likeness >= ALIKE_FROM
    }
}

/// One place of both numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct PlaceEvidence {
    /// What was asked: a character, `?` or `*`; absent where the query has no such place.
    pub query: Option<char>,
    /// What the entry has; absent where it has no such place.
    pub entry: Option<char>,
    /// How they compare.
    pub verdict: PlaceVerdict,
}

/// How two places compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlaceVerdict {
    /// The same character.
    Same,
    /// Characters that look alike.
    LookAlike,
    /// A letter between digits that only one side has.
    MissingLetter,
    /// Letters between digits that differ.
    MisreadLetter,
    /// The query could not read the place.
    Masked,
    /// Different characters.
    Differs,
    /// A place that only one side has.
    Missing,
}

/// A step of the alignment: one place of either or both.
#[derive(Clone, Copy)]
struct Step {
    /// How much of the likeness is left after it.
    left: f64,
    query: bool,
    entry: bool,
    verdict: PlaceVerdict,
}

struct Sides<'a> {
    query: &'a [Place],
    entry: &'a [char],
    query_embedded: Vec<bool>,
    entry_embedded: Vec<bool>,
}

/// Compares what was read with an entry.
///
/// ```
/// use egnatia_matching::serial::{PlaceVerdict, Query, Serial, compare};
///
/// let likeness = compare(&Query::new("369J257")?, &Serial::new("369-257")?);
/// assert!(likeness.is_alike() && likeness.likeness < 1.0);
/// assert_eq!(likeness.evidence[3].verdict, PlaceVerdict::MissingLetter);
/// // A letter before the digits counts.
/// assert!(!compare(&Query::new("A369257")?, &Serial::new("369257")?).is_alike());
/// # Ok::<(), egnatia_matching::serial::SerialError>(())
/// ```
pub fn compare(query: &Query, entry: &Serial) -> Likeness {
    let sides = Sides {
        query: query.places(),
        entry: entry.places(),
        query_embedded: query.embedded(),
        entry_embedded: embedded(entry.places(), |c| c.is_numeric(), |c| !c.is_numeric()),
    };
    let rows = sides.align();
    let (likeness, evidence) = sides.walk(&rows);
    Likeness {
        likeness,
        read: sides.read(&evidence),
        evidence,
    }
}

impl Sides<'_> {
    /// The best way to every pair of places, and its last step.
    fn align(&self) -> Vec<Vec<Option<Step>>> {
        let columns = self.entry.len().saturating_add(1);
        let mut rows: Vec<Vec<Option<Step>>> =
            Vec::with_capacity(self.query.len().saturating_add(1));
        for at in 0..=self.query.len() {
            let mut row: Vec<Option<Step>> = Vec::with_capacity(columns);
            for with in 0..columns {
                let above = at.checked_sub(1).and_then(|above| rows.get(above));
                let best = self.best(at, with, above, &row);
                row.push(best);
            }
            rows.push(row);
        }
        rows
    }

    /// The best last step to a pair of places; `None` at the start.
    fn best(
        &self,
        at: usize,
        with: usize,
        above: Option<&Vec<Option<Step>>>,
        row: &[Option<Step>],
    ) -> Option<Step> {
        let left = |step: Option<&Option<Step>>| step.map(|step| step.map_or(1.0, |s| s.left));
        let both = left(above.and_then(|above| above.get(with.checked_sub(1)?)));
        let query = left(above.and_then(|above| above.get(with)));
        let entry = left(with.checked_sub(1).and_then(|before| row.get(before)));
        let place = at.checked_sub(1).and_then(|at| self.query.get(at));
        let character = with.checked_sub(1).and_then(|with| self.entry.get(with));
        let is_embedded = |flags: &[bool], at: usize| {
            at.checked_sub(1).and_then(|at| flags.get(at)).copied() == Some(true)
        };
        let query_letter = is_embedded(&self.query_embedded, at);
        let entry_letter = is_embedded(&self.entry_embedded, with);
        let step = |before: Option<f64>, (cost, verdict), query, entry| {
            before.map(|before| Step {
                left: before * (1.0 - cost),
                query,
                entry,
                verdict,
            })
        };
        let pair = place.zip(character).and_then(|(place, character)| {
            let cost = pair(*place, *character, query_letter && entry_letter);
            step(both, cost, true, true)
        });
        let only_query = place.and_then(|place| {
            let cost = lone_query(*place, query_letter);
            step(query, cost, true, false)
        });
        let only_entry = character.and_then(|_| {
            let cost = match (place, entry_letter) {
                // `*` takes in as many places as there are.
                (Some(Place::Some), _) => (0.0, PlaceVerdict::Masked),
                (_, true) => (cost::MISSING_LETTER, PlaceVerdict::MissingLetter),
                (_, false) => (cost::MISSING, PlaceVerdict::Missing),
            };
            step(entry, cost, false, true)
        });
        [pair, only_query, only_entry]
            .into_iter()
            .flatten()
            .reduce(|best, next| if next.left > best.left { next } else { best })
    }

    /// The evidence along the best way, and the likeness at its end.
    fn walk(&self, rows: &[Vec<Option<Step>>]) -> (f64, Vec<PlaceEvidence>) {
        let (mut at, mut with) = (self.query.len(), self.entry.len());
        let step_at = |at: usize, with: usize| *rows.get(at)?.get(with)?;
        let likeness = step_at(at, with).map_or(1.0, |step| step.left);
        let mut evidence = Vec::new();
        while let Some(step) = step_at(at, with) {
            let place = at.checked_sub(1).and_then(|at| self.query.get(at));
            let asked = step.query || step.verdict == PlaceVerdict::Masked;
            let entry = with.checked_sub(1).and_then(|with| self.entry.get(with));
            evidence.push(PlaceEvidence {
                query: place.filter(|_| asked).map(|place| place.character()),
                entry: entry.filter(|_| step.entry).copied(),
                verdict: step.verdict,
            });
            at = at.saturating_sub(usize::from(step.query));
            with = with.saturating_sub(usize::from(step.entry));
        }
        evidence.reverse();
        // A `*` that took in places says so there, and not once more by itself.
        let took = |place: &PlaceEvidence| place.query == Some('*') && place.entry.is_some();
        if evidence.iter().any(took) {
            evidence.retain(|place| place.query != Some('*') || place.entry.is_some());
        }
        (likeness, evidence)
    }

    fn read(&self, evidence: &[PlaceEvidence]) -> f64 {
        let real = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
        let sure: f64 = self
            .query
            .iter()
            .map(|place| match place {
                Place::Read { confidence, .. } => confidence.share(),
                Place::One | Place::Some => 0.0,
            })
            .sum();
        (sure / real(evidence.len().max(1))).min(1.0)
    }
}

fn pair(place: Place, character: char, letters: bool) -> (f64, PlaceVerdict) {
    let Place::Read {
        character: read,
        confidence,
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
        (cost::LOOK_ALIKE * sure, PlaceVerdict::LookAlike)
    } else if letters {
        (cost::MISREAD_LETTER * sure, PlaceVerdict::MisreadLetter)
    } else {
        (cost::DIFFERS * sure, PlaceVerdict::Differs)
    }
}

fn lone_query(place: Place, is_embedded: bool) -> (f64, PlaceVerdict) {
    match place {
        Place::Some => (0.0, PlaceVerdict::Masked),
        Place::One => (cost::MISSING, PlaceVerdict::Missing),
        Place::Read { confidence, .. } if is_embedded => (
            cost::MISSING_LETTER * confidence.share(),
            PlaceVerdict::MissingLetter,
        ),
        Place::Read { .. } => (cost::MISSING, PlaceVerdict::Missing),
    }
}
