//! The HTTP API under `/api/v1`, described by OpenAPI.

use axum::Router;

use crate::WebState;

pub(crate) fn router() -> Router<WebState> {
    Router::new()
}
