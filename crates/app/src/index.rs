//! The matching index: rebuilt from the store when the node starts, and kept level with it.
//!
//! It holds nothing that the store does not hold. It follows the store's feed of match keys, so it
//! also learns what another process wrote into the same store. What no longer changes moves into
//! segments, files that the next start maps instead of reading the whole feed again.

mod feed;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, RwLock};

use egnatia_alerts::ConsultedList;
use egnatia_matching::{Assessment, Compaction, Description, Index, Segment, Thresholds};
use egnatia_record::{Kind, RecordId, Version};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::alerts::{ACTIVE, RECEIVED};
use crate::catalogue::OWN_ALERTS;
use crate::port::{IndexFiles, ListVersionRow, SegmentBytes, Store};
use crate::{AppError, Settings};

pub(crate) use feed::MatchKeys;
use feed::{Touched, apply};

const PAGE: u32 = 2_000;
/// A segment stays as it is while it has so many times the entries of all that came after it.
const GROWTH: usize = 4;
/// So many entries may stay divided after the whole feed was read.
const AT_REST_MAX: usize = 2_000;

/// An entry that a search found.
pub(crate) struct Found {
    pub record: RecordId,
    pub version: Version,
    pub list: String,
    pub source_id: String,
    pub name: String,
    pub action: Option<String>,
    pub assessment: Assessment,
}

/// What a search found, and in which lists it looked.
pub(crate) struct Search {
    pub found: Vec<Found>,
    pub lists: Vec<ConsultedList>,
}

/// What stands beside an entry of the index, to show it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Shown {
    version: Version,
    list: String,
    source_id: String,
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    action: Option<String>,
}

struct State {
    /// Under the bytes of the record's identifier, as a number.
    index: Index<u128>,
    /// Names of the files of its segments.
    names: Vec<String>,
    lists: Vec<ListVersionRow>,
    /// How far the feed was followed, where it holds alerts: the version of what is compared.
    alerts: Option<u64>,
}

pub(crate) struct MatchIndex {
    state: RwLock<State>,
    thresholds: Thresholds,
    /// Entries that may stand in no segment.
    in_memory_max: usize,
    place: Mutex<Place>,
    followed: AtomicBool,
    files: Arc<dyn IndexFiles>,
    /// Held while a segment is being written.
    tending: Mutex<()>,
}

/// How far the feed was followed.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    epoch: String,
    sequence: u64,
}

/// What is saved beside the segments: with it they are level with the feed at `place`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    format: u32,
    place: Place,
    segments: Vec<SavedSegment>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedSegment {
    name: String,
    removed: Vec<u32>,
}

const MANIFEST_FORMAT: u32 = 1;

impl MatchIndex {
    pub fn new(settings: &Settings, files: Arc<dyn IndexFiles>) -> Self {
        let thresholds = settings.thresholds;
        Self {
            state: RwLock::new(State::empty(thresholds)),
            thresholds,
            in_memory_max: settings.index_in_memory,
            place: Mutex::default(),
            followed: AtomicBool::new(false),
            files,
            tending: Mutex::default(),
        }
    }

    /// Whether this process has brought the index level with the store before.
    pub fn is_followed(&self) -> bool {
        self.followed.load(Ordering::Relaxed)
    }

    /// Brings the index level with the store. Returns how many lines of the feed were new.
    pub async fn follow(&self, store: &dyn Store) -> Result<u64, AppError> {
        let mut place = self.place.lock().await;
        let epoch = store.epoch().await?;
        if place.epoch.is_empty()
            && let Some(saved) = self.saved(&epoch)
            && reaches(store, &saved.place).await?
            && let Some(saved) = self.load(saved)?
        {
            *place = saved;
        }
        let anew = epoch != place.epoch;
        // A restore replaced everything: build beside, so that checks meet no empty index.
        let fresh = anew.then(|| RwLock::new(State::empty(self.thresholds)));
        if anew {
            // Files of another epoch are of no use, and may hold what was erased.
            self.files
                .save(b"null", &[])
                .map_err(|error| unkept(&error))?;
        }
        let target = fresh.as_ref().unwrap_or(&self.state);
        let mut now = Place {
            sequence: if anew { 0 } else { place.sequence },
            epoch,
        };
        let mut lines = 0_u64;
        let mut touched = Touched::default();
        loop {
            let rows = store.keys_after(now.sequence, PAGE).await?;
            let Some(last) = rows.last().map(|row| row.sequence) else {
                break;
            };
            let is_last = u32::try_from(rows.len()).is_ok_and(|count| count < PAGE);
            lines += u64::try_from(rows.len()).unwrap_or(u64::MAX);
            touched.add(apply(target, rows)?);
            now.sequence = last;
            if anew {
                // A large store does not fit into the part that changes.
                self.compact(target, &now, false)?;
            }
            if is_last {
                break;
            }
            tokio::task::yield_now().await;
        }
        if anew {
            self.compact(target, &now, true)?;
        }
        // Lists after entries: a check never claims a version that it has not compared.
        let (unknown, mut alerts) = {
            let state = self.state.read().map_err(|_| poisoned())?;
            (state.lists.is_empty(), state.alerts.is_some())
        };
        let look = touched.lists || anew || unknown;
        let lists = match look {
            true => Some(store.lists().await?),
            false => None,
        };
        alerts |= touched.alerts || (look && holds_alerts(store).await?);
        let mut state = self.state.write().map_err(|_| poisoned())?;
        if let Some(fresh) = fresh {
            *state = fresh.into_inner().map_err(|_| poisoned())?;
        }
        if let Some(lists) = lists {
            state.lists = lists;
        }
        state.alerts = alerts.then_some(now.sequence);
        *place = now;
        self.followed.store(true, Ordering::Relaxed);
        Ok(lines)
    }

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

    /// The same at once.
    fn compact(&self, state: &RwLock<State>, at: &Place, all: bool) -> Result<(), AppError> {
        if let Some(compaction) = self.plan(state, all)? {
            self.write(state, at, &compaction)?;
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
        let mut file = self.files.create().map_err(|error| unkept(&error))?;
        planned
            .compaction
            .write(&mut file)
            .map_err(|error| unkept(&error))?;
        let name = file.keep().map_err(|error| unkept(&error))?;
        let bytes = self.files.open(&name).map_err(|error| unkept(&error))?;
        let segment = Segment::open(Opened(bytes)).map_err(|error| {
            AppError::Internal(format!(
                "a segment of the index that was just written: {error}"
            ))
        })?;
        let mut state = state.write().map_err(|_| poisoned())?;
        let holds = !segment.is_empty();
        if !state.index.adopt(&planned.compaction, segment) {
            return Ok(false);
        }
        state.names.truncate(planned.keep);
        if holds {
            state.names.push(name);
        }
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
            .map_err(|error| unkept(&error))?;
        Ok(true)
    }

    /// What was saved for a store of this epoch.
    fn saved(&self, epoch: &str) -> Option<Manifest> {
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
    fn load(&self, manifest: Manifest) -> Result<Option<Place>, AppError> {
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
        *self.state.write().map_err(|_| poisoned())? = restored;
        Ok(Some(manifest.place))
    }

    /// The best candidates, and the lists that were compared.
    pub fn search(&self, query: &Description, limit: u16) -> Result<Search, AppError> {
        self.search_beside(query, limit, None)
    }

    /// The same without what stands in one list.
    pub fn search_beside(
        &self,
        query: &Description,
        limit: u16,
        list: Option<&str>,
    ) -> Result<Search, AppError> {
        let state = self.state.read().map_err(|_| poisoned())?;
        let among = |payload: &[u8]| match list {
            Some(list) => shown(payload).is_ok_and(|shown| shown.list != list),
            None => true,
        };
        let found = state
            .index
            .search_among(query, usize::from(limit), among)
            .into_iter()
            .map(|candidate| {
                let shown = shown(&candidate.payload)?;
                Ok(Found {
                    record: RecordId::from_bytes(candidate.key.to_be_bytes()),
                    version: shown.version,
                    list: shown.list,
                    source_id: shown.source_id,
                    name: shown.name,
                    action: shown.action,
                    assessment: candidate.assessment,
                })
            })
            .collect::<Result<_, AppError>>()?;
        let lists = state.consulted();
        Ok(Search { found, lists })
    }

    /// The lists that a search compares at present.
    pub fn lists(&self) -> Result<Vec<ConsultedList>, AppError> {
        let state = self.state.read().map_err(|_| poisoned())?;
        Ok(state.consulted())
    }

    /// Which records the index holds, in which version.
    pub fn contents(&self) -> Result<HashMap<RecordId, Version>, AppError> {
        let state = self.state.read().map_err(|_| poisoned())?;
        let mut contents = HashMap::new();
        for key in state.index.keys() {
            let payload = state.index.payload(key).unwrap_or_default();
            let record = RecordId::from_bytes(key.to_be_bytes());
            contents.insert(record, shown(payload)?.version);
        }
        Ok(contents)
    }
}

/// Whether there is any alert to compare, own or received.
async fn holds_alerts(store: &dyn Store) -> Result<bool, AppError> {
    for state in [ACTIVE, RECEIVED] {
        if store.count(Kind::Alert, state).await? > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether the feed of a store goes as far as what was saved. It does not where somebody put an
/// older copy of the database back by hand.
async fn reaches(store: &dyn Store, saved: &Place) -> Result<bool, AppError> {
    let Some(before) = saved.sequence.checked_sub(1) else {
        return Ok(true);
    };
    Ok(!store.keys_after(before, 1).await?.is_empty())
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

fn shown(payload: &[u8]) -> Result<Shown, AppError> {
    serde_json::from_slice(payload).map_err(|error| AppError::unreadable("index entry", &error))
}

fn unkept(error: &std::io::Error) -> AppError {
    AppError::Internal(format!("the files of the index cannot be written: {error}"))
}

impl State {
    fn consulted(&self) -> Vec<ConsultedList> {
        self.lists
            .iter()
            .map(|row| ConsultedList {
                list: row.list.clone(),
                version: row.version,
            })
            .chain(self.alerts.map(|version| ConsultedList {
                list: OWN_ALERTS.to_owned(),
                version,
            }))
            .collect()
    }

    fn empty(thresholds: Thresholds) -> Self {
        Self {
            index: Index::with_thresholds(thresholds),
            names: Vec::new(),
            lists: Vec::new(),
            alerts: None,
        }
    }
}

fn number(record: RecordId) -> u128 {
    u128::from_be_bytes(*record.as_bytes())
}

fn poisoned() -> AppError {
    AppError::Internal("the index broke off in the middle of a change; restart the node".to_owned())
}
