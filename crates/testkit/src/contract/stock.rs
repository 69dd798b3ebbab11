//! The books of the stockpile.

use std::sync::Arc;

use egnatia_app::{
    CommitError, Committed, Conflict, EnterMovement, StockBalanceRow, StockChange, StockGoodsRow,
    StockMoment, StockOf, Store,
};
use egnatia_stockpile::{
    AccountId, GoodsFacts, GoodsId, LedgerRefused, Movement, MovementId, MovementKind as Kind,
    Resolution,
};
use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinSet;

use super::stock_made::{
    GONE, OTHER, OUTSIDE, PISTOL, RACK, RIFLE, ROUNDS, STORE, UNIT, digest, enter, line, movement,
    opening, resolve, signed, stock,
};
use crate::{Maker, user};

pub(super) fn refused(answer: Result<Committed, CommitError>) -> LedgerRefused {
    let told = format!("{answer:?}");
    let refused = match answer {
        Err(CommitError::Conflict(Conflict::Ledger(refused))) => Some(refused),
        _ => None,
    };
    assert!(refused.is_some(), "{told}");
    refused.unwrap()
}

pub(super) async fn holds(
    store: &Arc<dyn Store>,
    account: AccountId,
    goods: GoodsId,
) -> (i64, i64) {
    let rows = store
        .stock_balances(StockOf::Account(account))
        .await
        .unwrap();
    let row = rows.into_iter().find(|row| row.goods == goods);
    row.map_or((0, 0), |row| (row.quantity, row.reserved))
}

pub(super) async fn opened(store: &Arc<dyn Store>, make: &Maker, rounds: u64) -> MovementId {
    store.commit(opening(make)).await.unwrap();
    let lines = vec![
        line(Kind::Opening, ROUNDS, (OUTSIDE, RACK), rounds),
        line(Kind::Opening, RIFLE, (OUTSIDE, RACK), 1),
    ];
    let opening = movement(make, lines);
    let id = opening.movement.id;
    enter(store, make, opening).await.unwrap();
    id
}

pub async fn a_movement_has_two_sides_and_comes_back(store: Arc<dyn Store>) {
    let make = Maker::new(41);
    let id = opened(&store, &make, 100).await;
    assert_eq!(store.stock_accounts().await.unwrap().len(), 6);
    let rows = store.stock_balances(StockOf::Goods(ROUNDS)).await.unwrap();
    let row = |account, quantity| StockBalanceRow {
        account,
        goods: ROUNDS,
        quantity,
        reserved: 0,
    };
    assert_eq!(rows, [row(OUTSIDE, -100), row(RACK, 100)]);
    let in_store = store.stock_balances(StockOf::Store(STORE)).await.unwrap();
    assert_eq!(in_store.len(), 2);
    assert_eq!(
        store.stock_balances(StockOf::Store(OTHER)).await.unwrap(),
        []
    );
    let held = store
        .stock_movements(&[id, MovementId(make.id())])
        .await
        .unwrap();
    assert_eq!(held.len(), 1);
    assert_eq!(held[0].digest, digest(&held[0].movement));
    assert_eq!(store.stock_movement_count().await.unwrap(), 1);
    assert!(!held[0].waits());
    let ledger = store.stock_ledger(RACK, None, 10).await.unwrap();
    let seen: Vec<_> = ledger
        .iter()
        .map(|row| (row.goods, row.amount, row.balance, row.line))
        .collect();
    assert_eq!(
        seen,
        [(RIFLE, 1, 1, 1), (ROUNDS, 100, 100, 0)],
        "newest first"
    );
    let next = store
        .stock_ledger(RACK, Some(ledger[0].position), 10)
        .await
        .unwrap();
    assert_eq!(next, ledger[1..]);
    let history = store.stock_history(RIFLE, None, 10).await.unwrap();
    assert_eq!(
        history.iter().map(|row| row.account).collect::<Vec<_>>(),
        [RACK, OUTSIDE]
    );
    assert_eq!(
        store.stock_history(RIFLE, None, 1).await.unwrap(),
        history[..1]
    );
    assert!(store.stock_revision(STORE).await.unwrap() > 0);
    assert_eq!(store.stock_revision(OTHER).await.unwrap(), 0);
}

pub async fn the_same_movement_once_more_changes_nothing(store: Arc<dyn Store>) {
    let make = Maker::new(42);
    opened(&store, &make, 10).await;
    let used = movement(
        &make,
        vec![line(Kind::Expenditure, ROUNDS, (RACK, GONE), 4)],
    );
    enter(&store, &make, used.clone()).await.unwrap();
    let mut again = used.clone();
    again.recorded_at = make.tick();
    enter(&store, &make, again).await.unwrap();
    assert_eq!(holds(&store, RACK, ROUNDS).await, (6, 0));
    let mut other = used.clone();
    other.movement.reference = "V-2".into();
    other.digest = digest(&other.movement);
    let id = used.movement.id;
    assert_eq!(
        refused(enter(&store, &make, other).await),
        LedgerRefused::OtherContent(id)
    );
    // Twice in one batch.
    let once = movement(
        &make,
        vec![line(Kind::Expenditure, ROUNDS, (RACK, GONE), 1)],
    );
    let twice = vec![
        StockChange::Enter(Box::new(once.clone())),
        StockChange::Enter(Box::new(once)),
    ];
    store.commit(stock(&make, twice)).await.unwrap();
    assert_eq!(holds(&store, RACK, ROUNDS).await, (5, 0));
}

pub async fn what_waits_is_promised_until_it_is_signed_or_ends(store: Arc<dyn Store>) {
    let make = Maker::new(43);
    opened(&store, &make, 10).await;
    let issue = movement(&make, vec![line(Kind::Issue, ROUNDS, (RACK, UNIT), 7)]);
    let rifle = movement(&make, vec![line(Kind::Issue, RIFLE, (RACK, UNIT), 1)]);
    let (id, rifle_id, due_at) = (issue.movement.id, rifle.movement.id, issue.due_at);
    enter(&store, &make, issue).await.unwrap();
    enter(&store, &make, rifle).await.unwrap();
    assert_eq!(holds(&store, RACK, ROUNDS).await, (10, 7));
    assert_eq!(holds(&store, RACK, RIFLE).await, (1, 1));
    let more = movement(
        &make,
        vec![line(Kind::Expenditure, ROUNDS, (RACK, GONE), 4)],
    );
    let too_little = LedgerRefused::TooLittle {
        line: 0,
        available: 3,
        wanted: 4,
    };
    assert_eq!(refused(enter(&store, &make, more).await), too_little);
    let waiting = store.stock_waiting(10).await.unwrap();
    let ids: Vec<_> = waiting.iter().map(|row| row.movement.id).collect();
    assert_eq!((ids, waiting[0].due_at), (vec![id, rifle_id], Some(due_at)));
    assert_eq!(store.stock_waiting(1).await.unwrap(), waiting[..1]);

    let mut same = signed(&make, id, None);
    same.resolving.by = user("ana");
    assert_eq!(
        refused(resolve(&store, &make, same).await),
        LedgerRefused::SamePerson
    );
    resolve(&store, &make, signed(&make, id, None))
        .await
        .unwrap();
    let again = resolve(&store, &make, signed(&make, id, None)).await;
    assert_eq!(refused(again), LedgerRefused::Settled("posted"));
    assert_eq!(holds(&store, UNIT, ROUNDS).await, (7, 0));
    let held = store.stock_movements(&[id]).await.unwrap();
    assert_eq!(held[0].due_at, Some(due_at), "the time stays");
    assert_eq!(
        held[0].end.as_ref().map(|end| &end.resolving.by),
        Some(&user("boris"))
    );

    let mut lapse = signed(&make, rifle_id, None);
    lapse.resolving.what = Resolution::TimeOut;
    let early = resolve(&store, &make, lapse.clone()).await;
    assert_eq!(refused(early), LedgerRefused::StillWaits);
    lapse.at = due_at + SignedDuration::from_hours(1);
    resolve(&store, &make, lapse).await.unwrap();
    assert_eq!(holds(&store, RACK, RIFLE).await, (1, 0));
    assert_eq!(store.stock_waiting(10).await.unwrap(), []);
    // Entered and signed in one batch.
    let issue = movement(&make, vec![line(Kind::Issue, RIFLE, (RACK, UNIT), 1)]);
    let (id, due_at) = (issue.movement.id, issue.due_at);
    let both = vec![
        StockChange::Enter(Box::new(issue)),
        StockChange::Resolve(Box::new(signed(&make, id, None))),
    ];
    store.commit(stock(&make, both)).await.unwrap();
    assert_eq!(holds(&store, UNIT, RIFLE).await, (1, 0));
    let held = store.stock_movements(&[id]).await.unwrap();
    assert_eq!(held[0].due_at, Some(due_at));
}

pub async fn a_batch_that_the_books_refuse_leaves_nothing(store: Arc<dyn Store>) {
    let make = Maker::new(44);
    opened(&store, &make, 10).await;
    let before = super::observe(&*store).await;
    let good = movement(
        &make,
        vec![line(Kind::Expenditure, ROUNDS, (RACK, GONE), 4)],
    );
    let bad = movement(
        &make,
        vec![line(Kind::Expenditure, ROUNDS, (RACK, GONE), 7)],
    );
    let changes = vec![
        StockChange::RegisterGoods(StockGoodsRow {
            id: GoodsId(make.id()),
            facts: GoodsFacts {
                is_serialised: true,
                is_explosive: false,
            },
        }),
        StockChange::Enter(Box::new(good)),
        StockChange::Enter(Box::new(bad)),
    ];
    let refused = refused(store.commit(stock(&make, changes)).await);
    assert!(matches!(
        refused,
        LedgerRefused::TooLittle { available: 6, .. }
    ));
    assert_eq!(super::observe(&*store).await, before);
}

pub async fn one_weapon_is_in_one_place_also_under_two_clerks(store: Arc<dyn Store>) {
    let make = Maker::new(45);
    opened(&store, &make, 10).await;
    for round in 0..8 {
        let mut clerks = JoinSet::new();
        for to in [STORE, UNIT, GONE] {
            let kind = match to {
                STORE => Kind::Transfer,
                UNIT => Kind::Issue,
                _ => Kind::Expenditure,
            };
            let take = movement(&make, vec![line(kind, RIFLE, (RACK, to), 1)]);
            let batch = stock(&make, vec![StockChange::Enter(Box::new(take))]);
            let store = Arc::clone(&store);
            clerks.spawn(async move { store.commit(batch).await });
        }
        let answers = clerks.join_all().await;
        let won = answers.iter().filter(|answer| answer.is_ok()).count();
        assert_eq!(won, 1, "round {round}: {answers:?}");
        let rows = store.stock_balances(StockOf::Goods(RIFLE)).await.unwrap();
        let held = rows
            .iter()
            .filter(|row| row.account != OUTSIDE && row.quantity > 0);
        assert_eq!(held.count(), 1, "{rows:?}");
        // Back into the rack, for the next round.
        let waits = store.stock_waiting(10).await.unwrap();
        for row in waits {
            let mut void = signed(&make, row.movement.id, None);
            void.resolving.what = Resolution::Void {
                reason: "another round".to_owned().try_into().unwrap(),
            };
            resolve(&store, &make, void).await.unwrap();
        }
        let rows = store.stock_balances(StockOf::Goods(RIFLE)).await.unwrap();
        match rows.iter().find(|row| row.quantity > 0).unwrap().account {
            RACK => {}
            STORE => {
                let back = movement(&make, vec![line(Kind::Transfer, RIFLE, (STORE, RACK), 1)]);
                enter(&store, &make, back).await.unwrap();
            }
            _ => {
                let ledger = store.stock_ledger(GONE, None, 1).await.unwrap();
                let used = store.stock_movements(&[ledger[0].movement]).await.unwrap();
                take_back(&store, &make, &used[0].movement).await;
            }
        }
    }
}

async fn take_back(store: &Arc<dyn Store>, make: &Maker, original: &Movement) {
    let why = || "entered wrongly".to_owned().try_into().unwrap();
    let reversal = |id| {
        let movement = original.reversal(id, None, user("ana"), why());
        let recorded_at = make.tick();
        EnterMovement {
            digest: digest(&movement),
            movement,
            recorded_at,
            due_at: recorded_at + SignedDuration::from_hours(24),
            expects: vec![],
        }
    };
    let back = reversal(MovementId(make.id()));
    let id = back.movement.id;
    enter(store, make, back).await.unwrap();
    resolve(store, make, signed(make, id, None)).await.unwrap();
    let held = store.stock_movements(&[original.id]).await.unwrap();
    assert!(held[0].is_reversed);
    let twice = enter(store, make, reversal(MovementId(make.id()))).await;
    assert_eq!(refused(twice), LedgerRefused::NotReversible);
}

pub async fn a_lot_is_never_less_than_nothing_under_many_clerks(store: Arc<dyn Store>) {
    let make = Maker::new(46);
    opened(&store, &make, 25).await;
    let mut clerks = JoinSet::new();
    for _ in 0..20 {
        let take = movement(
            &make,
            vec![line(Kind::Expenditure, ROUNDS, (RACK, GONE), 3)],
        );
        let batch = stock(&make, vec![StockChange::Enter(Box::new(take))]);
        let store = Arc::clone(&store);
        clerks.spawn(async move { store.commit(batch).await });
    }
    let answers = clerks.join_all().await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 8);
    assert_eq!(holds(&store, RACK, ROUNDS).await, (1, 0));
    assert_eq!(holds(&store, GONE, ROUNDS).await, (24, 0));
}

pub async fn a_second_signature_counts_once_under_two_clerks(store: Arc<dyn Store>) {
    let make = Maker::new(47);
    opened(&store, &make, 10).await;
    let hand_over = movement(&make, vec![line(Kind::Transfer, ROUNDS, (RACK, OTHER), 10)]);
    let id = hand_over.movement.id;
    enter(&store, &make, hand_over).await.unwrap();
    let mut clerks = JoinSet::new();
    for counted in [10, 9] {
        let count = signed(&make, id, Some(vec![counted]));
        let batch = stock(&make, vec![StockChange::Resolve(Box::new(count))]);
        let store = Arc::clone(&store);
        clerks.spawn(async move { store.commit(batch).await });
    }
    let answers = clerks.join_all().await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    let (there, here) = (
        holds(&store, OTHER, ROUNDS).await.0,
        holds(&store, RACK, ROUNDS).await.0,
    );
    assert_eq!(there + here, 10);
    assert!(there >= 9);
}

pub async fn the_balance_of_any_moment_is_known(store: Arc<dyn Store>) {
    let make = Maker::new(48);
    opened(&store, &make, 100).await;
    let mut moments: Vec<(Timestamp, i64)> = vec![];
    let mut left = 100;
    for _ in 0..5 {
        let take = movement(
            &make,
            vec![line(Kind::Expenditure, ROUNDS, (RACK, GONE), 10)],
        );
        left -= 10;
        moments.push((take.recorded_at, left));
        enter(&store, &make, take).await.unwrap();
    }
    let at = async |moment| {
        store
            .stock_balance_at((RACK, ROUNDS), moment)
            .await
            .unwrap()
    };
    for (moment, left) in &moments {
        assert_eq!(at(StockMoment::Posted(*moment)).await, *left);
        assert_eq!(at(StockMoment::Effective(*moment)).await, *left);
    }
    // Entered late: it counts from then, and the books of then do not change.
    let mut late = movement(
        &make,
        vec![line(Kind::Expenditure, ROUNDS, (RACK, GONE), 3)],
    );
    late.movement.effective_at = Some(moments[1].0);
    late.digest = digest(&late.movement);
    let entered = late.recorded_at;
    enter(&store, &make, late).await.unwrap();
    assert_eq!(at(StockMoment::Posted(moments[1].0)).await, 80);
    assert_eq!(at(StockMoment::Effective(moments[0].0)).await, 90);
    assert_eq!(at(StockMoment::Effective(moments[1].0)).await, 77);
    assert_eq!(at(StockMoment::Effective(moments[4].0)).await, 47);
    assert_eq!(at(StockMoment::Posted(entered)).await, 47);
    let long_ago = "2020-01-01T00:00:00Z".parse().unwrap();
    assert_eq!(at(StockMoment::Posted(long_ago)).await, 0);
    let since = store.stock_since(RACK, moments[3].0).await.unwrap();
    let amounts: Vec<_> = since.iter().map(|row| row.amount).collect();
    assert_eq!(amounts, [-10, -3], "oldest first");
    // What would not have been there then is refused.
    let mut never = movement(
        &make,
        vec![line(Kind::Expenditure, ROUNDS, (RACK, GONE), 1)],
    );
    never.movement.effective_at =
        Some(long_ago + SignedDuration::from_hours(24 * 365 * 6 + 24 * 200));
    never.digest = digest(&never.movement);
    assert_eq!(
        refused(enter(&store, &make, never).await),
        LedgerRefused::NotThere { line: 0 }
    );
}

pub async fn a_closed_period_takes_nothing_more(store: Arc<dyn Store>) {
    let make = Maker::new(49);
    opened(&store, &make, 100).await;
    assert_eq!(store.stock_closed_until().await.unwrap(), None);
    let until = make.tick();
    let close = |until, at| stock(&make, vec![StockChange::Close { until, at }]);
    store.commit(close(until, make.tick())).await.unwrap();
    assert_eq!(store.stock_closed_until().await.unwrap(), Some(until));
    assert_eq!(
        refused(store.commit(close(until, make.tick())).await),
        LedgerRefused::Closing
    );
    let mut late = movement(
        &make,
        vec![line(Kind::Expenditure, ROUNDS, (RACK, GONE), 1)],
    );
    late.movement.effective_at = Some(until);
    late.digest = digest(&late.movement);
    assert_eq!(
        refused(enter(&store, &make, late).await),
        LedgerRefused::Closed
    );
    let now = movement(
        &make,
        vec![line(Kind::Expenditure, ROUNDS, (RACK, GONE), 1)],
    );
    enter(&store, &make, now).await.unwrap();
}

pub async fn goods_are_found_by_number_and_weapons_by_where_they_stand(store: Arc<dyn Store>) {
    let make = Maker::new(55);
    opened(&store, &make, 100).await;
    let places = store.stock_custody(&[RIFLE, PISTOL, ROUNDS]).await.unwrap();
    assert_eq!(
        places,
        [(RIFLE, RACK)],
        "a lot and what is outside stand nowhere"
    );
    assert_eq!(store.stock_custody(&[]).await.unwrap(), []);

    let mut ids = Vec::new();
    for name in [
        "stock-serial:m70 ab2: late:A1",
        "stock-lot:cartridge:A1",
        "stock-lot:cartridge:Б2",
        "stock-site:A1",
        "stock-lots:A1",
    ] {
        let mut put = make.new_record(egnatia_record::Kind::StockGoods);
        put.claims = vec![name.to_owned()];
        ids.push(GoodsId(put.envelope.id));
        store.commit(make.batch(vec![put])).await.unwrap();
    }
    let numbers = |wanted: &[&str]| {
        wanted
            .iter()
            .map(|text| (*text).to_owned())
            .collect::<Vec<_>>()
    };
    let mut found = store.stock_numbered(&numbers(&["A1", "C3"])).await.unwrap();
    found.sort_by_key(|(_, id)| *id != ids[0]);
    assert_eq!(
        found,
        [("A1".to_owned(), ids[0]), ("A1".to_owned(), ids[1])]
    );
    let found = store.stock_numbered(&numbers(&["Б2"])).await.unwrap();
    assert_eq!(found, [("Б2".to_owned(), ids[2])]);
    assert_eq!(store.stock_numbered(&[]).await.unwrap(), []);
}
