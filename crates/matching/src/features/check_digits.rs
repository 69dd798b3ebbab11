//! Check digits of numbers that carry one: whether a number can be right at all.

use super::Nation;
use crate::description::IdentifierKind;

/// What the check digit says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Check {
    /// The kind has no check digit, or it is not known which kind it is.
    Unknown,
    /// The digit is right.
    Right,
    /// The digit is wrong: a place was misread or mistyped.
    Wrong,
}

/// States whose personal numbers are JMBG, in the laws of Yugoslavia's successors.
const JMBG: &[&str] = &["RS", "BA", "ME", "MK", "SI", "XK", "HR", "YU"];

/// Checks a number of letters and digits in capitals.
pub(crate) fn check(kind: IdentifierKind, number: &str, country: Option<&Nation>) -> Check {
    let from = |codes: &[&str]| {
        country.is_none_or(|country| codes.iter().any(|code| Nation::new(code).is_same(country)))
    };
    let digits: Option<Vec<u32>> = number.chars().map(|letter| letter.to_digit(10)).collect();
    match (kind, digits.as_deref()) {
        (IdentifierKind::Imo, Some(digits)) => said(imo(digits)),
        (IdentifierKind::Lei, _) => said(lei(number)),
        (IdentifierKind::NationalNumber, Some(digits)) => match digits.len() {
            13 if from(JMBG) => said(jmbg(digits)),
            11 if from(&["HR"]) => certain(said(oib(digits)), country),
            10 if from(&["BG"]) => certain(said(egn(digits)), country),
            _ => Check::Unknown,
        },
        (IdentifierKind::TaxNumber, Some(digits)) if digits.len() == 11 && from(&["HR"]) => {
            certain(said(oib(digits)), country)
        }
        // The letter at the end of an Albanian number is a check letter; its rule is not public.
        _ => Check::Unknown,
    }
}

fn said(right: Option<bool>) -> Check {
    match right {
        Some(true) => Check::Right,
        Some(false) => Check::Wrong,
        None => Check::Unknown,
    }
}

/// Many states have numbers of ten or eleven digits: without a state, only "right" says something.
fn certain(check: Check, country: Option<&Nation>) -> Check {
    if check == Check::Wrong && country.is_none() {
        Check::Unknown
    } else {
        check
    }
}

fn weighted(digits: &[u32], weights: &[u32]) -> u32 {
    digits
        .iter()
        .zip(weights)
        .map(|(digit, weight)| digit * weight)
        .sum()
}

/// IMO resolution A.1117(30): seven digits, the last of the sum of the first six times 7 to 2.
fn imo(digits: &[u32]) -> Option<bool> {
    let (last, first) = digits.split_last().filter(|_| digits.len() == 7)?;
    Some(weighted(first, &[7, 6, 5, 4, 3, 2]) % 10 == *last)
}

/// ISO 17442 with ISO/IEC 7064 MOD 97-10: letters are 10 to 35, the remainder is 1.
fn lei(number: &str) -> Option<bool> {
    if number.len() != 20 {
        return None;
    }
    let mut rest = 0;
    for letter in number.chars() {
        let value = letter.to_digit(36)?;
        rest = (rest * if value > 9 { 100 } else { 10 } + value) % 97;
    }
    Some(rest == 1)
}

/// JMBG and EMBG: thirteen digits, MOD 11 with the weights 7 to 2 twice.
fn jmbg(digits: &[u32]) -> Option<bool> {
    let (last, first) = digits.split_last()?;
    let sum = weighted(first, &[7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]);
    let digit = match 11 - sum % 11 {
        digit @ 1..=9 => digit,
        _ => 0,
    };
    Some(digit == *last)
}

/// OIB: eleven digits, ISO/IEC 7064 MOD 11-10.
fn oib(digits: &[u32]) -> Option<bool> {
    let (last, first) = digits.split_last()?;
    let rest = first.iter().fold(10, |rest, digit| {
        let sum = (rest + digit) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    Some((11 - rest) % 10 == *last)
}

/// EGN: ten digits, MOD 11 of powers of two, 10 counts as 0.
fn egn(digits: &[u32]) -> Option<bool> {
    let (last, first) = digits.split_last()?;
    Some(weighted(first, &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10 == *last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use IdentifierKind::{Imo, Lei, NationalNumber, Passport};

    #[test]
    fn right_and_wrong_digits_are_told_apart() {
        let bulgaria = Nation::new("BG");
        let croatia = Nation::new("HR");
        for (kind, number, country, expected) in [
            (Imo, "9074729", None, Check::Right),
            (Imo, "9074728", None, Check::Wrong),
            (Imo, "907472", None, Check::Unknown),
            (Lei, "5493001KJTIIGC8Y1R12", None, Check::Right),
            (Lei, "5493001KJTIIGC8Y1R21", None, Check::Wrong),
            (NationalNumber, "0101006500006", None, Check::Right),
            (NationalNumber, "0101006500016", None, Check::Wrong),
            (NationalNumber, "7523169263", Some(&bulgaria), Check::Right),
            (NationalNumber, "7523169264", Some(&bulgaria), Check::Wrong),
            (NationalNumber, "7523169264", None, Check::Unknown),
            (NationalNumber, "33392005961", Some(&croatia), Check::Right),
            (NationalNumber, "33392005962", Some(&croatia), Check::Wrong),
            (
                NationalNumber,
                "33392005962",
                Some(&bulgaria),
                Check::Unknown,
            ),
            (Passport, "9074729", None, Check::Unknown),
        ] {
            assert_eq!(check(kind, number, country), expected, "{number}");
        }
    }
}
