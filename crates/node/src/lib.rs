//! The `egnatia` binary: configuration, wiring, commands.
//!
//! Start at [`cli::Cli`]; each command has a file of its own in `commands`.

mod ambient;
mod cli;
mod commands;
mod config;
mod data;
mod download;
mod failure;
mod index_files;
mod keys;
mod lists;
mod memory;
mod output;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    let json = cli.json;
    match run(cli) {
        Ok(code) => code,
        Err(error) => failure::report(&error, json),
    }
}

#[tokio::main]
async fn run(cli: cli::Cli) -> anyhow::Result<ExitCode> {
    commands::run(cli).await
}
