//! `egnatia user`.

use std::fmt::Write;
use std::io::Read;
use std::process::ExitCode;

use egnatia_app::{NewAccount, Password};
use serde_json::json;

use super::{done, print};
use crate::ambient::SystemEntropy;
use crate::cli::User;
use crate::data::{Data, operator, os_name};
use crate::failure::InputError;

/// Manages accounts.
pub async fn run(data: Data, what: User, json: bool) -> anyhow::Result<ExitCode> {
    let caller = operator(None)?;
    let app = &data.app;
    let code = match what {
        User::List => list(&data, json).await?,
        User::Add {
            login,
            name,
            role,
            password_stdin,
        } => {
            let (password, made) = password(password_stdin)?;
            let new = NewAccount {
                login,
                name,
                role,
                password: password.clone(),
            };
            let account = app.create_account(&caller, new).await?;
            tell(
                json,
                account.login.as_str(),
                made.then_some(&password),
                "has an account",
            );
            ExitCode::SUCCESS
        }
        User::Bind { login, os_user } => {
            let name = os_name(&os_user)?;
            app.bind_os_user(&caller, &login, Some(name.clone()))
                .await?;
            done(
                json,
                &format!("{name}, at the command line, is {login} from now on."),
            )
        }
        User::Release { login } => {
            app.bind_os_user(&caller, &login, None).await?;
            done(
                json,
                &format!("No user of the operating system is {login} any more."),
            )
        }
        User::Unlock { login } => {
            app.unlock_account(&caller, &login).await?;
            done(json, &format!("{login} may sign in again."))
        }
        User::Close { login } => {
            app.close_account(&caller, &login).await?;
            done(json, &format!("The account {login} is closed for good."))
        }
        User::ResetPassword {
            login,
            password_stdin,
        } => {
            let (password, made) = password(password_stdin)?;
            app.reset_password(&caller, &login, password.clone())
                .await?;
            tell(
                json,
                login.as_str(),
                made.then_some(&password),
                "has a new password",
            );
            ExitCode::SUCCESS
        }
    };
    data.close().await;
    Ok(code)
}

async fn list(data: &Data, json: bool) -> anyhow::Result<ExitCode> {
    let accounts = data.app.accounts(&operator(None)?).await?;
    let mut text = String::new();
    for account in &accounts {
        let seen = account
            .signed_in_at
            .map_or_else(|| "never".to_owned(), |at| at.to_string());
        let (login, role, state) = (&account.login, account.role, account.state.as_str());
        let bound = account.os_user.as_deref();
        let bound = bound.map_or_else(String::new, |name| format!(" ({name} at the command line)"));
        writeln!(
            text,
            "{login:24} {role:24} {state:8} signed in {seen:27} {}{bound}",
            account.name
        )?;
    }
    if accounts.is_empty() {
        text.push_str("There are no accounts yet. `egnatia user add --help` says how to make one.");
    }
    let value: Vec<_> = accounts
        .iter()
        .map(|account| {
            json!({
                "login": account.login, "name": account.name, "role": account.role,
                "state": account.state.as_str(), "signed_in_at": account.signed_in_at,
                "os_user": account.os_user,
            })
        })
        .collect();
    print(json, &json!(value), text.trim_end());
    Ok(ExitCode::SUCCESS)
}

/// A password from standard input, or a made one.
fn password(from_stdin: bool) -> anyhow::Result<(Password, bool)> {
    if !from_stdin {
        return Ok((Password::random(&SystemEntropy), true));
    }
    let mut text = String::new();
    std::io::stdin()
        .take(4_096)
        .read_to_string(&mut text)
        .map_err(|error| InputError(format!("cannot read the password: {error}")))?;
    Ok((Password::new(text.trim_end_matches(['\n', '\r'])), false))
}

fn tell(json: bool, login: &str, made: Option<&Password>, what: &str) {
    let password = made.map(Password::reveal);
    let text = match password {
        Some(password) => {
            format!("{login} {what}. Password, shown once: {password}")
        }
        None => format!("{login} {what}."),
    };
    print(
        json,
        &json!({ "login": login, "password": password }),
        &text,
    );
}
