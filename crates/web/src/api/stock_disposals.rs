//! The stockpile: plans of destruction.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use egnatia_app::{Action, DisposalView, NewDisposal};
use egnatia_record::RecordId;
use egnatia_stockpile::{Disposal, LineProgress, MovementId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::caller::{Bearer, record_id};
use super::firearm_bodies::RecordedBody;
use super::json::{Body, ProblemBody};
use super::stock_bodies::WhyBody;
use crate::WebState;
use crate::problem::Problem;

/// A plan of destruction, with how far it is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DisposalBody {
    /// Its record.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// What it says.
    #[schema(value_type = Object)]
    pub disposal: Disposal,
    /// How far each line is, in the order of the plan.
    #[schema(value_type = Vec<Object>)]
    pub progress: Vec<LineProgress>,
}

impl DisposalBody {
    pub fn of(view: DisposalView) -> Self {
        Self {
            id: view.envelope.id,
            disposal: view.disposal,
            progress: view.progress,
        }
    }
}

/// How many of each line are destroyed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CarryOutBody {
    /// Chosen by the client: the same one once more changes nothing.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub movement: Option<RecordId>,
    /// A number for each line of the plan, in its order; zero where nothing of it is destroyed.
    pub quantities: Vec<u64>,
}

/// Plans of destruction, newest first.
#[utoipa::path(
    get, path = "/api/v1/stock/disposals", tag = "stock",
    responses((status = 200, description = "The plans", body = Vec<DisposalBody>), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn disposals(
    State(state): State<WebState>,
    bearer: Bearer,
) -> Result<Json<Vec<DisposalBody>>, Problem> {
    bearer.enter(&state, Action::ViewStock)?;
    let plans = state.app.disposals(bearer.caller(), false).await?;
    Ok(Json(plans.into_iter().map(DisposalBody::of).collect()))
}

/// Plans what is to be destroyed.
#[utoipa::path(
    post, path = "/api/v1/stock/disposals", tag = "stock", request_body = Object,
    responses((status = 201, description = "Planned", body = RecordedBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn plan_disposal(
    State(state): State<WebState>,
    bearer: Bearer,
    Body(body): Body<NewDisposal>,
) -> Result<(StatusCode, Json<RecordedBody>), Problem> {
    bearer.enter(&state, Action::ManageStock)?;
    let id = state.app.plan_disposal(bearer.caller(), body).await?;
    Ok((StatusCode::CREATED, Json(RecordedBody { id })))
}

/// A plan of destruction.
#[utoipa::path(
    get, path = "/api/v1/stock/disposals/{id}", tag = "stock", params(("id" = String, Path, description = "The record")),
    responses((status = 200, description = "The plan", body = DisposalBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn disposal(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
) -> Result<Json<DisposalBody>, Problem> {
    bearer.enter(&state, Action::ViewStock)?;
    let id = record_id(&id)?;
    let view = state.app.view_disposal(bearer.caller(), id).await?;
    Ok(Json(DisposalBody::of(view)))
}

/// Destroys some of a plan: a movement that waits for a second signature.
#[utoipa::path(
    post, path = "/api/v1/stock/disposals/{id}/movements", tag = "stock", params(("id" = String, Path, description = "The record")), request_body = CarryOutBody,
    responses((status = 201, description = "The movement", body = RecordedBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn carry_out(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
    Body(body): Body<CarryOutBody>,
) -> Result<(StatusCode, Json<RecordedBody>), Problem> {
    bearer.enter(&state, Action::MoveStock)?;
    let (id, caller) = (record_id(&id)?, bearer.caller());
    let movement = body.movement.map(MovementId);
    let entered = state
        .app
        .carry_out_disposal(caller, id, movement, &body.quantities)
        .await?;
    Ok((StatusCode::CREATED, Json(RecordedBody { id: entered.0 })))
}

/// Gives a plan up; what was destroyed is.
#[utoipa::path(
    post, path = "/api/v1/stock/disposals/{id}/abandon", tag = "stock", params(("id" = String, Path, description = "The record")), request_body = WhyBody,
    responses((status = 204, description = "Given up"), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn abandon_disposal(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
    Body(body): Body<WhyBody>,
) -> Result<StatusCode, Problem> {
    bearer.enter(&state, Action::ManageStock)?;
    let (id, caller) = (record_id(&id)?, bearer.caller());
    state.app.abandon_disposal(caller, id, body.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}
