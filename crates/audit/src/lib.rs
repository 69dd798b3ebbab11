//! An audit log that cannot be rewritten unseen (invariant 6).
//!
//! Every act is a [`Leaf`] of a Merkle tree. A leaf holds no personal data: it holds a salted
//! commitment to the detail, so that the detail can be erased and the proof stays.
//!
//! This crate never does I/O and never reads the clock.

mod hash;
mod leaf;

pub use hash::{Hash, InvalidHash, Salt, commit};
pub use leaf::{Leaf, Operation, UnknownOperation};
