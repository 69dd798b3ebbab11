//! Padding, so that the size of an envelope says little about what is in it.

/// Nothing is smaller than this before it is sealed: a receipt looks like a short record.
const SMALLEST: usize = 1024;

/// The size to which `length` bytes are padded: Padmé (Nikitin and others, *Reducing Metadata Leakage
/// from Encrypted Files and Communication with PURBs*, PoPETs 2019, section 4), but never below 1024.
///
/// The size keeps as many leading bits as the length of its own length needs, so the padding is at
/// most 12 per cent, and of 2^n sizes about log n remain to be seen.
pub(crate) fn padded(length: usize) -> usize {
    let length = length.max(SMALLEST);
    // `length` is at least 1024: both logarithms are defined.
    let exponent = length.ilog2();
    let kept = exponent.ilog2() + 1;
    let step = 1_usize << (exponent - kept);
    length.div_ceil(step).saturating_mul(step)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The second column is the reference code of the paper, where it is not below 1024.
    #[test]
    fn pads_as_the_paper_has_it() {
        for (length, expected) in [
            (0, 1024),
            (1024, 1024),
            (1025, 1088),
            (1088, 1088),
            (2047, 2048),
            (2049, 2176),
            (9_999, 10_240),
            (70_000, 71_680),
            (1_000_001, 1_015_808),
        ] {
            assert_eq!(padded(length), expected, "{length}");
        }
    }
}
