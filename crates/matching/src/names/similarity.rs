//! How like two words are: from edits to what they say for and against.

use std::sync::OnceLock;

use super::edit::{Edits, FAR, Word};
use super::known::{Acquaintance, acquaintance};
use super::token::Shape;
use crate::text::{Symbol, symbols};

/// What the likeness of two words says.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Likeness {
    /// Part of the word's information that the agreement is worth, 0 to 1.
    pub(crate) share: f64,
    /// Weight against, 0 or more.
    pub(crate) against: f64,
}

impl Likeness {
    /// The words have nothing to do with each other.
    pub(crate) const NONE: Self = Self {
        share: 0.0,
        against: f64::INFINITY,
    };
    /// The same word.
    pub(crate) const SAME: Self = Self {
        share: 1.0,
        against: 0.0,
    };

    /// Whether the words may stand for each other.
    pub(crate) fn is_candidate(self) -> bool {
        self.share > 0.0
    }
}

/// What a difference of one [`tolerance`] says against.
const AGAINST_TOLERANCE: f64 = 2.6;
/// Both words are names of their own: whoever is named Mirko is not Marko.
const OTHER_NAME: f64 = 3.2;
/// Up to this cost two names are spellings of one, though they stand in two lines of the table.
const SPELLING_MAX: f32 = 0.22;
/// Only the ending of the other sex differs: Jovan and Jovana, -ski and -ska.
const OTHER_SEX: f64 = 3.0;
/// A short form or the form of another language: Slobo for Slobodan.
const SHORT_FORM: Likeness = Likeness {
    share: 0.8,
    against: 0.4,
};

/// Up to so many tolerances words are still compared: they cannot match alone, but a birth date
/// may speak for them.
const LIMIT: f32 = 1.25;

/// How many edits words of a length tolerate.
fn tolerance(letters: f32) -> f32 {
    // One slip in four letters, two in eight, three in twelve; and a little for spelling.
    (letters / 4.0).clamp(0.8, 3.0) + 0.4
}

/// Compares two words.
pub(crate) fn likeness(left: &Shape, right: &Shape) -> Likeness {
    if left.symbols == right.symbols {
        return Likeness::SAME;
    }
    let letters = real32(left.symbols.len() + right.symbols.len()) / 2.0;
    let shared = real32(shared_suffix(left, right));
    let tolerance = tolerance(letters - SUFFIX_PART * shared);
    let limit = tolerance * LIMIT;
    let cost = distance(left, right, limit);
    if cost >= limit {
        // Most words that are compared.
        return match acquaintance(left.groups, right.groups) {
            Acquaintance::SameName => SHORT_FORM,
            _ => Likeness::NONE,
        };
    }
    let known = match acquaintance(left.groups, right.groups) {
        // Milutinović and Milovanović: forms of one given name make several family names, so
        // that only "other" counts.
        Acquaintance::Stranger
            if acquaintance(left.stem_groups, right.stem_groups) == Acquaintance::OtherName =>
        {
            Acquaintance::OtherName
        }
        known => known,
    };
    // Where one side has no vowels nearly everything is a spelling: حسن is not Hussein.
    let native = left.abjad != right.abjad && left.native && right.native;
    if native && known == Acquaintance::OtherName {
        return Likeness::NONE;
    }
    let part = f64::from(cost / tolerance);
    let likeness = Likeness {
        share: 1.0 - 0.5 * part,
        against: AGAINST_TOLERANCE * grown(part),
    };
    match known {
        Acquaintance::SameName if SHORT_FORM.against < likeness.against => SHORT_FORM,
        Acquaintance::OtherName if cost > SPELLING_MAX => Likeness {
            against: likeness.against.max(OTHER_NAME),
            ..likeness
        },
        _ if other_sex(&left.symbols, &right.symbols) => Likeness {
            against: likeness.against.max(OTHER_SEX),
            ..likeness
        },
        _ => likeness,
    }
}

/// Endings of family names that tell nothing of the family, in letters without accents.
const SUFFIXES: &[&str] = &[
    "ovic", "evic", "ovich", "evich", "ic", "ovski", "evski", "ovska", "evska", "ski", "ska",
    "sky", "ov", "ev", "ova", "eva", "enko", "chuk", "uk", "in", "ina", "aj", "iqi", "oglu",
    "zade", "pour", "shvili", "dze", "ian", "yan", "escu", "opoulos", "akis", "idis", "dottir",
    "sson", "son", "sen", "mann", "berg", "stein", "ez", "uddin", "ullah",
];
/// How much of such an ending does not count towards the length of a word.
const SUFFIX_PART: f32 = 0.5;

/// Such endings as symbols, the longest first.
fn endings() -> &'static [Vec<Symbol>] {
    static TABLE: OnceLock<Vec<Vec<Symbol>>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table: Vec<Vec<Symbol>> = SUFFIXES.iter().map(|text| symbols(text)).collect();
        table.sort_by_key(|suffix| std::cmp::Reverse(suffix.len()));
        table
    })
}

/// Such endings of a word, one bit each, the longest in the lowest bit.
pub(super) fn suffixes(word: &[Symbol]) -> u64 {
    let ends = |suffix: &[Symbol]| {
        let letters = word.iter().rev().zip(suffix.iter().rev());
        word.len() > suffix.len() && letters.into_iter().all(|(a, b)| a.base() == *b)
    };
    let all = (0_u32..).zip(endings());
    all.filter(|(_, suffix)| ends(suffix))
        .fold(0, |bits, (place, _)| bits | 1 << place)
}

/// The letters of the longest such ending that both words have.
fn shared_suffix(left: &Shape, right: &Shape) -> usize {
    let shared = left.suffixes & right.suffixes;
    let place = usize::try_from(shared.trailing_zeros()).ok();
    let suffix = place.and_then(|place| endings().get(place));
    suffix.map_or(0, Vec::len)
}

/// The cost of the edits between two words; [`FAR`] where it is clearly above the limit.
fn distance(left: &Shape, right: &Shape, limit: f32) -> f32 {
    let abjad = left.abjad || right.abjad;
    if !abjad {
        let lengths = left.symbols.len().abs_diff(right.symbols.len());
        // Digraphs make words longer without making them different; so the bounds are wide.
        let sounds = sounds_apart(left, right);
        if real32(lengths) > limit + 3.0 || real32(sounds) > 2.0 * limit + 1.0 {
            return FAR;
        }
    }
    fn word(shape: &Shape) -> Word<'_> {
        Word {
            letters: &shape.letters,
            abjad: shape.abjad,
        }
    }
    Edits::new(word(left), word(right)).trimmed().cost(limit)
}

/// Half a tolerance says less than half against: one slip is usual, two in a word are not. The
/// power of 1.75.
fn grown(part: f64) -> f64 {
    let root = part.sqrt();
    part * root * root.sqrt()
}

/// A count of letters as a number for costs. Words are short.
fn real32(count: usize) -> f32 {
    f32::from(u16::try_from(count).unwrap_or(u16::MAX))
}

/// How many sounds stand in one of the words only.
pub(super) fn sounds_apart(left: &Shape, right: &Shape) -> usize {
    let sounds = (left.sounds ^ right.sounds).count_ones();
    usize::try_from(sounds).unwrap_or(usize::MAX)
}

/// Whether two words that nothing brought together are worth comparing: a guess that is right
/// but for words that differ in many places, each of them cheap.
pub(crate) fn may_be_alike(left: &Shape, right: &Shape) -> bool {
    left.abjad != right.abjad
        || (sounds_apart(left, right) <= 4 && left.symbols.len().abs_diff(right.symbols.len()) <= 3)
}

/// Whether the words are one name in its male and its female form.
fn other_sex(left: &[Symbol], right: &[Symbol]) -> bool {
    let (a, b) = if left.len() < right.len() {
        (left, right)
    } else {
        (right, left)
    };
    // Enkelejd and Enkeleida.
    let sound = |symbol: Symbol| {
        if symbol == Symbol::of('j') || symbol == Symbol::of('y') {
            Symbol::of('i')
        } else {
            symbol.base()
        }
    };
    let ends_in_a = |word: &[Symbol]| word.last() == Some(&Symbol::of('a'));
    // Jovan and Jovana, Ivanov and Ivanova.
    let added = b.len() == a.len() + 1
        && a.len() >= 3
        && ends_in_a(b)
        && a.iter().zip(b).all(|(x, y)| sound(*x) == sound(*y))
        && a.last().is_some_and(|last| !last.is_vowel());
    // Petrovski and Petrovska.
    let ends_in_i = |word: &[Symbol]| word.last() == Some(&Symbol::of('i'));
    let changed = a.len() == b.len()
        && a.len() >= 6
        && ((ends_in_a(a) && ends_in_i(b)) || (ends_in_i(a) && ends_in_a(b)))
        && match (a.split_last(), b.split_last()) {
            (Some((_, stem)), Some((_, other))) => {
                stem == other && stem.ends_with(&[Symbol::of('s'), Symbol::of('k')])
            }
            _ => false,
        };
    // René and Renée, André and Andrée.
    let e = Symbol::of('e');
    let doubled = b.len() == a.len() + 1 && a.len() >= 4 && a.ends_with(&[e]) && {
        let stem = b.strip_suffix(&[e]);
        stem == Some(a) && stem.is_some_and(|stem| stem.ends_with(&[e]))
    };
    added || changed || doubled
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::description::{Name, Schema};
    use crate::names::prepare_name;

    fn ask(left: &str, right: &str) -> Likeness {
        let shape = |text: &str| {
            let name = prepare_name(&Name::new(text), Schema::Person);
            name.tokens.first().unwrap().shape.clone()
        };
        let forth = likeness(&shape(left), &shape(right));
        assert_eq!(
            forth.is_candidate(),
            likeness(&shape(right), &shape(left)).is_candidate()
        );
        forth
    }

    #[test]
    fn spellings_say_little_against() {
        for (left, right) in [
            ("Đorđević", "Djordjevic"),
            ("Ђорђевић", "Dordevic"),
            ("محمد", "Muhammad"),
            ("حسين", "Hussein"),
            ("Hussein", "Husayn"),
            ("Xhaferi", "Џафери"),
            ("Κυριάκος", "Kiriakos"),
            ("נתניהו", "Netanyahu"),
        ] {
            let likeness = ask(left, right);
            assert!(likeness.against < 0.8, "{left} {right} {likeness:?}");
        }
    }

    #[test]
    fn other_names_say_much_against() {
        for (left, right) in [
            ("Marko", "Mirko"),
            ("Jovan", "Jovana"),
            ("Vuković", "Vučković"),
            ("Hodžić", "Hadžić"),
            ("Petrovski", "Petrovska"),
            ("Иванов", "Иванова"),
            ("René", "Renée"),
        ] {
            let likeness = ask(left, right);
            assert!(likeness.against >= 3.0, "{left} {right} {likeness:?}");
        }
        assert!(!ask("Marko", "Stevan").is_candidate());
    }
}
