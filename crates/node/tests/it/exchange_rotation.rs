//! Keys are rotated by a command while both nodes serve, and nothing stands still.

use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use egnatia_testkit::{administrator, verifier};
use serde_json::Value;

use crate::region::{Side, name, pair, until};

fn rotate(side: &Side, arguments: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_egnatia"))
        .env_remove("EGNATIA_CONFIG")
        .env("EGNATIA_DATA", side.folder())
        .args(["--json", "partner", "rotate-keys"])
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    serde_json::from_slice(&output.stdout).unwrap()
}

async fn serial_at(side: &Side, of: &Side) -> u64 {
    let partners = side.app().partners(&administrator()).await.unwrap();
    let partner = partners
        .iter()
        .find(|one| one.row.authority == of.authority);
    partner.unwrap().card.serial
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rotation_while_both_serve_keeps_delivering() {
    let (mut mk, mut al) = pair().await;
    let alert = mk.enter(&name(0)).await;
    until("the first is there", async || al.has(alert).await).await;
    let rotated = AtomicBool::new(false);
    let rotating = async {
        for (arguments, serial) in [
            (&[][..], 2),
            (&["--overlap-days", "7"], 3),
            (&["--revoke"], 4),
        ] {
            let told = rotate(&mk, arguments);
            assert_eq!(told["serial"], serial);
            until("the node has its new keys", async || {
                mk.app().own_card().unwrap().card().serial == serial
            })
            .await;
            until("the partner has the new card", async || {
                serial_at(&al, &mk).await == serial
            })
            .await;
        }
        rotated.store(true, Ordering::Relaxed);
    };
    let entering = async {
        let mut entered = Vec::new();
        let mut number = 1;
        while !rotated.load(Ordering::Relaxed) || number < 20 {
            entered.push((mk.enter(&name(2 * number)).await, true));
            entered.push((al.enter(&name(2 * number + 1)).await, false));
            number += 1;
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        entered
    };
    let ((), entered) = tokio::join!(rotating, entering);
    until("everything is delivered", async || {
        mk.waiting().await + al.waiting().await == 0
    })
    .await;
    for (alert, of_mk) in entered {
        let (from, to) = if of_mk { (&mk, &al) } else { (&al, &mk) };
        if !to.has(alert).await {
            let view = from.app().view_alert(&verifier(), alert).await.unwrap();
            panic!("it is not there: {:?}", view.deliveries);
        }
    }
    // And after a new start, when no connection stands any more.
    mk.stop().await;
    al.stop().await;
    al.start_again().await;
    mk.start_again().await;
    let (one, other) = (mk.enter(&name(9_001)).await, al.enter(&name(9_002)).await);
    until("both directions work", async || {
        al.has(one).await && mk.has(other).await
    })
    .await;
}
