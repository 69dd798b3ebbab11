//! How partners answer, counted over all traces of one asker.

use std::collections::BTreeMap;

use egnatia_record::AuthorityId;
use jiff::Timestamp;
use serde::Serialize;

use super::{Hop, Outcome, median_days};

/// How one partner answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartnerTimes {
    /// Who.
    pub authority: AuthorityId,
    /// How many questions it got.
    pub asked: u32,
    /// How many it answered, refusals among them.
    pub answered: u32,
    /// Of the answered, how many it refused.
    pub refused: u32,
    /// Of the answered, of how many it has no record.
    pub no_record: u32,
    /// Of the answered, how many after they were due.
    pub answered_late: u32,
    /// How many are not answered, and due.
    pub overdue: u32,
    /// Median time of its answers, in tenths of a day.
    pub median_tenths_of_a_day: Option<i64>,
}

/// How each partner answers, by the name of its authority. What was not delivered was not asked.
pub fn partner_times(chains: &[Vec<Hop>], now: Timestamp) -> Vec<PartnerTimes> {
    let mut partners: BTreeMap<&AuthorityId, Vec<&Hop>> = BTreeMap::new();
    for hop in chains.iter().flatten() {
        if hop.state.as_str() != "not-delivered" {
            partners.entry(&hop.authority).or_default().push(hop);
        }
    }
    let count = |hops: &[&Hop], test: &dyn Fn(&Hop) -> bool| {
        let found = hops.iter().filter(|hop| test(hop)).count();
        u32::try_from(found).unwrap_or(u32::MAX)
    };
    let rows = partners.into_iter().map(|(authority, hops)| {
        let outcome = |test: fn(&Outcome) -> bool| {
            move |hop: &Hop| hop.state.answer().is_some_and(|(outcome, _)| test(outcome))
        };
        PartnerTimes {
            authority: authority.clone(),
            asked: count(&hops, &|_| true),
            answered: count(&hops, &outcome(|_| true)),
            refused: count(&hops, &outcome(|o| matches!(o, Outcome::Refused { .. }))),
            no_record: count(&hops, &outcome(|o| matches!(o, Outcome::NoRecord))),
            answered_late: count(&hops, &|hop| {
                hop.state.answer().is_some_and(|(_, at)| at > hop.due_at)
            }),
            overdue: count(&hops, &|hop| hop.is_overdue(now)),
            median_tenths_of_a_day: median_days(hops.iter().copied()),
        }
    });
    rows.collect()
}
