//! The log.

use axum::Json;
use axum::extract::{Path, State};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use egnatia_app::{
    Action, AuditEntry, AuditQuery, EventDetail, Verification, VerificationProblem, Witnessed,
};
use egnatia_audit::{EntryProof, Leaf, Operation};
use egnatia_record::{AuthorityId, RecordId, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::caller::Bearer;
use super::json::{PageOf, ProblemBody, Query, limit_of};
use crate::WebState;
use crate::problem::{Problem, ProblemCode};

/// Which entries are wanted.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct WantedEntries {
    /// By this person.
    #[param(value_type = Option<String>)]
    actor: Option<UserId>,
    /// Of this operation.
    #[param(value_type = Option<String>)]
    operation: Option<Operation>,
    /// About this record.
    #[param(value_type = Option<String>)]
    object: Option<RecordId>,
    /// In this case, word for word.
    case: Option<String>,
    /// Not before, UTC.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// Before, UTC.
    #[param(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
    /// `next` of the page before.
    after: Option<u64>,
    /// At most so many items, 1 to 100.
    limit: Option<u32>,
}

/// An entry of the log.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct EntryBody {
    /// What the tree holds.
    #[schema(value_type = Object)]
    leaf: Leaf,
    /// Who, why, what, to whom; absent once erased.
    #[schema(value_type = Option<Object>)]
    detail: Option<EventDetail>,
}

/// What a verification found.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VerificationBody {
    /// Whether everything fits.
    whole: bool,
    /// What was verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    verified: Option<Verification>,
    /// The first thing that does not fit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    problem: Option<VerificationProblem>,
}

/// Entries of the log, newest first.
#[utoipa::path(
    get, path = "/api/v1/audit/entries", tag = "audit", params(WantedEntries),
    responses((status = 200, description = "A page of entries", body = PageOf<EntryBody>), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn search(
    State(state): State<WebState>,
    bearer: Bearer,
    Query(wanted): Query<WantedEntries>,
) -> Result<Json<PageOf<EntryBody>>, Problem> {
    bearer.enter(&state, Action::SearchAudit)?;
    let limit = limit_of(wanted.limit);
    let query = AuditQuery {
        actor: wanted.actor,
        operation: wanted.operation,
        object: wanted.object,
        case: wanted.case,
        from: wanted.from,
        until: wanted.until,
        before: wanted.after,
    };
    let entries = state
        .app
        .audit_search(bearer.caller(), &query, limit)
        .await?;
    let full = u32::try_from(entries.len()).is_ok_and(|count| count >= limit);
    let next = entries
        .last()
        .filter(|_| full)
        .map(|last| last.leaf.sequence.to_string());
    Ok(Json(PageOf {
        items: entries.into_iter().map(EntryBody::of).collect(),
        next,
    }))
}

/// One entry of the log.
#[utoipa::path(
    get, path = "/api/v1/audit/entries/{sequence}", tag = "audit",
    params(("sequence" = u64, Path, description = "The entry's place in the log, from 0")),
    responses((status = 200, description = "The entry", body = EntryBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn entry(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(sequence): Path<String>,
) -> Result<Json<EntryBody>, Problem> {
    bearer.enter(&state, Action::SearchAudit)?;
    let entry = state
        .app
        .audit_entry(bearer.caller(), number(&sequence)?)
        .await?;
    Ok(Json(EntryBody::of(entry)))
}

/// The proof that an entry stands in the log, to be verified without the node.
#[utoipa::path(
    get, path = "/api/v1/audit/entries/{sequence}/proof", tag = "audit",
    params(("sequence" = u64, Path, description = "The entry's place in the log, from 0")),
    responses((status = 200, description = "The proof", body = Object), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn proof(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(sequence): Path<String>,
) -> Result<Json<EntryProof>, Problem> {
    bearer.enter(&state, Action::SearchAudit)?;
    Ok(Json(
        state
            .app
            .audit_proof(bearer.caller(), number(&sequence)?)
            .await?,
    ))
}

/// Recomputes the whole log and compares every record with it.
#[utoipa::path(
    post, path = "/api/v1/audit/verification", tag = "audit",
    responses((status = 200, description = "What was found", body = VerificationBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn verify(
    State(state): State<WebState>,
    bearer: Bearer,
) -> Result<Json<VerificationBody>, Problem> {
    bearer.enter(&state, Action::VerifyAudit)?;
    let result = state.app.audit_verify(bearer.caller(), &|_, _| {}).await?;
    Ok(Json(VerificationBody {
        whole: result.is_ok(),
        problem: result.as_ref().err().cloned(),
        verified: result.ok(),
    }))
}

/// What is known of an audit log, and by whom.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct WitnessBody {
    /// Whose log.
    #[schema(value_type = String)]
    log: AuthorityId,
    /// Whether it is this node's own log.
    is_own: bool,
    /// Who saw it.
    #[schema(value_type = String)]
    witness: AuthorityId,
    /// How many entries were seen.
    size: u64,
    /// Root of the tree over them.
    root: String,
    /// When it was seen, UTC; since when nothing has come.
    #[schema(value_type = String, format = DateTime)]
    seen_at: Timestamp,
    /// `shortened`, `rewritten`, `forked` or `proof-withheld`; `unproved` while a proof was asked
    /// for and may still come; `silent` where nothing comes of a partner's log any more, and
    /// `not-countersigned` where a partner does not countersign this node's, `awaited` before that;
    /// absent where it fits what was seen before.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
    /// What was signed, byte for byte, in base64: the proof.
    #[serde(skip_serializing_if = "Option::is_none")]
    statement: Option<String>,
}

/// How far partners have seen this node's log, and this node theirs. What is wrong stands first.
#[utoipa::path(
    get, path = "/api/v1/audit/witnesses", tag = "audit",
    responses((status = 200, description = "What is known", body = Vec<WitnessBody>), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn witnesses(
    State(state): State<WebState>,
    bearer: Bearer,
) -> Result<Json<Vec<WitnessBody>>, Problem> {
    bearer.enter(&state, Action::VerifyAudit)?;
    let mut rows = state.app.witnesses(bearer.caller()).await?;
    rows.sort_by_key(|Witnessed { row, .. }| (!row.is_alarm(), !row.waits_for_proof()));
    Ok(Json(rows.into_iter().map(WitnessBody::of).collect()))
}

impl WitnessBody {
    fn of(Witnessed { row, is_own }: Witnessed) -> Self {
        Self {
            log: row.log,
            is_own,
            witness: row.witness,
            size: row.size,
            root: row.root.to_string(),
            seen_at: row.seen_at,
            problem: row.problem,
            statement: row.statement.map(|bytes| STANDARD.encode(bytes)),
        }
    }
}

fn number(text: &str) -> Result<u64, Problem> {
    text.parse()
        .map_err(|_| Problem::new(ProblemCode::NotFound))
}

impl EntryBody {
    fn of(entry: AuditEntry) -> Self {
        Self {
            leaf: entry.leaf,
            detail: entry.detail,
        }
    }
}
