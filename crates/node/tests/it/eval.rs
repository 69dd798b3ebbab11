//! `eval` and `match`: figures on tiny files, wrong input, and nothing written.

use serde_json::{Value, json};

use crate::binary::Node;

const PAIRS: &str = "\
id,schema,name1,name2,is_match
1,Person,Ђорђе Вујановски,Djordje Vujanovski,true
2,person,Arben Zubrani,ARBEN ZUBRANI,1
3,Person,Marko Vujanovski,Mirko Vujanovski,false
4,Organization,\"Vardar Trgovina, d.o.o.\",Hotel Belasica,0
";

fn write(node: &Node, file: &str, text: &str) -> String {
    let path = node.path(file);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

fn person(name: &str) -> Value {
    json!({ "schema": "Person", "properties": { "name": [name] } })
}

#[test]
fn pairs_are_measured_and_scored_without_a_data_folder() {
    let node = Node::new();
    let file = write(&node, "pairs.csv", PAIRS);
    let scores = node.path("scores.csv");
    let ran = node.done(&[
        "--json",
        "eval",
        "pairs",
        &file,
        "--scores",
        scores.to_str().unwrap(),
    ]);
    let figures = ran.json();
    let mut keys: Vec<&String> = figures.as_object().unwrap().keys().collect();
    keys.sort();
    assert_eq!(
        keys,
        [
            "f1",
            "pairs",
            "pairs_per_second",
            "precision",
            "recall",
            "threshold"
        ]
    );
    assert_eq!(
        (&figures["pairs"], &figures["threshold"]),
        (&json!(4), &json!(0.6))
    );
    for figure in ["precision", "recall", "f1"] {
        assert_eq!(figures[figure], 1.0, "{figures}");
    }
    let scores = std::fs::read_to_string(scores).unwrap();
    let lines: Vec<&str> = scores.lines().collect();
    assert_eq!(lines[0], "line,is_match,probability");
    assert!(
        lines[1].starts_with("2,true,0.9") && lines.len() == 5,
        "{scores}"
    );
    assert!(!node.data().exists(), "no data folder is made");

    let all = node.done(&["--json", "eval", "pairs", &file, "--threshold", "0"]);
    assert_eq!(
        (&all.json()["precision"], &all.json()["recall"]),
        (&json!(0.5), &json!(1.0))
    );
    let text = node.done(&["eval", "pairs", &file]).out;
    assert!(
        text.contains("precision         1.000   (0 false matches)"),
        "{text}"
    );
}

#[test]
fn pairs_of_entities_are_measured_and_the_configured_threshold_counts() {
    let node = Node::new();
    let lines = [
        json!({ "left": person("Ana Dimovska"), "right": person("ДИМОВСКА Ана"), "is_match": true }),
        json!({ "left": person("Ana Dimovska"), "right": person("Luan Berisha"), "is_match": 0 }),
    ];
    let file = write(
        &node,
        "pairs.jsonl",
        &format!("{}\n\n{}\n", lines[0], lines[1]),
    );
    let config = write(&node, "egnatia.toml", "[matching]\nmatched = 0.9999\n");
    let figures = node
        .done(&["--json", "--config", &config, "eval", "pairs", &file])
        .json();
    assert_eq!(
        (&figures["threshold"], &figures["recall"]),
        (&json!(0.9999), &json!(0.0))
    );
    let figures = node.done(&["--json", "eval", "pairs", &file]).json();
    assert_eq!(
        (&figures["precision"], &figures["recall"]),
        (&json!(1.0), &json!(1.0))
    );
}

#[test]
fn wrong_pairs_are_named_with_file_and_line() {
    let node = Node::new();
    for (file, text, expected) in [
        (
            "a.csv",
            "schema,name1,is_match\nPerson,A,1\n",
            "a.csv:1: there is no column `name2`",
        ),
        (
            "b.csv",
            "schema,name1,name2,is_match\nPerson,A,B,1\nPerson,A,B,yes\n",
            "b.csv:3: is_match is `yes`",
        ),
        (
            "c.csv",
            "schema,name1,name2,is_match\nPerson,A,B\n",
            "c.csv:2: the row has 3 columns",
        ),
        (
            "crlf.csv",
            "schema,name1,name2,is_match\r\nPerson,A,B,1\r\n\r\nPerson,A,\"B\nC\",0\r\nPerson,A,B,yes\r\n",
            "crlf.csv:6: is_match is `yes`",
        ),
        (
            "crlf-short.csv",
            "schema,name1,name2,is_match\r\nPerson,A,B,1\r\nPerson,A,B\r\n",
            "crlf-short.csv:3: the row has 3 columns",
        ),
        (
            "d.csv",
            "schema,name1,name2,is_match\nPassport,A,B,1\n",
            "d.csv:2: an entity of schema `Passport`",
        ),
        (
            "e.csv",
            "schema,name1,name2,is_match\n",
            "e.csv:1: the file has no pairs",
        ),
        (
            "f.jsonl",
            "\n{\"left\":",
            "f.jsonl:2: this is not a JSON object",
        ),
        (
            "g.jsonl",
            "{\"left\":{\"schema\":\"Person\"},\"is_match\":true}",
            "g.jsonl:1: there is no `right`",
        ),
        (
            "h.jsonl",
            "{\"left\":{},\"right\":{},\"is_match\":true}",
            "h.jsonl:1: left: the field `schema` is missing",
        ),
        (
            "i.jsonl",
            "{\"left\":{\"schema\":\"Person\"}}",
            "i.jsonl:1: there is no `is_match`",
        ),
        ("j.txt", PAIRS, "ends neither in .csv nor in .jsonl"),
    ] {
        let path = write(&node, file, text);
        let ran = node.run(&["eval", "pairs", &path]);
        assert_eq!(ran.code, 2, "{file}: {}", ran.err);
        assert!(ran.err.contains(expected), "{file}: {}", ran.err);
        assert!(ran.out.is_empty());
    }
    assert_eq!(node.run(&["eval", "pairs", "nowhere.csv"]).code, 2);
    let file = write(&node, "pairs.csv", PAIRS);
    assert_eq!(
        node.run(&["eval", "pairs", &file, "--threshold", "70"])
            .code,
        2
    );
    assert_eq!(
        node.run(&["eval", "pairs", &file, "--scores", &file]).code,
        2
    );
    assert_eq!(std::fs::read_to_string(&file).unwrap(), PAIRS);
}

fn corpus(node: &Node) -> String {
    let names = ["Ђорђе Вујановски", "Arben Zubrani", "Ana Dimovska"];
    let lines: Vec<String> = (1..)
        .zip(names)
        .map(|(id, name)| {
            let mut entity = person(name);
            entity["id"] = json!(format!("x-{id}"));
            entity.to_string()
        })
        .collect();
    write(node, "corpus.ftm.json", &lines.join("\n"))
}

#[test]
fn searches_are_measured_in_all_and_by_category() {
    let node = Node::new();
    let corpus = corpus(&node);
    let lines = [
        json!({ "query": person("Djordje Vujanovski"), "gold": ["x-1"], "category": "latin" }),
        json!({ "query": person("Арбен Зубрани"), "gold": ["x-2"], "category": "cyrillic" }),
        json!({ "query": person("Qwendolyn Zsarkovitch"), "gold": ["x-3", "x-9"], "category": "cyrillic" }),
        json!({ "query": person("Ana Dimovska"), "gold": [] }),
        json!({ "query": person("Bogoljub Tasić"), "gold": [] }),
    ];
    let queries = write(
        &node,
        "queries.jsonl",
        &lines.map(|line| line.to_string()).join("\n"),
    );
    let search = ["eval", "search", "--corpus", &corpus, "--queries", &queries];
    let figures = node.done(&[&["--json"][..], &search].concat()).json();
    for (key, expected) in [
        ("queries", json!(5)),
        ("corpus", json!(3)),
        ("threshold", json!(0.6)),
        ("recall_at_10", json!(2.0 / 3.0)),
        ("alerts_per_query", json!(0.6)),
        ("gold_found_by_alerts", json!(0.5)),
        ("gold_not_in_corpus", json!(1)),
        ("queries_without_gold", json!(2)),
        ("queries_without_gold_alerting", json!(1)),
    ] {
        assert_eq!(figures[key], expected, "{key}: {figures}");
    }
    assert_eq!(
        figures["categories"],
        json!({
            "latin": { "queries": 1, "recall_at_10": 1.0 },
            "cyrillic": { "queries": 2, "recall_at_10": 0.5 },
        })
    );
    for key in ["queries_per_second", "p50_ms", "p99_ms"] {
        assert!(figures[key].as_f64().unwrap() > 0.0, "{key}");
    }
    let text = node.done(&search).out;
    assert!(
        text.contains("queries without gold that raise alerts  1 of 2"),
        "{text}"
    );
    assert!(!node.data().exists());
}

#[test]
fn wrong_queries_and_corpora_are_named_with_file_and_line() {
    let node = Node::new();
    let corpus = corpus(&node);
    let good = json!({ "query": person("Ana"), "gold": [] }).to_string();
    for (file, text, expected) in [
        ("a.jsonl", "[]", "a.jsonl:1: this is not a JSON object"),
        (
            "b.jsonl",
            "{\"query\":{\"schema\":\"Person\"}}",
            "b.jsonl:1: `gold` is not a list of ids",
        ),
        (
            "c.jsonl",
            "{\"gold\":[1]}",
            "c.jsonl:1: `gold` is not a list of ids",
        ),
        ("d.jsonl", "{\"gold\":[]}", "d.jsonl:1: there is no `query`"),
        (
            "e.jsonl",
            "{\"query\":{\"schema\":\"Address\"},\"gold\":[]}",
            "e.jsonl:1: query: an entity of schema",
        ),
        ("f.jsonl", "\n", "f.jsonl:1: the file has no queries"),
    ] {
        let queries = write(&node, file, text);
        let ran = node.run(&["eval", "search", "--corpus", &corpus, "--queries", &queries]);
        assert_eq!(ran.code, 2, "{file}: {}", ran.err);
        assert!(ran.err.contains(expected), "{file}: {}", ran.err);
    }
    let queries = write(&node, "good.jsonl", &good);
    let broken = write(&node, "broken.ftm.json", "{\"id\":\"a\"}");
    let ran = node.run(&["eval", "search", "--corpus", &broken, "--queries", &queries]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.contains("broken.ftm.json") && ran.err.contains(":1: the field `schema`"),
        "{}",
        ran.err
    );
}

#[test]
fn two_names_are_compared_word_by_word() {
    let node = Node::new();
    let pair = ["match", "Jovan Petrović", "Јована Петровић"];
    let assessment = node.done(&[&["--json"][..], &pair].concat()).json();
    assert_eq!(
        assessment["evidence"][0]["tokens"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    let probability = assessment["probability"].as_f64().unwrap();
    assert!(probability > 0.0 && probability < 0.6);
    let text = node.done(&pair).out;
    insta::assert_snapshot!(text);
    assert!(!node.data().exists());
    let ran = node.run(&["match", "Ana", " "]);
    assert!(
        ran.code == 2 && ran.err.contains("a name is empty"),
        "{}",
        ran.err
    );
    let help = node.done(&["match", "--help"]).out;
    assert!(help.contains("nothing is logged"), "{help}");
}
