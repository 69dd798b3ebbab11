//! What an `INDIVIDUAL` or `ENTITY` element states.

use egnatia_alerts::{Document, ListEntry, ListedBirth, ListedName, NameQuality, Place};
use egnatia_matching::{BirthDate, Gender, NameKind, Schema};

use crate::collect::{self, add, add_birth, add_place, add_remark, keep};
use crate::text::joined;
use crate::{dates, documents};

use super::tree::Element;

/// The parts of a name in their order. Which of them is the family name differs between peoples
/// and the source does not say it, so they are joined and never told apart.
const NAMES: [&str; 6] = [
    "FIRST_NAME",
    "SECOND_NAME",
    "THIRD_NAME",
    "FOURTH_NAME",
    "FIFTH_NAME",
    "SIXTH_NAME",
];

/// The most aliases in one `ALIAS_NAME`. The real file has up to 5; each gets the note of all, so
/// that more must not be split.
const ALIASES_MAX: usize = 16;

/// Reads an element of a group into an entry; its id is empty where the element has none.
pub(super) fn read(group: &str, mut element: Element) -> ListEntry {
    let mut entry = ListEntry {
        source_id: element.take("DATAID").unwrap_or_default(),
        schema: match group {
            "INDIVIDUALS" => Schema::Person,
            "ENTITIES" => Schema::Organization,
            _ => Schema::Unknown,
        },
        ..ListEntry::default()
    };
    read_names(&mut entry, &mut element);
    entry.references = element.take_all("REFERENCE_NUMBER");
    entry.programmes = element.take_all("UN_LIST_TYPE");
    entry.listed_on = element.take("LISTED_ON");
    if let Some(text) = element.take("GENDER") {
        match text.as_str() {
            "Male" => entry.gender = Some(Gender::Male),
            "Female" => entry.gender = Some(Gender::Female),
            _ => keep(&mut entry, "GENDER", &text),
        }
    }
    for part in std::mem::take(&mut element.children) {
        read_part(&mut entry, part);
    }
    // What is left is text between the elements.
    keep(&mut entry, element.name, &element.text);
    entry
}

fn read_names(entry: &mut ListEntry, element: &mut Element) {
    let parts: Vec<(&str, String)> = NAMES
        .into_iter()
        .filter_map(|part| Some((part, element.take(part)?)))
        .collect();
    let texts = parts.iter().map(|(_, text)| Some(text.as_str()));
    if let Some(text) = joined(texts, " ") {
        let name = collect::name(&text, NameKind::Primary, NameQuality::Unstated);
        entry.names.push(name);
    }
    if parts.len() > 1 {
        for (part, text) in &parts {
            keep(entry, *part, text);
        }
    }
    for text in element.take_all("NAME_ORIGINAL_SCRIPT") {
        entry.names.push(ListedName {
            note: Some("original script".to_owned()),
            ..collect::name(&text, NameKind::Primary, NameQuality::Unstated)
        });
    }
}

fn read_part(entry: &mut ListEntry, mut part: Element) {
    match part.name.as_str() {
        "COMMENTS1" | "COMMENTS2" if part.leaf().is_some() => add_remark(entry, &part.text),
        "TITLE" | "DESIGNATION" => read_values(&mut entry.positions, &mut part),
        "NATIONALITY" | "NATIONALITY2" => read_values(&mut entry.nationalities, &mut part),
        "LAST_DAY_UPDATED" => read_values(&mut entry.updated_on, &mut part),
        "INDIVIDUAL_ALIAS" | "ENTITY_ALIAS" => read_alias(entry, &mut part),
        "INDIVIDUAL_ADDRESS" | "ENTITY_ADDRESS" => {
            add_place(&mut entry.addresses, place(&mut part));
        }
        "INDIVIDUAL_PLACE_OF_BIRTH" => add_place(&mut entry.birth_places, place(&mut part)),
        "INDIVIDUAL_DATE_OF_BIRTH" => read_birth(entry, &mut part),
        "INDIVIDUAL_DOCUMENT" | "ENTITY_DOCUMENT" => read_document(entry, &mut part),
        _ => {}
    }
    if part.name != "COMMENTS1" && part.name != "COMMENTS2" || part.leaf().is_none() {
        part.keep_in(entry);
    }
}

fn read_values(list: &mut Vec<String>, part: &mut Element) {
    for text in part.take_all("VALUE") {
        add(list, &text);
    }
    if part.leaf().is_some() {
        add(list, &std::mem::take(&mut part.text));
    }
}

fn read_alias(entry: &mut ListEntry, part: &mut Element) {
    let quality_stated = part.take("QUALITY");
    let note = part.take("NOTE");
    let (kind, quality, unknown) = match quality_stated.as_deref() {
        Some("Good") => (NameKind::Alias, NameQuality::Good, None),
        Some("Low") => (NameKind::Alias, NameQuality::Low, None),
        Some("f.k.a.") => (NameKind::Former, NameQuality::Unstated, None),
        None | Some("a.k.a.") => (NameKind::Alias, NameQuality::Unstated, None),
        Some(other) => (NameKind::Alias, NameQuality::Unstated, Some(other)),
    };
    let note = joined([unknown, note.as_deref()], "; ");
    let written = part.take("ALIAS_NAME").unwrap_or_default();
    // Some aliases are several, with `;` between them; within parentheses they explain one.
    let is_one = written.contains('(') || written.matches(';').count() >= ALIASES_MAX;
    let separator = |character| character == ';' && !is_one;
    let mut names = written
        .split(separator)
        .filter_map(crate::text::filled)
        .peekable();
    if names.peek().is_none() {
        for (field, text) in [("QUALITY", &quality_stated), ("NOTE", &note)] {
            let text = text.as_deref().unwrap_or_default();
            keep(entry, format!("{}/{field}", part.name), text);
        }
    }
    let several = names.clone().count() > 1;
    for text in names {
        entry.names.push(ListedName {
            note: note.clone(),
            ..collect::name(text, kind, quality)
        });
    }
    if several {
        keep(entry, format!("{}/ALIAS_NAME", part.name), &written);
    }
    // Under the alias the person may have papers with another date and place of birth.
    let of = (!written.is_empty()).then(|| format!("with the alias `{written}`"));
    if let Some(date) = part.take("DATE_OF_BIRTH") {
        add_birth(entry, &date, of.as_deref());
    }
    let place = Place {
        city: part.take("CITY_OF_BIRTH"),
        country: part.take("COUNTRY_OF_BIRTH"),
        ..Place::default()
    };
    if place != Place::default() {
        add_place(&mut entry.birth_places, Place { note: of, ..place });
    }
}

fn place(part: &mut Element) -> Place {
    Place {
        street: part.take("STREET"),
        city: part.take("CITY"),
        region: part.take("STATE_PROVINCE"),
        postal_code: part.take("ZIP_CODE"),
        country: part.take("COUNTRY"),
        note: part.take("NOTE"),
    }
}

fn read_birth(entry: &mut ListEntry, part: &mut Element) {
    let date_type = part.take("TYPE_OF_DATE");
    let date = part.take("DATE").or_else(|| part.take("YEAR"));
    let range = (part.take("FROM_YEAR"), part.take("TO_YEAR"));
    let note = part.take("NOTE");
    let about = date_type.as_deref() == Some("APPROXIMATELY");
    let unknown = date_type
        .as_deref()
        .filter(|known| !matches!(*known, "EXACT" | "APPROXIMATELY" | "BETWEEN"));
    // "Approximately" stands in the note of ranges, months in the note of years.
    let about_by_note = note
        .as_deref()
        .is_some_and(|note| note.eq_ignore_ascii_case("approximately"));
    let (text, parsed): (Option<String>, Option<BirthDate>) = match (&date, &range) {
        (Some(date), (None, None)) => {
            let month = note
                .as_deref()
                .and_then(|month| dates::birth(&format!("{month} {date}")));
            (Some(date.clone()), month.or_else(|| dates::birth(date)))
        }
        (None, (Some(from), Some(to))) => (Some(format!("{from} to {to}")), dates::years(from, to)),
        (None, (None, None)) => (note.clone(), note.as_deref().and_then(dates::birth)),
        (date, (from, to)) => {
            let stated = [date.as_deref(), from.as_deref(), to.as_deref()];
            (joined(stated, ", "), None)
        }
    };
    let Some(text) = text else {
        // A type without a date says that none is known.
        keep(
            entry,
            format!("{}/TYPE_OF_DATE", part.name),
            &date_type.unwrap_or_default(),
        );
        return;
    };
    let note = note.filter(|note| *note != text);
    entry.births.push(ListedBirth {
        date: if about || about_by_note {
            parsed.map(BirthDate::about)
        } else {
            parsed
        },
        text: if about {
            format!("APPROXIMATELY {text}")
        } else {
            text
        },
        note: joined([unknown, note.as_deref()], "; "),
    });
}

fn read_document(entry: &mut ListEntry, part: &mut Element) {
    let Some(number) = part.take("NUMBER") else {
        // Without a number there is nothing to compare; all of it is kept as text.
        return;
    };
    let general = part.take("TYPE_OF_DOCUMENT");
    let specific = part
        .take("TYPE_OF_DOCUMENT2")
        .filter(|text| Some(text) != general.as_ref());
    let countries = [part.take("ISSUING_COUNTRY"), part.take("COUNTRY_OF_ISSUE")];
    let [issuer, issued_in] = &countries;
    let issued_on = part
        .take("DATE_OF_ISSUE")
        .map(|date| format!("issued {date}"));
    let city = part.take("CITY_OF_ISSUE").map(|city| format!("in {city}"));
    let other_country = issued_in
        .as_deref()
        .filter(|country| issuer.as_deref().is_some_and(|issuer| issuer != *country));
    let note = part.take("NOTE");
    let issue = joined([issued_on.as_deref(), city.as_deref(), other_country], " ");
    // The second type is more precise than the first, where it says anything.
    let kind = match specific.as_deref() {
        Some(specific) if !specific.starts_with("number") => documents::kind(specific),
        _ => documents::kind(general.as_deref().unwrap_or_default()),
    };
    entry.documents.push(Document {
        kind,
        label: joined([general.as_deref(), specific.as_deref()], ", ").unwrap_or_default(),
        number,
        country: issuer.clone().or(issued_in.clone()),
        note: joined([issue.as_deref(), note.as_deref()], "; "),
    });
}
