//! How two numbers are laid side by side, so that the most is alike.

use super::PLACES_MAX;
use super::compare::{ALIKE_FROM, PlaceEvidence, PlaceVerdict};
use super::cost::{self, lone_query, pair};
use super::query::Place;

/// How much of the likeness is left before a step that takes a place of both, of the query, of the
/// entry.
#[derive(Clone, Copy)]
struct Lefts {
    both: Option<f64>,
    query: Option<f64>,
    entry: Option<f64>,
}

/// A query and an entry, with what decides which steps there are.
pub(super) struct Sides<'a> {
    pub query: &'a [Place],
    pub entry: &'a [char],
    pub query_embedded: &'a [bool],
    /// Of the entry's first and last digit.
    pub digits: Option<(usize, usize)>,
    /// So many zeros stand before all other digits.
    pub query_zeros: usize,
    pub entry_zeros: usize,
}

/// A step of the alignment: one place of either or both.
#[derive(Clone, Copy)]
pub(super) struct Step {
    /// How much of the likeness is left after it.
    left: f64,
    query: bool,
    entry: bool,
    verdict: PlaceVerdict,
}

/// The best way to a pair of places, without its steps: what an entry is ranked by.
#[derive(Clone, Copy)]
pub(super) struct Way {
    pub left: f64,
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
    pub fn evidence(self) -> usize {
        let stars = if self.taken > 0 {
            self.taken
        } else {
            self.alone
        };
        usize::from(self.lines) + usize::from(stars)
    }
}

/// What the way without gaps is worth.
pub(super) enum Straight {
    /// No other way is better.
    Best(f64),
    /// Another one may be.
    Unsure,
}

impl Sides<'_> {
    /// The best way to every pair of places, and its last step.
    pub fn align(&self) -> Vec<Vec<Option<Step>>> {
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
    pub fn straight(&self) -> Straight {
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
    pub fn way(&self) -> Option<Way> {
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
    pub fn walk(&self, rows: &[Vec<Option<Step>>]) -> (f64, Vec<PlaceEvidence>) {
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
    pub fn read(&self, evidence: usize) -> f64 {
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
