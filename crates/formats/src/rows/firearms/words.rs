//! Words that stand in the cells of a table of firearms, in the languages of the region.

use std::collections::HashMap;
use std::sync::LazyLock;

use egnatia_firearms::{Category, HolderKind, MarkPlace, MarkState, WeaponKind};

use super::super::columns::{fold, lines};

const WORDS: &str = include_str!("../../../data/firearm-words.txt");

/// What a word of a group means, as the table writes it: `assault-rifle`, `frame`.
fn meaning(group: &str, word: &str) -> Option<&'static str> {
    static KNOWN: LazyLock<HashMap<(&'static str, &'static str), &'static str>> =
        LazyLock::new(|| {
            let known = lines(WORDS).filter_map(|(field, text)| {
                let (group, meaning) = field.split_once('.')?;
                Some(((group, text), meaning))
            });
            known.collect()
        });
    KNOWN.get(&(group, word)).copied()
}

pub(super) fn kind(text: &str) -> Option<WeaponKind> {
    WeaponKind::parse(meaning("kind", &fold(text))?)
}

/// The place of the unique mark.
pub(super) fn place(text: &str) -> Option<MarkPlace> {
    MarkPlace::parse(meaning("place", &fold(text))?)
}

pub(super) fn state(text: &str) -> Option<MarkState> {
    MarkState::parse(meaning("state", &fold(text))?)
}

pub(super) fn holder_kind(text: &str) -> Option<HolderKind> {
    HolderKind::parse(meaning("holder", &fold(text))?)
}

/// `A`, `kat. B`, `Category C`; with a number behind it, as `A1` and `B7` of the annex.
pub(super) fn category(text: &str) -> Option<Category> {
    let folded = fold(text);
    let word = folded.split(' ').next_back()?;
    let (letter, number) = word.split_at_checked(1)?;
    let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
    Category::parse(&letter.to_ascii_uppercase()).filter(|_| is_number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_the_table_is_folded_and_means_one_thing_of_its_group() {
        let mut seen = std::collections::HashSet::new();
        for (field, word) in lines(WORDS) {
            assert_eq!(fold(word), word);
            let (group, _) = field.split_once('.').unwrap();
            assert!(seen.insert((group, word)), "{group}: {word} stands twice");
            let known = match group {
                "kind" => kind(word).is_some(),
                "place" => place(word).is_some_and(MarkPlace::is_unique),
                "state" => state(word).is_some(),
                "holder" => holder_kind(word).is_some(),
                _ => false,
            };
            assert!(known, "{field}: {word}");
        }
        for term in WeaponKind::ALL {
            assert_eq!(kind(term.as_str()), Some(*term));
        }
        for term in MarkState::ALL {
            assert_eq!(state(term.as_str()), Some(*term));
        }
        for term in HolderKind::ALL {
            assert_eq!(holder_kind(term.as_str()), Some(*term));
        }
    }

    #[test]
    fn categories_are_read_with_their_numbers() {
        assert_eq!(category("A"), Some(Category::A));
        assert_eq!(category("kat. b"), Some(Category::B));
        assert_eq!(category("Category C2"), Some(Category::C));
        for text in ["", "D", "AB", "B x"] {
            assert_eq!(category(text), None, "{text}");
        }
    }
}
