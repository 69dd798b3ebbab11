//! Makes what tests write: envelopes, records, events, batches.

use egnatia_app::{
    Account, AccountState, Batch, Change, Event, EventDetail, KeyChange, ObjectRef, PutRecord,
    Role, Session, TokenHash,
};
use egnatia_audit::{Operation, Salt};
use egnatia_record::{
    AuthorityId, Clock, Envelope, Evaluation, Handling, Justification, Kind, LegalBasis, Nature,
    Overdue, Purpose, RecordId, Retention, SubjectCategory, UserId, Version,
};
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};

use crate::{FixedClock, SeededEntropy};

/// Makes records and events, each a second later than the one before, from a seed.
#[derive(Debug)]
pub struct Maker {
    /// Its chance.
    pub entropy: SeededEntropy,
    /// Its time.
    pub clock: FixedClock,
}

/// The user with this name.
///
/// # Panics
/// Where the name is none.
#[expect(clippy::expect_used, reason = "test kit: the name stands in the test")]
pub fn user(name: &str) -> UserId {
    name.parse().expect("the name of a user")
}

#[expect(clippy::expect_used, reason = "test kit: a constant")]
fn authority() -> AuthorityId {
    "mk-mvr".parse().expect("the id of an authority")
}

/// A justification: border check, in this case.
///
/// # Panics
/// Where the reference is none.
#[expect(
    clippy::expect_used,
    reason = "test kit: the reference stands in the test"
)]
pub fn justification(case: &str) -> Justification {
    Justification {
        purpose: Purpose::BorderCheck,
        case: case.parse().expect("a case reference"),
    }
}

impl Maker {
    /// A maker with this seed; it is 2026-11-24T09:00:00Z.
    pub fn new(seed: u64) -> Self {
        Self {
            entropy: SeededEntropy::new(seed),
            clock: FixedClock::default(),
        }
    }

    /// A new id.
    pub fn id(&self) -> RecordId {
        RecordId::random(&self.entropy)
    }

    /// A new salt.
    pub fn salt(&self) -> Salt {
        Salt::random(&self.entropy)
    }

    /// A second later than the last time.
    pub fn tick(&self) -> Timestamp {
        self.clock.advance(SignedDuration::from_secs(1));
        self.clock.now()
    }

    /// The envelope of the first version of a new record by `a.officer`, to be erased on
    /// 2029-11-24.
    pub fn envelope(&self, kind: Kind) -> Envelope {
        Envelope {
            id: self.id(),
            kind,
            version: Version::FIRST,
            originator: authority(),
            author: user("a.officer"),
            recorded_at: self.tick(),
            purpose: Purpose::BorderCheck,
            legal_basis: LegalBasis::NationalLaw,
            handling: Handling::national(),
            evaluation: Evaluation::OFFICIAL,
            subject: SubjectCategory::Undetermined,
            nature: Nature::Fact,
            retention: Retention {
                review_on: date(2029, 11, 24),
                overdue: Overdue::Erase,
            },
        }
    }

    /// A record to be written: state `new`, no links, claims or keys, stated by the first event.
    pub fn put(&self, envelope: Envelope, body: &str) -> PutRecord {
        let salt = self.salt();
        let body = body.as_bytes().to_vec();
        let json = serde_json::to_vec(&envelope).unwrap_or_default();
        PutRecord {
            commitment: PutRecord::commitment_of(&salt, &json, &body),
            envelope,
            body,
            salt,
            state: "new".into(),
            due_at: None,
            links: vec![],
            claims: vec![],
            keys: KeyChange::Keep,
            event: 0,
            foreign: false,
        }
    }

    /// The first version of a new record.
    pub fn new_record(&self, kind: Kind) -> PutRecord {
        let envelope = self.envelope(kind);
        self.put(envelope, r#"{"says":"something"}"#)
    }

    /// The version after `envelope`'s, written by `b.officer`.
    ///
    /// # Panics
    /// Where there is no later version.
    #[expect(
        clippy::expect_used,
        reason = "test kit: no test writes so many versions"
    )]
    pub fn next_version(&self, envelope: &Envelope, body: &str) -> PutRecord {
        let next = Envelope {
            version: envelope.version.next().expect("a later version"),
            author: user("b.officer"),
            recorded_at: self.tick(),
            ..envelope.clone()
        };
        self.put(next, body)
    }

    /// An event by `a.officer` in the case `КУ-12/2026`.
    pub fn event(&self, operation: Operation, object: Option<ObjectRef>) -> Event {
        Event {
            at: self.tick(),
            operation,
            salt: self.salt(),
            detail: EventDetail {
                actor: user("a.officer"),
                role: Role::Officer,
                authority: authority(),
                justification: Some(justification("КУ-12/2026")),
                object,
                subject: None,
                recipient: None,
                data: Some(serde_json::json!({ "name": "Đorđe" })),
            },
        }
    }

    /// A batch that writes these records, with one event for each.
    pub fn batch(&self, puts: Vec<PutRecord>) -> Batch {
        let mut batch = Batch::default();
        for mut put in puts {
            put.event = batch.events.len();
            let object = ObjectRef {
                record: put.envelope.id,
                version: put.envelope.version,
                commitment: Some(put.commitment),
            };
            batch
                .events
                .push(self.event(Operation::Collection, Some(object)));
            batch.changes.push(Change::Put(Box::new(put)));
        }
        batch
    }

    /// A batch of these changes with one event.
    pub fn changes(&self, changes: Vec<Change>) -> Batch {
        Batch {
            changes,
            events: vec![self.event(Operation::Administration, None)],
        }
    }

    /// A new account.
    pub fn account(&self, login: &str) -> Account {
        Account {
            login: user(login),
            name: "Ana Петровска".into(),
            role: Role::Officer,
            password: "$argon2id$v=19$…".into(),
            state: AccountState::Active,
            failures: 0,
            created_at: self.tick(),
            signed_in_at: None,
            revision: 1,
            os_user: Some("ana".into()),
        }
    }

    /// A new session of 12 hours.
    pub fn session(&self, login: &str) -> Session {
        let now = self.tick();
        Session {
            id: *self.id().as_bytes(),
            token: TokenHash(*self.salt().as_bytes()),
            previous: None,
            rotated_at: now,
            login: user(login),
            created_at: now,
            seen_at: now,
            expires_at: now + SignedDuration::from_hours(12),
            csrf: self.id().to_string(),
            justification: None,
        }
    }
}
