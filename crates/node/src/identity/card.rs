//! The node's card: what the configuration says, and the public half of the keys.

use anyhow::Context;
use egnatia_protocol::{CardFormat, CardKey, NodeCard, SignedCard, SigningKey};
use jiff::Timestamp;

use super::{CARDS_MAX, CardNote, HeldKey, Secrets};
use crate::config::Config;
use crate::failure::InputError;

/// A node's card names the authority in English where nothing else is said.
const ENGLISH: &str = "en";

impl Secrets {
    pub(super) fn signed_card(&self) -> anyhow::Result<SignedCard> {
        let issued_at = self.cards.last().map(|note| note.issued_at);
        let issued_at = issued_at.context("the exchange keys hold no card")?;
        let card = SignedCard::parse(self.card.as_bytes(), issued_at);
        card.context("the card of this node cannot be read")
    }

    /// A new card where its content is not that of the one before; `true` where there is one.
    pub(super) fn renew_card(&mut self, config: &Config, now: Timestamp) -> anyhow::Result<bool> {
        let held = self.signed_card()?;
        let held = held.card();
        let wanted = self.card_of(config, held.serial, held.issued_at)?;
        if wanted == *held {
            return Ok(false);
        }
        self.issue_card(config, now)?;
        Ok(true)
    }

    /// Signs the next card with all keys, the old ones too: they vouch for it.
    pub(super) fn issue_card(&mut self, config: &Config, now: Timestamp) -> anyhow::Result<()> {
        let serial = self.cards.last().map_or(0, |note| note.serial) + 1;
        let card = self.card_of(config, serial, now)?;
        let keys: anyhow::Result<Vec<SigningKey>> =
            self.signing.iter().map(HeldKey::signing).collect();
        let keys = keys?;
        let card = SignedCard::sign(&card, &keys.iter().collect::<Vec<_>>())
            .map_err(|error| InputError(error.to_string()))
            .context("no card can be made of [node] and [exchange]")?;
        self.card = card.to_json();
        self.cards.push(CardNote {
            serial,
            issued_at: now,
            fingerprint: card.fingerprint(),
        });
        let too_many = self.cards.len().saturating_sub(CARDS_MAX);
        self.cards.drain(..too_many);
        Ok(())
    }

    fn card_of(
        &self,
        config: &Config,
        serial: u64,
        issued_at: Timestamp,
    ) -> anyhow::Result<NodeCard> {
        let partner = config.node.partner.ok_or_else(|| {
            InputError("[node] partner is missing: AL, BA, XK, ME, MK, RS or EU".to_owned())
        })?;
        let mut names = config.node.names.clone();
        names
            .entry(ENGLISH.to_owned())
            .or_insert_with(|| config.node.name.trim().to_owned());
        let exchange = &config.exchange;
        let address = match (&exchange.address, exchange.listen) {
            (Some(address), _) => address.trim_end_matches('/').to_owned(),
            (None, Some(listen)) => format!("https://{listen}"),
            (None, None) => {
                let text = "[exchange] listen is missing: this node does not exchange";
                return Err(InputError(text.to_owned()).into());
            }
        };
        let mut signing = Vec::new();
        for held in &self.signing {
            signing.push(on_card(held, *held.signing()?.verifying_key()));
        }
        let mut sealing = Vec::new();
        for held in &self.opening {
            sealing.push(on_card(held, held.opening()?.sealing_key().clone()));
        }
        let listed = self.tls.iter().filter(|held| held.on_card);
        let tls: anyhow::Result<_> = listed.map(super::HeldCertificate::pin).collect();
        Ok(NodeCard {
            format: CardFormat::V1,
            serial,
            authority: config.node.authority.clone(),
            partner,
            names,
            addresses: vec![address],
            signing,
            sealing,
            tls: tls?,
            issued_at,
        })
    }
}

fn on_card<K>(held: &HeldKey, key: K) -> CardKey<K> {
    CardKey {
        key,
        not_before: held.not_before,
        not_after: held.not_after,
        revoked_at: held.revoked_at,
    }
}
