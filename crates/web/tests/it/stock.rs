//! The stockpile on the pages: movements with two persons, licences, blind counts, cases, theft.

use std::collections::BTreeMap;

use axum::http::{Method, StatusCode};
use egnatia_app::{Caller, NewPlace, NewSite, Role};
use egnatia_record::{Justification, Purpose};
use egnatia_stockpile::distance::Barricade;
use egnatia_stockpile::{
    Condition, Division, Explosive, Exposure, Goods, Group, Licence, Mass, Tracking,
};
use egnatia_testkit::TestNode;
use serde_json::{Value, json};

use crate::world::{Answer, Browser, World, link};

pub(crate) const PURPOSE: &str = "stockpile-security";

fn caller(login: &str, role: Role) -> Caller {
    Caller {
        login: login.parse().unwrap(),
        role,
        justification: Some(Justification {
            purpose: Purpose::StockpileSecurity,
            case: "DEPOT 7/26".parse().unwrap(),
        }),
    }
}

fn licence(distance_m: u32) -> Licence {
    Licence {
        number: format!("L-{distance_m}"),
        exposures: vec![Exposure {
            name: "the mill".into(),
            exposed: "inhabited-building".into(),
            distance_m,
            barricade: Barricade::Without,
        }],
        ..Licence::default()
    }
}

fn weapon(serial: &str) -> Goods {
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

fn charges() -> Goods {
    Goods {
        nomenclature: "charge TNT 1 kg".into(),
        tracking: Tracking::Lot { lot: "L7".into() },
        explosive: Some(Explosive {
            division: Division::D1_1,
            group: Group::D,
            mass_each: Mass::from_kilograms(1),
        }),
        expires_on: Some("2026-12-01".parse().unwrap()),
        category: None,
        inspected: None,
        ..weapon("x")
    }
}

/// A site with two stores, and what lies there.
pub(crate) struct Depot {
    pub(crate) world: World,
    pub(crate) site: String,
    places: BTreeMap<String, String>,
}

impl Depot {
    async fn of(node: TestNode) -> Self {
        let world = World::of(node, false, None).await;
        let app = &world.node.app;
        let place = |code: &str, inside: Option<&str>, licence| NewPlace {
            code: code.into(),
            name: format!("place {code}"),
            inside: inside.map(Into::into),
            licence,
        };
        let inspector = caller("i.inspector", Role::StockInspector);
        let new = NewSite {
            name: "Depot One".into(),
            places: vec![
                place("M1", None, Some(licence(150))),
                place("M1-A", Some("M1"), None),
                place("M1-B", Some("M1"), None),
                place("M2", None, Some(licence(9_000))),
            ],
        };
        let site = app.set_up_site(&inspector, &new).await.unwrap();
        let sites = app.stock_sites(&inspector).await.unwrap();
        let places = sites.first().unwrap().site.places.iter();
        let places = places.map(|place| (place.code.clone(), place.account.to_string()));
        let places = places.collect();
        let rows = [
            ("M1-A".to_owned(), weapon("1234"), 1),
            ("M1-A".to_owned(), weapon("5678"), 1),
            ("M2".to_owned(), charges(), 5_000),
        ];
        let operator = caller("os:root", Role::Operator);
        let ledger = (site, "ledger 2025");
        let done = app.import_stock(&operator, ledger, &rows, false).await;
        assert!(done.unwrap().is_written);
        Self {
            site: site.to_string(),
            world,
            places,
        }
    }

    pub(crate) async fn new() -> Self {
        Self::of(TestNode::new("xx-test", "MK").await).await
    }

    pub(crate) async fn browser(&self, login: &str) -> Browser {
        self.world.justified(login, PURPOSE).await
    }

    pub(crate) fn place(&self, code: &str) -> &str {
        self.places.get(code).unwrap()
    }
}

/// The fields of a form as it stands on a page: hidden ones, in their order.
fn hidden(page: &str) -> Vec<(String, String)> {
    let inputs = page.split("<input type=\"hidden\" name=\"").skip(1);
    inputs
        .filter_map(|rest| {
            let (name, rest) = rest.split_once("\" value=\"")?;
            let value = rest.split('"').next()?.replace("&#38;", "&");
            Some((name.to_owned(), value))
        })
        .filter(|(name, _)| name == "id" || name == "line" || name == "scan")
        .collect()
}

/// Sends a form with what it carries and what is filled in.
async fn send(browser: &mut Browser, path: &str, page: &str, filled: &[(&str, &str)]) -> Answer {
    let carried = hidden(page);
    let carried = carried
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()));
    let fields: Vec<(&str, &str)> = carried.chain(filled.iter().copied()).collect();
    browser.post(path, &fields).await
}

fn path_of(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    answer.location().split('?').next().unwrap().to_owned()
}

const ENTRY: &str = "/stock-movements/new";

/// Scans codes into the form of a movement, and enters it.
async fn entered(browser: &mut Browser, codes: &[(&str, &str)], what: &[(&str, &str)]) -> Answer {
    let mut page = browser.get(ENTRY).await.body;
    for (code, quantity) in codes {
        let scanned = [("do", "add"), ("code", *code), ("quantity", *quantity)];
        let answer = send(browser, ENTRY, &page, &scanned).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        page = answer.body;
    }
    let filled = [("do", "enter"), ("reference", "V-1")];
    let filled: Vec<_> = filled.iter().chain(what).copied().collect();
    send(browser, ENTRY, &page, &filled).await
}

/// Looks for what has this number; gives its path.
async fn item(browser: &mut Browser, code: &str) -> String {
    let page = browser.get(&format!("/stock-goods?code={code}")).await.body;
    let (_, table) = page.split_once("<tbody").unwrap();
    link(table, "/stock-goods/")
}

async fn with_holder(browser: &mut Browser) -> String {
    browser.get("/stock-holders/new").await;
    let answer = browser
        .post("/stock-holders/new", &[("name", "2nd Company")])
        .await;
    path_of(&answer).rsplit('/').next().unwrap().to_owned()
}

#[tokio::test]
async fn an_issue_is_scanned_line_by_line_and_a_second_person_signs_it() {
    let depot = Depot::new().await;
    let mut keeper = depot.browser("k.keeper").await;
    let unit = with_holder(&mut keeper).await;
    let page = keeper.get(ENTRY).await.body;
    let unknown = send(&mut keeper, ENTRY, &page, &[("code", "9999")]).await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unknown.body.contains("code-error"), "{}", unknown.body);
    assert!(unknown.body.contains("number=9999"), "it can be registered");

    let first = send(&mut keeper, ENTRY, &page, &[("code", "12-34")]).await;
    assert!(first.body.contains("M70 AB2, 1234"), "{}", first.body);
    assert!(first.body.contains("Depot One / M1-A"), "where it lies");
    let twice = send(&mut keeper, ENTRY, &first.body, &[("code", "1234")]).await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(hidden(&twice.body).len(), 2, "one line, and the id");
    let second = send(&mut keeper, ENTRY, &first.body, &[("code", "5678")]).await;
    let less = send(&mut keeper, ENTRY, &second.body, &[("remove", "0")]).await;
    assert!(!less.body.contains("M70 AB2, 1234"), "{}", less.body);
    assert!(less.body.contains("M70 AB2, 5678"), "{}", less.body);

    let nothing = send(&mut keeper, ENTRY, &page, &[("do", "enter")]).await;
    for id in ["code-error", "to-error", "reference-error"] {
        assert!(nothing.body.contains(id), "{id}: {}", nothing.body);
    }
    let filled = [
        ("do", "enter"),
        ("kind", "issue"),
        ("to", unit.as_str()),
        ("reference", "V-1"),
    ];
    let answer = send(&mut keeper, ENTRY, &first.body, &filled).await;
    let movement = path_of(&answer);
    // The same form once more is the same movement.
    let again = send(&mut keeper, ENTRY, &first.body, &filled).await;
    assert_eq!(path_of(&again), movement);

    let own = keeper.get(&movement).await.body;
    assert!(own.contains("You entered it"), "{own}");
    let refused = keeper.post(&format!("{movement}/sign"), &[]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let mut inspector = depot.browser("i.inspector").await;
    let today = inspector.get("/stores").await.body;
    assert!(today.contains(&movement), "it waits: {today}");
    inspector.get(&movement).await;
    let signed = inspector.post(&format!("{movement}/sign"), &[]).await;
    assert_eq!(path_of(&signed), movement);
    let page = inspector.get(&movement).await.body;
    assert!(
        page.contains("Posted") && page.contains("i.inspector"),
        "{page}"
    );
    let holder = inspector.get(&format!("/stock-accounts/{unit}")).await.body;
    assert!(holder.contains("M70 AB2, 1234"), "{holder}");
    // What is with a holder is found by its number, and comes back.
    let item = item(&mut inspector, "1234").await;
    let page = inspector.get(&item).await.body;
    assert!(
        page.contains("2nd Company") && page.contains(&movement),
        "{page}"
    );
    let back = [("kind", "return"), ("to", depot.place("M1-B"))];
    let answer = entered(&mut keeper, &[("1234", "1")], &back).await;
    let page = keeper.get(&path_of(&answer)).await.body;
    assert!(
        page.contains("Posted"),
        "a return is posted at once: {page}"
    );
}

#[tokio::test]
async fn a_movement_that_breaks_a_licence_is_refused_and_what_would_fit_is_said() {
    let depot = Depot::new().await;
    let mut keeper = depot.browser("k.keeper").await;
    let to = [("kind", "transfer"), ("to", depot.place("M1-B"))];
    let answer = entered(&mut keeper, &[("L7", "2000")], &to).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let said = "M1` cannot take charge TNT 1 kg, L7";
    for text in ["the mill", "1000 would fit here", said] {
        assert!(answer.body.contains(text), "{text}: {}", answer.body);
    }
    let too_much = [("kind", "expenditure")];
    let answer = entered(&mut keeper, &[("L7", "5000"), ("L7", "1")], &too_much).await;
    let said = "charge TNT 1 kg, L7: 5000 are there";
    assert!(answer.body.contains(said), "{}", answer.body);
    let store = keeper
        .get(&format!("/stores/{}", depot.place("M2")))
        .await
        .body;
    for text in ["charge TNT 1 kg, L7", "5000", "L-9000", "the mill"] {
        assert!(store.contains(text), "{text}: {store}");
    }
    let today = keeper.get("/stores").await.body;
    for text in ["Expires soon", "Within the licence", "Depot One / M2"] {
        assert!(today.contains(text), "{text}: {today}");
    }
}

#[tokio::test]
async fn what_is_short_on_hand_over_is_counted_and_opens_a_case() {
    let depot = Depot::new().await;
    let mut keeper = depot.browser("k.keeper").await;
    let to = [("kind", "transfer"), ("to", depot.place("M1"))];
    let movement = path_of(&entered(&mut keeper, &[("L7", "100")], &to).await);
    let mut receiver = depot.browser("i.inspector").await;
    let page = receiver.get(&movement).await.body;
    assert!(page.contains("100 were sent"), "{page}");
    let count = format!("{movement}/count");
    for wrong in ["", "many", "101"] {
        let refused = receiver.post(&count, &[("counted", wrong)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
    }
    let answer = receiver.post(&count, &[("counted", "98")]).await;
    assert_eq!(path_of(&answer), movement);
    let cases = receiver.get("/stock-cases").await.body;
    assert!(cases.contains("2 missing"), "{cases}");
    let case = receiver.get(&link(&cases, "/stock-cases/")).await.body;
    assert!(case.contains(&movement), "{case}");
}

#[tokio::test]
async fn a_movement_is_given_up_with_a_reason_or_taken_back_as_a_whole() {
    let depot = Depot::new().await;
    let mut keeper = depot.browser("k.keeper").await;
    let unit = with_holder(&mut keeper).await;
    let what = [("kind", "issue"), ("to", unit.as_str())];
    let movement = path_of(&entered(&mut keeper, &[("1234", "1")], &what).await);
    let void = format!("{movement}/void");
    let refused = keeper.post(&void, &[("reason", "?")]).await;
    assert!(refused.body.contains("reason-error"), "{}", refused.body);
    let answer = keeper.post(&void, &[("reason", "the wrong rifle")]).await;
    assert_eq!(path_of(&answer), movement);
    let page = keeper.get(&movement).await.body;
    assert!(
        page.contains("Given up") && page.contains("the wrong rifle"),
        "{page}"
    );

    let used = entered(&mut keeper, &[("L7", "10")], &[("kind", "expenditure")]).await;
    let used = path_of(&used);
    keeper.get(&used).await;
    let reverse = format!("{used}/reverse");
    let why = [("reverse_reason", "it was another lot")];
    let back = path_of(&keeper.post(&reverse, &why).await);
    assert_ne!(back, used);
    let page = keeper.get(&back).await.body;
    assert!(page.contains(&used) && page.contains("Waits"), "{page}");
}

/// Scans into a count; gives the page after it.
async fn scanned(browser: &mut Browser, take: &str, place: &str, code: &str) -> String {
    let page = browser.get(take).await.body;
    let filled = [("place", place), ("code", code), ("quantity", "1")];
    let answer = send(browser, &format!("{take}/scan"), &page, &filled).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let next = answer.location().to_owned();
    browser.get(&next).await.body
}

#[tokio::test]
async fn a_blind_count_finds_a_rifle_missing_and_its_theft_alerts_the_partners() {
    let node = TestNode::new("mk-mvr", "MK").await;
    let tirana = TestNode::new("al-asp", "AL").await;
    node.trust(&tirana).await;
    tirana.trust(&node).await;
    let depot = Depot::of(node).await;
    let mut keeper = depot.browser("k.keeper").await;
    let rack = depot.place("M1-A");
    let form = keeper
        .get(&format!("/stocktakes/new?store={}", depot.place("M1")))
        .await
        .body;
    assert_eq!(
        form.matches("checked").count(),
        3,
        "the store and its racks"
    );
    let none = keeper.post("/stocktakes", &[("occasion", "risk")]).await;
    assert!(none.body.contains("places-error"), "{}", none.body);
    let chosen = [
        ("occasion", "interval"),
        ("places", rack),
        ("places", depot.place("M1-B")),
    ];
    let take = path_of(&keeper.post("/stocktakes", &chosen).await);

    let empty = keeper
        .post(&format!("{take}/scan"), &[("place", rack)])
        .await;
    assert!(empty.body.contains("code-error"), "{}", empty.body);
    let page = scanned(&mut keeper, &take, rack, "1234").await;
    assert!(page.contains("scan-said agree"), "{page}");
    assert!(!page.contains("5678"), "nobody sees what should be there");
    let page = scanned(&mut keeper, &take, rack, "1234").await;
    assert!(page.contains("scan-said silent"), "{page}");
    let page = scanned(&mut keeper, &take, depot.place("M1-B"), "1234").await;
    assert!(page.contains("scan-said against"), "{page}");
    assert!(page.contains("It stands in Depot One / M1-A"), "{page}");
    let page = scanned(&mut keeper, &take, rack, "XY-7").await;
    assert!(page.contains("scan-said caution"), "{page}");
    let answer = keeper.post(&format!("{take}/finish"), &[]).await;
    assert_eq!(path_of(&answer), take);
    let result = keeper.get(&take).await.body;
    for text in ["M70 AB2, 5678", "1 missing", "XY-7"] {
        assert!(result.contains(text), "{text}: {result}");
    }
    let case = link(&result, "/stock-cases/");
    let own = keeper.get(&case).await.body;
    assert!(own.contains("Another person"), "{own}");
    let same = keeper
        .post(&format!("{case}/recount"), &[("recounted", "0")])
        .await;
    assert_eq!(same.status, StatusCode::UNPROCESSABLE_ENTITY);

    let mut inspector = depot.browser("i.inspector").await;
    let page = inspector.get(&case).await.body;
    assert!(page.contains("counted again by then"), "its clock: {page}");
    let early = inspector
        .post(
            &format!("{case}/lose"),
            &[("loss", "stolen"), ("lose_reason", "the lock was forced")],
        )
        .await;
    assert_eq!(
        early.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "count first"
    );
    let recount = format!("{case}/recount");
    let answer = inspector.post(&recount, &[("recounted", "0")]).await;
    assert_eq!(path_of(&answer), case);
    inspector.get(&case).await;
    for (act, id) in [("lose", "loss-error"), ("explain", "movement-error")] {
        let answer = inspector.post(&format!("{case}/{act}"), &[]).await;
        assert!(answer.body.contains(id), "{id}: {}", answer.body);
    }
    let decided = keeper.post(&format!("{case}/lose"), &[]).await;
    assert_eq!(decided.status, StatusCode::FORBIDDEN);
    let lose = [
        ("loss", "stolen"),
        ("lose_reason", "the lock of the rack was forced"),
    ];
    let answer = inspector.post(&format!("{case}/lose"), &lose).await;
    assert_eq!(path_of(&answer), case);
    let page = inspector.get(&case).await.body;
    assert!(page.contains("Stolen"), "{page}");
    link(&page, "/alerts/");
    assert_eq!(depot.world.node.deliver_to(&tirana).await.delivered, 1);
    let movement = link(&page, "/stock-movements/");
    keeper.get(&movement).await;
    let answer = keeper.post(&format!("{movement}/sign"), &[]).await;
    assert_eq!(path_of(&answer), movement);
    let item = item(&mut keeper, "5678").await;
    let item = keeper.get(&item).await.body;
    assert!(item.contains("Lost or stolen"), "{item}");
}

#[tokio::test]
async fn what_comes_in_for_the_first_time_is_registered_and_goes_on_to_its_receipt() {
    let depot = Depot::new().await;
    let mut keeper = depot.browser("k.keeper").await;
    keeper.get("/stock-goods/new").await;
    let new = [
        ("nomenclature", "fuse M6"),
        ("tracking", "lot"),
        ("number", "84-12"),
        ("condition", "serviceable"),
        ("expires_on", "1.2.2031"),
    ];
    let half: Vec<_> = new.iter().copied().chain([("division", "1.1")]).collect();
    let answer = keeper.post("/stock-goods", &half).await;
    for id in ["group-error", "mass_each-error"] {
        assert!(answer.body.contains(id), "{id}: {}", answer.body);
    }
    let answer = keeper.post("/stock-goods", &new).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let next = answer.location().to_owned();
    let form = keeper.get(&next).await.body;
    assert!(form.contains("fuse M6, 84-12"), "{form}");
    let filled = [
        ("do", "enter"),
        ("kind", "receipt"),
        ("to", depot.place("M2")),
        ("reference", "DN-4"),
    ];
    let answer = send(&mut keeper, ENTRY, &form, &filled).await;
    let page = keeper.get(&path_of(&answer)).await.body;
    assert!(page.contains("Outside") && page.contains("Waits"), "{page}");
    let again = keeper.post("/stock-goods", &new).await;
    assert!(again.body.contains("number-error"), "{}", again.body);

    let item = item(&mut keeper, "1234").await;
    keeper.get(&item).await;
    let changed = [("condition", "repairable"), ("expires_on", "soon")];
    let refused = keeper.post(&format!("{item}/change"), &changed).await;
    assert!(
        refused.body.contains("expires_on-error"),
        "{}",
        refused.body
    );
    let answer = keeper
        .post(&format!("{item}/change"), &[("condition", "repairable")])
        .await;
    assert_eq!(path_of(&answer), item);
    let page = keeper.get(&item).await.body;
    assert!(page.contains("tag caution"), "{page}");
}

#[tokio::test]
async fn a_program_moves_signs_counts_and_decides_over_the_api() {
    let depot = Depot::new().await;
    let world = &depot.world;
    let keeper = world.token("k.keeper", PURPOSE).await;
    let inspector = world.token("i.inspector", PURPOSE).await;
    let ask = async |method: Method, path: &str, token: &str, body: &str| {
        world.api(method, path, Some(token), body).await
    };
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let found = ask(Method::GET, "/stock/goods?code=12-34", &keeper, "").await;
    let rifle = text(found.json().pointer("/0/id").unwrap());
    let company = json!({ "name": "2nd Company" }).to_string();
    let unit = ask(Method::POST, "/stock/holders", &keeper, &company).await;
    assert_eq!(unit.status, StatusCode::CREATED, "{}", unit.body);
    let unit = text(unit.json().pointer("/id").unwrap());
    let issue = json!({
        "id": "00000000000000000000000000000abc",
        "lines": [{ "kind": "issue", "goods": rifle, "from": depot.place("M1-A"), "to": unit, "quantity": 1 }],
        "reference": "V-1",
    });
    let issue = issue.to_string();
    let entered = ask(Method::POST, "/stock/movements", &keeper, &issue).await;
    assert_eq!(entered.status, StatusCode::CREATED, "{}", entered.body);
    assert_eq!(entered.json().pointer("/state"), Some(&json!("waiting")));
    let again = ask(Method::POST, "/stock/movements", &keeper, &issue).await;
    assert_eq!(again.json(), entered.json(), "a repetition is harmless");
    let movement = text(entered.json().pointer("/movement/id").unwrap());
    let sign = format!("/stock/movements/{movement}/signature");
    let own = ask(Method::POST, &sign, &keeper, "{}").await;
    assert_eq!(own.status, StatusCode::CONFLICT, "{}", own.body);
    let signed = ask(Method::POST, &sign, &inspector, "{}").await;
    assert_eq!(signed.json().pointer("/state"), Some(&json!("posted")));
    let path = format!("/stock/accounts/{unit}/postings");
    let ledger = ask(Method::GET, &path, &inspector, "").await;
    assert_eq!(ledger.json().pointer("/items/0/balance"), Some(&json!(1)));

    let sites = ask(Method::GET, "/stock/sites", &keeper, "").await;
    let site = text(sites.json().pointer("/0/envelope/id").unwrap());
    let begin = json!({ "site": site, "places": [depot.place("M1-A")], "occasion": "risk" });
    let count = ask(Method::POST, "/stock/counts", &keeper, &begin.to_string()).await;
    assert_eq!(count.status, StatusCode::CREATED, "{}", count.body);
    let count = format!(
        "/stock/counts/{}",
        text(count.json().pointer("/id").unwrap())
    );
    let scan = json!({ "scans": [{
        "id": "00000000000000000000000000000def", "place": depot.place("M1-A"),
        "code": "nobody knows it", "quantity": 1, "at": "2026-11-24T09:00:00Z",
    }] });
    let scans = format!("{count}/scans");
    let taken = ask(Method::POST, &scans, &keeper, &scan.to_string()).await;
    assert_eq!(taken.json().pointer("/0/outcome"), Some(&json!("unknown")));
    let blind = ask(Method::GET, &count, &keeper, "").await;
    assert_eq!(blind.json().pointer("/result"), None);
    let ended = ask(Method::POST, &format!("{count}/finish"), &keeper, "").await;
    let missing = ended.json().pointer("/result/lines/0/difference").cloned();
    assert_eq!(missing, Some(json!({ "missing": 1 })), "{}", ended.body);
    let case = text(ended.json().pointer("/cases/0").unwrap());
    let case = format!("/stock/cases/{case}");
    let zero = json!({ "counted": 0 }).to_string();
    let recounted = ask(Method::POST, &format!("{case}/recount"), &inspector, &zero).await;
    assert_eq!(recounted.status, StatusCode::OK, "{}", recounted.body);
    let loss = json!({ "kind": "lost", "reason": "nobody saw it leave" }).to_string();
    let refused = ask(Method::POST, &format!("{case}/loss"), &keeper, &loss).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let lost = ask(Method::POST, &format!("{case}/loss"), &inspector, &loss).await;
    assert_eq!(lost.status, StatusCode::CREATED, "{}", lost.body);
    assert!(lost.json().pointer("/alert").is_some(), "{}", lost.body);
    let overview = ask(Method::GET, "/stock/overview", &inspector, "").await;
    assert_eq!(
        overview.json().pointer("/waiting/0/movement/id"),
        lost.json().pointer("/movement")
    );
    let store = format!("/stock/stores/{}", depot.place("M2"));
    let store = ask(Method::GET, &store, &inspector, "").await;
    assert_eq!(
        store.json().pointer("/held/0/quantity"),
        Some(&json!(5_000))
    );
}
