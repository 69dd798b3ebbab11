//! Sealed envelopes: what travels, and what a relay sees of it.
//!
//! Sealed with HPKE (RFC 9180) in base mode: KEM X-Wing (0x647a), KDF HKDF-SHA256 (0x0001), AEAD
//! ChaCha20-Poly1305 (0x0003). The recipient's secret alone opens it; who sent it is shown by the
//! signature inside.

use std::convert::Infallible;

use egnatia_record::{AuthorityId, Entropy};
use hpke::aead::{AeadTag, ChaCha20Poly1305};
use hpke::inout::InOutBuf;
use hpke::kdf::HkdfSha256;
use hpke::kem::XWing;
use hpke::rand_core::{TryCryptoRng, TryRng};
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use jiff::Timestamp;

use crate::padding::padded;
use crate::wire::{Reader, authority, put_long, put_short};
use crate::{KeyId, OpeningKey, SealingKey, Signed, SignedError};

const MAGIC: [u8; 4] = *b"EGN1";
const VERSION: u8 = 1;
const INFO: &[u8] = b"egnatia envelope v1";
const ENCAPSULATED_BYTES: usize = 1120;
const TAG_BYTES: usize = 16;
/// The largest envelope, in bytes: 5 MiB. A full parcel, padded, is smaller.
pub const ENVELOPE_BYTES_MAX: usize = 5 * 1024 * 1024;

/// What stands on an envelope for everybody to see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Who sends.
    pub from: AuthorityId,
    /// Who is meant.
    pub to: AuthorityId,
    /// When it was sent; whole seconds travel.
    pub sent_at: Timestamp,
}

/// An envelope as it was received. It borrows the bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedEnvelope<'a> {
    label: Label,
    key: KeyId,
    encapsulated: &'a [u8],
    /// Every byte before the ciphertext.
    header: &'a [u8],
    ciphertext: &'a [u8],
}

/// Why bytes are not an envelope, or cannot be opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// The first bytes are others.
    #[error("this is not an envelope of Egnatia: it begins with `EGN1`")]
    NotAnEnvelope,
    /// A version that this node does not read.
    #[error("the envelope has version {found}; this node reads version {supported}: send that one")]
    UnknownVersion {
        /// Of the envelope.
        found: u8,
        /// What this node reads.
        supported: u8,
    },
    /// Larger than an envelope may be.
    #[error(
        "the envelope has {found} bytes; at most {ENVELOPE_BYTES_MAX} are taken: send less at once"
    )]
    TooLarge {
        /// How many bytes it has.
        found: usize,
    },
    /// The bytes end before the last field.
    #[error("the envelope ends too early: send it again")]
    Truncated,
    /// There is more than the last field.
    #[error("bytes follow the envelope: send it again")]
    TrailingBytes,
    /// Sender, recipient or time cannot be read.
    #[error("sender, recipient or time of the envelope cannot be read: make it anew")]
    Label,
    /// Sealed to a key that the recipient does not have.
    #[error(
        "the envelope is sealed to the key {0}, which is not in use here: fetch the newest card"
    )]
    UnknownKey(KeyId),
    /// Altered, or sealed to another key than it says.
    #[error("the envelope does not open: it was altered on the way, send it again")]
    NotOpened,
    /// Opened, but not filled as agreed.
    #[error("what is in the envelope is not padded as version 1 has it: make it anew")]
    Padding,
    /// Opened, but no signed payload.
    #[error(transparent)]
    Signed(#[from] SignedError),
}

impl Label {
    fn write(&self, key: KeyId) -> Vec<u8> {
        let mut out = Vec::from(MAGIC);
        out.push(VERSION);
        put_short(&mut out, self.from.as_str());
        put_short(&mut out, self.to.as_str());
        out.extend_from_slice(key.as_bytes());
        out.extend_from_slice(&self.sent_at.as_second().to_be_bytes());
        out
    }
}

impl<'a> SealedEnvelope<'a> {
    /// Seals `signed` to `key`. 64 bytes are taken from `entropy`: the encapsulation's randomness,
    /// `eseed` of the X-Wing draft.
    ///
    /// # Errors
    /// [`EnvelopeError::TooLarge`]; [`EnvelopeError::NotOpened`] where the library fails, which is
    /// not known to happen.
    pub fn seal(
        signed: &Signed,
        label: &Label,
        key: &SealingKey,
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>, EnvelopeError> {
        let mut plaintext = Vec::new();
        put_long(&mut plaintext, &signed.to_bytes());
        plaintext.resize(padded(plaintext.len()), 0);

        let mut chance = Chance(entropy);
        let (encapsulated, mut context) = hpke::setup_sender_with_rng::<
            ChaCha20Poly1305,
            HkdfSha256,
            XWing,
        >(&OpModeS::Base, key.kem(), INFO, &mut chance)
        .map_err(|_| EnvelopeError::NotOpened)?;
        let mut out = label.write(key.id());
        out.extend_from_slice(&encapsulated.to_bytes());
        let length = u32::try_from(plaintext.len() + TAG_BYTES).unwrap_or(u32::MAX);
        out.extend_from_slice(&length.to_be_bytes());
        let tag = context
            .seal_inout_detached(InOutBuf::from(plaintext.as_mut_slice()), &out)
            .map_err(|_| EnvelopeError::NotOpened)?;
        out.extend_from_slice(&plaintext);
        out.extend_from_slice(&tag.to_bytes());
        if out.len() > ENVELOPE_BYTES_MAX {
            return Err(EnvelopeError::TooLarge { found: out.len() });
        }
        Ok(out)
    }

    /// Reads what everybody may see, without any key.
    ///
    /// # Errors
    /// [`EnvelopeError`] where the bytes do not have the form.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, EnvelopeError> {
        if bytes.len() > ENVELOPE_BYTES_MAX {
            return Err(EnvelopeError::TooLarge { found: bytes.len() });
        }
        let mut reader = Reader::new(bytes);
        let magic = reader.take(MAGIC.len()).ok_or(EnvelopeError::Truncated)?;
        if magic != MAGIC {
            return Err(EnvelopeError::NotAnEnvelope);
        }
        let version = reader.u8().ok_or(EnvelopeError::Truncated)?;
        if version != VERSION {
            return Err(EnvelopeError::UnknownVersion {
                found: version,
                supported: VERSION,
            });
        }
        let from = authority(&mut reader).ok_or(EnvelopeError::Truncated)?;
        let to = authority(&mut reader).ok_or(EnvelopeError::Truncated)?;
        let key = reader.array().ok_or(EnvelopeError::Truncated)?;
        let sent_at = reader.i64().ok_or(EnvelopeError::Truncated)?;
        let encapsulated = reader
            .take(ENCAPSULATED_BYTES)
            .ok_or(EnvelopeError::Truncated)?;
        let length = reader.length().ok_or(EnvelopeError::Truncated)?;
        let (header, _) = bytes
            .split_at_checked(bytes.len() - reader.rest().len())
            .ok_or(EnvelopeError::Truncated)?;
        let ciphertext = reader.take(length).ok_or(EnvelopeError::Truncated)?;
        if !reader.rest().is_empty() {
            return Err(EnvelopeError::TrailingBytes);
        }
        Ok(Self {
            label: Label {
                from: from.ok_or(EnvelopeError::Label)?,
                to: to.ok_or(EnvelopeError::Label)?,
                sent_at: Timestamp::from_second(sent_at).map_err(|_| EnvelopeError::Label)?,
            },
            key: KeyId::from_bytes(key),
            encapsulated,
            header,
            ciphertext,
        })
    }

    /// What stands on it. Only a claim until it is opened and the signature verified.
    pub fn label(&self) -> &Label {
        &self.label
    }

    /// The key to which it is sealed.
    pub fn key(&self) -> KeyId {
        self.key
    }

    /// Opens it with the one of `keys` to which it is sealed. No signature is verified.
    ///
    /// # Errors
    /// [`EnvelopeError::UnknownKey`], [`EnvelopeError::NotOpened`], [`EnvelopeError::Padding`],
    /// [`EnvelopeError::Signed`].
    pub fn open<'k>(
        &self,
        keys: impl IntoIterator<Item = &'k OpeningKey>,
    ) -> Result<Signed, EnvelopeError> {
        let key = keys
            .into_iter()
            .find(|key| key.id() == self.key)
            .ok_or(EnvelopeError::UnknownKey(self.key))?;
        let (sealed, tag) = self
            .ciphertext
            .split_last_chunk::<TAG_BYTES>()
            .ok_or(EnvelopeError::NotOpened)?;
        let mut plaintext = sealed.to_vec();
        let opened = <XWing as Kem>::EncappedKey::from_bytes(self.encapsulated)
            .and_then(|encapsulated| {
                hpke::setup_receiver::<ChaCha20Poly1305, HkdfSha256, XWing>(
                    &OpModeR::Base,
                    key.kem(),
                    &encapsulated,
                    INFO,
                )
            })
            .and_then(|mut context| {
                let tag = AeadTag::from_bytes(tag)?;
                let buffer = InOutBuf::from(plaintext.as_mut_slice());
                context.open_inout_detached(buffer, self.header, &tag)
            });
        opened.map_err(|_| EnvelopeError::NotOpened)?;
        let signed = unpadded(&plaintext).ok_or(EnvelopeError::Padding)?;
        Ok(Signed::parse(signed)?)
    }
}

/// The bytes before the padding, which is zeros up to the one size that belongs to their length.
fn unpadded(plaintext: &[u8]) -> Option<&[u8]> {
    let mut reader = Reader::new(plaintext);
    let length = reader.length()?;
    let content = reader.take(length)?;
    let padding = reader.rest();
    let expected = padded(plaintext.len() - padding.len());
    (plaintext.len() == expected && padding.iter().all(|byte| *byte == 0)).then_some(content)
}

/// Chance as the library wants it.
struct Chance<'a>(&'a dyn Entropy);

impl TryRng for Chance<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes);
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill(bytes);
        Ok(())
    }
}

/// [`Entropy`] promises bytes that nobody can predict.
impl TryCryptoRng for Chance<'_> {}
