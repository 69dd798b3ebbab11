//! A partner of whose log nothing comes any more, or that does not countersign any more, is seen.

use egnatia_app::{AuditFilter, NOT_COUNTERSIGNED, SILENT, Store};
use egnatia_audit::Operation;
use egnatia_protocol::{Cosignature, Hint, Statement};
use egnatia_testkit::{TestNode, administrator};
use jiff::SignedDuration;

use crate::attacks::{pair, signed};

/// Time passes at both.
fn wait(nodes: &[&TestNode], hours: i64) {
    for node in nodes {
        node.clock.advance(SignedDuration::from_hours(hours));
    }
}

/// Both show their logs, and everything arrives.
async fn meet(one: &TestNode, other: &TestNode) {
    for node in [one, other] {
        node.app.ask_witnesses().await.unwrap();
    }
    for _ in 0..3 {
        one.deliver_to(other).await;
        other.deliver_to(one).await;
    }
}

/// What is wrong, as the page of the partner has it, and since when, in hours before now.
async fn wrong(at: &TestNode, of: &TestNode) -> Vec<(String, i64)> {
    let partners = at.app.partners(&administrator()).await.unwrap();
    let found = partners
        .into_iter()
        .find(|one| one.row.authority == of.authority);
    let now = egnatia_record::Clock::now(at.clock.as_ref());
    let rows = found.unwrap().log_problems;
    rows.into_iter()
        .map(|row| {
            (
                row.problem.unwrap(),
                now.duration_since(row.seen_at).as_hours(),
            )
        })
        .collect()
}

/// What the log of a node says of the log of another one.
async fn logged(at: &TestNode, log: &TestNode) -> Vec<String> {
    let filter = AuditFilter {
        operation: Some(Operation::Administration),
        limit: 100,
        ..AuditFilter::default()
    };
    let subject = format!("log:{}", log.authority);
    let entries = at.store.audit_find(&filter).await.unwrap();
    let details = entries.iter().rev().filter_map(egnatia_app::AuditRow::read);
    let about = details.filter(|detail| detail.subject.as_deref() == Some(&subject));
    about
        .map(|detail| match detail.data.unwrap() {
            data if data.get("over").is_some() => {
                format!("{} is over", data["over"].as_str().unwrap())
            }
            data => data["problem"].as_str().unwrap().to_owned(),
        })
        .collect()
}

#[tokio::test]
async fn a_log_of_which_nothing_comes_any_more_is_reported_until_something_comes() {
    let (mk, rs) = pair().await;
    meet(&mk, &rs).await;
    wait(&[&mk, &rs], 23);
    mk.app.ask_witnesses().await.unwrap();
    assert_eq!(wrong(&mk, &rs).await, []);
    wait(&[&mk, &rs], 2);
    for _ in 0..3 {
        mk.app.ask_witnesses().await.unwrap();
        let expected = [(SILENT.to_owned(), 25)];
        assert_eq!(
            wrong(&mk, &rs).await,
            expected,
            "once, and not for its countersignature too"
        );
    }
    assert_eq!(logged(&mk, &rs).await, ["silent"]);
    // It is back: the alarm ends by itself, and what was seen before still counts.
    meet(&mk, &rs).await;
    assert_eq!(wrong(&mk, &rs).await, []);
    assert_eq!(logged(&mk, &rs).await, ["silent", "silent is over"]);
    let rows = mk.store.witnesses().await.unwrap();
    assert!(
        rows.iter().all(|row| !row.is_alarm() && row.size > 0),
        "{rows:?}"
    );
    // A second time is a second alarm.
    wait(&[&mk, &rs], 24);
    mk.app.ask_witnesses().await.unwrap();
    assert_eq!(wrong(&mk, &rs).await, [(SILENT.to_owned(), 24)]);
}

#[tokio::test]
async fn logs_that_do_not_grow_are_shown_again_and_nobody_is_reported() {
    let (mk, rs) = pair().await;
    meet(&mk, &rs).await;
    let size = rs.store.audit_head().await.unwrap().size;
    for _ in 0..30 {
        wait(&[&mk, &rs], 2);
        meet(&mk, &rs).await;
        assert_eq!(wrong(&mk, &rs).await, []);
        assert_eq!(wrong(&rs, &mk).await, []);
    }
    assert_eq!(
        rs.store.audit_head().await.unwrap().size,
        size,
        "it did not grow"
    );
}

#[tokio::test]
async fn a_partner_that_never_showed_anything_is_reported_as_well() {
    let (mk, rs) = pair().await;
    // The clock begins when the node first waits for it.
    mk.app.ask_witnesses().await.unwrap();
    assert_eq!(wrong(&mk, &rs).await, []);
    wait(&[&mk, &rs], 24);
    mk.app.ask_witnesses().await.unwrap();
    assert_eq!(wrong(&mk, &rs).await, [(SILENT.to_owned(), 24)]);
    meet(&mk, &rs).await;
    assert_eq!(wrong(&mk, &rs).await, []);
}

#[tokio::test]
async fn a_new_card_of_a_silent_partner_does_not_set_the_clock_back() {
    let (mk, rs) = pair().await;
    mk.app.ask_witnesses().await.unwrap();
    wait(&[&mk, &rs], 20);
    let renewed = egnatia_testkit::test_identity(
        "rs-mup",
        "RS",
        2,
        egnatia_record::Clock::now(&egnatia_testkit::FixedClock::default()),
    );
    rs.app
        .rotate_identity(&administrator(), renewed)
        .await
        .unwrap();
    rs.deliver_to(&mk).await;
    wait(&[&mk, &rs], 5);
    mk.app.ask_witnesses().await.unwrap();
    assert_eq!(wrong(&mk, &rs).await, [(SILENT.to_owned(), 25)]);
}

#[tokio::test]
async fn a_partner_that_shows_its_log_and_countersigns_nothing_is_reported() {
    let (mk, rs) = pair().await;
    meet(&mk, &rs).await;
    for hours in [10, 10, 5] {
        wait(&[&mk, &rs], hours);
        // Its own log comes; what it is asked for does not come back.
        rs.app.ask_witnesses().await.unwrap();
        rs.deliver_to(&mk).await;
        mk.app.ask_witnesses().await.unwrap();
    }
    assert_eq!(wrong(&mk, &rs).await, [(NOT_COUNTERSIGNED.to_owned(), 25)]);
    assert_eq!(logged(&mk, &mk).await, ["not-countersigned"]);
    assert_eq!(logged(&mk, &rs).await, Vec::<String>::new());
    meet(&mk, &rs).await;
    assert_eq!(wrong(&mk, &rs).await, []);
    assert_eq!(
        logged(&mk, &mk).await,
        ["not-countersigned", "not-countersigned is over"]
    );
}

#[tokio::test]
async fn who_asks_for_a_proof_has_answered() {
    let (mk, rs) = pair().await;
    meet(&mk, &rs).await;
    wait(&[&mk, &rs], 30);
    rs.app.ask_witnesses().await.unwrap();
    rs.deliver_to(&mk).await;
    mk.app.ask_witnesses().await.unwrap();
    assert_eq!(wrong(&mk, &rs).await, [(NOT_COUNTERSIGNED.to_owned(), 30)]);
    let asks = Statement::Cosignature(Cosignature {
        origin: Hint::new("egnatia.mk-mvr.log").unwrap(),
        size: 1,
        signature: None,
    });
    crate::attacks::ground(&rs, &mk, signed(&asks, &rs)).await;
    assert_eq!(wrong(&mk, &rs).await, []);
}

#[tokio::test]
async fn a_node_that_was_down_itself_first_listens() {
    let (mk, rs) = pair().await;
    meet(&mk, &rs).await;
    wait(&[&mk, &rs], 50);
    // It starts again, and nothing can have come meanwhile.
    let store = std::sync::Arc::clone(&mk.store);
    let clock = std::sync::Arc::clone(&mk.clock);
    let again = TestNode::on(("mk-mvr", "MK"), store, clock, 4_711).await;
    again.app.ask_witnesses().await.unwrap();
    assert_eq!(wrong(&again, &rs).await, []);
    wait(&[&again, &rs], 1);
    again.app.ask_witnesses().await.unwrap();
    assert_eq!(wrong(&again, &rs).await, [(SILENT.to_owned(), 51)]);
}

#[tokio::test]
async fn whoever_is_revoked_owes_nothing_and_whoever_is_accepted_anew_has_time() {
    let (mk, rs) = pair().await;
    meet(&mk, &rs).await;
    mk.app
        .revoke_partner(&administrator(), &rs.authority)
        .await
        .unwrap();
    wait(&[&mk, &rs], 100);
    mk.app.ask_witnesses().await.unwrap();
    assert_eq!(wrong(&mk, &rs).await, []);
    mk.accept(&rs).await;
    mk.app.ask_witnesses().await.unwrap();
    assert_eq!(wrong(&mk, &rs).await, []);
    wait(&[&mk, &rs], 24);
    mk.app.ask_witnesses().await.unwrap();
    assert_eq!(wrong(&mk, &rs).await, [(SILENT.to_owned(), 24)]);
    // A person looks at it, and accepts it once more: the alarm is over until the time has passed.
    mk.app
        .revoke_partner(&administrator(), &rs.authority)
        .await
        .unwrap();
    mk.accept(&rs).await;
    mk.app.ask_witnesses().await.unwrap();
    assert_eq!(wrong(&mk, &rs).await, []);
}
