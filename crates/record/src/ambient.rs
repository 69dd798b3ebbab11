//! What a pure crate may not take by itself: time and chance.

use jiff::Timestamp;

/// Where time comes from. The node reads the system clock; tests set it.
pub trait Clock: Send + Sync {
    /// The present instant, UTC, microseconds count.
    fn now(&self) -> Timestamp;
}

/// Where chance comes from. The node asks the operating system; tests use a seed.
pub trait Entropy: Send + Sync {
    /// Fills `bytes` with unpredictable bytes.
    fn fill(&self, bytes: &mut [u8]);
}
