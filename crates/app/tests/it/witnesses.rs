//! Partners witness each other's audit logs: a history that was shortened, rewritten or told in two
//! versions shows at every partner.

use std::sync::Arc;

use egnatia_app::{App, Caller, Role, Store, Witnessed};
use egnatia_audit::{Frontier, Hash, Operation, Seal};
use egnatia_protocol::{
    Checkpoint, Item, NoteText, Parcel, SigningKey, Statement, open_parcel, seal_parcel,
};
use egnatia_record::Clock;
use egnatia_testkit::{
    FixedClock, SeededEntropy, TestNode, administrator, empty_store, test_identity, test_seal_of,
};

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
fn forged(authority: &str, size: u64, kind: u8) -> (String, Frontier) {
    let seal: Seal = test_seal_of(&authority.parse().unwrap());
    let mut frontier = Frontier::default();
    for number in 0..size {
        frontier.append(Hash::of(&[kind, u8::try_from(number % 251).unwrap()]));
    }
    (seal.checkpoint(&frontier), frontier)
}

/// Sends a checkpoint with the keys of a node, as the node itself never would.
async fn present(note: String, old_size: u64, from: &TestNode, to: &TestNode) {
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
        proof: Vec::new(),
    });
    let parcel = Parcel {
        from: from.authority.clone(),
        to: to.authority.clone(),
        sent_at: to.clock.now(),
        items: vec![Item {
            number: 1,
            statement: statement.sign(&keys).unwrap(),
        }],
    };
    let card = to.app.own_card().unwrap();
    let entropy = SeededEntropy::new(77);
    let sealed = seal_parcel(&parcel, &keys, card.card(), &entropy).unwrap();
    let answer = to.app.receive(&from.authority, &sealed).await.unwrap();
    let opened = open_parcel(
        &answer,
        &from.authority,
        &identity.opening,
        card.card(),
        to.clock.now(),
    );
    assert_eq!(opened.unwrap().items.len(), 1);
}

fn problems(rows: &[Witnessed]) -> Vec<(String, String, String)> {
    rows.iter()
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
