//! `egnatia eval search`.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::{self, Write};
use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context;
use egnatia_formats::ftm;
use egnatia_matching::{Index, Thresholds};
use serde::Serialize;

use super::examples::{self, Query};
use super::{number, share};
use crate::commands::print;
use crate::config::Config;
use crate::failure::InputError;

/// Up to which candidate recall is measured.
const RECALL_AT: usize = 10;

/// How is searched: as the node does it.
pub struct Settings {
    thresholds: Thresholds,
    candidates_max: usize,
}

impl Settings {
    /// The configured ones, with another threshold for alerts where one is given.
    pub fn of(config: &Config, threshold: Option<f64>) -> Self {
        let configured = &config.matching;
        let matched = threshold.unwrap_or(configured.matched);
        Self {
            thresholds: Thresholds {
                matched,
                possible: configured.possible.min(matched),
            },
            candidates_max: usize::from(configured.candidates_max).max(RECALL_AT),
        }
    }
}

/// How well searches find.
#[derive(Debug, Serialize)]
struct Figures {
    queries: usize,
    corpus: usize,
    threshold: f64,
    recall_at_10: f64,
    categories: BTreeMap<String, Category>,
    /// Alerts of all queries, divided by the queries.
    alerts_per_query: f64,
    /// Of all gold ids, the share that is among the alerts.
    gold_found_by_alerts: f64,
    /// Gold ids that the corpus does not have; they count as not found.
    gold_not_in_corpus: usize,
    queries_without_gold: usize,
    /// How many of these raise an alert.
    queries_without_gold_alerting: usize,
    queries_per_second: f64,
    p50_ms: f64,
    p99_ms: f64,
}

/// The queries of one category that have gold.
#[derive(Debug, Serialize)]
struct Category {
    queries: usize,
    recall_at_10: f64,
}

/// What one query found.
struct Outcome {
    category: String,
    gold: usize,
    gold_in_first: usize,
    gold_alerted: usize,
    alerts: usize,
    time: Duration,
}

/// Measures the queries of a file on a corpus.
pub fn run(
    corpus: &Path,
    queries: &Path,
    settings: &Settings,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let queries = examples::queries(queries)?;
    let corpus = Corpus::read(corpus, settings)?;
    let outcomes: Vec<Outcome> = queries
        .iter()
        .map(|query| corpus.ask(query, settings))
        .collect();
    let figures = Figures {
        gold_not_in_corpus: corpus.unknown(&queries),
        ..Figures::new(&outcomes, corpus.ids.len(), settings.thresholds.matched)
    };
    print(json, &serde_json::to_value(&figures)?, &figures.to_text()?);
    Ok(ExitCode::SUCCESS)
}

/// What is searched.
struct Corpus {
    index: Index<u32>,
    ids: HashMap<u32, String>,
}

impl Corpus {
    fn read(file: &Path, settings: &Settings) -> anyhow::Result<Self> {
        let open = || -> Result<File, InputError> {
            File::open(file).map_err(|error| InputError(error.to_string()))
        };
        let opened = open().with_context(|| format!("cannot read `{}`", file.display()))?;
        let list = ftm::parse("corpus", &mut BufReader::new(opened), &mut |_bytes| {})
            .with_context(|| format!("in the corpus `{}`", file.display()))?;
        let mut index = Index::with_thresholds(settings.thresholds);
        let mut ids = HashMap::new();
        for (key, entry) in (0_u32..).zip(list.entries) {
            index.insert(key, &entry.describe());
            ids.insert(key, entry.source_id);
        }
        Ok(Self { index, ids })
    }

    fn ask(&self, query: &Query, settings: &Settings) -> Outcome {
        let started = Instant::now();
        let found = self.index.search(&query.query, settings.candidates_max);
        let time = started.elapsed();
        let gold: HashSet<&str> = query.gold.iter().map(String::as_str).collect();
        let is_gold = |key| {
            let id = self.ids.get(&key).map(String::as_str);
            id.is_some_and(|id| gold.contains(id))
        };
        let alerts = || {
            let least = settings.thresholds.matched;
            found
                .iter()
                .filter(move |candidate| candidate.assessment.probability >= least)
        };
        let first = found.iter().take(RECALL_AT);
        Outcome {
            category: query.category.clone(),
            gold: gold.len(),
            gold_in_first: first.filter(|candidate| is_gold(candidate.key)).count(),
            gold_alerted: alerts().filter(|candidate| is_gold(candidate.key)).count(),
            alerts: alerts().count(),
            time,
        }
    }

    /// How many gold ids the corpus does not have.
    fn unknown(&self, queries: &[Query]) -> usize {
        let known: HashSet<&str> = self.ids.values().map(String::as_str).collect();
        let gold = queries.iter().flat_map(|query| &query.gold);
        gold.filter(|id| !known.contains(id.as_str())).count()
    }
}

impl Figures {
    fn new(outcomes: &[Outcome], corpus: usize, threshold: f64) -> Self {
        let mut by_category: BTreeMap<String, Vec<&Outcome>> = BTreeMap::new();
        let with_gold: Vec<&Outcome> = outcomes.iter().filter(|one| one.gold > 0).collect();
        for outcome in &with_gold {
            let category = by_category.entry(outcome.category.clone()).or_default();
            category.push(outcome);
        }
        let without = || outcomes.iter().filter(|one| one.gold == 0);
        let sum = |count: fn(&Outcome) -> usize| outcomes.iter().map(count).sum::<usize>();
        let mut times: Vec<Duration> = outcomes.iter().map(|one| one.time).collect();
        times.sort_unstable();
        let seconds: f64 = times.iter().map(Duration::as_secs_f64).sum();
        Self {
            queries: outcomes.len(),
            corpus,
            threshold,
            recall_at_10: recall(&with_gold),
            categories: by_category
                .into_iter()
                .map(|(name, outcomes)| {
                    let category = Category {
                        queries: outcomes.len(),
                        recall_at_10: recall(&outcomes),
                    };
                    (name, category)
                })
                .collect(),
            alerts_per_query: share(sum(|one| one.alerts), outcomes.len()),
            gold_found_by_alerts: share(sum(|one| one.gold_alerted), sum(|one| one.gold)),
            gold_not_in_corpus: 0,
            queries_without_gold: without().count(),
            queries_without_gold_alerting: without().filter(|one| one.alerts > 0).count(),
            queries_per_second: number(outcomes.len()) / seconds.max(f64::EPSILON),
            p50_ms: percentile_ms(&times, 50),
            p99_ms: percentile_ms(&times, 99),
        }
    }

    fn to_text(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        let mut line = |label: &str, value: String| writeln!(text, "{label:38}  {value}");
        line("queries", self.queries.to_string())?;
        line("entries in the corpus", self.corpus.to_string())?;
        line("recall at 10", format!("{:.3}", self.recall_at_10))?;
        for (name, category) in &self.categories {
            let value = format!(
                "{:.3}   of {} queries",
                category.recall_at_10, category.queries
            );
            line(&format!("  {name}"), value)?;
        }
        line("threshold for alerts", self.threshold.to_string())?;
        line("alerts per query", format!("{:.2}", self.alerts_per_query))?;
        line(
            "gold that alerts find",
            format!("{:.3}", self.gold_found_by_alerts),
        )?;
        line(
            "queries without gold that raise alerts",
            format!(
                "{} of {}",
                self.queries_without_gold_alerting, self.queries_without_gold
            ),
        )?;
        line(
            "queries per second",
            format!("{:.0}", self.queries_per_second),
        )?;
        line(
            "time of a query",
            format!("p50 {:.2} ms, p99 {:.2} ms", self.p50_ms, self.p99_ms),
        )?;
        if self.gold_not_in_corpus > 0 {
            let value = format!("{}; they count as not found", self.gold_not_in_corpus);
            line("gold ids that are not in the corpus", value)?;
        }
        Ok(text.trim_end().to_owned())
    }
}

/// The mean of what each query finds of its gold among the first ten, of what fits there.
fn recall(outcomes: &[&Outcome]) -> f64 {
    let shares: f64 = outcomes
        .iter()
        .map(|one| share(one.gold_in_first, one.gold.min(RECALL_AT)))
        .sum();
    if outcomes.is_empty() {
        return 0.0;
    }
    shares / number(outcomes.len())
}

/// The time that so many of a hundred queries do not exceed, in milliseconds (nearest rank).
fn percentile_ms(sorted: &[Duration], percent: usize) -> f64 {
    let rank = sorted.len().saturating_mul(percent).div_ceil(100);
    let time = sorted.get(rank.saturating_sub(1));
    time.map_or(0.0, |time| time.as_secs_f64() * 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_nearest_rank() {
        let times: Vec<Duration> = (1..=200).map(Duration::from_millis).collect();
        for (percent, expected) in [(50, 100.0), (99, 198.0)] {
            assert!((percentile_ms(&times, percent) - expected).abs() < 1e-9);
        }
        assert!((percentile_ms(&times[..1], 99) - 1.0).abs() < 1e-9);
        assert!(percentile_ms(&[], 50).abs() < 1e-9);
    }
}
