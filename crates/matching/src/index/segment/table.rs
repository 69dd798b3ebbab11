//! Lists of numbers under hashes, in bytes.
//!
//! Pairs of a hash and a number stand sorted. A directory says where the pairs begin whose hashes
//! start with given bits, so that a look-up reads two places of memory.

use super::bytes::{Reader, u32_at};

/// Pairs that share a place of the directory, on average.
const SHARE: usize = 4;
const BITS_MAX: u32 = 28;

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Table<'a> {
    bits: u32,
    directory: &'a [u8],
    pairs: &'a [u8],
}

impl<'a> Table<'a> {
    /// `None` where the bytes are not those of a table.
    pub(super) fn open(bytes: &'a [u8]) -> Option<Self> {
        let mut reader = Reader::new(bytes);
        let bits = reader.u32().filter(|bits| *bits <= BITS_MAX)?;
        let pairs = usize::try_from(reader.u32()?).ok()?;
        let directory = reader.bytes(((1_usize << bits) + 1) * 4)?;
        Some(Self {
            bits,
            directory,
            pairs: reader.bytes(pairs.checked_mul(8)?)?,
        })
    }

    /// The numbers under a hash, in their order.
    pub(super) fn get(self, hash: u32) -> impl Iterator<Item = u32> + 'a {
        let bucket = bucket(hash, self.bits);
        let from = u32_at(self.directory, bucket).unwrap_or(0);
        let to = u32_at(self.directory, bucket + 1).unwrap_or(0);
        let place = |at: u32| usize::try_from(at).unwrap_or(usize::MAX).saturating_mul(8);
        let pairs = self.pairs.get(place(from)..place(to)).unwrap_or_default();
        let pairs = pairs.as_chunks::<8>().0.iter().map(|pair| {
            let pair = u64::from_le_bytes(*pair);
            let half = |bits: u64| u32::try_from(bits & 0xffff_ffff).unwrap_or(0);
            (half(pair), half(pair >> 32))
        });
        pairs
            .skip_while(move |(held, _)| *held < hash)
            .take_while(move |(held, _)| *held == hash)
            .map(|(_, number)| number)
    }
}

/// The place of the directory: the first bits of the hash, spread once more since hashes of short
/// words are not even.
fn bucket(hash: u32, bits: u32) -> usize {
    let place = hash.checked_shr(32 - bits).unwrap_or(0);
    usize::try_from(place).unwrap_or(0)
}

/// Writes a table of pairs, in any order; the same pair twice counts once.
pub(super) fn build(mut pairs: Vec<(u32, u32)>) -> Vec<u8> {
    pairs.sort_unstable();
    pairs.dedup();
    let buckets = (pairs.len() / SHARE).max(1).next_power_of_two();
    let bits = buckets.trailing_zeros().min(BITS_MAX);
    let count = u32::try_from(pairs.len()).unwrap_or(u32::MAX);
    let mut bytes = Vec::with_capacity(8 + (buckets + 1) * 4 + pairs.len() * 8);
    bytes.extend_from_slice(&bits.to_le_bytes());
    bytes.extend_from_slice(&count.to_le_bytes());
    let mut next = 0_u32;
    let mut rest = pairs.iter().peekable();
    for place in 0..1_usize << bits {
        bytes.extend_from_slice(&next.to_le_bytes());
        while rest
            .next_if(|(hash, _)| bucket(*hash, bits) <= place)
            .is_some()
        {
            next += 1;
        }
    }
    bytes.extend_from_slice(&next.to_le_bytes());
    for (hash, number) in &pairs {
        bytes.extend_from_slice(&hash.to_le_bytes());
        bytes.extend_from_slice(&number.to_le_bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_put_and_nothing_else() {
        let hash = |number: u32| number.wrapping_mul(0x9e37_79b9);
        let mut pairs = vec![(7, 1), (7, 2), (7, 2), (0, 9), (u32::MAX, 3)];
        pairs.extend((0..5_000).map(|number| (hash(number + 100), number)));
        let bytes = build(pairs.clone());
        let table = Table::open(&bytes).unwrap();
        assert_eq!(table.get(7).collect::<Vec<_>>(), [1, 2]);
        for (hash, number) in pairs {
            assert!(table.get(hash).any(|held| held == number), "{hash}");
        }
        assert_eq!(table.get(8).count(), 0);
        assert_eq!(Table::open(&build(Vec::new())).unwrap().get(1).count(), 0);
    }

    #[test]
    fn cut_bytes_are_no_table() {
        let bytes = build(vec![(1, 1), (2, 2)]);
        for end in 0..bytes.len() {
            assert!(Table::open(&bytes[..end]).is_none());
        }
        assert!(Table::open(&[0xff; 16]).is_none());
    }
}
