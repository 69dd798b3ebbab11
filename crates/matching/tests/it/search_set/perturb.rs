//! What happens to a name between a list and a query.

use super::chance::Chance;

/// What was done to a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    OneTypo,
    TwoTypos,
    SerbianCyrillic,
    MacedonianCyrillic,
    BulgarianCyrillic,
    ArabicVariant,
    DroppedPart,
    SwappedOrder,
    Initial,
    CyrillicDropTypo,
    OriginalScript,
}

pub const GENERATED: [Change; 10] = [
    Change::OneTypo,
    Change::TwoTypos,
    Change::SerbianCyrillic,
    Change::MacedonianCyrillic,
    Change::BulgarianCyrillic,
    Change::ArabicVariant,
    Change::DroppedPart,
    Change::SwappedOrder,
    Change::Initial,
    Change::CyrillicDropTypo,
];

/// The changed name. `None` where the change does not apply to it or leaves it as it is.
pub fn perturb(name: &str, change: Change, chance: &mut Chance) -> Option<String> {
    let words: Vec<&str> = name.split(' ').filter(|word| !word.is_empty()).collect();
    let long = |least: usize| words.iter().filter(|w| w.chars().count() >= least).count();
    // A name of two words keeps enough of itself with two slips.
    let letters: usize = words
        .iter()
        .map(|w| w.chars().count())
        .filter(|n| *n >= 4)
        .sum();
    let changed = match change {
        Change::OneTypo => (long(4) > 0).then(|| typo(name, chance))?,
        Change::TwoTypos => (letters >= 9).then(|| {
            let once = typo(name, chance);
            typo(&once, chance)
        })?,
        Change::SerbianCyrillic => cyrillic(name, SERBIAN)?,
        Change::MacedonianCyrillic => cyrillic(name, MACEDONIAN)?,
        Change::BulgarianCyrillic => cyrillic(name, BULGARIAN)?,
        Change::ArabicVariant => arabic(name, chance)?,
        Change::DroppedPart => (long(2) >= 3).then(|| dropped(&words, chance))?,
        Change::SwappedOrder => (words.len() >= 2).then(|| {
            let mut words = words.clone();
            words.rotate_right(1);
            words.join(" ")
        })?,
        Change::Initial => (words.len() >= 2 && long(4) >= 2).then(|| {
            // The given name: the word after the comma, or the first.
            let comma = words.iter().position(|word| word.ends_with(','));
            let given = comma.map_or(0, |comma| comma + 1).min(words.len() - 1);
            let initial: String = words[given].chars().take(1).collect();
            let mut words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
            words[given] = format!("{initial}.");
            words.join(" ")
        })?,
        Change::CyrillicDropTypo => (long(3) >= 3).then(|| {
            let short = typo(&dropped(&words, chance), chance);
            cyrillic(&short, SERBIAN)
        })??,
        // Generators do not know the original script; the real lists do.
        Change::OriginalScript => return None,
    };
    (changed != name).then_some(changed)
}

/// Leaves one word out, not the last, and not what stands before a comma: it tells the family.
fn dropped(words: &[&str], chance: &mut Chance) -> String {
    let comma = words.iter().position(|word| word.ends_with(','));
    let first = comma.map_or(0, |comma| comma + 1).min(words.len() - 2);
    let place = first + chance.below(words.len() - 1 - first);
    let kept = words.iter().enumerate().filter(|(at, _)| *at != place);
    kept.map(|(_, word)| *word).collect::<Vec<_>>().join(" ")
}

/// One slip of the hand in a word of at least four letters: a letter left out, doubled, typed
/// beside, or changing places with the next. Never the first letter.
fn typo(name: &str, chance: &mut Chance) -> String {
    const NEIGHBOURS: &[&str] = &["qwertzuiop", "asdfghjkl", "yxcvbnm"];
    let mut letters: Vec<char> = name.chars().collect();
    let inside: Vec<usize> = (1..letters.len())
        .filter(|at| letters[*at].is_alphabetic() && letters[at - 1].is_alphabetic())
        .filter(|at| word_length(&letters, *at) >= 4)
        .collect();
    if inside.is_empty() {
        return name.to_owned();
    }
    let at = *chance.pick(&inside);
    match chance.below(4) {
        0 => {
            letters.remove(at);
        }
        1 if letters.get(at + 1).is_some_and(|next| next.is_alphabetic()) => {
            letters.swap(at, at + 1);
        }
        2 => letters.insert(at, letters[at]),
        _ => {
            let lower = letters[at].to_lowercase().next().unwrap();
            let row = NEIGHBOURS.iter().find(|row| row.contains(lower));
            let beside = row.map_or('a', |row| {
                let place = row.find(lower).unwrap();
                let next = if place + 1 < row.len() {
                    place + 1
                } else {
                    place - 1
                };
                row.chars().nth(next).unwrap()
            });
            letters[at] = if letters[at].is_uppercase() {
                beside.to_ascii_uppercase()
            } else {
                beside
            };
        }
    }
    letters.into_iter().collect()
}

fn word_length(letters: &[char], at: usize) -> usize {
    let before = letters[..at]
        .iter()
        .rev()
        .take_while(|c| c.is_alphabetic())
        .count();
    let after = letters[at..]
        .iter()
        .take_while(|c| c.is_alphabetic())
        .count();
    before + after
}

type Table = &'static [(&'static str, &'static str)];

const COMMON: Table = &[
    ("a", "а"),
    ("b", "б"),
    ("v", "в"),
    ("g", "г"),
    ("d", "д"),
    ("e", "е"),
    ("z", "з"),
    ("i", "и"),
    ("k", "к"),
    ("l", "л"),
    ("m", "м"),
    ("n", "н"),
    ("o", "о"),
    ("p", "п"),
    ("r", "р"),
    ("s", "с"),
    ("t", "т"),
    ("u", "у"),
    ("f", "ф"),
    ("h", "х"),
    ("c", "ц"),
    ("w", "в"),
    ("q", "к"),
    ("x", "кс"),
    ("š", "ш"),
    ("ž", "ж"),
    ("č", "ч"),
    ("á", "а"),
    ("é", "е"),
    ("í", "и"),
    ("ó", "о"),
    ("ú", "у"),
    ("ë", "е"),
    ("ç", "ч"),
    ("'", ""),
    ("-", "-"),
    (" ", " "),
    (",", ","),
    (".", "."),
];
const SERBIAN: Table = &[
    ("dž", "џ"),
    ("lj", "љ"),
    ("nj", "њ"),
    ("dj", "ђ"),
    ("sh", "ш"),
    ("ch", "ч"),
    ("zh", "ж"),
    ("kh", "х"),
    ("đ", "ђ"),
    ("ć", "ћ"),
    ("j", "ј"),
    ("y", "ј"),
];
const MACEDONIAN: Table = &[
    ("dž", "џ"),
    ("lj", "љ"),
    ("nj", "њ"),
    ("gj", "ѓ"),
    ("kj", "ќ"),
    ("dj", "ѓ"),
    ("dz", "ѕ"),
    ("sh", "ш"),
    ("ch", "ч"),
    ("zh", "ж"),
    ("kh", "х"),
    ("đ", "ѓ"),
    ("ć", "ќ"),
    ("j", "ј"),
    ("y", "ј"),
];
const BULGARIAN: Table = &[
    ("sht", "щ"),
    ("dzh", "дж"),
    ("dž", "дж"),
    ("lj", "л"),
    ("nj", "н"),
    ("dj", "дж"),
    ("sh", "ш"),
    ("ch", "ч"),
    ("zh", "ж"),
    ("ts", "ц"),
    ("kh", "х"),
    ("ya", "я"),
    ("yu", "ю"),
    ("ja", "я"),
    ("ju", "ю"),
    ("đ", "дж"),
    ("ć", "ч"),
    ("j", "й"),
    ("y", "й"),
];

/// The name in Cyrillic letters. `None` where a letter has none.
fn cyrillic(name: &str, table: Table) -> Option<String> {
    let lower = name.to_lowercase();
    let mut rest = lower.as_str();
    let mut written = String::new();
    let mut start = true;
    while !rest.is_empty() {
        let (from, to) = table
            .iter()
            .chain(COMMON)
            .find(|(from, _)| rest.starts_with(from))?;
        for letter in to.chars() {
            if start {
                written.extend(letter.to_uppercase());
            } else {
                written.push(letter);
            }
            start = !letter.is_alphabetic();
        }
        rest = &rest[from.len()..];
    }
    Some(written)
}

/// Spellings of Arabic names that stand for each other: vowels, article, doubled letters.
fn arabic(name: &str, chance: &mut Chance) -> Option<String> {
    const SPELLINGS: Table = &[
        ("muhammad", "mohamed"),
        ("mohammad", "muhammed"),
        ("mohammed", "mohamad"),
        ("hussein", "husayn"),
        ("husayn", "hussain"),
        ("hassan", "hasan"),
        ("hasan", "hassan"),
        ("ahmad", "ahmed"),
        ("ahmed", "ahmad"),
        ("abdul ", "abd al-"),
        ("abd al-", "abdul "),
        ("al-", "el-"),
        ("el-", "al-"),
        ("bin ", "ibn "),
        ("ibn ", "ben "),
        ("khalid", "khaled"),
        ("khaled", "khalid"),
        ("yusuf", "youssef"),
        ("yousef", "yusuf"),
        ("umar", "omar"),
        ("omar", "umar"),
        ("uthman", "othman"),
        ("saeed", "said"),
        ("said", "saeed"),
        ("qasim", "kassem"),
        ("qassem", "kasim"),
        ("mahmud", "mahmoud"),
        ("mahmoud", "mahmud"),
        ("ibrahim", "ebrahim"),
        ("sulayman", "suleiman"),
        ("suleiman", "sulaiman"),
        ("abu ", "abou "),
        ("sayf", "seif"),
        ("ayn", "ein"),
        ("ou", "u"),
        ("oo", "u"),
        ("ee", "i"),
        ("aw", "au"),
        ("ay", "ai"),
        ("iyya", "iya"),
        ("dh", "d"),
        ("gh", "g"),
        ("q", "k"),
        ("sh", "ch"),
        ("ss", "s"),
        ("mm", "m"),
        ("bd", "bd"),
        ("ah ", "a "),
    ];
    let lower = name.to_lowercase();
    let fits: Vec<_> = SPELLINGS
        .iter()
        .filter(|(from, _)| lower.contains(from))
        .collect();
    if fits.is_empty() {
        return None;
    }
    let mut changed = lower;
    for _ in 0..2 {
        let (from, to) = chance.pick(&fits);
        changed = changed.replacen(from, to, 1);
    }
    Some(changed)
}
