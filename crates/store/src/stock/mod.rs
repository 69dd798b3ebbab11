//! The books of the stockpile under the writer's lock: what some batches name is read, the books
//! of [`egnatia_stockpile`] say what may be, and what they did becomes rows.

mod rows;

use std::collections::{BTreeMap, BTreeSet};

use egnatia_app::{Batch, Change, StockChange, StockMovementRow, StoreError};
use egnatia_stockpile::{
    AccountId, Balance, Books, Entered, Entering, GoodsId, Known, LedgerRefused, Mark, Movement,
    MovementId, Past, Stage,
};
use jiff::Timestamp;

use crate::ask::{composed, rows_of, sql};
use crate::backend::{Argument, Link, store_error};
use crate::read::stock::{self as read, KnownMovement};
use crate::read::{all, first};
use crate::row::Row;

pub use rows::StockRows;

/// Pairs of account and goods of one statement.
const PAIRS_MAX: usize = 64;

/// The part of the books that some batches name, and under which numbers it is stored.
#[derive(Debug, Default)]
pub struct StockView {
    books: Books,
    accounts: BTreeMap<AccountId, i64>,
    goods: BTreeMap<GoodsId, i64>,
    movements: BTreeMap<MovementId, i64>,
}

/// What batches name.
#[derive(Default)]
struct Named<'b> {
    movements: BTreeSet<MovementId>,
    accounts: BTreeSet<AccountId>,
    goods: BTreeSet<GoodsId>,
    sides: BTreeSet<(AccountId, GoodsId)>,
    entered: Vec<&'b Movement>,
    /// From when late movements count, the earliest of each side.
    late: BTreeMap<(AccountId, GoodsId), Timestamp>,
}

impl<'b> Named<'b> {
    fn by(changes: &[&'b StockChange]) -> Self {
        let mut named = Self::default();
        for change in changes {
            match change {
                StockChange::OpenAccount(row) => {
                    named.accounts.insert(row.id);
                    named.accounts.extend(row.kind.store());
                }
                StockChange::RegisterGoods(row) => {
                    named.goods.insert(row.id);
                }
                StockChange::Enter(entering) => {
                    named.movements.insert(entering.movement.id);
                    named.movements.extend(entering.movement.reverses);
                    named.entered.push(&entering.movement);
                    let stores = entering.expects.iter().map(|expected| expected.store);
                    named.accounts.extend(stores);
                }
                StockChange::Resolve(resolving) => {
                    named.movements.insert(resolving.resolving.movement);
                    let stores = resolving.expects.iter().map(|expected| expected.store);
                    named.accounts.extend(stores);
                }
                StockChange::Holds { account, goods, .. } => {
                    named.sides.insert((*account, *goods));
                    named.accounts.insert(*account);
                    named.goods.insert(*goods);
                }
                StockChange::Close { .. } => {}
            }
        }
        named
    }

    fn sides_of(&mut self, movement: &Movement) {
        for side in movement.sides() {
            self.sides.insert(side);
            self.accounts.insert(side.0);
            self.goods.insert(side.1);
            if let Some(effective_at) = movement.effective_at {
                let earliest = self.late.entry(side).or_insert(effective_at);
                *earliest = effective_at.min(*earliest);
            }
        }
    }
}

fn ids<'a>(ids: impl Iterator<Item = &'a [u8; 16]>) -> Vec<Argument> {
    ids.map(|id| id.as_slice().into()).collect()
}

/// A movement as the books know it.
fn known(row: &StockMovementRow) -> Known {
    let stage = match (&row.end, row.due_at) {
        (Some(end), _) => match &end.resolving.what {
            egnatia_stockpile::Resolution::Post { counted } => Stage::Posted {
                counted: counted.clone(),
            },
            egnatia_stockpile::Resolution::Void { .. } => Stage::Voided,
            egnatia_stockpile::Resolution::TimeOut => Stage::TimedOut,
        },
        (None, Some(due_at)) => Stage::Waiting { due_at },
        (None, None) => Stage::Posted { counted: None },
    };
    Known {
        movement: std::sync::Arc::new(row.movement.clone()),
        digest: *row.digest.as_bytes(),
        stage,
        is_reversed: row.is_reversed,
    }
}

impl StockView {
    /// Reads what the batches name of the books; nothing where they name nothing of them.
    pub async fn load(link: &mut dyn Link, batches: &[Batch]) -> Result<Self, StoreError> {
        let changes = batches.iter().flat_map(|batch| &batch.changes);
        let changes: Vec<&StockChange> = changes
            .filter_map(|change| match change {
                Change::Stock(change) => Some(change),
                _ => None,
            })
            .collect();
        if changes.is_empty() {
            return Ok(Self::default());
        }
        let mut named = Named::by(&changes);
        let text = "SELECT last_us, closed_us FROM stock_state WHERE id = 1";
        let state = first(link, sql(text), vec![], |row| {
            Ok((row.maybe_time()?, row.maybe_time()?))
        });
        let (last, closed_until) = state.await?.unwrap_or_default();
        let mut view = Self {
            books: Books::new(last, closed_until),
            ..Self::default()
        };
        view.load_movements(link, &mut named).await?;
        for movement in std::mem::take(&mut named.entered) {
            named.sides_of(movement);
        }
        view.load_accounts(link, &named.accounts).await?;
        view.load_goods(link, &named.goods).await?;
        view.load_balances(link, &named.sides).await?;
        view.load_past(link, &named.late).await?;
        Ok(view)
    }

    async fn load_movements(
        &mut self,
        link: &mut dyn Link,
        named: &mut Named<'_>,
    ) -> Result<(), StoreError> {
        let mut wanted = std::mem::take(&mut named.movements);
        // What waits may take back another one: that one is read in a second round.
        for _ in 0..2 {
            let found = read::known(link, &wanted.iter().copied().collect::<Vec<_>>()).await?;
            wanted.clear();
            for KnownMovement { position, row } in found {
                if row.waits() {
                    named.sides_of(&row.movement);
                }
                let id = row.movement.id;
                wanted.extend(row.movement.reverses);
                self.movements.insert(id, position);
                self.books.tell_movement(known(&row));
            }
            wanted.retain(|id| !self.movements.contains_key(id));
        }
        Ok(())
    }

    async fn load_accounts(
        &mut self,
        link: &mut dyn Link,
        wanted: &BTreeSet<AccountId>,
    ) -> Result<(), StoreError> {
        let select = "SELECT number, id, kind, store FROM stock_accounts WHERE id";
        let mut wanted = wanted.clone();
        let mut stores = BTreeSet::new();
        // The stores of places are read in a second round.
        for _ in 0..2 {
            let keys = ids(wanted.iter().map(AccountId::as_bytes));
            let rows = rows_of(link, select, keys).await;
            for mut row in rows.map_err(|error| store_error(&error))? {
                let number = row.int()?;
                let account = read::account(&mut row)?;
                self.accounts.insert(account.id, number);
                self.books.tell_account(account.id, account.kind);
                stores.extend(account.kind.store());
            }
            let missing = stores.iter().filter(|id| !self.accounts.contains_key(id));
            wanted = missing.copied().collect();
        }
        let numbers = stores.iter().filter_map(|id| self.accounts.get(id));
        let keys = numbers.map(|number| (*number).into()).collect();
        let select = "SELECT a.id, s.revision FROM stock_stores s \
                      JOIN stock_accounts a ON a.number = s.store WHERE s.store";
        let rows = rows_of(link, select, keys).await;
        for mut row in rows.map_err(|error| store_error(&error))? {
            let store = AccountId(row.id()?);
            self.books.tell_revision(store, row.count()?);
        }
        Ok(())
    }

    async fn load_goods(
        &mut self,
        link: &mut dyn Link,
        wanted: &BTreeSet<GoodsId>,
    ) -> Result<(), StoreError> {
        let select = "SELECT number, id, serialised, explosive FROM stock_goods WHERE id";
        let keys = ids(wanted.iter().map(GoodsId::as_bytes));
        let rows = rows_of(link, select, keys).await;
        for mut row in rows.map_err(|error| store_error(&error))? {
            let number = row.int()?;
            let id = GoodsId(row.id()?);
            self.goods.insert(id, number);
            self.books.tell_goods(id, read::facts(&mut row)?);
        }
        Ok(())
    }

    /// The stored numbers of a side; nothing where it is new.
    fn numbers(&self, side: &(AccountId, GoodsId)) -> Option<(i64, i64)> {
        Some((*self.accounts.get(&side.0)?, *self.goods.get(&side.1)?))
    }

    async fn load_balances(
        &mut self,
        link: &mut dyn Link,
        sides: &BTreeSet<(AccountId, GoodsId)>,
    ) -> Result<(), StoreError> {
        let stored = |side: &(AccountId, GoodsId)| Some((self.numbers(side)?, *side));
        let by_number: BTreeMap<(i64, i64), (AccountId, GoodsId)> =
            sides.iter().filter_map(stored).collect();
        let pairs: Vec<(i64, i64)> = by_number.keys().copied().collect();
        for chunk in pairs.chunks(PAIRS_MAX) {
            let whole = chunk.len().next_power_of_two();
            let filled = chunk
                .iter()
                .chain(chunk.last().into_iter().cycle())
                .take(whole);
            let arguments =
                filled.flat_map(|(account, goods)| [(*goods).into(), (*account).into()]);
            let arguments: Vec<Argument> = arguments.collect();
            let places: Vec<String> = (0..whole)
                .map(|pair| format!("(${}, ${})", 2 * pair + 1, 2 * pair + 2))
                .collect();
            let text = format!(
                "SELECT b.account, b.goods, b.quantity, b.reserved FROM (VALUES {}) AS v \
                 JOIN stock_balances b ON b.goods = v.column1 AND b.account = v.column2",
                places.join(", ")
            );
            let rows = all(link, composed(text), arguments, balance_row).await?;
            for (numbers, balance) in rows {
                if let Some(side) = by_number.get(&numbers) {
                    self.books.tell_balance(*side, balance);
                }
            }
        }
        Ok(())
    }

    /// What was posted since the effective date of late movements.
    async fn load_past(
        &mut self,
        link: &mut dyn Link,
        late: &BTreeMap<(AccountId, GoodsId), Timestamp>,
    ) -> Result<(), StoreError> {
        for (side, since) in late {
            let Some((account, goods)) = self.numbers(side) else {
                continue;
            };
            let has_floor = self.books.has_floor(*side);
            if !has_floor {
                continue;
            }
            let text = "SELECT effective_us, amount FROM stock_postings \
                        WHERE goods = $1 AND account = $2 AND posted_us > $3";
            let arguments = vec![goods.into(), account.into(), since.as_microsecond().into()];
            let past = all(link, sql(text), arguments, |row| {
                Ok(Past {
                    effective_at: row.time()?,
                    amount: row.int()?,
                })
            });
            self.books.tell_past(*side, past.await?);
        }
        Ok(())
    }

    /// The present moment of the books.
    pub fn mark(&self) -> Mark {
        self.books.mark()
    }

    /// Takes the books back to a moment.
    pub fn rewind(&mut self, to: Mark) {
        self.books.rewind(to);
    }

    /// Takes a change into the books; says what it did to a movement.
    pub fn change(&mut self, change: &StockChange) -> Result<Option<Entered>, LedgerRefused> {
        match change {
            StockChange::OpenAccount(row) => self.books.open_account(row.id, row.kind)?,
            StockChange::RegisterGoods(row) => self.books.register(row.id, row.facts)?,
            StockChange::Close { until, at } => self.books.close(*until, *at)?,
            StockChange::Holds {
                account,
                goods,
                quantity,
            } => self.books.holds((*account, *goods), *quantity)?,
            StockChange::Enter(entering) => {
                let entering = Entering {
                    movement: &entering.movement,
                    digest: *entering.digest.as_bytes(),
                    recorded_at: entering.recorded_at,
                    due_at: entering.due_at,
                    expects: &entering.expects,
                };
                return self.books.enter(entering).map(Some);
            }
            StockChange::Resolve(resolving) => {
                let entered =
                    self.books
                        .resolve(&resolving.resolving, resolving.at, &resolving.expects);
                return entered.map(Some);
            }
        }
        Ok(None)
    }
}

fn balance_row(row: &mut Row) -> Result<((i64, i64), Balance), StoreError> {
    let numbers = (row.int()?, row.int()?);
    let balance = Balance {
        quantity: row.int()?,
        reserved: row.int()?,
    };
    Ok((numbers, balance))
}
