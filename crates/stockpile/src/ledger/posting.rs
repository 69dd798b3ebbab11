//! Posts the lines of a movement: one side goes down, the other up.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::books::{Books, When};
use super::facts::{Balance, Entered, Known, Past, Posting, Short};
use super::journal::Undo;
use super::movement::{AccountKind, Line, Movement};
use super::refused::LedgerRefused;
use crate::{AccountId, GoodsId, MovementId};

impl Books {
    pub(super) fn post(
        &mut self,
        movement: &Movement,
        counted: Option<&[u64]>,
        when: When,
    ) -> Result<Entered, LedgerRefused> {
        let mut postings = Vec::with_capacity(movement.lines.len() * 2);
        let mut short = Vec::new();
        for (number, line) in (0u32..).zip(&movement.lines) {
            let sent = line.quantity.get();
            let place = usize::try_from(number).unwrap_or(usize::MAX);
            let moved = counted.and_then(|counted| counted.get(place)).copied();
            let moved = moved.unwrap_or(sent);
            if moved < sent {
                short.push(Short {
                    account: line.from,
                    goods: line.goods,
                    missing: sent - moved,
                });
            }
            let amount = i64::try_from(moved);
            let amount = amount.map_err(|_| LedgerRefused::TooMuch { line: number })?;
            if amount > 0 {
                postings.push(self.shift(number, (line.from, line.goods), -amount, when)?);
                postings.push(self.shift(number, (line.to, line.goods), amount, when)?);
            }
        }
        if let Some(original) = movement.reverses
            && let Some(known) = self.movements.get(&original).cloned()
        {
            let reversed = Known {
                is_reversed: true,
                ..known
            };
            self.set_movement(original, reversed);
        }
        self.undo.push(Undo::Last(self.last));
        self.last = Some(when.at);
        Ok(Entered::Posted {
            at: when.at,
            effective_at: when.effective_at,
            postings,
            short,
        })
    }

    /// Whether there is a least that may be in an account.
    pub fn has_floor(&self, of: (AccountId, GoodsId)) -> bool {
        self.floor(of).is_some()
    }

    /// The least that may be in an account; nothing where there is no least.
    fn floor(&self, (account, goods): (AccountId, GoodsId)) -> Option<i64> {
        let is_serialised = self.goods(goods).is_some_and(|facts| facts.is_serialised);
        match self.account(account) {
            // INVARIANT: what comes in from outside leaves a debt there, so that the sum over all
            // accounts is zero. Of one weapon the debt is at most one.
            Some(AccountKind::Outside) => is_serialised.then_some(-1),
            _ => Some(0),
        }
    }

    /// INVARIANT: nothing is below its floor, now or at any moment that has passed; of one weapon
    /// no account holds more than one.
    fn shift(
        &mut self,
        line: u32,
        of: (AccountId, GoodsId),
        amount: i64,
        when: When,
    ) -> Result<Posting, LedgerRefused> {
        let (account, goods) = of;
        let before = self.balance(of);
        let quantity = before.quantity.checked_add(amount);
        let quantity = quantity.ok_or(LedgerRefused::TooMuch { line })?;
        let facts = self
            .goods(goods)
            .ok_or(LedgerRefused::UnknownGoods(goods))?;
        let kind = self
            .account(account)
            .ok_or(LedgerRefused::UnknownAccount(account))?;
        if amount < 0 {
            self.has_free(line, of, amount.unsigned_abs())?;
        } else if facts.is_serialised && kind != AccountKind::Outside && quantity > 1 {
            return Err(LedgerRefused::DoubleCustody { line });
        }
        if when.effective_at < when.at && amount < 0 && !self.was_there(of, amount, when) {
            return Err(LedgerRefused::NotThere { line });
        }
        if when.effective_at < when.at || self.past.contains_key(&of) {
            self.past.entry(of).or_default().push(Past {
                effective_at: when.effective_at,
                amount,
            });
            self.undo.push(Undo::Past(of));
        }
        self.set_balance(of, Balance { quantity, ..before });
        if let Some(store) = kind.store().filter(|_| facts.is_explosive) {
            let revision = self.revisions.get(&store).copied();
            self.undo.push(Undo::Revision(store, revision));
            self.revisions
                .insert(store, revision.unwrap_or(0).saturating_add(1));
        }
        Ok(Posting {
            line,
            account,
            goods,
            amount,
            balance: quantity,
        })
    }

    /// Whether so many are there and not promised to another movement.
    fn has_free(
        &self,
        line: u32,
        of: (AccountId, GoodsId),
        wanted: u64,
    ) -> Result<(), LedgerRefused> {
        let Some(floor) = self.floor(of) else {
            return Ok(());
        };
        let balance = self.balance(of);
        let available = balance.quantity - balance.reserved - floor;
        if i64::try_from(wanted).is_ok_and(|wanted| wanted <= available) {
            return Ok(());
        }
        Err(match self.account(of.0) {
            Some(AccountKind::Outside) => LedgerRefused::DoubleCustody { line },
            _ => LedgerRefused::TooLittle {
                line,
                available,
                wanted,
            },
        })
    }

    /// Whether taking away `amount` from its effective date on leaves nothing below the floor.
    fn was_there(&self, of: (AccountId, GoodsId), amount: i64, when: When) -> bool {
        let Some(floor) = self.floor(of) else {
            return true;
        };
        let mut later: BTreeMap<Timestamp, i64> = BTreeMap::new();
        for past in self.past.get(&of).into_iter().flatten() {
            if past.effective_at > when.effective_at {
                *later.entry(past.effective_at).or_default() += past.amount;
            }
        }
        let mut running = self.balance(of).quantity - later.values().sum::<i64>() + amount;
        running >= floor
            && later.values().all(|change| {
                running += change;
                running >= floor
            })
    }

    pub(super) fn reserve(&mut self, number: u32, line: &Line) -> Result<(), LedgerRefused> {
        let of = (line.from, line.goods);
        let wanted = line.quantity.get();
        self.has_free(number, of, wanted)?;
        let before = self.balance(of);
        let too_much = LedgerRefused::TooMuch { line: number };
        let wanted = i64::try_from(wanted).map_err(|_| too_much.clone())?;
        let reserved = before.reserved.checked_add(wanted).ok_or(too_much)?;
        self.set_balance(of, Balance { reserved, ..before });
        Ok(())
    }

    pub(super) fn release(&mut self, line: &Line) {
        let of = (line.from, line.goods);
        let before = self.balance(of);
        // It was reserved with the same quantity.
        let promised = i64::try_from(line.quantity.get()).unwrap_or(0);
        let reserved = before.reserved - promised;
        self.set_balance(of, Balance { reserved, ..before });
    }

    fn set_balance(&mut self, of: (AccountId, GoodsId), balance: Balance) {
        let before = self.balances.insert(of, balance);
        self.undo.push(Undo::Balance(of, before));
    }

    pub(super) fn set_movement(&mut self, id: MovementId, known: Known) {
        let before = self.movements.insert(id, known);
        self.undo.push(Undo::Movement(id, before));
    }
}
