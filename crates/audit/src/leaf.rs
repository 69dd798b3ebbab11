//! What the tree holds of one act.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{Hash, tree};

/// What was done: the six operations of Directive (EU) 2016/680 Art. 25(1) (rule LED-16), and
/// those that concern the node's accounts and its own running.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Operation {
    /// Data came into the node.
    Collection,
    /// Data were changed.
    Alteration,
    /// Data were looked up or looked at.
    Consultation,
    /// Data were given to somebody outside.
    Disclosure,
    /// Data of several sources were joined.
    Combination,
    /// Data were erased.
    Erasure,
    /// Somebody signed in, signed out, or tried to.
    Access,
    /// Accounts, lists, configuration, backups: the running of the node.
    Administration,
}

/// Text that names no operation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not an operation; expected one of collection, alteration, consultation, \
     disclosure, combination, erasure, access, administration"
)]
pub struct UnknownOperation(String);

impl Operation {
    /// Every operation.
    pub const ALL: &'static [Self] = &[
        Self::Collection,
        Self::Alteration,
        Self::Consultation,
        Self::Disclosure,
        Self::Combination,
        Self::Erasure,
        Self::Access,
        Self::Administration,
    ];

    /// The operation as it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Collection => "collection",
            Self::Alteration => "alteration",
            Self::Consultation => "consultation",
            Self::Disclosure => "disclosure",
            Self::Combination => "combination",
            Self::Erasure => "erasure",
            Self::Access => "access",
            Self::Administration => "administration",
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Operation {
    type Err = UnknownOperation;

    fn from_str(text: &str) -> Result<Self, UnknownOperation> {
        Self::ALL
            .iter()
            .copied()
            .find(|operation| operation.as_str() == text)
            .ok_or_else(|| UnknownOperation(text.chars().take(32).collect()))
    }
}

/// An entry of the log, without anything personal in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leaf {
    /// Its place in the log, from 0.
    pub sequence: u64,
    /// When, UTC, to the microsecond.
    pub at: Timestamp,
    /// What was done.
    pub operation: Operation,
    /// Commitment to the detail: who, why, what, to whom.
    pub commitment: Hash,
}

impl Leaf {
    /// The canonical form that the tree commits to, whatever store or file the leaf comes from:
    ///
    /// ```text
    /// "egnatia-leaf-v1" 00 · sequence u64 · microseconds UTC i64 · length u8 · operation · commitment
    /// ```
    ///
    /// Numbers are big-endian; the operation is its stored name.
    pub fn encode(&self) -> Vec<u8> {
        let operation = self.operation.as_str().as_bytes();
        let length = u8::try_from(operation.len()).unwrap_or(u8::MAX);
        let mut bytes = Vec::with_capacity(16 + 8 + 8 + 1 + operation.len() + 32);
        bytes.extend_from_slice(b"egnatia-leaf-v1\0");
        bytes.extend_from_slice(&self.sequence.to_be_bytes());
        bytes.extend_from_slice(&self.at.as_microsecond().to_be_bytes());
        bytes.push(length);
        bytes.extend_from_slice(operation);
        bytes.extend_from_slice(self.commitment.as_bytes());
        bytes
    }

    /// The hash by which the leaf stands in the tree: RFC 6962's leaf hash of [`Leaf::encode`].
    pub fn hash(&self) -> Hash {
        tree::leaf_hash(&self.encode())
    }
}
