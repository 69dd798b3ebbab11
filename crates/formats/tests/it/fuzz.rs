//! Fuzzing: valid documents with pieces changed, and plain bytes. Nothing may panic, hang or grow
//! out of proportion, and what is read must keep its promises.

use egnatia_formats::mrz::{Form, Mrz};
use egnatia_formats::{ListError, ParsedList, ftm, ofac, un};
use jiff::civil::date;

use crate::{ftm::LINES, ofac as sdn, un::XML};

/// Runs for each target; a few seconds in all.
const ITERATIONS: usize = 4000;

/// Pieces of syntax of each format that random bytes would seldom hit upon.
const PIECES: &[&str] = &[
    "\"",
    "\"\"",
    ",",
    "\r\n",
    "\n",
    "-0- ",
    "; ",
    "a.k.a. '",
    "DOB ",
    "circa ",
    " to ",
    "(",
    ")",
    "Passport ",
    "alt. ",
    "] [",
    "\u{1A}",
    "<",
    ">",
    "</",
    "/>",
    "<a>",
    "</a>",
    "<![CDATA[",
    "]]>",
    "<!--",
    "-->",
    "<!DOCTYPE",
    "&amp;",
    "&#0;",
    "&#x10FFFF;",
    "&x;",
    "<DATAID>",
    "</INDIVIDUAL>",
    "<INDIVIDUAL>",
    "<YEAR>",
    "99999999999999999999",
    "{",
    "}",
    "[",
    "]",
    ":",
    "null",
    "true",
    "\"id\":",
    "\"schema\":\"Passport\"",
    "\"properties\":{",
    "\"holder\":[\"ex-1\"]",
    "1e999",
    "\\u0000",
    "\\ud800",
    "\u{FEFF}",
    "é",
    "Ω",
    "\u{202E}",
    "1970",
    "-",
    "T",
    ".",
];

/// One change: what to do, where, how far, and with which piece.
type Edit = (u8, u16, u8, u8);

/// A valid document with some changes.
fn edited(seed: &[u8], edits: &[Edit]) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    // Few and short changes leave many documents readable, so that later steps are reached.
    let most = edits.first().map_or(0, |edit| usize::from(edit.2 % 6));
    for (action, at, length, piece) in edits.iter().take(most) {
        let at = usize::from(*at) % (bytes.len() + 1);
        let length = length % 32;
        let end = (at + usize::from(length)).min(bytes.len());
        let piece = PIECES[usize::from(*piece) % PIECES.len()].as_bytes();
        match action % 5 {
            0 => drop(bytes.splice(at..at, piece.iter().copied())),
            1 => drop(bytes.splice(at..end, piece.iter().copied())),
            2 => drop(bytes.drain(at..end)),
            3 => {
                let copy = bytes[at..end].to_vec();
                bytes.splice(at..at, copy);
            }
            _ => bytes.truncate(bytes.len().saturating_sub(usize::from(length))),
        }
    }
    bytes
}

/// Texts that stand well in every format, but not in every field.
const TEXTS: &[&str] = &[
    "",
    " ",
    ";",
    "a; b; c",
    "(",
    ")",
    "1970",
    "0",
    "circa 1970",
    "30 Feb 1971",
    "é",
    "Ω\u{202E}",
    "EXACT",
    "BETWEEN",
    "Good",
    "Low",
    "f.k.a.",
    "Male",
    "passport",
    "ex-1",
    "ex-2",
    "addr-1",
    "gone",
    "Passport",
    "Person",
    "T",
    "-",
    "~",
    "1970..1971",
    "99999999999999999999",
];

/// A valid document with texts put behind some of the marks, so that it stays well-formed.
fn filled(seed: &str, mark: &str, fillings: &[(u16, u8)]) -> Vec<u8> {
    let mut pieces: Vec<String> = seed.split(mark).map(str::to_owned).collect();
    for (at, text) in fillings.iter().take(8) {
        let at = 1 + usize::from(*at) % (pieces.len() - 1);
        pieces[at].insert_str(0, TEXTS[usize::from(*text) % TEXTS.len()]);
    }
    pieces.join(mark).into_bytes()
}

/// What every reading promises.
fn check(result: &Result<ParsedList, ListError>, bytes_read: usize) {
    match result {
        Ok(list) => {
            assert!(!list.entries.is_empty());
            assert!(
                list.entries
                    .windows(2)
                    .all(|pair| pair[0].source_id < pair[1].source_id)
            );
            let size = serde_json::to_vec(list).unwrap().len();
            assert!(
                size < 64 * bytes_read + 65_536,
                "{bytes_read} bytes became {size}"
            );
            for entry in &list.entries {
                let text = serde_json::to_string(entry).unwrap();
                assert_eq!(
                    &serde_json::from_str::<egnatia_alerts::ListEntry>(&text).unwrap(),
                    entry
                );
                entry.describe();
            }
        }
        Err(error) => {
            assert!(error.line > 0);
            assert!(error.to_string().len() < 500, "{error}");
        }
    }
}

fn read_sdn(sdn: &[u8], alt: &[u8], add: &[u8], comments: &[u8]) {
    let files = ofac::Files {
        sdn,
        alt,
        add,
        comments: Some(comments),
    };
    let size = sdn.len() + alt.len() + add.len() + comments.len();
    check(&ofac::parse(&files, &mut |_| {}), size);
}

fn read_xml(bytes: &[u8]) {
    check(&un::parse(bytes, &mut |_| {}), bytes.len());
}

fn read_lines(bytes: &[u8]) {
    let mut input = bytes;
    check(&ftm::parse("fuzz", &mut input, &mut |_| {}), bytes.len());
    if let Ok(value) = serde_json::from_slice(bytes) {
        let _ = ftm::describe(&value);
    }
}

#[test]
fn changed_sdn_files_are_read_or_refused() {
    bolero::check!()
        .with_iterations(ITERATIONS)
        .with_type::<(u8, Vec<Edit>)>()
        .for_each(|(file, edits)| {
            let [mut sdn, mut alt, mut add] =
                [sdn::SDN, sdn::ALT, sdn::ADD].map(|file| file.as_bytes().to_vec());
            let mut comments = b"101,\"; DOB 1970; Passport 1\"\n".to_vec();
            let changed = [&mut sdn, &mut alt, &mut add, &mut comments];
            // Most of the syntax is in the first file.
            let at = usize::from(*file).saturating_sub(128) / 32;
            if let Some(file) = changed.into_iter().nth(at) {
                *file = edited(file, edits);
            }
            read_sdn(&sdn, &alt, &add, &comments);
        });
}

#[test]
fn changed_remarks_are_read() {
    bolero::check!()
        .with_iterations(ITERATIONS)
        .with_type::<Vec<Edit>>()
        .for_each(|edits| {
            let remarks = b"DOB circa 1960 to 1965; POB Goma, Congo, Democratic Republic of the; \
                Passport A1 (Iran) issued 1 Jan 2000 expires 2001; a.k.a. 'X, Y'; Company Number (a) 1 (b) (c)";
            let remarks: Vec<u8> = edited(remarks, edits).into_iter().filter(|byte| *byte != b'"').collect();
            let mut row = b"1,\"X, Y\",\"individual\",\"P\",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,\"".to_vec();
            row.extend(&remarks);
            row.push(b'"');
            read_sdn(&row, b"", b"", b"");
        });
}

#[test]
fn changed_xml_is_read_or_refused() {
    bolero::check!()
        .with_iterations(ITERATIONS)
        .with_type::<Vec<Edit>>()
        .for_each(|edits| read_xml(&edited(XML.as_bytes(), edits)));
}

#[test]
fn changed_entities_are_read_or_refused() {
    bolero::check!()
        .with_iterations(ITERATIONS)
        .with_type::<Vec<Edit>>()
        .for_each(|edits| read_lines(&edited(LINES.as_bytes(), edits)));
}

#[test]
fn well_formed_xml_with_other_texts_is_read_or_refused() {
    bolero::check!()
        .with_iterations(ITERATIONS / 5)
        .with_type::<Vec<(u16, u8)>>()
        .for_each(|fillings| {
            // Marks of leaves, so that the texts stand within the entries.
            for mark in ["<VALUE>", "_DATE>", "_NAME>", "YEAR>", "<NOTE>"] {
                read_xml(&filled(XML, mark, fillings));
            }
        });
}

#[test]
fn well_formed_entities_with_other_texts_are_read_or_refused() {
    bolero::check!()
        .with_iterations(ITERATIONS)
        .with_type::<Vec<(u16, u8)>>()
        .for_each(|fillings| read_lines(&filled(LINES, "[\"", fillings)));
}

#[test]
fn plain_bytes_are_read_or_refused() {
    bolero::check!()
        .with_iterations(ITERATIONS)
        .for_each(|bytes| {
            read_sdn(bytes, bytes, bytes, bytes);
            read_xml(bytes);
            read_lines(bytes);
        });
}

#[test]
fn changed_zones_are_read_or_refused() {
    const ZONE: &str = "I<UTOD23145890<7349<<<<<<<<<<<\n3407127M9507122UTO<<<<<<<<<<<2\nSTEVENSON<<PETER<JOHN<<<<<<<<<";
    let read = |text: &str| match Mrz::read(text, date(2026, 6, 15)) {
        Ok(zone) => {
            assert!(zone.repairs.len() <= 8);
            assert!(!zone.check_digits.is_empty() || zone.form == Form::NameLine);
            zone.describe();
            serde_json::to_string(&zone).unwrap();
        }
        Err(error) => assert!(error.to_string().len() < 500, "{error}"),
    };
    bolero::check!()
        .with_iterations(ITERATIONS)
        .with_type::<(Vec<(u8, u8)>, String)>()
        .for_each(|(changes, text)| {
            // Characters in place of others keep the length, so that most zones are read.
            let mut zone: Vec<char> = ZONE.chars().collect();
            for (at, character) in changes.iter().take(6) {
                let at = usize::from(*at) % zone.len();
                zone[at] = char::from(character % 128);
            }
            read(&zone.iter().collect::<String>());
            read(text);
            read(&format!("{ZONE}{text}"));
        });
}
