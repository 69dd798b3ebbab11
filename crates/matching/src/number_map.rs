//! Hash maps of numbers that are spread well already.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// A map whose keys are hashes or small numbers.
pub(crate) type NumberMap<V> = HashMap<u32, V, BuildHasherDefault<Spread>>;

/// A map whose keys are two small numbers in one.
pub(crate) type PairMap<V> = HashMap<u64, V, BuildHasherDefault<Spread>>;

/// One multiplication: enough where keys are hashes, and fast.
#[derive(Debug, Clone, Default)]
pub(crate) struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_u32(u32::from(*byte));
        }
    }

    fn write_u64(&mut self, number: u64) {
        let mixed = (self.0.rotate_left(5) ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        // The map takes its place from the low bits; the product spreads into the high ones.
        self.0 = mixed ^ (mixed >> 32);
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(u64::from(number));
    }
}
