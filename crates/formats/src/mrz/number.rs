//! The document number, also where it has more than nine characters.

use super::form::{Field, Layout, Part};

/// The number of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Number {
    /// Without fillers at its end.
    pub(super) value: String,
    /// What its check digit is computed over.
    pub(super) covered: String,
    /// Its check digit as stated.
    pub(super) stated: char,
    /// How many characters of the optional data belong to it.
    pub(super) taken: usize,
    /// The place of its check digit, where the form has one.
    pub(super) digit_at: usize,
}

impl Number {
    /// Reads the number. In TD1 and TD2, one of more than nine characters has `<` for its check
    /// digit and goes on in the optional data: rest, check digit, `<` (Doc 9303-5 and 9303-6). The
    /// digit is computed over the number without that `<` in between.
    pub(super) fn read(zone: &str, layout: &Layout) -> Self {
        let first = layout.text(zone, Field::DocumentNumber);
        let stated = layout.digit(zone, Field::DocumentNumber).unwrap_or('<');
        let optional = layout
            .texts(zone, Field::OptionalData, Part::Value)
            .next()
            .unwrap_or_default();
        let rest = optional.split('<').next().unwrap_or_default();
        let at = |field, part| layout.start(field, part).unwrap_or_default();
        let goes_on = layout.long_numbers && stated == '<' && !first.ends_with('<');
        if let (true, Some((digit, more))) = (goes_on && rest.len() > 1, split_last(rest)) {
            let whole = format!("{first}{more}");
            return Self {
                value: whole.clone(),
                covered: whole,
                stated: digit,
                taken: rest.len().saturating_add(1).min(optional.len()),
                digit_at: at(Field::OptionalData, Part::Value).saturating_add(more.len()),
            };
        }
        Self {
            value: first.trim_end_matches('<').to_owned(),
            covered: first.to_owned(),
            stated,
            taken: 0,
            digit_at: at(Field::DocumentNumber, Part::Digit),
        }
    }
}

fn split_last(text: &str) -> Option<(char, &str)> {
    let digit = text.chars().next_back()?;
    Some((digit, text.strip_suffix(digit)?))
}
