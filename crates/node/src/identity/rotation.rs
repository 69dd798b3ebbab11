//! New keys beside the old ones.

use egnatia_record::Entropy;
use jiff::{SignedDuration, Timestamp};

use super::{HeldCertificate, HeldKey, Secrets};
use crate::config::Config;
use crate::failure::InputError;

/// A card lists so many keys of a kind at most.
const GENERATIONS_MAX: usize = 4;
/// For how many days old keys are kept beside new ones, where nobody says otherwise.
pub const OVERLAP_DAYS: u16 = 30;
/// A certificate gets a successor so long before its end: twice the overlap, so that a node that was
/// away for the one still has the other.
pub const RENEW_BEFORE: SignedDuration = SignedDuration::from_hours(24 * 60);

/// How the old keys go.
#[derive(Debug, Clone, Copy)]
pub struct Rotation {
    /// For how many days the old keys are kept beside the new ones.
    pub overlap_days: u16,
    /// Whether the card says at once that the old ones are not valid any more. The node still keeps
    /// them for the overlap, to bring the new card to partners who have the old one.
    pub revoke: bool,
}

impl Secrets {
    /// New keys in front, and a card that both the old and the new ones have signed.
    pub(super) fn rotate(
        &mut self,
        rotation: Rotation,
        config: &Config,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> anyhow::Result<()> {
        if rotation.revoke {
            // Those before are long superseded, and there must be room.
            self.signing.truncate(GENERATIONS_MAX - 1);
            self.opening.truncate(GENERATIONS_MAX - 1);
            self.tls.truncate(GENERATIONS_MAX - 1);
        }
        if self.signing.len() >= GENERATIONS_MAX {
            let first = self.signing.iter().filter_map(|key| key.drop_at).min();
            let until = first.map_or_else(String::new, |at| format!(" until {at}"));
            let text = format!(
                "{} generations of keys still overlap{until}; wait, or use --revoke",
                self.signing.len()
            );
            return Err(InputError(text).into());
        }
        let overlap = SignedDuration::from_hours(i64::from(rotation.overlap_days) * 24);
        let end = now.saturating_add(overlap)?;
        for key in self.signing.iter_mut().chain(&mut self.opening) {
            key.goes(now, end, rotation.revoke);
        }
        for held in &mut self.tls {
            held.goes(now, overlap, rotation.revoke)?;
        }
        self.add_keys(config, now, entropy)?;
        self.issue_card(config, now)
    }
}

impl Secrets {
    /// A new certificate beside one that ends soon, with the overlap of a rotation; `true` where there
    /// is one. The other keys stay: they have no end of their own.
    pub(super) fn renew_certificate(
        &mut self,
        config: &Config,
        now: Timestamp,
    ) -> anyhow::Result<bool> {
        let newest = self.tls.first().map(|held| held.not_after);
        let lasts = newest.is_some_and(|end| end.duration_since(now) > RENEW_BEFORE);
        if lasts || self.tls.len() >= GENERATIONS_MAX {
            return Ok(false);
        }
        let overlap = SignedDuration::from_hours(24 * i64::from(OVERLAP_DAYS));
        for held in &mut self.tls {
            held.goes(now, overlap, false)?;
        }
        let new = HeldCertificate::make(&config.node.authority, now)?;
        self.tls.insert(0, new);
        Ok(true)
    }
}

impl HeldKey {
    fn goes(&mut self, now: Timestamp, end: Timestamp, revoke: bool) {
        if revoke {
            self.revoked_at = self.revoked_at.or(Some(now));
        }
        let end = self.drop_at.map_or(end, |before| before.min(end));
        self.drop_at = Some(end);
        if self.not_before < end {
            self.not_after = Some(self.not_after.map_or(end, |before| before.min(end)));
        }
    }
}

impl HeldCertificate {
    fn goes(
        &mut self,
        now: Timestamp,
        overlap: SignedDuration,
        revoke: bool,
    ) -> anyhow::Result<()> {
        let end = now.saturating_add(overlap)?;
        let end = self.drop_at.map_or(end, |before| before.min(end));
        self.drop_at = Some(end);
        if revoke || end <= self.not_before {
            self.on_card = false;
            self.first_until = None;
        } else {
            self.not_after = self.not_after.min(end);
            // The last tenth is for those who have the new card, and for finding out who has not.
            let first_until = now.saturating_add(overlap / 10 * 9)?;
            let before = self.first_until.unwrap_or(first_until);
            self.first_until = Some(before.min(first_until));
        }
        Ok(())
    }
}
