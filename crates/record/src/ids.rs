//! Identifiers. Those that leave the node are random, never time-ordered: an id must not tell
//! when or how often an authority writes.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Entropy;

/// An identifier that does not have the expected form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is not {expected}")]
pub struct InvalidId {
    expected: &'static str,
    found: String,
}

/// A record, through all its versions.
///
/// 128 bits, written as 32 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct RecordId([u8; 16]);

impl RecordId {
    /// A new random identifier.
    pub fn random(entropy: &dyn Entropy) -> Self {
        let mut bytes = [0; 16];
        entropy.fill(&mut bytes);
        Self(bytes)
    }

    /// A new identifier for a record that never leaves the node: it tells when it was made.
    ///
    /// The layout is that of UUID version 7 (RFC 9562): 48 bits of milliseconds, 26 bits of `place`
    /// among those made together, 48 random bits. A store finds the place of such an identifier
    /// at the end of its tables, in the place of a random one in the middle of a large file.
    pub fn local(at: Timestamp, place: u32, entropy: &dyn Entropy) -> Self {
        let mut random = [0; 6];
        entropy.fill(&mut random);
        let [a, b, c, d, e, f] = random;
        let [_, _, t0, t1, t2, t3, t4, t5] = at.as_millisecond().max(0).to_be_bytes();
        let [p0, p1, p2, p3] = place.to_be_bytes();
        // Twelve bits of the place before the variant, fourteen behind it.
        let [high0, high1] =
            ((u16::from_be_bytes([p0, p1]) << 2) | u16::from(p2 >> 6)).to_be_bytes();
        Self([
            t0,
            t1,
            t2,
            t3,
            t4,
            t5,
            0x70 | (high0 & 0x0f),
            high1,
            0x80 | (p2 & 0x3f),
            p3,
            a,
            b,
            c,
            d,
            e,
            f,
        ])
    }

    /// A new identifier for one of many records that are written together, and may leave the node: it
    /// tells neither when it was made nor in which order. All of a `group` begin with the same six
    /// bytes, which are random, and so stand beside each other in the tables of a store.
    pub fn in_group(group: [u8; 6], entropy: &dyn Entropy) -> Self {
        let mut bytes = [0; 16];
        entropy.fill(&mut bytes);
        for (byte, shared) in bytes.iter_mut().zip(group) {
            *byte = shared;
        }
        Self(bytes)
    }

    /// The identifier with these bytes, as a store keeps it.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The 16 bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecordId({self})")
    }
}

impl FromStr for RecordId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        parse_hex(text).map(Self).ok_or_else(|| InvalidId {
            expected: "an id of 32 lower-case hexadecimal digits",
            found: text.chars().take(64).collect(),
        })
    }
}

impl From<RecordId> for String {
    fn from(id: RecordId) -> Self {
        id.to_string()
    }
}

impl TryFrom<String> for RecordId {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        text.parse()
    }
}

fn parse_hex(text: &str) -> Option<[u8; 16]> {
    let digits: &[u8; 32] = text.as_bytes().try_into().ok()?;
    let mut bytes = [0; 16];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let [high, low] = pair else { return None };
        *byte = hex_digit(*high)? << 4 | hex_digit(*low)?;
    }
    Some(bytes)
}

fn hex_digit(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        _ => None,
    }
}

macro_rules! name_id {
    ($(#[$doc:meta])* $name:ident, $expected:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(into = "String", try_from = "String")]
        pub struct $name(String);

        impl $name {
            /// The name as written.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let allowed = |c: char| {
                    c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '.' | '_' | ':')
                };
                if (1..=64).contains(&text.len()) && text.chars().all(allowed) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(InvalidId {
                        expected: $expected,
                        found: text.chars().take(64).collect(),
                    })
                }
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;

            fn try_from(text: String) -> Result<Self, InvalidId> {
                text.parse()
            }
        }
    };
}

name_id! {
    /// An authority: the owner of a node and of the records it originates, such as `mk-mvr`.
    AuthorityId,
    "an authority id (1 to 64 of a-z, 0-9, `-`, `.`, `_`, `:`)"
}
impl AuthorityId {
    /// The authority of a node that nobody has configured yet: `example-authority`.
    pub fn placeholder() -> Self {
        Self("example-authority".to_owned())
    }
}

name_id! {
    /// A person who acts: an account of the node, or `os:NAME` for a user of the command line.
    UserId,
    "a user id (1 to 64 of a-z, 0-9, `-`, `.`, `_`, `:`)"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_ids_survive_their_text_form() {
        let id = RecordId::from_bytes([0xab; 16]);
        assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn local_ids_come_in_the_order_in_which_they_were_made() {
        struct Ones;
        impl Entropy for Ones {
            fn fill(&self, bytes: &mut [u8]) {
                bytes.fill(u8::MAX);
            }
        }
        let at = Timestamp::from_millisecond(0x0123_4567_89ab).unwrap();
        let first = RecordId::local(at, 0, &Ones).to_string();
        assert_eq!(first, "0123456789ab70008000ffffffffffff");
        let places = [0, 1, 0x3fff, 0x4000, 0x3ff_ffff];
        let later = Timestamp::from_millisecond(0x0123_4567_89ac).unwrap();
        let ids = places.map(|place| RecordId::local(at, place, &Ones));
        assert!(ids.is_sorted());
        assert!(ids.iter().all(|id| *id < RecordId::local(later, 0, &Ones)));
        assert_eq!(ids[4].to_string(), "0123456789ab7fffbfffffffffffffff");
    }

    #[test]
    fn refuses_ids_of_another_length_or_case() {
        for text in [
            "",
            "ab",
            &"AB".repeat(16),
            &"zz".repeat(16),
            &"ab".repeat(17),
        ] {
            assert!(text.parse::<RecordId>().is_err(), "{text}");
        }
    }

    #[test]
    fn refuses_user_ids_with_spaces_or_capitals() {
        assert!("os:root".parse::<UserId>().is_ok());
        for text in ["", "Ana", "a b", "a\n", &"a".repeat(65)] {
            assert!(text.parse::<UserId>().is_err(), "{text}");
        }
    }
}
