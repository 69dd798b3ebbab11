//! One statement of a partner: may it say this, is it new, what does it change?

use std::collections::HashMap;

use egnatia_alerts::{
    Alert, AlertState, Direction, HitReport, Inquiry, InquiryAnswer, InquiryState,
};
use egnatia_audit::{Hash, Operation};
use egnatia_protocol::{
    Answer, Decision, Digest, Hit, Outcome, Parcel, Recall, RecallEffect, Receipt, RefusalGround,
    Request, SharedRecord, Signed, SignedCard, Statement,
};
use egnatia_record::{
    AuthorityId, Crossing, Envelope, Kind, OriginRegime, Purpose, RecordId, Retention,
    SubjectCategory, Version, Withheld,
};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::inbox::{Held, Refused, TakeError, append, because_of, node_caller};
use super::{Directory, Partner};
use crate::alerts::{RECEIVED, RESTRICTED, WITHDRAWN, alert_keys};
use crate::checks::Asked;
use crate::index::Search;
use crate::port::{Batch, Change, KeyChange, PartnerRow, ReceivedRow};
use crate::writing::{Beside, EventAbout, Terms, Writing, to_the_microsecond};
use crate::{App, AppError, Caller, read_body};

/// Candidates that are looked at when a record arrives.
const CANDIDATES_MAX: u16 = 10;
/// A partner's clock may be ahead by so much.
const AHEAD_MAX: SignedDuration = SignedDuration::from_mins(10);
/// Terrorism and other urgent things are followed up within so many hours ("at once").
const URGENT_HOURS: i64 = 1;

/// What became of an item.
pub(super) struct Taken {
    pub about: Option<(RecordId, Version)>,
    pub outcome: Outcome,
}

impl Taken {
    fn stored(about: Option<(RecordId, Version)>) -> Self {
        Self {
            about,
            outcome: Outcome::Stored,
        }
    }
}

/// The items of one parcel, on their way into one transaction.
pub(super) struct Taking<'a> {
    app: &'a App,
    partner: &'a Partner,
    directory: std::sync::Arc<Directory>,
    held: HashMap<RecordId, Held>,
    batch: Batch,
    caller: Caller,
    now: Timestamp,
    woke: bool,
}

impl<'a> Taking<'a> {
    pub async fn begin(
        app: &'a App,
        partner: &'a Partner,
        parcel: &Parcel,
    ) -> Result<Self, AppError> {
        let ids: Vec<RecordId> = parcel
            .items
            .iter()
            .filter_map(|item| record_of(&item.statement))
            .collect();
        let caller = node_caller("node:inbox", None)?;
        Ok(Self {
            held: app.held(&ids).await?,
            directory: app.directory(),
            now: to_the_microsecond(app.now()),
            batch: Batch::default(),
            woke: false,
            app,
            partner,
            caller,
        })
    }

    /// The transaction, and whether it queues something.
    pub fn finish(self) -> (Batch, bool) {
        (self.batch, self.woke)
    }

    fn from(&self) -> &AuthorityId {
        &self.partner.row.authority
    }

    /// Takes a statement, or says why not.
    pub async fn take(&mut self, signed: &Signed, digest: Digest) -> Result<Taken, TakeError> {
        let statement =
            Statement::read(signed).map_err(|error| Refused::new(error.ground()).hint(&error))?;
        if let Statement::Record(shared) = statement {
            return self.take_record(*shared, signed, digest).await;
        }
        if let Statement::Card(card) = statement {
            return self.take_card(card);
        }
        self.verify(signed, self.partner)?;
        match statement {
            Statement::Recall(recall) => self.take_recall(&recall),
            Statement::Hit(hit) => self.take_hit(hit).await,
            Statement::Request(request) => self.take_request(request).await,
            Statement::Answer(answer) => self.take_answer(answer).await,
            Statement::Receipt(receipt) => Ok(self.take_receipt(&receipt)),
            Statement::Record(_)
            | Statement::Card(_)
            | Statement::Checkpoint(_)
            | Statement::Cosignature(_) => Err(Refused::new(RefusalGround::NotValid).into()),
        }
    }

    fn verify(&self, signed: &Signed, by: &Partner) -> Result<(), Refused> {
        let keys = by.card.card().signing_keys_at(self.now);
        match signed.verify(keys) {
            Ok(_) => Ok(()),
            Err(error) => Err(Refused::new(RefusalGround::NotValid).hint(&error)),
        }
    }

    async fn take_record(
        &mut self,
        shared: SharedRecord,
        signed: &Signed,
        digest: Digest,
    ) -> Result<Taken, TakeError> {
        let envelope = &shared.envelope;
        let (id, version) = (envelope.id, envelope.version);
        let refuse = |ground| Refused::new(ground).about(id, version);
        let own = &self.app.inner.settings.authority;
        // Whoever passes it on, its originator has signed it.
        let directory = std::sync::Arc::clone(&self.directory);
        let originator = directory
            .accepted(&envelope.originator)
            .filter(|_| envelope.originator != *own)
            .ok_or_else(|| refuse(RefusalGround::NotTheOriginator))?;
        self.verify(signed, originator)
            .map_err(|refused| refused.about(id, version))?;
        if envelope.kind != Kind::Alert {
            return Err(refuse(RefusalGround::UnknownKind).into());
        }
        let alert: Alert = serde_json::from_str(shared.body.as_str())
            .map_err(|_| refuse(RefusalGround::NotValid).hint(&"the body is not an alert"))?;
        self.may_come(envelope, &alert)
            .map_err(|refused| refused.about(id, version))?;
        let hash = Hash::from_bytes(*digest.as_bytes());
        if let Some(held) = self.held.get(&id) {
            if held.originator != envelope.originator {
                return Err(refuse(RefusalGround::NotTheOriginator).into());
            }
            if held.version == version && held.digest == Some(hash) {
                return Ok(Taken::stored(Some((id, version))));
            }
            if held.erased {
                return Err(refuse(RefusalGround::ErasedHere).into());
            }
            if held.version >= version {
                return Err(refuse(RefusalGround::OlderThanHeld).into());
            }
        }
        self.put_record(&shared, &alert, signed, hash).await?;
        Ok(Taken::stored(Some((id, version))))
    }

    /// What the arrangement, the handling and the profile say of a record that comes in.
    fn may_come(&self, envelope: &Envelope, alert: &Alert) -> Result<(), Refused> {
        let refuse = |ground| Refused::new(ground);
        let personal = envelope.subject != SubjectCategory::NoPerson || alert.is_on_person();
        let crossing = Crossing {
            partner: self.partner.code(),
            category: alert.category,
            purpose: envelope.purpose,
            personal,
        };
        let arrangements = self.directory.arrangements();
        crossing
            .covered(arrangements, self.app.today())
            .map_err(|withheld| match withheld {
                Withheld::PersonalData => refuse(RefusalGround::PersonalDataNotAllowed),
                Withheld::CategoryNotCovered | Withheld::PurposeNotCovered => {
                    refuse(RefusalGround::CategoryNotAllowed)
                }
                _ => refuse(RefusalGround::NoArrangement),
            })?;
        let sis = envelope.handling.origin() == OriginRegime::Sis;
        let takes_part = self.app.inner.settings.partner;
        if sis && !takes_part.is_some_and(|partner| partner.takes_part_in_sis()) {
            return Err(refuse(RefusalGround::HandlingForbids));
        }
        let ahead = envelope.recorded_at.duration_since(self.now);
        if ahead > AHEAD_MAX {
            return Err(refuse(RefusalGround::NotValid).hint(&"it is dated in the future"));
        }
        alert
            .validate(&self.app.inner.exchange.profile)
            .map_err(|error| refuse(RefusalGround::NotValid).hint(&error))
    }

    async fn put_record(
        &mut self,
        shared: &SharedRecord,
        alert: &Alert,
        signed: &Signed,
        digest: Hash,
    ) -> Result<(), TakeError> {
        let mut envelope = shared.envelope.clone();
        let (id, version) = (envelope.id, envelope.version);
        // The sender's limit holds by itself (rule PR-12).
        let until = shared
            .keep_until
            .unwrap_or(envelope.retention.review_on)
            .min(envelope.retention.review_on)
            .min(alert.review_on);
        let today = self.app.today();
        let not_kept = |_| {
            Refused::new(RefusalGround::NotValid)
                .hint(&"its time has passed")
                .about(id, version)
        };
        envelope.retention = Retention::erase_on(until, today).map_err(not_kept)?;
        let purpose = envelope.purpose;
        let originator = envelope.originator.clone();
        let caller = self.caller_for(purpose)?;
        let compared = self.compare(id, alert, &originator)?;
        let mut writing = self.app.writing(&caller);
        let state = match alert.state {
            AlertState::Active => RECEIVED,
            AlertState::Withdrawn { .. } => WITHDRAWN,
        };
        let keys = if alert.is_active() {
            alert_keys(id, alert, Some(&originator))?
        } else {
            KeyChange::Remove
        };
        let beside = Beside::new(state, Operation::Collection)
            .keys(keys)
            .data(json!({
                "from": self.from(), "category": alert.category,
                "agrees": compared.as_ref().map_or(0, |search| search.found.len()),
            }));
        writing.put_foreign(envelope, shared.body.as_str().as_bytes().to_vec(), beside)?;
        writing.batch.changes.push(Change::PutReceived(ReceivedRow {
            record: id,
            version,
            from: self.from().clone(),
            received_at: self.now,
            digest,
            statement: Some(signed.to_bytes()),
            keep_until: shared.keep_until,
        }));
        if let Some(search) = compared {
            self.propose(&mut writing, alert, search).await?;
        }
        append(&mut self.batch, writing.batch);
        self.held.insert(
            id,
            Held {
                stored: None,
                version,
                originator,
                erased: false,
                digest: Some(digest),
            },
        );
        Ok(())
    }

    /// What of the node's own agrees with what arrived; nothing for an alert that is not active.
    fn compare(
        &self,
        id: RecordId,
        alert: &Alert,
        originator: &AuthorityId,
    ) -> Result<Option<Search>, AppError> {
        if !alert.is_active() {
            return Ok(None);
        }
        let mut search = self
            .app
            .inner
            .index
            .search(&alert.subject, CANDIDATES_MAX)?;
        let same_issuer = format!("{}{originator}", crate::catalogue::RECEIVED_ALERTS);
        search
            .found
            .retain(|found| found.record != id && found.list != same_issuer);
        Ok(Some(search).filter(|search| !search.found.is_empty()))
    }

    /// Puts what agrees to the officers, as a check that the node itself has made.
    async fn propose(
        &self,
        writing: &mut Writing<'_>,
        alert: &Alert,
        search: Search,
    ) -> Result<(), TakeError> {
        let Search { found, lists } = search;
        let (open, settled) = self
            .app
            .split_settled(&alert.subject, found, &lists)
            .await?;
        if open.is_empty() {
            return Ok(());
        }
        let why = self.why(writing)?;
        let asked = Asked {
            query: alert.subject.clone(),
            zone: None,
            lists,
            open,
            settled,
        };
        self.app.put_check(writing, &why, asked, Vec::new())?;
        Ok(())
    }

    fn why(&self, writing: &Writing<'_>) -> Result<egnatia_record::Justification, AppError> {
        let purpose = writing.purpose().unwrap_or(Purpose::Supervision);
        because_of(self.from(), purpose)
    }

    fn caller_for(&self, purpose: Purpose) -> Result<Caller, AppError> {
        Ok(Caller {
            justification: Some(because_of(self.from(), purpose)?),
            ..self.caller.clone()
        })
    }

    fn take_recall(&mut self, recall: &Recall) -> Result<Taken, TakeError> {
        let about = (recall.record, recall.through);
        let outcome = match recall.effect {
            RecallEffect::Erase | RecallEffect::Withdraw => Outcome::Erased,
            RecallEffect::Restrict => Outcome::Restricted,
        };
        let done = Taken {
            about: Some(about),
            outcome,
        };
        let Some(held) = self.held.get(&recall.record).cloned() else {
            // It never came, or came after the recall was decided: nothing is left to do.
            return Ok(done);
        };
        if held.originator != *self.from() {
            let refused = Refused::new(RefusalGround::NotTheOriginator);
            return Err(refused.about(about.0, about.1).into());
        }
        if held.erased {
            return Ok(done);
        }
        if held.version > recall.through {
            let refused = Refused::new(RefusalGround::OlderThanHeld);
            return Err(refused.about(about.0, about.1).into());
        }
        let purpose = held
            .stored
            .as_ref()
            .map_or(Purpose::Supervision, |stored| stored.envelope.purpose);
        let caller = self.caller_for(purpose)?;
        let mut writing = self.app.writing(&caller);
        if recall.effect == RecallEffect::Restrict {
            let Some(stored) = held.stored else {
                return Err(Refused::new(RefusalGround::NotValid).into());
            };
            if held.version == recall.through {
                return Ok(done);
            }
            let Some((body, _)) = stored.body.clone() else {
                return Ok(done);
            };
            let mut envelope = stored.envelope.clone();
            envelope.version = recall.through;
            envelope.recorded_at = self.now;
            let beside = Beside::new(RESTRICTED, Operation::Alteration)
                .keys(KeyChange::Remove)
                .data(json!({ "recall": recall.reason, "from": self.from() }));
            writing.put_foreign(envelope, body, beside)?;
        } else {
            let about = EventAbout::seen(recall.record, held.version)
                .data(json!({ "recall": recall.reason, "from": self.from() }));
            writing.log(Operation::Erasure, about);
            writing.batch.changes.push(Change::Erase(recall.record));
        }
        append(&mut self.batch, writing.batch);
        if let Some(held) = self.held.get_mut(&recall.record) {
            held.erased = recall.effect != RecallEffect::Restrict;
            held.version = held.version.max(recall.through);
        }
        Ok(done)
    }

    /// An alert of this node that a partner speaks of.
    fn own_alert(&self, id: RecordId, version: Version) -> Result<(Alert, Purpose), TakeError> {
        let unknown = || Refused::new(RefusalGround::NotTheOriginator).about(id, version);
        let held = self.held.get(&id).ok_or_else(unknown)?;
        let own = &self.app.inner.settings.authority;
        let stored = held
            .stored
            .as_ref()
            .filter(|stored| held.originator == *own && stored.envelope.kind == Kind::Alert)
            .ok_or_else(unknown)?;
        let alert = read_body::<Alert>(stored)?
            .ok_or_else(|| Refused::new(RefusalGround::ErasedHere).about(id, version))?;
        Ok((alert, stored.envelope.purpose))
    }

    async fn take_hit(&mut self, hit: Hit) -> Result<Taken, TakeError> {
        let about = (hit.alert, hit.version);
        let (alert, purpose) = self.own_alert(hit.alert, hit.version)?;
        let claim = format!("hit-report:{}:{}", self.from(), hit.hit);
        let hours = if hit.urgent {
            URGENT_HOURS
        } else {
            i64::from(self.app.inner.exchange.profile.answer_hours)
        };
        let report = HitReport {
            from: self.from().clone(),
            alert: hit.alert,
            alert_version: hit.version,
            name: alert.display_name().to_owned(),
            hit: hit.hit,
            confirmed_at: hit.confirmed_at,
            action_taken: hit.action_taken.as_str().to_owned(),
            report: hit
                .report
                .iter()
                .map(|(field, text)| (field.as_str().to_owned(), text.as_str().to_owned()))
                .collect(),
            urgent: hit.urgent,
            received_at: self.now,
            due_at: self.after_hours(hours)?,
            followed_up: None,
        };
        let caller = self.caller_for(purpose)?;
        let mut writing = self.app.writing(&caller);
        let keep = self.app.inner.settings.keep_hits_days;
        let beside = Beside::new(report.state(), Operation::Collection)
            .due(report.due_at)
            .links([("alert", hit.alert)])
            .claims(vec![claim.clone()])
            .data(json!({ "from": self.from() }));
        let holder = self
            .app
            .store()
            .claims(std::slice::from_ref(&claim))
            .await?;
        match holder.first() {
            // The finder tells more of a hit that it has told before.
            Some((_, id)) => {
                let (stored, before) = self.app.load::<HitReport>(*id, Kind::HitReport).await?;
                if before.action_taken == report.action_taken && before.report == report.report {
                    return Ok(Taken::stored(Some(about)));
                }
                let merged = HitReport {
                    received_at: before.received_at,
                    due_at: before.due_at,
                    followed_up: before.followed_up,
                    ..report
                };
                let beside = Beside {
                    state: merged.state(),
                    ..beside
                };
                writing.change(&stored, None, &merged, beside)?;
            }
            None => {
                let id = writing.new_id();
                let terms = Terms::own(Kind::HitReport, purpose, keep);
                writing.create(id, terms, &report, beside)?;
            }
        }
        append(&mut self.batch, writing.batch);
        Ok(Taken::stored(Some(about)))
    }

    async fn take_request(&mut self, request: Request) -> Result<Taken, TakeError> {
        let claim = format!("inquiry:{}:{}", self.from(), request.id);
        let held = self
            .app
            .store()
            .claims(std::slice::from_ref(&claim))
            .await?;
        if !held.is_empty() {
            return Ok(Taken::stored(None));
        }
        let (_, purpose) = self.own_alert(request.about, Version::FIRST)?;
        // The clock starts at receipt (rule R977-04).
        let hours = if request.urgent.is_some() {
            URGENT_HOURS
        } else {
            i64::from(self.app.inner.exchange.profile.answer_hours)
        };
        let inquiry = Inquiry {
            with: self.from().clone(),
            direction: Direction::Received,
            question: request.id,
            about: request.about,
            matter: request.matter.as_str().to_owned(),
            text: request.text.as_str().to_owned(),
            urgent: request.urgent.map(|text| text.as_str().to_owned()),
            since: self.now,
            due_at: self.after_hours(hours)?,
            state: InquiryState::Open,
        };
        let caller = self.caller_for(purpose)?;
        let mut writing = self.app.writing(&caller);
        let keep = self.app.inner.settings.keep_hits_days;
        let beside = Beside::new(inquiry.state.as_str(), Operation::Collection)
            .due(inquiry.due_at)
            .links([("alert", request.about)])
            .claims(vec![claim])
            .data(json!({ "from": self.from(), "matter": inquiry.matter }));
        let id = writing.new_id();
        writing.create(
            id,
            Terms::own(Kind::Inquiry, purpose, keep),
            &inquiry,
            beside,
        )?;
        append(&mut self.batch, writing.batch);
        Ok(Taken::stored(None))
    }

    async fn take_answer(&mut self, answer: Answer) -> Result<Taken, TakeError> {
        let unknown = || Refused::new(RefusalGround::NotValid).hint(&"no such question was asked");
        let found = self.app.load::<Inquiry>(answer.to, Kind::Inquiry).await;
        let (stored, inquiry) = match found {
            Ok(found) => found,
            Err(AppError::NotFound(_)) => return Err(unknown().into()),
            Err(error) => return Err(error.into()),
        };
        if inquiry.with != *self.from() || inquiry.direction != Direction::Asked {
            return Err(unknown().into());
        }
        if inquiry.state != InquiryState::Open {
            return Ok(Taken::stored(None));
        }
        let decision = answer.decision.map(decision_as_text);
        let about = inquiry.about;
        let taken = InquiryAnswer {
            decision,
            text: answer.text.as_str().to_owned(),
            by: None,
            at: self.now,
        };
        let answered = inquiry
            .answer(taken)
            .map_err(|error| AppError::Conflict(error.to_string()))?;
        let caller = self.caller_for(stored.envelope.purpose)?;
        let mut writing = self.app.writing(&caller);
        let beside = Beside::new(answered.state.as_str(), Operation::Alteration)
            .links([("alert", about)])
            .data(json!({ "from": self.from() }));
        writing.change(&stored, None, &answered, beside)?;
        append(&mut self.batch, writing.batch);
        Ok(Taken::stored(None))
    }

    /// A receipt that was not asked for: the partner has erased something by itself.
    fn take_receipt(&mut self, receipt: &Receipt) -> Taken {
        let mut writing = self.app.writing(&self.caller);
        let about = EventAbout {
            recipient: Some(self.from().to_string()),
            data: Some(json!({
                "record": receipt.record, "version": receipt.version, "outcome": receipt.outcome,
            })),
            ..EventAbout::default()
        };
        writing.log(Operation::Erasure, about);
        append(&mut self.batch, writing.batch);
        Taken::stored(receipt.record.zip(receipt.version))
    }

    /// A new card of the partner: taken where a key of the one before vouches for it.
    fn take_card(&mut self, card: Signed) -> Result<Taken, TakeError> {
        let invalid = |error: &dyn std::fmt::Display| {
            Refused::new(RefusalGround::NotValid).hint(&error.to_string())
        };
        let card = SignedCard::from_signed(card, self.now).map_err(|error| invalid(&error))?;
        let held = self.partner.card.card();
        if card.fingerprint() == self.partner.card.fingerprint() {
            return Ok(Taken::stored(None));
        }
        card.succeeds(held, self.now)
            .map_err(|error| invalid(&error))?;
        let mut writing = self.app.writing(&self.caller);
        writing.log(
            Operation::Administration,
            EventAbout::subject(format!("partner:{}", self.from())).data(json!({
                "card": card.card().serial, "fingerprint": card.fingerprint().to_string(),
            })),
        );
        writing.batch.changes.push(Change::PutPartner(PartnerRow {
            card: card.to_json().into_bytes(),
            decided_by: self.caller.login.clone(),
            decided_at: self.now,
            revision: self.partner.row.revision + 1,
            ..self.partner.row.clone()
        }));
        append(&mut self.batch, writing.batch);
        Ok(Taken::stored(None))
    }

    fn after_hours(&self, hours: i64) -> Result<Timestamp, AppError> {
        self.now
            .checked_add(SignedDuration::from_hours(hours))
            .map_err(|error| AppError::Internal(format!("no such due time: {error}")))
    }
}

/// Which record a statement is about, before it is verified: only to look it up.
fn record_of(signed: &Signed) -> Option<RecordId> {
    match Statement::read(signed).ok()? {
        Statement::Record(shared) => Some(shared.envelope.id),
        Statement::Recall(recall) => Some(recall.record),
        Statement::Hit(hit) => Some(hit.alert),
        Statement::Request(request) => Some(request.about),
        _ => None,
    }
}

fn decision_as_text(decision: Decision) -> String {
    match decision {
        Decision::Granted => "granted".to_owned(),
        Decision::Refused { ground } => format!("refused: {ground}"),
        Decision::Same => "same".to_owned(),
        Decision::Different => "different".to_owned(),
    }
}
