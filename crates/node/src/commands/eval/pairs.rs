//! `egnatia eval pairs`.

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Context;
use egnatia_matching::{Thresholds, compare};
use serde::Serialize;

use super::examples::{self, Pair};
use super::{number, share};
use crate::commands::print;
use crate::failure::InputError;

/// How well pairs are told apart.
#[derive(Debug, Serialize)]
struct Figures {
    pairs: usize,
    threshold: f64,
    /// Of those that count as matches, how many are; 0 where none counts.
    precision: f64,
    /// Of those that are matches, how many count; 0 where none is.
    recall: f64,
    /// Harmonic mean of both.
    f1: f64,
    /// On one processor core, from description to probability.
    pairs_per_second: f64,
    #[serde(skip)]
    counts: Counts,
}

/// What was found and what should have been.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Counts {
    found: usize,
    falsely_found: usize,
    missed: usize,
}

/// Measures the pairs of a file.
pub fn run(
    file: &Path,
    threshold: f64,
    scores: Option<&Path>,
    json: bool,
) -> anyhow::Result<ExitCode> {
    if scores == Some(file) {
        let text = "--scores names the file of the pairs; give it another name";
        return Err(InputError(text.to_owned()).into());
    }
    let pairs = examples::pairs(file)?;
    let thresholds = Thresholds::default();
    let started = Instant::now();
    let probabilities: Vec<f64> = pairs
        .iter()
        .map(|pair| compare(&pair.left, &pair.right, &thresholds).probability)
        .collect();
    let seconds = started.elapsed().as_secs_f64();
    if let Some(scores) = scores {
        write(scores, &pairs, &probabilities)
            .with_context(|| format!("cannot write `{}`", scores.display()))?;
    }
    let truths = pairs.iter().map(|pair| pair.is_match);
    let counts = Counts::of(truths.zip(probabilities.iter().copied()), threshold);
    let figures = Figures::new(counts, threshold, pairs.len(), seconds);
    print(json, &serde_json::to_value(&figures)?, &figures.to_text());
    Ok(ExitCode::SUCCESS)
}

impl Counts {
    fn of(pairs: impl Iterator<Item = (bool, f64)>, threshold: f64) -> Self {
        let mut counts = Self::default();
        for (is_match, probability) in pairs {
            let count = match (is_match, probability >= threshold) {
                (true, true) => &mut counts.found,
                (true, false) => &mut counts.missed,
                (false, true) => &mut counts.falsely_found,
                (false, false) => continue,
            };
            *count = count.saturating_add(1);
        }
        counts
    }
}

impl Figures {
    fn new(counts: Counts, threshold: f64, pairs: usize, seconds: f64) -> Self {
        let Counts {
            found,
            falsely_found,
            missed,
        } = counts;
        let twice = found.saturating_mul(2);
        let all = twice.saturating_add(falsely_found).saturating_add(missed);
        Self {
            pairs,
            threshold,
            precision: share(found, found.saturating_add(falsely_found)),
            recall: share(found, found.saturating_add(missed)),
            f1: share(twice, all),
            pairs_per_second: number(pairs) / seconds.max(f64::EPSILON),
            counts,
        }
    }

    fn to_text(&self) -> String {
        let Counts {
            found,
            falsely_found,
            missed,
        } = self.counts;
        format!(
            "pairs             {}\nthreshold         {}\nprecision         {:.3}   ({falsely_found} \
             false matches)\nrecall            {:.3}   ({missed} of {} missed)\nF1                \
             {:.3}\npairs per second  {:.0}",
            self.pairs,
            self.threshold,
            self.precision,
            self.recall,
            found.saturating_add(missed),
            self.f1,
            self.pairs_per_second
        )
    }
}

fn write(file: &Path, pairs: &[Pair], probabilities: &[f64]) -> anyhow::Result<()> {
    let mut writer = csv::Writer::from_path(file)?;
    writer.write_record(["line", "is_match", "probability"])?;
    for (pair, probability) in pairs.iter().zip(probabilities) {
        writer.write_record([
            pair.line.to_string(),
            pair.is_match.to_string(),
            format!("{probability:.6}"),
        ])?;
    }
    writer.flush()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_follow_their_definitions() {
        let pairs = [
            (true, 0.9),
            (true, 0.7),
            (true, 0.2),
            (false, 0.8),
            (false, 0.1),
        ];
        let counts = Counts::of(pairs.into_iter(), 0.7);
        let expected = Counts {
            found: 2,
            falsely_found: 1,
            missed: 1,
        };
        assert_eq!(counts, expected);
        let figures = Figures::new(counts, 0.7, 5, 2.0);
        for (figure, expected) in [
            (figures.precision, 2.0 / 3.0),
            (figures.recall, 2.0 / 3.0),
            (figures.f1, 2.0 / 3.0),
            (figures.pairs_per_second, 2.5),
        ] {
            assert!((figure - expected).abs() < 1e-9, "{figure}");
        }
    }
}
