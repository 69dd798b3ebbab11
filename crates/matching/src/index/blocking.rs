//! Hashes under which entries and words are found besides whole words.

use crate::birth::BirthDate;
use crate::names::{PreparedName, Token, TokenKind, hash, key};
use crate::prepared::Prepared;
use crate::text::Symbol;

/// Words of a name of which every two make a pair. Longer names have enough rare words.
const PAIRED_MAX: usize = 8;
/// Marks a date where otherwise the number of a word stands.
const DATE: u32 = 1 << 31;

/// Whether entries are found by such a word. Particles, titles and legal forms stand in too many.
pub(super) fn is_searched(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Word | TokenKind::Number | TokenKind::Half | TokenKind::Generic
    )
}

/// Numbers of documents and registers.
pub(super) fn numbers(prepared: &Prepared) -> impl Iterator<Item = u32> + '_ {
    let numbers = prepared.numbers.iter();
    numbers.map(|number| number_hash(&number.folded))
}

/// A number whose look-alikes are folded.
pub(super) fn number_hash(folded: &str) -> u32 {
    let symbols: Vec<Symbol> = folded.chars().map(Symbol::of).collect();
    hash(symbols.iter())
}

/// Whole dates only: a year is shared by hundreds.
pub(super) fn births(dates: &[BirthDate]) -> impl Iterator<Item = u32> + '_ {
    dates.iter().filter_map(|date| {
        let from = date.from();
        let (month, day) = (from.month()?, from.day()?);
        // The first of January stands for "not known".
        let telling = date.to().is_none() && (month, day) != (1, 1);
        let year = u32::from(from.year().unsigned_abs());
        telling.then(|| date_hash((year, month.into(), day.into())))
    })
}

fn date_hash((year, month, day): (u32, u32, u32)) -> u32 {
    DATE | (year * 10_000 + month * 100 + day)
}

/// Dates for which one that was written down badly may stand: day and month swapped, a neighbouring
/// year, month or day, another digit of the tens. With how much of the rank of the date itself.
pub(super) fn births_nearby(dates: &[BirthDate]) -> Vec<(u32, f32)> {
    const SWAPPED: f32 = 0.8;
    const NEIGHBOUR: f32 = 0.6;
    const TENS: f32 = 0.5;
    let mut nearby = Vec::new();
    for date in births(dates) {
        let digits = date & !DATE;
        let (year, month, day) = (digits / 10_000, digits / 100 % 100, digits % 100);
        let mut put = |date: (u32, u32, u32), part: f32| {
            if (1..=12).contains(&date.1) && (1..=31).contains(&date.2) {
                nearby.push((date_hash(date), part));
            }
        };
        if day != month {
            put((year, day, month), SWAPPED);
        }
        for (by, part) in [(1, NEIGHBOUR), (10, TENS)] {
            put((year.saturating_sub(by), month, day), part);
            put((year + by, month, day), part);
            put((year, month, day.saturating_sub(by)), part);
            put((year, month, day + by), part);
        }
        put((year, month.saturating_sub(1), day), NEIGHBOUR);
        put((year, month + 1, day), NEIGHBOUR);
    }
    nearby
}

/// Two neighbouring words, written as one.
pub(super) fn joined(tokens: &[Token]) -> impl Iterator<Item = u32> + '_ {
    tokens.windows(2).filter_map(|pair| {
        let [first, second] = pair else { return None };
        is_searched(second.kind).then(|| joined_hash(&first.shape.symbols, &second.shape.symbols))
    })
}

/// Two words as one.
pub(super) fn joined_hash(first: &[Symbol], second: &[Symbol]) -> u32 {
    let symbols: Vec<Symbol> = first.iter().chain(second).copied().collect();
    hash(key(&symbols).iter())
}

/// Two words of one name, or a date and a word, by their numbers.
pub(super) fn pair_hash(a: u32, b: u32) -> u32 {
    let both = (u64::from(a.min(b)) << 32) | u64::from(a.max(b));
    let mixed = both.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    u32::try_from(mixed >> 32).unwrap_or(0)
}

/// Every two words of a name. Sorts the words.
pub(super) fn pairs_of(words: &mut Vec<u32>) -> Vec<u32> {
    words.sort_unstable();
    words.dedup();
    words.truncate(PAIRED_MAX);
    let mut hashes = Vec::new();
    for (place, a) in words.iter().enumerate() {
        hashes.extend(words.iter().skip(place + 1).map(|b| pair_hash(*a, *b)));
    }
    hashes
}

/// Numbers of the searched words of a name.
pub(super) fn searched(name: &PreparedName) -> impl Iterator<Item = u32> + '_ {
    let tokens = name.tokens.iter();
    tokens
        .filter(|token| is_searched(token.kind))
        .map(|token| token.number)
}
