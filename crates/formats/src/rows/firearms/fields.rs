//! What the columns of a table of firearms hold, by their headings.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::super::columns::{MappedField, TableField, by_heading, once, place, readings, stated};
use super::super::{RowsError, RowsProblem};
use super::{FirearmReading, OtherColumns};

/// Headings of firearms by what they mean.
const HEADINGS: &str = include_str!("../../../data/firearm-headings.txt");

/// What a column of a table of firearms holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FirearmField {
    /// The number of the frame or receiver.
    Serial,
    /// On which of the two it stands.
    Place,
    /// In what state it is.
    State,
    /// What kind of weapon.
    Kind,
    /// Who made it.
    Make,
    /// Model.
    Model,
    /// Calibre.
    Calibre,
    /// Category of Directive (EU) 2021/555.
    Category,
    /// Where it was made.
    Country,
    /// When it was made.
    Year,
    /// The number of the slide.
    Slide,
    /// The number of the barrel.
    Barrel,
    /// The number of the cylinder.
    Cylinder,
    /// The number of the bolt.
    Bolt,
    /// Its number in the register that it comes from.
    Reference,
    /// Who has it, by a number.
    Holder,
    /// What kind of holder.
    HolderKind,
    /// Name of the holder.
    HolderName,
    /// Address of the holder.
    HolderAddress,
    /// Number of the licence.
    Licence,
    /// Until when the holder is licensed.
    LicensedUntil,
    /// Since when the holder has it.
    HeldSince,
    /// Whether somebody looked at like weapons, and it is another one.
    Different,
    /// What tells it from them.
    DistinguishedBy,
}

impl FirearmField {
    /// Every one.
    pub const ALL: &'static [Self] = &[
        Self::Serial,
        Self::Place,
        Self::State,
        Self::Kind,
        Self::Make,
        Self::Model,
        Self::Calibre,
        Self::Category,
        Self::Country,
        Self::Year,
        Self::Slide,
        Self::Barrel,
        Self::Cylinder,
        Self::Bolt,
        Self::Reference,
        Self::Holder,
        Self::HolderKind,
        Self::HolderName,
        Self::HolderAddress,
        Self::Licence,
        Self::LicensedUntil,
        Self::HeldSince,
        Self::Different,
        Self::DistinguishedBy,
    ];

    /// How it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Serial => "serial",
            Self::Place => "place",
            Self::State => "state",
            Self::Kind => "kind",
            Self::Make => "make",
            Self::Model => "model",
            Self::Calibre => "calibre",
            Self::Category => "category",
            Self::Country => "country",
            Self::Year => "year",
            Self::Slide => "slide",
            Self::Barrel => "barrel",
            Self::Cylinder => "cylinder",
            Self::Bolt => "bolt",
            Self::Reference => "reference",
            Self::Holder => "holder",
            Self::HolderKind => "holder-kind",
            Self::HolderName => "holder-name",
            Self::HolderAddress => "holder-address",
            Self::Licence => "licence",
            Self::LicensedUntil => "licensed-until",
            Self::HeldSince => "held-since",
            Self::Different => "different",
            Self::DistinguishedBy => "distinguished-by",
        }
    }

    /// The one that is written so.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|field| field.as_str() == text)
    }
}

impl TableField for FirearmField {
    fn as_str(self) -> &'static str {
        self.as_str()
    }
}

/// A column of a table of firearms that is read.
pub type FirearmColumn = MappedField<FirearmField>;

/// Columns as somebody states them: `serial=3,make=Marka`.
///
/// # Errors
/// Where the text is no list of fields and columns.
pub fn stated_firearm_columns(text: &str) -> Result<Vec<(FirearmField, String)>, RowsError> {
    let fields = || {
        let all = FirearmField::ALL.iter();
        all.map(|field| field.as_str()).collect()
    };
    stated(text, FirearmField::parse, fields)
}

fn recognise(heading: &str) -> Option<FirearmField> {
    static KNOWN: LazyLock<HashMap<&'static str, FirearmField>> =
        LazyLock::new(|| by_heading(HEADINGS, FirearmField::parse));
    readings(heading).find_map(|text| KNOWN.get(text.as_str()).copied())
}

/// What the columns look like by their headings: each field once, where it stands first.
pub fn recognised_firearm_columns(headings: &[String]) -> Vec<Option<FirearmField>> {
    let mut taken: Vec<FirearmField> = Vec::new();
    let fields = headings.iter().map(|heading| {
        let field = recognise(heading).filter(|field| !taken.contains(field));
        taken.extend(field);
        field
    });
    fields.collect()
}

/// Which columns hold what: those that somebody stated first, the others by their headings.
///
/// # Errors
/// Where two columns look like the same thing, or none holds the serial number.
pub(super) fn map(
    row: &[String],
    reading: &FirearmReading,
) -> Result<Vec<FirearmColumn>, RowsError> {
    let (with_headings, stated) = (reading.headings, &reading.columns);
    let mut found: Vec<(FirearmField, usize)> = Vec::new();
    for (field, wanted) in stated {
        found.push((*field, place(row, with_headings, wanted)?));
    }
    if with_headings && reading.others == OtherColumns::Recognise {
        for (index, heading) in row.iter().enumerate() {
            let is_stated = |field| stated.iter().any(|(stated, _)| *stated == field);
            let taken = found.iter().any(|(_, taken)| *taken == index);
            match recognise(heading) {
                Some(field) if !taken && !is_stated(field) => found.push((field, index)),
                _ => {}
            }
        }
    }
    found.sort_by_key(|(_, index)| *index);
    once(&found)?;
    if found
        .iter()
        .all(|(field, _)| *field != FirearmField::Serial)
    {
        return Err(RowsProblem::NoSerial { columns: row.len() }.into());
    }
    let columns = found.into_iter();
    let columns = columns.map(|(field, index)| MappedField::of(field, index, row, with_headings));
    Ok(columns.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rows::columns::{fold, lines};

    fn mapped(headings: &[&str], stated: &str) -> Result<Vec<(FirearmField, usize)>, RowsError> {
        let headings: Vec<String> = headings.iter().map(|text| (*text).to_owned()).collect();
        let stated = match stated {
            "" => Vec::new(),
            stated => stated_firearm_columns(stated)?,
        };
        let reading = FirearmReading {
            columns: stated,
            headings: true,
            others: OtherColumns::Recognise,
            kind: None,
        };
        let columns = map(&headings, &reading)?;
        Ok(columns.into_iter().map(|m| (m.field, m.number)).collect())
    }

    #[test]
    fn every_heading_of_a_firearm_is_folded_and_means_one_thing() {
        let mut seen = std::collections::HashSet::new();
        for (field, heading) in lines(HEADINGS) {
            assert!(FirearmField::parse(field).is_some(), "{field}");
            assert_eq!(fold(heading), heading);
            assert!(seen.insert(heading), "{heading} stands twice");
        }
        for field in FirearmField::ALL {
            assert_eq!(FirearmField::parse(field.as_str()), Some(*field));
            assert!(lines(HEADINGS).any(|(named, _)| named == field.as_str()));
        }
    }

    #[test]
    fn headings_of_every_language_are_recognised() {
        use FirearmField::{Calibre, Kind, Licence, Make, Model, Serial};
        let expected = [
            (Serial, 1),
            (Kind, 2),
            (Make, 3),
            (Model, 4),
            (Calibre, 5),
            (Licence, 6),
        ];
        for headings in [
            [
                "Serial No.",
                "Weapon type",
                "Manufacturer",
                "Model",
                "Caliber",
                "Licence number",
            ],
            [
                "Serijski broj",
                "Vrsta oružja",
                "Proizvođač",
                "Model",
                "Kalibar",
                "Broj oružnog lista",
            ],
            [
                "Сериски број",
                "Вид на оружје",
                "Производител",
                "Модел",
                "Калибар",
                "Оружен лист",
            ],
            [
                "Numri serik",
                "Lloji i armës",
                "Prodhuesi",
                "Modeli",
                "Kalibri",
                "Numri i lejes",
            ],
        ] {
            assert_eq!(mapped(&headings, "").unwrap(), expected, "{headings:?}");
        }
    }

    #[test]
    fn columns_look_like_a_field_once_and_are_left_alone_where_told() {
        use FirearmField::{Make, Serial};
        let headings = ["Serial", "Serijski broj", "Make", "Boja"].map(str::to_owned);
        assert_eq!(
            recognised_firearm_columns(&headings),
            [Some(Serial), None, Some(Make), None]
        );
        let reading = FirearmReading {
            columns: vec![(Serial, "2".to_owned())],
            headings: true,
            others: OtherColumns::Ignore,
            kind: None,
        };
        let columns = map(&headings, &reading).unwrap();
        assert_eq!(columns.len(), 1);
        assert_eq!((columns[0].field, columns[0].number), (Serial, 2));
    }

    #[test]
    fn stated_columns_come_first_and_unclear_ones_are_refused() {
        use FirearmField::{Make, Serial};
        assert_eq!(
            mapped(&["Serial number", "Make", "No"], "serial=No").unwrap(),
            [(Make, 2), (Serial, 3)]
        );
        let error = mapped(&["Serial", "Serijski broj"], "").unwrap_err();
        assert!(error.to_string().contains("--columns serial=1"), "{error}");
        let error = mapped(&["Make", "Model"], "").unwrap_err();
        assert!(error.to_string().contains("--columns serial=1"), "{error}");
        for stated in ["serrial=1", "serial=9", "serial="] {
            assert!(mapped(&["Serial"], stated).is_err(), "{stated}");
        }
    }
}
