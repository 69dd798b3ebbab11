//! A weapon in the books and in the register of firearms: whatever is entered in one of them, the
//! other says the same.

use egnatia_app::{AppError, NewCorrection, NewDisposal, NewMovement};
use egnatia_firearms::{Event, EventKind, Firearm, Holder, HolderKind, Taken};
use egnatia_record::RecordId;
use egnatia_stockpile::{
    AccountId, DisposalLine, Goods, GoodsId, LossKind, MovementId, MovementKind as Kind, Tracking,
};

use crate::stock::{Depot, inspector, keeper, moved, remark, weapon};
use crate::stock_losses::{Armoury, focal, register, register_with};

fn is_refused<T: std::fmt::Debug>(done: &Result<T, AppError>, code: &str) -> bool {
    matches!(done, Err(AppError::Invalid(wrong)) if wrong.code == code)
}

impl Armoury {
    async fn life(&self) -> Firearm {
        let view = self.app().view_firearm(&focal(), self.firearm).await;
        view.unwrap().firearm
    }

    fn destruction(&self) -> NewMovement {
        let sides = (self.rack, AccountId::DESTROYED);
        NewMovement {
            remark: Some(remark("cut up at the steelworks")),
            ..moved(Kind::Destruction, self.rifle, sides, 1)
        }
    }

    /// Ana destroys it, the inspector signs.
    async fn destroyed(&self) -> MovementId {
        let ana = keeper("ana");
        let entered = self.app().enter_movement(&ana, self.destruction()).await;
        let id = entered.unwrap().row.movement.id;
        let signed = self.app().sign_movement(&inspector(), id, None).await;
        signed.unwrap();
        id
    }
}

/// A weapon that is registered, of which nothing is recorded yet, and goods that say they are it.
async fn unplaced(depot: &Depot, number: &str) -> (RecordId, GoodsId) {
    let firearm = register_with(depot, number, None).await;
    let goods = Goods {
        tracking: Tracking::Serial {
            serial: number.into(),
            record: Some(firearm),
        },
        ..weapon(number)
    };
    let goods = depot.app().register_goods(&keeper("ana"), goods).await;
    (firearm, goods.unwrap())
}

async fn custody(depot: &Depot, firearm: RecordId) -> &'static str {
    let view = depot.app().view_firearm(&focal(), firearm).await.unwrap();
    view.standing.custody.as_str()
}

async fn received(depot: &Depot, goods: GoodsId) -> MovementId {
    let sides = (AccountId::OUTSIDE, depot.places["M1-A"]);
    let receipt = moved(Kind::Receipt, goods, sides, 1);
    let receipt = depot.app().enter_movement(&keeper("ana"), receipt).await;
    let id = receipt.unwrap().row.movement.id;
    let signed = depot.app().sign_movement(&inspector(), id, None).await;
    signed.unwrap();
    id
}

#[tokio::test]
async fn a_destruction_that_two_persons_sign_ends_the_life_with_both_of_them_and_the_evidence() {
    let armoury = Armoury::new().await;
    let app = armoury.app();
    let entered = app
        .enter_movement(&keeper("ana"), armoury.destruction())
        .await
        .unwrap();
    assert_eq!(armoury.custody().await, "held", "one person ends nothing");
    let id = entered.row.movement.id;
    let alone = app.sign_movement(&keeper("ana"), id, None).await;
    assert!(matches!(alone, Err(AppError::Conflict(_))), "{alone:?}");
    assert_eq!(armoury.custody().await, "held");
    app.sign_movement(&inspector(), id, None).await.unwrap();
    assert_eq!(armoury.custody().await, "destroyed");
    let life = armoury.life().await.life;
    let Event::Destruction {
        first,
        second,
        method,
        evidence,
    } = &life.last().unwrap().event
    else {
        panic!("{life:?}")
    };
    assert_eq!((first.as_str(), second.as_str()), ("ana", "i.inspector"));
    assert_eq!(method, "cut up at the steelworks");
    assert_eq!(*evidence, format!("stock movement {id}, V-1"));
    let again = app.sign_movement(&inspector(), id, None).await;
    assert!(matches!(again, Err(AppError::Conflict(_))), "{again:?}");
    assert_eq!(armoury.life().await.life.len(), life.len());
}

#[tokio::test]
async fn a_destruction_says_how_or_its_plan_does() {
    let armoury = Armoury::new().await;
    let app = armoury.app();
    let silent = NewMovement {
        remark: None,
        ..armoury.destruction()
    };
    let refused = app.enter_movement(&keeper("ana"), silent).await;
    assert!(is_refused(&refused, "missing"), "{refused:?}");
    let plan = NewDisposal {
        name: "surplus 2026".into(),
        reason: remark("worn out"),
        method: "molten at the foundry".into(),
        due_on: armoury.today(),
        lines: vec![DisposalLine {
            goods: armoury.rifle,
            from: armoury.rack,
            quantity: 1.try_into().unwrap(),
        }],
    };
    let plan = app.plan_disposal(&inspector(), plan).await.unwrap();
    let id = app
        .carry_out_disposal(&keeper("ana"), plan, None, &[1])
        .await
        .unwrap();
    app.sign_movement(&inspector(), id, None).await.unwrap();
    assert_eq!(armoury.custody().await, "destroyed");
    let life = armoury.life().await.life;
    let Event::Destruction { method, .. } = &life.last().unwrap().event else {
        panic!("{life:?}")
    };
    assert_eq!(method, "molten at the foundry");
}

#[tokio::test]
async fn a_destruction_that_two_persons_take_back_is_corrected_in_the_register() {
    let armoury = Armoury::new().await;
    let id = armoury.destroyed().await;
    armoury.reversed(id).await;
    assert_eq!(armoury.custody().await, "held");
    let life = armoury.life().await.life;
    assert_eq!(life.last().unwrap().event.kind(), EventKind::Correction);
    assert_eq!(armoury.depot.quantity(armoury.rifle, armoury.rack).await, 1);
    // And is destroyed in truth.
    armoury.destroyed().await;
    assert_eq!(armoury.custody().await, "destroyed");
}

#[tokio::test]
async fn the_register_destroys_and_gives_away_nothing_past_the_books() {
    let armoury = Armoury::new().await;
    let app = armoury.app();
    let (id, today) = (armoury.firearm, armoury.today());
    let officer = focal();
    let proposed = app.propose_destruction(&officer, id, "cut up".into(), "protocol 7".into());
    let proposed = proposed.await;
    assert!(is_refused(&proposed, "stock"), "{proposed:?}");
    let export = || Event::Export {
        to: "AL".parse().unwrap(),
        licence: "X-1".into(),
        consignee: None,
    };
    let sold = || Event::Transfer {
        from: Some(Holder::known_as(HolderKind::Authority, "unit 7")),
        to: Holder::known_as(HolderKind::Dealer, "dealer 3"),
    };
    let nothing = Event::Correction {
        of: 1,
        instead: None,
        on: today,
        reason: "a mistake".into(),
        first: None,
    };
    for event in [export(), sold(), nothing] {
        let kind = event.kind();
        let refused = app.record_event(&focal(), id, event, today).await;
        assert!(is_refused(&refused, "stock"), "{kind}: {refused:?}");
    }
    // Issued to whoever takes it away, it may go.
    let dealer = app.add_holder(&keeper("ana"), "dealer 3").await.unwrap();
    let issue = moved(Kind::Issue, armoury.rifle, (armoury.rack, dealer), 1);
    let issue = app.enter_movement(&keeper("ana"), issue).await.unwrap();
    app.sign_movement(&inspector(), issue.row.movement.id, None)
        .await
        .unwrap();
    app.record_event(&focal(), id, sold(), today).await.unwrap();
    assert_eq!(armoury.custody().await, "held");
    // It does not come back into a store past the register.
    let back = || moved(Kind::Return, armoury.rifle, (dealer, armoury.rack), 1);
    let refused = app.enter_movement(&keeper("ana"), back()).await;
    assert!(is_refused(&refused, "register"), "{refused:?}");
    let surrendered = Event::Surrender(Taken {
        authority: "xx-test".parse().unwrap(),
        circumstances: "the dealer gave up".into(),
    });
    app.record_event(&focal(), id, surrendered, today)
        .await
        .unwrap();
    app.enter_movement(&keeper("ana"), back()).await.unwrap();
    assert_eq!(armoury.depot.quantity(armoury.rifle, armoury.rack).await, 1);
}

#[tokio::test]
async fn what_the_books_destroyed_is_corrected_there() {
    let armoury = Armoury::new().await;
    armoury.destroyed().await;
    let (app, today) = (armoury.app(), armoury.today());
    let number = u32::try_from(armoury.life().await.life.len()).unwrap();
    let alone = Event::Correction {
        of: number,
        instead: None,
        on: today,
        reason: "another weapon".into(),
        first: None,
    };
    let refused = app
        .record_event(&focal(), armoury.firearm, alone, today)
        .await;
    assert!(matches!(refused, Err(AppError::Invalid(_))), "{refused:?}");
    // Two officers of the register do not correct it past the books either, and are told at once.
    let correction = NewCorrection {
        of: number,
        instead: None,
        on: today,
        reason: "another weapon".into(),
    };
    let refused = app
        .propose_correction(&focal(), armoury.firearm, correction)
        .await;
    assert!(is_refused(&refused, "stock"), "{refused:?}");
    assert_eq!(armoury.custody().await, "destroyed");
}

#[tokio::test]
async fn what_another_authority_takes_and_the_books_still_have_is_a_case() {
    let armoury = Armoury::new().await;
    let app = armoury.app();
    let taken = Event::Seizure(Taken {
        authority: "xx-customs".parse().unwrap(),
        circumstances: "in a car at the border".into(),
    });
    app.record_event(&focal(), armoury.firearm, taken, armoury.today())
        .await
        .unwrap();
    let cases = app.stock_cases(&inspector(), None, 10).await.unwrap().items;
    let [case] = cases.as_slice() else {
        panic!("{cases:?}")
    };
    assert_eq!(
        (case.case.place, case.case.goods),
        (armoury.rack, armoury.rifle)
    );
    let said = case.case.said.as_ref().unwrap().as_str();
    assert!(said.contains("xx-customs"), "{said}");
}

#[tokio::test]
async fn a_receipt_is_the_first_event_of_a_life_and_taken_back_it_is_corrected() {
    let depot = Depot::new().await;
    let (firearm, goods) = unplaced(&depot, "77001").await;
    assert_eq!(custody(&depot, firearm).await, "nowhere");
    let receipt = received(&depot, goods).await;
    assert_eq!(custody(&depot, firearm).await, "held");
    let view = depot.app().view_firearm(&focal(), firearm).await.unwrap();
    let [first] = view.firearm.life.as_slice() else {
        panic!("{:?}", view.firearm.life)
    };
    assert_eq!(first.event.kind(), EventKind::Reregistration);
    let why = remark("delivered to the wrong depot");
    let ana = keeper("ana");
    let back = depot.app().reverse_movement(&ana, receipt, None, why).await;
    let back = back.unwrap().row.movement.id;
    depot
        .app()
        .sign_movement(&inspector(), back, None)
        .await
        .unwrap();
    assert_eq!(custody(&depot, firearm).await, "nowhere");
}

#[tokio::test]
async fn a_weapon_that_stands_nowhere_is_lost_and_destroyed_as_any_other() {
    // Linked after it came, by a node that gave it no first event: as older nodes left it.
    for acts in [Kind::Loss, Kind::Destruction] {
        let depot = Depot::new().await;
        depot.holds(&[("M1-A", weapon("77002"), 1)]).await;
        let (app, rifle) = (depot.app(), depot.goods("77002").await);
        let firearm = register_with(&depot, "77002", None).await;
        let linked = Goods {
            tracking: Tracking::Serial {
                serial: "77002".into(),
                record: Some(firearm),
            },
            ..weapon("77002")
        };
        app.change_goods(&keeper("ana"), rifle, linked)
            .await
            .unwrap();
        assert_eq!(custody(&depot, firearm).await, "held", "linked, it is here");
        let undone = Event::Correction {
            of: 1,
            instead: None,
            on: depot
                .app()
                .now()
                .to_zoned_datetime(jiff::tz::TimeZone::UTC)
                .date(),
            reason: "a mistake".into(),
            first: None,
        };
        let on = depot
            .app()
            .now()
            .to_zoned_datetime(jiff::tz::TimeZone::UTC)
            .date();
        let refused = app.record_event(&focal(), firearm, undone, on).await;
        assert!(is_refused(&refused, "stock"), "{refused:?}");
        let rack = depot.places["M1-A"];
        if acts == Kind::Destruction {
            let sides = (rack, AccountId::DESTROYED);
            let destruction = NewMovement {
                remark: Some(remark("cut up")),
                ..moved(Kind::Destruction, rifle, sides, 1)
            };
            let entered = app
                .enter_movement(&keeper("ana"), destruction)
                .await
                .unwrap();
            let id = entered.row.movement.id;
            app.sign_movement(&inspector(), id, None).await.unwrap();
            assert_eq!(custody(&depot, firearm).await, "destroyed");
            continue;
        }
        let case = app
            .report_stock_missing(
                &keeper("ana"),
                (rack, rifle),
                1.try_into().unwrap(),
                remark("gone"),
            )
            .await
            .unwrap();
        app.recount_stock_case(&keeper("boris"), case, 0)
            .await
            .unwrap();
        let lost = app
            .lose_stock(&inspector(), case, LossKind::Lost, remark("gone"))
            .await
            .unwrap();
        assert_eq!(lost.sought.register_refused, None);
        assert_eq!(custody(&depot, firearm).await, "lost");
    }
}

#[tokio::test]
async fn what_the_register_has_elsewhere_is_not_received_taken_over_or_used_up() {
    let depot = Depot::new().await;
    let (firearm, goods) = unplaced(&depot, "77003").await;
    let app = depot.app();
    let on = app.now().to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
    let import = Event::Import {
        from: "AL".parse().unwrap(),
        holder: Holder::known_as(HolderKind::Dealer, "dealer 3"),
        licence: "I-1".into(),
    };
    app.record_event(&focal(), firearm, import, on)
        .await
        .unwrap();
    let sides = (AccountId::OUTSIDE, depot.places["M1-A"]);
    let receipt = || moved(Kind::Receipt, goods, sides, 1);
    let refused = app.enter_movement(&keeper("ana"), receipt()).await;
    assert!(is_refused(&refused, "register"), "{refused:?}");
    let taken = Event::Seizure(Taken {
        authority: "xx-test".parse().unwrap(),
        circumstances: "at the dealer's".into(),
    });
    app.record_event(&focal(), firearm, taken, on)
        .await
        .unwrap();
    received(&depot, goods).await;
    let life = app.view_firearm(&focal(), firearm).await.unwrap().firearm;
    assert_eq!(life.life.len(), 2, "the register knows how it came");
    let sides = (depot.places["M1-A"], AccountId::EXPENDED);
    let used = moved(Kind::Expenditure, goods, sides, 1);
    let refused = app.enter_movement(&keeper("ana"), used).await;
    assert!(is_refused(&refused, "register"), "{refused:?}");
}

#[tokio::test]
async fn a_ledger_with_a_weapon_that_is_elsewhere_is_told_by_its_row() {
    let depot = Depot::new().await;
    let firearm = register(&depot, "77004").await;
    let on = depot
        .app()
        .now()
        .to_zoned_datetime(jiff::tz::TimeZone::UTC)
        .date();
    let gone = Event::Export {
        to: "AL".parse().unwrap(),
        licence: "X-1".into(),
        consignee: None,
    };
    let app = depot.app();
    app.record_event(&focal(), firearm, gone, on).await.unwrap();
    let row = |number: &str, record| {
        let goods = Goods {
            tracking: Tracking::Serial {
                serial: number.into(),
                record: Some(record),
            },
            ..weapon(number)
        };
        ("M1-A".to_owned(), goods, 1)
    };
    let nowhere = register_with(&depot, "77005", None).await;
    let rows = [
        row("77004", firearm),
        row("77005", nowhere),
        row("77006", nowhere),
    ];
    let import = async |rows: &[(String, Goods, u64)]| {
        let done = app
            .import_stock(&inspector(), (depot.site, "ledger 2025"), rows, false)
            .await;
        done.unwrap()
    };
    let report = import(&rows).await;
    let wrong: Vec<u64> = report.wrong.iter().map(|(row, _)| *row).collect();
    assert_eq!(wrong, [1, 3], "{report:?}");
    assert!(report.wrong[0].1.contains("abroad"), "{report:?}");
    assert!(!report.is_written);
    assert!(import(&rows[1..2]).await.is_written);
    assert_eq!(custody(&depot, nowhere).await, "held");
}

/// Of two clerks in the same instant, one at the books and one at the register, the later one is told.
#[tokio::test]
async fn a_return_and_a_sale_in_the_same_instant_do_not_miss_each_other() {
    for books_first in [true, false] {
        let armoury = Armoury::new().await;
        let app = armoury.app();
        let dealer = app.add_holder(&keeper("ana"), "dealer 3").await.unwrap();
        let issue = moved(Kind::Issue, armoury.rifle, (armoury.rack, dealer), 1);
        let issue = app.enter_movement(&keeper("ana"), issue).await.unwrap();
        app.sign_movement(&inspector(), issue.row.movement.id, None)
            .await
            .unwrap();
        let sold = Event::Transfer {
            from: Some(Holder::known_as(HolderKind::Authority, "unit 7")),
            to: Holder::known_as(HolderKind::Dealer, "dealer 3"),
        };
        let back = moved(Kind::Return, armoury.rifle, (dealer, armoury.rack), 1);
        let (keeper, focal, today) = (keeper("ana"), focal(), armoury.today());
        let comes_back = app.enter_movement(&keeper, back);
        let is_sold = app.record_event(&focal, armoury.firearm, sold, today);
        let mut held = armoury.depot.world.store.hold_next_commit();
        if books_first {
            let (sold, back) = tokio::join!(is_sold, async {
                held.reached().await;
                let back = comes_back.await;
                drop(held);
                back
            });
            back.unwrap();
            assert!(matches!(sold, Err(AppError::Conflict(_))), "{sold:?}");
            assert_eq!(armoury.custody().await, "held");
        } else {
            let (back, sold) = tokio::join!(comes_back, async {
                held.reached().await;
                let sold = is_sold.await;
                drop(held);
                sold
            });
            sold.unwrap();
            assert!(is_refused(&back, "register"), "{back:?}");
            let at_dealer = armoury.depot.quantity(armoury.rifle, dealer).await;
            assert_eq!(at_dealer, 1, "the books say who has it");
        }
    }
}
