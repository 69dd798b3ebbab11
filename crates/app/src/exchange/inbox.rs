//! What comes from a partner: opened, verified, taken or refused, stored in one transaction, and
//! answered with signed receipts. The same parcel twice has the effect of one.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use egnatia_audit::Hash;
use egnatia_protocol::{
    CLOCK_TOLERANCE, Digest, Hint, Item, KnownRoots, Outcome, Parcel, Receipt, Refusal,
    RefusalGround, SigningKey, Statement, open_parcel, seal_parcel,
};
use egnatia_record::{AuthorityId, Justification, Purpose, RecordId, Version};

use jiff::{SignedDuration, Timestamp};

use super::Partner;
use super::take::{Finished, Looked, Taken, Taking};
use crate::cores::{self, spread};
use crate::port::{Batch, Change, CommitError, PutRecord, ReceivedRow, StoredRecord};
use crate::{App, AppError, Caller, Role, StoreError};

/// An envelope older than this is not taken.
const AGE_MAX: SignedDuration = SignedDuration::from_hours(1);
/// How often a parcel is tried again where somebody else wrote the same records meanwhile.
const ATTEMPTS: usize = 3;

/// Why a parcel is not taken as a whole. Nothing of it is stored; the sender keeps it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReceiveError {
    /// The node has no keys for exchange.
    #[error("this node does not exchange")]
    NoIdentity,
    /// Not an accepted partner.
    #[error("`{0}` is not a partner of this node")]
    NotAPartner(AuthorityId),
    /// It cannot be opened, or is not what it says.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Sealed too long ago, or in the future: a repetition by somebody in between, or a clock that
    /// is wrong. A sender seals anew with every attempt.
    #[error(
        "the envelope was sealed at {sent_at}, and here it is {now}: seal it anew, and compare the \
         clocks of both nodes"
    )]
    Stale {
        /// When the sender says that it sealed it.
        sent_at: Timestamp,
        /// The present instant here.
        now: Timestamp,
    },
    /// The node cannot take anything at the moment: the sender tries again.
    #[error("the node cannot take it at the moment: {0}")]
    Busy(String),
}

/// What is known of a record before an item of the parcel is looked at.
#[derive(Debug, Clone)]
pub(super) struct Held {
    pub stored: Option<StoredRecord>,
    pub version: Version,
    pub originator: AuthorityId,
    pub erased: bool,
    /// The digest of the newest statement.
    pub digest: Option<Hash>,
}

/// The node itself, as the log names it when a partner is the cause.
pub(super) fn node_caller(
    login: &str,
    justification: Option<Justification>,
) -> Result<Caller, AppError> {
    let login = login
        .parse()
        .map_err(|error| AppError::Internal(format!("a login of the node: {error}")))?;
    Ok(Caller {
        login,
        role: Role::Operator,
        justification,
    })
}

impl App {
    /// Takes a sealed parcel of a partner whose node was recognised on the wire as that of `from`,
    /// and returns the sealed receipts.
    ///
    /// # Errors
    /// [`ReceiveError`]; nothing is stored.
    pub async fn receive(&self, from: &AuthorityId, bytes: &[u8]) -> Result<Vec<u8>, ReceiveError> {
        let identity = self
            .inner
            .exchange
            .identity()
            .ok_or(ReceiveError::NoIdentity)?;
        let directory = self.directory();
        let partner = directory
            .accepted(from)
            .ok_or_else(|| ReceiveError::NotAPartner(from.clone()))?;
        let own = &self.inner.settings.authority;
        let card = partner.card.card();
        let now = self.now();
        let parcel = open_parcel(bytes, own, &identity.opening, card, now)?;
        let age = now.duration_since(parcel.sent_at);
        if age > AGE_MAX || age < -CLOCK_TOLERANCE {
            return Err(ReceiveError::Stale {
                sent_at: parcel.sent_at,
                now,
            });
        }
        self.inner
            .exchange
            .note(from, |contact| contact.heard_at = Some(now));
        let arrived = Arc::new(parcel.items);
        let receipts = match self.take_parcel(partner, &arrived, now).await {
            Ok(receipts) => receipts,
            Err(NotWhole::Busy(text)) => return Err(ReceiveError::Busy(text)),
            Err(NotWhole::Failed(error)) => {
                self.take_singly(partner, &arrived, (now, error)).await?
            }
        };
        let busy = |error: &dyn std::fmt::Display| ReceiveError::Busy(error.to_string());
        // One signature for all receipts, each of which can be shown by itself.
        let signing: Vec<&SigningKey> = identity.signing.iter().collect();
        let (numbers, receipts): (Vec<u64>, Vec<Statement>) = receipts.into_iter().unzip();
        let signed = Statement::sign_together(&receipts, &signing).map_err(|error| busy(&error))?;
        let items = numbers.into_iter().zip(signed);
        let items = items.map(|(number, statement)| Item { number, statement });
        let items = items.collect();
        let answer = Parcel {
            from: own.clone(),
            to: from.clone(),
            sent_at: self.now(),
            items,
        };
        seal_parcel(&answer, &signing, card, self.inner.entropy.as_ref())
            .map_err(|error| ReceiveError::Busy(error.to_string()))
    }

    async fn take_parcel(
        &self,
        partner: &Partner,
        items: &Arc<Vec<Item>>,
        now: Timestamp,
    ) -> Result<Vec<(u64, Statement)>, NotWhole> {
        let failed = NotWhole::Failed;
        let mut last = String::new();
        let mut is_fresh = false;
        'attempts: for _ in 0..ATTEMPTS {
            let (app, known) = (self.clone(), KnownRoots::default());
            let look = move |item: &Item| Looked::at(&app, &item.statement, &known);
            let mut looked = spread(items, cores::all(), look).await.map_err(failed)?;
            let mut taking = Taking::begin(self, partner, &looked)
                .await
                .map_err(failed)?;
            let mut receipts = Vec::with_capacity(items.len());
            for (place, item) in items.iter().enumerate() {
                let Some(one) = looked.get_mut(place) else {
                    break;
                };
                let digest = one.digest;
                let mut taken = taking.take(one, &item.statement).await;
                if matches!(taken, Err(TakeError::WriteFirst)) {
                    match self.write_taken(taking.finish()).await {
                        Ok(()) => {}
                        Err(CommitError::Conflict(conflict)) => {
                            last = conflict.to_string();
                            continue 'attempts;
                        }
                        Err(CommitError::Store(error)) => return Err(failed(error.into())),
                    }
                    taking = Taking::begin(self, partner, &looked)
                        .await
                        .map_err(failed)?;
                    let Some(one) = looked.get_mut(place) else {
                        break;
                    };
                    taken = taking.take(one, &item.statement).await;
                }
                let answered = match taken {
                    Ok(taken) => taken.into(),
                    Err(TakeError::Refused(refused)) => Answered::refused(refused),
                    Err(TakeError::NotYet(text)) => {
                        return Err(NotWhole::Busy(text.to_owned()));
                    }
                    Err(TakeError::WriteFirst) => {
                        let text = "what the statement builds on cannot be written".to_owned();
                        return Err(NotWhole::Busy(text));
                    }
                    Err(TakeError::App(error)) => return Err(failed(error)),
                };
                if answered.is_by_directory() && !is_fresh {
                    // A refusal is final, and another process may just have changed what is agreed.
                    self.reload_directory().await.map_err(failed)?;
                    is_fresh = true;
                    continue 'attempts;
                }
                receipts.push((item.number, answered.receipt(digest, now)));
            }
            match self.write_taken(taking.finish()).await {
                Ok(()) => {
                    let followed = self.follow_own().await;
                    followed.map_err(|error| NotWhole::Busy(error.to_string()))?;
                    return Ok(receipts);
                }
                // Somebody wrote one of the records meanwhile: look again.
                Err(CommitError::Conflict(conflict)) => last = conflict.to_string(),
                Err(CommitError::Store(error)) => return Err(failed(error.into())),
            }
        }
        Err(NotWhole::Busy(last))
    }

    pub(super) async fn write_taken(&self, finished: Finished) -> Result<(), CommitError> {
        let Finished {
            batch,
            new_card,
            queues,
        } = finished;
        if batch.changes.is_empty() && batch.events.is_empty() {
            return Ok(());
        }
        self.store().commit(batch).await?;
        if queues {
            self.inner.exchange.wake();
        }
        if new_card && let Err(error) = self.reload_directory().await {
            // It is read again within a few seconds.
            tracing::warn!(%error, "the partners cannot be read");
        }
        Ok(())
    }

    /// What is known of these records.
    pub(super) async fn held(
        &self,
        ids: &[RecordId],
    ) -> Result<HashMap<RecordId, Held>, StoreError> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let received: BTreeMap<RecordId, ReceivedRow> = self
            .store()
            .received(ids)
            .await?
            .into_iter()
            .map(|row| (row.record, row))
            .collect();
        let stored = self.store().records(ids).await?;
        let held = stored.into_iter().map(|stored| {
            let id = stored.envelope.id;
            let held = Held {
                version: stored.envelope.version,
                originator: stored.envelope.originator.clone(),
                erased: stored.body.is_none(),
                digest: received.get(&id).map(|row| row.digest),
                stored: Some(stored),
            };
            (id, held)
        });
        Ok(held.collect())
    }
}

/// Why nothing of a parcel was written as a whole.
enum NotWhole {
    /// The sender tries again.
    Busy(String),
    /// It failed, perhaps because of one item.
    Failed(AppError),
}

/// What a receipt will say.
pub(super) struct Answered {
    about: Option<(RecordId, Version)>,
    outcome: Outcome,
}

impl From<Taken> for Answered {
    fn from(taken: Taken) -> Self {
        Self {
            about: taken.about,
            outcome: taken.outcome,
        }
    }
}

impl Answered {
    /// Refused because of who is accepted and what is agreed.
    fn is_by_directory(&self) -> bool {
        let Outcome::Refused { ground, .. } = &self.outcome else {
            return false;
        };
        matches!(
            ground,
            RefusalGround::NoArrangement
                | RefusalGround::CategoryNotAllowed
                | RefusalGround::PersonalDataNotAllowed
                | RefusalGround::NotTheOriginator
        )
    }

    pub fn receipt(self, statement: Digest, at: Timestamp) -> Statement {
        let (record, version) = self.about.unzip();
        Statement::Receipt(Receipt {
            statement,
            record,
            version,
            outcome: self.outcome,
            at,
        })
    }

    pub fn refused(refused: Refused) -> Self {
        Self {
            about: refused.about,
            outcome: Outcome::Refused {
                ground: refused.ground,
                hint: refused.hint,
            },
        }
    }
}

/// Why one item is not taken.
#[derive(Debug)]
pub(super) struct Refused {
    pub ground: RefusalGround,
    pub hint: Option<Hint>,
    pub about: Option<(RecordId, Version)>,
}

impl Refused {
    pub fn new(ground: RefusalGround) -> Self {
        Self {
            ground,
            hint: None,
            about: None,
        }
    }

    /// Says more. The text holds no personal data.
    pub fn hint(self, text: &dyn std::fmt::Display) -> Self {
        Self {
            hint: Hint::new(text.to_string()).ok(),
            ..self
        }
    }

    pub fn about(self, record: RecordId, version: Version) -> Self {
        Self {
            about: Some((record, version)),
            ..self
        }
    }
}

/// Why one item is not taken, or nothing of the parcel is.
#[derive(Debug)]
pub(super) enum TakeError {
    Refused(Refused),
    /// It may be right a little later: the whole parcel is to come again.
    NotYet(&'static str),
    /// It builds on something that came in the same parcel: that has to be written first.
    WriteFirst,
    App(AppError),
}

impl From<Refused> for TakeError {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<AppError> for TakeError {
    fn from(error: AppError) -> Self {
        Self::App(error)
    }
}

impl From<StoreError> for TakeError {
    fn from(error: StoreError) -> Self {
        Self::App(error.into())
    }
}

/// For what and in which case the node acts when a partner is the cause.
pub(super) fn because_of(
    partner: &AuthorityId,
    purpose: Purpose,
) -> Result<Justification, AppError> {
    let case = format!("FROM {partner}");
    let case = case
        .chars()
        .take(64)
        .collect::<String>()
        .try_into()
        .map_err(|error| AppError::Internal(format!("a case of the node: {error}")))?;
    Ok(Justification { purpose, case })
}

/// Adds a batch behind another one.
pub(super) fn append(to: &mut Batch, mut batch: Batch) {
    let events = to.events.len();
    for change in &mut batch.changes {
        if let Change::Put(put) = change {
            let PutRecord { event, .. } = put.as_mut();
            *event += events;
        }
    }
    to.changes.append(&mut batch.changes);
    to.events.append(&mut batch.events);
}
