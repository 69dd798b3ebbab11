//! What a store may hold.

use std::collections::BTreeMap;

use egnatia_stockpile::distance::{Barricade, Edges, Sums, Tables};
use egnatia_stockpile::mixing::{Mixing, Verdict};
use egnatia_stockpile::{
    Breach, Contents, Division, Exposure, Group, Licence, LicenceRules, Mass, Planned,
};
use jiff::civil::{Date, date};

use crate::world::{CARTRIDGES, CHARGES, ammunition};

const TODAY: Date = date(2026, 11, 26);

fn rules() -> LicenceRules {
    LicenceRules {
        tables: Tables::shipped().unwrap(),
        mixing: Mixing::transport().unwrap(),
        edges: Edges::Safe,
        sums: Sums::TotalAsEach,
    }
}

fn licence(distance_m: u32) -> Licence {
    Licence {
        number: "L-12".into(),
        exposures: vec![Exposure {
            name: "the mill".into(),
            exposed: "inhabited-building".into(),
            distance_m,
            barricade: Barricade::Without,
        }],
        ..Licence::default()
    }
}

#[test]
fn too_near_is_refused_and_the_greatest_quantity_that_fits_is_said() {
    let rules = rules();
    let charges = ammunition(Division::D1_1, Group::D, 1000);
    let planned = Planned {
        id: CHARGES,
        goods: &charges,
        quantity: 400,
    };
    let mut contents = Contents::default();
    contents.add(CHARGES, &charges, 700);
    let licence = licence(150);
    let breaches = Licence::breaches(Some(&licence), &contents, planned, (&rules, TODAY));
    let [Breach::TooNear { needed, .. }] = breaches.as_slice() else {
        panic!("{breaches:?}")
    };
    assert_eq!(needed.quantity, Mass::from_kilograms(1100));
    let said = breaches[0].to_string();
    assert!(
        said.contains("150 m away") && said.contains("from memory"),
        "{said}"
    );
    // 1.5 * 1000^(2/3) is 150.
    let fits = Licence::fits(Some(&licence), &contents, planned, (&rules, TODAY));
    assert_eq!(fits.quantity, 300);
    let smaller = Planned {
        quantity: 300,
        ..planned
    };
    assert!(Licence::breaches(Some(&licence), &contents, smaller, (&rules, TODAY)).is_empty());
}

#[test]
fn groups_that_may_not_lie_together_are_refused() {
    let rules = rules();
    let (charges, detonators) = (
        ammunition(Division::D1_1, Group::D, 1),
        ammunition(Division::D1_1, Group::B, 1),
    );
    let mut contents = Contents::default();
    contents.add(CHARGES, &charges, 1000);
    let planned = Planned {
        id: CARTRIDGES,
        goods: &detonators,
        quantity: 1000,
    };
    let mut licence = licence(9_999);
    let breaches = Licence::breaches(Some(&licence), &contents, planned, (&rules, TODAY));
    assert!(
        matches!(
            breaches.as_slice(),
            [Breach::Mixing {
                condition: Some(_),
                ..
            }]
        ),
        "{breaches:?}"
    );
    assert_eq!(
        Licence::fits(Some(&licence), &contents, planned, (&rules, TODAY)).quantity,
        0
    );
    licence.conditions_met.insert("separated".into());
    assert!(Licence::breaches(Some(&licence), &contents, planned, (&rules, TODAY)).is_empty());
    let white = ammunition(Division::D1_1, Group::H, 1);
    let planned = Planned {
        goods: &white,
        ..planned
    };
    let breaches = Licence::breaches(Some(&licence), &contents, planned, (&rules, TODAY));
    assert!(matches!(
        breaches.as_slice(),
        [Breach::Mixing {
            condition: None,
            ..
        }]
    ));
}

#[test]
fn capacity_expiry_and_a_missing_licence_are_refused() {
    let rules = rules();
    let charges = ammunition(Division::D1_1, Group::D, 1000);
    let planned = Planned {
        id: CHARGES,
        goods: &charges,
        quantity: 50,
    };
    let contents = Contents::default();
    let breaches = |licence: Option<&Licence>| {
        let found = Licence::breaches(licence, &contents, planned, (&rules, TODAY));
        found.iter().map(Breach::code).collect::<Vec<_>>()
    };
    assert_eq!(breaches(None), ["no-licence"]);
    let mut small = licence(9_999);
    small.mass_max = BTreeMap::from([(Division::D1_1, Mass::from_kilograms(49))]);
    assert_eq!(breaches(Some(&small)), ["capacity"]);
    assert_eq!(
        Licence::fits(Some(&small), &contents, planned, (&rules, TODAY)).quantity,
        49
    );
    small.total_max = Some(Mass::from_kilograms(10));
    small.valid_until = Some(date(2026, 11, 25));
    assert_eq!(
        breaches(Some(&small)),
        ["licence-expired", "capacity", "capacity"]
    );
    small.valid_until = Some(TODAY);
    assert_eq!(breaches(Some(&small)), ["capacity", "capacity"]);
    // The tables have no answer for it, so that it is not shown to be safe.
    let odd = ammunition(Division::D1_2_3, Group::D, 1);
    let planned = Planned {
        goods: &odd,
        ..planned
    };
    let licence = licence(9_999);
    let found = Licence::breaches(Some(&licence), &contents, planned, (&rules, TODAY));
    assert!(
        matches!(found.as_slice(), [Breach::NoDistance { .. }]),
        "{found:?}"
    );
}

#[test]
fn the_table_of_mixing_says_what_the_regulation_says() {
    let mixing = Mixing::transport().unwrap();
    use Group::{A, B, C, D, E, F, G, H, J, K, L, N, S};
    for a in [C, D, E, G] {
        for b in [C, D, E, G] {
            assert_eq!(mixing.verdict(a, b), Verdict::Permitted, "{a} {b}");
        }
    }
    for b in Group::ALL {
        assert_eq!(mixing.verdict(*b, K), Verdict::Prohibited);
        let with_s = mixing.verdict(S, *b) == Verdict::Permitted;
        assert_eq!(with_s, ![A, K, L].contains(b), "S {b}");
    }
    for (a, b) in [(F, G), (H, J), (A, B), (B, C), (L, S), (F, D)] {
        assert_eq!(mixing.verdict(a, b), Verdict::Prohibited, "{a} {b}");
        assert_eq!(mixing.verdict(b, a), Verdict::Prohibited, "{b} {a}");
    }
    for (a, b, name) in [
        (B, D, "separated"),
        (N, E, "as-group-d"),
        (L, L, "identical"),
    ] {
        let Verdict::Under(condition) = mixing.verdict(a, b) else {
            panic!("{a} {b}")
        };
        assert_eq!(condition.name, name);
    }
    assert!(!mixing.is_storage);
}
