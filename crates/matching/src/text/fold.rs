//! From letters as written to symbols, keeping where each came from.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::cyrillic::CYRILLIC;
use super::greek::{self, GREEK};
use super::latin::LATIN;
use super::semitic::{ARABIC, HEBREW};
use super::symbol::{Symbol, symbols};

/// How much of one text is read. Real names are shorter; a record is written by a stranger.
const LETTERS_MAX: usize = 400;

/// A letter with its combining marks.
#[derive(Debug, Clone)]
pub(crate) struct Cluster {
    /// Its place in the text, in bytes.
    pub(crate) place: Range<usize>,
    /// The first character, as written.
    pub(crate) first: char,
    /// What it stands for; empty for what is no letter and for silent letters.
    pub(crate) symbols: Vec<Symbol>,
    /// Whether it is a letter or digit, or a silent sign inside a word.
    pub(crate) inside_word: bool,
    /// Whether its script leaves vowels out.
    pub(crate) abjad: bool,
}

/// The clusters of a text, at most [`LETTERS_MAX`] characters of it.
pub(crate) fn fold(text: &str) -> Vec<Cluster> {
    let mut clusters: Vec<Cluster> = Vec::new();
    let mut written = String::new();
    let mut letters = text.char_indices().take(LETTERS_MAX).peekable();
    while let Some((start, first)) = letters.next() {
        written.clear();
        written.push(first);
        let mut end = start + first.len_utf8();
        while let Some((_, mark)) = letters.next_if(|(_, next)| is_combining_mark(*next)) {
            written.push(mark);
            end += mark.len_utf8();
        }
        clusters.push(cluster(start..end, first, &written));
    }
    greek::join_pairs(&mut clusters);
    clusters
}

fn cluster(place: Range<usize>, first: char, written: &str) -> Cluster {
    let mut cluster = Cluster {
        place,
        first,
        symbols: Vec::new(),
        inside_word: is_silent(first),
        abjad: matches!(
            first,
            '\u{590}'..='\u{6ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}'
        ),
    };
    if first.is_ascii() && written.len() == 1 {
        if first.is_ascii_alphanumeric() {
            cluster.inside_word = true;
            cluster.symbols.push(Symbol::of(first.to_ascii_lowercase()));
        }
        return cluster;
    }
    for letter in written.nfkc().flat_map(char::to_lowercase) {
        if let Some(found) = table().get(&letter) {
            cluster.inside_word = true;
            cluster.symbols.extend(found);
        } else {
            without_accent(letter, &mut cluster);
        }
    }
    cluster
}

/// A letter without an entry of its own: the letter below its accents.
fn without_accent(letter: char, cluster: &mut Cluster) {
    for part in [letter].into_iter().nfkd() {
        if let Some(found) = table().get(&part) {
            cluster.inside_word = true;
            cluster.symbols.extend(found);
        } else if let Some(digit) = digit_of(part) {
            cluster.inside_word = true;
            cluster.symbols.push(Symbol::of(digit));
        } else if part.is_alphanumeric() || (is_combining_mark(part) && !is_accent(part)) {
            cluster.inside_word = true;
            cluster.symbols.push(Symbol::of(part));
        } else if is_silent(part) {
            cluster.inside_word = true;
        }
    }
}

/// Accents and vowel points that are dropped. Vowel signs of Indic scripts are letters.
fn is_accent(mark: char) -> bool {
    matches!(mark,
        '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{610}'..='\u{61a}'
        | '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{6d6}'..='\u{6ed}')
}

/// Apostrophes and joiners: they separate nothing (Doc 9303-3: D'ARTAGNAN is DARTAGNAN).
fn is_silent(letter: char) -> bool {
    matches!(
        letter,
        '\'' | '`' | '´' | '‘' | '’' | '‛' | 'ʹ' | 'ʻ' | 'ʼ' | 'ʾ' | 'ʿ' | '\u{200b}'
            ..='\u{200f}' | '\u{ad}' | '\u{feff}'
    )
}

fn digit_of(letter: char) -> Option<char> {
    let number = u32::from(letter);
    let value = match letter {
        '0'..='9' => return Some(letter),
        '٠'..='٩' => number - u32::from('٠'),
        '۰'..='۹' => number - u32::from('۰'),
        '०'..='९' => number - u32::from('०'),
        _ => return None,
    };
    char::from_digit(value, 10)
}

fn table() -> &'static HashMap<char, Vec<Symbol>> {
    static TABLE: OnceLock<HashMap<char, Vec<Symbol>>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let letters = ('a'..='z').map(|letter| (letter, vec![Symbol::of(letter)]));
        [LATIN, CYRILLIC, GREEK, ARABIC, HEBREW]
            .into_iter()
            .flatten()
            .map(|(letter, word, _)| (*letter, symbols(word)))
            .chain(letters)
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(text: &str) -> Vec<Symbol> {
        fold(text).into_iter().flat_map(|c| c.symbols).collect()
    }

    #[test]
    fn scripts_of_the_region_meet() {
        assert_eq!(folded("Ђорђевић"), folded("Đorđević"));
        assert_eq!(folded("Ђорђевић"), symbols("đorđević"));
        assert_eq!(folded("Ѓорѓиев"), symbols("ǵorǵiev"));
        assert_eq!(folded("Κυριάκος"), symbols("kyriakos"));
        assert_eq!(folded("ÇELIK"), folded("çelik"));
        assert_eq!(folded("Μπούλα Ντάσα"), symbols("buladasa"));
        assert_eq!(folded("Τζαμίλ Αγγελής"), symbols("ǆamilangelis"));
        assert_eq!(folded("Λάμπρος"), symbols("lampros"));
    }

    #[test]
    fn composed_and_decomposed_letters_are_one() {
        assert_eq!(folded("Vuc\u{30c}ic\u{301}"), folded("Vučić"));
        assert_eq!(folded("İstanbul"), symbols("istanbul"));
        assert_eq!(folded("Ｐｅｔａｒ"), symbols("petar"));
    }

    #[test]
    fn places_are_those_of_the_text() {
        let text = "c\u{30c}a";
        let clusters = fold(text);
        assert_eq!(clusters.len(), 2);
        assert_eq!(&text[clusters[0].place.clone()], "c\u{30c}");
        assert_eq!(&text[clusters[1].place.clone()], "a");
    }

    #[test]
    fn unknown_scripts_stay_apart() {
        assert_ne!(folded("习近朋"), folded("习近平"));
        assert_eq!(folded("习近平").len(), 3);
    }
}
