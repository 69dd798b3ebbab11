//! Tables of alerts or firearms that wait to be entered. They are held in memory and nowhere else: they are full
//! of personal data, and whoever gives the same file again goes on where they were.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Bytes;
use egnatia_audit::Hash;
use egnatia_record::UserId;
use jiff::{SignedDuration, Timestamp};

use crate::screens::Busy;

/// The largest table of alerts, in bytes. Larger ones are for the command line.
pub(crate) const TABLE_BYTES_MAX: usize = 8 * 1024 * 1024;
/// More rows are for the command line. So many are one transaction.
pub(crate) const ROWS_MAX: u64 = 2_000;
/// The largest table of firearms, in bytes.
pub(crate) const FIREARM_TABLE_BYTES_MAX: usize = 32 * 1024 * 1024;
/// So many tables are held at a time.
const WAITING_MAX: usize = 4;
/// So long a table waits.
const WAITS: SignedDuration = SignedDuration::from_mins(30);

/// A table that somebody gave.
#[derive(Clone)]
pub(crate) struct WaitingTable {
    /// Its name, without a folder.
    pub name: String,
    pub bytes: Bytes,
    pub checksum: Hash,
    pub since: Timestamp,
}

/// The tables that wait, one for each person. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Tables(Arc<Mutex<BTreeMap<UserId, WaitingTable>>>);

impl Tables {
    fn with<T>(&self, act: impl FnOnce(&mut BTreeMap<UserId, WaitingTable>) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Holds somebody's table, in place of the one that they gave before.
    pub fn hold(&self, login: &UserId, table: WaitingTable) -> Result<(), Busy> {
        let now = table.since;
        self.with(|waiting| {
            waiting.retain(|_, held| now.duration_since(held.since) < WAITS);
            waiting.remove(login);
            if waiting.len() >= WAITING_MAX {
                return Err(Busy);
            }
            waiting.insert(login.clone(), table);
            Ok(())
        })
    }

    /// Somebody's table.
    pub fn waiting(&self, login: &UserId, now: Timestamp) -> Option<WaitingTable> {
        self.with(|waiting| {
            let held = waiting.get(login)?;
            (now.duration_since(held.since) < WAITS).then(|| held.clone())
        })
    }

    /// Forgets somebody's table: it is entered.
    pub fn forget(&self, login: &UserId) {
        self.with(|waiting| waiting.remove(login));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(at: i64) -> WaitingTable {
        WaitingTable {
            name: "a.csv".to_owned(),
            bytes: Bytes::from_static(b"name\nAna\n"),
            checksum: Hash::of(b"name\nAna\n"),
            since: Timestamp::from_second(at).unwrap(),
        }
    }

    fn login(number: usize) -> UserId {
        format!("v.{number}").parse().unwrap()
    }

    #[test]
    fn tables_wait_for_their_owner_for_half_an_hour_and_four_at_a_time() {
        let tables = Tables::default();
        let at = |second| Timestamp::from_second(second).unwrap();
        for number in 0..WAITING_MAX {
            assert!(tables.hold(&login(number), table(0)).is_ok());
        }
        assert_eq!(tables.hold(&login(9), table(1)), Err(Busy));
        assert!(
            tables.hold(&login(0), table(1)).is_ok(),
            "in place of the first"
        );
        assert!(tables.waiting(&login(9), at(1)).is_none());
        assert!(tables.waiting(&login(1), at(1_799)).is_some());
        assert!(tables.waiting(&login(1), at(1_800)).is_none());
        tables.forget(&login(0));
        assert!(tables.waiting(&login(0), at(2)).is_none());
        assert!(
            tables.hold(&login(9), table(1_801)).is_ok(),
            "the others ended"
        );
    }
}
