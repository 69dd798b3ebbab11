//! The stockpile: what was decided by something that has changed meanwhile.

use std::sync::Arc;

use egnatia_app::{StockChange, Store};
use egnatia_stockpile::{Expectation, LedgerRefused, MovementKind as Kind};

use super::stock::{holds, opened, refused};
use super::stock_made::{GONE, OUTSIDE, RACK, RIFLE, ROUNDS, STORE, enter, line, movement, stock};
use crate::Maker;

pub async fn a_store_that_changed_meanwhile_is_found_out(store: Arc<dyn Store>) {
    let make = Maker::new(50);
    opened(&store, &make, 10).await;
    let revision = store.stock_revision(STORE).await.unwrap();
    let mut planned = movement(
        &make,
        vec![line(Kind::Opening, ROUNDS, (OUTSIDE, STORE), 1)],
    );
    planned.expects = vec![Expectation {
        store: STORE,
        revision,
    }];
    let mut second = movement(&make, vec![line(Kind::Opening, ROUNDS, (OUTSIDE, RACK), 1)]);
    second.expects = planned.expects.clone();
    enter(&store, &make, planned).await.unwrap();
    assert_eq!(
        refused(enter(&store, &make, second).await),
        LedgerRefused::StoreChanged(STORE)
    );
}

pub async fn what_builds_on_where_goods_are_is_refused_once_they_were_moved(store: Arc<dyn Store>) {
    let make = Maker::new(56);
    opened(&store, &make, 10).await;
    let holds = |account, goods, quantity| StockChange::Holds {
        account,
        goods,
        quantity,
    };
    let here = |expected| stock(&make, vec![expected]);
    store.commit(here(holds(RACK, RIFLE, 1))).await.unwrap();
    // What nobody has heard of is nowhere.
    store.commit(here(holds(GONE, RIFLE, 0))).await.unwrap();
    let gone = movement(&make, vec![line(Kind::Transfer, RIFLE, (RACK, STORE), 1)]);
    // In the order of the transaction, behind the movement.
    for wrong in [
        holds(RACK, RIFLE, 1),
        holds(STORE, RIFLE, 0),
        holds(RACK, ROUNDS, 9),
    ] {
        let gone = StockChange::Enter(Box::new(gone.clone()));
        let both = stock(&make, vec![gone, wrong]);
        let goods = refused(store.commit(both).await);
        assert!(matches!(goods, LedgerRefused::GoodsMoved(_)), "{goods:?}");
    }
    assert_eq!(holds_now(&store).await, (1, 0), "all or nothing");
    let moved = movement(&make, vec![line(Kind::Transfer, RIFLE, (RACK, STORE), 1)]);
    enter(&store, &make, moved).await.unwrap();
    assert_eq!(
        refused(store.commit(here(holds(RACK, RIFLE, 1))).await),
        LedgerRefused::GoodsMoved(RIFLE)
    );
}

async fn holds_now(store: &Arc<dyn Store>) -> (i64, i64) {
    holds(store, RACK, RIFLE).await
}
