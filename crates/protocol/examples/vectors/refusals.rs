//! Envelopes that the recipient refuses, and the word with which it does.

use std::convert::Infallible;
use std::error::Error;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use egnatia_protocol::*;
use egnatia_record::Entropy;
use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::XWing;
use hpke::rand_core::{TryCryptoRng, TryRng};
use hpke::{Deserializable, Kem, OpModeS, Serializable};
use serde::Serialize;

use crate::world::{self, Node, Seeded};

/// The recipient of the vectors opens `bytes` with its key and the sender's first card.
#[derive(Serialize)]
pub struct RefusalVector {
    pub name: &'static str,
    pub expected: &'static str,
    /// In base64.
    pub bytes: String,
}

pub fn all(from: &Node, to: &Node) -> Result<Vec<RefusalVector>, Box<dyn Error>> {
    let parcel = world::small_parcel(from, to)?;
    let sealed = seal(from, to, &parcel)?;
    let mut all = altered(&sealed);
    let mut add = |name, expected, bytes: &[u8]| all.push(vector(name, expected, bytes));

    let elsewhere = Parcel {
        to: "cc-police".parse()?,
        ..parcel.clone()
    };
    add(
        "for another authority",
        "not-for-us",
        &seal(from, to, &elsewhere)?,
    );
    let stranger = Parcel {
        from: "cc-police".parse()?,
        ..parcel.clone()
    };
    add(
        "from another authority than the card's",
        "other-sender",
        &seal(from, to, &stranger)?,
    );
    add(
        "sealed to a key that the recipient does not have",
        "unknown-key",
        &seal_with(&label(&parcel), &parcel.sign(&[&from.signing])?, from)?,
    );
    add(
        "signed by a key that is not on the card",
        "wrong-signer",
        &seal_with(&label(&parcel), &parcel.sign(&[&from.next_signing])?, to)?,
    );
    // A recipient seals a parcel anew to somebody else.
    add(
        "sealed anew with another recipient outside",
        "label-differs",
        &seal_with(&label(&parcel), &elsewhere.sign(&[&from.signing])?, to)?,
    );
    let late = Label {
        sent_at: world::at(1),
        ..label(&parcel)
    };
    add(
        "another time outside",
        "label-differs",
        &seal_with(&late, &parcel.sign(&[&from.signing])?, to)?,
    );
    add(
        "a statement in place of a parcel",
        "not-a-parcel",
        &seal_with(
            &label(&parcel),
            &Signed::sign("application/example", b"{}".to_vec(), &[&from.signing])?,
            to,
        )?,
    );
    let mut forged = parcel.sign(&[&from.signing])?.to_bytes();
    if let Some(last) = forged.last_mut() {
        *last ^= 1;
    }
    add(
        "a signature that does not fit",
        "bad-signature",
        &seal_with(&label(&parcel), &Signed::parse(&forged)?, to)?,
    );
    let content = parcel.sign(&[&from.signing])?.to_bytes();
    let mut plaintext = u32::try_from(content.len())?.to_be_bytes().to_vec();
    plaintext.extend_from_slice(&content);
    plaintext.resize(1024, 0);
    let mut filled = plaintext.clone();
    if let Some(last) = filled.last_mut() {
        *last = 1;
    }
    add(
        "padding that is not zero",
        "bad-padding",
        &by_hand(&parcel, &filled, to)?,
    );
    plaintext.resize(1025, 0);
    add(
        "padding of another size",
        "bad-padding",
        &by_hand(&parcel, &plaintext, to)?,
    );
    add(
        "nothing that is signed inside",
        "not-signed",
        &by_hand(&parcel, &[0; 1024], to)?,
    );
    Ok(all)
}

/// The layout once more, without [`SealedEnvelope::seal`], for what it never writes.
fn by_hand(parcel: &Parcel, plaintext: &[u8], to: &Node) -> Result<Vec<u8>, Box<dyn Error>> {
    let [opening] = &to.opening;
    let public = <XWing as Kem>::PublicKey::from_bytes(&opening.sealing_key().to_bytes());
    let mut chance = Chance::new("egnatia vectors: by hand");
    let (encapsulated, mut context) =
        hpke::setup_sender_with_rng::<ChaCha20Poly1305, HkdfSha256, XWing>(
            &OpModeS::Base,
            &public.map_err(|error| error.to_string())?,
            b"egnatia envelope v1",
            &mut chance,
        )
        .map_err(|error| error.to_string())?;
    let mut bytes = b"EGN1\x01".to_vec();
    for id in [&parcel.from, &parcel.to] {
        bytes.push(u8::try_from(id.as_str().len())?);
        bytes.extend_from_slice(id.as_str().as_bytes());
    }
    bytes.extend_from_slice(opening.id().as_bytes());
    bytes.extend_from_slice(&parcel.sent_at.as_second().to_be_bytes());
    bytes.extend_from_slice(&encapsulated.to_bytes());
    bytes.extend_from_slice(&u32::try_from(plaintext.len() + 16)?.to_be_bytes());
    let sealed = context.seal(plaintext, &bytes);
    bytes.extend_from_slice(&sealed.map_err(|error| error.to_string())?);
    Ok(bytes)
}

/// What a relay or a broken line can do.
fn altered(sealed: &[u8]) -> Vec<RefusalVector> {
    let with = |at: usize, bits: u8| {
        let mut bytes = sealed.to_vec();
        if let Some(byte) = bytes.get_mut(at) {
            *byte ^= bits;
        }
        bytes
    };
    let mut longer = sealed.to_vec();
    longer.push(0);
    let shorter = sealed.get(..sealed.len() - 1).unwrap_or_default();
    vec![
        vector("another magic", "not-an-envelope", &with(0, 1)),
        vector("another version", "unknown-version", &with(4, 3)),
        vector("a capital in the sender's id", "bad-label", &with(6, 0x20)),
        vector("one byte less", "truncated", shorter),
        vector("one byte more", "trailing-bytes", &longer),
        vector(
            "a bit of the ciphertext turned",
            "not-opened",
            &with(sealed.len() - 1, 1),
        ),
        // The time stands 8 bytes before the encapsulated key.
        vector(
            "a bit of the time turned",
            "not-opened",
            &with(5 + 10 + 10 + 16 + 7, 1),
        ),
    ]
}

fn vector(name: &'static str, expected: &'static str, bytes: &[u8]) -> RefusalVector {
    RefusalVector {
        name,
        expected,
        bytes: STANDARD.encode(bytes),
    }
}

fn label(parcel: &Parcel) -> Label {
    Label {
        from: parcel.from.clone(),
        to: parcel.to.clone(),
        sent_at: parcel.sent_at,
    }
}

fn seal(from: &Node, to: &Node, parcel: &Parcel) -> Result<Vec<u8>, Box<dyn Error>> {
    seal_with(&label(parcel), &parcel.sign(&[&from.signing])?, to)
}

fn seal_with(label: &Label, signed: &Signed, to: &Node) -> Result<Vec<u8>, Box<dyn Error>> {
    let [opening] = &to.opening;
    let chance = Seeded::new("egnatia vectors: refusals");
    Ok(SealedEnvelope::seal(
        signed,
        label,
        opening.sealing_key(),
        &chance,
    )?)
}

/// [`Seeded`] as the library wants it.
struct Chance(Seeded);

impl Chance {
    fn new(seed: &'static str) -> Self {
        Self(Seeded::new(seed))
    }
}

impl TryRng for Chance {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.0.fill(&mut bytes);
        Ok(u32::from_be_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        Ok(u64::from_be_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0.fill(bytes);
        Ok(())
    }
}

impl TryCryptoRng for Chance {}
