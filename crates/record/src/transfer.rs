//! A transfer to a partner by a derogation: allowed in an individual case only, and documented
//! (Directive (EU) 2016/680 Art. 38; rules LED-24, LED-25).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::vocabulary::vocabulary;
use crate::{AuthorityId, RecordId, UserId, Version};

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

/// The body of a record of kind `transfer`: date and time, recipient, justification, and which data
/// (Art. 38(3)). Later versions of the same record correct what the recipient holds, and go under it.
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
    /// On which ground.
    pub derogation: Derogation,
    /// Why it is necessary in this case.
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
        "state in 3 to 2,000 characters why the transfer is necessary in this case (Art. 38(3))"
    )]
    Justification,
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
            Self::Rights => "rights",
        }
    }
}

impl Transfer {
    /// Checks that it says what the law asks for.
    ///
    /// # Errors
    /// [`InvalidTransfer`].
    pub fn validate(&self) -> Result<(), InvalidTransfer> {
        let said = |text: &str| {
            TEXT.contains(&text.trim().chars().count()) && text.chars().any(char::is_alphanumeric)
        };
        if !said(&self.justification) {
            return Err(InvalidTransfer::Justification);
        }
        match &self.rights {
            Some(rights) if !said(rights) => Err(InvalidTransfer::Rights),
            None if self.derogation.weighs_rights() => Err(InvalidTransfer::Rights),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rights_of_the_person_are_weighed_where_the_law_asks_for_it() {
        let mut transfer = Transfer {
            record: RecordId::from_bytes([7; 16]),
            version: Version::FIRST,
            to: "rs-mup".parse().unwrap(),
            instrument: "none".into(),
            derogation: Derogation::ImmediateThreat,
            justification: "an attack is being prepared".into(),
            rights: None,
            by: "v.verifier".parse().unwrap(),
            at: "2026-11-26T08:00:00Z".parse().unwrap(),
        };
        assert_eq!(transfer.validate(), Ok(()));
        for derogation in [Derogation::IndividualCase, Derogation::LegalClaim] {
            transfer.derogation = derogation;
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
