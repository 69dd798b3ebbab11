//! Entries of the public lists in a folder: `ofac/sdn.csv`, `ofac/alt.csv`, `un/*.xml`.

use std::collections::BTreeMap;
use std::path::Path;

use egnatia_matching::Schema;

use super::perturb::Change;

pub struct Entry {
    pub schema: Schema,
    pub names: Vec<String>,
    pub original: Vec<String>,
}

pub fn entries(folder: &Path) -> Vec<Entry> {
    let mut entries = ofac(folder);
    for file in std::fs::read_dir(folder.join("un"))
        .into_iter()
        .flatten()
        .flatten()
    {
        let text = std::fs::read_to_string(file.path()).unwrap_or_default();
        entries.extend(un(&text));
    }
    entries
}

fn ofac(folder: &Path) -> Vec<Entry> {
    let read = |name: &str| std::fs::read(folder.join("ofac").join(name)).unwrap_or_default();
    let sdn = String::from_utf8_lossy(&read("sdn.csv")).into_owned();
    let alt = String::from_utf8_lossy(&read("alt.csv")).into_owned();
    let mut entries = BTreeMap::new();
    for line in sdn.lines() {
        let cells = cells(line);
        let [number, name, kind, ..] = cells.as_slice() else {
            continue;
        };
        let schema = match kind.trim() {
            "individual" => Schema::Person,
            "vessel" => Schema::Vessel,
            "aircraft" => Schema::Aircraft,
            _ => Schema::Organization,
        };
        let names = vec![name.clone()];
        entries.insert(
            number.clone(),
            Entry {
                schema,
                names,
                original: Vec::new(),
            },
        );
    }
    for line in alt.lines() {
        let cells = cells(line);
        if let [number, _, _, name, ..] = cells.as_slice()
            && let Some(entry) = entries.get_mut(number)
        {
            entry.names.push(name.clone());
        }
    }
    entries.into_values().collect()
}

pub fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut quoted = false;
    for letter in line.chars() {
        match letter {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            other => cells.last_mut().unwrap().push(other),
        }
    }
    cells
}

fn un(text: &str) -> Vec<Entry> {
    let mut entries = Vec::new();
    for (tag, schema) in [
        ("INDIVIDUAL", Schema::Person),
        ("ENTITY", Schema::Organization),
    ] {
        for part in elements(text, tag) {
            let words: Vec<String> = ["FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME"]
                .iter()
                .flat_map(|tag| elements(part, tag))
                .map(clean)
                .filter(|word| !word.is_empty())
                .collect();
            let mut names = vec![words.join(" ")];
            names.extend(elements(part, "ALIAS_NAME").into_iter().map(clean));
            names.retain(|name| !name.is_empty());
            let original = elements(part, "NAME_ORIGINAL_SCRIPT")
                .into_iter()
                .map(clean);
            let original = original.filter(|name| !name.is_empty()).collect();
            entries.push(Entry {
                schema,
                names,
                original,
            });
        }
    }
    entries
}

fn clean(text: &str) -> String {
    text.replace("&amp;", "&")
        .replace("&apos;", "'")
        .trim()
        .to_owned()
}

/// What stands between the tags of a name; enough for one known file.
fn elements<'a>(text: &'a str, tag: &str) -> Vec<&'a str> {
    let (open, close) = (format!("<{tag}>"), format!("</{tag}>"));
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(&open) {
        rest = &rest[start + open.len()..];
        let Some(end) = rest.find(&close) else { break };
        found.push(&rest[..end]);
        rest = &rest[end..];
    }
    found
}

/// Whether a change is usual for such an entry: bodies are not called by initials.
pub fn suits(entry: &Entry, change: Change) -> bool {
    entry.schema == Schema::Person || matches!(change, Change::OneTypo | Change::TwoTypos)
}

pub fn is_arabic(name: &str) -> bool {
    let upper = name.to_uppercase();
    ["MUHAMMAD", "MOHAMM", "ABD", "AHM", "AL-", "BIN "]
        .iter()
        .any(|part| upper.contains(part))
}
