//! The vectors as another implementation reads them. Secrets, ids and digests are in hexadecimal
//! digits, everything longer in base64.

use std::error::Error;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use egnatia_protocol::*;
use egnatia_record::Entropy;
use jiff::Timestamp;
use serde::Serialize;

use crate::refusals::{self, RefusalVector};
use crate::world::{self, Node, Seeded};

#[derive(Serialize)]
struct Vectors {
    format: &'static str,
    now: Timestamp,
    keys: Vec<NodeKeys>,
    card: CardVector,
    next_card: CardVector,
    statements: Vec<SignedVector>,
    /// The first three of them under one signature.
    together: Vec<SignedVector>,
    parcel: SignedVector,
    envelope: EnvelopeVector,
    refusals: Vec<RefusalVector>,
}

#[derive(Serialize)]
struct NodeKeys {
    authority: String,
    signing: KeyVector,
    next_signing: KeyVector,
    opening: KeyVector,
}

#[derive(Serialize)]
struct KeyVector {
    secret: String,
    public: String,
    id: KeyId,
}

#[derive(Serialize)]
struct CardVector {
    json: String,
    signed_payload: String,
    fingerprint: Fingerprint,
}

#[derive(Serialize)]
struct SignedVector {
    payload_type: String,
    payload: String,
    signed_bytes: String,
    signature: String,
    binary: String,
    digest: Digest,
}

#[derive(Serialize)]
struct EnvelopeVector {
    from: String,
    to: String,
    sent_at: Timestamp,
    sealing_key: KeyId,
    /// The 64 bytes of `eseed` of the X-Wing draft.
    encapsulation_randomness: String,
    bytes: String,
}

/// The file, as text.
pub fn vectors() -> Result<String, Box<dyn Error>> {
    let (from, to) = (world::sender()?, world::recipient()?);
    let parcel = world::parcel(&from, &to)?;
    let statements = parcel.items.iter().map(|item| signed(&item.statement));
    let three = parcel.items.iter().take(3).map(|item| {
        let statement = &item.statement;
        (statement.payload_type(), statement.payload().to_vec())
    });
    let together = Signed::sign_together(three.collect(), &[&from.signing])?;
    let chance = Seeded::new(ENVELOPE_SEED);
    let envelope = seal_parcel(&parcel, &[&from.signing], &to.card, &chance)?;
    let vectors = Vectors {
        format: "egnatia-vectors/1",
        now: world::now(),
        keys: vec![keys(&from), keys(&to)],
        card: card(&SignedCard::sign(&from.card, &[&from.signing])?)?,
        next_card: card(&SignedCard::sign(
            &from.next_card(),
            &[&from.signing, &from.next_signing],
        )?)?,
        statements: statements.collect(),
        together: together.iter().map(signed).collect(),
        parcel: signed(&parcel.sign(&[&from.signing])?),
        envelope: EnvelopeVector {
            from: from.authority.to_string(),
            to: to.authority.to_string(),
            sent_at: parcel.sent_at,
            sealing_key: to.opening[0].id(),
            encapsulation_randomness: encapsulation_randomness(),
            bytes: STANDARD.encode(envelope),
        },
        refusals: refusals::all(&from, &to)?,
    };
    Ok(serde_json::to_string_pretty(&vectors)? + "\n")
}

const ENVELOPE_SEED: &str = "egnatia vectors: envelope";

fn encapsulation_randomness() -> String {
    let mut bytes = [0; 64];
    Seeded::new(ENVELOPE_SEED).fill(&mut bytes);
    hex(&bytes)
}

fn keys(node: &Node) -> NodeKeys {
    let [opening] = &node.opening;
    NodeKeys {
        authority: node.authority.to_string(),
        signing: signing_key(&node.signing),
        next_signing: signing_key(&node.next_signing),
        opening: KeyVector {
            secret: hex(opening.to_bytes().as_ref()),
            public: opening.sealing_key().to_string(),
            id: opening.id(),
        },
    }
}

fn signing_key(key: &SigningKey) -> KeyVector {
    KeyVector {
        secret: hex(key.to_bytes().as_ref()),
        public: key.verifying_key().to_string(),
        id: key.id(),
    }
}

fn card(card: &SignedCard) -> Result<CardVector, Box<dyn Error>> {
    Ok(CardVector {
        json: card.to_json(),
        signed_payload: String::from_utf8(card.signed().payload().to_vec())?,
        fingerprint: card.fingerprint(),
    })
}

fn signed(signed: &Signed) -> SignedVector {
    let signature = signed.signatures().first();
    SignedVector {
        payload_type: signed.payload_type().to_owned(),
        payload: STANDARD.encode(signed.payload()),
        signed_bytes: STANDARD.encode(signed.signed_bytes()),
        signature: signature.map_or_else(String::new, |signature| hex(&signature.bytes)),
        binary: STANDARD.encode(signed.to_bytes()),
        digest: signed.digest(),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
