//! By a derogation nothing flows without a justification, which is kept and shown.

use egnatia_alerts::Outcome;
use egnatia_app::{AppError, Caller, DeliveryState, NewTransfer, Role};
use egnatia_record::{Derogation, Gate, Purpose, RecordId, Withheld};
use egnatia_testkit::{TestNode, administrator, arrangement_with, verifier};

use crate::exchange::{check, draft, enter, officer, reason};
use crate::world::caller;

/// Skopje knows Belgrade, and has nothing but a derogation for it; Belgrade has an arrangement.
async fn by_derogation() -> (TestNode, TestNode) {
    let mk = TestNode::new("mk-mvr", "MK").await;
    let rs = TestNode::new("rs-mup", "RS").await;
    mk.accept(&rs).await;
    rs.trust(&mk).await;
    let mut derogation = arrangement_with(rs.partner);
    derogation.gate = Gate::Derogation;
    mk.app
        .put_arrangement(&administrator(), None, derogation)
        .await
        .unwrap();
    (mk, rs)
}

fn because(to: &TestNode) -> NewTransfer {
    NewTransfer {
        to: to.authority.clone(),
        derogation: Derogation::ImmediateThreat,
        justification: "an attack is being prepared there".into(),
        rights: None,
    }
}

async fn outcome(node: &TestNode, id: RecordId) -> Option<Withheld> {
    let view = node.app.view_alert(&verifier(), id).await.unwrap();
    view.recipients[0].outcome.clone().err()
}

#[tokio::test]
async fn nothing_leaves_by_a_derogation_until_somebody_justifies_it() {
    let (mk, rs) = by_derogation().await;
    let id = enter(&mk, "Zoran Izmisleni").await;
    assert_eq!(outcome(&mk, id).await, Some(Withheld::NotJustified));
    assert_eq!(mk.deliver_to(&rs).await.delivered, 0);

    let refused = mk.app.justify_transfer(&officer(), id, because(&rs)).await;
    assert!(
        matches!(refused, Err(AppError::Forbidden(_))),
        "{refused:?}"
    );
    let silent = NewTransfer {
        justification: " ".into(),
        ..because(&rs)
    };
    let unweighed = NewTransfer {
        derogation: Derogation::IndividualCase,
        ..because(&rs)
    };
    for lacking in [silent, unweighed] {
        let refused = mk.app.justify_transfer(&verifier(), id, lacking).await;
        assert!(matches!(refused, Err(AppError::Invalid(_))), "{refused:?}");
    }
    assert_eq!(mk.deliver_to(&rs).await.delivered, 0);

    mk.app
        .justify_transfer(&verifier(), id, because(&rs))
        .await
        .unwrap();
    assert_eq!(mk.deliver_to(&rs).await.delivered, 1);
    assert_eq!(check(&rs, "Zoran Izmisleni").await.len(), 1);
    let again = mk.app.justify_transfer(&verifier(), id, because(&rs)).await;
    assert!(again.is_err(), "it is justified: {again:?}");

    // It is for this alert: another one still waits.
    let other = enter(&mk, "Petar Zamisleni").await;
    assert_eq!(outcome(&mk, other).await, Some(Withheld::NotJustified));
    // A correction reaches whoever has what was wrong.
    let mut better = draft("Zoran Izmisleni");
    better.offence = Some("corrected".into());
    mk.app.correct_alert(&verifier(), id, better).await.unwrap();
    let done = mk.deliver_to(&rs).await;
    assert_eq!((done.delivered, done.withheld), (1, 0));
}

#[tokio::test]
async fn the_data_protection_officer_sees_date_recipient_justification_and_data() {
    let (mk, rs) = by_derogation().await;
    let id = enter(&mk, "Zoran Izmisleni").await;
    let justified = mk.app.justify_transfer(&verifier(), id, because(&rs)).await;
    let transfer = justified.unwrap();
    mk.deliver_to(&rs).await;
    let dpo: Caller = caller("d.dpo", Role::DataProtectionOfficer, Purpose::Supervision);
    let page = mk.app.transfers(&dpo, None, 10).await.unwrap();
    let [shown] = page.items.as_slice() else {
        panic!("{page:?}");
    };
    assert_eq!((shown.id, shown.transfer.record), (transfer, id));
    assert_eq!(shown.transfer.to, rs.authority);
    assert_eq!(shown.transfer.by, verifier().login);
    assert_eq!(
        shown.transfer.justification,
        "an attack is being prepared there"
    );
    assert_eq!(shown.deliveries.len(), 1);
    assert_eq!(shown.deliveries[0].state, DeliveryState::Delivered);
    assert!(shown.deliveries[0].ground.starts_with("led-38: "));
    let supervisor = caller("s.supervisor", Role::Supervisor, Purpose::Supervision);
    let refused = mk.app.transfers(&supervisor, None, 10).await;
    assert!(
        matches!(refused, Err(AppError::Forbidden(_))),
        "{refused:?}"
    );
}

#[tokio::test]
async fn what_was_queued_before_only_the_derogation_remained_does_not_leave() {
    let (mk, rs) = by_derogation().await;
    let agreed = mk
        .app
        .put_arrangement(&administrator(), None, arrangement_with(rs.partner))
        .await
        .unwrap();
    // Any other arrangement goes before a derogation.
    let id = enter(&mk, "Zoran Izmisleni").await;
    assert_eq!(outcome(&mk, id).await, None);
    let not_needed = mk.app.justify_transfer(&verifier(), id, because(&rs)).await;
    assert!(
        matches!(not_needed, Err(AppError::Invalid(_))),
        "{not_needed:?}"
    );
    mk.app
        .end_arrangement(&administrator(), agreed)
        .await
        .unwrap();
    let done = mk.deliver_to(&rs).await;
    assert_eq!((done.delivered, done.withheld), (0, 1));
    let view = mk.app.view_alert(&verifier(), id).await.unwrap();
    assert_eq!(view.deliveries[0].reason.as_deref(), Some("not-justified"));
}

#[tokio::test]
async fn a_hit_is_told_by_a_derogation_only_once_it_is_justified() {
    let (mk, rs) = by_derogation().await;
    // What comes in needs no justification of Skopje.
    rs.deliver_to(&mk).await;
    let id = enter(&rs, "Zoran Izmisleni").await;
    rs.deliver_to(&mk).await;
    let (matched, _) = check(&mk, "Zoran Izmisleni").await[0].clone();
    mk.app
        .decide(
            &verifier(),
            matched,
            Outcome::Confirmed,
            reason("same document"),
        )
        .await
        .unwrap();
    let done = mk.deliver_to(&rs).await;
    assert_eq!((done.delivered, done.withheld), (0, 1));
    let view = mk.app.view_alert(&verifier(), id).await.unwrap();
    assert_eq!(view.to_justify, std::slice::from_ref(&rs.authority));
    mk.app
        .justify_transfer(&verifier(), id, because(&rs))
        .await
        .unwrap();
    assert_eq!(mk.deliver_to(&rs).await.delivered, 1);
    let reports = rs.app.hit_reports(&verifier(), None, 10).await.unwrap();
    assert_eq!(reports.items.len(), 1);
    let view = mk.app.view_alert(&verifier(), id).await.unwrap();
    assert!(view.to_justify.is_empty());
}
