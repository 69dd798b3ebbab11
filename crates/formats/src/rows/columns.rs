//! Columns of tables and their headings: what all kinds of tables share. Headings are compared
//! without case, accents and script: `Датум рођења`, `Datum rođenja` and `datum_rodjenja` are one.

use std::collections::HashMap;

use super::{RowsError, RowsProblem};
use crate::error::shorten;

/// What a column of a table may hold.
pub trait TableField: Copy + PartialEq {
    /// How it is written.
    fn as_str(self) -> &'static str;
}

/// A column that is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappedField<F> {
    /// As what.
    pub field: F,
    /// Which one, from 1.
    pub number: usize,
    /// Its heading; empty where the file has none.
    pub heading: String,
}

impl<F> MappedField<F> {
    /// A column by its place, from 0.
    pub(super) fn of(field: F, index: usize, row: &[String], with_headings: bool) -> Self {
        let heading = match row.get(index) {
            Some(heading) if with_headings => heading.trim().to_owned(),
            _ => String::new(),
        };
        Self {
            field,
            number: index.saturating_add(1),
            heading,
        }
    }
}

/// Each field stands in one column.
pub(super) fn once<F: TableField>(found: &[(F, usize)]) -> Result<(), RowsError> {
    for (at, (field, first)) in found.iter().enumerate() {
        let mut rest = found.iter().skip(at.saturating_add(1));
        if let Some((_, second)) = rest.find(|(other, _)| other == field) {
            return Err(RowsProblem::Ambiguous {
                field: field.as_str(),
                first: first.saturating_add(1),
                second: second.saturating_add(1),
            }
            .into());
        }
    }
    Ok(())
}

/// Fields by their folded headings.
pub(super) fn by_heading<F>(
    headings: &'static str,
    parse: fn(&str) -> Option<F>,
) -> HashMap<&'static str, F> {
    lines(headings)
        .filter_map(|(field, text)| Some((text, parse(field)?)))
        .collect()
}

/// Where a column is that somebody named by its number or its heading.
pub(super) fn place(
    headings: &[String],
    with_headings: bool,
    wanted: &str,
) -> Result<usize, RowsError> {
    let by_number = wanted.trim().parse::<usize>().ok();
    let by_number = by_number
        .and_then(|number| number.checked_sub(1))
        .filter(|index| *index < headings.len());
    let by_heading = || {
        let wanted = fold(wanted);
        let mut same = headings.iter().map(|text| fold(text) == wanted);
        same.position(|same| same).filter(|_| with_headings)
    };
    by_number.or_else(by_heading).ok_or_else(|| {
        RowsProblem::NoColumn {
            wanted: shorten(wanted),
            columns: headings.len(),
        }
        .into()
    })
}

/// A heading and its parts, folded: `Prezime / Surname` says the same thing twice;
/// `Datum rođenja (dd.mm.gggg)` adds a hint.
pub(super) fn readings(heading: &str) -> impl Iterator<Item = String> {
    let parts = heading.split(['/', '(', ')', '|', '\n', ',']);
    std::iter::once(heading).chain(parts).map(fold)
}

/// The fields and their headings of a table of them: each with its field's name.
pub(super) fn lines(table: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    let lines = table.lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| line.split_once(": "))
        .flat_map(|(field, texts)| texts.split(", ").map(move |text| (field, text)))
}

/// Columns as somebody states them, `field=column` by commas.
pub(super) fn stated<F>(
    text: &str,
    parse: impl Fn(&str) -> Option<F>,
    fields: impl Fn() -> Vec<&'static str>,
) -> Result<Vec<(F, String)>, RowsError> {
    let wrong = |part: &str| {
        RowsError::from(RowsProblem::Columns {
            text: shorten(part),
            fields: fields().join(", "),
        })
    };
    text.split(',')
        .map(|part| {
            let (field, column) = part.split_once('=').ok_or_else(|| wrong(part))?;
            let field = parse(field.trim()).ok_or_else(|| wrong(part))?;
            let column = column.trim();
            if column.is_empty() {
                return Err(wrong(part));
            }
            Ok((field, column.to_owned()))
        })
        .collect()
}

/// A heading without case, accents, script and punctuation.
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars().take(200).flat_map(char::to_lowercase) {
        match letter(c) {
            Some(letters) => folded.push_str(letters),
            None if c.is_ascii_alphanumeric() => folded.push(c),
            // A combining accent belongs to the letter before it.
            None if ('\u{300}'..='\u{36F}').contains(&c) => {}
            None => folded.push(' '),
        }
    }
    let words: Vec<&str> = folded.split_whitespace().collect();
    words.join(" ").replace("dj", "d")
}

/// A letter of the region's alphabets in plain letters.
const fn letter(c: char) -> Option<&'static str> {
    Some(match c {
        'à' | 'á' | 'â' | 'ä' | 'ã' | 'а' => "a",
        'б' => "b",
        'ç' | 'č' | 'ć' | 'ц' | 'ч' | 'ћ' => "c",
        'đ' | 'д' | 'ђ' => "d",
        'џ' | 'ѕ' => "dz",
        'è' | 'é' | 'ê' | 'ë' | 'е' | 'ѐ' => "e",
        'ф' => "f",
        'г' | 'ѓ' => "g",
        'х' => "h",
        'ì' | 'í' | 'î' | 'ï' | 'и' | 'ѝ' => "i",
        'ј' | 'й' => "j",
        'к' | 'ќ' => "k",
        'л' => "l",
        'љ' => "lj",
        'м' => "m",
        'ñ' | 'н' => "n",
        'њ' => "nj",
        'ò' | 'ó' | 'ô' | 'ö' | 'о' => "o",
        'п' => "p",
        'р' => "r",
        'š' | 'с' | 'ш' => "s",
        'т' => "t",
        'ù' | 'ú' | 'û' | 'ü' | 'у' => "u",
        'в' => "v",
        'ž' | 'з' | 'ж' => "z",
        _ => return None,
    })
}
