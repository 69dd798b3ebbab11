//! A discrepancy, its clock, and what it turned out to be. What is not there is never corrected
//! silently.
//!
//! ```text
//! Open ──recount by another person──► Recounted ──explained by a movement──► Explained
//!   │                                    └──loss or theft──► Lost (movement, alert)
//!   └──the recount found it──► Counted
//! ```

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
    /// Who counted.
    pub counted_by: UserId,
    /// When it was found.
    pub opened_at: Timestamp,
    /// By when it is counted again.
    pub recount_due_at: Timestamp,
    /// By when it is explained, or reported as a loss or theft.
    pub report_due_at: Timestamp,
    /// Where it stands.
    pub state: CaseState,
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
            None => CaseState::Counted { by, at },
            Some(difference) => {
                self.difference = difference;
                CaseState::Recounted { by, at }
            }
        };
        Ok(self)
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

    /// How many are missing; zero where there are too many.
    pub const fn missing(&self) -> u64 {
        match self.difference {
            Difference::Missing(count) => count,
            Difference::Surplus(_) => 0,
        }
    }
}
