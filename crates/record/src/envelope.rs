//! The envelope and the record.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::vocabulary::vocabulary;
use crate::{
    AuthorityId, Evaluation, Handling, LegalBasis, Nature, Purpose, RecordId, Retention,
    SubjectCategory, UserId,
};

vocabulary! {
    /// What a record is. A domain adds its terms here and its body types in its own crate.
    Kind, "kind of record", {
        /// An entry of a sanctions or watch list.
        ListEntry = "list-entry",
        /// Somebody or something was checked.
        Check = "check",
        /// A check agrees with an entry, and a person must decide.
        Match = "match",
        /// A named officer's decision on a match.
        Decision = "decision",
        /// A match that was confirmed (Regulation (EU) 2018/1862 Art. 3(7); rule SIS-09).
        Hit = "hit",
        /// What is to be done after a hit.
        FollowUp = "follow-up",
        /// A run over many rows, each of which is a check.
        Screening = "screening",
        /// Rows of a screening that were asked.
        ScreenedRows = "screened-rows",
        /// A person or an object is looked for (rule SIS-01).
        Alert = "alert",
        /// What was agreed with a partner.
        Arrangement = "arrangement",
        /// A question to a partner about a record, or one of theirs, and its answer.
        Inquiry = "inquiry",
        /// A partner confirmed a match with an alert of this node.
        HitReport = "hit-report",
        /// Why something was handed over by a derogation (rule LED-24).
        Transfer = "transfer",
        /// A weapon of the register, with its life.
        Firearm = "firearm",
        /// A seizure, a find or a surrender.
        Incident = "incident",
        /// A question after a weapon, from country to country.
        Trace = "trace",
        /// What one country answers to it.
        TraceAnswer = "trace-answer",
        /// Who is late with the answer to a trace, as the node noted it by itself.
        LateTrace = "late-trace",
        /// Figures of a period that do not change any more.
        FirearmsReturn = "firearms-return",
        /// A picture of a weapon.
        Photograph = "photograph",
        /// What somebody kept under a name: a view of a list, how the columns of a table are read.
        Preset = "preset",
        /// A site with its stores, bays and racks.
        StockSite = "stock-site",
        /// Where things are on the ground of a site.
        StockPlan = "stock-plan",
        /// One weapon or one lot that is kept.
        StockGoods = "stock-goods",
        /// A unit or a person to whom stock is issued.
        StockHolder = "stock-holder",
        /// A count of places of a site.
        Stocktake = "stocktake",
        /// What the books said when a count began.
        StockSnapshot = "stock-snapshot",
        /// Scans of a count.
        StockScans = "stock-scans",
        /// By what a count differs from the books.
        StockDifference = "stock-difference",
        /// A discrepancy, with its clock.
        StockCase = "stock-case",
        /// By what stores are counted more often.
        StockCountRule = "stock-count-rule",
        /// The command of a site changes.
        StockCommand = "stock-command",
        /// Limits of temperature and humidity of a store.
        StockClimate = "stock-climate",
        /// Readings of temperature and humidity.
        StockReadings = "stock-readings",
        /// What is to be destroyed, and how much of it is.
        StockDisposal = "stock-disposal",
    }
}

/// The number of a version, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "u32", try_from = "u32")]
pub struct Version(u32);

impl Version {
    /// The first version.
    pub const FIRST: Self = Self(1);

    /// The version with this number, or `None` for zero.
    pub const fn new(number: u32) -> Option<Self> {
        if number == 0 {
            None
        } else {
            Some(Self(number))
        }
    }

    /// The version after this one. The last possible version has no successor.
    pub fn next(self) -> Option<Self> {
        self.0.checked_add(1).map(Self)
    }

    /// The number, from 1.
    pub const fn number(self) -> u32 {
        self.0
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl From<Version> for u32 {
    fn from(version: Version) -> Self {
        version.0
    }
}

impl TryFrom<u32> for Version {
    type Error = &'static str;

    fn try_from(number: u32) -> Result<Self, &'static str> {
        Self::new(number).ok_or("versions count from 1")
    }
}

/// What every record carries. There is no other way to make one than to state all of it; only a
/// missing evaluation is read as [`Evaluation::MISSING`], as the law has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    /// The record, through all its versions.
    pub id: RecordId,
    /// What it is.
    pub kind: Kind,
    /// Which version of it.
    pub version: Version,
    /// The authority that owns it and decides on it (invariant 3).
    pub originator: AuthorityId,
    /// The person who wrote this version.
    pub author: UserId,
    /// When this version was written, UTC.
    pub recorded_at: Timestamp,
    /// Why it is held.
    pub purpose: Purpose,
    /// On what ground.
    pub legal_basis: LegalBasis,
    /// Codes, releasability and origin.
    pub handling: Handling,
    /// Reliability of the source, accuracy of the information.
    #[serde(default)]
    pub evaluation: Evaluation,
    /// Whom it is about.
    pub subject: SubjectCategory,
    /// Fact or assessment.
    pub nature: Nature,
    /// When it is looked at again.
    pub retention: Retention,
}

/// An envelope and what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record<B> {
    /// What every record carries.
    pub envelope: Envelope,
    /// What this kind of record says.
    pub body: B,
}

impl<B> Record<B> {
    /// The same envelope around another body.
    pub fn map<C>(self, change: impl FnOnce(B) -> C) -> Record<C> {
        Record {
            envelope: self.envelope,
            body: change(self.body),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn envelope() -> Envelope {
        Envelope {
            id: RecordId::from_bytes([7; 16]),
            kind: Kind::Check,
            version: Version::FIRST,
            originator: "mk-mvr".parse().unwrap(),
            author: "a.officer".parse().unwrap(),
            recorded_at: "2026-11-24T09:00:00Z".parse().unwrap(),
            purpose: Purpose::BorderCheck,
            legal_basis: LegalBasis::NationalLaw,
            handling: Handling::national(),
            evaluation: Evaluation::OFFICIAL,
            subject: SubjectCategory::Undetermined,
            nature: Nature::Fact,
            retention: Retention::erase_on(date(2029, 11, 24), date(2026, 11, 24)).unwrap(),
        }
    }

    #[test]
    fn survives_json() {
        let json = serde_json::to_string(&envelope()).unwrap();
        assert_eq!(serde_json::from_str::<Envelope>(&json).unwrap(), envelope());
    }

    #[test]
    fn a_missing_evaluation_reads_as_x4_and_any_other_missing_field_is_refused() {
        let whole = serde_json::to_value(envelope()).unwrap();
        for field in whole.as_object().unwrap().keys() {
            let mut partial = whole.clone();
            partial.as_object_mut().unwrap().remove(field);
            let read = serde_json::from_value::<Envelope>(partial);
            match field.as_str() {
                "evaluation" => assert_eq!(read.unwrap().evaluation, Evaluation::MISSING),
                _ => assert!(read.is_err(), "an envelope without `{field}` was accepted"),
            }
        }
    }

    #[test]
    fn unknown_fields_are_refused() {
        let mut value = serde_json::to_value(envelope()).unwrap();
        value
            .as_object_mut()
            .unwrap()
            .insert("score".into(), 7.into());
        assert!(serde_json::from_value::<Envelope>(value).is_err());
    }

    #[test]
    fn versions_count_from_one() {
        assert_eq!(Version::new(0), None);
        assert_eq!(Version::FIRST.next().map(Version::number), Some(2));
        assert!(serde_json::from_str::<Version>("0").is_err());
    }
}
