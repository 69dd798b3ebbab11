//! `egnatia-corpus serials`: invented serial numbers of weapons, whole and with unknown places,
//! asked of the index in memory; the same numbers and questions in files, for other engines.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Instant;

use egnatia_matching::serial::{Index, Query, Serial};
use egnatia_testkit::Chance;
use serde_json::{Value, json};

use crate::search::resident_kib;
use crate::{CorpusError, Numbering};

/// As many candidates as a page shows.
const CANDIDATES: usize = 20;
/// Unknown places of a masked question.
const UNKNOWN: usize = 2;

/// Builds, asks, writes.
pub fn run(numbering: &Numbering) -> Result<Value, CorpusError> {
    let mut chance = Chance::seeded(numbering.seed);
    let numbers: Vec<String> = (0..numbering.weapons)
        .map(|_| number(&mut chance))
        .collect();
    // Half of the whole numbers that are asked belong to no weapon.
    let whole: Vec<String> = (0..numbering.questions)
        .map(|place| match place % 2 {
            0 => chance.one_of(&numbers).cloned().unwrap_or_default(),
            _ => format!("X{}", number(&mut chance)),
        })
        .collect();
    let masked: Vec<(String, String)> = (0..numbering.masked)
        .map(|_| {
            let meant = chance.one_of(&numbers).cloned().unwrap_or_default();
            (mask(&meant, &mut chance), meant)
        })
        .collect();
    if let Some(folder) = &numbering.out {
        write(folder, "serials.txt", numbers.iter().map(String::as_str))?;
        write(folder, "whole.txt", whole.iter().map(String::as_str))?;
        let lines: Vec<String> = masked
            .iter()
            .map(|(asked, meant)| format!("{asked}\t{meant}"))
            .collect();
        write(folder, "masked.txt", lines.iter().map(String::as_str))?;
    }

    let before = resident_kib();
    let started = Instant::now();
    let mut index = Index::new();
    for (weapon, number) in (0_u32..).zip(&numbers) {
        if let Ok(serial) = Serial::new(number) {
            index.insert(weapon, &serial);
        }
    }
    let built = started.elapsed();
    let resident = resident_kib()
        .zip(before)
        .map(|(now, before)| now.saturating_sub(before));

    let started = Instant::now();
    let mut found = 0_usize;
    for text in &whole {
        if let Ok(serial) = Serial::new(text) {
            found += usize::from(!index.exact(&serial).is_empty());
        }
    }
    let exact = started.elapsed();

    let mut times = Vec::with_capacity(masked.len());
    let (mut meant_found, mut too_open) = (0_usize, 0_usize);
    for (asked, meant) in &masked {
        let started = Instant::now();
        let answer = Query::new(asked).and_then(|query| index.search(&query, CANDIDATES));
        times.push(started.elapsed().as_secs_f64() * 1_000.0);
        match answer {
            Ok(answer) => {
                let same = |found: &egnatia_matching::serial::Found<u32>| {
                    Serial::new(meant).is_ok_and(|meant| found.serial == meant)
                };
                meant_found += usize::from(answer.iter().any(same));
            }
            Err(_) => too_open += 1,
        }
    }
    times.sort_by(f64::total_cmp);
    Ok(json!({
        "weapons": numbering.weapons,
        "build_seconds": built.as_secs_f64(),
        "resident_kib": resident,
        "whole": {
            "asked": whole.len(),
            "found": found,
            "per_second": rate(whole.len(), exact.as_secs_f64()),
        },
        "masked": {
            "asked": masked.len(),
            "unknown_places": UNKNOWN,
            "among_the_first_20": meant_found,
            "too_open": too_open,
            "p50_ms": quantile(&times, 50),
            "p99_ms": quantile(&times, 99),
            "max_ms": times.last(),
        },
    }))
}

/// A number in one of the forms that weapons of the region have: figures alone, a letter or two
/// before them, a type before them. More than half are figures alone.
fn number(chance: &mut Chance) -> String {
    const TYPES: [&str; 6] = ["M70", "M57", "M84", "CZ", "T", "AK"];
    match chance.below(10) {
        0..=3 => format!("{:06}", chance.below(1_000_000)),
        4 | 5 => format!("{:07}", chance.below(10_000_000)),
        6 => format!("{}{:06}", letter(chance), chance.below(1_000_000)),
        7 => {
            let first = letter(chance);
            format!("{first}{}{:06}", letter(chance), chance.below(1_000_000))
        }
        8 => {
            let kind = chance.one_of(&TYPES).unwrap_or(&"M70");
            format!("{kind}-{:06}", chance.below(1_000_000))
        }
        _ => {
            let year = chance.below(100);
            format!("{year:02}-{}{:05}", letter(chance), chance.below(100_000))
        }
    }
}

fn letter(chance: &mut Chance) -> char {
    const LETTERS: [char; 8] = ['A', 'B', 'C', 'D', 'K', 'M', 'P', 'T'];
    chance.one_of(&LETTERS).copied().unwrap_or('A')
}

/// Two places, of which none is a separator, cannot be read.
fn mask(number: &str, chance: &mut Chance) -> String {
    let mut places: Vec<char> = number.chars().filter(char::is_ascii_alphanumeric).collect();
    let count = u32::try_from(places.len()).unwrap_or(1);
    let mut hidden = 0;
    while hidden < UNKNOWN.min(places.len()) {
        let place = usize::try_from(chance.below(count)).unwrap_or(0);
        if let Some(place) = places.get_mut(place).filter(|place| **place != '?') {
            *place = '?';
            hidden += 1;
        }
    }
    places.into_iter().collect()
}

fn write<'a>(
    folder: &Path,
    name: &str,
    lines: impl Iterator<Item = &'a str>,
) -> Result<(), CorpusError> {
    let path = folder.join(name);
    let wrong = |error| CorpusError::Write(path.clone(), error);
    std::fs::create_dir_all(folder).map_err(wrong)?;
    let mut out = BufWriter::new(File::create(&path).map_err(wrong)?);
    for line in lines {
        writeln!(out, "{line}").map_err(wrong)?;
    }
    out.flush().map_err(wrong)
}

fn quantile(sorted: &[f64], percent: usize) -> Option<f64> {
    let last = sorted.len().checked_sub(1)?;
    sorted.get(last * percent / 100).copied()
}

fn rate(count: usize, seconds: f64) -> f64 {
    (f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / seconds).round()
}
