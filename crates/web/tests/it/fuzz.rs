//! Whatever is sent: never a panic, never a mistake of the node.

use std::panic::AssertUnwindSafe;

use axum::body::Body;
use axum::http::{Method, Request, header};

use crate::world::{World, ask};

const POSTS: [&str; 8] = [
    "/api/v1/checks",
    "/api/v1/sessions",
    "/api/v1/accounts",
    "/api/v1/matches/07070707070707070707070707070707/decision",
    "/api/v1/hits/07070707070707070707070707070707/follow-up",
    "/check",
    "/sign-in",
    "/justification",
];

/// Sends these bytes to every address that takes a body, as somebody who may.
fn send(
    runtime: &tokio::runtime::Runtime,
    world: &World,
    who: &(String, String, String),
    bytes: &[u8],
) {
    let (token, cookie, csrf) = who;
    for path in POSTS {
        let json = path.starts_with("/api");
        let kind = if json {
            "application/json"
        } else {
            "application/x-www-form-urlencoded"
        };
        let mut body = bytes.to_vec();
        if !json {
            body.extend_from_slice(format!("&csrf={csrf}").as_bytes());
        }
        let request = Request::builder()
            .method(Method::POST)
            .uri(path)
            .header(header::CONTENT_TYPE, kind)
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header(header::COOKIE, cookie)
            .body(Body::from(body))
            .unwrap();
        let answer = runtime.block_on(ask(&world.router, request));
        assert!(!answer.status.is_server_error(), "{path}: {}", answer.body);
    }
}

#[test]
fn no_body_breaks_the_node() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let (world, who) = runtime.block_on(async {
        let world = World::new().await;
        let token = world.token("v.verifier", "border-check").await;
        let browser = world.justified("v.verifier", "border-check").await;
        let who = (token, browser.cookie.clone().unwrap(), browser.csrf.clone());
        (world, who)
    });
    for seed in [
        &b"q=%F0%9F%92%A9&birth_date=99999999999999"[..],
        b"q=P%3CUTO%3C%3C&document=%00%01",
        br#"{"name":"\u0000","purpose":"border-check","case":"C-1"}"#,
        br#"{"names":["a","b"],"birth_date":"~0001..9999","purpose":"border-check","case":"C-1","limit":65535}"#,
        br#"{"login":"","password":""}"#,
    ] {
        send(&runtime, &world, &who, seed);
    }
    // A panic ends the test, so that nobody sees what it left behind.
    let ask = AssertUnwindSafe(|bytes: &[u8]| send(&runtime, &world, &who, bytes));
    bolero::check!()
        .with_iterations(400)
        .with_type::<Vec<u8>>()
        .for_each(|bytes| ask(bytes));
}
