//! Tables of invented weapons: what is read, what is refused, and where.

use egnatia_firearms::{Category, HolderKind, MarkPlace, MarkState, WeaponKind};
use egnatia_formats::rows::RowsError;
use egnatia_formats::rows::firearms::{
    FirearmCellProblem, FirearmField, FirearmReading, FirearmTable, ReadFirearm,
    stated_firearm_columns,
};
use jiff::civil::date;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

const HEADING: &str = "Serijski broj;Vrsta oružja;Proizvođač;Model;Kalibar;Kategorija;Zemlja proizvodnje;\
Godina proizvodnje;Broj cijevi;Registarski broj;Vlasnik;Vrsta vlasnika;Ime vlasnika;Broj oružnog lista;\
Važi do;Datum registracije;Stanje oznake;Drugo oružje;Napomena\n";

fn read(text: impl AsRef<[u8]>) -> Result<FirearmTable, RowsError> {
    reading(text, "", None)
}

fn reading(
    text: impl AsRef<[u8]>,
    columns: &str,
    kind: Option<WeaponKind>,
) -> Result<FirearmTable, RowsError> {
    let stated = (!columns.is_empty()).then(|| stated_firearm_columns(columns).unwrap());
    let reading = FirearmReading {
        columns: stated.unwrap_or_default(),
        headings: true,
        others: egnatia_formats::rows::firearms::OtherColumns::Recognise,
        kind,
    };
    FirearmTable::read(text.as_ref().to_vec(), &reading)
}

fn rows(table: &FirearmTable) -> Vec<ReadFirearm> {
    let mut rows = table.rows().unwrap();
    std::iter::from_fn(|| rows.next_row().unwrap()).collect()
}

#[test]
fn a_register_is_read_with_its_columns_and_words_and_twice_the_same() {
    let table = read(format!(
        "{HEADING}M70-1;Automatska puška;Застава;M70;7,62×39;kat. A;YU;1987;C-9;R 1;H-1;fizičko lice;\
Ana Primer;OL 7;31.12.2027.;5.3.2019.;;;x\n\
;\n\
\n\
;Pištolj;Zastava;CZ 99;9×19;;;;;R 2;;;;;;;bez broja;DA;\n"
    ))
    .unwrap();
    assert_eq!(table.written, "csv, separator ;, utf-8");
    assert_eq!(
        (table.row_count, table.unused.as_slice()),
        (2, &["Napomena".to_owned()][..])
    );
    assert_eq!(table.column(FirearmField::Barrel).unwrap().number, 9);
    let read = rows(&table);
    assert_eq!(read, rows(&table));
    let [Ok(rifle), Ok(pistol)] = read.as_slice() else {
        panic!("{read:?}");
    };
    let what = &rifle.particulars;
    assert_eq!((rifle.row, what.kind), (2, WeaponKind::AssaultRifle));
    assert_eq!(
        (what.make.as_str(), what.category),
        ("Застава", Some(Category::A))
    );
    assert_eq!(what.country.as_ref().unwrap().as_str(), "YU");
    assert_eq!(what.year, Some(1987));
    let marks: Vec<_> = what
        .marks
        .iter()
        .map(|m| (m.place, m.text.as_str()))
        .collect();
    assert_eq!(
        marks,
        [(MarkPlace::Receiver, "M70-1"), (MarkPlace::Barrel, "C-9")]
    );
    let holder = rifle.holder.as_ref().unwrap();
    assert_eq!(
        (holder.kind, holder.reference.as_str()),
        (HolderKind::Person, "H-1")
    );
    assert_eq!(holder.name.as_ref().unwrap().reveal(), "Ana Primer");
    assert_eq!(rifle.licensed_until, Some(date(2027, 12, 31)));
    assert_eq!(rifle.held_since, Some(date(2019, 3, 5)));
    assert!(!rifle.different && pistol.different);
    let mark = &pistol.particulars.marks[0];
    assert_eq!(
        (mark.place, mark.state),
        (MarkPlace::Frame, MarkState::Missing)
    );
    assert_eq!(pistol.holder, None);
}

#[test]
fn all_that_is_wrong_with_a_row_is_told_by_field_and_column_and_the_others_are_read() {
    let table = read(format!(
        "{HEADING}\
         ;top;X;;9;D;Srbija;'87;;;;;Ana Primer;;never;;čudno;možda;\n\
         A 1;pištolj;X;;9;;;;;;;;;;31.12.2027.;;;;\n\
         A 2;pištolj;X\n\
         A 3;pištolj;X;;9;;;;;;;;;;;;;;\n"
    ))
    .unwrap();
    let read = rows(&table);
    let errors: Vec<_> = read
        .iter()
        .filter_map(|row| row.as_ref().err())
        .flatten()
        .map(|error| (error.row, error.field, error.column))
        .collect();
    let at = |row, field: FirearmField| {
        (
            row,
            Some(field),
            table.column(field).map(|column| column.number),
        )
    };
    let mut first: Vec<_> = errors
        .iter()
        .copied()
        .filter(|error| error.0 == 2)
        .collect();
    first.sort_by_key(|error| error.2);
    assert_eq!(
        first,
        [
            at(2, FirearmField::Serial),
            at(2, FirearmField::Kind),
            at(2, FirearmField::Category),
            at(2, FirearmField::Country),
            at(2, FirearmField::Year),
            at(2, FirearmField::HolderName),
            at(2, FirearmField::LicensedUntil),
            at(2, FirearmField::State),
            at(2, FirearmField::Different),
        ]
    );
    assert_eq!(
        errors[9..],
        [at(3, FirearmField::LicensedUntil), (4, None, None)]
    );
    let cells = read[2].as_ref().unwrap_err()[0].problem;
    assert_eq!(
        cells,
        FirearmCellProblem::Cells {
            found: 3,
            expected: 19
        }
    );
    assert!(read[3].is_ok());
    // No message repeats what stands in a cell.
    let told = format!("{errors:?}");
    assert!(!told.contains("Ana") && !told.contains("top"));
}

#[test]
fn a_kind_for_the_whole_file_and_stated_columns_are_taken() {
    let text = "Nr,Prodhuesi,Kalibri,Vazi do\nA 1,Beretta,9x19,\nA 2,Beretta,9x19,12/31/2027\n";
    let table = reading(text, "serial=Nr", Some(WeaponKind::Pistol)).unwrap();
    let read = rows(&table);
    let first = read[0].as_ref().unwrap();
    assert_eq!(first.particulars.kind, WeaponKind::Pistol);
    assert_eq!(first.particulars.make, "Beretta");
    // The month stands first; the licence itself is missing.
    assert_eq!(
        read[1].as_ref().unwrap_err()[0].problem,
        FirearmCellProblem::NoLicence
    );
    assert!(
        rows(&reading(text, "serial=1", None).unwrap())
            .iter()
            .all(Result::is_err)
    );
    let mixed = text.replace("9x19,\n", "9x19,31/12/2027\n");
    assert!(
        reading(mixed, "serial=Nr", None)
            .unwrap_err()
            .to_string()
            .contains("month first")
    );
}

#[test]
fn a_sheet_is_read_as_a_table_and_other_files_are_refused() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, (heading, cell)) in [
        ("Serial number", "00123"),
        ("Kind", "Revolver"),
        ("Make", "S&W"),
        ("Calibre", ".38"),
    ]
    .into_iter()
    .enumerate()
    {
        let column = u16::try_from(column).unwrap();
        sheet.write_string(0, column, heading).unwrap();
        sheet.write_string(2, column, cell).unwrap();
    }
    let table = read(book.save_to_buffer().unwrap()).unwrap();
    assert_eq!((table.written.as_str(), table.row_count), ("excel", 1));
    let read = rows(&table);
    let revolver = read[0].as_ref().unwrap();
    assert_eq!((revolver.row, revolver.particulars.number()), (3, "00123"));
    for (text, expected) in [
        ("", "no rows"),
        ("Serial,Make\n", "no rows"),
        ("Make,Model\nX,Y\n", "--columns serial=1"),
        ("UNA:+.? 'UNB+UNOA:4+X'", "no table"),
    ] {
        let error = self::read(text).unwrap_err().to_string();
        assert!(error.contains(expected), "{text}: {error}");
    }
}

/// Letters of the text in an encoding of one byte each, as `(letter, byte)`.
fn encoded(text: &str, letters: &[(char, u8)]) -> Vec<u8> {
    let byte = |c: char| match letters.iter().find(|(letter, _)| *letter == c) {
        Some((_, byte)) => *byte,
        None => u8::try_from(c).unwrap(),
    };
    text.chars().map(byte).collect()
}

#[test]
fn files_of_old_programs_are_read_in_their_letters() {
    let latin = "Serijski broj;Vrsta oružja;Proizvođač;Kalibar\nČ-104;pištolj;Zastava Užice;7,65\n";
    let windows_1250 = encoded(
        latin,
        &[
            ('ž', 0x9E),
            ('đ', 0xF0),
            ('č', 0xE8),
            ('Č', 0xC8),
            ('š', 0x9A),
        ],
    );
    // Cyrillic of windows-1251: А is 0xC0, а is 0xE0; Serbian and Macedonian letters stand apart.
    let cyrillic = "Сериски број;Вид на оружје;Производител;Калибар\nАБ-104;пиштол;Застава;7,65\n";
    let mut letters: Vec<(char, u8)> = ('А'..='я').zip(0xC0..=0xFF_u8).collect();
    letters.push(('ј', 0xBC));
    let windows_1251 = encoded(cyrillic, &letters);
    let utf16: Vec<u8> = [0xFF, 0xFE]
        .into_iter()
        .chain(cyrillic.encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    for (bytes, written, number) in [
        (windows_1250, "csv, separator ;, windows-1250", "Č-104"),
        (windows_1251, "csv, separator ;, windows-1251", "АБ-104"),
        (utf16, "csv, separator ;, utf-16le", "АБ-104"),
    ] {
        let table = read(bytes).unwrap();
        assert_eq!(table.written, written);
        let read = rows(&table);
        let [Ok(pistol)] = read.as_slice() else {
            panic!("{written}: {read:?}");
        };
        assert_eq!(pistol.particulars.number(), number, "{written}");
        assert_eq!(pistol.particulars.kind, WeaponKind::Pistol, "{written}");
    }
}

#[test]
fn what_a_spreadsheet_did_to_a_number_is_said_and_not_registered() {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    // A title over merged cells, and a line of groups, as registers have them.
    let bold = Format::new().set_bold();
    sheet
        .merge_range(0, 0, 0, 3, "Регистар на оружје 2026", &bold)
        .unwrap();
    sheet.merge_range(1, 0, 1, 2, "Оружје", &bold).unwrap();
    let headings = [
        "Serijski broj",
        "Vrsta oružja",
        "Proizvođač",
        "Kalibar",
        "Vrijedi do",
    ];
    for (column, heading) in (0_u16..).zip(headings) {
        sheet.write_string(2, column, heading).unwrap();
    }
    let day = Format::new().set_num_format("dd.mm.yyyy");
    let march = ExcelDateTime::parse_from_str("1987-03-01").unwrap();
    for (row, number) in [
        (3, Some(45_123.0)),
        (4, Some(1.234_567_890_123_456_7e17)),
        (5, None),
    ] {
        match number {
            Some(number) => sheet.write_number(row, 0, number).unwrap(),
            // `mar-87` on the weapon.
            None => sheet
                .write_datetime_with_format(row, 0, &march, &day)
                .unwrap(),
        };
        for (column, text) in [(1, "pištolj"), (2, "Zastava"), (3, "7,65")] {
            sheet.write_string(row, column, text).unwrap();
        }
    }
    let bytes = book.save_to_buffer().unwrap();
    let first = FirearmTable::first_row(bytes.clone()).unwrap();
    assert_eq!(first[0], "Serijski broj");
    let table = read(bytes).unwrap();
    assert_eq!(table.row_count, 3);
    let read = rows(&table);
    let good = read[0].as_ref().unwrap();
    assert_eq!((good.row, good.particulars.number()), (4, "45123"));
    let problems: Vec<(u64, FirearmCellProblem)> = read[1..]
        .iter()
        .flat_map(|row| row.as_ref().unwrap_err())
        .map(|error| (error.row, error.problem))
        .collect();
    assert_eq!(
        problems,
        [
            (5, FirearmCellProblem::Shortened),
            (6, FirearmCellProblem::MadeADay)
        ]
    );
    // The same from a program that exports what it shows.
    let csv = "Serial;Kind;Make;Calibre\n1,23457E+11;pistol;Zastava;7,65\n";
    let read = rows(&self::read(csv).unwrap());
    let error = &read[0].as_ref().unwrap_err()[0];
    assert_eq!(error.problem, FirearmCellProblem::Shortened);
    assert_eq!(
        (error.field, error.column),
        (Some(FirearmField::Serial), Some(1))
    );
}
