//! Users: who may sign in, and as what.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use egnatia_app::{AccountState, AccountView, Action, NewAccount, Password, Role};
use egnatia_record::UserId;

use crate::parts::{Cell, Empty, Facts, Field, FieldKind, Form, Table, Tag, Tone};
use crate::problem::{Problem, ProblemCode};
use crate::visit::{Posted, Signed, done, show, show_refused};
use crate::{Area, Frame, Texts};

/// The page of all accounts.
#[derive(Debug, Template)]
#[template(path = "users.html")]
pub struct UsersPage {
    /// The frame.
    pub frame: Frame,
    /// The accounts, by login.
    pub table: Table,
    /// The form that makes one.
    pub create: Form,
    /// Whether the form is open: somebody filled it in before.
    pub open: bool,
}

/// The page of one account.
#[derive(Debug, Template)]
#[template(path = "user.html")]
pub struct UserPage {
    /// The frame.
    pub frame: Frame,
    /// What is known of it.
    pub facts: Facts,
    /// What may be done with it: a heading, what it means, and the form.
    pub acts: Vec<Act>,
}

/// Something that an administrator may do with an account.
#[derive(Debug)]
pub struct Act {
    /// Names it on the page.
    pub id: &'static str,
    /// The heading.
    pub heading: String,
    /// What it means.
    pub means: String,
    /// The form.
    pub form: Form,
}

/// Shows all accounts.
pub(crate) async fn show_users(signed: Signed) -> Result<Response, Problem> {
    signed.enter(Action::ManageAccounts)?;
    let page = users_page(&signed, &Posted::default(), None).await?;
    Ok(show(&page))
}

/// Makes an account.
pub(crate) async fn create(signed: Signed, posted: Posted) -> Result<Response, Problem> {
    signed.enter(Action::ManageAccounts)?;
    let Ok(role) = posted.text("role").parse::<Role>() else {
        let problem = Problem::field("role", "missing", "");
        let page = users_page(&signed, &posted, Some(&problem)).await?;
        return Ok(show_refused(&page));
    };
    let new = NewAccount {
        login: posted.text("login"),
        name: posted.text("name"),
        role,
        password: Password::new(posted.raw("password")),
    };
    let app = &signed.state.app;
    let problem = match app.create_account(signed.caller(), new).await {
        Ok(account) => return Ok(done(&format!("/users/{}", account.login), "created")),
        Err(error) => Problem::from(error),
    };
    if problem.errors.is_empty() {
        return Err(problem);
    }
    let page = users_page(&signed, &posted, Some(&problem)).await?;
    Ok(show_refused(&page))
}

async fn users_page(
    signed: &Signed,
    posted: &Posted,
    problem: Option<&Problem>,
) -> Result<UsersPage, Problem> {
    let t = signed.t();
    let accounts = signed.state.app.accounts(signed.caller()).await?;
    let frame = signed.frame(t.text("users-title"), Some(Area::Users)).await;
    let columns = &[
        "column-login",
        "column-name",
        "column-role",
        "column-state",
        "column-signed-in",
    ];
    let rows = accounts
        .iter()
        .map(|account| {
            vec![
                Cell::link(format!("/users/{}", account.login), account.login.as_str()),
                Cell::Text(account.name.clone()),
                Cell::Text(t.text(&format!("role-{}", account.role))),
                Cell::Tag(state_tag(t, account.state)),
                signed_in(&frame, account),
            ]
        })
        .collect();
    let create = Form::new(
        t,
        "/users",
        create_fields(t, posted, problem),
        t.text("users-create-submit"),
        None,
    )
    .csrf(frame.csrf());
    Ok(UsersPage {
        table: Table::new(t, String::new(), columns, Empty::of(t, "users")).rows(rows),
        create,
        open: problem.is_some(),
        frame,
    })
}

fn create_fields(t: &'static Texts, posted: &Posted, problem: Option<&Problem>) -> Vec<Field> {
    let wrong = |field: &str| {
        let error = problem?.errors.iter().find(|error| error.field == field)?;
        let key = match (field, error.code.as_str()) {
            ("login", "taken") => "login-taken",
            ("login", _) => "login-invalid",
            ("name", _) => "name-missing",
            ("role", _) => "role-missing",
            _ => "password-weak",
        };
        Some(t.text(key))
    };
    vec![
        Field::new("login", t.text("field-new-login"))
            .hint(t.text("field-new-login-hint"))
            .value(posted.text("login"))
            .error(wrong("login"))
            .required(),
        Field::new("name", t.text("field-name"))
            .value(posted.text("name"))
            .error(wrong("name"))
            .required(),
        Field::new("role", t.text("field-role"))
            .kind(FieldKind::Choice(role_choices(t, None)))
            .value(posted.text("role"))
            .error(wrong("role"))
            .required(),
        password_field(t, t.text("field-initial-password"), wrong("password")),
    ]
}

/// The roles to choose from, without the one that somebody has already.
fn role_choices(t: &Texts, present: Option<Role>) -> Vec<(String, String)> {
    let roles = Role::OF_ACCOUNTS
        .iter()
        .filter(|role| Some(**role) != present)
        .map(|role| (role.as_str().to_owned(), t.text(&format!("role-{role}"))));
    std::iter::once((String::new(), t.text("choose")))
        .chain(roles)
        .collect()
}

fn password_field(t: &'static Texts, label: String, wrong: Option<String>) -> Field {
    Field::new("password", label)
        .kind(FieldKind::Password("new-password"))
        .hint(t.text("field-initial-password-hint"))
        .error(wrong)
        .required()
}

fn state_tag(t: &Texts, state: AccountState) -> Tag {
    let (tone, key) = match state {
        AccountState::Active => (Tone::Agree, "account-active"),
        AccountState::Locked => (Tone::Caution, "account-locked"),
        AccountState::Closed => (Tone::Silent, "account-closed"),
    };
    Tag {
        tone,
        word: t.text(key),
    }
}

fn signed_in(frame: &Frame, account: &AccountView) -> Cell {
    match account.signed_in_at {
        Some(at) => Cell::Time(frame.moment(at)),
        None => Cell::Text(frame.t.text("user-never")),
    }
}

/// Shows one account.
pub(crate) async fn show_user(
    signed: Signed,
    Path(login): Path<String>,
) -> Result<Response, Problem> {
    signed.enter(Action::ManageAccounts)?;
    let page = user_page(&signed, &login, &Refused::default()).await?;
    Ok(show(&page))
}

/// What is wrong with a form of an account's page.
#[derive(Default)]
struct Refused {
    password: Option<String>,
    role: Option<String>,
    confirmation: Option<String>,
}

async fn user_page(signed: &Signed, login: &str, wrong: &Refused) -> Result<UserPage, Problem> {
    let t = signed.t();
    let accounts = signed.state.app.accounts(signed.caller()).await?;
    let account = accounts
        .iter()
        .find(|account| account.login.as_str() == login);
    let account = account.ok_or(Problem::new(ProblemCode::NotFound))?;
    let title = t.with("user-title", "login", login);
    let frame = signed.frame(title, Some(Area::Users)).await;
    let facts = Facts::new()
        .with(t.text("column-name"), Cell::Text(account.name.clone()))
        .with(
            t.text("column-role"),
            Cell::Text(t.text(&format!("role-{}", account.role))),
        )
        .with(t.text("user-state"), Cell::Tag(state_tag(t, account.state)))
        .with(
            t.text("user-created"),
            Cell::Time(frame.moment(account.created_at)),
        )
        .with(t.text("user-signed-in"), signed_in(&frame, account))
        .with(
            t.text("user-os-user"),
            match &account.os_user {
                Some(name) => Cell::Exact(name.clone()),
                None => Cell::Text(t.text("user-os-user-none")),
            },
        );
    let own = account.login == signed.caller().login;
    let offered = match account.state {
        AccountState::Closed => &[][..],
        AccountState::Locked => &["unlock", "reset", "role", "close"],
        AccountState::Active if own => &["reset"],
        AccountState::Active => &["reset", "role", "close"],
    };
    let acts = offered
        .iter()
        .map(|id| offered_act(&frame, id, account, wrong))
        .collect();
    Ok(UserPage { facts, acts, frame })
}

fn offered_act(frame: &Frame, id: &'static str, account: &AccountView, wrong: &Refused) -> Act {
    let t = frame.t;
    let login = account.login.as_str();
    let fields = match id {
        "reset" => {
            let label = t.text("field-new-password");
            vec![password_field(t, label, wrong.password.clone())]
        }
        "role" => vec![
            Field::new("role", t.text("field-role"))
                .kind(FieldKind::Choice(role_choices(t, Some(account.role))))
                .error(wrong.role.clone())
                .required(),
        ],
        "close" => vec![
            Field::new(
                "confirmation",
                t.with("field-close-confirmation", "login", login),
            )
            .error(wrong.confirmation.clone())
            .required(),
        ],
        _ => Vec::new(),
    };
    let submit = t.text(&format!("act-{id}-submit"));
    let form = Form::new(t, format!("/users/{login}/{id}"), fields, submit, None);
    let form = if id == "close" { form.danger() } else { form };
    Act {
        id,
        heading: t.text(&format!("act-{id}")),
        means: t.text(&format!("act-{id}-means")),
        form: form.csrf(frame.csrf()),
    }
}

/// Does something with an account.
pub(crate) async fn act(
    signed: Signed,
    Path((login, act)): Path<(String, String)>,
    posted: Posted,
) -> Result<Response, Problem> {
    signed.enter(Action::ManageAccounts)?;
    let not_found = || Problem::new(ProblemCode::NotFound);
    let user: UserId = login.parse().map_err(|_| not_found())?;
    let (app, caller) = (&signed.state.app, signed.caller());
    if act == "close" && posted.text("confirmation") != login {
        let wrong = Refused {
            confirmation: Some(signed.t().text("close-confirmation-invalid")),
            ..Refused::default()
        };
        return Ok(show_refused(&user_page(&signed, &login, &wrong).await?));
    }
    let (result, what) = match act.as_str() {
        "unlock" => (app.unlock_account(caller, &user).await, "unlocked"),
        "close" => (app.close_account(caller, &user).await, "closed"),
        "role" => match posted.text("role").parse::<Role>() {
            Ok(role) => (app.change_role(caller, &user, role).await, "role"),
            Err(_) => return refuse_role(&signed, &login).await,
        },
        "reset" => {
            let password = Password::new(posted.raw("password"));
            (app.reset_password(caller, &user, password).await, "reset")
        }
        _ => return Err(not_found()),
    };
    match result.map_err(Problem::from) {
        Ok(()) => Ok(done(&format!("/users/{login}"), what)),
        Err(problem) if problem.of_field("role").is_some() => refuse_role(&signed, &login).await,
        Err(problem) if problem.of_field("password").is_some() => {
            let wrong = Refused {
                password: Some(signed.t().text("password-weak")),
                ..Refused::default()
            };
            Ok(show_refused(&user_page(&signed, &login, &wrong).await?))
        }
        Err(problem) => Err(problem),
    }
}

async fn refuse_role(signed: &Signed, login: &str) -> Result<Response, Problem> {
    let wrong = Refused {
        role: Some(signed.t().text("role-missing")),
        ..Refused::default()
    };
    Ok(show_refused(&user_page(signed, login, &wrong).await?))
}
