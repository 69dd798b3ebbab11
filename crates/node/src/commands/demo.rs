//! `egnatia demo`: a node for trying things out, with lists and users.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use egnatia_app::{App, AppError, Caller, NewAccount, Password, Role};
use serde_json::json;

use super::serve::{serve, start_log};
use crate::ambient::SystemEntropy;
use crate::cli::{How, Listen};
use crate::commands::import::to_text;
use crate::config::{Config, Node};
use crate::data::{Data, Index, make_folder, operator};
use crate::download;
use crate::lists::{Read, Source};
use crate::memory;

/// Persons who do not exist, for a node without network and without lists.
const SAMPLE: &[u8] = include_bytes!("../../data/sample.ftm.json");
const LISTS: &str = "EGNATIA_LISTS";
const CONFIGURATION: &str = "\
# Written by `egnatia demo`. `egnatia config sample` lists all settings.
[node]
authority = \"demo-border-police\"
name = \"Demonstration Border Police\"
time_zone = \"Europe/Skopje\"
";

struct DemoUser {
    login: &'static str,
    name: &'static str,
    role: Role,
    password: Password,
}

/// Prepares the lists and the users, prints them, and serves.
pub async fn run(
    folder: &Path,
    mut config: Config,
    listen: Listen,
    json: bool,
) -> anyhow::Result<ExitCode> {
    if config.node == Node::default() {
        config = own_configuration(folder)?;
    }
    config.log.filter = "warn".to_owned();
    start_log(&config)?;
    let data = Data::open(folder, config, Index::Keep).await?;
    let caller = operator(None)?;
    let say = |text: &str| {
        if json {
            eprintln!("{text}");
        } else {
            println!("{text}");
        }
    };
    load_lists(&data, &caller, json, &say).await?;
    memory::give_back();
    let users = users();
    for user in &users {
        give_account(&data.app, &caller, user).await?;
    }
    let listed: Vec<_> = users
        .iter()
        .map(|user| {
            json!({ "login": user.login, "password": user.password.reveal(), "role": user.role })
        })
        .collect();
    serve(data, listen, true, |address| {
        say(&welcome(address, &users));
        if json {
            println!(
                "{}",
                json!({ "address": format!("http://{address}"), "users": listed })
            );
        }
    })
    .await
}

/// Writes the demonstration's configuration into its folder, so that every later command on the
/// folder speaks for the same authority.
fn own_configuration(folder: &Path) -> anyhow::Result<Config> {
    make_folder(folder)?;
    let file = folder.join("egnatia.toml");
    let cannot = || format!("cannot write `{}`", file.display());
    std::fs::write(&file, CONFIGURATION).with_context(cannot)?;
    Ok(Config::parse(CONFIGURATION)?)
}

fn users() -> Vec<DemoUser> {
    let user = |login, name, role| DemoUser {
        login,
        name,
        role,
        password: Password::random(&SystemEntropy),
    };
    vec![
        user("officer", "Teuta Marković", Role::Officer),
        user("verifier", "Ивана Димитрова", Role::VerifyingOfficer),
        user("supervisor", "Arben Hoxha", Role::Supervisor),
        user("dpo", "Lejla Kovačević", Role::DataProtectionOfficer),
        user("admin", "Đorđe Nikolić", Role::Administrator),
    ]
}

/// Makes the account, or gives the one that is there already this start's password.
async fn give_account(app: &App, caller: &Caller, user: &DemoUser) -> anyhow::Result<()> {
    let new = NewAccount {
        login: user.login.to_owned(),
        name: user.name.to_owned(),
        role: user.role,
        password: user.password.clone(),
    };
    match app.create_account(caller, new).await {
        Ok(_) => Ok(()),
        Err(AppError::Invalid(invalid)) if invalid.code == "taken" => {
            let login = user.login.parse()?;
            app.reset_password(caller, &login, user.password.clone())
                .await?;
            match app.unlock_account(caller, &login).await {
                Ok(()) | Err(AppError::Conflict(_)) => Ok(()),
                Err(error) => Err(error.into()),
            }
        }
        Err(error) => Err(error.into()),
    }
}

/// Lists from the folder that the environment names; else those that are there already; else the
/// publishers' own; else invented persons. Says which of them it was.
async fn load_lists(
    data: &Data,
    caller: &Caller,
    json: bool,
    say: &impl Fn(&str),
) -> anyhow::Result<()> {
    let how = How {
        dry_run: false,
        orphans: false,
    };
    let import = async |read: Read| -> anyhow::Result<()> {
        let report = read.import(&data.app, caller, false, json).await?;
        say(&format!(
            "  {}",
            to_text(&report, how).replace("; --orphans lists them", "")
        ));
        Ok(())
    };
    if let Some(folder) = std::env::var_os(LISTS).filter(|value| !value.is_empty()) {
        let folder = PathBuf::from(folder);
        say(&format!(
            "Lists: from the folder `{}`, which {LISTS} names.",
            folder.display()
        ));
        for source in Source::in_folder(&folder).context(LISTS)? {
            import(source.read(json)?).await?;
        }
        return Ok(());
    }
    let present = data.app.lists(caller).await?;
    if !present.is_empty() {
        let names: Vec<&str> = present.iter().map(|row| row.list.as_str()).collect();
        say(&format!(
            "Lists: {} are in the data folder already.",
            names.join(", ")
        ));
        return Ok(());
    }
    match download::all(&data.config.lists, json).await {
        Ok(downloaded) => {
            say("Lists: downloaded from their publishers.");
            for note in &downloaded.notes {
                say(&format!("  {note}"));
            }
            for read in downloaded.lists {
                import(read).await?;
            }
        }
        Err(error) => {
            let cause = error.root_cause();
            say(&format!(
                "Lists: the publishers cannot be reached ({error}: {cause})."
            ));
            say("Lists: a built-in sample of invented persons is used instead.");
            import(Read::ftm("sample", SAMPLE, json)?).await?;
        }
    }
    Ok(())
}

fn welcome(address: SocketAddr, users: &[DemoUser]) -> String {
    let mut text = format!("\nEgnatia is ready: http://{address}\n\n");
    for user in users {
        text.push_str(&format!(
            "  {:12} {:22} {}\n",
            user.login,
            user.password.reveal(),
            user.role
        ));
    }
    text.push_str("\nA demonstration: the passwords are new at every start. Ctrl-C stops it.");
    text
}
