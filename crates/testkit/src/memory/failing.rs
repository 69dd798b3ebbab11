//! Commits of the fake that fail: once, always, or for one record.

use egnatia_app::{Batch, Change, StoreError};
use egnatia_record::RecordId;

use super::{MemoryStore, lock};

impl MemoryStore {
    /// Lets the next commit fail with this error, having written nothing.
    pub fn fail_next_commit(&self, error: StoreError) {
        *lock(&self.failure) = Some(error);
    }

    /// Lets every commit fail with this error, until [`MemoryStore::revive`].
    pub fn fail_commits(&self, error: StoreError) {
        *lock(&self.failing) = Some(error);
    }

    /// Lets every commit of a version of this record fail with this error; of everything else none.
    pub fn reject(&self, record: RecordId, error: StoreError) {
        lock(&self.rejected).insert(record, error);
    }

    /// Takes everything again.
    pub fn reject_nothing(&self) {
        lock(&self.rejected).clear();
    }

    /// Why this batch is not committed, where it is not.
    pub(super) fn failure_of(&self, batch: &Batch) -> Option<StoreError> {
        if let Some(error) = lock(&self.failure).take() {
            return Some(error);
        }
        let failing = lock(&self.failing).clone();
        failing.or_else(|| self.rejection_of(batch))
    }

    fn rejection_of(&self, batch: &Batch) -> Option<StoreError> {
        let rejected = lock(&self.rejected);
        batch.changes.iter().find_map(|change| match change {
            Change::Put(put) => rejected.get(&put.envelope.id).cloned(),
            _ => None,
        })
    }
}
