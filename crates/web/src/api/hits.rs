//! Hits and their follow-up.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use egnatia_alerts::{FollowUp, Hit};
use egnatia_app::{Action, HitSummary};
use egnatia_protocol::ReportField;
use egnatia_record::{Envelope, RecordId, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::caller::{Bearer, record_id};
use super::json::{Body, PageOf, Paging, ProblemBody, Query, limit_of};
use super::matches::reason_of;
use crate::problem::Problem;
use crate::{WebState, cursor};

/// A line in the list of hits.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HitLine {
    /// The record of the hit.
    #[schema(value_type = String)]
    hit: RecordId,
    /// When it was confirmed, UTC.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// By whom.
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
    /// When its follow-up is due, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    due_at: Option<Timestamp>,
    /// Whether its follow-up is done.
    done: bool,
}

/// A hit with its follow-up.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HitBody {
    /// Who, when, why, and what may be done with it.
    #[schema(value_type = Object)]
    envelope: Envelope,
    /// What was confirmed, by whom.
    #[schema(value_type = Object)]
    hit: Hit,
    /// Why it was confirmed.
    reason: Option<String>,
    /// What is to be done, by when, and what was done.
    #[schema(value_type = Option<Object>)]
    follow_up: Option<FollowUp>,
    /// Whether the caller may close the follow-up.
    may_finish: bool,
    /// Whether the person must not learn of the alert that was hit.
    covert: bool,
}

/// What was done.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReportBody {
    /// 3 to 2,000 characters that say something.
    pub report: String,
    /// `achieved`: the purpose of the alert is, and its issuer is told; `lasts`, or absent: not yet.
    #[serde(default)]
    pub purpose: PurposeWord,
}

/// Whether what an alert is for has been reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum PurposeWord {
    /// It has.
    Achieved,
    /// Not yet.
    #[default]
    Lasts,
}

/// What was done about a hit of this authority's own.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FollowUpBody {
    /// 3 to 2,000 characters that say something.
    report: String,
    /// For a partner's alert: the report on the check by its fields, `located`,
    /// `place-time-reason`, `route` and so on, each with its text. The issuer gets it.
    #[serde(default)]
    #[schema(value_type = Object)]
    fields: BTreeMap<ReportField, String>,
}

/// Hits, newest first.
#[utoipa::path(
    get, path = "/api/v1/hits", tag = "hits", params(Paging),
    responses((status = 200, description = "A page of hits", body = PageOf<HitLine>), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn list(
    State(state): State<WebState>,
    bearer: Bearer,
    Query(paging): Query<Paging>,
) -> Result<Json<PageOf<HitLine>>, Problem> {
    bearer.enter(&state, Action::ListHits)?;
    let after = cursor::read_due(paging.after.as_deref())?;
    let limit = limit_of(paging.limit);
    let page = state.app.hits(bearer.caller(), after, limit).await?;
    Ok(Json(PageOf {
        items: page.items.into_iter().map(HitLine::of).collect(),
        next: page.next.map(cursor::write_due),
    }))
}

/// A hit with its follow-up.
#[utoipa::path(
    get, path = "/api/v1/hits/{id}", tag = "hits",
    params(("id" = String, Path, description = "The record of the hit")),
    responses((status = 200, description = "The hit", body = HitBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn view(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
) -> Result<Json<HitBody>, Problem> {
    bearer.enter(&state, Action::ViewHit)?;
    let view = state.app.hit(bearer.caller(), record_id(&id)?).await?;
    Ok(Json(HitBody {
        envelope: view.envelope,
        hit: view.hit,
        reason: view.reason.map(|reason| reason.to_string()),
        follow_up: view.follow_up,
        may_finish: view.may_finish,
        covert: view.covert,
    }))
}

/// Closes the follow-up of a hit with a report of what was done.
#[utoipa::path(
    post, path = "/api/v1/hits/{id}/follow-up", tag = "hits", request_body = FollowUpBody,
    params(("id" = String, Path, description = "The record of the hit")),
    responses((status = 204, description = "Closed"), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn finish(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
    Body(body): Body<FollowUpBody>,
) -> Result<StatusCode, Problem> {
    bearer.enter(&state, Action::FinishFollowUp)?;
    let id = record_id(&id)?;
    let report = reason_of(body.report, "report")?;
    state
        .app
        .finish_follow_up_with(bearer.caller(), id, report, body.fields)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

impl HitLine {
    fn of(item: HitSummary) -> Self {
        Self {
            hit: item.hit,
            at: item.at,
            by: item.by,
            case: item.case,
            asked: item.asked,
            entry: item.entry,
            list: item.list,
            due_at: item.due_at,
            done: item.done,
        }
    }
}
