//! What the properties of persons, bodies and things mean.

use egnatia_alerts::{Document, ListEntry, ListedName, NameQuality, Place};
use egnatia_matching::{Gender, IdentifierKind, NameKind, NameParts, Schema};

use crate::collect::{self, add, add_birth, add_place, add_remark, keep};
use crate::documents;
use crate::text::joined;

use super::attached;
use super::entity::{Entity, Property};

/// The field to which a property goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Name(NameKind, NameQuality),
    Birth,
    /// When a body was founded or a thing was built.
    Made,
    BirthPlace,
    BirthCountry,
    Address,
    Nationality,
    /// A nationality of bodies and things; where persons live.
    Country,
    Gender,
    Number(IdentifierKind),
    Position,
    Programme,
    Reference,
    Changed,
    Remarks,
}

/// Properties by the FollowTheMoney model. What is not here is kept as text.
const FIELDS: &[(&str, Field)] = &[
    (
        "name",
        Field::Name(NameKind::Primary, NameQuality::Unstated),
    ),
    ("alias", Field::Name(NameKind::Alias, NameQuality::Unstated)),
    ("weakAlias", Field::Name(NameKind::Alias, NameQuality::Low)),
    (
        "abbreviation",
        Field::Name(NameKind::Alias, NameQuality::Low),
    ),
    (
        "previousName",
        Field::Name(NameKind::Former, NameQuality::Unstated),
    ),
    (
        "pastNames",
        Field::Name(NameKind::Former, NameQuality::Unstated),
    ),
    ("birthDate", Field::Birth),
    ("incorporationDate", Field::Made),
    ("buildDate", Field::Made),
    ("birthPlace", Field::BirthPlace),
    ("birthCountry", Field::BirthCountry),
    ("address", Field::Address),
    ("nationality", Field::Nationality),
    ("citizenship", Field::Nationality),
    ("jurisdiction", Field::Nationality),
    ("flag", Field::Nationality),
    ("mainCountry", Field::Country),
    ("country", Field::Country),
    ("gender", Field::Gender),
    ("passportNumber", Field::Number(IdentifierKind::Passport)),
    ("idNumber", Field::Number(IdentifierKind::IdentityCard)),
    (
        "socialSecurityNumber",
        Field::Number(IdentifierKind::NationalNumber),
    ),
    ("taxNumber", Field::Number(IdentifierKind::TaxNumber)),
    ("vatCode", Field::Number(IdentifierKind::TaxNumber)),
    ("innCode", Field::Number(IdentifierKind::TaxNumber)),
    ("jibCode", Field::Number(IdentifierKind::TaxNumber)),
    (
        "registrationNumber",
        Field::Number(IdentifierKind::Registration),
    ),
    ("ogrnCode", Field::Number(IdentifierKind::Registration)),
    ("okpoCode", Field::Number(IdentifierKind::Registration)),
    ("uscCode", Field::Number(IdentifierKind::Registration)),
    ("mbsCode", Field::Number(IdentifierKind::Registration)),
    ("voenCode", Field::Number(IdentifierKind::TaxNumber)),
    ("leiCode", Field::Number(IdentifierKind::Lei)),
    ("imoNumber", Field::Number(IdentifierKind::Imo)),
    ("mmsi", Field::Number(IdentifierKind::CallSign)),
    ("callSign", Field::Number(IdentifierKind::CallSign)),
    ("serialNumber", Field::Number(IdentifierKind::Serial)),
    ("dunsCode", Field::Number(IdentifierKind::Other)),
    ("kppCode", Field::Number(IdentifierKind::Other)),
    ("permId", Field::Number(IdentifierKind::Other)),
    ("swiftBic", Field::Number(IdentifierKind::Other)),
    ("bikCode", Field::Number(IdentifierKind::Other)),
    ("isin", Field::Number(IdentifierKind::Other)),
    ("uniqueEntityId", Field::Number(IdentifierKind::Other)),
    ("publicKey", Field::Number(IdentifierKind::Other)),
    ("email", Field::Number(IdentifierKind::Other)),
    ("website", Field::Number(IdentifierKind::Other)),
    ("title", Field::Position),
    ("position", Field::Position),
    ("program", Field::Programme),
    ("programId", Field::Programme),
    ("wikidataId", Field::Reference),
    ("modifiedAt", Field::Changed),
    ("notes", Field::Remarks),
];

const GIVEN: &str = "firstName";
const PATRONYMIC: &[&str] = &["secondName", "middleName", "fatherName"];
const FAMILY: &str = "lastName";

/// An entity, with the entities that stand in it, as an entry.
pub(super) fn entry(mut entity: Entity) -> ListEntry {
    let mut entry = ListEntry {
        source_id: std::mem::take(&mut entity.id),
        schema: match entity.schema.as_str() {
            "Person" => Schema::Person,
            "Organization" | "Company" | "PublicBody" => Schema::Organization,
            "Vessel" => Schema::Vessel,
            "Airplane" => Schema::Aircraft,
            // A `LegalEntity` is a person or a body, and the source does not know which.
            _ => Schema::Unknown,
        },
        ..ListEntry::default()
    };
    keep(&mut entry, "schema", &entity.schema);
    for property in &entity.properties {
        read_property(&mut entry, property);
    }
    order_names(&mut entry, &entity);
    tell_parts_apart(&mut entry, &entity);
    for (name, text) in &entity.others {
        match name.as_str() {
            "referents" => add(&mut entry.references, text),
            "last_change" => add(&mut entry.updated_on, text),
            _ => keep(&mut entry, name, text),
        }
    }
    for property in &entity.properties {
        for inner in &property.entities {
            attached::join_inner(&mut entry, &property.name, inner);
        }
    }
    entry
}

fn read_property(entry: &mut ListEntry, property: &Property) {
    let field = FIELDS
        .iter()
        .find(|(name, _)| *name == property.name)
        .map(|(_, field)| *field);
    for text in &property.texts {
        match field {
            Some(field) => read_text(entry, field, &property.name, text),
            None => keep(entry, &property.name, text),
        }
    }
}

fn read_text(entry: &mut ListEntry, field: Field, property: &str, text: &str) {
    match field {
        Field::Name(kind, quality) => entry.names.push(collect::name(text, kind, quality)),
        Field::Birth => add_birth(entry, text, None),
        Field::Made => add_birth(entry, text, Some(property)),
        // Free text, whose parts the model does not tell apart.
        Field::BirthPlace => entry.birth_places.push(Place {
            city: Some(text.to_owned()),
            ..Place::default()
        }),
        Field::BirthCountry => entry.birth_places.push(in_country(text)),
        Field::Address => entry.addresses.push(Place {
            street: Some(text.to_owned()),
            ..Place::default()
        }),
        // The country of a person is where he is active, of which he need not be a national.
        Field::Country if entry.schema == Schema::Person => {
            add_place(&mut entry.addresses, in_country(text));
        }
        Field::Nationality | Field::Country => add(&mut entry.nationalities, text),
        Field::Gender => match (text.to_lowercase().as_str(), entry.gender) {
            ("male" | "m", None) => entry.gender = Some(Gender::Male),
            ("female" | "f", None) => entry.gender = Some(Gender::Female),
            ("other" | "x", None) => entry.gender = Some(Gender::Other),
            _ => keep(entry, property, text),
        },
        Field::Number(kind) => entry.documents.push(Document {
            kind: match (kind, entry.schema) {
                // The mark that an aircraft bears is its number in the register.
                (IdentifierKind::Registration, Schema::Aircraft) => IdentifierKind::TailNumber,
                (kind, _) => kind,
            },
            label: property.to_owned(),
            number: text.to_owned(),
            country: None,
            note: None,
        }),
        Field::Position => add(&mut entry.positions, text),
        Field::Programme => add(&mut entry.programmes, text),
        Field::Reference => add(&mut entry.references, text),
        Field::Changed => add(&mut entry.updated_on, text),
        Field::Remarks => add_remark(entry, text),
    }
}

fn in_country(country: &str) -> Place {
    Place {
        country: Some(country.to_owned()),
        ..Place::default()
    }
}

/// Puts the primary names first, and of these the one under which the source shows the entity.
fn order_names(entry: &mut ListEntry, entity: &Entity) {
    let caption = entity.others.iter().find(|(name, _)| name == "caption");
    let caption = caption.map(|(_, text)| text.as_str()).unwrap_or_default();
    entry.names.sort_by_key(|name| {
        let rank = match name.kind {
            NameKind::Primary => 0,
            NameKind::Alias => 1,
            NameKind::WeakAlias => 2,
            NameKind::Former => 3,
        };
        (rank, name.text != caption)
    });
}

/// Gives the names of a person their parts, where the entity states each part once and the name is
/// made of them. Where it states several, the model does not say which belong together.
fn tell_parts_apart(entry: &mut ListEntry, entity: &Entity) {
    if entry.names.is_empty() {
        let [given, patronymic, family] = parts(|property| entity.first(property));
        if let Some(text) = joined([given, patronymic, family], " ") {
            entry.names.push(ListedName {
                parts: Some(name_parts([given, patronymic, family])),
                ..collect::name(&text, NameKind::Primary, NameQuality::Unstated)
            });
        }
        return;
    }
    let [given, patronymic, family] = parts(|property| match entity.texts(property) {
        [text] => Some(text.as_str()),
        _ => None,
    });
    if given.is_none() || family.is_none() {
        return;
    }
    for stated in [[given, patronymic, family], [given, None, family]] {
        let made_of = words(&joined(stated, " ").unwrap_or_default());
        for name in entry.names.iter_mut().filter(|name| name.parts.is_none()) {
            if words(&name.text) == made_of {
                name.parts = Some(name_parts(stated));
            }
        }
    }
}

/// Given name, name of the father or middle name, and family name.
fn parts<'a>(value: impl Fn(&str) -> Option<&'a str>) -> [Option<&'a str>; 3] {
    let patronymic = PATRONYMIC.iter().find_map(|property| value(property));
    [value(GIVEN), patronymic, value(FAMILY)]
}

fn name_parts([given, patronymic, family]: [Option<&str>; 3]) -> NameParts {
    NameParts {
        given: given.map(str::to_owned),
        patronymic: patronymic.map(str::to_owned),
        family: family.map(str::to_owned),
    }
}

/// The words of a name in a fixed order, whatever their case.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = name.split_whitespace().map(str::to_lowercase).collect();
    words.sort_unstable();
    words
}

/// A number of a joined document.
pub(super) fn document(entity: &Entity) -> Option<Document> {
    let number = entity.first("number")?.to_owned();
    let label = entity.first("type").unwrap_or(&entity.schema).to_owned();
    let dated = |word: &str, property: &str| Some(format!("{word} {}", entity.first(property)?));
    let start = dated("issued", "startDate");
    let end = dated("expires", "endDate");
    let by = dated("by", "authority");
    Some(Document {
        kind: match entity.schema.as_str() {
            "Passport" => IdentifierKind::Passport,
            _ => documents::kind(&label),
        },
        label,
        number,
        country: entity.first("country").map(str::to_owned),
        note: joined([start.as_deref(), by.as_deref(), end.as_deref()], " "),
    })
}
