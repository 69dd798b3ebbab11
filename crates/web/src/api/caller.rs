//! Who calls: the bearer of a token.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use egnatia_app::{Action, Authenticated, Caller, SessionKind};
use egnatia_record::RecordId;

use crate::WebState;
use crate::problem::{Problem, ProblemCode};

/// Somebody who presents a valid token.
pub(crate) struct Bearer {
    /// Who it is.
    pub who: Authenticated,
}

impl FromRequestParts<WebState> for Bearer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &WebState) -> Result<Self, Problem> {
        let refused = || Problem::new(ProblemCode::Unauthenticated);
        let token = parts
            .headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "))
            .ok_or_else(refused)?;
        let who = state.app.authenticate(token, SessionKind::Bearer).await?;
        Ok(Self {
            who: who.ok_or_else(refused)?,
        })
    }
}

impl Bearer {
    /// Who acts.
    pub fn caller(&self) -> &Caller {
        &self.who.caller
    }

    /// Refuses what the role is never offered, before anything is said about a record.
    pub fn enter(&self, state: &WebState, action: Action) -> Result<(), Problem> {
        if !state.app.offers(self.caller().role, action) {
            return Err(Problem::new(ProblemCode::Forbidden));
        }
        if action.touches_personal_data() && self.caller().justification.is_none() {
            return Err(Problem::new(ProblemCode::JustificationMissing));
        }
        Ok(())
    }
}

/// The key that makes a repetition harmless, where a program sends one.
pub(crate) fn idempotency_key(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let key = headers.get("idempotency-key").map(|value| value.to_str());
    key.transpose()
        .map_err(|_| Problem::new(ProblemCode::BadRequest))
}

/// The record that a path names.
pub(crate) fn record_id(text: &str) -> Result<RecordId, Problem> {
    text.parse()
        .map_err(|_| Problem::new(ProblemCode::NotFound))
}
