//! A row of cells as it is compared.

use egnatia_matching::{
    Description, Gender, Identifier, IdentifierKind, Name, NameKind, NameParts, Schema,
};

use super::dates::{self, DateOrder};
use super::headings::{Column, Mapped};
use crate::text::{filled, joined};

/// Which columns are read, and how.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Mapping {
    pub(super) columns: Vec<Mapped>,
    pub(super) order: DateOrder,
}

impl Mapping {
    /// The cells of a column in a row that are filled in.
    pub(super) fn texts<'a, S: AsRef<str>>(
        &self,
        cells: &'a [S],
        column: Column,
    ) -> impl Iterator<Item = &'a str> {
        self.columns
            .iter()
            .filter(move |mapped| mapped.column == column)
            .filter_map(|mapped| cells.get(mapped.number.checked_sub(1)?))
            .filter_map(|cell| filled(cell.as_ref()))
    }

    /// A row as it is compared. What cannot be read is left out.
    pub(super) fn describe<S: AsRef<str>>(&self, cells: &[S]) -> Description {
        let first = |column| self.texts(cells, column).next();
        let all = |column| self.texts(cells, column).map(str::to_owned).collect();
        let parts = [
            first(Column::GivenName),
            first(Column::Patronymic),
            first(Column::FamilyName),
        ];
        let mut names: Vec<Name> = self.texts(cells, Column::Name).map(Name::new).collect();
        if (parts[0].is_some() || parts[2].is_some())
            && let Some(text) = joined(parts, " ")
        {
            let [given, patronymic, family] = parts.map(|part| part.map(str::to_owned));
            names.push(Name {
                text,
                kind: NameKind::Primary,
                parts: Some(NameParts {
                    given,
                    patronymic,
                    family,
                }),
            });
        }
        let aliases = self
            .texts(cells, Column::Alias)
            .flat_map(|cell| cell.split(';'))
            .filter_map(filled);
        names.extend(aliases.map(|text| Name {
            kind: NameKind::Alias,
            ..Name::new(text)
        }));
        Description {
            schema: self.schema(first(Column::Kind)),
            names,
            births: first(Column::BirthDate)
                .and_then(|text| dates::birth(text, self.order))
                .into_iter()
                .collect(),
            gender: first(Column::Gender).and_then(gender),
            nationalities: all(Column::Nationality),
            places: all(Column::Place),
            identifiers: self.identifiers(cells),
            weapon: None,
        }
    }

    fn identifiers<S: AsRef<str>>(&self, cells: &[S]) -> Vec<Identifier> {
        let kinds = [
            (Column::Passport, IdentifierKind::Passport),
            (Column::IdentityCard, IdentifierKind::IdentityCard),
            (Column::NationalNumber, IdentifierKind::NationalNumber),
            (Column::Document, IdentifierKind::Other),
        ];
        let of = |(column, kind)| {
            self.texts(cells, column).map(move |value| Identifier {
                kind,
                value: value.to_owned(),
                country: None,
            })
        };
        kinds.into_iter().flat_map(of).collect()
    }

    /// What the row is about: as it says, or a person where the columns are those of persons.
    fn schema(&self, stated: Option<&str>) -> Schema {
        match stated.map(str::to_lowercase).as_deref() {
            Some("person") => return Schema::Person,
            Some("organization" | "organisation" | "company") => return Schema::Organization,
            Some("vessel" | "ship") => return Schema::Vessel,
            Some("aircraft" | "airplane") => return Schema::Aircraft,
            _ => {}
        }
        let of_persons = [
            Column::GivenName,
            Column::FamilyName,
            Column::Gender,
            Column::Passport,
            Column::IdentityCard,
        ];
        if self
            .columns
            .iter()
            .any(|mapped| of_persons.contains(&mapped.column))
        {
            Schema::Person
        } else {
            Schema::Unknown
        }
    }
}

/// Gender as documents and officers of the region write it.
fn gender(text: &str) -> Option<Gender> {
    match text.to_lowercase().as_str() {
        "m" | "male" | "man" | "м" | "muški" | "muski" | "muško" | "musko" | "машки" | "мушки"
        | "мушко" | "машко" | "mashkull" => Some(Gender::Male),
        "f" | "female" | "woman" | "ž" | "z" | "ж" | "ženski" | "zenski" | "žensko" | "zensko"
        | "женски" | "женско" | "femër" | "femer" => Some(Gender::Female),
        "x" | "other" => Some(Gender::Other),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapping(columns: &[Column]) -> Mapping {
        let columns = columns.iter().zip(1..).map(|(column, number)| Mapped {
            column: *column,
            number,
            heading: String::new(),
        });
        Mapping {
            columns: columns.collect(),
            order: DateOrder::DayFirst,
        }
    }

    #[test]
    fn parts_make_a_name_and_keep_apart() {
        let columns = [
            Column::FamilyName,
            Column::GivenName,
            Column::BirthDate,
            Column::Gender,
            Column::Passport,
            Column::Alias,
        ];
        let cells = ["Primer", " Ana ", "5.3.1971", "Ž", "00X123", "Anka; Ani"];
        let row = mapping(&columns).describe(&cells);
        assert_eq!(row.schema, Schema::Person);
        assert_eq!(row.names[0].text, "Ana Primer");
        let parts = row.names[0].parts.as_ref().unwrap();
        assert_eq!(parts.family.as_deref(), Some("Primer"));
        assert_eq!(row.names[1].text, "Anka");
        assert_eq!(
            (row.names[2].text.as_str(), row.names[2].kind),
            ("Ani", NameKind::Alias)
        );
        assert_eq!(row.births[0].to_string(), "1971-03-05");
        assert_eq!(row.gender, Some(Gender::Female));
        assert_eq!(row.identifiers[0].kind, IdentifierKind::Passport);
    }

    #[test]
    fn a_row_without_what_identifies_is_described_as_empty() {
        let row = mapping(&[Column::Name, Column::BirthDate]).describe(&["", "yesterday"]);
        assert_eq!(row, Description::default());
    }
}
