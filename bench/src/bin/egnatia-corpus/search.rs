//! `egnatia-corpus search`.

use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::time::{Duration, Instant};

use egnatia_formats::ftm;
use egnatia_matching::{Description, Index};
use serde_json::{Value, json};

use crate::{CorpusError, Searching};

/// As many candidates as recall is measured on.
const CANDIDATES: usize = 10;

/// Asks as many queries as the time allows. Answers with the time of each, the ids that it found,
/// and what the index took to build.
pub fn run(searching: &Searching) -> Result<Value, CorpusError> {
    let mut index = Index::new();
    let mut ids: Vec<Box<str>> = Vec::new();
    // Reading is no part of building: it takes longer, and differs between engines.
    let mut building = Duration::ZERO;
    each_line(&searching.corpus, |line| {
        let id = line.get("id").and_then(Value::as_str).unwrap_or_default();
        let description = described(&line)?;
        let key = u32::try_from(ids.len()).map_err(|_| "too many entities".to_owned())?;
        let started = Instant::now();
        index.insert(key, &description);
        building = building.saturating_add(started.elapsed());
        ids.push(id.into());
        Ok(())
    })?;
    let resident_kib = resident_kib();
    let mut queries = Vec::new();
    each_line(&searching.queries, |line| {
        let query = line.get("query").cloned().unwrap_or_default();
        queries.push(described(&query)?);
        Ok(())
    })?;
    let allowed = Duration::from_secs(searching.seconds_max.into());
    let (begun, begun_cpu) = (Instant::now(), cpu_seconds());
    let (mut seconds, mut found) = (Vec::new(), Vec::new());
    for query in &queries {
        if begun.elapsed() > allowed {
            break;
        }
        let started = Instant::now();
        let candidates = index.search(query, CANDIDATES);
        seconds.push(started.elapsed().as_secs_f64());
        let scored: Vec<(&str, f64)> = candidates
            .iter()
            .filter_map(|one| {
                let place = usize::try_from(one.key).ok()?;
                Some((&**ids.get(place)?, one.assessment.probability))
            })
            .collect();
        found.push(scored);
    }
    let cpu = cpu_seconds().zip(begun_cpu).map(|(end, begun)| end - begun);
    Ok(json!({
        "cpu_seconds": cpu,
        "build_seconds": building.as_secs_f64(),
        "resident_kib": resident_kib,
        "seconds": seconds,
        "found": found,
    }))
}

fn described(entity: &Value) -> Result<Description, String> {
    ftm::describe(entity).map_err(|problem| problem.to_string())
}

fn each_line(
    file: &Path,
    mut act: impl FnMut(Value) -> Result<(), String>,
) -> Result<(), CorpusError> {
    let wrong = |error| CorpusError::Read(file.to_owned(), error);
    let reader = BufReader::new(File::open(file).map_err(wrong)?);
    for (number, line) in (1..).zip(reader.lines()) {
        let line = line.map_err(wrong)?;
        serde_json::from_str(&line)
            .map_err(|error| error.to_string())
            .and_then(&mut act)
            .map_err(|text| CorpusError::Line(file.to_owned(), number, text))?;
    }
    Ok(())
}

/// What this thread took of a processor, where the kernel says it: other programs do not count.
fn cpu_seconds() -> Option<f64> {
    let text = fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: u64 = text.split_whitespace().next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds).as_secs_f64())
}

/// What the kernel says that this process holds in memory; none where it does not say.
pub fn resident_kib() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_who_is_meant_and_stops_at_a_wrong_line() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            path
        };
        let person = r#"{"id":"x-1","schema":"Person","properties":{"name":["Ana Zubrani"]}}"#;
        let query =
            r#"{"query":{"schema":"Person","properties":{"name":["Ана Зубрани"]}},"gold":["x-1"]}"#;
        let searching = Searching {
            corpus: file("corpus", person),
            queries: file("queries", query),
            seconds_max: 5,
        };
        let report = run(&searching).unwrap();
        assert_eq!(report["found"][0][0][0], "x-1");
        let broken = Searching {
            corpus: file("broken", "{}\n[1"),
            ..searching
        };
        assert!(matches!(run(&broken), Err(CorpusError::Line(_, 1, _))));
    }
}
