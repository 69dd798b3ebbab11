//! `egnatia serve`: pages, API, and the node's own work beside them.

use std::future::Future;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use egnatia_app::{App, Caller, Role};
use egnatia_record::{Justification, Purpose};
use egnatia_web::{NodeFace, Uploads, WebState};
use jiff::tz::TimeZone;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tracing::{info, warn};
use tracing_subscriber::EnvFilter;

use crate::cli::Listen;
use crate::config::{Config, LogFormat};
use crate::data::Data;
use crate::failure::InputError;
use crate::memory;

/// How often the node looks for what other processes wrote into its store.
const FOLLOW_EVERY: Duration = Duration::from_millis(250);
/// How often the files of the index are looked after.
const TEND_EVERY: Duration = Duration::from_secs(60);
/// How much of uploaded lists waits on the disk for a confirmation.
const UPLOADS_BYTES_MAX: u64 = 512 * 1024 * 1024;
/// How often retention acts.
const RETENTION_EVERY: Duration = Duration::from_secs(600);
/// How long requests under way may take once the node is asked to stop.
const STOP_WITHIN: Duration = Duration::from_secs(10);

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
    let wanted = listen.listen.unwrap_or(data.config.http.listen);
    let listener = TcpListener::bind(wanted)
        .await
        .map_err(|error| InputError(error.to_string()))
        .with_context(|| format!("cannot listen on {wanted}"))?;
    let address = listener.local_addr()?;
    if !address.ip().is_loopback() && !data.config.http.behind_tls {
        warn!(%address, "the node is reached without TLS; put a proxy in front of it");
    }
    let face = NodeFace {
        authority: data.config.node.name.clone(),
        accent: data.config.node.accent,
        demo,
        zone: data.config.time_zone().unwrap_or(TimeZone::UTC),
    };
    let uploads = data.folder.join("uploads");
    let mut state = WebState::new(data.app.clone(), face, data.config.http.behind_tls);
    let uploads = Arc::new(Uploads::open(uploads, UPLOADS_BYTES_MAX)?);
    state.uploads = Some(Arc::clone(&uploads));
    let router = egnatia_web::router(state).into_make_service_with_connect_info::<SocketAddr>();
    let (stop, stopping) = watch::channel(false);
    let follower = tokio::spawn(follow(data.app.clone(), stopping.clone()));
    let tender = tokio::spawn(tend_index(data.app.clone(), stopping.clone()));
    let keeper = tokio::spawn(keep_retention(data.app.clone(), uploads, stopping));
    let told = told_to_stop()?;
    let (asked, mut was_asked) = watch::channel(false);
    let serving = axum::serve(listener, router).with_graceful_shutdown(async move {
        told.await;
        let _ = asked.send(true);
    });
    ready(address);
    tokio::select! {
        served = serving => served.context("the server failed")?,
        () = async {
            let _ = was_asked.wait_for(|asked| *asked).await;
            tokio::time::sleep(STOP_WITHIN).await;
        } => warn!("some requests did not end in time"),
    }
    let _ = stop.send(true);
    let _ = tokio::join!(follower, keeper, tender);
    data.close().await;
    info!("stopped");
    Ok(ExitCode::SUCCESS)
}

/// Keeps the index level with what other processes write.
async fn follow(app: App, mut stopping: watch::Receiver<bool>) {
    let mut failing = false;
    while !pause(&mut stopping, FOLLOW_EVERY).await {
        match app.follow().await {
            Ok(_) => failing = false,
            Err(error) if !failing => {
                failing = true;
                warn!(%error, "the index cannot follow the store; trying again");
            }
            Err(_) => {}
        }
    }
}

/// Keeps the files of the index small in number, and free of what was erased.
async fn tend_index(app: App, mut stopping: watch::Receiver<bool>) {
    loop {
        let app = app.clone();
        let tended = tokio::task::spawn_blocking(move || app.tend_index()).await;
        match tended {
            Ok(Ok(_)) => memory::give_back(),
            Ok(Err(error)) => warn!(%error, "the index cannot be written to its files"),
            Err(error) => warn!(%error, "writing the index broke off"),
        }
        if pause(&mut stopping, TEND_EVERY).await {
            return;
        }
    }
}

/// Lets retention act, also on what came due while the node was down; files of imports that nobody
/// confirmed go too.
async fn keep_retention(app: App, uploads: Arc<Uploads>, mut stopping: watch::Receiver<bool>) {
    let Ok(caller) = retention_caller() else {
        return;
    };
    loop {
        uploads.sweep(app.now());
        match app.act_on_retention(&caller).await {
            Ok(expired) if expired.erased + expired.to_review > 0 => {
                info!(
                    erased = expired.erased,
                    to_review = expired.to_review,
                    "retention acted"
                );
                continue;
            }
            Ok(_) => {}
            Err(error) => warn!(%error, "retention could not act; trying again"),
        }
        if pause(&mut stopping, RETENTION_EVERY).await {
            return;
        }
    }
}

/// The node itself, as the log names it when retention acts.
fn retention_caller() -> anyhow::Result<Caller> {
    let justification = Justification {
        purpose: Purpose::Supervision,
        case: "RETENTION".parse()?,
    };
    Ok(Caller {
        login: "node:retention".parse()?,
        role: Role::Operator,
        justification: Some(justification),
    })
}

/// Waits; `true` where the node stops in the meantime.
async fn pause(stopping: &mut watch::Receiver<bool>, time: Duration) -> bool {
    tokio::select! {
        () = tokio::time::sleep(time) => false,
        _ = stopping.wait_for(|stop| *stop) => true,
    }
}

fn told_to_stop() -> anyhow::Result<impl Future<Output = ()>> {
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
