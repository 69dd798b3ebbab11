//! Retention acts by itself (invariant 8): what is due is erased, or put to a reviewer.

use egnatia_alerts::ListEntry;
use egnatia_audit::Operation;
use egnatia_record::{Kind, Overdue};
use jiff::tz::TimeZone;

use crate::port::{Batch, Change, ObjectRef};
use crate::writing::{Beside, EventAbout, Keep, to_the_microsecond};
use crate::{App, AppError, Caller, read_body};

/// How many records one turn handles.
const TURN: u32 = 200;
/// After how many days an entry that nobody has reviewed is put to the reviewer again.
const REMIND_DAYS: u16 = 30;

/// What a turn did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Expired {
    /// Records whose bodies were erased.
    pub erased: u64,
    /// Records that now wait for a reviewer.
    pub to_review: u64,
}

impl App {
    /// Acts on the records whose date has come, at most a few hundred at a time. The node calls it
    /// by itself, as `caller`, until there are none.
    ///
    /// # Errors
    /// [`AppError::Store`] where the store does not answer.
    pub async fn act_on_retention(&self, caller: &Caller) -> Result<Expired, AppError> {
        let today = self.now().to_zoned_datetime(TimeZone::UTC).date();
        let ended = Change::DropSessionsEnded(to_the_microsecond(self.now()));
        let sweep = Batch {
            changes: vec![ended],
            ..Batch::default()
        };
        self.store().commit(sweep).await?;
        let due = self.store().due(today, TURN).await?;
        let mut expired = Expired::default();
        for id in due {
            let Some(stored) = self.store().record(id).await? else {
                continue;
            };
            let mut writing = self.writing(caller);
            let envelope = &stored.envelope;
            match (envelope.retention.overdue, envelope.kind) {
                (Overdue::Review, Kind::ListEntry) => {
                    let Some(entry) = read_body::<ListEntry>(&stored)? else {
                        continue;
                    };
                    let beside = Beside::new("review-due", Operation::Alteration);
                    writing.change(&stored, Some(Keep::Review(REMIND_DAYS)), &entry, beside)?;
                    expired.to_review = expired.to_review.saturating_add(1);
                }
                (Overdue::Erase | Overdue::Review, _) => {
                    let object = ObjectRef {
                        record: id,
                        version: envelope.version,
                        commitment: None,
                    };
                    let about = EventAbout {
                        object: Some(object),
                        ..EventAbout::default()
                    };
                    writing.log(Operation::Erasure, about);
                    writing.batch.changes.push(Change::Erase(id));
                    expired.erased = expired.erased.saturating_add(1);
                }
            }
            self.store().commit(writing.batch).await?;
        }
        Ok(expired)
    }
}
