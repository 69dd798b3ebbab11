//! Counting against the balance when the count began.

use std::collections::{BTreeMap, BTreeSet};

use egnatia_record::RecordId;
use egnatia_stockpile::{
    AccountId, CaseRefused, CaseState, Compared, Difference, GoodsId, LossKind, Moved, Scan,
    ScanOutcome, SnapshotLine, Sought, StockCase, TakeResult, compare, outcomes,
};

use crate::world::{CARTRIDGES, LOST, PISTOL, RACK, RIFLE, STORE, at, record, user};

fn scan(number: u8, place: AccountId, goods: Option<GoodsId>, quantity: u64) -> Scan {
    Scan {
        id: record(number),
        place,
        code: format!("code {number}"),
        goods,
        quantity,
        by: user("ana"),
        at: at(2),
    }
}

fn held(place: AccountId, goods: GoodsId, quantity: u64) -> SnapshotLine {
    SnapshotLine {
        place,
        goods,
        quantity,
    }
}

struct Take {
    places: BTreeSet<AccountId>,
    snapshot: Vec<SnapshotLine>,
    moved: Vec<Moved>,
    booked: BTreeMap<GoodsId, AccountId>,
}

impl Take {
    fn new() -> Self {
        Self {
            places: BTreeSet::from([RACK, STORE]),
            snapshot: vec![
                held(RACK, RIFLE, 1),
                held(RACK, CARTRIDGES, 100),
                held(STORE, PISTOL, 1),
            ],
            moved: vec![],
            booked: BTreeMap::from([(RIFLE, RACK), (PISTOL, STORE)]),
        }
    }

    fn compared(&self) -> Compared<'_> {
        Compared {
            places: &self.places,
            started_at: at(1),
            finished_at: at(5),
            snapshot: &self.snapshot,
            moved: &self.moved,
            booked: &self.booked,
        }
    }

    fn compare(&self, scans: &[Scan]) -> TakeResult {
        compare(&self.compared(), scans)
    }
}

fn whole() -> Vec<Scan> {
    vec![
        scan(1, RACK, Some(RIFLE), 1),
        scan(2, RACK, Some(CARTRIDGES), 100),
        scan(3, STORE, Some(PISTOL), 1),
    ]
}

#[test]
fn a_count_that_agrees_differs_in_nothing() {
    let result = Take::new().compare(&whole());
    assert_eq!((result.agreed, result.lines.len()), (3, 0));
}

#[test]
fn what_is_not_there_is_missing_and_what_is_too_much_is_surplus() {
    let mut scans = whole();
    scans.remove(0);
    scans[0].quantity = 103;
    let result = Take::new().compare(&scans);
    let found: Vec<_> = result
        .lines
        .iter()
        .map(|line| (line.goods, line.difference))
        .collect();
    let expected = [
        (RIFLE, Difference::Missing(1)),
        (CARTRIDGES, Difference::Surplus(3)),
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_repeated_scan_counts_once_and_is_shown() {
    let take = Take::new();
    let mut scans = whole();
    scans.push(scans[0].clone());
    scans.push(scan(9, RACK, Some(RIFLE), 1));
    // A lot that is typed again: the last line counts.
    scans.push(scan(10, RACK, Some(CARTRIDGES), 99));
    let result = take.compare(&scans);
    assert_eq!(result.repeated, 3);
    assert_eq!(result.lines.len(), 1);
    assert_eq!(result.lines[0].difference, Difference::Missing(1));
    use ScanOutcome::{Counted, Repeated};
    let expected = [Counted, Repeated, Counted, Repeated, Repeated, Counted];
    assert_eq!(outcomes(&take.compared(), &scans), expected);
}

/// A device without a line sends what it read before another one: what was read last counts, and not
/// what arrived last.
#[test]
fn of_two_devices_on_the_same_lot_the_later_reading_counts_whoever_sends_first() {
    let take = Take::new();
    let mut early = scan(9, RACK, Some(CARTRIDGES), 480);
    let mut late = scan(10, RACK, Some(CARTRIDGES), 100);
    early.at = take.compared().started_at;
    late.at = take.compared().finished_at;
    let rifle = || whole().swap_remove(0);
    let mut told = Vec::new();
    for scans in [
        vec![rifle(), early.clone(), late.clone()],
        vec![rifle(), late.clone(), early.clone()],
    ] {
        let result = take.compare(&scans);
        assert!(
            result.lines.iter().all(|line| line.goods != CARTRIDGES),
            "{result:?}"
        );
        told.push(outcomes(&take.compared(), &scans));
    }
    use ScanOutcome::{Counted, Repeated};
    assert_eq!(told[0], [Counted, Repeated, Counted]);
    assert_eq!(told[1], [Counted, Counted, Repeated]);
    // A clock that is far ahead wins nothing: at the end of the count it is what arrived last.
    early.at = jiff::Timestamp::MAX;
    let result = take.compare(&[rifle(), early, late]);
    assert!(result.lines.iter().all(|line| line.goods != CARTRIDGES));
}

#[test]
fn a_node_whose_clock_goes_back_during_a_count_compares_all_the_same() {
    let take = Take::new();
    let mut compared = take.compared();
    compared.finished_at = compared.started_at - jiff::SignedDuration::from_hours(1);
    let result = compare(&compared, &whole());
    assert_eq!(result.lines, []);
}

#[test]
fn a_serial_counts_as_one_whatever_was_typed() {
    let mut scans = whole();
    scans[0].quantity = 7;
    assert_eq!(Take::new().compare(&scans).lines, []);
}

#[test]
fn something_in_a_wrong_place_is_named_and_not_missing() {
    let take = Take::new();
    let mut scans = whole();
    scans[0].place = STORE;
    let result = take.compare(&scans);
    assert_eq!(result.lines, []);
    assert_eq!(result.misplaced.len(), 1);
    let misplaced = result.misplaced[0];
    assert_eq!(
        (misplaced.found, misplaced.booked, misplaced.goods),
        (STORE, RACK, RIFLE)
    );
    assert_eq!(
        outcomes(&take.compared(), &scans)[0],
        ScanOutcome::WrongPlace { booked: RACK }
    );
}

#[test]
fn an_unknown_scan_is_kept() {
    let mut scans = whole();
    scans.push(scan(9, RACK, None, 1));
    let result = Take::new().compare(&scans);
    assert_eq!(result.unknown, [scans[3].clone()]);
    assert_eq!(result.lines, []);
}

#[test]
fn movements_during_the_count_do_no_harm() {
    let moved = |place, goods, amount, hour| Moved {
        place,
        goods,
        amount,
        at: at(hour),
    };
    // Issued after it was scanned.
    let mut take = Take::new();
    take.moved = vec![moved(RACK, RIFLE, -1, 3), moved(RACK, CARTRIDGES, -40, 3)];
    take.booked.insert(RIFLE, LOST);
    assert_eq!(take.compare(&whole()).lines, [], "after");
    assert_eq!(take.compare(&whole()).misplaced, [], "after");
    // Issued before anybody came to it.
    take.moved = vec![moved(RACK, RIFLE, -1, 1), moved(RACK, CARTRIDGES, -40, 1)];
    let mut scans = whole();
    scans.remove(0);
    scans[0].quantity = 60;
    assert_eq!(take.compare(&scans).lines, [], "before");
    // Received meanwhile: seen or not, nothing is missing.
    let mut take = Take::new();
    take.snapshot.remove(0);
    take.moved = vec![moved(RACK, RIFLE, 1, 2)];
    assert_eq!(take.compare(&whole()).lines, [], "came in, seen");
    assert_eq!(take.compare(&whole()[1..]).lines, [], "came in, not seen");
    // But what was stolen beside a movement is missing all the same.
    let mut take = Take::new();
    take.moved = vec![moved(RACK, CARTRIDGES, -40, 1)];
    let mut scans = whole();
    scans[1].quantity = 50;
    let result = take.compare(&scans);
    assert_eq!(result.lines[0].difference, Difference::Missing(10));
    assert_eq!(
        (result.lines[0].at_start, result.lines[0].expected),
        (100, 60)
    );
}

#[test]
fn fifty_thousand_scans_are_merged() {
    let goods = |number: u32| {
        let mut bytes = [77; 16];
        bytes[..4].copy_from_slice(&number.to_be_bytes());
        bytes
    };
    let mut take = Take::new();
    take.snapshot = (0..50_000)
        .map(|n| held(RACK, GoodsId::from_bytes(goods(n)), 1))
        .collect();
    take.booked = (0..50_000)
        .map(|n| (GoodsId::from_bytes(goods(n)), RACK))
        .collect();
    let scans: Vec<Scan> = (0..50_000)
        .filter(|number| number % 1000 != 7)
        .map(|number| Scan {
            id: RecordId::from_bytes(goods(number)),
            ..scan(1, RACK, Some(GoodsId::from_bytes(goods(number))), 1)
        })
        .collect();
    let result = take.compare(&scans);
    assert_eq!((result.agreed, result.lines.len()), (49_950, 50));
}

fn case() -> StockCase {
    StockCase {
        place: RACK,
        goods: RIFLE,
        difference: Difference::Missing(1),
        stocktake: Some(record(1)),
        movement: None,
        counted_by: user("ana"),
        said: None,
        sought: None,
        recovered: 0,
        alert_end: None,
        opened_at: at(5),
        recount_due_at: at(29),
        report_due_at: at(53),
        state: CaseState::Open,
    }
}

#[test]
fn a_case_is_recounted_by_another_person_before_anything_is_said_of_it() {
    let remark = || "seen on the range".to_owned().try_into().unwrap();
    let movement = crate::world::movement_id(1);
    let early = case().explain(movement, remark(), (user("boris"), at(6)));
    assert_eq!(early, Err(CaseRefused::NotRecounted));
    let same = case().recount(None, user("ana"), at(6));
    assert_eq!(same, Err(CaseRefused::SamePerson));
    assert_eq!(case().due_at(), at(29));

    let found = case().recount(None, user("boris"), at(6)).unwrap();
    assert!(!found.is_open());
    let still = Some(Difference::Missing(1));
    let recounted = case().recount(still, user("boris"), at(6)).unwrap();
    assert!(recounted.is_open());
    assert_eq!(recounted.due_at(), at(53), "the clock of the report");
    let again = recounted.clone().recount(still, user("vesna"), at(7));
    assert_eq!(again, Err(CaseRefused::Recounted));
    let explained = recounted
        .explain(movement, remark(), (user("boris"), at(7)))
        .unwrap();
    assert_eq!(explained.state.as_str(), "explained");
    let late = explained.explain(movement, remark(), (user("boris"), at(8)));
    assert_eq!(late, Err(CaseRefused::Closed));
}

#[test]
fn what_is_too_much_is_not_lost() {
    let remark = || "nobody knows".to_owned().try_into().unwrap();
    let outcome = (LossKind::Stolen, crate::world::movement_id(2), None);
    let surplus = Some(Difference::Surplus(2));
    let recounted = case().recount(surplus, user("boris"), at(6)).unwrap();
    let refused = recounted.lose(outcome, remark(), (user("boris"), at(7)));
    assert_eq!(refused, Err(CaseRefused::NotMissing));
    let missing = case()
        .recount(Some(Difference::Missing(1)), user("boris"), at(6))
        .unwrap();
    let lost = missing
        .lose(outcome, remark(), (user("boris"), at(7)))
        .unwrap();
    assert_eq!(lost.state.as_str(), "lost");
}

fn lost(missing: u64) -> StockCase {
    let remark = || "the lock was forced".to_owned().try_into().unwrap();
    let outcome = (LossKind::Stolen, crate::world::movement_id(2), None);
    let still = Some(Difference::Missing(missing));
    let recounted = case().recount(still, user("boris"), at(6)).unwrap();
    let mut lost = recounted
        .lose(outcome, remark(), (user("boris"), at(7)))
        .unwrap();
    lost.tell(Sought {
        alert: Some(record(5)),
        ..Sought::default()
    });
    lost
}

#[test]
fn a_loss_that_nobody_signs_opens_the_case_again_and_the_search_goes_on() {
    let (loss, other) = (crate::world::movement_id(2), crate::world::movement_id(3));
    assert_eq!(lost(1).reopen(other, at(40)), Err(CaseRefused::NotLost));
    let open = lost(1).reopen(loss, at(40)).unwrap();
    assert!(open.is_open() && open.sought == lost(1).sought);
    assert_eq!((open.due_at(), open.report_due_at), (at(40), at(53)));
    assert_eq!(
        open.clone().reopen(loss, at(41)),
        Err(CaseRefused::NotLost),
        "once"
    );
    // It is there: nobody looks for it any more.
    let counted = open.clone().recount(None, user("boris"), at(9)).unwrap();
    assert_eq!(counted.sought, None);
    // It is not: it is lost again, and the same alert looks for it.
    let still = Some(Difference::Missing(1));
    let again = open.recount(still, user("boris"), at(9)).unwrap();
    assert_eq!(again.sought, lost(1).sought);
}

#[test]
fn a_case_of_a_lot_ends_when_all_of_it_is_back() {
    let by = || (user("ana"), at(20));
    let back = |number| Some(crate::world::movement_id(number));
    let (some, taken) = lost(10).find(back(3), 4, by()).unwrap();
    assert_eq!((taken, some.recovered, some.state.as_str()), (4, 4, "lost"));
    let (all, taken) = some.clone().find(back(4), 9, by()).unwrap();
    assert_eq!((taken, all.state.as_str()), (6, "found"));
    assert_eq!(all.sought, None);
    assert_eq!(
        all.clone().find(back(5), 1, by()),
        Err(CaseRefused::NotLost)
    );
    // What brought the last ones back was wrong.
    let why = "another box".to_owned().try_into().unwrap();
    let again = all.lose_again(6, why, by()).unwrap();
    assert_eq!((again.recovered, again.state.as_str()), (4, "lost"));
    assert_eq!(again.loss(), lost(10).loss());
}

#[test]
fn what_an_authority_found_comes_into_a_store_later() {
    let by = || (user("ana"), at(20));
    let (seen, taken) = lost(1).find(None, 1, by()).unwrap();
    assert_eq!((taken, seen.state.as_str()), (1, "found"));
    let (back, taken) = seen
        .find(Some(crate::world::movement_id(4)), 1, by())
        .unwrap();
    assert_eq!(taken, 1);
    let CaseState::Found {
        movement, lost_at, ..
    } = back.state
    else {
        panic!("{back:?}")
    };
    assert_eq!(
        (movement, lost_at),
        (Some(crate::world::movement_id(4)), at(7))
    );
}

#[test]
fn a_loss_that_is_taken_back_is_explained_by_that() {
    let why = || "it was in the workshop".to_owned().try_into().unwrap();
    let (loss, back) = (crate::world::movement_id(2), crate::world::movement_id(8));
    let by = || (user("boris"), at(9));
    let taken = lost(1).take_back((loss, back), why(), by()).unwrap();
    assert_eq!((taken.state.as_str(), taken.sought), ("explained", None));
    let other = lost(1).take_back((back, loss), why(), by());
    assert_eq!(other, Err(CaseRefused::NotLost));
}
