//! Tables of invented alerts: what is read, what is refused, and where.

use std::io::Cursor;

use egnatia_alerts::{ObjectKind, Warning};
use egnatia_formats::rows::alerts::{
    AlertCellProblem, AlertField, AlertReading, AlertTable, stated_alert_columns,
};
use egnatia_formats::rows::{Column, RowsError, RowsProblem};
use egnatia_matching::Schema;
use egnatia_record::Category;
use jiff::civil::date;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

const HEADING: &str = "Prezime;Ime;Datum rođenja;Pol;Kategorija;Razlog;Odluka;Upozorenja;\
Datum unosa;Broj predmeta;Napomena\n";
const GOOD: &str = "Primer;Ana;5.3.1971.;Ž;Hapšenje;sumnja na teško delo;KTN 14/26;naoružan; ;EV-1;x\n\
\n\
Огледнић;Марко;1985;M;Члан 32;nestao sa planine;NK 2/26;;3.2.2026.;EV-2;\n";

fn reading(columns: &str, category: Option<Category>) -> AlertReading {
    let stated = (!columns.is_empty()).then(|| stated_alert_columns(columns).unwrap());
    AlertReading {
        columns: stated.unwrap_or_default(),
        headings: true,
        category,
    }
}

fn read(bytes: impl AsRef<[u8]>) -> Result<AlertTable, RowsError> {
    let mut source = Cursor::new(bytes.as_ref().to_vec());
    AlertTable::read(&mut source, &reading("", None))
}

#[test]
fn a_table_of_alerts_is_read_with_its_columns_and_words() {
    let table = read(format!("{HEADING}{GOOD}")).unwrap();
    assert_eq!(table.errors, []);
    assert_eq!((table.row_count, table.rows.len()), (2, 2));
    assert_eq!(table.unused, ["Napomena"]);
    assert_eq!(table.written, "csv, separator ;, utf-8");
    assert_eq!(table.column(AlertField::EnteredOn).unwrap().number, 9);
    let ana = &table.rows[0];
    assert_eq!((ana.row, ana.category), (2, Some(Category::Arrest)));
    assert_eq!(ana.subject.names[0].text, "Ana Primer");
    assert_eq!(ana.subject.births[0].to_string(), "1971-03-05");
    assert_eq!(ana.subject.schema, Schema::Person);
    assert_eq!(ana.warnings, [Warning::Armed].into());
    assert_eq!(
        ana.reason.as_ref().unwrap().as_str(),
        "sumnja na teško delo"
    );
    assert_eq!((ana.entered_on, ana.object), (None, None));
    // An empty line is no row.
    let marko = &table.rows[1];
    assert_eq!(
        (marko.row, marko.category),
        (3, Some(Category::MissingPerson))
    );
    assert_eq!(marko.entered_on, Some(date(2026, 2, 3)));
    assert_eq!(marko.reference.as_deref(), Some("EV-2"));
    assert!(!marko.different);
}

#[test]
fn every_separator_and_encoding_gives_the_same_alerts() {
    let plain = format!("{HEADING}{GOOD}").replace("Огледнић;Марко", "Oglednić;Marko");
    let plain = plain.replace("Члан", "Član");
    let expected = read(&plain).unwrap().rows;
    let utf16: Vec<u8> = std::iter::once(0xFEFF)
        .chain(plain.replace(';', "\t").encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(read(utf16).unwrap().rows, expected);
    let windows: Vec<u8> = plain.chars().map(windows_1250).collect();
    let table = read(windows).unwrap();
    assert_eq!(table.written, "csv, separator ;, windows-1250");
    assert_eq!(table.rows, expected);
}

/// The letters of the example in windows-1250.
fn windows_1250(c: char) -> u8 {
    match c {
        'ž' => 0x9E,
        'Ž' => 0x8E,
        'š' => 0x9A,
        'đ' => 0xF0,
        'ć' => 0xE6,
        'Č' => 0xC8,
        c => u8::try_from(c).unwrap(),
    }
}

#[test]
fn a_sheet_is_read_with_its_days_and_rows_that_end_early() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let day = Format::new().set_num_format("yyyy-mm-dd");
    let headings = [
        "Name",
        "DOB",
        "Category",
        "Reason",
        "Decision",
        "Entered on",
        "VIN",
        "Object",
    ];
    for (column, heading) in (0_u16..).zip(headings) {
        sheet.write_string(0, column, heading).unwrap();
    }
    for (column, text) in [(0, "Ana Primer"), (3, "suspected of theft"), (4, "K 1/26")] {
        sheet.write_string(1, column, text).unwrap();
    }
    sheet.write_number(1, 2, 26).unwrap();
    let born = ExcelDateTime::from_ymd(1971, 3, 5).unwrap();
    sheet.write_datetime_with_format(1, 1, &born, &day).unwrap();
    for (column, text) in [
        (2, "Art. 38"),
        (3, "stolen"),
        (4, "K 2/26"),
        (5, "5.3.2026"),
        (6, "WVWZZZ1JZXW000001"),
        (7, "Vozilo"),
    ] {
        sheet.write_string(2, column, text).unwrap();
    }
    let table = read(book.save_to_buffer().unwrap()).unwrap();
    assert_eq!((table.written.as_str(), table.errors.len()), ("excel", 0));
    assert_eq!(table.rows[0].category, Some(Category::Arrest));
    assert_eq!(table.rows[0].subject.births[0].to_string(), "1971-03-05");
    let car = &table.rows[1];
    assert_eq!(car.object, Some(ObjectKind::Vehicle));
    assert_eq!(car.subject.schema, Schema::Unknown);
    assert_eq!(car.subject.identifiers[0].value, "WVWZZZ1JZXW000001");
    assert_eq!(car.entered_on, Some(date(2026, 3, 5)));
}

#[test]
fn all_that_is_wrong_is_told_by_row_and_column_and_never_with_the_cells_text() {
    let text = "Name,DOB,Sex,Category,Reason,Warnings,Object,Entered on,Different\n\
        Qwxyz One,qwxyz,qwxyz,qwxyz,no,armed; qwxyz,qwxyz,qwxyz,qwxyz\n\
        Qwxyz Two,1971,m,36,a reason,,,2026,yes\n\
        Qwxyz Three,1971,m,26,a reason,,,,,,,qwxyz\n\
        Qwxyz Four,1971\n\
        Qwxyz Five,1971,m,26,a reason,armed|violent,,2026-01-05,yes\n";
    let table = read(text).unwrap();
    assert_eq!((table.row_count, table.rows.len()), (5, 1));
    assert!(table.rows[0].different);
    let found: Vec<(u64, &str, Option<usize>)> = table
        .errors
        .iter()
        .map(|e| (e.row, e.field.map_or("row", AlertField::as_str), e.column))
        .collect();
    assert_eq!(
        found,
        [
            (2, "category", Some(4)),
            (2, "birth-date", Some(2)),
            (2, "gender", Some(3)),
            (2, "object", Some(7)),
            (2, "reason", Some(5)),
            (2, "warnings", Some(6)),
            (2, "entered-on", Some(8)),
            (2, "different", Some(9)),
            (3, "category", Some(4)),
            (3, "entered-on", Some(8)),
            (4, "row", None),
            (5, "row", None),
        ]
    );
    assert_eq!(table.error_count, 12);
    assert_eq!(table.errors[8].problem, AlertCellProblem::Article36);
    for error in &table.errors {
        let text = format!("{error:?} {}", error.problem).to_lowercase();
        assert!(!text.contains("qwxyz"), "{text}");
    }
}

#[test]
fn of_many_errors_the_first_are_kept_and_all_are_counted() {
    let rows = "Ana Primer,never\n".repeat(1_500);
    let table = read(format!("name,dob\n{rows}")).unwrap();
    assert_eq!((table.errors.len(), table.error_count), (1_000, 1_500));
    assert_eq!(table.rows, []);
}

#[test]
fn dates_with_the_month_first_are_read_so_and_mixed_ones_are_refused() {
    let table = read("name,dob,entered on\nAna,3/25/1971,5.3.2026\nEva,3/5/1971,25.3.2026\n");
    let table = table.unwrap();
    assert_eq!(table.rows[1].subject.births[0].to_string(), "1971-03-05");
    assert_eq!(table.rows[0].entered_on, Some(date(2026, 3, 5)));
    let mixed = read("name,dob\nAna,3/25/1971\nEva,25/3/1971\n").unwrap_err();
    assert_eq!(mixed.problem, RowsProblem::MixedDates { column: 2 });
}

#[test]
fn article_36_means_what_the_caller_says() {
    let mut source = Cursor::new(b"name,article\nAna Primer,36\n".to_vec());
    let inquiry = reading("", Some(Category::InquiryCheck));
    let table = AlertTable::read(&mut source, &inquiry).unwrap();
    assert_eq!(table.rows[0].category, Some(Category::InquiryCheck));
    let arrest = reading("", Some(Category::Arrest));
    let table = AlertTable::read(&mut source, &arrest).unwrap();
    assert_eq!(table.errors[0].problem, AlertCellProblem::Article36);
}

#[test]
fn a_table_without_headings_is_read_by_numbers() {
    let mut source = Cursor::new(b"26,Ana Primer\n32,Eva Primer\n".to_vec());
    let without = AlertReading {
        headings: false,
        ..reading("category=1,name=2", None)
    };
    let table = AlertTable::read(&mut source, &without).unwrap();
    assert_eq!((table.rows.len(), table.rows[0].row), (2, 1));
    let columns: Vec<AlertField> = table.columns.iter().map(|mapped| mapped.field).collect();
    let name = AlertField::Subject(Column::Name);
    assert_eq!(columns, [AlertField::Category, name]);
}

#[test]
fn files_that_are_no_table_of_alerts_are_refused() {
    for (bytes, problem) in [
        (&b""[..], RowsProblem::Empty),
        (b"name,reason\n", RowsProblem::Empty),
        (b"\n\n", RowsProblem::Empty),
        (
            b"reason,category\nx,y\n",
            RowsProblem::NoName { columns: 2 },
        ),
        (b"{\"id\":\"a\"}\n", RowsProblem::NotATable),
        (b"UNA:+.? 'UNB+UNOA:4'", RowsProblem::NotATable),
    ] {
        assert_eq!(read(bytes).unwrap_err().problem, problem);
    }
    let many = "Ana\n".repeat(100_001);
    let error = read(format!("name\n{many}")).unwrap_err();
    let limit = "100,000 rows";
    assert_eq!(error.problem, RowsProblem::TooLarge { limit });
}

#[test]
fn any_bytes_are_read_or_refused_as_alerts() {
    bolero::check!().with_iterations(2_000).for_each(|bytes| {
        let _ = read(bytes);
        let _ = read([HEADING.as_bytes(), bytes].concat());
        let _ = stated_alert_columns(&String::from_utf8_lossy(bytes));
    });
}
