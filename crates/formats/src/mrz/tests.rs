//! The specimens of Doc 9303, invented documents of the region, and properties of all zones.

use egnatia_matching::IdentifierKind;
use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::*;

const TODAY: Date = date(2026, 6, 15);

const TD3: &str =
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10";
const TD1: &str = "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<";
const TD2: &str = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6";
const MRV_A: &str =
    "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL8988901C4XXX4009078F96121096ZE184226B<<<<<<";
const MRV_B: &str = "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nL8988901C4XXX4009078F9612109<<<<<<<<";
const LONG_TD1: &str = "I<UTOD23145890<7349<<<<<<<<<<<\n3407127M9507122UTO<<<<<<<<<<<2\nSTEVENSON<<PETER<JOHN<<<<<<<<<";
const LONG_TD2: &str = "I<UTOSTEVENSON<<PETER<JOHN<<<<<<<<<<\nD23145890<UTO3407127M95071227349<<<8";

fn read(text: &str) -> Mrz {
    Mrz::read(text, TODAY).unwrap()
}

fn wrong(zone: &Mrz) -> Vec<Field> {
    zone.disagreeing().map(|digit| digit.field).collect()
}

#[test]
fn the_specimens_of_doc_9303_are_read() {
    for (text, form, number, birth, optional) in [
        (
            TD3,
            Form::Td3,
            "L898902C3",
            "1974-08-12",
            &["ZE184226B"][..],
        ),
        (TD1, Form::Td1, "D23145890", "1974-08-12", &[]),
        (TD2, Form::Td2, "D23145890", "1974-08-12", &[]),
        (
            MRV_A,
            Form::MrvA,
            "L8988901C",
            "1940-09-07",
            &["6ZE184226B"],
        ),
        (MRV_B, Form::MrvB, "L8988901C", "1940-09-07", &[]),
        (LONG_TD1, Form::Td1, "D23145890734", "1934-07-12", &[]),
        (LONG_TD2, Form::Td2, "D23145890734", "1934-07-12", &[]),
    ] {
        let zone = read(text);
        assert_eq!((zone.form, zone.document_number.as_str()), (form, number));
        assert_eq!(zone.birth_date.date.unwrap().to_string(), birth);
        assert_eq!(zone.optional_data, optional);
        assert_eq!(wrong(&zone), [], "{text}");
        assert!(
            zone.misplaced.is_empty()
                && zone.repairs.is_empty()
                && zone.impossible_dates.is_empty()
        );
        assert!(!zone.name.perhaps_truncated);
    }
}

#[test]
fn invented_documents_of_the_region_are_read() {
    for (first, number, nationality, birth, primary, secondary) in [
        (
            "P<SRBDURDEVSKI<<NJEGOSLAV",
            "004417209",
            "SRB",
            "830219",
            "DURDEVSKI",
            "NJEGOSLAV",
        ),
        (
            "P<MKDGJUROVSKA<<KJIRA",
            "A7100442<",
            "MKD",
            "911130",
            "GJUROVSKA",
            "KJIRA",
        ),
        (
            "P<ALBCELMETA<<DERVISHA",
            "BX4410027",
            "ALB",
            "880229",
            "CELMETA",
            "DERVISHA",
        ),
        (
            "P<BIHHODZAK<SEHOVAN<<AMRELA",
            "B4410072<",
            "BIH",
            "770707",
            "HODZAK SEHOVAN",
            "AMRELA",
        ),
        (
            "P<MNEZUGAN<<DORDIJAN",
            "M44100723",
            "MNE",
            "690423",
            "ZUGAN",
            "DORDIJAN",
        ),
        (
            "P<RKSKRASNIQAJ<<DARTANA",
            "P44100724",
            "RKS",
            "010203",
            "KRASNIQAJ",
            "DARTANA",
        ),
    ] {
        let fields = Fields {
            number: number.to_owned(),
            nationality: nationality.to_owned(),
            birth: birth.to_owned(),
            ..Fields::default()
        };
        let zone = read(&format!("{first:<<44}\n{}", fields.line_of_td3()));
        assert_eq!(wrong(&zone), [], "{first}");
        assert_eq!(
            (zone.name.primary.as_str(), zone.name.secondary.as_str()),
            (primary, secondary)
        );
        assert_eq!(zone.issuing_state.raw, nationality);
        assert!(zone.issuing_state.country.is_some());
    }
}

#[test]
fn what_is_compared_is_described() {
    let query = read(TD3).describe();
    assert_eq!(query.names[0].text, "ANNA MARIA ERIKSSON");
    let parts = query.names[0].parts.as_ref().unwrap();
    assert_eq!(parts.family.as_deref(), Some("ERIKSSON"));
    assert_eq!(query.gender, Some(Gender::Female));
    assert_eq!(query.births[0].to_string(), "1974-08-12");
    assert_eq!(query.nationalities, ["UTO"]);
    let number = &query.identifiers[0];
    assert_eq!(
        (number.kind, number.country.as_deref()),
        (IdentifierKind::Passport, Some("UTO"))
    );
    assert_eq!(
        read(TD1).describe().identifiers[0].kind,
        IdentifierKind::IdentityCard
    );

    let visa = read(MRV_A).describe();
    assert_eq!(visa.identifiers[0].kind, IdentifierKind::Other);
    assert!(visa.identifiers[0].country.is_none());
    assert!(visa.nationalities.is_empty(), "XXX is no nationality");

    let kosovo = read(&TD1.replace("UTO<", "RKS<")).describe();
    assert_eq!(kosovo.nationalities, ["XK"]);
}

#[test]
fn one_line_of_a_passport_is_read() {
    let mut lines = TD3.lines();
    let name = read(lines.next().unwrap());
    assert_eq!(
        (name.form, name.name.primary.as_str()),
        (Form::NameLine, "ERIKSSON")
    );
    assert!(name.check_digits.is_empty() && name.describe().identifiers.is_empty());
    let data = read(lines.next().unwrap());
    assert_eq!(
        (data.form, data.document_number.as_str()),
        (Form::DataLine, "L898902C3")
    );
    assert_eq!(data.check_digits.len(), 3);
    assert!(data.describe().names.is_empty());
}

#[test]
fn lines_may_be_joined_spaced_and_in_small_letters() {
    let expected = read(TD1);
    for text in [
        TD1.replace('\n', ""),
        TD1.replace('\n', " "),
        TD1.replace('\n', "\r\n"),
        TD1.replace('\n', "\\n"),
        TD1.to_lowercase(),
        format!("  {}\r", TD1.replace('\n', "\u{2028}")),
    ] {
        assert_eq!(Mrz::read(&text, TODAY), Ok(expected.clone()), "{text:?}");
    }
}

#[test]
fn errors_say_what_to_do() {
    let cut = TD3.strip_suffix('0').unwrap();
    let error = Mrz::read(cut, TODAY).unwrap_err().to_string();
    assert_eq!(
        error,
        "the zone has 87 characters in lines of 44, 43; zones have 3 lines of 30, 2 of 36 or 2 of 44: scan it again, with every `<`"
    );
    assert!(Mrz::is_meant(cut) && !Mrz::is_meant("KARADJOSKI<<DJORDJE"));
    let error = Mrz::read("P<UTOÉ", TODAY).unwrap_err().to_string();
    assert!(
        error.starts_with("`É`, character 6 of its line, is none of"),
        "{error}"
    );
    assert!(Mrz::read("", TODAY).is_err());
    assert!(Mrz::read(&"A".repeat(44), TODAY).is_err());
}

#[test]
fn every_check_digit_is_judged_by_itself() {
    let zone = read(&TD3.replace("7408122F", "7408132F"));
    let report: Vec<String> = zone.check_digits.iter().map(ToString::to_string).collect();
    assert_eq!(
        report,
        [
            "document number: 6 agrees",
            "birth date: 2 is stated, 3 is computed",
            "expiry date: 9 agrees",
            "optional data: 1 agrees",
            "whole zone: 0 is stated, 7 is computed",
        ]
    );
    let letter = read(&TD3.replace("C36UTO", "C3GUTO"));
    assert!(
        letter.check_digits[0]
            .to_string()
            .contains("`G` is no digit, 6 is computed")
    );
    let missing = read(&TD3.replace("C36UTO", "C3<UTO"));
    assert!(
        missing.check_digits[0]
            .to_string()
            .contains("no check digit is stated")
    );
}

#[test]
fn empty_optional_data_may_have_a_filler_or_0_for_its_check_digit() {
    for digit in ['<', '0'] {
        let fields = Fields {
            optional: String::new(),
            optional_digit: Some(digit),
            ..Fields::default()
        };
        let zone = read(&format!("{:<<44}{}", "P<SRBA<<B", fields.line_of_td3()));
        assert_eq!(wrong(&zone), []);
        assert!(zone.optional_data.is_empty());
    }
}

#[test]
fn every_check_digit_says_where_it_stands() {
    for (text, places) in [
        (TD3, &[(2, 10), (2, 20), (2, 28), (2, 43), (2, 44)][..]),
        (TD1, &[(1, 15), (2, 7), (2, 15), (2, 30)]),
        (TD2, &[(2, 10), (2, 20), (2, 28), (2, 36)]),
        (MRV_A, &[(2, 10), (2, 20), (2, 28)]),
        (MRV_B, &[(2, 10), (2, 20), (2, 28)]),
        // Of a long number it stands behind the last of its characters.
        (LONG_TD1, &[(1, 19), (2, 7), (2, 15), (2, 30)]),
        (LONG_TD2, &[(2, 32), (2, 20), (2, 28), (2, 36)]),
    ] {
        let zone = read(text);
        let stand: Vec<(usize, usize)> = zone
            .check_digits
            .iter()
            .map(|digit| (digit.line, digit.column))
            .collect();
        assert_eq!(stand, places, "{text}");
        for digit in &zone.check_digits {
            let line = &zone.lines[digit.line - 1];
            assert_eq!(line.chars().nth(digit.column - 1), Some(digit.stated));
        }
        assert_eq!(zone.lines.join("\n"), text);
        assert_eq!(zone.is_long_number, text == LONG_TD1 || text == LONG_TD2);
    }
}

#[test]
fn unknown_parts_of_dates_are_named() {
    use DatePart::{Day, Month, Year};
    for (raw, unknown) in [
        ("740812", &[][..]),
        ("7408<<", &[Day]),
        ("74<<<<", &[Month, Day]),
        ("<<<<<<", &[Year, Month, Day]),
        ("74<<12", &[Month]),
    ] {
        let fields = Fields {
            birth: raw.to_owned(),
            ..Fields::default()
        };
        let zone = read(&format!("{:<<44}\n{}", "P<UTOX", fields.line_of_td3()));
        assert_eq!(zone.birth_date.unknown, unknown, "{raw}");
        assert!(zone.expiry_date.unknown.is_empty());
    }
}

#[test]
fn a_proposal_carries_the_lines_that_it_would_make() {
    let misread = TD3.replace("7408122F", "74O8122F");
    let zone = read(&misread);
    assert_eq!(zone.lines.join("\n"), misread, "nothing is changed");
    let repair = zone.whole_repair().unwrap();
    assert_eq!(repair.lines.join("\n"), TD3);
    assert_eq!(wrong(&read(&repair.lines.join("\n"))), []);
    assert!(!format!("{repair:?}").contains("ERIKSSON"));
}

#[test]
fn misread_characters_are_proposed_and_never_changed() {
    // A letter in a date, which the alphabet shows; the number, which its digit shows; a digit in
    // the name; and the check digit itself.
    for (right, misread, field) in [
        ("7408122F", "74O8122F", Field::BirthDate),
        ("L898902C3", "L8989O2C3", Field::DocumentNumber),
        ("ERIKSSON", "ER1KSSON", Field::Name),
        ("1204159", "I204I59", Field::ExpiryDate),
        ("C36UTO", "C3GUTO", Field::DocumentNumber),
        ("ZE184226B", "2E1842268", Field::OptionalData),
    ] {
        let zone = read(&TD3.replace(right, misread));
        let best = &zone.repairs[0];
        assert_eq!(best.field, field, "{misread}");
        assert!(best.leaves.is_empty(), "{misread}: {best}");
        let text = best.to_string();
        assert!(text.ends_with("then every check digit agrees"), "{text}");
        assert_ne!(zone, read(TD3), "{misread} is not corrected");
    }
    let zone = read(&TD3.replace("7408122F", "74O8122F"));
    assert_eq!(
        zone.repairs[0].to_string(),
        "birth date: `O` in line 2, place 16 may be `0`; then every check digit agrees"
    );
    assert_eq!(
        zone.misplaced[0].to_string(),
        "line 2, place 16: `O` cannot stand in the birth date"
    );
}

#[test]
fn impossible_dates_are_named() {
    let fields = Fields {
        birth: "851331".to_owned(),
        ..Fields::default()
    };
    let zone = read(&format!("{:<<44}{}", "P<SRBA<<B", fields.line_of_td3()));
    assert_eq!(
        (wrong(&zone), zone.impossible_dates.as_slice()),
        (vec![], &[Field::BirthDate][..])
    );
    assert_eq!(zone.describe().births[0].to_string(), "~1985");
    let leap = Fields {
        birth: "900229".to_owned(),
        ..Fields::default()
    };
    let zone = read(&format!("{:<<44}{}", "P<ALBA<<B", leap.line_of_td3()));
    assert_eq!(zone.birth_date.date, None);
    assert_eq!(zone.describe().births[0].to_string(), "~1990-02");
}

#[test]
fn its_debug_output_holds_nothing_of_the_holder() {
    let text = format!("{:?}", read(TD3));
    assert_eq!(text, "Mrz { form: Td3, disagreeing: 0, .. }");
}

/// What a zone is made of: the writer that the reader is tested against.
#[derive(Debug, Clone)]
struct Fields {
    number: String,
    nationality: String,
    birth: String,
    sex: char,
    expiry: String,
    optional: String,
    optional_digit: Option<char>,
    name: String,
}

impl Default for Fields {
    fn default() -> Self {
        Self {
            number: "A1".to_owned(),
            nationality: "SRB".to_owned(),
            birth: "800101".to_owned(),
            sex: '<',
            expiry: "300101".to_owned(),
            optional: String::new(),
            optional_digit: None,
            name: "A<<B".to_owned(),
        }
    }
}

impl Fields {
    fn with_digit(text: &str) -> String {
        format!("{text}{}", compute(text))
    }

    fn line_of_td3(&self) -> String {
        let number = Self::with_digit(&format!("{:<<9}", self.number));
        let (birth, expiry) = (
            Self::with_digit(&self.birth),
            Self::with_digit(&self.expiry),
        );
        let optional = format!("{:<<14}", self.optional);
        let digit = self.optional_digit.unwrap_or(compute(&optional));
        let composite = compute(&format!("{number}{birth}{expiry}{optional}{digit}"));
        format!(
            "{number}{:<<3}{birth}{}{expiry}{optional}{digit}{composite}",
            self.nationality, self.sex
        )
    }

    /// The number with its digit, and the optional data with what goes on in them.
    fn long(&self, width: usize) -> (String, String) {
        match self.number.split_at_checked(9) {
            Some((first, rest)) if !rest.is_empty() => {
                let optional = format!("{rest}{}<{}", compute(&self.number), self.optional);
                (format!("{first}<"), format!("{optional:<<width$}"))
            }
            _ => {
                let number = Self::with_digit(&format!("{:<<9}", self.number));
                (number, format!("{:<<width$}", self.optional))
            }
        }
    }

    fn write(&self, form: Form) -> String {
        let (birth, expiry) = (
            Self::with_digit(&self.birth),
            Self::with_digit(&self.expiry),
        );
        let (nationality, sex, name) = (format!("{:<<3}", self.nationality), self.sex, &self.name);
        match form {
            Form::Td3 => format!("P<{nationality}{name:<<39}{}", self.line_of_td3()),
            Form::Td2 => {
                let (number, optional) = self.long(7);
                let composite = compute(&format!("{number}{birth}{expiry}{optional}"));
                format!(
                    "I<{nationality}{name:<<31}{number}{nationality}{birth}{sex}{expiry}{optional}{composite}"
                )
            }
            Form::Td1 => {
                let (number, optional) = self.long(15);
                let more = "<".repeat(11);
                let composite = compute(&format!("{number}{optional}{birth}{expiry}{more}"));
                format!(
                    "I<{nationality}{number}{optional}{birth}{sex}{expiry}{nationality}{more}{composite}{name:<<30}"
                )
            }
            _ => {
                let number = Self::with_digit(&format!("{:<<9}", self.number));
                let (name_width, width) = if form == Form::MrvA {
                    (39, 16)
                } else {
                    (31, 8)
                };
                format!(
                    "V<{nationality}{name:<<name_width$}{number}{nationality}{birth}{sex}{expiry}{:<<width$}",
                    self.optional
                )
            }
        }
    }
}

const FORMS: [Form; 5] = [Form::Td1, Form::Td2, Form::Td3, Form::MrvA, Form::MrvB];

fn day() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => (0..100_u8, 1..=12_u8, 1..=28_u8).prop_map(|(y, m, d)| format!("{y:02}{m:02}{d:02}")),
        1 => (0..100_u8).prop_map(|y| format!("{y:02}<<<<")),
        1 => Just("<<<<<<".to_owned()),
    ]
}

fn documents() -> impl Strategy<Value = (Form, Fields)> {
    let form = (0..FORMS.len()).prop_map(|at| FORMS[at]);
    let name = ("[A-Z]{2,8}(<[A-Z]{2,5})?", "[A-Z]{2,8}");
    (
        form,
        "[A-Z0-9]{9}[A-Z0-9]{0,3}",
        "[A-Z]{3}",
        day(),
        day(),
        name,
        "[MF<]",
    )
        .prop_map(
            |(form, mut number, nationality, birth, expiry, (primary, secondary), sex)| {
                // Only cards have longer numbers.
                if !matches!(form, Form::Td1 | Form::Td2) {
                    number.truncate(9);
                }
                let fields = Fields {
                    number,
                    nationality,
                    birth,
                    expiry,
                    sex: sex.chars().next().unwrap(),
                    name: format!("{primary}<<{secondary}"),
                    ..Fields::default()
                };
                (form, fields)
            },
        )
}

proptest! {
    #[test]
    fn a_written_zone_reads_back((form, fields) in documents()) {
        let zone = read(&fields.write(form));
        prop_assert_eq!(zone.form, form);
        prop_assert_eq!(wrong(&zone), Vec::<Field>::new());
        prop_assert!(zone.misplaced.is_empty() && zone.repairs.is_empty());
        prop_assert!(zone.impossible_dates.is_empty() && zone.optional_data.is_empty());
        prop_assert_eq!(&zone.document_number, &fields.number);
        prop_assert_eq!(&zone.nationality.raw, &fields.nationality);
        prop_assert_eq!(&zone.birth_date.raw, &fields.birth);
        prop_assert_eq!(&zone.expiry_date.raw, &fields.expiry);
        let name = format!("{}<<{}", zone.name.primary.replace(' ', "<"), zone.name.secondary);
        prop_assert_eq!(name, fields.name);
    }

    /// Every weight is coprime to 10, so that a change shows unless the values of the two
    /// characters differ by a multiple of ten, as those of 0, A, K and U do.
    #[test]
    fn a_changed_character_of_a_checked_field_shows_unless_the_sum_allows_it(
        (form, fields) in documents(),
        at in 0..24_usize,
        replacement in "[A-Z0-9<]",
    ) {
        let zone = fields.write(form);
        let layout = form.layout();
        // Dates and number; the digits themselves are covered by the sum, too.
        let checked: Vec<usize> = layout
            .places
            .iter()
            .filter(|(_, field, _)| matches!(field, Field::BirthDate | Field::ExpiryDate | Field::DocumentNumber))
            .flat_map(|((from, to), ..)| *from..*to)
            .collect();
        let place = checked[at % checked.len()];
        let old = zone.chars().nth(place).unwrap();
        let new = replacement.chars().next().unwrap();
        let value = |c: char| c.to_digit(36).unwrap_or(0);
        if value(old) % 10 == value(new) % 10 {
            return Ok(());
        }
        // A digit in place of the `<` after a long number makes a number of nine characters.
        let mut changed = zone.clone();
        changed.replace_range(place..=place, &replacement);
        prop_assert!(!wrong(&read(&changed)).is_empty(), "{} became {}", zone, changed);
    }

    /// A look-alike in a checked field is among the proposals that mend every check digit.
    #[test]
    fn a_look_alike_in_a_date_is_proposed((form, fields) in documents(), at in 0..6_usize) {
        let zone = fields.write(form);
        let ((from, _), ..) = form.layout().places.iter().find(|place| place.1 == Field::BirthDate).unwrap();
        let place = from + at;
        let letter = match zone.chars().nth(place).unwrap() {
            '0' => "O",
            '1' => "I",
            '2' => "Z",
            '5' => "S",
            '8' => "B",
            _ => return Ok(()),
        };
        let mut misread = zone.clone();
        misread.replace_range(place..=place, letter);
        let read = read(&misread);
        prop_assert!(read.repairs.iter().any(|repair| repair.leaves.is_empty() && repair.field == Field::BirthDate));
    }
}
