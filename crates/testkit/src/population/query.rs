//! Queries against a register: who is meant, and what went wrong on the way to the query.

use std::collections::HashMap;

use serde_json::json;

use super::change::changed;
use super::{Birth, Drawn, Person, Population, id_of};
use crate::Chance;

/// What became of a name on its way to the query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// A name as the register has it.
    Exact,
    /// One slip of the hand.
    OneTypo,
    /// Two slips.
    TwoTypos,
    /// In Cyrillic letters that the register does not have of this person.
    Cyrillic,
    /// In Latin letters without diacritics, which the register does not have.
    Latin,
    /// A Slavic name in Albanian spelling, or an Albanian one in Slavic spelling.
    Albanian,
    /// In Greek letters that the register does not have.
    Greek,
    /// In Arabic letters that the register does not have.
    ArabicScript,
    /// Another Latin spelling of an Arabic name.
    ArabicSpelling,
    /// Without the father's name.
    DroppedName,
    /// The family name first.
    SwappedOrder,
    /// Two words written as one.
    JoinedWords,
    /// The given name by its first letter.
    Initial,
    /// In Cyrillic letters, without the father's name, and with a slip.
    CyrillicDroppedTypo,
    /// A name as the register has it, with the birth date.
    Dated,
    /// Two slips, with the birth date.
    DatedTwoTypos,
    /// The day of birth is off by one to three.
    DatedWrongDay,
    /// Day and month of birth are exchanged.
    DatedSwapped,
    /// The year of birth is off by one.
    DatedWrongYear,
    /// Only the year of birth.
    DatedYearOnly,
    /// Somebody whose given and family name nobody in the register bears together.
    Outsider,
    /// The same, with a birth date.
    OutsiderDated,
}

impl Category {
    /// All of them.
    pub const ALL: [Self; 22] = [
        Self::Exact,
        Self::OneTypo,
        Self::TwoTypos,
        Self::Cyrillic,
        Self::Latin,
        Self::Albanian,
        Self::Greek,
        Self::ArabicScript,
        Self::ArabicSpelling,
        Self::DroppedName,
        Self::SwappedOrder,
        Self::JoinedWords,
        Self::Initial,
        Self::CyrillicDroppedTypo,
        Self::Dated,
        Self::DatedTwoTypos,
        Self::DatedWrongDay,
        Self::DatedSwapped,
        Self::DatedWrongYear,
        Self::DatedYearOnly,
        Self::Outsider,
        Self::OutsiderDated,
    ];

    /// The name in files and tables.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::OneTypo => "one-typo",
            Self::TwoTypos => "two-typos",
            Self::Cyrillic => "cyrillic",
            Self::Latin => "latin",
            Self::Albanian => "albanian",
            Self::Greek => "greek",
            Self::ArabicScript => "arabic-script",
            Self::ArabicSpelling => "arabic-spelling",
            Self::DroppedName => "dropped-name",
            Self::SwappedOrder => "swapped-order",
            Self::JoinedWords => "joined-words",
            Self::Initial => "initial",
            Self::CyrillicDroppedTypo => "cyrillic-dropped-typo",
            Self::Dated => "dated",
            Self::DatedTwoTypos => "dated-two-typos",
            Self::DatedWrongDay => "dated-wrong-day",
            Self::DatedSwapped => "dated-swapped",
            Self::DatedWrongYear => "dated-wrong-year",
            Self::DatedYearOnly => "dated-year-only",
            Self::Outsider => "outsider",
            Self::OutsiderDated => "outsider-dated",
        }
    }

    /// Whether the query tells when the person was born.
    pub const fn is_dated(self) -> bool {
        matches!(
            self,
            Self::Dated
                | Self::DatedTwoTypos
                | Self::DatedWrongDay
                | Self::DatedSwapped
                | Self::DatedWrongYear
                | Self::DatedYearOnly
                | Self::OutsiderDated
        )
    }

    /// Whether nobody in the register is meant.
    pub const fn is_outsider(self) -> bool {
        matches!(self, Self::Outsider | Self::OutsiderDated)
    }
}

/// A query and whom it should find.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// What was done to the name or the date.
    pub category: Category,
    /// The name that is asked for.
    pub name: String,
    /// The birth date that is asked for.
    pub birth: Option<Birth>,
    /// Numbers of the persons that are meant, in ascending order. Without a birth date these are
    /// all who bear the same words, for nothing tells them apart; with one it is one person. None
    /// for an outsider.
    pub gold: Vec<u64>,
}

impl Query {
    /// The query as `egnatia eval search` reads it, one line of JSON without a line break.
    pub fn to_json(&self) -> String {
        let mut properties = json!({ "name": [self.name] });
        if let (Some(birth), Some(fields)) = (self.birth, properties.as_object_mut()) {
            fields.insert("birthDate".to_owned(), json!([birth.to_string()]));
        }
        let gold: Vec<String> = self.gold.iter().copied().map(id_of).collect();
        json!({
            "query": { "schema": "Person", "properties": properties },
            "gold": gold,
            "category": self.category.label(),
        })
        .to_string()
    }
}

/// How many persons are drawn before a category is given up: a few categories fit one person of a
/// hundred.
const TRIES_MAX: u32 = 20_000;
/// So many outsiders are drawn for each that is wanted: some turn out to be in the register.
const SPARE: u32 = 3;

/// `wanted` queries of every category against the first `persons` persons. The categories take
/// turns, so that the beginning of the queries is a fair sample of all. A category that no name fits
/// has fewer.
///
/// Reads the register twice at most; the memory it takes grows with the queries and not with the
/// register.
pub fn queries(population: &Population, persons: u64, wanted: u32, seed: u64) -> Vec<Query> {
    let mut chance = Chance::seeded(seed ^ 0x0A5C_ED00);
    let mut drafts: Vec<Draft> = Vec::new();
    for turn in 0..wanted.saturating_mul(SPARE) {
        for category in Category::ALL {
            if turn < wanted || category.is_outsider() {
                drafts.extend(draft(population, persons, category, &mut chance));
            }
        }
    }
    find_namesakes(population, persons, &mut drafts);
    let mut left: HashMap<Category, u32> = HashMap::new();
    let mut queries: Vec<Query> = Vec::new();
    for draft in drafts {
        let taken = left.entry(draft.query.category).or_default();
        let known = draft.query.category.is_outsider() && !draft.query.gold.is_empty();
        if *taken < wanted && !known {
            *taken = taken.saturating_add(1);
            queries.push(draft.query);
        }
    }
    queries
}

/// A query whose gold is not complete yet.
struct Draft {
    query: Query,
    /// The words by which namesakes are known; none where one person is meant.
    words: Option<u64>,
}

fn draft(
    population: &Population,
    persons: u64,
    category: Category,
    chance: &mut Chance,
) -> Option<Draft> {
    let limit = u32::try_from(persons).unwrap_or(u32::MAX);
    for _ in 0..TRIES_MAX {
        let offset = u64::from(chance.below(limit));
        let outsider = category.is_outsider();
        // Who comes after the register is like those in it and is not in it.
        let number = if outsider {
            persons.saturating_add(offset)
        } else {
            offset
        };
        let person = population.person(number);
        let (drawn, _) = population.drawn(number);
        let Some((name, birth)) = changed(category, &person, &drawn, chance) else {
            continue;
        };
        let one_is_meant = category.is_dated() && !outsider;
        let whole = drawn.father.is_some() && !category.drops_father() && !outsider;
        return Some(Draft {
            query: Query {
                category,
                name,
                birth,
                gold: if one_is_meant {
                    vec![number]
                } else {
                    Vec::new()
                },
            },
            words: (!one_is_meant).then(|| words_of(&drawn, whole)),
        });
    }
    None
}

impl Category {
    const fn drops_father(self) -> bool {
        matches!(self, Self::DroppedName | Self::CyrillicDroppedTypo)
    }
}

/// Adds to each query all in the register whose names have its words.
fn find_namesakes(population: &Population, persons: u64, drafts: &mut [Draft]) {
    let mut by_words: HashMap<u64, Vec<usize>> = HashMap::new();
    for (place, draft) in drafts.iter().enumerate() {
        if let Some(words) = draft.words {
            by_words.entry(words).or_default().push(place);
        }
    }
    for number in 0..persons {
        let (drawn, _) = population.drawn(number);
        let short = words_of(&drawn, false);
        let whole = drawn.father.is_some().then(|| words_of(&drawn, true));
        for words in std::iter::once(short).chain(whole) {
            for place in by_words.get(&words).into_iter().flatten() {
                if let Some(draft) = drafts.get_mut(*place) {
                    draft.query.gold.push(number);
                }
            }
        }
    }
}

/// A number for given and family name, with the father's or without it (FNV-1a). Names of different
/// peoples are told apart only where they are written in another way.
fn words_of(drawn: &Drawn<'_>, with_father: bool) -> u64 {
    let father = drawn.father.as_deref().filter(|_| with_father);
    let words = [Some(&*drawn.given), father, Some(&*drawn.family)];
    let mut hash: u64 = 0xCBF2_9CE4_8422_2325;
    for word in words.into_iter().flatten() {
        for byte in word.bytes().chain([0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
        }
    }
    hash
}

/// The name of a person that is changed: the first one.
pub(super) fn first_name(person: &Person) -> &str {
    person.names.first().map_or("", String::as_str)
}
