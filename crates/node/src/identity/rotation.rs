//! New keys beside the old ones.

use egnatia_record::Entropy;
use jiff::{SignedDuration, Timestamp};

use super::{HeldCertificate, HeldKey, Secrets};
use crate::config::Config;
use crate::failure::InputError;

/// A card lists so many keys of a kind at most.
const GENERATIONS_MAX: usize = 4;

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
