//! Chinese names in Wade–Giles spelling, turned into Pinyin.
//!
//! `Hsi Chin-ping` is `Xi Jinping`, `Mao Tse-tung` is `Mao Zedong`. Wade–Giles tells t from t‘ by
//! a sign that nearly everybody leaves out, so that t, p and k stay as they are; the edit costs
//! know that they are near d, b and g.

use super::known;
use super::token::{Raw, Separator};
use crate::text::{Symbol, begins, ends, is_spelt, symbols};

/// What Wade–Giles writes at the start of a syllable, and Pinyin.
const INITIALS: &[(&str, &str)] = &[
    ("hs", "x"),
    ("tz", "z"),
    ("ts", "z"),
    ("chi", "ji"),
    ("chü", "ju"),
];
/// The same at the end of a syllable.
const FINALS: &[(&str, &str)] = &[
    ("ung", "ong"),
    ("ien", "ian"),
    ("ieh", "ie"),
    ("ueh", "ue"),
    ("erh", "er"),
    ("uei", "ui"),
    ("ih", "i"),
    ("zu", "zi"),
];
/// Syllables that only Wade–Giles has. Beginnings of four letters or fewer are read as such.
const ONLY_WADE: &[&str] = &["shih", "chih", "jih", "erh", "tse", "tzu", "tsu", "tsung"];
/// The longest syllable: `hsiang`, `chuang`.
const SYLLABLE_MAX: usize = 6;

/// Turns a name with a syllable of Wade–Giles into Pinyin, its given name written as one word.
pub(super) fn pinyin(raws: Vec<Raw>) -> Vec<Raw> {
    let syllable = |raw: &Raw| !raw.abjad && raw.symbols.len() <= SYLLABLE_MAX;
    if !raws.iter().any(is_wade) || !raws.iter().all(syllable) {
        return raws;
    }
    let mut words: Vec<Raw> = Vec::with_capacity(raws.len());
    for mut raw in raws {
        let hyphen = raw.after == Separator::Hyphen;
        if hyphen || known::groups(&raw.symbols, false).is_empty() {
            respell(&mut raw.symbols);
        }
        match words.last_mut() {
            Some(first) if hyphen => {
                // The first syllable may be a family name elsewhere.
                respell(&mut first.symbols);
                first.symbols.extend(&raw.symbols);
                first.end = raw.end;
            }
            _ => words.push(raw),
        }
    }
    words
}

fn is_wade(raw: &Raw) -> bool {
    begins(&raw.symbols, "hs") || ONLY_WADE.iter().any(|s| is_spelt(&raw.symbols, s))
}

fn respell(syllable: &mut Vec<Symbol>) {
    for (wade, pinyin) in INITIALS {
        if begins(syllable, wade) {
            syllable.splice(..wade.chars().count(), symbols(pinyin));
            break;
        }
    }
    for (wade, pinyin) in FINALS {
        if ends(syllable, wade) {
            let stem = syllable.len() - wade.len();
            syllable.splice(stem.., symbols(pinyin));
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::description::{Name, Schema};
    use crate::names::prepare_name;
    use crate::text::symbols;

    #[test]
    fn wade_giles_becomes_pinyin_and_other_names_stay() {
        let word = |text: &str, place: usize| {
            let name = prepare_name(&Name::new(text), Schema::Person);
            name.tokens[place].shape.symbols.clone()
        };
        assert_eq!(*word("Hsi Chin-ping", 1), *symbols("jinping"));
        assert_eq!(*word("Mao Tse-tung", 1), *symbols("zetong"));
        assert_eq!(*word("Ana-Marija Hsanović", 0), *symbols("ana"));
        assert_eq!(*word("Jean-Paul Chirac", 2), *symbols("chirac"));
    }
}
