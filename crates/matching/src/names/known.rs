//! Names that are names of their own: a slip of the pen rarely turns one into another.
//!
//! `Marko` and `Mirko` differ by one vowel, like `Marko` and a mistyped `Marku`. What tells the
//! two cases apart is that `Mirko` is a name. A line holds the forms of one name: spellings in
//! other languages and the short forms by which people are called.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::keys::key;
use crate::text::{Symbol, fold, symbols};

/// Given names; the file says how it is written.
const GIVEN: &str = include_str!("../../data/given_names.txt");
/// Family names that differ little from another family name.
const FAMILY: &str = include_str!("../../data/family_names.txt");
/// Chinese and Korean family names, in all their spellings.
const EAST_ASIAN: &str = include_str!("../../data/east_asian_names.txt");

/// What the tables say of two words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Acquaintance {
    /// One of them is in no table.
    Stranger,
    /// Forms of one name.
    SameName,
    /// Both are names, of different people.
    OtherName,
}

/// Groups to which a word of such a key belongs, as few as most words have: none.
pub(super) fn groups(key_of_word: &[Symbol]) -> &'static [u16] {
    static TABLE: OnceLock<HashMap<Vec<Symbol>, Vec<u16>>> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        let mut table: HashMap<Vec<Symbol>, Vec<u16>> = HashMap::new();
        let lines = GIVEN
            .lines()
            .chain(FAMILY.lines())
            .chain(EAST_ASIAN.lines());
        for (group, line) in (0_u16..).zip(lines.filter(|line| !line.starts_with('#'))) {
            for word in line.split(' ') {
                let word: Vec<Symbol> = fold(word)
                    .into_iter()
                    .flat_map(|cluster| cluster.symbols)
                    .collect();
                table.entry(key(&word)).or_default().push(group);
            }
        }
        table
    });
    table.get(key_of_word).map_or(&[], Vec::as_slice)
}

/// Endings that make a family name of a given name, in letters without accents.
const ENDINGS: &[&str] = &[
    "ovic", "evic", "ovich", "evich", "ovski", "evski", "ovska", "evska", "ic", "ich", "ov", "ev",
    "ova", "eva", "aj", "i",
];
/// Shorter stems are no names.
const STEM_MIN: usize = 3;

/// Groups of the given name in a family name.
pub(super) fn stem_groups(word: &[Symbol]) -> &'static [u16] {
    static TABLE: OnceLock<Vec<Vec<Symbol>>> = OnceLock::new();
    let endings = TABLE.get_or_init(|| ENDINGS.iter().map(|ending| symbols(ending)).collect());
    for ending in endings {
        let Some(stem) = word
            .len()
            .checked_sub(ending.len())
            .filter(|n| *n >= STEM_MIN)
        else {
            continue;
        };
        let (stem, rest) = word.split_at(stem);
        if rest.iter().zip(ending).all(|(a, b)| a.base() == *b) {
            let found = groups(&key(stem));
            if !found.is_empty() {
                return found;
            }
        }
    }
    &[]
}

/// Whether two words are forms of one name, or names of their own.
pub(super) fn acquaintance(left: &[u16], right: &[u16]) -> Acquaintance {
    if left.is_empty() || right.is_empty() {
        Acquaintance::Stranger
    } else if left.iter().any(|group| right.contains(group)) {
        Acquaintance::SameName
    } else {
        Acquaintance::OtherName
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(left: &str, right: &str) -> Acquaintance {
        let word = |text: &str| -> Vec<Symbol> {
            fold(text).into_iter().flat_map(|c| c.symbols).collect()
        };
        acquaintance(groups(&key(&word(left))), groups(&key(&word(right))))
    }

    #[test]
    fn names_of_their_own_are_told_apart() {
        for (left, right) in [
            ("Marko", "Mirko"),
            ("Марко", "Mirko"),
            ("Jovan", "Jovana"),
            ("Hodžić", "Hadzic"),
            ("Vuković", "Вучковић"),
            ("Vukovic", "Vuckovic"),
        ] {
            assert_eq!(ask(left, right), Acquaintance::OtherName, "{left} {right}");
        }
    }

    #[test]
    fn forms_of_one_name_meet() {
        for (left, right) in [
            ("Slobodan", "Slobo"),
            ("Ђорђе", "Gjorgji"),
            ("Aleksandar", "Saša"),
            ("Muhamed", "Mohammad"),
            ("Theodore", "Ted"),
        ] {
            assert_eq!(ask(left, right), Acquaintance::SameName, "{left} {right}");
        }
        assert_eq!(ask("Marko", "Marku"), Acquaintance::Stranger);
    }
}
