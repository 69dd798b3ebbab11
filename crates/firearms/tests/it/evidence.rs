//! How far two weapons agree.

use egnatia_firearms::{Mark, MarkPlace, MarkState, Reference, SerialQueries, assess};
use egnatia_matching::{
    Assessment, BASE_LOGIT, Band, Description, Feature, Identifier, IdentifierKind, Thresholds,
    Verdict, Weapon,
};

use crate::made::zastava;

fn asked(number: &str, make: Option<&str>, calibre: Option<&str>) -> Description {
    Description {
        identifiers: vec![Identifier {
            kind: IdentifierKind::Serial,
            value: number.into(),
            country: None,
        }],
        weapon: Some(Box::new(Weapon {
            make: make.map(str::to_owned),
            calibre: calibre.map(str::to_owned),
            ..Weapon::default()
        })),
        ..Description::default()
    }
}

fn compare(asked: &Description, known: &Description) -> Option<Assessment> {
    let queries = SerialQueries::of(asked).unwrap();
    let reference = Reference::shipped().unwrap();
    assess(&queries, asked, known, &reference, &Thresholds::default())
}

fn band(number: &str, make: Option<&str>, calibre: Option<&str>) -> Option<Band> {
    let known = zastava("M70B-45123").description();
    compare(&asked(number, make, calibre), &known).map(|found| found.band)
}

#[test]
fn a_number_alone_is_possible_and_make_and_calibre_decide() {
    let (zastava, norinco) = (Some("Застава"), Some("Norinco"));
    assert_eq!(band("M70B45123", None, None), Some(Band::Possible));
    assert_eq!(band("M70B45123", zastava, None), Some(Band::Match));
    assert_eq!(
        band("M70B45123", zastava, Some("7,62×39")),
        Some(Band::Match)
    );
    assert_ne!(band("M70B45123", norinco, None), Some(Band::Match));
    assert_eq!(
        band("M70?4512*", zastava, Some("7.62x39 M43")),
        Some(Band::Match)
    );
    assert_eq!(band("M70-99999", zastava, None), None);
}

#[test]
fn look_alikes_and_letters_between_digits_agree_less_than_the_number_itself() {
    let known = zastava("M70B-45123").description();
    let probability = |number: &str| {
        let found = compare(&asked(number, Some("Zastava"), None), &known);
        found.map_or(0.0, |found| found.probability)
    };
    let exact = probability("M70B45123");
    for number in ["M7OB45123", "M7045123", "M70845123"] {
        let found = probability(number);
        assert!(found < exact && found > 0.3, "{number}: {found}");
    }
}

#[test]
fn the_weights_add_up_to_the_probability_and_show_every_place() {
    let known = zastava("M70B-45123").description();
    let found = compare(&asked("M70?4512*", Some("Zastava"), None), &known).unwrap();
    let sum: f64 = found.evidence.iter().map(|line| line.weight).sum();
    let logit = (found.probability / (1.0 - found.probability)).ln();
    assert!((BASE_LOGIT + sum - logit).abs() < 1e-9, "{sum} {logit}");
    let number = &found.evidence[0];
    assert_eq!(
        (number.feature, number.verdict),
        (Feature::Identifier, Verdict::Similar)
    );
    let entry: String = number.tokens[0]
        .entry
        .iter()
        .map(|piece| piece.text.as_str())
        .collect();
    assert_eq!(entry, "M70B45123");
    let calibre = found
        .evidence
        .iter()
        .find(|line| line.feature == Feature::Calibre)
        .unwrap();
    assert_eq!(
        calibre.verdict,
        Verdict::Absent,
        "the query says nothing of it"
    );
}

#[test]
fn a_known_weapon_whose_mark_is_half_gone_is_held_against_the_number_that_was_read() {
    let mut worn = zastava("M70B-45123");
    worn.marks = vec![Mark {
        state: MarkState::Obliterated,
        ..Mark::readable(MarkPlace::Receiver, "M70B4??23")
    }];
    let known = worn.description();
    let found = compare(
        &asked("M70B45123", Some("Zastava"), Some("7.62x39")),
        &known,
    );
    assert_eq!(found.map(|found| found.band), Some(Band::Match));
    assert!(compare(&asked("M70B45129", Some("Zastava"), None), &known).is_none());
}

#[test]
fn every_component_is_compared() {
    let mut gun = zastava("M70B-45123");
    gun.marks.push(Mark::readable(MarkPlace::Bolt, "AB-7711"));
    let found = compare(&asked("AB7711", Some("Zastava"), None), &gun.description());
    assert_eq!(found.map(|found| found.band), Some(Band::Match));
}

#[test]
fn a_doubted_place_finds_what_may_stand_there() {
    let known = zastava("M70B-45123").description();
    let mut query = asked("M70B45128", Some("Zastava"), Some("7.62x39"));
    assert!(compare(&query, &known).is_none());
    query.weapon.as_mut().unwrap().sure.insert(9, 10);
    assert!(compare(&query, &known).is_some());
}
