//! X-Wing keys.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use egnatia_record::Entropy;
use hpke::kem::XWing;
use hpke::{Deserializable, Kem, Serializable};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{InvalidKey, KeyId};

/// What the id of a key is computed over, before the key.
const LABEL: &[u8] = b"x-wing\0";

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
        let id = KeyId::of(LABEL, &key.to_bytes());
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
