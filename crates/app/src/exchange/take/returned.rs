//! An alert of the node's own that comes back: a partner holds it, and the node does not know it any
//! more, as it was put back to an older state. Its words are signed by the node itself. A person
//! decides whether it is taken over again or recalled; until then nothing is compared with it.

use egnatia_alerts::Alert;
use egnatia_audit::Operation;
use egnatia_firearms::{Trace, TraceAnswer};
use egnatia_protocol::{Receipt, RefusalGround, SharedRecord, Signed};
use egnatia_record::{Envelope, Kind, RecordId, Version};
use serde_json::json;

use super::{Taken, Taking};
use crate::alerts::RETURNED;
use crate::exchange::inbox::{Held, Refused, TakeError, append};
use crate::firearms::{TRACE_ASKED, next_version};
use crate::port::{Change, DeliveryRow, DeliveryState};
use crate::writing::{Beside, EventAbout, Writing};

/// What the ledger says of a disclosure that it has lost.
const GROUND: &str = "returned by the partner after a restore";

/// What the ledger says where a partner has erased something by itself, and said so.
const ERASED_THERE: &str = "erased-there";

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
        if signed.verify(keys).is_err() {
            return Err(not_ours().into());
        }
        match envelope.kind {
            Kind::Alert => {}
            Kind::Trace | Kind::TraceAnswer => return self.take_returned_trace(shared).await,
            _ => return Err(not_ours().into()),
        }
        let alert: Alert = serde_json::from_str(shared.body.as_str()).map_err(|_| not_ours())?;
        let held = self.held.get(&id);
        if held.is_some_and(|held| held.originator != envelope.originator) {
            return Err(not_ours().into());
        }
        // What a receipt has told of a version is less than the version itself.
        let told = held
            .and_then(|held| held.stored.as_ref())
            .is_some_and(|stored| {
                stored.state == RETURNED
                    && stored.envelope.version == version
                    && stored.envelope.recorded_at != envelope.recorded_at
            });
        let version = match told {
            true => next_version(version)?,
            false => version,
        };
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
            let envelope = Envelope {
                version,
                ..envelope.clone()
            };
            writing.put_foreign(envelope, body, beside)?;
        }
        self.note_given(&mut writing, (id, version)).await?;
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

    /// A recall has to reach whoever has a record.
    async fn note_given(
        &mut self,
        writing: &mut Writing<'_>,
        (id, version): (RecordId, Version),
    ) -> Result<(), TakeError> {
        if !self.app().was_given(id, self.from()).await? {
            let row = DeliveryRow {
                state: DeliveryState::Delivered,
                ground: GROUND.to_owned(),
                done_at: Some(writing.at),
                ..DeliveryRow::queued(self.from().clone(), "record", writing.at).about(id, version)
            };
            writing.batch.changes.push(Change::Enqueue(row));
            self.came_back.insert(id);
        }
        Ok(())
    }

    /// A trace that this node has asked, or an answer that it has given, and that it does not know
    /// any more. Nothing is compared with it and nothing is done by it: it is taken over at once.
    async fn take_returned_trace(&mut self, shared: &SharedRecord) -> Result<Taken, TakeError> {
        let envelope = &shared.envelope;
        let (id, version) = (envelope.id, envelope.version);
        let refuse = |ground| Refused::new(ground).about(id, version);
        if let Some(held) = self.held.get(&id) {
            if held.originator != envelope.originator {
                return Err(refuse(RefusalGround::NotTheOriginator).into());
            }
            if held.version >= version {
                return Ok(Taken::stored(Some((id, version))));
            }
            if held.erased {
                return Err(refuse(RefusalGround::ErasedHere).into());
            }
        }
        let invalid = || refuse(RefusalGround::NotValid);
        let beside = match envelope.kind {
            Kind::Trace => {
                serde_json::from_str::<Trace>(shared.body.as_str()).map_err(|_| invalid())?;
                Beside::new(TRACE_ASKED, Operation::Collection)
            }
            _ => {
                let answer: TraceAnswer =
                    serde_json::from_str(shared.body.as_str()).map_err(|_| invalid())?;
                let claim = format!("trace-answer:{}", answer.trace);
                let known = self
                    .app()
                    .store()
                    .claims(std::slice::from_ref(&claim))
                    .await?;
                let elsewhere = known.iter().any(|(_, holder)| *holder != id);
                if elsewhere || !self.claimed.insert(claim.clone()) {
                    // It was put to an officer again, who answers once more.
                    return Ok(Taken::stored(Some((id, version))));
                }
                Beside::new(answer.state_word(), Operation::Collection)
                    .links([("trace", answer.trace)])
                    .claims(vec![claim])
            }
        };
        let caller = self.caller_for(envelope.purpose)?;
        let mut writing = self.app().writing(&caller);
        let beside = beside.data(json!({ "returned_by": self.from() }));
        let body = shared.body.as_str().as_bytes().to_vec();
        writing.put_foreign(envelope.clone(), body, beside)?;
        self.note_given(&mut writing, (id, version)).await?;
        append(self.batch(), writing.batch);
        let held = Held {
            stored: None,
            version,
            originator: envelope.originator.clone(),
            erased: false,
            digest: None,
        };
        self.held.insert(id, held);
        Ok(Taken::stored(Some((id, version))))
    }

    /// A receipt that was not asked for: the partner has erased something by itself. Where it was
    /// recalled in a version that this node does not know any more, a person decides anew.
    pub(super) async fn take_receipt(&mut self, receipt: &Receipt) -> Result<Taken, TakeError> {
        let about = receipt.record.zip(receipt.version);
        let done = Taken::stored(about);
        if let Some((id, version)) = about
            && let Some(held) = self.held.get(&id)
            && held.originator == *self.own()
            && held.version < version
        {
            if held.stored.is_none() && !held.erased {
                // It came back in the same parcel.
                return Err(TakeError::WriteFirst);
            }
            if let Some(done) = self.recalled_before(receipt, (id, version)).await? {
                return Ok(done);
            }
        }
        // It is written down once, and of nothing that the partner did not get from here.
        let Some((id, version)) = about else {
            return Ok(done);
        };
        let rows = self.app().store().deliveries_of(id).await?;
        let to_it = || rows.iter().filter(|row| row.to == *self.from());
        let told = |row: &DeliveryRow| {
            row.kind == ERASED_THERE && row.version.is_some_and(|v| v >= version)
        };
        if !to_it().any(|row| row.kind == "record") || to_it().any(told) {
            return Ok(done);
        }
        self.claim(&format!("{ERASED_THERE}:{id}"))?;
        let node = self.node();
        let mut writing = self.app().writing(&node);
        writing.batch.changes.push(Change::Enqueue(DeliveryRow {
            state: DeliveryState::Delivered,
            done_at: Some(writing.at),
            ..DeliveryRow::queued(self.from().clone(), ERASED_THERE, writing.at).about(id, version)
        }));
        let about = EventAbout {
            recipient: Some(self.from().to_string()),
            data: Some(json!({
                "record": receipt.record, "version": receipt.version, "outcome": receipt.outcome,
            })),
            ..EventAbout::default()
        };
        writing.log(Operation::Erasure, about);
        append(self.batch(), writing.batch);
        Ok(done)
    }

    /// Puts an alert to a person that this node has recalled without knowing it any more.
    async fn recalled_before(
        &mut self,
        receipt: &Receipt,
        (id, version): (RecordId, Version),
    ) -> Result<Option<Taken>, TakeError> {
        if let Some(held) = self.held.get(&id)
            && let Some(stored) = &held.stored
            && stored.envelope.kind == Kind::Alert
            && let Some((body, _)) = stored.body.clone()
            && self.app().was_given(id, self.from()).await?
        {
            let mut envelope = stored.envelope.clone();
            envelope.version = version;
            envelope.recorded_at = self.now;
            let caller = self.caller_for(envelope.purpose)?;
            let mut writing = self.app().writing(&caller);
            let beside = Beside::new(RETURNED, Operation::Alteration)
                .due(writing.at)
                .data(json!({ "recalled_at": self.from(), "outcome": receipt.outcome }));
            writing.put_foreign(envelope, body, beside)?;
            append(self.batch(), writing.batch);
            if let Some(held) = self.held.get_mut(&id) {
                held.version = version;
            }
            return Ok(Some(Taken::stored(Some((id, version)))));
        }
        Ok(None)
    }
}
