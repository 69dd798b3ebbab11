//! What a node wrote after the backup that was restored: its partners return it in its own signed
//! words, and a person decides.

use egnatia_alerts::Outcome;
use egnatia_app::{AlertList, AppError, Store};
use egnatia_protocol::RecallReason;
use egnatia_testkit::{TestNode, administrator, dump_rows, empty_store, restore_rows, verifier};

use crate::exchange::{alert, check, draft, enter, pair, reason};
use crate::simulation::{focal, trace_to};

const LOST: &str = "Zoran Izmisleni";
const OLD: &str = "Petar Zamisleni";

/// Skopje is put back to the rows of before, and asks again.
async fn put_back(mk: TestNode, rows: Vec<egnatia_app::DumpRow>) -> TestNode {
    let since = mk.app.now();
    let store = empty_store("mk-mvr");
    restore_rows(&*store, rows).await.unwrap();
    let node = TestNode::on(("mk-mvr", "MK"), store, mk.clock.clone(), 77).await;
    node.app.ask_again(&administrator(), since).await.unwrap();
    node
}

async fn returned(node: &TestNode) -> Vec<String> {
    let page = node
        .app
        .alerts(&verifier(), AlertList::Returned, None, 10)
        .await
        .unwrap();
    let items = page.items.into_iter();
    items
        .map(|item| item.body.display_name().to_owned())
        .collect()
}

#[tokio::test]
async fn what_was_lost_comes_back_and_is_taken_over_again_or_recalled() {
    let (mk, al) = pair().await;
    let old = enter(&mk, OLD).await;
    mk.deliver_to(&al).await;
    let rows = dump_rows(&*mk.store).await;
    let lost = enter(&mk, LOST).await;
    let other = enter(&mk, "Bojan Nepostojic").await;
    let mut better = draft(OLD);
    better.offence = Some("corrected after the backup".into());
    mk.app
        .correct_alert(&verifier(), old, better)
        .await
        .unwrap();
    mk.deliver_to(&al).await;

    let mk = put_back(mk, rows).await;
    assert!(mk.store.record(lost).await.unwrap().is_none(), "it is lost");
    mk.deliver_to(&al).await;
    al.deliver_to(&mk).await;
    let mut names = returned(&mk).await;
    names.sort();
    assert_eq!(names, ["Bojan Nepostojic", OLD, LOST]);
    assert_eq!(mk.app.returned_alerts().await.unwrap(), 3);
    // Nothing is compared with what nobody has decided on; the older version still is.
    assert!(check(&mk, LOST).await.is_empty());
    assert_eq!(check(&mk, OLD).await.len(), 1);
    // Nothing else may be done with it before.
    let refused = mk
        .app
        .extend_alert(&verifier(), lost, reason("still wanted"))
        .await;
    assert!(matches!(refused, Err(AppError::Conflict(_))), "{refused:?}");
    // The same again changes nothing.
    mk.app
        .ask_again(&administrator(), mk.app.now())
        .await
        .unwrap();
    mk.deliver_to(&al).await;
    al.deliver_to(&mk).await;
    assert_eq!(mk.app.returned_alerts().await.unwrap(), 3);

    mk.app.adopt_alert(&verifier(), lost).await.unwrap();
    mk.app.adopt_alert(&verifier(), old).await.unwrap();
    mk.app
        .withdraw_alert(&verifier(), other, reason("found"), RecallReason::Withdrawn)
        .await
        .unwrap();
    let done = mk.deliver_to(&al).await;
    assert_eq!((done.refused, done.withheld), (0, 0));
    assert_eq!(check(&mk, LOST).await.len(), 1);
    assert_eq!(check(&al, LOST).await.len(), 1);
    assert!(check(&al, "Bojan Nepostojic").await.is_empty(), "recalled");
    let held = al.store.record(other).await.unwrap().unwrap();
    assert!(held.body.is_none());
    let view = mk.app.view_alert(&verifier(), old).await.unwrap();
    assert_eq!(
        view.alert.offence.as_deref(),
        Some("corrected after the backup")
    );
    assert_eq!(view.envelope.version.number(), 3);
    assert_eq!(mk.app.returned_alerts().await.unwrap(), 0);
    let again = mk.app.adopt_alert(&verifier(), lost).await;
    assert!(matches!(again, Err(AppError::Conflict(_))), "{again:?}");
}

#[tokio::test]
async fn nobody_else_s_words_come_back_as_the_nodes_own() {
    let (mk, al) = pair().await;
    let rows = dump_rows(&*mk.store).await;
    let lost = enter(&mk, LOST).await;
    mk.deliver_to(&al).await;
    let held = al.store.received(&[lost]).await.unwrap().remove(0);
    // Tirana returns it as Skopje has signed it, and once more with another word in it.
    let own = egnatia_protocol::Signed::parse(&held.statement.unwrap()).unwrap();
    let payload = String::from_utf8(own.payload().to_vec()).unwrap();
    let forged = payload.replace(LOST, "Someone Otherone");
    assert_ne!(forged, payload);
    let keys = egnatia_testkit::test_identity("al-asp", "AL", 1, mk.app.now());
    let signing: Vec<_> = keys.signing.iter().collect();
    let forged = egnatia_protocol::Signed::sign(own.payload_type(), forged.into(), &signing);
    let mk = put_back(mk, rows).await;
    let from = al.app.own_card().unwrap();
    let to = mk.app.own_card().unwrap();
    for (statement, count) in [(forged.unwrap(), 0), (own, 1)] {
        let parcel = egnatia_protocol::Parcel {
            from: from.card().authority.clone(),
            to: to.card().authority.clone(),
            sent_at: mk.app.now(),
            items: vec![egnatia_protocol::Item {
                number: 1,
                statement,
            }],
        };
        let chance = egnatia_testkit::SeededEntropy::new(5);
        let sealed = egnatia_protocol::seal_parcel(&parcel, &signing, to.card(), &chance).unwrap();
        mk.app.receive(&al.authority, &sealed).await.unwrap();
        assert_eq!(mk.app.returned_alerts().await.unwrap(), count);
    }
}

#[tokio::test]
async fn an_alert_that_was_withdrawn_after_the_backup_is_put_to_a_person() {
    let (mk, al) = pair().await;
    let id = enter(&mk, OLD).await;
    let other = enter(&mk, LOST).await;
    mk.deliver_to(&al).await;
    let rows = dump_rows(&*mk.store).await;
    mk.app
        .withdraw_alert(&verifier(), id, reason("found"), RecallReason::Withdrawn)
        .await
        .unwrap();
    mk.app
        .restrict_alert(&verifier(), other, reason("contested"))
        .await
        .unwrap();
    mk.deliver_to(&al).await;

    let mk = put_back(mk, rows).await;
    assert_eq!(check(&mk, OLD).await.len(), 1, "it looks for them again");
    mk.deliver_to(&al).await;
    al.deliver_to(&mk).await;
    let mut names = returned(&mk).await;
    names.sort();
    assert_eq!(names, [OLD, LOST]);
    // Ended after all, and kept after all: either reaches the partner, in a version that it takes.
    mk.app
        .withdraw_alert(&verifier(), id, reason("found"), RecallReason::Withdrawn)
        .await
        .unwrap();
    mk.app.adopt_alert(&verifier(), other).await.unwrap();
    let done = mk.deliver_to(&al).await;
    assert_eq!((done.refused, done.withheld), (0, 0));
    assert!(check(&mk, OLD).await.is_empty() && check(&al, OLD).await.is_empty());
    assert_eq!(check(&al, LOST).await.len(), 1);
}

#[tokio::test]
async fn a_receipt_moves_nothing_that_its_sender_was_not_given_or_has_not_seen() {
    use egnatia_protocol::{Digest, Outcome, Receipt, Statement};
    let (mk, al) = pair().await;
    let given = enter(&mk, OLD).await;
    mk.deliver_to(&al).await;
    let new = egnatia_app::NewAlert {
        handling: egnatia_record::Handling::national(),
        ..alert(LOST)
    };
    let kept = mk.app.enter_alert(&verifier(), new).await.unwrap().alert;
    let keys = egnatia_testkit::test_identity("al-asp", "AL", 1, al.app.now());
    let keys: Vec<_> = keys.signing.iter().collect();
    let tell = async |id, version: u32| {
        let receipt = Statement::Receipt(Receipt {
            statement: Digest::from_bytes([0; 32]),
            record: Some(id),
            version: Some(version.try_into().unwrap()),
            outcome: Outcome::Erased,
            at: al.app.now(),
        });
        let signed = receipt.sign(&keys).unwrap();
        let answer = egnatia_testkit::send_as(&al, &mk, vec![signed]).await;
        assert_eq!(answer.unwrap()[0].outcome, Outcome::Stored);
    };
    // Erased by itself in the version that it has; and one that it was never given.
    tell(given, 1).await;
    tell(kept, 9).await;
    assert_eq!(mk.app.returned_alerts().await.unwrap(), 0);
    tell(given, 2).await;
    assert_eq!(mk.app.returned_alerts().await.unwrap(), 1);
    // It is found all the same until somebody decides.
    assert_eq!(check(&mk, OLD).await.len(), 1);
}

#[tokio::test]
async fn traces_answers_and_questions_come_back_by_themselves() {
    use egnatia_app::NewQuestion;
    use egnatia_protocol::Matter;
    let (mk, al) = pair().await;
    let alert = enter(&mk, OLD).await;
    mk.deliver_to(&al).await;
    let rows = dump_rows(&*mk.store).await;
    // After the backup: both trace a weapon, both answer, and Tirana asks about the alert.
    let asked = mk.app.start_trace(focal(), trace_to(&al.authority)).await;
    let asked = asked.unwrap();
    let theirs = al.app.start_trace(focal(), trace_to(&mk.authority)).await;
    let theirs = theirs.unwrap();
    let question = NewQuestion {
        about: alert,
        matter: Matter::SupplementaryInformation,
        recipient: None,
        text: reason("which decision?"),
        urgent: None,
    };
    al.app.ask(&verifier(), question).await.unwrap();
    mk.deliver_to(&al).await;
    al.deliver_to(&mk).await;
    for node in [&mk, &al] {
        answer_all(node).await;
    }
    mk.deliver_to(&al).await;
    al.deliver_to(&mk).await;

    let mk = put_back(mk, rows).await;
    assert!(mk.store.record(asked).await.unwrap().is_none());
    mk.deliver_to(&al).await;
    al.deliver_to(&mk).await;
    // The trace that it asked is there with its answer.
    let view = mk.app.view_trace(focal(), asked).await.unwrap();
    assert_eq!(view.hops.len(), 1);
    assert!(view.trace.may_pass_to.is_empty());
    // The one that it was asked is there, and it has answered it already.
    assert_eq!(
        mk.store.record(theirs).await.unwrap().unwrap().state,
        "received"
    );
    let open = mk.app.traces_open().await.unwrap();
    assert_eq!(open, 0, "its own answer came back");
    // The question stands in the inbox, once.
    let questions = mk.app.inquiries(&verifier(), None, 10).await.unwrap();
    assert_eq!(questions.items.len(), 1);
    assert_eq!(questions.items[0].body.text, "which decision?");
    // The same again changes nothing.
    let since = mk.app.now();
    mk.app.ask_again(&administrator(), since).await.unwrap();
    mk.deliver_to(&al).await;
    let done = al.deliver_to(&mk).await;
    assert_eq!(done.refused, 0);
    assert_eq!(mk.app.traces_open().await.unwrap(), 0);
    let questions = mk.app.inquiries(&verifier(), None, 10).await.unwrap();
    assert_eq!(questions.items.len(), 1);
}

async fn answer_all(node: &TestNode) {
    use egnatia_app::NewTraceAnswer;
    use egnatia_firearms::Outcome;
    let open = crate::simulation::of_kind(egnatia_record::Kind::TraceAnswer, Some("open"));
    for open in node.store.find(&open).await.unwrap() {
        let new = NewTraceAnswer {
            outcome: Outcome::NoRecord,
            pass_to: None,
        };
        let id = open.envelope.id;
        node.app.answer_trace(focal(), id, new).await.unwrap();
    }
}

#[tokio::test]
async fn what_was_restricted_meanwhile_is_not_found_by_whoever_was_put_back() {
    let (mk, al) = pair().await;
    let rows = dump_rows(&*al.store).await;
    let id = enter(&mk, OLD).await;
    mk.app
        .restrict_alert(&verifier(), id, reason("contested"))
        .await
        .unwrap();
    mk.deliver_to(&al).await;
    let since = al.app.now();
    let store = empty_store("al-asp");
    restore_rows(&*store, rows).await.unwrap();
    let al = TestNode::on(("al-asp", "AL"), store, al.clock.clone(), 78).await;
    al.app.ask_again(&administrator(), since).await.unwrap();
    al.deliver_to(&mk).await;
    mk.deliver_to(&al).await;
    assert!(check(&al, OLD).await.is_empty());
    mk.app.lift_restriction(&verifier(), id).await.unwrap();
    mk.deliver_to(&al).await;
    assert_eq!(check(&al, OLD).await.len(), 1);
}

#[tokio::test]
async fn a_hit_comes_back_together_with_the_alert_that_somebody_else_has_returned_already() {
    let (mk, al) = pair().await;
    let rs = TestNode::new("rs-mup", "RS").await;
    mk.trust(&rs).await;
    rs.trust(&mk).await;
    let rows = dump_rows(&*mk.store).await;
    enter(&mk, LOST).await;
    mk.deliver_to(&al).await;
    mk.deliver_to(&rs).await;
    let found = check(&al, LOST).await;
    let decided = al
        .app
        .decide(
            &verifier(),
            found[0].0,
            Outcome::Confirmed,
            reason("same document"),
        )
        .await
        .unwrap();
    al.deliver_to(&mk).await;

    let mk = put_back(mk, rows).await;
    for partner in [&rs, &al] {
        mk.deliver_to(partner).await;
        let done = partner.deliver_to(&mk).await;
        assert_eq!(done.refused, 0, "{partner:?}");
    }
    assert_eq!(returned(&mk).await, [LOST]);
    let reports = mk.app.hit_reports(&verifier(), None, 10).await.unwrap();
    let hits: Vec<_> = reports.items.iter().map(|report| report.body.hit).collect();
    assert_eq!(hits, [decided.hit.unwrap()]);
}
