//! Blind counts with several devices, plans of sites, and returns.

use std::collections::BTreeSet;

use egnatia_app::{
    Action, AppError, Caller, NewPlace, NewPlanPoint, NewSite, Role, StockReturn, Store,
};
use egnatia_record::{Purpose, RecordId};
use egnatia_stockpile::{AccountId, LossKind, Occasion, ReturnGroup, ScanOutcome, StockReturnRow};
use jiff::tz::TimeZone;

use crate::stock::{Depot, charges, inspector, keeper, remark, weapon};
use crate::world::caller;

impl Depot {
    async fn begun(&self, by: &Caller, codes: &[&str]) -> RecordId {
        let places: BTreeSet<AccountId> = codes.iter().map(|code| self.places[*code]).collect();
        let begun = self
            .app()
            .begin_stocktake(by, self.site, places, Occasion::Interval)
            .await;
        begun.unwrap()
    }

    async fn outcomes(
        &self,
        by: &str,
        take: RecordId,
        scans: &[(u8, &str, &str, u64)],
    ) -> Vec<ScanOutcome> {
        let scans = scans
            .iter()
            .map(|(id, place, code, quantity)| self.scan(*id, place, code, *quantity));
        let by = keeper(by);
        let taken = self.app().add_scans(&by, take, scans.collect());
        let mut taken = taken.await.unwrap();
        taken.sort_by_key(|(scan, _)| *scan.id.as_bytes());
        taken.into_iter().map(|(_, outcome)| outcome).collect()
    }

    async fn returned(&self) -> StockReturn {
        let day_of = |at: jiff::Timestamp| at.to_zoned_datetime(TimeZone::UTC).date();
        let year = day_of(self.app().now()).year().to_string();
        let ana = keeper("ana");
        let counted = self.app().count_stock_return(&ana, &year, day_of);
        counted.await.unwrap()
    }
}

#[tokio::test]
async fn who_counts_does_not_see_what_should_be_there_until_the_count_has_ended() {
    let depot = Depot::new().await;
    depot
        .holds(&[("M1-A", weapon("1234"), 1), ("M1-B", weapon("5678"), 1)])
        .await;
    let app = depot.app();
    let (ana, boris) = (keeper("ana"), keeper("boris"));
    let (rack, rifle) = (depot.places["M1-A"], depot.goods("1234").await);
    let take = depot.begun(&ana, &["M1-A"]).await;
    let sees = async |who: &Caller| {
        let store = app.stock_store(who, depot.places["M1"]).await.unwrap();
        let line = store.places.iter().find(|line| line.place.account == rack);
        let line = line.unwrap();
        let ledger = app.stock_ledger(who, rack, None, 10).await.unwrap();
        let goods = app.stock_goods(who, rifle, None, 10).await.unwrap();
        let held = goods.held.iter().any(|row| row.account == rack);
        let other = store.places.iter().filter(|line| !line.is_hidden);
        assert!(other.count() >= 2, "other places are seen");
        let hidden = [line.is_hidden, ledger.is_hidden, goods.is_hidden];
        let seen = [
            !line.held.is_empty(),
            !ledger.postings.items.is_empty(),
            held,
        ];
        assert_eq!(hidden.map(|hidden| !hidden), seen);
        assert_eq!(goods.history.items.is_empty(), goods.is_hidden);
        seen
    };
    assert_eq!(sees(&ana).await, [false; 3]);
    assert_eq!(sees(&boris).await, [true; 3]);
    depot
        .outcomes("boris", take, &[(1, "M1-A", "1234", 1)])
        .await;
    assert_eq!(sees(&boris).await, [false; 3], "who scans counts too");
    assert_eq!(sees(&inspector()).await, [true; 3]);
    // They may still move what they have in their hands.
    assert_eq!(app.stock_places_of(&ana, rifle).await, Ok(vec![rack]));
    app.finish_stocktake(&ana, take).await.unwrap();
    assert_eq!(sees(&ana).await, [true; 3]);
    assert_eq!(sees(&boris).await, [true; 3]);
}

#[tokio::test]
async fn what_two_devices_scan_counts_once_and_is_told_the_same_when_it_is_sent_again() {
    use ScanOutcome::{Counted, Repeated, Unknown};
    let depot = Depot::new().await;
    depot
        .holds(&[
            ("M1-A", weapon("1"), 1),
            ("M1-A", weapon("2"), 1),
            ("M1-A", charges(), 40),
        ])
        .await;
    let ana = keeper("ana");
    let take = depot.begun(&ana, &["M1-A", "M1-B"]).await;
    // At the same moment: neither is told that the other one was faster.
    let (first, second) = tokio::join!(
        depot.outcomes("ana", take, &[(1, "M1-A", "1", 1), (2, "M1-A", "L7", 12)]),
        depot.outcomes("boris", take, &[(3, "M1-A", "2", 1), (4, "M1-A", "?", 1)]),
    );
    assert_eq!(
        (first, second),
        (vec![Counted, Counted], vec![Counted, Unknown])
    );
    let again = [
        (1, "M1-A", "1", 1),
        (5, "M1-A", "1", 1),
        (6, "M1-A", "l-7", 40),
    ];
    let told = depot.outcomes("ana", take, &again).await;
    assert_eq!(told, [Counted, Repeated, Counted]);
    assert_eq!(
        depot.outcomes("ana", take, &again).await,
        told,
        "sent again"
    );
    let elsewhere = depot.outcomes("boris", take, &[(7, "M1-B", "1", 1)]).await;
    let booked = depot.places["M1-A"];
    assert_eq!(elsewhere, [ScanOutcome::WrongPlace { booked }]);

    let view = depot.app().view_counting(&ana, take).await.unwrap();
    assert_eq!(view.take.scans, 7);
    let last: Vec<ScanOutcome> = view.scans.iter().map(|(_, outcome)| *outcome).collect();
    assert_eq!(last.len(), 7);
    assert_eq!(
        last.iter().filter(|outcome| **outcome == Repeated).count(),
        2
    );
    let result = depot.app().finish_stocktake(&ana, take).await.unwrap();
    assert_eq!(
        (result.lines, result.agreed),
        (vec![], 3),
        "the last number of a lot counts"
    );
    let whole = depot.app().view_stocktake(&ana, take).await.unwrap();
    let all: Vec<ScanOutcome> = whole.scans.iter().map(|(_, outcome)| *outcome).collect();
    assert_eq!(all, last, "the last scans are told as all of them are");
}

#[tokio::test]
async fn a_code_means_what_is_here_and_a_weapon_of_another_site_is_known() {
    let depot = Depot::new().await;
    let app = depot.app();
    let place = |code: &str| NewPlace {
        code: code.into(),
        name: code.into(),
        inside: None,
        licence: None,
    };
    let other = NewSite {
        name: "Depot Two".into(),
        places: vec![place("X1")],
    };
    let other = app.set_up_site(&inspector(), &other).await.unwrap();
    depot.holds(&[("M1-A", charges(), 40)]).await;
    let mut same_lot = charges();
    same_lot.nomenclature = "charge TNT 2 kg".into();
    let rows = [
        ("X1".to_owned(), same_lot, 5),
        ("X1".to_owned(), weapon("77"), 1),
    ];
    let refused = app
        .import_stock(&keeper("ana"), (other, "ledger"), &rows, false)
        .await;
    assert_eq!(refused, Err(AppError::Forbidden(Action::ManageStock)));
    let done = app
        .import_stock(&inspector(), (other, "ledger"), &rows, false)
        .await;
    assert!(done.unwrap().is_written);
    let found = app.find_goods(&inspector(), "l 7").await.unwrap();
    assert_eq!(found.len(), 2, "two lots have the number");
    let take = depot.begun(&keeper("ana"), &["M1-A"]).await;
    let scans = vec![
        depot.scan(1, "M1-A", "L7", 40),
        depot.scan(2, "M1-A", "77", 1),
    ];
    let taken = app.add_scans(&keeper("ana"), take, scans).await.unwrap();
    let here = found
        .iter()
        .find(|(_, goods)| goods.nomenclature.contains("1 kg"));
    assert_eq!(taken[0].0.goods, here.map(|(id, _)| *id));
    assert!(
        matches!(taken[1].1, ScanOutcome::WrongPlace { .. }),
        "{:?}",
        taken[1]
    );
    let label = here.map(|(id, _)| id.to_string()).unwrap();
    let by_label = depot
        .outcomes("ana", take, &[(3, "M1-A", &label, 40)])
        .await;
    assert_eq!(by_label, [ScanOutcome::Counted]);
    let nowhere = app.find_goods(&inspector(), "8").await.unwrap();
    assert_eq!(nowhere, []);
}

#[tokio::test]
async fn a_plan_is_seen_by_few_and_its_positions_stand_in_no_log() {
    let depot = Depot::new().await;
    depot.holds(&[("M1-A", charges(), 1_000)]).await;
    let app = depot.app();
    let point = |store: Option<&str>, name: &str, east_m, north_m| NewPlanPoint {
        name: name.into(),
        store: store.map(Into::into),
        east_m,
        north_m,
    };
    let points = vec![
        point(Some("m1"), "M1", 48_151, -16_234),
        point(None, "the mill", 48_151 + 87, -16_234 + 116),
    ];
    let others = [
        keeper("ana"),
        caller("os:root", Role::Operator, Purpose::StockpileSecurity),
        caller(
            "d.officer",
            Role::DataProtectionOfficer,
            Purpose::Supervision,
        ),
    ];
    for other in &others {
        let refused = app.draw_site_plan(other, depot.site, points.clone()).await;
        assert_eq!(refused, Err(AppError::Forbidden(Action::ViewSitePlan)));
        let refused = app.site_map(other, depot.site).await;
        assert_eq!(refused, Err(AppError::Forbidden(Action::ViewSitePlan)));
    }
    let unknown = vec![point(Some("M9"), "M9", 1, 2)];
    let refused = app.draw_site_plan(&inspector(), depot.site, unknown).await;
    assert!(matches!(refused, Err(AppError::Invalid(_))), "{refused:?}");
    app.draw_site_plan(&inspector(), depot.site, points)
        .await
        .unwrap();
    let map = app.site_map(&inspector(), depot.site).await.unwrap();
    let near = map.stores.iter().find(|store| store.place.code == "M1");
    let (margin, on_plan) = &near.unwrap().margins[0];
    assert_eq!(
        (margin.margin_m, *on_plan),
        (0, Some(145)),
        "150 m by the licence"
    );
    assert_eq!(map.plan.unwrap().points.len(), 2);

    let entries = depot.world.store.audit_entries(0, 1_000).await.unwrap();
    let details = entries.iter().filter_map(egnatia_app::AuditRow::read);
    let told = format!("{:?}", details.collect::<Vec<_>>());
    assert!(told.contains("stock-plan"), "that somebody looked is told");
    for position in ["48151", "48_151", "16234", "48238", "16118", "east_m"] {
        assert!(!told.contains(position), "{position}");
    }
    let overview = format!("{:?}", app.stock_overview(&keeper("ana")).await.unwrap());
    let sites = format!("{:?}", app.stock_sites(&keeper("ana")).await.unwrap());
    assert!(!overview.contains("48151") && !sites.contains("48151"));
}

#[tokio::test]
async fn a_theft_stands_in_the_return() {
    let depot = Depot::new().await;
    depot
        .holds(&[("M1-A", weapon("1234"), 1), ("M1-A", charges(), 40)])
        .await;
    let app = depot.app();
    let take = depot.begun(&keeper("ana"), &["M1-A"]).await;
    depot.outcomes("ana", take, &[(1, "M1-A", "L7", 40)]).await;
    let hidden = depot.returned().await;
    assert!(hidden.is_hidden);
    assert!(hidden.rows.iter().all(|row| row.group != ReturnGroup::Held));
    app.finish_stocktake(&keeper("ana"), take).await.unwrap();
    let case = app
        .view_stocktake(&keeper("ana"), take)
        .await
        .unwrap()
        .cases[0];
    app.recount_stock_case(&keeper("boris"), case, 0)
        .await
        .unwrap();
    app.lose_stock(&inspector(), case, LossKind::Stolen, remark("lock broken"))
        .await
        .unwrap();
    let row = |group, what: &str, count| StockReturnRow {
        group,
        what: what.to_owned(),
        count,
    };
    let counted = depot.returned().await;
    assert_eq!(
        counted.rows,
        [
            row(ReturnGroup::Held, "M70 AB2", 1),
            row(ReturnGroup::Held, "charge TNT 1 kg", 40),
            row(ReturnGroup::Counts, "", 1),
            row(ReturnGroup::Stolen, "M70 AB2, 1234", 1),
            row(ReturnGroup::Explained, "", 0),
            row(ReturnGroup::Miscounted, "", 0),
            row(ReturnGroup::Open, "", 0),
        ],
        "it is held until the second signature takes it out"
    );
    assert_eq!(counted.table()[0], ["from", "to", "group", "what", "count"]);
    assert_eq!(counted.table()[4][2..], ["stolen", "M70 AB2, 1234", "1"]);
    let wrong = app
        .count_stock_return(&keeper("ana"), "last year", |at| {
            at.to_zoned_datetime(TimeZone::UTC).date()
        })
        .await;
    assert!(matches!(wrong, Err(AppError::Invalid(_))));
}
