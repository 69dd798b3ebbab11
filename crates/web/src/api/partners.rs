//! Partners' nodes and arrangements.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use egnatia_app::{Action, DeliveryFilter, Invalid, PartnerView};
use egnatia_protocol::NodeCard;
use egnatia_record::{Arrangement, AuthorityId, PartnerCode, RecordId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::alert_bodies::DeliveryBody;
use super::caller::{Bearer, record_id};
use super::json::{Body, ProblemBody, Query, limit_of};
use crate::WebState;
use crate::problem::{Problem, ProblemCode};

/// A partner, with what is going on between both nodes.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PartnerBody {
    /// Whose node.
    #[schema(value_type = String)]
    authority: AuthorityId,
    /// Of which side.
    #[schema(value_type = String)]
    partner: PartnerCode,
    /// `accepted` or `revoked`.
    state: &'static str,
    /// What its card says.
    #[schema(value_type = Object)]
    card: NodeCard,
    /// Of its card.
    fingerprint: String,
    /// When it was last reached, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    reached_at: Option<Timestamp>,
    /// When something last came from it, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    heard_at: Option<Timestamp>,
    /// Attempts since then that failed.
    failures: u32,
    /// Why the last one failed.
    error: Option<String>,
    /// The serial of a card that its node shows and this one does not have.
    newer_card: Option<u64>,
    /// How far its clock is ahead of this node's, in milliseconds.
    clock_ms: Option<i64>,
    /// What is wrong with its audit log: `shortened`, `rewritten`, `forked`, `proof-withheld`;
    /// `silent` where nothing comes of it any more, `not-countersigned` where it does not countersign
    /// this node's; `unproved` while a proof was asked for and may still come.
    log_problem: Option<String>,
    /// Since when, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    log_problem_since: Option<Timestamp>,
    /// Statements of it that this node could not store, and refused, since it started.
    not_stored: u32,
    /// When it last refused one for that, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    not_stored_at: Option<Timestamp>,
    /// How much waits for it.
    waiting: u64,
    /// Since when the oldest waits, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    oldest: Option<Timestamp>,
}

/// A card, with the fingerprint that the partner's administrator read out.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AcceptBody {
    /// The card's JSON, as text.
    card: String,
    /// Five groups of four letters and digits.
    fingerprint: String,
}

/// A partner was accepted.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AcceptedBody {
    /// Whose node.
    #[schema(value_type = String)]
    authority: AuthorityId,
}

/// Which deliveries are wanted.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WantedDeliveries {
    /// Those before this `position`.
    before: Option<u64>,
    /// At most so many items, 1 to 100.
    limit: Option<u32>,
    /// `shared` for what was told: records, recalls, hits, questions and answers; `upkeep` for what
    /// keeps the exchange going: keys, checkpoints, receipts; `all` for both. Without it, `shared`.
    part: Option<String>,
}

/// An arrangement with its record.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ArrangementBody {
    /// The record of the arrangement.
    #[schema(value_type = String)]
    id: RecordId,
    /// What was agreed.
    #[schema(value_type = Object)]
    arrangement: Arrangement,
}

/// An arrangement was written.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WrittenBody {
    /// The record of the arrangement.
    #[schema(value_type = String)]
    id: RecordId,
}

/// How many of the shipped arrangements were written.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AdoptedBody {
    /// Each is to be confirmed by a lawyer of the authority.
    written: usize,
}

fn authority(text: &str) -> Result<AuthorityId, Problem> {
    text.parse()
        .map_err(|_| Problem::new(ProblemCode::NotFound))
}

/// All partners, with what is going on between the nodes.
#[utoipa::path(
    get, path = "/api/v1/partners", tag = "partners",
    responses((status = 200, description = "The partners", body = Vec<PartnerBody>), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn list(
    State(state): State<WebState>,
    bearer: Bearer,
) -> Result<Json<Vec<PartnerBody>>, Problem> {
    bearer.enter(&state, Action::ListPartners)?;
    let partners = state.app.partners(bearer.caller()).await?;
    Ok(Json(partners.into_iter().map(PartnerBody::of).collect()))
}

/// Accepts a partner, or a new card of one.
#[utoipa::path(
    post, path = "/api/v1/partners", tag = "partners", request_body = AcceptBody,
    responses((status = 201, description = "Accepted", body = AcceptedBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn accept(
    State(state): State<WebState>,
    bearer: Bearer,
    Body(body): Body<AcceptBody>,
) -> Result<(StatusCode, Json<AcceptedBody>), Problem> {
    bearer.enter(&state, Action::ManagePartners)?;
    let (card, fingerprint) = (body.card.as_bytes(), body.fingerprint.as_str());
    let accepted = state.app.accept_partner(bearer.caller(), card, fingerprint);
    let authority = accepted.await?;
    Ok((StatusCode::CREATED, Json(AcceptedBody { authority })))
}

/// Ends the trust in a partner's node.
#[utoipa::path(
    post, path = "/api/v1/partners/{authority}/revoke", tag = "partners",
    params(("authority" = String, Path, description = "Whose node")),
    responses((status = 204, description = "Revoked"), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn revoke(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    bearer.enter(&state, Action::ManagePartners)?;
    let authority = authority(&name)?;
    state
        .app
        .revoke_partner(bearer.caller(), &authority)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What was ever queued for a partner, newest first: without `part`, what was told. What it says is
/// for the partner alone.
#[utoipa::path(
    get, path = "/api/v1/partners/{authority}/deliveries", tag = "partners",
    params(("authority" = String, Path, description = "Whose node"), WantedDeliveries),
    responses((status = 200, description = "The ledger", body = Vec<DeliveryBody>), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn deliveries(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(name): Path<String>,
    Query(wanted): Query<WantedDeliveries>,
) -> Result<Json<Vec<DeliveryBody>>, Problem> {
    bearer.enter(&state, Action::ListPartners)?;
    let authority = authority(&name)?;
    let part = wanted.part.as_deref().map(str::parse).transpose();
    let wanted = DeliveryFilter {
        part: part
            .map_err(|text: String| Invalid::new("part", "unknown", text))?
            .unwrap_or_default(),
        before: wanted.before,
        limit: limit_of(wanted.limit),
    };
    let app = &state.app;
    let rows = app
        .deliveries_to(bearer.caller(), &authority, wanted)
        .await?;
    Ok(Json(rows.into_iter().map(DeliveryBody::of).collect()))
}

/// The card of this node, signed, as a file for partners.
#[utoipa::path(
    get, path = "/api/v1/own-card", tag = "partners",
    responses((status = 200, description = "The card", body = Object), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn own_card(
    State(state): State<WebState>,
    bearer: Bearer,
) -> Result<Json<serde_json::Value>, Problem> {
    bearer.enter(&state, Action::ListPartners)?;
    let card = state.app.own_card();
    let card = card.ok_or(Problem::new(ProblemCode::NotFound))?;
    let json = serde_json::from_str(&card.to_json());
    json.map(Json)
        .map_err(|_| Problem::new(ProblemCode::Internal))
}

/// What was agreed with whom.
#[utoipa::path(
    get, path = "/api/v1/arrangements", tag = "arrangements",
    responses((status = 200, description = "The arrangements", body = Vec<ArrangementBody>), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn arrangements(
    State(state): State<WebState>,
    bearer: Bearer,
) -> Result<Json<Vec<ArrangementBody>>, Problem> {
    bearer.enter(&state, Action::ListPartners)?;
    let all = state.app.arrangements(bearer.caller())?;
    let body = |(id, arrangement)| ArrangementBody { id, arrangement };
    Ok(Json(all.into_iter().map(body).collect()))
}

/// Writes an arrangement.
#[utoipa::path(
    post, path = "/api/v1/arrangements", tag = "arrangements", request_body = Object,
    responses((status = 201, description = "Written", body = WrittenBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn write(
    State(state): State<WebState>,
    bearer: Bearer,
    Body(arrangement): Body<Arrangement>,
) -> Result<(StatusCode, Json<WrittenBody>), Problem> {
    bearer.enter(&state, Action::ManagePartners)?;
    let caller = bearer.caller();
    let id = state.app.put_arrangement(caller, None, arrangement).await?;
    Ok((StatusCode::CREATED, Json(WrittenBody { id })))
}

/// Writes a new version of an arrangement.
#[utoipa::path(
    put, path = "/api/v1/arrangements/{id}", tag = "arrangements", request_body = Object,
    params(("id" = String, Path, description = "The record of the arrangement")),
    responses((status = 204, description = "Written"), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn rewrite(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
    Body(arrangement): Body<Arrangement>,
) -> Result<StatusCode, Problem> {
    bearer.enter(&state, Action::ManagePartners)?;
    let id = Some(record_id(&id)?);
    let caller = bearer.caller();
    state.app.put_arrangement(caller, id, arrangement).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends an arrangement.
#[utoipa::path(
    post, path = "/api/v1/arrangements/{id}/end", tag = "arrangements",
    params(("id" = String, Path, description = "The record of the arrangement")),
    responses((status = 204, description = "Ended"), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn end(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    bearer.enter(&state, Action::ManagePartners)?;
    let id = record_id(&id)?;
    state.app.end_arrangement(bearer.caller(), id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Writes those of the shipped arrangements that this node does not have yet.
#[utoipa::path(
    post, path = "/api/v1/arrangements/adopt", tag = "arrangements",
    responses((status = 200, description = "How many were written", body = AdoptedBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn adopt(
    State(state): State<WebState>,
    bearer: Bearer,
) -> Result<Json<AdoptedBody>, Problem> {
    bearer.enter(&state, Action::ManagePartners)?;
    let caller = bearer.caller();
    let written = state.app.adopt_shipped_arrangements(caller).await?;
    Ok(Json(AdoptedBody { written }))
}

impl PartnerBody {
    fn of(view: PartnerView) -> Self {
        Self {
            newer_card: view.newer_card(),
            log_problem: view
                .log_problems
                .first()
                .and_then(|row| row.problem.clone()),
            log_problem_since: view.log_problems.first().map(|row| row.seen_at),
            not_stored: view.contact.not_stored,
            not_stored_at: view.contact.not_stored_at,
            authority: view.row.authority,
            partner: view.row.partner,
            state: view.row.state.as_str(),
            fingerprint: view.fingerprint.to_string(),
            card: view.card,
            reached_at: view.contact.reached_at,
            heard_at: view.contact.heard_at,
            failures: view.contact.failures,
            error: view.contact.error,
            clock_ms: view.contact.clock_ms,
            waiting: view.waiting,
            oldest: view.oldest,
        }
    }
}
