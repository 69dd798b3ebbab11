//! Partners, what waits for them, and what came from them.

use egnatia_audit::Hash;
use egnatia_record::{AuthorityId, PartnerCode, RecordId, UserId, Version};
use jiff::Timestamp;
use jiff::civil::Date;

/// A node with which this one exchanges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartnerRow {
    /// Whose node it is.
    pub authority: AuthorityId,
    /// Of which country, or the agencies of the Union.
    pub partner: PartnerCode,
    /// Whether it is trusted.
    pub state: PartnerState,
    /// Its newest card, JSON, as it was signed.
    pub card: Vec<u8>,
    /// Who decided on its state.
    pub decided_by: UserId,
    /// When.
    pub decided_at: Timestamp,
    /// Counts the changes, from 1.
    pub revision: u64,
}

/// Whether a partner's node is trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartnerState {
    /// A named administrator compared the fingerprint and accepted.
    Accepted,
    /// Not any more: nothing goes there, nothing is taken from there.
    Revoked,
}

impl PartnerState {
    /// The state as it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Revoked => "revoked",
        }
    }

    /// The state with this stored form.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Accepted, Self::Revoked]
            .into_iter()
            .find(|state| state.as_str() == text)
    }
}

/// Something for a partner, from the moment at which it is queued. Rows are never removed: together
/// they are the ledger of what was disclosed to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryRow {
    /// Its number: the order in which things were queued. Set by the store.
    pub position: u64,
    /// For whom.
    pub to: AuthorityId,
    /// What kind of statement, such as `record` or `recall`.
    pub kind: String,
    /// About which record.
    pub record: Option<RecordId>,
    /// In which version.
    pub version: Option<Version>,
    /// What it says, as it is signed; absent where it is made of the record, and once it is done.
    pub payload: Option<Vec<u8>>,
    /// Under which instrument and through which gate, as text; empty where none is needed.
    pub ground: String,
    /// Since when.
    pub queued_at: Timestamp,
    /// Where it stands.
    pub state: DeliveryState,
    /// Since when it stands there.
    pub done_at: Option<Timestamp>,
    /// Why it was refused or withheld.
    pub reason: Option<String>,
    /// The partner's signed receipt.
    pub receipt: Option<Vec<u8>>,
}

/// Where something for a partner stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeliveryState {
    /// It waits.
    Queued,
    /// The partner has it, and has signed for it.
    Delivered,
    /// The partner does not take it, and says why.
    Refused,
    /// It did not leave: by the time of sending it was not allowed any more.
    Withheld,
}

impl DeliveryState {
    /// The state as it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Delivered => "delivered",
            Self::Refused => "refused",
            Self::Withheld => "withheld",
        }
    }

    /// The state with this stored form.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Queued, Self::Delivered, Self::Refused, Self::Withheld]
            .into_iter()
            .find(|state| state.as_str() == text)
    }
}

/// Kinds of statements that tell a partner something, or take it back. All others keep the exchange
/// going: keys, checkpoints, receipts, requests to send again.
pub const SHARED_KINDS: [&str; 5] = ["record", "recall", "hit", "request", "answer"];

/// A part of what was queued for a partner.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LedgerPart {
    /// What was told: records, recalls, hits, questions, answers.
    #[default]
    Shared,
    /// What keeps the exchange going: keys, checkpoints, receipts.
    Upkeep,
    /// Both.
    All,
}

impl LedgerPart {
    /// All parts.
    pub const ALL: [Self; 3] = [Self::Shared, Self::Upkeep, Self::All];

    /// The part as it is asked for.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Shared => "shared",
            Self::Upkeep => "upkeep",
            Self::All => "all",
        }
    }

    /// Its newest rows, at most so many.
    pub const fn newest(self, limit: u32) -> DeliveryFilter {
        DeliveryFilter {
            part: self,
            before: None,
            limit,
        }
    }

    /// Whether a kind of statement is in it.
    pub fn has(self, kind: &str) -> bool {
        match self {
            Self::Shared => SHARED_KINDS.contains(&kind),
            Self::Upkeep => !SHARED_KINDS.contains(&kind),
            Self::All => true,
        }
    }
}

impl std::str::FromStr for LedgerPart {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let part = Self::ALL.into_iter().find(|part| part.as_str() == text);
        part.ok_or_else(|| format!("`{text}` is not a part of the ledger: shared, upkeep or all"))
    }
}

/// Which rows of what was queued for a partner are wanted, newest first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DeliveryFilter {
    /// Which part.
    pub part: LedgerPart,
    /// Those before this position.
    pub before: Option<u64>,
    /// At most so many.
    pub limit: u32,
}

impl DeliveryRow {
    /// A row that is to be queued.
    pub fn queued(to: AuthorityId, kind: &str, at: Timestamp) -> Self {
        Self {
            position: 0,
            to,
            kind: kind.to_owned(),
            record: None,
            version: None,
            payload: None,
            ground: String::new(),
            queued_at: at,
            state: DeliveryState::Queued,
            done_at: None,
            reason: None,
            receipt: None,
        }
    }

    /// The same, about a record.
    pub fn about(self, record: RecordId, version: Version) -> Self {
        Self {
            record: Some(record),
            version: Some(version),
            ..self
        }
    }
}

/// How much waits for a partner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queue {
    /// For whom.
    pub to: AuthorityId,
    /// How many things.
    pub waiting: u64,
    /// Since when the oldest waits.
    pub oldest: Timestamp,
}

/// What is written of a checkpoint that came without a proof, which was asked for.
pub const UNPROVED: &str = "unproved";
/// What is written of it once the time for the proof has passed.
pub const WITHHELD: &str = "proof-withheld";

/// What is written of a log of which nothing has come yet, since then.
pub const AWAITED: &str = "awaited";
/// What is written of a partner's log of which nothing comes any more.
pub const SILENT: &str = "silent";
/// What is written of this node's log where a partner does not countersign it any more.
pub const NOT_COUNTERSIGNED: &str = "not-countersigned";

/// What a witness vouches for of an audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessRow {
    /// Whose log.
    pub log: AuthorityId,
    /// Who saw it.
    pub witness: AuthorityId,
    /// Number of entries.
    pub size: u64,
    /// Root of the tree over them.
    pub root: Hash,
    /// When it was seen, or vouched for.
    pub seen_at: Timestamp,
    /// What was signed, byte for byte.
    pub statement: Option<Vec<u8>>,
    /// What is wrong with it: the history was rewritten. It stays, unless it may end by itself.
    pub problem: Option<String>,
}

impl WitnessRow {
    /// Whether a proof of it was asked for and has not come.
    pub fn waits_for_proof(&self) -> bool {
        matches!(self.problem.as_deref(), Some(UNPROVED | WITHHELD))
    }

    /// Whether it says how long nothing has come. It has no entries and no root then.
    pub fn is_silence(&self) -> bool {
        matches!(
            self.problem.as_deref(),
            Some(AWAITED | SILENT | NOT_COUNTERSIGNED)
        )
    }

    /// Whether what is wrong with it ends by itself: nothing is proved by it.
    pub fn may_end(&self) -> bool {
        self.waits_for_proof() || self.is_silence()
    }

    /// Whether somebody has to be called.
    pub fn is_alarm(&self) -> bool {
        self.problem
            .as_deref()
            .is_some_and(|problem| problem != UNPROVED && problem != AWAITED)
    }
}

/// A version of a record that came from a partner, with the proof of who said it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedRow {
    /// The record.
    pub record: RecordId,
    /// The originator's version.
    pub version: Version,
    /// Who sent it.
    pub from: AuthorityId,
    /// When it came.
    pub received_at: Timestamp,
    /// SHA-256 of the statement.
    pub digest: Hash,
    /// The signed statement, byte for byte; absent once erased.
    pub statement: Option<Vec<u8>>,
    /// The sender wants it erased after this day (rule PR-12).
    pub keep_until: Option<Date>,
}
