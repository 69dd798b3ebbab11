//! Comparing in a loop takes no memory anew, but for words that are joined. A test program of its
//! own: it counts what all of it takes.

use std::alloc::System;

use egnatia_matching::{Comparer, Description, Name, Prepared, Schema};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static COUNTED: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

#[expect(clippy::unwrap_used, reason = "a test's own dates")]
fn person(names: &[&str], birth: &str) -> Prepared {
    Prepared::new(&Description {
        schema: Schema::Person,
        names: names.iter().copied().map(Name::new).collect(),
        births: vec![birth.parse().unwrap()],
        nationalities: vec!["Serbia".to_owned()],
        ..Description::default()
    })
}

#[test]
fn no_pair_takes_memory() {
    let entries = [
        person(&["Ђорђе Петровић", "Djordje Petrovic"], "1971-03-05"),
        person(&["Mirko Petrović"], "1971-05-03"),
        person(
            &["Muhammad Amin Mustafa", "Mohamed Amine Moustapha"],
            "1975",
        ),
        person(&["Arben Krasniqi", "Arbën Krasniqi"], "1980-01-01"),
        person(&["Νικόλαος Παπαδόπουλος"], "~1960"),
        person(&["Yasir Sabri Ibrahim Hasan al-Samarrai"], "1968-05-15"),
    ];
    let mut comparer = Comparer::new();
    // Every pair is another one to the comparer, as in a loop over a list.
    let mut all = || -> f64 {
        let pairs = entries
            .iter()
            .flat_map(|a| entries.iter().map(move |b| (a, b)));
        pairs.map(|(a, b)| comparer.probability(a, b)).sum()
    };
    let first = all();
    let region = Region::new(COUNTED);
    let second = all();
    let taken = region.change();
    assert_eq!(first, second);
    assert_eq!(
        (taken.allocations, taken.reallocations),
        (0, 0),
        "{taken:?}"
    );
}
