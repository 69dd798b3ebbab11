//! Numbers written as words: `Brigade Forty-Four` is `Brigade 44`.

use super::token::Raw;
use crate::text::{Symbol, ends, is_spelt, symbols};

/// English words, with spellings that are often seen, and the languages of the region.
const UNITS: &[(&str, u32)] = &[
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("first", 1),
    ("second", 2),
    ("third", 3),
    ("fourth", 4),
    ("fifth", 5),
    ("sixth", 6),
    ("seventh", 7),
    ("eighth", 8),
    ("ninth", 9),
    ("tenth", 10),
    ("1st", 1),
    ("2nd", 2),
    ("3rd", 3),
];
const TENS: &[(&str, u32)] = &[
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("fourty", 40),
    ("fifty", 50),
    ("sixty", 60),
    ("seventy", 70),
    ("eighty", 80),
    ("ninety", 90),
    ("hundred", 100),
];

/// Turns number words into digits; tens and units into one number.
pub(super) fn digits(raws: Vec<Raw>) -> Vec<Raw> {
    let mut words: Vec<Raw> = Vec::with_capacity(raws.len());
    let mut tens_before = None;
    for mut raw in raws {
        let unit = value(UNITS, &raw.symbols);
        let tens = value(TENS, &raw.symbols);
        match (tens_before.take(), unit, tens) {
            (Some(before), Some(unit), _) if unit < 10 => {
                if let Some(last) = words.last_mut() {
                    last.symbols = symbols(&u32::to_string(&(before + unit)));
                    last.end = raw.end;
                }
            }
            (_, Some(number), _) | (_, None, Some(number)) => {
                tens_before = tens;
                raw.symbols = symbols(&number.to_string());
                words.push(raw);
            }
            _ => {
                // `5th`, `22nd`.
                let stem = raw.symbols.len().saturating_sub(2);
                let number = raw.symbols.get(..stem).unwrap_or_default();
                let is_number = !number.is_empty() && number.iter().all(|s| s.is_digit());
                if is_number
                    && ["th", "st", "nd", "rd"]
                        .iter()
                        .any(|end| ends(&raw.symbols, end))
                {
                    raw.symbols.truncate(stem);
                }
                words.push(raw);
            }
        }
    }
    words
}

/// What tells a son from his father of the same name, as it is written in Roman numerals.
const GENERATIONS: &[(&str, &str)] = &[("2nd", "ii"), ("3rd", "iii"), ("4th", "iv")];

/// `Henry Doyle 3rd` is `Henry Doyle III`.
pub(super) fn generations(mut raws: Vec<Raw>) -> Vec<Raw> {
    if let [_, .., last] = raws.as_mut_slice()
        && let Some((_, numeral)) = GENERATIONS
            .iter()
            .find(|(ordinal, _)| is_spelt(&last.symbols, ordinal))
    {
        last.symbols = symbols(numeral);
    }
    raws
}

fn value(table: &[(&str, u32)], word: &[Symbol]) -> Option<u32> {
    let found = table.iter().find(|(text, _)| is_spelt(word, text));
    found.map(|(_, value)| *value)
}

#[cfg(test)]
mod tests {
    use crate::description::{Name, Schema};
    use crate::names::prepare_name;
    use crate::text::symbols;

    #[test]
    fn words_become_digits_in_the_names_of_bodies_only() {
        let last = |text: &str, schema| {
            let name = prepare_name(&Name::new(text), schema);
            name.tokens.last().unwrap().shape.symbols.clone()
        };
        let body = Schema::Organization;
        assert_eq!(*last("Brigade Forty-Four", body), *symbols("44"));
        assert_eq!(*last("Brigade 44th", body), *symbols("44"));
        assert_eq!(*last("Storm Two", Schema::Vessel), *symbols("2"));
        assert_eq!(*last("Jack Second", Schema::Person), *symbols("second"));
        assert_eq!(*last("Jack Doyle 3rd", Schema::Person), *symbols("iii"));
    }
}
