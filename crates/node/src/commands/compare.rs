//! `egnatia match`.

use std::fmt::{self, Write};
use std::process::ExitCode;

use egnatia_matching::{
    Assessment, BASE_LOGIT, Band, Description, Evidence, Name, Piece, Thresholds, TokenEvidence,
    Verdict, compare,
};

use super::print;
use crate::cli::Pair;
use crate::config::Config;
use crate::failure::InputError;

/// The widest column; a longer text runs over it.
const COLUMN_MAX: usize = 32;

/// Compares two names and says why.
pub fn run(pair: &Pair, config: &Config, json: bool) -> anyhow::Result<ExitCode> {
    for name in [&pair.left, &pair.right] {
        if name.trim().is_empty() {
            return Err(InputError("a name is empty; write two names".to_owned()).into());
        }
    }
    let described = |name: &str| Description {
        schema: pair.schema.unwrap_or_default(),
        names: vec![Name::new(name)],
        ..Description::default()
    };
    let thresholds = config.settings().thresholds;
    let assessment = compare(&described(&pair.left), &described(&pair.right), &thresholds);
    let text = to_text(&assessment, &thresholds)?;
    print(json, &serde_json::to_value(&assessment)?, text.trim_end());
    Ok(ExitCode::SUCCESS)
}

/// A line of the table.
struct Row {
    what: String,
    finding: &'static str,
    weight: f64,
    left: String,
    right: String,
}

fn to_text(assessment: &Assessment, thresholds: &Thresholds) -> Result<String, fmt::Error> {
    let mut rows = Vec::new();
    for evidence in &assessment.evidence {
        rows.push(feature(evidence));
        rows.extend(evidence.tokens.iter().map(word));
    }
    let mut text = String::new();
    let band = match assessment.band {
        Band::Match => "match",
        Band::Possible => "possible",
        Band::None => "none",
    };
    writeln!(
        text,
        "{:.1} %  {band}   (match from {:.1} %, possible from {:.1} %)\n",
        assessment.probability * 100.0,
        thresholds.matched * 100.0,
        thresholds.possible * 100.0
    )?;
    let width = rows
        .iter()
        .map(|row| row.left.chars().count())
        .max()
        .unwrap_or(0)
        .min(COLUMN_MAX);
    writeln!(
        text,
        "{:14} {:13} {:>6}  {:width$}  SECOND",
        "FEATURE", "FINDING", "WEIGHT", "FIRST"
    )?;
    writeln!(text, "{:14} {:13} {BASE_LOGIT:+6.2}", "start", "")?;
    for row in &rows {
        writeln!(
            text,
            "{:14} {:13} {:+6.2}  {:width$}  {}",
            row.what, row.finding, row.weight, row.left, row.right
        )?;
    }
    let features: f64 = assessment.evidence.iter().map(|line| line.weight).sum();
    let sum = BASE_LOGIT + features;
    writeln!(text, "{:14} {:13} {sum:+6.2}", "sum", "")?;
    write!(
        text,
        "\nLetters that differ stand in [ ]; – is a word without a partner. Weights above 0 speak \
         for the\nsame, below 0 for another. Words are parts of their name. The sum s of start and \
         features gives\nthe probability: 1 / (1 + e^-s)."
    )?;
    Ok(text)
}

fn feature(evidence: &Evidence) -> Row {
    let side = |value: &Option<String>| value.clone().unwrap_or_else(|| "not stated".to_owned());
    Row {
        what: format!("{:?}", evidence.feature).to_lowercase(),
        finding: finding(evidence.verdict),
        weight: evidence.weight,
        left: side(&evidence.query),
        right: side(&evidence.entry),
    }
}

fn word(token: &TokenEvidence) -> Row {
    Row {
        what: "  word".to_owned(),
        finding: finding(token.verdict),
        weight: token.weight,
        left: marked(&token.query),
        right: marked(&token.entry),
    }
}

/// A word whose differing letters stand in brackets.
fn marked(pieces: &[Piece]) -> String {
    if pieces.is_empty() {
        return "–".to_owned();
    }
    pieces
        .iter()
        .map(|piece| match piece.same {
            true => piece.text.clone(),
            false => format!("[{}]", piece.text),
        })
        .collect()
}

fn finding(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Agrees => "= agrees",
        Verdict::Similar => "≈ similar",
        Verdict::Contradicts => "≠ contradicts",
        Verdict::Absent => "· absent",
    }
}
