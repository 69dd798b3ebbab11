//! `egnatia-corpus pairs`: persons that stand on the lists of both OFAC and the UN, as pairs.
//!
//! Who is the same is decided without the matching: by a document number, or by a birth date and
//! words of the name, each letter for letter. So the pairs can measure it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use egnatia_alerts::{ListEntry, NameQuality};
use egnatia_matching::Schema;
use serde_json::{Value, json};

use crate::{CorpusError, Pairing, lists};

/// Of each person so many others are a pair that is none: those that share the most words.
const OTHERS: usize = 3;
/// A word of more entries than this tells nothing about who is the same.
const COMMON: usize = 60;
/// A document number of fewer signs is a number of many.
const NUMBER_SIGNS_MIN: usize = 6;

/// Writes the pairs in the form that `egnatia eval pairs` reads, and says how many.
pub fn run(pairing: &Pairing) -> Result<Value, CorpusError> {
    let persons = |entries: Vec<ListEntry>| -> Vec<Listed> {
        let persons = entries
            .into_iter()
            .filter(|entry| entry.schema == Schema::Person);
        persons.map(Listed::new).collect()
    };
    let left = persons(lists::un(&pairing.lists)?);
    let right = persons(lists::ofac(&pairing.lists)?);
    let rows = rows(&left, &right);
    let same = rows.iter().filter(|row| row.same).count();
    write(&pairing.out, &rows).map_err(|error| CorpusError::Write(pairing.out.clone(), error))?;
    Ok(json!({ "pairs": rows.len(), "same": same }))
}

/// A person with what decides who is the same.
struct Listed {
    entry: ListEntry,
    /// The words of each name, sorted.
    names: Vec<Vec<String>>,
    words: BTreeSet<String>,
    /// Whole birth dates.
    days: BTreeSet<String>,
    numbers: BTreeSet<String>,
}

impl Listed {
    fn new(entry: ListEntry) -> Self {
        let names: Vec<Vec<String>> = entry.names.iter().map(|name| words(&name.text)).collect();
        let words = names.iter().flatten().cloned().collect();
        let days = entry.births.iter().filter_map(|birth| birth.date);
        // 1 January stands for "some day of the year".
        let days = days
            .map(|date| date.to_string())
            .filter(|date| date.len() == "1971-03-05".len() && !date.ends_with("-01-01"));
        let numbers = entry.documents.iter().map(|document| {
            let signs = document
                .number
                .chars()
                .filter(|sign| sign.is_alphanumeric());
            signs.collect::<String>().to_uppercase()
        });
        Self {
            names,
            words,
            days: days.collect(),
            numbers: numbers
                .filter(|number| number.len() >= NUMBER_SIGNS_MIN)
                .collect(),
            entry,
        }
    }
}

/// Words in small letters, sorted, each once.
fn words(text: &str) -> Vec<String> {
    let words = text.split(|letter: char| !letter.is_alphanumeric());
    let words: BTreeSet<String> = words
        .filter(|word| word.chars().count() >= 3)
        .map(str::to_lowercase)
        .collect();
    words.into_iter().collect()
}

struct Row<'a> {
    left: &'a ListEntry,
    right: &'a ListEntry,
    same: bool,
    /// What decided it.
    how: &'static str,
}

fn rows<'a>(left: &'a [Listed], right: &'a [Listed]) -> Vec<Row<'a>> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for word in right.iter().flat_map(|one| &one.words) {
        *counts.entry(word).or_default() += 1;
    }
    let is_rare = |word: &str| counts.get(word).is_none_or(|count| *count <= COMMON);
    let mut rows = Vec::new();
    for one in left {
        let same: Vec<(usize, &'static str)> = right
            .iter()
            .enumerate()
            .filter_map(|(place, other)| Some((place, how_same(one, other, &is_rare)?)))
            .collect();
        // Two are one too many: then nobody can say which of them it is.
        let [(meant, how)] = same.as_slice() else {
            continue;
        };
        let mut others: Vec<(usize, usize)> = right
            .iter()
            .enumerate()
            .filter(|(place, _)| place != meant)
            .map(|(place, other)| (one.words.intersection(&other.words).count(), place))
            .filter(|(shared, _)| *shared > 0)
            .collect();
        others.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        let others = others
            .iter()
            .take(OTHERS)
            .map(|(_, place)| (*place, false, "shared words"));
        for (place, same, how) in std::iter::once((*meant, true, *how)).chain(others) {
            if let Some(other) = right.get(place) {
                rows.push(Row {
                    left: &one.entry,
                    right: &other.entry,
                    same,
                    how,
                });
            }
        }
    }
    rows
}

/// What says that two entries are one person, if anything does.
fn how_same(one: &Listed, other: &Listed, is_rare: &dyn Fn(&str) -> bool) -> Option<&'static str> {
    let shared: Vec<&String> = one.words.intersection(&other.words).collect();
    let same_day = one.days.intersection(&other.days).next().is_some();
    let same_name = |words_min: usize| {
        let mut names = one.names.iter().filter(|name| name.len() >= words_min);
        names.any(|name| other.names.contains(name))
    };
    if one.numbers.intersection(&other.numbers).next().is_some() {
        // Companies and families share numbers of files.
        (same_day || shared.iter().any(|word| is_rare(word))).then_some("number")
    } else if same_day {
        let told = shared.len() >= 2 && shared.iter().any(|word| is_rare(word));
        (told || same_name(2)).then_some("birth date")
    } else {
        same_name(3).then_some("name of three words")
    }
}

fn write(file: &Path, rows: &[Row<'_>]) -> std::io::Result<()> {
    let mut out = BufWriter::new(File::create(file)?);
    for row in rows {
        let line = json!({
            "left": entity(row.left),
            "right": entity(row.right),
            "is_match": row.same,
            "how": row.how,
        });
        writeln!(out, "{line}")?;
    }
    out.flush()
}

/// All names, birth dates and nationalities; not the numbers, which have decided.
fn entity(entry: &ListEntry) -> Value {
    let names = |low: bool| -> Vec<&str> {
        let names = entry.names.iter();
        let names = names.filter(|name| (name.quality == NameQuality::Low) == low);
        names.map(|name| name.text.as_str()).collect()
    };
    let births: Vec<String> = entry
        .births
        .iter()
        .filter_map(|birth| birth.date)
        .map(|date| date.to_string())
        .collect();
    json!({
        "schema": "Person",
        "properties": {
            "name": names(false),
            "weakAlias": names(true),
            "birthDate": births,
            "nationality": entry.nationalities,
        },
    })
}
