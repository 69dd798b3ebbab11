//! An accepted partner that asks, tells and claims without end: nobody has to clean up after it, and
//! what others send still comes.

use egnatia_app::{AuditFilter, LedgerPart, NewQuestion, Store};
use egnatia_audit::{Frontier, Hash, Operation};
use egnatia_matching::Name;
use egnatia_protocol::{
    Body, Checkpoint, Cosignature, Digest, Hint, Hit, Matter, NoteText, Outcome, Recall,
    RecallEffect, RecallReason, Receipt, RefusalGround, Request, Resend, Signed, Statement, Text,
};
use egnatia_record::{Clock, RecordId, Version};
use egnatia_testkit::{TestNode, administrator, send_as, test_seal_of, verifier};
use jiff::{SignedDuration, Timestamp};

use crate::attacks::{draft, ground, new_alert, pair, reason, record, shared, signed};

fn id(number: usize) -> RecordId {
    let mut bytes = [7; 16];
    bytes[..8].copy_from_slice(&u64::try_from(number).unwrap().to_be_bytes());
    RecordId::from_bytes(bytes)
}

/// Sends them in parcels as large as they may be, and counts what was taken.
async fn flood(from: &TestNode, to: &TestNode, statements: Vec<Signed>) -> usize {
    let mut taken = 0;
    for parcel in statements.chunks(256) {
        let receipts = send_as(from, to, parcel.to_vec()).await.unwrap();
        taken += receipts
            .iter()
            .filter(|receipt| receipt.outcome == Outcome::Stored)
            .count();
    }
    taken
}

/// An alert of this node that the partner has.
async fn given(mk: &TestNode, rs: &TestNode) -> RecordId {
    let entered = mk.app.enter_alert(&verifier(), new_alert()).await.unwrap();
    mk.deliver_to(rs).await;
    entered.alert
}

async fn entries(node: &TestNode) -> u64 {
    node.store.audit_head().await.unwrap().size
}

#[tokio::test]
async fn questions_without_end_wait_until_somebody_has_answered_some() {
    let (mk, rs) = pair().await;
    let (one, other) = (given(&mk, &rs).await, given_again(&mk, &rs).await);
    let now = mk.clock.now();
    let ask = |number: usize, about| {
        let request = Statement::Request(Request {
            id: id(number),
            about,
            matter: Matter::SupplementaryInformation,
            recipient: None,
            text: Text::new("what do you know?").unwrap(),
            urgent: None,
            sent_at: now,
            due_at: now,
        });
        signed(&request, &rs)
    };
    let many: Vec<Signed> = (0..300).map(|number| ask(number, one)).collect();
    assert_eq!(flood(&rs, &mk, many).await, 50);
    assert_eq!(mk.app.to_answer().await.unwrap(), 50);
    // What was taken and comes again is taken still; another alert has room of its own.
    assert_eq!(ground(&rs, &mk, ask(3, one)).await, None);
    let refused = ground(&rs, &mk, ask(400, one)).await;
    assert_eq!(refused, Some(RefusalGround::TooLarge));
    assert_eq!(ground(&rs, &mk, ask(401, other)).await, None);
    // Once one is answered there is room for one.
    let open = mk.app.inquiries(&verifier(), None, 10).await.unwrap();
    let about_one = open.items.iter().find(|one_of| one_of.body.about == one);
    let first = about_one.unwrap().envelope.id;
    mk.app
        .answer(&verifier(), first, None, &reason("nothing more"))
        .await
        .unwrap();
    assert_eq!(ground(&rs, &mk, ask(402, one)).await, None);
    let refused = ground(&rs, &mk, ask(403, one)).await;
    assert_eq!(refused, Some(RefusalGround::TooLarge));
}

async fn given_again(mk: &TestNode, rs: &TestNode) -> RecordId {
    let mut new = new_alert();
    new.draft.subject.names = vec![Name::new("Teuta Trilluar")];
    new.draft.subject.births = vec!["1971-07-07".parse().unwrap()];
    let entered = mk.app.enter_alert(&verifier(), new).await.unwrap();
    mk.deliver_to(rs).await;
    entered.alert
}

#[tokio::test]
async fn hits_without_end_wait_until_somebody_has_followed_up_some() {
    let (mk, rs) = pair().await;
    let alert = given(&mk, &rs).await;
    let now = mk.clock.now();
    let tell = |number: usize, text: &str| {
        let hit = Statement::Hit(Hit {
            alert,
            version: Version::FIRST,
            hit: id(number),
            confirmed_at: now,
            action_taken: Text::new(text).unwrap(),
            report: [].into(),
            urgent: false,
        });
        signed(&hit, &rs)
    };
    let many: Vec<Signed> = (0..600).map(|number| tell(number, "stopped")).collect();
    assert_eq!(flood(&rs, &mk, many).await, 200);
    // More of one hit has its end as well.
    for round in 0..100 {
        let more = tell(0, &format!("stopped, part {round}"));
        assert_eq!(ground(&rs, &mk, more).await, None, "{round}");
    }
    let refused = ground(&rs, &mk, tell(0, "and one more")).await;
    assert_eq!(refused, Some(RefusalGround::TooLarge));
}

#[tokio::test]
async fn receipts_without_end_are_written_down_once_and_only_of_what_was_given() {
    let (mk, rs) = pair().await;
    let alert = given(&mk, &rs).await;
    let erased = |record| {
        let receipt = Statement::Receipt(Receipt {
            statement: Digest::of(b"anything"),
            record: Some(record),
            version: Some(Version::FIRST),
            outcome: Outcome::Erased,
            at: mk.clock.now(),
        });
        signed(&receipt, &rs)
    };
    let before = entries(&mk).await;
    let unknown = (0..300).map(|number| erased(id(number))).collect();
    assert_eq!(flood(&rs, &mk, unknown).await, 300);
    assert_eq!(entries(&mk).await, before, "of nothing that it was given");
    for _ in 0..3 {
        flood(&rs, &mk, vec![erased(alert); 20]).await;
        assert_eq!(entries(&mk).await, before + 1, "once");
    }
    let filter = AuditFilter {
        operation: Some(Operation::Erasure),
        limit: 10,
        ..AuditFilter::default()
    };
    let logged = mk.store.audit_find(&filter).await.unwrap();
    let detail = logged[0].read().unwrap();
    assert_eq!(detail.recipient.as_deref(), Some("rs-mup"));
    // The alert's page shows it with what went where.
    let view = mk.app.view_alert(&verifier(), alert).await.unwrap();
    let told = view
        .deliveries
        .iter()
        .filter(|row| row.kind == "erased-there");
    assert_eq!(told.count(), 1);
}

#[tokio::test]
async fn what_a_partner_had_is_not_sent_again_without_end() {
    let (mk, rs) = pair().await;
    given(&mk, &rs).await;
    given_again(&mk, &rs).await;
    let again = |since: i64| {
        let since = Timestamp::from_second(since).unwrap();
        signed(&Statement::Resend(Resend { since }), &rs)
    };
    let sent = || async {
        let all = LedgerPart::Shared.newest(1_000);
        mk.store
            .deliveries_to(&rs.authority, all)
            .await
            .unwrap()
            .len()
    };
    assert_eq!(sent().await, 2);
    // As often as a parcel can ask for it: what waits already is not queued once more.
    let many = (0..200).map(|number| again(number / 2)).collect();
    assert_eq!(flood(&rs, &mk, many).await, 12);
    assert_eq!(sent().await, 4);
    // Whoever takes it each time does not get it each time either.
    mk.deliver_to(&rs).await;
    let refused = ground(&rs, &mk, again(5)).await;
    assert_eq!(refused, Some(RefusalGround::TooLarge));
    assert_eq!(sent().await, 4);
    // Later a node that was put back once more gets all of it.
    mk.clock.advance(SignedDuration::from_hours(1));
    assert_eq!(ground(&rs, &mk, again(6)).await, None);
    assert_eq!(sent().await, 6);
}

fn recall(record: RecordId, through: u32, by: &TestNode) -> Signed {
    let recall = Statement::Recall(Recall {
        record,
        through: Version::new(through).unwrap(),
        effect: RecallEffect::Erase,
        reason: RecallReason::Erased,
        at: by.clock.now(),
    });
    signed(&recall, by)
}

#[tokio::test]
async fn nobody_keeps_the_record_of_somebody_else_from_coming() {
    let (mk, rs) = pair().await;
    let al = TestNode::new("al-asp", "AL").await;
    mk.trust(&al).await;
    al.trust(&mk).await;
    // Belgrade recalls what Tirana has not sent here yet, in the highest version that there is.
    let wanted = shared("al-asp", 9, 1);
    let record_id = wanted.envelope.id;
    for through in [1, 3, u32::MAX] {
        assert_eq!(
            ground(&rs, &mk, recall(record_id, through, &rs)).await,
            None
        );
    }
    assert_eq!(ground(&al, &mk, record(wanted, &al)).await, None);
    let held = mk.store.record(record_id).await.unwrap().unwrap();
    assert_eq!(
        (held.envelope.originator.as_str(), held.state.as_str()),
        ("al-asp", "received")
    );
    // What its own issuer has recalled before it came does not come, in whatever order that is told.
    let late = RecordId::from_bytes([10; 16]);
    for through in [2, 1] {
        assert_eq!(ground(&al, &mk, recall(late, through, &al)).await, None);
    }
    for (version, refused) in [
        (1, Some(RefusalGround::ErasedHere)),
        (2, Some(RefusalGround::ErasedHere)),
        (3, None),
    ] {
        let sent = record(shared("al-asp", 10, version), &al);
        assert_eq!(ground(&al, &mk, sent).await, refused, "{version}");
    }
    // In one parcel as well.
    let late = RecordId::from_bytes([11; 16]);
    let parcel = vec![
        recall(late, 1, &al),
        recall(late, 2, &al),
        record(shared("al-asp", 11, 2), &al),
    ];
    let receipts = send_as(&al, &mk, parcel).await.unwrap();
    assert!(matches!(
        receipts[2].outcome,
        Outcome::Refused {
            ground: RefusalGround::ErasedHere,
            ..
        }
    ));
}

#[tokio::test]
async fn an_id_that_another_authority_has_used_is_refused_with_what_to_do() {
    let (mk, rs) = pair().await;
    let al = TestNode::new("al-asp", "AL").await;
    mk.trust(&al).await;
    al.trust(&mk).await;
    assert_eq!(
        ground(&rs, &mk, record(shared("rs-mup", 9, 1), &rs)).await,
        None
    );
    let receipts = send_as(&al, &mk, vec![record(shared("al-asp", 9, 1), &al)]).await;
    match &receipts.unwrap()[0].outcome {
        Outcome::Refused { ground, hint } => {
            assert_eq!(*ground, RefusalGround::NotTheOriginator);
            assert!(hint.as_ref().unwrap().as_str().contains("enter it anew"));
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_alert_is_no_larger_than_one_that_is_entered_here() {
    let (mk, rs) = pair().await;
    let with = |change: &dyn Fn(&mut egnatia_alerts::AlertDraft)| {
        let mut draft = draft();
        change(&mut draft);
        let profile = egnatia_alerts::Profile::sis_like().unwrap();
        let day = jiff::civil::date(2026, 11, 24);
        let alert = egnatia_alerts::Alert::enter(draft, &profile, day).unwrap();
        let mut shared = shared("rs-mup", 5, 1);
        shared.body = Body::from_json(serde_json::to_string(&alert).unwrap()).unwrap();
        record(shared, &rs)
    };
    let many_names = with(&|draft| {
        draft.subject.names = (0..5_000)
            .map(|n| Name::new(format!("Zoran {n}")))
            .collect();
    });
    let long_name = with(&|draft| draft.subject.names = vec![Name::new("Z".repeat(50_000))]);
    let hidden = with(&|draft| draft.subject.names = vec![Name::new("Zoran\u{1b}[2J")]);
    for (what, sent) in [
        ("many", many_names),
        ("long", long_name),
        ("hidden", hidden),
    ] {
        let refused = ground(&rs, &mk, sent).await;
        assert_eq!(refused, Some(RefusalGround::NotValid), "{what}");
    }
    assert_eq!(ground(&rs, &mk, with(&|_| ())).await, None);
}

fn note(of: &TestNode, size: u64, kind: u8) -> NoteText {
    let mut frontier = Frontier::default();
    for number in 0..size {
        frontier.append(Hash::of(&[kind, u8::try_from(number % 251).unwrap()]));
    }
    NoteText::new(test_seal_of(&of.authority).checkpoint(&frontier)).unwrap()
}

async fn alarms(at: &TestNode) -> usize {
    let rows = at.store.witnesses().await.unwrap();
    rows.iter().filter(|row| row.is_alarm()).count()
}

#[tokio::test]
async fn alarms_about_logs_have_an_end() {
    let (mk, rs) = pair().await;
    let show = |size, kind| {
        let checkpoint = Statement::Checkpoint(Checkpoint {
            note: note(&rs, size, kind),
            old_size: 0,
            proof: Vec::new(),
        });
        signed(&checkpoint, &rs)
    };
    assert_eq!(ground(&rs, &mk, show(40, 1)).await, None);
    let forks = (0..100).map(|kind| show(40, 2 + kind)).collect();
    assert_eq!(flood(&rs, &mk, forks).await, 0);
    assert_eq!(alarms(&mk).await, 8, "a few proofs prove as much as many");
    // A partner that says, without any proof, that this node's log was longer.
    let longer = |size| {
        let told = Statement::Cosignature(Cosignature {
            origin: Hint::new("egnatia.mk-mvr.log").unwrap(),
            size,
            signature: None,
        });
        signed(&told, &rs)
    };
    let before = entries(&mk).await;
    let many = (0..100).map(|more| longer(1_000_000 + more)).collect();
    flood(&rs, &mk, many).await;
    assert_eq!(alarms(&mk).await, 9);
    assert_eq!(entries(&mk).await, before + 1);
    // A number that no log reaches is no mistake of this node.
    for size in [u64::MAX, 1 << 63] {
        assert_eq!(ground(&rs, &mk, longer(size)).await, None, "{size}");
    }
}

#[tokio::test]
async fn a_log_that_is_shown_without_end_is_not_handed_on_without_end() {
    let (mk, rs) = pair().await;
    let al = TestNode::new("al-asp", "AL").await;
    mk.trust(&al).await;
    let show = |size| {
        let checkpoint = Statement::Checkpoint(Checkpoint {
            note: note(&rs, size, 1),
            old_size: 0,
            proof: Vec::new(),
        });
        signed(&checkpoint, &rs)
    };
    let handed_on = || async {
        let rows = mk
            .store
            .deliveries_to(&al.authority, LedgerPart::Upkeep.newest(1_000));
        let rows = rows.await.unwrap();
        rows.iter().filter(|row| row.kind == "checkpoint").count()
    };
    flood(&rs, &mk, vec![show(40)]).await;
    for _ in 0..3 {
        flood(&rs, &mk, vec![show(40); 200]).await;
    }
    assert_eq!(handed_on().await, 1);
    mk.clock.advance(SignedDuration::from_mins(10));
    flood(&rs, &mk, vec![show(40)]).await;
    assert_eq!(handed_on().await, 2, "the next one in its time is");
}

#[tokio::test]
async fn what_keeps_the_exchange_going_is_forgotten_by_itself() {
    let (mk, rs) = pair().await;
    let alert = given(&mk, &rs).await;
    for _ in 0..3 {
        mk.app.ask_witnesses().await.unwrap();
        mk.deliver_to(&rs).await;
        rs.deliver_to(&mk).await;
        mk.clock.advance(SignedDuration::from_hours(2));
        rs.clock.advance(SignedDuration::from_hours(2));
    }
    let rows = |part: LedgerPart| {
        let rows = mk.store.deliveries_to(&rs.authority, part.newest(100));
        async { rows.await.unwrap().len() }
    };
    assert!(rows(LedgerPart::Upkeep).await >= 3);
    mk.clock.advance(SignedDuration::from_hours(24 * 31));
    mk.app.act_on_retention(&administrator()).await.unwrap();
    assert_eq!(rows(LedgerPart::Upkeep).await, 0);
    assert_eq!(rows(LedgerPart::Shared).await, 1, "what was told stays");
    let view = mk.app.view_alert(&verifier(), alert).await.unwrap();
    assert_eq!(view.deliveries.len(), 1);
    let seen = mk.store.witnesses().await.unwrap();
    assert!(
        seen.iter().any(|row| row.witness == rs.authority),
        "and what was seen last"
    );
}

#[tokio::test]
async fn own_questions_have_no_such_end() {
    let (mk, rs) = pair().await;
    let alert = given(&mk, &rs).await;
    for _ in 0..60 {
        let question = NewQuestion {
            about: alert,
            matter: Matter::SupplementaryInformation,
            recipient: None,
            text: reason("and this?"),
            urgent: None,
        };
        rs.app.ask(&verifier(), question).await.unwrap();
    }
    let sent = rs.deliver_to(&mk).await;
    assert_eq!(
        (sent.delivered, sent.refused),
        (50, 10),
        "the rest is seen as refused"
    );
}
