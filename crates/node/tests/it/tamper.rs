//! Invariant 6: history cannot be rewritten unseen, not even by whoever can write the file.

use serde_json::Value;
use sqlx::{Connection, SqliteConnection};

use crate::binary::{Node, names};

fn busy_node() -> Node {
    let node = Node::new();
    node.import(&node.list("test.json", &names(0, 12)));
    for n in 0..4 {
        let case = format!("CASE-{n}");
        node.done(&[
            "check",
            "--name",
            "Nobody At All",
            "--purpose",
            "terrorism",
            "--case",
            &case,
        ]);
    }
    let whole = node.done(&["--json", "audit", "verify"]).json();
    assert_eq!(whole["whole"], true);
    node
}

async fn execute(node: &Node, sql: &'static str) {
    let url = format!("sqlite://{}", node.data().join("egnatia.db").display());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    let changed = sqlx::query(sql).execute(&mut connection).await.unwrap();
    assert!(
        changed.rows_affected() > 0,
        "nothing was tampered with: {sql}"
    );
    connection.close().await.unwrap();
}

/// What `audit verify` says first; it must exit 1.
fn finding(node: &Node) -> Value {
    let ran = node.run(&["--json", "audit", "verify"]);
    assert_eq!(ran.code, 1, "{} {}", ran.out, ran.err);
    let human = node.run(&["audit", "verify"]);
    assert_eq!(human.code, 1);
    assert!(human.out.contains("NOT WHOLE"), "{}", human.out);
    ran.json()["first"].clone()
}

#[tokio::test]
async fn a_changed_detail_is_named() {
    let node = busy_node();
    execute(&node, "UPDATE audit_entries SET detail = CAST(replace(CAST(detail AS TEXT), 'CASE-1', 'CASE-9') AS BLOB) WHERE CAST(detail AS TEXT) LIKE '%CASE-1%'").await;
    let first = finding(&node);
    assert_eq!(
        (&first["finding"], &first["part"]),
        (&"altered".into(), &"detail".into()),
        "{first}"
    );
}

#[tokio::test]
async fn a_removed_entry_is_named() {
    let node = busy_node();
    execute(&node, "DELETE FROM audit_entries WHERE sequence = 5").await;
    let first = finding(&node);
    assert_eq!(
        (&first["finding"], &first["first"]),
        (&"removed".into(), &5.into()),
        "{first}"
    );
}

#[tokio::test]
async fn a_changed_time_is_named() {
    let node = busy_node();
    execute(
        &node,
        "UPDATE audit_entries SET at_us = at_us + 1 WHERE sequence = 7",
    )
    .await;
    let first = finding(&node);
    assert_eq!(
        (&first["finding"], &first["sequence"]),
        (&"altered".into(), &7.into()),
        "{first}"
    );
}

#[tokio::test]
async fn an_inserted_entry_is_named() {
    let node = busy_node();
    execute(
        &node,
        "UPDATE audit_entries SET sequence = -(sequence + 1) WHERE sequence >= 6",
    )
    .await;
    execute(
        &node,
        "UPDATE audit_entries SET sequence = -sequence WHERE sequence < 0",
    )
    .await;
    execute(&node, "INSERT INTO audit_entries SELECT 6, at_us, operation, commitment, leaf_hash, tag, salt, detail, actor, object, case_ref FROM audit_entries WHERE sequence = 2").await;
    let first = finding(&node);
    assert_eq!(
        (&first["finding"], &first["sequence"]),
        (&"inserted".into(), &6.into()),
        "{first}"
    );
}

#[tokio::test]
async fn a_changed_record_is_named() {
    let node = busy_node();
    execute(&node, "UPDATE records SET body = CAST(replace(CAST(body AS TEXT), 'CASE-2', 'CASE-8') AS BLOB) WHERE CAST(body AS TEXT) LIKE '%CASE-2%'").await;
    assert_eq!(finding(&node)["problem"], "record");
}

#[tokio::test]
async fn a_removed_record_is_named() {
    let node = busy_node();
    execute(
        &node,
        "DELETE FROM records WHERE CAST(body AS TEXT) LIKE '%CASE-2%'",
    )
    .await;
    assert_eq!(finding(&node)["problem"], "record-missing");
}
