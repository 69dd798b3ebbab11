//! What waits for a partner is signed, sealed, handed over and settled by its signed receipts.
//! What is not allowed any more by then does not leave.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use egnatia_audit::Operation;
use egnatia_protocol::{
    Digest, Item, KnownRoots, Outcome, Parcel, Receipt, SignedError, SigningKey, Statement,
    open_parcel, seal_parcel,
};
use egnatia_record::{AuthorityId, Envelope, RecordId, Version};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::json;
use tokio::sync::watch;

use super::leaving::{Leaving, Ready};
use super::{Courier, CourierError, Identity, Partner};
use crate::alerts::RESTRICTED;
use crate::cores::{self, spread};
use crate::port::{Change, DeliveryRow, DeliveryState, Queue, StoredRecord};
use crate::writing::EventAbout;
use crate::{App, AppError, Caller};

/// At most so many rows in one parcel.
const ROWS_MAX: u32 = 256;
/// At most so many bytes of statements in one parcel, so that it stays within the protocol's bound.
const BYTES_MAX: usize = 2 * 1024 * 1024;

/// Records of which versions are queued.
#[derive(Default)]
struct QueuedRecords {
    found: HashMap<(RecordId, Version), StoredRecord>,
    /// The envelopes of newer versions.
    newest: HashMap<RecordId, Envelope>,
    restricted: HashSet<RecordId>,
}

/// What one parcel did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Statements that the partner has now.
    pub delivered: u64,
    /// Statements that it refused.
    pub refused: u64,
    /// Statements that were not allowed any more.
    pub withheld: u64,
    /// Whether more may wait.
    pub more: bool,
}

/// Why nothing was handed over. Everything still waits.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// The node has no keys for exchange.
    #[error("the node has no keys for exchange")]
    NoIdentity,
    /// The partner is not trusted.
    #[error("`{0}` is not an accepted partner")]
    NotAPartner(AuthorityId),
    /// The courier came back with it.
    #[error(transparent)]
    Courier(#[from] CourierError),
    /// The answer is not the partner's.
    #[error("the partner's answer cannot be used: {0}")]
    Answer(String),
    /// The node cannot do it at the moment.
    #[error(transparent)]
    App(#[from] AppError),
}

impl App {
    /// Changes whenever something was queued.
    pub fn outbox_changes(&self) -> watch::Receiver<u64> {
        self.inner.exchange.queued()
    }

    /// Notes that a partner's node answered, though nothing was handed over.
    pub fn note_reached(&self, partner: &AuthorityId) {
        let now = self.now();
        self.inner.exchange.note(partner, |contact| {
            contact.reached_at = Some(now);
            contact.failures = 0;
            contact.error = None;
        });
    }

    /// Notes which card a partner's node shows at a greeting. The administrator sees it where it is
    /// newer than the one that is held and has not come by itself.
    pub fn note_card(&self, partner: &AuthorityId, serial: u64) {
        let noted = |contact: &mut super::Contact| contact.newest_card = Some(serial);
        self.inner.exchange.note(partner, noted);
    }

    /// How much waits for whom.
    ///
    /// # Errors
    /// [`AppError::Store`] where the store does not answer.
    pub async fn queues(&self) -> Result<Vec<Queue>, AppError> {
        Ok(self.store().queues().await?)
    }

    /// Hands one parcel of what waits to a partner. A worker calls it until nothing waits; calling
    /// it again after a failure repeats what was under way, which does no harm.
    ///
    /// # Errors
    /// [`DeliveryError`]; everything that is not settled still waits.
    pub async fn deliver(
        &self,
        to: &AuthorityId,
        courier: &dyn Courier,
    ) -> Result<Delivered, DeliveryError> {
        let delivered = self.try_deliver(to, courier).await;
        let now = self.now();
        self.inner.exchange.note(to, |contact| match &delivered {
            Ok(done) if done.delivered + done.refused > 0 => {
                contact.reached_at = Some(now);
                contact.failures = 0;
                contact.error = None;
            }
            Ok(_) => {}
            Err(error) => {
                contact.failures = contact.failures.saturating_add(1);
                contact.error = Some(error.to_string());
            }
        });
        delivered
    }

    async fn try_deliver(
        &self,
        to: &AuthorityId,
        courier: &dyn Courier,
    ) -> Result<Delivered, DeliveryError> {
        let identity = self
            .inner
            .exchange
            .identity()
            .ok_or(DeliveryError::NoIdentity)?;
        let rows = self
            .store()
            .waiting(to, ROWS_MAX)
            .await
            .map_err(AppError::from)?;
        if rows.is_empty() {
            return Ok(Delivered::default());
        }
        let full = u32::try_from(rows.len()).is_ok_and(|count| count == ROWS_MAX);
        let (partner, ready) = self.ready(&identity, to, &rows).await?;
        let mut batch = Sending::new(self.now());
        for (row, ready) in rows.into_iter().zip(ready) {
            if !batch.add(row, ready) {
                break;
            }
        }
        let more = full || batch.cut;
        if !batch.items.is_empty() {
            let receipts = self.hand_over(&identity, &partner, &batch, courier).await?;
            batch.settle(receipts);
        }
        let mut done = self.write_down(to, batch).await?;
        done.more = more;
        Ok(done)
    }

    /// What of these rows may leave, and in which words. A row that is withheld never leaves, so the
    /// partners and arrangements are read again before that: another process may just have changed
    /// them.
    async fn ready(
        &self,
        identity: &Identity,
        to: &AuthorityId,
        rows: &[DeliveryRow],
    ) -> Result<(Arc<Partner>, Vec<Ready>), DeliveryError> {
        let queued = self.records_of(rows).await?;
        let mut is_fresh = false;
        loop {
            let directory = self.directory();
            let partner = directory
                .accepted(to)
                .ok_or_else(|| DeliveryError::NotAPartner(to.clone()))?;
            let (today, code) = (self.today(), partner.code());
            let justified = if directory.may_be_justified(code, today) {
                self.justified_rows(rows, to).await?
            } else {
                HashMap::new()
            };
            let leaving = Leaving {
                only_through: directory
                    .answers_to_be_justified(code, today)
                    .map(|found| found.gate),
                justified,
                records: &queued.found,
                newest: &queued.newest,
                restricted: &queued.restricted,
                directory: &directory,
                partner,
                keys: identity.signing.iter().collect(),
                own: &self.inner.settings.authority,
                exchange: &self.inner.exchange,
                today,
            };
            let ready = leaving.ready(rows)?;
            let withholds = ready.iter().any(|row| matches!(row, Ready::Withhold(_)));
            if is_fresh || !withholds {
                return Ok((Arc::clone(partner), ready));
            }
            self.reload_directory().await?;
            is_fresh = true;
        }
    }

    /// The records of these rows in the versions that are queued; and of those that have a newer one
    /// by now, its envelope.
    async fn records_of(&self, rows: &[DeliveryRow]) -> Result<QueuedRecords, AppError> {
        let wanted = rows.iter().filter(|row| row.kind == "record");
        let wanted: Vec<(RecordId, Version)> = wanted
            .filter_map(|row| row.record.zip(row.version))
            .collect();
        let ids: Vec<RecordId> = wanted.iter().map(|(id, _)| *id).collect();
        let mut queued = QueuedRecords::default();
        if ids.is_empty() {
            return Ok(queued);
        }
        let QueuedRecords {
            found,
            newest,
            restricted,
        } = &mut queued;
        let mut heads = HashMap::with_capacity(ids.len());
        for stored in self.store().records(&ids).await? {
            heads.insert(stored.envelope.id, stored.envelope.version);
            if stored.state == RESTRICTED {
                restricted.insert(stored.envelope.id);
            }
            found.insert((stored.envelope.id, stored.envelope.version), stored);
        }
        for (id, version) in wanted {
            let head = heads.get(&id).filter(|head| **head != version);
            if let Some(head) = head.and_then(|head| found.get(&(id, *head))) {
                newest.insert(id, head.envelope.clone());
            }
            if found.contains_key(&(id, version)) {
                continue;
            }
            for stored in self.store().history(id).await? {
                found.insert((id, stored.envelope.version), stored);
            }
        }
        Ok(queued)
    }

    /// Seals, sends, and reads the receipts.
    async fn hand_over(
        &self,
        identity: &Arc<Identity>,
        partner: &Arc<Partner>,
        batch: &Sending,
        courier: &dyn Courier,
    ) -> Result<HashMap<Digest, (Receipt, Vec<u8>)>, DeliveryError> {
        let card = partner.card.card();
        let own = &self.inner.settings.authority;
        let parcel = Parcel {
            from: own.clone(),
            to: card.authority.clone(),
            sent_at: batch.at,
            items: batch.items.clone(),
        };
        let signing: Vec<&SigningKey> = identity.signing.iter().collect();
        let sealed = seal_parcel(&parcel, &signing, card, self.inner.entropy.as_ref())
            .map_err(|error| DeliveryError::Answer(error.to_string()))?;
        let answer = courier.deliver(card, sealed).await?;
        let now = self.now();
        let answer = open_parcel(&answer, own, &identity.opening, card, now)
            .map_err(|error| DeliveryError::Answer(error.to_string()))?;
        let ahead = answer.sent_at.duration_since(now).as_millis();
        self.inner.exchange.note(&card.authority, |contact| {
            contact.clock_ms = i64::try_from(ahead).ok();
        });
        let (by, known) = (Arc::clone(partner), KnownRoots::default());
        let read = move |item: &Item| {
            let signed = &item.statement;
            signed.verify_together(by.card.card().signing_keys_at(now), &known)?;
            Ok(match Statement::read(signed) {
                Ok(Statement::Receipt(receipt)) => Some((receipt, signed.to_bytes())),
                _ => None,
            })
        };
        let read: Vec<Result<_, SignedError>> =
            spread(&Arc::new(answer.items), cores::all(), read).await?;
        let mut receipts = HashMap::with_capacity(read.len());
        for receipt in read {
            match receipt {
                Ok(Some((receipt, bytes))) => {
                    receipts.insert(receipt.statement, (receipt, bytes));
                }
                Ok(None) => {}
                Err(_) => return Err(DeliveryError::Answer("a receipt is forged".to_owned())),
            }
        }
        Ok(receipts)
    }

    /// Writes what became of the rows, and logs the disclosure.
    async fn write_down(
        &self,
        to: &AuthorityId,
        batch: Sending,
    ) -> Result<Delivered, DeliveryError> {
        let mut done = Delivered::default();
        let mut disclosed = Vec::new();
        for row in &batch.settled {
            match row.state {
                DeliveryState::Delivered => {
                    done.delivered += 1;
                    if row.kind == "record" || row.kind == "hit" {
                        disclosed.push(json!({
                            "record": row.record, "version": row.version, "ground": row.ground,
                        }));
                    }
                }
                DeliveryState::Refused => done.refused += 1,
                DeliveryState::Withheld => done.withheld += 1,
                DeliveryState::Queued => {}
            }
        }
        if batch.settled.is_empty() {
            return Ok(done);
        }
        let caller = outbox_caller()?;
        let mut writing = self.writing(&caller);
        if !disclosed.is_empty() {
            let about = EventAbout {
                recipient: Some(to.to_string()),
                data: Some(json!({ "records": disclosed })),
                ..EventAbout::default()
            };
            writing.log(Operation::Disclosure, about);
        }
        writing.batch.changes.push(Change::Settle(batch.settled));
        self.store()
            .commit(writing.batch)
            .await
            .map_err(AppError::from)?;
        Ok(done)
    }

    /// Today, UTC.
    pub(crate) fn today(&self) -> Date {
        self.now().to_zoned_datetime(TimeZone::UTC).date()
    }
}

/// Rows on their way.
struct Sending {
    at: Timestamp,
    items: Vec<Item>,
    sent: Vec<(DeliveryRow, Digest)>,
    settled: Vec<DeliveryRow>,
    bytes: usize,
    cut: bool,
}

impl Sending {
    fn new(at: Timestamp) -> Self {
        Self {
            at,
            items: Vec::new(),
            sent: Vec::new(),
            settled: Vec::new(),
            bytes: 0,
            cut: false,
        }
    }

    /// Takes a row; `false` where the parcel is full.
    fn add(&mut self, row: DeliveryRow, ready: Ready) -> bool {
        match ready {
            Ready::Withhold(reason) => self.settled.push(DeliveryRow {
                state: DeliveryState::Withheld,
                done_at: Some(self.at),
                reason: Some(reason.to_owned()),
                payload: None,
                ..row
            }),
            Ready::Send(statement) => {
                let size = statement.payload().len();
                if !self.items.is_empty() && self.bytes + size > BYTES_MAX {
                    self.cut = true;
                    return false;
                }
                self.bytes += size;
                self.sent.push((row, statement.digest()));
                let number = self.sent.last().map_or(0, |(row, _)| row.position);
                self.items.push(Item { number, statement });
            }
        }
        true
    }

    /// A row without a receipt still waits.
    fn settle(&mut self, mut receipts: HashMap<Digest, (Receipt, Vec<u8>)>) {
        for (row, digest) in self.sent.drain(..) {
            let Some((receipt, bytes)) = receipts.remove(&digest) else {
                continue;
            };
            let (state, reason) = match &receipt.outcome {
                Outcome::Stored | Outcome::Erased | Outcome::Restricted => {
                    (DeliveryState::Delivered, None)
                }
                Outcome::Refused { ground, .. } => {
                    (DeliveryState::Refused, Some(ground.as_str().to_owned()))
                }
            };
            self.settled.push(DeliveryRow {
                state,
                done_at: Some(self.at),
                reason,
                payload: None,
                receipt: Some(bytes),
                ..row
            });
        }
    }
}

/// The node itself, as the log names it when something leaves.
fn outbox_caller() -> Result<Caller, AppError> {
    super::inbox::node_caller("node:outbox", None)
}
