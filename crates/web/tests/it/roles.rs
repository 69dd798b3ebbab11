//! What a role may not do is not shown, and not answered either: each role, each page.

use axum::http::{Method, StatusCode};

use crate::world::{ACCOUNTS, World};

/// A page, and who may see it: the first letters of the logins.
const PAGES: [(&str, &str); 48] = [
    ("/alerts/import", "vf"),
    ("/transfers", "ovfd"),
    ("/check", "ovf"),
    ("/inbox", "ovfd"),
    ("/hits", "ovfd"),
    ("/arrivals", "ovfd"),
    ("/inquiries", "ovfd"),
    ("/hit-reports", "ovfd"),
    ("/alerts", "ovfd"),
    ("/alerts?list=received", "ovfd"),
    ("/alerts/new", "vf"),
    ("/alerts/new/arrest/person", "vf"),
    ("/firearms", "vfd"),
    ("/firearms/new", "f"),
    ("/incidents", "vfd"),
    ("/incidents/new", "f"),
    ("/traces", "vfd"),
    ("/traces/new", "f"),
    ("/traces/partners", "vfd"),
    ("/firearms/waiting", "vfd"),
    ("/returns", "vfd"),
    ("/returns/count", "vfd"),
    ("/returns/progress", "vfd"),
    ("/firearms?custody=stolen", "vfd"),
    ("/stores", "kid"),
    ("/stock-goods", "kid"),
    ("/stock-goods/new", "k"),
    ("/stock-holders/new", "k"),
    ("/stock-movements", "kid"),
    ("/stock-movements/new", "k"),
    ("/stocktakes", "kid"),
    ("/stocktakes/new", "ki"),
    ("/stock-cases", "kid"),
    ("/stock-returns", "kid"),
    ("/stock-import", "i"),
    ("/lists", "ovfkida"),
    ("/lists/test-list", "ovfkida"),
    ("/lists/test-list/versions/1", "ovd"),
    ("/lists/import", "a"),
    ("/partners", "ovfkida"),
    ("/region", "ovfkida"),
    ("/own-card", "ovfkida"),
    ("/own-card.json", "ovfkida"),
    ("/arrangements", "ovfkida"),
    ("/arrangements/new", "a"),
    ("/partners/accept", "a"),
    ("/audit", "sd"),
    ("/users", "a"),
];

const API: [(&str, &str); 32] = [
    ("/transfers", "ovfd"),
    ("/checks", "ovfd"),
    ("/matches", "ovfd"),
    ("/hits", "ovfd"),
    ("/alerts", "ovfd"),
    ("/firearms", "vfd"),
    ("/incidents", "vfd"),
    ("/traces", "vfd"),
    ("/trace-answers", "vfd"),
    ("/firearms/waiting", "vfd"),
    ("/traces/partners", "vfd"),
    ("/returns/progress", "vfd"),
    ("/returns", "vfd"),
    ("/stock/overview", "kid"),
    ("/stock/sites", "kid"),
    ("/stock/accounts", "kid"),
    ("/stock/goods?code=1", "kid"),
    ("/stock/movements", "kid"),
    ("/stock/counts", "kid"),
    ("/stock/cases", "kid"),
    ("/stock/returns?period=2026", "kid"),
    ("/inquiries", "ovfd"),
    ("/hit-reports", "ovfd"),
    ("/partners", "ovfkida"),
    ("/own-card", "ovfkida"),
    ("/arrangements", "ovfkida"),
    ("/lists", "ovfkida"),
    ("/lists/test-list/versions", "ovfkida"),
    ("/lists/test-list/versions/1/changes", "ovd"),
    ("/audit/entries", "sd"),
    ("/audit/witnesses", "sd"),
    ("/accounts", "a"),
];

fn purpose_of(login: &str) -> &'static str {
    match login.chars().next() {
        Some('o' | 'v') => "border-check",
        Some('f') => "firearms-trafficking",
        Some('k' | 'i') => "stockpile-security",
        Some('s' | 'd') => "supervision",
        _ => "administration",
    }
}

fn may(who: &str, login: &str) -> bool {
    login
        .chars()
        .next()
        .is_some_and(|first| who.contains(first))
}

#[tokio::test]
async fn each_role_sees_its_pages_and_no_other() {
    let world = World::new().await;
    for (login, _) in ACCOUNTS {
        let mut browser = world.justified(login, purpose_of(login)).await;
        for (path, who) in PAGES {
            let answer = browser.get(path).await;
            let expected = if may(who, login) {
                StatusCode::OK
            } else {
                StatusCode::FORBIDDEN
            };
            assert_eq!(answer.status, expected, "{login} {path}");
        }
    }
}

#[tokio::test]
async fn each_role_is_answered_by_its_part_of_the_api_and_no_other() {
    let world = World::new().await;
    for (login, _) in ACCOUNTS {
        let token = world.token(login, purpose_of(login)).await;
        for (path, who) in API {
            let answer = world.api(Method::GET, path, Some(&token), "").await;
            let expected = if may(who, login) {
                StatusCode::OK
            } else {
                StatusCode::FORBIDDEN
            };
            assert_eq!(answer.status, expected, "{login} {path}");
        }
    }
}

#[tokio::test]
async fn the_rail_shows_only_what_the_role_may_enter() {
    let world = World::new().await;
    for (login, _) in ACCOUNTS {
        let mut browser = world.signed_in(login).await;
        let page = browser.get("/password").await.body;
        let rail = page
            .split("<nav")
            .nth(1)
            .unwrap()
            .split("</nav>")
            .next()
            .unwrap();
        for (path, who) in PAGES {
            if [
                "/check",
                "/inbox",
                "/hits",
                "/alerts",
                "/firearms",
                "/stores",
                "/lists",
                "/partners",
                "/audit",
                "/users",
            ]
            .contains(&path)
            {
                let shown = rail.contains(&format!("href=\"{path}\""));
                assert_eq!(shown, may(who, login), "{login} {path}");
            }
        }
    }
}

#[tokio::test]
async fn nobody_but_a_verifying_officer_decides() {
    let world = World::new().await;
    let found = world
        .justified("o.officer", "border-check")
        .await
        .found()
        .await;
    for login in [
        "o.officer",
        "f.firearms",
        "k.keeper",
        "i.inspector",
        "s.supervisor",
        "d.protection",
        "a.admin",
    ] {
        let mut browser = world.justified(login, purpose_of(login)).await;
        let fields = [("outcome", "confirmed"), ("reason", "I say so")];
        let answer = browser.post(&format!("{found}/decision"), &fields).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{login}");
    }
}

#[tokio::test]
async fn what_is_not_for_somebody_and_what_is_not_there_look_the_same() {
    let world = World::new().await;
    world.token("v.verifier", "border-check").await;
    let found = world
        .justified("v.verifier", "border-check")
        .await
        .found()
        .await;
    let mut other = world.justified("o.officer", "border-check").await;
    let foreign = other.get(&found).await;
    let missing = other.get("/matches/00000000000000000000000000000000").await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
    assert_eq!(missing.status, foreign.status);
    let bare = |body: &str, path: &str| body.replace(&path.replace('/', "%2F"), "");
    assert_eq!(
        bare(&foreign.body, &found),
        bare(&missing.body, "/matches/00000000000000000000000000000000")
    );
}
