//! Two invented authorities, their keys and cards, and what they say to each other.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::atomic::{AtomicU64, Ordering};

use egnatia_protocol::*;
use egnatia_record::{
    AuthorityId, Entropy, Envelope, Evaluation, Handling, HandlingCode, Kind, LegalBasis, Nature,
    OriginRegime, Purpose, RecordId, ReleasableTo, Retention, SubjectCategory, Version,
};
use jiff::Timestamp;
use jiff::civil::date;

/// Chance that can be repeated: block `n` from 0 is SHA-256 over the seed's text and `n` as 8 bytes,
/// big-endian. Every call takes whole blocks and drops what it does not need of the last.
pub struct Seeded {
    seed: &'static str,
    next: AtomicU64,
}

impl Seeded {
    pub fn new(seed: &'static str) -> Self {
        Self {
            seed,
            next: AtomicU64::new(0),
        }
    }
}

impl Entropy for Seeded {
    fn fill(&self, bytes: &mut [u8]) {
        for block in bytes.chunks_mut(32) {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            let mut input = self.seed.as_bytes().to_vec();
            input.extend_from_slice(&number.to_be_bytes());
            let digest = Digest::of(&input);
            block.copy_from_slice(digest.as_bytes().get(..block.len()).unwrap_or_default());
        }
    }
}

/// One authority's node.
pub struct Node {
    pub authority: AuthorityId,
    pub signing: SigningKey,
    /// The key that follows, for a rotation.
    pub next_signing: SigningKey,
    pub opening: [OpeningKey; 1],
    pub card: NodeCard,
}

/// The time at which everything happens.
pub fn now() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap_or_default()
}

pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap_or_default()
}

pub fn listed<K>(key: K, from: i64, until: Option<i64>) -> CardKey<K> {
    CardKey {
        key,
        not_before: at(from),
        not_after: until.map(at),
        revoked_at: None,
    }
}

impl Node {
    fn new(
        seed: &'static str,
        id: &str,
        partner: &str,
        name: &str,
    ) -> Result<Self, Box<dyn Error>> {
        let entropy = Seeded::new(seed);
        let signing = SigningKey::generate(&entropy);
        let next_signing = SigningKey::generate(&entropy);
        let opening = OpeningKey::generate(&entropy);
        let card = NodeCard {
            format: CardFormat::V1,
            serial: 1,
            authority: id.parse()?,
            partner: partner.parse()?,
            names: BTreeMap::from([("en".to_owned(), name.to_owned())]),
            addresses: vec![format!("https://{id}.example/")],
            signing: vec![listed(*signing.verifying_key(), -3600, Some(86_400))],
            sealing: vec![listed(opening.sealing_key().clone(), -3600, None)],
            tls: vec![Pin {
                sha256: Digest::of(seed.as_bytes()),
                not_before: at(-3600),
                not_after: at(86_400),
            }],
            issued_at: at(-60),
        };
        Ok(Self {
            authority: id.parse()?,
            signing,
            next_signing,
            opening: [opening],
            card,
        })
    }

    /// The card that follows, with the next key beside the old one.
    pub fn next_card(&self) -> NodeCard {
        let mut card = self.card.clone();
        card.serial = 2;
        card.issued_at = at(-30);
        card.signing
            .push(listed(*self.next_signing.verifying_key(), -30, None));
        card
    }
}

pub fn sender() -> Result<Node, Box<dyn Error>> {
    Node::new("egnatia vectors: sender", "aa-police", "AA", "Police of A")
}

pub fn recipient() -> Result<Node, Box<dyn Error>> {
    Node::new(
        "egnatia vectors: recipient",
        "bb-police",
        "BB",
        "Police of B",
    )
}

pub fn record() -> Result<SharedRecord, Box<dyn Error>> {
    Ok(SharedRecord {
        envelope: Envelope {
            id: RecordId::from_bytes([0x11; 16]),
            kind: Kind::ListEntry,
            version: Version::FIRST,
            originator: "aa-police".parse()?,
            author: "a.officer".parse()?,
            recorded_at: at(-120),
            purpose: Purpose::BorderCheck,
            legal_basis: LegalBasis::NationalLaw,
            handling: Handling::new(
                [HandlingCode::H2],
                None,
                ReleasableTo::Partners(["BB".parse()?].into()),
                OriginRegime::National,
            )?,
            evaluation: Evaluation::OFFICIAL,
            subject: SubjectCategory::NoPerson,
            nature: Nature::Fact,
            retention: Retention::erase_on(date(2029, 1, 15), date(2027, 1, 15))?,
        },
        body: Body::from_json(r#"{"serial":"A 123 456",  "calibre":9.00}"#.to_owned())?,
        keep_until: Some(date(2028, 1, 15)),
    })
}

/// One statement of each kind but `card`.
pub fn statements() -> Result<Vec<Statement>, Box<dyn Error>> {
    let alert = RecordId::from_bytes([0x11; 16]);
    let question = RecordId::from_bytes([0x22; 16]);
    let text = Text::new("seen at the crossing")?;
    Ok(vec![
        Statement::Record(Box::new(record()?)),
        Statement::Recall(Recall {
            record: alert,
            through: Version::FIRST,
            effect: RecallEffect::Erase,
            reason: RecallReason::Inaccurate,
            at: now(),
        }),
        Statement::Receipt(Receipt {
            statement: Digest::of(b"a statement"),
            record: Some(alert),
            version: Some(Version::FIRST),
            outcome: Outcome::Refused {
                ground: RefusalGround::NoArrangement,
                hint: Some(Hint::new("signed on 1 March")?),
            },
            at: now(),
        }),
        Statement::Hit(Hit {
            alert,
            version: Version::FIRST,
            hit: RecordId::from_bytes([0x33; 16]),
            confirmed_at: now(),
            action_taken: Text::new("seized")?,
            report: BTreeMap::from([(ReportField::PlaceTimeReason, text.clone())]),
            urgent: true,
        }),
        Statement::Request(Request {
            id: question,
            about: alert,
            matter: Matter::OnwardTransfer,
            recipient: Some("rs-mup".parse()?),
            text: text.clone(),
            urgent: Some(Hint::new("departure at noon")?),
            sent_at: now(),
            due_at: at(8 * 3600),
        }),
        Statement::Answer(Answer {
            to: question,
            decision: Some(Decision::Refused {
                ground: DeclineGround::NotAvailable,
            }),
            text,
            at: now(),
        }),
        Statement::Checkpoint(Checkpoint {
            note: NoteText::new("egnatia/aa-police\n1\nAAAA\n\n\u{2014} x y\n")?,
            old_size: 0,
            proof: vec![Digest::of(b"a node")],
        }),
        Statement::Cosignature(Cosignature {
            origin: Hint::new("egnatia/aa-police")?,
            size: 1,
            signature: Some(Hint::new("\u{2014} egnatia/bb-police y")?),
        }),
        Statement::Resend(Resend { since: at(-3_600) }),
    ])
}

/// Every statement of the sender, signed, in one parcel to the recipient.
pub fn parcel(from: &Node, to: &Node) -> Result<Parcel, Box<dyn Error>> {
    let mut items = Vec::new();
    for (number, statement) in (1..).zip(statements()?) {
        items.push(Item {
            number,
            statement: statement.sign(&[&from.signing])?,
        });
    }
    items.push(Item {
        number: 100,
        statement: SignedCard::sign(&from.next_card(), &[&from.signing, &from.next_signing])?
            .signed()
            .clone(),
    });
    Ok(Parcel {
        from: from.authority.clone(),
        to: to.authority.clone(),
        sent_at: now(),
        items,
    })
}

/// The shortest parcel: one receipt.
pub fn small_parcel(from: &Node, to: &Node) -> Result<Parcel, Box<dyn Error>> {
    let receipt = Statement::Receipt(Receipt {
        statement: Digest::of(b"a statement"),
        record: None,
        version: None,
        outcome: Outcome::Stored,
        at: now(),
    });
    Ok(Parcel {
        from: from.authority.clone(),
        to: to.authority.clone(),
        sent_at: now(),
        items: vec![Item {
            number: 7,
            statement: receipt.sign(&[&from.signing])?,
        }],
    })
}
