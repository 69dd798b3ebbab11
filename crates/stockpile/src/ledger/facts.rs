//! What the books know, and what they did.

use std::sync::Arc;

use jiff::Timestamp;

use super::movement::{Movement, Signing};
use crate::{AccountId, GoodsId};

/// What the books have to know of goods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GoodsFacts {
    /// Whether there is one of it.
    pub is_serialised: bool,
    /// Whether it counts for the safety of a store.
    pub is_explosive: bool,
}

/// How much is in an account, and how much of it is promised to movements that wait.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Balance {
    /// Pieces. Below zero only outside.
    pub quantity: i64,
    /// Of these, promised.
    pub reserved: i64,
}

/// A movement that the books have taken.
#[derive(Debug, Clone, PartialEq)]
pub struct Known {
    /// What it says.
    pub movement: Arc<Movement>,
    /// What its content hashes to: the same id with another hash is refused.
    pub digest: [u8; 32],
    /// Where it stands.
    pub stage: Stage,
    /// Whether another movement has taken it back.
    pub is_reversed: bool,
}

/// Where a movement stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stage {
    /// It waits for a signature until then.
    Waiting {
        /// Until when.
        due_at: Timestamp,
    },
    /// It is posted; where the receiver counted, with the count.
    Posted {
        /// What was counted, line by line.
        counted: Option<Vec<u64>>,
    },
    /// It was given up.
    Voided,
    /// Nobody signed in time.
    TimedOut,
}

/// A posting of before, as far as it matters for a movement that is entered late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Past {
    /// From when it counts.
    pub effective_at: Timestamp,
    /// By how much the balance went up or down.
    pub amount: i64,
}

/// One side of a posted line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posting {
    /// Of which line, from 0.
    pub line: u32,
    /// Which account.
    pub account: AccountId,
    /// Of what.
    pub goods: GoodsId,
    /// By how much the balance goes up or down.
    pub amount: i64,
    /// What is there afterwards, in the order of posting.
    pub balance: i64,
}

/// What the receiver did not find: the case that opens is about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Short {
    /// Where it still stands in the books: the sender.
    pub account: AccountId,
    /// What.
    pub goods: GoodsId,
    /// How many.
    pub missing: u64,
}

/// What a store must still be like, for a movement that was planned by its licence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expectation {
    /// The store.
    pub store: AccountId,
    /// How often what is in it had changed.
    pub revision: u64,
}

/// What the books did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entered {
    /// The same movement was there already; nothing changed.
    Repeated,
    /// It waits.
    Waiting {
        /// For whom.
        signing: Signing,
        /// Until when.
        due_at: Timestamp,
    },
    /// It is posted.
    Posted {
        /// When: never before an earlier posting.
        at: Timestamp,
        /// From when it counts.
        effective_at: Timestamp,
        /// Both sides of every line.
        postings: Vec<Posting>,
        /// What the receiver did not find.
        short: Vec<Short>,
    },
    /// A movement that waited was voided or has timed out.
    Ended {
        /// When.
        at: Timestamp,
    },
}

/// A movement as it is entered.
#[derive(Debug, Clone, Copy)]
pub struct Entering<'a> {
    /// What is moved.
    pub movement: &'a Movement,
    /// What its content hashes to.
    pub digest: [u8; 32],
    /// When it is entered.
    pub recorded_at: Timestamp,
    /// Until when it waits for a signature, where it needs one.
    pub due_at: Timestamp,
    /// What stores must still be like.
    pub expects: &'a [Expectation],
}
