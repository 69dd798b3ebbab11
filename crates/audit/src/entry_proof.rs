//! What a supervisor downloads: one entry, and the proof that it is in the log.

use serde::{Deserialize, Serialize};

use crate::Hash;
use crate::{
    Checkpoint, CheckpointError, Leaf, LogKey, ProofError, Salt, commit, verify_inclusion,
};

/// An entry of the log with everything that is needed to verify it without the node: only the
/// log's public key comes from elsewhere.
///
/// The place of the entry is the leaf's sequence number; size and root of the tree are those of
/// the checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntryProof {
    /// What the tree holds.
    pub leaf: Leaf,
    /// What the leaf commits to; absent once erased, or where the reader may not see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<OpenedDetail>,
    /// The path from the leaf to the root, from the bottom.
    pub path: Vec<Hash>,
    /// The signed checkpoint.
    pub checkpoint: String,
}

/// The detail of an entry, with the salt that opens the commitment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenedDetail {
    /// The salt.
    pub salt: Salt,
    /// The detail: JSON, byte for byte as committed to.
    pub text: String,
}

/// Why an entry is not proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EntryProofError {
    /// The checkpoint is not one of this log.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The path does not lead from the leaf to the checkpoint's root.
    #[error(transparent)]
    Path(#[from] ProofError),
    /// The detail is not what the leaf commits to.
    #[error("the detail is not the one that the log commits to")]
    Detail,
}

impl EntryProof {
    /// Verifies all of it. Returns the checkpoint under which the entry stands.
    ///
    /// # Errors
    /// [`EntryProofError`] names the first part that does not hold.
    pub fn verify(&self, key: &LogKey) -> Result<Checkpoint, EntryProofError> {
        let checkpoint = key.open(&self.checkpoint)?;
        verify_inclusion(
            &self.leaf.hash(),
            self.leaf.sequence,
            checkpoint.size,
            &self.path,
            &checkpoint.root,
        )?;
        let opened = |detail: &OpenedDetail| commit(&detail.salt, detail.text.as_bytes());
        match &self.detail {
            Some(detail) if opened(detail) != self.leaf.commitment => Err(EntryProofError::Detail),
            _ => Ok(checkpoint),
        }
    }
}
