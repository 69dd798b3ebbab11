//! Events of a life that the register of firearms records by itself, of a weapon that the books have.

use egnatia_firearms::Custody;
use egnatia_record::{AuthorityId, RecordId};
use egnatia_stockpile::{AccountId, AccountKind, Difference, GoodsId, Remark, StockCase};

use super::cases;
use crate::port::{Change, StockChange, StockOf};
use crate::writing::Writing;
use crate::{App, AppError, Caller, Invalid};

/// Why an event of its life cannot be while the books have the weapon in such an account; nothing
/// where it can.
const fn against(account: AccountKind, after: &Custody) -> Option<&'static str> {
    use AccountKind::{Destroyed, Holder, Place};
    Some(match (account, after) {
        (Destroyed, Custody::Destroyed) => return None,
        (Destroyed, _) => {
            "the books of the stockpile say that it was destroyed: the movement is taken back \
             there, which two persons sign, and the register follows"
        }
        (Place { .. } | Holder, after) if after.is_with_authority() || after.is_missing() => {
            return None;
        }
        (Place { .. }, Custody::Destroyed) => {
            "it lies in a store: its destruction is entered there, which two persons sign, and the \
             register follows"
        }
        (Place { .. }, _) => {
            "it lies in a store: its issue is entered there first; then record who has it"
        }
        (Holder, Custody::Destroyed) => {
            "it is issued out of a store: its return is entered there first, then its destruction"
        }
        (Holder, Custody::Nowhere) => {
            "it is issued out of a store: say how it came to this authority instead"
        }
        _ => return None,
    })
}

impl App {
    /// Looks at what the books say before an event of a life is written that the stockpile did not
    /// enter. What they have in a store is not given away, exported or destroyed past them; what
    /// another authority took, and the books still have, becomes a case.
    ///
    /// # Errors
    /// [`AppError::Invalid`]: what is to be entered in the stockpile first.
    pub(crate) async fn put_told_books(
        &self,
        writing: &mut Writing<'_>,
        caller: &Caller,
        firearm: RecordId,
        (before, after): (&Custody, &Custody),
    ) -> Result<(), AppError> {
        if before == after {
            return Ok(());
        }
        let linked = self.goods_of_firearm(firearm).await?;
        if linked.is_empty() {
            return Ok(());
        }
        let kinds = self.stock_kinds().await?;
        for id in linked.into_keys() {
            let rows = self.store().stock_balances(StockOf::Goods(id)).await?;
            // What the books are asked for now must be so when this is written.
            let holds = |account, quantity| {
                let goods = id;
                Change::Stock(StockChange::Holds {
                    account,
                    goods,
                    quantity,
                })
            };
            let changes = &mut writing.batch.changes;
            changes.extend(rows.iter().map(|row| holds(row.account, row.quantity)));
            if rows.is_empty() {
                changes.push(holds(AccountId::OUTSIDE, 0));
            }
            for row in rows {
                let Some(kind) = kinds.get(&row.account).filter(|_| row.quantity > 0) else {
                    continue;
                };
                if let Some(text) = against(*kind, after) {
                    return Err(Invalid::new("event", "stock", text).into());
                }
                if let Custody::Authority(by) = after
                    && !before.is_missing()
                    && cases::may_be_missing(*kind)
                    && *by != self.inner.settings.authority
                {
                    self.put_taken(writing, caller, (row.account, id), by)
                        .await?;
                }
            }
        }
        Ok(())
    }

    /// Opens a case about what another authority took, and the books still have.
    async fn put_taken(
        &self,
        writing: &mut Writing<'_>,
        caller: &Caller,
        (account, id): (AccountId, GoodsId),
        by: &AuthorityId,
    ) -> Result<(), AppError> {
        if self.open_case_on(account, id).await?.is_some() {
            return Ok(());
        }
        let text = format!("the register of firearms says that {by} has it");
        let said = Remark::try_from(text).map_err(|error| AppError::Internal(error.to_string()))?;
        let profile = &self.inner.stock.profile;
        let about = (account, id, Difference::Missing(1));
        let case = StockCase {
            said: Some(said),
            ..cases::opened(profile, caller, about, writing.at)
        };
        cases::put_case(writing, profile, &case)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egnatia_firearms::{Holder, HolderKind};

    const PLACE: AccountKind = AccountKind::Place {
        store: AccountId::from_bytes([7; 16]),
    };

    fn customs() -> Custody {
        Custody::Authority("xx-customs".parse().unwrap())
    }

    fn with(kind: HolderKind) -> Custody {
        Custody::With(Holder::known_as(kind, "H-1"))
    }

    #[test]
    fn what_lies_in_a_store_is_with_an_authority_or_missed() {
        for fine in [customs(), with(HolderKind::Authority), Custody::Stolen] {
            assert_eq!(against(PLACE, &fine), None, "{fine:?}");
        }
        let abroad = Custody::Abroad("AL".parse().unwrap());
        for wrong in [
            Custody::Nowhere,
            Custody::Destroyed,
            with(HolderKind::Dealer),
            abroad.clone(),
        ] {
            assert!(against(PLACE, &wrong).is_some(), "{wrong:?}");
        }
        for fine in [with(HolderKind::Dealer), abroad] {
            assert_eq!(against(AccountKind::Holder, &fine), None, "{fine:?}");
        }
        for wrong in [Custody::Nowhere, Custody::Destroyed] {
            assert!(against(AccountKind::Holder, &wrong).is_some(), "{wrong:?}");
        }
        assert_eq!(against(AccountKind::Destroyed, &Custody::Destroyed), None);
        assert!(against(AccountKind::Destroyed, &customs()).is_some());
    }
}
