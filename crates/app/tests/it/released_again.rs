//! What a partner has erased may be given to it again, in a newer version and no other.

use std::sync::{Arc, Mutex};

use egnatia_app::{Caller, Role, Store};
use egnatia_record::{Handling, HandlingCode, OriginRegime, RecordId, ReleasableTo};
use egnatia_testkit::{TestNode, verifier};
use jiff::SignedDuration;

use crate::exchange::{Thief, check, enter, officer, pair, reason};

const NAME: &str = "Zoran Izmisleni";

/// Releases an alert to these sides.
async fn release(node: &TestNode, id: RecordId, to: ReleasableTo) {
    let handling = Handling::new([HandlingCode::H0], None, to, OriginRegime::National).unwrap();
    let why = reason("another decision on who may have it");
    node.app
        .correct_handling(&verifier(), id, handling, &why)
        .await
        .unwrap();
}

async fn body(node: &TestNode, id: RecordId) -> Option<u32> {
    let held = node.store.record(id).await.unwrap().unwrap();
    held.body.map(|_| held.envelope.version.number())
}

#[tokio::test]
async fn what_was_recalled_and_is_released_again_comes_back_and_can_be_recalled_again() {
    let (mk, al) = pair().await;
    let id = enter(&mk, NAME).await;
    mk.deliver_to(&al).await;
    for round in 0..2 {
        assert_eq!(check(&al, NAME).await.len(), 1, "round {round}");
        release(&mk, id, ReleasableTo::NobodyElse).await;
        let done = mk.deliver_to(&al).await;
        assert_eq!((done.delivered, done.refused), (1, 0), "the recall");
        assert!(check(&al, NAME).await.is_empty());
        assert_eq!(body(&al, id).await, None);
        release(&mk, id, ReleasableTo::Anybody).await;
        let done = mk.deliver_to(&al).await;
        assert_eq!((done.delivered, done.refused), (1, 0), "round {round}");
    }
    assert_eq!(check(&al, NAME).await.len(), 1);
    assert_eq!(body(&al, id).await, Some(5));
    let history = al.store.history(id).await.unwrap();
    let kept = history.iter().filter(|stored| stored.body.is_some());
    assert_eq!(kept.count(), 1, "what was erased stays erased");
}

#[tokio::test]
async fn a_version_that_was_recalled_is_not_taken_when_it_comes_late() {
    let (mk, al) = pair().await;
    let id = enter(&mk, NAME).await;
    mk.deliver_to(&al).await;
    // A correction is held up, and what it corrects is recalled meanwhile.
    release(
        &mk,
        id,
        ReleasableTo::Partners(["AL".parse().unwrap()].into()),
    )
    .await;
    let held_up = Arc::new(Mutex::new(Vec::new()));
    let courier = Thief(Arc::clone(&held_up));
    assert!(mk.app.deliver(&al.authority, &courier).await.is_err());
    release(&mk, id, ReleasableTo::NobodyElse).await;
    mk.deliver_to(&al).await;
    assert_eq!(body(&al, id).await, None);
    let late = held_up.lock().unwrap()[0].clone();
    al.app.receive(&mk.authority, &late).await.unwrap();
    assert_eq!(body(&al, id).await, None, "the version before the recall");
    assert!(check(&al, NAME).await.is_empty());
}

#[tokio::test]
async fn what_a_partner_erased_in_time_comes_again_when_its_issuer_keeps_it_longer() {
    let (mk, al) = pair().await;
    let id = enter(&mk, NAME).await;
    mk.deliver_to(&al).await;
    let retention = Caller {
        login: "node:retention".parse().unwrap(),
        role: Role::Operator,
        justification: officer().justification,
    };
    // The clock of the partner is ahead, and the extension comes after the day.
    let held = mk.store.record(id).await.unwrap().unwrap();
    al.clock.advance(SignedDuration::from_hours(24 * 366));
    al.app.act_on_retention(&retention).await.unwrap();
    assert_eq!(body(&al, id).await, None);
    mk.clock.advance(SignedDuration::from_hours(24 * 364));
    mk.app
        .extend_alert(&verifier(), id, reason("still wanted"))
        .await
        .unwrap();
    al.clock.advance(SignedDuration::from_hours(-24 * 2));
    let extended = mk.store.record(id).await.unwrap().unwrap();
    assert!(extended.envelope.retention.review_on > held.envelope.retention.review_on);
    let done = mk.deliver_to(&al).await;
    assert_eq!((done.delivered, done.refused), (1, 0));
    assert_eq!(body(&al, id).await, Some(2));
    assert_eq!(check(&al, NAME).await.len(), 1);
}

#[tokio::test]
async fn two_recalls_of_one_parcel_leave_nothing_behind() {
    let (mk, al) = pair().await;
    let id = enter(&mk, "Zoran Izmisleni").await;
    // Released to nobody, then restricted: nothing of it has left yet.
    let nobody = Handling::national();
    let why = reason("not for them");
    mk.app
        .correct_handling(&verifier(), id, nobody, &why)
        .await
        .unwrap();
    mk.app.restrict_alert(&verifier(), id, why).await.unwrap();
    let done = mk.deliver_to(&al).await;
    assert_eq!(
        (done.delivered, done.withheld),
        (2, 1),
        "an older version stays here"
    );
    let held = al.store.record(id).await.unwrap();
    assert!(held.is_none(), "it never came");
    // The same where the record came before, and all of it in one parcel again.
    let id = enter(&mk, "Petar Zamisleni").await;
    mk.deliver_to(&al).await;
    let why = || reason("not for them");
    let nobody = Handling::national();
    mk.app
        .correct_handling(&verifier(), id, nobody, &why())
        .await
        .unwrap();
    mk.app.restrict_alert(&verifier(), id, why()).await.unwrap();
    assert_eq!(mk.deliver_to(&al).await.delivered, 2);
    let held = al.store.record(id).await.unwrap().unwrap();
    assert!(held.body.is_none());
}
