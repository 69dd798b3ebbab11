//! When a simulated node dies.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counts the points at which nodes may die, and burns down at one of them. Nodes that share a fuse
/// die once between them.
#[derive(Debug)]
pub struct Fuse {
    passed: AtomicU64,
    at: u64,
}

impl Fuse {
    /// Burns down at the point with this number; the first is 1.
    pub const fn at(point: u64) -> Self {
        Self {
            passed: AtomicU64::new(0),
            at: point,
        }
    }

    /// How many points were passed.
    pub fn passed(&self) -> u64 {
        self.passed.load(Ordering::SeqCst)
    }

    /// Passes a point, and says whether the fuse has burnt down there.
    pub(super) fn burns(&self) -> bool {
        let point = self.passed.fetch_add(1, Ordering::SeqCst) + 1;
        point == self.at
    }
}

impl Default for Fuse {
    /// Never burns down.
    fn default() -> Self {
        Self::at(0)
    }
}
