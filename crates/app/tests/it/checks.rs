//! Invariant 1: no answer without a reason, and none that the log does not know.

use egnatia_app::{AppError, Caller, CheckRequest, Role, StoreError};
use egnatia_audit::Operation;
use egnatia_matching::{Band, Description, Name};
use egnatia_record::Purpose;

use crate::world::{World, caller, officer, request, supervisor, verifier};

const LISTED: &[(&str, &str)] = &[("1", "Dragoslav Perunčić"), ("2", "Burim Gjeravica")];

#[tokio::test]
async fn a_listed_person_is_found_with_evidence_and_the_list_it_comes_from() {
    let world = World::with_list(LISTED).await;
    let answer = world.check(&officer("o.one"), "Драгослав Перунчић").await;
    let [candidate] = answer.candidates.as_slice() else {
        panic!("{answer:#?}")
    };
    assert_eq!(candidate.entry.name, "Dragoslav Perunčić");
    assert_eq!(
        (candidate.entry.list.as_str(), candidate.entry.list_version),
        ("test-list", 1)
    );
    assert_eq!(candidate.assessment.band, Band::Match);
    assert!(!candidate.assessment.evidence.is_empty());
    assert!(candidate.action.contains("single point of contact"));
    assert_eq!(answer.lists.len(), 1);
}

#[tokio::test]
async fn nobody_is_an_empty_answer_of_the_same_shape() {
    let world = World::with_list(LISTED).await;
    let answer = world
        .check(&officer("o.one"), "Somebody Else Altogether")
        .await;
    assert!(answer.candidates.is_empty() && answer.settled.is_empty());
    assert_eq!(answer.lists.len(), 1, "it says what was compared");
}

#[tokio::test]
async fn a_check_without_purpose_and_case_is_refused_and_leaves_nothing() {
    let world = World::with_list(LISTED).await;
    let before = world.app.is_empty().await.unwrap();
    let size = log_size(&world).await;
    let nobody = Caller {
        justification: None,
        ..officer("o.one")
    };
    let refused = world.app.check(&nobody, request("Burim Gjeravica")).await;
    assert_eq!(refused.unwrap_err(), AppError::NoJustification);
    assert_eq!(log_size(&world).await, size);
    assert!(!before);
}

#[tokio::test]
async fn a_purpose_that_is_not_the_roles_is_refused() {
    let world = World::with_list(LISTED).await;
    for (role, purpose) in [
        (Role::Officer, Purpose::Supervision),
        (Role::Officer, Purpose::Administration),
        (Role::Supervisor, Purpose::Supervision),
        (Role::DataProtectionOfficer, Purpose::Supervision),
        (Role::Administrator, Purpose::BorderCheck),
    ] {
        let me = caller("x.y", role, purpose);
        let refused = world.app.check(&me, request("Burim Gjeravica")).await;
        assert!(
            matches!(refused, Err(AppError::Forbidden(_))),
            "{role} {purpose}"
        );
    }
}

#[tokio::test]
async fn the_log_knows_who_checked_whom_and_why_before_the_answer_leaves() {
    let world = World::with_list(LISTED).await;
    let answer = world.check(&officer("o.one"), "Burim Gjeravica").await;
    let query = egnatia_app::AuditQuery {
        object: Some(answer.check),
        ..Default::default()
    };
    let entries = world
        .app
        .audit_search(&supervisor(), &query, 10)
        .await
        .unwrap();
    let [entry] = entries.as_slice() else {
        panic!("{entries:#?}")
    };
    assert_eq!(entry.leaf.operation, Operation::Consultation);
    let detail = entry.detail.as_ref().unwrap();
    assert_eq!(detail.actor.as_str(), "o.one");
    let justification = detail.justification.as_ref().unwrap();
    assert_eq!(justification.purpose, Purpose::BorderCheck);
    assert_eq!(justification.case.as_str(), "CASE-1");
}

#[tokio::test]
async fn an_answer_that_cannot_be_logged_does_not_leave() {
    let world = World::with_list(LISTED).await;
    world.store.fail_next_commit(StoreError::Full);
    let refused = world
        .app
        .check(&officer("o.one"), request("Burim Gjeravica"))
        .await;
    assert_eq!(refused.unwrap_err(), AppError::Store(StoreError::Full));
}

#[tokio::test]
async fn an_empty_or_oversized_question_is_refused_by_field() {
    let world = World::with_list(LISTED).await;
    let many = Description {
        names: vec![Name::new("A B"); 21],
        ..Description::default()
    };
    for (query, field, code) in [
        (Description::default(), "name", "missing"),
        (request("  — !").query, "name", "missing"),
        (request(&"x".repeat(301)).query, "name", "too-long"),
        (request("a\u{0}b").query, "name", "invalid"),
        (many, "name", "too-many"),
    ] {
        let request = CheckRequest {
            query,
            ..CheckRequest::default()
        };
        match world.app.check(&officer("o.one"), request).await {
            Err(AppError::Invalid(invalid)) => {
                assert_eq!((invalid.field, invalid.code), (field, code));
            }
            other => panic!("{field} {code}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn the_same_request_again_gets_the_same_answer_and_is_stored_once() {
    let world = World::with_list(LISTED).await;
    let request = CheckRequest {
        idempotency_key: Some("booth-4-00017".to_owned()),
        ..request("Burim Gjeravica")
    };
    let me = officer("o.one");
    let first = world.app.check(&me, request.clone()).await.unwrap();
    let second = world.app.check(&me, request.clone()).await.unwrap();
    assert_eq!(first, second);
    let other = world.app.check(&officer("o.two"), request).await.unwrap();
    assert_ne!(
        first.check, other.check,
        "keys of two officers have nothing to do with another"
    );
}

#[tokio::test]
async fn officers_see_their_own_checks_and_nobody_elses() {
    let world = World::with_list(LISTED).await;
    let answer = world.check(&officer("o.one"), "Burim Gjeravica").await;
    let view = world
        .app
        .view_check(&officer("o.one"), answer.check)
        .await
        .unwrap();
    assert_eq!(view.answer, answer);
    let refused = world.app.view_check(&officer("o.two"), answer.check).await;
    assert_eq!(
        refused.unwrap_err(),
        AppError::NotFound("check"),
        "as if there were none"
    );
    assert!(
        world
            .app
            .view_check(&verifier(), answer.check)
            .await
            .is_ok()
    );
    assert!(
        world
            .app
            .view_check(&supervisor(), answer.check)
            .await
            .is_err()
    );
    let own = world
        .app
        .own_checks(&officer("o.two"), None, 50)
        .await
        .unwrap();
    assert!(own.items.is_empty());
}

async fn log_size(world: &World) -> u64 {
    use egnatia_app::Store;
    world.store.audit_head().await.unwrap().size
}
