//! Signed payloads, after DSSE v1 (<https://github.com/secure-systems-lab/dsse>).
//!
//! The signature is over the payload's type and its bytes, never over a value that is written anew.
//! What was signed is what is read.

mod json;
mod together;

use together::Together;
pub use together::{KnownRoots, TOGETHER_MAX};

use crate::wire::{Reader, put_long, put_short};
use crate::{Digest, KeyId, PARCEL_BYTES_MAX, PARCEL_TYPE, SigningKey, VerifyingKey};

/// The longest payload type, in bytes.
const TYPE_BYTES_MAX: usize = 128;
/// The largest payload, in bytes: 1 MiB. A parcel may have [`PARCEL_BYTES_MAX`].
pub const PAYLOAD_BYTES_MAX: usize = 1024 * 1024;
/// So many may sign one payload.
pub const SIGNATURES_MAX: usize = 4;

/// A payload, what it is, and who signed it.
///
/// `parse` and `from_json` check the form alone. Nothing is to be believed before
/// [`Signed::verify`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    payload_type: String,
    payload: Vec<u8>,
    signatures: Vec<Signature>,
    /// Where it stands, where the signatures are over many payloads.
    together: Option<Together>,
}

/// A signature and the key that made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signature {
    /// Names the key.
    pub key: KeyId,
    /// Ed25519 over the payload's type and bytes.
    pub bytes: [u8; 64],
}

/// Why something is not a signed payload, or not signed by whom it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignedError {
    /// The bytes end before the last field.
    #[error("the signed payload ends too early: ask for it again")]
    Truncated,
    /// There is more than the last field.
    #[error("bytes follow the signed payload: ask for it again")]
    TrailingBytes,
    /// The type is empty, long, or not printable.
    #[error("a payload type has 1 to {TYPE_BYTES_MAX} printable ASCII characters")]
    PayloadType,
    /// The payload is larger than its type allows.
    #[error("the payload has {found} bytes; at most {max} are taken: send less at once")]
    TooLarge {
        /// How many bytes it has.
        found: usize,
        /// How many it may have.
        max: usize,
    },
    /// None, or too many.
    #[error("a payload has 1 to {SIGNATURES_MAX} signatures, this one has {found}")]
    SignatureCount {
        /// How many it has.
        found: usize,
    },
    /// One key signed twice.
    #[error("the key {0} has signed twice")]
    RepeatedKey(KeyId),
    /// The JSON does not have the form of DSSE.
    #[error("this is not the JSON of a signed payload (payloadType, payload, signatures)")]
    NotJson,
    /// The place of a payload that was signed together with others is none.
    #[error(
        "the place of the payload among those that were signed with it is none: ask for it again"
    )]
    Path,
    /// Nobody whose key was given has signed.
    #[error("none of the known keys has signed: fetch the sender's newest card")]
    UnknownSigner,
    /// A known key's signature does not fit.
    #[error("the signature by the key {0} does not fit: the payload was altered, ask for it again")]
    BadSignature(KeyId),
}

/// The most bytes that a payload of this type may have.
fn payload_limit(payload_type: &str) -> usize {
    if payload_type == PARCEL_TYPE {
        PARCEL_BYTES_MAX
    } else {
        PAYLOAD_BYTES_MAX
    }
}

/// What is signed: the pre-authentication encoding of DSSE v1,
/// `"DSSEv1" SP LEN(type) SP type SP LEN(payload) SP payload`, lengths in decimal.
fn pre_authentication_encoding(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    [before_payload(payload_type, payload).as_slice(), payload].concat()
}

fn before_payload(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let (type_length, length) = (payload_type.len(), payload.len());
    format!("DSSEv1 {type_length} {payload_type} {length} ").into_bytes()
}

impl Signed {
    /// Signs `payload` with every one of `keys`.
    ///
    /// # Errors
    /// [`SignedError::PayloadType`], [`SignedError::TooLarge`], [`SignedError::SignatureCount`],
    /// [`SignedError::RepeatedKey`].
    pub fn sign(
        payload_type: &str,
        payload: Vec<u8>,
        keys: &[&SigningKey],
    ) -> Result<Self, SignedError> {
        let message = pre_authentication_encoding(payload_type, &payload);
        let signatures = keys.iter().map(|key| key.signature(&message));
        Self::checked(payload_type.to_owned(), payload, signatures.collect())
    }

    fn checked(
        payload_type: String,
        payload: Vec<u8>,
        signatures: Vec<Signature>,
    ) -> Result<Self, SignedError> {
        check_form(&payload_type, payload.len(), signatures.len())?;
        for (at, signature) in signatures.iter().enumerate() {
            if signatures
                .iter()
                .skip(at + 1)
                .any(|other| other.key == signature.key)
            {
                return Err(SignedError::RepeatedKey(signature.key));
            }
        }
        Ok(Self {
            payload_type,
            payload,
            signatures,
            together: None,
        })
    }

    /// Says what the payload is, such as `application/vnd.egnatia.record+json; v=1`.
    pub fn payload_type(&self) -> &str {
        &self.payload_type
    }

    /// The bytes that were signed.
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// Who signed, 1 to [`SIGNATURES_MAX`].
    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }

    /// The bytes that each signature is over, as DSSE v1 has them: of the payload, or of the root of
    /// all payloads that were signed together.
    pub fn signed_bytes(&self) -> Vec<u8> {
        let encoding = pre_authentication_encoding(&self.payload_type, &self.payload);
        match &self.together {
            None => encoding,
            Some(together) => together.message(&encoding),
        }
    }

    /// Which of `keys` has signed. One valid signature is enough.
    ///
    /// # Errors
    /// [`SignedError::UnknownSigner`] where none of the keys is named,
    /// [`SignedError::BadSignature`] where the signatures of those that are named do not fit.
    pub fn verify<'k>(
        &self,
        keys: impl IntoIterator<Item = &'k VerifyingKey>,
    ) -> Result<KeyId, SignedError> {
        self.verify_with(keys, |key, message, signature| {
            key.verifies(message, &signature.bytes)
        })
    }

    fn verify_with<'k>(
        &self,
        keys: impl IntoIterator<Item = &'k VerifyingKey>,
        verifies: impl Fn(&VerifyingKey, &[u8], &Signature) -> bool,
    ) -> Result<KeyId, SignedError> {
        let mut message = None;
        let mut error = SignedError::UnknownSigner;
        for key in keys {
            let named = self
                .signatures
                .iter()
                .find(|signature| signature.key == key.id());
            let Some(signature) = named else { continue };
            let message = message.get_or_insert_with(|| self.signed_bytes());
            if verifies(key, message, signature) {
                return Ok(key.id());
            }
            error = SignedError::BadSignature(key.id());
        }
        Err(error)
    }

    /// SHA-256 over the payload's type and its bytes, encoded as DSSE v1 has them. Receipts name a
    /// statement by it: what was said, whoever signed it, alone or together with others.
    pub fn digest(&self) -> Digest {
        let before = before_payload(&self.payload_type, &self.payload);
        Digest::of_parts(&[&before, &self.payload])
    }

    /// The binary encoding: length of the type (1 byte), type; length of the payload (4), payload;
    /// number of signatures (1), and for each the key's id (16) and the signature (64). Where it was
    /// signed together with others, 128 is added to the number, and behind it stand its place (1), the
    /// number of steps to the root (1), what it is hashed with (32), and a hash for each step (32).
    pub fn to_bytes(&self) -> Vec<u8> {
        let path = self
            .together
            .as_ref()
            .map_or(0, |one| 34 + 32 * one.path().len());
        let length =
            6 + self.payload_type.len() + self.payload.len() + path + 80 * self.signatures.len();
        let mut out = Vec::with_capacity(length);
        put_short(&mut out, &self.payload_type);
        put_long(&mut out, &self.payload);
        // `checked` allows four at most.
        let count = u8::try_from(self.signatures.len()).unwrap_or(u8::MAX);
        match &self.together {
            None => out.push(count),
            Some(together) => {
                out.push(count | together::MARK);
                together.write(&mut out);
            }
        }
        for signature in &self.signatures {
            out.extend_from_slice(signature.key.as_bytes());
            out.extend_from_slice(&signature.bytes);
        }
        out
    }

    /// Reads the binary encoding. It has to be all there is.
    ///
    /// # Errors
    /// [`SignedError`] where the bytes do not have the form; nothing is verified.
    pub fn parse(bytes: &[u8]) -> Result<Self, SignedError> {
        let mut reader = Reader::new(bytes);
        let length = reader.u8().ok_or(SignedError::Truncated)?;
        let payload_type = reader.take(length.into()).ok_or(SignedError::Truncated)?;
        let payload_type =
            std::str::from_utf8(payload_type).map_err(|_| SignedError::PayloadType)?;
        let length = reader.length().ok_or(SignedError::Truncated)?;
        // Before anything is copied, and with one signature for the sake of the check.
        check_form(payload_type, length, 1)?;
        let payload = reader.take(length).ok_or(SignedError::Truncated)?;
        let count = reader.u8().ok_or(SignedError::Truncated)?;
        let is_together = count & together::MARK != 0;
        let count = usize::from(count & !together::MARK);
        check_form(payload_type, length, count)?;
        let together = is_together
            .then(|| Together::read(&mut reader))
            .transpose()?;
        let signatures = (0..count)
            .map(|_| {
                Some(Signature {
                    key: KeyId::from_bytes(reader.array()?),
                    bytes: reader.array()?,
                })
            })
            .collect::<Option<_>>()
            .ok_or(SignedError::Truncated)?;
        if !reader.rest().is_empty() {
            return Err(SignedError::TrailingBytes);
        }
        let signed = Self::checked(payload_type.to_owned(), payload.to_vec(), signatures)?;
        Ok(Self { together, ..signed })
    }
}

fn check_form(payload_type: &str, payload: usize, signatures: usize) -> Result<(), SignedError> {
    let printable = payload_type.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    if !printable || !(1..=TYPE_BYTES_MAX).contains(&payload_type.len()) {
        return Err(SignedError::PayloadType);
    }
    let max = payload_limit(payload_type);
    if payload > max {
        return Err(SignedError::TooLarge {
            found: payload,
            max,
        });
    }
    if !(1..=SIGNATURES_MAX).contains(&signatures) {
        return Err(SignedError::SignatureCount { found: signatures });
    }
    Ok(())
}
