//! What the columns of a ledger of stores hold, by their headings.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::super::columns::{MappedField, TableField, by_heading, once, place, readings, stated};
use super::super::{RowsError, RowsProblem};

/// Headings of ledgers by what they mean.
const HEADINGS: &str = include_str!("../../../data/stock-headings.txt");

/// What a column of a ledger holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StockField {
    /// The code of the place in which it lies.
    Place,
    /// What it is.
    Nomenclature,
    /// The serial number of a weapon.
    Serial,
    /// The lot of what is counted.
    Lot,
    /// How many.
    Quantity,
    /// In what state.
    Condition,
    /// Hazard division.
    Division,
    /// Compatibility group.
    Group,
    /// Net explosive mass of one piece, kg.
    MassEach,
    /// Category of a weapon.
    Category,
    /// When it was made.
    MadeOn,
    /// Until when it may be used.
    ExpiresOn,
}

impl StockField {
    /// Every one.
    pub const ALL: &'static [Self] = &[
        Self::Place,
        Self::Nomenclature,
        Self::Serial,
        Self::Lot,
        Self::Quantity,
        Self::Condition,
        Self::Division,
        Self::Group,
        Self::MassEach,
        Self::Category,
        Self::MadeOn,
        Self::ExpiresOn,
    ];

    /// How it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Place => "place",
            Self::Nomenclature => "nomenclature",
            Self::Serial => "serial",
            Self::Lot => "lot",
            Self::Quantity => "quantity",
            Self::Condition => "condition",
            Self::Division => "division",
            Self::Group => "group",
            Self::MassEach => "mass-each",
            Self::Category => "category",
            Self::MadeOn => "made-on",
            Self::ExpiresOn => "expires-on",
        }
    }

    /// The one that is written so.
    pub fn parse(text: &str) -> Option<Self> {
        let mut all = Self::ALL.iter().copied();
        all.find(|field| field.as_str() == text)
    }
}

impl TableField for StockField {
    fn as_str(self) -> &'static str {
        self.as_str()
    }
}

/// A column of a ledger that is read.
pub type StockColumn = MappedField<StockField>;

/// Columns as somebody states them: `place=3,lot=Serija`.
///
/// # Errors
/// Where the text is no list of fields and columns.
pub fn stated_stock_columns(text: &str) -> Result<Vec<(StockField, String)>, RowsError> {
    let fields = || StockField::ALL.iter().map(|field| field.as_str()).collect();
    stated(text, StockField::parse, fields)
}

fn recognise(heading: &str) -> Option<StockField> {
    static KNOWN: LazyLock<HashMap<&'static str, StockField>> =
        LazyLock::new(|| by_heading(HEADINGS, StockField::parse));
    readings(heading).find_map(|text| KNOWN.get(text.as_str()).copied())
}

/// Which columns hold what: those that somebody stated first, the others by their headings.
///
/// # Errors
/// Where two columns look like the same thing, or one is missing without which nothing can be read.
pub(super) fn map(
    row: &[String],
    stated: &[(StockField, String)],
) -> Result<Vec<StockColumn>, RowsError> {
    let mut found: Vec<(StockField, usize)> = Vec::new();
    for (field, wanted) in stated {
        found.push((*field, place(row, true, wanted)?));
    }
    for (index, heading) in row.iter().enumerate() {
        let is_stated = |field| stated.iter().any(|(stated, _)| *stated == field);
        let taken = found.iter().any(|(_, taken)| *taken == index);
        match recognise(heading) {
            Some(field) if !taken && !is_stated(field) => found.push((field, index)),
            _ => {}
        }
    }
    found.sort_by_key(|(_, index)| *index);
    once(&found)?;
    let has = |wanted: StockField| found.iter().any(|(field, _)| *field == wanted);
    let number = match has(StockField::Serial) {
        true => StockField::Serial,
        false => StockField::Lot,
    };
    for wanted in [StockField::Place, StockField::Nomenclature, number] {
        if !has(wanted) {
            return Err(RowsProblem::NoField {
                field: wanted.as_str(),
                columns: row.len(),
            }
            .into());
        }
    }
    let columns = found.into_iter();
    let columns = columns.map(|(field, index)| MappedField::of(field, index, row, true));
    Ok(columns.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::columns::{fold, lines};

    #[test]
    fn every_heading_of_a_ledger_is_folded_and_means_one_thing() {
        let mut seen = std::collections::HashSet::new();
        for (field, heading) in lines(HEADINGS) {
            assert!(StockField::parse(field).is_some(), "{field}");
            assert_eq!(fold(heading), heading);
            assert!(seen.insert(heading), "{heading} stands twice");
        }
        for field in StockField::ALL {
            assert_eq!(StockField::parse(field.as_str()), Some(*field));
            assert!(lines(HEADINGS).any(|(named, _)| named == field.as_str()));
        }
    }

    #[test]
    fn a_ledger_without_places_or_numbers_is_refused() {
        let mapped = |headings: &[&str]| {
            let headings: Vec<String> = headings.iter().map(|text| (*text).to_owned()).collect();
            map(&headings, &[])
        };
        assert_eq!(
            mapped(&["Магацин", "Назив", "Сериски број"]).unwrap().len(),
            3
        );
        for (headings, missing) in [
            (&["Item", "Serial"][..], "place"),
            (&["Place", "Serial"], "nomenclature"),
            (&["Place", "Item", "Quantity"], "lot"),
        ] {
            let error = mapped(headings).unwrap_err().to_string();
            assert!(error.contains(&format!("--columns {missing}=1")), "{error}");
        }
    }
}
