//! The `egnatia` binary: configuration, wiring, commands.
//!
//! Start at `cli::Cli`; each command has a file of its own in `commands`. Several nodes run in one
//! process with [`serving::Running`]:
//!
//! ```no_run
//! use egnatia_node::config::Config;
//! use egnatia_node::data::{Data, Index};
//! use egnatia_node::serving::{Listeners, Running};
//!
//! # async fn example() -> anyhow::Result<()> {
//! let mut nodes = Vec::new();
//! for (authority, port) in [("mk-mvr", 7070), ("al-asp", 7080)] {
//!     let config = Config::parse(&format!(
//!         "[node]\nauthority = \"{authority}\"\n[http]\nlisten = \"127.0.0.1:{port}\"\n"
//!     ))?;
//!     let listeners = Listeners::bind(&config, None).await?;
//!     let data = Data::open(authority.as_ref(), config, Index::Keep).await?;
//!     nodes.push(Running::start(data, listeners, true).await?);
//! }
//! for node in nodes {
//!     node.stop().await?;
//! }
//! # Ok(())
//! # }
//! ```

pub mod ambient;
mod cli;
mod commands;
pub mod config;
pub mod data;
mod download;
pub mod exchange;
pub mod failure;
pub mod identity;
mod index_files;
pub mod keys;
mod keys_of_exchange;
mod lists;
mod output;
pub mod serving;

use std::process::ExitCode;

use clap::Parser;

/// Many short-lived texts of many sizes: the allocator of glibc spends a fifth of the time on them,
/// and keeps what an import has used.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Does what the command line says, and tells the person and the script how it went.
pub fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    let json = cli.json;
    match run(cli) {
        Ok(code) => code,
        Err(error) => failure::report(&error, json),
    }
}

#[tokio::main]
async fn run(cli: cli::Cli) -> anyhow::Result<ExitCode> {
    // What a command holds while it waits is too much for the stack of a thread.
    Box::pin(commands::run(cli)).await
}
