//! Segments from what changes: written beside a running index, then taken over in one step.

use std::collections::HashSet;
use std::io::{self, Write};
use std::sync::Arc;

use super::memory::Snapshot;
use super::part::Part;
use super::segment::{Segment, SegmentBuilder};
use super::{Attached, Index, Key};
use crate::prepared::Prepared;

/// Entries of an index at one moment, to be written as one segment.
///
/// ```
/// use egnatia_matching::{Description, Index, Name, Segment};
///
/// let mut index = Index::new();
/// index.insert(7_u64, &Description {
///     names: vec![Name::new("Arben Krasniqi")],
///     ..Description::default()
/// });
/// let compaction = index.compaction(0);
/// // Here the index may change, and be searched.
/// let mut bytes = Vec::new();
/// compaction.write(&mut bytes)?;
/// assert!(index.adopt(&compaction, Segment::open(bytes)?));
/// assert_eq!((index.in_memory(), index.len()), (0, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Compaction<K> {
    snapshot: Snapshot<K>,
    memory: Vec<(K, Prepared, Box<[u8]>)>,
    /// Segments before these stay.
    keep: usize,
    merged: Vec<Attached>,
}

impl<K> std::fmt::Debug for Compaction<K> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Compaction")
            .field("segments", &self.merged.len())
            .finish_non_exhaustive()
    }
}

impl<K: Key> Compaction<K> {
    /// Writes the entries as one segment. The index goes on as it is; [`Index::adopt`] then puts
    /// the segment in their place.
    ///
    /// # Errors
    ///
    /// What the writer says; see [`SegmentBuilder::write`].
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let mut builder = SegmentBuilder::new();
        for attached in &self.merged {
            for (slot, number) in (0_u32..).zip(attached.segment.keys()) {
                if attached.removed.contains(&slot) {
                    continue;
                }
                let entry = attached.segment.decode(slot);
                let payload = attached.segment.payload(slot);
                let (entry, payload) = entry.zip(payload).ok_or(io::ErrorKind::InvalidData)?;
                builder.add_prepared(K::from_number(number), &entry, payload);
            }
        }
        for (key, entry, payload) in &self.memory {
            builder.add_prepared(*key, entry, payload);
        }
        builder.write(out)
    }
}

impl<K: Key> Index<K> {
    /// How many entries each attached segment has, in their order, without those removed.
    pub fn segment_lengths(&self) -> Vec<usize> {
        self.attached.iter().map(Attached::len).collect()
    }

    /// Slots of each attached segment that were removed: what [`Self::attach_without`] takes.
    pub fn removed(&self) -> Vec<Vec<u32>> {
        let sorted = |attached: &Attached| {
            let mut removed: Vec<u32> = attached.removed.iter().copied().collect();
            removed.sort_unstable();
            removed
        };
        self.attached.iter().map(sorted).collect()
    }

    /// How many entries stand in no segment.
    pub fn in_memory(&self) -> usize {
        self.memory.len()
    }

    /// All entries but those of the first `keep` segments, to be written as one segment.
    pub fn compaction(&self, keep: usize) -> Compaction<K> {
        let memory = self.memory.entries();
        Compaction {
            snapshot: self.memory.snapshot(),
            memory: memory
                .map(|(key, entry, payload)| (key, entry.clone(), payload.into()))
                .collect(),
            keep,
            merged: self.attached.get(keep..).unwrap_or_default().to_vec(),
        }
    }

    /// Puts a segment that [`Compaction::write`] wrote in the place of what it stands for. What
    /// was added or removed in between stays so. Returns whether it did: where the index was
    /// compacted otherwise in between it does nothing.
    pub fn adopt(&mut self, compaction: &Compaction<K>, segment: Segment) -> bool {
        let Compaction {
            snapshot,
            keep,
            merged,
            ..
        } = compaction;
        let now = self.attached.get(*keep..).unwrap_or_default();
        let same = now.len() == merged.len()
            && now
                .iter()
                .zip(merged)
                .all(|(now, then)| Arc::ptr_eq(&now.segment, &then.segment));
        if !same {
            return false;
        }
        let Some(gone) = self.memory.forget(snapshot) else {
            return false;
        };
        let mut removed: HashSet<u32> = HashSet::new();
        let gone = gone.into_iter().map(K::to_number);
        removed.extend(gone.filter_map(|number| segment.slot(number)));
        for (now, then) in now.iter().zip(merged) {
            let since = now.removed.difference(&then.removed);
            let numbers = since.filter_map(|slot| now.segment.key(*slot));
            removed.extend(numbers.filter_map(|number| segment.slot(number)));
        }
        self.attached.truncate(*keep);
        if !segment.is_empty() {
            self.attached.push(Attached {
                segment: Arc::new(segment),
                removed,
            });
        }
        true
    }
}
