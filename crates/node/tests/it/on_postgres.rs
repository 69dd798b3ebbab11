//! The main way of an alert over real connections, between nodes that keep everything in PostgreSQL.

use egnatia_alerts::{Outcome, Reason};
use egnatia_app::{Caller, CheckRequest, Role};
use egnatia_matching::{Description, Name, Schema};
use egnatia_protocol::RecallReason;
use egnatia_record::{Justification, Purpose, RecordId};
use egnatia_testkit::verifier;

use crate::cluster::new_database;
use crate::region::{Side, alert, name, until};

/// A node on a new database of a server.
async fn side(folder: &std::path::Path, authority: &str, partner: &str) -> Side {
    let file = folder.join(authority);
    std::fs::write(&file, new_database().await).unwrap();
    let store = format!("[store]\npostgres_url_file = \"{}\"", file.display());
    Side::with(authority, partner, &store).await
}

fn reason(text: &str) -> Reason {
    Reason::try_from(text.to_owned()).unwrap()
}

fn officer() -> Caller {
    Caller {
        login: "an.officer".parse().unwrap(),
        role: Role::Officer,
        justification: Some(Justification {
            purpose: Purpose::BorderCheck,
            case: "LANE 4".parse().unwrap(),
        }),
    }
}

/// The matches of a check of the person of an alert.
async fn check(side: &Side, number: usize) -> Vec<RecordId> {
    let sought = alert(&name(number)).draft.subject;
    let request = CheckRequest {
        query: Description {
            schema: Schema::Person,
            names: vec![Name::new(name(number))],
            births: sought.births,
            ..Description::default()
        },
        ..CheckRequest::default()
    };
    let answer = side.app().check(&officer(), request).await.unwrap();
    let found = answer.candidates.into_iter();
    found.map(|candidate| candidate.matched).collect()
}

async fn all_signed(side: &Side, id: RecordId) -> bool {
    let view = side.app().view_alert(&verifier(), id).await.unwrap();
    assert!(view.deliveries.iter().all(|row| row.reason.is_none()));
    view.deliveries.iter().all(|row| row.receipt.is_some())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_alert_its_receipt_its_hit_and_its_recall_go_their_way() {
    let urls = tempfile::tempdir().unwrap();
    let mut mk = side(urls.path(), "mk-mvr", "MK").await;
    let mut al = side(urls.path(), "al-asp", "AL").await;
    assert!(!mk.folder().join("egnatia.db").exists(), "it is on SQLite");
    mk.trust(&al).await;
    al.trust(&mk).await;
    let id = mk.enter(&name(1)).await;
    until("the receipt is there", async || all_signed(&mk, id).await).await;
    let found = check(&al, 1).await;
    let [matched] = found.as_slice() else {
        panic!("{found:?}");
    };
    al.app()
        .decide(
            &verifier(),
            *matched,
            Outcome::Confirmed,
            reason("same document"),
        )
        .await
        .unwrap();
    until("the hit is told", async || {
        let reports = mk.app().hit_reports(&verifier(), None, 10).await.unwrap();
        reports.items.len() == 1
    })
    .await;
    until("nothing waits", async || al.waiting().await == 0).await;

    // What waits survives that both stop.
    al.stop().await;
    let many: Vec<usize> = (2..40).collect();
    let mut entered = Vec::new();
    for number in &many {
        entered.push(mk.enter(&name(*number)).await);
    }
    mk.app()
        .withdraw_alert(&verifier(), id, reason("found"), RecallReason::Withdrawn)
        .await
        .unwrap();
    mk.stop().await;
    mk.start_again().await;
    al.start_again().await;
    until("nothing waits", async || mk.waiting().await == 0).await;
    for (number, id) in many.into_iter().zip(entered) {
        assert!(all_signed(&mk, id).await);
        assert_eq!(check(&al, number).await.len(), 1, "{number}");
    }
    assert!(check(&al, 1).await.is_empty(), "it was recalled");
    mk.stop().await;
    al.stop().await;
}
