//! What the audit log holds of one act.

use egnatia_audit::{Hash, Leaf, Operation, Salt};
use egnatia_record::{AuthorityId, Justification, RecordId, UserId, Version};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Role;

/// An act that is to be logged. The store gives it its sequence number.
#[derive(Debug, Clone)]
pub struct Event {
    /// When, UTC.
    pub at: Timestamp,
    /// What was done.
    pub operation: Operation,
    /// The salt of the commitment to the detail.
    pub salt: Salt,
    /// Who, why, what, to whom.
    pub detail: EventDetail,
}

/// Who did what, why and to whom (Directive (EU) 2016/680 Art. 25(1), rules LED-16 and SIS-21).
/// It is personal data: the log commits to it under a salt, so that it can be erased.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventDetail {
    /// The person who acted.
    pub actor: UserId,
    /// In which role.
    pub role: Role,
    /// Of which authority.
    pub authority: AuthorityId,
    /// Purpose and case; absent only where no personal data is touched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub justification: Option<Justification>,
    /// The record that was touched, and the commitment to this version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<ObjectRef>,
    /// What else was touched: `list:un-sc`, `account:a.officer`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// To whom it was disclosed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<String>,
    /// The data that were used to search, or what changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub data: Option<serde_json::Value>,
}

/// A record in a version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObjectRef {
    /// The record.
    pub record: RecordId,
    /// Its version.
    pub version: Version,
    /// The commitment to envelope and body; absent where nothing was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commitment: Option<Hash>,
}

/// An entry of the audit log as the store keeps it.
#[derive(Debug, Clone)]
pub struct AuditRow {
    /// What the tree holds.
    pub leaf: Leaf,
    /// The stored hash of the leaf.
    pub leaf_hash: Hash,
    /// The stored tag under the node's key.
    pub tag: Hash,
    /// Salt and detail (JSON, byte for byte as committed to); absent once erased.
    pub detail: Option<(Salt, Vec<u8>)>,
}

impl AuditRow {
    /// The detail, where it is there and readable.
    pub fn read(&self) -> Option<EventDetail> {
        self.detail
            .as_ref()
            .and_then(|(_, bytes)| serde_json::from_slice(bytes).ok())
    }
}
