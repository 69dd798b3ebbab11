//! The stockpile: sites, goods, movements, counts, cases.
//!
//! Sites, goods, movements and counts stand in requests and answers as they stand in records.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use egnatia_app::{Action, NewMovement, NewScan, NewSite};
use egnatia_record::RecordId;
use egnatia_stockpile::{AccountId, Goods, GoodsId, MovementId};

use super::caller::{Bearer, record_id};
use super::firearm_bodies::{RecordedBody, WantedPage};
use super::json::{Body, PageOf, ProblemBody, Query, limit_of};
use super::stock_bodies::{
    CaseBody, ExplanationBody, FoundGoods, GoodsBody, LossBody, LossReportBody, MovementBody,
    NewHolderBody, NewMovementBody, NewTakeBody, OverviewBody, PostingBody, RecountBody, ScanBody,
    ScansBody, SecondSignatureBody, SiteBody, StockAccountBody, StoreBody, TakeBody, TakeLine,
    WantedGoods, WantedPostings, WhyBody,
};
use crate::problem::Problem;
use crate::{WebState, cursor};

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
        alert: report.alert,
    };
    Ok((StatusCode::CREATED, Json(body)))
}
