//! Sessions of programs: a token that stays until it is given back.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use egnatia_app::{Password, SessionKind};
use egnatia_record::{CaseReference, Justification, Purpose};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::caller::Bearer;
use super::json::{Body, ProblemBody};
use crate::WebState;
use crate::pages::session::client_of;
use crate::problem::{FieldProblem, Problem, ProblemCode};

/// Who signs in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignIn {
    /// The account's login.
    login: String,
    /// Its password.
    #[schema(format = Password)]
    password: String,
    /// For what the session acts; needed to see anything personal.
    purpose: Option<String>,
    /// In which case.
    case: Option<String>,
}

/// A session.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionBody {
    /// The token for `Authorization: Bearer …`.
    token: String,
    /// When the session ends whatever happens, UTC.
    expires_at: String,
    /// What the account may do.
    role: &'static str,
}

/// For what and in which case.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Why {
    /// The purpose.
    purpose: String,
    /// The case reference.
    case: String,
}

/// Signs in.
#[utoipa::path(
    post, path = "/api/v1/sessions", tag = "sessions", security(()),
    request_body = SignIn,
    responses(
        (status = 201, description = "Signed in", body = SessionBody),
        (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn open(
    State(state): State<WebState>,
    client: Option<Extension<ConnectInfo<SocketAddr>>>,
    Body(body): Body<SignIn>,
) -> Result<(StatusCode, Json<SessionBody>), Problem> {
    let why = match (body.purpose, body.case) {
        (None, None) => None,
        (purpose, case) => Some(justification(purpose.as_deref(), case.as_deref())?),
    };
    let client = client_of(client);
    let password = Password::new(body.password);
    let signed_in = state.app.sign_in(&body.login, password, &client).await?;
    let token = signed_in.token.reveal().to_owned();
    if let Some(why) = why {
        let who = state.app.authenticate(&token, SessionKind::Bearer).await?;
        let who = who.ok_or(Problem::new(ProblemCode::Internal))?;
        state.app.set_justification(&who, why).await?;
    }
    let body = SessionBody {
        token,
        expires_at: signed_in.expires_at.to_string(),
        role: signed_in.caller.role.as_str(),
    };
    Ok((StatusCode::CREATED, Json(body)))
}

/// Sets purpose and case of the session.
#[utoipa::path(
    put, path = "/api/v1/sessions/justification", tag = "sessions", request_body = Why,
    responses(
        (status = 204, description = "Set"),
        (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn justify(
    State(state): State<WebState>,
    bearer: Bearer,
    Body(why): Body<Why>,
) -> Result<StatusCode, Problem> {
    let why = justification(Some(&why.purpose), Some(&why.case))?;
    state.app.set_justification(&bearer.who, why).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Gives the token back.
#[utoipa::path(
    delete, path = "/api/v1/sessions", tag = "sessions",
    responses(
        (status = 204, description = "The session has ended"),
        (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn close(
    State(state): State<WebState>,
    bearer: Bearer,
) -> Result<StatusCode, Problem> {
    state.app.sign_out(&bearer.who).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Reads purpose and case, or names what is missing.
pub(crate) fn justification(
    purpose: Option<&str>,
    case: Option<&str>,
) -> Result<Justification, Problem> {
    let read_purpose = purpose.and_then(|text| text.parse::<Purpose>().ok());
    let read_case = case.and_then(|text| text.parse::<CaseReference>().ok());
    if let (Some(purpose), Some(case)) = (read_purpose, read_case.clone()) {
        return Ok(Justification { purpose, case });
    }
    let problem = |field: &str, missing: bool, detail: String| FieldProblem {
        field: field.to_owned(),
        code: if missing { "missing" } else { "invalid" }.to_owned(),
        detail,
    };
    let mut errors = Vec::new();
    if read_purpose.is_none() {
        let terms: Vec<&str> = Purpose::ALL.iter().map(|term| term.as_str()).collect();
        let detail = format!("one of {}", terms.join(", "));
        errors.push(problem("purpose", purpose.is_none(), detail));
    }
    if read_case.is_none() {
        let detail = "2 to 64 characters with at least one letter or digit".to_owned();
        errors.push(problem("case", case.is_none(), detail));
    }
    Err(Problem {
        errors,
        ..Problem::new(ProblemCode::JustificationMissing)
    })
}
