//! A register of weapons that exists elsewhere comes in as a file, all of it or nothing.
//!
//! The file is read twice: first every row is checked, then what was checked is written. Up to
//! [`PART_ROWS`] rows are one transaction; a larger file is written in parts of so many, each
//! under a name of its own, so that the same file, given once more after a crash, goes on where it
//! ended and registers nothing twice. Memory holds the file, and one part of its weapons.

mod check;
mod mapping;

use std::collections::{BTreeMap, HashMap, HashSet};

use egnatia_alerts::Reason;
use egnatia_audit::{Hash, Operation};
use egnatia_firearms::{Event, Firearm, Recording};
use egnatia_formats::rows::RowsError;
use egnatia_formats::rows::firearms::{FirearmRow, FirearmTable};
use egnatia_record::{Purpose, RecordId};
use serde::Serialize;
use serde_json::json;

use super::{Keeping, purpose_of};
use crate::port::{CommitError, Conflict};
use crate::writing::{Beside, EventAbout, Writing};
use crate::{Action, App, AppError, Caller, Invalid};
use check::Checked;

/// The most rows of a transaction.
const PART_ROWS: u64 = 10_000;
/// So many names are asked for at a time.
const CLAIMS: usize = 500;
/// So many errors and like rows are kept; the others are counted.
const TOLD_MAX: usize = 1_000;
/// Others get their turn after so many rows.
const STRIDE: u64 = 64;

/// What an import is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImportStep {
    /// Rows are checked.
    Checking,
    /// Weapons are written.
    Writing,
}

/// How an import is made.
pub struct FirearmImporting<'a> {
    /// SHA-256 of the file.
    pub checksum: Hash,
    /// An officer looked at all rows that agree with something: why they are other weapons.
    pub like_are_different: Option<Reason>,
    /// What an officer decided on single rows that agree with something, by row.
    pub decisions: BTreeMap<u64, RowDecision>,
    /// Check and count, and write no weapon.
    pub dry_run: bool,
    /// Told how many rows are checked or written.
    pub progress: &'a (dyn Fn(ImportStep, u64) + Send + Sync),
}

impl FirearmImporting<'_> {
    /// Rows that are left out.
    fn left_out(&self) -> impl Iterator<Item = u64> {
        let decisions = self.decisions.iter();
        let out = decisions.filter(|(_, decision)| **decision == RowDecision::LeaveOut);
        out.map(|(row, _)| *row)
    }

    fn leaves_out(&self, row: u64) -> bool {
        self.decisions.get(&row) == Some(&RowDecision::LeaveOut)
    }

    /// The row with what an officer said of it.
    fn decided(&self, mut row: FirearmRow) -> FirearmRow {
        if self.like_are_different.is_some() {
            row.different = true;
        }
        if let Some(RowDecision::Different { distinguished_by }) = self.decisions.get(&row.row) {
            row.different = true;
            if distinguished_by.is_some() {
                row.particulars
                    .distinguished_by
                    .clone_from(distinguished_by);
            }
        }
        row
    }
}

/// What an officer decided on a row that agrees with something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowDecision {
    /// It is another weapon.
    Different {
        /// What tells it from the others, where make, model, calibre and number do not.
        distinguished_by: Option<String>,
    },
    /// It is the same weapon: the row is left out.
    LeaveOut,
}

/// What is known of a row that agrees with something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LikeState {
    /// Nobody has decided.
    Open,
    /// Somebody said that it is another weapon.
    Different,
    /// Somebody left it out.
    LeftOut,
}

/// What an import is about to do, or did, or why it did nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct FirearmImportReport {
    /// Rows of the file.
    pub rows: u64,
    /// Weapons that were registered, or would be. None where there is an error.
    pub registered: u64,
    /// Rows that an earlier import of the same file has registered.
    pub already: u64,
    /// Rows that somebody left out.
    pub left_out: u64,
    /// Rows that agree with a weapon, an alert or another row, in their order; at most 1,000.
    pub like: Vec<LikeFirearmRow>,
    /// How many such rows there are in all.
    pub like_count: u64,
    /// What is wrong, by row; at most 1,000.
    pub errors: Vec<FirearmImportError>,
    /// How many errors there are in all.
    pub error_count: u64,
    /// Whether nothing was written because nobody asked to.
    pub dry_run: bool,
}

/// A row that agrees with something else, and what that is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LikeFirearmRow {
    /// The row.
    pub row: u64,
    /// Its weapon, as it would be shown.
    pub name: String,
    /// Weapons of the register, and alerts, own and of partners.
    pub known: Vec<SameFirearm>,
    /// The earlier row of the file with the same number and make.
    pub earlier: Option<EarlierRow>,
    /// Its calibre, as it is written.
    pub calibre: String,
    /// What somebody decided.
    pub state: LikeState,
}

/// A weapon or an alert that agrees with a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SameFirearm {
    /// The record.
    pub record: RecordId,
    /// Where it stands: the register, alerts of this node, alerts of a partner.
    pub list: String,
    /// The name under which it is shown.
    pub name: String,
    /// How far it agrees, in percent.
    pub percent: u8,
}

/// A row of the file that came before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EarlierRow {
    /// The row.
    pub row: u64,
    /// Its weapon, as it would be shown.
    pub name: String,
}

/// One thing that is wrong with a row. It never holds the text of a cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FirearmImportError {
    /// The row as a spreadsheet counts it, from 1 with the heading.
    pub row: u64,
    /// Which field, as `--columns` names it; absent where the row as a whole is meant.
    pub field: Option<String>,
    /// In which column, from 1, where it stands in one.
    pub column: Option<usize>,
    /// The name of what is wrong: it does not change, and words of other languages stand under it.
    pub code: &'static str,
    /// What is wrong and what to do.
    pub problem: String,
}

/// What is wrong with the weapon of a row: its field, a name, and words.
struct WrongRow {
    field: String,
    code: &'static str,
    problem: String,
}

/// Parts of a file that are registered already, by their number from 0.
type Parts = HashSet<u64>;

impl App {
    /// Registers the weapons of a file, all or none. The same file once more registers nothing
    /// twice. What is wrong with the rows stands in the report; then nothing is written. That the
    /// rows were compared is in the log also where none is registered.
    ///
    /// # Errors
    /// [`AppError::NoJustification`], [`AppError::Forbidden`]; [`AppError::Invalid`] where the file
    /// cannot be read on; [`AppError::Conflict`] where the register has changed since the rows were
    /// checked; [`AppError::Store`] where nothing can be written: of a file with more than 10,000
    /// rows, earlier parts may be in.
    pub async fn import_firearms(
        &self,
        caller: &Caller,
        table: &FirearmTable,
        importing: &FirearmImporting<'_>,
    ) -> Result<FirearmImportReport, AppError> {
        self.authorise(caller, Action::KeepFirearms, None)?;
        let purpose = purpose_of(caller)?;
        let held = self.registered_before(table, importing.checksum).await?;
        let checked = self.check_firearms(caller, table, importing, &held).await?;
        let Checked {
            mut report, looked, ..
        } = checked;
        if report.error_count > 0 {
            report.registered = 0;
        }
        if report.error_count > 0 || importing.dry_run || report.registered == 0 {
            let known = looked.values().flatten();
            let ids: HashSet<&RecordId> = known.take(TOLD_MAX).collect();
            let about = EventAbout::subject(subject(importing.checksum)).data(json!({
                "rows": report.rows, "dry_run": importing.dry_run, "errors": report.error_count,
                "records": ids,
            }));
            self.log_consultation(caller, about).await?;
            return Ok(report);
        }
        let parts = PartsWriting {
            caller,
            purpose,
            importing,
            looked: &looked,
        };
        self.write_parts(table, &held, &parts).await?;
        self.after_change().await?;
        Ok(report)
    }

    /// Which parts of the same file an earlier import has registered.
    async fn registered_before(
        &self,
        table: &FirearmTable,
        checksum: Hash,
    ) -> Result<Parts, AppError> {
        let count = table.row_count.div_ceil(PART_ROWS);
        let mut held = Parts::new();
        let numbers: Vec<u64> = (0..count).collect();
        for some in numbers.chunks(CLAIMS) {
            let names: Vec<String> = some.iter().map(|part| claim(checksum, *part)).collect();
            let holders = self.store().claims(&names).await?;
            let holders: HashSet<String> = holders.into_iter().map(|(name, _)| name).collect();
            let parts = some.iter().zip(&names);
            let parts = parts.filter(|(_, name)| holders.contains(*name));
            held.extend(parts.map(|(part, _)| *part));
        }
        Ok(held)
    }

    async fn write_parts(
        &self,
        table: &FirearmTable,
        held: &Parts,
        parts: &PartsWriting<'_>,
    ) -> Result<(), AppError> {
        let mut rows = table.rows().map_err(|error| unreadable(&error))?;
        let mut done = 0_u64;
        for part in 0..table.row_count.div_ceil(PART_ROWS) {
            let mut writing = self.writing(parts.caller);
            let is_held = held.contains(&part);
            let (mut written, mut is_first) = (0_u64, true);
            while written < PART_ROWS
                && let Some(row) = rows.next_row().map_err(|error| unreadable(&error))?
            {
                // Every row was read before, and had no error.
                let row =
                    row.map_err(|_| AppError::Internal("a row reads otherwise".to_owned()))?;
                if !is_held && !parts.importing.leaves_out(row.row) {
                    let claims = match std::mem::take(&mut is_first) {
                        true => vec![claim(parts.importing.checksum, part)],
                        false => Vec::new(),
                    };
                    self.put_row(&mut writing, row, claims, parts)?;
                }
                written = written.saturating_add(1);
                if written.is_multiple_of(STRIDE) {
                    tokio::task::yield_now().await;
                }
            }
            if !is_held && !is_first {
                self.commit_part(writing, part, parts.importing).await?;
            }
            done = done.saturating_add(written);
            (parts.importing.progress)(ImportStep::Writing, done);
        }
        Ok(())
    }

    fn put_row(
        &self,
        writing: &mut Writing<'_>,
        row: FirearmRow,
        claims: Vec<String>,
        parts: &PartsWriting<'_>,
    ) -> Result<(), AppError> {
        let number = row.row;
        let row = parts.importing.decided(row);
        let firearm = self
            .weapon_of(parts.caller, row)
            .map_err(|wrong| AppError::Internal(wrong.problem))?;
        let mut beside = Beside::new("", Operation::Collection).claims(claims);
        if let Some(known) = parts.looked.get(&number) {
            let why = parts.importing.like_are_different.as_ref();
            let why = why.map(Reason::as_str);
            beside = beside.data(json!({ "like": known, "like_are_different": why }));
        }
        let keeping = Keeping {
            stored: None,
            id: writing.new_id_in_group(),
            firearm: &firearm,
            purpose: parts.purpose,
        };
        self.put_firearm(writing, &keeping, beside)
    }

    async fn commit_part(
        &self,
        mut writing: Writing<'_>,
        part: u64,
        importing: &FirearmImporting<'_>,
    ) -> Result<(), AppError> {
        let out: Vec<u64> = importing.left_out().take(TOLD_MAX).collect();
        let about = EventAbout::subject(subject(importing.checksum)).data(json!({
            "part": part, "records": writing.batch.changes.len(), "left_out": out,
        }));
        writing.log(Operation::Collection, about);
        let (code, text) = match self.store().commit(writing.batch).await {
            Ok(_) => return Ok(()),
            Err(CommitError::Conflict(Conflict::Claim(_))) => (
                "same-file",
                "another process imports the same file; wait until it has ended, and give the file \
                 again",
            ),
            Err(CommitError::Conflict(Conflict::Custody(_))) => (
                "registered-since",
                "somebody has registered one of the weapons since the rows were checked; give the \
                 file again, and look at what it says",
            ),
            Err(error) => return Err(error.into()),
        };
        Err(AppError::clash(code, text))
    }

    /// The weapon of a row, with how it came into the register.
    fn weapon_of(&self, caller: &Caller, row: FirearmRow) -> Result<Firearm, WrongRow> {
        let of = |error: &egnatia_firearms::LifeRefused| WrongRow {
            field: field_of(error.field()),
            code: error.name(),
            problem: error.to_string(),
        };
        let mut firearm =
            Firearm::new(row.particulars, row.reference.clone()).map_err(|error| of(&error))?;
        let Some(holder) = row.holder else {
            return Ok(firearm);
        };
        let number = row
            .reference
            .or_else(|| row.licence.clone())
            .ok_or_else(|| {
                let text = "state the number of its registration, or that of the licence: a weapon \
                        that somebody has stands under one of them";
                WrongRow {
                    field: "reference".to_owned(),
                    code: "no-reference",
                    problem: text.to_owned(),
                }
            })?;
        let on = row.held_since.unwrap_or_else(|| self.today());
        let mut events = vec![Event::Reregistration {
            number,
            holder: Some(holder.clone()),
        }];
        events.extend(row.licence.map(|number| Event::Licence {
            holder,
            number,
            until: row.licensed_until,
        }));
        for event in events {
            let recording = Recording {
                event,
                on,
                by: caller.login.clone(),
                at: self.inner.clock.now(),
            };
            firearm = firearm.record(recording).map_err(|error| of(&error))?;
        }
        Ok(firearm)
    }
}

/// What holds for all parts that are written.
struct PartsWriting<'a> {
    caller: &'a Caller,
    purpose: Purpose,
    importing: &'a FirearmImporting<'a>,
    /// What rows agree with, and is another weapon.
    looked: &'a HashMap<u64, Vec<RecordId>>,
}

/// A field of the weapon as the columns name it.
fn field_of(field: &str) -> String {
    match field {
        "marks" => "serial".to_owned(),
        "on" => "held-since".to_owned(),
        "number" => "licence".to_owned(),
        field => field.replace('_', "-"),
    }
}

fn unreadable(error: &RowsError) -> AppError {
    Invalid::new("file", "unreadable", error.to_string()).into()
}

/// The name under which the log knows an import.
fn subject(checksum: Hash) -> String {
    format!("firearm-import:{checksum}")
}

/// The name that the first weapon of a part holds, so that no other part is written for it.
fn claim(checksum: Hash, part: u64) -> String {
    format!("firearm-import:{checksum}:{PART_ROWS}:{part}")
}
