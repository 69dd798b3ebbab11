//! Every decision is in the list of decisions, and the licence is there.

use super::Finding;
use super::tree::Tree;

const FOLDER: &str = "docs/adr/";
const LIST: &str = "docs/adr/README.md";

/// Decisions that the list does not name, links of the list that lead nowhere, a missing licence.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    let list = tree.file(LIST).map_or("", |file| file.text.as_str());
    let decisions: Vec<&str> = tree
        .files
        .iter()
        .filter(|file| file.path != LIST)
        .filter_map(|file| file.path.strip_prefix(FOLDER))
        .collect();
    for name in &decisions {
        if !list.contains(&format!("({name})")) {
            findings.push(Finding::new(
                &format!("{FOLDER}{name}"),
                0,
                "decision-listed",
                format!("the decision is not listed; link to it in {LIST}"),
            ));
        }
    }
    for (number, line) in (1..).zip(list.lines()) {
        let targets = line
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next());
        for target in targets.filter(|target| target.ends_with(".md") && !target.contains('/')) {
            if !decisions.contains(&target) {
                findings.push(Finding::new(
                    LIST,
                    number,
                    "decision-listed",
                    format!("there is no decision `{target}`; write it or remove the line"),
                ));
            }
        }
    }
    if !tree.has_licence {
        findings.push(Finding::new(
            "LICENSE",
            0,
            "licence",
            "the licence is missing; restore the text of the EUPL 1.2",
        ));
    }
    findings
}
