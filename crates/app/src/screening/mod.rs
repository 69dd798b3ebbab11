//! A screening: the rows of a file are checked, many at a time, for one stated reason.
//!
//! ```text
//! rows ── chunks ── matched on every core ── settled ones apart
//!    ── ONE transaction: which rows were asked, the checks and matches of those that agree
//!    ── what is durable leaves ── next chunk …
//! ```
//!
//! Nothing leaves that the store does not hold. A run that was interrupted goes on behind its last
//! durable part; what was found before is read back, so that its output has each row once.

mod found;
mod parts;
mod run;

use std::io::{self, Read};

use egnatia_alerts::{ScreenedRows, Screening, ScreeningCounts, ScreeningState};
use egnatia_audit::{Hash, Operation};
use egnatia_formats::hits::HitsError;
use egnatia_formats::rows::RowsError;
use egnatia_record::{Envelope, Justification, Kind, RecordId};
use jiff::Timestamp;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::port::{Cursor, RecordFilter, StoredRecord};
use crate::writing::{Beside, EventAbout, Terms, to_the_microsecond};
use crate::{Action, App, AppError, Caller, Invalid, Page, next_page, read_body};

pub use found::{Brief, BriefAssessment, BriefEvidence, Export, RowRead};
pub use run::{Running, Screened};

/// How a part refers to its screening.
const PART_OF: &str = "screening";
/// The same, for parts that have something to show.
const FOUND_IN: &str = "screening-found";
const FILE_NAME_MAX: usize = 200;

/// What a run is to do with an unfinished one of the same command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfinished {
    /// Go on where it ended.
    GoOn,
    /// Go on where it ended, and begin nothing new: the output is there already.
    GoOnOnly,
    /// Give it up and begin anew.
    GiveUp,
}

/// What is to be screened.
#[derive(Debug, Clone)]
pub struct ScreeningStart {
    /// The file's name, without its folder.
    pub file: String,
    /// SHA-256 of the file.
    pub checksum: Hash,
    /// Tells this command from another one of the same person and case.
    pub command: Hash,
    /// How the file is written.
    pub format: String,
    /// How its columns are read.
    pub columns: Vec<String>,
    /// How many rows it has.
    pub rows: u64,
    /// What becomes of an unfinished run.
    pub unfinished: Unfinished,
}

/// A screening that may go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    /// Its record.
    pub screening: RecordId,
    /// The last row that is done; absent at the beginning.
    pub after_row: Option<u64>,
    /// How many parts are durable.
    pub parts: u64,
    /// What they came to.
    pub so_far: ScreeningCounts,
    /// Whether it was interrupted before.
    pub resumed: bool,
}

/// A screening as it is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct ScreeningView {
    /// Who, when, why.
    pub envelope: Envelope,
    /// What is screened.
    pub screening: Screening,
    /// What it has come to.
    pub so_far: ScreeningCounts,
    /// What was found, from the place that was asked for.
    pub found: Vec<RowRead>,
    /// Where the next page starts.
    pub next: Option<usize>,
}

/// A line in the list of one's own screenings.
#[derive(Debug, Clone, PartialEq)]
pub struct ScreeningSummary {
    /// The record.
    pub screening: RecordId,
    /// When it began, or ended.
    pub at: Timestamp,
    /// What it is.
    pub body: Screening,
}

/// Why a screening ended before its end. What is durable stays; the same run goes on behind it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScreenError {
    /// As every use case.
    #[error(transparent)]
    App(#[from] AppError),
    /// The input cannot be read.
    #[error(transparent)]
    Rows(#[from] RowsError),
    /// What was found cannot be written.
    #[error(transparent)]
    Output(#[from] HitsError),
}

/// SHA-256 of everything that the input holds.
///
/// # Errors
/// Where it cannot be read.
pub fn checksum(input: &mut dyn Read) -> io::Result<Hash> {
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = input.read(&mut buffer)?;
        match buffer.get(..read) {
            Some(bytes) if !bytes.is_empty() => hash.update(bytes),
            _ => return Ok(Hash::from_bytes(hash.finalize().into())),
        }
    }
}

impl App {
    /// Begins a screening, or finds where the same one was interrupted.
    ///
    /// # Errors
    /// [`AppError::NoJustification`] without purpose and case; [`AppError::Invalid`] where there
    /// is no list, or the file or its columns are others than those of the unfinished run.
    pub async fn begin_screening(
        &self,
        caller: &Caller,
        start: ScreeningStart,
    ) -> Result<Begun, AppError> {
        self.authorise(caller, Action::Check, None)?;
        let why = caller
            .justification
            .as_ref()
            .ok_or(AppError::NoJustification)?;
        if self.store().lists().await?.is_empty() {
            let text = "no list has been imported, so that nobody could be found; import one first";
            return Err(Invalid::new("lists", "missing", text).into());
        }
        let command = command(caller, why, start.command);
        if let Some((stored, body)) = self.unfinished(caller, &command).await? {
            match start.unfinished {
                Unfinished::GoOn | Unfinished::GoOnOnly => {
                    same_input(&body, &start)?;
                    return self.place(&stored, true).await;
                }
                Unfinished::GiveUp => {
                    let at = to_the_microsecond(self.now());
                    self.end(caller, &stored, body, ScreeningState::GivenUp { at })
                        .await?;
                }
            }
        }
        if start.unfinished == Unfinished::GoOnOnly {
            let text = "the output file is there already, and is never written over; name another";
            return Err(Invalid::new("out", "exists", text).into());
        }
        let body = Screening {
            case: why.case.clone(),
            file: start.file.chars().take(FILE_NAME_MAX).collect(),
            checksum: start.checksum.to_string(),
            command,
            format: start.format,
            columns: start.columns,
            rows: start.rows,
            state: ScreeningState::Running,
        };
        let mut writing = self.writing(caller);
        let screening = writing.new_id();
        let keep = self.inner.settings.keep_checks_days;
        let beside = Beside::new(body.state.as_str(), Operation::Collection)
            .data(json!({ "rows": body.rows, "checksum": body.checksum }));
        let terms = Terms::own(Kind::Screening, why.purpose, keep);
        writing.create(screening, terms, &body, beside)?;
        self.store().commit(writing.batch).await?;
        Ok(Begun {
            screening,
            after_row: None,
            parts: 0,
            so_far: ScreeningCounts::default(),
            resumed: false,
        })
    }

    /// Says that a screening is done: all rows are checked, and what was found has left.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where there is none of the caller's; [`AppError::Conflict`] where it
    /// is not running.
    pub async fn finish_screening(&self, caller: &Caller, id: RecordId) -> Result<(), AppError> {
        let (stored, body) = self.own_running(caller, id).await?;
        let at = to_the_microsecond(self.now());
        self.end(caller, &stored, body, ScreeningState::Done { at })
            .await
    }

    /// A screening, how far it is, and a page of what it has found.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where there is none, or none that the caller may see.
    pub async fn view_screening(
        &self,
        caller: &Caller,
        id: RecordId,
        after: usize,
    ) -> Result<ScreeningView, AppError> {
        let (stored, screening) = self.load_screening(caller, id).await?;
        let place = self.place(&stored, false).await?;
        let (found, next) = self.found_page(id, after).await?;
        let matches: Vec<RecordId> = found.iter().filter_map(RowRead::matched).collect();
        let seen = EventAbout::seen(id, stored.envelope.version)
            .data(json!({ "matches": matches, "rows": place.so_far.rows }));
        self.log_consultation(caller, seen).await?;
        Ok(ScreeningView {
            envelope: stored.envelope,
            screening,
            so_far: place.so_far,
            found,
            next,
        })
    }

    /// The caller's own screenings, newest first.
    ///
    /// # Errors
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn own_screenings(
        &self,
        caller: &Caller,
        after: Option<Cursor>,
        limit: u32,
    ) -> Result<Page<ScreeningSummary>, AppError> {
        self.authorise(caller, Action::ViewCheck, Some(&caller.login))?;
        let filter = RecordFilter {
            kind: Kind::Screening,
            state: None,
            created_by: Some(caller.login.clone()),
            after,
            limit: limit.clamp(1, 100),
        };
        let stored = self.store().find(&filter).await?;
        let next = next_page(&stored, filter.limit);
        let mut items = Vec::with_capacity(stored.len());
        for record in &stored {
            if let Some(body) = read_body::<Screening>(record)? {
                items.push(ScreeningSummary {
                    screening: record.envelope.id,
                    at: record.envelope.recorded_at,
                    body,
                });
            }
        }
        let ids: Vec<RecordId> = items.iter().map(|item| item.screening).collect();
        let about = EventAbout::subject("own-screenings").data(json!({ "records": ids }));
        self.log_consultation(caller, about).await?;
        Ok(Page { items, next })
    }

    /// The unfinished run of the same command.
    async fn unfinished(
        &self,
        caller: &Caller,
        command: &str,
    ) -> Result<Option<(StoredRecord, Screening)>, AppError> {
        let mut filter = RecordFilter {
            kind: Kind::Screening,
            state: Some(ScreeningState::Running.as_str().to_owned()),
            created_by: Some(caller.login.clone()),
            after: None,
            limit: 100,
        };
        loop {
            let stored = self.store().find(&filter).await?;
            filter.after = next_page(&stored, filter.limit);
            for record in stored {
                if let Some(body) = read_body::<Screening>(&record)?
                    && body.command == command
                {
                    return Ok(Some((record, body)));
                }
            }
            if filter.after.is_none() {
                return Ok(None);
            }
        }
    }

    /// Where a screening goes on: behind its last durable part.
    async fn place(&self, stored: &StoredRecord, resumed: bool) -> Result<Begun, AppError> {
        let screening = stored.envelope.id;
        let parts = self.store().linked(screening, PART_OF).await?;
        let last = match parts.last() {
            Some(&last) => {
                let (_, last) = self.load::<ScreenedRows>(last, Kind::ScreenedRows).await?;
                Some(last)
            }
            None => None,
        };
        Ok(Begun {
            screening,
            after_row: last
                .as_ref()
                .and_then(|last| last.rows.last())
                .map(|row| row.row),
            parts: last.as_ref().map_or(0, |last| last.part),
            so_far: last.map(|last| last.so_far).unwrap_or_default(),
            resumed,
        })
    }

    async fn end(
        &self,
        caller: &Caller,
        stored: &StoredRecord,
        body: Screening,
        state: ScreeningState,
    ) -> Result<(), AppError> {
        let body = Screening { state, ..body };
        let mut writing = self.writing(caller);
        let beside = Beside::new(body.state.as_str(), Operation::Alteration);
        writing.change(stored, None, &body, beside)?;
        self.store().commit(writing.batch).await?;
        Ok(())
    }

    /// A running screening that the caller began.
    async fn own_running(
        &self,
        caller: &Caller,
        id: RecordId,
    ) -> Result<(StoredRecord, Screening), AppError> {
        let (stored, body) = self.load_screening(caller, id).await?;
        if stored.envelope.author != caller.login {
            return Err(AppError::NotFound("screening"));
        }
        if body.state != ScreeningState::Running {
            let text = format!("the screening is {} already", body.state.as_str());
            return Err(AppError::Conflict(text));
        }
        Ok((stored, body))
    }

    async fn load_screening(
        &self,
        caller: &Caller,
        id: RecordId,
    ) -> Result<(StoredRecord, Screening), AppError> {
        if caller.justification.is_none() {
            return Err(AppError::NoJustification);
        }
        let (stored, body) = self.load::<Screening>(id, Kind::Screening).await?;
        // Whoever began it wrote every version of it.
        self.authorise(caller, Action::ViewCheck, Some(&stored.envelope.author))
            .map_err(|_| AppError::NotFound("screening"))?;
        Ok((stored, body))
    }
}

/// A command of one person for one reason.
fn command(caller: &Caller, why: &Justification, command: Hash) -> String {
    let parts = json!([caller.login, why.purpose, why.case, command]);
    Hash::of(parts.to_string().as_bytes()).to_string()
}

fn same_input(body: &Screening, start: &ScreeningStart) -> Result<(), Invalid> {
    if body.checksum != start.checksum.to_string() {
        let text = "the file has changed since the run was interrupted; put the file back as it \
                    was, or begin anew with `--restart`";
        return Err(Invalid::new("file", "changed", text));
    }
    if body.columns != start.columns || body.format != start.format {
        let text = "the columns are read in another way than before the run was interrupted; \
                    state the same columns, or begin anew with `--restart`";
        return Err(Invalid::new("columns", "changed", text));
    }
    Ok(())
}
