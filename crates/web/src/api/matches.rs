//! Matches and decisions.

use axum::Json;
use axum::extract::{Path, State};
use egnatia_alerts::{Decision, ListEntry, Match, Outcome, Reason};
use egnatia_app::{Action, MatchSummary};
use egnatia_matching::Band;
use egnatia_record::{Envelope, RecordId, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::caller::{Bearer, record_id};
use super::json::{Body, PageOf, ProblemBody, Query, limit_of};
use crate::problem::{Problem, ProblemCode};
use crate::{WebState, cursor};

/// Which matches are wanted.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WantedMatches {
    /// `waiting` (where it is not said), `confirmed` or `rejected`.
    state: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// At most so many items, 1 to 100.
    limit: Option<u32>,
}

/// A line in the list of matches.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MatchLine {
    /// The record of the match.
    #[serde(rename = "match")]
    #[schema(value_type = String)]
    matched: RecordId,
    /// When it was found, or decided, UTC.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// Who checked, or decided.
    #[schema(value_type = String)]
    by: UserId,
    /// In which case.
    case: String,
    /// What was asked.
    asked: String,
    /// The entry's name.
    entry: String,
    /// The entry's list.
    list: String,
    /// How likely it is the same, above 0 and below 1.
    probability: f64,
    /// `possible` or `match`.
    #[schema(value_type = String)]
    band: Band,
    /// `waiting`, `confirmed` or `rejected`.
    state: &'static str,
}

/// A match with its evidence.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct MatchBody {
    /// Who, when, why, and what may be done with it.
    #[schema(value_type = Object)]
    envelope: Envelope,
    /// What was asked, the entry, and the evidence.
    #[serde(rename = "match")]
    #[schema(value_type = Object)]
    matched: Match,
    /// The entry in the version that was compared; absent once erased.
    #[schema(value_type = Option<Object>)]
    entry: Option<ListEntry>,
    /// The newest version of the entry.
    entry_version: u32,
    /// `listed`, `removed` or `erased`.
    entry_state: String,
    /// The decision, once there is one.
    #[schema(value_type = Option<Object>)]
    decision: Option<Decision>,
    /// The hit, where it was confirmed.
    #[schema(value_type = Option<String>)]
    hit: Option<RecordId>,
    /// Whether the caller may decide.
    may_decide: bool,
    /// Whether the person must not learn of the alert that agrees.
    covert: bool,
}

/// What a named officer finds, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DecisionBody {
    /// `confirmed` or `rejected`.
    #[schema(value_type = String, example = "rejected")]
    outcome: Outcome,
    /// 3 to 2,000 characters that say something.
    reason: String,
}

/// What a decision led to.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct DecidedBody {
    /// The record of the decision.
    #[schema(value_type = String)]
    decision: RecordId,
    /// The hit, where the match was confirmed.
    #[schema(value_type = Option<String>)]
    hit: Option<RecordId>,
    /// The follow-up that it opened.
    #[schema(value_type = Option<String>)]
    follow_up: Option<RecordId>,
}

/// Matches in a state, newest first: one's own, or everybody's for whoever decides.
#[utoipa::path(
    get, path = "/api/v1/matches", tag = "matches", params(WantedMatches),
    responses((status = 200, description = "A page of matches", body = PageOf<MatchLine>), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn list(
    State(state): State<WebState>,
    bearer: Bearer,
    Query(wanted): Query<WantedMatches>,
) -> Result<Json<PageOf<MatchLine>>, Problem> {
    bearer.enter(&state, Action::ListMatches)?;
    let of = wanted.state.as_deref().unwrap_or("waiting");
    if !["waiting", "confirmed", "rejected"].contains(&of) {
        let detail = "one of waiting, confirmed, rejected";
        return Err(Problem::field("state", "invalid", detail));
    }
    let after = cursor::read(wanted.after.as_deref())?;
    let limit = limit_of(wanted.limit);
    let page = state.app.matches(bearer.caller(), of, after, limit).await?;
    Ok(Json(PageOf {
        items: page.items.into_iter().map(MatchLine::of).collect(),
        next: page.next.map(cursor::write),
    }))
}

/// A match with its evidence side by side.
#[utoipa::path(
    get, path = "/api/v1/matches/{id}", tag = "matches",
    params(("id" = String, Path, description = "The record of the match")),
    responses((status = 200, description = "The match", body = MatchBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn view(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
) -> Result<Json<MatchBody>, Problem> {
    bearer.enter(&state, Action::ViewMatch)?;
    let view = state
        .app
        .view_match(bearer.caller(), record_id(&id)?)
        .await?;
    Ok(Json(MatchBody {
        envelope: view.envelope,
        matched: view.matched,
        entry: view.entry,
        entry_version: view.entry_version,
        entry_state: view.entry_state,
        decision: view.decision,
        hit: view.hit,
        may_decide: view.may_decide,
        covert: view.covert,
    }))
}

/// Confirms or rejects a match. A confirmed one is a hit and opens a follow-up.
#[utoipa::path(
    post, path = "/api/v1/matches/{id}/decision", tag = "matches", request_body = DecisionBody,
    params(("id" = String, Path, description = "The record of the match")),
    responses((status = 201, description = "Decided", body = DecidedBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn decide(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
    Body(body): Body<DecisionBody>,
) -> Result<(axum::http::StatusCode, Json<DecidedBody>), Problem> {
    bearer.enter(&state, Action::Decide)?;
    let id = record_id(&id)?;
    let reason = reason_of(body.reason, "reason")?;
    let decided = state
        .app
        .decide(bearer.caller(), id, body.outcome, reason)
        .await?;
    let body = DecidedBody {
        decision: decided.decision,
        hit: decided.hit,
        follow_up: decided.follow_up,
    };
    Ok((axum::http::StatusCode::CREATED, Json(body)))
}

/// A reason or report that says something.
pub(crate) fn reason_of(text: String, field: &str) -> Result<Reason, Problem> {
    Reason::try_from(text).map_err(|error| Problem {
        code: ProblemCode::Invalid,
        ..Problem::field(field, "invalid", error.to_string())
    })
}

impl MatchLine {
    fn of(item: MatchSummary) -> Self {
        Self {
            matched: item.matched,
            at: item.at,
            by: item.by,
            case: item.case,
            asked: item.asked,
            entry: item.entry,
            list: item.list,
            probability: item.probability,
            band: item.band,
            state: item.state.as_str(),
        }
    }
}
