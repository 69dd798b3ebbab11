//! Commits of the fake that fail: once, always, or for one record; and one that is held up.

use egnatia_app::{Batch, Change, StoreError};
use egnatia_record::RecordId;
use tokio::sync::oneshot;

use super::{MemoryStore, lock};

/// A commit that is held up: all that it builds on was read, and nothing is written yet.
#[derive(Debug)]
pub struct HeldCommit {
    reached: oneshot::Receiver<()>,
    /// Dropped, it lets the commit go on.
    _open: oneshot::Sender<()>,
}

impl HeldCommit {
    /// Waits until the commit has come.
    pub async fn reached(&mut self) {
        // An error says that it has gone already.
        let _ = (&mut self.reached).await;
    }
}

/// The side of the commit.
pub(super) type Holding = (oneshot::Sender<()>, oneshot::Receiver<()>);

impl MemoryStore {
    /// Holds the next commit up until what is returned is dropped.
    pub fn hold_next_commit(&self) -> HeldCommit {
        let (told, reached) = oneshot::channel();
        let (open, opened) = oneshot::channel();
        *lock(&self.held) = Some((told, opened));
        HeldCommit {
            reached,
            _open: open,
        }
    }

    pub(super) async fn be_held(&self) {
        let held = lock(&self.held).take();
        if let Some((told, opened)) = held {
            // Errors say that nobody waits any more.
            let _ = told.send(());
            let _ = opened.await;
        }
    }

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
