//! Descriptions for tests. Persons are invented, or well-known entries of public lists.

use egnatia_matching::{
    Assessment, Band, Description, Identifier, IdentifierKind, Name, Schema, Thresholds, compare,
};

pub fn described(schema: Schema, name: &str) -> Description {
    Description {
        schema,
        names: vec![Name::new(name)],
        ..Description::default()
    }
}

pub fn person(name: &str) -> Description {
    described(Schema::Person, name)
}

pub fn born(name: &str, date: &str) -> Description {
    Description {
        births: date.parse().into_iter().collect(),
        ..person(name)
    }
}

pub fn passport(value: &str, country: Option<&str>) -> Identifier {
    Identifier {
        kind: IdentifierKind::Passport,
        value: value.to_owned(),
        country: country.map(str::to_owned),
    }
}

/// Compares in both directions, which must agree.
pub fn both_ways(left: &Description, right: &Description) -> Assessment {
    let forth = compare(left, right, &Thresholds::default());
    let back = compare(right, left, &Thresholds::default());
    assert!(
        (forth.probability - back.probability).abs() < 1e-9,
        "{left:?} {right:?}: {} and {}",
        forth.probability,
        back.probability
    );
    forth
}

pub fn must_match(left: &Description, right: &Description) {
    let found = both_ways(left, right);
    assert_eq!(found.band, Band::Match, "{left:?} {right:?} {found:#?}");
}

pub fn must_not_match(left: &Description, right: &Description) {
    let found = both_ways(left, right);
    assert_ne!(found.band, Band::Match, "{left:?} {right:?} {found:#?}");
}
