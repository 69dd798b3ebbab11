//! Alerts: entered, seen, corrected, extended, flagged, withdrawn; and where each of them went.

use std::collections::BTreeSet;

use egnatia_alerts::{Alert, AlertDraft, AlertRefused, AlertState, Flag, Reason};
use egnatia_audit::Operation;
use egnatia_protocol::{Recall, RecallEffect, RecallReason, Statement};
use egnatia_record::{
    AuthorityId, Envelope, Evaluation, Handling, Kind, LegalBasis, Nature, Outgoing, Purpose,
    RecordId, SubjectCategory, Version,
};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::catalogue::{OWN_ALERTS, RECEIVED_ALERTS};
use crate::exchange::Recipient;
use crate::index::{Found, MatchKeys};
use crate::port::{
    Change, DeliveryRow, DeliveryState, DueFilter, DuePlace, KeyChange, ReceivedRow, StoredRecord,
};
use crate::question::validate;
use crate::writing::{Beside, EventAbout, Keep, Terms, Writing};
use crate::{Action, App, AppError, Caller, Invalid, Page, read_body};

/// The state of the node's own alert that is compared with checks.
pub(crate) const ACTIVE: &str = "active";
/// The state of a partner's alert that is compared with checks.
pub(crate) const RECEIVED: &str = "received";
/// The state of an alert that is not compared any more.
pub(crate) const WITHDRAWN: &str = "withdrawn";
/// The state of an alert that only those who decide on it see.
pub(crate) const RESTRICTED: &str = "restricted";
/// How many like alerts are looked for before one is entered.
const LIKE_MAX: u16 = 10;

/// What is stated beside the alert itself.
#[derive(Debug, Clone)]
pub struct NewAlert {
    /// Whom or what, why, and what is done.
    pub draft: AlertDraft,
    /// Codes, releasability and origin.
    pub handling: Handling,
    /// On what ground it is held.
    pub legal_basis: LegalBasis,
    /// Reliability of the source, accuracy of the information.
    pub evaluation: Evaluation,
    /// Whom it is about.
    pub subject: SubjectCategory,
    /// Fact or assessment.
    pub nature: Nature,
    /// Like alerts that were looked at and are about somebody else.
    pub different_from: BTreeSet<RecordId>,
}

/// A flag that another party asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFlag {
    /// Who asked.
    pub authority: AuthorityId,
    /// Why.
    pub reason: Reason,
    /// What it does instead.
    pub alternative_action: Option<String>,
}

/// An alert that describes the same, or almost.
#[derive(Debug, Clone, PartialEq)]
pub struct LikeAlert {
    /// The alert.
    pub alert: RecordId,
    /// In which version it was compared.
    pub version: Version,
    /// The name or number under which it is shown.
    pub name: String,
    /// Its issuer, where it is a partner's.
    pub issuer: Option<AuthorityId>,
    /// How likely it is the same.
    pub probability: f64,
}

/// What entering an alert led to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entered {
    /// The alert.
    pub alert: RecordId,
    /// Where it goes, and where it does not, and why.
    pub recipients: Vec<Recipient>,
}

/// An alert with all that is known of it.
#[derive(Debug, Clone)]
pub struct AlertView {
    /// Whose it is, why, until when.
    pub envelope: Envelope,
    /// What it says.
    pub alert: Alert,
    /// Its state: `active`, `received`, `withdrawn`, `restricted`.
    pub state: String,
    /// Whether it is the node's own.
    pub is_own: bool,
    /// Where it may go today; empty for a partner's alert.
    pub recipients: Vec<Recipient>,
    /// What was ever queued about it, oldest first: the ledger of its disclosure.
    pub deliveries: Vec<DeliveryRow>,
    /// How it came, where it is a partner's.
    pub received: Option<ReceivedRow>,
    /// Its versions, oldest first.
    pub versions: Vec<Envelope>,
    /// Matches that it led to, oldest first.
    pub matches: Vec<RecordId>,
    /// Questions about it.
    pub inquiries: Vec<RecordId>,
    /// Reports of hits.
    pub hit_reports: Vec<RecordId>,
    /// When whoever entered it is warned of its review date.
    pub warn_on: Date,
    /// Whether the caller may change it.
    pub may_change: bool,
}

/// A line in the list of alerts.
#[derive(Debug, Clone, PartialEq)]
pub struct AlertSummary {
    /// The alert.
    pub alert: RecordId,
    /// Its envelope.
    pub envelope: Envelope,
    /// What it says.
    pub body: Alert,
    /// Its state.
    pub state: String,
}

/// Which alerts are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AlertList {
    /// The node's own, what is due for review first.
    Own,
    /// Those of partners.
    Received,
}

/// How the index knows an alert.
pub(crate) fn alert_keys(
    id: RecordId,
    alert: &Alert,
    issuer: Option<&AuthorityId>,
) -> Result<KeyChange, AppError> {
    let list = match issuer {
        None => OWN_ALERTS.to_owned(),
        Some(issuer) => format!("{RECEIVED_ALERTS}{issuer}"),
    };
    let keys = MatchKeys {
        list,
        source_id: id.to_string(),
        name: alert.display_name().to_owned(),
        action: Some(alert.action.clone()),
        description: alert.subject.clone(),
    };
    serde_json::to_vec(&keys)
        .map(KeyChange::Set)
        .map_err(|error| AppError::Internal(format!("a match key cannot be written: {error}")))
}

fn refused(error: &AlertRefused) -> AppError {
    match error {
        AlertRefused::NotActive => AppError::Conflict(error.to_string()),
        _ => Invalid::new(error.field(), "refused", error.to_string()).into(),
    }
}

impl App {
    /// Alerts that describe the same, before one is entered (rule SIS-06). The question is logged.
    ///
    /// # Errors
    /// [`AppError::NoJustification`], [`AppError::Forbidden`], [`AppError::Invalid`].
    pub async fn like_alerts(
        &self,
        caller: &Caller,
        draft: &AlertDraft,
    ) -> Result<Vec<LikeAlert>, AppError> {
        self.authorise(caller, Action::EnterAlert, None)?;
        validate(&draft.subject)?;
        let like = self.find_like(draft)?;
        let ids: Vec<RecordId> = like.iter().map(|like| like.alert).collect();
        let about = EventAbout::subject("like-alerts").data(json!({ "records": ids }));
        self.log_consultation(caller, about).await?;
        Ok(like)
    }

    fn find_like(&self, draft: &AlertDraft) -> Result<Vec<LikeAlert>, AppError> {
        let search = self.inner.index.search(&draft.subject, LIKE_MAX)?;
        let matched = self.inner.settings.thresholds.matched;
        let like = |found: Found| {
            let issuer = match found.list.strip_prefix(RECEIVED_ALERTS) {
                Some(issuer) => Some(issuer.parse().ok()?),
                None if found.list == OWN_ALERTS => None,
                None => return None,
            };
            (found.assessment.probability >= matched).then_some(LikeAlert {
                alert: found.record,
                version: found.version,
                name: found.name,
                issuer,
                probability: found.assessment.probability,
            })
        };
        Ok(search.found.into_iter().filter_map(like).collect())
    }

    /// Where an alert with these terms would go, and where not, and why: before anything is sent.
    ///
    /// # Errors
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub fn preview_recipients(
        &self,
        caller: &Caller,
        new: &NewAlert,
    ) -> Result<Vec<Recipient>, AppError> {
        self.authorise(caller, Action::EnterAlert, None)?;
        let writing = self.writing(caller);
        let id = writing.new_id();
        let alert = self.draft(&writing, new)?;
        let envelope = writing.envelope_of(id, terms(new, purpose_of(caller)?, &alert))?;
        Ok(self.recipients_of(&envelope, &alert))
    }

    /// Enters an alert and queues it for whoever may have it, in one transaction.
    ///
    /// # Errors
    /// [`AppError::Invalid`] where data are missing, or where a like alert was not looked at;
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn enter_alert(&self, caller: &Caller, new: NewAlert) -> Result<Entered, AppError> {
        self.authorise(caller, Action::EnterAlert, None)?;
        validate(&new.draft.subject)?;
        let like = self.find_like(&new.draft)?;
        let unseen: Vec<&LikeAlert> = like
            .iter()
            .filter(|like| !new.different_from.contains(&like.alert))
            .collect();
        if !unseen.is_empty() {
            let ids: Vec<String> = unseen.iter().map(|like| like.alert.to_string()).collect();
            let text = format!(
                "there is an alert of the same description already: {}; say that it is about \
                 somebody else, or do not enter it twice",
                ids.join(", ")
            );
            return Err(Invalid::new("different_from", "duplicate", text).into());
        }
        let mut writing = self.writing(caller);
        let id = writing.new_id();
        let alert = self.draft(&writing, &new)?;
        let purpose = purpose_of(caller)?;
        let envelope = writing.envelope_of(id, terms(&new, purpose, &alert))?;
        let recipients = self.recipients_of(&envelope, &alert);
        let goes_to: Vec<&AuthorityId> = recipients
            .iter()
            .filter(|recipient| recipient.outcome.is_ok())
            .map(|recipient| &recipient.authority)
            .collect();
        let beside = self
            .beside(id, &alert, Operation::Collection)?
            .data(json!({ "category": alert.category, "goes_to": goes_to }));
        writing.put_envelope(envelope, &alert, beside)?;
        enqueue(&mut writing, id, Version::FIRST, &recipients);
        // Whether a partner's like alert is about the same person is asked at once (rule SIS-07).
        for like in &like {
            if let Some(issuer) = &like.issuer {
                let text = "Our new alert describes the same. Is it the same person or object?";
                self.put_inquiry(
                    &mut writing,
                    purpose,
                    issuer,
                    like.alert,
                    egnatia_protocol::Matter::DuplicateQuestion,
                    text,
                    None,
                )?;
            }
        }
        self.store().commit(writing.batch).await?;
        self.after_change().await?;
        Ok(Entered {
            alert: id,
            recipients,
        })
    }

    /// An alert, with where it went.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where there is none, or none that the caller may see.
    pub async fn view_alert(&self, caller: &Caller, id: RecordId) -> Result<AlertView, AppError> {
        let (stored, alert) = self.load_alert(caller, id, Action::ViewAlert).await?;
        let is_own = stored.envelope.originator == self.inner.settings.authority;
        let may_change = is_own
            && alert.is_active()
            && self.inner.policy.permits(caller, Action::EnterAlert, None);
        if stored.state == RESTRICTED
            && !self.inner.policy.permits(caller, Action::EnterAlert, None)
        {
            return Err(AppError::NotFound("alert"));
        }
        let recipients = if is_own {
            self.recipients_of(&stored.envelope, &alert)
        } else {
            Vec::new()
        };
        let store = self.store();
        let received = store.received(&[id]).await?.into_iter().next();
        let history = store.history(id).await?;
        let about = EventAbout::seen(id, stored.envelope.version);
        self.log_consultation(caller, about).await?;
        let mut inquiries = Vec::new();
        let mut hit_reports = Vec::new();
        let linked = store.linked(id, "alert").await?;
        for record in store.records(&linked).await? {
            match record.envelope.kind {
                Kind::Inquiry => inquiries.push(record.envelope.id),
                Kind::HitReport => hit_reports.push(record.envelope.id),
                _ => {}
            }
        }
        Ok(AlertView {
            deliveries: store.deliveries_of(id).await?,
            matches: store.linked(id, "entry").await?,
            versions: history.into_iter().map(|row| row.envelope).collect(),
            warn_on: self.inner.exchange.profile.warn_on(alert.review_on),
            state: stored.state,
            envelope: stored.envelope,
            alert,
            is_own,
            recipients,
            received,
            inquiries,
            hit_reports,
            may_change,
        })
    }

    /// Alerts, the ones that are due for review first.
    ///
    /// # Errors
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn alerts(
        &self,
        caller: &Caller,
        list: AlertList,
        after: Option<DuePlace>,
        limit: u32,
    ) -> Result<Page<AlertSummary, DuePlace>, AppError> {
        self.authorise(caller, Action::ListAlerts, None)?;
        let filter = DueFilter {
            kind: Kind::Alert,
            open: match list {
                AlertList::Own => ACTIVE,
                AlertList::Received => RECEIVED,
            },
            about: None,
            after,
            limit: limit.clamp(1, 100),
        };
        let found = self.store().find_due(&filter).await?;
        let is_full = u32::try_from(found.len()).is_ok_and(|count| count == filter.limit);
        let next = found.last().filter(|_| is_full).map(|last| last.place);
        let own = &self.inner.settings.authority;
        let mut items = Vec::with_capacity(found.len());
        for due in found {
            let stored = due.record;
            let is_own = stored.envelope.originator == *own;
            if is_own != (list == AlertList::Own) {
                continue;
            }
            if let Some(body) = read_body::<Alert>(&stored)? {
                items.push(AlertSummary {
                    alert: stored.envelope.id,
                    envelope: stored.envelope,
                    body,
                    state: stored.state,
                });
            }
        }
        let ids: Vec<RecordId> = items.iter().map(|item| item.alert).collect();
        let about = EventAbout::subject("alerts").data(json!({ "records": ids }));
        self.log_consultation(caller, about).await?;
        Ok(Page { items, next })
    }

    /// Corrects an alert. Everybody who ever received it gets the new version.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Forbidden`], [`AppError::Invalid`];
    /// [`AppError::Conflict`] where it is withdrawn.
    pub async fn correct_alert(
        &self,
        caller: &Caller,
        id: RecordId,
        draft: AlertDraft,
    ) -> Result<(), AppError> {
        validate(&draft.subject)?;
        self.change_alert(caller, id, "corrected", |alert, app, _| {
            alert.correct(draft, &app.inner.exchange.profile)
        })
        .await
    }

    /// Keeps an alert beyond its review date, by a recorded assessment (rule SIS-11).
    ///
    /// # Errors
    /// As [`App::correct_alert`].
    pub async fn extend_alert(
        &self,
        caller: &Caller,
        id: RecordId,
        assessment: Reason,
    ) -> Result<(), AppError> {
        self.change_alert(caller, id, "extended", |alert, app, writing| {
            let profile = &app.inner.exchange.profile;
            let by = caller.login.clone();
            alert.extend(assessment, by, writing.at, app.today(), profile)
        })
        .await
    }

    /// Adds a flag at the request of another party (rule SIS-15).
    ///
    /// # Errors
    /// As [`App::correct_alert`].
    pub async fn flag_alert(
        &self,
        caller: &Caller,
        id: RecordId,
        flag: NewFlag,
    ) -> Result<(), AppError> {
        self.change_alert(caller, id, "flagged", |alert, app, writing| {
            let flag = Flag {
                authority: flag.authority,
                reason: flag.reason,
                alternative_action: flag.alternative_action,
                since: writing.at,
            };
            alert.flag(flag, &app.inner.exchange.profile)
        })
        .await
    }

    /// Ends an alert. Everybody who ever received it is told to erase it (rules LED-07, EU-04).
    ///
    /// # Errors
    /// As [`App::correct_alert`].
    pub async fn withdraw_alert(
        &self,
        caller: &Caller,
        id: RecordId,
        reason: Reason,
        why: RecallReason,
    ) -> Result<(), AppError> {
        let (stored, alert) = self.load_own(caller, id).await?;
        let mut writing = self.writing(caller);
        let ended = alert
            .withdraw(reason, caller.login.clone(), writing.at)
            .map_err(|error| refused(&error))?;
        let beside = Beside::new(WITHDRAWN, Operation::Alteration)
            .keys(KeyChange::Remove)
            .data(json!({ "withdrawn": why }));
        writing.change(&stored, None, &ended, beside)?;
        let through = stored.envelope.version.next().unwrap_or(Version::FIRST);
        self.recall(&mut writing, id, through, RecallEffect::Withdraw, why)
            .await?;
        self.store().commit(writing.batch).await?;
        self.after_change().await
    }

    /// Queues a recall for everybody who ever received a record, or may be about to.
    pub(crate) async fn recall(
        &self,
        writing: &mut Writing<'_>,
        record: RecordId,
        through: Version,
        effect: RecallEffect,
        reason: RecallReason,
    ) -> Result<(), AppError> {
        let recall = Statement::Recall(Recall {
            record,
            through,
            effect,
            reason,
            at: writing.at,
        });
        let (_, payload) = recall
            .to_payload()
            .map_err(|error| AppError::Internal(error.to_string()))?;
        for to in self.ever_received(record).await? {
            let row = DeliveryRow {
                payload: Some(payload.clone()),
                ..DeliveryRow::queued(to, "recall", writing.at).about(record, through)
            };
            writing.batch.changes.push(Change::Enqueue(row));
        }
        Ok(())
    }

    /// Everybody to whom a record went, or is on its way.
    async fn ever_received(&self, record: RecordId) -> Result<BTreeSet<AuthorityId>, AppError> {
        let rows = self.store().deliveries_of(record).await?;
        Ok(rows
            .into_iter()
            .filter(|row| row.kind == "record")
            .filter(|row| matches!(row.state, DeliveryState::Delivered | DeliveryState::Queued))
            .map(|row| row.to)
            .collect())
    }

    async fn change_alert(
        &self,
        caller: &Caller,
        id: RecordId,
        what: &'static str,
        change: impl FnOnce(Alert, &Self, &Writing<'_>) -> Result<Alert, AlertRefused>,
    ) -> Result<(), AppError> {
        let (stored, alert) = self.load_own(caller, id).await?;
        let mut writing = self.writing(caller);
        let changed = change(alert, self, &writing).map_err(|error| refused(&error))?;
        let beside = self
            .beside(id, &changed, Operation::Alteration)?
            .data(json!({ "change": what }));
        let keep = Keep::EraseOn(changed.review_on);
        writing.change(&stored, Some(keep), &changed, beside)?;
        let version = stored.envelope.version.next().unwrap_or(Version::FIRST);
        let mut recipients = self.recipients_of(&stored.envelope, &changed);
        // Whoever received it and may not have it any more is told to erase it.
        let before = self.ever_received(id).await?;
        enqueue(&mut writing, id, version, &recipients);
        recipients.retain(|recipient| {
            recipient.outcome.is_err() && before.contains(&recipient.authority)
        });
        for recipient in recipients {
            let recall = Statement::Recall(Recall {
                record: id,
                through: version,
                effect: RecallEffect::Erase,
                reason: RecallReason::Withdrawn,
                at: writing.at,
            });
            let (_, payload) = recall
                .to_payload()
                .map_err(|error| AppError::Internal(error.to_string()))?;
            let row = DeliveryRow {
                payload: Some(payload),
                ..DeliveryRow::queued(recipient.authority, "recall", writing.at).about(id, version)
            };
            writing.batch.changes.push(Change::Enqueue(row));
        }
        self.store().commit(writing.batch).await?;
        self.after_change().await
    }

    /// Brings the index level and wakes the workers, after something was written.
    pub(crate) async fn after_change(&self) -> Result<(), AppError> {
        self.inner.exchange.wake();
        self.follow().await?;
        Ok(())
    }

    fn draft(&self, _: &Writing<'_>, new: &NewAlert) -> Result<Alert, AppError> {
        Alert::enter(
            new.draft.clone(),
            &self.inner.exchange.profile,
            self.today(),
        )
        .map_err(|error| refused(&error))
    }

    fn recipients_of(&self, envelope: &Envelope, alert: &Alert) -> Vec<Recipient> {
        let outgoing = Outgoing {
            envelope,
            category: alert.category,
            own: envelope.originator == self.inner.settings.authority,
            permitted: false,
        };
        self.directory().recipients(&outgoing, self.today())
    }

    /// What stands beside an own alert that is active.
    fn beside(
        &self,
        id: RecordId,
        alert: &Alert,
        operation: Operation,
    ) -> Result<Beside, AppError> {
        let warn_on = self.inner.exchange.profile.warn_on(alert.review_on);
        let beside = Beside::new(ACTIVE, operation).keys(alert_keys(id, alert, None)?);
        let midnight = TimeZone::UTC.to_timestamp(warn_on.at(0, 0, 0, 0));
        Ok(match midnight {
            Ok(midnight) => beside.due(midnight),
            Err(_) => beside,
        })
    }

    async fn load_alert(
        &self,
        caller: &Caller,
        id: RecordId,
        action: Action,
    ) -> Result<(StoredRecord, Alert), AppError> {
        if caller.justification.is_none() {
            return Err(AppError::NoJustification);
        }
        self.authorise(caller, action, None)?;
        self.load::<Alert>(id, Kind::Alert).await
    }

    /// An alert of the node's own that the caller may change.
    async fn load_own(
        &self,
        caller: &Caller,
        id: RecordId,
    ) -> Result<(StoredRecord, Alert), AppError> {
        let (stored, alert) = self.load_alert(caller, id, Action::EnterAlert).await?;
        if stored.envelope.originator != self.inner.settings.authority {
            // Only the issuer changes or deletes (rule SIS-14).
            return Err(AppError::Forbidden(Action::EnterAlert));
        }
        Ok((stored, alert))
    }
}

/// Queues a version for all who may have it.
fn enqueue(writing: &mut Writing<'_>, id: RecordId, version: Version, recipients: &[Recipient]) {
    for recipient in recipients {
        if let Ok(ground) = &recipient.outcome {
            let to = recipient.authority.clone();
            let row = DeliveryRow {
                ground: ground.clone(),
                ..DeliveryRow::queued(to, "record", writing.at).about(id, version)
            };
            writing.batch.changes.push(Change::Enqueue(row));
        }
    }
}

fn purpose_of(caller: &Caller) -> Result<Purpose, AppError> {
    let why = caller.justification.as_ref();
    why.map(|why| why.purpose).ok_or(AppError::NoJustification)
}

fn terms(new: &NewAlert, purpose: Purpose, alert: &Alert) -> Terms {
    Terms {
        kind: Kind::Alert,
        purpose,
        legal_basis: new.legal_basis,
        handling: new.handling.clone(),
        evaluation: new.evaluation,
        subject: if alert.is_on_person() {
            new.subject
        } else {
            SubjectCategory::NoPerson
        },
        nature: new.nature,
        keep: Keep::EraseOn(alert.review_on),
    }
}

impl AlertView {
    /// Whether the caller's own node still has to do something before the review date.
    pub fn is_review_near(&self, today: Date) -> bool {
        self.is_own && self.alert.state == AlertState::Active && self.warn_on <= today
    }
}
