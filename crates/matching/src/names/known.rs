//! Names that are names of their own: a slip of the pen rarely turns one into another.
//!
//! `Marko` and `Mirko` differ by one vowel, like `Marko` and a mistyped `Marku`. What tells the
//! two cases apart is that `Mirko` is a name. A line holds the forms of one name: spellings in
//! other languages and the short forms by which people are called.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use super::keys::key;
use crate::text::{Symbol, fold, symbols};

/// Given names; the file says how it is written.
const GIVEN: &str = include_str!("../../data/given_names.txt");
/// Family names that differ little from another family name.
const FAMILY: &str = include_str!("../../data/family_names.txt");
/// Chinese and Korean family names, in all their spellings.
const EAST_ASIAN: &str = include_str!("../../data/east_asian_names.txt");
/// Words in the names of bodies.
const BODY: &str = include_str!("../../data/body_words.txt");

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

/// Groups to which a word of such a key belongs, as few as most words have: none. A word of a script
/// that leaves vowels out may be any of them with its letters; one with vowels is no word of the
/// others: أمين has the letters of Amin, and is Emin too.
pub(super) fn groups(key_of_word: &[Symbol], abjad: bool) -> &'static [u16] {
    static TABLES: OnceLock<[Groups; 2]> = OnceLock::new();
    let [spelt, all] = TABLES.get_or_init(|| {
        let mut tables = [Groups::new(), Groups::new()];
        let lines = [GIVEN, FAMILY, EAST_ASIAN, BODY].into_iter();
        let lines = lines
            .flat_map(str::lines)
            .filter(|line| !line.starts_with('#'));
        for (group, line) in (0_u16..).zip(lines) {
            for clusters in line.split(' ').map(fold) {
                let abjad = clusters.iter().any(|cluster| cluster.abjad);
                let word = clusters.into_iter().flat_map(|cluster| cluster.symbols);
                let key = key(&word.collect::<Vec<Symbol>>());
                let [spelt, all] = &mut tables;
                if !abjad {
                    spelt.entry(key.clone()).or_default().push(group);
                }
                all.entry(key).or_default().push(group);
            }
        }
        tables
    });
    let table = if abjad { all } else { spelt };
    table.get(key_of_word).map_or(&[], Vec::as_slice)
}

/// Groups by key.
type Groups = HashMap<Vec<Symbol>, Vec<u16>>;

/// Whether a word of a script without vowels stands in the table as it is written. By its key alone it
/// may be any name with the same consonants.
pub(super) fn is_native(key_of_word: &[Symbol]) -> bool {
    static TABLE: OnceLock<HashSet<Vec<Symbol>>> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        let words = GIVEN.lines().filter(|line| !line.starts_with('#'));
        let words = words.flat_map(|line| line.split(' ')).map(fold);
        words
            .filter(|clusters| clusters.iter().any(|cluster| cluster.abjad))
            .map(|clusters| {
                let word = clusters.into_iter().flat_map(|cluster| cluster.symbols);
                key(&word.collect::<Vec<Symbol>>())
            })
            .collect()
    });
    table.contains(key_of_word)
}

/// Whether groups are of a given name that the table has in Arabic letters too.
pub(super) fn are_arabic(groups: &[u16]) -> bool {
    static TABLE: OnceLock<Vec<bool>> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        let lines = GIVEN.lines().filter(|line| !line.starts_with('#'));
        lines
            .map(|line| fold(line).iter().any(|cluster| cluster.abjad))
            .collect()
    });
    let is_arabic = |group: &u16| table.get(usize::from(*group)) == Some(&true);
    groups.iter().any(is_arabic)
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
            let found = groups(&key(stem), false);
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
        let groups = |text| groups(&key(&word(text)), false);
        acquaintance(groups(left), groups(right))
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
