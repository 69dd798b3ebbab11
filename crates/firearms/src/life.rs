//! The life of a weapon: events, and what follows from them.
//!
//! ```text
//!   manufacture, import, former register         transfer, licence
//! Nowhere ───────────────────────► With(holder) ◄────────┐
//!    │                               │   │   └───────────┘
//!    │ find, surrender, seizure      │   ├─ loss, theft ─► Missing ─ find, surrender, seizure ─┐
//!    └──────────────┐                │   ├─ export ─────► Abroad  ─ import, find, seizure      │
//!                   ▼                │   └─ transit ────► Transit ─ import, export, seizure    │
//!              Authority ◄───────────┴────── surrender, seizure ◄──────────────────────────────┘
//!                   ├─ legalisation, transfer ─► With(holder)
//!                   └─ destruction (two officers) ─► Destroyed ◄─ of what an authority holds itself
//! ```
//! What two officers signed, two correct.
//! Conversion, deactivation and re-registration change the weapon, not where it is. A correction
//! is an event itself: it says what is true in the place of an earlier one.

mod draft;
mod event;

use egnatia_record::{AuthorityId, UserId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::kind::words;
use crate::{Country, Holder, HolderKind, LifeRefused};
pub use draft::{EventDraft, EventField};
pub use event::{Event, EventKind, Report, Taken};

/// An event as it was recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// What happened.
    pub event: Event,
    /// When.
    pub on: Date,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// By whom.
    pub by: UserId,
}

/// Where a weapon is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Custody {
    /// Nothing is known yet.
    Nowhere,
    /// With a holder.
    With(Holder),
    /// On its way through the country.
    Transit {
        /// To where.
        to: Country,
    },
    /// With an authority, which took it.
    Authority(AuthorityId),
    /// In another country.
    Abroad(Country),
    /// Lost.
    Lost,
    /// Stolen.
    Stolen,
    /// Nowhere any more.
    Destroyed,
}

impl Custody {
    /// The custody as it is stored and filtered by.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Nowhere => "nowhere",
            Self::With(_) => "held",
            Self::Transit { .. } => "transit",
            Self::Authority(_) => "authority",
            Self::Abroad(_) => "abroad",
            Self::Lost => "lost",
            Self::Stolen => "stolen",
            Self::Destroyed => "destroyed",
        }
    }

    /// Every stored form.
    pub const WORDS: &'static [&'static str] = &[
        "held",
        "authority",
        "lost",
        "stolen",
        "transit",
        "abroad",
        "nowhere",
        "destroyed",
    ];

    /// Whether somebody in this country has it: no other weapon can then be the same one.
    pub const fn is_open(&self) -> bool {
        matches!(
            self,
            Self::With(_) | Self::Transit { .. } | Self::Authority(_)
        )
    }

    /// Whether an authority has it: one that took it, or one that holds it as its own.
    pub const fn is_with_authority(&self) -> bool {
        matches!(
            self,
            Self::Authority(_)
                | Self::With(Holder {
                    kind: HolderKind::Authority,
                    ..
                })
        )
    }

    /// Whether it is missed.
    pub const fn is_missing(&self) -> bool {
        matches!(self, Self::Lost | Self::Stolen)
    }
}

words! {
    /// What became of the weapon itself.
    Form {
        /// As it was made.
        Original = "original",
        /// Converted.
        Converted = "converted",
        /// Deactivated.
        Deactivated = "deactivated",
    }
}

/// What follows from all events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Where it is.
    pub custody: Custody,
    /// Since when.
    pub since: Option<Date>,
    /// What became of it.
    pub form: Form,
    /// Until when its holder is licensed; absent without a licence, or where it has no end.
    pub licensed_until: Option<Date>,
    /// When it was destroyed.
    pub destroyed_on: Option<Date>,
}

/// A time at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stay {
    /// Where.
    pub custody: Custody,
    /// From when.
    pub from: Date,
    /// To when; open for the last one.
    pub to: Option<Date>,
    /// The event that began it, by its number from 1.
    pub event: u32,
}

impl Standing {
    /// Before any event.
    pub const START: Self = Self {
        custody: Custody::Nowhere,
        since: None,
        form: Form::Original,
        licensed_until: None,
        destroyed_on: None,
    };

    fn at(self, custody: Custody, on: Date) -> Self {
        Self {
            custody,
            since: Some(on),
            licensed_until: None,
            ..self
        }
    }

    /// What an event leads to.
    ///
    /// # Errors
    /// [`LifeRefused`]: the event cannot follow.
    pub fn after(self, event: &Event, on: Date) -> Result<Self, LifeRefused> {
        event.validate()?;
        if self.custody == Custody::Destroyed {
            return Err(LifeRefused::Destroyed);
        }
        match event {
            Event::Manufacture { holder } => match self.custody {
                Custody::Nowhere if self.since.is_none() => {
                    Ok(self.at(Custody::With(holder.clone()), on))
                }
                _ => Err(LifeRefused::NotFirst),
            },
            Event::Import { holder, .. } => match &self.custody {
                Custody::Nowhere | Custody::Abroad(_) | Custody::Transit { .. } => {
                    Ok(self.at(Custody::With(holder.clone()), on))
                }
                Custody::Lost | Custody::Stolen => Err(LifeRefused::Missing),
                _ => Err(LifeRefused::AlreadyHere),
            },
            Event::Transit { to, .. } => match &self.custody {
                Custody::Nowhere | Custody::Abroad(_) => {
                    Ok(self.at(Custody::Transit { to: to.clone() }, on))
                }
                Custody::Lost | Custody::Stolen => Err(LifeRefused::Missing),
                _ => Err(LifeRefused::AlreadyHere),
            },
            Event::Export { to, .. } => {
                self.here()?;
                Ok(self.at(Custody::Abroad(to.clone()), on))
            }
            Event::Licence { holder, until, .. } => {
                self.here()?;
                match &self.custody {
                    Custody::With(held) if held.is_same(holder) => Ok(Self {
                        licensed_until: *until,
                        ..self
                    }),
                    Custody::With(_) => Err(LifeRefused::NotTheHolder),
                    _ => Err(LifeRefused::NoHolder),
                }
            }
            Event::Transfer { from, to } => self.transfer(from.as_ref(), to, on),
            Event::Loss(_) => {
                self.here()?;
                Ok(self.at(Custody::Lost, on))
            }
            Event::Theft(_) => {
                self.here()?;
                Ok(self.at(Custody::Stolen, on))
            }
            Event::Find(taken) => match self.custody {
                Custody::With(_) | Custody::Transit { .. } => Err(LifeRefused::StillHeld),
                Custody::Authority(_) => Err(LifeRefused::AlreadyHere),
                _ => Ok(self.at(Custody::Authority(taken.authority.clone()), on)),
            },
            Event::Surrender(taken) | Event::Seizure(taken) => match self.custody {
                Custody::Authority(_) => Err(LifeRefused::AlreadyHere),
                _ => Ok(self.at(Custody::Authority(taken.authority.clone()), on)),
            },
            Event::Legalisation { holder, .. } => match self.custody {
                Custody::Authority(_) | Custody::Nowhere => {
                    Ok(self.at(Custody::With(holder.clone()), on))
                }
                Custody::Lost | Custody::Stolen => Err(LifeRefused::Missing),
                Custody::Abroad(_) => Err(LifeRefused::NotHere),
                _ => Err(LifeRefused::AlreadyHere),
            },
            Event::Conversion { .. } => self.formed(Form::Converted),
            Event::Deactivation { .. } => self.formed(Form::Deactivated),
            Event::Destruction { .. } => match self.custody.is_with_authority() {
                true => Ok(Self {
                    destroyed_on: Some(on),
                    ..self.at(Custody::Destroyed, on)
                }),
                false => Err(LifeRefused::NotWithAnAuthority),
            },
            Event::Reregistration { holder: None, .. } => {
                self.here()?;
                Ok(self)
            }
            Event::Reregistration {
                holder: Some(holder),
                ..
            } => match &self.custody {
                Custody::Nowhere if self.since.is_none() => {
                    Ok(self.at(Custody::With(holder.clone()), on))
                }
                Custody::With(held) if held.is_same(holder) => Ok(self),
                Custody::With(_) => Err(LifeRefused::NotTheHolder),
                _ => Err(LifeRefused::NotFirst),
            },
            // Corrections are resolved before: see `effective`.
            Event::Correction { .. } => Err(LifeRefused::NoSuchEvent),
        }
    }

    fn here(&self) -> Result<(), LifeRefused> {
        match self.custody {
            Custody::Lost | Custody::Stolen => Err(LifeRefused::Missing),
            _ if self.custody.is_open() => Ok(()),
            _ => Err(LifeRefused::NotHere),
        }
    }

    fn transfer(self, from: Option<&Holder>, to: &Holder, on: Date) -> Result<Self, LifeRefused> {
        self.here()?;
        match (&self.custody, from) {
            (Custody::With(held), Some(from)) if held.is_same(from) => match held.is_same(to) {
                true => Err(LifeRefused::SameHolder),
                false => Ok(self.at(Custody::With(to.clone()), on)),
            },
            (Custody::Authority(_), None) => Ok(self.at(Custody::With(to.clone()), on)),
            _ => Err(LifeRefused::NotTheHolder),
        }
    }

    fn formed(self, form: Form) -> Result<Self, LifeRefused> {
        self.here()?;
        match self.form {
            Form::Deactivated => Err(LifeRefused::Deactivated),
            _ => Ok(Self { form, ..self }),
        }
    }
}

/// What happened in truth, by the number of the entry: corrections applied, in their order.
///
/// # Errors
/// [`LifeRefused::NoSuchEvent`] for a correction of nothing, or of a correction.
pub(crate) fn effective(entries: &[Entry]) -> Result<Vec<(u32, &Event, Date)>, LifeRefused> {
    let mut events: Vec<Option<(u32, &Event, Date)>> = Vec::with_capacity(entries.len());
    for (number, entry) in (1_u32..).zip(entries) {
        let Event::Correction {
            of, instead, on, ..
        } = &entry.event
        else {
            events.push(Some((number, &entry.event, entry.on)));
            continue;
        };
        entry.event.validate()?;
        let place = usize::try_from(*of).ok().and_then(|of| of.checked_sub(1));
        let corrected = place
            .and_then(|place| entries.get(place))
            .filter(|held| *of < number && held.event.kind() != EventKind::Correction);
        let slot = place.and_then(|place| events.get_mut(place));
        let (Some(_), Some(slot)) = (corrected, slot) else {
            return Err(LifeRefused::NoSuchEvent);
        };
        if let Some(instead) = instead {
            if instead.kind() == EventKind::Correction {
                return Err(LifeRefused::NoSuchEvent);
            }
            *slot = Some((*of, instead.as_ref(), *on));
        } else {
            *slot = None;
        }
        events.push(None);
    }
    Ok(events.into_iter().flatten().collect())
}

/// Where all events lead, and every stay on the way.
///
/// # Errors
/// [`LifeRefused`]: the first event that cannot follow.
pub(crate) fn follow(entries: &[Entry]) -> Result<(Standing, Vec<Stay>), LifeRefused> {
    let mut standing = Standing::START;
    let mut stays: Vec<Stay> = Vec::new();
    let mut last: Option<Date> = None;
    for (number, event, on) in effective(entries)? {
        if last.is_some_and(|last| on < last) {
            return Err(LifeRefused::BeforeLast);
        }
        last = Some(on);
        let before = standing.custody.clone();
        standing = standing.after(event, on)?;
        if standing.custody != before {
            // INVARIANT: a stay begins where the one before it ends, so that there is one at most.
            if let Some(stay) = stays.last_mut() {
                stay.to = Some(on);
            }
            stays.push(Stay {
                custody: standing.custody.clone(),
                from: on,
                to: None,
                event: number,
            });
        }
    }
    Ok((standing, stays))
}
