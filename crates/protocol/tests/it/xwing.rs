//! The KEM against the published vectors: draft-connolly-cfrg-xwing-kem-08, appendix C, the first.
//!
//! The shared secret is a hash over both halves, so it covers the keys and what was encapsulated;
//! of the long values the ends are compared.

use std::convert::Infallible;

use egnatia_protocol::OpeningKey;
use hpke::kem::XWing;
use hpke::rand_core::{TryCryptoRng, TryRng};
use hpke::{Deserializable, Kem, Serializable};

const SECRET: &str = "7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26";
const PUBLIC_FIRST: &str = "e2236b35a8c24b39b10aa1323a96a919a2ced88400633a7b07131713fc14b2b5";
const PUBLIC_LAST: &str = "eff389b27dce59844570216223593d4ba32d9abac8cd049040ef6534";
const RANDOMNESS: &str = "3cb1eea988004b93103cfb0aeefd2a686e01fa4a58e8a3639ca8a1e3f9ae57e2\
                          35b8cc873c23dc62b8d260169afa2f75ab916a58d974918835d25e6a435085b2";
const ENCAPSULATED_FIRST: &str = "b83aa828d4d62b9a83ceffe1d3d3bb1ef31264643c070c5798927e41fb07914a";
const ENCAPSULATED_LAST: &str =
    "7f31ed6f7cb1600de56f17576740ce2a32fc5145030145cfb97e63e0e41d354274a079d3e6fb2e15";
const SHARED: &str = "d2df0522128f09dd8e2c92b1e905c793d8f57a54c3da25861f10bf4ca613e384";

fn bytes(hex: &str) -> Vec<u8> {
    let digits = hex.as_bytes().chunks(2);
    let pairs = digits.map(|pair| std::str::from_utf8(pair).unwrap());
    pairs
        .map(|pair| u8::from_str_radix(pair, 16).unwrap())
        .collect()
}

struct Fixed(Vec<u8>);

impl TryRng for Fixed {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        unreachable!("the KEM takes all its bytes at once")
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        unreachable!("the KEM takes all its bytes at once")
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        out.copy_from_slice(&self.0);
        Ok(())
    }
}

impl TryCryptoRng for Fixed {}

#[test]
fn agrees_with_the_published_vector_of_x_wing() {
    let secret: [u8; 32] = bytes(SECRET).try_into().unwrap();
    let key = OpeningKey::from_bytes(&secret).unwrap();
    assert_eq!(*key.to_bytes(), secret);
    let public = key.sealing_key().to_bytes();
    assert_eq!(public.len(), 1216);
    assert!(public.starts_with(&bytes(PUBLIC_FIRST)));
    assert!(public.ends_with(&bytes(PUBLIC_LAST)));

    let public = <XWing as Kem>::PublicKey::from_bytes(&public).unwrap();
    let mut chance = Fixed(bytes(RANDOMNESS));
    let (shared, encapsulated) = XWing::encap_with_rng(&public, None, &mut chance).unwrap();
    assert_eq!(shared.0.as_slice(), bytes(SHARED));
    let sent = encapsulated.to_bytes();
    assert_eq!(sent.len(), 1120);
    assert!(sent.starts_with(&bytes(ENCAPSULATED_FIRST)));
    assert!(sent.ends_with(&bytes(ENCAPSULATED_LAST)));

    let secret = <XWing as Kem>::PrivateKey::from_bytes(&secret).unwrap();
    let opened = XWing::decap(&secret, None, &encapsulated).unwrap();
    assert_eq!(opened.0.as_slice(), bytes(SHARED));
}
