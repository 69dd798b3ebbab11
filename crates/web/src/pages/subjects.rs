//! From an entry of a list to the header that says whom or what it is about.

use egnatia_alerts::ListEntry;

use crate::parts::{Cell, Subject};
use crate::{Texts, words};

const OTHERS_MAX: usize = 3;
const NUMBERS_MAX: usize = 4;
const BIRTHS_MAX: usize = 3;
const NATIONALITIES_MAX: usize = 3;

/// The scripts that are told apart: enough to see that a name is the same in another one.
#[derive(PartialEq, Eq, Clone, Copy)]
enum Script {
    Latin,
    Cyrillic,
    Greek,
    Arabic,
    Other,
}

fn script_of(name: &str) -> Script {
    match name.chars().find(|c| c.is_alphabetic()) {
        Some('\u{0000}'..='\u{024f}' | '\u{1e00}'..='\u{1eff}') | None => Script::Latin,
        Some('\u{0370}'..='\u{03ff}') => Script::Greek,
        Some('\u{0400}'..='\u{052f}') => Script::Cyrillic,
        Some('\u{0600}'..='\u{06ff}' | '\u{0750}'..='\u{077f}') => Script::Arabic,
        Some(_) => Script::Other,
    }
}

/// The header of an entry.
pub(crate) fn of_entry(entry: &ListEntry, t: &'static Texts) -> Subject {
    let name = entry.display_name();
    let shown = script_of(name);
    let others = entry
        .names
        .iter()
        .map(|other| other.text.as_str())
        .filter(|other| script_of(other) != shown)
        .take(OTHERS_MAX)
        .map(str::to_owned)
        .collect();
    let numbers = entry
        .documents
        .iter()
        .take(NUMBERS_MAX)
        .map(|document| {
            let kind = t.text(words::identifier_key(document.kind));
            (kind, document.number.clone())
        })
        .collect();
    Subject {
        t,
        born: Some(births(entry, t)).filter(|text| !text.is_empty()),
        schema: t.text(words::schema_key(entry.schema)),
        name: name.to_owned(),
        others,
        numbers,
    }
}

/// The birth dates of an entry on one line; empty where it states none.
pub(crate) fn births(entry: &ListEntry, t: &Texts) -> String {
    let births = entry.births.iter().take(BIRTHS_MAX);
    let texts: Vec<String> = births.map(|birth| words::listed_birth(birth, t)).collect();
    texts.join("; ")
}

/// What tells an entry from others of its name: when it was born, of which nationality it is, and
/// its first number. Empty where the entry says nothing, or is erased.
pub(crate) fn distinguishing(entry: Option<&ListEntry>, t: &Texts) -> [Cell; 3] {
    let nationalities: Vec<String> = entry
        .iter()
        .flat_map(|entry| &entry.nationalities)
        .take(NATIONALITIES_MAX)
        .map(|text| words::country(text, t))
        .collect();
    let number = entry.and_then(|entry| entry.documents.first());
    [
        Cell::Text(entry.map(|entry| births(entry, t)).unwrap_or_default()),
        Cell::Text(nationalities.join(", ")),
        Cell::Exact(number.map(|d| d.number.clone()).unwrap_or_default()),
    ]
}

/// The header of something of which only the name is left.
pub(crate) fn of_name(name: &str, t: &'static Texts) -> Subject {
    Subject {
        t,
        born: None,
        schema: String::new(),
        name: name.to_owned(),
        others: Vec::new(),
        numbers: Vec::new(),
    }
}
