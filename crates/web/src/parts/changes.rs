//! Changes: what a version of a list says otherwise than the one before, field by field.

use askama::Template;

use super::{Tag, Tone};
use crate::Texts;

/// What a version did to one entry.
#[derive(Debug, Template)]
#[template(path = "parts/entry_change.html")]
pub struct EntryChange {
    /// The texts.
    pub t: &'static Texts,
    /// Added, changed or removed.
    pub what: Tag,
    /// The entry's name.
    pub name: String,
    /// The entry's id in its source.
    pub source_id: String,
    /// The entry's page.
    pub href: String,
    /// What differs; empty where the entry came or went as a whole.
    pub fields: Vec<FieldChange>,
}

/// A field that says something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    /// The field, in words.
    pub label: String,
    /// What it said before.
    pub before: Vec<String>,
    /// What it says now.
    pub after: Vec<String>,
}

impl EntryChange {
    /// The tag of a kind of change.
    pub fn tag(change: egnatia_app::ListChange, t: &Texts) -> Tag {
        use egnatia_app::ListChange::{Added, Changed, Removed};
        let (tone, key) = match change {
            Added => (Tone::Agree, "change-added"),
            Changed => (Tone::Caution, "change-changed"),
            Removed => (Tone::Against, "change-removed"),
        };
        Tag {
            tone,
            word: t.text(key),
        }
    }
}
