//! Pairs of organisations and vessels that must match, and that must not.

use egnatia_matching::Schema::{Organization, Person, Vessel};
use egnatia_matching::{Description, Identifier, IdentifierKind};

use crate::people::{described, must_match, must_not_match};

#[test]
fn legal_forms_do_not_matter() {
    for (left, right) in [
        ("Vardar Komerc d.o.o.", "VARDAR KOMERC DOO"),
        ("Vardar Komerc d.o.o. Skopje", "Vardar Komerc Skopje"),
        ("Вардар Комерц ДООЕЛ", "Vardar Komerc"),
        ("Iliria Impex Sh.p.k.", "ILIRIA IMPEX SHPK"),
        ("Siemens AG", "Siemens Aktiengesellschaft"),
        ("OAO Gazprom", "Gazprom JSC"),
        ("ООО Газпром", "Gazprom Limited Liability Company"),
        ("L.X.C. Aviation", "LXC Aviation Ltd"),
    ] {
        must_match(
            &described(Organization, left),
            &described(Organization, right),
        );
    }
}

#[test]
fn what_remains_short_or_generic_never_matches_alone() {
    for (left, right) in [
        ("11420 CORP.", "CORP"),
        ("11420 CORP.", "11421 CORP."),
        ("Trading Company", "Vardar Trading Company"),
        ("The Company Ltd", "Company"),
        ("AB d.o.o.", "AC d.o.o."),
        ("International Trading LLC", "General Trading LLC"),
    ] {
        must_not_match(
            &described(Organization, left),
            &described(Organization, right),
        );
    }
}

#[test]
fn words_that_tell_bodies_apart_count() {
    for (left, right) in [
        ("Vardar Oil Company", "Vardar Gas Company"),
        ("Government of Estonia", "Government of Ethiopia"),
        ("Iliria Fund", "Iliria Fund II"),
        ("Iliria Fund III", "Iliria Fund IV"),
    ] {
        must_not_match(
            &described(Organization, left),
            &described(Organization, right),
        );
    }
}

#[test]
fn a_ship_named_after_a_person_is_not_the_person() {
    must_not_match(
        &described(Vessel, "Marko Petrović"),
        &described(Person, "Marko Petrović"),
    );
}

#[test]
fn the_number_of_a_ship_tells_ships_of_one_name_apart() {
    let ship = |number: &str| Description {
        identifiers: vec![Identifier {
            kind: IdentifierKind::Imo,
            value: number.to_owned(),
            country: None,
        }],
        ..described(Vessel, "Adriatic Star")
    };
    must_match(&ship("IMO 9074729"), &ship("9074729"));
    must_not_match(&ship("9074729"), &ship("9433688"));
}
