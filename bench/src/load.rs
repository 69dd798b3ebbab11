//! The run: connections that send one check after another.

use std::cell::{Cell, RefCell};
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::rc::Rc;
use std::time::{Duration, Instant};

use hyper::body::Bytes;
use serde::Serialize;
use tokio::task::{JoinError, JoinSet, LocalSet};

use crate::client::{Client, ClientError};
use crate::names::{Names, Sought};
use crate::report::Report;
use egnatia_testkit::Chance;

const CHECKS: &str = "/api/v1/checks";

/// What is sent, and how. No `Debug`: it holds a password.
pub struct Load {
    /// The node.
    pub address: SocketAddr,
    /// An account that may check.
    pub login: String,
    /// Its password.
    pub password: String,
    /// How many checks are measured.
    pub requests: u32,
    /// How many are sent before.
    pub warm_up: u32,
    /// When the run ends whatever is left.
    pub time_max: Duration,
    /// How many connections send at the same time.
    pub connections: u32,
    /// Checks that arrive each second, whether earlier ones are answered or not; without it each
    /// connection sends as soon as it has its answer.
    pub rate: Option<NonZeroU32>,
    /// Repeats the names.
    pub seed: u64,
    /// Where names come from.
    pub names: Names,
}

/// Why there is no result.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The node cannot be reached or lets nobody in.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The node refuses what is sent, so there is nothing to measure.
    #[error("{errors} checks failed before the measurement began, the first with: {first}")]
    WarmUp {
        /// How many.
        errors: u32,
        /// What the first one said.
        first: String,
    },
    /// A connection's task died.
    #[error("a connection ended by itself: {0}")]
    Task(#[from] JoinError),
}

/// The body of a check.
#[derive(Debug, Serialize)]
struct CheckBody<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    birth_date: Option<&'a str>,
    purpose: &'static str,
    case: &'static str,
}

/// What the connections share.
#[derive(Debug)]
struct Shared {
    left: Cell<u32>,
    taken: Cell<u32>,
    started: Instant,
    rate: Option<NonZeroU32>,
    deadline: Instant,
    latencies_us: RefCell<Vec<u32>>,
    errors: Cell<u32>,
    first_error: RefCell<Option<String>>,
}

impl Load {
    /// Signs in, warms up, measures.
    pub async fn run(&self) -> Result<Report, LoadError> {
        let token = Client::connect(self.address)
            .await?
            .sign_in(&self.login, &self.password)
            .await?;
        let mut clients = Vec::new();
        for _ in 0..self.connections {
            let mut client = Client::connect(self.address).await?;
            client.authorise(&token)?;
            clients.push(client);
        }
        let (clients, warm_up) = self
            .phase(clients, self.warm_up, self.seed ^ u64::MAX)
            .await?;
        if let Some(first) = warm_up.first_error.take() {
            let errors = warm_up.errors.get();
            return Err(LoadError::WarmUp { errors, first });
        }
        let started = Instant::now();
        let (_, shared) = self.phase(clients, self.requests, self.seed).await?;
        let took = started.elapsed();
        Ok(Report::new(
            (self.connections, self.requests),
            shared.latencies_us.take(),
            took,
            shared.errors.get(),
            shared.first_error.take(),
        ))
    }

    /// Sends `requests` checks over all connections and hands the connections back.
    async fn phase(
        &self,
        clients: Vec<Client>,
        requests: u32,
        seed: u64,
    ) -> Result<(Vec<Client>, Rc<Shared>), LoadError> {
        let shared = Rc::new(Shared {
            left: Cell::new(requests),
            taken: Cell::new(0),
            started: Instant::now(),
            rate: self.rate,
            deadline: Instant::now() + self.time_max,
            latencies_us: RefCell::new(Vec::new()),
            errors: Cell::new(0),
            first_error: RefCell::new(None),
        });
        let local = LocalSet::new();
        let mut tasks = JoinSet::new();
        for (number, client) in (0_u64..).zip(clients) {
            let connection = Connection {
                address: self.address,
                client,
                names: self.names.clone(),
                chance: Chance::seeded(seed.rotate_left(32) ^ number),
                shared: Rc::clone(&shared),
            };
            tasks.spawn_local_on(connection.send_until_done(), &local);
        }
        let clients = local
            .run_until(async {
                let mut clients = Vec::new();
                while let Some(client) = tasks.join_next().await {
                    clients.extend(client?);
                }
                Ok::<_, JoinError>(clients)
            })
            .await?;
        Ok((clients, shared))
    }
}

/// A connection and what it needs to go on by itself.
struct Connection {
    address: SocketAddr,
    client: Client,
    names: Names,
    chance: Chance,
    shared: Rc<Shared>,
}

impl Connection {
    /// Sends until nothing is left or the time is over. Returns the connection where it still
    /// works.
    async fn send_until_done(mut self) -> Option<Client> {
        while let Some(due) = self.shared.take_one() {
            let body = body_of(&self.names.next(&mut self.chance));
            tokio::time::sleep_until(due.into()).await;
            // A check that waits for a free connection waits as its officer does.
            let started = due;
            match self.client.post(CHECKS, body).await {
                Ok(answer) if answer.status.is_success() => {
                    self.shared.answered(started.elapsed());
                }
                Ok(answer) => self.shared.failed(answer.summary()),
                Err(error) => {
                    self.shared.failed(error.to_string());
                    self.reconnect().await?;
                }
            }
        }
        Some(self.client)
    }

    /// A new connection in place of a broken one; `None` where the node is gone.
    async fn reconnect(&mut self) -> Option<()> {
        let client = Client::connect(self.address).await.ok()?;
        self.client.replace_connection(client);
        Some(())
    }
}

impl Shared {
    /// When the next check is due; `None` where nothing is left or the time is over.
    fn take_one(&self) -> Option<Instant> {
        let left = self.left.get();
        let now = Instant::now();
        if left == 0 || now >= self.deadline {
            return None;
        }
        self.left.set(left - 1);
        let taken = self.taken.get();
        self.taken.set(taken + 1);
        let due = |rate: NonZeroU32| self.started + Duration::from_secs(1) * taken / rate.get();
        Some(self.rate.map_or(now, due))
    }

    fn answered(&self, took: Duration) {
        let us = u32::try_from(took.as_micros()).unwrap_or(u32::MAX);
        self.latencies_us.borrow_mut().push(us);
    }

    fn failed(&self, what: String) {
        self.errors.set(self.errors.get().saturating_add(1));
        self.first_error.borrow_mut().get_or_insert(what);
    }
}

fn body_of(sought: &Sought) -> Bytes {
    let body = CheckBody {
        name: &sought.name,
        birth_date: sought.birth_date.as_deref(),
        purpose: "border-check",
        case: "BENCH-1",
    };
    // Text and optional text always have a JSON form.
    serde_json::to_vec(&body).unwrap_or_default().into()
}

#[cfg(test)]
mod tests;
