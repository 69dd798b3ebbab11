//! Reads a whole log in order and names the first thing that is wrong with it.
//!
//! # What can be told apart
//!
//! With the node's [`TagKey`] every entry proves by itself that it is the one which the node wrote
//! under its number. From that follows what happened where an entry fails:
//!
//! - **altered**: its number stands where it should, but not with what the node wrote;
//! - **removed**: numbers are missing, or a later genuine entry was renumbered into the gap, or
//!   a checkpoint states more entries than there are;
//! - **inserted**: the entry is none of the node's (or a copy of one), and the genuine one with
//!   its number stands further down, or the log ends before any checkpoint covers it;
//! - **reordered**: the entry is a genuine one with another number, and the genuine one with its
//!   number stands further down.
//!
//! The search for a genuine entry elsewhere reaches 1,024 places. Where somebody altered an
//! entry *and* moved the rest of the log farther than that, the finding says "altered". Where one
//! entry was removed and a forged one put under its number, that **is** an alteration, and is
//! called one. Without the key, tags are not looked at: forgery with rewritten hashes then shows
//! only as a checkpoint that does not verify, with the last good one before it.
//!
//! What nobody can tell from the log alone is that its end was cut off together with all
//! checkpoints that knew it. For this, give [`Verifier::checkpoint`] a checkpoint that was kept
//! elsewhere.

use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;

use crate::tree::{Node, NodeId};
use crate::{CheckpointError, Frontier, Hash, Leaf, LogKey, Salt, TagKey, commit};

/// How far a genuine entry is searched for, in both directions.
const REACH: u64 = 1024;

/// An entry as the store keeps it.
#[derive(Debug, Clone, Copy)]
pub struct Entry<'a> {
    /// What the tree holds.
    pub leaf: &'a Leaf,
    /// The stored hash of the leaf.
    pub leaf_hash: Hash,
    /// The stored tag.
    pub tag: Hash,
    /// Salt and detail; absent once erased, which is in order.
    pub detail: Option<(&'a Salt, &'a [u8])>,
}

/// Neighbouring nodes of one level.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NodeSpan {
    /// The first one.
    pub first: NodeId,
    /// How many.
    pub count: usize,
}

/// What was altered of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AlteredPart {
    /// The leaf or its tag.
    Leaf,
    /// The stored hash of the leaf.
    StoredHash,
    /// The detail or its salt: not the one that the leaf commits to.
    Detail,
}

/// Why a checkpoint does not verify.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckpointProblem {
    /// It is no signed note of a checkpoint.
    Malformed,
    /// It is that of another log.
    OtherLog,
    /// The log's key has not signed it.
    NotSigned,
    /// It is stored under another size than it states.
    OtherSize,
    /// The entries have another root than it states.
    OtherRoot,
}

/// The first thing that is wrong with the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "finding", rename_all = "kebab-case")]
pub enum Finding {
    /// The entry is not what the node wrote.
    #[error("entry {sequence} was altered")]
    Altered {
        /// Which.
        sequence: u64,
        /// What of it.
        part: AlteredPart,
    },
    /// Entries are missing.
    #[error("entries are missing from {first} on")]
    Removed {
        /// The first missing number.
        first: u64,
        /// How many, where the gap tells.
        count: Option<u64>,
    },
    /// The entry is none of the node's, or a copy of one.
    #[error("entry {sequence} was inserted")]
    Inserted {
        /// Which.
        sequence: u64,
    },
    /// Genuine entries have changed places.
    #[error("entry {sequence} stands in another's place")]
    Reordered {
        /// Which.
        sequence: u64,
    },
    /// A stored node of the tree is not the one over the stored entries, or is missing.
    #[error("node {index} of level {level} of the tree is wrong or missing")]
    Node {
        /// The level, from 1.
        level: u8,
        /// The place in the level.
        index: u64,
    },
    /// A checkpoint does not verify.
    #[error("the checkpoint of {size} entries does not verify; the last good one has {good}")]
    Checkpoint {
        /// The size under which it is stored.
        size: u64,
        /// The size of the last good checkpoint before it; 0 where there is none.
        good: u64,
        /// What is wrong with it.
        problem: CheckpointProblem,
    },
    /// The log's end is not signed. A node signs whatever it writes.
    #[error("entries from {first} on are under no checkpoint")]
    Unsigned {
        /// The first of them.
        first: u64,
    },
}

/// A log in which nothing is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// Number of entries.
    pub size: u64,
    /// Root of the tree.
    pub root: Hash,
    /// How many checkpoints were verified.
    pub checkpoints: u64,
    /// How many entries have lost their detail to erasure.
    pub erased: u64,
}

/// An entry that is not genuine, while it is not yet told what happened.
#[derive(Debug, Clone, Copy)]
struct Suspect {
    sequence: u64,
    /// The number under which it is genuine, if one was found.
    genuine_as: Option<u64>,
    /// How many more entries are asked.
    patience: u64,
}

/// Verifies a log that is read from beginning to end.
///
/// Give it, page by page: the checkpoints up to the page's end, the page's entries in order, and
/// the stored nodes that [`Verifier::wanted_nodes`] then names. At last call
/// [`Verifier::finish`]. Stop at the first [`Finding`].
#[derive(Debug)]
pub struct Verifier {
    key: LogKey,
    tags: Option<TagKey>,
    frontier: Frontier,
    suspect: Option<Suspect>,
    /// Computed nodes above the leaves whose stored counterparts have not been given.
    nodes: BTreeMap<u8, VecDeque<Node>>,
    /// Checkpoints that the entries have not reached.
    checkpoints: BTreeMap<u64, Vec<Result<Hash, CheckpointProblem>>>,
    good: u64,
    verified: u64,
    erased: u64,
}

impl Verifier {
    /// A verifier for the log with this public key; with the node's tag key it can tell where
    /// tampering happened.
    pub fn new(key: LogKey, tags: Option<TagKey>) -> Self {
        Self {
            key,
            tags,
            frontier: Frontier::default(),
            suspect: None,
            nodes: BTreeMap::new(),
            checkpoints: BTreeMap::new(),
            good: 0,
            verified: 0,
            erased: 0,
        }
    }

    /// How many entries have been read and found in order.
    pub fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// Takes a checkpoint that is stored under `size`. It is looked at when the entries reach its
    /// size; one that comes after its entries is a finding.
    ///
    /// # Errors
    /// A [`Finding`], where the entries have reached its size and it does not verify.
    pub fn checkpoint(&mut self, size: u64, note: &str) -> Result<(), Finding> {
        let opened = self.key.open(note).map_err(|error| match error {
            CheckpointError::Malformed => CheckpointProblem::Malformed,
            CheckpointError::OtherLog => CheckpointProblem::OtherLog,
            CheckpointError::NotSigned => CheckpointProblem::NotSigned,
        });
        let root = opened.and_then(|checkpoint| {
            if checkpoint.size == size && size >= self.frontier.size() {
                Ok(checkpoint.root)
            } else {
                Err(CheckpointProblem::OtherSize)
            }
        });
        self.checkpoints.entry(size).or_default().push(root);
        self.reach_checkpoints()
    }

    /// Takes the next entry.
    ///
    /// # Errors
    /// The first [`Finding`], if this entry completes one.
    pub fn entry(&mut self, entry: &Entry<'_>) -> Result<(), Finding> {
        if let Some(suspect) = self.suspect {
            return self.question(suspect, entry);
        }
        let expected = self.frontier.size();
        let found = entry.leaf.sequence;
        if found > expected {
            return Err(Finding::Removed {
                first: expected,
                count: Some(found - expected),
            });
        }
        if found < expected {
            return Err(Finding::Reordered { sequence: found });
        }
        let hash = entry.leaf.hash();
        if !self.is_genuine(entry, expected) {
            // The leaf is not the one that was written. If hash and tag still are, it was altered
            // in place; otherwise the entry may come from elsewhere.
            if self.has_own_tag(entry) {
                return Err(altered(expected, AlteredPart::Leaf));
            }
            self.suspect = Some(Suspect {
                sequence: expected,
                genuine_as: self.search(entry, expected),
                patience: REACH,
            });
            return Ok(());
        }
        if hash != entry.leaf_hash {
            return Err(altered(expected, AlteredPart::StoredHash));
        }
        match entry.detail {
            Some((salt, detail)) if commit(salt, detail) != entry.leaf.commitment => {
                return Err(altered(expected, AlteredPart::Detail));
            }
            Some(_) => {}
            None => self.erased += 1,
        }
        for node in self.frontier.append(hash).into_iter().skip(1) {
            self.nodes.entry(node.id.level).or_default().push_back(node);
        }
        self.reach_checkpoints()
    }

    /// The stored nodes that are to be given next, level by level.
    pub fn wanted_nodes(&self) -> Vec<NodeSpan> {
        self.nodes
            .values()
            .filter_map(|nodes| {
                nodes.front().map(|first| NodeSpan {
                    first: first.id,
                    count: nodes.len(),
                })
            })
            .collect()
    }

    /// Takes a stored node. Nodes of a level come in order; levels may come in any order.
    ///
    /// # Errors
    /// [`Finding::Node`] where it is not the one over the entries.
    pub fn node(&mut self, stored: &Node) -> Result<(), Finding> {
        let computed = self
            .nodes
            .get_mut(&stored.id.level)
            .and_then(VecDeque::pop_front);
        match computed {
            Some(computed) if computed == *stored => Ok(()),
            Some(computed) => Err(wrong_node(computed.id)),
            None => Err(wrong_node(stored.id)),
        }
    }

    /// Ends the log.
    ///
    /// # Errors
    /// The first [`Finding`] that only the end shows: an open suspicion, a node that was not
    /// given, entries that a checkpoint states and that are not there, entries that no
    /// checkpoint covers.
    pub fn finish(self) -> Result<Verified, Finding> {
        let size = self.frontier.size();
        if let Some(suspect) = self.suspect {
            return Err(self.conclude(suspect));
        }
        if let Some(node) = self.nodes.values().find_map(VecDeque::front) {
            return Err(wrong_node(node.id));
        }
        match self.checkpoints.iter().next() {
            Some((stated, roots)) if roots.iter().all(Result::is_ok) => {
                return Err(Finding::Removed {
                    first: size,
                    count: stated.checked_sub(size),
                });
            }
            Some((stated, roots)) => {
                let problem = roots.iter().find_map(|root| root.err());
                return Err(Finding::Checkpoint {
                    size: *stated,
                    good: self.good,
                    problem: problem.unwrap_or(CheckpointProblem::OtherSize),
                });
            }
            None => {}
        }
        if self.good < size {
            return Err(Finding::Unsigned { first: self.good });
        }
        Ok(Verified {
            size,
            root: self.frontier.root(),
            checkpoints: self.verified,
            erased: self.erased,
        })
    }

    /// Verifies the checkpoints of the present size.
    fn reach_checkpoints(&mut self) -> Result<(), Finding> {
        let size = self.frontier.size();
        while let Some(reached) = self.checkpoints.first_entry() {
            if *reached.key() > size {
                break;
            }
            let (stated, roots) = reached.remove_entry();
            for root in roots {
                let problem = match root {
                    Ok(root) if root == self.frontier.root() => {
                        self.verified += 1;
                        continue;
                    }
                    Ok(_) => CheckpointProblem::OtherRoot,
                    Err(problem) => problem,
                };
                return Err(Finding::Checkpoint {
                    size: stated,
                    good: self.good,
                    problem,
                });
            }
            self.good = stated;
        }
        Ok(())
    }

    /// Whether the node wrote this entry under `sequence`; without the tag key, whether the
    /// stored hash says so.
    fn is_genuine(&self, entry: &Entry<'_>, sequence: u64) -> bool {
        let hash = Leaf {
            sequence,
            ..entry.leaf.clone()
        }
        .hash();
        match &self.tags {
            Some(tags) => tags.verifies(sequence, &hash, &entry.tag),
            None => hash == entry.leaf_hash,
        }
    }

    /// Whether the stored tag fits the stored hash and number, whatever the leaf says.
    fn has_own_tag(&self, entry: &Entry<'_>) -> bool {
        self.tags
            .as_ref()
            .is_some_and(|tags| tags.verifies(entry.leaf.sequence, &entry.leaf_hash, &entry.tag))
    }

    /// The number near `around` under which the entry is genuine.
    fn search(&self, entry: &Entry<'_>, around: u64) -> Option<u64> {
        (1..=REACH)
            .flat_map(|distance| [around.checked_add(distance), around.checked_sub(distance)])
            .flatten()
            .find(|sequence| self.is_genuine(entry, *sequence))
    }

    /// Asks a later entry whether it is the one that the suspect stands in for.
    fn question(&mut self, suspect: Suspect, entry: &Entry<'_>) -> Result<(), Finding> {
        if self.is_genuine(entry, suspect.sequence) {
            return Err(match suspect.genuine_as {
                Some(other) if other > suspect.sequence => Finding::Reordered {
                    sequence: suspect.sequence,
                },
                _ => Finding::Inserted {
                    sequence: suspect.sequence,
                },
            });
        }
        match suspect.patience.checked_sub(1) {
            Some(patience) => {
                self.suspect = Some(Suspect {
                    patience,
                    ..suspect
                });
                Ok(())
            }
            None => Err(self.conclude(suspect)),
        }
    }

    /// What happened, if the genuine entry is nowhere near.
    fn conclude(&self, suspect: Suspect) -> Finding {
        let sequence = suspect.sequence;
        let covered = self.checkpoints.keys().any(|size| *size > sequence);
        match suspect.genuine_as {
            Some(other) if other > sequence => Finding::Removed {
                first: sequence,
                count: Some(other - sequence),
            },
            Some(_) => Finding::Inserted { sequence },
            None if covered => altered(sequence, AlteredPart::Leaf),
            None => Finding::Inserted { sequence },
        }
    }
}

const fn altered(sequence: u64, part: AlteredPart) -> Finding {
    Finding::Altered { sequence, part }
}

const fn wrong_node(id: NodeId) -> Finding {
    Finding::Node {
        level: id.level,
        index: id.index,
    }
}

#[cfg(test)]
mod tests;
