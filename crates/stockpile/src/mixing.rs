//! Which compatibility groups may lie together.
//!
//! The transport table comes with the program. Storage has a table of its own, which an authority
//! fills in as a profile; where there is none the transport table holds, and says that it is one.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::Group;

const TRANSPORT: &str = include_str!("../data/mixing_transport_2025.toml");

/// A table for storage with nothing in it, to be filled in.
pub const EMPTY_STORAGE: &str = include_str!("../data/mixing_storage_empty.toml");

/// A table of mixing.
#[derive(Debug, Clone)]
pub struct Mixing {
    /// Its name.
    pub name: String,
    /// Where it stands.
    pub source: String,
    /// Whether it is a table for storage.
    pub is_storage: bool,
    together: BTreeSet<(Group, Group)>,
    conditions: BTreeMap<(Group, Group), Condition>,
}

/// A condition under which two groups may be together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// Its name, by which a licence accepts it.
    pub name: String,
    /// What it asks for.
    pub text: String,
}

/// Whether two groups may be together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict<'a> {
    /// They may.
    Permitted,
    /// They may under a condition.
    Under(&'a Condition),
    /// They may not, or the table does not say.
    Prohibited,
}

/// A table that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the table of mixing cannot be used: {0}")]
pub struct InvalidMixing(String);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    source: String,
    is_storage: bool,
    together: BTreeMap<Group, String>,
    #[serde(default)]
    under_condition: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    pairs: Vec<String>,
    condition: String,
    text: String,
}

fn group(text: &str) -> Result<Group, InvalidMixing> {
    text.parse()
        .map_err(|error: crate::UnknownGoodsTerm| InvalidMixing(error.to_string()))
}

/// A pair has no order.
fn pair(a: Group, b: Group) -> (Group, Group) {
    (a.min(b), a.max(b))
}

impl Mixing {
    /// The table for transport.
    ///
    /// # Errors
    /// [`InvalidMixing`]: a mistake in the program.
    pub fn transport() -> Result<Self, InvalidMixing> {
        Self::parse(TRANSPORT)
    }

    /// A table in TOML, in the form of the file that comes with the program.
    ///
    /// # Errors
    /// [`InvalidMixing`] where it does not parse, or where one half contradicts the other.
    pub fn parse(text: &str) -> Result<Self, InvalidMixing> {
        let file: File = toml::from_str(text).map_err(|error| InvalidMixing(error.to_string()))?;
        let mut rows: BTreeMap<Group, BTreeSet<Group>> = BTreeMap::new();
        for (of, with) in &file.together {
            let with: Result<_, _> = with.split_whitespace().map(group).collect();
            rows.insert(*of, with?);
        }
        let mut together = BTreeSet::new();
        for (of, with) in &rows {
            for other in with {
                if !rows.get(other).is_some_and(|back| back.contains(of)) {
                    let text = format!("{of} is with {other}, but {other} is not with {of}");
                    return Err(InvalidMixing(text));
                }
                together.insert(pair(*of, *other));
            }
        }
        let mut conditions = BTreeMap::new();
        for row in file.under_condition {
            for both in &row.pairs {
                let (a, b) = both
                    .split_once(' ')
                    .ok_or_else(|| InvalidMixing(format!("`{both}` is no pair")))?;
                let condition = Condition {
                    name: row.condition.clone(),
                    text: row.text.clone(),
                };
                conditions.insert(pair(group(a)?, group(b)?), condition);
            }
        }
        Ok(Self {
            name: file.name,
            source: file.source,
            is_storage: file.is_storage,
            together,
            conditions,
        })
    }

    /// Whether two groups may be together.
    pub fn verdict(&self, a: Group, b: Group) -> Verdict<'_> {
        let both = pair(a, b);
        match self.conditions.get(&both) {
            Some(condition) => Verdict::Under(condition),
            None if self.together.contains(&both) => Verdict::Permitted,
            None => Verdict::Prohibited,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_that_nobody_has_filled_in_permits_nothing() {
        let table = Mixing::parse(EMPTY_STORAGE).unwrap();
        assert!(table.is_storage);
        for a in Group::ALL {
            for b in Group::ALL {
                assert_eq!(table.verdict(*a, *b), Verdict::Prohibited);
            }
        }
        let filled = EMPTY_STORAGE
            .replace("C = \"\"", "C = \"C D\"")
            .replace("D = \"\"", "D = \"C D\"");
        let table = Mixing::parse(&filled).unwrap();
        assert_eq!(table.verdict(Group::D, Group::C), Verdict::Permitted);
        assert_eq!(table.verdict(Group::C, Group::B), Verdict::Prohibited);
    }
}
