//! Entities that belong to others: documents, addresses, sanctions, relations.

use egnatia_alerts::{ListEntry, Place};

use crate::collect::{add, add_place, keep};
use crate::text::joined;

use super::entity::Entity;
use super::properties;

/// Schemas that describe no person or thing by themselves, by the FollowTheMoney model.
const ATTACHED: &[&str] = &[
    "Address",
    "Analyzable",
    "Associate",
    "BankAccount",
    "ContractAward",
    "CourtCaseParty",
    "Debt",
    "Directorship",
    "Documentation",
    "EconomicActivity",
    "Employment",
    "Family",
    "Identification",
    "Interest",
    "Interval",
    "Membership",
    "Mention",
    "Note",
    "Occupancy",
    "Ownership",
    "Passport",
    "Payment",
    "Position",
    "ProjectParticipant",
    "Representation",
    "Risk",
    "Sanction",
    "Similar",
    "Succession",
    "TaxRoll",
    "UnknownLink",
];

/// Properties of attached entities that refer to whom they belong to.
const HOLDERS: &[&str] = &[
    "agent",
    "asset",
    "associate",
    "client",
    "creditor",
    "debtor",
    "director",
    "employee",
    "employer",
    "entity",
    "holder",
    "member",
    "object",
    "organization",
    "owner",
    "party",
    "payer",
    "beneficiary",
    "person",
    "predecessor",
    "relative",
    "subject",
    "successor",
];

/// Properties of persons and things that refer to what belongs to them. `identificiation` is
/// how the model spells it.
const REFERRING: &[&str] = &[
    "addressEntity",
    "sanctions",
    "identificiation",
    "passportEntity",
];

/// Whether an entity of the schema belongs to others.
pub(super) fn is_attached(schema: &str) -> bool {
    ATTACHED.contains(&schema)
}

/// The ids of those to whom an attached entity belongs, as it says itself.
pub(super) fn holders(entity: &Entity) -> Vec<String> {
    ids(entity, HOLDERS)
}

/// The ids of attached entities that an entity refers to.
pub(super) fn referred(entity: &Entity) -> Vec<String> {
    ids(entity, REFERRING)
}

fn ids(entity: &Entity, properties: &[&str]) -> Vec<String> {
    entity
        .properties
        .iter()
        .filter(|property| properties.contains(&property.name.as_str()))
        .flat_map(|property| {
            let inner = property.entities.iter().map(|inner| inner.id.clone());
            property.texts.iter().cloned().chain(inner)
        })
        .filter(|id| !id.is_empty())
        .collect()
}

/// Adds an attached entity to the entry that it belongs to.
pub(super) fn join(entry: &mut ListEntry, entity: &Entity) {
    let done: &[&str] = match entity.schema.as_str() {
        "Identification" | "Passport" => join_document(entry, entity),
        "Address" => join_address(entry, entity),
        "Sanction" => join_sanction(entry, entity),
        _ => &[],
    };
    let path = |name: &str| format!("{}/{name}", entity.schema);
    keep(entry, path("id"), &entity.id);
    for property in &entity.properties {
        let is_self =
            |text: &str| HOLDERS.contains(&property.name.as_str()) && text == entry.source_id;
        let kept: Vec<&String> = property
            .texts
            .iter()
            .skip(usize::from(done.contains(&property.name.as_str())))
            .filter(|text| !is_self(text))
            .collect();
        for text in kept {
            keep(entry, path(&property.name), text);
        }
        for inner in &property.entities {
            keep(entry, path(&property.name), &inner.text());
        }
    }
    for (name, text) in &entity.others {
        keep(entry, path(name), text);
    }
}

/// Adds an entity that stands in a property of the entry.
pub(super) fn join_inner(entry: &mut ListEntry, property: &str, inner: &Entity) {
    if is_attached(&inner.schema) {
        join(entry, inner);
    } else {
        keep(entry, property, &inner.text());
    }
}

/// Each of these gives the properties whose first text now has its place.
fn join_document(entry: &mut ListEntry, entity: &Entity) -> &'static [&'static str] {
    match properties::document(entity) {
        Some(document) => {
            entry.documents.push(document);
            &[
                "number",
                "type",
                "country",
                "startDate",
                "endDate",
                "authority",
            ]
        }
        None => &[],
    }
}

fn join_address(entry: &mut ListEntry, entity: &Entity) -> &'static [&'static str] {
    let text = |property: &str| entity.first(property).map(str::to_owned);
    let street = [entity.first("street"), entity.first("street2")];
    let parts = Place {
        street: joined(street, ", ").or_else(|| text("full")),
        city: text("city"),
        region: text("region").or_else(|| text("state")),
        postal_code: text("postalCode"),
        country: text("country"),
        note: text("remarks"),
    };
    add_place(&mut entry.addresses, parts);
    &[
        "street",
        "street2",
        "city",
        "postalCode",
        "country",
        "remarks",
    ]
}

fn join_sanction(entry: &mut ListEntry, entity: &Entity) -> &'static [&'static str] {
    for property in ["program", "programId"] {
        for text in entity.texts(property) {
            add(&mut entry.programmes, text);
        }
    }
    if entry.listed_on.is_none() {
        entry.listed_on = entity.first("listingDate").map(str::to_owned);
        return &["listingDate"];
    }
    &[]
}
