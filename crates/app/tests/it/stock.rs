//! The stockpile: two persons, licences, counts, cases, and what a theft leads to.

use std::collections::{BTreeMap, BTreeSet};

use egnatia_app::{
    Action, AlertList, App, AppError, Caller, NewMovement, NewPlace, NewScan, NewSite, Role,
};
use egnatia_record::{Purpose, RecordId};
use egnatia_stockpile::distance::Barricade;
use egnatia_stockpile::{
    AccountId, Condition, Difference, Division, Explosive, Exposure, Goods, GoodsId, Group,
    Licence, Line, LossKind, Mass, MovementId, MovementKind as Kind, Occasion, PlanPoint, Remark,
    ScanOutcome, Signing, SitePlan, Tracking,
};
use jiff::SignedDuration;

use crate::world::{World, admin, caller, officer};

pub(crate) fn keeper(login: &str) -> Caller {
    caller(login, Role::Storekeeper, Purpose::StockpileSecurity)
}

pub(crate) fn inspector() -> Caller {
    caller(
        "i.inspector",
        Role::StockInspector,
        Purpose::StockpileSecurity,
    )
}

pub(crate) fn remark(text: &str) -> Remark {
    text.to_owned().try_into().unwrap()
}

pub(crate) struct Depot {
    pub(crate) world: World,
    pub(crate) site: RecordId,
    pub(crate) places: BTreeMap<String, AccountId>,
}

fn licence(distance_m: u32) -> Licence {
    Licence {
        number: "L-1".into(),
        exposures: vec![Exposure {
            name: "the mill".into(),
            exposed: "inhabited-building".into(),
            distance_m,
            barricade: Barricade::Without,
        }],
        ..Licence::default()
    }
}

pub(crate) fn new_site() -> NewSite {
    let place = |code: &str, inside: Option<&str>, licence| NewPlace {
        code: code.into(),
        name: format!("place {code}"),
        inside: inside.map(Into::into),
        licence,
    };
    NewSite {
        name: "Depot One".into(),
        places: vec![
            place("M1", None, Some(licence(150))),
            place("M1-A", Some("M1"), None),
            place("M1-B", Some("M1"), None),
            place("M2", None, Some(licence(9_000))),
        ],
    }
}

pub(crate) fn weapon(serial: &str) -> Goods {
    Goods {
        nomenclature: "M70 AB2".into(),
        tracking: Tracking::Serial {
            serial: serial.into(),
            record: None,
        },
        explosive: None,
        made_on: None,
        expires_on: None,
        category: None,
        inspected: None,
        condition: Condition::Serviceable,
    }
}

pub(crate) fn charges() -> Goods {
    Goods {
        nomenclature: "charge TNT 1 kg".into(),
        tracking: Tracking::Lot { lot: "L7".into() },
        explosive: Some(Explosive {
            division: Division::D1_1,
            group: Group::D,
            mass_each: Mass::from_kilograms(1),
        }),
        ..weapon("x")
    }
}

impl Depot {
    pub(crate) async fn new() -> Self {
        let world = World::new().await;
        let site = world
            .app
            .set_up_site(&inspector(), &new_site())
            .await
            .unwrap();
        let sites = world.app.stock_sites(&inspector()).await.unwrap();
        let places = sites[0].site.places.iter();
        let places = places
            .map(|place| (place.code.clone(), place.account))
            .collect();
        Self {
            world,
            site,
            places,
        }
    }

    pub(crate) fn app(&self) -> &App {
        &self.world.app
    }

    /// Takes over goods that are there, as opening balances.
    pub(crate) async fn holds(&self, rows: &[(&str, Goods, u64)]) {
        let rows: Vec<_> = rows
            .iter()
            .map(|(code, goods, quantity)| ((*code).to_owned(), goods.clone(), *quantity))
            .collect();
        let operator = caller("os:root", Role::Operator, Purpose::StockpileSecurity);
        let done = self
            .app()
            .import_stock(&operator, (self.site, "ledger 2025"), &rows, false)
            .await;
        let done = done.unwrap();
        assert!(done.is_written, "{done:?}");
    }

    pub(crate) async fn goods(&self, number: &str) -> GoodsId {
        let found = self.app().find_goods(&inspector(), number).await.unwrap();
        assert_eq!(found.len(), 1, "{number}");
        found[0].0
    }

    pub(crate) async fn quantity(&self, goods: GoodsId, account: AccountId) -> i64 {
        let view = self
            .app()
            .stock_goods(&inspector(), goods, None, 10)
            .await
            .unwrap();
        let held = view.held.iter().find(|row| row.account == account);
        held.map_or(0, |row| row.quantity)
    }

    pub(crate) fn scan(&self, number: u8, place: &str, code: &str, quantity: u64) -> NewScan {
        NewScan {
            id: RecordId::from_bytes([number; 16]),
            place: self.places[place],
            code: code.into(),
            quantity,
            at: self.app().now(),
        }
    }
}

pub(crate) fn moved(
    kind: Kind,
    goods: GoodsId,
    sides: (AccountId, AccountId),
    quantity: u64,
) -> NewMovement {
    NewMovement {
        id: None,
        lines: vec![Line {
            kind,
            goods,
            from: sides.0,
            to: sides.1,
            quantity: quantity.try_into().unwrap(),
        }],
        effective_at: None,
        reference: "V-1".into(),
        remark: None,
    }
}

#[tokio::test]
async fn an_issue_is_entered_by_one_and_signed_by_another() {
    let depot = Depot::new().await;
    depot.holds(&[("M1-A", weapon("1234"), 1)]).await;
    let (app, rifle) = (depot.app(), depot.goods("12-34").await);
    let unit = app.add_holder(&keeper("ana"), "2nd Company").await.unwrap();
    let rack = depot.places["M1-A"];
    let mut issue = moved(Kind::Issue, rifle, (rack, unit), 1);
    issue.id = Some(MovementId(RecordId::from_bytes([9; 16])));
    let entered = app
        .enter_movement(&keeper("ana"), issue.clone())
        .await
        .unwrap();
    assert_eq!(entered.signing, Signing::Two);
    assert!(entered.row.waits());
    // The same once more is the same; other content under the id is refused.
    let again = app
        .enter_movement(&keeper("ana"), issue.clone())
        .await
        .unwrap();
    assert_eq!(again, entered);
    issue.reference = "V-2".into();
    let other = app.enter_movement(&keeper("ana"), issue).await;
    assert!(matches!(other, Err(AppError::Conflict(_))), "{other:?}");

    let id = entered.row.movement.id;
    let same = app.sign_movement(&keeper("ana"), id, None).await;
    assert!(matches!(&same, Err(AppError::Conflict(text)) if text.contains("different person")));
    let signed = app.sign_movement(&inspector(), id, None).await.unwrap();
    assert!(!signed.row.waits());
    assert_eq!(depot.quantity(rifle, unit).await, 1);
    assert_eq!(depot.quantity(rifle, rack).await, 0);
    // Taken back by two persons.
    let back = app
        .reverse_movement(&keeper("ana"), id, None, remark("wrong unit"))
        .await
        .unwrap();
    app.sign_movement(&inspector(), back.row.movement.id, None)
        .await
        .unwrap();
    assert_eq!(depot.quantity(rifle, rack).await, 1);
}

#[tokio::test]
async fn only_stock_roles_with_the_purpose_of_the_stockpile_touch_it() {
    let depot = Depot::new().await;
    let app = depot.app();
    let with_other_purpose = caller("ana", Role::Storekeeper, Purpose::Terrorism);
    let nobody = [officer("o.officer"), with_other_purpose];
    for caller in &nobody {
        let refused = app.stock_overview(caller).await;
        assert_eq!(refused.unwrap_err(), AppError::Forbidden(Action::ViewStock));
    }
    assert_eq!(
        app.stock_overview(&admin()).await.unwrap_err(),
        AppError::NoJustification
    );
    let refused = app.set_up_site(&keeper("ana"), &new_site()).await;
    assert_eq!(refused, Err(AppError::Forbidden(Action::ManageStock)));
    // The plan of a site is an authorisation of its own.
    let plan = SitePlan {
        site: depot.site,
        points: vec![PlanPoint {
            name: "M1".into(),
            store: Some(depot.places["M1"]),
            east_m: 10,
            north_m: -20,
        }],
    };
    app.keep_site_plan(&inspector(), plan.clone())
        .await
        .unwrap();
    let seen = app.site_plan(&inspector(), depot.site).await.unwrap();
    assert_eq!(seen, Some(plan));
    let refused = app.site_plan(&keeper("ana"), depot.site).await;
    assert_eq!(refused, Err(AppError::Forbidden(Action::ViewSitePlan)));
}

#[tokio::test]
async fn what_makes_a_store_unsafe_is_refused_and_what_would_fit_is_said() {
    let depot = Depot::new().await;
    let app = depot.app();
    let id = app.register_goods(&keeper("ana"), charges()).await.unwrap();
    let receipt = |to: &str, quantity| {
        moved(
            Kind::Receipt,
            id,
            (AccountId::OUTSIDE, depot.places[to]),
            quantity,
        )
    };
    // 150 m are enough for 1000 kg.
    let refused = app
        .enter_movement(&keeper("ana"), receipt("M1-A", 1_001))
        .await;
    let Err(AppError::Invalid(invalid)) = refused else {
        unreachable!("{refused:?}")
    };
    assert_eq!(invalid.code, "too-near");
    assert!(
        invalid.problem.contains("1000 would fit here"),
        "{}",
        invalid.problem
    );
    assert!(
        invalid.problem.contains("fits in M2"),
        "{}",
        invalid.problem
    );
    let first = app
        .enter_movement(&keeper("ana"), receipt("M1-A", 600))
        .await
        .unwrap();
    let second = app
        .enter_movement(&keeper("ana"), receipt("M1-B", 600))
        .await
        .unwrap();
    // Both wait; the second one does not fit any more once the first is posted.
    app.sign_movement(&inspector(), first.row.movement.id, None)
        .await
        .unwrap();
    let late = app
        .sign_movement(&inspector(), second.row.movement.id, None)
        .await;
    assert!(matches!(&late, Err(AppError::Invalid(invalid)) if invalid.code == "too-near"));
    let overview = app.stock_overview(&inspector()).await.unwrap();
    let margin = &overview.margins[0];
    assert_eq!(margin.store, depot.places["M1"]);
    // 1.5 * 600^(2/3) is 106.7.
    assert_eq!(margin.least.as_ref().unwrap().margin_m, 150 - 107);
    assert_eq!(overview.waiting.len(), 1);
}

#[tokio::test]
async fn a_movement_that_nobody_signs_lapses_by_itself() {
    let depot = Depot::new().await;
    depot.holds(&[("M1-A", weapon("1234"), 1)]).await;
    let (app, rifle) = (depot.app(), depot.goods("1234").await);
    let unit = app.add_holder(&keeper("ana"), "2nd Company").await.unwrap();
    let issue = moved(Kind::Issue, rifle, (depot.places["M1-A"], unit), 1);
    let id = app
        .enter_movement(&keeper("ana"), issue)
        .await
        .unwrap()
        .row
        .movement
        .id;
    assert_eq!(app.lapse_movements(&admin()).await, Ok(0));
    depot.world.clock.advance(SignedDuration::from_hours(25));
    assert_eq!(app.lapse_movements(&admin()).await, Ok(1));
    let seen = app.view_movement(&inspector(), id).await.unwrap();
    let what = seen.row.end.as_ref().map(|end| end.resolving.what.as_str());
    assert_eq!(what, Some("timed-out"));
    assert_eq!(app.waiting_movements(&inspector()).await.unwrap().len(), 0);
}

#[tokio::test]
async fn a_hand_over_that_is_short_opens_a_case() {
    let depot = Depot::new().await;
    let mut rounds = charges();
    rounds.explosive = None;
    depot.holds(&[("M1-A", rounds, 100)]).await;
    let (app, goods) = (depot.app(), depot.goods("L7").await);
    let sides = (depot.places["M1-A"], depot.places["M2"]);
    let sent = app
        .enter_movement(&keeper("ana"), moved(Kind::Transfer, goods, sides, 40))
        .await
        .unwrap();
    assert_eq!(sent.signing, Signing::Receiver);
    let id = sent.row.movement.id;
    app.sign_movement(&keeper("boris"), id, Some(vec![38]))
        .await
        .unwrap();
    assert_eq!(depot.quantity(goods, sides.1).await, 38);
    assert_eq!(depot.quantity(goods, sides.0).await, 62);
    let cases = app.stock_cases(&inspector(), None, 10).await.unwrap().items;
    assert_eq!(cases.len(), 1);
    assert_eq!(cases[0].case.difference, Difference::Missing(2));
    assert_eq!(cases[0].case.movement, Some(id));
}

#[tokio::test]
async fn an_empty_rack_becomes_a_case_and_a_theft_an_alert() {
    let depot = Depot::new().await;
    depot
        .holds(&[
            ("M1-A", weapon("1234"), 1),
            ("M1-A", weapon("5678"), 1),
            ("M1-B", weapon("9999"), 1),
        ])
        .await;
    let app = depot.app();
    let places: BTreeSet<AccountId> = ["M1-A", "M1-B"].map(|code| depot.places[code]).into();
    let ana = keeper("ana");
    let take = app
        .begin_stocktake(&ana, depot.site, places.clone(), Occasion::Interval)
        .await
        .unwrap();
    let twice = app
        .begin_stocktake(&keeper("ana"), depot.site, places, Occasion::Risk)
        .await;
    assert!(matches!(twice, Err(AppError::Invalid(_))), "{twice:?}");

    let scans = vec![
        depot.scan(1, "M1-A", "1234", 1),
        depot.scan(2, "M1-A", "9999", 1),
        depot.scan(3, "M1-A", "smudged", 1),
    ];
    let outcomes = app
        .add_scans(&keeper("ana"), take, scans.clone())
        .await
        .unwrap();
    let outcomes: Vec<_> = outcomes.into_iter().map(|(_, outcome)| outcome).collect();
    let booked = depot.places["M1-B"];
    assert_eq!(
        outcomes,
        [
            ScanOutcome::Counted,
            ScanOutcome::WrongPlace { booked },
            ScanOutcome::Unknown
        ]
    );
    // The same portion once more, as after a lost answer, changes nothing.
    app.add_scans(&keeper("ana"), take, scans).await.unwrap();
    let seen = app.view_stocktake(&keeper("ana"), take).await.unwrap();
    assert_eq!(
        (seen.scans.len(), seen.result),
        (3, None),
        "blind until it has ended"
    );

    let result = app.finish_stocktake(&keeper("ana"), take).await.unwrap();
    assert_eq!(result.lines.len(), 1);
    assert_eq!((result.misplaced.len(), result.unknown.len()), (1, 1));
    let late = app
        .add_scans(&keeper("ana"), take, vec![depot.scan(4, "M1-A", "5678", 1)])
        .await;
    assert!(matches!(late, Err(AppError::Conflict(_))), "{late:?}");
    let kept = app.view_stocktake(&keeper("ana"), take).await.unwrap();
    assert_eq!(kept.result, Some(result));

    let stolen = depot.goods("5678").await;
    let case = kept.cases[0];
    let early = app
        .lose_stock(&inspector(), case, LossKind::Stolen, remark("lock broken"))
        .await;
    assert!(matches!(early, Err(AppError::Conflict(_))), "{early:?}");
    let same = app.recount_stock_case(&keeper("ana"), case, 0).await;
    assert!(matches!(same, Err(AppError::Conflict(_))), "{same:?}");
    app.recount_stock_case(&keeper("boris"), case, 0)
        .await
        .unwrap();
    let refused = app
        .lose_stock(&keeper("boris"), case, LossKind::Stolen, remark("gone"))
        .await;
    assert_eq!(refused, Err(AppError::Forbidden(Action::DecideStockCase)));
    let report = app
        .lose_stock(&inspector(), case, LossKind::Stolen, remark("lock broken"))
        .await;
    let report = report.unwrap();

    let verifier = caller(
        "v.verifier",
        Role::VerifyingOfficer,
        Purpose::FirearmsTrafficking,
    );
    let alerts = app
        .alerts(&verifier, AlertList::Own, None, 10)
        .await
        .unwrap()
        .items;
    assert_eq!(alerts.len(), 1);
    assert_eq!(Some(alerts[0].alert), report.sought.alert);
    assert_eq!(alerts[0].body.subject.identifiers[0].value, "5678");
    // The ledger is closed by a second person.
    app.sign_movement(&keeper("ana"), report.movement, None)
        .await
        .unwrap();
    assert_eq!(depot.quantity(stolen, AccountId::LOST).await, 1);
    let closed = app.stock_case(&inspector(), case).await.unwrap();
    assert_eq!(closed.case.state.as_str(), "lost");
    let again = app
        .lose_stock(&inspector(), case, LossKind::Lost, remark("again"))
        .await;
    assert!(matches!(again, Err(AppError::Conflict(_))), "{again:?}");
}

#[tokio::test]
async fn a_case_is_explained_by_a_movement_of_these_goods_and_no_other() {
    let depot = Depot::new().await;
    depot
        .holds(&[("M1-A", weapon("1234"), 1), ("M1-B", weapon("5678"), 1)])
        .await;
    let app = depot.app();
    let places = BTreeSet::from([depot.places["M1-A"]]);
    let take = app
        .begin_stocktake(&keeper("ana"), depot.site, places, Occasion::Risk)
        .await
        .unwrap();
    app.finish_stocktake(&keeper("ana"), take).await.unwrap();
    let case = app
        .stock_cases(&inspector(), None, 10)
        .await
        .unwrap()
        .items
        .remove(0);
    let id = case.envelope.id;
    app.recount_stock_case(&keeper("boris"), id, 0)
        .await
        .unwrap();
    let sides = (depot.places["M1-B"], depot.places["M2"]);
    let other = moved(Kind::Transfer, depot.goods("5678").await, sides, 1);
    let other = app
        .enter_movement(&keeper("ana"), other)
        .await
        .unwrap()
        .row
        .movement
        .id;
    let why = || remark("carried over before it was entered");
    let wrong = app.explain_stock_case(&inspector(), id, other, why()).await;
    assert!(matches!(wrong, Err(AppError::Invalid(_))), "{wrong:?}");
    let sides = (depot.places["M1-A"], depot.places["M1-B"]);
    let right = moved(Kind::Transfer, depot.goods("1234").await, sides, 1);
    let right = app
        .enter_movement(&keeper("ana"), right)
        .await
        .unwrap()
        .row
        .movement
        .id;
    app.explain_stock_case(&inspector(), id, right, why())
        .await
        .unwrap();
    let closed = app.stock_case(&inspector(), id).await.unwrap();
    assert_eq!(closed.case.state.as_str(), "explained");
}

#[tokio::test]
async fn an_import_says_what_is_wrong_and_writes_all_or_nothing() {
    let depot = Depot::new().await;
    let app = depot.app();
    let operator = caller("os:root", Role::Operator, Purpose::StockpileSecurity);
    let mut rows = vec![
        ("M1-A".to_owned(), weapon("1"), 1),
        ("M9".to_owned(), weapon("2"), 1),
        ("M1-A".to_owned(), weapon("1"), 1),
        ("M1-B".to_owned(), weapon("3"), 2),
        ("M1-B".to_owned(), charges(), 0),
    ];
    let of = (depot.site, "ledger 2025");
    let report = app.import_stock(&operator, of, &rows, false).await.unwrap();
    let wrong: Vec<u64> = report.wrong.iter().map(|(row, _)| *row).collect();
    assert_eq!(wrong, [2, 3, 4, 5], "{report:?}");
    assert!(!report.is_written);
    assert_eq!(app.find_goods(&inspector(), "1").await.unwrap().len(), 0);
    rows.truncate(1);
    let dry = app.import_stock(&operator, of, &rows, true).await.unwrap();
    assert!(dry.wrong.is_empty() && !dry.is_written);
    let done = app.import_stock(&operator, of, &rows, false).await.unwrap();
    assert!(done.is_written);
    let again = app.import_stock(&operator, of, &rows, false).await.unwrap();
    assert_eq!(again.wrong.len(), 1, "registered once");
}

#[tokio::test]
async fn a_closed_period_and_a_removed_place_are_refused() {
    let depot = Depot::new().await;
    depot.holds(&[("M1-A", weapon("1234"), 1)]).await;
    let app = depot.app();
    depot.world.clock.advance(SignedDuration::from_hours(10));
    let until = app.now();
    app.close_stock_period(&inspector(), until).await.unwrap();
    let sides = (depot.places["M1-A"], depot.places["M1-B"]);
    let mut late = moved(Kind::Transfer, depot.goods("1234").await, sides, 1);
    late.effective_at = Some(until);
    depot.world.clock.advance(SignedDuration::from_hours(1));
    let refused = app.enter_movement(&keeper("ana"), late).await;
    assert!(matches!(&refused, Err(AppError::Conflict(text)) if text.contains("closed")));
    let mut fewer = new_site();
    fewer.places.remove(2);
    let refused = app.change_site(&inspector(), depot.site, &fewer).await;
    assert!(matches!(refused, Err(AppError::Invalid(_))), "{refused:?}");
    let mut more = new_site();
    more.places.push(NewPlace {
        code: "M2-A".into(),
        name: "a rack".into(),
        inside: Some("M2".into()),
        licence: None,
    });
    app.change_site(&inspector(), depot.site, &more)
        .await
        .unwrap();
    let sites = app.stock_sites(&inspector()).await.unwrap();
    assert_eq!(
        sites[0].site.places[0].account, depot.places["M1"],
        "accounts stay"
    );
    assert_eq!(sites[0].site.places.len(), 5);
}
