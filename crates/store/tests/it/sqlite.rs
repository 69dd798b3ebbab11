//! SQLite.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use egnatia_app::{Change, CommitError, DueFilter, DuePlace, Link, Store, StoreError};
use egnatia_audit::{AlteredPart, Entry, Finding, Verifier};
use egnatia_record::Kind;
use egnatia_store::{OpenError, SqliteStore};
use egnatia_testkit::{
    Maker, MemoryStore, agree, dump_rows, observe, restore_rows, store_contract, test_log_key,
    test_seal, test_tag_key, verify_log,
};
use sqlx::Connection;
use tokio::task::JoinSet;

#[tokio::test(flavor = "multi_thread")]
async fn keeps_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    let number = std::sync::atomic::AtomicU32::new(0);
    store_contract(async || {
        let number = number.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let path = folder.path().join(format!("{number}.db"));
        open(&path).await
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_as_the_model_does() {
    let folder = tempfile::tempdir().unwrap();
    for seed in 0..8 {
        let path = folder.path().join(format!("{seed}.db"));
        let store = SqliteStore::open(&path, test_seal()).await.unwrap();
        agree(&MemoryStore::default(), &store, seed, 60).await;
        store.close().await;
    }
}

async fn open(path: &Path) -> SqliteStore {
    SqliteStore::open(path, test_seal()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_is_there_after_opening_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("egnatia.db");
    let make = Maker::new(1);
    let store = open(&path).await;
    let put = make.new_record(Kind::Check);
    let id = put.envelope.id;
    store.commit(make.batch(vec![put])).await.unwrap();
    let (seen, epoch) = (observe(&store).await, store.epoch().await.unwrap());
    store.close().await;

    let store = open(&path).await;
    assert_eq!(observe(&store).await, seen);
    assert_eq!(store.epoch().await.unwrap(), epoch);
    let put = make.new_record(Kind::Check);
    let done = store.commit(make.batch(vec![put])).await.unwrap();
    assert_eq!(done.first_event, 1);
    assert!(store.record(id).await.unwrap().is_some());
    verify_log(&store).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_store_has_written_what_was_sent_and_takes_no_more() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("egnatia.db");
    let make = Maker::new(2);
    let store = open(&path).await;
    let puts = (0..5).map(|_| make.batch(vec![make.new_record(Kind::Check)]));
    let commits: Vec<_> = puts.map(|batch| store.commit(batch)).collect();
    let (answers, ()) = tokio::join!(futures_util::future::join_all(commits), store.close());
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    let late = store.commit(make.changes(vec![])).await;
    assert!(matches!(
        late,
        Err(CommitError::Store(StoreError::Unavailable(_)))
    ));
    assert_eq!(open(&path).await.audit_head().await.unwrap().size, 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_write_to_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("egnatia.db");
    let nodes = [Arc::new(open(&path).await), Arc::new(open(&path).await)];
    let make = Arc::new(Maker::new(3));
    let mut writers = JoinSet::new();
    for number in 0..8 {
        let (store, make) = (Arc::clone(&nodes[number % 2]), Arc::clone(&make));
        writers.spawn(async move {
            for _ in 0..10 {
                let batch = make.batch(vec![make.new_record(Kind::Check)]);
                store.commit(batch).await.unwrap();
            }
        });
    }
    writers.join_all().await;
    assert_eq!(verify_log(&*nodes[0]).await.size, 80);
    // A restore by one is seen by the other.
    let rows = dump_rows(&*nodes[0]).await;
    restore_rows(&*nodes[1], rows).await.unwrap();
    let batch = make.batch(vec![make.new_record(Kind::Check)]);
    assert_eq!(nodes[0].commit(batch).await.unwrap().first_event, 80);
    verify_log(&*nodes[1]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn refuses_a_schema_that_a_newer_program_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("egnatia.db");
    open(&path).await.close().await;
    let url = format!("sqlite://{}", path.display());
    let mut file = sqlx::SqliteConnection::connect(&url).await.unwrap();
    let newer = "INSERT INTO applied_migrations VALUES (9999)";
    sqlx::raw_sql(newer).execute(&mut file).await.unwrap();
    let refused = SqliteStore::open(&path, test_seal()).await.unwrap_err();
    assert!(
        matches!(refused, OpenError::Newer { found: 9999, .. }),
        "{refused}"
    );
}

/// A database from before the due time stood in a column of its own.
#[tokio::test(flavor = "multi_thread")]
async fn hits_of_an_older_schema_get_the_due_time_of_their_follow_up() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("egnatia.db");
    let make = Maker::new(12);
    let store = open(&path).await;
    let mut puts = Vec::new();
    for day in ["2026-11-27", "2026-11-26"] {
        let mut hit = make.new_record(Kind::Hit);
        hit.state = "open".into();
        let body = format!(r#"{{"due_at":"{day}T13:05:00.250000Z"}}"#);
        let mut follow_up = make.put(make.envelope(Kind::FollowUp), &body);
        follow_up.links = vec![Link {
            relation: "hit",
            to: hit.envelope.id,
        }];
        puts.extend([hit, follow_up]);
    }
    let ids = [puts[2].envelope.id, puts[0].envelope.id];
    store.commit(make.batch(puts)).await.unwrap();
    store.close().await;
    let url = format!("sqlite://{}", path.display());
    let mut file = sqlx::SqliteConnection::connect(&url).await.unwrap();
    let older = "DROP INDEX record_heads_by_due; ALTER TABLE record_heads DROP COLUMN due_us; \
                 DROP TABLE partners; DROP TABLE deliveries; DROP TABLE received; DROP TABLE witnesses; \
                 DROP TABLE firearms; \
                 DROP TABLE stock_reversals; DROP TABLE stock_waiting; DROP TABLE stock_balances; \
                 DROP TABLE stock_stores; DROP TABLE stock_postings; DROP TABLE stock_movements; \
                 DROP TABLE stock_goods; DROP TABLE stock_accounts; DROP TABLE stock_state; \
                 DROP INDEX claims_by_stock_number; ALTER TABLE claims DROP COLUMN stock_number; \
                 ALTER TABLE accounts DROP COLUMN os_user; \
                 CREATE TABLE outbox (position INTEGER); \
                 DELETE FROM applied_migrations WHERE number >= 2";
    sqlx::raw_sql(older).execute(&mut file).await.unwrap();
    file.close().await.unwrap();

    let store = open(&path).await;
    let filter = DueFilter {
        kind: Kind::Hit,
        open: "open",
        about: None,
        after: None,
        limit: 10,
    };
    let found = store.find_due(&filter).await.unwrap();
    let order: Vec<_> = found.iter().map(|due| due.record.envelope.id).collect();
    assert_eq!(order, ids, "by the day in the follow-up");
    let due_us = 1_795_698_300_000_000;
    let id = ids[0];
    assert_eq!(found[0].place, DuePlace::Open { due_us, id });
}

#[tokio::test(flavor = "multi_thread")]
async fn tampering_with_the_file_is_located() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("egnatia.db");
    let make = Maker::new(4);
    let store = open(&path).await;
    for _ in 0..6 {
        let put = make.new_record(Kind::Check);
        store.commit(make.batch(vec![put])).await.unwrap();
    }
    let url = format!("sqlite://{}", path.display());
    let mut file = sqlx::SqliteConnection::connect(&url).await.unwrap();
    let tamper = "UPDATE audit_entries SET operation = 'erasure' WHERE sequence = 3";
    sqlx::raw_sql(tamper).execute(&mut file).await.unwrap();
    let entries = store.audit_entries(0, 100).await.unwrap();
    let mut verifier = Verifier::new(test_log_key(), Some(test_tag_key()));
    let finding = entries.iter().find_map(|row| {
        let entry = Entry {
            leaf: &row.leaf,
            leaf_hash: row.leaf_hash,
            tag: row.tag,
            detail: None,
        };
        verifier.entry(&entry).err()
    });
    let (sequence, part) = (3, AlteredPart::Leaf);
    assert_eq!(finding, Some(Finding::Altered { sequence, part }));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_body_is_gone_from_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("egnatia.db");
    let make = Maker::new(5);
    let store = open(&path).await;
    let envelope = make.envelope(Kind::Check);
    let id = envelope.id;
    let secret = "\"Josip Broz, born in Kumrovec\"".repeat(200);
    store
        .commit(make.batch(vec![make.put(envelope, &secret)]))
        .await
        .unwrap();
    store
        .commit(make.changes(vec![Change::Erase(id)]))
        .await
        .unwrap();
    // The last connection that closes empties the write-ahead log.
    store.close().await;
    let bytes = std::fs::read(&path).unwrap();
    assert!(!bytes.windows(8).any(|window| window == b"Kumrovec"));
}

/// Where the process that is to be killed finds its database.
const KILLED_DATABASE: &str = "EGNATIA_TEST_KILLED_DATABASE";

#[tokio::test(flavor = "multi_thread")]
async fn an_acknowledged_write_survives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("egnatia.db");
    let mut writer = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "sqlite::writes_until_it_is_killed",
            "--ignored",
            "--nocapture",
        ])
        .env(KILLED_DATABASE, &path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(writer.stdout.take().unwrap()).lines();
    let mut acknowledged: u64 = 0;
    while let Some(Ok(line)) = lines.next() {
        if let Some(size) = line.strip_prefix("acknowledged ") {
            // Several write: their lines may change places.
            acknowledged = acknowledged.max(size.parse().unwrap());
        }
        if acknowledged >= 100 {
            // SIGKILL; what it said before is still read.
            writer.kill().unwrap();
        }
    }
    writer.wait().unwrap();
    assert!(acknowledged >= 100, "{acknowledged}");
    let store = open(&path).await;
    let size = verify_log(&store).await.size;
    assert!(size >= acknowledged, "{size} of {acknowledged}");
    assert_eq!(store.count(Kind::Check, "new").await, Ok(size));
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "run by `an_acknowledged_write_survives_a_kill` as a process of its own"]
async fn writes_until_it_is_killed() {
    let path = std::env::var_os(KILLED_DATABASE).unwrap();
    let store = Arc::new(open(Path::new(&path)).await);
    let make = Arc::new(Maker::new(9));
    let mut writers = JoinSet::new();
    for _ in 0..4 {
        let (store, make) = (Arc::clone(&store), Arc::clone(&make));
        writers.spawn(async move {
            for _ in 0..10_000 {
                let put = make.new_record(Kind::Check);
                let done = store.commit(make.batch(vec![put])).await.unwrap();
                println!("acknowledged {}", done.first_event + 1);
            }
        });
    }
    writers.join_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn batches_committed_together_answer_as_single_ones() {
    let folder = tempfile::tempdir().unwrap();
    for seed in 40..44 {
        let store = open(&folder.path().join(format!("{seed}.db"))).await;
        crate::groups::answer_as_single_batches(&store, seed).await;
        store.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_with_a_gap_or_without_its_end_is_refused_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("egnatia.db")).await;
    let make = Maker::new(6);
    let puts = (0..5).map(|_| make.new_record(Kind::Check)).collect();
    store.commit(make.batch(puts)).await.unwrap();
    let rows = dump_rows(&store).await;
    let seen = observe(&store).await;
    let without = |table: &str, number: usize| {
        let mut rows = rows.clone();
        let at = rows.iter().position(|row| row.table == table).unwrap();
        rows.remove(at + number);
        rows
    };
    let mut unfit = rows.clone();
    unfit[0].values.pop();
    for broken in [
        without("audit_entries", 2),
        without("audit_entries", 4),
        without("audit_nodes", 2),
        without("head", 0),
        unfit,
    ] {
        let refused = restore_rows(&store, broken).await;
        assert!(
            matches!(refused, Err(StoreError::Corrupt(_))),
            "{refused:?}"
        );
        assert_eq!(observe(&store).await, seen);
    }
    restore_rows(&store, rows).await.unwrap();
    assert_eq!(observe(&store).await, seen);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_new_file_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("egnatia.db");
    let store = open(&path).await;
    let make = Maker::new(7);
    store.commit(make.changes(vec![])).await.unwrap();
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}", file.path().display());
    }
}

/// What waits is found without passing what went out before: a ledger grows for years.
#[tokio::test(flavor = "multi_thread")]
async fn what_waits_is_looked_up_by_an_index_that_starts_with_the_state() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("node.db");
    open(&path).await.close().await;
    let url = format!("sqlite://{}", path.display());
    let mut file = sqlx::SqliteConnection::connect(&url).await.unwrap();
    for query in [
        "SELECT position FROM deliveries WHERE recipient = 'a' AND state = 'queued' \
         ORDER BY position LIMIT 10",
        "SELECT recipient, COUNT(*), MIN(queued_us) FROM deliveries WHERE state = 'queued' \
         GROUP BY recipient ORDER BY recipient",
    ] {
        let explain = format!("EXPLAIN QUERY PLAN {query}");
        let rows = sqlx::query(sqlx::AssertSqlSafe(explain))
            .fetch_all(&mut file)
            .await
            .unwrap();
        let plan: String = sqlx::Row::get(&rows[0], "detail");
        assert!(
            plan.contains("deliveries_waiting") && plan.contains("state=?"),
            "{plan}"
        );
    }
}
