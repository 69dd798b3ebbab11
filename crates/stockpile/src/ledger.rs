//! The ledger: movements with two sides, and the books that keep the balances.

mod books;
mod journal;
mod movement;
mod refused;

pub use books::{
    Balance, Books, Entered, Entering, Expectation, GoodsFacts, Known, Past, Posting, Short, Stage,
};
pub use journal::Mark;
pub use movement::{
    AccountKind, InvalidMovement, LATE_DAYS_MAX, LINES_MAX, Line, Movement, MovementKind,
    Resolution, Resolving, Signing, signing,
};
pub use refused::LedgerRefused;
