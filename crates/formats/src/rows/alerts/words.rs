//! Words that stand in the cells of a table of alerts, in the languages of the region.

use std::collections::HashMap;
use std::sync::LazyLock;

use egnatia_alerts::{ObjectKind, Warning};
use egnatia_record::Category;

use super::super::columns::{fold, lines};
use super::error::AlertCellProblem;

const WORDS: &str = include_str!("../../../data/alert-words.txt");

/// Words before the number of an article.
const ARTICLE: [&str; 6] = ["art", "article", "clan", "cl", "clanak", "neni"];

/// What a word of a group means, as the table writes it: `armed`, `yes`.
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

/// A category in words, as it is stored, or by its article of Regulation (EU) 2018/1862. Article 36
/// has several: the caller says which one is meant, or the cell is refused.
pub(super) fn category(
    text: &str,
    of_article_36: Option<Category>,
) -> Result<Category, AlertCellProblem> {
    let folded = fold(text);
    if let Some(category) = meaning("category", &folded).and_then(|word| word.parse().ok()) {
        return Ok(category);
    }
    let mut words = folded.split(' ').skip_while(|word| ARTICLE.contains(word));
    match (words.next(), words.next()) {
        (Some("26"), None) => Ok(Category::Arrest),
        (Some("32"), None) => Ok(Category::MissingPerson),
        (Some("34"), None) => Ok(Category::JudicialProcedure),
        (Some("36"), None) => of_article_36.ok_or(AlertCellProblem::Article36),
        (Some("38"), None) => Ok(Category::ObjectSeizure),
        _ => Err(AlertCellProblem::Category),
    }
}

/// Whether the category is one of Article 36.
pub(super) const fn is_of_article_36(category: Category) -> bool {
    matches!(
        category,
        Category::DiscreetCheck
            | Category::InquiryCheck
            | Category::SpecificCheck
            | Category::ForeignTerroristFighter
    )
}

/// One warning.
pub(super) fn warning(text: &str) -> Option<Warning> {
    let word = meaning("warning", &fold(text))?;
    Warning::ALL.iter().copied().find(|w| w.as_str() == word)
}

/// A kind of object.
pub(super) fn object(text: &str) -> Option<ObjectKind> {
    let word = meaning("object", &fold(text))?;
    ObjectKind::ALL.iter().copied().find(|o| o.as_str() == word)
}

/// Yes or no.
pub(in crate::rows) fn answer(text: &str) -> Option<bool> {
    Some(meaning("answer", &fold(text))? == "yes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_the_table_is_folded_and_means_one_thing_of_its_group() {
        let mut seen = std::collections::HashSet::new();
        for (field, word) in lines(WORDS) {
            assert_eq!(fold(word), word);
            let (group, means) = field.split_once('.').unwrap();
            assert!(seen.insert((group, word)), "{group}: {word} stands twice");
            let known = match group {
                "category" => means.parse::<Category>().is_ok(),
                "warning" => warning(word).is_some(),
                "object" => object(word).is_some(),
                "answer" => ["yes", "no"].contains(&means),
                _ => false,
            };
            assert!(known, "{field}: {word}");
        }
        for term in Category::ALL {
            assert_eq!(category(term.as_str(), None), Ok(*term));
        }
        for term in Warning::ALL {
            assert_eq!(warning(term.as_str()), Some(*term));
        }
        for term in ObjectKind::ALL {
            assert_eq!(object(term.as_str()), Some(*term));
        }
    }

    #[test]
    fn categories_are_read_in_words_and_by_article() {
        for (text, expected) in [
            ("Arrest", Category::Arrest),
            ("Hapšenje", Category::Arrest),
            ("Апсење", Category::Arrest),
            ("person i zhdukur", Category::MissingPerson),
            ("Исчезнато лице", Category::MissingPerson),
            ("Skrivena provjera", Category::DiscreetCheck),
            ("FTF", Category::ForeignTerroristFighter),
            ("26", Category::Arrest),
            ("Art. 32", Category::MissingPerson),
            ("Član 34", Category::JudicialProcedure),
            ("neni 38", Category::ObjectSeizure),
        ] {
            assert_eq!(category(text, None), Ok(expected), "{text}");
        }
        for text in ["", "27", "26 32", "art", "arr", "Art. 26 x"] {
            assert_eq!(category(text, None), Err(AlertCellProblem::Category));
        }
    }

    #[test]
    fn article_36_alone_is_refused_where_nobody_says_which_check() {
        assert_eq!(category("36", None), Err(AlertCellProblem::Article36));
        let stated = Some(Category::SpecificCheck);
        assert_eq!(category("Art. 36", stated), Ok(Category::SpecificCheck));
    }
}
