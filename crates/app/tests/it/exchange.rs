//! Two and more nodes: partners, alerts, deliveries, hits, questions, recalls.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use egnatia_alerts::{AlertDraft, InquiryState, Outcome, Reason};
use egnatia_app::{
    AlertList, AppError, Caller, CheckRequest, Courier, CourierError, DeliveryError, DeliveryState,
    NewAlert, NewQuestion, PartnerState, PassedOn, ReceiveError, Role, Store,
};
use egnatia_audit::Operation;
use egnatia_matching::{Description, Identifier, IdentifierKind, Name, Schema};
use egnatia_protocol::{Decision, DeclineGround, Matter, NodeCard, RecallReason};
use egnatia_record::{
    Category, Clock, Evaluation, Handling, HandlingCode, Justification, Kind, LegalBasis, Nature,
    OriginRegime, Purpose, RecordId, ReleasableTo, SubjectCategory, Withheld,
};
use egnatia_testkit::{
    TestNode, administrator, arrangement_with, dump_rows, later, region, restore_rows,
    test_identity, verifier,
};
use jiff::SignedDuration;

pub fn reason(text: &str) -> Reason {
    Reason::try_from(text.to_owned()).unwrap()
}

pub fn draft(name: &str) -> AlertDraft {
    AlertDraft {
        category: Category::ForeignTerroristFighter,
        subject: Description {
            schema: Schema::Person,
            names: vec![Name::new(name)],
            births: vec!["1985-03-02".parse().unwrap()],
            ..Description::default()
        },
        object: None,
        reason: reason("travelled to join a terrorist group"),
        action: String::new(),
        decision: "KTN 14/26".into(),
        proportionality: None,
        warnings: BTreeSet::new(),
        offence: None,
        characteristics: None,
        distinguished_by: None,
        links: BTreeSet::new(),
    }
}

pub fn alert(name: &str) -> NewAlert {
    NewAlert {
        draft: draft(name),
        handling: Handling::new(
            [HandlingCode::H0],
            None,
            ReleasableTo::Anybody,
            OriginRegime::National,
        )
        .unwrap(),
        legal_basis: LegalBasis::NationalLaw,
        evaluation: Evaluation::OFFICIAL,
        subject: SubjectCategory::Suspect,
        nature: Nature::Fact,
        different_from: BTreeSet::new(),
    }
}

pub fn officer() -> Caller {
    Caller {
        login: "an.officer".parse().unwrap(),
        role: Role::Officer,
        justification: Some(Justification {
            purpose: Purpose::BorderCheck,
            case: "LANE 4".parse().unwrap(),
        }),
    }
}

pub async fn pair() -> (TestNode, TestNode) {
    let mk = TestNode::new("mk-mvr", "MK").await;
    let al = TestNode::new("al-asp", "AL").await;
    mk.trust(&al).await;
    al.trust(&mk).await;
    (mk, al)
}

pub async fn enter(node: &TestNode, name: &str) -> RecordId {
    let entered = node.app.enter_alert(&verifier(), alert(name)).await;
    entered.unwrap().alert
}

pub async fn check(node: &TestNode, name: &str) -> Vec<(RecordId, String)> {
    let request = CheckRequest {
        query: Description {
            schema: Schema::Person,
            names: vec![Name::new(name)],
            births: vec!["1985-03-02".parse().unwrap()],
            ..Description::default()
        },
        ..CheckRequest::default()
    };
    let answer = node.app.check(&officer(), request).await.unwrap();
    let candidates = answer.candidates.into_iter();
    candidates.map(|c| (c.matched, c.entry.list)).collect()
}

#[tokio::test]
async fn an_alert_reaches_the_partner_and_its_checks_and_the_hit_comes_back() {
    let (mk, al) = pair().await;
    let id = enter(&mk, "Зоран Измислени").await;
    assert!(check(&al, "Zoran Izmisleni").await.is_empty());

    let done = mk.deliver_to(&al).await;
    assert_eq!((done.delivered, done.refused, done.withheld), (1, 0, 0));
    let found = check(&al, "Zoran Izmisleni").await;
    let [(matched, list)] = found.as_slice() else {
        panic!("{found:?}");
    };
    assert_eq!(list, "alerts:mk-mvr");

    let decided = al
        .app
        .decide(
            &verifier(),
            *matched,
            Outcome::Confirmed,
            reason("same document"),
        )
        .await
        .unwrap();
    let hit = decided.hit.unwrap();
    assert_eq!(al.deliver_to(&mk).await.delivered, 1);
    let reports = mk.app.hit_reports(&verifier(), None, 10).await.unwrap();
    let [report] = reports.items.as_slice() else {
        panic!("{reports:?}");
    };
    assert_eq!((report.body.alert, report.body.hit), (id, hit));
    assert!(report.body.urgent, "terrorism is told at once");
    assert_eq!(report.body.due_at, later(1));
    assert_eq!(mk.app.to_answer().await.unwrap(), 1);

    // The follow-up tells more of the same hit.
    al.app
        .finish_follow_up(&verifier(), hit, reason("travelled by bus to Skopje"))
        .await
        .unwrap();
    assert_eq!(al.deliver_to(&mk).await.delivered, 1);
    let reports = mk.app.hit_reports(&verifier(), None, 10).await.unwrap();
    assert_eq!(reports.items.len(), 1);
    let circumstances = &reports.items[0].body.report["circumstances"];
    assert_eq!(circumstances, "travelled by bus to Skopje");

    mk.app
        .follow_up_report(&verifier(), reports.items[0].id, reason("case opened"))
        .await
        .unwrap();
    assert_eq!(mk.app.to_answer().await.unwrap(), 0);
    let again = mk
        .app
        .follow_up_report(&verifier(), reports.items[0].id, reason("again"))
        .await;
    assert!(matches!(again, Err(AppError::Conflict(_))), "{again:?}");
}

#[tokio::test]
async fn a_hit_and_its_follow_up_may_wait_together() {
    let (mk, al) = pair().await;
    enter(&mk, "Zoran Izmisleni").await;
    mk.deliver_to(&al).await;
    let found = check(&al, "Zoran Izmisleni").await;
    let why = reason("same document");
    let decided = al
        .app
        .decide(&verifier(), found[0].0, Outcome::Confirmed, why)
        .await
        .unwrap();
    let report = reason("travelled by bus to Skopje");
    al.app
        .finish_follow_up(&verifier(), decided.hit.unwrap(), report)
        .await
        .unwrap();
    // Skopje was away: both come in one parcel.
    assert_eq!(al.deliver_to(&mk).await.delivered, 2);
    let reports = mk.app.hit_reports(&verifier(), None, 10).await.unwrap();
    assert_eq!(reports.items.len(), 1);
    let told = &reports.items[0].body;
    assert_eq!(told.action_taken, "travelled by bus to Skopje");
}

#[tokio::test]
async fn where_an_alert_goes_is_said_before_and_enforced_at_the_exit() {
    let mk = TestNode::new("mk-mvr", "MK").await;
    let al = TestNode::new("al-asp", "AL").await;
    let rs = TestNode::new("rs-mup", "RS").await;
    mk.trust(&al).await;
    al.trust(&mk).await;
    mk.accept(&rs).await;
    rs.trust(&mk).await;
    let mut new = alert("Zoran Izmisleni");
    let outcomes = |new: &NewAlert| {
        let recipients = mk.app.preview_recipients(&verifier(), new).unwrap();
        let outcomes = recipients
            .into_iter()
            .map(|r| (r.partner.to_string(), r.outcome.err()));
        outcomes.collect::<Vec<_>>()
    };
    assert_eq!(
        outcomes(&new),
        [
            ("AL".into(), None),
            ("RS".into(), Some(Withheld::NoArrangement))
        ]
    );
    new.handling = Handling::new(
        [HandlingCode::H0],
        None,
        ReleasableTo::Anybody,
        OriginRegime::Sis,
    )
    .unwrap();
    assert_eq!(
        outcomes(&new),
        [
            ("AL".into(), Some(Withheld::SisOrigin)),
            ("RS".into(), Some(Withheld::SisOrigin))
        ]
    );

    // Queued while it was allowed, and not sent once it is not.
    let id = enter(&mk, "Zoran Izmisleni").await;
    let held = mk.app.arrangements(&administrator()).unwrap();
    mk.app
        .end_arrangement(&administrator(), held[0].0)
        .await
        .unwrap();
    let done = mk.deliver_to(&al).await;
    assert_eq!((done.delivered, done.withheld), (0, 1));
    let view = mk.app.view_alert(&verifier(), id).await.unwrap();
    assert_eq!(view.deliveries[0].state, DeliveryState::Withheld);
    assert_eq!(view.deliveries[0].reason.as_deref(), Some("no-arrangement"));
    assert!(check(&al, "Zoran Izmisleni").await.is_empty());
}

#[tokio::test]
async fn the_recipient_refuses_what_its_own_arrangement_does_not_cover() {
    let mk = TestNode::new("mk-mvr", "MK").await;
    let al = TestNode::new("al-asp", "AL").await;
    mk.trust(&al).await;
    al.accept(&mk).await;
    let id = enter(&mk, "Zoran Izmisleni").await;
    let done = mk.deliver_to(&al).await;
    assert_eq!((done.delivered, done.refused), (0, 1));
    let view = mk.app.view_alert(&verifier(), id).await.unwrap();
    assert_eq!(view.deliveries[0].state, DeliveryState::Refused);
    assert_eq!(view.deliveries[0].reason.as_deref(), Some("no-arrangement"));
    assert!(
        view.deliveries[0].receipt.is_some(),
        "the refusal is signed"
    );
    assert!(al.store.record(id).await.unwrap().is_none());

    let mut impersonal = arrangement_with(mk.partner);
    impersonal.personal_data = false;
    al.app
        .put_arrangement(&administrator(), None, impersonal)
        .await
        .unwrap();
    let other = enter(&mk, "Petar Zamisleni").await;
    mk.deliver_to(&al).await;
    let view = mk.app.view_alert(&verifier(), other).await.unwrap();
    assert_eq!(
        view.deliveries[0].reason.as_deref(),
        Some("personal-data-not-allowed")
    );
}

#[tokio::test]
async fn a_withdrawn_alert_is_erased_wherever_it_went() {
    let (mk, al) = pair().await;
    let id = enter(&mk, "Zoran Izmisleni").await;
    mk.deliver_to(&al).await;
    assert_eq!(check(&al, "Zoran Izmisleni").await.len(), 1);
    mk.app
        .withdraw_alert(&verifier(), id, reason("found"), RecallReason::Withdrawn)
        .await
        .unwrap();
    let view = mk.app.view_alert(&verifier(), id).await.unwrap();
    let last = view.deliveries.last().unwrap();
    assert_eq!(
        (last.kind.as_str(), last.state),
        ("recall", DeliveryState::Queued)
    );
    assert_eq!(mk.deliver_to(&al).await.delivered, 1);
    assert!(check(&al, "Zoran Izmisleni").await.is_empty());
    let held = al.store.record(id).await.unwrap().unwrap();
    assert!(held.body.is_none(), "the body is gone");
    let proof = al.store.received(&[id]).await.unwrap();
    assert!(proof[0].statement.is_none(), "and what proved it");
    // The same again does no harm, and a recall of what never came is confirmed.
    let rs = TestNode::new("rs-mup", "RS").await;
    mk.trust(&rs).await;
    rs.trust(&mk).await;
    let other = enter(&mk, "Petar Zamisleni").await;
    mk.app
        .withdraw_alert(
            &verifier(),
            other,
            reason("error"),
            RecallReason::Inaccurate,
        )
        .await
        .unwrap();
    let done = mk.deliver_to(&rs).await;
    // The body stays with the issuer until its review date, and so both went out in their order.
    assert_eq!((done.delivered, done.withheld), (2, 0));
    assert!(check(&rs, "Petar Zamisleni").await.is_empty());
}

#[tokio::test]
async fn what_is_recalled_before_it_comes_is_not_taken_when_it_comes_late() {
    let (mk, al) = pair().await;
    let id = enter(&mk, "Zoran Izmisleni").await;
    let held_up = Arc::new(Mutex::new(Vec::new()));
    let lost = mk
        .app
        .deliver(&al.authority, &Thief(Arc::clone(&held_up)))
        .await;
    assert!(matches!(lost, Err(DeliveryError::Courier(_))), "{lost:?}");
    mk.app
        .withdraw_alert(&verifier(), id, reason("found"), RecallReason::Withdrawn)
        .await
        .unwrap();
    // The recall alone arrives: the arrangement has ended, so that the record does not leave.
    let held = mk.app.arrangements(&administrator()).unwrap();
    mk.app
        .end_arrangement(&administrator(), held[0].0)
        .await
        .unwrap();
    let done = mk.deliver_to(&al).await;
    assert_eq!((done.delivered, done.withheld), (1, 1));
    let envelope = held_up.lock().unwrap()[0].clone();
    al.app.receive(&mk.authority, &envelope).await.unwrap();
    assert!(check(&al, "Zoran Izmisleni").await.is_empty());
    assert!(al.store.record(id).await.unwrap().is_none());
    // And later still it is not even opened.
    al.clock.advance(SignedDuration::from_hours(2));
    let stale = al.app.receive(&mk.authority, &envelope).await;
    assert!(
        matches!(stale, Err(ReceiveError::Stale { .. })),
        "{stale:?}"
    );
}

#[tokio::test]
async fn a_correction_replaces_what_the_partner_holds() {
    let (mk, al) = pair().await;
    let id = enter(&mk, "Zoran Izmisleni").await;
    mk.deliver_to(&al).await;
    let corrected = draft("Zlatan Drugačev");
    mk.app
        .correct_alert(&verifier(), id, corrected)
        .await
        .unwrap();
    assert_eq!(mk.deliver_to(&al).await.delivered, 1);
    assert!(check(&al, "Zoran Izmisleni").await.is_empty());
    assert_eq!(check(&al, "Zlatan Drugačev").await.len(), 1);
    let view = al.app.view_alert(&verifier(), id).await.unwrap();
    assert_eq!(view.envelope.version.number(), 2);
    assert!(!view.is_own && !view.may_change);
    let refused = al
        .app
        .withdraw_alert(&verifier(), id, reason("ours now"), RecallReason::Withdrawn)
        .await;
    assert!(
        matches!(refused, Err(AppError::Forbidden(_))),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_flag_that_is_granted_changes_what_is_done_at_the_partner_that_asked() {
    let (mk, al) = pair().await;
    let id = enter(&mk, "Zoran Izmisleni").await;
    mk.deliver_to(&al).await;
    let question = NewQuestion {
        about: id,
        matter: Matter::Flag,
        recipient: None,
        text: reason("our law does not allow discreet checks in this case"),
        urgent: None,
    };
    al.app.ask(&verifier(), question).await.unwrap();
    al.deliver_to(&mk).await;
    let asked = mk.app.inquiries(&verifier(), None, 10).await.unwrap();
    let text = reason("agreed");
    mk.app
        .answer(
            &verifier(),
            asked.items[0].id,
            Some(Decision::Granted),
            &text,
        )
        .await
        .unwrap();
    mk.deliver_to(&al).await;
    let view = al.app.view_alert(&verifier(), id).await.unwrap();
    assert!(view.alert.flag_of(&al.authority).is_some());
    assert_eq!(view.envelope.version.number(), 2);
    let action = async |node: &TestNode| {
        let request = CheckRequest {
            query: draft("Zoran Izmisleni").subject,
            ..CheckRequest::default()
        };
        let answer = node.app.check(&officer(), request).await.unwrap();
        answer.candidates[0].action.clone()
    };
    assert!(action(&al).await.starts_with("Flagged for this authority"));
    assert!(action(&mk).await.starts_with("Discreet check"));
}

#[tokio::test]
async fn a_restricted_alert_is_found_by_nobody_until_it_is_lifted() {
    let (mk, al) = pair().await;
    let id = enter(&mk, "Zoran Izmisleni").await;
    mk.deliver_to(&al).await;
    let restrict = async || {
        let why = reason("the person says that it is somebody else");
        mk.app.restrict_alert(&verifier(), id, why).await
    };
    restrict().await.unwrap();
    assert!(matches!(restrict().await, Err(AppError::Conflict(_))));
    mk.deliver_to(&al).await;
    for node in [&mk, &al] {
        assert!(check(node, "Zoran Izmisleni").await.is_empty());
        let seen = node.app.view_alert(&officer(), id).await;
        assert!(matches!(seen, Err(AppError::NotFound(_))), "{seen:?}");
        let view = node.app.view_alert(&verifier(), id).await.unwrap();
        assert_eq!(view.state, "restricted");
    }
    let listed = al
        .app
        .alerts(&officer(), AlertList::Received, None, 10)
        .await;
    assert!(listed.unwrap().items.is_empty());
    mk.app.lift_restriction(&verifier(), id).await.unwrap();
    mk.deliver_to(&al).await;
    for node in [&mk, &al] {
        assert_eq!(check(node, "Zoran Izmisleni").await.len(), 1);
    }
    let again = mk.app.lift_restriction(&verifier(), id).await;
    assert!(matches!(again, Err(AppError::Conflict(_))), "{again:?}");
}

#[tokio::test]
async fn a_node_that_was_put_back_gets_what_it_had_signed_for() {
    let (mk, al) = pair().await;
    let kept = enter(&mk, "Zoran Izmisleni").await;
    mk.deliver_to(&al).await;
    let backup = dump_rows(al.store.as_ref()).await;
    let made_at = al.clock.now();
    mk.clock.advance(SignedDuration::from_mins(30));
    al.clock.advance(SignedDuration::from_mins(30));
    let lost = enter(&mk, "Petar Zamisleni").await;
    mk.deliver_to(&al).await;
    mk.app
        .withdraw_alert(&verifier(), kept, reason("found"), RecallReason::Withdrawn)
        .await
        .unwrap();
    mk.deliver_to(&al).await;
    assert_eq!(check(&al, "Petar Zamisleni").await.len(), 1);

    restore_rows(al.store.as_ref(), backup).await.unwrap();
    al.app.follow().await.unwrap();
    assert!(check(&al, "Petar Zamisleni").await.is_empty());
    assert_eq!(
        check(&al, "Zoran Izmisleni").await.len(),
        1,
        "it was recalled"
    );
    let asked = al.app.ask_again(&administrator(), made_at).await.unwrap();
    assert_eq!(asked, 1);
    al.deliver_to(&mk).await;
    mk.deliver_to(&al).await;
    assert_eq!(check(&al, "Petar Zamisleni").await.len(), 1);
    assert!(check(&al, "Zoran Izmisleni").await.is_empty());
    assert!(al.store.record(lost).await.unwrap().is_some());
}

#[tokio::test]
async fn a_like_alert_is_put_to_whoever_enters_and_the_other_issuer_is_asked() {
    let (mk, al) = pair().await;
    let first = enter(&mk, "Zoran Izmisleni").await;
    mk.deliver_to(&al).await;
    let refused = al
        .app
        .enter_alert(&verifier(), alert("Zoran Izmisleni"))
        .await
        .unwrap_err();
    let AppError::Invalid(invalid) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(
        (invalid.field, invalid.code),
        ("different_from", "duplicate")
    );
    let like = al
        .app
        .like_alerts(&verifier(), &draft("Zoran Izmisleni"))
        .await
        .unwrap();
    assert_eq!(like[0].alert, first);
    assert_eq!(like[0].issuer.as_ref(), Some(&mk.authority));

    let mut new = alert("Zoran Izmisleni");
    new.different_from = BTreeSet::from([first]);
    new.draft.distinguished_by = Some("born in another town".into());
    al.app.enter_alert(&verifier(), new).await.unwrap();
    assert_eq!(al.deliver_to(&mk).await.delivered, 2);
    // Both sides see what agrees: Skopje gets a match on arrival, and the question.
    let waiting = mk
        .app
        .matches(&verifier(), "waiting", None, 10)
        .await
        .unwrap();
    assert_eq!(waiting.items.len(), 1);
    let asked = mk.app.inquiries(&verifier(), None, 10).await.unwrap();
    let question = &asked.items[0];
    assert_eq!(question.body.matter, "duplicate-question");
    assert_eq!(question.body.due_at, later(12));
    mk.app
        .answer(
            &verifier(),
            question.id,
            Some(Decision::Different),
            &reason("another birth place"),
        )
        .await
        .unwrap();
    assert_eq!(mk.deliver_to(&al).await.delivered, 1);
    let answered = al.app.inquiries(&verifier(), None, 10).await.unwrap();
    let InquiryState::Answered(answer) = &answered.items[0].body.state else {
        panic!("{answered:?}");
    };
    assert_eq!(answer.decision.as_deref(), Some("different"));
}

#[tokio::test]
async fn many_alerts_of_one_issuer_hide_nothing_of_ones_own_from_the_next() {
    // More than are looked at when one arrives.
    const MANY: usize = 30;
    let (mk, al) = pair().await;
    enter(&al, "Zoran Izmisleni").await;
    let mut before = BTreeSet::new();
    for _ in 0..MANY {
        let mut new = alert("Zoran Izmisleni");
        new.different_from = before.clone();
        new.draft.distinguished_by = Some("another birth place".into());
        before.insert(mk.app.enter_alert(&verifier(), new).await.unwrap().alert);
        mk.deliver_to(&al).await;
    }
    let waiting = al.app.matches(&verifier(), "waiting", None, 50).await;
    assert_eq!(waiting.unwrap().items.len(), MANY);
}

#[tokio::test]
async fn questions_have_a_clock_and_one_answer() {
    let (mk, al) = pair().await;
    let id = enter(&mk, "Zoran Izmisleni").await;
    mk.deliver_to(&al).await;
    let question = al
        .app
        .ask(
            &verifier(),
            NewQuestion {
                about: id,
                matter: Matter::SupplementaryInformation,
                recipient: None,
                text: reason("which passports are known?"),
                urgent: None,
            },
        )
        .await
        .unwrap();
    al.deliver_to(&mk).await;
    assert_eq!(mk.app.to_answer().await.unwrap(), 1);
    assert_eq!(al.app.to_answer().await.unwrap(), 0, "the partner answers");
    let asked = mk.app.inquiries(&verifier(), None, 10).await.unwrap();
    let received = &asked.items[0];
    assert!(!received.body.is_overdue(later(11)));
    assert!(received.body.is_overdue(later(13)));
    let answer = async || {
        mk.app
            .answer(&verifier(), received.id, None, &reason("none is known"))
            .await
    };
    answer().await.unwrap();
    assert!(matches!(answer().await, Err(AppError::Conflict(_))));
    mk.deliver_to(&al).await;
    let view = al.app.view_inquiry(&verifier(), question).await.unwrap();
    assert_eq!(view.body.state.as_str(), "answered");
    let own = al
        .app
        .answer(&verifier(), question, None, &reason("to myself"))
        .await;
    assert!(matches!(own, Err(AppError::Conflict(_))), "{own:?}");
}

#[tokio::test]
async fn open_questions_of_both_directions_stand_first_on_every_page() {
    let (mk, al) = pair().await;
    let there = enter(&mk, "Zoran Izmisleni").await;
    mk.deliver_to(&al).await;
    let here = enter(&al, "Burim Gjeravica").await;
    al.deliver_to(&mk).await;
    let ask = async |node: &TestNode, about, text: &str| {
        let question = NewQuestion {
            about,
            matter: Matter::SupplementaryInformation,
            recipient: None,
            text: reason(text),
            urgent: None,
        };
        node.app.ask(&verifier(), question).await.unwrap();
        node.clock.advance(SignedDuration::from_mins(1));
    };
    ask(&al, there, "answered one").await;
    al.deliver_to(&mk).await;
    let first = mk.app.inquiries(&verifier(), None, 1).await.unwrap();
    let first = first.items[0].id;
    let said = reason("nothing more");
    mk.app
        .answer(&verifier(), first, None, &said)
        .await
        .unwrap();
    mk.deliver_to(&al).await;
    ask(&al, there, "own, open").await;
    ask(&mk, here, "received, open").await;
    mk.deliver_to(&al).await;
    let mut texts = Vec::new();
    let mut after = None;
    loop {
        let page = al.app.inquiries(&verifier(), after, 1).await.unwrap();
        texts.extend(page.items.into_iter().map(|item| item.body.text));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(texts.len(), 3, "{texts:?}");
    assert_eq!(texts[2], "answered one", "{texts:?}");
}

#[tokio::test]
async fn the_same_key_leads_to_the_same_alert() {
    let (mk, _) = pair().await;
    let enter = async |key| {
        let new = alert("Zoran Izmisleni");
        mk.app.enter_alert_once(&verifier(), new, key).await
    };
    let first = enter(Some("key-1")).await.unwrap();
    let again = enter(Some("key-1")).await.unwrap();
    assert_eq!(first.alert, again.alert);
    assert_eq!(first.recipients, again.recipients);
    for key in [None, Some("key-2"), Some("with space"), Some("")] {
        assert!(matches!(enter(key).await, Err(AppError::Invalid(_))));
    }
}

#[tokio::test]
async fn what_expires_is_erased_at_both_ends_by_itself() {
    let (mk, al) = pair().await;
    let id = enter(&mk, "Zoran Izmisleni").await;
    mk.deliver_to(&al).await;
    let retention = Caller {
        login: "node:retention".parse().unwrap(),
        role: Role::Operator,
        justification: officer().justification,
    };
    let year = SignedDuration::from_hours(24 * 366);
    al.clock.advance(year);
    mk.clock.advance(year);
    // Nothing came from Skopje: Tirana obeys the limit that travelled with the alert.
    al.app.act_on_retention(&retention).await.unwrap();
    assert!(al.store.record(id).await.unwrap().unwrap().body.is_none());
    assert_eq!(al.deliver_to(&mk).await.delivered, 1, "and says so");
    mk.app.act_on_retention(&retention).await.unwrap();
    assert!(mk.store.record(id).await.unwrap().unwrap().body.is_none());
    assert_eq!(mk.deliver_to(&al).await.delivered, 1, "the recall");
}

#[tokio::test]
async fn a_partner_is_accepted_by_its_fingerprint_only_and_can_be_revoked() {
    let mk = TestNode::new("mk-mvr", "MK").await;
    let al = TestNode::new("al-asp", "AL").await;
    let card = al.app.own_card().unwrap();
    let json = card.to_json();
    let accept = async |fingerprint: &str| {
        mk.app
            .accept_partner(&administrator(), json.as_bytes(), fingerprint)
            .await
    };
    let wrong = accept("AAAA-BBBB-CCCC-DDDD-EEEE").await.unwrap_err();
    let AppError::Invalid(invalid) = &wrong else {
        panic!("{wrong:?}");
    };
    assert_eq!(invalid.code, "differs");
    assert!(mk.app.partners(&administrator()).await.unwrap().is_empty());
    // Read aloud and typed in small letters, without dashes.
    let spoken = card
        .fingerprint()
        .to_string()
        .replace('-', " ")
        .to_lowercase();
    accept(&spoken).await.unwrap();
    let own = mk.app.own_card().unwrap().to_json();
    let own = mk.app.read_card(&administrator(), own.as_bytes());
    assert!(matches!(own, Err(AppError::Invalid(_))), "{own:?}");
    let officer = mk.app.read_card(&verifier(), json.as_bytes());
    assert!(
        matches!(officer, Err(AppError::Forbidden(_))),
        "{officer:?}"
    );

    al.trust(&mk).await;
    mk.app
        .put_arrangement(&administrator(), None, arrangement_with(al.partner))
        .await
        .unwrap();
    enter(&mk, "Zoran Izmisleni").await;
    mk.app
        .revoke_partner(&administrator(), &al.authority)
        .await
        .unwrap();
    let refused = mk.try_deliver_to(&al).await;
    assert!(
        matches!(refused, Err(DeliveryError::NotAPartner(_))),
        "{refused:?}"
    );
    let heard = mk.app.receive(&al.authority, b"anything").await;
    assert!(
        matches!(heard, Err(ReceiveError::NotAPartner(_))),
        "{heard:?}"
    );
    let partners = mk.app.partners(&administrator()).await.unwrap();
    assert_eq!(partners[0].row.state, PartnerState::Revoked);
    assert_eq!(partners[0].waiting, 1, "what was queued waits and is seen");
}

#[tokio::test]
async fn what_was_just_agreed_is_not_forgotten_by_a_reading_that_began_before() {
    let mk = TestNode::new("mk-mvr", "MK").await;
    let al = TestNode::new("al-asp", "AL").await;
    mk.accept(&al).await;
    let mut held = mk.store.hold_next_answer(Kind::Arrangement);
    let (app, other) = (mk.app.clone(), al.partner);
    let agree = async move {
        let agreed = arrangement_with(other);
        app.put_arrangement(&administrator(), None, agreed).await
    };
    let (read, agreed) = tokio::join!(mk.app.reload_directory(), async {
        held.reached().await;
        let mut agreeing = tokio::spawn(agree);
        // As far as it gets, with the older reading still under way.
        let early = tokio::time::timeout(Duration::from_millis(50), &mut agreeing).await;
        drop(held);
        match early {
            Ok(agreed) => agreed,
            Err(_) => agreeing.await,
        }
    });
    read.unwrap();
    agreed.unwrap().unwrap();
    let entered = mk
        .app
        .enter_alert(&verifier(), alert("Zoran Izmisleni"))
        .await
        .unwrap();
    let goes: Vec<bool> = entered
        .recipients
        .iter()
        .map(|to| to.outcome.is_ok())
        .collect();
    assert_eq!(goes, [true], "{:?}", entered.recipients);
}

#[tokio::test]
async fn what_another_process_has_just_agreed_holds_at_the_exit_and_at_the_entrance() {
    let mk = TestNode::new("mk-mvr", "MK").await;
    let al = TestNode::new("al-asp", "AL").await;
    mk.accept(&al).await;
    al.accept(&mk).await;
    // Commands on the folder of a node that runs.
    let command = async |node: &TestNode, code: &str, other: &TestNode| {
        let (store, clock) = (Arc::clone(&node.store), Arc::clone(&node.clock));
        let beside = TestNode::on((node.authority.as_str(), code), store, clock, 99).await;
        let agreed = arrangement_with(other.partner);
        let agreed = beside
            .app
            .put_arrangement(&administrator(), None, agreed)
            .await;
        agreed.unwrap();
        beside
    };
    let beside = command(&mk, "MK", &al).await;
    let id = enter(&beside, "Zoran Izmisleni").await;
    command(&al, "AL", &mk).await;
    let done = mk.deliver_to(&al).await;
    assert_eq!((done.delivered, done.refused, done.withheld), (1, 0, 0));
    assert!(al.store.record(id).await.unwrap().is_some());
}

#[tokio::test]
async fn keys_rotate_with_an_overlap_and_without_a_meeting() {
    let (mk, al) = pair().await;
    let now = later(0);
    let next = test_identity("mk-mvr", "MK", 2, now);
    mk.app
        .rotate_identity(&administrator(), next)
        .await
        .unwrap();
    assert_eq!(mk.deliver_to(&al).await.delivered, 1, "the new card");
    let partners = al.app.partners(&administrator()).await.unwrap();
    assert_eq!(partners[0].card.serial, 2);
    enter(&mk, "Zoran Izmisleni").await;
    assert_eq!(mk.deliver_to(&al).await.delivered, 1);
    assert_eq!(check(&al, "Zoran Izmisleni").await.len(), 1);
    // A card that no known key vouches for needs a person.
    let stranger = test_identity("mk-mvr", "MK", 9, now);
    mk.app
        .rotate_identity(&administrator(), stranger)
        .await
        .unwrap();
    let refused = mk.try_deliver_to(&al).await;
    assert!(refused.is_err(), "{refused:?}");
}

#[tokio::test]
async fn the_log_says_what_was_disclosed_to_whom_and_on_what_ground() {
    let (mk, al) = pair().await;
    let id = enter(&mk, "Zoran Izmisleni").await;
    mk.deliver_to(&al).await;
    let filter = egnatia_app::AuditFilter {
        operation: Some(Operation::Disclosure),
        limit: 10,
        ..Default::default()
    };
    let rows = mk.store.audit_find(&filter).await.unwrap();
    let detail = rows[0].read().unwrap();
    assert_eq!(detail.recipient.as_deref(), Some("al-asp"));
    let data = detail.data.unwrap();
    assert_eq!(data["records"][0]["record"], id.to_string());
    let ground = data["records"][0]["ground"].as_str().unwrap();
    assert!(ground.starts_with("led-37-1-a: Convention"), "{ground}");
    let stored = al.store.received(&[id]).await.unwrap();
    assert_eq!(stored[0].from, mk.authority);
}

#[tokio::test]
async fn a_partners_alert_is_passed_on_only_with_the_originators_permission() {
    let mk = TestNode::new("mk-mvr", "MK").await;
    let al = TestNode::new("al-asp", "AL").await;
    let rs = TestNode::new("rs-mup", "RS").await;
    for (a, b) in [(&mk, &al), (&al, &rs)] {
        a.trust(b).await;
        b.trust(a).await;
    }
    // Skopje and Belgrade know each other's keys, and have agreed on nothing.
    mk.accept(&rs).await;
    rs.accept(&mk).await;
    let id = enter(&mk, "Zoran Izmisleni").await;
    mk.deliver_to(&al).await;
    let pass_on = async || {
        let why = reason("the same person is in our case");
        al.app.pass_on(&verifier(), id, &rs.authority, why).await
    };
    let asked = pass_on().await.unwrap();
    let PassedOn::Asked(question) = asked else {
        panic!("{asked:?}");
    };
    assert_eq!(pass_on().await.unwrap(), PassedOn::Waits(question));
    al.deliver_to(&mk).await;
    assert_eq!(
        al.deliver_to(&rs).await.delivered,
        0,
        "nothing leaves meanwhile"
    );
    let questions = mk.app.inquiries(&verifier(), None, 10).await.unwrap();
    let received = &questions.items[0];
    assert_eq!(received.body.recipient.as_ref(), Some(&rs.authority));
    mk.app
        .answer(
            &verifier(),
            received.id,
            Some(Decision::Granted),
            &reason("agreed for this case"),
        )
        .await
        .unwrap();
    mk.deliver_to(&al).await;
    assert_eq!(al.deliver_to(&rs).await.delivered, 1);
    assert_eq!(check(&rs, "Zoran Izmisleni").await[0].1, "alerts:mk-mvr");
    // Its recall reaches whoever got it from somebody else.
    mk.app
        .withdraw_alert(&verifier(), id, reason("found"), RecallReason::Withdrawn)
        .await
        .unwrap();
    mk.deliver_to(&al).await;
    assert_eq!(al.deliver_to(&rs).await.delivered, 1);
    assert!(check(&rs, "Zoran Izmisleni").await.is_empty());
}

#[tokio::test]
async fn what_the_originator_refuses_is_not_passed_on() {
    let nodes = region().await;
    let [al, mk, rs] = [&nodes[0], &nodes[4], &nodes[5]];
    let id = enter(mk, "Zoran Izmisleni").await;
    mk.deliver_to(al).await;
    let why = || reason("the same person is in our case");
    al.app
        .pass_on(&verifier(), id, &rs.authority, why())
        .await
        .unwrap();
    al.deliver_to(mk).await;
    let questions = mk.app.inquiries(&verifier(), None, 10).await.unwrap();
    let refused = Decision::Refused {
        ground: DeclineGround::InvestigationOrSafety,
    };
    mk.app
        .answer(
            &verifier(),
            questions.items[0].id,
            Some(refused),
            &reason("not now"),
        )
        .await
        .unwrap();
    mk.deliver_to(al).await;
    let again = al.app.pass_on(&verifier(), id, &rs.authority, why()).await;
    assert!(matches!(again, Err(AppError::Conflict(_))), "{again:?}");
    assert_eq!(al.deliver_to(rs).await.delivered, 0);
}

#[tokio::test]
async fn seven_nodes_have_the_same_alert_and_object_alerts_meet_by_number() {
    let nodes = region().await;
    let home = &nodes[4];
    let mut new = alert("");
    new.draft = AlertDraft {
        category: Category::ObjectSeizure,
        subject: Description {
            identifiers: vec![Identifier {
                kind: IdentifierKind::Other,
                value: "M70-451233".into(),
                country: None,
            }],
            ..Description::default()
        },
        object: Some(egnatia_alerts::ObjectKind::Firearm),
        ..draft("")
    };
    new.subject = SubjectCategory::NoPerson;
    let entered = home.app.enter_alert(&verifier(), new).await.unwrap();
    assert!(entered.recipients.iter().all(|r| r.outcome.is_ok()));
    for node in &nodes {
        if node.authority == home.authority {
            continue;
        }
        assert_eq!(home.deliver_to(node).await.delivered, 1);
        let request = CheckRequest {
            query: Description {
                identifiers: vec![Identifier {
                    kind: IdentifierKind::Other,
                    value: "m70 451233".into(),
                    country: None,
                }],
                ..Description::default()
            },
            ..CheckRequest::default()
        };
        let answer = node.app.check(&officer(), request).await.unwrap();
        assert_eq!(answer.candidates.len(), 1, "{}", node.authority);
        let listed = node
            .app
            .alerts(&verifier(), AlertList::Received, None, 10)
            .await
            .unwrap();
        assert_eq!(listed.items[0].alert, entered.alert);
    }
}

/// Keeps envelopes for later.
pub struct Thief(pub Arc<Mutex<Vec<Vec<u8>>>>);

#[async_trait::async_trait]
impl Courier for Thief {
    async fn deliver(&self, _: &NodeCard, envelope: Vec<u8>) -> Result<Vec<u8>, CourierError> {
        self.0.lock().unwrap().push(envelope);
        Err(CourierError::Unreachable("lost".to_owned()))
    }
}

/// Answers with a receipt parcel that somebody else has sealed.
struct Liar(Vec<u8>);

#[async_trait::async_trait]
impl Courier for Liar {
    async fn deliver(&self, _: &NodeCard, _: Vec<u8>) -> Result<Vec<u8>, CourierError> {
        Ok(self.0.clone())
    }
}

#[tokio::test]
async fn a_forged_answer_settles_nothing() {
    let (mk, al) = pair().await;
    let id = enter(&mk, "Zoran Izmisleni").await;
    for answer in [Vec::new(), b"EGN1 nonsense".to_vec(), vec![0; 5_000]] {
        let lie = mk.app.deliver(&al.authority, &Liar(answer)).await;
        assert!(matches!(lie, Err(DeliveryError::Answer(_))), "{lie:?}");
    }
    let view = mk.app.view_alert(&verifier(), id).await.unwrap();
    assert_eq!(view.deliveries[0].state, DeliveryState::Queued);
    let partners = mk.app.partners(&administrator()).await.unwrap();
    assert_eq!(partners[0].contact.failures, 3);
    assert!(partners[0].contact.error.is_some());
    assert_eq!(mk.deliver_to(&al).await.delivered, 1);
}

#[tokio::test]
async fn handling_is_corrected_and_whoever_may_not_have_it_any_more_erases_it() {
    let mk = TestNode::new("mk-mvr", "MK").await;
    let al = TestNode::new("al-asp", "AL").await;
    let rs = TestNode::new("rs-mup", "RS").await;
    for (one, other) in [(&mk, &al), (&mk, &rs), (&al, &mk), (&rs, &mk)] {
        one.trust(other).await;
    }
    let id = enter(&mk, "Zoran Izmisleni").await;
    for other in [&al, &rs] {
        assert_eq!(mk.deliver_to(other).await.delivered, 1);
        assert_eq!(check(other, "Zoran Izmisleni").await.len(), 1);
    }
    let handling = |partners: ReleasableTo, origin| {
        Handling::new([HandlingCode::H0], None, partners, origin).unwrap()
    };
    let only_al = ReleasableTo::Partners(BTreeSet::from([al.partner]));
    let narrowed = handling(only_al.clone(), OriginRegime::National);
    let why = reason("Belgrade is not concerned");
    let correct = async |handling: &Handling| {
        let handling = handling.clone();
        mk.app
            .correct_handling(&verifier(), id, handling, &why)
            .await
    };
    let other_origin = handling(only_al, OriginRegime::Published);
    let refused = correct(&other_origin).await;
    assert!(matches!(refused, Err(AppError::Invalid(_))), "{refused:?}");
    correct(&narrowed).await.unwrap();
    let same = correct(&narrowed).await;
    assert!(matches!(same, Err(AppError::Invalid(_))), "{same:?}");

    assert_eq!(mk.deliver_to(&al).await.delivered, 1);
    assert_eq!(mk.deliver_to(&rs).await.delivered, 1);
    assert_eq!(check(&al, "Zoran Izmisleni").await.len(), 1);
    assert!(check(&rs, "Zoran Izmisleni").await.is_empty());
    assert!(rs.store.record(id).await.unwrap().unwrap().body.is_none());
    let held = al.store.record(id).await.unwrap().unwrap();
    assert_eq!(held.envelope.handling, narrowed);
    let view = mk.app.view_alert(&verifier(), id).await.unwrap();
    let recall = view
        .deliveries
        .iter()
        .find(|row| row.kind == "recall")
        .unwrap();
    assert_eq!(recall.to, rs.authority);
    assert!(
        recall.receipt.is_some(),
        "Belgrade has signed that it is erased"
    );

    let wide = handling(ReleasableTo::Anybody, OriginRegime::National);
    let officer = mk
        .app
        .correct_handling(&officer(), id, wide, &reason("wider"))
        .await;
    assert!(
        matches!(officer, Err(AppError::Forbidden(_))),
        "{officer:?}"
    );
}
