//! Many serial numbers in memory, found whole or by what can be read of them.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;

use super::compare::{Comparer, Likeness};
use super::grams::{self, hash, pieces, pieces_of_query, spellings};
use super::number::{fold, leading_zeros};
use super::{Query, Serial, SerialError};
use crate::number_map::{NumberMap, PairMap};

/// The most entries that one search compares. A query that fits more says too little.
const COMPARED_MAX: usize = 20_000;
/// Of the pieces of a query, so many are looked up, the rarest first.
const PIECES_MAX: usize = 6;
/// So many removed entries are kept before the index is built anew.
const REMOVED_MAX: usize = 4_096;

/// Serial numbers under keys of the caller. One key may have several: frame, slide, barrel.
#[derive(Clone)]
pub struct Index<K> {
    slots: HashMap<K, Vec<u32>>,
    entries: Vec<Option<(K, Serial)>>,
    /// The few that are another number by the sound of their letters, apart: asking each entry that
    /// is compared takes a fifth of a search.
    by_sound: NumberMap<Serial>,
    removed: usize,
    by_spelling: PairMap<Vec<u32>>,
    by_piece: PairMap<Vec<u32>>,
}

/// An entry that a search found.
#[derive(Debug, Clone, PartialEq)]
pub struct Found<K> {
    /// Under which key it was inserted.
    pub key: K,
    /// The number that was found: one thing may have several.
    pub serial: Serial,
    /// How alike, and why.
    pub likeness: Likeness,
}

/// Says how many numbers there are, never which.
impl<K> fmt::Debug for Index<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Index")
            .field("entries", &self.entries.len().saturating_sub(self.removed))
            .finish_non_exhaustive()
    }
}

impl<K> Default for Index<K> {
    fn default() -> Self {
        Self {
            slots: HashMap::new(),
            entries: Vec::new(),
            by_sound: NumberMap::default(),
            removed: 0,
            by_spelling: PairMap::default(),
            by_piece: PairMap::default(),
        }
    }
}

impl<K: Clone + Eq + Hash> Index<K> {
    /// An index of nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a number of a thing. The same number under the same key is added once.
    pub fn insert(&mut self, key: K, serial: &Serial) {
        let held = self.slots.get(&key).into_iter().flatten();
        let mut held = held.filter_map(|slot| self.entry(*slot));
        if held.any(|(_, known)| known == serial) {
            return;
        }
        // A node holds millions of numbers, not thousands of millions.
        let Ok(slot) = u32::try_from(self.entries.len()) else {
            return;
        };
        let mut spellings = spellings(serial);
        if let Some(heard) = serial.by_sound() {
            spellings.extend(grams::spellings(&heard));
            self.by_sound.insert(slot, heard);
        }
        spellings.sort();
        spellings.dedup();
        for spelling in &spellings {
            self.by_spelling
                .entry(hash(spelling))
                .or_default()
                .push(slot);
        }
        for piece in pieces(&spellings) {
            self.by_piece.entry(piece).or_default().push(slot);
        }
        self.slots.entry(key.clone()).or_default().push(slot);
        self.entries.push(Some((key, serial.clone())));
    }

    /// Takes every number of a thing out; says whether there was any.
    pub fn remove(&mut self, key: &K) -> bool {
        let Some(slots) = self.slots.remove(key) else {
            return false;
        };
        for slot in slots {
            self.by_sound.remove(&slot);
            let entry = usize::try_from(slot).ok();
            if let Some(entry) = entry.and_then(|slot| self.entries.get_mut(slot)) {
                *entry = None;
                self.removed = self.removed.saturating_add(1);
            }
        }
        if self.removed > REMOVED_MAX && self.removed > self.entries.len() / 2 {
            let kept = std::mem::take(self);
            for (key, serial) in kept.entries.into_iter().flatten() {
                self.insert(key, &serial);
            }
        }
        true
    }

    /// How many numbers there are.
    pub fn len(&self) -> usize {
        self.entries.len().saturating_sub(self.removed)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The keys of exactly this number, separators aside, in the order of their insertion.
    pub fn exact(&self, serial: &Serial) -> Vec<&K> {
        let folded: Vec<char> = serial.places().iter().copied().map(fold).collect();
        let slots = self.by_spelling.get(&hash(&folded)).into_iter().flatten();
        slots
            .filter_map(|slot| self.entry(*slot))
            .filter(|(_, known)| known == serial)
            .map(|(key, _)| key)
            .collect()
    }

    /// The keys of this number, also where only one of both has the zeros before all other digits: a
    /// spreadsheet leaves them out.
    pub fn same(&self, serial: &Serial) -> Vec<&K> {
        let bare = |serial: &Serial| -> Vec<char> {
            let zeros = leading_zeros(serial.places(), char::is_ascii_digit, |c| *c == '0');
            serial.places().iter().skip(zeros).copied().collect()
        };
        let wanted = bare(serial);
        let folded: Vec<char> = wanted.iter().copied().map(fold).collect();
        let slots = self.by_spelling.get(&hash(&folded)).into_iter().flatten();
        slots
            .filter_map(|slot| self.entry(*slot))
            .filter(|(_, known)| bare(known) == wanted)
            .map(|(key, _)| key)
            .collect()
    }

    /// What may be the number that was read, the most alike first.
    ///
    /// # Errors
    /// [`SerialError::TooOpen`] where so little could be read that too many entries fit.
    pub fn search(&self, query: &Query, limit: usize) -> Result<Vec<Found<K>>, SerialError> {
        let mut slots = self.slots_of(query)?;
        if let Some(heard) = query.by_sound() {
            slots.extend(self.slots_of(&heard)?);
            slots.sort_unstable();
            slots.dedup();
        }
        let comparer = Comparer::new(query);
        let mut ranked: Vec<((f64, f64), u32)> = slots
            .into_iter()
            .filter_map(|slot| {
                let (_, serial) = self.entry(slot)?;
                Some((comparer.rank(serial, self.by_sound.get(&slot))?, slot))
            })
            .collect();
        // The order is stable: equal ones stay in the order of their insertion.
        ranked.sort_by(|((a_like, a_read), _), ((b_like, b_read), _)| {
            b_like.total_cmp(a_like).then(b_read.total_cmp(a_read))
        });
        ranked.truncate(limit);
        let found = ranked.into_iter().filter_map(|(_, slot)| {
            let (key, serial) = self.entry(slot)?;
            Some(Found {
                key: key.clone(),
                serial: serial.clone(),
                likeness: comparer.compare(serial),
            })
        });
        Ok(found.collect())
    }

    fn slots_of(&self, query: &Query) -> Result<Vec<u32>, SerialError> {
        if query.is_whole() {
            return self.slots_of_whole(query);
        }
        match self.slots_of_pieces(query) {
            // Read from end to end, and no place surely: it is looked up as it was read.
            Err(SerialError::TooOpen) if query.has_no_mask() => self.slots_of_whole(query),
            found => found,
        }
    }

    fn slots_of_whole(&self, query: &Query) -> Result<Vec<u32>, SerialError> {
        let whole = Serial::new(&query.to_string())?;
        let mut slots: Vec<u32> = spellings(&whole)
            .iter()
            .filter_map(|spelling| self.by_spelling.get(&hash(spelling)))
            .flatten()
            .copied()
            .collect();
        slots.sort_unstable();
        slots.dedup();
        bounded(slots)
    }

    fn slots_of_pieces(&self, query: &Query) -> Result<Vec<u32>, SerialError> {
        let pieces = pieces_of_query(query);
        if pieces.is_empty() {
            return Err(SerialError::TooOpen);
        }
        let mut lists: Vec<&[u32]> = pieces
            .iter()
            .map(|piece| self.by_piece.get(piece).map_or(&[][..], Vec::as_slice))
            .collect();
        lists.sort_by_key(|list| list.len());
        lists.truncate(PIECES_MAX);
        let Some((rarest, others)) = lists.split_first() else {
            return Err(SerialError::TooOpen);
        };
        let mut slots = rarest.to_vec();
        for list in others {
            keep_common(&mut slots, list);
        }
        bounded(slots)
    }

    fn entry(&self, slot: u32) -> Option<&(K, Serial)> {
        self.entries.get(usize::try_from(slot).ok()?)?.as_ref()
    }
}

/// A list that is so many times as long is walked in steps that double; a shorter one place by place.
const FAR_LONGER: usize = 16;

/// Keeps what stands in the other list too. Slots only grow, so that both are in order.
fn keep_common(slots: &mut Vec<u32>, other: &[u32]) {
    if other.len() / FAR_LONGER > slots.len() {
        return keep_common_of_few(slots, other);
    }
    let (mut at, mut with, mut kept) = (0, 0, 0_usize);
    // No branch hangs on what is compared: the processor could only guess it.
    while let (Some(slot), Some(held)) = (slots.get(at).copied(), other.get(with).copied()) {
        if let Some(place) = slots.get_mut(kept) {
            *place = slot;
        }
        kept += usize::from(slot == held);
        at += usize::from(slot <= held);
        with += usize::from(held <= slot);
    }
    slots.truncate(kept);
}

/// The same where the other list is far longer.
fn keep_common_of_few(slots: &mut Vec<u32>, other: &[u32]) {
    let mut rest = other;
    slots.retain(|slot| {
        let mut step = 1;
        while rest.get(step).is_some_and(|next| next < slot) {
            step *= 2;
        }
        let near = rest.get(..=step).unwrap_or(rest);
        let at = near.partition_point(|next| next < slot);
        rest = rest.get(at..).unwrap_or_default();
        rest.first() == Some(slot)
    });
}

fn bounded(slots: Vec<u32>) -> Result<Vec<u32>, SerialError> {
    if slots.len() > COMPARED_MAX {
        return Err(SerialError::TooOpen);
    }
    Ok(slots)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    use super::*;

    proptest! {
        #[test]
        fn what_stands_in_both_lists_is_kept(
            few in proptest::collection::btree_set(0_u32..300, 0..8),
            many in proptest::collection::btree_set(0_u32..300, 0..250),
        ) {
            let both: Vec<u32> = few.intersection(&many).copied().collect();
            let list = |set: &BTreeSet<u32>| set.iter().copied().collect::<Vec<u32>>();
            for (mut slots, other) in [(list(&few), list(&many)), (list(&many), list(&few))] {
                let mut again = slots.clone();
                keep_common(&mut slots, &other);
                prop_assert_eq!(&slots, &both);
                keep_common_of_few(&mut again, &other);
                prop_assert_eq!(&again, &both);
            }
        }
    }
}
