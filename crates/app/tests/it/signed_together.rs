//! What leaves in one parcel is under one signature, and still stands by itself.

use std::collections::BTreeSet;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use egnatia_app::{Courier, CourierError, DeliveryError, Store};
use egnatia_protocol::{NodeCard, Outcome, RefusalGround, Signed, SigningKey, Statement};
use egnatia_record::{Clock, RecordId};
use egnatia_testkit::{FixedClock, TestNode, send_as, test_identity};

use crate::exchange::{enter, pair};

/// Hands a parcel over, and loses the answer.
struct Forgetful<'a> {
    from: &'a TestNode,
    to: &'a TestNode,
}

#[async_trait::async_trait]
impl Courier for Forgetful<'_> {
    async fn deliver(&self, _: &NodeCard, envelope: Vec<u8>) -> Result<Vec<u8>, CourierError> {
        let taken = self.to.app.receive(&self.from.authority, &envelope).await;
        taken.unwrap();
        Err(CourierError::Unreachable("the answer was lost".to_owned()))
    }
}

async fn statement(of: RecordId, at: &TestNode) -> Signed {
    let received = at.store.received(&[of]).await.unwrap();
    Signed::parse(received[0].statement.as_deref().unwrap()).unwrap()
}

fn keys_of(node: &TestNode) -> Vec<SigningKey> {
    let (authority, partner) = (node.authority.to_string(), node.partner.to_string());
    let identity = test_identity(&authority, &partner, 1, FixedClock::default().now());
    let keys = identity.signing.iter();
    keys.map(|key| SigningKey::from_bytes(&key.to_bytes()))
        .collect()
}

#[tokio::test]
async fn records_of_one_parcel_are_under_one_signature_and_each_can_be_shown_by_itself() {
    let (mk, al) = pair().await;
    let mut entered = Vec::new();
    for name in ["Zoran Izmisleni", "Vesna Izmislena", "Goran Nepostoeski"] {
        entered.push(enter(&mk, name).await);
    }
    assert_eq!(mk.deliver_to(&al).await.delivered, 3);
    let mut signatures = BTreeSet::new();
    for id in entered {
        let signed = statement(id, &al).await;
        assert!(signed.is_together());
        signatures.insert(signed.signatures()[0].bytes);
        let keys = keys_of(&mk);
        assert!(
            signed
                .verify(keys.iter().map(SigningKey::verifying_key))
                .is_ok()
        );
    }
    assert_eq!(signatures.len(), 1);
}

#[tokio::test]
async fn what_leaves_again_in_other_company_is_known() {
    let (mk, al) = pair().await;
    let first = enter(&mk, "Zoran Izmisleni").await;
    let courier = Forgetful { from: &mk, to: &al };
    let lost = mk.app.deliver(&al.authority, &courier).await;
    assert!(matches!(lost, Err(DeliveryError::Courier(_))), "{lost:?}");
    assert!(!statement(first, &al).await.is_together());
    let versions = al.store.history(first).await.unwrap().len();

    // Said again after a restart, when nothing of the first attempt is in memory: this time the
    // signature is over two records.
    let alone = statement(first, &al).await;
    let keys = keys_of(&mk);
    let other = (alone.payload_type().to_owned(), b"{}".to_vec());
    let this = (alone.payload_type().to_owned(), alone.payload().to_vec());
    let keys: Vec<&SigningKey> = keys.iter().collect();
    let again = Signed::sign_together(vec![this, other], &keys).unwrap();
    assert_ne!(again[0].to_bytes(), alone.to_bytes());
    let receipts = send_as(&mk, &al, again).await.unwrap();
    assert_eq!(receipts[0].outcome, Outcome::Stored);
    assert_eq!(receipts[0].statement, alone.digest());
    assert!(matches!(receipts[1].outcome, Outcome::Refused { .. }));
    assert_eq!(al.store.history(first).await.unwrap().len(), versions);

    // And the answer settles what waits.
    assert_eq!(mk.deliver_to(&al).await.delivered, 1);
}

#[tokio::test]
async fn a_record_under_the_signature_of_others_is_refused() {
    let (mk, al) = pair().await;
    let mut entered = Vec::new();
    for name in ["Zoran Izmisleni", "Vesna Izmislena"] {
        entered.push(enter(&mk, name).await);
    }
    assert_eq!(mk.deliver_to(&al).await.delivered, 2);
    let signed = statement(entered[0], &al).await;
    let Ok(Statement::Record(shared)) = Statement::read(&signed) else {
        panic!("a record");
    };
    // Another record in its place, with the place and the path of the one that was signed.
    let forged = String::from_utf8(signed.payload().to_vec()).unwrap();
    let forged = forged.replace(
        &shared.envelope.id.to_string(),
        &RecordId::from_bytes([7; 16]).to_string(),
    );
    let whole = signed.to_json();
    let encode = |bytes: &[u8]| STANDARD.encode(bytes);
    let json = whole.replace(&encode(signed.payload()), &encode(forged.as_bytes()));
    assert_ne!(json, whole);
    let forged = Signed::from_json(json.as_bytes()).unwrap();
    let good = statement(entered[1], &al).await;
    for parcel in [
        vec![forged.clone()],
        vec![good.clone(), forged.clone()],
        vec![forged, good],
    ] {
        for receipt in send_as(&mk, &al, parcel).await.unwrap() {
            let is_forged = receipt.record != Some(entered[1]);
            let refused = matches!(
                receipt.outcome,
                Outcome::Refused {
                    ground: RefusalGround::NotValid,
                    ..
                }
            );
            assert_eq!(refused, is_forged, "{receipt:?}");
        }
    }
    let forged = al
        .store
        .record(RecordId::from_bytes([7; 16]))
        .await
        .unwrap();
    assert!(forged.is_none());
}
