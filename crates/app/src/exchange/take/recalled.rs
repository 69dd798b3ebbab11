//! What is recalled before it came: it must not be taken when it comes late.
//!
//! A partner can recall whatever it names. That is remembered apart from the record, at a place that
//! follows from who recalled it: nobody keeps the record of somebody else from coming.

use egnatia_audit::Operation;
use egnatia_protocol::{Digest, Recall, RefusalGround};
use egnatia_record::{AuthorityId, Envelope, Kind, Purpose, RecordId, Version};
use serde_json::json;

use super::Taking;
use crate::alerts::WITHDRAWN;
use crate::exchange::inbox::{Held, Refused, TakeError, append};
use crate::port::Change;
use crate::writing::{Beside, Terms};

/// Where it is remembered that an authority has recalled a record of its own that is not here.
pub(super) fn place_of(originator: &AuthorityId, record: RecordId) -> RecordId {
    let mut named = b"recalled before it came\0".to_vec();
    named.extend_from_slice(originator.as_str().as_bytes());
    named.push(0);
    named.extend_from_slice(record.as_bytes());
    let mut place = [0; 16];
    for (byte, of) in place.iter_mut().zip(Digest::of(&named).as_bytes()) {
        *byte = *of;
    }
    RecordId::from_bytes(place)
}

impl Taking<'_> {
    /// Through which version an authority has recalled a record of its own that was not here.
    pub(super) fn recalled_before_it_came(
        &self,
        record: RecordId,
        originator: &AuthorityId,
    ) -> Option<Version> {
        let held = self.held.get(&place_of(originator, record))?;
        (held.erased && held.originator == *originator).then_some(held.version)
    }

    /// Remembers a recall of a record that is not here, with something that is erased already.
    pub(super) async fn remember_recall(
        &mut self,
        recall: &Recall,
        originator: AuthorityId,
    ) -> Result<(), TakeError> {
        let place = place_of(&originator, recall.record);
        let held = match self.held.get(&place) {
            Some(held) => Some(held.clone()),
            None => self.app.held(&[place]).await?.remove(&place),
        };
        if let Some(held) = held {
            if held.originator != originator || held.version >= recall.through {
                return Ok(());
            }
            if held.stored.is_none() {
                // It came in the same parcel.
                return Err(TakeError::WriteFirst);
            }
        }
        let caller = self.caller_for(Purpose::Supervision)?;
        let mut writing = self.app.writing(&caller);
        let keep = self.app.inner.settings.keep_checks_days;
        let terms = Terms::own(Kind::Alert, Purpose::Supervision, keep);
        let mut envelope = writing.envelope_of(place, terms)?;
        envelope.originator = originator.clone();
        envelope.version = recall.through;
        let beside = Beside::new(WITHDRAWN, Operation::Erasure).data(json!({
            "recall": recall.reason, "from": self.from(), "came": false, "record": recall.record,
        }));
        writing.put_foreign(envelope, b"null".to_vec(), beside)?;
        writing.batch.changes.push(Change::Erase(place));
        append(&mut self.batch, writing.batch);
        let held = Held {
            stored: None,
            version: recall.through,
            originator,
            erased: true,
            digest: None,
        };
        self.held.insert(place, held);
        Ok(())
    }

    /// A record of somebody else has this id here already. Ids are random: one of both was chosen.
    pub(super) fn taken_by_another(&self, held: &Held, envelope: &Envelope) -> Refused {
        tracing::warn!(
            record = %envelope.id, of = %held.originator, sent_for = %envelope.originator,
            from = %self.from(), "two authorities use one id: the record that came later is refused"
        );
        Refused::new(RefusalGround::NotTheOriginator)
            .hint(&"a record of another authority has this id here: enter it anew")
            .about(envelope.id, envelope.version)
    }
}
