//! Signed payloads and keys.

use std::collections::BTreeSet;

use egnatia_protocol::*;
use proptest::prelude::*;

use crate::world::Seeded;

fn key(byte: u8) -> SigningKey {
    SigningKey::from_bytes(&[byte; 32])
}

fn signed() -> Signed {
    Signed::sign(
        "application/example",
        b"hello".to_vec(),
        &[&key(1), &key(2)],
    )
    .unwrap()
}

/// The example of the DSSE specification, `protocol.md`.
#[test]
fn signs_the_bytes_that_dsse_says() {
    let signed = Signed::sign(
        "http://example.com/HelloWorld",
        b"hello world".to_vec(),
        &[&key(1)],
    );
    assert_eq!(
        signed.unwrap().signed_bytes(),
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    );
}

#[test]
fn one_known_signer_is_enough() {
    let signed = signed();
    for number in [1, 2] {
        let known = key(number);
        assert_eq!(signed.verify([known.verifying_key()]), Ok(known.id()));
    }
    let both = [key(3), key(2)];
    let keys = both.iter().map(SigningKey::verifying_key);
    assert_eq!(signed.verify(keys), Ok(key(2).id()));
}

#[test]
fn refuses_unknown_signers_and_signatures_that_do_not_fit() {
    assert_eq!(
        signed().verify([key(3).verifying_key()]),
        Err(SignedError::UnknownSigner)
    );
    let mut bytes = signed().to_bytes();
    *bytes.last_mut().unwrap() ^= 1;
    let forged = Signed::parse(&bytes).unwrap();
    assert_eq!(
        forged.verify([key(2).verifying_key()]),
        Err(SignedError::BadSignature(key(2).id()))
    );
}

#[test]
fn refuses_a_type_payload_or_number_of_signatures_out_of_bounds() {
    let sign = |kind: &str, payload: usize, keys: &[&SigningKey]| {
        Signed::sign(kind, vec![0; payload], keys).map(|_| ())
    };
    let (a, b, c, d, e) = (key(1), key(2), key(3), key(4), key(5));
    for kind in ["", "\u{e9}", "a\n", &"a".repeat(129)] {
        assert_eq!(
            sign(kind, 1, &[&a]),
            Err(SignedError::PayloadType),
            "{kind:?}"
        );
    }
    assert_eq!(sign("a", PAYLOAD_BYTES_MAX, &[&a]), Ok(()));
    assert!(matches!(
        sign("a", PAYLOAD_BYTES_MAX + 1, &[&a]),
        Err(SignedError::TooLarge { .. })
    ));
    assert_eq!(sign(PARCEL_TYPE, PARCEL_BYTES_MAX, &[&a]), Ok(()));
    assert!(matches!(
        sign(PARCEL_TYPE, PARCEL_BYTES_MAX + 1, &[&a]),
        Err(SignedError::TooLarge { .. })
    ));
    assert_eq!(
        sign("a", 1, &[]),
        Err(SignedError::SignatureCount { found: 0 })
    );
    assert_eq!(
        sign("a", 1, &[&a, &b, &c, &d, &e]),
        Err(SignedError::SignatureCount { found: 5 })
    );
    assert_eq!(
        sign("a", 1, &[&a, &a]),
        Err(SignedError::RepeatedKey(a.id()))
    );
}

#[test]
fn refuses_every_shortened_form_and_every_longer_one() {
    let bytes = signed().to_bytes();
    for length in 0..bytes.len() {
        assert!(Signed::parse(&bytes[..length]).is_err(), "{length}");
    }
    let longer = [bytes.as_slice(), &[0]].concat();
    assert_eq!(Signed::parse(&longer), Err(SignedError::TrailingBytes));
}

#[test]
fn a_length_that_lies_is_refused_before_anything_is_copied() {
    let mut bytes = vec![1, b'a'];
    bytes.extend_from_slice(&u32::MAX.to_be_bytes());
    assert!(matches!(
        Signed::parse(&bytes),
        Err(SignedError::TooLarge { .. })
    ));
}

#[test]
fn refuses_json_with_other_fields_or_another_base64() {
    let json = signed().to_json();
    assert_eq!(Signed::from_json(json.as_bytes()), Ok(signed()));
    for other in [
        json.replace("\"payloadType\"", "\"more\":1,\"payloadType\""),
        json.replace("\"keyid\"", "\"more\":1,\"keyid\""),
        json.replace("aGVsbG8=", "aGVsbG8"),
        json.replace("aGVsbG8=", "aGVsbG9="),
        json.replace(&key(1).id().to_string(), "00"),
        "[]".to_owned(),
    ] {
        assert_ne!(other, json);
        assert_eq!(
            Signed::from_json(other.as_bytes()),
            Err(SignedError::NotJson),
            "{other}"
        );
    }
}

#[test]
fn secrets_stay_out_of_debug_output() {
    let chance = Seeded::new("debug");
    let signing = SigningKey::generate(&chance);
    let opening = OpeningKey::generate(&chance);
    for (shown, secret) in [
        (format!("{signing:?}"), signing.to_bytes()),
        (format!("{opening:?}"), opening.to_bytes()),
    ] {
        let start: String = secret
            .iter()
            .take(4)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert!(!shown.contains(&start) && shown.ends_with("…)"), "{shown}");
    }
    let text = Text::new("Ana Example").unwrap();
    assert_eq!(format!("{text:?}"), "(11 bytes of text)");
}

#[test]
fn keys_survive_their_text_and_refuse_others() {
    let chance = Seeded::new("keys");
    let verifying = *SigningKey::generate(&chance).verifying_key();
    assert_eq!(verifying.to_string().parse(), Ok(verifying));
    let sealing = OpeningKey::generate(&chance).sealing_key().clone();
    assert_eq!(
        sealing.to_string().parse::<SealingKey>(),
        Ok(sealing.clone())
    );
    assert_eq!(sealing.id().to_string().parse(), Ok(sealing.id()));
    // The neutral element: with it, one signature would fit every message.
    let mut weak = [0; 32];
    weak[0] = 1;
    assert_eq!(VerifyingKey::from_bytes(&weak), Err(InvalidKey::Verifying));
    assert_eq!("AAAA".parse::<VerifyingKey>(), Err(InvalidKey::Verifying));
    assert_eq!(
        SealingKey::from_bytes(&[0xff; 1216]),
        Err(InvalidKey::Sealing)
    );
    assert_eq!(SealingKey::from_bytes(&[0; 1215]), Err(InvalidKey::Sealing));
    assert_eq!("AB".repeat(16).parse::<KeyId>(), Err(InvalidKey::Id));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn both_encodings_survive(
        kind in "[ -~]{1,128}",
        payload in proptest::collection::vec(any::<u8>(), 0..2000),
        signers in 1_u8..=4,
    ) {
        let keys: Vec<SigningKey> = (0..signers).map(key).collect();
        let signed = Signed::sign(&kind, payload, &keys.iter().collect::<Vec<_>>()).unwrap();
        let binary = Signed::parse(&signed.to_bytes()).unwrap();
        prop_assert_eq!(&binary, &signed);
        prop_assert_eq!(binary.digest(), signed.digest());
        prop_assert_eq!(&Signed::from_json(signed.to_json().as_bytes()).unwrap(), &signed);
        for key in &keys {
            prop_assert_eq!(signed.verify([key.verifying_key()]), Ok(key.id()));
        }
    }

    #[test]
    fn the_digest_says_what_was_said_and_nothing_else(
        kind in "[ -~]{1,128}",
        payloads in proptest::collection::hash_set(proptest::collection::vec(any::<u8>(), 0..20), 2..20),
    ) {
        let payloads: Vec<_> = payloads.into_iter().map(|payload| (kind.clone(), payload)).collect();
        let together = Signed::sign_together(payloads.clone(), &[&key(1)]).unwrap();
        let digests: BTreeSet<_> = together.iter().map(Signed::digest).collect();
        prop_assert_eq!(digests.len(), payloads.len());
        for ((kind, payload), signed) in payloads.into_iter().zip(&together) {
            let alone = Signed::sign(&kind, payload.clone(), &[&key(2)]).unwrap();
            prop_assert_eq!(alone.digest(), signed.digest());
            let other = Signed::sign(&format!("x{}", &kind[1..]), payload, &[&key(2)]).unwrap();
            prop_assert_eq!(other.digest() == alone.digest(), kind.starts_with('x'));
        }
    }
}
