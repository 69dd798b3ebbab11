//! Alerts are corrected, extended, flagged and withdrawn, and everybody who ever received one learns
//! of it.

use std::collections::BTreeSet;

use egnatia_alerts::{Alert, AlertDraft, AlertRefused, Flag, Reason};
use egnatia_audit::Operation;
use egnatia_protocol::{Recall, RecallEffect, RecallReason, Statement};
use egnatia_record::{AuthorityId, Handling, Kind, RecordId, Version, Withheld};
use serde_json::json;

use super::{RESTRICTED, RETURNED, WITHDRAWN, enqueue, refused};
use crate::port::{Change, DeliveryRow, KeyChange, StoredRecord};
use crate::question::validate;
use crate::writing::{Beside, Keep, Writing};
use crate::{Action, App, AppError, Caller, Invalid};

/// What the log says where a restriction is lifted.
const LIFTED: &str = "lifted";
/// The same for one that was taken over again.
const ADOPTED: &str = "taken over again";

/// A flag that another party asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFlag {
    /// Who asked.
    pub authority: AuthorityId,
    /// Why.
    pub reason: Reason,
    /// What it does instead.
    pub alternative_action: Option<String>,
}

impl App {
    /// Corrects an alert. Everybody who ever received it gets the new version.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Forbidden`], [`AppError::Invalid`];
    /// [`AppError::Conflict`] where it is withdrawn.
    pub async fn correct_alert(
        &self,
        caller: &Caller,
        id: RecordId,
        draft: AlertDraft,
    ) -> Result<(), AppError> {
        self.authorise(caller, Action::EnterAlert, None)?;
        validate(&draft.subject)?;
        self.check_links(&draft.links).await?;
        self.change_alert(caller, id, "corrected", |alert, app, _| {
            alert.correct(draft, &app.inner.exchange.profile)
        })
        .await
    }

    /// Corrects how an alert is handled: codes and to whom it is released. Where it came from does not
    /// change. Whoever may have it now gets the new version; whoever has it and may not any more is
    /// told to erase it, and the receipts say who has.
    ///
    /// # Errors
    /// As [`App::correct_alert`]; [`AppError::Invalid`] where the origin would change, or where nothing
    /// would.
    pub async fn correct_handling(
        &self,
        caller: &Caller,
        id: RecordId,
        handling: Handling,
        why: &Reason,
    ) -> Result<(), AppError> {
        let (mut stored, alert) = self.load_own(caller, id).await?;
        if !alert.is_active() || stored.state == RESTRICTED {
            let text = "the alert is restricted or withdrawn".to_owned();
            return Err(AppError::Conflict(text));
        }
        let held = &stored.envelope.handling;
        if held.origin() != handling.origin() {
            let text = "where the data came from does not change; enter a new alert where it was \
                        stated wrongly";
            return Err(Invalid::new("origin", "fixed", text).into());
        }
        if *held == handling {
            let text = "this is how the alert is handled already";
            return Err(Invalid::new("release", "same", text).into());
        }
        stored.envelope.handling = handling;
        let data = json!({ "change": "handling", "reason": why });
        self.put_change(caller, (&stored, &alert), data).await
    }

    /// Keeps an alert beyond its review date, by a recorded assessment (rule SIS-11).
    ///
    /// # Errors
    /// As [`App::correct_alert`].
    pub async fn extend_alert(
        &self,
        caller: &Caller,
        id: RecordId,
        assessment: Reason,
    ) -> Result<(), AppError> {
        self.change_alert(caller, id, "extended", |alert, app, writing| {
            let profile = &app.inner.exchange.profile;
            alert.extend(assessment, caller.login.clone(), writing.at, profile)
        })
        .await
    }

    /// Adds a flag at the request of another party (rule SIS-15).
    ///
    /// # Errors
    /// As [`App::correct_alert`].
    pub async fn flag_alert(
        &self,
        caller: &Caller,
        id: RecordId,
        flag: NewFlag,
    ) -> Result<(), AppError> {
        let mut writing = self.writing(caller);
        self.put_flag(&mut writing, caller, (id, flag)).await?;
        self.store().commit(writing.batch).await?;
        self.after_change().await
    }

    /// Puts a flag into a transaction.
    pub(crate) async fn put_flag(
        &self,
        writing: &mut Writing<'_>,
        caller: &Caller,
        (id, flag): (RecordId, NewFlag),
    ) -> Result<(), AppError> {
        let (stored, alert) = self.changeable(caller, id, "flagged").await?;
        let flag = Flag {
            authority: flag.authority,
            reason: flag.reason,
            alternative_action: flag.alternative_action,
            since: writing.at,
        };
        let flagged = alert.flag(flag, &self.inner.exchange.profile);
        let flagged = flagged.map_err(|error| refused(&error))?;
        let data = json!({ "change": "flagged" });
        self.put_version(writing, (&stored, &flagged), data).await
    }

    /// Ends an alert. Everybody who ever received it is told to erase it (rules LED-07, EU-04).
    ///
    /// # Errors
    /// As [`App::correct_alert`].
    pub async fn withdraw_alert(
        &self,
        caller: &Caller,
        id: RecordId,
        reason: Reason,
        why: RecallReason,
    ) -> Result<(), AppError> {
        let mut writing = self.writing(caller);
        self.put_withdrawal(&mut writing, caller, (id, reason), why)
            .await?;
        self.store().commit(writing.batch).await?;
        self.after_change().await
    }

    /// Puts the end of an alert into a transaction.
    pub(crate) async fn put_withdrawal(
        &self,
        writing: &mut Writing<'_>,
        caller: &Caller,
        (id, reason): (RecordId, Reason),
        why: RecallReason,
    ) -> Result<(), AppError> {
        self.load_own(caller, id).await?;
        self.put_end_of_own(writing, caller, (id, reason), why)
            .await
    }

    /// The same, where what was looked for is there again: whoever may say that ends the alert too.
    pub(crate) async fn put_end_of_own(
        &self,
        writing: &mut Writing<'_>,
        caller: &Caller,
        (id, reason): (RecordId, Reason),
        why: RecallReason,
    ) -> Result<(), AppError> {
        let (stored, alert) = self.load::<Alert>(id, Kind::Alert).await?;
        if stored.envelope.originator != self.inner.settings.authority {
            return Err(AppError::Forbidden(Action::EnterAlert));
        }
        let by = Some(caller.login.clone());
        self.close_ended(writing, id, (reason.as_str(), by)).await?;
        let ended = alert
            .withdraw(reason, caller.login.clone(), writing.at)
            .map_err(|error| refused(&error))?;
        let beside = Beside::new(WITHDRAWN, Operation::Alteration)
            .keys(KeyChange::Remove)
            .data(json!({ "withdrawn": why }));
        writing.change(&stored, None, &ended, beside)?;
        let through = stored.envelope.version.next().unwrap_or(Version::FIRST);
        let recall = Recall {
            record: id,
            through,
            effect: RecallEffect::Withdraw,
            reason: why,
            at: writing.at,
        };
        self.recall(writing, recall).await
    }

    /// Restricts an alert whose accuracy is contested, or that is needed as evidence (rule LED-14):
    /// nobody finds it, and only those who decide on it see it, here and wherever it went.
    ///
    /// # Errors
    /// As [`App::correct_alert`].
    pub async fn restrict_alert(
        &self,
        caller: &Caller,
        id: RecordId,
        reason: Reason,
    ) -> Result<(), AppError> {
        let (stored, alert) = self.load_own(caller, id).await?;
        if stored.state == RESTRICTED || !alert.is_active() {
            let text = "the alert is restricted or withdrawn already".to_owned();
            return Err(AppError::Conflict(text));
        }
        let mut writing = self.writing(caller);
        let beside = Beside::new(RESTRICTED, Operation::Alteration)
            .keys(KeyChange::Remove)
            .data(json!({ "restricted": reason }));
        writing.change(&stored, None, &alert, beside)?;
        let recall = Recall {
            record: id,
            through: stored.envelope.version.next().unwrap_or(Version::FIRST),
            effect: RecallEffect::Restrict,
            reason: RecallReason::Inaccurate,
            at: writing.at,
        };
        self.recall(&mut writing, recall).await?;
        self.store().commit(writing.batch).await?;
        self.after_change().await
    }

    /// Lifts a restriction: the alert is compared again, here and wherever it went.
    ///
    /// # Errors
    /// As [`App::correct_alert`]; [`AppError::Conflict`] where it is not restricted.
    pub async fn lift_restriction(&self, caller: &Caller, id: RecordId) -> Result<(), AppError> {
        let (stored, _) = self.load_own(caller, id).await?;
        if stored.state != RESTRICTED {
            return Err(AppError::Conflict("the alert is not restricted".to_owned()));
        }
        self.change_alert(caller, id, LIFTED, |alert, _, _| Ok(alert))
            .await
    }

    /// Takes an own alert over again that a partner has returned after a restore: it is compared
    /// again, and whoever may have it gets a new version.
    ///
    /// # Errors
    /// As [`App::correct_alert`]; [`AppError::Conflict`] where it was not returned.
    pub async fn adopt_alert(&self, caller: &Caller, id: RecordId) -> Result<(), AppError> {
        let (stored, _) = self.load_own(caller, id).await?;
        if stored.state != RETURNED {
            let text = "no partner has returned the alert".to_owned();
            return Err(AppError::Conflict(text));
        }
        self.change_alert(caller, id, ADOPTED, |alert, _, _| Ok(alert))
            .await
    }

    /// How many own alerts partners have returned on which nobody has decided. Touches nothing
    /// personal.
    ///
    /// # Errors
    /// [`AppError::Store`] where the store does not answer.
    pub async fn returned_alerts(&self) -> Result<u64, AppError> {
        Ok(self.store().count(Kind::Alert, RETURNED).await?)
    }

    /// Queues a recall for everybody who ever received a record, or may be about to.
    pub(crate) async fn recall(
        &self,
        writing: &mut Writing<'_>,
        recall: Recall,
    ) -> Result<(), AppError> {
        let mut everybody = self.ever_received(recall.record).await?;
        // Whoever passed it on tells them too; one way may be shut.
        everybody.extend(self.received_onward(recall.record).await?);
        enqueue_recall(writing, recall, everybody)
    }

    /// Everybody who may have a record: for whom it was ever queued. Also who refused it, as an
    /// envelope that was held up may have been taken later; also where it was withheld, as an
    /// attempt before may have arrived without an answer. A recall says no more than the id.
    async fn ever_received(&self, record: RecordId) -> Result<BTreeSet<AuthorityId>, AppError> {
        let rows = self.store().deliveries_of(record).await?;
        Ok(rows
            .into_iter()
            .filter(|row| row.kind == "record")
            .map(|row| row.to)
            .collect())
    }

    /// Partners to whom others may have passed a record on, as this node has granted.
    async fn received_onward(&self, record: RecordId) -> Result<BTreeSet<AuthorityId>, AppError> {
        let directory = self.directory();
        let mut granted = self.granted_onward(record).await?;
        granted.retain(|to| directory.accepted(to).is_some());
        Ok(granted)
    }

    async fn change_alert(
        &self,
        caller: &Caller,
        id: RecordId,
        what: &'static str,
        change: impl FnOnce(Alert, &Self, &Writing<'_>) -> Result<Alert, AlertRefused>,
    ) -> Result<(), AppError> {
        let (stored, alert) = self.changeable(caller, id, what).await?;
        let writing = self.writing(caller);
        let changed = change(alert, self, &writing).map_err(|error| refused(&error))?;
        let data = json!({ "change": what });
        self.put_change(caller, (&stored, &changed), data).await
    }

    /// An own alert that may be changed so.
    async fn changeable(
        &self,
        caller: &Caller,
        id: RecordId,
        what: &'static str,
    ) -> Result<(StoredRecord, Alert), AppError> {
        let (stored, alert) = self.load_own(caller, id).await?;
        if stored.state == RESTRICTED && what != LIFTED {
            let text = "the alert is restricted: lift the restriction first".to_owned();
            return Err(AppError::Conflict(text));
        }
        if stored.state == RETURNED && what != ADOPTED {
            let text = "a partner has returned the alert: take it over again first, or withdraw it";
            return Err(AppError::Conflict(text.to_owned()));
        }
        Ok((stored, alert))
    }

    /// Writes a further version of an own alert.
    async fn put_change(
        &self,
        caller: &Caller,
        (stored, changed): (&StoredRecord, &Alert),
        data: serde_json::Value,
    ) -> Result<(), AppError> {
        let mut writing = self.writing(caller);
        self.put_version(&mut writing, (stored, changed), data)
            .await?;
        self.store().commit(writing.batch).await?;
        self.after_change().await
    }

    /// Puts a further version of an own alert into a transaction, in the envelope that it is to have,
    /// and queues it for whoever may have it; whoever may not have it any more is told to erase it.
    async fn put_version(
        &self,
        writing: &mut Writing<'_>,
        (stored, changed): (&StoredRecord, &Alert),
        data: serde_json::Value,
    ) -> Result<(), AppError> {
        let id = stored.envelope.id;
        let beside = self.beside(id, changed, Operation::Alteration)?.data(data);
        let keep = Keep::EraseOn(changed.review_on);
        writing.change(stored, Some(keep), changed, beside)?;
        let version = stored.envelope.version.next().unwrap_or(Version::FIRST);
        let justified = self.justified(id).await?;
        let mut recipients = self.recipients_of(&stored.envelope, changed, &justified);
        // Whoever received it and may not have it any more is told to erase it.
        let before = self.ever_received(id).await?;
        let onward = self.received_onward(id).await?;
        enqueue(writing, id, version, &recipients);
        recipients.retain(|recipient| match &recipient.outcome {
            Ok(_) => false,
            // Others may pass it on where nothing is agreed with this node, if it is released.
            Err(Withheld::NotReleased) if onward.contains(&recipient.authority) => true,
            Err(_) => before.contains(&recipient.authority),
        });
        let recall = Recall {
            record: id,
            through: version,
            effect: RecallEffect::Erase,
            reason: RecallReason::Withdrawn,
            at: writing.at,
        };
        let not_any_more = recipients.into_iter().map(|recipient| recipient.authority);
        enqueue_recall(writing, recall, not_any_more)
    }

    /// An alert of the node's own that the caller may change.
    pub(super) async fn load_own(
        &self,
        caller: &Caller,
        id: RecordId,
    ) -> Result<(StoredRecord, Alert), AppError> {
        let (stored, alert) = self.load_alert(caller, id, Action::EnterAlert).await?;
        if stored.envelope.originator != self.inner.settings.authority {
            // Only the issuer changes or deletes (rule SIS-14).
            return Err(AppError::Forbidden(Action::EnterAlert));
        }
        Ok((stored, alert))
    }
}

/// Queues a recall for these.
fn enqueue_recall(
    writing: &mut Writing<'_>,
    recall: Recall,
    recipients: impl IntoIterator<Item = AuthorityId>,
) -> Result<(), AppError> {
    let (record, through) = (recall.record, recall.through);
    let (_, payload) = Statement::Recall(recall)
        .to_payload()
        .map_err(|error| AppError::Internal(error.to_string()))?;
    for to in recipients {
        let row = DeliveryRow {
            payload: Some(payload.clone()),
            ..DeliveryRow::queued(to, "recall", writing.at).about(record, through)
        };
        writing.batch.changes.push(Change::Enqueue(row));
    }
    Ok(())
}
