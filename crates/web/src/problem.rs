//! What went wrong, once for pages and API: a code, a status, and words that hold no personal data.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use egnatia_app::{AppError, Conflict, Invalid, SignInError, StoreError};

/// A stable name for what went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProblemCode {
    /// No such page or record, or none for this caller.
    NotFound,
    /// The address is there, but not for this method.
    MethodNotAllowed,
    /// The role does not allow it.
    Forbidden,
    /// Nobody is signed in.
    Unauthenticated,
    /// Login or password is wrong.
    WrongCredentials,
    /// Too many failed log-ins.
    Locked,
    /// Too many attempts in a short time.
    TooManyRequests,
    /// No purpose and case.
    JustificationMissing,
    /// The form came from elsewhere, or is old.
    BadOrigin,
    /// It cannot be read.
    BadRequest,
    /// It reads, but a field cannot be used.
    Invalid,
    /// The body is not of the type that is expected.
    UnsupportedMediaType,
    /// The body is too large.
    TooLarge,
    /// It took too long.
    Timeout,
    /// Somebody else was faster.
    Conflict,
    /// The store does not answer.
    Unavailable,
    /// A mistake of ours.
    Internal,
}

impl ProblemCode {
    /// Every code.
    pub const ALL: &'static [Self] = &[
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::Forbidden,
        Self::Unauthenticated,
        Self::WrongCredentials,
        Self::Locked,
        Self::TooManyRequests,
        Self::JustificationMissing,
        Self::BadOrigin,
        Self::BadRequest,
        Self::Invalid,
        Self::UnsupportedMediaType,
        Self::TooLarge,
        Self::Timeout,
        Self::Conflict,
        Self::Unavailable,
        Self::Internal,
    ];

    /// The code as it stands in answers and in the keys of its words.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotFound => "not-found",
            Self::MethodNotAllowed => "method-not-allowed",
            Self::Forbidden => "forbidden",
            Self::Unauthenticated => "unauthenticated",
            Self::WrongCredentials => "wrong-credentials",
            Self::Locked => "locked",
            Self::TooManyRequests => "too-many-requests",
            Self::JustificationMissing => "justification-missing",
            Self::BadOrigin => "bad-origin",
            Self::BadRequest => "bad-request",
            Self::Invalid => "invalid",
            Self::UnsupportedMediaType => "unsupported-media-type",
            Self::TooLarge => "too-large",
            Self::Timeout => "timeout",
            Self::Conflict => "conflict",
            Self::Unavailable => "unavailable",
            Self::Internal => "internal",
        }
    }

    /// The HTTP status.
    pub const fn status(self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Forbidden | Self::BadOrigin | Self::JustificationMissing => StatusCode::FORBIDDEN,
            Self::Unauthenticated | Self::WrongCredentials => StatusCode::UNAUTHORIZED,
            Self::Locked => StatusCode::LOCKED,
            Self::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            Self::BadRequest => StatusCode::BAD_REQUEST,
            Self::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Timeout | Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Conflict => StatusCode::CONFLICT,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The code for an answer that a layer gave without one.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Self::MethodNotAllowed,
            StatusCode::FORBIDDEN => Self::Forbidden,
            StatusCode::UNAUTHORIZED => Self::Unauthenticated,
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::UnsupportedMediaType,
            StatusCode::UNPROCESSABLE_ENTITY => Self::Invalid,
            StatusCode::REQUEST_TIMEOUT | StatusCode::GATEWAY_TIMEOUT => Self::Timeout,
            StatusCode::SERVICE_UNAVAILABLE => Self::Unavailable,
            status if status.is_client_error() => Self::BadRequest,
            _ => Self::Internal,
        }
    }
}

/// A field that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldProblem {
    /// The field.
    pub field: String,
    /// A stable word for what is wrong.
    pub code: String,
    /// What is wrong and what to do.
    pub detail: String,
}

/// What went wrong with a request. A layer around the handlers turns it into a page or into
/// `application/problem+json`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What it is.
    pub code: ProblemCode,
    /// More about this case, without personal data.
    pub detail: Option<String>,
    /// The fields that cannot be used.
    pub errors: Vec<FieldProblem>,
    /// After how many seconds it may be tried again.
    pub retry_after_s: Option<u64>,
}

impl Problem {
    /// A problem of which there is no more to say.
    pub const fn new(code: ProblemCode) -> Self {
        Self {
            code,
            detail: None,
            errors: Vec::new(),
            retry_after_s: None,
        }
    }

    /// A problem with more to say.
    pub fn because(code: ProblemCode, detail: impl Into<String>) -> Self {
        Self {
            detail: Some(detail.into()),
            ..Self::new(code)
        }
    }

    /// A problem with one field.
    pub fn field(field: &str, code: &str, detail: impl Into<String>) -> Self {
        Self {
            errors: vec![FieldProblem {
                field: field.to_owned(),
                code: code.to_owned(),
                detail: detail.into(),
            }],
            ..Self::new(ProblemCode::Invalid)
        }
    }

    /// What is wrong with this field, if it is this one.
    pub fn of_field(&self, field: &str) -> Option<String> {
        self.errors
            .iter()
            .find(|error| error.field == field)
            .map(|error| error.detail.clone())
    }
}

impl From<Invalid> for Problem {
    fn from(invalid: Invalid) -> Self {
        Self::field(invalid.field, invalid.code, invalid.problem)
    }
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Self {
        match error {
            AppError::NoJustification => Self::new(ProblemCode::JustificationMissing),
            AppError::Forbidden(_) => Self::new(ProblemCode::Forbidden),
            AppError::NotFound(_) => Self::new(ProblemCode::NotFound),
            AppError::Invalid(invalid) => invalid.into(),
            AppError::Conflict(problem) | AppError::Clash { problem, .. } => {
                Self::because(ProblemCode::Conflict, problem)
            }
            // The causes are for whoever runs the node, never for whoever asked.
            AppError::Store(StoreError::Full) => {
                tracing::error!("the store is full");
                Self::new(ProblemCode::Unavailable)
            }
            AppError::Store(error) => {
                tracing::error!(%error, "the store does not answer");
                Self::new(ProblemCode::Unavailable)
            }
            AppError::Internal(cause) => {
                tracing::error!(cause, "a mistake of the program");
                Self::new(ProblemCode::Internal)
            }
        }
    }
}

impl From<SignInError> for Problem {
    fn from(error: SignInError) -> Self {
        match error {
            SignInError::Refused => Self::new(ProblemCode::WrongCredentials),
            SignInError::Locked => Self::new(ProblemCode::Locked),
            SignInError::TooMany { retry_after_s } => Self {
                retry_after_s: Some(retry_after_s),
                ..Self::new(ProblemCode::TooManyRequests)
            },
            SignInError::App(error) => error.into(),
        }
    }
}

impl From<Conflict> for Problem {
    fn from(conflict: Conflict) -> Self {
        AppError::from(conflict).into()
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.code.status().into_response();
        if let Some(seconds) = self.retry_after_s {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// The problem of an answer: that which a handler gave, or one for what a layer refused.
pub(crate) fn problem_of(response: &Response) -> Option<Problem> {
    if let Some(problem) = response.extensions().get::<Problem>() {
        return Some(problem.clone());
    }
    let status = response.status();
    let failed = status.is_client_error() || status.is_server_error();
    let finished = response.extensions().get::<Finished>().is_some();
    (failed && !finished).then(|| Problem::new(ProblemCode::of_status(status)))
}

/// Marks an answer that says itself what went wrong, such as a form with errors in it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Finished;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Texts;

    #[test]
    fn every_code_says_what_happened_what_it_means_and_what_to_do() {
        let texts = Texts::default_language();
        for code in ProblemCode::ALL {
            for suffix in ["", "-means", "-do"] {
                let key = format!("problem-{}{suffix}", code.as_str());
                assert!(texts.has(&key), "{key}");
            }
        }
    }

    #[test]
    fn the_cause_of_a_mistake_is_not_in_the_answer() {
        let problem = Problem::from(AppError::Internal("secret cause".to_owned()));
        assert_eq!(problem, Problem::new(ProblemCode::Internal));
    }
}
