//! Entries that a search gathers, and which of them are compared in full.

use std::cmp::Ordering;

use super::part::Part;
use super::search::{COMMON_FROM, Variant};
use crate::number_map::NumberMap;

/// Entries that are compared in full. What ranks lower by its words does not win by its dates.
const COMPARED_MAX: usize = 96;
/// Entries that share less than this part of what the best shares are compared only if few do.
const NEAR_BEST: f32 = 0.7;
const COMPARED_ANYWAY: usize = 16;
/// Entries whose words are all looked at.
const RANKED_MAX: usize = 256;
/// Entries that are gathered.
const GATHERED_MAX: usize = 4_096;
/// Words of the query whose shares are counted apart; the rest share a place.
const PLACES: usize = 8;

/// Entries, with what each shares with the query as far as it is known.
#[derive(Default)]
pub(super) struct Gathered {
    /// By slot: the place of its row.
    places: NumberMap<usize>,
    rows: Vec<Row>,
}

#[derive(Clone)]
struct Row {
    slot: u32,
    bonus: f32,
    /// For each word of the query, the best that stands for it.
    shares: [f32; PLACES],
    /// The sum of all that, once it is ranked.
    rank: f32,
}

impl Row {
    fn share(&mut self, place: usize, worth: f32) {
        if let Some(share) = self.shares.get_mut(place.min(PLACES - 1)) {
            *share = share.max(worth);
        }
    }

    /// The highest rank first.
    fn order(&self, other: &Self) -> Ordering {
        let by_rank = other.rank.total_cmp(&self.rank);
        by_rank.then(self.slot.cmp(&other.slot))
    }

    /// Whether something stands for each of these words.
    fn has_all(&self, places: &[usize]) -> bool {
        let has = |place: &usize| self.shares.get(*place).is_some_and(|share| *share > 0.0);
        places.iter().all(has)
    }
}

impl Gathered {
    /// Empties it; what it held keeps its room.
    pub(super) fn clear(&mut self) {
        self.places.clear();
        self.rows.clear();
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    fn row(&mut self, slot: u32) -> Option<&mut Row> {
        let place = match self.places.get(&slot) {
            Some(place) => *place,
            None if self.rows.len() < GATHERED_MAX => {
                self.places.insert(slot, self.rows.len());
                self.rows.push(Row {
                    slot,
                    bonus: 0.0,
                    shares: [0.0; PLACES],
                    rank: 0.0,
                });
                self.rows.len() - 1
            }
            None => return None,
        };
        self.rows.get_mut(place)
    }

    pub(super) fn bonus(&mut self, slot: u32, worth: f32) {
        if let Some(row) = self.row(slot) {
            row.bonus += worth;
        }
    }

    pub(super) fn share(&mut self, slot: u32, place: usize, worth: f32) {
        if let Some(row) = self.row(slot) {
            row.share(place, worth);
        }
    }

    /// Ranks by all words of the entries, also by common ones that found none, and returns the
    /// best.
    pub(super) fn best<P: Part>(&mut self, part: &P, words: &[Vec<Variant>]) -> Vec<u32> {
        let rows = &mut self.rows;
        keep_best(rows, RANKED_MAX);
        let worths = Worths::new(words);
        // What a rare word finds is complete, and a common one finds nothing by itself.
        let unsure: Vec<usize> = (0..)
            .zip(words)
            .filter(|(_, variants)| variants.iter().any(|word| word.held > COMMON_FROM))
            .map(|(place, _): (usize, _)| place.min(PLACES - 1))
            .collect();
        let mut unsure: Vec<&mut Row> = rows
            .iter_mut()
            .filter(|row| !row.has_all(&unsure))
            .collect();
        // Entries lie far apart in a large file. Asked for at once, the memory brings them at once.
        part.touch(unsure.iter().map(|row| row.slot));
        for row in &mut unsure {
            part.words_of(row.slot, |word| {
                for (place, worth) in worths.of(word) {
                    row.share(place, worth);
                }
            });
        }
        keep_best(rows, COMPARED_MAX);
        rows.sort_unstable_by(Row::order);
        let best = rows.first().map_or(0.0, |row| row.rank);
        let near = rows.iter().take_while(|row| row.rank >= best * NEAR_BEST);
        let near = near.count();
        rows.truncate(near.max(COMPARED_ANYWAY));
        rows.iter().map(|row| row.slot).collect()
    }
}

/// For which words of the query a word of the part stands, and what that is worth.
struct Worths {
    /// Word, place in the query, worth; sorted by the word.
    all: Vec<(u32, usize, f32)>,
    /// Where those of a word begin.
    starts: NumberMap<usize>,
}

impl Worths {
    fn new(words: &[Vec<Variant>]) -> Self {
        let places = words.iter().enumerate();
        let mut all: Vec<(u32, usize, f32)> = places
            .flat_map(|(place, variants)| {
                variants.iter().map(move |one| (one.word, place, one.worth))
            })
            .collect();
        all.sort_unstable_by_key(|(word, place, _)| (*word, *place));
        let mut starts = NumberMap::with_capacity_and_hasher(all.len(), Default::default());
        for (at, (word, ..)) in all.iter().enumerate() {
            starts.entry(*word).or_insert(at);
        }
        Self { all, starts }
    }

    fn of(&self, word: u32) -> impl Iterator<Item = (usize, f32)> + '_ {
        let start = self.starts.get(&word).copied().unwrap_or(self.all.len());
        let from = self.all.get(start..).unwrap_or_default().iter();
        from.take_while(move |(held, ..)| *held == word)
            .map(|(_, place, worth)| (*place, *worth))
    }
}

/// Keeps the rows of the highest rank, in no order.
fn keep_best(rows: &mut Vec<Row>, count: usize) {
    for row in &mut *rows {
        row.rank = row.bonus + row.shares.iter().sum::<f32>();
    }
    if rows.len() > count {
        rows.select_nth_unstable_by(count, Row::order);
        rows.truncate(count);
    }
}
