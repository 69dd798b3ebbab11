//! The order of what is due.

use std::sync::Arc;

use egnatia_app::{Batch, DueFilter, DuePlace, Link, PutRecord, ReferredTo, Store};
use egnatia_record::{Kind, RecordId};
use jiff::SignedDuration;

use crate::{Maker, user};

fn filter(limit: u32) -> DueFilter {
    DueFilter {
        kind: Kind::Hit,
        open: "open",
        about: None,
        after: None,
        limit,
    }
}

async fn pages(store: &dyn Store, mut filter: DueFilter) -> Vec<RecordId> {
    let mut seen = Vec::new();
    loop {
        let found = store.find_due(&filter).await.unwrap();
        assert!(found.len() <= usize::try_from(filter.limit).unwrap());
        let Some(last) = found.last() else {
            return seen;
        };
        filter.after = Some(last.place);
        seen.extend(found.iter().map(|due| due.record.envelope.id));
    }
}

/// Hits of several due times; those without one are last among the open ones.
fn hits(make: &Maker) -> Vec<PutRecord> {
    let start = make.tick();
    let hours = [30, 2, 2, 71, 5, 2, 12];
    let mut hits: Vec<PutRecord> = hours
        .into_iter()
        .map(|hours| {
            let mut hit = make.new_record(Kind::Hit);
            hit.state = "open".into();
            hit.due_at = Some(start + SignedDuration::from_hours(hours));
            hit
        })
        .collect();
    let mut undated = make.new_record(Kind::Hit);
    undated.state = "open".into();
    hits.push(undated);
    for _ in 0..4 {
        let mut done = make.new_record(Kind::Hit);
        done.state = "followed-up".into();
        // Whoever is done is not due any more, whatever was said before.
        done.due_at = Some(start);
        hits.push(done);
    }
    hits
}

fn in_order(hits: &[PutRecord]) -> Vec<RecordId> {
    let of = |open: bool| hits.iter().filter(move |hit| (hit.state == "open") == open);
    let mut open: Vec<_> = of(true)
        .map(|hit| (hit.due_at.is_none(), hit.due_at, hit.envelope.id))
        .collect();
    open.sort_unstable();
    let mut closed: Vec<_> = of(false)
        .map(|hit| (hit.envelope.recorded_at, hit.envelope.id))
        .collect();
    closed.sort_unstable_by(|a, b| b.cmp(a));
    let open = open.into_iter().map(|(.., id)| id);
    open.chain(closed.into_iter().map(|(_, id)| id)).collect()
}

pub async fn what_is_due_comes_first_over_all_pages(store: Arc<dyn Store>) {
    let make = Maker::new(41);
    let puts = hits(&make);
    let order = in_order(&puts);
    let first = puts[1].envelope.clone();
    let mut others = puts;
    let mut of_another_kind = make.new_record(Kind::FollowUp);
    of_another_kind.state = "open".into();
    others.push(of_another_kind);
    store.commit(make.batch(others)).await.unwrap();
    for limit in [1, 2, 3, 5, 1000] {
        assert_eq!(pages(&*store, filter(limit)).await, order, "{limit} a page");
    }
    let page = store.find_due(&filter(2)).await.unwrap();
    assert!(matches!(page[0].place, DuePlace::Open { .. }));

    // Followed up: it leaves the open ones and is the newest of the others.
    let mut done = make.next_version(&first, "{}");
    done.state = "followed-up".into();
    store.commit(make.batch(vec![done])).await.unwrap();
    let now = pages(&*store, filter(3)).await;
    assert_eq!(now.len(), order.len());
    assert_eq!(now[7], first.id, "after the seven that are open");
}

pub async fn what_is_due_may_be_of_somebodys_records(store: Arc<dyn Store>) {
    let make = Maker::new(42);
    let mut puts = hits(&make);
    let mut batch: Vec<PutRecord> = Vec::new();
    for (number, hit) in puts.iter_mut().enumerate() {
        let mut matched = make.new_record(Kind::Match);
        if number % 2 == 0 {
            matched.envelope.author = user("c.officer");
            matched = make.put(matched.envelope, "{}");
        }
        hit.links = vec![Link {
            relation: "match",
            to: matched.envelope.id,
        }];
        batch.push(matched);
    }
    let order = in_order(&puts);
    let of_c: Vec<RecordId> = puts.iter().step_by(2).map(|hit| hit.envelope.id).collect();
    batch.extend(puts);
    let batch: Batch = make.batch(batch);
    store.commit(batch).await.unwrap();
    let about = |login: &str, relation| DueFilter {
        about: Some(ReferredTo {
            relation,
            kind: Kind::Match,
            created_by: user(login),
        }),
        ..filter(2)
    };
    let mut expected = order;
    expected.retain(|id| of_c.contains(id));
    assert_eq!(pages(&*store, about("c.officer", "match")).await, expected);
    assert_eq!(pages(&*store, about("c.officer", "check")).await, []);
    assert_eq!(pages(&*store, about("nobody", "match")).await, []);
}
