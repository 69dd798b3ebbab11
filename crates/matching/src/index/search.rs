//! A search: from words to entries, from entries to a few that are compared in full.

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use super::blocking::{births, births_nearby, is_searched, joined_hash, numbers, pair_hash};
use super::gathered::Gathered;
use super::part::{Needs, Part};
use crate::assess::Scored;
use crate::names::{
    Likeness, RARITY_MAX, RARITY_MIN, Scorer, Shape, hash, key, key_hashes, likeness, skeletons,
};
use crate::number_map::NumberMap;
use crate::prepared::Prepared;
use crate::side::{Side, TokenRef};
use crate::text::real;

/// Words of a part that are compared with one word of the query.
const CANDIDATES_MAX: usize = 1_024;
/// Words of a part that stand for one word of the query.
const VARIANTS_MAX: usize = 256;
/// A word that stands in more entries finds them only together with another word or a date.
pub(super) const COMMON_FROM: usize = 600;
/// Pairs of common words that are looked up.
const PAIRS_MAX: usize = 512;
/// Fewer entries found than this: then common words find some on their own.
const FOUND_FEW: usize = 32;
/// As many entries found as this: then words that are worth less than this part of the likest one
/// find no further.
const FOUND_MANY: usize = 512;
const FAR_WORD: f32 = 0.4;
/// Entries taken of one date, of one common word, of one pair.
const BORN_MAX: usize = 256;
const COMMON_MAX: usize = 1_024;
const PAIR_MAX: usize = 2_048;
/// Words of the query that are looked up: a long query repeats itself.
const QUERY_WORDS_MAX: usize = 24;
/// What else an entry shares, beside what a word is worth (about 1).
const NUMBER_RANK: f32 = 10.0;
const BIRTH_RANK: f32 = 1.5;
const JOINED_RANK: f32 = 1.5;

/// A query, ready for every part.
pub(super) struct Query<'q> {
    pub(super) prepared: &'q Prepared,
    pub(super) side: Side<'q>,
    /// Its searched words, each once.
    words: Vec<TokenRef<'q>>,
    needs: Needs,
}

impl<'q> Query<'q> {
    /// `held` says in how many entries a word stands, of how many there are.
    pub(super) fn new(
        prepared: &'q mut Prepared,
        entries: usize,
        held: impl Fn(&Shape) -> usize,
    ) -> Self {
        number_words(prepared);
        let prepared = &*prepared;
        let mut side = Side::default();
        side.fill(prepared, |token| rarity(held(&token.shape), entries));
        let mut words: Vec<TokenRef<'q>> = Vec::new();
        for name in side.names() {
            for token in name.tokens {
                let known = words.iter().any(|word| word.number == token.number);
                if is_searched(token.kind) && !known && words.len() < QUERY_WORDS_MAX {
                    words.push(*token);
                }
            }
        }
        Self {
            needs: Needs {
                nations: !side.nations.is_empty(),
                places: !side.places.is_empty(),
                numbers: !side.numbers.is_empty(),
            },
            prepared,
            side,
            words,
        }
    }
}

/// Numbers the words of a query, the same word the same, so that the scorer can remember them.
fn number_words(query: &mut Prepared) {
    let mut shapes: HashMap<Arc<Shape>, u32> = HashMap::new();
    for token in query.names.iter_mut().flat_map(|name| &mut name.tokens) {
        let next = u32::try_from(shapes.len()).unwrap_or(0) + 1;
        token.number = *shapes.entry(token.shape.clone()).or_insert(next);
    }
}

/// What a word multiplies its information with, when it stands in `held` of `entries`.
pub(super) fn rarity(held: usize, entries: usize) -> f64 {
    // As if 2,000 further entries were known, so that a small index does not call all words
    // common; a word that stands in one entry of a large list then has about 1.
    const IMAGINED: f64 = 2_000.0;
    // Words of every hundredth entry say about half of what a usual word says.
    const COMMON: f64 = 1.5;
    const USUAL: f64 = 7.2;
    let inverse = ((real(entries) + IMAGINED) / (real(held) + 0.5)).ln();
    ((inverse - COMMON) / (USUAL - COMMON)).clamp(RARITY_MIN, RARITY_MAX)
}

/// An entry of a part, scored.
pub(super) struct Hit {
    pub(super) slot: u32,
    pub(super) scored: Scored,
}

/// Which entries are wanted.
pub(super) struct Wanted<S> {
    /// The least probability.
    pub(super) least: f64,
    /// Whether a slot is one of them, asked before it is compared.
    pub(super) slot: S,
}

/// The wanted entries of a part, in no order. `held` says in how many entries of the whole index,
/// which has `entries`, a word of the part stands.
pub(super) fn search<P: Part>(
    part: &P,
    query: &Query<'_>,
    entries: usize,
    held: impl Fn(u32) -> usize,
    wanted: &Wanted<impl Fn(u32) -> bool>,
) -> Vec<Hit> {
    ROOM.with(|room| match room.try_borrow_mut() {
        Ok(mut room) => search_in(part, query, (entries, &held), wanted, &mut room),
        // No search begins inside another one; if one ever does, it has room of its own.
        Err(_) => search_in(part, query, (entries, &held), wanted, &mut Room::default()),
    })
}

/// What a search fills and empties again. Making it anew takes a tenth of a search.
#[derive(Default)]
struct Room {
    scorer: Scorer,
    gathered: Gathered,
    rarities: RefCell<NumberMap<f64>>,
}

impl Room {
    fn clear(&mut self) {
        self.scorer.clear();
        self.gathered.clear();
        self.rarities.get_mut().clear();
    }
}

thread_local! {
    static ROOM: RefCell<Room> = RefCell::default();
}

fn search_in<P: Part>(
    part: &P,
    query: &Query<'_>,
    (entries, held): (usize, &dyn Fn(u32) -> usize),
    wanted: &Wanted<impl Fn(u32) -> bool>,
    room: &mut Room,
) -> Vec<Hit> {
    room.clear();
    let Room {
        scorer,
        gathered,
        rarities: known,
    } = room;
    let slots = ranked(part, query, scorer, gathered);
    let mut side = Side::default();
    let mut hits = Vec::new();
    for slot in slots.into_iter().filter(|slot| (wanted.slot)(*slot)) {
        let rarity_of = |word: u32| {
            let mut known = known.borrow_mut();
            *known
                .entry(word)
                .or_insert_with(|| rarity(held(word), entries))
        };
        if part.fill(slot, query.needs, rarity_of, &mut side) {
            let scored = Scored::new(&query.side, &side, scorer);
            if scored.probability() >= wanted.least {
                hits.push(Hit { slot, scored });
            }
        }
    }
    hits
}

/// A word of the part that stands for a word of the query.
#[derive(Debug, Clone, Copy)]
pub(super) struct Variant {
    pub(super) word: u32,
    pub(super) worth: f32,
    pub(super) held: usize,
}

/// Slots of the entries that share the most with the query, the best first.
fn ranked<P: Part>(
    part: &P,
    query: &Query<'_>,
    scorer: &mut Scorer,
    gathered: &mut Gathered,
) -> Vec<u32> {
    let words: Vec<Vec<Variant>> = query
        .words
        .iter()
        .map(|word| variants(part, word, scorer))
        .collect();
    for hash in numbers(query.prepared) {
        for slot in part.under_number(hash).take(BORN_MAX) {
            gathered.bonus(slot, NUMBER_RANK);
        }
    }
    gather_joined(part, query, gathered);
    gather_pairs(part, query, &words, gathered);
    gather_nearby(part, query, &words, gathered);
    gather_words(part, &words, gathered);
    for date in births(&query.prepared.births) {
        for slot in part.under_birth(date).take(BORN_MAX) {
            gathered.bonus(slot, BIRTH_RANK);
        }
    }
    if gathered.len() < FOUND_FEW {
        gather_common(part, &words, gathered);
    }
    gathered.best(part, &words)
}

/// The words of a part that are like a word of the query, the likest first.
fn variants<P: Part>(part: &P, token: &TokenRef<'_>, scorer: &mut Scorer) -> Vec<Variant> {
    // Names repeat: what is like a word of the part is the same in every query.
    let near = match part.number(token.shape) {
        Some(word) => part.near(word, |after| near(part, token.shape, after)),
        None => Cow::Owned(near(part, token.shape, 0)),
    };
    let variant = |near: &Near| {
        scorer.remember(token.number, near.word, near.likeness);
        Variant {
            word: near.word,
            worth: single(token.information * near.rank()),
            held: part.held(near.word),
        }
    };
    near.iter()
        .map(variant)
        .filter(|near| near.held > 0)
        .collect()
}

/// A word of a part that is like another word.
#[derive(Debug, Clone, Copy)]
pub(super) struct Near {
    word: u32,
    likeness: Likeness,
}

impl Near {
    /// What speaks against ranks lower, but is ranked: other features may speak for it.
    fn rank(&self) -> f64 {
        self.likeness.share / (1.0 + self.likeness.against)
    }
}

/// The words of a part behind a number that are like a word, the likest first.
fn near<P: Part>(part: &P, shape: &Shape, after: u32) -> Vec<Near> {
    let mut candidates: Vec<u32> = Vec::new();
    let mut gather = |words: &mut dyn Iterator<Item = u32>, most: usize| {
        candidates.extend(words.take(most).take_while(|word| *word > after));
    };
    for hash in key_hashes(&shape.symbols) {
        gather(&mut part.under_key(hash), CANDIDATES_MAX);
    }
    for hash in skeletons(&shape.symbols, shape.abjad) {
        gather(&mut part.under_skeleton(hash), VARIANTS_MAX);
    }
    for group in shape.groups {
        gather(&mut part.under_form(*group), VARIANTS_MAX);
    }
    candidates.sort_unstable();
    candidates.dedup();
    let compared = candidates.into_iter().filter_map(|word| {
        let likeness = likeness(shape, part.shape(word)?);
        likeness.is_candidate().then_some(Near { word, likeness })
    });
    likest(compared.collect())
}

/// In the order in which they are asked for, and no more than that.
pub(super) fn likest(mut near: Vec<Near>) -> Vec<Near> {
    near.sort_unstable_by(|a, b| b.rank().total_cmp(&a.rank()).then(a.word.cmp(&b.word)));
    near.truncate(VARIANTS_MAX);
    near
}

/// Words that one side writes as two.
fn gather_joined<P: Part>(part: &P, query: &Query<'_>, gathered: &mut Gathered) {
    for word in &query.words {
        let hash = hash(key(&word.shape.symbols).iter());
        for slot in part.under_joined(hash).take(BORN_MAX) {
            gathered.bonus(slot, JOINED_RANK);
        }
    }
    for name in query.side.names() {
        for pair in name.tokens.windows(2) {
            let [first, second] = pair else { continue };
            let hash = joined_hash(&first.shape.symbols, &second.shape.symbols);
            for word in part.under_key(hash).take(VARIANTS_MAX) {
                for slot in part.slots(word).take(BORN_MAX) {
                    gathered.bonus(slot, JOINED_RANK);
                }
            }
        }
    }
}

/// What both are worth, the hash, and for which words of the query each stands.
type Pair = (f32, u32, [(usize, f32); 2]);

/// Entries that have two common words, or a common word and a date, the most telling first.
fn gather_pairs<P: Part>(
    part: &P,
    query: &Query<'_>,
    words: &[Vec<Variant>],
    gathered: &mut Gathered,
) {
    let common = |variants: &[Variant]| -> Vec<Variant> {
        let common = variants.iter().filter(|word| word.held > COMMON_FROM);
        common.copied().collect()
    };
    let common: Vec<Vec<Variant>> = words.iter().map(|word| common(word)).collect();
    let mut pairs: Vec<Pair> = Vec::new();
    for (a_place, a_words) in common.iter().enumerate() {
        for (b_place, b_words) in common.iter().enumerate().skip(a_place + 1) {
            for a in a_words {
                for b in b_words {
                    let shares = [(a_place, a.worth), (b_place, b.worth)];
                    pairs.push((a.worth + b.worth, pair_hash(a.word, b.word), shares));
                }
            }
        }
        for date in births(&query.prepared.births) {
            for a in a_words {
                let shares = [(a_place, a.worth), (a_place, a.worth)];
                pairs.push((a.worth + BIRTH_RANK, pair_hash(date, a.word), shares));
            }
        }
    }
    pairs.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    for (_, hash, shares) in pairs.into_iter().take(PAIRS_MAX) {
        for slot in part.under_pair(hash).take(PAIR_MAX) {
            for (place, worth) in shares {
                gathered.share(slot, place, worth);
            }
        }
    }
}

/// Entries that have a common word and a date for which the one of the query may stand.
fn gather_nearby<P: Part>(
    part: &P,
    query: &Query<'_>,
    words: &[Vec<Variant>],
    gathered: &mut Gathered,
) {
    let nearby = births_nearby(&query.prepared.births);
    for (place, variants) in words.iter().enumerate() {
        // Of the likest only: a slip in the name and one in the date are rare together.
        let Some(word) = variants.first().filter(|word| word.held > COMMON_FROM) else {
            continue;
        };
        for (date, share) in &nearby {
            for slot in part.under_pair(pair_hash(*date, word.word)).take(BORN_MAX) {
                gathered.share(slot, place, word.worth);
                gathered.bonus(slot, BIRTH_RANK * share);
            }
        }
    }
}

/// Entries that have a rare word, the most telling first.
fn gather_words<P: Part>(part: &P, words: &[Vec<Variant>], gathered: &mut Gathered) {
    let mut rare: Vec<(usize, Variant)> = Vec::new();
    for (place, variants) in words.iter().enumerate() {
        let few = variants.iter().filter(|word| word.held <= COMMON_FROM);
        rare.extend(few.map(|word| (place, *word)));
    }
    rare.sort_unstable_by(|(_, a), (_, b)| b.worth.total_cmp(&a.worth).then(a.word.cmp(&b.word)));
    let best = |place: usize| words.get(place).and_then(|words| words.first());
    for (place, variant) in rare {
        let far = best(place).is_some_and(|best| variant.worth < best.worth * FAR_WORD);
        if far && gathered.len() >= FOUND_MANY {
            // It would rank behind all of them.
            continue;
        }
        for slot in part.slots(variant.word) {
            gathered.share(slot, place, variant.worth);
        }
    }
}

/// A few entries of the likest common words: all that there is to find by a name such as "Ali".
fn gather_common<P: Part>(part: &P, words: &[Vec<Variant>], gathered: &mut Gathered) {
    for (place, variants) in words.iter().enumerate() {
        if let Some(best) = variants.first().filter(|word| word.held > COMMON_FROM) {
            for slot in part.slots(best.word).take(COMMON_MAX) {
                gathered.share(slot, place, best.worth);
            }
        }
    }
}

/// A weight as the ranks keep it: they need no precision.
fn single(weight: f64) -> f32 {
    #[expect(
        clippy::as_conversions,
        reason = "there is no other way to a shorter float"
    )]
    let single = weight as f32;
    single
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::TokenKind;

    #[test]
    fn rare_words_tell_more() {
        assert!(rarity(1, 100_000) > rarity(1_000, 100_000));
        assert!((RARITY_MIN..=RARITY_MAX).contains(&rarity(0, 10)));
        assert!(is_searched(TokenKind::Word) && !is_searched(TokenKind::Title));
    }
}
