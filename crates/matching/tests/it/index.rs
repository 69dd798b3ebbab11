//! Searches.

use egnatia_matching::{Band, Description, Index, Name, Thresholds, compare};
use proptest::prelude::*;

use crate::people::{born, passport, person};

fn filled() -> Index<u32> {
    let mut index = Index::new();
    let names = [
        "Marko Petrović",
        "Mirko Petrović",
        "Ђорђе Ђурић",
        "Xhavit Hoxha",
        "محمد حسين",
        "Slobodan Karadžoski",
        "Abdul Rahman Yasin",
        "Ѓорѓи Ѓошев",
    ];
    for (key, name) in (0..).zip(names) {
        index.insert(key, &born(name, "1971-03-05"));
    }
    index
}

fn first(index: &Index<u32>, query: &Description) -> Option<u32> {
    index.search(query, 10).first().map(|found| found.key)
}

#[test]
fn finds_every_spelling() {
    let index = filled();
    for (query, key) in [
        ("PETROVIC<<MARKO", 0),
        ("Марко Петровић", 0),
        ("Petrovic Marko", 0),
        ("Djordje Djuric", 2),
        ("Dorde Duric", 2),
        ("Џавит Хоџа", 3),
        ("Mohammed Hussein", 4),
        ("Slobo Karadzoski", 5),
        ("AbdulRahman Yassin", 6),
        ("Abdulrahman Yasin", 6),
        ("Gorgi Gosev", 7),
        ("Gjorgji Gjoshev", 7),
    ] {
        assert_eq!(first(&index, &person(query)), Some(key), "{query}");
    }
}

#[test]
fn finds_a_short_form_where_the_other_words_are_misspelt() {
    let index = filled();
    assert_eq!(first(&index, &person("Slobo Karadsoski")), Some(5));
    let mut one_word = Index::new();
    one_word.insert(1, &person("Slobodan"));
    assert_eq!(first(&one_word, &person("Slobo")), Some(1));
}

#[test]
fn an_empty_description_finds_nothing() {
    let index = filled();
    assert!(index.search(&Description::default(), 10).is_empty());
    assert!(index.search(&person(""), 10).is_empty());
    assert!(index.search(&person(" -,. "), 10).is_empty());
    assert!(Index::<u32>::new().search(&person("Marko"), 10).is_empty());
}

#[test]
fn a_number_finds_without_a_name() {
    let mut index = filled();
    let mut entry = person("Zef Gjoka");
    entry.identifiers.push(passport("E6191609", Some("AL")));
    index.insert(50, &entry);
    let query = |value| Description {
        identifiers: vec![passport(value, None)],
        ..Description::default()
    };
    assert_eq!(first(&index, &query("e 6191609")), Some(50));
    assert_eq!(first(&index, &query("E6I9I6O9")), Some(50));
    assert_eq!(first(&index, &query("X0000001")), None);
}

#[test]
fn the_limit_holds_and_the_best_come_first() {
    let index = filled();
    let found = index.search(&person("Marko Petrović"), 10);
    assert_eq!(found[0].key, 0);
    assert!(
        found
            .windows(2)
            .all(|pair| { pair[0].assessment.probability >= pair[1].assessment.probability })
    );
    assert!(found.iter().all(|one| one.assessment.band != Band::None));
    assert_eq!(index.search(&person("Marko Petrović"), 1).len(), 1);
    assert!(index.search(&person("Marko Petrović"), 0).is_empty());
}

#[test]
fn thresholds_of_the_index_decide() {
    let all = Thresholds {
        matched: 0.9,
        possible: 0.0,
    };
    let mut index = Index::with_thresholds(all);
    index.insert(1_u32, &person("Mirko Petrović"));
    assert_eq!(index.search(&person("Marko Petrović"), 5).len(), 1);
    assert_eq!(index.keys().collect::<Vec<_>>(), [1]);
}

#[test]
fn a_common_family_name_says_less_than_a_rare_one() {
    let mut index = Index::new();
    index.insert(0_u32, &person("Milena Petrović"));
    index.insert(1, &person("Milena Zubrotić"));
    for key in 2..2000 {
        index.insert(key, &person(&format!("Osoba{key}ova Petrović")));
    }
    let common = index.search(&person("Milena Petrović"), 1)[0].clone();
    let rare = index.search(&person("Milena Zubrotić"), 1)[0].clone();
    assert_eq!((common.key, rare.key), (0, 1));
    assert!(rare.assessment.probability > common.assessment.probability);
}

#[test]
fn a_birth_date_finds_a_name_that_is_spelt_too_badly() {
    let mut index = filled();
    let mut entry = born("Leutrim Shkodrani", "1983-07-19");
    entry.names.push(Name::new("Leka"));
    index.insert(60, &entry);
    assert_eq!(
        first(&index, &born("Leutrim Xhkodranij", "1983-07-19")),
        Some(60)
    );
}

#[test]
fn search_and_comparison_agree_where_the_corpus_says_nothing() {
    let mut index = Index::new();
    index.insert(1_u32, &born("Leutrim Shkodrani", "1983"));
    let query = person("Leutrim Skodrani");
    let found = index.search(&query, 1)[0].assessment.probability;
    let compared = compare(
        &query,
        &born("Leutrim Shkodrani", "1983"),
        &Thresholds::default(),
    );
    assert!((found - compared.probability).abs() < 0.05);
}

/// Words that are one or two letters apart, so that each new one is like many that were there.
fn close_word() -> impl Strategy<Value = String> {
    "[bdk][aei][rln][aei][mn](ov|ic|a)?"
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// What an index remembers of its searches changes no answer.
    #[test]
    fn an_index_that_was_searched_while_it_grew_finds_what_a_new_one_finds(
        steps in proptest::collection::vec((close_word(), close_word(), 0_u32..40, 0_u8..4), 1..60),
    ) {
        let person = |first: &str, second: &str| person(&format!("{first} {second}"));
        let found = |index: &Index<u32>, query: &Description| -> Vec<(u32, f64)> {
            let found = index.search(query, 10).into_iter();
            found.map(|one| (one.key, one.assessment.probability)).collect()
        };
        let mut grown = Index::new();
        let mut held: Vec<(u32, Description)> = Vec::new();
        for (first, second, key, step) in &steps {
            let one = person(first, second);
            held.retain(|(other, _)| other != key);
            if *step == 0 {
                grown.remove(*key);
            } else {
                grown.insert(*key, &one);
                held.push((*key, one.clone()));
            }
            let mut fresh = Index::new();
            for (key, one) in &held {
                fresh.insert(*key, one);
            }
            for query in [one, person(second, first)] {
                prop_assert_eq!(found(&grown, &query), found(&fresh, &query));
            }
        }
    }
}
