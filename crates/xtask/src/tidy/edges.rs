//! Which crate may depend on which.

use std::collections::BTreeMap;

use anyhow::Context;
use serde::Deserialize;

use super::Finding;
use super::tree::{SourceFile, Tree};

/// Where the allowed edges stand.
pub const FILE: &str = "crates/xtask/edges.toml";

/// What the file holds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edges {
    impure: Vec<String>,
    impure_paths: Vec<String>,
    only: BTreeMap<String, Vec<String>>,
    crates: BTreeMap<String, Allowed>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Allowed {
    #[serde(default)]
    pure: bool,
    uses: Vec<String>,
    #[serde(default)]
    dev: Vec<String>,
}

/// A crate's dependencies, as its manifest names them.
struct Manifest<'a> {
    file: &'a SourceFile,
    folder: &'a str,
    package: String,
    dependencies: Vec<String>,
    dev_dependencies: Vec<String>,
}

/// Every edge that is not allowed, and every entry that names no crate.
pub fn check(tree: &Tree, edges: &Edges) -> anyhow::Result<Vec<Finding>> {
    let mut findings = Vec::new();
    let manifests: Vec<Manifest<'_>> = tree
        .files
        .iter()
        .filter_map(|file| Some((file, crate_folder(&file.path)?)))
        .filter(|(file, folder)| {
            file.path.starts_with("crates/") || edges.crates.contains_key(*folder)
        })
        .map(|(file, folder)| Manifest::read(file, folder))
        .collect::<anyhow::Result<_>>()?;
    for manifest in &manifests {
        findings.extend(manifest.check_name());
        match edges.crates.get(manifest.folder) {
            Some(allowed) => findings.extend(manifest.check(allowed, edges)),
            None => findings.push(manifest.finding(
                "name",
                "unlisted-crate",
                format!(
                    "the crate `{}` is not listed; enter it in {FILE} with the crates that it may use",
                    manifest.folder
                ),
            )),
        }
    }
    for name in edges.crates.keys() {
        if !manifests.iter().any(|manifest| manifest.folder == name) {
            findings.push(Finding::new(
                FILE,
                0,
                "unlisted-crate",
                format!("there is no crate `{name}`; remove its entry"),
            ));
        }
    }
    findings.extend(impure_code(tree, edges));
    Ok(findings)
}

/// The folder of a crate, where the path is that of its manifest.
fn crate_folder(path: &str) -> Option<&str> {
    let folder = path.strip_suffix("/Cargo.toml")?;
    let folder = folder.strip_prefix("crates/").unwrap_or(folder);
    (!folder.contains('/')).then_some(folder)
}

fn impure_code(tree: &Tree, edges: &Edges) -> Vec<Finding> {
    let mut findings = Vec::new();
    let pure = edges.crates.iter().filter(|(_, allowed)| allowed.pure);
    for (name, _) in pure {
        let sources = format!("crates/{name}/src/");
        let files = tree
            .rust()
            .filter(|file| file.path.starts_with(&sources) && !file.is_test());
        for file in files {
            for (number, line) in file.lines_without_tests() {
                let code = line.split("//").next().unwrap_or_default();
                let named = edges.impure_paths.iter().find(|path| code.contains(*path));
                findings.extend(named.map(|path| {
                    Finding::new(
                        &file.path,
                        number,
                        "pure-crate",
                        format!("`{name}` is pure and may not use `{path}`; take what it reads as an argument"),
                    )
                }));
            }
        }
    }
    findings
}

impl<'a> Manifest<'a> {
    fn read(file: &'a SourceFile, folder: &'a str) -> anyhow::Result<Self> {
        let value: toml::Table =
            toml::from_str(&file.text).with_context(|| format!("cannot read `{}`", file.path))?;
        let names = |table: &str| {
            value
                .get(table)
                .and_then(toml::Value::as_table)
                .map(|table| table.keys().cloned().collect())
                .unwrap_or_default()
        };
        Ok(Self {
            file,
            folder,
            package: value
                .get("package")
                .and_then(|package| package.get("name"))
                .and_then(toml::Value::as_str)
                .unwrap_or_default()
                .to_owned(),
            dependencies: names("dependencies"),
            dev_dependencies: names("dev-dependencies"),
        })
    }

    fn check_name(&self) -> Option<Finding> {
        let expected = format!("egnatia-{}", self.folder);
        let right = self.package == expected || (self.folder == "xtask" && self.package == "xtask");
        (!right).then(|| {
            self.finding(
                "name",
                "crate-name",
                format!(
                    "the package is called `{}`; the folder wants `{expected}`",
                    self.package
                ),
            )
        })
    }

    fn check(&self, allowed: &Allowed, edges: &Edges) -> Vec<Finding> {
        let mut findings = Vec::new();
        for name in &self.dependencies {
            findings.extend(self.check_edge(name, &allowed.uses));
            findings.extend(self.check_home(name, edges));
            if allowed.pure && edges.impure.contains(name) {
                findings.push(self.finding(
                    name,
                    "pure-crate",
                    format!(
                        "`{}` is pure and may not depend on `{name}`; let the caller do it and pass the result",
                        self.folder
                    ),
                ));
            }
        }
        let dev: Vec<String> = allowed.uses.iter().chain(&allowed.dev).cloned().collect();
        for name in &self.dev_dependencies {
            findings.extend(self.check_edge(name, &dev));
        }
        findings
    }

    fn check_edge(&self, name: &str, allowed: &[String]) -> Option<Finding> {
        let target = name.strip_prefix("egnatia-")?;
        if allowed.iter().any(|known| known == target) {
            return None;
        }
        Some(self.finding(
            name,
            "crate-edge",
            format!(
                "`{}` may not depend on `{target}`; move the code to a crate that may, or argue for the edge in {FILE}",
                self.folder
            ),
        ))
    }

    fn check_home(&self, name: &str, edges: &Edges) -> Option<Finding> {
        let homes = edges.only.get(name)?;
        if homes.iter().any(|home| home == self.folder) {
            return None;
        }
        Some(self.finding(
            name,
            "crate-edge",
            format!(
                "`{name}` belongs to {} only; go through that crate",
                homes.join(", ")
            ),
        ))
    }

    fn finding(&self, key: &str, rule: &str, advice: String) -> Finding {
        let line = (1..)
            .zip(self.file.text.lines())
            .find(|(_, line)| {
                line.strip_prefix(key)
                    .is_some_and(|rest| rest.starts_with(['.', ' ', '=']))
            })
            .map_or(0, |(number, _)| number);
        Finding::new(&self.file.path, line, rule, advice)
    }
}
