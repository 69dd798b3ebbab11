//! One statement that this node cannot store must not hold up what waits behind it: a parcel that
//! fails as a whole is taken item by item.
//!
//! ```text
//! parcel ── as a whole ── fails ──► item by item ──► stored, or refused: receipts
//!                                        │
//!                                        ├─ the database does not answer: all of it waits
//!                                        └─ this one fails, others do not: it waits, and with it
//!                                           what is about the same record; refused after some tries
//! ```

use std::collections::HashSet;

use egnatia_audit::Operation;
use egnatia_protocol::{Item, KnownRoots, RefusalGround, Statement, StatementKind};
use egnatia_record::{RecordId, Version};
use jiff::Timestamp;
use serde_json::json;

use super::Partner;
use super::inbox::{Answered, ReceiveError, Refused, TakeError, node_caller};
use super::take::{Looked, Taking, record_of};
use crate::port::CommitError;
use crate::writing::EventAbout;
use crate::{App, AppError, StoreError};

/// So often something is tried that the node itself or the database does not take.
const TRIES_MAX: u32 = 3;
/// So often where it may be the database that is not well, though it takes other things.
const TRIES_IN_DOUBT_MAX: u32 = 20;
/// How often an item is tried again at once where somebody else wrote the same record meanwhile.
const ATTEMPTS: usize = 3;

/// What became of an item that was taken by itself.
enum Alone {
    Done(Answered),
    /// It may be right a little later.
    NotYet(String),
    Failed(AppError),
}

impl App {
    /// Takes the items of a parcel one by one. An item without a receipt still waits at its sender.
    pub(super) async fn take_singly(
        &self,
        partner: &Partner,
        items: &[Item],
        (now, whole): (Timestamp, AppError),
    ) -> Result<Vec<(u64, Statement)>, ReceiveError> {
        let busy = |error: &dyn std::fmt::Display| ReceiveError::Busy(error.to_string());
        if matches!(whole, AppError::Store(StoreError::Full)) {
            return Err(busy(&whole));
        }
        let mut receipts = Vec::with_capacity(items.len());
        let mut waiting: HashSet<RecordId> = HashSet::new();
        let mut last = None;
        for item in items {
            let mut looked = Looked::at(self, &item.statement, &KnownRoots::default());
            let digest = looked.digest;
            let said = looked.statement.as_deref().ok();
            let about = said.and_then(record_of);
            let kind = said.map(|said| said.kind().as_str());
            // The order is kept for each record.
            if about.is_some_and(|id| waiting.contains(&id)) {
                continue;
            }
            let answered = match self.take_alone(partner, item, &mut looked).await {
                Alone::Done(answered) => answered,
                Alone::NotYet(text) => {
                    last = Some(text);
                    break;
                }
                Alone::Failed(error) => {
                    let failing = json!({
                        "from": partner.row.authority, "kind": kind, "record": about,
                        "statement": digest.to_string(),
                    });
                    match self.after_failure(partner, (failing, &error), digest).await {
                        Ok(Some(refused)) => Answered::refused(Refused {
                            about: looked.statement.as_deref().ok().and_then(version_of),
                            ..refused
                        }),
                        Ok(None) => {
                            waiting.extend(about);
                            last = Some(error.to_string());
                            continue;
                        }
                        Err(error) => return Err(busy(&error)),
                    }
                }
            };
            self.inner.exchange.forget_failures(digest);
            receipts.push((item.number, answered.receipt(digest, now)));
        }
        self.follow_own().await.map_err(|error| busy(&error))?;
        match last {
            Some(text) if receipts.is_empty() => Err(ReceiveError::Busy(text)),
            _ => Ok(receipts),
        }
    }

    /// Takes an item in a transaction of its own.
    async fn take_alone(&self, partner: &Partner, item: &Item, looked: &mut Looked) -> Alone {
        let mut last = String::new();
        for _ in 0..ATTEMPTS {
            let begun = Taking::begin(self, partner, std::slice::from_ref(looked)).await;
            let mut taking = match begun {
                Ok(taking) => taking,
                Err(error) => return Alone::Failed(error),
            };
            let answered = match taking.take(looked, &item.statement).await {
                Ok(taken) => taken.into(),
                Err(TakeError::Refused(refused)) => Answered::refused(refused),
                Err(TakeError::NotYet(text)) => return Alone::NotYet(text.to_owned()),
                Err(TakeError::WriteFirst) => {
                    let text = "it builds on itself".to_owned();
                    return Alone::Failed(AppError::Internal(text));
                }
                Err(TakeError::App(error)) => return Alone::Failed(error),
            };
            match self.write_taken(taking.finish()).await {
                Ok(()) => return Alone::Done(answered),
                Err(CommitError::Conflict(conflict)) => last = conflict.to_string(),
                Err(CommitError::Store(error)) => return Alone::Failed(error.into()),
            }
        }
        Alone::NotYet(last)
    }

    /// Counts the attempt, and refuses the item after the last one. Writing that down is the proof
    /// that the database takes other things: where it does not, nothing is refused.
    async fn after_failure(
        &self,
        partner: &Partner,
        (mut failing, error): (serde_json::Value, &AppError),
        digest: egnatia_protocol::Digest,
    ) -> Result<Option<Refused>, AppError> {
        if matches!(error, AppError::Store(StoreError::Full)) {
            return Err(error.clone());
        }
        let in_doubt = matches!(error, AppError::Store(StoreError::Unavailable(_)));
        let tries_max = match in_doubt {
            true => TRIES_IN_DOUBT_MAX,
            false => TRIES_MAX,
        };
        let from = &partner.row.authority;
        let tries = self.inner.exchange.failures_of(digest) + 1;
        // A recall is owed to whom the record is about: it is tried until it is followed.
        let is_recall = failing.get("kind") == Some(&json!(StatementKind::Recall.as_str()));
        let is_refused = tries >= tries_max && !is_recall;
        // The database is asked each time, and the log is not filled with each time.
        if tries == 1 || is_refused || (in_doubt && !is_recall) {
            if let Some(fields) = failing.as_object_mut() {
                fields.insert("tries".to_owned(), json!(tries));
                fields.insert("refused".to_owned(), json!(is_refused));
            }
            let caller = node_caller("node:inbox", None)?;
            let mut writing = self.writing(&caller);
            let about = EventAbout::subject(format!("not-stored:{digest}")).data(failing);
            writing.log(Operation::Administration, about);
            self.store().commit(writing.batch).await?;
        }
        self.inner.exchange.count_failure(digest);
        if !is_refused {
            tracing::warn!(%from, statement = %digest, tries, %error, "a statement cannot be stored; it waits");
            return Ok(None);
        }
        tracing::error!(
            %from, statement = %digest, tries, %error,
            "a statement cannot be stored and is refused; the rest goes on"
        );
        let now = self.now();
        self.inner.exchange.note(from, |contact| {
            contact.not_stored = contact.not_stored.saturating_add(1);
            contact.not_stored_at = Some(now);
        });
        let text = format!("it failed {tries} times here; the operator finds it as {digest}");
        Ok(Some(
            Refused::new(RefusalGround::CannotBeStored).hint(&text),
        ))
    }
}

/// Which version of which record a statement tells of.
fn version_of(statement: &Statement) -> Option<(RecordId, Version)> {
    match statement {
        Statement::Record(shared) => Some((shared.envelope.id, shared.envelope.version)),
        Statement::Recall(recall) => Some((recall.record, recall.through)),
        Statement::Hit(hit) => Some((hit.alert, hit.version)),
        _ => None,
    }
}
