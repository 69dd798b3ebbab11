//! Hits, and what is done about them.

use std::collections::BTreeMap;

use egnatia_alerts::{Check, FollowUp, FollowUpState, Hit, ListEntry, Match, Reason};
use egnatia_audit::Operation;
use egnatia_protocol::{ReportField, Text};
use egnatia_record::{Envelope, Kind, RecordId, UserId};
use jiff::Timestamp;
use serde_json::json;

use crate::catalogue::RECEIVED_ALERTS;
use crate::port::{DueFilter, DuePlace, ReferredTo, StoredRecord};
use crate::question::asked;
use crate::writing::{Beside, EventAbout};
use crate::{Action, App, AppError, Caller, Invalid, Page, read_body, read_entry};

/// The state of a hit whose follow-up is open.
pub(crate) const OPEN_HIT: &str = "open";
/// The state of a hit, or of a report of one, that somebody has followed up.
pub(crate) const FOLLOWED_UP: &str = "followed-up";
/// How long a field of the report on the check may be: as long as the report itself.
const FIELD_LETTERS_MAX: usize = 2_000;

/// A hit with all that belongs to it.
#[derive(Debug, Clone, PartialEq)]
pub struct HitView {
    /// The hit.
    pub envelope: Envelope,
    /// What was confirmed, by whom.
    pub hit: Hit,
    /// What was asked.
    pub matched: Option<Match>,
    /// The entry in the version that was confirmed; absent where it has been erased.
    pub entry: Option<ListEntry>,
    /// Why it was confirmed.
    pub reason: Option<Reason>,
    /// The record of the follow-up.
    pub follow_up_id: Option<RecordId>,
    /// What is to be done.
    pub follow_up: Option<FollowUp>,
    /// Whether the caller may close the follow-up.
    pub may_finish: bool,
    /// Whether the person must not learn of the alert that was hit (rule SIS-16).
    pub covert: bool,
}

/// A line in the list of hits.
#[derive(Debug, Clone, PartialEq)]
pub struct HitSummary {
    /// The record of the hit.
    pub hit: RecordId,
    /// When it was confirmed.
    pub at: Timestamp,
    /// By whom.
    pub by: UserId,
    /// In which case.
    pub case: String,
    /// What was asked.
    pub asked: String,
    /// The entry's name.
    pub entry: String,
    /// The entry's list.
    pub list: String,
    /// When its follow-up is due.
    pub due_at: Option<Timestamp>,
    /// Whether its follow-up is done.
    pub done: bool,
}

impl App {
    /// Hits: open ones by what is due first, then those followed up, newest first. Those of an
    /// officer's own checks, or everybody's for whoever decides.
    ///
    /// # Errors
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn hits(
        &self,
        caller: &Caller,
        after: Option<DuePlace>,
        limit: u32,
    ) -> Result<Page<HitSummary, DuePlace>, AppError> {
        self.authorise(caller, Action::ListHits, None)?;
        let own = self.only_own(caller, Action::ViewHit);
        // A hit is written by whoever decides; an officer's own hits are those of their matches.
        let about = own.map(|created_by| ReferredTo {
            relation: "match",
            kind: Kind::Match,
            created_by,
        });
        let filter = DueFilter {
            kind: Kind::Hit,
            open: OPEN_HIT,
            about,
            after,
            limit: limit.clamp(1, 100),
        };
        let found = self.store().find_due(&filter).await?;
        let is_full = u32::try_from(found.len()).is_ok_and(|count| count == filter.limit);
        let next = found.last().filter(|_| is_full).map(|last| last.place);
        let mut items = Vec::with_capacity(found.len());
        for due in &found {
            let record = &due.record;
            if let Some(hit) = read_body::<Hit>(record)? {
                items.push(self.summarise_hit(record.envelope.id, hit).await?);
            }
        }
        let ids: Vec<RecordId> = items.iter().map(|item| item.hit).collect();
        self.log_consultation(
            caller,
            EventAbout::subject("hits").data(json!({ "records": ids })),
        )
        .await?;
        Ok(Page { items, next })
    }

    /// A hit with its check, its decision and its follow-up.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where there is none, or none that the caller may see.
    pub async fn hit(&self, caller: &Caller, id: RecordId) -> Result<HitView, AppError> {
        let (stored, hit, creator) = self.load_hit(caller, id, Action::ViewHit).await?;
        let matched = self.load::<Match>(hit.matched, Kind::Match).await.ok();
        let history = self.store().history(hit.entry.record).await?;
        let confirmed = history
            .iter()
            .find(|row| row.envelope.version == hit.entry.version);
        let entry = confirmed.map(read_entry).transpose()?.flatten();
        let decision = self
            .load::<egnatia_alerts::Decision>(hit.decision, Kind::Decision)
            .await
            .ok();
        let alert = self.alert_of(&hit.entry).await?;
        let follow_up = self.follow_up_of(id).await?;
        let open = follow_up
            .as_ref()
            .is_some_and(|(_, f)| f.state == FollowUpState::Open);
        let may = self
            .inner
            .policy
            .permits(caller, Action::FinishFollowUp, Some(&creator));
        let seen = EventAbout::seen(id, stored.envelope.version)
            .data(json!({ "entry": hit.entry.record }));
        self.log_consultation(caller, seen).await?;
        Ok(HitView {
            envelope: stored.envelope,
            hit,
            entry,
            matched: matched.map(|(_, matched)| matched),
            reason: decision.map(|(_, decision)| decision.reason),
            follow_up_id: follow_up.as_ref().map(|(record, _)| record.envelope.id),
            follow_up: follow_up.map(|(_, follow_up)| follow_up),
            may_finish: open && may,
            covert: self.is_covert(alert.as_ref()),
        })
    }

    /// Closes the follow-up of a hit with a report of what was done.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Forbidden`]; [`AppError::Conflict`] where it is done.
    pub async fn finish_follow_up(
        &self,
        caller: &Caller,
        hit_id: RecordId,
        report: Reason,
    ) -> Result<(), AppError> {
        self.finish_follow_up_with(caller, hit_id, report, BTreeMap::new())
            .await
    }

    /// The same with the report on the check, field by field, for the issuer of a partner's alert
    /// (rule SIS-17). Empty fields are left out.
    ///
    /// # Errors
    /// As [`App::finish_follow_up`]; [`AppError::Invalid`] where a field is too long, or where
    /// there is nobody to tell: the hit is not on a partner's alert.
    pub async fn finish_follow_up_with(
        &self,
        caller: &Caller,
        hit_id: RecordId,
        report: Reason,
        fields: BTreeMap<ReportField, String>,
    ) -> Result<(), AppError> {
        let (stored_hit, hit, _) = self
            .load_hit(caller, hit_id, Action::FinishFollowUp)
            .await?;
        let (stored, follow_up) = self
            .follow_up_of(hit_id)
            .await?
            .ok_or(AppError::NotFound("follow-up"))?;
        let fields = bounded(&hit, fields)?;
        let mut writing = self.writing(caller);
        if let Some(alert) = self.alert_of(&hit.entry).await? {
            let report = Some((&report, &fields));
            self.tell_hit(&mut writing, (hit_id, &hit), &alert, report)?;
        }
        let done = follow_up
            .finish(report, caller.login.clone(), writing.at)
            .map_err(|refusal| AppError::Conflict(refusal.to_string()))?;
        let state = done.state.as_str();
        writing.change(
            &stored,
            None,
            &done,
            Beside::new(state, Operation::Alteration).links([("hit", hit_id)]),
        )?;
        writing.change(
            &stored_hit,
            None,
            &hit,
            Beside::new(FOLLOWED_UP, Operation::Alteration).links([
                ("match", hit.matched),
                ("check", hit.check),
                ("entry", hit.entry.record),
            ]),
        )?;
        self.store().commit(writing.batch).await?;
        self.inner.exchange.wake();
        Ok(())
    }

    async fn load_hit(
        &self,
        caller: &Caller,
        id: RecordId,
        action: Action,
    ) -> Result<(StoredRecord, Hit, UserId), AppError> {
        if caller.justification.is_none() {
            return Err(AppError::NoJustification);
        }
        let (stored, hit) = self.load::<Hit>(id, Kind::Hit).await?;
        let creator = self
            .load::<Check>(hit.check, Kind::Check)
            .await?
            .0
            .envelope
            .author;
        self.authorise(caller, action, Some(&creator))
            .map_err(|_| AppError::NotFound("hit"))?;
        Ok((stored, hit, creator))
    }

    async fn summarise_hit(&self, id: RecordId, hit: Hit) -> Result<HitSummary, AppError> {
        let follow_up = self.follow_up_of(id).await?.map(|(_, follow_up)| follow_up);
        let matched = self.load::<Match>(hit.matched, Kind::Match).await.ok();
        Ok(HitSummary {
            hit: id,
            at: hit.confirmed_at,
            by: hit.confirmed_by,
            case: hit.case.to_string(),
            asked: matched.map_or_else(|| "—".to_owned(), |(_, matched)| asked(&matched.query)),
            entry: hit.entry.name,
            list: hit.entry.list,
            due_at: follow_up.as_ref().map(|follow_up| follow_up.due_at),
            done: follow_up.is_some_and(|follow_up| follow_up.state != FollowUpState::Open),
        })
    }

    pub(crate) async fn follow_up_of(
        &self,
        hit: RecordId,
    ) -> Result<Option<(StoredRecord, FollowUp)>, AppError> {
        let linked = self.store().linked(hit, "hit").await?;
        let Some(&id) = linked.first() else {
            return Ok(None);
        };
        match self.load::<FollowUp>(id, Kind::FollowUp).await {
            Ok(found) => Ok(Some(found)),
            Err(AppError::NotFound(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// The fields of a report as a statement takes them.
fn bounded(
    hit: &Hit,
    fields: BTreeMap<ReportField, String>,
) -> Result<BTreeMap<ReportField, Text>, AppError> {
    let mut texts = BTreeMap::new();
    for (field, text) in fields {
        let text = text.trim();
        if text.is_empty() {
            continue;
        }
        if !hit.entry.list.starts_with(RECEIVED_ALERTS) {
            let text = "a report on the check goes to whoever issued the alert; nobody has";
            return Err(Invalid::new(field.as_str(), "no-issuer", text).into());
        }
        if text.chars().count() > FIELD_LETTERS_MAX {
            let text = format!("at most {FIELD_LETTERS_MAX} characters");
            return Err(Invalid::new(field.as_str(), "too-long", text).into());
        }
        let text = Text::new(text)
            .map_err(|error| Invalid::new(field.as_str(), "too-long", error.to_string()))?;
        texts.insert(field, text);
    }
    Ok(texts)
}
