//! Payloads that are signed together, each of which holds by itself.

use egnatia_protocol::*;

const KIND: &str = "application/example";

fn key(byte: u8) -> SigningKey {
    SigningKey::from_bytes(&[byte; 32])
}

fn payloads(count: usize) -> Vec<(&'static str, Vec<u8>)> {
    (0..count)
        .map(|number| (KIND, format!("payload {number}").into_bytes()))
        .collect()
}

fn together(count: usize) -> Vec<Signed> {
    Signed::sign_together(payloads(count), &[&key(1), &key(2)]).unwrap()
}

#[test]
fn each_of_any_number_holds_by_itself_and_says_what_was_given() {
    for count in [0, 1, 2, 3, 5, 8, 9, 255, 256, 257, 300, 513] {
        let all = together(count);
        assert_eq!(all.len(), count);
        let known = KnownRoots::default();
        for (signed, (_, payload)) in all.iter().zip(payloads(count)) {
            assert_eq!(signed.payload(), payload);
            let read = Signed::parse(&signed.to_bytes()).unwrap();
            assert_eq!(&read, signed);
            assert_eq!(
                Signed::from_json(signed.to_json().as_bytes()),
                Ok(read.clone())
            );
            for number in [1, 2] {
                let known_key = key(number);
                let by = [known_key.verifying_key()];
                assert_eq!(read.verify(by), Ok(known_key.id()), "{count}");
                assert_eq!(read.verify_together(by, &known), Ok(known_key.id()));
            }
        }
    }
}

#[test]
fn one_alone_is_signed_by_itself() {
    let [alone] = &together(1)[..] else { panic!() };
    assert!(!alone.is_together());
    let again = Signed::sign(KIND, b"payload 0".to_vec(), &[&key(1), &key(2)]).unwrap();
    assert_eq!(alone, &again);
    let whole = together(TOGETHER_MAX);
    assert!(whole.iter().all(Signed::is_together));
    // 256 are one tree of eight steps; the next one has a signature of its own.
    let more = together(TOGETHER_MAX + 1);
    assert_eq!(more[0].signatures(), more[255].signatures());
    assert_ne!(more[0].signatures(), more[256].signatures());
}

/// Nothing that was changed holds, also where the signature is known from another payload.
fn refused(bytes: &[u8], known: &KnownRoots) -> bool {
    let Ok(signed) = Signed::parse(bytes) else {
        return true;
    };
    let signer = key(1);
    let by = [signer.verifying_key()];
    signed.verify(by).is_err() && signed.verify_together(by, known).is_err()
}

#[test]
fn whatever_is_altered_does_not_hold() {
    let all = Signed::sign_together(payloads(5), &[&key(1)]).unwrap();
    let known = KnownRoots::default();
    let signer = key(1);
    for signed in &all {
        signed
            .verify_together([signer.verifying_key()], &known)
            .unwrap();
    }
    let bytes = all[3].to_bytes();
    for at in 0..bytes.len() {
        for bit in [1, 0x80] {
            let mut altered = bytes.clone();
            altered[at] ^= bit;
            assert!(refused(&altered, &known), "byte {at}, bit {bit}");
        }
        assert!(Signed::parse(&bytes[..at]).is_err(), "cut at {at}");
    }
    let longer = [bytes.as_slice(), &[0]].concat();
    assert_eq!(Signed::parse(&longer), Err(SignedError::TrailingBytes));
}

#[test]
fn a_payload_does_not_hold_at_the_place_of_another_one() {
    let all = Signed::sign_together(payloads(4), &[&key(1)]).unwrap();
    let known = KnownRoots::default();
    all[0]
        .verify_together([key(1).verifying_key()], &known)
        .unwrap();
    // Payload of one, place and path and signature of the other.
    let (one, other) = (all[0].to_bytes(), all[1].to_bytes());
    let start = 1 + KIND.len() + 4 + "payload 0".len();
    let mixed = [&one[..start], &other[start..]].concat();
    assert!(Signed::parse(&mixed).is_ok());
    assert!(refused(&mixed, &known));
    // A node of the tree is no payload, and the empty place is none.
    let stranger = Signed::sign(KIND, vec![0; 32], &[&key(3)]).unwrap();
    let signer = key(1);
    assert_eq!(
        stranger.verify_together([signer.verifying_key()], &known),
        Err(SignedError::UnknownSigner)
    );
}

#[test]
fn a_place_that_the_path_does_not_have_is_refused() {
    let signed = &Signed::sign_together(payloads(4), &[&key(1)]).unwrap()[3];
    let bytes = signed.to_bytes();
    let place = 1 + KIND.len() + 4 + signed.payload().len() + 1;
    for (at, byte) in [(place, 4), (place, 255), (place + 1, 0), (place + 1, 9)] {
        let mut altered = bytes.clone();
        altered[at] = byte;
        assert_eq!(Signed::parse(&altered), Err(SignedError::Path), "{byte}");
    }
    let json = signed.to_json().replace("\"place\":3", "\"place\":4");
    assert_eq!(Signed::from_json(json.as_bytes()), Err(SignedError::Path));
}

#[test]
fn the_root_is_signed_under_a_type_of_its_own() {
    let signed = &Signed::sign_together(payloads(2), &[&key(1)]).unwrap()[0];
    let start = b"DSSEv1 37 application/vnd.egnatia.together; v=1 32 ";
    let bytes = signed.signed_bytes();
    assert_eq!(&bytes[..start.len()], start);
    assert_eq!(bytes.len(), start.len() + 32);
}

/// What stands beside a payload is a hash of another one, which its reader may not have.
#[test]
fn nobody_confirms_by_guessing_what_else_was_signed() {
    let all = Signed::sign_together(payloads(2), &[&key(1)]).unwrap();
    let place = |signed: &Signed| -> (Digest, Digest) {
        let json: serde_json::Value = serde_json::from_str(&signed.to_json()).unwrap();
        let digest = |value: &serde_json::Value| value.as_str().unwrap().parse().unwrap();
        let together = &json["together"];
        (digest(&together["blind"]), digest(&together["path"][0]))
    };
    let ((blind, beside), (other_blind, _)) = (place(&all[0]), place(&all[1]));
    let guessed = {
        let payload = all[1].payload();
        let before = format!("DSSEv1 {} {KIND} {} ", KIND.len(), payload.len());
        [before.as_bytes(), payload].concat()
    };
    let leaf = |blind: &[u8]| Digest::of(&[&[0], blind, &guessed].concat());
    assert_eq!(leaf(other_blind.as_bytes()), beside, "so it is computed");
    assert_ne!(leaf(&[]), beside);
    assert_ne!(leaf(blind.as_bytes()), beside);
    // Another key blinds otherwise, the same one always in the same way.
    let other = Signed::sign_together(payloads(2), &[&key(2)]).unwrap();
    assert_ne!(place(&other[1]).0, other_blind);
    let again = Signed::sign_together(payloads(2), &[&key(1)]).unwrap();
    assert_eq!(again, all);
}
