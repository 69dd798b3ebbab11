//! The Merkle tree of RFC 6962 section 2.1 (RFC 9162 section 2.1), as far as appending needs it.

use sha2::{Digest, Sha256};

use crate::Hash;

/// The hash of a leaf: SHA-256 over 0x00 and its bytes.
pub fn leaf_hash(bytes: &[u8]) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update([0]);
    hasher.update(bytes);
    Hash::from_bytes(hasher.finalize().into())
}

/// The hash of an inner node: SHA-256 over 0x01 and the hashes of its children.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update([1]);
    hasher.update(left.as_bytes());
    hasher.update(right.as_bytes());
    Hash::from_bytes(hasher.finalize().into())
}

/// A complete node's place: it covers the leaves `index << level` to `(index + 1) << level`,
/// the last one excluded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId {
    /// 0 for leaves, 0 to 63.
    pub level: u8,
    /// The place within the level, from 0.
    pub index: u64,
}

/// A complete node: all its leaves are there, so that it never changes again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    /// Where it stands.
    pub id: NodeId,
    /// Its hash.
    pub hash: Hash,
}

/// The complete nodes that together cover the leaves from `start` to `end` (excluded), left to
/// right. `start` has to be a multiple of the largest power of two up to `end - start`.
pub(crate) fn cover(start: u64, end: u64) -> Vec<NodeId> {
    let mut nodes = Vec::new();
    let mut at = start;
    while let Some(bits) = end.checked_sub(at).and_then(u64::checked_ilog2) {
        let level = u8::try_from(bits).unwrap_or(u8::MAX);
        nodes.push(NodeId {
            level,
            index: at >> level,
        });
        at += 1 << level;
    }
    nodes
}

/// The root over neighbouring complete nodes as [`cover`] names them; of nothing, the empty root.
pub(crate) fn join(hashes: &[Hash]) -> Hash {
    hashes
        .iter()
        .rev()
        .copied()
        .reduce(|right, left| node_hash(&left, &right))
        .unwrap_or_else(|| Hash::of(b""))
}

/// The right edge of the tree: all that is needed to append and to know the root.
///
/// ```
/// use egnatia_audit::{Frontier, leaf_hash};
///
/// let mut frontier = Frontier::default();
/// frontier.append(leaf_hash(b"first"));
/// let nodes = frontier.append(leaf_hash(b"second"));
/// // The second leaf completes itself and the node above both.
/// assert_eq!(nodes.len(), 2);
/// assert_eq!(nodes[1].hash, frontier.root());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    // INVARIANT: one hash per set bit of `size`, the largest subtree first.
    peaks: Vec<Hash>,
}

/// Stored nodes that are not those of a tree of this size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a tree of {size} entries has {expected} peaks, not {found}")]
pub struct InvalidFrontier {
    size: u64,
    expected: u32,
    found: usize,
}

impl Frontier {
    /// The nodes from which the frontier of a tree of `size` entries is rebuilt, left to right.
    pub fn peak_ids(size: u64) -> Vec<NodeId> {
        cover(0, size)
    }

    /// The frontier of a tree of `size` entries from the hashes of [`Frontier::peak_ids`].
    ///
    /// # Errors
    /// [`InvalidFrontier`] where the number of peaks is not that of a tree of this size.
    pub fn from_peaks(size: u64, peaks: Vec<Hash>) -> Result<Self, InvalidFrontier> {
        let expected = size.count_ones();
        if usize::try_from(expected) == Ok(peaks.len()) {
            Ok(Self { size, peaks })
        } else {
            Err(InvalidFrontier {
                size,
                expected,
                found: peaks.len(),
            })
        }
    }

    /// The number of entries.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The root of the tree; of an empty one, SHA-256 of nothing.
    pub fn root(&self) -> Hash {
        join(&self.peaks)
    }

    /// Appends a leaf. Returns the nodes that became complete: the leaf itself (level 0), and
    /// those above it whose last leaf it is, level by level.
    pub fn append(&mut self, leaf: Hash) -> Vec<Node> {
        let mut id = NodeId {
            level: 0,
            index: self.size,
        };
        let mut hash = leaf;
        let mut complete = vec![Node { id, hash }];
        while id.index & 1 == 1 {
            let Some(left) = self.peaks.pop() else { break };
            hash = node_hash(&left, &hash);
            id = NodeId {
                level: id.level + 1,
                index: id.index >> 1,
            };
            complete.push(Node { id, hash });
        }
        self.peaks.push(hash);
        self.size += 1;
        complete
    }
}
