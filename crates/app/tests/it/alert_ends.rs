//! An alert whose purpose is achieved, a covert one, and links that not everybody may see.

use std::collections::BTreeSet;

use egnatia_alerts::{InquiryState, Outcome};
use egnatia_app::{AlertList, AlertPurpose, AppError, Caller, NewAlert, Role, Store};
use egnatia_protocol::RecallReason;
use egnatia_record::{Category, Purpose, RecordId};
use egnatia_testkit::{TestNode, later, verifier};
use jiff::SignedDuration;

use crate::exchange::{alert, check, enter, officer, pair, reason};
use crate::world::caller;

const DAYS_15: i64 = 15 * 24;

fn node() -> Caller {
    caller("node:retention", Role::Operator, Purpose::Supervision)
}

/// Somebody whose place is asked for: a hit can end it.
fn sought(name: &str) -> NewAlert {
    let mut new = alert(name);
    new.draft.category = Category::JudicialProcedure;
    new.draft.proportionality = Some(reason("a witness in a case of serious crime"));
    new
}

async fn enter_sought(node: &TestNode, name: &str) -> RecordId {
    let entered = node.app.enter_alert(&verifier(), sought(name)).await;
    entered.unwrap().alert
}

#[tokio::test]
async fn the_issuer_is_told_and_an_alert_that_nobody_answers_for_is_deleted_everywhere() {
    let (mk, al) = pair().await;
    let id = enter_sought(&mk, "Zoran Izmisleni").await;
    mk.deliver_to(&al).await;
    let (matched, _) = check(&al, "Zoran Izmisleni").await[0].clone();
    let found = reason("same document");
    let decided = al
        .app
        .decide(&verifier(), matched, Outcome::Confirmed, found)
        .await
        .unwrap();
    let done = reason("lives in Tirana, told the court");
    al.app
        .finish_follow_up(&verifier(), decided.hit.unwrap(), done)
        .await
        .unwrap();
    al.deliver_to(&mk).await;
    let reports = mk.app.hit_reports(&verifier(), None, 10).await.unwrap();
    assert!(mk.app.asks_purpose(id).await.unwrap());
    mk.app
        .follow_up_report_with(
            &verifier(),
            reports.items[0].id,
            reason("the court has the address"),
            AlertPurpose::Achieved,
        )
        .await
        .unwrap();

    let view = mk.app.view_alert(&verifier(), id).await.unwrap();
    assert!(view.followed_up);
    let notice = view.notice.unwrap().body;
    assert_eq!(notice.text, "the court has the address");
    assert_eq!(notice.due_at, later(DAYS_15));
    assert_eq!(mk.app.to_answer().await.unwrap(), 1);
    let again = reason("told twice");
    let again = mk.app.tell_achieved(&verifier(), id, &again).await;
    assert!(matches!(again, Err(AppError::Conflict(_))), "{again:?}");

    // One moment before the end of the fifteenth day nothing happens.
    mk.clock.advance(SignedDuration::from_hours(DAYS_15));
    assert_eq!(mk.app.act_on_retention(&node()).await.unwrap().erased, 0);
    mk.clock.advance(SignedDuration::from_secs(1));
    assert_eq!(mk.app.act_on_retention(&node()).await.unwrap().erased, 1);
    assert!(mk.store.record(id).await.unwrap().unwrap().body.is_none());
    al.clock
        .advance(SignedDuration::from_secs(DAYS_15 * 3_600 + 1));
    assert_eq!(mk.deliver_to(&al).await.delivered, 1);
    assert!(check(&al, "Zoran Izmisleni").await.is_empty());
    let questions = mk.app.inquiries(&verifier(), None, 10).await.unwrap();
    let InquiryState::Answered(answer) = &questions.items[0].body.state else {
        panic!("{questions:?}");
    };
    assert_eq!(
        (answer.decision.as_deref(), &answer.by),
        (Some("deleted"), &None)
    );
    assert_eq!(mk.app.to_answer().await.unwrap(), 0);
    assert_eq!(mk.app.act_on_retention(&node()).await.unwrap().erased, 0);
}

#[tokio::test]
async fn an_issuer_who_says_why_keeps_the_alert_and_one_who_ends_it_answers_too() {
    let (mk, _) = pair().await;
    let kept = enter_sought(&mk, "Zoran Izmisleni").await;
    let ended = enter_sought(&mk, "Petar Zamisleni").await;
    let none = mk
        .app
        .keep_alert(&verifier(), kept, &reason("not yet"))
        .await;
    assert!(matches!(
        none,
        Err(AppError::Invalid(_) | AppError::Conflict(_))
    ));
    for id in [kept, ended] {
        let why = reason("the person was found");
        mk.app.tell_achieved(&verifier(), id, &why).await.unwrap();
        let told = mk.app.tell_achieved(&officer(), id, &why).await;
        assert!(matches!(told, Err(AppError::Forbidden(_))), "{told:?}");
    }
    let why = reason("it was somebody else");
    mk.app.keep_alert(&verifier(), kept, &why).await.unwrap();
    let found = reason("found");
    mk.app
        .withdraw_alert(&verifier(), ended, found, RecallReason::Withdrawn)
        .await
        .unwrap();
    assert_eq!(mk.app.to_answer().await.unwrap(), 0);
    let questions = mk.app.inquiries(&verifier(), None, 10).await.unwrap();
    let mut answers: Vec<String> = questions
        .items
        .iter()
        .map(|item| match &item.body.state {
            InquiryState::Answered(answer) => answer.decision.clone().unwrap(),
            InquiryState::Open => "open".to_owned(),
        })
        .collect();
    answers.sort_unstable();
    assert_eq!(answers, ["ended", "kept"]);

    mk.clock.advance(SignedDuration::from_hours(DAYS_15 + 1));
    assert_eq!(mk.app.act_on_retention(&node()).await.unwrap().erased, 0);
    // It may be achieved later all the same.
    let why = reason("this time it was the person");
    mk.app.tell_achieved(&verifier(), kept, &why).await.unwrap();
}

#[tokio::test]
async fn a_hit_does_not_end_an_alert_for_a_check_and_a_restricted_one_waits_for_a_person() {
    let (mk, _) = pair().await;
    let fighter = enter(&mk, "Zoran Izmisleni").await;
    let why = reason("seen at a border");
    let told = mk.app.tell_achieved(&verifier(), fighter, &why).await;
    assert!(matches!(told, Err(AppError::Invalid(_))), "{told:?}");
    assert!(!mk.app.asks_purpose(fighter).await.unwrap());

    let id = enter_sought(&mk, "Petar Zamisleni").await;
    mk.app.tell_achieved(&verifier(), id, &why).await.unwrap();
    let evidence = reason("needed as evidence");
    mk.app
        .restrict_alert(&verifier(), id, evidence)
        .await
        .unwrap();
    mk.clock.advance(SignedDuration::from_hours(DAYS_15 + 1));
    assert_eq!(mk.app.act_on_retention(&node()).await.unwrap().erased, 0);
    assert!(mk.store.record(id).await.unwrap().unwrap().body.is_some());
}

#[tokio::test]
async fn that_the_person_must_not_learn_of_it_is_said_with_the_match_and_the_hit() {
    let (mk, al) = pair().await;
    enter(&mk, "Zoran Izmisleni").await;
    enter_sought(&mk, "Petar Zamisleni").await;
    mk.deliver_to(&al).await;
    for (name, covert) in [("Zoran Izmisleni", true), ("Petar Zamisleni", false)] {
        let (matched, _) = check(&al, name).await[0].clone();
        let view = al.app.view_match(&verifier(), matched).await.unwrap();
        assert_eq!(view.covert, covert, "{name}");
        let same = reason("same document");
        let decided = al
            .app
            .decide(&verifier(), matched, Outcome::Confirmed, same)
            .await;
        let hit = decided.unwrap().hit.unwrap();
        let view = al.app.hit(&verifier(), hit).await.unwrap();
        assert_eq!(view.covert, covert, "{name}");
    }
}

#[tokio::test]
async fn a_link_shows_to_whoever_may_see_both_ends_and_to_nobody_else() {
    let mk = TestNode::new("mk-mvr", "MK").await;
    let al = TestNode::new("al-asp", "AL").await;
    let first = enter(&mk, "Petar Zamisleni").await;
    // Tirana is a partner only now: it has the second alert and not the first.
    mk.trust(&al).await;
    al.trust(&mk).await;
    let mut new = alert("Zoran Izmisleni");
    new.draft.links = BTreeSet::from([first]);
    let second = mk.app.enter_alert(&verifier(), new.clone()).await;
    let second = second.unwrap().alert;
    mk.deliver_to(&al).await;
    let shown = async |node: &TestNode, by: &Caller| {
        let view = node.app.view_alert(by, second).await.unwrap();
        view.alert.links
    };
    assert_eq!(shown(&mk, &officer()).await, BTreeSet::from([first]));
    assert!(shown(&al, &verifier()).await.is_empty());
    let by = verifier();
    let listed = al.app.alerts(&by, AlertList::Received, None, 10);
    assert!(listed.await.unwrap().items[0].body.links.is_empty());

    let contested = reason("the person contests it");
    mk.app
        .restrict_alert(&verifier(), first, contested)
        .await
        .unwrap();
    assert!(shown(&mk, &officer()).await.is_empty());
    assert_eq!(shown(&mk, &verifier()).await, BTreeSet::from([first]));

    // A partner's alert and one that is not there are refused in the same words.
    let mut refusals = Vec::new();
    for link in [second, RecordId::from_bytes([9; 16])] {
        let mut own = alert("Ilir Shpikur");
        own.draft.links = BTreeSet::from([link]);
        let refused = al.app.enter_alert(&verifier(), own).await.unwrap_err();
        refusals.push(refused.to_string());
    }
    assert_eq!(refusals[0], refusals[1]);
}
