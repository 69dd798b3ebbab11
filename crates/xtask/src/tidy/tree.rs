//! The files that are checked.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

/// Folders that hold no source of ours.
const SKIPPED: &[&str] = &[
    ".git",
    "node_modules",
    "target",
    "dist",
    "corpus",
    "artifacts",
    "book",
];

/// Endings of files that people write.
const WRITTEN: &[&str] = &[
    "bash",
    "cedar",
    "cedarschema",
    "css",
    "ftl",
    "html",
    "js",
    "md",
    "mjs",
    "rs",
    "sh",
    "sql",
    "toml",
    "ts",
    "yaml",
    "yml",
];

/// A file that people write.
#[derive(Debug)]
pub struct SourceFile {
    /// Relative to the root, with `/`.
    pub path: String,
    /// Its ending, or `script` for one without an ending that starts with `#!`.
    pub kind: String,
    /// What it says.
    pub text: String,
}

impl SourceFile {
    /// The name without its ending.
    pub fn stem(&self) -> &str {
        let name = self.path.rsplit('/').next().unwrap_or_default();
        name.split_once('.').map_or(name, |(stem, _)| stem)
    }

    /// Whether the file holds nothing but tests.
    pub fn is_test(&self) -> bool {
        self.stem() == "tests"
            || ["/tests/", "/benches/", "/fuzz/"]
                .iter()
                .any(|folder| format!("/{}", self.path).contains(folder))
    }

    /// The lines outside of `#[cfg(test)] mod …`, with their numbers from 1. It relies on the
    /// formatting of rustfmt: what opens at the left margin closes there.
    pub fn lines_without_tests(&self) -> Vec<(usize, &str)> {
        let mut kept = Vec::new();
        let mut lines = (1..).zip(self.text.lines()).peekable();
        while let Some((number, line)) = lines.next() {
            let opens_tests = line == "#[cfg(test)]"
                && lines
                    .peek()
                    .is_some_and(|(_, next)| next.starts_with("mod "));
            if !opens_tests {
                kept.push((number, line));
            } else if lines.next().is_some_and(|(_, next)| next.ends_with('{')) {
                lines.by_ref().find(|(_, inner)| *inner == "}");
            }
        }
        kept
    }
}

/// All files of the project that people write, by path.
#[derive(Debug)]
pub struct Tree {
    /// The root, absolute.
    pub root: PathBuf,
    /// The files.
    pub files: Vec<SourceFile>,
    /// Whether there is a file of this name at the root.
    pub has_licence: bool,
}

impl Tree {
    /// Reads the tree.
    pub fn read(root: &Path) -> anyhow::Result<Self> {
        let root = root
            .canonicalize()
            .with_context(|| format!("there is no folder `{}`", root.display()))?;
        let mut files = Vec::new();
        read_folder(&root, "", &mut files)?;
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let has_licence = root.join("LICENSE").is_file();
        Ok(Self {
            root,
            files,
            has_licence,
        })
    }

    /// The file at this path.
    pub fn file(&self, path: &str) -> Option<&SourceFile> {
        self.files.iter().find(|file| file.path == path)
    }

    /// The Rust files.
    pub fn rust(&self) -> impl Iterator<Item = &SourceFile> {
        self.files.iter().filter(|file| file.kind == "rs")
    }
}

fn read_folder(folder: &Path, prefix: &str, files: &mut Vec<SourceFile>) -> anyhow::Result<()> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read `{}`", folder.display()))?;
    for entry in entries {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        let path = format!("{prefix}{name}");
        let file_type = entry.file_type()?;
        if file_type.is_dir() {
            let skipped = SKIPPED.contains(&name.as_str()) || name.starts_with("target-");
            if !skipped {
                read_folder(&entry.path(), &format!("{path}/"), files)?;
            }
        } else if file_type.is_file() {
            files.extend(read_file(&entry.path(), path)?);
        }
    }
    Ok(())
}

fn read_file(file: &Path, path: String) -> anyhow::Result<Option<SourceFile>> {
    let ending = file.extension().and_then(|ending| ending.to_str());
    let kind = match ending {
        Some(ending) if WRITTEN.contains(&ending) => ending,
        Some(_) => return Ok(None),
        None => "script",
    };
    let bytes = fs::read(file).with_context(|| format!("cannot read `{path}`"))?;
    if kind == "script" && !bytes.starts_with(b"#!") {
        return Ok(None);
    }
    Ok(Some(SourceFile {
        path,
        kind: kind.to_owned(),
        text: String::from_utf8_lossy(&bytes).into_owned(),
    }))
}
