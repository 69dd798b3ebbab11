//! How far the probabilities hold: fits a logistic regression to the logits, prints a table, and
//! draws a reliability diagram.
//!
//! `cargo run --release -p egnatia-matching --example calibration` writes
//! `docs/src/images/calibration.svg`. A slope of 1 and a shift of 0 mean: calibrated.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "an example that measures stops where a test would fail"
)]

use std::fmt::Write as _;
use std::path::Path;

use egnatia_matching::{Index, Schema, Thresholds, compare};

#[expect(dead_code, reason = "the tests use more of it")]
#[path = "../tests/it/search_set/mod.rs"]
mod search_set;

use search_set::chance::Chance;
use search_set::description;
use search_set::perturb::{GENERATED, perturb};

const BINS: usize = 10;
/// A list of a few hundred names in which no two are alike but by chance.
const ENTRIES: u32 = 400;
const QUERIES: usize = 3_000;

/// A comparison: the probability, and whether both mean the same.
#[derive(Clone, Copy)]
struct Sample {
    probability: f64,
    same: bool,
    /// Whether it is a labelled pair, or generated.
    labelled: bool,
    weight: f64,
}

fn main() {
    let tuning = balanced(samples(0, 2026));
    let reported = balanced(samples(1, 4052));
    let (slope, shift) = fit(&tuning);
    println!(
        "tuning: {} comparisons; slope {slope:.3}, shift {shift:+.3}",
        tuning.len()
    );
    let (slope, shift) = fit(&reported);
    println!(
        "reported: {} comparisons; slope {slope:.3}, shift {shift:+.3}",
        reported.len()
    );
    let bins = bins(&reported);
    println!("probability      comparisons  stated  observed");
    for (place, bin) in bins.iter().enumerate() {
        let from = real(place) / real(BINS);
        println!(
            "{from:.1} to {:.1}  {:>14} {:>7.3} {:>9.3}",
            from + 0.1,
            bin.count,
            bin.stated,
            bin.observed
        );
    }
    let error: f64 = bins
        .iter()
        .map(|bin| bin.weight * (bin.stated - bin.observed).abs())
        .sum();
    println!("expected calibration error: {error:.3}");
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/src/images/calibration.svg");
    std::fs::write(file, drawing(&bins)).unwrap();
}

fn real(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap())
}

/// Labelled pairs whose line has the given parity, and what generated queries find.
fn samples(parity: usize, seed: u64) -> Vec<Sample> {
    let mut samples = Vec::new();
    let mut add = |probability: f64, same: bool, labelled: bool| {
        samples.push(Sample {
            probability,
            same,
            labelled,
            weight: 1.0,
        });
    };
    for file in ["region.csv", "world.csv", "bodies.csv", "further.csv"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/pairs");
        let text = std::fs::read_to_string(folder.join(file)).unwrap();
        for (_, line) in text
            .lines()
            .enumerate()
            .skip(1)
            .filter(|(place, _)| place % 2 == parity)
        {
            let cells = search_set::real::cells(line);
            let schema = match cells[0].as_str() {
                "Person" => Schema::Person,
                "Vessel" => Schema::Vessel,
                _ => Schema::Organization,
            };
            let (left, right) = (
                description(schema, &cells[1]),
                description(schema, &cells[2]),
            );
            let found = compare(&left, &right, &Thresholds::default());
            add(found.probability, cells[3] == "true", true);
        }
    }
    let mut chance = Chance::new(seed);
    let names: Vec<String> = (0..ENTRIES)
        .map(|_| search_set::invented::person(&mut chance))
        .collect();
    let mut index = Index::new();
    for (key, name) in (0_u32..).zip(&names) {
        index.insert(key, &description(Schema::Person, name));
    }
    for _ in 0..QUERIES {
        let place = chance.below(names.len());
        let change = *chance.pick(&GENERATED);
        let Some(text) = perturb(&names[place], change, &mut chance) else {
            continue;
        };
        let query = description(Schema::Person, &text);
        let found = compare(
            &query,
            &description(Schema::Person, &names[place]),
            &Thresholds::default(),
        );
        add(found.probability, true, false);
    }
    for _ in 0..QUERIES {
        let name = search_set::invented::neighbour(&mut chance);
        if names.contains(&name) {
            continue;
        }
        for found in index.nearest(&description(Schema::Person, &name), 1) {
            add(found.assessment.probability, false, false);
        }
    }
    samples
}

/// Labelled and generated comparisons weigh the same, and in each of them both classes do.
fn balanced(mut samples: Vec<Sample>) -> Vec<Sample> {
    let group = |sample: &Sample| (sample.labelled, sample.same);
    let groups: Vec<(bool, bool)> = samples.iter().map(group).collect();
    for sample in &mut samples {
        let size = groups
            .iter()
            .filter(|other| **other == group(sample))
            .count();
        sample.weight = 0.25 / real(size);
    }
    samples
}

/// Slope and shift of the logit that make the samples most likely (Newton's method).
fn fit(samples: &[Sample]) -> (f64, f64) {
    let (mut slope, mut shift) = (1.0_f64, 0.0_f64);
    for _ in 0..50 {
        let (mut gradient, mut hessian) = ([0.0; 2], [0.0; 3]);
        for sample in samples {
            let logit = (sample.probability / (1.0 - sample.probability)).ln();
            let stated = 1.0 / (1.0 + (-(slope * logit + shift)).exp());
            let wrong = sample.weight * (f64::from(u8::from(sample.same)) - stated);
            let spread = sample.weight * stated * (1.0 - stated);
            gradient[0] += wrong * logit;
            gradient[1] += wrong;
            hessian[0] += spread * logit * logit;
            hessian[1] += spread * logit;
            hessian[2] += spread;
        }
        let determinant = hessian[0] * hessian[2] - hessian[1] * hessian[1];
        slope += (hessian[2] * gradient[0] - hessian[1] * gradient[1]) / determinant;
        shift += (hessian[0] * gradient[1] - hessian[1] * gradient[0]) / determinant;
    }
    (slope, shift)
}

#[derive(Default, Clone, Copy)]
struct Bin {
    count: usize,
    weight: f64,
    stated: f64,
    observed: f64,
}

fn bins(samples: &[Sample]) -> Vec<Bin> {
    let mut bins = vec![Bin::default(); BINS];
    for sample in samples {
        let place = (0..BINS - 1)
            .find(|place| sample.probability < real(place + 1) / real(BINS))
            .unwrap_or(BINS - 1);
        let bin = &mut bins[place];
        bin.count += 1;
        bin.weight += sample.weight;
        bin.stated += sample.weight * sample.probability;
        bin.observed += sample.weight * f64::from(u8::from(sample.same));
    }
    for bin in bins.iter_mut().filter(|bin| bin.count > 0) {
        bin.stated /= bin.weight;
        bin.observed /= bin.weight;
    }
    bins
}

fn drawing(bins: &[Bin]) -> String {
    let (left, top, side) = (60.0, 20.0, 340.0);
    let x = |part: f64| left + side * part;
    let y = |part: f64| top + side * (1.0 - part);
    let mut svg = String::from(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 430 420\" role=\"img\" \
         font-family=\"sans-serif\" font-size=\"12\">\n\
         <title>Reliability: stated probability and observed share of true matches</title>\n\
         <rect width=\"430\" height=\"420\" fill=\"#fff\"/>\n",
    );
    for step in 0_u8..=5 {
        let part = f64::from(step) / 5.0;
        let (px, py) = (x(part), y(part));
        writeln!(
            svg,
            "<path d=\"M{left} {py}H{}M{px} {top}V{}\" stroke=\"#ddd\"/>\
             <text x=\"{}\" y=\"{}\" text-anchor=\"end\">{part:.1}</text>\
             <text x=\"{px}\" y=\"{}\" text-anchor=\"middle\">{part:.1}</text>",
            left + side,
            top + side,
            left - 8.0,
            py + 4.0,
            top + side + 18.0
        )
        .unwrap();
    }
    writeln!(
        svg,
        "<path d=\"M{} {}L{} {}\" stroke=\"#888\" stroke-dasharray=\"4 4\"/>",
        x(0.0),
        y(0.0),
        x(1.0),
        y(1.0)
    )
    .unwrap();
    let known: Vec<&Bin> = bins.iter().filter(|bin| bin.count > 0).collect();
    let points: Vec<String> = known
        .iter()
        .map(|bin| format!("{:.1},{:.1}", x(bin.stated), y(bin.observed)))
        .collect();
    writeln!(
        svg,
        "<polyline points=\"{}\" fill=\"none\" stroke=\"#1b4f8a\" stroke-width=\"2\"/>",
        points.join(" ")
    )
    .unwrap();
    for bin in known {
        writeln!(
            svg,
            "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"4\" fill=\"#1b4f8a\"/>",
            x(bin.stated),
            y(bin.observed)
        )
        .unwrap();
    }
    svg.push_str(
        "<text x=\"230\" y=\"405\" text-anchor=\"middle\">stated probability</text>\n\
         <text x=\"16\" y=\"190\" text-anchor=\"middle\" transform=\"rotate(-90 16 190)\">\
         observed share</text>\n</svg>\n",
    );
    svg
}
