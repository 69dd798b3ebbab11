//! The tour: the flow between seven real nodes, over real TLS.

use crate::binary::{Node, Ran};

fn tour(arguments: &[&str]) -> Ran {
    let all = [&["demo", "--tour"], arguments].concat();
    Node::new().run(&all)
}

#[test]
fn every_step_succeeds_and_is_timed() {
    let done = tour(&["--json"]);
    assert_eq!(done.code, 0, "{} {}", done.out, done.err);
    let steps = done.json();
    let steps = steps.as_array().unwrap();
    let names: Vec<&str> = steps.iter().map(|s| s["step"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        [
            "start",
            "alert",
            "share",
            "match",
            "hit",
            "owner-told",
            "recall",
            "armoury",
            "count",
            "theft",
            "serial",
            "weapon-hit",
            "trace",
            "brought-back",
            "witness",
            "audit"
        ]
    );
    for step in steps {
        assert_eq!(step["ok"], true, "{step}");
        assert!(step["ms"].as_f64().unwrap() > 0.0, "{step}");
    }
}

#[test]
fn a_person_reads_what_happened_where() {
    let done = tour(&[]);
    assert_eq!(done.code, 0, "{} {}", done.out, done.err);
    let said = done.out;
    for text in [
        "Skopje writes an alert",
        "6 nodes have it",
        "at a border of Tirana",
        "Skopje is told of the hit",
        "have erased it",
        "M70B-45123 is missing, and a case opens",
        "reads M70B-45?23 on a Zastava",
        "exported it to MK",
        "two storekeepers in Skopje bring it back; the case is found",
        "countersigned",
        "are whole",
    ] {
        assert!(said.contains(text), "{text}: {said}");
    }
    assert!(!said.contains("first 0 entries"), "{said}");
}

#[test]
fn it_does_not_go_with_a_fixed_address() {
    let refused = tour(&["--listen", "127.0.0.1:0"]);
    assert_eq!(refused.code, 2);
}
