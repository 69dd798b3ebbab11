//! What may flow to a partner, and on what ground: nothing flows outside an arrangement.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::vocabulary::vocabulary;
use crate::{PartnerCode, Purpose};

vocabulary! {
    /// What kind of thing is shared under an arrangement. Alert categories are those of
    /// Regulation (EU) 2018/1862 (rule SIS-01), and foreign terrorist fighters as a category of
    /// their own (rules UN-01, WL-01).
    Category, "category", {
        /// Arrest for surrender or extradition (Art. 26).
        Arrest = "arrest",
        /// Missing or vulnerable persons (Art. 32).
        MissingPerson = "missing-person",
        /// Persons sought to assist with a judicial procedure (Art. 34).
        JudicialProcedure = "judicial-procedure",
        /// Persons and objects for a discreet check (Art. 36).
        DiscreetCheck = "discreet-check",
        /// Persons and objects for an inquiry check (Art. 36).
        InquiryCheck = "inquiry-check",
        /// Persons and objects for a specific check (Art. 36).
        SpecificCheck = "specific-check",
        /// Foreign terrorist fighters, known or suspected (UNSCR 2178, 2396).
        ForeignTerroristFighter = "foreign-terrorist-fighter",
        /// Objects for seizure or use as evidence (Art. 38).
        ObjectSeizure = "object-seizure",
    }
}

vocabulary! {
    /// On what ground personal data may be handed to this partner.
    Gate, "transfer gate", {
        /// Between authorities of the Union: no transfer to a third country.
        UnionLaw = "union-law",
        /// Adequacy decision (Directive (EU) 2016/680 Art. 36).
        Adequacy = "led-36",
        /// Safeguards in a legally binding instrument (Art. 37(1)(a)).
        BindingInstrument = "led-37-1-a",
        /// The controller's own assessment of the safeguards (Art. 37(1)(b)).
        OwnAssessment = "led-37-1-b",
        /// A derogation in an individual case (Art. 38).
        Derogation = "led-38",
        /// A cooperation agreement with Europol of before 1 May 2017 (Regulation (EU) 2016/794
        /// Art. 25(1)(c)).
        EuropolAgreement = "europol-agreement",
        /// A working arrangement with Europol: no personal data (Art. 23(4); rule EU-09).
        WorkingArrangement = "working-arrangement",
        /// The law of an authority that the Union's law does not bind.
        NationalLaw = "national-law",
    }
}

impl Gate {
    /// Whether every transfer through it needs a justification of its own (Art. 37(3), 38(3); rule
    /// LED-24).
    pub const fn needs_justification(self) -> bool {
        matches!(self, Self::OwnAssessment | Self::Derogation)
    }
}

/// The countries of the Schengen Information System and the agencies of the Union. Data that came
/// from it go nowhere else (rule SIS-25).
const SIS_MEMBERS: &[&str] = &[
    "AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "EU", "FI", "FR", "GR", "HR", "HU",
    "IE", "IS", "IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
];

impl PartnerCode {
    /// Whether data of the Schengen Information System may go there at all.
    pub fn takes_part_in_sis(&self) -> bool {
        SIS_MEMBERS.contains(&self.as_str())
    }
}

/// What two parties agreed on. One record of the node for each partner and instrument.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Arrangement {
    /// With whom: a country, or the agencies of the Union.
    pub partner: PartnerCode,
    /// The instrument: its title and date.
    pub instrument: String,
    /// The ground on which data are handed over.
    pub gate: Gate,
    /// Whether personal data are among them.
    pub personal_data: bool,
    /// What kinds of things.
    pub categories: BTreeSet<Category>,
    /// For what purposes.
    pub purposes: BTreeSet<Purpose>,
    /// Whose numbers of hours and days hold, such as `sis-like`.
    pub profile: String,
    /// From this day on.
    pub valid_from: Date,
    /// To this day, inclusive; open where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<Date>,
    /// Where it is written that this is so.
    pub source: String,
    /// Whether a lawyer of the authority has confirmed it. The shipped ones are not.
    pub confirmed: bool,
}

/// An arrangement that cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidArrangement {
    /// Personal data under a working arrangement.
    #[error(
        "a working arrangement does not allow personal data (Regulation (EU) 2016/794 Art. 23(4)); \
         record another gate, or clear `personal data`"
    )]
    WorkingArrangement,
    /// No category at all.
    #[error("an arrangement names at least one category")]
    NoCategory,
    /// No purpose at all.
    #[error("an arrangement names at least one purpose")]
    NoPurpose,
    /// It ends before it begins.
    #[error("an arrangement ends after it begins")]
    Dates,
    /// The instrument or the source is empty or too long.
    #[error("instrument and source have 3 to 400 characters")]
    Text,
}

impl Arrangement {
    /// Checks that it can be.
    ///
    /// # Errors
    /// [`InvalidArrangement`], which says what to change.
    pub fn validate(&self) -> Result<(), InvalidArrangement> {
        let said = |text: &str| (3..=400).contains(&text.trim().chars().count());
        if self.gate == Gate::WorkingArrangement && self.personal_data {
            return Err(InvalidArrangement::WorkingArrangement);
        }
        if self.categories.is_empty() {
            return Err(InvalidArrangement::NoCategory);
        }
        if self.purposes.is_empty() {
            return Err(InvalidArrangement::NoPurpose);
        }
        if self.valid_to.is_some_and(|end| end < self.valid_from) {
            return Err(InvalidArrangement::Dates);
        }
        if !said(&self.instrument) || !said(&self.source) {
            return Err(InvalidArrangement::Text);
        }
        Ok(())
    }

    /// Whether it holds on this day.
    pub fn holds_on(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|end| day <= end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    pub(crate) fn arrangement(partner: &str) -> Arrangement {
        Arrangement {
            partner: partner.parse().unwrap(),
            instrument: "Police Cooperation Convention".into(),
            gate: Gate::BindingInstrument,
            personal_data: true,
            categories: Category::ALL.iter().copied().collect(),
            purposes: BTreeSet::from([Purpose::Terrorism]),
            profile: "sis-like".into(),
            valid_from: date(2026, 1, 1),
            valid_to: None,
            source: "invented for a test".into(),
            confirmed: false,
        }
    }

    #[test]
    fn a_working_arrangement_never_allows_personal_data() {
        let mut kept = arrangement("EU");
        kept.gate = Gate::WorkingArrangement;
        assert_eq!(kept.validate(), Err(InvalidArrangement::WorkingArrangement));
        kept.personal_data = false;
        assert_eq!(kept.validate(), Ok(()));
    }

    #[test]
    fn an_arrangement_holds_on_its_first_and_last_day() {
        let mut kept = arrangement("MK");
        kept.valid_to = Some(date(2026, 12, 31));
        for (day, holds) in [
            (date(2025, 12, 31), false),
            (date(2026, 1, 1), true),
            (date(2026, 12, 31), true),
            (date(2027, 1, 1), false),
        ] {
            assert_eq!(kept.holds_on(day), holds, "{day}");
        }
        kept.valid_to = Some(date(2025, 1, 1));
        assert_eq!(kept.validate(), Err(InvalidArrangement::Dates));
    }

    #[test]
    fn refuses_what_says_nothing() {
        let mut kept = arrangement("MK");
        kept.categories.clear();
        assert_eq!(kept.validate(), Err(InvalidArrangement::NoCategory));
        let mut kept = arrangement("MK");
        kept.purposes.clear();
        assert_eq!(kept.validate(), Err(InvalidArrangement::NoPurpose));
        let mut kept = arrangement("MK");
        kept.source = " ".into();
        assert_eq!(kept.validate(), Err(InvalidArrangement::Text));
    }

    #[test]
    fn no_partner_of_the_region_takes_part_in_sis() {
        for code in ["AL", "BA", "XK", "ME", "MK", "RS"] {
            let code: PartnerCode = code.parse().unwrap();
            assert!(!code.takes_part_in_sis(), "{code}");
        }
        for code in ["HR", "EU", "CH"] {
            assert!(code.parse::<PartnerCode>().unwrap().takes_part_in_sis());
        }
    }
}
