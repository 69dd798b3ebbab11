//! A statement that a node cannot store is told apart from a database that is away: it is refused by
//! name after some tries, what waits behind it goes on, and the order of each record is kept.

use egnatia_alerts::{AlertDraft, Reason};
use egnatia_app::{AuditFilter, DeliveryRow, DeliveryState, NewAlert, Store, StoreError};
use egnatia_audit::Operation;
use egnatia_matching::{Description, Name, Schema};
use egnatia_protocol::{Outcome, RecallReason, RefusalGround, Signed, Statement};
use egnatia_record::{
    Category, Evaluation, Handling, HandlingCode, LegalBasis, Nature, OriginRegime, RecordId,
    ReleasableTo, SubjectCategory,
};
use egnatia_testkit::{Direct, TestNode, administrator, verifier};

fn reason(text: &str) -> Reason {
    Reason::try_from(text.to_owned()).unwrap()
}

fn draft(name: &str) -> AlertDraft {
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
        warnings: [].into(),
        offence: None,
        characteristics: None,
        distinguished_by: None,
        links: [].into(),
    }
}

async fn enter(node: &TestNode, name: &str) -> RecordId {
    let handling = Handling::new(
        [HandlingCode::H0],
        None,
        ReleasableTo::Anybody,
        OriginRegime::National,
    );
    let new = NewAlert {
        draft: draft(name),
        handling: handling.unwrap(),
        legal_basis: LegalBasis::NationalLaw,
        evaluation: Evaluation::OFFICIAL,
        subject: SubjectCategory::Suspect,
        nature: Nature::Fact,
        different_from: [].into(),
    };
    node.app.enter_alert(&verifier(), new).await.unwrap().alert
}

async fn pair() -> (TestNode, TestNode) {
    let mk = TestNode::new("mk-mvr", "MK").await;
    let rs = TestNode::new("rs-mup", "RS").await;
    mk.trust(&rs).await;
    rs.trust(&mk).await;
    mk.deliver_to(&rs).await;
    rs.deliver_to(&mk).await;
    (mk, rs)
}

/// One attempt to hand over what waits; whether the partner took anything.
async fn attempt(from: &TestNode, to: &TestNode) -> bool {
    let wire = Direct {
        from: from.authority.clone(),
        to,
    };
    from.app.deliver(&to.authority, &wire).await.is_ok()
}

async fn rows(from: &TestNode, id: RecordId) -> Vec<DeliveryRow> {
    from.store.deliveries_of(id).await.unwrap()
}

async fn states(from: &TestNode, id: RecordId) -> Vec<DeliveryState> {
    let rows = rows(from, id).await;
    rows.into_iter().map(|row| row.state).collect()
}

async fn name_at(node: &TestNode, id: RecordId) -> Option<String> {
    let held = node.store.record(id).await.unwrap()?;
    let (body, _) = held.body?;
    let alert: egnatia_alerts::Alert = serde_json::from_slice(&body).unwrap();
    Some(alert.display_name().to_owned())
}

/// How often the log of a node says that something could not be stored, and whether it was refused.
async fn logged(node: &TestNode) -> Vec<(u64, bool)> {
    let filter = AuditFilter {
        operation: Some(Operation::Administration),
        limit: 100,
        ..AuditFilter::default()
    };
    let entries = node.store.audit_find(&filter).await.unwrap();
    let details = entries.iter().filter_map(egnatia_app::AuditRow::read);
    let told = details.filter(|detail| {
        let subject = detail.subject.as_deref().unwrap_or_default();
        subject.starts_with("not-stored:")
    });
    told.map(|detail| {
        let data = detail.data.unwrap();
        assert_eq!(data["from"], "mk-mvr");
        (data["tries"].as_u64().unwrap(), data["refused"] == true)
    })
    .collect()
}

#[tokio::test]
async fn one_statement_that_cannot_be_stored_does_not_hold_up_the_rest() {
    let (mk, rs) = pair().await;
    let first = enter(&mk, "Zoran Izmislenski").await;
    let poison = enter(&mk, "Bojan Nepostojić").await;
    let last = enter(&mk, "Teuta Trilluar").await;
    rs.store
        .reject(poison, StoreError::Rejected("no such value".into()));
    assert!(attempt(&mk, &rs).await);
    // What stands before and behind it is there at once, and it waits.
    for id in [first, last] {
        assert_eq!(states(&mk, id).await, [DeliveryState::Delivered]);
        assert!(name_at(&rs, id).await.is_some());
    }
    assert_eq!(states(&mk, poison).await, [DeliveryState::Queued]);
    // Nothing else waits: for a parcel of which nothing can be taken the partner is busy.
    assert!(!attempt(&mk, &rs).await);
    assert_eq!(states(&mk, poison).await, [DeliveryState::Queued]);
    assert!(attempt(&mk, &rs).await);
    let refused = rows(&mk, poison).await.remove(0);
    assert_eq!(refused.state, DeliveryState::Refused);
    assert_eq!(refused.reason.as_deref(), Some("cannot-be-stored"));
    // The partner has signed that, and says of which record and version.
    let signed = Signed::parse(&refused.receipt.unwrap()).unwrap();
    let card = rs.app.own_card().unwrap();
    let keys = card.card().signing_keys_at(jiff::Timestamp::MAX);
    let known = egnatia_protocol::KnownRoots::default();
    signed.verify_together(keys, &known).unwrap();
    let Ok(Statement::Receipt(receipt)) = Statement::read(&signed) else {
        panic!("not a receipt");
    };
    assert_eq!(
        (receipt.record, receipt.version),
        (Some(poison), refused.version)
    );
    let ground = match receipt.outcome {
        Outcome::Refused { ground, .. } => ground,
        other => panic!("{other:?}"),
    };
    assert_eq!(ground, RefusalGround::CannotBeStored);
    // The operator there sees it.
    assert_eq!(logged(&rs).await, [(3, true), (1, false)]);
    let partners = rs.app.partners(&administrator()).await.unwrap();
    assert_eq!(partners[0].contact.not_stored, 1);
    assert!(partners[0].contact.not_stored_at.is_some());
}

#[tokio::test]
async fn what_is_about_the_same_record_waits_for_it_in_order() {
    let (mk, rs) = pair().await;
    let poison = enter(&mk, "Bojan Nepostojić").await;
    let changed = draft("Ognjen Bajkovski");
    mk.app
        .correct_alert(&verifier(), poison, changed)
        .await
        .unwrap();
    let other = enter(&mk, "Teuta Trilluar").await;
    let why = RecallReason::Withdrawn;
    let over = enter(&mk, "Mirela Zamišljaj").await;
    mk.app
        .withdraw_alert(&verifier(), over, reason("found"), why)
        .await
        .unwrap();
    rs.store
        .reject(poison, StoreError::Rejected("no such value".into()));
    assert!(attempt(&mk, &rs).await);
    assert_eq!(states(&mk, other).await, [DeliveryState::Delivered]);
    let waiting = states(&mk, poison).await;
    assert_eq!(
        waiting,
        [DeliveryState::Queued; 2],
        "the newer version does not overtake"
    );
    assert!(
        name_at(&rs, over).await.is_none(),
        "a recall behind it is followed"
    );
    // The cause is found before the last try: both are taken, in order.
    rs.store.reject_nothing();
    assert!(attempt(&mk, &rs).await);
    assert_eq!(states(&mk, poison).await, [DeliveryState::Delivered; 2]);
    let name = name_at(&rs, poison).await;
    assert_eq!(name.as_deref(), Some("Ognjen Bajkovski"));
    assert_eq!(logged(&rs).await, [(1, false)]);
}

#[tokio::test]
async fn a_newer_version_is_taken_after_an_older_one_was_refused() {
    let (mk, rs) = pair().await;
    let poison = enter(&mk, "Bojan Nepostojić").await;
    rs.store
        .reject(poison, StoreError::Rejected("no such value".into()));
    for _ in 0..3 {
        attempt(&mk, &rs).await;
    }
    assert_eq!(states(&mk, poison).await, [DeliveryState::Refused]);
    rs.store.reject_nothing();
    let changed = draft("Ognjen Bajkovski");
    mk.app
        .correct_alert(&verifier(), poison, changed)
        .await
        .unwrap();
    assert!(attempt(&mk, &rs).await);
    let name = name_at(&rs, poison).await;
    assert_eq!(name.as_deref(), Some("Ognjen Bajkovski"));
}

#[tokio::test]
async fn a_database_that_is_away_or_full_refuses_nothing_for_good() {
    for error in [
        StoreError::Unavailable("nobody answers".into()),
        StoreError::Full,
    ] {
        let (mk, rs) = pair().await;
        let id = enter(&mk, "Zoran Izmislenski").await;
        for _ in 0..40 {
            rs.store.fail_commits(error.clone());
            assert!(!attempt(&mk, &rs).await, "{error}");
            rs.store.revive();
        }
        assert_eq!(states(&mk, id).await, [DeliveryState::Queued], "{error}");
        assert_eq!(logged(&rs).await, []);
        assert!(attempt(&mk, &rs).await);
        assert_eq!(states(&mk, id).await, [DeliveryState::Delivered], "{error}");
    }
}

#[tokio::test]
async fn where_the_database_may_be_unwell_it_is_tried_for_longer() {
    let (mk, rs) = pair().await;
    let id = enter(&mk, "Zoran Izmislenski").await;
    // Other things are written at the same time.
    rs.store
        .reject(id, StoreError::Unavailable("locked".into()));
    for _ in 0..19 {
        attempt(&mk, &rs).await;
        assert_eq!(states(&mk, id).await, [DeliveryState::Queued]);
    }
    attempt(&mk, &rs).await;
    assert_eq!(states(&mk, id).await, [DeliveryState::Refused]);
}
