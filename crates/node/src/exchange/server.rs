//! Takes connections of partners' nodes, and nobody else's.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use egnatia_app::App;
use egnatia_protocol::Digest;
use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tracing::{debug, info, warn};

use super::limits::{Knocking, Limits};
use super::{Bells, STOP_WITHIN, requests, tls};

/// Connections at a time, those of all partners together.
const CONNECTIONS_MAX: usize = 256;
/// Connections that have not shown who they are yet.
const HANDSHAKES_MAX: usize = 64;
/// A handshake has to be over within this time.
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(5);
/// Whoever is turned away may read why within this time.
const ALERT_WITHIN: Duration = Duration::from_millis(500);
/// A connection on which nothing is asked is closed after this time.
const IDLE_MAX: Duration = Duration::from_secs(300);
/// Requests on one connection at a time, including those that are refused at once.
const STREAMS_MAX: u32 = 16;
/// Names and values of all headers of a request.
const HEADER_BYTES_MAX: u32 = 16 * 1024;
/// How often a silent connection is asked whether it is still there, and how long it may take.
const ALIVE_EVERY: Duration = Duration::from_secs(30);
const ALIVE_WITHIN: Duration = Duration::from_secs(10);
/// After an error of the listener, such as too many open files.
const LISTEN_AGAIN: Duration = Duration::from_millis(200);

/// What answers partners.
pub struct Server {
    pub app: App,
    pub limits: Limits,
    pub bells: Arc<Bells>,
    /// Strangers who knock are written down, but must not fill the log.
    strangers: DefaultDirectRateLimiter,
}

impl Server {
    /// What answers partners, within these limits.
    pub fn new(app: App, limits: Limits, bells: Arc<Bells>) -> Self {
        Self {
            app,
            limits,
            bells,
            strangers: RateLimiter::direct(Quota::per_second(std::num::NonZeroU32::MIN)),
        }
    }

    /// Takes connections until the node stops; then gives requests under way a moment.
    pub async fn run(
        self: Arc<Self>,
        listener: TcpListener,
        acceptor: TlsAcceptor,
        mut stopping: watch::Receiver<bool>,
    ) {
        let all = Arc::new(Semaphore::new(CONNECTIONS_MAX));
        let unknown = Arc::new(Semaphore::new(HANDSHAKES_MAX));
        let knocking = Arc::new(Knocking::default());
        let mut connections = JoinSet::new();
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                Some(_) = connections.join_next(), if !connections.is_empty() => continue,
                _ = stopping.wait_for(|stop| *stop) => break,
            };
            let (stream, from) = match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    warn!(%error, "no connection can be taken at the moment");
                    tokio::time::sleep(LISTEN_AGAIN).await;
                    continue;
                }
            };
            let slot = Arc::clone(&all).try_acquire_owned();
            let handshake = Arc::clone(&unknown).try_acquire_owned();
            let place = knocking.place(from.ip());
            let (Ok(slot), Ok(handshake), Some(place)) = (slot, handshake, place) else {
                debug!(%from, "too many connections; one is closed");
                continue;
            };
            let (server, acceptor, stopping) =
                (Arc::clone(&self), acceptor.clone(), stopping.clone());
            connections.spawn(async move {
                let _slot = slot;
                let Some((stream, pin)) = server.handshake(stream, from, &acceptor).await else {
                    return;
                };
                drop((handshake, place));
                server.serve(stream, pin, stopping).await;
            });
        }
        drop(listener);
        let ended = async { while connections.join_next().await.is_some() {} };
        if tokio::time::timeout(STOP_WITHIN, ended).await.is_err() {
            warn!("some connections of partners did not end in time");
        }
    }

    /// The connection with the pin of whoever is at its other end.
    async fn handshake(
        &self,
        stream: TcpStream,
        from: SocketAddr,
        acceptor: &TlsAcceptor,
    ) -> Option<(TlsStream<TcpStream>, Digest)> {
        // Receipts are small, and somebody waits for each.
        let _ = stream.set_nodelay(true);
        let accepting = acceptor.accept(stream).into_fallible();
        match tokio::time::timeout(HANDSHAKE_WITHIN, accepting).await {
            Ok(Ok(stream)) => {
                let (_, connection) = stream.get_ref();
                let shown = connection.peer_certificates()?.first()?;
                let pin = tls::pin_of(shown).ok()?;
                Some((stream, pin))
            }
            Ok(Err((error, stream))) => {
                if self.strangers.check().is_ok() {
                    info!(%from, %error, "somebody who is not an accepted partner was turned away");
                }
                let _ = tokio::time::timeout(ALERT_WITHIN, hang_up(stream)).await;
                None
            }
            Err(_) => {
                debug!(%from, "a handshake took too long");
                None
            }
        }
    }

    async fn serve(
        self: Arc<Self>,
        stream: TlsStream<TcpStream>,
        pin: Digest,
        mut stopping: watch::Receiver<bool>,
    ) {
        let directory = self.app.directory();
        let Some(partner) = tls::partner_of(&directory, pin, self.app.now()) else {
            return;
        };
        let Some(_connection) = self.limits.connection(&partner) else {
            debug!(%partner, "a partner has too many connections; one is closed");
            return;
        };
        self.bells.heard(&partner);
        let asked = Arc::new(AtomicU64::new(0));
        let service = {
            let (server, asked) = (Arc::clone(&self), Arc::clone(&asked));
            service_fn(move |request| {
                asked.fetch_add(1, Ordering::Relaxed);
                let server = Arc::clone(&server);
                async move { Ok::<_, Infallible>(requests::answer(server, pin, request).await) }
            })
        };
        let mut builder = http2::Builder::new(TokioExecutor::new());
        builder
            .timer(TokioTimer::new())
            .max_concurrent_streams(STREAMS_MAX)
            .max_header_list_size(HEADER_BYTES_MAX)
            .keep_alive_interval(ALIVE_EVERY)
            .keep_alive_timeout(ALIVE_WITHIN);
        let mut connection = pin!(builder.serve_connection(TokioIo::new(stream), service));
        let mut idle = pin!(idle(&asked));
        let mut leaving = false;
        loop {
            tokio::select! {
                ended = &mut connection => {
                    if let Err(error) = ended {
                        debug!(%partner, %error, "a connection broke off");
                    }
                    return;
                }
                () = &mut idle, if !leaving => {
                    leaving = true;
                    connection.as_mut().graceful_shutdown();
                }
                _ = stopping.wait_for(|stop| *stop), if !leaving => {
                    leaving = true;
                    connection.as_mut().graceful_shutdown();
                }
            }
        }
    }
}

/// Reads what is still on its way before it closes. Otherwise the system throws away the alert that
/// says why, and the other node cannot tell its operator.
async fn hang_up(mut stream: TcpStream) {
    let _ = stream.shutdown().await;
    let mut bytes = [0; 1_024];
    while matches!(stream.read(&mut bytes).await, Ok(1..)) {}
}

/// Ends once nothing was asked for [`IDLE_MAX`].
async fn idle(asked: &AtomicU64) {
    let mut before = None;
    loop {
        let count = asked.load(Ordering::Relaxed);
        if before == Some(count) {
            return;
        }
        before = Some(count);
        tokio::time::sleep(IDLE_MAX).await;
    }
}
