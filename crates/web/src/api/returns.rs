//! Returns: counted, frozen, seen; and what they count of persons, by number only.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use egnatia_app::Action;
use egnatia_firearms::{Period, Proceedings, ProgressRow, ReturnKind, ReturnRow};
use egnatia_record::RecordId;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::caller::{Bearer, record_id};
use super::firearm_bodies::{NewReturnBody, RecordedBody, ReturnBody, WantedPage};
use super::json::{Body, PageOf, ProblemBody, Query, limit_of};
use crate::problem::Problem;
use crate::{WebState, cursor};

/// Which return is counted.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WantedReturn {
    /// `unodc-iafq` or `regional-half-year`.
    #[param(value_type = String)]
    pub kind: ReturnKind,
    /// `2026`, or `2026-H1`.
    pub period: String,
}

/// A return as it would be today.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CountedBody {
    /// The first day.
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    /// The last day.
    #[schema(value_type = String, format = Date)]
    pub to: Date,
    /// Section, group, what, what it is told apart by, count.
    #[schema(value_type = Vec<Object>)]
    pub rows: Vec<ReturnRow>,
    /// From how many incidents.
    pub incidents: u64,
}

/// Counts a return as it would be today. Nothing is stored.
#[utoipa::path(
    get, path = "/api/v1/returns/count", tag = "firearms", params(WantedReturn),
    responses((status = 200, description = "The figures", body = CountedBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn count_return(
    State(state): State<WebState>,
    bearer: Bearer,
    Query(wanted): Query<WantedReturn>,
) -> Result<Json<CountedBody>, Problem> {
    bearer.enter(&state, Action::ViewFirearms)?;
    let (period, rows, incidents) = state
        .app
        .count_firearms_return(bearer.caller(), wanted.kind, &wanted.period)
        .await?;
    Ok(Json(CountedBody {
        from: period.from,
        to: period.to,
        rows,
        incidents,
    }))
}

/// Which half-years stand side by side.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WantedProgress {
    /// Up to this one, `2026-H2`; without it, the present one.
    #[serde(default)]
    pub until: String,
    /// How many, from 1 to 20; without it, 6.
    pub count: Option<u8>,
}

/// Half-years of the regional report, side by side.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProgressBody {
    /// Their names, the oldest first.
    pub periods: Vec<String>,
    /// The frozen return of each, where there is one.
    #[schema(value_type = Vec<Option<String>>)]
    pub frozen: Vec<Option<RecordId>>,
    /// Section, group, what, what it is told apart by, and the counts, one a period.
    #[schema(value_type = Vec<Object>)]
    pub rows: Vec<ProgressRow>,
}

/// Half-years of the regional report side by side. A frozen one stays as it is; the others are counted.
#[utoipa::path(
    get, path = "/api/v1/returns/progress", tag = "firearms", params(WantedProgress),
    responses((status = 200, description = "The figures", body = ProgressBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn progress(
    State(state): State<WebState>,
    bearer: Bearer,
    Query(wanted): Query<WantedProgress>,
) -> Result<Json<ProgressBody>, Problem> {
    bearer.enter(&state, Action::ViewFirearms)?;
    let (caller, count) = (bearer.caller(), wanted.count.unwrap_or(6));
    let view = state.app.firearms_progress(caller, &wanted.until, count);
    let view = view.await?;
    let (periods, frozen) = view.periods.into_iter().unzip::<_, _, Vec<Period>, _>();
    Ok(Json(ProgressBody {
        periods: periods.iter().map(Period::half_name).collect(),
        frozen,
        rows: view.rows,
    }))
}

/// A frozen return.
#[utoipa::path(
    get, path = "/api/v1/returns/{id}", tag = "firearms", params(("id" = String, Path, description = "The record")),
    responses((status = 200, description = "The return", body = ReturnBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn one_return(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
) -> Result<Json<ReturnBody>, Problem> {
    bearer.enter(&state, Action::ViewFirearms)?;
    let view = state
        .app
        .view_return(bearer.caller(), record_id(&id)?)
        .await?;
    Ok(Json(ReturnBody {
        id: view.id,
        body: view.body,
        is_whole: view.is_whole,
    }))
}

/// Records what became of the persons of an incident, by number only, in place of what was known
/// before: on, suspected, arrested, prosecuted, convicted, acquitted.
#[utoipa::path(
    put, path = "/api/v1/incidents/{id}/proceedings", tag = "firearms", params(("id" = String, Path, description = "The record")), request_body = Object,
    responses((status = 204, description = "Done"), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn record_proceedings(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
    Body(body): Body<Proceedings>,
) -> Result<StatusCode, Problem> {
    bearer.enter(&state, Action::KeepFirearms)?;
    let (id, caller) = (record_id(&id)?, bearer.caller());
    state.app.record_proceedings(caller, id, body).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Frozen returns, the newest first.
#[utoipa::path(
    get, path = "/api/v1/returns", tag = "firearms", params(WantedPage),
    responses((status = 200, description = "A page of returns", body = PageOf<ReturnBody>), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn returns(
    State(state): State<WebState>,
    bearer: Bearer,
    Query(wanted): Query<WantedPage>,
) -> Result<Json<PageOf<ReturnBody>>, Problem> {
    bearer.enter(&state, Action::ViewFirearms)?;
    let after = cursor::read(wanted.after.as_deref())?;
    let limit = limit_of(wanted.limit);
    let page = state.app.returns(bearer.caller(), after, limit).await?;
    let items = page.items.into_iter().map(|item| ReturnBody {
        id: item.id,
        body: item.body,
        is_whole: item.is_whole,
    });
    Ok(Json(PageOf {
        items: items.collect(),
        next: page.next.map(cursor::write),
    }))
}

/// Freezes a return.
#[utoipa::path(
    post, path = "/api/v1/returns", tag = "firearms", request_body = NewReturnBody,
    responses((status = 201, description = "Written", body = RecordedBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn freeze_return(
    State(state): State<WebState>,
    bearer: Bearer,
    Body(body): Body<NewReturnBody>,
) -> Result<(StatusCode, Json<RecordedBody>), Problem> {
    bearer.enter(&state, Action::KeepFirearms)?;
    let caller = bearer.caller();
    let id = state
        .app
        .freeze_return(caller, body.kind, &body.period)
        .await?;
    Ok((StatusCode::CREATED, Json(RecordedBody { id })))
}
