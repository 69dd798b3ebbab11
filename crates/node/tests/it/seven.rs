//! Seven real processes on the loopback: one is killed, one is cut off, and the others do not
//! notice. Once both are back they have everything, without anybody's help.

use std::time::{Duration, Instant};

use egnatia_app::DeliveryState;
use egnatia_app::LedgerPart;
use egnatia_record::RecordId;
use egnatia_testkit::{administrator, arrangement_with};

use crate::binary::{Node, Serving};
use crate::region::{Side, free_address, name, until};

const OTHERS: [(&str, &str); 6] = [
    ("al-asp", "AL"),
    ("ba-dkpt", "BA"),
    ("eu-agency", "EU"),
    ("me-up", "ME"),
    ("rs-mup", "RS"),
    ("xk-kp", "XK"),
];
const KILLED: usize = 1;
const CUT_OFF: usize = 4;

struct Other {
    authority: &'static str,
    node: Node,
    serving: Serving,
}

/// A process of an authority that trusts `home`, and is trusted by it.
async fn other(home: &Side, (authority, partner): (&'static str, &'static str)) -> Other {
    let address = free_address();
    let node = Node::new();
    node.configure(&format!(
        "[node]\nauthority = \"{authority}\"\npartner = \"{partner}\"\n\
         [exchange]\nlisten = \"{address}\"\n"
    ));
    let card = node.done(&["partner", "card"]).out;
    let read = home
        .app()
        .read_card(&administrator(), card.trim().as_bytes())
        .unwrap();
    home.app()
        .accept_partner(
            &administrator(),
            card.trim().as_bytes(),
            &read.fingerprint.to_string(),
        )
        .await
        .unwrap();
    let agreed = arrangement_with(partner.parse().unwrap());
    home.app()
        .put_arrangement(&administrator(), None, agreed)
        .await
        .unwrap();
    let own = home.app().own_card().unwrap();
    let file = node.path("home.json");
    std::fs::write(&file, own.to_json()).unwrap();
    let file = file.to_str().unwrap();
    let fingerprint = own.fingerprint().to_string();
    node.done(&["partner", "accept", file, "--fingerprint", &fingerprint]);
    node.done(&["partner", "arrangements", "--adopt"]);
    let serving = node.serve();
    Other {
        authority,
        node,
        serving,
    }
}

/// How many of these partners have signed for an alert.
async fn signed_by(home: &Side, alert: RecordId, partners: &[&str]) -> usize {
    let view = home
        .app()
        .view_alert(&egnatia_testkit::verifier(), alert)
        .await
        .unwrap();
    view.deliveries
        .iter()
        .filter(|row| partners.contains(&row.to.as_str()) && row.receipt.is_some())
        .inspect(|row| assert_eq!(row.reason, None, "{row:?}"))
        .count()
}

/// How long it takes until all of these have an alert.
async fn time_to(home: &Side, number: usize, partners: &[&str]) -> (RecordId, Duration) {
    let begun = Instant::now();
    let alert = home.enter(&name(number)).await;
    until("all have signed", async || {
        signed_by(home, alert, partners).await == partners.len()
    })
    .await;
    (alert, begun.elapsed())
}

/// SIGSTOP and SIGCONT: the process is there, and says nothing.
fn signal(serving: &Serving, name: &str) {
    let done = std::process::Command::new("kill")
        .args([name, &serving.id().to_string()])
        .status()
        .unwrap();
    assert!(done.success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_and_a_silent_partner_do_not_keep_the_others_waiting() {
    // Serbia and North Macedonia exchange by the convention, and so do all others with Skopje.
    let home = Side::start("mk-mvr", "MK").await;
    let mut others = Vec::new();
    for side in OTHERS {
        others.push(other(&home, side).await);
    }
    let all: Vec<&str> = OTHERS.iter().map(|(authority, _)| *authority).collect();
    let mut alerts = Vec::new();
    for number in 0..3 {
        let (alert, _) = time_to(&home, number, &all).await;
        alerts.push(alert);
    }

    others[KILLED].serving.kill();
    signal(&others[CUT_OFF].serving, "-STOP");
    let reached: Vec<&str> = (0..)
        .zip(&all)
        .filter(|(index, _)| ![KILLED, CUT_OFF].contains(index))
        .map(|(_, authority)| *authority)
        .collect();
    let mut times = Vec::new();
    for number in 3..23 {
        let (alert, time) = time_to(&home, number, &reached).await;
        alerts.push(alert);
        times.push(time);
    }
    times.sort();
    println!(
        "until four have signed, while one is killed and one is silent: median {:?}, longest {:?}",
        times[times.len() / 2],
        times[times.len() - 1]
    );
    for missing in [KILLED, CUT_OFF] {
        let to = all[missing].parse().unwrap();
        let admin = administrator();
        let rows = home
            .app()
            .deliveries_to(&admin, &to, LedgerPart::All.newest(200));
        let rows = rows.await.unwrap();
        // A slow machine has asked its witnesses by now: that waits as well.
        let waiting = rows
            .iter()
            .filter(|row| row.kind == "record" && row.state == DeliveryState::Queued);
        assert_eq!(waiting.count(), 20, "for {}", all[missing]);
    }

    signal(&others[CUT_OFF].serving, "-CONT");
    let again = others[KILLED].node.serve();
    others[KILLED].serving = again;
    until("both have caught up", async || home.waiting().await == 0).await;
    for alert in alerts {
        assert_eq!(signed_by(&home, alert, &all).await, all.len());
    }
    for other in &mut others {
        other.serving.kill();
        let verified = other.node.run(&["audit", "verify"]);
        assert_eq!(verified.code, 0, "{}: {}", other.authority, verified.err);
    }
}
