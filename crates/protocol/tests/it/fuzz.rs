//! Fuzzing: valid bytes with some changed, and plain bytes. Nothing may panic or grow out of
//! proportion, and what is read must be written back the same.

use egnatia_protocol::*;

use crate::world::{self, Seeded, now};

/// Runs for each target; a few seconds in all.
const ITERATIONS: usize = 4000;

/// Where, which byte is put there, how many are taken away.
type Edit = (u16, u8, u8);

fn edited(bytes: &[u8], edits: &[Edit]) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for &(at, byte, cut) in edits.iter().take(8) {
        let at = usize::from(at) % (bytes.len() + 1);
        let end = (at + usize::from(cut % 4)).min(bytes.len());
        bytes.splice(at..end, [byte]);
    }
    bytes
}

fn read_signed(bytes: &[u8]) {
    if let Ok(signed) = Signed::parse(bytes) {
        assert_eq!(signed.to_bytes(), bytes);
        let _ = Statement::read(&signed);
        read_parcel(&signed);
    }
    if let Ok(signed) = Signed::from_json(bytes) {
        assert_eq!(Signed::from_json(signed.to_json().as_bytes()), Ok(signed));
    }
}

fn read_parcel(signed: &Signed) {
    if let Ok(parcel) = Parcel::read(signed) {
        let key = SigningKey::from_bytes(&[1; 32]);
        assert_eq!(parcel.sign(&[&key]).unwrap().payload(), signed.payload());
    }
}

fn read_card(bytes: &[u8]) {
    if let Ok(card) = SignedCard::parse(bytes, now()) {
        card.card().check().unwrap();
        assert!(card.card().signing_keys_at(now()).next().is_some());
    }
}

fn read_envelope(bytes: &[u8]) {
    if let Ok(envelope) = SealedEnvelope::parse(bytes) {
        assert!(bytes.len() > 1120);
        assert!(envelope.open(None).is_err());
    }
}

#[test]
fn changed_signed_payloads_are_read_or_refused() {
    let samples: Vec<Vec<u8>> = world::statements()
        .unwrap()
        .iter()
        .map(|statement| {
            statement
                .sign(&[&SigningKey::from_bytes(&[1; 32])])
                .unwrap()
                .to_bytes()
        })
        .collect();
    bolero::check!()
        .with_iterations(ITERATIONS)
        .with_type::<(u8, Vec<Edit>)>()
        .for_each(|(which, edits)| {
            let sample = &samples[usize::from(*which) % samples.len()];
            read_signed(&edited(sample, edits));
        });
}

#[test]
fn changed_statements_are_read_or_refused() {
    let key = SigningKey::from_bytes(&[1; 32]);
    let samples: Vec<(String, Vec<u8>)> = world::statements()
        .unwrap()
        .iter()
        .map(|statement| statement.to_payload().unwrap())
        .collect();
    bolero::check!()
        .with_iterations(ITERATIONS)
        .with_type::<(u8, Vec<Edit>)>()
        .for_each(|(which, edits)| {
            let (kind, payload) = &samples[usize::from(*which) % samples.len()];
            let signed = Signed::sign(kind, edited(payload, edits), &[&key]).unwrap();
            if let Ok(statement) = Statement::read(&signed) {
                let again = statement.sign(&[&key]).unwrap();
                assert_eq!(Statement::read(&again), Ok(statement));
            }
        });
}

#[test]
fn changed_parcels_are_read_or_refused() {
    let (from, to) = (world::sender().unwrap(), world::recipient().unwrap());
    let sample = world::parcel(&from, &to)
        .unwrap()
        .sign(&[&from.signing])
        .unwrap();
    bolero::check!()
        .with_iterations(ITERATIONS)
        .with_type::<Vec<Edit>>()
        .for_each(|edits| {
            let payload = edited(sample.payload(), edits);
            read_parcel(&Signed::sign(PARCEL_TYPE, payload, &[&from.signing]).unwrap());
        });
}

#[test]
fn changed_cards_are_read_or_refused() {
    let node = world::sender().unwrap();
    let sample = SignedCard::sign(&node.card, &[&node.signing]).unwrap();
    let json = sample.to_json();
    bolero::check!()
        .with_iterations(ITERATIONS / 4)
        .with_type::<(bool, Vec<Edit>)>()
        .for_each(|(outside, edits)| {
            if *outside {
                read_card(&edited(json.as_bytes(), edits));
            } else {
                let payload = edited(sample.signed().payload(), edits);
                let signed = Signed::sign(CARD_TYPE, payload, &[&node.signing]).unwrap();
                read_card(signed.to_json().as_bytes());
            }
        });
}

#[test]
fn changed_envelopes_are_read_or_refused() {
    let (from, to) = (world::sender().unwrap(), world::recipient().unwrap());
    let parcel = world::small_parcel(&from, &to).unwrap();
    let chance = Seeded::new("fuzz");
    let sealed = seal_parcel(&parcel, &[&from.signing], &to.card, &chance).unwrap();
    bolero::check!()
        .with_iterations(ITERATIONS)
        .with_type::<Vec<Edit>>()
        .for_each(|edits| read_envelope(&edited(&sealed, edits)));
}

#[test]
fn plain_bytes_are_read_or_refused() {
    let key = SigningKey::from_bytes(&[1; 32]);
    bolero::check!()
        .with_iterations(ITERATIONS)
        .for_each(|bytes| {
            read_signed(bytes);
            read_card(bytes);
            read_envelope(bytes);
            read_envelope(&[b"EGN1\x01", bytes].concat());
            read_parcel(&Signed::sign(PARCEL_TYPE, bytes.to_vec(), &[&key]).unwrap());
        });
}
