//! Entries under their numbers, dates, and words written as one.

use super::dictionary::is_searched;
use crate::birth::BirthDate;
use crate::names::{Token, hash, key};
use crate::number_map::NumberMap;
use crate::prepared::Prepared;
use crate::text::Symbol;

/// What finds entries besides single words.
#[derive(Debug, Clone, Default)]
pub(super) struct Blocks {
    numbers: NumberMap<Vec<u32>>,
    births: NumberMap<Vec<u32>>,
    joined: NumberMap<Vec<u32>>,
}

impl Blocks {
    pub(super) fn add(&mut self, slot: u32, prepared: &Prepared) {
        let put = |map: &mut NumberMap<Vec<u32>>, hash: u32| {
            let slots = map.entry(hash).or_default();
            if slots.last() != Some(&slot) {
                slots.push(slot);
            }
        };
        for hash in numbers(prepared) {
            put(&mut self.numbers, hash);
        }
        for hash in births(&prepared.births) {
            put(&mut self.births, hash);
        }
        for name in &prepared.names {
            for hash in joined(&name.tokens) {
                put(&mut self.joined, hash);
            }
        }
    }

    pub(super) fn remove(&mut self, slot: u32, prepared: &Prepared) {
        let take = |map: &mut NumberMap<Vec<u32>>, hash: u32| {
            if let Some(slots) = map.get_mut(&hash) {
                slots.retain(|held| *held != slot);
                if slots.is_empty() {
                    map.remove(&hash);
                }
            }
        };
        for hash in numbers(prepared) {
            take(&mut self.numbers, hash);
        }
        for hash in births(&prepared.births) {
            take(&mut self.births, hash);
        }
        for name in &prepared.names {
            for hash in joined(&name.tokens) {
                take(&mut self.joined, hash);
            }
        }
    }

    /// Entries with a number like one of the query's.
    pub(super) fn by_number(&self, query: &Prepared) -> impl Iterator<Item = u32> + '_ {
        slots(&self.numbers, numbers(query))
    }

    /// Entries born on a day of the query's.
    pub(super) fn by_birth(&self, query: &Prepared) -> impl Iterator<Item = u32> + '_ {
        slots(&self.births, births(&query.births))
    }

    /// Entries in which two neighbouring words, written as one, have the key of the word.
    pub(super) fn by_joined(&self, word: &[Symbol]) -> &[u32] {
        let hash = hash(key(word).iter());
        self.joined.get(&hash).map_or(&[], Vec::as_slice)
    }
}

fn slots(map: &NumberMap<Vec<u32>>, hashes: Vec<u32>) -> impl Iterator<Item = u32> + '_ {
    hashes
        .into_iter()
        .filter_map(|hash| map.get(&hash))
        .flatten()
        .copied()
}

fn numbers(prepared: &Prepared) -> Vec<u32> {
    let mut hashes = Vec::new();
    for number in &prepared.numbers {
        let symbols: Vec<Symbol> = number.folded.chars().map(Symbol::of).collect();
        hashes.push(hash(symbols.iter()));
    }
    hashes
}

/// Whole dates only: a year is shared by hundreds.
fn births(dates: &[BirthDate]) -> Vec<u32> {
    let mut hashes = Vec::new();
    for date in dates.iter().filter(|date| date.to().is_none()) {
        let from = date.from();
        if let (Some(month), Some(day)) = (from.month(), from.day())
            && (month, day) != (1, 1)
        {
            let year = u32::from(from.year().unsigned_abs());
            hashes.push(year * 10_000 + u32::from(month) * 100 + u32::from(day));
        }
    }
    hashes
}

fn joined(tokens: &[Token]) -> Vec<u32> {
    let mut hashes = Vec::new();
    for pair in tokens.windows(2) {
        let [first, second] = pair else { continue };
        if is_searched(second.kind) {
            hashes.push(hash(key(&join(first, second)).iter()));
        }
    }
    hashes
}

/// Two words as one.
pub(super) fn join(first: &Token, second: &Token) -> Vec<Symbol> {
    let symbols = first.shape.symbols.iter().chain(&second.shape.symbols);
    symbols.copied().collect()
}
