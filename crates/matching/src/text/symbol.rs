//! The alphabet of comparisons.

/// A letter or digit.
///
/// Below [`Symbol::KNOWN`]: Latin letters, digits, and one symbol for each sound that the
/// languages of the region write in several ways (`đ` is also Ђ, `ǵ` is Ѓ, `ḱ` is Ќ, `ǆ` is Џ,
/// `ǉ` is Љ, `ǌ` is Њ, `ǳ` is Ѕ; `θ`, `χ`, `δ`, `γ` are ث خ ذ غ and their Greek kin; `ť` is
/// the second half of Щ; `ă` is Bulgarian Ъ; `ŷ` is ى and ی, which
/// end words as y or as a). Above: letters of scripts for which there is no table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Symbol(u16);

/// Symbols beyond letters and digits, in the order of their numbers, with their nearest letter.
const SPECIAL: [(char, char); 25] = [
    ('č', 'c'),
    ('ć', 'c'),
    ('š', 's'),
    ('ž', 'z'),
    ('đ', 'd'),
    ('ç', 'c'),
    ('ë', 'e'),
    ('ä', 'a'),
    ('ö', 'o'),
    ('ü', 'u'),
    ('å', 'a'),
    ('ğ', 'g'),
    ('ǆ', 'd'),
    ('ǉ', 'l'),
    ('ǌ', 'n'),
    ('ǳ', 'd'),
    ('ǵ', 'g'),
    ('ḱ', 'k'),
    ('θ', 't'),
    ('χ', 'h'),
    ('δ', 'd'),
    ('γ', 'g'),
    ('ť', 't'),
    ('ă', 'a'),
    ('ŷ', 'i'),
];
impl Symbol {
    /// How many symbols have costs of their own.
    pub(crate) const KNOWN: usize = 64;
    const FIRST_SPECIAL: u16 = 36;

    /// The symbol of a lower-case letter or digit of the alphabet, or of a letter without table.
    pub(crate) fn of(letter: char) -> Self {
        if let Some(digit) = letter.to_digit(36)
            && !letter.is_ascii_uppercase()
        {
            // `to_digit` counts 0–9 as 0–9 and a–z as 10–35.
            return Self(u16::try_from(digit).unwrap_or(0));
        }
        if letter.is_ascii() {
            return Self(64 + u16::try_from(u32::from(letter)).unwrap_or(0));
        }
        let special = SPECIAL
            .iter()
            .position(|(symbol, _)| *symbol == letter)
            .and_then(|place| u16::try_from(place).ok());
        match special {
            Some(place) => Self(Self::FIRST_SPECIAL + place),
            // Letters beyond the first plane share numbers; such scripts are rare in names.
            None => Self(u16::try_from(64 + u32::from(letter) % 65_000).unwrap_or(u16::MAX)),
        }
    }

    /// All symbols that have costs of their own, in the order of their numbers.
    pub(crate) fn known() -> impl Iterator<Item = Self> {
        (0..64).map(Self)
    }

    /// The number below [`Symbol::KNOWN`], where the symbol has costs of its own.
    pub(crate) fn index(self) -> Option<usize> {
        let index = usize::from(self.0);
        (index < Self::KNOWN).then_some(index)
    }

    /// The symbol of a number.
    pub(crate) fn numbered(number: u16) -> Self {
        Self(number)
    }

    /// The number, for hashes and files.
    pub(crate) fn number(self) -> u16 {
        self.0
    }

    /// The nearest letter or digit without accent.
    pub(crate) fn base(self) -> Self {
        let Some(place) = self.0.checked_sub(Self::FIRST_SPECIAL) else {
            return self;
        };
        let special = SPECIAL.get(usize::from(place));
        special.map_or(self, |(_, base)| Self::of(*base))
    }

    /// Whether it is a digit.
    pub(crate) fn is_digit(self) -> bool {
        self.0 < 10
    }

    /// Whether it is a vowel; `y` is one, `j` and `w` are not.
    pub(crate) fn is_vowel(self) -> bool {
        // The numbers of a, e, i, o, u, y.
        matches!(self.base().0, 10 | 14 | 18 | 24 | 30 | 34)
    }

    /// A bit for the letter, so that two words are told apart without comparing them.
    pub(crate) fn bit(self) -> u32 {
        1 << (self.base().0 % 32)
    }
}

/// A word of tables as symbols.
pub(crate) fn symbols(word: &str) -> Vec<Symbol> {
    word.chars().map(Symbol::of).collect()
}

/// Whether a word is spelt so.
pub(crate) fn is_spelt(word: &[Symbol], text: &str) -> bool {
    word.len() == text.chars().count() && begins(word, text)
}

/// Whether a word begins so.
pub(crate) fn begins(word: &[Symbol], text: &str) -> bool {
    let mut letters = word.iter();
    text.chars().all(|letter| {
        letters
            .next()
            .is_some_and(|symbol| *symbol == Symbol::of(letter))
    })
}

/// Whether a word ends so.
pub(crate) fn ends(word: &[Symbol], text: &str) -> bool {
    let mut letters = word.iter().rev();
    text.chars().rev().all(|letter| {
        letters
            .next()
            .is_some_and(|symbol| *symbol == Symbol::of(letter))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_special_symbol_has_a_base_letter_and_a_number() {
        for (letter, base) in SPECIAL.iter() {
            let symbol = Symbol::of(*letter);
            assert!(symbol.index().is_some(), "{letter}");
            assert_eq!(symbol.base(), Symbol::of(*base), "{letter}");
        }
        assert_eq!(Symbol::of('平').index(), None);
        assert!(Symbol::of('7').is_digit());
        assert!(Symbol::of('ë').is_vowel());
    }
}
