//! What an entry says, field by field, as text: for its page, and for what a version changed.

use egnatia_alerts::{Document, ListEntry, ListedName, Place};
use egnatia_matching::NameKind;

use crate::parts::FieldChange;
use crate::{Texts, words};

/// A field: the key of its name, and what it says.
pub(crate) type FieldTexts = (&'static str, Vec<String>);

/// The key of the name of a kind of name.
pub(crate) const fn name_kind_key(kind: NameKind) -> &'static str {
    match kind {
        NameKind::Primary => "name-primary",
        NameKind::Alias => "name-alias",
        NameKind::WeakAlias => "name-weak-alias",
        NameKind::Former => "name-former",
    }
}

fn name(name: &ListedName, t: &Texts) -> String {
    let quality = words::quality_key(name.quality).map(|key| t.text(key));
    let more = std::iter::once(t.text(name_kind_key(name.kind)))
        .chain(quality)
        .chain(name.note.clone());
    format!("{} ({})", name.text, more.collect::<Vec<_>>().join(", "))
}

fn document(document: &Document) -> String {
    let more = document.country.iter().chain(&document.note).cloned();
    let more: Vec<String> = std::iter::once(document.label.clone())
        .chain(more)
        .collect();
    format!("{} ({})", document.number, more.join(", "))
}

/// A place on one line.
pub(crate) fn place(place: &Place) -> String {
    let parts = [
        &place.street,
        &place.postal_code,
        &place.city,
        &place.region,
        &place.country,
        &place.note,
    ];
    let texts: Vec<&str> = parts.into_iter().flatten().map(String::as_str).collect();
    texts.join(", ")
}

/// All that has no table of its own on the entry's page.
pub(crate) fn other_fields(entry: &ListEntry, t: &Texts) -> Vec<FieldTexts> {
    let births = entry
        .births
        .iter()
        .map(|b| words::listed_birth_in_full(b, t));
    let nationalities = entry.nationalities.iter().map(|n| words::country(n, t));
    let source = entry
        .source_text
        .iter()
        .map(|field| format!("{}: {}", field.field, field.text));
    let one = |text: &Option<String>| text.iter().cloned().collect::<Vec<String>>();
    let dates = |texts: &[String]| texts.iter().map(|t| words::source_date(t)).collect();
    vec![
        (
            "entry-schema",
            vec![t.text(words::schema_key(entry.schema))],
        ),
        ("entry-birth", births.collect()),
        (
            "entry-birth-place",
            entry.birth_places.iter().map(place).collect(),
        ),
        ("entry-address", entry.addresses.iter().map(place).collect()),
        ("entry-nationality", nationalities.collect()),
        (
            "entry-gender",
            entry
                .gender
                .iter()
                .map(|g| t.text(words::gender_key(*g)))
                .collect(),
        ),
        ("entry-position", entry.positions.clone()),
        ("entry-programme", entry.programmes.clone()),
        ("entry-reference", entry.references.clone()),
        ("entry-listed", dates(entry.listed_on.as_slice())),
        ("entry-updated", dates(&entry.updated_on)),
        ("entry-remarks", one(&entry.remarks)),
        ("entry-source-text", source.collect()),
    ]
}

fn all_fields(entry: &ListEntry, t: &Texts) -> Vec<FieldTexts> {
    let names = entry.names.iter().map(|n| name(n, t)).collect();
    let documents = entry.documents.iter().map(document).collect();
    let mut fields = vec![("entry-names", names), ("entry-documents", documents)];
    fields.extend(other_fields(entry, t));
    fields
}

/// What differs between two versions of an entry, field by field.
pub(crate) fn differences(before: &ListEntry, after: &ListEntry, t: &Texts) -> Vec<FieldChange> {
    let pairs = all_fields(before, t).into_iter().zip(all_fields(after, t));
    pairs
        .filter(|((_, before), (_, after))| before != after)
        .map(|((key, before), (_, after))| {
            let gone = before.iter().filter(|text| !after.contains(text)).cloned();
            let new = after.iter().filter(|text| !before.contains(text)).cloned();
            let (gone, new): (Vec<String>, Vec<String>) = (gone.collect(), new.collect());
            // Only the order changed: shown whole, because nothing of it is new.
            let moved = gone.is_empty() && new.is_empty();
            FieldChange {
                label: t.text(key),
                before: if moved { before } else { gone },
                after: if moved { after } else { new },
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use egnatia_alerts::ListedBirth;

    use super::*;

    #[test]
    fn names_only_what_differs() {
        let t = Texts::default_language();
        let before = ListEntry {
            nationalities: vec!["Serbia".to_owned(), "Montenegro".to_owned()],
            ..ListEntry::default()
        };
        let after = ListEntry {
            nationalities: vec!["Serbia".to_owned(), "Albania".to_owned()],
            remarks: Some("new".to_owned()),
            ..ListEntry::default()
        };
        let changes = differences(&before, &after, t);
        assert_eq!(changes.len(), 2);
        assert_eq!(changes[0].before, ["Montenegro"]);
        assert_eq!(changes[0].after, ["Albania"]);
        assert!(differences(&before, &before, t).is_empty());
    }

    #[test]
    fn a_birth_date_stands_beside_the_words_of_its_source() {
        let t = Texts::default_language();
        let shown = |date: Option<&str>, text: &str| {
            let entry = ListEntry {
                births: vec![ListedBirth {
                    date: date.map(|date| date.parse().unwrap()),
                    text: text.to_owned(),
                    note: None,
                }],
                ..ListEntry::default()
            };
            let fields = other_fields(&entry, t);
            let birth = fields.into_iter().find(|(key, _)| *key == "entry-birth");
            birth.unwrap().1.remove(0)
        };
        assert_eq!(
            shown(Some("1971-03-05"), "05 Mar 1971"),
            "05.03.1971 (in the source: 05 Mar 1971)"
        );
        assert_eq!(shown(Some("1971"), "1971"), "1971");
        assert_eq!(shown(None, "in his fifties"), "in his fifties");
    }
}
