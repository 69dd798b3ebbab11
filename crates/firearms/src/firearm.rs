//! A weapon and its life.

use egnatia_record::{RecordId, UserId};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::life::{Custody, Entry, Event, Standing, Stay, follow};
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
    /// What one officer has proposed, and no other has signed yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed: Option<Proposal>,
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

/// A correction of what two officers signed; it waits for the second one too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProposedCorrection {
    /// Who proposed it.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
    /// The event that it corrects, from 1.
    pub of: u32,
    /// What happened in truth; absent where nothing did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instead: Option<Box<Event>>,
    /// When it happened in truth.
    pub on: Date,
    /// Why it was recorded wrongly.
    pub reason: String,
}

/// What one officer has proposed and another one signs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Proposal {
    /// That it is destroyed.
    Destruction(ProposedDestruction),
    /// That it was not, or otherwise.
    Correction(ProposedCorrection),
}

impl Proposal {
    /// Who proposed it.
    pub const fn by(&self) -> &UserId {
        match self {
            Self::Destruction(proposed) => &proposed.by,
            Self::Correction(proposed) => &proposed.by,
        }
    }
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
    ///
    /// # Errors
    /// [`LifeRefused::Evidence`] where it was there when two officers signed that the weapon was
    /// destroyed.
    pub fn without_photograph(mut self, photograph: RecordId) -> Result<Option<Self>, LifeRefused> {
        let mut photographs = self.photographs.iter();
        let Some(place) = photographs.position(|kept| kept.record == photograph) else {
            return Ok(None);
        };
        let kept = self.photographs.remove(place);
        if self.standing()?.custody == Custody::Destroyed {
            let signed = self.life.iter().filter(|entry| entry.event.needs_two());
            let signed = signed.map(|entry| entry.recorded_at).max();
            if signed.is_some_and(|signed| kept.at <= signed) {
                return Err(LifeRefused::Evidence);
            }
        }
        Ok(Some(self))
    }

    /// Records an event. A destruction is proposed and signed instead: see
    /// [`Firearm::propose_destruction`].
    ///
    /// # Errors
    /// [`LifeRefused`]: the event cannot follow; the weapon stays as it is.
    pub fn record(self, recording: Recording) -> Result<Self, LifeRefused> {
        if recording.event.needs_two() {
            return Err(LifeRefused::NotProposed);
        }
        if let Event::Correction {
            of, instead, first, ..
        } = &recording.event
        {
            if first.is_some() || instead.as_ref().is_some_and(|event| event.needs_two()) {
                return Err(LifeRefused::NotProposed);
            }
            // INVARIANT: what two officers signed, one alone does not lift.
            if self.needs_two(*of) {
                return Err(LifeRefused::SignedByTwo);
            }
        }
        self.put(recording)
    }

    /// Whether two officers signed the event of this number, from 1, so that two correct it.
    pub fn needs_two(&self, of: u32) -> bool {
        let place = usize::try_from(of).ok().and_then(|of| of.checked_sub(1));
        let entry = place.and_then(|place| self.life.get(place));
        entry.is_some_and(|entry| entry.event.needs_two())
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
        // Whatever moves the weapon ends a proposal to destroy it: it was about the weapon there.
        let destroys = matches!(self.proposed, Some(Proposal::Destruction(_)));
        if destroys && !standing.custody.is_with_authority() {
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
            Custody::Destroyed => return Err(LifeRefused::Destroyed),
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
        self.proposed = Some(Proposal::Destruction(proposed));
        Ok(self)
    }

    /// Proposes to correct an event that two officers signed.
    ///
    /// # Errors
    /// [`LifeRefused::ProposedAlready`]; [`LifeRefused::SignedByOne`] where one officer corrects it;
    /// [`LifeRefused::NoSuchEvent`]; whatever the correction would be refused for.
    pub fn propose_correction(mut self, proposed: ProposedCorrection) -> Result<Self, LifeRefused> {
        if self.proposed.is_some() {
            return Err(LifeRefused::ProposedAlready);
        }
        if !self.needs_two(proposed.of) {
            let known = usize::try_from(proposed.of).is_ok_and(|of| of <= self.life.len());
            return Err(match known && proposed.of > 0 {
                true => LifeRefused::SignedByOne,
                false => LifeRefused::NoSuchEvent,
            });
        }
        if proposed
            .instead
            .as_ref()
            .is_some_and(|event| event.needs_two())
        {
            return Err(LifeRefused::NotProposed);
        }
        // What cannot be signed is not proposed.
        let (by, at) = (proposed.by.clone(), proposed.at);
        self.clone().put_correction(proposed.clone(), by, at)?;
        self.proposed = Some(Proposal::Correction(proposed));
        Ok(self)
    }

    fn put_correction(
        self,
        proposed: ProposedCorrection,
        by: UserId,
        at: Timestamp,
    ) -> Result<Self, LifeRefused> {
        let event = Event::Correction {
            of: proposed.of,
            instead: proposed.instead,
            on: proposed.on,
            reason: proposed.reason,
            first: Some(proposed.by),
        };
        let on = at.to_zoned_datetime(TimeZone::UTC).date();
        self.put(Recording { event, on, by, at })
    }

    /// Signs the correction that another officer has proposed.
    ///
    /// # Errors
    /// [`LifeRefused::NotProposed`]; [`LifeRefused::SameOfficer`] where both are one person; whatever
    /// the correction is refused for by now.
    pub fn sign_correction(mut self, second: UserId, at: Timestamp) -> Result<Self, LifeRefused> {
        let Some(Proposal::Correction(proposed)) = self.proposed.take() else {
            return Err(LifeRefused::NotProposed);
        };
        if proposed.by == second {
            return Err(LifeRefused::SameOfficer);
        }
        self.put_correction(proposed, second, at)
    }

    /// In whose hands the weapon is once what is proposed has been signed; as it is, where nothing is.
    ///
    /// # Errors
    /// [`LifeRefused`] where it could not be signed now.
    pub fn custody_proposed(&self) -> Result<Custody, LifeRefused> {
        let signed = match self.proposed.clone() {
            Some(Proposal::Destruction(_)) => return Ok(Custody::Destroyed),
            Some(Proposal::Correction(proposed)) => {
                let (by, at) = (proposed.by.clone(), proposed.at);
                self.clone().put_correction(proposed, by, at)?
            }
            None => return Ok(self.standing()?.custody),
        };
        Ok(signed.standing()?.custody)
    }

    /// Withdraws what was proposed.
    ///
    /// # Errors
    /// [`LifeRefused::NotProposed`].
    pub fn withdraw_proposal(mut self) -> Result<Self, LifeRefused> {
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
        let Some(Proposal::Destruction(proposed)) = self.proposed.take() else {
            return Err(LifeRefused::NotProposed);
        };
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
    /// [`LifeRefused::Particulars`]; [`LifeRefused::Destroyed`]: two officers signed that this weapon
    /// was destroyed, and not another one.
    pub fn describe_anew(mut self, particulars: Particulars) -> Result<Self, LifeRefused> {
        particulars.validate()?;
        if self.standing()?.custody == Custody::Destroyed {
            return Err(LifeRefused::Destroyed);
        }
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
