//! An entry of a sanctions or watch list, as its source states it.

use egnatia_matching::{
    BirthDate, Description, Gender, Identifier, IdentifierKind, Name, NameKind, NameParts, Schema,
};
use serde::{Deserialize, Serialize};

/// The body of a record of kind `list-entry`. Nothing of the source is dropped: what has no field
/// of its own stands in `source_text`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ListEntry {
    /// The entry's id in its source, unique within the list.
    pub source_id: String,
    /// What the entry is about.
    pub schema: Schema,
    /// All names, the primary one first.
    pub names: Vec<ListedName>,
    /// Birth dates, or dates of foundation or building.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub births: Vec<ListedBirth>,
    /// Places of birth.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub birth_places: Vec<Place>,
    /// Addresses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<Place>,
    /// Nationalities, citizenships, jurisdictions, flags: as written in the source.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub nationalities: Vec<String>,
    /// Documents and other numbers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub documents: Vec<Document>,
    /// Gender.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gender: Option<Gender>,
    /// Titles, positions, designations.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub positions: Vec<String>,
    /// Sanctions programmes or list types.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub programmes: Vec<String>,
    /// Reference numbers under which the source knows the entry besides `source_id`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<String>,
    /// When it was listed, as written in the source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listed_on: Option<String>,
    /// When the source says that it changed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub updated_on: Vec<String>,
    /// Remarks, as written in the source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remarks: Option<String>,
    /// Every field of the source that has no place above, by its name in the source.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub source_text: Vec<SourceText>,
}

/// A name on a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListedName {
    /// The whole name.
    pub text: String,
    /// What kind of name it is.
    pub kind: NameKind,
    /// How good the source says it is.
    #[serde(default)]
    pub quality: NameQuality,
    /// The parts, where the source tells them apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parts: Option<NameParts>,
    /// What the source adds to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// How good a source says that a name is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NameQuality {
    /// Good or strong.
    Good,
    /// Low or weak.
    Low,
    /// The source does not say.
    #[default]
    Unstated,
}

/// A birth date on a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListedBirth {
    /// The date as it is compared; absent where the text says no date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date: Option<BirthDate>,
    /// The date as written in the source.
    pub text: String,
    /// What the source adds to it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A place or address.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Place {
    /// Street and number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street: Option<String>,
    /// City.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub city: Option<String>,
    /// State, province, region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Postal code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// Country, as written in the source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// What the source adds to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A document or another number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// What kind of number.
    pub kind: IdentifierKind,
    /// The kind as written in the source, such as `Passport` or `Cedula No.`.
    pub label: String,
    /// The number as written in the source.
    pub number: String,
    /// The issuing country, as written in the source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Dates of issue and expiry, place of issue, and what else the source adds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A field of the source that has no place of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceText {
    /// The field's name in the source.
    pub field: String,
    /// What stands there.
    pub text: String,
}

impl ListEntry {
    /// The name under which the entry is shown: the primary one, else the first.
    pub fn display_name(&self) -> &str {
        self.names
            .iter()
            .find(|name| name.kind == NameKind::Primary)
            .or(self.names.first())
            .map_or("", |name| name.text.as_str())
    }

    /// What of the entry is compared with others.
    pub fn describe(&self) -> Description {
        let place = |place: &Place| {
            let parts = [&place.city, &place.region, &place.country];
            let text: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
            (!text.is_empty()).then(|| text.join(", "))
        };
        Description {
            schema: self.schema,
            names: self
                .names
                .iter()
                .map(|name| Name {
                    text: name.text.clone(),
                    kind: match (name.kind, name.quality) {
                        (NameKind::Alias, NameQuality::Low) => NameKind::WeakAlias,
                        (kind, _) => kind,
                    },
                    parts: name.parts.clone(),
                })
                .collect(),
            births: self.births.iter().filter_map(|birth| birth.date).collect(),
            gender: self.gender,
            nationalities: self.nationalities.clone(),
            places: self
                .birth_places
                .iter()
                .chain(&self.addresses)
                .filter_map(place)
                .collect(),
            identifiers: self
                .documents
                .iter()
                .map(|document| Identifier {
                    kind: document.kind,
                    value: document.number.clone(),
                    country: document.country.clone(),
                })
                .collect(),
            weapon: None,
        }
    }
}
