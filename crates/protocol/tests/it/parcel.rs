//! Parcels.

use egnatia_protocol::*;
use proptest::prelude::*;

use crate::world;

fn key() -> SigningKey {
    SigningKey::from_bytes(&[1; 32])
}

fn item(number: u64, kind: &str, payload: Vec<u8>) -> Item {
    let statement = Signed::sign(kind, payload, &[&key()]).unwrap();
    Item { number, statement }
}

fn parcel(items: Vec<Item>) -> Parcel {
    Parcel {
        from: "aa-police".parse().unwrap(),
        to: "bb-police".parse().unwrap(),
        sent_at: world::now(),
        items,
    }
}

fn numbered(numbers: &[u64]) -> Parcel {
    parcel(
        numbers
            .iter()
            .map(|number| item(*number, "a", vec![1]))
            .collect(),
    )
}

/// Signs a payload that was made by hand.
fn read(payload: &[u8]) -> Result<Parcel, ParcelError> {
    Parcel::read(&Signed::sign(PARCEL_TYPE, payload.to_vec(), &[&key()]).unwrap())
}

fn payload(parcel: &Parcel) -> Vec<u8> {
    parcel.sign(&[&key()]).unwrap().payload().to_vec()
}

#[test]
fn refuses_none_too_many_unsorted_and_nested_items() {
    let sign = |parcel: Parcel| parcel.sign(&[&key()]).map(|_| ());
    assert_eq!(
        sign(numbered(&[])),
        Err(ParcelError::ItemCount { found: 0 })
    );
    let many: Vec<u64> = (0..257).collect();
    assert_eq!(
        sign(numbered(&many)),
        Err(ParcelError::ItemCount { found: 257 })
    );
    assert_eq!(sign(numbered(&many[..256])), Ok(()));
    assert_eq!(
        sign(numbered(&[1, 1])),
        Err(ParcelError::Order { number: 1 })
    );
    assert_eq!(
        sign(numbered(&[2, 1])),
        Err(ParcelError::Order { number: 1 })
    );
    let nested = parcel(vec![item(5, PARCEL_TYPE, vec![])]);
    assert_eq!(sign(nested), Err(ParcelError::Nested { number: 5 }));
    let large = (0..5)
        .map(|number| item(number, "a", vec![0; 1024 * 1024]))
        .collect();
    assert!(matches!(
        sign(parcel(large)),
        Err(ParcelError::Signed(SignedError::TooLarge { .. }))
    ));
}

#[test]
fn refuses_the_same_when_it_is_read() {
    let good = payload(&numbered(&[1, 2]));
    assert!(read(&good).is_ok());
    // Two ids of ten bytes with their lengths, then the time, then the number of items.
    let items = 20 + 8 + 2;
    let with = |at: usize, byte: u8| {
        let mut bytes = good.clone();
        bytes[at] = byte;
        read(&bytes)
    };
    assert_eq!(with(1, b'A'), Err(ParcelError::Authority));
    assert_eq!(with(20, 0x7f), Err(ParcelError::Time));
    assert_eq!(with(items - 1, 0), Err(ParcelError::ItemCount { found: 0 }));
    assert_eq!(
        with(items - 2, 2),
        Err(ParcelError::ItemCount { found: 514 })
    );
    assert_eq!(with(items - 1, 1), Err(ParcelError::TrailingBytes));
    assert_eq!(with(items - 1, 3), Err(ParcelError::Truncated));
    assert_eq!(with(items + 7, 2), Err(ParcelError::Order { number: 2 }));
    assert!(matches!(
        with(items + 12, 200),
        Err(ParcelError::Item { number: 1, .. })
    ));
    for length in 0..good.len() {
        assert!(read(&good[..length]).is_err(), "{length}");
    }
    let other = Signed::sign("a", good, &[&key()]).unwrap();
    assert_eq!(Parcel::read(&other), Err(ParcelError::NotAParcel));
}

#[test]
fn time_travels_in_whole_microseconds() {
    let mut sent = numbered(&[1]);
    sent.sent_at = "2026-11-24T09:00:00.123456789Z".parse().unwrap();
    let read = read(&payload(&sent)).unwrap();
    assert_eq!(read.sent_at.to_string(), "2026-11-24T09:00:00.123456Z");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_parcel_survives(
        numbers in proptest::collection::btree_map(any::<u64>(), proptest::collection::vec(any::<u8>(), 0..300), 1..20),
        microsecond in -1_000_000_000_000_000_i64..4_000_000_000_000_000,
    ) {
        let mut sent = parcel(numbers.into_iter().map(|(number, bytes)| item(number, "a", bytes)).collect());
        sent.sent_at = jiff::Timestamp::from_microsecond(microsecond).unwrap();
        let signed = sent.sign(&[&key()]).unwrap();
        prop_assert_eq!(Parcel::read(&Signed::parse(&signed.to_bytes()).unwrap()), Ok(sent));
    }
}
