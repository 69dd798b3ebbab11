//! A node that serves: what runs beside each other, how it starts and how it ends. Nothing here is
//! of the process, so that several nodes can run in one.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, anyhow};
use egnatia_app::{App, Caller, Role};
use egnatia_record::{Justification, Purpose};
use egnatia_web::{NodeFace, Uploads, WebState};
use jiff::tz::TimeZone;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinHandle};
use tracing::{info, warn};

use crate::config::Config;
use crate::data::Data;
use crate::exchange::{self, Credentials, Exchange};
use crate::failure::InputError;
use crate::keys_of_exchange;

/// How often the node looks for what other processes wrote into its store.
const FOLLOW_EVERY: Duration = Duration::from_millis(250);
/// How often the files of the index are looked after.
const TEND_EVERY: Duration = Duration::from_secs(60);
/// How much of uploaded lists waits on the disk for a confirmation.
const UPLOADS_BYTES_MAX: u64 = 512 * 1024 * 1024;
/// How often retention acts.
const RETENTION_EVERY: Duration = Duration::from_secs(600);
/// How often the node looks which answers to its traces are late.
const LATE_EVERY: Duration = Duration::from_secs(60);
/// How often partners are asked to witness the audit log.
const WITNESS_EVERY: Duration = Duration::from_secs(600);
/// The first time soon after the start, when partners have been greeted.
const WITNESS_FIRST: Duration = Duration::from_secs(20);
/// How long requests under way may take once the node is asked to stop.
const STOP_WITHIN: Duration = Duration::from_secs(10);

/// Where a node listens, before it starts: a free port is known by then.
#[derive(Debug)]
pub struct Listeners {
    /// For browsers and programs.
    pub http: TcpListener,
    /// For partners' nodes.
    pub exchange: Option<TcpListener>,
}

impl Listeners {
    /// Binds what the configuration says, and `listen` instead of its `[http] listen`.
    ///
    /// # Errors
    /// Where an address cannot be had.
    pub async fn bind(config: &Config, listen: Option<SocketAddr>) -> anyhow::Result<Self> {
        let exchange = match config.exchange.listen {
            Some(address) => Some(bind(address).await?),
            None => None,
        };
        Ok(Self {
            http: bind(listen.unwrap_or(config.http.listen)).await?,
            exchange,
        })
    }
}

async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .map_err(|error| InputError(error.to_string()))
        .with_context(|| format!("cannot listen on {address}"))
}

/// A node that serves until it is stopped.
pub struct Running {
    data: Data,
    address: SocketAddr,
    exchange: Option<Exchange>,
    pages: JoinHandle<std::io::Result<()>>,
    tasks: Vec<JoinHandle<()>>,
    stop: watch::Sender<bool>,
}

impl std::fmt::Debug for Running {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Running({})", self.address)
    }
}

impl Running {
    /// Starts pages, API, exchange and the node's own work. `demo` says so on every page.
    ///
    /// # Errors
    /// Where a part cannot start; then nothing runs.
    pub async fn start(mut data: Data, listeners: Listeners, demo: bool) -> anyhow::Result<Self> {
        let address = listeners.http.local_addr()?;
        if !address.ip().is_loopback() && !data.config.http.behind_tls {
            warn!(%address, "the node is reached without TLS; put a proxy in front of it");
        }
        let app = data.app.clone();
        let face = NodeFace {
            authority: data.config.node.name.clone(),
            accent: data.config.node.accent,
            demo,
            zone: data.config.time_zone().unwrap_or(TimeZone::UTC),
        };
        let uploads = data.folder.join("uploads");
        let mut state = WebState::new(app.clone(), face, data.config.http.behind_tls);
        let uploads = Arc::new(Uploads::open(uploads, UPLOADS_BYTES_MAX)?);
        state.uploads = Some(Arc::clone(&uploads));
        let router = egnatia_web::router(state).into_make_service_with_connect_info::<SocketAddr>();
        let (stop, stopping) = watch::channel(false);
        let (exchange, keys) = start_exchange(&mut data, listeners.exchange, &stopping).await?;
        let mut tasks = vec![
            tokio::spawn(follow(app.clone(), stopping.clone())),
            tokio::spawn(tend_index(app.clone(), stopping.clone())),
            tokio::spawn(keep_retention(app.clone(), uploads, stopping.clone())),
            tokio::spawn(note_late_traces(app.clone(), stopping.clone())),
        ];
        tasks.extend(keys);
        if exchange.is_some() {
            tasks.push(tokio::spawn(ask_witnesses(app, stopping.clone())));
        }
        let mut told = stopping;
        let serving = axum::serve(listeners.http, router).with_graceful_shutdown(async move {
            let _ = told.wait_for(|stop| *stop).await;
        });
        Ok(Self {
            data,
            address,
            exchange,
            pages: tokio::spawn(async move { serving.await }),
            tasks,
            stop,
        })
    }

    /// Where pages and API are.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where partners' nodes reach this one.
    pub fn exchange_address(&self) -> Option<SocketAddr> {
        self.exchange.as_ref().map(|exchange| exchange.address)
    }

    /// The use cases.
    pub fn app(&self) -> &App {
        &self.data.app
    }

    /// Ends where a part of the node ends by itself, which none should: without the part that follows
    /// the store, that acts on retention or that delivers, a node only looks well.
    pub async fn broke_off(&mut self) {
        while !self.pages.is_finished() && !self.parts().any(JoinHandle::is_finished) {
            tokio::time::sleep(FOLLOW_EVERY).await;
        }
    }

    fn parts(&self) -> impl Iterator<Item = &JoinHandle<()>> {
        self.tasks
            .iter()
            .chain(self.exchange.iter().flat_map(Exchange::tasks))
    }

    /// Stops: takes nothing new, gives what is under way a moment, and closes the store.
    ///
    /// # Errors
    /// Where a part had ended by itself before.
    pub async fn stop(self) -> anyhow::Result<()> {
        let ended_before = self.parts().any(JoinHandle::is_finished);
        let _ = self.stop.send(true);
        let mut tasks = self.tasks;
        tasks.extend(self.exchange.map(Exchange::into_tasks).unwrap_or_default());
        let mut pages = self.pages;
        let late: Vec<AbortHandle> = tasks
            .iter()
            .map(JoinHandle::abort_handle)
            .chain([pages.abort_handle()])
            .collect();
        // They end beside each other, not one after another.
        let ended = async {
            let served = (&mut pages).await;
            for task in tasks {
                if let Err(error) = task.await {
                    warn!(%error, "a part of the node broke off");
                }
            }
            served
        };
        let served = tokio::time::timeout(STOP_WITHIN, ended).await;
        if served.is_err() {
            warn!("some requests did not end in time");
            late.iter().for_each(AbortHandle::abort);
        }
        self.data.close().await;
        match served {
            Ok(Ok(served)) if !ended_before => served.context("the server failed"),
            Ok(Ok(_)) => Err(anyhow!("a part of the node broke off: its log says which")),
            Ok(Err(error)) => Err(error).context("the server failed"),
            Err(_) => Ok(()),
        }
    }
}

/// Tells partners of a new card, and opens the wire.
async fn start_exchange(
    data: &mut Data,
    listener: Option<TcpListener>,
    stopping: &watch::Receiver<bool>,
) -> anyhow::Result<(Option<Exchange>, Option<JoinHandle<()>>)> {
    let (Some(keys), Some(listener)) = (&mut data.exchange_keys, listener) else {
        return Ok((None, None));
    };
    let own = Arc::new(Credentials::default());
    own.take(keys.certificates())?;
    keys_of_exchange::announce(&data.app, keys).await?;
    keys_of_exchange::warn_of(keys, data.app.now());
    let exchange = exchange::start(&data.app, &own, listener, &data.config.exchange, stopping)?;
    info!(address = %exchange.address, "partners' nodes are answered");
    let watching = keys_of_exchange::follow(
        data.app.clone(),
        own,
        data.folder.clone(),
        data.config.clone(),
        stopping.clone(),
    );
    Ok((Some(exchange), Some(tokio::spawn(watching))))
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
            Ok(Ok(_)) => {}
            Ok(Err(error)) => warn!(%error, "the index cannot be written to its files"),
            Err(error) => warn!(%error, "writing the index broke off"),
        }
        if pause(&mut stopping, TEND_EVERY).await {
            return;
        }
    }
}

/// Lets partners countersign how far the audit log has grown.
async fn ask_witnesses(app: App, mut stopping: watch::Receiver<bool>) {
    let mut wait = WITNESS_FIRST;
    while !pause(&mut stopping, wait).await {
        wait = WITNESS_EVERY;
        if let Err(error) = app.ask_witnesses().await {
            warn!(%error, "the partners could not be asked to witness the log; trying again");
        }
    }
}

/// Lets retention act, also on what came due while the node was down; files of imports that nobody
/// confirmed go too.
async fn keep_retention(app: App, uploads: Arc<Uploads>, mut stopping: watch::Receiver<bool>) {
    let Ok(caller) = node_caller("node:retention", Purpose::Supervision, "RETENTION") else {
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

/// Notes which answers to traces are late: nobody has to ask for it.
async fn note_late_traces(app: App, mut stopping: watch::Receiver<bool>) {
    let Ok(caller) = node_caller("node:clock", Purpose::FirearmsTrafficking, "LATE ANSWERS") else {
        return;
    };
    loop {
        match app.note_late_traces(&caller).await {
            Ok(0) => {}
            Ok(changed) => info!(changed, "answers to traces are late, or came"),
            Err(error) => warn!(%error, "late traces could not be noted; trying again"),
        }
        if pause(&mut stopping, LATE_EVERY).await {
            return;
        }
    }
}

/// The node itself, as the log names it when it acts by itself.
fn node_caller(login: &str, purpose: Purpose, case: &str) -> anyhow::Result<Caller> {
    let justification = Justification {
        purpose,
        case: case.parse()?,
    };
    Ok(Caller {
        login: login.parse()?,
        role: Role::Operator,
        justification: Some(justification),
    })
}

/// Waits; `true` where the node stops in the meantime.
pub(crate) async fn pause(stopping: &mut watch::Receiver<bool>, time: Duration) -> bool {
    tokio::select! {
        () = tokio::time::sleep(time) => false,
        _ = stopping.wait_for(|stop| *stop) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Index;

    async fn node(folder: &std::path::Path) -> Running {
        let config = "[node]\nauthority = \"mk-mvr\"\n[http]\nlisten = \"127.0.0.1:0\"\n";
        let config = Config::parse(config).unwrap();
        let data = Data::open(folder, config.clone(), Index::Keep)
            .await
            .unwrap();
        let listeners = Listeners::bind(&config, None).await.unwrap();
        Running::start(data, listeners, false).await.unwrap()
    }

    #[tokio::test]
    async fn a_part_that_dies_ends_the_node_and_is_no_success() {
        let folder = tempfile::tempdir().unwrap();
        let mut running = node(folder.path()).await;
        let (die, died) = tokio::sync::oneshot::channel::<()>();
        running.tasks.push(tokio::spawn(async move {
            died.await.unwrap();
        }));
        assert!(!running.parts().any(JoinHandle::is_finished));
        drop(die);
        running.broke_off().await;
        let stopped = running.stop().await;
        assert!(stopped.is_err_and(|error| error.to_string().contains("broke off")));
        // The folder is free again, and a node that nothing happened to ends well.
        node(folder.path()).await.stop().await.unwrap();
    }
}
