//! Witnesses of the audit logs, on the audit page and over the API.

use axum::http::{Method, StatusCode};
use egnatia_app::{Batch, Change, Store, WitnessRow};
use egnatia_audit::Hash;
use egnatia_record::Clock;
use egnatia_testkit::TestNode;

use crate::alerts::world_with_partners;
use crate::world::World;

/// A log of the partner of which something is wrong.
async fn wrong(world: &World, tirana: &TestNode, problem: &str, size: u64) {
    let row = WitnessRow {
        log: tirana.authority.clone(),
        witness: world.node.authority.clone(),
        size,
        root: Hash::of(problem.as_bytes()),
        seen_at: world.node.clock.now(),
        statement: Some(b"what was signed".to_vec()),
        problem: Some(problem.to_owned()),
    };
    let batch = Batch {
        changes: vec![Change::PutWitness(row)],
        events: Vec::new(),
    };
    world.store.commit(batch).await.unwrap();
}

#[tokio::test]
async fn the_audit_page_says_who_has_countersigned_how_much() {
    let alone = World::new().await;
    let mut browser = alone.signed_in("s.supervisor").await;
    let page = browser.get("/audit").await.body;
    assert!(page.contains("No partner is accepted yet"), "{page}");

    let (world, tirana, _) = world_with_partners().await;
    let mut browser = world.justified("d.protection", "supervision").await;
    let page = browser.get("/audit").await.body;
    assert_eq!(page.matches("Not yet").count(), 2, "{page}");
    for (one, other) in [(&world.node, &tirana), (&tirana, &world.node)] {
        one.app.ask_witnesses().await.unwrap();
        one.deliver_to(other).await;
        other.deliver_to(one).await;
    }
    let page = browser.get("/audit").await.body;
    assert!(page.contains("Countersigned"), "{page}");
    assert!(page.contains("Fits what was seen before"), "{page}");
    assert!(!page.contains("Alarm"), "{page}");

    let token = world.token("s.supervisor", "supervision").await;
    let answer = world
        .api(Method::GET, "/audit/witnesses", Some(&token), "")
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let rows = answer.json();
    let own = rows
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["is_own"] == true);
    let own = own.unwrap();
    assert_eq!(
        (&own["log"], &own["witness"]),
        (&"mk-mvr".into(), &"al-asp".into())
    );
    assert!(own["statement"].is_string() && own.get("problem").is_none());
}

#[tokio::test]
async fn a_log_that_was_rewritten_is_an_alarm_above_everything() {
    let (world, tirana, _) = world_with_partners().await;
    for (problem, size) in [("rewritten", 40), ("shortened", 12), ("forked", 64)] {
        wrong(&world, &tirana, problem, size).await;
    }
    let mut browser = world.signed_in("s.supervisor").await;
    let page = browser.get("/audit").await.body;
    for text in [
        "The audit log of Authority al-asp was rewritten: what This authority saw of its first 40 \
         entries differs from what was shown before. Call them; the proof is kept here.",
        "was shortened: This authority was shown 12 entries",
        "was forked",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    let alarm = page.find("role=\"alert\"").unwrap();
    assert!(alarm < page.find("<form class=\"part\"").unwrap());
    let token = world.token("d.protection", "supervision").await;
    let answer = world
        .api(Method::GET, "/audit/witnesses", Some(&token), "")
        .await;
    let first = &answer.json()[0];
    assert!(first["problem"].is_string() && first["statement"].is_string());
    let token = world.token("v.verifier", "terrorism").await;
    let answer = world
        .api(Method::GET, "/audit/witnesses", Some(&token), "")
        .await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_proof_that_is_missing_is_asked_for_and_then_an_alarm() {
    let (world, tirana, _) = world_with_partners().await;
    wrong(&world, &tirana, "unproved", 90).await;
    let mut browser = world.signed_in("s.supervisor").await;
    let page = browser.get("/audit").await.body;
    assert!(page.contains("Proof asked for; alarm from"), "{page}");
    assert!(!page.contains("role=\"alert\""), "{page}");
    let mut admin = world.signed_in("a.admin").await;
    let partner = admin.get("/partners/al-asp").await.body;
    assert!(partner.contains("A proof was asked for"), "{partner}");
    assert!(!partner.contains("Alarm: its audit log"), "{partner}");

    wrong(&world, &tirana, "proof-withheld", 91).await;
    let page = browser.get("/audit").await.body;
    let said =
        "The audit log of Authority al-asp is not proved: This authority was shown 91 entries";
    assert!(page.contains(said), "{page}");
    for address in ["/partners", "/partners/al-asp"] {
        let page = admin.get(address).await.body;
        assert!(page.contains("Alarm: its audit log"), "{address}: {page}");
    }
    let token = world.token("a.admin", "administration").await;
    let answer = world.api(Method::GET, "/partners", Some(&token), "").await;
    let rows = answer.json();
    let partner = rows
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["authority"] == "al-asp");
    assert_eq!(partner.unwrap()["log_problem"], "proof-withheld");
}

#[tokio::test]
async fn a_node_whose_own_log_was_longer_says_so() {
    let (world, tirana, _) = world_with_partners().await;
    let row = WitnessRow {
        log: world.node.authority.clone(),
        witness: tirana.authority.clone(),
        size: 900,
        root: Hash::from_bytes([0; 32]),
        seen_at: world.node.clock.now(),
        statement: None,
        problem: Some("shortened".to_owned()),
    };
    let batch = Batch {
        changes: vec![Change::PutWitness(row)],
        events: Vec::new(),
    };
    world.store.commit(batch).await.unwrap();
    let mut browser = world.signed_in("s.supervisor").await;
    let page = browser.get("/audit").await.body;
    let said = "own log is shorter than what Authority al-asp has seen of it: 900 entries";
    assert!(page.contains(said), "{page}");
}

#[tokio::test]
async fn a_partner_that_falls_silent_stands_above_everything_until_something_comes() {
    let (world, tirana, _) = world_with_partners().await;
    for (one, other) in [(&world.node, &tirana), (&tirana, &world.node)] {
        one.app.ask_witnesses().await.unwrap();
        one.deliver_to(other).await;
        other.deliver_to(one).await;
    }
    for node in [&world.node, &tirana] {
        node.clock.advance(jiff::SignedDuration::from_hours(30));
    }
    world.node.app.ask_witnesses().await.unwrap();
    let mut browser = world.signed_in("s.supervisor").await;
    let page = browser.get("/audit").await.body;
    let said = "Nothing has come of the audit log of Authority al-asp since 24.11.2026";
    assert!(page.contains(said), "{page}");
    assert!(page.contains("Nothing comes"), "{page}");
    let mut admin = world.signed_in("a.admin").await;
    let partner = admin.get("/partners/al-asp").await.body;
    assert!(
        partner.contains("Nothing has come since 24.11.2026"),
        "{partner}"
    );
    for address in ["/partners", "/partners/al-asp"] {
        let page = admin.get(address).await.body;
        assert!(page.contains("Alarm: its audit log"), "{address}: {page}");
    }
    let token = world.token("a.admin", "administration").await;
    let answer = world
        .api(Method::GET, "/partners", Some(&token), "")
        .await
        .json();
    let rows = answer.as_array().unwrap();
    let one = rows
        .iter()
        .find(|row| row["authority"] == "al-asp")
        .unwrap();
    assert_eq!(one["log_problem"], "silent");
    assert!(
        one["log_problem_since"]
            .as_str()
            .unwrap()
            .starts_with("2026-11-24")
    );

    // Its log comes, its countersignature does not.
    tirana.app.ask_witnesses().await.unwrap();
    tirana.deliver_to(&world.node).await;
    world.node.app.ask_witnesses().await.unwrap();
    let page = browser.get("/audit").await.body;
    assert!(!page.contains(said), "{page}");
    let said = "Authority al-asp has not countersigned this node&#39;s audit log since";
    assert!(
        page.contains(said) || page.contains(&said.replace("&#39;", "'")),
        "{page}"
    );
    let partner = admin.get("/partners/al-asp").await.body;
    assert!(
        partner.contains("has not countersigned this node"),
        "{partner}"
    );

    world.node.deliver_to(&tirana).await;
    tirana.deliver_to(&world.node).await;
    let page = browser.get("/audit").await.body;
    assert!(!page.contains("has not countersigned"), "{page}");
    // Of the other one nothing has come still.
    assert_eq!(page.matches("role=\"alert\"").count(), 1, "{page}");
}
