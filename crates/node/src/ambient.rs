//! The real clock and the operating system's randomness: the one place where they are read.

use egnatia_record::{Clock, Entropy};
use jiff::Timestamp;

/// The system's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "everything else is given this clock"
    )]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// The operating system's randomness.
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    /// # Panics
    /// Where the operating system has no randomness: no key, salt or token would be safe.
    #[expect(
        clippy::disallowed_methods,
        reason = "everything else is given this entropy"
    )]
    #[expect(
        clippy::expect_used,
        reason = "going on without randomness would be worse"
    )]
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system gives no randomness");
    }
}
