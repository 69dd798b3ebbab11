//! Searches for changed names over invented entries, and over the real lists where
//! `EGNATIA_LISTS` names their folder.

use std::path::PathBuf;

use egnatia_matching::{Description, Index, Name, Schema};

use crate::search_set::chance::Chance;
use crate::search_set::perturb::{Change, GENERATED, perturb};
use crate::search_set::{Query, ask, description, invented, outsiders, real};

const ENTRIES: u32 = 1_500;
const QUERIES: usize = 60;

#[test]
fn changed_names_are_found_among_invented_ones() {
    let mut chance = Chance::new(2026);
    let names: Vec<String> = (0..ENTRIES)
        .map(|_| invented::person(&mut chance))
        .collect();
    let mut index = Index::new();
    for (key, name) in (0..).zip(&names) {
        index.insert(key, &description(Schema::Person, name));
    }
    let mut queries = Vec::new();
    for change in GENERATED {
        let mut tries = 0;
        let mut asked = 0;
        while asked < QUERIES && tries < 10_000 {
            tries += 1;
            let place = chance.below(names.len());
            if let Some(text) = perturb(&names[place], change, &mut chance) {
                asked += 1;
                queries.push(Query {
                    change,
                    text,
                    schema: Schema::Person,
                    gold: u32::try_from(place).unwrap(),
                });
            }
        }
    }
    let tallies = ask(&index, &queries, 0);
    for (change, tally) in tallies {
        // Who is called by an initial or without a part has many namesakes among invented names.
        let floor = match change {
            Change::Initial => 0.75,
            Change::DroppedPart | Change::CyrillicDropTypo | Change::TwoTypos => 0.85,
            _ => 0.95,
        };
        assert!(tally.recall() >= floor, "{change:?}: {}", tally.recall());
    }
}

#[test]
fn changed_names_are_found_in_the_real_lists() {
    let Some(folder) = std::env::var_os("EGNATIA_LISTS").map(PathBuf::from) else {
        println!("skipped: EGNATIA_LISTS does not name the folder of the real lists");
        return;
    };
    let entries = real::entries(&folder);
    let mut index = Index::new();
    for (key, entry) in (0..).zip(&entries) {
        let names = entry.names.iter().map(Name::new).collect();
        let description = Description {
            schema: entry.schema,
            names,
            ..Description::default()
        };
        index.insert(key, &description);
    }
    let queries = real_queries(&entries);
    let tallies = ask(&index, &queries, 0);
    let (asked, found) = tallies.values().fold((0, 0), |(asked, found), tally| {
        (asked + tally.asked, found + tally.found)
    });
    assert!(found * 100 >= asked * 95, "{found} of {asked}");
    let mut chance = Chance::new(11);
    let names: Vec<String> = (0..1_000)
        .map(|_| invented::neighbour(&mut chance))
        .collect();
    assert!(outsiders(&index, &names, 0) <= 0.01);
}

fn real_queries(entries: &[real::Entry]) -> Vec<Query> {
    let mut chance = Chance::new(7);
    let mut queries = Vec::new();
    for change in GENERATED {
        let mut tries = 0;
        let mut asked = 0;
        while asked < QUERIES && tries < 10_000 {
            tries += 1;
            let place = chance.below(entries.len());
            let entry = &entries[place];
            if entry.names.is_empty() || !real::suits(entry, change) {
                continue;
            }
            let name = chance.pick(&entry.names).clone();
            if change == Change::ArabicVariant && !real::is_arabic(&name) {
                continue;
            }
            if let Some(text) = perturb(&name, change, &mut chance) {
                asked += 1;
                queries.push(Query {
                    change,
                    text,
                    schema: entry.schema,
                    gold: u32::try_from(place).unwrap(),
                });
            }
        }
    }
    for (gold, entry) in (0..).zip(entries) {
        for text in entry.original.iter().take(1) {
            queries.push(Query {
                change: Change::OriginalScript,
                text: text.clone(),
                schema: entry.schema,
                gold,
            });
        }
    }
    queries
}
