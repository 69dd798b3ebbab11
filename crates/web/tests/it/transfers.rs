//! Transfers that rest on an own assessment of the safeguards, and alerts that come back after a
//! restore, on the pages and over the API.

use axum::http::{Method, StatusCode};
use egnatia_record::Gate;
use egnatia_testkit::{
    TestNode, administrator, arrangement_with, dump_rows, empty_store, restore_rows,
};
use serde_json::json;

use crate::alerts::entered;
use crate::world::World;

const CATEGORY: &str = "alerts on terrorism to the police of neighbours";

/// Skopje may give Belgrade something by an own assessment only.
async fn by_assessment() -> (World, TestNode) {
    let node = TestNode::new("mk-mvr", "MK").await;
    let belgrade = TestNode::new("rs-mup", "RS").await;
    node.accept(&belgrade).await;
    belgrade.trust(&node).await;
    let mut agreed = arrangement_with(belgrade.partner);
    agreed.gate = Gate::OwnAssessment;
    node.app
        .put_arrangement(&administrator(), None, agreed)
        .await
        .unwrap();
    (World::of(node, false, None).await, belgrade)
}

#[tokio::test]
async fn an_own_assessment_is_justified_on_the_page_with_what_the_supervisor_was_told() {
    let (world, belgrade) = by_assessment().await;
    let mut browser = world.justified("v.verifier", "terrorism").await;
    let path = entered(&mut browser, &[]).await;
    let justify = format!("{path}/justify");
    let page = browser.get(&path).await.body;
    assert!(page.contains("name=\"told_category\""), "{page}");
    assert!(!page.contains("name=\"derogation\""), "no derogation helps");
    let filled = |category, on, justification| {
        [
            ("justify_to", "rs-mup"),
            ("told_category", category),
            ("told_on", on),
            ("justification", justification),
        ]
    };
    let why = "a court reviews what their police keep";
    for (fields, error) in [
        (filled("", "24.11.2026", why), "told_category-error"),
        (filled(CATEGORY, "", why), "told_on-error"),
        (filled(CATEGORY, "1.1.2031", why), "told_on-error"),
        (filled(CATEGORY, "24.11.2026", "-"), "justification-error"),
    ] {
        let answer = browser.post(&justify, &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{error}");
        assert!(answer.body.contains(error), "{error}: {}", answer.body);
    }
    assert_eq!(world.node.deliver_to(&belgrade).await.delivered, 0);
    let fields = filled(CATEGORY, "20.11.2026", why);
    let answer = browser.post(&justify, &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    assert_eq!(world.node.deliver_to(&belgrade).await.delivered, 1);
    let mut officer = world.justified("d.protection", "supervision").await;
    let page = officer.get("/transfers").await.body;
    for text in [CATEGORY, "20.11.2026", why, "Own assessment"] {
        assert!(page.contains(text), "{text}: {page}");
    }
}

#[tokio::test]
async fn an_own_assessment_is_justified_over_the_api() {
    let (world, belgrade) = by_assessment().await;
    let mut browser = world.justified("v.verifier", "terrorism").await;
    let path = entered(&mut browser, &[]).await;
    let token = world.token("v.verifier", "terrorism").await;
    let justify = async |body: serde_json::Value| {
        let path = format!("{path}/justify");
        let body = body.to_string();
        world.api(Method::POST, &path, Some(&token), &body).await
    };
    let told = json!({ "category": CATEGORY, "on": "2026-11-20" });
    let both = json!({
        "to": "rs-mup", "derogation": "immediate-threat", "told": told, "justification": "needed",
    });
    let neither = json!({ "to": "rs-mup", "justification": "needed" });
    let other = json!({
        "to": "rs-mup", "derogation": "immediate-threat", "justification": "needed",
    });
    for (body, field) in [
        (both, "derogation"),
        (neither, "derogation"),
        (other, "told_category"),
    ] {
        let answer = justify(body).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(
            answer.json()["errors"][0]["field"],
            field,
            "{}",
            answer.body
        );
    }
    let done = justify(json!({
        "to": "rs-mup", "told": told, "justification": "a court reviews what their police keep",
    }))
    .await;
    assert_eq!(done.status, StatusCode::CREATED, "{}", done.body);
    assert_eq!(world.node.deliver_to(&belgrade).await.delivered, 1);
    let token = world.token("d.protection", "supervision").await;
    let listed = world.api(Method::GET, "/transfers", Some(&token), "").await;
    let listed = listed.json();
    assert_eq!(listed["items"][0]["transfer"]["told"], told);
    assert_eq!(listed["items"][0]["deliveries"][0]["state"], "delivered");
}

#[tokio::test]
async fn an_alert_that_a_partner_returned_is_taken_over_again_on_its_page() {
    let node = TestNode::new("mk-mvr", "MK").await;
    let tirana = TestNode::new("al-asp", "AL").await;
    node.trust(&tirana).await;
    tirana.trust(&node).await;
    let rows = dump_rows(&*node.store).await;
    let world = World::of(node, false, None).await;
    let mut browser = world.justified("v.verifier", "terrorism").await;
    let path = entered(&mut browser, &[]).await;
    world.node.deliver_to(&tirana).await;

    let store = empty_store("mk-mvr");
    restore_rows(&*store, rows).await.unwrap();
    let clock = world.node.clock.clone();
    let back = TestNode::on(("mk-mvr", "MK"), store, clock, 78).await;
    let since = back.app.now();
    back.app.ask_again(&administrator(), since).await.unwrap();
    back.deliver_to(&tirana).await;
    tirana.deliver_to(&back).await;
    let world = World::of(back, false, None).await;
    let mut browser = world.justified("v.verifier", "terrorism").await;
    let list = browser.get("/alerts").await.body;
    assert!(list.contains("Returned (1)"), "{list}");
    let list = browser.get("/alerts?list=returned").await.body;
    assert!(list.contains(&path), "{list}");
    let page = browser.get(&path).await.body;
    assert!(page.contains(&format!("action=\"{path}/adopt\"")), "{page}");
    assert!(!page.contains("/extend\""), "first somebody decides");
    let token = world.token("v.verifier", "terrorism").await;
    let listed = world
        .api(Method::GET, "/alerts?list=returned", Some(&token), "")
        .await;
    assert_eq!(listed.json()["items"][0]["state"], "returned");
    let answer = browser.post(&format!("{path}/adopt"), &[]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let again = world
        .api(Method::POST, &format!("{path}/adopt"), Some(&token), "")
        .await;
    assert_eq!(again.status, StatusCode::CONFLICT, "{}", again.body);
    assert_eq!(world.node.deliver_to(&tirana).await.delivered, 1);
    let list = browser.get("/alerts").await.body;
    assert!(
        list.contains(&path) && !list.contains("Returned ("),
        "{list}"
    );
}
