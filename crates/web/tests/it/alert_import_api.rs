//! A partner's alerts over the API: checked row by row, then all of them or none.

use axum::http::{Method, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::alerts::world_with_partners;
use crate::world::{Answer, World};

const TWO: &str = "\
Name,DOB,Kategorija,Reason,Decision,Proportionality,Reference\n\
Qorvald Imaginec,1971-03-05,26,suspected of robbery,K 1/26,serious and current,EV-1\n\
Bruneth Fictova,1990-01,ftf,travelled to join a group,K 3/26,,EV-3\n";

fn body(table: &[u8], dry_run: bool) -> Value {
    json!({
        "table": STANDARD.encode(table),
        "columns": "category=3",
        "dry_run": dry_run,
        "handling": { "codes": ["H0"], "releasable_to": "anybody", "origin": "national" },
        "legal_basis": "national-law",
        "evaluation": "A1",
        "subject": "suspect",
        "nature": "fact"
    })
}

async fn import(world: &World, token: Option<&str>, body: &Value) -> Answer {
    let body = body.to_string();
    world
        .api(Method::POST, "/alerts/import", token, &body)
        .await
}

async fn alerts(world: &World, token: &str) -> usize {
    let path = "/alerts?limit=100";
    let answer = world.api(Method::GET, path, Some(token), "").await;
    answer.json()["items"].as_array().unwrap().len()
}

#[tokio::test]
async fn a_table_is_checked_then_entered_and_never_twice() {
    let (world, tirana, _) = world_with_partners().await;
    let token = world.token("v.verifier", "terrorism").await;
    let dry = import(&world, Some(&token), &body(TWO.as_bytes(), true)).await;
    assert_eq!(dry.status, StatusCode::OK, "{}", dry.body);
    let dry = dry.json();
    assert_eq!(
        (&dry["entered"], &dry["dry_run"], &dry["error_count"]),
        (&json!(2), &json!(true), &json!(0))
    );
    let third = json!({ "field": "category", "column": 3, "heading": "Kategorija" });
    let columns = dry["columns"].as_array().unwrap();
    assert!(columns.contains(&third), "{columns:?}");
    assert_eq!(dry["recipients"][0]["goes"], 2);
    assert_eq!(alerts(&world, &token).await, 0, "a dry run enters nothing");

    let done = import(&world, Some(&token), &body(TWO.as_bytes(), false)).await;
    assert_eq!(done.status, StatusCode::CREATED, "{}", done.body);
    assert_eq!(done.json()["entered"], 2);
    assert_eq!(alerts(&world, &token).await, 2);
    assert_eq!(world.node.deliver_to(&tirana).await.delivered, 2);

    let again = import(&world, Some(&token), &body(TWO.as_bytes(), false)).await;
    assert_eq!(again.status, StatusCode::OK, "{}", again.body);
    assert_eq!(
        (&again.json()["entered"], &again.json()["already"]),
        (&json!(0), &json!(2))
    );
    assert_eq!(alerts(&world, &token).await, 2);
}

#[tokio::test]
async fn what_is_wrong_is_named_by_row_and_nothing_is_entered() {
    let world = World::new().await;
    let token = world.token("v.verifier", "terrorism").await;
    let text = TWO.replace("1990-01,ftf", "1990-01,nothing of the kind");
    let dry = import(&world, Some(&token), &body(text.as_bytes(), true)).await;
    assert_eq!(dry.status, StatusCode::OK, "{}", dry.body);
    let dry = dry.json();
    assert_eq!(
        (&dry["entered"], &dry["error_count"]),
        (&json!(0), &json!(1))
    );
    assert_eq!(dry["errors"][0]["row"], 3);
    assert_eq!(dry["errors"][0]["field"], "category");
    assert!(!dry.to_string().contains("Bruneth"), "no text of a cell");

    let refused = import(&world, Some(&token), &body(text.as_bytes(), false)).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        refused.json()["errors"][0]["field"],
        "table[3].category",
        "{}",
        refused.body
    );
    assert!(!refused.body.contains("--"), "no word of a command line");
    assert_eq!(alerts(&world, &token).await, 0);

    // A row that says no reason is named in the words of the body.
    let text = TWO.replace("suspected of robbery", "");
    let dry = import(&world, Some(&token), &body(text.as_bytes(), true)).await;
    assert_eq!(dry.json()["errors"][0]["field"], "reason", "{}", dry.body);
    assert!(!dry.body.contains("--"), "{}", dry.body);
    let mut with_reason = body(text.as_bytes(), true);
    with_reason["reason"] = json!("suspected of a felony");
    let dry = import(&world, Some(&token), &with_reason).await;
    assert_eq!(dry.json()["entered"], 2, "{}", dry.body);
}

#[tokio::test]
async fn tables_that_cannot_be_used_are_refused() {
    let world = World::new().await;
    let token = world.token("v.verifier", "terrorism").await;
    let with = |field: &str, value: Value| {
        let mut body = body(TWO.as_bytes(), false);
        body[field] = value;
        body
    };
    let rows = "Qorvald Imaginec,1971-03-05,26,robbery,K 1/26,serious,\n".repeat(2_001);
    let long = format!("Name,DOB,Kategorija,Reason,Decision,Proportionality,Reference\n{rows}");
    for (field, wrong) in [
        ("table", with("table", json!("%%%"))),
        ("table", with("table", json!(""))),
        ("table", with("table", json!(STANDARD.encode(&long)))),
        ("columns", with("columns", json!("nothing=3"))),
        ("reason", with("reason", json!("x"))),
    ] {
        let answer = import(&world, Some(&token), &wrong).await;
        assert_eq!(
            answer.status,
            StatusCode::UNPROCESSABLE_ENTITY,
            "{}",
            answer.body
        );
        assert_eq!(answer.json()["errors"][0]["field"], field);
    }
    let more = with("more", json!(1));
    let answer = import(&world, Some(&token), &more).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let large = with("table", json!("A".repeat(12 * 1024 * 1024)));
    let answer = import(&world, Some(&token), &large).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(alerts(&world, &token).await, 0);
}

#[tokio::test]
async fn a_table_is_entered_by_whoever_may_enter_an_alert() {
    let world = World::new().await;
    let answer = import(&world, None, &body(TWO.as_bytes(), true)).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    let token = world.token("o.officer", "border-check").await;
    let answer = import(&world, Some(&token), &body(TWO.as_bytes(), true)).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{}", answer.body);
}
