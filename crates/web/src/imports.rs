//! Imports of firearms that run, and what they came to. They run in the background: whoever waits
//! sees how far they are, and may come back later.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use egnatia_app::{App, AppError, Caller, FirearmImportReport, FirearmImporting, ImportStep};
use egnatia_audit::Hash;
use egnatia_formats::rows::firearms::FirearmTable;
use egnatia_record::UserId;
use tokio::sync::oneshot;

use crate::problem::Problem;
use crate::screens::Busy;
use crate::visit::Posted;

/// So many run at a time: officers at the booths have the other half of the machine.
const RUNNING_MAX: usize = 1;

/// How far an import is.
#[derive(Debug, Clone)]
pub(crate) enum Stand {
    /// It runs: at which step, and how many rows are done.
    Runs(ImportStep, u64),
    /// It has ended.
    Ended(Result<FirearmImportReport, Problem>),
}

/// An import, with what was filled in for it.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    pub checksum: Hash,
    pub posted: Posted,
    pub rows: u64,
    pub stand: Stand,
}

/// The imports, one for each person. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Imports(Arc<Mutex<BTreeMap<UserId, Run>>>);

impl Imports {
    fn with<T>(&self, act: impl FnOnce(&mut BTreeMap<UserId, Run>) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Somebody's import of this file.
    pub fn of(&self, login: &UserId, checksum: Hash) -> Option<Run> {
        self.with(|runs| {
            runs.get(login)
                .filter(|run| run.checksum == checksum)
                .cloned()
        })
    }

    /// Forgets somebody's import, unless it runs.
    pub fn forget(&self, login: &UserId) {
        self.with(|runs| {
            if !runs.get(login).is_some_and(Run::is_running) {
                runs.remove(login);
            }
        });
    }

    /// Checks or registers the rows of a table in the background. What it gives back ends with it.
    pub fn begin(
        &self,
        app: &App,
        caller: &Caller,
        (table, posted): (FirearmTable, Posted),
        importing: FirearmImporting<'static>,
    ) -> Result<oneshot::Receiver<()>, Busy> {
        let login = caller.login.clone();
        let run = Run {
            checksum: importing.checksum,
            posted,
            rows: table.row_count,
            stand: Stand::Runs(ImportStep::Checking, 0),
        };
        let is_free = self.with(|runs| {
            let running = runs.values().filter(|run| run.is_running()).count();
            let free = running < RUNNING_MAX;
            if free {
                runs.insert(login.clone(), run);
            }
            free
        });
        if !is_free {
            return Err(Busy);
        }
        let (tell, told) = oneshot::channel();
        let (imports, app, caller) = (self.clone(), app.clone(), caller.clone());
        tokio::spawn(async move {
            let (moved, of) = (imports.clone(), login.clone());
            let progress = move |step, done| moved.stands(&of, Stand::Runs(step, done));
            let importing = FirearmImporting {
                progress: &progress,
                ..importing
            };
            let ended = app.import_firearms(&caller, &table, &importing).await;
            imports.stands(&login, Stand::Ended(ended.map_err(public)));
            // Nobody may wait for it any more.
            let _ = tell.send(());
        });
        Ok(told)
    }

    fn stands(&self, login: &UserId, stand: Stand) {
        self.with(|runs| {
            if let Some(run) = runs.get_mut(login) {
                run.stand = stand;
            }
        });
    }
}

impl Run {
    /// Whether it has not ended.
    pub fn is_running(&self) -> bool {
        matches!(self.stand, Stand::Runs(..))
    }
}

fn public(error: AppError) -> Problem {
    Problem::from(error)
}
