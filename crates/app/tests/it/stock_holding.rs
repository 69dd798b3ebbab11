//! What a store may hold is asked of every movement that comes into it, however it comes; and what is
//! offered instead is then accepted.

use std::collections::BTreeMap;

use egnatia_app::{App, AppError, Invalid, NewMovement, NewPlace, NewSite};
use egnatia_record::Entropy;
use egnatia_stockpile::distance::Barricade;
use egnatia_stockpile::{
    AccountId, Division, Explosive, Exposure, Goods, GoodsId, Group, Licence, Line, Mass,
    MovementId, MovementKind as Kind, Tracking,
};
use egnatia_testkit::SeededEntropy;
use jiff::SignedDuration;

use crate::stock::{Depot, charges, inspector, keeper, moved, remark};

fn refused<T: std::fmt::Debug>(answer: Result<T, AppError>) -> Invalid {
    match answer {
        Err(AppError::Invalid(invalid)) => invalid,
        other => unreachable!("{other:?}"),
    }
}

/// Enters a movement, and signs it where somebody has to.
async fn done(app: &App, new: NewMovement) -> MovementId {
    let entered = app.enter_movement(&keeper("ana"), new).await.unwrap();
    let id = entered.row.movement.id;
    if entered.row.waits() {
        let counted = match entered.signing {
            egnatia_stockpile::Signing::Receiver => {
                let lines = entered.row.movement.lines.iter();
                Some(lines.map(|line| line.quantity.get()).collect())
            }
            _ => None,
        };
        app.sign_movement(&inspector(), id, counted).await.unwrap();
    }
    id
}

fn shells() -> Goods {
    Goods {
        nomenclature: "shell 82 mm".into(),
        tracking: Tracking::Lot { lot: "S9".into() },
        ..charges()
    }
}

/// M1 takes 1000 kg of division 1.1, M2 far more. `L7` is charges of 1 kg, `S9` shells of 1 kg.
async fn depot() -> (Depot, GoodsId, GoodsId) {
    let depot = Depot::new().await;
    depot.holds(&[("M2", charges(), 5_000)]).await;
    let charges = depot.goods("L7").await;
    let shells = depot.app().register_goods(&keeper("ana"), shells()).await;
    (depot, charges, shells.unwrap())
}

#[tokio::test]
async fn it_does_not_matter_how_something_comes_into_a_store() {
    let (depot, charges, _) = depot().await;
    let app = depot.app();
    let (m1, m2) = (depot.places["M1-A"], depot.places["M2"]);
    let unit = app.add_holder(&keeper("ana"), "2nd Company").await.unwrap();
    done(app, moved(Kind::Issue, charges, (m2, unit), 2_000)).await;
    for (kind, from) in [
        (Kind::Receipt, AccountId::OUTSIDE),
        (Kind::Return, unit),
        (Kind::Transfer, m2),
    ] {
        let wanted = moved(kind, charges, (from, m1), 1_001);
        let told = refused(app.enter_movement(&keeper("ana"), wanted).await);
        assert_eq!((told.field, told.code), ("quantity", "too-near"), "{kind}");
        assert!(told.problem.contains("1000 would fit here"), "{told:?}");
        // Where it comes from is no place to bring it instead.
        let offers_m2 = told.problem.contains("all of it fits in M2");
        assert_eq!(offers_m2, kind != Kind::Transfer, "{kind}: {told:?}");
    }
}

#[tokio::test]
async fn lines_that_fit_one_by_one_are_refused_where_they_do_not_fit_together() {
    let (depot, charges, shells) = depot().await;
    let app = depot.app();
    let line = |goods, to: &str, quantity: u64| Line {
        kind: Kind::Receipt,
        goods,
        from: AccountId::OUTSIDE,
        to: depot.places[to],
        quantity: quantity.try_into().unwrap(),
    };
    let chain = |second: Line| NewMovement {
        lines: vec![line(charges, "M1-A", 700), second],
        ..moved(
            Kind::Receipt,
            charges,
            (AccountId::OUTSIDE, depot.places["M1-A"]),
            1,
        )
    };
    let both = chain(line(shells, "M1-B", 700));
    let told = refused(app.enter_movement(&keeper("ana"), both).await);
    assert!(told.problem.contains("300 would fit here"), "{told:?}");
    assert!(told.problem.contains("fits in M2"), "{told:?}");
    assert_eq!(app.waiting_movements(&inspector()).await.unwrap().len(), 0);
    for offered in [line(shells, "M1-B", 300), line(shells, "M2", 700)] {
        let entered = app.enter_movement(&keeper("ana"), chain(offered)).await;
        let id = entered.unwrap().row.movement.id;
        app.void_movement(&inspector(), id, remark("only asked"))
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn what_is_taken_back_is_refused_where_something_else_lies_in_its_place_now() {
    let (depot, charges, shells) = depot().await;
    let app = depot.app();
    let (m1, outside) = (depot.places["M1-A"], AccountId::OUTSIDE);
    let unit = app.add_holder(&keeper("ana"), "2nd Company").await.unwrap();
    done(app, moved(Kind::Receipt, charges, (outside, m1), 600)).await;
    let issue = done(app, moved(Kind::Issue, charges, (m1, unit), 600)).await;
    let other = done(app, moved(Kind::Receipt, shells, (outside, m1), 600)).await;
    let ana = keeper("ana");
    let back = || app.reverse_movement(&ana, issue, None, remark("wrong unit"));
    let told = refused(back().await);
    assert_eq!(told.code, "too-near");
    assert!(
        told.problem.contains("make room in the store first"),
        "{told:?}"
    );
    assert!(!told.problem.contains("would fit here"), "{told:?}");
    // It says what is true: with room made it goes back.
    let out = app
        .reverse_movement(&keeper("ana"), other, None, remark("not for us"))
        .await
        .unwrap();
    app.sign_movement(&inspector(), out.row.movement.id, None)
        .await
        .unwrap();
    let undone = back().await.unwrap().row.movement.id;
    // What comes in before the second person signs is seen then.
    done(app, moved(Kind::Receipt, shells, (outside, m1), 500)).await;
    let told = refused(app.sign_movement(&inspector(), undone, None).await);
    assert!(told.problem.contains("taken back as a whole"), "{told:?}");
    assert_eq!(depot.quantity(charges, m1).await, 0);
}

#[tokio::test]
async fn a_mistake_in_a_store_that_holds_too_much_already_can_be_taken_back() {
    let depot = Depot::new().await;
    depot.holds(&[("M1-A", charges(), 1_500)]).await;
    depot.world.clock.advance(SignedDuration::from_mins(5));
    let (app, goods) = (depot.app(), depot.goods("L7").await);
    let m1 = depot.places["M1-A"];
    let unit = app.add_holder(&keeper("ana"), "2nd Company").await.unwrap();
    let issue = done(app, moved(Kind::Issue, goods, (m1, unit), 100)).await;
    let more = moved(Kind::Receipt, goods, (AccountId::OUTSIDE, m1), 1);
    let told = refused(app.enter_movement(&keeper("ana"), more).await);
    assert!(told.problem.contains("nothing of it fits here"), "{told:?}");
    // It goes where it was, and nothing came beside it.
    let back = app
        .reverse_movement(&keeper("ana"), issue, None, remark("never left"))
        .await
        .unwrap();
    app.sign_movement(&inspector(), back.row.movement.id, None)
        .await
        .unwrap();
    assert_eq!(depot.quantity(goods, m1).await, 1_500);
}

#[tokio::test]
async fn a_ledger_is_taken_over_as_it_is_and_says_which_stores_are_not_safe() {
    let depot = Depot::new().await;
    let app = depot.app();
    let mut loose = shells();
    loose.explosive = loose.explosive.map(|explosive| Explosive {
        group: Group::H,
        ..explosive
    });
    let rows = [
        ("M1-A".to_owned(), charges(), 900),
        ("M1-B".to_owned(), loose, 200),
        ("M2".to_owned(), charges(), 900),
    ];
    let admin = crate::world::caller(
        "os:root",
        egnatia_app::Role::Operator,
        egnatia_record::Purpose::StockpileSecurity,
    );
    let import = |dry_run| app.import_stock(&admin, (depot.site, "ledger"), &rows, dry_run);
    let dry = import(true).await.unwrap();
    let told = |needle: &str| {
        let mut all = dry.breaches.iter();
        all.any(|(store, what)| store == "M1" && what.contains(needle))
    };
    assert!(told("are needed for 1100 kg as division 1.1"), "{dry:?}");
    assert!(told("may not lie with group"), "{dry:?}");
    assert!(
        dry.breaches.iter().all(|(store, _)| store == "M1"),
        "{dry:?}"
    );
    assert!(dry.wrong.is_empty() && !dry.is_written);
    let real = import(false).await.unwrap();
    assert_eq!(
        (real.breaches, real.is_written),
        (dry.breaches.clone(), true)
    );
    let overview = app.stock_overview(&inspector()).await.unwrap();
    let m1 = overview
        .margins
        .iter()
        .find(|of| of.store == depot.places["M1"]);
    assert!(m1.unwrap().least.as_ref().unwrap().margin_m < 0);
    // The same is said of the store as it stands, each thing once.
    let store = app.stock_store(&inspector(), depot.places["M1"]).await;
    let said: Vec<String> = dry.breaches.iter().map(|(_, what)| what.clone()).collect();
    assert_eq!(store.unwrap().breaches, said);
    assert_eq!(m1.unwrap().breaches, said);
    let mixing = said.iter().filter(|what| what.contains("may not lie"));
    assert_eq!(mixing.count(), 1, "{said:?}");
}

#[tokio::test]
async fn a_receiver_who_counts_less_may_take_what_fits() {
    let (depot, charges, shells) = depot().await;
    let app = depot.app();
    let (m1, m2) = (depot.places["M1-A"], depot.places["M2"]);
    let sent = moved(Kind::Transfer, charges, (m2, m1), 900);
    let sent = app.enter_movement(&keeper("ana"), sent).await.unwrap();
    done(
        app,
        moved(Kind::Receipt, shells, (AccountId::OUTSIDE, m1), 200),
    )
    .await;
    let id = sent.row.movement.id;
    let all = app
        .sign_movement(&keeper("boris"), id, Some(vec![900]))
        .await;
    let told = refused(all);
    assert!(told.problem.contains("give the movement up"), "{told:?}");
    app.sign_movement(&keeper("boris"), id, Some(vec![800]))
        .await
        .unwrap();
    assert_eq!(depot.quantity(charges, m1).await, 800);
}

#[tokio::test]
async fn of_two_that_are_fine_alone_and_signed_at_once_one_is_posted() {
    let (depot, charges, shells) = depot().await;
    let app = depot.app();
    let mut ids = Vec::new();
    for (goods, rack) in [(charges, "M1-A"), (shells, "M1-B")] {
        let new = moved(
            Kind::Receipt,
            goods,
            (AccountId::OUTSIDE, depot.places[rack]),
            600,
        );
        let entered = app.enter_movement(&keeper("ana"), new).await.unwrap();
        ids.push(entered.row.movement.id);
    }
    let sign = |id| {
        let app = app.clone();
        tokio::spawn(async move { app.sign_movement(&inspector(), id, None).await })
    };
    let (one, two) = (sign(ids[0]), sign(ids[1]));
    let both = [one.await.unwrap(), two.await.unwrap()];
    let posted = both.iter().filter(|answer| answer.is_ok()).count();
    assert_eq!(posted, 1, "{both:?}");
    let of = [(charges, "M1-A"), (shells, "M1-B")];
    let mut held = 0;
    for (goods, rack) in of {
        held += depot.quantity(goods, depot.places[rack]).await;
    }
    assert_eq!(held, 600);
}

/// Numbers that look like chance, and are the same in every run.
struct Dice(SeededEntropy);

impl Dice {
    fn below(&self, limit: u64) -> u64 {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        u64::from_le_bytes(bytes) % limit
    }
}

const DIVISIONS: [Division; 5] = [
    Division::D1_1,
    Division::D1_2_1,
    Division::D1_2_2,
    Division::D1_3_1,
    Division::D1_4,
];
const GROUPS: [Group; 6] = [Group::B, Group::C, Group::D, Group::G, Group::H, Group::S];

/// A site of stores whose licences differ.
fn any_site(dice: &Dice) -> NewSite {
    let store = |number: usize| {
        let exposure = |(number, exposed): (usize, &str)| Exposure {
            name: format!("neighbour {number}"),
            exposed: exposed.into(),
            distance_m: u32::try_from(30 + dice.below(400)).unwrap(),
            barricade: Barricade::Without,
        };
        let sites = ["inhabited-building", "public-road"];
        let kept = usize::try_from(dice.below(3)).unwrap();
        let total = Mass::from_kilograms(100 + dice.below(3_000));
        NewPlace {
            code: format!("N{number}"),
            name: format!("store {number}"),
            inside: None,
            licence: (dice.below(6) > 0).then(|| Licence {
                number: "L".into(),
                exposures: sites
                    .into_iter()
                    .take(kept)
                    .enumerate()
                    .map(exposure)
                    .collect(),
                total_max: (dice.below(2) == 0).then_some(total),
                ..Licence::default()
            }),
        }
    };
    NewSite {
        name: "Depot Two".into(),
        places: (0..4).map(store).collect(),
    }
}

/// What a refusal offers: so many here, all of it in these stores.
fn offers(text: &str) -> (u64, Vec<String>) {
    let here = text.split("; ").find_map(|part| {
        let number = part.strip_suffix(" would fit here")?;
        number.parse().ok()
    });
    let elsewhere = text.split_once("all of it fits in ");
    let elsewhere = elsewhere.map(|(_, stores)| stores.split(", ").map(str::to_owned));
    (here.unwrap_or(0), elsewhere.into_iter().flatten().collect())
}

/// Whatever a refusal offers is accepted when it is entered; one more than fits is not.
#[tokio::test]
async fn what_is_offered_is_accepted() {
    let dice = Dice(SeededEntropy::new(6));
    let (mut refusals, mut here, mut elsewhere) = (0, 0, 0);
    for round in 0..40 {
        let depot = Depot::new().await;
        let app = depot.app();
        app.set_up_site(&inspector(), &any_site(&dice))
            .await
            .unwrap();
        let sites = app.stock_sites(&inspector()).await.unwrap();
        let stores: BTreeMap<String, AccountId> = sites
            .iter()
            .filter(|view| view.site.name == "Depot Two")
            .flat_map(|view| view.site.places.iter())
            .map(|place| (place.code.clone(), place.account))
            .collect();
        let by_name = |name: &str| match name.split_once(" of ") {
            None => stores[name],
            Some((code, site)) => {
                assert_eq!(site, "Depot One", "{name}");
                depot.places[code]
            }
        };
        let mut goods = Vec::new();
        for number in 0..4 {
            let of =
                |limit: usize| usize::try_from(dice.below(u64::try_from(limit).unwrap())).unwrap();
            let explosive = Explosive {
                division: DIVISIONS[of(DIVISIONS.len())],
                group: GROUPS[of(GROUPS.len())],
                mass_each: Mass::from_milligrams(1_000_000 * (1 + dice.below(20))),
            };
            let new = Goods {
                nomenclature: format!("kind {number}"),
                tracking: Tracking::Lot {
                    lot: format!("X{number}"),
                },
                explosive: Some(explosive),
                ..charges()
            };
            goods.push(app.register_goods(&keeper("ana"), new).await.unwrap());
        }
        for _ in 0..12 {
            let pick = goods[usize::try_from(dice.below(4)).unwrap()];
            let target = *stores
                .values()
                .nth(usize::try_from(dice.below(4)).unwrap())
                .unwrap();
            let receipt =
                |to, quantity| moved(Kind::Receipt, pick, (AccountId::OUTSIDE, to), quantity);
            let quantity = 1 + dice.below(400);
            let answer = app
                .enter_movement(&keeper("ana"), receipt(target, quantity))
                .await;
            let told = match answer {
                Ok(entered) => {
                    let id = entered.row.movement.id;
                    app.sign_movement(&inspector(), id, None).await.unwrap();
                    continue;
                }
                Err(AppError::Invalid(told)) => told,
                Err(error) => unreachable!("round {round}: {error:?}"),
            };
            refusals += 1;
            let (fits, others) = offers(&told.problem);
            let probe = async |new: NewMovement| {
                let entered = app.enter_movement(&keeper("ana"), new).await?;
                let id = entered.row.movement.id;
                app.void_movement(&inspector(), id, remark("only asked"))
                    .await?;
                Ok::<_, AppError>(())
            };
            if fits > 0 {
                here += 1;
                probe(receipt(target, fits)).await.unwrap();
            }
            let more = probe(receipt(target, fits + 1)).await;
            assert!(
                matches!(more, Err(AppError::Invalid(_))),
                "{told:?}: {more:?}"
            );
            for other in others {
                elsewhere += 1;
                probe(receipt(by_name(&other), quantity)).await.unwrap();
            }
        }
    }
    assert!(
        refusals > 50 && here > 10 && elsewhere > 20,
        "{refusals} {here} {elsewhere}"
    );
}
