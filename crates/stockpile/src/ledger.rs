//! The ledger: movements with two sides, and the books that keep the balances.

mod books;
mod facts;
mod journal;
mod movement;
mod posting;
mod refused;
mod told;

pub use books::Books;
pub use facts::{
    Balance, Entered, Entering, Expectation, GoodsFacts, Known, Past, Posting, Short, Stage,
};
pub use journal::Mark;
pub use movement::{
    AccountKind, InvalidMovement, LATE_DAYS_MAX, LINES_MAX, Line, Movement, MovementKind,
    Resolution, Resolving, Signing, signing,
};
pub use refused::LedgerRefused;
