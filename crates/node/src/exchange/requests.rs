//! The two requests that a partner's node has.

use std::sync::Arc;
use std::time::Duration;

use egnatia_app::ReceiveError;
use egnatia_protocol::{Digest, ENVELOPE_BYTES_MAX};
use egnatia_record::AuthorityId;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Body, Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Method, Request, Response};
use tracing::{info, warn};

use super::problem::{self, Problem};
use super::server::Server;
use super::{CARD, ENVELOPE_TYPE, PARCELS, tls};

/// An envelope has to arrive within this time.
const BODY_WITHIN: Duration = Duration::from_secs(30);

/// Answers whoever showed the certificate with this pin. Who that is, is looked up for each
/// request: a partner may be revoked while its connection stands.
pub async fn answer(
    server: Arc<Server>,
    pin: Digest,
    request: Request<Incoming>,
) -> Response<Full<Bytes>> {
    let app = &server.app;
    let Some(partner) = tls::partner_of(&app.directory(), pin, app.now()) else {
        return problem::NOT_A_PARTNER.response();
    };
    let permit = match server.limits.request(&partner) {
        Ok(permit) => permit,
        Err(problem) => return problem.response(),
    };
    // In a task of its own: where the partner hangs up, what it sent is still taken whole, and it
    // counts as under way until then.
    let answered = tokio::spawn(async move {
        let _permit = permit;
        match (request.method(), request.uri().path()) {
            (&Method::POST, PARCELS) => take(&server, &partner, request).await,
            (&Method::GET, CARD) => card(&server),
            _ => Err(problem::NOT_FOUND),
        }
    });
    match answered.await {
        Ok(Ok(response)) => response,
        Ok(Err(problem)) => problem.response(),
        Err(error) => {
            warn!(%error, "taking a parcel broke off");
            problem::BUSY.response()
        }
    }
}

async fn take(
    server: &Server,
    partner: &AuthorityId,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Problem> {
    if request.headers().get(CONTENT_TYPE) != Some(&HeaderValue::from_static(ENVELOPE_TYPE)) {
        return Err(problem::NOT_AN_ENVELOPE_TYPE);
    }
    let body = request.into_body();
    let announced = body.size_hint().lower();
    if usize::try_from(announced).map_or(true, |bytes| bytes > ENVELOPE_BYTES_MAX) {
        return Err(problem::TOO_LARGE);
    }
    let read = Limited::new(body, ENVELOPE_BYTES_MAX).collect();
    let envelope = match tokio::time::timeout(BODY_WITHIN, read).await {
        Ok(Ok(collected)) => collected.to_bytes(),
        Ok(Err(error)) if error.is::<LengthLimitError>() => return Err(problem::TOO_LARGE),
        Ok(Err(_)) => return Err(problem::BROKEN_OFF),
        Err(_) => return Err(problem::TOO_SLOW),
    };
    match server.app.receive(partner, &envelope).await {
        Ok(receipts) => {
            server.bells.heard(partner);
            Ok(with_type(ENVELOPE_TYPE, receipts))
        }
        Err(error) => {
            match &error {
                // The one that the operator of this node can do something about.
                ReceiveError::Busy(cause) => warn!(%partner, %cause, "a parcel was not taken"),
                other => info!(%partner, error = %other, "a parcel was refused"),
            }
            Err(Problem::of(&error))
        }
    }
}

fn card(server: &Server) -> Result<Response<Full<Bytes>>, Problem> {
    let card = server.app.own_card().ok_or(problem::NO_EXCHANGE)?;
    Ok(with_type("application/json", card.to_json().into_bytes()))
}

fn with_type(content_type: &'static str, body: Vec<u8>) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::from(body));
    let content_type = HeaderValue::from_static(content_type);
    response.headers_mut().insert(CONTENT_TYPE, content_type);
    response
}
