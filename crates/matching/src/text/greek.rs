//! Greek, by sound (ELOT 743); the names of Cyprus and Greece in documents follow it.

use unicode_normalization::UnicodeNormalization;

use super::fold::Cluster;
use super::symbol::symbols;

/// Letter, symbols, why. Accents are taken off first.
pub(super) const GREEK: &[(char, &str, &str)] = &[
    ('α', "a", "ELOT 743"),
    ('β', "v", "ELOT 743"),
    ('γ', "g", "ELOT 743"),
    ('δ', "d", "ELOT 743"),
    ('ε', "e", "ELOT 743"),
    ('ζ', "z", "ELOT 743"),
    ('η', "i", "ELOT 743"),
    ('θ', "θ", "ELOT 743: th"),
    ('ι', "i", "ELOT 743"),
    ('κ', "k", "ELOT 743"),
    ('λ', "l", "ELOT 743"),
    ('μ', "m", "ELOT 743; see PAIRS"),
    ('ν', "n", "ELOT 743; see PAIRS"),
    ('ξ', "x", "ELOT 743"),
    ('ο', "o", "ELOT 743"),
    ('π', "p", "ELOT 743"),
    ('ρ', "r", "ELOT 743"),
    ('σ', "s", "ELOT 743"),
    ('ς', "s", "ELOT 743"),
    ('τ', "t", "ELOT 743"),
    (
        'υ',
        "y",
        "ELOT 743; αυ is av: an edit cost knows; see PAIRS",
    ),
    ('φ', "f", "ELOT 743"),
    ('χ', "χ", "ELOT 743: ch; also h, kh"),
    ('ψ', "ps", "ELOT 743"),
    ('ω', "o", "ELOT 743"),
];

/// Two letters that write one sound, for which Greek has no letter: both letters, whether only at
/// the beginning of a word, what the first and the second then stand for, why.
const PAIRS: &[(char, char, bool, &str, &str, &str)] = &[
    ('ο', 'υ', false, "u", "", "ELOT 743: ou"),
    ('μ', 'π', true, "b", "", "ELOT 743: b at the beginning"),
    ('ν', 'τ', true, "d", "", "sound at the beginning"),
    ('γ', 'κ', true, "g", "", "sound at the beginning"),
    ('γ', 'γ', false, "n", "g", "ELOT 743: ng"),
    ('τ', 'ζ', false, "ǆ", "", "sound; writes dž, xh, џ"),
    ('τ', 'σ', false, "č", "", "sound; writes c, č, ć, ç"),
];

/// Reads pairs of Greek letters as one sound.
pub(super) fn join_pairs(clusters: &mut [Cluster]) {
    let mut begins = true;
    for place in 1..=clusters.len() {
        let Some([first, second]) = clusters.get_mut(place - 1..=place) else {
            break;
        };
        let at_beginning = std::mem::replace(&mut begins, !first.inside_word);
        if !is_greek(first.first) || first.symbols.is_empty() {
            continue;
        }
        let letters = (plain(first.first), plain(second.first));
        let pair = PAIRS.iter().find(|(a, b, only_at_beginning, ..)| {
            letters == (*a, *b) && (at_beginning || !only_at_beginning)
        });
        if let Some((_, _, _, a, b, _)) = pair {
            first.symbols = symbols(a);
            second.symbols = symbols(b);
        }
    }
}

fn is_greek(letter: char) -> bool {
    matches!(letter, '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}')
}

/// A letter without case and accents. A final ς is a σ.
fn plain(letter: char) -> char {
    let lower = letter.to_lowercase().next().unwrap_or(letter);
    match [lower].into_iter().nfd().next() {
        Some('ς') => 'σ',
        Some(plain) => plain,
        None => lower,
    }
}
