use std::collections::{HashMap, HashSet};

use egnatia_matching::Gender;

use super::*;

fn names() -> Vec<SourceName> {
    let texts = [
        ("Serbia", "Zubromir Quvać"),
        ("Iraq", "Husam Rashid al-Zubrani"),
        ("Atlantis", "Xerxo Ylvanto"),
    ];
    texts
        .iter()
        .filter_map(|(nation, text)| SourceName::unparsed(nation, Some(Gender::Male), text))
        .collect()
}

#[test]
fn the_same_seed_gives_the_same_register() {
    let lines = |seed| {
        let register = Population::new(seed, &names());
        let lines = register.persons(2_000).map(|person| person.to_ftm());
        lines.collect::<Vec<_>>()
    };
    assert_eq!(lines(7), lines(7));
    let other: HashSet<String> = lines(8).into_iter().collect();
    assert!(lines(7).iter().filter(|line| other.contains(*line)).count() < 10);
}

#[test]
fn the_register_of_a_seed_is_known() {
    // A change here changes every figure that was measured on a register.
    let register = Population::new(1, &[]);
    let mut hash: u64 = 0xCBF2_9CE4_8422_2325;
    for person in register.persons(10_000) {
        for byte in person.to_ftm().bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
        }
    }
    assert_eq!(hash, 11_800_253_993_326_224_862);
}

#[test]
fn persons_are_as_the_region_has_them() {
    let register = Population::new(1, &names());
    let persons: Vec<Person> = register.persons(20_000).collect();
    let share = |fits: &dyn Fn(&Person) -> bool| {
        persons.iter().filter(|person| fits(person)).count() * 100 / persons.len()
    };
    assert!((18..22).contains(&share(&|person| person.nation == "rs")));
    assert!((90..94).contains(&share(&|person| {
        person
            .birth
            .is_some_and(|birth| birth.month_and_day.is_some())
    })));
    assert!((33..37).contains(&share(&|person| person.document.is_some())));
    assert!((30..50).contains(&share(&|person| person.names.len() > 1)));
    assert!((10..40).contains(&share(&|person| {
        person.names.iter().any(|name| !script::is_latin(name))
    })));
    for person in &persons {
        let different: HashSet<&String> = person.names.iter().collect();
        assert_eq!(different.len(), person.names.len());
        for name in &person.names {
            assert!(name.contains(' ') && !name.contains("  "), "{name}");
        }
    }
    let used = |word: &str| persons.iter().any(|person| person.names[0].contains(word));
    assert!(used("Zubromir") && used("al-Zubrani") && used("Ylvanto"));
}

#[test]
fn common_names_are_common_and_the_vocabulary_grows() {
    let register = Population::new(1, &[]);
    let mut counts: HashMap<String, u32> = HashMap::new();
    let (mut few, mut many) = (0, 0);
    for person in register.persons(100_000) {
        for word in person.names.iter().flat_map(|name| name.split(' ')) {
            *counts.entry(word.to_lowercase()).or_default() += 1;
        }
        if person.number == 9_999 {
            few = counts.len();
        }
        many = counts.len();
    }
    assert!(counts["jovanović"] > 300, "{}", counts["jovanović"]);
    // 10^0.5 to 10^0.7 times as many words for ten times the persons.
    assert!((few * 32..few * 50).contains(&(many * 10)), "{few} {many}");
    let once = counts.values().filter(|count| **count == 1).count();
    assert!(once * 3 > many, "{once} of {many}");
}

#[test]
fn every_category_asks_for_somebody_and_outsiders_for_nobody() {
    let register = Population::new(1, &names());
    let asked = queries(&register, 5_000, 20, 1);
    assert_eq!(asked, queries(&register, 5_000, 20, 1));
    assert_ne!(asked, queries(&register, 5_000, 20, 2));
    for category in Category::ALL {
        let of: Vec<&Query> = asked
            .iter()
            .filter(|one| one.category == category)
            .collect();
        assert_eq!(of.len(), 20, "{category:?}");
        for query in of {
            assert_eq!(
                query.gold.is_empty(),
                category.is_outsider(),
                "{category:?}"
            );
            assert_eq!(query.birth.is_some(), category.is_dated(), "{category:?}");
            assert!(query.gold.is_sorted() && query.gold.iter().all(|gold| *gold < 5_000));
        }
    }
    // The categories take turns.
    let first: HashSet<Category> = asked.iter().take(22).map(|one| one.category).collect();
    assert_eq!(first.len(), 22);
}

#[test]
fn a_changed_name_is_not_in_the_register_and_an_exact_one_is() {
    let register = Population::new(3, &[]);
    for query in queries(&register, 3_000, 15, 1) {
        let mut bearers = query.gold.iter().map(|gold| register.person(*gold));
        match query.category {
            Category::Exact | Category::Dated => {
                assert!(bearers.any(|person| person.names.contains(&query.name)));
            }
            Category::DatedWrongDay | Category::DatedSwapped | Category::DatedWrongYear => {
                assert!(bearers.all(|person| person.birth != query.birth));
            }
            Category::TwoTypos | Category::Cyrillic | Category::Greek | Category::JoinedWords => {
                // A namesake may be written so by chance; whom the query was made of is not.
                assert!(bearers.any(|person| !person.names.contains(&query.name)));
            }
            _ => {}
        }
    }
}

#[test]
fn namesakes_without_a_date_are_all_meant() {
    let register = Population::new(1, &[]);
    let asked = queries(&register, 50_000, 20, 1);
    let most = asked.iter().map(|query| query.gold.len()).max();
    assert!(most > Some(3), "{most:?}");
    let dated = asked.iter().filter(|query| query.category.is_dated());
    assert!(dated.clone().all(|query| query.gold.len() <= 1));
}

#[test]
fn lines_are_json_that_lists_are_read_from() {
    let register = Population::new(1, &names());
    let lines: Vec<String> = register
        .persons(200)
        .map(|person| person.to_ftm())
        .collect();
    let mut text = lines.join("\n");
    text.push('\n');
    let list = egnatia_formats::ftm::parse("corpus", &mut text.as_bytes(), &mut |_| {}).unwrap();
    assert_eq!(list.entries.len(), 200);
    assert_eq!(list.entries[0].source_id, "p-00000000");
    for query in queries(&register, 200, 1, 1) {
        let line: serde_json::Value = serde_json::from_str(&query.to_json()).unwrap();
        let description = egnatia_formats::ftm::describe(&line["query"]).unwrap();
        assert_eq!(description.names.len(), 1);
        assert_eq!(description.births.len(), usize::from(query.birth.is_some()));
    }
}
