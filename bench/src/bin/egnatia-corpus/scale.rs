//! `egnatia-corpus scale`: the matching index alone, at any size, as a mapped segment.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use egnatia_matching::{
    Comparer, Description, Gender, Identifier, IdentifierKind, Index, Name, Prepared, Schema,
    Segment, SegmentBuilder,
};
use egnatia_testkit::{Birth, Person, Population, Query, queries};
use memmap2::Mmap;
use serde_json::{Value, json};

use crate::search::resident_kib;
use crate::{CorpusError, Scaling, lists};

/// As many candidates as recall is measured on.
const CANDIDATES: usize = 10;
/// Persons that a thread prepares at once.
const CHUNK: u64 = 20_000;

/// Builds, opens, asks.
pub fn run(scaling: &Scaling) -> Result<Value, CorpusError> {
    let names = match &scaling.lists {
        Some(folder) => lists::names(folder)?,
        None => Vec::new(),
    };
    let population = Population::new(scaling.seed, &names);
    let mut report = json!({ "persons": scaling.persons, "threads": scaling.threads });
    let mut put = |key: &str, value: Value| {
        if let Some(report) = report.as_object_mut() {
            report.insert(key.to_owned(), value);
        }
    };
    let wrong = |error| CorpusError::Write(scaling.segment.clone(), error);
    if !scaling.keep || !scaling.segment.is_file() {
        let started = Instant::now();
        let builder = build(&population, scaling);
        let mut out = BufWriter::new(File::create(&scaling.segment).map_err(wrong)?);
        builder.write(&mut out).map_err(wrong)?;
        out.flush().map_err(wrong)?;
        put("build_seconds", json!(started.elapsed().as_secs_f64()));
    }
    let started = Instant::now();
    let file = File::open(&scaling.segment).map_err(wrong)?;
    #[expect(
        unsafe_code,
        reason = "mapping a file is unsafe where somebody changes it"
    )]
    // SAFETY: the file was written above by this process, and nothing changes it.
    let map = unsafe { Mmap::map(&file) }.map_err(wrong)?;
    let bytes = map.len();
    let segment = Segment::open(map)
        .map_err(|error| CorpusError::Line(scaling.segment.clone(), 0, error.to_string()))?;
    let mut index = Index::<u64>::new();
    index.attach(segment);
    put("open_seconds", json!(started.elapsed().as_secs_f64()));
    put("segment_bytes", json!(bytes));
    let asked = queries(&population, scaling.persons, scaling.queries, scaling.seed);
    let names_count: usize = population.persons(10_000).map(|one| one.names.len()).sum();
    put("names_of_10000_persons", json!(names_count));
    // Other queries first, to bring the file into memory: an index remembers words it was asked.
    let others = scaling.seed.wrapping_add(1);
    let others = queries(&population, scaling.persons, scaling.queries, others);
    let _ = ask(&index, &others, scaling);
    let outcome = ask(&index, &asked, scaling);
    put("queries", json!(outcome.seconds.len()));
    put("queries_per_second", json!(outcome.rate));
    put("p50_ms", json!(outcome.quantile(0.5)));
    put("p99_ms", json!(outcome.quantile(0.99)));
    put("recall_at_10", json!(outcome.recall()));
    put(
        "numbers_per_second",
        json!(numbers(&index, &population, scaling)),
    );
    put("pairs_per_second", json!(pairs(&population, &asked)));
    put("resident_kib", json!(resident_kib()));
    Ok(report)
}

/// A segment of all persons, prepared on all threads and added on one.
fn build(population: &Population, scaling: &Scaling) -> SegmentBuilder {
    let mut builder = SegmentBuilder::new();
    let next = AtomicUsize::new(0);
    let (send, receive) = mpsc::sync_channel::<Vec<(u64, Prepared)>>(4);
    thread::scope(|scope| {
        for _ in 0..scaling.threads {
            let (send, next) = (send.clone(), &next);
            scope.spawn(move || {
                loop {
                    let chunk = u64::try_from(next.fetch_add(1, Ordering::Relaxed)).unwrap_or(0);
                    let from = chunk * CHUNK;
                    if from >= scaling.persons {
                        return;
                    }
                    let persons = from..scaling.persons.min(from + CHUNK);
                    let prepared = persons.map(|number| {
                        let described = describe(&population.person(number));
                        (number, Prepared::new(&described))
                    });
                    if send.send(prepared.collect()).is_err() {
                        return;
                    }
                }
            });
        }
        drop(send);
        for chunk in receive {
            for (number, prepared) in chunk {
                builder.add_prepared(number, &prepared, &[]);
            }
        }
    });
    builder
}

fn describe(person: &Person) -> Description {
    Description {
        schema: Schema::Person,
        names: person.names.iter().map(Name::new).collect(),
        births: births(person.birth),
        gender: Some(if person.female {
            Gender::Female
        } else {
            Gender::Male
        }),
        nationalities: vec![person.nation.to_owned()],
        identifiers: person.document.iter().map(|text| passport(text)).collect(),
        ..Description::default()
    }
}

fn births(birth: Option<Birth>) -> Vec<egnatia_matching::BirthDate> {
    let parsed = birth.map(|birth| birth.to_string().parse());
    parsed.into_iter().flatten().collect()
}

fn passport(text: &str) -> Identifier {
    Identifier {
        kind: IdentifierKind::Passport,
        value: text.to_owned(),
        country: None,
    }
}

struct Outcome {
    /// Of each query, in milliseconds, sorted.
    seconds: Vec<f64>,
    rate: f64,
    sought: usize,
    found: usize,
}

impl Outcome {
    fn quantile(&self, part: f64) -> f64 {
        #[expect(
            clippy::as_conversions,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a place in a short list"
        )]
        let place = (self.seconds.len() as f64 * part) as usize;
        self.seconds.get(place).copied().unwrap_or_default() * 1e3
    }

    fn recall(&self) -> f64 {
        ratio(self.found, self.sought.max(1))
    }
}

fn ratio(part: usize, of: usize) -> f64 {
    let part = u32::try_from(part).unwrap_or(u32::MAX);
    f64::from(part) / f64::from(u32::try_from(of).unwrap_or(u32::MAX))
}

/// Asks all queries, each thread the next one, as many times over as the time allows.
fn ask(index: &Index<u64>, asked: &[Query], scaling: &Scaling) -> Outcome {
    let described: Vec<Description> = asked
        .iter()
        .map(|query| Description {
            schema: Schema::Person,
            names: vec![Name::new(&query.name)],
            births: births(query.birth),
            ..Description::default()
        })
        .collect();
    let next = AtomicUsize::new(0);
    let allowed = Duration::from_secs(scaling.seconds_max.into());
    let begun = Instant::now();
    let parts: Vec<(Vec<f64>, usize, usize)> = thread::scope(|scope| {
        let work = || {
            let (mut seconds, mut sought, mut found) = (Vec::new(), 0, 0);
            while begun.elapsed() < allowed {
                let place = next.fetch_add(1, Ordering::Relaxed);
                let (Some(query), Some(meant)) = (described.get(place), asked.get(place)) else {
                    break;
                };
                let started = Instant::now();
                let candidates = index.search(query, CANDIDATES);
                seconds.push(started.elapsed().as_secs_f64());
                if !meant.gold.is_empty() {
                    sought += 1;
                    let hit = candidates.iter().any(|one| meant.gold.contains(&one.key));
                    found += usize::from(hit);
                }
            }
            (seconds, sought, found)
        };
        let threads: Vec<_> = (0..scaling.threads).map(|_| scope.spawn(work)).collect();
        let joined = threads.into_iter().map(thread::ScopedJoinHandle::join);
        joined.flatten().collect()
    });
    let took = begun.elapsed().as_secs_f64();
    let mut outcome = Outcome {
        seconds: Vec::new(),
        rate: 0.0,
        sought: 0,
        found: 0,
    };
    for (seconds, sought, found) in parts {
        outcome.seconds.extend(seconds);
        outcome.sought += sought;
        outcome.found += found;
    }
    outcome.seconds.sort_by(f64::total_cmp);
    outcome.rate = ratio(outcome.seconds.len(), 1) / took;
    outcome
}

/// Full comparisons of two prepared names a second, on one thread: half of the pairs mean the same
/// person, half do not.
fn pairs(population: &Population, asked: &[Query]) -> f64 {
    const ROUNDS: usize = 20;
    let named = |name: &str| {
        Prepared::new(&Description {
            schema: Schema::Person,
            names: vec![Name::new(name)],
            ..Description::default()
        })
    };
    let with_gold = asked
        .iter()
        .filter_map(|query| Some((query, *query.gold.first()?)));
    let (mut left, mut right): (Vec<Prepared>, Vec<Prepared>) = with_gold
        .filter_map(|(query, gold)| {
            let meant = population.person(gold);
            Some((named(&query.name), named(meant.names.first()?)))
        })
        .unzip();
    let others = right.iter().skip(1).chain(right.first()).cloned();
    let others: Vec<Prepared> = others.collect();
    left.extend(left.clone());
    right.extend(others);
    let mut comparer = Comparer::new();
    let started = Instant::now();
    let mut sum = 0.0;
    for _ in 0..ROUNDS {
        for (a, b) in left.iter().zip(&right) {
            sum += comparer.probability(a, b);
        }
    }
    let took = started.elapsed().as_secs_f64();
    // The sum is used, so that the work is done.
    if sum > 0.0 {
        ratio(left.len() * ROUNDS, 1) / took
    } else {
        0.0
    }
}

/// Look-ups of whole document numbers, a second, on one thread.
fn numbers(index: &Index<u64>, population: &Population, scaling: &Scaling) -> f64 {
    const ASKED: u64 = 200_000;
    let step = (scaling.persons / ASKED).max(1);
    let persons = (0..scaling.persons.min(ASKED)).map(|number| number * step);
    let documents =
        persons.filter_map(|number| Some((number, population.person(number).document?)));
    let documents: Vec<(u64, Identifier)> = documents
        .map(|(number, text)| (number, passport(&text)))
        .collect();
    let started = Instant::now();
    let mut found = 0_usize;
    for (number, document) in &documents {
        found += usize::from(index.numbered(document).contains(number));
    }
    if found < documents.len() {
        return 0.0;
    }
    ratio(documents.len(), 1) / started.elapsed().as_secs_f64()
}
