//! Instructions of the hot public functions of matching: a figure that other programs on the
//! machine do not disturb. Needs valgrind.
//!
//! `cargo bench -p egnatia-bench --bench instructions` runs this program under callgrind twice for
//! each function, once with more calls than the other time; the difference is that of the calls
//! alone.

use std::hint::black_box;
use std::process::{Command, ExitCode};

use egnatia_formats::ftm;
use egnatia_formats::mrz::Mrz;
use egnatia_matching::{Description, Index, Prepared, Thresholds, compare, serial};
use egnatia_testkit::{Population, queries};
use jiff::civil::date;

/// So many persons are in the index that is searched.
const PERSONS: u32 = 5_000;
/// Calls of the two runs.
const CALLS: [usize; 2] = [200, 1_200];
/// Doc 9303-4's specimen.
const ZONE: &str = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n\
                    L898902C36UTO7408122F1204159ZE184226B<<<<<10";
const FUNCTIONS: [&str; 6] = [
    "Prepared::new",
    "compare, different",
    "compare, the same",
    "Index::search, 5,000 persons",
    "serial::Index::exact, 100,000 held",
    "Mrz::read",
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, flag, function, calls] = arguments.as_slice()
        && flag == "--run"
    {
        run(function, calls.parse().unwrap_or(0));
        return ExitCode::SUCCESS;
    }
    for function in FUNCTIONS {
        let counted = CALLS.map(|calls| count(function, calls));
        let [Some(few), Some(many)] = counted else {
            eprintln!("valgrind did not count; install it to use this benchmark");
            return ExitCode::FAILURE;
        };
        let calls = u64::try_from(CALLS[1] - CALLS[0]).unwrap_or(1);
        println!(
            "{function:36} {:>10} instructions",
            many.saturating_sub(few) / calls
        );
    }
    ExitCode::SUCCESS
}

/// Instructions of a whole run with so many calls.
fn count(function: &str, calls: usize) -> Option<u64> {
    let program = std::env::current_exe().ok()?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args(["--run", function, &calls.to_string()])
        .output()
        .ok()?;
    let said = String::from_utf8_lossy(&output.stderr);
    let line = said.lines().find(|line| line.contains("Collected"))?;
    line.rsplit(' ').next()?.parse().ok()
}

fn run(function: &str, calls: usize) {
    let population = Population::new(1, &[]);
    let persons: Vec<Description> = population
        .persons(PERSONS.into())
        .map(|person| described(&person.to_ftm(), None))
        .collect();
    let asked: Vec<Description> = queries(&population, PERSONS.into(), 10, 1)
        .iter()
        .map(|query| described(&query.to_json(), Some("query")))
        .collect();
    let thresholds = Thresholds::default();
    let one = || persons.iter().cycle().take(calls);
    let other = || asked.iter().cycle().take(calls);
    match function {
        "Prepared::new" => one().for_each(|one| drop(black_box(Prepared::new(one)))),
        "compare, different" => one()
            .zip(other())
            .for_each(|(one, other)| drop(black_box(compare(one, other, &thresholds)))),
        "compare, the same" => {
            one().for_each(|one| drop(black_box(compare(one, one, &thresholds))));
        }
        "Index::search, 5,000 persons" => {
            let mut index = Index::new();
            for (key, person) in (0_u32..).zip(&persons) {
                index.insert(key, person);
            }
            other().for_each(|query| drop(black_box(index.search(query, 10))));
        }
        "serial::Index::exact, 100,000 held" => serials(calls),
        _ => {
            let today = date(2026, 6, 15);
            (0..calls).for_each(|_| drop(black_box(Mrz::read(black_box(ZONE), today))));
        }
    }
}

/// Half of the numbers that are asked are held.
fn serials(calls: usize) {
    let text = |number: u32| format!("A{:07}", number.wrapping_mul(2_654_435_761) % 10_000_000);
    let mut index = serial::Index::new();
    for number in 0..100_000 {
        if let Ok(serial) = serial::Serial::new(&text(number)) {
            index.insert(number, &serial);
        }
    }
    let asked = (0..2_000).map(|number| text(number * 100));
    let asked: Vec<serial::Serial> = asked.flat_map(|text| serial::Serial::new(&text)).collect();
    for serial in asked.iter().cycle().take(calls) {
        black_box(index.exact(serial).len());
    }
}

/// The description of a line that the register wrote, or of a part of it.
fn described(line: &str, part: Option<&str>) -> Description {
    let line: serde_json::Value = serde_json::from_str(line).unwrap_or_default();
    let entity = part.and_then(|part| line.get(part)).unwrap_or(&line);
    ftm::describe(entity).unwrap_or_default()
}
