//! An alert ends, goes by a derogation, is handled otherwise; a covert one says so at every step; a
//! table of alerts comes in.

use axum::http::{Method, StatusCode};
use egnatia_record::Gate;
use egnatia_testkit::{TestNode, administrator, arrangement_with};
use serde_json::json;

use crate::alerts::{entered, world_with_partners};
use crate::world::{Browser, World, link};

/// A witness whose place is asked for.
const SOUGHT: [(&str, &str); 2] = [
    ("category", "judicial-procedure"),
    ("proportionality", "a witness in a case of serious crime"),
];

#[tokio::test]
async fn the_issuer_is_asked_to_end_an_alert_whose_purpose_is_achieved() {
    let (world, ..) = world_with_partners().await;
    let mut browser = world.justified("v.verifier", "terrorism").await;
    let path = entered(&mut browser, &SOUGHT).await;
    let (achieved, keep) = (format!("{path}/achieved"), format!("{path}/keep"));
    let page = browser.get(&path).await.body;
    assert!(page.contains(&format!("action=\"{achieved}\"")), "{page}");
    assert!(!page.contains(&format!("action=\"{keep}\"")), "{page}");
    let refused = browser.post(&achieved, &[("achieved_why", "-")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    let fields = [("achieved_why", "the court has the address")];
    let answer = browser.post(&achieved, &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let page = browser.get(answer.location()).await.body;
    for text in [
        "The purpose of this alert is achieved",
        "the court has the address",
        "15 d left",
        "deletes the alert by itself",
        "v.verifier says so",
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    assert!(!page.contains(&format!("action=\"{achieved}\"")), "{page}");
    let inbox = browser.get("/inbox").await.body;
    assert!(inbox.contains("Its purpose is achieved"), "{inbox}");
    let question = link(&inbox, "/inquiries/");
    let page = browser.get(&question).await.body;
    assert!(page.contains("on the page of the alert"), "{page}");

    let mut officer = world.justified("o.officer", "border-check").await;
    let answer = officer.post(&keep, &[("keep_why", "somebody else")]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    let answer = browser
        .post(&keep, &[("keep_why", "it was somebody else")])
        .await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let page = browser.get(&path).await.body;
    assert!(!page.contains("15 d left"), "{page}");
    let page = browser.get(&question).await.body;
    assert!(page.contains("The alert stays"), "{page}");
    let again = browser
        .post(&keep, &[("keep_why", "it was somebody else")])
        .await;
    assert_eq!(again.status, StatusCode::CONFLICT);

    // A hit does not end an alert for a check.
    let somebody_else = [
        ("family_name", "Petrovski"),
        ("given_names", "Darko"),
        ("aliases", ""),
        ("births", "5.3.1971"),
    ];
    let path = entered(&mut browser, &somebody_else).await;
    let page = browser.get(&path).await.body;
    assert!(!page.contains("/achieved\""), "{page}");
    let token = world.token("v.verifier", "terrorism").await;
    let uri = format!("{path}/achieved");
    let body = json!({ "why": "seen at a border" }).to_string();
    let answer = world.api(Method::POST, &uri, Some(&token), &body).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
}

/// The node has a covert alert of a partner, and a check that agrees with it.
async fn found_covertly() -> (World, Browser, String) {
    let (world, tirana, _) = world_with_partners().await;
    let other = World::of(tirana, false, None).await;
    let mut theirs = other.justified("v.verifier", "terrorism").await;
    entered(&mut theirs, &[]).await;
    other.node.deliver_to(&world.node).await;
    let mut browser = world.justified("v.verifier", "border-check").await;
    let answer = browser.check("Zoran Izmisleni").await;
    let page = browser.get(&answer).await.body;
    let path = link(&page, "/matches/");
    (world, browser, path)
}

const COVERT: &str = "The person must not learn of it";

#[tokio::test]
async fn that_the_person_must_not_learn_of_it_stands_on_match_and_hit() {
    let (world, mut browser, path) = found_covertly().await;
    let page = browser.get(&path).await.body;
    assert!(page.contains(COVERT), "{page}");
    let token = world.token("v.verifier", "border-check").await;
    let shown = world.api(Method::GET, &path, Some(&token), "").await.json();
    assert_eq!(shown["covert"], true);
    let fields = [("outcome", "confirmed"), ("reason", "same document")];
    let answer = browser.post(&format!("{path}/decision"), &fields).await;
    let hit = answer.location().split('?').next().unwrap().to_owned();
    let page = browser.get(&hit).await.body;
    assert!(page.contains(COVERT), "{page}");
    let shown = world.api(Method::GET, &hit, Some(&token), "").await.json();
    assert_eq!(shown["covert"], true);
}

#[tokio::test]
async fn a_transfer_by_a_derogation_is_justified_on_the_page_and_listed() {
    let node = TestNode::new("mk-mvr", "MK").await;
    let belgrade = TestNode::new("rs-mup", "RS").await;
    node.accept(&belgrade).await;
    belgrade.trust(&node).await;
    let mut derogation = arrangement_with(belgrade.partner);
    derogation.gate = Gate::Derogation;
    node.app
        .put_arrangement(&administrator(), None, derogation)
        .await
        .unwrap();
    let world = World::of(node, false, None).await;
    let mut browser = world.justified("v.verifier", "terrorism").await;
    let path = entered(&mut browser, &[]).await;
    let justify = format!("{path}/justify");
    let page = browser.get(&path).await.body;
    assert!(page.contains("nobody has justified"), "{page}");
    assert!(page.contains(&format!("action=\"{justify}\"")), "{page}");
    let filled = |derogation, justification| {
        [
            ("justify_to", "rs-mup"),
            ("derogation", derogation),
            ("justification", justification),
        ]
    };
    for (fields, error) in [
        (
            filled("", "an attack is being prepared"),
            "derogation-error",
        ),
        (filled("immediate-threat", "-"), "justification-error"),
        (filled("individual-case", "needed in court"), "rights-error"),
    ] {
        let answer = browser.post(&justify, &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.body.contains(error), "{error}: {}", answer.body);
    }
    assert_eq!(world.node.deliver_to(&belgrade).await.delivered, 0);
    let fields = filled("immediate-threat", "an attack is being prepared");
    let answer = browser.post(&justify, &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    assert_eq!(world.node.deliver_to(&belgrade).await.delivered, 1);

    let mut officer = world.justified("d.protection", "supervision").await;
    let page = officer.get("/transfers").await.body;
    for text in [
        "an attack is being prepared",
        "Authority rs-mup",
        "Immediate and serious threat",
        "v.verifier",
        path.as_str(),
    ] {
        assert!(page.contains(text), "{text}: {page}");
    }
    let token = world.token("d.protection", "supervision").await;
    let listed = world.api(Method::GET, "/transfers", Some(&token), "").await;
    let listed = listed.json();
    assert_eq!(listed["items"][0]["transfer"]["to"], "rs-mup");
    assert_eq!(listed["items"][0]["deliveries"][0]["state"], "delivered");
}

#[tokio::test]
async fn handling_is_corrected_by_a_form_that_knows_how_it_is() {
    let (world, tirana, _) = world_with_partners().await;
    let mut browser = world.justified("v.verifier", "terrorism").await;
    let path = entered(&mut browser, &[("codes", "H2")]).await;
    world.node.deliver_to(&tirana).await;
    let form = format!("{path}/handling");
    let page = browser.get(&path).await.body;
    assert!(page.contains(&format!("href=\"{form}\"")), "{page}");
    let page = browser.get(&form).await.body;
    assert!(page.contains("value=\"anybody\" selected"), "{page}");
    assert!(page.contains("value=\"H2\" checked"), "{page}");
    let refused = browser
        .post(&form, &[("release", ""), ("origin", "national")])
        .await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    for field in ["release-error", "handling_why-error"] {
        assert!(refused.body.contains(field), "{field}: {}", refused.body);
    }
    let fields = [
        ("release", "nobody"),
        ("origin", "national"),
        ("handling_why", "only for this authority"),
    ];
    let answer = browser.post(&form, &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let page = browser.get(answer.location()).await.body;
    assert!(page.contains("for this authority only"), "{page}");
    world.node.deliver_to(&tirana).await;
    let theirs = World::of(tirana, false, None).await;
    let mut other = theirs.justified("v.verifier", "terrorism").await;
    let gone = other.get(&path).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND, "it was erased there");
}

const TABLE: &str = "Surname;First name;Date of birth;Category;Why;Warrant;Colour\n\
                     Zamisleni;Petar;5.3.1971;26;armed robbery;KTN 1/26;red\n\
                     Shpikur;Ilir;1968;arrest;fraud of a bank;KTN 2/26;blue\n";

/// What holds for the whole table.
const WHOLE: [(&str, &str); 5] = [
    ("release", "anybody"),
    ("source", "A"),
    ("accuracy", "1"),
    ("subject", "suspect"),
    ("proportionality", "serious crimes"),
];

fn checksum(page: &str) -> String {
    let start = "name=\"checksum\" value=\"";
    let rest = page.split_once(start).map_or("", |(_, rest)| rest);
    rest.chars().take_while(|letter| *letter != '"').collect()
}

#[tokio::test]
async fn a_table_of_alerts_is_read_checked_and_entered_whole() {
    let (world, ..) = world_with_partners().await;
    let mut browser = world.justified("v.verifier", "serious-crime").await;
    browser.get("/alerts/import").await;
    let none = browser.upload("/alerts/import/file", &[("rows", "")]).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    let answer = browser
        .upload("/alerts/import/file", &[("rows", TABLE)])
        .await;
    assert_eq!(answer.location(), "/alerts/import/new", "{}", answer.body);
    let page = browser.get("/alerts/import/new").await.body;
    for text in ["Surname", "family-name", "Colour", "not read", "2"] {
        assert!(page.contains(text), "{text}: {page}");
    }
    let sum = checksum(&page);
    let post = async |browser: &mut Browser, step: &str, more: &[(&str, &str)]| {
        let mut fields = vec![("step", step), ("checksum", sum.as_str())];
        fields.extend(WHOLE);
        fields.extend(more);
        browser.post("/alerts/import", &fields).await
    };
    // The column of reasons is not known by its heading.
    let before = world.held().await.1;
    let answer = post(&mut browser, "check", &[]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        answer.body.contains("2 things are wrong"),
        "{}",
        answer.body
    );
    assert!(answer.body.contains("in the form"), "{}", answer.body);
    assert!(!answer.body.contains("value=\"enter\""), "{}", answer.body);
    let enter = post(&mut browser, "enter", &[]).await;
    assert_eq!(enter.status, StatusCode::UNPROCESSABLE_ENTITY);

    let columns = [("columns", "reason=Why")];
    let answer = post(&mut browser, "check", &columns).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert!(
        answer.body.contains("2 alerts may be entered"),
        "{}",
        answer.body
    );
    assert!(
        answer.body.contains("Enter all 2 alerts"),
        "{}",
        answer.body
    );
    assert_eq!(world.held().await.1, before, "nothing is entered yet");
    let answer = post(&mut browser, "enter", &columns).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let page = browser.get(answer.location()).await.body;
    for name in ["Zamisleni", "Shpikur"] {
        assert!(page.contains(name), "{name}: {page}");
    }
    // It is entered, and waits no more.
    let gone = post(&mut browser, "enter", &columns).await;
    assert_eq!(gone.status, StatusCode::UNPROCESSABLE_ENTITY);
    browser
        .upload("/alerts/import/file", &[("rows", TABLE)])
        .await;
    let answer = post(&mut browser, "check", &columns).await;
    assert!(
        answer.body.contains("All rows were entered before"),
        "{}",
        answer.body
    );
}

#[tokio::test]
async fn one_wrong_row_keeps_the_whole_table_out() {
    let (world, ..) = world_with_partners().await;
    let mut browser = world.justified("v.verifier", "serious-crime").await;
    browser.get("/alerts/import").await;
    let table = TABLE
        .replace(";Why;", ";Reason;")
        .replace("1968", "someday");
    browser
        .upload("/alerts/import/file", &[("rows", &table)])
        .await;
    let page = browser.get("/alerts/import/new").await.body;
    let sum = checksum(&page);
    let mut fields = vec![("step", "enter"), ("checksum", sum.as_str())];
    fields.extend(WHOLE);
    let answer = browser.post("/alerts/import", &fields).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    for text in ["One thing is wrong", "This is no date", "Birth date"] {
        assert!(answer.body.contains(text), "{text}: {}", answer.body);
    }
    let page = browser.get("/alerts").await.body;
    assert!(!page.contains("Zamisleni"), "{page}");
    let mut officer = world.justified("o.officer", "border-check").await;
    assert_eq!(
        officer.post("/alerts/import", &fields).await.status,
        StatusCode::FORBIDDEN
    );
}
