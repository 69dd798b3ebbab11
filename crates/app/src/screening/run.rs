//! The run: rows are read on one thread, compared on several, and written in their order.

use std::sync::{Arc, Mutex, PoisonError};

use egnatia_alerts::ScreeningCounts;
use egnatia_formats::hits::{HitLine, HitsError};
use egnatia_formats::rows::{Row, Rows, RowsError};
use egnatia_record::RecordId;
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::sync::oneshot;

use super::parts::Parts;
use super::{Begun, ScreenError};
use crate::index::Search;
use crate::question::validate;
use crate::{Action, App, AppError, Caller, Invalid};

/// The most rows of a chunk.
const ROWS_MAX: usize = 500;
/// A chunk ends behind the row with which it states so many bytes.
const BYTES_MAX: usize = 4 * 1024 * 1024;
/// How many chunks wait between two steps.
const WAITING: usize = 8;

/// What a run came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Screened {
    /// The record.
    pub screening: RecordId,
    /// What all its rows came to, those before an interruption too.
    pub so_far: ScreeningCounts,
}

/// A row, and what was found for it.
pub(super) struct Answered {
    pub row: Row,
    pub answer: Result<Search, NotAnswered>,
}

/// Why a row has no answer.
pub(super) enum NotAnswered {
    /// It says nothing that can be compared.
    Unusable(Invalid),
    /// The index does not answer: the run ends.
    Failed(AppError),
}

/// Told what is durable so far.
pub type Progress<'a> = &'a (dyn Fn(&ScreeningCounts) + Send + Sync);
/// Given the lines of what is durable, in the order of the rows. The run ends with its error.
pub type Found<'a> = &'a (dyn Fn(&[HitLine]) -> Result<(), HitsError> + Send + Sync);

/// How a run is made.
#[derive(Clone, Copy)]
pub struct Running<'a> {
    /// On so many threads rows are compared.
    pub workers: usize,
    /// Told what is durable so far.
    pub progress: Progress<'a>,
    /// Given what was found. Whoever gives one has logged with [`App::export_screening`] that it
    /// leaves.
    pub found: Option<Found<'a>>,
}

impl App {
    /// Checks rows behind the place where the screening stands. Parts become durable in their
    /// order, and all of them before this returns.
    ///
    /// # Errors
    /// [`ScreenError::Rows`] where the input cannot be read on; [`AppError::Conflict`] where
    /// another process runs the same screening; [`AppError::Store`] where nothing can be written.
    pub async fn screen(
        &self,
        caller: &Caller,
        begun: &Begun,
        rows: Rows,
        running: Running<'_>,
    ) -> Result<Screened, ScreenError> {
        self.authorise(caller, Action::Check, None)?;
        self.own_running(caller, begun.screening).await?;
        let after = begun.after_row;
        let workers = running.workers.max(1);
        let (to_match, chunks) = mpsc::channel(WAITING);
        let (to_write, mut promised) = mpsc::channel(workers.saturating_add(WAITING));
        let reading = tokio::task::spawn_blocking(move || read(rows, after, &to_match, &to_write));
        let chunks = Arc::new(Mutex::new(chunks));
        let matching: Vec<_> = (0..workers)
            .map(|_| {
                let (app, chunks) = (self.clone(), Arc::clone(&chunks));
                tokio::task::spawn_blocking(move || compare(&app, &chunks))
            })
            .collect();
        let mut parts = Parts::new(self, caller, begun)?;
        while let Some(promise) = promised.recv().await {
            match promise {
                Ok(chunk) => {
                    let chunk = chunk.await.map_err(broke_off)?;
                    parts.write(chunk, running).await?;
                }
                Err(error) => {
                    // What was answered before the error stays answered.
                    parts.finish(running).await?;
                    return Err(error.into());
                }
            }
        }
        parts.finish(running).await?;
        reading.await.map_err(broke_off)?;
        for thread in matching {
            thread.await.map_err(broke_off)?;
        }
        Ok(Screened {
            screening: begun.screening,
            so_far: parts.so_far(),
        })
    }
}

/// Rows to compare, and whom their answers are promised to.
type Task = (Vec<Row>, oneshot::Sender<Vec<Answered>>);
/// The answers to a chunk, once they are there.
type Promise = Result<oneshot::Receiver<Vec<Answered>>, RowsError>;

fn broke_off<E>(_: E) -> AppError {
    AppError::Internal("a thread of the run broke off".to_owned())
}

/// Cuts rows into chunks. Their answers are promised in the order of the rows, whoever is done
/// with them first. Ends early where nobody takes them.
fn read(rows: Rows, after: Option<u64>, to_match: &Sender<Task>, to_write: &Sender<Promise>) {
    let pass_on = |chunk: Vec<Row>| {
        let (answers, promise) = oneshot::channel();
        to_write.blocking_send(Ok(promise)).is_ok()
            && to_match.blocking_send((chunk, answers)).is_ok()
    };
    let mut chunk = Vec::new();
    let mut bytes = 0_usize;
    for row in rows {
        let row = match row {
            Ok(row) => row,
            Err(error) => {
                let _ = to_write.blocking_send(Err(error));
                return;
            }
        };
        if after.is_some_and(|after| row.number <= after) {
            continue;
        }
        bytes = bytes.saturating_add(size(&row));
        chunk.push(row);
        if chunk.len() >= ROWS_MAX || bytes >= BYTES_MAX {
            bytes = 0;
            if !pass_on(std::mem::take(&mut chunk)) {
                return;
            }
        }
    }
    if !chunk.is_empty() {
        pass_on(chunk);
    }
}

/// About how many bytes a row states.
fn size(row: &Row) -> usize {
    let query = &row.query;
    let names = query.names.iter().map(|name| name.text.len());
    let numbers = query.identifiers.iter().map(|number| number.value.len());
    let texts = query.nationalities.iter().chain(&query.places);
    names.chain(numbers).chain(texts.map(String::len)).sum()
}

/// Compares chunk after chunk, beside other threads that do the same, as long as there are any.
fn compare(app: &App, chunks: &Mutex<Receiver<Task>>) {
    loop {
        // Whoever broke off did so outside the lock.
        let task = chunks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .blocking_recv();
        let Some((rows, answers)) = task else {
            return;
        };
        let answer = |row: Row| Answered {
            answer: app.answer_row(&row),
            row,
        };
        if answers
            .send(rows.into_iter().map(answer).collect())
            .is_err()
        {
            return;
        }
    }
}

impl App {
    fn answer_row(&self, row: &Row) -> Result<Search, NotAnswered> {
        validate(&row.query).map_err(NotAnswered::Unusable)?;
        let most = self.inner.settings.candidates_max;
        self.inner
            .index
            .search(&row.query, most)
            .map_err(NotAnswered::Failed)
    }
}
