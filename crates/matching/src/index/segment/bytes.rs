//! Numbers in bytes, little end first. Reading beyond the end gives nothing; it never panics.

/// Reads one number after the other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// What was not read.
    pub(super) fn rest(self) -> &'a [u8] {
        self.rest
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(*first)
    }

    pub(super) fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        let (taken, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(u16::from_le_bytes(*taken))
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        let (taken, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(u32::from_le_bytes(*taken))
    }

    pub(super) fn u64(&mut self) -> Option<u64> {
        let (taken, rest) = self.rest.split_first_chunk()?;
        self.rest = rest;
        Some(u64::from_le_bytes(*taken))
    }

    /// A number of one to five bytes, seven bits in each, the lowest first.
    #[inline]
    pub(super) fn varint(&mut self) -> Option<u32> {
        let mut number = 0_u32;
        for shift in [0, 7, 14, 21, 28] {
            let byte = self.byte()?;
            number |= u32::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    /// A varint as a count of things.
    pub(super) fn count(&mut self) -> Option<usize> {
        usize::try_from(self.varint()?).ok()
    }

    /// A text with its length before it.
    pub(super) fn text(&mut self) -> Option<&'a str> {
        let length = self.count()?;
        std::str::from_utf8(self.bytes(length)?).ok()
    }

    /// Bytes with their length before them.
    pub(super) fn group(&mut self) -> Option<Self> {
        let length = self.count()?;
        self.bytes(length).map(Self::new)
    }
}

pub(super) fn put_varint(bytes: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        bytes.push(low(number) | 0x80);
        number >>= 7;
    }
    bytes.push(low(number));
}

fn low(number: u32) -> u8 {
    u8::try_from(number & 0x7f).unwrap_or(0)
}

/// Counts above 4 billion do not occur: what is read is bounded before.
pub(super) fn put_count(bytes: &mut Vec<u8>, count: usize) {
    put_varint(bytes, u32::try_from(count).unwrap_or(u32::MAX));
}

pub(super) fn put_text(bytes: &mut Vec<u8>, text: &str) {
    put_group(bytes, text.as_bytes());
}

pub(super) fn put_group(bytes: &mut Vec<u8>, group: &[u8]) {
    put_count(bytes, group.len());
    bytes.extend_from_slice(group);
}

/// The number at a place of a list of `u32`.
#[inline]
pub(super) fn u32_at(bytes: &[u8], place: usize) -> Option<u32> {
    let from = place.checked_mul(4)?;
    let four = bytes.get(from..)?.first_chunk()?;
    Some(u32::from_le_bytes(*four))
}

/// A list of `u32` between two places of it.
pub(super) fn u32s(bytes: &[u8], from: usize, to: usize) -> impl Iterator<Item = u32> + '_ {
    let range = bytes.get(from.saturating_mul(4)..to.saturating_mul(4));
    let chunks = range.unwrap_or_default().as_chunks::<4>().0;
    chunks.iter().map(|four| u32::from_le_bytes(*four))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_survive() {
        let mut bytes = Vec::new();
        let numbers = [0, 1, 127, 128, 16_383, 16_384, u32::MAX];
        for number in numbers {
            put_varint(&mut bytes, number);
        }
        put_text(&mut bytes, "Ђорђе");
        let mut reader = Reader::new(&bytes);
        for number in numbers {
            assert_eq!(reader.varint(), Some(number));
        }
        assert_eq!(reader.text(), Some("Ђорђе"));
        assert_eq!(reader.byte(), None);
    }

    #[test]
    fn what_is_cut_off_reads_as_nothing() {
        assert_eq!(Reader::new(&[0x80, 0x80]).varint(), None);
        assert_eq!(Reader::new(&[5, b'a']).text(), None);
        assert_eq!(Reader::new(&[0xff; 6]).varint(), None);
        assert_eq!(u32_at(&[1, 0, 0, 0], 1), None);
        assert_eq!(u32s(&[1, 0, 0, 0], 0, 2).count(), 0);
    }
}
