//! JSON in and out: strict bodies, strict queries, and problems as RFC 9457 has them.

use axum::Json;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Texts;
use crate::problem::{Problem, ProblemCode, problem_of};

/// What went wrong (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemBody {
    /// Names the problem; not an address to fetch.
    #[serde(rename = "type")]
    #[schema(example = "urn:egnatia:problem:justification-missing")]
    kind: String,
    /// What happened.
    title: String,
    /// The HTTP status.
    status: u16,
    /// What it means, or more about this case.
    detail: String,
    /// The problem's stable code.
    #[schema(example = "justification-missing")]
    code: &'static str,
    /// The fields that cannot be used.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldBody>,
}

/// A field that cannot be used.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FieldProblem)]
pub(crate) struct FieldBody {
    /// The field.
    field: String,
    /// A stable word for what is wrong.
    code: String,
    /// What is wrong and what to do.
    detail: String,
}

/// The layer around the API: problems become bodies.
pub(crate) async fn problems(request: Request, next: Next) -> Response {
    let accepted = request.headers().get(header::ACCEPT_LANGUAGE).cloned();
    let response = next.run(request).await;
    match problem_of(&response) {
        Some(problem) => {
            let accepted = accepted.as_ref().and_then(|value| value.to_str().ok());
            write(&response, problem, Texts::accepted(accepted))
        }
        None => response,
    }
}

fn write(refused: &Response, problem: Problem, t: &Texts) -> Response {
    let code = problem.code.as_str();
    let means = || t.text(&format!("problem-{code}-means"));
    let body = ProblemBody {
        kind: format!("urn:egnatia:problem:{code}"),
        title: t.text(&format!("problem-{code}")),
        status: problem.code.status().as_u16(),
        detail: problem.detail.unwrap_or_else(means),
        code,
        errors: problem
            .errors
            .into_iter()
            .map(|error| FieldBody {
                field: error.field,
                code: error.code,
                detail: error.detail,
            })
            .collect(),
    };
    let mut response = (problem.code.status(), Json(body)).into_response();
    let headers = response.headers_mut();
    for name in [header::RETRY_AFTER, header::ALLOW] {
        if let Some(value) = refused.headers().get(&name) {
            headers.insert(name, value.clone());
        }
    }
    if problem.code == ProblemCode::Unauthenticated {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    response
}

/// A body that has exactly the expected fields.
pub(crate) struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE);
        let is_json = kind
            .and_then(|value| value.to_str().ok())
            .is_some_and(|kind| kind.starts_with("application/json"));
        if !is_json {
            return Err(Problem::new(ProblemCode::UnsupportedMediaType));
        }
        let bytes = Bytes::from_request(request, state)
            .await
            .map_err(|refused| Problem::new(ProblemCode::of_status(refused.status())))?;
        serde_json::from_slice(&bytes)
            .map(Self)
            .map_err(|error| unreadable(&error))
    }
}

/// Names of fields help; values may be personal and are not repeated.
fn unreadable(error: &serde_json::Error) -> Problem {
    let text = error.to_string();
    let about_fields = ["unknown field", "missing field", "duplicate field"]
        .iter()
        .any(|start| text.starts_with(start));
    let place = format!("line {}, column {}", error.line(), error.column());
    let detail = if about_fields {
        text
    } else {
        format!("the JSON does not read, or a value is not of the expected form, at {place}")
    };
    Problem::because(ProblemCode::BadRequest, detail)
}

/// A query string that has no other than the expected fields.
pub(crate) struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let text = parts.uri.query().unwrap_or_default();
        serde_urlencoded::from_str(text).map(Self).map_err(|_| {
            let detail = "a parameter is unknown, or not of the expected form";
            Problem::because(ProblemCode::BadRequest, detail)
        })
    }
}

/// Which page is wanted.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Paging {
    /// `next` of the page before.
    pub after: Option<String>,
    /// At most so many items, 1 to 100.
    pub limit: Option<u32>,
}

/// At most so many items.
pub(crate) fn limit_of(wanted: Option<u32>) -> u32 {
    wanted
        .unwrap_or(super::PAGE_DEFAULT)
        .clamp(1, super::PAGE_MAX)
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct PageOf<T> {
    /// The items.
    pub items: Vec<T>,
    /// Where the next page starts; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}
