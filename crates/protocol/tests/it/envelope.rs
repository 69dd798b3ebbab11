//! Envelopes, sealed and opened. What a recipient refuses stands in `refusals`, which the vectors
//! share.

use egnatia_protocol::*;
use jiff::Timestamp;
use proptest::prelude::*;

use crate::world::{self, Node, Seeded, at, now};

fn nodes() -> (Node, Node) {
    (world::sender().unwrap(), world::recipient().unwrap())
}

fn open(bytes: &[u8], from: &Node, to: &Node, at: Timestamp) -> Result<Parcel, Refusal> {
    open_parcel(bytes, &to.authority, &to.opening, &from.card, at)
}

fn small() -> (Node, Node, Vec<u8>) {
    let (from, to) = nodes();
    let parcel = world::small_parcel(&from, &to).unwrap();
    let chance = Seeded::new("small");
    let sealed = seal_parcel(&parcel, &[&from.signing], &to.card, &chance).unwrap();
    (from, to, sealed)
}

#[test]
fn a_parcel_arrives_as_it_was_sent() {
    let (from, to) = nodes();
    let parcel = world::parcel(&from, &to).unwrap();
    let chance = Seeded::new("round trip");
    let sealed = seal_parcel(&parcel, &[&from.signing], &to.card, &chance).unwrap();
    assert_eq!(open(&sealed, &from, &to, now()), Ok(parcel));
}

#[test]
fn a_relay_reads_the_label_and_nothing_else() {
    let (from, to, sealed) = small();
    let envelope = SealedEnvelope::parse(&sealed).unwrap();
    assert_eq!(envelope.label().from, from.authority);
    assert_eq!(envelope.label().to, to.authority);
    assert_eq!(envelope.label().sent_at, now());
    assert_eq!(envelope.key(), to.opening[0].id());
    assert!(matches!(
        envelope.open(&from.opening),
        Err(EnvelopeError::UnknownKey(_))
    ));
    for word in ["receipt", "statement", "vnd.egnatia"] {
        assert!(
            !sealed
                .windows(word.len())
                .any(|bytes| bytes == word.as_bytes())
        );
    }
}

#[test]
fn sealing_twice_gives_other_bytes() {
    let (from, to) = nodes();
    let parcel = world::small_parcel(&from, &to).unwrap();
    let chance = Seeded::new("twice");
    let seal = || seal_parcel(&parcel, &[&from.signing], &to.card, &chance).unwrap();
    assert_ne!(seal(), seal());
}

#[test]
fn every_single_bit_counts() {
    let (from, to, sealed) = small();
    for at in 0..sealed.len() {
        for bit in 0..8 {
            let mut bytes = sealed.clone();
            bytes[at] ^= 1 << bit;
            let opened = open(&bytes, &from, &to, now());
            assert!(opened.is_err(), "byte {at}, bit {bit}");
        }
    }
}

#[test]
fn every_shortened_envelope_is_refused() {
    let (from, to, sealed) = small();
    for length in 0..sealed.len() {
        let refusal = open(&sealed[..length], &from, &to, now()).unwrap_err();
        assert_eq!(refusal.code(), "truncated", "{length}");
    }
}

#[test]
fn refuses_overlong_envelopes_before_reading_them() {
    let bytes = vec![0; ENVELOPE_BYTES_MAX + 1];
    assert!(matches!(
        SealedEnvelope::parse(&bytes),
        Err(EnvelopeError::TooLarge { .. })
    ));
}

#[test]
fn the_fullest_parcel_fits_into_an_envelope() {
    let (from, to) = nodes();
    let mut parcel = world::small_parcel(&from, &to).unwrap();
    let statement = Signed::sign("a", vec![1; PAYLOAD_BYTES_MAX - 200], &[&from.signing]).unwrap();
    parcel.items = (0..4)
        .map(|number| Item {
            number,
            statement: statement.clone(),
        })
        .collect();
    let chance = Seeded::new("full");
    let sealed = seal_parcel(&parcel, &[&from.signing], &to.card, &chance).unwrap();
    assert!(sealed.len() > PARCEL_BYTES_MAX && sealed.len() < ENVELOPE_BYTES_MAX);
    assert_eq!(open(&sealed, &from, &to, now()), Ok(parcel));
}

#[test]
fn a_key_that_has_run_out_or_is_revoked_signs_nothing() {
    let (mut from, to, sealed) = small();
    assert!(open(&sealed, &from, &to, at(86_399)).is_ok());
    assert_eq!(
        open(&sealed, &from, &to, at(86_400)),
        Err(Refusal::WrongSigner)
    );
    from.card.signing[0].revoked_at = Some(from.card.issued_at);
    assert_eq!(open(&sealed, &from, &to, now()), Err(Refusal::WrongSigner));
}

#[test]
fn sealing_needs_the_recipients_card_with_a_valid_key() {
    let (from, mut to) = nodes();
    let parcel = world::small_parcel(&from, &to).unwrap();
    let chance = Seeded::new("refused");
    let seal = |card: &NodeCard| seal_parcel(&parcel, &[&from.signing], card, &chance);
    assert!(matches!(
        seal(&from.card),
        Err(SealError::OtherRecipient { .. })
    ));
    to.card.sealing[0].revoked_at = Some(to.card.issued_at);
    assert_eq!(
        seal(&to.card),
        Err(SealError::NoSealingKey(to.authority.clone()))
    );
    let nobody = seal_parcel(&parcel, &[], &world::recipient().unwrap().card, &chance);
    assert!(matches!(
        nobody,
        Err(SealError::Parcel(ParcelError::Signed(_)))
    ));
}

#[test]
fn an_old_opening_key_still_opens_beside_the_new_one() {
    let (from, to, sealed) = small();
    let [old] = to.opening;
    let keys = [OpeningKey::from_bytes(&[5; 32]).unwrap(), old];
    assert!(open_parcel(&sealed, &to.authority, &keys, &from.card, now()).is_ok());
    assert!(matches!(
        open_parcel(&sealed, &to.authority, &keys[..1], &from.card, now()),
        Err(Refusal::Envelope(EnvelopeError::UnknownKey(_)))
    ));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn size_tells_little(length in 0_usize..200_000) {
        let (from, to) = nodes();
        let signed = Signed::sign("a", vec![0; length], &[&from.signing]).unwrap();
        let label = Label { from: from.authority, to: to.authority, sent_at: now() };
        let chance = Seeded::new("size");
        let sealed = SealedEnvelope::seal(&signed, &label, to.opening[0].sealing_key(), &chance).unwrap();
        let plain = sealed.len() - 1120 - 16 - (5 + 10 + 10 + 16 + 8 + 4);
        let needed = signed.to_bytes().len() + 4;
        prop_assert!(plain >= needed && plain >= 1024);
        prop_assert!(needed < 1024 || plain * 100 <= needed * 112, "{plain} for {needed}");
        // A size is one of 2^kept to a power of two: the rest of its bits are zero.
        let exponent = plain.ilog2();
        let zeros = exponent - (exponent.ilog2() + 1);
        prop_assert!(plain.trailing_zeros() >= zeros.min(exponent));
        prop_assert_eq!(SealedEnvelope::parse(&sealed).unwrap().open(&to.opening), Ok(signed));
    }
}
