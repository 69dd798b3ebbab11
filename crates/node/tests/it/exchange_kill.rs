//! The receiving process is killed after it has stored what came and before its receipt arrives:
//! what is delivered again has no second effect. The partner here is the real binary, set up by
//! its commands.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use egnatia_app::LedgerPart;
use egnatia_node::config::Config;
use egnatia_node::data::{Data, Index};
use egnatia_record::RecordId;
use egnatia_testkit::{administrator, arrangement_with, verifier};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::binary::Node;
use crate::region::{Side, free_address, name, until};

/// A line between two nodes that can keep back what one of them answers.
struct Line {
    address: SocketAddr,
    holds: Arc<AtomicBool>,
}

impl Line {
    async fn to(node: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let holds = Arc::new(AtomicBool::new(false));
        let held = Arc::clone(&holds);
        tokio::spawn(async move {
            while let Ok((mut near, _)) = listener.accept().await {
                let held = Arc::clone(&held);
                tokio::spawn(async move {
                    let Ok(mut far) = TcpStream::connect(node).await else {
                        return;
                    };
                    let (mut asks, mut told) = near.split();
                    let (mut answers, mut passes) = far.split();
                    let there = tokio::io::copy(&mut asks, &mut passes);
                    let back = async {
                        let mut bytes = [0; 4_096];
                        while let Ok(count @ 1..) = answers.read(&mut bytes).await {
                            if held.load(Ordering::SeqCst) {
                                continue;
                            }
                            if told.write_all(&bytes[..count]).await.is_err() {
                                return;
                            }
                        }
                    };
                    tokio::select! {
                        _ = there => {}
                        () = back => {}
                    }
                });
            }
        });
        Self { address, holds }
    }
}

/// What a node's store holds of an alert, read beside the node itself.
async fn versions(node: &Node, config: &Config, alert: RecordId) -> usize {
    let data = Data::open(&node.data(), config.clone(), Index::Skip)
        .await
        .unwrap();
    let view = data.app.view_alert(&verifier(), alert).await;
    data.close().await;
    view.map_or(0, |view| view.versions.len())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receiver_killed_between_commit_and_receipt_has_stored_once() {
    let behind = free_address();
    let line = Line::to(behind).await;
    let toml = format!(
        "[node]\nauthority = \"al-asp\"\npartner = \"AL\"\n\
         [exchange]\nlisten = \"{behind}\"\naddress = \"https://{}\"\n",
        line.address
    );
    let config = Config::parse(&toml).unwrap();
    let al = Node::new();
    al.configure(&toml);
    let mk = Side::start("mk-mvr", "MK").await;

    // Each accepts the card of the other.
    let card = al.done(&["partner", "card"]).out;
    let file = al.path("al.json");
    std::fs::write(&file, &card).unwrap();
    let read = al.run(&["partner", "read", file.to_str().unwrap()]);
    assert_eq!(
        read.code, 2,
        "its own card is not a partner's: {}",
        read.err
    );
    let qr = al.done(&["partner", "card", "--qr"]).out;
    let fingerprint = qr.split("Fingerprint").nth(1).unwrap().trim();
    let fingerprint = fingerprint.split_whitespace().next().unwrap();
    mk.app()
        .accept_partner(&administrator(), card.trim().as_bytes(), fingerprint)
        .await
        .unwrap();
    let agreed = arrangement_with("AL".parse().unwrap());
    mk.app()
        .put_arrangement(&administrator(), None, agreed)
        .await
        .unwrap();
    let own = mk.app().own_card().unwrap();
    let file = al.path("mk.json");
    std::fs::write(&file, own.to_json()).unwrap();
    let file = file.to_str().unwrap();
    let shown = al.done(&["--json", "partner", "read", file]).json();
    assert_eq!(shown["authority"], "mk-mvr");
    let wrong = al.run(&["partner", "accept", file, "--fingerprint", fingerprint]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.err.contains("do not accept it"), "{}", wrong.err);
    let right = own
        .fingerprint()
        .to_string()
        .to_lowercase()
        .replace('-', " ");
    al.done(&["partner", "accept", file, "--fingerprint", &right]);
    let agreed = al
        .done(&["--json", "partner", "arrangements", "--adopt"])
        .json();
    assert!(agreed["adopted"].as_u64().unwrap() > 0);

    let mut serving = al.serve();
    let first = mk.enter(&name(1)).await;
    until("the line works", async || {
        mk.waiting().await == 0 && versions(&al, &config, first).await == 1
    })
    .await;
    for round in 2..7 {
        line.holds.store(true, Ordering::SeqCst);
        let alert = mk.enter(&name(round)).await;
        until("it is stored", async || {
            versions(&al, &config, alert).await == 1
        })
        .await;
        assert_eq!(mk.waiting().await, 1, "the receipt got through");
        serving.kill();
        line.holds.store(false, Ordering::SeqCst);
        serving = al.serve();
        until("it is settled", async || mk.waiting().await == 0).await;
        assert_eq!(versions(&al, &config, alert).await, 1);
    }
    let listed = al.done(&["--json", "partner", "list"]).json();
    assert_eq!(
        (&listed[0]["authority"], &listed[0]["waiting"]),
        (&"mk-mvr".into(), &0.into())
    );
    serving.kill();
    al.done(&["audit", "verify"]);
    let authority = "al-asp".parse().unwrap();
    let sent = mk
        .app()
        .deliveries_to(&administrator(), &authority, LedgerPart::All.newest(50))
        .await
        .unwrap();
    assert_eq!(sent.len(), 6);
    assert!(
        sent.iter()
            .all(|row| row.receipt.is_some() && row.reason.is_none())
    );
}
