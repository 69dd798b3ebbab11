//! What the store answers with.

use egnatia_audit::{Hash, Salt};
use egnatia_record::{Envelope, Kind, RecordId, UserId, Version};
use jiff::Timestamp;

/// A version of a record, as it is stored.
#[derive(Debug, Clone)]
pub struct StoredRecord {
    /// The envelope.
    pub envelope: Envelope,
    /// The envelope's JSON, byte for byte as committed to.
    pub envelope_json: Vec<u8>,
    /// Body and salt; absent once erased.
    pub body: Option<(Vec<u8>, Salt)>,
    /// The stored commitment.
    pub commitment: Hash,
    /// The state by which the record is filtered at present (of the newest version).
    pub state: String,
    /// The audit entry that states this version's commitment.
    pub event: u64,
}

/// A place in an ordering by time, newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// Microseconds UTC.
    pub at_us: i64,
    /// Tells records of the same instant apart.
    pub id: RecordId,
}

/// Which records are wanted: newest first, at most `limit`. The time is that of the newest version.
#[derive(Debug, Clone)]
pub struct RecordFilter {
    /// Of this kind.
    pub kind: Kind,
    /// In this state.
    pub state: Option<String>,
    /// Whose first version this person wrote.
    pub created_by: Option<UserId>,
    /// After this place.
    pub after: Option<Cursor>,
    /// At most so many, 1 to 1,000.
    pub limit: u32,
}

/// A place in the order of what is due: what is open by its due time, then the rest, the newest
/// first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DuePlace {
    /// Among the open ones.
    Open {
        /// Microseconds UTC; the greatest number where nothing says when it is due.
        due_us: i64,
        /// Tells records that are due at the same instant apart.
        id: RecordId,
    },
    /// Among the others.
    Closed(Cursor),
}

/// Which records are wanted in the order of what is due, at most `limit`.
#[derive(Debug, Clone)]
pub struct DueFilter {
    /// Of this kind.
    pub kind: Kind,
    /// The state in which a record is open.
    pub open: &'static str,
    /// Only what refers to somebody's records.
    pub about: Option<ReferredTo>,
    /// After this place.
    pub after: Option<DuePlace>,
    /// At most so many, 1 to 1,000.
    pub limit: u32,
}

/// Somebody's records, and how others refer to them.
#[derive(Debug, Clone)]
pub struct ReferredTo {
    /// By this relation.
    pub relation: &'static str,
    /// To a record of this kind.
    pub kind: Kind,
    /// Whose first version this person wrote.
    pub created_by: UserId,
}

/// A record with its place in the order of what is due.
#[derive(Debug, Clone)]
pub struct DueRecord {
    /// The newest version.
    pub record: StoredRecord,
    /// Its place.
    pub place: DuePlace,
}

/// A line of the feed from which the matching index is built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// Grows with every change of any key; a record has one line, that of its last change.
    pub sequence: u64,
    /// The record.
    pub record: RecordId,
    /// The record's version.
    pub version: Version,
    /// The description (JSON), or `None` where the record is not compared any more.
    pub keys: Option<Vec<u8>>,
}

/// Which audit entries are wanted: newest first, at most `limit`.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// By this person.
    pub actor: Option<UserId>,
    /// Of this operation.
    pub operation: Option<egnatia_audit::Operation>,
    /// About this record.
    pub object: Option<RecordId>,
    /// In this case, word for word.
    pub case: Option<String>,
    /// Not before.
    pub from: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
    /// Only sequence numbers below this one.
    pub before: Option<u64>,
    /// At most so many, 1 to 1,000.
    pub limit: u32,
}

/// The end of the audit log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditHead {
    /// Number of entries.
    pub size: u64,
    /// Root of the tree.
    pub root: Hash,
    /// The newest signed checkpoint, of exactly this size; absent while the log is empty.
    pub checkpoint: Option<String>,
}

/// A checkpoint of the past.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCheckpoint {
    /// Of which size.
    pub size: u64,
    /// The signed note.
    pub note: String,
}
