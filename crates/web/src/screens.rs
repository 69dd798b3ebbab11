//! Files that wait to be screened, and screenings that run.
//!
//! A file is held in memory and nowhere else: it is full of personal data, and what is asked of it
//! stands in the store anyway. A node that is restarted forgets it; whoever gives the same file
//! again goes on where the run was interrupted.

use std::collections::{BTreeMap, HashMap};
use std::io::Cursor;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Bytes;
use egnatia_app::{App, AppError, Begun, Caller, Running, ScreenError};
use egnatia_audit::Hash;
use egnatia_formats::rows::{Layout, RowsError};
use egnatia_record::{RecordId, UserId};
use jiff::{SignedDuration, Timestamp};

/// The largest file, in bytes. Larger ones are for the command line, which reads from the disk.
pub(crate) const FILE_BYTES_MAX: usize = 32 * 1024 * 1024;
/// So many files are held at a time.
const WAITING_MAX: usize = 4;
/// So long a file waits.
const WAITS: SignedDuration = SignedDuration::from_mins(30);
/// So many screenings run at a time: officers at the booths have the other half of the machine.
const RUNNING_MAX: usize = 2;

/// A file that somebody gave, and has not run yet.
#[derive(Clone)]
pub(crate) struct Waiting {
    /// Its name, without a folder.
    pub name: String,
    pub bytes: Bytes,
    pub checksum: Hash,
    /// The columns that were stated, as they were written.
    pub columns: String,
    /// How it is read, or why it cannot be.
    pub layout: Result<Layout, RowsError>,
    pub since: Timestamp,
}

/// Why nothing was begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Busy;

/// The files that wait and the screenings that run. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Screens(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    waiting: BTreeMap<UserId, Waiting>,
    running: HashMap<RecordId, Option<String>>,
}

/// The screenings that ran at one moment, and those that broke off before.
pub(crate) struct Runs(HashMap<RecordId, Option<String>>);

impl Runs {
    /// Whether a screening ran.
    pub fn is_running(&self, id: RecordId) -> bool {
        self.0.get(&id).is_some_and(Option::is_none)
    }

    /// Why a screening ended before its end.
    pub fn failure(&self, id: RecordId) -> Option<String> {
        self.0.get(&id).cloned().flatten()
    }
}

impl Screens {
    fn with<T>(&self, act: impl FnOnce(&mut Inner) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Holds somebody's file, in place of the one that they gave before.
    pub fn hold(&self, login: &UserId, file: Waiting) -> Result<(), Busy> {
        let now = file.since;
        self.with(|inner| {
            inner
                .waiting
                .retain(|_, held| now.duration_since(held.since) < WAITS);
            inner.waiting.remove(login);
            if inner.waiting.len() >= WAITING_MAX {
                return Err(Busy);
            }
            inner.waiting.insert(login.clone(), file);
            Ok(())
        })
    }

    /// Somebody's file.
    pub fn waiting(&self, login: &UserId, now: Timestamp) -> Option<Waiting> {
        self.with(|inner| {
            let held = inner.waiting.get(login)?;
            (now.duration_since(held.since) < WAITS).then(|| held.clone())
        })
    }

    /// What runs at this moment, and what broke off.
    pub fn runs(&self) -> Runs {
        Runs(self.with(|inner| inner.running.clone()))
    }

    /// Runs somebody's file in the background.
    pub fn run(
        &self,
        app: &App,
        caller: &Caller,
        begun: Begun,
        file: &Waiting,
    ) -> Result<(), Busy> {
        let id = begun.screening;
        let busy = self.with(|inner| {
            let active = inner
                .running
                .values()
                .filter(|state| state.is_none())
                .count();
            let twice = inner.running.get(&id).is_some_and(Option::is_none);
            if !twice && active < RUNNING_MAX {
                // What failed long ago is not worth the memory.
                inner.running.retain(|_, state| state.is_none());
                inner.running.insert(id, None);
                inner.waiting.remove(&caller.login);
                return None;
            }
            (!twice).then_some(Busy)
        });
        if let Some(busy) = busy {
            return Err(busy);
        }
        let (screens, app, caller, file) =
            (self.clone(), app.clone(), caller.clone(), file.clone());
        tokio::spawn(async move {
            let ended = run(&app, &caller, &begun, file).await;
            screens.with(|inner| match ended {
                Ok(()) => {
                    inner.running.remove(&id);
                }
                Err(error) => {
                    inner.running.insert(id, Some(public(&error)));
                }
            });
        });
        Ok(())
    }
}

async fn run(app: &App, caller: &Caller, begun: &Begun, file: Waiting) -> Result<(), ScreenError> {
    let rows = file.layout?.rows(Box::new(Cursor::new(file.bytes)))?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let running = Running {
        found: None,
        workers: cores / 2,
        progress: &|_| {},
    };
    app.screen(caller, begun, rows, running).await?;
    app.finish_screening(caller, begun.screening).await?;
    Ok(())
}

/// What may be said of an error; the causes of the others are for whoever runs the node.
fn public(error: &ScreenError) -> String {
    match error {
        ScreenError::App(AppError::Store(_) | AppError::Internal(_)) => {
            tracing::error!(%error, "a screening broke off");
            String::new()
        }
        other => other.to_string(),
    }
}
