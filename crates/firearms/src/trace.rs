//! A trace: from where a weapon turned up back to the last who had it lawfully, over several
//! countries.
//!
//! The country that asks writes one [`Trace`]. Whoever receives it opens a [`TraceAnswer`] with a
//! clock of its own, and answers the country that asks, whoever passed the question on. So no
//! country in between sees who the last holder was. The chain is nothing but the answers, put in
//! order: see [`hops`].

mod answer;
mod hops;
mod late;
mod times;

use std::collections::BTreeSet;

use egnatia_record::PartnerCode;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::kind::words;
use crate::text::{TEXT_MAX, WORD_MAX, fits, says};
use crate::{Country, Particulars, ParticularsRefused};

pub use answer::{AnswerState, Outcome, PassedOn, TraceAnswer};
pub(crate) use hops::median_tenths;
pub use hops::{Hop, HopState, hops, median_days};
pub use late::{LateHop, LateNews, LateTrace};
pub use times::{PartnerTimes, partner_times};

words! {
    /// How soon an answer is needed.
    Priority {
        /// As the arrangement says.
        Routine = "routine",
        /// At once, for a stated ground.
        Urgent = "urgent",
    }
}

words! {
    /// Why a trace is urgent: the closed list of Directive (EU) 2023/977 Art. 4(4), rule R977-06.
    UrgencyGround {
        /// An immediate and serious threat to public security.
        PublicSecurity = "public-security",
        /// An imminent threat to life or physical integrity.
        Life = "life",
        /// A decision that may mean that somebody stays deprived of liberty.
        Liberty = "liberty",
        /// The information is about to lose its relevance, and matters for the investigation.
        Relevance = "relevance",
    }
}

words! {
    /// Why a trace is not answered: the closed list of Directive (EU) 2023/977 Art. 6(1), rule
    /// R977-10, with the words of the exchange.
    Refusal {
        /// The information is not available.
        NotAvailable = "not-available",
        /// The request does not say what is asked for.
        RequestIncomplete = "request-incomplete",
        /// A court did not authorise it.
        NoJudicialAuthorisation = "no-judicial-authorisation",
        /// These categories of personal data may not be given.
        CategoryNotPermitted = "category-not-permitted",
        /// The data are inaccurate, incomplete or out of date.
        NotAccurate = "not-accurate",
        /// It would harm essential interests of national security.
        NationalSecurity = "national-security",
        /// It would endanger an investigation under way or the safety of a person.
        InvestigationOrSafety = "investigation-or-safety",
        /// It would harm important interests of a legal person.
        InterestsOfLegalPerson = "interests-of-legal-person",
        /// The offence is none here, or is punishable by one year at most.
        MinorOffence = "minor-offence",
        /// The information comes from another state, which does not consent.
        NoConsentOfOriginator = "no-consent-of-originator",
    }
}

words! {
    /// Why a trace is closed.
    Closing {
        /// The last who had it lawfully is known.
        Traced = "traced",
        /// It led nowhere, and nobody is left to ask.
        LedNowhere = "led-nowhere",
        /// The answer is needed no longer.
        NotNeeded = "not-needed",
    }
}

/// That a trace is closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Closed {
    /// Why.
    pub why: Closing,
    /// When.
    pub at: Timestamp,
}

/// Nobody is reminded twice within so many hours.
const REMINDED_HOURS: i64 = 24;

/// The body of a record of kind `trace`: what is asked (ITI para. 17, Firearms Protocol Art. 12).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trace {
    /// The weapon. Its number, make, calibre and country of manufacture are needed.
    pub weapon: Particulars,
    /// Where it turned up.
    pub recovered_in: Country,
    /// When.
    pub recovered_on: Date,
    /// Offence, as the law of the asking country names it.
    pub offence: String,
    /// How soon.
    pub priority: Priority,
    /// Why at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urgency: Option<UrgencyGround>,
    /// What the ground is here, in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub urgency_reason: String,
    /// What is asked beside who had it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub question: String,
    /// To which countries whoever receives it may pass it on.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub may_pass_to: BTreeSet<PartnerCode>,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// How it turned up (ITI para. 17(a)).
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub circumstances: String,
    /// What the answer is used for (ITI para. 17(c)); empty in traces of before.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub intended_use: String,
    /// When those who were late were reminded last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminded_at: Option<Timestamp>,
    /// That no answer is needed any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed: Option<Closed>,
}

/// Why a trace or an answer cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TraceRefused {
    /// The weapon cannot be.
    #[error(transparent)]
    Weapon(#[from] ParticularsRefused),
    /// No number to trace by.
    #[error("a trace needs the number of the frame or receiver, read as far as it can be")]
    NoNumber,
    /// Nobody to ask.
    #[error("state the country of manufacture or of the last import: it is asked first")]
    NoCountry,
    /// A text is missing or too long.
    #[error("`{0}` is missing or too long")]
    Text(&'static str),
    /// Urgent for no stated ground.
    #[error("an urgent trace states one of the four grounds, and what it is here")]
    NoUrgencyGround,
    /// A ground without urgency.
    #[error("a ground of urgency is for urgent traces")]
    NotUrgent,
    /// After today.
    #[error("the weapon cannot have turned up in the future")]
    InTheFuture,
    /// Answered before.
    #[error("the trace is answered already; a further answer is a new question")]
    AnsweredAlready,
    /// Passed on without consent.
    #[error("the country that asks has not consented that the trace is passed on to {0}")]
    NoConsent(PartnerCode),
    /// Nothing is asked any more.
    #[error("the trace is closed; a further question is a new trace")]
    Closed,
    /// Everybody has time left, or has answered.
    #[error("nobody who was asked is late")]
    NobodyLate,
    /// Reminded a short time ago.
    #[error("they were reminded less than a day ago")]
    RemindedToday,
    /// Passed on by whoever refuses.
    #[error("whoever refuses, or knows nothing, passes nothing on")]
    NothingToPassOn,
}

impl TraceRefused {
    /// Its name: it does not change, and words of other languages stand under it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Weapon(error) => error.name(),
            Self::NoNumber => "no-number",
            Self::NoCountry => "no-country",
            Self::Text(_) => "text",
            Self::NoUrgencyGround => "no-urgency-ground",
            Self::NotUrgent => "not-urgent",
            Self::InTheFuture => "in-the-future",
            Self::AnsweredAlready => "answered-already",
            Self::NoConsent(_) => "no-consent",
            Self::NothingToPassOn => "nothing-to-pass-on",
            Self::Closed => "closed",
            Self::NobodyLate => "nobody-late",
            Self::RemindedToday => "reminded-today",
        }
    }

    /// The field that is wrong, as forms and the API name it.
    pub const fn field(&self) -> &'static str {
        match self {
            Self::Weapon(error) => error.field(),
            Self::NoNumber => "marks",
            Self::NoCountry => "country",
            Self::Text(field) => field,
            Self::NoUrgencyGround | Self::NotUrgent => "urgency",
            Self::InTheFuture => "recovered_on",
            Self::AnsweredAlready | Self::Closed => "state",
            Self::NobodyLate | Self::RemindedToday => "reminded_at",
            Self::NoConsent(_) | Self::NothingToPassOn => "pass_to",
        }
    }
}

impl Trace {
    /// Checks that it can be asked, on `today`.
    ///
    /// # Errors
    /// [`TraceRefused`], by the first thing that is missing.
    pub fn validate(&self, today: Date) -> Result<(), TraceRefused> {
        self.weapon.validate()?;
        if !self
            .weapon
            .unique_mark()
            .is_some_and(|mark| says(&mark.text))
        {
            return Err(TraceRefused::NoNumber);
        }
        if self.weapon.country.is_none() {
            return Err(TraceRefused::NoCountry);
        }
        if !says(&self.offence) || !fits(&self.offence, WORD_MAX) {
            return Err(TraceRefused::Text("offence"));
        }
        for (field, text) in [
            ("urgency_reason", &self.urgency_reason),
            ("question", &self.question),
            ("circumstances", &self.circumstances),
            ("intended_use", &self.intended_use),
        ] {
            if !fits(text, TEXT_MAX) {
                return Err(TraceRefused::Text(field));
            }
        }
        match (self.priority, self.urgency) {
            (Priority::Urgent, Some(_)) if says(&self.urgency_reason) => {}
            (Priority::Urgent, _) => return Err(TraceRefused::NoUrgencyGround),
            (Priority::Routine, None) => {}
            (Priority::Routine, Some(_)) => return Err(TraceRefused::NotUrgent),
        }
        if self.recovered_on > today {
            return Err(TraceRefused::InTheFuture);
        }
        Ok(())
    }

    /// Checks that it can be asked anew: what the answer is for is said as well (ITI para. 17(c)).
    ///
    /// # Errors
    /// As [`Trace::validate`].
    pub fn validate_new(&self, today: Date) -> Result<(), TraceRefused> {
        self.validate(today)?;
        match says(&self.intended_use) {
            true => Ok(()),
            false => Err(TraceRefused::Text("intended_use")),
        }
    }

    /// The same, with those reminded who are late.
    ///
    /// # Errors
    /// [`TraceRefused::Closed`], [`TraceRefused::RemindedToday`].
    pub fn remind(mut self, at: Timestamp) -> Result<Self, TraceRefused> {
        self.still_asked()?;
        let within = SignedDuration::from_hours(REMINDED_HOURS);
        if self
            .reminded_at
            .is_some_and(|last| at.duration_since(last) < within)
        {
            return Err(TraceRefused::RemindedToday);
        }
        self.reminded_at = Some(at);
        Ok(self)
    }

    /// The same, closed.
    ///
    /// # Errors
    /// [`TraceRefused::Closed`] where it is.
    pub fn close(mut self, why: Closing, at: Timestamp) -> Result<Self, TraceRefused> {
        self.still_asked()?;
        self.closed = Some(Closed { why, at });
        Ok(self)
    }

    /// Refuses where nothing is asked any more.
    ///
    /// # Errors
    /// [`TraceRefused::Closed`].
    pub const fn still_asked(&self) -> Result<(), TraceRefused> {
        match self.closed {
            Some(_) => Err(TraceRefused::Closed),
            None => Ok(()),
        }
    }

    /// Since when an answer is waited for, and until when: that of the chain which is due first. Absent
    /// where none is waited for.
    pub fn waits_for(&self, hops: &[Hop]) -> Option<(Timestamp, Timestamp)> {
        let open = hops.iter().filter(|hop| hop.state.answer().is_none());
        let first = open.min_by_key(|hop| hop.due_at)?;
        self.closed.is_none().then_some((first.since, first.due_at))
    }

    /// Whether it is answered at once.
    pub fn is_urgent(&self) -> bool {
        self.priority == Priority::Urgent
    }

    /// The same, with consent that it is passed on to a further country.
    pub fn consent(mut self, to: PartnerCode) -> Self {
        self.may_pass_to.insert(to);
        self
    }
}
