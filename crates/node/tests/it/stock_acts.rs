//! What a stock inspector does at the command line: rules of counts, hand-over of command, climates,
//! plans of destruction. Whoever is at the machine signs for nobody.

use crate::binary::{Node, Ran};
use crate::stock_losses::{site, with_password};

const WHY: [&str; 4] = ["--purpose", "stockpile-security", "--case", "C-1"];

fn run(node: &Node, arguments: &[&str]) -> Ran {
    node.run(&[&["--json", "stock"][..], arguments, &WHY].concat())
}

fn done(node: &Node, arguments: &[&str]) -> serde_json::Value {
    let ran = run(node, arguments);
    assert_eq!(ran.code, 0, "{arguments:?}: {}", ran.err);
    ran.json()
}

/// Refused with this exit code, and a word of what is wrong.
fn refused(node: &Node, arguments: &[&str], (code, word): (i32, &str)) {
    let ran = run(node, arguments);
    let says = ran.code == code && ran.err.contains(word);
    assert!(says, "{arguments:?}: {} {}", ran.code, ran.err);
}

/// A rule, with what else is said of it.
fn set<'a>(more: &[&'a str]) -> Vec<&'a str> {
    let rule = [
        "rule",
        "set",
        "--name",
        "weapons each week",
        "--reason",
        "order 7/26",
    ];
    [&rule[..], more].concat()
}

fn signed(node: &Node, arguments: &[&str], (login, password): (&str, &str)) -> Ran {
    let who = ["--login", login];
    let all = [&["--json", "stock"][..], arguments, &who, &WHY].concat();
    with_password(node, &all, password)
}

#[test]
fn a_rule_of_counts_is_set_and_ended() {
    let node = Node::new();
    site(&node);
    assert_eq!(done(&node, &["rule", "list"]), serde_json::json!([]));
    let week = ["--every-days", "7"];
    refused(
        &node,
        &set(&[&week[..], &["--store", "M9"]].concat()),
        (2, "no store `M9`"),
    );
    refused(
        &node,
        &set(&[&week[..], &["--store", "M1-A"]].concat()),
        (2, "no store `M1-A`"),
    );
    refused(&node, &set(&["--every-days", "0"]), (2, "every_days"));
    let wrong = node.run(&[&["stock"][..], &set(&week), &["--category", "Q"], &WHY].concat());
    assert!(
        wrong.code == 2 && wrong.err.contains("category"),
        "{}",
        wrong.err
    );
    let more = [
        "--store",
        "m1",
        "--category",
        "A",
        "--category",
        "B",
        "--differed-within",
        "90",
    ];
    let id = done(&node, &set(&[&week[..], &more].concat()));
    let id = id["rule"].as_str().unwrap();
    let listed = done(&node, &["rule", "list"]);
    assert_eq!(listed[0]["rule"], id);
    assert_eq!(listed[0]["state"], "holds");
    assert_eq!(
        listed[0]["says"]["holding"]["categories"],
        serde_json::json!(["A", "B"])
    );
    let end = ["rule", "end", id, "--reason", "the order is withdrawn"];
    done(&node, &end);
    assert_eq!(done(&node, &["rule", "list"])[0]["state"], "ended");
    refused(&node, &end, (4, "ended"));
    let unknown = [
        "rule",
        "end",
        &"0".repeat(31),
        "--reason",
        "the order is withdrawn",
    ];
    assert_eq!(run(&node, &unknown).code, 2);
}

#[test]
fn command_is_handed_over_and_only_the_commanders_sign() {
    let node = Node::new();
    let site = site(&node);
    let ana = node.account("a.ana", "storekeeper");
    let boris = node.account("b.boris", "storekeeper");
    node.account("o.officer", "officer");
    let begin = |outgoing, incoming| {
        let who = ["--outgoing", outgoing, "--incoming", incoming];
        let begin = ["command", "begin", "--site", &site, "--order", "order 9/26"];
        run(&node, &[&begin[..], &who].concat())
    };
    for (outgoing, incoming, field) in [
        ("a.ana", "o.officer", "incoming"),
        ("a.ana", "a.ana", "incoming"),
        ("n.nobody", "a.ana", "outgoing"),
    ] {
        let ran = begin(outgoing, incoming);
        assert!(ran.code == 2 && ran.err.contains(field), "{}", ran.err);
    }
    let begun = begin("a.ana", "b.boris");
    assert_eq!(begun.code, 0, "{}", begun.err);
    let begun = begun.json();
    let id = begun["command"].as_str().unwrap();
    assert_eq!(begin("b.boris", "a.ana").code, 2, "one goes on already");
    let shown = done(&node, &["command", "show", id]);
    assert_eq!(shown["open"].as_array().unwrap().len(), 2);
    assert_eq!(shown["waits_for"], serde_json::json!(["a.ana", "b.boris"]));
    let text = node
        .done(&[&["stock", "command", "show", id][..], &WHY].concat())
        .out;
    assert!(text.contains("to be counted: Depot One / M1-A"), "{text}");

    let sign = ["command", "sign", id];
    assert_eq!(signed(&node, &sign, ("a.ana", "a wrong one")).code, 2);
    let early = signed(&node, &sign, ("a.ana", &ana));
    assert!(
        early.code == 4 && early.err.contains("count every place"),
        "{}",
        early.err
    );
    let early = signed(&node, &sign, ("b.boris", &boris));
    assert_eq!(early.code, 4, "{}", early.err);
    assert_eq!(done(&node, &["command", "list"])[0]["state"], "open");
    done(
        &node,
        &[
            "command",
            "abandon",
            id,
            "--reason",
            "the order is withdrawn",
        ],
    );
    assert_eq!(done(&node, &["command", "list"])[0]["state"], "abandoned");
    assert_eq!(signed(&node, &sign, ("a.ana", &ana)).code, 4);
}

#[test]
fn limits_are_set_and_what_was_done_is_said_by_somebody_who_signs_in() {
    let node = Node::new();
    site(&node);
    let ana = node.account("a.ana", "storekeeper");
    let shown = done(&node, &["climate", "show", "--store", "M1"]);
    assert!(shown["climate"].is_null(), "{shown}");
    let limits = ["climate", "limits", "--store", "M1"];
    refused(&node, &limits, (2, "limit"));
    let turned = ["--temperature-min", "25", "--temperature-max", "5"];
    refused(&node, &[&limits[..], &turned].concat(), (2, "limit"));
    let fine = [
        "--temperature-min",
        "-5",
        "--temperature-max",
        "25,5",
        "--humidity-max",
        "60",
    ];
    done(&node, &[&limits[..], &fine].concat());
    let settle = [
        "climate",
        "settle",
        "--store",
        "M1",
        "--done",
        "the door was shut",
    ];
    assert_eq!(
        signed(&node, &settle, ("a.ana", &ana)).code,
        4,
        "nothing is out"
    );
    let table = node.path("readings.csv");
    let write = |text: &str| std::fs::write(&table, text).unwrap();
    let file = table.display().to_string();
    let readings = |more: &[&str]| {
        let all = [&["readings", &file, "--store", "M1"][..], more].concat();
        run(&node, &all)
    };
    write("date,time,temp °F,rh %\n03/01/2026,9:00 AM,88.7,55\n03/01/2026,9:15 AM,,\n");
    let unclear = readings(&[]);
    assert!(
        unclear.code == 2 && unclear.err.contains("say which"),
        "{}",
        unclear.err
    );
    let month = ["--dates", "month-first"];
    let tried = readings(&[&month[..], &["--dry-run"]].concat()).json();
    assert_eq!(tried["kept"], false, "{tried}");
    assert_eq!(tried["fahrenheit"], true, "{tried}");
    assert_eq!(
        (&tried["out"], &tried["passed_over"]),
        (&1.into(), &1.into())
    );
    assert_eq!(tried["first_at"], "2026-03-01T09:00:00Z");
    let kept = readings(&month).json();
    assert_eq!((&kept["readings"], &kept["out"]), (&1.into(), &1.into()));
    let again = readings(&month);
    assert!(
        again.code == 2 && again.err.contains("before"),
        "{}",
        again.err
    );
    write("time;temperature\n1.3.2026 9:00;21\nyesterday;20\n1.3.2026 9:30;hot\n");
    let wrong = readings(&[]);
    assert_eq!(wrong.code, 2);
    let lines: Vec<u64> = wrong.json()["wrong"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["line"].as_u64().unwrap())
        .collect();
    assert_eq!(lines, [3, 4], "and nothing is kept");
    let shown = done(&node, &["climate", "show", "--store", "M1"]);
    assert_eq!(shown["readings"][0]["temperature"], "31.5");
    let settled = signed(&node, &settle, ("a.ana", &ana));
    assert_eq!(settled.code, 0, "{}", settled.err);
    let shown = done(&node, &["climate", "show", "--store", "M1"]);
    assert_eq!(shown["climate"]["settled"]["by"], "a.ana");
}

#[test]
fn surplus_is_planned_destroyed_in_parts_and_given_up() {
    let node = Node::new();
    let site = site(&node);
    let ledger = node.path("ledger.csv");
    let rows = "place,nomenclature,serial,lot,quantity\nM1-A,flare 26 mm,,L-7,100\n\
                M1-A,M70 AB2,1234,,1\n";
    std::fs::write(&ledger, rows).unwrap();
    let file = ledger.display().to_string();
    done(
        &node,
        &[
            "import",
            &file,
            "--site",
            &site,
            "--reference",
            "ledger 2025",
        ],
    );
    let plan = |due: &str, lines: &[&str]| {
        let mut all = vec![
            "disposal",
            "plan",
            "--name",
            "surplus 2026",
            "--reason",
            "worn out",
        ];
        all.extend(["--method", "molten at the foundry"]);
        let due = due.to_owned();
        let mut all: Vec<String> = all.into_iter().map(str::to_owned).collect();
        all.extend(["--due-on".to_owned(), due]);
        for line in lines {
            all.extend(["--line".to_owned(), (*line).to_owned()]);
        }
        all
    };
    let try_plan = |due: &str, lines: &[&str]| {
        let all = plan(due, lines);
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        run(&node, &all)
    };
    for (due, line, word) in [
        ("2099-12-31", "L-8,M1-A,1", "L-8"),
        ("2099-12-31", "L-7,M9,1", "no place `M9`"),
        ("2099-12-31", "L-7,M1-A,101", "does not hold so many"),
        ("2099-12-31", "L-7,M1-A", "how many"),
        ("2001-12-31", "L-7,M1-A,1", "due_on"),
    ] {
        let ran = try_plan(due, &[line]);
        assert!(
            ran.code == 2 && ran.err.contains(word),
            "{line}: {}",
            ran.err
        );
    }
    let kept = try_plan("2099-12-31", &["l-7,m1-a,60", "1234,M1-A,1"]);
    assert_eq!(kept.code, 0, "{}", kept.err);
    let kept = kept.json();
    let id = kept["disposal"].as_str().unwrap();
    let destroy = |numbers: &str| {
        let act = ["disposal", "destroy", id, "--quantities", numbers];
        run(&node, &act)
    };
    assert_eq!(destroy("61,0").code, 2, "more than is planned");
    assert_eq!(destroy("1").code, 2, "a number for each line");
    let entered = destroy("50,1");
    assert_eq!(entered.code, 0, "{}", entered.err);
    let movement = entered.json()["movement"].clone();
    assert_eq!(done(&node, &["waiting"])[0]["movement"]["id"], movement);
    let shown = done(&node, &["disposal", "show", id]);
    assert_eq!(shown["lines"][0]["waiting"], 50);
    assert_eq!(shown["lines"][0]["left"], 10);
    assert_eq!(shown["movements"][0]["second"], serde_json::Value::Null);
    let text = node
        .done(&[&["stock", "disposal", "show", id][..], &WHY].concat())
        .out;
    assert!(
        text.contains("60 planned, 0 destroyed, 50 wait, 10 left"),
        "{text}"
    );
    refused(
        &node,
        &["disposal", "abandon", id, "--reason", "too dear"],
        (4, "waits for its signature"),
    );
}

#[test]
fn what_is_moved_at_the_command_line_waits_for_somebody_who_signs() {
    let node = Node::new();
    let site = site(&node);
    let ana = node.account("a.ana", "storekeeper");
    node.account("o.officer", "officer");
    let path = node.path("ledger.csv");
    let rows = "place,nomenclature,serial,lot,quantity\nM1-A,flare 26 mm,,L-7,100\n";
    std::fs::write(&path, rows).unwrap();
    let file = path.display().to_string();
    done(
        &node,
        &[
            "import",
            &file,
            "--site",
            &site,
            "--reference",
            "protocol 3",
        ],
    );
    let enter = |kind, line, more: &[&'static str]| {
        let what = [
            "movement",
            "enter",
            "--kind",
            kind,
            "--line",
            line,
            "--reference",
            "order 4/26",
        ];
        run(&node, &[&what[..], more].concat())
    };
    for (kind, line, (code, word)) in [
        ("gift", "L-7,M1-A,outside,1", (2, "a kind of movement")),
        ("issue", "L-7,M1-A,1", (2, "from where, to where")),
        (
            "issue",
            "L-8,M1-A,outside,1",
            (2, "nothing with this number"),
        ),
        (
            "issue",
            "L-7,M9,outside,1",
            (2, "no place and no holder `M9`"),
        ),
        ("loss", "L-7,M1-A,lost,1", (2, "follows from a case")),
        (
            "expenditure",
            "L-7,M1-A,expended,101",
            (4, "101 are asked for"),
        ),
    ] {
        let ran = enter(kind, line, &[]);
        assert!(
            ran.code == code && ran.err.contains(word),
            "{kind} {line}: {} {}",
            ran.code,
            ran.err
        );
    }
    let names = done(&node, &["movement", "accounts"]);
    let kinds: Vec<_> = names
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["kind"].clone())
        .collect();
    assert!(
        kinds.contains(&"outside".into()) && kinds.contains(&"place".into()),
        "{names}"
    );

    let id = "1".repeat(32);
    let again: &'static [&'static str] = &["--id", "11111111111111111111111111111111"];
    for _ in 0..2 {
        let entered = enter("destruction", "L-7,m1-a,destroyed,40", again);
        assert_eq!(entered.code, 0, "{}", entered.err);
        assert_eq!(entered.json()["state"], "waiting");
    }
    assert_eq!(done(&node, &["waiting"]).as_array().unwrap().len(), 1);
    let shown = node.run(&[&["stock", "movement", "show", &id][..], &WHY].concat());
    assert!(
        shown.out.contains("40 of") && shown.out.contains("Depot One / M1-A -> destroyed"),
        "{}",
        shown.out
    );
    let sign = ["movement", "sign", &*id];
    assert_eq!(signed(&node, &sign, ("o.officer", "wrong")).code, 2);
    let posted = signed(&node, &sign, ("a.ana", &ana));
    assert_eq!(posted.code, 0, "{}", posted.err);
    assert_eq!(posted.json()["state"], "posted");
    assert_eq!(
        signed(&node, &sign, ("a.ana", &ana)).code,
        4,
        "it waits no more"
    );

    let wrong = enter("destruction", "L-7,M1-A,destroyed,60", &[]).json();
    let other = wrong["movement"]["id"].as_str().unwrap().to_owned();
    let void = ["movement", "void", &*other, "--reason", "the wrong lot"];
    // Whoever is at the machine turns out to be somebody who has an account: one person.
    let user = wrong["movement"]["by"].as_str().unwrap();
    node.done(&["user", "bind", "a.ana", user.strip_prefix("os:").unwrap()]);
    let alone = signed(&node, &["movement", "sign", &*other], ("a.ana", &ana));
    let says = alone.err.contains("a second, different person");
    assert!(alone.code == 4 && says, "{} {}", alone.code, alone.err);
    let gone = signed(&node, &void, ("a.ana", &ana));
    assert_eq!(gone.json()["state"], "voided", "{}", gone.err);
    assert!(done(&node, &["waiting"]).as_array().unwrap().is_empty());
    let listed = done(&node, &["list"]).to_string();
    assert!(listed.contains("60") && !listed.contains("100"), "{listed}");
}
