//! Malformed lists: what is refused, where, and in which words.

use egnatia_formats::{ListError, Problem, ftm, ofac, un};

const ROW: &str = "1,\"X\",-0- ,\"P\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \n";

fn sdn(sdn: &str) -> ListError {
    sdn_and(sdn, "", "")
}

fn sdn_and(sdn: &str, alt: &str, add: &str) -> ListError {
    let files = ofac::Files {
        sdn: sdn.as_bytes(),
        alt: alt.as_bytes(),
        add: add.as_bytes(),
        comments: None,
    };
    ofac::parse(&files, &mut |_| {}).unwrap_err()
}

fn xml(body: &str) -> ListError {
    un::parse(body.as_bytes(), &mut |_| {}).unwrap_err()
}

/// A document with this in its group of individuals.
fn individuals(body: &str) -> String {
    format!("<CONSOLIDATED_LIST>\n<INDIVIDUALS>{body}</INDIVIDUALS></CONSOLIDATED_LIST>")
}

fn json(lines: &str) -> ListError {
    ftm::parse("example", &mut lines.as_bytes(), &mut |_| {}).unwrap_err()
}

#[test]
fn errors_say_where_and_what() {
    let entity = "<CONSOLIDATED_LIST>&x;</CONSOLIDATED_LIST>";
    let errors = [
        sdn(""),
        sdn("\x1A"),
        sdn(&format!("{ROW}2,\"Y\",-0- \n")),
        sdn("ent_num,SDN_Name,a,b,c,d,e,f,g,h,i,j\n"),
        sdn(&format!("{ROW}{ROW}")),
        sdn(&format!(
            "{ROW}2,\"Y\",-0- ,\"P\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,\"DOB 19"
        )),
        sdn_and(ROW, "1,2,\"aka\"\n", ""),
        sdn_and(ROW, "1,x,\"aka\",\"Y\",-0- \n", ""),
        sdn_and(
            ROW,
            "",
            &format!(
                "1,2,-0- ,-0- ,-0- ,-0- \n1,{},-0- ,-0- ,-0- ,-0- \n",
                "9".repeat(99)
            ),
        ),
        xml(""),
        xml("<a/>"),
        xml("<CONSOLIDATED_LIST/>"),
        xml("<CONSOLIDATED_LIST><INDIVIDUALS>"),
        xml("<CONSOLIDATED_LIST/><CONSOLIDATED_LIST/>"),
        xml("<CONSOLIDATED_LIST>text</CONSOLIDATED_LIST>"),
        xml("<!DOCTYPE x [<!ENTITY x \"y\">]>\n<CONSOLIDATED_LIST/>"),
        xml(entity),
        xml(&individuals(
            "<INDIVIDUAL><DATAID>&x;</DATAID></INDIVIDUAL>",
        )),
        xml(&individuals(
            "<INDIVIDUAL><DATAID>1</FIRST_NAME></INDIVIDUAL>",
        )),
        xml(&individuals(
            "<INDIVIDUAL><FIRST_NAME>A</FIRST_NAME></INDIVIDUAL>",
        )),
        xml(&individuals(
            "<I><DATAID>1</DATAID></I>\n<I><DATAID>1</DATAID></I>",
        )),
        xml(&individuals(&format!("<I>{}", "<a>".repeat(30)))),
        json(""),
        json("\n\n"),
        json("{\"id\":\"1\",\"schema\":\"Person\"}\n{\"id\":"),
        json("[]"),
        json("{\"schema\":\"Person\"}"),
        json("{\"id\":\"1\"}"),
        json("{\"id\":1,\"schema\":\"Person\"}"),
        json("{\"id\":\"1\",\"schema\":\"Person\",\"properties\":[]}"),
        json("{\"id\":\"1\",\"schema\":\"Person\",\"properties\":{\"name\":[[]]}}"),
        json("{\"id\":\"1\",\"schema\":\"Person\"}\n\n{\"id\":\"1\",\"schema\":\"Person\"}"),
    ];
    let messages: Vec<String> = errors.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(messages.join("\n"));
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    let error = un::parse(b"<CONSOLIDATED_LIST>\n\xFF", &mut |_| {}).unwrap_err();
    assert_eq!((error.line, error.problem), (2, Problem::Encoding));
    let error = ftm::parse("x", &mut b"\n{\"id\":\"\xFF\"}".as_slice(), &mut |_| {}).unwrap_err();
    assert_eq!((error.line, error.problem), (2, Problem::Encoding));
}

#[test]
fn long_texts_are_refused() {
    let long = "x".repeat(9 * 1024 * 1024);
    let too_long = |error: ListError| matches!(error.problem, Problem::TextTooLong { .. });
    assert!(too_long(json(&long)));
    assert!(too_long(xml(&individuals(&format!(
        "<I><DATAID>{long}</DATAID></I>"
    )))));
    assert!(too_long(xml(&individuals(&format!("<I {long}=\"1\"/>")))));
    assert!(too_long(xml(&individuals(&format!("<I><{long}/></I>")))));
    assert!(too_long(sdn(&ROW.replace('X', &long))));
}

#[test]
fn many_parts_are_refused() {
    let error = xml(&individuals(&format!("<I>{}</I>", "<a/>".repeat(30_000))));
    assert!(matches!(error.problem, Problem::TooManyParts { .. }));
}

#[test]
fn nested_entities_are_bounded() {
    let inner = "{\"schema\":\"Person\",\"properties\":{\"name\":";
    let lines = format!("{}\"x\"{}", inner.repeat(30), "}}".repeat(30));
    assert!(matches!(json(&lines).problem, Problem::TooManyParts { .. }));
}

#[test]
fn a_long_address_of_very_many_entries_does_not_fill_the_memory() {
    let mut lines = format!(
        "{{\"id\":\"a\",\"schema\":\"Address\",\"properties\":{{\"full\":\"{}\"}}}}\n",
        "x".repeat(1024 * 1024)
    );
    for id in 0..1000 {
        lines.push_str(&format!(
            "{{\"id\":\"{id}\",\"schema\":\"Person\",\"properties\":{{\"addressEntity\":\"a\"}}}}\n"
        ));
    }
    assert_eq!(
        json(&lines).problem,
        Problem::JoinedTooOften { times: 1000 }
    );
}

#[test]
fn very_many_values_cost_no_square_of_their_number() {
    use std::fmt::Write;

    let mut remarks = String::new();
    let mut values = String::new();
    for number in 0..50_000 {
        write!(remarks, "nationality {number};").unwrap();
        write!(values, "\"{number} x\",").unwrap();
    }
    let row = ROW.replace(",-0- \n", &format!(",\"{remarks}\"\n"));
    let files = ofac::Files {
        sdn: row.as_bytes(),
        alt: b"",
        add: b"",
        comments: None,
    };
    assert!(ofac::parse(&files, &mut |_| {}).is_ok());
    let line = format!(
        "{{\"id\":\"1\",\"schema\":\"Person\",\"properties\":{{\"name\":[{values}\"a\"],\"nationality\":[{values}\"a\"],\"firstName\":\"1\",\"lastName\":\"x\"}}}}"
    );
    assert!(ftm::parse("x", &mut line.as_bytes(), &mut |_| {}).is_ok());
}

#[test]
fn a_list_that_breaks_off_while_it_is_read_is_refused() {
    struct Broken;
    impl std::io::Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::other("connection reset"))
        }
    }
    let mut input = std::io::BufReader::new(Broken);
    let error = ftm::parse("x", &mut input, &mut |_| {}).unwrap_err();
    assert!(matches!(error.problem, Problem::Read { .. }));
}

#[test]
fn columns_are_named() {
    let error = sdn("ent_num,b,c,d,e,f,g,h,i,j,k,l\n");
    let text = "ent_num".to_owned();
    assert_eq!(
        error.problem,
        Problem::NotANumber {
            column: "ent_num",
            text
        }
    );
}
