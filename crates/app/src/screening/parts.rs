//! Answered rows become transactions: which rows were asked, and the checks of those that agree.

use std::collections::HashMap;

use egnatia_alerts::{
    ConsultedList, Decision, RowOutcome, ScreenedRow, ScreenedRows, ScreeningCounts, Settled,
};
use egnatia_audit::Operation;
use egnatia_formats::hits::HitLine;
use egnatia_formats::rows::Row;
use egnatia_record::{Justification, Kind, RecordId};
use serde_json::json;
use tokio::task::JoinHandle;

use super::found::{band, in_words, is_stated, not_checked};
use super::run::{Answered, NotAnswered, Running};
use super::{Begun, FOUND_IN, PART_OF, ScreenError};
use crate::checks::Asked;
use crate::index::{Found, Search};
use crate::port::{CommitError, Committed, Conflict};
use crate::question::{asked, entry_ref, fingerprint, settled_claim};
use crate::writing::{Beside, Terms, Writing};
use crate::{App, AppError, Caller, read_body};

/// A part ends behind the row with which it has so many records, however few its rows are.
const RECORDS_MAX: usize = 2_000;
/// While a transaction is on its way to the disk, parts are put together for the next one, up to so
/// many records.
const TRANSACTION_RECORDS_MAX: usize = 16_000;

/// Writes the parts of a run, one after another.
///
/// A disk that is slow makes transactions of many parts: it is waited for as often, and each time
/// more becomes durable. A part is never in two.
pub(super) struct Parts<'a> {
    app: &'a App,
    caller: &'a Caller,
    why: Justification,
    screening: RecordId,
    /// The last part that was closed, durable or not, and what all rows up to it came to.
    part: u64,
    counted: ScreeningCounts,
    /// What is durable.
    so_far: ScreeningCounts,
    /// Parts that are closed, and wait for the transaction before them.
    writing: Option<Writing<'a>>,
    /// What they have found, where somebody wants to have it.
    lines: Vec<HitLine>,
    on_its_way: Option<OnItsWay>,
}

/// A transaction that the store is writing.
struct OnItsWay {
    commit: JoinHandle<Result<Committed, CommitError>>,
    /// What all rows up to its last one came to.
    counts: ScreeningCounts,
    lines: Vec<HitLine>,
}

/// A part that is being put together.
struct Open {
    /// Records of the transaction that are of earlier parts.
    before: usize,
    lists: Vec<ConsultedList>,
    rows: Vec<ScreenedRow>,
    counts: ScreeningCounts,
}

/// What is known of rejections of candidates, by the name of the pair.
type Rejections = HashMap<String, (RecordId, Decision)>;

impl<'a> Parts<'a> {
    pub(super) fn new(app: &'a App, caller: &'a Caller, begun: &Begun) -> Result<Self, AppError> {
        Ok(Self {
            app,
            caller,
            why: caller
                .justification
                .clone()
                .ok_or(AppError::NoJustification)?,
            screening: begun.screening,
            part: begun.parts,
            counted: begun.so_far,
            so_far: begun.so_far,
            writing: None,
            lines: Vec::new(),
            on_its_way: None,
        })
    }

    pub(super) fn so_far(&self) -> ScreeningCounts {
        self.so_far
    }

    /// Takes a chunk as one or more parts. They are durable once [`Self::finish`] has returned, or
    /// earlier.
    pub(super) async fn write(
        &mut self,
        chunk: Vec<Answered>,
        running: Running<'_>,
    ) -> Result<(), ScreenError> {
        let rejections = self.app.rejections(&chunk).await?;
        let mut open: Option<Open> = None;
        for answered in chunk {
            let full = open
                .as_ref()
                .is_some_and(|open| self.is_full_for(open, &answered));
            if full && let Some(part) = open.take() {
                self.close(part)?;
                self.pass_on(running).await?;
            }
            let part = match &mut open {
                Some(part) => part,
                empty => empty.insert(Open {
                    before: self.records(),
                    lists: lists_of(&answered),
                    rows: Vec::new(),
                    counts: self.counted,
                }),
            };
            self.add(part, answered, &rejections, running.found.is_some())?;
        }
        if let Some(part) = open {
            self.close(part)?;
        }
        self.pass_on(running).await
    }

    /// Returns once everything is durable.
    pub(super) async fn finish(&mut self, running: Running<'_>) -> Result<(), ScreenError> {
        self.arrived(running).await?;
        self.send();
        self.arrived(running).await
    }

    /// Hands what is closed to the store, unless that has something to write and there is room.
    async fn pass_on(&mut self, running: Running<'_>) -> Result<(), ScreenError> {
        let busy = self
            .on_its_way
            .as_ref()
            .is_some_and(|sent| !sent.commit.is_finished());
        if busy && self.records() < TRANSACTION_RECORDS_MAX {
            return Ok(());
        }
        self.arrived(running).await?;
        self.send();
        Ok(())
    }

    fn send(&mut self) {
        let Some(writing) = self.writing.take() else {
            return;
        };
        let app = self.app.clone();
        self.on_its_way = Some(OnItsWay {
            commit: tokio::spawn(async move { app.store().commit(writing.batch).await }),
            counts: self.counted,
            lines: std::mem::take(&mut self.lines),
        });
    }

    /// Waits until what was handed to the store is durable.
    async fn arrived(&mut self, running: Running<'_>) -> Result<(), ScreenError> {
        let Some(sent) = self.on_its_way.take() else {
            return Ok(());
        };
        let ended = |_| AppError::Internal("a transaction of the run broke off".to_owned());
        match sent.commit.await.map_err(ended)? {
            Ok(_) => {
                self.so_far = sent.counts;
                (running.progress)(&self.so_far);
                match running.found {
                    Some(found) if !sent.lines.is_empty() => Ok(found(&sent.lines)?),
                    _ => Ok(()),
                }
            }
            Err(CommitError::Conflict(Conflict::Claim(name)))
                if name.starts_with(&claim_of_run(self.screening)) =>
            {
                let text = "another process runs this screening; wait until it has ended";
                Err(AppError::Conflict(text.to_owned()).into())
            }
            Err(error) => Err(AppError::from(error).into()),
        }
    }

    /// How many records wait to be handed to the store.
    fn records(&self) -> usize {
        self.writing
            .as_ref()
            .map_or(0, |writing| writing.batch.changes.len())
    }

    /// Whether the next row begins a new part: this one is large, or a list has changed.
    fn is_full_for(&self, open: &Open, next: &Answered) -> bool {
        let other = match &next.answer {
            Ok(search) => search.lists != open.lists,
            Err(_) => false,
        };
        other || self.records().saturating_sub(open.before) >= RECORDS_MAX
    }

    fn add(
        &mut self,
        part: &mut Open,
        Answered { row, answer }: Answered,
        rejections: &Rejections,
        keep_lines: bool,
    ) -> Result<(), AppError> {
        let counts = &mut part.counts;
        counts.rows = counts.rows.saturating_add(1);
        let outcome = match answer {
            Err(NotAnswered::Failed(error)) => return Err(error),
            Err(NotAnswered::Unusable(invalid)) => {
                counts.not_checked = counts.not_checked.saturating_add(1);
                let why = invalid.to_string();
                if keep_lines {
                    self.lines
                        .push(not_checked(row.number, asked(&row.query), &why));
                }
                RowOutcome::NotChecked(why)
            }
            Ok(Search { found, .. }) if found.is_empty() => RowOutcome::Nobody,
            Ok(Search { found, lists }) => {
                let (open, settled) = part_settled(&row, found, &lists, rejections);
                let count = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
                counts.matches = counts.matches.saturating_add(count(open.len()));
                counts.settled = counts.settled.saturating_add(count(settled.len()));
                let matched = u64::from(!open.is_empty());
                counts.matched_rows = counts.matched_rows.saturating_add(matched);
                let lines = keep_lines.then(|| lines_of(&row, &open));
                let asked = Asked {
                    query: row.query.clone(),
                    zone: None,
                    lists,
                    open,
                    settled,
                };
                let app = self.app;
                let writing = self.writing.get_or_insert_with(|| app.writing(self.caller));
                let (check, ..) = app.put_check(writing, &self.why, asked, Vec::new())?;
                for mut line in lines.unwrap_or_default() {
                    line.check = check.to_string();
                    self.lines.push(line);
                }
                RowOutcome::Checked(check)
            }
        };
        if part.rows.is_empty() && part.lists.is_empty() {
            part.lists = self.app.inner.index.lists()?;
        }
        part.rows.push(ScreenedRow {
            row: row.number,
            query: row.query,
            outcome,
        });
        Ok(())
    }

    /// Puts the record of a part into the transaction.
    fn close(&mut self, open: Open) -> Result<(), AppError> {
        let Open {
            lists,
            rows,
            counts,
            ..
        } = open;
        let app = self.app;
        let writing = self.writing.get_or_insert_with(|| app.writing(self.caller));
        let part = self.part.saturating_add(1);
        let id = writing.new_local_id();
        let span = [rows.first(), rows.last()].map(|row| row.map_or(0, |row| row.row));
        let shows = rows.iter().any(|row| row.outcome != RowOutcome::Nobody);
        let matches = counts.matches.saturating_sub(self.counted.matches);
        let data = json!({
            "screening": self.screening, "part": part, "rows": rows.len(),
            "first_row": span[0], "last_row": span[1], "matches": matches,
        });
        let body = ScreenedRows {
            screening: self.screening,
            case: self.why.case.clone(),
            part,
            lists,
            rows,
            so_far: counts,
        };
        let links = std::iter::once((PART_OF, self.screening));
        let links = links.chain(shows.then_some((FOUND_IN, self.screening)));
        // Two processes that run the same screening would ask each row twice.
        let claim = format!("{}{part}", claim_of_run(self.screening));
        let beside = Beside::new("answered", Operation::Consultation)
            .links(links)
            .claims(vec![claim])
            .data(data);
        let keep = app.inner.settings.keep_checks_days;
        let terms = Terms::own(Kind::ScreenedRows, self.why.purpose, keep);
        writing.create(id, terms, &body, beside)?;
        self.part = part;
        self.counted = counts;
        Ok(())
    }
}

/// What the claims of all parts of a run begin with.
fn claim_of_run(screening: RecordId) -> String {
    format!("screening:{screening}:")
}

/// The lines of what was found for a row, but for the check that it becomes.
fn lines_of(row: &Row, found: &[Found]) -> Vec<HitLine> {
    let line = |found: &Found| {
        let Found { assessment, .. } = found;
        let first = assessment
            .evidence
            .iter()
            .find(|one| is_stated(one.verdict));
        let evidence =
            first.map(|one| in_words(one.feature, one.verdict, [&one.query, &one.entry]));
        HitLine {
            row: row.number,
            input_name: asked(&row.query),
            record: found.record.to_string(),
            list: found.list.clone(),
            name: found.name.clone(),
            probability: Some(assessment.probability),
            band: band(assessment.band).to_owned(),
            check: String::new(),
            evidence: evidence.unwrap_or_default(),
        }
    };
    found.iter().map(line).collect()
}

fn lists_of(answered: &Answered) -> Vec<ConsultedList> {
    match &answered.answer {
        Ok(search) => search.lists.clone(),
        Err(_) => Vec::new(),
    }
}

/// Parts the candidates of a row that an officer rejected before from those that wait.
fn part_settled(
    row: &Row,
    found: Vec<Found>,
    lists: &[ConsultedList],
    rejections: &Rejections,
) -> (Vec<Found>, Vec<Settled>) {
    if rejections.is_empty() {
        return (found, Vec::new());
    }
    let fingerprint = fingerprint(&row.query);
    let (mut open, mut settled) = (Vec::new(), Vec::new());
    for found in found {
        let name = settled_claim(fingerprint, found.record, found.version.number());
        match rejections.get(&name) {
            Some((decision_id, decision)) => settled.push(Settled {
                entry: entry_ref(&found, lists),
                decision: *decision_id,
                by: decision.by.clone(),
                at: decision.at,
                reason: decision.reason.to_string(),
                probability: found.assessment.probability,
            }),
            None => open.push(found),
        }
    }
    (open, settled)
}

impl App {
    /// The rejections of candidates of these rows, in two questions to the store.
    async fn rejections(&self, chunk: &[Answered]) -> Result<Rejections, AppError> {
        let mut names = Vec::new();
        for Answered { row, answer } in chunk {
            let Ok(Search { found, .. }) = answer else {
                continue;
            };
            if found.is_empty() {
                continue;
            }
            let fingerprint = fingerprint(&row.query);
            let pair = |f: &Found| settled_claim(fingerprint, f.record, f.version.number());
            names.extend(found.iter().map(pair));
        }
        if names.is_empty() {
            return Ok(Rejections::new());
        }
        let holders = self.store().claims(&names).await?;
        let mut ids: Vec<RecordId> = holders.iter().map(|(_, id)| *id).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut decisions = HashMap::new();
        if !ids.is_empty() {
            for stored in self.store().records(&ids).await? {
                // One that has been erased since is put again.
                if let Some(decision) = read_body::<Decision>(&stored)? {
                    decisions.insert(stored.envelope.id, decision);
                }
            }
        }
        let known = holders.into_iter().filter_map(|(name, id)| {
            let decision = decisions.get(&id)?.clone();
            Some((name, (id, decision)))
        });
        Ok(known.collect())
    }
}
