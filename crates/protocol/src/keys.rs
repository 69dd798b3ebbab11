//! Keys: Ed25519 (RFC 8032) to sign, X-Wing (draft-connolly-cfrg-xwing-kem) to seal.
//!
//! Secret keys are 32 random bytes. They are wiped from memory when they go, and `Debug` shows
//! their id only.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::Signer as _;
use egnatia_record::Entropy;
use hpke::kem::XWing;
use hpke::{Deserializable, Kem, Serializable};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::hex;

/// What a key's id is computed over, before the key.
const SIGNING_LABEL: &[u8] = b"ed25519\0";
const SEALING_LABEL: &[u8] = b"x-wing\0";

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

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.key.sign(message).to_bytes()
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
        let id = KeyId::of(SIGNING_LABEL, key.as_bytes());
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

/// An X-Wing secret: opens envelopes that were sealed to its [`SealingKey`].
pub struct OpeningKey {
    key: <XWing as Kem>::PrivateKey,
    sealing: SealingKey,
}

impl OpeningKey {
    /// A new key from 32 random bytes.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        let mut secret = Zeroizing::new([0; 32]);
        loop {
            entropy.fill(secret.as_mut());
            // Every 32 bytes are a key; the loop is there because the library's type says maybe.
            if let Ok(key) = Self::from_bytes(&secret) {
                return key;
            }
        }
    }

    /// The key with this secret seed, the `sk` of the X-Wing draft.
    ///
    /// # Errors
    /// None that is known: every seed is a key. The library's type leaves it open.
    pub fn from_bytes(secret: &[u8; 32]) -> Result<Self, InvalidKey> {
        let key =
            <XWing as Kem>::PrivateKey::from_bytes(secret).map_err(|_| InvalidKey::Sealing)?;
        let sealing = SealingKey::of(XWing::sk_to_pk(&key));
        Ok(Self { key, sealing })
    }

    /// The secret seed, to be kept where nobody reads it.
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        let mut secret = Zeroizing::new([0; 32]);
        self.key.write_exact(secret.as_mut());
        secret
    }

    /// The public key.
    pub fn sealing_key(&self) -> &SealingKey {
        &self.sealing
    }

    /// Names the public key.
    pub fn id(&self) -> KeyId {
        self.sealing.id()
    }

    pub(crate) fn kem(&self) -> &<XWing as Kem>::PrivateKey {
        &self.key
    }
}

impl fmt::Debug for OpeningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OpeningKey({}, …)", self.id())
    }
}

/// An X-Wing public key, written as base64 of its 1216 bytes. Clones share the expanded key.
#[derive(Clone, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct SealingKey(Arc<Expanded>);

struct Expanded {
    key: <XWing as Kem>::PublicKey,
    id: KeyId,
}

impl SealingKey {
    fn of(key: <XWing as Kem>::PublicKey) -> Self {
        let id = KeyId::of(SEALING_LABEL, &key.to_bytes());
        Self(Arc::new(Expanded { key, id }))
    }

    /// The key with these 1216 bytes.
    ///
    /// # Errors
    /// [`InvalidKey::Sealing`] where there are more or fewer, or where they are no ML-KEM key.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, InvalidKey> {
        <XWing as Kem>::PublicKey::from_bytes(bytes)
            .map(Self::of)
            .map_err(|_| InvalidKey::Sealing)
    }

    /// The 1216 bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.key.to_bytes().to_vec()
    }

    /// Names this key.
    pub fn id(&self) -> KeyId {
        self.0.id
    }

    pub(crate) fn kem(&self) -> &<XWing as Kem>::PublicKey {
        &self.0.key
    }
}

impl PartialEq for SealingKey {
    fn eq(&self, other: &Self) -> bool {
        self.0.key == other.0.key
    }
}

impl Eq for SealingKey {}

impl fmt::Display for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.0.key.to_bytes()))
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealingKey({})", self.id())
    }
}

impl FromStr for SealingKey {
    type Err = InvalidKey;

    fn from_str(text: &str) -> Result<Self, InvalidKey> {
        let bytes = STANDARD.decode(text).map_err(|_| InvalidKey::Sealing)?;
        Self::from_bytes(&bytes)
    }
}

impl From<SealingKey> for String {
    fn from(key: SealingKey) -> Self {
        key.to_string()
    }
}

impl TryFrom<String> for SealingKey {
    type Error = InvalidKey;

    fn try_from(text: String) -> Result<Self, InvalidKey> {
        text.parse()
    }
}
