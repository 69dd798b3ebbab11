//! An event as forms and commands ask for it: a few fields, of which each kind needs some.

use egnatia_record::AuthorityId;
use jiff::civil::Date;

use super::{Custody, Event, EventKind, Taken};
use crate::kind::words;
use crate::{Country, Holder, HolderKind, LifeRefused};

words! {
    /// What is asked about an event.
    EventField {
        /// Who has it then.
        Holder = "holder",
        /// Who had it before; the holder of the register where it is left out.
        HolderBefore = "from_holder",
        /// From which country.
        From = "from_country",
        /// To which country.
        To = "to_country",
        /// Number of a licence, a certificate or a register.
        Number = "number",
        /// Until when a licence holds; no end where it is left out.
        Until = "until",
        /// Who received it abroad; may be left out.
        Consignee = "consignee",
        /// Which authority has it then.
        Authority = "authority",
        /// Where, how; from what to what.
        Circumstances = "circumstances",
    }
}

impl EventKind {
    /// Events that are recorded as they are. Losses and thefts are reported, a destruction is signed by
    /// two, a correction names another event.
    pub const PLAIN: &'static [Self] = &[
        Self::Manufacture,
        Self::Import,
        Self::Export,
        Self::Transit,
        Self::Licence,
        Self::Transfer,
        Self::Find,
        Self::Surrender,
        Self::Seizure,
        Self::Legalisation,
        Self::Conversion,
        Self::Deactivation,
        Self::Reregistration,
    ];

    /// What is asked about it, in the order of forms.
    pub const fn fields(self) -> &'static [EventField] {
        use EventField as F;
        match self {
            Self::Manufacture => &[F::Holder],
            Self::Import => &[F::From, F::Number, F::Holder],
            Self::Export => &[F::To, F::Number, F::Consignee],
            Self::Transit => &[F::From, F::To, F::Number],
            Self::Licence => &[F::Number, F::Until, F::Holder],
            Self::Transfer => &[F::HolderBefore, F::Holder],
            Self::Find | Self::Surrender | Self::Seizure => &[F::Authority, F::Circumstances],
            Self::Legalisation | Self::Reregistration => &[F::Number, F::Holder],
            Self::Conversion => &[F::Circumstances],
            Self::Deactivation => &[F::Number],
            Self::Loss | Self::Theft | Self::Destruction | Self::Correction => &[],
        }
    }

    /// Whether it cannot be without this field.
    pub fn needs(self, field: EventField) -> bool {
        let optional = match field {
            EventField::Until | EventField::Consignee | EventField::HolderBefore => true,
            EventField::Holder => self == Self::Reregistration,
            _ => false,
        };
        self.fields().contains(&field) && !optional
    }
}

/// What was said of an event.
#[derive(Debug, Clone, Default)]
pub struct EventDraft {
    /// Who has it then.
    pub holder: Option<Holder>,
    /// Who had it before, by their number.
    pub from_holder: Option<String>,
    /// From which country.
    pub from: Option<Country>,
    /// To which country.
    pub to: Option<Country>,
    /// Number of a licence, a certificate or a register.
    pub number: String,
    /// Until when a licence holds.
    pub until: Option<Date>,
    /// Who received it abroad.
    pub consignee: Option<String>,
    /// Which authority has it then.
    pub authority: Option<AuthorityId>,
    /// Where, how; from what to what.
    pub circumstances: String,
}

impl EventDraft {
    /// The event of this kind, of a weapon that is there now.
    ///
    /// # Errors
    /// [`LifeRefused::Text`] with the field that is missing; [`LifeRefused::NotPlain`] for what is not
    /// recorded so. What the texts say is checked when the event is recorded.
    pub fn read(self, kind: EventKind, custody: &Custody) -> Result<Event, LifeRefused> {
        let missing = |field: EventField| LifeRefused::Text(field.as_str());
        let holder = self.holder.ok_or(missing(EventField::Holder));
        let from = self.from.ok_or(missing(EventField::From));
        let to = self.to.ok_or(missing(EventField::To));
        let authority = self.authority.ok_or(missing(EventField::Authority));
        let circumstances = self.circumstances;
        let taken = authority.map(|authority| Taken {
            authority,
            circumstances: circumstances.clone(),
        });
        Ok(match kind {
            EventKind::Manufacture => Event::Manufacture { holder: holder? },
            EventKind::Import => Event::Import {
                from: from?,
                holder: holder?,
                licence: self.number,
            },
            EventKind::Export => Event::Export {
                to: to?,
                licence: self.number,
                consignee: self.consignee,
            },
            EventKind::Transit => Event::Transit {
                from: from?,
                to: to?,
                licence: self.number,
            },
            EventKind::Licence => Event::Licence {
                holder: holder?,
                number: self.number,
                until: self.until,
            },
            EventKind::Transfer => Event::Transfer {
                from: before(self.from_holder, custody),
                to: holder?,
            },
            EventKind::Find => Event::Find(taken?),
            EventKind::Surrender => Event::Surrender(taken?),
            EventKind::Seizure => Event::Seizure(taken?),
            EventKind::Legalisation => Event::Legalisation {
                holder: holder?,
                number: self.number,
            },
            EventKind::Conversion => Event::Conversion {
                change: circumstances,
            },
            EventKind::Deactivation => Event::Deactivation {
                certificate: self.number,
            },
            EventKind::Reregistration => Event::Reregistration {
                number: self.number,
                holder: holder.ok(),
            },
            EventKind::Loss | EventKind::Theft | EventKind::Destruction | EventKind::Correction => {
                return Err(LifeRefused::NotPlain);
            }
        })
    }
}

/// Who gives the weapon away: whoever was named, else its holder; nobody where an authority has it.
fn before(named: Option<String>, custody: &Custody) -> Option<Holder> {
    let held = match custody {
        Custody::With(holder) => Some(holder),
        _ => None,
    };
    match named {
        None => held.cloned(),
        Some(named) => {
            let held = held.filter(|holder| holder.reference == named);
            Some(
                held.cloned()
                    .unwrap_or_else(|| Holder::known_as(HolderKind::Person, &named)),
            )
        }
    }
}
