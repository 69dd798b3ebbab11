//! The books of the stockpile, as the store keeps them.

use egnatia_audit::Hash;
use egnatia_stockpile::{
    AccountId, AccountKind, Expectation, GoodsFacts, GoodsId, Movement, MovementId, Resolving,
};
use jiff::Timestamp;

/// A change of the books.
#[derive(Debug, Clone)]
pub enum StockChange {
    /// Opens an account.
    OpenAccount(StockAccountRow),
    /// Registers goods.
    RegisterGoods(StockGoodsRow),
    /// Enters a movement. The same one once more changes nothing.
    Enter(Box<EnterMovement>),
    /// Posts, voids or times out a movement that waits.
    Resolve(Box<ResolveMovement>),
    /// Writes nothing; refused where an account holds another quantity of goods by now.
    Holds {
        /// Where.
        account: AccountId,
        /// Of what.
        goods: GoodsId,
        /// How many.
        quantity: i64,
    },
    /// Closes all periods up to and including `until`.
    Close {
        /// Up to when.
        until: Timestamp,
        /// When it is closed.
        at: Timestamp,
    },
}

/// An account of the books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockAccountRow {
    /// Its id.
    pub id: AccountId,
    /// What it is.
    pub kind: AccountKind,
}

/// What the books know of goods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockGoodsRow {
    /// Their id.
    pub id: GoodsId,
    /// What the books have to know.
    pub facts: GoodsFacts,
}

/// A movement that is entered.
#[derive(Debug, Clone)]
pub struct EnterMovement {
    /// What is moved.
    pub movement: Movement,
    /// The hash of its content: the same id with another hash is refused.
    pub digest: Hash,
    /// When it is entered.
    pub recorded_at: Timestamp,
    /// Until when it waits, where it needs a signature.
    pub due_at: Timestamp,
    /// What stores must still be like.
    pub expects: Vec<Expectation>,
}

/// What becomes of a movement that waits.
#[derive(Debug, Clone)]
pub struct ResolveMovement {
    /// Which, by whom, and what.
    pub resolving: Resolving,
    /// When.
    pub at: Timestamp,
    /// What stores must still be like.
    pub expects: Vec<Expectation>,
}

/// A movement that the books have taken.
#[derive(Debug, Clone, PartialEq)]
pub struct StockMovementRow {
    /// What it says.
    pub movement: Movement,
    /// The hash of its content.
    pub digest: Hash,
    /// When it was entered.
    pub recorded_at: Timestamp,
    /// Until when it waits, or waited; nothing where it was posted at once.
    pub due_at: Option<Timestamp>,
    /// What became of it, where it waited.
    pub end: Option<StockEnd>,
    /// Whether it was taken back.
    pub is_reversed: bool,
}

impl StockMovementRow {
    /// Whether it still waits.
    pub const fn waits(&self) -> bool {
        self.due_at.is_some() && self.end.is_none()
    }
}

/// What became of a movement that waited.
#[derive(Debug, Clone, PartialEq)]
pub struct StockEnd {
    /// By whom, and what.
    pub resolving: Resolving,
    /// When.
    pub at: Timestamp,
}

/// How much is in an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StockBalanceRow {
    /// Where.
    pub account: AccountId,
    /// Of what.
    pub goods: GoodsId,
    /// Pieces; below zero only outside.
    pub quantity: i64,
    /// Of these, promised to movements that wait.
    pub reserved: i64,
}

/// One side of a posted line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StockPostingRow {
    /// Its place in the order of posting.
    pub position: u64,
    /// Of which movement.
    pub movement: MovementId,
    /// Of which line, from 0.
    pub line: u32,
    /// Which account.
    pub account: AccountId,
    /// Of what.
    pub goods: GoodsId,
    /// By how much the balance went up or down.
    pub amount: i64,
    /// What was there afterwards, in the order of posting.
    pub balance: i64,
    /// When it was posted.
    pub posted_at: Timestamp,
    /// From when it counts.
    pub effective_at: Timestamp,
}

/// Of what balances are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StockOf {
    /// One account.
    Account(AccountId),
    /// All places of a store.
    Store(AccountId),
    /// One weapon or lot, wherever it is.
    Goods(GoodsId),
}

/// A moment that has passed, on one of two time lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StockMoment {
    /// What the books said then.
    Posted(Timestamp),
    /// What was there then, as is known now: with what was entered later for that time.
    Effective(Timestamp),
}
