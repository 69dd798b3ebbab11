//! Commits of the fake that fail: once, always, or for one record; and what is held up.

use std::collections::BTreeMap;
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

/// Where something waits that is held up.
#[derive(Debug, Default)]
pub(super) struct Holding(Mutex<Option<Held>>);

#[derive(Debug)]
struct Held {
    about: Option<Kind>,
    told: oneshot::Sender<()>,
    opened: oneshot::Receiver<()>,
}

impl Holding {
    fn hold(&self, about: Option<Kind>) -> HeldUp {
        let (told, reached) = oneshot::channel();
        let (open, opened) = oneshot::channel();
        *lock(&self.0) = Some(Held {
            about,
            told,
            opened,
        });
        HeldUp {
            reached,
            _open: open,
        }
    }

    /// Waits here where this is what is held up.
    pub async fn pass(&self, about: Option<Kind>) {
        let held = lock(&self.0).take_if(|held| held.about == about);
        if let Some(held) = held {
            // Errors say that nobody waits any more.
            let _ = held.told.send(());
            let _ = held.opened.await;
        }
    }
}

/// Which commits fail, and with which error.
#[derive(Debug, Default)]
pub(super) struct Failing {
    next: Mutex<Option<StoreError>>,
    all: Mutex<Option<StoreError>>,
    /// Those of these records.
    rejected: Mutex<BTreeMap<RecordId, StoreError>>,
}

impl Failing {
    /// Why this batch is not committed, where it is not.
    pub fn of(&self, batch: &Batch) -> Option<StoreError> {
        if let Some(error) = lock(&self.next).take() {
            return Some(error);
        }
        let all = lock(&self.all).clone();
        all.or_else(|| self.rejection_of(batch))
    }

    fn rejection_of(&self, batch: &Batch) -> Option<StoreError> {
        let rejected = lock(&self.rejected);
        batch.changes.iter().find_map(|change| match change {
            Change::Put(put) => rejected.get(&put.envelope.id).cloned(),
            _ => None,
        })
    }

    /// The machine is well again.
    pub fn end(&self) {
        *lock(&self.next) = None;
        *lock(&self.all) = None;
    }
}

impl MemoryStore {
    /// Holds the next commit up until what is returned is dropped.
    pub fn hold_next_commit(&self) -> HeldUp {
        self.held_commit.hold(None)
    }

    /// Holds the next answer about records of this kind up until what is returned is dropped.
    pub fn hold_next_answer(&self, about: Kind) -> HeldUp {
        self.held_answer.hold(Some(about))
    }

    /// Lets the next commit fail with this error, having written nothing.
    pub fn fail_next_commit(&self, error: StoreError) {
        *lock(&self.failing.next) = Some(error);
    }

    /// Lets every commit fail with this error, until [`MemoryStore::revive`].
    pub fn fail_commits(&self, error: StoreError) {
        *lock(&self.failing.all) = Some(error);
    }

    /// Lets every commit of a version of this record fail with this error; of everything else none.
    pub fn reject(&self, record: RecordId, error: StoreError) {
        lock(&self.failing.rejected).insert(record, error);
    }

    /// Takes everything again.
    pub fn reject_nothing(&self) {
        lock(&self.failing.rejected).clear();
    }
}
