//! Partners' nodes and arrangements, as they are needed for every record: in memory, read again
//! when they change.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use egnatia_protocol::SignedCard;
use egnatia_record::{
    Arrangement, AuthorityId, Gate, Kind, Outgoing, PartnerCode, RecordId, Withheld,
};
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

/// Gates that somebody has opened with a justification.
pub type Gates = BTreeSet<Gate>;

/// Which arrangement is taken where several cover a record.
fn order(gate: Gate) -> u8 {
    match gate {
        Gate::OwnAssessment => 1,
        Gate::Derogation => 2,
        _ => 0,
    }
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

    /// What of a record may go to a partner, on `day`. Nothing goes through a gate that needs a
    /// justification: [`Directory::release_justified`].
    ///
    /// # Errors
    /// [`Withheld`].
    pub fn release(
        &self,
        outgoing: &Outgoing<'_>,
        to: &Partner,
        day: Date,
    ) -> Result<String, Withheld> {
        self.release_justified(outgoing, to, (day, &Gates::new()))
    }

    /// The same, also through the gates that transfer records of this record and recipient open. Any
    /// arrangement that needs no justification goes before them.
    ///
    /// # Errors
    /// [`Withheld`].
    pub fn release_justified(
        &self,
        outgoing: &Outgoing<'_>,
        to: &Partner,
        (day, open): (Date, &Gates),
    ) -> Result<String, Withheld> {
        let may_pass = |arrangement: &&Arrangement| {
            !arrangement.gate.needs_justification() || open.contains(&arrangement.gate)
        };
        let mut passing: Vec<_> = self.arrangements().filter(may_pass).collect();
        passing.sort_by_key(|arrangement| order(arrangement.gate));
        let withheld = match outgoing.release(to.code(), passing, day) {
            Ok(found) => return Ok(format!("{}: {}", found.gate, found.instrument)),
            Err(withheld) => withheld,
        };
        match self.to_be_justified(outgoing, to, day) {
            Ok(_) => Err(Withheld::NotJustified),
            Err(nearest) => Err(nearest.max(withheld)),
        }
    }

    /// The arrangement through which a record may go once somebody has justified it: an own
    /// assessment of the safeguards goes before a derogation, which is what remains (Art. 38(1)).
    ///
    /// # Errors
    /// [`Withheld`] where no justification helps.
    pub fn to_be_justified(
        &self,
        outgoing: &Outgoing<'_>,
        to: &Partner,
        day: Date,
    ) -> Result<&Arrangement, Withheld> {
        let needs = |arrangement: &&Arrangement| arrangement.gate.needs_justification();
        let mut closed: Vec<_> = self.arrangements().filter(needs).collect();
        closed.sort_by_key(|arrangement| order(arrangement.gate));
        outgoing.release(to.code(), closed, day)
    }

    /// The arrangement through which what is told to a partner goes once somebody has justified it,
    /// where nothing else is agreed with that partner on `day`.
    /// Nothing personal goes there before.
    pub fn answers_to_be_justified(&self, with: PartnerCode, day: Date) -> Option<&Arrangement> {
        let in_force = self
            .arrangements()
            .filter(|arrangement| arrangement.partner == with && arrangement.holds_on(day));
        in_force
            .min_by_key(|arrangement| order(arrangement.gate))
            .filter(|arrangement| arrangement.gate.needs_justification())
    }

    /// Whether anything may go to a partner on `day` that somebody has justified.
    pub fn may_be_justified(&self, with: PartnerCode, day: Date) -> bool {
        self.arrangements().any(|arrangement| {
            arrangement.partner == with
                && arrangement.gate.needs_justification()
                && arrangement.holds_on(day)
        })
    }

    /// All trusted nodes with what of a record goes there on `day`: shown before anything is sent.
    pub fn recipients(&self, outgoing: &Outgoing<'_>, day: Date) -> Vec<Recipient> {
        self.recipients_justified(outgoing, day, &BTreeMap::new())
    }

    /// The same where transfers to these authorities are justified, each through its gates.
    pub fn recipients_justified(
        &self,
        outgoing: &Outgoing<'_>,
        day: Date,
        justified: &BTreeMap<AuthorityId, Gates>,
    ) -> Vec<Recipient> {
        let trusted = self.partners().filter(|partner| partner.is_accepted());
        trusted
            .map(|partner| Recipient {
                authority: partner.row.authority.clone(),
                partner: partner.code(),
                name: partner.card.card().name("en").to_owned(),
                outcome: {
                    let open = justified.get(&partner.row.authority);
                    let open = open.unwrap_or(const { &Gates::new() });
                    self.release_justified(outgoing, partner, (day, open))
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
        let _reading = self.inner.exchange.reading_directory.lock().await;
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
