//! Lists on their way in: files and folders read, parsed, and given to the import.

use std::fs;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use anyhow::Context;
use egnatia_app::{App, Caller, ImportReport, Importing};
use egnatia_audit::Hash;
use egnatia_formats::{ParsedList, ftm, ofac, un};

use crate::failure::InputError;
use crate::output;

/// A list as it lies on the disk or came over the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A folder with sdn.csv, alt.csv, add.csv.
    Ofac(PathBuf),
    /// An XML file.
    Un(PathBuf),
    /// A file of JSON lines, and the list's name.
    Ftm(PathBuf, String),
}

/// A list that has been read.
pub struct Read {
    parsed: ParsedList,
    checksum: Hash,
}

impl Source {
    /// Reads and parses the list; nothing is stored.
    ///
    /// # Errors
    /// [`InputError`] where a file cannot be read, a list error where it cannot be parsed.
    pub fn read(&self, json: bool) -> anyhow::Result<Read> {
        match self {
            Self::Ofac(folder) => {
                let sdn = bytes(&folder.join("sdn.csv"))?;
                let alt = bytes(&folder.join("alt.csv"))?;
                let add = bytes(&folder.join("add.csv"))?;
                let comments = folder.join("sdn_comments.csv");
                let comments = comments.is_file().then(|| bytes(&comments)).transpose()?;
                Read::ofac(&sdn, &alt, &add, comments.as_deref(), json)
            }
            Self::Un(file) => Read::un(&bytes(file)?, json),
            Self::Ftm(file, list) => Read::ftm(list, &bytes(file)?, json),
        }
    }

    /// The lists of a folder, as an operator keeps them: `ofac/sdn.csv` and its neighbours,
    /// `un/*.xml` (the last one by name), and any `*.ftm.json`.
    ///
    /// # Errors
    /// Where the folder cannot be read or holds no list.
    pub fn in_folder(folder: &Path) -> anyhow::Result<Vec<Self>> {
        let mut sources = Vec::new();
        let ofac = [folder.join("ofac"), folder.to_owned()];
        sources.extend(
            ofac.into_iter()
                .find(|dir| dir.join("sdn.csv").is_file())
                .map(Self::Ofac),
        );
        let un = files(&folder.join("un"), ".xml").or_else(|_| files(folder, ".xml"))?;
        sources.extend(un.into_iter().next_back().map(Self::Un));
        for file in files(folder, ".ftm.json")? {
            let list = list_name(&file);
            sources.push(Self::Ftm(file, list));
        }
        if sources.is_empty() {
            let text = format!(
                "`{}` holds no list: expected ofac/sdn.csv with alt.csv and add.csv, un/*.xml, or *.ftm.json",
                folder.display()
            );
            return Err(InputError(text).into());
        }
        Ok(sources)
    }
}

impl Read {
    /// Parses the SDN list.
    ///
    /// # Errors
    /// A list error where it cannot be parsed.
    pub fn ofac(
        sdn: &[u8],
        alt: &[u8],
        add: &[u8],
        comments: Option<&[u8]>,
        json: bool,
    ) -> anyhow::Result<Self> {
        let parts = [sdn, alt, add, comments.unwrap_or_default()];
        let bar = output::byte_bar(
            Some(length(parts.iter().map(|p| p.len()).sum())),
            "reading OFAC",
            json,
        );
        let files = ofac::Files {
            sdn,
            alt,
            add,
            comments,
        };
        let parsed = ofac::parse(&files, &mut |position| bar.set_position(position))?;
        bar.finish_and_clear();
        Ok(Self {
            parsed,
            checksum: Hash::of(&parts.concat()),
        })
    }

    /// Parses the consolidated list.
    ///
    /// # Errors
    /// A list error where it cannot be parsed.
    pub fn un(xml: &[u8], json: bool) -> anyhow::Result<Self> {
        let bar = output::byte_bar(Some(length(xml.len())), "reading UN", json);
        let parsed = un::parse(xml, &mut |position| bar.set_position(position))?;
        bar.finish_and_clear();
        Ok(Self {
            parsed,
            checksum: Hash::of(xml),
        })
    }

    /// Parses FollowTheMoney entities.
    ///
    /// # Errors
    /// A list error where they cannot be parsed.
    pub fn ftm(list: &str, bytes: &[u8], json: bool) -> anyhow::Result<Self> {
        let bar = output::byte_bar(Some(length(bytes.len())), "reading FollowTheMoney", json);
        let mut input = BufReader::new(bytes);
        let parsed = ftm::parse(list, &mut input, &mut |position| bar.set_position(position))?;
        bar.finish_and_clear();
        Ok(Self {
            parsed,
            checksum: Hash::of(bytes),
        })
    }

    /// Imports the list.
    ///
    /// # Errors
    /// As the use case.
    pub async fn import(
        self,
        app: &App,
        caller: &Caller,
        dry_run: bool,
        json: bool,
    ) -> anyhow::Result<ImportReport> {
        let bar = output::bar(length(self.parsed.entries.len()), "importing", json);
        let progress = |done: u64, total: u64| {
            bar.set_length(total);
            bar.set_position(done);
        };
        let importing = Importing {
            checksum: self.checksum,
            dry_run,
            progress: &progress,
        };
        let report = app.import(caller, self.parsed, importing).await;
        bar.finish_and_clear();
        Ok(report?)
    }
}

/// A list's name from its file's: up to the first dot, lower case.
pub fn list_name(file: &Path) -> String {
    let name = file
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    let stem = name.split('.').next().unwrap_or_default();
    stem.to_lowercase()
        .replace(|c: char| !c.is_ascii_alphanumeric() && c != '_', "-")
}

fn bytes(file: &Path) -> anyhow::Result<Vec<u8>> {
    fs::read(file)
        .map_err(|error| InputError(error.to_string()))
        .with_context(|| format!("cannot read `{}`", file.display()))
}

fn files(folder: &Path, ending: &str) -> anyhow::Result<Vec<PathBuf>> {
    let unreadable = |error: std::io::Error| InputError(error.to_string());
    let entries = fs::read_dir(folder)
        .map_err(unreadable)
        .with_context(|| format!("cannot read the folder `{}`", folder.display()))?;
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.map_err(unreadable)?.path();
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default();
        if name.to_lowercase().ends_with(ending) && path.is_file() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn length(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_lists_of_a_folder_and_says_when_there_are_none() {
        let folder = tempfile::tempdir().unwrap();
        let error = Source::in_folder(folder.path()).unwrap_err().to_string();
        assert!(error.contains("holds no list"), "{error}");
        fs::create_dir_all(folder.path().join("ofac")).unwrap();
        fs::create_dir_all(folder.path().join("un")).unwrap();
        for file in [
            "ofac/sdn.csv",
            "un/2025.xml",
            "un/2026.xml",
            "My List.ftm.json",
        ] {
            fs::write(folder.path().join(file), "").unwrap();
        }
        assert_eq!(
            Source::in_folder(folder.path()).unwrap(),
            [
                Source::Ofac(folder.path().join("ofac")),
                Source::Un(folder.path().join("un/2026.xml")),
                Source::Ftm(folder.path().join("My List.ftm.json"), "my-list".to_owned()),
            ]
        );
    }
}
