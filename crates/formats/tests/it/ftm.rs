//! Invented FollowTheMoney entities.

use egnatia_formats::{Problem, ftm};
use egnatia_matching::{IdentifierKind, NameKind, Schema};
use serde_json::json;

pub const LINES: &str = r#"{"id":"ex-1","caption":"Ana Primer","schema":"Person","datasets":["example"],"referents":["old-1"],"first_seen":"2024-01-01","last_change":"2026-01-01","target":true,"properties":{"name":["Ana Marija Primer","Ana Primer"],"alias":["Ана Пример"],"weakAlias":["Anka"],"previousName":["Ana Exemplar"],"firstName":["Ana"],"lastName":["Primer"],"birthDate":["1970-01-02","1970"],"birthPlace":["Skopje"],"nationality":["rs"],"citizenship":["al"],"country":["mk"],"gender":["female"],"passportNumber":["00X123"],"idNumber":["123"],"position":["Director"],"topics":["sanction"],"programId":["EX-1"],"notes":["First note","Second note"],"sourceUrl":["https://www.example.org/"],"addressEntity":["addr-1"],"eyeColor":["green"]}}

{"id":"ex-2","schema":"Company","properties":{"name":["Exemplar Holding"],"jurisdiction":["rs"],"country":["al"],"incorporationDate":["2010-10-20"],"leiCode":["5493001KJTIIGC8Y1R12"],"innCode":["100000001"],"registrationNumber":["77"],"ownershipAsset":[{"id":"own-0","schema":"Ownership","properties":{"owner":["ex-1"],"percentage":["51"]}}],"parent":[{"id":"ex-9","schema":"Company","properties":{"name":["Parent"]}}]}}
{"id":"ex-3","schema":"Vessel","properties":{"name":["Example Star"],"flag":["mt"],"imoNumber":["IMO7406784"],"mmsi":["572469210"],"callSign":["9HX00"],"buildDate":["1999"]}}
{"id":"ex-4","schema":"Airplane","properties":{"name":["XX-AAA"],"registrationNumber":["XX-AAA"],"serialNumber":["1023"]}}
{"id":"ex-5","schema":"LegalEntity","properties":{"name":["Somebody"]}}
{"id":"doc-1","schema":"Passport","properties":{"holder":["ex-1"],"number":["00X999"],"country":["rs"],"startDate":["2005-12-14"],"endDate":["2015-12-13"],"type":["diplomatic passport"]}}
{"id":"addr-1","schema":"Address","properties":{"full":["Example Street 1, Belgrade"],"street":["Example Street 1"],"city":["Belgrade"],"country":["rs"]}}
{"id":"sanction-1","schema":"Sanction","properties":{"entity":["ex-1"],"program":["Example programme"],"listingDate":["2012-12-31"],"authority":["Example authority"]}}
{"id":"own-1","schema":"Ownership","properties":{"owner":["ex-1"],"asset":["ex-2"],"percentage":["51"]}}
{"id":"own-2","schema":"Ownership","properties":{"owner":["gone-1"],"asset":["gone-2"]}}
"#;

#[test]
fn invented_entities_are_read() {
    insta::assert_json_snapshot!(
        ftm::parse("example", &mut LINES.as_bytes(), &mut |_| {}).unwrap()
    );
}

#[test]
fn every_text_of_a_line_is_in_its_entry_or_orphan() {
    let list = ftm::parse("example", &mut LINES.as_bytes(), &mut |_| {}).unwrap();
    let read = serde_json::to_string(&list).unwrap();
    for line in LINES.lines().filter(|line| !line.is_empty()) {
        let entity: serde_json::Value = serde_json::from_str(line).unwrap();
        for values in entity["properties"].as_object().unwrap().values() {
            for text in values
                .as_array()
                .unwrap()
                .iter()
                .filter_map(|value| value.as_str())
            {
                assert!(read.contains(text), "`{text}` is lost");
            }
        }
    }
}

#[test]
fn relations_that_join_nothing_are_orphans() {
    let list = ftm::parse("example", &mut LINES.as_bytes(), &mut |_| {}).unwrap();
    assert_eq!(list.entries.len(), 5);
    assert_eq!(list.orphans.len(), 1);
    assert_eq!(list.orphans[0].line, 11);
    assert_eq!(list.orphans[0].source_id, "gone-1");
}

#[test]
fn a_query_needs_no_id() {
    let query = json!({"schema": "Person", "properties": {
        "firstName": ["Ana"], "lastName": ["Primer"], "birthDate": "1970-01",
        "passportNumber": ["00X123"], "nationality": ["rs"], "birthPlace": ["Skopje"],
    }});
    let description = ftm::describe(&query).unwrap();
    assert_eq!(description.schema, Schema::Person);
    assert_eq!(description.names[0].text, "Ana Primer");
    assert_eq!(description.names[0].kind, NameKind::Primary);
    assert_eq!(description.births[0].to_string(), "1970-01");
    assert_eq!(description.identifiers[0].kind, IdentifierKind::Passport);
    assert_eq!(description.nationalities, ["rs"]);
    assert_eq!(description.places, ["Skopje"]);
}

#[test]
fn parts_are_given_only_to_names_that_have_them() {
    let query = json!({"schema": "Person", "properties": {
        "name": ["PRIMER Ana", "Anka", "Ana Marija Primer"], "firstName": ["Ana"], "lastName": ["Primer"],
    }});
    let description = ftm::describe(&query).unwrap();
    assert_eq!(
        description.names[0]
            .parts
            .as_ref()
            .unwrap()
            .family
            .as_deref(),
        Some("Primer")
    );
    assert_eq!(description.names[1].parts, None);
    assert_eq!(description.names[2].parts, None);
}

#[test]
fn a_query_must_be_about_a_person_or_thing() {
    let problem = |query| ftm::describe(&query).unwrap_err();
    assert!(matches!(
        problem(json!({"schema": "Ownership"})),
        Problem::NotComparable { .. }
    ));
    assert!(matches!(
        problem(json!({})),
        Problem::Missing { field: "schema" }
    ));
    assert!(matches!(problem(json!([])), Problem::WrongType { .. }));
    assert!(matches!(
        problem(json!({"schema": "Person", "properties": {"name": [["x"]]}})),
        Problem::WrongType { .. }
    ));
}
