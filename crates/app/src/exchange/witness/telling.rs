//! What a witness says to whose log it saw, and to the other witnesses.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use egnatia_audit::Checkpoint;
use egnatia_protocol::{Cosignature, Hint, Signed, SigningKey, Statement};
use egnatia_record::AuthorityId;

use super::log_origin;
use crate::AppError;
use crate::exchange::inbox::append;
use crate::exchange::take::Taking;
use crate::port::{Change, DeliveryRow};
use crate::writing::Writing;

/// The payload type of a note that a witness has countersigned.
const COSIGNED_TYPE: &str = "application/vnd.egnatia.cosigned-note; v=1";

/// Queues a statement for a partner.
pub(super) fn queue(
    writing: &mut Writing<'_>,
    to: &AuthorityId,
    statement: &Statement,
) -> Result<(), AppError> {
    let (_, payload) = statement
        .to_payload()
        .map_err(|error| AppError::Internal(error.to_string()))?;
    let row = DeliveryRow {
        payload: Some(payload),
        ..DeliveryRow::queued(to.clone(), statement.kind().as_str(), writing.at)
    };
    writing.batch.changes.push(Change::Enqueue(row));
    Ok(())
}

impl Taking<'_> {
    /// Answers the partner: the countersigned note, or from which size a proof is needed.
    pub(super) fn cosign(
        &mut self,
        log: &AuthorityId,
        size: u64,
        note: Option<&str>,
    ) -> Result<(), AppError> {
        let internal = |error: &dyn std::fmt::Display| AppError::Internal(error.to_string());
        let signature = match note {
            None => None,
            Some(note) => {
                let identity = self
                    .app()
                    .inner
                    .exchange
                    .identity()
                    .ok_or_else(|| internal(&"the node has no keys for exchange"))?;
                let keys: Vec<&SigningKey> = identity.signing.iter().take(1).collect();
                let text = Checkpoint::of_note(note).map_err(|error| internal(&error))?;
                let text = format!("{text}\n");
                let cosigned = Signed::sign(COSIGNED_TYPE, text.into_bytes(), &keys)
                    .map_err(|error| internal(&error))?;
                let text = STANDARD.encode(cosigned.to_bytes());
                Some(Hint::new(text).map_err(|error| internal(&error))?)
            }
        };
        let statement = Statement::Cosignature(Cosignature {
            origin: Hint::new(log_origin(log)).map_err(|error| internal(&error))?,
            size,
            signature,
        });
        let caller = self.node();
        let mut writing = self.app().writing(&caller);
        queue(&mut writing, log, &statement)?;
        append(self.batch(), writing.batch);
        self.queues();
        Ok(())
    }

    /// Lets the other witnesses compare.
    pub(super) fn tell_the_others(&mut self, signed: &Signed) {
        let caller = self.node();
        let mut writing = self.app().writing(&caller);
        let directory = self.app().directory();
        for partner in directory.partners().filter(|p| p.is_accepted()) {
            let to = &partner.row.authority;
            if to != self.from() {
                let row = DeliveryRow {
                    payload: Some(signed.to_bytes()),
                    ..DeliveryRow::queued(to.clone(), "checkpoint", writing.at)
                };
                writing.batch.changes.push(Change::Enqueue(row));
            }
        }
        append(self.batch(), writing.batch);
        self.queues();
    }
}
