//! Retention acts by itself (invariant 8): what is due is erased, or put to a reviewer.

use egnatia_alerts::ListEntry;
use egnatia_audit::Operation;
use egnatia_protocol::{Digest, Outcome, Recall, RecallEffect, RecallReason, Receipt, Statement};
use egnatia_record::{Arrangement, Envelope, Kind, Overdue};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::arrangements::ENDED;
use crate::exchange::AGREED;
use crate::port::{Batch, Change, DeliveryRow, ObjectRef};
use crate::writing::{Beside, EventAbout, Keep, Writing, to_the_microsecond};
use crate::{App, AppError, Caller, read_body};

/// How many records one turn handles.
const TURN: u32 = 200;
/// After how many days an entry that nobody has reviewed is put to the reviewer again.
const REMIND_DAYS: u16 = 30;

/// So long it is known which checkpoints went where, and what witnesses saw.
const UPKEEP_KEPT: SignedDuration = SignedDuration::from_hours(24 * 30);

/// What a turn did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Expired {
    /// Records whose bodies were erased.
    pub erased: u64,
    /// Records that now wait for a reviewer.
    pub to_review: u64,
}

impl App {
    /// Acts on the records whose date has come, at most a few hundred at a time. The node calls it
    /// by itself, as `caller`, until there are none.
    ///
    /// # Errors
    /// [`AppError::Store`] where the store does not answer.
    pub async fn act_on_retention(&self, caller: &Caller) -> Result<Expired, AppError> {
        let today = self.now().to_zoned_datetime(TimeZone::UTC).date();
        let ended = Change::DropSessionsEnded(to_the_microsecond(self.now()));
        let past = self
            .now()
            .checked_sub(UPKEEP_KEPT)
            .unwrap_or(Timestamp::MIN);
        let sweep = Batch {
            changes: vec![ended, Change::ForgetUpkeep(to_the_microsecond(past))],
            ..Batch::default()
        };
        self.store().commit(sweep).await?;
        self.lapse_movements(caller).await?;
        let due = self.store().due(today, TURN).await?;
        let mut expired = Expired::default();
        for id in due {
            let Some(stored) = self.store().record(id).await? else {
                continue;
            };
            let mut writing = self.writing(caller);
            let envelope = &stored.envelope;
            match (envelope.retention.overdue, envelope.kind) {
                (Overdue::Review, Kind::ListEntry) => {
                    let Some(entry) = read_body::<ListEntry>(&stored)? else {
                        continue;
                    };
                    let beside = Beside::new("review-due", Operation::Alteration);
                    writing.change(&stored, Some(Keep::Review(REMIND_DAYS)), &entry, beside)?;
                    expired.to_review = expired.to_review.saturating_add(1);
                }
                (Overdue::Review, Kind::Arrangement) => {
                    // An arrangement stays in force until somebody ends it.
                    let Some(arrangement) = read_body::<Arrangement>(&stored)? else {
                        continue;
                    };
                    let state = if stored.state == AGREED {
                        AGREED
                    } else {
                        ENDED
                    };
                    let beside = Beside::new(state, Operation::Alteration);
                    writing.change(
                        &stored,
                        Some(Keep::Review(REMIND_DAYS)),
                        &arrangement,
                        beside,
                    )?;
                    expired.to_review = expired.to_review.saturating_add(1);
                }
                (Overdue::Review, Kind::Firearm) => {
                    // A weapon that is not destroyed stays in the register; somebody looks.
                    let Some(firearm) = read_body::<egnatia_firearms::Firearm>(&stored)? else {
                        continue;
                    };
                    let state = crate::firearms::state_word(&firearm);
                    let beside = Beside::new(state, Operation::Alteration)
                        .data(serde_json::json!({ "review": "due" }));
                    writing.change(&stored, Some(Keep::Review(REMIND_DAYS)), &firearm, beside)?;
                    expired.to_review = expired.to_review.saturating_add(1);
                }
                (Overdue::Review, Kind::Photograph) => {
                    // It goes with its weapon.
                    let Some(body) = read_body::<serde_json::Value>(&stored)? else {
                        continue;
                    };
                    let beside = Beside::new(crate::firearms::KEPT, Operation::Alteration);
                    let keep = Keep::Review(self.inner.firearms.review_days);
                    writing.change(&stored, Some(keep), &body, beside)?;
                    expired.to_review = expired.to_review.saturating_add(1);
                }
                // What is kept stays in the books for as long as somebody keeps it.
                (Overdue::Review, kind) if crate::stock::stays(kind) => {
                    let Some(body) = read_body::<serde_json::Value>(&stored)? else {
                        continue;
                    };
                    let beside = Beside::new(crate::stock::OPEN, Operation::Alteration);
                    let keep = Keep::Review(crate::stock::REVIEW_DAYS);
                    writing.change(&stored, Some(keep), &body, beside)?;
                    expired.to_review = expired.to_review.saturating_add(1);
                }
                (Overdue::Erase | Overdue::Review, _) => {
                    let object = ObjectRef {
                        record: id,
                        version: envelope.version,
                        commitment: None,
                    };
                    let about = EventAbout {
                        object: Some(object),
                        ..EventAbout::default()
                    };
                    writing.log(Operation::Erasure, about);
                    writing.batch.changes.push(Change::Erase(id));
                    if envelope.kind == Kind::Firearm {
                        self.erase_photographs(&mut writing, id).await?;
                    }
                    if envelope.kind == Kind::Alert {
                        self.tell_of_erasure(&mut writing, envelope).await?;
                        let why = ("its review date has passed", None);
                        self.close_ended(&mut writing, id, why).await?;
                    }
                    expired.erased = expired.erased.saturating_add(1);
                }
            }
            self.store().commit(writing.batch).await?;
        }
        let unanswered = self.delete_unanswered(caller).await?;
        expired.erased = expired.erased.saturating_add(unanswered);
        if expired.erased > 0 {
            self.inner.exchange.wake();
        }
        Ok(expired)
    }

    /// An own alert that has expired is recalled everywhere; the issuer of a received one learns
    /// that it was erased here.
    async fn tell_of_erasure(
        &self,
        writing: &mut Writing<'_>,
        envelope: &Envelope,
    ) -> Result<(), AppError> {
        let (id, version) = (envelope.id, envelope.version);
        if envelope.originator == self.inner.settings.authority {
            let recall = Recall {
                record: id,
                through: version,
                effect: RecallEffect::Erase,
                reason: RecallReason::Expired,
                at: writing.at,
            };
            return self.recall(writing, recall).await;
        }
        let received = self.store().received(&[id]).await?;
        let Some(received) = received.first() else {
            return Ok(());
        };
        let receipt = Statement::Receipt(Receipt {
            statement: Digest::from_bytes(*received.digest.as_bytes()),
            record: Some(id),
            version: Some(version),
            outcome: Outcome::Erased,
            at: writing.at,
        });
        let (_, payload) = receipt
            .to_payload()
            .map_err(|error| AppError::Internal(error.to_string()))?;
        let row = DeliveryRow {
            payload: Some(payload),
            ..DeliveryRow::queued(received.from.clone(), "receipt", writing.at).about(id, version)
        };
        writing.batch.changes.push(Change::Enqueue(row));
        Ok(())
    }
}
