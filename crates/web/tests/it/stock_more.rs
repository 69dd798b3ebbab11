//! Counting on a device, plans of sites, ledgers and returns, on the pages and over the API.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::stock::Depot;
use crate::world::{Answer, Browser};

fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    let value = answer.headers.get(name);
    value
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

async fn begun(depot: &Depot, browser: &mut Browser, code: &str) -> String {
    browser.get("/stocktakes/new").await;
    let fields = [("occasion", "interval"), ("places", depot.place(code))];
    let answer = browser.post("/stocktakes", &fields).await;
    let path = answer.location().split('?').next().unwrap_or_default();
    path.rsplit('/').next().unwrap_or_default().to_owned()
}

fn kept(depot: &Depot, id: char, code: &str) -> Value {
    json!({
        "id": id.to_string().repeat(32), "place": depot.place("M1-A"), "code": code,
        "quantity": 1, "at": "2026-11-24T09:00:00Z",
    })
}

#[tokio::test]
async fn scans_that_waited_on_a_device_are_taken_once_and_from_their_person_alone() {
    let depot = Depot::new().await;
    let mut keeper = depot.browser("k.keeper").await;
    let take = begun(&depot, &mut keeper, "M1-A").await;
    let state = format!("/count/{take}/state");
    let now = keeper.get(&state).await.json();
    assert_eq!(now["is_counting"], true);
    let owner = now["owner"].as_str().unwrap().to_owned();
    let scans = json!([kept(&depot, 'a', "1234"), kept(&depot, 'b', "smudged")]).to_string();
    let path = format!("/count/{take}/scans");
    let send = [
        ("owner", owner.as_str()),
        ("sent_at", "2026-11-24T10:00:00Z"),
        ("scans", &scans),
    ];
    let page = keeper.get("/stocktakes").await;
    assert_eq!(page.status, StatusCode::OK);
    let told = keeper.post(&path, &send).await;
    assert_eq!(told.status, StatusCode::OK, "{}", told.body);
    let tones: Vec<Value> = told
        .json()
        .as_array()
        .unwrap()
        .iter()
        .map(|said| said["tone"].clone())
        .collect();
    assert_eq!(tones, ["agree", "caution"]);
    assert_eq!(
        keeper.post(&path, &send).await.json(),
        told.json(),
        "sent again"
    );
    let page = keeper.get(&format!("/stocktakes/{take}")).await.body;
    assert!(page.contains("2 scans so far"), "{page}");

    let mut inspector = depot.browser("i.inspector").await;
    inspector.get("/stocktakes").await;
    let other = inspector.post(&path, &send).await;
    assert_eq!(
        other.status,
        StatusCode::FORBIDDEN,
        "scans of another person"
    );
    assert_ne!(inspector.get(&state).await.json()["owner"], owner.as_str());
    let bad = [
        ("owner", owner.as_str()),
        ("sent_at", "now"),
        ("scans", "[]"),
    ];
    assert_eq!(
        keeper.post(&path, &bad).await.status,
        StatusCode::BAD_REQUEST
    );
    let without = keeper.post_bare(&path, &send, &[]).await;
    assert_eq!(without.status, StatusCode::FORBIDDEN, "without the token");

    keeper.get(&format!("/stocktakes/{take}")).await;
    keeper
        .post(&format!("/stocktakes/{take}/finish"), &[])
        .await;
    let late = json!([kept(&depot, 'c', "5678")]).to_string();
    let send = [send[0], send[1], ("scans", late.as_str())];
    assert_eq!(keeper.post(&path, &send).await.status, StatusCode::CONFLICT);
    assert_eq!(keeper.get(&state).await.json()["is_counting"], false);
}

#[tokio::test]
async fn the_page_that_a_device_keeps_names_nobody_and_has_no_say_over_others() {
    let depot = Depot::new().await;
    let mut keeper = depot.browser("k.keeper").await;
    let take = begun(&depot, &mut keeper, "M1-A").await;
    let page = keeper.get(&format!("/count/{take}")).await;
    assert_eq!(page.status, StatusCode::OK);
    for absent in ["k.keeper", "csrf", "1234", "5678", "DEPOT 7/26"] {
        assert!(!page.body.contains(absent), "{absent}");
    }
    let policy = header(&page, "content-security-policy");
    assert!(policy.contains("script-src 'self'") && policy.contains("default-src 'none'"));
    assert!(policy.contains("manifest-src 'self'") && policy.contains("worker-src 'self'"));
    assert!(header(&page, "permissions-policy").contains("camera=(self)"));
    let other = keeper.get("/stores").await;
    assert!(!header(&other, "content-security-policy").contains("manifest-src"));
    assert!(header(&other, "permissions-policy").contains("camera=()"));

    let mut visitor = depot.world.visitor();
    let worker = visitor.get("/count/worker.js").await;
    assert_eq!(worker.status, StatusCode::OK);
    assert_eq!(header(&worker, "content-type"), "text/javascript");
    assert_eq!(
        header(&worker, "service-worker-allowed"),
        "",
        "its folder is its reach"
    );
    assert!(worker.body.contains("egnatia-count-pages"));
    let manifest = visitor.get("/count/manifest.webmanifest").await.json();
    assert_eq!(manifest["scope"], "/count/");
    let start = keeper.get("/count/").await;
    assert_eq!(start.location(), format!("/count/{take}"));
    keeper.get("/stores").await;
    let out = keeper.post("/sign-out", &[]).await;
    assert_eq!(header(&out, "clear-site-data"), "\"storage\"");
}

#[tokio::test]
async fn a_plan_is_drawn_imported_and_shown_to_inspectors_alone() {
    let depot = Depot::new().await;
    let path = format!("/stock-sites/{}/plan", depot.site);
    let mut inspector = depot.browser("i.inspector").await;
    let empty = inspector.get(&path).await;
    assert_eq!(empty.status, StatusCode::OK);
    assert!(
        !empty.body.contains("<svg role=\"img\""),
        "nothing is drawn yet"
    );
    let wrong = inspector.post(&path, &[("points", "M1; x")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let unknown = inspector.post(&path, &[("points", "M9; x; 1; 2")]).await;
    assert!(unknown.body.contains("no store"), "{}", unknown.body);
    let drawn = "M1; magazine 1; 0; 0\nM2; magazine 2; 400; 0\n-; the mill; 0; 140";
    let kept = inspector.post(&path, &[("points", drawn)]).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.body);
    let page = inspector.get(&path).await.body;
    assert!(page.contains("<svg role=\"img\"") && page.contains(">M1</text>"));
    assert!(
        page.contains("140 m: nearer than the licence says"),
        "{page}"
    );
    // 5,000 kg in M2 need 684 m by BD31 and have 9,000.
    assert!(page.contains("m to spare"), "{page}");

    let file = r#"{"type": "FeatureCollection", "features": [{"type": "Feature",
        "properties": {"store": "M1"}, "geometry": {"type": "Point", "coordinates": [21.4, 42.0]}},
        {"type": "Feature", "properties": {"name": "the mill"},
         "geometry": {"type": "Point", "coordinates": [21.4, 42.001]}}]}"#;
    let taken = inspector
        .upload(&format!("{path}/file"), &[("rows", file)])
        .await;
    assert_eq!(taken.status, StatusCode::SEE_OTHER, "{}", taken.body);
    let page = inspector.get(&path).await.body;
    assert!(
        page.contains("112 m: nearer"),
        "points stand on whole metres"
    );
    assert!(!page.contains("42.001"), "metres, not degrees");
    let broken = inspector
        .upload(&format!("{path}/file"), &[("rows", "[21.4]")])
        .await;
    assert_eq!(broken.status, StatusCode::UNPROCESSABLE_ENTITY);

    for login in ["k.keeper", "d.protection", "a.admin", "s.supervisor"] {
        let mut other = depot.browser(login).await;
        assert_eq!(
            other.get(&path).await.status,
            StatusCode::FORBIDDEN,
            "{login}"
        );
    }
    let keeper = depot.world.token("k.keeper", "stockpile-security").await;
    let api = format!("/stock/sites/{}/plan", depot.site);
    let refused = depot.world.api(Method::GET, &api, Some(&keeper), "").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let token = depot.world.token("i.inspector", "stockpile-security").await;
    let plan = depot
        .world
        .api(Method::GET, &api, Some(&token), "")
        .await
        .json();
    assert_eq!(plan["points"].as_array().unwrap().len(), 2);
    let again = depot
        .world
        .api(Method::PUT, &api, Some(&token), &plan.to_string())
        .await;
    assert_eq!(again.status, StatusCode::NO_CONTENT, "{}", again.body);
}

#[tokio::test]
async fn a_ledger_is_checked_row_by_row_and_taken_over_whole() {
    let depot = Depot::new().await;
    let mut inspector = depot.browser("i.inspector").await;
    inspector.get("/stock-import").await;
    let good = "Place;Item;Serial number;Lot;Qty\nM1-B;M70 AB2;777;;\nM1-B;cartridge;;C-9;500\n";
    let bad = format!("{good}M9;M70 AB2;778;;\nM1-B;M70 AB2;;;1\n");
    let give = async |inspector: &mut Browser, file: &str| {
        inspector.get("/stock-import").await;
        let taken = inspector
            .upload("/stock-import/file", &[("rows", file)])
            .await;
        assert_eq!(taken.location(), "/stock-import/new", "{}", taken.body);
        let page = inspector.get("/stock-import/new").await.body;
        let (_, rest) = page.split_once("name=\"checksum\" value=\"").unwrap();
        rest.split('"').next().unwrap().to_owned()
    };
    let sum = give(&mut inspector, &bad).await;
    let fields = |step, sum| {
        [
            ("step", step),
            ("checksum", sum),
            ("site", depot.site.as_str()),
            ("reference", "ledger 2026"),
        ]
    };
    for step in ["check", "enter"] {
        let refused = inspector.post("/stock-import", &fields(step, &sum)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{step}");
        assert!(
            refused.body.contains("The site has no place `M9`"),
            "{}",
            refused.body
        );
        assert!(refused.body.contains("State a serial number or a lot"));
        assert!(
            !refused.body.contains("value=\"enter\""),
            "no button that writes"
        );
    }
    let found = inspector.get("/stock-goods?code=777").await.body;
    assert!(!found.contains("<tbody"), "nothing was written");

    let sum = give(&mut inspector, good).await;
    let ready = inspector
        .post("/stock-import", &fields("check", &sum))
        .await;
    assert_eq!(ready.status, StatusCode::OK, "{}", ready.body);
    assert!(
        ready
            .body
            .contains("1 single weapons, 1 lots with 500 pieces")
    );
    assert!(ready.body.contains("value=\"enter\""));
    let written = inspector
        .post("/stock-import", &fields("enter", &sum))
        .await;
    assert_eq!(
        written.location(),
        "/stores?done=stock-imported",
        "{}",
        written.body
    );
    let found = inspector.get("/stock-goods?code=777").await.body;
    assert!(found.contains("<tbody"), "{found}");

    let token = depot.world.token("i.inspector", "stockpile-security").await;
    let row = json!({ "place": "M1-B", "quantity": 1, "goods": {
        "nomenclature": "M70 AB2", "condition": "unknown", "tracking": { "serial": { "serial": "900" } },
    } });
    let body = json!({ "site": depot.site, "reference": "l", "dry_run": true, "rows": [row, row] });
    let api = "/stock/ledgers";
    let told = depot
        .world
        .api(Method::POST, api, Some(&token), &body.to_string())
        .await;
    assert_eq!(told.json()["wrong"][0]["row"], 2, "{}", told.body);
}

#[tokio::test]
async fn a_return_is_shown_and_given_as_a_file() {
    let depot = Depot::new().await;
    let mut keeper = depot.browser("k.keeper").await;
    let page = keeper.get("/stock-returns?period=2026").await;
    assert!(page.body.contains("charge TNT 1 kg"), "{}", page.body);
    let csv = keeper
        .get("/stock-returns/file?period=2026-H2&as=csv")
        .await;
    assert!(header(&csv, "content-disposition").contains("stock-2026-07-01.csv"));
    assert!(
        csv.body.contains("\"held\",\"charge TNT 1 kg\",\"5000\""),
        "{}",
        csv.body
    );
    let sheet = keeper.get("/stock-returns/file?period=2026&as=xlsx").await;
    assert_eq!(sheet.status, StatusCode::OK);
    assert_eq!(
        keeper.get("/stock-returns?period=never").await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
}
