//! A node's card: who it is, where it is, which keys it has.
//!
//! Keys rotate with an overlap: a new card lists the new key beside the old one, and both are valid
//! for a time. A key is revoked by a new card that gives the day, or that leaves the key out.

mod check;

use std::collections::BTreeMap;

use egnatia_record::{AuthorityId, PartnerCode};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Digest, KeyId, SealingKey, VerifyingKey};

pub use check::CardFieldError;

/// The payload type of a card.
pub const CARD_TYPE: &str = "application/vnd.egnatia.card+json; v=1";
/// So much may the clocks of two nodes differ: a key or card that begins within it counts already.
pub const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_mins(10);

/// What a node says of itself. Bounds are in [`CardFieldError`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeCard {
    /// The form of this card.
    pub format: CardFormat,
    /// Counts the cards of this node from 1. Each new card has a greater one.
    pub serial: u64,
    /// Whose node it is.
    pub authority: AuthorityId,
    /// Of which partner the authority is.
    pub partner: PartnerCode,
    /// The authority's name by language tag (BCP 47), 1 to 16.
    pub names: BTreeMap<String, String>,
    /// Where the node takes envelopes: 1 to 4 `https` addresses, the preferred one first.
    pub addresses: Vec<String>,
    /// Ed25519 keys that sign what the node says: 1 to 4.
    pub signing: Vec<CardKey<VerifyingKey>>,
    /// X-Wing keys that others seal to: 1 to 4.
    pub sealing: Vec<CardKey<SealingKey>>,
    /// Certificates by which the node is known on the wire: at most 4.
    pub tls: Vec<Pin>,
    /// When the card was made.
    pub issued_at: Timestamp,
}

/// The forms of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum CardFormat {
    /// The first.
    #[serde(rename = "egnatia-card/1")]
    V1,
}

/// A key and when it may be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CardKey<K> {
    /// The public key.
    pub key: K,
    /// Valid from here.
    pub not_before: Timestamp,
    /// Valid until before here; without it, until a later card says otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_after: Option<Timestamp>,
    /// Set where the key must not be used any more, whatever the dates say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<Timestamp>,
}

/// A certificate that the node shows on the wire: SHA-256 of its SubjectPublicKeyInfo (RFC 7469).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pin {
    /// SHA-256 of the DER of the SubjectPublicKeyInfo.
    pub sha256: Digest,
    /// Shown from here.
    pub not_before: Timestamp,
    /// Shown until before here.
    pub not_after: Timestamp,
}

impl<K> CardKey<K> {
    /// Whether the key is valid at `now`.
    pub fn valid_at(&self, now: Timestamp) -> bool {
        self.not_before <= now && self.lasts_at(now)
    }

    /// As [`CardKey::valid_at`], for a reader whose clock may be behind by [`CLOCK_TOLERANCE`].
    pub fn accepted_at(&self, now: Timestamp) -> bool {
        self.not_before <= later(now) && self.lasts_at(now)
    }

    fn lasts_at(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.not_after.is_none_or(|end| now < end)
    }
}

/// The latest moment that another node's clock may show at `now`.
pub(crate) fn later(now: Timestamp) -> Timestamp {
    now.checked_add(CLOCK_TOLERANCE).unwrap_or(Timestamp::MAX)
}

impl NodeCard {
    /// The keys whose signatures are believed at `now`, with tolerance for clocks.
    pub fn signing_keys_at(&self, now: Timestamp) -> impl Iterator<Item = &VerifyingKey> {
        self.signing
            .iter()
            .filter(move |entry| entry.accepted_at(now))
            .map(|entry| &entry.key)
    }

    /// The newest key that is valid at `now`, to which others seal; where there is none, the first
    /// that becomes valid within the tolerance for clocks: the sender's may be behind.
    pub fn sealing_key_at(&self, now: Timestamp) -> Option<&SealingKey> {
        let valid = self.sealing.iter().filter(|entry| entry.valid_at(now));
        let soon = self.sealing.iter().filter(|entry| entry.accepted_at(now));
        valid
            .max_by_key(|entry| entry.not_before)
            .or_else(|| soon.min_by_key(|entry| entry.not_before))
            .map(|entry| &entry.key)
    }

    /// The certificates that the node may show at `now`.
    pub fn pins_at(&self, now: Timestamp) -> impl Iterator<Item = &Pin> {
        self.tls
            .iter()
            .filter(move |pin| pin.not_before <= later(now) && now < pin.not_after)
    }

    /// The name in `language`, or in English, or in the first language there is.
    pub fn name(&self, language: &str) -> &str {
        self.names
            .get(language)
            .or_else(|| self.names.get("en"))
            .or_else(|| self.names.values().next())
            .map_or(self.authority.as_str(), String::as_str)
    }

    /// Whether the card lists the signing key `id`, valid or not.
    pub fn lists(&self, id: KeyId) -> bool {
        self.signing.iter().any(|entry| entry.key.id() == id)
    }
}
