//! Puts a transaction together: records with their commitments, and what the log says of them.

use std::sync::atomic::{AtomicU32, Ordering};

use egnatia_audit::{Operation, Salt};
use egnatia_record::{
    AuthorityId, Clock, Entropy, Envelope, Evaluation, Handling, Kind, LegalBasis, Nature, Purpose,
    RecordId, Retention, SubjectCategory, Version,
};
use jiff::civil::Date;
use jiff::{Span, Timestamp, tz::TimeZone};
use serde::Serialize;

use crate::port::{Batch, Change, Event, EventDetail, KeyChange, Link, ObjectRef, PutRecord};
use crate::{AppError, Caller, StoredRecord};

/// The part of an envelope that a use case decides; the rest follows from who writes, and when.
pub(crate) struct Terms {
    pub kind: Kind,
    pub purpose: Purpose,
    pub legal_basis: LegalBasis,
    pub handling: Handling,
    pub evaluation: Evaluation,
    pub subject: SubjectCategory,
    pub nature: Nature,
    pub keep: Keep,
}

/// How long a record is kept.
#[derive(Clone, Copy)]
pub(crate) enum Keep {
    /// Erased after so many days.
    Erase(u16),
    /// Put to a reviewer after so many days.
    Review(u16),
    /// Erased on this day.
    EraseOn(Date),
}

impl Terms {
    /// Terms of what the node's own officers write about somebody whom they check.
    pub fn own(kind: Kind, purpose: Purpose, keep_days: u16) -> Self {
        Self {
            kind,
            purpose,
            legal_basis: LegalBasis::NationalLaw,
            handling: Handling::national(),
            evaluation: Evaluation::OFFICIAL,
            subject: SubjectCategory::Undetermined,
            nature: Nature::Fact,
            keep: Keep::Erase(keep_days),
        }
    }
}

/// What stands beside a record in the same transaction.
pub(crate) struct Beside {
    pub state: &'static str,
    pub due_at: Option<Timestamp>,
    pub links: Vec<Link>,
    pub claims: Vec<String>,
    pub keys: KeyChange,
    pub operation: Operation,
    pub data: Option<serde_json::Value>,
}

impl Beside {
    /// Only a state and the operation that the log names.
    pub fn new(state: &'static str, operation: Operation) -> Self {
        Self {
            state,
            due_at: None,
            links: Vec::new(),
            claims: Vec::new(),
            keys: KeyChange::Keep,
            operation,
            data: None,
        }
    }

    pub fn links(self, links: impl IntoIterator<Item = (&'static str, RecordId)>) -> Self {
        let links = links
            .into_iter()
            .map(|(relation, to)| Link { relation, to })
            .collect();
        Self { links, ..self }
    }

    pub fn due(self, at: Timestamp) -> Self {
        Self {
            due_at: Some(at),
            ..self
        }
    }

    pub fn claims(self, claims: Vec<String>) -> Self {
        Self { claims, ..self }
    }

    pub fn keys(self, keys: KeyChange) -> Self {
        Self { keys, ..self }
    }

    pub fn data(self, data: serde_json::Value) -> Self {
        Self {
            data: Some(data),
            ..self
        }
    }
}

/// A transaction in the making: whatever is put into it is logged in it.
pub(crate) struct Writing<'a> {
    authority: &'a AuthorityId,
    entropy: &'a dyn Entropy,
    caller: &'a Caller,
    local_ids: AtomicU32,
    group: [u8; 6],
    pub at: Timestamp,
    pub batch: Batch,
}

impl<'a> Writing<'a> {
    pub fn new(
        authority: &'a AuthorityId,
        clock: &dyn Clock,
        entropy: &'a dyn Entropy,
        caller: &'a Caller,
    ) -> Self {
        let mut group = [0; 6];
        entropy.fill(&mut group);
        Self {
            authority,
            entropy,
            caller,
            local_ids: AtomicU32::new(0),
            group,
            at: to_the_microsecond(clock.now()),
            batch: Batch::default(),
        }
    }

    pub fn new_id(&self) -> RecordId {
        RecordId::random(self.entropy)
    }

    /// An identifier for one of the many records that never leave the node.
    pub fn new_local_id(&self) -> RecordId {
        let place = self.local_ids.fetch_add(1, Ordering::Relaxed);
        RecordId::local(self.at, place, self.entropy)
    }

    /// An identifier for one of many records that this transaction makes, and that may leave the
    /// node.
    pub fn new_id_in_group(&self) -> RecordId {
        RecordId::in_group(self.group, self.entropy)
    }

    /// The first version of a record.
    pub fn create<B: Serialize>(
        &mut self,
        id: RecordId,
        terms: Terms,
        body: &B,
        beside: Beside,
    ) -> Result<(), AppError> {
        let envelope = self.envelope_of(id, terms)?;
        self.put_envelope(envelope, body, beside)
    }

    /// The envelope of the first version of a record.
    pub fn envelope_of(&self, id: RecordId, terms: Terms) -> Result<Envelope, AppError> {
        Ok(Envelope {
            id,
            kind: terms.kind,
            version: Version::FIRST,
            originator: self.authority.clone(),
            author: self.caller.login.clone(),
            recorded_at: self.at,
            purpose: terms.purpose,
            legal_basis: terms.legal_basis,
            handling: terms.handling,
            evaluation: terms.evaluation,
            subject: terms.subject,
            nature: terms.nature,
            retention: retention(terms.keep, self.at)?,
        })
    }

    /// A version in an envelope of this transaction.
    pub fn put_envelope<B: Serialize>(
        &mut self,
        envelope: Envelope,
        body: &B,
        beside: Beside,
    ) -> Result<(), AppError> {
        let body = serde_json::to_vec(body)
            .map_err(|error| AppError::Internal(format!("a record cannot be written: {error}")))?;
        self.put(envelope, body, beside, false)
    }

    /// A version that somebody else numbers, with its body byte for byte.
    pub fn put_foreign(
        &mut self,
        envelope: Envelope,
        body: Vec<u8>,
        beside: Beside,
    ) -> Result<(), AppError> {
        self.put(envelope, body, beside, true)
    }

    /// For what is written.
    pub fn purpose(&self) -> Option<Purpose> {
        self.caller.justification.as_ref().map(|why| why.purpose)
    }

    /// A further version of a record, with the same terms; `keep` sets the retention anew.
    pub fn change<B: Serialize>(
        &mut self,
        stored: &StoredRecord,
        keep: Option<Keep>,
        body: &B,
        beside: Beside,
    ) -> Result<(), AppError> {
        let Some(version) = stored.envelope.version.next() else {
            return Err(AppError::Internal(
                "a record has no further version".to_owned(),
            ));
        };
        let mut envelope = stored.envelope.clone();
        if let Some(keep) = keep {
            envelope.retention = retention(keep, self.at)?;
        }
        envelope.version = version;
        envelope.author = self.caller.login.clone();
        envelope.recorded_at = self.at;
        self.put_envelope(envelope, body, beside)
    }

    fn put(
        &mut self,
        envelope: Envelope,
        body: Vec<u8>,
        beside: Beside,
        foreign: bool,
    ) -> Result<(), AppError> {
        let written = |error| AppError::Internal(format!("a record cannot be written: {error}"));
        let envelope_json = serde_json::to_vec(&envelope).map_err(written)?;
        let salt = Salt::random(self.entropy);
        let commitment = PutRecord::commitment_of(&salt, &envelope_json, &body);
        let event = self.batch.events.len();
        let object = ObjectRef {
            record: envelope.id,
            version: envelope.version,
            commitment: Some(commitment),
        };
        self.log(
            beside.operation,
            EventAbout {
                object: Some(object),
                data: beside.data,
                ..EventAbout::default()
            },
        );
        self.batch.changes.push(Change::Put(Box::new(PutRecord {
            envelope,
            body,
            salt,
            commitment,
            state: beside.state.to_owned(),
            due_at: beside.due_at,
            links: beside.links,
            claims: beside.claims,
            keys: beside.keys,
            event,
            foreign,
        })));
        Ok(())
    }

    /// Logs an act.
    pub fn log(&mut self, operation: Operation, about: EventAbout) {
        self.batch.events.push(Event {
            at: self.at,
            operation,
            salt: Salt::random(self.entropy),
            detail: EventDetail {
                actor: self.caller.login.clone(),
                role: self.caller.role,
                authority: self.authority.clone(),
                justification: self.caller.justification.clone(),
                object: about.object,
                subject: about.subject,
                recipient: about.recipient,
                data: about.data,
            },
        });
    }
}

/// What an event is about.
#[derive(Default)]
pub(crate) struct EventAbout {
    pub object: Option<ObjectRef>,
    pub subject: Option<String>,
    pub recipient: Option<String>,
    pub data: Option<serde_json::Value>,
}

impl EventAbout {
    /// A record that was looked at, in the version that was shown.
    pub fn seen(record: RecordId, version: Version) -> Self {
        Self {
            object: Some(ObjectRef {
                record,
                version,
                commitment: None,
            }),
            ..Self::default()
        }
    }

    /// Something that is not a record, such as `account:a.officer`.
    pub fn subject(subject: impl Into<String>) -> Self {
        Self {
            subject: Some(subject.into()),
            ..Self::default()
        }
    }

    pub fn data(self, data: serde_json::Value) -> Self {
        Self {
            data: Some(data),
            ..self
        }
    }
}

/// Stores keep microseconds; what is committed to must read back the same.
pub(crate) fn to_the_microsecond(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at)
}

fn retention(keep: Keep, at: Timestamp) -> Result<Retention, AppError> {
    let today = at.to_zoned_datetime(TimeZone::UTC).date();
    let after = |days: u16| {
        today
            .checked_add(Span::new().days(i64::from(days.max(1))))
            .map_err(|error| AppError::Internal(format!("no such review date: {error}")))
    };
    match keep {
        Keep::Erase(days) => Retention::erase_on(after(days)?, today),
        Keep::Review(days) => Retention::review_on(after(days)?, today),
        Keep::EraseOn(day) => Retention::erase_on(day, today),
    }
    .map_err(|error| AppError::Internal(error.to_string()))
}
