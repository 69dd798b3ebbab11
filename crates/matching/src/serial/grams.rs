//! What serial numbers are found by: their spellings, and pieces of two or three places.

use super::number::{embedded, fold, leading_zeros};
use super::{Query, Serial};

/// Letters between digits that are each left out and kept; with more, all or none of them.
const LETTERS_MAX: usize = 4;

/// Stands before the first and after the last place in a piece.
const START: char = '^';
const END: char = '$';

/// A whole number as it may stand elsewhere, look-alikes as one: with and without each letter
/// between digits, and without the zeros before all other digits.
pub(super) fn spellings(serial: &Serial) -> Vec<Vec<char>> {
    let places = serial.places();
    let flags = embedded(places, |c| c.is_numeric(), |c| !c.is_numeric());
    let letters: Vec<usize> = flags
        .iter()
        .enumerate()
        .filter_map(|(at, is_embedded)| is_embedded.then_some(at))
        .collect();
    let without = |dropped: &dyn Fn(usize) -> bool| -> Vec<char> {
        let kept = places.iter().enumerate().filter(|(at, _)| !dropped(*at));
        kept.map(|(_, place)| fold(*place)).collect()
    };
    let mut spellings = Vec::new();
    if letters.len() > LETTERS_MAX {
        spellings.push(without(&|_| false));
        spellings.push(without(&|at| letters.contains(&at)));
    } else {
        for subset in 0..1_u32 << letters.len() {
            spellings.push(without(&|at| {
                let bit = letters.iter().position(|letter| *letter == at);
                bit.is_some_and(|bit| subset >> bit & 1 == 1)
            }));
        }
    }
    let zeros = leading_zeros(places, char::is_ascii_digit, |place| *place == '0');
    let left = places.get(zeros..).unwrap_or_default();
    if zeros > 0 && !left.is_empty() {
        spellings.push(left.iter().copied().map(fold).collect());
    }
    spellings.sort();
    spellings.dedup();
    spellings
}

/// A spelling as the key of a map (FNV-1a).
pub(super) fn hash(places: &[char]) -> u64 {
    places.iter().fold(0xcbf2_9ce4_8422_2325, |hash, place| {
        (hash ^ u64::from(u32::from(*place))).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// Every piece of two and of three places of all spellings, once each.
pub(super) fn pieces(spellings: &[Vec<char>]) -> Vec<u64> {
    let mut pieces: Vec<u64> = Vec::new();
    for spelling in spellings {
        let run: Vec<char> = std::iter::once(START)
            .chain(spelling.iter().copied())
            .chain(std::iter::once(END))
            .collect();
        pieces.extend(run.windows(2).map(pack));
        pieces.extend(run.windows(3).map(pack));
    }
    pieces.sort_unstable();
    pieces.dedup();
    pieces
}

/// The pieces that every entry has that a query with masks means: those of its longest runs of
/// places that were surely read. A letter between digits may be missing, and ends a run.
pub(super) fn pieces_of_query(query: &Query) -> Vec<u64> {
    let mut flags = query.embedded();
    // Zeros before all other digits may be missing, and end a run as well.
    flags
        .iter_mut()
        .take(query.leading_zeros())
        .for_each(|flag| *flag = true);
    let mut runs: Vec<Vec<char>> = vec![vec![START]];
    for (place, is_embedded) in query.places().iter().zip(flags) {
        match place.sure().filter(|_| !is_embedded) {
            Some(character) => {
                if let Some(run) = runs.last_mut() {
                    run.push(character);
                }
            }
            None => runs.push(Vec::new()),
        }
    }
    if let Some(run) = runs.last_mut() {
        run.push(END);
    }
    let mut pieces: Vec<u64> = Vec::new();
    for run in runs {
        match run.len() {
            0 | 1 => {}
            2 => pieces.extend(run.windows(2).map(pack)),
            _ => pieces.extend(run.windows(3).map(pack)),
        }
    }
    pieces.sort_unstable();
    pieces.dedup();
    pieces
}

/// Up to three characters in one number; a character has at most 21 bits.
fn pack(piece: &[char]) -> u64 {
    piece.iter().fold(0, |packed, place| {
        packed << 21 | u64::from(u32::from(*place))
    })
}
