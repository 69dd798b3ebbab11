//! `check --mrz`.

use crate::binary::Node;

/// Of somebody invented, on a specimen's number.
const ZONE: &str =
    "P<UTOVUJANOVSKI<<DORDE<<<<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10";

fn node() -> Node {
    let node = Node::new();
    let names = [("x-1".to_owned(), "Ђорђе Вујановски".to_owned())];
    node.import(&node.list("test.json", &names));
    node
}

fn check<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [
        &["check", "--purpose", "border-check", "--case", "C-1"][..],
        more,
    ]
    .concat()
}

#[test]
fn a_zone_prints_its_check_digits_and_then_the_answer() {
    let node = node();
    for lines in [
        ZONE.to_owned(),
        ZONE.replace('\n', "\\n"),
        ZONE.replace('\n', " "),
    ] {
        let text = node.done(&check(&["--mrz", &lines])).out;
        for expected in [
            "name             VUJANOVSKI, DORDE",
            "birth date       1974-08-12",
            "  = document number: 6 agrees (line 2, place 10)",
            "  = whole zone: 0 agrees",
            "Ђорђе Вујановски",
        ] {
            assert!(text.contains(expected), "{text}");
        }
    }
    let arguments = check(&["--json", "--mrz", ZONE]);
    let answer = node.done(&arguments).json();
    assert_eq!(answer["candidates"][0]["name"], "Ђорђе Вујановски");
    let zone = &answer["mrz"];
    assert_eq!(
        (&zone["form"], &zone["birth_date"]["date"]),
        (&"td3".into(), &"1974-08-12".into())
    );
    let digits = zone["check_digits"].as_array().unwrap();
    assert_eq!(digits.len(), 5);
    assert!(digits.iter().all(|digit| digit["verdict"] == "agrees"));
}

#[test]
fn a_wrong_digit_is_refused_with_what_it_may_have_been_unless_asked_for() {
    let node = node();
    let misread = ZONE.replace("7408122F", "74O8122F");
    let ran = node.run(&check(&["--mrz", &misread]));
    assert_eq!(ran.code, 2);
    for expected in [
        "birth date: 2 is stated, 6 is computed",
        "perhaps birth date: `O` in line 2, place 16 may be `0`; then every check digit agrees",
        "--mrz-as-read",
    ] {
        assert!(ran.err.contains(expected), "{}", ran.err);
    }
    let text = node.done(&check(&["--mrz", &misread, "--mrz-as-read"])).out;
    assert!(
        text.contains("  ≠ birth date: 2 is stated") && text.contains("Ђорђе"),
        "{text}"
    );
    let repaired = format!("check it with --mrz '{}'", ZONE.replace('\n', "\\n"));
    assert!(text.contains(&repaired), "{text}");
    let unknown = "I<UTOD23145890<7349<<<<<<<<<<<\n3407<<7M9507122UTO<<<<<<<<<<<4\nVUJANOVSKI<<DORDE<<<<<<<<<<<<<";
    let text = node.done(&check(&["--mrz", unknown, "--mrz-as-read"])).out;
    for expected in ["goes on in the optional data", "birth date: day not stated"] {
        assert!(text.contains(expected), "{text}");
    }
    let cut = node.run(&check(&["--mrz", "P<UTOVUJANOVSKI"]));
    assert!(
        cut.code == 2 && cut.err.contains("has 15 characters"),
        "{}",
        cut.err
    );
}
