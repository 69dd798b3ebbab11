//! A register of invented persons, as large as is wanted, from a seed.
//!
//! The words of given names are recombined with the skew of the region: a few names are very
//! common, and a long tail of derived spellings grows with the population. Person number `n` of a
//! seed is always the same, so that a smaller register is the beginning of a larger one and nothing
//! has to be kept in memory.
//!
//! ```
//! use egnatia_testkit::Population;
//!
//! let register = Population::new(1, &[]);
//! let persons: Vec<_> = register.persons(100).collect();
//! assert_eq!(persons[41], register.person(41));
//! assert!(persons.iter().all(|person| (1..=3).contains(&person.names.len())));
//! ```

mod change;
mod query;
mod rank;
mod region;
mod script;
mod slip;
mod vocabulary;

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;

use crate::Chance;
use rank::Skew;
use region::{GROUPS, Group, Nation, Style};
use vocabulary::{Pool, Role, Words};

pub use query::{Category, Query, queries};
pub use vocabulary::SourceName;

/// An unlimited register of invented persons.
#[derive(Debug, Clone)]
pub struct Population {
    seed: u64,
    words: Vec<Words>,
}

/// Somebody who does not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The number in the register, from 0.
    pub number: u64,
    /// One to three names, all different. The first is the one in the register.
    pub names: Vec<String>,
    /// When born; some registers do not know.
    pub birth: Option<Birth>,
    /// ISO 3166 code of the state.
    pub nation: &'static str,
    /// Whether she is a woman.
    pub female: bool,
    /// Number of a passport, for some.
    pub document: Option<String>,
}

/// A date of birth, or its year. Its text is `YYYY-MM-DD` or `YYYY`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Birth {
    /// From 1940 to 2007.
    pub year: u32,
    /// Month from 1 and day from 1 to 28, so that every date exists.
    pub month_and_day: Option<(u32, u32)>,
}

impl fmt::Display for Birth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.month_and_day {
            Some((month, day)) => write!(f, "{:04}-{month:02}-{day:02}", self.year),
            None => write!(f, "{:04}", self.year),
        }
    }
}

/// Whom a person is drawn as, before anything is written.
#[derive(Debug)]
struct Drawn<'a> {
    group: &'static Group,
    nation: &'static Nation,
    female: bool,
    given: Cow<'a, str>,
    /// The father's name, where this person's names have it.
    father: Option<Cow<'a, str>>,
    /// As a man bears it.
    family: Cow<'a, str>,
    /// Whether the words are in the group's own letters already.
    native: bool,
}

impl Population {
    /// The register of a seed, of the words of these names and of the region's own. The names may
    /// be none.
    pub fn new(seed: u64, names: &[SourceName]) -> Self {
        Self {
            seed,
            words: vocabulary::vocabulary(names),
        }
    }

    /// The first `count` persons.
    pub fn persons(&self, count: u64) -> impl Iterator<Item = Person> + '_ {
        (0..count).map(|number| self.person(number))
    }

    /// The person with this number.
    pub fn person(&self, number: u64) -> Person {
        let (drawn, mut chance) = self.drawn(number);
        let birth = birth(&mut chance);
        let names = drawn.names(&mut chance);
        let document = (chance.below(100) < 35).then(|| {
            let series = char::from_u32(u32::from('A').saturating_add(chance.below(26)));
            format!("{}{:08}", series.unwrap_or('A'), chance.below(100_000_000))
        });
        Person {
            number,
            names,
            birth,
            nation: drawn.nation.code,
            female: drawn.female,
            document,
        }
    }

    /// Words and chance of a person; the chance goes on with what else the person has.
    fn drawn(&self, number: u64) -> (Drawn<'_>, Chance) {
        // Two steps, so that neighbours in one seed have nothing in common with those of another.
        let start = Chance::seeded(number).draw();
        let mut chance = Chance::seeded(start ^ self.seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let (group, nation, words) = self.home(&mut chance);
        let native = words.native.is_usable() && chance.below(8) == 0;
        let pool = if native { &words.native } else { &words.latin };
        let female = chance.below(2) == 0;
        let style = group.style;
        let role = if female { Role::Female } else { Role::Male };
        let given = word(pool, role, style, &mut chance);
        let father = (chance.below(100) < style.fathers_per_cent())
            .then(|| word(pool, Role::Male, style, &mut chance));
        let family = word(pool, Role::Family, style, &mut chance);
        let drawn = Drawn {
            group,
            nation,
            female,
            given,
            father,
            family,
            native,
        };
        (drawn, chance)
    }

    fn home(&self, chance: &mut Chance) -> (&'static Group, &'static Nation, &Words) {
        let mut left = chance.below(WEIGHTS);
        for (group, words) in GROUPS.iter().zip(&self.words) {
            for nation in group.nations {
                if left < nation.weight {
                    return (group, nation, words);
                }
                left = left.saturating_sub(nation.weight);
            }
        }
        unreachable!("the weights of nations sum to WEIGHTS")
    }
}

/// The sum of all weights of nations.
const WEIGHTS: u32 = weights();

const fn weights() -> u32 {
    let mut sum = 0;
    let mut groups = GROUPS;
    while let [group, rest @ ..] = groups {
        let mut nations = group.nations;
        while let [nation, rest @ ..] = nations {
            sum += nation.weight;
            nations = rest;
        }
        groups = rest;
    }
    sum
}

fn word<'a>(pool: &'a Pool, role: Role, style: Style, chance: &mut Chance) -> Cow<'a, str> {
    let skew = match role {
        Role::Family => Skew::Family,
        Role::Male | Role::Female => Skew::Given,
    };
    pool.word(role, rank::draw(skew, chance), style)
}

fn birth(chance: &mut Chance) -> Option<Birth> {
    let kind = chance.below(100);
    let year = 1940_u32.saturating_add(chance.below(68));
    let (month, day) = (chance.below(12), chance.below(28));
    match kind {
        0..92 => Some(Birth {
            year,
            month_and_day: Some((month.saturating_add(1), day.saturating_add(1))),
        }),
        92..97 => Some(Birth {
            year,
            month_and_day: None,
        }),
        _ => None,
    }
}

impl Style {
    /// Of a hundred persons, how many are written with the name of the father.
    const fn fathers_per_cent(self) -> u32 {
        match self {
            Self::SouthSlavic | Self::Albanian | Self::Plain => 15,
            Self::Gendered => 30,
            Self::Arabic => 70,
        }
    }
}

impl Drawn<'_> {
    /// The name as its state writes it in Latin letters, or in the letters of its words.
    fn text(&self) -> String {
        let mut text = String::with_capacity(40);
        text.push_str(&self.given);
        if let Some(father) = &self.father {
            text.push(' ');
            text.push_str(father);
            if self.group.style == Style::Gendered {
                text.push_str(if self.female { "ova" } else { "ov" });
            }
        }
        text.push(' ');
        text.push_str(&self.family_of_bearer());
        text
    }

    /// The family name as this person bears it: -ska, -ova for women where that is so.
    fn family_of_bearer(&self) -> Cow<'_, str> {
        if !self.female || self.group.style != Style::Gendered || self.native {
            return Cow::Borrowed(&self.family);
        }
        match self.family.strip_suffix("ski") {
            Some(stem) => Cow::Owned(format!("{stem}ska")),
            None if self.family.ends_with("ov") || self.family.ends_with("ev") => {
                Cow::Owned(format!("{}a", self.family))
            }
            None => Cow::Borrowed(&self.family),
        }
    }

    /// One to three names: the one in the register, another script, a transliteration, the order of
    /// a machine-readable zone.
    fn names(&self, chance: &mut Chance) -> Vec<String> {
        let text = self.text();
        let native = self.nation.native.filter(|_| !self.native);
        let in_native = native.map(|script| move |text: &str| script::transliterate(text, script));
        let native_first = chance.below(100) < self.nation.native_per_cent;
        let wanted = match chance.below(100) {
            0..55 => 1,
            55..85 => 2,
            _ => 3,
        };
        let mut names: Vec<String> = Vec::with_capacity(wanted);
        match &in_native {
            Some(write) if native_first => names.push(write(&text)),
            _ => names.push(text.clone()),
        }
        // Some names look the same in all of these ways.
        for _ in 0..8 {
            if names.len() == wanted {
                break;
            }
            let name = match chance.below(4) {
                0 => text.clone(),
                1 => match &in_native {
                    Some(write) => write(&text),
                    None => script::ascii(&text),
                },
                2 => script::ascii(&text),
                _ => self.family_first(),
            };
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// `PETROVIC Jovan`, without diacritics.
    fn family_first(&self) -> String {
        let family = script::ascii(&self.family_of_bearer()).to_uppercase();
        format!("{family} {}", script::ascii(&self.given))
    }
}

/// A person as FollowTheMoney writes it.
#[derive(Serialize)]
struct Entity<'a> {
    id: String,
    schema: &'static str,
    properties: Properties<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Properties<'a> {
    name: &'a [String],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    alias: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    birth_date: Option<[String; 1]>,
    nationality: [&'static str; 1],
    gender: [&'static str; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    passport_number: Option<[&'a str; 1]>,
}

impl Person {
    /// The id under which lists have this person: the same in every register of a seed.
    pub fn id(&self) -> String {
        id_of(self.number)
    }

    /// The person as a FollowTheMoney entity, one line of JSON without a line break.
    pub fn to_ftm(&self) -> String {
        let (name, alias) = self.names.split_at(self.names.len().min(1));
        let entity = Entity {
            id: self.id(),
            schema: "Person",
            properties: Properties {
                name,
                alias,
                birth_date: self.birth.map(|birth| [birth.to_string()]),
                nationality: [self.nation],
                gender: [if self.female { "female" } else { "male" }],
                passport_number: self.document.as_deref().map(|number| [number]),
            },
        };
        serde_json::to_string(&entity).unwrap_or_default()
    }
}

/// The id of the person with this number.
pub(crate) fn id_of(number: u64) -> String {
    format!("p-{number:08}")
}

#[cfg(test)]
mod tests;
