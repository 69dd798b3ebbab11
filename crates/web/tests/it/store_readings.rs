//! The file of a logger, on the pages and over the API; and what the description of the API lists.

use std::collections::BTreeSet;

use axum::http::{Method, StatusCode};

use crate::stock::{Depot, PURPOSE};

const LOGGER: &str = "\"Plot Title: Store 1\"\n\
    \"#\",\"Date Time, GMT+01:00\",\"Temp, °F\",\"RH, %\"\n\
    1,03/04/2026 09:00,70.7,55\n2,03/04/2026 09:15,88.7,55\n3,03/04/2026 09:30,,\n";

/// What a hidden field of a page holds.
fn hidden<'a>(page: &'a str, name: &str) -> &'a str {
    let field = format!("name=\"{name}\" value=\"");
    let rest = page.split(&field).nth(1).unwrap_or_default();
    rest.split('"').next().unwrap_or_default()
}

async fn limited(depot: &Depot) {
    let mut inspector = depot.browser("i.inspector").await;
    let path = format!("/stores/{}/climate", depot.place("M1"));
    inspector.get(&path).await;
    let limits = [("temperature_max", "30,0")];
    let set = inspector.post(&format!("{path}/limits"), &limits).await;
    assert_eq!(set.status, StatusCode::SEE_OTHER, "{}", set.body);
}

#[tokio::test]
async fn a_file_is_shown_as_it_is_read_before_anything_is_kept() {
    let depot = Depot::new().await;
    limited(&depot).await;
    let mut keeper = depot.browser("k.keeper").await;
    let store = format!("/stores/{}", depot.place("M1"));
    let page = keeper.get(&format!("{store}/climate")).await.body;
    assert!(page.contains("The file of a logger"), "{page}");
    let file = format!("{store}/readings/file");
    let nothing = keeper.upload(&file, &[]).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    let taken = keeper.upload(&file, &[("rows", LOGGER)]).await;
    assert_eq!(taken.location(), format!("{store}/readings"));
    // 3 April, or March 4th: it is asked.
    let unclear = keeper.get(&format!("{store}/readings")).await;
    assert_eq!(unclear.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unclear.body.contains("say which"), "{}", unclear.body);
    let checksum = hidden(&unclear.body, "checksum").to_owned();
    let so = |step| {
        [
            ("checksum", checksum.as_str()),
            ("dates", "month-first"),
            ("step", step),
        ]
    };
    let read = keeper
        .post(&format!("{store}/readings"), &so("check"))
        .await;
    assert_eq!(read.status, StatusCode::OK, "{}", read.body);
    for shown in [
        "Every line is right",
        "Turned from °F",
        "Lines without a reading",
        "One reading out of the limits",
    ] {
        assert!(read.body.contains(shown), "{shown}: {}", read.body);
    }
    let empty = keeper.get(&format!("{store}/climate")).await.body;
    assert!(empty.contains("Readings would stand here"), "{empty}");
    let kept = keeper
        .post(&format!("{store}/readings"), &so("enter"))
        .await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.body);
    let page = keeper.get(&format!("{store}/climate")).await.body;
    assert!(page.contains("31.5 °C"), "{page}");
    // The file is gone, and the same once more is refused.
    let gone = keeper
        .post(&format!("{store}/readings"), &so("enter"))
        .await;
    assert_eq!(gone.status, StatusCode::UNPROCESSABLE_ENTITY);
    keeper.upload(&file, &[("rows", LOGGER)]).await;
    let again = keeper
        .post(&format!("{store}/readings"), &so("enter"))
        .await;
    assert!(again.body.contains("were entered before"), "{}", again.body);
}

#[tokio::test]
async fn wrong_lines_are_told_by_their_number_and_nothing_is_kept() {
    let depot = Depot::new().await;
    limited(&depot).await;
    let mut keeper = depot.browser("k.keeper").await;
    let store = format!("/stores/{}", depot.place("M1"));
    keeper.get(&format!("{store}/climate")).await;
    let file = "time;temperature\n13/03/2026 9:00;21\nyesterday;20\n13/03/2026 9:30;<b>hot</b>\n";
    let path = format!("{store}/readings/file");
    keeper.upload(&path, &[("rows", file)]).await;
    let page = keeper.get(&format!("{store}/readings")).await;
    assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.body.contains("This is no moment"), "{}", page.body);
    assert!(page.body.contains("This is no temperature"));
    assert!(!page.body.contains("<b>hot"), "no cell is shown back");
    assert!(!page.body.contains("Every line is right"));
    let checksum = hidden(&page.body, "checksum").to_owned();
    let forced = [("checksum", checksum.as_str()), ("step", "enter")];
    let forced = keeper.post(&format!("{store}/readings"), &forced).await;
    assert_eq!(forced.status, StatusCode::UNPROCESSABLE_ENTITY);
    let mut officer = depot.browser("i.inspector").await;
    let climate = officer.get(&format!("{store}/climate")).await.body;
    assert!(climate.contains("Readings would stand here"), "{climate}");
}

#[tokio::test]
async fn the_api_takes_the_same_file() {
    let depot = Depot::new().await;
    limited(&depot).await;
    let world = &depot.world;
    let keeper = world.token("k.keeper", PURPOSE).await;
    let path = format!("/stock/stores/{}/readings/table", depot.place("M1"));
    let send = async |query: &str, body: &str| {
        let path = format!("{path}{query}");
        world.api(Method::POST, &path, Some(&keeper), body).await
    };
    let unclear = send("", LOGGER).await;
    assert_eq!(unclear.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unclear.body.contains("say which"), "{}", unclear.body);
    let odd = send("?dates=backwards", LOGGER).await;
    assert_eq!(odd.json()["errors"][0]["field"], "dates", "{}", odd.body);
    let tried = send("?dates=day-first&dry_run=true", LOGGER).await;
    assert_eq!(tried.status, StatusCode::OK, "{}", tried.body);
    let report = tried.json();
    assert_eq!(report["first_at"], "2026-04-03T08:00:00Z", "{report}");
    let kept = send("?dates=day-first", LOGGER).await;
    assert_eq!(kept.status, StatusCode::CREATED, "{}", kept.body);
    let again = send("?dates=day-first", LOGGER).await;
    assert_eq!(
        again.json()["errors"][0]["code"],
        "duplicate",
        "{}",
        again.body
    );
    let wrong = send("", "time;temperature\n1.3.2026 9:00;hot\n").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(wrong.json()["wrong"][0]["line"], 2, "{}", wrong.body);
    let focal = world.token("i.inspector", PURPOSE).await;
    let climate = format!("/stock/stores/{}/climate", depot.place("M1"));
    let climate = world.api(Method::GET, &climate, Some(&focal), "").await;
    let readings = climate.json()["readings"].as_array().unwrap().len();
    assert_eq!(readings, 2, "once");
}

/// A route that is described where it is written stands in the description that clients get.
#[test]
fn every_described_route_is_in_the_description() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/api");
    let source = |name: &str| std::fs::read_to_string(format!("{folder}/{name}")).unwrap();
    let description = source("description.rs");
    let mut missing = BTreeSet::new();
    let mut described = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        let module = name.trim_end_matches(".rs");
        let text = source(&name);
        for part in text.split("#[utoipa::path(").skip(1) {
            let handler = part.split("async fn ").nth(1).unwrap();
            let handler = handler.split('(').next().unwrap();
            described += 1;
            let listed = format!("{module}::{handler}");
            let mut words = description.split(|c: char| !(c.is_alphanumeric() || "_:".contains(c)));
            if !words.any(|word| word == listed) {
                missing.insert(listed);
            }
        }
    }
    assert!(described > 100, "{described}");
    assert!(
        missing.is_empty(),
        "name them in description.rs: {missing:?}"
    );
}
