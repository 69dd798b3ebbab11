//! One worker for each accepted partner: it delivers what waits, and waits itself after a failure.
//!
//! ```text
//!            ┌── more ──┐
//!            ▼          │
//! ──► delivering ───────┴─ nothing waits ──► idle ── queued ──► delivering
//!            │
//!            └── failed ──► backing off ── time is over, or the partner was heard ──► delivering
//! ```
//!
//! What is queued while a worker backs off does not wake it: a partner that is down is not asked
//! more often because much happens.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use egnatia_app::{App, CourierError, Delivered, DeliveryError};
use egnatia_record::{AuthorityId, Entropy};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tracing::{debug, info, warn};

use super::STOP_WITHIN;
use super::backoff::Backoff;
use super::bells::{Bell, Bells};
use super::courier::Wire;

/// How often the node looks whether other processes changed partners, or queued something.
const LOOK_EVERY: Duration = Duration::from_secs(2);
/// A partner that is heard while a worker backs off is not tried more often than this.
const HEARD_AGAIN: Duration = Duration::from_secs(1);

/// What is queued within this time goes together: a parcel is sealed once for all of it. The first
/// thing after a pause leaves at once.
const GATHER: Duration = Duration::from_millis(25);
/// Where a parcel takes long, the machine is busy: fewer and larger ones take less of it. A parcel
/// waits for four times as long as the one before took, and never longer than this.
const GATHER_MAX: Duration = Duration::from_millis(300);

/// All workers of a node.
pub struct Workers {
    app: App,
    wire: Arc<Wire>,
    bells: Arc<Bells>,
    entropy: Arc<dyn Entropy>,
    running: BTreeMap<AuthorityId, Running>,
}

struct Running {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Workers {
    /// None run yet.
    pub fn new(app: App, wire: Arc<Wire>, bells: Arc<Bells>, entropy: Arc<dyn Entropy>) -> Self {
        Self {
            app,
            wire,
            bells,
            entropy,
            running: BTreeMap::new(),
        }
    }

    /// Keeps one worker for each accepted partner, until the node stops.
    pub async fn run(mut self, mut stopping: watch::Receiver<bool>) {
        let mut changes = self.app.outbox_changes();
        let mut failing = false;
        let mut next = tokio::time::Instant::now();
        loop {
            // What is queued here wakes the workers itself: the store is not read for it.
            if tokio::time::Instant::now() >= next {
                match self.look().await {
                    Ok(()) => failing = false,
                    Err(error) if !failing => {
                        failing = true;
                        warn!(%error, "the partners cannot be read; trying again");
                    }
                    Err(_) => {}
                }
                next = tokio::time::Instant::now() + LOOK_EVERY;
            }
            tokio::select! {
                () = tokio::time::sleep_until(next) => {}
                // It also changes when a partner is accepted or revoked here.
                _ = changes.changed() => self.keep_one_each(),
                _ = stopping.wait_for(|stop| *stop) => break,
            }
        }
        let running = std::mem::take(&mut self.running);
        for worker in running.values() {
            let _ = worker.stop.send(true);
        }
        for worker in running.into_values() {
            let _ = worker.task.await;
        }
    }

    async fn look(&mut self) -> Result<(), egnatia_app::AppError> {
        self.app.reload_directory().await?;
        self.keep_one_each();
        for queue in self.app.queues().await? {
            self.bells.waits(&queue.to);
        }
        Ok(())
    }

    fn keep_one_each(&mut self) {
        let directory = self.app.directory();
        self.running.retain(|partner, worker| {
            let wanted = directory.accepted(partner).is_some();
            if !wanted {
                info!(%partner, "the partner is not accepted any more: its worker stops");
                let _ = worker.stop.send(true);
            }
            wanted && !worker.task.is_finished()
        });
        for partner in directory.partners().filter(|one| one.is_accepted()) {
            let authority = &partner.row.authority;
            if self.running.contains_key(authority) {
                continue;
            }
            let (stop, stopping) = watch::channel(false);
            let worker = Worker {
                app: self.app.clone(),
                wire: Arc::clone(&self.wire),
                partner: authority.clone(),
                bell: self.bells.of(authority),
                entropy: Arc::clone(&self.entropy),
                backoff: Backoff::default(),
                stopping,
            };
            let task = tokio::spawn(worker.run());
            self.running
                .insert(authority.clone(), Running { stop, task });
        }
    }
}

/// Delivers to one partner.
struct Worker {
    app: App,
    wire: Arc<Wire>,
    partner: AuthorityId,
    bell: Arc<Bell>,
    entropy: Arc<dyn Entropy>,
    backoff: Backoff,
    stopping: watch::Receiver<bool>,
}

impl Worker {
    async fn run(mut self) {
        self.greet().await;
        let mut queued = self.app.outbox_changes();
        loop {
            let begun = tokio::time::Instant::now();
            // Before it looks, so that nothing is missed that is queued meanwhile.
            queued.mark_unchanged();
            let Some(delivered) = self.deliver().await else {
                return;
            };
            let goes_on = match delivered {
                Ok(done) if done.more && done.delivered + done.refused + done.withheld > 0 => {
                    self.recovered();
                    !*self.stopping.borrow()
                }
                // The partner answered, but not for a single statement.
                Ok(done) if done.more => {
                    let pause = self.backoff.after_failure(self.entropy.as_ref());
                    self.back_off(pause).await
                }
                Ok(_) => {
                    self.recovered();
                    let took = begun.elapsed();
                    let goes_on = self.idle(&mut queued).await;
                    let gather = (4 * took).clamp(GATHER, GATHER_MAX);
                    tokio::time::sleep_until(begun + gather).await;
                    goes_on
                }
                Err(error) => {
                    let pause = self.failed(&error);
                    self.back_off(pause).await
                }
            };
            if !goes_on {
                return;
            }
        }
    }

    /// Tells the partner that this node is there, so that it does not wait with what it has.
    async fn greet(&mut self) {
        let directory = self.app.directory();
        let Some(partner) = directory.accepted(&self.partner) else {
            return;
        };
        let held = partner.card.card();
        tokio::select! {
            card = self.wire.newest_card(held) => match card.inspect(|card| {
                self.app.note_reached(&self.partner);
                self.app.note_card(&self.partner, card.card().serial);
            }) {
                Ok(card) if card.card().serial > held.serial => info!(
                    partner = %self.partner, held = held.serial, newest = card.card().serial,
                    "the partner has a newer card, and will send it"
                ),
                Ok(_) => debug!(partner = %self.partner, "the partner is there"),
                Err(error) => debug!(partner = %self.partner, %error, "the partner is not there"),
            },
            _ = self.stopping.wait_for(|stop| *stop) => {}
        }
    }

    /// One parcel. `None` where the node stops and the partner does not answer in time.
    async fn deliver(&mut self) -> Option<Result<Delivered, DeliveryError>> {
        let stopping = &mut self.stopping;
        tokio::select! {
            delivered = self.app.deliver(&self.partner, self.wire.as_ref()) => Some(delivered),
            () = async {
                let _ = stopping.wait_for(|stop| *stop).await;
                // What the partner took already should be settled here as well.
                tokio::time::sleep(STOP_WITHIN / 2).await;
            } => None,
        }
    }

    /// Waits until something is queued; `false` where the worker is to stop.
    async fn idle(&mut self, queued: &mut watch::Receiver<u64>) -> bool {
        tokio::select! {
            changed = queued.changed() => changed.is_ok(),
            () = self.bell.waits.notified() => true,
            _ = self.stopping.wait_for(|stop| *stop) => false,
        }
    }

    /// Waits after a failure; `false` where the worker is to stop.
    async fn back_off(&mut self, pause: Duration) -> bool {
        let heard = async {
            tokio::time::sleep(HEARD_AGAIN).await;
            self.bell.heard.notified().await;
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => true,
            () = heard => true,
            _ = self.stopping.wait_for(|stop| *stop) => false,
        }
    }

    fn recovered(&mut self) {
        if self.backoff.reset() {
            info!(partner = %self.partner, "the partner is reached again");
        }
    }

    fn failed(&mut self, error: &DeliveryError) -> Duration {
        let first = !self.backoff.is_waiting();
        let pause = match error {
            DeliveryError::Courier(CourierError::Busy(_)) => {
                self.backoff.after_busy(self.entropy.as_ref())
            }
            _ => self.backoff.after_failure(self.entropy.as_ref()),
        };
        // Once for each time that the partner goes away; its page shows the rest.
        if first {
            warn!(partner = %self.partner, %error, "nothing can be delivered; trying again");
        } else {
            debug!(partner = %self.partner, %error, ?pause, "still nothing can be delivered");
        }
        pause
    }
}
