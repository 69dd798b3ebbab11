//! Many descriptions in memory, found by any of their words, numbers and dates.

mod blocking;
mod compaction;
mod gathered;
mod memory;
mod part;
mod search;
mod segment;

use std::collections::HashSet;
use std::fmt;
use std::hash::Hash;
use std::sync::Arc;

use crate::description::{Description, Identifier};
use crate::evidence::{Assessment, Thresholds};
use crate::features::PreparedNumber;
use crate::names::Shape;
use crate::prepared::Prepared;
use memory::Memory;
use part::Part;
use search::{Hit, Query, Wanted, search};

pub use compaction::Compaction;
pub use segment::{Segment, SegmentBuilder, SegmentError};

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
pub struct Index<K> {
    thresholds: Thresholds,
    memory: Memory<K>,
    attached: Vec<Attached>,
}

/// A segment, and what was removed from it since.
#[derive(Clone)]
struct Attached {
    segment: Arc<Segment>,
    removed: HashSet<u32>,
}

/// Under what the caller knows an entry.
pub trait Key: Copy + Ord + Hash {
    /// A number that no other key has.
    fn to_number(self) -> u128;
    /// The key of a number.
    fn from_number(number: u128) -> Self;
}

/// An entry that a search found.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidate<K> {
    /// Under which key it was inserted.
    pub key: K,
    /// How likely it means the same, and why.
    pub assessment: Assessment,
    /// What the caller put beside it; see [`Index::insert_with`].
    pub payload: Vec<u8>,
}

/// Says how many entries there are, never what is in them.
impl<K: Key> fmt::Debug for Index<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Index")
            .field("entries", &self.len())
            .field("thresholds", &self.thresholds)
            .finish_non_exhaustive()
    }
}

impl<K> Default for Index<K> {
    fn default() -> Self {
        Self {
            thresholds: Thresholds::default(),
            memory: Memory::default(),
            attached: Vec::new(),
        }
    }
}

impl<K: Key> Index<K> {
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
        self.insert_with(key, d, &[]);
    }

    /// The same with bytes of the caller's own beside it, which its candidates carry: whatever is
    /// needed to show an entry, so that nothing has to be looked up elsewhere.
    pub fn insert_with(&mut self, key: K, d: &Description, payload: &[u8]) {
        self.remove(key);
        self.memory.insert(key, Prepared::new(d), payload.into());
    }

    /// What stands beside the description under a key.
    pub fn payload(&self, key: K) -> Option<&[u8]> {
        if let Some(slot) = self.memory.slot(key) {
            return self.memory.payload(slot);
        }
        let number = key.to_number();
        let mut attached = self.attached.iter();
        attached.find_map(|attached| attached.segment.payload(attached.slot(number)?))
    }

    /// Takes out the description under a key. Returns whether there was one.
    pub fn remove(&mut self, key: K) -> bool {
        let in_memory = self.memory.remove(key);
        let number = key.to_number();
        let attached = self.attached.iter_mut();
        let removed = attached.map(|attached| attached.remove(number));
        removed.fold(in_memory, |any, removed| any | removed)
    }

    /// Adds all entries of a segment, in place of those under the same keys.
    pub fn attach(&mut self, segment: Segment) {
        self.attach_without(segment, []);
    }

    /// The same, but for some slots of the segment that [`Self::removed`] named.
    pub fn attach_without(&mut self, segment: Segment, removed: impl IntoIterator<Item = u32>) {
        let attached = Attached {
            removed: removed.into_iter().collect(),
            segment: Arc::new(segment),
        };
        let others = !self.is_empty();
        for (slot, number) in (0_u32..).zip(attached.segment.keys()) {
            if others && !attached.removed.contains(&slot) {
                self.remove(K::from_number(number));
            }
        }
        self.attached.push(attached);
    }

    /// How many descriptions there are.
    pub fn len(&self) -> usize {
        let attached = self.attached.iter().map(Attached::len);
        self.memory.len() + attached.sum::<usize>()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether there is a description under a key.
    pub fn contains(&self, key: K) -> bool {
        let number = key.to_number();
        let mut attached = self.attached.iter();
        self.memory.contains(key) || attached.any(|attached| attached.slot(number).is_some())
    }

    /// All keys, in no order.
    pub fn keys(&self) -> impl Iterator<Item = K> + '_ {
        let attached = self.attached.iter().flat_map(|attached| {
            let slots = (0_u32..).zip(attached.segment.keys());
            let alive = slots.filter(|(slot, _)| !attached.removed.contains(slot));
            alive.map(|(_, number)| K::from_number(number))
        });
        self.memory.keys().chain(attached)
    }

    /// The entries that may mean the same as the query, the most probable first: at most `limit`,
    /// none below the threshold of [`Band::Possible`](crate::Band::Possible). Entries of the same
    /// probability come in the order of their keys.
    pub fn search(&self, query: &Description, limit: usize) -> Vec<Candidate<K>> {
        self.find(query, limit, self.thresholds.possible, None)
    }

    /// The same among the entries whose payload `among` wants. What it does not want takes no place
    /// of another one.
    ///
    /// ```
    /// use egnatia_matching::{Description, Index, Name};
    ///
    /// let named = |name: &str| Description { names: vec![Name::new(name)], ..Description::default() };
    /// let mut index = Index::new();
    /// index.insert_with(1, &named("Arben Krasniqi"), b"ours");
    /// index.insert_with(2, &named("Arben Krasniqi"), b"theirs");
    /// let found = index.search_among(&named("Arben Krasniqi"), 1, |payload| payload == b"theirs");
    /// assert_eq!(found[0].key, 2);
    /// ```
    pub fn search_among(
        &self,
        query: &Description,
        limit: usize,
        among: impl Fn(&[u8]) -> bool,
    ) -> Vec<Candidate<K>> {
        self.find(query, limit, self.thresholds.possible, Some(&among))
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
        self.find(query, limit, 0.0, None)
    }

    /// The entries that have a document, registration or serial number, with look-alikes as one
    /// (O and 0, I and 1, B and 8, S and 5). Kinds and countries are not compared. At most 256.
    ///
    /// ```
    /// use egnatia_matching::{Description, Identifier, IdentifierKind, Index};
    ///
    /// let number = |value: &str| Identifier {
    ///     kind: IdentifierKind::Passport,
    ///     value: value.to_owned(),
    ///     country: None,
    /// };
    /// let mut index = Index::new();
    /// let entry = Description { identifiers: vec![number("O8-1234567")], ..Description::default() };
    /// index.insert(7, &entry);
    /// assert_eq!(index.numbered(&number("081234567")), [7]);
    /// assert!(index.numbered(&number("091234567")).is_empty());
    /// ```
    pub fn numbered(&self, number: &Identifier) -> Vec<K> {
        const MOST: usize = 256;
        let Some(sought) = PreparedNumber::new(number) else {
            return Vec::new();
        };
        let hash = blocking::number_hash(&sought.folded);
        let mut keys: Vec<K> = Vec::new();
        for slot in self.memory.under_number(hash).take(MOST) {
            let entry = self.memory.prepared(slot);
            let has = entry.is_some_and(|entry| has_number(&entry, &sought));
            keys.extend(self.memory.key(slot).filter(|_| has));
        }
        for attached in &self.attached {
            for slot in attached.segment.under_number(hash).take(MOST) {
                let numbers = attached.segment.numbers(slot);
                let has = numbers.iter().any(|number| number.folded == sought.folded);
                if has && !attached.removed.contains(&slot) {
                    keys.extend(attached.segment.key(slot).map(K::from_number));
                }
            }
        }
        keys.truncate(MOST);
        keys
    }

    fn find(
        &self,
        query: &Description,
        limit: usize,
        least: f64,
        among: Option<Among<'_>>,
    ) -> Vec<Candidate<K>> {
        let mut prepared = Prepared::new(query);
        let query = Query::new(&mut prepared, self.len(), |shape| self.held(shape));
        let mut found: Vec<Found<'_, K>> = Vec::new();
        let memory = self.search_part(&self.memory, &query, (least, among));
        found.extend(memory.into_iter().filter_map(|hit| {
            let key = self.memory.key(hit.slot)?;
            Some(Found {
                key,
                hit,
                segment: None,
            })
        }));
        for attached in &self.attached {
            let segment = attached.segment.as_ref();
            let mut hits = self.search_part(segment, &query, (least, among));
            hits.retain(|hit| !attached.removed.contains(&hit.slot));
            found.extend(hits.into_iter().filter_map(|hit| {
                Some(Found {
                    key: K::from_number(segment.key(hit.slot)?),
                    hit,
                    segment: Some(segment),
                })
            }));
        }
        found.sort_by(|a, b| {
            let by_logit = b.hit.scored.logit.total_cmp(&a.hit.scored.logit);
            by_logit.then(a.key.cmp(&b.key))
        });
        let explain = |found: Found<'_, K>| {
            let slot = found.hit.slot;
            let payload = match found.segment {
                Some(segment) => segment.payload(slot)?,
                None => self.memory.payload(slot)?,
            };
            let entry = match found.segment {
                Some(segment) => segment.prepared(slot)?,
                None => self.memory.prepared(slot)?,
            };
            let scored = &found.hit.scored;
            Some(Candidate {
                key: found.key,
                assessment: scored.explain(query.prepared, &entry, &self.thresholds),
                payload: payload.to_owned(),
            })
        };
        found.into_iter().filter_map(explain).take(limit).collect()
    }

    fn search_part<P: Part>(
        &self,
        part: &P,
        query: &Query<'_>,
        (least, among): (f64, Option<Among<'_>>),
    ) -> Vec<Hit> {
        let alone = self.attached.len() + usize::from(self.memory.len() > 0) == 1;
        let held = |word: u32| match part.shape(word) {
            // How rare a word is does not depend on the part in which an entry happens to be.
            Some(shape) if !alone => self.held(shape),
            _ => part.held(word),
        };
        let slot = |slot: u32| among.is_none_or(|among| part.payload(slot).is_some_and(among));
        search(part, query, self.len(), held, &Wanted { least, slot })
    }

    /// In how many entries a word stands. What was removed from a segment still counts, until
    /// the segments are merged.
    fn held(&self, shape: &Shape) -> usize {
        fn of<P: Part>(part: &P, shape: &Shape) -> usize {
            part.number(shape).map_or(0, |number| part.held(number))
        }
        let attached = self.attached.iter();
        let attached = attached.map(|attached| of(attached.segment.as_ref(), shape));
        of(&self.memory, shape) + attached.sum::<usize>()
    }
}

fn has_number(entry: &Prepared, sought: &PreparedNumber) -> bool {
    let mut numbers = entry.numbers.iter();
    numbers.any(|number| number.folded == sought.folded)
}

/// Which entries are wanted, by what stands beside them.
type Among<'a> = &'a dyn Fn(&[u8]) -> bool;

/// A hit with where it was found.
struct Found<'a, K> {
    key: K,
    hit: Hit,
    segment: Option<&'a Segment>,
}

impl Attached {
    fn len(&self) -> usize {
        self.segment.len().saturating_sub(self.removed.len())
    }

    fn slot(&self, key: u128) -> Option<u32> {
        let slot = self.segment.slot(key);
        slot.filter(|slot| !self.removed.contains(slot))
    }

    fn remove(&mut self, key: u128) -> bool {
        let slot = self.segment.slot(key);
        slot.is_some_and(|slot| self.removed.insert(slot))
    }
}

macro_rules! key_of_number {
    ($($number:ty),*) => {$(
        impl Key for $number {
            fn to_number(self) -> u128 {
                u128::try_from(self).unwrap_or(u128::MAX)
            }

            fn from_number(number: u128) -> Self {
                Self::try_from(number).unwrap_or(Self::MAX)
            }
        }
    )*};
}

key_of_number!(u32, u64, usize);

impl Key for u128 {
    fn to_number(self) -> u128 {
        self
    }

    fn from_number(number: u128) -> Self {
        number
    }
}

/// What a number without type is, in examples.
impl Key for i32 {
    fn to_number(self) -> u128 {
        u128::from(self.cast_unsigned())
    }

    fn from_number(number: u128) -> Self {
        u32::try_from(number).unwrap_or(u32::MAX).cast_signed()
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
        assert!(index.memory.words() < 6000);
        assert_eq!(index.search(&person("Besnik Q2999x"), 5)[0].key, 1);
    }
}
