//! The log: numbers, checkpoints, proofs, queries.

use std::sync::Arc;

use egnatia_app::{AuditFilter, Change, ObjectRef, Store};
use egnatia_audit::{
    Entry, EntryProof, LogKey, Node, NodeId, OpenedDetail, Operation, ProofPlan, Verified,
    Verifier, verify_consistency,
};
use egnatia_record::{Kind, Version};

use crate::{Maker, justification, test_log_key, test_tag_key, user};

/// Verifies the whole log, page by page, under [`test_seal`](crate::test_seal).
///
/// # Panics
/// Where anything is wrong with it.
pub async fn verify(store: &dyn Store) -> Verified {
    verify_under(store, test_log_key()).await
}

/// The same, under another key of a log.
///
/// # Panics
/// Where anything is wrong with it.
pub async fn verify_under(store: &dyn Store, key: LogKey) -> Verified {
    let mut verifier = Verifier::new(key, Some(test_tag_key()));
    let mut seen = 0;
    loop {
        let page = store.checkpoints(seen, 7).await.unwrap();
        for checkpoint in &page {
            verifier
                .checkpoint(checkpoint.size, &checkpoint.note)
                .unwrap();
            seen = checkpoint.size;
        }
        if page.is_empty() {
            break;
        }
    }
    loop {
        let page = store.audit_entries(verifier.size(), 13).await.unwrap();
        for row in &page {
            let detail = row.detail.as_ref().map(|(salt, bytes)| (salt, &bytes[..]));
            let entry = Entry {
                leaf: &row.leaf,
                leaf_hash: row.leaf_hash,
                tag: row.tag,
                detail,
            };
            verifier.entry(&entry).unwrap();
        }
        for span in verifier.wanted_nodes() {
            let (level, count) = (span.first.level, u32::try_from(span.count).unwrap());
            let nodes = store
                .audit_nodes(level, span.first.index, count)
                .await
                .unwrap();
            for (index, hash) in nodes {
                let id = NodeId { level, index };
                verifier.node(&Node { id, hash }).unwrap();
            }
        }
        if page.is_empty() {
            break;
        }
    }
    let verified = verifier.finish().unwrap();
    let head = store.audit_head().await.unwrap();
    assert_eq!((verified.size, verified.root), (head.size, head.root));
    verified
}

async fn resolve(store: &dyn Store, plan: &ProofPlan) -> Vec<egnatia_audit::Hash> {
    let mut nodes = std::collections::HashMap::new();
    for id in plan.nodes() {
        let found = store.audit_nodes(id.level, id.index, 1).await.unwrap();
        assert_eq!(found.len(), 1, "{id:?}");
        assert_eq!(found[0].0, id.index);
        nodes.insert(id, found[0].1);
    }
    plan.resolve(|id| nodes.get(&id).copied().ok_or(id))
        .unwrap()
}

pub async fn an_empty_log_has_no_checkpoint(store: Arc<dyn Store>) {
    let head = store.audit_head().await.unwrap();
    assert_eq!((head.size, head.checkpoint), (0, None));
    assert_eq!(head.root, egnatia_audit::Frontier::default().root());
    assert!(store.checkpoints(0, 10).await.unwrap().is_empty());
    assert!(store.audit_entries(0, 10).await.unwrap().is_empty());
    assert_eq!(verify(&*store).await.size, 0);
}

pub async fn numbers_are_dense_and_entries_come_back(store: Arc<dyn Store>) {
    let make = Maker::new(1);
    let mut events = Vec::new();
    for round in 0..6 {
        let mut batch = make.changes(vec![]);
        for _ in 0..round {
            batch.events.push(make.event(Operation::Consultation, None));
        }
        let expected = u64::try_from(events.len()).unwrap();
        events.extend(batch.events.clone());
        let done = store.commit(batch).await.unwrap();
        assert_eq!(done.first_event, expected);
        assert_eq!(done.log_size, u64::try_from(events.len()).unwrap());
    }
    let rows = store.audit_entries(0, 100).await.unwrap();
    assert_eq!(rows.len(), events.len());
    for ((sequence, row), event) in (0..).zip(&rows).zip(&events) {
        assert_eq!(row.leaf.sequence, sequence);
        assert_eq!(
            (row.leaf.at, row.leaf.operation),
            (event.at, event.operation)
        );
        assert_eq!(row.read().as_ref(), Some(&event.detail));
        assert_eq!(row.detail.as_ref().map(|(salt, _)| *salt), Some(event.salt));
        assert_eq!(row.leaf_hash, row.leaf.hash());
        assert!(test_tag_key().verifies(sequence, &row.leaf_hash, &row.tag));
    }
    let page = store.audit_entries(5, 3).await.unwrap();
    assert!(page.iter().map(|row| row.leaf.sequence).eq(5..8));
}

pub async fn the_log_verifies_and_checkpoints_are_of_the_root(store: Arc<dyn Store>) {
    let make = Maker::new(2);
    let mut heads = Vec::new();
    for round in 0..9 {
        let puts = (0..=round % 4)
            .map(|_| make.new_record(Kind::Check))
            .collect();
        store.commit(make.batch(puts)).await.unwrap();
        let head = store.audit_head().await.unwrap();
        let note = head.checkpoint.clone().unwrap();
        let checkpoint = test_log_key().open(&note).unwrap();
        assert_eq!((checkpoint.size, checkpoint.root), (head.size, head.root));
        heads.push(head);
    }
    assert_eq!(verify(&*store).await.checkpoints, 9);
    let last = heads.last().unwrap();
    for old in &heads {
        let plan = ProofPlan::consistency(old.size, last.size).unwrap();
        let path = resolve(&*store, &plan).await;
        let (old, new) = ((old.size, &old.root), (last.size, &last.root));
        assert_eq!(verify_consistency(old, new, &path), Ok(()));
    }
    for row in store.audit_entries(0, 100).await.unwrap() {
        let plan = ProofPlan::inclusion(row.leaf.sequence, last.size).unwrap();
        let detail = row.detail.map(|(salt, bytes)| OpenedDetail {
            salt,
            text: String::from_utf8(bytes).unwrap(),
        });
        let proof = EntryProof {
            leaf: row.leaf,
            detail,
            path: resolve(&*store, &plan).await,
            checkpoint: last.checkpoint.clone().unwrap(),
        };
        assert!(proof.verify(&test_log_key()).is_ok());
    }
    let notes = store.checkpoints(heads[2].size, 3).await.unwrap();
    let sizes: Vec<_> = notes.iter().map(|note| note.size).collect();
    let expected: Vec<_> = heads[3..6].iter().map(|head| head.size).collect();
    assert_eq!(sizes, expected);
}

pub async fn the_filter_combines(store: Arc<dyn Store>) {
    let make = Maker::new(3);
    let object = make.id();
    let mut batch = make.changes(vec![]);
    batch.events.clear();
    for number in 0..12u64 {
        let about = (number % 3 == 0).then_some(ObjectRef {
            record: object,
            version: Version::FIRST,
            commitment: None,
        });
        let mut event = make.event(Operation::Consultation, about);
        if number % 2 == 0 {
            event.operation = Operation::Disclosure;
        }
        if number >= 6 {
            event.detail.actor = user("b.officer");
        }
        if number == 4 {
            event.detail.justification = None;
        }
        if number == 5 {
            event.detail.justification = Some(justification("КУ-13/2026"));
        }
        batch.events.push(event);
    }
    let times: Vec<_> = batch.events.iter().map(|event| event.at).collect();
    store.commit(batch).await.unwrap();
    let all = AuditFilter {
        limit: 100,
        ..AuditFilter::default()
    };
    let check = async |filter: AuditFilter, expected: &[u64]| {
        let rows = store.audit_find(&filter).await.unwrap();
        let found: Vec<_> = rows.iter().map(|row| row.leaf.sequence).collect();
        assert_eq!(found, expected, "{filter:?}");
    };
    let newest_first: Vec<_> = (0..12).rev().collect();
    check(all.clone(), &newest_first).await;
    let mut some = all.clone();
    some.actor = Some(user("b.officer"));
    check(some.clone(), &newest_first[..6]).await;
    some.operation = Some(Operation::Disclosure);
    check(some.clone(), &[10, 8, 6]).await;
    some.object = Some(object);
    check(some.clone(), &[6]).await;
    some.before = Some(6);
    check(some, &[]).await;
    let mut some = all.clone();
    some.case = Some("КУ-13/2026".into());
    check(some.clone(), &[5]).await;
    some.case = Some("КУ-13".into());
    check(some, &[]).await;
    let mut some = all.clone();
    some.from = Some(times[3]);
    some.until = Some(times[7]);
    check(some.clone(), &[6, 5, 4, 3]).await;
    some.limit = 2;
    check(some.clone(), &[6, 5]).await;
    some.before = Some(5);
    check(some, &[4, 3]).await;
}

pub async fn a_batch_without_events_leaves_the_log_alone(store: Arc<dyn Store>) {
    let make = Maker::new(4);
    store.commit(make.changes(vec![])).await.unwrap();
    let before = store.audit_head().await.unwrap();
    let mut batch = make.changes(vec![Change::PutSession(make.session("ana"))]);
    batch.events.clear();
    let done = store.commit(batch).await.unwrap();
    assert_eq!((done.first_event, done.log_size), (1, 1));
    assert_eq!(store.audit_head().await.unwrap(), before);
    assert_eq!(verify(&*store).await.checkpoints, 1);
}
