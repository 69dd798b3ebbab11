//! `egnatia firearm series`, `egnatia firearm places`.

use std::fmt::Write;
use std::process::ExitCode;

use egnatia_app::{Caller, ExportedTable};
use egnatia_firearms::{IncidentFilter, Period, progress_table};
use serde_json::json;

use crate::cli::{Figures, ProgressOf};
use crate::commands::print;
use crate::data::Data;

/// Incidents by month and kind.
pub async fn series(
    data: &Data,
    caller: &Caller,
    what: &Figures,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let rows = data.app.incident_series(caller, &filter(what)).await?;
    let cells = rows.iter().map(|row| {
        let figures = &row.figures;
        vec![
            row.month.clone(),
            row.kind.to_string(),
            figures.incidents.to_string(),
            figures.weapons.to_string(),
            figures.parts.to_string(),
            figures.rounds.to_string(),
        ]
    });
    let heading = ["month", "kind", "incidents", "weapons", "parts", "rounds"];
    let table = Printed::new(&heading, cells.collect());
    if what.csv {
        let (app, count) = (&data.app, rows.len());
        app.log_export(caller, ExportedTable::IncidentSeries, count, &[])
            .await?;
    }
    print(json, &json!(rows), table.text(what.csv).trim_end());
    Ok(ExitCode::SUCCESS)
}

/// Incidents by place.
pub async fn places(
    data: &Data,
    caller: &Caller,
    what: &Figures,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let rows = data.app.incident_places(caller, &filter(what)).await?;
    let degrees = |value: i32| {
        let (sign, value) = (if value < 0 { "-" } else { "" }, value.unsigned_abs());
        format!("{sign}{}.{:03}", value / 1_000, value % 1_000)
    };
    let cells = rows.iter().map(|row| {
        let figures = &row.figures;
        let (latitude, longitude) = match row.position {
            Some((latitude, longitude)) => (degrees(latitude), degrees(longitude)),
            None => (String::new(), String::new()),
        };
        vec![
            row.country.to_string(),
            row.precision.to_string(),
            latitude,
            longitude,
            figures.incidents.to_string(),
            figures.weapons.to_string(),
            figures.parts.to_string(),
            figures.rounds.to_string(),
        ]
    });
    let heading = [
        "country",
        "precision",
        "latitude",
        "longitude",
        "incidents",
        "weapons",
        "parts",
        "rounds",
    ];
    let table = Printed::new(&heading, cells.collect());
    if what.csv {
        let (app, count) = (&data.app, rows.len());
        app.log_export(caller, ExportedTable::IncidentPlaces, count, &[])
            .await?;
    }
    print(json, &json!(rows), table.text(what.csv).trim_end());
    Ok(ExitCode::SUCCESS)
}

/// Half-years of the regional report side by side.
pub async fn progress(
    data: &Data,
    caller: &Caller,
    what: &ProgressOf,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let view = data.app.firearms_progress(caller, &what.until, what.count);
    let view = view.await?;
    let periods: Vec<Period> = view.periods.iter().map(|(period, _)| *period).collect();
    let rows = view.rows.iter().filter(|row| what.csv || !row.is_empty());
    let rows: Vec<_> = rows.cloned().collect();
    if what.csv {
        let (app, count) = (&data.app, rows.len());
        app.log_export(caller, ExportedTable::Progress, count, &[])
            .await?;
    }
    let names: Vec<String> = periods.iter().map(Period::half_name).collect();
    let frozen: Vec<_> = view.periods.iter().map(|(_, frozen)| frozen).collect();
    let value = json!({ "periods": names, "frozen": frozen, "rows": view.rows });
    let table = Printed {
        rows: progress_table(&periods, &rows),
    };
    print(json, &value, table.text(what.csv).trim_end());
    Ok(ExitCode::SUCCESS)
}

fn filter(what: &Figures) -> IncidentFilter {
    IncidentFilter {
        kind: what.kind,
        country: what.country.clone(),
        weapon: what.weapon,
        from: what.from,
        to: what.to,
    }
}

/// Rows of words and numbers, none of which holds a comma.
struct Printed {
    rows: Vec<Vec<String>>,
}

impl Printed {
    fn new(heading: &[&str], rows: Vec<Vec<String>>) -> Self {
        let heading = heading.iter().map(|text| (*text).to_owned()).collect();
        let rows = std::iter::once(heading).chain(rows).collect();
        Self { rows }
    }

    fn text(&self, csv: bool) -> String {
        let mut text = String::new();
        for row in &self.rows {
            match csv {
                true => text.push_str(&row.join(",")),
                false => {
                    for cell in row {
                        // Writing to a string does not fail.
                        let _ = write!(text, "{cell:15} ");
                    }
                    text.truncate(text.trim_end().len());
                }
            }
            text.push('\n');
        }
        text
    }
}
