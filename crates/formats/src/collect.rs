//! Putting what a source states into an entry.

use egnatia_alerts::{ListEntry, ListedBirth, ListedName, NameQuality, Place, SourceText};
use egnatia_matching::NameKind;

use crate::dates;
use crate::text::{filled, owned};

/// Keeps a text that has no field of its own, where there is one.
pub(crate) fn keep(entry: &mut ListEntry, field: impl Into<String>, text: &str) {
    if let Some(text) = owned(text) {
        let field = field.into();
        entry.source_text.push(SourceText { field, text });
    }
}

/// How many texts of a list are searched for a new one. Real entries have fewer; a hostile list
/// must not cost the square of its length.
const SEARCHED_MAX: usize = 64;

/// Adds a text to a list of texts, where there is one and it is not there yet.
pub(crate) fn add(list: &mut Vec<String>, text: &str) {
    if let Some(text) = filled(text)
        && !list.iter().take(SEARCHED_MAX).any(|known| known == text)
    {
        list.push(text.to_owned());
    }
}

/// Adds a birth date, or a date of foundation or building, where there is one.
pub(crate) fn add_birth(entry: &mut ListEntry, text: &str, note: Option<&str>) {
    if let Some(text) = owned(text) {
        entry.births.push(ListedBirth {
            date: dates::birth(&text),
            text,
            note: note.and_then(owned),
        });
    }
}

/// A name whose parts are not told apart.
pub(crate) fn name(text: &str, kind: NameKind, quality: NameQuality) -> ListedName {
    ListedName {
        text: text.to_owned(),
        kind,
        quality,
        parts: None,
        note: None,
    }
}

/// Adds a place, unless nothing of it is known.
pub(crate) fn add_place(places: &mut Vec<Place>, place: Place) {
    if place != Place::default() {
        places.push(place);
    }
}

/// Adds a line to the remarks.
pub(crate) fn add_remark(entry: &mut ListEntry, text: &str) {
    let Some(text) = filled(text) else { return };
    match &mut entry.remarks {
        Some(remarks) => {
            remarks.push('\n');
            remarks.push_str(text);
        }
        None => entry.remarks = Some(text.to_owned()),
    }
}
