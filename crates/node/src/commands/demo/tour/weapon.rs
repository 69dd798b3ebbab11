//! A rifle that is missing from a rack: counted, reported, looked for, found elsewhere, traced,
//! brought back.

use std::collections::BTreeSet;
use std::num::NonZeroU64;

use anyhow::{Context, bail};
use egnatia_alerts::Reason;
use egnatia_app::{
    App, Caller, CheckRequest, NewFirearm, NewMovement, NewPlace, NewScan, NewSite, NewTrace,
    NewTraceAnswer, Role,
};
use egnatia_firearms::{Category, Mark, MarkPlace, Outcome, Particulars, WeaponKind};
use egnatia_matching::{Description, Identifier, IdentifierKind, Weapon};
use egnatia_record::{Justification, Purpose, RecordId};
use egnatia_stockpile::{
    AccountId, Condition, Goods, GoodsId, Line, LossKind, MovementKind, Occasion, Remark, Tracking,
};
use jiff::civil::date;
use jiff::tz::TimeZone;

use super::{Tour, arrived, at, caller, goes_to, officer, recalled, told_of, until, verifier};
use crate::commands::demo::region::Member;
use crate::data::operator;

const NUMBER: &str = "M70B-45123";
/// As it is read at a border: one place is worn.
const READ: &str = "M70B-45?23";
const OTHER: &str = "M70B-45124";
const RACK: &str = "A1-1";

/// What lies where.
struct Armoury {
    site: RecordId,
    rack: AccountId,
    rifle: GoodsId,
    firearm: RecordId,
}

/// Plays these steps.
pub(super) async fn play(members: &[Member], tour: &mut Tour) -> anyhow::Result<()> {
    let (home, border) = (at(members, "Skopje")?, at(members, "Podgorica")?);
    let armoury = tour.step("armoury", fill(home)).await?;
    let case = tour.step("count", count(home, &armoury)).await?;
    let alert = tour.step("theft", report(members, home, case)).await?;
    let matched = tour.step("serial", check(border, alert)).await?;
    tour.step("weapon-hit", confirm((home, border), matched, alert))
        .await?;
    tour.step("trace", trace(border, at(members, "Belgrade")?))
        .await?;
    tour.step("brought-back", bring_back(home, &armoury, (case, alert)))
        .await
}

async fn fill(home: &Member) -> anyhow::Result<(Armoury, String)> {
    let app = home.app();
    let new = NewFirearm {
        particulars: rifle()?,
        reference: None,
        first: None,
        different_from: BTreeSet::new(),
    };
    let firearm = app.register_firearm(&focal()?, new).await?;
    let place = |code: &str, name: &str, inside: Option<&str>| NewPlace {
        code: code.to_owned(),
        name: name.to_owned(),
        inside: inside.map(str::to_owned),
        licence: None,
    };
    let new = NewSite {
        name: "Depot Invented".to_owned(),
        places: vec![
            place("A1", "armoury", None),
            place(RACK, "rack 1", Some("A1")),
        ],
    };
    let operator = operator(Some(Justification {
        purpose: Purpose::StockpileSecurity,
        case: "TOUR 1".parse()?,
    }))?;
    let site = app.set_up_site(&operator, &new).await?;
    let goods = |serial: &str, record| Goods {
        nomenclature: "M70 AB2".to_owned(),
        tracking: Tracking::Serial {
            serial: serial.to_owned(),
            record,
        },
        explosive: None,
        made_on: None,
        expires_on: None,
        category: None,
        inspected: None,
        condition: Condition::Serviceable,
    };
    let rows = [(NUMBER, Some(firearm)), (OTHER, None)];
    let rows = rows.map(|(serial, record)| (RACK.to_owned(), goods(serial, record), 1));
    app.import_stock(&operator, (site, "invented ledger"), &rows, false)
        .await?;
    let found = app.find_goods(&keeper()?, NUMBER).await?;
    let (rifle, _) = found
        .into_iter()
        .next()
        .context("the rifle is in no book")?;
    let names = app.stock_names(&keeper()?).await?;
    let mut names = names.iter();
    let rack = names.find(|(_, (_, name))| name.ends_with(&format!("/ {RACK}")));
    let (rack, _) = rack.context("there is no rack")?;
    let armoury = Armoury {
        site,
        rack: *rack,
        rifle,
        firearm,
    };
    let told = format!(
        "{} has the rifle {NUMBER} in its register and another one beside it in rack {RACK}",
        home.side.place
    );
    Ok((armoury, told))
}

async fn count(home: &Member, armoury: &Armoury) -> anyhow::Result<(RecordId, String)> {
    let (app, keeper) = (home.app(), keeper()?);
    let places = BTreeSet::from([armoury.rack]);
    let take = app
        .begin_stocktake(&keeper, armoury.site, places, Occasion::Interval)
        .await?;
    let scan = NewScan {
        id: RecordId::from_bytes([1; 16]),
        place: armoury.rack,
        code: OTHER.to_owned(),
        quantity: 1,
        at: app.now(),
    };
    app.add_scans(&keeper, take, vec![scan]).await?;
    app.finish_stocktake(&keeper, take).await?;
    let counted = app.view_stocktake(&keeper, take).await?;
    let case = counted.cases.first().context("no case was opened")?;
    let told = format!(
        "a storekeeper counts rack {RACK} without knowing what should be there; {NUMBER} is \
         missing, and a case opens"
    );
    Ok((*case, told))
}

async fn report(
    members: &[Member],
    home: &Member,
    case: RecordId,
) -> anyhow::Result<(RecordId, String)> {
    let app = home.app();
    app.recount_stock_case(&second_keeper()?, case, 0).await?;
    let reported = app
        .lose_stock(
            &inspector()?,
            case,
            LossKind::Stolen,
            remark("the lock is broken")?,
        )
        .await?;
    app.sign_movement(&keeper()?, reported.movement, None)
        .await?;
    let alert = reported.sought.alert.context("nobody looks for it")?;
    let count = arrived(home, alert).await?;
    let told = format!(
        "another one counts again, the inspector reports a theft; the alert goes to {}; {count} \
         nodes have it",
        goes_to(members, &reported.recipients)
    );
    Ok((alert, told))
}

async fn check(border: &Member, alert: RecordId) -> anyhow::Result<(RecordId, String)> {
    let question = CheckRequest {
        query: Description {
            identifiers: vec![Identifier {
                kind: IdentifierKind::Serial,
                value: READ.to_owned(),
                country: None,
            }],
            weapon: Some(Box::new(Weapon {
                make: Some("Zastava".to_owned()),
                ..Weapon::default()
            })),
            ..Description::default()
        },
        ..CheckRequest::default()
    };
    let answer = border.app().check(&officer()?, question).await?;
    let mut candidates = answer.candidates.iter();
    let candidate = candidates
        .find(|candidate| candidate.entry.record == alert)
        .context("the border did not find the rifle")?;
    let told = format!(
        "an officer at a border of {} reads {READ} on a Zastava and gets a match, probability {:.4}",
        border.side.place, candidate.assessment.probability
    );
    Ok((candidate.matched, told))
}

async fn confirm(
    (home, border): (&Member, &Member),
    matched: RecordId,
    alert: RecordId,
) -> anyhow::Result<((), String)> {
    let reason = Reason::try_from("the worn place is a 1 under the lamp".to_owned())?;
    let by = verifier()?;
    let decided = border
        .app()
        .decide(&by, matched, egnatia_alerts::Outcome::Confirmed, reason)
        .await?;
    decided.hit.context("no hit came of it")?;
    let told = told_of(home, alert).await?;
    Ok((
        (),
        format!("a named officer in {} confirms; {told}", border.side.place),
    ))
}

async fn trace(border: &Member, maker: &Member) -> anyhow::Result<((), String)> {
    let app = border.app();
    let to = maker.side.authority.parse()?;
    let new = NewTrace {
        weapon: rifle()?,
        firearm: None,
        recovered_in: "ME".parse()?,
        recovered_on: today(app),
        offence: "illicit possession of firearms".to_owned(),
        urgent: None,
        circumstances: String::new(),
        intended_use: "the investigation TOUR 1".to_owned(),
        question: String::new(),
        to,
        may_pass_to: BTreeSet::new(),
    };
    let trace = app.start_trace(&focal()?, new).await?;
    let asked = until(async || {
        let waiting = maker.app().traces_to_answer(&focal()?, None, 10).await?;
        Ok(waiting.items.first().map(|(id, ..)| *id))
    })
    .await?;
    let outcome = Outcome::ExportedTo {
        country: "MK".parse()?,
        on: date(1988, 2, 1),
        licence: Some("IZ 7/88".to_owned()),
    };
    let answer = NewTraceAnswer {
        outcome,
        pass_to: None,
    };
    maker.app().answer_trace(&focal()?, asked, answer).await?;
    let leads = until(async || {
        let view = app.view_trace(&focal()?, trace).await?;
        let leads: Vec<String> = view.leads().iter().map(ToString::to_string).collect();
        Ok((!leads.is_empty()).then_some(leads))
    })
    .await?;
    let told = format!(
        "{} asks where it comes from; {} made it and exported it to {}",
        border.side.place,
        maker.side.place,
        leads.join(", ")
    );
    Ok(((), told))
}

async fn bring_back(
    home: &Member,
    armoury: &Armoury,
    (case, alert): (RecordId, RecordId),
) -> anyhow::Result<((), String)> {
    let app = home.app();
    let line = Line {
        kind: MovementKind::Recovery,
        goods: armoury.rifle,
        from: AccountId::LOST,
        to: armoury.rack,
        quantity: NonZeroU64::MIN,
    };
    let new = NewMovement {
        id: None,
        lines: vec![line],
        effective_at: None,
        reference: "Protocol 12/26 (invented)".to_owned(),
        remark: None,
    };
    let back = app.enter_movement(&keeper()?, new).await?;
    app.sign_movement(&second_keeper()?, back.row.movement.id, None)
        .await?;
    let count = recalled(home, alert).await?;
    let case = app.stock_case(&keeper()?, case).await?.case;
    let weapon = app.view_firearm(&focal()?, armoury.firearm).await?;
    let custody = weapon.standing.custody;
    if case.state.as_str() != "found" || !custody.is_with_authority() {
        bail!("the books, the register and the case do not agree");
    }
    let told = format!(
        "two storekeepers in {} bring it back; the case is {}, the register says so too, and \
         {count} nodes have erased the alert",
        home.side.place,
        case.state.as_str()
    );
    Ok(((), told))
}

fn rifle() -> anyhow::Result<Particulars> {
    Ok(Particulars {
        marks: vec![Mark::readable(MarkPlace::Receiver, NUMBER)],
        kind: WeaponKind::AssaultRifle,
        make: "Crvena Zastava".to_owned(),
        model: "M70AB2".to_owned(),
        calibre: "7,62×39 mm".to_owned(),
        category: Some(Category::A),
        country: Some("RS".parse()?),
        year: Some(1987),
        distinguished_by: None,
        photographs: Vec::new(),
    })
}

fn today(app: &App) -> jiff::civil::Date {
    app.now().to_zoned_datetime(TimeZone::UTC).date()
}

fn remark(text: &str) -> anyhow::Result<Remark> {
    Ok(Remark::try_from(text.to_owned())?)
}

fn focal() -> anyhow::Result<Caller> {
    let purpose = Purpose::FirearmsTrafficking;
    caller("tour.firearms", Role::FirearmsOfficer, Some(purpose))
}

fn keeper() -> anyhow::Result<Caller> {
    let purpose = Purpose::StockpileSecurity;
    caller("tour.keeper", Role::Storekeeper, Some(purpose))
}

fn second_keeper() -> anyhow::Result<Caller> {
    let purpose = Purpose::StockpileSecurity;
    caller("tour.second", Role::Storekeeper, Some(purpose))
}

fn inspector() -> anyhow::Result<Caller> {
    let purpose = Purpose::StockpileSecurity;
    caller("tour.inspector", Role::StockInspector, Some(purpose))
}
