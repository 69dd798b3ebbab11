//! Records: versions, queries, erasure, keys, links.

use std::sync::Arc;

use egnatia_app::{
    Change, Conflict, Cursor, KeyChange, KeyRow, Link, PutRecord, RecordFilter, Store,
};
use egnatia_audit::Operation;
use egnatia_record::{Kind, RecordId, Version};
use jiff::civil::date;

use crate::{Maker, user};

fn filter(kind: Kind) -> RecordFilter {
    RecordFilter {
        kind,
        state: None,
        created_by: None,
        after: None,
        limit: 1000,
    }
}

async fn ids(store: &dyn Store, filter: &RecordFilter) -> Vec<RecordId> {
    let found = store.find(filter).await.unwrap();
    found.iter().map(|record| record.envelope.id).collect()
}

pub async fn a_record_comes_back_as_it_was_written(store: Arc<dyn Store>) {
    let make = Maker::new(1);
    assert!(store.is_empty().await.unwrap());
    let put = make.new_record(Kind::Check);
    let (envelope, body, salt) = (put.envelope.clone(), put.body.clone(), put.salt);
    let done = store.commit(make.batch(vec![put])).await.unwrap();
    assert_eq!((done.first_event, done.log_size), (0, 1));
    assert!(!store.is_empty().await.unwrap());

    let read = store.record(envelope.id).await.unwrap().unwrap();
    assert_eq!(read.envelope, envelope);
    assert_eq!(read.body, Some((body.clone(), salt)));
    assert_eq!((read.state.as_str(), read.event), ("new", 0));
    let commitment = PutRecord::commitment_of(&salt, &read.envelope_json, &body);
    assert_eq!(read.commitment, commitment);
    assert_eq!(store.count(Kind::Check, "new").await, Ok(1));
    assert_eq!(store.count(Kind::Check, "old").await, Ok(0));
    assert_eq!(store.count(Kind::Hit, "new").await, Ok(0));
}

pub async fn a_later_version_is_the_newest_and_history_keeps_all(store: Arc<dyn Store>) {
    let make = Maker::new(2);
    let first = make.new_record(Kind::Match);
    let mut second = make.next_version(&first.envelope, "{}");
    second.state = "decided".into();
    let third = make.next_version(&second.envelope, "[]");
    let id = first.envelope.id;
    store.commit(make.batch(vec![first])).await.unwrap();
    // Two versions in one batch follow each other as well.
    store.commit(make.batch(vec![second, third])).await.unwrap();

    let newest = store.record(id).await.unwrap().unwrap();
    assert_eq!(newest.envelope.version.number(), 3);
    assert_eq!((newest.state.as_str(), newest.event), ("new", 2));
    let history = store.history(id).await.unwrap();
    let versions: Vec<_> = history
        .iter()
        .map(|r| r.envelope.version.number())
        .collect();
    assert_eq!(versions, [1, 2, 3]);
    assert_eq!(history[1].body.as_ref().unwrap().0, b"{}");
    assert!(history.iter().all(|version| version.state == "new"));
    assert_eq!(store.count(Kind::Match, "decided").await, Ok(0));
    // Written first by somebody, the record stays theirs.
    let mut mine = filter(Kind::Match);
    mine.created_by = Some(user("a.officer"));
    assert_eq!(ids(&*store, &mine).await, [id]);
    mine.created_by = Some(user("b.officer"));
    assert_eq!(ids(&*store, &mine).await, []);
}

pub async fn what_builds_on_a_version_is_refused_once_there_is_another(store: Arc<dyn Store>) {
    let make = Maker::new(3);
    let first = make.new_record(Kind::Match);
    let id = first.envelope.id;
    let second = make.next_version(&first.envelope, "{}");
    let beside = |expected: Change| {
        let mut batch = make.batch(vec![make.new_record(Kind::Check)]);
        batch.changes.push(expected);
        batch
    };
    let conflict = Err(Conflict::RecordVersion(id).into());
    let expected = || Change::Expect(id, Version::FIRST);
    assert_eq!(
        store.commit(beside(expected())).await,
        conflict,
        "not there"
    );
    store.commit(make.batch(vec![first])).await.unwrap();
    store.commit(beside(expected())).await.unwrap();
    assert_eq!(store.count(Kind::Check, "new").await, Ok(1));
    store.commit(make.batch(vec![second])).await.unwrap();
    assert_eq!(store.commit(beside(expected())).await, conflict);
    assert_eq!(
        store.count(Kind::Check, "new").await,
        Ok(1),
        "all or nothing"
    );
    let erased = make.changes(vec![Change::Erase(id)]);
    store.commit(erased).await.unwrap();
    assert_eq!(store.commit(beside(expected())).await, conflict);
}

pub async fn unknown_records_are_left_out(store: Arc<dyn Store>) {
    let make = Maker::new(3);
    let puts: Vec<_> = (0..5).map(|_| make.new_record(Kind::Hit)).collect();
    let mut wanted: Vec<_> = puts.iter().map(|put| put.envelope.id).collect();
    store.commit(make.batch(puts)).await.unwrap();
    let unknown = make.id();
    assert!(store.record(unknown).await.unwrap().is_none());
    assert!(store.history(unknown).await.unwrap().is_empty());
    assert!(store.records(&[]).await.unwrap().is_empty());
    let mut asked = wanted.clone();
    asked.extend([unknown, wanted[0]]);
    let found = store.records(&asked).await.unwrap();
    let mut found: Vec<_> = found.iter().map(|record| record.envelope.id).collect();
    found.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(found, wanted);
}

pub async fn find_filters_and_pages_newest_first(store: Arc<dyn Store>) {
    let make = Maker::new(4);
    let same_instant = make.tick();
    let mut puts = Vec::new();
    for number in 0..9 {
        let mut put = make.new_record(Kind::Match);
        if (3..6).contains(&number) {
            put.envelope.recorded_at = same_instant;
        }
        if number % 2 == 0 {
            put.state = "waiting".into();
        }
        puts.push(put);
    }
    puts.push(make.new_record(Kind::Check));
    let mut order: Vec<_> = puts[..9]
        .iter()
        .map(|put| (put.envelope.recorded_at, put.envelope.id))
        .collect();
    order.sort_unstable_by(|a, b| b.cmp(a));
    let order: Vec<_> = order.into_iter().map(|(_, id)| id).collect();
    let waiting = puts[..9]
        .iter()
        .filter(|put| put.state == "waiting")
        .count();
    store.commit(make.batch(puts)).await.unwrap();

    assert_eq!(ids(&*store, &filter(Kind::Match)).await, order);
    let mut page = filter(Kind::Match);
    page.limit = 2;
    let mut seen = Vec::new();
    loop {
        let found = store.find(&page).await.unwrap();
        let Some(last) = found.last() else { break };
        assert!(found.len() <= 2);
        page.after = Some(Cursor {
            at_us: last.envelope.recorded_at.as_microsecond(),
            id: last.envelope.id,
        });
        seen.extend(found.iter().map(|record| record.envelope.id));
    }
    assert_eq!(seen, order);
    let mut of_state = filter(Kind::Match);
    of_state.state = Some("waiting".into());
    assert_eq!(ids(&*store, &of_state).await.len(), waiting);
    of_state.created_by = Some(user("a.officer"));
    assert_eq!(ids(&*store, &of_state).await.len(), waiting);
    of_state.created_by = Some(user("nobody"));
    assert_eq!(ids(&*store, &of_state).await, []);
}

pub async fn links_are_found_from_the_other_side_oldest_first(store: Arc<dyn Store>) {
    let make = Maker::new(5);
    let check = make.new_record(Kind::Check);
    let to = check.envelope.id;
    store.commit(make.batch(vec![check])).await.unwrap();
    let mut from = Vec::new();
    let mut latest = None;
    for round in 0..4 {
        let mut put = make.new_record(Kind::Match);
        put.links = vec![
            Link {
                relation: "check",
                to,
            },
            Link {
                relation: "other",
                to: make.id(),
            },
        ];
        // A later version that repeats a link does not make it a second one, or a younger one.
        let mut again = make.next_version(&put.envelope, "{}");
        again.links.clone_from(&put.links);
        from.push(put.envelope.id);
        let puts = if round == 1 {
            vec![put, again]
        } else {
            latest.get_or_insert(again);
            vec![put]
        };
        store.commit(make.batch(puts)).await.unwrap();
    }
    store
        .commit(make.batch(latest.into_iter().collect()))
        .await
        .unwrap();
    assert_eq!(store.linked(to, "check").await.unwrap(), from);
    assert_eq!(store.linked(to, "other").await.unwrap(), []);
    assert_eq!(store.linked(from[0], "check").await.unwrap(), []);
}

pub async fn erasure_takes_bodies_salts_claims_and_keys_and_leaves_the_proof(
    store: Arc<dyn Store>,
) {
    let make = Maker::new(6);
    let mut first = make.new_record(Kind::Check);
    first.claims = vec!["file:1".into()];
    first.keys = KeyChange::Set(b"{}".to_vec());
    let envelope = first.envelope.clone();
    let id = envelope.id;
    let second = make.next_version(&envelope, "[]");
    store.commit(make.batch(vec![first])).await.unwrap();
    store.commit(make.batch(vec![second])).await.unwrap();
    let before = store.history(id).await.unwrap();
    let feed = store.keys_after(0, 10).await.unwrap();

    let mut erase = make.changes(vec![Change::Erase(id)]);
    erase.events[0].operation = Operation::Erasure;
    store.commit(erase).await.unwrap();
    let after = store.history(id).await.unwrap();
    assert_eq!(after.len(), 2);
    for (was, is) in before.iter().zip(&after) {
        assert!(is.body.is_none());
        assert_eq!(is.state, "erased");
        assert_eq!((&was.commitment, was.event), (&is.commitment, is.event));
        assert_eq!(was.envelope_json, is.envelope_json);
    }
    assert_eq!(store.claims(&["file:1".into()]).await.unwrap(), []);
    let removal = store.keys_after(feed[0].sequence, 10).await.unwrap();
    assert_eq!(
        removal,
        [KeyRow {
            sequence: removal[0].sequence,
            record: id,
            version: Version::new(2).unwrap(),
            keys: None,
        }]
    );
    assert_eq!(store.keys_after(0, 10).await.unwrap(), removal);
    assert_eq!(store.count(Kind::Check, "erased").await, Ok(1));
    assert_eq!(store.due(date(2999, 1, 1), 10).await.unwrap(), []);

    // The name is free again, and erasing again changes nothing.
    let mut next = make.new_record(Kind::Check);
    next.claims = vec!["file:1".into()];
    let holder = next.envelope.id;
    store.commit(make.batch(vec![next])).await.unwrap();
    store
        .commit(make.changes(vec![Change::Erase(id)]))
        .await
        .unwrap();
    assert_eq!(
        store
            .claims(&["file:1".into(), "file:2".into()])
            .await
            .unwrap(),
        [("file:1".to_owned(), holder)]
    );
    assert_eq!(store.keys_after(0, 10).await.unwrap(), removal);
}

pub async fn due_records_are_those_whose_date_has_come(store: Arc<dyn Store>) {
    let make = Maker::new(7);
    let mut puts = Vec::new();
    for day in [5, 3, 4, 20] {
        let mut put = make.new_record(Kind::Check);
        put.envelope.retention.review_on = date(2027, 1, day);
        puts.push(put);
    }
    let ids: Vec<_> = puts.iter().map(|put| put.envelope.id).collect();
    // A later version moves the date.
    let mut later = make.next_version(&puts[2].envelope, "{}");
    later.envelope.retention.review_on = date(2027, 2, 1);
    store.commit(make.batch(puts)).await.unwrap();
    store.commit(make.batch(vec![later])).await.unwrap();
    assert_eq!(store.due(date(2027, 1, 2), 10).await.unwrap(), []);
    assert_eq!(store.due(date(2027, 1, 3), 10).await.unwrap(), [ids[1]]);
    let all = [ids[1], ids[0], ids[3], ids[2]];
    assert_eq!(store.due(date(2027, 3, 1), 10).await.unwrap(), all);
    assert_eq!(store.due(date(2027, 3, 1), 2).await.unwrap(), all[..2]);
}

pub async fn the_feed_of_keys_has_one_line_for_each_record(store: Arc<dyn Store>) {
    let make = Maker::new(8);
    let mut puts: Vec<_> = (0..3).map(|_| make.new_record(Kind::ListEntry)).collect();
    puts.push(make.new_record(Kind::Check));
    for put in &mut puts[..3] {
        put.keys = KeyChange::Set(b"first".to_vec());
    }
    let ids: Vec<_> = puts.iter().map(|put| put.envelope.id).collect();
    let mut second = make.next_version(&puts[0].envelope, "{}");
    second.keys = KeyChange::Set(b"second".to_vec());
    let mut removed = make.next_version(&puts[1].envelope, "{}");
    removed.keys = KeyChange::Remove;
    let kept = make.next_version(&puts[2].envelope, "{}");
    store.commit(make.batch(puts)).await.unwrap();
    let feed = store.keys_after(0, 10).await.unwrap();
    let order: Vec<_> = feed.iter().map(|row| row.record).collect();
    assert_eq!(order, ids[..3]);
    assert!(
        feed.windows(2)
            .all(|pair| pair[0].sequence < pair[1].sequence)
    );
    assert_eq!(store.keys_after(0, 2).await.unwrap(), feed[..2]);

    let seen = feed[2].sequence;
    store
        .commit(make.batch(vec![second, removed, kept]))
        .await
        .unwrap();
    let news = store.keys_after(seen, 10).await.unwrap();
    let lines: Vec<_> = news
        .iter()
        .map(|row| (row.record, row.version.number(), row.keys.as_deref()))
        .collect();
    assert_eq!(
        lines,
        [(ids[0], 2, Some(&b"second"[..])), (ids[1], 2, None)]
    );
    assert_eq!(store.keys_after(0, 10).await.unwrap().len(), 3);
    assert_eq!(store.keys_after(0, 1).await.unwrap(), feed[2..]);
}

pub async fn records_come_in_the_order_of_their_events(store: Arc<dyn Store>) {
    let make = Maker::new(10);
    let mut batch = make.batch((0..4).map(|_| make.new_record(Kind::Check)).collect());
    // Several records may be stated by one event.
    for change in &mut batch.changes {
        if let Change::Put(put) = change {
            put.event /= 2;
        }
    }
    store.commit(batch).await.unwrap();
    let all = store.records_by_event(None, 10).await.unwrap();
    let place = |at: usize| {
        let envelope = &all[at].envelope;
        (all[at].event, envelope.id, envelope.version)
    };
    let places: Vec<_> = (0..4).map(place).collect();
    assert_eq!(places.iter().map(|p| p.0).collect::<Vec<_>>(), [0, 0, 1, 1]);
    assert!(places.is_sorted());
    for at in 0..4 {
        let next = store.records_by_event(Some(place(at)), 1).await.unwrap();
        let next: Vec<_> = next.iter().map(|record| record.envelope.id).collect();
        let expected: Vec<_> = all
            .iter()
            .skip(at + 1)
            .take(1)
            .map(|r| r.envelope.id)
            .collect();
        assert_eq!(next, expected);
    }
}

pub async fn fifteen_hundred_records_fit_one_batch(store: Arc<dyn Store>) {
    let make = Maker::new(11);
    let mut puts: Vec<_> = (0..1501)
        .map(|_| make.new_record(Kind::ListEntry))
        .collect();
    for (number, put) in puts.iter_mut().enumerate() {
        put.claims = vec![format!("entry:{number}")];
        put.keys = KeyChange::Set(b"{}".to_vec());
    }
    let ids: Vec<_> = puts.iter().map(|put| put.envelope.id).collect();
    let done = store.commit(make.batch(puts)).await.unwrap();
    assert_eq!(done.log_size, 1501);
    assert_eq!(store.records(&ids).await.unwrap().len(), 1501);
    assert_eq!(store.count(Kind::ListEntry, "new").await, Ok(1501));
    let names: Vec<_> = (0..1501).map(|number| format!("entry:{number}")).collect();
    assert_eq!(store.claims(&names).await.unwrap().len(), 1501);
    assert_eq!(store.keys_after(0, 2000).await.unwrap().len(), 1501);
}
