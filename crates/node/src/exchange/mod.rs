//! The wire: one server that partners' nodes reach, one worker for each accepted partner.
//!
//! ```text
//! outbox ─► worker ─► courier ══ HTTP/2, mutual TLS 1.3, pins of cards ══► server ─► inbox
//!              ▲                                                             │
//!              └──────────────── a bell: that partner is there ◄─────────────┘
//! ```
//!
//! It carries sealed envelopes and never decides what may be in them; that is for `egnatia-app`.
//! Start at [`start`].

mod backoff;
mod bells;
mod courier;
mod credentials;
mod limits;
mod problem;
mod requests;
mod server;
mod tls;
mod worker;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use egnatia_app::App;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::ambient::SystemEntropy;
use crate::config;
use bells::Bells;
use courier::Wire;
use limits::Limits;
use server::Server;

pub use credentials::Credentials;
pub use tls::pin_of;

/// Where envelopes are handed over.
pub const PARCELS: &str = "/v1/parcels";
/// Where the node's own card is.
pub const CARD: &str = "/v1/card";
/// What an envelope is called.
pub const ENVELOPE_TYPE: &str = "application/vnd.egnatia.envelope";
/// What is under way may take so long once the node is asked to stop.
const STOP_WITHIN: Duration = Duration::from_secs(5);

/// The exchange of a node that serves.
#[derive(Debug)]
pub struct Exchange {
    /// Where partners reach it.
    pub address: SocketAddr,
    tasks: Vec<JoinHandle<()>>,
}

/// Takes connections of partners on `listener` and delivers what waits for them, until `stopping`.
///
/// # Errors
/// Where the listener or TLS cannot be used.
pub fn start(
    app: &App,
    own: &Arc<Credentials>,
    listener: TcpListener,
    settings: &config::Exchange,
    stopping: &watch::Receiver<bool>,
) -> anyhow::Result<Exchange> {
    let address = listener.local_addr()?;
    let bells = Arc::new(Bells::default());
    let config = tls::for_partners(app.clone(), Arc::clone(own)).context("TLS cannot be spoken")?;
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let limits = Limits::new(settings.requests_per_second);
    let server = Arc::new(Server::new(app.clone(), limits, Arc::clone(&bells)));
    let wire = Arc::new(Wire::new(app.clone(), Arc::clone(own)));
    let workers = worker::Workers::new(app.clone(), wire, bells, Arc::new(SystemEntropy));
    Ok(Exchange {
        address,
        tasks: vec![
            tokio::spawn(server.run(listener, acceptor, stopping.clone())),
            tokio::spawn(workers.run(stopping.clone())),
        ],
    })
}

impl Exchange {
    /// What runs until the node stops.
    pub fn tasks(&self) -> &[JoinHandle<()>] {
        &self.tasks
    }

    /// What ends once the node stops.
    pub fn into_tasks(self) -> Vec<JoinHandle<()>> {
        self.tasks
    }
}
