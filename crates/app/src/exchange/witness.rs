//! Nodes witness each other's audit logs (invariant 6). A node sends its checkpoint to every
//! partner, with the proof that what the partner saw before is its beginning. The partner
//! countersigns it, and tells the others which one it saw: a history that was rewritten, shortened
//! or told in two versions shows at every partner. Where the proof is missing, the witness asks for
//! it, from the size that it countersigned last; who does not prove in time is reported as well.

mod judge;
mod silence;
mod telling;

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use egnatia_audit::{Checkpoint, Hash, NodeId, Operation, ProofPlan};
use egnatia_protocol::{
    Checkpoint as CheckpointStatement, Cosignature, Digest, NoteText, RefusalGround, Signed,
    Statement,
};
use egnatia_record::AuthorityId;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use self::judge::{FORKED, REWRITTEN, SHORTENED, Shown, judge};
use self::silence::is_old;
use self::telling::queue;
use super::inbox::{Refused, TakeError, append};
use super::take::{Taken, Taking};
use crate::port::{Change, DeliveryRow, DeliveryState, LedgerPart, UNPROVED, WITHHELD, WitnessRow};
use crate::writing::{EventAbout, Writing, to_the_microsecond};
use crate::{Action, App, AppError, Caller};

/// Whoever is asked for a proof has so much time: a hundred times what a node that runs needs.
pub const PROOF_WITHIN: SignedDuration = SignedDuration::from_hours(24);

/// So many proofs of the same against one log are kept of one witness.
const ALARMS_MAX: usize = 8;
/// What is shown more often is not handed on to the other witnesses each time.
const HANDED_ON_EVERY: SignedDuration = SignedDuration::from_secs(60);
/// The newest rows about logs and keys that are looked through for a checkpoint that waits.
const UPKEEP_MAX: u32 = 500;

/// The origin of an authority's audit log, as its checkpoints name it.
pub fn log_origin(authority: &AuthorityId) -> String {
    format!("egnatia.{authority}.log")
}

fn log_of(origin: &str) -> Option<AuthorityId> {
    let authority = origin.strip_prefix("egnatia.")?.strip_suffix(".log")?;
    authority.parse().ok()
}

/// What is known of an audit log, and by whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witnessed {
    /// As it is stored.
    pub row: WitnessRow,
    /// Whether it is this node's own log.
    pub is_own: bool,
}

impl App {
    /// What witnesses vouch for: of this node's log, and of its partners'.
    ///
    /// # Errors
    /// [`AppError::Forbidden`].
    pub async fn witnesses(&self, caller: &Caller) -> Result<Vec<Witnessed>, AppError> {
        self.authorise(caller, Action::VerifyAudit, None)?;
        let own = &self.inner.settings.authority;
        let rows = self.store().witnesses().await?;
        Ok(rows
            .into_iter()
            .map(|row| Witnessed {
                is_own: row.log == *own,
                row,
            })
            .collect())
    }

    /// Queues this node's checkpoint for every partner that has not seen it yet, or not lately, and
    /// reports partners that did not prove in time or of which nothing comes any more. A node calls
    /// it on a schedule. Returns how many checkpoints were queued.
    ///
    /// # Errors
    /// [`AppError::Store`] where the store does not answer.
    pub async fn ask_witnesses(&self) -> Result<usize, AppError> {
        self.report_overdue_proofs().await?;
        self.report_silence().await?;
        let head = self.store().audit_head().await?;
        let Some(note) = head.checkpoint.filter(|_| head.size > 0) else {
            return Ok(0);
        };
        let own = &self.inner.settings.authority;
        let now = self.now();
        let seen: BTreeMap<AuthorityId, WitnessRow> = self
            .store()
            .witnesses()
            .await?
            .into_iter()
            .filter(|row| row.log == *own && row.problem.is_none())
            .map(|row| (row.witness.clone(), row))
            .collect();
        let caller = super::inbox::node_caller("node:witness", None)?;
        let mut writing = self.writing(&caller);
        let mut count = 0;
        for partner in self.directory().partners().filter(|p| p.is_accepted()) {
            let to = &partner.row.authority;
            let seen = seen.get(to);
            let old_size = seen.map_or(0, |row| row.size);
            let is_level = old_size >= head.size && !seen.is_some_and(|row| is_old(row, now));
            if is_level || self.has_checkpoint_waiting(to).await? {
                continue;
            }
            let old_size = old_size.min(head.size);
            let proof = self.consistency(old_size, head.size).await?;
            queue(&mut writing, to, &checkpoint_of(&note, (old_size, proof))?)?;
            count += 1;
        }
        if count > 0 {
            self.store().commit(writing.batch).await?;
            self.inner.exchange.wake();
        }
        Ok(count)
    }

    /// Partners that were asked for a proof and have not given it in time.
    async fn report_overdue_proofs(&self) -> Result<(), AppError> {
        let own = &self.inner.settings.authority;
        let now = to_the_microsecond(self.now());
        let rows = self.store().witnesses().await?;
        let overdue = rows.into_iter().filter(|row| {
            row.witness == *own && row.problem.as_deref() == Some(UNPROVED) && is_overdue(row, now)
        });
        let caller = super::inbox::node_caller("node:witness", None)?;
        let mut writing = self.writing(&caller);
        for row in overdue {
            report(&mut writing, withheld(row));
        }
        if !writing.batch.changes.is_empty() {
            self.store().commit(writing.batch).await?;
        }
        Ok(())
    }

    /// Whether a checkpoint of this node's own log waits, however much else does.
    async fn has_checkpoint_waiting(&self, to: &AuthorityId) -> Result<bool, AppError> {
        let latest = LedgerPart::Upkeep.newest(UPKEEP_MAX);
        let rows = self.store().deliveries_to(to, latest).await?;
        // What was handed on bears its owner's signature; what is this node's own is signed later.
        let is_own =
            |row: &DeliveryRow| row.payload.as_ref().and_then(|p| p.first()) == Some(&b'{');
        Ok(rows.iter().any(|row| {
            row.kind == "checkpoint" && row.state == DeliveryState::Queued && is_own(row)
        }))
    }

    async fn consistency(&self, old: u64, size: u64) -> Result<Vec<Digest>, AppError> {
        let broken = |error: &dyn std::fmt::Display| AppError::unreadable("proof", error);
        let plan = ProofPlan::consistency(old, size).map_err(|error| broken(&error))?;
        let mut nodes: BTreeMap<NodeId, Hash> = BTreeMap::new();
        for id in plan.nodes() {
            let stored = self.store().audit_nodes(id.level, id.index, 1).await?;
            if let Some((_, hash)) = stored.into_iter().next().filter(|(i, _)| *i == id.index) {
                nodes.insert(id, hash);
            }
        }
        let path = plan.resolve(|id| {
            let node = nodes.get(&id).copied();
            node.ok_or_else(|| broken(&"a node of the tree is missing"))
        })?;
        Ok(path
            .iter()
            .map(|hash| Digest::from_bytes(*hash.as_bytes()))
            .collect())
    }
}

/// Whether the time for a proof has passed.
fn is_overdue(row: &WitnessRow, now: Timestamp) -> bool {
    now.duration_since(row.seen_at) >= PROOF_WITHIN
}

fn withheld(row: WitnessRow) -> WitnessRow {
    WitnessRow {
        problem: Some(WITHHELD.to_owned()),
        ..row
    }
}

/// Keeps what is wrong with a log, and says so in this node's own logs.
fn report(writing: &mut Writing<'_>, row: WitnessRow) {
    let problem = row.problem.as_deref().unwrap_or_default();
    tracing::error!(
        log = %row.log, size = row.size, problem, told_by = %row.witness,
        "the history of an audit log is in doubt: call whose it is"
    );
    let about = EventAbout::subject(format!("log:{}", row.log)).data(json!({
        "problem": problem, "size": row.size, "root": row.root, "told_by": row.witness,
    }));
    writing.log(Operation::Administration, about);
    writing.batch.changes.push(Change::PutWitness(row));
}

/// A checkpoint, with what proves that the tree of a size is its beginning.
fn checkpoint_of(note: &str, (old_size, proof): (u64, Vec<Digest>)) -> Result<Statement, AppError> {
    let note = NoteText::new(note).map_err(|error| AppError::Internal(error.to_string()))?;
    Ok(Statement::Checkpoint(CheckpointStatement {
        note,
        old_size,
        proof,
    }))
}

/// A checkpoint that was told, beside what is known of its log.
struct ToldOf<'a> {
    checkpoint: &'a Checkpoint,
    log: &'a AuthorityId,
    signed: &'a Signed,
    /// What anybody saw of it.
    known: Vec<WitnessRow>,
    /// What this node saw of it.
    mine: Vec<WitnessRow>,
}

impl ToldOf<'_> {
    fn row(&self, problem: Option<&str>, (by, at): (&AuthorityId, Timestamp)) -> WitnessRow {
        WitnessRow {
            log: self.log.clone(),
            witness: by.clone(),
            size: self.checkpoint.size,
            root: self.checkpoint.root,
            seen_at: at,
            statement: Some(self.signed.to_bytes()),
            problem: problem.map(str::to_owned),
        }
    }
}

impl Taking<'_> {
    /// A checkpoint of the partner's own log, or one of somebody else's that it saw, in the words that
    /// whose log it is has signed: nobody is accused by what somebody else made up.
    pub(super) async fn take_checkpoint(
        &mut self,
        told: &CheckpointStatement,
        signed: &Signed,
    ) -> Result<Taken, TakeError> {
        let invalid = || Refused::new(RefusalGround::NotValid).hint(&"not a checkpoint");
        let note = told.note.as_str();
        let checkpoint = Checkpoint::of_note(note).map_err(|_| invalid())?;
        let log = log_of(&checkpoint.origin).ok_or_else(invalid)?;
        if checkpoint.size == 0 {
            return Err(invalid().into());
        }
        if log == *self.own() {
            // What somebody else saw of this node's log is theirs to compare.
            return Ok(Taken::stored(None));
        }
        let is_direct = log == *self.from();
        let directory = self.app().directory();
        let Some(owner) = directory.accepted(&log) else {
            // Nobody here can say whether it is the owner's.
            return Ok(Taken::stored(None));
        };
        self.verify(signed, owner)?;
        let store = self.app().store();
        let seen = store.witnessed_at(&log, checkpoint.size).await?;
        let forked = seen.iter().any(|row| row.root != checkpoint.root);
        let mut known = store.witnesses().await?;
        known.retain(|row| row.log == log);
        let mine: Vec<WitnessRow> = known
            .iter()
            .filter(|row| row.witness == *self.own())
            .cloned()
            .collect();
        known.extend(seen.iter().filter(|row| row.problem.is_none()).cloned());
        let told_of = ToldOf {
            checkpoint: &checkpoint,
            log: &log,
            signed,
            known,
            mine,
        };
        if !is_direct {
            let row = told_of.row(forked.then_some(FORKED), (self.from(), self.now()));
            self.keep(row, &told_of.known)?;
            return Ok(Taken::stored(None));
        }
        let own = self.own().clone();
        let is_known = |held: &WitnessRow| held.witness == own && held.problem.is_none();
        let shown = match forked {
            true => Shown::Wrong(FORKED),
            false => judge(
                told,
                &checkpoint,
                (&told_of.mine, seen.iter().any(is_known)),
            ),
        };
        // An old one that comes again may have been on its way since before.
        if !matches!(shown, Shown::Repeated) {
            self.end_silence(&told_of.mine, checkpoint.size);
        }
        self.answer_owner(shown, note, &told_of)?;
        Ok(Taken::stored(None))
    }

    /// Does what follows from a checkpoint that the partner shows of its own log.
    fn answer_owner(
        &mut self,
        shown: Shown,
        note: &str,
        told_of: &ToldOf<'_>,
    ) -> Result<(), TakeError> {
        let (own, now) = (self.own().clone(), self.now());
        let row = |problem: Option<&str>| told_of.row(problem, (&own, now));
        let (log, mine, known) = (told_of.log, &told_of.mine, &told_of.known);
        let size = told_of.checkpoint.size;
        match shown {
            Shown::Repeated => {}
            Shown::Proved => {
                self.keep(row(None), known)?;
                self.end_demands(mine, size);
                self.cosign(log, size, Some(note))?;
                let lately = |row: &WitnessRow| now.duration_since(row.seen_at) < HANDED_ON_EVERY;
                if !mine.iter().any(|row| row.problem.is_none() && lately(row)) {
                    self.tell_the_others(told_of.signed);
                }
            }
            Shown::Unproved(from) => {
                // The partner does not know how far this node has seen: it is told, and comes back.
                self.cosign(log, from, None)?;
                let asked = mine.iter().find(|row| row.waits_for_proof());
                let Some(asked) = asked else {
                    return self.keep(row(Some(UNPROVED)), known);
                };
                if is_overdue(asked, now) {
                    self.keep(withheld(asked.clone()), mine)?;
                    let text = format!("prove that the first {from} entries are as they were");
                    return Err(Refused::new(RefusalGround::NotValid).hint(&text).into());
                }
            }
            Shown::Wrong(problem) => {
                self.keep(row(Some(problem)), known)?;
                // The proof is in the batch already, and is written all the same.
                let text =
                    format!("the history of the log was {problem}; this node keeps the proof");
                return Err(Refused::new(RefusalGround::NotValid).hint(&text).into());
            }
        }
        Ok(())
    }

    /// What a witness says to a checkpoint of this node.
    pub(super) async fn take_cosignature(
        &mut self,
        told: &Cosignature,
    ) -> Result<Taken, TakeError> {
        let invalid = || Refused::new(RefusalGround::NotValid).hint(&"not a cosignature");
        if told.origin.as_str() != log_origin(self.own()) {
            return Err(invalid().into());
        }
        self.countersigns_again(told.size).await?;
        let Some(text) = &told.signature else {
            self.prove_from(told.size).await?;
            return Ok(Taken::stored(None));
        };
        let bytes = STANDARD.decode(text.as_str()).map_err(|_| invalid())?;
        let cosigned = Signed::parse(&bytes).map_err(|_| invalid())?;
        let keys = self.partner().card.card().signing_keys_at(self.now());
        cosigned.verify(keys).map_err(|_| invalid())?;
        let note = std::str::from_utf8(cosigned.payload()).map_err(|_| invalid())?;
        let checkpoint = Checkpoint::of_note(note).map_err(|_| invalid())?;
        let row = WitnessRow {
            log: self.own().clone(),
            witness: self.from().clone(),
            size: checkpoint.size,
            root: checkpoint.root,
            seen_at: self.now(),
            statement: Some(bytes),
            problem: self.unlike_own(&checkpoint).await?.map(str::to_owned),
        };
        let held = self.app().store().witnesses().await?;
        self.keep(row, &held)?;
        Ok(Taken::stored(None))
    }

    /// How a checkpoint of this node's log that a witness has countersigned differs from the log: it
    /// was put back to an older state meanwhile, or the witness says what is not so.
    async fn unlike_own(&self, checkpoint: &Checkpoint) -> Result<Option<&'static str>, AppError> {
        let store = self.app().store();
        if checkpoint.size > store.audit_head().await?.size {
            return Ok(Some(SHORTENED));
        }
        let before = checkpoint.size.saturating_sub(1);
        let stored = store.checkpoints(before, 1).await?.into_iter().next();
        let same = stored.is_some_and(|stored| {
            Checkpoint::of_note(&stored.note)
                .is_ok_and(|own| own.size == checkpoint.size && own.root == checkpoint.root)
        });
        Ok((!same).then_some(REWRITTEN))
    }

    /// A witness did not countersign: it asks for the proof that the entries which it saw are the
    /// beginning of this log. It gets it at once.
    async fn prove_from(&mut self, size: u64) -> Result<(), TakeError> {
        let app = self.app();
        let head = app.store().audit_head().await?;
        let Some(note) = head.checkpoint.filter(|_| size > 0) else {
            return Ok(());
        };
        if size > head.size {
            // This node was put back to an older state, or somebody else speaks in its name.
            let rows = app.store().witnesses().await?;
            let row = WitnessRow {
                log: self.own().clone(),
                witness: self.from().clone(),
                size,
                root: Hash::from_bytes([0; 32]),
                seen_at: self.now(),
                statement: None,
                problem: Some(SHORTENED.to_owned()),
            };
            self.keep(row, &rows)?;
            return Ok(());
        }
        let proof = app.consistency(size, head.size).await?;
        let to = self.from().clone();
        let caller = self.node();
        let mut writing = app.writing(&caller);
        queue(&mut writing, &to, &checkpoint_of(&note, (size, proof))?)?;
        append(self.batch(), writing.batch);
        self.queues();
        Ok(())
    }

    /// Keeps what was seen. A problem that is not `held` yet is reported; the rest says nothing that
    /// the log has to hold, and would make it grow for ever.
    fn keep(&mut self, row: WitnessRow, held: &[WitnessRow]) -> Result<(), TakeError> {
        let caller = self.node();
        let mut writing = self.app().writing(&caller);
        let key = |row: &WitnessRow| (row.witness.clone(), row.size, row.root, row.problem.clone());
        let is_new = !held.iter().any(|held| key(held) == key(&row));
        // A few proofs prove as much as many.
        let is_like = |held: &&WitnessRow| {
            (&held.log, &held.witness, &held.problem) == (&row.log, &row.witness, &row.problem)
        };
        let most = match row.statement.is_some() {
            true => ALARMS_MAX,
            false => 1,
        };
        if row.is_alarm() && is_new && held.iter().filter(is_like).count() >= most {
            tracing::warn!(log = %row.log, told_by = %row.witness, "one more alarm of many");
            return Ok(());
        }
        if row.is_alarm() && is_new {
            // Those of the same parcel count as well.
            self.claim(&format!("alarm:{}:{}", row.log, row.witness))?;
            report(&mut writing, row);
        } else {
            if row.problem.is_some() && is_new {
                tracing::warn!(log = %row.log, size = row.size, "an audit log was shown without a proof");
            }
            writing.batch.changes.push(Change::PutWitness(row));
        }
        append(self.batch(), writing.batch);
        Ok(())
    }

    /// What was shown without a proof has its proof now, perhaps late.
    fn end_demands(&mut self, mine: &[WitnessRow], size: u64) {
        let proved = mine
            .iter()
            .filter(|row| row.waits_for_proof() && row.size <= size);
        for row in proved {
            let caller = self.node();
            let mut writing = self.app().writing(&caller);
            if row.is_alarm() {
                tracing::info!(log = %row.log, size, "an audit log was proved late");
                let about = EventAbout::subject(format!("log:{}", row.log)).data(json!({
                    "proved": size, "asked_at": row.seen_at,
                }));
                writing.log(Operation::Administration, about);
            }
            writing.batch.changes.push(Change::PutWitness(WitnessRow {
                problem: None,
                ..row.clone()
            }));
            append(self.batch(), writing.batch);
        }
    }

    fn now(&self) -> Timestamp {
        to_the_microsecond(self.app().now())
    }
}
