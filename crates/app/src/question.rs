//! A question by itself: whether it can be asked, what it is shown as, how it is known again.

use egnatia_alerts::{ConsultedList, EntryRef};
use egnatia_audit::Hash;
use egnatia_matching::Description;
use egnatia_record::RecordId;
use serde_json::json;

use crate::Invalid;
use crate::index::Found;

const NAMES_MAX: usize = 20;
const VALUES_MAX: usize = 20;
const TEXT_MAX: usize = 300;

/// The first name or number of a query, under which a check is shown.
pub(crate) fn asked(query: &Description) -> String {
    let name = query.names.first().map(|name| name.text.as_str());
    let number = query
        .identifiers
        .first()
        .map(|identifier| identifier.value.as_str());
    name.or(number).unwrap_or("—").to_owned()
}

/// Names a pair of a query and an entry's version that somebody has rejected.
pub(crate) fn settled_claim(fingerprint: Hash, entry: RecordId, version: u32) -> String {
    format!("settled:{fingerprint}:{entry}:{version}")
}

/// Tells the same question again from another one: order, case and spacing do not matter.
pub(crate) fn fingerprint(query: &Description) -> Hash {
    fn folded<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<String> {
        let mut texts: Vec<String> = texts
            .map(|text| {
                text.split_whitespace()
                    .collect::<Vec<_>>()
                    .join(" ")
                    .to_lowercase()
            })
            .collect();
        texts.sort();
        texts.dedup();
        texts
    }
    let births: Vec<String> = query.births.iter().map(ToString::to_string).collect();
    let parts = json!([
        query.schema,
        folded(query.names.iter().map(|name| name.text.as_str())),
        folded(births.iter().map(String::as_str)),
        query.gender,
        folded(query.nationalities.iter().map(String::as_str)),
        folded(query.places.iter().map(String::as_str)),
        folded(
            query
                .identifiers
                .iter()
                .map(|identifier| identifier.value.as_str())
        ),
    ]);
    Hash::of(parts.to_string().as_bytes())
}

/// An entry that was found, as a match refers to it.
pub(crate) fn entry_ref(found: &Found, lists: &[ConsultedList]) -> EntryRef {
    EntryRef {
        record: found.record,
        version: found.version,
        list: found.list.clone(),
        list_version: lists
            .iter()
            .find(|consulted| {
                // Received alerts are told apart by issuer, and consulted together.
                let list = found.list.split(':').next();
                consulted.list == found.list || list == Some(&consulted.list)
            })
            .map_or(0, |consulted| consulted.version),
        source_id: found.source_id.clone(),
        name: found.name.clone(),
    }
}

/// Refuses what cannot be compared, or is out of bounds.
pub(crate) fn validate(query: &Description) -> Result<(), Invalid> {
    let something = query
        .names
        .iter()
        .any(|name| name.text.chars().any(char::is_alphanumeric))
        || query
            .identifiers
            .iter()
            .any(|id| id.value.chars().any(char::is_alphanumeric));
    if !something {
        let text = "state a name or a document number; nothing else finds anybody by itself";
        return Err(Invalid::new("name", "missing", text));
    }
    let counts = [
        ("name", query.names.len(), NAMES_MAX),
        ("birth_date", query.births.len(), VALUES_MAX),
        ("nationality", query.nationalities.len(), VALUES_MAX),
        ("place", query.places.len(), VALUES_MAX),
        ("document", query.identifiers.len(), VALUES_MAX),
    ];
    for (field, count, most) in counts {
        if count > most {
            return Err(Invalid::new(
                field,
                "too-many",
                format!("at most {most} of these"),
            ));
        }
    }
    let texts = (query.names.iter().map(|name| ("name", &name.text)))
        .chain(query.nationalities.iter().map(|text| ("nationality", text)))
        .chain(query.places.iter().map(|text| ("place", text)))
        .chain(query.identifiers.iter().map(|id| ("document", &id.value)));
    for (field, text) in texts {
        if text.chars().count() > TEXT_MAX {
            let text = format!("at most {TEXT_MAX} characters");
            return Err(Invalid::new(field, "too-long", text));
        }
        if text.chars().any(char::is_control) {
            return Err(Invalid::new(field, "invalid", "no control characters"));
        }
    }
    Ok(())
}
