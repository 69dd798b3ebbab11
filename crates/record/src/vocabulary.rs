//! Closed vocabularies of the envelope. A term that is not listed does not parse.

/// A term that the vocabulary does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is not a {vocabulary}; expected one of {expected}")]
pub struct UnknownTerm {
    vocabulary: &'static str,
    found: String,
    expected: String,
}

impl UnknownTerm {
    pub(crate) fn new(vocabulary: &'static str, found: &str, expected: &[&str]) -> Self {
        Self {
            vocabulary,
            found: found.chars().take(64).collect(),
            expected: expected.join(", "),
        }
    }
}

macro_rules! vocabulary {
    ($(#[$doc:meta])* $name:ident, $title:literal, { $($(#[$term_doc:meta])* $term:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash,
            serde::Serialize, serde::Deserialize,
        )]
        pub enum $name {
            $($(#[$term_doc])* #[serde(rename = $text)] $term,)+
        }

        impl $name {
            /// Every term, in the order in which forms show them.
            pub const ALL: &'static [Self] = &[$(Self::$term,)+];

            /// The term as it is written in records, files and on the wire.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$term => $text,)+
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::UnknownTerm;

            fn from_str(text: &str) -> Result<Self, $crate::UnknownTerm> {
                match text {
                    $($text => Ok(Self::$term),)+
                    _ => Err($crate::UnknownTerm::new($title, text, &[$($text,)+])),
                }
            }
        }
    };
}
pub(crate) use vocabulary;

vocabulary! {
    /// Why data are processed (Directive (EU) 2016/680 Art. 1(1), 4(1)(b); rule LED-01).
    Purpose, "purpose", {
        /// Prevention, detection, investigation of terrorist offences (Directive (EU) 2017/541).
        Terrorism = "terrorism",
        /// Illicit manufacture of and traffic in firearms, parts, ammunition, explosives.
        FirearmsTrafficking = "firearms-trafficking",
        /// Checks of persons, documents and objects at an external border.
        BorderCheck = "border-check",
        /// Other serious crime.
        SeriousCrime = "serious-crime",
        /// Execution of sanctions of the United Nations, the EU or a state.
        Sanctions = "sanctions",
        /// Safety and security of stockpiles.
        StockpileSecurity = "stockpile-security",
        /// Prevention of radicalisation and of violent extremism.
        Prevention = "prevention",
        /// Supervision, self-monitoring, requests of data subjects (Directive (EU) 2016/680 Art. 25(2)).
        Supervision = "supervision",
        /// Running the node: lists, accounts, configuration.
        Administration = "administration",
    }
}

vocabulary! {
    /// On what ground data are held (Directive (EU) 2016/680 Art. 8; rule LED-01).
    LegalBasis, "legal basis", {
        /// National law of the authority.
        NationalLaw = "national-law",
        /// A resolution of the UN Security Council under Chapter VII.
        UnSecurityCouncil = "un-security-council",
        /// Restrictive measures of the European Union.
        EuRestrictiveMeasures = "eu-restrictive-measures",
        /// A public sanctions list of another state, taken over under national law.
        PublicSanctionsList = "public-sanctions-list",
        /// Regulation (EU) 2018/1862.
        SisPolice = "sis-police",
        /// A request or provision under Directive (EU) 2023/977.
        InformationExchange = "information-exchange",
        /// An agreement between authorities.
        Agreement = "agreement",
        /// Obligations of the node to log and to prove (Directive (EU) 2016/680 Art. 25).
        Accountability = "accountability",
    }
}

vocabulary! {
    /// Whom the data are about (Directive (EU) 2016/680 Art. 6; rule LED-04).
    SubjectCategory, "category of data subject", {
        /// Serious grounds to believe that they committed or are about to commit an offence.
        Suspect = "suspect",
        /// Convicted of an offence.
        Convicted = "convicted",
        /// Victim, or possible victim.
        Victim = "victim",
        /// Witness, informant, contact, associate.
        OtherParty = "other-party",
        /// The category is not known yet, such as of a person who is checked at a border.
        Undetermined = "undetermined",
        /// The record is about no person.
        NoPerson = "no-person",
    }
}

vocabulary! {
    /// Fact or personal assessment (Directive (EU) 2016/680 Art. 7(1); rule LED-05).
    Nature, "nature of a statement", {
        /// Based on facts.
        Fact = "fact",
        /// Based on a personal assessment.
        Assessment = "assessment",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_term_survives_its_text_form() {
        for &purpose in Purpose::ALL {
            assert_eq!(purpose.as_str().parse(), Ok(purpose));
            assert_eq!(
                serde_json::to_string(&purpose).unwrap(),
                format!("\"{purpose}\"")
            );
        }
        for &basis in LegalBasis::ALL {
            assert_eq!(basis.as_str().parse(), Ok(basis));
        }
    }

    #[test]
    fn an_unknown_term_is_refused_and_names_the_known_ones() {
        let error = "curiosity".parse::<Purpose>().unwrap_err().to_string();
        assert!(
            error.contains("`curiosity`") && error.contains("terrorism"),
            "{error}"
        );
        assert!(serde_json::from_str::<Nature>("\"rumour\"").is_err());
    }
}
