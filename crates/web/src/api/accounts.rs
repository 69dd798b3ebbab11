//! Accounts.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use egnatia_app::{AccountView, Action, NewAccount, Password, Role};
use egnatia_record::UserId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::caller::Bearer;
use super::json::{Body, PageOf, ProblemBody};
use crate::WebState;
use crate::problem::{Problem, ProblemCode};

/// An account, without its secrets.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AccountBody {
    /// The name under which they sign in.
    #[schema(value_type = String)]
    login: UserId,
    /// The name of the person.
    name: String,
    /// What they may do.
    #[schema(value_type = String)]
    role: Role,
    /// `active`, `locked` or `closed`.
    state: &'static str,
    /// When the account was made, UTC.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When they last signed in, UTC.
    #[schema(value_type = Option<String>, format = DateTime)]
    signed_in_at: Option<Timestamp>,
    /// Their user of the operating system at the node's command line, where one is bound.
    os_user: Option<String>,
}

/// Somebody who is to get an account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewAccountBody {
    /// The name under which they sign in.
    login: String,
    /// The name of the person.
    name: String,
    /// What they may do.
    #[schema(value_type = String, example = "officer")]
    role: Role,
    /// Their first password.
    #[schema(format = Password)]
    password: String,
}

/// A new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordBody {
    /// 12 characters or more.
    #[schema(format = Password)]
    password: String,
}

/// All accounts, by login.
#[utoipa::path(
    get, path = "/api/v1/accounts", tag = "accounts",
    responses((status = 200, description = "The accounts", body = PageOf<AccountBody>), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn list(
    State(state): State<WebState>,
    bearer: Bearer,
) -> Result<Json<PageOf<AccountBody>>, Problem> {
    bearer.enter(&state, Action::ManageAccounts)?;
    let accounts = state.app.accounts(bearer.caller()).await?;
    Ok(Json(PageOf {
        items: accounts.into_iter().map(AccountBody::of).collect(),
        next: None,
    }))
}

/// Makes an account.
#[utoipa::path(
    post, path = "/api/v1/accounts", tag = "accounts", request_body = NewAccountBody,
    responses((status = 201, description = "Made", body = AccountBody), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn create(
    State(state): State<WebState>,
    bearer: Bearer,
    Body(body): Body<NewAccountBody>,
) -> Result<(StatusCode, Json<AccountBody>), Problem> {
    bearer.enter(&state, Action::ManageAccounts)?;
    if !Role::OF_ACCOUNTS.contains(&body.role) {
        let detail = "no account has this role";
        return Err(Problem::field("role", "invalid", detail));
    }
    let new = NewAccount {
        login: body.login,
        name: body.name,
        role: body.role,
        password: Password::new(body.password),
    };
    let account = state.app.create_account(bearer.caller(), new).await?;
    Ok((StatusCode::CREATED, Json(AccountBody::of(account))))
}

/// Lifts a lock-out.
#[utoipa::path(
    post, path = "/api/v1/accounts/{login}/unlock", tag = "accounts",
    params(("login" = String, Path, description = "The account")),
    responses((status = 204, description = "Lifted"), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn unlock(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(login): Path<String>,
) -> Result<StatusCode, Problem> {
    bearer.enter(&state, Action::ManageAccounts)?;
    state
        .app
        .unlock_account(bearer.caller(), &user(&login)?)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Closes an account for good and ends its sessions.
#[utoipa::path(
    post, path = "/api/v1/accounts/{login}/close", tag = "accounts",
    params(("login" = String, Path, description = "The account")),
    responses((status = 204, description = "Closed"), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn close(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(login): Path<String>,
) -> Result<StatusCode, Problem> {
    bearer.enter(&state, Action::ManageAccounts)?;
    state
        .app
        .close_account(bearer.caller(), &user(&login)?)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Another role.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RoleBody {
    /// `officer`, `verifying-officer`, `storekeeper`, `stock-inspector`, `supervisor`, `data-protection-officer`, `administrator`.
    #[schema(value_type = String, example = "verifying-officer")]
    role: Role,
}

/// Gives somebody another role and ends their sessions.
#[utoipa::path(
    post, path = "/api/v1/accounts/{login}/role", tag = "accounts", request_body = RoleBody,
    params(("login" = String, Path, description = "The account")),
    responses((status = 204, description = "Changed"), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn change_role(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(login): Path<String>,
    Body(body): Body<RoleBody>,
) -> Result<StatusCode, Problem> {
    bearer.enter(&state, Action::ManageAccounts)?;
    state
        .app
        .change_role(bearer.caller(), &user(&login)?, body.role)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A user of the operating system of the node.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OsUserBody {
    /// Its name; nothing takes the binding away.
    os_user: Option<String>,
}

/// Binds a user of the operating system to an account: both are one person where two sign.
#[utoipa::path(
    put, path = "/api/v1/accounts/{login}/os-user", tag = "accounts", request_body = OsUserBody,
    params(("login" = String, Path, description = "The account")),
    responses((status = 204, description = "Changed"), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn bind(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(login): Path<String>,
    Body(body): Body<OsUserBody>,
) -> Result<StatusCode, Problem> {
    bearer.enter(&state, Action::ManageAccounts)?;
    let user = user(&login)?;
    state
        .app
        .bind_os_user(bearer.caller(), &user, body.os_user)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sets a new password for somebody who has lost theirs, and ends their sessions.
#[utoipa::path(
    post, path = "/api/v1/accounts/{login}/password", tag = "accounts", request_body = PasswordBody,
    params(("login" = String, Path, description = "The account")),
    responses((status = 204, description = "Set"), (status = "default", description = "Refused", body = ProblemBody, content_type = "application/problem+json"),)
)]
pub(crate) async fn reset(
    State(state): State<WebState>,
    bearer: Bearer,
    Path(login): Path<String>,
    Body(body): Body<PasswordBody>,
) -> Result<StatusCode, Problem> {
    bearer.enter(&state, Action::ManageAccounts)?;
    let password = Password::new(body.password);
    let user = user(&login)?;
    state
        .app
        .reset_password(bearer.caller(), &user, password)
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

fn user(text: &str) -> Result<UserId, Problem> {
    text.parse()
        .map_err(|_| Problem::new(ProblemCode::NotFound))
}

impl AccountBody {
    fn of(account: AccountView) -> Self {
        Self {
            login: account.login,
            name: account.name,
            role: account.role,
            state: account.state.as_str(),
            created_at: account.created_at,
            signed_in_at: account.signed_in_at,
            os_user: account.os_user,
        }
    }
}
