//! What does not get in: strangers, other protocols, too much, too often, altered, repeated,
//! misdirected, revoked.

use std::time::{Duration, Instant};

use egnatia_node::identity::HeldCertificate;
use egnatia_protocol::{ENVELOPE_BYTES_MAX, Outcome, Statement};
use egnatia_testkit::{administrator, verifier};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::peer::{Peer, card_item, impostor, keys_of, now, receipts, record_item, seal};
use crate::region::{Side, name, pair, until};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_on_no_partners_card_does_not_get_past_the_handshake() {
    let (mk, al) = pair().await;
    let stranger = HeldCertificate::make(&al.authority, now()).unwrap();
    let refused = Peer::connect(mk.address, &stranger).await.err().unwrap();
    assert!(refused.contains("AccessDenied"), "{refused}");
    let keys = keys_of(&al);
    assert!(
        Peer::connect(mk.address, &keys.certificates()[0])
            .await
            .is_ok()
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tls_1_2_is_refused() {
    let (mk, _al) = pair().await;
    // A ClientHello of TLS 1.2 with one cipher suite, X25519 and ECDSA on P-256.
    let extensions: &[u8] = &[
        0, 10, 0, 4, 0, 2, 0, 29, // groups
        0, 11, 0, 2, 1, 0, // point formats
        0, 13, 0, 4, 0, 2, 4, 3, // signatures
    ];
    let mut hello = vec![3, 3];
    hello.extend([7; 32]);
    hello.extend([0, 0, 2, 0xc0, 0x2b, 1, 0]);
    hello.extend(u16::try_from(extensions.len()).unwrap().to_be_bytes());
    hello.extend(extensions);
    let mut message = vec![1, 0];
    message.extend(u16::try_from(hello.len()).unwrap().to_be_bytes());
    message.extend(hello);
    let mut record = vec![22, 3, 1];
    record.extend(u16::try_from(message.len()).unwrap().to_be_bytes());
    record.extend(message);
    let mut stream = tokio::net::TcpStream::connect(mk.address).await.unwrap();
    stream.write_all(&record).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    // A fatal alert, `protocol_version`, and nothing else.
    assert_eq!(answer, [21, 3, 3, 0, 2, 2, 70]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_with_another_certificate_is_not_talked_to() {
    let (mk, mut al) = pair().await;
    al.stop().await;
    let listener = tokio::net::TcpListener::bind(al.address).await.unwrap();
    let other = HeldCertificate::make(&al.authority, now()).unwrap();
    let acceptor = impostor(&other);
    mk.enter(&name(1)).await;
    let (stream, _) = listener.accept().await.unwrap();
    let mut got_in = acceptor.accept(stream).await;
    if let Ok(stream) = &mut got_in {
        let mut bytes = [0; 1];
        let read = stream.read(&mut bytes).await;
        assert!(!matches!(read, Ok(1)), "something was said to the impostor");
    }
    drop(listener);
    until("the partner's page says so", async || {
        let partners = mk.app().partners(&administrator()).await.unwrap();
        let error = partners[0].contact.error.clone().unwrap_or_default();
        error.contains("not one of the partner's card") || error.contains("nobody answers")
    })
    .await;
    assert_eq!(mk.waiting().await, 1);
    al.start_again().await;
    until("it is delivered to the right one", async || {
        mk.waiting().await == 0
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_too_large_altered_misdirected_or_something_else_is_refused_with_its_code() {
    let (mk, al) = pair().await;
    let keys = keys_of(&al);
    let identity = keys.identity().unwrap();
    let to = mk.app().own_card().unwrap();
    let mut peer = Peer::connect(mk.address, &keys.certificates()[0])
        .await
        .unwrap();

    let large = peer.post(vec![0; ENVELOPE_BYTES_MAX + 1]).await;
    assert_eq!((large.status, large.code().as_str()), (413, "too-large"));
    let html = peer
        .ask("POST", "/v1/parcels", "text/html", vec![0; 10])
        .await;
    assert_eq!(html.unwrap().status, 415);
    let elsewhere = peer.ask("GET", "/", "", Vec::new()).await.unwrap();
    assert_eq!(
        (elsewhere.status, elsewhere.code().as_str()),
        (404, "not-found")
    );
    let nothing = peer.post(b"nothing".to_vec()).await;
    assert_eq!(
        (nothing.status, nothing.code().as_str()),
        (400, "not-an-envelope")
    );

    let envelope = seal(&identity, to.card(), vec![card_item(&identity.card)]);
    let mut altered = envelope.clone();
    *altered.last_mut().unwrap() ^= 1;
    let altered = peer.post(altered).await;
    assert_eq!(
        (altered.status, altered.code().as_str()),
        (400, "not-opened")
    );
    // For this node by its key, but with another name on it.
    let mut other = to.card().clone();
    other.authority = "rs-mup".parse().unwrap();
    let misdirected = seal(&identity, &other, vec![card_item(&identity.card)]);
    let misdirected = peer.post(misdirected).await;
    assert_eq!(
        (misdirected.status, misdirected.code().as_str()),
        (403, "not-for-us")
    );
    // One partner cannot bring what another one says.
    let own = keys_of(&mk).identity().unwrap();
    let forged = seal(&own, to.card(), vec![card_item(&own.card)]);
    let forged = peer.post(forged).await;
    assert_eq!(
        (forged.status, forged.code().as_str()),
        (403, "other-sender")
    );
    assert_eq!(peer.post(envelope).await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_envelope_twice_has_the_effect_of_one() {
    let mk = Side::start("mk-mvr", "MK").await;
    let al = Side::start("al-asp", "AL").await;
    // Only the first one trusts: the second one says nothing by itself.
    mk.trust(&al).await;
    let alert = al.enter(&name(3)).await;
    let keys = keys_of(&al);
    let identity = keys.identity().unwrap();
    let to = mk.app().own_card().unwrap();
    let item = record_item(&al, &identity, alert).await;
    let mut peer = Peer::connect(mk.address, &keys.certificates()[0])
        .await
        .unwrap();
    let envelope = seal(&identity, to.card(), vec![item]);
    let mut outcomes = Vec::new();
    for _ in 0..3 {
        let answer = peer.post(envelope.clone()).await;
        assert_eq!(answer.status, 200);
        for statement in receipts(&identity, to.card(), &answer.body) {
            let Statement::Receipt(receipt) = statement else {
                panic!("not a receipt");
            };
            outcomes.push((receipt.statement, receipt.outcome, receipt.version));
        }
    }
    assert_eq!(outcomes.len(), 3);
    assert_eq!(outcomes[0].1, Outcome::Stored);
    assert!(
        outcomes.iter().all(|outcome| *outcome == outcomes[0]),
        "{outcomes:?}"
    );
    let view = mk.app().view_alert(&verifier(), alert).await.unwrap();
    assert_eq!(Some(view.envelope.version), outcomes[0].2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_partner_that_floods_is_told_so_and_another_one_is_served() {
    let mk = Side::with("mk-mvr", "MK", "requests_per_second = 20").await;
    let al = Side::start("al-asp", "AL").await;
    let rs = Side::start("rs-mup", "RS").await;
    for other in [&al, &rs] {
        mk.trust(other).await;
        other.trust(&mk).await;
    }
    let keys = keys_of(&al);
    let flood = Peer::connect(mk.address, &keys.certificates()[0])
        .await
        .unwrap();
    let flooding: Vec<_> = (0..8)
        .map(|_| {
            let mut peer = flood.beside();
            tokio::spawn(async move {
                let mut statuses = Vec::new();
                for _ in 0..100 {
                    let answer = peer.ask("GET", "/v1/card", "", Vec::new()).await.unwrap();
                    statuses.push(answer.status);
                }
                statuses
            })
        })
        .collect();
    let begun = Instant::now();
    let alert = rs.enter(&name(4)).await;
    until("another partner is served", async || mk.has(alert).await).await;
    assert!(begun.elapsed() < Duration::from_secs(5));
    let mut statuses = Vec::new();
    for task in flooding {
        statuses.extend(task.await.unwrap());
    }
    let refused = statuses.iter().filter(|status| **status == 429).count();
    assert!(
        refused > 300,
        "only {refused} of {} were refused",
        statuses.len()
    );
    assert!(statuses.iter().all(|status| [200, 429].contains(status)));
    // And once it stops, its own things go on.
    let alert = al.enter(&name(5)).await;
    until("the flooding one is served again", async || {
        mk.has(alert).await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revoked_partner_is_refused_on_its_old_connection_and_on_a_new_one() {
    let (mk, al) = pair().await;
    let keys = keys_of(&al);
    let identity = keys.identity().unwrap();
    let to = mk.app().own_card().unwrap();
    let certificate = &keys.certificates()[0];
    let mut peer = Peer::connect(mk.address, certificate).await.unwrap();
    mk.app()
        .revoke_partner(&administrator(), &al.authority)
        .await
        .unwrap();
    let envelope = seal(&identity, to.card(), vec![card_item(&identity.card)]);
    let refused = peer.post(envelope).await;
    assert_eq!(
        (refused.status, refused.code().as_str()),
        (403, "not-a-partner")
    );
    let again = Peer::connect(mk.address, certificate).await.err().unwrap();
    assert!(again.contains("AccessDenied"), "{again}");
    let alert = al.enter(&name(6)).await;
    until("the other side says why", async || {
        let partners = al.app().partners(&administrator()).await.unwrap();
        let error = partners[0].contact.error.clone().unwrap_or_default();
        error.contains("not-a-partner") || error.contains("does not admit this one")
    })
    .await;
    assert!(!mk.has(alert).await);
}
