//! Photographs of weapons, over the API.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use egnatia_app::{Action, PhotographForm};
use serde::Deserialize;

use super::caller::{Bearer, record_id};
use super::firearm_bodies::RecordedBody;
use super::json::{ProblemBody, Query};
use crate::WebState;
use crate::problem::Problem;

/// What a photograph shows.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Shown {
    /// What it shows, for whoever does not see it.
    pub shows: String,
}

/// In which form a photograph is wanted.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WantedPhotograph {
    /// At most 320 pixels a side.
    #[serde(default)]
    pub small: bool,
}

/// Adds a photograph to a weapon: the body is the file, JPEG, PNG or WebP. What a camera wrote into
/// it is not kept.
#[utoipa::path(
    post, path = "/api/v1/firearms/{id}/photographs", tag = "firearms", params(("id" = String, Path, description = "The record"), Shown), request_body(content = Vec<u8>, content_type = "image/jpeg"),
    responses((status = 201, description = "Kept; the record is the photograph", body = RecordedBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn add(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
    Query(shown): Query<Shown>,
    bytes: Bytes,
) -> Result<(StatusCode, Json<RecordedBody>), Problem> {
    bearer.enter(&state, Action::KeepFirearms)?;
    let (id, file) = (record_id(&id)?, (bytes.to_vec(), shown.shows));
    let id = state.app.add_photograph(bearer.caller(), id, file).await?;
    Ok((StatusCode::CREATED, Json(RecordedBody { id })))
}

/// A photograph of a weapon, JPEG.
#[utoipa::path(
    get, path = "/api/v1/firearms/{id}/photographs/{photograph}", tag = "firearms", params(("id" = String, Path, description = "The record"), ("photograph" = String, Path, description = "The photograph"), WantedPhotograph),
    responses((status = 200, description = "The picture", body = Vec<u8>, content_type = "image/jpeg"), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn view(
    State(state): State<WebState>,
    bearer: Bearer,
    Path((id, photograph)): Path<(String, String)>,
    Query(wanted): Query<WantedPhotograph>,
) -> Result<Response, Problem> {
    bearer.enter(&state, Action::ViewFirearms)?;
    let form = match wanted.small {
        true => PhotographForm::Small,
        false => PhotographForm::Whole,
    };
    let of = (record_id(&id)?, record_id(&photograph)?);
    let bytes = state.app.view_photograph(bearer.caller(), of, form).await?;
    let kind = HeaderValue::from_static("image/jpeg");
    Ok(([(header::CONTENT_TYPE, kind)], bytes).into_response())
}

/// Takes a photograph of a weapon away: the picture is erased.
#[utoipa::path(
    delete, path = "/api/v1/firearms/{id}/photographs/{photograph}", tag = "firearms", params(("id" = String, Path, description = "The record"), ("photograph" = String, Path, description = "The photograph")),
    responses((status = 204, description = "Gone"), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn remove(
    State(state): State<WebState>,
    bearer: Bearer,
    Path((id, photograph)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    bearer.enter(&state, Action::KeepFirearms)?;
    let of = (record_id(&id)?, record_id(&photograph)?);
    state.app.remove_photograph(bearer.caller(), of).await?;
    Ok(StatusCode::NO_CONTENT)
}
