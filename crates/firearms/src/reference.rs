//! Names of calibres, makers and models as they are written, brought together; and what serial
//! numbers of some factories say. Tables in `data/`, each row with its source.

use std::collections::HashMap;

use jiff::civil::Date;
use serde::Deserialize;

use crate::text::key;

const CALIBRES: &str = include_str!("../data/calibres.txt");
const MAKES: &str = include_str!("../data/makes.toml");
const SERIALS: &str = include_str!("../data/serials.toml");

/// A calibre.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calibre {
    names: Vec<String>,
    source: String,
}

/// A maker, with what it made.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Make {
    /// Its name.
    pub name: String,
    /// Other names and marks.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// The country, by its code of today.
    pub country: String,
    /// Where this is known from.
    pub source: String,
    /// Models.
    #[serde(default)]
    pub models: Vec<Model>,
}

/// A model.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// Its name.
    pub name: String,
    /// Other names.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// What kind of weapon.
    pub kind: String,
    /// Its calibre.
    pub calibre: String,
}

/// What a serial number of this form says. A hint: it never refuses a number.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SerialHint {
    /// The maker.
    pub make: String,
    /// The model, where it holds for one only.
    #[serde(default)]
    pub model: Option<String>,
    /// The form: `A` is a letter, `9` a digit, `Y` a digit of the year; separators do not count.
    pub form: String,
    /// What is added to the number of the `Y` places to make a year.
    #[serde(default)]
    pub year_from: Option<i16>,
    /// What it says.
    pub says: String,
    /// Where this is known from.
    pub source: String,
}

/// A table that cannot be used: a mistake in the program.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the reference tables cannot be used: {0}")]
pub struct InvalidReference(String);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Makes {
    makes: Vec<Make>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Serials {
    serials: Vec<SerialHint>,
}

/// The name in the table of makers under which stands what is not known.
const UNKNOWN: &str = "Unknown";

/// All tables.
#[derive(Debug, Clone)]
pub struct Reference {
    calibres: Vec<Calibre>,
    by_calibre: HashMap<String, usize>,
    makes: Vec<Make>,
    by_make: HashMap<String, usize>,
    by_model: HashMap<String, String>,
    serials: Vec<SerialHint>,
}

impl Calibre {
    /// The name under which it is shown.
    pub fn name(&self) -> &str {
        self.names.first().map_or("", String::as_str)
    }

    /// Every name, the first one included.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Where its names are known from.
    pub fn source(&self) -> &str {
        &self.source
    }
}

/// The key of a calibre: what stands in front (`cal.`, `kal.`) and the unit `mm` are left out.
fn calibre_key(text: &str) -> String {
    let key = key(text);
    let key = ["caliber", "calibre", "kaliber", "kalibar", "cal", "kal"]
        .iter()
        .find_map(|word| key.strip_prefix(word))
        .unwrap_or(&key)
        .to_owned();
    let mut left = String::with_capacity(key.len());
    let mut rest = key.as_str();
    while let Some(place) = rest.find("mm") {
        let (before, after) = rest.split_at(place);
        left.push_str(before);
        // `mm` after a digit is the unit; elsewhere it is part of a word.
        if !before.ends_with(|letter: char| letter.is_ascii_digit()) {
            left.push_str("mm");
        }
        rest = after.get(2..).unwrap_or_default();
    }
    left.push_str(rest);
    left
}

impl Reference {
    /// The tables that come with the program.
    ///
    /// # Errors
    /// [`InvalidReference`]: a mistake in the program.
    pub fn shipped() -> Result<Self, InvalidReference> {
        Self::parse(CALIBRES, MAKES, SERIALS)
    }

    /// Tables of these texts.
    ///
    /// # Errors
    /// [`InvalidReference`] where one does not parse, or two calibres have one name.
    pub fn parse(calibres: &str, makes: &str, serials: &str) -> Result<Self, InvalidReference> {
        let wrong = |error: &dyn std::fmt::Display| InvalidReference(error.to_string());
        let calibres = read_calibres(calibres)?;
        let mut by_calibre = HashMap::new();
        for (place, calibre) in calibres.iter().enumerate() {
            for name in &calibre.names {
                let held = by_calibre.insert(calibre_key(name), place);
                if held.is_some_and(|held| held != place) {
                    return Err(InvalidReference(format!(
                        "two calibres are called `{name}`"
                    )));
                }
            }
        }
        let Makes { makes } = toml::from_str(makes).map_err(|error| wrong(&error))?;
        let Serials { serials } = toml::from_str(serials).map_err(|error| wrong(&error))?;
        let mut by_make = HashMap::new();
        let mut by_model = HashMap::new();
        for (place, make) in makes.iter().enumerate() {
            for name in std::iter::once(&make.name).chain(&make.aliases) {
                if by_make
                    .insert(key(name), place)
                    .is_some_and(|held| held != place)
                {
                    return Err(InvalidReference(format!("two makes are called `{name}`")));
                }
            }
            for model in &make.models {
                if crate::WeaponKind::parse(&model.kind).is_none() {
                    return Err(InvalidReference(format!("`{}` is no kind", model.kind)));
                }
                for name in std::iter::once(&model.name).chain(&model.aliases) {
                    by_model
                        .entry(key(name))
                        .or_insert_with(|| key(&model.name));
                }
            }
        }
        Ok(Self {
            calibres,
            by_calibre,
            makes,
            by_make,
            by_model,
            serials,
        })
    }

    /// The calibre that is written so, where it is known.
    pub fn calibre(&self, text: &str) -> Option<&Calibre> {
        let place = self.by_calibre.get(&calibre_key(text))?;
        self.calibres.get(*place)
    }

    /// The name of a calibre, or its key where it is not known: equal ones are the same calibre.
    pub fn calibre_name(&self, text: &str) -> String {
        let known = self.calibre(text).map(|calibre| calibre.name().to_owned());
        known.unwrap_or_else(|| calibre_key(text))
    }

    /// The maker that is written so, where it is known.
    pub fn make(&self, text: &str) -> Option<&Make> {
        let place = self.by_make.get(&key(text))?;
        self.makes.get(*place)
    }

    /// The name of a maker, or its key where it is not known: equal ones are the same maker.
    pub fn make_name(&self, text: &str) -> String {
        let known = self.make(text).map(|make| make.name.clone());
        known.unwrap_or_else(|| key(text))
    }

    /// Whether a text says that a maker, a model or a calibre is not known.
    pub fn is_unknown(&self, text: &str) -> bool {
        self.make(text).is_some_and(|make| make.name == UNKNOWN)
    }

    /// The key of a model with its other names as one.
    pub fn model_name(&self, text: &str) -> String {
        let key = key(text);
        self.by_model.get(&key).cloned().unwrap_or(key)
    }

    /// Every maker, in the order of the table.
    pub fn makes(&self) -> &[Make] {
        &self.makes
    }

    /// Every calibre, in the order of the table.
    pub fn calibres(&self) -> &[Calibre] {
        &self.calibres
    }

    /// What the form of a serial number says. Nothing that is unknown, or does not fit, is wrong.
    pub fn hints(&self, make: &str, model: &str, serial: &str, today: Date) -> Vec<String> {
        let make = self.make_name(make);
        let model = self.model_name(model);
        let written: Vec<char> = serial
            .chars()
            .filter(|letter| letter.is_alphanumeric())
            .flat_map(char::to_uppercase)
            .collect();
        let fits = |hint: &&SerialHint| {
            self.make_name(&hint.make) == make
                && hint
                    .model
                    .as_ref()
                    .is_none_or(|named| self.model_name(named) == model)
        };
        let hints = self.serials.iter().filter(fits);
        hints
            .filter_map(|hint| read_hint(hint, &written, today))
            .collect()
    }
}

fn read_hint(hint: &SerialHint, written: &[char], today: Date) -> Option<String> {
    let form: Vec<char> = hint.form.chars().filter(|c| c.is_alphanumeric()).collect();
    if form.len() != written.len() {
        return None;
    }
    let mut year = String::new();
    for (form, letter) in form.iter().zip(written) {
        let fits = match form {
            'A' => letter.is_alphabetic(),
            '9' => letter.is_ascii_digit(),
            'Y' => {
                year.push(*letter);
                letter.is_ascii_digit()
            }
            other => other == letter,
        };
        if !fits {
            return None;
        }
    }
    let Some(from) = hint.year_from else {
        return Some(hint.says.clone());
    };
    let year = year.parse::<i16>().ok()?.checked_add(from)?;
    let said = hint.says.replace("{year}", &year.to_string());
    (year <= today.year()).then_some(said)
}

/// Lines `name | other name | … ; source`; `#` begins a remark.
fn read_calibres(text: &str) -> Result<Vec<Calibre>, InvalidReference> {
    let mut calibres = Vec::new();
    let mut source_of_block = String::new();
    for (number, line) in (1_usize..).zip(text.lines()) {
        let line = line.trim();
        if let Some(source) = line.strip_prefix("@ ") {
            source.clone_into(&mut source_of_block);
            continue;
        }
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let names: Vec<String> = line
            .split('|')
            .map(|name| name.trim().to_owned())
            .filter(|name| !name.is_empty())
            .collect();
        if names.is_empty() || source_of_block.is_empty() {
            let text = format!("line {number} of the calibres has no name or no source");
            return Err(InvalidReference(text));
        }
        calibres.push(Calibre {
            names,
            source: source_of_block.clone(),
        });
    }
    Ok(calibres)
}
