//! Checks.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use egnatia_app::{Action, CheckAnswer, CheckRequest, CheckSummary};
use egnatia_formats::mrz::Mrz;
use egnatia_matching::{BirthDate, Gender, Identifier, IdentifierKind, Name, Schema};
use egnatia_record::RecordId;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::caller::{Bearer, idempotency_key, record_id};
use super::json::{Body, PageOf, Paging, ProblemBody, Query, limit_of};
use super::sessions::justification;
use crate::problem::Problem;
use crate::query::{Asked, MrzRefused, WrongDigits, read_mrz};
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
    /// The lines of a machine-readable zone (ICAO Doc 9303), joined or with line breaks. What is
    /// given besides it is added; a birth date, nationality, gender or schema takes its place.
    #[schema(
        example = "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<"
    )]
    mrz: Option<String>,
    /// Whether a zone is to be checked as it stands although check digits do not fit: the document
    /// says so. Otherwise it is refused, and nothing is stored.
    #[serde(default)]
    mrz_as_read: bool,
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

/// The answer to a check, described: it is [`CheckAnswer`] that is sent, as on the command line.
#[derive(ToSchema)]
#[schema(as = CheckAnswer)]
#[expect(
    dead_code,
    reason = "it describes the JSON form of a type that knows no OpenAPI"
)]
pub(crate) struct AnswerBody {
    /// The record of the check.
    check: String,
    /// When, UTC.
    #[schema(format = DateTime)]
    at: String,
    /// The zone that was asked, where there was one: its fields, every check digit with what stands
    /// and what should stand, what cannot be, and proposals with the lines that they would make.
    #[schema(value_type = Option<Object>)]
    mrz: Option<()>,
    /// What agrees, best first. A match is not a hit: a named officer decides.
    candidates: Vec<CandidateBody>,
    /// Candidates that an officer rejected before.
    #[schema(value_type = Vec<Object>)]
    settled: Vec<()>,
    /// Which lists were compared, in which version.
    #[schema(value_type = Vec<Object>)]
    lists: Vec<()>,
}

/// A match, described.
#[derive(ToSchema)]
#[schema(as = Candidate)]
#[expect(
    dead_code,
    reason = "it describes the JSON form of a type that knows no OpenAPI"
)]
pub(crate) struct CandidateBody {
    /// The record of the match, on which an officer decides.
    r#match: String,
    /// The record of the entry.
    record: String,
    /// Its version.
    version: u32,
    /// The list that it comes from.
    list: String,
    /// The node's number of the list's version.
    list_version: u64,
    /// The entry's id in its source.
    source_id: String,
    /// The entry's name.
    name: String,
    /// How likely it is the same, above 0 and below 1.
    probability: f64,
    /// `match` or `possible`.
    band: String,
    /// What each feature says, and its part in the probability.
    #[schema(value_type = Vec<Object>)]
    evidence: Vec<()>,
    /// What is done if it is confirmed.
    action: String,
    /// `waiting`, `confirmed` or `rejected`.
    state: String,
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
) -> Result<(StatusCode, Json<CheckAnswer>), Problem> {
    let why = justification(body.purpose.as_deref(), body.case.as_deref())?;
    let idempotency_key = idempotency_key(&headers)?.map(str::to_owned);
    let limit = body.limit;
    let today = state.day_of(state.app.now());
    let Asked { query, zone } = asked(body, today)?;
    let mut caller = bearer.who.caller;
    caller.justification = Some(why);
    let request = CheckRequest {
        limit,
        idempotency_key,
        query,
        zone,
    };
    let answer = state.app.check(&caller, request).await?;
    Ok((StatusCode::CREATED, Json(answer)))
}

fn asked(body: CheckBody, today: Date) -> Result<Asked, Problem> {
    let number = |value: String| Identifier {
        kind: IdentifierKind::Other,
        value,
        country: None,
    };
    let wrong = if body.mrz_as_read {
        WrongDigits::Take
    } else {
        WrongDigits::Refuse
    };
    let zone = match &body.mrz {
        Some(text) => Some(read_mrz(text, today, wrong).map_err(mrz_problem)?),
        None => None,
    };
    let mut query = zone.as_ref().map(Mrz::describe).unwrap_or_default();
    let names = body.name.into_iter().chain(body.names);
    query.names.extend(names.map(Name::new));
    query.identifiers.extend(body.document.map(number));
    query.places.extend(body.place);
    if let Some(birth) = body.birth_date {
        query.births = vec![birth];
    }
    if let Some(nationality) = body.nationality {
        query.nationalities = vec![nationality];
    }
    query.gender = body.gender.or(query.gender);
    if body.schema != Schema::Unknown {
        query.schema = body.schema;
    }
    let zone = zone.map(Box::new);
    Ok(Asked { query, zone })
}

fn mrz_problem(refused: MrzRefused) -> Problem {
    match refused {
        MrzRefused::Form(error) => Problem::field("mrz", "malformed", error.to_string()),
        MrzRefused::Digits(zone) => {
            let wrong = zone.disagreement().unwrap_or_default();
            let detail =
                format!("{wrong}; scan it again, or give `name` and `document`, or `mrz_as_read`");
            Problem::field("mrz", "check-digit", detail)
        }
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
) -> Result<Json<CheckAnswer>, Problem> {
    bearer.enter(&state, Action::ViewCheck)?;
    let id = record_id(&id)?;
    let view = state.app.view_check(bearer.caller(), id).await?;
    Ok(Json(view.answer))
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
