//! Invariant 4, on the real binary: whatever was acknowledged survives `kill -9`, the log verifies,
//! and the index equals the store. A hundred times, half of them in the middle of an import, half
//! in the middle of checks.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use egnatia_app::{App, Catalogue, Parts, PasswordHasher, Settings, Store};
use egnatia_audit::{Seal, Signer, TagKey};
use egnatia_record::{Entropy, RecordId, Version};
use egnatia_store::SqliteStore;
use egnatia_testkit::{FixedClock, SeededEntropy};
use serde_json::{Value, json};

use crate::binary::{Node, names};

const ROUNDS: usize = 50;
const ENTRIES: usize = 400;

/// Compares what the index would answer with from what the store holds.
async fn index_equals_store(node: &Node) {
    // Reading seals nothing, so any seal will do.
    let seal = || Seal {
        signer: Signer::new("test.log", &[1; 32]).unwrap(),
        tags: TagKey::new(&[2; 32]),
    };
    let store = SqliteStore::open(&node.data().join("egnatia.db"), seal())
        .await
        .unwrap();
    let store = Arc::new(store);
    let app = App::start(Parts {
        index_files: Arc::new(egnatia_app::NoIndexFiles),
        store: store.clone(),
        clock: Arc::new(FixedClock::default()),
        entropy: Arc::new(SeededEntropy::new(1)),
        seal: seal(),
        hasher: PasswordHasher::weak_for_tests(),
        catalogue: Catalogue::shipped().unwrap(),
        identity: None,
        settings: Settings::of("example-authority".parse().unwrap()),
    })
    .await
    .unwrap();
    let listed: HashMap<RecordId, Version> = store
        .list_entries("test")
        .await
        .unwrap()
        .into_iter()
        .filter(|row| row.listed)
        .map(|row| (row.record, row.record_version))
        .collect();
    assert_eq!(app.index_contents().unwrap(), listed);
    store.close().await;
}

fn log_is_whole(node: &Node) {
    let ran = node.run(&["--json", "audit", "verify"]);
    assert_eq!(ran.code, 0, "{} {}", ran.out, ran.err);
}

#[tokio::test]
async fn an_import_that_is_killed_is_there_whole_or_not_at_all() {
    let node = Node::new();
    let chance = SeededEntropy::new(42);
    let (mut version, mut killed) = (0, 0);
    // How long an import takes, on this machine and today.
    let begun = std::time::Instant::now();
    node.import(&node.list("first.json", &names(ROUNDS, ENTRIES)));
    let usual = begun.elapsed();
    version += 1;
    for round in 0..ROUNDS {
        let file = node.list("next.json", &names(round, ENTRIES));
        let mut import = node
            .command()
            .args(["import", "ftm", file.to_str().unwrap(), "--list", "test"])
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let mut byte = [0; 1];
        chance.fill(&mut byte);
        tokio::time::sleep(usual * u32::from(byte[0]) / 255).await;
        killed += usize::from(import.try_wait().unwrap().is_none());
        let _ = import.kill();
        let acknowledged = import.wait().unwrap().success();

        let lists = node.done(&["--json", "lists"]).json();
        let newest = lists.as_array().unwrap().first();
        let now = newest.map_or(0, |list| list["version"].as_u64().unwrap());
        assert!(
            now == version || now == version + 1,
            "{version} became {now}"
        );
        assert!(
            !acknowledged || now == version + 1,
            "an acknowledged import was lost"
        );
        if let Some(list) = newest {
            let entries = ["added", "changed", "unchanged"].map(|key| list[key].as_u64().unwrap());
            assert_eq!(entries.iter().sum::<u64>(), u64::try_from(ENTRIES).unwrap());
        }
        version = now;
        if round % 10 == 9 {
            log_is_whole(&node);
            index_equals_store(&node).await;
        }
    }
    assert!(
        killed > ROUNDS / 5,
        "only {killed} imports were killed while they ran"
    );
    assert!(version > 1, "no import ever came through");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_acknowledged_check_is_lost() {
    let node = Node::new();
    // The index writes files too: after each of the imports in between, while checks go on.
    node.configure("[matching]\nentries_in_memory = 50\n");
    node.import(&node.list("test.json", &names(0, ENTRIES)));
    let password = node.account("o.one", "officer");
    let chance = SeededEntropy::new(43);
    let mut acknowledged: Vec<String> = Vec::new();
    for round in 0..ROUNDS {
        if round % 5 == 4 {
            node.import(&node.list("test.json", &names(round, ENTRIES)));
        }
        let mut serving = node.serve();
        let (client, token) = serving.sign_in("o.one", &password).await;
        // What the round before acknowledged is still there.
        for check in acknowledged.drain(..) {
            let view = client
                .get(format!("{}/api/v1/checks/{check}", serving.url))
                .bearer_auth(&token)
                .send()
                .await
                .unwrap();
            assert!(
                view.status().is_success(),
                "check {check} was lost: {}",
                view.status()
            );
        }
        let answered = Arc::new(AtomicUsize::new(0));
        let newest = round.saturating_sub((round + 1) % 5);
        let listed = Arc::new(names(newest, ENTRIES));
        let senders: Vec<_> = (0..8)
            .map(|sender| {
                let (client, token, url) = (client.clone(), token.clone(), serving.url.clone());
                let asked = (listed.clone(), answered.clone());
                tokio::spawn(send_until_it_dies(client, token, url, sender, asked))
            })
            .collect();
        let begun = std::time::Instant::now();
        while answered.load(Ordering::Relaxed) == 0 && begun.elapsed().as_secs() < 30 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let mut byte = [0; 1];
        chance.fill(&mut byte);
        tokio::time::sleep(Duration::from_millis(u64::from(byte[0]))).await;
        serving.kill();
        for sender in senders {
            acknowledged.extend(sender.await.unwrap());
        }
        assert!(
            !acknowledged.is_empty(),
            "round {round} acknowledged nothing"
        );
        if round % 10 == 9 {
            log_is_whole(&node);
            index_equals_store(&node).await;
        }
    }
    assert!(node.data().join("index").join("manifest.json").is_file());
}

/// Sends checks of listed names one after another until the node is gone. Returns those that it
/// acknowledged.
async fn send_until_it_dies(
    client: reqwest::Client,
    token: String,
    url: String,
    sender: usize,
    (listed, answered): (Arc<Vec<(String, String)>>, Arc<AtomicUsize>),
) -> Vec<String> {
    let mut acknowledged = Vec::new();
    for n in 0..10_000 {
        let name = &listed[(n * 17 + sender * 31) % listed.len()].1;
        let body = json!({ "name": name, "purpose": "border-check", "case": "KILL-1" });
        let answer = client
            .post(format!("{url}/api/v1/checks"))
            .bearer_auth(&token)
            .json(&body)
            .send();
        let Ok(answer) = answer.await else { break };
        assert!(answer.status().is_success(), "{}", answer.status());
        let Ok(body) = answer.json::<Value>().await else {
            break;
        };
        let found = body["candidates"].as_array().unwrap();
        assert!(!found.is_empty(), "a listed name was not found");
        acknowledged.push(body["check"].as_str().unwrap().to_owned());
        answered.fetch_add(1, Ordering::Relaxed);
    }
    acknowledged
}
