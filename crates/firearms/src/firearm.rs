//! A weapon and its life.

use egnatia_record::{RecordId, UserId};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::life::{Entry, Event, EventKind, Standing, Stay, follow};
use crate::text::{TEXT_MAX, WORD_MAX, fits, says};
use crate::{Holder, LifeRefused, Particulars};

/// The most events of a life.
const EVENTS_MAX: usize = 500;
/// The most photographs that the node keeps of a weapon.
const PHOTOGRAPHS_MAX: usize = 24;

/// The body of a record of kind `firearm`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Firearm {
    /// What it is.
    pub particulars: Particulars,
    /// What happened to it, in the order in which it was recorded.
    pub life: Vec<Entry>,
    /// A destruction that one officer has proposed, and no other has signed yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed: Option<ProposedDestruction>,
    /// The alert that looks for it, while it is missed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alert: Option<RecordId>,
    /// Under which number it stands in a register of before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Photographs that the node keeps, each in a record of its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub photographs: Vec<KeptPhotograph>,
}

/// A photograph that the node keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeptPhotograph {
    /// Its record.
    pub record: RecordId,
    /// What it shows, for whoever does not see it.
    pub shows: String,
    /// Who added it.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
}

/// A destruction that waits for the second officer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProposedDestruction {
    /// Who proposed it.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
    /// How.
    pub method: String,
    /// The evidence.
    pub evidence: String,
}

/// An event that is to be recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recording {
    /// What happened.
    pub event: Event,
    /// When.
    pub on: Date,
    /// By whom it is recorded.
    pub by: UserId,
    /// When it is recorded.
    pub at: Timestamp,
}

impl Firearm {
    /// A weapon of which nothing is known yet but what it is.
    ///
    /// # Errors
    /// [`LifeRefused::Particulars`].
    pub fn new(particulars: Particulars, reference: Option<String>) -> Result<Self, LifeRefused> {
        particulars.validate()?;
        if reference.as_ref().is_some_and(|text| !fits(text, TEXT_MAX)) {
            return Err(LifeRefused::Text("reference"));
        }
        Ok(Self {
            particulars,
            life: Vec::new(),
            proposed: None,
            alert: None,
            reference,
            photographs: Vec::new(),
        })
    }

    /// The weapon with one more photograph.
    ///
    /// # Errors
    /// [`LifeRefused::Text`] where it is not said what it shows; [`LifeRefused::TooManyPhotographs`].
    pub fn with_photograph(mut self, kept: KeptPhotograph) -> Result<Self, LifeRefused> {
        if !says(&kept.shows) || !fits(&kept.shows, WORD_MAX) {
            return Err(LifeRefused::Text("shows"));
        }
        if self.photographs.len() >= PHOTOGRAPHS_MAX {
            return Err(LifeRefused::TooManyPhotographs);
        }
        self.photographs.push(kept);
        Ok(self)
    }

    /// The weapon without one of its photographs; `None` where it has no such one.
    pub fn without_photograph(mut self, photograph: RecordId) -> Option<Self> {
        let place = self
            .photographs
            .iter()
            .position(|kept| kept.record == photograph)?;
        self.photographs.remove(place);
        Some(self)
    }

    /// Records an event. A destruction is proposed and signed instead: see
    /// [`Firearm::propose_destruction`].
    ///
    /// # Errors
    /// [`LifeRefused`]: the event cannot follow; the weapon stays as it is.
    pub fn record(self, recording: Recording) -> Result<Self, LifeRefused> {
        let destroys = recording.event.kind() == EventKind::Destruction;
        if destroys {
            return Err(LifeRefused::NotProposed);
        }
        if let Event::Correction {
            instead: Some(instead),
            ..
        } = &recording.event
            && instead.kind() == EventKind::Destruction
        {
            return Err(LifeRefused::NotProposed);
        }
        self.put(recording)
    }

    fn put(mut self, recording: Recording) -> Result<Self, LifeRefused> {
        let today = recording.at.to_zoned_datetime(TimeZone::UTC).date();
        let corrected = match &recording.event {
            Event::Correction { on, .. } => *on,
            Event::Loss(report) | Event::Theft(report) if report.discovered_at > recording.at => {
                return Err(LifeRefused::InTheFuture);
            }
            _ => recording.on,
        };
        if recording.on > today || corrected > today {
            return Err(LifeRefused::InTheFuture);
        }
        if self.life.len() >= EVENTS_MAX {
            return Err(LifeRefused::TooMany);
        }
        self.life.push(Entry {
            event: recording.event,
            on: recording.on,
            recorded_at: recording.at,
            by: recording.by,
        });
        let (standing, _) = follow(&self.life)?;
        // Whatever moves the weapon ends a proposal: it was about the weapon in that custody.
        if !standing.custody.is_with_authority() {
            self.proposed = None;
        }
        Ok(self)
    }

    /// Proposes that the weapon is destroyed.
    ///
    /// # Errors
    /// [`LifeRefused::NotWithAnAuthority`], [`LifeRefused::NoEvidence`],
    /// [`LifeRefused::ProposedAlready`], [`LifeRefused::Text`].
    pub fn propose_destruction(
        mut self,
        proposed: ProposedDestruction,
    ) -> Result<Self, LifeRefused> {
        if self.proposed.is_some() {
            return Err(LifeRefused::ProposedAlready);
        }
        match self.standing()?.custody {
            custody if custody.is_with_authority() => {}
            crate::Custody::Destroyed => return Err(LifeRefused::Destroyed),
            _ => return Err(LifeRefused::NotWithAnAuthority),
        }
        if !says(&proposed.evidence) {
            return Err(LifeRefused::NoEvidence);
        }
        for (field, text) in [
            ("method", &proposed.method),
            ("evidence", &proposed.evidence),
        ] {
            if !says(text) || !fits(text, TEXT_MAX) {
                return Err(LifeRefused::Text(field));
            }
        }
        self.proposed = Some(proposed);
        Ok(self)
    }

    /// Withdraws what was proposed.
    ///
    /// # Errors
    /// [`LifeRefused::NotProposed`].
    pub fn withdraw_destruction(mut self) -> Result<Self, LifeRefused> {
        match self.proposed.take() {
            Some(_) => Ok(self),
            None => Err(LifeRefused::NotProposed),
        }
    }

    /// Signs what another officer has proposed: the weapon is destroyed.
    ///
    /// # Errors
    /// [`LifeRefused::NotProposed`]; [`LifeRefused::SameOfficer`] where both are one person.
    pub fn sign_destruction(
        mut self,
        second: UserId,
        on: Date,
        at: Timestamp,
    ) -> Result<Self, LifeRefused> {
        let proposed = self.proposed.take().ok_or(LifeRefused::NotProposed)?;
        let event = Event::Destruction {
            first: proposed.by,
            second: second.clone(),
            method: proposed.method,
            evidence: proposed.evidence,
        };
        self.put(Recording {
            event,
            on,
            by: second,
            at,
        })
    }

    /// Corrects what the weapon is. What happened to it stays.
    ///
    /// # Errors
    /// [`LifeRefused::Particulars`].
    pub fn describe_anew(mut self, particulars: Particulars) -> Result<Self, LifeRefused> {
        particulars.validate()?;
        self.particulars = particulars;
        Ok(self)
    }

    /// Where it is, and what became of it.
    ///
    /// # Errors
    /// [`LifeRefused`] where the life was not written by this crate.
    pub fn standing(&self) -> Result<Standing, LifeRefused> {
        follow(&self.life).map(|(standing, _)| standing)
    }

    /// Every time at one place, oldest first: one follows the other.
    ///
    /// # Errors
    /// As [`Firearm::standing`].
    pub fn stays(&self) -> Result<Vec<Stay>, LifeRefused> {
        follow(&self.life).map(|(_, stays)| stays)
    }

    /// The event of a report of loss or theft that is open, with when it was recorded.
    pub fn open_report(&self) -> Option<&Entry> {
        let missing = self.standing().ok()?.custody.is_missing();
        let reports = self.life.iter().rev();
        let mut reports =
            reports.filter(|entry| matches!(entry.event, Event::Loss(_) | Event::Theft(_)));
        reports.next().filter(|_| missing)
    }

    /// Whether a person can be known from the record.
    pub fn is_personal(&self) -> bool {
        let events = self.life.iter().map(|entry| &entry.event);
        let corrected = events.clone().filter_map(|event| match event {
            Event::Correction { instead, .. } => instead.as_deref(),
            _ => None,
        });
        let mut events = events.chain(corrected);
        events.any(|event| event.holders().any(Holder::is_personal))
    }
}
