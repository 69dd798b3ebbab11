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
use egnatia_protocol::{Digest, OpeningKey, Signed, SignedCard, SigningKey};
use egnatia_record::{AuthorityId, RecordId, Version};
use jiff::Timestamp;
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

impl Exchange {
    pub fn new(profile: Profile, identity: Option<Identity>) -> Self {
        Self {
            profile,
            identity: RwLock::new(identity.map(Arc::new)),
            directory: RwLock::default(),
            reading_directory: tokio::sync::Mutex::default(),
            contacts: RwLock::default(),
            queued: watch::Sender::new(0),
            signed: Mutex::default(),
            failing: Mutex::default(),
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

    /// The statement of a record, signed before for somebody else.
    pub fn signed_before(&self, key: (RecordId, Version)) -> Option<Signed> {
        let recent = self.signed.lock().unwrap_or_else(PoisonError::into_inner);
        recent.statements.get(&key).cloned()
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
