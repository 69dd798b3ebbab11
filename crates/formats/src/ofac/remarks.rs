//! The remarks of an entry: clauses with `; ` between them, most of them labelled.
//!
//! What is labelled and known goes to its field; everything else is kept in `source_text`, and
//! the remarks as a whole stay as written.

use egnatia_alerts::{Document, ListEntry, NameQuality};
use egnatia_matching::{Gender, IdentifierKind, NameKind, Schema};

use crate::collect::{add, add_birth, add_place, keep};
use crate::text::{after, owned};

use super::labels::{self, Meaning};
use super::names;
use super::places;

/// The field under which a clause without a known label is kept.
const UNLABELLED: &str = "Remarks";

/// The length, in characters, at which `sdn.csv` cuts remarks.
const CUT_AT: usize = 1000;

/// Reads the remarks into the entry's fields.
pub(super) fn read(entry: &mut ListEntry, remarks: &str) {
    let (whole, cut) = match remarks.trim_end().strip_suffix('.') {
        Some(whole) => (whole, false),
        None => (remarks, remarks.chars().count() >= CUT_AT),
    };
    let mut clauses = whole.split(';').map(str::trim).peekable();
    while let Some(clause) = clauses.next() {
        if cut && clauses.peek().is_none() {
            // Half a number would be another number.
            keep(entry, format!("{UNLABELLED} (cut off)"), clause);
        } else {
            read_clause(entry, clause);
        }
    }
}

fn read_clause(entry: &mut ListEntry, clause: &str) {
    let stated = after(clause, "alt. ").unwrap_or(clause);
    if let Some((kind, written)) = alias(stated) {
        // The publisher puts weak aliases of persons and bodies in the remarks, in quotes; for
        // ships it always puts other names there, whatever their quality.
        let quality = match entry.schema {
            Schema::Vessel | Schema::Aircraft => NameQuality::Unstated,
            _ => NameQuality::Low,
        };
        let name = names::listed(entry.schema, written, kind, quality);
        entry.names.push(name);
        return;
    }
    match labels::split(stated) {
        Some((label, rest)) => read_labelled(entry, label, rest),
        None => match labels::split_number(stated) {
            Some((label, rest)) => read_number(entry, label, rest),
            // The title is often repeated in the remarks.
            None if entry.positions.iter().any(|title| title == clause) => {}
            None => keep(entry, UNLABELLED, clause),
        },
    }
}

fn read_labelled(entry: &mut ListEntry, label: &labels::Label, rest: &str) {
    match label.meaning {
        Meaning::Birth => add_birth(entry, rest, None),
        Meaning::Made => add_birth(entry, rest, Some(label.text)),
        Meaning::BirthPlace => add_place(&mut entry.birth_places, places::read(rest)),
        Meaning::Nationality => add(&mut entry.nationalities, rest),
        Meaning::Gender => match (rest, entry.gender) {
            ("Male", None) => entry.gender = Some(Gender::Male),
            ("Female", None) => entry.gender = Some(Gender::Female),
            _ => keep(entry, label.text, rest),
        },
        Meaning::Contact => entry.documents.push(Document {
            kind: IdentifierKind::Other,
            label: label.text.to_owned(),
            number: rest.to_owned(),
            country: None,
            note: None,
        }),
        Meaning::Currency => match rest.split_once(' ') {
            Some((currency, address)) => entry.documents.push(Document {
                kind: IdentifierKind::Other,
                label: format!("{} {currency}", label.text),
                number: address.trim().to_owned(),
                country: None,
                note: None,
            }),
            None => keep(entry, label.text, rest),
        },
        Meaning::Text => keep(entry, label.text.trim_end_matches([':', '-', ' ']), rest),
    }
}

fn read_number(entry: &mut ListEntry, label: &str, rest: &str) {
    let (qualifier, rest) = match rest.strip_prefix('(').and_then(|open| open.split_once(')')) {
        Some((qualifier, rest)) if !rest.trim().is_empty() => (Some(qualifier), rest.trim()),
        _ => (None, rest),
    };
    let ends = [" (", ", ", " issued", " expires", " Date of Issue"];
    let end = ends.iter().filter_map(|mark| rest.find(mark)).min();
    let (number, tail) = rest
        .split_at_checked(end.unwrap_or(rest.len()))
        .unwrap_or((rest, ""));
    if !is_number(number) {
        keep(entry, label, rest);
        return;
    }
    let label = match qualifier {
        Some(qualifier) => format!("{label} ({qualifier})"),
        None => label.to_owned(),
    };
    let (country, note) = country_and_note(tail);
    entry.documents.push(Document {
        kind: crate::documents::kind(&label),
        label,
        number: number.trim().to_owned(),
        country,
        note,
    });
}

/// Whether a text can be a number: it has a digit, or is one word of capitals such as `EP-ABC`.
fn is_number(text: &str) -> bool {
    let has_digit = text.bytes().any(|byte| byte.is_ascii_digit());
    let is_mark = !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte == b'-');
    let is_date = ["issued", "expires"]
        .iter()
        .any(|word| text.starts_with(word));
    (has_digit && !is_date) || is_mark
}

/// Takes the country, which stands in the last parentheses, out of what follows a number.
fn country_and_note(tail: &str) -> (Option<String>, Option<String>) {
    let note = |text: &str| owned(text.trim_start_matches(','));
    let Some((before, open)) = tail.rsplit_once('(') else {
        return (None, note(tail));
    };
    match open.split_once(')') {
        Some((country, behind)) if !country.bytes().any(|byte| byte.is_ascii_digit()) => {
            let rest = format!("{} {}", before.trim(), behind.trim());
            (owned(country), note(&rest))
        }
        _ => (None, note(tail)),
    }
}

fn alias(clause: &str) -> Option<(NameKind, &str)> {
    let (kind, rest) = [
        ("a.k.a. ", NameKind::Alias),
        ("n.k.a. ", NameKind::Alias),
        ("f.k.a. ", NameKind::Former),
    ]
    .into_iter()
    .find_map(|(mark, kind)| Some((kind, after(clause, mark)?.trim())))?;
    let open = |quote| matches!(quote, '\'' | '"' | '‘' | '“');
    let close = |quote| matches!(quote, '\'' | '"' | '’' | '”');
    let name = rest.strip_prefix(open).unwrap_or(rest);
    let name = name.strip_suffix(close).unwrap_or(name).trim();
    (!name.is_empty()).then_some((kind, name))
}

#[cfg(test)]
mod tests;
