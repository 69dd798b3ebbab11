//! `egnatia screen` on the real binary: what it finds, what it refuses, and that a run which was
//! killed goes on with each row asked once.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;

use crate::binary::{Node, Ran, names};

const REASON: [&str; 4] = ["--purpose", "border-check", "--case", "SCREEN-1"];

/// A node with a list of these many names.
fn node(count: usize) -> Node {
    let node = Node::new();
    node.import(&node.list("test.json", &names(0, count)));
    node
}

fn write(node: &Node, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    let path = node.path(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

/// A table in which every tenth row is on the list.
fn table(node: &Node, name: &str, rows: usize) -> (PathBuf, Vec<usize>) {
    let listed = names(0, 40);
    let mut text = "Br.;Ime i prezime;Datum rođenja\n".to_owned();
    let mut hits = Vec::new();
    for row in 0..rows {
        let who = if row % 10 == 3 {
            hits.push(row + 2);
            listed[row / 10 % listed.len()].1.clone()
        } else {
            format!("Zqw{row} Nobodyson{row}")
        };
        text.push_str(&format!("{row};{who};5.3.{}\n", 1950 + row % 50));
    }
    (write(node, name, text), hits)
}

fn screen(node: &Node, file: &Path, out: &Path, more: &[&str]) -> Ran {
    let mut arguments = vec!["--json", "screen", text(file), "--out", text(out)];
    arguments.extend(REASON);
    arguments.extend(more);
    node.run(&arguments)
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// The lines of a JSON lines output.
fn lines(out: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(out).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn rows(out: &Path) -> Vec<usize> {
    let row = |line: &Value| usize::try_from(line["row"].as_u64().unwrap()).unwrap();
    let mut rows: Vec<usize> = lines(out).iter().map(row).collect();
    rows.dedup();
    rows
}

fn records(node: &Node) -> u64 {
    let whole = node.done(&["--json", "audit", "verify"]).json();
    assert_eq!(whole["whole"], true);
    whole["log"]["records"].as_u64().unwrap()
}

#[test]
fn a_table_is_checked_row_by_row_and_what_is_found_waits_for_a_decision() {
    let node = node(40);
    let (file, hits) = table(&node, "people.csv", 1_200);
    let out = node.path("hits.jsonl");
    let ran = screen(&node, &file, &out, &[]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let summary = ran.json();
    assert_eq!(summary["rows"], 1_200);
    assert_eq!(summary["matched_rows"], hits.len());
    assert_eq!(
        summary["columns"],
        serde_json::json!(["name = 2", "birth-date = 3"])
    );
    assert_eq!(rows(&out), hits);
    let first = &lines(&out)[0];
    assert_eq!(
        (&first["list"], &first["band"]),
        (&"test".into(), &"match".into())
    );
    assert_eq!(first["check"].as_str().unwrap().len(), 32);
    assert!(
        first["evidence"]
            .as_str()
            .unwrap()
            .starts_with("name agrees"),
        "{first}"
    );
    // 40 entries, the run in two versions, three parts of 500 rows, checks and their matches.
    let matches = summary["matches"].as_u64().unwrap();
    let checks = u64::try_from(hits.len()).unwrap();
    assert_eq!(records(&node), 40 + 2 + 3 + checks + matches);
}

#[test]
fn csv_and_sheets_are_written_by_their_ending_and_hold_no_formula() {
    let node = node(10);
    let name = &names(0, 10)[4].1;
    let file = write(
        &node,
        "in.csv",
        format!("Surname,Place\n{name},=1+1\n=cmd(),x\n"),
    );
    let csv = node.path("hits.csv");
    assert_eq!(screen(&node, &file, &csv, &[]).code, 0);
    let written = std::fs::read_to_string(&csv).unwrap();
    assert!(written.starts_with("row,input name,record,list,name,probability,band,check,evidence"));
    assert!(written.contains(&format!("\n2,{name},")), "{written}");
    let sheet = node.path("hits.xlsx");
    assert_eq!(screen(&node, &file, &sheet, &[]).code, 0);
    assert!(std::fs::read(&sheet).unwrap().starts_with(b"PK"));
    // The sheet is itself an input: its names are found again.
    let again = node.path("again.jsonl");
    let ran = screen(&node, &sheet, &again, &["--columns", "name=2"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(rows(&again), [2]);
}

#[test]
fn rows_that_say_nothing_are_named_in_the_output() {
    let node = node(10);
    let name = &names(0, 10)[4].1;
    let file = write(&node, "in.csv", format!("name;dob\n;1.1.1970\n\n{name};\n"));
    let out = node.path("hits.jsonl");
    let summary = screen(&node, &file, &out, &[]).json();
    assert_eq!(
        (&summary["rows"], &summary["not_checked"]),
        (&2.into(), &1.into())
    );
    let found = lines(&out);
    assert_eq!(
        (&found[0]["row"], &found[0]["band"]),
        (&2.into(), &"not-checked".into())
    );
    assert!(
        found[0]["evidence"]
            .as_str()
            .unwrap()
            .contains("name or a document number")
    );
    assert_eq!(found[1]["name"], *name);
}

#[test]
fn entities_and_passenger_lists_are_checked_too() {
    let node = node(40);
    let who = &names(0, 40)[7].1;
    let entity = serde_json::json!({ "schema": "Person", "properties": { "name": [who] } });
    let nobody =
        serde_json::json!({ "schema": "Person", "properties": { "name": ["Zqwx Nobodyson"] } });
    let file = write(&node, "in.json", format!("{nobody}\n{entity}\n"));
    let out = node.path("a.jsonl");
    assert_eq!(screen(&node, &file, &out, &[]).code, 0);
    assert_eq!(rows(&out), [2]);

    let (given, family) = who.split_once(' ').unwrap();
    let list = format!(
        "UNA:+.? 'UNB+UNOY:4+A+B+261125:0900+1'UNH+1+PAXLST:D:12B:UN:IATA'BGM+745'NAD+MS+++DESK'\
         NAD+FL+++NOBODYSON:ZQWX'ATT+2++M'DTM+329:700101'\
         NAD+FL+++{family}:{given}'NAT+2+MKD'DOC+P:110:111+A1'LOC+91+MKD'CNT+42:2'UNT+12+1'UNZ+1+1'"
    );
    let file = write(&node, "flight.edi", &list);
    let out = node.path("b.jsonl");
    let ran = screen(&node, &file, &out, &[]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(rows(&out), [2]);
    let cut = write(&node, "cut.edi", list.replace("UNT+12+1'", ""));
    let ran = screen(&node, &cut, &node.path("c.jsonl"), &[]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("UNT"), "{}", ran.err);
}

#[test]
fn a_dry_run_shows_the_columns_and_the_first_rows_and_makes_nothing() {
    let node = Node::new();
    let cyrillic = "Презиме\tИме\tДатум рођења\tПримедба\nПримјер\tАна\t5.3.1971.\tx\n";
    let bytes = encode_1251(cyrillic);
    let file = write(&node, "in.txt", bytes);
    let shown = node.done(&["screen", text(&file), "--dry-run"]).out;
    for part in [
        "family-name",
        "`Презиме`",
        "given-name",
        "birth-date",
        "not read",
        "`Примедба`",
        "Ана Примјер",
        "1971-03-05",
        "windows-1251",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    assert!(!node.data().exists());
}

fn encode_1251(text: &str) -> Vec<u8> {
    let byte = |c: char| match c {
        'А'..='я' => u8::try_from(u32::from(c) - 0x410 + 0xC0).unwrap(),
        'ђ' => 0x90,
        'њ' => 0x9C,
        'ј' => 0xBC,
        _ => u8::try_from(u32::from(c)).unwrap(),
    };
    text.chars().map(byte).collect()
}

#[test]
fn bad_input_is_named_and_makes_nothing() {
    let node = Node::new();
    for (name, bytes, more, expected) in [
        ("a.csv", "x;y\n1;2\n", &[][..], "--columns name=1"),
        ("b.csv", "name;name\nA;B\n", &[], "columns 1 and 2"),
        ("c.csv", "name;dob\nA B;1.1.1970\nC D\n", &[], "row 3"),
        ("d.csv", "name;dob\nA B;yesterday\n", &[], "birth date"),
        (
            "e.csv",
            "name;dob\n\"A B;1.1.1970\nC;2.2.1980\n",
            &[],
            "quoted cell",
        ),
        ("f.csv", "", &[], "no rows"),
        ("g.csv", "name\n", &[], "no rows"),
        (
            "h.csv",
            "name\nA B\n",
            &["--columns", "nmae=1"],
            "birth-date",
        ),
        (
            "i.csv",
            "name\nA B\n",
            &["--columns", "document=4"],
            "1 columns",
        ),
        ("j.xlsx", "PK\u{3}\u{4}broken", &[], "sheet"),
        ("k.edi", "UNA:+.? 'UNH+1+CUSRES:D'", &[], "CUSRES"),
        ("l.json", "{\"schema\":", &[], "row 1"),
        (
            "m.csv",
            "name;dob\nA B;25.12.1970\nC D;12/25/1970\n",
            &[],
            "month first",
        ),
    ] {
        let file = write(&node, name, bytes);
        let ran = screen(&node, &file, &node.path("out.csv"), more);
        assert_eq!(ran.code, 2, "{name}: {} {}", ran.out, ran.err);
        assert!(ran.err.contains(expected), "{name}: {}", ran.err);
        assert!(!ran.err.contains("A B"), "a cell is shown: {}", ran.err);
    }
    let file = write(&node, "ok.csv", "name\nA B\n");
    let ran = node.run(&["screen", text(&file), "--out", text(&node.path("out.csv"))]);
    assert_eq!(ran.code, 3, "without purpose and case: {}", ran.err);
    let ran = screen(&node, &file, &node.path("out.doc"), &[]);
    assert!(
        ran.code == 2 && ran.err.contains(".csv, .jsonl or .xlsx"),
        "{}",
        ran.err
    );
    assert!(!node.data().exists(), "bad input made a data folder");
    let ran = screen(&node, &file, &node.path("out.csv"), &[]);
    assert!(ran.code == 2 && ran.err.contains("no list"), "{}", ran.err);
}

#[test]
fn the_command_explains_itself() {
    let shown = Node::new().done(&["screen", "--help"]).out;
    for part in [
        "Usage: egnatia screen",
        "--columns",
        "--dry-run",
        "--restart",
        "birth-date",
        "interrupted",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
}

#[test]
fn an_output_is_never_written_over() {
    let node = node(3);
    let file = write(&node, "in.csv", "name\nZqw Nobodyson\n");
    let out = write(&node, "hits.csv", "somebody's own");
    let ran = screen(&node, &file, &out, &[]);
    assert_eq!(ran.code, 2);
    assert!(ran.err.contains("there already"), "{}", ran.err);
    assert_eq!(std::fs::read_to_string(&out).unwrap(), "somebody's own");
}

/// Starts a screening and kills it once the store has so many parts. Whether it still ran.
fn kill_at(node: &Node, file: &Path, out: &Path, wanted: usize) -> bool {
    let mut child = node
        .command()
        .args(["--json", "screen", text(file), "--out", text(out)])
        .args(REASON)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while parts(node) < wanted && child.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_millis(2));
    }
    let running = child.try_wait().unwrap().is_none();
    let _ = child.kill();
    child.wait().unwrap();
    running
}

#[test]
fn a_run_that_is_killed_goes_on_and_asks_each_row_once() {
    let node = node(40);
    let (file, hits) = table(&node, "people.csv", 10_000);
    let whole = node.path("whole.jsonl");
    assert_eq!(screen(&node, &file, &whole, &[]).code, 0);
    assert_eq!(rows(&whole), hits);
    let (all, before) = (parts(&node), records(&node));
    assert_eq!(all, 20, "500 rows a part");
    let out = node.path("hits.jsonl");
    for wanted in [1, 4, 9, 14] {
        assert!(
            kill_at(&node, &file, &out, all + wanted),
            "the run ended too early"
        );
        assert!(!out.exists(), "the output appears whole or not at all");
    }
    let ran = screen(&node, &file, &out, &[]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    let summary = ran.json();
    assert_eq!(summary["rows"], 10_000);
    assert!(
        summary["resumed_after"].as_u64().unwrap() >= 7_000,
        "{summary}"
    );
    // The same rows, each once, as in the run that nobody disturbed, and the same records.
    assert_eq!(rows(&out), hits);
    let each = |lines: Vec<Value>| -> Vec<(Value, Value)> {
        let line = |line: Value| (line["row"].clone(), line["record"].clone());
        lines.into_iter().map(line).collect()
    };
    assert_eq!(each(lines(&out)), each(lines(&whole)));
    assert_eq!(parts(&node), 2 * all);
    assert_eq!(
        records(&node),
        2 * before - 40,
        "40 entries of the list are there once"
    );
}

#[test]
fn an_interrupted_run_refuses_another_file_and_other_columns() {
    let node = node(40);
    let (file, _) = table(&node, "people.csv", 10_000);
    let out = node.path("hits.jsonl");
    assert!(kill_at(&node, &file, &out, 2), "the run ended too early");
    let ran = screen(&node, &file, &out, &["--columns", "name=2,document=1"]);
    assert_eq!(ran.code, 2, "{}", ran.out);
    assert!(ran.err.contains("columns"), "{}", ran.err);
    let (_, hits) = table(&node, "people.csv", 1_000);
    let ran = screen(&node, &file, &out, &[]);
    assert_eq!(ran.code, 2, "{}", ran.out);
    assert!(
        ran.err.contains("has changed") && ran.err.contains("--restart"),
        "{}",
        ran.err
    );
    assert!(!out.exists());
    let ran = screen(&node, &file, &out, &["--restart"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(rows(&out), hits);
    assert!(ran.json()["resumed_after"].is_null());
}

/// How many parts of screenings are durable, by what stands in the database.
fn parts(node: &Node) -> usize {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let file = node.data().join("egnatia.db");
        let Ok(pool) = sqlx::SqlitePool::connect(text(&file)).await else {
            return 0;
        };
        let count = "SELECT count(*) FROM record_heads WHERE kind = 'screened-rows'";
        let count: Result<i64, _> = sqlx::query_scalar(count).fetch_one(&pool).await;
        pool.close().await;
        usize::try_from(count.unwrap_or_default()).unwrap()
    })
}
