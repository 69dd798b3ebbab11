//! How the columns of a register of firearms are read, kept under a name for the next file of the
//! same system.

use std::collections::HashSet;

use egnatia_firearms::WeaponKind;
use egnatia_formats::rows::firearms::{FirearmField, FirearmReading, FirearmTable, OtherColumns};
use egnatia_record::RecordId;
use serde::{Deserialize, Serialize};

use crate::{App, AppError, Caller, Invalid, PresetArea};

/// What is kept.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Mapping {
    /// Fields, each with the heading or number of its column.
    columns: Vec<(String, String)>,
    headings: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kind: Option<WeaponKind>,
}

impl App {
    /// How the columns are read that somebody kept under this name. Other columns are not read.
    ///
    /// # Errors
    /// [`AppError::NotFound`] where there is no such name; [`AppError::NoJustification`],
    /// [`AppError::Forbidden`].
    pub async fn firearm_mapping(
        &self,
        caller: &Caller,
        name: &str,
    ) -> Result<FirearmReading, AppError> {
        let preset = self
            .preset(caller, PresetArea::FirearmColumns, name)
            .await?;
        let unreadable = |text: String| AppError::Internal(format!("kept columns: {text}"));
        let mapping: Mapping =
            serde_json::from_str(&preset.text).map_err(|error| unreadable(error.to_string()))?;
        let columns = mapping.columns.into_iter().map(|(field, column)| {
            let known = FirearmField::parse(&field);
            known.map(|field| (field, column)).ok_or(field)
        });
        let columns: Result<Vec<_>, String> = columns.collect();
        Ok(FirearmReading {
            columns: columns.map_err(unreadable)?,
            headings: mapping.headings,
            others: OtherColumns::Ignore,
            kind: mapping.kind,
        })
    }

    /// Keeps how the columns of a table were read, by their headings where these tell them apart.
    ///
    /// # Errors
    /// As [`App::keep_preset`].
    pub async fn keep_firearm_mapping(
        &self,
        caller: &Caller,
        name: &str,
        (table, reading): (&FirearmTable, &FirearmReading),
    ) -> Result<RecordId, AppError> {
        let mut seen = HashSet::new();
        let read = table.columns.iter().map(|column| column.heading.as_str());
        let all = read.chain(table.unused.iter().map(String::as_str));
        let twice: HashSet<&str> = all.filter(|heading| !seen.insert(*heading)).collect();
        let columns = table.columns.iter().map(|column| {
            let heading = column.heading.as_str();
            // A heading that is a number would be taken for that of a column.
            let unclear =
                heading.is_empty() || twice.contains(heading) || heading.parse::<usize>().is_ok();
            let place = match unclear {
                true => column.number.to_string(),
                false => heading.to_owned(),
            };
            (column.field.as_str().to_owned(), place)
        });
        let mapping = Mapping {
            columns: columns.collect(),
            headings: reading.headings,
            kind: reading.kind,
        };
        let text = serde_json::to_string(&mapping)
            .map_err(|error| Invalid::new("columns", "invalid", error.to_string()))?;
        self.keep_preset(caller, PresetArea::FirearmColumns, (name, &text))
            .await
    }
}
