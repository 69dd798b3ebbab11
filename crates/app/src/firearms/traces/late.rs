//! Answers that are late: noted by the node itself, once, put to an officer, and after some days to
//! whoever supervises. The node proposes to remind; a named officer sends.

use egnatia_audit::Operation;
use egnatia_firearms::{Hop, LateHop, LateTrace, Trace};
use egnatia_record::{Envelope, Kind, RecordId};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::view::TraceView;
use crate::firearms::terms;
use crate::port::{CommitError, Conflict, DueFilter, RecordFilter, StoredRecord};
use crate::writing::{Beside, EventAbout, Keep, Writing};
use crate::{Action, App, AppError, Caller, read_body};

/// Somebody is late.
const LATE: &str = "late";
/// Somebody is late for so long that whoever supervises is told.
const ESCALATED: &str = "escalated";
/// Nobody is late any more.
const DONE: &str = "done";
/// By this relation what was noted refers to its trace.
const OF_TRACE: &str = "late-trace";
/// So many traces with somebody who is late are shown.
const SHOWN_MAX: u32 = 100;

/// A trace of the node's own to which somebody is late.
#[derive(Debug, Clone)]
pub struct LateTraceView {
    /// The trace.
    pub trace: RecordId,
    /// The weapon.
    pub name: String,
    /// Who is late, what was due first first.
    pub hops: Vec<LateHop>,
    /// When they were reminded last.
    pub reminded_at: Option<Timestamp>,
    /// Whether the caller may remind them now: the node proposes it.
    pub may_remind: bool,
}

impl LateTraceView {
    /// Whether whoever supervises was told.
    pub fn is_escalated(&self) -> bool {
        self.hops.iter().any(|hop| hop.escalated_at.is_some())
    }
}

impl TraceView {
    /// Who is late `now`.
    pub fn late(&self, now: Timestamp) -> Vec<&Hop> {
        let asked = self.trace.closed.is_none();
        let late = self.hops.iter().filter(|hop| asked && hop.is_overdue(now));
        late.collect()
    }
}

impl App {
    /// Notes which answers are late, which are so for the days of the profile, and which are not any
    /// more; returns how many traces changed. Each is noted and logged once. The node calls it by
    /// itself, as `caller`.
    ///
    /// # Errors
    /// [`AppError::Store`] where the store does not answer.
    pub async fn note_late_traces(&self, caller: &Caller) -> Result<u64, AppError> {
        let shortest = self.inner.firearms.trace_hours(true);
        let shortest = SignedDuration::from_hours(i64::from(shortest));
        let mut changed = 0_u64;
        let mut after = None;
        loop {
            let (traces, next) = self.own_traces(after).await?;
            for (envelope, trace) in traces {
                // Nothing is late yet: most are looked at no further.
                if self.now().duration_since(trace.asked_at) > shortest
                    && self.note_late(caller, &envelope, &trace).await?
                {
                    changed = changed.saturating_add(1);
                }
            }
            after = next;
            if after.is_none() {
                return Ok(changed);
            }
        }
    }

    async fn note_late(
        &self,
        caller: &Caller,
        envelope: &Envelope,
        trace: &Trace,
    ) -> Result<bool, AppError> {
        let known = self.noted_of(envelope.id).await?;
        let hops = match (&trace.closed, &known) {
            (Some(_), None) => return Ok(false),
            (Some(_), Some(_)) => Vec::new(),
            (None, _) => self.chain_of(envelope, trace).await?.hops,
        };
        let mut writing = self.writing(caller);
        let days = i64::from(self.inner.firearms.trace_escalation_days);
        let mut noted = match &known {
            Some((_, noted)) => noted.clone(),
            None => LateTrace::of(envelope.id),
        };
        let news = noted.note(&hops, writing.at, SignedDuration::from_hours(24 * days));
        if news.is_empty() {
            return Ok(false);
        }
        let state = match (noted.due_at(), noted.is_escalated()) {
            (None, _) => DONE,
            (Some(_), true) => ESCALATED,
            (Some(_), false) => LATE,
        };
        let operation = match known {
            Some(_) => Operation::Alteration,
            None => Operation::Collection,
        };
        let data = json!({ "trace": envelope.id, "late": news.late, "escalated": news.escalated,
                           "answered_or_closed": news.ended });
        let mut beside = Beside::new(state, operation).data(data);
        beside.due_at = noted.due_at();
        self.put_noted(
            &mut writing,
            envelope,
            (known.map(|(stored, _)| stored), &noted),
            beside,
        )?;
        match self.store().commit(writing.batch).await {
            Ok(_) => Ok(true),
            // Another process of this node was faster: it has noted the same.
            Err(CommitError::Conflict(Conflict::Claim(_) | Conflict::RecordVersion(_))) => {
                Ok(false)
            }
            Err(error) => Err(error.into()),
        }
    }

    fn put_noted(
        &self,
        writing: &mut Writing<'_>,
        envelope: &Envelope,
        (stored, noted): (Option<StoredRecord>, &LateTrace),
        beside: Beside,
    ) -> Result<(), AppError> {
        match stored {
            Some(stored) => writing.change(&stored, None, noted, beside),
            None => {
                let keep = Keep::Erase(self.inner.firearms.keep_days);
                let terms = terms(Kind::LateTrace, envelope.purpose, false, keep);
                let beside = beside
                    .links([(OF_TRACE, envelope.id)])
                    .claims(vec![format!("late-trace:{}", envelope.id)]);
                writing.create(writing.new_local_id(), terms, noted, beside)
            }
        }
    }

    /// What was noted of a trace.
    async fn noted_of(
        &self,
        trace: RecordId,
    ) -> Result<Option<(StoredRecord, LateTrace)>, AppError> {
        let linked = self.store().linked(trace, OF_TRACE).await?;
        for stored in self.store().records(&linked).await? {
            if let Some(noted) = read_body::<LateTrace>(&stored)? {
                return Ok(Some((stored, noted)));
            }
        }
        Ok(None)
    }

    /// Traces of the node's own to which somebody is late, those first of which whoever supervises
    /// was told, then by what was due first; at most 100 of each.
    ///
    /// # Errors
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn late_traces(&self, caller: &Caller) -> Result<Vec<LateTraceView>, AppError> {
        self.authorise(caller, Action::ViewFirearms, None)?;
        let policy = &self.inner.policy;
        let may_change = policy.permits(caller, Action::TraceFirearms, None);
        let now = self.now();
        let mut views = Vec::new();
        for state in [ESCALATED, LATE] {
            let filter = DueFilter {
                kind: Kind::LateTrace,
                open: state,
                about: None,
                after: None,
                limit: SHOWN_MAX,
            };
            let found = self.store().find_due(&filter).await?.into_iter();
            for due in found.filter(|due| due.record.state == state) {
                let Some(noted) = read_body::<LateTrace>(&due.record)? else {
                    continue;
                };
                let (stored, trace) = match self.load::<Trace>(noted.trace, Kind::Trace).await {
                    Ok(found) => found,
                    Err(AppError::NotFound(_)) => continue,
                    Err(error) => return Err(error),
                };
                // An answer that has come since is no answer that is late.
                let chain = self.chain_of(&stored.envelope, &trace).await?;
                let is_late = |late: &&LateHop| {
                    let mut hops = chain.hops.iter();
                    hops.any(|hop| hop.authority == late.authority && hop.is_overdue(now))
                };
                let mut hops: Vec<LateHop> = noted.open().filter(is_late).cloned().collect();
                hops.sort_by_key(|hop| hop.due_at);
                if hops.is_empty() || trace.closed.is_some() {
                    continue;
                }
                views.push(LateTraceView {
                    trace: noted.trace,
                    name: trace.weapon.display_name(),
                    hops,
                    reminded_at: trace.reminded_at,
                    may_remind: may_change && trace.remind(now).is_ok(),
                });
            }
        }
        let ids: Vec<RecordId> = views.iter().map(|view| view.trace).collect();
        let about = EventAbout::subject("late-traces").data(json!({ "records": ids }));
        self.log_consultation(caller, about).await?;
        Ok(views)
    }

    /// Traces to which somebody is late for the days of the profile, for whoever supervises: which,
    /// who, since when, and nothing of the weapon. At most 100, the last first.
    ///
    /// # Errors
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn escalated_traces(&self, caller: &Caller) -> Result<Vec<LateTrace>, AppError> {
        self.authorise(caller, Action::SearchAudit, None)?;
        let filter = RecordFilter {
            kind: Kind::LateTrace,
            state: Some(ESCALATED.to_owned()),
            created_by: None,
            after: None,
            limit: SHOWN_MAX,
        };
        let mut escalated = Vec::new();
        for stored in self.store().find(&filter).await? {
            escalated.extend(read_body::<LateTrace>(&stored)?);
        }
        let ids: Vec<RecordId> = escalated.iter().map(|noted| noted.trace).collect();
        let about = EventAbout::subject("escalated-traces").data(json!({ "records": ids }));
        self.log_consultation(caller, about).await?;
        Ok(escalated)
    }
}
