//! What a partner is told where something is not taken: a status, a code that stays the same, and
//! one fixed sentence. Nothing of what the node holds, and nothing of why it fails.

use egnatia_app::ReceiveError;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use hyper::{Response, StatusCode};
use serde_json::json;

/// A refusal on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Problem {
    pub status: StatusCode,
    pub code: &'static str,
    pub title: &'static str,
}

const fn problem(status: StatusCode, code: &'static str, title: &'static str) -> Problem {
    Problem {
        status,
        code,
        title,
    }
}

pub const NOT_A_PARTNER: Problem = problem(
    StatusCode::FORBIDDEN,
    "not-a-partner",
    "this node has not accepted yours, or not your newest card",
);
pub const TOO_MANY: Problem = problem(
    StatusCode::TOO_MANY_REQUESTS,
    "too-many-requests",
    "this node takes fewer requests at a time: wait and try again",
);
pub const TOO_LARGE: Problem = problem(
    StatusCode::PAYLOAD_TOO_LARGE,
    "too-large",
    "the envelope is larger than version 1 allows: send less at once",
);
pub const TOO_SLOW: Problem = problem(
    StatusCode::REQUEST_TIMEOUT,
    "too-slow",
    "the envelope did not arrive in time: send it again",
);
pub const BROKEN_OFF: Problem = problem(
    StatusCode::BAD_REQUEST,
    "broken-off",
    "the envelope did not arrive whole: send it again",
);
pub const NOT_AN_ENVELOPE_TYPE: Problem = problem(
    StatusCode::UNSUPPORTED_MEDIA_TYPE,
    "unsupported-type",
    "parcels come as application/vnd.egnatia.envelope",
);
pub const NOT_FOUND: Problem = problem(
    StatusCode::NOT_FOUND,
    "not-found",
    "a node has POST /v1/parcels and GET /v1/card",
);
pub const NO_EXCHANGE: Problem = problem(
    StatusCode::SERVICE_UNAVAILABLE,
    "no-exchange",
    "this node does not exchange at the moment: try again later",
);
pub const BUSY: Problem = problem(
    StatusCode::SERVICE_UNAVAILABLE,
    "busy",
    "this node cannot take it at the moment: try again",
);

pub const STALE: Problem = problem(
    StatusCode::BAD_REQUEST,
    "stale",
    "the envelope was sealed too long ago or in the future: seal it anew, and compare the clocks",
);

impl Problem {
    /// What the partner is told of this error.
    pub fn of(error: &ReceiveError) -> Self {
        match error {
            ReceiveError::NoIdentity => NO_EXCHANGE,
            ReceiveError::NotAPartner(_) => NOT_A_PARTNER,
            ReceiveError::Busy(_) => BUSY,
            ReceiveError::Stale { .. } => STALE,
            ReceiveError::Refused(refusal) => refused(refusal.code()),
        }
    }

    /// As problem details (RFC 9457).
    pub fn response(self) -> Response<Full<Bytes>> {
        let body =
            json!({ "status": self.status.as_u16(), "code": self.code, "title": self.title });
        let mut response = Response::new(Full::from(body.to_string()));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(
            CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        let later = [
            StatusCode::TOO_MANY_REQUESTS,
            StatusCode::SERVICE_UNAVAILABLE,
        ];
        if later.contains(&self.status) {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

/// The code is that of the protocol; which sentence goes with it is for people who read traces.
fn refused(code: &'static str) -> Problem {
    let (status, title) = match code {
        "too-large" => return TOO_LARGE,
        "not-for-us" => (
            StatusCode::FORBIDDEN,
            "the envelope is for another node: send it there",
        ),
        "other-sender" => (
            StatusCode::FORBIDDEN,
            "the envelope is from another node than the one that brings it",
        ),
        "wrong-signer" => (
            StatusCode::FORBIDDEN,
            "no valid key of the sender has signed the parcel: give your newest card first",
        ),
        "bad-signature" => (
            StatusCode::FORBIDDEN,
            "the signature of the parcel does not fit: make it anew",
        ),
        "unknown-key" => (
            StatusCode::CONFLICT,
            "the envelope is sealed to a key that is not in use: fetch the newest card",
        ),
        "unknown-version" => (
            StatusCode::BAD_REQUEST,
            "this node reads version 1 of envelopes: send that one",
        ),
        "not-opened" => (
            StatusCode::BAD_REQUEST,
            "the envelope does not open: it was altered on the way, send it again",
        ),
        _ => (
            StatusCode::BAD_REQUEST,
            "the envelope is not as the protocol has it: make it anew",
        ),
    };
    problem(status, code, title)
}

#[cfg(test)]
mod tests {
    use super::*;
    use egnatia_protocol::{EnvelopeError, Refusal};

    #[test]
    fn a_partner_learns_the_code_and_a_fixed_sentence_only() {
        let secret = ReceiveError::Busy("disk of the archive is full".to_owned());
        assert_eq!(Problem::of(&secret), BUSY);
        let other = Refusal::NotForUs {
            to: "xx-secret-unit".parse().unwrap(),
        };
        let told = Problem::of(&other.into());
        assert_eq!((told.status.as_u16(), told.code), (403, "not-for-us"));
        assert!(!told.title.contains("secret"));
        let large = Refusal::from(EnvelopeError::TooLarge { found: 9 });
        assert_eq!(Problem::of(&large.into()).status.as_u16(), 413);
    }
}
