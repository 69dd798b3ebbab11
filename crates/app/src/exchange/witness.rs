//! Nodes witness each other's audit logs (invariant 6). A node sends its checkpoint to every
//! partner, with the proof that what the partner saw before is its beginning. The partner
//! countersigns it, and tells the others which one it saw: a history that was rewritten, shortened
//! or told in two versions shows at every partner.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use egnatia_audit::{Checkpoint, Hash, NodeId, Operation, ProofPlan, verify_consistency};
use egnatia_protocol::{
    Checkpoint as CheckpointStatement, Cosignature, Digest, Hint, NoteText, RefusalGround, Signed,
    SigningKey, Statement,
};
use egnatia_record::AuthorityId;
use serde_json::json;

use super::inbox::{Refused, TakeError, append};
use super::take::{Taken, Taking};
use crate::port::{Change, DeliveryRow, WitnessRow};
use crate::writing::{EventAbout, Writing, to_the_microsecond};
use crate::{Action, App, AppError, Caller};

/// The payload type of a note that a witness has countersigned.
const COSIGNED_TYPE: &str = "application/vnd.egnatia.cosigned-note; v=1";
/// What is written of a log of which a witness saw more entries before.
const SHORTENED: &str = "shortened";
/// What is written of a log whose entries are others than a witness saw before.
const REWRITTEN: &str = "rewritten";
/// What is written of a log of which two witnesses saw different versions.
const FORKED: &str = "forked";

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

    /// Queues this node's checkpoint for every partner that has not seen it yet. A node calls it on
    /// a schedule. Returns how many were queued.
    ///
    /// # Errors
    /// [`AppError::Store`] where the store does not answer.
    pub async fn ask_witnesses(&self) -> Result<usize, AppError> {
        let head = self.store().audit_head().await?;
        let Some(note) = head.checkpoint.filter(|_| head.size > 0) else {
            return Ok(0);
        };
        let own = &self.inner.settings.authority;
        let seen: BTreeMap<AuthorityId, u64> = self
            .store()
            .witnesses()
            .await?
            .into_iter()
            .filter(|row| row.log == *own && row.problem.is_none())
            .map(|row| (row.witness, row.size))
            .collect();
        let caller = super::inbox::node_caller("node:witness", None)?;
        let mut writing = self.writing(&caller);
        let mut count = 0;
        for partner in self.directory().partners().filter(|p| p.is_accepted()) {
            let to = &partner.row.authority;
            let old_size = seen.get(to).copied().unwrap_or(0);
            if old_size >= head.size || self.has_checkpoint_waiting(to).await? {
                continue;
            }
            let statement = CheckpointStatement {
                note: NoteText::new(note.clone())
                    .map_err(|error| AppError::Internal(error.to_string()))?,
                old_size,
                proof: self.consistency(old_size, head.size).await?,
            };
            queue(&mut writing, to, &Statement::Checkpoint(statement))?;
            count += 1;
        }
        if count > 0 {
            self.store().commit(writing.batch).await?;
            self.inner.exchange.wake();
        }
        Ok(count)
    }

    async fn has_checkpoint_waiting(&self, to: &AuthorityId) -> Result<bool, AppError> {
        let waiting = self.store().waiting(to, 200).await?;
        Ok(waiting.iter().any(|row| row.kind == "checkpoint"))
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

/// Queues a statement for a partner.
fn queue(
    writing: &mut Writing<'_>,
    to: &AuthorityId,
    statement: &Statement,
) -> Result<(), AppError> {
    let (_, payload) = statement
        .to_payload()
        .map_err(|error| AppError::Internal(error.to_string()))?;
    let row = DeliveryRow {
        payload: Some(payload),
        ..DeliveryRow::queued(to.clone(), statement.kind().as_str(), writing.at)
    };
    writing.batch.changes.push(Change::Enqueue(row));
    Ok(())
}

impl Taking<'_> {
    /// A checkpoint of the partner's own log, or one of somebody else's that it saw.
    pub(super) async fn take_checkpoint(
        &mut self,
        told: &CheckpointStatement,
        signed: &Signed,
    ) -> Result<Taken, TakeError> {
        let invalid = || Refused::new(RefusalGround::NotValid).hint(&"not a checkpoint");
        let note = told.note.as_str();
        let checkpoint = Checkpoint::of_note(note).map_err(|_| invalid())?;
        let log = log_of(&checkpoint.origin).ok_or_else(invalid)?;
        if log == *self.own() {
            // What somebody else saw of this node's log is theirs to compare.
            return Ok(Taken::stored(None));
        }
        let is_direct = log == *self.from();
        let row = |problem: Option<&str>, witness: &AuthorityId| WitnessRow {
            log: log.clone(),
            witness: witness.clone(),
            size: checkpoint.size,
            root: checkpoint.root,
            seen_at: self.now(),
            statement: Some(signed.to_bytes()),
            problem: problem.map(str::to_owned),
        };
        let seen = self
            .app()
            .store()
            .witnessed_at(&log, checkpoint.size)
            .await?;
        let forked = seen.iter().any(|row| row.root != checkpoint.root);
        if !is_direct {
            let row = row(forked.then_some(FORKED), self.from());
            self.keep(row)?;
            return Ok(Taken::stored(None));
        }
        let own = self.own().clone();
        let marks = self.app().store().witnesses().await?;
        let mark = marks
            .into_iter()
            .find(|row| row.log == log && row.witness == own && row.problem.is_none());
        let problem = match &mark {
            _ if forked => Some(FORKED),
            None => None,
            Some(mark) if checkpoint.size < mark.size => Some(SHORTENED),
            Some(mark) if checkpoint.size == mark.size => None,
            Some(mark) if told.old_size != mark.size => {
                // The partner does not know how far this node has seen: it is told, and comes back.
                self.cosign(&log, mark.size, None)?;
                return Ok(Taken::stored(None));
            }
            Some(mark) => {
                let path: Vec<Hash> = told
                    .proof
                    .iter()
                    .map(|digest| Hash::from_bytes(*digest.as_bytes()))
                    .collect();
                let proved = verify_consistency(
                    (mark.size, &mark.root),
                    (checkpoint.size, &checkpoint.root),
                    &path,
                );
                proved.err().map(|_| REWRITTEN)
            }
        };
        self.keep(row(problem, &own))?;
        if let Some(problem) = problem {
            // The proof is in the batch already, and is written all the same.
            let text = format!("the history of the log was {problem}; this node keeps the proof");
            return Err(Refused::new(RefusalGround::NotValid).hint(&text).into());
        }
        self.cosign(&log, checkpoint.size, Some(note))?;
        self.tell_the_others(told)?;
        Ok(Taken::stored(None))
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
        let mut statement = None;
        let checkpoint = match &told.signature {
            // It did not sign: it needs a proof from an older size.
            None => {
                let before = told.size.saturating_sub(1);
                let found = self.app().store().checkpoints(before, 1).await?;
                let note = found.into_iter().next().filter(|c| c.size == told.size);
                let note = note.ok_or_else(invalid)?.note;
                Checkpoint::of_note(&note).map_err(|_| invalid())?
            }
            Some(text) => {
                let bytes = STANDARD.decode(text.as_str()).map_err(|_| invalid())?;
                let cosigned = Signed::parse(&bytes).map_err(|_| invalid())?;
                let keys = self.partner().card.card().signing_keys_at(self.now());
                cosigned.verify(keys).map_err(|_| invalid())?;
                let note = std::str::from_utf8(cosigned.payload()).map_err(|_| invalid())?;
                statement = Some(bytes);
                Checkpoint::of_note(note).map_err(|_| invalid())?
            }
        };
        let row = WitnessRow {
            log: self.own().clone(),
            witness: self.from().clone(),
            size: checkpoint.size,
            root: checkpoint.root,
            seen_at: self.now(),
            statement,
            problem: None,
        };
        self.keep(row)?;
        Ok(Taken::stored(None))
    }

    /// Keeps what was seen. A problem is logged; the rest says nothing that the log has to hold,
    /// and would make it grow for ever.
    fn keep(&mut self, row: WitnessRow) -> Result<(), AppError> {
        let caller = self.node();
        let mut writing = self.app().writing(&caller);
        if let Some(problem) = &row.problem {
            tracing::error!(log = %row.log, size = row.size, problem, "an audit log was rewritten");
            let about = EventAbout::subject(format!("log:{}", row.log)).data(json!({
                "problem": problem, "size": row.size, "root": row.root, "told_by": row.witness,
            }));
            writing.log(Operation::Administration, about);
        }
        writing.batch.changes.push(Change::PutWitness(row));
        append(self.batch(), writing.batch);
        Ok(())
    }

    /// Answers the partner: the countersigned note, or from which size a proof is needed.
    fn cosign(&mut self, log: &AuthorityId, size: u64, note: Option<&str>) -> Result<(), AppError> {
        let internal = |error: &dyn std::fmt::Display| AppError::Internal(error.to_string());
        let signature = match note {
            None => None,
            Some(note) => {
                let identity = self
                    .app()
                    .inner
                    .exchange
                    .identity()
                    .ok_or_else(|| internal(&"the node has no keys for exchange"))?;
                let keys: Vec<&SigningKey> = identity.signing.iter().take(1).collect();
                let text = Checkpoint::of_note(note).map_err(|error| internal(&error))?;
                let text = format!("{text}\n");
                let cosigned = Signed::sign(COSIGNED_TYPE, text.into_bytes(), &keys)
                    .map_err(|error| internal(&error))?;
                let text = STANDARD.encode(cosigned.to_bytes());
                Some(Hint::new(text).map_err(|error| internal(&error))?)
            }
        };
        let statement = Statement::Cosignature(Cosignature {
            origin: Hint::new(log_origin(log)).map_err(|error| internal(&error))?,
            size,
            signature,
        });
        let caller = self.node();
        let mut writing = self.app().writing(&caller);
        queue(&mut writing, log, &statement)?;
        append(self.batch(), writing.batch);
        self.queues();
        Ok(())
    }

    /// Lets the other witnesses compare.
    fn tell_the_others(&mut self, told: &CheckpointStatement) -> Result<(), AppError> {
        let statement = Statement::Checkpoint(CheckpointStatement {
            note: told.note.clone(),
            old_size: 0,
            proof: Vec::new(),
        });
        let caller = self.node();
        let mut writing = self.app().writing(&caller);
        let directory = self.app().directory();
        for partner in directory.partners().filter(|p| p.is_accepted()) {
            if partner.row.authority != *self.from() {
                queue(&mut writing, &partner.row.authority, &statement)?;
            }
        }
        append(self.batch(), writing.batch);
        self.queues();
        Ok(())
    }

    fn now(&self) -> jiff::Timestamp {
        to_the_microsecond(self.app().now())
    }
}
