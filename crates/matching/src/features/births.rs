//! Birth dates: how well the best pair agrees.

use super::Finding;
use crate::birth::{BirthDate, PartialDate};
use crate::evidence::Verdict;

/// The best pair of dates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct BirthVerdict {
    pub(crate) finding: Finding,
    /// Both dates, where both sides state one.
    pub(crate) pair: Option<(BirthDate, BirthDate)>,
}

/// Compares every date of one side with every date of the other; the best pair counts.
pub(crate) fn compare_births(left: &[BirthDate], right: &[BirthDate]) -> BirthVerdict {
    let pairs = left
        .iter()
        .flat_map(|a| right.iter().map(move |b| (*a, *b)));
    let best = pairs
        .map(|pair| (compare(pair.0, pair.1), pair))
        .max_by(|a, b| a.0.weight.total_cmp(&b.0.weight));
    match best {
        Some((finding, pair)) => BirthVerdict {
            finding,
            pair: Some(pair),
        },
        None => BirthVerdict {
            finding: Finding::SILENT,
            pair: None,
        },
    }
}

fn compare(left: BirthDate, right: BirthDate) -> Finding {
    let loose = left.is_about() || right.is_about();
    match (left.to(), right.to()) {
        (None, None) => compare_dates(left.from(), right.from(), loose),
        _ => compare_ranges(left, right, loose),
    }
}

fn compare_ranges(left: BirthDate, right: BirthDate, loose: bool) -> Finding {
    let years = |date: BirthDate| {
        let to = date.to().unwrap_or(date.from());
        (date.from().year(), to.year())
    };
    let ((a, b), (c, d)) = (years(left), years(right));
    let gap = (a.max(c) - b.min(d)).max(0);
    match gap {
        // A range of a few years fits one person in ten.
        0 => Finding::new(Verdict::Agrees, 1.0),
        1 | 2 if loose => Finding::new(Verdict::Similar, 0.2),
        _ => apart(gap),
    }
}

fn compare_dates(left: PartialDate, right: PartialDate, loose: bool) -> Finding {
    let gap = (left.year() - right.year()).abs();
    let (a, b) = (known_day(left), known_day(right));
    match (gap, a, b) {
        // One day in some 18,000 of fifty years; but dates are copied and guessed.
        (0, Some(a), Some(b)) if a == b => Finding::new(Verdict::Agrees, 3.5),
        // 3 May for 5 March: a form in the other order.
        (0, Some((m, d)), Some((n, e))) if m == e && d == n => Finding::new(Verdict::Similar, 2.2),
        // One of the two misread.
        (0, Some((m, d)), Some((n, e))) if m == n || d == e => Finding::new(Verdict::Similar, 0.6),
        (0, Some(_), Some(_)) if loose => Finding::new(Verdict::Similar, 0.5),
        (0, Some(_), Some(_)) => Finding::new(Verdict::Contradicts, -1.2),
        (0, _, _) => match (left.month(), right.month()) {
            (Some(m), Some(n)) if m == n && !is_placeholder(left) && !is_placeholder(right) => {
                Finding::new(Verdict::Agrees, 2.2)
            }
            (Some(m), Some(n)) if m != n && !is_placeholder(left) && !is_placeholder(right) => {
                Finding::new(Verdict::Contradicts, -0.8)
            }
            // One year in fifty, with fewer than that in use.
            _ => Finding::new(Verdict::Agrees, 1.4),
        },
        (1, Some(a), Some(b)) if a == b => Finding::new(Verdict::Similar, 1.4),
        (1 | 2, _, _) if loose => Finding::new(Verdict::Similar, 0.5),
        (1, None, _) | (1, _, None) => Finding::new(Verdict::Similar, -0.3),
        // The same day of another year: one digit misread, 1968 for 1986.
        (_, Some(a), Some(b)) if a == b && digits_apart(left.year(), right.year()) => {
            Finding::new(Verdict::Similar, 0.8)
        }
        _ => apart(if loose { gap - 2 } else { gap }),
    }
}

/// What years apart say.
fn apart(gap: i16) -> Finding {
    let weight = match gap {
        i16::MIN..=1 => -0.6,
        2 => -1.6,
        3 => -2.4,
        4..=9 => -4.0,
        _ => -5.0,
    };
    Finding::new(Verdict::Contradicts, weight)
}

/// Month and day, where they are more than a placeholder.
fn known_day(date: PartialDate) -> Option<(u8, u8)> {
    if is_placeholder(date) {
        return None;
    }
    date.month().zip(date.day())
}

/// 1 January is what registers write where they know the year only.
fn is_placeholder(date: PartialDate) -> bool {
    date.month() == Some(1) && date.day() == Some(1)
}

/// Whether two years differ by one digit or by two that changed places.
fn digits_apart(left: i16, right: i16) -> bool {
    let digits = |year: i16| [year / 1000 % 10, year / 100 % 10, year / 10 % 10, year % 10];
    let (a, b) = (digits(left), digits(right));
    let different: Vec<(i16, i16)> = a.into_iter().zip(b).filter(|(x, y)| x != y).collect();
    match different.as_slice() {
        [_] => true,
        [(a, b), (c, d)] => a == d && b == c,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weigh(left: &str, right: &str) -> f64 {
        let forth = compare_births(&[left.parse().unwrap()], &[right.parse().unwrap()]);
        let back = compare_births(&[right.parse().unwrap()], &[left.parse().unwrap()]);
        assert_eq!(forth.finding, back.finding, "{left} {right}");
        forth.finding.weight
    }

    #[test]
    fn the_better_known_the_heavier() {
        let ladder = [
            weigh("1971-03-05", "1971-03-05"),
            weigh("1971-03-05", "1971-03"),
            weigh("1971-03-05", "1971"),
            weigh("1971", "1972"),
            weigh("1971-03-05", "1971-08-19"),
            weigh("1971-03-05", "1975-08-19"),
            weigh("1971-03-05", "1990-08-19"),
        ];
        assert!(
            ladder.windows(2).all(|pair| pair[0] > pair[1]),
            "{ladder:?}"
        );
    }

    #[test]
    fn slips_are_similar() {
        assert!(weigh("1971-03-05", "1971-05-03") > 2.0);
        assert!(weigh("1971-03-05", "1972-03-05") > 1.0);
        assert!(weigh("1968-03-05", "1986-03-05") > 0.5);
        assert!(weigh("~1971", "1973") > 0.0);
        assert!(weigh("1960..1965", "1963-02-02") > 0.5);
        assert!(weigh("1960..1965", "1983-02-02") < -4.0);
    }

    #[test]
    fn the_first_of_january_is_a_placeholder() {
        assert!(weigh("1971-01-01", "1971-08-19") > 1.0);
    }
}
