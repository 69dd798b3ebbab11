//! Words and names that the style guide bans, and white space at the end of lines.

use serde::Deserialize;

use super::Finding;
use super::tree::{SourceFile, Tree};

/// Where the bans stand.
pub const FILE: &str = "crates/xtask/bans.toml";

/// This check and its data have to name what they ban.
const NAMES_WHAT_IT_BANS: &[&str] = &["crates/xtask/src/tidy/", FILE];

/// What the file holds.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bans {
    ban: Vec<Ban>,
    module_names: ModuleNames,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ban {
    rule: String,
    find: Vec<String>,
    kinds: Vec<String>,
    #[serde(default)]
    code: bool,
    #[serde(default)]
    except: Vec<String>,
    instead: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ModuleNames {
    banned: Vec<String>,
}

/// Every banned word and name.
pub fn check(tree: &Tree, bans: &Bans) -> Vec<Finding> {
    let mut findings = Vec::new();
    let machine = machine_paths(tree);
    for file in &tree.files {
        findings.extend(white_space(file));
        findings.extend(module_name(file, &bans.module_names));
        if starts_with_any(&file.path, NAMES_WHAT_IT_BANS) {
            continue;
        }
        findings.extend(machine.iter().flat_map(|ban| ban.check(file)));
        findings.extend(bans.ban.iter().flat_map(|ban| ban.check(file)));
    }
    findings
}

/// A ban on the very folder that the tree lies in, whatever its name.
fn machine_paths(tree: &Tree) -> Option<Ban> {
    let root = tree.root.to_str()?;
    // A tree that lies right under the file system's root has too short a name to look for.
    (root.matches('/').count() > 1).then(|| Ban {
        rule: "no-machine-path".to_owned(),
        find: vec![root.to_owned()],
        kinds: Vec::new(),
        code: false,
        except: Vec::new(),
        instead: "write the path relative to the repository".to_owned(),
    })
}

fn white_space(file: &SourceFile) -> impl Iterator<Item = Finding> {
    (1..)
        .zip(file.text.split('\n'))
        .filter(|(_, line)| line.ends_with([' ', '\t', '\r']))
        .map(|(number, _)| {
            Finding::new(
                &file.path,
                number,
                "trailing-white-space",
                "white space at the end of the line; remove it",
            )
        })
}

fn module_name(file: &SourceFile, names: &ModuleNames) -> Option<Finding> {
    let (folder, _) = file.path.rsplit_once('/')?;
    let module = match file.stem() {
        "mod" => folder.rsplit('/').next().unwrap_or_default(),
        stem => stem,
    };
    let banned = file.kind == "rs" && names.banned.iter().any(|name| name == module);
    banned.then(|| {
        Finding::new(
            &file.path,
            0,
            "module-name",
            format!("`{module}` says nothing; name the module after its one idea"),
        )
    })
}

impl Ban {
    fn check(&self, file: &SourceFile) -> Vec<Finding> {
        let concerned = (self.kinds.is_empty() || self.kinds.contains(&file.kind))
            && !self
                .except
                .iter()
                .any(|prefix| file.path.starts_with(prefix));
        if !concerned {
            return Vec::new();
        }
        let mut findings = Vec::new();
        for (number, line) in (1..).zip(file.text.lines()) {
            let looked_at = if self.code {
                line.split("//").next().unwrap_or_default()
            } else {
                line
            };
            let found = self.find.iter().find(|word| contains_word(looked_at, word));
            findings.extend(found.map(|word| {
                Finding::new(
                    &file.path,
                    number,
                    &self.rule,
                    format!("`{word}` is banned; {}", self.instead),
                )
            }));
        }
        findings
    }
}

/// Whether `word` stands in `line`; an end of it that is a letter or digit must end a word.
fn contains_word(line: &str, word: &str) -> bool {
    let is_letter = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(start, _)| {
        let before = line.get(..start).and_then(|text| text.chars().next_back());
        let after = line
            .get(start + word.len()..)
            .and_then(|text| text.chars().next());
        let starts = !word.starts_with(is_letter) || !before.is_some_and(is_letter);
        let ends = !word.ends_with(char::is_alphanumeric) || !after.is_some_and(is_letter);
        starts && ends
    })
}

fn starts_with_any(path: &str, prefixes: &[&str]) -> bool {
    prefixes.iter().any(|prefix| path.starts_with(prefix))
}
