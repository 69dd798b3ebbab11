//! Every command, with good and with bad input.

use std::io::Write;
use std::process::Stdio;

use crate::binary::{Node, names};

#[test]
fn a_check_prints_candidates_best_first_with_evidence() {
    let node = Node::new();
    let file = node.list("test.json", &names(0, 20));
    let report = node.import(&file);
    assert_eq!(report["added"], 20);
    let keys: Vec<&str> = report
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    for key in [
        "list",
        "version",
        "added",
        "changed",
        "removed",
        "unchanged",
        "orphans",
    ] {
        assert!(keys.contains(&key), "{keys:?}");
    }
    let name = &names(0, 20)[3].1;
    let check = [
        "--json",
        "check",
        "--name",
        name,
        "--purpose",
        "border-check",
        "--case",
        "C-1",
    ];
    let answer = node.done(&check).json();
    assert_eq!(answer["check"].as_str().unwrap().len(), 32);
    let candidates = answer["candidates"].as_array().unwrap();
    let best = &candidates[0];
    assert_eq!(
        (&best["name"], &best["list"], &best["band"]),
        (&name.as_str().into(), &"test".into(), &"match".into())
    );
    assert!(
        best["evidence"]
            .as_array()
            .unwrap()
            .iter()
            .any(|line| line["feature"] == "name")
    );
    let probabilities: Vec<f64> = candidates
        .iter()
        .map(|candidate| candidate["probability"].as_f64().unwrap())
        .collect();
    assert!(
        probabilities.is_sorted_by(|a, b| a >= b),
        "{probabilities:?}"
    );
    let nobody = node.done(&[
        "--json",
        "check",
        "--name",
        "Nobody Whatsoever",
        "--purpose",
        "border-check",
        "--case",
        "C-1",
    ]);
    assert_eq!(nobody.json()["candidates"].as_array().unwrap().len(), 0);
}

#[test]
fn the_first_command_that_searches_leaves_its_index_to_the_next_one() {
    let node = Node::new();
    // A hundred have gone again before anybody reads the feed.
    node.import(&node.list("long.json", &names(0, 2_600)));
    node.import(&node.list("long.json", &names(0, 2_500)));
    let found = |seek: &str| {
        let reason = ["--purpose", "border-check", "--case", "INDEX-1"];
        let ran = node.done(&[&["--json", "check", "--name", seek][..], &reason].concat());
        ran.json()["candidates"][0]["name"].clone()
    };
    let saved = || std::fs::read(node.data().join("index/manifest.json"));
    let listed = names(0, 2_600);
    let (seek, last) = (&listed[7].1, &listed[2_500].1);
    assert!(saved().is_err());
    assert_eq!(found(seek), seek.as_str());
    let manifest = saved().unwrap();
    assert_eq!(found(seek), seek.as_str());
    assert_eq!(saved().unwrap(), manifest);
    assert_ne!(found(last), last.as_str());
    // What was imported meanwhile is found beside it.
    node.import(&node.list("long.json", &names(0, 2_501)));
    assert_eq!(found(last), last.as_str());
}

#[test]
fn a_check_without_purpose_or_case_is_refused_with_its_own_exit_code() {
    let node = Node::new();
    for arguments in [
        &["check", "--name", "A B"][..],
        &["check", "--name", "A B", "--purpose", "border-check"],
        &["check", "--name", "A B", "--case", "C-1"],
    ] {
        let ran = node.run(arguments);
        assert_eq!(ran.code, 3, "{arguments:?}");
        assert!(
            ran.err.contains("purpose") && ran.out.is_empty(),
            "{}",
            ran.err
        );
    }
    let curious = node.run(&[
        "check",
        "--name",
        "A",
        "--purpose",
        "curiosity",
        "--case",
        "C-1",
    ]);
    assert_eq!(curious.code, 2);
    assert!(
        curious.err.contains("terrorism"),
        "it names the purposes: {}",
        curious.err
    );
}

#[test]
fn bad_lists_are_refused_with_file_line_and_reason_and_nothing_is_stored() {
    let node = Node::new();
    let cases: [(&str, &str, &str); 3] = [
        (
            "broken.ftm.json",
            "{\"id\":\"a\",\"schema\":\"Person\",\"properties\":{\"name\":[\"A B\"]}}\n{\"id\":",
            ":2",
        ),
        ("empty.ftm.json", "\n\n", "no entries"),
        (
            "twice.ftm.json",
            "{\"id\":\"a\",\"schema\":\"Person\",\"properties\":{\"name\":[\"A B\"]}}\n{\"id\":\"a\",\"schema\":\"Person\",\"properties\":{\"name\":[\"A B\"]}}",
            "already used in line 1",
        ),
    ];
    for (file, text, expected) in cases {
        let path = node.path(file);
        std::fs::write(&path, text).unwrap();
        let ran = node.run(&["import", "ftm", path.to_str().unwrap()]);
        assert_eq!(ran.code, 2, "{file}");
        assert!(ran.err.contains(expected), "{file}: {}", ran.err);
    }
    let missing = node.run(&["--json", "import", "un", "/nonexistent.xml"]);
    assert_eq!(missing.code, 2);
    let error: serde_json::Value = serde_json::from_str(&missing.err).unwrap();
    assert_eq!(error["error"]["code"], "invalid-input");
    assert_eq!(
        node.done(&["--json", "lists"])
            .json()
            .as_array()
            .unwrap()
            .len(),
        0
    );
}

#[test]
fn the_sample_configuration_is_valid_and_mistakes_are_named_before_anything_is_made() {
    let node = Node::new();
    let sample = node.done(&["config", "sample"]).out;
    std::fs::write(node.path("sample.toml"), &sample).unwrap();
    let file = node.path("sample.toml");
    node.done(&["--config", file.to_str().unwrap(), "config", "check"]);
    std::fs::write(&file, format!("{sample}\n[unknown]\nkey = 1\n")).unwrap();
    let ran = node.run(&["--config", file.to_str().unwrap(), "serve"]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("unknown"), "{}", ran.err);
    assert!(
        !node.data().exists(),
        "the data folder was made before the configuration was read"
    );
}

#[test]
fn accounts_are_made_listed_and_closed() {
    let node = Node::new();
    assert!(node.account("o.one", "officer").len() >= 12);
    let twice = node.run(&["user", "add", "o.one", "--name", "X", "--role", "officer"]);
    assert_eq!(twice.code, 2);
    let role = node.run(&["user", "add", "o.two", "--name", "X", "--role", "king"]);
    assert_eq!(role.code, 2);
    assert!(role.err.contains("verifying-officer"), "{}", role.err);
    let mut weak = node
        .command()
        .args([
            "user",
            "add",
            "o.two",
            "--name",
            "X",
            "--role",
            "officer",
            "--password-stdin",
        ])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    weak.stdin.take().unwrap().write_all(b"short\n").unwrap();
    assert_eq!(weak.wait().unwrap().code(), Some(2));
    node.done(&["user", "close", "o.one"]);
    let listed = node.done(&["--json", "user", "list"]).json();
    assert_eq!(listed[0]["state"], "closed");
    assert!(listed[0].get("password").is_none());
}

#[test]
fn every_command_explains_itself() {
    let node = Node::new();
    for command in [
        &["--help"][..],
        &["serve", "--help"],
        &["demo", "--help"],
        &["import", "--help"],
        &["import", "ofac", "--help"],
        &["import", "un", "--help"],
        &["import", "ftm", "--help"],
        &["check", "--help"],
        &["screen", "--help"],
        &["lists", "--help"],
        &["audit", "--help"],
        &["user", "--help"],
        &["partner", "--help"],
        &["partner", "card", "--help"],
        &["partner", "accept", "--help"],
        &["partner", "rotate-keys", "--help"],
        &["backup", "--help"],
        &["restore", "--help"],
        &["config", "--help"],
    ] {
        let ran = node.done(command);
        assert!(ran.out.contains("Usage: egnatia"), "{command:?}");
    }
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let node = Node::new();
    let mut command = node.command();
    command.args(["match", "Ана Петровић", "Ana Petrović"]);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(0));
    assert_eq!(String::from_utf8(ended.stderr).unwrap(), "");
}

#[test]
fn what_the_command_line_does_is_in_the_log_under_the_systems_user() {
    let node = Node::new();
    node.import(&node.list("test.json", &names(0, 3)));
    node.done(&[
        "check",
        "--name",
        "Nobody At All",
        "--purpose",
        "terrorism",
        "--case",
        "C-77",
    ]);
    let whole = node.done(&["--json", "audit", "verify"]).json();
    assert_eq!(whole["whole"], true);
    assert_eq!(whole["log"]["records"], 4, "three entries and a check");
    let raw = std::fs::read(node.data().join("egnatia.db")).unwrap();
    let text = String::from_utf8_lossy(&raw);
    assert!(text.contains("\"actor\":\"os:"), "the operator's name");
}

#[test]
fn a_node_that_is_not_set_up_for_the_exchange_says_what_is_missing() {
    let node = Node::new();
    for arguments in [&["partner", "card"][..], &["partner", "rotate-keys"]] {
        let ran = node.run(arguments);
        assert_eq!(ran.code, 2, "{arguments:?}");
        assert!(ran.err.contains("[exchange] listen"), "{}", ran.err);
    }
    let nobody = node.run(&["partner", "revoke", "rs-mup"]);
    assert_eq!(nobody.code, 2);
    assert!(nobody.err.contains("partner"), "{}", nobody.err);
    assert!(node.done(&["partner", "list"]).out.contains("partner card"));
    let none = node.done(&["--json", "partner", "arrangements"]).json();
    assert_eq!(none["arrangements"].as_array().unwrap().len(), 0);
    let refused = node.run(&["partner", "arrangements", "--adopt"]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("[node] partner"), "{}", refused.err);
}

#[test]
fn a_card_is_given_away_as_a_file_and_its_fingerprint_for_people() {
    let node = Node::new();
    node.configure(
        "[node]\nauthority = \"mk-mvr\"\npartner = \"MK\"\nname = \"Ministry\"\n\
         [node.names]\nmk = \"Министерство\"\n\
         [exchange]\nlisten = \"0.0.0.0:7443\"\naddress = \"https://node.example:7443\"\n",
    );
    let card = node.done(&["partner", "card"]).out;
    let file = node.path("card.json");
    let to_file = ["--json", "partner", "card", "--out", file.to_str().unwrap()];
    let told = node.done(&to_file).json();
    assert_eq!(std::fs::read_to_string(&file).unwrap(), card.trim_end());
    assert_eq!(node.run(&to_file).code, 2, "a file is never replaced");
    let shown = node.done(&["partner", "card", "--qr"]).out;
    let fingerprint = told["fingerprint"].as_str().unwrap();
    assert_eq!(fingerprint.split('-').count(), 5);
    assert!(shown.contains(fingerprint) && shown.contains("https://node.example:7443"));
    // What a scanner reads from the codes is the card: another node takes it.
    let codes = node.done(&["--json", "partner", "card", "--qr"]).json();
    let codes: Vec<&str> = codes["codes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|code| code.as_str().unwrap())
        .collect();
    assert!(codes.len() > 1 && codes[0].starts_with("EGNATIA-CARD/1 1/"));
    let other = Node::new();
    let scanned = other.path("codes.txt");
    std::fs::write(&scanned, codes.join("\n")).unwrap();
    let read = other.done(&["--json", "partner", "read", scanned.to_str().unwrap()]);
    assert_eq!(read.json()["fingerprint"], fingerprint);
    std::fs::write(&scanned, codes[1..].join("\n")).unwrap();
    let read = other.run(&["partner", "read", scanned.to_str().unwrap()]);
    assert_eq!(read.code, 2);
    assert!(read.err.contains("missing: 1"), "{}", read.err);
    // Somebody who may not read the key can still give the card away, but rotate nothing.
    std::fs::remove_file(node.data().join("exchange.unlock")).unwrap();
    assert_eq!(node.done(&["partner", "card"]).out, card);
    let rotated = node.run(&["partner", "rotate-keys"]);
    assert_eq!(rotated.code, 2);
    assert!(rotated.err.contains("exchange.unlock"), "{}", rotated.err);
}
