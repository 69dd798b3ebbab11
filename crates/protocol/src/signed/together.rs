//! Many payloads under one signature, each of which can be shown by itself.
//!
//! The payloads are the leaves of a tree of hashes, and what is signed is its root. Each carries the
//! hashes that lead from it to the root: whoever has one of them needs none of the others, and learns
//! nothing of them, as each leaf is hashed with a number that only the signer can know.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use super::{Signature, Signed, SignedError, pre_authentication_encoding};
use crate::wire::Reader;
use crate::{Digest, KeyId, SigningKey, VerifyingKey};

/// So many payloads are under one signature at most.
pub const TOGETHER_MAX: usize = 256;
/// The type of what is signed: the root of a tree.
const TYPE: &str = "application/vnd.egnatia.together; v=1";
/// Stands beside the number of signatures where they are over a root.
pub(super) const MARK: u8 = 0x80;
/// The most steps from a payload to the root.
const STEPS_MAX: usize = 8;
/// Fills the places of a tree that no payload has. It is the hash of nothing that has a label.
const EMPTY: Digest = Digest::from_bytes([0; 32]);

/// Where a payload stands in its tree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Together {
    /// Its place among the leaves, from 0.
    place: u8,
    /// What is hashed with it, so that nobody who has another payload can guess this one.
    blind: Digest,
    /// What stands beside it and beside each node above it, from the bottom.
    path: Vec<Digest>,
}

impl Together {
    /// A place and its path, where both fit together.
    pub fn new(place: u8, blind: Digest, path: Vec<Digest>) -> Option<Self> {
        let is_depth = (1..=STEPS_MAX).contains(&path.len());
        let is_place = usize::from(place).checked_shr(u32::try_from(path.len()).ok()?);
        (is_depth && is_place.is_none_or(|above| above == 0)).then_some(Self { place, blind, path })
    }

    pub fn place(&self) -> u8 {
        self.place
    }

    pub fn blind(&self) -> Digest {
        self.blind
    }

    pub fn path(&self) -> &[Digest] {
        &self.path
    }

    /// What is signed, where this is the encoding of the payload.
    pub fn message(&self, encoding: &[u8]) -> Vec<u8> {
        let mut place = self.place;
        let mut hash = leaf(&self.blind, encoding);
        for beside in &self.path {
            hash = match place & 1 {
                0 => node(&hash, beside),
                _ => node(beside, &hash),
            };
            place >>= 1;
        }
        of_root(&hash)
    }

    /// Place (1 byte), number of steps (1), what is hashed with it (32), a hash (32) for each step.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.push(self.place);
        out.push(u8::try_from(self.path.len()).unwrap_or(u8::MAX));
        out.extend_from_slice(self.blind.as_bytes());
        for hash in &self.path {
            out.extend_from_slice(hash.as_bytes());
        }
    }

    pub fn read(reader: &mut Reader<'_>) -> Result<Self, SignedError> {
        let place = reader.u8().ok_or(SignedError::Truncated)?;
        let steps = usize::from(reader.u8().ok_or(SignedError::Truncated)?);
        if !(1..=STEPS_MAX).contains(&steps) {
            return Err(SignedError::Path);
        }
        let blind = reader.array().map(Digest::from_bytes);
        let blind = blind.ok_or(SignedError::Truncated)?;
        let path = (0..steps).map(|_| reader.array().map(Digest::from_bytes));
        let path: Option<Vec<Digest>> = path.collect();
        Self::new(place, blind, path.ok_or(SignedError::Truncated)?).ok_or(SignedError::Path)
    }
}

/// Signatures over roots that were found to be valid: of many payloads under one signature, the
/// first is verified, and the others are looked up.
#[derive(Debug, Default)]
pub struct KnownRoots(Mutex<HashSet<Known>>);

/// A key, what it has signed, and its signature.
type Known = (KeyId, Vec<u8>, [u8; 64]);

impl KnownRoots {
    /// Whether the owner of the key has signed this root, asked once for all payloads under it.
    fn verifies(&self, key: &VerifyingKey, message: &[u8], signature: &Signature) -> bool {
        let known = (key.id(), message.to_vec(), signature.bytes);
        let held = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held().contains(&known) {
            return true;
        }
        let verifies = key.verifies(message, &signature.bytes);
        if verifies {
            held().insert(known);
        }
        verifies
    }
}

impl Signed {
    /// Signs all of these payloads with one signature of each of `keys`, 256 at a time. Where there
    /// is one alone, it is signed by itself.
    ///
    /// ```
    /// use egnatia_protocol::{KnownRoots, Signed, SigningKey};
    ///
    /// let key = SigningKey::from_bytes(&[7; 32]);
    /// let payloads = vec![("application/example", b"1".to_vec()), ("application/example", b"2".to_vec())];
    /// let both = Signed::sign_together(payloads, &[&key])?;
    /// // Each of them by itself.
    /// assert_eq!(both[1].verify([key.verifying_key()])?, key.id());
    /// // All of them, with one look at the signature.
    /// let known = KnownRoots::default();
    /// for signed in &both {
    ///     signed.verify_together([key.verifying_key()], &known)?;
    /// }
    /// # Ok::<(), egnatia_protocol::SignedError>(())
    /// ```
    ///
    /// # Errors
    /// As [`Signed::sign`].
    pub fn sign_together<T: AsRef<str>>(
        payloads: Vec<(T, Vec<u8>)>,
        keys: &[&SigningKey],
    ) -> Result<Vec<Self>, SignedError> {
        let mut all = Vec::with_capacity(payloads.len());
        let mut left = payloads.into_iter().peekable();
        while left.peek().is_some() {
            let some: Vec<_> = left.by_ref().take(TOGETHER_MAX).collect();
            if some.len() > 1 {
                sign_tree(some, keys, &mut all)?;
                continue;
            }
            for (kind, payload) in some {
                all.push(Self::sign(kind.as_ref(), payload, keys)?);
            }
        }
        Ok(all)
    }

    /// As [`Signed::verify`], for one of many payloads that may be under the same signature.
    ///
    /// # Errors
    /// As [`Signed::verify`].
    pub fn verify_together<'k>(
        &self,
        keys: impl IntoIterator<Item = &'k VerifyingKey>,
        known: &KnownRoots,
    ) -> Result<KeyId, SignedError> {
        if self.together.is_none() {
            return self.verify(keys);
        }
        self.verify_with(keys, |key, message, signature| {
            known.verifies(key, message, signature)
        })
    }

    /// Whether it was signed together with others.
    pub fn is_together(&self) -> bool {
        self.together.is_some()
    }
}

fn sign_tree<T: AsRef<str>>(
    payloads: Vec<(T, Vec<u8>)>,
    keys: &[&SigningKey],
    all: &mut Vec<Signed>,
) -> Result<(), SignedError> {
    let Some(first) = keys.first() else {
        return Err(SignedError::SignatureCount { found: 0 });
    };
    let hidden = |(kind, payload): &(T, Vec<u8>)| {
        let encoding = pre_authentication_encoding(kind.as_ref(), payload);
        let blind = first.blind(&encoding);
        (leaf(&blind, &encoding), blind)
    };
    let (mut leaves, blinds): (Vec<Digest>, Vec<Digest>) = payloads.iter().map(hidden).unzip();
    leaves.resize(leaves.len().next_power_of_two(), EMPTY);
    let mut levels = vec![leaves];
    while let Some(level) = levels.last().filter(|level| level.len() > 1) {
        let above = level.chunks_exact(2).filter_map(|pair| match pair {
            [left, right] => Some(node(left, right)),
            _ => None,
        });
        let above = above.collect();
        levels.push(above);
    }
    let root = levels.pop().and_then(|top| top.first().copied());
    let message = of_root(&root.unwrap_or(EMPTY));
    let signatures: Vec<Signature> = keys.iter().map(|key| key.signature(&message)).collect();
    for (place, ((kind, payload), blind)) in payloads.into_iter().zip(blinds).enumerate() {
        let beside = levels.iter().enumerate().filter_map(|(step, level)| {
            let at = (place >> step) ^ 1;
            level.get(at).copied()
        });
        let signed = Signed::checked(kind.as_ref().to_owned(), payload, signatures.clone())?;
        let place = u8::try_from(place).unwrap_or(u8::MAX);
        all.push(Signed {
            together: Together::new(place, blind, beside.collect()),
            ..signed
        });
    }
    Ok(())
}

/// The labels before leaves and nodes are those of RFC 6962.
fn leaf(blind: &Digest, encoding: &[u8]) -> Digest {
    Digest::of_parts(&[&[0], blind.as_bytes(), encoding])
}

fn node(left: &Digest, right: &Digest) -> Digest {
    Digest::of_parts(&[&[1], left.as_bytes(), right.as_bytes()])
}

fn of_root(root: &Digest) -> Vec<u8> {
    pre_authentication_encoding(TYPE, root.as_bytes())
}
