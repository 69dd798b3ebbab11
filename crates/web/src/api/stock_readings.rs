//! The stockpile: the table of a logger over the API.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use egnatia_app::Action;
use egnatia_formats::readings::{ReadingsTable, Reckoned};
use egnatia_formats::rows::DateOrder;
use egnatia_stockpile::AccountId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::caller::{Bearer, record_id};
use super::json::{ProblemBody, Query};
use crate::WebState;
use crate::problem::{Finished, Problem, ProblemCode};

/// How the table of a logger is read, and whether it is kept.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WantedReadings {
    /// Check every line, and keep nothing.
    #[serde(default)]
    pub dry_run: bool,
    /// `day-first` or `month-first`, for dates such as 03/04/2026; found out where it can be.
    pub dates: Option<String>,
}

/// A line that cannot be read.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WrongReadingBody {
    /// From 1.
    pub line: u64,
    /// What is wrong, and what to do.
    pub problem: String,
}

/// How a table was read, and what it did or would do.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReadingsBody {
    /// How it is written: `csv, separator ;, windows-1250`.
    pub written: String,
    /// The headings of the columns that were read.
    pub headings: Vec<String>,
    /// `day-first` or `month-first`, where dates depend on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dates: Option<&'static str>,
    /// Whether temperatures were turned from °F.
    pub is_fahrenheit: bool,
    /// How many readings there are.
    pub readings: u64,
    /// Lines in which nothing was measured.
    pub passed_over: u64,
    /// How many readings are out of the limits of the store.
    pub out: u64,
    /// The earliest.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub first_at: Option<Timestamp>,
    /// The latest.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_at: Option<Timestamp>,
    /// Lines that are wrong; nothing is kept where there are some.
    pub wrong: Vec<WrongReadingBody>,
    /// Whether they are kept.
    pub is_kept: bool,
}

/// Enters the table of a logger: the body is CSV. All of it or nothing.
#[utoipa::path(
    post, path = "/api/v1/stock/stores/{id}/readings/table", tag = "stock", params(("id" = String, Path, description = "The account of the store"), WantedReadings), request_body(content = Vec<u8>, content_type = "text/csv"),
    responses((status = 200, description = "Checked, and nothing kept", body = ReadingsBody), (status = 201, description = "Kept", body = ReadingsBody), (status = 422, description = "Lines are wrong, and nothing is kept: the same report, or a problem", body = ReadingsBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn enter_table(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
    Query(wanted): Query<WantedReadings>,
    bytes: Bytes,
) -> Result<Response, Problem> {
    bearer.enter(&state, Action::CountStock)?;
    let id = AccountId(record_id(&id)?);
    let text = "write day-first or month-first";
    let order = wanted.dates.as_deref().map(DateOrder::parse);
    let order = match order {
        None => None,
        Some(Some(order)) => Some(order),
        Some(None) => return Err(Problem::field("dates", "invalid", text)),
    };
    let zone = state.node.zone.clone();
    let read = move || {
        let how = Reckoned { zone: &zone, order };
        ReadingsTable::read(&bytes, how)
    };
    let table = tokio::task::spawn_blocking(read)
        .await
        .map_err(|_| Problem::new(ProblemCode::Internal))?;
    let table = table.map_err(|error| Problem::field("file", "unreadable", error.to_string()))?;
    let (app, caller) = (&state.app, bearer.caller());
    let is_right = table.errors.is_empty();
    let is_kept = is_right && !wanted.dry_run;
    let report = match (is_right, is_kept) {
        (true, true) => Some(
            app.enter_readings(caller, id, table.readings.clone())
                .await?,
        ),
        (true, false) => Some(
            app.check_readings(caller, id, table.readings.clone())
                .await?,
        ),
        (false, _) => None,
    };
    let wrong = table.errors.iter().map(|error| WrongReadingBody {
        line: error.line,
        problem: error.problem.to_string(),
    });
    let body = ReadingsBody {
        dates: table.order.map(DateOrder::as_str),
        is_fahrenheit: table.is_fahrenheit,
        readings: u64::try_from(table.readings.len()).unwrap_or(u64::MAX),
        passed_over: table.passed_over,
        out: report.map_or(0, |report| report.out),
        first_at: report.and_then(|report| report.first_at),
        last_at: report.and_then(|report| report.last_at),
        wrong: wrong.collect(),
        is_kept,
        written: table.written,
        headings: table.headings,
    };
    let status = match (is_right, is_kept) {
        (false, _) => StatusCode::UNPROCESSABLE_ENTITY,
        (true, true) => StatusCode::CREATED,
        (true, false) => StatusCode::OK,
    };
    let mut response = (status, Json(body)).into_response();
    // What is wrong with lines stands in the report.
    response.extensions_mut().insert(Finished);
    Ok(response)
}
