//! Why the books do not take a movement.

use crate::{AccountId, GoodsId, MovementId};

/// Why the books do not take a movement, or what becomes of one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LedgerRefused {
    /// The id was used for something else.
    #[error("movement {0} is there already with other content: take a new id")]
    OtherContent(MovementId),
    /// The account is not known.
    #[error("there is no account {0}")]
    UnknownAccount(AccountId),
    /// The goods are not known.
    #[error("there are no goods {0}: register them first")]
    UnknownGoods(GoodsId),
    /// The account is there already.
    #[error("account {0} is there already")]
    AccountExists(AccountId),
    /// The goods are there already.
    #[error("goods {0} are there already")]
    GoodsExist(GoodsId),
    /// The two accounts do not fit the kind.
    #[error("line {line}: a movement of this kind does not go between these accounts")]
    Sides {
        /// Which line, from 0.
        line: u32,
    },
    /// There is not so much of it, or others wait to move it.
    #[error(
        "line {line}: {available} are there and free to be moved, {wanted} are asked for; count, \
         or look which movements wait"
    )]
    TooLittle {
        /// Which line, from 0.
        line: u32,
        /// How many are there and not promised to another movement.
        available: i64,
        /// How many are asked for.
        wanted: u64,
    },
    /// It would have been in two places, or less than nothing, at a moment that has passed.
    #[error(
        "line {line}: on the effective date there was not so much of it; correct what was entered \
         for that time first"
    )]
    NotThere {
        /// Which line, from 0.
        line: u32,
    },
    /// There is one of it.
    #[error("line {line}: there is one of it, and it is somewhere already")]
    DoubleCustody {
        /// Which line, from 0.
        line: u32,
    },
    /// More than a number holds.
    #[error("line {line}: the quantity is too large")]
    TooMuch {
        /// Which line, from 0.
        line: u32,
    },
    /// The effective date lies ahead.
    #[error("the effective date lies in the future")]
    Future,
    /// The effective date lies too far back.
    #[error("the effective date lies more than {} days back", super::LATE_DAYS_MAX)]
    TooLate,
    /// The period is closed.
    #[error("the period is closed: enter it with a date after the closing, and say so")]
    Closed,
    /// No such movement waits.
    #[error("there is no movement {0}")]
    UnknownMovement(MovementId),
    /// It has been posted, voided, or has timed out.
    #[error("the movement does not wait any more: {0}")]
    Settled(&'static str),
    /// The same person may not sign twice.
    #[error("a second, different person has to sign")]
    SamePerson,
    /// Its time is over.
    #[error("nobody signed in time: the movement has lapsed; enter it again")]
    TimedOut,
    /// Its time is not over.
    #[error("the movement still waits for its signature")]
    StillWaits,
    /// The receiver has counted more than was sent, or not every line.
    #[error("the count does not fit the movement: state every line, at most what was sent")]
    Count,
    /// Only what is posted is reversed, and once.
    #[error("only a posted movement is reversed, once, and as a whole")]
    NotReversible,
    /// The store has changed since its safety was looked at.
    #[error("store {0} has changed in the meantime")]
    StoreChanged(AccountId),
    /// They were moved since somebody looked where they are.
    #[error("goods {0} were moved in the meantime: look again where they are")]
    GoodsMoved(GoodsId),
    /// A period is closed after the one before, and not ahead of time.
    #[error("a period ends after the last one that was closed, and not in the future")]
    Closing,
}
