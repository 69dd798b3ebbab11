//! A description, normalised once.

use std::fmt;

use crate::birth::BirthDate;
use crate::description::{Description, Gender, Schema};
use crate::features::{Nation, PreparedNumber, PreparedPlace};
use crate::names::{PreparedName, prepare_name, readings};

/// How many names, dates, numbers… of one description are read. The largest entries of public
/// lists have some sixty names; a record is written by a stranger.
const ITEMS_MAX: usize = 128;

/// A description, normalised once: letters folded, names cut into words, countries and numbers
/// recognised. Preparing costs more than comparing, so that what is compared often is kept so.
#[derive(Clone)]
pub struct Prepared {
    pub(crate) schema: Schema,
    pub(crate) names: Box<[PreparedName]>,
    pub(crate) births: Box<[BirthDate]>,
    pub(crate) gender: Option<Gender>,
    pub(crate) nations: Box<[Nation]>,
    pub(crate) places: Box<[PreparedPlace]>,
    pub(crate) numbers: Box<[PreparedNumber]>,
}

/// Says how much there is, never what: a description is personal data.
impl fmt::Debug for Prepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prepared")
            .field("schema", &self.schema)
            .field("names", &self.names.len())
            .field("numbers", &self.numbers.len())
            .finish_non_exhaustive()
    }
}

impl Prepared {
    /// Normalises a description. Reads at most 128 items of each kind and 400 characters of each
    /// name; what is beyond is not compared.
    pub fn new(d: &Description) -> Self {
        let names = d.names.iter().take(ITEMS_MAX);
        let nations = d.nationalities.iter().take(ITEMS_MAX);
        let places = d.places.iter().take(ITEMS_MAX);
        let numbers = d.identifiers.iter().take(ITEMS_MAX);
        Self {
            schema: d.schema,
            names: names
                .flat_map(|name| {
                    let readings = readings(name, d.schema);
                    std::iter::once(prepare_name(name, d.schema)).chain(readings)
                })
                .take(ITEMS_MAX)
                .collect(),
            births: d.births.iter().take(ITEMS_MAX).copied().collect(),
            gender: d.gender,
            nations: nations
                .filter(|text| !text.trim().is_empty())
                .map(|text| Nation::new(text))
                .collect(),
            places: places
                .filter(|text| !text.trim().is_empty())
                .map(|text| PreparedPlace::new(text))
                .collect(),
            numbers: numbers.filter_map(PreparedNumber::new).collect(),
        }
    }
}
