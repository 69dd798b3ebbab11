//! The stockpile: sites, goods, movements.
//!
//! They stand in requests and answers as they stand in records.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use egnatia_app::{Action, NewMovement, NewSite};
use egnatia_stockpile::{AccountId, Goods, GoodsId, MovementId};

use super::caller::{Bearer, record_id};
use super::firearm_bodies::RecordedBody;
use super::json::{Body, PageOf, ProblemBody, Query, limit_of};
use super::stock_bodies::{
    FoundGoods, GoodsBody, MovementBody, NewHolderBody, NewMovementBody, PostingBody,
    SecondSignatureBody, SiteBody, StockAccountBody, StoreBody, WantedGoods, WantedPostings,
    WhyBody,
};
use super::stock_count_bodies::OverviewBody;
use crate::WebState;
use crate::problem::Problem;

/// What needs a person today.
#[utoipa::path(
    get, path = "/api/v1/stock/overview", tag = "stock",
    responses((status = 200, description = "Signatures, cases, counts, expiries, margins", body = OverviewBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn overview(
    State(state): State<WebState>,
    bearer: Bearer,
) -> Result<Json<OverviewBody>, Problem> {
    bearer.enter(&state, Action::ViewStock)?;
    let overview = state.app.stock_overview(bearer.caller()).await?;
    Ok(Json(OverviewBody::of(overview)))
}

/// All accounts: places, holders, and those that every node has.
#[utoipa::path(
    get, path = "/api/v1/stock/accounts", tag = "stock",
    responses((status = 200, description = "The accounts", body = Vec<StockAccountBody>), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn accounts(
    State(state): State<WebState>,
    bearer: Bearer,
) -> Result<Json<Vec<StockAccountBody>>, Problem> {
    bearer.enter(&state, Action::ViewStock)?;
    let names = state.app.stock_names(bearer.caller()).await?;
    let accounts = names
        .into_iter()
        .map(|(id, (kind, name))| StockAccountBody {
            id: id.0,
            kind: kind.as_str(),
            store: kind.store().map(|store| store.0),
            name,
        });
    Ok(Json(accounts.collect()))
}

/// The ledger of an account, newest first.
#[utoipa::path(
    get, path = "/api/v1/stock/accounts/{id}/postings", tag = "stock", params(("id" = String, Path, description = "The account"), WantedPostings),
    responses((status = 200, description = "A page of postings", body = PageOf<PostingBody>), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn ledger(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
    Query(wanted): Query<WantedPostings>,
) -> Result<Json<PageOf<PostingBody>>, Problem> {
    bearer.enter(&state, Action::ViewStock)?;
    let (id, limit) = (AccountId(record_id(&id)?), limit_of(wanted.limit));
    let caller = bearer.caller();
    let view = state
        .app
        .stock_ledger(caller, id, wanted.before, limit)
        .await?;
    Ok(Json(PostingBody::page(view.postings)))
}

/// Adds a unit or a person to whom stock can be issued.
#[utoipa::path(
    post, path = "/api/v1/stock/holders", tag = "stock", request_body = NewHolderBody,
    responses((status = 201, description = "Written; the id is that of the account", body = RecordedBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn add_holder(
    State(state): State<WebState>,
    bearer: Bearer,
    Body(body): Body<NewHolderBody>,
) -> Result<(StatusCode, Json<RecordedBody>), Problem> {
    bearer.enter(&state, Action::MoveStock)?;
    let id = state.app.add_holder(bearer.caller(), &body.name).await?;
    Ok((StatusCode::CREATED, Json(RecordedBody { id: id.0 })))
}

/// Sites with their stores, bays and racks.
#[utoipa::path(
    get, path = "/api/v1/stock/sites", tag = "stock",
    responses((status = 200, description = "The sites", body = Vec<SiteBody>), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn sites(
    State(state): State<WebState>,
    bearer: Bearer,
) -> Result<Json<Vec<SiteBody>>, Problem> {
    bearer.enter(&state, Action::ViewStock)?;
    let sites = state.app.stock_sites(bearer.caller()).await?;
    let sites = sites.into_iter().map(|view| SiteBody {
        envelope: view.envelope,
        site: view.site,
    });
    Ok(Json(sites.collect()))
}

/// Sets up a site, with the licences of its stores.
#[utoipa::path(
    post, path = "/api/v1/stock/sites", tag = "stock", request_body = Object,
    responses((status = 201, description = "Written", body = RecordedBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn set_up_site(
    State(state): State<WebState>,
    bearer: Bearer,
    Body(body): Body<NewSite>,
) -> Result<(StatusCode, Json<RecordedBody>), Problem> {
    bearer.enter(&state, Action::ManageStock)?;
    let id = state.app.set_up_site(bearer.caller(), &body).await?;
    Ok((StatusCode::CREATED, Json(RecordedBody { id })))
}

/// What lies in a store, and how much room its licence leaves.
#[utoipa::path(
    get, path = "/api/v1/stock/stores/{id}", tag = "stock", params(("id" = String, Path, description = "The account of the store")),
    responses((status = 200, description = "The store", body = StoreBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn store(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
) -> Result<Json<StoreBody>, Problem> {
    bearer.enter(&state, Action::ViewStock)?;
    let id = AccountId(record_id(&id)?);
    let view = state.app.stock_store(bearer.caller(), id).await?;
    Ok(Json(StoreBody::of(view)))
}

/// What has this number, or this id on its label.
#[utoipa::path(
    get, path = "/api/v1/stock/goods", tag = "stock", params(WantedGoods),
    responses((status = 200, description = "What was found", body = Vec<FoundGoods>), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn find_goods(
    State(state): State<WebState>,
    bearer: Bearer,
    Query(wanted): Query<WantedGoods>,
) -> Result<Json<Vec<FoundGoods>>, Problem> {
    bearer.enter(&state, Action::ViewStock)?;
    let found = state.app.find_goods(bearer.caller(), &wanted.code).await?;
    let found = found
        .into_iter()
        .map(|(id, goods)| FoundGoods { id: id.0, goods });
    Ok(Json(found.collect()))
}

/// Registers one weapon or one lot.
#[utoipa::path(
    post, path = "/api/v1/stock/goods", tag = "stock", request_body = Object,
    responses((status = 201, description = "Written", body = RecordedBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn register_goods(
    State(state): State<WebState>,
    bearer: Bearer,
    Body(body): Body<Goods>,
) -> Result<(StatusCode, Json<RecordedBody>), Problem> {
    bearer.enter(&state, Action::MoveStock)?;
    let id = state.app.register_goods(bearer.caller(), body).await?;
    Ok((StatusCode::CREATED, Json(RecordedBody { id: id.0 })))
}

/// One weapon or lot: where it is and was.
#[utoipa::path(
    get, path = "/api/v1/stock/goods/{id}", tag = "stock", params(("id" = String, Path, description = "The record"), WantedPostings),
    responses((status = 200, description = "The weapon or lot", body = GoodsBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn goods(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
    Query(wanted): Query<WantedPostings>,
) -> Result<Json<GoodsBody>, Problem> {
    bearer.enter(&state, Action::ViewStock)?;
    let (id, limit) = (GoodsId(record_id(&id)?), limit_of(wanted.limit));
    let caller = bearer.caller();
    let view = state
        .app
        .stock_goods(caller, id, wanted.before, limit)
        .await?;
    Ok(Json(GoodsBody::of(view)))
}

/// Corrects condition and dates.
#[utoipa::path(
    put, path = "/api/v1/stock/goods/{id}", tag = "stock", params(("id" = String, Path, description = "The record")), request_body = Object,
    responses((status = 204, description = "Done"), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn change_goods(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
    Body(body): Body<Goods>,
) -> Result<StatusCode, Problem> {
    bearer.enter(&state, Action::MoveStock)?;
    let id = GoodsId(record_id(&id)?);
    state.app.change_goods(bearer.caller(), id, body).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Movements that wait for a signature, what is due first first.
#[utoipa::path(
    get, path = "/api/v1/stock/movements", tag = "stock",
    responses((status = 200, description = "The movements", body = Vec<MovementBody>), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn waiting(
    State(state): State<WebState>,
    bearer: Bearer,
) -> Result<Json<Vec<MovementBody>>, Problem> {
    bearer.enter(&state, Action::ViewStock)?;
    let waiting = state.app.waiting_movements(bearer.caller()).await?;
    Ok(Json(waiting.into_iter().map(MovementBody::of).collect()))
}

/// Enters a movement: it is posted, or waits for its signature. The same id with the same content
/// once more changes nothing.
#[utoipa::path(
    post, path = "/api/v1/stock/movements", tag = "stock", request_body = NewMovementBody,
    responses((status = 201, description = "Entered", body = MovementBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn enter_movement(
    State(state): State<WebState>,
    bearer: Bearer,
    Body(body): Body<NewMovementBody>,
) -> Result<(StatusCode, Json<MovementBody>), Problem> {
    bearer.enter(&state, Action::MoveStock)?;
    let new = NewMovement {
        id: body.id.map(MovementId),
        lines: body.lines,
        effective_at: body.effective_at,
        reference: body.reference,
        remark: body.remark,
    };
    let view = state.app.enter_movement(bearer.caller(), new).await?;
    Ok((StatusCode::CREATED, Json(MovementBody::of(view))))
}

/// A movement.
#[utoipa::path(
    get, path = "/api/v1/stock/movements/{id}", tag = "stock", params(("id" = String, Path, description = "The movement")),
    responses((status = 200, description = "The movement", body = MovementBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn movement(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
) -> Result<Json<MovementBody>, Problem> {
    bearer.enter(&state, Action::ViewStock)?;
    let id = MovementId(record_id(&id)?);
    let view = state.app.view_movement(bearer.caller(), id).await?;
    Ok(Json(MovementBody::of(view)))
}

/// Signs a movement as a second person, or as its receiver with what was counted, line by line.
#[utoipa::path(
    post, path = "/api/v1/stock/movements/{id}/signature", tag = "stock", params(("id" = String, Path, description = "The movement")), request_body = SecondSignatureBody,
    responses((status = 200, description = "Posted", body = MovementBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn sign_movement(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
    Body(body): Body<SecondSignatureBody>,
) -> Result<Json<MovementBody>, Problem> {
    bearer.enter(&state, Action::SignStock)?;
    let (id, caller) = (MovementId(record_id(&id)?), bearer.caller());
    let view = state.app.sign_movement(caller, id, body.counted).await?;
    Ok(Json(MovementBody::of(view)))
}

/// Gives up a movement that waits.
#[utoipa::path(
    post, path = "/api/v1/stock/movements/{id}/void", tag = "stock", params(("id" = String, Path, description = "The movement")), request_body = WhyBody,
    responses((status = 200, description = "Given up", body = MovementBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn void_movement(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
    Body(body): Body<WhyBody>,
) -> Result<Json<MovementBody>, Problem> {
    bearer.enter(&state, Action::SignStock)?;
    let (id, caller) = (MovementId(record_id(&id)?), bearer.caller());
    let view = state.app.void_movement(caller, id, body.reason).await?;
    Ok(Json(MovementBody::of(view)))
}

/// Takes back a posted movement as a whole, by another one that two persons sign.
#[utoipa::path(
    post, path = "/api/v1/stock/movements/{id}/reversal", tag = "stock", params(("id" = String, Path, description = "The movement")), request_body = WhyBody,
    responses((status = 201, description = "Entered", body = MovementBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn reverse_movement(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
    Body(body): Body<WhyBody>,
) -> Result<(StatusCode, Json<MovementBody>), Problem> {
    bearer.enter(&state, Action::MoveStock)?;
    let (id, caller) = (MovementId(record_id(&id)?), bearer.caller());
    let view = state
        .app
        .reverse_movement(caller, id, None, body.reason)
        .await?;
    Ok((StatusCode::CREATED, Json(MovementBody::of(view))))
}
