//! Of whom nothing comes: a partner whose log is not shown any more, or that does not countersign
//! this node's. Nothing is proved by it, and it ends by itself; but somebody has to ask why.
//!
//! ```text
//! nothing yet ── awaited ──► for too long: silent, an alarm ──► something comes: over
//!                   ▲                                                  │
//!                   └────────── the last thing that came ◄─────────────┘
//! ```

use egnatia_audit::{Hash, Operation};
use egnatia_record::AuthorityId;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::exchange::Partner;
use crate::exchange::inbox::{append, node_caller};
use crate::exchange::take::Taking;
use crate::port::{AWAITED, Change, NOT_COUNTERSIGNED, SILENT, WitnessRow};
use crate::writing::{EventAbout, Writing, to_the_microsecond};
use crate::{App, AppError};

/// A log that does not grow is shown again after this time, so that its silence means something.
const SHOWN_EVERY: SignedDuration = SignedDuration::from_hours(1);
/// A node that was down itself first listens for so long.
const LISTENS_FIRST: SignedDuration = SignedDuration::from_hours(1);

/// Whether a witness has not seen a log for so long that it is shown again.
pub(super) fn is_old(row: &WitnessRow, now: Timestamp) -> bool {
    now.duration_since(row.seen_at) >= SHOWN_EVERY
}

/// A log, and who should hear of it.
type Pair<'a> = (&'a AuthorityId, &'a AuthorityId);

/// How it stands with one log and one witness.
#[derive(Clone, Copy)]
enum Standing {
    /// Something came lately, or other things are wrong already.
    Heard,
    /// It was reported, and goes on.
    Reported,
    /// Nothing ever came, and nobody has begun to wait.
    Never,
    /// Nothing has come since.
    Silent(Timestamp),
    /// It was reported, and is not so any more: a person has accepted the partner anew.
    Over(Timestamp),
}

impl App {
    /// Reports partners of whose logs nothing comes any more, and those that do not countersign this
    /// node's any more.
    pub(super) async fn report_silence(&self) -> Result<(), AppError> {
        let own = &self.inner.settings.authority;
        let now = to_the_microsecond(self.now());
        let rows = self.store().witnesses().await?;
        let caller = node_caller("node:witness", None)?;
        let mut writing = self.writing(&caller);
        for partner in self.directory().partners().filter(|p| p.is_accepted()) {
            let authority = &partner.row.authority;
            let theirs = self.standing(&rows, (authority, own), (partner, now));
            let is_silent = matches!(theirs, Standing::Silent(_) | Standing::Reported);
            note(&mut writing, (authority, own), SILENT, theirs);
            // Of whom nothing comes at all, one alarm is enough.
            if !is_silent {
                let ours = self.standing(&rows, (own, authority), (partner, now));
                note(&mut writing, (own, authority), NOT_COUNTERSIGNED, ours);
            }
        }
        if !writing.batch.changes.is_empty() {
            self.store().commit(writing.batch).await?;
        }
        Ok(())
    }

    fn standing(
        &self,
        rows: &[WitnessRow],
        (log, witness): Pair<'_>,
        (partner, now): (&Partner, Timestamp),
    ) -> Standing {
        let of_pair = || {
            rows.iter()
                .filter(|r| r.log == *log && r.witness == *witness)
        };
        // Who is asked for a proof has a clock of its own.
        if of_pair().any(WitnessRow::waits_for_proof) {
            return Standing::Heard;
        }
        let waiting = of_pair().find(|row| row.is_silence());
        let came = of_pair().filter(|row| !row.is_silence());
        let last = came.map(|row| row.seen_at).max();
        let Some(last) = last.or(waiting.map(|row| row.seen_at)) else {
            return Standing::Never;
        };
        let since = match partner.row.decided_by.as_str().starts_with("node:") {
            true => last,
            false => last.max(partner.row.decided_at),
        };
        let after = SignedDuration::from_hours(i64::from(self.inner.settings.silent_after_hours));
        let listens = now.duration_since(self.inner.exchange.started_at) < LISTENS_FIRST;
        let is_silent = now.duration_since(since) >= after;
        match waiting.is_some_and(WitnessRow::is_alarm) {
            true if is_silent => Standing::Reported,
            true => Standing::Over(since),
            false if is_silent && !listens => Standing::Silent(since),
            false => Standing::Heard,
        }
    }
}

/// The row that says how long nothing has come.
fn row((log, witness): Pair<'_>, since: Timestamp, problem: Option<&str>) -> WitnessRow {
    WitnessRow {
        log: log.clone(),
        witness: witness.clone(),
        size: 0,
        root: Hash::from_bytes([0; 32]),
        seen_at: since,
        statement: None,
        problem: problem.map(str::to_owned),
    }
}

fn note(writing: &mut Writing<'_>, pair: Pair<'_>, problem: &str, standing: Standing) {
    let row = match standing {
        Standing::Heard | Standing::Reported => return,
        Standing::Never => row(pair, writing.at, Some(AWAITED)),
        Standing::Over(since) => row(pair, since, None),
        Standing::Silent(since) => {
            let (log, witness) = pair;
            tracing::error!(
                %log, %witness, problem, %since,
                "nothing comes any more from a witness: call whose node it is"
            );
            let about = EventAbout::subject(format!("log:{log}")).data(json!({
                "problem": problem, "told_by": witness, "since": since,
            }));
            writing.log(Operation::Administration, about);
            row(pair, since, Some(problem))
        }
    };
    writing.batch.changes.push(Change::PutWitness(row));
}

impl Taking<'_> {
    /// Something has come of which nothing came.
    pub(super) fn end_silence(&mut self, of_pair: &[WitnessRow], size: u64) {
        let Some(held) = of_pair.iter().find(|row| row.is_silence()) else {
            return;
        };
        let caller = self.node();
        let mut writing = self.app().writing(&caller);
        if held.is_alarm() {
            tracing::info!(log = %held.log, witness = %held.witness, "something comes again");
            let about = EventAbout::subject(format!("log:{}", held.log)).data(json!({
                "over": held.problem, "told_by": held.witness, "since": held.seen_at, "size": size,
            }));
            writing.log(Operation::Administration, about);
        }
        writing.batch.changes.push(Change::PutWitness(WitnessRow {
            problem: None,
            ..held.clone()
        }));
        append(self.batch(), writing.batch);
    }

    /// The partner answers for this node's log again.
    pub(super) async fn countersigns_again(&mut self, size: u64) -> Result<(), AppError> {
        let (own, from) = (self.own().clone(), self.from().clone());
        let mut rows = self.app().store().witnesses().await?;
        rows.retain(|row| row.log == own && row.witness == from);
        self.end_silence(&rows, size);
        Ok(())
    }
}
