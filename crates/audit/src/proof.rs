//! Inclusion and consistency proofs (RFC 9162 sections 2.1.3 and 2.1.4).
//!
//! A proof is made in two steps, because nodes lie in a store: a [`ProofPlan`] names the nodes
//! that are needed, the caller fetches them, and [`ProofPlan::resolve`] makes the path.

use crate::Hash;
use crate::tree::{NodeId, cover, join, node_hash};

/// Why a proof cannot be made or does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// The entry or the older tree is not within the tree.
    #[error("the tree has {size} entries; {wanted} is not within it")]
    OutOfRange {
        /// Entries of the tree.
        size: u64,
        /// What was asked for.
        wanted: u64,
    },
    /// The path is too short or too long for these sizes.
    #[error("the path of the proof has the wrong length")]
    WrongLength,
    /// The path does not lead to the root.
    #[error("the proof does not lead to the stated root")]
    WrongRoot,
}

/// Which nodes a proof is made of: for every hash of the path, the complete nodes below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProofPlan {
    steps: Vec<Vec<NodeId>>,
}

impl ProofPlan {
    /// The plan of the proof that entry `index` is in the tree of the first `size` entries.
    ///
    /// # Errors
    /// [`ProofError::OutOfRange`] unless `index < size`.
    pub fn inclusion(index: u64, size: u64) -> Result<Self, ProofError> {
        if index >= size {
            return Err(ProofError::OutOfRange {
                size,
                wanted: index,
            });
        }
        let mut steps = Vec::new();
        let (mut start, mut end) = (0, size);
        while let Some(middle) = split(start, end) {
            if index < middle {
                steps.push(cover(middle, end));
                end = middle;
            } else {
                steps.push(cover(start, middle));
                start = middle;
            }
        }
        steps.reverse();
        Ok(Self { steps })
    }

    /// The plan of the proof that the tree of the first `old` entries is the beginning of the
    /// tree of the first `size` entries. Of an empty or equal tree the proof is empty.
    ///
    /// # Errors
    /// [`ProofError::OutOfRange`] unless `old <= size`.
    pub fn consistency(old: u64, size: u64) -> Result<Self, ProofError> {
        if old > size {
            return Err(ProofError::OutOfRange { size, wanted: old });
        }
        let mut steps = Vec::new();
        let (mut start, mut end) = (0, size);
        while let Some(middle) = split(start, end).filter(|_| old != 0 && old != end) {
            if old <= middle {
                steps.push(cover(middle, end));
                end = middle;
            } else {
                steps.push(cover(start, middle));
                start = middle;
            }
        }
        // The verifier knows the old root; it needs the last subtree only where that is another.
        if start != 0 {
            steps.push(cover(start, end));
        }
        steps.reverse();
        Ok(Self { steps })
    }

    /// Every node that [`ProofPlan::resolve`] will ask for.
    pub fn nodes(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.steps.iter().flatten().copied()
    }

    /// The path, from the nodes' stored hashes.
    ///
    /// # Errors
    /// Those of `fetch`.
    pub fn resolve<E>(
        &self,
        mut fetch: impl FnMut(NodeId) -> Result<Hash, E>,
    ) -> Result<Vec<Hash>, E> {
        self.steps
            .iter()
            .map(|nodes| {
                let hashes = nodes.iter().map(|id| fetch(*id));
                Ok(join(&hashes.collect::<Result<Vec<_>, E>>()?))
            })
            .collect()
    }
}

/// Where the tree over the leaves from `start` to `end` splits: after the largest power of two
/// below their number. A single leaf does not split.
fn split(start: u64, end: u64) -> Option<u64> {
    let last = end.checked_sub(start)?.checked_sub(1)?;
    Some(start + (1 << last.checked_ilog2()?))
}

/// Two numbers that walk up the tree together: the path's node, and the last node of its level.
struct Climb {
    node: u64,
    last: u64,
}

impl Climb {
    fn up(&mut self) {
        self.node >>= 1;
        self.last >>= 1;
    }

    fn is_right(&self) -> bool {
        self.node & 1 == 1
    }

    /// Whether the next hash of the path stands to the left. A node without a right neighbour
    /// first climbs to where it has a left one.
    fn has_left(&mut self) -> bool {
        if !self.is_right() && self.node != self.last {
            return false;
        }
        while !self.is_right() && self.node != 0 {
            self.up();
        }
        true
    }
}

/// Verifies that `leaf` is entry `index` of the tree of `size` entries with this root
/// (RFC 9162 section 2.1.3.2).
///
/// # Errors
/// [`ProofError`] where it is not so, or where the path does not prove it.
pub fn verify_inclusion(
    leaf: &Hash,
    index: u64,
    size: u64,
    path: &[Hash],
    root: &Hash,
) -> Result<(), ProofError> {
    let last = size.checked_sub(1).filter(|last| index <= *last);
    let last = last.ok_or(ProofError::OutOfRange {
        size,
        wanted: index,
    })?;
    let mut climb = Climb { node: index, last };
    let mut hash = *leaf;
    for step in path {
        if climb.last == 0 {
            return Err(ProofError::WrongLength);
        }
        hash = if climb.has_left() {
            node_hash(step, &hash)
        } else {
            node_hash(&hash, step)
        };
        climb.up();
    }
    finish(climb.last == 0, hash == *root)
}

/// Verifies that the tree of `old` entries with root `old_root` is the beginning of the tree of
/// `size` entries with root `root` (RFC 9162 section 2.1.4.2).
///
/// # Errors
/// [`ProofError`] where it is not so, or where the path does not prove it.
pub fn verify_consistency(
    (old, old_root): (u64, &Hash),
    (size, root): (u64, &Hash),
    path: &[Hash],
) -> Result<(), ProofError> {
    if old > size {
        return Err(ProofError::OutOfRange { size, wanted: old });
    }
    if old == 0 || old == size {
        let expected = if old == size { root } else { &join(&[]) };
        return finish(path.is_empty(), old_root == expected);
    }
    let mut climb = Climb {
        node: old - 1,
        last: size - 1,
    };
    while climb.is_right() {
        climb.up();
    }
    // The old tree is itself a node of the new one: the path starts from its root.
    let (first, rest) = if old.is_power_of_two() {
        (old_root, path)
    } else {
        path.split_first().ok_or(ProofError::WrongLength)?
    };
    let (mut old_hash, mut hash) = (*first, *first);
    for step in rest {
        if climb.last == 0 {
            return Err(ProofError::WrongLength);
        }
        if climb.has_left() {
            old_hash = node_hash(step, &old_hash);
            hash = node_hash(step, &hash);
        } else {
            hash = node_hash(&hash, step);
        }
        climb.up();
    }
    finish(climb.last == 0, old_hash == *old_root && hash == *root)
}

fn finish(whole: bool, equal: bool) -> Result<(), ProofError> {
    match (whole, equal) {
        (false, _) => Err(ProofError::WrongLength),
        (true, false) => Err(ProofError::WrongRoot),
        (true, true) => Ok(()),
    }
}
