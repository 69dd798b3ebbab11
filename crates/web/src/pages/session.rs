//! Signing in, the justification, one's own password.

use std::net::SocketAddr;

use askama::Template;
use axum::extract::ConnectInfo;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use egnatia_app::{Password, SignInError};
use egnatia_record::{CaseReference, Justification, Purpose};

use crate::parts::{Field, FieldKind, Form};
use crate::problem::Problem;
use crate::visit::{Posted, Signed, Visit, areas, inside, show, show_refused, show_with};
use crate::{Area, Frame, Texts, cookie, words};

/// The page on which somebody signs in.
#[derive(Debug, Template)]
#[template(path = "sign_in.html")]
pub struct SignInPage {
    frame: Frame,
    form: Form,
}

impl SignInPage {
    /// The page; `login` is what was typed before, `wrong` why it was refused.
    pub fn new(frame: Frame, login: &str, next: String, wrong: Option<String>) -> Self {
        let t = frame.t;
        let name = Field {
            autocomplete: "username",
            ..Field::new("login", t.text("field-login"))
                .value(login)
                .required()
        };
        let password = Field::new("password", t.text("field-password"))
            .kind(FieldKind::Password("current-password"))
            .required();
        let (name, password) = if login.is_empty() {
            (name.first(), password)
        } else {
            (name, password.first())
        };
        let form = Form::new(
            t,
            "/sign-in",
            vec![name, password],
            t.text("sign-in-submit"),
            wrong,
        )
        .hidden("next", next);
        Self { frame, form }
    }
}

/// The page on which somebody says why they act.
#[derive(Debug, Template)]
#[template(path = "justification.html")]
pub struct JustificationPage {
    frame: Frame,
    form: Form,
}

impl JustificationPage {
    /// The page; `next` is where to go afterwards.
    pub fn new(frame: Frame, given: &JustificationInput, next: String) -> Self {
        let t = frame.t;
        let [purpose, case] = justification_fields(t, given);
        let csrf = frame.csrf().to_owned();
        let fields = vec![purpose.first(), case];
        let form = Form::new(
            t,
            "/justification",
            fields,
            t.text("justification-submit"),
            None,
        )
        .csrf(&csrf)
        .hidden("next", next);
        Self { frame, form }
    }
}

/// What was filled in as a justification, and what is wrong with it.
#[derive(Debug, Clone, Default)]
pub struct JustificationInput {
    /// The purpose's term.
    pub purpose: String,
    /// The case reference.
    pub case: String,
    /// What is wrong with the purpose.
    pub purpose_error: Option<String>,
    /// What is wrong with the case.
    pub case_error: Option<String>,
}

/// The two fields of a justification.
pub fn justification_fields(t: &'static Texts, given: &JustificationInput) -> [Field; 2] {
    let none = (String::new(), t.text("choose"));
    let terms = Purpose::ALL
        .iter()
        .map(|purpose| (purpose.as_str().to_owned(), words::purpose(*purpose, t)));
    let purpose = Field::new("purpose", t.text("field-purpose"))
        .kind(FieldKind::Choice(
            std::iter::once(none).chain(terms).collect(),
        ))
        .value(given.purpose.as_str())
        .error(given.purpose_error.clone())
        .required();
    let case = Field::new("case", t.text("field-case"))
        .hint(t.text("field-case-hint"))
        .value(given.case.as_str())
        .error(given.case_error.clone())
        .required();
    [purpose, case]
}

/// The page on which somebody changes their own password.
#[derive(Debug, Template)]
#[template(path = "password.html")]
pub struct PasswordPage {
    frame: Frame,
    form: Form,
}

impl PasswordPage {
    /// The page, with what is wrong with the present and the new password.
    pub fn new(frame: Frame, present_error: Option<String>, new_error: Option<String>) -> Self {
        let t = frame.t;
        let present = Field::new("present", t.text("field-present-password"))
            .kind(FieldKind::Password("current-password"))
            .error(present_error)
            .required()
            .first();
        let new = Field::new("new", t.text("field-new-password"))
            .kind(FieldKind::Password("new-password"))
            .hint(t.text("field-new-password-hint"))
            .error(new_error)
            .required();
        let csrf = frame.csrf().to_owned();
        let form = Form::new(
            t,
            "/password",
            vec![present, new],
            t.text("password-submit"),
            None,
        )
        .csrf(&csrf);
        Self { frame, form }
    }
}

/// Leads to the first area that the role may enter.
pub(crate) async fn start(signed: Signed) -> Redirect {
    Redirect::to(
        areas(&signed.state, signed.caller())
            .next()
            .map_or("/password", Area::path),
    )
}

/// Shows the sign-in form.
pub(crate) async fn sign_in_form(visit: Visit) -> Response {
    let next = visit.query("next").unwrap_or_default();
    if visit.who.is_some() {
        return Redirect::to(inside(&next)).into_response();
    }
    let frame = visit.bare(visit.t.text("sign-in-title"));
    show(&SignInPage::new(frame, "", next, None))
}

/// Signs somebody in.
pub(crate) async fn sign_in(
    visit: Visit,
    client: Option<axum::Extension<ConnectInfo<SocketAddr>>>,
    posted: Posted,
) -> Result<Response, Problem> {
    let state = visit.state();
    let login = posted.text("login");
    let next = posted.text("next");
    let client = client_of(client);
    let password = Password::new(posted.raw("password"));
    let refused = match state.app.sign_in(&login, password, &client).await {
        Ok(signed_in) => {
            let mut response = Redirect::to(inside(&next)).into_response();
            if let Some(value) = cookie::set(&signed_in.token, state.secure_cookies) {
                response.headers_mut().append(header::SET_COOKIE, value);
            }
            return Ok(response);
        }
        Err(SignInError::App(error)) => return Err(error.into()),
        Err(refused) => refused,
    };
    let problem = Problem::from(refused);
    let code = problem.code.as_str();
    let wrong = format!(
        "{}. {}",
        visit.t.text(&format!("problem-{code}")),
        visit.t.text(&format!("problem-{code}-do"))
    );
    let frame = visit.bare(visit.t.text("sign-in-title"));
    let page = SignInPage::new(frame, &login, next, Some(wrong));
    let mut response = show_with(problem.code.status(), &page);
    if let Some(seconds) = problem.retry_after_s {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, seconds.into());
    }
    Ok(response)
}

/// The address that asks, where the server knows it.
pub(crate) fn client_of(client: Option<axum::Extension<ConnectInfo<SocketAddr>>>) -> String {
    client.map_or_else(
        || "unknown".to_owned(),
        |axum::Extension(ConnectInfo(address))| address.ip().to_string(),
    )
}

/// Ends the session.
pub(crate) async fn sign_out(signed: Signed, _posted: Posted) -> Result<Response, Problem> {
    signed.state.app.sign_out(&signed.who).await?;
    Ok(to_sign_in(&signed, "/sign-in"))
}

fn to_sign_in(signed: &Signed, path: &str) -> Response {
    let mut response = Redirect::to(path).into_response();
    // What a device kept to count without a line goes with the session.
    response.headers_mut().insert(
        HeaderName::from_static("clear-site-data"),
        HeaderValue::from_static("\"storage\""),
    );
    if let Some(value) = cookie::clear(signed.state.secure_cookies) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response
}

/// Shows the form for purpose and case.
pub(crate) async fn justification_form(signed: Signed) -> Response {
    let given = signed.caller().justification.as_ref();
    let given = JustificationInput {
        purpose: given.map_or("", |j| j.purpose.as_str()).to_owned(),
        case: given.map(|j| j.case.to_string()).unwrap_or_default(),
        ..JustificationInput::default()
    };
    let next = signed.visit.query("next").unwrap_or_default();
    let frame = signed
        .frame(signed.t().text("justification-title"), None)
        .await;
    show(&JustificationPage::new(frame, &given, next))
}

/// Sets purpose and case.
pub(crate) async fn justify(signed: Signed, posted: Posted) -> Result<Response, Problem> {
    let next = posted.text("next");
    match JustificationInput::read(&posted, signed.t()) {
        Ok(justification) => {
            let app = &signed.state.app;
            app.set_justification(&signed.who, justification).await?;
            Ok(Redirect::to(inside(&next)).into_response())
        }
        Err(given) => {
            let frame = signed
                .frame(signed.t().text("justification-title"), None)
                .await;
            Ok(show_refused(&JustificationPage::new(frame, &given, next)))
        }
    }
}

impl JustificationInput {
    /// What was typed so far, right or not.
    pub(crate) fn typed(posted: &Posted) -> Self {
        Self {
            purpose: posted.text("purpose"),
            case: posted.text("case"),
            ..Self::default()
        }
    }

    /// Reads the two fields of a justification, or says what is wrong with them.
    pub(crate) fn read(posted: &Posted, t: &Texts) -> Result<Justification, Box<Self>> {
        let (purpose, case) = (posted.text("purpose"), posted.text("case"));
        match (purpose.parse::<Purpose>(), case.parse::<CaseReference>()) {
            (Ok(purpose), Ok(case)) => Ok(Justification { purpose, case }),
            (read_purpose, read_case) => Err(Box::new(Self {
                purpose_error: read_purpose.is_err().then(|| t.text("purpose-missing")),
                case_error: read_case.is_err().then(|| t.text("case-invalid")),
                purpose,
                case,
            })),
        }
    }
}

/// Shows the form for one's own password.
pub(crate) async fn password_form(signed: Signed) -> Response {
    let frame = signed.frame(signed.t().text("password-title"), None).await;
    show(&PasswordPage::new(frame, None, None))
}

/// Changes one's own password. All sessions end, also this one.
pub(crate) async fn change_password(signed: Signed, posted: Posted) -> Result<Response, Problem> {
    let present = Password::new(posted.raw("present"));
    let new = Password::new(posted.raw("new"));
    let app = &signed.state.app;
    let problem = match app.change_own_password(signed.caller(), present, new).await {
        Ok(()) => return Ok(to_sign_in(&signed, "/sign-in?done=password")),
        Err(error) => Problem::from(error),
    };
    let t = signed.t();
    let present = problem
        .of_field("present_password")
        .map(|_| t.text("password-wrong"));
    let new = problem
        .of_field("password")
        .map(|_| t.text("password-weak"));
    if present.is_none() && new.is_none() {
        return Err(problem);
    }
    let frame = signed.frame(t.text("password-title"), None).await;
    let page = PasswordPage::new(frame, present, new);
    Ok(show_with(StatusCode::UNPROCESSABLE_ENTITY, &page))
}
