//! Accounts and sessions.

use std::sync::Arc;

use egnatia_app::{AccountState, Change, Role, Store, TokenHash};
use jiff::SignedDuration;

use crate::{Maker, justification, user};

pub async fn accounts_come_back_and_change(store: Arc<dyn Store>) {
    let make = Maker::new(1);
    let (ana, boris) = (make.account("ana"), make.account("boris"));
    store
        .commit(make.changes(vec![
            Change::PutAccount(boris.clone()),
            Change::PutAccount(ana.clone()),
        ]))
        .await
        .unwrap();
    assert_eq!(
        store.account(&user("ana")).await.unwrap(),
        Some(ana.clone())
    );
    assert_eq!(store.account(&user("nobody")).await.unwrap(), None);
    let mut locked = ana;
    locked.state = AccountState::Locked;
    locked.role = Role::VerifyingOfficer;
    locked.failures = 7;
    locked.signed_in_at = Some(make.tick());
    locked.revision = 2;
    let mut again = locked.clone();
    again.revision = 3;
    again.state = AccountState::Closed;
    store
        .commit(make.changes(vec![
            Change::PutAccount(locked),
            Change::PutAccount(again.clone()),
        ]))
        .await
        .unwrap();
    assert_eq!(store.accounts().await.unwrap(), [again, boris]);
}

pub async fn sessions_are_found_by_present_and_previous_token(store: Arc<dyn Store>) {
    let make = Maker::new(2);
    let first = make.session("ana");
    store
        .commit(make.changes(vec![
            Change::PutSession(first.clone()),
            Change::PutSession(make.session("boris")),
        ]))
        .await
        .unwrap();
    assert_eq!(
        store.session(first.token).await.unwrap(),
        Some(first.clone())
    );
    let mut rotated = first.clone();
    rotated.previous = Some(first.token);
    rotated.token = TokenHash(*make.salt().as_bytes());
    rotated.rotated_at = make.tick();
    rotated.seen_at = make.tick();
    rotated.expires_at = rotated.created_at + SignedDuration::from_micros(43_200_000_001);
    rotated.justification = Some(justification("КУ-12/2026"));
    store
        .commit(make.changes(vec![Change::PutSession(rotated.clone())]))
        .await
        .unwrap();
    for token in [first.token, rotated.token] {
        assert_eq!(store.session(token).await.unwrap(), Some(rotated.clone()));
    }
    let twice = TokenHash(*make.salt().as_bytes());
    let mut again = rotated.clone();
    again.previous = Some(rotated.token);
    again.token = twice;
    store
        .commit(make.changes(vec![Change::PutSession(again)]))
        .await
        .unwrap();
    assert_eq!(store.session(first.token).await.unwrap(), None);
    assert!(store.session(twice).await.unwrap().is_some());
}

pub async fn sessions_end(store: Arc<dyn Store>) {
    let make = Maker::new(3);
    let mut sessions = Vec::new();
    for login in ["ana", "ana", "boris", "boris"] {
        sessions.push(make.session(login));
    }
    sessions[0].previous = Some(TokenHash([7; 32]));
    let puts = sessions.iter().cloned().map(Change::PutSession).collect();
    store.commit(make.changes(puts)).await.unwrap();
    // Only the present token ends a session.
    store
        .commit(make.changes(vec![
            Change::DropSession(TokenHash([7; 32])),
            Change::DropSession(sessions[2].token),
        ]))
        .await
        .unwrap();
    let live = async |at: usize| store.session(sessions[at].token).await.unwrap().is_some();
    assert!(live(0).await && live(1).await && !live(2).await && live(3).await);
    // In one batch, order counts: ended first, begun afterwards.
    let next = make.session("ana");
    store
        .commit(make.changes(vec![
            Change::DropSessionsOf(user("ana")),
            Change::PutSession(next.clone()),
        ]))
        .await
        .unwrap();
    assert!(!live(0).await && !live(1).await && live(3).await);
    assert_eq!(store.session(next.token).await.unwrap(), Some(next.clone()));
    // What has ended by itself is forgotten; what ends later stays.
    let mut later = make.session("ana");
    later.expires_at = next.expires_at + SignedDuration::from_secs(1);
    store
        .commit(make.changes(vec![
            Change::PutSession(later.clone()),
            Change::DropSessionsEnded(next.expires_at),
        ]))
        .await
        .unwrap();
    assert_eq!(store.session(next.token).await.unwrap(), None);
    assert_eq!(store.session(later.token).await.unwrap(), Some(later));
}
