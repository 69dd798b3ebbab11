//! The hot public functions of matching and of reading machine-readable zones.
//!
//! `cargo bench -p egnatia-bench` measures time. The persons are those of a seeded register, the
//! same in every run.

use std::hint::black_box;
use std::time::Duration;

use criterion::{BatchSize, Criterion};
use egnatia_formats::ftm;
use egnatia_formats::mrz::Mrz;
use egnatia_matching::{Description, Index, Prepared, Thresholds, compare, serial};
use egnatia_testkit::{Population, Query, queries};
use jiff::civil::date;

/// So many persons are in the index that is searched.
const PERSONS: u32 = 20_000;
/// Doc 9303-4's specimen.
const ZONE: &str = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n\
                    L898902C36UTO7408122F1204159ZE184226B<<<<<10";

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(30)
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(5))
        .configure_from_args();
    let population = Population::new(1, &[]);
    let persons: Vec<Description> = population
        .persons(PERSONS.into())
        .map(|person| described(&person.to_ftm(), None))
        .collect();
    let asked: Vec<Description> = queries(&population, PERSONS.into(), 10, 1)
        .iter()
        .map(|query: &Query| described(&query.to_json(), Some("query")))
        .collect();
    of_one(&mut criterion, &persons, &asked);
    of_an_index(&mut criterion, &persons, &asked);
    of_serials(&mut criterion);
    criterion.bench_function("Mrz::read", |bencher| {
        let today = date(2026, 6, 15);
        bencher.iter(|| Mrz::read(black_box(ZONE), today));
    });
    criterion.final_summary();
}

/// Functions of one or two descriptions. Each call takes the next ones, so that a figure is a mean
/// over many names.
fn of_one(criterion: &mut Criterion, persons: &[Description], asked: &[Description]) {
    criterion.bench_function("Prepared::new", |bencher| {
        let mut next = persons.iter().cycle();
        bencher.iter(|| next.next().map(Prepared::new));
    });
    criterion.bench_function("compare, different", |bencher| {
        let thresholds = Thresholds::default();
        let mut pairs = persons.iter().cycle().zip(asked.iter().cycle());
        bencher.iter(|| {
            pairs
                .next()
                .map(|(one, other)| compare(one, other, &thresholds))
        });
    });
    criterion.bench_function("compare, the same", |bencher| {
        let thresholds = Thresholds::default();
        let mut next = persons.iter().cycle();
        bencher.iter(|| next.next().map(|one| compare(one, one, &thresholds)));
    });
}

fn of_an_index(criterion: &mut Criterion, persons: &[Description], asked: &[Description]) {
    let mut index = Index::new();
    for (key, person) in (0_u32..).zip(persons) {
        index.insert(key, person);
    }
    criterion.bench_function("Index::search, 20,000 persons", |bencher| {
        let mut next = asked.iter().cycle();
        bencher.iter(|| next.next().map(|query| index.search(query, 10)));
    });
    criterion.bench_function("Index::insert, the first 1,000 persons", |bencher| {
        let first = persons.get(..1_000).unwrap_or(persons);
        bencher.iter_batched(
            Index::new,
            |mut index| {
                for (key, person) in (0_u32..).zip(first) {
                    index.insert(key, person);
                }
                index
            },
            BatchSize::LargeInput,
        );
    });
}

/// Serial numbers, half of those that are asked held.
fn of_serials(criterion: &mut Criterion) {
    const HELD: u32 = 1_500_000;
    let text = |number: u32| {
        let mixed = number.wrapping_mul(2_654_435_761);
        let series = char::from_u32(u32::from('A') + mixed % 26).unwrap_or('A');
        format!("{series}{:07}", mixed % 10_000_000)
    };
    let mut index = serial::Index::new();
    for number in 0..HELD {
        if let Ok(serial) = serial::Serial::new(&text(number)) {
            index.insert(number, &serial);
        }
    }
    let asked = (0..100_000).map(|number| text(number * 3 % (2 * HELD)));
    let asked: Vec<serial::Serial> = asked.flat_map(|text| serial::Serial::new(&text)).collect();
    criterion.bench_function("serial::Index::exact, 1,500,000 held", |bencher| {
        let mut next = asked.iter().cycle();
        bencher.iter(|| next.next().map(|serial| index.exact(serial).len()));
    });
    let masked = (0..2_000).map(|number| {
        let mut text = text(number * 701);
        text.replace_range(3..4, "?");
        serial::Query::new(&text)
    });
    let masked: Vec<serial::Query> = masked.flatten().collect();
    criterion.bench_function("serial::Index::search, one place unknown", |bencher| {
        let mut next = masked.iter().cycle();
        bencher.iter(|| next.next().map(|query| index.search(query, 50)));
    });
}

/// The description of a line that the register wrote, or of a part of it.
fn described(line: &str, part: Option<&str>) -> Description {
    let line: serde_json::Value = serde_json::from_str(line).unwrap_or_default();
    let entity = part.and_then(|part| line.get(part)).unwrap_or(&line);
    ftm::describe(entity).unwrap_or_default()
}
