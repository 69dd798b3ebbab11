//! Two nodes on real connections: what is entered at one is found at the other.

use std::time::{Duration, Instant};

use egnatia_app::{Caller, LedgerPart, Role};
use egnatia_testkit::administrator;

use crate::region::{Side, name, pair, until};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_entered_at_one_node_is_found_at_the_other() {
    let (mut mk, mut al) = pair().await;
    let mut took = Vec::new();
    for number in 0..20 {
        let begun = Instant::now();
        let alert = mk.enter(&name(number)).await;
        until("the alert is there", async || al.has(alert).await).await;
        took.push(begun.elapsed());
    }
    took.sort();
    println!("from entered to found: median {:?}, all {took:?}", took[10]);
    assert!(took[10] < Duration::from_secs(2), "{took:?}");
    until("all receipts are there", async || mk.waiting().await == 0).await;
    let sent = mk
        .app()
        .deliveries_to(&administrator(), &al.authority, LedgerPart::All.newest(50))
        .await
        .unwrap();
    assert_eq!(sent.len(), 20);
    assert!(sent.iter().all(|row| row.receipt.is_some()));
    mk.stop().await;
    al.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_partner_that_was_away_catches_up_by_itself() {
    let (mut mk, mut al) = pair().await;
    until("they know each other", async || mk.waiting().await == 0).await;
    al.stop().await;
    let mut entered = Vec::new();
    for number in 0..300 {
        entered.push(mk.enter(&name(number)).await);
    }
    let partners = mk.app().partners(&administrator()).await.unwrap();
    assert_eq!(partners[0].waiting, 300);
    // Longer than the first steps of the backoff.
    tokio::time::sleep(Duration::from_secs(3)).await;
    let attempts = partners_failures(&mk).await;
    assert!((1..=8).contains(&attempts), "{attempts} attempts in 3 s");
    al.start_again().await;
    let back = Instant::now();
    until("all are delivered", async || mk.waiting().await == 0).await;
    println!(
        "300 alerts {:?} after the partner came back",
        back.elapsed()
    );
    for alert in &entered {
        assert!(al.has(*alert).await);
    }
    let mut sent = mk
        .app()
        .deliveries_to(&administrator(), &al.authority, LedgerPart::All.newest(200))
        .await
        .unwrap();
    sent.reverse();
    assert!(sent.is_sorted_by_key(|row| row.done_at), "not in order");
    mk.stop().await;
    al.stop().await;
}

async fn partners_failures(side: &Side) -> u32 {
    let partners = side.app().partners(&administrator()).await.unwrap();
    partners[0].contact.failures
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn seven_nodes_in_one_process_find_what_each_of_them_enters() {
    let mut sides = Vec::new();
    for (authority, partner) in egnatia_testkit::SIDES {
        sides.push(Side::start(authority, partner).await);
    }
    for one in &sides {
        for other in &sides {
            if one.authority != other.authority {
                one.trust(other).await;
            }
        }
    }
    let begun = Instant::now();
    let mut entered = Vec::new();
    for (number, side) in sides.iter().enumerate() {
        entered.push(side.enter(&name(700 + number)).await);
    }
    for side in &sides {
        for alert in &entered {
            until("it is everywhere", async || side.has(*alert).await).await;
        }
    }
    println!("7 alerts at 7 nodes after {:?}", begun.elapsed());
    for side in &mut sides {
        side.stop().await;
    }
}

fn supervisor() -> Caller {
    Caller {
        login: "a.supervisor".parse().unwrap(),
        role: Role::Supervisor,
        justification: None,
    }
}

/// What is wrong with the log of a partner, as its page says.
async fn log_problem(at: &Side, of: &Side) -> Option<String> {
    let partners = at.app().partners(&administrator()).await.unwrap();
    let one = partners
        .iter()
        .find(|one| one.row.authority == of.authority);
    one.unwrap().log_alarm().and_then(|row| row.problem.clone())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_partner_that_falls_silent_is_reported_until_it_is_back() {
    let (mut mk, mut al) = pair().await;
    let met = async |one: &Side, other: &Side| {
        one.app().ask_witnesses().await.unwrap();
        until("it is countersigned", async || {
            let rows = one.app().witnesses(&supervisor()).await.unwrap();
            rows.iter()
                .any(|found| found.is_own && found.row.statement.is_some())
                && other.waiting().await + one.waiting().await == 0
        })
        .await;
    };
    met(&mk, &al).await;
    met(&al, &mk).await;
    al.stop().await;
    for hours in [10, 10] {
        mk.pass(hours);
        mk.app().ask_witnesses().await.unwrap();
        assert_eq!(log_problem(&mk, &al).await, None);
    }
    mk.pass(5);
    mk.app().ask_witnesses().await.unwrap();
    assert_eq!(log_problem(&mk, &al).await.as_deref(), Some("silent"));
    // The same after a start: it is kept.
    mk.stop().await;
    mk.start_again().await;
    assert_eq!(log_problem(&mk, &al).await.as_deref(), Some("silent"));
    // It comes back, and shows its log by itself or because it is asked to.
    al.pass(25);
    al.start_again().await;
    al.app().ask_witnesses().await.unwrap();
    until("it is over", async || log_problem(&mk, &al).await.is_none()).await;
    mk.stop().await;
    al.stop().await;
}
