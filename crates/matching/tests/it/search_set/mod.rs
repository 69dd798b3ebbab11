//! Searches for changed names: how many are found, how many alert, how many outsiders alert.

pub mod chance;
pub mod invented;
pub mod perturb;
pub mod real;

use std::collections::BTreeMap;
use std::time::Instant;

use egnatia_matching::{Band, Description, Index, Name, Schema};

use perturb::Change;

/// A query and the entry that it means.
pub struct Query {
    pub change: Change,
    pub text: String,
    pub schema: Schema,
    pub gold: u32,
}

#[derive(Default, Clone, Copy)]
pub struct Tally {
    pub asked: usize,
    pub found: usize,
    pub near: usize,
    pub alerted: usize,
}

impl Tally {
    pub fn recall(self) -> f64 {
        share(self.found, self.asked)
    }

    pub fn alerts(self) -> f64 {
        share(self.alerted, self.asked)
    }
}

pub fn share(part: usize, of: usize) -> f64 {
    let real = |count: usize| f64::from(u32::try_from(count).unwrap());
    real(part) / real(of.max(1))
}

pub fn description(schema: Schema, text: &str) -> Description {
    Description {
        schema,
        names: vec![Name::new(text)],
        ..Description::default()
    }
}

/// Asks every query, prints a table, and returns the tallies.
pub fn ask(index: &Index<u32>, queries: &[Query], show: usize) -> BTreeMap<Change, Tally> {
    let mut tallies: BTreeMap<Change, Tally> = BTreeMap::new();
    let mut times = Vec::new();
    for query in queries {
        let description = description(query.schema, &query.text);
        let start = Instant::now();
        let found = index.search(&description, 10);
        times.push(start.elapsed());
        let tally = tallies.entry(query.change).or_default();
        tally.asked += 1;
        let gold = found.iter().find(|one| one.key == query.gold);
        tally.found += usize::from(gold.is_some());
        let nearest = index.nearest(&description, 10);
        tally.near += usize::from(nearest.iter().any(|one| one.key == query.gold));
        let alerted = gold.is_some_and(|one| one.assessment.band == Band::Match);
        tally.alerted += usize::from(alerted);
        if !alerted && tally.asked - tally.alerted <= show {
            let best = found.first().map_or(0.0, |one| one.assessment.probability);
            let gold = gold.map_or(0.0, |one| one.assessment.probability);
            println!(
                "  {:?} {:?} of {}: {gold:.2}, best {best:.2}",
                query.change, query.text, query.gold
            );
        }
    }
    times.sort();
    println!(
        "{:<20} {:>6} {:>10} {:>8} {:>8}",
        "change", "asked", "recall@10", "nearest", "alerts"
    );
    let mut all = Tally::default();
    for (change, tally) in &tallies {
        println!(
            "{:<20} {:>6} {:>10.3} {:>8.3} {:>8.3}",
            format!("{change:?}"),
            tally.asked,
            tally.recall(),
            share(tally.near, tally.asked),
            tally.alerts()
        );
        all.asked += tally.asked;
        all.found += tally.found;
        all.near += tally.near;
        all.alerted += tally.alerted;
    }
    println!(
        "{:<20} {:>6} {:>10.3} {:>8.3} {:>8.3}",
        "all",
        all.asked,
        all.recall(),
        share(all.near, all.asked),
        all.alerts()
    );
    if let Some(median) = times.get(times.len() / 2) {
        println!("median of a search: {median:?}");
    }
    tallies
}

/// How many names alert that no entry bears.
pub fn outsiders(index: &Index<u32>, names: &[String], show: usize) -> f64 {
    let mut alerted = 0;
    for name in names {
        let found = index.search(&description(Schema::Person, name), 1);
        if found
            .first()
            .is_some_and(|one| one.assessment.band == Band::Match)
        {
            alerted += 1;
            if alerted <= show {
                println!(
                    "  outsider {name}: {} {:.2}",
                    found[0].key, found[0].assessment.probability
                );
            }
        }
    }
    let part = share(alerted, names.len());
    println!("outsiders: {alerted} of {} alert, {part:.4}", names.len());
    part
}
