//! An answer and what it grants are one thing.

use egnatia_alerts::Alert;
use egnatia_app::{AppError, NewQuestion, Store, StoreError};
use egnatia_protocol::{Decision, DeclineGround, Matter};
use egnatia_record::RecordId;
use egnatia_testkit::{TestNode, verifier};

use crate::attacks::{new_alert, pair, reason};

/// Belgrade asks Skopje to flag an alert: the alert, and the question as Skopje has it.
async fn asked() -> (TestNode, TestNode, RecordId, RecordId) {
    let (mk, rs) = pair().await;
    let alert = mk
        .app
        .enter_alert(&verifier(), new_alert())
        .await
        .unwrap()
        .alert;
    mk.deliver_to(&rs).await;
    let question = NewQuestion {
        about: alert,
        matter: Matter::Flag,
        recipient: None,
        text: reason("the action is against our law"),
        urgent: None,
    };
    rs.app.ask(&verifier(), question).await.unwrap();
    rs.deliver_to(&mk).await;
    let open = mk.app.inquiries(&verifier(), None, 10).await.unwrap();
    let question = open.items[0].envelope.id;
    (mk, rs, alert, question)
}

async fn flags(at: &TestNode, alert: RecordId) -> usize {
    let stored = at.store.record(alert).await.unwrap().unwrap();
    let (body, _) = stored.body.unwrap();
    let alert: Alert = serde_json::from_slice(&body).unwrap();
    alert.flags.len()
}

#[tokio::test]
async fn who_answers_second_changes_nothing() {
    let (mk, _, alert, question) = asked().await;
    let refused = Some(Decision::Refused {
        ground: DeclineGround::NationalSecurity,
    });
    mk.app
        .answer(
            &verifier(),
            question,
            refused,
            &reason("against our security"),
        )
        .await
        .unwrap();
    let again = mk
        .app
        .answer(
            &verifier(),
            question,
            Some(Decision::Granted),
            &reason("it is granted"),
        )
        .await;
    assert!(matches!(again, Err(AppError::Conflict(_))), "{again:?}");
    assert_eq!(flags(&mk, alert).await, 0, "nobody has granted it");
}

#[tokio::test]
async fn a_flag_and_its_answer_are_written_together_or_not_at_all() {
    let (mk, rs, alert, question) = asked().await;
    let granted = Some(Decision::Granted);
    mk.store.fail_next_commit(StoreError::Full);
    let failed = mk
        .app
        .answer(&verifier(), question, granted, &reason("it is granted"))
        .await;
    assert!(failed.is_err());
    assert_eq!(flags(&mk, alert).await, 0);
    mk.app
        .answer(&verifier(), question, granted, &reason("it is granted"))
        .await
        .unwrap();
    assert_eq!(flags(&mk, alert).await, 1);
    mk.deliver_to(&rs).await;
    assert_eq!(
        flags(&rs, alert).await,
        1,
        "and its recipient has the version with it"
    );
}
