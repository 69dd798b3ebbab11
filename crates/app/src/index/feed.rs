//! The feed of match keys: what is written into it, and how it gets into the index.

use std::sync::RwLock;

use egnatia_matching::Description;
use serde::{Deserialize, Serialize};

use super::{Shown, State, number, poisoned, shown};
use crate::AppError;
use crate::catalogue::{OWN_ALERTS, OWN_FIREARMS, RECEIVED_ALERTS};
use crate::port::KeyRow;

/// How many rows are applied while readers wait: a few milliseconds.
const STEP: usize = 64;

/// What the feed says of a record: how it is compared, and under what name it is shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct MatchKeys {
    pub list: String,
    pub source_id: String,
    pub name: String,
    /// What is done after a hit, where the entry itself says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<String>,
    pub description: Description,
}

/// What the lines of the feed were about.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Touched {
    pub lists: bool,
    pub alerts: bool,
    pub firearms: bool,
}

impl Touched {
    pub fn add(&mut self, other: Self) {
        self.lists |= other.lists;
        self.alerts |= other.alerts;
        self.firearms |= other.firearms;
    }

    pub fn list(&mut self, list: &str) {
        let is_alert = list == OWN_ALERTS || list.starts_with(RECEIVED_ALERTS);
        let is_firearm = list == OWN_FIREARMS;
        self.alerts |= is_alert;
        self.firearms |= is_firearm;
        self.lists |= !is_alert && !is_firearm;
    }
}

/// What the index holds of a record.
pub(super) struct Entry {
    pub list: String,
    pub description: Description,
    /// What is compared of a weapon.
    pub weapon: Option<Box<Description>>,
    /// [`Shown`], as bytes.
    pub payload: Vec<u8>,
}

impl Entry {
    /// Reads a line of the feed; `None` where the record is not compared any more.
    pub fn read(row: &KeyRow) -> Result<Option<Self>, AppError> {
        let Some(bytes) = &row.keys else {
            return Ok(None);
        };
        let keys: MatchKeys = serde_json::from_slice(bytes)
            .map_err(|error| AppError::unreadable("match key", &error))?;
        let description = keys.description;
        let weapon = description.weapon.is_some().then(|| {
            Box::new(Description {
                identifiers: description.identifiers.clone(),
                weapon: description.weapon.clone(),
                ..Description::default()
            })
        });
        let shown = Shown {
            weapon,
            version: row.version,
            list: keys.list,
            source_id: keys.source_id,
            name: keys.name,
            action: keys.action,
        };
        let payload = serde_json::to_vec(&shown)
            .map_err(|error| AppError::unreadable("index entry", &error))?;
        Ok(Some(Self {
            list: shown.list,
            description,
            weapon: shown.weapon,
            payload,
        }))
    }
}

pub(super) fn apply(state: &RwLock<State>, rows: &[KeyRow]) -> Result<Touched, AppError> {
    let mut touched = Touched::default();
    let read = rows.iter().map(|row| Ok((row.record, Entry::read(row)?)));
    let read = read.collect::<Result<Vec<_>, AppError>>()?;
    let mut read = read.into_iter().peekable();
    while read.peek().is_some() {
        let mut state = state.write().map_err(|_| poisoned())?;
        for (record, entry) in read.by_ref().take(STEP) {
            let key = number(record);
            match entry {
                Some(entry) => {
                    touched.list(&entry.list);
                    match &entry.weapon {
                        Some(weapon) => state.weapons.insert(key, weapon),
                        None => state.weapons.remove(key),
                    }
                    state
                        .index
                        .insert_with(key, &entry.description, &entry.payload);
                }
                None => {
                    if let Some(payload) = state.index.payload(key) {
                        touched.list(&shown(payload)?.list);
                    }
                    state.index.remove(key);
                    state.weapons.remove(key);
                }
            }
        }
    }
    Ok(touched)
}
