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

    fn list(&mut self, list: &str) {
        let is_alert = list == OWN_ALERTS || list.starts_with(RECEIVED_ALERTS);
        let is_firearm = list == OWN_FIREARMS;
        self.alerts |= is_alert;
        self.firearms |= is_firearm;
        self.lists |= !is_alert && !is_firearm;
    }
}

pub(super) fn apply(state: &RwLock<State>, rows: Vec<KeyRow>) -> Result<Touched, AppError> {
    let mut touched = Touched::default();
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
                    let MatchKeys {
                        list,
                        source_id,
                        name,
                        action,
                        description,
                    } = keys;
                    touched.list(&list);
                    let weapon = description.weapon.is_some().then(|| {
                        Box::new(Description {
                            identifiers: description.identifiers.clone(),
                            weapon: description.weapon.clone(),
                            ..Description::default()
                        })
                    });
                    let key = number(record);
                    match &weapon {
                        Some(weapon) => state.weapons.insert(key, weapon),
                        None => state.weapons.remove(key),
                    }
                    let payload = Shown {
                        weapon,
                        version,
                        list,
                        source_id,
                        name,
                        action,
                    };
                    let payload = serde_json::to_vec(&payload)
                        .map_err(|error| AppError::unreadable("index entry", &error))?;
                    state.index.insert_with(key, &description, &payload);
                }
                None => {
                    let key = number(record);
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
