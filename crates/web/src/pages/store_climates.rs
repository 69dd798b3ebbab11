//! Temperature and humidity of a store: limits, readings, and what was done about those out of them.

use axum::extract::Path;
use axum::response::Response;
use egnatia_app::{Action, AppError, ClimateView};
use egnatia_stockpile::{AccountId, ClimateLimits, Humidity, Reading, Temperature};

use super::alert_form::{Filler, Wrong};
use super::firearm_sections::{Section, SectionsPage, whole, wrong_in};
use super::stock_words::{read_reason, wrong_at};
use super::{record_id, store_readings};
use crate::parts::{Cell, Empty, Facts, Field, Form, Table, Tone};
use crate::problem::{Problem, ProblemCode};
use crate::visit::{Posted, Signed, done, show, show_refused};
use crate::words::sentence;
use crate::{Area, Frame, Texts};

/// Readings that the page shows; the API gives more.
const SHOWN_MAX: usize = 100;

/// Shows the climate of a store.
pub(crate) async fn show_one(signed: Signed, Path(id): Path<String>) -> Result<Response, Problem> {
    signed.enter(Action::ViewStock)?;
    let id = AccountId(record_id(&id)?);
    let nothing = ("", &Posted::default(), &Wrong::new());
    Ok(show(&page(&signed, id, nothing).await?))
}

async fn page(
    signed: &Signed,
    id: AccountId,
    (act, posted, wrong): (&str, &Posted, &Wrong),
) -> Result<SectionsPage, Problem> {
    let t = signed.t();
    let view = signed.state.app.store_climate(signed.caller(), id).await?;
    let title = t.with("climate-of", "store", view.name.clone());
    let frame = signed.frame(title, Some(Area::Stores)).await;
    let mut sections = vec![Section::new("now", t.text("climate-now")).facts(facts(&frame, &view))];
    let form = |of: &'static str, fields: &dyn Fn(&Filler<'_>) -> Vec<Field>| {
        let nothing = (limits_of(&view), Wrong::new());
        let (posted, wrong) = match act == of {
            true => (posted, wrong),
            false => (&nothing.0, &nothing.1),
        };
        let fields = fields(&Filler { t, posted, wrong });
        let whole = whole(wrong, &fields);
        let path = format!("/stores/{id}/climate/{of}");
        let submit = t.text(&format!("climate-{of}-submit"));
        let form = Form::new(t, path, fields, submit, whole).csrf(frame.csrf());
        Section::new(of, t.text(&format!("climate-{of}")))
            .means(t.text(&format!("climate-{of}-means")))
            .form(form)
    };
    let counts = signed.offers(Action::CountStock);
    let climate = view.climate.as_ref();
    if counts && climate.is_some_and(|climate| climate.out.is_some()) {
        sections.push(form("settle", &|filler| {
            vec![filler.area("done", "climate-done").required()]
        }));
    }
    if counts && climate.is_some() {
        sections.push(form("read", &|filler| {
            vec![filler.area("readings", "climate-readings").required()]
        }));
        sections.push(store_readings::file_section(&frame, id, None));
    }
    if signed.offers(Action::ManageStock) {
        sections.push(form("limits", &|filler| {
            vec![
                filler.line("temperature_min", "climate-temperature-min"),
                filler.line("temperature_max", "climate-temperature-max"),
                filler.line("humidity_min", "climate-humidity-min"),
                filler.line("humidity_max", "climate-humidity-max"),
            ]
        }));
    }
    // Last: there are many.
    let series = Section::new("readings", t.text("climate-series"));
    let series = match view.readings.len() > SHOWN_MAX {
        true => series.means(t.text("climate-newest")),
        false => series,
    };
    sections.push(series.table(readings_table(&frame, &view)));
    Ok(SectionsPage {
        back: ("/stores", t.text("stock-title")),
        notice: None,
        sections,
        frame,
    })
}

/// The limits as a form has them.
fn limits_of(view: &ClimateView) -> Posted {
    let limits = view.climate.as_ref().map(|climate| climate.limits);
    let limits = limits.unwrap_or_default();
    let text = |value: Option<String>| value.unwrap_or_default();
    Posted::of(vec![
        (
            "temperature_min".to_owned(),
            text(limits.temperature_min.map(|t| t.to_string())),
        ),
        (
            "temperature_max".to_owned(),
            text(limits.temperature_max.map(|t| t.to_string())),
        ),
        (
            "humidity_min".to_owned(),
            text(limits.humidity_min.map(|h| h.to_string())),
        ),
        (
            "humidity_max".to_owned(),
            text(limits.humidity_max.map(|h| h.to_string())),
        ),
    ])
}

/// What was read, in words.
fn told(reading: &Reading) -> String {
    let temperature = reading.temperature.map(|of| format!("{of} °C"));
    let humidity = reading.humidity.map(|of| format!("{of} %"));
    let both: Vec<String> = temperature.into_iter().chain(humidity).collect();
    both.join(", ")
}

fn between(least: Option<String>, most: Option<String>, unit: &str) -> Option<Cell> {
    match (least, most) {
        (None, None) => None,
        (Some(least), None) => Some(Cell::Text(format!("≥ {least} {unit}"))),
        (None, Some(most)) => Some(Cell::Text(format!("≤ {most} {unit}"))),
        (Some(least), Some(most)) => Some(Cell::Text(format!("{least} – {most} {unit}"))),
    }
}

fn facts(frame: &Frame, view: &ClimateView) -> Facts {
    let t = frame.t;
    let Some(climate) = &view.climate else {
        let none = Cell::tag(Tone::Silent, t.text("climate-none"));
        return Facts::new().with(t.text("climate-limits-now"), none);
    };
    let limits = climate.limits;
    let lines = |reading: &Reading| Cell::Lines(told(reading), frame.moment(reading.at).text);
    let state = match climate.out {
        Some(out) => Cell::tag(Tone::Against, t.count("climate-out", out.count)),
        None => Cell::tag(Tone::Agree, t.text("climate-within")),
    };
    let settled = climate.settled.as_ref();
    Facts::new()
        .with(t.text("column-state"), state)
        .with_some(
            t.text("climate-temperature"),
            between(
                limits.temperature_min.map(|t| t.to_string()),
                limits.temperature_max.map(|t| t.to_string()),
                "°C",
            ),
        )
        .with_some(
            t.text("climate-humidity"),
            between(
                limits.humidity_min.map(|h| h.to_string()),
                limits.humidity_max.map(|h| h.to_string()),
                "%",
            ),
        )
        .with_some(t.text("climate-last"), climate.last.as_ref().map(lines))
        .with_some(
            t.text("climate-first-out"),
            climate.out.as_ref().map(|out| lines(&out.first)),
        )
        .with_some(
            t.text("climate-last-out"),
            climate.out.as_ref().map(|out| lines(&out.last)),
        )
        .with_some(
            t.text("climate-done"),
            settled.map(|settled| Cell::Text(settled.done.to_string())),
        )
        .with_some(
            t.text("climate-done-by"),
            settled
                .map(|settled| Cell::Lines(settled.by.to_string(), frame.moment(settled.at).text)),
        )
}

fn readings_table(frame: &Frame, view: &ClimateView) -> Table {
    let t = frame.t;
    let columns = &[
        "climate-at",
        "climate-temperature",
        "climate-humidity",
        "column-state",
    ];
    let limits = view.climate.as_ref().map(|climate| climate.limits);
    let limits = limits.unwrap_or_default();
    let rows = view.readings.iter().take(SHOWN_MAX).map(|reading| {
        let (tone, key) = match limits.is_out(reading) {
            true => (Tone::Against, "climate-is-out"),
            false => (Tone::Agree, "climate-is-within"),
        };
        let number = |text: Option<String>| Cell::Number(text.unwrap_or_default());
        vec![
            Cell::Time(frame.moment(reading.at)),
            number(reading.temperature.map(|of| format!("{of} °C"))),
            number(reading.humidity.map(|of| format!("{of} %"))),
            Cell::tag(tone, t.text(key)),
        ]
    });
    let empty = Empty::of(t, "climate-series");
    Table::new(t, String::new(), columns, empty).rows(rows.collect())
}

fn read_limits(posted: &Posted) -> Result<ClimateLimits, Wrong> {
    let temperature = |field: &str| -> Result<Option<Temperature>, Wrong> {
        let read = posted.some(field).map(|text| text.parse());
        read.transpose()
            .map_err(|error: egnatia_stockpile::InvalidReading| wrong(field, &error))
    };
    let humidity = |field: &str| -> Result<Option<Humidity>, Wrong> {
        let read = posted.some(field).map(|text| text.parse());
        read.transpose()
            .map_err(|error: egnatia_stockpile::InvalidReading| wrong(field, &error))
    };
    Ok(ClimateLimits {
        temperature_min: temperature("temperature_min")?,
        temperature_max: temperature("temperature_max")?,
        humidity_min: humidity("humidity_min")?,
        humidity_max: humidity("humidity_max")?,
    })
}

fn wrong(field: &str, error: &dyn std::fmt::Display) -> Wrong {
    Wrong::from([(field.to_owned(), sentence(&error.to_string()))])
}

/// Sets limits, enters readings, or says what was done.
pub(crate) async fn act(
    signed: Signed,
    Path((id, act)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Problem> {
    let needed = match act.as_str() {
        "limits" => Action::ManageStock,
        "read" | "settle" => Action::CountStock,
        _ => return Err(Problem::new(ProblemCode::NotFound)),
    };
    signed.enter(needed)?;
    let id = AccountId(record_id(&id)?);
    let Some(wrong) = wrong_in(carry_out(&signed, id, (&act, &posted)).await)? else {
        return Ok(done(
            &format!("/stores/{id}/climate"),
            &format!("climate-{act}"),
        ));
    };
    Ok(show_refused(
        &page(&signed, id, (&act, &posted, &wrong)).await?,
    ))
}

async fn carry_out(
    signed: &Signed,
    id: AccountId,
    (act, posted): (&str, &Posted),
) -> Result<Result<(), AppError>, Wrong> {
    let (app, caller, t): (_, _, &Texts) = (&signed.state.app, signed.caller(), signed.t());
    match act {
        "limits" => {
            let limits = read_limits(posted)?;
            if limits == ClimateLimits::default() {
                return Err(wrong_at("temperature_max", t, "climate-limits-missing"));
            }
            let set = app.set_climate_limits(caller, id, limits).await;
            // What is wrong with limits as a whole stands at the top.
            Ok(set)
        }
        "read" => {
            let zone = &signed.state.node.zone;
            let read = egnatia_formats::readings::read(posted.raw("readings"), zone);
            let read = read.map_err(|error| wrong("readings", &error))?;
            Ok(app.enter_readings(caller, id, read).await.map(|_| ()))
        }
        _ => {
            let done = read_reason(posted, "done", t)?;
            Ok(app.settle_climate(caller, id, done).await)
        }
    }
}
