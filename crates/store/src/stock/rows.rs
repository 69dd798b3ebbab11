//! What the books did, as rows.

use std::collections::{BTreeMap, BTreeSet};

use egnatia_app::{ResolveMovement, StockChange, StoreError};
use egnatia_stockpile::{
    AccountId, AccountKind, Balance, Entered, GoodsId, Movement, MovementId, Resolution,
};
use jiff::Timestamp;

use super::StockView;
use crate::backend::{Argument, Link};
use crate::insert::{Rows, Statements};
use crate::schema::stock as schema;
use crate::stage::Head;

/// Rows of the books that wait to be written.
#[derive(Debug)]
pub struct StockRows {
    accounts: Rows,
    goods: Rows,
    movements: Rows,
    waiting: Rows,
    reversals: Rows,
    postings: Rows,
    balances: Rows,
    stores: Rows,
    state: Rows,
    account_numbers: BTreeMap<AccountId, i64>,
    goods_numbers: BTreeMap<GoodsId, i64>,
    positions: BTreeMap<MovementId, i64>,
    /// Until when movements wait that this transaction enters.
    due: BTreeMap<i64, Timestamp>,
    /// As they are at the end of the transaction.
    changed: BTreeMap<(AccountId, GoodsId), Balance>,
    changed_stores: BTreeSet<AccountId>,
}

fn time(at: Timestamp) -> Argument {
    at.as_microsecond().into()
}

/// The books accepted something of which the store does not know the number: our own mistake.
fn lost() -> StoreError {
    StoreError::Corrupt("the books name something without a number".into())
}

fn json(value: &impl serde::Serialize) -> Result<Vec<u8>, StoreError> {
    serde_json::to_vec(value).map_err(|error| StoreError::Corrupt(error.to_string()))
}

impl StockRows {
    /// Nothing yet.
    pub fn new() -> Self {
        Self {
            accounts: Rows::of(&schema::ACCOUNTS),
            goods: Rows::of(&schema::GOODS),
            movements: Rows::of(&schema::MOVEMENTS),
            waiting: Rows::of(&schema::WAITING),
            reversals: Rows::of(&schema::REVERSALS),
            postings: Rows::of(&schema::POSTINGS),
            balances: Rows::of(&schema::BALANCES),
            stores: Rows::of(&schema::STORES),
            state: Rows::of(&schema::STATE),
            account_numbers: BTreeMap::new(),
            goods_numbers: BTreeMap::new(),
            positions: BTreeMap::new(),
            due: BTreeMap::new(),
            changed: BTreeMap::new(),
            changed_stores: BTreeSet::new(),
        }
    }

    /// Stages a change that the books took; `entered` is what they did.
    pub fn change(
        &mut self,
        view: &StockView,
        head: &mut Head,
        change: &StockChange,
        entered: Option<&Entered>,
    ) -> Result<(), StoreError> {
        match (change, entered) {
            (StockChange::OpenAccount(row), _) => {
                let number = next(head);
                self.account_numbers.insert(row.id, number);
                let store = row.kind.store().map(|store| store.as_bytes().to_vec());
                let is_outside = row.kind == AccountKind::Outside;
                self.accounts.push(vec![
                    number.into(),
                    row.id.as_bytes().as_slice().into(),
                    row.kind.as_str().into(),
                    Argument::Blob(store),
                    i64::from(is_outside).into(),
                ]);
            }
            (StockChange::RegisterGoods(row), _) => {
                let number = next(head);
                self.goods_numbers.insert(row.id, number);
                self.goods.push(vec![
                    number.into(),
                    row.id.as_bytes().as_slice().into(),
                    i64::from(row.facts.is_serialised).into(),
                    i64::from(row.facts.is_explosive).into(),
                ]);
            }
            (StockChange::Close { .. }, _) => self.state(view),
            (StockChange::Holds { .. }, _) => {}
            (StockChange::Enter(entering), Some(entered)) => {
                if *entered == Entered::Repeated {
                    return Ok(());
                }
                let position = next(head);
                let movement = &entering.movement;
                self.positions.insert(movement.id, position);
                self.movements.push(vec![
                    position.into(),
                    movement.id.as_bytes().as_slice().into(),
                    entering.digest.as_bytes().as_slice().into(),
                    json(movement)?.into(),
                    time(entering.recorded_at),
                ]);
                if let Entered::Waiting { due_at, .. } = entered {
                    self.due.insert(position, *due_at);
                    self.wait(position, (*due_at, None), None);
                }
                self.entered(view, head, (movement, position), entered)?;
            }
            (StockChange::Resolve(resolving), Some(entered)) => {
                self.resolved(view, head, resolving, entered)?;
            }
            (StockChange::Enter(_) | StockChange::Resolve(_), None) => return Err(lost()),
        }
        Ok(())
    }

    fn wait(
        &mut self,
        position: i64,
        (due_at, ended_at): (Timestamp, Option<Timestamp>),
        resolution: Option<Vec<u8>>,
    ) {
        let row = vec![
            position.into(),
            time(due_at),
            Argument::Int(ended_at.map(Timestamp::as_microsecond)),
            Argument::Blob(resolution),
        ];
        self.waiting.replace(position.to_be_bytes().to_vec(), row);
    }

    fn resolved(
        &mut self,
        view: &StockView,
        head: &mut Head,
        resolving: &ResolveMovement,
        entered: &Entered,
    ) -> Result<(), StoreError> {
        let id = resolving.resolving.movement;
        let position = self.position(view, id)?;
        let known = view.books.movement(id).ok_or_else(lost)?;
        let at = match entered {
            Entered::Posted { at, .. } | Entered::Ended { at } => *at,
            Entered::Repeated | Entered::Waiting { .. } => return Err(lost()),
        };
        let resolution = json(&resolving.resolving)?;
        // On a row that is stored only the end is written: the time by which it was due stays.
        let due_at = self.due.get(&position).copied().unwrap_or(at);
        self.wait(position, (due_at, Some(at)), Some(resolution));
        let movement = std::sync::Arc::clone(&known.movement);
        if matches!(resolving.resolving.what, Resolution::Post { .. }) {
            return self.entered(view, head, (&movement, position), entered);
        }
        self.touched(view, &movement);
        Ok(())
    }

    /// Both sides of what was posted, and the balances that changed.
    fn entered(
        &mut self,
        view: &StockView,
        head: &mut Head,
        (movement, position): (&Movement, i64),
        entered: &Entered,
    ) -> Result<(), StoreError> {
        if let Entered::Posted {
            at,
            effective_at,
            postings,
            ..
        } = entered
        {
            for posting in postings {
                let number = next(head);
                let row = vec![
                    self.goods_number(view, posting.goods)?.into(),
                    self.account_number(view, posting.account)?.into(),
                    time(*at),
                    number.into(),
                    position.into(),
                    posting.line.into(),
                    posting.amount.into(),
                    posting.balance.into(),
                    time(*effective_at),
                ];
                self.postings.push(row);
            }
            if let Some(original) = movement.reverses {
                let reversed = self.position(view, original)?;
                self.reversals.push(vec![reversed.into(), position.into()]);
            }
            self.state(view);
        }
        self.touched(view, movement);
        Ok(())
    }

    /// The balances of everything that a movement names may have changed.
    fn touched(&mut self, view: &StockView, movement: &Movement) {
        for side in movement.sides() {
            self.changed.insert(side, view.books.balance(side));
            let kind = view.books.account(side.0);
            let store = kind.and_then(AccountKind::store);
            let is_explosive = view
                .books
                .goods(side.1)
                .is_some_and(|facts| facts.is_explosive);
            self.changed_stores.extend(store.filter(|_| is_explosive));
        }
    }

    fn state(&mut self, view: &StockView) {
        let row = vec![
            1i64.into(),
            Argument::Int(view.books.last().map(Timestamp::as_microsecond)),
            Argument::Int(view.books.closed_until().map(Timestamp::as_microsecond)),
        ];
        self.state.replace(vec![1], row);
    }

    fn account_number(&self, view: &StockView, id: AccountId) -> Result<i64, StoreError> {
        let stored = view
            .accounts
            .get(&id)
            .or_else(|| self.account_numbers.get(&id));
        stored.copied().ok_or_else(lost)
    }

    fn goods_number(&self, view: &StockView, id: GoodsId) -> Result<i64, StoreError> {
        let stored = view.goods.get(&id).or_else(|| self.goods_numbers.get(&id));
        stored.copied().ok_or_else(lost)
    }

    fn position(&self, view: &StockView, id: MovementId) -> Result<i64, StoreError> {
        let stored = view.movements.get(&id).or_else(|| self.positions.get(&id));
        stored.copied().ok_or_else(lost)
    }

    /// Stages the balances as they are at the end of the transaction.
    pub fn settle(&mut self, view: &StockView) -> Result<(), StoreError> {
        let mut changed: Vec<_> = std::mem::take(&mut self.changed).into_iter().collect();
        // What becomes less is written first: the database too lets one weapon be in one place.
        changed.sort_by_key(|(_, balance)| balance.quantity);
        for (side, balance) in changed {
            let facts = view.books.goods(side.1).ok_or_else(lost)?;
            let is_outside = view.books.account(side.0) == Some(AccountKind::Outside);
            self.balances.push(vec![
                self.goods_number(view, side.1)?.into(),
                self.account_number(view, side.0)?.into(),
                balance.quantity.into(),
                balance.reserved.into(),
                i64::from(facts.is_serialised).into(),
                i64::from(is_outside).into(),
            ]);
        }
        for store in std::mem::take(&mut self.changed_stores) {
            let number = self.account_number(view, store)?;
            let revision = view.books.revision(store);
            self.stores.push(vec![number.into(), revision.into()]);
        }
        Ok(())
    }

    /// Writes what waits.
    pub async fn flush(
        &mut self,
        link: &mut dyn Link,
        statements: &mut Statements,
    ) -> Result<(), sqlx::Error> {
        for rows in [
            &mut self.accounts,
            &mut self.goods,
            &mut self.movements,
            &mut self.waiting,
            &mut self.reversals,
            &mut self.postings,
            &mut self.balances,
            &mut self.stores,
            &mut self.state,
        ] {
            rows.flush(link, statements).await?;
        }
        Ok(())
    }
}

fn next(head: &mut Head) -> i64 {
    head.position += 1;
    i64::try_from(head.position).unwrap_or(i64::MAX)
}
