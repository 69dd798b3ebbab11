//! When what is counted, climates, surveillance, and what is destroyed by a plan.

use std::collections::BTreeSet;

use egnatia_app::{AppError, Caller, NewCommand, NewCountRule, NewDisposal, Overview, Role};
use egnatia_record::RecordId;
use egnatia_stockpile::{
    AccountId, ClimateLimits, CommandState, Condition, CountWhy, DisposalLine, Division, Explosive,
    Goods, Group, Holding, Mass, Occasion, Reading, Tracking,
};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span};

use crate::stock::{Depot, charges, inspector, keeper, remark, weapon};
use crate::world::admin;

impl Depot {
    fn days(&self, days: i64) {
        self.world
            .clock
            .advance(SignedDuration::from_hours(24 * days));
    }

    fn today(&self) -> jiff::civil::Date {
        self.app().now().to_zoned_datetime(TimeZone::UTC).date()
    }

    async fn overview(&self) -> Overview {
        self.app().stock_overview(&keeper("ana")).await.unwrap()
    }

    /// Counts whole stores; what is in them is as the books say, but for what is left out.
    async fn counted(
        &self,
        by: &Caller,
        occasion: Occasion,
        scans: &[(&str, &str, u64)],
    ) -> RecordId {
        let places = self.places.values().copied().collect();
        let app = self.app();
        let take = app.begin_stocktake(by, self.site, places, occasion).await;
        let take = take.unwrap();
        let scans = (1..).zip(scans);
        let scans = scans.map(|(id, (place, code, count))| self.scan(id, place, code, *count));
        app.add_scans(by, take, scans.collect()).await.unwrap();
        app.finish_stocktake(by, take).await.unwrap();
        take
    }
}

fn rule(every_days: u16) -> NewCountRule {
    NewCountRule {
        name: "explosives each fortnight".into(),
        reason: remark("worth stealing"),
        every_days,
        stores: BTreeSet::new(),
        holding: Some(Holding {
            divisions: BTreeSet::from([Division::D1_1]),
            ..Holding::default()
        }),
        discrepancy_days: None,
    }
}

#[tokio::test]
async fn a_rule_brings_the_counts_of_some_stores_forward_until_it_ends() {
    let depot = Depot::new().await;
    depot
        .holds(&[("M1-A", charges(), 40), ("M2", weapon("1234"), 1)])
        .await;
    let app = depot.app();
    let plan = async || app.count_plan(&keeper("ana")).await.unwrap();
    let of = |plan: &[egnatia_app::CountDue], code: &str| {
        let mut stores = plan.iter();
        let due = stores.find(|due| due.store == depot.places[code]).unwrap();
        (due.due_on, due.why)
    };
    let opened = depot.today();
    let after = |days: i64| opened.checked_add(Span::new().days(days)).unwrap();
    assert_eq!(of(&plan().await, "M1"), (after(182), CountWhy::Interval));
    assert_eq!(of(&plan().await, "M2"), (after(30), CountWhy::Interval));

    let refused = app.set_count_rule(&keeper("ana"), rule(14)).await;
    assert!(matches!(refused, Err(AppError::Forbidden(_))));
    let mut of_rack = rule(14);
    of_rack.stores = BTreeSet::from([depot.places["M1-A"]]);
    let refused = app.set_count_rule(&inspector(), of_rack).await;
    assert!(matches!(&refused, Err(AppError::Invalid(wrong)) if wrong.field == "stores"));
    let set = app.set_count_rule(&inspector(), rule(14)).await.unwrap();
    assert_eq!(of(&plan().await, "M1"), (after(14), CountWhy::Rule(set)));
    assert_eq!(of(&plan().await, "M2"), (after(30), CountWhy::Interval));

    assert!(depot.overview().await.counts_due.is_empty(), "not yet");
    depot.days(15);
    let due = depot.overview().await.counts_due;
    assert_eq!(due.len(), 1);
    assert_eq!(due[0].rule.as_deref(), Some("explosives each fortnight"));
    assert!(due[0].is_late);
    depot
        .counted(
            &keeper("ana"),
            Occasion::Risk,
            &[("M1-A", "L7", 40), ("M2", "1234", 1)],
        )
        .await;
    assert!(depot.overview().await.counts_due.is_empty(), "counted");
    app.end_count_rule(&inspector(), set, remark("no longer"))
        .await
        .unwrap();
    let again = app
        .end_count_rule(&inspector(), set, remark("no longer"))
        .await;
    assert!(matches!(again, Err(AppError::Conflict(_))), "{again:?}");
    assert_eq!(of(&plan().await, "M1").1, CountWhy::Interval);
}

#[tokio::test]
async fn a_store_with_a_discrepancy_is_counted_sooner() {
    let depot = Depot::new().await;
    depot
        .holds(&[("M1-A", charges(), 40), ("M2", charges(), 5)])
        .await;
    let app = depot.app();
    let sooner = NewCountRule {
        holding: None,
        discrepancy_days: Some(60),
        ..rule(5)
    };
    let set = app.set_count_rule(&inspector(), sooner).await.unwrap();
    depot
        .counted(
            &keeper("ana"),
            Occasion::Interval,
            &[("M1-A", "L7", 38), ("M2", "L7", 5)],
        )
        .await;
    depot.days(6);
    let due = depot.overview().await.counts_due;
    let due: Vec<(AccountId, CountWhy)> = due.iter().map(|due| (due.store, due.why)).collect();
    assert_eq!(due, [(depot.places["M1"], CountWhy::Rule(set))]);
}

#[tokio::test]
async fn the_command_of_a_site_changes_when_both_have_signed_one_count_of_everything() {
    let depot = Depot::new().await;
    depot
        .holds(&[("M1-A", charges(), 40), ("M2", weapon("1234"), 1)])
        .await;
    let app = depot.app();
    let new = || NewCommand {
        site: depot.site,
        outgoing: "ana".parse().unwrap(),
        incoming: "boris".parse().unwrap(),
        order: "order 12/26".into(),
    };
    let unknown = app.begin_command(&inspector(), new()).await;
    assert!(matches!(&unknown, Err(AppError::Invalid(wrong)) if wrong.field == "outgoing"));
    for login in ["ana", "boris"] {
        depot.world.account(login, Role::Storekeeper).await;
    }
    depot.world.account("o.officer", Role::Officer).await;
    let mut nobody = new();
    nobody.incoming = "o.officer".parse().unwrap();
    let refused = app.begin_command(&inspector(), nobody).await;
    assert!(matches!(&refused, Err(AppError::Invalid(wrong)) if wrong.field == "incoming"));
    let refused = app.begin_command(&keeper("ana"), new()).await;
    assert!(matches!(refused, Err(AppError::Forbidden(_))));
    let id = app.begin_command(&inspector(), new()).await.unwrap();
    let twice = app.begin_command(&inspector(), new()).await;
    assert!(matches!(&twice, Err(AppError::Invalid(wrong)) if wrong.code == "duplicate"));

    // It stands in the list, and its stores are due by its day.
    depot.days(25);
    let overview = depot.overview().await;
    assert_eq!(overview.commands.len(), 1);
    assert_eq!(overview.commands[0].covered.open.len(), depot.places.len());
    let due: Vec<CountWhy> = overview.counts_due.iter().map(|due| due.why).collect();
    assert!(due.contains(&CountWhy::Command(id)), "{due:?}");

    let (ana, boris) = (keeper("ana"), keeper("boris"));
    let early = app.sign_command(&ana, id).await;
    assert!(matches!(&early, Err(AppError::Conflict(text)) if text.contains("count every place")));
    let seen = [("M1-A", "L7", 40), ("M2", "1234", 1)];
    let first = depot.counted(&ana, Occasion::Command, &seen).await;
    assert_eq!(app.sign_command(&ana, id).await, Ok(CommandState::Open));
    let other = app.sign_command(&inspector(), id).await;
    assert!(matches!(other, Err(AppError::Conflict(_))), "{other:?}");
    // Counted once more: what was signed before was another count.
    let second = depot.counted(&boris, Occasion::Command, &seen).await;
    assert_eq!(app.sign_command(&boris, id).await, Ok(CommandState::Open));
    let view = app.view_command(&boris, id).await.unwrap();
    assert_eq!(view.covered.counts, BTreeSet::from([first, second]));
    let waits: Vec<&str> = view
        .waits_for
        .iter()
        .map(egnatia_record::UserId::as_str)
        .collect();
    assert_eq!(waits, ["ana"]);
    let done = app.sign_command(&ana, id).await.unwrap();
    assert!(matches!(done, CommandState::Complete { .. }));
    assert!(depot.overview().await.commands.is_empty());
    let late = app
        .abandon_command(&inspector(), id, remark("too late"))
        .await;
    assert!(matches!(late, Err(AppError::Conflict(_))), "{late:?}");
    // The next one may begin.
    app.begin_command(&inspector(), new()).await.unwrap();
}

#[tokio::test]
async fn readings_out_of_the_limits_wait_for_a_person() {
    let depot = Depot::new().await;
    let (app, store) = (depot.app(), depot.places["M1"]);
    let read = |minutes: i64, temperature: &str| Reading {
        at: app.now() - SignedDuration::from_mins(minutes),
        temperature: temperature.parse().ok(),
        humidity: None,
    };
    let early = app
        .enter_readings(&keeper("ana"), store, vec![read(0, "20")])
        .await;
    assert!(matches!(early, Err(AppError::Invalid(_))), "{early:?}");
    let limits = ClimateLimits {
        temperature_max: Some("30".parse().unwrap()),
        ..ClimateLimits::default()
    };
    let refused = app.set_climate_limits(&keeper("ana"), store, limits).await;
    assert!(matches!(refused, Err(AppError::Forbidden(_))));
    app.set_climate_limits(&inspector(), store, limits)
        .await
        .unwrap();
    assert!(depot.overview().await.climates.is_empty());
    let table = vec![read(5, "31.5"), read(30, "20"), read(20, "30")];
    let tried = app
        .check_readings(&keeper("ana"), store, table.clone())
        .await;
    let tried = tried.unwrap();
    assert_eq!((tried.readings, tried.out), (3, 1));
    assert_eq!(tried.last_at, Some(read(5, "20").at));
    let nothing = app.store_climate(&keeper("ana"), store).await.unwrap();
    assert!(nothing.readings.is_empty(), "a check keeps nothing");
    let out = app
        .enter_readings(&keeper("ana"), store, table.clone())
        .await;
    assert_eq!(out, Ok(tried));
    let again = app.enter_readings(&keeper("ana"), store, table).await;
    assert!(matches!(&again, Err(AppError::Invalid(wrong)) if wrong.code == "duplicate"));
    let due = depot.overview().await.climates;
    assert_eq!((due[0].store, due[0].out.unwrap().count), (store, 1));
    let ahead = app
        .enter_readings(&keeper("ana"), store, vec![read(-5, "20")])
        .await;
    assert!(matches!(&ahead, Err(AppError::Invalid(wrong)) if wrong.field == "at"));
    app.settle_climate(&keeper("ana"), store, remark("the fan is repaired"))
        .await
        .unwrap();
    assert!(depot.overview().await.climates.is_empty());
    let view = app.store_climate(&keeper("ana"), store).await.unwrap();
    assert_eq!(view.readings.len(), 3);
    assert_eq!(view.readings[0], read(5, "31.5"), "newest first");
    assert!(view.climate.unwrap().settled.is_some());
    // Nobody reads it any more.
    depot.days(2);
    let due = depot.overview().await.climates;
    assert!(due[0].out.is_none() && due[0].unread_since.is_some());
}

#[tokio::test]
async fn propellant_is_due_to_be_looked_at_and_who_looks_is_in_its_history() {
    let depot = Depot::new().await;
    let propellant = |lot: &str| Goods {
        nomenclature: "propellant".into(),
        tracking: Tracking::Lot { lot: lot.into() },
        explosive: Some(Explosive {
            division: Division::D1_3_1,
            group: Group::C,
            mass_each: Mass::from_kilograms(1),
        }),
        ..weapon("x")
    };
    depot
        .holds(&[
            ("M1-A", propellant("PB-12"), 10),
            ("M1-A", propellant("unknown"), 2),
        ])
        .await;
    let (app, known) = (depot.app(), depot.goods("PB-12").await);
    depot.days(31);
    let due = depot.overview().await.surveillance;
    let lots: Vec<&str> = due.iter().map(|due| due.goods.number()).collect();
    assert_eq!(lots, ["unknown"], "it is not kept");
    // A correction does not make it younger.
    let changed = app
        .stock_goods(&keeper("ana"), known, None, 1)
        .await
        .unwrap();
    let forged = Goods {
        inspected: Some(egnatia_stockpile::Inspection {
            on: depot.today(),
            by: "somebody".parse().unwrap(),
            found: remark("never looked"),
        }),
        condition: Condition::Repairable,
        ..changed.goods
    };
    app.change_goods(&keeper("ana"), known, forged)
        .await
        .unwrap();
    depot.days(730 - 31);
    let due = depot.overview().await.surveillance;
    let due = due.iter().find(|due| due.row.goods == known).unwrap();
    assert_eq!(due.due_on, depot.today());
    let ahead = depot.today().tomorrow().unwrap();
    let state = Condition::Serviceable;
    let wrong = app
        .inspect_goods(&keeper("ana"), known, (ahead, state), remark("as new"))
        .await;
    assert!(matches!(&wrong, Err(AppError::Invalid(wrong)) if wrong.field == "on"));
    app.inspect_goods(
        &keeper("ana"),
        known,
        (depot.today(), state),
        remark("no change of colour"),
    )
    .await
    .unwrap();
    let left = depot.overview().await.surveillance;
    assert!(left.iter().all(|due| due.row.goods != known));
    let seen = app
        .stock_goods(&keeper("ana"), known, None, 1)
        .await
        .unwrap();
    assert_eq!(seen.goods.inspected.unwrap().by.as_str(), "ana");
}

#[tokio::test]
async fn a_plan_of_destruction_is_carried_out_by_movements_of_two_persons() {
    let depot = Depot::new().await;
    depot.holds(&[("M1-A", charges(), 40)]).await;
    let (app, lot) = (depot.app(), depot.goods("L7").await);
    let rack = depot.places["M1-A"];
    let new = |quantity: u64| NewDisposal {
        name: "surplus 2026".into(),
        reason: remark("convention of 1997"),
        method: "open detonation, range 3".into(),
        due_on: depot.today(),
        lines: vec![DisposalLine {
            goods: lot,
            from: rack,
            quantity: quantity.try_into().unwrap(),
        }],
    };
    let refused = app.plan_disposal(&keeper("ana"), new(30)).await;
    assert!(matches!(refused, Err(AppError::Forbidden(_))));
    let refused = app.plan_disposal(&inspector(), new(41)).await;
    assert!(matches!(&refused, Err(AppError::Invalid(wrong)) if wrong.field == "quantity"));
    let plan = app.plan_disposal(&inspector(), new(30)).await.unwrap();
    assert_eq!(depot.overview().await.disposals.len(), 1);

    let ana = keeper("ana");
    let destroy = async |quantity: u64| app.carry_out_disposal(&ana, plan, None, &[quantity]).await;
    let first = destroy(20).await.unwrap();
    let again = app.carry_out_disposal(&ana, plan, Some(first), &[20]).await;
    assert_eq!(again, Ok(first), "sent again");
    let total = async || {
        let view = app.view_disposal(&ana, plan).await.unwrap();
        let total = view.total();
        (total.done, total.waiting, total.left())
    };
    assert_eq!(total().await, (0, 20, 10));
    let more = destroy(11).await;
    assert!(matches!(&more, Err(AppError::Invalid(wrong)) if wrong.field == "quantity"));
    let same = app.sign_movement(&ana, first, None).await;
    assert!(matches!(same, Err(AppError::Conflict(_))), "{same:?}");
    app.sign_movement(&inspector(), first, None).await.unwrap();
    assert_eq!(total().await, (20, 0, 10));
    assert_eq!(depot.quantity(lot, AccountId::DESTROYED).await, 20);
    assert_eq!(depot.quantity(lot, rack).await, 20);

    // One that nobody signs frees what it had taken.
    destroy(10).await.unwrap();
    let waits = app
        .abandon_disposal(&inspector(), plan, remark("too dear"))
        .await;
    assert!(matches!(waits, Err(AppError::Conflict(_))), "{waits:?}");
    depot.days(2);
    assert_eq!(app.lapse_movements(&admin()).await, Ok(1));
    assert_eq!(total().await, (20, 0, 10));
    let last = destroy(10).await.unwrap();
    app.sign_movement(&inspector(), last, None).await.unwrap();
    let view = app.view_disposal(&ana, plan).await.unwrap();
    assert_eq!(view.disposal.state.as_str(), "done");
    let by: Vec<(&str, &str)> = view
        .carried
        .iter()
        .filter_map(|carried| {
            let second = carried.second.as_ref()?;
            Some((carried.first.as_str(), second.as_str()))
        })
        .collect();
    assert_eq!(by, [("ana", "i.inspector"); 2]);
    assert!(depot.overview().await.disposals.is_empty());
    // Taken back: the plan is open again.
    let back = app
        .reverse_movement(&ana, last, None, remark("it was another lot"))
        .await
        .unwrap();
    app.sign_movement(&inspector(), back.row.movement.id, None)
        .await
        .unwrap();
    assert_eq!(total().await, (20, 0, 10));
    let view = app.view_disposal(&ana, plan).await.unwrap();
    assert_eq!(view.disposal.state.as_str(), "open");
}
