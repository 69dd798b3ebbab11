//! The report on the check goes back to the issuer of a partner's alert, field by field.

use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::alerts::{entered, world_with_partners};
use crate::world::{Browser, World, link};

/// Confirms what a check finds under this name; gives the path of the hit.
async fn hit(browser: &mut Browser, name: &str) -> String {
    let answer = browser.check(name).await;
    let page = browser.get(&answer).await.body;
    let found = link(&page, "/matches/");
    browser.get(&found).await;
    let fields = [("outcome", "confirmed"), ("reason", "same document")];
    let answer = browser.post(&format!("{found}/decision"), &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let page = browser.get("/hits").await.body;
    link(&page, "/hits/")
}

async fn received() -> (World, World) {
    let (world, tirana, _) = world_with_partners().await;
    let mut verifier = world.justified("v.verifier", "terrorism").await;
    entered(&mut verifier, &[]).await;
    world.node.deliver_to(&tirana).await;
    (world, World::of(tirana, false, None).await)
}

#[tokio::test]
async fn the_follow_up_of_a_partners_alert_takes_the_fields_of_the_law() {
    let (world, tirana) = received().await;
    let mut browser = tirana.justified("v.verifier", "border-check").await;
    let hit = hit(&mut browser, "Zoran Izmisleni").await;
    tirana.node.deliver_to(&world.node).await;
    let page = browser.get(&hit).await.body;
    for field in ["located", "route", "objects-carried", "other-requested"] {
        assert!(
            page.contains(&format!("name=\"{field}\"")),
            "{field}: {page}"
        );
    }
    let act = format!("{hit}/follow-up");
    let answer = browser
        .post(&act, &[("report", "x"), ("route", "Durrës to Tirana")])
        .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains("report-error"), "{}", answer.body);
    assert!(answer.body.contains("Durrës to Tirana"), "nothing is lost");
    let long = "a".repeat(2_001);
    let answer = browser
        .post(&act, &[("report", "let go on"), ("route", &long)])
        .await;
    assert!(answer.body.contains("route-error"), "{}", answer.body);
    let fields = [("report", "let go on"), ("route", "Durrës to Tirana")];
    let answer = browser.post(&act, &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);

    tirana.node.deliver_to(&world.node).await;
    let mut issuer = world.justified("v.verifier", "terrorism").await;
    let page = issuer.get("/hit-reports").await.body;
    let page = issuer.get(&link(&page, "/hit-reports/")).await.body;
    for text in ["Durrës to Tirana", "let go on", "Located"] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(!page.contains("Companions"), "what stays empty is not sent");
}

#[tokio::test]
async fn a_hit_on_a_list_has_nobody_to_report_to() {
    let world = World::new().await;
    let mut browser = world.justified("v.verifier", "border-check").await;
    let hit = hit(&mut browser, crate::world::LISTED).await;
    let page = browser.get(&hit).await.body;
    assert!(page.contains("name=\"report\"") && !page.contains("name=\"route\""));
    let token = world.token("v.verifier", "border-check").await;
    let act = format!("{hit}/follow-up");
    let post = async |body: serde_json::Value| {
        let body = body.to_string();
        world.api(Method::POST, &act, Some(&token), &body).await
    };
    let fields = json!({ "report": "let go on", "fields": { "route": "Durrës" } });
    let answer = post(fields).await;
    assert_eq!(
        answer.status,
        StatusCode::UNPROCESSABLE_ENTITY,
        "{}",
        answer.body
    );
    let answer = post(json!({ "report": "let go on", "fields": { "nothing": "x" } })).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.body);
    let answer = post(json!({ "report": "let go on" })).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.body);
}
