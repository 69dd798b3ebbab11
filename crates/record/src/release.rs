//! Who may have a record: what the originator releases, what the arrangement covers, what the
//! handling allows. Computed once, shown before anything is sent, enforced again at the exit
//! (invariant 3).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::arrangement::{Arrangement, Category};
use crate::{Envelope, OriginRegime, PartnerCode, Purpose, ReleasableTo, SubjectCategory};

/// What is to be handed over.
#[derive(Debug, Clone, Copy)]
pub struct Outgoing<'a> {
    /// Its envelope.
    pub envelope: &'a Envelope,
    /// What kind of thing it is.
    pub category: Category,
    /// Whether the node's own authority is its originator.
    pub own: bool,
    /// Whether the originator has permitted that this recipient has it. Counts only where the
    /// record is not the node's own.
    pub permitted: bool,
}

/// Why a partner does not get a record. The order is that of the checks.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    thiserror::Error,
)]
#[serde(rename_all = "kebab-case")]
pub enum Withheld {
    /// The originator does not release it to them.
    #[error("not released to this partner")]
    NotReleased,
    /// Data of the Schengen Information System to a third country.
    #[error("SIS data never go to a third country (Regulation (EU) 2018/1862 Art. 65)")]
    SisOrigin,
    /// Somebody else's record, and they have not permitted it.
    #[error("the originator has not permitted that it is passed on")]
    NotPermitted,
    /// Nothing was agreed with them.
    #[error("no arrangement with this partner")]
    NoArrangement,
    /// What was agreed does not hold today.
    #[error("no arrangement with this partner holds today")]
    NotInForce,
    /// The arrangement is for other kinds of things.
    #[error("no arrangement with this partner for this category")]
    CategoryNotCovered,
    /// The arrangement is for other purposes.
    #[error("no arrangement with this partner for this purpose")]
    PurposeNotCovered,
    /// The arrangement is not for personal data.
    #[error("the arrangement with this partner does not allow personal data")]
    PersonalData,
    /// Only a derogation or an own assessment opens the way, and nobody has justified this transfer.
    #[error(
        "only by an own assessment of the safeguards or by a derogation, and nobody has justified \
         this transfer (Art. 37(1)(b), 38)"
    )]
    NotJustified,
}

impl Withheld {
    /// The reason as it is stored and written over the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotReleased => "not-released",
            Self::SisOrigin => "sis-origin",
            Self::NotPermitted => "not-permitted",
            Self::NoArrangement => "no-arrangement",
            Self::NotInForce => "not-in-force",
            Self::CategoryNotCovered => "category-not-covered",
            Self::PurposeNotCovered => "purpose-not-covered",
            Self::PersonalData => "personal-data",
            Self::NotJustified => "not-justified",
        }
    }
}

impl Outgoing<'_> {
    /// The arrangement under which `partner` may have the record on `day`.
    ///
    /// # Errors
    /// [`Withheld`]: of several arrangements with the partner, what keeps it from the one that
    /// comes closest.
    pub fn release<'a>(
        &self,
        partner: PartnerCode,
        arrangements: impl IntoIterator<Item = &'a Arrangement>,
        day: Date,
    ) -> Result<&'a Arrangement, Withheld> {
        let handling = &self.envelope.handling;
        let released = match handling.releasable_to() {
            ReleasableTo::NobodyElse => false,
            ReleasableTo::Partners(partners) => partners.contains(&partner),
            ReleasableTo::Anybody => true,
        };
        if !released {
            return Err(Withheld::NotReleased);
        }
        if handling.origin() == OriginRegime::Sis && !partner.takes_part_in_sis() {
            return Err(Withheld::SisOrigin);
        }
        if !self.own && !self.permitted {
            return Err(Withheld::NotPermitted);
        }
        let crossing = Crossing {
            partner,
            category: self.category,
            purpose: self.envelope.purpose,
            personal: self.envelope.subject != SubjectCategory::NoPerson,
        };
        crossing.covered(arrangements, day)
    }
}

/// Something that crosses between this node and a partner, in either direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Crossing {
    /// With whom.
    pub partner: PartnerCode,
    /// What kind of thing.
    pub category: Category,
    /// For what it is held.
    pub purpose: Purpose,
    /// Whether it holds personal data.
    pub personal: bool,
}

impl Crossing {
    /// The arrangement that covers it on `day`.
    ///
    /// # Errors
    /// [`Withheld`], of the arrangement that comes closest.
    pub fn covered<'a>(
        &self,
        arrangements: impl IntoIterator<Item = &'a Arrangement>,
        day: Date,
    ) -> Result<&'a Arrangement, Withheld> {
        let mut nearest = Withheld::NoArrangement;
        for arrangement in arrangements {
            if arrangement.partner != self.partner {
                continue;
            }
            let missing = if !arrangement.holds_on(day) {
                Withheld::NotInForce
            } else if !arrangement.categories.contains(&self.category) {
                Withheld::CategoryNotCovered
            } else if !arrangement.purposes.contains(&self.purpose) {
                Withheld::PurposeNotCovered
            } else if self.personal && !arrangement.personal_data {
                Withheld::PersonalData
            } else {
                return Ok(arrangement);
            };
            nearest = nearest.max(missing);
        }
        Err(nearest)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::{
        Evaluation, Gate, Handling, HandlingCode, Kind, LegalBasis, Nature, RecordId, Retention,
        Version,
    };

    fn envelope(releasable_to: ReleasableTo, origin: OriginRegime) -> Envelope {
        Envelope {
            id: RecordId::from_bytes([7; 16]),
            kind: Kind::Alert,
            version: Version::FIRST,
            originator: "mk-mvr".parse().unwrap(),
            author: "a.officer".parse().unwrap(),
            recorded_at: "2026-11-24T09:00:00Z".parse().unwrap(),
            purpose: Purpose::Terrorism,
            legal_basis: LegalBasis::NationalLaw,
            handling: Handling::new([HandlingCode::H0], None, releasable_to, origin).unwrap(),
            evaluation: Evaluation::OFFICIAL,
            subject: SubjectCategory::Suspect,
            nature: Nature::Fact,
            retention: Retention::erase_on(date(2029, 11, 24), date(2026, 11, 24)).unwrap(),
        }
    }

    fn arrangement(partner: &str) -> Arrangement {
        Arrangement {
            partner: partner.parse().unwrap(),
            instrument: "Convention".into(),
            gate: Gate::BindingInstrument,
            personal_data: true,
            categories: BTreeSet::from([Category::ForeignTerroristFighter]),
            purposes: BTreeSet::from([Purpose::Terrorism]),
            profile: "sis-like".into(),
            valid_from: date(2026, 1, 1),
            valid_to: Some(date(2026, 12, 31)),
            source: "invented".into(),
            confirmed: false,
        }
    }

    fn ask(
        envelope: &Envelope,
        partner: &str,
        arrangements: &[Arrangement],
        category: Category,
    ) -> Result<Gate, Withheld> {
        let outgoing = Outgoing {
            envelope,
            category,
            own: true,
            permitted: false,
        };
        outgoing
            .release(partner.parse().unwrap(), arrangements, date(2026, 11, 26))
            .map(|found| found.gate)
    }

    fn anybody() -> Envelope {
        envelope(ReleasableTo::Anybody, OriginRegime::National)
    }

    const FTF: Category = Category::ForeignTerroristFighter;

    #[test]
    fn every_reason_is_reached() {
        let kept = [arrangement("MK")];
        assert_eq!(
            ask(&anybody(), "MK", &kept, FTF),
            Ok(Gate::BindingInstrument)
        );
        let nobody = envelope(ReleasableTo::NobodyElse, OriginRegime::National);
        assert_eq!(ask(&nobody, "MK", &kept, FTF), Err(Withheld::NotReleased));
        let some = BTreeSet::from(["AL".parse().unwrap()]);
        let others = envelope(ReleasableTo::Partners(some), OriginRegime::National);
        assert_eq!(ask(&others, "MK", &kept, FTF), Err(Withheld::NotReleased));
        let sis = envelope(ReleasableTo::Anybody, OriginRegime::Sis);
        assert_eq!(ask(&sis, "MK", &kept, FTF), Err(Withheld::SisOrigin));
        assert_eq!(
            ask(&anybody(), "RS", &kept, FTF),
            Err(Withheld::NoArrangement)
        );
        assert_eq!(
            ask(&anybody(), "MK", &kept, Category::Arrest),
            Err(Withheld::CategoryNotCovered)
        );
        let mut ended = arrangement("MK");
        ended.valid_to = Some(date(2026, 2, 1));
        assert_eq!(
            ask(&anybody(), "MK", &[ended], FTF),
            Err(Withheld::NotInForce)
        );
        let mut other_purpose = arrangement("MK");
        other_purpose.purposes = BTreeSet::from([Purpose::BorderCheck]);
        assert_eq!(
            ask(&anybody(), "MK", &[other_purpose], FTF),
            Err(Withheld::PurposeNotCovered)
        );
        let mut impersonal = arrangement("MK");
        impersonal.personal_data = false;
        assert_eq!(
            ask(&anybody(), "MK", &[impersonal], FTF),
            Err(Withheld::PersonalData)
        );
    }

    #[test]
    fn somebody_elses_record_needs_their_permission() {
        let record = anybody();
        let mut outgoing = Outgoing {
            envelope: &record,
            category: FTF,
            own: false,
            permitted: false,
        };
        let kept = [arrangement("MK")];
        let ask = |outgoing: Outgoing<'_>| {
            outgoing
                .release("MK".parse().unwrap(), &kept, date(2026, 11, 26))
                .map(|found| found.gate)
        };
        assert_eq!(ask(outgoing), Err(Withheld::NotPermitted));
        outgoing.permitted = true;
        assert_eq!(ask(outgoing), Ok(Gate::BindingInstrument));
    }

    #[test]
    fn of_several_arrangements_the_closest_one_gives_the_reason() {
        let mut impersonal = arrangement("MK");
        impersonal.personal_data = false;
        let mut ended = arrangement("MK");
        ended.valid_to = Some(date(2026, 2, 1));
        assert_eq!(
            ask(&anybody(), "MK", &[impersonal.clone(), ended.clone()], FTF),
            Err(Withheld::PersonalData)
        );
        assert_eq!(
            ask(&anybody(), "MK", &[ended, impersonal], FTF),
            Err(Withheld::PersonalData)
        );
    }

    proptest! {
        /// Whatever is agreed, data of the Schengen Information System stay in it.
        #[test]
        fn sis_data_reach_no_third_country(
            index in 0_usize..6, permitted: bool, own: bool, personal_data: bool,
        ) {
            let partner = ["AL", "BA", "XK", "ME", "MK", "RS"][index];
            let record = envelope(ReleasableTo::Anybody, OriginRegime::Sis);
            let mut kept = arrangement(partner);
            kept.personal_data = personal_data;
            kept.categories = Category::ALL.iter().copied().collect();
            kept.purposes = Purpose::ALL.iter().copied().collect();
            let outgoing = Outgoing { envelope: &record, category: FTF, own, permitted };
            let day = date(2026, 11, 26);
            prop_assert_eq!(
                outgoing.release(partner.parse().unwrap(), [&kept], day).err(),
                Some(Withheld::SisOrigin)
            );
        }
    }
}
