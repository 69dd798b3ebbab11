//! What the books take and what they refuse.

use egnatia_stockpile::{
    AccountKind, Balance, Entered, Entering, Expectation, InvalidMovement, LedgerRefused,
    MovementKind as Kind, Remark, Resolution, Resolving, Signing,
};

use crate::world::*;

fn quantity(
    books: &egnatia_stockpile::Books,
    of: (egnatia_stockpile::AccountId, egnatia_stockpile::GoodsId),
) -> i64 {
    books.balance(of).quantity
}

#[test]
fn a_transfer_inside_a_store_is_posted_at_once() {
    let mut books = books();
    open(&mut books, 1, RIFLE, STORE, 1);
    let transfer = movement(2, vec![line(Kind::Transfer, RIFLE, (STORE, RACK), 1)]);
    let entered = enter(&mut books, &transfer, 1).unwrap();
    let Entered::Posted { postings, .. } = entered else {
        panic!("{entered:?}")
    };
    let sides: Vec<_> = postings
        .iter()
        .map(|p| (p.account, p.amount, p.balance))
        .collect();
    assert_eq!(sides, [(STORE, -1, 0), (RACK, 1, 1)]);
}

#[test]
fn the_same_id_is_harmless_and_other_content_is_refused() {
    let mut books = books();
    open(&mut books, 1, CARTRIDGES, RACK, 100);
    let first = movement(
        2,
        vec![line(Kind::Expenditure, CARTRIDGES, (RACK, EXPENDED), 10)],
    );
    enter(&mut books, &first, 1).unwrap();
    assert_eq!(enter(&mut books, &first, 2), Ok(Entered::Repeated));
    assert_eq!(quantity(&books, (RACK, CARTRIDGES)), 90);
    let other = movement(
        2,
        vec![line(Kind::Expenditure, CARTRIDGES, (RACK, EXPENDED), 11)],
    );
    assert_eq!(
        enter(&mut books, &other, 2),
        Err(LedgerRefused::OtherContent(movement_id(2)))
    );
    assert_eq!(quantity(&books, (RACK, CARTRIDGES)), 90);
}

#[test]
fn an_issue_waits_for_a_second_different_person_and_is_promised_meanwhile() {
    let mut books = books();
    open(&mut books, 1, CARTRIDGES, RACK, 100);
    let issue = movement(2, vec![line(Kind::Issue, CARTRIDGES, (RACK, UNIT), 80)]);
    let entered = enter(&mut books, &issue, 1).unwrap();
    assert_eq!(
        entered,
        Entered::Waiting {
            signing: Signing::Two,
            due_at: at(25)
        }
    );
    let balance = Balance {
        quantity: 100,
        reserved: 80,
    };
    assert_eq!(books.balance((RACK, CARTRIDGES)), balance);
    let second = movement(3, vec![line(Kind::Issue, CARTRIDGES, (RACK, UNIT), 21)]);
    assert_eq!(
        enter(&mut books, &second, 1),
        Err(LedgerRefused::TooLittle {
            line: 0,
            available: 20,
            wanted: 21
        })
    );
    assert_eq!(
        sign(&mut books, issue.id, "ana", 2),
        Err(LedgerRefused::SamePerson)
    );
    assert!(matches!(
        sign(&mut books, issue.id, "boris", 2),
        Ok(Entered::Posted { .. })
    ));
    assert_eq!(quantity(&books, (UNIT, CARTRIDGES)), 80);
    assert_eq!(books.balance((RACK, CARTRIDGES)).reserved, 0);
    assert_eq!(
        sign(&mut books, issue.id, "vesna", 3),
        Err(LedgerRefused::Settled("posted"))
    );
}

#[test]
fn a_movement_that_nobody_signs_lapses_and_frees_what_it_held() {
    let mut books = books();
    open(&mut books, 1, RIFLE, RACK, 1);
    let issue = movement(2, vec![line(Kind::Issue, RIFLE, (RACK, UNIT), 1)]);
    enter(&mut books, &issue, 1).unwrap();
    let time_out = Resolving {
        movement: issue.id,
        by: user("node"),
        what: Resolution::TimeOut,
    };
    assert_eq!(
        books.resolve(&time_out, at(24), &[]),
        Err(LedgerRefused::StillWaits)
    );
    assert_eq!(books.balance((RACK, RIFLE)).reserved, 1);
    assert_eq!(
        sign(&mut books, issue.id, "boris", 25),
        Err(LedgerRefused::TimedOut)
    );
    assert!(books.resolve(&time_out, at(25), &[]).is_ok());
    assert_eq!(books.balance((RACK, RIFLE)).reserved, 0);
    assert_eq!(
        sign(&mut books, issue.id, "boris", 26),
        Err(LedgerRefused::Settled("timed out"))
    );
}

#[test]
fn a_voided_movement_moves_nothing() {
    let mut books = books();
    open(&mut books, 1, RIFLE, RACK, 1);
    let issue = movement(2, vec![line(Kind::Issue, RIFLE, (RACK, UNIT), 1)]);
    enter(&mut books, &issue, 1).unwrap();
    let void = Resolving {
        movement: issue.id,
        by: user("ana"),
        what: Resolution::Void {
            reason: Remark::try_from("wrong unit".to_owned()).unwrap(),
        },
    };
    books.resolve(&void, at(2), &[]).unwrap();
    assert_eq!(quantity(&books, (RACK, RIFLE)), 1);
    assert_eq!(books.balance((RACK, RIFLE)).reserved, 0);
}

#[test]
fn a_hand_over_waits_until_the_receiver_counts_and_what_is_short_stays_with_the_sender() {
    let mut books = books();
    open(&mut books, 1, CARTRIDGES, RACK, 100);
    open(&mut books, 2, RIFLE, RACK, 1);
    let lines = vec![
        line(Kind::Transfer, CARTRIDGES, (RACK, OTHER_STORE), 50),
        line(Kind::Transfer, RIFLE, (RACK, OTHER_STORE), 1),
    ];
    let hand_over = movement(3, lines);
    let entered = enter(&mut books, &hand_over, 1).unwrap();
    assert!(matches!(
        entered,
        Entered::Waiting {
            signing: Signing::Receiver,
            ..
        }
    ));
    assert_eq!(
        sign(&mut books, hand_over.id, "boris", 2),
        Err(LedgerRefused::Count)
    );
    let count = |counted: Vec<u64>| Resolving {
        movement: hand_over.id,
        by: user("boris"),
        what: Resolution::Post {
            counted: Some(counted),
        },
    };
    for wrong in [vec![50], vec![51, 1], vec![50, 1, 1]] {
        assert_eq!(
            books.resolve(&count(wrong), at(2), &[]),
            Err(LedgerRefused::Count)
        );
    }
    let posted = books.resolve(&count(vec![48, 0]), at(2), &[]).unwrap();
    let Entered::Posted {
        short, postings, ..
    } = posted
    else {
        panic!("{posted:?}")
    };
    let missing: Vec<_> = short
        .iter()
        .map(|s| (s.account, s.goods, s.missing))
        .collect();
    assert_eq!(missing, [(RACK, CARTRIDGES, 2), (RACK, RIFLE, 1)]);
    assert_eq!(postings.len(), 2);
    assert_eq!(quantity(&books, (RACK, CARTRIDGES)), 52);
    assert_eq!(quantity(&books, (OTHER_STORE, CARTRIDGES)), 48);
    assert_eq!(quantity(&books, (RACK, RIFLE)), 1);
    assert_eq!(books.balance((RACK, CARTRIDGES)).reserved, 0);
    // What is taken back is what was posted.
    let remark = || Remark::try_from("wrong store".to_owned()).unwrap();
    let whole = hand_over.reversal(movement_id(4), None, user("ana"), remark());
    assert_eq!(
        enter(&mut books, &whole, 3),
        Err(LedgerRefused::NotReversible)
    );
    let counted = [48, 0];
    let back = hand_over.reversal(movement_id(4), Some(&counted), user("ana"), remark());
    enter(&mut books, &back, 3).unwrap();
    sign(&mut books, back.id, "boris", 4).unwrap();
    assert_eq!(quantity(&books, (RACK, CARTRIDGES)), 100);
}

#[test]
fn one_weapon_is_in_one_place() {
    let mut books = books();
    open(&mut books, 1, RIFLE, RACK, 1);
    let again = movement(
        2,
        vec![line(Kind::Receipt, RIFLE, (OUTSIDE, OTHER_STORE), 1)],
    );
    assert_eq!(
        enter(&mut books, &again, 1),
        Err(LedgerRefused::DoubleCustody { line: 0 })
    );
    let two = movement(
        3,
        vec![line(Kind::Receipt, PISTOL, (OUTSIDE, OTHER_STORE), 2)],
    );
    assert_eq!(
        enter(&mut books, &two, 1),
        Err(LedgerRefused::DoubleCustody { line: 0 })
    );
    // Also where both receipts wait.
    let receipt = |number| {
        movement(
            number,
            vec![line(Kind::Receipt, PISTOL, (OUTSIDE, RACK), 1)],
        )
    };
    enter(&mut books, &receipt(4), 1).unwrap();
    assert_eq!(
        enter(&mut books, &receipt(5), 1),
        Err(LedgerRefused::DoubleCustody { line: 0 })
    );
    sign(&mut books, movement_id(4), "boris", 2).unwrap();
    assert_eq!(quantity(&books, (RACK, PISTOL)), 1);
}

#[test]
fn linked_lines_post_together_or_not_at_all() {
    let mut books = books();
    open(&mut books, 1, CARTRIDGES, RACK, 10);
    let before = books.clone();
    let lines = vec![
        line(Kind::Expenditure, CARTRIDGES, (RACK, EXPENDED), 10),
        line(Kind::Expenditure, CARTRIDGES, (RACK, EXPENDED), 1),
    ];
    let refused = enter(&mut books, &movement(2, lines), 1);
    assert!(matches!(
        refused,
        Err(LedgerRefused::TooLittle {
            line: 1,
            available: 0,
            ..
        })
    ));
    assert_eq!(
        books.balance((RACK, CARTRIDGES)),
        before.balance((RACK, CARTRIDGES))
    );
    assert_eq!(quantity(&books, (EXPENDED, CARTRIDGES)), 0);
    assert!(books.movement(movement_id(2)).is_none());
    // A later line may move what an earlier one brings.
    let lines = vec![
        line(Kind::Transfer, CARTRIDGES, (RACK, STORE), 10),
        line(Kind::Expenditure, CARTRIDGES, (STORE, EXPENDED), 10),
    ];
    enter(&mut books, &movement(3, lines), 1).unwrap();
    assert_eq!(quantity(&books, (EXPENDED, CARTRIDGES)), 10);
}

#[test]
fn a_late_entry_may_not_take_what_was_not_there_then() {
    let mut books = books();
    let lines = vec![line(Kind::Opening, CARTRIDGES, (OUTSIDE, RACK), 10)];
    enter(&mut books, &movement(1, lines), 10).unwrap();
    let late = |number, hour| {
        let lines = vec![line(Kind::Expenditure, CARTRIDGES, (RACK, EXPENDED), 6)];
        let mut late = movement(number, lines);
        late.effective_at = Some(at(hour));
        late
    };
    books.tell_past(
        (RACK, CARTRIDGES),
        vec![egnatia_stockpile::Past {
            effective_at: at(10),
            amount: 10,
        }],
    );
    assert_eq!(
        enter(&mut books, &late(2, 9), 20),
        Err(LedgerRefused::NotThere { line: 0 })
    );
    enter(&mut books, &late(3, 11), 20).unwrap();
    assert_eq!(quantity(&books, (RACK, CARTRIDGES)), 4);
    assert_eq!(
        enter(&mut books, &late(4, 30), 21),
        Err(LedgerRefused::Future)
    );
    assert!(matches!(
        enter(&mut books, &late(5, 10), 21),
        Err(LedgerRefused::TooLittle { .. })
    ));
}

#[test]
fn a_closed_period_never_changes() {
    let mut books = books();
    open(&mut books, 1, CARTRIDGES, RACK, 10);
    assert_eq!(books.close(at(30), at(20)), Err(LedgerRefused::Closing));
    books.close(at(20), at(21)).unwrap();
    assert_eq!(books.close(at(20), at(22)), Err(LedgerRefused::Closing));
    let lines = || vec![line(Kind::Expenditure, CARTRIDGES, (RACK, EXPENDED), 1)];
    let mut late = movement(2, lines());
    late.effective_at = Some(at(20));
    assert_eq!(enter(&mut books, &late, 22), Err(LedgerRefused::Closed));
    late.effective_at = Some(at(21));
    books.tell_past((RACK, CARTRIDGES), vec![]);
    enter(&mut books, &late, 22).unwrap();
    // One that waits is refused as well, once its period is closed.
    let mut issue = movement(3, vec![line(Kind::Issue, CARTRIDGES, (RACK, UNIT), 1)]);
    issue.effective_at = Some(at(22));
    enter(&mut books, &issue, 23).unwrap();
    books.close(at(24), at(24)).unwrap();
    assert_eq!(
        sign(&mut books, issue.id, "boris", 25),
        Err(LedgerRefused::Closed)
    );
    assert_eq!(
        books.balance((RACK, CARTRIDGES)).reserved,
        1,
        "it still waits"
    );
}

#[test]
fn a_reversal_is_whole_signed_by_two_and_happens_once() {
    let mut books = books();
    open(&mut books, 1, CARTRIDGES, RACK, 10);
    let wrong = movement(
        2,
        vec![line(Kind::Expenditure, CARTRIDGES, (RACK, EXPENDED), 4)],
    );
    enter(&mut books, &wrong, 1).unwrap();
    let remark = || Remark::try_from("counted twice".to_owned()).unwrap();
    let mut partly = wrong.reversal(movement_id(3), None, user("ana"), remark());
    partly.lines[0].quantity = 3.try_into().unwrap();
    assert_eq!(
        enter(&mut books, &partly, 2),
        Err(LedgerRefused::NotReversible)
    );
    let back = wrong.reversal(movement_id(4), None, user("ana"), remark());
    assert_eq!(back.validate(), Ok(()));
    let twice = wrong.reversal(movement_id(5), None, user("ana"), remark());
    assert!(matches!(
        enter(&mut books, &back, 2),
        Ok(Entered::Waiting { .. })
    ));
    assert_eq!(quantity(&books, (RACK, CARTRIDGES)), 6);
    sign(&mut books, back.id, "boris", 3).unwrap();
    assert_eq!(quantity(&books, (RACK, CARTRIDGES)), 10);
    assert_eq!(
        enter(&mut books, &twice, 4),
        Err(LedgerRefused::NotReversible)
    );
    let of_reversal = back.reversal(movement_id(6), None, user("ana"), remark());
    assert_eq!(
        enter(&mut books, &of_reversal, 4),
        Err(LedgerRefused::NotReversible)
    );
}

#[test]
fn kinds_go_only_between_the_accounts_that_fit() {
    let mut books = books();
    open(&mut books, 1, CARTRIDGES, RACK, 10);
    for (kind, from, to) in [
        (Kind::Issue, OUTSIDE, UNIT),
        (Kind::Receipt, UNIT, RACK),
        (Kind::Return, RACK, UNIT),
        (Kind::Loss, RACK, EXPENDED),
        (Kind::Recovery, EXPENDED, RACK),
        (Kind::Destruction, UNIT, DESTROYED),
        (Kind::Transfer, RACK, LOST),
    ] {
        let wrong = movement(2, vec![line(kind, CARTRIDGES, (from, to), 1)]);
        let refused = enter(&mut books, &wrong, 1);
        assert_eq!(refused, Err(LedgerRefused::Sides { line: 0 }), "{kind}");
    }
    let unknown = egnatia_stockpile::AccountId::from_bytes([99; 16]);
    let wrong = movement(
        2,
        vec![line(Kind::Transfer, CARTRIDGES, (RACK, unknown), 1)],
    );
    assert_eq!(
        enter(&mut books, &wrong, 1),
        Err(LedgerRefused::UnknownAccount(unknown))
    );
}

#[test]
fn what_is_lost_and_found_again_is_in_one_place_all_the_time() {
    let mut books = books();
    open(&mut books, 1, RIFLE, RACK, 1);
    let loss = movement(2, vec![line(Kind::Loss, RIFLE, (RACK, LOST), 1)]);
    enter(&mut books, &loss, 1).unwrap();
    sign(&mut books, loss.id, "boris", 2).unwrap();
    assert_eq!(
        (
            quantity(&books, (RACK, RIFLE)),
            quantity(&books, (LOST, RIFLE))
        ),
        (0, 1)
    );
    let found = movement(3, vec![line(Kind::Recovery, RIFLE, (LOST, STORE), 1)]);
    enter(&mut books, &found, 3).unwrap();
    let alone = sign(&mut books, found.id, "ana", 4);
    assert_eq!(alone, Err(LedgerRefused::SamePerson));
    assert_eq!(
        quantity(&books, (LOST, RIFLE)),
        1,
        "one person finds nothing"
    );
    sign(&mut books, found.id, "boris", 5).unwrap();
    assert_eq!(
        (
            quantity(&books, (STORE, RIFLE)),
            quantity(&books, (LOST, RIFLE))
        ),
        (1, 0)
    );
}

#[test]
fn a_store_that_changed_since_its_safety_was_looked_at_is_refused() {
    let mut books = books();
    open(&mut books, 1, CHARGES, RACK, 10);
    let revision = books.revision(STORE);
    assert!(revision > 0);
    open(&mut books, 2, RIFLE, RACK, 1);
    assert_eq!(books.revision(STORE), revision, "a rifle is no hazard");
    open(&mut books, 3, CHARGES, STORE, 10);
    let planned = movement(4, vec![line(Kind::Opening, CHARGES, (OUTSIDE, STORE), 1)]);
    let expects = [Expectation {
        store: STORE,
        revision,
    }];
    let entering = Entering {
        movement: &planned,
        digest: digest(&planned),
        recorded_at: at(1),
        due_at: at(2),
        expects: &expects,
    };
    assert_eq!(
        books.enter(entering),
        Err(LedgerRefused::StoreChanged(STORE))
    );
}

#[test]
fn accounts_and_goods_are_there_once_and_in_a_store_that_is_there() {
    let mut books = books();
    let place = AccountKind::Place { store: UNIT };
    let new = egnatia_stockpile::AccountId::from_bytes([50; 16]);
    assert_eq!(
        books.open_account(new, place),
        Err(LedgerRefused::UnknownAccount(UNIT))
    );
    let exists = books.open_account(RACK, AccountKind::Holder);
    assert_eq!(exists, Err(LedgerRefused::AccountExists(RACK)));
    let (id, facts) = goods()[0];
    assert_eq!(
        books.register(id, facts),
        Err(LedgerRefused::GoodsExist(id))
    );
}

#[test]
fn a_movement_says_what_it_needs_to() {
    let good = movement(1, vec![line(Kind::Transfer, RIFLE, (RACK, STORE), 1)]);
    assert_eq!(good.validate(), Ok(()));
    let mut wrong = good.clone();
    wrong.lines.clear();
    assert_eq!(wrong.validate(), Err(InvalidMovement::Lines));
    let mut wrong = good.clone();
    wrong.lines[0].to = RACK;
    assert_eq!(wrong.validate(), Err(InvalidMovement::Nowhere(0)));
    let mut wrong = good.clone();
    wrong.reference = " ".into();
    assert_eq!(wrong.validate(), Err(InvalidMovement::Reference));
    let mut wrong = good.clone();
    wrong.lines[0].kind = Kind::Reversal;
    assert_eq!(wrong.validate(), Err(InvalidMovement::Reversal));
    let mut wrong = good;
    wrong.lines[0].kind = Kind::Loss;
    wrong.remark = None;
    assert_eq!(wrong.validate(), Err(InvalidMovement::LossRemark));
}
