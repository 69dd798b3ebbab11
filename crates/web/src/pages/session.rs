//! Signing in, the justification, one's own password.

use askama::Template;
use egnatia_record::Purpose;

use crate::parts::{Field, FieldKind, Form};
use crate::{Frame, Texts, words};

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
