//! Ed25519 keys.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::Signer as _;
use egnatia_record::Entropy;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{InvalidKey, KeyId};
use crate::{Digest, Signature};

/// What the id of a key is computed over, before the key.
const LABEL: &[u8] = b"ed25519\0";
/// Stands before the secret where something is hidden with it.
const BLIND_LABEL: &[u8] = b"egnatia blind\0";

/// An Ed25519 secret: signs statements, parcels and cards.
pub struct SigningKey {
    key: ed25519_dalek::SigningKey,
    verifying: VerifyingKey,
}

impl SigningKey {
    /// A new key from 32 random bytes.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        let mut secret = Zeroizing::new([0; 32]);
        entropy.fill(secret.as_mut());
        Self::from_bytes(&secret)
    }

    /// The key with this secret seed (RFC 8032 section 5.1.5).
    pub fn from_bytes(secret: &[u8; 32]) -> Self {
        let key = ed25519_dalek::SigningKey::from_bytes(secret);
        let verifying = VerifyingKey::of(key.verifying_key());
        Self { key, verifying }
    }

    /// The secret seed, to be kept where nobody reads it.
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.key.to_bytes())
    }

    /// The public key.
    pub fn verifying_key(&self) -> &VerifyingKey {
        &self.verifying
    }

    /// Names the public key.
    pub fn id(&self) -> KeyId {
        self.verifying.id
    }

    /// What only the owner of the key can compute of `message`, always the same: it hides what a hash
    /// of the message alone would give away to whoever guesses it.
    pub(crate) fn blind(&self, message: &[u8]) -> Digest {
        let secret = self.to_bytes();
        Digest::of_parts(&[BLIND_LABEL, secret.as_ref(), message])
    }

    pub(crate) fn signature(&self, message: &[u8]) -> Signature {
        Signature {
            key: self.id(),
            bytes: self.key.sign(message).to_bytes(),
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({}, …)", self.id())
    }
}

/// An Ed25519 public key, written as base64 of its 32 bytes.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct VerifyingKey {
    key: ed25519_dalek::VerifyingKey,
    id: KeyId,
}

impl VerifyingKey {
    fn of(key: ed25519_dalek::VerifyingKey) -> Self {
        let id = KeyId::of(LABEL, key.as_bytes());
        Self { key, id }
    }

    /// The key with these bytes.
    ///
    /// # Errors
    /// [`InvalidKey::Verifying`] where they are no point of the curve, or one of small order, for
    /// which anybody can make signatures.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, InvalidKey> {
        ed25519_dalek::VerifyingKey::from_bytes(bytes)
            .ok()
            .filter(|key| !key.is_weak())
            .map(Self::of)
            .ok_or(InvalidKey::Verifying)
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.key.as_bytes()
    }

    /// Names this key.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// Whether the owner of the key has signed `message`. Strict: a signature has one form only.
    pub fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        let signature = ed25519_dalek::Signature::from_bytes(signature);
        self.key.verify_strict(message, &signature).is_ok()
    }
}

impl fmt::Display for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.as_bytes()))
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyingKey({})", self.id)
    }
}

impl FromStr for VerifyingKey {
    type Err = InvalidKey;

    fn from_str(text: &str) -> Result<Self, InvalidKey> {
        let bytes = STANDARD.decode(text).map_err(|_| InvalidKey::Verifying)?;
        let bytes: [u8; 32] = bytes.try_into().map_err(|_| InvalidKey::Verifying)?;
        Self::from_bytes(&bytes)
    }
}

impl From<VerifyingKey> for String {
    fn from(key: VerifyingKey) -> Self {
        key.to_string()
    }
}

impl TryFrom<String> for VerifyingKey {
    type Error = InvalidKey;

    fn try_from(text: String) -> Result<Self, InvalidKey> {
        text.parse()
    }
}
