//! An alert of the node's own that comes back: a partner holds it, and the node does not know it any
//! more, as it was put back to an older state. Its words are signed by the node itself. A person
//! decides whether it is taken over again or recalled; until then nothing is compared with it.

use egnatia_alerts::Alert;
use egnatia_audit::Operation;
use egnatia_protocol::{RefusalGround, SharedRecord, Signed};
use egnatia_record::Kind;
use serde_json::json;

use super::{Taken, Taking};
use crate::alerts::RETURNED;
use crate::exchange::inbox::{Held, Refused, TakeError, append};
use crate::port::{Change, DeliveryRow, DeliveryState};
use crate::writing::Beside;

/// What the ledger says of a disclosure that it has lost.
const GROUND: &str = "returned by the partner after a restore";

impl Taking<'_> {
    /// Keeps what comes back, and that its sender has it.
    pub(super) async fn take_returned(
        &mut self,
        shared: &SharedRecord,
        signed: &Signed,
    ) -> Result<Taken, TakeError> {
        let envelope = &shared.envelope;
        let (id, version) = (envelope.id, envelope.version);
        let refuse = |ground| Refused::new(ground).about(id, version);
        let not_ours = || refuse(RefusalGround::NotTheOriginator);
        let identity = self.app().inner.exchange.identity();
        let identity = identity.ok_or_else(not_ours)?;
        let keys = identity.card.card().signing_keys_at(self.now);
        if envelope.kind != Kind::Alert || signed.verify(keys).is_err() {
            return Err(not_ours().into());
        }
        let alert: Alert = serde_json::from_str(shared.body.as_str()).map_err(|_| not_ours())?;
        let held = self.held.get(&id);
        if held.is_some_and(|held| held.originator != envelope.originator) {
            return Err(not_ours().into());
        }
        let is_known = held.is_some_and(|held| held.version >= version);
        if !is_known && held.is_some_and(|held| held.erased) {
            return Err(refuse(RefusalGround::ErasedHere).into());
        }
        let caller = self.caller_for(envelope.purpose)?;
        let mut writing = self.app().writing(&caller);
        if !is_known && alert.is_active() {
            // What is compared of an older version stays.
            let beside = Beside::new(RETURNED, Operation::Collection)
                .due(writing.at)
                .data(json!({ "returned_by": self.from() }));
            let body = shared.body.as_str().as_bytes().to_vec();
            writing.put_foreign(envelope.clone(), body, beside)?;
        }
        // A recall has to reach whoever has it.
        if !self.app().was_given(id, self.from()).await? {
            let row = DeliveryRow {
                state: DeliveryState::Delivered,
                ground: GROUND.to_owned(),
                done_at: Some(writing.at),
                ..DeliveryRow::queued(self.from().clone(), "record", writing.at).about(id, version)
            };
            writing.batch.changes.push(Change::Enqueue(row));
        }
        append(self.batch(), writing.batch);
        if !is_known {
            let held = Held {
                stored: None,
                version,
                originator: envelope.originator.clone(),
                erased: false,
                digest: None,
            };
            self.held.insert(id, held);
        }
        Ok(Taken::stored(Some((id, version))))
    }
}
