//! Exchange with partners' nodes: who they are, what goes to them, what comes from them.
//!
//! ```text
//! use case ─ one transaction { record, audit, queued rows } ─► outbox ─ courier ─► partner's inbox
//!                 ▲                                              │                      │
//!                 └── settled by the partner's signed receipt ◄──┴────── receipts ◄─────┘
//! ```

mod courier;
mod directory;
mod inbox;
mod leaving;
mod onward;
mod outbox;
mod resend;
mod singly;
mod take;
mod witness;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use egnatia_alerts::Profile;
use egnatia_protocol::{Digest, KeyId, OpeningKey, Signed, SignedCard, SigningKey};
use egnatia_record::{AuthorityId, RecordId, Version};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::watch;

pub use courier::{Courier, CourierError};
pub(crate) use directory::AGREED;
pub use directory::{Directory, Gates, Partner, Recipient};
pub use inbox::ReceiveError;
pub use onward::PassedOn;
pub use outbox::{Delivered, DeliveryError};
pub use witness::{PROOF_WITHIN, Witnessed, log_origin};

/// The keys with which the node speaks to partners, and the card that says so.
pub struct Identity {
    /// The node's own card.
    pub card: SignedCard,
    /// Keys that sign, the newest first. While keys rotate, there are two.
    pub signing: Vec<SigningKey>,
    /// Keys that open what is sealed to the node, the newest first.
    pub opening: Vec<OpeningKey>,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Identity({})", self.card.fingerprint())
    }
}

/// When a partner was last reached, and what went wrong since.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contact {
    /// When it last took something, or answered.
    pub reached_at: Option<Timestamp>,
    /// When something last came from it.
    pub heard_at: Option<Timestamp>,
    /// Attempts since, all of which failed.
    pub failures: u32,
    /// Why the last one failed.
    pub error: Option<String>,
    /// The newest card that its node has shown at a greeting, by its serial.
    pub newest_card: Option<u64>,
    /// How far its clock is ahead of this node's, in milliseconds, at the last answer.
    pub clock_ms: Option<i64>,
    /// Statements of it that this node could not store, and refused, since it started.
    pub not_stored: u32,
    /// When it last refused one for that.
    pub not_stored_at: Option<Timestamp>,
}

pub(crate) struct Exchange {
    pub profile: Profile,
    identity: RwLock<Option<Arc<Identity>>>,
    directory: RwLock<Arc<Directory>>,
    /// Held from reading partners to setting the directory, so that an older reading never replaces
    /// a newer one.
    pub reading_directory: tokio::sync::Mutex<()>,
    contacts: RwLock<BTreeMap<AuthorityId, Contact>>,
    /// Counts the transactions that queued something.
    queued: watch::Sender<u64>,
    /// Records that were signed lately: all recipients get the same statement.
    signed: Mutex<RecentlySigned>,
    /// Statements that could not be stored, each with the number of attempts.
    failing: Mutex<BTreeMap<Digest, u32>>,
    /// When partners asked for what they have had already, the oldest first.
    asked_again: Mutex<BTreeMap<AuthorityId, VecDeque<Timestamp>>>,
    /// Since when the node listens.
    pub started_at: Timestamp,
}

/// The last few statements, the oldest first.
#[derive(Default)]
struct RecentlySigned {
    order: VecDeque<(RecordId, Version)>,
    statements: HashMap<(RecordId, Version), Signed>,
}

/// So many are kept: about a megabyte.
const RECENTLY_SIGNED_MAX: usize = 512;

/// So many statements that cannot be stored are counted; where there are more, it begins anew.
const FAILING_MAX: usize = 4_096;

/// So often within [`RESENDS_WITHIN`] a partner may ask for all that it has had.
const RESENDS_MAX: usize = 12;
const RESENDS_WITHIN: SignedDuration = SignedDuration::from_hours(1);

impl Exchange {
    pub fn new(profile: Profile, identity: Option<Identity>, started_at: Timestamp) -> Self {
        Self {
            profile,
            identity: RwLock::new(identity.map(Arc::new)),
            directory: RwLock::default(),
            reading_directory: tokio::sync::Mutex::default(),
            contacts: RwLock::default(),
            queued: watch::Sender::new(0),
            signed: Mutex::default(),
            failing: Mutex::default(),
            asked_again: Mutex::default(),
            started_at,
        }
    }

    pub fn identity(&self) -> Option<Arc<Identity>> {
        let identity = self.identity.read();
        identity.unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn set_identity(&self, identity: Identity) {
        let mut held = self
            .identity
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *held = Some(Arc::new(identity));
        *self.signed.lock().unwrap_or_else(PoisonError::into_inner) = RecentlySigned::default();
    }

    /// The statement of a record, signed before for somebody else with a key that is still in use: one
    /// that was under way while the keys were changed comes after they were.
    pub fn signed_before(&self, key: (RecordId, Version)) -> Option<Signed> {
        let identity = self.identity()?;
        let in_use = |id: KeyId| identity.signing.iter().any(|key| key.id() == id);
        let recent = self.signed.lock().unwrap_or_else(PoisonError::into_inner);
        let signed = recent.statements.get(&key)?;
        let by_us = signed
            .signatures()
            .iter()
            .any(|signature| in_use(signature.key));
        by_us.then(|| signed.clone())
    }

    pub fn remember_signed(&self, key: (RecordId, Version), statement: &Signed) {
        let mut recent = self.signed.lock().unwrap_or_else(PoisonError::into_inner);
        if recent.statements.insert(key, statement.clone()).is_none() {
            recent.order.push_back(key);
        }
        while recent.order.len() > RECENTLY_SIGNED_MAX {
            if let Some(oldest) = recent.order.pop_front() {
                recent.statements.remove(&oldest);
            }
        }
    }

    pub fn directory(&self) -> Arc<Directory> {
        let directory = self.directory.read();
        Arc::clone(&directory.unwrap_or_else(PoisonError::into_inner))
    }

    pub fn set_directory(&self, directory: Directory) {
        let mut held = self
            .directory
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *held = Arc::new(directory);
    }

    /// How many attempts to store a statement have failed.
    pub fn failures_of(&self, statement: Digest) -> u32 {
        let failing = self.failing.lock().unwrap_or_else(PoisonError::into_inner);
        failing.get(&statement).copied().unwrap_or(0)
    }

    /// Counts an attempt to store a statement that failed.
    pub fn count_failure(&self, statement: Digest) {
        let mut failing = self.failing.lock().unwrap_or_else(PoisonError::into_inner);
        if failing.len() >= FAILING_MAX {
            failing.clear();
        }
        let count = failing.entry(statement).or_default();
        *count = count.saturating_add(1);
    }

    /// Forgets the attempts: it is stored, or refused.
    pub fn forget_failures(&self, statement: Digest) {
        let mut failing = self.failing.lock().unwrap_or_else(PoisonError::into_inner);
        failing.remove(&statement);
    }

    /// Whether a partner may ask once more for all that it has had. Counts it where it may.
    pub fn may_ask_again(&self, partner: &AuthorityId, now: Timestamp) -> bool {
        let asked = self.asked_again.lock();
        let mut asked = asked.unwrap_or_else(PoisonError::into_inner);
        let times = asked.entry(partner.clone()).or_default();
        times.retain(|at| now.duration_since(*at).abs() < RESENDS_WITHIN);
        let may = times.len() < RESENDS_MAX;
        if may {
            times.push_back(now);
        }
        may
    }

    /// Wakes the workers.
    pub fn wake(&self) {
        self.queued
            .send_modify(|count| *count = count.wrapping_add(1));
    }

    pub fn queued(&self) -> watch::Receiver<u64> {
        self.queued.subscribe()
    }

    pub fn contacts(&self) -> BTreeMap<AuthorityId, Contact> {
        let contacts = self.contacts.read();
        contacts.unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn note(&self, with: &AuthorityId, change: impl FnOnce(&mut Contact)) {
        let contacts = self.contacts.write();
        let mut contacts = contacts.unwrap_or_else(PoisonError::into_inner);
        change(contacts.entry(with.clone()).or_default());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egnatia_protocol::{CardFormat, CardKey, NodeCard};

    fn identity(secret: u8) -> Identity {
        let at: Timestamp = "2026-11-25T10:00:00Z".parse().unwrap();
        let signing = SigningKey::from_bytes(&[secret; 32]);
        let opening = OpeningKey::from_bytes(&[secret; 32]).unwrap();
        let card = NodeCard {
            format: CardFormat::V1,
            serial: u64::from(secret),
            authority: "mk-mvr".parse().unwrap(),
            partner: "MK".parse().unwrap(),
            names: [("en".to_owned(), "Ministry".to_owned())].into(),
            addresses: vec!["https://mk.example:7443".to_owned()],
            signing: vec![CardKey {
                key: *signing.verifying_key(),
                not_before: at,
                not_after: None,
                revoked_at: None,
            }],
            sealing: vec![CardKey {
                key: opening.sealing_key().clone(),
                not_before: at,
                not_after: None,
                revoked_at: None,
            }],
            tls: Vec::new(),
            issued_at: at,
        };
        Identity {
            card: SignedCard::sign(&card, &[&signing]).unwrap(),
            signing: vec![signing],
            opening: vec![opening],
        }
    }

    #[test]
    fn what_was_signed_while_the_keys_were_changed_is_signed_anew() {
        let profile = Profile::sis_like().unwrap();
        let exchange = Exchange::new(profile, Some(identity(1)), Timestamp::UNIX_EPOCH);
        let record = (RecordId::from_bytes([1; 16]), Version::FIRST);
        let sign = |by: &Identity| {
            let kind = "application/vnd.egnatia.record+json; v=1";
            Signed::sign(kind, b"{}".to_vec(), &[&by.signing[0]]).unwrap()
        };
        let old = exchange.identity().unwrap();
        exchange.remember_signed(record, &sign(&old));
        assert!(exchange.signed_before(record).is_some());
        // A parcel was made with the old keys; they were revoked; and now it is remembered.
        let under_way = sign(&old);
        exchange.set_identity(identity(2));
        assert!(exchange.signed_before(record).is_none());
        exchange.remember_signed(record, &under_way);
        assert!(
            exchange.signed_before(record).is_none(),
            "a partner would refuse it"
        );
        let new = exchange.identity().unwrap();
        exchange.remember_signed(record, &sign(&new));
        assert!(exchange.signed_before(record).is_some());
    }
}
