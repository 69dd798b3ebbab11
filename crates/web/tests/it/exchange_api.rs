//! Alerts, questions, reports and partners over the API.

use axum::http::{Method, Request, StatusCode};
use egnatia_testkit::TestNode;
use serde_json::{Value, json};

use crate::alerts::world_with_partners;
use crate::world::{Answer, World};

fn alert() -> Value {
    json!({
        "category": "arrest",
        "description": {
            "schema": "person",
            "names": [{ "text": "Зоран Измислени" }],
            "births": ["1985-03-02"]
        },
        "reason": "wanted for trafficking",
        "decision": "KTN 14/26",
        "proportionality": "more than ten firearms",
        "warnings": ["armed"],
        "handling": { "codes": ["H0"], "releasable_to": "anybody", "origin": "national" },
        "legal_basis": "national-law",
        "evaluation": "A1",
        "subject": "suspect",
        "nature": "fact"
    })
}

async fn post(world: &World, token: &str, path: &str, body: &Value) -> Answer {
    let body = body.to_string();
    world.api(Method::POST, path, Some(token), &body).await
}

async fn get(world: &World, token: &str, path: &str) -> Value {
    let answer = world.api(Method::GET, path, Some(token), "").await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
    answer.json()
}

#[tokio::test]
async fn an_alert_goes_its_way_over_the_api() {
    let (world, tirana, _) = world_with_partners().await;
    let token = world.token("v.verifier", "terrorism").await;
    let preview = post(&world, &token, "/alerts/preview", &alert()).await;
    assert_eq!(preview.status, StatusCode::OK, "{}", preview.body);
    let preview = preview.json();
    assert_eq!(preview["like"], json!([]));
    assert_eq!(preview["recipients"][1]["withheld"], "no-arrangement");
    let entered = post(&world, &token, "/alerts", &alert()).await;
    assert_eq!(entered.status, StatusCode::CREATED, "{}", entered.body);
    let id = entered.json()["alert"].as_str().unwrap().to_owned();

    let twice = post(&world, &token, "/alerts", &alert()).await;
    assert_eq!(twice.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(twice.json()["errors"][0]["code"], "duplicate");
    assert!(twice.body.contains(&id), "a repetition names the alert");

    world.node.deliver_to(&tirana).await;
    let ledger = get(&world, &token, &format!("/alerts/{id}/deliveries")).await;
    assert_eq!(ledger[0]["state"], "delivered");
    let list = get(&world, &token, "/alerts?limit=5").await;
    assert_eq!(list["items"][0]["alert"], json!(id));

    for (act, body) in [
        ("extend", json!({ "assessment": "still wanted" })),
        (
            "flag",
            json!({ "authority": "al-asp", "reason": "own proceedings" }),
        ),
        ("correct", {
            let mut draft = alert();
            for field in ["handling", "legal_basis", "evaluation", "subject", "nature"] {
                draft.as_object_mut().unwrap().remove(field);
            }
            draft["offence"] = json!("trafficking");
            draft
        }),
        (
            "withdraw",
            json!({ "why": "withdrawn", "reason": "arrested" }),
        ),
    ] {
        let answer = post(&world, &token, &format!("/alerts/{id}/{act}"), &body).await;
        assert_eq!(
            answer.status,
            StatusCode::NO_CONTENT,
            "{act}: {}",
            answer.body
        );
    }
    let view = get(&world, &token, &format!("/alerts/{id}")).await;
    assert_eq!(view["state"], "withdrawn");
    assert_eq!(view["alert"]["offence"], "trafficking");
    assert_eq!(view["may_change"], false);
}

#[tokio::test]
async fn the_same_key_leads_to_the_same_alert() {
    let world = World::new().await;
    let token = world.token("v.verifier", "terrorism").await;
    let enter = async |key: &str| {
        let request = Request::builder()
            .method(Method::POST)
            .uri("/api/v1/alerts")
            .header("content-type", "application/json")
            .header("authorization", format!("Bearer {token}"))
            .header("idempotency-key", key)
            .body(alert().to_string().into())
            .unwrap();
        crate::world::ask(&world.router, request).await
    };
    let first = enter("key-1").await;
    let again = enter("key-1").await;
    for answer in [&first, &again] {
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    }
    assert_eq!(first.json(), again.json());
    let other = enter("key-2").await;
    assert_eq!(other.json()["errors"][0]["code"], "duplicate");
    let wrong = enter("with space").await;
    assert_eq!(wrong.json()["errors"][0]["field"], "idempotency_key");
}

#[tokio::test]
async fn wrong_bodies_are_named_and_nothing_is_stored() {
    let world = World::new().await;
    let token = world.token("v.verifier", "terrorism").await;
    let before = world.held().await.1;
    let with = |field: &str, value: Value| {
        let mut body = alert();
        body[field] = value;
        body
    };
    for (body, status) in [
        (with("more", json!(1)), StatusCode::BAD_REQUEST),
        (with("category", json!("nothing")), StatusCode::BAD_REQUEST),
        (with("reason", json!("x")), StatusCode::UNPROCESSABLE_ENTITY),
        (
            with("decision", json!("")),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        (
            with("proportionality", Value::Null),
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        (
            with(
                "handling",
                json!({ "codes": ["H3"], "releasable_to": "anybody", "origin": "national" }),
            ),
            StatusCode::BAD_REQUEST,
        ),
    ] {
        let answer = post(&world, &token, "/alerts", &body).await;
        assert_eq!(answer.status, status, "{}", answer.body);
        assert_eq!(answer.headers["content-type"], "application/problem+json");
        assert!(!answer.body.contains("Измислени"), "{}", answer.body);
    }
    assert_eq!(world.held().await.1, before);
    let officer = world.token("o.officer", "border-check").await;
    let answer = post(&world, &officer, "/alerts", &alert()).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    let answer = world
        .api(Method::GET, "/alerts?list=all", Some(&officer), "")
        .await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn questions_are_asked_and_answered_over_the_api() {
    let (world, tirana, _) = world_with_partners().await;
    let token = world.token("v.verifier", "terrorism").await;
    let id = post(&world, &token, "/alerts", &alert()).await.json()["alert"].clone();
    world.node.deliver_to(&tirana).await;
    let other = World::of(tirana, false, None).await;
    let theirs = other.token("v.verifier", "terrorism").await;
    let question = json!({ "about": id, "matter": "flag", "text": "our courts object" });
    let asked = post(&other, &theirs, "/inquiries", &question).await;
    assert_eq!(asked.status, StatusCode::CREATED, "{}", asked.body);
    other.node.deliver_to(&world.node).await;

    let list = get(&world, &token, "/inquiries").await;
    let path = format!("/inquiries/{}", list["items"][0]["id"].as_str().unwrap());
    let answer = format!("{path}/answer");
    for wrong in [
        json!({ "decision": "refused", "text": "not now" }),
        json!({ "decision": "granted", "ground": "not-available", "text": "not now" }),
    ] {
        let refused = post(&world, &token, &answer, &wrong).await;
        assert_eq!(
            refused.json()["errors"][0]["field"],
            "ground",
            "{}",
            refused.body
        );
    }
    let body = json!({ "decision": "granted", "text": "it is flagged" });
    let answered = post(&world, &token, &answer, &body).await;
    assert_eq!(answered.status, StatusCode::NO_CONTENT, "{}", answered.body);
    let twice = post(&world, &token, &answer, &body).await;
    assert_eq!(twice.status, StatusCode::CONFLICT);
    let view = get(&world, &token, &path).await;
    assert_eq!(view["inquiry"]["state"]["answered"]["decision"], "granted");
    assert_eq!(
        get(&world, &token, "/hit-reports").await["items"],
        json!([])
    );
}

#[tokio::test]
async fn partners_and_arrangements_over_the_api() {
    let world = World::new().await;
    let token = world.token("a.admin", "administration").await;
    let node = TestNode::new("rs-mup", "RS").await;
    let card = node.app.own_card().unwrap();
    let mut body = json!({ "card": card.to_json(), "fingerprint": "0000-0000-0000-0000-0000" });
    let refused = post(&world, &token, "/partners", &body).await;
    assert_eq!(refused.json()["errors"][0]["code"], "differs");
    body["fingerprint"] = json!(card.fingerprint().to_string());
    let accepted = post(&world, &token, "/partners", &body).await;
    assert_eq!(accepted.json()["authority"], "rs-mup", "{}", accepted.body);
    let partners = get(&world, &token, "/partners").await;
    assert_eq!(partners[0]["state"], "accepted");
    assert_eq!(
        get(&world, &token, "/partners/rs-mup/deliveries").await,
        json!([])
    );
    assert!(get(&world, &token, "/own-card").await["payload"].is_string());

    let adopted = post(&world, &token, "/arrangements/adopt", &json!({})).await;
    assert!(
        adopted.json()["written"].as_u64().unwrap() > 3,
        "{}",
        adopted.body
    );
    let all = get(&world, &token, "/arrangements").await;
    let path = format!("/arrangements/{}", all[0]["id"].as_str().unwrap());
    let mut arrangement = all[0]["arrangement"].clone();
    arrangement["confirmed"] = json!(true);
    let body = arrangement.to_string();
    let answer = world.api(Method::PUT, &path, Some(&token), &body).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.body);
    arrangement["categories"] = json!([]);
    let answer = post(&world, &token, "/arrangements", &arrangement).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let answer = post(&world, &token, &format!("{path}/end"), &json!({})).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    let answer = post(&world, &token, "/partners/rs-mup/revoke", &json!({})).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    let verifier = world.token("v.verifier", "terrorism").await;
    let answer = post(&world, &verifier, "/arrangements/adopt", &json!({})).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}
