//! `egnatia firearm` and `egnatia check --serial` on the real binary.

use crate::binary::{Node, Ran};

const WHY: [&str; 4] = ["--purpose", "firearms-trafficking", "--case", "FFP-1"];

fn run(node: &Node, arguments: &[&str]) -> Ran {
    let mut all = vec!["--json"];
    all.extend(arguments);
    all.extend(WHY);
    node.run(&all)
}

const WEAPON: [&str; 10] = [
    "--serial",
    "M70B-45123",
    "--make",
    "Crvena Zastava",
    "--model",
    "M70AB2",
    "--calibre",
    "7,62×39",
    "--kind",
    "assault-rifle",
];

fn register(node: &Node, more: &[&str]) -> Ran {
    let mut arguments = vec!["firearm", "register"];
    arguments.extend(WEAPON);
    arguments.extend(more);
    run(node, &arguments)
}

#[test]
fn a_weapon_is_registered_once_listed_and_found_by_half_its_number() {
    let node = Node::new();
    let dry = register(&node, &["--dry-run"]);
    assert_eq!(dry.code, 0, "{}", dry.err);
    assert!(dry.json()["registered"].is_null());
    let done = register(&node, &[]);
    assert_eq!(done.code, 0, "{}", done.err);
    let id = done.json()["registered"].as_str().unwrap().to_owned();
    let again = register(&node, &[]);
    assert_eq!(again.code, 3, "{}", again.out);
    assert_eq!(again.json()["like"][0]["record"], id.as_str());

    let list = run(&node, &["firearm", "list", "m70b"]);
    assert_eq!(list.json()[0]["firearm"], id.as_str(), "{}", list.out);
    let show = run(&node, &["firearm", "show", &id]);
    assert_eq!(show.json()["custody"], "nowhere", "{}", show.out);

    let check = |serial: &str, make: &str| {
        let asked = [
            "check",
            "--serial",
            serial,
            "--make",
            make,
            "--calibre",
            "7.62x39 M43",
        ];
        let ran = run(&node, &asked);
        assert_eq!(ran.code, 0, "{}", ran.err);
        ran.json()["candidates"].as_array().unwrap().clone()
    };
    let found = check("M70?4512*", "Zastava");
    assert_eq!(found[0]["list"], "firearms", "{found:?}");
    assert_eq!(found[0]["band"], "match", "{found:?}");
    assert!(check("M70-99999", "Zastava").is_empty());
    let open = run(&node, &["check", "--serial", "*1*"]);
    assert_eq!(open.code, 2, "{}", open.err);
    let unsure = run(
        &node,
        &[
            "check",
            "--serial",
            "M70B45128",
            "--sure",
            "9=10",
            "--make",
            "Zastava",
        ],
    );
    assert_eq!(
        unsure.json()["candidates"][0]["list"],
        "firearms",
        "{}",
        unsure.out
    );
}

#[test]
fn nothing_is_told_without_purpose_and_case() {
    let node = Node::new();
    let ran = node.run(&["--json", "firearm", "list"]);
    assert_eq!(ran.code, 3, "{}", ran.out);
    let wrong = node.run(&[
        "firearm",
        "register",
        "--make",
        "X",
        "--calibre",
        "9",
        "--kind",
        "gun",
    ]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.err.contains("pistol"), "{}", wrong.err);
}

#[test]
fn a_return_is_counted_and_not_frozen_before_its_period_is_over() {
    let node = Node::new();
    let counted = run(&node, &["firearm", "return", "unodc-iafq", "2020"]);
    assert_eq!(counted.code, 0, "{}", counted.err);
    assert_eq!(counted.json()["incidents"], 0);
    let frozen = run(
        &node,
        &["firearm", "return", "unodc-iafq", "2020", "--freeze"],
    );
    assert_eq!(frozen.json()["body"]["sha256"].as_str().unwrap().len(), 64);
    let twice = run(
        &node,
        &["firearm", "return", "unodc-iafq", "2020", "--freeze"],
    );
    assert_eq!(twice.code, 4, "{}", twice.err);
    let early = run(
        &node,
        &["firearm", "return", "unodc-iafq", "2199", "--freeze"],
    );
    assert_eq!(early.code, 2, "{}", early.err);
    let none = run(&node, &["firearm", "clusters"]);
    assert_eq!(none.json(), serde_json::json!([]));
}

const REGISTER: &str = "Serijski broj;Vrsta oružja;Proizvođač;Model;Kalibar;Evidencijski broj;Vlasnik;Drugo oružje\n\
M70-45123;automatska puška;Crvena Zastava;M70;7,62×39;R 1;H-1;\n\
CZ 9001;pištolj;Zastava;CZ 99;9×19;R 2;H-2;\n\
0042;pištolj;Застава;M57;7,62×25;R 3;;\n";

fn write(node: &Node, name: &str, text: &str) -> String {
    let path = node.path(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn a_register_is_tried_imported_once_and_found() {
    let node = Node::new();
    let file = write(&node, "register.csv", REGISTER);
    let dry = run(&node, &["firearm", "import", &file, "--dry-run"]);
    assert_eq!(dry.code, 0, "{}", dry.err);
    assert_eq!(
        (&dry.json()["registered"], &dry.json()["dry_run"]),
        (&3.into(), &true.into())
    );
    assert_eq!(dry.json()["columns"][0]["field"], "serial");
    let listed = |text: &str| run(&node, &["firearm", "list", text]).json();
    assert!(listed("").as_array().unwrap().is_empty());
    let done = run(&node, &["firearm", "import", &file]);
    assert_eq!(
        (done.code, &done.json()["registered"]),
        (0, &3.into()),
        "{}",
        done.err
    );
    assert_eq!(listed("m70-45123")[0]["custody"], "held");
    assert_eq!(listed("0042")[0]["custody"], "nowhere");
    let again = run(&node, &["firearm", "import", &file]).json();
    assert_eq!(
        (&again["already"], &again["registered"]),
        (&3.into(), &0.into())
    );
    assert_eq!(listed("").as_array().unwrap().len(), 3);
    let found = run(
        &node,
        &[
            "check",
            "--serial",
            "CZ9001",
            "--make",
            "Zastava",
            "--calibre",
            "9x19",
        ],
    );
    assert_eq!(
        found.json()["candidates"][0]["band"],
        "match",
        "{}",
        found.out
    );
}

#[test]
fn errors_and_weapons_that_agree_are_shown_with_their_rows_and_nothing_is_registered() {
    let node = Node::new();
    let file = write(&node, "register.csv", REGISTER);
    assert_eq!(run(&node, &["firearm", "import", &file]).code, 0);
    let wrong = "Serijski broj;Vrsta oružja;Proizvođač;Model;Kalibar;Evidencijski broj;Drugo oružje\n\
        M70 45123;automatska puška;Zastava;M70;7.62x39;R 4;\n\
        N-1;praćka;Zastava;;9x19;R 5;\n";
    let file = write(&node, "wrong.csv", wrong);
    let mut arguments = vec!["firearm", "import", &file];
    arguments.extend(WHY);
    let people = node.run(&arguments);
    assert_eq!(people.code, 2, "{}", people.err);
    for said in [
        "Zastava M70, M70 45123",
        "Crvena Zastava M70, M70-45123  (firearms)",
        "row 2, column 7 `Drugo oružje`, different: it agrees with",
        "row 3, column 2 `Vrsta oružja`, kind: this is no kind of weapon",
        "2 errors: nothing was registered.",
    ] {
        assert!(people.out.contains(said), "{said}: {}", people.out);
    }
    let right = wrong.replace("praćka", "pistol").replace("R 4;", "R 4;da");
    let file = write(&node, "right.csv", &right);
    let done = run(&node, &["firearm", "import", &file]);
    assert_eq!(
        (done.code, &done.json()["registered"]),
        (0, &2.into()),
        "{}",
        done.out
    );
    let told = write(&node, "told.csv", REGISTER.replace("R 1", "R 9").as_str());
    let why = [
        "firearm",
        "import",
        &told,
        "--like-are-different",
        "another register",
    ];
    let told = run(&node, &why);
    // Two of them are in somebody's hands already, and nothing tells them apart.
    assert_eq!(
        (told.code, &told.json()["error_count"]),
        (2, &2.into()),
        "{}",
        told.out
    );
    assert_eq!(told.json()["errors"][0]["field"], "distinguished-by");
}

#[test]
fn a_file_that_is_no_register_is_refused_with_what_to_do() {
    let node = Node::new();
    let file = write(&node, "other.csv", "Ime;Prezime\nAna;Primer\n");
    for (arguments, code, said) in [
        (&["firearm", "import", &file][..], 2, "--columns serial=1"),
        (
            &["firearm", "import", &file, "--columns", "nr=1"],
            2,
            "serial",
        ),
        (
            &["firearm", "import", "/nonexistent.csv"],
            2,
            "cannot import",
        ),
        (
            &["firearm", "import", &file, "--kind", "sling"],
            2,
            "pistol",
        ),
    ] {
        let ran = run(&node, arguments);
        assert_eq!(ran.code, code, "{arguments:?}: {}", ran.err);
        assert!(ran.err.contains(said), "{arguments:?}: {}", ran.err);
    }
    let ran = node.run(&["--json", "firearm", "import", &file]);
    assert_eq!(ran.code, 3, "{}", ran.err);
}

#[test]
fn an_import_that_was_killed_half_way_goes_on_where_it_ended() {
    const ROWS: u64 = 20_010;
    let node = Node::new();
    let mut text = String::from("Serial,Kind,Make,Model,Calibre\n");
    for number in 0..ROWS {
        text.push_str(&format!("KL{number:06},pistol,Glock,17,9x19\n"));
    }
    let file = write(&node, "large.csv", &text);
    let mut command = node.command();
    command.args(["firearm", "import", &file]).args(WHY);
    let mut child = command
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    // As soon as the first part is there, the process is killed: perhaps in the middle of the second.
    let part_is_in = || {
        let listed = run(&node, &["firearm", "list", "--limit", "1"]);
        listed.code == 0 && !listed.json().as_array().unwrap().is_empty()
    };
    let ended = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break Some(status);
        }
        if part_is_in() {
            child.kill().unwrap();
            child.wait().unwrap();
            break None;
        }
    };
    assert!(ended.is_none_or(|status| status.success()), "{ended:?}");
    let again = run(&node, &["firearm", "import", &file]);
    let report = again.json();
    let [already, registered] = ["already", "registered"].map(|key| report[key].as_u64().unwrap());
    assert!(already >= 10_000, "{report}");
    assert_eq!(already + registered, ROWS, "{report}");
    let third = run(&node, &["firearm", "import", &file]).json();
    assert_eq!(
        (&third["already"], &third["registered"]),
        (&ROWS.into(), &0.into())
    );
}

#[test]
fn a_label_is_written_for_a_label_printer_and_never_over_a_file() {
    let node = Node::new();
    let id = register(&node, &[]).json()["registered"]
        .as_str()
        .unwrap()
        .to_owned();
    let out = node.path("label.svg");
    let path = out.to_str().unwrap();
    let made = run(&node, &["firearm", "label", &id, "--out", path]);
    assert_eq!(made.code, 0, "{}", made.err);
    let drawing = std::fs::read_to_string(&out).unwrap();
    assert!(drawing.starts_with("<svg ") && drawing.contains(">M70B-45123</text>"));
    let code = made.json()["code"].as_str().unwrap().to_owned();
    assert!(
        code.starts_with("EGN1;M70B-45123;") && code.ends_with(&id),
        "{code}"
    );
    let again = run(&node, &["firearm", "label", &id, "--out", path]);
    assert_eq!(again.code, 2, "{}", again.err);
    assert_eq!(std::fs::read_to_string(&out).unwrap(), drawing);
}

#[test]
fn nobody_is_late_where_nobody_was_asked() {
    let node = Node::new();
    let late = run(&node, &["firearm", "trace", "late"]);
    assert_eq!(
        (late.code, late.json()),
        (0, serde_json::json!([])),
        "{}",
        late.err
    );
}

#[test]
fn a_user_of_the_operating_system_is_bound_to_an_account_and_signs_once() {
    let node = Node::new();
    node.account("a.officer", "firearms-officer");
    let password = node.account("b.officer", "firearms-officer");
    let id = register(&node, &[]).json()["registered"]
        .as_str()
        .unwrap()
        .to_owned();
    let seize = "seizure --on 2026-11-20 --authority mk-mvr --circumstances road";
    let mut seizing = vec!["firearm", "event", &id];
    seizing.extend(seize.split(' '));
    let seized = run(&node, &seizing);
    assert_eq!(seized.code, 0, "{}", seized.err);
    let shown = run(&node, &["firearm", "show", &id]).json();
    let os_user = shown["body"]["life"][0]["by"].as_str().unwrap().to_owned();
    let name = os_user.strip_prefix("os:").unwrap();
    node.done(&["user", "bind", "a.officer", name]);
    let listed = node.done(&["--json", "user", "list"]).json();
    assert_eq!(listed[0]["os_user"], name);
    let taken = node.run(&["user", "bind", "b.officer", name]);
    assert_eq!(taken.code, 2, "{}", taken.err);
    let propose = ["--method", "melted", "--evidence", "protocol 12/26"];
    let mut all = vec!["firearm", "destruction", "propose", &id];
    all.extend(propose);
    let proposed = run(&node, &all);
    assert!(
        proposed.out.contains("a.officer"),
        "{} {}",
        proposed.out,
        proposed.err
    );
    let sign = ["firearm", "destruction", "sign", &id, "--on", "2026-11-24"];
    let alone = run(&node, &sign);
    assert_eq!(alone.code, 2, "{}", alone.out);
    assert!(
        alone.err.contains("two different officers"),
        "{}",
        alone.err
    );
    let mut signing = vec!["--json"];
    signing.extend(sign);
    signing.extend(["--login", "b.officer"]);
    signing.extend(WHY);
    let signed = node.run_with(&signing, &password);
    assert_eq!(signed.code, 0, "{}", signed.err);
    let view = run(&node, &["firearm", "show", &id]).out;
    assert!(
        view.contains("a.officer") && view.contains("b.officer"),
        "{view}"
    );
    node.done(&["user", "release", "a.officer"]);
}
