//! Names in other letters, as registers and officers of the region write them.

/// A script, and whose spelling of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Script {
    Serbian,
    Macedonian,
    Bulgarian,
    Russian,
    Greek,
    Arabic,
}

/// Whether all letters are Latin ones.
pub(super) fn is_latin(text: &str) -> bool {
    text.chars()
        .filter(|letter| letter.is_alphabetic())
        .all(|letter| letter < '\u{250}')
}

/// Latin letters in another script.
pub(super) fn transliterate(text: &str, script: Script) -> String {
    if script == Script::Arabic {
        let words: Vec<String> = text.split(' ').map(arabic_word).collect();
        // The article is written onto its word.
        return words.join(" ").replace(" ال ", " ال");
    }
    let written = spell(text, |first, next, _at_start| match script {
        Script::Greek => greek(first, next),
        cyrillic => cyrillic_letter(cyrillic, first, next),
    });
    if script == Script::Greek {
        return with_final_sigma(&written);
    }
    written
}

/// Greek writes the last sigma of a word in another way.
fn with_final_sigma(text: &str) -> String {
    let mut letters = text.chars().peekable();
    let mut written = String::with_capacity(text.len());
    while let Some(letter) = letters.next() {
        let last = letters.peek().is_none_or(|next| !next.is_alphabetic());
        written.push(if letter == 'σ' && last { 'ς' } else { letter });
    }
    written
}

/// Without diacritics, as keyboards and old systems write: Đ is Dj.
pub(super) fn ascii(text: &str) -> String {
    spell(text, |first, _next, _at_start| (ascii_letter(first), 1))
}

/// A Slavic name as an Albanian register writes it.
pub(super) fn albanian_of_slavic(text: &str) -> String {
    spell(text, |first, next, _at_start| match (first, next) {
        ('d', Some('ž')) => ("xh", 2),
        ('đ', _) => ("gj", 1),
        ('ć', _) => ("q", 1),
        ('č', _) => ("ç", 1),
        ('š', _) => ("sh", 1),
        ('ž', _) => ("zh", 1),
        _ => ("", 1),
    })
}

/// An Albanian name as a Slavic register writes it in Latin letters.
pub(super) fn slavic_of_albanian(text: &str) -> String {
    spell(text, |first, next, _at_start| match (first, next) {
        ('x', Some('h')) => ("dž", 2),
        ('s', Some('h')) => ("š", 2),
        ('z', Some('h')) => ("ž", 2),
        ('g', Some('j')) => ("đ", 2),
        ('l', Some('l')) => ("l", 2),
        ('r', Some('r')) => ("r", 2),
        ('t', Some('h')) => ("t", 2),
        ('d', Some('h')) => ("d", 2),
        ('q', _) => ("ć", 1),
        ('ç', _) => ("č", 1),
        ('x', _) => ("dz", 1),
        ('ë', _) => ("e", 1),
        ('y', _) => ("i", 1),
        _ => ("", 1),
    })
}

/// Writes a text letter by letter. `table` takes a small letter, the next one, and whether a word
/// starts; it says what to write and how many letters that takes. Nothing to write: the letter
/// stays. A capital stays a capital.
fn spell(text: &str, table: impl Fn(char, Option<char>, bool) -> (&'static str, usize)) -> String {
    let mut written = String::with_capacity(text.len().saturating_mul(2));
    let mut letters = text.chars().peekable();
    let mut at_start = true;
    while let Some(letter) = letters.next() {
        let first = small(letter);
        let next = letters.peek().copied().map(small);
        let (spelt, taken) = table(first, next, at_start);
        if taken > 1 {
            letters.next();
        }
        at_start = !letter.is_alphabetic();
        match spelt {
            "" => written.push(letter),
            SILENT => {}
            spelt if letter == first => written.push_str(spelt),
            spelt => {
                let mut spelt = spelt.chars();
                written.extend(spelt.next().into_iter().flat_map(char::to_uppercase));
                written.push_str(spelt.as_str());
            }
        }
    }
    written
}

/// Says that a letter is not written.
const SILENT: &str = "\0";

fn small(letter: char) -> char {
    if letter.is_ascii() {
        return letter.to_ascii_lowercase();
    }
    letter.to_lowercase().next().unwrap_or(letter)
}

fn cyrillic_letter(script: Script, first: char, next: Option<char>) -> (&'static str, usize) {
    let serbian = script == Script::Serbian;
    let macedonian = script == Script::Macedonian;
    let bulgarian = script == Script::Bulgarian;
    let soft = bulgarian || script == Script::Russian;
    match (first, next) {
        ('d', Some('ž')) => (if soft { "дж" } else { "џ" }, 2),
        ('l', Some('j')) if !soft => ("љ", 2),
        ('n', Some('j')) if !soft => ("њ", 2),
        ('l', Some('j')) => ("л", 2),
        ('n', Some('j')) => ("н", 2),
        ('g', Some('j')) if macedonian => ("ѓ", 2),
        ('k', Some('j')) if macedonian => ("ќ", 2),
        ('d', Some('z')) if macedonian => ("ѕ", 2),
        ('d', Some('j')) if serbian => ("ђ", 2),
        ('j' | 'y', Some('a')) if soft => ("я", 2),
        ('j' | 'y', Some('u')) if soft => ("ю", 2),
        ('y', Some('e')) if soft => ("е", 2),
        ('s', Some('h')) => ("ш", 2),
        ('c', Some('h')) => ("ч", 2),
        ('z', Some('h')) => ("ж", 2),
        ('k', Some('h')) => ("х", 2),
        ('t', Some('s')) => ("ц", 2),
        ('đ', _) if serbian => ("ђ", 1),
        ('đ', _) if macedonian => ("ѓ", 1),
        ('đ', _) => ("дж", 1),
        ('ć', _) if serbian => ("ћ", 1),
        ('ć', _) if macedonian => ("ќ", 1),
        ('ć' | 'č' | 'ç', _) => ("ч", 1),
        ('j' | 'y', _) => (if soft { "й" } else { "ј" }, 1),
        _ => (cyrillic_alike(first), 1),
    }
}

/// Letters that all Cyrillic spellings of the region share.
fn cyrillic_alike(letter: char) -> &'static str {
    match letter {
        'a' | 'á' | 'â' | 'ă' => "а",
        'b' => "б",
        'v' | 'w' => "в",
        'g' | 'ğ' => "г",
        'd' => "д",
        'e' | 'é' | 'ë' => "е",
        'z' => "з",
        'i' | 'í' | 'ı' => "и",
        'k' | 'q' => "к",
        'l' => "л",
        'm' => "м",
        'n' => "н",
        'o' | 'ó' | 'ö' => "о",
        'p' => "п",
        'r' => "р",
        's' => "с",
        't' => "т",
        'u' | 'ú' | 'ü' => "у",
        'f' => "ф",
        'h' => "х",
        'c' => "ц",
        'x' => "кс",
        'š' | 'ş' => "ш",
        'ž' => "ж",
        '\'' => SILENT,
        _ => "",
    }
}

fn greek(first: char, next: Option<char>) -> (&'static str, usize) {
    match (first, next) {
        ('o', Some('u')) => ("ου", 2),
        ('t', Some('h')) => ("θ", 2),
        ('c' | 'k', Some('h')) => ("χ", 2),
        ('p', Some('h')) => ("φ", 2),
        ('p', Some('s')) => ("ψ", 2),
        ('d', Some('ž')) => ("τζ", 2),
        ('s' | 'z', Some('h')) => ("σ", 2),
        ('a' | 'á' | 'ă', _) => ("α", 1),
        ('b', _) => ("μπ", 1),
        ('v' | 'w', _) => ("β", 1),
        ('g' | 'ğ', _) => ("γ", 1),
        ('d', _) => ("δ", 1),
        ('e' | 'é' | 'ë', _) => ("ε", 1),
        ('z' | 'ž', _) => ("ζ", 1),
        ('i' | 'í' | 'ı', _) => ("ι", 1),
        ('y', _) => ("υ", 1),
        ('j', _) => ("γι", 1),
        ('k' | 'q', _) => ("κ", 1),
        ('l', _) => ("λ", 1),
        ('m', _) => ("μ", 1),
        ('n', _) => ("ν", 1),
        ('o' | 'ó' | 'ö', _) => ("ο", 1),
        ('p', _) => ("π", 1),
        ('r', _) => ("ρ", 1),
        ('s' | 'š' | 'ş', _) => ("σ", 1),
        ('t', _) => ("τ", 1),
        ('u' | 'ú' | 'ü', _) => ("ου", 1),
        ('f', _) => ("φ", 1),
        ('h', _) => ("χ", 1),
        ('x', _) => ("ξ", 1),
        ('c' | 'č' | 'ć' | 'ç', _) => ("τσ", 1),
        ('đ', _) => ("τζ", 1),
        _ => ("", 1),
    }
}

/// Words whose letters the Latin ones do not tell, as people write them: ع and ح are lost, long
/// vowels look like short ones. The Latin spelling without signs.
const ARABIC_WORDS: &[(&[&str], &str)] = &[
    (&["abd", "abdu"], "عبد"),
    (&["abdul", "abdel", "abdal"], "عبد ال"),
    (&["abdullah", "abdallah"], "عبد الله"),
    (&["ali"], "علي"),
    (&["umar", "omar"], "عمر"),
    (&["uthman", "othman", "osman"], "عثمان"),
    (&["abbas"], "عباس"),
    (&["adil", "adel"], "عادل"),
    (&["isa", "issa", "eissa"], "عيسى"),
    (&["ismail"], "إسماعيل"),
    (&["said", "saeed", "saad"], "سعيد"),
    (&["jafar"], "جعفر"),
    (
        &["muhammad", "mohammad", "mohamed", "mohammed", "muhammed"],
        "محمد",
    ),
    (&["mahmud", "mahmoud", "mahmood"], "محمود"),
    (&["ahmad", "ahmed"], "أحمد"),
    (&["hasan", "hassan"], "حسن"),
    (
        &["husayn", "hussein", "hossein", "husain", "hussain"],
        "حسين",
    ),
    (&["khalid", "khaled"], "خالد"),
    (&["salih", "saleh"], "صالح"),
    (&["mustafa", "mostafa"], "مصطفى"),
    (&["ibrahim"], "إبراهيم"),
    (&["hajji", "haji"], "حاجي"),
    (&["abu", "abou"], "أبو"),
    (&["rahman"], "رحمن"),
    (&["salim", "salem"], "سالم"),
    (&["tariq", "tarek"], "طارق"),
    (&["hamza"], "حمزة"),
];

fn arabic_word(word: &str) -> String {
    let plain: String = word.to_lowercase().replace(['\'', '’', '‘'], "");
    let known = ARABIC_WORDS
        .iter()
        .find(|(spellings, _)| spellings.contains(&plain.as_str()));
    match known {
        Some((_, written)) => (*written).to_owned(),
        None => spell(word, arabic),
    }
}

fn arabic(first: char, next: Option<char>, at_start: bool) -> (&'static str, usize) {
    match (first, next) {
        ('k', Some('h')) => ("خ", 2),
        ('s', Some('h')) => ("ش", 2),
        ('d', Some('h')) => ("ذ", 2),
        ('t', Some('h')) => ("ث", 2),
        ('g', Some('h')) => ("غ", 2),
        ('c', Some('h')) => ("تش", 2),
        ('o', Some('u')) | ('a', Some('w' | 'u')) => ("و", 2),
        ('a', Some('y' | 'i')) => ("ي", 2),
        ('a', Some('l')) if at_start => ("ال", 2),
        ('a' | 'e' | 'i' | 'o' | 'u', _) if at_start => ("ا", 1),
        ('a', None | Some(' ')) => ("ة", 1),
        ('i' | 'y', _) => ("ي", 1),
        ('u' | 'w' | 'v', _) => ("و", 1),
        ('a' | 'e' | 'o' | '\'' | '-', _) => (SILENT, 1),
        ('b' | 'p', _) => ("ب", 1),
        ('t', _) => ("ت", 1),
        ('j' | 'g', _) => ("ج", 1),
        ('h', _) => ("ح", 1),
        ('d', _) => ("د", 1),
        ('r', _) => ("ر", 1),
        ('z', _) => ("ز", 1),
        ('s', _) => ("س", 1),
        ('f', _) => ("ف", 1),
        ('q', _) => ("ق", 1),
        ('k' | 'c' | 'x', _) => ("ك", 1),
        ('l', _) => ("ل", 1),
        ('m', _) => ("م", 1),
        ('n', _) => ("ن", 1),
        _ => ("", 1),
    }
}

fn ascii_letter(letter: char) -> &'static str {
    match letter {
        'đ' => "dj",
        'č' | 'ć' | 'ç' => "c",
        'š' | 'ş' | 'ș' => "s",
        'ž' => "z",
        'ë' | 'é' | 'è' | 'ê' => "e",
        'ö' | 'ó' | 'ő' | 'ô' | 'ò' => "o",
        'ü' | 'ú' | 'ű' | 'ù' => "u",
        'á' | 'à' | 'â' | 'ă' | 'ä' | 'ã' => "a",
        'í' | 'ı' | 'î' | 'ì' | 'ï' => "i",
        'ğ' => "g",
        'ñ' => "n",
        'ț' | 'ţ' => "t",
        'ß' => "ss",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_name_in_the_letters_of_the_region() {
        for (script, written) in [
            (Script::Serbian, "Ђорђе Џамбић Љубојевић"),
            (Script::Macedonian, "Ѓорѓе Џамбиќ Љубојевиќ"),
            (Script::Bulgarian, "Джордже Джамбич Лубойевич"),
        ] {
            assert_eq!(transliterate("Đorđe Džambić Ljubojević", script), written);
        }
        assert_eq!(ascii("Đorđe Džambić"), "Djordje Dzambic");
        assert_eq!(albanian_of_slavic("Đorđe Džambić"), "Gjorgje Xhambiq");
        assert_eq!(slavic_of_albanian("Gjergj Hoxha"), "Đerđ Hodža");
        assert_eq!(
            transliterate("Nikolaos Theodorou Vlachos", Script::Greek),
            "Νικολαος Θεοδορου Βλαχος"
        );
        assert_eq!(
            transliterate("Yusuf al-Shami", Script::Arabic),
            "يوسوف الشمي"
        );
        assert_eq!(transliterate("Yuriy Zhukov", Script::Russian), "Юрий Жуков");
    }

    #[test]
    fn what_has_no_letter_stays() {
        assert_eq!(ascii("Ђорђе 7"), "Ђорђе 7");
        assert_eq!(transliterate("", Script::Greek), "");
        assert!(is_latin("Đorđe-Ž. 7") && !is_latin("Ђ"));
    }
}
