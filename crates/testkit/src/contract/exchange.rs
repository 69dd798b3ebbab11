//! Partners, deliveries and what came from partners.

use std::sync::Arc;

use egnatia_app::{
    Change, CommitError, Conflict, DeliveryFilter, DeliveryRow, DeliveryState, LedgerPart,
    PartnerRow, PartnerState, Queue, ReceivedRow, Store, WitnessRow,
};
use egnatia_audit::Hash;
use egnatia_record::{AuthorityId, Kind, Version};
use jiff::civil::date;

use crate::Maker;

/// A partner's node in its first revision.
pub fn partner(make: &Maker, authority: &str) -> PartnerRow {
    PartnerRow {
        authority: authority.parse().unwrap(),
        partner: "RS".parse().unwrap(),
        state: PartnerState::Accepted,
        card: b"{}".to_vec(),
        decided_by: "an.admin".parse().unwrap(),
        decided_at: make.tick(),
        revision: 1,
    }
}

/// Something that is to be queued.
pub fn delivery(make: &Maker, to: &str) -> DeliveryRow {
    let mut row = DeliveryRow::queued(to.parse().unwrap(), "record", make.tick());
    row = row.about(make.id(), Version::FIRST);
    row.ground = "led-37-1-a".into();
    row.payload = Some(b"what it says".to_vec());
    row
}

/// The proof of a version.
pub fn received(make: &Maker) -> ReceivedRow {
    ReceivedRow {
        record: make.id(),
        version: Version::FIRST,
        from: "rs-mup".parse().unwrap(),
        received_at: make.tick(),
        digest: Hash::of(b"signed"),
        statement: Some(b"signed".to_vec()),
        keep_until: Some(date(2027, 1, 31)),
    }
}

fn authority(text: &str) -> AuthorityId {
    text.parse().unwrap()
}

pub async fn of_two_administrators_one_decides_on_a_partner(store: Arc<dyn Store>) {
    let make = Maker::new(31);
    let first = partner(&make, "rs-mup");
    let put = |row: &PartnerRow| make.changes(vec![Change::PutPartner(row.clone())]);
    store.commit(put(&first)).await.unwrap();
    let again = store.commit(put(&first)).await;
    let conflict = CommitError::Conflict(Conflict::Partner(authority("rs-mup")));
    assert_eq!(again, Err(conflict));
    let mut revoked = first.clone();
    revoked.state = PartnerState::Revoked;
    revoked.card = b"{\"serial\":2}".to_vec();
    revoked.revision = 2;
    store.commit(put(&revoked)).await.unwrap();
    let other = partner(&make, "al-asp");
    store.commit(put(&other)).await.unwrap();
    assert_eq!(store.partners().await.unwrap(), [other, revoked]);
}

pub async fn what_waits_is_kept_in_order_and_settled_once(store: Arc<dyn Store>) {
    let make = Maker::new(32);
    let rows: Vec<_> = ["rs-mup", "al-asp", "rs-mup", "rs-mup"]
        .into_iter()
        .map(|to| delivery(&make, to))
        .collect();
    let enqueue =
        |rows: &[DeliveryRow]| make.changes(rows.iter().cloned().map(Change::Enqueue).collect());
    store.commit(enqueue(&rows[..3])).await.unwrap();
    store.commit(enqueue(&rows[3..])).await.unwrap();

    let to = authority("rs-mup");
    let waiting = store.waiting(&to, 10).await.unwrap();
    let without_positions: Vec<_> = waiting
        .iter()
        .cloned()
        .map(|row| DeliveryRow { position: 0, ..row })
        .collect();
    let expected = [&rows[0], &rows[2], &rows[3]];
    assert!(without_positions.iter().eq(expected), "{waiting:?}");
    assert!(waiting.is_sorted_by(|a, b| a.position < b.position));
    assert_eq!(store.waiting(&to, 2).await.unwrap(), waiting[..2]);
    let queue = |to: &str, waiting, row: &DeliveryRow| Queue {
        to: authority(to),
        waiting,
        oldest: row.queued_at,
    };
    assert_eq!(
        store.queues().await.unwrap(),
        [queue("al-asp", 1, &rows[1]), queue("rs-mup", 3, &rows[0])]
    );

    let done = DeliveryRow {
        state: DeliveryState::Delivered,
        done_at: Some(make.tick()),
        payload: None,
        receipt: Some(b"receipt".to_vec()),
        ..waiting[0].clone()
    };
    let refused = DeliveryRow {
        state: DeliveryState::Refused,
        done_at: Some(make.tick()),
        reason: Some("no-arrangement".into()),
        ..waiting[1].clone()
    };
    let settle = |rows: Vec<DeliveryRow>| make.changes(vec![Change::Settle(rows)]);
    let both = settle(vec![done.clone(), refused.clone()]);
    store.commit(both).await.unwrap();
    // A late answer does not undo the first one.
    let late = DeliveryRow {
        state: DeliveryState::Refused,
        ..done.clone()
    };
    store.commit(settle(vec![late])).await.unwrap();
    assert_eq!(store.waiting(&to, 10).await.unwrap(), waiting[2..]);
    let record = done.record.unwrap();
    let about = store.deliveries_of(record).await.unwrap();
    assert_eq!(about, std::slice::from_ref(&done));
    let all = |before, limit| DeliveryFilter {
        part: LedgerPart::All,
        before,
        limit,
    };
    assert_eq!(
        store.deliveries_to(&to, all(None, 2)).await.unwrap(),
        [waiting[2].clone(), refused.clone()]
    );
    let before = all(Some(refused.position), 2);
    assert_eq!(store.deliveries_to(&to, before).await.unwrap(), [done]);
}

pub async fn what_was_told_is_apart_from_what_keeps_the_exchange_going(store: Arc<dyn Store>) {
    let make = Maker::new(36);
    let (to, other) = (authority("rs-mup"), authority("al-asp"));
    let kinds = [
        "record",
        "checkpoint",
        "recall",
        "cosignature",
        "hit",
        "card",
        "request",
        "receipt",
        "answer",
        "resend",
    ];
    let row = |to: &AuthorityId, kind: &str| DeliveryRow {
        payload: Some(b"{}".to_vec()),
        ..DeliveryRow::queued(to.clone(), kind, make.tick())
    };
    let queue = |kind: &str| Change::Enqueue(row(&to, kind));
    let mut changes: Vec<Change> = kinds.iter().map(|kind| queue(kind)).collect();
    changes.push(Change::Enqueue(row(&other, "record")));
    store.commit(make.changes(changes)).await.unwrap();
    for part in LedgerPart::ALL {
        let newest_first = kinds.iter().rev().filter(|kind| part.has(kind));
        let expected: Vec<&str> = newest_first.copied().collect();
        let mut found: Vec<DeliveryRow> = Vec::new();
        let mut wanted = DeliveryFilter {
            part,
            before: None,
            limit: 3,
        };
        loop {
            let page = store.deliveries_to(&to, wanted).await.unwrap();
            assert!(page.len() <= 3, "{part:?}");
            let Some(last) = page.last() else {
                break;
            };
            wanted.before = Some(last.position);
            found.extend(page);
        }
        let found: Vec<&str> = found.iter().map(|row| row.kind.as_str()).collect();
        assert_eq!(found, expected, "{part:?}");
    }
}

/// What a witness saw.
pub fn witness(make: &Maker, size: u64, root: &[u8]) -> WitnessRow {
    WitnessRow {
        log: "rs-mup".parse().unwrap(),
        witness: "al-asp".parse().unwrap(),
        size,
        root: Hash::of(root),
        seen_at: make.tick(),
        statement: Some(b"signed".to_vec()),
        problem: None,
    }
}

pub async fn what_witnesses_saw_last_is_kept_and_problems_stay(store: Arc<dyn Store>) {
    let make = Maker::new(35);
    let put = |row: &WitnessRow| make.changes(vec![Change::PutWitness(row.clone())]);
    let first = witness(&make, 5, b"five");
    let mut forked = witness(&make, 5, b"another five");
    forked.problem = Some("forked".into());
    let second = witness(&make, 9, b"nine");
    for row in [&first, &forked, &second] {
        store.commit(put(row)).await.unwrap();
    }
    let mut expected = vec![forked.clone(), second.clone()];
    assert_eq!(store.witnesses().await.unwrap(), expected);
    let mut others = Vec::new();
    for (log, witness_of) in [
        ("al-asp", "ba-dkpt"),
        ("rs-mup", "me-up"),
        ("xk-kp", "al-asp"),
    ] {
        for size in [3, 8] {
            let mut row = witness(&make, size, log.as_bytes());
            row.log = authority(log);
            row.witness = authority(witness_of);
            store.commit(put(&row)).await.unwrap();
            others.push(row);
        }
    }
    let by_pair = [
        others[1].clone(),
        forked.clone(),
        second.clone(),
        others[3].clone(),
        others[5].clone(),
    ];
    assert_eq!(store.witnesses().await.unwrap(), by_pair);
    expected = by_pair.to_vec();
    let mut again = forked.clone();
    again.problem = None;
    again.seen_at = make.tick();
    store.commit(put(&again)).await.unwrap();
    expected[1].seen_at = again.seen_at;
    assert_eq!(
        store.witnesses().await.unwrap(),
        expected,
        "a problem stays"
    );
    let log = authority("rs-mup");
    let at_five = store.witnessed_at(&log, 5).await.unwrap();
    assert_eq!(at_five.len(), 2);
    assert_eq!(store.witnessed_at(&log, 6).await.unwrap(), []);
    // A proof may still come, also late; and something of which nothing came.
    let mut silent = witness(&make, 0, b"nothing");
    silent.statement = None;
    for problem in ["awaited", "silent", "not-countersigned"] {
        for problem in [Some(problem), None] {
            silent.problem = problem.map(str::to_owned);
            silent.seen_at = make.tick();
            store.commit(put(&silent)).await.unwrap();
            let seen = store.witnesses().await.unwrap();
            assert_eq!(seen.contains(&silent), problem.is_some(), "{seen:?}");
            assert!(seen.contains(&second), "what was seen still counts");
        }
    }
    let mut shown = witness(&make, 12, b"twelve");
    for problem in [Some("unproved"), Some("proof-withheld"), None] {
        shown.problem = problem.map(str::to_owned);
        store.commit(put(&shown)).await.unwrap();
        let at_twelve = store.witnessed_at(&log, 12).await.unwrap();
        assert_eq!(at_twelve, [shown.clone()]);
        let seen = store.witnesses().await.unwrap();
        assert_eq!(seen.contains(&second), problem.is_some(), "{seen:?}");
    }
}

pub async fn what_keeps_the_exchange_going_is_forgotten_after_some_time(store: Arc<dyn Store>) {
    let make = Maker::new(37);
    let to = authority("rs-mup");
    let kinds = ["checkpoint", "cosignature", "record", "card", "checkpoint"];
    let rows = kinds.map(|kind| DeliveryRow {
        payload: Some(b"{}".to_vec()),
        ..DeliveryRow::queued(to.clone(), kind, make.tick())
    });
    let queued = rows.iter().cloned().map(Change::Enqueue).collect();
    store.commit(make.changes(queued)).await.unwrap();
    let mut done = store.waiting(&to, 10).await.unwrap();
    let waits = done.pop().unwrap();
    for row in &mut done {
        row.state = DeliveryState::Delivered;
        row.done_at = Some(make.tick());
        row.payload = None;
    }
    let settle = make.changes(vec![Change::Settle(done.clone())]);
    store.commit(settle).await.unwrap();
    let refused = DeliveryRow {
        state: DeliveryState::Refused,
        done_at: Some(make.tick()),
        ..DeliveryRow::queued(to.clone(), "checkpoint", make.tick())
    };
    let sizes = [5, 9, 12].map(|size| witness(&make, size, &size.to_be_bytes()));
    let mut forked = witness(&make, 9, b"another nine");
    forked.problem = Some("forked".into());
    let mut changes: Vec<Change> = sizes.iter().cloned().map(Change::PutWitness).collect();
    changes.push(Change::PutWitness(forked.clone()));
    changes.push(Change::Enqueue(refused.clone()));
    store.commit(make.changes(changes)).await.unwrap();
    let all = async || {
        let rows = store.deliveries_to(&to, LedgerPart::All.newest(10)).await;
        let rows = rows.unwrap().into_iter().rev();
        rows.map(|row| row.kind).collect::<Vec<_>>()
    };
    // What came later than that is not old.
    let first = done[0].done_at.unwrap();
    let forget = |until| make.changes(vec![Change::ForgetUpkeep(until)]);
    store.commit(forget(first)).await.unwrap();
    let left = ["cosignature", "record", "card", "checkpoint", "checkpoint"];
    assert_eq!(all().await, left);
    store.commit(forget(make.tick())).await.unwrap();
    assert_eq!(all().await, ["record", "card", "checkpoint", "checkpoint"]);
    assert_eq!(store.waiting(&to, 10).await.unwrap(), [waits]);
    let log = authority("rs-mup");
    assert_eq!(store.witnessed_at(&log, 5).await.unwrap(), []);
    assert_eq!(
        store.witnessed_at(&log, 9).await.unwrap(),
        std::slice::from_ref(&forked)
    );
    let seen = store.witnesses().await.unwrap();
    assert_eq!(seen, [forked, sizes[2].clone()]);
}

pub async fn a_foreign_record_has_its_originators_versions(store: Arc<dyn Store>) {
    let make = Maker::new(33);
    let mut put = make.new_record(Kind::Alert);
    let id = put.envelope.id;
    put.foreign = true;
    put.envelope.version = Version::new(4).unwrap();
    store.commit(make.batch(vec![put])).await.unwrap();
    let again = |number: u32| {
        let mut put = make.new_record(Kind::Alert);
        put.envelope.id = id;
        put.foreign = true;
        put.envelope.version = Version::new(number).unwrap();
        make.batch(vec![put])
    };
    for number in [1, 4] {
        let refused = store.commit(again(number)).await;
        let conflict = CommitError::Conflict(Conflict::RecordVersion(id));
        assert_eq!(refused, Err(conflict), "{number}");
    }
    store.commit(again(7)).await.unwrap();
    let newest = store.record(id).await.unwrap().unwrap();
    assert_eq!(newest.envelope.version.number(), 7);
    let erase = make.changes(vec![Change::Erase(id)]);
    store.commit(erase).await.unwrap();
    // Its originator gives it out again: only in a version that is newer than what was erased.
    assert!(store.commit(again(7)).await.is_err());
    let mut own = make.new_record(Kind::Alert);
    own.envelope.id = id;
    own.envelope.version = Version::new(8).unwrap();
    assert!(store.commit(make.batch(vec![own])).await.is_err());
    store.commit(again(9)).await.unwrap();
    let newest = store.record(id).await.unwrap().unwrap();
    assert_eq!(newest.envelope.version.number(), 9);
    assert!(newest.body.is_some());
    let history = store.history(id).await.unwrap();
    let erased = history.iter().filter(|stored| stored.body.is_none());
    assert_eq!(erased.count(), 2, "what was erased stays erased");
}

pub async fn erasure_removes_the_statement_and_keeps_its_digest(store: Arc<dyn Store>) {
    let make = Maker::new(34);
    let mut put = make.new_record(Kind::Alert);
    put.foreign = true;
    let mut row = received(&make);
    row.record = put.envelope.id;
    let mut batch = make.batch(vec![put]);
    batch.changes.push(Change::PutReceived(row.clone()));
    store.commit(batch).await.unwrap();
    let other = make.id();
    assert_eq!(
        store.received(&[other, row.record]).await.unwrap(),
        [row.clone()]
    );
    let erase = make.changes(vec![Change::Erase(row.record)]);
    store.commit(erase).await.unwrap();
    row.statement = None;
    assert_eq!(store.received(&[row.record]).await.unwrap(), [row]);
}
