//! What happens to a name, and to a birth date, on the way to a query.

use super::query::{Category, first_name};
use super::region::Style;
use super::script::{self, Script};
use super::slip::slip;
use super::{Birth, Drawn, Person};
use crate::Chance;

/// Name and birth date of a query of this category for this person. `None` where the category does
/// not fit the person, or leaves a name as the register has it.
pub(super) fn changed(
    category: Category,
    person: &Person,
    drawn: &Drawn<'_>,
    chance: &mut Chance,
) -> Option<(String, Option<Birth>)> {
    let name = name(category, person, drawn, chance)?;
    let keeps = matches!(
        category,
        Category::Exact
            | Category::Dated
            | Category::DatedWrongDay
            | Category::DatedSwapped
            | Category::DatedWrongYear
            | Category::DatedYearOnly
            | Category::Outsider
            | Category::OutsiderDated
    );
    if !keeps && person.names.contains(&name) {
        return None;
    }
    let birth = match category.is_dated() {
        true => Some(birth(category, person.birth?, chance)?),
        false => None,
    };
    Some((name, birth))
}

fn name(
    category: Category,
    person: &Person,
    drawn: &Drawn<'_>,
    chance: &mut Chance,
) -> Option<String> {
    let first = first_name(person);
    let style = drawn.group.style;
    let latin = !drawn.native;
    match category {
        Category::Exact
        | Category::Dated
        | Category::DatedWrongDay
        | Category::DatedSwapped
        | Category::DatedWrongYear
        | Category::DatedYearOnly
        | Category::Outsider
        | Category::OutsiderDated => chance.one_of(&person.names).cloned(),
        Category::OneTypo => slip(first, chance),
        Category::TwoTypos | Category::DatedTwoTypos => slip(&slip(first, chance)?, chance),
        Category::Cyrillic => cyrillic(drawn, &drawn.text()),
        Category::CyrillicDroppedTypo => {
            let text = without_father(drawn)?;
            slip(&cyrillic(drawn, &text)?, chance)
        }
        Category::Latin => {
            let hidden = person.names.iter().all(|name| !script::is_latin(name));
            (latin && hidden).then(|| script::ascii(&drawn.text()))
        }
        Category::Albanian if style == Style::Albanian => {
            Some(script::slavic_of_albanian(&drawn.text()))
        }
        Category::Albanian => (latin && style == Style::SouthSlavic)
            .then(|| script::albanian_of_slavic(&drawn.text())),
        Category::Greek => {
            let near = matches!(drawn.nation.code, "gr" | "cy" | "al" | "mk");
            (latin && near).then(|| script::transliterate(&drawn.text(), Script::Greek))
        }
        Category::ArabicScript => (latin && style == Style::Arabic)
            .then(|| script::transliterate(&drawn.text(), Script::Arabic)),
        Category::ArabicSpelling if latin && style == Style::Arabic => {
            arabic_spelling(&drawn.text(), chance)
        }
        Category::ArabicSpelling => None,
        Category::DroppedName => {
            let text = without_father(drawn)?;
            let native = drawn.nation.native.filter(|_| latin);
            match native.filter(|_| !script::is_latin(first)) {
                Some(script) => Some(script::transliterate(&text, script)),
                None => Some(text),
            }
        }
        Category::SwappedOrder => {
            let (given, family) = first.rsplit_once(' ')?;
            Some(format!("{family} {given}"))
        }
        Category::JoinedWords => first.contains(' ').then(|| joined(first)),
        Category::Initial => {
            let (given, rest) = first.split_once(' ')?;
            let initial = given.chars().next()?;
            Some(format!("{initial}. {rest}"))
        }
    }
}

/// The spelling of the person's own state, or Serbian for those whose state writes Latin letters;
/// not for Greeks and Arabs.
fn cyrillic(drawn: &Drawn<'_>, text: &str) -> Option<String> {
    let script = drawn.nation.native.unwrap_or(Script::Serbian);
    let fits = !drawn.native
        && !matches!(script, Script::Greek | Script::Arabic)
        && matches!(drawn.group.style, Style::SouthSlavic | Style::Gendered);
    fits.then(|| script::transliterate(text, script))
}

fn without_father(drawn: &Drawn<'_>) -> Option<String> {
    drawn.father.as_ref()?;
    Some(format!("{} {}", drawn.given, drawn.family_of_bearer()))
}

/// The first two words as one.
fn joined(name: &str) -> String {
    let mut words = name.split(' ');
    let first = words.next().unwrap_or_default().to_owned();
    let second = words.next().unwrap_or_default().to_lowercase();
    let rest: Vec<&str> = words.collect();
    let mut name = first + &second;
    if !rest.is_empty() {
        name.push(' ');
        name.push_str(&rest.join(" "));
    }
    name
}

/// Spellings of Arabic names that stand for each other.
const SPELLINGS: &[(&str, &str)] = &[
    ("muhammad", "mohamed"),
    ("hussein", "husayn"),
    ("hassan", "hasan"),
    ("ahmad", "ahmed"),
    ("abdul ", "abd al-"),
    ("al-", "el "),
    ("khalid", "khaled"),
    ("yusuf", "youssef"),
    ("omar", "umar"),
    ("said", "saeed"),
    ("qasim", "kassem"),
    ("mahmoud", "mahmud"),
    ("sulayman", "suleiman"),
    ("faysal", "feisal"),
    ("zaynab", "zeinab"),
    ("ay", "ai"),
    ("ou", "u"),
    ("q", "k"),
    ("dh", "d"),
    ("sh", "ch"),
    ("j", "dj"),
    ("ss", "s"),
    ("ee", "i"),
];

/// Up to two of the spellings changed.
fn arabic_spelling(name: &str, chance: &mut Chance) -> Option<String> {
    let mut text = name.to_lowercase();
    let fits: Vec<_> = SPELLINGS
        .iter()
        .filter(|(from, _)| text.contains(from))
        .collect();
    for _ in 0..2 {
        let (from, to) = chance.one_of(&fits)?;
        text = text.replacen(from, to, 1);
    }
    Some(text)
}

/// The date as the query has it. `None` where the category does not fit it.
fn birth(category: Category, birth: Birth, chance: &mut Chance) -> Option<Birth> {
    let year = birth.year;
    let (month, day) = birth.month_and_day?;
    let dated = |year, month, day| Birth {
        year,
        month_and_day: Some((month, day)),
    };
    let off = chance.below(3).saturating_add(1);
    let later = chance.below(2) == 0;
    Some(match category {
        Category::DatedWrongDay if day > off && (!later || day > 25) => {
            dated(year, month, day.saturating_sub(off))
        }
        Category::DatedWrongDay => dated(year, month, day.saturating_add(off).min(28)),
        Category::DatedSwapped => (day <= 12 && day != month).then(|| dated(year, day, month))?,
        Category::DatedWrongYear if later => dated(year.saturating_add(1), month, day),
        Category::DatedWrongYear => dated(year.saturating_sub(1), month, day),
        Category::DatedYearOnly => Birth {
            year,
            month_and_day: None,
        },
        _ => birth,
    })
}
