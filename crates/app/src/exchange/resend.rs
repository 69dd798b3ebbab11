//! A node that was put back to an older state asks its partners for what it has signed for and does
//! not have any more.

use std::collections::{BTreeMap, BTreeSet};

use egnatia_alerts::{Alert, Hit};
use egnatia_protocol::{Recall, RecallEffect, RecallReason, Resend, Statement};
use egnatia_record::{AuthorityId, Kind, RecordId};
use jiff::{SignedDuration, Timestamp};

use super::inbox::{TakeError, append};
use super::take::{Taken, Taking};
use crate::alerts::{RECEIVED, RESTRICTED};
use crate::port::{Change, DeliveryRow, DeliveryState, ReceivedRow, RecordFilter};
use crate::writing::Writing;
use crate::{App, AppError, Caller, next_page, read_body};

/// Clocks differ, and what was under way at the moment of the backup is asked for as well.
const BEFORE: SignedDuration = SignedDuration::from_hours(1);
/// Rows that are read at a time.
const PAGE: u32 = 500;

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

    /// The alerts of a partner that are held here and that it wrote since then, each with the
    /// partner's own signed words.
    async fn held_since(
        &self,
        from: &AuthorityId,
        since: Timestamp,
    ) -> Result<Vec<ReceivedRow>, AppError> {
        let mut held = Vec::new();
        for state in [RECEIVED, RESTRICTED] {
            let mut filter = RecordFilter {
                kind: Kind::Alert,
                state: Some(state.to_owned()),
                created_by: None,
                after: None,
                limit: PAGE,
            };
            loop {
                // The newest first: the time is that of the partner's own clock.
                let found = self.store().find(&filter).await?;
                let envelopes = found.iter().map(|stored| &stored.envelope);
                let recent: Vec<RecordId> = envelopes
                    .filter(|envelope| envelope.recorded_at >= since)
                    .filter(|envelope| envelope.originator == *from)
                    .map(|envelope| envelope.id)
                    .collect();
                held.extend(self.store().received(&recent).await?);
                let is_over = found
                    .last()
                    .is_none_or(|last| last.envelope.recorded_at < since);
                filter.after = next_page(&found, PAGE);
                if is_over || filter.after.is_none() {
                    break;
                }
            }
        }
        Ok(held)
    }

    /// Which records and hits were sent to a partner since then.
    async fn sent_since(
        &self,
        to: &AuthorityId,
        since: Timestamp,
    ) -> Result<BTreeMap<&'static str, BTreeSet<RecordId>>, AppError> {
        let mut sent: BTreeMap<&'static str, BTreeSet<RecordId>> = BTreeMap::new();
        let mut before = None;
        loop {
            let rows = self.store().deliveries_to(to, before, PAGE).await?;
            for row in &rows {
                let kind = match row.kind.as_str() {
                    "record" | "recall" => "record",
                    "hit" => "hit",
                    _ => continue,
                };
                // Whatever waits comes by itself.
                let is_recent = row.done_at.is_some_and(|done| done >= since);
                if is_recent && row.state != DeliveryState::Queued {
                    sent.entry(kind).or_default().extend(row.record);
                }
            }
            match rows.last() {
                Some(last) if last.queued_at >= since => before = Some(last.position),
                _ => return Ok(sent),
            }
        }
    }
}

impl Taking<'_> {
    /// Queues again what the partner lacks: what was sent to it, and what it wrote itself.
    pub(super) async fn take_resend(&mut self, told: &Resend) -> Result<Taken, TakeError> {
        let to = self.from().clone();
        let sent = self.app().sent_since(&to, told.since).await?;
        let caller = self.node();
        let mut writing = self.app().writing(&caller);
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
        for held in self.app().held_since(&to, told.since).await? {
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
        append(self.batch(), writing.batch);
        self.queues();
        Ok(Taken::stored(None))
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
        let alert = read_body::<Alert>(&stored)?.filter(Alert::is_active);
        // Of its own, whoever may not have it any more is told to erase it once more.
        let goes = match &alert {
            Some(alert) if is_own => {
                let justified = self.app().justified(id).await?;
                let recipients = self
                    .app()
                    .recipients_of(&stored.envelope, alert, &justified);
                let mut its = recipients.iter().filter(|one| one.authority == *to);
                its.any(|one| one.outcome.is_ok())
            }
            other => other.is_some(),
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
                effect: RecallEffect::Erase,
                reason: RecallReason::Withdrawn,
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
