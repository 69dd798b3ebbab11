//! A movement, and what becomes of one that waits.

use std::num::NonZeroU64;

use egnatia_record::UserId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::goods::{UnknownGoodsTerm, terms};
use crate::words::is_short;
use crate::{AccountId, GoodsId, MovementId, Remark};
use std::fmt;
use std::str::FromStr;

/// Lines that one movement takes.
pub const LINES_MAX: usize = 1_000;
/// How many days a movement may be entered after the day from which it counts.
pub const LATE_DAYS_MAX: i64 = 366;
/// The most of one line.
const QUANTITY_MAX: u64 = 1_000_000_000_000;

terms! {
    /// What kind of movement a line is.
    MovementKind, "a kind of movement: opening, receipt, issue, return, transfer, expenditure, \
        loss, recovery, destruction, reversal", {
        /// What was there when the books were opened.
        Opening = "opening",
        /// Comes in from outside.
        Receipt = "receipt",
        /// Goes to a holder.
        Issue = "issue",
        /// Comes back from a holder.
        Return = "return",
        /// Goes to another place.
        Transfer = "transfer",
        /// Was used up.
        Expenditure = "expenditure",
        /// Is lost or stolen.
        Loss = "loss",
        /// What was lost is there again.
        Recovery = "recovery",
        /// Was destroyed.
        Destruction = "destruction",
        /// Takes back a movement that was wrong.
        Reversal = "reversal",
    }
}

/// What an account is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AccountKind {
    /// Where everything comes from. There is one.
    Outside,
    /// A store, a bay or a rack.
    Place {
        /// The store that it is, or is in.
        store: AccountId,
    },
    /// A unit or a person to whom something was issued.
    Holder,
    /// What was used up.
    Expended,
    /// What was destroyed.
    Destroyed,
    /// What is lost or stolen.
    Lost,
}

impl AccountKind {
    /// The kind as it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Outside => "outside",
            Self::Place { .. } => "place",
            Self::Holder => "holder",
            Self::Expended => "expended",
            Self::Destroyed => "destroyed",
            Self::Lost => "lost",
        }
    }

    /// The kind with this stored form; `store` is that of a place.
    pub fn parse(text: &str, store: Option<AccountId>) -> Option<Self> {
        Some(match (text, store) {
            ("outside", None) => Self::Outside,
            ("place", Some(store)) => Self::Place { store },
            ("holder", None) => Self::Holder,
            ("expended", None) => Self::Expended,
            ("destroyed", None) => Self::Destroyed,
            ("lost", None) => Self::Lost,
            _ => return None,
        })
    }

    /// The store of a place.
    pub const fn store(self) -> Option<AccountId> {
        match self {
            Self::Place { store } => Some(store),
            _ => None,
        }
    }
}

/// Who has to sign before a movement is posted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Signing {
    /// Whoever enters it.
    One,
    /// A second, different person.
    Two,
    /// The receiving store, which counts.
    Receiver,
}

/// One side of a movement goes down, the other up, by the same quantity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// What kind of movement it is.
    pub kind: MovementKind,
    /// What is moved.
    pub goods: GoodsId,
    /// From where.
    pub from: AccountId,
    /// To where.
    pub to: AccountId,
    /// How many pieces.
    pub quantity: NonZeroU64,
}

/// A movement: lines that are posted together or not at all.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Movement {
    /// Chosen by whoever enters it: the same id once more is the same movement.
    pub id: MovementId,
    /// What is moved.
    pub lines: Vec<Line>,
    /// From when it counts; nothing for the moment at which it is posted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_at: Option<Timestamp>,
    /// The paper that goes with it: order, voucher, delivery note.
    pub reference: String,
    /// Why, where that is not plain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<Remark>,
    /// The movement that this one takes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reverses: Option<MovementId>,
    /// Who enters it.
    pub by: UserId,
}

/// Why something is no movement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMovement {
    /// No lines, or too many.
    #[error("a movement has 1 to {LINES_MAX} lines")]
    Lines,
    /// From and to are the same.
    #[error("line {0}: it goes to where it is")]
    Nowhere(usize),
    /// Too large a number.
    #[error("line {0}: the quantity is too large")]
    TooMuch(usize),
    /// No paper.
    #[error("state the order, voucher or delivery note, 1 to 100 characters")]
    Reference,
    /// A reversal names what it reverses, and nothing else does.
    #[error("a reversal names the movement that it takes back, and says why")]
    Reversal,
    /// A loss without a word.
    #[error("say what is known of the loss")]
    LossRemark,
}

impl InvalidMovement {
    /// The field that is wrong, as forms and the API name it.
    pub const fn field(&self) -> &'static str {
        match self {
            Self::Lines | Self::Nowhere(_) => "lines",
            Self::TooMuch(_) => "quantity",
            Self::Reference => "reference",
            Self::Reversal => "reverses",
            Self::LossRemark => "remark",
        }
    }
}

impl Movement {
    /// Checks what can be checked without the books.
    ///
    /// # Errors
    /// [`InvalidMovement`], by the first thing that is wrong.
    pub fn validate(&self) -> Result<(), InvalidMovement> {
        if !(1..=LINES_MAX).contains(&self.lines.len()) {
            return Err(InvalidMovement::Lines);
        }
        for (number, line) in self.lines.iter().enumerate() {
            if line.from == line.to {
                return Err(InvalidMovement::Nowhere(number));
            }
            if line.quantity.get() > QUANTITY_MAX {
                return Err(InvalidMovement::TooMuch(number));
            }
        }
        if !is_short(&self.reference, 100) {
            return Err(InvalidMovement::Reference);
        }
        let reversing = |line: &Line| line.kind == MovementKind::Reversal;
        let fits = match (&self.reverses, &self.remark) {
            (Some(_), Some(_)) => self.lines.iter().all(reversing),
            (Some(_), None) => false,
            (None, _) => !self.lines.iter().any(reversing),
        };
        if !fits {
            return Err(InvalidMovement::Reversal);
        }
        let loses = |line: &Line| line.kind == MovementKind::Loss;
        if self.remark.is_none() && self.lines.iter().any(loses) {
            return Err(InvalidMovement::LossRemark);
        }
        Ok(())
    }

    /// The lines as they were posted: the receiver may have counted less than was sent.
    pub fn posted_lines(&self, counted: Option<&[u64]>) -> Vec<Line> {
        let posted = |(number, line): (usize, &Line)| {
            let quantity = match counted {
                None => line.quantity,
                Some(counted) => NonZeroU64::new(counted.get(number).copied()?)?,
            };
            Some(Line {
                quantity,
                ..line.clone()
            })
        };
        self.lines.iter().enumerate().filter_map(posted).collect()
    }

    /// The movement that takes this one back: every line that was posted, the other way round.
    pub fn reversal(
        &self,
        id: MovementId,
        counted: Option<&[u64]>,
        by: UserId,
        why: Remark,
    ) -> Self {
        let back = |line: &Line| Line {
            kind: MovementKind::Reversal,
            goods: line.goods,
            from: line.to,
            to: line.from,
            quantity: line.quantity,
        };
        Self {
            id,
            lines: self.posted_lines(counted).iter().rev().map(back).collect(),
            effective_at: None,
            reference: self.reference.clone(),
            remark: Some(why),
            reverses: Some(self.id),
            by,
        }
    }

    /// Every account and goods that it names, with repetitions.
    pub fn sides(&self) -> impl Iterator<Item = (AccountId, GoodsId)> {
        let both = |line: &Line| [(line.from, line.goods), (line.to, line.goods)];
        self.lines.iter().flat_map(both)
    }
}

/// Who has to sign a line of this kind between these accounts; nothing where there is no such line.
pub fn signing(kind: MovementKind, from: AccountKind, to: AccountKind) -> Option<Signing> {
    use AccountKind::{Destroyed, Expended, Holder, Lost, Outside, Place};
    use MovementKind as Kind;
    Some(match (kind, from, to) {
        (Kind::Opening, Outside, Place { .. } | Holder) => Signing::One,
        (Kind::Receipt, Outside, Place { .. }) => Signing::Two,
        (Kind::Issue, Place { .. }, Holder) => Signing::Two,
        (Kind::Return, Holder, Place { .. }) => Signing::One,
        (Kind::Transfer, Place { store: a }, Place { store: b }) => match a == b {
            true => Signing::One,
            false => Signing::Receiver,
        },
        (Kind::Transfer, Holder, Holder) => Signing::Two,
        (Kind::Expenditure, Place { .. } | Holder, Expended) => Signing::One,
        (Kind::Loss, Place { .. } | Holder, Lost) => Signing::Two,
        // What partners look for is ended by two persons.
        (Kind::Recovery, Lost, Place { .. }) => Signing::Two,
        (Kind::Destruction, Place { .. }, Destroyed) => Signing::Two,
        (Kind::Reversal, _, _) => Signing::Two,
        _ => return None,
    })
}

/// What becomes of a movement that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Resolution {
    /// It is posted. Where the receiver counts, what was counted, line by line.
    Post {
        /// What was counted, for a movement that waits for its receiver.
        counted: Option<Vec<u64>>,
    },
    /// It is given up.
    Void {
        /// Why.
        reason: Remark,
    },
    /// Nobody signed in time.
    TimeOut,
}

impl Resolution {
    /// What became of it, as it is stored.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Post { .. } => "posted",
            Self::Void { .. } => "voided",
            Self::TimeOut => "timed-out",
        }
    }
}

/// Somebody says what becomes of a movement that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resolving {
    /// Which movement.
    pub movement: MovementId,
    /// Who.
    pub by: UserId,
    /// What.
    pub what: Resolution,
}
