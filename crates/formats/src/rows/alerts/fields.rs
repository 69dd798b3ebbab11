//! What the columns of a table of alerts hold, by their headings.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::super::columns::{MappedField, TableField, by_heading, once, place, readings, stated};
use super::super::headings::{self, Mapped};
use super::super::{Column, RowsError};

/// Headings of alerts by what they mean.
pub(super) const HEADINGS: &str = include_str!("../../../data/alert-headings.txt");

/// What a column of a table of alerts holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AlertField {
    /// Whom or what it is about.
    Subject(Column),
    /// Of which category.
    Category,
    /// Why.
    Reason,
    /// The decision that gives rise to it.
    Decision,
    /// What is done once a match is confirmed.
    Action,
    /// What an officer must know; several with `;` between.
    Warnings,
    /// Type of offence.
    Offence,
    /// Physical characteristics, or what the object looks like.
    Characteristics,
    /// Why the case is adequate.
    Proportionality,
    /// What kind of object.
    Object,
    /// When it was entered where it comes from.
    EnteredOn,
    /// Its number where it comes from.
    Reference,
    /// Whether somebody looked at the like alerts, and they are about somebody else.
    Different,
    /// What tells it from them.
    DistinguishedBy,
}

/// The fields beside those of the subject.
const OWN: [AlertField; 13] = [
    AlertField::Category,
    AlertField::Reason,
    AlertField::Decision,
    AlertField::Action,
    AlertField::Warnings,
    AlertField::Offence,
    AlertField::Characteristics,
    AlertField::Proportionality,
    AlertField::Object,
    AlertField::EnteredOn,
    AlertField::Reference,
    AlertField::Different,
    AlertField::DistinguishedBy,
];

impl AlertField {
    /// Every one, those of the subject first.
    pub fn all() -> impl Iterator<Item = Self> {
        let subject = Column::ALL.iter().map(|column| Self::Subject(*column));
        subject.chain(OWN)
    }

    /// How it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Subject(column) => column.as_str(),
            Self::Category => "category",
            Self::Reason => "reason",
            Self::Decision => "decision",
            Self::Action => "action",
            Self::Warnings => "warnings",
            Self::Offence => "offence",
            Self::Characteristics => "characteristics",
            Self::Proportionality => "proportionality",
            Self::Object => "object",
            Self::EnteredOn => "entered-on",
            Self::Reference => "reference",
            Self::Different => "different",
            Self::DistinguishedBy => "distinguished-by",
        }
    }

    /// The one that is written so.
    pub fn parse(text: &str) -> Option<Self> {
        Self::all().find(|field| field.as_str() == text)
    }
}

impl TableField for AlertField {
    fn as_str(self) -> &'static str {
        self.as_str()
    }
}

/// A column of a table of alerts that is read.
pub type AlertColumn = MappedField<AlertField>;

/// Columns as somebody states them: `category=3,reason=Povod`.
///
/// # Errors
/// Where the text is no list of fields and columns.
pub fn stated_alert_columns(text: &str) -> Result<Vec<(AlertField, String)>, RowsError> {
    let fields = || AlertField::all().map(AlertField::as_str).collect();
    stated(text, AlertField::parse, fields)
}

/// What a heading means in a table of alerts, where it is not one of a subject alone.
fn recognise(heading: &str) -> Option<AlertField> {
    static KNOWN: LazyLock<HashMap<&'static str, AlertField>> =
        LazyLock::new(|| by_heading(HEADINGS, AlertField::parse));
    readings(heading).find_map(|text| KNOWN.get(text.as_str()).copied())
}

/// Which columns hold what: those of the alert itself here, those of the subject as in any table.
///
/// # Errors
/// Where two columns look like the same thing, or none says who is meant.
pub(super) fn map(
    row: &[String],
    with_headings: bool,
    stated: &[(AlertField, String)],
) -> Result<Vec<AlertColumn>, RowsError> {
    let mut own: Vec<(AlertField, usize)> = Vec::new();
    let mut subject: Vec<(Column, String)> = Vec::new();
    let mut taken = vec![false; row.len()];
    for (field, wanted) in stated {
        let index = place(row, with_headings, wanted)?;
        if let Some(taken) = taken.get_mut(index) {
            *taken = true;
        }
        match field {
            AlertField::Subject(column) => {
                subject.push((*column, index.saturating_add(1).to_string()));
            }
            field => own.push((*field, index)),
        }
    }
    let mut rest = row.to_vec();
    for ((index, heading), taken) in rest.iter_mut().enumerate().zip(&taken) {
        if *taken || !with_headings {
            continue;
        }
        match recognise(heading) {
            Some(AlertField::Subject(column)) => column.as_str().clone_into(heading),
            Some(field) => {
                heading.clear();
                if !stated.iter().any(|(stated, _)| *stated == field) {
                    own.push((field, index));
                }
            }
            None => {}
        }
    }
    // What was stated is nothing else besides.
    for (heading, _) in rest.iter_mut().zip(&taken).filter(|(_, taken)| **taken) {
        heading.clear();
    }
    own.sort_by_key(|(_, index)| *index);
    once(&own)?;
    let subject = headings::map(&rest, with_headings, &subject)?;
    let subject = subject.into_iter().map(|Mapped { column, number, .. }| {
        let field = AlertField::Subject(column);
        (field, number.saturating_sub(1))
    });
    let mut columns: Vec<AlertColumn> = subject
        .chain(own)
        .map(|(field, index)| MappedField::of(field, index, row, with_headings))
        .collect();
    columns.sort_by_key(|mapped| mapped.number);
    Ok(columns)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::columns::{fold, lines};
    use crate::rows::headings::known;

    fn mapped(headings: &[&str], stated: &str) -> Result<Vec<(AlertField, usize)>, RowsError> {
        let headings: Vec<String> = headings.iter().map(|text| (*text).to_owned()).collect();
        let stated = match stated {
            "" => Vec::new(),
            stated => stated_alert_columns(stated)?,
        };
        let columns = map(&headings, true, &stated)?;
        Ok(columns.into_iter().map(|m| (m.field, m.number)).collect())
    }

    #[test]
    fn every_heading_of_an_alert_is_folded_and_means_one_thing_in_both_tables() {
        let mut seen = std::collections::HashSet::new();
        for (field, heading) in lines(HEADINGS) {
            assert!(AlertField::parse(field).is_some(), "{field}");
            assert_eq!(fold(heading), heading);
            assert!(seen.insert(heading), "{heading} stands twice");
            assert!(!known().contains_key(heading), "{heading} in both tables");
        }
        for field in AlertField::all() {
            assert_eq!(AlertField::parse(field.as_str()), Some(field));
        }
    }

    #[test]
    fn headings_of_every_language_are_recognised() {
        use AlertField::{Category, Decision, EnteredOn, Reason, Subject};
        let expected = [
            (Subject(Column::FamilyName), 1),
            (Subject(Column::GivenName), 2),
            (Subject(Column::BirthDate), 3),
            (Category, 4),
            (Reason, 5),
            (Decision, 6),
            (EnteredOn, 7),
        ];
        for headings in [
            [
                "Surname",
                "First name",
                "Date of birth",
                "Category",
                "Reason",
                "Warrant",
                "Entered on",
            ],
            [
                "Prezime",
                "Ime",
                "Datum rođenja",
                "Vrsta potrage",
                "Razlog",
                "Broj rješenja",
                "Datum unosa",
            ],
            [
                "Презиме",
                "Име",
                "Датум на раѓање",
                "Категорија",
                "Причина",
                "Решение",
                "Датум на внесување",
            ],
            [
                "Mbiemri",
                "Emri",
                "Datëlindja",
                "Kategoria",
                "Arsyeja",
                "Vendimi",
                "Data e regjistrimit",
            ],
        ] {
            assert_eq!(mapped(&headings, "").unwrap(), expected, "{headings:?}");
        }
    }

    #[test]
    fn stated_columns_come_first_and_numbers_of_objects_are_numbers() {
        assert_eq!(
            mapped(&["Name", "VIN", "Plate", "Category", "K"], "category=K").unwrap(),
            [
                (AlertField::Subject(Column::Name), 1),
                (AlertField::Subject(Column::Document), 2),
                (AlertField::Subject(Column::Document), 3),
                (AlertField::Category, 5),
            ]
        );
        assert_eq!(
            mapped(&["Reason", "X"], "name=Reason,reason=2").unwrap(),
            [
                (AlertField::Subject(Column::Name), 1),
                (AlertField::Reason, 2)
            ]
        );
    }

    #[test]
    fn unclear_columns_are_refused_with_what_to_do() {
        let error = mapped(&["Name", "Reason", "Razlog"], "").unwrap_err();
        assert!(error.to_string().contains("--columns reason=2"), "{error}");
        let error = mapped(&["Reason", "Category"], "").unwrap_err();
        assert!(error.to_string().contains("--columns name=1"), "{error}");
        for stated in ["reasn=1", "reason=9", "reason="] {
            let error = mapped(&["Name", "Reason"], stated).unwrap_err().to_string();
            assert!(error.contains('`'), "{stated}: {error}");
        }
    }
}
