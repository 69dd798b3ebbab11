//! What two officers signed, one alone does not lift; what a weapon is, corrected.

use std::collections::BTreeSet;

use egnatia_app::{AppError, Described, NewCorrection, Role};
use egnatia_firearms::{Custody, Event, Taken};
use egnatia_record::{Overdue, RecordId};
use egnatia_testkit::TestNode;
use jiff::civil::{Date, date};

use crate::firearms::{caller, focal, reason, register, theft, zastava};

const ON: Date = date(2026, 11, 24);

fn code(refused: Result<(), AppError>) -> (&'static str, &'static str) {
    match refused.unwrap_err() {
        AppError::Invalid(error) => (error.field, error.code),
        _ => ("", "not invalid"),
    }
}

async fn custody(node: &TestNode, id: RecordId) -> Custody {
    let view = node.app.view_firearm(&focal(), id).await.unwrap();
    view.standing.custody
}

/// A weapon that two officers have signed to be destroyed.
async fn destroyed(node: &TestNode) -> RecordId {
    let id = register(node, "M70B-45123").await;
    let seized = Event::Seizure(Taken {
        authority: node.authority.clone(),
        circumstances: "in a van".into(),
    });
    let app = &node.app;
    app.record_event(&focal(), id, seized, ON).await.unwrap();
    let (method, evidence) = ("melted".to_owned(), "protocol 12/26".to_owned());
    app.propose_destruction(&focal(), id, method, evidence)
        .await
        .unwrap();
    let other = caller("g.focal", Role::FirearmsOfficer);
    app.sign_destruction(&other, id, ON).await.unwrap();
    id
}

fn strike(of: u32) -> NewCorrection {
    NewCorrection {
        of,
        instead: None,
        on: ON,
        reason: "another weapon was in the furnace".into(),
    }
}

#[tokio::test]
async fn one_officer_does_not_lift_a_destruction_and_two_do() {
    let node = TestNode::new("mk-mvr", "MK").await;
    let id = destroyed(&node).await;
    let app = &node.app;
    let other = caller("g.focal", Role::FirearmsOfficer);
    let alone = |first: Option<&str>| Event::Correction {
        of: 3,
        instead: None,
        on: ON,
        reason: "a slip".into(),
        first: first.map(|login| login.parse().unwrap()),
    };
    let refused = app.record_event(&focal(), id, alone(None), ON).await;
    assert_eq!(code(refused), ("number", "signed-by-two"));
    let invented = alone(Some("g.focal"));
    let refused = app.record_event(&focal(), id, invented, ON).await;
    assert_eq!(code(refused), ("event", "not-proposed"));
    let refused = app.propose_correction(&focal(), id, strike(2)).await;
    assert_eq!(code(refused), ("number", "signed-by-one"));
    // A theft in its place would have no alert: it is reported.
    let stolen = NewCorrection {
        instead: Some(theft().event),
        ..strike(3)
    };
    let refused = app.propose_correction(&focal(), id, stolen).await;
    assert_eq!(code(refused), ("event", "report"));

    app.propose_correction(&focal(), id, strike(3))
        .await
        .unwrap();
    let refused = app.sign_correction(&focal(), id).await;
    assert_eq!(code(refused), ("officer", "same-officer"));
    let reader = caller("v.verifying", Role::VerifyingOfficer);
    let refused = app.sign_correction(&reader, id).await;
    assert!(
        matches!(refused, Err(AppError::Forbidden(_))),
        "{refused:?}"
    );
    assert_eq!(custody(&node, id).await, Custody::Destroyed);
    app.withdraw_proposal(&other, id).await.unwrap();
    let refused = app.sign_correction(&other, id).await;
    assert_eq!(code(refused), ("event", "not-proposed"));

    app.propose_correction(&focal(), id, strike(3))
        .await
        .unwrap();
    app.sign_correction(&other, id).await.unwrap();
    let view = app.view_firearm(&focal(), id).await.unwrap();
    assert_eq!(
        view.standing.custody,
        Custody::Authority(node.authority.clone())
    );
    assert_eq!(view.firearm.proposed, None);
    assert_eq!(view.envelope.retention.overdue, Overdue::Review);
    assert_eq!(view.firearm.life.len(), 4);
}

#[tokio::test]
async fn what_a_weapon_is_is_corrected_after_what_is_like_it_was_looked_at() {
    let node = TestNode::new("mk-mvr", "MK").await;
    let (first, second) = (
        register(&node, "M70B-45123").await,
        register(&node, "M70B-99001").await,
    );
    let app = &node.app;
    let described = |number: &str, different: &[RecordId]| Described {
        particulars: zastava(number),
        why: reason("the last places were misread"),
        different_from: different.iter().copied().collect::<BTreeSet<_>>(),
    };
    // It does not agree with itself.
    let own = described("M70B-45124", &[]);
    app.describe_firearm(&focal(), first, own).await.unwrap();
    let refused = app
        .describe_firearm(&focal(), second, described("M70B-45124", &[]))
        .await;
    assert_eq!(code(refused), ("different_from", "duplicate"));
    let refused = app
        .describe_firearm(&focal(), second, described("M70B-45124", &[first]))
        .await;
    assert_eq!(code(refused), ("distinguished_by", "missing"));
    let mut apart = described("M70B-45124", &[first]);
    apart.particulars.distinguished_by = Some("a star on the receiver".into());
    app.describe_firearm(&focal(), second, apart).await.unwrap();
    let view = app.view_firearm(&focal(), second).await.unwrap();
    assert_eq!(view.firearm.particulars.number(), "M70B-45124");
    assert_eq!(view.firearm.life.len(), 1, "what happened to it stays");
}

#[tokio::test]
async fn what_two_officers_saw_destroyed_is_not_described_as_another_weapon() {
    let node = TestNode::new("mk-mvr", "MK").await;
    let id = destroyed(&node).await;
    let described = Described {
        particulars: zastava("M70B-1"),
        why: reason("misread"),
        different_from: BTreeSet::new(),
    };
    let refused = node.app.describe_firearm(&focal(), id, described).await;
    assert_eq!(code(refused), ("event", "destroyed"));
}

#[tokio::test]
async fn a_user_of_the_operating_system_and_an_account_of_one_person_are_one_signature() {
    let node = TestNode::new("mk-mvr", "MK").await;
    let app = &node.app;
    let admin = egnatia_testkit::administrator();
    for login in ["a.focal", "b.focal"] {
        let new = egnatia_app::NewAccount {
            login: login.into(),
            name: "Ana".into(),
            role: Role::FirearmsOfficer,
            password: egnatia_app::Password::new("correct horse battery 9"),
        };
        app.create_account(&admin, new).await.unwrap();
    }
    let (ana, boris) = ("a.focal".parse().unwrap(), "b.focal".parse().unwrap());
    let at_machine = caller("os:ana", Role::Operator);
    let id = register(&node, "M70B-45123").await;
    let seized = Event::Seizure(Taken {
        authority: node.authority.clone(),
        circumstances: "in a van".into(),
    });
    app.record_event(&focal(), id, seized, ON).await.unwrap();
    let (method, evidence) = ("melted".to_owned(), "protocol 12/26".to_owned());
    // Proposed before anybody was bound.
    app.propose_destruction(&at_machine, id, method.clone(), evidence.clone())
        .await
        .unwrap();
    let bound = Some("ana".to_owned());
    app.bind_os_user(&admin, &ana, bound.clone()).await.unwrap();
    let taken = app.bind_os_user(&admin, &boris, bound).await;
    assert_eq!(code(taken), ("os_user", "taken"));
    let no_name = app.bind_os_user(&admin, &boris, Some("Ana K".into())).await;
    assert_eq!(code(no_name), ("os_user", "invalid"));
    let refused = app.bind_os_user(&focal(), &boris, None).await;
    assert!(
        matches!(refused, Err(AppError::Forbidden(_))),
        "{refused:?}"
    );
    let herself = caller("a.focal", Role::FirearmsOfficer);
    let refused = app.sign_destruction(&herself, id, ON).await;
    assert_eq!(code(refused), ("officer", "same-officer"));
    // From now on she stands under the name of her account, whichever way she comes.
    let as_account = app.as_account(at_machine.clone()).await.unwrap();
    assert_eq!(
        (as_account.login, as_account.role),
        (ana.clone(), Role::Operator)
    );
    let other = app
        .as_account(caller("os:boris", Role::Operator))
        .await
        .unwrap();
    assert_eq!(other.login.as_str(), "os:boris");

    // Of whom the node cannot tell who they are, the log says so.
    app.sign_destruction(&other, id, ON).await.unwrap();
    assert_eq!(custody(&node, id).await, Custody::Destroyed);
    let mut supervisor = caller("s.supervisor", Role::Supervisor);
    if let Some(why) = &mut supervisor.justification {
        why.purpose = egnatia_record::Purpose::Supervision;
    }
    let query = egnatia_app::AuditQuery {
        actor: Some(other.login.clone()),
        ..Default::default()
    };
    let entries = app.audit_search(&supervisor, &query, 10).await.unwrap();
    let data = entries[0].detail.as_ref().unwrap().data.clone().unwrap();
    assert_eq!(data["unbound"], serde_json::json!(["os:ana", "os:boris"]));
    // Two accounts need no such word.
    app.bind_os_user(&admin, &ana, None).await.unwrap();
    assert_eq!(
        app.as_account(at_machine).await.unwrap().login.as_str(),
        "os:ana"
    );
}
