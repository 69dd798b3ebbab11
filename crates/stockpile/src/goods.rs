//! What is kept: single weapons by serial number, ammunition and explosives by lot.

use std::fmt;
use std::str::FromStr;

use egnatia_record::{RecordId, UserId};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::Remark;
use crate::words::is_short;

/// Text that is none of the terms.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is not {expected}")]
pub struct UnknownGoodsTerm {
    pub(crate) found: String,
    pub(crate) expected: &'static str,
}

macro_rules! terms {
    ($(#[$doc:meta])* $name:ident, $expected:literal, { $($(#[$term_doc:meta])* $term:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$term_doc])* #[serde(rename = $text)] $term,)+
        }

        impl $name {
            /// Every term, in the order in which forms show them.
            pub const ALL: &'static [Self] = &[$(Self::$term,)+];

            /// The term as it is written and stored.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$term => $text,)+
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = UnknownGoodsTerm;

            fn from_str(text: &str) -> Result<Self, UnknownGoodsTerm> {
                let found = Self::ALL.iter().copied().find(|term| term.as_str() == text.trim());
                found.ok_or_else(|| UnknownGoodsTerm {
                    found: text.chars().take(32).collect(),
                    expected: $expected,
                })
            }
        }
    };
}
pub(crate) use terms;

terms! {
    /// Hazard division of class 1 (UN system; storage subdivisions of AASTP-1).
    Division, "a hazard division: 1.1, 1.2.1, 1.2.2, 1.2.3, 1.3.1, 1.3.2, 1.4, 1.5, 1.6", {
        /// Mass explosion.
        D1_1 = "1.1",
        /// Projection, the larger fragments.
        D1_2_1 = "1.2.1",
        /// Projection, the smaller fragments.
        D1_2_2 = "1.2.2",
        /// Projection, explodes one by one.
        D1_2_3 = "1.2.3",
        /// Mass fire, propellant.
        D1_3_1 = "1.3.1",
        /// Mass fire, other.
        D1_3_2 = "1.3.2",
        /// Minor hazard.
        D1_4 = "1.4",
        /// Very insensitive, mass explosion.
        D1_5 = "1.5",
        /// Extremely insensitive.
        D1_6 = "1.6",
    }
}

terms! {
    /// Compatibility group of class 1.
    Group, "a compatibility group: A B C D E F G H J K L N S", {
        /// Primary explosive.
        A = "A",
        /// With a primary explosive and fewer than two protective features.
        B = "B",
        /// Propellant.
        C = "C",
        /// Secondary detonating explosive.
        D = "D",
        /// The same with a propelling charge.
        E = "E",
        /// The same with its own means of initiation.
        F = "F",
        /// Pyrotechnic.
        G = "G",
        /// With white phosphorus.
        H = "H",
        /// With flammable liquid or gel.
        J = "J",
        /// With a toxic agent.
        K = "K",
        /// Special risk.
        L = "L",
        /// Extremely insensitive only.
        N = "N",
        /// Hazard confined to the package.
        S = "S",
    }
}

terms! {
    /// In what state something is.
    Condition, "a condition: serviceable, repairable, unserviceable, for-destruction, unknown", {
        /// May be issued.
        Serviceable = "serviceable",
        /// May be issued once it is repaired.
        Repairable = "repairable",
        /// May not be issued.
        Unserviceable = "unserviceable",
        /// Waits to be destroyed.
        ForDestruction = "for-destruction",
        /// Nobody has looked yet.
        Unknown = "unknown",
    }
}

/// Net explosive mass, in milligrams: a cartridge has a gram or two.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Mass {
    milligrams: u64,
}

const MG_PER_KG: u64 = 1_000_000;

impl Mass {
    /// So many milligrams.
    pub const fn from_milligrams(milligrams: u64) -> Self {
        Self { milligrams }
    }

    /// So many kilograms; the greatest mass where that is more than can be said.
    pub const fn from_kilograms(kilograms: u64) -> Self {
        Self::from_milligrams(kilograms.saturating_mul(MG_PER_KG))
    }

    /// In milligrams.
    pub const fn milligrams(self) -> u64 {
        self.milligrams
    }

    /// In kilograms, as the functions of distance take it.
    pub fn kilograms(self) -> f64 {
        let whole = u32::try_from(self.milligrams / MG_PER_KG).unwrap_or(u32::MAX);
        let rest = u32::try_from(self.milligrams % MG_PER_KG).unwrap_or(0);
        f64::from(whole) + f64::from(rest) / 1e6
    }

    /// The sum; nothing where it is more than can be said.
    pub fn plus(self, other: Self) -> Option<Self> {
        self.milligrams
            .checked_add(other.milligrams)
            .map(Self::from_milligrams)
    }

    /// So many times; nothing where it is more than can be said.
    pub fn times(self, count: u64) -> Option<Self> {
        self.milligrams
            .checked_mul(count)
            .map(Self::from_milligrams)
    }
}

impl fmt::Display for Mass {
    /// In kilograms, without zeros at the end: `1000`, `0.0016`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, rest) = (self.milligrams / MG_PER_KG, self.milligrams % MG_PER_KG);
        match rest {
            0 => write!(f, "{whole}"),
            _ => {
                let decimals = format!("{rest:06}");
                write!(f, "{whole}.{}", decimals.trim_end_matches('0'))
            }
        }
    }
}

impl FromStr for Mass {
    type Err = UnknownGoodsTerm;

    /// Reads kilograms, with up to six decimals: `1000`, `0.0016`.
    fn from_str(text: &str) -> Result<Self, UnknownGoodsTerm> {
        let wrong = || UnknownGoodsTerm {
            found: text.chars().take(32).collect(),
            expected: "a mass in kg: digits, and up to six decimals after a point, such as 1000 or \
                       0.0016; at most 18446744073709",
        };
        let text = text.trim();
        let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
        let digits = |part: &str| part.chars().all(|c| c.is_ascii_digit());
        if whole.is_empty() || !digits(whole) || !digits(decimals) || decimals.len() > 6 {
            return Err(wrong());
        }
        let whole: u64 = whole.parse().map_err(|_| wrong())?;
        let rest: u64 = format!("{decimals:0<6}").parse().map_err(|_| wrong())?;
        let total = whole
            .checked_mul(MG_PER_KG)
            .and_then(|mg| mg.checked_add(rest));
        total.map(Self::from_milligrams).ok_or_else(wrong)
    }
}

terms! {
    /// The category of a weapon (Directive (EU) 2021/555, Annex I Part II).
    WeaponCategory, "a category of weapons: A, B, C", {
        /// Prohibited to the public.
        A = "A",
        /// Subject to authorisation.
        B = "B",
        /// Subject to declaration.
        C = "C",
    }
}

/// That somebody looked at goods: surveillance.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inspection {
    /// When.
    pub on: Date,
    /// Who says so.
    pub by: UserId,
    /// What they found.
    pub found: Remark,
}

/// The explosive hazard of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Explosive {
    /// Hazard division.
    pub division: Division,
    /// Compatibility group.
    pub group: Group,
    /// Net explosive mass of one piece, mg.
    pub mass_each: Mass,
}

/// How something is told from others.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Tracking {
    /// By its serial number: there is one of it, and it is in one place.
    Serial {
        /// The number as it is marked.
        serial: String,
        /// The record of the weapon, where there is one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        record: Option<RecordId>,
    },
    /// By its lot: there are many of it, in any number of places.
    Lot {
        /// The lot as it is marked; `none`, `mixed` and `unknown` are written as such.
        lot: String,
    },
}

/// The body of a record of kind `stock-goods`: one weapon, or one lot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Goods {
    /// What it is, such as `cartridge 7.62x39 FMJ` or `M70 AB2`.
    pub nomenclature: String,
    /// How it is told from others.
    pub tracking: Tracking,
    /// Its explosive hazard, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explosive: Option<Explosive>,
    /// Its category, where it is a weapon.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<WeaponCategory>,
    /// When it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made_on: Option<Date>,
    /// Until when it may be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_on: Option<Date>,
    /// When it was last looked at, and what was found; earlier ones stand in earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inspected: Option<Inspection>,
    /// In what state it is.
    pub condition: Condition,
}

/// Why goods are not registered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidGoods {
    /// Nobody could say what it is.
    #[error("state what it is, 1 to 200 characters")]
    Nomenclature,
    /// No number.
    #[error("state the serial number or the lot, 1 to 64 characters with a letter or digit")]
    Number,
    /// It expires before it is made.
    #[error("it cannot expire before it is made")]
    Dates,
    /// Explosive without mass.
    #[error("state the net explosive mass of one piece; leave the hazard out where there is none")]
    NoMass,
}

impl InvalidGoods {
    /// The field that is wrong, as forms and the API name it.
    pub const fn field(&self) -> &'static str {
        match self {
            Self::Nomenclature => "nomenclature",
            Self::Number => "number",
            Self::Dates => "expires_on",
            Self::NoMass => "mass_each",
        }
    }
}

impl Goods {
    /// Checks goods before they are registered.
    ///
    /// # Errors
    /// [`InvalidGoods`], by the first field that is missing or cannot be.
    pub fn validate(&self) -> Result<(), InvalidGoods> {
        if !is_short(&self.nomenclature, 200) {
            return Err(InvalidGoods::Nomenclature);
        }
        if !is_short(self.number(), 64) || self.key_number().is_empty() {
            return Err(InvalidGoods::Number);
        }
        if let (Some(made), Some(expires)) = (self.made_on, self.expires_on)
            && expires < made
        {
            return Err(InvalidGoods::Dates);
        }
        match self.explosive {
            Some(explosive) if explosive.mass_each == Mass::default() => Err(InvalidGoods::NoMass),
            _ => Ok(()),
        }
    }

    /// The serial number or the lot, as it is marked.
    pub fn number(&self) -> &str {
        match &self.tracking {
            Tracking::Serial { serial, .. } => serial,
            Tracking::Lot { lot } => lot,
        }
    }

    /// The weapon of the register that it is, where somebody has said so.
    pub const fn register_record(&self) -> Option<RecordId> {
        match &self.tracking {
            Tracking::Serial { record, .. } => *record,
            Tracking::Lot { .. } => None,
        }
    }

    /// Whether there is one of it.
    pub const fn is_serialised(&self) -> bool {
        matches!(self.tracking, Tracking::Serial { .. })
    }

    /// A number without what does not count: case, hyphens, dots, spaces. Two texts with the same
    /// one mean the same number.
    pub fn key_of(number: &str) -> String {
        let letters = number.chars().filter(|c| c.is_alphanumeric());
        letters.flat_map(char::to_uppercase).collect()
    }

    fn key_number(&self) -> String {
        Self::key_of(self.number())
    }

    /// A name that only one registration may hold: the same thing is never registered twice.
    pub fn claim(&self) -> String {
        let kind = if self.is_serialised() {
            "serial"
        } else {
            "lot"
        };
        let nomenclature = self
            .nomenclature
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ");
        format!(
            "stock-{kind}:{}:{}",
            nomenclature.to_lowercase(),
            self.key_number()
        )
    }

    /// The explosive mass of so many; zero where there is no hazard, nothing where it is too much.
    pub fn mass_of(&self, quantity: u64) -> Option<Mass> {
        match self.explosive {
            Some(explosive) => explosive.mass_each.times(quantity),
            None => Some(Mass::default()),
        }
    }

    /// Whether it is due to be looked at on this day: it has expired.
    pub fn is_expired(&self, today: Date) -> bool {
        self.expires_on.is_some_and(|day| day < today)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weapon(serial: &str) -> Goods {
        Goods {
            nomenclature: "M70 AB2".into(),
            tracking: Tracking::Serial {
                serial: serial.into(),
                record: None,
            },
            explosive: None,
            made_on: None,
            expires_on: None,
            category: None,
            inspected: None,
            condition: Condition::Serviceable,
        }
    }

    #[test]
    fn hyphens_dots_and_case_make_no_other_serial() {
        assert_eq!(weapon("e619-1609").claim(), weapon("E6191609").claim());
        assert_ne!(weapon("369J257").claim(), weapon("369257").claim());
        let mut lot = weapon("E6191609");
        lot.tracking = Tracking::Lot {
            lot: "E6191609".into(),
        };
        assert_ne!(lot.claim(), weapon("E6191609").claim());
    }

    #[test]
    fn a_serial_of_signs_alone_is_refused() {
        assert_eq!(weapon("--.").validate(), Err(InvalidGoods::Number));
        assert_eq!(weapon("A1").validate(), Ok(()));
    }

    #[test]
    fn masses_survive_their_text_form() {
        for text in ["0", "1000", "0.0016", "12.5", "0.000001"] {
            assert_eq!(text.parse::<Mass>().unwrap().to_string(), text);
        }
        for text in [
            "",
            "-1",
            "1.0000001",
            "1e3",
            "1,5",
            ".5",
            "99999999999999999999",
        ] {
            assert!(text.parse::<Mass>().is_err(), "{text}");
        }
    }
}
