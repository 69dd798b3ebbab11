//! What the books are told, and what they can be asked.

use jiff::Timestamp;

use super::books::Books;
use super::facts::{Balance, GoodsFacts, Known, Past};
use super::movement::AccountKind;
use crate::{AccountId, GoodsId, MovementId};

impl Books {
    /// Tells an account.
    pub fn tell_account(&mut self, id: AccountId, kind: AccountKind) {
        self.accounts.insert(id, kind);
    }

    /// Tells goods.
    pub fn tell_goods(&mut self, id: GoodsId, facts: GoodsFacts) {
        self.goods.insert(id, facts);
    }

    /// Tells a balance.
    pub fn tell_balance(&mut self, of: (AccountId, GoodsId), balance: Balance) {
        self.balances.insert(of, balance);
    }

    /// Tells a movement.
    pub fn tell_movement(&mut self, known: Known) {
        self.movements.insert(known.movement.id, known);
    }

    /// Tells the postings of an account that were made since the effective date of a late movement.
    pub fn tell_past(&mut self, of: (AccountId, GoodsId), past: Vec<Past>) {
        self.past.insert(of, past);
    }

    /// Tells how often what is in a store has changed.
    pub fn tell_revision(&mut self, store: AccountId, revision: u64) {
        self.revisions.insert(store, revision);
    }

    /// What an account is.
    pub fn account(&self, id: AccountId) -> Option<AccountKind> {
        self.accounts.get(&id).copied()
    }

    /// What the books know of goods.
    pub fn goods(&self, id: GoodsId) -> Option<GoodsFacts> {
        self.goods.get(&id).copied()
    }

    /// What is in an account.
    pub fn balance(&self, of: (AccountId, GoodsId)) -> Balance {
        self.balances.get(&of).copied().unwrap_or_default()
    }

    /// Every balance that was told or changed.
    pub fn balances(&self) -> impl Iterator<Item = ((AccountId, GoodsId), Balance)> {
        self.balances.iter().map(|(of, balance)| (*of, *balance))
    }

    /// A movement.
    pub fn movement(&self, id: MovementId) -> Option<&Known> {
        self.movements.get(&id)
    }

    /// How often what is in a store has changed.
    pub fn revision(&self, store: AccountId) -> u64 {
        self.revisions.get(&store).copied().unwrap_or(0)
    }

    /// When the last posting was made.
    pub const fn last(&self) -> Option<Timestamp> {
        self.last
    }

    /// Up to when all periods are closed.
    pub const fn closed_until(&self) -> Option<Timestamp> {
        self.closed_until
    }
}
