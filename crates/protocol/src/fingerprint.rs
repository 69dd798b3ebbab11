//! What two people read to each other to know that they have the same card.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Digest;

/// Crockford's base32: no I, L, O and U.
const SYMBOLS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 20;

/// The first 100 bits of SHA-256 over a card's signed bytes, as five groups of four characters:
/// `7Q2M-XK0V-93AB-T5JH-1ECD`.
///
/// 100 bits: whoever wants a second card with the same fingerprint has to make 2^100 of them.
/// Reading forgives lower case, I and L for 1, O for 0, and missing dashes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Fingerprint([u8; LENGTH]);

/// Text that is not a fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a fingerprint has five groups of four letters and digits, without U: read it out again")]
pub struct InvalidFingerprint;

impl Fingerprint {
    /// The fingerprint of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        let digest = Digest::of(bytes);
        let mut bits = digest
            .as_bytes()
            .iter()
            .flat_map(|byte| (0..8).rev().map(move |at| byte >> at & 1));
        Self([(); LENGTH].map(|()| {
            let value = bits.by_ref().take(5).fold(0, |value, bit| value << 1 | bit);
            SYMBOLS.get(usize::from(value)).copied().unwrap_or(b'0')
        }))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, group) in self.0.chunks(4).enumerate() {
            if at > 0 {
                f.write_str("-")?;
            }
            // The constructors admit ASCII only.
            f.write_str(std::str::from_utf8(group).unwrap_or_default())?;
        }
        Ok(())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

impl FromStr for Fingerprint {
    type Err = InvalidFingerprint;

    fn from_str(text: &str) -> Result<Self, InvalidFingerprint> {
        let mut symbols = [0; LENGTH];
        let mut places = symbols.iter_mut();
        for c in text.chars().filter(|c| !matches!(c, '-' | ' ')) {
            let symbol = match c.to_ascii_uppercase() {
                'I' | 'L' => '1',
                'O' => '0',
                other => other,
            };
            let known = u8::try_from(symbol)
                .ok()
                .filter(|byte| SYMBOLS.contains(byte));
            let (Some(place), Some(byte)) = (places.next(), known) else {
                return Err(InvalidFingerprint);
            };
            *place = byte;
        }
        if places.next().is_some() {
            return Err(InvalidFingerprint);
        }
        Ok(Self(symbols))
    }
}

impl From<Fingerprint> for String {
    fn from(fingerprint: Fingerprint) -> Self {
        fingerprint.to_string()
    }
}

impl TryFrom<String> for Fingerprint {
    type Error = InvalidFingerprint;

    fn try_from(text: String) -> Result<Self, InvalidFingerprint> {
        text.parse()
    }
}
