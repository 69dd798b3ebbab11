//! What is known of somebody or something: the input of every comparison.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::BirthDate;

/// What kind of thing is described.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Schema {
    /// A natural person.
    Person,
    /// A company, authority, group or other body.
    Organization,
    /// A ship.
    Vessel,
    /// An aircraft.
    Aircraft,
    /// Not known, or anything: compared with every kind.
    #[default]
    Unknown,
}

/// Everything that is compared. Whatever is not known is empty; order never matters.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Description {
    /// What kind of thing it is.
    pub schema: Schema,
    /// All names, in any script.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<Name>,
    /// All birth dates, or dates of foundation or building.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub births: Vec<BirthDate>,
    /// Gender as the source states it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gender: Option<Gender>,
    /// Nationalities, jurisdictions, flags: codes, names or demonyms, as the source has them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub nationalities: Vec<String>,
    /// Places of birth and residence, as text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub places: Vec<String>,
    /// Document, registration and other numbers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<Identifier>,
    /// What kind of weapon it is, where it is one. The index of this crate does not compare it:
    /// whoever knows makes and calibres does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weapon: Option<Box<Weapon>>,
}

/// What is known of a weapon beside its numbers, as the source has it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Weapon {
    /// What kind of weapon, such as `pistol`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Who made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub make: Option<String>,
    /// Model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Calibre.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calibre: Option<String>,
    /// How sure places of the first serial number are: place from 1, and 0 to 100 percent.
    /// Places that are not named are sure.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub sure: BTreeMap<u8, u8>,
    /// What else such a place may be.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub perhaps: BTreeMap<u8, char>,
}

/// One name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Name {
    /// The whole name as written in the source.
    pub text: String,
    /// What kind of name it is.
    #[serde(default)]
    pub kind: NameKind,
    /// The parts, where the source tells them apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parts: Option<NameParts>,
}

impl Name {
    /// A primary name whose parts are not told apart.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            kind: NameKind::Primary,
            parts: None,
        }
    }
}

/// What kind of name it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NameKind {
    /// The name under which the source files the entry.
    #[default]
    Primary,
    /// Also known as, of good quality.
    Alias,
    /// Also known as, of low quality: nicknames, names shared by many.
    WeakAlias,
    /// Formerly known as, name at birth.
    Former,
}

/// Parts of a person's name. Each may hold several words.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NameParts {
    /// Given names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub given: Option<String>,
    /// Name of the father, or a further name between given and family name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patronymic: Option<String>,
    /// Family names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
}

/// Gender as documents state it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Gender {
    /// M.
    Male,
    /// F.
    Female,
    /// X: stated, and neither.
    Other,
}

/// A number that somebody issued.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Identifier {
    /// What kind of number.
    #[serde(default)]
    pub kind: IdentifierKind,
    /// The number as written in the source.
    pub value: String,
    /// Who issued it: a country code or name, as the source has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
}

/// What kind of number it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IdentifierKind {
    /// Passport or other travel document.
    Passport,
    /// National identity card.
    IdentityCard,
    /// Personal number of a national register (JMBG, EGN, NID…).
    NationalNumber,
    /// Tax number.
    TaxNumber,
    /// Number in a register of companies.
    Registration,
    /// Legal entity identifier, ISO 17442.
    Lei,
    /// Ship number of the International Maritime Organization.
    Imo,
    /// Maritime mobile service identity or call sign.
    CallSign,
    /// Registration mark of an aircraft.
    TailNumber,
    /// Serial number of a thing.
    Serial,
    /// Anything else, or not known.
    #[default]
    Other,
}
