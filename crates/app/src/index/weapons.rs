//! Weapons by their numbers: whole ones, and those of which part could not be read.

use std::collections::{BTreeSet, HashMap};

use egnatia_firearms::{Reference, SerialQueries, assess, is_worn};
use egnatia_matching::serial::{Index, Serial};
use egnatia_matching::{Assessment, Description, Thresholds};

use crate::{AppError, Invalid};

/// So many numbers are compared with one query, the most alike first.
const COMPARED_MAX: usize = 512;

/// Weapons under the keys of the index.
#[derive(Default)]
pub(super) struct Weapons {
    serials: Index<u128>,
    known: HashMap<u128, Description>,
    /// Those with a number that could not be read wholly, or not surely. They are few, and all are
    /// compared.
    worn: BTreeSet<u128>,
}

/// Whether what stands beside an entry may say that it is a weapon.
pub(super) fn may_be_one(payload: &[u8]) -> bool {
    const KEY: &[u8] = b"\"weapon\"";
    payload.windows(KEY.len()).any(|window| window == KEY)
}

impl Weapons {
    /// Puts a weapon in, in place of the one that is there.
    pub fn insert(&mut self, key: u128, weapon: &Description) {
        self.remove(key);
        for number in &weapon.identifiers {
            if let Ok(serial) = Serial::new(&number.value) {
                self.serials.insert(key, &serial);
            }
        }
        if is_worn(weapon) {
            self.worn.insert(key);
        }
        self.known.insert(key, weapon.clone());
    }

    /// Takes a weapon out.
    pub fn remove(&mut self, key: u128) {
        if self.known.remove(&key).is_some() {
            self.serials.remove(&key);
            self.worn.remove(&key);
        }
    }

    /// Weapons with exactly one of these numbers that may be the one that is asked, the likest
    /// first. The work does not grow with the number of weapons.
    pub fn same_number(
        &self,
        (numbers, asked): (&SerialQueries, &Description),
        reference: &Reference,
        thresholds: &Thresholds,
    ) -> Vec<(u128, Assessment)> {
        let serials = asked.identifiers.iter();
        let serials = serials.filter_map(|number| Serial::new(&number.value).ok());
        let keys: BTreeSet<u128> = serials
            .flat_map(|serial| self.serials.same(&serial).into_iter().copied())
            .collect();
        self.assessed(keys, (numbers, asked), reference, thresholds)
    }

    fn assessed(
        &self,
        keys: BTreeSet<u128>,
        (numbers, asked): (&SerialQueries, &Description),
        reference: &Reference,
        thresholds: &Thresholds,
    ) -> Vec<(u128, Assessment)> {
        let mut found: Vec<(u128, Assessment)> = keys
            .into_iter()
            .filter_map(|key| {
                let known = self.known.get(&key)?;
                let assessment = assess(numbers, asked, known, reference, thresholds)?;
                Some((key, assessment))
            })
            .filter(|(_, found)| found.probability >= thresholds.possible)
            .collect();
        found.sort_by(|a, b| b.1.probability.total_cmp(&a.1.probability));
        found
    }

    /// Weapons that may be the one that is asked, the likest first.
    pub fn search(
        &self,
        (numbers, asked): (&SerialQueries, &Description),
        reference: &Reference,
        thresholds: &Thresholds,
        limit: usize,
    ) -> Result<Vec<(u128, Assessment)>, AppError> {
        let mut keys = self.worn.clone();
        let mut looked_up = 0_usize;
        let mut too_open = None;
        for query in numbers.queries() {
            match self.serials.search(query, COMPARED_MAX) {
                Ok(found) => {
                    looked_up = looked_up.saturating_add(1);
                    keys.extend(found.into_iter().map(|found| found.key));
                }
                Err(error) => too_open = Some(error),
            }
        }
        // A barrel of which one place was read takes nothing from a frame that was read wholly.
        if let Some(error) = too_open.filter(|_| looked_up == 0) {
            return Err(Invalid::new("serial", "too-open", error.to_string()).into());
        }
        let mut found = self.assessed(keys, (numbers, asked), reference, thresholds);
        found.truncate(limit);
        Ok(found)
    }
}
