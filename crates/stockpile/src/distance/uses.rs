//! Which function holds for which exposed site.

use std::collections::BTreeMap;

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
    /// The functions of the whole quantity; the greatest result holds. With no function of either kind
    /// the table says that there is no quantity-distance.
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
    short: BTreeMap<String, String>,
    r#use: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    exposed: String,
    divisions: Vec<Division>,
    barricade: BarricadeRule,
    #[serde(default)]
    functions: Vec<String>,
    #[serde(default)]
    by_event: Vec<String>,
    #[serde(default)]
    no_distance: bool,
    mark: Mark,
    source: String,
}

#[derive(PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Mark {
    Seen,
    Memory,
}

/// Other names of exposed sites.
pub(super) type ShortNames = BTreeMap<String, String>;

/// The rows, in their order, and other names of their sites.
pub(super) fn parse(text: &str) -> Result<(Vec<Use>, ShortNames), InvalidTables> {
    let file: File = toml::from_str(text).map_err(|error| InvalidTables(error.to_string()))?;
    let mut uses = Vec::with_capacity(file.r#use.len());
    for row in file.r#use {
        // INVARIANT: that there is no distance is stated, and never follows from a gap.
        if row.no_distance != (row.functions.is_empty() && row.by_event.is_empty()) {
            let text = format!("`{}` has a function, or says `no_distance`", row.exposed);
            return Err(InvalidTables(text));
        }
        uses.push(Use {
            exposed: row.exposed,
            divisions: row.divisions,
            barricade: row.barricade,
            functions: row.functions,
            by_event: row.by_event,
            is_from_memory: row.mark == Mark::Memory,
            source: row.source,
        });
    }
    if let Some((short, _)) = file
        .short
        .iter()
        .find(|(_, site)| !uses.iter().any(|of| of.exposed == **site))
    {
        return Err(InvalidTables(format!("`{short}` is short for no site")));
    }
    Ok((uses, file.short))
}
