//! The label of a weapon, for label printers.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use egnatia_app::Action;
use egnatia_firearms::Label;

use super::caller::{Bearer, record_id};
use super::json::ProblemBody;
use crate::WebState;
use crate::label_drawing::label_svg;
use crate::problem::{Problem, ProblemCode};

/// The label of a weapon: QR code, Data Matrix and the number in letters, 62 by 29 millimetres.
#[utoipa::path(
    get, path = "/api/v1/firearms/{id}/label", tag = "firearms", params(("id" = String, Path, description = "The record")),
    responses((status = 200, description = "The drawing", body = String, content_type = "image/svg+xml"), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn label(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    bearer.enter(&state, Action::ViewFirearms)?;
    let id = record_id(&id)?;
    let view = state.app.view_firearm(bearer.caller(), id).await?;
    let drawing = label_svg(&Label::of(id, &view.firearm.particulars));
    let drawing = drawing.ok_or_else(|| Problem::new(ProblemCode::Internal))?;
    let kind = HeaderValue::from_static("image/svg+xml");
    Ok(([(header::CONTENT_TYPE, kind)], drawing).into_response())
}
