//! Tags that say which entry was tampered with.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::Hash;

/// A secret of the node, kept outside the database, under which every entry has a tag.
///
/// A checkpoint shows *that* the log was rewritten; the tags show *where*, even when a leaf and
/// its stored hash were both rewritten: only who knows the secret can make the tag to it.
#[derive(Clone)]
pub struct TagKey(Zeroizing<[u8; 64]>);

impl fmt::Debug for TagKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TagKey(…)")
    }
}

impl TagKey {
    /// The key with these 32 secret, random bytes.
    pub fn new(secret: &[u8; 32]) -> Self {
        // HMAC pads a shorter key with zeros to the hash's block (RFC 2104 section 2).
        let mut block = Zeroizing::new([0; 64]);
        if let Some(start) = block.first_chunk_mut::<32>() {
            *start = *secret;
        }
        Self(block)
    }

    /// The tag of the entry with this number and leaf hash: HMAC-SHA256 over a domain tag, the
    /// number (big-endian) and the hash.
    pub fn tag(&self, sequence: u64, leaf_hash: &Hash) -> Hash {
        Hash::from_bytes(self.mac(sequence, leaf_hash).finalize().into_bytes().into())
    }

    /// Whether `tag` is that of the entry, compared in constant time.
    pub fn verifies(&self, sequence: u64, leaf_hash: &Hash, tag: &Hash) -> bool {
        self.mac(sequence, leaf_hash)
            .verify_slice(tag.as_bytes())
            .is_ok()
    }

    fn mac(&self, sequence: u64, leaf_hash: &Hash) -> Hmac<Sha256> {
        let mut mac = <Hmac<Sha256> as KeyInit>::new((&*self.0).into());
        mac.update(b"egnatia-tag-v1\0");
        mac.update(&sequence.to_be_bytes());
        mac.update(leaf_hash.as_bytes());
        mac
    }
}
