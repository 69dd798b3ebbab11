//! A partner's trace is answered, and goes on where the asker has consented.

use std::collections::BTreeSet;

use egnatia_audit::Operation;
use egnatia_firearms::{Outcome, PassedOn, Trace, TraceAnswer};
use egnatia_record::{AuthorityId, Envelope, Kind, Outgoing, RecordId};
use serde_json::json;

use super::super::terms;
use super::{CATEGORY, handling_for, next_version, trace_refused};
use crate::port::{Change, DeliveryRow, StoredRecord};
use crate::writing::{Beside, Keep, Writing};
use crate::{Action, App, AppError, Caller, Invalid};

/// What is answered to a trace.
#[derive(Debug, Clone, PartialEq)]
pub struct NewTraceAnswer {
    /// What.
    pub outcome: Outcome,
    /// To whom the question goes on, where the weapon was exported.
    pub pass_to: Option<AuthorityId>,
}

impl App {
    /// Answers a partner's trace. Names of holders go to the asker alone, and only where the
    /// arrangement with them allows personal data.
    ///
    /// # Errors
    /// [`AppError::Invalid`] where the answer cannot be, the asker may not have it, or has not
    /// consented to passing it on; [`AppError::Conflict`] where it is answered;
    /// [`AppError::NotFound`], [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn answer_trace(
        &self,
        caller: &Caller,
        id: RecordId,
        new: NewTraceAnswer,
    ) -> Result<(), AppError> {
        self.authorise(caller, Action::TraceFirearms, None)?;
        let (stored, answer) = self.own_answer(id).await?;
        let (asked, trace) = self.load::<Trace>(answer.trace, Kind::Trace).await?;
        let mut writing = self.writing(caller);
        let passed = match &new.pass_to {
            Some(to) => Some(self.passing(&writing, to)?),
            None => None,
        };
        let answered = answer
            .answer(&trace, new.outcome, passed, writing.at)
            .map_err(|error| trace_refused(&error))?;
        self.put_answer(&mut writing, &stored, &answered)?;
        if let Some(to) = &new.pass_to {
            self.put_onward(&mut writing, &asked, to).await?;
        }
        self.store().commit(writing.batch).await?;
        self.after_change().await
    }

    /// Passes a trace on that was answered before the asker consented.
    ///
    /// # Errors
    /// As [`App::answer_trace`].
    pub async fn pass_trace_on(
        &self,
        caller: &Caller,
        id: RecordId,
        to: &AuthorityId,
    ) -> Result<(), AppError> {
        self.authorise(caller, Action::TraceFirearms, None)?;
        let (stored, answer) = self.own_answer(id).await?;
        let (asked, trace) = self.load::<Trace>(answer.trace, Kind::Trace).await?;
        let mut writing = self.writing(caller);
        let passed = self.passing(&writing, to)?;
        let answered = answer
            .pass_on(&trace, passed)
            .map_err(|error| trace_refused(&error))?;
        self.put_answer(&mut writing, &stored, &answered)?;
        self.put_onward(&mut writing, &asked, to).await?;
        self.store().commit(writing.batch).await?;
        self.after_change().await
    }

    async fn own_answer(&self, id: RecordId) -> Result<(StoredRecord, TraceAnswer), AppError> {
        let (stored, answer) = self.load::<TraceAnswer>(id, Kind::TraceAnswer).await?;
        if stored.envelope.originator != self.inner.settings.authority {
            let text = "this is a partner's answer";
            return Err(AppError::clash("not-own", text));
        }
        Ok((stored, answer))
    }

    fn passing(&self, writing: &Writing<'_>, to: &AuthorityId) -> Result<PassedOn, AppError> {
        let directory = self.directory();
        let partner = directory.accepted(to).ok_or_else(|| {
            let text = format!("`{to}` is not an accepted partner");
            Invalid::new("pass_to", "unknown", text)
        })?;
        Ok(PassedOn {
            to: to.clone(),
            partner: partner.code(),
            at: writing.at,
        })
    }

    /// Puts the answer into a transaction and queues it for the asker.
    fn put_answer(
        &self,
        writing: &mut Writing<'_>,
        stored: &StoredRecord,
        answer: &TraceAnswer,
    ) -> Result<(), AppError> {
        let personal = match &answer.state {
            egnatia_firearms::AnswerState::Answered { outcome, .. } => outcome.is_personal(),
            _ => false,
        };
        let directory = self.directory();
        let asker = directory.accepted(&answer.asker).ok_or_else(|| {
            let text = format!("`{}` is no accepted partner any more", answer.asker);
            Invalid::new("asker", "unknown", text)
        })?;
        let keep = Keep::Erase(self.inner.firearms.keep_days);
        let mut terms = terms(Kind::TraceAnswer, stored.envelope.purpose, personal, keep);
        terms.handling = handling_for(BTreeSet::from([asker.code()]))?;
        let mut envelope: Envelope = writing.envelope_of(stored.envelope.id, terms)?;
        envelope.version = next_version(stored.envelope.version)?;
        let outgoing = Outgoing {
            envelope: &envelope,
            category: CATEGORY,
            own: true,
            permitted: false,
        };
        // The gate: a name leaves only where the arrangement with the asker allows it.
        let ground = directory
            .release(&outgoing, asker, self.today())
            .map_err(|withheld| {
                let text = format!("{withheld}; leave name, address and number of the holder out");
                Invalid::new("holder", withheld.as_str(), text)
            })?;
        let row = DeliveryRow {
            ground,
            ..DeliveryRow::queued(answer.asker.clone(), "record", writing.at)
                .about(envelope.id, envelope.version)
        };
        writing.batch.changes.push(Change::Enqueue(row));
        let beside = Beside::new(answer.state_word(), Operation::Disclosure)
            .links([("trace", answer.trace)])
            .data(json!({ "to": answer.asker, "personal": personal }));
        writing.put_envelope(envelope, answer, beside)
    }

    /// Queues a partner's trace for a further one, in the words that the asker has signed.
    async fn put_onward(
        &self,
        writing: &mut Writing<'_>,
        asked: &StoredRecord,
        to: &AuthorityId,
    ) -> Result<(), AppError> {
        let directory = self.directory();
        let partner = directory.accepted(to).ok_or_else(|| {
            let text = format!("`{to}` is not an accepted partner");
            Invalid::new("pass_to", "unknown", text)
        })?;
        let outgoing = Outgoing {
            envelope: &asked.envelope,
            category: CATEGORY,
            own: false,
            permitted: true,
        };
        let ground = directory
            .release(&outgoing, partner, self.today())
            .map_err(|withheld| Invalid::new("pass_to", withheld.as_str(), withheld.to_string()))?;
        let received = self.store().received(&[asked.envelope.id]).await?;
        let statement = received.into_iter().next().and_then(|row| row.statement);
        let Some(statement) = statement else {
            let text = "what the asker signed is not here any more";
            return Err(AppError::clash("asker-gone", text));
        };
        let row = DeliveryRow {
            payload: Some(statement),
            ground: format!("consent of {}: {ground}", asked.envelope.originator),
            ..DeliveryRow::queued(to.clone(), "record", writing.at)
                .about(asked.envelope.id, asked.envelope.version)
        };
        writing.batch.changes.push(Change::Enqueue(row));
        Ok(())
    }
}
