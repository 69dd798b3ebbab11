//! Counts of the stockpile, and the cases that they open.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use egnatia_app::{Action, NewScan};
use egnatia_record::RecordId;
use egnatia_stockpile::{AccountId, MovementId};

use super::caller::{Bearer, record_id};
use super::firearm_bodies::{RecordedBody, WantedPage};
use super::json::{Body, PageOf, ProblemBody, Query, limit_of};
use super::stock_bodies::WhyBody;
use super::stock_count_bodies::{
    CaseBody, ExplanationBody, LossBody, LossReportBody, NewTakeBody, RecountBody, ScanBody,
    ScansBody, TakeBody, TakeLine,
};
use crate::problem::Problem;
use crate::{WebState, cursor};

/// Begins a blind count of places of a site.
#[utoipa::path(
    post, path = "/api/v1/stock/counts", tag = "stock", request_body = NewTakeBody,
    responses((status = 201, description = "Begun", body = RecordedBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn begin_count(
    State(state): State<WebState>,
    bearer: Bearer,
    Body(body): Body<NewTakeBody>,
) -> Result<(StatusCode, Json<RecordedBody>), Problem> {
    bearer.enter(&state, Action::CountStock)?;
    let places: BTreeSet<AccountId> = body.places.into_iter().map(AccountId).collect();
    let caller = bearer.caller();
    let id = state
        .app
        .begin_stocktake(caller, body.site, places, body.occasion)
        .await?;
    Ok((StatusCode::CREATED, Json(RecordedBody { id })))
}

/// A count with its scans; what it led to only once it has ended.
#[utoipa::path(
    get, path = "/api/v1/stock/counts/{id}", tag = "stock", params(("id" = String, Path, description = "The count")),
    responses((status = 200, description = "The count", body = TakeBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn count(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
) -> Result<Json<TakeBody>, Problem> {
    bearer.enter(&state, Action::ViewStock)?;
    let id = record_id(&id)?;
    let view = state.app.view_stocktake(bearer.caller(), id).await?;
    Ok(Json(TakeBody::of(view)))
}

/// Takes up to 500 scans. The same scan once more changes nothing; one that nobody knows is kept.
#[utoipa::path(
    post, path = "/api/v1/stock/counts/{id}/scans", tag = "stock", params(("id" = String, Path, description = "The count")), request_body = ScansBody,
    responses((status = 200, description = "What became of each", body = Vec<ScanBody>), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn add_scans(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
    Body(body): Body<ScansBody>,
) -> Result<Json<Vec<ScanBody>>, Problem> {
    bearer.enter(&state, Action::CountStock)?;
    let id = record_id(&id)?;
    let scans = body.scans.into_iter().map(|scan| NewScan {
        id: scan.id,
        place: AccountId(scan.place),
        code: scan.code,
        quantity: scan.quantity,
        at: scan.at,
    });
    let (app, caller) = (&state.app, bearer.caller());
    let taken = app.add_scans(caller, id, scans.collect()).await?;
    Ok(Json(taken.into_iter().map(ScanBody::of).collect()))
}

/// Ends a count: what differs opens a case each.
#[utoipa::path(
    post, path = "/api/v1/stock/counts/{id}/finish", tag = "stock", params(("id" = String, Path, description = "The count")),
    responses((status = 200, description = "The count with what it led to", body = TakeBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn finish_count(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
) -> Result<Json<TakeBody>, Problem> {
    bearer.enter(&state, Action::CountStock)?;
    let (id, app, caller) = (record_id(&id)?, &state.app, bearer.caller());
    app.finish_stocktake(caller, id).await?;
    let view = app.view_stocktake(caller, id).await?;
    Ok(Json(TakeBody::of(view)))
}

/// Gives a count up.
#[utoipa::path(
    post, path = "/api/v1/stock/counts/{id}/abandon", tag = "stock", params(("id" = String, Path, description = "The count")), request_body = WhyBody,
    responses((status = 204, description = "Done"), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn abandon_count(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
    Body(body): Body<WhyBody>,
) -> Result<StatusCode, Problem> {
    bearer.enter(&state, Action::CountStock)?;
    let (id, caller) = (record_id(&id)?, bearer.caller());
    state.app.abandon_stocktake(caller, id, body.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Counts, newest first.
#[utoipa::path(
    get, path = "/api/v1/stock/counts", tag = "stock",
    responses((status = 200, description = "The counts", body = Vec<TakeLine>), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn counts(
    State(state): State<WebState>,
    bearer: Bearer,
) -> Result<Json<Vec<TakeLine>>, Problem> {
    bearer.enter(&state, Action::ViewStock)?;
    let takes = state.app.stocktakes(bearer.caller()).await?;
    let takes = takes.into_iter().map(|(id, count)| TakeLine { id, count });
    Ok(Json(takes.collect()))
}

/// Cases: open ones by their clock, then closed ones, newest first.
#[utoipa::path(
    get, path = "/api/v1/stock/cases", tag = "stock", params(WantedPage),
    responses((status = 200, description = "A page of cases", body = PageOf<CaseBody>), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn cases(
    State(state): State<WebState>,
    bearer: Bearer,
    Query(wanted): Query<WantedPage>,
) -> Result<Json<PageOf<CaseBody>>, Problem> {
    bearer.enter(&state, Action::ViewStock)?;
    let after = cursor::read_due(wanted.after.as_deref())?;
    let limit = limit_of(wanted.limit);
    let page = state.app.stock_cases(bearer.caller(), after, limit).await?;
    Ok(Json(PageOf {
        items: page.items.into_iter().map(CaseBody::of).collect(),
        next: page.next.map(cursor::write_due),
    }))
}

/// A case.
#[utoipa::path(
    get, path = "/api/v1/stock/cases/{id}", tag = "stock", params(("id" = String, Path, description = "The record")),
    responses((status = 200, description = "The case", body = CaseBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn case(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
) -> Result<Json<CaseBody>, Problem> {
    bearer.enter(&state, Action::ViewStock)?;
    view_case(&state, &bearer, record_id(&id)?).await
}

async fn view_case(
    state: &WebState,
    bearer: &Bearer,
    id: RecordId,
) -> Result<Json<CaseBody>, Problem> {
    let case = state.app.stock_case(bearer.caller(), id).await?;
    Ok(Json(CaseBody::of(case)))
}

/// Counts again what a case is about, by another person.
#[utoipa::path(
    post, path = "/api/v1/stock/cases/{id}/recount", tag = "stock", params(("id" = String, Path, description = "The record")), request_body = RecountBody,
    responses((status = 200, description = "The case as it stands then", body = CaseBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn recount(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
    Body(body): Body<RecountBody>,
) -> Result<Json<CaseBody>, Problem> {
    bearer.enter(&state, Action::CountStock)?;
    let (id, caller) = (record_id(&id)?, bearer.caller());
    state
        .app
        .recount_stock_case(caller, id, body.counted)
        .await?;
    view_case(&state, &bearer, id).await
}

/// Says which posted movement explains a case.
#[utoipa::path(
    post, path = "/api/v1/stock/cases/{id}/explanation", tag = "stock", params(("id" = String, Path, description = "The record")), request_body = ExplanationBody,
    responses((status = 200, description = "The case as it stands then", body = CaseBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn explain(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
    Body(body): Body<ExplanationBody>,
) -> Result<Json<CaseBody>, Problem> {
    bearer.enter(&state, Action::DecideStockCase)?;
    let (id, caller) = (record_id(&id)?, bearer.caller());
    let movement = MovementId(body.movement);
    state
        .app
        .explain_stock_case(caller, id, movement, body.reason)
        .await?;
    view_case(&state, &bearer, id).await
}

/// Reports what a case is about lost or stolen: the alert on a single weapon is part of the same
/// transaction.
#[utoipa::path(
    post, path = "/api/v1/stock/cases/{id}/loss", tag = "stock", params(("id" = String, Path, description = "The record")), request_body = LossBody,
    responses((status = 201, description = "Reported", body = LossReportBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn lose(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
    Body(body): Body<LossBody>,
) -> Result<(StatusCode, Json<LossReportBody>), Problem> {
    bearer.enter(&state, Action::DecideStockCase)?;
    let (id, caller) = (record_id(&id)?, bearer.caller());
    let report = state
        .app
        .lose_stock(caller, id, body.kind, body.reason)
        .await?;
    let body = LossReportBody {
        movement: report.movement.0,
        alert: report.sought.alert,
        firearm: report.sought.firearm,
        register_refused: report.sought.register_refused,
    };
    Ok((StatusCode::CREATED, Json(body)))
}
