//! What of the index no longer changes moves into files, which the next start maps.

use std::io;
use std::sync::RwLock;

use egnatia_matching::{Compaction, Segment};

use super::{
    AT_REST_MAX, GROWTH, MANIFEST_FORMAT, Manifest, MatchIndex, Place, SavedSegment, State,
    poisoned,
};
use crate::AppError;
use crate::port::{SegmentBytes, SegmentFile};

impl MatchIndex {
    /// Moves what no longer changes into segments, where there is enough of it, and takes what was
    /// erased out of the files. Returns whether it did. Blocks for as long as it takes to write
    /// them; checks go on meanwhile.
    pub fn tend(&self) -> Result<bool, AppError> {
        let Ok(_tending) = self.tending.try_lock() else {
            return Ok(false);
        };
        // While nobody follows, what the index holds is what the feed said up to here.
        let place = self.place.blocking_lock();
        if place.epoch.is_empty() {
            return Ok(false);
        }
        let at = place.clone();
        let planned = self.plan(&self.state, false)?;
        drop(place);
        match planned {
            Some(compaction) => self.write(&self.state, &at, &compaction),
            None => Ok(false),
        }
    }

    /// The same for an index that was read as a whole: many entries become one segment, however
    /// they are divided.
    pub(super) fn settle(&self, state: &RwLock<State>, at: &Place) -> Result<(), AppError> {
        if let Some(compaction) = self.plan(state, true)? {
            self.write(state, at, &compaction)?;
            return Ok(());
        }
        let state = state.read().map_err(|_| poisoned())?;
        if self.files.keeps() && !state.names.is_empty() {
            self.save(&state, at)?;
        }
        Ok(())
    }

    /// What to write, where too many entries stand in memory. `all` makes one segment of many
    /// entries, however they are divided: every further part slows searches down.
    fn plan(&self, state: &RwLock<State>, all: bool) -> Result<Option<Planned>, AppError> {
        if !self.files.keeps() {
            return Ok(None);
        }
        let state = state.read().map_err(|_| poisoned())?;
        let lengths = state.index.segment_lengths();
        let removed = state.index.removed();
        let erased = removed.iter().position(|slots| !slots.is_empty());
        let memory = state.index.in_memory();
        let divided = memory > 0 || lengths.len() > 1;
        let many = divided && memory + lengths.iter().sum::<usize>() > AT_REST_MAX;
        if memory <= self.in_memory_max && erased.is_none() && !(all && many) {
            return Ok(None);
        }
        // Small ones are merged into one that is about as large as all of them.
        let mut keep = lengths.len();
        let mut size = memory;
        while let Some(length) = keep.checked_sub(1).and_then(|last| lengths.get(last)) {
            if *length >= size.saturating_mul(GROWTH) {
                break;
            }
            size += length;
            keep -= 1;
        }
        let keep = match erased {
            _ if all => 0,
            Some(first) => first.min(keep),
            None => keep,
        };
        Ok(Some(Planned {
            keep,
            compaction: state.index.compaction(keep),
        }))
    }

    fn write(
        &self,
        state: &RwLock<State>,
        at: &Place,
        planned: &Planned,
    ) -> Result<bool, AppError> {
        let (name, segment) = self.keep(|mut file| planned.compaction.write(&mut file))?;
        let mut state = state.write().map_err(|_| poisoned())?;
        let holds = !segment.is_empty();
        if !state.index.adopt(&planned.compaction, segment) {
            return Ok(false);
        }
        state.names.truncate(planned.keep);
        if holds {
            state.names.push(name);
        }
        self.save(&state, at)?;
        Ok(true)
    }

    /// Writes a segment into a file of its own, and opens it.
    pub(super) fn keep(
        &self,
        write: impl FnOnce(&mut dyn SegmentFile) -> io::Result<()>,
    ) -> Result<(String, Segment), AppError> {
        let mut file = self.files.create().map_err(|error| unkept(&error))?;
        write(file.as_mut()).map_err(|error| unkept(&error))?;
        let name = file.keep().map_err(|error| unkept(&error))?;
        let bytes = self.files.open(&name).map_err(|error| unkept(&error))?;
        let segment = Segment::open(Opened(bytes)).map_err(|error| {
            AppError::Internal(format!(
                "a segment of the index that was just written: {error}"
            ))
        })?;
        Ok((name, segment))
    }

    /// Says durably which segments the index has, and how far it followed the feed.
    pub(super) fn save(&self, state: &State, at: &Place) -> Result<(), AppError> {
        let segments = state.names.iter().zip(state.index.removed());
        let manifest = Manifest {
            format: MANIFEST_FORMAT,
            place: at.clone(),
            segments: segments
                .map(|(name, removed)| SavedSegment {
                    name: name.clone(),
                    removed,
                })
                .collect(),
        };
        let manifest = serde_json::to_vec(&manifest)
            .map_err(|error| AppError::Internal(format!("the manifest of the index: {error}")))?;
        self.files
            .save(&manifest, &state.names)
            .map_err(|error| unkept(&error))
    }

    /// What was saved for a store of this epoch.
    pub(super) fn saved(&self, epoch: &str) -> Option<Manifest> {
        let manifest = match self.files.load() {
            Ok(manifest) => manifest,
            Err(error) => {
                tracing::warn!(%error, "the saved index cannot be read; it is made anew");
                None
            }
        };
        let manifest = manifest.and_then(|bytes| serde_json::from_slice::<Manifest>(&bytes).ok());
        manifest
            .filter(|manifest| manifest.format == MANIFEST_FORMAT && manifest.place.epoch == epoch)
    }

    /// Attaches what was saved, where all of it is there. Otherwise the index is made anew from
    /// the feed.
    pub(super) fn load(&self, manifest: Manifest) -> Result<Option<Place>, AppError> {
        let mut restored = State::empty(self.thresholds);
        for saved in manifest.segments {
            let opened = self
                .files
                .open(&saved.name)
                .map_err(|error| error.to_string());
            let segment =
                opened.and_then(|bytes| Segment::open(Opened(bytes)).map_err(|e| e.to_string()));
            match segment {
                Ok(segment) => {
                    restored.index.attach_without(segment, saved.removed);
                    restored.names.push(saved.name);
                }
                Err(error) => {
                    tracing::warn!(error, "a segment of the index is damaged; it is made anew");
                    return Ok(None);
                }
            }
        }
        restored.find_weapons()?;
        *self.state.write().map_err(|_| poisoned())? = restored;
        Ok(Some(manifest.place))
    }
}

struct Planned {
    keep: usize,
    compaction: Compaction<u128>,
}

/// Bytes of a segment, as the index wants them.
struct Opened(SegmentBytes);

impl AsRef<[u8]> for Opened {
    fn as_ref(&self) -> &[u8] {
        (*self.0).as_ref()
    }
}

pub(super) fn unkept(error: &io::Error) -> AppError {
    AppError::Internal(format!("the files of the index cannot be written: {error}"))
}
