//! Keys: Ed25519 (RFC 8032) to sign, X-Wing (draft-connolly-cfrg-xwing-kem) to seal.
//!
//! Secret keys are 32 random bytes. They are wiped from memory when they go, and `Debug` shows
//! their id only.

mod sealing;
mod signing;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::hex;

pub use sealing::{OpeningKey, SealingKey};
pub use signing::{SigningKey, VerifyingKey};

/// Names a public key: the first 16 bytes of SHA-256 over the label of its algorithm (`ed25519` or
/// `x-wing`, then a zero byte) and the key. Written as 32 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct KeyId([u8; 16]);

/// Text or bytes that are not a key, or not the id of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidKey {
    /// Not 32 hexadecimal digits.
    #[error("the id of a key has 32 lower-case hexadecimal digits")]
    Id,
    /// Not a usable Ed25519 public key.
    #[error("this is not an Ed25519 public key: base64 of 32 bytes, and not one of the weak ones")]
    Verifying,
    /// Not an X-Wing public key.
    #[error("this is not an X-Wing public key: base64 of 1216 bytes")]
    Sealing,
}

impl KeyId {
    fn of(label: &[u8], public: &[u8]) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(label);
        hasher.update(public);
        let digest: [u8; 32] = hasher.finalize().into();
        let mut id = [0; 16];
        id.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        Self(id)
    }

    /// The id with these bytes, as the layouts and a store keep it.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The 16 bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hex::write(&self.0, f)
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

impl FromStr for KeyId {
    type Err = InvalidKey;

    fn from_str(text: &str) -> Result<Self, InvalidKey> {
        hex::read(text).map(Self).ok_or(InvalidKey::Id)
    }
}

impl From<KeyId> for String {
    fn from(id: KeyId) -> Self {
        id.to_string()
    }
}

impl TryFrom<String> for KeyId {
    type Error = InvalidKey;

    fn try_from(text: String) -> Result<Self, InvalidKey> {
        text.parse()
    }
}
