//! All routes, and the layers around them.

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;

use crate::problem::{Problem, ProblemCode};
use crate::{WebState, api, assets, headers, pages, visit};

/// The longest that a request may take. Imports and verifications of large nodes take minutes.
const ANSWER_MAX: Duration = Duration::from_secs(600);

/// The pages, the API, the assets and the node's signs of life.
pub fn router(state: WebState) -> Router {
    let pages = pages::router(state.upload_bytes_max)
        .fallback(not_found)
        .layer(from_fn_with_state(state.clone(), visit::around))
        .layer(TimeoutLayer::with_status_code(
            StatusCode::SERVICE_UNAVAILABLE,
            ANSWER_MAX,
        ));
    // Pages are not compressed: their length would tell about the token beside what was typed.
    let assets = get(assets::serve).layer(CompressionLayer::new());
    Router::new()
        .route("/assets/{version}/{*path}", assets)
        .route("/healthz", get(alive))
        .route("/readyz", get(ready))
        .nest("/api/v1", api::router())
        .merge(pages)
        .layer(from_fn_with_state(state.clone(), headers::add))
        .layer(CatchPanicLayer::custom(panicked))
        .with_state(state)
}

async fn not_found() -> Problem {
    Problem::new(ProblemCode::NotFound)
}

/// Whether the process runs.
async fn alive() -> &'static str {
    "ok"
}

/// Whether the node can answer: the store does.
async fn ready(State(state): State<WebState>) -> Response {
    match state.app.waiting().await {
        Ok(_) => "ready".into_response(),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the store does not answer").into_response(),
    }
}

/// The cause of a panic stays in the log: it may hold anything.
fn panicked(_cause: Box<dyn std::any::Any + Send + 'static>) -> Response {
    tracing::error!("a request ended in a panic");
    Problem::new(ProblemCode::Internal).into_response()
}
