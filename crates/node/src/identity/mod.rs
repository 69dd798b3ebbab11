//! The keys by which partners know this node: to sign, to open, and for the wire. They lie
//! encrypted in the data folder; the node's card says which they are.
//!
//! Start at [`ExchangeKeys::open_or_make`].

mod card;
mod certificate;
mod file;
mod rotation;
mod sealed;
mod secret;
#[cfg(test)]
mod tests;

use std::path::Path;

use anyhow::Context;
use egnatia_app::Identity;
use egnatia_protocol::{Fingerprint, OpeningKey, SignedCard, SigningKey};
use egnatia_record::{Clock, Entropy};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::config::Config;
use crate::failure::InputError;
use file::Place;
use secret::Secret;

pub use certificate::HeldCertificate;
pub use rotation::{OVERLAP_DAYS, RENEW_BEFORE, Rotation};
pub use sealed::{SealedKeys, TakenBack};

/// So many cards are remembered.
const CARDS_MAX: usize = 100;

/// The node's exchange keys, opened.
#[derive(Debug)]
pub struct ExchangeKeys {
    place: Place,
    secrets: Secrets,
}

/// What the file holds, encrypted. Of each kind the newest comes first.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Secrets {
    signing: Vec<HeldKey>,
    opening: Vec<HeldKey>,
    tls: Vec<HeldCertificate>,
    /// The card of the moment, as partners get it.
    card: String,
    /// The serial of the last card that partners were told of.
    announced: u64,
    /// All cards so far, the newest last.
    cards: Vec<CardNote>,
}

/// One secret and when it is used.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HeldKey {
    secret: Secret,
    not_before: Timestamp,
    not_after: Option<Timestamp>,
    revoked_at: Option<Timestamp>,
    /// From here on the secret is not kept.
    drop_at: Option<Timestamp>,
}

/// A card that there was.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CardNote {
    serial: u64,
    issued_at: Timestamp,
    fingerprint: Fingerprint,
}

impl HeldKey {
    fn new(secret: &[u8], not_before: Timestamp) -> Self {
        Self {
            secret: Secret::new(secret.to_vec()),
            not_before,
            not_after: None,
            revoked_at: None,
            drop_at: None,
        }
    }

    fn bytes(&self) -> anyhow::Result<&[u8; 32]> {
        let bytes = self.secret.reveal().try_into();
        bytes.context("an exchange key has another length than 32 bytes")
    }

    fn signing(&self) -> anyhow::Result<SigningKey> {
        Ok(SigningKey::from_bytes(self.bytes()?))
    }

    fn opening(&self) -> anyhow::Result<OpeningKey> {
        Ok(OpeningKey::from_bytes(self.bytes()?)?)
    }
}

impl ExchangeKeys {
    /// The keys in the data folder, which are made at the first start. Keys whose time is over
    /// go; a certificate that ends soon gets a successor beside it; where the configuration says
    /// something new, there is a new card.
    ///
    /// # Errors
    /// Where the files cannot be read or written, or where the one does not open with the other.
    pub fn open_or_make(
        folder: &Path,
        config: &Config,
        clock: &dyn Clock,
        entropy: &dyn Entropy,
    ) -> anyhow::Result<Self> {
        let place = Place::of(folder, config);
        let _lock = place.lock()?;
        let now = whole_seconds(clock.now());
        let mut keys = if place.exists() {
            let secrets = place.read()?;
            Self { place, secrets }
        } else {
            let secrets = Secrets::make(config, now, entropy)?;
            let keys = Self { place, secrets };
            keys.place.make(&keys.secrets, entropy)?;
            keys
        };
        let changed = keys.secrets.drop_old(now)
            | keys.secrets.renew_certificate(config, now)?
            | keys.secrets.renew_card(config, now)?;
        if changed {
            keys.place.write(&keys.secrets, entropy)?;
        }
        Ok(keys)
    }

    /// The keys in the data folder as they are: for a node that serves, when they were changed.
    ///
    /// # Errors
    /// Where the files cannot be read, or where the one does not open with the other.
    pub fn open(folder: &Path, config: &Config) -> anyhow::Result<Self> {
        let place = Place::of(folder, config);
        let secrets = place.read()?;
        Ok(Self { place, secrets })
    }

    /// New keys beside the old ones, as [`Rotation`] says.
    ///
    /// # Errors
    /// Where there are no keys yet, or too many that still overlap; where the files cannot be used.
    pub fn rotate(
        folder: &Path,
        config: &Config,
        rotation: Rotation,
        clock: &dyn Clock,
        entropy: &dyn Entropy,
    ) -> anyhow::Result<Self> {
        let place = Place::of(folder, config);
        let _lock = place.lock()?;
        let now = whole_seconds(clock.now());
        let mut secrets = place.read()?;
        secrets.drop_old(now);
        secrets.rotate(rotation, config, now, entropy)?;
        place.write(&secrets, entropy)?;
        Ok(Self { place, secrets })
    }

    /// Whether partners are still to be told of the card.
    pub fn is_to_be_announced(&self) -> anyhow::Result<bool> {
        Ok(self.card()?.card().serial > self.secrets.announced)
    }

    /// Remembers that partners are told of the card.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn announced(&mut self, entropy: &dyn Entropy) -> anyhow::Result<()> {
        let _lock = self.place.lock()?;
        let serial = self.card()?.card().serial;
        let mut newest = self.place.read()?;
        newest.announced = newest.announced.max(serial);
        self.place.write(&newest, entropy)?;
        self.secrets = newest;
        Ok(())
    }

    /// The node's card.
    ///
    /// # Errors
    /// Where the file does not hold one.
    pub fn card(&self) -> anyhow::Result<SignedCard> {
        self.secrets.signed_card()
    }

    /// What the use cases need.
    ///
    /// # Errors
    /// Where a key does not have the form of one.
    pub fn identity(&self) -> anyhow::Result<Identity> {
        let signing: anyhow::Result<_> =
            self.secrets.signing.iter().map(HeldKey::signing).collect();
        let opening: anyhow::Result<_> =
            self.secrets.opening.iter().map(HeldKey::opening).collect();
        Ok(Identity {
            card: self.card()?,
            signing: signing?,
            opening: opening?,
        })
    }

    /// What the wire shows, the newest first.
    pub fn certificates(&self) -> &[HeldCertificate] {
        &self.secrets.tls
    }

    /// Until when partners may know the newest certificate.
    pub fn certificate_ends(&self) -> Option<Timestamp> {
        self.secrets.tls.first().map(|held| held.not_after)
    }

    /// Whether the key that opens them lies beside them.
    pub fn unlock_lies_beside(&self) -> bool {
        self.place.unlock_lies_beside()
    }
}

/// The node's card in the data folder, which everybody may see: no key is needed for that.
///
/// # Errors
/// Where there is none yet, or the file cannot be read.
pub fn public_card(
    folder: &Path,
    config: &Config,
    clock: &dyn Clock,
) -> anyhow::Result<Option<SignedCard>> {
    Place::of(folder, config).public_card(clock.now())
}

/// Whether whoever asks can read the key that opens the node's exchange keys.
pub fn can_unlock(folder: &Path, config: &Config) -> bool {
    Place::of(folder, config).can_unlock()
}

/// What tells that the keys in a data folder were changed.
pub fn changed_at(folder: &Path, config: &Config) -> Option<std::time::SystemTime> {
    Place::of(folder, config).changed_at()
}

impl Secrets {
    fn make(config: &Config, now: Timestamp, entropy: &dyn Entropy) -> anyhow::Result<Self> {
        let mut secrets = Self {
            signing: Vec::new(),
            opening: Vec::new(),
            tls: Vec::new(),
            card: String::new(),
            announced: 0,
            cards: Vec::new(),
        };
        secrets.add_keys(config, now, entropy)?;
        secrets.issue_card(config, now)?;
        // At the first start there is nobody to tell.
        secrets.announced = 1;
        Ok(secrets)
    }

    /// New keys in front of those that are there.
    fn add_keys(
        &mut self,
        config: &Config,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> anyhow::Result<()> {
        let signing = SigningKey::generate(entropy);
        let opening = OpeningKey::generate(entropy);
        let new = HeldKey::new(signing.to_bytes().as_ref(), now);
        self.signing.insert(0, new);
        let new = HeldKey::new(opening.to_bytes().as_ref(), now);
        self.opening.insert(0, new);
        let new = HeldCertificate::make(&config.node.authority, now)?;
        self.tls.insert(0, new);
        Ok(())
    }

    /// Drops what is not used any more; `true` where something was.
    fn drop_old(&mut self, now: Timestamp) -> bool {
        let before = self.signing.len() + self.opening.len() + self.tls.len();
        let stays = |drop_at: Option<Timestamp>| drop_at.is_none_or(|end| now < end);
        self.signing.retain(|key| stays(key.drop_at));
        self.opening.retain(|key| stays(key.drop_at));
        self.tls.retain(|held| stays(held.drop_at));
        before > self.signing.len() + self.opening.len() + self.tls.len()
    }
}

/// Cards are read by people, too.
fn whole_seconds(now: Timestamp) -> Timestamp {
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}

/// What stands in every error about files that do not fit.
fn do_not_open(keys: &Path, unlock: &Path) -> InputError {
    InputError(format!(
        "the exchange keys `{}` do not open with the key in `{}`: one of them was altered or \
         belongs to another node; restore both as they were. Where they are lost, remove \
         exchange.keys, start the node, and give all partners the new card as at the first meeting",
        keys.display(),
        unlock.display()
    ))
}
