//! What the node knows of each list, from `data/lists.toml`.

use std::collections::BTreeMap;

use egnatia_record::{Evaluation, LegalBasis};
use serde::Deserialize;

const CATALOGUE: &str = include_str!("../data/lists.toml");

/// The name under which the node's own alerts are compared, beside those of lists.
pub const OWN_ALERTS: &str = "alerts";
/// What stands before the issuer in the name under which received alerts are compared.
pub const RECEIVED_ALERTS: &str = "alerts:";

/// The name under which the weapons of the node's own register are compared.
pub const OWN_FIREARMS: &str = "firearms";

/// On what ground a list is held, and what is done after a hit.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListTerms {
    /// The list's full name.
    pub title: String,
    /// The name by which officers know it; empty where it has none besides its code.
    #[serde(default)]
    pub short: String,
    /// On what ground its entries are held.
    pub legal_basis: LegalBasis,
    /// How reliable the publisher is, and its information.
    pub evaluation: Evaluation,
    /// After how many days an entry is reviewed.
    pub review_days: u16,
    /// Within how many hours a hit is followed up.
    pub follow_up_hours: u16,
    /// What is done once a match is confirmed.
    pub action: String,
    /// Who publishes it, under which instrument.
    pub source: String,
}

/// The terms of all lists.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    lists: BTreeMap<String, ListTerms>,
    other: ListTerms,
}

/// The catalogue cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the catalogue of lists is invalid: {0}")]
pub struct CatalogueError(String);

impl Catalogue {
    /// The catalogue that comes with the program.
    ///
    /// # Errors
    /// [`CatalogueError`] where it does not parse: a mistake in the program.
    pub fn shipped() -> Result<Self, CatalogueError> {
        Self::parse(CATALOGUE)
    }

    /// A catalogue in TOML.
    ///
    /// # Errors
    /// [`CatalogueError`] where it does not parse.
    pub fn parse(text: &str) -> Result<Self, CatalogueError> {
        toml::from_str(text).map_err(|error| CatalogueError(error.to_string()))
    }

    /// What a list is called in a table: `OFAC SDN (ofac-sdn)`, or its code alone.
    pub fn name(&self, list: &str) -> String {
        if let Some(issuer) = list.strip_prefix(RECEIVED_ALERTS) {
            return format!("Alert of {issuer}");
        }
        match self.terms(list).short.as_str() {
            short if list == OWN_ALERTS => format!("{short} of this node"),
            short if list == OWN_FIREARMS => short.to_owned(),
            "" => list.to_owned(),
            short => format!("{short} ({list})"),
        }
    }

    /// The terms of the list with this name.
    pub fn terms(&self, list: &str) -> &ListTerms {
        let list = if list.starts_with(RECEIVED_ALERTS) {
            OWN_ALERTS
        } else {
            list
        };
        self.lists.get(list).unwrap_or(&self.other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_catalogue_knows_the_public_lists_and_has_terms_for_others() {
        let catalogue = Catalogue::shipped().unwrap();
        assert_eq!(
            catalogue.terms("un-sc").legal_basis,
            LegalBasis::UnSecurityCouncil
        );
        assert_eq!(catalogue.terms("ofac-sdn").follow_up_hours, 12);
        assert_eq!(catalogue.name("ofac-sdn"), "OFAC SDN (ofac-sdn)");
        assert_eq!(catalogue.name("somebody-elses"), "somebody-elses");
        assert_eq!(
            catalogue.terms("somebody-elses").evaluation.to_string(),
            "B2"
        );
    }
}
