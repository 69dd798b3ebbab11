//! A depot that does not exist: two stores with what lies there, so that the pages show something.

use egnatia_app::{App, Caller, NewMovement, NewPlace, NewSite};
use egnatia_record::{Justification, Purpose};
use egnatia_stockpile::distance::Barricade;
use egnatia_stockpile::{
    Condition, Division, Explosive, Exposure, Goods, Group, Licence, Line, Mass, MovementKind,
    Tracking,
};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, ToSpan};

use crate::data::operator;

const UNIT: &str = "Border unit 3 (invented)";

/// Sets the depot up at a node that has no site yet.
///
/// # Errors
/// Where the node refuses it.
pub async fn prepare(app: &App) -> anyhow::Result<()> {
    let caller = operator(Some(Justification {
        purpose: Purpose::StockpileSecurity,
        case: "DEMO 1".parse()?,
    }))?;
    if !app.stock_sites(&caller).await?.is_empty() {
        return Ok(());
    }
    let site = app.set_up_site(&caller, &site()).await?;
    let today = app.now().to_zoned_datetime(TimeZone::UTC).date();
    let ledger = (site, "invented ledger");
    app.import_stock(&caller, ledger, &rows(today), false)
        .await?;
    issue(app, &caller).await
}

fn site() -> NewSite {
    let place = |code: &str, name: &str, inside: Option<&str>| NewPlace {
        code: code.to_owned(),
        name: name.to_owned(),
        inside: inside.map(str::to_owned),
        licence: None,
    };
    let exposure = |name: &str, exposed: &str, distance_m| Exposure {
        name: name.to_owned(),
        exposed: exposed.to_owned(),
        distance_m,
        barricade: Barricade::Without,
    };
    let licence = |number: &str, exposures| Licence {
        number: number.to_owned(),
        total_max: Some(Mass::from_kilograms(5_000)),
        exposures,
        ..Licence::default()
    };
    let near = vec![exposure("the saw-mill", "inhabited-building", 170)];
    let far = vec![exposure("the village", "inhabited-building", 900)];
    NewSite {
        name: "Depot Invented".to_owned(),
        places: vec![
            place("A1", "armoury", None),
            place("A1-1", "rack 1", Some("A1")),
            place("A1-2", "rack 2", Some("A1")),
            NewPlace {
                licence: Some(licence("DEMO-L1", near)),
                ..place("M1", "magazine, near", None)
            },
            NewPlace {
                licence: Some(licence("DEMO-L2", far)),
                ..place("M2", "magazine, far", None)
            },
        ],
    }
}

fn rows(today: Date) -> Vec<(String, Goods, u64)> {
    let after = |span: Span| Some(today.saturating_add(span));
    let goods = |what: &str, tracking, expires_on| Goods {
        nomenclature: what.to_owned(),
        tracking,
        explosive: None,
        made_on: None,
        expires_on,
        category: None,
        inspected: None,
        condition: Condition::Serviceable,
    };
    let lot = |lot: &str| Tracking::Lot {
        lot: lot.to_owned(),
    };
    let explosive = |division, group, mass_each| {
        Some(Explosive {
            division,
            group,
            mass_each,
        })
    };
    let mut rows = Vec::new();
    for number in 1..=12 {
        let tracking = Tracking::Serial {
            serial: format!("DEMO-{number:04}"),
            record: None,
        };
        let rack = if number <= 8 { "A1-1" } else { "A1-2" };
        rows.push((rack.to_owned(), goods("M70 AB2", tracking, None), 1));
    }
    let charges = Goods {
        explosive: explosive(Division::D1_1, Group::D, Mass::from_kilograms(1)),
        ..goods("charge TNT 1 kg", lot("DEMO-T1"), after(20.days()))
    };
    let cartridges = Goods {
        explosive: explosive(Division::D1_4, Group::S, Mass::from_milligrams(1_600)),
        ..goods("cartridge 7.62x39 FMJ", lot("DEMO-C1"), after(4_000.days()))
    };
    rows.push(("M1".to_owned(), charges, 600));
    rows.push(("M2".to_owned(), cartridges, 48_000));
    rows
}

/// A rifle is issued, and waits for a second signature.
async fn issue(app: &App, caller: &Caller) -> anyhow::Result<()> {
    let unit = app.add_holder(caller, UNIT).await?;
    let found = app.find_goods(caller, "DEMO-0001").await?;
    let Some((goods, _)) = found.into_iter().next() else {
        return Ok(());
    };
    let names = app.stock_names(caller).await?;
    let rack = names.iter().find(|(_, (_, name))| name.ends_with("/ A1-1"));
    let Some((rack, _)) = rack else {
        return Ok(());
    };
    let line = Line {
        kind: MovementKind::Issue,
        goods,
        from: *rack,
        to: unit,
        quantity: std::num::NonZeroU64::MIN,
    };
    let new = NewMovement {
        id: None,
        lines: vec![line],
        effective_at: None,
        reference: "Order 12/26 (invented)".to_owned(),
        remark: None,
    };
    app.enter_movement(caller, new).await?;
    Ok(())
}
