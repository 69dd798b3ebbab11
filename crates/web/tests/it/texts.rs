//! Every text that is asked for is there, and every text that is there is asked for.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read_all(folder: &Path, into: &mut String) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_all(&path, into);
        } else {
            into.push_str(&fs::read_to_string(&path).unwrap());
        }
    }
}

fn keys() -> BTreeSet<String> {
    let mut text = String::new();
    read_all(&root().join("locales/en"), &mut text);
    text.lines()
        .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
        .filter_map(|line| line.split_once(" ="))
        .map(|(key, _)| key.to_owned())
        .collect()
}

/// Keys that are put together from a term: their beginnings.
const COMPUTED: &[&str] = &[
    "alert-headings-",
    "derogation-",
    "arms-category-",
    "arms-form-",
    "cluster-is-",
    "custody-",
    "event-",
    "firearm-act-",
    "firearm-refused-",
    "firearm-row-",
    "trace-closed-",
    "holder-",
    "incident-is-",
    "mark-place-",
    "mark-state-",
    "return-",
    "climate-",
    "command-is-",
    "disposal-is-",
    "surveillance-why-",
    "stock-act-",
    "stock-category-",
    "stock-goods-inspect",
    "stock-goods-missing",
    "stock-by-",
    "stock-case-is-",
    "stock-condition-",
    "stock-kind-",
    "stock-loss-",
    "stock-occasion-",
    "stock-state-",
    "stocktake-is-",
    "trace-act-",
    "trace-outcome-",
    "urgency-",
    "weapon-",
    "answer-",
    "alert-on-",
    "alert-state-",
    "alert-who-",
    "alert-wrong-",
    "accuracy-",
    "basis-",
    "category-",
    "code-",
    "decline-",
    "delivery-",
    "gate-",
    "link-",
    "matter-",
    "nature-",
    "object-",
    "partner-",
    "recall-",
    "refusal-",
    "release-",
    "reliability-",
    "report-",
    "statement-",
    "subject-is-",
    "warning-",
    "withheld-",
    "witness-alarm-",
    "witness-is-",
    "card-",
    "column-as-",
    "stock-column-",
    "stock-return-",
    "about-",
    "country-",
    "data-",
    "kind-",
    "outcome-",
    "act-",
    "import-",
    "notice-",
    "operation-",
    "origin-",
    "problem-",
    "purpose-",
    "role-",
    "gender-",
    "schema-",
    "area-",
    "firearm-column-",
    "firearms-order-",
    "context-",
    "transport-",
    "offence-",
    "precision-",
];

#[test]
fn every_text_that_is_asked_for_is_there() {
    let mut sources = String::new();
    read_all(&root().join("templates"), &mut sources);
    read_all(&root().join("src"), &mut sources);
    let keys = keys();
    for start in ["t.text(\"", "t.count(\"", "t.with(\"", "t.with_all(\""] {
        for rest in sources.split(start).skip(1) {
            let key = rest.split('"').next().unwrap();
            assert!(keys.contains(key), "{key} has no text");
        }
    }
}

#[test]
fn every_text_that_is_there_is_asked_for() {
    let mut sources = String::new();
    read_all(&root().join("templates"), &mut sources);
    read_all(&root().join("src"), &mut sources);
    for key in keys() {
        let empty = key
            .trim_end_matches("-how")
            .trim_end_matches("-empty")
            .trim_end_matches("-hint");
        let used = sources.contains(&format!("\"{key}\""))
            || (key != empty && sources.contains(&format!("\"{empty}\"")))
            || COMPUTED.iter().any(|start| key.starts_with(start));
        assert!(used, "{key} is never shown");
    }
}
