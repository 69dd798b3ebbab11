//! Nodes that exchange in one process, without a network: for tests of the exchange.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use egnatia_app::{
    App, Caller, Catalogue, Courier, CourierError, Delivered, DeliveryError, Identity,
    NoIndexFiles, Parts, PasswordHasher, ReceiveError, Role, Settings, Store,
};
use egnatia_protocol::{
    CardFormat, CardKey, Item, NodeCard, OpeningKey, Parcel, Receipt, Signed, SignedCard,
    SigningKey, Statement, open_parcel, seal_parcel,
};
use egnatia_record::{
    Arrangement, AuthorityId, Category, Clock, Entropy, Gate, Justification, PartnerCode, Purpose,
};
use jiff::{SignedDuration, Timestamp};

use crate::{FixedClock, MemoryStore, SeededEntropy, test_seal_of};

/// Nodes never draw the same identifiers, whatever their order.
static SEED: AtomicU64 = AtomicU64::new(1_000);

/// The seven sides: authority and partner.
pub const SIDES: [(&str, &str); 7] = [
    ("al-asp", "AL"),
    ("ba-dkpt", "BA"),
    ("eu-agency", "EU"),
    ("me-up", "ME"),
    ("mk-mvr", "MK"),
    ("rs-mup", "RS"),
    ("xk-kp", "XK"),
];

/// A node without a network.
pub struct TestNode {
    /// Its use cases.
    pub app: App,
    /// Its store.
    pub store: Arc<MemoryStore>,
    /// Its clock.
    pub clock: Arc<FixedClock>,
    /// Its authority.
    pub authority: AuthorityId,
    /// Of which partner.
    pub partner: PartnerCode,
}

impl std::fmt::Debug for TestNode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TestNode({})", self.authority)
    }
}

/// The keys of an authority in a generation: always the same ones.
///
/// # Panics
/// Where the names are not valid.
pub fn test_identity(authority: &str, partner: &str, generation: u8, at: Timestamp) -> Identity {
    let secret = |kind: u8, generation: u8| {
        let mut bytes = [kind; 32];
        for (byte, letter) in bytes.iter_mut().zip(authority.bytes()) {
            *byte ^= letter;
        }
        bytes[31] = generation;
        bytes
    };
    let generations = 1.max(generation.saturating_sub(1))..=generation.max(1);
    let signing: Vec<SigningKey> = generations
        .clone()
        .rev()
        .map(|number| SigningKey::from_bytes(&secret(1, number)))
        .collect();
    let opening: Vec<OpeningKey> = generations
        .rev()
        .map(|number| OpeningKey::from_bytes(&secret(2, number)).unwrap())
        .collect();
    let card = NodeCard {
        format: CardFormat::V1,
        serial: u64::from(generation.max(1)),
        authority: authority.parse().unwrap(),
        partner: partner.parse().unwrap(),
        names: [("en".to_owned(), format!("Authority {authority}"))].into(),
        addresses: vec![format!("https://{authority}.example:7443")],
        signing: signing
            .iter()
            .map(|key| CardKey {
                key: *key.verifying_key(),
                not_before: at,
                not_after: None,
                revoked_at: None,
            })
            .collect(),
        sealing: opening
            .iter()
            .map(|key| CardKey {
                key: key.sealing_key().clone(),
                not_before: at,
                not_after: None,
                revoked_at: None,
            })
            .collect(),
        tls: Vec::new(),
        issued_at: at,
    };
    let keys: Vec<&SigningKey> = signing.iter().collect();
    let card = SignedCard::sign(&card, &keys).unwrap();
    Identity {
        card,
        signing,
        opening,
    }
}

impl TestNode {
    /// A node with an empty store.
    pub async fn new(authority: &str, partner: &str) -> Self {
        let clock = Arc::new(FixedClock::default());
        let store = empty_store(authority);
        let seed = SEED.fetch_add(1, Ordering::Relaxed);
        Self::on((authority, partner), store, clock, seed).await
    }

    /// A node on this store, as after a restart.
    ///
    /// # Panics
    /// Where it does not start.
    pub async fn on(
        (authority, partner): (&str, &str),
        store: Arc<MemoryStore>,
        clock: Arc<FixedClock>,
        seed: u64,
    ) -> Self {
        let issued_at = FixedClock::default().now();
        let shared: Arc<dyn Store> = Arc::<MemoryStore>::clone(&store);
        let entropy = SeededEntropy::new(seed);
        let entropy: Arc<dyn Entropy> = Arc::new(entropy);
        let app = App::start(Parts {
            store: shared,
            index_files: Arc::new(NoIndexFiles),
            clock: Arc::<FixedClock>::clone(&clock),
            entropy,
            seal: test_seal_of(&authority.parse().unwrap()),
            hasher: PasswordHasher::weak_for_tests(),
            catalogue: Catalogue::shipped().unwrap(),
            settings: Settings {
                partner: Some(partner.parse().unwrap()),
                ..Settings::of(authority.parse().unwrap())
            },
            identity: Some(test_identity(authority, partner, 1, issued_at)),
        })
        .await
        .unwrap();
        Self {
            app,
            store,
            clock,
            authority: authority.parse().unwrap(),
            partner: partner.parse().unwrap(),
        }
    }

    /// Accepts the other node and agrees with it on everything.
    ///
    /// # Panics
    /// Where that is refused.
    pub async fn trust(&self, other: &Self) {
        self.accept(other).await;
        self.app
            .put_arrangement(&administrator(), None, arrangement_with(other.partner))
            .await
            .unwrap();
    }

    /// Accepts the other node, without any arrangement.
    ///
    /// # Panics
    /// Where that is refused.
    pub async fn accept(&self, other: &Self) {
        let card = other.app.own_card().unwrap();
        let fingerprint = card.fingerprint().to_string();
        let json = card.to_json();
        self.app
            .accept_partner(&administrator(), json.as_bytes(), &fingerprint)
            .await
            .unwrap();
    }

    /// Delivers what waits for another node, at once and without faults, until nothing does.
    ///
    /// # Panics
    /// Where that fails.
    pub async fn deliver_to(&self, other: &Self) -> Delivered {
        let mut all = Delivered::default();
        loop {
            let done = self.try_deliver_to(other).await.unwrap();
            all.delivered += done.delivered;
            all.refused += done.refused;
            all.withheld += done.withheld;
            if !done.more {
                return all;
            }
        }
    }

    /// Delivers one parcel.
    ///
    /// # Errors
    /// [`DeliveryError`].
    pub async fn try_deliver_to(&self, other: &Self) -> Result<Delivered, DeliveryError> {
        let courier = Direct {
            from: self.authority.clone(),
            to: other,
        };
        self.app.deliver(&other.authority, &courier).await
    }
}

/// A store for a node of this authority.
///
/// # Panics
/// Where the authority is not valid.
pub fn empty_store(authority: &str) -> Arc<MemoryStore> {
    let authority = authority.parse().unwrap();
    Arc::new(MemoryStore::new(test_seal_of(&authority)))
}

/// Sends statements with the keys of a node, as the node itself never would, and returns the
/// receipts.
///
/// # Errors
/// [`ReceiveError`].
///
/// # Panics
/// Where the answer is not the other node's.
pub async fn send_as(
    from: &TestNode,
    to: &TestNode,
    statements: Vec<Signed>,
) -> Result<Vec<Receipt>, ReceiveError> {
    let (authority, partner) = (from.authority.as_str(), from.partner.as_str());
    let identity = test_identity(authority, partner, 1, FixedClock::default().now());
    let keys: Vec<&SigningKey> = identity.signing.iter().collect();
    let items = (1..).zip(statements);
    let parcel = Parcel {
        from: from.authority.clone(),
        to: to.authority.clone(),
        sent_at: to.clock.now(),
        items: items
            .map(|(number, statement)| Item { number, statement })
            .collect(),
    };
    let card = to.app.own_card().unwrap();
    let entropy = SeededEntropy::new(SEED.fetch_add(1, Ordering::Relaxed));
    let sealed = seal_parcel(&parcel, &keys, card.card(), &entropy).unwrap();
    let answer = to.app.receive(&from.authority, &sealed).await?;
    let now = to.clock.now();
    let opened = open_parcel(
        &answer,
        &from.authority,
        &identity.opening,
        card.card(),
        now,
    );
    let receipt = |item: &Item| match Statement::read(&item.statement) {
        Ok(Statement::Receipt(receipt)) => receipt,
        other => panic!("{other:?}"),
    };
    Ok(opened.unwrap().items.iter().map(receipt).collect())
}

/// Hands envelopes over at once.
#[derive(Debug)]
pub struct Direct<'a> {
    /// Whose envelopes: what the wire would say.
    pub from: AuthorityId,
    /// To whom.
    pub to: &'a TestNode,
}

#[async_trait]
impl Courier for Direct<'_> {
    async fn deliver(&self, _to: &NodeCard, envelope: Vec<u8>) -> Result<Vec<u8>, CourierError> {
        let answer = self.to.app.receive(&self.from, &envelope).await;
        answer.map_err(|error| match error {
            ReceiveError::Busy(text) => CourierError::Busy(text),
            other => CourierError::NotTaken(other.to_string()),
        })
    }
}

/// Nodes of all seven sides, each of which trusts all others and agreed with them on everything.
///
/// # Panics
/// Where that is refused.
pub async fn region() -> Vec<TestNode> {
    let mut nodes = Vec::new();
    for (authority, partner) in SIDES {
        nodes.push(TestNode::new(authority, partner).await);
    }
    for node in &nodes {
        for other in &nodes {
            if node.authority != other.authority {
                node.trust(other).await;
            }
        }
    }
    nodes
}

/// An arrangement with this partner on everything.
///
/// # Panics
/// Never, in practice: the dates are valid.
pub fn arrangement_with(partner: PartnerCode) -> Arrangement {
    Arrangement {
        partner,
        instrument: format!("Convention of the tests with {partner}"),
        gate: Gate::BindingInstrument,
        personal_data: true,
        categories: Category::ALL.iter().copied().collect(),
        purposes: Purpose::ALL.iter().copied().collect(),
        profile: "sis-like".to_owned(),
        valid_from: jiff::civil::date(2020, 1, 1),
        valid_to: None,
        source: "invented for a test".to_owned(),
        confirmed: true,
    }
}

/// Whoever runs a node.
///
/// # Panics
/// Never: the login is valid.
pub fn administrator() -> Caller {
    Caller {
        login: "an.admin".parse().unwrap(),
        role: Role::Administrator,
        justification: None,
    }
}

/// Whoever decides, for terrorism.
///
/// # Panics
/// Never: the login is valid.
pub fn verifier() -> Caller {
    Caller {
        login: "a.verifier".parse().unwrap(),
        role: Role::VerifyingOfficer,
        justification: Some(Justification {
            purpose: Purpose::Terrorism,
            case: "CASE 1/26".parse().unwrap(),
        }),
    }
}

/// So long after the clocks of the tests start.
pub fn later(hours: i64) -> Timestamp {
    let start = FixedClock::default().now();
    start
        .checked_add(SignedDuration::from_hours(hours))
        .unwrap_or(start)
}
