//! The chain of a trace as it is put together from deliveries and answers; where it stands, who is late.

use egnatia_audit::Operation;
use egnatia_firearms::{
    AnswerState, AnsweredTrace, Closing, Hop, HopState, PartnerTimes, Trace, TraceAnswer, TraceHop,
    TraceRefused, TraceResult, hops, partner_times,
};
use egnatia_record::{AuthorityId, Envelope, Kind, RecordId};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::view::TraceDelivery;
use super::{ASKED, trace_refused};
use crate::port::{DeliveryState, RecordFilter, StoredRecord};
use crate::writing::{Beside, EventAbout};
use crate::{Action, App, AppError, Caller, next_page, read_body};

/// Where a trace stands, in a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TraceStanding {
    /// Closed.
    Closed(Closing),
    /// The last who had it lawfully is known.
    Traced,
    /// So many are late.
    Late(usize),
    /// So many of those who were asked have answered.
    Waiting {
        /// How many answered.
        answered: usize,
        /// How many were asked.
        asked: usize,
    },
    /// Everybody has answered, and the last holder is not known.
    Answered,
}

impl TraceStanding {
    pub(super) fn of(trace: &Trace, hops: &[Hop], now: Timestamp) -> Self {
        if let Some(closed) = &trace.closed {
            return Self::Closed(closed.why);
        }
        let answers = hops.iter().filter_map(|hop| hop.state.answer());
        let answered = answers.clone().count();
        let is_known = answers
            .into_iter()
            .any(|(outcome, _)| outcome.is_last_hop());
        let late = hops.iter().filter(|hop| hop.is_overdue(now)).count();
        match (is_known, late) {
            (true, _) => Self::Traced,
            (false, 0) if answered == hops.len() && !hops.is_empty() => Self::Answered,
            (false, 0) => Self::Waiting {
                answered,
                asked: hops.len(),
            },
            (false, late) => Self::Late(late),
        }
    }

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Closed(_) => "closed",
            Self::Traced => "traced",
            Self::Late(_) => "late",
            Self::Waiting { .. } => "waiting",
            Self::Answered => "answered",
        }
    }
}

/// A chain, with what it was put together from.
pub(super) struct Chain {
    /// The countries; none for a partner's trace.
    pub hops: Vec<Hop>,
    /// To whom it went.
    pub deliveries: Vec<TraceDelivery>,
    /// The records of the answers.
    pub answers: Vec<RecordId>,
    /// The answer of this node, where the trace is a partner's.
    pub own_answer: Option<RecordId>,
}

impl App {
    /// The chain of a trace. Logs nothing: whoever shows it does.
    pub(super) async fn chain_of(
        &self,
        envelope: &Envelope,
        trace: &Trace,
    ) -> Result<Chain, AppError> {
        let own = &self.inner.settings.authority;
        let mut deliveries = Vec::new();
        let mut asked: Vec<(AuthorityId, Timestamp, bool)> = Vec::new();
        for row in self.store().deliveries_of(envelope.id).await? {
            if row.kind != "record" {
                continue;
            }
            let delivered = row.state == DeliveryState::Delivered;
            match asked.iter_mut().find(|(to, ..)| *to == row.to) {
                // A later version of the question does not start the clock anew.
                Some(known) => known.2 |= delivered,
                None => asked.push((
                    row.to.clone(),
                    row.done_at.unwrap_or(row.queued_at),
                    delivered,
                )),
            }
            deliveries.push(TraceDelivery {
                to: row.to,
                queued_at: row.queued_at,
                state: row.state,
                reason: row.reason,
            });
        }
        let mut answers: Vec<(AuthorityId, TraceAnswer)> = Vec::new();
        let mut own_answer = None;
        let mut seen = Vec::new();
        let linked = self.store().linked(envelope.id, "trace").await?;
        for record in self.store().records(&linked).await? {
            if record.envelope.kind != Kind::TraceAnswer {
                continue;
            }
            if record.envelope.originator == *own {
                own_answer = Some(record.envelope.id);
            }
            if let Some(answer) = read_body::<TraceAnswer>(&record)? {
                seen.push(record.envelope.id);
                answers.push((record.envelope.originator.clone(), answer));
            }
        }
        let hours = i64::from(self.inner.firearms.trace_hours(trace.is_urgent()));
        let within = SignedDuration::from_hours(hours);
        Ok(Chain {
            hops: match envelope.originator == *own {
                true => hops(own, &asked, &answers, within),
                false => Vec::new(),
            },
            deliveries,
            answers: seen,
            own_answer,
        })
    }

    /// Reminds everybody who is late: they get the question once more, with when they were reminded.
    ///
    /// # Errors
    /// [`AppError::Invalid`] where nobody is late, or they were reminded less than a day ago;
    /// [`AppError::NotFound`], [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn remind_late(
        &self,
        caller: &Caller,
        id: RecordId,
    ) -> Result<Vec<AuthorityId>, AppError> {
        let (stored, trace) = self.own_trace(caller, id).await?;
        let chain = self.chain_of(&stored.envelope, &trace).await?;
        let now = self.now();
        let late = chain.hops.into_iter().filter(|hop| hop.is_overdue(now));
        let late: Vec<AuthorityId> = late.map(|hop| hop.authority).collect();
        let trace = trace.remind(now).map_err(|error| trace_refused(&error))?;
        if late.is_empty() {
            return Err(trace_refused(&TraceRefused::NobodyLate));
        }
        let data = json!({ "change": "reminded", "late": late });
        self.tell_of_trace(caller, (&stored, &trace), (&late, data))
            .await?;
        Ok(late)
    }

    /// Closes a trace, and tells everybody who has it: whoever has not answered need not any more.
    ///
    /// # Errors
    /// [`AppError::Invalid`] where it is closed; [`AppError::NotFound`],
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn close_trace(
        &self,
        caller: &Caller,
        id: RecordId,
        why: Closing,
    ) -> Result<(), AppError> {
        let (stored, trace) = self.own_trace(caller, id).await?;
        let trace = trace.close(why, self.now());
        let trace = trace.map_err(|error| trace_refused(&error))?;
        let everybody = self.everybody_with(id).await?;
        let data = json!({ "change": "closed", "why": why });
        self.tell_of_trace(caller, (&stored, &trace), (&everybody, data))
            .await
    }

    /// Writes a version of an own trace, and queues it for these.
    async fn tell_of_trace(
        &self,
        caller: &Caller,
        (stored, trace): (&StoredRecord, &Trace),
        (to, data): (&[AuthorityId], serde_json::Value),
    ) -> Result<(), AppError> {
        let mut writing = self.writing(caller);
        let mut envelope = stored.envelope.clone();
        envelope.version = super::next_version(envelope.version)?;
        envelope.author = caller.login.clone();
        envelope.recorded_at = writing.at;
        for to in to {
            // Whoever may not have it any more is left out.
            if let Err(error) = self.queue_trace(&mut writing, &envelope, to) {
                tracing::info!(%error, "a version of a trace does not go to everybody");
            }
        }
        let beside = Beside::new(ASKED, Operation::Disclosure).data(data);
        writing.put_envelope(envelope, trace, beside)?;
        self.store().commit(writing.batch).await?;
        self.after_change().await
    }

    /// How each partner answers, over all traces of this node.
    ///
    /// # Errors
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn trace_partners(&self, caller: &Caller) -> Result<Vec<PartnerTimes>, AppError> {
        self.authorise(caller, Action::ViewFirearms, None)?;
        let mut chains = Vec::new();
        let mut after = None;
        loop {
            let page = self.own_traces(after).await?;
            for (envelope, trace) in &page.0 {
                chains.push(self.chain_of(envelope, trace).await?.hops);
            }
            after = page.1;
            if after.is_none() {
                break;
            }
        }
        let about = EventAbout::subject("trace-partners").data(json!({ "traces": chains.len() }));
        self.log_consultation(caller, about).await?;
        Ok(partner_times(&chains, self.now()))
    }

    pub(super) async fn own_traces(
        &self,
        after: Option<crate::port::Cursor>,
    ) -> Result<(Vec<(Envelope, Trace)>, Option<crate::port::Cursor>), AppError> {
        let filter = RecordFilter {
            kind: Kind::Trace,
            state: Some(ASKED.to_owned()),
            created_by: None,
            after,
            limit: 500,
        };
        let stored = self.store().find(&filter).await?;
        let next = next_page(&stored, filter.limit);
        let mut traces = Vec::with_capacity(stored.len());
        for record in stored {
            if let Some(trace) = read_body::<Trace>(&record)? {
                traces.push((record.envelope, trace));
            }
        }
        Ok((traces, next))
    }

    /// All traces of the node's own, each with what was answered.
    pub(in crate::firearms) async fn trace_results(&self) -> Result<Vec<TraceResult>, AppError> {
        let directory = self.directory();
        let country = |authority: &AuthorityId| {
            let known = directory.known(authority);
            known.map_or_else(|| authority.to_string(), |known| known.code().to_string())
        };
        let day = |at: Timestamp| at.to_zoned_datetime(TimeZone::UTC).date();
        let mut results = Vec::new();
        let mut after = None;
        loop {
            let (traces, next) = self.own_traces(after).await?;
            for (envelope, trace) in traces {
                let chain = self.chain_of(&envelope, &trace).await?;
                let answers = chain.hops.iter().filter_map(|hop| hop.state.answer());
                let outcomes = answers.map(|(outcome, _)| outcome.clone()).collect();
                let delivered = |hop: &&Hop| hop.state != HopState::NotDelivered;
                let hops = chain.hops.iter().filter(delivered).map(|hop| TraceHop {
                    partner: country(&hop.authority),
                    took: hop.took(),
                    in_time: hop.state.answer().is_some_and(|(_, at)| at <= hop.due_at),
                });
                results.push(TraceResult {
                    asked_on: day(trace.asked_at),
                    outcomes,
                    is_closed: trace.closed.is_some(),
                    hops: hops.collect(),
                });
            }
            match next {
                Some(_) => after = next,
                None => return Ok(results),
            }
        }
    }
}

impl App {
    /// All traces that this node had to answer.
    pub(in crate::firearms) async fn answered_traces(
        &self,
    ) -> Result<Vec<AnsweredTrace>, AppError> {
        let own = &self.inner.settings.authority;
        let mut answered = Vec::new();
        let mut after = None;
        loop {
            let filter = RecordFilter {
                kind: Kind::TraceAnswer,
                state: None,
                created_by: None,
                after,
                limit: 500,
            };
            let stored = self.store().find(&filter).await?;
            after = next_page(&stored, filter.limit);
            for record in stored {
                if record.envelope.originator != *own {
                    continue;
                }
                let Some(answer) = read_body::<TraceAnswer>(&record)? else {
                    continue;
                };
                let at = match &answer.state {
                    AnswerState::Answered { at, .. } => Some(*at),
                    _ => None,
                };
                answered.push(AnsweredTrace {
                    received_on: answer.received_at.to_zoned_datetime(TimeZone::UTC).date(),
                    took: at.map(|at| at.duration_since(answer.received_at)),
                    in_time: at.is_some_and(|at| at <= answer.due_at),
                });
            }
            if after.is_none() {
                return Ok(answered);
            }
        }
    }
}
