//! Where incidents were and how many there were over time: of weapons, never of people.
//!
//! How exactly a place is shown follows from the handling codes of the incident, whoever looks at
//! the map: it is printed and exported.

use std::collections::BTreeMap;

use egnatia_record::{Handling, HandlingCode};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::kind::words;
use crate::{Country, Incident, IncidentKind, WeaponKind};

/// The most months of a series: ten years.
const MONTHS_MAX: usize = 120;

words! {
    /// How exactly a place is shown. The steps are ours: no instrument names any.
    Precision {
        /// To a hundredth of a degree, about a kilometre.
        Kilometre = "kilometre",
        /// To a tenth of a degree, about ten kilometres.
        TenKilometres = "ten-kilometres",
        /// The country.
        Country = "country",
    }
}

impl Precision {
    /// What the handling codes allow: H0 a kilometre; H1 (not in court without permission) ten;
    /// H2 (not to be disseminated without permission) and H3 (other restrictions) the country.
    pub fn of(handling: &Handling) -> Self {
        let codes = handling.codes();
        let of = codes.map(|code| match code {
            HandlingCode::H0 => Self::Kilometre,
            HandlingCode::H1 => Self::TenKilometres,
            HandlingCode::H2 | HandlingCode::H3 => Self::Country,
        });
        of.max().unwrap_or(Self::Country)
    }

    /// The middle of the square in which a position lies, latitude and longitude in thousandths of
    /// a degree; none where the country is all that is shown.
    pub fn coarsen(self, (latitude, longitude): (i32, i32)) -> Option<(i32, i32)> {
        let step = match self {
            Self::Kilometre => 10,
            Self::TenKilometres => 100,
            Self::Country => return None,
        };
        let middle = |value: i32| {
            let start = value.saturating_sub(value.rem_euclid(step));
            start.saturating_add(step / 2)
        };
        Some((middle(latitude), middle(longitude)))
    }
}

/// Which incidents are counted.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct IncidentFilter {
    /// How the weapons came.
    pub kind: Option<IncidentKind>,
    /// In which country.
    pub country: Option<Country>,
    /// With a weapon of this kind.
    pub weapon: Option<WeaponKind>,
    /// Not before.
    pub from: Option<Date>,
    /// Not after.
    pub to: Option<Date>,
}

impl IncidentFilter {
    /// Whether an incident is counted.
    pub fn holds(&self, incident: &Incident) -> bool {
        self.kind.is_none_or(|kind| kind == incident.kind)
            && self
                .country
                .as_ref()
                .is_none_or(|country| *country == incident.country)
            && self.from.is_none_or(|from| from <= incident.on)
            && self.to.is_none_or(|to| incident.on <= to)
            && self.weapon.is_none_or(|kind| {
                let mut weapons = incident.weapons.iter();
                weapons.any(|weapon| weapon.particulars.kind == kind)
            })
    }
}

/// What came together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Figures {
    /// Incidents.
    pub incidents: u64,
    /// Weapons.
    pub weapons: u64,
    /// Parts.
    pub parts: u64,
    /// Rounds of ammunition.
    pub rounds: u64,
}

impl Figures {
    fn add(&mut self, incident: &Incident, weapon: Option<WeaponKind>) {
        let weapons = incident.weapons.iter();
        let counted = weapons.filter(|one| weapon.is_none_or(|kind| one.particulars.kind == kind));
        let weapons = u64::try_from(counted.count()).unwrap_or(u64::MAX);
        let parts: u64 = incident
            .parts
            .iter()
            .map(|part| u64::from(part.count))
            .sum();
        let rounds: u64 = incident
            .ammunition
            .iter()
            .map(|lot| u64::from(lot.rounds))
            .sum();
        self.incidents = self.incidents.saturating_add(1);
        self.weapons = self.weapons.saturating_add(weapons);
        self.parts = self.parts.saturating_add(parts);
        self.rounds = self.rounds.saturating_add(rounds);
    }
}

/// Incidents of one kind in one month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MonthFigures {
    /// `2026-11`.
    pub month: String,
    /// How the weapons came.
    pub kind: IncidentKind,
    /// What came together.
    #[serde(flatten)]
    pub figures: Figures,
}

/// Incidents by month and kind, the oldest month first. Months without any are there too, so that
/// the series has no holes; of more than ten years, the last ten.
pub fn series<'a>(
    filter: &IncidentFilter,
    incidents: impl IntoIterator<Item = &'a Incident>,
) -> Vec<MonthFigures> {
    let mut counted: BTreeMap<(i32, IncidentKind), Figures> = BTreeMap::new();
    let month_of = |day: Date| i32::from(day.year()) * 12 + i32::from(day.month()) - 1;
    for incident in incidents
        .into_iter()
        .filter(|incident| filter.holds(incident))
    {
        let place = (month_of(incident.on), incident.kind);
        counted
            .entry(place)
            .or_default()
            .add(incident, filter.weapon);
    }
    let (Some(((first, _), _)), Some(((last, _), _))) =
        (counted.first_key_value(), counted.last_key_value())
    else {
        return Vec::new();
    };
    let first = filter.from.map_or(*first, month_of).min(*first);
    let months: Vec<i32> = (first..=*last).rev().take(MONTHS_MAX).collect();
    let kinds = || {
        IncidentKind::ALL
            .iter()
            .filter(|kind| filter.kind.is_none_or(|one| one == **kind))
    };
    let rows = months
        .into_iter()
        .rev()
        .flat_map(|month| kinds().map(move |kind| (month, *kind)));
    rows.map(|(month, kind)| MonthFigures {
        month: format!(
            "{:04}-{:02}",
            month.div_euclid(12),
            month.rem_euclid(12) + 1
        ),
        kind,
        figures: counted.get(&(month, kind)).copied().unwrap_or_default(),
    })
    .collect()
}

/// Country, how exactly, and the middle of the square.
type Place = (Country, Precision, Option<(i32, i32)>);

/// Incidents at one place of the map.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlaceFigures {
    /// In which country.
    pub country: Country,
    /// How exactly the place is shown.
    pub precision: Precision,
    /// Latitude and longitude of the middle of the square, in thousandths of a degree; absent where
    /// the country is all that is shown.
    pub position: Option<(i32, i32)>,
    /// What came together.
    #[serde(flatten)]
    pub figures: Figures,
}

/// Incidents by place, the largest number first. One without a position counts for its country.
pub fn places<'a>(
    filter: &IncidentFilter,
    incidents: impl IntoIterator<Item = (&'a Handling, &'a Incident)>,
) -> Vec<PlaceFigures> {
    let mut counted: BTreeMap<Place, Figures> = BTreeMap::new();
    for (handling, incident) in incidents {
        if !filter.holds(incident) {
            continue;
        }
        let precision = Precision::of(handling);
        let position = incident.position.and_then(|exact| precision.coarsen(exact));
        let precision = match position {
            Some(_) => precision,
            None => Precision::Country,
        };
        let place = (incident.country.clone(), precision, position);
        counted
            .entry(place)
            .or_default()
            .add(incident, filter.weapon);
    }
    let places = counted
        .into_iter()
        .map(|((country, precision, position), figures)| PlaceFigures {
            country,
            precision,
            position,
            figures,
        });
    let mut places: Vec<PlaceFigures> = places.collect();
    places.sort_by_key(|place| std::cmp::Reverse(place.figures.incidents));
    places
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use egnatia_record::{OriginRegime, ReleasableTo};
    use jiff::civil::date;

    use super::*;
    use crate::{Ammunition, Route};

    fn handling(codes: &[HandlingCode]) -> Handling {
        let restriction = codes
            .contains(&HandlingCode::H3)
            .then(|| "ask first".to_owned());
        let codes: BTreeSet<HandlingCode> = codes.iter().copied().collect();
        Handling::new(
            codes,
            restriction,
            ReleasableTo::NobodyElse,
            OriginRegime::National,
        )
        .unwrap()
    }

    fn incident(kind: IncidentKind, on: Date, position: Option<(i32, i32)>) -> Incident {
        Incident {
            kind,
            on,
            country: "MK".parse().unwrap(),
            place: "Blace".to_owned(),
            position,
            at_border: true,
            route: Route::default(),
            concealment: String::new(),
            context: None,
            transport: None,
            offence: None,
            weapons: Vec::new(),
            parts: Vec::new(),
            ammunition: vec![Ammunition {
                calibre: "9x19".to_owned(),
                rounds: 50,
                make: None,
                lot: None,
            }],
            explosives: Vec::new(),
            persons: Vec::new(),
            proceedings: None,
            note: String::new(),
        }
    }

    #[test]
    fn the_strictest_code_decides_how_exactly_a_place_is_shown() {
        use HandlingCode::{H0, H1, H2, H3};
        for (codes, precision, shown) in [
            (&[H0][..], Precision::Kilometre, Some((42_135, 21_435))),
            (&[H0, H1], Precision::TenKilometres, Some((42_150, 21_450))),
            (&[H1, H2], Precision::Country, None),
            (&[H0, H3], Precision::Country, None),
        ] {
            let found = Precision::of(&handling(codes));
            assert_eq!(found, precision, "{codes:?}");
            assert_eq!(found.coarsen((42_137, 21_431)), shown, "{codes:?}");
        }
        assert_eq!(Precision::Kilometre.coarsen((-1, -11)), Some((-5, -15)));
    }

    #[test]
    fn the_exact_position_is_never_on_the_map() {
        let exact = (42_137, 21_431);
        let found = incident(IncidentKind::Seizure, date(2026, 11, 1), Some(exact));
        for code in HandlingCode::ALL {
            let codes = handling(&[*code]);
            let map = places(&IncidentFilter::default(), [(&codes, &found)]);
            assert_eq!(map.len(), 1);
            assert_ne!(map[0].position, Some(exact), "{code}");
        }
    }

    #[test]
    fn places_are_counted_together_and_those_without_a_position_by_country() {
        let (open, strict) = (handling(&[HandlingCode::H0]), handling(&[HandlingCode::H2]));
        let at = |position| incident(IncidentKind::Find, date(2026, 1, 5), position);
        let (one, near, unknown) = (
            at(Some((42_001, 21_001))),
            at(Some((42_009, 21_009))),
            at(None),
        );
        let map = places(
            &IncidentFilter::default(),
            [
                (&open, &one),
                (&open, &near),
                (&open, &unknown),
                (&strict, &one),
            ],
        );
        let shown: Vec<_> = map
            .iter()
            .map(|p| (p.position, p.figures.incidents))
            .collect();
        assert_eq!(shown.len(), 2);
        assert!(shown.contains(&(Some((42_005, 21_005)), 2)), "{shown:?}");
        assert!(shown.contains(&(None, 2)), "{shown:?}");
    }

    #[test]
    fn a_series_has_no_holes_and_keeps_kinds_apart() {
        let all = [
            incident(IncidentKind::Seizure, date(2025, 12, 31), None),
            incident(IncidentKind::Find, date(2026, 2, 1), None),
            incident(IncidentKind::Seizure, date(2026, 2, 28), None),
        ];
        let rows = series(&IncidentFilter::default(), &all);
        assert_eq!(rows.len(), 9);
        assert_eq!(
            (rows[0].month.as_str(), rows[8].month.as_str()),
            ("2025-12", "2026-02")
        );
        let of = |month: &str, kind| {
            let row = rows
                .iter()
                .find(|row| row.month == month && row.kind == kind);
            row.unwrap().figures
        };
        assert_eq!(of("2026-01", IncidentKind::Seizure), Figures::default());
        assert_eq!(of("2026-02", IncidentKind::Find).rounds, 50);
        assert_eq!(of("2026-02", IncidentKind::Surrender).incidents, 0);
        let only = IncidentFilter {
            kind: Some(IncidentKind::Seizure),
            to: Some(date(2026, 1, 31)),
            ..IncidentFilter::default()
        };
        let rows = series(&only, &all);
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].figures.incidents, 1);
        let long = [
            incident(IncidentKind::Find, date(1990, 1, 1), None),
            incident(IncidentKind::Find, date(2026, 1, 1), None),
        ];
        assert_eq!(
            series(&IncidentFilter::default(), &long).len(),
            3 * MONTHS_MAX
        );
    }
}
