//! Partners' nodes: cards are read, compared by a person, accepted, revoked. No certificate
//! authority, and no trust at first sight.

use egnatia_audit::Operation;
use egnatia_protocol::{Fingerprint, NodeCard, SignedCard};
use egnatia_record::AuthorityId;
use serde_json::json;

use crate::exchange::{Contact, Identity};
use crate::port::{
    AWAITED, Change, DeliveryFilter, DeliveryRow, PartnerRow, PartnerState, WitnessRow,
};
use crate::writing::{EventAbout, to_the_microsecond};
use crate::{Action, App, AppError, Caller, Invalid};

/// A card before somebody decides on it.
#[derive(Debug, Clone)]
pub struct CardView {
    /// What the card says.
    pub card: NodeCard,
    /// What both sides compare, by telephone or face to face.
    pub fingerprint: Fingerprint,
    /// The state of the partner, where one of this authority is known.
    pub known: Option<PartnerState>,
    /// Whether a key of the known card vouches for this one.
    pub is_successor: bool,
}

/// A partner with what is going on between both nodes.
#[derive(Debug, Clone)]
pub struct PartnerView {
    /// As it is stored.
    pub row: PartnerRow,
    /// What its card says.
    pub card: NodeCard,
    /// Of its card.
    pub fingerprint: Fingerprint,
    /// When it was last reached, and what went wrong since.
    pub contact: Contact,
    /// How much waits for it.
    pub waiting: u64,
    /// Since when the oldest waits.
    pub oldest: Option<jiff::Timestamp>,
    /// What is wrong with its audit log, the worst first; that it does not countersign this node's;
    /// and proofs that were asked for.
    pub log_problems: Vec<WitnessRow>,
}

impl PartnerView {
    /// What is wrong with its audit log, so that somebody has to be called.
    pub fn log_alarm(&self) -> Option<&WitnessRow> {
        self.log_problems.iter().find(|row| row.is_alarm())
    }

    /// The serial of a card that the partner's node shows and this one does not have.
    pub fn newer_card(&self) -> Option<u64> {
        let is_accepted = self.row.state == PartnerState::Accepted;
        let newest = self.contact.newest_card.filter(|_| is_accepted);
        newest.filter(|serial| *serial > self.card.serial)
    }
}

impl App {
    /// The node's own card, where it has keys for exchange.
    pub fn own_card(&self) -> Option<SignedCard> {
        let identity = self.inner.exchange.identity()?;
        Some(identity.card.clone())
    }

    /// Takes new keys, and tells all partners of the new card.
    ///
    /// # Errors
    /// [`AppError::Store`] where the store does not answer.
    pub async fn rotate_identity(
        &self,
        caller: &Caller,
        identity: Identity,
    ) -> Result<(), AppError> {
        self.authorise(caller, Action::ManagePartners, None)?;
        let signed = identity.card.signed().to_bytes();
        let mut writing = self.writing(caller);
        let about = EventAbout::subject("own-card").data(json!({
            "card": identity.card.card().serial,
            "fingerprint": identity.card.fingerprint().to_string(),
        }));
        writing.log(Operation::Administration, about);
        for partner in self.directory().partners() {
            if partner.is_accepted() {
                let to = partner.row.authority.clone();
                let row = DeliveryRow {
                    payload: Some(signed.clone()),
                    ..DeliveryRow::queued(to, "card", writing.at)
                };
                writing.batch.changes.push(Change::Enqueue(row));
            }
        }
        self.store().commit(writing.batch).await?;
        self.inner.exchange.set_identity(identity);
        self.inner.exchange.wake();
        Ok(())
    }

    /// Takes keys that another process of this node made, and told partners of.
    pub fn take_identity(&self, identity: Identity) {
        self.inner.exchange.set_identity(identity);
        self.inner.exchange.wake();
    }

    /// Reads a partner's card, as JSON or as the codes that hold it, for whoever is to decide on it.
    /// Nothing is stored.
    ///
    /// # Errors
    /// [`AppError::Invalid`] where it is not a card, or not a valid one; [`AppError::Forbidden`].
    pub fn read_card(&self, caller: &Caller, json: &[u8]) -> Result<CardView, AppError> {
        self.authorise(caller, Action::ManagePartners, None)?;
        let card = self.parse_card(json)?;
        let directory = self.directory();
        let known = directory.known(&card.card().authority);
        let succeeds = |held: &crate::Partner| card.succeeds(held.card.card(), self.now()).is_ok();
        Ok(CardView {
            fingerprint: card.fingerprint(),
            is_successor: known.is_some_and(|held| succeeds(held)),
            known: known.map(|held| held.row.state),
            card: card.card().clone(),
        })
    }

    fn parse_card(&self, json: &[u8]) -> Result<SignedCard, AppError> {
        let card = SignedCard::read(json, self.now())
            .map_err(|error| Invalid::new("card", "invalid", error.to_string()))?;
        if card.card().authority == self.inner.settings.authority {
            return Err(Invalid::new("card", "own", "this is the card of this node itself").into());
        }
        Ok(card)
    }

    /// Accepts a partner, or a new card of one: whoever decides states the fingerprint that the
    /// partner's administrator read out.
    ///
    /// # Errors
    /// [`AppError::Invalid`] where the fingerprint is not that of the card;
    /// [`AppError::Conflict`] where somebody else decided meanwhile; [`AppError::Forbidden`].
    pub async fn accept_partner(
        &self,
        caller: &Caller,
        json: &[u8],
        fingerprint: &str,
    ) -> Result<AuthorityId, AppError> {
        self.authorise(caller, Action::ManagePartners, None)?;
        let card = self.parse_card(json)?;
        let stated: Fingerprint =
            fingerprint
                .parse()
                .map_err(|error: egnatia_protocol::InvalidFingerprint| {
                    Invalid::new("fingerprint", "invalid", error.to_string())
                })?;
        if stated != card.fingerprint() {
            let text = "this is not the fingerprint of the card: somebody may have put another \
                        card in its place; do not accept it, and ask the partner for the card again";
            return Err(Invalid::new("fingerprint", "differs", text).into());
        }
        let authority = card.card().authority.clone();
        self.decide_on_partner(caller, &card, PartnerState::Accepted)
            .await?;
        Ok(authority)
    }

    /// Ends the trust in a partner's node. Nothing goes there and nothing is taken from there.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Conflict`], [`AppError::Forbidden`].
    pub async fn revoke_partner(
        &self,
        caller: &Caller,
        authority: &AuthorityId,
    ) -> Result<(), AppError> {
        self.authorise(caller, Action::ManagePartners, None)?;
        let directory = self.directory();
        let known = directory
            .known(authority)
            .ok_or(AppError::NotFound("partner"))?;
        if known.row.state == PartnerState::Revoked {
            return Err(AppError::Conflict(
                "the partner is revoked already".to_owned(),
            ));
        }
        self.decide_on_partner(caller, &known.card, PartnerState::Revoked)
            .await
    }

    async fn decide_on_partner(
        &self,
        caller: &Caller,
        card: &SignedCard,
        state: PartnerState,
    ) -> Result<(), AppError> {
        let authority = card.card().authority.clone();
        let directory = self.directory();
        let known = directory.known(&authority);
        let mut writing = self.writing(caller);
        let about = EventAbout::subject(format!("partner:{authority}")).data(json!({
            "state": state.as_str(),
            "card": card.card().serial,
            "fingerprint": card.fingerprint().to_string(),
        }));
        writing.log(Operation::Administration, about);
        let row = PartnerRow {
            authority,
            partner: card.card().partner,
            state,
            card: card.to_json().into_bytes(),
            decided_by: caller.login.clone(),
            decided_at: to_the_microsecond(self.now()),
            revision: known.map_or(0, |held| held.row.revision) + 1,
        };
        writing.batch.changes.push(Change::PutPartner(row));
        self.store().commit(writing.batch).await?;
        self.reload_directory().await?;
        self.inner.exchange.wake();
        Ok(())
    }

    /// All partners, with what is going on between both nodes.
    ///
    /// # Errors
    /// [`AppError::Forbidden`]; [`AppError::Store`] where the store does not answer.
    pub async fn partners(&self, caller: &Caller) -> Result<Vec<PartnerView>, AppError> {
        self.authorise(caller, Action::ListPartners, None)?;
        let queues = self.store().queues().await?;
        let mut problems = self.store().witnesses().await?;
        let own = &self.inner.settings.authority;
        problems.retain(|row| row.problem.is_some() && row.problem.as_deref() != Some(AWAITED));
        problems.sort_by_key(|row| !row.is_alarm());
        let contacts = self.inner.exchange.contacts();
        let directory = self.directory();
        let view = |partner: &std::sync::Arc<crate::Partner>| {
            let authority = &partner.row.authority;
            let queue = queues.iter().find(|queue| queue.to == *authority);
            PartnerView {
                contact: contacts.get(authority).cloned().unwrap_or_default(),
                waiting: queue.map_or(0, |queue| queue.waiting),
                oldest: queue.map(|queue| queue.oldest),
                log_problems: problems
                    .iter()
                    .filter(|row| {
                        let fails_us = row.log == *own && row.is_silence();
                        row.log == *authority || (fails_us && row.witness == *authority)
                    })
                    .cloned()
                    .collect(),
                row: partner.row.clone(),
                card: partner.card.card().clone(),
                fingerprint: partner.card.fingerprint(),
            }
        };
        Ok(directory.partners().map(view).collect())
    }

    /// What was ever queued for a partner, newest first, at most 200 rows.
    ///
    /// # Errors
    /// [`AppError::NotFound`], [`AppError::Forbidden`].
    pub async fn deliveries_to(
        &self,
        caller: &Caller,
        authority: &AuthorityId,
        wanted: DeliveryFilter,
    ) -> Result<Vec<DeliveryRow>, AppError> {
        self.authorise(caller, Action::ListPartners, None)?;
        if self.directory().known(authority).is_none() {
            return Err(AppError::NotFound("partner"));
        }
        let wanted = DeliveryFilter {
            limit: wanted.limit.clamp(1, 200),
            ..wanted
        };
        let rows = self.store().deliveries_to(authority, wanted).await?;
        // The payload is for the recipient.
        Ok(rows
            .into_iter()
            .map(|row| DeliveryRow {
                payload: None,
                ..row
            })
            .collect())
    }
}
