use egnatia_matching::IdentifierKind;

use super::*;

fn person(remarks: &str) -> ListEntry {
    let mut entry = ListEntry {
        schema: Schema::Person,
        ..ListEntry::default()
    };
    read(&mut entry, remarks);
    entry
}

fn document(clause: &str) -> Document {
    let mut entry = person(&format!("{clause}."));
    assert_eq!(entry.documents.len(), 1, "{clause}: {entry:?}");
    entry.documents.remove(0)
}

#[test]
fn clauses_go_to_their_fields() {
    let entry = person(
        "DOB 17 Dec 1949; alt. DOB circa 1960; alt. DOB 1960 to 1965; POB Tripoli, Libya; \
         nationality Serbia; citizen Albania; Gender Female; a.k.a. 'SHADOW, The'; \
         f.k.a. 'OLD NAME'; Linked To: EXAMPLE GROUP; Member of the Example Council.",
    );
    let births: Vec<_> = entry.births.iter().filter_map(|birth| birth.date).collect();
    let births: Vec<String> = births.iter().map(ToString::to_string).collect();
    assert_eq!(births, ["1949-12-17", "~1960", "1960..1965"]);
    assert_eq!(entry.birth_places[0].city.as_deref(), Some("Tripoli"));
    assert_eq!(entry.nationalities, ["Serbia", "Albania"]);
    assert_eq!(entry.gender, Some(Gender::Female));
    assert_eq!(entry.names[0].text, "The SHADOW");
    assert_eq!(entry.names[0].quality, NameQuality::Low);
    assert_eq!(entry.names[1].kind, NameKind::Former);
    let kept: Vec<_> = entry
        .source_text
        .iter()
        .map(|kept| (kept.field.as_str(), kept.text.as_str()))
        .collect();
    assert_eq!(
        kept,
        [
            ("Linked To", "EXAMPLE GROUP"),
            ("Remarks", "Member of the Example Council")
        ]
    );
}

#[test]
fn documents_have_number_country_and_note() {
    for (clause, kind, label, number, country, note) in [
        (
            "Passport A123 (Iran) issued 14 Dec 2005 expires 13 Dec 2010",
            IdentifierKind::Passport,
            "Passport",
            "A123",
            Some("Iran"),
            Some("issued 14 Dec 2005 expires 13 Dec 2010"),
        ),
        (
            "alt. Passport L 191609 issued 1996",
            IdentifierKind::Passport,
            "Passport",
            "L 191609",
            None,
            Some("issued 1996"),
        ),
        (
            "Diplomatic Passport 008827 (Iran)",
            IdentifierKind::Passport,
            "Diplomatic Passport",
            "008827",
            Some("Iran"),
            None,
        ),
        (
            "alt. Passport Booklet: A5199 (Pakistan)",
            IdentifierKind::Passport,
            "Passport Booklet",
            "A5199",
            Some("Pakistan"),
            None,
        ),
        (
            "National ID No. JMB 0105954171511",
            IdentifierKind::NationalNumber,
            "National ID No.",
            "JMB 0105954171511",
            None,
            None,
        ),
        (
            "Tax ID No. 100036386 (Serbia)",
            IdentifierKind::TaxNumber,
            "Tax ID No.",
            "100036386",
            Some("Serbia"),
            None,
        ),
        (
            "Registration Number HRA 738077 (Stuttgart) (Germany)",
            IdentifierKind::Registration,
            "Registration Number",
            "HRA 738077",
            Some("Germany"),
            Some("(Stuttgart)"),
        ),
        (
            "Unified Social Credit Code (USCC) 9113X (China)",
            IdentifierKind::Registration,
            "Unified Social Credit Code (USCC)",
            "9113X",
            Some("China"),
            None,
        ),
        (
            "Vessel Registration Identification IMO 7406784",
            IdentifierKind::Imo,
            "Vessel Registration Identification IMO",
            "7406784",
            None,
            None,
        ),
        (
            "Identification Number IMO 5342883",
            IdentifierKind::Registration,
            "Identification Number IMO",
            "5342883",
            None,
            None,
        ),
        (
            "MMSI 572469210",
            IdentifierKind::CallSign,
            "MMSI",
            "572469210",
            None,
            None,
        ),
        (
            "Aircraft Manufacturer's Serial Number (MSN) 1023409321",
            IdentifierKind::Serial,
            "Aircraft Manufacturer's Serial Number (MSN)",
            "1023409321",
            None,
            None,
        ),
        (
            "Aircraft Tail Number EP-AAA",
            IdentifierKind::TailNumber,
            "Aircraft Tail Number",
            "EP-AAA",
            None,
            None,
        ),
        (
            "C.U.R.P. AAAA800101HDFXXX09 (Mexico)",
            IdentifierKind::NationalNumber,
            "C.U.R.P.",
            "AAAA800101HDFXXX09",
            Some("Mexico"),
            None,
        ),
        (
            "SSN 000-00-0000 (United States)",
            IdentifierKind::NationalNumber,
            "SSN",
            "000-00-0000",
            Some("United States"),
            None,
        ),
        (
            "D-U-N-S Number 542957624",
            IdentifierKind::Other,
            "D-U-N-S Number",
            "542957624",
            None,
            None,
        ),
        (
            "alt. Digital Currency Address - XBT 1Example",
            IdentifierKind::Other,
            "Digital Currency Address - XBT",
            "1Example",
            None,
            None,
        ),
        (
            "Website www.example.org",
            IdentifierKind::Other,
            "Website",
            "www.example.org",
            None,
            None,
        ),
    ] {
        let read = document(clause);
        assert_eq!(read.kind, kind, "{clause}");
        assert_eq!(read.label, label);
        assert_eq!(read.number, number);
        assert_eq!(read.country.as_deref(), country, "{clause}");
        assert_eq!(read.note.as_deref(), note, "{clause}");
    }
}

#[test]
fn a_cut_number_is_not_taken_for_a_whole_one() {
    let remarks = format!("Linked To: {}; Passport 1234", "X".repeat(1000));
    let entry = person(&remarks);
    assert!(entry.documents.is_empty());
    assert_eq!(entry.source_text[1].field, "Remarks (cut off)");
    assert_eq!(entry.source_text[1].text, "Passport 1234");
}
