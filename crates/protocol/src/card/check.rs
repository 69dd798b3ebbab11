//! The bounds of a card's fields.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{CardKey, NodeCard};
use crate::KeyId;

const NAMES_MAX: usize = 16;
const NAME_CHARACTERS_MAX: usize = 200;
const ADDRESSES_MAX: usize = 4;
const ADDRESS_BYTES_MAX: usize = 256;
const KEYS_MAX: usize = 4;

/// A field of a card that is not as it has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CardFieldError {
    /// Cards count from 1.
    #[error("the serial of a card counts from 1")]
    Serial,
    /// Number, tag or text of a name.
    #[error(
        "a card has 1 to {NAMES_MAX} names of 1 to {NAME_CHARACTERS_MAX} printable characters, \
         each under a language tag"
    )]
    Names,
    /// Number or form of an address.
    #[error(
        "a card has 1 to {ADDRESSES_MAX} different `https` addresses of at most \
         {ADDRESS_BYTES_MAX} characters, without user, query and fragment"
    )]
    Addresses,
    /// Number of keys, or one key twice.
    #[error("a card has 1 to {KEYS_MAX} different keys to sign and as many to seal")]
    Keys,
    /// Dates of a key.
    #[error("a key ends after it begins, and is revoked no later than the card is issued")]
    KeyDates,
    /// Number or dates of certificates.
    #[error(
        "a card has at most {KEYS_MAX} different certificates, each of which ends after it begins"
    )]
    Tls,
}

impl NodeCard {
    /// Checks what the types leave open: numbers, lengths, order of dates.
    ///
    /// # Errors
    /// The first field that is wrong.
    pub fn check(&self) -> Result<(), CardFieldError> {
        let unless = |right: bool, error| if right { Ok(()) } else { Err(error) };
        unless(self.serial > 0, CardFieldError::Serial)?;
        let names = self
            .names
            .iter()
            .all(|(tag, name)| is_tag(tag) && is_name(name));
        unless(
            names && (1..=NAMES_MAX).contains(&self.names.len()),
            CardFieldError::Names,
        )?;
        unless(
            self.addresses.iter().all(|address| is_address(address))
                && differ(self.addresses.iter(), 1, ADDRESSES_MAX),
            CardFieldError::Addresses,
        )?;
        let signing: Vec<KeyId> = self.signing.iter().map(|entry| entry.key.id()).collect();
        let sealing: Vec<KeyId> = self.sealing.iter().map(|entry| entry.key.id()).collect();
        unless(
            differ(signing.iter(), 1, KEYS_MAX) && differ(sealing.iter(), 1, KEYS_MAX),
            CardFieldError::Keys,
        )?;
        unless(
            dates_fit(&self.signing, self.issued_at) && dates_fit(&self.sealing, self.issued_at),
            CardFieldError::KeyDates,
        )?;
        unless(
            self.tls.iter().all(|pin| pin.not_before < pin.not_after)
                && differ(self.tls.iter().map(|pin| &pin.sha256), 0, KEYS_MAX),
            CardFieldError::Tls,
        )
    }
}

fn differ<T: Ord>(values: impl ExactSizeIterator<Item = T>, min: usize, max: usize) -> bool {
    let count = values.len();
    (min..=max).contains(&count) && values.collect::<BTreeSet<_>>().len() == count
}

fn dates_fit<K>(keys: &[CardKey<K>], issued_at: Timestamp) -> bool {
    keys.iter().all(|entry| {
        entry.not_after.is_none_or(|end| entry.not_before < end)
            && entry.revoked_at.is_none_or(|revoked| revoked <= issued_at)
    })
}

fn is_tag(tag: &str) -> bool {
    (2..=16).contains(&tag.len())
        && tag
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

/// People read it and decide by it: nothing in it may be unseen or turn the line round.
fn is_name(name: &str) -> bool {
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    (1..=NAME_CHARACTERS_MAX).contains(&name.chars().count())
        && name.trim() == name
        && !name.contains(hidden)
}

fn is_address(address: &str) -> bool {
    let Some(rest) = address.strip_prefix("https://") else {
        return false;
    };
    let host = rest.split('/').next().unwrap_or_default();
    address.len() <= ADDRESS_BYTES_MAX
        && !host.is_empty()
        && !host.starts_with(':')
        && !host.contains('@')
        && rest.bytes().all(|byte| {
            byte.is_ascii_graphic() && !matches!(byte, b'?' | b'#' | b'\\' | b'"' | b'<' | b'>')
        })
}
