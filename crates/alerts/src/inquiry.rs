//! A question between two authorities about an alert, with its clock (Regulation (EU) 2018/1862
//! Art. 8(3) and 61; rules SIS-07, SIS-08), and what a partner tells of a hit.

use std::collections::BTreeMap;

use egnatia_record::{AuthorityId, RecordId, UserId, Version};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Reason;

/// The body of a record of kind `inquiry`. Each side keeps its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inquiry {
    /// With whom.
    pub with: AuthorityId,
    /// Who asks.
    pub direction: Direction,
    /// The asking side's id of the question.
    pub question: RecordId,
    /// The alert that it is about.
    pub about: RecordId,
    /// What kind of question, as it stands on the wire.
    pub matter: String,
    /// To whom the alert would be given, where that is what is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recipient: Option<AuthorityId>,
    /// What is asked.
    pub text: String,
    /// Why it is urgent, where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urgent: Option<String>,
    /// When it was asked, or came.
    pub since: Timestamp,
    /// When the answer is due.
    pub due_at: Timestamp,
    /// Where it stands.
    pub state: InquiryState,
}

/// The matter of what is told within the node: the purpose of an alert is achieved (Art. 53(9), rule
/// SIS-12).
pub const PURPOSE_ACHIEVED: &str = "purpose-achieved";

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// This node asks the partner.
    Asked,
    /// The partner asks this node.
    Received,
    /// Somebody at this node tells those who issue its alerts.
    Within,
}

/// Where a question stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InquiryState {
    /// No answer yet.
    Open,
    /// Answered.
    Answered(InquiryAnswer),
}

/// The answer to a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InquiryAnswer {
    /// Yes or no, where the question wants one: `granted`, `refused`, `same`, `different`; of an alert
    /// whose purpose is achieved `ended`, `kept`, `deleted`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<String>,
    /// The answer.
    pub text: String,
    /// Who answered at this node; absent where the partner did, or the node itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<UserId>,
    /// When.
    pub at: Timestamp,
}

impl InquiryState {
    /// The state as records are filtered by it.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Answered(_) => "answered",
        }
    }
}

/// It has been answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the question is answered already")]
pub struct AnsweredAlready;

impl Inquiry {
    /// Takes the answer.
    ///
    /// # Errors
    /// [`AnsweredAlready`].
    pub fn answer(self, answer: InquiryAnswer) -> Result<Self, AnsweredAlready> {
        match self.state {
            InquiryState::Open => Ok(Self {
                state: InquiryState::Answered(answer),
                ..self
            }),
            InquiryState::Answered(_) => Err(AnsweredAlready),
        }
    }

    /// Whether the answer is late.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.state == InquiryState::Open && self.due_at < now
    }
}

/// The body of a record of kind `hit-report`: a partner confirmed a match with an alert of this
/// node (rules SIS-09, SIS-17).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HitReport {
    /// Who found it.
    pub from: AuthorityId,
    /// The alert of this node.
    pub alert: RecordId,
    /// In which version.
    pub alert_version: Version,
    /// The name or number of the alert.
    pub name: String,
    /// The finder's id of the hit.
    pub hit: RecordId,
    /// When an officer confirmed it.
    pub confirmed_at: Timestamp,
    /// What was done.
    pub action_taken: String,
    /// The report on the check, by the fields of Art. 37(1), as they stand on the wire.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub report: BTreeMap<String, String>,
    /// Whether it has to be followed up at once.
    pub urgent: bool,
    /// When it came.
    pub received_at: Timestamp,
    /// When it is to be followed up.
    pub due_at: Timestamp,
    /// Who has read it, and what they did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub followed_up: Option<FollowedUp>,
}

/// Somebody has acted on a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FollowedUp {
    /// What was done.
    pub report: Reason,
    /// By whom.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
}

impl HitReport {
    /// The state as records are filtered by it.
    pub const fn state(&self) -> &'static str {
        match self.followed_up {
            None => "open",
            Some(_) => "followed-up",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_answered_once() {
        let at: Timestamp = "2026-11-26T08:00:00Z".parse().unwrap();
        let id = RecordId::from_bytes([7; 16]);
        let inquiry = Inquiry {
            with: "rs-mup".parse().unwrap(),
            direction: Direction::Asked,
            question: id,
            about: id,
            matter: "duplicate-question".into(),
            recipient: None,
            text: "the same person?".into(),
            urgent: None,
            since: at,
            due_at: "2026-11-26T20:00:00Z".parse().unwrap(),
            state: InquiryState::Open,
        };
        assert!(!inquiry.is_overdue(at));
        assert!(inquiry.is_overdue("2026-11-26T20:00:01Z".parse().unwrap()));
        let answer = InquiryAnswer {
            decision: Some("different".into()),
            text: "another birth date".into(),
            by: None,
            at,
        };
        let answered = inquiry.answer(answer.clone()).unwrap();
        assert_eq!(answered.state.as_str(), "answered");
        assert!(!answered.is_overdue("2027-01-01T00:00:00Z".parse().unwrap()));
        assert_eq!(answered.answer(answer), Err(AnsweredAlready));
    }
}
