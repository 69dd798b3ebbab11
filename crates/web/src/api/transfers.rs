//! Transfers by an own assessment or by a derogation, each with its justification.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use egnatia_app::{Action, NewTransfer, TransferView};
use egnatia_record::{
    AuthorityId, Derogation, InvalidTransfer, RecordId, Told, Transfer, TransferGround,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::alert_bodies::DeliveryBody;
use super::caller::{Bearer, record_id};
use super::json::{Body, PageOf, Paging, ProblemBody, Query, limit_of};
use crate::problem::Problem;
use crate::{WebState, cursor};

/// Why an alert goes to somebody by an own assessment of the safeguards or by a derogation.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct JustificationBody {
    /// An accepted partner.
    #[schema(value_type = String)]
    to: AuthorityId,
    /// For a derogation: `vital-interests`, `legitimate-interests`, `immediate-threat`,
    /// `individual-case` or `legal-claim`.
    #[schema(value_type = Option<String>, example = "immediate-threat")]
    derogation: Option<Derogation>,
    /// For an own assessment: what the supervisory authority was told.
    told: Option<ToldOfTransfersBody>,
    /// 3 to 2,000 characters that say why it is necessary in this case, or which safeguards there are.
    justification: String,
    /// For `individual-case` and `legal-claim`: why the person's rights do not override it.
    rights: Option<String>,
}

/// What the supervisory authority was told of transfers that rest on an own assessment.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ToldOfTransfersBody {
    /// The category of transfers, 3 to 400 characters.
    category: String,
    /// On which day, not later than today.
    #[schema(value_type = String, format = Date)]
    on: Date,
}

/// A transfer is justified.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct JustifiedBody {
    /// The record of the transfer.
    #[schema(value_type = String)]
    transfer: RecordId,
}

/// A transfer with what left under it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TransferBody {
    /// The record of the transfer.
    #[schema(value_type = String)]
    id: RecordId,
    /// Date, recipient, ground, justification, and the data by their record and version.
    #[schema(value_type = Object)]
    transfer: Transfer,
    /// What was queued for the recipient about that record, oldest first.
    deliveries: Vec<DeliveryBody>,
}

/// Justifies that an alert goes to somebody by an own assessment of the safeguards or by a
/// derogation. It leaves at once.
#[utoipa::path(
    post, path = "/api/v1/alerts/{id}/justify", tag = "alerts", request_body = JustificationBody,
    params(("id" = String, Path, description = "The record of the alert")),
    responses((status = 201, description = "Justified", body = JustifiedBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn justify(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
    Body(body): Body<JustificationBody>,
) -> Result<(StatusCode, Json<JustifiedBody>), Problem> {
    bearer.enter(&state, Action::EnterAlert)?;
    let id = record_id(&id)?;
    let ground = match (body.derogation, body.told) {
        (Some(derogation), None) => TransferGround::Derogation(derogation),
        (None, Some(told)) => TransferGround::Assessment(Told {
            category: told.category,
            on: told.on,
        }),
        _ => {
            let text = InvalidTransfer::Ground.to_string();
            return Err(Problem::field("derogation", "missing", text));
        }
    };
    let new = NewTransfer {
        to: body.to,
        ground,
        justification: body.justification,
        rights: body.rights,
    };
    let app = &state.app;
    let transfer = app.justify_transfer(bearer.caller(), id, new).await?;
    Ok((StatusCode::CREATED, Json(JustifiedBody { transfer })))
}

/// Transfers that somebody has justified, newest first.
#[utoipa::path(
    get, path = "/api/v1/transfers", tag = "alerts", params(Paging),
    responses((status = 200, description = "A page of transfers", body = PageOf<TransferBody>), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn list(
    State(state): State<WebState>,
    bearer: Bearer,
    Query(paging): Query<Paging>,
) -> Result<Json<PageOf<TransferBody>>, Problem> {
    bearer.enter(&state, Action::ListAlerts)?;
    let after = cursor::read(paging.after.as_deref())?;
    let limit = limit_of(paging.limit);
    let page = state.app.transfers(bearer.caller(), after, limit).await?;
    Ok(Json(PageOf {
        items: page.items.into_iter().map(TransferBody::of).collect(),
        next: page.next.map(cursor::write),
    }))
}

impl TransferBody {
    fn of(view: TransferView) -> Self {
        Self {
            id: view.id,
            transfer: view.transfer,
            deliveries: view.deliveries.into_iter().map(DeliveryBody::of).collect(),
        }
    }
}
