//! What a store needs in order to append to the log.

use crate::{Checkpoint, Frontier, Signer, TagKey};

/// The node's secrets of the log: whoever appends signs checkpoints and tags entries with it.
#[derive(Debug)]
pub struct Seal {
    /// Signs checkpoints; its name is the log's origin.
    pub signer: Signer,
    /// Tags entries.
    pub tags: TagKey,
}

impl Seal {
    /// The signed checkpoint of the tree as it is now, as a note.
    pub fn checkpoint(&self, frontier: &Frontier) -> String {
        self.signer.sign(&Checkpoint {
            origin: self.signer.name().to_owned(),
            size: frontier.size(),
            root: frontier.root(),
        })
    }
}
