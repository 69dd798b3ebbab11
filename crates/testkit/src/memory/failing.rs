//! Commits of the fake that fail: once, always, or for one record; and what is held up.

use std::sync::Mutex;

use egnatia_app::{Batch, Change, StoreError};
use egnatia_record::{Kind, RecordId};
use tokio::sync::oneshot;

use super::{MemoryStore, lock};

/// Something that is held up. A commit: all that it builds on was read, and nothing is written yet.
/// An answer: it was read, and nobody has it yet.
#[derive(Debug)]
pub struct HeldUp {
    reached: oneshot::Receiver<()>,
    /// Dropped, it lets what is held go on.
    _open: oneshot::Sender<()>,
}

impl HeldUp {
    /// Waits until it has come.
    pub async fn reached(&mut self) {
        // An error says that it has gone already.
        let _ = (&mut self.reached).await;
    }
}

/// The side of what is held.
pub(super) type Holding = Mutex<Option<(oneshot::Sender<()>, oneshot::Receiver<()>)>>;

impl MemoryStore {
    /// Holds the next commit up until what is returned is dropped.
    pub fn hold_next_commit(&self) -> HeldUp {
        hold(&self.held_commit)
    }

    /// Holds the next answer about records of this kind up until what is returned is dropped.
    pub fn hold_next_answer(&self, about: Kind) -> HeldUp {
        *lock(&self.held_kind) = Some(about);
        hold(&self.held_answer)
    }

    pub(super) async fn hold_answer(&self, about: Kind) {
        if *lock(&self.held_kind) == Some(about) {
            be_held(&self.held_answer).await;
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

fn hold(place: &Holding) -> HeldUp {
    let (told, reached) = oneshot::channel();
    let (open, opened) = oneshot::channel();
    *lock(place) = Some((told, opened));
    HeldUp {
        reached,
        _open: open,
    }
}

pub(super) async fn be_held(place: &Holding) {
    let held = lock(place).take();
    if let Some((told, opened)) = held {
        // Errors say that nobody waits any more.
        let _ = told.send(());
        let _ = opened.await;
    }
}
