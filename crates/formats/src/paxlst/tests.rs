use std::io::Cursor;

use egnatia_matching::{Gender, IdentifierKind};
use jiff::civil::date;

use super::*;

/// An invented list in the form of the guideline.
const LIST: &str = "UNA:+.? '\r\n\
UNB+UNOA:4+AIRLINE1+NATIONAPIS+261125:0900+000000001'\r\n\
UNG+PAXLST+AIRLINE1+NATIONAPIS+261125:0900+1+UN+D:12B'\r\n\
UNH+PAX001+PAXLST:D:12B:UN:IATA+XX123/261125/0900'\r\n\
BGM+745'\r\n\
NAD+MS+++EXAMPLE AIRLINE DESK'\r\n\
COM+000 000 0000:TE'\r\n\
TDT+20+XX123+++XX'\r\n\
LOC+125+SKP'\r\n\
DTM+189:2611251540:201'\r\n\
NAD+FL+++PRIMER:ANA:MARIJA+MAIN STREET 1+SKOPJE++1000+MKD'\r\n\
ATT+2++F'\r\n\
DTM+329:710305'\r\n\
GEI+4+173'\r\n\
LOC+22+VIE'\r\n\
LOC+174+MKD'\r\n\
LOC+180+MKD:::BITOLA'\r\n\
NAT+2+MKD'\r\n\
RFF+AVF:ZZ1234'\r\n\
DOC+P:110:111+A0000001'\r\n\
DTM+36:300101'\r\n\
LOC+91+MKD'\r\n\
DOC+V:110:111+V0000002'\r\n\
NAD+FL+++O?'PRIMER'\r\n\
ATT+2++M'\r\n\
DTM+329:19800000'\r\n\
NAT+2+ALB'\r\n\
CNT+42:2'\r\n\
UNT+26+PAX001'\r\n\
UNE+1+1'\r\n\
UNZ+1+000000001'\r\n";

fn read(text: &str) -> Result<Vec<Row>, RowsError> {
    Passengers::open(Cursor::new(text.as_bytes().to_vec()), date(2026, 11, 25))?.collect()
}

#[test]
fn travellers_are_read_with_all_that_tells_them_apart() {
    let rows = read(LIST).unwrap();
    let [first, second] = rows.as_slice() else {
        panic!("{rows:?}")
    };
    let query = &first.query;
    assert_eq!(
        (first.number, query.names[0].text.as_str()),
        (1, "ANA MARIJA PRIMER")
    );
    assert_eq!(query.births[0].to_string(), "1971-03-05");
    assert_eq!(query.gender, Some(Gender::Female));
    assert_eq!(query.nationalities, ["MKD"]);
    assert_eq!(query.places, ["SKOPJE, MKD", "MKD", "BITOLA, MKD"]);
    assert_eq!(query.identifiers.len(), 2);
    assert_eq!(query.identifiers[0].kind, IdentifierKind::Passport);
    assert_eq!(query.identifiers[0].value, "A0000001");
    assert_eq!(query.identifiers[0].country.as_deref(), Some("MKD"));
    assert_eq!(
        (second.number, second.query.names[0].text.as_str()),
        (2, "O'PRIMER")
    );
    assert_eq!(second.query.births[0].to_string(), "1980");
}

#[test]
fn a_list_that_is_not_whole_is_refused() {
    let problem = |text: &str| read(text).unwrap_err().problem;
    let count = |segment, stated, found| {
        RowsProblem::Passengers(PassengersProblem::Count {
            segment,
            stated,
            found,
        })
    };
    let without = |part: &str| LIST.replacen(part, "", 1);
    assert_eq!(problem(&without("ATT+2++M'\r\n")), count("UNT", 26, 25));
    let counted = LIST.replace("CNT+42:2", "CNT+42:3");
    assert_eq!(problem(&counted), count("CNT", 3, 2));
    assert_eq!(problem(&LIST.replace("UNZ+1", "UNZ+2")), count("UNZ", 2, 1));
    for (part, trailer) in [
        ("UNT+26+PAX001'\r\n", "UNT"),
        ("UNZ+1+000000001'\r\n", "UNZ"),
    ] {
        let cut = PassengersProblem::CutOff { trailer };
        assert_eq!(problem(&without(part)), RowsProblem::Passengers(cut));
    }
    let half = LIST.get(..LIST.len() / 2).unwrap();
    assert!(read(half).is_err());
}

#[test]
fn another_message_is_refused_by_its_name() {
    let error = read(&LIST.replace("PAXLST:D", "CUSRES:D")).unwrap_err();
    assert!(error.to_string().contains("CUSRES"), "{error}");
    let error = read("UNA:+.? 'BGM+745'").unwrap_err();
    assert!(error.to_string().contains("BGM"), "{error}");
}

#[test]
fn parts_of_a_list_state_the_count_of_all_parts() {
    let part = |last: &str, count: u64| {
        format!(
            "UNH+1+PAXLST:D:12B:UN:IATA+XX+{last}'BGM+745'NAD+FL+++PRIMER:ANA'CNT+42:{count}'UNT+5+1'"
        )
    };
    let two = format!(
        "UNB+UNOA:4+A+B'{}{}UNZ+2+1'",
        part("01:C", 2),
        part("02:F", 2)
    );
    assert_eq!(read(&two).unwrap().len(), 2);
}
