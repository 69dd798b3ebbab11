//! A partner's trace, and a partner's answer to one of this node's.

use egnatia_audit::{Hash, Operation};
use egnatia_firearms::{AnswerState, Trace, TraceAnswer};
use egnatia_protocol::{Digest, RefusalGround, SharedRecord, Signed};
use egnatia_record::{Crossing, Envelope, Kind, RecordId, Retention, SubjectCategory, Withheld};
use jiff::SignedDuration;
use serde_json::json;

use super::{Taken, Taking};
use crate::AppError;
use crate::exchange::inbox::{Held, Refused, TakeError, append};
use crate::firearms::{CATEGORY, OPEN, TRACE_RECEIVED, terms};
use crate::port::{Change, ReceivedRow};
use crate::writing::{Beside, Keep, Writing};

/// A partner's clock may be ahead by so much.
const AHEAD_MAX: SignedDuration = SignedDuration::from_mins(10);

impl Taking<'_> {
    /// A record about firearms, whose signature is verified.
    pub(super) async fn take_firearms_record(
        &mut self,
        shared: &SharedRecord,
        signed: &Signed,
        digest: Digest,
    ) -> Result<Taken, TakeError> {
        let envelope = &shared.envelope;
        let about = (envelope.id, envelope.version);
        self.firearms_may_come(envelope)
            .map_err(|refused| refused.about(about.0, about.1))?;
        let hash = Hash::from_bytes(*digest.as_bytes());
        if let Some(held) = self.held.get(&envelope.id) {
            let refuse = |ground| Refused::new(ground).about(about.0, about.1);
            if held.originator != envelope.originator {
                return Err(self.taken_by_another(held, envelope).into());
            }
            if held.version == envelope.version && held.digest == Some(hash) {
                return Ok(Taken::stored(Some(about)));
            }
            // What was recalled, or erased when its time came, may be given out again.
            if held.version >= envelope.version {
                let ground = match held.erased {
                    true => RefusalGround::ErasedHere,
                    false => RefusalGround::OlderThanHeld,
                };
                return Err(refuse(ground).into());
            }
        }
        if self.recalled_before_it_came(envelope.id, &envelope.originator) >= Some(envelope.version)
        {
            let refused = Refused::new(RefusalGround::ErasedHere);
            return Err(refused.about(about.0, about.1).into());
        }
        match envelope.kind {
            Kind::Trace => self.take_trace(shared, signed, hash).await?,
            Kind::TraceAnswer => self.take_trace_answer(shared, signed, hash).await?,
            _ => {
                let refused = Refused::new(RefusalGround::UnknownKind);
                return Err(refused.about(about.0, about.1).into());
            }
        }
        self.held.insert(
            envelope.id,
            Held {
                stored: None,
                version: envelope.version,
                originator: envelope.originator.clone(),
                erased: false,
                digest: Some(hash),
            },
        );
        Ok(Taken::stored(Some(about)))
    }

    /// What the arrangement says of a record that comes in.
    fn firearms_may_come(&self, envelope: &Envelope) -> Result<(), Refused> {
        let refuse = |ground| Refused::new(ground);
        let crossing = Crossing {
            partner: self.partner.code(),
            category: CATEGORY,
            purpose: envelope.purpose,
            personal: envelope.subject != SubjectCategory::NoPerson,
        };
        crossing
            .covered(self.directory.arrangements(), self.app.today())
            .map_err(|withheld| match withheld {
                Withheld::PersonalData => refuse(RefusalGround::PersonalDataNotAllowed),
                Withheld::CategoryNotCovered | Withheld::PurposeNotCovered => {
                    refuse(RefusalGround::CategoryNotAllowed)
                }
                _ => refuse(RefusalGround::NoArrangement),
            })?;
        if envelope.recorded_at.duration_since(self.now) > AHEAD_MAX {
            return Err(refuse(RefusalGround::NotValid).hint(&"it is dated in the future"));
        }
        Ok(())
    }

    async fn take_trace(
        &mut self,
        shared: &SharedRecord,
        signed: &Signed,
        digest: Hash,
    ) -> Result<(), TakeError> {
        let envelope = &shared.envelope;
        let invalid = |hint: &dyn std::fmt::Display| {
            Refused::new(RefusalGround::NotValid)
                .hint(hint)
                .about(envelope.id, envelope.version)
        };
        let trace: Trace = serde_json::from_str(shared.body.as_str())
            .map_err(|_| invalid(&"the body is not a trace"))?;
        trace
            .validate(self.app.today())
            .map_err(|error| invalid(&error))?;
        let caller = self.caller_for(envelope.purpose)?;
        let mut writing = self.app.writing(&caller);
        self.put_foreign_firearms(&mut writing, (shared, signed, digest), TRACE_RECEIVED)?;
        if self.held.contains_key(&envelope.id) {
            // Whoever it was passed on to learns to whom it may go further.
            let passed = self.app.pass_version_on(&mut writing, (shared, signed));
            self.queues |= passed.await?;
        }
        // The clock starts at receipt, and one question has one answer, however often it comes.
        let claim = format!("trace-answer:{}", envelope.id);
        let known = self
            .app
            .store()
            .claims(std::slice::from_ref(&claim))
            .await?;
        if let Some(closed) = &trace.closed {
            self.close_answer(&mut writing, envelope.id, closed.at)
                .await?;
        } else if known.is_empty() && self.claimed.insert(claim.clone()) {
            let hours = self.app.inner.firearms.trace_hours(trace.is_urgent());
            let answer = TraceAnswer {
                trace: envelope.id,
                asker: envelope.originator.clone(),
                via: self.from().clone(),
                received_at: self.now,
                due_at: self
                    .now
                    .checked_add(SignedDuration::from_hours(i64::from(hours)))
                    .map_err(|error| AppError::Internal(format!("no such due time: {error}")))?,
                state: AnswerState::Open,
            };
            let keep = Keep::Erase(self.app.inner.firearms.keep_days);
            let terms = terms(Kind::TraceAnswer, envelope.purpose, false, keep);
            let beside = Beside::new(OPEN, Operation::Collection)
                .due(answer.due_at)
                .links([("trace", envelope.id)])
                .claims(vec![claim])
                .data(json!({ "asker": answer.asker, "via": answer.via }));
            let id = writing.new_id();
            writing.create(id, terms, &answer, beside)?;
        }
        append(&mut self.batch, writing.batch);
        Ok(())
    }

    /// Takes the clock of an answer away that nobody needs any more.
    async fn close_answer(
        &self,
        writing: &mut Writing<'_>,
        trace: RecordId,
        at: jiff::Timestamp,
    ) -> Result<(), TakeError> {
        let linked = self.app.store().linked(trace, "trace").await?;
        for stored in self.app.store().records(&linked).await? {
            let own = stored.envelope.originator == *self.own();
            if !own || stored.envelope.kind != Kind::TraceAnswer {
                continue;
            }
            let answer = crate::read_body::<TraceAnswer>(&stored)?;
            if let Some(closed) = answer.and_then(|answer| answer.close(at)) {
                let beside = Beside::new(closed.state_word(), Operation::Alteration)
                    .links([("trace", trace)])
                    .data(json!({ "change": "closed-by-the-asker" }));
                writing.change(&stored, None, &closed, beside)?;
            }
        }
        Ok(())
    }

    async fn take_trace_answer(
        &mut self,
        shared: &SharedRecord,
        signed: &Signed,
        digest: Hash,
    ) -> Result<(), TakeError> {
        let envelope = &shared.envelope;
        let invalid = |hint: &dyn std::fmt::Display| {
            Refused::new(RefusalGround::NotValid)
                .hint(hint)
                .about(envelope.id, envelope.version)
        };
        let answer: TraceAnswer = serde_json::from_str(shared.body.as_str())
            .map_err(|_| invalid(&"the body is not an answer to a trace"))?;
        // A trace that was never asked, and one that this partner was not asked, are refused in the
        // same words (invariant 10).
        let unknown = || invalid(&"no such trace was asked");
        if envelope.originator != *self.from() {
            return Err(unknown().into());
        }
        let (stored, trace) = match self.app.load::<Trace>(answer.trace, Kind::Trace).await {
            Ok(found) => found,
            Err(AppError::NotFound(_)) => return Err(unknown().into()),
            Err(error) => return Err(error.into()),
        };
        let asked = stored.envelope.originator == *self.own()
            && (self.app.was_given(answer.trace, self.from()).await?
                || trace.may_pass_to.contains(&self.partner.code()));
        if !asked
            || answer.asker != *self.own()
            || !matches!(answer.state, AnswerState::Answered { .. })
        {
            return Err(unknown().into());
        }
        answer.validate(&trace).map_err(|error| invalid(&error))?;
        let caller = self.caller_for(stored.envelope.purpose)?;
        let mut writing = self.app.writing(&caller);
        self.put_foreign_firearms(&mut writing, (shared, signed, digest), answer.state_word())?;
        append(&mut self.batch, writing.batch);
        Ok(())
    }

    /// Puts a partner's record into a transaction, with the proof of who said it.
    fn put_foreign_firearms(
        &self,
        writing: &mut Writing<'_>,
        (shared, signed, digest): (&SharedRecord, &Signed, Hash),
        state: &'static str,
    ) -> Result<(), TakeError> {
        let mut envelope = shared.envelope.clone();
        let (id, version) = (envelope.id, envelope.version);
        // The sender's limit holds by itself (rule PR-12).
        let until = shared
            .keep_until
            .unwrap_or(envelope.retention.review_on)
            .min(envelope.retention.review_on);
        envelope.retention = Retention::erase_on(until, self.app.today()).map_err(|_| {
            Refused::new(RefusalGround::NotValid)
                .hint(&"its time has passed")
                .about(id, version)
        })?;
        let links = match envelope.kind {
            Kind::TraceAnswer => serde_json::from_str::<TraceAnswer>(shared.body.as_str())
                .ok()
                .map(|answer| ("trace", answer.trace)),
            _ => None,
        };
        let beside = Beside::new(state, Operation::Collection)
            .links(links)
            .data(json!({ "from": self.from() }));
        writing.put_foreign(envelope, shared.body.as_str().as_bytes().to_vec(), beside)?;
        writing.batch.changes.push(Change::PutReceived(ReceivedRow {
            record: id,
            version,
            from: self.from().clone(),
            received_at: self.now,
            digest,
            statement: Some(signed.to_bytes()),
            keep_until: shared.keep_until,
        }));
        Ok(())
    }
}
