//! What can happen to a weapon.

use egnatia_record::{AuthorityId, UserId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::kind::words;
use crate::text::{TEXT_MAX, WORD_MAX, fits, says};
use crate::{Country, Holder, LifeRefused};

/// Something that happened to a weapon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Event {
    /// It was made; whoever made it has it.
    Manufacture {
        /// Who.
        holder: Holder,
    },
    /// It came into the country.
    Import {
        /// From where.
        from: Country,
        /// Who received it.
        holder: Holder,
        /// Number of the licence.
        licence: String,
    },
    /// It left the country.
    Export {
        /// To where.
        to: Country,
        /// Number of the licence.
        licence: String,
        /// Who received it there, by name of a body; never a person.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        consignee: Option<String>,
    },
    /// It passes through the country.
    Transit {
        /// From where.
        from: Country,
        /// To where.
        to: Country,
        /// Number of the licence.
        licence: String,
    },
    /// Whoever has it was licensed for it.
    Licence {
        /// Who.
        holder: Holder,
        /// Number.
        number: String,
        /// Until when, inclusive.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Date>,
    },
    /// It went from one holder to another.
    Transfer {
        /// From whom; absent where an authority gives it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<Holder>,
        /// To whom.
        to: Holder,
    },
    /// It was lost.
    Loss(Report),
    /// It was stolen.
    Theft(Report),
    /// It was found, and an authority has it.
    Find(Taken),
    /// It was handed in.
    Surrender(Taken),
    /// It was seized.
    Seizure(Taken),
    /// What was not registered is licensed to its holder.
    Legalisation {
        /// To whom.
        holder: Holder,
        /// Number of the licence.
        number: String,
    },
    /// It was made to fire otherwise: from an alarm weapon, to another calibre, to full automatic.
    Conversion {
        /// From what to what.
        change: String,
    },
    /// It was made unfit to fire for good (Implementing Regulation (EU) 2015/2403).
    Deactivation {
        /// Number of the certificate.
        certificate: String,
    },
    /// It was destroyed.
    Destruction {
        /// Who proposed and did it.
        first: UserId,
        /// Who confirmed it: another officer.
        second: UserId,
        /// How.
        method: String,
        /// The evidence: protocol, photographs, witnesses.
        evidence: String,
    },
    /// It was entered in another register, or anew.
    #[serde(rename = "re-registration")]
    Reregistration {
        /// Under which number.
        number: String,
        /// Who has it, where it comes from a register of before and nothing was recorded here yet.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        holder: Option<Holder>,
    },
    /// An earlier event was recorded wrongly.
    Correction {
        /// Which, from 1.
        of: u32,
        /// What happened in truth; absent where nothing did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        instead: Option<Box<Event>>,
        /// When it happened in truth.
        on: Date,
        /// Why.
        reason: String,
        /// Who proposed it, where two officers had signed what it corrects: whoever recorded it signed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        first: Option<UserId>,
    },
}

/// That a weapon is missed, and since when that is known: the clock of the report starts there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// When it was discovered.
    pub discovered_at: Timestamp,
    /// Where, and how. No names.
    pub circumstances: String,
}

/// That an authority took a weapon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Taken {
    /// Which authority has it now.
    pub authority: AuthorityId,
    /// Where, and how. No names.
    pub circumstances: String,
}

words! {
    /// Events by their name.
    EventKind {
        /// It was made.
        Manufacture = "manufacture",
        /// It came into the country.
        Import = "import",
        /// It left the country.
        Export = "export",
        /// It passes through.
        Transit = "transit",
        /// Its holder was licensed.
        Licence = "licence",
        /// It changed hands.
        Transfer = "transfer",
        /// It was lost.
        Loss = "loss",
        /// It was stolen.
        Theft = "theft",
        /// It was found.
        Find = "find",
        /// It was handed in.
        Surrender = "surrender",
        /// It was seized.
        Seizure = "seizure",
        /// It was made legal.
        Legalisation = "legalisation",
        /// It was converted.
        Conversion = "conversion",
        /// It was deactivated.
        Deactivation = "deactivation",
        /// It was destroyed.
        Destruction = "destruction",
        /// It was registered anew.
        Reregistration = "re-registration",
        /// Something was corrected.
        Correction = "correction",
    }
}

impl Event {
    /// Its name.
    pub const fn kind(&self) -> EventKind {
        match self {
            Self::Manufacture { .. } => EventKind::Manufacture,
            Self::Import { .. } => EventKind::Import,
            Self::Export { .. } => EventKind::Export,
            Self::Transit { .. } => EventKind::Transit,
            Self::Licence { .. } => EventKind::Licence,
            Self::Transfer { .. } => EventKind::Transfer,
            Self::Loss(_) => EventKind::Loss,
            Self::Theft(_) => EventKind::Theft,
            Self::Find(_) => EventKind::Find,
            Self::Surrender(_) => EventKind::Surrender,
            Self::Seizure(_) => EventKind::Seizure,
            Self::Legalisation { .. } => EventKind::Legalisation,
            Self::Conversion { .. } => EventKind::Conversion,
            Self::Deactivation { .. } => EventKind::Deactivation,
            Self::Destruction { .. } => EventKind::Destruction,
            Self::Reregistration { .. } => EventKind::Reregistration,
            Self::Correction { .. } => EventKind::Correction,
        }
    }

    /// Whether two officers sign it, and what corrects it.
    pub const fn needs_two(&self) -> bool {
        matches!(self, Self::Destruction { .. })
    }

    /// Holders that it names.
    pub fn holders(&self) -> impl Iterator<Item = &Holder> {
        let (one, other) = match self {
            Self::Manufacture { holder }
            | Self::Import { holder, .. }
            | Self::Licence { holder, .. }
            | Self::Legalisation { holder, .. } => (Some(holder), None),
            Self::Transfer { from, to } => (from.as_ref(), Some(to)),
            Self::Reregistration { holder, .. } => (holder.as_ref(), None),
            _ => (None, None),
        };
        one.into_iter().chain(other)
    }

    pub(super) fn validate(&self) -> Result<(), LifeRefused> {
        let word = |field, text: &str| match says(text) && fits(text, WORD_MAX) {
            true => Ok(()),
            false => Err(LifeRefused::Text(field)),
        };
        let prose = |field, text: &str| match says(text) && fits(text, TEXT_MAX) {
            true => Ok(()),
            false => Err(LifeRefused::Text(field)),
        };
        for holder in self.holders() {
            word("holder", &holder.reference)?;
            for personal in [&holder.name, &holder.address].into_iter().flatten() {
                word("holder", personal.reveal())?;
            }
        }
        match self {
            Self::Import { licence, .. }
            | Self::Export { licence, .. }
            | Self::Transit { licence, .. } => word("licence", licence)?,
            Self::Licence { number, .. }
            | Self::Legalisation { number, .. }
            | Self::Reregistration { number, .. } => word("number", number)?,
            Self::Loss(report) | Self::Theft(report) => {
                prose("circumstances", &report.circumstances)?;
            }
            Self::Find(taken) | Self::Surrender(taken) | Self::Seizure(taken) => {
                prose("circumstances", &taken.circumstances)?;
            }
            Self::Conversion { change } => prose("change", change)?,
            Self::Deactivation { certificate } => word("certificate", certificate)?,
            Self::Destruction {
                first,
                second,
                method,
                evidence,
            } => {
                if first == second {
                    return Err(LifeRefused::SameOfficer);
                }
                if !says(evidence) {
                    return Err(LifeRefused::NoEvidence);
                }
                prose("method", method)?;
                prose("evidence", evidence)?;
            }
            Self::Correction { reason, .. } => prose("reason", reason)?,
            Self::Manufacture { .. } | Self::Transfer { .. } => {}
        }
        if let Self::Export {
            consignee: Some(consignee),
            ..
        } = self
        {
            word("consignee", consignee)?;
        }
        Ok(())
    }
}
