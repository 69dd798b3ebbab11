//! Traces: asked, answered, passed on with the asker's consent, seen as one chain.
//!
//! A trace is a record of the asker; whoever is asked gets it as such. An answer is a record of
//! whoever answers, and goes to the asker alone: no country in between sees who held the weapon.

mod answer;
mod chain;
mod late;
mod view;

use std::collections::BTreeSet;

use egnatia_audit::Operation;
use egnatia_firearms::{
    AnswerState, Particulars, Priority, Trace, TraceAnswer, TraceRefused, UrgencyGround,
};
use egnatia_record::{
    AuthorityId, Category, Envelope, Handling, HandlingCode, Kind, OriginRegime, Outgoing,
    PartnerCode, RecordId, ReleasableTo, Version,
};
use jiff::civil::Date;
use serde_json::json;

use super::{purpose_of, terms};
use crate::port::{Change, DeliveryRow, StoredRecord};
use crate::writing::{Beside, Keep, Writing};
use crate::{Action, App, AppError, Caller, Invalid, read_body};

pub use answer::NewTraceAnswer;
pub use chain::TraceStanding;
pub use late::LateTraceView;
pub use view::{TraceAnswerView, TraceDelivery, TraceSummary, TraceView};

/// The state of a trace of the node's own.
pub(crate) const ASKED: &str = "asked";
/// The state of a partner's trace.
pub(crate) const RECEIVED: &str = "received";
/// The state of an answer that an officer still has to give.
pub(crate) const OPEN: &str = "open";
/// Under what a trace flows: arrangements on objects name firearms (Regulation (EU) 2018/1862
/// Art. 38(2)(j)).
pub(crate) const CATEGORY: Category = Category::ObjectSeizure;

/// A trace that is to be asked.
#[derive(Debug, Clone, PartialEq)]
pub struct NewTrace {
    /// The weapon.
    pub weapon: Particulars,
    /// The weapon's record here, where it has one.
    pub firearm: Option<RecordId>,
    /// Where it turned up.
    pub recovered_in: egnatia_firearms::Country,
    /// When.
    pub recovered_on: Date,
    /// Offence.
    pub offence: String,
    /// Why at once, and what the ground is here; absent where it is not urgent.
    pub urgent: Option<(UrgencyGround, String)>,
    /// How it turned up.
    pub circumstances: String,
    /// What the answer is used for.
    pub intended_use: String,
    /// What else is asked.
    pub question: String,
    /// Who is asked first: the country of manufacture, or of the last import.
    pub to: AuthorityId,
    /// To which countries it may be passed on.
    pub may_pass_to: BTreeSet<PartnerCode>,
}

/// Why a trace or an answer cannot be, as an answer.
pub(crate) fn trace_refused(error: &TraceRefused) -> AppError {
    match error {
        TraceRefused::AnsweredAlready => AppError::clash(error.name(), error.to_string()),
        _ => Invalid::new(error.field(), error.name(), error.to_string()).into(),
    }
}

/// For these countries and nobody else.
pub(super) fn handling_for(partners: BTreeSet<PartnerCode>) -> Result<Handling, AppError> {
    Handling::new(
        [HandlingCode::H0],
        None,
        ReleasableTo::Partners(partners),
        OriginRegime::National,
    )
    .map_err(|error| AppError::Internal(error.to_string()))
}

impl App {
    /// Asks a country after a weapon.
    ///
    /// # Errors
    /// [`AppError::Invalid`] where required fields are missing, or the partner may not have it;
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn start_trace(&self, caller: &Caller, new: NewTrace) -> Result<RecordId, AppError> {
        self.authorise(caller, Action::TraceFirearms, None)?;
        let purpose = purpose_of(caller)?;
        let mut writing = self.writing(caller);
        let (urgency, urgency_reason) = new.urgent.unzip();
        let trace = Trace {
            weapon: new.weapon,
            recovered_in: new.recovered_in,
            recovered_on: new.recovered_on,
            offence: new.offence,
            priority: match urgency {
                Some(_) => Priority::Urgent,
                None => Priority::Routine,
            },
            urgency,
            urgency_reason: urgency_reason.unwrap_or_default(),
            question: new.question,
            may_pass_to: new.may_pass_to,
            asked_at: writing.at,
            circumstances: new.circumstances,
            intended_use: new.intended_use,
            reminded_at: None,
            closed: None,
        };
        trace
            .validate_new(self.today())
            .map_err(|error| trace_refused(&error))?;
        let partner = self.partner_code(&new.to)?;
        let mut countries = trace.may_pass_to.clone();
        countries.insert(partner);
        let keep = Keep::Erase(self.inner.firearms.keep_days);
        let mut terms = terms(Kind::Trace, purpose, false, keep);
        terms.handling = handling_for(countries)?;
        let id = writing.new_id();
        let envelope = writing.envelope_of(id, terms)?;
        self.queue_trace(&mut writing, &envelope, &new.to)?;
        let links: Vec<(&'static str, RecordId)> =
            new.firearm.into_iter().map(|id| ("firearm", id)).collect();
        let beside = Beside::new(ASKED, Operation::Disclosure)
            .links(links)
            .data(json!({ "to": new.to, "urgent": trace.is_urgent() }));
        writing.put_envelope(envelope, &trace, beside)?;
        self.store().commit(writing.batch).await?;
        self.after_change().await?;
        Ok(id)
    }

    fn partner_code(&self, authority: &AuthorityId) -> Result<PartnerCode, AppError> {
        let directory = self.directory();
        let partner = directory.accepted(authority).ok_or_else(|| {
            let text = format!("`{authority}` is not an accepted partner");
            Invalid::new("to", "unknown", text)
        })?;
        Ok(partner.code())
    }

    /// Queues a version of an own trace for a partner, where the partner may have it.
    fn queue_trace(
        &self,
        writing: &mut Writing<'_>,
        envelope: &Envelope,
        to: &AuthorityId,
    ) -> Result<(), AppError> {
        let directory = self.directory();
        let partner = directory.accepted(to).ok_or_else(|| {
            let text = format!("`{to}` is not an accepted partner");
            Invalid::new("to", "unknown", text)
        })?;
        let outgoing = Outgoing {
            envelope,
            category: CATEGORY,
            own: true,
            permitted: false,
        };
        let ground = directory
            .release(&outgoing, partner, self.today())
            .map_err(|withheld| Invalid::new("to", withheld.as_str(), withheld.to_string()))?;
        let row = DeliveryRow {
            ground,
            ..DeliveryRow::queued(to.clone(), "record", writing.at)
                .about(envelope.id, envelope.version)
        };
        writing.batch.changes.push(Change::Enqueue(row));
        Ok(())
    }

    /// Asks a further country after the same weapon.
    ///
    /// # Errors
    /// As [`App::start_trace`]; [`AppError::NotFound`]; [`AppError::Conflict`] where it was asked
    /// before.
    pub async fn ask_further(
        &self,
        caller: &Caller,
        id: RecordId,
        to: &AuthorityId,
    ) -> Result<(), AppError> {
        let (stored, trace) = self.own_trace(caller, id).await?;
        trace.still_asked().map_err(|error| trace_refused(&error))?;
        let asked = self.store().deliveries_of(id).await?;
        if asked.iter().any(|row| row.to == *to) {
            let text = "this country was asked before";
            return Err(AppError::clash("asked-before", text));
        }
        let partner = self.partner_code(to)?;
        self.widen_trace(caller, (&stored, trace), partner, Some(to))
            .await
    }

    /// Consents that whoever has the trace passes it on to a further country. Everybody who has it
    /// is told, whoever handed it over.
    ///
    /// # Errors
    /// As [`App::start_trace`]; [`AppError::NotFound`].
    pub async fn consent_to_pass_on(
        &self,
        caller: &Caller,
        id: RecordId,
        to: PartnerCode,
    ) -> Result<(), AppError> {
        let (stored, trace) = self.own_trace(caller, id).await?;
        trace.still_asked().map_err(|error| trace_refused(&error))?;
        let trace = trace.consent(to);
        self.widen_trace(caller, (&stored, trace), to, None).await
    }

    /// Writes a version that a further country may have, and tells everybody who has the trace.
    async fn widen_trace(
        &self,
        caller: &Caller,
        (stored, trace): (&StoredRecord, Trace),
        partner: PartnerCode,
        further: Option<&AuthorityId>,
    ) -> Result<(), AppError> {
        let mut writing = self.writing(caller);
        let mut envelope = stored.envelope.clone();
        let mut countries = match envelope.handling.releasable_to() {
            ReleasableTo::Partners(partners) => partners.clone(),
            _ => BTreeSet::new(),
        };
        countries.insert(partner);
        envelope.handling = handling_for(countries)?;
        envelope.version = envelope
            .version
            .next()
            .ok_or_else(|| AppError::Internal("a record has no further version".to_owned()))?;
        envelope.author = caller.login.clone();
        envelope.recorded_at = writing.at;
        let everybody = self.everybody_with(envelope.id).await?.into_iter();
        let everybody: BTreeSet<AuthorityId> = everybody.chain(further.cloned()).collect();
        for to in &everybody {
            match self.queue_trace(&mut writing, &envelope, to) {
                // Whoever may not have it any more is left out; whoever is asked now must get it.
                Err(error) if further == Some(to) => return Err(error),
                _ => {}
            }
        }
        let beside = Beside::new(ASKED, Operation::Disclosure)
            .data(json!({ "released_to": partner, "asked": further }));
        writing.put_envelope(envelope, &trace, beside)?;
        self.store().commit(writing.batch).await?;
        self.after_change().await
    }

    /// Those who have an own trace, whoever handed it over.
    async fn everybody_with(&self, id: RecordId) -> Result<Vec<AuthorityId>, AppError> {
        let rows = self.store().deliveries_of(id).await?.into_iter();
        let mut everybody: BTreeSet<AuthorityId> = rows
            .filter(|row| row.kind == "record")
            .map(|row| row.to)
            .collect();
        everybody.extend(self.handed_on_to(id).await?);
        Ok(everybody.into_iter().collect())
    }

    /// Those who have an own trace because somebody passed it on: they have to know of a consent too.
    async fn handed_on_to(&self, id: RecordId) -> Result<Vec<AuthorityId>, AppError> {
        let linked = self.store().linked(id, "trace").await?;
        let mut others = Vec::new();
        for record in self.store().records(&linked).await? {
            if record.envelope.kind != Kind::TraceAnswer {
                continue;
            }
            if let Some(answer) = read_body::<TraceAnswer>(&record)?
                && let AnswerState::Answered {
                    passed_on: Some(passed),
                    ..
                } = answer.state
            {
                others.push(passed.to);
            }
        }
        Ok(others)
    }

    /// A trace of the node's own that the caller may change.
    async fn own_trace(
        &self,
        caller: &Caller,
        id: RecordId,
    ) -> Result<(StoredRecord, Trace), AppError> {
        self.authorise(caller, Action::TraceFirearms, None)?;
        let (stored, trace) = self.load::<Trace>(id, Kind::Trace).await?;
        if stored.envelope.originator != self.inner.settings.authority {
            return Err(AppError::Forbidden(Action::TraceFirearms));
        }
        Ok((stored, trace))
    }
}

/// The version that follows.
pub(crate) fn next_version(version: Version) -> Result<Version, AppError> {
    version
        .next()
        .ok_or_else(|| AppError::Internal("a record has no further version".to_owned()))
}
