//! What is asked of incidents in the query of a request.

use egnatia_firearms::{Country, IncidentFilter, IncidentKind, WeaponKind};
use egnatia_record::{Handling, HandlingCode, OriginRegime, ReleasableTo};
use jiff::civil::Date;
use serde::Deserialize;

use crate::problem::Problem;

/// Which incidents are counted.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WantedFigures {
    /// `seizure`, `find`, `surrender`.
    pub kind: Option<String>,
    /// With a weapon of this kind; then only such weapons are counted.
    pub weapon: Option<String>,
    /// In which country: two letters.
    pub country: Option<String>,
    /// Not before.
    #[param(value_type = Option<String>, format = Date)]
    pub from: Option<Date>,
    /// Not after.
    #[param(value_type = Option<String>, format = Date)]
    pub to: Option<Date>,
}

impl WantedFigures {
    pub fn read(self) -> Result<IncidentFilter, Problem> {
        let wrong =
            |field: &'static str| move || Problem::field(field, "unknown", "there is no such word");
        let kind = self
            .kind
            .map(|text| IncidentKind::parse(&text).ok_or_else(wrong("kind")));
        let weapon = self
            .weapon
            .map(|text| WeaponKind::parse(&text).ok_or_else(wrong("weapon")));
        let country = self.country.map(|text| {
            let country = text.parse::<Country>();
            country.map_err(|error| Problem::field("country", "invalid", error.to_string()))
        });
        Ok(IncidentFilter {
            kind: kind.transpose()?,
            weapon: weapon.transpose()?,
            country: country.transpose()?,
            from: self.from,
            to: self.to,
        })
    }
}

/// How an incident is handled. Without anything: H0.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct IncidentHandling {
    /// Codes besides H0, by commas: `H1,H2`.
    pub codes: Option<String>,
    /// What H3 says.
    pub restriction: Option<String>,
}

impl IncidentHandling {
    pub fn read(self) -> Result<Handling, Problem> {
        let wrong = |text: String| Problem::field("codes", "invalid", text);
        let codes = self.codes.unwrap_or_default();
        let codes = codes
            .split(',')
            .map(str::trim)
            .filter(|code| !code.is_empty());
        let codes: Result<Vec<HandlingCode>, _> = codes.map(str::parse).collect();
        let codes = codes.map_err(|error| wrong(error.to_string()))?;
        Handling::new(
            std::iter::once(HandlingCode::H0).chain(codes),
            self.restriction,
            ReleasableTo::NobodyElse,
            OriginRegime::National,
        )
        .map_err(|error| wrong(error.to_string()))
    }
}
