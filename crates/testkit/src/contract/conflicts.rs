//! Conflicts, and that a batch is all or nothing.

use std::sync::Arc;

use egnatia_app::{Change, CommitError, Conflict, KeyChange, Link, Store};
use egnatia_audit::Operation;
use egnatia_record::Kind;
use tokio::task::JoinSet;

use super::exchange::{delivery, partner};
use super::lists::{entry, list};
use crate::{Maker, user};

pub async fn a_record_is_written_once_and_versions_follow_each_other(store: Arc<dyn Store>) {
    let make = Maker::new(1);
    let first = make.new_record(Kind::Check);
    let id = first.envelope.id;
    let conflict = Err(CommitError::Conflict(Conflict::RecordVersion(id)));
    let second = make.next_version(&first.envelope, "{}");
    let (again, second_again) = (
        make.put(first.envelope.clone(), "{}"),
        make.put(second.envelope.clone(), "{}"),
    );
    let third = make.next_version(&second.envelope, "{}");

    let early = make.put(second.envelope.clone(), "{}");
    assert_eq!(store.commit(make.batch(vec![early])).await, conflict);
    assert_eq!(
        store.commit(make.changes(vec![Change::Erase(id)])).await,
        conflict
    );
    store.commit(make.batch(vec![first])).await.unwrap();
    assert_eq!(store.commit(make.batch(vec![again])).await, conflict);
    assert_eq!(store.commit(make.batch(vec![third])).await, conflict);
    store.commit(make.batch(vec![second])).await.unwrap();
    assert_eq!(store.commit(make.batch(vec![second_again])).await, conflict);
    assert_eq!(store.history(id).await.unwrap().len(), 2);
    // Twice the same in one batch.
    let once = make.new_record(Kind::Check);
    let twice = make.put(once.envelope.clone(), "{}");
    let id = once.envelope.id;
    assert_eq!(
        store.commit(make.batch(vec![once, twice])).await,
        Err(CommitError::Conflict(Conflict::RecordVersion(id)))
    );
    assert_eq!(store.audit_head().await.unwrap().size, 2);
}

pub async fn an_erased_record_takes_no_further_version(store: Arc<dyn Store>) {
    let make = Maker::new(2);
    let first = make.new_record(Kind::Check);
    let (id, second) = (first.envelope.id, make.next_version(&first.envelope, "{}"));
    store.commit(make.batch(vec![first])).await.unwrap();
    store
        .commit(make.changes(vec![Change::Erase(id)]))
        .await
        .unwrap();
    assert_eq!(
        store.commit(make.batch(vec![second])).await,
        Err(CommitError::Conflict(Conflict::RecordVersion(id)))
    );
    assert_eq!(store.history(id).await.unwrap().len(), 1);
    // Written and erased in one batch, it is erased.
    let brief = make.new_record(Kind::Check);
    let id = brief.envelope.id;
    let mut batch = make.batch(vec![brief]);
    batch.changes.push(Change::Erase(id));
    store.commit(batch).await.unwrap();
    let read = store.record(id).await.unwrap().unwrap();
    assert_eq!((read.body, read.state.as_str()), (None, "erased"));
}

pub async fn a_name_has_one_holder_through_all_versions(store: Arc<dyn Store>) {
    let make = Maker::new(3);
    let claim = |name: &str| {
        let mut put = make.new_record(Kind::Decision);
        put.claims = vec![format!("free:{name}"), name.to_owned()];
        put
    };
    let conflict = Err(CommitError::Conflict(Conflict::Claim(
        "decision-of:1".into(),
    )));
    let first = claim("decision-of:1");
    let (id, envelope) = (first.envelope.id, first.envelope.clone());
    store.commit(make.batch(vec![first])).await.unwrap();
    assert_eq!(
        store.commit(make.batch(vec![claim("decision-of:1")])).await,
        {
            Err(CommitError::Conflict(Conflict::Claim(
                "free:decision-of:1".into(),
            )))
        }
    );
    // The holder may repeat it; a version without it keeps it.
    let mut second = make.next_version(&envelope, "{}");
    second.claims = vec!["decision-of:1".into()];
    let third = make.next_version(&second.envelope, "{}");
    store.commit(make.batch(vec![second])).await.unwrap();
    store.commit(make.batch(vec![third])).await.unwrap();
    let mut other = make.new_record(Kind::Decision);
    other.claims = vec!["decision-of:2".into(), "decision-of:1".into()];
    assert_eq!(store.commit(make.batch(vec![other])).await, conflict);
    assert_eq!(
        store
            .claims(&["decision-of:1".into(), "decision-of:2".into()])
            .await
            .unwrap(),
        [("decision-of:1".to_owned(), id)]
    );
    // Two records of one batch.
    let (mut a, mut b) = (make.new_record(Kind::Hit), make.new_record(Kind::Hit));
    a.claims = vec!["x".into()];
    b.claims = vec!["x".into()];
    assert_eq!(
        store.commit(make.batch(vec![a, b])).await,
        Err(CommitError::Conflict(Conflict::Claim("x".into())))
    );
    // Erased and claimed anew in one batch.
    let mut heir = make.new_record(Kind::Decision);
    heir.claims = vec!["decision-of:1".into()];
    let heir_id = heir.envelope.id;
    let mut batch = make.batch(vec![heir]);
    batch.changes.insert(0, Change::Erase(id));
    store.commit(batch).await.unwrap();
    let held = store.claims(&["decision-of:1".into()]).await.unwrap();
    assert_eq!(held, [("decision-of:1".to_owned(), heir_id)]);
}

pub async fn lists_and_accounts_follow_their_stored_version(store: Arc<dyn Store>) {
    let make = Maker::new(4);
    let list_conflict = Err(CommitError::Conflict(Conflict::ListVersion("un-sc".into())));
    let put = |version| make.changes(vec![Change::PutList(list(&make, "un-sc", version))]);
    assert_eq!(store.commit(put(2)).await, list_conflict);
    store.commit(put(1)).await.unwrap();
    assert_eq!(store.commit(put(1)).await, list_conflict);
    assert_eq!(store.commit(put(3)).await, list_conflict);
    store.commit(put(2)).await.unwrap();

    let conflict = Err(CommitError::Conflict(Conflict::Account(user("ana"))));
    let put = |revision| {
        let mut account = make.account("ana");
        account.revision = revision;
        make.changes(vec![Change::PutAccount(account)])
    };
    assert_eq!(store.commit(put(2)).await, conflict);
    store.commit(put(1)).await.unwrap();
    assert_eq!(store.commit(put(1)).await, conflict);
    assert_eq!(store.commit(put(3)).await, conflict);
    store.commit(put(2)).await.unwrap();
    let revision = store.account(&user("ana")).await.unwrap().unwrap().revision;
    assert_eq!(revision, 2);
}

pub async fn a_conflicting_batch_leaves_nothing(store: Arc<dyn Store>) {
    let make = Maker::new(5);
    let taken = make.new_record(Kind::Check);
    let again = make.put(taken.envelope.clone(), "{}");
    store.commit(make.batch(vec![taken])).await.unwrap();
    let before = store.audit_head().await.unwrap();

    let mut put = make.new_record(Kind::Match);
    put.claims = vec!["name".into()];
    put.keys = KeyChange::Set(b"{}".to_vec());
    let (id, to) = (put.envelope.id, make.id());
    put.links = vec![Link {
        relation: "check",
        to,
    }];
    let mut batch = make.batch(vec![put]);
    let session = make.session("ana");
    let token = session.token;
    batch.changes.extend([
        Change::PutList(list(&make, "un-sc", 1)),
        Change::PutListEntries(vec![entry(&make, "un-sc", "QDi.001")]),
        Change::PutAccount(make.account("ana")),
        Change::PutSession(session),
        Change::PutPartner(partner(&make, "rs-mup")),
        Change::Enqueue(delivery(&make, "rs-mup")),
    ]);
    batch.changes.extend(make.batch(vec![again]).changes);
    let refused = store.commit(batch).await;
    assert!(
        matches!(refused, Err(CommitError::Conflict(_))),
        "{refused:?}"
    );

    assert!(store.record(id).await.unwrap().is_none());
    assert_eq!(store.count(Kind::Match, "new").await, Ok(0));
    assert_eq!(store.linked(to, "check").await.unwrap(), []);
    assert_eq!(store.claims(&["name".into()]).await.unwrap(), []);
    assert_eq!(store.keys_after(0, 10).await.unwrap(), []);
    assert_eq!(store.lists().await.unwrap(), []);
    assert_eq!(store.list_entries("un-sc").await.unwrap(), []);
    assert_eq!(store.list_changes("un-sc", 1, None, 10).await.unwrap(), []);
    assert!(store.accounts().await.unwrap().is_empty());
    assert_eq!(store.session(token).await.unwrap(), None);
    assert_eq!(store.partners().await.unwrap(), []);
    assert_eq!(store.queues().await.unwrap(), []);
    assert_eq!(store.audit_head().await.unwrap(), before);
}

pub async fn of_two_clerks_exactly_one_wins(store: Arc<dyn Store>) {
    let make = Maker::new(6);
    for round in 0..10 {
        let found = make.new_record(Kind::Match);
        let envelope = found.envelope.clone();
        store.commit(make.batch(vec![found])).await.unwrap();
        let mut clerks = JoinSet::new();
        for clerk in 0..2 {
            let mut decision = make.new_record(Kind::Decision);
            decision.claims = vec![format!("decision-of:{}", envelope.id)];
            let mut decided = make.next_version(&envelope, "{}");
            decided.state = format!("decided-by-{clerk}");
            let batch = make.batch(vec![decision, decided]);
            let store = Arc::clone(&store);
            clerks.spawn(async move { store.commit(batch).await });
        }
        let answers = clerks.join_all().await;
        let won = answers.iter().filter(|answer| answer.is_ok()).count();
        assert_eq!(won, 1, "round {round}: {answers:?}");
        assert_eq!(store.history(envelope.id).await.unwrap().len(), 2);
    }
    assert_eq!(store.audit_head().await.unwrap().size, 30);
}

pub async fn many_writers_at_once_get_dense_numbers(store: Arc<dyn Store>) {
    let make = Arc::new(Maker::new(7));
    let mut writers = JoinSet::new();
    for _ in 0..24 {
        let (store, make) = (Arc::clone(&store), Arc::clone(&make));
        writers.spawn(async move {
            let mut numbers = Vec::new();
            for round in 0..5 {
                let mut batch = make.batch(vec![make.new_record(Kind::Check)]);
                batch.events.push(make.event(Operation::Consultation, None));
                let done = store.commit(batch).await.unwrap();
                numbers.extend([done.first_event, done.first_event + 1]);
                assert!(done.log_size > done.first_event + 1, "round {round}");
            }
            numbers
        });
    }
    let mut numbers: Vec<u64> = writers.join_all().await.concat();
    numbers.sort_unstable();
    assert!(numbers.into_iter().eq(0..240));
    super::audit::verify(&*store).await;
    let events = store.records_by_event(None, 1000).await.unwrap();
    assert_eq!(events.len(), 120);
}
