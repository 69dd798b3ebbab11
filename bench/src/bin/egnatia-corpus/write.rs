//! `egnatia-corpus write`.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Instant;

use egnatia_testkit::{Population, Query, queries};
use serde_json::json;

use crate::{CorpusError, Writing, lists};

/// Writes both files and says how many lines they have.
pub fn run(writing: &Writing) -> Result<serde_json::Value, CorpusError> {
    let names = match &writing.lists {
        Some(folder) => lists::names(folder)?,
        None => Vec::new(),
    };
    let population = Population::new(writing.seed, &names);
    let out = &writing.out;
    fs::create_dir_all(out).map_err(|error| CorpusError::Write(out.clone(), error))?;
    let started = Instant::now();
    let persons = population.persons(writing.persons);
    lines(
        &out.join("corpus.ftm.json"),
        persons.map(|person| person.to_ftm()),
    )?;
    let seconds = started.elapsed().as_secs_f64();
    let asked = queries(&population, writing.persons, writing.queries, writing.seed);
    let without_gold = asked.iter().filter(|query| query.gold.is_empty()).count();
    lines(&out.join("queries.jsonl"), asked.iter().map(Query::to_json))?;
    Ok(json!({
        "persons": writing.persons,
        "queries": asked.len(),
        "queries_without_gold": without_gold,
        "names_of_lists": names.len(),
        "seconds_to_write_corpus": seconds,
    }))
}

fn lines(file: &Path, lines: impl Iterator<Item = String>) -> Result<(), CorpusError> {
    let write = || -> std::io::Result<()> {
        let mut out = BufWriter::new(File::create(file)?);
        for line in lines {
            out.write_all(line.as_bytes())?;
            out.write_all(b"\n")?;
        }
        out.flush()
    };
    write().map_err(|error| CorpusError::Write(file.to_owned(), error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_writes_the_same_files() {
        let folder = tempfile::tempdir().unwrap();
        let written = |name: &str, seed| {
            let out = folder.path().join(name);
            let report = run(&Writing {
                persons: 500,
                queries: 2,
                seed,
                lists: None,
                out: out.clone(),
            });
            assert_eq!(report.unwrap()["persons"], 500);
            let read = |file: &str| fs::read_to_string(out.join(file)).unwrap();
            (read("corpus.ftm.json"), read("queries.jsonl"))
        };
        let first = written("a", 1);
        assert_eq!(first, written("b", 1));
        assert_ne!(first, written("c", 2));
        assert_eq!(first.0.lines().count(), 500);
        assert!(first.1.lines().all(|line| line.contains("\"category\"")));
    }
}
