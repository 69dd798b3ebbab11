//! Partners witness each other's audit logs: a history that was shortened, rewritten or told in two
//! versions shows at every partner.

use std::collections::BTreeMap;
use std::sync::Arc;

use egnatia_app::{App, Caller, Role, Store, Witnessed};
use egnatia_audit::{Frontier, Hash, NodeId, Operation, ProofPlan, Seal};
use egnatia_protocol::{
    Checkpoint, Digest, NoteText, Outcome, RefusalGround, SigningKey, Statement,
};
use egnatia_record::Clock;
use egnatia_testkit::{
    FixedClock, TestNode, administrator, empty_store, send_as, test_identity, test_seal_of,
};
use jiff::SignedDuration;

fn supervisor() -> Caller {
    Caller {
        login: "a.supervisor".parse().unwrap(),
        role: Role::Supervisor,
        justification: None,
    }
}

async fn seen(app: &App) -> Vec<Witnessed> {
    app.witnesses(&supervisor()).await.unwrap()
}

async fn three() -> [TestNode; 3] {
    let nodes = [
        TestNode::new("mk-mvr", "MK").await,
        TestNode::new("al-asp", "AL").await,
        TestNode::new("rs-mup", "RS").await,
    ];
    for node in &nodes {
        for other in nodes.iter().filter(|o| o.authority != node.authority) {
            node.trust(other).await;
        }
    }
    nodes
}

/// Everything that waits goes everywhere, until nothing does.
async fn settle(nodes: &[TestNode]) {
    for _ in 0..4 {
        for from in nodes {
            for to in nodes.iter().filter(|to| to.authority != from.authority) {
                from.deliver_to(to).await;
            }
        }
    }
}

async fn write_something(node: &TestNode) {
    let held = node.app.arrangements(&administrator()).unwrap();
    let (id, arrangement) = held[0].clone();
    node.app
        .put_arrangement(&administrator(), Some(id), arrangement)
        .await
        .unwrap();
}

#[tokio::test]
async fn partners_countersign_and_keep_up_with_a_log_that_grows() {
    let nodes = three().await;
    let mk = &nodes[0];
    for round in 0..4 {
        assert_eq!(mk.app.ask_witnesses().await.unwrap(), 2, "round {round}");
        // Asking again before the answer queues nothing.
        assert_eq!(mk.app.ask_witnesses().await.unwrap(), 0);
        settle(&nodes).await;
        let size = mk.store.audit_head().await.unwrap().size;
        let own = seen(&mk.app).await;
        let vouched: Vec<_> = own.iter().filter(|w| w.is_own).collect();
        assert_eq!(vouched.len(), 2);
        for witness in vouched {
            assert_eq!(witness.row.size, size);
            assert!(witness.row.statement.is_some(), "it is signed");
        }
        assert_eq!(mk.app.ask_witnesses().await.unwrap(), 0, "nothing is new");
        write_something(mk).await;
    }
    for node in &nodes[1..] {
        let rows = seen(&node.app).await;
        assert!(rows.iter().all(|w| w.row.problem.is_none()), "{rows:?}");
        assert!(rows.iter().any(|w| w.row.log == mk.authority));
    }
}

#[tokio::test]
async fn witnessing_does_not_make_the_log_grow() {
    let nodes = three().await;
    let before = nodes[1].store.audit_head().await.unwrap().size;
    nodes[0].app.ask_witnesses().await.unwrap();
    settle(&nodes).await;
    assert_eq!(nodes[1].store.audit_head().await.unwrap().size, before);
}

/// A log of this authority that nobody has kept: `size` entries, told apart by `kind`.
fn forged(authority: &str, size: u64, kind: u8) -> (String, BTreeMap<NodeId, Hash>) {
    let seal: Seal = test_seal_of(&authority.parse().unwrap());
    let mut frontier = Frontier::default();
    let mut nodes = BTreeMap::new();
    for number in 0..size {
        let leaf = Hash::of(&[kind, u8::try_from(number % 251).unwrap()]);
        let made = frontier.append(leaf);
        nodes.extend(made.into_iter().map(|node| (node.id, node.hash)));
    }
    (seal.checkpoint(&frontier), nodes)
}

/// That the first `old` entries of such a log are its beginning.
fn proof(nodes: &BTreeMap<NodeId, Hash>, old: u64, size: u64) -> Vec<Digest> {
    let plan = ProofPlan::consistency(old, size).unwrap();
    let path = plan
        .resolve(|id| nodes.get(&id).copied().ok_or(()))
        .unwrap();
    let digest = |hash: &Hash| Digest::from_bytes(*hash.as_bytes());
    path.iter().map(digest).collect()
}

/// Presents a checkpoint without a proof.
async fn present(note: String, old_size: u64, from: &TestNode, to: &TestNode) -> Outcome {
    show(note, (old_size, Vec::new()), from, to).await
}

/// Sends a checkpoint with the keys of a node, as the node itself never would.
async fn show(
    note: String,
    (old_size, proof): (u64, Vec<Digest>),
    from: &TestNode,
    to: &TestNode,
) -> Outcome {
    let identity = test_identity(
        from.authority.as_str(),
        from.partner.as_str(),
        1,
        FixedClock::default().now(),
    );
    let keys: Vec<&SigningKey> = identity.signing.iter().collect();
    let statement = Statement::Checkpoint(Checkpoint {
        note: NoteText::new(note).unwrap(),
        old_size,
        proof,
    });
    let signed = statement.sign(&keys).unwrap();
    let receipts = send_as(from, to, vec![signed]).await.unwrap();
    receipts[0].outcome.clone()
}

/// What this node asks another one to prove, in the words that wait for it: from which sizes.
async fn demands(of: &TestNode, to: &TestNode) -> Vec<u64> {
    let waiting = of.store.waiting(&to.authority, 100).await.unwrap();
    let of_kind = waiting.iter().filter(|row| row.kind == "cosignature");
    let said = of_kind.map(|row| {
        serde_json::from_slice::<serde_json::Value>(row.payload.as_ref().unwrap()).unwrap()
    });
    said.filter(|said| said.get("signature").is_none_or(serde_json::Value::is_null))
        .map(|said| said["size"].as_u64().unwrap())
        .collect()
}

/// What the log of a node says of the log of a partner.
async fn logged(node: &TestNode, of: &TestNode) -> Vec<String> {
    let filter = egnatia_app::AuditFilter {
        operation: Some(Operation::Administration),
        limit: 100,
        ..Default::default()
    };
    let subject = format!("log:{}", of.authority);
    let entries = node.store.audit_find(&filter).await.unwrap();
    let details = entries.iter().filter_map(egnatia_app::AuditRow::read);
    let details = details.filter(|detail| detail.subject.as_deref() == Some(&subject));
    details
        .map(|detail| match detail.data.unwrap() {
            data if data.get("proved").is_some() => "proved".to_owned(),
            data => data["problem"].as_str().unwrap().to_owned(),
        })
        .collect()
}

/// What the page of a partner says of its log.
async fn health(at: &TestNode, of: &TestNode) -> Option<String> {
    let partners = at.app.partners(&administrator()).await.unwrap();
    let partner = partners
        .iter()
        .find(|one| one.row.authority == of.authority);
    partner
        .unwrap()
        .log_alarm()
        .and_then(|row| row.problem.clone())
}

fn problems(rows: &[Witnessed]) -> Vec<(String, String, String)> {
    rows.iter()
        .filter(|w| w.row.is_alarm())
        .filter_map(|w| {
            let problem = w.row.problem.clone()?;
            Some((w.row.log.to_string(), w.row.witness.to_string(), problem))
        })
        .collect()
}

#[tokio::test]
async fn a_log_that_is_told_in_two_versions_shows_at_every_partner() {
    let nodes = three().await;
    let [mk, al, rs] = &nodes;
    let (one, _) = forged("mk-mvr", 40, 1);
    let (other, _) = forged("mk-mvr", 40, 2);
    present(one, 0, mk, al).await;
    present(other, 0, mk, rs).await;
    // Each version is whole by itself. The witnesses compare.
    assert_eq!(problems(&seen(&al.app).await), []);
    settle(&nodes).await;
    for (node, told_by) in [(al, "rs-mup"), (rs, "al-asp")] {
        assert_eq!(
            problems(&seen(&node.app).await),
            [("mk-mvr".into(), told_by.into(), "forked".into())],
            "{}",
            node.authority
        );
    }
}

#[tokio::test]
async fn a_shortened_and_a_rewritten_log_are_told_apart() {
    let nodes = three().await;
    let [mk, al, rs] = &nodes;
    let (note, _) = forged("mk-mvr", 40, 1);
    present(note.clone(), 0, mk, al).await;
    present(note, 0, mk, rs).await;
    let (short, _) = forged("mk-mvr", 12, 1);
    present(short, 0, mk, al).await;
    assert_eq!(problems(&seen(&al.app).await)[0].2, "shortened");
    let (rewritten, _) = forged("mk-mvr", 64, 3);
    present(rewritten, 40, mk, rs).await;
    assert_eq!(problems(&seen(&rs.app).await)[0].2, "rewritten");
    // The log of each witness says so, and what was seen before still counts.
    let filter = egnatia_app::AuditFilter {
        operation: Some(Operation::Administration),
        limit: 1,
        ..Default::default()
    };
    let entries = rs.store.audit_find(&filter).await.unwrap();
    let detail = entries[0].read().unwrap();
    assert_eq!(detail.subject.as_deref(), Some("log:mk-mvr"));
}

#[tokio::test]
async fn a_node_that_was_put_back_to_an_older_state_is_seen() {
    let nodes = three().await;
    let [mk, al, rs] = &nodes;
    mk.app.ask_witnesses().await.unwrap();
    settle(&nodes).await;
    // Somebody puts an empty database in its place and goes on with the same keys.
    let store = empty_store("mk-mvr");
    let clock = Arc::clone(&mk.clock);
    let again = TestNode::on(("mk-mvr", "MK"), store, clock, 99).await;
    again.trust(al).await;
    again.trust(rs).await;
    write_something(&again).await;
    // It does not know how far Tirana has seen, is told, and comes back with what it has.
    for _ in 0..2 {
        again.app.ask_witnesses().await.unwrap();
        again.deliver_to(al).await;
        al.deliver_to(&again).await;
    }
    let found = problems(&seen(&al.app).await);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(
        (found[0].0.as_str(), found[0].2.as_str()),
        ("mk-mvr", "rewritten")
    );
}
#[tokio::test]
async fn a_node_that_never_proves_is_reported_after_a_day() {
    let nodes = three().await;
    let [mk, al, _] = &nodes;
    let (note, _) = forged("mk-mvr", 40, 1);
    present(note, 0, mk, al).await;
    // Another history, larger each time, and never a proof from the 40 entries that Tirana saw.
    let (rewritten, _) = forged("mk-mvr", 64, 3);
    for (hours, size, old_size) in [(0, 64, 0), (10, 70, 64), (13, 90, 0)] {
        al.clock.advance(SignedDuration::from_hours(hours));
        let (note, _) = forged("mk-mvr", size, 3);
        let taken = present(note, old_size, mk, al).await;
        assert_eq!(taken, Outcome::Stored, "{size}");
        assert_eq!(problems(&seen(&al.app).await), [], "{size}");
    }
    assert_eq!(demands(al, mk).await, [40, 40, 40], "it is asked each time");
    let seen_then = seen(&al.app).await;
    let marks = seen_then.iter().filter(|w| w.row.problem.is_none());
    let sizes: Vec<u64> = marks.map(|w| w.row.size).collect();
    assert_eq!(sizes, [40], "nothing of it counts as seen");
    assert_eq!(health(al, mk).await, None);
    // A day after it was asked first, whether it shows something again or not.
    al.clock.advance(SignedDuration::from_hours(2));
    al.app.ask_witnesses().await.unwrap();
    let expected = ("mk-mvr".into(), "al-asp".into(), "proof-withheld".into());
    assert_eq!(problems(&seen(&al.app).await), [expected]);
    assert_eq!(health(al, mk).await.as_deref(), Some("proof-withheld"));
    assert_eq!(logged(al, mk).await, ["proof-withheld"]);
    // It is refused from now on, and reported once.
    let refused = present(rewritten, 0, mk, al).await;
    assert!(matches!(refused, Outcome::Refused { .. }), "{refused:?}");
    al.app.ask_witnesses().await.unwrap();
    assert_eq!(logged(al, mk).await, ["proof-withheld"]);
}

#[tokio::test]
async fn a_node_that_shows_something_again_after_a_day_is_reported_at_once() {
    let nodes = three().await;
    let [mk, al, _] = &nodes;
    for (hours, size) in [(0, 40), (0, 64), (25, 70)] {
        al.clock.advance(SignedDuration::from_hours(hours));
        present(forged("mk-mvr", size, 1).0, 0, mk, al).await;
    }
    let found = problems(&seen(&al.app).await);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].2, "proof-withheld");
    assert_eq!(logged(al, mk).await, ["proof-withheld"]);
}

#[tokio::test]
async fn a_proof_that_comes_late_ends_the_alarm() {
    let nodes = three().await;
    let [mk, al, _] = &nodes;
    present(forged("mk-mvr", 40, 1).0, 0, mk, al).await;
    present(forged("mk-mvr", 64, 1).0, 0, mk, al).await;
    al.clock.advance(SignedDuration::from_hours(48));
    al.app.ask_witnesses().await.unwrap();
    assert_eq!(health(al, mk).await.as_deref(), Some("proof-withheld"));
    let (note, nodes) = forged("mk-mvr", 80, 1);
    let proof = proof(&nodes, 40, 80);
    assert_eq!(show(note, (40, proof), mk, al).await, Outcome::Stored);
    assert_eq!(problems(&seen(&al.app).await), []);
    assert_eq!(health(al, mk).await, None);
    let mut logged = logged(al, mk).await;
    logged.sort();
    assert_eq!(logged, ["proof-withheld", "proved"], "both stay in the log");
}

#[tokio::test]
async fn what_was_shown_without_a_proof_cannot_be_taken_back() {
    let nodes = three().await;
    let [mk, al, _] = &nodes;
    present(forged("mk-mvr", 40, 1).0, 0, mk, al).await;
    present(forged("mk-mvr", 90, 2).0, 0, mk, al).await;
    let (note, nodes) = forged("mk-mvr", 60, 1);
    let proof = proof(&nodes, 40, 60);
    let refused = show(note, (40, proof), mk, al).await;
    assert!(matches!(refused, Outcome::Refused { .. }), "{refused:?}");
    assert_eq!(problems(&seen(&al.app).await)[0].2, "shortened");
}

#[tokio::test]
async fn an_envelope_that_was_held_up_accuses_nobody() {
    let nodes = three().await;
    let [mk, al, _] = &nodes;
    let (before, _) = forged("mk-mvr", 40, 1);
    present(before.clone(), 0, mk, al).await;
    let (note, nodes) = forged("mk-mvr", 64, 1);
    let proof = proof(&nodes, 40, 64);
    assert_eq!(show(note, (40, proof), mk, al).await, Outcome::Stored);
    // Somebody in between sends the first one once more.
    assert_eq!(present(before, 0, mk, al).await, Outcome::Stored);
    assert_eq!(problems(&seen(&al.app).await), []);
    // Another one of that size is another history.
    let (other, _) = forged("mk-mvr", 40, 2);
    present(other, 0, mk, al).await;
    assert_eq!(problems(&seen(&al.app).await)[0].2, "forked");
}

#[tokio::test]
async fn a_witness_that_was_put_back_gets_the_proof_that_it_asks_for() {
    let nodes = three().await;
    let [mk, al, rs] = &nodes;
    mk.app.ask_witnesses().await.unwrap();
    settle(&nodes).await;
    let before = al.store.copy();
    write_something(mk).await;
    mk.app.ask_witnesses().await.unwrap();
    settle(&nodes).await;
    al.store.put_back(&before);
    write_something(mk).await;
    mk.app.ask_witnesses().await.unwrap();
    settle(&nodes).await;
    let size = mk.store.audit_head().await.unwrap().size;
    for witness in [al, rs] {
        let rows = seen(&witness.app).await;
        assert!(rows.iter().all(|w| w.row.problem.is_none()), "{rows:?}");
        let mine = rows.iter().find(|w| w.row.witness == witness.authority);
        assert_eq!(mine.unwrap().row.size, size, "{}", witness.authority);
    }
}

#[tokio::test]
async fn a_node_that_was_put_back_learns_it_from_its_witness() {
    let nodes = three().await;
    let [mk, al, _] = &nodes;
    let before = mk.store.copy();
    for _ in 0..6 {
        write_something(mk).await;
    }
    mk.app.ask_witnesses().await.unwrap();
    settle(&nodes).await;
    mk.store.put_back(&before);
    mk.store.revive();
    // Tirana was asked by somebody who has more entries than this node.
    present(forged("mk-mvr", 200, 1).0, 0, mk, al).await;
    al.deliver_to(mk).await;
    let own: Vec<_> = seen(&mk.app)
        .await
        .into_iter()
        .filter(|w| w.is_own)
        .collect();
    let alarm = own.iter().find(|w| w.row.is_alarm()).unwrap();
    assert_eq!(alarm.row.problem.as_deref(), Some("shortened"));
    assert_eq!(alarm.row.witness, al.authority);
    assert_eq!(logged(mk, mk).await, ["shortened"]);
}

/// The countersignature was on its way while the node was put back: it vouches for entries that the
/// log does not have any more, or has no longer in that form.
#[tokio::test]
async fn a_countersignature_of_what_was_lost_is_an_alarm_and_does_not_silence_the_node() {
    for (more, problem) in [(0, "shortened"), (12, "rewritten")] {
        let nodes = three().await;
        let [mk, al, _] = &nodes;
        let before = mk.store.copy();
        for _ in 0..6 {
            write_something(mk).await;
        }
        mk.app.ask_witnesses().await.unwrap();
        mk.deliver_to(al).await;
        mk.store.put_back(&before);
        mk.store.revive();
        for _ in 0..more {
            write_something(mk).await;
        }
        al.deliver_to(mk).await;
        let own = seen(&mk.app).await.into_iter();
        let alarms: Vec<_> = own.filter(|w| w.is_own && w.row.is_alarm()).collect();
        assert_eq!(alarms.len(), 1);
        assert_eq!(alarms[0].row.problem.as_deref(), Some(problem));
        assert_eq!(logged(mk, mk).await, [problem]);
        // It goes on to show what it has, so that the witness sees it too.
        mk.app.ask_witnesses().await.unwrap();
        settle(&nodes).await;
        assert!(
            seen(&al.app)
                .await
                .iter()
                .any(|w| !w.is_own && w.row.is_alarm())
        );
    }
}

#[tokio::test]
async fn what_a_partner_makes_up_of_the_log_of_another_one_accuses_nobody() {
    let nodes = three().await;
    let [mk, al, rs] = &nodes;
    write_something(mk).await;
    mk.app.ask_witnesses().await.unwrap();
    settle(&nodes).await;
    let size = mk.store.audit_head().await.unwrap().size;
    for size in [size, size + 40] {
        let outcome = present(forged("mk-mvr", size, 2).0, 0, al, rs).await;
        let refused = matches!(
            outcome,
            Outcome::Refused {
                ground: RefusalGround::NotTheOriginator,
                ..
            }
        );
        assert!(refused, "{outcome:?}");
    }
    settle(&nodes).await;
    for node in &nodes {
        assert_eq!(problems(&seen(&node.app).await), []);
    }
}
