//! `egnatia firearm` and `egnatia check --serial` on the real binary.

use crate::binary::{Node, Ran};

const WHY: [&str; 4] = ["--purpose", "firearms-trafficking", "--case", "FFP-1"];

fn run(node: &Node, arguments: &[&str]) -> Ran {
    let mut all = vec!["--json"];
    all.extend(arguments);
    all.extend(WHY);
    node.run(&all)
}

const WEAPON: [&str; 10] = [
    "--serial",
    "M70B-45123",
    "--make",
    "Crvena Zastava",
    "--model",
    "M70AB2",
    "--calibre",
    "7,62×39",
    "--kind",
    "assault-rifle",
];

fn register(node: &Node, more: &[&str]) -> Ran {
    let mut arguments = vec!["firearm", "register"];
    arguments.extend(WEAPON);
    arguments.extend(more);
    run(node, &arguments)
}

#[test]
fn a_weapon_is_registered_once_listed_and_found_by_half_its_number() {
    let node = Node::new();
    let dry = register(&node, &["--dry-run"]);
    assert_eq!(dry.code, 0, "{}", dry.err);
    assert!(dry.json()["registered"].is_null());
    let done = register(&node, &[]);
    assert_eq!(done.code, 0, "{}", done.err);
    let id = done.json()["registered"].as_str().unwrap().to_owned();
    let again = register(&node, &[]);
    assert_eq!(again.code, 3, "{}", again.out);
    assert_eq!(again.json()["like"][0]["record"], id.as_str());

    let list = run(&node, &["firearm", "list", "m70b"]);
    assert_eq!(list.json()[0]["firearm"], id.as_str(), "{}", list.out);
    let show = run(&node, &["firearm", "show", &id]);
    assert_eq!(show.json()["custody"], "nowhere", "{}", show.out);

    let check = |serial: &str, make: &str| {
        let asked = [
            "check",
            "--serial",
            serial,
            "--make",
            make,
            "--calibre",
            "7.62x39 M43",
        ];
        let ran = run(&node, &asked);
        assert_eq!(ran.code, 0, "{}", ran.err);
        ran.json()["candidates"].as_array().unwrap().clone()
    };
    let found = check("M70?4512*", "Zastava");
    assert_eq!(found[0]["list"], "firearms", "{found:?}");
    assert_eq!(found[0]["band"], "match", "{found:?}");
    assert!(check("M70-99999", "Zastava").is_empty());
    let open = run(&node, &["check", "--serial", "*1*"]);
    assert_eq!(open.code, 2, "{}", open.err);
    let unsure = run(
        &node,
        &[
            "check",
            "--serial",
            "M70B45128",
            "--sure",
            "9=10",
            "--make",
            "Zastava",
        ],
    );
    assert_eq!(
        unsure.json()["candidates"][0]["list"],
        "firearms",
        "{}",
        unsure.out
    );
}

#[test]
fn nothing_is_told_without_purpose_and_case() {
    let node = Node::new();
    let ran = node.run(&["--json", "firearm", "list"]);
    assert_eq!(ran.code, 3, "{}", ran.out);
    let wrong = node.run(&[
        "firearm",
        "register",
        "--make",
        "X",
        "--calibre",
        "9",
        "--kind",
        "gun",
    ]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.err.contains("pistol"), "{}", wrong.err);
}

#[test]
fn a_return_is_counted_and_not_frozen_before_its_period_is_over() {
    let node = Node::new();
    let counted = run(&node, &["firearm", "return", "unodc-iafq", "2020"]);
    assert_eq!(counted.code, 0, "{}", counted.err);
    assert_eq!(counted.json()["incidents"], 0);
    let frozen = run(
        &node,
        &["firearm", "return", "unodc-iafq", "2020", "--freeze"],
    );
    assert_eq!(frozen.json()["body"]["sha256"].as_str().unwrap().len(), 64);
    let twice = run(
        &node,
        &["firearm", "return", "unodc-iafq", "2020", "--freeze"],
    );
    assert_eq!(twice.code, 4, "{}", twice.err);
    let early = run(
        &node,
        &["firearm", "return", "unodc-iafq", "2199", "--freeze"],
    );
    assert_eq!(early.code, 2, "{}", early.err);
    let none = run(&node, &["firearm", "clusters"]);
    assert_eq!(none.json(), serde_json::json!([]));
}
