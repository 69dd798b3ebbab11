//! The log: searched for a reason, proven, verified.

use egnatia_alerts::{Outcome, Reason};
use egnatia_app::{AppError, AuditQuery, Caller, Role};
use egnatia_audit::Operation;
use egnatia_record::Purpose;

use crate::world::{World, admin, caller, officer, supervisor, verifier};

async fn busy_world() -> World {
    let world = World::with_list(&[("1", "Ana Prva"), ("2", "Vera Druga")]).await;
    world.account("o.one", Role::Officer).await;
    let answer = world.check(&officer("o.one"), "Ana Prva").await;
    let reason = Reason::try_from("same document".to_owned()).unwrap();
    let id = answer.candidates[0].matched;
    world
        .app
        .decide(&verifier(), id, Outcome::Confirmed, reason)
        .await
        .unwrap();
    world
}

#[tokio::test]
async fn the_whole_log_verifies_and_covers_every_version_of_every_record() {
    let world = busy_world().await;
    let whole = world
        .app
        .audit_verify(&supervisor(), &|_, _| {})
        .await
        .unwrap()
        .unwrap();
    // Two entries, a check, a match in two versions, a decision, a hit, a follow-up.
    assert_eq!(whole.records, 8);
    assert!(whole.entries >= whole.records && whole.checkpoints > 0);
}

#[tokio::test]
async fn a_proof_verifies_with_the_public_key_alone() {
    let world = busy_world().await;
    let key = world.app.log_key();
    for sequence in 0..8 {
        let proof = world
            .app
            .audit_proof(&supervisor(), sequence)
            .await
            .unwrap();
        let text = serde_json::to_string(&proof).unwrap();
        let read: egnatia_audit::EntryProof = serde_json::from_str(&text).unwrap();
        assert_eq!(read.verify(&key).unwrap().origin, key.name());
    }
    let missing = world.app.audit_proof(&supervisor(), 10_000).await;
    assert_eq!(missing.unwrap_err(), AppError::NotFound("audit entry"));
}

#[tokio::test]
async fn searching_the_log_is_itself_logged() {
    let world = busy_world().await;
    let query = AuditQuery {
        actor: Some("o.one".parse().unwrap()),
        ..AuditQuery::default()
    };
    let found = world
        .app
        .audit_search(&supervisor(), &query, 100)
        .await
        .unwrap();
    assert!(!found.is_empty());
    let own = AuditQuery {
        actor: Some("s.supervisor".parse().unwrap()),
        ..AuditQuery::default()
    };
    let traces = world
        .app
        .audit_search(&supervisor(), &own, 100)
        .await
        .unwrap();
    assert_eq!(traces[0].leaf.operation, Operation::Consultation);
    assert_eq!(
        traces[0].detail.as_ref().unwrap().subject.as_deref(),
        Some("audit-log")
    );
}

#[tokio::test]
async fn the_log_is_for_supervision_and_nothing_else() {
    let world = busy_world().await;
    let query = AuditQuery::default();
    for other in [
        officer("o.one"),
        verifier(),
        caller("a.b", Role::Administrator, Purpose::Supervision),
    ] {
        let refused = world.app.audit_search(&other, &query, 10).await;
        assert!(matches!(refused, Err(AppError::Forbidden(_))), "{other:?}");
    }
    let without = Caller {
        justification: None,
        ..supervisor()
    };
    assert_eq!(
        world.app.audit_search(&without, &query, 10).await,
        Err(AppError::NoJustification)
    );
    let elsewhere = caller("s.supervisor", Role::Supervisor, Purpose::BorderCheck);
    assert!(
        world
            .app
            .audit_search(&elsewhere, &query, 10)
            .await
            .is_err()
    );
    assert!(world.app.audit_verify(&admin(), &|_, _| {}).await.is_err());
}

#[tokio::test]
async fn searches_narrow_by_operation_and_case_and_page_by_number() {
    let world = busy_world().await;
    let query = AuditQuery {
        operation: Some(Operation::Combination),
        ..AuditQuery::default()
    };
    assert_eq!(
        world
            .app
            .audit_search(&supervisor(), &query, 10)
            .await
            .unwrap()
            .len(),
        1
    );
    let query = AuditQuery {
        case: Some("CASE-1".to_owned()),
        ..AuditQuery::default()
    };
    let found = world
        .app
        .audit_search(&supervisor(), &query, 3)
        .await
        .unwrap();
    assert_eq!(found.len(), 3);
    let before = found[2].leaf.sequence;
    let next = AuditQuery {
        before: Some(before),
        ..query
    };
    let further = world
        .app
        .audit_search(&supervisor(), &next, 100)
        .await
        .unwrap();
    assert!(further.iter().all(|entry| entry.leaf.sequence < before));
}
