//! What the fake answers about what is due.

use egnatia_app::{Cursor, DueFilter, DuePlace, DueRecord};
use egnatia_record::RecordId;

use super::page;
use super::state::State;

impl State {
    pub fn find_due(&self, filter: &DueFilter) -> Vec<DueRecord> {
        let is_about = |id: RecordId| {
            filter.about.as_ref().is_none_or(|about| {
                self.links.iter().any(|(to, relation, from)| {
                    *from == id
                        && *relation == about.relation
                        && self.heads.get(to).is_some_and(|head| {
                            head.kind == about.kind && head.created_by == about.created_by
                        })
                })
            })
        };
        // Whether closed, the time, the id: in this order, newest first among the closed ones.
        type Rank = (bool, i64, std::cmp::Reverse<RecordId>, RecordId);
        let rank = |is_closed: bool, time_us: i64, id: RecordId| -> Rank {
            match is_closed {
                false => (
                    false,
                    time_us,
                    std::cmp::Reverse(RecordId::from_bytes([0; 16])),
                    id,
                ),
                true => (true, time_us.saturating_neg(), std::cmp::Reverse(id), id),
            }
        };
        let after = filter.after.map(|after| match after {
            DuePlace::Open { due_us, id } => rank(false, due_us, id),
            DuePlace::Closed(cursor) => rank(true, cursor.at_us, cursor.id),
        });
        let mut found: Vec<(Rank, DuePlace)> = self
            .heads
            .iter()
            .filter(|(id, head)| head.kind == filter.kind && is_about(**id))
            .map(|(id, head)| {
                let (id, due_us, at_us) = (*id, head.due_us, head.updated_us);
                match head.state == filter.open {
                    true => (rank(false, due_us, id), DuePlace::Open { due_us, id }),
                    false => (
                        rank(true, at_us, id),
                        DuePlace::Closed(Cursor { at_us, id }),
                    ),
                }
            })
            .filter(|(place, _)| after.is_none_or(|after| *place > after))
            .collect();
        found.sort_unstable_by_key(|(rank, _)| *rank);
        found.truncate(page(filter.limit));
        found
            .into_iter()
            .filter_map(|((.., id), place)| {
                let record = self.newest(id)?;
                Some(DueRecord { record, place })
            })
            .collect()
    }
}
