//! What a question must state, and how much of it is read.

use egnatia_matching::Description;

use crate::Invalid;

const NAMES_MAX: usize = 20;
const VALUES_MAX: usize = 20;
const TEXT_MAX: usize = 300;

/// Refuses a question that is empty or out of bounds.
pub(super) fn validate(query: &Description) -> Result<(), Invalid> {
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
