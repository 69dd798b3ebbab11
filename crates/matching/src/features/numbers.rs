//! Document, registration and other numbers.

use super::check_digits::{Check, check};
use super::{Finding, Nation};
use crate::description::{Identifier, IdentifierKind};
use crate::evidence::Verdict;

/// Characters of a number that are read.
const LENGTH_MAX: usize = 64;
/// A shorter number is shared by many.
const TELLING_FROM: usize = 6;

/// A number, normalised once.
#[derive(Debug, Clone)]
pub(crate) struct PreparedNumber {
    pub(crate) kind: IdentifierKind,
    /// As written.
    pub(crate) written: Box<str>,
    /// Letters and digits, in capitals.
    pub(crate) exact: Box<str>,
    /// The same with look-alikes as one: O and 0, I and 1, B and 8, S and 5.
    pub(crate) folded: Box<str>,
    country: Option<Nation>,
    check: Check,
}

impl PreparedNumber {
    /// `None` where the text holds no letter and no digit.
    pub(crate) fn new(identifier: &Identifier) -> Option<Self> {
        let letters = identifier
            .value
            .chars()
            .filter(|letter| letter.is_alphanumeric());
        // "IMO 9074729" is 9074729; the letters are part of every print, not of the number.
        let only_digits = identifier.kind == IdentifierKind::Imo;
        let exact: String = letters
            .filter(|letter| !only_digits || letter.is_ascii_digit())
            .flat_map(char::to_uppercase)
            .take(LENGTH_MAX)
            .collect();
        if exact.is_empty() {
            return None;
        }
        let country = identifier.country.as_deref().map(Nation::new);
        Some(Self {
            check: check(identifier.kind, &exact, country.as_ref()),
            kind: identifier.kind,
            written: identifier.value.as_str().into(),
            folded: exact.chars().map(look_alike).collect(),
            exact: exact.into(),
            country,
        })
    }
}

impl PreparedNumber {
    /// Who issued it, as written.
    pub(crate) fn country(&self) -> Option<&str> {
        self.country
            .as_ref()
            .map(|country| country.written.as_ref())
    }
}

/// Letters that are read as digits in prints of poor quality, and the reverse.
fn look_alike(letter: char) -> char {
    match letter {
        'O' | 'Q' | 'О' => '0',
        'I' | 'L' => '1',
        'B' | 'В' => '8',
        'S' => '5',
        'Z' => '2',
        other => other,
    }
}

/// The best pair of numbers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NumberMatch {
    pub(crate) finding: Finding,
    /// Places of the numbers on both sides.
    pub(crate) pair: Option<(usize, usize)>,
}

/// Compares every number of one side with every number of the other; the best pair counts, and
/// where none agrees, numbers that a person has only once speak against.
pub(crate) fn compare_numbers(left: &[PreparedNumber], right: &[PreparedNumber]) -> NumberMatch {
    let mut best: Option<(Finding, (usize, usize))> = None;
    for (l, a) in left.iter().enumerate() {
        for (r, b) in right.iter().enumerate() {
            let finding = compare(a, b);
            let better = |(held, _): &(Finding, _)| {
                rank(finding) > rank(*held)
                    || (rank(finding) == rank(*held) && finding.weight.abs() > held.weight.abs())
            };
            if finding != Finding::SILENT && best.as_ref().is_none_or(better) {
                best = Some((finding, (l, r)));
            }
        }
    }
    match best {
        Some((finding, pair)) => NumberMatch {
            finding,
            pair: Some(pair),
        },
        None => NumberMatch {
            finding: Finding::SILENT,
            pair: None,
        },
    }
}

fn rank(finding: Finding) -> u8 {
    match finding.verdict {
        Verdict::Agrees => 3,
        Verdict::Similar => 2,
        Verdict::Contradicts => 1,
        Verdict::Absent => 0,
    }
}

fn compare(left: &PreparedNumber, right: &PreparedNumber) -> Finding {
    let unknown = left.kind == IdentifierKind::Other || right.kind == IdentifierKind::Other;
    let same_kind = left.kind == right.kind;
    let country = match (&left.country, &right.country) {
        (Some(a), Some(b)) => Some(a.is_same(b)),
        _ => None,
    };
    let shortest = left.exact.chars().count().min(right.exact.chars().count());
    // A short number is shared by many; a long one, of one kind and country, by nobody.
    let telling = if shortest >= TELLING_FROM { 1.0 } else { 0.4 };
    if left.exact == right.exact {
        let mut weight: f64 = if same_kind && !unknown { 9.0 } else { 7.0 };
        if !same_kind && !unknown {
            weight = 4.0;
        }
        weight += match country {
            Some(true) => 1.0,
            Some(false) => -3.0,
            None => 0.0,
        };
        weight += match left.check {
            // Chance or a filler seldom makes a right digit.
            Check::Right => 1.0,
            // Copied from one wrong source, or a filler: 1234567890123.
            Check::Wrong => -3.0,
            Check::Unknown => 0.0,
        };
        return Finding::new(Verdict::Agrees, weight * telling);
    }
    if (same_kind || unknown) && shortest >= TELLING_FROM && country != Some(false) {
        if left.folded == right.folded {
            return Finding::new(Verdict::Similar, 5.5);
        }
        let checks = (left.check, right.check);
        let slip =
            one_place_differs(&left.folded, &right.folded) || swapped(&left.folded, &right.folded);
        if slip
            && matches!(
                checks,
                (Check::Right, Check::Wrong) | (Check::Wrong, Check::Right)
            )
        {
            // The wrong digit says that it was misread; one slip makes the right number of it.
            return Finding::new(Verdict::Similar, 4.0);
        }
        let both_right = checks == (Check::Right, Check::Right);
        if !both_right && one_place_differs(&left.folded, &right.folded) {
            // One digit misread: in a series of numbers this is also the next document.
            return Finding::new(Verdict::Similar, 1.5);
        }
    }
    if !same_kind || country == Some(false) {
        return Finding::SILENT;
    }
    match left.kind {
        // One for life, or nearly.
        IdentifierKind::NationalNumber | IdentifierKind::Lei | IdentifierKind::Imo => {
            Finding::new(Verdict::Contradicts, -4.5)
        }
        IdentifierKind::TaxNumber | IdentifierKind::Registration => {
            Finding::new(Verdict::Contradicts, -1.0)
        }
        // Documents are renewed.
        IdentifierKind::Passport | IdentifierKind::IdentityCard => {
            Finding::new(Verdict::Contradicts, -0.3)
        }
        _ => Finding::SILENT,
    }
}

fn one_place_differs(left: &str, right: &str) -> bool {
    left.chars().count() == right.chars().count()
        && left
            .chars()
            .zip(right.chars())
            .filter(|(a, b)| a != b)
            .count()
            == 1
}

/// Whether two neighbouring places are exchanged.
fn swapped(left: &str, right: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let different: Vec<usize> = (0..a.len()).filter(|at| a.get(*at) != b.get(*at)).collect();
    match different.as_slice() {
        [first, second] => {
            a.len() == b.len()
                && first + 1 == *second
                && a.get(*first) == b.get(*second)
                && a.get(*second) == b.get(*first)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(kind: IdentifierKind, value: &str, country: Option<&str>) -> PreparedNumber {
        PreparedNumber::new(&Identifier {
            kind,
            value: value.to_owned(),
            country: country.map(str::to_owned),
        })
        .unwrap()
    }

    fn weigh(left: PreparedNumber, right: PreparedNumber) -> Finding {
        compare_numbers(&[left], &[right]).finding
    }

    #[test]
    fn separators_never_matter() {
        use IdentifierKind::Passport;
        let a = number(Passport, "E 619-1609", Some("RS"));
        let b = number(Passport, "e6191609", Some("Serbia"));
        let found = weigh(a.clone(), b);
        assert_eq!(found.verdict, Verdict::Agrees);
        assert!(found.weight > weigh(a, number(Passport, "E6191609", None)).weight);
    }

    #[test]
    fn look_alikes_are_similar_and_short_numbers_say_little() {
        use IdentifierKind::Passport;
        let found = weigh(
            number(Passport, "BO123S5", None),
            number(Passport, "8O1235S", None),
        );
        assert_eq!(found.verdict, Verdict::Similar);
        assert!(weigh(number(Passport, "123", None), number(Passport, "123", None)).weight < 4.0);
    }

    #[test]
    fn a_right_check_digit_is_strong_and_a_wrong_one_is_a_slip() {
        use IdentifierKind::{Imo, Other};
        let right = || number(Imo, "IMO 9074729", None);
        let same = weigh(right(), right());
        let unchecked = weigh(
            number(Other, "9074729", None),
            number(Other, "9074729", None),
        );
        assert!(same.weight > unchecked.weight);
        let misread = weigh(right(), number(Imo, "9074728", None));
        assert_eq!(misread.verdict, Verdict::Similar);
        assert!(misread.weight > 3.0);
        // Two ships in one series, both with their own right digit.
        let sister = weigh(right(), number(Imo, "9074781", None));
        assert_eq!(sister.verdict, Verdict::Contradicts);
    }

    #[test]
    fn another_national_number_speaks_against() {
        use IdentifierKind::NationalNumber;
        let found = weigh(
            number(NationalNumber, "0503971710012", None),
            number(NationalNumber, "1111980715555", None),
        );
        assert_eq!(found.verdict, Verdict::Contradicts);
    }
}
