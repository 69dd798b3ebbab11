//! Segments from what changes: written beside a running index, then taken over in one step.

use std::collections::HashSet;
use std::io::{self, Write};
use std::sync::Arc;

use super::memory::Snapshot;
use super::segment::{Segment, SegmentBuilder};
use super::{Attached, Index, Key};

/// What a segment that [`Index::compact`] wrote stands for.
pub struct Compaction<K> {
    memory: Snapshot<K>,
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

impl<K: Key> Index<K> {
    /// How many entries each attached segment has, in their order, without those removed.
    pub fn segment_lengths(&self) -> Vec<usize> {
        self.attached.iter().map(Attached::len).collect()
    }

    /// How many entries stand in no segment.
    pub fn in_memory(&self) -> usize {
        self.memory.len()
    }

    /// Writes all entries but those of the first `keep` segments as one segment. The index goes
    /// on as it is; [`Self::adopt`] then puts the segment in their place.
    ///
    /// # Errors
    ///
    /// What the writer says; see [`SegmentBuilder::write`].
    pub fn compact(&self, keep: usize, out: &mut impl Write) -> io::Result<Compaction<K>> {
        let mut builder = SegmentBuilder::new();
        let merged = self.attached.get(keep..).unwrap_or_default().to_vec();
        for attached in &merged {
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
        for (key, entry, payload) in self.memory.entries() {
            builder.add_prepared(key, entry, payload);
        }
        builder.write(out)?;
        Ok(Compaction {
            memory: self.memory.snapshot(),
            keep,
            merged,
        })
    }

    /// Puts a segment that [`Self::compact`] wrote in the place of what it stands for. What was
    /// added or removed in between stays so. Returns whether it did: where the index was
    /// compacted otherwise in between it does nothing.
    pub fn adopt(&mut self, compaction: &Compaction<K>, segment: Segment) -> bool {
        let Compaction {
            memory,
            keep,
            merged,
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
        let Some(gone) = self.memory.forget(memory) else {
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
