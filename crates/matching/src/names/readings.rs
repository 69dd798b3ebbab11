//! How names sound that are written in scripts without a table of their own: Chinese characters,
//! Hangul, Kana, Georgian, Armenian, the scripts of India, Ethiopia and South East Asia.
//!
//! Such a name is compared as it is written, and by its sound with names in other scripts. Two
//! sounds are not compared with one another: many Chinese names sound the same. Names of bodies in
//! Arabic letters are read with their common words translated.

use any_ascii::any_ascii_char;

use super::token::{PreparedName, prepare_name};
use super::translated::translated;
use crate::description::{Name, Schema};
use crate::text::fold;

/// Chinese family names of two characters; all others have one.
const TWO_CHARACTERS: &[&str] = &[
    "欧阳", "歐陽", "司马", "司馬", "诸葛", "諸葛", "上官", "司徒", "夏侯", "东方", "東方", "慕容",
    "皇甫", "公孙", "公孫", "令狐", "宇文", "长孙", "長孫", "尉迟", "尉遲", "端木",
];
/// Characters that sound otherwise in family names than elsewhere.
const FAMILY_SOUNDS: &[(char, &str)] = &[
    ('单', "Shan"),
    ('單', "Shan"),
    ('曾', "Zeng"),
    ('区', "Ou"),
    ('區', "Ou"),
    ('查', "Zha"),
    ('解', "Xie"),
    ('仇', "Qiu"),
    ('翟', "Zhai"),
];
/// The longest name of Chinese characters that is cut into family and given name.
const CHARACTERS_MAX: usize = 4;

/// The sound of a name that is written in such a script and in no other; the common words of a body
/// in English where they are translated.
pub(crate) fn readings(name: &Name, schema: Schema) -> Option<PreparedName> {
    // Nearly all names.
    if name.text.is_ascii() {
        return None;
    }
    let text = if is_foreign(&name.text) {
        sounds(&name.text, schema)
    } else {
        translated(&name.text, schema)?
    };
    let sound = Name {
        text,
        kind: name.kind,
        parts: None,
    };
    let mut prepared = prepare_name(&sound, schema);
    prepared.traits.reading = true;
    (!prepared.tokens.is_empty()).then_some(prepared)
}

fn sounds(text: &str, schema: Schema) -> String {
    let words = text.split(|letter: char| letter.is_whitespace() || letter == '·');
    let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    match words.as_slice() {
        [whole] if schema != Schema::Organization && is_chinese_name(whole) => chinese(whole),
        words => {
            let words: Vec<String> = words.iter().map(|word| sound(word)).collect();
            words.join(" ")
        }
    }
}

/// Whether all letters are of scripts without a table.
fn is_foreign(text: &str) -> bool {
    let clusters = fold(text);
    let mut letters = clusters
        .iter()
        .flat_map(|cluster| &cluster.symbols)
        .filter(|symbol| !symbol.is_digit())
        .peekable();
    letters.peek().is_some() && letters.all(|symbol| symbol.index().is_none())
}

fn is_chinese(letter: char) -> bool {
    matches!(letter, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}')
}

fn is_chinese_name(word: &str) -> bool {
    (2..=CHARACTERS_MAX).contains(&word.chars().count()) && word.chars().all(is_chinese)
}

/// `张伟明` is `Zhang Weiming`.
fn chinese(word: &str) -> String {
    let two = TWO_CHARACTERS.iter().find_map(|family| {
        let given = word.strip_prefix(family)?;
        (!given.is_empty()).then(|| (sound(family), given))
    });
    let (family, given) = two.unwrap_or_else(|| {
        let mut letters = word.chars();
        let first = letters.next().unwrap_or_default();
        let known = FAMILY_SOUNDS.iter().find(|(letter, _)| *letter == first);
        let family = known.map_or(any_ascii_char(first), |(_, sound)| *sound);
        (family.to_owned(), letters.as_str())
    });
    format!("{family} {}", sound(given))
}

/// The sound of a word. Syllables of Hangul are words, as in `Kim Jong Un`.
fn sound(word: &str) -> String {
    let mut sound = String::with_capacity(word.len());
    let mut letters = word.chars().peekable();
    while let Some(letter) = letters.next() {
        if matches!(letter, '\u{ac00}'..='\u{d7a3}') && !sound.is_empty() {
            sound.push(' ');
        }
        sound.push_str(any_ascii_char(letter));
        if letters.peek().is_some_and(|next| has_vowel(letter, *next)) {
            sound.push('a');
        }
    }
    sound.to_lowercase()
}

/// Whether a consonant of an Indic script is followed by the vowel that is not written. The blocks
/// from Devanagari to Malayalam have one order (Unicode, chapter 12).
fn has_vowel(letter: char, next: char) -> bool {
    let place = |letter: char| match u32::from(letter) {
        number @ 0x900..0xd80 => Some(number % 0x80),
        _ => None,
    };
    let is_consonant = |place: u32| matches!(place, 0x15..=0x39 | 0x58..=0x5f);
    match (place(letter), place(next)) {
        (Some(first), Some(second)) => {
            // A nukta, the sign of a vowel, or the sign that there is none.
            let changed = matches!(second, 0x3c | 0x3e..=0x4d);
            is_consonant(first) && !changed
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assess::compare;
    use crate::description::Description;
    use crate::evidence::{Band, Thresholds};

    #[test]
    fn names_are_read_as_they_sound() {
        for (text, read) in [
            ("张伟明", "Zhang weiming"),
            ("歐陽修", "ouyang xiu"),
            ("曾庆红", "Zeng qinghong"),
            ("김정은", "gim jeong eun"),
            ("ヤマダ タロウ", "yamada tarou"),
            ("გიორგი მარგველაშვილი", "giorgi margvelashvili"),
            ("Արամ Սարգսյան", "aram sargsyan"),
            ("राजीव गांधी", "rajiv gamdhi"),
        ] {
            let name = readings(&Name::new(text), Schema::Person).unwrap();
            assert_eq!(&*name.text, read, "{text}");
            assert!(name.traits.reading);
        }
    }

    #[test]
    fn scripts_with_a_table_have_no_other_reading() {
        for text in [
            "Ana",
            "Ђорђе",
            "محمد",
            "Αθηνά",
            "Zhang Wei (张伟)",
            "2 / 3",
            "",
        ] {
            assert!(
                readings(&Name::new(text), Schema::Person).is_none(),
                "{text}"
            );
        }
    }

    #[test]
    fn the_evidence_shows_the_name_as_written_and_how_it_was_read() {
        let named = |text: &str| Description {
            schema: Schema::Person,
            names: vec![Name::new(text)],
            ..Description::default()
        };
        let thresholds = Thresholds::default();
        let found = compare(&named("张伟明"), &named("Zhang Weiming"), &thresholds);
        assert_eq!(found.band, Band::Match);
        let name = found.evidence.first().unwrap();
        assert_eq!(name.query.as_deref(), Some("张伟明 (Zhang weiming)"));
        // By their sound alone these two would be one.
        let apart = compare(&named("张伟"), &named("章伟"), &thresholds);
        assert_ne!(apart.band, Band::Match);
    }
}
