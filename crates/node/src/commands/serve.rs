//! `egnatia serve`: pages, API, the exchange, and the node's own work beside them.

use std::future::Future;
use std::net::SocketAddr;
use std::process::ExitCode;

use tokio::signal::unix::{SignalKind, signal};
use tracing::info;
use tracing_subscriber::EnvFilter;

use crate::cli::Listen;
use crate::config::{Config, LogFormat};
use crate::data::Data;
use crate::failure::InputError;
use crate::serving::{Listeners, Running};

/// Serves until it is told to stop.
pub async fn run(data: Data, listen: Listen) -> anyhow::Result<ExitCode> {
    start_log(&data.config)?;
    serve(data, listen, false, |address| info!(%address, "ready")).await
}

/// Binds, tells `ready` the address, and serves until SIGINT or SIGTERM.
pub async fn serve(
    data: Data,
    listen: Listen,
    demo: bool,
    ready: impl FnOnce(SocketAddr),
) -> anyhow::Result<ExitCode> {
    let listeners = Listeners::bind(&data.config, listen.listen).await?;
    let told = told_to_stop()?;
    let mut running = Running::start(data, listeners, demo).await?;
    ready(running.address());
    tokio::select! {
        () = told => {}
        () = running.broke_off() => {}
    }
    running.stop().await?;
    info!("stopped");
    Ok(ExitCode::SUCCESS)
}

pub fn told_to_stop() -> anyhow::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Starts the node's own log on standard error.
pub fn start_log(config: &Config) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(&config.log.filter)
        .map_err(|error| InputError(format!("[log] filter: {error}")))?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    match config.log.format {
        LogFormat::Text => log.with_target(false).init(),
        LogFormat::Json => log.json().init(),
    }
    Ok(())
}
