//! `egnatia eval`: how well the matching does on an operator's own examples, and how fast nodes
//! exchange on the operator's machine.
//!
//! It reads the files that are named and nothing else, and writes nothing but what `--scores` asks
//! for.

mod examples;
mod exchange;
mod pairs;
mod search;

use std::process::ExitCode;

use crate::cli::Eval;
use crate::config::Config;

/// Measures what is asked for.
pub async fn run(what: Eval, config: &Config, json: bool) -> anyhow::Result<ExitCode> {
    match what {
        Eval::Pairs {
            file,
            threshold,
            scores,
        } => {
            let threshold = threshold.unwrap_or(config.matching.matched);
            pairs::run(&file, threshold, scores.as_deref(), json)
        }
        Eval::Search {
            corpus,
            queries,
            threshold,
        } => {
            let settings = search::Settings::of(config, threshold);
            search::run(&corpus, &queries, &settings, json)
        }
        Eval::Exchange {
            single,
            many,
            missed,
            recipients,
        } => {
            let wanted = exchange::Wanted {
                single,
                many,
                missed,
                recipients,
            };
            exchange::run(wanted, json).await
        }
    }
}

/// A part of a whole; 0 where the whole is nothing.
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 {
        return 0.0;
    }
    number(part) / number(whole)
}

/// A count as a number that can be divided. Counts are of lines of a file, so that none comes near
/// 2^53, up to which this is exact.
fn number(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_nothing_is_0() {
        assert!(share(0, 0).abs() < f64::EPSILON);
        assert!((share(1, 4) - 0.25).abs() < f64::EPSILON);
    }
}
