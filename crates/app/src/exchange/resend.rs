//! A node that was put back to an older state asks its partners for what it has signed for and does
//! not have any more.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use egnatia_alerts::{Alert, Direction, Hit, Inquiry, InquiryAnswer, InquiryState};
use egnatia_protocol::{
    Answer, Decision, DeclineGround, Digest, Hint, Matter, Outcome, Recall, RecallEffect,
    RecallReason, Receipt, RefusalGround, Request, Resend, Statement, Text,
};
use egnatia_record::{AuthorityId, Kind, RecordId, Version};
use jiff::{SignedDuration, Timestamp};

use super::RESENDS_MAX;
use super::inbox::{Refused, TakeError, append};
use super::take::{Taken, Taking};
use crate::alerts::{RECEIVED, RESTRICTED};
use crate::firearms::TRACE_RECEIVED;
use crate::port::{
    Change, DeliveryRow, DeliveryState, LedgerPart, ReceivedRow, RecordFilter, StoredRecord,
};
use crate::writing::Writing;
use crate::{App, AppError, Caller, next_page, read_body};

/// Clocks differ, and what was under way at the moment of the backup is asked for as well.
const BEFORE: SignedDuration = SignedDuration::from_hours(1);
/// The state of a record whose body was erased.
const ERASED: &str = "erased";
/// Rows that are read at a time.
const PAGE: u32 = 500;
/// So many rows that wait are compared with what is to be sent again.
const WAITING_MAX: u32 = 100_000;

/// What a row says: the same once more is not queued while the first one waits. Two hits on one
/// alert differ only in their words.
type What = (String, Option<RecordId>, Option<Version>, Option<Vec<u8>>);

fn what_of(row: &DeliveryRow) -> What {
    let words = row.payload.clone();
    (row.kind.clone(), row.record, row.version, words)
}

impl App {
    /// Asks every partner for what it sent since a moment: the one of the backup that was restored.
    /// Returns how many are asked.
    ///
    /// # Errors
    /// [`AppError::Store`] where the store does not answer.
    pub async fn ask_again(&self, caller: &Caller, since: Timestamp) -> Result<usize, AppError> {
        let since = since.checked_sub(BEFORE).unwrap_or(since);
        let statement = Statement::Resend(Resend { since });
        let (_, payload) = statement
            .to_payload()
            .map_err(|error| AppError::Internal(error.to_string()))?;
        let mut writing = self.writing(caller);
        let mut count = 0;
        // The directory in memory is that of before the restore.
        for partner in self.store().partners().await? {
            if partner.state == crate::PartnerState::Accepted {
                let row = DeliveryRow {
                    payload: Some(payload.clone()),
                    ..DeliveryRow::queued(partner.authority, "resend", writing.at)
                };
                writing.batch.changes.push(Change::Enqueue(row));
                count += 1;
            }
        }
        if count > 0 {
            self.store().commit(writing.batch).await?;
            self.inner.exchange.wake();
        }
        Ok(count)
    }

    /// Records of a partner in a state that are here and that were written since then.
    async fn of_since(
        &self,
        (from, kind, state): (&AuthorityId, Kind, Option<&str>),
        since: Timestamp,
    ) -> Result<Vec<StoredRecord>, AppError> {
        let mut of = Vec::new();
        let mut filter = RecordFilter {
            kind,
            state: state.map(str::to_owned),
            created_by: None,
            after: None,
            limit: PAGE,
        };
        loop {
            // The newest first: the time is that of the partner's own clock.
            let found = self.store().find(&filter).await?;
            let next = next_page(&found, PAGE);
            let count = found.len();
            let recent = found
                .into_iter()
                .take_while(|stored| stored.envelope.recorded_at >= since);
            let recent: Vec<StoredRecord> = recent.collect();
            let is_over = recent.len() < count;
            of.extend(
                recent
                    .into_iter()
                    .filter(|s| s.envelope.originator == *from),
            );
            filter.after = next;
            if is_over || filter.after.is_none() {
                return Ok(of);
            }
        }
    }

    /// What a partner wrote since then and what is held here, each with the partner's own signed
    /// words: answers to traces before the traces, so that none is put to an officer again.
    async fn held_since(
        &self,
        from: &AuthorityId,
        since: Timestamp,
    ) -> Result<Vec<ReceivedRow>, AppError> {
        let mut held = Vec::new();
        for (kind, state) in [
            (Kind::TraceAnswer, None),
            (Kind::Trace, Some(TRACE_RECEIVED)),
            (Kind::Alert, Some(RECEIVED)),
            (Kind::Alert, Some(RESTRICTED)),
        ] {
            let found = self.of_since((from, kind, state), since).await?;
            let ids: Vec<RecordId> = found.iter().map(|stored| stored.envelope.id).collect();
            held.extend(self.store().received(&ids).await?);
        }
        Ok(held)
    }

    /// What a partner has recalled since then, in which version, and what was done here: it may not
    /// know any more that it did.
    async fn recalled_since(
        &self,
        from: &AuthorityId,
        since: Timestamp,
    ) -> Result<Vec<Receipt>, AppError> {
        let mut recalled = Vec::new();
        for (state, outcome) in [(ERASED, Outcome::Erased), (RESTRICTED, Outcome::Restricted)] {
            let found = self
                .of_since((from, Kind::Alert, Some(state)), since)
                .await?;
            let ids: Vec<RecordId> = found.iter().map(|stored| stored.envelope.id).collect();
            let received = self.store().received(&ids).await?;
            let came: HashSet<RecordId> = received.into_iter().map(|row| row.record).collect();
            for stored in found {
                // What was recalled before it came has no proof, and a place of its own.
                if !came.contains(&stored.envelope.id) {
                    continue;
                }
                recalled.push(Receipt {
                    statement: Digest::from_bytes([0; 32]),
                    record: Some(stored.envelope.id),
                    version: Some(stored.envelope.version),
                    outcome: outcome.clone(),
                    at: self.now(),
                });
            }
        }
        Ok(recalled)
    }

    /// Queues again what a partner was asked or told in answer, and may not know any more.
    async fn ask_and_answer_again(
        &self,
        writing: &mut Writing<'_>,
        to: &AuthorityId,
        ids: &BTreeSet<RecordId>,
    ) -> Result<(), AppError> {
        let ids: Vec<RecordId> = ids.iter().copied().collect();
        for stored in self.store().records(&ids).await? {
            let Some(inquiry) = read_body::<Inquiry>(&stored)? else {
                continue;
            };
            let statement = match (inquiry.direction, &inquiry.state) {
                (Direction::Asked, InquiryState::Open) => Statement::Request(asked(&inquiry)?),
                (Direction::Received, InquiryState::Answered(answer)) => {
                    Statement::Answer(answered(&inquiry, answer)?)
                }
                _ => continue,
            };
            let (_, payload) = statement.to_payload().map_err(|error| internal(&error))?;
            let row = DeliveryRow {
                payload: Some(payload),
                record: Some(stored.envelope.id),
                ..DeliveryRow::queued(to.clone(), statement.kind().as_str(), writing.at)
            };
            writing.batch.changes.push(Change::Enqueue(row));
        }
        Ok(())
    }

    /// Which records and hits were sent to a partner since then.
    async fn sent_since(
        &self,
        to: &AuthorityId,
        since: Timestamp,
    ) -> Result<BTreeMap<&'static str, BTreeSet<RecordId>>, AppError> {
        let mut sent: BTreeMap<&'static str, BTreeSet<RecordId>> = BTreeMap::new();
        let mut wanted = LedgerPart::Shared.newest(PAGE);
        loop {
            let rows = self.store().deliveries_to(to, wanted).await?;
            for row in &rows {
                let kind = match row.kind.as_str() {
                    "record" | "recall" => "record",
                    "hit" => "hit",
                    "request" | "answer" => "inquiry",
                    _ => continue,
                };
                // Whatever waits comes by itself.
                let is_recent = row.done_at.is_some_and(|done| done >= since);
                if is_recent && row.state != DeliveryState::Queued {
                    sent.entry(kind).or_default().extend(row.record);
                }
            }
            match rows.last() {
                Some(last) if last.queued_at >= since => {
                    wanted.before = Some(last.position);
                }
                _ => return Ok(sent),
            }
        }
    }
}

impl Taking<'_> {
    /// Queues again what the partner lacks: what was sent to it, and what it wrote itself.
    pub(super) async fn take_resend(&mut self, told: &Resend) -> Result<Taken, TakeError> {
        let to = self.from().clone();
        // What another request of this parcel queues waits by then.
        self.claim("resend")?;
        // All that was ever sent goes again: that is not done without end.
        if !self.app().inner.exchange.may_ask_again(&to, self.at()) {
            tracing::warn!(partner = %to, "the partner asks too often for what it has had; refused");
            let text = format!("asked {RESENDS_MAX} times within an hour: ask again later");
            let refused = Refused::new(RefusalGround::TooLarge).hint(&text);
            return Err(refused.into());
        }
        // What waits already comes by itself.
        let waiting = self.app().store().waiting(&to, WAITING_MAX).await?;
        let waiting: HashSet<_> = waiting.into_iter().map(|row| what_of(&row)).collect();
        let sent = self.app().sent_since(&to, told.since).await?;
        let caller = self.node();
        let mut writing = self.app().writing(&caller);
        self.return_held(&mut writing, &to, told.since).await?;
        for receipt in self.app().recalled_since(&to, told.since).await? {
            let about = receipt.record.zip(receipt.version);
            let (_, payload) = Statement::Receipt(receipt)
                .to_payload()
                .map_err(|error| internal(&error))?;
            let row = DeliveryRow {
                payload: Some(payload),
                ..DeliveryRow::queued(to.clone(), "receipt", writing.at)
            };
            let row = about
                .into_iter()
                .fold(row, |row, (id, version)| row.about(id, version));
            writing.batch.changes.push(Change::Enqueue(row));
        }
        for id in sent.get("record").into_iter().flatten() {
            self.again(&mut writing, &to, *id).await?;
        }
        for id in sent.get("hit").into_iter().flatten() {
            let found = self.app().load::<Hit>(*id, Kind::Hit).await;
            let hit = match found {
                Ok((_, hit)) => hit,
                Err(AppError::NotFound(_)) => continue,
                Err(error) => return Err(error.into()),
            };
            if let Some(alert) = self.app().alert_of(&hit.entry).await? {
                self.app()
                    .tell_hit(&mut writing, (*id, &hit), &alert, None)?;
            }
        }
        if let Some(ids) = sent.get("inquiry") {
            let doing = self.app().ask_and_answer_again(&mut writing, &to, ids);
            doing.await?;
        }
        let is_new = |change: &Change| match change {
            Change::Enqueue(row) => !waiting.contains(&what_of(row)),
            _ => true,
        };
        writing.batch.changes.retain(is_new);
        append(self.batch(), writing.batch);
        self.queues();
        Ok(Taken::stored(None))
    }

    /// Queues what the partner wrote itself and what is held here.
    async fn return_held(
        &self,
        writing: &mut Writing<'_>,
        to: &AuthorityId,
        since: Timestamp,
    ) -> Result<(), AppError> {
        for held in self.app().held_since(to, since).await? {
            let Some(statement) = held.statement else {
                continue;
            };
            let row = DeliveryRow {
                payload: Some(statement),
                ground: "returned: its issuer was put back to an older state".to_owned(),
                ..DeliveryRow::queued(to.clone(), "record", writing.at)
                    .about(held.record, held.version)
            };
            writing.batch.changes.push(Change::Enqueue(row));
        }
        Ok(())
    }

    /// Whether a partner may have an alert; of somebody else's, whether it is still one.
    async fn alert_goes(&self, stored: &StoredRecord, to: &AuthorityId) -> Result<bool, AppError> {
        let Some(alert) = read_body::<Alert>(stored)?.filter(Alert::is_active) else {
            return Ok(false);
        };
        if stored.envelope.originator != *self.own() {
            return Ok(true);
        }
        // Of its own, whoever may not have it any more is told to erase it once more.
        let justified = self.app().justified(stored.envelope.id).await?;
        let recipients = self
            .app()
            .recipients_of(&stored.envelope, &alert, &justified);
        let mut its = recipients.iter().filter(|one| one.authority == *to);
        Ok(its.any(|one| one.outcome.is_ok()))
    }

    async fn again(
        &self,
        writing: &mut Writing<'_>,
        to: &AuthorityId,
        id: RecordId,
    ) -> Result<(), AppError> {
        let Some(stored) = self.app().store().record(id).await? else {
            return Ok(());
        };
        let is_own = stored.envelope.originator == *self.own();
        let version = stored.envelope.version;
        // In the words of a record nothing says that it is restricted.
        let is_restricted = is_own && stored.state == RESTRICTED;
        let goes = match stored.envelope.kind {
            _ if is_restricted => false,
            Kind::Alert => self.alert_goes(&stored, to).await?,
            // Whether it may still leave is asked at the exit.
            Kind::Trace | Kind::TraceAnswer if stored.body.is_some() => true,
            _ => return Ok(()),
        };
        if goes {
            // Somebody else's is in the words of its originator.
            let payload = match is_own {
                true => None,
                false => {
                    let received = self.app().store().received(&[id]).await?;
                    received.into_iter().next().and_then(|row| row.statement)
                }
            };
            if is_own || payload.is_some() {
                let row = DeliveryRow {
                    payload,
                    ground: "sent again: the partner was put back to an older state".to_owned(),
                    ..DeliveryRow::queued(to.clone(), "record", writing.at).about(id, version)
                };
                writing.batch.changes.push(Change::Enqueue(row));
            }
        } else if is_own {
            let recall = Statement::Recall(Recall {
                record: id,
                through: version,
                effect: match is_restricted {
                    true => RecallEffect::Restrict,
                    false => RecallEffect::Erase,
                },
                reason: match is_restricted {
                    true => RecallReason::Inaccurate,
                    false => RecallReason::Withdrawn,
                },
                at: writing.at,
            });
            let (_, payload) = recall
                .to_payload()
                .map_err(|error| AppError::Internal(error.to_string()))?;
            let row = DeliveryRow {
                payload: Some(payload),
                ..DeliveryRow::queued(to.clone(), "recall", writing.at).about(id, version)
            };
            writing.batch.changes.push(Change::Enqueue(row));
        }
        Ok(())
    }
}

fn internal(error: &dyn std::fmt::Display) -> AppError {
    AppError::Internal(error.to_string())
}

/// A question of this node's, as it was put.
fn asked(inquiry: &Inquiry) -> Result<Request, AppError> {
    let matter = Matter::ALL
        .iter()
        .find(|matter| matter.as_str() == inquiry.matter);
    let urgent = inquiry.urgent.clone().map(Hint::new).transpose();
    Ok(Request {
        id: inquiry.question,
        about: inquiry.about,
        matter: *matter.ok_or_else(|| internal(&"a question is of no kind that there is"))?,
        recipient: inquiry.recipient.clone(),
        text: Text::new(inquiry.text.clone()).map_err(|error| internal(&error))?,
        urgent: urgent.map_err(|error| internal(&error))?,
        sent_at: inquiry.since,
        due_at: inquiry.due_at,
    })
}

/// An answer of this node's, as it was given.
fn answered(inquiry: &Inquiry, answer: &InquiryAnswer) -> Result<Answer, AppError> {
    let decision = match answer.decision.as_deref() {
        None => None,
        Some("granted") => Some(Decision::Granted),
        Some("same") => Some(Decision::Same),
        Some("different") => Some(Decision::Different),
        Some(refused) => {
            let ground = refused.strip_prefix("refused: ").unwrap_or_default();
            let ground = DeclineGround::ALL.iter().find(|g| g.as_str() == ground);
            let ground = ground.ok_or_else(|| internal(&"an answer is refused on no ground"))?;
            Some(Decision::Refused { ground: *ground })
        }
    };
    Ok(Answer {
        to: inquiry.question,
        decision,
        text: Text::new(answer.text.clone()).map_err(|error| internal(&error))?,
        at: answer.at,
    })
}
