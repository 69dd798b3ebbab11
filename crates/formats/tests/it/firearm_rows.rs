//! Tables of invented weapons: what is read, what is refused, and where.

use egnatia_firearms::{Category, HolderKind, MarkPlace, MarkState, WeaponKind};
use egnatia_formats::rows::RowsError;
use egnatia_formats::rows::firearms::{
    FirearmCellProblem, FirearmField, FirearmReading, FirearmTable, ReadFirearm,
    stated_firearm_columns,
};
use jiff::civil::date;
use rust_xlsxwriter::Workbook;

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
