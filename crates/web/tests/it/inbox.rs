//! Questions and reports of hits: they come, they are answered and followed up, they become late.

use axum::http::StatusCode;
use egnatia_testkit::later;

use crate::alerts::{entered, world_with_partners};
use crate::world::{Browser, World, link};

/// Two nodes; the second has received an alert of the first and its page is open there.
async fn asked() -> (World, World, Browser, Browser, String) {
    let (world, tirana, _) = world_with_partners().await;
    let mut browser = world.justified("v.verifier", "terrorism").await;
    entered(&mut browser, &[]).await;
    world.node.deliver_to(&tirana).await;
    let other = World::of(tirana, false, None).await;
    let mut theirs = other.justified("v.verifier", "terrorism").await;
    let page = theirs.get("/alerts?list=received").await.body;
    let alert = link(&page, "/alerts/");
    theirs.get(&alert).await;
    (world, other, browser, theirs, alert)
}

#[tokio::test]
async fn a_question_is_asked_answered_and_the_answer_comes_back() {
    let (world, other, mut browser, mut theirs, alert) = asked().await;
    let ask = format!("{alert}/ask");
    let answer = theirs.post(&ask, &[("text", "which passport?")]).await;
    assert!(answer.body.contains("matter-error"), "{}", answer.body);
    let fields = [
        ("matter", "supplementary-information"),
        ("text", "which passport?"),
    ];
    let answer = theirs.post(&ask, &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let inbox = theirs.get("/inbox").await.body;
    assert!(inbox.contains("to Authority mk-mvr"), "{inbox}");
    other.node.deliver_to(&world.node).await;

    let inbox = browser.get("/inbox").await.body;
    assert!(
        inbox.contains("which passport?") && inbox.contains("12 h left"),
        "{inbox}"
    );
    assert!(inbox.contains("from Authority al-asp"));
    let question = link(&inbox, "/inquiries/");
    let page = browser.get(&question).await.body;
    assert!(page.contains("name=\"ground\"") && page.contains(&format!("{question}/answer")));
    let form = format!("{question}/answer");
    for (fields, wrong) in [
        (vec![("text", "AB1234567")], "decision-error"),
        (vec![("decision", "words"), ("text", "x")], "text-error"),
        (
            vec![("decision", "refused"), ("text", "not now")],
            "ground-error",
        ),
    ] {
        let answer = browser.post(&form, &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.body.contains(wrong), "{wrong}: {}", answer.body);
    }
    let fields = [
        ("decision", "refused"),
        ("ground", "investigation-or-safety"),
        ("text", "not before the arrest"),
    ];
    let answer = browser.post(&form, &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    let page = browser.get(answer.location()).await.body;
    assert!(
        page.contains("not before the arrest") && !page.contains("/answer\""),
        "{page}"
    );
    let twice = browser.post(&form, &fields).await;
    assert_eq!(twice.status, StatusCode::CONFLICT);

    world.node.deliver_to(&other.node).await;
    let page = theirs.get("/inquiries").await.body;
    let own = link(&page, "/inquiries/");
    let page = theirs.get(&own).await.body;
    assert!(page.contains("not before the arrest"), "{page}");
    assert!(page.contains("An investigation under way"), "{page}");
    assert!(theirs.get(&alert).await.body.contains(&own));
}

#[tokio::test]
async fn a_hit_of_a_partner_is_reported_followed_up_and_late_in_between() {
    let (world, other, mut browser, mut theirs, _) = asked().await;
    let answer = theirs.check("Zoran Izmisleni").await;
    let found = link(&theirs.get(&answer).await.body, "/matches/");
    let fields = [("outcome", "confirmed"), ("reason", "same document")];
    theirs.post(&format!("{found}/decision"), &fields).await;
    other.node.deliver_to(&world.node).await;

    let inbox = browser.get("/inbox").await.body;
    assert!(
        inbox.contains("Hit: Зоран Измислени") && inbox.contains("Urgent"),
        "{inbox}"
    );
    assert!(
        inbox.contains("class=\"count\""),
        "it is counted in the rail"
    );
    assert!(!inbox.contains("notice late"));
    world.node.clock.set(later(2));
    let mut browser = world.justified("v.verifier", "terrorism").await;
    let inbox = browser.get("/inbox").await.body;
    assert!(
        inbox.contains("notice late") && inbox.contains("late by 1 h"),
        "{inbox}"
    );

    let report = link(&inbox, "/hit-reports/");
    let page = browser.get(&report).await.body;
    assert!(
        page.contains("Authority al-asp") && page.contains("href=\"/alerts/"),
        "{page}"
    );
    let form = format!("{report}/follow-up");
    let answer = browser.post(&form, &[("report", " ")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer.body.contains("report-error"));
    let fields = [("report", "a team is on its way")];
    let answer = browser.post(&form, &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
    assert!(
        browser
            .get(&report)
            .await
            .body
            .contains("a team is on its way")
    );
    let inbox = browser.get("/inbox").await.body;
    assert!(inbox.contains("Nothing is to be answered"), "{inbox}");
    assert!(
        browser
            .get("/hit-reports")
            .await
            .body
            .contains("Followed up")
    );
    assert_eq!(
        browser.post(&form, &fields).await.status,
        StatusCode::CONFLICT
    );
}

#[tokio::test]
async fn an_officer_reads_what_came_and_answers_nothing() {
    let (world, other, _, mut theirs, alert) = asked().await;
    let fields = [("matter", "correction"), ("text", "the year is wrong")];
    theirs.post(&format!("{alert}/ask"), &fields).await;
    other.node.deliver_to(&world.node).await;
    let mut officer = world.justified("o.officer", "border-check").await;
    let question = link(&officer.get("/inquiries").await.body, "/inquiries/");
    let page = officer.get(&question).await.body;
    assert!(
        page.contains("the year is wrong") && !page.contains("/answer\""),
        "{page}"
    );
    let fields = [("decision", "granted"), ("text", "it is corrected")];
    let answer = officer.post(&format!("{question}/answer"), &fields).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    let missing = format!("/inquiries/{}", "0".repeat(32));
    assert_eq!(officer.get(&missing).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn arrivals_are_shown_and_followed_without_names() {
    let (world, other, _, mut theirs, alert) = asked().await;
    let page = theirs.get("/arrivals").await.body;
    assert!(page.contains(&format!("href=\"{alert}\"")), "{page}");
    assert!(page.contains("data-count=\"alerts\">1<"), "{page}");
    let event = theirs.first_event("/events").await;
    assert_eq!(
        event,
        "event: arrivals\ndata: {\"matches\":0,\"to_answer\":0,\"alerts\":1}\n\n"
    );
    let mut nobody = other.visitor();
    assert_eq!(nobody.get("/events").await.status, StatusCode::SEE_OTHER);
    let mut supervisor = world.justified("s.supervisor", "supervision").await;
    assert_eq!(
        supervisor.get("/events").await.status,
        StatusCode::FORBIDDEN
    );
}
