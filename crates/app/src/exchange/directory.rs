//! Partners' nodes and arrangements, as they are needed for every record: in memory, read again
//! when they change.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use egnatia_protocol::SignedCard;
use egnatia_record::{Arrangement, AuthorityId, Kind, Outgoing, PartnerCode, RecordId, Withheld};
use jiff::civil::Date;

use crate::port::{PartnerRow, PartnerState, RecordFilter};
use crate::{App, AppError, read_body};

/// The state of an arrangement that holds, whatever its dates say.
pub(crate) const AGREED: &str = "agreed";
/// The most arrangements that are read.
const ARRANGEMENTS_MAX: u32 = 1_000;

/// Who is known, and what was agreed.
#[derive(Debug, Default)]
pub struct Directory {
    partners: BTreeMap<AuthorityId, Arc<Partner>>,
    arrangements: Vec<(RecordId, Arrangement)>,
}

/// A partner's node with its card.
#[derive(Debug)]
pub struct Partner {
    /// As it is stored.
    pub row: PartnerRow,
    /// Its newest card.
    pub card: SignedCard,
}

impl Partner {
    /// Whether it is trusted.
    pub fn is_accepted(&self) -> bool {
        self.row.state == PartnerState::Accepted
    }

    /// Of which country, or the agencies of the Union.
    pub fn code(&self) -> PartnerCode {
        self.row.partner
    }
}

/// Where a record goes, or why it does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// Whose node.
    pub authority: AuthorityId,
    /// Of which country, or the agencies of the Union.
    pub partner: PartnerCode,
    /// What it is called.
    pub name: String,
    /// Gate and instrument, or why it does not go there.
    pub outcome: Result<String, Withheld>,
}

impl Directory {
    /// All nodes, trusted or not.
    pub fn partners(&self) -> impl Iterator<Item = &Arc<Partner>> {
        self.partners.values()
    }

    /// The node of an authority, if it is trusted.
    pub fn accepted(&self, authority: &AuthorityId) -> Option<&Arc<Partner>> {
        self.partners
            .get(authority)
            .filter(|partner| partner.is_accepted())
    }

    /// The node of an authority, trusted or not.
    pub fn known(&self, authority: &AuthorityId) -> Option<&Arc<Partner>> {
        self.partners.get(authority)
    }

    /// What was agreed.
    pub fn arrangements(&self) -> impl Iterator<Item = &Arrangement> {
        self.arrangements.iter().map(|(_, arrangement)| arrangement)
    }

    /// The same with the records.
    pub fn arrangement_records(&self) -> &[(RecordId, Arrangement)] {
        &self.arrangements
    }

    /// What of a record may go to a partner, on `day`. Nothing goes by a derogation:
    /// [`Directory::release_justified`].
    ///
    /// # Errors
    /// [`Withheld`].
    pub fn release(
        &self,
        outgoing: &Outgoing<'_>,
        to: &Partner,
        day: Date,
    ) -> Result<String, Withheld> {
        self.release_justified(outgoing, to, (day, false))
    }

    /// The same, by a derogation too where a transfer record of this record and recipient justifies
    /// it. A derogation is what remains: any other arrangement goes before it.
    ///
    /// # Errors
    /// [`Withheld`].
    pub fn release_justified(
        &self,
        outgoing: &Outgoing<'_>,
        to: &Partner,
        (day, is_justified): (Date, bool),
    ) -> Result<String, Withheld> {
        let ground = |found: &Arrangement| format!("{}: {}", found.gate, found.instrument);
        let systematic = self
            .arrangements()
            .filter(|arrangement| !arrangement.gate.needs_justification());
        match outgoing.release(to.code(), systematic, day) {
            Ok(found) => Ok(ground(found)),
            Err(withheld) => match outgoing.release(to.code(), self.arrangements(), day) {
                Ok(found) if is_justified => Ok(ground(found)),
                Ok(_) => Err(Withheld::NotJustified),
                Err(nearest) => Err(nearest.max(withheld)),
            },
        }
    }

    /// Whether derogations are all that is agreed with a partner on `day`: then nothing personal goes
    /// there without a justification.
    pub fn is_only_by_derogation(&self, with: PartnerCode, day: Date) -> bool {
        let mut in_force = self
            .arrangements()
            .filter(|arrangement| arrangement.partner == with && arrangement.holds_on(day))
            .peekable();
        in_force.peek().is_some() && in_force.all(|held| held.gate.needs_justification())
    }

    /// Whether anything may go to a partner by a derogation on `day`.
    pub fn has_derogation(&self, with: PartnerCode, day: Date) -> bool {
        self.arrangements().any(|arrangement| {
            arrangement.partner == with
                && arrangement.gate.needs_justification()
                && arrangement.holds_on(day)
        })
    }

    /// All trusted nodes with what of a record goes there on `day`: shown before anything is sent.
    pub fn recipients(&self, outgoing: &Outgoing<'_>, day: Date) -> Vec<Recipient> {
        self.recipients_justified(outgoing, day, &BTreeSet::new())
    }

    /// The same where transfers to these authorities are justified.
    pub fn recipients_justified(
        &self,
        outgoing: &Outgoing<'_>,
        day: Date,
        justified: &BTreeSet<AuthorityId>,
    ) -> Vec<Recipient> {
        let trusted = self.partners().filter(|partner| partner.is_accepted());
        trusted
            .map(|partner| Recipient {
                authority: partner.row.authority.clone(),
                partner: partner.code(),
                name: partner.card.card().name("en").to_owned(),
                outcome: {
                    let is_justified = justified.contains(&partner.row.authority);
                    self.release_justified(outgoing, partner, (day, is_justified))
                },
            })
            .collect()
    }
}

impl App {
    /// Reads partners and arrangements again: after a change, and now and then, as another process
    /// may have changed them.
    ///
    /// # Errors
    /// [`AppError::Store`] where the store does not answer.
    pub async fn reload_directory(&self) -> Result<(), AppError> {
        let before = self.directory();
        let mut partners = BTreeMap::new();
        for row in self.store().partners().await? {
            // A card is verified once for all the time that it is held.
            let held = before.partners.get(&row.authority);
            let partner = match held {
                Some(held) if held.row == row => Arc::clone(held),
                _ => match SignedCard::parse(&row.card, row.decided_at) {
                    Ok(card) => Arc::new(Partner { row, card }),
                    Err(error) => {
                        tracing::error!(authority = %row.authority, %error, "a stored card is not valid");
                        continue;
                    }
                },
            };
            partners.insert(partner.row.authority.clone(), partner);
        }
        let filter = RecordFilter {
            kind: Kind::Arrangement,
            state: Some(AGREED.to_owned()),
            created_by: None,
            after: None,
            limit: ARRANGEMENTS_MAX,
        };
        let mut arrangements = Vec::new();
        for stored in self.store().find(&filter).await? {
            if let Some(arrangement) = read_body::<Arrangement>(&stored)? {
                arrangements.push((stored.envelope.id, arrangement));
            }
        }
        self.inner.exchange.set_directory(Directory {
            partners,
            arrangements,
        });
        Ok(())
    }

    /// Who is known, and what was agreed.
    pub fn directory(&self) -> Arc<Directory> {
        self.inner.exchange.directory()
    }
}
