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
