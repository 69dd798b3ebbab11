//! A file is one idea: the limit, and the few files that are still over it.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Finding;
use super::tree::Tree;

/// Where the limit and the exceptions stand.
pub const FILE: &str = "crates/xtask/sizes.toml";

const RULE: &str = "file-size";

/// What the file holds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sizes {
    limit: usize,
    files: BTreeMap<String, usize>,
}

/// Rust files over the limit, and exceptions that do not say what is.
pub fn check(tree: &Tree, sizes: &Sizes) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.rust().filter(|file| !file.is_test()) {
        let lines = file.lines_without_tests().len();
        let advice = match sizes.files.get(&file.path) {
            None if lines > sizes.limit => Some(format!(
                "{lines} lines without tests, {} are allowed; split it by idea",
                sizes.limit
            )),
            Some(_) if lines <= sizes.limit => Some(format!(
                "{lines} lines without tests: within the limit; remove the file from {FILE}"
            )),
            Some(&listed) if lines > listed => Some(format!(
                "{lines} lines without tests, {FILE} says {listed}; the number may only shrink: split the file"
            )),
            Some(&listed) if lines < listed => Some(format!(
                "{lines} lines without tests, {FILE} says {listed}; lower the number"
            )),
            _ => None,
        };
        findings.extend(advice.map(|advice| Finding::new(&file.path, 0, RULE, advice)));
    }
    for path in sizes.files.keys() {
        if tree.file(path).is_none() {
            findings.push(Finding::new(
                FILE,
                0,
                RULE,
                format!("there is no file `{path}`; remove its entry"),
            ));
        }
    }
    findings
}
