//! An invented SDN list.

use egnatia_alerts::{ListEntry, NameQuality};
use egnatia_formats::{ParsedList, ofac};
use egnatia_matching::{NameKind, Schema};

pub const SDN: &str = concat!(
    "101,\"EXEMPLAR, Ana Maria\",\"individual\",\"SDGT] [BALKANS\",\"Director\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,",
    "\"DOB 17 Dec 1969; alt. DOB circa 1970; POB Skopje, North Macedonia; nationality Serbia; Gender Female; ",
    "Passport 00X123 (Serbia) issued 14 Dec 2005 expires 13 Dec 2015; National ID No. 1712969455000 (Serbia); ",
    "a.k.a. 'ANKA'; Director; Linked To: EXEMPLAR HOLDING.\"\r\n",
    "23,\"EXEMPLAR HOLDING, D.O.O.\",-0- ,\"BALKANS\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,",
    "\"Organization Established Date 20 Oct 2010; Tax ID No. 100000001 (Serbia); Website www.example.org; ",
    "Digital Currency Address - XBT 1ExampleExampleExample; alt. Executive Order 0 Determination.\"\r\n",
    "7,\"EXAMPLE STAR\",\"vessel\",\"BALKANS\",-0- ,\"9HX00\",\"Tug\",\"2595\",\"1,865\",\"Malta\",\"Example Lines\",",
    "\"Vessel Registration Identification IMO 7406784; MMSI 572469210; f.k.a. 'OLD STAR'.\"\r\n",
    "8,\"XX-AAA\",\"aircraft\",\"BALKANS\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,",
    "\"Aircraft Manufacture Date 1992; Aircraft Model IL76; Aircraft Manufacturer's Serial Number (MSN) 1023.\"\r\n",
    "\x1A",
);

pub const ALT: &str = concat!(
    "101,1,\"aka\",\"PRIMER, Ana\",-0- \r\n",
    "101,2,\"fka\",\"PRIMEROVA, Ana\",\"until 1999\"\r\n",
    "23,3,\"nka\",\"EXEMPLAR GROUP\",-0- \r\n",
    "999,4,\"aka\",\"NOBODY, Known\",-0- \r\n\x1A",
);

pub const ADD: &str = concat!(
    "101,11,\"Example Street 1\",\"Belgrade 11000\",\"Serbia\",-0- \r\n",
    "101,12,-0- ,-0- ,-0- ,-0- \r\n",
    "998,13,-0- ,\"Tirana\",\"Albania\",-0- \r\n\x1A",
);

pub fn parse(sdn: &[u8], alt: &[u8], add: &[u8], comments: Option<&[u8]>) -> ParsedList {
    let files = ofac::Files {
        sdn,
        alt,
        add,
        comments,
    };
    ofac::parse(&files, &mut |_| {}).unwrap()
}

fn example() -> ParsedList {
    parse(SDN.as_bytes(), ALT.as_bytes(), ADD.as_bytes(), None)
}

fn entry<'a>(list: &'a ParsedList, id: &str) -> &'a ListEntry {
    list.entries
        .iter()
        .find(|entry| entry.source_id == id)
        .unwrap()
}

#[test]
fn an_invented_list_is_read() {
    insta::assert_json_snapshot!(example());
}

#[test]
fn entries_are_sorted_by_id_and_the_order_of_rows_does_not_matter() {
    let list = example();
    let ids: Vec<&str> = list
        .entries
        .iter()
        .map(|entry| entry.source_id.as_str())
        .collect();
    assert_eq!(ids, ["101", "23", "7", "8"]);
    let mut rows: Vec<&str> = SDN.trim_end_matches('\x1A').lines().collect();
    rows.reverse();
    let reversed = parse(
        rows.join("\n").as_bytes(),
        ALT.as_bytes(),
        ADD.as_bytes(),
        None,
    );
    assert_eq!(reversed, list);
}

#[test]
fn rows_that_join_nothing_are_orphans() {
    let list = parse(
        SDN.as_bytes(),
        ALT.as_bytes(),
        ADD.as_bytes(),
        Some(b"997,\"more\""),
    );
    let orphans: Vec<_> = list
        .orphans
        .iter()
        .map(|orphan| (orphan.file.as_str(), orphan.line, orphan.source_id.as_str()))
        .collect();
    assert_eq!(
        orphans,
        [
            ("alt.csv", 4, "999"),
            ("add.csv", 3, "998"),
            ("sdn_comments.csv", 1, "997")
        ]
    );
    assert_eq!(list.orphans[0].text, "999,4,\"aka\",\"NOBODY, Known\",-0-");
}

#[test]
fn names_are_told_apart() {
    let list = example();
    let names = &entry(&list, "101").names;
    let kinds: Vec<_> = names
        .iter()
        .map(|name| (name.text.as_str(), name.kind, name.quality))
        .collect();
    assert_eq!(
        kinds,
        [
            (
                "Ana Maria EXEMPLAR",
                NameKind::Primary,
                NameQuality::Unstated
            ),
            ("Ana PRIMER", NameKind::Alias, NameQuality::Unstated),
            ("Ana PRIMEROVA", NameKind::Former, NameQuality::Unstated),
            ("ANKA", NameKind::Alias, NameQuality::Low),
        ]
    );
    assert_eq!(
        entry(&list, "23").display_name(),
        "EXEMPLAR HOLDING, D.O.O."
    );
    assert_eq!(entry(&list, "8").schema, Schema::Aircraft);
}

#[test]
fn remarks_go_on_in_the_comments() {
    let cut = format!(
        "1,\"X\",-0- ,\"P\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,\"Linked To: {}; Tax ID No. 12\"",
        "Y".repeat(970)
    );
    let whole = parse(cut.as_bytes(), b"", b"", Some(b"1,\"34 (Serbia).\"\n"));
    assert_eq!(whole.entries[0].documents[0].number, "1234");
    assert!(
        whole.entries[0]
            .remarks
            .as_ref()
            .unwrap()
            .ends_with("Tax ID No. 1234 (Serbia).")
    );
}

#[test]
fn both_encodings_survive() {
    let list = parse(
        b"1,\"MU\xD1OZ, Jos\xE9\",\"individual\",\"P\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \n\
          2,\"\xC4\x90OKOVI\xC4\x86, \xC4\x90or\xC4\x91e\",\"individual\",\"P\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ",
        b"",
        b"",
        None,
    );
    assert_eq!(list.entries[0].names[0].text, "José MUÑOZ");
    assert_eq!(list.entries[1].names[0].text, "Đorđe ĐOKOVIĆ");
}

#[test]
fn progress_ends_at_the_size_of_all_files() {
    let files = ofac::Files {
        sdn: SDN.as_bytes(),
        alt: ALT.as_bytes(),
        add: ADD.as_bytes(),
        comments: None,
    };
    let mut reports = Vec::new();
    ofac::parse(&files, &mut |bytes| reports.push(bytes)).unwrap();
    assert!(reports.is_sorted());
    let size = SDN.len() + ALT.len() + ADD.len();
    assert_eq!(reports.last().copied(), u64::try_from(size).ok());
}
