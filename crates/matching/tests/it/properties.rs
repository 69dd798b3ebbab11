//! What holds for every input.

use egnatia_matching::{
    Assessment, BASE_LOGIT, Description, Gender, Identifier, IdentifierKind, Index, Name, NameKind,
    Schema, Thresholds, compare,
};
use proptest::prelude::*;

fn name_text() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("Marko"),
        Just("Мирко"),
        Just("Petrović"),
        Just("PETROVIC"),
        Just("Ѓорѓиев"),
        Just("Abdul"),
        Just("Rahman"),
        Just("Abdulrahman"),
        Just("محمد"),
        Just("السعيد"),
        Just("bin"),
        Just("al"),
        Just("M."),
        Just("d.o.o."),
        Just("Trading"),
        Just("II"),
        Just("7"),
        Just("Κώστας"),
        Just("习近平"),
        Just("an"),
        Just("a"),
        Just("na"),
    ];
    let separator = prop_oneof![
        Just(" "),
        Just(", "),
        Just("-"),
        Just("<"),
        Just("<<"),
        Just("")
    ];
    let pool = prop::collection::vec((word, separator), 0..6).prop_map(|words| {
        words
            .into_iter()
            .fold(String::new(), |text, (word, separator)| {
                text + word + separator
            })
    });
    prop_oneof![3 => pool, 1 => any::<String>(), 1 => "\\PC{0,40}"]
}

fn description() -> impl Strategy<Value = Description> {
    let schema = prop_oneof![
        Just(Schema::Person),
        Just(Schema::Organization),
        Just(Schema::Vessel),
        Just(Schema::Unknown)
    ];
    let kind = prop_oneof![Just(NameKind::Primary), Just(NameKind::WeakAlias)];
    let name = (name_text(), kind).prop_map(|(text, kind)| Name {
        kind,
        ..Name::new(text)
    });
    let birth = prop_oneof![
        Just("1971-03-05"),
        Just("1971-05-03"),
        Just("1971-03"),
        Just("~1970"),
        Just("1960..1972"),
        Just("1989-12-31")
    ]
    .prop_filter_map("a birth date", |text: &str| text.parse().ok());
    let gender = prop::option::of(prop_oneof![Just(Gender::Male), Just(Gender::Other)]);
    let text = prop_oneof![
        Just("RS".to_owned()),
        Just("Yugoslavia".to_owned()),
        Just("Niš".to_owned()),
        any::<String>()
    ];
    let number = prop_oneof![
        Just("E6191609".to_owned()),
        Just("E6I9I609".to_owned()),
        Just("E6191608".to_owned()),
        any::<String>()
    ];
    let identifier = (number, prop::option::of(text.clone()), any::<bool>()).prop_map(
        |(value, country, passport)| Identifier {
            kind: if passport {
                IdentifierKind::Passport
            } else {
                IdentifierKind::NationalNumber
            },
            value,
            country,
        },
    );
    (
        schema,
        prop::collection::vec(name, 0..4),
        prop::collection::vec(birth, 0..3),
        gender,
        prop::collection::vec(text.clone(), 0..3),
        prop::collection::vec(text, 0..3),
        prop::collection::vec(identifier, 0..3),
    )
        .prop_map(
            |(schema, names, births, gender, nationalities, places, identifiers)| Description {
                schema,
                names,
                births,
                gender,
                nationalities,
                places,
                identifiers,
                weapon: None,
            },
        )
}

/// What every assessment promises.
fn check(found: &Assessment) {
    assert!(found.probability > 0.0 && found.probability < 1.0);
    let logit = (found.probability / (1.0 - found.probability)).ln();
    let sum: f64 = found.evidence.iter().map(|line| line.weight).sum();
    // Every weight is rounded to four decimals.
    assert!((BASE_LOGIT + sum - logit).abs() < 1e-3, "{found:#?}");
    for line in &found.evidence {
        assert!(line.weight.is_finite());
        assert!(line.query.is_some() || line.entry.is_some());
        if !line.tokens.is_empty() {
            let words: f64 = line.tokens.iter().map(|token| token.weight).sum();
            assert!((words - line.weight).abs() < 5e-3, "{line:#?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn comparison_is_symmetric_and_its_evidence_adds_up(
        left in description(),
        right in description(),
    ) {
        let forth = compare(&left, &right, &Thresholds::default());
        let back = compare(&right, &left, &Thresholds::default());
        check(&forth);
        check(&back);
        prop_assert!((forth.probability - back.probability).abs() < 1e-9);
        prop_assert_eq!(forth.band, back.band);
    }

    #[test]
    fn every_word_of_the_evidence_is_as_written(left in description(), right in description()) {
        let found = compare(&left, &right, &Thresholds::default());
        for line in &found.evidence {
            for token in &line.tokens {
                let query: String = token.query.iter().map(|piece| piece.text.as_str()).collect();
                let entry: String = token.entry.iter().map(|piece| piece.text.as_str()).collect();
                prop_assert!(line.query.as_ref().is_some_and(|text| text.contains(&query)));
                prop_assert!(line.entry.as_ref().is_some_and(|text| text.contains(&entry)));
            }
        }
    }

    #[test]
    fn search_never_panics_and_an_emptied_index_finds_nothing(
        entries in prop::collection::vec(description(), 0..8),
        query in description(),
    ) {
        let mut index = Index::new();
        for (key, entry) in entries.iter().enumerate() {
            index.insert(key, entry);
        }
        for found in index.search(&query, 5) {
            check(&found.assessment);
        }
        for key in 0..entries.len() {
            prop_assert!(index.remove(key));
        }
        prop_assert!(index.is_empty());
        for sought in entries.iter().chain([&query]) {
            prop_assert!(index.search(sought, 5).is_empty());
        }
    }

    #[test]
    fn a_description_finds_itself_by_a_full_name(
        entry in description(),
        others in prop::collection::vec(description(), 0..4),
    ) {
        let mut index = Index::new();
        let mut entry = entry;
        entry.names.push(Name::new("Slavoljub Karadzoski"));
        index.insert(0, &entry);
        for (key, other) in (1..).zip(&others) {
            index.insert(key, other);
        }
        prop_assert!(index.search(&entry, 10).iter().any(|found| found.key == 0));
    }
}

#[test]
fn words_of_equal_worth_do_not_favour_a_side() {
    let left = Description {
        schema: Schema::Person,
        names: vec![Name::new("a السعيد")],
        ..Description::default()
    };
    let right = Description {
        schema: Schema::Organization,
        names: vec![Name::new("السعيد al a")],
        ..Description::default()
    };
    let forth = compare(&left, &right, &Thresholds::default());
    let back = compare(&right, &left, &Thresholds::default());
    assert!((forth.probability - back.probability).abs() < 1e-9);
}

#[test]
fn weird_input_is_bounded() {
    let weird = [
        "a".repeat(100_000),
        "a ".repeat(50_000),
        "ђ".repeat(10_000),
        "\u{301}".repeat(10_000),
        format!("a{}", "\u{301}".repeat(10_000)),
        "\u{fdfa}".repeat(1_000),
        "<".repeat(1_000),
        "A.".repeat(1_000),
        "الال".repeat(1_000),
        "\u{200d}\u{202e}\u{0}".repeat(100),
    ];
    let mut entry = Description::default();
    for text in &weird {
        entry.names.extend((0..20).map(|_| Name::new(text.clone())));
        entry.places.push(text.clone());
        entry.nationalities.push(text.clone());
        entry.identifiers.push(Identifier {
            kind: IdentifierKind::Other,
            value: text.clone(),
            country: Some(text.clone()),
        });
    }
    check(&compare(&entry, &entry, &Thresholds::default()));
    let mut index = Index::new();
    index.insert(1_u32, &entry);
    for found in index.search(&entry, 3) {
        check(&found.assessment);
    }
}
