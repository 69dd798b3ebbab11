//! How alike a query and an entry are, place by place.

use serde::Serialize;

use super::cost::{self, lone_query, pair};
use super::number::{leading_zeros, span};
use super::query::Place;
use super::{PLACES_MAX, Query, Serial};

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

/// A step of the alignment: one place of either or both.
#[derive(Clone, Copy)]
struct Step {
    /// How much of the likeness is left after it.
    left: f64,
    query: bool,
    entry: bool,
    verdict: PlaceVerdict,
}

/// The best way to a pair of places, without its steps: what an entry is ranked by.
#[derive(Clone, Copy)]
struct Way {
    left: f64,
    /// How many lines of evidence it has, beside those of `*`.
    lines: u8,
    /// Places that a `*` took in, and `*` that stood by themselves.
    taken: u8,
    alone: u8,
}

impl Way {
    const START: Self = Self {
        left: 1.0,
        lines: 0,
        taken: 0,
        alone: 0,
    };

    fn after(self, step: Step, place: Option<Place>) -> Self {
        let star = place == Some(Place::Some) && step.verdict == PlaceVerdict::Masked;
        Self {
            left: step.left,
            lines: self.lines + u8::from(!star),
            taken: self.taken + u8::from(star && step.entry),
            alone: self.alone + u8::from(star && !step.entry),
        }
    }

    /// How many lines of evidence [`Sides::walk`] writes of it.
    fn evidence(self) -> usize {
        let stars = if self.taken > 0 {
            self.taken
        } else {
            self.alone
        };
        usize::from(self.lines) + usize::from(stars)
    }
}

/// What the way without gaps is worth.
enum Straight {
    /// No other way is better.
    Best(f64),
    /// Another one may be.
    Unsure,
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

/// How much of the likeness is left before a step that takes a place of both, of the query, of the
/// entry.
#[derive(Clone, Copy)]
struct Lefts {
    both: Option<f64>,
    query: Option<f64>,
    entry: Option<f64>,
}

struct Sides<'a> {
    query: &'a [Place],
    entry: &'a [char],
    query_embedded: &'a [bool],
    /// Of the entry's first and last digit.
    digits: Option<(usize, usize)>,
    /// So many zeros stand before all other digits.
    query_zeros: usize,
    entry_zeros: usize,
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

impl Sides<'_> {
    /// The best way to every pair of places, and its last step.
    fn align(&self) -> Vec<Vec<Option<Step>>> {
        let columns = self.entry.len().saturating_add(1);
        let mut rows: Vec<Vec<Option<Step>>> =
            Vec::with_capacity(self.query.len().saturating_add(1));
        for at in 0..=self.query.len() {
            let mut row: Vec<Option<Step>> = Vec::with_capacity(columns);
            for with in 0..columns {
                let left =
                    |step: Option<&Option<Step>>| step.map(|step| step.map_or(1.0, |s| s.left));
                let above = at.checked_sub(1).and_then(|above| rows.get(above));
                let before = with.checked_sub(1);
                let lefts = Lefts {
                    both: left(
                        above
                            .zip(before)
                            .and_then(|(above, before)| above.get(before)),
                    ),
                    query: left(above.and_then(|above| above.get(with))),
                    entry: left(before.and_then(|before| row.get(before))),
                };
                let best = self.best(at, with, lefts);
                row.push(best);
            }
            rows.push(row);
        }
        rows
    }

    /// Place by place without a gap, as most numbers compare. A gap other than a letter between
    /// digits or a `*` leaves nothing that is alike.
    fn straight(&self) -> Straight {
        let stars = self.query.contains(&Place::Some);
        let ours = self.query_embedded.iter().filter(|flag| **flag).count() + self.query_zeros;
        let theirs = self.embedded_letters() + self.entry_zeros;
        let (query, entry) = (self.query.len(), self.entry.len());
        if !stars && (query > entry + ours || entry > query + theirs) {
            return Straight::Best(0.0);
        }
        let gaps = stars || ours + theirs > 0;
        if query != entry {
            return Straight::Unsure;
        }
        let mut left = 1.0;
        for (at, (place, character)) in self.query.iter().zip(self.entry).enumerate() {
            let query_letter = self.query_embedded.get(at) == Some(&true);
            let both = query_letter && self.is_embedded(at);
            left *= 1.0 - pair(*place, *character, both).0;
        }
        // Nothing is more alike than all of it.
        match gaps && left < 1.0 {
            true => Straight::Unsure,
            false => Straight::Best(left),
        }
    }

    fn is_embedded(&self, at: usize) -> bool {
        let between = |(first, last)| first < at && at < last;
        let letter = self.entry.get(at).is_some_and(|c| !c.is_numeric());
        letter && self.digits.is_some_and(between)
    }

    fn embedded_letters(&self) -> usize {
        let Some((first, last)) = self.digits else {
            return 0;
        };
        let between = self.entry.get(first..last).unwrap_or_default();
        between.iter().filter(|place| !place.is_numeric()).count()
    }

    /// The best way to the end; nothing where no way ends alike.
    fn way(&self) -> Option<Way> {
        const WIDTH: usize = PLACES_MAX + 1;
        let mut above: [Option<Way>; WIDTH] = [None; WIDTH];
        for at in 0..=self.query.len() {
            let place = at.checked_sub(1).and_then(|at| self.query.get(at)).copied();
            let mut row: [Option<Way>; WIDTH] = [None; WIDTH];
            let mut most = 0.0_f64;
            for with in 0..=self.entry.len() {
                let before = with.checked_sub(1);
                let both = before.and_then(|before| *above.get(before)?);
                let query = above.get(with).copied().flatten();
                let entry = before.and_then(|before| *row.get(before)?);
                let lefts = Lefts {
                    both: both.map(|way| way.left),
                    query: query.map(|way| way.left),
                    entry: entry.map(|way| way.left),
                };
                let way = match self.best(at, with, lefts) {
                    Some(step) => {
                        let from = match (step.query, step.entry) {
                            (true, true) => both,
                            (true, false) => query,
                            (false, _) => entry,
                        };
                        from?.after(step, place)
                    }
                    None => Way::START,
                };
                most = most.max(way.left);
                *row.get_mut(with)? = Some(way);
            }
            // The likeness only falls.
            if most < ALIKE_FROM {
                return None;
            }
            above = row;
        }
        *above.get(self.entry.len())?
    }

    /// The best last step to a pair of places; `None` at the start.
    fn best(&self, at: usize, with: usize, lefts: Lefts) -> Option<Step> {
        let Lefts { both, query, entry } = lefts;
        let place = at.checked_sub(1).and_then(|at| self.query.get(at));
        let character = with.checked_sub(1).and_then(|with| self.entry.get(with));
        let query_letter = at
            .checked_sub(1)
            .and_then(|at| self.query_embedded.get(at))
            .copied()
            == Some(true);
        let entry_letter = with.checked_sub(1).is_some_and(|at| self.is_embedded(at));
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
        let query_zero = (1..=self.query_zeros).contains(&at);
        let only_query = place.and_then(|place| {
            let cost = match query_zero {
                true => (cost::MISSING_ZERO, PlaceVerdict::MissingZero),
                false => lone_query(*place, query_letter),
            };
            step(query, cost, true, false)
        });
        let entry_zero = (1..=self.entry_zeros).contains(&with);
        let only_entry = character.and_then(|_| {
            let cost = match (place, entry_letter) {
                // `*` takes in as many places as there are.
                (Some(Place::Some), _) => (0.0, PlaceVerdict::Masked),
                _ if entry_zero => (cost::MISSING_ZERO, PlaceVerdict::MissingZero),
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

    /// How much was read, over so many lines of evidence.
    fn read(&self, evidence: usize) -> f64 {
        let real = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
        let sure: f64 = self
            .query
            .iter()
            .map(|place| match place {
                Place::Read { confidence, .. } => confidence.share(),
                Place::One | Place::Some => 0.0,
            })
            .sum();
        (sure / real(evidence.max(1))).min(1.0)
    }
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
