//! How alike a query and an entry are, place by place.

use serde::Serialize;

use super::align::{Sides, Straight};
use super::cost;
use super::number::{leading_zeros, span};
use super::{Query, Serial};

/// From this likeness on two numbers may be the same: three look-alikes and a missing letter stay
/// above it, one other character at a place that is plain to see falls below.
pub(super) const ALIKE_FROM: f64 = 0.30;

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
    /// The character that whoever read the place took for the next likely.
    Perhaps,
    /// A Cyrillic letter, and the Latin one of its sound.
    SameSound,
    /// A zero before all other digits that only one side has.
    MissingZero,
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

/// A query that is compared with many entries.
pub(super) struct Comparer {
    query: Query,
    embedded: Vec<bool>,
    zeros: usize,
    /// The same by the sound of its Cyrillic letters.
    by_sound: Option<Box<Self>>,
}

impl Comparer {
    pub(super) fn new(query: &Query) -> Self {
        Self {
            embedded: query.embedded(),
            zeros: query.leading_zeros(),
            by_sound: query.by_sound().map(|query| Box::new(Self::new(&query))),
            query: query.clone(),
        }
    }

    fn sides<'a>(&'a self, entry: &'a Serial) -> Sides<'a> {
        let places = entry.places();
        Sides {
            query: self.query.places(),
            entry: places,
            query_embedded: &self.embedded,
            digits: span(places, |place| place.is_numeric()),
            query_zeros: self.zeros,
            entry_zeros: leading_zeros(places, char::is_ascii_digit, |place| *place == '0'),
        }
    }

    /// How alike an entry is and how much of it was read, as [`Self::compare`] says it; nothing
    /// where it is not alike. `by_sound` is what [`Serial::by_sound`] says of the entry. Makes no
    /// evidence, and so takes a tenth of the time.
    pub(super) fn rank(&self, entry: &Serial, by_sound: Option<&Serial>) -> Option<(f64, f64)> {
        let by_shape = self.rank_by_shape(entry);
        let likeness = by_shape.map_or(0.0, |(likeness, _)| likeness);
        let heard = self.heard((entry, by_sound), likeness, |ours, theirs| {
            let (likeness, read) = ours.rank_by_shape(theirs)?;
            Some((likeness * (1.0 - cost::BY_SOUND), read))
        });
        let heard = heard.filter(|(heard, _)| *heard >= ALIKE_FROM && *heard > likeness);
        heard.or(by_shape)
    }

    /// What the number says by the sound of its letters, where that may be more than `likeness`:
    /// one side by sound, the other as it looks.
    fn heard<T>(
        &self,
        (entry, by_sound): (&Serial, Option<&Serial>),
        likeness: f64,
        read: impl Fn(&Self, &Serial) -> Option<T>,
    ) -> Option<T> {
        if likeness >= 1.0 - cost::BY_SOUND {
            return None;
        }
        match (&self.by_sound, by_sound) {
            (_, Some(theirs)) => read(self, theirs),
            (Some(ours), None) => read(ours, entry),
            (None, None) => None,
        }
    }

    fn rank_by_shape(&self, entry: &Serial) -> Option<(f64, f64)> {
        let sides = self.sides(entry);
        let (left, evidence) = match sides.straight() {
            Straight::Best(left) => (left, sides.query.len()),
            Straight::Unsure => {
                let way = sides.way()?;
                (way.left, way.evidence())
            }
        };
        (left >= ALIKE_FROM).then(|| (left, sides.read(evidence)))
    }

    /// How alike an entry is, and why.
    pub(super) fn compare(&self, entry: &Serial) -> Likeness {
        let by_shape = self.compare_by_shape(entry);
        let by_sound = entry.by_sound();
        let both = (entry, by_sound.as_ref());
        let heard = self.heard(both, by_shape.likeness, |ours, theirs| {
            let mut heard = ours.compare_by_shape(theirs);
            heard.likeness *= 1.0 - cost::BY_SOUND;
            self.show_as_written(&mut heard, entry);
            Some(heard)
        });
        let heard = heard.filter(|heard| heard.is_alike() && heard.likeness > by_shape.likeness);
        heard.unwrap_or(by_shape)
    }

    /// Shows the letters as both sides have them, and which agree by sound only.
    fn show_as_written(&self, heard: &mut Likeness, entry: &Serial) {
        let mut ours = self.query.places().iter().map(|place| place.character());
        let mut theirs = entry.places().iter().copied();
        for place in &mut heard.evidence {
            let took = place.query == Some('*');
            if let Some(query) = place.query.as_mut().filter(|_| !took) {
                *query = ours.find(|c| *c != '*').unwrap_or(*query);
            }
            if let Some(entry) = place.entry.as_mut() {
                *entry = theirs.next().unwrap_or(*entry);
            }
            if place.verdict == PlaceVerdict::Same && place.query != place.entry {
                place.verdict = PlaceVerdict::SameSound;
            }
        }
    }

    fn compare_by_shape(&self, entry: &Serial) -> Likeness {
        let sides = self.sides(entry);
        let rows = sides.align();
        let (likeness, evidence) = sides.walk(&rows);
        Likeness {
            likeness,
            read: sides.read(evidence.len()),
            evidence,
        }
    }
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
    Comparer::new(query).compare(entry)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Confidence;
    use super::*;

    proptest! {
        #[test]
        fn entries_are_ranked_by_what_the_evidence_says(
            asked in "[0-9A-CO?*]{1,8}",
            doubtful in 1_usize..8,
            entry in "[0-9A-CO]{1,8}",
        ) {
            let Ok(query) = Query::new(&asked) else { return Ok(()) };
            let query = match query.clone().with_confidence(doubtful, Confidence::percent(40)) {
                Ok(query) => query,
                Err(_) => query,
            };
            let entry = Serial::new(&entry).unwrap();
            let whole = compare(&query, &entry);
            let ranked = Comparer::new(&query).rank(&entry, entry.by_sound().as_ref());
            let expected = whole.is_alike().then_some((whole.likeness, whole.read));
            prop_assert_eq!(ranked, expected);
        }
    }
}
