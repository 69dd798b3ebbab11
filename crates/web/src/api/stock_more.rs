//! The stockpile: ledgers that are taken over, returns, plans of sites.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use egnatia_app::Action;
use egnatia_stockpile::SitePlan;

use super::caller::{Bearer, record_id};
use super::json::{Body, ProblemBody, Query};
use super::stock_bodies::{
    ClosingBody, LedgerBody, LedgerReportBody, StockReturnLine, WantedReturn,
};
use crate::WebState;
use crate::problem::{Problem, ProblemCode};

/// Takes over a ledger: registers the goods, and enters the opening balances. All of it or nothing.
#[utoipa::path(
    post, path = "/api/v1/stock/ledgers", tag = "stock", request_body = LedgerBody,
    responses((status = 200, description = "What it did, or what is wrong row by row", body = LedgerReportBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn take_over(
    State(state): State<WebState>,
    bearer: Bearer,
    Body(body): Body<LedgerBody>,
) -> Result<Json<LedgerReportBody>, Problem> {
    bearer.enter(&state, Action::ManageStock)?;
    let rows = body.rows.into_iter();
    let rows: Vec<_> = rows
        .map(|row| (row.place, row.goods, row.quantity))
        .collect();
    let ledger = (body.site, body.reference.as_str());
    let app = &state.app;
    let report = app
        .import_stock(bearer.caller(), ledger, &rows, body.dry_run)
        .await?;
    Ok(Json(LedgerReportBody::of(report)))
}

/// The return of the stockpile on a period, as it would be today.
#[utoipa::path(
    get, path = "/api/v1/stock/returns", tag = "stock", params(WantedReturn),
    responses((status = 200, description = "Its lines", body = Vec<StockReturnLine>), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn returns(
    State(state): State<WebState>,
    bearer: Bearer,
    Query(wanted): Query<WantedReturn>,
) -> Result<Json<Vec<StockReturnLine>>, Problem> {
    bearer.enter(&state, Action::ViewStock)?;
    let day_of = |at| state.day_of(at);
    let app = &state.app;
    let counted = app
        .count_stock_return(bearer.caller(), &wanted.period, day_of)
        .await?;
    let lines = counted.rows.into_iter().map(|row| StockReturnLine {
        group: row.group.as_str(),
        what: row.what,
        count: row.count,
    });
    Ok(Json(lines.collect()))
}

/// The plan of a site: an authorisation of its own.
#[utoipa::path(
    get, path = "/api/v1/stock/sites/{id}/plan", tag = "stock", params(("id" = String, Path, description = "The site")),
    responses((status = 200, description = "Stores and what is around them, in metres", body = Object), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn plan(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
) -> Result<Json<SitePlan>, Problem> {
    bearer.enter(&state, Action::ViewSitePlan)?;
    let id = record_id(&id)?;
    let plan = state.app.site_plan(bearer.caller(), id).await?;
    Ok(Json(plan.ok_or(Problem::new(ProblemCode::NotFound))?))
}

/// Keeps the plan of a site; it replaces the one before.
#[utoipa::path(
    put, path = "/api/v1/stock/sites/{id}/plan", tag = "stock", params(("id" = String, Path, description = "The site")), request_body = Object,
    responses((status = 204, description = "Kept"), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn keep_plan(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
    Body(plan): Body<SitePlan>,
) -> Result<StatusCode, Problem> {
    bearer.enter(&state, Action::ViewSitePlan)?;
    if plan.site != record_id(&id)? {
        return Err(Problem::new(ProblemCode::BadRequest));
    }
    state.app.keep_site_plan(bearer.caller(), plan).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Closes all periods up to and including a moment: nothing that counts from then or before changes
/// any more.
#[utoipa::path(
    post, path = "/api/v1/stock/closings", tag = "stock", request_body = ClosingBody,
    responses((status = 204, description = "Closed"), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn close(
    State(state): State<WebState>,
    bearer: Bearer,
    Body(body): Body<ClosingBody>,
) -> Result<StatusCode, Problem> {
    bearer.enter(&state, Action::ManageStock)?;
    let app = &state.app;
    app.close_stock_period(bearer.caller(), body.until).await?;
    Ok(StatusCode::NO_CONTENT)
}
