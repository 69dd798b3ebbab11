//! The matching index: rebuilt from the store when the node starts, and kept level with it.
//!
//! It holds nothing that the store does not hold. It follows the store's feed of match keys, so it
//! also learns what another process wrote into the same store.

use std::collections::HashMap;
use std::sync::RwLock;

use egnatia_alerts::ConsultedList;
use egnatia_matching::{Assessment, Description, Index, Thresholds};
use egnatia_record::{RecordId, Version};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::AppError;
use crate::port::{KeyRow, ListVersionRow, Store};

const PAGE: u32 = 2_000;
/// How many rows are applied while readers wait: a few milliseconds.
const STEP: usize = 64;

/// What the feed says of a record: how it is compared, and under what name it is shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MatchKeys {
    pub list: String,
    pub source_id: String,
    pub name: String,
    pub description: Description,
}

/// An entry that a search found.
pub(crate) struct Found {
    pub record: RecordId,
    pub version: Version,
    pub list: String,
    pub source_id: String,
    pub name: String,
    pub assessment: Assessment,
}

/// What a search found, and in which lists it looked.
pub(crate) struct Search {
    pub found: Vec<Found>,
    pub lists: Vec<ConsultedList>,
}

struct Shown {
    version: Version,
    list: String,
    source_id: String,
    name: String,
}

struct State {
    index: Index<RecordId>,
    shown: HashMap<RecordId, Shown>,
    lists: Vec<ListVersionRow>,
}

pub(crate) struct MatchIndex {
    state: RwLock<State>,
    thresholds: Thresholds,
    place: Mutex<Place>,
}

#[derive(Default)]
struct Place {
    epoch: String,
    sequence: u64,
}

impl MatchIndex {
    pub fn new(thresholds: Thresholds) -> Self {
        Self {
            state: RwLock::new(State::empty(thresholds)),
            thresholds,
            place: Mutex::default(),
        }
    }

    /// Brings the index level with the store. Returns how many lines of the feed were new.
    pub async fn follow(&self, store: &dyn Store) -> Result<u64, AppError> {
        let mut place = self.place.lock().await;
        let epoch = store.epoch().await?;
        let anew = epoch != place.epoch;
        // A restore replaced everything: build beside, so that checks meet no empty index.
        let fresh = anew.then(|| RwLock::new(State::empty(self.thresholds)));
        let mut sequence = if anew { 0 } else { place.sequence };
        let mut lines = 0_u64;
        loop {
            let rows = store.keys_after(sequence, PAGE).await?;
            let Some(last) = rows.last().map(|row| row.sequence) else {
                break;
            };
            lines += u64::try_from(rows.len()).unwrap_or(u64::MAX);
            apply(fresh.as_ref().unwrap_or(&self.state), rows)?;
            sequence = last;
            tokio::task::yield_now().await;
        }
        // Lists after entries: a check never claims a version that it has not compared.
        let lists = if lines > 0 || anew {
            Some(store.lists().await?)
        } else {
            None
        };
        let mut state = self.state.write().map_err(|_| poisoned())?;
        if let Some(fresh) = fresh {
            *state = fresh.into_inner().map_err(|_| poisoned())?;
        }
        if let Some(lists) = lists {
            state.lists = lists;
        }
        *place = Place { epoch, sequence };
        Ok(lines)
    }

    /// The best candidates, and the lists that were compared.
    pub fn search(&self, query: &Description, limit: u16) -> Result<Search, AppError> {
        let state = self.state.read().map_err(|_| poisoned())?;
        let found = state
            .index
            .search(query, usize::from(limit))
            .into_iter()
            .filter_map(|candidate| {
                let shown = state.shown.get(&candidate.key)?;
                Some(Found {
                    record: candidate.key,
                    version: shown.version,
                    list: shown.list.clone(),
                    source_id: shown.source_id.clone(),
                    name: shown.name.clone(),
                    assessment: candidate.assessment,
                })
            })
            .collect();
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
        Ok(state
            .shown
            .iter()
            .map(|(record, shown)| (*record, shown.version))
            .collect())
    }
}

impl State {
    fn consulted(&self) -> Vec<ConsultedList> {
        self.lists
            .iter()
            .map(|row| ConsultedList {
                list: row.list.clone(),
                version: row.version,
            })
            .collect()
    }

    fn empty(thresholds: Thresholds) -> Self {
        Self {
            index: Index::with_thresholds(thresholds),
            shown: HashMap::new(),
            lists: Vec::new(),
        }
    }
}

fn apply(state: &RwLock<State>, rows: Vec<KeyRow>) -> Result<(), AppError> {
    let mut parsed = Vec::with_capacity(rows.len());
    for row in rows {
        let keys = row
            .keys
            .map(|bytes| serde_json::from_slice::<MatchKeys>(&bytes))
            .transpose()
            .map_err(|error| AppError::unreadable("match key", &error))?;
        parsed.push((row.record, row.version, keys));
    }
    let mut parsed = parsed.into_iter().peekable();
    while parsed.peek().is_some() {
        let mut state = state.write().map_err(|_| poisoned())?;
        for (record, version, keys) in parsed.by_ref().take(STEP) {
            match keys {
                Some(keys) => {
                    state.index.insert(record, &keys.description);
                    let MatchKeys {
                        list,
                        source_id,
                        name,
                        ..
                    } = keys;
                    state.shown.insert(
                        record,
                        Shown {
                            version,
                            list,
                            source_id,
                            name,
                        },
                    );
                }
                None => {
                    state.index.remove(record);
                    state.shown.remove(&record);
                }
            }
        }
    }
    Ok(())
}

fn poisoned() -> AppError {
    AppError::Internal("the index broke off in the middle of a change; restart the node".to_owned())
}
