//! One statement of a partner: may it say this, is it new, what does it change?

mod message;
mod recalled;
mod record;
mod returned;
mod trace;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use egnatia_audit::Operation;
use egnatia_protocol::{
    Digest, KnownRoots, Outcome, Recall, RecallEffect, RecallReason, RefusalGround, Signed,
    SignedCard, SignedError, Statement, StatementError,
};
use egnatia_record::{AuthorityId, Kind, Purpose, RecordId, ReleasableTo, Version};
use jiff::Timestamp;
use serde_json::json;

use super::inbox::{Held, Refused, TakeError, append, because_of, node_caller};
use super::{Directory, Partner};
use crate::alerts::{RESTRICTED, WITHDRAWN};
use crate::index::Search;
use crate::port::{Batch, Change, DeliveryRow, KeyChange, PartnerRow, StoredRecord};
use crate::writing::{Beside, EventAbout, to_the_microsecond};
use crate::{App, AppError, Caller};

/// What became of an item.
pub(super) struct Taken {
    pub about: Option<(RecordId, Version)>,
    pub outcome: Outcome,
}

impl Taken {
    pub(super) fn stored(about: Option<(RecordId, Version)>) -> Self {
        Self {
            about,
            outcome: Outcome::Stored,
        }
    }
}

/// What can be found out of an item before anything is written: the part that costs.
pub(super) struct Looked {
    pub statement: Result<Arc<Statement>, StatementError>,
    pub digest: Digest,
    /// Whether the originator of a record has signed it. Where not, it is looked at again: its card
    /// may have come meanwhile.
    verified: bool,
    /// What of the node's own is like a record.
    search: Option<Search>,
}

impl Looked {
    /// `known` are the signatures over several items of the parcel that were verified already.
    pub fn at(app: &App, signed: &Signed, known: &KnownRoots) -> Self {
        let statement = Statement::read(signed).map(Arc::new);
        let mut looked = Self {
            digest: signed.digest(),
            verified: false,
            search: None,
            statement,
        };
        if let Ok(Statement::Record(shared)) = looked.statement.as_deref() {
            let directory = app.directory();
            let originator = directory.accepted(&shared.envelope.originator);
            looked.verified = originator.is_some_and(|originator| {
                let keys = originator.card.card().signing_keys_at(app.now());
                signed.verify_together(keys, known).is_ok()
            });
            if looked.verified {
                looked.search = record::like(app, shared);
            }
        }
        looked
    }
}

/// The items of one parcel, on their way into one transaction.
pub(super) struct Taking<'a> {
    app: &'a App,
    partner: &'a Partner,
    directory: Arc<Directory>,
    held: HashMap<RecordId, Held>,
    batch: Batch,
    caller: Caller,
    now: Timestamp,
    new_card: bool,
    queues: bool,
    /// Names that records of this transaction will hold.
    claimed: HashSet<String>,
    /// Of which records this transaction says that the partner has them: what it says of them has to
    /// wait until that is written.
    came_back: HashSet<RecordId>,
    /// How much of this partner waits for a person, by the alert that it is about.
    waiting_about: HashMap<(RecordId, Kind), usize>,
}

/// What the items of a parcel lead to.
pub(super) struct Finished {
    /// What is written.
    pub batch: Batch,
    /// Whether it changes what is known of partners.
    pub new_card: bool,
    /// Whether it queues something.
    pub queues: bool,
}

impl<'a> Taking<'a> {
    pub async fn begin(
        app: &'a App,
        partner: &'a Partner,
        looked: &[Looked],
    ) -> Result<Self, AppError> {
        let said = looked
            .iter()
            .filter_map(|item| item.statement.as_deref().ok());
        let mut ids = Vec::with_capacity(2 * looked.len());
        for statement in said {
            ids.extend(record_of(statement));
            if let Statement::Record(shared) = statement {
                let envelope = &shared.envelope;
                ids.push(recalled::place_of(&envelope.originator, envelope.id));
            }
        }
        let caller = node_caller("node:inbox", None)?;
        Ok(Self {
            held: app.held(&ids).await?,
            directory: app.directory(),
            now: to_the_microsecond(app.now()),
            batch: Batch::default(),
            new_card: false,
            queues: false,
            claimed: HashSet::new(),
            came_back: HashSet::new(),
            waiting_about: HashMap::new(),
            app,
            partner,
            caller,
        })
    }

    /// When the parcel is taken.
    pub(super) fn at(&self) -> Timestamp {
        self.now
    }

    /// What is to be written.
    pub fn finish(self) -> Finished {
        Finished {
            batch: self.batch,
            new_card: self.new_card,
            queues: self.queues,
        }
    }

    pub(super) fn app(&self) -> &'a App {
        self.app
    }

    pub(super) fn own(&self) -> &'a AuthorityId {
        &self.app.inner.settings.authority
    }

    pub(super) fn partner(&self) -> &'a Partner {
        self.partner
    }

    /// The node itself, as the log names it.
    pub(super) fn node(&self) -> Caller {
        self.caller.clone()
    }

    pub(super) fn batch(&mut self) -> &mut Batch {
        &mut self.batch
    }

    /// Says that the transaction queues something.
    pub(super) fn queues(&mut self) {
        self.queues = true;
    }

    pub(super) fn from(&self) -> &AuthorityId {
        &self.partner.row.authority
    }

    /// Takes a statement, or says why not.
    pub async fn take(&mut self, looked: &mut Looked, signed: &Signed) -> Result<Taken, TakeError> {
        let statement = match &looked.statement {
            Ok(statement) => Arc::clone(statement),
            Err(error) => return Err(Refused::new(error.ground()).hint(error).into()),
        };
        match &*statement {
            Statement::Record(shared) => return self.take_record(shared, signed, looked).await,
            Statement::Card(card) => return self.take_card(card.clone()),
            Statement::Recall(recall) => return self.take_recall(recall, signed).await,
            Statement::Checkpoint(told) => return self.take_checkpoint(told, signed).await,
            _ => {}
        }
        self.verify(signed, self.partner)?;
        match Arc::unwrap_or_clone(statement) {
            Statement::Hit(hit) => self.take_hit(hit).await,
            Statement::Request(request) => self.take_request(request).await,
            Statement::Answer(answer) => self.take_answer(answer).await,
            Statement::Receipt(receipt) => self.take_receipt(&receipt).await,
            Statement::Cosignature(told) => self.take_cosignature(&told).await,
            Statement::Resend(told) => self.take_resend(&told).await,
            Statement::Record(_)
            | Statement::Card(_)
            | Statement::Recall(_)
            | Statement::Checkpoint(_) => Err(Refused::new(RefusalGround::NotValid).into()),
        }
    }

    /// Holds a name for a record of this transaction. Where an item before has it already, that has
    /// to be written first, so that this one finds it.
    pub(super) fn claim(&mut self, name: &str) -> Result<(), TakeError> {
        if self.claimed.insert(name.to_owned()) {
            Ok(())
        } else {
            Err(TakeError::WriteFirst)
        }
    }

    pub(super) fn verify(&self, signed: &Signed, by: &Partner) -> Result<(), TakeError> {
        let keys = by.card.card().signing_keys_at(self.now);
        match signed.verify(keys) {
            Ok(_) => Ok(()),
            // Its keys rotate, and the card that says so has not come yet: it tries again. A
            // refusal would settle the statement for good.
            Err(SignedError::UnknownSigner) if by.row.authority == *self.from() => {
                let text = "a key of the partner that its card does not list yet";
                Err(TakeError::NotYet(text))
            }
            Err(SignedError::UnknownSigner) => {
                Err(Refused::new(RefusalGround::NotTheOriginator).into())
            }
            Err(error) => Err(Refused::new(RefusalGround::NotValid).hint(&error).into()),
        }
    }

    /// The partner whose signature a statement bears.
    fn signer_of(&self, signed: &Signed) -> Option<AuthorityId> {
        let mut accepted = self.directory.partners().filter(|one| one.is_accepted());
        let signer = accepted.find(|one| {
            let keys = one.card.card().signing_keys_at(self.now);
            signed.verify(keys).is_ok()
        });
        signer.map(|one| one.row.authority.clone())
    }

    fn caller_for(&self, purpose: Purpose) -> Result<Caller, AppError> {
        Ok(Caller {
            justification: Some(because_of(self.from(), purpose)?),
            ..self.caller.clone()
        })
    }

    async fn take_recall(&mut self, recall: &Recall, signed: &Signed) -> Result<Taken, TakeError> {
        // Whoever passes it on, the originator of the record has signed it. Of a record that is not
        // here, the signature says who that is.
        let directory = Arc::clone(&self.directory);
        let originator = match self.held.get(&recall.record) {
            Some(held) => held.originator.clone(),
            None => self
                .signer_of(signed)
                .unwrap_or_else(|| self.from().clone()),
        };
        let signer = directory
            .accepted(&originator)
            .ok_or_else(|| Refused::new(RefusalGround::NotTheOriginator))?;
        self.verify(signed, signer)?;
        let about = (recall.record, recall.through);
        let outcome = match recall.effect {
            RecallEffect::Erase | RecallEffect::Withdraw => Outcome::Erased,
            RecallEffect::Restrict => Outcome::Restricted,
        };
        let done = Taken {
            about: Some(about),
            outcome,
        };
        let of_somebody_else = originator != *self.from() && is_of_one_recipient(recall);
        let Some(held) = self.held.get(&recall.record).cloned() else {
            if !of_somebody_else {
                self.remember_recall(recall, originator).await?;
            }
            return Ok(done);
        };
        if held.erased && held.version >= recall.through {
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
        let Some(stored) = held.stored else {
            // It came in the same parcel.
            return Err(TakeError::WriteFirst);
        };
        if of_somebody_else && held.version == recall.through && self.may_have(&stored) {
            let refused = Refused::new(RefusalGround::OlderThanHeld);
            return Err(refused.about(about.0, about.1).into());
        }
        if recall.effect == RecallEffect::Restrict {
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
            let why = json!({ "recall": recall.reason, "from": self.from() });
            if held.version < recall.through && !of_somebody_else {
                // What was recalled with it must not be taken when it comes late.
                let mut envelope = stored.envelope.clone();
                envelope.version = recall.through;
                envelope.recorded_at = self.now;
                let beside = Beside::new(WITHDRAWN, Operation::Erasure).data(why);
                writing.put_foreign(envelope, b"null".to_vec(), beside)?;
            } else {
                let about = EventAbout::seen(recall.record, held.version).data(why);
                writing.log(Operation::Erasure, about);
            }
            writing.batch.changes.push(Change::Erase(recall.record));
        }
        // Whoever got it from this node is told in the originator's own words.
        let passed_on_to = self.app.passed_on_to(recall.record).await?;
        for to in passed_on_to.into_iter().filter(|to| *to != originator) {
            let row = DeliveryRow {
                payload: Some(signed.to_bytes()),
                ..DeliveryRow::queued(to, "recall", writing.at).about(recall.record, recall.through)
            };
            writing.batch.changes.push(Change::Enqueue(row));
            self.queues = true;
        }
        append(&mut self.batch, writing.batch);
        if let Some(held) = self.held.get_mut(&recall.record) {
            held.erased = recall.effect != RecallEffect::Restrict;
            if !of_somebody_else {
                held.version = held.version.max(recall.through);
            }
            // What it was before must not come back with another recall of the same parcel.
            held.stored = None;
        }
        Ok(done)
    }

    /// Whether the originator lets this node have a record, as the version that is held says.
    fn may_have(&self, stored: &StoredRecord) -> bool {
        let own = self.app.inner.settings.partner;
        match stored.envelope.handling.releasable_to() {
            ReleasableTo::NobodyElse => false,
            ReleasableTo::Partners(partners) => own.is_some_and(|own| partners.contains(&own)),
            ReleasableTo::Anybody => true,
        }
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
        self.new_card = true;
        append(&mut self.batch, writing.batch);
        Ok(Taken::stored(None))
    }
}

/// Whether a recall may say no more than that one recipient is not to have the record any more. Passed
/// on by that one, it ends nothing that its originator gives to others.
fn is_of_one_recipient(recall: &Recall) -> bool {
    recall.effect == RecallEffect::Erase && recall.reason == RecallReason::Withdrawn
}

/// Which record a statement is about, before it is verified: only to look it up.
pub(super) fn record_of(statement: &Statement) -> Option<RecordId> {
    match statement {
        Statement::Record(shared) => Some(shared.envelope.id),
        Statement::Recall(recall) => Some(recall.record),
        Statement::Hit(hit) => Some(hit.alert),
        Statement::Request(request) => Some(request.about),
        Statement::Receipt(receipt) => receipt.record,
        _ => None,
    }
}
