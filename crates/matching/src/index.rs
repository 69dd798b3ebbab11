//! Many descriptions in memory, found by any of their words, numbers and dates.

mod blocking;
mod dictionary;
mod search;

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;

use crate::description::Description;
use crate::evidence::{Assessment, Thresholds};
use crate::prepared::Prepared;
use blocking::Blocks;
use dictionary::Dictionary;

/// Descriptions under keys of the caller, ready to be searched.
///
/// ```
/// use egnatia_matching::{Band, Description, Index, Name, Schema};
///
/// let person = |name: &str| Description {
///     schema: Schema::Person,
///     names: vec![Name::new(name)],
///     ..Description::default()
/// };
/// let mut index = Index::new();
/// index.insert(7_u64, &person("Ђорђе Петровић"));
/// index.insert(8_u64, &person("Arben Krasniqi"));
///
/// let found = index.search(&person("Djordje Petrovic"), 10);
/// assert_eq!(found.len(), 1);
/// assert_eq!(found[0].key, 7);
/// assert_eq!(found[0].assessment.band, Band::Match);
/// ```
#[derive(Clone)]
pub struct Index<K> {
    thresholds: Thresholds,
    slots: HashMap<K, u32>,
    entries: Vec<Option<Entry<K>>>,
    free: Vec<u32>,
    dictionary: Dictionary,
    blocks: Blocks,
}

#[derive(Debug, Clone)]
struct Entry<K> {
    key: K,
    prepared: Prepared,
}

/// An entry that a search found.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate<K> {
    /// Under which key it was inserted.
    pub key: K,
    /// How likely it means the same, and why.
    pub assessment: Assessment,
}

/// Says how many entries there are, never what is in them.
impl<K> fmt::Debug for Index<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Index")
            .field("entries", &self.slots.len())
            .field("thresholds", &self.thresholds)
            .finish_non_exhaustive()
    }
}

impl<K> Default for Index<K> {
    fn default() -> Self {
        Self {
            thresholds: Thresholds::default(),
            slots: HashMap::new(),
            entries: Vec::new(),
            free: Vec::new(),
            dictionary: Dictionary::default(),
            blocks: Blocks::default(),
        }
    }
}

impl<K: Copy + Ord + Hash> Index<K> {
    /// An empty index with the default thresholds.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty index with thresholds of one's own.
    pub fn with_thresholds(thresholds: Thresholds) -> Self {
        Self {
            thresholds,
            ..Self::default()
        }
    }

    /// Puts a description under a key, in place of the one that is there.
    pub fn insert(&mut self, key: K, d: &Description) {
        self.remove(key);
        let slot = match self.free.pop() {
            Some(slot) => slot,
            // More than 4 billion entries do not fit into one index; the last slot is reused.
            None => u32::try_from(self.entries.len()).unwrap_or(u32::MAX),
        };
        let mut prepared = Prepared::new(d);
        self.dictionary.add(slot, &mut prepared);
        self.blocks.add(slot, &prepared);
        let entry = Some(Entry { key, prepared });
        match usize::try_from(slot)
            .ok()
            .and_then(|slot| self.entries.get_mut(slot))
        {
            Some(place) => *place = entry,
            None => self.entries.push(entry),
        }
        self.slots.insert(key, slot);
    }

    /// Takes out the description under a key. Returns whether there was one.
    pub fn remove(&mut self, key: K) -> bool {
        let Some(slot) = self.slots.remove(&key) else {
            return false;
        };
        let place = usize::try_from(slot).ok();
        let entry = place
            .and_then(|place| self.entries.get_mut(place))
            .and_then(Option::take);
        if let Some(entry) = entry {
            self.dictionary.remove(slot, &entry.prepared);
            self.blocks.remove(slot, &entry.prepared);
            self.free.push(slot);
        }
        if self.dictionary.is_wasteful() {
            self.rebuild();
        }
        true
    }

    /// How many descriptions there are.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Whether there is a description under a key.
    pub fn contains(&self, key: K) -> bool {
        self.slots.contains_key(&key)
    }

    /// All keys, in no order.
    pub fn keys(&self) -> impl Iterator<Item = K> + '_ {
        self.slots.keys().copied()
    }

    /// The entries that may mean the same as the query, the most probable first: at most `limit`,
    /// none below the threshold of [`Band::Possible`](crate::Band::Possible). Entries of the same
    /// probability come in the order of their keys.
    pub fn search(&self, query: &Description, limit: usize) -> Vec<Candidate<K>> {
        search::search(self, query, limit, self.thresholds.possible)
    }

    /// The entries that are nearest to the query, however far: at most `limit`, the most probable
    /// first. For those who look for a name that they may have spelt badly, not for alerts: most
    /// of what it returns means somebody else.
    ///
    /// ```
    /// use egnatia_matching::{Description, Index, Name, Schema};
    ///
    /// let person = |name: &str| Description {
    ///     schema: Schema::Person,
    ///     names: vec![Name::new(name)],
    ///     ..Description::default()
    /// };
    /// let mut index = Index::new();
    /// index.insert(7, &person("Marko Petrović"));
    /// assert!(index.search(&person("Mirko Petrov"), 10).is_empty());
    /// assert_eq!(index.nearest(&person("Mirko Petrov"), 10).len(), 1);
    /// ```
    pub fn nearest(&self, query: &Description, limit: usize) -> Vec<Candidate<K>> {
        search::search(self, query, limit, 0.0)
    }

    fn prepared(&self, slot: u32) -> Option<&Entry<K>> {
        let place = usize::try_from(slot).ok()?;
        self.entries.get(place)?.as_ref()
    }

    /// Forgets words that stand in no entry any more.
    fn rebuild(&mut self) {
        self.dictionary = Dictionary::default();
        for (slot, entry) in (0_u32..).zip(&mut self.entries) {
            if let Some(entry) = entry {
                self.dictionary.add(slot, &mut entry.prepared);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::description::{Name, Schema};

    fn person(name: &str) -> Description {
        Description {
            schema: Schema::Person,
            names: vec![Name::new(name)],
            ..Description::default()
        }
    }

    #[test]
    fn insert_replaces_and_remove_forgets() {
        let mut index = Index::new();
        index.insert(1, &person("Arben Krasniqi"));
        index.insert(1, &person("Marko Petrović"));
        assert_eq!(index.len(), 1);
        assert!(index.search(&person("Arben Krasniqi"), 5).is_empty());
        assert_eq!(index.search(&person("Marko Petrović"), 5).len(), 1);
        assert!(index.remove(1));
        assert!(!index.remove(1));
        assert!(index.is_empty() && !index.contains(1));
        assert!(index.search(&person("Marko Petrović"), 5).is_empty());
    }

    #[test]
    fn its_debug_output_holds_no_names() {
        let mut index = Index::new();
        index.insert(1, &person("Arben Krasniqi"));
        assert!(!format!("{index:?}").contains("Arben"));
        assert!(!format!("{:?}", Prepared::new(&person("Arben"))).contains("Arben"));
    }

    #[test]
    fn forgets_words_after_many_removals() {
        let mut index = Index::new();
        let names = ["Arben", "Besnik", "Dragan", "Elena", "Filip"];
        for round in 0..3000_u32 {
            for (key, name) in (0_u32..).zip(names) {
                index.insert(key, &person(&format!("{name} Q{round}x")));
            }
        }
        assert_eq!(index.len(), names.len());
        assert!(index.dictionary.words() < 6000);
        assert_eq!(index.search(&person("Besnik Q2999x"), 5)[0].key, 1);
    }
}
