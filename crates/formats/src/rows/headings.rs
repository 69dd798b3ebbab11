//! What a column of persons and things holds, by its heading.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::columns::{lines, place, readings, stated};
use super::{RowsError, RowsProblem};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Column {
    /// A whole name.
    Name,
    /// Another name of the same; several with `;` between.
    Alias,
    /// Given names.
    GivenName,
    /// Name of the father, or a middle name.
    Patronymic,
    /// Family names.
    FamilyName,
    /// Birth date, or date of foundation.
    BirthDate,
    /// Gender.
    Gender,
    /// Nationality.
    Nationality,
    /// Place of birth or residence.
    Place,
    /// Number of a document whose kind is not known.
    Document,
    /// Number of a passport.
    Passport,
    /// Number of an identity card.
    IdentityCard,
    /// Personal number of a national register.
    NationalNumber,
    /// Person, organisation, vessel or aircraft.
    Kind,
}

impl Column {
    /// Every one.
    pub const ALL: &'static [Self] = &[
        Self::Name,
        Self::Alias,
        Self::GivenName,
        Self::Patronymic,
        Self::FamilyName,
        Self::BirthDate,
        Self::Gender,
        Self::Nationality,
        Self::Place,
        Self::Document,
        Self::Passport,
        Self::IdentityCard,
        Self::NationalNumber,
        Self::Kind,
    ];

    /// How it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Alias => "alias",
            Self::GivenName => "given-name",
            Self::Patronymic => "patronymic",
            Self::FamilyName => "family-name",
            Self::BirthDate => "birth-date",
            Self::Gender => "gender",
            Self::Nationality => "nationality",
            Self::Place => "place",
            Self::Document => "document",
            Self::Passport => "passport",
            Self::IdentityCard => "identity-card",
            Self::NationalNumber => "national-number",
            Self::Kind => "kind",
        }
    }

    /// The one that is written so.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|c| c.as_str() == text)
    }

    /// Whether several columns may hold it.
    const fn is_plural(self) -> bool {
        matches!(
            self,
            Self::Alias
                | Self::Nationality
                | Self::Place
                | Self::Document
                | Self::Passport
                | Self::IdentityCard
                | Self::NationalNumber
        )
    }

    /// Whether it is enough to check somebody.
    const fn identifies(self) -> bool {
        matches!(
            self,
            Self::Name
                | Self::GivenName
                | Self::FamilyName
                | Self::Document
                | Self::Passport
                | Self::IdentityCard
                | Self::NationalNumber
        )
    }
}

/// A column that is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapped {
    /// As what.
    pub column: Column,
    /// Which one, from 1.
    pub number: usize,
    /// Its heading; empty where the file has none.
    pub heading: String,
}

/// Headings by what they mean: lines of a field and headings with commas between.
const HEADINGS: &str = include_str!("../../data/headings.txt");

/// The headings of the table, folded as it is, each with what it means.
pub(super) fn known() -> &'static HashMap<&'static str, Column> {
    static KNOWN: LazyLock<HashMap<&'static str, Column>> = LazyLock::new(|| {
        lines(HEADINGS)
            .filter_map(|(field, text)| Some((text, Column::parse(field)?)))
            .collect()
    });
    &KNOWN
}

/// Headings that mean a given name where the file has a family name, and a whole name otherwise.
const NAME_OR_GIVEN: &[&str] = &["name", "names", "ime", "emri", "emer"];

/// Which columns the headings mean.
///
/// `stated` are those that somebody named, by field: what they name is taken from them alone.
///
/// # Errors
/// Where two columns look like the same thing, or none says who is meant.
pub(super) fn map(
    headings: &[String],
    with_headings: bool,
    stated: &[(Column, String)],
) -> Result<Vec<Mapped>, RowsError> {
    let mapped = |column, index: usize| Mapped {
        column,
        number: index.saturating_add(1),
        heading: match (with_headings, headings.get(index)) {
            (true, Some(heading)) => heading.trim().to_owned(),
            _ => String::new(),
        },
    };
    let mut columns = Vec::new();
    for (column, wanted) in stated {
        let index = place(headings, with_headings, wanted)?;
        columns.push(mapped(*column, index));
    }
    let taken = |columns: &[Mapped], index: usize| columns.iter().any(|c| c.number == index + 1);
    if with_headings {
        let folded: Vec<Option<(Column, bool)>> =
            headings.iter().map(|text| recognise(text)).collect();
        let has = |wanted| folded.iter().flatten().any(|(column, _)| *column == wanted);
        let family = has(Column::FamilyName) && !has(Column::GivenName);
        for (index, found) in folded.iter().enumerate() {
            let Some((column, soft)) = *found else {
                continue;
            };
            let column = if soft && family {
                Column::GivenName
            } else {
                column
            };
            let is_stated = stated.iter().any(|(stated, _)| *stated == column);
            if !is_stated && !taken(&columns, index) {
                columns.push(mapped(column, index));
            }
        }
    }
    columns.sort_by_key(|column| column.number);
    check(&columns, headings.len())?;
    Ok(columns)
}

fn check(columns: &[Mapped], count: usize) -> Result<(), RowsError> {
    for (at, one) in columns.iter().enumerate() {
        let other = columns.iter().skip(at.saturating_add(1));
        let mut other = other.filter(|other| other.column == one.column);
        if let Some(other) = other.next().filter(|_| !one.column.is_plural()) {
            return Err(RowsProblem::Ambiguous {
                field: one.column.as_str(),
                first: one.number,
                second: other.number,
            }
            .into());
        }
    }
    if columns.iter().any(|mapped| mapped.column.identifies()) {
        Ok(())
    } else {
        Err(RowsProblem::NoName { columns: count }.into())
    }
}

/// What a heading means, and whether it may as well mean a given name.
fn recognise(heading: &str) -> Option<(Column, bool)> {
    readings(heading).find_map(|text| {
        let column = *known().get(text.as_str())?;
        Some((column, NAME_OR_GIVEN.contains(&text.as_str())))
    })
}

/// Columns as somebody states them: `name=2,birth-date=DOB`.
///
/// # Errors
/// Where the text is no list of fields and columns.
pub fn stated_columns(text: &str) -> Result<Vec<(Column, String)>, RowsError> {
    let fields = || Column::ALL.iter().map(|column| column.as_str()).collect();
    stated(text, Column::parse, fields)
}

#[cfg(test)]
mod tests {
    use super::super::columns::fold;
    use super::*;

    fn mapped(headings: &[&str], stated: &str) -> Result<Vec<(Column, usize)>, RowsError> {
        let headings: Vec<String> = headings.iter().map(|text| (*text).to_owned()).collect();
        let stated = if stated.is_empty() {
            Vec::new()
        } else {
            stated_columns(stated)?
        };
        let columns = map(&headings, true, &stated)?;
        Ok(columns
            .into_iter()
            .map(|mapped| (mapped.column, mapped.number))
            .collect())
    }

    #[test]
    fn headings_of_every_language_are_recognised() {
        for (headings, columns) in [
            (
                ["Surname", "First name", "Date of birth", "Passport No."],
                [
                    Column::FamilyName,
                    Column::GivenName,
                    Column::BirthDate,
                    Column::Passport,
                ],
            ),
            (
                ["PREZIME", "Ime", "Datum rođenja", "Broj putovnice"],
                [
                    Column::FamilyName,
                    Column::GivenName,
                    Column::BirthDate,
                    Column::Passport,
                ],
            ),
            (
                ["Презиме", "Име", "Датум рођења", "ЈМБГ"],
                [
                    Column::FamilyName,
                    Column::GivenName,
                    Column::BirthDate,
                    Column::NationalNumber,
                ],
            ),
            (
                ["Презиме", "Име", "Датум на раѓање", "Државјанство"],
                [
                    Column::FamilyName,
                    Column::GivenName,
                    Column::BirthDate,
                    Column::Nationality,
                ],
            ),
            (
                ["Mbiemri", "Emri", "Datëlindja", "Gjinia"],
                [
                    Column::FamilyName,
                    Column::GivenName,
                    Column::BirthDate,
                    Column::Gender,
                ],
            ),
            (
                [
                    "Prezime / Surname",
                    "ime_oca",
                    "datum rodjenja (dd.mm.gggg)",
                    "Pol",
                ],
                [
                    Column::FamilyName,
                    Column::Patronymic,
                    Column::BirthDate,
                    Column::Gender,
                ],
            ),
        ] {
            let expected: Vec<(Column, usize)> = columns.into_iter().zip(1..).collect();
            assert_eq!(mapped(&headings, "").unwrap(), expected, "{headings:?}");
        }
    }

    #[test]
    fn every_heading_of_the_table_is_folded_and_means_one_thing() {
        let lines = HEADINGS.lines().filter(|line| !line.starts_with('#'));
        let mut count = 0;
        for line in lines {
            let (field, headings) = line.split_once(": ").unwrap();
            assert!(Column::parse(field).is_some(), "{field}");
            for heading in headings.split(", ") {
                assert_eq!(fold(heading), heading);
                count += 1;
            }
        }
        assert_eq!(known().len(), count, "a heading means two things");
        for &column in Column::ALL {
            assert_eq!(Column::parse(column.as_str()), Some(column));
        }
    }

    #[test]
    fn a_name_is_a_given_name_only_beside_a_family_name() {
        assert_eq!(mapped(&["No", "Ime"], "").unwrap(), [(Column::Name, 2)]);
        assert_eq!(
            mapped(&["Name", "Surname"], "").unwrap(),
            [(Column::GivenName, 1), (Column::FamilyName, 2)]
        );
    }

    #[test]
    fn stated_columns_come_first() {
        let headings = ["Ime", "Ime i prezime", "DOB", "X"];
        let error = mapped(&headings, "").unwrap_err();
        let expected = RowsProblem::Ambiguous {
            field: "name",
            first: 1,
            second: 2,
        };
        assert_eq!(error.problem, expected);
        assert_eq!(
            mapped(&headings, "name=2,birth-date=dob,document=4").unwrap(),
            [
                (Column::Name, 2),
                (Column::BirthDate, 3),
                (Column::Document, 4)
            ]
        );
    }

    #[test]
    fn unclear_columns_are_refused_with_what_to_do() {
        let error = mapped(&["A", "B"], "").unwrap_err();
        assert!(error.to_string().contains("--columns name=1"), "{error}");
        for stated in [
            "name",
            "name=",
            "nmae=1",
            "name=7",
            "name=No such",
            "=1",
            "name=0",
        ] {
            let error = mapped(&["A", "B"], stated).unwrap_err().to_string();
            assert!(error.contains('`'), "{stated}: {error}");
        }
    }

    #[test]
    fn a_file_without_headings_needs_numbers() {
        let headings = vec!["Surname".to_owned(), "x".to_owned()];
        assert!(map(&headings, false, &[]).is_err());
        let stated = stated_columns("name=1").unwrap();
        let columns = map(&headings, false, &stated).unwrap();
        assert_eq!(columns[0].heading, "", "a row is not shown as a heading");
    }
}
