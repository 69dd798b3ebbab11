//! Alerts on the pages: entered by steps, seen, changed, withdrawn; and what reaches a partner.

use axum::http::StatusCode;
use egnatia_testkit::TestNode;

use crate::world::{Browser, World, link};

/// What somebody fills in for an alert on a person.
pub const FILLED: [(&str, &str); 13] = [
    ("category", "foreign-terrorist-fighter"),
    ("about", "person"),
    ("family_name", "Измислени"),
    ("given_names", "Зоран"),
    ("aliases", "Zoran Izmisleni"),
    ("births", "2.3.1985"),
    ("reason", "travelled to join a terrorist group"),
    ("decision", "KTN 14/26"),
    ("release", "anybody"),
    ("source", "A"),
    ("accuracy", "1"),
    ("subject", "suspect"),
    ("warnings", "armed"),
];

/// The form with other values in some fields.
pub fn filled_but(but: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    let kept = FILLED
        .into_iter()
        .filter(|(name, _)| but.iter().all(|(other, _)| name != other));
    kept.chain(but.iter().copied()).collect()
}

/// A node with an accepted partner on each of two sides; the second has no arrangement.
pub async fn world_with_partners() -> (World, TestNode, TestNode) {
    let node = TestNode::new("mk-mvr", "MK").await;
    let tirana = TestNode::new("al-asp", "AL").await;
    let belgrade = TestNode::new("rs-mup", "RS").await;
    node.trust(&tirana).await;
    tirana.trust(&node).await;
    node.accept(&belgrade).await;
    belgrade.accept(&node).await;
    (World::of(node, false, None).await, tirana, belgrade)
}

pub async fn entered(browser: &mut Browser, but: &[(&'static str, &'static str)]) -> String {
    browser.get("/alerts/new").await;
    let answer = browser.post("/alerts", &filled_but(but)).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    answer.location().split('?').next().unwrap().to_owned()
}

#[tokio::test]
async fn an_alert_is_entered_by_steps_and_says_where_it_goes() {
    let (world, tirana, _) = world_with_partners().await;
    let mut browser = world.justified("v.verifier", "terrorism").await;
    let page = browser.get("/alerts/new").await.body;
    let form = link(&page, "/alerts/new/foreign-terrorist-fighter");
    let page = browser.get(&form).await.body;
    assert!(page.contains("The person must not learn of it"), "{page}");
    assert!(
        !page.contains("name=\"proportionality\""),
        "terrorism needs no note"
    );

    let before = world.held().await.1;
    let preview = browser.post("/alerts/preview", &FILLED).await;
    assert_eq!(preview.status, StatusCode::OK, "{}", preview.body);
    let says = "Goes to Authority al-asp. Does not go to Authority rs-mup.";
    assert!(preview.body.contains(says), "{}", preview.body);
    assert!(preview.body.contains("No arrangement with this partner"));
    assert!(preview.body.contains("Convention of the tests with AL"));
    assert_eq!(world.held().await.1, before, "a preview stores nothing");

    let answer = browser.post("/alerts", &FILLED).await;
    let page = browser.get(answer.location()).await.body;
    for text in [
        "Зоран Измислени",
        "KTN 14/26",
        "Waits",
        "Authority al-asp",
        "Armed",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    world.node.deliver_to(&tirana).await;
    let path = answer.location().split('?').next().unwrap().to_owned();
    let page = browser.get(&path).await.body;
    assert!(page.contains("Delivered, and signed for"), "{page}");
    assert!(browser.get("/alerts").await.body.contains(&path));
}

#[tokio::test]
async fn everything_that_is_wrong_is_said_at_once_and_nothing_is_lost() {
    let world = World::new().await;
    let mut browser = world.justified("v.verifier", "terrorism").await;
    browser.get("/alerts/new").await;
    let wrong = filled_but(&[
        ("births", "31.2.1971"),
        ("reason", "x"),
        ("source", ""),
        ("codes", "H3"),
    ]);
    let answer = browser.post("/alerts/preview", &wrong).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    for id in [
        "births-error",
        "reason-error",
        "source-error",
        "restriction-error",
    ] {
        assert!(answer.body.contains(id), "{id}: {}", answer.body);
    }
    assert!(answer.body.contains("value=\"Измислени\"") && answer.body.contains("31.2.1971"));

    // What only the use case finds stands beside its field too.
    let nameless = filled_but(&[("family_name", ""), ("aliases", "")]);
    let answer = browser.post("/alerts/preview", &nameless).await;
    assert!(answer.body.contains("family_name-error"), "{}", answer.body);
    let note = filled_but(&[("category", "arrest"), ("proportionality", "")]);
    let answer = browser.post("/alerts/preview", &note).await;
    assert!(
        answer.body.contains("proportionality-error"),
        "{}",
        answer.body
    );
    for (category, about) in [("arrest", "object"), ("nothing", "person"), ("arrest", "x")] {
        let other = filled_but(&[("category", category), ("about", about)]);
        let answer = browser.post("/alerts/preview", &other).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(world.held().await.1, World::new().await.held().await.1);
}

#[tokio::test]
async fn a_like_alert_has_to_be_looked_at_first() {
    let world = World::new().await;
    let mut browser = world.justified("v.verifier", "terrorism").await;
    let first = entered(&mut browser, &[]).await;
    let preview = browser.post("/alerts/preview", &FILLED).await;
    assert!(preview.body.contains("Is it the same?"), "{}", preview.body);
    assert!(preview.body.contains(&format!("href=\"{first}\"")));
    let refused = browser.post("/alerts", &FILLED).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        refused.body.contains("class=\"errors\""),
        "{}",
        refused.body
    );

    let id = first.rsplit('/').next().unwrap().to_owned();
    let mut fields: Vec<(&str, &str)> = FILLED.to_vec();
    fields.extend([
        ("different_from", id.as_str()),
        ("distinguished_by", "a scar"),
    ]);
    let answer = browser.post("/alerts", &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    assert!(browser.get(answer.location()).await.body.contains("a scar"));
}

#[tokio::test]
async fn an_alert_is_corrected_extended_flagged_and_withdrawn() {
    let (world, tirana, _) = world_with_partners().await;
    let mut browser = world.justified("v.verifier", "terrorism").await;
    let path = entered(&mut browser, &[]).await;
    world.node.deliver_to(&tirana).await;

    let page = browser.get(&format!("{path}/correction")).await.body;
    assert!(
        page.contains("value=\"Измислени\"") && page.contains("1985-03-02"),
        "{page}"
    );
    let fields = filled_but(&[("decision", "KTN 99/26")]);
    let answer = browser.post(&format!("{path}/correction"), &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let refused = filled_but(&[("decision", "")]);
    let answer = browser.post(&format!("{path}/correction"), &refused).await;
    assert!(answer.body.contains("decision-error"), "{}", answer.body);

    let act = format!("{path}/extend");
    let answer = browser.post(&act, &[("assessment", "x")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains("assessment-error"));
    let answer = browser.post(&act, &[("assessment", "still abroad")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let fields = [
        ("flag_authority", "al-asp"),
        ("flag_reason", "own proceedings"),
    ];
    let answer = browser.post(&format!("{path}/flag"), &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);

    let act = format!("{path}/withdraw");
    let answer = browser
        .post(&act, &[("withdraw_reason", "it is over")])
        .await;
    assert!(answer.body.contains("why-error"), "{}", answer.body);
    let fields = [("why", "withdrawn"), ("withdraw_reason", "it is over")];
    let answer = browser.post(&act, &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let page = browser.get(&path).await.body;
    for text in [
        "KTN 99/26",
        "still abroad",
        "own proceedings",
        "it is over",
        "Recall",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(!page.contains(&format!("action=\"{path}/withdraw\"")));
    let answer = browser.post(&act, &fields).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
}

#[tokio::test]
async fn an_officer_sees_alerts_and_changes_none() {
    let (world, tirana, _) = world_with_partners().await;
    let mut verifier = world.justified("v.verifier", "terrorism").await;
    let path = entered(&mut verifier, &[]).await;
    let mut officer = world.justified("o.officer", "border-check").await;
    let page = officer.get(&path).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(
        !page.body.contains(&format!("action=\"{path}/")),
        "{}",
        page.body
    );
    for act in ["extend", "flag", "withdraw", "ask", "correction"] {
        let answer = officer.post(&format!("{path}/{act}"), &[]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{act}");
    }
    for path in ["/alerts", "/alerts/preview"] {
        let answer = officer.post(path, &FILLED).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path}");
    }

    // A partner sees it, and cannot change it either.
    world.node.deliver_to(&tirana).await;
    let tirana = World::of(tirana, false, None).await;
    let mut browser = tirana.justified("v.verifier", "terrorism").await;
    let page = browser.get("/alerts?list=received").await.body;
    let received = link(&page, "/alerts/");
    let page = browser.get(&received).await.body;
    assert!(page.contains("Authority mk-mvr"), "{page}");
    assert!(page.contains(&format!("action=\"{received}/ask\"")));
    let fields = [("assessment", "still abroad")];
    let answer = browser.post(&format!("{received}/extend"), &fields).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn what_a_check_finds_among_alerts_leads_to_the_alert() {
    let (world, tirana, _) = world_with_partners().await;
    let mut verifier = world.justified("v.verifier", "terrorism").await;
    entered(&mut verifier, &[]).await;
    world.node.deliver_to(&tirana).await;
    let tirana = World::of(tirana, false, None).await;
    let mut browser = tirana.justified("v.verifier", "border-check").await;
    let answer = browser.check("Zoran Izmisleni").await;
    let page = browser.get(&answer).await.body;
    assert!(page.contains("Alert of Authority mk-mvr"), "{page}");
    assert!(
        page.contains("href=\"/alerts\"") && !page.contains("/lists/alerts"),
        "{page}"
    );
    assert!(
        !page.contains("terrorist"),
        "nothing on the screen of a check says what it is about"
    );
    let found = link(&page, "/matches/");
    let page = browser.get(&found).await.body;
    assert!(
        page.contains("Alert of Authority mk-mvr") && !page.contains("/entries/"),
        "{page}"
    );
    let alert = link(&page, "/alerts/");
    assert_eq!(browser.get(&alert).await.status, StatusCode::OK);
    let fields = [("outcome", "confirmed"), ("reason", "same document")];
    let answer = browser.post(&format!("{found}/decision"), &fields).await;
    let page = browser.get(answer.location()).await.body;
    assert!(
        page.contains(&alert) && !page.contains("/entries/"),
        "{page}"
    );
}

#[tokio::test]
async fn an_object_is_known_by_its_number() {
    let world = World::new().await;
    let mut browser = world.justified("v.verifier", "serious-crime").await;
    let page = browser.get("/alerts/new/object-seizure/object").await.body;
    assert!(!page.contains("name=\"family_name\"") && !page.contains("name=\"subject\""));
    let mut fields = vec![
        ("category", "object-seizure"),
        ("about", "object"),
        ("object", "firearm"),
        ("reason", "stolen from a store"),
        ("decision", "KO 7/26"),
        ("release", "nobody"),
        ("source", "B"),
        ("accuracy", "2"),
    ];
    let refused = browser.post("/alerts/preview", &fields).await;
    assert!(
        refused.body.contains("document_number_1-error"),
        "{}",
        refused.body
    );
    fields.extend([
        ("document_kind_1", "serial"),
        ("document_number_1", "AB0O1Il"),
    ]);
    let answer = browser.post("/alerts", &fields).await;
    let page = browser.get(answer.location()).await.body;
    assert!(
        page.contains("AB0O1Il") && page.contains("Firearm"),
        "{page}"
    );
    assert!(page.contains("Stays here"), "{page}");
}
