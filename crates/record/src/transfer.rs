//! A transfer to a partner that needs a justification of its own: by the controller's own assessment
//! of the safeguards, or by a derogation, in an individual case only. It is documented (Directive (EU)
//! 2016/680 Art. 37(3), 38; rules LED-24, LED-25).

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::vocabulary::vocabulary;
use crate::{AuthorityId, Gate, RecordId, UserId, Version};

vocabulary! {
    /// Why a transfer is necessary where there is neither adequacy nor a safeguard: the closed list
    /// of Art. 38(1).
    Derogation, "derogation", {
        /// (a) To protect the vital interests of the person or of somebody else.
        VitalInterests = "vital-interests",
        /// (b) To safeguard legitimate interests of the person, where national law says so.
        LegitimateInterests = "legitimate-interests",
        /// (c) To prevent an immediate and serious threat to public security.
        ImmediateThreat = "immediate-threat",
        /// (d) In an individual case, to prevent or prosecute a crime.
        IndividualCase = "individual-case",
        /// (e) In an individual case, for a legal claim about a crime.
        LegalClaim = "legal-claim",
    }
}

impl Derogation {
    /// Whether the rights of the person may override it, so that they have to be weighed (Art.
    /// 38(2)).
    pub const fn weighs_rights(self) -> bool {
        matches!(self, Self::IndividualCase | Self::LegalClaim)
    }
}

/// Texts of a transfer have so many characters.
const TEXT: std::ops::RangeInclusive<usize> = 3..=2_000;
/// A category of transfers has so many.
const CATEGORY: std::ops::RangeInclusive<usize> = 3..=400;

/// What the supervisory authority was told of the transfers to which one belongs: the controller
/// informs it about categories of transfers that rest on its own assessment (Art. 37(2)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// The category of transfers, in the words that it was told.
    pub category: String,
    /// On which day.
    pub on: Date,
}

/// On which ground something is transferred.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransferGround {
    /// The own assessment that there are safeguards (Art. 37(1)(b)).
    Assessment(Told),
    /// A derogation (Art. 38).
    Derogation(Derogation),
}

impl TransferGround {
    /// The gate that it opens.
    pub const fn gate(&self) -> Gate {
        match self {
            Self::Assessment(_) => Gate::OwnAssessment,
            Self::Derogation(_) => Gate::Derogation,
        }
    }
}

/// The body of a record of kind `transfer`: date and time, recipient, justification, and which data
/// (Art. 37(3), 38(3)). Later versions of the same record correct what the recipient holds, and go under it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transfer {
    /// The record whose data are transferred.
    pub record: RecordId,
    /// In which version somebody decided on it.
    pub version: Version,
    /// To whom.
    pub to: AuthorityId,
    /// Under which instrument.
    pub instrument: String,
    /// By which derogation; absent where it rests on an own assessment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub derogation: Option<Derogation>,
    /// Of which transfers the supervisory authority was told; only for an own assessment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<Told>,
    /// Why it is necessary in this case, or which safeguards there are.
    pub justification: String,
    /// Why the person's rights do not override it; for (d) and (e).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rights: Option<String>,
    /// The named officer.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
}

/// A justification that does not carry a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTransfer {
    /// It says nothing, or too much.
    #[error(
        "state in 3 to 2,000 characters why the transfer is necessary in this case, or which \
         safeguards there are (Art. 37(3), 38(3))"
    )]
    Justification,
    /// Neither a derogation nor what the supervisory authority was told, or both.
    #[error(
        "state a derogation (Art. 38), or for an own assessment what the supervisory authority was \
         told (Art. 37(2)), and not both"
    )]
    Ground,
    /// It is not said of which transfers the supervisory authority was told.
    #[error(
        "state in 3 to 400 characters of which category of transfers the supervisory authority was \
         told (Art. 37(2))"
    )]
    Category,
    /// The supervisory authority is told later.
    #[error(
        "the supervisory authority is told of the category before the transfer (Art. 37(2)): state \
         the day on which it was told"
    )]
    ToldLater,
    /// The rights are not weighed.
    #[error(
        "state in 3 to 2,000 characters why the person's rights do not override the public interest \
         (Art. 38(2))"
    )]
    Rights,
}

impl InvalidTransfer {
    /// The field that is wrong, as forms and the API name it.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Justification => "justification",
            Self::Ground => "derogation",
            Self::Category => "told_category",
            Self::ToldLater => "told_on",
            Self::Rights => "rights",
        }
    }
}

impl Transfer {
    /// The gate that it opens.
    pub const fn gate(&self) -> Gate {
        match self.derogation {
            Some(_) => Gate::Derogation,
            None => Gate::OwnAssessment,
        }
    }

    /// Checks that it says what the law asks for.
    ///
    /// # Errors
    /// [`InvalidTransfer`].
    pub fn validate(&self) -> Result<(), InvalidTransfer> {
        let within = |text: &str, length: &std::ops::RangeInclusive<usize>| {
            length.contains(&text.trim().chars().count()) && text.chars().any(char::is_alphanumeric)
        };
        let said = |text: &str| within(text, &TEXT);
        if !said(&self.justification) {
            return Err(InvalidTransfer::Justification);
        }
        match (&self.derogation, &self.told) {
            (Some(_), None) => {}
            (None, Some(told)) if !within(&told.category, &CATEGORY) => {
                return Err(InvalidTransfer::Category);
            }
            (None, Some(told)) if told.on > self.day() => return Err(InvalidTransfer::ToldLater),
            (None, Some(_)) => {}
            _ => return Err(InvalidTransfer::Ground),
        }
        match &self.rights {
            Some(rights) if !said(rights) => Err(InvalidTransfer::Rights),
            None if self.derogation.is_some_and(Derogation::weighs_rights) => {
                Err(InvalidTransfer::Rights)
            }
            _ => Ok(()),
        }
    }

    /// The day of the transfer, UTC.
    fn day(&self) -> Date {
        self.at.to_zoned_datetime(TimeZone::UTC).date()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn transfer() -> Transfer {
        Transfer {
            record: RecordId::from_bytes([7; 16]),
            version: Version::FIRST,
            to: "rs-mup".parse().unwrap(),
            instrument: "none".into(),
            derogation: Some(Derogation::ImmediateThreat),
            told: None,
            justification: "an attack is being prepared".into(),
            rights: None,
            by: "v.verifier".parse().unwrap(),
            at: "2026-11-26T08:00:00Z".parse().unwrap(),
        }
    }

    #[test]
    fn an_own_assessment_says_what_the_supervisory_authority_was_told_and_when() {
        let told = |category: &str, on: Date| Transfer {
            derogation: None,
            told: Some(Told {
                category: category.into(),
                on,
            }),
            ..transfer()
        };
        let day = jiff::civil::date(2026, 11, 26);
        let category = "alerts on terrorism to the police of a neighbour";
        assert_eq!(told(category, day).validate(), Ok(()));
        assert_eq!(told(category, day).gate(), Gate::OwnAssessment);
        assert_eq!(transfer().gate(), Gate::Derogation);
        assert_eq!(told(" -- ", day).validate(), Err(InvalidTransfer::Category));
        let tomorrow = told(category, day.tomorrow().unwrap());
        assert_eq!(tomorrow.validate(), Err(InvalidTransfer::ToldLater));
        let nothing = Transfer {
            told: None,
            ..told(category, day)
        };
        assert_eq!(nothing.validate(), Err(InvalidTransfer::Ground));
        let both = Transfer {
            derogation: Some(Derogation::LegalClaim),
            ..told(category, day)
        };
        assert_eq!(both.validate(), Err(InvalidTransfer::Ground));
    }

    #[test]
    fn the_rights_of_the_person_are_weighed_where_the_law_asks_for_it() {
        let mut transfer = transfer();
        assert_eq!(transfer.validate(), Ok(()));
        for derogation in [Derogation::IndividualCase, Derogation::LegalClaim] {
            transfer.derogation = Some(derogation);
            transfer.rights = None;
            assert_eq!(transfer.validate(), Err(InvalidTransfer::Rights));
            transfer.rights = Some("  ".into());
            assert_eq!(transfer.validate(), Err(InvalidTransfer::Rights));
            transfer.rights = Some("a court has looked at it".into());
            assert_eq!(transfer.validate(), Ok(()));
        }
        transfer.justification = "--".into();
        assert_eq!(transfer.validate(), Err(InvalidTransfer::Justification));
    }
}
