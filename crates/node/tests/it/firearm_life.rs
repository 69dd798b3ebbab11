//! `egnatia firearm event`, `report`, `destruction`, `incident`, `view` and `returns` on the real binary.

use serde_json::{Value, json};

use crate::binary::{Node, Ran};

const WHY: [&str; 4] = ["--purpose", "firearms-trafficking", "--case", "FFP-1"];

fn run(node: &Node, arguments: &[&str]) -> Ran {
    let mut all = vec!["--json", "firearm"];
    all.extend(arguments);
    all.extend(WHY);
    node.run(&all)
}

fn done(node: &Node, arguments: &[&str]) -> Value {
    let ran = run(node, arguments);
    assert_eq!(ran.code, 0, "{arguments:?}: {} {}", ran.out, ran.err);
    ran.json()
}

/// A refusal, and what it says.
fn refused(node: &Node, arguments: &[&str], said: &str) {
    let ran = run(node, arguments);
    assert_eq!(ran.code, 2, "{arguments:?}: {} {}", ran.out, ran.err);
    assert!(ran.err.contains(said), "{arguments:?}: {}", ran.err);
}

fn register(node: &Node, serial: &str) -> String {
    let weapon = ["--make", "Zastava", "--calibre", "9 mm", "--kind", "pistol"];
    let mut arguments = vec!["register", "--serial", serial];
    arguments.extend(weapon);
    done(node, &arguments)["registered"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// The words of a line, as a shell would split them.
fn split(line: &str) -> Vec<&str> {
    line.split_whitespace().collect()
}

#[test]
fn every_kind_of_event_is_recorded_and_what_cannot_follow_or_is_missing_is_named() {
    let node = Node::new();
    let id = register(&node, "A-1");
    let event = |line: &str| {
        let mut arguments = vec!["event", id.as_str()];
        arguments.extend(split(line));
        run(&node, &arguments)
    };
    for (line, said) in [
        (
            "transfer --on 2020-03-01 --holder b",
            "nobody in this country has the weapon",
        ),
        (
            "import --on 2020-03-01 --holder b --number 1",
            "state --from-country",
        ),
        (
            "find --on 2020-03-01 --circumstances x",
            "state --authority",
        ),
        ("theft --on 2020-03-01", "manufacture, import"),
        ("find", "--on"),
        ("correction --corrects 1", "--reason"),
        (
            "correction --corrects 7 --reason x",
            "no event with this number",
        ),
    ] {
        let ran = event(line);
        assert_eq!(ran.code, 2, "{line}: {}", ran.err);
        assert!(ran.err.contains(said), "{line}: {}", ran.err);
    }
    for (number, (line, custody)) in (1..).zip([
        (
            "manufacture --on 2020-03-01 --holder zastava --holder-kind manufacturer",
            "with",
        ),
        (
            "transfer --on 2020-03-02 --holder D-1 --holder-kind dealer",
            "with",
        ),
        (
            "licence --on 2020-03-03 --holder D-1 --number O-1 --until 2030-01-01",
            "with",
        ),
        ("conversion --on 2020-03-04 --circumstances to-9-mm", "with"),
        (
            "export --on 2020-03-05 --to-country BA --number IZ-1 --consignee Depot",
            "abroad",
        ),
        (
            "import --on 2020-03-06 --from-country BA --number UV-1 --holder H-1",
            "with",
        ),
        (
            "surrender --on 2020-03-07 --authority mk-mvr --circumstances campaign",
            "authority",
        ),
        (
            "legalisation --on 2020-03-08 --number L-1 --holder H-2 --holder-name Ana",
            "with",
        ),
        ("deactivation --on 2020-03-09 --number C-1", "with"),
        ("re-registration --on 2020-03-10 --number R-1", "with"),
        (
            "export --on 2020-03-11 --to-country AL --number IZ-2",
            "abroad",
        ),
        (
            "transit --on 2020-03-12 --from-country AL --to-country RS --number T-1",
            "transit",
        ),
        (
            "seizure --on 2020-03-13 --authority mk-mvr --circumstances road",
            "authority",
        ),
        (
            "export --on 2020-03-14 --to-country AL --number IZ-3",
            "abroad",
        ),
        (
            "find --on 2020-03-15 --authority mk-mvr --circumstances ditch",
            "authority",
        ),
    ]) {
        let ran = event(line);
        assert_eq!(ran.code, 0, "{line}: {} {}", ran.out, ran.err);
        let said = ran.json();
        assert_eq!(said["number"], number, "{line}");
        assert!(said["custody"].get(custody).is_some(), "{line}: {said}");
    }
    // The last export did not happen, and so the find could not be; the other way round both go.
    let first = event("correction --corrects 14 --reason misread");
    assert_eq!(first.code, 2, "{}", first.err);
    assert!(first.err.contains("custody already"), "{}", first.err);
    assert_eq!(event("correction --corrects 15 --reason misread").code, 0);
    assert_eq!(event("correction --corrects 14 --reason misread").code, 0);
    let placed = event(
        "seizure --on 2020-03-13 --authority rs-mup --circumstances road --corrects 13 --reason misread",
    );
    assert_eq!(
        placed.json()["custody"]["authority"],
        "rs-mup",
        "{}",
        placed.err
    );
    let life = done(&node, &["show", &id])["body"]["life"].clone();
    assert_eq!(life.as_array().unwrap().len(), 18, "nothing is taken away");
}

#[test]
fn a_theft_is_reported_and_one_officer_alone_destroys_nothing() {
    let node = Node::new();
    let id = register(&node, "B-1");
    let at = ["--on", "2026-11-01"];
    let made = [
        "event",
        &id,
        "manufacture",
        at[0],
        at[1],
        "--holder",
        "zastava",
    ];
    done(&node, &made);
    let theft = [
        "report",
        &id,
        "theft",
        "--discovered",
        "2026-11-02T06:30:00Z",
        "--on",
        "2026-11-01",
        "--circumstances",
        "the rack was empty",
        "--decision",
        "KU 44/26",
    ];
    let alert = done(&node, &theft)["alert"].as_str().unwrap().to_owned();
    let mut show = vec!["--json", "alert", "show", alert.as_str()];
    show.extend(WHY);
    assert!(node.done(&show).out.contains("B-1"));
    refused(&node, &theft, "reported lost or stolen");
    let propose = [
        "destruction",
        "propose",
        &id,
        "--method",
        "melted",
        "--evidence",
        "protocol 12/26",
    ];
    refused(&node, &propose, "only an authority that has the weapon");

    // An incident brings it back: weapon, route, items and persons in one command.
    let incident = [
        "incident",
        "record",
        "seizure",
        "--on",
        "2026-11-10",
        "--country",
        "MK",
        "--place",
        "Blace",
        "--at-border",
        "--position",
        "42.241, 21.700",
        "--route",
        "RS,MK,AL",
        "--context",
        "border-control",
        "--transport",
        "road",
        "--offence",
        "trafficking",
        "--weapon",
        &id,
        "--part",
        "60 barrels",
        "--rounds",
        "120 7.62x39; PPU; 84-12",
        "--explosive",
        "500 g TNT",
        "--person",
        "KU-12/2026",
    ];
    let incident = done(&node, &incident)["incident"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(
        done(&node, &["show", &id])["custody"]
            .get("authority")
            .is_some()
    );
    let shown = done(&node, &["incident", "show", &incident])["body"].clone();
    assert_eq!(shown["ammunition"][0]["lot"], "84-12", "{shown}");
    assert_eq!(shown["position"], json!([42_241, 21_700]), "{shown}");
    let courts = [
        "incident",
        "proceedings",
        &incident,
        "--on",
        "2026-11-20",
        "--suspected",
        "2",
        "--prosecuted",
        "1",
        "--convicted",
    ];
    let with = |convicted: &'static str| courts.into_iter().chain([convicted]).collect::<Vec<_>>();
    refused(
        &node,
        &with("2"),
        "`convicted` cannot be more than `prosecuted`",
    );
    done(&node, &with("1"));
    let counted = done(&node, &["return", "unodc-iafq", "2026"]);
    let rows = counted["rows"].as_array().unwrap().iter();
    let significant = rows.filter(|row| row["section"] == "significant-seizures");
    let said: Vec<&str> = significant
        .filter(|row| row["what"] == "parts" && row["count"] == 60)
        .filter_map(|row| row["at"].as_str())
        .collect();
    let expected = "1: 2026-11-10; MK; border; context border-control; transport road; \
                    offence trafficking; route RS > MK > AL";
    assert_eq!(said, [expected]);

    done(&node, &propose);
    refused(&node, &propose, "proposed already");
    let sign = ["destruction", "sign", &id, "--on", "2026-11-24"];
    refused(&node, &sign, "two different officers");
    let withdrawn = done(&node, &["destruction", "withdraw", &id]);
    assert_eq!(withdrawn["proposed"], Value::Null);
    refused(&node, &sign, "nobody has proposed");

    // The second officer signs at the same command line, with an account of their own.
    done(&node, &propose);
    let password = node.account("g.focal", "firearms-officer");
    let reader = node.account("v.reader", "verifying-officer");
    let by = |login: &str, password: &str, arguments: &[&str]| {
        let mut all = vec!["--json", "firearm"];
        all.extend(arguments);
        all.extend(["--login", login]);
        all.extend(WHY);
        node.run_with(&all, password)
    };
    let wrong = by("g.focal", "not the password", &sign);
    assert_eq!(wrong.code, 2, "{}", wrong.err);
    assert!(
        wrong.err.contains("login or password is wrong"),
        "{}",
        wrong.err
    );
    let may_not = by("v.reader", &reader, &sign);
    assert_eq!(may_not.code, 3, "{}", may_not.err);
    let signed = by("g.focal", &password, &sign);
    assert_eq!(signed.code, 0, "{}", signed.err);
    assert_eq!(signed.json()["custody"], "destroyed");
    let life = done(&node, &["show", &id])["body"]["life"].clone();
    let last = life.as_array().unwrap().last().unwrap();
    assert_eq!(last["by"], "g.focal", "{last}");

    // What two signed, one at the command line does not lift.
    let number = life.as_array().unwrap().len().to_string();
    let strike = [
        "event",
        &id,
        "correction",
        "--corrects",
        &number,
        "--reason",
        "misread",
    ];
    assert_eq!(done(&node, &strike)["proposed"], "correction");
    assert_eq!(done(&node, &["show", &id])["custody"], "destroyed");
    assert_eq!(done(&node, &["waiting"])[0]["firearm"], id.as_str());
    let correct = ["correction", "sign", &id];
    refused(&node, &correct, "two different officers");
    let signed = by("g.focal", &password, &correct);
    assert_eq!(signed.code, 0, "{}", signed.err);
    assert!(
        signed.json()["custody"].get("authority").is_some(),
        "{}",
        signed.out
    );
    assert_eq!(done(&node, &["waiting"]), json!([]));
    let sessions = node.done(&["--json", "user", "list"]).json();
    assert_eq!(sessions.as_array().unwrap().len(), 2);
}

#[test]
fn what_a_weapon_is_is_corrected_and_its_photographs_come_and_go() {
    let node = Node::new();
    let id = register(&node, "D-71");
    let misread = [
        "describe", &id, "--serial", "D-77", "--reason", "a seven", "--year", "1987",
    ];
    let said = done(&node, &misread);
    assert_eq!(said["particulars"]["year"], 1987, "{said}");
    assert_eq!(
        said["particulars"]["make"], "Zastava",
        "what is not stated stays"
    );
    let shown = done(&node, &["show", &id]);
    assert_eq!(shown["body"]["particulars"]["marks"][0]["text"], "D-77");
    let picture = node.path("left.png");
    std::fs::write(&picture, png()).unwrap();
    let add = [
        "photograph",
        &id,
        picture.to_str().unwrap(),
        "--shows",
        "left side",
    ];
    let photograph = done(&node, &add)["photograph"].as_str().unwrap().to_owned();
    let out = node.path("out.jpg");
    let show = [
        "photographs",
        "show",
        &id,
        &photograph,
        "--out",
        out.to_str().unwrap(),
    ];
    done(&node, &show);
    assert!(
        std::fs::read(&out).unwrap().starts_with(&[0xFF, 0xD8]),
        "a JPEG"
    );
    refused(&node, &show, "cannot write");
    done(&node, &["photographs", "remove", &id, &photograph]);
    let gone = run(&node, &["photographs", "remove", &id, &photograph]);
    assert_eq!(gone.code, 2, "{}", gone.err);
    let further = [
        "register",
        "--serial",
        "E-?1",
        "--state",
        "doubted",
        "--doubts",
        "2=60/8",
        "--mark",
        "slide: AB 1",
        "--make",
        "CZ",
        "--calibre",
        "9 mm",
        "--kind",
        "pistol",
        "--reference",
        "R 7",
    ];
    let id = done(&node, &further)["registered"]
        .as_str()
        .unwrap()
        .to_owned();
    let body = done(&node, &["show", &id])["body"].clone();
    assert_eq!(body["reference"], "R 7");
    assert_eq!(body["particulars"]["marks"][0]["doubts"][0]["perhaps"], "8");
    assert_eq!(body["particulars"]["marks"][1]["text"], "AB 1");
}

#[test]
fn half_years_are_printed_side_by_side() {
    let node = Node::new();
    let two = ["progress", "--until", "2026-H1", "--count", "2"];
    let value = done(&node, &two);
    assert_eq!(value["periods"], json!(["2025-H2", "2026-H1"]));
    let mut csv = vec!["firearm"];
    csv.extend(two);
    csv.push("--csv");
    csv.extend(WHY);
    let out = node.done(&csv).out;
    assert!(
        out.starts_with("section,group,what,by,2025-H2,2026-H1\n"),
        "{out}"
    );
    assert!(
        out.contains("\nregister,,destroyed,came: seizure,0,0\n"),
        "{out}"
    );
    refused(&node, &["progress", "--until", "2026"], "half-year");
    assert_eq!(done(&node, &["trace", "partners"]), json!([]));
}

/// The smallest picture: one grey pixel.
fn png() -> Vec<u8> {
    let hex = "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a49444154789c\
               636800000082008177cd72b60000000049454e44ae426082";
    let digits: Vec<char> = hex.chars().filter(char::is_ascii_hexdigit).collect();
    let pairs = digits.chunks(2);
    pairs
        .map(|pair| u8::from_str_radix(&pair.iter().collect::<String>(), 16).unwrap())
        .collect()
}

#[test]
fn views_are_kept_used_and_forgotten_and_a_frozen_return_is_written_into_files() {
    let node = Node::new();
    for serial in ["C-1", "C-2"] {
        register(&node, serial);
    }
    let add = ["view", "add", "second ones", "C-2", "--make", "Zastava"];
    assert_eq!(done(&node, &add)["filter"], "text=C-2&make=Zastava");
    let kept = done(&node, &["view", "list"]);
    assert_eq!(kept[0]["name"], "second ones", "{kept}");
    let found = |arguments: &[&str]| done(&node, arguments).as_array().unwrap().len();
    assert_eq!(found(&["list", "--view", "second ones"]), 1);
    assert_eq!(found(&["list", "--view", "second ones", "C"]), 2);
    refused(
        &node,
        &["view", "add", "all"],
        "state what the view is filtered by",
    );
    done(&node, &["view", "delete", "second ones"]);
    let gone = run(&node, &["list", "--view", "second ones"]);
    assert_ne!(gone.code, 0, "{}", gone.out);
    assert_eq!(done(&node, &["view", "list"]), json!([]));

    let frozen = done(&node, &["return", "unodc-iafq", "2020", "--freeze"]);
    let id = frozen["return"].as_str().unwrap().to_owned();
    let sha256 = frozen["body"]["sha256"].as_str().unwrap();
    assert_eq!(done(&node, &["returns", "list"])[0]["return"], id.as_str());
    let file = node.path("return.csv");
    let file = file.to_str().unwrap();
    let show = ["returns", "show", &id, "--out", file];
    assert_eq!(done(&node, &show)["is_whole"], true);
    let bytes = std::fs::read(file).unwrap();
    assert_eq!(egnatia_audit::Hash::of(&bytes).to_string(), sha256);
    refused(&node, &show, "cannot write");
    let sheet = node.path("return.xlsx");
    done(
        &node,
        &["returns", "show", &id, "--out", sheet.to_str().unwrap()],
    );
    assert!(std::fs::read(sheet).unwrap().starts_with(b"PK"));
    let other = node.path("return.pdf");
    let other = other.to_str().unwrap();
    refused(
        &node,
        &["returns", "show", &id, "--out", other],
        "neither in .csv",
    );
}
