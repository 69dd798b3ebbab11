//! The matching index: rebuilt from the store when the node starts, and kept level with it.
//!
//! It holds nothing that the store does not hold. It follows the store's feed of match keys, so it
//! also learns what another process wrote into the same store. What no longer changes moves into
//! segments, files that the next start maps instead of reading the whole feed again.

mod feed;
mod files;
mod weapons;
mod whole;

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, RwLock};

use egnatia_alerts::ConsultedList;
use egnatia_firearms::{Reference, SerialQueries};
use egnatia_matching::{Assessment, Description, Index, Thresholds};
use egnatia_record::{Kind, RecordId, Version};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::alerts::{ACTIVE, RECEIVED};
use crate::catalogue::{OWN_ALERTS, OWN_FIREARMS};
use crate::port::{FirearmFilter, IndexFiles, ListVersionRow, Store};
use crate::{AppError, Invalid, Settings};
use weapons::Weapons;

pub(crate) use feed::MatchKeys;
use feed::{Touched, apply};
use files::unkept;

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
    /// What is compared of a weapon: numbers, make, model, calibre.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    weapon: Option<Box<Description>>,
}

struct State {
    /// Under the bytes of the record's identifier, as a number.
    index: Index<u128>,
    /// Names of the files of its segments.
    names: Vec<String>,
    lists: Vec<ListVersionRow>,
    /// How far the feed was followed, where it holds alerts: the version of what is compared.
    alerts: Option<u64>,
    /// The same of the register of firearms.
    firearms: Option<u64>,
    /// Weapons by their numbers: of the register, and of alerts.
    weapons: Weapons,
}

pub(crate) struct MatchIndex {
    /// Names of calibres and makers.
    reference: &'static Reference,
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
    pub fn new(
        settings: &Settings,
        files: Arc<dyn IndexFiles>,
        reference: &'static Reference,
    ) -> Self {
        let thresholds = settings.thresholds;
        Self {
            state: RwLock::new(State::empty(thresholds)),
            thresholds,
            reference,
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
        let (now, touched, lines) = match &fresh {
            Some(fresh) => {
                let read = self.read_whole(store, fresh, epoch).await?;
                self.settle(fresh, &read.0)?;
                read
            }
            None => self.read_on(store, place.sequence, epoch).await?,
        };
        // Lists after entries: a check never claims a version that it has not compared.
        let (unknown, mut alerts, mut firearms) = {
            let state = self.state.read().map_err(|_| poisoned())?;
            let held = (state.alerts.is_some(), state.firearms.is_some());
            (state.lists.is_empty(), held.0, held.1)
        };
        let look = touched.lists || anew || unknown;
        let lists = match look {
            true => Some(store.lists().await?),
            false => None,
        };
        alerts |= touched.alerts || (look && holds_alerts(store).await?);
        firearms |= touched.firearms || (look && holds_firearms(store).await?);
        let mut state = self.state.write().map_err(|_| poisoned())?;
        if let Some(fresh) = fresh {
            *state = fresh.into_inner().map_err(|_| poisoned())?;
        }
        if let Some(lists) = lists {
            state.lists = lists;
        }
        state.alerts = alerts.then_some(now.sequence);
        state.firearms = firearms.then_some(now.sequence);
        *place = now;
        self.followed.store(true, Ordering::Relaxed);
        Ok(lines)
    }

    /// Reads what the feed says behind a place.
    async fn read_on(
        &self,
        store: &dyn Store,
        after: u64,
        epoch: String,
    ) -> Result<(Place, Touched, u64), AppError> {
        let mut now = Place {
            sequence: after,
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
            touched.add(apply(&self.state, &rows)?);
            now.sequence = last;
            if is_last {
                break;
            }
            tokio::task::yield_now().await;
        }
        Ok((now, touched, lines))
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
            Some(list) => !is_of(payload, list),
            None => true,
        };
        let most = usize::from(limit);
        let numbers = SerialQueries::of(query)
            .map_err(|error| Invalid::new("serial", "invalid", error.to_string()))?;
        let mut found = Vec::new();
        let whole = without_masks(query);
        let candidates = match list {
            Some(_) => state.index.search_among(&whole, most, among),
            None => state.index.search(&whole, most),
        };
        for candidate in candidates {
            let shown = shown(&candidate.payload)?;
            // Weapons are compared place by place, with their makes and calibres: below.
            if numbers.is_empty() || shown.weapon.is_none() {
                found.push(to_found(candidate.key, shown, candidate.assessment));
            }
        }
        if !numbers.is_empty() {
            let asked = (&numbers, query);
            let thresholds = &self.thresholds;
            for (key, assessment) in
                state
                    .weapons
                    .search(asked, self.reference, thresholds, most)?
            {
                if let Some(payload) = state.index.payload(key).filter(|payload| among(payload)) {
                    found.push(to_found(key, shown(payload)?, assessment));
                }
            }
            found.sort_by(|a, b| {
                let (a, b) = (&a.assessment, &b.assessment);
                b.probability.total_cmp(&a.probability)
            });
            found.truncate(most);
        }
        let lists = state.consulted();
        Ok(Search { found, lists })
    }

    /// Weapons that have exactly one of the numbers of the query, and may be the same one.
    pub fn same_weapons(&self, query: &Description) -> Result<Vec<Found>, AppError> {
        let numbers = SerialQueries::of(query)
            .map_err(|error| Invalid::new("serial", "invalid", error.to_string()))?;
        let state = self.state.read().map_err(|_| poisoned())?;
        let (asked, thresholds) = ((&numbers, query), &self.thresholds);
        let same = state.weapons.same_number(asked, self.reference, thresholds);
        let found = same.into_iter().filter_map(|(key, assessment)| {
            let payload = state.index.payload(key)?;
            Some(shown(payload).map(|shown| to_found(key, shown, assessment)))
        });
        found.collect()
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

fn to_found(key: u128, shown: Shown, assessment: Assessment) -> Found {
    Found {
        record: RecordId::from_bytes(key.to_be_bytes()),
        version: shown.version,
        list: shown.list,
        source_id: shown.source_id,
        name: shown.name,
        action: shown.action,
        assessment,
    }
}

/// The query without numbers of which part could not be read: what is left of them is another
/// number.
fn without_masks(query: &Description) -> std::borrow::Cow<'_, Description> {
    let masked = |value: &str| value.contains(['?', '*']);
    if !query.identifiers.iter().any(|one| masked(&one.value)) {
        return std::borrow::Cow::Borrowed(query);
    }
    let mut whole = query.clone();
    whole.identifiers.retain(|one| !masked(&one.value));
    std::borrow::Cow::Owned(whole)
}

/// Whether there is any weapon to compare.
async fn holds_firearms(store: &dyn Store) -> Result<bool, AppError> {
    let any = FirearmFilter {
        limit: 1,
        ..FirearmFilter::default()
    };
    Ok(!store.firearms(&any).await?.is_empty())
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

fn shown(payload: &[u8]) -> Result<Shown, AppError> {
    serde_json::from_slice(payload).map_err(|error| AppError::unreadable("index entry", &error))
}

/// Whether an entry is of a list. Very many are asked, and most in vain, so that the beginning is
/// compared as it is written.
fn is_of(payload: &[u8], list: &str) -> bool {
    let list_of = || {
        let rest = payload.strip_prefix(b"{\"version\":")?;
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit());
        let rest = rest.get(digits.count()..)?;
        rest.strip_prefix(b",\"list\":\"")?
            .split(|byte| *byte == b'"')
            .next()
    };
    match list_of() {
        // A name that is written with escapes is read in full.
        Some(held) if !held.contains(&b'\\') => held == list.as_bytes(),
        _ => shown(payload).is_ok_and(|shown| shown.list == list),
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
            .chain(self.alerts.map(|version| ConsultedList {
                list: OWN_ALERTS.to_owned(),
                version,
            }))
            .chain(self.firearms.map(|version| ConsultedList {
                list: OWN_FIREARMS.to_owned(),
                version,
            }))
            .collect()
    }

    /// Brings weapons that came with segments back into memory.
    fn find_weapons(&mut self) -> Result<(), AppError> {
        let keys: Vec<u128> = self.index.keys().collect();
        for key in keys {
            let Some(payload) = self.index.payload(key) else {
                continue;
            };
            // Most entries are none: they are not read as JSON.
            if !weapons::may_be_one(payload) {
                continue;
            }
            if let Some(weapon) = shown(payload)?.weapon {
                self.weapons.insert(key, &weapon);
            }
        }
        Ok(())
    }

    fn empty(thresholds: Thresholds) -> Self {
        Self {
            index: Index::with_thresholds(thresholds),
            names: Vec::new(),
            lists: Vec::new(),
            alerts: None,
            firearms: None,
            weapons: Weapons::default(),
        }
    }
}

fn number(record: RecordId) -> u128 {
    u128::from_be_bytes(*record.as_bytes())
}

fn poisoned() -> AppError {
    AppError::Internal("the index broke off in the middle of a change; restart the node".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_of_an_entry_is_known_however_it_is_written() {
        for list in ["alerts", "alerts:rs-mup", "a \"quoted\" one"] {
            let entry = Shown {
                version: Version::FIRST,
                list: list.to_owned(),
                source_id: "x".to_owned(),
                name: "\"list\":\"other".to_owned(),
                action: None,
                weapon: None,
            };
            let payload = serde_json::to_vec(&entry).unwrap();
            assert!(is_of(&payload, list), "{list}");
            assert!(!is_of(&payload, "alert"), "{list}");
            assert!(!is_of(&payload, "other"), "{list}");
            let spaced = String::from_utf8(payload).unwrap().replace("{\"", "{ \"");
            assert!(is_of(spaced.as_bytes(), list), "{list}");
        }
    }
}
