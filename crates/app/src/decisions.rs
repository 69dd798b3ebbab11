//! A named officer decides on a match (invariant 2).

use std::collections::BTreeMap;

use egnatia_alerts::{
    Alert, Check, Decision, DecisionRefused, EntryRef, FollowUp, FollowUpState, Hit, ListEntry,
    Match, MatchState, Outcome, Reason,
};
use egnatia_audit::Operation;
use egnatia_matching::Band;
use egnatia_protocol::{ReportField, Statement, Text};
use egnatia_record::{AuthorityId, Envelope, Kind, Purpose, RecordId, UserId, Version};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::catalogue::{OWN_ALERTS, RECEIVED_ALERTS};
use crate::hits::OPEN_HIT;
use crate::port::{Change, CommitError, Conflict, Cursor, DeliveryRow, RecordFilter, StoredRecord};
use crate::question::{asked, fingerprint, settled_claim};
use crate::writing::{Beside, EventAbout, Keep, Terms, Writing};
use crate::{Action, App, AppError, Caller, Page, next_page, read_body, read_entry};

/// A match with its evidence and both sides.
#[derive(Debug, Clone, PartialEq)]
pub struct MatchView {
    /// The match, newest version.
    pub envelope: Envelope,
    /// What agrees and what does not.
    pub matched: Match,
    /// The entry in the version that was compared; absent where it has been erased.
    pub entry: Option<ListEntry>,
    /// The entry's envelope, for its handling badge.
    pub entry_envelope: Option<Envelope>,
    /// Whether the list has a newer version of the entry, or holds it no more.
    pub entry_state: String,
    /// The newest version of the entry.
    pub entry_version: u32,
    /// The decision, once there is one.
    pub decision: Option<Decision>,
    /// The hit, where it was confirmed.
    pub hit: Option<RecordId>,
    /// Whether the caller may decide.
    pub may_decide: bool,
    /// Within how many hours a hit would have to be followed up.
    pub follow_up_hours: u16,
    /// Whether the person must not learn of the alert that agrees (rule SIS-16).
    pub covert: bool,
}

/// A line in the list of matches.
#[derive(Debug, Clone, PartialEq)]
pub struct MatchSummary {
    /// The record of the match.
    pub matched: RecordId,
    /// When it was found, or decided.
    pub at: Timestamp,
    /// Who wrote that: whoever checked, or decided.
    pub by: UserId,
    /// In which case.
    pub case: String,
    /// What was asked.
    pub asked: String,
    /// The entry's name.
    pub entry: String,
    /// The entry's list.
    pub list: String,
    /// What the entry says at present, to tell it from others of its name; absent once erased.
    pub listed: Option<ListEntry>,
    /// How likely it is the same.
    pub probability: f64,
    /// In which band that is.
    pub band: Band,
    /// Whether somebody has decided.
    pub state: MatchState,
}

/// What a decision led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// The record of the decision.
    pub decision: RecordId,
    /// The hit, where the match was confirmed.
    pub hit: Option<RecordId>,
    /// The follow-up that it opened.
    pub follow_up: Option<RecordId>,
}

impl App {
    /// A match with its evidence side by side.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where there is none, or none that the caller may see.
    pub async fn view_match(&self, caller: &Caller, id: RecordId) -> Result<MatchView, AppError> {
        let (stored, matched, creator) = self.load_match(caller, id, Action::ViewMatch).await?;
        let history = self.store().history(matched.entry.record).await?;
        let compared = history
            .iter()
            .find(|row| row.envelope.version == matched.entry.version);
        let newest = history.last();
        let decision = match matched.state {
            MatchState::Waiting => None,
            MatchState::Confirmed { decision } | MatchState::Rejected { decision } => {
                Some(self.load::<Decision>(decision, Kind::Decision).await?.1)
            }
        };
        let hit = self.store().linked(id, "match").await?;
        let hits = self.store().records(&hit).await?;
        let alert = self.alert_of(&matched.entry).await?;
        let view = MatchView {
            entry: compared.map(read_entry).transpose()?.flatten(),
            entry_envelope: compared.map(|row| row.envelope.clone()),
            entry_state: newest.map_or_else(String::new, |row| row.state.clone()),
            entry_version: newest.map_or(0, |row| row.envelope.version.number()),
            decision,
            hit: hits
                .iter()
                .find(|r| r.envelope.kind == Kind::Hit)
                .map(|r| r.envelope.id),
            may_decide: self
                .inner
                .policy
                .permits(caller, Action::Decide, Some(&creator)),
            follow_up_hours: self.follow_up_hours(&matched.entry, alert.as_ref()),
            covert: self.is_covert(alert.as_ref()),
            envelope: stored.envelope,
            matched,
        };
        let seen = EventAbout::seen(id, view.envelope.version)
            .data(json!({ "entry": view.matched.entry.record }));
        self.log_consultation(caller, seen).await?;
        Ok(view)
    }

    /// Matches in this state (`waiting`, `confirmed`, `rejected`), newest first: an officer's own,
    /// or everybody's for whoever decides.
    ///
    /// # Errors
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn matches(
        &self,
        caller: &Caller,
        state: &str,
        after: Option<Cursor>,
        limit: u32,
    ) -> Result<Page<MatchSummary>, AppError> {
        self.authorise(caller, Action::ListMatches, None)?;
        let filter = RecordFilter {
            kind: Kind::Match,
            state: Some(state.to_owned()),
            created_by: self.only_own(caller, Action::ViewMatch),
            after,
            limit: limit.clamp(1, 100),
        };
        let stored = self.store().find(&filter).await?;
        let next = next_page(&stored, filter.limit);
        let mut found = Vec::with_capacity(stored.len());
        for record in &stored {
            if let Some(matched) = read_body::<Match>(record)? {
                found.push((record, matched));
            }
        }
        let mut entries: Vec<RecordId> = found.iter().map(|(_, m)| m.entry.record).collect();
        entries.sort_unstable();
        entries.dedup();
        let listed = self.entries_of(&entries).await?;
        let mut items = Vec::with_capacity(found.len());
        for (record, matched) in found {
            items.push(MatchSummary {
                matched: record.envelope.id,
                at: record.envelope.recorded_at,
                by: record.envelope.author.clone(),
                case: matched.case.to_string(),
                asked: asked(&matched.query),
                listed: listed.get(&matched.entry.record).cloned(),
                entry: matched.entry.name,
                list: matched.entry.list,
                probability: matched.assessment.probability,
                band: matched.assessment.band,
                state: matched.state,
            });
        }
        let ids: Vec<RecordId> = items.iter().map(|item| item.matched).collect();
        let about = EventAbout::subject("matches")
            .data(json!({ "state": state, "records": ids, "entries": entries }));
        self.log_consultation(caller, about).await?;
        Ok(Page { items, next })
    }

    /// How many matches wait: for the counter in the navigation. Touches nothing personal.
    ///
    /// # Errors
    /// [`AppError::Store`] where the store does not answer.
    pub async fn waiting(&self) -> Result<u64, AppError> {
        Ok(self
            .store()
            .count(Kind::Match, MatchState::Waiting.as_str())
            .await?)
    }

    /// Confirms or rejects a match. A confirmed one is a hit and opens a follow-up; a rejected pair
    /// is not put to an officer again until the entry changes.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where there is none that the caller may see,
    /// [`AppError::Forbidden`] where the caller may not decide, [`AppError::Conflict`] where
    /// somebody was faster.
    pub async fn decide(
        &self,
        caller: &Caller,
        id: RecordId,
        outcome: Outcome,
        reason: Reason,
    ) -> Result<Decided, AppError> {
        // A second rejection of the same pair finds the first one's claim, once.
        match self.try_decide(caller, id, outcome, reason.clone()).await {
            Err(CommitOrApp::Commit(CommitError::Conflict(Conflict::Claim(_)))) => {
                self.try_decide(caller, id, outcome, reason).await
            }
            other => other,
        }
        .map_err(CommitOrApp::into_app)
    }

    async fn try_decide(
        &self,
        caller: &Caller,
        id: RecordId,
        outcome: Outcome,
        reason: Reason,
    ) -> Result<Decided, CommitOrApp> {
        let (stored, matched, creator) = self.load_match(caller, id, Action::ViewMatch).await?;
        self.authorise(caller, Action::Decide, Some(&creator))?;
        let mut writing = self.writing(caller);
        let decision_id = writing.new_id();
        let decision = Decision {
            matched: id,
            outcome,
            reason,
            by: caller.login.clone(),
            at: writing.at,
        };
        let claim = self.settling_claim(&matched, outcome).await?;
        let decided = matched
            .decide(id, decision_id, &decision)
            .map_err(refused)?;
        let purpose = stored.envelope.purpose;
        let keep = match outcome {
            Outcome::Confirmed => self.inner.settings.keep_hits_days,
            Outcome::Rejected => self.inner.settings.keep_checks_days,
        };
        writing.change(
            &stored,
            Some(Keep::Erase(keep)),
            &decided.matched,
            Beside::new(decided.matched.state.as_str(), Operation::Alteration)
                .links([
                    ("check", decided.matched.check),
                    ("entry", decided.matched.entry.record),
                ])
                .data(json!({ "outcome": outcome })),
        )?;
        let claims = std::iter::once(format!("decision-of:{id}"))
            .chain(claim)
            .collect();
        writing.create(
            decision_id,
            Terms::own(Kind::Decision, purpose, keep),
            &decision,
            Beside::new(outcome.as_str(), Operation::Collection)
                .links([("match", id)])
                .claims(claims),
        )?;
        let mut opened = None;
        if let Some(hit) = &decided.hit {
            let alert = self.alert_of(&hit.entry).await?;
            let hours = self.follow_up_hours(&hit.entry, alert.as_ref());
            let ids = open_hit(&mut writing, purpose, (keep, hours), hit)?;
            if let Some(alert) = &alert {
                self.tell_hit(&mut writing, (ids.0, hit), alert, None)?;
            }
            opened = Some(ids);
        }
        let tells = opened.is_some();
        self.store()
            .commit(writing.batch)
            .await
            .map_err(CommitOrApp::Commit)?;
        if tells {
            self.inner.exchange.wake();
        }
        Ok(Decided {
            decision: decision_id,
            hit: opened.map(|(hit, _)| hit),
            follow_up: opened.map(|(_, follow_up)| follow_up),
        })
    }

    /// The alert that an entry is, where it is one that is still there.
    pub(crate) async fn alert_of(&self, entry: &EntryRef) -> Result<Option<Alert>, AppError> {
        if entry.list != OWN_ALERTS && !entry.list.starts_with(RECEIVED_ALERTS) {
            return Ok(None);
        }
        match self.load::<Alert>(entry.record, Kind::Alert).await {
            Ok((_, alert)) => Ok(Some(alert)),
            Err(AppError::NotFound(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Within how many hours a hit is followed up: at once where the alert is about terrorism
    /// (rule SIS-08).
    fn follow_up_hours(&self, entry: &EntryRef, alert: Option<&Alert>) -> u16 {
        match alert {
            Some(alert) if self.is_urgent(alert) => 1,
            Some(_) => self.inner.exchange.profile.answer_hours,
            None => self.terms(&entry.list).follow_up_hours,
        }
    }

    /// Whether the person must not learn of the alert (rule SIS-16).
    pub(crate) fn is_covert(&self, alert: Option<&Alert>) -> bool {
        let terms = alert.and_then(|alert| self.inner.exchange.profile.category(alert.category));
        terms.is_some_and(|terms| terms.covert)
    }

    fn is_urgent(&self, alert: &Alert) -> bool {
        let terms = self.inner.exchange.profile.category(alert.category);
        terms.is_some_and(|terms| terms.terrorism)
    }

    /// Tells the issuer of a hit, in the transaction that confirms it or follows it up.
    pub(crate) fn tell_hit(
        &self,
        writing: &mut Writing<'_>,
        (id, hit): (RecordId, &Hit),
        alert: &Alert,
        report: Option<(&Reason, &BTreeMap<ReportField, Text>)>,
    ) -> Result<(), AppError> {
        let Some(issuer) = hit.entry.list.strip_prefix(RECEIVED_ALERTS) else {
            return Ok(());
        };
        let unwritten = |error: &dyn std::fmt::Display| AppError::Internal(error.to_string());
        let text = |text: &str| Text::new(text).map_err(|e| unwritten(&e));
        let issuer: AuthorityId = issuer.parse().map_err(|error| unwritten(&error))?;
        let mut fields = BTreeMap::from([(ReportField::Located, text("yes")?)]);
        if let Some((report, stated)) = report {
            fields.insert(ReportField::Circumstances, text(report.as_str())?);
            fields.extend(stated.iter().map(|(field, text)| (*field, text.clone())));
        }
        let statement = Statement::Hit(egnatia_protocol::Hit {
            alert: hit.entry.record,
            version: hit.entry.version,
            hit: id,
            confirmed_at: hit.confirmed_at,
            action_taken: text(report.map_or(hit.action.as_str(), |(report, _)| report.as_str()))?,
            report: fields,
            urgent: self.is_urgent(alert),
        });
        let (_, payload) = statement.to_payload().map_err(|error| unwritten(&error))?;
        let row = DeliveryRow {
            payload: Some(payload),
            ..DeliveryRow::queued(issuer, "hit", writing.at).about(id, Version::FIRST)
        };
        writing.batch.changes.push(Change::Enqueue(row));
        Ok(())
    }

    /// The name by which a rejected pair is remembered, unless another rejection holds it already.
    async fn settling_claim(
        &self,
        matched: &Match,
        outcome: Outcome,
    ) -> Result<Option<String>, AppError> {
        if outcome == Outcome::Confirmed {
            return Ok(None);
        }
        let entry = &matched.entry;
        let name = settled_claim(
            fingerprint(&matched.query),
            entry.record,
            entry.version.number(),
        );
        let held = self.store().claims(std::slice::from_ref(&name)).await?;
        Ok(held.is_empty().then_some(name))
    }

    /// A match, and who asked for the check that found it.
    async fn load_match(
        &self,
        caller: &Caller,
        id: RecordId,
        action: Action,
    ) -> Result<(StoredRecord, Match, UserId), AppError> {
        if caller.justification.is_none() {
            return Err(AppError::NoJustification);
        }
        let (stored, matched) = self.load::<Match>(id, Kind::Match).await?;
        let creator = self.creator(&stored, matched.check).await?;
        self.authorise(caller, action, Some(&creator))
            .map_err(|_| AppError::NotFound("match"))?;
        Ok((stored, matched, creator))
    }

    /// Who wrote the first version of a match: whoever asked for its check.
    async fn creator(&self, stored: &StoredRecord, check: RecordId) -> Result<UserId, AppError> {
        if stored.envelope.version == Version::FIRST {
            return Ok(stored.envelope.author.clone());
        }
        Ok(self
            .load::<Check>(check, Kind::Check)
            .await?
            .0
            .envelope
            .author)
    }

    /// Whose records a list shows: everybody's, or only the caller's own.
    pub(crate) fn only_own(&self, caller: &Caller, action: Action) -> Option<UserId> {
        let of_others = self.inner.policy.permits_on_others(caller, action);
        (!of_others).then(|| caller.login.clone())
    }
}

fn open_hit(
    writing: &mut Writing<'_>,
    purpose: Purpose,
    (keep, hours): (u16, u16),
    hit: &Hit,
) -> Result<(RecordId, RecordId), AppError> {
    let (hit_id, follow_up_id) = (writing.new_id(), writing.new_id());
    let hours = i64::from(hours);
    let due_at = writing
        .at
        .checked_add(SignedDuration::from_hours(hours))
        .map_err(|error| AppError::Internal(format!("no such due time: {error}")))?;
    let follow_up = FollowUp {
        hit: hit_id,
        entry: hit.entry.clone(),
        action: hit.action.clone(),
        due_at,
        state: FollowUpState::Open,
    };
    writing.create(
        hit_id,
        Terms::own(Kind::Hit, purpose, keep),
        hit,
        Beside::new(OPEN_HIT, Operation::Collection)
            .due(due_at)
            .links([
                ("match", hit.matched),
                ("check", hit.check),
                ("entry", hit.entry.record),
            ]),
    )?;
    writing.create(
        follow_up_id,
        Terms::own(Kind::FollowUp, purpose, keep),
        &follow_up,
        Beside::new(follow_up.state.as_str(), Operation::Collection).links([("hit", hit_id)]),
    )?;
    Ok((hit_id, follow_up_id))
}

fn refused(refusal: DecisionRefused) -> CommitOrApp {
    CommitOrApp::App(match refusal {
        DecisionRefused::AlreadyDecided(_) => AppError::Conflict(refusal.to_string()),
        DecisionRefused::AnotherMatch => AppError::Internal(refusal.to_string()),
    })
}

/// Keeps a conflict apart until it is clear whether a second try helps.
enum CommitOrApp {
    Commit(CommitError),
    App(AppError),
}

impl CommitOrApp {
    fn into_app(self) -> AppError {
        match self {
            Self::Commit(error) => error.into(),
            Self::App(error) => error,
        }
    }
}

impl From<AppError> for CommitOrApp {
    fn from(error: AppError) -> Self {
        Self::App(error)
    }
}
