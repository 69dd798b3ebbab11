//! Two stores that are given the same random movements answer the same, and in neither of them
//! does stock appear or vanish.

use std::collections::BTreeMap;

use egnatia_app::{
    Batch, Change, CommitError, EnterMovement, ResolveMovement, StockChange, StockMoment, StockOf,
    Store,
};
use egnatia_stockpile::{
    AccountId, GoodsId, MovementId, MovementKind as Kind, Resolution, Resolving,
};
use jiff::{SignedDuration, Timestamp};

use super::stock_made::{
    ACCOUNTS, GONE, GOODS, OTHER, OUTSIDE, RACK, ROUNDS, STORE, UNIT, digest, line, movement,
    opening,
};
use crate::{Maker, user};

const KINDS: [Kind; 9] = [
    Kind::Opening,
    Kind::Opening,
    Kind::Receipt,
    Kind::Issue,
    Kind::Return,
    Kind::Transfer,
    Kind::Transfer,
    Kind::Expenditure,
    Kind::Transfer,
];

/// Makes random batches of movements, many of which the books refuse, from a seed.
struct Movements {
    make: Maker,
    entered: Vec<EnterMovement>,
}

impl Movements {
    fn below(&self, limit: usize) -> usize {
        self.make.entropy.below(limit)
    }

    fn hours(&self, limit: usize) -> SignedDuration {
        SignedDuration::from_hours(i64::try_from(self.below(limit)).unwrap_or(0))
    }

    /// Sides that fit the kind, most of the time.
    fn sides(&self, kind: Kind) -> (AccountId, AccountId) {
        let place = || [STORE, RACK, OTHER][self.below(3)];
        let (a, b) = (place(), place());
        match kind {
            _ if self.below(12) == 0 => (ACCOUNTS[self.below(6)], ACCOUNTS[self.below(6)]),
            Kind::Opening | Kind::Receipt => (OUTSIDE, b),
            Kind::Issue => (a, UNIT),
            Kind::Return => (UNIT, b),
            Kind::Expenditure => (a, GONE),
            _ => (a, b),
        }
    }

    fn enter(&mut self) -> StockChange {
        let before = self.below(self.entered.len() * 4 + 1);
        if let Some(again) = self.entered.get(before) {
            return StockChange::Enter(Box::new(again.clone()));
        }
        let mut lines = Vec::new();
        for _ in 0..=self.below(10) / 8 {
            let kind = KINDS[self.below(KINDS.len())];
            let sides = self.sides(kind);
            let goods = GOODS[self.below(GOODS.len())];
            let quantity = match goods {
                ROUNDS if kind == Kind::Opening => 40,
                ROUNDS => 1 + u64::try_from(self.below(9)).unwrap(),
                _ => 1,
            };
            if sides.0 != sides.1 {
                lines.push(line(kind, goods, sides, quantity));
            }
        }
        let mut entering = movement(&self.make, lines);
        if self.below(4) == 0 {
            let back = self.hours(60);
            entering.movement.effective_at = entering.recorded_at.checked_sub(back).ok();
        }
        if let Some(original) = self.entered.get(self.below(self.entered.len() * 6 + 1)) {
            let why = "taken back".to_owned().try_into().unwrap();
            let id = entering.movement.id;
            entering.movement = original.movement.reversal(id, None, user("ana"), why);
        }
        entering.digest = digest(&entering.movement);
        self.entered.push(entering.clone());
        StockChange::Enter(Box::new(entering))
    }

    fn resolve(&self) -> Option<StockChange> {
        let recent = self.entered.len().saturating_sub(5);
        let entered = self.entered.get(recent + self.below(5))?;
        let lines = entered.movement.lines.iter();
        let counted = lines.map(|line| line.quantity.get()).collect();
        let what = match self.below(6) {
            0 => Resolution::TimeOut,
            1 => Resolution::Void {
                reason: "not needed".to_owned().try_into().unwrap(),
            },
            2..4 => Resolution::Post {
                counted: Some(counted),
            },
            _ => Resolution::Post { counted: None },
        };
        let resolving = Resolving {
            movement: entered.movement.id,
            by: user(["ana", "boris"][self.below(5).min(1)]),
            what,
        };
        Some(StockChange::Resolve(Box::new(ResolveMovement {
            resolving,
            at: self.make.tick(),
            expects: vec![],
        })))
    }

    fn batch(&mut self) -> Batch {
        self.make.clock.advance(self.hours(8));
        let mut changes = Vec::new();
        for _ in 0..=self.below(8) / 6 {
            let change = match self.below(20) {
                0..11 => Some(self.enter()),
                11..19 => self.resolve(),
                _ => {
                    let at = self.make.tick();
                    let until = at.checked_sub(self.hours(100)).unwrap_or(at);
                    Some(StockChange::Close { until, at })
                }
            };
            changes.extend(change.map(Change::Stock));
        }
        self.make.changes(changes)
    }

    fn ids(&self) -> Vec<MovementId> {
        self.entered
            .iter()
            .map(|entered| entered.movement.id)
            .collect()
    }
}

/// Everything that can be seen of the books, as text.
pub async fn observe(store: &dyn Store, movements: &[MovementId]) -> Vec<String> {
    let mut seen = Vec::new();
    seen.push(format!("{:?}", store.stock_accounts().await.unwrap()));
    seen.push(format!("{:?}", store.stock_closed_until().await.unwrap()));
    seen.push(format!("{:?}", store.stock_waiting(100).await.unwrap()));
    let mut held = store.stock_movements(movements).await.unwrap();
    held.sort_by_key(|row| row.movement.id);
    seen.extend(held.iter().map(|row| format!("{row:?}")));
    for account in ACCOUNTS {
        for of in [StockOf::Account(account), StockOf::Store(account)] {
            seen.push(format!("{:?}", store.stock_balances(of).await.unwrap()));
        }
        seen.push(format!("{}", store.stock_revision(account).await.unwrap()));
        let ledger = store.stock_ledger(account, None, 1000).await.unwrap();
        if let Some(middle) = ledger.get(ledger.len() / 2) {
            let since = store.stock_since(account, middle.posted_at).await.unwrap();
            seen.push(format!("{since:?}"));
            let before = Some(middle.position);
            seen.push(format!(
                "{:?}",
                store.stock_ledger(account, before, 7).await.unwrap()
            ));
        }
        seen.extend(ledger.iter().map(|row| format!("{row:?}")));
    }
    for goods in GOODS {
        seen.push(format!(
            "{:?}",
            store.stock_balances(StockOf::Goods(goods)).await.unwrap()
        ));
        let history = store.stock_history(goods, None, 1000).await.unwrap();
        seen.push(format!("{history:?}"));
        for row in history.iter().step_by(3) {
            for moment in [row.posted_at, row.effective_at] {
                for at in [StockMoment::Posted(moment), StockMoment::Effective(moment)] {
                    let balance = store.stock_balance_at((row.account, goods), at).await;
                    seen.push(format!("{} {at:?} {balance:?}", row.account));
                }
            }
        }
    }
    seen
}

/// No stock has appeared or vanished: now, and at every moment at which something counts.
async fn is_conserved(store: &dyn Store) {
    for goods in GOODS {
        let history = store.stock_history(goods, None, 10_000).await.unwrap();
        let mut moments: Vec<Timestamp> = history.iter().map(|row| row.effective_at).collect();
        moments.sort_unstable();
        moments.dedup();
        for at in moments.into_iter().chain([Timestamp::MAX]) {
            let mut total = 0;
            let mut held = BTreeMap::new();
            for account in ACCOUNTS {
                let moment = StockMoment::Effective(at);
                let balance = store
                    .stock_balance_at((account, goods), moment)
                    .await
                    .unwrap();
                total += balance;
                if account != OUTSIDE {
                    assert!(balance >= 0, "{account} is below zero at {at}");
                    held.insert(account, balance);
                }
            }
            assert_eq!(total, 0, "at {at}");
            let places = held.values().filter(|balance| **balance > 0).count();
            assert!(goods == ROUNDS || places <= 1, "{held:?} at {at}");
        }
        is_posted(store, goods).await;
    }
}

/// The balances are the sums of the postings.
async fn is_posted(store: &dyn Store, goods: GoodsId) {
    let mut sums = BTreeMap::new();
    for row in store.stock_history(goods, None, 10_000).await.unwrap() {
        *sums.entry(row.account).or_insert(0) += row.amount;
    }
    sums.retain(|_, sum| *sum != 0);
    let rows = store.stock_balances(StockOf::Goods(goods)).await.unwrap();
    let held = rows.into_iter().map(|row| (row.account, row.quantity));
    let held: BTreeMap<_, _> = held.filter(|(_, quantity)| *quantity != 0).collect();
    assert_eq!(held, sums);
}

/// Gives both stores the same random movements; they have to answer the same, to show the same
/// afterwards, and to conserve everything. Returns how many batches were written and how many were
/// refused.
///
/// # Panics
/// Where the stores differ, or where stock appeared or vanished; the seed is in the message.
pub async fn stock_agree(
    one: &dyn Store,
    other: &dyn Store,
    seed: u64,
    batches: u32,
) -> (u32, u32) {
    let new = || Movements {
        make: Maker::new(seed),
        entered: vec![],
    };
    let (mut mine, mut theirs) = (new(), new());
    one.commit(opening(&mine.make)).await.unwrap();
    other.commit(opening(&theirs.make)).await.unwrap();
    let (mut written, mut refused) = (0, 0);
    for number in 0..batches {
        let (a, b) = (
            one.commit(mine.batch()).await,
            other.commit(theirs.batch()).await,
        );
        assert_eq!(a, b, "seed {seed}, batch {number}");
        match a {
            Ok(_) => written += 1,
            Err(error) => {
                let by_the_books = matches!(error, CommitError::Conflict(_));
                assert!(by_the_books, "seed {seed}, batch {number}: {error}");
                refused += 1;
            }
        }
    }
    let ids = mine.ids();
    let (a, b) = (observe(one, &ids).await, observe(other, &ids).await);
    for (mine, theirs) in a.iter().zip(&b) {
        assert_eq!(mine, theirs, "seed {seed}");
    }
    assert_eq!(a.len(), b.len(), "seed {seed}");
    is_conserved(one).await;
    is_conserved(other).await;
    (written, refused)
}
