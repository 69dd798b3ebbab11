//! Compares the movements that the books hold with their hashes in the audit log.

use std::collections::HashMap;

use egnatia_audit::Hash;
use egnatia_stockpile::MovementId;

use super::movements::digest;
use crate::audit_log::VerificationProblem;
use crate::port::{AuditRow, StockMovementRow};
use crate::{App, AppError};

/// An entry of the log that states a movement.
fn stated(row: &AuditRow) -> Option<(MovementId, Hash)> {
    let detail = row.read()?;
    let id = detail
        .subject?
        .strip_prefix("stock-movement:")?
        .parse()
        .ok()?;
    let digest = detail.data?.get("digest")?.clone();
    Some((id, serde_json::from_value(digest).ok()?))
}

/// That the books hold more than the log states.
pub(crate) fn unstated(stored: u64, stated: u64) -> Option<VerificationProblem> {
    (stated < stored).then_some(VerificationProblem::MovementsUnstated { stored, stated })
}

impl App {
    /// Compares the movements that these entries state with those that the books hold. Returns how
    /// many were entered by them: an entry that repeats an earlier one enters nothing.
    pub(crate) async fn movements_stated(
        &self,
        rows: &[AuditRow],
    ) -> Result<Result<u64, VerificationProblem>, AppError> {
        let entries = rows
            .iter()
            .filter_map(|row| stated(row).map(|(id, hash)| (row, id, hash)));
        let entries: Vec<(&AuditRow, MovementId, Hash)> = entries.collect();
        let ids: Vec<MovementId> = entries.iter().map(|(_, id, _)| *id).collect();
        let held = self.store().stock_movements(&ids).await?.into_iter();
        let held: HashMap<MovementId, StockMovementRow> =
            held.map(|row| (row.movement.id, row)).collect();
        let mut entered = 0_u64;
        for (row, movement, hash) in entries {
            let stored = held.get(&movement);
            let same = match stored {
                None => false,
                Some(stored) => stored.digest == hash && digest(&stored.movement)? == hash,
            };
            if !same {
                let entry = row.leaf.sequence;
                return Ok(Err(VerificationProblem::Movement { entry, movement }));
            }
            let is_first = stored.is_some_and(|stored| stored.recorded_at == row.leaf.at);
            entered = entered.saturating_add(u64::from(is_first));
        }
        Ok(Ok(entered))
    }
}
