//! Headers of every answer.

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::WebState;

/// No inline script or style, nothing from elsewhere, in no frame.
pub(crate) const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; \
    font-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; \
    frame-ancestors 'none'";

/// The page that counts without a line may be installed: it names its manifest and its worker.
const COUNTING_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; \
    font-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; \
    frame-ancestors 'none'; manifest-src 'self'; worker-src 'self'";

/// Whether codes may be read with the camera on a page.
fn has_camera(path: &str) -> bool {
    path.starts_with("/count/") || matches!(path, "/stock-movements/new" | "/check")
}

const ALWAYS: [(HeaderName, &str); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
];

fn policy_of(path: &str) -> &'static str {
    match path.starts_with("/count/") {
        true => COUNTING_POLICY,
        false => POLICY,
    }
}

fn permissions_of(path: &str) -> &'static str {
    match has_camera(path) {
        true => "camera=(self), geolocation=(), microphone=()",
        false => "camera=(), geolocation=(), microphone=()",
    }
}

/// Adds the headers; what says nothing else is kept nowhere: it may be personal.
pub(crate) async fn add(State(state): State<WebState>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let (policy, permissions) = (policy_of(path), permissions_of(path));
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(policy),
    );
    headers.insert(
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static(permissions),
    );
    for (name, value) in ALWAYS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if state.secure_cookies {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=63072000; includeSubDomains"),
        );
    }
    headers
        .entry(header::CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
    response
}
