//! `egnatia alert` on the real binary: import of a file, list, show, withdraw.

use std::path::PathBuf;

use serde_json::Value;

use crate::binary::{Node, Ran};

const WHY: [&str; 4] = ["--purpose", "serious-crime", "--case", "IMPORT-1"];

fn write(node: &Node, name: &str, text: &str) -> PathBuf {
    let path = node.path(name);
    std::fs::write(&path, text).unwrap();
    path
}

/// A table of invented persons of whom no two are alike.
fn table(rows: usize) -> String {
    const SYLLABLES: [&str; 20] = [
        "ba", "kor", "ri", "nel", "tus", "sha", "vom", "mil", "lep", "gra", "zud", "fen", "hyo",
        "jax", "pir", "qua", "dor", "wes", "cim", "ult",
    ];
    let word = |mut number: usize| {
        let mut word = String::new();
        for _ in 0..4 {
            word.push_str(SYLLABLES[number % 20]);
            number /= 20;
        }
        word
    };
    let mut text = "Prezime;Ime;Datum rođenja;Vrsta potrage;Odluka;Broj predmeta\n".to_owned();
    for row in 0..rows {
        // Steps without a common factor with 160,000: each name once, neighbours far apart.
        let family = word(row * 48_271 % 160_000);
        let given = word((row * 69_621 + 12_345) % 160_000);
        let (day, month, year) = (row % 28 + 1, row % 12 + 1, 1940 + row % 60);
        let category = ["Hapšenje", "32", "čl. 34"][row % 3];
        text.push_str(&format!(
            "{family};{given};{day}.{month}.{year}.;{category};KTN {row}/26;EV-{row}\n"
        ));
    }
    text
}

fn alert(node: &Node, arguments: &[&str]) -> Ran {
    let mut all = vec!["--json", "alert"];
    all.extend(arguments);
    all.extend(WHY);
    node.run(&all)
}

const TEXTS: [&str; 4] = [
    "--reason",
    "listed in the register of wanted persons",
    "--proportionality",
    "serious, current, no milder means",
];

fn import(node: &Node, file: &std::path::Path, more: &[&str]) -> Ran {
    let mut arguments = vec!["import", file.to_str().unwrap()];
    arguments.extend(TEXTS);
    arguments.extend(more);
    alert(node, &arguments)
}

fn count(node: &Node) -> usize {
    let listed = alert(node, &["list", "--limit", "10000"]).json();
    listed.as_array().unwrap().len()
}

#[test]
fn a_file_is_tried_imported_once_listed_shown_and_withdrawn() {
    let node = Node::new();
    let file = write(&node, "wanted.csv", &table(300));
    let dry = import(&node, &file, &["--dry-run"]);
    assert_eq!(dry.code, 0, "{} {}", dry.out, dry.err);
    assert_eq!((&dry.json()["entered"], count(&node)), (&300.into(), 0));

    let done = import(&node, &file, &["--release-to", "AL,MK", "--handling", "H1"]);
    assert_eq!(done.code, 0, "{} {}", done.out, done.err);
    let report = done.json();
    assert_eq!(
        (&report["rows"], &report["entered"]),
        (&300.into(), &300.into())
    );
    assert_eq!(report["columns"][5]["field"], "reference");
    assert_eq!(count(&node), 300);
    let again = import(&node, &file, &[]).json();
    assert_eq!(
        (&again["already"], &again["entered"]),
        (&300.into(), &0.into())
    );

    let listed = alert(&node, &["list", "--limit", "150"]).json();
    assert_eq!(listed.as_array().unwrap().len(), 150);
    let first = &listed[0];
    let id = first["alert"].as_str().unwrap();
    let shown = alert(&node, &["show", id]).json();
    assert_eq!(shown["state"], "active");
    assert_eq!(shown["body"]["reference"], first["reference"]);
    assert_eq!(
        shown["envelope"]["handling"]["codes"],
        serde_json::json!(["H1"])
    );
    assert_eq!(shown["envelope"]["evaluation"], "X4");

    let ended = alert(&node, &["withdraw", id, "--reason", "the person was found"]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    let shown = alert(&node, &["show", id]).json();
    assert_eq!(shown["state"], "withdrawn");
    let twice = alert(&node, &["withdraw", id, "--reason", "once more"]);
    assert_eq!(twice.code, 4, "{}", twice.err);
    // A withdrawn alert does not come back with the same file.
    assert_eq!(import(&node, &file, &[]).json()["entered"], 0);
    let whole = node.done(&["--json", "audit", "verify"]).json();
    assert_eq!(whole["whole"], true);
}

#[test]
fn what_is_entered_is_found_by_a_check() {
    let node = Node::new();
    let text = "name,dob,category,decision\nQorvald Imaginec,1971-03-05,26,K 1/26\n";
    let file = write(&node, "one.csv", text);
    assert_eq!(import(&node, &file, &[]).code, 0);
    let check = ["--json", "check", "--name", "Qorvald Imaginec"];
    let check = [&check[..], &["--birth-date", "1971-03-05"], &WHY[..]].concat();
    let answer: Value = node.done(&check).json();
    assert_eq!(answer["candidates"][0]["list"], "alerts", "{answer}");
}

#[test]
fn wrong_rows_are_told_with_exit_code_2_and_nothing_is_entered() {
    let node = Node::new();
    let wrong = "name,dob,category,decision\n\
        Qorvald Imaginec,1971-03-05,26,K 1/26\n\
        Tamsin Neverwas,yesterday,26,K 2/26\n\
        Bruneth Fictova,1980,arrested,K 3/26\n\
        Ostap Unreal,,26,K 4/26\n\
        Qorvald Imaginec,1971-03-05,26,K 5/26\n";
    let file = write(&node, "wrong.csv", wrong);
    let ran = import(&node, &file, &[]);
    assert_eq!(ran.code, 2);
    let report = ran.json();
    let found: Vec<(u64, &str)> = report["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| {
            (
                error["row"].as_u64().unwrap(),
                error["field"].as_str().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            (3, "birth-date"),
            (4, "category"),
            (5, "birth-date"),
            (6, "different")
        ]
    );
    assert_eq!((&report["entered"], count(&node)), (&0.into(), 0));
    let mut arguments = vec!["alert", "import", file.to_str().unwrap()];
    arguments.extend(TEXTS);
    arguments.extend(WHY);
    let people = node.run(&arguments);
    assert_eq!(people.code, 2);
    let line = "row 3, column 2 `dob`, birth-date: this is no date";
    assert!(people.out.contains(line), "{}", people.out);
    assert!(people.out.contains("nothing was entered"), "{}", people.out);
    assert!(!people.out.contains("Neverwas") && !people.err.contains("Neverwas"));
    // The officer looked, and the others are put right.
    let right = wrong
        .replace("yesterday", "1975")
        .replace("arrested", "arrest")
        .replace("Unreal,,", "Unreal,1966,");
    let file = write(&node, "right.csv", &right);
    let seen = ["--like-are-different", "another place of birth"];
    assert_eq!(import(&node, &file, &seen).json()["entered"], 5);
}

#[test]
fn input_that_cannot_be_used_is_refused_before_anything_is_read() {
    let node = Node::new();
    let file = write(&node, "wanted.csv", &table(3));
    let path = file.to_str().unwrap();
    for (arguments, code, said) in [
        (&["alert", "import", path][..], 3, "purpose"),
        (&["alert", "list"], 3, "purpose"),
        (
            &[
                "alert",
                "import",
                "/nonexistent.csv",
                WHY[0],
                WHY[1],
                WHY[2],
                WHY[3],
            ],
            2,
            "cannot import",
        ),
        (
            &[
                "alert",
                "import",
                path,
                "--columns",
                "nmae=1",
                WHY[0],
                WHY[1],
                WHY[2],
                WHY[3],
            ],
            2,
            "category",
        ),
        (
            &[
                "alert",
                "import",
                path,
                "--release-to",
                "Albania",
                WHY[0],
                WHY[1],
                WHY[2],
                WHY[3],
            ],
            2,
            "anybody",
        ),
        (
            &[
                "alert",
                "import",
                path,
                "--handling",
                "H3",
                WHY[0],
                WHY[1],
                WHY[2],
                WHY[3],
            ],
            2,
            "restriction",
        ),
        (
            &[
                "alert",
                "import",
                path,
                "--category",
                "curious",
                WHY[0],
                WHY[1],
                WHY[2],
                WHY[3],
            ],
            2,
            "missing-person",
        ),
        (
            &[
                "alert",
                "show",
                "00000000000000000000000000000007",
                WHY[0],
                WHY[1],
                WHY[2],
                WHY[3],
            ],
            2,
            "no such",
        ),
        (
            &["alert", "list", "--purpose", "sanctions", "--case", "C-1"],
            3,
            "role",
        ),
    ] {
        let ran = node.run(arguments);
        assert_eq!(ran.code, code, "{arguments:?}: {} {}", ran.out, ran.err);
        assert!(ran.err.contains(said), "{arguments:?}: {}", ran.err);
    }
    let zip = write(&node, "people.xlsx", "PK\u{3}\u{4} and no more");
    let ran = import(&node, &zip, &[]);
    assert_eq!(ran.code, 2);
    let error: Value = serde_json::from_str(&ran.err).unwrap();
    assert_eq!(error["error"]["code"], "malformed-rows");
    for command in [
        &["alert", "--help"][..],
        &["alert", "import", "--help"],
        &["alert", "list", "--help"],
        &["alert", "show", "--help"],
        &["alert", "withdraw", "--help"],
    ] {
        assert!(
            node.done(command).out.contains("Usage: egnatia"),
            "{command:?}"
        );
    }
}
