//! Questions, hits and witnesses at the command line, beside nodes that serve: what the commands do,
//! what they refuse, and what a node that lies over the real wire leads to.

use std::process::{Command, Stdio};

use egnatia_alerts::Outcome;
use egnatia_app::CheckRequest;
use egnatia_audit::{Frontier, Hash, Signer};
use egnatia_matching::{Description, Name, Schema};
use egnatia_protocol::{Checkpoint, Item, NoteText, SigningKey, Statement};
use egnatia_record::RecordId;
use egnatia_testkit::verifier;
use serde_json::Value;
use sqlx::{Connection, SqliteConnection};

use crate::binary::Ran;
use crate::peer::{Peer, keys_of, receipts, seal};
use crate::region::{Side, alert, name, pair, until};

const WHY: [&str; 4] = ["--purpose", "terrorism", "--case", "KTN-14"];

fn run(side: &Side, arguments: &[&str]) -> Ran {
    let output = Command::new(env!("CARGO_BIN_EXE_egnatia"))
        .env_remove("EGNATIA_CONFIG")
        .env("EGNATIA_DATA", side.folder())
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    Ran {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

fn with_why(side: &Side, arguments: &[&str]) -> Ran {
    run(side, &[&["--json"], arguments, &WHY].concat())
}

fn done(side: &Side, arguments: &[&str]) -> Value {
    let ran = with_why(side, arguments);
    assert_eq!(ran.code, 0, "{arguments:?}: {}", ran.err);
    ran.json()
}

fn refused(side: &Side, arguments: &[&str], with: (i32, &str)) -> String {
    let ran = with_why(side, arguments);
    assert_eq!(ran.code, with.0, "{arguments:?}: {} {}", ran.out, ran.err);
    assert!(ran.err.contains(with.1), "{arguments:?}: {}", ran.err);
    ran.err
}

/// A question once it is there, with the way that it goes.
async fn question(side: &Side, direction: &str) -> (String, Value) {
    let mut found = None;
    until("the question is there", async || {
        let all = done(side, &["question", "list"]);
        let one = all.as_array().unwrap().iter().find(|one| {
            one["inquiry"]["direction"] == direction && one["inquiry"]["state"] == "open"
        });
        found = one.cloned();
        found.is_some()
    })
    .await;
    let found = found.unwrap();
    (
        found["id"].as_str().unwrap().to_owned(),
        found["inquiry"].clone(),
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn questions_are_asked_listed_and_answered() {
    let (mk, al) = pair().await;
    let alert = mk.enter(&name(1)).await;
    until("it is there", async || al.has(alert).await).await;
    let id = alert.to_string();
    assert_eq!(done(&al, &["question", "list"]), serde_json::json!([]));
    let ask = |matter| {
        [
            "question",
            "ask",
            &id,
            "--matter",
            matter,
            "--text",
            "please tell us more",
        ]
        .map(str::to_owned)
    };
    let asked = ask("supplementary-information");
    let asked: Vec<&str> = asked.iter().map(String::as_str).collect();
    let own = done(&al, &asked)["question"].as_str().unwrap().to_owned();
    let (at_home, inquiry) = question(&mk, "received").await;
    assert_eq!(inquiry["about"], id);
    assert_eq!(inquiry["with"], "al-asp");
    assert_eq!(inquiry["text"], "please tell us more");
    // For people it says what is due, and by when.
    let listed = run(&mk, &[&["question", "list"], &WHY[..]].concat());
    assert!(
        listed.out.contains("due ") && listed.out.contains("to answer"),
        "{}",
        listed.out
    );

    // What does not go together is named.
    refused(
        &mk,
        &[
            "question",
            "answer",
            &at_home,
            "--decision",
            "refused",
            "--text",
            "we may not",
        ],
        (2, "--ground"),
    );
    refused(
        &mk,
        &[
            "question",
            "answer",
            &at_home,
            "--ground",
            "not-available",
            "--text",
            "we may not",
        ],
        (2, "--ground goes with --decision refused"),
    );
    refused(
        &al,
        &[
            "question", "ask", &id, "--matter", "gossip", "--text", "well?",
        ],
        (2, "expected one of supplementary-information"),
    );
    refused(
        &al,
        &[
            "question",
            "ask",
            &id,
            "--matter",
            "onward-transfer",
            "--text",
            "they need it",
        ],
        (2, "--to"),
    );
    refused(
        &al,
        &[
            "question",
            "ask",
            &id,
            "--matter",
            "flag",
            "--to",
            "mk-mvr",
            "--text",
            "they need it",
        ],
        (2, "--to goes with --matter onward-transfer only"),
    );
    refused(
        &al,
        &["question", "answer", &own, "--text", "we ask and answer"],
        (4, "conflict"),
    );
    refused(
        &mk,
        &[
            "question",
            "ask",
            &id,
            "--matter",
            "flag",
            "--text",
            "our own alert",
        ],
        (2, "your own"),
    );
    let nothing = RecordId::from_bytes([9; 16]).to_string();
    refused(&mk, &["question", "show", &nothing], (2, "not-found"));
    let no_reason = run(&mk, &["--json", "question", "list"]);
    assert_eq!(no_reason.code, 3, "{}", no_reason.err);

    let answered = done(
        &mk,
        &[
            "question",
            "answer",
            &at_home,
            "--text",
            "he limps on the left",
        ],
    );
    assert_eq!(answered["answered"], at_home);
    until("the answer is there", async || {
        done(&al, &["question", "show", &own])["inquiry"]["state"]["answered"]["text"]
            == "he limps on the left"
    })
    .await;
    refused(
        &mk,
        &["question", "answer", &at_home, "--text", "once more"],
        (4, "answered already"),
    );
    let shown = run(&al, &[&["question", "show", &own], &WHY[..]].concat());
    assert!(shown.out.contains("he limps on the left"), "{}", shown.out);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whether_an_alert_may_go_on_is_asked_and_it_leaves_once_it_is_permitted() {
    let (mk, al) = pair().await;
    let rs = Side::start("rs-mup", "RS").await;
    al.trust(&rs).await;
    rs.trust(&al).await;
    rs.trust(&mk).await;
    let alert = mk.enter(&name(2)).await;
    until("it is there", async || al.has(alert).await).await;
    let id = alert.to_string();
    let ask = [
        "question",
        "ask",
        &id,
        "--matter",
        "onward-transfer",
        "--to",
        "rs-mup",
        "--text",
        "they search for him",
    ];
    assert_eq!(done(&al, &ask)["state"], "asked");
    assert_eq!(done(&al, &ask)["state"], "waits");
    let (at_home, inquiry) = question(&mk, "received").await;
    assert_eq!(inquiry["recipient"], "rs-mup");
    assert!(!rs.has(alert).await);
    done(
        &mk,
        &[
            "question",
            "answer",
            &at_home,
            "--decision",
            "granted",
            "--text",
            "they may",
        ],
    );
    until("it is passed on", async || rs.has(alert).await).await;
    assert_eq!(done(&al, &ask)["state"], "sent");
}

/// Confirms at one node what agrees with an alert of the other one.
async fn confirm(at: &Side, name: &str) -> RecordId {
    let request = CheckRequest {
        query: Description {
            schema: Schema::Person,
            names: vec![Name::new(name)],
            births: alert(name).draft.subject.births,
            ..Description::default()
        },
        ..CheckRequest::default()
    };
    let answer = at.app().check(&verifier(), request).await.unwrap();
    let matched = answer.candidates[0].matched;
    let why = "the same papers".to_owned().try_into().unwrap();
    let officer = verifier();
    let decided = at.app().decide(&officer, matched, Outcome::Confirmed, why);
    decided.await.unwrap().hit.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hit_is_reported_with_supplementary_information_and_followed_up() {
    let (mk, al) = pair().await;
    let alert = mk.enter(&name(3)).await;
    until("it is there", async || al.has(alert).await).await;
    let hit = confirm(&al, &name(3)).await.to_string();
    let listed = done(&al, &["hit", "list"]);
    assert_eq!(
        (&listed[0]["hit"], &listed[0]["done"]),
        (&hit.clone().into(), &false.into())
    );
    let shown = run(&al, &[&["hit", "show", &hit], &WHY[..]].concat());
    assert!(shown.out.contains("to be followed up by"), "{}", shown.out);
    refused(
        &al,
        &[
            "hit",
            "report",
            &hit,
            "--text",
            "handed over",
            "--field",
            "colour=red",
        ],
        (2, "expected one of located"),
    );
    refused(
        &al,
        &[
            "hit",
            "report",
            &hit,
            "--text",
            "handed over",
            "--field",
            "located",
        ],
        (2, "FIELD=TEXT"),
    );
    let report = [
        "hit",
        "report",
        &hit,
        "--text",
        "handed over to the court",
        "--field",
        "located=at the border post Qafë Thanë",
        "--field",
        "companions=alone",
    ];
    assert_eq!(done(&al, &report)["closed"], hit);
    refused(&al, &report, (4, "conflict"));
    let mut reported = Value::Null;
    until("the issuer has the supplementary information", async || {
        reported = done(&mk, &["hit", "list", "--reported"])[0].clone();
        reported["hit_report"]["report"]["located"] == "at the border post Qafë Thanë"
    })
    .await;
    assert_eq!(reported["hit_report"]["from"], "al-asp");
    let id = reported["id"].as_str().unwrap();
    let shown = run(
        &mk,
        &[&["hit", "show", id, "--reported"], &WHY[..]].concat(),
    );
    assert!(shown.out.contains("companions: alone"), "{}", shown.out);
    done(
        &mk,
        &["hit", "follow-up", id, "--text", "extradition is asked for"],
    );
    refused(
        &mk,
        &["hit", "follow-up", id, "--text", "once more"],
        (4, "followed it up already"),
    );
    let now = done(&mk, &["hit", "list", "--reported"]);
    let report = &now[0]["hit_report"]["followed_up"]["report"];
    assert_eq!(report, "extradition is asked for");
    // A match is confirmed on its page: there is no command for it, and the role may not either.
    assert_eq!(with_why(&al, &["hit", "confirm", &hit]).code, 2);
}

/// A checkpoint of a history that nobody has written.
fn invented(of: &Side, size: u64, kind: u8) -> String {
    let origin = egnatia_app::log_origin(&of.authority);
    let signer = Signer::new(&origin, &[3; 32]).unwrap();
    let mut frontier = Frontier::default();
    for number in 0..size {
        frontier.append(Hash::of(&[kind, u8::try_from(number % 251).unwrap()]));
    }
    let checkpoint = egnatia_audit::Checkpoint {
        origin,
        size,
        root: frontier.root(),
    };
    signer.sign(&checkpoint)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_that_is_shortened_or_never_proved_is_an_alarm_at_the_command_line() {
    let (mk, al) = pair().await;
    let keys = keys_of(&al);
    let identity = keys.identity().unwrap();
    let to = mk.app().own_card().unwrap();
    let mut peer = Peer::connect(mk.address, &keys.certificates()[0])
        .await
        .unwrap();
    let mut present = async |size: u64, kind: u8| {
        let statement = Statement::Checkpoint(Checkpoint {
            note: NoteText::new(invented(&al, size, kind)).unwrap(),
            old_size: 0,
            proof: Vec::new(),
        });
        let signing: Vec<&SigningKey> = identity.signing.iter().collect();
        let item = Item {
            number: 1,
            statement: statement.sign(&signing).unwrap(),
        };
        let answer = peer.post(seal(&identity, to.card(), vec![item])).await;
        assert_eq!(answer.status, 200);
        receipts(&identity, to.card(), &answer.body).remove(0)
    };
    let none = run(&mk, &["--json", "audit", "witnesses"]);
    assert_eq!(
        (none.code, &none.json()["alarm"]),
        (0, &false.into()),
        "{}",
        none.err
    );
    present(40, 1).await;
    present(90, 2).await;
    let waits = run(&mk, &["--json", "audit", "witnesses"]);
    assert_eq!(waits.code, 0, "{}", waits.out);
    let rows = waits.json()["witnesses"].clone();
    let unproved = rows
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["size"] == 90);
    assert_eq!(unproved.unwrap()["problem"], "unproved");
    let receipt = present(12, 1).await;
    assert!(matches!(receipt, Statement::Receipt(_)), "{receipt:?}");
    let alarm = run(&mk, &["--json", "audit", "witnesses"]);
    assert_eq!(alarm.code, 1, "{}", alarm.out);
    let first = &alarm.json()["witnesses"][0];
    assert_eq!(
        (&first["log"], &first["problem"], &first["alarm"]),
        (&"al-asp".into(), &"shortened".into(), &true.into())
    );
    let people = run(&mk, &["audit", "witnesses"]);
    assert!(people.out.starts_with("ALARM al-asp"), "{}", people.out);
    let partners = run(&mk, &["partner", "list"]);
    assert!(
        partners.out.contains("ALARM: its log is shortened"),
        "{}",
        partners.out
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_alert_that_the_database_does_not_take_does_not_hold_up_the_next_ones() {
    let (mk, mut al) = pair().await;
    let first = mk.enter(&name(4)).await;
    until("it is there", async || al.has(first).await).await;
    // Whatever it is that a real database would not take.
    let url = format!("sqlite://{}", al.folder().join("egnatia.db").display());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    al.stop().await;
    let poison = mk.enter(&name(5)).await;
    let hex = poison.to_string();
    let refuse = format!(
        "CREATE TRIGGER poison BEFORE INSERT ON records WHEN lower(hex(NEW.id)) = '{hex}' \
         BEGIN SELECT RAISE(ABORT, 'no such value'); END"
    );
    sqlx::query(sqlx::AssertSqlSafe(refuse))
        .execute(&mut connection)
        .await
        .unwrap();
    let officer = verifier();
    let why = "still wanted".to_owned().try_into().unwrap();
    let changed = mk.app().extend_alert(&officer, first, why);
    changed.await.unwrap();
    al.start_again().await;
    let next = mk.enter(&name(6)).await;
    until("the next one is there", async || al.has(next).await).await;
    until("the poison is refused by name", async || {
        let shown = done(&mk, &["alert", "show", &hex]);
        let all = shown["deliveries"].as_array().unwrap();
        all.iter().any(|row| row["reason"] == "cannot-be-stored")
    })
    .await;
    assert_eq!(mk.waiting().await, 0);
    connection.close().await.unwrap();
}
