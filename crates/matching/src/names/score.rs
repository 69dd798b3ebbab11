//! The best pair of names of two sides.

use arrayvec::ArrayVec;

use super::align::{Gains, Pairs};
use super::ledger::{
    AGAINST_MAX, Bearer, COMPLETE_BODY, Ledger, Order, Pairing, Pairings, agreement, contradiction,
    is_telling, pair_gain,
};
use super::scorer::{RARITY_MAX, RARITY_MIN, Scorer};
use super::token::TOKENS_MAX;
use super::units::{Unit, Units, may_join, units};
use crate::description::NameKind;
use crate::evidence::Verdict;
use crate::side::{NameRef, Side};
use crate::text::real;

/// The best pair of names.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NameScore {
    pub(crate) left: usize,
    pub(crate) right: usize,
    pub(crate) weight: f64,
    pub(crate) pairings: Pairings,
}

/// Compares every name of one side with every name of the other. `None` where a side has none.
pub(crate) fn score_names(
    left: &Side<'_>,
    right: &Side<'_>,
    scorer: &mut Scorer,
    bearer: Bearer,
) -> Option<NameScore> {
    let mut best: Option<NameScore> = None;
    for (l, left_name) in left.names().enumerate() {
        for (r, right_name) in right.names().enumerate() {
            if left_name.tokens.is_empty() || right_name.tokens.is_empty() {
                continue;
            }
            // In their own script such names tell more: many Chinese names sound the same.
            if left_name.traits.reading && right_name.traits.reading {
                continue;
            }
            // Names that share too little for a better weight are not aligned.
            if let Some(best) = &best
                && highest(&left_name, &right_name, scorer) <= best.weight
                && !may_join(&left_name, &right_name, bearer)
            {
                continue;
            }
            let (weight, pairings) = score_pair(&left_name, &right_name, scorer, bearer);
            if best.as_ref().is_none_or(|best| weight > best.weight) {
                best = Some(NameScore {
                    left: l,
                    right: r,
                    weight,
                    pairings,
                });
            }
        }
    }
    best
}

/// A bound that the weight of two names never passes, without their alignment, as long as no
/// words are joined.
fn highest(left: &NameRef<'_, '_>, right: &NameRef<'_, '_>, scorer: &mut Scorer) -> f64 {
    let mut agreed = 0.0;
    let mut matched = 0;
    let mut alone = 0;
    let mut least: f64 = 1.0;
    for a in left.tokens {
        let mut most: f64 = 0.0;
        for b in right.tokens {
            most = most.max(scorer.likeness(a, b).share);
        }
        agreed += most * a.base_share() * RARITY_MAX;
        if most > 0.0 {
            matched += 1;
        } else if is_telling(a.kind) {
            alone += 1;
            least = least.min(a.base_share());
        }
    }
    let telling = right.tokens.iter().filter(|b| is_telling(b.kind));
    least = telling
        .clone()
        .fold(least, |least, b| least.min(b.base_share()));
    let contradicting = real(telling.count().saturating_sub(matched).min(alone));
    let gained = agreement(agreed) + COMPLETE_BODY;
    gained - (contradicting * contradiction(least * RARITY_MIN)).min(AGAINST_MAX)
}

fn score_pair(
    left: &NameRef<'_, '_>,
    right: &NameRef<'_, '_>,
    scorer: &mut Scorer,
    bearer: Bearer,
) -> (f64, Pairings) {
    let (left_units, right_units) = units(left, right, bearer);
    let mut gains = Gains::new(left_units.len(), right_units.len());
    let mut any = false;
    for (row, a) in left_units.iter().enumerate() {
        for (column, b) in right_units.iter().enumerate() {
            let likeness = scorer.likeness(&a.token(), &b.token());
            if likeness.is_candidate() {
                let gain = pair_gain(a, b, likeness);
                gains.set(row, column, gain);
                any |= gain > 0.0;
            }
        }
    }
    let pairs = if any { gains.best() } else { Pairs::new() };
    let mut ledger = Ledger::new(bearer, left.traits.chain || right.traits.chain);
    if left.traits.kind == NameKind::WeakAlias || right.traits.kind == NameKind::WeakAlias {
        ledger.weak_alias();
    }
    let telling = |unit: Option<&Unit<'_>>| unit.is_some_and(|unit| is_telling(unit.token().kind));
    let told: ArrayVec<usize, TOKENS_MAX> = pairs
        .iter()
        .filter(|(row, column)| telling(left_units.get(*row)) && telling(right_units.get(*column)))
        .map(|(_, column)| *column)
        .collect();
    ledger.in_order(Order::of(&told));
    for (row, column) in &pairs {
        if let (Some(a), Some(b)) = (left_units.get(*row), right_units.get(*column)) {
            let likeness = scorer.likeness(&a.token(), &b.token());
            ledger.agree(a, b, likeness);
        }
    }
    let left_over = without(&left_units, |place| {
        pairs.iter().any(|(row, _)| *row == place)
    });
    let right_over = without(&right_units, |place| {
        pairs.iter().any(|(_, column)| *column == place)
    });
    ledger.left_over(&left_over, &right_over);
    ledger.close()
}

fn without<'a>(
    units: &'a Units<'a>,
    taken: impl Fn(usize) -> bool,
) -> ArrayVec<&'a Unit<'a>, TOKENS_MAX> {
    let left_over = units.iter().enumerate();
    left_over
        .filter(|(place, _)| !taken(*place))
        .map(|(_, unit)| unit)
        .collect()
}

impl NameScore {
    /// What the names say as a whole: the worst that a telling word says.
    pub(crate) fn verdict(&self) -> Verdict {
        let has = |verdict| self.pairings.iter().any(|line| line.verdict == verdict);
        let lacks = |line: &Pairing| line.verdict == Verdict::Absent && line.weight < -0.1;
        if has(Verdict::Contradicts) {
            Verdict::Contradicts
        } else if has(Verdict::Similar) || self.pairings.iter().any(lacks) {
            Verdict::Similar
        } else {
            Verdict::Agrees
        }
    }
}
