//! Backup and restore.

use std::sync::Arc;

use egnatia_app::{Batch, Change, DumpRow, KeyChange, Link, Store};
use egnatia_record::Kind;
use tokio::sync::mpsc;

use super::exchange::{delivery, partner, received, witness};
use super::firearms::firearm;
use super::lists::{entry, list};
use super::model::observe;
use crate::Maker;

/// Every row of a dump of the store.
///
/// # Panics
/// Where the store does not dump.
pub async fn dump(store: &dyn Store) -> Vec<DumpRow> {
    let (sender, mut receiver) = mpsc::channel(16);
    let take = async {
        let mut rows = Vec::new();
        while let Some(row) = receiver.recv().await {
            rows.push(row);
        }
        rows
    };
    let (sent, rows) = tokio::join!(store.dump(sender), take);
    sent.unwrap();
    rows
}

/// Restores these rows. Returns how many were written.
///
/// # Errors
/// Those of the store.
pub async fn restore(
    store: &dyn Store,
    rows: Vec<DumpRow>,
) -> Result<u64, egnatia_app::StoreError> {
    let (sender, receiver) = mpsc::channel(16);
    let give = async {
        for row in rows {
            if sender.send(row).await.is_err() {
                break;
            }
        }
        drop(sender);
    };
    let (restored, ()) = tokio::join!(store.restore(receiver), give);
    restored
}

/// A batch that touches every table.
pub fn everything(make: &Maker) -> Batch {
    let mut put = make.new_record(Kind::Match);
    put.claims = vec!["name".into()];
    put.keys = KeyChange::Set(b"{}".to_vec());
    put.links = vec![Link {
        relation: "check",
        to: make.id(),
    }];
    let gone = make.new_record(Kind::Check);
    let erase = Change::Erase(gone.envelope.id);
    let mut batch = make.batch(vec![put, gone]);
    batch.changes.extend([
        erase,
        Change::PutList(list(make, "un-sc", 1)),
        Change::PutListEntries(vec![entry(make, "un-sc", "a"), entry(make, "un-sc", "b")]),
        Change::PutAccount(make.account("ana")),
        Change::PutSession(make.session("ana")),
        Change::PutPartner(partner(make, "rs-mup")),
        Change::Enqueue(delivery(make, "rs-mup")),
        Change::PutReceived(received(make)),
        Change::PutWitness(witness(make, 5, b"five")),
        Change::PutFirearm(firearm(make, "M70128")),
    ]);
    batch.changes.extend(super::stock_made::everything(make));
    batch
}

pub async fn a_dump_restores_everything_under_a_new_epoch(store: Arc<dyn Store>) {
    let make = Maker::new(1);
    store.commit(everything(&make)).await.unwrap();
    let later = make.new_record(Kind::Check);
    let mut session = make.session("ana");
    session.csrf = "stays out of the backup".into();
    let token = session.token;
    store
        .commit(make.changes(vec![Change::PutSession(session)]))
        .await
        .unwrap();
    let rows = dump(&*store).await;
    for row in &rows {
        let columns = store
            .dump_columns()
            .iter()
            .find(|(table, _)| *table == row.table);
        assert_eq!(columns.unwrap().1.len(), row.values.len(), "{}", row.table);
    }
    let (before, epoch) = (observe(&*store).await, store.epoch().await.unwrap());
    let later_id = later.envelope.id;
    store.commit(make.batch(vec![later])).await.unwrap();
    assert_ne!(observe(&*store).await, before);

    let written = restore(&*store, rows.clone()).await.unwrap();
    assert_eq!(written, u64::try_from(rows.len()).unwrap());
    assert_eq!(observe(&*store).await, before);
    assert_ne!(store.epoch().await.unwrap(), epoch);
    assert!(store.record(later_id).await.unwrap().is_none());
    // Nobody stays signed in through a restore.
    assert_eq!(store.session(token).await.unwrap(), None);
    assert!(!store.is_empty().await.unwrap());
    // The log goes on from where the backup ended.
    let done = store
        .commit(make.batch(vec![make.new_record(Kind::Check)]))
        .await
        .unwrap();
    assert_eq!(done.first_event, 3);
    super::audit::verify(&*store).await;
}

pub async fn a_restore_of_nothing_is_refused_and_changes_nothing(store: Arc<dyn Store>) {
    let make = Maker::new(2);
    store.commit(everything(&make)).await.unwrap();
    let before = (observe(&*store).await, store.epoch().await.unwrap());
    assert!(restore(&*store, vec![]).await.is_err());
    let strange = DumpRow {
        table: "strange",
        values: vec![],
    };
    assert!(restore(&*store, vec![strange]).await.is_err());
    assert_eq!(
        (observe(&*store).await, store.epoch().await.unwrap()),
        before
    );
    store
        .commit(make.batch(vec![make.new_record(Kind::Check)]))
        .await
        .unwrap();
}
