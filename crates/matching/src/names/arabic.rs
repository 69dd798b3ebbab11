//! Arabic names of several words, written apart, together, with and without the article.
//!
//! `Abdulrahman`, `Abd al-Rahman` and `عبدالرحمن` become two words, `abd` and `rahman`, with an
//! article that says nothing. `Khayr Allah`, `Khayrallah` and `خير الله` become one word, and so
//! do `Salah al-Din`, `Salahuddin`, `Salaheddine` and `صلاح الدين`.

use super::token::{Raw, Separator};
use crate::text::{Symbol, begins, ends, fold, is_spelt, symbols};

/// Letters that a name must have beside `abd`, or before `allah` and `din`.
const REST_MIN: usize = 2;

/// Cuts and joins the words of Arabic names; leaves all others as they are.
pub(super) fn compounds(raws: Vec<Raw>, text: &str) -> Vec<Raw> {
    let apart = raws.into_iter().flat_map(|raw| split_abd(raw, text));
    let apart: Vec<Raw> = apart.collect();
    let mut words: Vec<Raw> = Vec::with_capacity(apart.len());
    for raw in apart {
        match second_part(&raw) {
            Some(second) if raw.after != Separator::Comma => join(&mut words, raw, second),
            _ => words.push(raw),
        }
    }
    let mut parts: Vec<Raw> = Vec::with_capacity(words.len());
    for word in words {
        let after_abd = parts
            .last()
            .is_some_and(|before| before.abjad && is_spelt(&before.symbols, "bd"));
        parts.extend(split_article(word, after_abd));
    }
    parts.iter_mut().for_each(one_spelling);
    parts
}

/// What ends a name of two words.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Second {
    /// `Allah`: always the second word of a name.
    Allah,
    /// `al-Din`, `Uddin`, `Eddine`: with its article.
    WithArticle,
    /// `Din`: where an article stands before it.
    Din,
}

fn second_part(raw: &Raw) -> Option<Second> {
    const SPELLINGS: &[(&str, Second)] = &[
        ("allah", Second::Allah),
        ("ullah", Second::Allah),
        ("ollah", Second::Allah),
        ("allh", Second::Allah),
        ("uddin", Second::WithArticle),
        ("uldin", Second::WithArticle),
        ("aldin", Second::WithArticle),
        ("eldin", Second::WithArticle),
        ("eddin", Second::WithArticle),
        ("eddine", Second::WithArticle),
        ("eldine", Second::WithArticle),
        ("aldyn", Second::WithArticle),
        ("din", Second::Din),
        ("dine", Second::Din),
        ("deen", Second::Din),
    ];
    let written = |text: &str| {
        text.len() == raw.symbols.len()
            && text
                .chars()
                .zip(&raw.symbols)
                .all(|(a, b)| is_like(a, b.base()))
    };
    let found = SPELLINGS.iter().find(|(text, _)| written(text));
    found.map(|(_, second)| *second)
}

/// Whether a letter is the symbol; Persian writes its y with a letter of its own.
fn is_like(letter: char, symbol: Symbol) -> bool {
    Symbol::of(letter) == symbol || (letter == 'y' && symbol == Symbol::of('i'))
}

/// Puts the second part of a name onto the first, without the article between them.
fn join(words: &mut Vec<Raw>, raw: Raw, second: Second) {
    let article = words.last().is_some_and(is_article);
    let first_at = match (second, article) {
        (Second::Din, false) => None,
        (_, true) => words.len().checked_sub(2),
        (_, false) => words.len().checked_sub(1),
    };
    let first = first_at.and_then(|at| words.get_mut(at));
    let Some(first) =
        first.filter(|first| first.symbols.len() >= REST_MIN && first.abjad == raw.abjad)
    else {
        words.push(raw);
        return;
    };
    let ending = match (second, raw.abjad) {
        (Second::Allah, false) => "ullah",
        (Second::Allah, true) => "llh",
        (_, false) => "uddin",
        (_, true) => "ddyn",
    };
    first.symbols.extend(symbols(ending));
    first.end = raw.end;
    if article {
        words.pop();
    }
}

fn is_article(raw: &Raw) -> bool {
    const ARTICLES: &[&str] = &["al", "el", "ul", "ud", "ad", "ed"];
    ARTICLES.iter().any(|text| is_spelt(&raw.symbols, text))
}

/// `Khayrallah` and `Nasrulla` end like `Habibullah`, `Noureddine` like `Nuruddin`.
fn one_spelling(raw: &mut Raw) {
    const ENDINGS: &[(&str, &str)] = &[
        ("allah", "ullah"),
        ("ollah", "ullah"),
        ("ulla", "ullah"),
        ("ulah", "ullah"),
        ("uddine", "uddin"),
        ("eddine", "uddin"),
        ("eddin", "uddin"),
        ("aldin", "uddin"),
        ("eldin", "uddin"),
        ("uldin", "uddin"),
        ("addin", "uddin"),
        ("iddin", "uddin"),
        ("oddin", "uddin"),
        ("uddeen", "uddin"),
        ("udin", "uddin"),
        ("edin", "uddin"),
    ];
    const SERVANT: &[&str] = &[
        "abdul", "abdel", "abdal", "abdoul", "abdol", "abdu", "abdur", "abder", "abdus", "abdool",
        "abdyl", "abdyr", "abdil",
    ];
    if raw.abjad {
        return;
    }
    let bare: Vec<Symbol> = raw.symbols.iter().map(|symbol| symbol.base()).collect();
    if SERVANT.iter().any(|text| is_spelt(&bare, text)) {
        raw.symbols.truncate("abd".len());
        return;
    }
    for (ending, common) in ENDINGS {
        let stem = raw.symbols.len().saturating_sub(ending.len());
        if stem >= REST_MIN && ends(&raw.symbols, ending) {
            raw.symbols.truncate(stem);
            raw.symbols.extend(symbols(common));
            return;
        }
    }
}

/// `Abdulrahman` is `Abdul Rahman`, `Abderrahmane` `Abder Rahmane`; `Abdullah` stays.
fn split_abd(raw: Raw, text: &str) -> Vec<Raw> {
    const LETTERS_MIN: usize = 4;
    if raw.abjad {
        return split_native_abd(raw);
    }
    const SERVANT: &str = "abd";
    let Some(after) = raw.symbols.get(SERVANT.len()..) else {
        return vec![raw];
    };
    if !begins(&raw.symbols, SERVANT) {
        return vec![raw];
    }
    let is_allah = ends(after, "llah") || ends(after, "lla");
    let article = match after {
        _ if is_allah && after.len() <= 5 => 0,
        [vowel, l, rest @ ..]
            if vowel.is_vowel() && *l == Symbol::of('l') && rest.len() + 1 >= LETTERS_MIN =>
        {
            2
        }
        [vowel, first, second, rest @ ..]
            if vowel.is_vowel() && first == second && rest.len() + 1 >= LETTERS_MIN =>
        {
            2
        }
        [vowel, rest @ ..]
            if vowel.is_vowel()
                && rest.len() > LETTERS_MIN
                && rest.first().is_some_and(|first| !first.is_vowel()) =>
        {
            1
        }
        _ => 0,
    };
    let length = SERVANT.len() + article;
    match place_of(&raw, text, length) {
        Some(middle) if article > 0 => cut(raw, length, middle),
        _ => vec![raw],
    }
}

/// Where the letter with so many before it stands in the text. `None` where one letter as written is
/// several here, in the middle of which the word would be cut.
fn place_of(raw: &Raw, text: &str, letters: usize) -> Option<usize> {
    let written = text.get(raw.start..raw.end)?;
    if written.len() == raw.symbols.len() {
        return Some(raw.start + letters);
    }
    let mut before = 0;
    let cluster = fold(written).into_iter().find(|cluster| {
        let found = before == letters && !cluster.symbols.is_empty();
        before += cluster.symbols.len();
        found
    });
    cluster.map(|cluster| raw.start + cluster.place.start)
}

/// `عبدالرحمن` is `عبد` `الرحمن`; the article is cut off later.
fn split_native_abd(raw: Raw) -> Vec<Raw> {
    const BYTES: usize = "عبد".len();
    // The first letter has no sound of its own.
    const LETTERS: usize = 2;
    let plain = raw.end - raw.start == 2 * (raw.symbols.len() + 1);
    let with_article = "bdal";
    if plain && begins(&raw.symbols, with_article) && raw.symbols.len() > with_article.len() {
        let middle = raw.start + BYTES;
        return cut(raw, LETTERS, middle);
    }
    vec![raw]
}

/// The Arabic article is written onto its word: السيسي is `al` `sysy`.
///
/// After `عبد` a short word has it too; else words like الان would lose their beginning.
fn split_article(raw: Raw, after_abd: bool) -> Vec<Raw> {
    const BYTES: usize = "ال".len();
    let letters_min = if after_abd { 4 } else { 5 };
    let article = "al";
    if raw.abjad && raw.symbols.len() >= letters_min && begins(&raw.symbols, article) {
        let middle = raw.start + BYTES;
        cut(raw, article.len(), middle)
    } else {
        vec![raw]
    }
}

fn cut(raw: Raw, length: usize, middle: usize) -> Vec<Raw> {
    let mut head = raw;
    let tail = Raw {
        symbols: head.symbols.split_off(length),
        abjad: head.abjad,
        start: middle,
        end: head.end,
        after: Separator::Space,
        dotted: head.dotted,
    };
    head.end = middle;
    head.dotted = false;
    vec![head, tail]
}

#[cfg(test)]
mod tests {
    use crate::description::{Name, Schema};
    use crate::names::{likeness, prepare_name};

    fn first_is_alike(left: &str, right: &str) -> bool {
        let first = |text: &str| {
            let name = prepare_name(&Name::new(text), Schema::Person);
            name.tokens.first().unwrap().shape.clone()
        };
        likeness(&first(left), &first(right)).against < 0.6
    }

    #[test]
    fn compounds_are_one_word_however_they_are_written() {
        for (left, right) in [
            ("Khayrallah", "خير الله"),
            ("Khayr Allah", "Khayrallah"),
            ("Hidayatullah", "هدايت الله"),
            ("Abdullah", "عبد الله"),
            ("Abdallah", "عبدالله"),
            ("Salahuddin", "صلاح الدين"),
            ("Salah al-Din", "Salaheddine"),
            ("Nur ud-Din", "Noureddine"),
        ] {
            assert!(first_is_alike(left, right), "{left} {right}");
        }
    }

    #[test]
    fn servants_are_cut_in_every_script_where_they_end() {
        for (text, second) in [
            ("Abdulhamid", "hamid"),
            ("Абдулхамид", "хамид"),
            ("Abdülkadir", "kadir"),
            ("Abdylmenaf", "menaf"),
        ] {
            let name = prepare_name(&Name::new(text), Schema::Person);
            let (start, end) = name.tokens.last().unwrap().place();
            assert_eq!(&text[start..end], second);
        }
    }

    #[test]
    fn other_words_stay_apart() {
        for text in ["Din Petrović", "Marko Din", "Allah"] {
            let name = prepare_name(&Name::new(text), Schema::Person);
            assert_eq!(name.tokens.len(), text.split(' ').count(), "{text}");
        }
    }
}
