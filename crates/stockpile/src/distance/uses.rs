//! Which function holds for which exposed site.

use serde::Deserialize;

use super::{Barricade, InvalidTables};
use crate::Division;

/// What some functions are for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    /// To what the distance is.
    pub exposed: String,
    /// Of which divisions.
    pub divisions: Vec<Division>,
    /// With which barricade.
    pub barricade: BarricadeRule,
    /// The functions of the whole quantity; the greatest result holds.
    pub functions: Vec<String>,
    /// The functions of what explodes at once, the maximum credible event: blast of what else only
    /// projects. Their results count with the others.
    pub by_event: Vec<String>,
    /// Whether it is from memory.
    pub is_from_memory: bool,
    /// Where it stands.
    pub source: String,
}

/// For which barricades a row of the table holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BarricadeRule {
    /// With one.
    With,
    /// Without one.
    Without,
    /// It makes no difference.
    Either,
}

impl BarricadeRule {
    /// Whether the row holds.
    pub const fn holds(self, barricade: Barricade) -> bool {
        matches!(
            (self, barricade),
            (Self::Either, _) | (Self::With, Barricade::With) | (Self::Without, Barricade::Without)
        )
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    r#use: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    exposed: String,
    divisions: Vec<Division>,
    barricade: BarricadeRule,
    functions: Vec<String>,
    #[serde(default)]
    by_event: Vec<String>,
    mark: Mark,
    source: String,
}

#[derive(PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Mark {
    Seen,
    Memory,
}

/// The rows, in their order.
pub(super) fn parse(text: &str) -> Result<Vec<Use>, InvalidTables> {
    let file: File = toml::from_str(text).map_err(|error| InvalidTables(error.to_string()))?;
    let uses = file.r#use.into_iter().map(|row| Use {
        exposed: row.exposed,
        divisions: row.divisions,
        barricade: row.barricade,
        functions: row.functions,
        by_event: row.by_event,
        is_from_memory: row.mark == Mark::Memory,
        source: row.source,
    });
    let uses: Vec<Use> = uses.collect();
    match uses.iter().find(|of| of.functions.is_empty()) {
        Some(of) => Err(InvalidTables(format!("`{}` has no function", of.exposed))),
        None => Ok(uses),
    }
}
