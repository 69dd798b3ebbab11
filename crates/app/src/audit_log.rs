//! Reading, proving and verifying the audit log.

use std::collections::HashMap;

use egnatia_audit::{
    Entry, EntryProof, Finding, Hash, Leaf, LogKey, Node, NodeId, OpenedDetail, Operation,
    ProofPlan, Verified, Verifier,
};
use egnatia_record::{Kind, RecordId, UserId, Version};
use egnatia_stockpile::MovementId;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;

use crate::port::{AuditFilter, AuditRow, EventDetail, PutRecord, StoredRecord};
use crate::writing::EventAbout;
use crate::{Action, App, AppError, Caller};

const PAGE: u32 = 1_000;

/// Which entries are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct AuditQuery {
    /// By this person.
    pub actor: Option<UserId>,
    /// Of this operation.
    pub operation: Option<Operation>,
    /// About this record.
    pub object: Option<RecordId>,
    /// In this case, word for word.
    pub case: Option<String>,
    /// Not before.
    pub from: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
    /// Only numbers below this one: the next page.
    pub before: Option<u64>,
}

/// An entry of the log.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditEntry {
    /// What the tree holds.
    pub leaf: Leaf,
    /// Who, why, what, to whom; absent once erased.
    pub detail: Option<EventDetail>,
    /// What kind of record was touched; absent where none was, or the node knows it no more.
    pub kind: Option<Kind>,
}

/// The log is whole, and the records are those that it states.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// Number of entries.
    pub entries: u64,
    /// Root of the tree.
    pub root: Hash,
    /// How many signed checkpoints were verified.
    pub checkpoints: u64,
    /// How many entries have lost their detail to erasure.
    pub erased: u64,
    /// How many versions of records were compared with the log.
    pub records: u64,
    /// How many movements of stock were compared with the log.
    pub movements: u64,
}

/// The first thing that is wrong with the log or the records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "kebab-case", tag = "problem")]
pub enum VerificationProblem {
    /// The log itself.
    #[error("{finding}")]
    Log {
        /// What is wrong with it.
        #[serde(flatten)]
        finding: Finding,
    },
    /// A record is not what the log states.
    #[error("record {record} version {version} is not what entry {entry} states")]
    Record {
        /// The entry that states it.
        entry: u64,
        /// The record.
        record: RecordId,
        /// Its version.
        version: Version,
    },
    /// A record that the log states is not there.
    #[error("record {record} version {version}, which entry {entry} states, is missing")]
    RecordMissing {
        /// The entry that states it.
        entry: u64,
        /// The record.
        record: RecordId,
        /// Its version.
        version: Version,
    },
    /// A movement of stock is not what the log states, or is not there.
    #[error("movement {movement} is not what entry {entry} states")]
    Movement {
        /// The entry that states it.
        entry: u64,
        /// The movement.
        movement: MovementId,
    },
    /// There are movements of which the log knows nothing.
    #[error("the books hold {stored} movements of stock, and the log states {stated}")]
    MovementsUnstated {
        /// How many the books hold.
        stored: u64,
        /// How many the log states.
        stated: u64,
    },
}

impl App {
    /// Entries of the log, newest first, at most `limit`.
    ///
    /// # Errors
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn audit_search(
        &self,
        caller: &Caller,
        query: &AuditQuery,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, AppError> {
        self.authorise(caller, Action::SearchAudit, None)?;
        let asked = serde_json::to_value(query)
            .map_err(|error| AppError::Internal(format!("a query cannot be written: {error}")))?;
        let rows = self
            .store()
            .audit_find(&AuditFilter {
                actor: query.actor.clone(),
                operation: query.operation,
                object: query.object,
                case: query.case.clone(),
                from: query.from,
                until: query.until,
                before: query.before,
                limit: limit.clamp(1, 1_000),
            })
            .await?;
        let about = EventAbout::subject("audit-log").data(json!({ "query": asked }));
        self.log_consultation(caller, about).await?;
        self.with_kinds(rows).await
    }

    /// One entry of the log.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where there is none with this number.
    pub async fn audit_entry(
        &self,
        caller: &Caller,
        sequence: u64,
    ) -> Result<AuditEntry, AppError> {
        self.authorise(caller, Action::SearchAudit, None)?;
        let row = self.audit_row(sequence).await?;
        self.log_consultation(
            caller,
            EventAbout::subject(format!("audit-entry:{sequence}")),
        )
        .await?;
        let mut entries = self.with_kinds(vec![row]).await?;
        entries.pop().ok_or(AppError::NotFound("audit entry"))
    }

    /// The proof that an entry stands in the log, to be verified without the node.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where there is none with this number.
    pub async fn audit_proof(
        &self,
        caller: &Caller,
        sequence: u64,
    ) -> Result<EntryProof, AppError> {
        self.authorise(caller, Action::SearchAudit, None)?;
        let row = self.audit_row(sequence).await?;
        let mut writing = self.writing(caller);
        let about = EventAbout::subject(format!("audit-entry:{sequence}"));
        writing.log(
            Operation::Disclosure,
            EventAbout {
                recipient: Some(caller.login.to_string()),
                ..about
            },
        );
        self.store().commit(writing.batch).await?;
        let head = self.store().audit_head().await?;
        let broken = |error: &dyn std::fmt::Display| AppError::unreadable("proof", error);
        let plan = ProofPlan::inclusion(sequence, head.size).map_err(|error| broken(&error))?;
        let mut nodes: HashMap<NodeId, Hash> = HashMap::new();
        for id in plan.nodes() {
            let stored = self.store().audit_nodes(id.level, id.index, 1).await?;
            if let Some((index, hash)) = stored.into_iter().next().filter(|(i, _)| *i == id.index) {
                nodes.insert(
                    NodeId {
                        level: id.level,
                        index,
                    },
                    hash,
                );
            }
        }
        let path = plan.resolve(|id| {
            nodes
                .get(&id)
                .copied()
                .ok_or_else(|| broken(&"a node of the tree is missing"))
        })?;
        let checkpoint = head
            .checkpoint
            .ok_or_else(|| broken(&"the log's end is not signed"))?;
        let detail = row
            .detail
            .map(|(salt, bytes)| {
                let text = String::from_utf8(bytes).map_err(|error| broken(&error))?;
                Ok::<_, AppError>(OpenedDetail { salt, text })
            })
            .transpose()?;
        Ok(EntryProof {
            leaf: row.leaf,
            detail,
            path,
            checkpoint,
        })
    }

    /// The public key under which the log's checkpoints are signed.
    pub fn log_key(&self) -> LogKey {
        self.inner.seal.signer.log_key()
    }

    /// Recomputes the whole log and compares every record with it.
    ///
    /// # Errors
    /// [`AppError::Forbidden`]; the inner result names the first thing that is wrong.
    pub async fn audit_verify(
        &self,
        caller: &Caller,
        progress: &(dyn Fn(u64, u64) + Send + Sync),
    ) -> Result<Result<Verification, VerificationProblem>, AppError> {
        self.authorise(caller, Action::VerifyAudit, None)?;
        let result = self.recompute(progress).await?;
        let mut writing = self.writing(caller);
        let whole = result.is_ok();
        writing.log(
            Operation::Administration,
            EventAbout::subject("audit-log").data(json!({ "verified": whole })),
        );
        match self.store().commit(writing.batch).await {
            Ok(_) => {}
            // A log that was tampered with may take no entry any more. What was found is told.
            Err(error) if !whole => tracing::warn!(%error, "the verification cannot be logged"),
            Err(error) => return Err(error.into()),
        }
        Ok(result)
    }

    async fn recompute(
        &self,
        progress: &(dyn Fn(u64, u64) + Send + Sync),
    ) -> Result<Result<Verification, VerificationProblem>, AppError> {
        // What is written while this reads is left for the next time.
        let movements_stored = self.store().stock_movement_count().await?;
        let size = self.store().audit_head().await?.size;
        let mut pass = Pass {
            app: self,
            size,
            verifier: Verifier::new(self.log_key(), Some(self.inner.seal.tags.clone())),
            place: None,
            checkpoint_size: 0,
            records: 0,
            movements: 0,
        };
        loop {
            progress(pass.verifier.size(), size);
            match pass.page().await? {
                Ok(true) => {}
                Ok(false) => break,
                Err(problem) => return Ok(Err(problem)),
            }
        }
        let (records, movements) = (pass.records, pass.movements);
        if let Some(problem) = crate::stock::unstated(movements_stored, movements) {
            return Ok(Err(problem));
        }
        Ok(match pass.verifier.finish() {
            Ok(Verified {
                size,
                root,
                checkpoints,
                erased,
            }) => Ok(Verification {
                entries: size,
                root,
                checkpoints,
                erased,
                records,
                movements,
            }),
            Err(finding) => Err(VerificationProblem::Log { finding }),
        })
    }

    /// The entries, each with the kind of the record that it is about.
    async fn with_kinds(&self, rows: Vec<AuditRow>) -> Result<Vec<AuditEntry>, AppError> {
        let details: Vec<Option<EventDetail>> = rows.iter().map(AuditRow::read).collect();
        let mut touched: Vec<RecordId> = details
            .iter()
            .filter_map(|detail| Some(detail.as_ref()?.object.as_ref()?.record))
            .collect();
        touched.sort_unstable();
        touched.dedup();
        let kinds: HashMap<RecordId, Kind> = self
            .store()
            .records(&touched)
            .await?
            .into_iter()
            .map(|stored| (stored.envelope.id, stored.envelope.kind))
            .collect();
        let entries = rows.into_iter().zip(details).map(|(row, detail)| {
            let object = detail.as_ref().and_then(|detail| detail.object.as_ref());
            AuditEntry {
                kind: object.and_then(|object| kinds.get(&object.record).copied()),
                leaf: row.leaf,
                detail,
            }
        });
        Ok(entries.collect())
    }

    async fn audit_row(&self, sequence: u64) -> Result<AuditRow, AppError> {
        let rows = self.store().audit_entries(sequence, 1).await?;
        rows.into_iter()
            .find(|row| row.leaf.sequence == sequence)
            .ok_or(AppError::NotFound("audit entry"))
    }
}

/// One pass over the log, page by page.
struct Pass<'a> {
    app: &'a App,
    size: u64,
    verifier: Verifier,
    place: Option<(u64, RecordId, Version)>,
    checkpoint_size: u64,
    records: u64,
    movements: u64,
}

impl Pass<'_> {
    /// Verifies the next page; `false` at the end.
    async fn page(&mut self) -> Result<Result<bool, VerificationProblem>, AppError> {
        let store = self.app.store();
        let first = self.verifier.size();
        let left = u32::try_from(self.size.saturating_sub(first)).unwrap_or(u32::MAX);
        let rows = store.audit_entries(first, PAGE.min(left)).await?;
        let rows: Vec<AuditRow> = rows
            .into_iter()
            .filter(|row| row.leaf.sequence < self.size)
            .collect();
        let Some(last) = rows.last().map(|row| row.leaf.sequence) else {
            return Ok(Ok(false));
        };
        if let Err(finding) = self.checkpoints_up_to(last.saturating_add(1)).await? {
            return Ok(Err(VerificationProblem::Log { finding }));
        }
        for row in &rows {
            let entry = Entry {
                leaf: &row.leaf,
                leaf_hash: row.leaf_hash,
                tag: row.tag,
                detail: row
                    .detail
                    .as_ref()
                    .map(|(salt, bytes)| (salt, bytes.as_slice())),
            };
            if let Err(finding) = self.verifier.entry(&entry) {
                return Ok(Err(VerificationProblem::Log { finding }));
            }
        }
        if let Err(finding) = self.nodes().await? {
            return Ok(Err(VerificationProblem::Log { finding }));
        }
        match self.app.movements_stated(&rows).await? {
            Ok(count) => self.movements = self.movements.saturating_add(count),
            Err(problem) => return Ok(Err(problem)),
        }
        Ok(self.records_of(&rows, last).await?.map(|()| true))
    }

    async fn checkpoints_up_to(&mut self, end: u64) -> Result<Result<(), Finding>, AppError> {
        loop {
            let page = self
                .app
                .store()
                .checkpoints(self.checkpoint_size, PAGE)
                .await?;
            let mut more = !page.is_empty();
            for stored in page {
                if stored.size > end.min(self.size) {
                    more = false;
                    break;
                }
                self.checkpoint_size = stored.size;
                if let Err(finding) = self.verifier.checkpoint(stored.size, &stored.note) {
                    return Ok(Err(finding));
                }
            }
            if !more {
                return Ok(Ok(()));
            }
        }
    }

    async fn nodes(&mut self) -> Result<Result<(), Finding>, AppError> {
        for span in self.verifier.wanted_nodes() {
            let count = u32::try_from(span.count).unwrap_or(u32::MAX);
            let level = span.first.level;
            let stored = self
                .app
                .store()
                .audit_nodes(level, span.first.index, count)
                .await?;
            for (index, hash) in stored {
                let node = Node {
                    id: NodeId { level, index },
                    hash,
                };
                if let Err(finding) = self.verifier.node(&node) {
                    return Ok(Err(finding));
                }
            }
        }
        Ok(Ok(()))
    }

    /// Compares the versions of records that this page's entries state with those in the store.
    async fn records_of(
        &mut self,
        rows: &[AuditRow],
        last: u64,
    ) -> Result<Result<(), VerificationProblem>, AppError> {
        let mut stated: HashMap<(RecordId, Version), (u64, Hash)> = HashMap::new();
        for row in rows {
            let object = row.read().and_then(|detail| detail.object);
            if let Some((object, commitment)) = object.and_then(|o| o.commitment.map(|c| (o, c))) {
                stated.insert(
                    (object.record, object.version),
                    (row.leaf.sequence, commitment),
                );
            }
        }
        loop {
            let page = self.app.store().records_by_event(self.place, PAGE).await?;
            let full = page.len() >= usize::try_from(PAGE).unwrap_or(usize::MAX);
            for stored in &page {
                let envelope = &stored.envelope;
                if stored.event > last {
                    return Ok(missing(&stated));
                }
                self.place = Some((stored.event, envelope.id, envelope.version));
                self.records = self.records.saturating_add(1);
                let claim = stated.remove(&(envelope.id, envelope.version));
                if claim != Some((stored.event, stored.commitment)) || !opens(stored) {
                    return Ok(Err(VerificationProblem::Record {
                        entry: stored.event,
                        record: envelope.id,
                        version: envelope.version,
                    }));
                }
            }
            if !full {
                return Ok(missing(&stated));
            }
        }
    }
}

/// The first record that the log states and the store does not hold.
fn missing(stated: &HashMap<(RecordId, Version), (u64, Hash)>) -> Result<(), VerificationProblem> {
    match stated.iter().min_by_key(|(_, (entry, _))| *entry) {
        None => Ok(()),
        Some((&(record, version), &(entry, _))) => Err(VerificationProblem::RecordMissing {
            entry,
            record,
            version,
        }),
    }
}

/// Whether envelope and body are those that the stored commitment commits to. Of an erased record
/// only the commitment is left.
fn opens(stored: &StoredRecord) -> bool {
    stored.body.as_ref().is_none_or(|(body, salt)| {
        PutRecord::commitment_of(salt, &stored.envelope_json, body) == stored.commitment
    })
}
