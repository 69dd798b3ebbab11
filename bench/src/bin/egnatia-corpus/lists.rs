//! The names of persons on lists.

use std::fs;
use std::path::{Path, PathBuf};

use egnatia_alerts::ListEntry;
use egnatia_formats::{ofac, un};
use egnatia_matching::Schema;
use egnatia_testkit::SourceName;

use crate::CorpusError;

/// The names of all persons on the lists of a folder. A list that is not there is passed over.
pub fn names(folder: &Path) -> Result<Vec<SourceName>, CorpusError> {
    let mut entries = ofac(folder)?;
    entries.extend(un(folder)?);
    Ok(entries.iter().flat_map(names_of).collect())
}

/// The entries of `ofac/sdn.csv` with the aliases of `ofac/alt.csv`.
pub fn ofac(folder: &Path) -> Result<Vec<ListEntry>, CorpusError> {
    let sdn = folder.join("ofac").join("sdn.csv");
    if !sdn.is_file() {
        return Ok(Vec::new());
    }
    let bytes = read(&sdn)?;
    let alt = folder.join("ofac").join("alt.csv");
    let alt = if alt.is_file() {
        read(&alt)?
    } else {
        Vec::new()
    };
    let files = ofac::Files {
        sdn: &bytes,
        alt: &alt,
        add: &[],
        comments: None,
    };
    let list = ofac::parse(&files, &mut |_| {});
    Ok(list.map_err(|error| CorpusError::List(sdn, error))?.entries)
}

/// The entries of all `un/*.xml`.
pub fn un(folder: &Path) -> Result<Vec<ListEntry>, CorpusError> {
    let mut entries = Vec::new();
    for file in xml_files(&folder.join("un"))? {
        let list = un::parse(&read(&file)?, &mut |_| {});
        let list = list.map_err(|error| CorpusError::List(file, error))?;
        entries.extend(list.entries);
    }
    Ok(entries)
}

fn read(file: &Path) -> Result<Vec<u8>, CorpusError> {
    fs::read(file).map_err(|error| CorpusError::Read(file.to_owned(), error))
}

/// In the order of their names.
fn xml_files(folder: &Path) -> Result<Vec<PathBuf>, CorpusError> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let wrong = |error| CorpusError::Read(folder.to_owned(), error);
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(wrong)? {
        let path = entry.map_err(wrong)?.path();
        if path.extension().is_some_and(|ending| ending == "xml") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn names_of(entry: &ListEntry) -> Vec<SourceName> {
    if entry.schema != Schema::Person {
        return Vec::new();
    }
    let nation = entry.nationalities.first().map_or("", String::as_str);
    let named = |name: &egnatia_alerts::ListedName| match &name.parts {
        Some(parts) => Some(SourceName {
            nation: nation.to_owned(),
            gender: entry.gender,
            parts: parts.clone(),
        }),
        None => SourceName::unparsed(nation, entry.gender, &name.text),
    };
    entry.names.iter().filter_map(named).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_persons_and_keeps_their_parts() {
        let folder = tempfile::tempdir().unwrap();
        assert!(names(folder.path()).unwrap().is_empty());
        let ofac = folder.path().join("ofac");
        fs::create_dir(&ofac).unwrap();
        let rest = ",-0-".repeat(9);
        let rows = format!(
            "1,\"ZUBRANI, Arben\",\"individual\"{rest}\n2,\"SEA QUEEN\",\"vessel\"{rest}\n"
        );
        fs::write(ofac.join("sdn.csv"), rows).unwrap();
        let names = names(folder.path()).unwrap();
        assert_eq!(names.len(), 1);
        let family = names[0].parts.family.as_deref().unwrap();
        assert_eq!(family.to_lowercase(), "zubrani");
    }

    #[test]
    fn says_which_list_cannot_be_read() {
        let folder = tempfile::tempdir().unwrap();
        let un = folder.path().join("un");
        fs::create_dir(&un).unwrap();
        fs::write(un.join("list.xml"), "<a>").unwrap();
        assert!(matches!(names(folder.path()), Err(CorpusError::List(..))));
    }
}
