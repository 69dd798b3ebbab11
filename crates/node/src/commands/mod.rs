//! One file for each command.

mod alert;
mod audit;
mod backup;
mod check;
mod columns;
mod compare;
mod demo;
mod eval;
mod firearm;
mod hit;
mod import;
mod pages;
mod partner;
mod qd;
mod question;
mod screen;
mod serve;
mod stock;
mod stock_acts;
mod stock_moves;
mod stock_plans;
mod stock_readings;
mod user;
mod zone;

use std::process::ExitCode;

use serde_json::{Value, json};

use crate::cli::{Cli, Command, Config as ConfigCommand};
use crate::config::{Config, SAMPLE};
use crate::data::{Data, Index};

/// Does what the command line says.
///
/// # Errors
/// Whatever the command meets; [`crate::failure::report`] tells the person and the script.
pub async fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    let Cli {
        data: folder,
        config: file,
        json,
        command,
    } = cli;
    if let Command::Config(ConfigCommand::Sample) = command {
        print!("{SAMPLE}");
        return Ok(ExitCode::SUCCESS);
    }
    if let Command::Audit(crate::cli::Audit::CheckProof { file, key }) = &command {
        return audit::check_proof(file, key, json);
    }
    let config = Config::load(file.as_deref(), &folder)?;
    let open = async |index| Data::open(&folder, config.clone(), index).await;
    match command {
        Command::Serve(listen) => serve::run(open(Index::Keep).await?, listen).await,
        Command::Demo(wanted) => demo::run(&folder, config, wanted, json).await,
        Command::Import(which) => import::run(open(Index::Skip).await?, which, json).await,
        Command::Check(check) => check::run(open(Index::Load).await?, *check, json).await,
        Command::Screen(what) => screen::run(&folder, config, *what, json).await,
        Command::Match(pair) => compare::run(&pair, &config, json),
        Command::Eval(what) => eval::run(what, &config, json).await,
        Command::Qd(ask) => qd::run(&ask, json),
        Command::Stock(what) => stock::run(&folder, config, what, json).await,
        Command::Lists => import::list(open(Index::Skip).await?, json).await,
        Command::Audit(what) => audit::run(open(Index::Skip).await?, &what, json).await,
        Command::Alert(what) => alert::run(&folder, config, what, json).await,
        Command::Question(what) => question::run(&folder, config, what, json).await,
        Command::Hit(what) => hit::run(&folder, config, what, json).await,
        Command::Firearm(what) => firearm::run(&folder, config, what, json).await,
        Command::Partner(what) => partner::run(&folder, config, what, json).await,
        Command::User(what) => user::run(open(Index::Skip).await?, what, json).await,
        Command::Backup { file } => backup::back_up(open(Index::Skip).await?, &file, json).await,
        Command::Restore { file, replace } => {
            backup::restore(&folder, config, &file, replace, json).await
        }
        Command::Config(_) => {
            print!("{}", toml::to_string_pretty(&config)?);
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// Prints a result: JSON for programs, or the text for people.
fn print(json: bool, value: &Value, text: &str) {
    if json {
        crate::output::say(value);
    } else {
        crate::output::say(text);
    }
}

/// Until when something is to be done, with the word that nobody overlooks; or that it is done.
fn due(due_at: jiff::Timestamp, is_open: bool, now: jiff::Timestamp) -> String {
    let word = match (is_open, due_at < now) {
        (false, _) => "done",
        (true, true) => "OVERDUE",
        (true, false) => "due",
    };
    format!("{word:7} {due_at:.0}")
}

/// What a command prints that has nothing to tell but that it is done.
fn done(json: bool, text: &str) -> ExitCode {
    print(json, &json!({ "done": true }), text);
    ExitCode::SUCCESS
}
