//! A partner's record is passed on only where its originator has said so (rules EU-07, HC-02): the
//! node asks, waits, and passes on in the originator's own words.

use std::collections::BTreeSet;

use egnatia_alerts::{Alert, Inquiry, InquiryState, Reason};
use egnatia_protocol::{Matter, SharedRecord, Signed};
use egnatia_record::{AuthorityId, Kind, Outgoing, RecordId};

use crate::alerts::RESTRICTED;
use crate::port::{Change, DeliveryRow};
use crate::writing::Writing;
use crate::{Action, App, AppError, Caller, Invalid, NewQuestion, read_body};

/// What passing on led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PassedOn {
    /// It is on its way: the originator had permitted it.
    Queued,
    /// The originator is asked.
    Asked(RecordId),
    /// The originator was asked before, and has not answered.
    Waits(RecordId),
}

impl App {
    /// Passes a partner's alert on to another partner, or asks its originator first.
    ///
    /// # Errors
    /// [`AppError::NotFound`]; [`AppError::Invalid`] where the alert is this node's own, or may not
    /// go there even with permission; [`AppError::Conflict`] where the originator has refused, or has
    /// restricted the alert;
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn pass_on(
        &self,
        caller: &Caller,
        id: RecordId,
        to: &AuthorityId,
        why: Reason,
    ) -> Result<PassedOn, AppError> {
        self.authorise(caller, Action::Exchange, None)?;
        let (stored, alert) = self.load::<Alert>(id, Kind::Alert).await?;
        let originator = stored.envelope.originator.clone();
        if originator == self.inner.settings.authority {
            let text = "this is your own alert: change to whom it is released";
            return Err(Invalid::new("alert", "own", text).into());
        }
        if stored.state == RESTRICTED {
            let text = "its originator has restricted it: it is passed on once that is lifted";
            return Err(AppError::Conflict(text.to_owned()));
        }
        let directory = self.directory();
        let recipient = directory.accepted(to).ok_or_else(|| {
            Invalid::new(
                "to",
                "unknown",
                format!("`{to}` is not an accepted partner"),
            )
        })?;
        let outgoing = Outgoing {
            envelope: &stored.envelope,
            category: alert.category,
            own: false,
            permitted: true,
        };
        directory
            .release(&outgoing, recipient, self.today())
            .map_err(|withheld| Invalid::new("to", withheld.as_str(), withheld.to_string()))?;
        for (inquiry_id, inquiry) in self.onward_questions(id).await? {
            if inquiry.recipient.as_ref() != Some(to) {
                continue;
            }
            match &inquiry.state {
                InquiryState::Open => return Ok(PassedOn::Waits(inquiry_id)),
                InquiryState::Answered(answer) if answer.decision.as_deref() == Some("granted") => {
                    let mut writing = self.writing(caller);
                    self.pass_on_permitted(&mut writing, &inquiry, to).await?;
                    self.store().commit(writing.batch).await?;
                    self.inner.exchange.wake();
                    return Ok(PassedOn::Queued);
                }
                InquiryState::Answered(_) => {
                    let text = "the originator does not permit it; ask them again in words";
                    return Err(AppError::Conflict(text.to_owned()));
                }
            }
        }
        let mut writing = self.writing(caller);
        let question = NewQuestion {
            about: id,
            matter: Matter::OnwardTransfer,
            recipient: Some(to.clone()),
            text: why,
            urgent: None,
        };
        let purpose = stored.envelope.purpose;
        let asked = self.put_inquiry(&mut writing, purpose, &originator, &question)?;
        self.store().commit(writing.batch).await?;
        self.after_change().await?;
        Ok(PassedOn::Asked(asked))
    }

    async fn onward_questions(
        &self,
        about: RecordId,
    ) -> Result<Vec<(RecordId, Inquiry)>, AppError> {
        let linked = self.store().linked(about, "alert").await?;
        let mut found = Vec::new();
        for stored in self.store().records(&linked).await? {
            if stored.envelope.kind != Kind::Inquiry {
                continue;
            }
            if let Some(inquiry) = read_body::<Inquiry>(&stored)?
                && inquiry.matter == Matter::OnwardTransfer.as_str()
            {
                found.push((stored.envelope.id, inquiry));
            }
        }
        Ok(found)
    }

    /// Queues what the originator has permitted, as the originator signed it. Returns whether there
    /// was something to queue.
    pub(super) async fn pass_on_permitted(
        &self,
        writing: &mut Writing<'_>,
        inquiry: &Inquiry,
        to: &AuthorityId,
    ) -> Result<bool, AppError> {
        let received = self.store().received(&[inquiry.about]).await?;
        let Some(received) = received.into_iter().next() else {
            return Ok(false);
        };
        let Some(statement) = received.statement else {
            return Ok(false);
        };
        let row = DeliveryRow {
            payload: Some(statement),
            ground: format!("permission of {}: {}", inquiry.with, inquiry.question),
            ..DeliveryRow::queued(to.clone(), "record", writing.at)
                .about(received.record, received.version)
        };
        writing.batch.changes.push(Change::Enqueue(row));
        Ok(true)
    }

    /// Whether a record went to a partner: from this node, or from another one with permission.
    pub(super) async fn was_given(
        &self,
        record: RecordId,
        to: &AuthorityId,
    ) -> Result<bool, AppError> {
        let rows = self.store().deliveries_of(record).await?;
        if rows.iter().any(|row| row.kind == "record" && row.to == *to) {
            return Ok(true);
        }
        Ok(self.granted_onward(record).await?.contains(to))
    }

    /// To whom partners may pass a record on, as this node has granted or was granted.
    pub(crate) async fn granted_onward(
        &self,
        record: RecordId,
    ) -> Result<BTreeSet<AuthorityId>, AppError> {
        let questions = self.onward_questions(record).await?.into_iter();
        let granted = questions.filter(|(_, inquiry)| {
            matches!(
                &inquiry.state,
                InquiryState::Answered(answer) if answer.decision.as_deref() == Some("granted")
            )
        });
        Ok(granted
            .filter_map(|(_, inquiry)| inquiry.recipient)
            .collect())
    }

    /// Queues a further version of a partner's record for whoever got one before from this node, as
    /// its originator signed it. Returns whether there was anybody.
    pub(super) async fn pass_version_on(
        &self,
        writing: &mut Writing<'_>,
        (shared, signed): (&SharedRecord, &Signed),
    ) -> Result<bool, AppError> {
        let envelope = &shared.envelope;
        let mut to_all = self.passed_on_to(envelope.id).await?;
        to_all.remove(&envelope.originator);
        let is_any = !to_all.is_empty();
        for to in to_all {
            let row = DeliveryRow {
                payload: Some(signed.to_bytes()),
                ground: format!(
                    "a further version of {}, passed on before",
                    envelope.originator
                ),
                ..DeliveryRow::queued(to, "record", writing.at).about(envelope.id, envelope.version)
            };
            writing.batch.changes.push(Change::Enqueue(row));
        }
        Ok(is_any)
    }

    /// To whom this node has passed a partner's record on.
    pub(super) async fn passed_on_to(
        &self,
        record: RecordId,
    ) -> Result<BTreeSet<AuthorityId>, AppError> {
        let rows = self.store().deliveries_of(record).await?;
        let records = rows.into_iter().filter(|row| row.kind == "record");
        Ok(records.map(|row| row.to).collect())
    }
}
