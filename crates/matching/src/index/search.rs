//! A search: from words to entries, from entries to a few that are compared in full.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::sync::Arc;

use super::blocking::join;
use super::dictionary::is_searched;
use super::{Candidate, Index};
use crate::assess::Scored;
use crate::description::Description;
use crate::names::{Scorer, Shape, Token, key, key_hashes, likeness, skeletons};
use crate::number_map::NumberMap;
use crate::prepared::Prepared;

/// Entries that are compared in full. What ranks lower by its words does not win by its dates.
const COMPARED_MAX: usize = 64;
/// Entries that share less than this part of what the best shares are compared only if few do.
const NEAR_BEST: f64 = 0.75;
const COMPARED_ANYWAY: usize = 16;
/// Entries that are ranked.
const RANKED_MAX: usize = 8_192;
/// Words of the dictionary that are compared with one word of the query.
const WORDS_MAX: usize = 192;
/// From here on a list of entries is only walked for those that are found already.
const COMMON_FROM: usize = 600;
/// Words of the query that are looked up: a long query repeats itself.
const QUERY_WORDS_MAX: usize = 24;
/// A number that agrees, or a whole birth date, beside what a word is worth (about 1).
const NUMBER_RANK: f64 = 10.0;
const BIRTH_RANK: f64 = 1.5;

/// The entries from a probability on, the most probable first.
pub(super) fn search<K: Copy + Ord + Hash>(
    index: &Index<K>,
    query: &Description,
    limit: usize,
    least: f64,
) -> Vec<Candidate<K>> {
    let mut query = Prepared::new(query);
    number_words(index, &mut query);
    let mut scorer = Scorer::new(Some(&index.dictionary));
    let slots = ranked(index, &query, &mut scorer);
    let mut found: Vec<(K, &Prepared, Scored)> = Vec::new();
    for slot in slots {
        if let Some(entry) = index.prepared(slot) {
            let scored = Scored::new(&query, &entry.prepared, &mut scorer);
            if scored.probability() >= least {
                found.push((entry.key, &entry.prepared, scored));
            }
        }
    }
    found.sort_by(|a, b| b.2.logit.total_cmp(&a.2.logit).then(a.0.cmp(&b.0)));
    found.truncate(limit);
    found
        .into_iter()
        .map(|(key, entry, scored)| Candidate {
            key,
            assessment: scored.explain(&query, entry, &index.thresholds),
        })
        .collect()
}

/// Gives the words of a query the numbers that they have in the dictionary, and numbers from the
/// other end to words that it does not know, so that the scorer can remember them.
fn number_words<K: Copy + Ord + Hash>(index: &Index<K>, query: &mut Prepared) {
    let mut unknown: HashMap<Arc<Shape>, u32> = HashMap::new();
    for token in query.names.iter_mut().flat_map(|name| &mut name.tokens) {
        token.number = match index.dictionary.number(&token.shape) {
            Some(number) => number,
            None => {
                let count = u32::try_from(unknown.len()).unwrap_or(0);
                *unknown
                    .entry(token.shape.clone())
                    .or_insert(u32::MAX - count)
            }
        };
    }
}

/// A word of the query with the words of the dictionary that are like it.
struct Found {
    information: f64,
    words: Vec<(u32, f64)>,
    entries: usize,
}

/// Slots of the entries that share the most with the query, the best first.
fn ranked<K: Copy + Ord + Hash>(
    index: &Index<K>,
    query: &Prepared,
    scorer: &mut Scorer<'_>,
) -> Vec<u32> {
    let mut ranks = Ranks::default();
    let mut words: Vec<Found> = Vec::new();
    let mut seen = HashSet::new();
    let searched = query.names.iter().flat_map(|name| &name.tokens);
    for token in searched.filter(|token| is_searched(token.kind)) {
        if words.len() < QUERY_WORDS_MAX && seen.insert(token.number) {
            words.push(look_up(index, token, scorer));
        }
    }
    // The rarest first: what they find decides for which entries common words are counted.
    words.sort_by_key(|word| word.entries);
    for word in words {
        ranks.start();
        let room = ranks.len() == 0;
        for (number, share) in word.words {
            let slots = index.dictionary.slots(number);
            let only_found = !room && slots.len() > COMMON_FROM;
            ranks.add(slots, word.information * share, only_found);
        }
    }
    for name in &query.names {
        ranks.start();
        for token in name.tokens.iter().filter(|token| is_searched(token.kind)) {
            ranks.add(index.blocks.by_joined(&token.shape.symbols), 1.5, false);
        }
        for pair in name.tokens.windows(2) {
            if let [first, second] = pair {
                add_joined(index, first, second, &mut ranks);
            }
        }
    }
    ranks.start();
    for slot in index.blocks.by_birth(query) {
        ranks.add(&[slot], BIRTH_RANK, false);
    }
    ranks.start();
    for slot in index.blocks.by_number(query) {
        ranks.add(&[slot], NUMBER_RANK, false);
    }
    ranks.best()
}

fn add_joined<K: Copy + Ord + Hash>(
    index: &Index<K>,
    first: &Token,
    second: &Token,
    ranks: &mut Ranks,
) {
    let hash = crate::names::hash(key(&join(first, second)).iter());
    for number in index.dictionary.under_key(hash) {
        ranks.add(index.dictionary.slots(number), 1.5, false);
    }
}

/// The words of the dictionary that are like a word of the query.
fn look_up<K: Copy + Ord + Hash>(
    index: &Index<K>,
    token: &Token,
    scorer: &mut Scorer<'_>,
) -> Found {
    let dictionary = &index.dictionary;
    let shape = &token.shape;
    let mut candidates: Vec<u32> = Vec::new();
    for hash in key_hashes(&shape.symbols) {
        candidates.extend(dictionary.under_key(hash));
    }
    for hash in skeletons(&shape.symbols, shape.abjad) {
        let under = dictionary.under_skeleton(hash);
        candidates.extend(under.iter().take(WORDS_MAX));
    }
    for group in shape.groups {
        candidates.extend(dictionary.under_form(*group).iter().take(WORDS_MAX));
    }
    candidates.sort_unstable();
    candidates.dedup();
    candidates.truncate(2 * WORDS_MAX);
    let mut words = Vec::new();
    let mut entries = 0;
    for number in candidates {
        let slots = dictionary.slots(number);
        let Some(other) = dictionary.shape(number).filter(|_| !slots.is_empty()) else {
            continue;
        };
        let likeness = likeness(shape, other);
        scorer.remember(token.number, number, likeness);
        if likeness.is_candidate() {
            entries += slots.len();
            // What speaks against ranks lower, but is ranked: other features may speak for it.
            let share = likeness.share / (1.0 + likeness.against);
            words.push((number, share));
        }
    }
    words.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    words.truncate(WORDS_MAX);
    Found {
        information: scorer.information(token),
        words,
        entries,
    }
}

/// What each entry shares with the query.
#[derive(Default)]
struct Ranks {
    /// By slot: the sum, the last round in which it grew, and by how much in that round.
    entries: NumberMap<(f64, u32, f64)>,
    round: u32,
}

impl Ranks {
    /// Starts a round: of all that one word finds in an entry, only the best counts.
    fn start(&mut self) {
        self.round += 1;
    }

    fn len(&self) -> usize {
        self.entries.len()
    }

    fn add(&mut self, slots: &[u32], worth: f64, only_found: bool) {
        for slot in slots {
            if let Some(rank) = self.entries.get_mut(slot) {
                let before = if rank.1 == self.round { rank.2 } else { 0.0 };
                if worth > before {
                    rank.0 += worth - before;
                    rank.1 = self.round;
                    rank.2 = worth;
                }
            } else if !only_found && self.entries.len() < RANKED_MAX {
                self.entries.insert(*slot, (worth, self.round, worth));
            }
        }
    }

    fn best(self) -> Vec<u32> {
        let mut ranks: Vec<(u32, f64)> = self
            .entries
            .into_iter()
            .map(|(slot, rank)| (slot, rank.0))
            .collect();
        let order = |a: &(u32, f64), b: &(u32, f64)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
        if ranks.len() > COMPARED_MAX {
            ranks.select_nth_unstable_by(COMPARED_MAX, order);
            ranks.truncate(COMPARED_MAX);
        }
        ranks.sort_unstable_by(order);
        let best = ranks.first().map_or(0.0, |rank| rank.1);
        let near = ranks
            .iter()
            .take_while(|rank| rank.1 >= best * NEAR_BEST)
            .count();
        ranks.truncate(near.max(COMPARED_ANYWAY));
        ranks.into_iter().map(|(slot, _)| slot).collect()
    }
}
