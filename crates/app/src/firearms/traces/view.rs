//! Traces and answers as they are seen: one chain over several countries.

use egnatia_firearms::{AnswerState, Hop, Outcome, Trace, TraceAnswer, median_days};
use egnatia_record::{AuthorityId, Envelope, Kind, RecordId};
use jiff::Timestamp;
use serde_json::json;

use super::super::register::LikeFirearm;
use super::chain::TraceStanding;
use super::{ASKED, OPEN};
use crate::port::{Cursor, DeliveryState, DueFilter, DuePlace, RecordFilter};
use crate::writing::EventAbout;
use crate::{Action, App, AppError, Caller, Page, next_page, read_body};

/// A trace of the node's own, with its chain.
#[derive(Debug, Clone)]
pub struct TraceView {
    /// Whose it is, why, until when.
    pub envelope: Envelope,
    /// What is asked.
    pub trace: Trace,
    /// Whether it is the node's own.
    pub is_own: bool,
    /// The chain; empty for a partner's trace.
    pub hops: Vec<Hop>,
    /// Where it stands.
    pub standing: TraceStanding,
    /// Median time of the answers, in tenths of a day.
    pub median_tenths: Option<i64>,
    /// To whom it went.
    pub deliveries: Vec<TraceDelivery>,
    /// The answer of this node, where the trace is a partner's.
    pub own_answer: Option<RecordId>,
    /// Whether the caller may ask further.
    pub may_change: bool,
}

/// To whom a trace went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TraceDelivery {
    /// To whom.
    pub to: AuthorityId,
    /// When it was queued.
    pub queued_at: Timestamp,
    /// Where it stands.
    pub state: DeliveryState,
    /// Why it was refused or withheld.
    pub reason: Option<String>,
}

/// An answer, with the question.
#[derive(Debug, Clone)]
pub struct TraceAnswerView {
    /// The record.
    pub id: RecordId,
    /// Whose it is.
    pub envelope: Envelope,
    /// The answer, or its clock.
    pub answer: TraceAnswer,
    /// What is asked.
    pub trace: Trace,
    /// What the node itself knows of such a weapon: a proposal, no answer.
    pub like: Vec<LikeFirearm>,
    /// Whether the caller may answer.
    pub may_answer: bool,
}

/// A line in the list of traces.
#[derive(Debug, Clone)]
pub struct TraceSummary {
    /// The record.
    pub id: RecordId,
    /// Whose it is.
    pub envelope: Envelope,
    /// What is asked.
    pub trace: Trace,
    /// Where it stands.
    pub standing: TraceStanding,
    /// Since when an answer is waited for, and until when: what is due first. Absent where none is.
    pub due: Option<(Timestamp, Timestamp)>,
}

impl App {
    /// A trace with its chain.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn view_trace(&self, caller: &Caller, id: RecordId) -> Result<TraceView, AppError> {
        self.authorise(caller, Action::ViewFirearms, None)?;
        let (stored, trace) = self.load::<Trace>(id, Kind::Trace).await?;
        let own = &self.inner.settings.authority;
        let is_own = stored.envelope.originator == *own;
        let chain = self.chain_of(&stored.envelope, &trace).await?;
        let seen = &chain.answers;
        let about = EventAbout::seen(id, stored.envelope.version).data(json!({ "answers": seen }));
        self.log_consultation(caller, about).await?;
        Ok(TraceView {
            median_tenths: median_days(&chain.hops),
            standing: TraceStanding::of(&trace, &chain.hops, self.now()),
            hops: chain.hops,
            may_change: is_own
                && self
                    .inner
                    .policy
                    .permits(caller, Action::TraceFirearms, None),
            envelope: stored.envelope,
            trace,
            is_own,
            deliveries: chain.deliveries,
            own_answer: chain.own_answer,
        })
    }

    /// A partner's trace with what this node answers, or has to.
    ///
    /// # Errors
    /// As [`App::view_trace`].
    pub async fn view_trace_answer(
        &self,
        caller: &Caller,
        id: RecordId,
    ) -> Result<TraceAnswerView, AppError> {
        self.authorise(caller, Action::ViewFirearms, None)?;
        let (stored, answer) = self.load::<TraceAnswer>(id, Kind::TraceAnswer).await?;
        let (_, trace) = self.load::<Trace>(answer.trace, Kind::Trace).await?;
        let is_own = stored.envelope.originator == self.inner.settings.authority;
        let like = match (&answer.state, is_own) {
            (AnswerState::Open, true) => self.find_like_firearms(&trace.weapon)?,
            _ => Vec::new(),
        };
        let ids: Vec<RecordId> = like.iter().map(|like| like.record).collect();
        let about = EventAbout::seen(id, stored.envelope.version).data(json!({ "records": ids }));
        self.log_consultation(caller, about).await?;
        Ok(TraceAnswerView {
            id,
            may_answer: is_own
                && self
                    .inner
                    .policy
                    .permits(caller, Action::TraceFirearms, None),
            envelope: stored.envelope,
            answer,
            trace,
            like,
        })
    }

    /// Traces of the node's own, the newest first.
    ///
    /// # Errors
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn traces(
        &self,
        caller: &Caller,
        after: Option<Cursor>,
        limit: u32,
    ) -> Result<Page<TraceSummary>, AppError> {
        self.authorise(caller, Action::ViewFirearms, None)?;
        let filter = RecordFilter {
            kind: Kind::Trace,
            state: Some(ASKED.to_owned()),
            created_by: None,
            after,
            limit: limit.clamp(1, 100),
        };
        let stored = self.store().find(&filter).await?;
        let next = next_page(&stored, filter.limit);
        let mut items = Vec::with_capacity(stored.len());
        for record in stored {
            if let Some(trace) = read_body(&record)? {
                let chain = self.chain_of(&record.envelope, &trace).await?;
                items.push(TraceSummary {
                    id: record.envelope.id,
                    envelope: record.envelope,
                    standing: TraceStanding::of(&trace, &chain.hops, self.now()),
                    due: trace.waits_for(&chain.hops),
                    trace,
                });
            }
        }
        let ids: Vec<RecordId> = items.iter().map(|item| item.id).collect();
        let about = EventAbout::subject("traces").data(json!({ "records": ids }));
        self.log_consultation(caller, about).await?;
        Ok(Page { items, next })
    }

    /// Partners' traces that this node has to answer, what is due first first; answers follow.
    ///
    /// # Errors
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn traces_to_answer(
        &self,
        caller: &Caller,
        after: Option<DuePlace>,
        limit: u32,
    ) -> Result<Page<(RecordId, TraceAnswer, Trace), DuePlace>, AppError> {
        self.authorise(caller, Action::ViewFirearms, None)?;
        let filter = DueFilter {
            kind: Kind::TraceAnswer,
            open: OPEN,
            about: None,
            after,
            limit: limit.clamp(1, 100),
        };
        let found = self.store().find_due(&filter).await?;
        let is_full = u32::try_from(found.len()).is_ok_and(|count| count == filter.limit);
        let next = found.last().filter(|_| is_full).map(|last| last.place);
        let own = &self.inner.settings.authority;
        let mut items = Vec::new();
        for due in found {
            if due.record.envelope.originator != *own {
                continue;
            }
            let Some(answer) = read_body::<TraceAnswer>(&due.record)? else {
                continue;
            };
            match self.load::<Trace>(answer.trace, Kind::Trace).await {
                Ok((_, trace)) => items.push((due.record.envelope.id, answer, trace)),
                Err(AppError::NotFound(_)) => {}
                Err(error) => return Err(error),
            }
        }
        let ids: Vec<RecordId> = items.iter().map(|(id, ..)| *id).collect();
        let about = EventAbout::subject("traces-to-answer").data(json!({ "records": ids }));
        self.log_consultation(caller, about).await?;
        Ok(Page { items, next })
    }

    /// How many traces of partners nobody has answered. Touches nothing personal.
    ///
    /// # Errors
    /// [`AppError::Store`] where the store does not answer.
    pub async fn traces_open(&self) -> Result<u64, AppError> {
        Ok(self.store().count(Kind::TraceAnswer, OPEN).await?)
    }
}

impl TraceView {
    /// The last hop that names who had the weapon, where the chain has come to its end.
    pub fn last_holder(&self) -> Option<&Hop> {
        self.hops.iter().find(|hop| match &hop.state {
            egnatia_firearms::HopState::Answered { outcome, .. } => outcome.is_last_hop(),
            _ => false,
        })
    }

    /// Where an answer says that the weapon went and nobody has asked there yet.
    pub fn leads(&self) -> Vec<&egnatia_firearms::Country> {
        let countries = self.hops.iter().filter_map(|hop| match &hop.state {
            egnatia_firearms::HopState::Answered {
                outcome: Outcome::ExportedTo { country, .. },
                ..
            } => Some((country, hop)),
            _ => None,
        });
        countries
            .filter(|(_, hop)| !self.hops.iter().any(|other| other.via == hop.authority))
            .map(|(country, _)| country)
            .collect()
    }
}
