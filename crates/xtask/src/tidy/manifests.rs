//! Dependencies are chosen once, in the root manifest, and each says its licence and its reason.

use anyhow::Context;

use super::Finding;
use super::tree::Tree;

const ROOT: &str = "Cargo.toml";
const RULE: &str = "dependency-reason";

/// Dependencies of the workspace without licence and reason, and crates that choose their own.
pub fn check(tree: &Tree) -> anyhow::Result<Vec<Finding>> {
    let mut findings = Vec::new();
    for file in &tree.files {
        if file.path == ROOT {
            findings.extend(reasons(&file.text));
        } else if file.path.ends_with("/Cargo.toml") && !file.path.contains("fuzz/") {
            let manifest: toml::Table = toml::from_str(&file.text)
                .with_context(|| format!("cannot read `{}`", file.path))?;
            findings.extend(own_choices(&file.path, &file.text, &manifest));
        }
    }
    Ok(findings)
}

fn reasons(text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut section = "";
    for (number, line) in (1..).zip(text.lines()) {
        if line.starts_with('[') {
            section = line.trim();
            continue;
        }
        let Some((name, value)) = line.split_once(" = ") else {
            continue;
        };
        let ours = value.contains("path = ");
        if section != "[workspace.dependencies]" || name.contains('#') || ours {
            continue;
        }
        let comment = value.rsplit_once(" # ").map(|(_, comment)| comment);
        let reason = comment.and_then(|comment| comment.split_once(": "));
        if reason.is_none_or(|(licence, reason)| licence.is_empty() || reason.trim().is_empty()) {
            findings.push(Finding::new(
                ROOT,
                number,
                RULE,
                format!(
                    "`{name}` says no licence and reason; end the line with `# LICENCE: reason`"
                ),
            ));
        }
    }
    findings
}

fn own_choices(path: &str, text: &str, manifest: &toml::Table) -> Vec<Finding> {
    let tables = ["dependencies", "dev-dependencies", "build-dependencies"];
    let dependencies = tables
        .iter()
        .filter_map(|table| manifest.get(*table)?.as_table())
        .flatten();
    let own = dependencies
        .filter(|(_, value)| value.get("workspace").and_then(toml::Value::as_bool) != Some(true));
    own.map(|(name, _)| {
        let line = (1..)
            .zip(text.lines())
            .find(|(_, line)| line.starts_with(name.as_str()))
            .map_or(0, |(number, _)| number);
        Finding::new(
            path,
            line,
            RULE,
            format!("`{name}` is chosen here; enter it in the root Cargo.toml and write `{name}.workspace = true`"),
        )
    })
    .collect()
}
