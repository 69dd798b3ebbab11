//! The words of a name in Latin letters, and as documents print them: for whoever typed it.

use crate::text::{Symbol, fold};

/// The most spellings of one word that are given.
const SPELLINGS_MAX: usize = 6;

/// Sounds that are written in several ways: in Latin letters of the region, then as a
/// machine-readable zone may print them (Doc 9303-3 §6, and the practice of the states).
const SOUNDS: &[(char, &str, &[&str])] = &[
    ('č', "č", &["C", "CH"]),
    ('ć', "ć", &["C", "CH"]),
    ('š', "š", &["S", "SH"]),
    ('ž', "ž", &["Z", "ZH"]),
    ('đ', "đ", &["D", "DJ"]),
    ('ç', "ç", &["C", "CH"]),
    ('ë', "ë", &["E"]),
    ('ä', "ä", &["AE", "A"]),
    ('ö', "ö", &["OE", "O"]),
    ('ü', "ü", &["UE", "U"]),
    ('å', "å", &["AA", "A"]),
    ('ğ', "ğ", &["G"]),
    ('ǆ', "dž", &["DZ", "DJ"]),
    ('ǉ', "lj", &["LJ"]),
    ('ǌ', "nj", &["NJ"]),
    ('ǳ', "dz", &["DZ"]),
    ('ǵ', "ǵ", &["GJ", "G"]),
    ('ḱ', "ḱ", &["KJ", "K"]),
    ('θ', "th", &["TH", "T"]),
    ('χ', "kh", &["KH", "H"]),
    ('δ', "dh", &["DH", "D"]),
    ('γ', "gh", &["GH", "G"]),
    ('ť', "t", &["T", "CH"]),
    ('ă', "a", &["A", "U"]),
    ('ŷ', "y", &["Y", "I", "A"]),
];

/// A word of a name, in several forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordForms {
    /// As it was written.
    pub written: String,
    /// In Latin letters of the region; absent where there is no table for the script.
    pub latin: Option<String>,
    /// As a machine-readable zone may print it, the usual form first; at most six.
    pub zone: Vec<String>,
    /// Whether the script leaves vowels out, so that Latin letters show consonants only.
    pub leaves_vowels_out: bool,
}

/// The words of a name and their forms. It reads the text alone and looks nothing up; a comparison
/// knows further readings.
///
/// ```
/// let words = egnatia_matching::word_forms("Ђорђе Карађоски");
/// assert_eq!(words[0].latin.as_deref(), Some("Đorđe"));
/// assert_eq!(words[0].zone, ["DORDE", "DJORDJE"]);
/// assert_eq!(words[1].written, "Карађоски");
/// ```
pub fn word_forms(text: &str) -> Vec<WordForms> {
    let clusters = fold(text);
    clusters
        .split(|cluster| !cluster.inside_word)
        .filter_map(|word| {
            let (first, last) = (word.first()?, word.last()?);
            let written = text.get(first.place.start..last.place.end)?.to_owned();
            let symbols: Vec<Symbol> = word.iter().flat_map(|c| c.symbols.clone()).collect();
            Some(WordForms {
                written,
                latin: latin(&symbols),
                zone: spellings(&symbols),
                leaves_vowels_out: word.iter().any(|cluster| cluster.abjad),
            })
        })
        .collect()
}

/// How a symbol is written: in Latin letters, and in a zone.
fn sound(symbol: Symbol) -> Option<(String, Vec<String>)> {
    let mut plain = ('a'..='z').chain('0'..='9');
    if let Some(letter) = plain.find(|letter| Symbol::of(*letter) == symbol) {
        return Some((letter.to_string(), vec![letter.to_ascii_uppercase().into()]));
    }
    let sound = SOUNDS.iter().find(|sound| Symbol::of(sound.0) == symbol)?;
    let zone = sound.2.iter().map(|text| (*text).to_owned());
    Some((sound.1.to_owned(), zone.collect()))
}

fn latin(symbols: &[Symbol]) -> Option<String> {
    let letters: Option<String> = symbols.iter().map(|s| Some(sound(*s)?.0)).collect();
    let letters = letters.filter(|letters| !letters.is_empty())?;
    let mut rest = letters.chars();
    let first = rest.next()?;
    Some(first.to_uppercase().chain(rest).collect())
}

/// Every way to spell the word in which each sound is spelt the same throughout.
fn spellings(symbols: &[Symbol]) -> Vec<String> {
    let sounds: Option<Vec<Vec<String>>> = symbols.iter().map(|s| Some(sound(*s)?.1)).collect();
    let Some(sounds) = sounds.filter(|sounds| !sounds.is_empty()) else {
        return Vec::new();
    };
    let mut open: Vec<Symbol> = Vec::new();
    for (symbol, ways) in symbols.iter().zip(&sounds) {
        if ways.len() > 1 && !open.contains(symbol) {
            open.push(*symbol);
        }
    }
    let mut spellings = Vec::new();
    for choice in 0..1_u32 << open.len().min(3) {
        let spelling: String = symbols
            .iter()
            .zip(&sounds)
            .filter_map(|(symbol, ways)| {
                let bit = open.iter().position(|other| other == symbol);
                let second = bit.is_some_and(|bit| bit < 3 && choice >> bit & 1 == 1);
                ways.get(usize::from(second))
            })
            .map(String::as_str)
            .collect();
        if !spellings.contains(&spelling) {
            spellings.push(spelling);
        }
    }
    spellings.truncate(SPELLINGS_MAX);
    spellings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forms(text: &str) -> Vec<(String, Option<String>, Vec<String>)> {
        let words = word_forms(text).into_iter();
        words
            .map(|word| (word.written, word.latin, word.zone))
            .collect()
    }

    #[test]
    fn scripts_of_the_region_are_written_in_latin_letters_and_as_zones_print_them() {
        for (text, latin, zone) in [
            ("Ћамиловић", "Ćamilović", &["CAMILOVIC", "CHAMILOVICH"][..]),
            ("Ѓорѓи", "Ǵorǵi", &["GJORGJI", "GORGI"]),
            ("Џемо", "Džemo", &["DZEMO", "DJEMO"]),
            ("ÇELNIKU", "Çelniku", &["CELNIKU", "CHELNIKU"]),
            ("O'Neill", "Oneill", &["ONEILL"]),
            ("Κυριάκος", "Kyriakos", &["KYRIAKOS"]),
        ] {
            let words = forms(text);
            assert_eq!(words.len(), 1, "{text}");
            assert_eq!(words[0].0, text);
            assert_eq!(words[0].1.as_deref(), Some(latin));
            assert_eq!(words[0].2, zone, "{text}");
        }
    }

    #[test]
    fn words_are_parted_and_unknown_scripts_have_no_latin_form() {
        let words = forms("KARADJOSKI<<DJORDJE  习");
        let written: Vec<&str> = words.iter().map(|word| word.0.as_str()).collect();
        assert_eq!(written, ["KARADJOSKI", "DJORDJE", "习"]);
        assert_eq!(words[2].1, None);
        assert!(words[2].2.is_empty());
        assert!(forms(" -- ").is_empty());
        assert!(word_forms("محمد")[0].leaves_vowels_out);
    }
}
