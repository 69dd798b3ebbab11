//! Handling: codes, releasability, origin regime. It travels with the record and is enforced by
//! code at every exit (invariant 3).

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::vocabulary::{UnknownTerm, vocabulary};

vocabulary! {
    /// Handling codes of the SIENA channel (rule HC-01). They combine.
    HandlingCode, "handling code", {
        /// Only for preventing and combating crime.
        H0 = "H0",
        /// Not in judicial proceedings without permission.
        H1 = "H1",
        /// Not to be disseminated without permission.
        H2 = "H2",
        /// Other restrictions, which the text of the restriction states.
        H3 = "H3",
    }
}

vocabulary! {
    /// Under which regime the data came to the node. It decides where they may never go.
    OriginRegime, "origin regime", {
        /// Collected by the node's own authority.
        National = "national",
        /// The Schengen Information System: never to a third country (Regulation (EU) 2018/1862
        /// Art. 65; rule SIS-25).
        Sis = "sis",
        /// Automated search under Regulation (EU) 2024/982.
        Prum = "prum",
        /// Europol.
        Europol = "europol",
        /// Interpol.
        Interpol = "interpol",
        /// Sent by a partner node.
        Partner = "partner",
        /// Published to the world, such as a sanctions list.
        Published = "published",
    }
}

/// A partner as a handling rule names it: an ISO 3166-1 alpha-2 code, `XK` for Kosovo*, `EU` for
/// the agencies of the European Union. (*: see the footnote of the documentation.)
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct PartnerCode([u8; 2]);

impl PartnerCode {
    /// The code, two capital letters.
    pub fn as_str(&self) -> &str {
        // The constructor admits ASCII capitals only.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for PartnerCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for PartnerCode {
    type Err = HandlingError;

    fn from_str(text: &str) -> Result<Self, HandlingError> {
        match text.as_bytes() {
            [a, b] if a.is_ascii_uppercase() && b.is_ascii_uppercase() => Ok(Self([*a, *b])),
            _ => Err(HandlingError::InvalidPartner(
                text.chars().take(16).collect(),
            )),
        }
    }
}

impl From<PartnerCode> for String {
    fn from(code: PartnerCode) -> Self {
        code.as_str().to_owned()
    }
}

impl TryFrom<String> for PartnerCode {
    type Error = HandlingError;

    fn try_from(text: String) -> Result<Self, HandlingError> {
        text.parse()
    }
}

/// Who may receive the record, before arrangements and origin narrow it further.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReleasableTo {
    /// Nobody outside the originator's own node.
    NobodyElse,
    /// These partners.
    Partners(BTreeSet<PartnerCode>),
    /// Anybody: the data are published.
    Anybody,
}

/// What is wrong with a handling statement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HandlingError {
    /// No code at all.
    #[error("a record needs at least one handling code; H0 is the least restrictive")]
    NoCode,
    /// H3 without its text.
    #[error("handling code H3 needs the text of the restriction")]
    RestrictionMissing,
    /// A restriction without H3.
    #[error("a text of restriction needs handling code H3")]
    RestrictionWithoutCode,
    /// A list of partners with nobody on it.
    #[error("an empty list of partners; say `nobody-else` instead")]
    NoPartner,
    /// Not two capital letters.
    #[error("`{0}` is not a partner code of two capital letters")]
    InvalidPartner(String),
    /// An unknown code or regime.
    #[error(transparent)]
    UnknownTerm(#[from] UnknownTerm),
}

/// Codes, restriction, releasability and origin of a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "HandlingText", into = "HandlingText")]
pub struct Handling {
    codes: BTreeSet<HandlingCode>,
    restriction: Option<String>,
    releasable_to: ReleasableTo,
    origin: OriginRegime,
}

impl Handling {
    /// A handling statement.
    ///
    /// # Errors
    /// [`HandlingError`] where a code is missing, where H3 and the text of the restriction do not
    /// stand together, or where the list of partners is empty.
    pub fn new(
        codes: impl IntoIterator<Item = HandlingCode>,
        restriction: Option<String>,
        releasable_to: ReleasableTo,
        origin: OriginRegime,
    ) -> Result<Self, HandlingError> {
        let codes: BTreeSet<_> = codes.into_iter().collect();
        let restriction = restriction.filter(|text| !text.trim().is_empty());
        if codes.is_empty() {
            return Err(HandlingError::NoCode);
        }
        match (codes.contains(&HandlingCode::H3), restriction.is_some()) {
            (true, false) => return Err(HandlingError::RestrictionMissing),
            (false, true) => return Err(HandlingError::RestrictionWithoutCode),
            _ => {}
        }
        if matches!(&releasable_to, ReleasableTo::Partners(partners) if partners.is_empty()) {
            return Err(HandlingError::NoPartner);
        }
        Ok(Self {
            codes,
            restriction,
            releasable_to,
            origin,
        })
    }

    /// H0, for the node's own authority only.
    pub fn national() -> Self {
        Self {
            codes: BTreeSet::from([HandlingCode::H0]),
            restriction: None,
            releasable_to: ReleasableTo::NobodyElse,
            origin: OriginRegime::National,
        }
    }

    /// H0, published data.
    pub fn published() -> Self {
        Self {
            codes: BTreeSet::from([HandlingCode::H0]),
            restriction: None,
            releasable_to: ReleasableTo::Anybody,
            origin: OriginRegime::Published,
        }
    }

    /// The codes, at least one.
    pub fn codes(&self) -> impl Iterator<Item = HandlingCode> + '_ {
        self.codes.iter().copied()
    }

    /// The text of the restriction, where H3 stands.
    pub fn restriction(&self) -> Option<&str> {
        self.restriction.as_deref()
    }

    /// Who may receive the record.
    pub fn releasable_to(&self) -> &ReleasableTo {
        &self.releasable_to
    }

    /// Where the data came from.
    pub fn origin(&self) -> OriginRegime {
        self.origin
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HandlingText {
    codes: Vec<HandlingCode>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    restriction: Option<String>,
    releasable_to: ReleasableTo,
    origin: OriginRegime,
}

impl TryFrom<HandlingText> for Handling {
    type Error = HandlingError;

    fn try_from(text: HandlingText) -> Result<Self, HandlingError> {
        Self::new(
            text.codes,
            text.restriction,
            text.releasable_to,
            text.origin,
        )
    }
}

impl From<Handling> for HandlingText {
    fn from(handling: Handling) -> Self {
        Self {
            codes: handling.codes.into_iter().collect(),
            restriction: handling.restriction,
            releasable_to: handling.releasable_to,
            origin: handling.origin,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_combine_and_h3_states_its_restriction() {
        let handling = Handling::new(
            [HandlingCode::H1, HandlingCode::H3],
            Some("not before 1 March".into()),
            ReleasableTo::NobodyElse,
            OriginRegime::National,
        )
        .unwrap();
        assert_eq!(handling.codes().count(), 2);
        assert_eq!(handling.restriction(), Some("not before 1 March"));
    }

    #[test]
    fn refuses_h3_without_text_and_text_without_h3() {
        let new = |code, text: Option<&str>| {
            Handling::new(
                [code],
                text.map(str::to_owned),
                ReleasableTo::NobodyElse,
                OriginRegime::National,
            )
        };
        assert_eq!(
            new(HandlingCode::H3, None),
            Err(HandlingError::RestrictionMissing)
        );
        assert_eq!(
            new(HandlingCode::H3, Some("  ")),
            Err(HandlingError::RestrictionMissing)
        );
        assert_eq!(
            new(HandlingCode::H0, Some("x")),
            Err(HandlingError::RestrictionWithoutCode)
        );
    }

    #[test]
    fn refuses_a_statement_without_any_code_also_from_json() {
        let json = r#"{"codes":[],"releasable_to":"nobody-else","origin":"national"}"#;
        let error = serde_json::from_str::<Handling>(json)
            .unwrap_err()
            .to_string();
        assert!(error.contains("at least one handling code"), "{error}");
    }

    #[test]
    fn survives_json() {
        let partners = ["MK", "XK"].map(|code| code.parse().unwrap());
        let handling = Handling::new(
            [HandlingCode::H2],
            None,
            ReleasableTo::Partners(partners.into()),
            OriginRegime::Partner,
        )
        .unwrap();
        let json = serde_json::to_string(&handling).unwrap();
        assert_eq!(serde_json::from_str::<Handling>(&json).unwrap(), handling);
    }
}
