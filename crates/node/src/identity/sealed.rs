//! The exchange keys as they lie, for a backup: nothing is opened for that.

use std::path::Path;

use egnatia_record::Clock;

use super::file::Place;
use crate::config::Config;

/// The keys of the exchange as they lie in the data folder.
pub struct SealedKeys {
    /// The file, sealed.
    pub text: String,
    /// What opens it, where it lies beside it.
    pub unlock: Option<String>,
}

/// What became of keys from a backup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TakenBack {
    /// They are in place: the node is the one that was backed up.
    Written,
    /// The node has these keys, or newer ones that follow them, and keeps its own.
    Kept,
}

impl std::fmt::Debug for SealedKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealedKeys(…)")
    }
}

impl SealedKeys {
    /// The keys in the data folder, where there are some.
    ///
    /// # Errors
    /// Where a file cannot be read.
    pub fn read(folder: &Path, config: &Config) -> anyhow::Result<Option<Self>> {
        let lies = Place::of(folder, config).text()?;
        Ok(lies.map(|(text, unlock)| Self { text, unlock }))
    }

    /// Puts them into the data folder. Keys that were rotated since the backup stay: partners know
    /// them, and the older ones not any more.
    ///
    /// # Errors
    /// Where a file cannot be written, or where these are no keys.
    pub fn put_back(
        &self,
        folder: &Path,
        config: &Config,
        clock: &dyn Clock,
    ) -> anyhow::Result<TakenBack> {
        let place = Place::of(folder, config);
        let _lock = place.lock()?;
        let now = clock.now();
        let backed_up = Place::card_in(&self.text, now)?;
        if let Some(held) = place.public_card(now)? {
            let same = held.fingerprint() == backed_up.fingerprint();
            // Keys that do not open are of no use to anybody.
            if (same || held.succeeds(backed_up.card(), now).is_ok()) && place.read().is_ok() {
                return Ok(TakenBack::Kept);
            }
        }
        place.put_back(&self.text, self.unlock.as_deref())?;
        Ok(TakenBack::Written)
    }
}
