//! House rules that neither rustc nor clippy knows. What is allowed stands in data files beside
//! this crate: `edges.toml`, `sizes.toml`, `bans.toml`.

mod bans;
mod decisions;
mod edges;
mod manifests;
mod sizes;
mod tree;

#[cfg(test)]
mod tests;

use std::fmt;
use std::fs;
use std::path::Path;

use anyhow::Context;
use serde::de::DeserializeOwned;

use tree::Tree;

/// A place where a rule is broken.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The file, relative to the root.
    pub path: String,
    /// The line, from 1; 0 where the finding is about the file as a whole.
    pub line: usize,
    /// The name of the rule.
    pub rule: String,
    /// What is wrong, and what to do instead.
    pub advice: String,
}

impl Finding {
    fn new(path: &str, line: usize, rule: &str, advice: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line,
            rule: rule.to_owned(),
            advice: advice.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        if self.line > 0 {
            write!(f, ":{}", self.line)?;
        }
        write!(f, ": [{}] {}", self.rule, self.advice)
    }
}

/// Checks the tree at `root`: every finding, ordered by file and line.
///
/// # Errors
/// Where the tree or a data file cannot be read.
pub fn check(root: &Path) -> anyhow::Result<Vec<Finding>> {
    let tree = Tree::read(root)?;
    let mut findings = edges::check(&tree, &rules(root, edges::FILE)?)?;
    findings.extend(manifests::check(&tree)?);
    findings.extend(sizes::check(&tree, &rules(root, sizes::FILE)?));
    findings.extend(bans::check(&tree, &rules(root, bans::FILE)?));
    findings.extend(decisions::check(&tree));
    findings.sort();
    Ok(findings)
}

fn rules<T: DeserializeOwned>(root: &Path, file: &str) -> anyhow::Result<T> {
    let text =
        fs::read_to_string(root.join(file)).with_context(|| format!("cannot read `{file}`"))?;
    toml::from_str(&text).with_context(|| format!("`{file}` does not hold what it should"))
}
