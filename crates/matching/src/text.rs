//! Text as the comparison sees it: letters of any script become symbols of one small alphabet.

mod cyrillic;
mod fold;
mod greek;
mod latin;
mod semitic;
mod symbol;

pub(crate) use fold::{Cluster, fold};
pub(crate) use symbol::{Symbol, begins, ends, is_spelt, symbols};

/// A count as a number for weights. Counts are bounded far below the limit.
pub(crate) fn real(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// Letters and digits only, without case, accents or script: for places and unknown countries.
pub(crate) fn plain(text: &str) -> Vec<Symbol> {
    let mut symbols: Vec<Symbol> = fold(text)
        .into_iter()
        .flat_map(|cluster| cluster.symbols)
        .collect();
    symbols
        .iter_mut()
        .for_each(|symbol| *symbol = symbol.base());
    symbols
}
