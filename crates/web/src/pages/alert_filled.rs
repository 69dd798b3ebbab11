//! The form of an alert filled with what the alert says.

use egnatia_alerts::{Alert, ObjectKind};
use egnatia_matching::{Identifier, NameKind};

use super::alert_form::{FURTHER, NUMBERS, identifier_word};
use crate::visit::Posted;
use crate::words;

/// Numbers of an alert for which the form has no row: a correction leaves them as they are.
pub(crate) fn numbers_beyond(alert: &Alert) -> impl Iterator<Item = Identifier> + '_ {
    alert
        .subject
        .identifiers
        .iter()
        .skip(NUMBERS.len())
        .cloned()
}

/// The form of an alert that is to be corrected.
pub(crate) fn filled(alert: &Alert) -> Posted {
    let mut fields: Vec<(String, String)> = Vec::new();
    let mut put = |name: &str, value: String| fields.push((name.to_owned(), value));
    let subject = &alert.subject;
    let primary = subject
        .names
        .iter()
        .find(|name| name.kind == NameKind::Primary);
    if let Some(name) = primary {
        match name.parts.clone().filter(|parts| parts.family.is_some()) {
            Some(parts) => {
                put("family_name", parts.family.unwrap_or_default());
                put("given_names", parts.given.unwrap_or_default());
                put("patronymic", parts.patronymic.unwrap_or_default());
            }
            None => put("family_name", name.text.clone()),
        }
        put("object_name", name.text.clone());
    }
    for (field, kind) in FURTHER {
        let of_kind = subject.names.iter().filter(|name| {
            name.kind == kind && primary.is_none_or(|primary| !std::ptr::eq(primary, *name))
        });
        let lines: Vec<&str> = of_kind.map(|name| name.text.as_str()).collect();
        put(field, lines.join("\n"));
    }
    let births: Vec<String> = subject.births.iter().map(ToString::to_string).collect();
    put("births", births.join("\n"));
    put("nationalities", subject.nationalities.join("\n"));
    put("places", subject.places.join("\n"));
    let gender = subject.gender.map(words::gender_key);
    put("gender", gender.unwrap_or_default().replace("gender-", ""));
    for ((kind, number, country), held) in NUMBERS.iter().zip(&subject.identifiers) {
        put(kind, identifier_word(held.kind).to_owned());
        put(number, held.value.clone());
        put(country, held.country.clone().unwrap_or_default());
    }
    put(
        "object",
        alert
            .object
            .map(ObjectKind::as_str)
            .unwrap_or_default()
            .to_owned(),
    );
    put("reason", alert.reason.to_string());
    put("action", alert.action.clone());
    put("decision", alert.decision.clone());
    let note = alert.proportionality.as_ref().map(ToString::to_string);
    put("proportionality", note.unwrap_or_default());
    for warning in &alert.warnings {
        put("warnings", warning.as_str().to_owned());
    }
    for (name, text) in [
        ("offence", &alert.offence),
        ("characteristics", &alert.characteristics),
        ("distinguished_by", &alert.distinguished_by),
    ] {
        put(name, text.clone().unwrap_or_default());
    }
    let links: Vec<String> = alert.links.iter().map(ToString::to_string).collect();
    put("links", links.join("\n"));
    Posted::of(fields)
}
