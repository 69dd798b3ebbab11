//! Checks.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use egnatia_alerts::{ConsultedList, EntryRef, Settled};
use egnatia_app::{Action, Candidate, CheckAnswer, CheckRequest, CheckSummary};
use egnatia_matching::{
    Assessment, BirthDate, Description, Gender, Identifier, IdentifierKind, Name, Schema,
};
use egnatia_record::RecordId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::caller::{Bearer, record_id};
use super::json::{Body, PageOf, Paging, ProblemBody, Query, limit_of};
use super::sessions::justification;
use crate::problem::{Problem, ProblemCode};
use crate::{WebState, cursor};

/// Whom or what is asked for, for what and in which case.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CheckBody {
    /// One name, as written, in any script.
    name: Option<String>,
    /// Further names, at most 19.
    #[serde(default)]
    names: Vec<String>,
    /// `1971-03-05`, `1971-03`, `1971`, `1960..1965` or `~1971`.
    #[schema(value_type = Option<String>, example = "1971-03-05")]
    birth_date: Option<BirthDate>,
    /// Country or code.
    nationality: Option<String>,
    /// Number of a document, as written.
    document: Option<String>,
    /// Gender.
    #[schema(value_type = Option<String>, example = "male")]
    gender: Option<Gender>,
    /// `person`, `organization`, `vessel`, `aircraft`, `unknown`.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "person")]
    schema: Schema,
    /// Place of birth or residence.
    place: Option<String>,
    /// For what; without it there is no answer.
    #[schema(required = true, example = "border-check")]
    purpose: Option<String>,
    /// In which case; without it there is no answer.
    #[schema(required = true, example = "BP-2026/118")]
    case: Option<String>,
    /// At most so many matches, 1 to 100.
    limit: Option<u16>,
}

/// The answer to a check: the same shape whether anything was found or not.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AnswerBody {
    /// The record of the check.
    #[schema(value_type = String)]
    check: RecordId,
    /// When, UTC.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// What agrees, best first. A match is not a hit: a named officer decides.
    matches: Vec<CandidateBody>,
    /// Candidates that an officer rejected before.
    #[schema(value_type = Vec<Object>)]
    settled: Vec<Settled>,
    /// Which lists were compared, in which version.
    #[schema(value_type = Vec<Object>)]
    lists: Vec<ConsultedList>,
}

/// A match.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CandidateBody {
    /// The record of the match.
    #[serde(rename = "match")]
    #[schema(value_type = String)]
    matched: RecordId,
    /// The entry that agrees.
    #[schema(value_type = Object)]
    entry: EntryRef,
    /// How far, feature by feature.
    #[schema(value_type = Object)]
    assessment: Assessment,
    /// What is done if it is confirmed.
    action: String,
    /// `waiting`, `confirmed` or `rejected`.
    state: &'static str,
}

/// A line in the list of one's own checks.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SummaryBody {
    /// The record of the check.
    #[schema(value_type = String)]
    check: RecordId,
    /// When, UTC.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    /// The first name or number that was asked.
    asked: String,
    /// In which case.
    case: String,
    /// How many matches it found.
    matches: usize,
}

/// Checks somebody or something. `Idempotency-Key` makes a repetition harmless.
#[utoipa::path(
    post, path = "/api/v1/checks", tag = "checks", request_body = CheckBody,
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 64 visible ASCII characters")),
    responses(
        (status = 201, description = "The answer", body = AnswerBody),
        (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn check(
    State(state): State<WebState>,
    bearer: Bearer,
    headers: HeaderMap,
    Body(body): Body<CheckBody>,
) -> Result<(StatusCode, Json<AnswerBody>), Problem> {
    let why = justification(body.purpose.as_deref(), body.case.as_deref())?;
    let idempotency_key = match headers.get("idempotency-key").map(|value| value.to_str()) {
        None => None,
        Some(Ok(key)) => Some(key.to_owned()),
        Some(Err(_)) => return Err(Problem::new(ProblemCode::BadRequest)),
    };
    let mut caller = bearer.who.caller;
    caller.justification = Some(why);
    let request = CheckRequest {
        limit: body.limit,
        idempotency_key,
        query: description(body),
    };
    let answer = state.app.check(&caller, request).await?;
    Ok((StatusCode::CREATED, Json(AnswerBody::of(answer))))
}

fn description(body: CheckBody) -> Description {
    let number = |value: String| Identifier {
        kind: IdentifierKind::Other,
        value,
        country: None,
    };
    Description {
        schema: body.schema,
        names: body
            .name
            .into_iter()
            .chain(body.names)
            .map(Name::new)
            .collect(),
        births: body.birth_date.into_iter().collect(),
        gender: body.gender,
        nationalities: body.nationality.into_iter().collect(),
        places: body.place.into_iter().collect(),
        identifiers: body.document.map(number).into_iter().collect(),
    }
}

/// One's own checks, newest first.
#[utoipa::path(
    get, path = "/api/v1/checks", tag = "checks", params(Paging),
    responses(
        (status = 200, description = "A page of checks", body = PageOf<SummaryBody>),
        (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn own(
    State(state): State<WebState>,
    bearer: Bearer,
    Query(paging): Query<Paging>,
) -> Result<Json<PageOf<SummaryBody>>, Problem> {
    bearer.enter(&state, Action::ViewCheck)?;
    let after = cursor::read(paging.after.as_deref())?;
    let limit = limit_of(paging.limit);
    let page = state.app.own_checks(bearer.caller(), after, limit).await?;
    Ok(Json(PageOf {
        items: page.items.into_iter().map(SummaryBody::of).collect(),
        next: page.next.map(cursor::write),
    }))
}

/// A check and its answer, with what has been decided since.
#[utoipa::path(
    get, path = "/api/v1/checks/{id}", tag = "checks",
    params(("id" = String, Path, description = "The record of the check")),
    responses(
        (status = 200, description = "The answer", body = AnswerBody),
        (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn view(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(id): Path<String>,
) -> Result<Json<AnswerBody>, Problem> {
    bearer.enter(&state, Action::ViewCheck)?;
    let id = record_id(&id)?;
    let view = state.app.view_check(bearer.caller(), id).await?;
    Ok(Json(AnswerBody::of(view.answer)))
}

impl AnswerBody {
    fn of(answer: CheckAnswer) -> Self {
        Self {
            check: answer.check,
            at: answer.at,
            matches: answer
                .candidates
                .into_iter()
                .map(CandidateBody::of)
                .collect(),
            settled: answer.settled,
            lists: answer.lists,
        }
    }
}

impl CandidateBody {
    fn of(candidate: Candidate) -> Self {
        Self {
            matched: candidate.matched,
            entry: candidate.entry,
            assessment: candidate.assessment,
            action: candidate.action,
            state: candidate.state.as_str(),
        }
    }
}

impl SummaryBody {
    fn of(summary: CheckSummary) -> Self {
        Self {
            check: summary.check,
            at: summary.at,
            asked: summary.asked,
            case: summary.case,
            matches: summary.matches,
        }
    }
}
