//! Where incidents were, as a map, and how many there were, over time. Tables say the same, and go out
//! as files.

use askama::Template;
use axum::response::Response;
use egnatia_app::{Action, ExportedTable};
use egnatia_firearms::{
    Country, IncidentFilter, IncidentKind, MonthFigures, PlaceFigures, Precision, WeaponKind,
};

use super::alert_form::{Filler, Wrong};
use super::firearm_fields::{kinds, read_day, words_or_none};
use super::firearms::tabs;
use super::terms;
use crate::parts::{Cell, Empty, Field, Table};
use crate::problem::Problem;
use crate::visit::{Posted, Signed, show, show_refused};
use crate::{Area, Frame, Texts, encode, export, words};

/// The part of the Earth that the outlines show, in thousandths of a degree: from south to north,
/// from west to east.
const LATITUDES: (i32, i32) = (39_500, 46_300);
const LONGITUDES: (i32, i32) = (14_900, 23_000);
/// Where a country is shown of which no place may be: in the units of the outlines.
const COUNTRIES: [(&str, (i32, i32)); 6] = [
    ("RS", (440, 200)),
    ("XK", (430, 380)),
    ("MK", (500, 450)),
    ("AL", (380, 540)),
    ("ME", (330, 350)),
    ("BA", (230, 210)),
];
/// Radius of a circle: the least, and the most.
const RADII: (u64, u64) = (7, 26);
/// The drawing of the series: its height, room below it, width of a month and of a bar in it.
const HEIGHT: u64 = 160;
const BELOW: u64 = 24;
const MONTH: u64 = 30;
const BAR: u64 = 8;
/// Months that have their name below them: so many at most, and so far from each other at least that
/// the names do not meet.
const NAMED_MAX: usize = 24;
const NAMED_EVERY: usize = 2;
/// Room for the name of the last one.
const NAME: u64 = 24;

/// The page of figures about incidents.
#[derive(Debug, Template)]
#[template(path = "incident_figures.html")]
pub struct IncidentFiguresPage {
    /// The frame.
    pub frame: Frame,
    /// The lists about firearms.
    pub tabs: Vec<(&'static str, String, bool)>,
    /// By what is counted.
    pub filters: Vec<Field>,
    /// Circles and squares of the map.
    pub spots: Vec<Spot>,
    /// The places as a table.
    pub places: Table,
    /// The bars of the series.
    pub bars: Bars,
    /// The series as a table.
    pub series: Table,
}

/// Incidents at one place of the map.
#[derive(Debug)]
pub struct Spot {
    /// Horizontal place.
    pub x: i32,
    /// Vertical place.
    pub y: i32,
    /// Radius of the circle.
    pub r: u64,
    /// Whether only the country is shown.
    pub is_country: bool,
    /// How many incidents.
    pub count: u64,
    /// What it is, for whoever points at it.
    pub title: String,
}

impl Spot {
    fn left(&self) -> i64 {
        i64::from(self.x) - i64::try_from(self.r).unwrap_or(0)
    }

    fn top(&self) -> i64 {
        i64::from(self.y) - i64::try_from(self.r).unwrap_or(0)
    }

    fn side(&self) -> u64 {
        self.r.saturating_mul(2)
    }

    fn foot(&self) -> i32 {
        self.y + 4
    }
}

/// Bars of a series.
#[derive(Debug, Default)]
pub struct Bars {
    /// Width of the drawing.
    pub width: u64,
    /// Height of the drawing.
    pub height: u64,
    /// Place and size of each bar, its class, and what it says.
    pub bars: Vec<(u64, u64, u64, &'static str, String)>,
    /// Names of months, each with its place.
    pub months: Vec<(u64, String)>,
    /// What the signs mean: a class and a word.
    pub legend: Vec<(&'static str, String)>,
    /// The greatest number.
    pub most: u64,
}

impl Bars {
    fn bar_width(&self) -> u64 {
        BAR
    }

    fn foot(&self) -> u64 {
        HEIGHT.saturating_add(16)
    }

    fn ground(&self) -> u64 {
        HEIGHT
    }
}

/// What is counted, as the address says, or what is wrong with it.
fn filter_of(signed: &Signed) -> Result<IncidentFilter, Wrong> {
    let t = signed.t();
    let asked = |name: &str| signed.visit.query(name).map(|text| text.trim().to_owned());
    let mut wrong = Wrong::new();
    let mut day = |name: &str| {
        let text = asked(name)?;
        let day = read_day(&text);
        if day.is_none() {
            wrong.insert(name.to_owned(), t.text("day-invalid"));
        }
        day
    };
    let (from, to) = (day("from"), day("to"));
    let country = asked("country").map(|text| text.parse::<Country>());
    if matches!(country, Some(Err(_))) {
        wrong.insert("country".to_owned(), t.text("firearm-country-invalid"));
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    Ok(IncidentFilter {
        kind: asked("kind").and_then(|text| IncidentKind::parse(&text)),
        weapon: asked("weapon").and_then(|text| WeaponKind::parse(&text)),
        country: country.and_then(Result::ok),
        from,
        to,
    })
}

const FILTERS: [&str; 5] = ["kind", "weapon", "country", "from", "to"];

fn fields(signed: &Signed, wrong: &Wrong) -> Vec<Field> {
    let t = signed.t();
    let filled = FILTERS.iter().map(|name| {
        let value = signed.visit.query(name).unwrap_or_default();
        ((*name).to_owned(), value)
    });
    let posted = Posted::of(filled.collect());
    let filler = Filler {
        t,
        posted: &posted,
        wrong,
    };
    let of = IncidentKind::ALL.iter().map(|kind| kind.as_str());
    let of = words_or_none(t, "incident-is", of);
    vec![
        filler.choice("kind", "incident-kind", of),
        filler.choice("weapon", "firearm-kind", kinds(t)),
        filler.line("country", "incident-country"),
        filler.line("from", "figures-from"),
        filler.line("to", "figures-to"),
    ]
}

/// The filter as it stands in an address.
fn query(signed: &Signed) -> String {
    let pairs = FILTERS.iter().filter_map(|name| {
        let value = signed.visit.query(name)?;
        Some(format!("{name}={}", encode(&value)))
    });
    pairs.collect::<Vec<_>>().join("&")
}

/// Shows the map and the series.
pub(crate) async fn show_figures(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::ViewFirearms)?;
    let t = signed.t();
    let (app, caller) = (&signed.state.app, signed.caller());
    let (filter, wrong) = match filter_of(&signed) {
        Ok(filter) => (Some(filter), Wrong::new()),
        Err(wrong) => (None, wrong),
    };
    let (places, series) = match &filter {
        Some(filter) => (
            app.incident_places(caller, filter).await?,
            app.incident_series(caller, filter).await?,
        ),
        None => (Vec::new(), Vec::new()),
    };
    let title = t.text("figures-title");
    let frame = signed.frame(title, Some(Area::Firearms)).await;
    let query = query(&signed);
    let page = IncidentFiguresPage {
        tabs: tabs(t, "/incidents/figures"),
        filters: fields(&signed, &wrong),
        spots: spots(t, &places),
        places: places_table(t, &places).export(format!("/incidents/places.csv?{query}")),
        bars: bars(t, &series),
        series: series_table(t, &series).export(format!("/incidents/series.csv?{query}")),
        frame,
    };
    Ok(match wrong.is_empty() {
        true => show(&page),
        false => show_refused(&page),
    })
}

/// Gives the places as a file.
pub(crate) async fn export_places(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::ViewFirearms)?;
    let filter = filter_of(&signed).map_err(|_| Problem::new(crate::ProblemCode::BadRequest))?;
    let places = signed
        .state
        .app
        .incident_places(signed.caller(), &filter)
        .await?;
    let table = places_table(signed.t(), &places);
    given(&signed, &table, ExportedTable::IncidentPlaces).await
}

/// Gives the series as a file.
pub(crate) async fn export_series(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::ViewFirearms)?;
    let filter = filter_of(&signed).map_err(|_| Problem::new(crate::ProblemCode::BadRequest))?;
    let series = signed
        .state
        .app
        .incident_series(signed.caller(), &filter)
        .await?;
    let table = series_table(signed.t(), &series);
    given(&signed, &table, ExportedTable::IncidentSeries).await
}

async fn given(signed: &Signed, table: &Table, which: ExportedTable) -> Result<Response, Problem> {
    let app = &signed.state.app;
    app.log_export(signed.caller(), which, table.len(), &[])
        .await?;
    Ok(export::download(table, which, signed.visit.today()))
}

/// A position in the units of the outlines; none outside of the drawing.
fn projected((latitude, longitude): (i32, i32)) -> Option<(i32, i32)> {
    let inside = (LATITUDES.0..=LATITUDES.1).contains(&latitude)
        && (LONGITUDES.0..=LONGITUDES.1).contains(&longitude);
    let x = (longitude - 14_600) * 696 / 10_000;
    let y = (46_400 - latitude) * 96 / 1_000;
    inside.then_some((x, y))
}

/// What can be drawn, the largest below the others.
fn spots(t: &Texts, places: &[PlaceFigures]) -> Vec<Spot> {
    let most = places
        .iter()
        .map(|place| place.figures.incidents)
        .max()
        .unwrap_or(1);
    let spots = places.iter().filter_map(|place| {
        let (x, y) = match place.position {
            Some(position) => projected(position)?,
            None => {
                let mut countries = COUNTRIES.iter();
                countries
                    .find(|(code, _)| *code == place.country.as_str())?
                    .1
            }
        };
        let count = place.figures.incidents;
        Some(Spot {
            x,
            y,
            // The area says how many.
            r: (RADII.1.saturating_mul(RADII.1).saturating_mul(count) / most.max(1))
                .isqrt()
                .max(RADII.0),
            is_country: place.precision == Precision::Country,
            count,
            title: format!(
                "{}: {}",
                place_name(t, place),
                t.count("figures-incidents", count)
            ),
        })
    });
    spots.collect()
}

fn place_name(t: &Texts, place: &PlaceFigures) -> String {
    let country = words::country(place.country.as_str(), t);
    match place.position {
        None => country,
        Some(position) => format!("{country} {}", degrees(position)),
    }
}

/// `42.135° N, 21.435° E`.
pub(super) fn degrees((latitude, longitude): (i32, i32)) -> String {
    let one = |value: i32, (plus, minus): (char, char)| {
        let side = if value < 0 { minus } else { plus };
        let value = value.unsigned_abs();
        format!("{}.{:03}° {side}", value / 1_000, value % 1_000)
    };
    format!(
        "{}, {}",
        one(latitude, ('N', 'S')),
        one(longitude, ('E', 'W'))
    )
}

const NUMBERS: [&str; 4] = [
    "cluster-incidents",
    "incident-weapons",
    "incident-parts",
    "return-what-ammunition",
];

fn numbers(figures: &egnatia_firearms::Figures) -> impl Iterator<Item = Cell> {
    let all = [
        figures.incidents,
        figures.weapons,
        figures.parts,
        figures.rounds,
    ];
    all.into_iter()
        .map(|number| Cell::Number(words::quantity(number)))
}

fn places_table(t: &'static Texts, places: &[PlaceFigures]) -> Table {
    let columns: Vec<&str> = ["incident-country", "figures-place", "figures-precision"]
        .into_iter()
        .chain(NUMBERS)
        .collect();
    let rows = places.iter().map(|place| {
        let first = [
            Cell::Text(words::country(place.country.as_str(), t)),
            Cell::Text(place.position.map_or_else(String::new, degrees)),
            Cell::Text(terms::word(t, &["precision"], place.precision.as_str())),
        ];
        first.into_iter().chain(numbers(&place.figures)).collect()
    });
    let empty = Empty::of(t, "incidents");
    Table::new(t, t.text("figures-places"), &columns, empty).rows(rows.collect())
}

fn series_table(t: &'static Texts, series: &[MonthFigures]) -> Table {
    let columns: Vec<&str> = ["figures-month", "incident-kind"]
        .into_iter()
        .chain(NUMBERS)
        .collect();
    let rows = series.iter().map(|row| {
        let first = [
            Cell::Text(row.month.clone()),
            Cell::Text(terms::word(t, &["incident-is"], row.kind.as_str())),
        ];
        first.into_iter().chain(numbers(&row.figures)).collect()
    });
    let empty = Empty::of(t, "incidents");
    Table::new(t, t.text("figures-series"), &columns, empty).rows(rows.collect())
}

const fn class_of(kind: IncidentKind) -> &'static str {
    match kind {
        IncidentKind::Seizure => "one",
        IncidentKind::Find => "two",
        IncidentKind::Surrender => "three",
    }
}

/// Three bars a month, beside each other.
fn bars(t: &Texts, series: &[MonthFigures]) -> Bars {
    let most = series
        .iter()
        .map(|row| row.figures.incidents)
        .max()
        .unwrap_or(0)
        .max(1);
    let mut months: Vec<&str> = series.iter().map(|row| row.month.as_str()).collect();
    months.dedup();
    let every = months.len().div_ceil(NAMED_MAX).max(NAMED_EVERY);
    let start = |place: u64| place.saturating_mul(MONTH).saturating_add(4);
    let bar = |row: &MonthFigures| {
        let place = months.iter().position(|month| *month == row.month)?;
        let count = row.figures.incidents;
        let height = HEIGHT.saturating_mul(count) / most;
        let which = match row.kind {
            IncidentKind::Seizure => 0,
            IncidentKind::Find => BAR,
            IncidentKind::Surrender => BAR * 2,
        };
        let x = start(u64::try_from(place).ok()?).saturating_add(which);
        let kind = terms::word(t, &["incident-is"], row.kind.as_str());
        let title = format!("{}, {kind}: {count}", row.month);
        (count > 0).then(|| {
            (
                x,
                HEIGHT.saturating_sub(height),
                height,
                class_of(row.kind),
                title,
            )
        })
    };
    let named = (0_u64..).zip(&months).step_by(every);
    let mut legend: Vec<IncidentKind> = IncidentKind::ALL
        .iter()
        .copied()
        .filter(|kind| series.iter().any(|row| row.kind == *kind))
        .collect();
    legend.dedup();
    Bars {
        width: start(u64::try_from(months.len()).unwrap_or(0)).saturating_add(NAME),
        height: HEIGHT.saturating_add(BELOW),
        bars: series.iter().filter_map(bar).collect(),
        months: named
            .map(|(place, month)| (start(place), (*month).to_owned()))
            .collect(),
        legend: legend
            .into_iter()
            .map(|kind| {
                (
                    class_of(kind),
                    terms::word(t, &["incident-is"], kind.as_str()),
                )
            })
            .collect(),
        most,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_lie_where_the_outlines_are() {
        // Skopje and Tirana are where the map of partners has their nodes, within a few units.
        for (position, (x, y)) in [
            ((42_000, 21_430), (475, 422)),
            ((41_330, 19_820), (363, 487)),
        ] {
            let (found_x, found_y) = projected(position).unwrap();
            assert!(
                (found_x - x).abs() <= 6 && (found_y - y).abs() <= 6,
                "{found_x} {found_y}"
            );
        }
        assert_eq!(projected((52_000, 21_000)), None);
    }

    #[test]
    fn degrees_are_written_with_their_side() {
        assert_eq!(degrees((42_135, -5)), "42.135° N, 0.005° W");
    }
}
