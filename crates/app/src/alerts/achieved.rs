//! The purpose of an alert is achieved: its issuer is told, and ends it or says why it stays. Where
//! nobody answers, the node deletes it (Regulation (EU) 2018/1862 Art. 53(9); rules SIS-12, SIS-13).

use egnatia_alerts::{
    Alert, Direction, Inquiry, InquiryAnswer, InquiryState, PURPOSE_ACHIEVED, Reason,
};
use egnatia_audit::Operation;
use egnatia_protocol::{Recall, RecallEffect, RecallReason};
use egnatia_record::{Kind, RecordId, UserId};
use jiff::SignedDuration;
use serde_json::json;

use super::RESTRICTED;
use crate::port::{Change, DueFilter, StoredRecord};
use crate::writing::{Beside, EventAbout, Terms, Writing};
use crate::{App, AppError, Caller, Enveloped, Invalid, read_body};

/// The state of a notice that nobody has answered.
pub(crate) const TOLD: &str = "told";
/// How many notices one turn handles.
const TURN: u32 = 200;

/// What the log and the notice say of an alert afterwards.
const ENDED: &str = "ended";
const KEPT: &str = "kept";
const DELETED: &str = "deleted";

/// Whether what an alert is for has been reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlertPurpose {
    /// It has: the issuer is asked to end the alert.
    Achieved,
    /// Not yet.
    Lasts,
}

impl App {
    /// Tells those who issue alerts that the purpose of one is achieved. From now they have the days
    /// of the profile to end it, or to say why it stays.
    ///
    /// # Errors
    /// [`AppError::Invalid`] where a hit does not end alerts of its category;
    /// [`AppError::Conflict`] where they are told already, or the alert is restricted or withdrawn;
    /// [`AppError::NotFound`], [`AppError::Forbidden`], [`AppError::NoJustification`].
    pub async fn tell_achieved(
        &self,
        caller: &Caller,
        id: RecordId,
        why: &Reason,
    ) -> Result<RecordId, AppError> {
        let mut writing = self.writing(caller);
        let notice = self.put_achieved(&mut writing, caller, id, why).await?;
        self.store().commit(writing.batch).await?;
        self.after_change().await?;
        Ok(notice)
    }

    /// Puts the notice into a transaction.
    pub(crate) async fn put_achieved(
        &self,
        writing: &mut Writing<'_>,
        caller: &Caller,
        id: RecordId,
        why: &Reason,
    ) -> Result<RecordId, AppError> {
        let (stored, alert) = self.load_own(caller, id).await?;
        if !self.ends_with_hit(&alert) {
            let text = "alerts of this category end by their review date or by a decision, not by a \
                        hit: withdraw it where that was decided";
            return Err(Invalid::new("category", "lasts", text).into());
        }
        if !alert.is_active() || stored.state == RESTRICTED {
            let text = "the alert is restricted or withdrawn".to_owned();
            return Err(AppError::Conflict(text));
        }
        let before = self.notices(id).await?;
        if before.iter().any(|(_, notice)| is_open(notice)) {
            let text = "its issuer is told already, and has not answered".to_owned();
            return Err(AppError::Conflict(text));
        }
        let profile = &self.inner.exchange.profile;
        let days = SignedDuration::from_hours(24 * i64::from(profile.achieved_days));
        let due_at = writing
            .at
            .checked_add(days)
            .map_err(|error| AppError::Internal(format!("no such due time: {error}")))?;
        let notice_id = writing.new_id();
        let notice = Inquiry {
            with: self.inner.settings.authority.clone(),
            direction: Direction::Within,
            question: notice_id,
            about: id,
            matter: PURPOSE_ACHIEVED.to_owned(),
            recipient: None,
            text: why.to_string(),
            urgent: None,
            since: writing.at,
            due_at,
            state: InquiryState::Open,
        };
        let beside = Beside::new(TOLD, Operation::Collection)
            .due(due_at)
            .links([("alert", id)])
            // Two who tell at the same moment: one of them.
            .claims(vec![format!("achieved:{id}:{}", before.len())]);
        let keep = self.inner.settings.keep_hits_days;
        let terms = Terms::own(Kind::Inquiry, stored.envelope.purpose, keep);
        writing.create(notice_id, terms, &notice, beside)?;
        Ok(notice_id)
    }

    /// Whether whoever follows up a report of a hit has to say if the alert's purpose is achieved.
    ///
    /// # Errors
    /// [`AppError::Store`] where the store does not answer.
    pub async fn asks_purpose(&self, alert: RecordId) -> Result<bool, AppError> {
        let (stored, alert) = match self.load::<Alert>(alert, Kind::Alert).await {
            Ok(found) => found,
            Err(AppError::NotFound(_)) => return Ok(false),
            Err(error) => return Err(error),
        };
        let is_own = stored.envelope.originator == self.inner.settings.authority;
        let may_end = is_own && alert.is_active() && self.ends_with_hit(&alert);
        Ok(may_end
            && stored.state != RESTRICTED
            && self.open_notice(stored.envelope.id).await?.is_none())
    }

    /// Whether a hit can achieve the purpose of such an alert.
    pub fn ends_with_hit(&self, alert: &Alert) -> bool {
        let terms = self.inner.exchange.profile.category(alert.category);
        terms.is_some_and(|terms| terms.ends_with_hit)
    }

    /// Answers the notice: the alert stays, for this reason. Ending it is withdrawing it.
    ///
    /// # Errors
    /// [`AppError::Conflict`] where no notice waits; [`AppError::NotFound`],
    /// [`AppError::Forbidden`], [`AppError::NoJustification`].
    pub async fn keep_alert(
        &self,
        caller: &Caller,
        id: RecordId,
        why: &Reason,
    ) -> Result<(), AppError> {
        self.load_own(caller, id).await?;
        let mut writing = self.writing(caller);
        let by = Some(caller.login.clone());
        let answered = self.close_notice(&mut writing, id, (KEPT, why.as_str()), by);
        if !answered.await? {
            let text = "nobody has told that the purpose of the alert is achieved".to_owned();
            return Err(AppError::Conflict(text));
        }
        self.store().commit(writing.batch).await?;
        self.after_change().await
    }

    /// Closes the open notice of an alert that ends, in the transaction that ends it.
    pub(crate) async fn close_ended(
        &self,
        writing: &mut Writing<'_>,
        alert: RecordId,
        (why, by): (&str, Option<UserId>),
    ) -> Result<(), AppError> {
        let closed = self.close_notice(writing, alert, (ENDED, why), by);
        closed.await.map(|_| ())
    }

    /// The notice about an alert that nobody has answered.
    pub(super) async fn open_notice(
        &self,
        alert: RecordId,
    ) -> Result<Option<Enveloped<Inquiry>>, AppError> {
        let notices = self.notices(alert).await?;
        let mut open = notices.into_iter().filter(|(_, notice)| is_open(notice));
        Ok(open.next().map(|(stored, body)| Enveloped {
            id: stored.envelope.id,
            envelope: stored.envelope,
            body,
        }))
    }

    async fn notices(&self, alert: RecordId) -> Result<Vec<(StoredRecord, Inquiry)>, AppError> {
        let linked = self.store().linked(alert, "alert").await?;
        let mut found = Vec::new();
        for stored in self.store().records(&linked).await? {
            if stored.envelope.kind != Kind::Inquiry {
                continue;
            }
            if let Some(inquiry) = read_body::<Inquiry>(&stored)?
                && inquiry.direction == Direction::Within
            {
                found.push((stored, inquiry));
            }
        }
        Ok(found)
    }

    async fn close_notice(
        &self,
        writing: &mut Writing<'_>,
        alert: RecordId,
        (decision, text): (&'static str, &str),
        by: Option<UserId>,
    ) -> Result<bool, AppError> {
        let notices = self.notices(alert).await?;
        let mut open = notices.into_iter().filter(|(_, notice)| is_open(notice));
        let Some((stored, notice)) = open.next() else {
            return Ok(false);
        };
        let answer = InquiryAnswer {
            decision: Some(decision.to_owned()),
            text: text.to_owned(),
            by,
            at: writing.at,
        };
        let answered = notice
            .answer(answer)
            .map_err(|error| AppError::Conflict(error.to_string()))?;
        let beside = Beside::new(answered.state.as_str(), Operation::Alteration)
            .links([("alert", alert)])
            .data(json!({ "alert": decision }));
        writing.change(&stored, None, &answered, beside)?;
        Ok(true)
    }

    /// Deletes the alerts whose issuers were told and did not answer in time. Returns how many.
    pub(crate) async fn delete_unanswered(&self, caller: &Caller) -> Result<u64, AppError> {
        let filter = DueFilter {
            kind: Kind::Inquiry,
            open: TOLD,
            about: None,
            after: None,
            limit: TURN,
        };
        let now = self.now();
        let mut deleted = 0_u64;
        for due in self.store().find_due(&filter).await? {
            if due.record.state != TOLD {
                break;
            }
            let Some(notice) = read_body::<Inquiry>(&due.record)? else {
                continue;
            };
            if notice.due_at >= now {
                break;
            }
            if self.delete_told(caller, notice.about).await? {
                deleted = deleted.saturating_add(1);
            }
        }
        Ok(deleted)
    }

    async fn delete_told(&self, caller: &Caller, id: RecordId) -> Result<bool, AppError> {
        let Some(stored) = self.store().record(id).await? else {
            return Ok(false);
        };
        // A restricted alert is needed as evidence, or contested: it waits for a person.
        if stored.state == RESTRICTED {
            return Ok(false);
        }
        let mut writing = self.writing(caller);
        let text = "nobody answered in time that the purpose of the alert is achieved";
        self.close_notice(&mut writing, id, (DELETED, text), None)
            .await?;
        let version = stored.envelope.version;
        let about = EventAbout::seen(id, version).data(json!({ "deleted": "purpose-achieved" }));
        writing.log(Operation::Erasure, about);
        writing.batch.changes.push(Change::Erase(id));
        let recall = Recall {
            record: id,
            through: version,
            effect: RecallEffect::Erase,
            reason: RecallReason::Erased,
            at: writing.at,
        };
        self.recall(&mut writing, recall).await?;
        self.store().commit(writing.batch).await?;
        Ok(true)
    }
}

fn is_open(notice: &Inquiry) -> bool {
    notice.state == InquiryState::Open
}
