use super::*;
use proptest::prelude::*;

type Shown = (String, Option<String>, Option<String>);

fn zone() -> TimeZone {
    TimeZone::fixed(jiff::tz::offset(1))
}

fn shown(reading: &Reading) -> Shown {
    (
        reading.at.to_string(),
        reading.temperature.map(|t| t.to_string()),
        reading.humidity.map(|h| h.to_string()),
    )
}

fn read(text: &str) -> Result<Vec<Shown>, ReadingsError> {
    super::read(text, &zone()).map(|read| read.iter().map(shown).collect())
}

fn table(bytes: &[u8], order: Option<DateOrder>) -> Result<ReadingsTable, ReadingsError> {
    let how = Reckoned {
        zone: &zone(),
        order,
    };
    ReadingsTable::read(bytes, how)
}

fn line(at: &str, t: &str, h: &str) -> Shown {
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    (at.to_owned(), some(t), some(h))
}

fn row(line: u64, problem: ReadingProblem) -> ReadingsRowError {
    ReadingsRowError { line, problem }
}

#[test]
fn moments_and_numbers_are_read_as_loggers_and_people_write_them() {
    let same = line("2026-03-01T08:00:00Z", "21.5", "55.0");
    for text in [
        "1.3.2026 9:00; 21,5; 55",
        "1. 3. 2026. 09:00:00\t21,5 °C\t55 %",
        "01.03.26 09:00;21,5;55",
        "2026-03-01 09:00,21.5,55",
        "2026/03/01 09:00:00.250,21.5,55",
        "2026-03-01T08:00:00Z;21.5;55",
        "2026-03-01 09:00,\"21,5\",55",
        "\u{feff}Датум;Влага;Температура\n1.3.2026 9:00;55;21,5",
        "\"Koha\";\"Temperatura (°C)\";\"Lagështia %\"\n\n\"2026-03-01 09:00\";\"21.5\";\"55\"\n",
        "Date,Time,Temperature (°F),Relative humidity\n2026-03-01,9:00:00 AM,70.7,55",
        "Datum;Vrijeme;Temperatura;Relativna vlažnost (%)\n1.3.2026;9:00;21,5;55",
    ] {
        assert_eq!(read(text), Ok(vec![same.clone()]), "{text}");
    }
    let half = read("1.3.2026 9:00;;55\n1.3.2026 10:00;-4").unwrap();
    assert_eq!(half[0], line("2026-03-01T08:00:00Z", "", "55.0"));
    assert_eq!(half[1], line("2026-03-01T09:00:00Z", "-4.0", ""));
}

#[test]
fn a_file_of_a_logger_is_read_with_what_stands_before_its_headings() {
    let text = "\"Plot Title: Store 1\"\n\
        \"#\",\"Date Time, GMT+02:00\",\"Temp, °F (LGR S/N: 20123456)\",\"RH, % (LGR S/N: 20123456)\",\"Host Connected\"\n\
        1,13/03/2026 10:00:00,70.712,55.129,\n\
        2,13/03/2026 10:15:00,,,Logged\n\
        3,14/03/2026 12:05:00 PM,warm,55,\n\
        4,14/03/2026 12:20:00 PM,-4,,\n";
    let table = table(text.as_bytes(), None).unwrap();
    assert!(
        table.is_fahrenheit && table.headings.len() == 3,
        "{table:?}"
    );
    assert_eq!(table.order, Some(DateOrder::DayFirst));
    assert_eq!(table.passed_over, 1);
    assert_eq!(table.errors, [row(5, ReadingProblem::Temperature)]);
    let read: Vec<Shown> = table.readings.iter().map(shown).collect();
    assert_eq!(read[0], line("2026-03-13T08:00:00Z", "21.5", "55.1"));
    assert_eq!(read[1], line("2026-03-14T10:20:00Z", "-20.0", ""));
}

#[test]
fn dates_that_can_be_read_in_two_ways_are_asked_about() {
    let text = b"03/04/2026 09:00,21.5,55\n".as_slice();
    assert_eq!(table(text, None), Err(ReadingsError::Dates));
    let of = |order| {
        let table = table(text, Some(order)).unwrap();
        table.readings[0].at.to_string()
    };
    assert_eq!(of(DateOrder::DayFirst), "2026-04-03T08:00:00Z");
    assert_eq!(of(DateOrder::MonthFirst), "2026-03-04T08:00:00Z");
    let shown = b"03/04/2026 09:00,21.5,55\n03/25/2026 09:00,21.5,55\n";
    assert_eq!(
        table(shown, None).unwrap().order,
        Some(DateOrder::MonthFirst)
    );
    let mixed = b"25/04/2026 09:00,21.5,55\n03/25/2026 09:00,21.5,55\n";
    assert_eq!(table(mixed, None), Err(ReadingsError::MixedDates));
    // A statement that does not fit is an error of its line, never another day.
    let wrong = table(shown, Some(DateOrder::DayFirst)).unwrap();
    assert_eq!(wrong.errors, [row(2, ReadingProblem::Moment)]);
}

#[test]
fn files_of_the_regions_programs_are_read_whatever_their_characters() {
    let (windows, _, _) = encoding_rs::WINDOWS_1250
        .encode("vrijeme;temperatura;vlažnost\r\n1.3.2026 9:00;21,5;55\r\n");
    let read = table(&windows, None).unwrap();
    assert_eq!(read.readings.len(), 1, "{read:?}");
    let text = "time\ttemperature\n1.3.2026 9:00\t21,5\n";
    let wide: Vec<u8> = [0xFF, 0xFE]
        .into_iter()
        .chain(text.encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let read = table(&wide, None).unwrap();
    assert_eq!(read.readings.len(), 1, "{read:?}");
    assert_eq!(table(b"PK\x03\x04rest", None), Err(ReadingsError::Excel));
}

#[test]
fn every_wrong_line_is_said_by_its_number() {
    let text = b"1.3.2026 9:00;21\n\nyesterday;20\n31.2.2026 9:00;21\n2026-03-01;21\n\
        1.3.2026 9:00;warm\n1.3.2026 9:00;20;120\n1.3.2026 9:00;;\n"
        .as_slice();
    let read = table(text, None).unwrap();
    let expected = [
        (3, ReadingProblem::Moment),
        (4, ReadingProblem::Moment),
        (5, ReadingProblem::Moment),
        (6, ReadingProblem::Temperature),
        (7, ReadingProblem::Humidity),
        (8, ReadingProblem::Nothing),
    ];
    let expected: Vec<ReadingsRowError> = expected
        .iter()
        .map(|(line, problem)| row(*line, *problem))
        .collect();
    assert_eq!((read.readings.len(), read.errors), (1, expected));
    let first = row(1, ReadingProblem::Moment);
    assert_eq!(read_error("31.2.2026 9:00;21"), ReadingsError::Row(first));
    assert_eq!(read_error("when;colour\n"), ReadingsError::Headings);
    assert_eq!(read_error(" \n"), ReadingsError::Size);
    assert_eq!(read_error("time;temperature\n"), ReadingsError::Size);
}

fn read_error(text: &str) -> ReadingsError {
    read(text).unwrap_err()
}

proptest! {
    #[test]
    fn nothing_makes_it_panic(text in "[0-9a-zTZ.;,:/\\n\\t °%\"+-]{0,160}") {
        let _ = super::read(&text, &TimeZone::UTC);
    }

    #[test]
    fn nor_do_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = table(&bytes, None);
    }
}
