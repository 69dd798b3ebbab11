//! Partners that lie: what they send is refused by name, and nothing of it is stored.

use egnatia_alerts::{Alert, AlertDraft, Profile, Reason};
use egnatia_app::{
    Courier, CourierError, DeliveryError, DeliveryState, NewAlert, ReceiveError, Store,
};
use egnatia_matching::{Description, Name, Schema};
use egnatia_protocol::{
    Body, Digest, Hit, Item, Matter, NodeCard, Outcome, Parcel, Recall, RecallEffect, RecallReason,
    Receipt, RefusalGround, Request, SharedRecord, Signed, SigningKey, Statement, Text,
    open_parcel, seal_parcel,
};
use egnatia_record::{
    Category, Clock, Envelope, Evaluation, Handling, HandlingCode, Kind, LegalBasis, Nature,
    OriginRegime, Purpose, RecordId, ReleasableTo, Retention, SubjectCategory, Version,
};
use egnatia_testkit::{FixedClock, SeededEntropy, TestNode, send_as, test_identity, verifier};
use jiff::civil::date;

pub fn reason(text: &str) -> Reason {
    Reason::try_from(text.to_owned()).unwrap()
}

pub fn draft() -> AlertDraft {
    AlertDraft {
        category: Category::ForeignTerroristFighter,
        subject: Description {
            schema: Schema::Person,
            names: vec![Name::new("Zoran Izmisleni")],
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

pub fn new_alert() -> NewAlert {
    NewAlert {
        draft: draft(),
        handling: released(),
        legal_basis: LegalBasis::NationalLaw,
        evaluation: Evaluation::OFFICIAL,
        subject: SubjectCategory::Suspect,
        nature: Nature::Fact,
        different_from: [].into(),
    }
}

fn released() -> Handling {
    Handling::new(
        [HandlingCode::H0],
        None,
        ReleasableTo::Anybody,
        OriginRegime::National,
    )
    .unwrap()
}

/// A record as a node would write it.
pub fn shared(originator: &str, id: u8, version: u32) -> SharedRecord {
    let alert = Alert::enter(draft(), &Profile::sis_like().unwrap(), date(2026, 11, 24)).unwrap();
    SharedRecord {
        envelope: Envelope {
            id: RecordId::from_bytes([id; 16]),
            kind: Kind::Alert,
            version: Version::new(version).unwrap(),
            originator: originator.parse().unwrap(),
            author: "somebody".parse().unwrap(),
            recorded_at: FixedClock::default().now(),
            purpose: Purpose::Terrorism,
            legal_basis: LegalBasis::NationalLaw,
            handling: released(),
            evaluation: Evaluation::OFFICIAL,
            subject: SubjectCategory::Suspect,
            nature: Nature::Fact,
            retention: Retention::erase_on(date(2027, 11, 24), date(2026, 11, 24)).unwrap(),
        },
        body: Body::from_json(serde_json::to_string(&alert).unwrap()).unwrap(),
        keep_until: None,
    }
}

fn key_of(node: &TestNode) -> SigningKey {
    let now = FixedClock::default().now();
    let identity = test_identity(node.authority.as_str(), node.partner.as_str(), 1, now);
    identity.signing.into_iter().next().unwrap()
}

pub fn signed(statement: &Statement, by: &TestNode) -> Signed {
    statement.sign(&[&key_of(by)]).unwrap()
}

pub fn record(shared: SharedRecord, by: &TestNode) -> Signed {
    signed(&Statement::Record(Box::new(shared)), by)
}

pub async fn pair() -> (TestNode, TestNode) {
    let mk = TestNode::new("mk-mvr", "MK").await;
    let rs = TestNode::new("rs-mup", "RS").await;
    mk.trust(&rs).await;
    rs.trust(&mk).await;
    (mk, rs)
}

/// What one statement of `from` leads to at `to`.
pub async fn ground(from: &TestNode, to: &TestNode, statement: Signed) -> Option<RefusalGround> {
    let receipts = send_as(from, to, vec![statement]).await.unwrap();
    match receipts[0].outcome {
        Outcome::Refused { ground, .. } => Some(ground),
        _ => None,
    }
}

#[tokio::test]
async fn a_record_that_claims_another_originator_is_refused() {
    let (mk, rs) = pair().await;
    let al = TestNode::new("al-asp", "AL").await;
    mk.trust(&al).await;
    // An authority that Skopje trusts, one that it does not know, and Skopje itself.
    let of_albania = record(shared("al-asp", 1, 1), &rs);
    assert_eq!(
        ground(&rs, &mk, of_albania).await,
        Some(RefusalGround::NotTheOriginator),
        "signed by somebody else than its originator"
    );
    for claimed in ["me-up", "mk-mvr"] {
        let statement = record(shared(claimed, 2, 1), &rs);
        let refused = ground(&rs, &mk, statement).await;
        assert_eq!(refused, Some(RefusalGround::NotTheOriginator), "{claimed}");
    }
    for id in [1, 2] {
        let id = RecordId::from_bytes([id; 16]);
        assert!(mk.store.record(id).await.unwrap().is_none());
    }
}

#[tokio::test]
async fn a_partner_cannot_write_over_a_record_of_another_one() {
    let (mk, rs) = pair().await;
    let al = TestNode::new("al-asp", "AL").await;
    mk.trust(&al).await;
    al.trust(&mk).await;
    assert_eq!(
        ground(&al, &mk, record(shared("al-asp", 1, 1), &al)).await,
        None
    );
    let over = record(shared("rs-mup", 1, 2), &rs);
    let refused = ground(&rs, &mk, over).await;
    assert_eq!(refused, Some(RefusalGround::NotTheOriginator));
    let recall = Statement::Recall(Recall {
        record: RecordId::from_bytes([1; 16]),
        through: Version::new(9).unwrap(),
        effect: RecallEffect::Erase,
        reason: RecallReason::Unlawful,
        at: mk.clock.now(),
    });
    let refused = ground(&rs, &mk, signed(&recall, &rs)).await;
    assert_eq!(refused, Some(RefusalGround::NotTheOriginator));
    let held = mk
        .store
        .record(RecordId::from_bytes([1; 16]))
        .await
        .unwrap();
    assert!(held.unwrap().body.is_some());
}

#[tokio::test]
async fn an_older_version_and_another_one_of_the_same_number_are_refused() {
    let (mk, rs) = pair().await;
    assert_eq!(
        ground(&rs, &mk, record(shared("rs-mup", 1, 3), &rs)).await,
        None
    );
    let again = record(shared("rs-mup", 1, 3), &rs);
    assert_eq!(
        ground(&rs, &mk, again).await,
        None,
        "the same is taken once more"
    );
    let mut other = shared("rs-mup", 1, 3);
    other.keep_until = Some(date(2027, 1, 1));
    for statement in [record(other, &rs), record(shared("rs-mup", 1, 2), &rs)] {
        let refused = ground(&rs, &mk, statement).await;
        assert_eq!(refused, Some(RefusalGround::OlderThanHeld));
    }
}

#[tokio::test]
async fn what_is_no_alert_is_refused_however_deep_or_large() {
    let (mk, rs) = pair().await;
    let with_body = |json: String| {
        let mut shared = shared("rs-mup", 1, 1);
        shared.body = Body::from_json(json).unwrap();
        record(shared, &rs)
    };
    let nested = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let deep = format!("{}1{}", "{\"a\":".repeat(100), "}".repeat(100));
    for json in ["null".to_owned(), "{}".to_owned(), deep, nested] {
        let refused = ground(&rs, &mk, with_body(json)).await;
        assert_eq!(refused, Some(RefusalGround::NotValid));
    }
    // A payload that is not written by any library: nested deeper than the stack would bear.
    let kind = "application/vnd.egnatia.record+json; v=1";
    let bytes = format!("{{\"envelope\":{}", "[".repeat(200_000)).into_bytes();
    let forged = Signed::sign(kind, bytes, &[&key_of(&rs)]).unwrap();
    let refused = ground(&rs, &mk, forged).await;
    assert_eq!(refused, Some(RefusalGround::NotValid));
    let unknown = "application/vnd.egnatia.wish+json; v=1";
    let unknown = Signed::sign(unknown, b"{}".to_vec(), &[&key_of(&rs)]).unwrap();
    assert_eq!(
        ground(&rs, &mk, unknown).await,
        Some(RefusalGround::UnknownKind)
    );
    let newer = "application/vnd.egnatia.record+json; v=2";
    let newer = Signed::sign(newer, b"{}".to_vec(), &[&key_of(&rs)]).unwrap();
    assert_eq!(
        ground(&rs, &mk, newer).await,
        Some(RefusalGround::UnknownVersion)
    );
}

#[tokio::test]
async fn sis_data_are_not_taken_by_a_node_outside_of_it() {
    let (mk, rs) = pair().await;
    let mut of_sis = shared("rs-mup", 1, 1);
    of_sis.envelope.handling = Handling::new(
        [HandlingCode::H0],
        None,
        ReleasableTo::Anybody,
        OriginRegime::Sis,
    )
    .unwrap();
    let refused = ground(&rs, &mk, record(of_sis, &rs)).await;
    assert_eq!(refused, Some(RefusalGround::HandlingForbids));
}

#[tokio::test]
async fn a_partner_learns_nothing_of_an_alert_that_it_was_not_given() {
    let (mk, rs) = pair().await;
    let al = TestNode::new("al-asp", "AL").await;
    mk.trust(&al).await;
    let mut new = new_alert();
    new.handling = Handling::new(
        [HandlingCode::H0],
        None,
        ReleasableTo::Partners([al.partner].into()),
        OriginRegime::National,
    )
    .unwrap();
    let entered = mk.app.enter_alert(&verifier(), new).await.unwrap();
    let now = mk.clock.now();
    let mut answers = Vec::new();
    for about in [entered.alert, RecordId::from_bytes([9; 16])] {
        let request = Statement::Request(Request {
            id: RecordId::from_bytes([8; 16]),
            about,
            matter: Matter::SupplementaryInformation,
            recipient: None,
            text: Text::new("what do you know?").unwrap(),
            urgent: None,
            sent_at: now,
            due_at: now,
        });
        let hit = Statement::Hit(Hit {
            alert: about,
            version: Version::FIRST,
            hit: RecordId::from_bytes([7; 16]),
            confirmed_at: now,
            action_taken: Text::new("stopped").unwrap(),
            report: [].into(),
            urgent: false,
        });
        for statement in [request, hit] {
            answers.push(ground(&rs, &mk, signed(&statement, &rs)).await);
        }
    }
    assert_eq!(answers, [Some(RefusalGround::NotTheOriginator); 4]);
    assert_eq!(mk.app.to_answer().await.unwrap(), 0);
}

#[tokio::test]
async fn a_statement_of_a_stranger_in_a_parcel_of_a_partner_is_refused() {
    let (mk, rs) = pair().await;
    let stranger = SigningKey::from_bytes(&[99; 32]);
    let now = mk.clock.now();
    let recall = Statement::Recall(Recall {
        record: RecordId::from_bytes([1; 16]),
        through: Version::FIRST,
        effect: RecallEffect::Erase,
        reason: RecallReason::Erased,
        at: now,
    });
    let receipt = Statement::Receipt(Receipt {
        statement: Digest::of(b"anything"),
        record: None,
        version: None,
        outcome: Outcome::Erased,
        at: now,
    });
    for statement in [recall, receipt] {
        let forged = statement.sign(&[&stranger]).unwrap();
        // It might be a key of the partner whose card has not come yet: nothing is taken, and
        // nothing is settled.
        let taken = send_as(&rs, &mk, vec![forged]).await;
        assert!(matches!(taken, Err(ReceiveError::Busy(_))), "{taken:?}");
    }
    let id = RecordId::from_bytes([1; 16]);
    assert!(mk.store.record(id).await.unwrap().is_none());
}

/// A partner that takes nothing and answers with receipts that somebody else has signed.
struct Forger<'a> {
    from: &'a TestNode,
    to: &'a TestNode,
}

#[async_trait::async_trait]
impl Courier for Forger<'_> {
    async fn deliver(&self, _: &NodeCard, envelope: Vec<u8>) -> Result<Vec<u8>, CourierError> {
        let now = FixedClock::default().now();
        let name = |node: &TestNode| (node.authority.to_string(), node.partner.to_string());
        let ((to, to_code), (from, from_code)) = (name(self.to), name(self.from));
        let identity = test_identity(&to, &to_code, 1, now);
        let sender = test_identity(&from, &from_code, 1, now);
        let card = sender.card.card();
        let own = &self.to.authority;
        let parcel = open_parcel(&envelope, own, &identity.opening, card, now).unwrap();
        let stranger = SigningKey::from_bytes(&[99; 32]);
        let forged = |item: &Item| Item {
            number: item.number,
            statement: Statement::Receipt(Receipt {
                statement: item.statement.digest(),
                record: None,
                version: None,
                outcome: Outcome::Stored,
                at: now,
            })
            .sign(&[&stranger])
            .unwrap(),
        };
        let answer = Parcel {
            from: own.clone(),
            to: self.from.authority.clone(),
            sent_at: now,
            items: parcel.items.iter().map(forged).collect(),
        };
        let keys: Vec<&SigningKey> = identity.signing.iter().collect();
        Ok(seal_parcel(&answer, &keys, card, &SeededEntropy::new(5)).unwrap())
    }
}

#[tokio::test]
async fn a_forged_receipt_settles_nothing() {
    let (mk, rs) = pair().await;
    let entered = mk.app.enter_alert(&verifier(), new_alert()).await.unwrap();
    let forger = Forger { from: &mk, to: &rs };
    let done = mk.app.deliver(&rs.authority, &forger).await;
    assert!(matches!(done, Err(DeliveryError::Answer(_))), "{done:?}");
    let rows = mk.store.deliveries_of(entered.alert).await.unwrap();
    assert_eq!(rows[0].state, DeliveryState::Queued);
}

#[tokio::test]
async fn a_parcel_with_a_key_that_was_revoked_is_refused() {
    let (mk, rs) = pair().await;
    // Belgrade has told that its first key is revoked; a new card without it was accepted.
    let now = FixedClock::default().now();
    let next = test_identity("rs-mup", "RS", 3, now);
    let fingerprint = next.card.fingerprint().to_string();
    let json = next.card.to_json();
    mk.app
        .accept_partner(
            &egnatia_testkit::administrator(),
            json.as_bytes(),
            &fingerprint,
        )
        .await
        .unwrap();
    let refused = send_as(&rs, &mk, vec![record(shared("rs-mup", 1, 1), &rs)]).await;
    assert!(
        matches!(refused, Err(ReceiveError::Refused(_))),
        "{refused:?}"
    );
}
