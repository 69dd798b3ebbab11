//! What each word of a name is: a name, a title, a legal form…

use super::token::{Raw, Separator, TokenKind};
use super::words::{self, Weak};
use crate::description::Schema;
use crate::text::{Symbol, is_spelt};

/// What every word is.
pub(super) fn kinds(raws: &[Raw], schema: Schema) -> Vec<TokenKind> {
    let words: Vec<&[Symbol]> = raws.iter().map(|raw| raw.symbols.as_slice()).collect();
    let forms = if schema == Schema::Person {
        vec![false; words.len()]
    } else {
        legal_forms(&words)
    };
    let body = match schema {
        Schema::Person => false,
        Schema::Unknown => forms.contains(&true),
        Schema::Organization | Schema::Vessel | Schema::Aircraft => true,
    };
    let kinds: Vec<TokenKind> = raws
        .iter()
        .zip(&forms)
        .map(|(raw, form)| match (body, *form) {
            (true, true) => TokenKind::LegalForm,
            (true, false) => kind_in_body(raw),
            (false, _) => kind_in_person(raw),
        })
        .collect();
    let mut kinds = names_after_all(kinds, raws, body);
    if schema == Schema::Vessel
        && let (Some(kind), [first, _, ..]) = (kinds.first_mut(), raws)
        && words::before_ship(&first.symbols)
    {
        *kind = TokenKind::Particle;
    }
    // `Krunic I` is the first of two ships; anywhere else `i` is "and".
    if body
        && let (Some(kind), Some(last)) = (kinds.last_mut(), raws.last())
        && raws.len() > 1
        && is_spelt(&last.symbols, "i")
    {
        *kind = TokenKind::Number;
    }
    // `Henry Doyle III`.
    if !body
        && let (Some(kind), [_, _, .., last]) = (kinds.last_mut(), raws)
        && words::is_generation(&last.symbols)
    {
        *kind = TokenKind::Title;
    }
    // A name of nothing but weak words is a name all the same: "Sheikh", "The Company".
    if kinds
        .iter()
        .all(|kind| matches!(kind, TokenKind::Particle | TokenKind::Title))
    {
        return vec![TokenKind::Word; kinds.len()];
    }
    kinds
}

/// `al-Shaykh` and `HAFIZ, Omar` are names, not titles.
fn names_after_all(mut kinds: Vec<TokenKind>, raws: &[Raw], body: bool) -> Vec<TokenKind> {
    let mut before = None;
    let mut place = 0;
    let after_first = raws.get(1).map(|raw| raw.after);
    for kind in &mut kinds {
        let alone_before_comma = before.is_none() && after_first == Some(Separator::Comma);
        let after_article = before == Some(TokenKind::Particle);
        place += 1;
        let at_edge = place == 1 || place == raws.len();
        let letter = raws
            .get(place - 1)
            .is_some_and(|raw| raw.symbols.len() == 1 && !raw.abjad && (at_edge || raw.dotted));
        if *kind == TokenKind::Title && (alone_before_comma || after_article) {
            *kind = TokenKind::Word;
        }
        // "And" joins two words: `E. Kjosevska` has an initial.
        if *kind == TokenKind::Particle && letter && !body {
            *kind = TokenKind::Initial;
        }
        before = Some(*kind);
    }
    kinds
}

/// Marks every word of every legal form.
fn legal_forms(words: &[&[Symbol]]) -> Vec<bool> {
    let mut marks = Vec::with_capacity(words.len());
    let mut rest = words;
    while !rest.is_empty() {
        let length = words::legal_form(rest);
        marks.extend(std::iter::repeat_n(length > 0, length.max(1)));
        rest = rest.get(length.max(1)..).unwrap_or_default();
    }
    marks
}

fn kind_in_person(raw: &Raw) -> TokenKind {
    let word = raw.symbols.as_slice();
    match words::in_person(word, raw.abjad) {
        Some(Weak::Title) => TokenKind::Title,
        Some(Weak::Half) => TokenKind::Half,
        Some(Weak::Particle | Weak::Generic) => TokenKind::Particle,
        None if word.iter().all(|symbol| symbol.is_digit()) => TokenKind::Number,
        None if is_initial(word) => TokenKind::Initial,
        None => TokenKind::Word,
    }
}

fn kind_in_body(raw: &Raw) -> TokenKind {
    let word = raw.symbols.as_slice();
    // `i` is "and" in the languages of the region.
    let roman = !is_spelt(word, "i") && words::roman(word).is_some();
    if roman || word.iter().all(|symbol| symbol.is_digit()) {
        TokenKind::Number
    } else {
        match words::in_body(word, raw.abjad) {
            Some(Weak::Particle) => TokenKind::Particle,
            Some(_) => TokenKind::Generic,
            None => TokenKind::Word,
        }
    }
}

/// One letter, or two that are one in the languages of the region: `Dž. Hodžić`, `Ch. Popov`.
fn is_initial(word: &[Symbol]) -> bool {
    const PAIRS: &[&str] = &[
        "dž", "lj", "nj", "dj", "gj", "xh", "sh", "zh", "ch", "kh", "ph", "th",
    ];
    let pair = || PAIRS.iter().any(|pair| is_spelt(word, pair));
    (word.len() == 1 && is_alphabetic(word)) || (word.len() == 2 && pair())
}

/// One Chinese sign is a whole syllable, one letter of an alphabet an initial.
fn is_alphabetic(word: &[Symbol]) -> bool {
    word.iter().all(|symbol| symbol.index().is_some())
}
