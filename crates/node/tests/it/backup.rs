//! Backup and restore, while the node serves.

use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};

use crate::binary::{Node, names};

fn check(node: &Node, name: &str) -> Value {
    node.done(&[
        "--json",
        "check",
        "--name",
        name,
        "--purpose",
        "terrorism",
        "--case",
        "C-1",
    ])
    .json()
}

#[tokio::test]
async fn a_running_node_is_backed_up_and_restored() {
    let node = Node::new();
    node.import(&node.list("test.json", &names(0, 30)));
    let password = node.account("o.one", "officer");
    let serving = node.serve();
    let backup = node.path("backup");
    node.done(&["backup", backup.to_str().unwrap()]);
    assert_eq!(
        std::fs::metadata(&backup).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let twice = node.run(&["backup", backup.to_str().unwrap()]);
    assert_eq!(twice.code, 2, "a backup never replaces a file");

    // What comes later is given up, which somebody has to say.
    node.import(&node.list("test.json", &names(5, 10)));
    let refused = node.run(&["restore", backup.to_str().unwrap()]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("--replace"), "{}", refused.err);
    node.done(&["restore", backup.to_str().unwrap(), "--replace"]);
    assert_eq!(node.done(&["--json", "lists"]).json()[0]["version"], 1);
    node.done(&["audit", "verify"]);

    // The node that went on serving answers from what was restored. Sessions are in no backup.
    let (client, token) = serving.sign_in("o.one", &password).await;
    let name = &names(0, 30)[29].1;
    let body = json!({ "name": name, "purpose": "border-check", "case": "C-1" });
    let mut found = 0;
    for _ in 0..100 {
        let answer = client
            .post(format!("{}/api/v1/checks", serving.url))
            .bearer_auth(&token)
            .json(&body)
            .send()
            .await
            .unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
        found = answer.json::<Value>().await.unwrap()["candidates"]
            .as_array()
            .unwrap()
            .len();
        if found > 0 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert!(found > 0, "the index still answers from before the restore");
}

#[test]
fn a_backup_makes_the_node_anew_in_an_empty_folder() {
    let node = Node::new();
    node.import(&node.list("test.json", &names(0, 30)));
    let name = &names(0, 30)[7].1;
    let before = check(&node, name);
    let key = node.done(&["audit", "key"]).out;
    let backup = node.path("backup");
    node.done(&["backup", backup.to_str().unwrap()]);

    let other = Node::new();
    other.done(&["restore", backup.to_str().unwrap()]);
    assert_eq!(
        other.done(&["audit", "key"]).out,
        key,
        "the log goes on under the same key"
    );
    other.done(&["audit", "verify"]);
    let after = check(&other, name);
    assert_eq!(
        after["candidates"][0]["record"],
        before["candidates"][0]["record"]
    );
}

#[test]
fn a_restored_node_is_the_same_node_to_its_partners() {
    let exchange = "[node]\nauthority = \"mk-mvr\"\npartner = \"MK\"\n\
                    [exchange]\nlisten = \"127.0.0.1:7443\"\n";
    let node = Node::new();
    node.configure(exchange);
    let card = node.done(&["partner", "card"]).out;
    let backup = node.path("backup");
    node.done(&["backup", backup.to_str().unwrap()]);
    let sealed = std::fs::read_to_string(node.data().join("exchange.keys")).unwrap();
    let inside: Value = serde_json::from_str(&sealed).unwrap();
    let whole = std::fs::read_to_string(&backup).unwrap();
    let secret = inside["sealed"].as_str().unwrap();
    assert!(whole.contains(secret), "as they lie, and not opened");

    let other = Node::new();
    other.configure(exchange);
    let told = other.done(&["--json", "restore", backup.to_str().unwrap()]);
    assert_eq!(told.json()["exchange_keys"], "written");
    let again = std::fs::read_to_string(other.data().join("exchange.keys")).unwrap();
    assert_eq!(again, sealed);
    assert_eq!(other.done(&["partner", "card"]).out, card);
    other.done(&["partner", "rotate-keys"]);
    let newer = other.done(&["partner", "card"]).out;
    let replace = ["--json", "restore", backup.to_str().unwrap(), "--replace"];
    let told = other.done(&replace).json();
    assert_eq!(
        told["exchange_keys"], "kept",
        "partners know the newer ones"
    );
    assert_eq!(other.done(&["partner", "card"]).out, newer);

    // Where the key lies elsewhere it is in no backup, and its keeper brings it.
    let apart = Node::new();
    let key = apart.path("unlock");
    std::fs::write(&key, format!("{}\n", "5a".repeat(32))).unwrap();
    let exchange = format!("{exchange}unlock_file = {key:?}\n");
    apart.configure(&exchange);
    let card = apart.done(&["partner", "card"]).out;
    let backup = apart.path("backup");
    apart.done(&["backup", backup.to_str().unwrap()]);
    let whole = std::fs::read_to_string(&backup).unwrap();
    assert!(!whole.contains(&"5a".repeat(32)));
    let home = Node::new();
    home.configure(&exchange);
    home.done(&["restore", backup.to_str().unwrap()]);
    assert_eq!(home.done(&["partner", "card"]).out, card);
}

#[test]
fn a_damaged_or_foreign_backup_changes_nothing() {
    let node = Node::new();
    node.import(&node.list("test.json", &names(0, 5)));
    let backup = node.path("backup");
    node.done(&["backup", backup.to_str().unwrap()]);
    let whole = std::fs::read(&backup).unwrap();
    let other = Node::new();
    let mut flipped = whole.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    let cases: [(&str, &[u8]); 4] = [
        ("flipped", &flipped),
        ("cut", &whole[..whole.len() - 40]),
        ("empty", b""),
        ("other", b"{\"hello\":1}\n"),
    ];
    for (name, bytes) in cases {
        let file = other.path(name);
        std::fs::write(&file, bytes).unwrap();
        let ran = other.run(&["restore", file.to_str().unwrap(), "--replace"]);
        assert_eq!(ran.code, 2, "{name}: {}", ran.err);
    }
    assert_eq!(
        other
            .done(&["--json", "lists"])
            .json()
            .as_array()
            .unwrap()
            .len(),
        0
    );
    std::fs::write(
        other.path("c.toml"),
        "[node]\nauthority = \"somebody-else\"\n",
    )
    .unwrap();
    let config = other.path("c.toml");
    let ran = other.run(&[
        "--config",
        config.to_str().unwrap(),
        "restore",
        backup.to_str().unwrap(),
        "--replace",
    ]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("example-authority"), "{}", ran.err);
}
