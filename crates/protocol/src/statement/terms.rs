//! Closed vocabularies of statements. A word that is not listed does not parse.

/// A word that the vocabulary does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a word of the vocabulary `{vocabulary}`")]
pub struct UnknownWord {
    vocabulary: &'static str,
}

/// A vocabulary whose every word has a fixed sentence, as people on the other side read it.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident, $title:literal, { $($word:ident = $text:literal: $sentence:literal,)+ }) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash,
            serde::Serialize, serde::Deserialize,
        )]
        pub enum $name {
            $(#[doc = $sentence] #[serde(rename = $text)] $word,)+
        }

        impl $name {
            /// Every word, in the order in which forms show them.
            pub const ALL: &'static [Self] = &[$(Self::$word,)+];

            /// The word on the wire.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$word => $text,)+
                }
            }

            /// What it means and, where something is to be done, what.
            pub const fn sentence(self) -> &'static str {
                match self {
                    $(Self::$word => $sentence,)+
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = UnknownWord;

            fn from_str(text: &str) -> Result<Self, UnknownWord> {
                let known = Self::ALL.iter().find(|word| word.as_str() == text);
                known.copied().ok_or(UnknownWord { vocabulary: $title })
            }
        }
    };
}

words! {
    /// What a recall asks of whoever received the record.
    RecallEffect, "recall-effect", {
        Erase = "erase": "Erase the body and whatever was derived from it.",
        Restrict = "restrict": "Keep the record, and show it to nobody but those who decide on it.",
        Withdraw = "withdraw": "Compare nothing with the record any more, and show that it was withdrawn.",
    }
}

words! {
    /// Why a record is recalled.
    RecallReason, "recall-reason", {
        Withdrawn = "withdrawn": "The originator no longer asks for anything.",
        Inaccurate = "inaccurate": "The record is wrong or was about somebody else.",
        Unlawful = "unlawful": "The record should not have been kept or sent.",
        Expired = "expired": "Its time has passed.",
        Erased = "erased": "The originator has erased it.",
    }
}

words! {
    /// Why a statement was not taken. The sentence tells the sender what to do.
    RefusalGround, "refusal-ground", {
        UnknownKind = "unknown-kind":
            "This node does not know the kind. Send it again when the node runs a newer release.",
        UnknownVersion = "unknown-version":
            "This node does not read that version of the kind. Send a version that it names.",
        NotValid = "not-valid":
            "The statement cannot be read or verified. Make it and sign it anew; repetition does not help.",
        NoArrangement = "no-arrangement":
            "No arrangement between the two authorities covers it. Agree on one first.",
        CategoryNotAllowed = "category-not-allowed":
            "The arrangement does not cover this kind or purpose. Do not send it, or extend the arrangement.",
        PersonalDataNotAllowed = "personal-data-not-allowed":
            "The arrangement does not cover personal data. Send it without them.",
        HandlingForbids = "handling-forbids":
            "Handling codes or origin forbid that this node has it. Ask the originator for permission.",
        NotTheOriginator = "not-the-originator":
            "Only the originator may say this. Ask the originator to send it.",
        OlderThanHeld = "older-than-held":
            "This node holds a newer version. Nothing is to be done.",
        TooLarge = "too-large":
            "It is larger than this node takes. Send less, or refer to what was left out.",
        ErasedHere = "erased-here":
            "This node has erased this version of the record. Send a newer version if it is still needed.",
        CannotBeStored = "cannot-be-stored":
            "This node tried several times and could not store it, though it stores others. Ask its operator why, and send a new version then.",
    }
}

words! {
    /// The fields a to i of a check report (Regulation (EU) 2018/1862 Art. 37(1); rule SIS-17).
    ReportField, "report-field", {
        Located = "located": "That the person or object was located.",
        PlaceTimeReason = "place-time-reason": "Place, time and reason of the check.",
        Route = "route": "Route of the journey and destination.",
        Companions = "companions": "Who accompanied the person or was in the vehicle.",
        IdentityRevealed = "identity-revealed": "Identity and description of who used the document.",
        ObjectsUsed = "objects-used": "Objects and documents that were used.",
        ObjectsCarried = "objects-carried": "Objects that were carried.",
        Circumstances = "circumstances": "Circumstances in which the person or object was located.",
        OtherRequested = "other-requested": "Other information that the issuer asked for.",
    }
}

words! {
    /// What a request asks.
    Matter, "matter", {
        SupplementaryInformation = "supplementary-information": "More about the record.",
        DuplicateQuestion = "duplicate-question": "Whether two records mean the same person or thing.",
        OnwardTransfer = "onward-transfer": "Whether the record may be given to somebody else.",
        Flag = "flag": "Whether the action may be suspended here (rule SIS-15).",
        Correction = "correction": "That the record is corrected (rule SIS-14).",
    }
}

words! {
    /// Why a request is refused: the closed list of Directive (EU) 2023/977 Art. 6(1), rule R977-10.
    DeclineGround, "decline-ground", {
        NotAvailable = "not-available": "The information is not available.",
        RequestIncomplete = "request-incomplete": "The request does not say what Art. 4 asks for. Complete it.",
        NoJudicialAuthorisation = "no-judicial-authorisation": "A court did not authorise it.",
        CategoryNotPermitted = "category-not-permitted": "These categories of personal data may not be given.",
        NotAccurate = "not-accurate": "The data are inaccurate, incomplete or out of date.",
        NationalSecurity = "national-security": "It would harm essential interests of national security.",
        InvestigationOrSafety = "investigation-or-safety":
            "It would endanger an investigation under way or the safety of a person.",
        InterestsOfLegalPerson = "interests-of-legal-person":
            "It would harm important interests of a legal person.",
        MinorOffence = "minor-offence":
            "The offence is none here, or is punishable by one year at most.",
        NoConsentOfOriginator = "no-consent-of-originator":
            "The information comes from another state, which does not consent.",
    }
}
