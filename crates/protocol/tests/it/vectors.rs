//! The committed vectors are those that this code makes, and hold.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use egnatia_protocol::*;
use serde_json::Value;

use crate::{make, refusals, world};

const COMMITTED: &str = include_str!("../../vectors/v1.json");

fn bytes(value: &Value) -> Vec<u8> {
    STANDARD.decode(value.as_str().unwrap()).unwrap()
}

#[test]
fn the_committed_vectors_are_reproduced() {
    assert!(
        make::vectors().unwrap() == COMMITTED,
        "the vectors differ: a change of the format needs a new version, not new vectors"
    );
}

#[test]
fn the_committed_vectors_verify_without_the_code_that_made_them() {
    let vectors: Value = serde_json::from_str(COMMITTED).unwrap();
    let now = vectors["now"].as_str().unwrap().parse().unwrap();
    let sender = SignedCard::parse(vectors["card"]["json"].as_str().unwrap().as_bytes(), now);
    let sender = sender.unwrap();
    assert_eq!(
        sender.fingerprint().to_string(),
        vectors["card"]["fingerprint"].as_str().unwrap()
    );
    let next = vectors["next_card"]["json"].as_str().unwrap();
    let next = SignedCard::parse(next.as_bytes(), now).unwrap();
    next.succeeds(sender.card(), now).unwrap();

    let secret = vectors["keys"][1]["opening"]["secret"].as_str().unwrap();
    let secret: Digest = secret.parse().unwrap();
    let keys = [OpeningKey::from_bytes(secret.as_bytes()).unwrap()];
    let own = vectors["envelope"]["to"].as_str().unwrap().parse().unwrap();
    let sealed = bytes(&vectors["envelope"]["bytes"]);
    let parcel = open_parcel(&sealed, &own, &keys, sender.card(), now).unwrap();
    let statements = vectors["statements"].as_array().unwrap();
    assert_eq!(parcel.items.len(), statements.len());
    for (item, vector) in parcel.items.iter().zip(statements) {
        assert_eq!(item.statement.to_bytes(), bytes(&vector["binary"]));
        assert_eq!(
            item.statement.signed_bytes(),
            bytes(&vector["signed_bytes"])
        );
        item.statement
            .verify(sender.card().signing_keys_at(now))
            .unwrap();
        Statement::read(&item.statement).unwrap();
    }
    let known = KnownRoots::default();
    let together = vectors["together"].as_array().unwrap();
    assert_eq!(together.len(), 3);
    for vector in together {
        let signed = Signed::parse(&bytes(&vector["binary"])).unwrap();
        assert_eq!(signed.payload(), bytes(&vector["payload"]));
        assert_eq!(signed.signed_bytes(), bytes(&vector["signed_bytes"]));
        assert!(signed.is_together());
        let keys = || sender.card().signing_keys_at(now);
        signed.verify(keys()).unwrap();
        signed.verify_together(keys(), &known).unwrap();
    }
    let signed = Signed::parse(&bytes(&vectors["parcel"]["binary"])).unwrap();
    assert_eq!(Parcel::read(&signed).unwrap(), parcel);
    for refusal in vectors["refusals"].as_array().unwrap() {
        let refused = open_parcel(&bytes(&refusal["bytes"]), &own, &keys, sender.card(), now);
        let code = refused.unwrap_err().code();
        assert_eq!(
            code,
            refusal["expected"].as_str().unwrap(),
            "{}",
            refusal["name"]
        );
    }
}

#[test]
fn there_is_a_vector_for_each_kind_and_for_each_refusal_that_can_be_sent() {
    let (from, to) = (world::sender().unwrap(), world::recipient().unwrap());
    let kinds = world::parcel(&from, &to).unwrap().items.len();
    assert_eq!(kinds, StatementKind::ALL.len());
    assert_eq!(refusals::all(&from, &to).unwrap().len(), 18);
}
