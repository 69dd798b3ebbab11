//! Photographs of weapons: kept with the weapon, seen with a trace in the log, erased with it.

use egnatia_app::{Action, AppError, AuditQuery, Caller, PhotographForm, Role, Store};
use egnatia_firearms::{Mark, MarkPlace, Particulars, WeaponKind};
use egnatia_record::{Justification, Kind, Purpose, RecordId};
use egnatia_testkit::TestNode;

use crate::world::{officer, supervisor};

/// Four by three pixels, with the name of whoever took it.
const PNG: &[u8] = &[
    137, 80, 78, 71, 13, 10, 26, 10, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 4, 0, 0, 0, 3, 8, 2, 0,
    0, 0, 59, 150, 57, 145, 0, 0, 0, 17, 116, 69, 88, 116, 65, 117, 116, 104, 111, 114, 0, 65, 46,
    32, 79, 102, 102, 105, 99, 101, 114, 79, 127, 194, 188, 0, 0, 0, 16, 73, 68, 65, 84, 120, 218,
    99, 56, 161, 161, 1, 71, 12, 56, 57, 0, 7, 166, 13, 33, 124, 177, 188, 115, 0, 0, 0, 0, 73, 69,
    78, 68, 174, 66, 96, 130,
];

fn focal() -> Caller {
    Caller {
        login: "f.focal".parse().unwrap(),
        role: Role::FirearmsOfficer,
        justification: Some(Justification {
            purpose: Purpose::FirearmsTrafficking,
            case: "PH 1/26".parse().unwrap(),
        }),
    }
}

async fn weapon(node: &TestNode, number: &str) -> RecordId {
    let new = egnatia_app::NewFirearm {
        particulars: Particulars {
            marks: vec![Mark::readable(MarkPlace::Receiver, number)],
            kind: WeaponKind::Pistol,
            make: "Zastava".to_owned(),
            model: "CZ 99".to_owned(),
            calibre: "9x19".to_owned(),
            category: None,
            country: None,
            year: None,
            distinguished_by: None,
            photographs: Vec::new(),
        },
        reference: None,
        first: None,
        different_from: std::collections::BTreeSet::new(),
    };
    node.app.register_firearm(&focal(), new).await.unwrap()
}

async fn add(node: &TestNode, id: RecordId, shows: &str) -> Result<RecordId, AppError> {
    let file = (PNG.to_vec(), shows.to_owned());
    node.app.add_photograph(&focal(), id, file).await
}

async fn kept(node: &TestNode, id: RecordId) -> Vec<String> {
    let view = node.app.view_firearm(&focal(), id).await.unwrap();
    let kept = view.firearm.photographs.into_iter();
    kept.map(|kept| kept.shows).collect()
}

#[tokio::test]
async fn a_photograph_is_kept_without_what_the_camera_wrote_and_every_look_is_logged() {
    let node = TestNode::new("mk-mvr", "MK").await;
    let id = weapon(&node, "F-1").await;
    let photograph = add(&node, id, "left side").await.unwrap();
    assert_eq!(kept(&node, id).await, ["left side"]);
    for form in [PhotographForm::Whole, PhotographForm::Small] {
        let of = (id, photograph);
        let bytes = node.app.view_photograph(&focal(), of, form).await.unwrap();
        assert!(bytes.starts_with(&[0xff, 0xd8, 0xff]), "JPEG");
        assert!(!bytes.windows(7).any(|window| window == b"Officer"));
        let query = AuditQuery {
            object: Some(photograph),
            ..AuditQuery::default()
        };
        let log = node.app.audit_search(&supervisor(), &query, 1).await;
        let log = format!("{:?}", log.unwrap());
        assert!(
            log.contains("Consultation") && log.contains("f.focal"),
            "{log}"
        );
    }
    // By the address of another weapon there is none.
    let other = weapon(&node, "F-2").await;
    let of = (other, photograph);
    let found = node
        .app
        .view_photograph(&focal(), of, PhotographForm::Whole)
        .await;
    assert!(matches!(found, Err(AppError::NotFound(_))));
    let refused = node
        .app
        .view_photograph(
            &officer("an.officer"),
            (id, photograph),
            PhotographForm::Small,
        )
        .await;
    assert_eq!(refused, Err(AppError::Forbidden(Action::ViewFirearms)));
}

#[tokio::test]
async fn a_photograph_and_the_weapon_that_names_it_commit_together_or_not_at_all() {
    let node = TestNode::new("mk-mvr", "MK").await;
    let id = weapon(&node, "F-1").await;
    node.store.fail_next_commit(egnatia_app::StoreError::Full);
    assert!(add(&node, id, "left side").await.is_err());
    assert_eq!(kept(&node, id).await, [""; 0]);
    assert_eq!(node.store.count(Kind::Photograph, "kept").await.unwrap(), 0);
    for (file, shows, field) in [
        (b"not a picture".to_vec(), "x", "photograph"),
        (Vec::new(), "x", "photograph"),
        (PNG.to_vec(), " ", "shows"),
    ] {
        let refused = node
            .app
            .add_photograph(&focal(), id, (file, shows.to_owned()))
            .await;
        let Err(AppError::Invalid(invalid)) = refused else {
            panic!("{refused:?}");
        };
        assert_eq!(invalid.field, field);
    }
}

#[tokio::test]
async fn a_photograph_is_erased_when_it_is_taken_away_and_with_its_weapon() {
    let node = TestNode::new("mk-mvr", "MK").await;
    let id = weapon(&node, "F-1").await;
    let first = add(&node, id, "left side").await.unwrap();
    let second = add(&node, id, "the mark").await.unwrap();
    node.app
        .remove_photograph(&focal(), (id, first))
        .await
        .unwrap();
    assert_eq!(kept(&node, id).await, ["the mark"]);
    let gone = node
        .app
        .view_photograph(&focal(), (id, first), PhotographForm::Whole)
        .await;
    assert!(matches!(gone, Err(AppError::NotFound(_))));
    let twice = node.app.remove_photograph(&focal(), (id, first)).await;
    assert!(matches!(twice, Err(AppError::NotFound(_))));

    destroy(&node, id).await;
    node.clock
        .advance(jiff::SignedDuration::from_hours(24 * 366 * 31));
    let caller = Caller {
        justification: None,
        role: Role::Operator,
        ..focal()
    };
    while node.app.act_on_retention(&caller).await.unwrap() != egnatia_app::Expired::default() {}
    for record in [id, second] {
        let stored = node.store.record(record).await.unwrap().unwrap();
        assert!(stored.body.is_none(), "{record}");
    }
}

#[tokio::test]
async fn a_photograph_stays_as_long_as_its_weapon() {
    let node = TestNode::new("mk-mvr", "MK").await;
    let id = weapon(&node, "F-1").await;
    let photograph = add(&node, id, "left side").await.unwrap();
    node.clock
        .advance(jiff::SignedDuration::from_hours(24 * 366 * 11));
    let caller = Caller {
        justification: None,
        role: Role::Operator,
        ..focal()
    };
    while node.app.act_on_retention(&caller).await.unwrap() != egnatia_app::Expired::default() {}
    let of = (id, photograph);
    assert!(
        node.app
            .view_photograph(&focal(), of, PhotographForm::Small)
            .await
            .is_ok()
    );
}

async fn destroy(node: &TestNode, id: RecordId) {
    use egnatia_firearms::{Event, Taken};
    let taken = Taken {
        authority: "mk-mvr".parse().unwrap(),
        circumstances: "in a ditch".to_owned(),
    };
    let today = jiff::civil::date(2026, 11, 24);
    let (app, who) = (&node.app, focal());
    app.record_event(&who, id, Event::Find(taken), today)
        .await
        .unwrap();
    let (method, evidence) = ("cut".to_owned(), "protocol 7".to_owned());
    app.propose_destruction(&who, id, method, evidence)
        .await
        .unwrap();
    let second = Caller {
        login: "g.focal".parse().unwrap(),
        ..focal()
    };
    app.sign_destruction(&second, id, today).await.unwrap();
}
