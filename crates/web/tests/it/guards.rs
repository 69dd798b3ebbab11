//! Nobody gets in without signing in, no form from elsewhere is taken, every answer is guarded.

use axum::http::{Method, StatusCode, header};

use crate::world::{PASSWORD, World};

#[tokio::test]
async fn a_wrong_password_and_an_unknown_login_are_refused_in_the_same_words() {
    let world = World::new().await;
    let mut browser = world.visitor();
    let mut refusals = Vec::new();
    for login in ["o.officer", "nobody"] {
        let fields = [("login", login), ("password", "wrong password")];
        let answer = browser.post("/sign-in", &fields).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert!(
            answer.body.contains(&format!("value=\"{login}\"")),
            "the login is kept"
        );
        refusals.push(answer.body.replace(login, ""));
    }
    assert_eq!(refusals[0], refusals[1]);
    assert!(browser.cookie.is_none());
}

#[tokio::test]
async fn every_page_leads_to_the_log_in_and_back() {
    let world = World::new().await;
    let mut browser = world.visitor();
    for path in [
        "/",
        "/check",
        "/inbox",
        "/hits?after=x",
        "/lists",
        "/audit",
        "/users",
        "/matches/1",
    ] {
        let answer = browser.get(path).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{path}");
        assert!(answer.location().starts_with("/sign-in?next=%2F"), "{path}");
    }
    let fields = [
        ("login", "o.officer"),
        ("password", PASSWORD),
        ("next", "/inbox"),
    ];
    assert_eq!(browser.post("/sign-in", &fields).await.location(), "/inbox");
}

#[tokio::test]
async fn the_log_in_never_leads_to_another_site() {
    let world = World::new().await;
    for next in [
        "https://elsewhere.example",
        "//elsewhere.example",
        "/\\elsewhere.example",
    ] {
        let mut browser = world.visitor();
        let fields = [
            ("login", "o.officer"),
            ("password", PASSWORD),
            ("next", next),
        ];
        assert_eq!(browser.post("/sign-in", &fields).await.location(), "/");
    }
}

#[tokio::test]
async fn the_cookie_is_out_of_reach_and_tied_to_tls_where_there_is_tls() {
    for secure in [false, true] {
        let world = World::with(secure).await;
        let fields = [("login", "o.officer"), ("password", PASSWORD)];
        let answer = world.visitor().post("/sign-in", &fields).await;
        let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
        assert!(cookie.contains("; HttpOnly; SameSite=Strict"), "{cookie}");
        assert_eq!(
            cookie.starts_with("__Host-egnatia=") && cookie.contains("; Secure"),
            secure
        );
        let strict = answer
            .headers
            .contains_key(header::STRICT_TRANSPORT_SECURITY);
        assert_eq!(strict, secure);
    }
}

#[tokio::test]
async fn after_signing_out_the_old_cookie_opens_nothing() {
    let world = World::new().await;
    let mut browser = world.signed_in("o.officer").await;
    let old = browser.cookie.clone();
    let answer = browser.post("/sign-out", &[]).await;
    assert_eq!(answer.location(), "/sign-in");
    assert!(browser.cookie.is_none());
    browser.cookie = old;
    assert!(
        browser
            .get("/check")
            .await
            .location()
            .starts_with("/sign-in")
    );
}

#[tokio::test]
async fn a_form_without_the_sessions_token_changes_nothing() {
    let world = World::new().await;
    let mut browser = world.justified("o.officer", "border-check").await;
    let wrong = "x".repeat(browser.csrf.len());
    for csrf in ["", "wrong", &wrong] {
        let fields = [("q", "Anybody"), ("csrf", csrf)];
        let answer = browser.post_bare("/check", &fields, &[]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN);
        assert!(answer.body.contains("bad-origin"));
    }
    let answer = browser.post_bare("/sign-out", &[], &[]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(browser.get("/check").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_form_from_another_site_is_refused_even_with_the_token() {
    let world = World::new().await;
    let mut browser = world.justified("o.officer", "border-check").await;
    let csrf = browser.csrf.clone();
    for header in [
        ("sec-fetch-site", "cross-site"),
        ("origin", "https://elsewhere.example"),
    ] {
        let fields = [("q", "Anybody"), ("csrf", csrf.as_str())];
        let answer = browser.post_bare("/check", &fields, &[header]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{header:?}");
        let fields = [("login", "o.officer"), ("password", PASSWORD)];
        let answer = world
            .visitor()
            .post_bare("/sign-in", &fields, &[header])
            .await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{header:?}");
    }
}

#[tokio::test]
async fn every_answer_has_a_strict_policy_and_is_not_kept() {
    let world = World::new().await;
    let mut browser = world.justified("v.verifier", "border-check").await;
    let found = browser.found().await;
    for path in [
        "/check",
        &found,
        "/inbox",
        "/no-such-page",
        "/healthz",
        "/api/v1/nothing",
    ] {
        let answer = browser.get(path).await;
        let policy = answer.headers[header::CONTENT_SECURITY_POLICY]
            .to_str()
            .unwrap();
        assert!(
            policy.starts_with("default-src 'none'") && !policy.contains("unsafe"),
            "{path}"
        );
        assert!(policy.contains("frame-ancestors 'none'"), "{path}");
        assert_eq!(answer.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store", "{path}");
        assert!(
            !answer.body.contains("style=\"") && !answer.body.contains("<style"),
            "{path}"
        );
        assert!(!answer.body.contains(" onclick"), "{path}");
    }
}

#[tokio::test]
async fn too_many_attempts_are_named_with_the_time_to_wait() {
    let world = World::new().await;
    let mut browser = world.visitor();
    for _ in 0..40 {
        let fields = [("login", "nobody"), ("password", "wrong password")];
        let answer = browser.post("/sign-in", &fields).await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            assert!(answer.headers.contains_key(header::RETRY_AFTER));
            assert!(answer.body.contains("Too many attempts"));
            return;
        }
    }
    panic!("nobody was slowed down");
}

#[tokio::test]
async fn bodies_are_bounded_on_pages_and_in_the_api() {
    let world = World::new().await;
    let long = "x".repeat(70_000);
    let mut browser = world.justified("o.officer", "border-check").await;
    let answer = browser.post("/check", &[("q", &long)]).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    let token = world.token("o.officer", "border-check").await;
    let body = format!("{{\"name\":\"{long}\"}}");
    let answer = world
        .api(Method::POST, "/checks", Some(&token), &body)
        .await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(answer.json()["code"], "too-large");
}

#[tokio::test]
async fn the_node_says_that_it_lives_and_is_ready() {
    let world = World::new().await;
    let mut browser = world.visitor();
    assert_eq!(browser.get("/healthz").await.body, "ok");
    assert_eq!(browser.get("/readyz").await.body, "ready");
}
