//! Makes accounts, goods and movements of the stockpile.

use std::num::NonZeroU64;
use std::sync::Arc;

use egnatia_app::{
    Batch, Change, CommitError, Committed, EnterMovement, ResolveMovement, StockAccountRow,
    StockChange, StockGoodsRow, Store,
};
use egnatia_audit::Hash;
use egnatia_stockpile::{
    AccountId, AccountKind, GoodsFacts, GoodsId, Line, Movement, MovementId, MovementKind as Kind,
    Resolution, Resolving,
};
use jiff::SignedDuration;

use crate::{Maker, user};

/// Accounts and goods that the cases use.
pub const OUTSIDE: AccountId = AccountId::from_bytes([1; 16]);
pub const STORE: AccountId = AccountId::from_bytes([2; 16]);
pub const RACK: AccountId = AccountId::from_bytes([3; 16]);
pub const OTHER: AccountId = AccountId::from_bytes([4; 16]);
pub const UNIT: AccountId = AccountId::from_bytes([5; 16]);
pub const GONE: AccountId = AccountId::from_bytes([6; 16]);
pub const RIFLE: GoodsId = GoodsId::from_bytes([21; 16]);
pub const PISTOL: GoodsId = GoodsId::from_bytes([22; 16]);
pub const ROUNDS: GoodsId = GoodsId::from_bytes([23; 16]);
pub const ACCOUNTS: [AccountId; 6] = [OUTSIDE, STORE, RACK, OTHER, UNIT, GONE];
pub const GOODS: [GoodsId; 3] = [RIFLE, PISTOL, ROUNDS];

pub fn stock(make: &Maker, changes: Vec<StockChange>) -> Batch {
    make.changes(changes.into_iter().map(Change::Stock).collect())
}

/// Opens the accounts and registers the goods.
pub fn opening(make: &Maker) -> Batch {
    let kinds = [
        AccountKind::Outside,
        AccountKind::Place { store: STORE },
        AccountKind::Place { store: STORE },
        AccountKind::Place { store: OTHER },
        AccountKind::Holder,
        AccountKind::Expended,
    ];
    let accounts = ACCOUNTS.into_iter().zip(kinds);
    let accounts = accounts.map(|(id, kind)| StockAccountRow { id, kind });
    let goods = GOODS.into_iter().map(|id| StockGoodsRow {
        id,
        facts: GoodsFacts {
            is_serialised: id != ROUNDS,
            is_explosive: id == ROUNDS,
        },
    });
    let mut changes: Vec<_> = accounts.map(StockChange::OpenAccount).collect();
    changes.extend(goods.map(StockChange::RegisterGoods));
    stock(make, changes)
}

/// A line.
///
/// # Panics
/// Where the quantity is zero.
#[expect(
    clippy::expect_used,
    reason = "test kit: the number stands in the test"
)]
pub fn line(kind: Kind, goods: GoodsId, sides: (AccountId, AccountId), quantity: u64) -> Line {
    Line {
        kind,
        goods,
        from: sides.0,
        to: sides.1,
        quantity: NonZeroU64::new(quantity).expect("a quantity"),
    }
}

/// A movement of `ana` that is entered now.
pub fn movement(make: &Maker, lines: Vec<Line>) -> EnterMovement {
    let recorded_at = make.tick();
    let movement = Movement {
        id: MovementId(make.id()),
        lines,
        effective_at: None,
        reference: "V-1".into(),
        remark: "as ordered".to_owned().try_into().ok(),
        reverses: None,
        by: user("ana"),
    };
    EnterMovement {
        digest: digest(&movement),
        movement,
        recorded_at,
        due_at: recorded_at + SignedDuration::from_hours(24),
        expects: vec![],
    }
}

/// The hash of the content.
pub fn digest(movement: &Movement) -> Hash {
    Hash::of(&serde_json::to_vec(movement).unwrap_or_default())
}

/// Commits a movement.
pub async fn enter(
    store: &Arc<dyn Store>,
    make: &Maker,
    enter: EnterMovement,
) -> Result<Committed, CommitError> {
    let change = StockChange::Enter(Box::new(enter));
    store.commit(stock(make, vec![change])).await
}

/// Another person posts it now.
pub fn signed(make: &Maker, movement: MovementId, counted: Option<Vec<u64>>) -> ResolveMovement {
    ResolveMovement {
        resolving: Resolving {
            movement,
            by: user("boris"),
            what: Resolution::Post { counted },
        },
        at: make.tick(),
        expects: vec![],
    }
}

/// Commits what becomes of a movement.
pub async fn resolve(
    store: &Arc<dyn Store>,
    make: &Maker,
    resolve: ResolveMovement,
) -> Result<Committed, CommitError> {
    let change = StockChange::Resolve(Box::new(resolve));
    store.commit(stock(make, vec![change])).await
}

/// Changes that touch every table of the books.
pub fn everything(make: &Maker) -> Vec<Change> {
    let mut changes = opening(make).changes;
    let lines = vec![line(Kind::Opening, ROUNDS, (OUTSIDE, RACK), 20)];
    let opened = movement(make, lines);
    let used = movement(make, vec![line(Kind::Expenditure, ROUNDS, (RACK, GONE), 2)]);
    let id = MovementId(make.id());
    let why = "entered wrongly".to_owned().try_into().ok();
    let back = why.map(|why| used.movement.reversal(id, None, user("ana"), why));
    let issue = movement(make, vec![line(Kind::Issue, ROUNDS, (RACK, UNIT), 5)]);
    let until = make.tick();
    let mut stock: Vec<StockChange> = [Some(opened), Some(used.clone()), Some(issue)]
        .into_iter()
        .flatten()
        .map(|enter| StockChange::Enter(Box::new(enter)))
        .collect();
    if let Some(back) = back {
        let enter = EnterMovement {
            digest: digest(&back),
            movement: back,
            ..used
        };
        stock.push(StockChange::Enter(Box::new(enter)));
        stock.push(StockChange::Resolve(Box::new(signed(make, id, None))));
    }
    stock.push(StockChange::Close {
        until,
        at: make.tick(),
    });
    changes.extend(stock.into_iter().map(Change::Stock));
    changes
}
