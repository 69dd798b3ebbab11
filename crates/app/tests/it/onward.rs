//! What a partner has passed on with permission: later versions and recalls follow it, and it is
//! asked at the moment of leaving whether it may still go.

use egnatia_app::{AppError, NewAlert, Store};
use egnatia_protocol::{Decision, RecallReason};
use egnatia_record::{Handling, HandlingCode, OriginRegime, RecordId, ReleasableTo};
use egnatia_testkit::{TestNode, administrator, region, verifier};

use crate::exchange::{alert, check, draft, reason};

const NAME: &str = "Zoran Izmisleni";

/// Skopje, Tirana and Belgrade. Skopje has agreed on nothing with Belgrade.
async fn three() -> (TestNode, TestNode, TestNode) {
    let mk = TestNode::new("mk-mvr", "MK").await;
    let al = TestNode::new("al-asp", "AL").await;
    let rs = TestNode::new("rs-mup", "RS").await;
    for (a, b) in [(&mk, &al), (&al, &rs)] {
        a.trust(b).await;
        b.trust(a).await;
    }
    mk.accept(&rs).await;
    rs.accept(&mk).await;
    (mk, al, rs)
}

fn for_partners(codes: &[&str], code: HandlingCode) -> Handling {
    let partners = codes.iter().map(|code| code.parse().unwrap()).collect();
    let released = ReleasableTo::Partners(partners);
    Handling::new([code], None, released, OriginRegime::National).unwrap()
}

/// Skopje enters an alert with H2, Tirana has it.
async fn entered(mk: &TestNode, al: &TestNode) -> RecordId {
    let new = NewAlert {
        handling: for_partners(&["AL", "RS"], HandlingCode::H2),
        ..alert(NAME)
    };
    let id = mk.app.enter_alert(&verifier(), new).await.unwrap().alert;
    mk.deliver_to(al).await;
    id
}

/// Tirana asks whether Belgrade may have it, and Skopje grants it. Nothing has left yet.
async fn granted(mk: &TestNode, al: &TestNode, rs: &TestNode, id: RecordId) {
    let why = reason("the same person is in our case");
    let asked = al.app.pass_on(&verifier(), id, &rs.authority, why).await;
    asked.unwrap();
    al.deliver_to(mk).await;
    assert_eq!(al.deliver_to(rs).await.delivered, 0, "it waits");
    let questions = mk.app.inquiries(&verifier(), None, 10).await.unwrap();
    let (id, why) = (questions.items[0].id, reason("agreed for this case"));
    let granted = Some(Decision::Granted);
    mk.app.answer(&verifier(), id, granted, &why).await.unwrap();
    mk.deliver_to(al).await;
}

#[tokio::test]
async fn an_h2_alert_leaves_with_a_stored_permission_and_its_versions_follow() {
    let (mk, al, rs) = three().await;
    let id = entered(&mk, &al).await;
    granted(&mk, &al, &rs, id).await;
    assert_eq!(al.deliver_to(&rs).await.delivered, 1);
    assert_eq!(check(&rs, NAME).await.len(), 1);

    let corrected = draft("Zoran Izmislenovski");
    mk.app
        .correct_alert(&verifier(), id, corrected)
        .await
        .unwrap();
    mk.deliver_to(&al).await;
    assert_eq!(al.deliver_to(&rs).await.delivered, 1);
    let held = rs.store.record(id).await.unwrap().unwrap();
    assert_eq!(held.envelope.version.number(), 2);
    // Belgrade may check that Skopje has signed this version.
    let received = rs.store.received(&[id]).await.unwrap();
    assert_eq!(received[0].from, al.authority);

    // A restriction and its end go the same way.
    let why = reason("contested");
    mk.app.restrict_alert(&verifier(), id, why).await.unwrap();
    mk.deliver_to(&al).await;
    al.deliver_to(&rs).await;
    assert!(check(&rs, "Zoran Izmislenovski").await.is_empty());
    mk.app.lift_restriction(&verifier(), id).await.unwrap();
    mk.deliver_to(&al).await;
    al.deliver_to(&rs).await;
    assert_eq!(check(&rs, "Zoran Izmislenovski").await.len(), 1);
}

#[tokio::test]
async fn a_recall_reaches_the_third_also_where_the_second_is_away() {
    let (mk, al, rs) = three().await;
    let id = entered(&mk, &al).await;
    granted(&mk, &al, &rs, id).await;
    al.deliver_to(&rs).await;
    let why = RecallReason::Withdrawn;
    mk.app
        .withdraw_alert(&verifier(), id, reason("found"), why)
        .await
        .unwrap();
    assert_eq!(mk.deliver_to(&rs).await.delivered, 1);
    assert!(rs.store.record(id).await.unwrap().unwrap().body.is_none());
    // And again by the way that it came, with the same effect.
    mk.deliver_to(&al).await;
    let done = al.deliver_to(&rs).await;
    assert_eq!((done.delivered, done.refused), (1, 0));
}

#[tokio::test]
async fn whoever_may_not_have_it_any_more_erases_what_another_has_passed_on() {
    let (mk, al, rs) = three().await;
    let id = entered(&mk, &al).await;
    granted(&mk, &al, &rs, id).await;
    al.deliver_to(&rs).await;
    let handling = for_partners(&["AL"], HandlingCode::H2);
    let why = reason("not for Belgrade");
    mk.app
        .correct_handling(&verifier(), id, handling, &why)
        .await
        .unwrap();
    mk.deliver_to(&rs).await;
    mk.deliver_to(&al).await;
    assert_eq!(al.deliver_to(&rs).await.delivered, 0);
    assert!(rs.store.record(id).await.unwrap().unwrap().body.is_none());
    // A mere correction takes nothing from whoever may have it.
    let (mk, al, rs) = three().await;
    let id = entered(&mk, &al).await;
    granted(&mk, &al, &rs, id).await;
    al.deliver_to(&rs).await;
    mk.app
        .correct_alert(&verifier(), id, draft("Zoran Izmislenovski"))
        .await
        .unwrap();
    assert_eq!(mk.deliver_to(&rs).await.delivered, 0);
    assert!(rs.store.record(id).await.unwrap().unwrap().body.is_some());
}

#[tokio::test]
async fn who_must_erase_it_takes_it_from_nobody_who_may_have_it() {
    for recall_first in [false, true] {
        let mk = TestNode::new("mk-mvr", "MK").await;
        let al = TestNode::new("al-asp", "AL").await;
        let rs = TestNode::new("rs-mup", "RS").await;
        for (a, b) in [(&mk, &al), (&al, &rs), (&mk, &rs)] {
            a.trust(b).await;
            b.trust(a).await;
        }
        // Belgrade has it twice over: from Skopje, and from Tirana with permission.
        let id = entered(&mk, &al).await;
        granted(&mk, &al, &rs, id).await;
        mk.deliver_to(&rs).await;
        al.deliver_to(&rs).await;
        let handling = for_partners(&["RS"], HandlingCode::H2);
        let why = reason("not for Tirana");
        mk.app
            .correct_handling(&verifier(), id, handling, &why)
            .await
            .unwrap();
        mk.deliver_to(&al).await;
        assert!(al.store.record(id).await.unwrap().unwrap().body.is_none());
        if recall_first {
            al.deliver_to(&rs).await;
            mk.deliver_to(&rs).await;
        } else {
            mk.deliver_to(&rs).await;
            al.deliver_to(&rs).await;
        }
        let held = rs.store.record(id).await.unwrap().unwrap();
        assert!(held.body.is_some(), "recall first: {recall_first}");
        assert_eq!(held.envelope.version.number(), 2);
        assert_eq!(check(&rs, NAME).await.len(), 1);
        // What is withdrawn from everybody is, whoever brings the word first.
        let why = RecallReason::Withdrawn;
        mk.app
            .withdraw_alert(&verifier(), id, reason("found"), why)
            .await
            .unwrap();
        mk.deliver_to(&rs).await;
        assert!(rs.store.record(id).await.unwrap().unwrap().body.is_none());
    }
}

#[tokio::test]
async fn what_was_permitted_does_not_leave_once_nothing_is_agreed_or_it_is_recalled() {
    let (mk, al, rs) = three().await;
    let id = entered(&mk, &al).await;
    granted(&mk, &al, &rs, id).await;
    let agreed = al.app.arrangements(&administrator()).unwrap();
    let (arrangement, _) = agreed
        .into_iter()
        .find(|(_, agreed)| agreed.partner == rs.partner)
        .unwrap();
    al.app
        .end_arrangement(&administrator(), arrangement)
        .await
        .unwrap();
    let done = al.deliver_to(&rs).await;
    assert_eq!((done.delivered, done.withheld), (0, 1));
    let rows = al.store.deliveries_of(id).await.unwrap();
    assert_eq!(rows[0].reason.as_deref(), Some("no-arrangement"));
    assert!(rs.store.record(id).await.unwrap().is_none());

    let (mk, al, rs) = three().await;
    let id = entered(&mk, &al).await;
    granted(&mk, &al, &rs, id).await;
    let why = RecallReason::Withdrawn;
    mk.app
        .withdraw_alert(&verifier(), id, reason("found"), why)
        .await
        .unwrap();
    mk.deliver_to(&al).await;
    let done = al.deliver_to(&rs).await;
    assert_eq!(done.withheld, 1, "its body is erased in Tirana");
    let held = rs.store.record(id).await.unwrap();
    assert!(held.is_none_or(|held| held.body.is_none()));
}

#[tokio::test]
async fn sis_data_are_passed_on_to_no_third_country_with_or_without_permission() {
    let nodes = region().await;
    let [al, eu] = [&nodes[0], &nodes[2]];
    let anybody = ReleasableTo::Anybody;
    let new = NewAlert {
        handling: Handling::new([HandlingCode::H0], None, anybody, OriginRegime::Sis).unwrap(),
        ..alert(NAME)
    };
    let entered = eu.app.enter_alert(&verifier(), new).await.unwrap();
    let third = entered.recipients.iter();
    let reasons: Vec<String> = third
        .map(|to| to.outcome.as_ref().unwrap_err().as_str().to_owned())
        .collect();
    assert_eq!(reasons, vec!["sis-origin"; 6], "shown before");
    for node in nodes.iter().filter(|node| node.authority != eu.authority) {
        assert_eq!(eu.deliver_to(node).await.delivered, 0);
        assert!(check(node, NAME).await.is_empty());
    }
    // Not even as somebody else's question: nobody has it who could ask.
    let why = reason("please");
    let asked = al
        .app
        .pass_on(&verifier(), entered.alert, &nodes[1].authority, why)
        .await;
    assert!(matches!(asked, Err(AppError::NotFound(_))), "{asked:?}");
}

#[tokio::test]
async fn what_its_originator_has_restricted_is_not_passed_on_until_that_is_lifted() {
    let (mk, al, rs) = three().await;
    let id = entered(&mk, &al).await;
    // Contested while the question whether Belgrade may have it is open.
    let why = reason("the same person is in our case");
    let asked = al
        .app
        .pass_on(&verifier(), id, &rs.authority, why.clone())
        .await;
    asked.unwrap();
    al.deliver_to(&mk).await;
    let contested = reason("contested");
    mk.app
        .restrict_alert(&verifier(), id, contested)
        .await
        .unwrap();
    let questions = mk.app.inquiries(&verifier(), None, 10).await.unwrap();
    let (question, agreed) = (questions.items[0].id, reason("agreed for this case"));
    mk.app
        .answer(&verifier(), question, Some(Decision::Granted), &agreed)
        .await
        .unwrap();
    mk.deliver_to(&al).await;
    let done = al.deliver_to(&rs).await;
    assert_eq!((done.delivered, done.withheld), (0, 1));
    let rows = al.store.deliveries_of(id).await.unwrap();
    let row = rows.iter().find(|row| row.to == rs.authority).unwrap();
    assert_eq!(row.reason.as_deref(), Some("restricted"));
    let again = al
        .app
        .pass_on(&verifier(), id, &rs.authority, why.clone())
        .await;
    assert!(matches!(again, Err(AppError::Conflict(_))), "{again:?}");
    assert!(rs.store.record(id).await.unwrap().is_none());

    mk.app.lift_restriction(&verifier(), id).await.unwrap();
    mk.deliver_to(&al).await;
    assert_eq!(al.deliver_to(&rs).await.delivered, 1);
    assert_eq!(check(&rs, NAME).await.len(), 1);
}
