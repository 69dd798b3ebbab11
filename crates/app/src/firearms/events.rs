//! What happens to a weapon. A loss or theft is an alert in the same transaction; whatever brings
//! the weapon back ends it in the same transaction.

use std::collections::BTreeSet;

use egnatia_alerts::{AlertDraft, ObjectKind, Reason};
use egnatia_firearms::{
    Event, EventKind, Firearm, LifeRefused, ProposedCorrection, ProposedDestruction, Recording,
};
use egnatia_protocol::RecallReason;
use egnatia_record::{
    Category, Evaluation, Handling, LegalBasis, Nature, RecordId, SubjectCategory, UserId,
};
use jiff::civil::Date;
use serde_json::json;

use super::{Keeping, changed, refused};
use crate::accounts::is_unbound;
use crate::port::StoredRecord;
use crate::writing::Writing;
use crate::{Action, App, AppError, Caller, Entered, Invalid, NewAlert};

/// What the log says where a proposal is taken back.
const WITHDRAWN: &str = "proposal-withdrawn";

/// A loss or theft, and what the alert about it says.
#[derive(Debug, Clone, PartialEq)]
pub struct MissingReport {
    /// [`Event::Loss`] or [`Event::Theft`].
    pub event: Event,
    /// When it happened, as far as is known.
    pub on: Date,
    /// The decision that gives rise to the alert: its authority, number or date.
    pub decision: String,
    /// Codes of the alert, and to whom it may go.
    pub handling: Handling,
}

/// A correction of what two officers signed.
#[derive(Debug, Clone, PartialEq)]
pub struct NewCorrection {
    /// The event, from 1.
    pub of: u32,
    /// What happened in truth; absent where nothing did.
    pub instead: Option<Event>,
    /// When it happened in truth.
    pub on: Date,
    /// Why it was recorded wrongly.
    pub reason: String,
}

impl App {
    /// Records what happened to a weapon. What brings a missed weapon back ends its alert.
    ///
    /// # Errors
    /// [`AppError::Invalid`] where the event cannot follow, or is a loss, a theft or a destruction,
    /// which have use cases of their own; [`AppError::NotFound`]; [`AppError::Conflict`] where the
    /// same weapon is in somebody else's hands; [`AppError::NoJustification`],
    /// [`AppError::Forbidden`].
    pub async fn record_event(
        &self,
        caller: &Caller,
        id: RecordId,
        event: Event,
        on: Date,
    ) -> Result<(), AppError> {
        self.authorise(caller, Action::KeepFirearms, None)?;
        not_missed(&event)?;
        let (stored, firearm) = self.load_firearm(id).await?;
        let mut writing = self.writing(caller);
        let recording = Recording {
            event,
            on,
            by: caller.login.clone(),
            at: writing.at,
        };
        self.put_event(&mut writing, caller, (&stored, firearm), recording)
            .await?;
        self.store().commit(writing.batch).await?;
        self.after_change().await
    }

    /// Puts an event into a transaction, with the end of the alert and of what the stockpile misses
    /// where the weapon is missed no longer.
    pub(super) async fn put_event(
        &self,
        writing: &mut Writing<'_>,
        caller: &Caller,
        (stored, firearm): (&StoredRecord, Firearm),
        recording: Recording,
    ) -> Result<(), AppError> {
        let before = firearm.standing().map_err(|error| refused(&error))?;
        let id = stored.envelope.id;
        let after = firearm.clone().record(recording.clone());
        let after = after.and_then(|firearm| firearm.standing());
        let after = after.map_err(|error| refused(&error))?.custody;
        self.put_told_books(writing, caller, id, (&before.custody, &after))
            .await?;
        let ends = self.put_life(writing, caller, (stored, firearm), recording);
        if ends.await? && before.custody.is_missing() {
            self.put_found_by_register(writing, caller, id).await?;
        }
        Ok(())
    }

    /// Puts an event into a transaction, with the end of the alert where the weapon is missed no
    /// longer. Returns whether it is not missed.
    pub(crate) async fn put_life(
        &self,
        writing: &mut Writing<'_>,
        caller: &Caller,
        (stored, firearm): (&StoredRecord, Firearm),
        recording: Recording,
    ) -> Result<bool, AppError> {
        let what = recording.event.kind();
        let mut firearm = firearm.record(recording).map_err(|error| refused(&error))?;
        let standing = firearm.standing().map_err(|error| refused(&error))?;
        let found = !standing.custody.is_missing();
        let mut ended = None;
        if let Some(alert) = firearm.alert.filter(|_| found) {
            let why = format!("the weapon is found again: {what}");
            let why =
                Reason::try_from(why).map_err(|error| AppError::Internal(error.to_string()))?;
            match self
                .put_end_of_own(writing, caller, (alert, why), RecallReason::Withdrawn)
                .await
            {
                // It has ended before, by itself or by hand.
                Ok(()) | Err(AppError::NotFound(_) | AppError::Conflict(_)) => {}
                Err(error) => return Err(error),
            }
            ended = firearm.alert.take();
        }
        let keeping = Keeping {
            stored: Some(stored),
            id: stored.envelope.id,
            firearm: &firearm,
            purpose: stored.envelope.purpose,
        };
        let beside = changed("event")
            .data(json!({ "change": "event", "event": what, "alert_ended": ended }));
        self.put_firearm(writing, &keeping, beside)?;
        Ok(found)
    }

    /// Puts into a transaction that a weapon is lost or stolen, and which alert looks for it.
    pub(crate) fn put_missed(
        &self,
        writing: &mut Writing<'_>,
        (stored, firearm): (&StoredRecord, Firearm),
        recording: Recording,
        alert: RecordId,
    ) -> Result<(), AppError> {
        let what = recording.event.kind();
        let mut firearm = firearm.record(recording).map_err(|error| refused(&error))?;
        firearm.alert = Some(alert);
        let keeping = Keeping {
            stored: Some(stored),
            id: stored.envelope.id,
            firearm: &firearm,
            purpose: stored.envelope.purpose,
        };
        let beside = changed("event")
            .links([("alert", alert)])
            .data(json!({ "change": "event", "event": what, "alert": alert }));
        self.put_firearm(writing, &keeping, beside)
    }

    /// Reports a weapon lost or stolen. The event, the alert that partners get and what is queued
    /// for them are one transaction.
    ///
    /// # Errors
    /// As [`App::record_event`]; [`AppError::Invalid`] where no number of the weapon can be looked
    /// for, or the alert cannot be; [`AppError::Conflict`] where an alert of this node looks for
    /// it already.
    pub async fn report_missing(
        &self,
        caller: &Caller,
        id: RecordId,
        report: MissingReport,
    ) -> Result<Entered, AppError> {
        self.authorise(caller, Action::KeepFirearms, None)?;
        let (Event::Loss(said) | Event::Theft(said)) = &report.event else {
            let text = "a report says that the weapon is lost or stolen";
            return Err(Invalid::new("event", "report", text).into());
        };
        let reason = Reason::try_from(said.circumstances.clone())
            .map_err(|error| Invalid::new("circumstances", "refused", error.to_string()))?;
        let (stored, firearm) = self.load_firearm(id).await?;
        let new = alert_on(&firearm, &report, reason)?;
        let mut writing = self.writing(caller);
        let recording = Recording {
            event: report.event,
            on: report.on,
            by: caller.login.clone(),
            at: writing.at,
        };
        // What the life refuses is refused before an alert is made.
        let checked = firearm.clone().record(recording.clone());
        checked.map_err(|error| refused(&error))?;
        let entered = self.put_new_alert(&mut writing, caller, &new)?;
        let weapon = (&stored, firearm);
        self.put_missed(&mut writing, weapon, recording, entered.alert)?;
        self.put_missed_by_register(&mut writing, caller, (id, entered.alert))
            .await?;
        self.store().commit(writing.batch).await?;
        self.after_change().await?;
        Ok(entered)
    }

    /// Proposes that a weapon is destroyed; another officer signs.
    ///
    /// # Errors
    /// As [`App::record_event`].
    pub async fn propose_destruction(
        &self,
        caller: &Caller,
        id: RecordId,
        method: String,
        evidence: String,
    ) -> Result<(), AppError> {
        self.change_firearm(caller, id, "destruction-proposed", |firearm, writing| {
            firearm.propose_destruction(ProposedDestruction {
                by: caller.login.clone(),
                at: writing.at,
                method,
                evidence,
            })
        })
        .await
    }

    /// Withdraws what is proposed for a weapon: its destruction, or the correction of one.
    ///
    /// # Errors
    /// As [`App::record_event`].
    pub async fn withdraw_proposal(&self, caller: &Caller, id: RecordId) -> Result<(), AppError> {
        self.change_firearm(caller, id, WITHDRAWN, |firearm, _| {
            firearm.withdraw_proposal()
        })
        .await
    }

    /// Proposes to correct an event that two officers signed; another officer signs. Without `instead`,
    /// nothing happened.
    ///
    /// # Errors
    /// As [`App::record_event`].
    pub async fn propose_correction(
        &self,
        caller: &Caller,
        id: RecordId,
        correction: NewCorrection,
    ) -> Result<(), AppError> {
        if let Some(instead) = &correction.instead {
            not_missed(instead)?;
        }
        self.change_firearm(caller, id, "correction-proposed", |firearm, writing| {
            firearm.propose_correction(ProposedCorrection {
                by: caller.login.clone(),
                at: writing.at,
                of: correction.of,
                instead: correction.instead.map(Box::new),
                on: correction.on,
                reason: correction.reason,
            })
        })
        .await
    }

    /// Signs the correction that another officer has proposed.
    ///
    /// # Errors
    /// As [`App::record_event`].
    pub async fn sign_correction(&self, caller: &Caller, id: RecordId) -> Result<(), AppError> {
        self.another_person(caller, id).await?;
        self.change_firearm(caller, id, "corrected-by-two", |firearm, writing| {
            firearm.sign_correction(caller.login.clone(), writing.at)
        })
        .await
    }

    /// Signs that a weapon was destroyed, as the second officer.
    ///
    /// # Errors
    /// As [`App::record_event`].
    pub async fn sign_destruction(
        &self,
        caller: &Caller,
        id: RecordId,
        on: Date,
    ) -> Result<(), AppError> {
        self.another_person(caller, id).await?;
        self.change_firearm(caller, id, "destroyed", |firearm, writing| {
            firearm.sign_destruction(caller.login.clone(), on, writing.at)
        })
        .await
    }

    /// Refuses whoever signs what they have proposed themselves under another name: as a user of the
    /// operating system that was bound to their account since.
    async fn another_person(&self, caller: &Caller, id: RecordId) -> Result<(), AppError> {
        self.authorise(caller, Action::KeepFirearms, None)?;
        let (_, firearm) = self.load_firearm(id).await?;
        let Some(proposed) = &firearm.proposed else {
            return Ok(());
        };
        let first = self.person_of(proposed.by()).await?;
        match first == self.person_of(&caller.login).await? {
            true => Err(refused(&LifeRefused::SameOfficer)),
            false => Ok(()),
        }
    }

    async fn change_firearm(
        &self,
        caller: &Caller,
        id: RecordId,
        what: &'static str,
        change: impl FnOnce(Firearm, &Writing<'_>) -> Result<Firearm, LifeRefused>,
    ) -> Result<(), AppError> {
        self.authorise(caller, Action::KeepFirearms, None)?;
        let (stored, firearm) = self.load_firearm(id).await?;
        let mut writing = self.writing(caller);
        let before = firearm.standing().map_err(|error| refused(&error))?;
        // Of whom the node cannot tell whether they are one person.
        let proposer = firearm
            .proposed
            .as_ref()
            .map(|proposed| proposed.by().clone());
        let signers = proposer.iter().chain([&caller.login]);
        let unbound: BTreeSet<UserId> =
            signers.filter(|login| is_unbound(login)).cloned().collect();
        let firearm = change(firearm, &writing).map_err(|error| refused(&error))?;
        // What the books say against it is said to whoever proposes, and to the second officer again.
        let after = firearm.custody_proposed();
        let after = after.map_err(|error| refused(&error))?;
        self.put_told_books(&mut writing, caller, id, (&before.custody, &after))
            .await?;
        let keeping = Keeping {
            stored: Some(&stored),
            id,
            firearm: &firearm,
            purpose: stored.envelope.purpose,
        };
        let signed = proposer.is_some() && what != WITHDRAWN;
        let beside = match signed && !unbound.is_empty() {
            true => changed(what).data(json!({ "change": what, "unbound": unbound })),
            false => changed(what),
        };
        self.put_firearm(&mut writing, &keeping, beside)?;
        self.store().commit(writing.batch).await?;
        self.after_change().await
    }
}

/// A loss or theft has a use case of its own, also where it comes in the place of another event.
fn not_missed(event: &Event) -> Result<(), AppError> {
    let truth = match event {
        Event::Correction {
            instead: Some(instead),
            ..
        } => instead,
        event => event,
    };
    match truth.kind() {
        EventKind::Loss | EventKind::Theft => {
            let text = "a loss or theft is reported, so that partners look for the weapon";
            Err(Invalid::new("event", "report", text).into())
        }
        _ => Ok(()),
    }
}

/// What a weapon looks like, in a line.
pub(crate) fn characteristics(firearm: &Firearm) -> String {
    let what = &firearm.particulars;
    let year = what
        .year
        .map_or_else(String::new, |year| format!(", {year}"));
    format!(
        "{} {} {}, {}{year}",
        what.kind, what.make, what.model, what.calibre
    )
}

/// The alert on a weapon that is missed: what is compared, and nothing of its holder.
fn alert_on(
    firearm: &Firearm,
    report: &MissingReport,
    reason: Reason,
) -> Result<NewAlert, AppError> {
    let what = &firearm.particulars;
    let subject = what.description();
    if subject.identifiers.is_empty() {
        let text = "no number of this weapon was ever read: an alert could not find it";
        return Err(Invalid::new("marks", "missing", text).into());
    }
    Ok(NewAlert {
        draft: AlertDraft {
            category: Category::ObjectSeizure,
            subject,
            object: Some(ObjectKind::Firearm),
            reason,
            action: String::new(),
            decision: report.decision.clone(),
            proportionality: None,
            warnings: BTreeSet::new(),
            offence: None,
            characteristics: Some(characteristics(firearm)),
            distinguished_by: what.distinguished_by.clone(),
            links: BTreeSet::new(),
        },
        handling: report.handling.clone(),
        legal_basis: LegalBasis::NationalLaw,
        evaluation: Evaluation::OFFICIAL,
        subject: SubjectCategory::NoPerson,
        nature: Nature::Fact,
        different_from: BTreeSet::new(),
    })
}
