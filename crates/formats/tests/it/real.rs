//! The real lists, where `EGNATIA_LISTS` names the folder that holds them.
//!
//! The folder has `ofac`, `ofac-2019` and `un`. The lists are not part of the source.

use std::collections::HashSet;
use std::path::PathBuf;
use std::time::Instant;

use egnatia_alerts::ListEntry;
use egnatia_formats::{ParsedList, ofac, un};
use serde_json::Value;

/// The folder of the real lists.
fn lists() -> Option<PathBuf> {
    let folder = std::env::var_os("EGNATIA_LISTS").map(PathBuf::from);
    if folder.is_none() {
        println!("skipped: EGNATIA_LISTS does not name the folder of the real lists");
    }
    folder
}

struct Sdn {
    sdn: Vec<u8>,
    alt: Vec<u8>,
    add: Vec<u8>,
    comments: Option<Vec<u8>>,
}

impl Sdn {
    fn read(folder: &str) -> Option<Self> {
        let folder = lists()?.join(folder);
        let file = |name: &str| std::fs::read(folder.join(name));
        Some(Self {
            sdn: file("sdn.csv").unwrap(),
            alt: file("alt.csv").unwrap(),
            add: file("add.csv").unwrap(),
            comments: file("sdn_comments.csv").ok(),
        })
    }

    fn parse(&self) -> ParsedList {
        let files = ofac::Files {
            sdn: &self.sdn,
            alt: &self.alt,
            add: &self.add,
            comments: self.comments.as_deref(),
        };
        let started = Instant::now();
        let list = ofac::parse(&files, &mut |_| {}).unwrap();
        report(&list, started);
        list
    }
}

fn report(list: &ParsedList, started: Instant) {
    let sum = |count: fn(&ListEntry) -> usize| list.entries.iter().map(count).sum::<usize>();
    println!(
        "{}: {} ms, entries {}, names {}, births {} (unreadable {}), birth places {}, addresses {}, documents {}, nationalities {}, orphans {}",
        list.list,
        started.elapsed().as_millis(),
        list.entries.len(),
        sum(|entry| entry.names.len()),
        sum(|entry| entry.births.len()),
        sum(|entry| entry
            .births
            .iter()
            .filter(|birth| birth.date.is_none())
            .count()),
        sum(|entry| entry.birth_places.len()),
        sum(|entry| entry.addresses.len()),
        sum(|entry| entry.documents.len()),
        sum(|entry| entry.nationalities.len()),
        list.orphans.len(),
    );
}

/// All texts in an entry's JSON.
fn texts(entry: &ListEntry) -> Vec<String> {
    fn collect(value: Value, texts: &mut Vec<String>) {
        match value {
            Value::String(text) => texts.push(text),
            Value::Array(values) => values.into_iter().for_each(|value| collect(value, texts)),
            Value::Object(fields) => fields
                .into_iter()
                .for_each(|(_, value)| collect(value, texts)),
            _ => {}
        }
    }
    let mut all = Vec::new();
    collect(serde_json::to_value(entry).unwrap(), &mut all);
    all
}

fn holds(texts: &[String], wanted: &str) -> bool {
    texts.iter().any(|text| text.contains(wanted))
}

/// Cells of a file by the first cell of their rows, but for those that say "nothing".
fn cells(bytes: &[u8]) -> Vec<(String, Vec<String>)> {
    let end = bytes
        .iter()
        .rposition(|byte| *byte != 0x1A)
        .map_or(0, |at| at + 1);
    csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(&bytes[..end])
        .into_records()
        .map(|record| {
            let record = record.unwrap();
            let cells = record.iter().map(str::trim).filter(|cell| *cell != "-0-");
            let cells: Vec<String> = cells.map(str::to_owned).collect();
            (cells[0].clone(), cells)
        })
        .collect()
}

fn assert_nothing_is_dropped(sdn: &Sdn, list: &ParsedList) {
    let entries: std::collections::HashMap<&str, Vec<String>> = list
        .entries
        .iter()
        .map(|entry| (entry.source_id.as_str(), texts(entry)))
        .collect();
    let orphans: HashSet<(&str, &str)> = list
        .orphans
        .iter()
        .map(|orphan| (orphan.source_id.as_str(), orphan.text.as_str()))
        .collect();
    let files = [
        Some(&sdn.sdn),
        Some(&sdn.alt),
        Some(&sdn.add),
        sdn.comments.as_ref(),
    ];
    for file in files.into_iter().flatten() {
        for (id, cells) in cells(file) {
            for cell in cells {
                let found = match entries.get(id.as_str()) {
                    // Programmes are split, everything else stands as it is written.
                    Some(texts) => cell
                        .split("] [")
                        .all(|part| holds(texts, part.trim_matches(['[', ']']))),
                    None => orphans
                        .iter()
                        .any(|(at, text)| *at == id && text.contains(&cell)),
                };
                assert!(found, "entry {id} has lost `{cell}`");
            }
        }
    }
}

#[test]
fn the_sdn_list_is_read_whole() {
    let Some(sdn) = Sdn::read("ofac") else { return };
    let list = sdn.parse();
    assert_eq!(list.list, "ofac-sdn");
    assert_eq!(list.entries.len(), 14_965);
    let orphans = |file: &str| {
        list.orphans
            .iter()
            .filter(|orphan| orphan.file == file)
            .count()
    };
    assert_eq!(orphans("alt.csv"), 20_107 - 17_647);
    let addresses: usize = list
        .entries
        .iter()
        .flat_map(|entry| &entry.source_text)
        .filter(|kept| kept.field == "Add_num")
        .count();
    assert_eq!(addresses + orphans("add.csv"), 24_244);
    let unreadable: Vec<&str> = list
        .entries
        .iter()
        .flat_map(|entry| &entry.births)
        .filter(|birth| birth.date.is_none())
        .map(|birth| birth.text.as_str())
        .collect();
    println!("unreadable dates: {unreadable:?}");
    assert!(unreadable.len() < 10, "{unreadable:?}");
    assert_nothing_is_dropped(&sdn, &list);
}

#[test]
fn the_older_sdn_list_is_read_whole() {
    let Some(sdn) = Sdn::read("ofac-2019") else {
        return;
    };
    let list = sdn.parse();
    assert_eq!(list.entries.len(), 8_976);
    assert_eq!(list.orphans, []);
    assert_nothing_is_dropped(&sdn, &list);
}

#[test]
fn the_un_list_is_read_whole() {
    let Some(folder) = lists() else { return };
    let file = std::fs::read_dir(folder.join("un"))
        .unwrap()
        .next()
        .unwrap()
        .unwrap();
    let xml = std::fs::read_to_string(file.path()).unwrap();
    let started = Instant::now();
    let list = un::parse(xml.as_bytes(), &mut |_| {}).unwrap();
    report(&list, started);
    assert_eq!(list.source_version, "2026-02-27T00:00:09.554Z");
    let count = |schema| {
        list.entries
            .iter()
            .filter(|entry| entry.schema == schema)
            .count()
    };
    assert_eq!(count(egnatia_matching::Schema::Person), 730);
    assert_eq!(count(egnatia_matching::Schema::Organization), 273);
    let unreadable: Vec<_> = list
        .entries
        .iter()
        .flat_map(|entry| &entry.births)
        .filter(|birth| birth.date.is_none())
        .collect();
    println!("unreadable dates: {unreadable:?}");

    // Read once more, with other means: each entry's text nodes in the order of the file.
    for record in xml.split("<DATAID>").skip(1) {
        let id = record.split('<').next().unwrap();
        let entry = list
            .entries
            .iter()
            .find(|entry| entry.source_id == id)
            .unwrap();
        let texts = texts(entry);
        let end = ["</INDIVIDUAL>", "</ENTITY>"]
            .iter()
            .filter_map(|tag| record.find(tag))
            .min()
            .unwrap();
        for piece in record[..end].split('<').skip(1) {
            let (tag, text) = piece.split_once('>').unwrap();
            let text = text.trim().replace("&amp;", "&");
            let is_code = match tag {
                "QUALITY" => ["Good", "Low", "a.k.a.", "f.k.a."].contains(&text.as_str()),
                "TYPE_OF_DATE" => ["EXACT", "BETWEEN"].contains(&text.as_str()),
                "GENDER" => ["Male", "Female"].contains(&text.as_str()),
                _ => false,
            };
            assert!(
                is_code || holds(&texts, &text),
                "entry {id} has lost {tag} `{text}`"
            );
        }
    }
}
