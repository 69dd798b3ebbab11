//! Every word of every name once, with the entries in which it stands.

use std::collections::HashMap;
use std::sync::Arc;

use crate::names::{
    Corpus, RARITY_MAX, RARITY_MIN, Shape, Token, TokenKind, key_hashes, skeletons,
};
use crate::number_map::NumberMap;
use crate::prepared::Prepared;
use crate::text::real;

/// Words are numbered from 1; 0 means "not in the dictionary".
#[derive(Debug, Clone, Default)]
pub(super) struct Dictionary {
    numbers: HashMap<Arc<Shape>, u32>,
    words: Vec<Entries>,
    /// Lists of words under a key with letters left out: the head of a chain in `links`.
    heads: NumberMap<u32>,
    links: Vec<Link>,
    skeletons: NumberMap<Vec<u32>>,
    /// Forms of one known name: Slobo is under the number of Slobodan.
    forms: NumberMap<Vec<u32>>,
    /// Words that stand in no entry any more.
    dead: usize,
    /// How many entries there are.
    entries: usize,
}

#[derive(Debug, Clone)]
struct Entries {
    shape: Arc<Shape>,
    /// Slots of entries, each once, in no order.
    slots: Vec<u32>,
}

#[derive(Debug, Clone, Copy)]
struct Link {
    word: u32,
    /// The next link, counted from 1; 0 ends the chain.
    next: u32,
}

/// Whether entries are found by such a word. Particles, titles and legal forms stand in too many.
pub(super) fn is_searched(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::Word | TokenKind::Number | TokenKind::Half | TokenKind::Generic
    )
}

impl Dictionary {
    /// Numbers the words of an entry and notes where they stand.
    pub(super) fn add(&mut self, slot: u32, prepared: &mut Prepared) {
        self.entries += 1;
        for name in &mut prepared.names {
            for token in &mut name.tokens {
                self.add_token(slot, token);
            }
        }
    }

    fn add_token(&mut self, slot: u32, token: &mut Token) {
        let number = match self.numbers.get_key_value(&token.shape) {
            Some((shape, number)) => {
                token.shape = Arc::clone(shape);
                *number
            }
            None => self.learn(&token.shape),
        };
        token.number = number;
        if !is_searched(token.kind) {
            return;
        }
        if let Some(word) = number
            .checked_sub(1)
            .and_then(|place| usize::try_from(place).ok())
            .and_then(|place| self.words.get_mut(place))
            // INVARIANT: one entry is added at a time, so its slot is the last or not there.
            && word.slots.last() != Some(&slot)
        {
            word.slots.push(slot);
        }
    }

    fn learn(&mut self, shape: &Arc<Shape>) -> u32 {
        self.words.push(Entries {
            shape: Arc::clone(shape),
            slots: Vec::new(),
        });
        let number = u32::try_from(self.words.len()).unwrap_or(u32::MAX);
        self.numbers.insert(Arc::clone(shape), number);
        for hash in key_hashes(&shape.symbols) {
            let head = self.heads.entry(hash).or_insert(0);
            self.links.push(Link {
                word: number,
                next: *head,
            });
            *head = u32::try_from(self.links.len()).unwrap_or(0);
        }
        for hash in skeletons(&shape.symbols, shape.abjad) {
            self.skeletons.entry(hash).or_default().push(number);
        }
        for group in shape.groups {
            self.forms
                .entry(u32::from(*group))
                .or_default()
                .push(number);
        }
        number
    }

    /// Forgets that the words of an entry stand in it.
    pub(super) fn remove(&mut self, slot: u32, prepared: &Prepared) {
        self.entries = self.entries.saturating_sub(1);
        for token in prepared.names.iter().flat_map(|name| &name.tokens) {
            let place = token
                .number
                .checked_sub(1)
                .and_then(|place| usize::try_from(place).ok());
            if let Some(word) = place.and_then(|place| self.words.get_mut(place))
                && let Some(at) = word.slots.iter().position(|held| *held == slot)
            {
                word.slots.swap_remove(at);
                if word.slots.is_empty() {
                    self.dead += 1;
                }
            }
        }
    }

    /// Whether more words are dead than alive.
    pub(super) fn is_wasteful(&self) -> bool {
        const DEAD_MIN: usize = 4096;
        self.dead > DEAD_MIN && self.dead * 2 > self.words.len()
    }

    /// How many words are numbered.
    #[cfg(test)]
    pub(super) fn words(&self) -> usize {
        self.words.len()
    }

    /// The number of a word, where it is known.
    pub(super) fn number(&self, shape: &Shape) -> Option<u32> {
        self.numbers.get(shape).copied()
    }

    pub(super) fn shape(&self, number: u32) -> Option<&Shape> {
        self.word(number).map(|word| word.shape.as_ref())
    }

    /// The entries in which a word stands.
    pub(super) fn slots(&self, number: u32) -> &[u32] {
        self.word(number).map_or(&[], |word| word.slots.as_slice())
    }

    fn word(&self, number: u32) -> Option<&Entries> {
        let place = usize::try_from(number.checked_sub(1)?).ok()?;
        self.words.get(place)
    }

    /// Words under a hash of a key.
    pub(super) fn under_key(&self, hash: u32) -> impl Iterator<Item = u32> + '_ {
        let head = self.heads.get(&hash).copied().unwrap_or(0);
        let link = |number: u32| {
            let place = usize::try_from(number.checked_sub(1)?).ok()?;
            self.links.get(place)
        };
        std::iter::successors(link(head), move |held| link(held.next)).map(|held| held.word)
    }

    /// Words that are forms of a known name.
    pub(super) fn under_form(&self, group: u16) -> &[u32] {
        let words = self.forms.get(&u32::from(group));
        words.map_or(&[], Vec::as_slice)
    }

    /// Words under a hash of their consonants.
    pub(super) fn under_skeleton(&self, hash: u32) -> &[u32] {
        self.skeletons.get(&hash).map_or(&[], Vec::as_slice)
    }
}

impl Corpus for Dictionary {
    fn rarity(&self, token: &Token) -> f64 {
        // As if 2,000 further entries were known, so that a small index does not call all words
        // common; a word that stands in one entry of a large list then has about 1.
        const IMAGINED: f64 = 2_000.0;
        // Words of every hundredth entry say about half of what a usual word says.
        const COMMON: f64 = 1.5;
        const USUAL: f64 = 7.2;
        let held = real(self.slots(token.number).len());
        let entries = real(self.entries) + IMAGINED;
        let inverse = (entries / (held + 0.5)).ln();
        ((inverse - COMMON) / (USUAL - COMMON)).clamp(RARITY_MIN, RARITY_MAX)
    }
}
