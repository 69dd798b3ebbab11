//! What a country answers, and whether it passed the question on.

use egnatia_record::{AuthorityId, PartnerCode, RecordId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{Refusal, Trace, TraceRefused};
use crate::text::{WORD_MAX, fits, says};
use crate::{Country, Holder};

/// What a country answers: the closed list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Outcome {
    /// Somebody here has it, or is the last who had it.
    HeldBy {
        /// Who; name and address only where the gate allows personal data.
        holder: Holder,
        /// Since when.
        since: Date,
        /// What became of it since: `held`, `lost`, `stolen`, `destroyed`, `authority`.
        standing: String,
    },
    /// It was sold within the country, and nothing is known of it since.
    SoldTo {
        /// To whom; name and address only where the gate allows personal data.
        holder: Holder,
        /// When.
        on: Date,
    },
    /// It went to another country.
    ExportedTo {
        /// Where.
        country: Country,
        /// When.
        on: Date,
        /// Number of the licence.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        licence: Option<String>,
    },
    /// Nothing is known of it.
    NoRecord,
    /// The answer is refused.
    Refused {
        /// For one of the closed list.
        reason: Refusal,
    },
}

impl Outcome {
    /// Its name.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::HeldBy { .. } => "held-by",
            Self::SoldTo { .. } => "sold-to",
            Self::ExportedTo { .. } => "exported-to",
            Self::NoRecord => "no-record",
            Self::Refused { .. } => "refused",
        }
    }

    /// Whether a person can be known from it.
    pub const fn is_personal(&self) -> bool {
        match self {
            Self::HeldBy { holder, .. } | Self::SoldTo { holder, .. } => holder.is_personal(),
            _ => false,
        }
    }

    /// Whether the chain ends here with somebody who had it.
    pub const fn is_last_hop(&self) -> bool {
        matches!(self, Self::HeldBy { .. } | Self::SoldTo { .. })
    }

    fn validate(&self) -> Result<(), TraceRefused> {
        let word = |field, text: &str| match says(text) && fits(text, WORD_MAX) {
            true => Ok(()),
            false => Err(TraceRefused::Text(field)),
        };
        match self {
            Self::HeldBy { holder, .. } | Self::SoldTo { holder, .. } => {
                word("holder", &holder.reference)?;
                for personal in [&holder.name, &holder.address].into_iter().flatten() {
                    word("holder", personal.reveal())?;
                }
                Ok(())
            }
            Self::ExportedTo {
                licence: Some(licence),
                ..
            } => word("licence", licence),
            _ => Ok(()),
        }
    }
}

/// To whom a trace was passed on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PassedOn {
    /// Whose node.
    pub to: AuthorityId,
    /// Of which country.
    pub partner: PartnerCode,
    /// When.
    pub at: Timestamp,
}

/// Where an answer stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum AnswerState {
    /// It waits for an officer.
    Open,
    /// It is given.
    Answered {
        /// What it says.
        outcome: Outcome,
        /// When.
        at: Timestamp,
        /// To whom the question went on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        passed_on: Option<PassedOn>,
    },
    /// Whoever asks needs no answer any more. It never leaves the node.
    Closed {
        /// When that became known.
        at: Timestamp,
    },
}

/// The body of a record of kind `trace-answer`: one hop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TraceAnswer {
    /// The trace.
    pub trace: RecordId,
    /// Who asks: the answer goes there.
    pub asker: AuthorityId,
    /// Who handed the question over: the asker, or whoever passed it on.
    pub via: AuthorityId,
    /// When it came: the clock starts here (rule R977-04).
    pub received_at: Timestamp,
    /// When the answer is due.
    pub due_at: Timestamp,
    /// Where it stands.
    pub state: AnswerState,
}

impl TraceAnswer {
    /// The state as records are filtered by it.
    pub const fn state_word(&self) -> &'static str {
        match self.state {
            AnswerState::Open => "open",
            AnswerState::Answered { .. } => "answered",
            AnswerState::Closed { .. } => "closed",
        }
    }

    /// The same where whoever asks needs no answer any more; `None` where it is given already.
    pub fn close(mut self, at: Timestamp) -> Option<Self> {
        if self.state != AnswerState::Open {
            return None;
        }
        self.state = AnswerState::Closed { at };
        Some(self)
    }

    /// Answers, and says to whom the question goes on.
    ///
    /// # Errors
    /// [`TraceRefused::AnsweredAlready`], [`TraceRefused::NoConsent`],
    /// [`TraceRefused::NothingToPassOn`], [`TraceRefused::Text`].
    pub fn answer(
        mut self,
        trace: &Trace,
        outcome: Outcome,
        passed_on: Option<PassedOn>,
        at: Timestamp,
    ) -> Result<Self, TraceRefused> {
        match self.state {
            AnswerState::Open => {}
            AnswerState::Answered { .. } => return Err(TraceRefused::AnsweredAlready),
            AnswerState::Closed { .. } => return Err(TraceRefused::Closed),
        }
        outcome.validate()?;
        if let Some(passed) = &passed_on {
            if !matches!(outcome, Outcome::ExportedTo { .. }) {
                return Err(TraceRefused::NothingToPassOn);
            }
            if !trace.may_pass_to.contains(&passed.partner) {
                return Err(TraceRefused::NoConsent(passed.partner));
            }
        }
        self.state = AnswerState::Answered {
            outcome,
            at,
            passed_on,
        };
        Ok(self)
    }

    /// Says, after the answer, that the asker has consented and the question went on.
    ///
    /// # Errors
    /// [`TraceRefused::NothingToPassOn`], [`TraceRefused::NoConsent`],
    /// [`TraceRefused::AnsweredAlready`] where it went on before.
    pub fn pass_on(mut self, trace: &Trace, to: PassedOn) -> Result<Self, TraceRefused> {
        let AnswerState::Answered {
            outcome: Outcome::ExportedTo { .. },
            passed_on,
            ..
        } = &mut self.state
        else {
            return Err(TraceRefused::NothingToPassOn);
        };
        if passed_on.is_some() {
            return Err(TraceRefused::AnsweredAlready);
        }
        if !trace.may_pass_to.contains(&to.partner) {
            return Err(TraceRefused::NoConsent(to.partner));
        }
        *passed_on = Some(to);
        Ok(self)
    }

    /// Checks an answer that came from a partner.
    ///
    /// # Errors
    /// [`TraceRefused`].
    pub fn validate(&self, trace: &Trace) -> Result<(), TraceRefused> {
        let open = Self {
            state: AnswerState::Open,
            ..self.clone()
        };
        match &self.state {
            AnswerState::Open | AnswerState::Closed { .. } => Ok(()),
            AnswerState::Answered {
                outcome,
                at,
                passed_on,
            } => open
                .answer(trace, outcome.clone(), passed_on.clone(), *at)
                .map(|_| ()),
        }
    }
}
