//! The API: what it answers, and how it refuses.

use axum::http::{Method, StatusCode, header};
use serde_json::json;

use crate::world::{Answer, LISTED, PASSWORD, World};

fn check(name: &str) -> serde_json::Value {
    json!({ "name": name, "purpose": "border-check", "case": "BP-1/2026" })
}

fn assert_problem(answer: &Answer, status: StatusCode, code: &str) {
    assert_eq!(answer.status, status, "{}", answer.body);
    assert_eq!(
        answer.headers[header::CONTENT_TYPE],
        "application/problem+json"
    );
    let body = answer.json();
    assert_eq!(body["code"], code);
    assert_eq!(body["status"], status.as_u16());
    assert_eq!(body["type"], format!("urn:egnatia:problem:{code}"));
    assert!(body["title"].is_string() && body["detail"].is_string());
}

#[tokio::test]
async fn a_check_answers_with_evidence_and_can_be_seen_again() {
    let world = World::new().await;
    let token = world.token("o.officer", "border-check").await;
    let body = check("Драгослав Перунчић").to_string();
    let answer = world
        .api(Method::POST, "/checks", Some(&token), &body)
        .await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    let answer = answer.json();
    assert_eq!(answer["candidates"][0]["name"], LISTED);
    assert_eq!(answer["candidates"][0]["state"], "waiting");
    assert!(answer["candidates"][0]["evidence"].is_array());
    let path = format!("/checks/{}", answer["check"].as_str().unwrap());
    let again = world.api(Method::GET, &path, Some(&token), "").await;
    assert_eq!(again.json(), answer);
    let own = world
        .api(Method::GET, "/checks?limit=1", Some(&token), "")
        .await
        .json();
    assert_eq!(own["items"][0]["check"], answer["check"]);
}

#[tokio::test]
async fn nobody_is_an_empty_answer_of_the_same_shape() {
    let world = World::new().await;
    let token = world.token("o.officer", "border-check").await;
    let body = check("Qwendolyn Zsarkovitch").to_string();
    let answer = world
        .api(Method::POST, "/checks", Some(&token), &body)
        .await;
    assert_eq!(answer.status, StatusCode::CREATED);
    let answer = answer.json();
    assert_eq!(answer["candidates"], json!([]));
    assert_eq!(answer["lists"][0]["list"], "test-list");
}

#[tokio::test]
async fn a_check_without_purpose_or_case_is_refused_and_both_are_named() {
    let world = World::new().await;
    // The session's own justification does not stand in for that of the check.
    let token = world.token("o.officer", "border-check").await;
    let body = json!({ "name": LISTED, "purpose": "curiosity" }).to_string();
    let answer = world
        .api(Method::POST, "/checks", Some(&token), &body)
        .await;
    assert_problem(&answer, StatusCode::FORBIDDEN, "justification-missing");
    let errors = &answer.json()["errors"];
    assert_eq!(
        (&errors[0]["field"], &errors[0]["code"]),
        (&json!("purpose"), &json!("invalid"))
    );
    assert_eq!(
        (&errors[1]["field"], &errors[1]["code"]),
        (&json!("case"), &json!("missing"))
    );
}

#[tokio::test]
async fn bodies_are_strict_and_no_value_comes_back() {
    let world = World::new().await;
    let token = world.token("o.officer", "border-check").await;
    let secret = "Zdravka-Secret";
    for body in [
        String::new(),
        "[]".to_owned(),
        format!("{{\"name\": \"{secret}\""),
        format!("{{\"birth_date\": \"{secret}\"}}"),
        format!("{{\"gender\": \"{secret}\"}}"),
        format!("{{\"limit\": \"{secret}\"}}"),
        json!({ "nom": "x", "purpose": "border-check", "case": "C-1" }).to_string(),
    ] {
        let answer = world
            .api(Method::POST, "/checks", Some(&token), &body)
            .await;
        assert_problem(&answer, StatusCode::BAD_REQUEST, "bad-request");
        assert!(!answer.body.contains(secret), "{}", answer.body);
    }
    let body = json!({ "purpose": "border-check", "case": "C-1" }).to_string();
    let answer = world
        .api(Method::POST, "/checks", Some(&token), &body)
        .await;
    assert_problem(&answer, StatusCode::UNPROCESSABLE_ENTITY, "invalid");
    assert_eq!(answer.json()["errors"][0]["field"], "name");
}

#[tokio::test]
async fn a_zone_is_checked_and_a_wrong_digit_is_named() {
    const ZONE: &str = "P<UTOPERUNCIC<<DRAGOSLAV<<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10";
    let world = World::new().await;
    let token = world.token("o.officer", "border-check").await;
    let ask = async |zone: &str| {
        let body = json!({ "mrz": zone, "purpose": "border-check", "case": "C-1" }).to_string();
        world
            .api(Method::POST, "/checks", Some(&token), &body)
            .await
    };
    let answer = ask(ZONE).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    assert_eq!(answer.json()["candidates"][0]["name"], LISTED);

    let answer = ask(&ZONE.replace("L898902C3", "L898902B3")).await;
    assert_problem(&answer, StatusCode::UNPROCESSABLE_ENTITY, "invalid");
    let error = &answer.json()["errors"][0];
    assert_eq!(
        (&error["field"], &error["code"]),
        (&json!("mrz"), &json!("check-digit"))
    );
    let detail = error["detail"].as_str().unwrap();
    assert!(
        detail.contains("document number: 6 is stated, 3 is computed"),
        "{detail}"
    );
    assert!(!answer.body.contains("PERUNCIC"));

    let misread = ZONE.replace("7408122F", "74O8122F");
    let body = json!({
        "mrz": misread, "mrz_as_read": true, "purpose": "border-check", "case": "C-1"
    });
    let answer = world
        .api(Method::POST, "/checks", Some(&token), &body.to_string())
        .await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    let path = format!("/checks/{}", answer.json()["check"].as_str().unwrap());
    let later = world.api(Method::GET, &path, Some(&token), "").await;
    assert_eq!(later.json()["mrz"], answer.json()["mrz"], "it is kept");
    let zone = &answer.json()["mrz"];
    assert_eq!(
        zone["lines"],
        json!(misread.split('\n').collect::<Vec<_>>())
    );
    let digit = &zone["check_digits"][1];
    assert_eq!(
        *digit,
        json!({
            "field": "birth-date", "line": 2, "column": 20,
            "stated": "2", "computed": "6", "verdict": "disagrees"
        })
    );
    let repaired = json!(ZONE.split('\n').collect::<Vec<_>>());
    assert_eq!(zone["repairs"][0]["lines"], repaired);

    let cut = ask("P<UTO").await;
    assert_problem(&cut, StatusCode::UNPROCESSABLE_ENTITY, "invalid");
    assert_eq!(cut.json()["errors"][0]["code"], "malformed");
}

#[tokio::test]
async fn without_a_valid_token_there_is_no_answer() {
    let world = World::new().await;
    for token in [None, Some("wrong"), Some("")] {
        let answer = world.api(Method::GET, "/lists", token, "").await;
        assert_problem(&answer, StatusCode::UNAUTHORIZED, "unauthenticated");
        assert_eq!(answer.headers[header::WWW_AUTHENTICATE], "Bearer");
    }
    let token = world.token("o.officer", "border-check").await;
    let closed = world
        .api(Method::DELETE, "/sessions", Some(&token), "")
        .await;
    assert_eq!(closed.status, StatusCode::NO_CONTENT);
    let answer = world.api(Method::GET, "/lists", Some(&token), "").await;
    assert_problem(&answer, StatusCode::UNAUTHORIZED, "unauthenticated");
}

#[tokio::test]
async fn a_wrong_password_is_refused_without_saying_which_was_wrong() {
    let world = World::new().await;
    let mut bodies = Vec::new();
    for login in ["o.officer", "nobody"] {
        let body = json!({ "login": login, "password": "wrong password" }).to_string();
        let answer = world.api(Method::POST, "/sessions", None, &body).await;
        assert_problem(&answer, StatusCode::UNAUTHORIZED, "wrong-credentials");
        bodies.push(answer.body);
    }
    assert_eq!(bodies[0], bodies[1]);
}

#[tokio::test]
async fn a_repeated_key_gets_the_same_answer() {
    let world = World::new().await;
    let token = world.token("o.officer", "border-check").await;
    let mut checks = Vec::new();
    for key in ["a", "a", "b"] {
        let request = axum::http::Request::builder()
            .method(Method::POST)
            .uri("/api/v1/checks")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header("idempotency-key", key)
            .body(check(LISTED).to_string().into())
            .unwrap();
        let answer = crate::world::ask(&world.router, request).await;
        checks.push(answer.json()["check"].clone());
    }
    assert_eq!(checks[0], checks[1]);
    assert_ne!(checks[0], checks[2]);
}

#[tokio::test]
async fn a_match_is_decided_once_and_its_hit_followed_up_once() {
    let world = World::new().await;
    let token = world.token("v.verifier", "border-check").await;
    let body = check(LISTED).to_string();
    world
        .api(Method::POST, "/checks", Some(&token), &body)
        .await;
    let waiting = world
        .api(Method::GET, "/matches?state=waiting", Some(&token), "")
        .await
        .json();
    let path = format!(
        "/matches/{}",
        waiting["items"][0]["match"].as_str().unwrap()
    );
    let view = world.api(Method::GET, &path, Some(&token), "").await.json();
    assert_eq!(view["may_decide"], true);

    let decision = format!("{path}/decision");
    let reject = |reason: &str| json!({ "outcome": "confirmed", "reason": reason }).to_string();
    let answer = world
        .api(Method::POST, &decision, Some(&token), &reject("-"))
        .await;
    assert_problem(&answer, StatusCode::UNPROCESSABLE_ENTITY, "invalid");
    let answer = world
        .api(
            Method::POST,
            &decision,
            Some(&token),
            &reject("Same passport."),
        )
        .await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    let hit = answer.json()["hit"].as_str().unwrap().to_owned();
    let answer = world
        .api(
            Method::POST,
            &decision,
            Some(&token),
            &reject("Again, please."),
        )
        .await;
    assert_problem(&answer, StatusCode::CONFLICT, "conflict");

    let report = json!({ "report": "The partner was called." }).to_string();
    let follow_up = format!("/hits/{hit}/follow-up");
    let answer = world
        .api(Method::POST, &follow_up, Some(&token), &report)
        .await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.body);
    let answer = world
        .api(Method::POST, &follow_up, Some(&token), &report)
        .await;
    assert_problem(&answer, StatusCode::CONFLICT, "conflict");
    let hits = world
        .api(Method::GET, "/hits", Some(&token), "")
        .await
        .json();
    assert_eq!(hits["items"][0]["done"], true);
}

#[tokio::test]
async fn what_is_not_there_is_a_problem_too() {
    let world = World::new().await;
    let token = world.token("v.verifier", "border-check").await;
    for path in [
        "/nothing",
        "/checks/x",
        "/matches/00000000000000000000000000000000",
        "/lists/none/versions",
    ] {
        let answer = world.api(Method::GET, path, Some(&token), "").await;
        assert_problem(&answer, StatusCode::NOT_FOUND, "not-found");
    }
    let answer = world.api(Method::DELETE, "/checks", Some(&token), "").await;
    assert_problem(
        &answer,
        StatusCode::METHOD_NOT_ALLOWED,
        "method-not-allowed",
    );
    for query in ["state=waiting&x=1", "limit=many", "after=x"] {
        let answer = world
            .api(Method::GET, &format!("/matches?{query}"), Some(&token), "")
            .await;
        assert_problem(&answer, StatusCode::BAD_REQUEST, "bad-request");
    }
}

#[tokio::test]
async fn the_log_is_searched_proved_and_verified() {
    let world = World::new().await;
    let token = world.token("s.supervisor", "supervision").await;
    let page = world
        .api(Method::GET, "/audit/entries?limit=2", Some(&token), "")
        .await
        .json();
    assert_eq!(page["items"].as_array().unwrap().len(), 2);
    let sequence = page["items"][0]["leaf"]["sequence"].as_u64().unwrap();
    let path = format!("/audit/entries/{sequence}/proof");
    let proof = world.api(Method::GET, &path, Some(&token), "").await.json();
    assert!(proof["checkpoint"].is_string() && proof["path"].is_array());
    let verified = world
        .api(Method::POST, "/audit/verification", Some(&token), "")
        .await
        .json();
    assert_eq!(verified["whole"], true, "{verified}");
}

#[tokio::test]
async fn accounts_are_made_and_closed_and_no_secret_comes_back() {
    let world = World::new().await;
    let token = world.token("a.admin", "administration").await;
    let new = |role: &str| {
        json!({ "login": "n.new", "name": "New", "role": role, "password": PASSWORD }).to_string()
    };
    let answer = world
        .api(Method::POST, "/accounts", Some(&token), &new("operator"))
        .await;
    assert_problem(&answer, StatusCode::UNPROCESSABLE_ENTITY, "invalid");
    let answer = world
        .api(Method::POST, "/accounts", Some(&token), &new("officer"))
        .await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    assert!(!answer.body.contains("password") && !answer.body.contains("argon2"));
    let answer = world
        .api(Method::POST, "/accounts/n.new/close", Some(&token), "")
        .await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    let answer = world
        .api(Method::POST, "/accounts/n.new/unlock", Some(&token), "")
        .await;
    assert_problem(&answer, StatusCode::CONFLICT, "conflict");
}

#[tokio::test]
async fn the_description_is_the_one_that_was_reviewed() {
    let world = World::new().await;
    let answer = world.api(Method::GET, "/openapi.json", None, "").await;
    insta::assert_snapshot!("openapi", answer.body);
}
