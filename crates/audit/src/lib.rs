//! An audit log that cannot be rewritten unseen (invariant 6).
//!
//! Every act is a [`Leaf`] of a Merkle tree (RFC 6962, RFC 9162). A leaf holds no personal data:
//! it holds a salted commitment to the detail, so that the detail can be erased and the proof
//! stays. The tree's root is signed as a [`Checkpoint`]; every entry has a tag under the node's
//! [`TagKey`], which says where tampering happened.
//!
//! This crate never does I/O, never reads the clock and never takes chance by itself.
//!
//! Start at [`Frontier`] to append, at [`ProofPlan`] and [`EntryProof`] to prove, at
//! [`Verifier`] to verify a whole log.

mod checkpoint;
mod entry_proof;
mod hash;
mod leaf;
mod proof;
mod seal;
mod tag;
mod tree;
mod verifier;

pub use checkpoint::{Checkpoint, CheckpointError, KeyError, LogKey, Signer};
pub use entry_proof::{EntryProof, EntryProofError, OpenedDetail};
pub use hash::{Hash, InvalidHash, Salt, commit};
pub use leaf::{Leaf, Operation, UnknownOperation};
pub use proof::{ProofError, ProofPlan, verify_consistency, verify_inclusion};
pub use seal::Seal;
pub use tag::TagKey;
pub use tree::{Frontier, InvalidFrontier, Node, NodeId, leaf_hash, node_hash};
pub use verifier::{AlteredPart, CheckpointProblem, Entry, Finding, NodeSpan, Verified, Verifier};
