//! A card as codes to be scanned. The key to seal to has 1,216 bytes (X-Wing), and a card with it is
//! larger than one code that a telephone reads from a screen: so it goes in several, in an order.
//!
//! ```text
//! EGNATIA-CARD/1 3/6 5F3A9C01 MFRGG…
//!                │ │ │        └ a part of the signed card, base32 (RFC 4648, no padding)
//!                │ │ └ the first 4 bytes of its SHA-256: which card the part belongs to
//!                │ └ of how many
//!                └ which part, from 1
//! ```
//!
//! All letters are in the alphanumeric mode of QR codes, which takes 5.5 bits for each.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::{CARD_BYTES_MAX, CardError, Digest, Signed, SignedCard, SignedError};

/// What a code of a card begins with.
pub const CARD_CODE_PREFIX: &str = "EGNATIA-CARD/1";
/// So many bytes of the card stand in one code: 720 letters of base32, a QR code of about 81 modules.
const BYTES_EACH: usize = 450;
/// The alphabet of base32.
const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Why codes do not make a card.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CardCodesError {
    /// A line that is no code of a card.
    #[error("line {line} is no code of a card: scan it again")]
    NotACode {
        /// The line, from 1.
        line: usize,
    },
    /// Codes of two cards.
    #[error("the codes belong to different cards: scan all those of one page")]
    DifferentCards,
    /// Some are not there.
    #[error("of {of} codes these are missing: {missing}")]
    Missing {
        /// Which, from 1.
        missing: String,
        /// Of how many.
        of: usize,
    },
    /// All are there, and one was read wrongly.
    #[error("one of the codes was read wrongly: scan all of them again")]
    ReadWrongly,
    /// Together they are not a card.
    #[error(transparent)]
    Card(#[from] CardError),
    /// Together they are no signed payload.
    #[error(transparent)]
    Signed(#[from] SignedError),
}

/// One code, read.
struct Part {
    number: usize,
    of: usize,
    card: String,
    bytes: Vec<u8>,
}

impl SignedCard {
    /// The card as texts of QR codes, in their order.
    pub fn to_codes(&self) -> Vec<String> {
        let bytes = self.signed().to_bytes();
        let card = short(&bytes);
        let of = bytes.len().div_ceil(BYTES_EACH);
        bytes
            .chunks(BYTES_EACH)
            .zip(1_usize..)
            .map(|(part, number)| {
                format!("{CARD_CODE_PREFIX} {number}/{of} {card} {}", base32(part))
            })
            .collect()
    }

    /// Reads codes, one a line, in any order; the same one twice does no harm.
    ///
    /// # Errors
    /// [`CardCodesError`], which says what to scan again.
    pub fn from_codes(text: &str, now: Timestamp) -> Result<Self, CardCodesError> {
        let mut parts: BTreeMap<usize, Part> = BTreeMap::new();
        for (line, text) in (1_usize..).zip(text.lines()) {
            if text.trim().is_empty() {
                continue;
            }
            let part = read(text.trim()).ok_or(CardCodesError::NotACode { line })?;
            let first = parts.values().next();
            if first.is_some_and(|first| first.card != part.card || first.of != part.of) {
                return Err(CardCodesError::DifferentCards);
            }
            parts.insert(part.number, part);
        }
        let of = parts.values().next().map_or(0, |part| part.of);
        let missing: Vec<String> = (1..=of)
            .filter(|number| !parts.contains_key(number))
            .map(|number| number.to_string())
            .collect();
        if !missing.is_empty() {
            let missing = missing.join(", ");
            return Err(CardCodesError::Missing { missing, of });
        }
        let card = parts.values().next().map(|part| part.card.clone());
        let bytes: Vec<u8> = parts.into_values().flat_map(|part| part.bytes).collect();
        if card != Some(short(&bytes)) {
            return Err(CardCodesError::ReadWrongly);
        }
        Ok(Self::from_signed(Signed::parse(&bytes)?, now)?)
    }

    /// Reads a card in either form: its JSON, or its codes, one a line.
    ///
    /// # Errors
    /// [`CardCodesError`].
    pub fn read(given: &[u8], now: Timestamp) -> Result<Self, CardCodesError> {
        if given.len() > CARD_BYTES_MAX {
            return Err(CardError::TooLarge { found: given.len() }.into());
        }
        match std::str::from_utf8(given) {
            Ok(text) if text.trim_start().starts_with(CARD_CODE_PREFIX) => {
                Self::from_codes(text, now)
            }
            _ => Ok(Self::parse(given, now)?),
        }
    }
}

fn read(line: &str) -> Option<Part> {
    let rest = line.strip_prefix(CARD_CODE_PREFIX)?;
    let mut words = rest.split_ascii_whitespace();
    let (number, of) = words.next()?.split_once('/')?;
    let (number, of): (usize, usize) = (number.parse().ok()?, of.parse().ok()?);
    let card = words.next()?.to_owned();
    let bytes = from_base32(words.next()?)?;
    let fits = (1..=of).contains(&number)
        && of <= CARD_BYTES_MAX / BYTES_EACH
        && bytes.len() <= BYTES_EACH
        && words.next().is_none();
    fits.then_some(Part {
        number,
        of,
        card,
        bytes,
    })
}

/// The first 4 bytes of the SHA-256, upper case.
fn short(bytes: &[u8]) -> String {
    let digest = Digest::of(bytes).to_string();
    digest.chars().take(8).collect::<String>().to_uppercase()
}

fn base32(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(5).saturating_mul(8));
    for chunk in bytes.chunks(5) {
        let value = (0..5).fold(0_u64, |value, at| {
            value << 8 | u64::from(chunk.get(at).copied().unwrap_or(0))
        });
        let letters = (chunk.len() * 8).div_ceil(5);
        for at in 0..letters {
            let index = usize::try_from(value >> (35 - 5 * at) & 31).unwrap_or(0);
            text.push(char::from(LETTERS.get(index).copied().unwrap_or(b'A')));
        }
    }
    text
}

/// The bytes, or `None` where a letter or the length is wrong, or where bits beyond the last byte
/// are set: one value has one text.
fn from_base32(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len());
    for chunk in text.as_bytes().chunks(8) {
        let mut value = 0_u64;
        for at in 0..8 {
            let index = match chunk.get(at) {
                Some(letter) => LETTERS.iter().position(|known| known == letter)?,
                None => 0,
            };
            value = value << 5 | u64::try_from(index).ok()?;
        }
        let length = chunk.len() * 5 / 8;
        let [_, _, _, whole @ ..] = value.to_be_bytes();
        let (used, unused) = whole.split_at_checked(length)?;
        if (length * 8).div_ceil(5) != chunk.len() || unused.iter().any(|byte| *byte != 0) {
            return None;
        }
        bytes.extend_from_slice(used);
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn base32_is_that_of_rfc_4648() {
        for (plain, text) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(plain.as_bytes()), text);
            assert_eq!(from_base32(text).unwrap(), plain.as_bytes());
        }
        for wrong in ["M", "MZ1", "mz", "MZ=", "MZXW6YR", "MZXW6Y"] {
            assert_eq!(from_base32(wrong), None, "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn base32_round_trips(bytes: Vec<u8>) {
            prop_assert_eq!(from_base32(&base32(&bytes)), Some(bytes));
        }

        #[test]
        fn no_text_makes_it_panic(text: String) {
            let now = Timestamp::UNIX_EPOCH;
            let _ = SignedCard::from_codes(&format!("{CARD_CODE_PREFIX} 1/1 {text}"), now);
            let _ = SignedCard::read(text.as_bytes(), now);
        }
    }
}
