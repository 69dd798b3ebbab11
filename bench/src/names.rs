//! The names that are sought: invented ones, and names of a list with an error in them.

use std::fs;
use std::path::{Path, PathBuf};

use egnatia_testkit::Chance;

/// Given names that are common in the region.
const GIVEN: &[&str] = &[
    "Ana", "Arben", "Besnik", "Dragan", "Elena", "Emir", "Fatmir", "Goran", "Ilir", "Ivana",
    "Jelena", "Lejla", "Luan", "Marija", "Marko", "Milan", "Mirjeta", "Nikola", "Petar", "Sanja",
    "Stefan", "Teuta", "Vesna", "Zoran",
];
const SYLLABLES: &[&str] = &[
    "ba", "be", "dro", "ga", "gri", "ho", "ka", "kre", "la", "lu", "ma", "mi", "ne", "pa", "ra",
    "ro", "sa", "sta", "te", "to", "va", "vu", "za", "zo",
];
const ENDINGS: &[&str] = &[
    "aj", "aku", "ani", "ić", "ović", "evski", "eska", "oski", "shi", "ulla",
];

/// Where names come from.
#[derive(Debug, Clone)]
pub struct Names {
    listed: Vec<String>,
    perturbed_per_mille: u32,
}

/// Why there are no names.
#[derive(Debug, thiserror::Error)]
pub enum NamesError {
    /// The file cannot be read.
    #[error("cannot read `{0}`: {1}")]
    File(PathBuf, #[source] std::io::Error),
    /// The file holds no name of a person.
    #[error("`{0}` holds no names; expected `sdn.csv` of OFAC or a text with one name a line")]
    Empty(PathBuf),
}

/// Somebody who is looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sought {
    /// The name.
    pub name: String,
    /// The date of birth, `YYYY-MM-DD`.
    pub birth_date: Option<String>,
}

impl Names {
    /// Invented names only.
    pub const fn invented() -> Self {
        Self {
            listed: Vec::new(),
            perturbed_per_mille: 0,
        }
    }

    /// Invented names, and of a thousand so many from the file, with an error in them.
    ///
    /// # Errors
    /// [`NamesError`] where the file cannot be read or holds no names.
    pub fn read(file: &Path, perturbed_per_mille: u32) -> Result<Self, NamesError> {
        let bytes = fs::read(file).map_err(|error| NamesError::File(file.to_owned(), error))?;
        let listed = if file.extension().is_some_and(|ending| ending == "csv") {
            individuals(&bytes)
        } else {
            let text = String::from_utf8_lossy(&bytes);
            let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
            lines.map(str::to_owned).collect()
        };
        if listed.is_empty() {
            return Err(NamesError::Empty(file.to_owned()));
        }
        Ok(Self {
            listed,
            perturbed_per_mille,
        })
    }

    /// The next one to look up.
    pub fn next(&self, chance: &mut Chance) -> Sought {
        if chance.below(1000) < self.perturbed_per_mille
            && let Some(name) = chance.one_of(&self.listed)
        {
            return Sought {
                name: perturbed(name, chance),
                birth_date: None,
            };
        }
        Sought {
            name: invented(chance),
            birth_date: (chance.below(2) == 0).then(|| birth_date(chance)),
        }
    }
}

/// The persons of OFAC's `sdn.csv`: name in the second column, type in the third. `SURNAME, Given`
/// becomes `Given SURNAME`, as an officer reads it from a passport.
fn individuals(bytes: &[u8]) -> Vec<String> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(bytes);
    let rows = reader.byte_records().filter_map(Result::ok);
    rows.filter(|row| {
        row.get(2)
            .is_some_and(|kind| kind.trim_ascii() == b"individual")
    })
    .filter_map(|row| {
        row.get(1)
            .map(|name| String::from_utf8_lossy(name).into_owned())
    })
    .map(|name| match name.split_once(", ") {
        Some((surname, given)) => format!("{given} {surname}"),
        None => name,
    })
    .collect()
}

fn invented(chance: &mut Chance) -> String {
    let given = chance.one_of(GIVEN).copied().unwrap_or_default();
    let mut surname = String::new();
    for _ in 0..2 + chance.below(2) {
        surname.push_str(chance.one_of(SYLLABLES).copied().unwrap_or_default());
    }
    surname.push_str(chance.one_of(ENDINGS).copied().unwrap_or_default());
    let mut letters = surname.chars();
    let first = letters
        .next()
        .map(|letter| letter.to_uppercase().to_string());
    format!("{given} {}{}", first.unwrap_or_default(), letters.as_str())
}

fn birth_date(chance: &mut Chance) -> String {
    let (year, month, day) = (chance.below(56), chance.below(12), chance.below(28));
    format!("{:04}-{:02}-{:02}", 1950 + year, month + 1, day + 1)
}

/// The name with one error that people make: a letter left out, doubled or exchanged with its
/// neighbour, or the parts in another order.
fn perturbed(name: &str, chance: &mut Chance) -> String {
    let mut letters: Vec<char> = name.chars().collect();
    let count = u32::try_from(letters.len()).unwrap_or(0);
    let place = usize::try_from(chance.below(count.saturating_sub(1))).unwrap_or(0);
    match chance.below(4) {
        0 if letters.len() > 4 => {
            letters.remove(place);
        }
        1 if letters.len() > 4 => letters.swap(place, place + 1),
        2 => {
            let doubled = letters.get(place).copied();
            letters.splice(place..place, doubled);
        }
        _ => {
            let mut parts: Vec<&str> = name.split_whitespace().collect();
            let by = usize::from(parts.len() > 1);
            parts.rotate_left(by);
            return parts.join(" ");
        }
    }
    letters.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_asks_for_the_same_names() {
        let names = Names::invented();
        let list = |seed| {
            let mut chance = Chance::seeded(seed);
            (0..50).map(|_| names.next(&mut chance)).collect::<Vec<_>>()
        };
        assert_eq!(list(7), list(7));
        assert_ne!(list(7), list(8));
        assert!(list(7).iter().all(|sought| sought.name.contains(' ')));
    }

    #[test]
    fn reads_persons_but_not_ships_from_the_ofac_list() {
        let text = b"1,\"DOE, Jane\",\"individual\",\"X\"\n2,\"SEA QUEEN\",\"vessel\",\"X\"\n\x1a";
        assert_eq!(individuals(text), ["Jane DOE"]);
    }

    #[test]
    fn takes_as_many_names_from_the_list_as_was_said() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("names.txt");
        fs::write(&file, "Xxxxx Qqqqq\n\n").unwrap();
        let names = Names::read(&file, 1000).unwrap();
        let mut chance = Chance::seeded(1);
        assert!((0..100).all(|_| names.next(&mut chance).name.contains("xx")));
        let names = Names::read(&file, 0).unwrap();
        assert!((0..100).all(|_| !names.next(&mut chance).name.contains("xx")));
    }

    #[test]
    fn refuses_a_file_without_names() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("empty.csv");
        assert!(matches!(Names::read(&file, 1), Err(NamesError::File(..))));
        fs::write(&file, "").unwrap();
        assert!(matches!(Names::read(&file, 1), Err(NamesError::Empty(_))));
    }

    #[test]
    fn a_perturbed_name_stays_close() {
        let mut chance = Chance::seeded(3);
        for _ in 0..500 {
            let name = perturbed("Jane DOE", &mut chance);
            assert!((7..=9).contains(&name.chars().count()), "{name}");
        }
        for short in ["", "A", "AB"] {
            for _ in 0..50 {
                assert!(perturbed(short, &mut chance).len() <= 3);
            }
        }
    }
}
