//! The stockpile: plans of counts, hand-overs of command, climates, surveillance.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use egnatia_app::{Action, CommandView, CountDue, NewCommand, NewCountRule};
use egnatia_record::{RecordId, UserId};
use egnatia_stockpile::{
    AccountId, Climate, ClimateLimits, CommandHandOver, Condition, CountRule, CountWhy, GoodsId,
    Reading, Remark,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::caller::{Bearer, record_id};
use super::firearm_bodies::RecordedBody;
use super::json::{Body, ProblemBody};
use super::stock_bodies::WhyBody;
use crate::WebState;
use crate::problem::Problem;

/// A store with the day of its next count.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CountDueBody {
    /// The store.
    #[schema(value_type = String)]
    pub store: RecordId,
    /// When it was last counted as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub last_on: Option<Date>,
    /// By when it is to be counted.
    #[schema(value_type = String, format = Date)]
    pub due_on: Date,
    /// Whether that day has passed.
    pub is_late: bool,
    /// `interval`, or the record of the `rule` or `command` that asks for it.
    #[schema(value_type = Object)]
    pub why: CountWhy,
}

impl CountDueBody {
    pub fn of(due: &CountDue) -> Self {
        Self {
            store: due.store.0,
            last_on: due.last_on,
            due_on: due.due_on,
            is_late: due.is_late,
            why: due.why,
        }
    }
}

/// A rule by which stores are counted more often.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CountRuleBody {
    /// Its record.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// What it says.
    #[schema(value_type = Object)]
    pub rule: CountRule,
}

/// A hand-over of command.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CommandBody {
    /// Its record.
    #[schema(value_type = String)]
    pub id: RecordId,
    /// What it says.
    #[schema(value_type = Object)]
    pub command: CommandHandOver,
    /// Places that are not counted for it.
    #[schema(value_type = Vec<String>)]
    pub open: Vec<AccountId>,
    /// Who has to sign still.
    #[schema(value_type = Vec<String>)]
    pub waits_for: Vec<UserId>,
    /// How many cases are open at the site.
    pub cases_open: u64,
}

impl CommandBody {
    pub fn of(view: CommandView) -> Self {
        Self {
            id: view.envelope.id,
            command: view.command,
            open: view.covered.open.into_iter().collect(),
            waits_for: view.waits_for,
            cases_open: view.cases_open,
        }
    }
}

/// The climate of a store.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ClimateBody {
    /// Limits, the newest reading, what is out of them; absent where nobody has set limits.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub climate: Option<Climate>,
    /// The newest readings, newest first: °C, relative humidity in %.
    #[schema(value_type = Vec<Object>)]
    pub readings: Vec<Reading>,
}

/// Readings that are entered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewReadingsBody {
    /// `{"at": …, "temperature": "21.5", "humidity": "55"}`; one of the two may be left out.
    #[schema(value_type = Vec<Object>)]
    pub readings: Vec<Reading>,
}

/// How many readings are out of the limits.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ReadingsOutBody {
    /// Of those that were entered.
    pub out: u64,
}

/// That somebody looked at goods.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct InspectionBody {
    /// When.
    #[schema(value_type = String, format = Date)]
    pub on: Date,
    /// In what state they are.
    #[schema(value_type = String)]
    pub condition: Condition,
    /// What was found.
    #[schema(value_type = String)]
    pub found: Remark,
}

/// That something is missing.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StockMissingBody {
    /// Where the books have it: a place, or a holder.
    #[schema(value_type = String)]
    pub place: AccountId,
    /// How many are missing.
    #[schema(value_type = u64)]
    pub missing: std::num::NonZeroU64,
    /// What was seen.
    #[schema(value_type = String)]
    pub said: Remark,
}

/// By when each store is to be counted, and why; what is due first first.
#[utoipa::path(
    get, path = "/api/v1/stock/count-plan", tag = "stock",
    responses((status = 200, description = "The stores", body = Vec<CountDueBody>), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn count_plan(
    State(state): State<WebState>,
    bearer: Bearer,
) -> Result<Json<Vec<CountDueBody>>, Problem> {
    bearer.enter(&state, Action::ViewStock)?;
    let plan = state.app.count_plan(bearer.caller()).await?;
    Ok(Json(plan.iter().map(CountDueBody::of).collect()))
}

/// Rules by which stores are counted more often.
#[utoipa::path(
    get, path = "/api/v1/stock/count-rules", tag = "stock",
    responses((status = 200, description = "The rules, those that hold first", body = Vec<CountRuleBody>), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn rules(
    State(state): State<WebState>,
    bearer: Bearer,
) -> Result<Json<Vec<CountRuleBody>>, Problem> {
    bearer.enter(&state, Action::ViewStock)?;
    let rules = state.app.count_rules(bearer.caller()).await?.into_iter();
    let rules = rules.map(|(id, rule)| CountRuleBody { id, rule });
    Ok(Json(rules.collect()))
}

/// Sets a rule about goods and stores by which counts come sooner.
#[utoipa::path(
    post, path = "/api/v1/stock/count-rules", tag = "stock", request_body = Object,
    responses((status = 201, description = "Set", body = RecordedBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn set_rule(
    State(state): State<WebState>,
    bearer: Bearer,
    Body(body): Body<NewCountRule>,
) -> Result<(StatusCode, Json<RecordedBody>), Problem> {
    bearer.enter(&state, Action::ManageStock)?;
    let id = state.app.set_count_rule(bearer.caller(), body).await?;
    Ok((StatusCode::CREATED, Json(RecordedBody { id })))
}

/// Ends a rule.
#[utoipa::path(
    post, path = "/api/v1/stock/count-rules/{id}/end", tag = "stock", params(("id" = String, Path, description = "The record")), request_body = WhyBody,
    responses((status = 204, description = "Ended"), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn end_rule(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
    Body(body): Body<WhyBody>,
) -> Result<StatusCode, Problem> {
    bearer.enter(&state, Action::ManageStock)?;
    let (id, caller) = (record_id(&id)?, bearer.caller());
    state.app.end_count_rule(caller, id, body.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Hand-overs of command, newest first.
#[utoipa::path(
    get, path = "/api/v1/stock/commands", tag = "stock",
    responses((status = 200, description = "The hand-overs", body = Vec<CommandBody>), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn commands(
    State(state): State<WebState>,
    bearer: Bearer,
) -> Result<Json<Vec<CommandBody>>, Problem> {
    bearer.enter(&state, Action::ViewStock)?;
    let commands = state.app.commands(bearer.caller(), false).await?;
    Ok(Json(commands.into_iter().map(CommandBody::of).collect()))
}

/// Begins the hand-over of a site from one commander to another.
#[utoipa::path(
    post, path = "/api/v1/stock/commands", tag = "stock", request_body = Object,
    responses((status = 201, description = "Begun", body = RecordedBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn begin_command(
    State(state): State<WebState>,
    bearer: Bearer,
    Body(body): Body<NewCommand>,
) -> Result<(StatusCode, Json<RecordedBody>), Problem> {
    bearer.enter(&state, Action::ManageStock)?;
    let id = state.app.begin_command(bearer.caller(), body).await?;
    Ok((StatusCode::CREATED, Json(RecordedBody { id })))
}

async fn one_command(
    state: &WebState,
    bearer: &Bearer,
    id: RecordId,
) -> Result<Json<CommandBody>, Problem> {
    let view = state.app.view_command(bearer.caller(), id).await?;
    Ok(Json(CommandBody::of(view)))
}

/// A hand-over of command.
#[utoipa::path(
    get, path = "/api/v1/stock/commands/{id}", tag = "stock", params(("id" = String, Path, description = "The record")),
    responses((status = 200, description = "The hand-over", body = CommandBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn command(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
) -> Result<Json<CommandBody>, Problem> {
    bearer.enter(&state, Action::ViewStock)?;
    one_command(&state, &bearer, record_id(&id)?).await
}

/// A commander signs what was counted; with both signatures it is complete.
#[utoipa::path(
    post, path = "/api/v1/stock/commands/{id}/signature", tag = "stock", params(("id" = String, Path, description = "The record")),
    responses((status = 200, description = "The hand-over as it stands then", body = CommandBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn sign_command(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
) -> Result<Json<CommandBody>, Problem> {
    bearer.enter(&state, Action::SignStock)?;
    let id = record_id(&id)?;
    state.app.sign_command(bearer.caller(), id).await?;
    one_command(&state, &bearer, id).await
}

/// Gives a hand-over up.
#[utoipa::path(
    post, path = "/api/v1/stock/commands/{id}/abandon", tag = "stock", params(("id" = String, Path, description = "The record")), request_body = WhyBody,
    responses((status = 200, description = "The hand-over as it stands then", body = CommandBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn abandon_command(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
    Body(body): Body<WhyBody>,
) -> Result<Json<CommandBody>, Problem> {
    bearer.enter(&state, Action::ManageStock)?;
    let (id, caller) = (record_id(&id)?, bearer.caller());
    state.app.abandon_command(caller, id, body.reason).await?;
    one_command(&state, &bearer, id).await
}

/// Temperature and humidity of a store.
#[utoipa::path(
    get, path = "/api/v1/stock/stores/{id}/climate", tag = "stock", params(("id" = String, Path, description = "The account of the store")),
    responses((status = 200, description = "Limits and readings", body = ClimateBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn climate(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
) -> Result<Json<ClimateBody>, Problem> {
    bearer.enter(&state, Action::ViewStock)?;
    let id = AccountId(record_id(&id)?);
    let view = state.app.store_climate(bearer.caller(), id).await?;
    Ok(Json(ClimateBody {
        climate: view.climate,
        readings: view.readings,
    }))
}

/// Sets within what a store is to stay.
#[utoipa::path(
    put, path = "/api/v1/stock/stores/{id}/climate", tag = "stock", params(("id" = String, Path, description = "The account of the store")), request_body = Object,
    responses((status = 204, description = "Set"), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn set_limits(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
    Body(body): Body<ClimateLimits>,
) -> Result<StatusCode, Problem> {
    bearer.enter(&state, Action::ManageStock)?;
    let id = AccountId(record_id(&id)?);
    state
        .app
        .set_climate_limits(bearer.caller(), id, body)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Enters readings of a store.
#[utoipa::path(
    post, path = "/api/v1/stock/stores/{id}/readings", tag = "stock", params(("id" = String, Path, description = "The account of the store")), request_body = NewReadingsBody,
    responses((status = 201, description = "Kept", body = ReadingsOutBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn enter_readings(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
    Body(body): Body<NewReadingsBody>,
) -> Result<(StatusCode, Json<ReadingsOutBody>), Problem> {
    bearer.enter(&state, Action::CountStock)?;
    let (id, caller) = (AccountId(record_id(&id)?), bearer.caller());
    let entered = state.app.enter_readings(caller, id, body.readings).await?;
    let out = entered.out;
    Ok((StatusCode::CREATED, Json(ReadingsOutBody { out })))
}

/// Says what was done about readings out of the limits.
#[utoipa::path(
    post, path = "/api/v1/stock/stores/{id}/climate/settlement", tag = "stock", params(("id" = String, Path, description = "The account of the store")), request_body = WhyBody,
    responses((status = 204, description = "Settled"), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn settle_climate(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
    Body(body): Body<WhyBody>,
) -> Result<StatusCode, Problem> {
    bearer.enter(&state, Action::CountStock)?;
    let (id, caller) = (AccountId(record_id(&id)?), bearer.caller());
    state.app.settle_climate(caller, id, body.reason).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Says that somebody looked at goods, and what they found.
#[utoipa::path(
    post, path = "/api/v1/stock/goods/{id}/inspections", tag = "stock", params(("id" = String, Path, description = "The record")), request_body = InspectionBody,
    responses((status = 204, description = "Kept"), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn inspect(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
    Body(body): Body<InspectionBody>,
) -> Result<StatusCode, Problem> {
    bearer.enter(&state, Action::CountStock)?;
    let (id, caller) = (GoodsId(record_id(&id)?), bearer.caller());
    let how = (body.on, body.condition);
    state.app.inspect_goods(caller, id, how, body.found).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Opens a case without a count: something is not where the books have it.
#[utoipa::path(
    post, path = "/api/v1/stock/goods/{id}/missing", tag = "stock", params(("id" = String, Path, description = "The record")), request_body = StockMissingBody,
    responses((status = 201, description = "The case", body = RecordedBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn missing(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
    Body(body): Body<StockMissingBody>,
) -> Result<(StatusCode, Json<RecordedBody>), Problem> {
    bearer.enter(&state, Action::CountStock)?;
    let of = (body.place, GoodsId(record_id(&id)?));
    let id = state
        .app
        .report_stock_missing(bearer.caller(), of, body.missing, body.said)
        .await?;
    Ok((StatusCode::CREATED, Json(RecordedBody { id })))
}
