//! The register of firearms.

use std::sync::Arc;

use egnatia_app::{
    Change, CommitError, Conflict, Cursor, FirearmFilter, FirearmOrder, FirearmRow, Store,
};
use egnatia_record::{Kind, RecordId};

use crate::Maker;

/// A weapon that somebody has.
pub fn firearm(make: &Maker, serial: &str) -> FirearmRow {
    FirearmRow {
        record: make.id(),
        identity: format!("zastava|m70|762x39|{serial}|0"),
        serial: serial.into(),
        make: "Zastava".into(),
        calibre: "7.62 x 39".into(),
        kind: "assault-rifle".into(),
        custody: "held".into(),
        is_open: true,
        name: format!("Zastava M70, {serial}"),
        updated_at: make.tick(),
        model: "m70".into(),
        category: "A".into(),
        year: Some(1987),
    }
}

async fn put(store: &dyn Store, make: &Maker, row: FirearmRow) -> Result<(), CommitError> {
    let batch = make.changes(vec![Change::PutFirearm(row)]);
    store.commit(batch).await.map(|_| ())
}

async fn found(store: &dyn Store, filter: FirearmFilter) -> Vec<RecordId> {
    let rows = store.firearms(&filter).await.unwrap();
    rows.iter().map(|row| row.record).collect()
}

pub async fn one_weapon_is_in_the_hands_of_one(store: Arc<dyn Store>) {
    let make = Maker::new(61);
    let held = firearm(&make, "M70123");
    put(&*store, &make, held.clone()).await.unwrap();
    // The same weapon once more is the same line.
    put(&*store, &make, held.clone()).await.unwrap();
    let second = FirearmRow {
        record: make.id(),
        ..held.clone()
    };
    let refused = put(&*store, &make, second.clone()).await;
    assert_eq!(refused, Err(Conflict::Custody(held.record).into()));
    // Nobody has it: the register may know of both.
    let stolen = FirearmRow {
        custody: "stolen".into(),
        is_open: false,
        ..second.clone()
    };
    put(&*store, &make, stolen).await.unwrap();
    assert_eq!(
        store.firearm_in_custody(&held.identity).await.unwrap(),
        Some(held.record)
    );
    let gone = FirearmRow {
        custody: "abroad".into(),
        is_open: false,
        ..held.clone()
    };
    // In one batch the first leaves and the second comes.
    let batch = make.changes(vec![
        Change::PutFirearm(gone),
        Change::PutFirearm(second.clone()),
    ]);
    store.commit(batch).await.unwrap();
    let holder = store.firearm_in_custody(&held.identity).await.unwrap();
    assert_eq!(holder, Some(second.record));
    let back = put(&*store, &make, held.clone()).await;
    assert_eq!(back, Err(Conflict::Custody(second.record).into()));
}

pub async fn of_two_clerks_one_takes_a_weapon_into_custody(store: Arc<dyn Store>) {
    let make = Maker::new(62);
    let one = firearm(&make, "M70124");
    let other = FirearmRow {
        record: make.id(),
        ..one.clone()
    };
    let (a, b) = tokio::join!(put(&*store, &make, one), put(&*store, &make, other));
    assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
    let filter = FirearmFilter {
        limit: 10,
        ..FirearmFilter::default()
    };
    assert_eq!(store.firearms(&filter).await.unwrap().len(), 1);
}

pub async fn a_refused_batch_leaves_custody_as_it_was(store: Arc<dyn Store>) {
    let make = Maker::new(63);
    let (one, other) = (firearm(&make, "M70125"), firearm(&make, "M70126"));
    put(&*store, &make, one.clone()).await.unwrap();
    put(&*store, &make, other.clone()).await.unwrap();
    let leaves = FirearmRow {
        custody: "stolen".into(),
        is_open: false,
        ..one.clone()
    };
    let twice = FirearmRow {
        record: make.id(),
        ..other.clone()
    };
    let batch = make.changes(vec![Change::PutFirearm(leaves), Change::PutFirearm(twice)]);
    let refused = store.commit(batch).await.map(|_| ());
    assert_eq!(refused, Err(Conflict::Custody(other.record).into()));
    let holder = store.firearm_in_custody(&one.identity).await.unwrap();
    assert_eq!(holder, Some(one.record));
}

pub async fn the_register_is_filtered_and_paged_newest_first(store: Arc<dyn Store>) {
    let make = Maker::new(64);
    let mut rows = Vec::new();
    for number in 0..7 {
        let mut row = firearm(&make, &format!("M7{number}5"));
        if number % 2 == 0 {
            row.make = "Norinco".into();
            row.custody = "stolen".into();
            row.is_open = false;
        }
        rows.push(row.clone());
        put(&*store, &make, row).await.unwrap();
    }
    rows.reverse();
    let ids = |test: &dyn Fn(&FirearmRow) -> bool| -> Vec<RecordId> {
        rows.iter()
            .filter(|row| test(row))
            .map(|row| row.record)
            .collect()
    };
    let filter = |limit| FirearmFilter {
        limit,
        ..FirearmFilter::default()
    };
    assert_eq!(found(&*store, filter(100)).await, ids(&|_| true));
    let stolen = FirearmFilter {
        custody: Some("stolen".into()),
        make: Some("Norinco".into()),
        ..filter(100)
    };
    assert_eq!(
        found(&*store, stolen).await,
        ids(&|row| row.custody == "stolen")
    );
    for (number, row) in (0_i16..).zip(rows.iter().rev()) {
        let row = FirearmRow {
            model: ["m70", "m72"][usize::from(number >= 5)].into(),
            category: ["A", "B", ""][usize::try_from(number % 3).unwrap()].into(),
            year: (number > 0).then_some(1980 + number),
            ..row.clone()
        };
        put(&*store, &make, row).await.unwrap();
    }
    let place = |filter: FirearmFilter| {
        let (store, rows) = (Arc::clone(&store), rows.clone());
        async move {
            let ids = found(&*store, filter).await.into_iter();
            let place = |id| rows.iter().rev().position(|row| row.record == id).unwrap();
            ids.map(place).collect::<Vec<usize>>()
        }
    };
    let of = |model: &str, category: &str| FirearmFilter {
        model: Some(model.to_owned()).filter(|text| !text.is_empty()),
        category: Some(category.to_owned()).filter(|text| !text.is_empty()),
        ..filter(100)
    };
    assert_eq!(place(of("m72", "")).await, [6, 5]);
    assert_eq!(place(of("m70", "A")).await, [3, 0]);
    let made = |first, last| FirearmFilter {
        years: Some((first, last)),
        order: FirearmOrder::Oldest,
        ..filter(100)
    };
    assert_eq!(place(made(1982, 1984)).await, [2, 3, 4]);
    assert_eq!(
        place(made(1800, 2100)).await,
        [1, 2, 3, 4, 5, 6],
        "not those without a year"
    );
    let mut oldest = FirearmFilter {
        order: FirearmOrder::Oldest,
        ..filter(4)
    };
    assert_eq!(place(oldest.clone()).await, [0, 1, 2, 3]);
    oldest.after = Some(Cursor {
        at_us: rows[3].updated_at.as_microsecond(),
        id: rows[3].record,
    });
    assert_eq!(place(oldest).await, [4, 5, 6]);
    let prefix = FirearmFilter {
        serial: Some("M73".into()),
        ..filter(100)
    };
    assert_eq!(
        found(&*store, prefix).await,
        ids(&|row| row.serial == "M735")
    );
    let mut seen = Vec::new();
    let mut next = filter(3);
    loop {
        let page = store.firearms(&next).await.unwrap();
        let Some(last) = page.last() else { break };
        next.after = Some(Cursor {
            at_us: last.updated_at.as_microsecond(),
            id: last.record,
        });
        seen.extend(page.iter().map(|row| row.record));
    }
    assert_eq!(seen, ids(&|_| true));
}

pub async fn erasure_takes_a_weapon_out_of_the_register(store: Arc<dyn Store>) {
    let make = Maker::new(65);
    let put = make.new_record(Kind::Firearm);
    let id = put.envelope.id;
    let row = FirearmRow {
        record: id,
        ..firearm(&make, "M70127")
    };
    let mut batch = make.batch(vec![put]);
    batch.changes.push(Change::PutFirearm(row.clone()));
    store.commit(batch).await.unwrap();
    let again = FirearmRow {
        record: make.id(),
        ..row.clone()
    };
    let batch = make.changes(vec![Change::Erase(id), Change::PutFirearm(again.clone())]);
    store.commit(batch).await.unwrap();
    let holder = store.firearm_in_custody(&row.identity).await.unwrap();
    assert_eq!(holder, Some(again.record));
}
