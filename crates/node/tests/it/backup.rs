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
