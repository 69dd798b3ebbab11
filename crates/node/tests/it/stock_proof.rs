//! The books of the stockpile on the real binary: what was acknowledged survives `kill -9`, nothing
//! appears or vanishes, and a movement that is changed behind the node's back is named.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use egnatia_record::Entropy;
use egnatia_testkit::SeededEntropy;
use serde_json::{Value, json};
use sqlx::{Connection, SqliteConnection};

use crate::binary::{Node, Serving};

const ROUNDS: usize = 15;
const LOTS: usize = 4;
const PIECES: i64 = 100_000;
const SENDERS: usize = 6;

/// A site with three places, and lots in the first two.
fn depot(node: &Node) {
    let write = |name: &str, text: &str| {
        let path = node.path(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let why = ["--purpose", "stockpile-security", "--case", "KILL-1"];
    let site = write(
        "site.json",
        r#"{"name":"Depot One","places":[{"code":"A","name":"Store A"},{"code":"A-1","name":"Rack 1",
            "inside":"A"},{"code":"A-2","name":"Rack 2","inside":"A"}]}"#,
    );
    let done = node.done(&[&["--json", "stock", "site", &site][..], &why].concat());
    let id = done.json()["site"].as_str().unwrap().to_owned();
    let rows = (0..LOTS).map(|lot| format!("A-1,part {lot},L-{lot},{PIECES}\n"));
    let ledger = format!("place,item,lot,quantity\n{}", rows.collect::<String>());
    let ledger = write("ledger.csv", &ledger);
    let import = [
        "stock",
        "import",
        &ledger,
        "--site",
        &id,
        "--reference",
        "ledger 2025",
    ];
    node.done(&[&import[..], &why].concat());
}

struct Books {
    client: reqwest::Client,
    token: String,
    url: String,
}

impl Books {
    async fn of(serving: &Serving, login: &str, password: &str) -> Self {
        let client = reqwest::Client::new();
        let body = json!({
            "login": login, "password": password, "purpose": "stockpile-security", "case": "KILL-1",
        });
        let url = format!("{}/api/v1", serving.url);
        let answer = client
            .post(format!("{url}/sessions"))
            .json(&body)
            .send()
            .await;
        let body: Value = answer.unwrap().json().await.unwrap();
        let token = body["token"].as_str().unwrap().to_owned();
        Self { client, token, url }
    }

    async fn get(&self, path: &str) -> Value {
        let asked = self.client.get(format!("{}{path}", self.url));
        let answer = asked.bearer_auth(&self.token).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.json().await.unwrap()
    }

    /// The accounts of the two racks, and the lots.
    async fn sides(&self) -> ([String; 2], Vec<String>) {
        let accounts = self.get("/stock/accounts").await;
        let named = |end: &str| {
            let mut all = accounts.as_array().unwrap().iter();
            let found = all.find(|account| account["name"].as_str().unwrap().ends_with(end));
            found.unwrap()["id"].as_str().unwrap().to_owned()
        };
        let mut lots = Vec::new();
        for lot in 0..LOTS {
            let found = self.get(&format!("/stock/goods?code=L-{lot}")).await;
            lots.push(found[0]["id"].as_str().unwrap().to_owned());
        }
        ([named("/ A-1"), named("/ A-2")], lots)
    }
}

/// Moves pieces from rack to rack until the node is gone. Returns what it acknowledged.
async fn move_until_it_dies(
    books: Arc<Books>,
    (racks, lots): ([String; 2], Vec<String>),
    (round, sender): (usize, usize),
    answered: Arc<AtomicUsize>,
) -> Vec<(String, String, i64)> {
    let mut acknowledged = Vec::new();
    for n in 0..10_000_usize {
        let lot = &lots[(n + sender) % lots.len()];
        let quantity = i64::try_from(1 + n % 3).unwrap();
        let id = format!("{round:08x}{sender:08x}{n:016x}");
        // What the rack does not hold any more is refused, and changes nothing.
        let (from, to) = match (n + sender) % 3 {
            0 => (&racks[1], &racks[0]),
            _ => (&racks[0], &racks[1]),
        };
        let line = json!({
            "kind": "transfer", "goods": lot, "from": from, "to": to, "quantity": quantity,
        });
        let body = json!({ "id": id, "lines": [line], "reference": "KILL" });
        let sent = books
            .client
            .post(format!("{}/stock/movements", books.url))
            .bearer_auth(&books.token)
            .json(&body)
            .send();
        let Ok(answer) = sent.await else { break };
        match answer.status().as_u16() {
            201 => {}
            409 => continue,
            other => panic!("{other}: {}", answer.text().await.unwrap_or_default()),
        }
        let out = if from == &racks[0] {
            -quantity
        } else {
            quantity
        };
        acknowledged.push((id, lot.clone(), out));
        answered.fetch_add(1, Ordering::Relaxed);
    }
    acknowledged
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_acknowledged_movement_is_lost_and_nothing_appears_or_vanishes() {
    let node = Node::new();
    depot(&node);
    let password = node.account("k.keeper", "storekeeper");
    let chance = SeededEntropy::new(44);
    let mut acknowledged: Vec<(String, String, i64)> = Vec::new();
    for round in 0..=ROUNDS {
        let mut serving = node.serve();
        let books = Arc::new(Books::of(&serving, "k.keeper", &password).await);
        let (racks, lots) = books.sides().await;
        for (id, ..) in acknowledged.drain(..) {
            let movement = books.get(&format!("/stock/movements/{id}")).await;
            assert_eq!(movement["state"], "posted", "movement {id} was lost");
        }
        for lot in &lots {
            let goods = books.get(&format!("/stock/goods/{lot}?limit=100")).await;
            let mut held: BTreeMap<&str, i64> = BTreeMap::new();
            for row in goods["held"].as_array().unwrap() {
                let account = row["account"].as_str().unwrap();
                held.insert(account, row["quantity"].as_i64().unwrap());
            }
            assert_eq!(
                held.values().sum::<i64>(),
                0,
                "what is here came from outside"
            );
            let inside: i64 = racks
                .iter()
                .filter_map(|rack| held.get(rack.as_str()))
                .sum();
            assert_eq!(inside, PIECES, "nothing appears and nothing vanishes");
            assert!(
                racks
                    .iter()
                    .all(|rack| held.get(rack.as_str()).is_none_or(|n| *n > 0))
            );
            // The newest posting of each rack says what the balance says.
            for rack in &racks {
                let postings = goods["history"]["items"].as_array().unwrap().iter();
                let mut of_rack = postings.filter(|posting| posting["account"] == rack.as_str());
                if let Some(newest) = of_rack.next() {
                    let balance = newest["balance"].as_i64().unwrap();
                    assert_eq!(held.get(rack.as_str()).copied().unwrap_or(0), balance);
                }
            }
        }
        if round == ROUNDS {
            break;
        }
        let answered = Arc::new(AtomicUsize::new(0));
        let senders: Vec<_> = (0..SENDERS)
            .map(|sender| {
                let sides = (racks.clone(), lots.clone());
                let (books, answered) = (books.clone(), answered.clone());
                tokio::spawn(move_until_it_dies(books, sides, (round, sender), answered))
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
    }
    let whole = node.done(&["--json", "audit", "verify"]).json();
    assert!(whole["log"]["movements"].as_u64().unwrap() > 1, "{whole}");
}

async fn execute(node: &Node, sql: &'static str) {
    let url = format!("sqlite://{}", node.data().join("egnatia.db").display());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    sqlx::query(sql).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test]
async fn a_movement_that_is_changed_added_or_removed_is_named() {
    let node = Node::new();
    depot(&node);
    let whole = node.done(&["--json", "audit", "verify"]).json();
    assert_eq!(whole["log"]["movements"], 1);
    let finding = || {
        let ran = node.run(&["--json", "audit", "verify"]);
        assert_eq!(ran.code, 1, "{} {}", ran.out, ran.err);
        ran.json()["first"].clone()
    };
    execute(&node, "INSERT INTO stock_movements SELECT position + 1000, zeroblob(16), digest, body, recorded_us FROM stock_movements").await;
    let found = finding();
    assert_eq!(found["problem"], "movements-unstated", "{found}");
    assert_eq!((&found["stored"], &found["stated"]), (&2.into(), &1.into()));
    execute(&node, "DELETE FROM stock_movements WHERE id = zeroblob(16)").await;
    assert_eq!(node.run(&["audit", "verify"]).code, 0);

    execute(&node, "DROP TRIGGER stock_movements_stay").await;
    execute(&node, "UPDATE stock_movements SET body = CAST(replace(CAST(body AS TEXT), 'ledger 2025', 'ledger 2024') AS BLOB)").await;
    assert_eq!(finding()["problem"], "movement");
    execute(&node, "UPDATE stock_movements SET body = CAST(replace(CAST(body AS TEXT), 'ledger 2024', 'ledger 2025') AS BLOB)").await;
    assert_eq!(node.run(&["audit", "verify"]).code, 0);
    execute(&node, "DELETE FROM stock_movements").await;
    assert_eq!(finding()["problem"], "movement");
}
