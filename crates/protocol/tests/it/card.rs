//! Cards, fingerprints, and cards that follow.

use egnatia_protocol::*;
use proptest::prelude::*;

use crate::world::{self, Node, at, now};

fn node() -> Node {
    world::sender().unwrap()
}

fn changed(change: impl FnOnce(&mut NodeCard)) -> Result<SignedCard, CardError> {
    let node = node();
    let mut card = node.card.clone();
    change(&mut card);
    SignedCard::sign(&card, &[&node.signing])
}

fn signed() -> SignedCard {
    changed(|_| {}).unwrap()
}

#[test]
fn survives_its_json_with_the_same_fingerprint() {
    let card = signed();
    let read = SignedCard::parse(card.to_json().as_bytes(), now()).unwrap();
    assert_eq!(read, card);
    assert_eq!(read.fingerprint(), card.fingerprint());
    assert_eq!(read.card().name("sq"), "Police of A");
}

#[test]
fn refuses_fields_out_of_bounds() {
    type Change = fn(&mut NodeCard);
    let other = |card: &mut NodeCard, from: i64, until: i64| {
        let key = *SigningKey::from_bytes(&[9; 32]).verifying_key();
        card.signing.push(world::listed(key, from, Some(until)));
    };
    let cases: &[(CardFieldError, Change)] = &[
        (CardFieldError::Serial, |card| card.serial = 0),
        (CardFieldError::Names, |card| card.names.clear()),
        (CardFieldError::Names, |card| {
            card.names.insert("mk".into(), "a\u{202e}b".into());
        }),
        (CardFieldError::Names, |card| {
            card.names.insert("mk".into(), "a".repeat(201));
        }),
        (CardFieldError::Names, |card| {
            card.names.insert("m k".into(), "a".into());
        }),
        (CardFieldError::Addresses, |card| card.addresses.clear()),
        (CardFieldError::Addresses, |card| {
            card.addresses.push(card.addresses[0].clone());
        }),
        (CardFieldError::Keys, |card| card.signing.clear()),
        (CardFieldError::Keys, |card| card.sealing.clear()),
        (CardFieldError::Keys, |card| {
            card.sealing.push(card.sealing[0].clone());
        }),
        (CardFieldError::KeyDates, |card| {
            card.sealing[0].not_after = Some(card.sealing[0].not_before);
        }),
        (CardFieldError::KeyDates, |card| {
            card.sealing[0].revoked_at = Some(at(1));
        }),
        (CardFieldError::Tls, |card| card.tls.push(card.tls[0])),
        (CardFieldError::Tls, |card| {
            card.tls[0].not_after = card.tls[0].not_before;
        }),
    ];
    for (expected, change) in cases {
        assert_eq!(changed(change), Err(CardError::Field(*expected)));
    }
    assert_eq!(
        changed(|card| other(card, 10, 10)),
        Err(CardError::Field(CardFieldError::KeyDates))
    );
    assert!(changed(|card| card.tls.clear()).is_ok());
}

#[test]
fn refuses_addresses_that_are_not_plain_https() {
    for address in [
        "http://a.example/",
        "https://",
        "https://:443/",
        "https://user@a.example/",
        "https://a.example/?q",
        "https://a.example/#f",
        "https://a .example/",
        "https://\u{e9}.example/",
        &format!("https://{}/", "a".repeat(256)),
    ] {
        let card = changed(|card| card.addresses = vec![address.to_owned()]);
        assert_eq!(
            card,
            Err(CardError::Field(CardFieldError::Addresses)),
            "{address}"
        );
    }
    assert!(changed(|card| card.addresses = vec!["https://[::1]:8443/in".into()]).is_ok());
}

#[test]
fn refuses_a_card_that_none_of_its_valid_keys_has_signed() {
    let node = node();
    let stranger = SignedCard::sign(&node.card, &[&node.next_signing]);
    assert_eq!(stranger, Err(CardError::NotSelfSigned));
    let run_out = SignedCard::parse(signed().to_json().as_bytes(), at(86_400));
    assert_eq!(run_out, Err(CardError::NotSelfSigned));
    let revoked = changed(|card| card.signing[0].revoked_at = Some(card.issued_at));
    assert_eq!(revoked, Err(CardError::NotSelfSigned));
    let early = changed(|card| card.signing[0].not_before = at(3600));
    assert_eq!(early, Err(CardError::NotSelfSigned));
}

#[test]
fn refuses_a_card_of_tomorrow_but_forgives_a_clock_that_is_behind() {
    let json = signed().to_json();
    let behind = |seconds: i64| SignedCard::parse(json.as_bytes(), at(-60 - seconds));
    assert!(behind(600).is_ok());
    assert!(matches!(behind(601), Err(CardError::IssuedLater { .. })));
}

#[test]
fn refuses_altered_unknown_and_overlong_cards() {
    let node = node();
    let payload = String::from_utf8(signed().signed().payload().to_vec()).unwrap();
    let sign = |payload: &str, kind| {
        let signed = Signed::sign(kind, payload.as_bytes().to_vec(), &[&node.signing]).unwrap();
        SignedCard::parse(signed.to_json().as_bytes(), now())
    };
    assert!(sign(&payload, CARD_TYPE).is_ok());
    assert_eq!(sign(&payload, "application/json"), Err(CardError::NotACard));
    for other in [
        payload.replace("\"serial\"", "\"more\":1,\"serial\""),
        payload.replace("egnatia-card/1", "egnatia-card/2"),
        payload.replace("\"serial\":1", "\"serial\":1,\"serial\":2"),
        format!("{payload} 1"),
    ] {
        assert!(
            matches!(sign(&other, CARD_TYPE), Err(CardError::NotValid { .. })),
            "{other}"
        );
    }
    let padded = format!("{payload}{}", " ".repeat(48 * 1024));
    assert!(matches!(
        sign(&padded, CARD_TYPE),
        Err(CardError::TooLarge { .. })
    ));
    let json = format!("{}{}", signed().to_json(), " ".repeat(CARD_BYTES_MAX));
    assert!(matches!(
        SignedCard::parse(json.as_bytes(), now()),
        Err(CardError::TooLarge { .. })
    ));
    let mut bytes = signed().signed().to_bytes();
    *bytes.last_mut().unwrap() ^= 1;
    assert_eq!(
        SignedCard::from_signed(Signed::parse(&bytes).unwrap(), now()),
        Err(CardError::Signed(SignedError::BadSignature(
            node.signing.id()
        )))
    );
}

#[test]
fn the_largest_card_still_fits() {
    let node = node();
    let mut card = node.card.clone();
    for number in 0..16 {
        card.names
            .insert(format!("x{number}-abcdefghijk"), "\u{10348}".repeat(200));
    }
    card.names.remove("en");
    card.addresses = (0..4)
        .map(|number| format!("https://{number}{}/", "a".repeat(246)))
        .collect();
    let keys: Vec<SigningKey> = (0..4)
        .map(|byte| SigningKey::from_bytes(&[byte; 32]))
        .collect();
    card.signing = keys
        .iter()
        .map(|key| world::listed(*key.verifying_key(), -3600, Some(9)))
        .collect();
    card.sealing = (0..4)
        .map(|byte| {
            OpeningKey::from_bytes(&[byte; 32])
                .unwrap()
                .sealing_key()
                .clone()
        })
        .map(|key| world::listed(key, -3600, Some(9)))
        .collect();
    let card = SignedCard::sign(&card, &keys.iter().collect::<Vec<_>>()).unwrap();
    assert!(SignedCard::parse(card.to_json().as_bytes(), now()).is_ok());
}

#[test]
fn a_rotation_needs_no_new_meeting() {
    let node = node();
    let both = SignedCard::sign(&node.next_card(), &[&node.signing, &node.next_signing]).unwrap();
    assert_eq!(both.succeeds(&node.card, now()), Ok(()));
    let keys = both.card().signing_keys_at(now()).count();
    assert_eq!(keys, 2, "old and new key overlap");
    let old_alone = SignedCard::sign(&node.next_card(), &[&node.signing]).unwrap();
    assert_eq!(old_alone.succeeds(&node.card, now()), Ok(()));

    // Then the old key goes, by revocation or by being left out.
    let mut third = node.next_card();
    third.serial = 3;
    third.signing[0].revoked_at = Some(third.issued_at);
    let revoked = SignedCard::sign(&third, &[&node.next_signing]).unwrap();
    assert_eq!(revoked.succeeds(both.card(), now()), Ok(()));
    assert_eq!(revoked.card().signing_keys_at(now()).count(), 1);
    assert!(revoked.card().lists(node.signing.id()));
    third.signing.remove(0);
    let without = SignedCard::sign(&third, &[&node.next_signing]).unwrap();
    assert_eq!(without.succeeds(both.card(), now()), Ok(()));
}

#[test]
fn whatever_is_not_a_rotation_needs_a_person() {
    let node = node();
    let previous = &node.card;
    let new_alone = SignedCard::sign(&node.next_card(), &[&node.next_signing]).unwrap();
    assert_eq!(
        new_alone.succeeds(previous, now()),
        Err(CardError::NotVouched)
    );
    let good = SignedCard::sign(&node.next_card(), &[&node.signing, &node.next_signing]).unwrap();
    assert_eq!(
        good.succeeds(previous, at(86_400)),
        Err(CardError::NotVouched),
        "run out"
    );
    let mut revoked = previous.clone();
    revoked.signing[0].revoked_at = Some(revoked.issued_at);
    assert_eq!(good.succeeds(&revoked, now()), Err(CardError::NotVouched));
    assert_eq!(
        signed().succeeds(previous, now()),
        Err(CardError::NotNewer { held: 1, found: 1 })
    );
    let other = world::recipient().unwrap().card;
    assert!(matches!(
        good.succeeds(&other, now()),
        Err(CardError::OtherNode { .. })
    ));
    let mut elsewhere = previous.clone();
    elsewhere.partner = "CC".parse().unwrap();
    assert!(matches!(
        good.succeeds(&elsewhere, now()),
        Err(CardError::OtherNode { .. })
    ));
}

#[test]
fn others_seal_to_the_newest_valid_key() {
    let mut card = node().card;
    let keys: Vec<OpeningKey> = (0..3)
        .map(|byte| OpeningKey::from_bytes(&[byte; 32]).unwrap())
        .collect();
    let key = |at: usize| keys[at].sealing_key().clone();
    card.sealing = vec![
        world::listed(key(0), -100, None),
        world::listed(key(1), 0, Some(100)),
        world::listed(key(2), 50, None),
    ];
    // A sender whose clock is behind by some minutes seals all the same.
    assert_eq!(card.sealing_key_at(at(-800)), None);
    assert_eq!(card.sealing_key_at(at(-200)), Some(&key(0)));
    assert_eq!(card.sealing_key_at(at(-1)), Some(&key(0)));
    assert_eq!(card.sealing_key_at(at(0)), Some(&key(1)));
    assert_eq!(card.sealing_key_at(at(50)), Some(&key(2)));
    card.sealing[2].revoked_at = Some(card.issued_at);
    assert_eq!(card.sealing_key_at(at(50)), Some(&key(1)));
    assert_eq!(card.sealing_key_at(at(100)), Some(&key(0)));
}

#[test]
fn a_fingerprint_forgives_how_people_write() {
    let fingerprint: Fingerprint = "0123-4567-89AB-CDEF-1110".parse().unwrap();
    assert_eq!(fingerprint.to_string(), "0123-4567-89AB-CDEF-1110");
    for text in ["o1234567 89ab cdef ilIO", "0123-4567-89ab-cdef-iLlo"] {
        assert_eq!(text.parse(), Ok(fingerprint), "{text}");
    }
    for text in [
        "",
        "0123",
        "0123-4567-89AB-CDEF-1110-0",
        "U123-4567-89AB-CDEF-1110",
        "\u{410}123-4567-89AB-CDEF-1110",
    ] {
        assert_eq!(
            text.parse::<Fingerprint>(),
            Err(InvalidFingerprint),
            "{text}"
        );
    }
}

/// SHA-256 of nothing begins with e3b0c44298fc1c149afbf4c899.
#[test]
fn a_fingerprint_is_the_first_hundred_bits() {
    assert_eq!(Fingerprint::of(b"").to_string(), "WERC-8GMR-ZGE1-96QV-YK49");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn every_fingerprint_survives_its_text(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
        let fingerprint = Fingerprint::of(&bytes);
        prop_assert_eq!(fingerprint.to_string().parse(), Ok(fingerprint));
        prop_assert_eq!(fingerprint.to_string().to_lowercase().replace('-', "").parse(), Ok(fingerprint));
    }
}

#[test]
fn a_card_goes_through_codes_in_any_order_and_says_which_are_missing() {
    let card = signed();
    let codes = card.to_codes();
    // The key to seal to alone has 1,216 bytes, 1,622 in the base64 of the payload.
    assert!((4..=8).contains(&codes.len()), "{} codes", codes.len());
    for code in &codes {
        let alphanumeric =
            |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || " /-".contains(c);
        assert!(code.chars().all(alphanumeric), "{code}");
        assert!(code.len() < 800, "{}", code.len());
    }
    let mut shuffled = codes.clone();
    shuffled.reverse();
    shuffled.push(codes[0].clone());
    let text = format!("\n{}\r\n", shuffled.join("\r\n\n"));
    assert_eq!(SignedCard::read(text.as_bytes(), now()), Ok(card.clone()));
    assert_eq!(
        SignedCard::read(card.to_json().as_bytes(), now()),
        Ok(card.clone())
    );

    let some = [codes[0].clone(), codes[3].clone()].join("\n");
    let error = SignedCard::read(some.as_bytes(), now()).unwrap_err();
    let told = error.to_string();
    assert!(told.contains("missing: 2, 3"), "{told}");
    let other = changed(|card| card.serial = 9).unwrap().to_codes();
    let mixed = [codes[0].clone(), other[1].clone()].join("\n");
    assert_eq!(
        SignedCard::read(mixed.as_bytes(), now()),
        Err(CardCodesError::DifferentCards)
    );
    let mut spoilt = codes.clone();
    let last = spoilt[1].pop().unwrap();
    spoilt[1].push(if last == 'A' { 'B' } else { 'A' });
    let spoilt = SignedCard::read(spoilt.join("\n").as_bytes(), now());
    let spoilt = spoilt.unwrap_err();
    assert!(
        matches!(
            spoilt,
            CardCodesError::ReadWrongly | CardCodesError::NotACode { line: 2 }
        ),
        "{spoilt:?}"
    );
    let cut = codes[0].replace("1/", "0/");
    assert_eq!(
        SignedCard::read(cut.as_bytes(), now()),
        Err(CardCodesError::NotACode { line: 1 })
    );
}
