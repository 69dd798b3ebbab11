//! Rows of invented files in every form that is read, and fuzzing of the readers.

use std::io::Cursor;

use egnatia_formats::hits::{HitLine, HitsFormat, HitsWriter};
use egnatia_formats::rows::{
    Column, Layout, Reading, Row, RowFormat, RowsError, RowsProblem, stated_columns,
};
use egnatia_matching::Schema;
use jiff::civil::date;

/// Runs for each target; a few seconds in all.
const ITERATIONS: usize = 3000;

const TABLE: &str = "Br.;Prezime;Ime;Datum rođenja;Pol;Napomena\n\
1;Primer;Ana;5.3.1971.;Ž;\"a; \"\"b\"\"\"\n\
\n\
2;Огледнић;Марко;;M;\n\
3;;;25.12.1980;;\n";

const FLIGHT: &str = "UNA:+.? 'UNB+UNOA:4+A+B+261125:0900+1'UNH+1+PAXLST:D:12B:UN:IATA'BGM+745'\
NAD+FL+++PRIMER:ANA:MARIJA+STREET 1+SKOPJE++1000+MKD'ATT+2++F'DTM+329:710305'NAT+2+MKD'\
DOC+P:110:111+A0000001'LOC+91+MKD'CNT+42:1'UNT+10+1'UNZ+1+1'";

fn reading(columns: &str) -> Reading {
    Reading {
        columns: if columns.is_empty() {
            Vec::new()
        } else {
            stated_columns(columns).unwrap()
        },
        headings: true,
        today: date(2026, 11, 25),
    }
}

/// The layout, and all rows as the run gets them.
fn read(bytes: &[u8], reading: Reading) -> Result<(Layout, Vec<Row>), RowsError> {
    let layout = Layout::recognise(&mut Cursor::new(bytes.to_vec()), reading)?;
    let rows = layout.rows(Box::new(Cursor::new(bytes.to_vec())))?;
    let rows: Result<Vec<Row>, RowsError> = rows.collect();
    Ok((layout, rows?))
}

#[test]
fn a_table_is_read_with_its_columns_and_the_numbers_of_its_rows() {
    let (layout, rows) = read(TABLE.as_bytes(), reading("")).unwrap();
    assert_eq!(layout.format(), RowFormat::Csv);
    assert_eq!(layout.written(), "csv, separator ;, utf-8");
    let columns: Vec<(Column, usize)> = layout
        .columns()
        .iter()
        .map(|m| (m.column, m.number))
        .collect();
    assert_eq!(
        columns,
        [
            (Column::FamilyName, 2),
            (Column::GivenName, 3),
            (Column::BirthDate, 4),
            (Column::Gender, 5)
        ]
    );
    assert_eq!((layout.rows, rows.len()), (3, 3));
    assert_eq!(layout.first, rows);
    assert_eq!(rows[0].query.names[0].text, "Ana Primer");
    assert_eq!(rows[0].query.births[0].to_string(), "1971-03-05");
    assert_eq!(rows[0].query.schema, Schema::Person);
    assert_eq!(rows[1].query.names[0].text, "Марко Огледнић");
    assert!(rows[2].query.names.is_empty());
}

#[test]
fn every_separator_and_encoding_gives_the_same_rows() {
    let plain = "name,dob\nAnđela Živić,5.3.1971\nŠemsa Čolić,1.1.1980\n";
    let (_, expected) = read(plain.as_bytes(), reading("")).unwrap();
    let utf16: Vec<u8> = std::iter::once(0xFEFF)
        .chain(plain.replace(',', "\t").encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let latin: Vec<u8> = plain
        .replace(',', ";")
        .chars()
        .map(|c| match c {
            'đ' => 0xF0,
            'Ž' => 0x8E,
            'ć' => 0xE6,
            'Š' => 0x8A,
            'Č' => 0xC8,
            c => u8::try_from(u32::from(c)).unwrap(),
        })
        .collect();
    for (bytes, written) in [
        (
            plain.replace('\n', "\r\n").into_bytes(),
            "csv, separator ,, utf-8",
        ),
        (
            format!("\u{FEFF}{plain}").into_bytes(),
            "csv, separator ,, utf-8",
        ),
        (
            format!("sep=|\r\n{}", plain.replace(',', "|")).into_bytes(),
            "csv, separator |, utf-8",
        ),
        (utf16, "csv, separator tab, utf-16le"),
        (latin, "csv, separator ;, windows-1250"),
    ] {
        let (layout, mut rows) = read(&bytes, reading("")).unwrap();
        assert_eq!(layout.written(), written);
        for row in &mut rows {
            row.number -= u64::from(written.contains('|'));
        }
        assert_eq!(rows, expected, "{written}");
    }
}

#[test]
fn a_column_of_american_dates_is_told_and_read_as_such() {
    let (layout, rows) =
        read(b"name,dob\nA Bc,03/05/1971\nD Ef,12/25/1980\n", reading("")).unwrap();
    assert_eq!(
        layout.date_order(),
        egnatia_formats::rows::DateOrder::MonthFirst
    );
    assert_eq!(rows[0].query.births[0].to_string(), "1971-03-05");
    let mixed = read(b"name,dob\nA Bc,25/03/1971\nD Ef,12/25/1980\n", reading("")).unwrap_err();
    assert_eq!(mixed.problem, RowsProblem::MixedDates { column: 2 });
}

#[test]
fn empty_columns_at_the_end_do_not_count() {
    let (_, rows) = read(b"name;dob;;\nA Bc;1.1.1970\nD Ef;;;\n", reading("")).unwrap();
    assert_eq!(rows.len(), 2);
    assert!(read(b"name;dob;;\nA Bc;1.1.1970;;x\n", reading("")).is_err());
}

#[test]
fn dates_that_cannot_be_read_are_counted() {
    let (layout, rows) = read(b"name,dob\nA Bc,5.3.1971\nD Ef,unknown\n", reading("")).unwrap();
    assert_eq!(layout.unread_dates, 1);
    assert!(rows[1].query.births.is_empty());
}

#[test]
fn sheets_and_passenger_lists_and_entities_are_recognised_by_their_content() {
    let mut writer = HitsWriter::new(HitsFormat::Excel, Vec::new()).unwrap();
    let line = HitLine {
        row: 7,
        input_name: "Ana Primer".to_owned(),
        record: String::new(),
        list: String::new(),
        name: "Primer, Ana".to_owned(),
        probability: Some(0.5),
        band: "possible".to_owned(),
        check: String::new(),
        evidence: String::new(),
    };
    writer.line(&line).unwrap();
    let (layout, rows) = read(&writer.finish().unwrap(), reading("")).unwrap();
    assert_eq!(layout.format(), RowFormat::Excel);
    assert_eq!(
        (rows[0].number, rows[0].query.names[0].text.as_str()),
        (2, "Primer, Ana")
    );

    let (layout, rows) = read(FLIGHT.as_bytes(), reading("")).unwrap();
    assert_eq!(layout.format(), RowFormat::PassengerList);
    assert_eq!(rows[0].query.names[0].text, "ANA MARIJA PRIMER");

    let (layout, rows) = read(crate::ftm::LINES.as_bytes(), reading("")).unwrap();
    assert_eq!(layout.format(), RowFormat::FollowTheMoney);
    assert_eq!((rows.len(), layout.passed_over), (5, 5));
    assert_eq!(
        (rows[0].number, rows[1].number),
        (1, 3),
        "blank lines count"
    );
}

#[test]
fn what_cannot_be_read_is_refused_at_its_row() {
    let long = format!("name\n{}\n", "x".repeat(2_000_000));
    let mut damaged = TABLE.as_bytes().to_vec();
    damaged.push(0xC5);
    for (bytes, row) in [
        (&b"name;dob\nA;1.1.1970;x\n"[..], Some(2)),
        (b"name;dob\nA;1.1.1970\nB\n", Some(3)),
        (b"name;x\n\"A;b\nC;d\n", Some(2)),
        (b"name\n\"A\nC\n", Some(2)),
        (long.as_bytes(), Some(2)),
        (&damaged, None),
        (b"", None),
        (b"name\n", None),
        (b"name\n\n\n", None),
        (b"{\"schema\":\"Person\"}\n{", Some(2)),
        (b"PK\x03\x04", None),
        (b"\xD0\xCF\x11\xE0", None),
        (b"\x00\x01\x02\x03\xFF\x00", None),
    ] {
        let error = read(bytes, reading("")).unwrap_err();
        assert_eq!(error.row, row, "{error}");
        assert!(error.to_string().len() < 400, "{error}");
    }
}

/// Whatever is read keeps its promises.
fn check(bytes: &[u8], columns: &str) {
    match read(bytes, reading(columns)) {
        Ok((layout, rows)) => {
            assert_eq!(layout.rows, u64::try_from(rows.len()).unwrap());
            assert!(!rows.is_empty() && rows.starts_with(&layout.first));
            assert!(rows.windows(2).all(|pair| pair[0].number < pair[1].number));
            let size = serde_json::to_vec(&rows.iter().map(|r| &r.query).collect::<Vec<_>>());
            let size = size.unwrap().len();
            assert!(
                size < 256 * bytes.len() + 65_536,
                "{} bytes became {size}",
                bytes.len()
            );
        }
        Err(error) => assert!(error.to_string().len() < 600, "{error}"),
    }
}

/// Pieces of syntax that random bytes would seldom hit upon.
const PIECES: &[&str] = &[
    "\"",
    "\"\"",
    ";",
    ",",
    "\t",
    "\r\n",
    "\n",
    "sep=,\n",
    "\u{FEFF}",
    "\0",
    "'",
    "+",
    ":",
    "?",
    "UNT+1+1'",
    "UNZ+1+1'",
    "UNH+1+PAXLST'",
    "NAD+FL+++A:B'",
    "DTM+329:991332'",
    "CNT+42:9'",
    "25/12/1980",
    "12/25/1980",
    "99999999",
    "Ђ",
    "ž",
    "\u{202E}",
    "name",
    "datum rodjenja",
];

fn edited(seed: &[u8], edits: &[(u8, u16, u8, u8)]) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for (action, at, length, piece) in edits.iter().take(5) {
        let at = usize::from(*at) % (bytes.len() + 1);
        let end = (at + usize::from(length % 32)).min(bytes.len());
        let piece = PIECES[usize::from(*piece) % PIECES.len()].as_bytes();
        match action % 4 {
            0 => drop(bytes.splice(at..at, piece.iter().copied())),
            1 => drop(bytes.splice(at..end, piece.iter().copied())),
            2 => drop(bytes.drain(at..end)),
            _ => bytes.truncate(end),
        }
    }
    bytes
}

#[test]
fn changed_tables_are_read_or_refused() {
    bolero::check!()
        .with_iterations(ITERATIONS)
        .with_type::<Vec<(u8, u16, u8, u8)>>()
        .for_each(|edits| {
            let bytes = edited(TABLE.as_bytes(), edits);
            check(&bytes, "");
            check(&bytes, "name=2");
        });
}

#[test]
fn changed_passenger_lists_are_read_or_refused() {
    bolero::check!()
        .with_iterations(ITERATIONS)
        .with_type::<Vec<(u8, u16, u8, u8)>>()
        .for_each(|edits| check(&edited(FLIGHT.as_bytes(), edits), ""));
}

#[test]
fn changed_sheets_are_read_or_refused() {
    let writer = HitsWriter::new(HitsFormat::Excel, Vec::new()).unwrap();
    let sheet = writer.finish().unwrap();
    bolero::check!()
        .with_iterations(ITERATIONS / 10)
        .with_type::<Vec<(u8, u16, u8, u8)>>()
        .for_each(|edits| check(&edited(&sheet, edits), "name=1"));
}

#[test]
fn plain_bytes_are_read_or_refused_as_rows() {
    bolero::check!()
        .with_iterations(ITERATIONS)
        .for_each(|bytes| {
            check(bytes, "");
            check(bytes, "name=1");
            check(&[b"UNA:+.? '", bytes].concat(), "");
            check(&[b"\xD0\xCF\x11\xE0", bytes].concat(), "");
            let _ = stated_columns(&String::from_utf8_lossy(bytes));
        });
}
