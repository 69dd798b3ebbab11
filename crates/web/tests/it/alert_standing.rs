//! An alert is restricted and released again; a partner's alert is passed on with permission.

use axum::http::{Method, StatusCode};
use egnatia_testkit::TestNode;
use serde_json::json;

use crate::alerts::{entered, world_with_partners};
use crate::world::{Browser, World, link};

#[tokio::test]
async fn an_alert_is_restricted_and_the_restriction_lifted() {
    let (world, _, _) = world_with_partners().await;
    let mut browser = world.justified("v.verifier", "terrorism").await;
    let path = entered(&mut browser, &[]).await;
    let restrict = format!("{path}/restrict");
    let lift = format!("{path}/lift");
    let refused = browser.post(&restrict, &[("restrict_reason", "x")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("restrict_reason-error"));
    let answer = browser.post(&lift, &[]).await;
    assert_eq!(answer.status, StatusCode::CONFLICT, "it is not restricted");

    let fields = [("restrict_reason", "the person contests it")];
    let answer = browser.post(&restrict, &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let page = browser.get(answer.location()).await.body;
    assert!(page.contains("This alert is restricted: nothing"), "{page}");
    assert!(page.contains(&format!("action=\"{lift}\"")), "{page}");
    for act in ["restrict", "extend", "flag"] {
        assert!(!page.contains(&format!("action=\"{path}/{act}\"")), "{act}");
    }
    assert!(!page.contains(&format!("{path}/correction")), "{page}");
    let mut officer = world.justified("o.officer", "border-check").await;
    assert_eq!(officer.get(&path).await.status, StatusCode::NOT_FOUND);
    for act in [&restrict, &lift] {
        let answer = officer.post(act, &fields).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{act}");
    }

    let answer = browser.post(&lift, &[]).await;
    let page = browser.get(answer.location()).await.body;
    assert!(!page.contains("This alert is restricted"), "{page}");
    assert_eq!(officer.get(&path).await.status, StatusCode::OK);
}

/// Tirana has an alert of Skopje, and Belgrade is somebody to whom it may be passed on.
async fn received() -> (World, World, TestNode, Browser, String) {
    let mk = TestNode::new("mk-mvr", "MK").await;
    let al = TestNode::new("al-asp", "AL").await;
    let rs = TestNode::new("rs-mup", "RS").await;
    for (one, other) in [(&mk, &al), (&al, &mk), (&al, &rs), (&rs, &al)] {
        one.trust(other).await;
    }
    // Skopje and Belgrade know each other's keys, and have agreed on nothing.
    mk.accept(&rs).await;
    rs.accept(&mk).await;
    let mk = World::of(mk, false, None).await;
    let mut verifier = mk.justified("v.verifier", "terrorism").await;
    entered(&mut verifier, &[]).await;
    mk.node.deliver_to(&al).await;
    let al = World::of(al, false, None).await;
    let mut browser = al.justified("v.verifier", "terrorism").await;
    let page = browser.get("/alerts?list=received").await.body;
    let path = link(&page, "/alerts/");
    (al, mk, rs, browser, path)
}

#[tokio::test]
async fn passing_on_asks_the_issuer_and_says_how_it_stands() {
    let (al, mk, _, mut browser, path) = received().await;
    let page = browser.get(&path).await.body;
    let act = format!("{path}/pass-on");
    assert!(page.contains(&format!("action=\"{act}\"")), "{page}");
    assert!(!page.contains("value=\"onward-transfer\""), "{page}");
    assert!(
        !page.contains("<option value=\"mk-mvr\""),
        "not back to its issuer"
    );
    for (fields, error) in [
        (
            [("pass_to", ""), ("pass_why", "she went there")],
            "pass_to-error",
        ),
        ([("pass_to", "rs-mup"), ("pass_why", "x")], "pass_why-error"),
        (
            [("pass_to", "xx-none"), ("pass_why", "she went there")],
            "pass_to-error",
        ),
    ] {
        let answer = browser.post(&act, &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{error}");
        assert!(answer.body.contains(error), "{}", answer.body);
    }
    let fields = [("pass_to", "rs-mup"), ("pass_why", "she went there")];
    for says in ["The issuer is asked", "The issuer was asked before"] {
        let answer = browser.post(&act, &fields).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        let page = browser.get(answer.location()).await.body;
        assert!(page.contains(says), "{says}: {page}");
    }
    let page = browser.get("/inquiries").await.body;
    let question = link(&page, "/inquiries/");
    let page = browser.get(&question).await.body;
    assert!(
        page.contains("To be given to") && page.contains("rs-mup"),
        "{page}"
    );

    al.node.deliver_to(&mk.node).await;
    let mut issuer = mk.justified("v.verifier", "terrorism").await;
    let page = issuer.get("/inquiries").await.body;
    let asked = link(&page, "/inquiries/");
    issuer.get(&asked).await;
    let granted = [("decision", "granted"), ("text", "they may have it")];
    let answer = issuer.post(&format!("{asked}/answer"), &granted).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    mk.node.deliver_to(&al.node).await;
    let answer = browser.post(&act, &fields).await;
    let page = browser.get(answer.location()).await.body;
    assert!(page.contains("The issuer has permitted it"), "{page}");
    let mut officer = al.justified("d.protection", "supervision").await;
    let answer = officer.post(&act, &fields).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn restricting_and_passing_on_go_over_the_api() {
    let (al, _, _, _, path) = received().await;
    let token = al.token("v.verifier", "terrorism").await;
    let post = async |act: &str, body: serde_json::Value| {
        let path = format!("{path}/{act}");
        al.api(Method::POST, &path, Some(&token), &body.to_string())
            .await
    };
    let body = json!({ "to": "rs-mup", "why": "she went there" });
    let asked = post("pass-on", body.clone()).await;
    assert_eq!(asked.status, StatusCode::ACCEPTED, "{}", asked.body);
    assert_eq!(asked.json()["outcome"], "asked");
    let waits = post("pass-on", body).await;
    assert_eq!(waits.json()["outcome"], "waits");
    assert_eq!(waits.json()["inquiry"], asked.json()["inquiry"]);
    let nowhere = post(
        "pass-on",
        json!({ "to": "xx-none", "why": "she went there" }),
    )
    .await;
    assert_eq!(nowhere.status, StatusCode::UNPROCESSABLE_ENTITY);
    let answer = post("restrict", json!({ "reason": "contested" })).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "only the issuer");

    let (mk, _, _) = world_with_partners().await;
    let mut browser = mk.justified("v.verifier", "terrorism").await;
    let path = entered(&mut browser, &[]).await;
    let token = mk.token("v.verifier", "terrorism").await;
    for (act, body, state) in [
        ("restrict", json!({ "reason": "contested" }), "restricted"),
        ("lift", json!({}), "active"),
    ] {
        let act = format!("{path}/{act}");
        let answer = mk
            .api(Method::POST, &act, Some(&token), &body.to_string())
            .await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.body);
        let view = mk.api(Method::GET, &path, Some(&token), "").await;
        assert_eq!(view.json()["state"], state);
    }
}

#[tokio::test]
async fn the_review_is_told_four_months_before_until_an_assessment_extends_the_alert() {
    let (world, _, _) = world_with_partners().await;
    let mut browser = world.justified("v.verifier", "terrorism").await;
    let path = entered(&mut browser, &[]).await;
    let near = "The review is due by";
    assert!(!browser.get(&path).await.body.contains(near));
    // A year after it was entered it is reviewed: not yet eight months after, but a day later.
    let clock = &world.node.clock;
    clock.advance(jiff::SignedDuration::from_hours(24 * 241));
    let mut browser = world.justified("v.verifier", "terrorism").await;
    let page = browser.get(&path).await.body;
    assert!(!page.contains(near), "{page}");
    clock.advance(jiff::SignedDuration::from_hours(24 * 3));
    let mut browser = world.justified("v.verifier", "terrorism").await;
    let page = browser.get(&path).await.body;
    assert!(page.contains(near), "{page}");
    let listed = browser.get("/alerts").await.body;
    assert!(listed.contains("Review by"), "{listed}");

    let fields = [("assessment", "still abroad, and still recruiting")];
    let answer = browser.post(&format!("{path}/extend"), &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let page = browser.get(&path).await.body;
    assert!(
        !page.contains(near) && page.contains("still abroad, and still recruiting"),
        "{page}"
    );
    assert!(!browser.get("/alerts").await.body.contains("Review by"));
}
