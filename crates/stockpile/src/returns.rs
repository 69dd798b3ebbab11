//! A return of the stockpile: what is held, what was counted, and what became of what was missing.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::case::{CaseState, LossKind, StockCase};
use crate::goods::{Goods, UnknownGoodsTerm, terms};

terms! {
    /// What a line of a return is about.
    ReturnGroup, "a group: held, counts, lost, stolen, found, explained, miscounted, open", {
        /// What is held now, by what it is.
        Held = "held",
        /// Counts that ended.
        Counts = "counts",
        /// What nobody knows the place of.
        Lost = "lost",
        /// What was stolen.
        Stolen = "stolen",
        /// What was lost or stolen, and is there again.
        Found = "found",
        /// Cases that a movement explained.
        Explained = "explained",
        /// Cases of which the second count found everything.
        Miscounted = "miscounted",
        /// Cases that are open still.
        Open = "open",
    }
}

/// A line of a return.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StockReturnRow {
    /// What it is about.
    pub group: ReturnGroup,
    /// Of what: the nomenclature, for losses with the number; empty where it is all.
    pub what: String,
    /// How many pieces, counts or cases.
    pub count: u64,
}

/// Counts a return: `held` are goods with how many there are now, `counts` the days on which counts
/// ended, `cases` are all cases, each with its days: when it was opened, and when it was closed.
/// Whatever happened on a day for which `holds` is true is in it.
pub fn count_stock_return<'a>(
    held: impl IntoIterator<Item = (&'a Goods, u64)>,
    counts: impl IntoIterator<Item = Date>,
    cases: impl IntoIterator<Item = (&'a StockCase, Option<&'a Goods>, CaseDays)>,
    holds: impl Fn(Date) -> bool,
) -> Vec<StockReturnRow> {
    let mut by_what: BTreeMap<&str, u64> = BTreeMap::new();
    for (goods, quantity) in held {
        let sum = by_what.entry(&goods.nomenclature).or_default();
        *sum = sum.saturating_add(quantity);
    }
    let row = |group, what: &str, count| StockReturnRow {
        group,
        what: what.to_owned(),
        count,
    };
    let mut rows: Vec<StockReturnRow> = by_what
        .into_iter()
        .map(|(what, count)| row(ReturnGroup::Held, what, count))
        .collect();
    let ended = counts.into_iter().filter(|day| holds(*day)).count();
    let ended = u64::try_from(ended).unwrap_or(u64::MAX);
    rows.push(row(ReturnGroup::Counts, "", ended));
    let (mut explained, mut miscounted, mut open) = (0_u64, 0_u64, 0_u64);
    let mut losses = Vec::new();
    let told = |goods: Option<&Goods>| {
        let told = goods.map(|goods| format!("{}, {}", goods.nomenclature, goods.number()));
        told.unwrap_or_default()
    };
    for (case, goods, days) in cases {
        let closed = days.closed.is_some_and(&holds);
        match &case.state {
            CaseState::Open | CaseState::Recounted { .. } if holds(days.opened) => open += 1,
            CaseState::Counted { .. } if closed => miscounted += 1,
            CaseState::Explained { .. } if closed => explained += 1,
            // A loss stays in the period in which it was found to be one, also where it ended.
            CaseState::Lost { kind, .. } | CaseState::Found { kind, .. } => {
                let group = match kind {
                    LossKind::Lost => ReturnGroup::Lost,
                    LossKind::Stolen => ReturnGroup::Stolen,
                };
                if closed {
                    losses.push(row(group, &told(goods), case.missing()));
                }
                if days.found.is_some_and(&holds) {
                    losses.push(row(ReturnGroup::Found, &told(goods), case.missing()));
                }
            }
            _ => {}
        }
    }
    losses.sort_by(|a, b| (a.group, &a.what).cmp(&(b.group, &b.what)));
    rows.extend(losses);
    rows.push(row(ReturnGroup::Explained, "", explained));
    rows.push(row(ReturnGroup::Miscounted, "", miscounted));
    rows.push(row(ReturnGroup::Open, "", open));
    rows
}

/// The days of a case, at the node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaseDays {
    /// When it was opened.
    pub opened: Date,
    /// When it was closed; of what is found again, when it was said to be lost.
    pub closed: Option<Date>,
    /// When what was lost was found again.
    pub found: Option<Date>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AccountId, Condition, Difference, GoodsId, MovementId, Tracking};
    use jiff::civil::date;

    fn goods(nomenclature: &str, lot: &str) -> Goods {
        Goods {
            nomenclature: nomenclature.into(),
            tracking: Tracking::Lot { lot: lot.into() },
            explosive: None,
            made_on: None,
            expires_on: None,
            category: None,
            inspected: None,
            condition: Condition::Serviceable,
        }
    }

    fn case(missing: u64) -> StockCase {
        StockCase {
            place: AccountId::from_bytes([1; 16]),
            goods: GoodsId::from_bytes([2; 16]),
            difference: Difference::Missing(missing),
            stocktake: None,
            movement: None,
            counted_by: "ana".parse().unwrap(),
            opened_at: "2026-03-01T09:00:00Z".parse().unwrap(),
            recount_due_at: "2026-03-02T09:00:00Z".parse().unwrap(),
            report_due_at: "2026-03-03T09:00:00Z".parse().unwrap(),
            said: None,
            sought: None,
            recovered: 0,
            alert_end: None,
            state: CaseState::Open,
        }
    }

    #[test]
    fn a_theft_stands_in_the_period_in_which_it_was_found_to_be_one() {
        let (rounds, more) = (goods("cartridge", "C1"), goods("cartridge", "C2"));
        let by = || "boris".parse().unwrap();
        let at = "2026-03-04T09:00:00Z".parse().unwrap();
        let recounted = case(7).recount(Some(Difference::Missing(7)), by(), at);
        let reason = || "the lock was forced".to_owned().try_into().unwrap();
        let movement = MovementId::from_bytes([3; 16]);
        let what = (LossKind::Stolen, movement, None);
        let stolen = recounted.unwrap().lose(what, reason(), (by(), at)).unwrap();
        let open = case(1);
        let days = |closed| CaseDays {
            opened: date(2026, 3, 1),
            closed,
            found: None,
        };
        let count = |month: i8| {
            count_stock_return(
                [(&rounds, 40), (&more, 2)],
                [date(2026, 3, 1), date(2025, 3, 1)],
                [
                    (&stolen, Some(&rounds), days(Some(date(2026, 3, 4)))),
                    (&open, None, days(None)),
                ],
                move |day| day.year() == 2026 && day.month() == month,
            )
        };
        let told = |rows: Vec<StockReturnRow>| -> Vec<(String, String, u64)> {
            let row = |row: StockReturnRow| (row.group.to_string(), row.what, row.count);
            rows.into_iter().map(row).collect()
        };
        let line = |group: &str, what: &str, count| (group.to_owned(), what.to_owned(), count);
        assert_eq!(
            told(count(3)),
            [
                line("held", "cartridge", 42),
                line("counts", "", 1),
                line("stolen", "cartridge, C1", 7),
                line("explained", "", 0),
                line("miscounted", "", 0),
                line("open", "", 1),
            ]
        );
        assert_eq!(
            told(count(4)),
            [
                line("held", "cartridge", 42),
                line("counts", "", 0),
                line("explained", "", 0),
                line("miscounted", "", 0),
                line("open", "", 0),
            ]
        );
    }
}
