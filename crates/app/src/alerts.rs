//! Alerts: entered, imported, seen, corrected, extended, flagged, withdrawn; and where each of them went.

mod achieved;
mod change;
mod import;
mod view;

use std::collections::{BTreeMap, BTreeSet};

use egnatia_alerts::{Alert, AlertDraft, AlertRefused, ObjectKind, Reason};
use egnatia_audit::Operation;
use egnatia_matching::{Description, IdentifierKind};
use egnatia_protocol::Matter;
use egnatia_record::{
    AuthorityId, Envelope, Evaluation, Handling, Kind, LegalBasis, Nature, Outgoing, Purpose,
    RecordId, SubjectCategory, Version,
};
use jiff::tz::TimeZone;
use serde_json::json;

use crate::catalogue::{OWN_ALERTS, RECEIVED_ALERTS};
use crate::checks::idempotency_claim;
use crate::exchange::{Gates, Recipient};
use crate::index::{Found, MatchKeys};
use crate::port::{Change, CommitError, Conflict, DeliveryRow, KeyChange, StoredRecord};
use crate::question::validate;
use crate::writing::{Beside, EventAbout, Keep, Terms, Writing};
use crate::{Action, App, AppError, Caller, Invalid, NewQuestion};

pub use achieved::AlertPurpose;
pub(crate) use achieved::TOLD;
pub use change::NewFlag;
pub use import::{
    AlertImportError, AlertImportReport, AlertImporting, AlertTerms, LikeRow, RecipientCount,
};
pub use view::{AlertList, AlertSummary, AlertView};

/// The state of the node's own alert that is compared with checks.
pub(crate) const ACTIVE: &str = "active";
/// The state of a partner's alert that is compared with checks.
pub(crate) const RECEIVED: &str = "received";
/// The state of an alert that is not compared any more.
pub(crate) const WITHDRAWN: &str = "withdrawn";
/// The state of an alert that only those who decide on it see.
pub(crate) const RESTRICTED: &str = "restricted";
/// An own alert that a partner has returned after a restore: nobody has decided on it yet.
pub(crate) const RETURNED: &str = "returned";
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

/// An alert that is put into a transaction.
pub(crate) struct Entering<'a> {
    pub alert: &'a Alert,
    pub terms: Terms,
    pub claims: Vec<String>,
    pub like: &'a [LikeAlert],
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
        description: compared(alert),
    };
    serde_json::to_vec(&keys)
        .map(KeyChange::Set)
        .map_err(|error| AppError::Internal(format!("a match key cannot be written: {error}")))
}

/// What of an alert is compared. The number of a firearm is compared place by place, also where
/// nobody said what kind of number it is.
fn compared(alert: &Alert) -> Description {
    let mut description = alert.subject.clone();
    if alert.object == Some(ObjectKind::Firearm) {
        description.weapon.get_or_insert_default();
        for number in &mut description.identifiers {
            if number.kind == IdentifierKind::Other {
                number.kind = IdentifierKind::Serial;
            }
        }
    }
    description
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
        let like = self.find_like(&draft.subject)?;
        let ids: Vec<RecordId> = like.iter().map(|like| like.alert).collect();
        let about = EventAbout::subject("like-alerts").data(json!({ "records": ids }));
        self.log_consultation(caller, about).await?;
        Ok(like)
    }

    pub(crate) fn find_like(&self, subject: &Description) -> Result<Vec<LikeAlert>, AppError> {
        let search = self.inner.index.search(subject, LIKE_MAX)?;
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
        Ok(self.recipients_of(&envelope, &alert, &BTreeMap::new()))
    }

    /// Enters an alert and queues it for whoever may have it, in one transaction.
    ///
    /// # Errors
    /// [`AppError::Invalid`] where data are missing, or where a like alert was not looked at;
    /// [`AppError::NoJustification`], [`AppError::Forbidden`].
    pub async fn enter_alert(&self, caller: &Caller, new: NewAlert) -> Result<Entered, AppError> {
        self.enter_alert_once(caller, new, None).await
    }

    /// The same with a key that makes a repetition harmless: the same key of the same caller leads
    /// to the same alert.
    ///
    /// # Errors
    /// As [`App::enter_alert`].
    pub async fn enter_alert_once(
        &self,
        caller: &Caller,
        new: NewAlert,
        idempotency_key: Option<&str>,
    ) -> Result<Entered, AppError> {
        self.authorise(caller, Action::EnterAlert, None)?;
        let claim = idempotency_claim(caller, "alert-request", idempotency_key)?;
        if let Some(name) = &claim
            && let Some(entered) = self.request_before(caller, name).await?
        {
            return Ok(entered);
        }
        validate(&new.draft.subject)?;
        self.check_links(&new.draft.links).await?;
        let like = self.find_like(&new.draft.subject)?;
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
        let alert = self.draft(&writing, &new)?;
        let purpose = purpose_of(caller)?;
        let entering = Entering {
            alert: &alert,
            terms: terms(&new, purpose, &alert),
            claims: claim.iter().cloned().collect(),
            like: &like,
        };
        let entered = self.put_alert(&mut writing, entering)?;
        match self.store().commit(writing.batch).await {
            Ok(_) => {}
            Err(CommitError::Conflict(Conflict::Claim(name))) if claim.as_ref() == Some(&name) => {
                let entered = self.request_before(caller, &name).await?;
                return entered.ok_or(AppError::NotFound("alert"));
            }
            Err(error) => return Err(error.into()),
        }
        self.after_change().await?;
        Ok(entered)
    }

    /// Puts an alert on something that was not looked for by hand into a transaction. A partner's
    /// like alert is put to its issuer too; one of the node's own is not entered twice.
    pub(crate) fn put_new_alert(
        &self,
        writing: &mut Writing<'_>,
        caller: &Caller,
        new: &NewAlert,
    ) -> Result<Entered, AppError> {
        self.authorise(caller, Action::EnterAlert, None)?;
        validate(&new.draft.subject)?;
        let like = self.find_like(&new.draft.subject)?;
        if let Some(own) = like.iter().find(|like| like.issuer.is_none()) {
            let text = format!(
                "alert {} looks for it already; end that one first",
                own.alert
            );
            return Err(AppError::Conflict(text));
        }
        let alert = self.draft(writing, new)?;
        let entering = Entering {
            alert: &alert,
            terms: terms(new, purpose_of(caller)?, &alert),
            claims: Vec::new(),
            like: &like,
        };
        self.put_alert(writing, entering)
    }

    /// Puts an alert into a transaction and queues it for whoever may have it.
    pub(crate) fn put_alert(
        &self,
        writing: &mut Writing<'_>,
        entering: Entering<'_>,
    ) -> Result<Entered, AppError> {
        let Entering {
            alert,
            terms,
            claims,
            like,
        } = entering;
        let id = writing.new_id();
        let purpose = terms.purpose;
        let envelope = writing.envelope_of(id, terms)?;
        let recipients = self.recipients_of(&envelope, alert, &BTreeMap::new());
        let goes_to: Vec<&AuthorityId> = recipients
            .iter()
            .filter(|recipient| recipient.outcome.is_ok())
            .map(|recipient| &recipient.authority)
            .collect();
        let beside = self
            .beside(id, alert, Operation::Collection)?
            .claims(claims)
            .data(json!({ "category": alert.category, "goes_to": goes_to }));
        writing.put_envelope(envelope, alert, beside)?;
        enqueue(writing, id, Version::FIRST, &recipients);
        // Whether a partner's like alert is about the same person is asked at once (rule SIS-07).
        for like in like {
            if let Some(issuer) = &like.issuer {
                let question = NewQuestion {
                    about: like.alert,
                    matter: Matter::DuplicateQuestion,
                    recipient: None,
                    text: same_or_not()?,
                    urgent: None,
                };
                self.put_inquiry(writing, purpose, issuer, &question)?;
            }
        }
        Ok(Entered {
            alert: id,
            recipients,
        })
    }

    /// What a request that comes again led to the first time.
    async fn request_before(
        &self,
        caller: &Caller,
        claim: &str,
    ) -> Result<Option<Entered>, AppError> {
        let holders = self.store().claims(&[claim.to_owned()]).await?;
        let Some((_, alert)) = holders.into_iter().next() else {
            return Ok(None);
        };
        let recipients = self.view_alert(caller, alert).await?.recipients;
        Ok(Some(Entered { alert, recipients }))
    }

    /// Brings the index level and wakes the workers, after something was written.
    pub(crate) async fn after_change(&self) -> Result<(), AppError> {
        self.inner.exchange.wake();
        self.follow_own().await
    }

    pub(crate) fn draft(&self, _: &Writing<'_>, new: &NewAlert) -> Result<Alert, AppError> {
        Alert::enter(
            new.draft.clone(),
            &self.inner.exchange.profile,
            self.today(),
        )
        .map_err(|error| refused(&error))
    }

    pub(crate) fn recipients_of(
        &self,
        envelope: &Envelope,
        alert: &Alert,
        justified: &BTreeMap<AuthorityId, Gates>,
    ) -> Vec<Recipient> {
        let outgoing = Outgoing {
            envelope,
            category: alert.category,
            own: envelope.originator == self.inner.settings.authority,
            permitted: false,
        };
        self.directory()
            .recipients_justified(&outgoing, self.today(), justified)
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

fn same_or_not() -> Result<Reason, AppError> {
    let text = "Our new alert describes the same. Is it the same person or object?";
    Reason::try_from(text.to_owned()).map_err(|error| AppError::Internal(error.to_string()))
}

fn purpose_of(caller: &Caller) -> Result<Purpose, AppError> {
    let why = caller.justification.as_ref();
    why.map(|why| why.purpose).ok_or(AppError::NoJustification)
}

pub(crate) fn terms(new: &NewAlert, purpose: Purpose, alert: &Alert) -> Terms {
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
