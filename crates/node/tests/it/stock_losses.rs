//! Losses from stock on the real binary: the plan of a site at the command line, and `kill -9` between
//! the theft, the register and the alert.

use std::io::Write;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use egnatia_record::Entropy;
use egnatia_testkit::SeededEntropy;
use reqwest::Method;
use serde_json::{Value, json};

use crate::binary::{Node, Ran, Serving};

const ROUNDS: usize = 10;
const LOST: &str = "00000000000000000000000000000004";

pub(crate) fn site(node: &Node) -> String {
    let path = node.path("site.json");
    let text = r#"{"name":"Depot One","places":[{"code":"M1","name":"Store 1"},
        {"code":"M1-A","name":"Rack A","inside":"M1"}]}"#;
    std::fs::write(&path, text).unwrap();
    let why = ["--purpose", "stockpile-security", "--case", "C-1"];
    let file = path.display().to_string();
    let done = node.done(&[&["--json", "stock", "site", &file][..], &why].concat());
    done.json()["site"].as_str().unwrap().to_owned()
}

/// Runs a command with a password on standard input.
pub(crate) fn with_password(node: &Node, arguments: &[&str], password: &str) -> Ran {
    let mut command = node.command();
    command
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    input.write_all(password.as_bytes()).unwrap();
    drop(input);
    let output = child.wait_with_output().unwrap();
    Ran {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

#[test]
fn the_plan_of_a_site_is_for_those_who_may_see_it_at_the_command_line_too() {
    let node = Node::new();
    let site = site(&node);
    let inspector = node.account("i.inspector", "stock-inspector");
    let keeper = node.account("k.keeper", "storekeeper");
    let path = |name: &str| node.path(name).display().to_string();
    let drawn = r#"{"type":"FeatureCollection","units":"metres","features":[
        {"type":"Feature","properties":{"name":"Store 1","store":"M1"},
         "geometry":{"type":"Point","coordinates":[0,0]}},
        {"type":"Feature","properties":{"name":"the mill"},
         "geometry":{"type":"Point","coordinates":[-30,40]}}]}"#;
    std::fs::write(node.path("plan.json"), drawn).unwrap();
    let plan = |act: &[&str], login: &str, password: &str| {
        let mut all = vec!["--json", "stock", "plan"];
        all.extend(act);
        all.extend(["--site", &site, "--login", login]);
        all.extend(["--purpose", "stockpile-security", "--case", "C-1"]);
        with_password(&node, &all, password)
    };
    let file = path("plan.json");
    let import = ["import", &file];
    assert_eq!(plan(&import, "i.inspector", "a wrong one").code, 2);
    let refused = plan(&import, "k.keeper", &keeper);
    assert_eq!(refused.code, 3, "{} {}", refused.out, refused.err);
    let kept = plan(&import, "i.inspector", &inspector);
    assert_eq!(kept.code, 0, "{}", kept.err);
    assert_eq!(kept.json()["points"], 2);
    let shown = plan(&["show"], "i.inspector", &inspector).json();
    assert_eq!(shown["points"][1]["north_m"], 40, "{shown}");
    let hidden = plan(&["show"], "k.keeper", &keeper);
    assert!(
        hidden.code == 3 && !hidden.out.contains("40"),
        "{}",
        hidden.out
    );

    let out = path("out.json");
    let export = ["export", &out];
    let refused = plan(&export, "k.keeper", &keeper);
    assert_eq!(refused.code, 3, "{}", refused.err);
    assert!(!node.path("out.json").exists(), "nothing is left behind");
    assert_eq!(plan(&export, "i.inspector", &inspector).code, 0);
    let again = plan(&export, "i.inspector", &inspector);
    assert_eq!(again.code, 2, "a file that is there is left alone");
    // It is read as it was.
    assert_eq!(plan(&["import", &out], "i.inspector", &inspector).code, 0);
    let same = plan(&["show"], "i.inspector", &inspector).json();
    assert_eq!(same["points"], shown["points"]);
}

#[test]
fn counts_readings_and_destruction_are_told_at_the_command_line() {
    let node = Node::new();
    site(&node);
    let why = ["--purpose", "stockpile-security", "--case", "C-1"];
    let run = |arguments: &[&str]| node.run(&[&["--json"][..], arguments, &why].concat());
    assert_eq!(run(&["stock", "counts"]).json(), json!([]));
    assert_eq!(run(&["stock", "disposals"]).json(), json!([]));
    let table = node.path("readings.csv");
    std::fs::write(&table, "time;temperature\n1.3.2026 9:00;21,5\n").unwrap();
    let file = table.display().to_string();
    let unknown = run(&["stock", "readings", &file, "--store", "M9"]);
    assert_eq!(unknown.code, 2, "{}", unknown.err);
    let without = run(&["stock", "readings", &file, "--store", "m1"]);
    assert_eq!(without.code, 2, "no limits are set: {}", without.err);
    std::fs::write(&table, "time;temperature\n1.3.2026 9:00;warm\n").unwrap();
    let wrong = run(&["stock", "readings", &file, "--store", "M1"]);
    assert_eq!(wrong.code, 2, "{}", wrong.err);
    assert_eq!(wrong.json()["wrong"][0]["line"], 2, "{}", wrong.out);
}

pub(crate) struct Api {
    client: reqwest::Client,
    token: String,
    url: String,
}

impl Api {
    async fn of(serving: &Serving, (login, password): (&str, &str), purpose: &str) -> Self {
        let client = reqwest::Client::new();
        let url = format!("{}/api/v1", serving.url);
        let body = json!({
            "login": login, "password": password, "purpose": purpose, "case": "KILL-1",
        });
        let answer = client.post(format!("{url}/sessions")).json(&body).send();
        let body: Value = answer.await.unwrap().json().await.unwrap();
        let token = body["token"].as_str().unwrap().to_owned();
        Self { client, token, url }
    }

    /// Nothing where the node is gone.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Option<(u16, Value)> {
        let mut asked = self.client.request(method, format!("{}{path}", self.url));
        asked = asked.bearer_auth(&self.token);
        if let Some(body) = body {
            asked = asked.json(&body);
        }
        let answer = asked.send().await.ok()?;
        let status = answer.status().as_u16();
        let text = answer.text().await.ok()?;
        Some((status, serde_json::from_str(&text).unwrap_or(Value::Null)))
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let (status, body) = self.send(Method::GET, path, None).await.unwrap();
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Option<Value> {
        let (status, body) = self.send(Method::POST, path, Some(body)).await?;
        (200..300).contains(&status).then_some(body)
    }
}

/// Who works in the depot.
pub(crate) struct Staff {
    pub(crate) ana: Api,
    pub(crate) boris: Api,
    inspector: Api,
    pub(crate) focal: Api,
}

pub(crate) async fn staff(serving: &Serving, passwords: &[(&str, String)]) -> Staff {
    let of = async |number: usize, purpose: &str| {
        let (login, password) = &passwords[number];
        Api::of(serving, (login, password), purpose).await
    };
    Staff {
        ana: of(0, "stockpile-security").await,
        boris: of(1, "stockpile-security").await,
        inspector: of(2, "stockpile-security").await,
        focal: of(3, "firearms-trafficking").await,
    }
}

/// Registers a rifle with what happened first, and takes it over into a rack: the weapon of the register,
/// the goods and the rack.
pub(crate) async fn rifle(staff: &Staff, site: &str, first: Value) -> (String, String, String) {
    let mut firearm = json!({
        "particulars": {
            "marks": [{ "place": "receiver", "text": "M70B-45123", "state": "readable" }],
            "kind": "assault-rifle", "make": "Zastava", "model": "M70AB2",
            "calibre": "7,62x39",
        },
    });
    if !first.is_null() {
        firearm["first"] = first;
    }
    let (status, body) = staff
        .focal
        .send(Method::POST, "/firearms", Some(firearm))
        .await
        .unwrap();
    assert_eq!(status, 201, "{body}");
    let firearm = body["id"].as_str().unwrap().to_owned();
    let ledger = json!({
        "site": site, "reference": "ledger 2025", "dry_run": false,
        "rows": [{ "place": "M1-A", "quantity": 1, "goods": {
            "nomenclature": "M70 AB2", "condition": "serviceable",
            "tracking": { "serial": { "serial": "45123", "record": firearm } },
        } }],
    });
    let taken = staff.inspector.post("/stock/ledgers", ledger).await;
    assert_eq!(taken.unwrap()["is_written"], true);
    let goods = staff.ana.get("/stock/goods?code=45123").await;
    let goods = goods[0]["id"].as_str().unwrap().to_owned();
    let accounts = staff.ana.get("/stock/accounts").await;
    let mut accounts = accounts.as_array().unwrap().iter();
    let rack = accounts.find(|of| of["name"].as_str().unwrap().ends_with("/ M1-A"));
    let rack = rack.unwrap()["id"].as_str().unwrap().to_owned();
    (firearm, goods, rack)
}

/// Kills a node some time after something was done once; says how often it was done.
pub(crate) async fn killed(
    serving: &mut Serving,
    acting: tokio::task::JoinHandle<Option<()>>,
    (done, chance): (&AtomicUsize, &SeededEntropy),
) -> usize {
    let begun = std::time::Instant::now();
    while done.load(Ordering::Relaxed) == 0 && begun.elapsed().as_secs() < 30 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let mut byte = [0; 1];
    chance.fill(&mut byte);
    tokio::time::sleep(Duration::from_millis(u64::from(byte[0]))).await;
    serving.kill();
    acting.await.unwrap();
    done.load(Ordering::Relaxed)
}

/// Steals the rifle and brings it back, again and again, until the node is gone.
async fn steal_until_it_dies(
    staff: Arc<Staff>,
    (goods, rack): (String, String),
    done: Arc<AtomicUsize>,
) -> Option<()> {
    loop {
        let missing = json!({ "place": rack, "missing": 1, "said": "the rack is empty" });
        let path = format!("/stock/goods/{goods}/missing");
        let case = staff.ana.post(&path, missing).await;
        // One that the last round left open goes on.
        let case = match case {
            Some(case) => case["id"].as_str()?.to_owned(),
            None => {
                let cases = staff.ana.send(Method::GET, "/stock/cases", None).await?;
                let cases = cases.1["items"].as_array()?.clone();
                let open = cases.iter().find(|case| {
                    let state = &case["case"]["state"];
                    state == "open" || state.get("recounted").is_some()
                });
                match open {
                    Some(case) => case["envelope"]["id"].as_str()?.to_owned(),
                    None => String::new(),
                }
            }
        };
        let counted = json!({ "counted": 0 });
        let path = format!("/stock/cases/{case}/recount");
        // Where partners look for it already, the inspector counts.
        if staff.boris.post(&path, counted.clone()).await.is_none() {
            staff.inspector.post(&path, counted).await;
        }
        let path = format!("/stock/cases/{case}/loss");
        let loss = json!({ "kind": "stolen", "reason": "the lock was forced" });
        staff.inspector.post(&path, loss).await;
        let (_, waiting) = staff
            .ana
            .send(Method::GET, "/stock/movements", None)
            .await?;
        for movement in waiting.as_array()? {
            let id = movement["id"]
                .as_str()
                .or(movement["movement"]["id"].as_str())?;
            let path = format!("/stock/movements/{id}/signature");
            // Whoever of them did not enter it.
            staff.ana.post(&path, json!({})).await;
            staff.boris.post(&path, json!({})).await;
        }
        let line = json!({
            "kind": "recovery", "goods": goods, "from": LOST, "to": rack, "quantity": 1,
        });
        let back = json!({ "lines": [line], "reference": "KILL" });
        if let Some(back) = staff.ana.post("/stock/movements", back).await {
            let id = back["id"].as_str().or(back["movement"]["id"].as_str())?;
            let path = format!("/stock/movements/{id}/signature");
            if staff.boris.post(&path, json!({})).await.is_some() {
                done.fetch_add(1, Ordering::Relaxed);
            }
        }
        // The node is gone.
        staff.ana.send(Method::GET, "/stock/overview", None).await?;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn books_case_register_and_alert_agree_after_every_kill() {
    let node = Node::new();
    let id = site(&node);
    let passwords = [
        ("a.ana", "storekeeper"),
        ("b.boris", "storekeeper"),
        ("i.inspector", "stock-inspector"),
        ("f.focal", "firearms-officer"),
    ]
    .map(|(login, role)| (login, node.account(login, role)));
    let chance = SeededEntropy::new(45);
    let mut rifle: Option<(String, String, String)> = None;
    let mut thefts = 0;
    for round in 0..=ROUNDS {
        let mut serving = node.serve();
        let staff = Arc::new(staff(&serving, &passwords).await);
        if rifle.is_none() {
            let first = json!({
                "event": { "manufacture": {
                    "holder": { "kind": "authority", "reference": "unit 7" },
                } },
                "on": "2026-01-05",
            });
            rifle = Some(self::rifle(&staff, &id, first).await);
        }
        let (firearm, goods, rack) = rifle.clone().unwrap();
        agree(&staff, (&firearm, &goods, &rack), round).await;
        if round == ROUNDS {
            break;
        }
        let done = Arc::new(AtomicUsize::new(0));
        let stealing = tokio::spawn(steal_until_it_dies(
            staff.clone(),
            (goods, rack),
            done.clone(),
        ));
        thefts += killed(&mut serving, stealing, (&done, &chance)).await;
    }
    assert!(thefts >= ROUNDS, "{thefts} thefts in {ROUNDS} rounds");
    node.done(&["audit", "verify"]);
}

/// What the books, the cases, the register and the alerts say of the rifle.
async fn agree(staff: &Staff, (firearm, goods, rack): (&str, &str, &str), round: usize) {
    let held = staff.ana.get(&format!("/stock/goods/{goods}")).await;
    let of = |account: &str| {
        let mut rows = held["held"].as_array().unwrap().iter();
        let row = rows.find(|row| row["account"] == account);
        row.map_or(0, |row| row["quantity"].as_i64().unwrap())
    };
    assert_eq!(of(rack) + of(LOST), 1, "round {round}: {held}");
    let cases = staff.ana.get("/stock/cases?limit=100").await;
    let cases = cases["items"].as_array().unwrap();
    let sought: Vec<&Value> = cases
        .iter()
        .map(|case| &case["case"]["sought"])
        .filter(|sought| !sought.is_null())
        .collect();
    assert!(sought.len() <= 1, "round {round}: {cases:?}");
    let view = staff.focal.get(&format!("/firearms/{firearm}")).await;
    let is_stolen = view["custody"] == "stolen";
    assert_eq!(is_stolen, sought.len() == 1, "round {round}: {view}");
    let alert = &view["firearm"]["alert"];
    match sought.first() {
        Some(sought) => assert_eq!(&sought["alert"], alert, "round {round}"),
        None => assert!(alert.is_null(), "round {round}: {view}"),
    }
    let lost = cases
        .iter()
        .filter(|case| !case["case"]["state"]["lost"].is_null());
    if of(LOST) == 1 {
        assert_eq!(lost.count(), 1, "round {round}: {cases:?}");
    }
}
