//! An index of the whole feed: read once, prepared on every core, written as a segment at once.

use std::collections::HashSet;
use std::sync::{Arc, RwLock};

use egnatia_matching::{Prepared, SegmentBuilder};

use super::feed::{Entry, Touched, apply};
use super::{MatchIndex, Place, State, number, poisoned};
use crate::AppError;
use crate::cores::{all, spread};
use crate::port::{KeyRow, Store};

/// How many lines are read at a time.
const PAGE: u32 = 8_000;
/// A segment of the whole has at most so many entries, so that a builder does not outgrow the memory.
/// They are merged at the end.
const ENTRIES_MAX: usize = 2_000_000;
/// Fewer entries stay in memory.
const ENTRIES_MIN: usize = 2_000;

/// A line of the feed, ready for the index.
struct Ready {
    key: u128,
    /// `None` where the record is not compared any more.
    entry: Option<(Entry, Prepared)>,
}

impl MatchIndex {
    /// Reads the feed of a store of this epoch from its beginning into an empty index.
    pub(super) async fn read_whole(
        &self,
        store: &dyn Store,
        target: &RwLock<State>,
        epoch: String,
    ) -> Result<(Place, Touched, u64), AppError> {
        let mut now = Place { sequence: 0, epoch };
        let mut touched = Touched::default();
        let mut rows = store.keys_after(0, PAGE).await?;
        let mut lines = 0_u64;
        let count = |rows: &[KeyRow]| u64::try_from(rows.len()).unwrap_or(u64::MAX);
        if rows.len() < ENTRIES_MIN || !self.files.keeps() {
            while let Some(last) = rows.last().map(|row| row.sequence) {
                lines += count(&rows);
                now.sequence = last;
                touched.add(apply(target, &rows)?);
                rows = store.keys_after(now.sequence, PAGE).await?;
            }
            return Ok((now, touched, lines));
        }
        let mut builder = SegmentBuilder::new();
        let mut gone = HashSet::new();
        while let Some(last) = rows.last().map(|row| row.sequence) {
            lines += count(&rows);
            now.sequence = last;
            let page = Arc::new(rows);
            let (next, ready) = tokio::join!(
                store.keys_after(now.sequence, PAGE),
                spread(&page, all(), ready)
            );
            for one in ready? {
                let Ready { key, entry } = one?;
                let Some((entry, prepared)) = entry else {
                    gone.insert(key);
                    continue;
                };
                gone.remove(&key);
                touched.list(&entry.list);
                builder.add_prepared(key, &prepared, &entry.payload);
                let mut state = target.write().map_err(|_| poisoned())?;
                match &entry.weapon {
                    Some(weapon) => state.weapons.insert(key, weapon),
                    None => state.weapons.remove(key),
                }
            }
            rows = next?;
            if builder.len() >= ENTRIES_MAX {
                self.put(target, std::mem::take(&mut builder))?;
            }
        }
        self.put(target, builder)?;
        let mut state = target.write().map_err(|_| poisoned())?;
        for key in gone {
            state.index.remove(key);
            state.weapons.remove(key);
        }
        drop(state);
        Ok((now, touched, lines))
    }

    /// Writes a segment and attaches it.
    fn put(&self, target: &RwLock<State>, builder: SegmentBuilder) -> Result<(), AppError> {
        let (name, segment) = self.keep(|mut file| builder.write(&mut file))?;
        let mut state = target.write().map_err(|_| poisoned())?;
        if !segment.is_empty() {
            state.index.attach(segment);
            state.names.push(name);
        }
        Ok(())
    }
}

fn ready(row: &KeyRow) -> Result<Ready, AppError> {
    let entry = Entry::read(row)?;
    Ok(Ready {
        key: number(row.record),
        entry: entry.map(|entry| {
            let prepared = Prepared::new(&entry.description);
            (entry, prepared)
        }),
    })
}
