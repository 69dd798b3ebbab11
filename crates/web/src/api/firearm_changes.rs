//! What a weapon is, corrected; and what two officers signed, corrected by two.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use egnatia_alerts::Reason;
use egnatia_app::{Action, Described, NewCorrection};
use egnatia_firearms::{Event, Particulars, Proposal};
use egnatia_record::RecordId;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::caller::{Bearer, record_id};
use super::json::{Body, ProblemBody};
use crate::WebState;
use crate::problem::Problem;

/// What a weapon is in truth.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DescribedBody {
    /// What it is.
    #[schema(value_type = Object)]
    pub particulars: Particulars,
    /// Why it was recorded otherwise.
    #[schema(value_type = String)]
    pub why: Reason,
    /// What was looked at, and is another weapon.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    pub different_from: BTreeSet<RecordId>,
}

/// A correction of what two officers signed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CorrectionBody {
    /// The event, from 1.
    pub of: u32,
    /// What happened in truth; without it, nothing did.
    #[schema(value_type = Option<Object>)]
    pub instead: Option<Event>,
    /// When it happened in truth.
    #[schema(value_type = String, format = Date)]
    pub on: Date,
    /// Why it was recorded wrongly.
    pub reason: String,
}

/// Corrects what a weapon is. What agrees with it and was not looked at refuses it as `duplicate`.
#[utoipa::path(
    put, path = "/api/v1/firearms/{id}", tag = "firearms", params(("id" = String, Path, description = "The record")), request_body = DescribedBody,
    responses((status = 204, description = "Done"), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn describe(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
    Body(body): Body<DescribedBody>,
) -> Result<StatusCode, Problem> {
    bearer.enter(&state, Action::KeepFirearms)?;
    let (id, caller) = (record_id(&id)?, bearer.caller());
    let described = Described {
        particulars: body.particulars,
        why: body.why,
        different_from: body.different_from,
    };
    state.app.describe_firearm(caller, id, described).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Proposes to correct an event that two officers signed.
#[utoipa::path(
    post, path = "/api/v1/firearms/{id}/correction", tag = "firearms", params(("id" = String, Path, description = "The record")), request_body = CorrectionBody,
    responses((status = 204, description = "Done"), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn propose_correction(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
    Body(body): Body<CorrectionBody>,
) -> Result<StatusCode, Problem> {
    bearer.enter(&state, Action::KeepFirearms)?;
    let (id, caller) = (record_id(&id)?, bearer.caller());
    let correction = NewCorrection {
        of: body.of,
        instead: body.instead,
        on: body.on,
        reason: body.reason,
    };
    state.app.propose_correction(caller, id, correction).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Signs a correction that another officer has proposed.
#[utoipa::path(
    post, path = "/api/v1/firearms/{id}/correction/signature", tag = "firearms", params(("id" = String, Path, description = "The record")),
    responses((status = 204, description = "Done"), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn sign_correction(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    bearer.enter(&state, Action::KeepFirearms)?;
    let (id, caller) = (record_id(&id)?, bearer.caller());
    state.app.sign_correction(caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Withdraws the proposal to correct what two officers signed.
#[utoipa::path(
    delete, path = "/api/v1/firearms/{id}/correction", tag = "firearms", params(("id" = String, Path, description = "The record")),
    responses((status = 204, description = "Done"), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn withdraw_correction(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    bearer.enter(&state, Action::KeepFirearms)?;
    let (id, caller) = (record_id(&id)?, bearer.caller());
    state.app.withdraw_proposal(caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A weapon for which one officer has proposed what another one signs.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WaitingBody {
    /// The record.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// The name under which it is shown.
    pub name: String,
    /// What is proposed, by whom, when.
    #[schema(value_type = Object)]
    pub proposed: Option<Proposal>,
}

/// Weapons that wait for a second officer, the last first, up to 100.
#[utoipa::path(
    get, path = "/api/v1/firearms/waiting", tag = "firearms",
    responses((status = 200, description = "The weapons", body = Vec<WaitingBody>), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn waiting(
    State(state): State<WebState>,
    bearer: Bearer,
) -> Result<Json<Vec<WaitingBody>>, Problem> {
    bearer.enter(&state, Action::ViewFirearms)?;
    let waiting = state.app.firearms_waiting(bearer.caller()).await?;
    let waiting = waiting.into_iter().map(|(id, firearm)| WaitingBody {
        id,
        name: firearm.particulars.display_name(),
        proposed: firearm.proposed,
    });
    Ok(Json(waiting.collect()))
}
