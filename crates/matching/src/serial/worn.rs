//! Two numbers of which neither could be read wholly.

use super::Query;
use super::compare::{Likeness, PlaceEvidence, PlaceVerdict};
use super::cost::{DIFFERS, LOOK_ALIKE};
use super::number::fold;
use super::query::Place;

/// Compares two numbers that were read in part. Where one of them has a mask, the other says
/// nothing against it; how much was read counts the places that both say something of.
///
/// ```
/// use egnatia_matching::serial::{Query, compare_worn};
///
/// let likeness = compare_worn(&Query::new("M70?45123")?, &Query::new("M70B451*")?);
/// assert_eq!((likeness.is_alike(), likeness.likeness, likeness.read), (true, 1.0, 0.6));
/// assert!(!compare_worn(&Query::new("M70?45123")?, &Query::new("M70B459*")?).is_alike());
/// # Ok::<(), egnatia_matching::serial::SerialError>(())
/// ```
pub fn compare_worn(query: &Query, known: &Query) -> Likeness {
    let (ours, theirs) = (query.places(), known.places());
    let mut rows: Vec<Vec<Option<Step>>> = Vec::with_capacity(ours.len().saturating_add(1));
    for at in 0..=ours.len() {
        let mut row: Vec<Option<Step>> = Vec::with_capacity(theirs.len().saturating_add(1));
        for with in 0..=theirs.len() {
            let before = |at: Option<usize>, with: Option<usize>, row: &[Option<Step>]| {
                let (at_before, with_before) = (at?, with?);
                let step = match rows.get(at_before) {
                    Some(above) => above.get(with_before)?,
                    None => row.get(with_before)?,
                };
                Some(step.map_or(1.0, |step| step.left))
            };
            let (up, left) = (at.checked_sub(1), with.checked_sub(1));
            let mine = up.and_then(|up| ours.get(up)).copied();
            let other = left.and_then(|left| theirs.get(left)).copied();
            let both =
                before(up, left, &row)
                    .zip(mine.zip(other))
                    .map(|(before, (mine, other))| {
                        let (cost, verdict) = pair(mine, other);
                        Step::new(before * (1.0 - cost), verdict, (true, true))
                    });
            let only_mine = before(up, Some(with), &row)
                .zip(mine)
                .map(|(before, mine)| {
                    let (cost, verdict) = lone(mine, other);
                    Step::new(before * (1.0 - cost), verdict, (true, false))
                });
            let only_other = before(Some(at), left, &row)
                .zip(other)
                .map(|(before, other)| {
                    let (cost, verdict) = lone(other, mine);
                    Step::new(before * (1.0 - cost), verdict, (false, true))
                });
            let best = [both, only_mine, only_other]
                .into_iter()
                .flatten()
                .reduce(|best, next| match next.left > best.left {
                    true => next,
                    false => best,
                });
            row.push(best);
        }
        rows.push(row);
    }
    walk((ours, theirs), &rows)
}

#[derive(Clone, Copy)]
struct Step {
    left: f64,
    verdict: PlaceVerdict,
    mine: bool,
    other: bool,
}

impl Step {
    const fn new(left: f64, verdict: PlaceVerdict, (mine, other): (bool, bool)) -> Self {
        Self {
            left,
            verdict,
            mine,
            other,
        }
    }
}

fn walk((ours, theirs): (&[Place], &[Place]), rows: &[Vec<Option<Step>>]) -> Likeness {
    let (mut at, mut with) = (ours.len(), theirs.len());
    let step_at = |at: usize, with: usize| *rows.get(at)?.get(with)?;
    let likeness = step_at(at, with).map_or(1.0, |step| step.left);
    let mut evidence = Vec::new();
    let mut read = 0.0;
    while let Some(step) = step_at(at, with) {
        let mine = at.checked_sub(1).and_then(|at| ours.get(at));
        let other = with.checked_sub(1).and_then(|with| theirs.get(with));
        if let (Some(mine), Some(other), true) = (mine, other, step.mine && step.other) {
            read += mine.share() * other.share();
        }
        evidence.push(PlaceEvidence {
            query: mine.filter(|_| step.mine).map(|place| place.character()),
            entry: other.filter(|_| step.other).map(|place| place.character()),
            verdict: step.verdict,
        });
        at = at.saturating_sub(usize::from(step.mine));
        with = with.saturating_sub(usize::from(step.other));
    }
    evidence.reverse();
    let lines = u32::try_from(evidence.len().max(1)).map_or(f64::MAX, f64::from);
    Likeness {
        likeness,
        read: read / lines,
        evidence,
    }
}

fn pair(mine: Place, other: Place) -> (f64, PlaceVerdict) {
    let (Place::Read { character: a, .. }, Place::Read { character: b, .. }) = (mine, other) else {
        // `*` stands still while it takes places in; here it would end with one.
        let ends = matches!(mine, Place::Some) != matches!(other, Place::Some);
        return (if ends { 1.0 } else { 0.0 }, PlaceVerdict::Masked);
    };
    let sure = mine.share() * other.share();
    if a == b {
        (0.0, PlaceVerdict::Same)
    } else if fold(a) == fold(b) {
        (LOOK_ALIKE * sure, PlaceVerdict::LookAlike)
    } else {
        (DIFFERS * sure, PlaceVerdict::Differs)
    }
}

/// A place of one side alone, before `other` of the other side.
fn lone(place: Place, other: Option<Place>) -> (f64, PlaceVerdict) {
    match (place, other) {
        (Place::Some, _) | (_, Some(Place::Some)) => (0.0, PlaceVerdict::Masked),
        _ => (DIFFERS, PlaceVerdict::Missing),
    }
}
