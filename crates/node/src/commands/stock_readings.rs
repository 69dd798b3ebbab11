//! `egnatia stock readings`.

use std::fmt::Write;
use std::path::Path;
use std::process::ExitCode;

use egnatia_app::{AppError, Caller};
use egnatia_formats::readings::{ReadingsTable, Reckoned};
use egnatia_formats::rows::DateOrder;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::print;
use super::stock::read;
use super::stock_plans::find_store;
use crate::data::Data;
use crate::failure::{INPUT, InputError};

/// Enters the readings of a file: all of them or none.
pub async fn enter(
    data: &Data,
    caller: &Caller,
    (file, store): (&Path, &str),
    (order, dry_run): (Option<DateOrder>, bool),
    json: bool,
) -> anyhow::Result<ExitCode> {
    let zone = data.config.time_zone().unwrap_or(TimeZone::UTC);
    let how = Reckoned { zone: &zone, order };
    let table = ReadingsTable::read(&read(file)?, how)
        .map_err(|error| InputError(format!("{}: {error}", file.display())))?;
    let store = find_store(data, caller, store).await?;
    let readings = table.readings.clone();
    let is_right = table.errors.is_empty();
    let done = match (is_right, dry_run) {
        _ if readings.is_empty() => None,
        (true, false) => Some(data.app.enter_readings(caller, store, readings).await?),
        (true, true) => Some(data.app.check_readings(caller, store, readings).await?),
        // What the node says of the others is told with the lines that cannot be read.
        (false, _) => match data.app.check_readings(caller, store, readings).await {
            Ok(report) => Some(report),
            Err(AppError::Invalid(_)) => None,
            Err(error) => return Err(error.into()),
        },
    };
    let is_kept = is_right && !dry_run;
    let mut text = String::new();
    for error in &table.errors {
        writeln!(text, "{error}")?;
    }
    let said = match (is_right, is_kept) {
        (false, _) => "Nothing is kept: put these lines right.",
        (true, false) => "Every line is right. Nothing is kept.",
        (true, true) => "They are kept.",
    };
    let out = done.map_or(0, |report| report.out);
    writeln!(
        text,
        "{} readings, {out} of them out of the limits; {} lines without one. {said}",
        table.readings.len(),
        table.passed_over
    )?;
    let wrong: Vec<Value> = table
        .errors
        .iter()
        .map(|error| json!({ "line": error.line, "problem": error.problem.to_string() }))
        .collect();
    let value = json!({
        "readings": table.readings.len(), "out": out, "passed_over": table.passed_over,
        "written": table.written, "headings": table.headings,
        "dates": table.order.map(DateOrder::as_str), "fahrenheit": table.is_fahrenheit,
        "first_at": done.and_then(|report| report.first_at),
        "last_at": done.and_then(|report| report.last_at),
        "wrong": wrong, "kept": is_kept,
    });
    print(json, &value, text.trim_end());
    Ok(match is_right {
        true => ExitCode::SUCCESS,
        false => ExitCode::from(INPUT),
    })
}
