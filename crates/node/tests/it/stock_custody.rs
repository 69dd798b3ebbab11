//! `kill -9` between the destruction of a weapon and its life in the register: they agree afterwards.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use egnatia_testkit::SeededEntropy;
use reqwest::Method;
use serde_json::{Value, json};

use crate::binary::Node;
use crate::stock_losses::{Staff, killed, rifle, site, staff};

const ROUNDS: usize = 8;
const DESTROYED: &str = "00000000000000000000000000000003";

/// Signs whatever waits, as the second person.
async fn sign_all(staff: &Staff) -> Option<()> {
    let (_, waiting) = staff
        .ana
        .send(Method::GET, "/stock/movements", None)
        .await?;
    for movement in waiting.as_array()? {
        let id = movement["id"]
            .as_str()
            .or(movement["movement"]["id"].as_str())?;
        let path = format!("/stock/movements/{id}/signature");
        staff.boris.post(&path, json!({})).await;
    }
    Some(())
}

/// Destroys the rifle and takes that back, again and again, until the node is gone.
async fn destroy_until_it_dies(
    staff: Arc<Staff>,
    (goods, rack): (String, String),
    done: Arc<AtomicUsize>,
) -> Option<()> {
    loop {
        sign_all(&staff).await?;
        let line = json!({
            "kind": "destruction", "goods": goods, "from": rack, "to": DESTROYED, "quantity": 1,
        });
        let destruction = json!({
            "lines": [line], "reference": "KILL", "remark": "cut up at the steelworks",
        });
        let entered = staff.ana.post("/stock/movements", destruction).await;
        sign_all(&staff).await?;
        // One that the last round left posted is taken back by its name.
        let id = match entered {
            Some(entered) => entered["id"]
                .as_str()
                .or(entered["movement"]["id"].as_str())
                .map(str::to_owned),
            None => last_destruction(&staff, &goods).await,
        };
        if let Some(id) = id {
            let path = format!("/stock/movements/{id}/reversal");
            let why = json!({ "reason": "another weapon was meant" });
            staff.ana.post(&path, why).await;
            sign_all(&staff).await?;
            done.fetch_add(1, Ordering::Relaxed);
        }
        // The node is gone.
        staff.ana.send(Method::GET, "/stock/overview", None).await?;
    }
}

async fn last_destruction(staff: &Staff, goods: &str) -> Option<String> {
    let path = format!("/stock/goods/{goods}");
    let (_, held) = staff.ana.send(Method::GET, &path, None).await?;
    let history = held["history"]["items"].as_array()?;
    let into = history
        .iter()
        .find(|row| row["account"] == DESTROYED && row["amount"] == 1)?;
    into["movement"].as_str().map(str::to_owned)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn books_and_register_agree_on_what_is_destroyed_after_every_kill() {
    let node = Node::new();
    let id = site(&node);
    let passwords = [
        ("a.ana", "storekeeper"),
        ("b.boris", "storekeeper"),
        ("i.inspector", "stock-inspector"),
        ("f.focal", "firearms-officer"),
    ]
    .map(|(login, role)| (login, node.account(login, role)));
    let chance = SeededEntropy::new(46);
    let mut kept: Option<(String, String, String)> = None;
    let mut destroyed = 0;
    for round in 0..=ROUNDS {
        let mut serving = node.serve();
        let staff = Arc::new(staff(&serving, &passwords).await);
        if kept.is_none() {
            kept = Some(rifle(&staff, &id, Value::Null).await);
        }
        let (firearm, goods, rack) = kept.clone().unwrap();
        agree(&staff, (&firearm, &goods, &rack), round).await;
        if round == ROUNDS {
            break;
        }
        let done = Arc::new(AtomicUsize::new(0));
        let act = destroy_until_it_dies(staff.clone(), (goods, rack), done.clone());
        let act = tokio::spawn(act);
        destroyed += killed(&mut serving, act, (&done, &chance)).await;
    }
    assert!(destroyed >= ROUNDS, "{destroyed} in {ROUNDS} rounds");
    node.done(&["audit", "verify"]);
}

/// What the books and the register say of the rifle.
async fn agree(staff: &Staff, (firearm, goods, rack): (&str, &str, &str), round: usize) {
    let held = staff.ana.get(&format!("/stock/goods/{goods}")).await;
    let of = |account: &str| {
        let mut rows = held["held"].as_array().unwrap().iter();
        let row = rows.find(|row| row["account"] == account);
        row.map_or(0, |row| row["quantity"].as_i64().unwrap())
    };
    assert_eq!(of(rack) + of(DESTROYED), 1, "round {round}: {held}");
    let view = staff.focal.get(&format!("/firearms/{firearm}")).await;
    match of(DESTROYED) {
        1 => assert_eq!(view["custody"], "destroyed", "round {round}: {view}"),
        _ => assert_eq!(
            view["custody"]["with"]["kind"], "authority",
            "round {round}: {view}"
        ),
    }
    // The ledger was its first event: nobody had recorded one.
    let first = &view["firearm"]["life"][0]["event"]["re-registration"];
    assert_eq!(first["number"], "ledger 2025", "round {round}: {view}");
}
