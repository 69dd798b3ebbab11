//! Serial numbers: the rules of the gun file, masks, and what must hold for all of them.

use std::path::PathBuf;

use egnatia_matching::serial::{
    Confidence, Index, PlaceVerdict, Query, Serial, SerialError, compare,
};
use proptest::prelude::*;

fn serial(text: &str) -> Serial {
    Serial::new(text).unwrap()
}

fn query(text: &str) -> Query {
    Query::new(text).unwrap()
}

fn index(serials: &[&str]) -> Index<String> {
    let mut index = Index::new();
    for text in serials {
        index.insert((*text).to_owned(), &serial(text));
    }
    index
}

fn found(index: &Index<String>, text: &str) -> Vec<String> {
    let found = index.search(&query(text), 100).unwrap();
    found.into_iter().map(|found| found.key).collect()
}

#[test]
fn separators_never_matter() {
    for (a, b) in [
        ("E619-1609", "E6191609"),
        ("11-CADW028-09", "11CADW02809"),
        ("H228.0284", "h228 0284"),
        ("T20HD.016", "T20HD/016"),
        ("М70—31", "M 70 31"),
    ] {
        let likeness = compare(&query(a), &serial(b));
        assert!((likeness.likeness - 1.0).abs() < f64::EPSILON, "{a} {b}");
        assert!((likeness.read - 1.0).abs() < f64::EPSILON, "{a} {b}");
        assert_eq!(index(&[a]).exact(&serial(b)), [a], "{a} {b}");
    }
}

#[test]
fn a_letter_between_digits_may_be_missing_or_misread() {
    let index = index(&[
        "369257", "369M257", "369J257", "A369257", "369257B", "369258",
    ]);
    assert_eq!(
        found(&index, "369J257"),
        ["369J257", "369257", "369M257"],
        "the same one first, and no other"
    );
    assert_eq!(found(&index, "369257")[0], "369257");
    let verdicts = |entry: &str| -> Vec<PlaceVerdict> {
        let evidence = compare(&query("369J257"), &serial(entry)).evidence;
        evidence.iter().map(|place| place.verdict).collect()
    };
    assert_eq!(verdicts("369257")[3], PlaceVerdict::MissingLetter);
    assert_eq!(verdicts("369M257")[3], PlaceVerdict::MisreadLetter);
}

#[test]
fn zeros_that_a_spreadsheet_left_out_do_not_hide_a_number() {
    let index = index(&["0045123", "45123", "A0045123", "450123"]);
    assert_eq!(found(&index, "45123"), ["45123", "0045123"]);
    assert_eq!(found(&index, "045123"), ["45123", "0045123"]);
    assert_eq!(found(&index, "0045123"), ["0045123", "45123"]);
    assert_eq!(found(&index, "4512*"), ["45123", "0045123"]);
    assert_eq!(index.exact(&serial("45123")), ["45123"]);
    assert_eq!(index.same(&serial("045123")), ["0045123", "45123"]);
    assert_eq!(index.same(&serial("A45123")), Vec::<&String>::new());
    let verdicts = compare(&query("045123"), &serial("45123")).evidence;
    assert_eq!(verdicts[0].verdict, PlaceVerdict::MissingZero);
    // Nothing but zeros is a number too.
    assert_eq!(found(&self::index(&["000"]), "000"), ["000"]);
}

#[test]
fn cyrillic_and_greek_letters_stand_for_their_shape_and_less_so_for_their_sound() {
    let index = index(&["СР 1234", "ГЖ-4471", "ZL-8052"]);
    assert_eq!(found(&index, "CP1234"), ["СР 1234"]);
    assert_eq!(found(&index, "ΡΡ1234"), Vec::<String>::new());
    assert_eq!(found(&index, "SR1234"), ["СР 1234"]);
    assert_eq!(found(&index, "GZ4471"), ["ГЖ-4471"]);
    assert_eq!(found(&index, "ЗЛ8052"), ["ZL-8052"]);
    assert_eq!(found(&index, "GZ44?1"), ["ГЖ-4471"]);
    let shape = compare(&query("CP1234"), &serial("СР1234"));
    let sound = compare(&query("SR1234"), &serial("СР1234"));
    assert!((shape.likeness - 1.0).abs() < f64::EPSILON);
    assert!(sound.likeness < shape.likeness);
    let letters: Vec<_> = sound.evidence[..2]
        .iter()
        .map(|place| (place.query, place.entry, place.verdict))
        .collect();
    assert_eq!(
        letters,
        [
            (Some('S'), Some('C'), PlaceVerdict::SameSound),
            (Some('R'), Some('P'), PlaceVerdict::SameSound),
        ]
    );
    assert_eq!(serial("№ 1234"), serial("1234"));
}

#[test]
fn a_place_says_what_else_it_may_be() {
    let perhaps = query("7081257")
        .with_confidence(3, Confidence::percent(60))
        .unwrap()
        .with_perhaps(3, '3')
        .unwrap();
    let index = index(&["7081257", "7031257", "7051257"]);
    let found = index.search(&perhaps, 10).unwrap();
    let named: Vec<_> = found
        .iter()
        .map(|found| (found.key.as_str(), found.likeness.evidence[2].verdict))
        .collect();
    assert_eq!(
        named,
        [
            ("7081257", PlaceVerdict::Same),
            ("7031257", PlaceVerdict::Perhaps)
        ]
    );
    assert!(query("12").with_perhaps(3, '1').is_err());
}

#[test]
fn letters_before_and_after_the_digits_count() {
    for (a, b) in [
        ("A12345", "12345"),
        ("A12345", "C12345"),
        ("12345K", "12345"),
        ("12345K", "12345M"),
        ("12345", "12346"),
        ("12345", "1234"),
        ("12345", "123345"),
    ] {
        for (a, b) in [(a, b), (b, a)] {
            assert!(!compare(&query(a), &serial(b)).is_alike(), "{a} {b}");
            assert!(found(&index(&[b]), a).is_empty(), "{a} {b}");
        }
    }
}

#[test]
fn look_alikes_are_found_after_the_same() {
    let index = index(&["O8I5", "0815", "08I5", "0816"]);
    assert_eq!(found(&index, "0815"), ["0815", "08I5", "O8I5"]);
    let likeness = compare(&query("B0815"), &serial("8O8IS"));
    let alike = likeness.evidence.iter();
    let alike = alike.filter(|place| place.verdict == PlaceVerdict::LookAlike);
    assert_eq!(alike.count(), 4);
    assert!(likeness.is_alike());
    // Two faults at once: a letter misread, and another read for a digit.
    assert_eq!(found(&self::index(&["8A1M2"]), "BA1J2"), ["8A1M2"]);
}

#[test]
fn masks_stand_for_one_place_or_some() {
    let index = index(&[
        "M70 31257",
        "M70 31557",
        "M70 315571",
        "M92 31257",
        "70 31257",
    ]);
    assert_eq!(found(&index, "M7031?57"), ["M70 31257", "M70 31557"]);
    assert_eq!(
        found(&index, "M70*57*"),
        ["M70 31257", "M70 31557", "M70 315571"]
    );
    let mut ends = found(&index, "*31257");
    assert_eq!(ends[0], "70 31257", "of which most was read");
    ends.sort();
    assert_eq!(ends, ["70 31257", "M70 31257", "M92 31257"]);
    assert!(found(&index, "?31257").is_empty());
    // A letter between what may be digits may be missing here too.
    assert_eq!(found(&self::index(&["3692507"]), "369J2?07"), ["3692507"]);
    assert_eq!(found(&self::index(&["369J2507"]), "3692?07"), ["369J2507"]);
}

#[test]
fn a_doubtful_place_finds_more_and_costs_less() {
    let index = index(&["7031257", "7081257"]);
    assert_eq!(found(&index, "7031257"), ["7031257"]);
    let doubtful = query("7031257")
        .with_confidence(3, Confidence::percent(55))
        .unwrap();
    let found = index.search(&doubtful, 10).unwrap();
    assert_eq!(found.len(), 2);
    assert_eq!(found[0].key, "7031257");
    assert!((found[1].likeness.likeness - 0.461).abs() < 1e-9);
    assert!(found[0].likeness.read < 1.0);
}

#[test]
fn what_cannot_be_used_is_refused_by_name() {
    assert_eq!(Serial::new(" -./ "), Err(SerialError::Empty));
    assert_eq!(Serial::new("12?4"), Err(SerialError::Mask('?')));
    assert_eq!(Serial::new(&"7".repeat(41)), Err(SerialError::TooLong));
    assert_eq!(Query::new("*?*"), Err(SerialError::Empty));
    assert_eq!(Query::new(&"*?".repeat(4000)), Err(SerialError::TooLong));
    let no_place = query("12").with_confidence(3, Confidence::FULL);
    let refused = SerialError::NoSuchPlace {
        place: 3,
        places: 2,
    };
    assert_eq!(no_place, Err(refused));
    assert!(query("12").with_confidence(0, Confidence::FULL).is_err());
    let index = index(&["12345"]);
    for open in ["*3*", "?3?", "*3?4*"] {
        let refused = index.search(&query(open), 10);
        assert_eq!(refused, Err(SerialError::TooOpen), "{open}");
    }
}

#[test]
fn a_query_that_fits_too_many_is_refused() {
    let mut index = Index::new();
    for number in 0..20_001_u32 {
        index.insert(number, &serial(&format!("K{number:06}")));
    }
    assert_eq!(index.search(&query("K0*"), 10), Err(SerialError::TooOpen));
    assert_eq!(index.search(&query("K00123?"), 99).unwrap().len(), 10);
}

#[test]
fn a_thing_may_have_several_numbers_and_loses_them_together() {
    let mut index = index(&[]);
    for text in ["F-100200", "S-300400", "f100200"] {
        index.insert("pistol".to_owned(), &serial(text));
    }
    assert_eq!(index.len(), 2, "the same number is added once");
    assert_eq!(found(&index, "S300400"), ["pistol"]);
    assert!(index.remove(&"pistol".to_owned()) && !index.remove(&"pistol".to_owned()));
    assert!(index.is_empty() && found(&index, "S300400").is_empty());
    // Built anew after many removals, and nothing else is lost.
    let mut index = Index::new();
    for number in 0..9_000_u32 {
        index.insert(number, &serial(&format!("{number:05}X")));
    }
    for number in 0..8_999 {
        assert!(index.remove(&number));
    }
    assert_eq!(index.len(), 1);
    assert_eq!(index.exact(&serial("08999-x")), [&8_999]);
}

#[test]
fn debug_prints_no_number() {
    let text = format!(
        "{:?} {:?} {:?}",
        serial("A123"),
        query("A12?"),
        index(&["A123"])
    );
    assert!(!text.contains("123") && !text.contains("A12"), "{text}");
}

/// The rules as a file, where it is at hand; the cases above stand in the code.
#[test]
fn the_published_rules_hold() {
    let Some(lists) = std::env::var_os("EGNATIA_LISTS").map(PathBuf::from) else {
        eprintln!("skipped: EGNATIA_LISTS names no folder with the real lists");
        return;
    };
    let Some(text) = lists.parent().and_then(|data| {
        std::fs::read_to_string(data.join("arms/serial_and_entry_rules.json")).ok()
    }) else {
        eprintln!("skipped: no rules beside the lists");
        return;
    };
    let rules: serde_json::Value = serde_json::from_str(&text).unwrap();
    let asked = &rules["embedded_alpha_rule"];
    for entry in asked["must_hit"].as_array().unwrap() {
        let entry = entry.as_str().unwrap();
        let held = index(&[entry]);
        assert_eq!(found(&held, asked["query"].as_str().unwrap()), [entry]);
    }
    for pair in rules["hyphen_dot_equivalence"].as_array().unwrap() {
        let [a, b] = [0, 1].map(|at| serial(pair[at].as_str().unwrap()));
        assert_eq!(a, b);
    }
}

fn any_serial() -> impl Strategy<Value = String> {
    "[A-Z]{0,3}[0-9]{3,7}[A-Z]?[0-9]{2,4}[A-Z]{0,2}"
}

proptest! {
    #[test]
    fn anything_typed_is_read_or_refused(text in "\\PC{0,80}") {
        if let Ok(entry) = Serial::new(&text) {
            prop_assert!(!entry.places().is_empty() && entry.places().len() <= 40);
            prop_assert_eq!(Serial::new(&entry.normal()), Ok(entry));
        }
        if let Ok(query) = Query::new(&text) {
            prop_assert_eq!(Query::new(&query.to_string()), Ok(query));
        }
    }

    #[test]
    fn a_likeness_is_between_nothing_and_one_and_tells_every_place(a in any_serial(), b in any_serial()) {
        let likeness = compare(&query(&a), &serial(&b));
        prop_assert!((0.0..=1.0).contains(&likeness.likeness));
        let side = |side: fn(&egnatia_matching::serial::PlaceEvidence) -> Option<char>| -> String {
            likeness.evidence.iter().filter_map(side).collect()
        };
        prop_assert_eq!(side(|place| place.query), a);
        prop_assert_eq!(side(|place| place.entry), b);
    }

    #[test]
    fn whole_numbers_compare_the_same_either_way(a in any_serial(), b in any_serial()) {
        let there = compare(&query(&a), &serial(&b)).likeness;
        let back = compare(&query(&b), &serial(&a)).likeness;
        prop_assert!((there - back).abs() < 1e-12);
    }

    #[test]
    fn separators_change_nothing(text in any_serial(), at in 0_usize..6, gap in "[-./ _]{1,3}") {
        let mut spaced = text.clone();
        spaced.insert_str(at.min(text.len()), &gap);
        prop_assert_eq!(serial(&spaced), serial(&text));
        prop_assert!((compare(&query(&spaced), &serial(&text)).likeness - 1.0).abs() < 1e-12);
    }

    #[test]
    fn the_search_finds_whatever_the_comparison_calls_alike(
        entries in proptest::collection::vec(any_serial(), 1..30),
        place in 0_usize..8,
        mask in "[?*]",
    ) {
        let keys: Vec<&str> = entries.iter().map(String::as_str).collect();
        let held = index(&keys);
        let asked = entries[0].clone();
        let mut masked = asked.clone();
        masked.replace_range(place.min(asked.len() - 1)..=place.min(asked.len() - 1), &mask);
        for text in [asked, masked] {
            let query = query(&text);
            let Ok(search) = held.search(&query, 1000) else { continue };
            prop_assert!(search.iter().any(|found| found.key == entries[0]), "{} is lost", text);
            for entry in &entries {
                if compare(&query, &serial(entry)).likeness > 0.7 {
                    prop_assert!(search.iter().any(|found| &found.key == entry));
                }
            }
        }
    }

    #[test]
    fn a_mask_in_any_place_still_finds_it(text in any_serial(), place in 0_usize..12) {
        let held = index(&[&text]);
        let at = place % text.len();
        let mut masked = text.clone();
        masked.replace_range(at..=at, "?");
        prop_assert_eq!(found(&held, &masked), [text]);
    }
}
