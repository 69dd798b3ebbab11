//! The books of the stockpile in the fake.

use std::collections::BTreeMap;

use egnatia_app::{
    StockAccountRow, StockBalanceRow, StockChange, StockEnd, StockMoment, StockMovementRow,
    StockOf, StockPostingRow,
};
use egnatia_record::RecordId;
use egnatia_stockpile::{
    AccountId, Balance, Books, Entered, Entering, GoodsId, LedgerRefused, Movement, MovementId,
    Past,
};
use jiff::Timestamp;

#[derive(Debug, Clone, Default)]
pub(super) struct StockState {
    pub books: Books,
    pub accounts: Vec<StockAccountRow>,
    movements: BTreeMap<MovementId, (u64, StockMovementRow)>,
    postings: Vec<StockPostingRow>,
}

impl StockState {
    pub fn change(&mut self, change: StockChange, position: &mut u64) -> Result<(), LedgerRefused> {
        let mut next = || {
            *position += 1;
            *position
        };
        match change {
            StockChange::OpenAccount(row) => {
                self.books.open_account(row.id, row.kind)?;
                next();
                self.accounts.push(row);
            }
            StockChange::RegisterGoods(row) => {
                self.books.register(row.id, row.facts)?;
                next();
            }
            StockChange::Close { until, at } => self.books.close(until, at)?,
            StockChange::Holds {
                account,
                goods,
                quantity,
            } => self.books.holds((account, goods), quantity)?,
            StockChange::Enter(enter) => {
                self.tell_past(&enter.movement);
                let entered = self.books.enter(Entering {
                    movement: &enter.movement,
                    digest: *enter.digest.as_bytes(),
                    recorded_at: enter.recorded_at,
                    due_at: enter.due_at,
                    expects: &enter.expects,
                })?;
                if entered != Entered::Repeated {
                    let row = StockMovementRow {
                        digest: enter.digest,
                        recorded_at: enter.recorded_at,
                        due_at: match entered {
                            Entered::Waiting { due_at, .. } => Some(due_at),
                            _ => None,
                        },
                        end: None,
                        is_reversed: false,
                        movement: enter.movement,
                    };
                    let id = row.movement.id;
                    self.movements.insert(id, (next(), row));
                    self.post(id, &entered, next);
                }
            }
            StockChange::Resolve(resolve) => {
                let id = resolve.resolving.movement;
                if let Some((_, row)) = self.movements.get(&id) {
                    let movement = row.movement.clone();
                    self.tell_past(&movement);
                }
                let done = self
                    .books
                    .resolve(&resolve.resolving, resolve.at, &resolve.expects)?;
                if let (Some((_, row)), Entered::Posted { at, .. } | Entered::Ended { at }) =
                    (self.movements.get_mut(&id), &done)
                {
                    row.end = Some(StockEnd {
                        resolving: resolve.resolving,
                        at: *at,
                    });
                }
                self.post(id, &done, next);
            }
        }
        self.books.keep();
        Ok(())
    }

    fn post(&mut self, id: MovementId, entered: &Entered, mut next: impl FnMut() -> u64) {
        let Entered::Posted {
            at,
            effective_at,
            postings,
            ..
        } = entered
        else {
            return;
        };
        for posting in postings {
            self.postings.push(StockPostingRow {
                position: next(),
                movement: id,
                line: posting.line,
                account: posting.account,
                goods: posting.goods,
                amount: posting.amount,
                balance: posting.balance,
                posted_at: *at,
                effective_at: *effective_at,
            });
        }
        let reverses = self
            .movements
            .get(&id)
            .and_then(|(_, row)| row.movement.reverses);
        if let Some((_, row)) = reverses.and_then(|id| self.movements.get_mut(&id)) {
            row.is_reversed = true;
        }
    }

    /// All that was ever posted on the sides of a movement.
    fn tell_past(&mut self, movement: &Movement) {
        for side in movement.sides() {
            let rows = self
                .postings
                .iter()
                .filter(|row| (row.account, row.goods) == side);
            let past = rows.map(|row| Past {
                effective_at: row.effective_at,
                amount: row.amount,
            });
            self.books.tell_past(side, past.collect());
        }
    }

    pub fn balances(&self, of: StockOf) -> Vec<StockBalanceRow> {
        let wanted = |(account, goods): (AccountId, GoodsId)| match of {
            StockOf::Account(id) => account == id,
            StockOf::Goods(id) => goods == id,
            StockOf::Store(id) => {
                let kind = self.books.account(account);
                kind.and_then(egnatia_stockpile::AccountKind::store) == Some(id)
            }
        };
        let rows = self.books.balances();
        rows.filter(|(side, balance)| wanted(*side) && *balance != Balance::default())
            .map(|((account, goods), balance)| StockBalanceRow {
                account,
                goods,
                quantity: balance.quantity,
                reserved: balance.reserved,
            })
            .collect()
    }

    pub fn custody(&self, wanted: &[GoodsId]) -> Custody {
        let is_single = |id| {
            self.books
                .goods(id)
                .is_some_and(|facts| facts.is_serialised)
        };
        let wanted = wanted.iter().filter(|id| is_single(**id));
        let of = wanted.flat_map(|id| self.balances(StockOf::Goods(*id)));
        of.filter(|row| row.quantity > 0)
            .map(|row| (row.goods, row.account))
            .collect()
    }

    pub fn balance_at(&self, of: (AccountId, GoodsId), at: StockMoment) -> i64 {
        let rows = self
            .postings
            .iter()
            .filter(|row| (row.account, row.goods) == of);
        let counts = rows.filter(|row| match at {
            StockMoment::Posted(at) => row.posted_at <= at,
            StockMoment::Effective(at) => row.effective_at <= at,
        });
        counts.map(|row| row.amount).sum()
    }

    pub fn movement_count(&self) -> u64 {
        u64::try_from(self.movements.len()).unwrap_or(u64::MAX)
    }

    pub fn movements(&self, ids: &[MovementId]) -> Vec<StockMovementRow> {
        let unique: std::collections::BTreeSet<_> = ids.iter().collect();
        let found = unique.into_iter().filter_map(|id| self.movements.get(id));
        found.map(|(_, row)| row.clone()).collect()
    }

    pub fn waiting(&self, limit: usize) -> Vec<StockMovementRow> {
        let mut waiting: Vec<_> = self
            .movements
            .values()
            .filter(|(_, row)| row.waits())
            .collect();
        waiting.sort_by_key(|(position, row)| (row.due_at, *position));
        waiting
            .into_iter()
            .take(limit)
            .map(|(_, row)| row.clone())
            .collect()
    }

    pub fn newest(
        &self,
        wanted: impl Fn(&StockPostingRow) -> bool,
        before: Option<u64>,
        limit: usize,
    ) -> Vec<StockPostingRow> {
        let before = before.unwrap_or(u64::MAX);
        let rows = self.postings.iter().rev();
        rows.filter(|row| row.position < before && wanted(row))
            .take(limit)
            .copied()
            .collect()
    }

    pub fn since(&self, account: AccountId, after: Timestamp) -> Vec<StockPostingRow> {
        let rows = self.postings.iter();
        rows.filter(|row| row.account == account && row.posted_at > after)
            .copied()
            .collect()
    }
}

/// Goods with their numbers.
pub type Numbered = Vec<(String, GoodsId)>;
/// Weapons with where they stand.
pub type Custody = Vec<(GoodsId, AccountId)>;

/// The goods that hold a name with one of these numbers.
pub fn numbered(claims: &BTreeMap<String, RecordId>, numbers: &[String]) -> Numbered {
    let named = claims.iter().filter_map(|(name, record)| {
        let is_goods = name.starts_with("stock-serial:") || name.starts_with("stock-lot:");
        let (_, number) = name.rsplit_once(':').filter(|_| is_goods)?;
        Some((number.to_owned(), GoodsId(*record)))
    });
    named
        .filter(|(number, _)| numbers.contains(number))
        .collect()
}
