//! `qd` and `stock`.

use crate::binary::Node;

fn why<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [more, &["--purpose", "stockpile-security", "--case", "C-1"]].concat()
}

#[test]
fn a_distance_comes_with_its_rule_its_source_and_its_numbers() {
    let node = Node::new();
    let ask = [
        "qd",
        "--hd",
        "1.1",
        "--neq",
        "1000",
        "--exposed",
        "inhabited-building",
    ];
    let answer = node.done(&[&ask[..], &["--json"]].concat()).json();
    assert_eq!(answer["distance_m"], 150);
    assert_eq!(answer["rule"], "BD31");
    assert!(answer["source"].as_str().unwrap().contains("AASTP-1"));
    assert_eq!(answer["from_memory"].as_array().unwrap().len(), 1);
    let text = node.done(&ask).out;
    for expected in [
        "150 m",
        "BD31: 1.5 × 1000^(2/3)",
        "from memory, not looked up",
    ] {
        assert!(text.contains(expected), "{text}");
    }
    // At the edge of two pieces the table drops; `safe` does not.
    let edge = |edges| {
        let ask = [
            "--json",
            "qd",
            "--hd",
            "1.1",
            "--neq",
            "2500",
            "--exposed",
            "inhabited-building",
            "--edges",
            edges,
        ];
        node.done(&ask).json()["distance_m"].clone()
    };
    assert_eq!([edge("safe"), edge("literal")], [277, 275]);
    let one = node.done(&[
        "--json", "qd", "--rule", "td03", "--neq", "2500", "--edges", "literal",
    ]);
    assert_eq!(one.json()["distance_m"], 59);
    let barricaded = [
        "--json",
        "qd",
        "--hd",
        "1.1",
        "--neq",
        "1000",
        "--exposed",
        "workshop",
        "--barricaded",
    ];
    let barricaded = node.done(&barricaded).json();
    assert_eq!(barricaded["distance_m"], 118);
    assert_eq!(barricaded["rule"], "max(BD18, DFD08)");
}

#[test]
fn a_distance_that_no_table_has_is_refused() {
    let node = Node::new();
    for (division, kilograms, exposed) in [
        ("1.1", "500001", "inhabited-building"),
        ("1.1", "1000", "workshop"),
        ("1.3.2", "1000", "inhabited-building"),
        ("1.1", "1000", "moon"),
    ] {
        let ran = node.run(&[
            "qd",
            "--hd",
            division,
            "--neq",
            kilograms,
            "--exposed",
            exposed,
        ]);
        assert_eq!(ran.code, 2, "{division} {kilograms} {exposed}");
    }
}

#[test]
fn what_cannot_be_asked_says_what_can() {
    let node = Node::new();
    let refused = |ask: &[&str]| {
        let ran = node.run(&[&["qd"], ask].concat());
        assert_eq!(ran.code, 2, "{ask:?}: {} {}", ran.out, ran.err);
        ran.err
    };
    let ask = |division: &str, kilograms: &str, exposed: &str| {
        refused(&["--hd", division, "--neq", kilograms, "--exposed", exposed])
    };
    for wrong in ["1.7", "1", "NaN", "1.1D", ""] {
        let text = ask(wrong, "10", "magazine");
        assert!(text.contains("1.1, 1.2.1, 1.2.2"), "{text}");
    }
    for wrong in [
        "-5",
        "NaN",
        "inf",
        "1e3",
        "1,5",
        "10kg",
        "",
        "99999999999999999999",
    ] {
        let text = ask("1.1", wrong, "magazine");
        assert!(text.contains("a mass in kg: digits"), "{wrong}: {text}");
    }
    assert!(ask("1.1", "0", "magazine").contains("1 to 500000 kg, not for 0 kg"));
    assert!(ask("1.1", "500000.000001", "magazine").contains("1 to 500000 kg"));
    let text = ask("1.1", "10", "moon");
    assert!(
        text.contains("`moon`") && text.contains("vulnerable-construction"),
        "{text}"
    );
    let text = refused(&["--rule", "BD99", "--neq", "10"]);
    assert!(text.contains("BD01 to BD36"), "{text}");
    let text = refused(&["--hd", "1.1", "--exposed", "magazine"]);
    assert!(text.contains("--neq"), "{text}");
    let text = refused(&["--hd", "1.1", "--neq", "10"]);
    assert!(text.contains("--exposed"), "{text}");
    let text = refused(&["--neq", "10"]);
    assert!(text.contains("--hd"), "{text}");
    let several = ["--hd", "1.1", "--neq", "10", "--exposed", "ibd", "--and"];
    for wrong in ["1.3.1", "1.3.1=x", "1.9=4", "=4", "1.4=0"] {
        refused(&[&several[..], &[wrong]].concat());
    }
    let edges = [
        "--hd",
        "1.1",
        "--neq",
        "10",
        "--exposed",
        "ibd",
        "--edges",
        "round",
    ];
    assert!(refused(&edges).contains("safe, literal"));
    let mce = [
        "--hd",
        "1.2.1",
        "--neq",
        "10",
        "--exposed",
        "workshop",
        "--barricaded",
        "--mce",
    ];
    assert!(refused(&[&mce[..], &["11"]].concat()).contains("at most the whole quantity"));
}

#[test]
fn a_label_several_divisions_and_other_names_are_understood() {
    let node = Node::new();
    let ask = |more: &[&str]| node.done(&[&["--json", "qd"], more].concat()).json();
    let label = ask(&["--hd", "1.2", "--neq", "1000", "--exposed", "IBD"]);
    assert_eq!(
        (&label["distance_m"], &label["rule"]),
        (&257.into(), &"P1D4".into())
    );
    assert_eq!(label["exposed"], "inhabited-building");
    assert!(
        label["from_memory"]
            .to_string()
            .contains("nothing of 1.2.3"),
        "{label}"
    );
    // 600 kg of 1.1 beside 400 kg of 1.3.1: 1000 kg as 1.1; by the other rule 600 kg.
    let several = [
        "--hd",
        "1.1",
        "--neq",
        "600",
        "--exposed",
        "ibd",
        "--and",
        "1.3.1=400",
    ];
    let total = ask(&several);
    assert_eq!(
        (&total["distance_m"], &total["neq_kg"]),
        (&150.into(), &"1000".into())
    );
    assert_eq!(total["sums"], "total-as-each");
    let blast = ask(&[&several[..], &["--sums", "blast-total"]].concat());
    assert_eq!(
        (&blast["distance_m"], &blast["neq_kg"]),
        (&107.into(), &"600".into())
    );
    let edge = [
        "--hd",
        "1.1",
        "--neq",
        "2500",
        "--exposed",
        "ibd",
        "--edges",
    ];
    for (name, metres) in [("monotone", 277), ("table-literal", 275)] {
        assert_eq!(ask(&[&edge[..], &[name]].concat())["distance_m"], metres);
    }
    let one = ask(&["--rule", "bd9", "--neq", "1000"]);
    assert_eq!(
        (&one["distance_m"], &one["rule"]),
        (&24.into(), &"BD09".into())
    );
    assert_eq!(one["functions"][0]["read_in"], 2);
}

#[test]
fn a_site_is_set_up_and_a_ledger_taken_over_all_or_nothing() {
    let node = Node::new();
    let file = |name: &str, text: &str| {
        let path = node.path(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let site = file(
        "site.json",
        r#"{"name":"Depot One","places":[{"code":"M1","name":"Store 1"},
            {"code":"M1-A","name":"Rack A","inside":"M1"}]}"#,
    );
    let refused = node.run(&["stock", "list"]);
    assert_eq!(refused.code, 3, "no answer without a reason");
    let done = node.done(&why(&["--json", "stock", "site", &site])).json();
    let id = done["site"].as_str().unwrap();
    let headings = "place,nomenclature,serial,lot,quantity,condition,division,group,mass_each\n";
    let good = format!(
        "{headings}M1-A,M70 AB2,1234,,1,serviceable,,,\n\
         M1,cartridge 7.62x39,,L-7,5000,,1.4,S,0.0016\n"
    );
    let bad = file("bad.csv", &format!("{good}M9,M70 AB2,55,,1,,,,\n"));
    let import = |file: &str, more: &[&str]| {
        let ask = [
            "--json",
            "stock",
            "import",
            file,
            "--site",
            id,
            "--reference",
            "ledger 2025",
        ];
        node.run(&why(&[&ask[..], more].concat()))
    };
    let ran = import(&bad, &[]);
    assert_eq!(ran.code, 2);
    let report = ran.json();
    assert_eq!(
        (&report["written"], &report["wrong"][0]["row"]),
        (&false.into(), &4.into())
    );
    let good = file("good.csv", &good);
    assert_eq!(import(&good, &["--dry-run"]).json()["written"], false);
    assert_eq!(import(&good, &[]).json()["written"], true);
    assert_eq!(import(&good, &[]).code, 2, "registered once");
    let list = node.done(&why(&["--json", "stock", "list"])).json();
    let places = list[0]["places"].as_array().unwrap();
    let held = |place: usize| places[place]["held"][0]["quantity"].clone();
    assert_eq!([held(0), held(1)], [5000, 1]);
    let waiting = node.done(&why(&["--json", "stock", "waiting"])).json();
    assert_eq!(waiting.as_array().unwrap().len(), 0);
    node.done(&["audit", "verify"]);
}
