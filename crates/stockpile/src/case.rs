//! A discrepancy, its clock, and what it turned out to be. What is not there is never corrected
//! silently.
//!
//! ```text
//! Open ──recount by another person──► Recounted ──explained by a movement──► Explained
//!  ▲│                                    └──loss or theft──► Lost ──it is there again──► Found
//!  │└──the recount found it──► Counted                       ││ ▲                          │
//!  └───────────── nobody signs the loss ─────────────────────┘└─┼─ loss taken back ─► Explained
//!                                                               └── what brought it back was wrong
//! ```
//! What is looked for while the case is not settled stands in [`Sought`]: it ends with the case.

use egnatia_record::{RecordId, UserId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{AccountId, GoodsId, MovementId, Remark};

/// By how much a count differs from the books.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Difference {
    /// So many are not there.
    Missing(u64),
    /// So many more are there.
    Surplus(u64),
}

/// The body of a record of kind `stock-case`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StockCase {
    /// Where.
    pub place: AccountId,
    /// Of what.
    pub goods: GoodsId,
    /// By how much.
    pub difference: Difference,
    /// The stocktake that found it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stocktake: Option<RecordId>,
    /// The hand-over of which the receiver counted less.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub movement: Option<MovementId>,
    /// Who counted, or saw that it is missing.
    pub counted_by: UserId,
    /// What they said, where they did not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<Remark>,
    /// When it was found.
    pub opened_at: Timestamp,
    /// By when it is counted again.
    pub recount_due_at: Timestamp,
    /// By when it is explained, or reported as a loss or theft.
    pub report_due_at: Timestamp,
    /// Who looks for it, from the report of the loss until it is there again or the case is
    /// explained.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sought: Option<Sought>,
    /// How many of what was lost are back.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub recovered: u64,
    /// Who ended the last alert about it, and when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alert_end: Option<AlertEnd>,
    /// Where it stands.
    pub state: CaseState,
}

/// That partners look for something no longer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AlertEnd {
    /// The alert.
    pub alert: RecordId,
    /// Whose act or signature ended it.
    pub by: UserId,
    /// When.
    pub at: Timestamp,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde calls it by reference"
)]
const fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// What looks for a missing weapon.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sought {
    /// The alert that partners have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alert: Option<RecordId>,
    /// The weapon in the register whose life has the loss.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub firearm: Option<RecordId>,
    /// Why the register did not take the loss, where it did not: somebody has to put it right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub register_refused: Option<String>,
}

/// What a loss is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LossKind {
    /// Nobody knows where it is.
    Lost,
    /// It was stolen.
    Stolen,
}

impl LossKind {
    /// The kind as it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Lost => "lost",
            Self::Stolen => "stolen",
        }
    }
}

/// Where a case stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CaseState {
    /// Waits to be counted again.
    Open,
    /// Was counted again, and still differs.
    Recounted {
        /// By whom.
        by: UserId,
        /// When.
        at: Timestamp,
    },
    /// The first count was wrong.
    Counted {
        /// Who counted again.
        by: UserId,
        /// When.
        at: Timestamp,
    },
    /// A movement explains it.
    Explained {
        /// Which one.
        movement: MovementId,
        /// How it explains it.
        reason: Remark,
        /// Who says so.
        by: UserId,
        /// When.
        at: Timestamp,
    },
    /// It is lost or stolen.
    Lost {
        /// Which of the two.
        kind: LossKind,
        /// The movement that takes it out of the place; it waits for a second signature.
        movement: MovementId,
        /// The alert, where partners were told.
        alert: Option<RecordId>,
        /// What is known.
        reason: Remark,
        /// Who says so.
        by: UserId,
        /// When.
        at: Timestamp,
    },
    /// It was lost or stolen, and is there again.
    Found {
        /// Which of the two it was.
        kind: LossKind,
        /// The movement that took it out of the place.
        loss: MovementId,
        /// When it was said to be lost or stolen.
        lost_at: Timestamp,
        /// The movement that brought it back; nothing where an authority has it, and it is in no
        /// store yet.
        movement: Option<MovementId>,
        /// By whom.
        by: UserId,
        /// When.
        at: Timestamp,
    },
}

impl CaseState {
    /// The state as records are filtered by it.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Recounted { .. } => "recounted",
            Self::Counted { .. } => "counted",
            Self::Explained { .. } => "explained",
            Self::Lost { .. } => "lost",
            Self::Found { .. } => "found",
        }
    }
}

/// Why a case does not change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CaseRefused {
    /// It is closed.
    #[error("the case is closed")]
    Closed,
    /// It was not counted again.
    #[error("count it again first, by another person than the one who counted")]
    NotRecounted,
    /// It was counted again.
    #[error("it was counted again already")]
    Recounted,
    /// By the same person.
    #[error("another person than the one who counted has to count again")]
    SamePerson,
    /// Something that is too much is not lost.
    #[error("what is too many is not lost: explain it by a movement")]
    NotMissing,
    /// Something that was not lost by this movement.
    #[error("the case does not say that this movement lost it")]
    NotLost,
}

impl StockCase {
    /// Whether something is still to be done.
    pub const fn is_open(&self) -> bool {
        matches!(self.state, CaseState::Open | CaseState::Recounted { .. })
    }

    /// By when the next step is due.
    pub const fn due_at(&self) -> Timestamp {
        match self.state {
            CaseState::Open => self.recount_due_at,
            _ => self.report_due_at,
        }
    }

    /// Counted again by another person: `difference` is what they found, nothing where it is all
    /// there.
    ///
    /// # Errors
    /// [`CaseRefused::Closed`], [`CaseRefused::Recounted`], [`CaseRefused::SamePerson`].
    pub fn recount(
        mut self,
        difference: Option<Difference>,
        by: UserId,
        at: Timestamp,
    ) -> Result<Self, CaseRefused> {
        match self.state {
            CaseState::Open if by == self.counted_by => return Err(CaseRefused::SamePerson),
            CaseState::Open => {}
            CaseState::Recounted { .. } => return Err(CaseRefused::Recounted),
            _ => return Err(CaseRefused::Closed),
        }
        self.state = match difference {
            None => {
                self.end_search(&by, at);
                CaseState::Counted { by, at }
            }
            Some(difference) => {
                self.difference = difference;
                CaseState::Recounted { by, at }
            }
        };
        Ok(self)
    }

    /// Nobody looks for it any more; who ended that stays with the case.
    fn end_search(&mut self, by: &UserId, at: Timestamp) {
        let alert = self.sought.take().and_then(|sought| sought.alert);
        if let Some(alert) = alert {
            let by = by.clone();
            self.alert_end = Some(AlertEnd { alert, by, at });
        }
    }

    fn must_be_recounted(&self) -> Result<(), CaseRefused> {
        match self.state {
            CaseState::Recounted { .. } => Ok(()),
            CaseState::Open => Err(CaseRefused::NotRecounted),
            _ => Err(CaseRefused::Closed),
        }
    }

    /// Explained by a movement.
    ///
    /// # Errors
    /// [`CaseRefused::Closed`], [`CaseRefused::NotRecounted`].
    pub fn explain(
        mut self,
        movement: MovementId,
        reason: Remark,
        (by, at): (UserId, Timestamp),
    ) -> Result<Self, CaseRefused> {
        self.must_be_recounted()?;
        self.end_search(&by, at);
        self.state = CaseState::Explained {
            movement,
            reason,
            by,
            at,
        };
        Ok(self)
    }

    /// Found to be a loss or a theft.
    ///
    /// # Errors
    /// [`CaseRefused::Closed`], [`CaseRefused::NotRecounted`], [`CaseRefused::NotMissing`].
    pub fn lose(
        mut self,
        (kind, movement, alert): (LossKind, MovementId, Option<RecordId>),
        reason: Remark,
        (by, at): (UserId, Timestamp),
    ) -> Result<Self, CaseRefused> {
        self.must_be_recounted()?;
        if !matches!(self.difference, Difference::Missing(_)) {
            return Err(CaseRefused::NotMissing);
        }
        self.recovered = 0;
        self.state = CaseState::Lost {
            kind,
            movement,
            alert,
            reason,
            by,
            at,
        };
        Ok(self)
    }

    /// The movement that took it out of its place, where the case says that it is lost, or was.
    pub const fn loss(&self) -> Option<MovementId> {
        match self.state {
            CaseState::Lost { movement, .. } | CaseState::Found { loss: movement, .. } => {
                Some(movement)
            }
            _ => None,
        }
    }

    /// Nobody signed the loss: the case is open again, and counted anew. What is missing stays
    /// looked for until the case is settled. The clock of the report goes on.
    ///
    /// # Errors
    /// [`CaseRefused::NotLost`].
    pub fn reopen(
        mut self,
        loss: MovementId,
        recount_due_at: Timestamp,
    ) -> Result<Self, CaseRefused> {
        match self.state {
            CaseState::Lost { movement, .. } if movement == loss => {}
            _ => return Err(CaseRefused::NotLost),
        }
        self.state = CaseState::Open;
        self.recount_due_at = recount_due_at;
        Ok(self)
    }

    /// So many of what was lost are there again: by a movement, or nothing where an authority has
    /// them. The case ends when all of them are; returns how many of `quantity` belong to it.
    ///
    /// # Errors
    /// [`CaseRefused::NotLost`].
    pub fn find(
        mut self,
        movement: Option<MovementId>,
        quantity: u64,
        (by, at): (UserId, Timestamp),
    ) -> Result<(Self, u64), CaseRefused> {
        let (kind, loss, lost_at) = match &self.state {
            CaseState::Lost {
                kind, movement, at, ..
            } => (*kind, *movement, *at),
            // An authority had it; now it is in a store.
            CaseState::Found {
                kind,
                loss,
                lost_at,
                movement: None,
                ..
            } if movement.is_some() => (*kind, *loss, *lost_at),
            _ => return Err(CaseRefused::NotLost),
        };
        let waits = matches!(self.state, CaseState::Found { .. });
        let open = match waits {
            true => self.missing(),
            false => self.missing().saturating_sub(self.recovered),
        };
        let taken = quantity.min(open);
        if !waits {
            self.recovered = self.recovered.saturating_add(taken);
        }
        if self.recovered >= self.missing() {
            self.end_search(&by, at);
            self.state = CaseState::Found {
                kind,
                loss,
                lost_at,
                movement,
                by,
                at,
            };
        }
        Ok((self, taken))
    }

    /// The loss was a mistake, and a posted movement takes it back.
    ///
    /// # Errors
    /// [`CaseRefused::NotLost`].
    pub fn take_back(
        mut self,
        (loss, reversal): (MovementId, MovementId),
        reason: Remark,
        (by, at): (UserId, Timestamp),
    ) -> Result<Self, CaseRefused> {
        if self.loss() != Some(loss) {
            return Err(CaseRefused::NotLost);
        }
        self.end_search(&by, at);
        self.recovered = 0;
        self.state = CaseState::Explained {
            movement: reversal,
            reason,
            by,
            at,
        };
        Ok(self)
    }

    /// What brought so many back was a mistake: they are lost as before, and looked for again.
    ///
    /// # Errors
    /// [`CaseRefused::NotLost`].
    pub fn lose_again(
        mut self,
        quantity: u64,
        reason: Remark,
        (by, at): (UserId, Timestamp),
    ) -> Result<Self, CaseRefused> {
        let (kind, movement) = match &self.state {
            CaseState::Lost { kind, movement, .. }
            | CaseState::Found {
                kind,
                loss: movement,
                ..
            } => (*kind, *movement),
            _ => return Err(CaseRefused::NotLost),
        };
        self.recovered = self.recovered.saturating_sub(quantity);
        if matches!(self.state, CaseState::Found { .. }) {
            self.state = CaseState::Lost {
                kind,
                movement,
                alert: None,
                reason,
                by,
                at,
            };
        }
        Ok(self)
    }

    /// The same case, with what looks for it.
    pub fn tell(&mut self, told: Sought) {
        if let CaseState::Lost { alert, .. } = &mut self.state {
            *alert = told.alert;
        }
        self.alert_end = None;
        self.sought = Some(told);
    }

    /// How many are missing; zero where there are too many.
    pub const fn missing(&self) -> u64 {
        match self.difference {
            Difference::Missing(count) => count,
            Difference::Surplus(_) => 0,
        }
    }
}
