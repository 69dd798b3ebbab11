//! The run: rows are read on one thread, compared on several, and written in their order.

use std::sync::Arc;

use egnatia_alerts::ScreeningCounts;
use egnatia_formats::rows::{Row, Rows, RowsError};
use egnatia_record::RecordId;
use tokio::sync::mpsc::{self, Receiver, Sender};

use super::parts::Parts;
use super::{Begun, ScreenError};
use crate::cores::spread;
use crate::index::Search;
use crate::question::validate;
use crate::{Action, App, AppError, Caller, Invalid};

/// The most rows of a chunk.
const ROWS_MAX: usize = 500;
/// A chunk ends behind the row with which it states so many bytes.
const BYTES_MAX: usize = 4 * 1024 * 1024;
/// How many chunks wait between two steps.
const WAITING: usize = 2;

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

/// How a run is made.
pub struct Running<'a> {
    /// On so many threads rows are compared.
    pub workers: usize,
    /// Told what is durable so far.
    pub progress: &'a (dyn Fn(&ScreeningCounts) + Send + Sync),
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
        let (to_match, chunks) = mpsc::channel(WAITING);
        let (to_write, mut answered) = mpsc::channel(WAITING);
        let reading = tokio::task::spawn_blocking(move || read(rows, after, &to_match));
        let app = self.clone();
        let workers = running.workers.max(1);
        let matching = tokio::spawn(async move {
            compare(&app, chunks, to_write, workers).await;
        });
        let mut parts = Parts::new(self, caller, begun)?;
        while let Some(chunk) = answered.recv().await {
            match chunk {
                Ok(chunk) => parts.write(chunk, running.progress).await?,
                Err(error) => {
                    // What was answered before the error stays answered.
                    parts.finish(running.progress).await?;
                    return Err(error);
                }
            }
        }
        parts.finish(running.progress).await?;
        let ended = |_| AppError::Internal("a thread of the run broke off".to_owned());
        reading.await.map_err(ended)?;
        matching.await.map_err(ended)?;
        Ok(Screened {
            screening: begun.screening,
            so_far: parts.so_far(),
        })
    }
}

/// Cuts rows into chunks. Ends early where nobody takes them.
fn read(rows: Rows, after: Option<u64>, to: &Sender<Result<Vec<Row>, RowsError>>) {
    let mut chunk = Vec::new();
    let mut bytes = 0_usize;
    for row in rows {
        let row = match row {
            Ok(row) => row,
            Err(error) => {
                let _ = to.blocking_send(Err(error));
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
            if to.blocking_send(Ok(std::mem::take(&mut chunk))).is_err() {
                return;
            }
        }
    }
    if !chunk.is_empty() {
        let _ = to.blocking_send(Ok(chunk));
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

type Chunk = Result<Vec<Answered>, ScreenError>;

/// Compares chunk after chunk. Ends early where nobody takes the answers.
async fn compare(
    app: &App,
    mut chunks: Receiver<Result<Vec<Row>, RowsError>>,
    to: Sender<Chunk>,
    workers: usize,
) {
    while let Some(chunk) = chunks.recv().await {
        let answered = match chunk {
            Ok(rows) => compare_rows(app, rows, workers).await,
            Err(error) => Err(error.into()),
        };
        let failed = answered.is_err();
        if to.send(answered).await.is_err() || failed {
            return;
        }
    }
}

async fn compare_rows(app: &App, rows: Vec<Row>, workers: usize) -> Chunk {
    let rows = Arc::new(rows);
    let comparing = app.clone();
    let answers = spread(&rows, workers, move |row| comparing.answer_row(row)).await?;
    let rows = Arc::unwrap_or_clone(rows);
    let answered = rows.into_iter().zip(answers);
    Ok(answered
        .map(|(row, answer)| Answered { row, answer })
        .collect())
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
