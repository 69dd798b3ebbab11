//! `egnatia demo`: the region for trying things out, seven nodes with lists and users.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use egnatia_app::{App, AppError, Caller, NewAccount, Password, Role};
use serde_json::json;

mod depot;
pub(super) mod invented;
pub(super) mod region;
mod sides;
mod tour;

use region::Member;
use sides::{FOOTNOTE, SIDES};

use super::serve::{serve, start_log, told_to_stop};
use crate::ambient::SystemEntropy;
use crate::cli::{Demo, How, Listen};
use crate::commands::import::to_text;
use crate::config::{Config, Node};
use crate::data::{Data, Index, make_folder, operator};
use crate::download;
use crate::lists::{Read, Source};

/// Persons who do not exist, for a node without network and without lists.
const SAMPLE: &[u8] = include_bytes!("../../../data/sample.ftm.json");
const LISTS: &str = "EGNATIA_LISTS";
/// The configuration of a node that stands alone.
const ALONE: &str = "\
# Written by `egnatia demo --single`. `egnatia config sample` lists all settings.
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
    /// Whether every node of the region has the account, or the first one only.
    everywhere: bool,
}

/// Prepares nodes, lists and users, prints them, and serves.
pub async fn run(
    folder: &Path,
    mut config: Config,
    demo: Demo,
    json: bool,
) -> anyhow::Result<ExitCode> {
    // Keys that lie beside what they open are no news in a demonstration.
    config.log.filter = "warn,egnatia_node::keys_of_exchange=error".to_owned();
    start_log(&config)?;
    if demo.tour {
        return tour::run(json).await;
    }
    let caller = operator(None)?;
    let is_ours = SIDES
        .first()
        .is_some_and(|side| config.node.authority.as_str() == side.authority);
    if demo.single || !(config.node == Node::default() || is_ours) {
        return run_single(folder, config, demo.listen, json).await;
    }
    let say = |text: &str| {
        if json {
            eprintln!("{text}");
        } else {
            crate::output::say(text);
        }
    };
    let wanted = demo.listen.unwrap_or(Config::default().http.listen);
    let prepared = region::prepare(folder, wanted).await?;
    if let Some(first) = prepared.first() {
        load_lists(&first.data, &caller, json, &say).await?;
        depot::prepare(&first.data.app).await?;
    }
    let users = users();
    for (number, node) in prepared.iter().enumerate() {
        for user in users.iter().filter(|user| number == 0 || user.everywhere) {
            give_account(&node.data.app, &caller, user).await?;
        }
    }
    let told = told_to_stop()?;
    let members = region::start(prepared, &caller).await?;
    say(&welcome(&members, &users));
    if json {
        crate::output::say(announcement(&members, &users));
    }
    told.await;
    region::stop(members).await?;
    Ok(ExitCode::SUCCESS)
}

/// One node that exchanges nothing.
async fn run_single(
    folder: &Path,
    config: Config,
    listen: Option<SocketAddr>,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let config = if config.node == Node::default() {
        own_configuration(folder)?
    } else {
        config
    };
    let data = Data::open(folder, config, Index::Keep).await?;
    let caller = operator(None)?;
    let say = |text: &str| {
        if json {
            eprintln!("{text}");
        } else {
            crate::output::say(text);
        }
    };
    load_lists(&data, &caller, json, &say).await?;
    depot::prepare(&data.app).await?;
    let users = users();
    for user in &users {
        give_account(&data.app, &caller, user).await?;
    }
    let listed = listed(&users);
    serve(data, Listen { listen }, true, |address| {
        let text = format!("\nEgnatia is ready: http://{address}\n\n");
        say(&(text + &table(&users)));
        if json {
            let address = format!("http://{address}");
            crate::output::say(json!({ "address": address, "users": listed }));
        }
    })
    .await
}

/// Writes the configuration of a node that stands alone into its folder, so that every later
/// command on the folder speaks for the same authority.
fn own_configuration(folder: &Path) -> anyhow::Result<Config> {
    make_folder(folder)?;
    let file = folder.join("egnatia.toml");
    let cannot = || format!("cannot write `{}`", file.display());
    std::fs::write(&file, ALONE).with_context(cannot)?;
    Ok(Config::parse(ALONE)?)
}

fn listed(users: &[DemoUser]) -> Vec<serde_json::Value> {
    let user = |user: &DemoUser| json!({ "login": user.login, "password": user.password.reveal(), "role": user.role });
    users.iter().map(user).collect()
}

fn announcement(members: &[Member], users: &[DemoUser]) -> serde_json::Value {
    let nodes: Vec<_> = members
        .iter()
        .map(|member| {
            json!({
                "authority": member.side.authority,
                "partner": member.side.partner,
                "address": format!("http://{}", member.running.address()),
            })
        })
        .collect();
    let first = members.first().map(|member| member.running.address());
    json!({
        "address": first.map(|address| format!("http://{address}")),
        "users": listed(users),
        "nodes": nodes,
    })
}

fn users() -> Vec<DemoUser> {
    let user = |login, name, role, everywhere| DemoUser {
        login,
        name,
        role,
        password: Password::random(&SystemEntropy),
        everywhere,
    };
    vec![
        user("officer", "Teuta Marković", Role::Officer, true),
        user("verifier", "Ивана Димитрова", Role::VerifyingOfficer, true),
        user("firearms", "Vesna Ilieva", Role::FirearmsOfficer, true),
        user("storekeeper", "Bojan Ristić", Role::Storekeeper, false),
        user("inspector", "Albana Krasniqi", Role::StockInspector, false),
        user("supervisor", "Arben Hoxha", Role::Supervisor, false),
        user("dpo", "Lejla Kovačević", Role::DataProtectionOfficer, false),
        user("admin", "Đorđe Nikolić", Role::Administrator, true),
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

fn welcome(members: &[Member], users: &[DemoUser]) -> String {
    let mut text = "\nEgnatia is ready. Seven nodes exchange with each other:\n\n".to_owned();
    for member in members {
        let address = format!("http://{}", member.running.address());
        text.push_str(&format!(
            "  {address:24} {:11} {}\n",
            member.side.place, member.side.name
        ));
    }
    text.push_str(&format!("\n{FOOTNOTE}\n\n"));
    text.push_str(&table(users));
    text
}

fn table(users: &[DemoUser]) -> String {
    let mut text = String::new();
    for user in users {
        let place = if user.everywhere {
            "every node"
        } else {
            "first node"
        };
        text.push_str(&format!(
            "  {:12} {:22} {:24} {place}\n",
            user.login,
            user.password.reveal(),
            user.role.as_str(),
        ));
    }
    text.push_str("\nA demonstration: the passwords are new at every start. Ctrl-C stops it.");
    text
}
