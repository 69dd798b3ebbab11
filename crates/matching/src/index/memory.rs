//! The part of an index that changes: everything in hash maps.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::Key;
use super::blocking::{births, is_searched, joined, numbers, pair_hash, pairs_of, searched};
use super::part::{Needs, Part};
use super::search::{Near, likest};
use crate::names::{Shape, Token, key_hashes, skeletons};
use crate::number_map::NumberMap;
use crate::prepared::Prepared;
use crate::side::Side;

/// So many words are remembered with what is like them: a few megabytes.
const REMEMBERED_MAX: usize = 16_384;

/// Slots are never used twice before [`Memory::rebuild`], so that what was removed is known by it.
#[derive(Debug, Clone)]
pub(super) struct Memory<K> {
    /// Changes when slots are given anew.
    generation: u64,
    slots: HashMap<K, u32>,
    entries: Vec<Option<Entry<K>>>,
    numbers: HashMap<Arc<Shape>, u32>,
    words: Vec<Word>,
    keys: Chains,
    skeletons: Chains,
    forms: Chains,
    pairs: Chains,
    joined: Chains,
    births: Chains,
    documents: Chains,
    remembered: Remembered,
}

/// What is like the words that were sought. Words are only added, so that a list says with which
/// ones it was made, and what came since is put to it when it is asked for again.
#[derive(Debug, Default)]
struct Remembered(Mutex<NumberMap<Remembrance>>);

#[derive(Debug, Clone)]
struct Remembrance {
    near: Arc<[Near]>,
    /// The words that there were.
    words: u32,
}

/// Another memory finds it out again.
impl Clone for Remembered {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Remembered {
    fn get(&self, word: u32) -> Option<Remembrance> {
        let held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        held.get(&word).cloned()
    }

    fn keep(&self, word: u32, remembrance: Remembrance) {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.len() < REMEMBERED_MAX || held.contains_key(&word) {
            held.insert(word, remembrance);
        }
    }
}

#[derive(Debug, Clone)]
struct Entry<K> {
    key: K,
    prepared: Prepared,
    /// Its searched words, each once.
    words: Box<[u32]>,
    payload: Box<[u8]>,
}

#[derive(Debug, Clone)]
struct Word {
    shape: Arc<Shape>,
    /// Entries in which it stands, each once, in no order.
    slots: Vec<u32>,
}

/// What a memory held at one moment.
#[derive(Debug)]
pub(super) struct Snapshot<K> {
    generation: u64,
    slots: usize,
    keys: HashMap<K, u32>,
}

/// Lists of numbers under hashes. Nothing is taken out.
#[derive(Debug, Clone, Default)]
struct Chains {
    /// The head of a chain in `links`, counted from 1.
    heads: NumberMap<u32>,
    links: Vec<Link>,
}

#[derive(Debug, Clone, Copy)]
struct Link {
    number: u32,
    /// The next link, counted from 1; 0 ends the chain.
    next: u32,
}

impl Chains {
    fn put(&mut self, hash: u32, number: u32) {
        let head = self.heads.entry(hash).or_insert(0);
        let next = *head;
        self.links.push(Link { number, next });
        *head = u32::try_from(self.links.len()).unwrap_or(0);
    }

    fn get(&self, hash: u32) -> impl Iterator<Item = u32> + '_ {
        let head = self.heads.get(&hash).copied().unwrap_or(0);
        let link = |number: u32| self.links.get(place(number)?);
        std::iter::successors(link(head), move |held| link(held.next)).map(|held| held.number)
    }
}

/// Where the thing with a number counted from 1 stands.
fn place(number: u32) -> Option<usize> {
    usize::try_from(number.checked_sub(1)?).ok()
}

impl<K> Default for Memory<K> {
    fn default() -> Self {
        Self {
            generation: 0,
            slots: HashMap::new(),
            entries: Vec::new(),
            numbers: HashMap::new(),
            words: Vec::new(),
            keys: Chains::default(),
            skeletons: Chains::default(),
            forms: Chains::default(),
            pairs: Chains::default(),
            joined: Chains::default(),
            births: Chains::default(),
            documents: Chains::default(),
            remembered: Remembered::default(),
        }
    }
}

impl<K: Key> Memory<K> {
    /// Adds an entry under a key that is not there.
    pub(super) fn insert(&mut self, key: K, mut prepared: Prepared, payload: Box<[u8]>) {
        // INVARIANT: an index is split into segments long before there are 4 billion slots.
        let slot = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        self.note(slot, &mut prepared);
        let mut words: Vec<u32> = prepared.names.iter().flat_map(searched).collect();
        words.sort_unstable();
        words.dedup();
        self.entries.push(Some(Entry {
            key,
            prepared,
            words: words.into(),
            payload,
        }));
        self.slots.insert(key, slot);
    }

    fn note(&mut self, slot: u32, prepared: &mut Prepared) {
        for token in prepared.names.iter_mut().flat_map(|name| &mut name.tokens) {
            self.note_token(slot, token);
        }
        for hash in numbers(prepared) {
            self.documents.put(hash, slot);
        }
        for date in births(&prepared.births) {
            self.births.put(date, slot);
        }
        for name in &prepared.names {
            for hash in joined(&name.tokens) {
                self.joined.put(hash, slot);
            }
            let mut words: Vec<u32> = searched(name).collect();
            for hash in pairs_of(&mut words) {
                self.pairs.put(hash, slot);
            }
            for date in births(&prepared.births) {
                for word in searched(name) {
                    self.pairs.put(pair_hash(date, word), slot);
                }
            }
        }
    }

    fn note_token(&mut self, slot: u32, token: &mut Token) {
        let number = match self.numbers.get_key_value(&token.shape) {
            Some((shape, number)) => {
                token.shape = Arc::clone(shape);
                *number
            }
            None => self.learn(&token.shape),
        };
        token.number = number;
        if is_searched(token.kind)
            && let Some(word) = place(number).and_then(|place| self.words.get_mut(place))
            // INVARIANT: one entry is added at a time, so its slot is the last or not there.
            && word.slots.last() != Some(&slot)
        {
            word.slots.push(slot);
        }
    }

    fn learn(&mut self, shape: &Arc<Shape>) -> u32 {
        self.words.push(Word {
            shape: Arc::clone(shape),
            slots: Vec::new(),
        });
        let number = u32::try_from(self.words.len()).unwrap_or(u32::MAX);
        self.numbers.insert(Arc::clone(shape), number);
        for hash in key_hashes(&shape.symbols) {
            self.keys.put(hash, number);
        }
        for hash in skeletons(&shape.symbols, shape.abjad) {
            self.skeletons.put(hash, number);
        }
        for group in shape.groups {
            self.forms.put(u32::from(*group), number);
        }
        number
    }

    /// Takes an entry out. Returns whether there was one.
    pub(super) fn remove(&mut self, key: K) -> bool {
        let Some(slot) = self.slots.remove(&key) else {
            return false;
        };
        let entry = usize::try_from(slot).ok();
        let entry = entry.and_then(|place| self.entries.get_mut(place));
        let Some(entry) = entry.and_then(Option::take) else {
            return false;
        };
        for token in entry.prepared.names.iter().flat_map(|name| &name.tokens) {
            if let Some(word) = place(token.number).and_then(|place| self.words.get_mut(place))
                && let Some(at) = word.slots.iter().position(|held| *held == slot)
            {
                word.slots.swap_remove(at);
            }
        }
        if self.is_wasteful() {
            self.rebuild();
        }
        true
    }

    /// Whether more entries were removed than are there.
    fn is_wasteful(&self) -> bool {
        const REMOVED_MIN: usize = 4096;
        let removed = self.entries.len() - self.slots.len();
        removed > REMOVED_MIN && removed > self.slots.len()
    }

    /// Forgets what was removed.
    fn rebuild(&mut self) {
        self.rebuild_from(0);
    }

    /// Forgets what was removed, and all slots before one.
    fn rebuild_from(&mut self, first: usize) {
        let generation = self.generation + 1;
        let entries = std::mem::take(self).entries;
        self.generation = generation;
        for entry in entries.into_iter().skip(first).flatten() {
            self.insert(entry.key, entry.prepared, entry.payload);
        }
    }

    /// What is there now.
    pub(super) fn snapshot(&self) -> Snapshot<K> {
        Snapshot {
            generation: self.generation,
            slots: self.entries.len(),
            keys: self.slots.clone(),
        }
    }

    /// Forgets what was there at a snapshot. Returns the keys of it that were removed or replaced
    /// since; `None`, and nothing is forgotten, where slots were given anew.
    pub(super) fn forget(&mut self, snapshot: &Snapshot<K>) -> Option<Vec<K>> {
        if snapshot.generation != self.generation {
            return None;
        }
        let now = |key: &K| self.slots.get(key).copied();
        let gone = snapshot.keys.iter();
        let gone = gone.filter(|(key, slot)| now(key) != Some(**slot));
        let gone = gone.map(|(key, _)| *key).collect();
        self.rebuild_from(snapshot.slots);
        Some(gone)
    }

    pub(super) fn contains(&self, key: K) -> bool {
        self.slots.contains_key(&key)
    }

    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = K> + '_ {
        self.slots.keys().copied()
    }

    pub(super) fn key(&self, slot: u32) -> Option<K> {
        self.entry(slot).map(|entry| entry.key)
    }

    /// All entries, for a segment.
    pub(super) fn entries(&self) -> impl Iterator<Item = (K, &Prepared, &[u8])> + '_ {
        let entries = self.entries.iter().flatten();
        entries.map(|entry| (entry.key, &entry.prepared, entry.payload.as_ref()))
    }

    pub(super) fn slot(&self, key: K) -> Option<u32> {
        self.slots.get(&key).copied()
    }

    fn entry(&self, slot: u32) -> Option<&Entry<K>> {
        let place = usize::try_from(slot).ok()?;
        self.entries.get(place)?.as_ref()
    }

    fn word(&self, number: u32) -> Option<&Word> {
        self.words.get(place(number)?)
    }

    /// How many words are numbered.
    #[cfg(test)]
    pub(super) fn words(&self) -> usize {
        self.words.len()
    }
}

impl<K: Key> Part for Memory<K> {
    fn under_key(&self, hash: u32) -> impl Iterator<Item = u32> {
        self.keys.get(hash)
    }

    fn under_skeleton(&self, hash: u32) -> impl Iterator<Item = u32> {
        self.skeletons.get(hash)
    }

    fn under_form(&self, group: u16) -> impl Iterator<Item = u32> {
        self.forms.get(u32::from(group))
    }

    fn shape(&self, word: u32) -> Option<&Shape> {
        self.word(word).map(|word| word.shape.as_ref())
    }

    fn number(&self, shape: &Shape) -> Option<u32> {
        self.numbers.get(shape).copied()
    }

    fn near(&self, word: u32, find: impl FnOnce(u32) -> Vec<Near>) -> Cow<'_, [Near]> {
        let words = u32::try_from(self.words.len()).unwrap_or(u32::MAX);
        let held = self.remembered.get(word);
        if let Some(held) = &held
            && held.words == words
        {
            return Cow::Owned(held.near.to_vec());
        }
        let near = match held {
            None => find(0),
            Some(held) => likest([&held.near, find(held.words).as_slice()].concat()),
        };
        let remembrance = Remembrance {
            near: near.as_slice().into(),
            words,
        };
        self.remembered.keep(word, remembrance);
        Cow::Owned(near)
    }

    fn held(&self, word: u32) -> usize {
        self.word(word).map_or(0, |word| word.slots.len())
    }

    fn slots(&self, word: u32) -> impl Iterator<Item = u32> {
        let slots = self.word(word).map_or(&[][..], |word| &word.slots);
        slots.iter().copied()
    }

    fn under_pair(&self, hash: u32) -> impl Iterator<Item = u32> {
        self.pairs.get(hash)
    }

    fn under_joined(&self, hash: u32) -> impl Iterator<Item = u32> {
        self.joined.get(hash)
    }

    fn under_birth(&self, date: u32) -> impl Iterator<Item = u32> {
        self.births.get(date)
    }

    fn under_number(&self, hash: u32) -> impl Iterator<Item = u32> {
        self.documents.get(hash)
    }

    fn touch(&self, _slots: impl Iterator<Item = u32>) {}

    fn words_of(&self, slot: u32, visit: impl FnMut(u32)) {
        if let Some(entry) = self.entry(slot) {
            entry.words.iter().copied().for_each(visit);
        }
    }

    fn fill<'a>(
        &'a self,
        slot: u32,
        _needs: Needs,
        rarity: impl Fn(u32) -> f64,
        side: &mut Side<'a>,
    ) -> bool {
        let Some(entry) = self.entry(slot) else {
            return false;
        };
        side.fill(&entry.prepared, |token| rarity(token.number));
        true
    }

    fn payload(&self, slot: u32) -> Option<&[u8]> {
        self.entry(slot).map(|entry| entry.payload.as_ref())
    }

    fn prepared(&self, slot: u32) -> Option<Cow<'_, Prepared>> {
        self.entry(slot).map(|entry| Cow::Borrowed(&entry.prepared))
    }
}
