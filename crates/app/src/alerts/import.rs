//! Alerts that exist elsewhere come in as a file, all of it or nothing.
//!
//! Every row is checked before anything is written. Up to [`PART_ROWS`] rows are one transaction; a
//! larger file is written in parts of so many, each row under a name of its own, so that the same
//! file, given once more after a crash, goes on where it ended and enters nothing twice.

mod check;

use std::collections::{BTreeMap, HashSet};

use egnatia_alerts::{Alert, Reason};
use egnatia_audit::{Hash, Operation};
use egnatia_formats::rows::alerts::{ALERT_ERRORS_MAX, AlertRow, AlertTable};
use egnatia_record::{
    AuthorityId, Category, Evaluation, Handling, Kind, LegalBasis, Nature, PartnerCode, Purpose,
    RecordId, SubjectCategory,
};
use serde::Serialize;
use serde_json::json;

use super::{Entering, LikeAlert, purpose_of};
use crate::exchange::Recipient;
use crate::port::{CommitError, Conflict};
use crate::writing::{EventAbout, Keep, Terms, Writing};
use crate::{Action, App, AppError, Caller};
use check::Checked;

/// The most rows of a transaction.
const PART_ROWS: usize = 2_000;
/// So many names are asked for at a time.
const CLAIMS: usize = 500;

/// What holds for all alerts of a file, or where a row says nothing else.
#[derive(Debug, Clone)]
pub struct AlertTerms {
    /// Codes, releasability and origin.
    pub handling: Handling,
    /// On what ground they are held.
    pub legal_basis: LegalBasis,
    /// Reliability of the source, accuracy of the information.
    pub evaluation: Evaluation,
    /// Whom those on persons are about.
    pub subject: SubjectCategory,
    /// Fact or assessment.
    pub nature: Nature,
    /// The category, where a row states none.
    pub category: Option<Category>,
    /// Why, where a row does not say.
    pub reason: Option<Reason>,
    /// The decision, where a row states none.
    pub decision: Option<String>,
    /// Why the case is adequate, where a row does not say.
    pub proportionality: Option<Reason>,
    /// An officer looked at all like alerts: why they are about somebody else.
    pub like_are_different: Option<Reason>,
}

/// How an import is made.
pub struct AlertImporting<'a> {
    /// What holds for all alerts.
    pub terms: AlertTerms,
    /// SHA-256 of the file.
    pub checksum: Hash,
    /// Check and count, and write no alert.
    pub dry_run: bool,
    /// Told how many rows of how many are checked.
    pub progress: &'a (dyn Fn(u64, u64) + Send + Sync),
}

/// What an import is about to do, or did, or why it did nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AlertImportReport {
    /// Rows of the file.
    pub rows: u64,
    /// Alerts that were entered, or would be. None where there is an error.
    pub entered: u64,
    /// Rows that an earlier import of the same file has entered.
    pub already: u64,
    /// To whom they go, and to whom not, and why.
    pub recipients: Vec<RecipientCount>,
    /// Rows that describe the same as an alert or as another row, in their order; at most
    /// [`ALERT_ERRORS_MAX`].
    pub like: Vec<LikeRow>,
    /// How many such rows there are in all.
    pub like_count: u64,
    /// What is wrong, by row; at most [`ALERT_ERRORS_MAX`].
    pub errors: Vec<AlertImportError>,
    /// How many errors there are in all.
    pub error_count: u64,
    /// Whether nothing was written because nobody asked to.
    pub dry_run: bool,
}

/// How many alerts of a file go to a partner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RecipientCount {
    /// Whose node.
    pub authority: AuthorityId,
    /// Of which country, or the agencies of the Union.
    pub partner: PartnerCode,
    /// So many go there.
    pub goes: u64,
    /// So many do not, by reason.
    pub withheld: BTreeMap<&'static str, u64>,
}

/// A row that describes the same as something else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LikeRow {
    /// The row.
    pub row: u64,
    /// Alerts that this node holds.
    pub alerts: Vec<RecordId>,
    /// Earlier rows of the file.
    pub rows: Vec<u64>,
    /// Whether somebody said that it is about somebody else.
    pub different: bool,
}

/// One thing that is wrong with a row. It never holds the text of a cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AlertImportError {
    /// The row as a spreadsheet counts it, from 1 with the heading.
    pub row: u64,
    /// Which field, as `--columns` names it; absent where the row as a whole is meant.
    pub field: Option<String>,
    /// In which column, from 1, where it stands in one.
    pub column: Option<usize>,
    /// What is wrong and what to do.
    pub problem: String,
}

/// A row that may be entered.
struct Ready {
    row: u64,
    alert: Alert,
    like: Vec<LikeAlert>,
}

impl App {
    /// Enters the alerts of a file, all or none. The same file once more enters nothing twice. What
    /// is wrong with the rows stands in the report; then nothing is written. That alerts were
    /// compared is in the log also where none is entered.
    ///
    /// # Errors
    /// [`AppError::NoJustification`], [`AppError::Forbidden`]; [`AppError::Conflict`] where another
    /// process imports the same file; [`AppError::Store`] where nothing can be written: of a file
    /// with more than 2,000 rows, earlier parts may be in.
    pub async fn import_alerts(
        &self,
        caller: &Caller,
        table: AlertTable,
        importing: AlertImporting<'_>,
    ) -> Result<AlertImportReport, AppError> {
        self.authorise(caller, Action::EnterAlert, None)?;
        let purpose = purpose_of(caller)?;
        let rows = table.row_count;
        let held = self.entered_before(&table.rows, importing.checksum).await?;
        let checked = self.check_rows(table, &importing, &held).await?;
        let Checked {
            ready,
            like,
            like_count,
            errors,
            error_count,
        } = checked;
        let mut report = AlertImportReport {
            rows,
            entered: 0,
            already: count(held.len()),
            recipients: Vec::new(),
            like,
            like_count,
            errors,
            error_count,
            dry_run: importing.dry_run,
        };
        if report.error_count > 0 || importing.dry_run || ready.is_empty() {
            if report.error_count == 0 {
                let (_, counts) = self.part(caller, purpose, &importing, &ready)?;
                report.entered = count(ready.len());
                report.recipients = counts.into_values().collect();
            }
            let ids: Vec<RecordId> = report
                .like
                .iter()
                .flat_map(|row| row.alerts.iter().copied())
                .collect();
            let about = EventAbout::subject(subject(importing.checksum)).data(json!({
                "rows": rows, "dry_run": importing.dry_run, "errors": error_count,
                "records": ids,
            }));
            self.log_consultation(caller, about).await?;
            return Ok(report);
        }
        let mut counts = BTreeMap::new();
        for part in ready.chunks(PART_ROWS) {
            let (writing, more) = self.part(caller, purpose, &importing, part)?;
            match self.store().commit(writing.batch).await {
                Ok(_) => {}
                Err(CommitError::Conflict(Conflict::Claim(_))) => {
                    let text = "another process imports the same file; wait until it has ended, \
                                and give the file again";
                    return Err(AppError::Conflict(text.to_owned()));
                }
                Err(error) => return Err(error.into()),
            }
            self.after_change().await?;
            report.entered = report.entered.saturating_add(count(part.len()));
            add(&mut counts, more);
        }
        report.recipients = counts.into_values().collect();
        Ok(report)
    }

    /// Which rows an earlier import of the same file has entered.
    async fn entered_before(
        &self,
        rows: &[AlertRow],
        checksum: Hash,
    ) -> Result<HashSet<u64>, AppError> {
        let mut held = HashSet::new();
        for some in rows.chunks(CLAIMS) {
            let names: Vec<String> = some.iter().map(|row| claim(checksum, row.row)).collect();
            let holders = self.store().claims(&names).await?;
            let holders: HashSet<String> = holders.into_iter().map(|(name, _)| name).collect();
            let rows = some.iter().zip(&names);
            held.extend(
                rows.filter(|(_, name)| holders.contains(*name))
                    .map(|(row, _)| row.row),
            );
        }
        Ok(held)
    }

    /// The transaction of some rows, and to whom they go.
    fn part<'a>(
        &'a self,
        caller: &'a Caller,
        purpose: Purpose,
        importing: &AlertImporting<'_>,
        rows: &[Ready],
    ) -> Result<(Writing<'a>, Counts), AppError> {
        let mut writing = self.writing(caller);
        let mut counts = Counts::new();
        let span = [rows.first(), rows.last()].map(|row| row.map_or(0, |row| row.row));
        let like = rows.iter().flat_map(|row| &row.like);
        let like: Vec<RecordId> = like.map(|like| like.alert).collect();
        let different = importing.terms.like_are_different.as_ref();
        let about = EventAbout::subject(subject(importing.checksum)).data(json!({
            "rows": rows.len(), "first_row": span[0], "last_row": span[1], "records": like,
            "like_are_different": different.map(Reason::as_str),
        }));
        writing.log(Operation::Collection, about);
        for row in rows {
            let entering = Entering {
                alert: &row.alert,
                terms: terms(&importing.terms, purpose, &row.alert),
                claims: vec![claim(importing.checksum, row.row)],
                like: &row.like,
            };
            let entered = self.put_alert(&mut writing, entering)?;
            for recipient in entered.recipients {
                counted(&mut counts, recipient);
            }
        }
        Ok((writing, counts))
    }
}

/// Recipients by their authority.
type Counts = BTreeMap<AuthorityId, RecipientCount>;

fn counted(counts: &mut Counts, recipient: Recipient) {
    let held = counts
        .entry(recipient.authority)
        .or_insert_with_key(|authority| RecipientCount {
            authority: authority.clone(),
            partner: recipient.partner,
            goes: 0,
            withheld: BTreeMap::new(),
        });
    let number = match recipient.outcome {
        Ok(_) => &mut held.goes,
        Err(why) => held.withheld.entry(why.as_str()).or_default(),
    };
    *number = number.saturating_add(1);
}

fn add(counts: &mut Counts, more: Counts) {
    for (authority, more) in more {
        match counts.get_mut(&authority) {
            None => {
                counts.insert(authority, more);
            }
            Some(held) => {
                held.goes = held.goes.saturating_add(more.goes);
                for (why, number) in more.withheld {
                    let held = held.withheld.entry(why).or_default();
                    *held = held.saturating_add(number);
                }
            }
        }
    }
}

/// The name under which the log knows an import.
fn subject(checksum: Hash) -> String {
    format!("alert-import:{checksum}")
}

/// The name that the alert of a row holds, so that no other one is entered for it.
fn claim(checksum: Hash, row: u64) -> String {
    format!("alert-import:{checksum}:{row}")
}

fn terms(all: &AlertTerms, purpose: Purpose, alert: &Alert) -> Terms {
    Terms {
        kind: Kind::Alert,
        purpose,
        legal_basis: all.legal_basis,
        handling: all.handling.clone(),
        evaluation: all.evaluation,
        subject: if alert.is_on_person() {
            all.subject
        } else {
            SubjectCategory::NoPerson
        },
        nature: all.nature,
        keep: Keep::EraseOn(alert.review_on),
    }
}

fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
