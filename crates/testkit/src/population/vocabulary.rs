//! The words of names: the region's own, those of the caller's names, and behind them a tail of
//! derived ones that never ends.

use std::borrow::Cow;
use std::collections::BTreeMap;

use egnatia_matching::{Gender, NameParts};

use super::region::{GROUPS, Group, Style};
use super::script::is_latin;
use crate::Chance;

/// A name whose words are recombined.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SourceName {
    /// Of which state its bearer is: code or English name.
    pub nation: String,
    /// Man or woman, where it is known. Where it is not, the given name is used for both.
    pub gender: Option<Gender>,
    /// Its words by role.
    pub parts: NameParts,
}

impl SourceName {
    /// A name whose roles are not known: the first word is the given name, the last one the family
    /// name, and what stands between is the father's. `None` for fewer than two words.
    pub fn unparsed(nation: &str, gender: Option<Gender>, text: &str) -> Option<Self> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let (family, rest) = words.split_last()?;
        let (given, middle) = rest.split_first()?;
        Some(Self {
            nation: nation.to_owned(),
            gender,
            parts: NameParts {
                given: Some((*given).to_owned()),
                patronymic: (!middle.is_empty()).then(|| middle.join(" ")),
                family: Some((*family).to_owned()),
            },
        })
    }
}

/// What a word is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Male,
    Female,
    Family,
}

/// The words of one group in one kind of letters, the most common first.
#[derive(Debug, Clone, Default)]
pub(super) struct Pool {
    male: Vec<String>,
    female: Vec<String>,
    family: Vec<String>,
}

/// The words of a group.
#[derive(Debug, Clone, Default)]
pub(super) struct Words {
    pub latin: Pool,
    /// Those that the caller has in the group's own letters.
    pub native: Pool,
}

/// How many words of each role a pool needs before persons are named from it.
const POOL_MIN: usize = 8;

/// The words of all groups, in the order of [`GROUPS`].
pub(super) fn vocabulary(names: &[SourceName]) -> Vec<Words> {
    let mut counts: Vec<[Counts; 2]> = GROUPS.iter().map(|_| Default::default()).collect();
    for name in names {
        let place = group_of(&name.nation);
        if let Some([latin, native]) = counts.get_mut(place) {
            let given = name.parts.given.as_deref();
            let is_latin = is_latin(given.unwrap_or_default());
            let counts = if is_latin { latin } else { native };
            counts.count(name);
        }
    }
    GROUPS
        .iter()
        .zip(counts)
        .map(|(group, [latin, native])| Words {
            latin: latin.pool(Some(group)),
            native: native.pool(None),
        })
        .collect()
}

/// Where in [`GROUPS`] a state is; the last where it is not named.
fn group_of(nation: &str) -> usize {
    let nation = nation.trim().to_lowercase();
    let found = GROUPS.iter().position(|group| {
        let mut nations = group.nations.iter();
        nations.any(|one| one.code == nation || one.name == nation)
    });
    found.unwrap_or(GROUPS.len().saturating_sub(1))
}

/// How often words occur, by role.
#[derive(Debug, Default)]
struct Counts {
    male: BTreeMap<String, u32>,
    female: BTreeMap<String, u32>,
    family: BTreeMap<String, u32>,
}

impl Counts {
    fn count(&mut self, name: &SourceName) {
        let parts = &name.parts;
        if let Some(given) = clean(parts.given.as_deref()) {
            if name.gender != Some(Gender::Female) {
                add(&mut self.male, &given);
            }
            if name.gender != Some(Gender::Male) {
                add(&mut self.female, &given);
            }
        }
        if let Some(father) = clean(parts.patronymic.as_deref()) {
            add(&mut self.male, &father);
        }
        if let Some(family) = clean(parts.family.as_deref()) {
            add(&mut self.family, &family);
        }
    }

    /// The group's own words first, then the counted ones by frequency.
    fn pool(self, group: Option<&Group>) -> Pool {
        Pool {
            male: ordered(group.map_or("", |group| group.male), self.male),
            female: ordered(group.map_or("", |group| group.female), self.female),
            family: ordered(group.map_or("", |group| group.family), self.family),
        }
    }
}

fn add(counts: &mut BTreeMap<String, u32>, word: &str) {
    let count = counts.entry(word.to_owned()).or_default();
    *count = count.saturating_add(1);
}

/// The word as names are written: `IVANOV` becomes `Ivanov`. `None` where it is none: too short, too
/// long, or with a digit or a full stop.
fn clean(word: Option<&str>) -> Option<String> {
    let word = word?.trim_matches([' ', ',']);
    let letters = word.chars().filter(|letter| letter.is_alphabetic()).count();
    let odd = |letter: char| !letter.is_alphabetic() && !matches!(letter, ' ' | '-' | '\'' | '’');
    if !(3..=24).contains(&letters) || word.chars().any(odd) {
        return None;
    }
    if word.chars().any(char::is_lowercase) || !is_latin(word) {
        return Some(word.to_owned());
    }
    let mut at_start = true;
    let mut title = String::with_capacity(word.len());
    for letter in word.chars() {
        if at_start {
            title.push(letter);
        } else {
            title.extend(letter.to_lowercase());
        }
        at_start = !letter.is_alphabetic();
    }
    Some(title)
}

fn ordered(heads: &str, counts: BTreeMap<String, u32>) -> Vec<String> {
    let heads = heads.split(", ").filter(|head| !head.is_empty());
    let mut words: Vec<String> = heads.map(str::to_owned).collect();
    let mut counted: Vec<(String, u32)> = counts
        .into_iter()
        .filter(|(word, _)| !words.contains(word))
        .collect();
    counted.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    words.extend(counted.into_iter().map(|(word, _)| word));
    words
}

impl Pool {
    /// Whether there is enough to name persons.
    pub fn is_usable(&self) -> bool {
        [&self.male, &self.female, &self.family]
            .iter()
            .all(|words| words.len() >= POOL_MIN)
    }

    /// The word of this rank. Behind the last word come derived ones: always the same for the same
    /// rank.
    pub fn word(&self, role: Role, rank: u64, style: Style) -> Cow<'_, str> {
        let words = match role {
            Role::Male => &self.male,
            Role::Female => &self.female,
            Role::Family => &self.family,
        };
        let known = usize::try_from(rank).ok().and_then(|rank| words.get(rank));
        if let Some(word) = known {
            return Cow::Borrowed(word);
        }
        let mut chance = Chance::seeded(rank ^ 0x5EED_0F00);
        Cow::Owned(derived(words, rank, style, &mut chance))
    }
}

const SYLLABLES: &[&str] = &[
    "ba", "be", "dro", "ga", "gri", "ho", "ka", "kre", "la", "lu", "ma", "mi", "ne", "pa", "ra",
    "ro", "sa", "sta", "te", "to", "va", "vu", "za", "zo",
];

/// The beginning of one word and the end of another; the rarer, the more syllables between.
fn derived(words: &[String], rank: u64, style: Style, chance: &mut Chance) -> String {
    let (Some(first), Some(second)) = (chance.one_of(words), chance.one_of(words)) else {
        return String::new();
    };
    let latin = is_latin(first) && is_latin(second);
    let mut word = beginning(first, chance).to_owned();
    if latin {
        let known = u64::try_from(words.len()).unwrap_or(1).max(1);
        let syllables = match rank.checked_div(known).unwrap_or(0) {
            0..16 => 0,
            16..512 => 1,
            _ => 2,
        };
        for _ in 0..syllables {
            if word.ends_with(is_vowel) {
                word.pop();
            }
            word.push_str(chance.one_of(SYLLABLES).copied().unwrap_or_default());
        }
        if style == Style::SouthSlavic && word.ends_with(is_vowel) {
            word.push(chance.one_of(&['n', 'v', 't', 'r']).copied().unwrap_or('n'));
        }
    }
    let ending = ending(second, chance);
    if word.ends_with(is_vowel) && ending.starts_with(is_vowel) {
        word.pop();
    }
    word.push_str(ending);
    word
}

fn is_vowel(letter: char) -> bool {
    matches!(
        letter,
        'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'ë' | 'ü' | 'ö' | 'ı'
    )
}

/// Up to a consonant in the middle.
fn beginning<'a>(word: &'a str, chance: &mut Chance) -> &'a str {
    let (mut seen_vowel, mut cuts) = (false, [0_usize; 3]);
    let mut found = 0;
    for (place, letter) in word.char_indices().skip(1) {
        if seen_vowel && !is_vowel(letter) && found < cuts.len() {
            if let Some(cut) = cuts.get_mut(found) {
                *cut = place.saturating_add(letter.len_utf8());
            }
            found = found.saturating_add(1);
        }
        seen_vowel |= is_vowel(letter) || !letter.is_ascii();
    }
    let cut = cuts.get(..found).and_then(|cuts| chance.one_of(cuts));
    cut.and_then(|cut| word.get(..*cut)).unwrap_or(word)
}

/// From a vowel in the middle on.
fn ending<'a>(word: &'a str, chance: &mut Chance) -> &'a str {
    let (mut cuts, mut found) = ([0_usize; 3], 0);
    for (place, letter) in word.char_indices().skip(2) {
        if (is_vowel(letter) || !letter.is_ascii()) && found < cuts.len() {
            if let Some(cut) = cuts.get_mut(found) {
                *cut = place;
            }
            found = found.saturating_add(1);
        }
    }
    let cut = cuts.get(..found).and_then(|cuts| chance.one_of(cuts));
    cut.and_then(|cut| word.get(*cut..)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_caller_come_after_the_regions_own() {
        let name = SourceName::unparsed("Serbia", Some(Gender::Male), "ZUBROMIR Perun QUVAĆ");
        let words = vocabulary(&[name.unwrap()]);
        let pool = &words[0].latin;
        assert_eq!(pool.male[0], "Milan");
        assert!(pool.male.ends_with(&["Perun".into(), "Zubromir".into()]));
        assert_eq!(pool.family.last().unwrap(), "Quvać");
        assert!(!pool.female.contains(&"Zubromir".into()));
        assert!(!words[0].native.is_usable());
    }

    #[test]
    fn scripts_are_kept_apart() {
        let names: Vec<SourceName> = ["ا", "ب", "ت", "ث", "ج", "ح", "خ", "د"]
            .iter()
            .filter_map(|letter| {
                let text = format!("{letter}محمد {letter}طريق");
                SourceName::unparsed("iraq", None, &text)
            })
            .collect();
        let words = vocabulary(&names);
        let arabic = words.iter().find(|words| words.native.is_usable()).unwrap();
        let derived = arabic.native.word(Role::Family, 1_000, Style::Arabic);
        assert!(!derived.is_empty() && !derived.is_ascii(), "{derived}");
    }

    #[test]
    fn the_tail_repeats_and_hardly_ever_collides() {
        let words = vocabulary(&[]);
        let pool = &words[0].latin;
        let word = |rank| pool.word(Role::Family, rank, Style::SouthSlavic);
        assert_eq!(word(90_000), word(90_000));
        let different: std::collections::HashSet<_> = (0..20_000).map(word).collect();
        assert!(different.len() > 15_000, "{}", different.len());
        assert!((0..2_000).all(|rank| (3..40).contains(&word(rank).chars().count())));
    }

    #[test]
    fn what_is_no_word_is_left_out() {
        for odd in ["", "A.", "Ab", "Mark2", "a/b c"] {
            assert_eq!(clean(Some(odd)), None, "{odd}");
        }
        assert_eq!(clean(Some("AL-ZUBRANI,")).unwrap(), "Al-Zubrani");
        assert_eq!(SourceName::unparsed("rs", None, "Madonna"), None);
    }
}
