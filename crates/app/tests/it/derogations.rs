//! By a derogation or an own assessment nothing flows without a justification, which is kept and shown.

use egnatia_alerts::Outcome;
use egnatia_app::{AppError, Caller, DeliveryState, NewTransfer, Role, ToJustify};
use egnatia_record::{Derogation, Gate, Purpose, RecordId, Told, TransferGround, Withheld};
use egnatia_testkit::{TestNode, administrator, arrangement_with, verifier};
use jiff::civil::{Date, date};

use crate::exchange::{check, draft, enter, officer, reason};
use crate::world::caller;

/// Skopje knows Belgrade, and has nothing but a derogation for it; Belgrade has an arrangement.
async fn by_derogation() -> (TestNode, TestNode) {
    only_through(Gate::Derogation).await
}

async fn only_through(gate: Gate) -> (TestNode, TestNode) {
    let mk = TestNode::new("mk-mvr", "MK").await;
    let rs = TestNode::new("rs-mup", "RS").await;
    mk.accept(&rs).await;
    rs.trust(&mk).await;
    let mut agreed = arrangement_with(rs.partner);
    agreed.gate = gate;
    mk.app
        .put_arrangement(&administrator(), None, agreed)
        .await
        .unwrap();
    (mk, rs)
}

fn because(to: &TestNode) -> NewTransfer {
    NewTransfer {
        to: to.authority.clone(),
        ground: TransferGround::Derogation(Derogation::ImmediateThreat),
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
        ground: TransferGround::Derogation(Derogation::IndividualCase),
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
    let missing = ToJustify {
        to: rs.authority.clone(),
        gate: Gate::Derogation,
    };
    assert_eq!(view.to_justify, [missing]);
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

fn assessed(to: &TestNode, on: Date) -> NewTransfer {
    NewTransfer {
        to: to.authority.clone(),
        ground: TransferGround::Assessment(Told {
            category: " alerts on terrorism to the police of neighbours ".into(),
            on,
        }),
        justification: "a court reviews what their police keep, and erasure is answered for".into(),
        rights: None,
    }
}

#[tokio::test]
async fn an_own_assessment_is_written_down_for_each_transfer_with_what_the_supervisor_was_told() {
    let (mk, rs) = only_through(Gate::OwnAssessment).await;
    let id = enter(&mk, "Zoran Izmisleni").await;
    assert_eq!(outcome(&mk, id).await, Some(Withheld::NotJustified));
    let view = mk.app.view_alert(&verifier(), id).await.unwrap();
    let missing = ToJustify {
        to: rs.authority.clone(),
        gate: Gate::OwnAssessment,
    };
    assert_eq!(view.to_justify, [missing]);
    assert_eq!(mk.deliver_to(&rs).await.delivered, 0);

    // A derogation is no assessment; the supervisor is told before, of a category that says something.
    let today = date(2026, 11, 24);
    let tomorrow = assessed(&rs, today.tomorrow().unwrap());
    let silent = NewTransfer {
        ground: TransferGround::Assessment(Told {
            category: "-".into(),
            on: today,
        }),
        ..assessed(&rs, today)
    };
    let unreasoned = NewTransfer {
        justification: String::new(),
        ..assessed(&rs, today)
    };
    for (lacking, field) in [
        (because(&rs), "told_category"),
        (tomorrow, "told_on"),
        (silent, "told_category"),
        (unreasoned, "justification"),
    ] {
        match mk.app.justify_transfer(&verifier(), id, lacking).await {
            Err(AppError::Invalid(invalid)) => assert_eq!(invalid.field, field),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(mk.deliver_to(&rs).await.delivered, 0);

    mk.app
        .justify_transfer(&verifier(), id, assessed(&rs, today))
        .await
        .unwrap();
    assert_eq!(mk.deliver_to(&rs).await.delivered, 1);
    let dpo = caller("d.dpo", Role::DataProtectionOfficer, Purpose::Supervision);
    let page = mk.app.transfers(&dpo, None, 10).await.unwrap();
    let shown = &page.items[0];
    let told = shown.transfer.told.as_ref().unwrap();
    assert_eq!(
        told.category,
        "alerts on terrorism to the police of neighbours"
    );
    assert_eq!(told.on, today);
    assert_eq!(
        (shown.transfer.derogation, &shown.transfer.to),
        (None, &rs.authority)
    );
    assert!(shown.deliveries[0].ground.starts_with("led-37-1-b: "));
}

#[tokio::test]
async fn what_was_justified_through_one_gate_does_not_leave_through_another() {
    let (mk, rs) = only_through(Gate::OwnAssessment).await;
    let held = mk.app.directory().arrangement_records()[0].0;
    let id = enter(&mk, "Zoran Izmisleni").await;
    mk.app
        .justify_transfer(&verifier(), id, assessed(&rs, date(2026, 11, 20)))
        .await
        .unwrap();
    assert_eq!(mk.deliver_to(&rs).await.delivered, 1);
    // The assessment does not hold any more: what remains is a derogation, to be justified anew.
    mk.app
        .end_arrangement(&administrator(), held)
        .await
        .unwrap();
    let mut derogation = arrangement_with(rs.partner);
    derogation.gate = Gate::Derogation;
    mk.app
        .put_arrangement(&administrator(), None, derogation)
        .await
        .unwrap();
    assert_eq!(outcome(&mk, id).await, Some(Withheld::NotJustified));
    mk.app
        .justify_transfer(&verifier(), id, because(&rs))
        .await
        .unwrap();
    assert_eq!(outcome(&mk, id).await, None);
}
