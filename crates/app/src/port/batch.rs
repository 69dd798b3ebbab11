//! What one transaction writes.

use egnatia_audit::{Hash, Salt};
use egnatia_record::{Envelope, RecordId, Version};
use jiff::Timestamp;

use super::{
    Account, DeliveryRow, Event, FirearmRow, ListEntryRow, ListVersionRow, PartnerRow, ReceivedRow,
    Session, StockChange, TokenHash, WitnessRow,
};

/// One transaction: all of it, or nothing.
#[derive(Debug, Default)]
pub struct Batch {
    /// What changes, in this order.
    pub changes: Vec<Change>,
    /// What the audit log says of it, in this order. They get consecutive sequence numbers.
    pub events: Vec<Event>,
}

/// One change of the store.
#[derive(Debug)]
pub enum Change {
    /// Writes a version of a record.
    Put(Box<PutRecord>),
    /// Writes nothing; [`Conflict::RecordVersion`](super::Conflict::RecordVersion) where the newest
    /// version of the record is another one by now.
    Expect(RecordId, Version),
    /// Erases the bodies and salts of all versions of a record, its match keys and its claims.
    /// The head stays, in state `erased`, and so does the proof in the audit log. Erasing again
    /// changes nothing; an erased record takes no further version, and one that was never written
    /// cannot be erased: both are [`Conflict::RecordVersion`](super::Conflict::RecordVersion).
    Erase(RecordId),
    /// Writes a version of a list. The number must follow the newest one.
    PutList(ListVersionRow),
    /// Writes what the import of a version says of single entries.
    PutListEntries(Vec<ListEntryRow>),
    /// Writes an account. Its `revision` must follow the stored one; a new one has revision 1.
    PutAccount(Account),
    /// Writes or replaces a session, by its id.
    PutSession(Session),
    /// Ends the session with this current token.
    DropSession(TokenHash),
    /// Ends all sessions of an account.
    DropSessionsOf(egnatia_record::UserId),
    /// Forgets the sessions that have ended by themselves at this instant or before.
    DropSessionsEnded(Timestamp),
    /// Writes a partner's node. Its `revision` must follow the stored one; a new one has revision 1.
    PutPartner(PartnerRow),
    /// Queues something for a partner. The store gives it its position.
    Enqueue(DeliveryRow),
    /// Writes what became of rows of [`Store::waiting`](super::Store::waiting). Nothing where they
    /// do not wait any more: what happened first stays.
    Settle(Vec<DeliveryRow>),
    /// Writes what a witness vouches for. The same once more changes when it was seen; a problem
    /// stays, unless it [may end](WitnessRow::may_end).
    PutWitness(WitnessRow),
    /// Forgets what kept the exchange going until this instant: checkpoints and countersignatures that
    /// were delivered, and what witnesses saw of a log before what they saw last. What is wrong, what
    /// was told, and what waits stays.
    ForgetUpkeep(Timestamp),
    /// Writes the proof of a version that came from a partner. Erasure of the record removes the
    /// statement.
    PutReceived(ReceivedRow),
    /// Writes the line of a weapon in the register. A second open one with the same identity is
    /// [`Conflict::Custody`](super::Conflict::Custody). Erasure of the record removes it.
    PutFirearm(FirearmRow),
    /// Changes the books of the stockpile. What they refuse is
    /// [`Conflict::Ledger`](super::Conflict::Ledger).
    Stock(StockChange),
}

/// A version of a record, with all that is written beside it.
#[derive(Debug)]
pub struct PutRecord {
    /// The envelope. A first version must be new; a later one must follow the stored one.
    pub envelope: Envelope,
    /// The body, JSON, as it is committed to.
    pub body: Vec<u8>,
    /// The salt of the commitment.
    pub salt: Salt,
    /// The commitment to envelope and body: see [`PutRecord::commitment_of`].
    pub commitment: Hash,
    /// The domain's state by which records are filtered, such as `waiting`.
    pub state: String,
    /// When something has to be done about the record, while it is in its open state.
    pub due_at: Option<Timestamp>,
    /// What the record refers to. Links hold over all versions, also after erasure.
    pub links: Vec<Link>,
    /// Names that only one record may hold, such as `decision-of:ID`. They hold over all versions.
    pub claims: Vec<String>,
    /// What the matching index learns.
    pub keys: KeyChange,
    /// Which of the batch's events, from 0, states this version's commitment.
    pub event: usize,
    /// Whether somebody else numbers its versions: a first version may then have any number, and
    /// a later one any greater one, also after erasure.
    pub foreign: bool,
}

impl PutRecord {
    /// The commitment to an envelope and a body under a salt: both as JSON, the envelope's length
    /// in front, so that no byte can move from one to the other.
    pub fn commitment_of(salt: &Salt, envelope_json: &[u8], body: &[u8]) -> Hash {
        let length = u64::try_from(envelope_json.len()).unwrap_or(u64::MAX);
        let mut bytes = Vec::with_capacity(8 + envelope_json.len() + body.len());
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(envelope_json);
        bytes.extend_from_slice(body);
        egnatia_audit::commit(salt, &bytes)
    }
}

/// A reference from one record to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// What the reference means, such as `check`.
    pub relation: &'static str,
    /// The record that is referred to.
    pub to: RecordId,
}

/// What the matching index learns from a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyChange {
    /// Nothing: the record is not compared.
    Keep,
    /// The record is compared by this description (JSON).
    Set(Vec<u8>),
    /// The record is not compared any more.
    Remove,
}
