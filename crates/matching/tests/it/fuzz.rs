//! Fuzzing: names of every script put together at random, plain text, and segments with bytes
//! changed. Nothing may panic or hang, and what is answered keeps its promises.

use bolero::TypeGenerator;
use egnatia_matching::serial::{Query, Serial};
use egnatia_matching::{
    Assessment, BirthDate, Description, Identifier, IdentifierKind, Index, Name, NameKind, Schema,
    Segment, Thresholds, compare,
};

/// Runs for each target; a few seconds in all.
const ITERATIONS: usize = 3000;

/// Pieces of names, of each script and of each rule that random text would seldom hit upon.
const PIECES: &[&str] = &[
    " ",
    " ",
    "-",
    "'",
    ",",
    ", ",
    ".",
    "<",
    "<<",
    "/",
    "(",
    ")",
    "\"",
    "\u{200f}",
    "\u{301}",
    "\u{0}",
    "Abdul",
    "abd ",
    "عبد",
    "ال",
    "عبدالله",
    "bin ",
    "al-",
    "Abu ",
    "ud-Din",
    "van den ",
    "O'",
    "Mc",
    "Dr ",
    "Jr.",
    "III",
    "Ђорђе",
    "Ѓорѓи",
    "Љ",
    "џ",
    "ъ",
    "Gjorgji",
    "Xh",
    "Dž",
    "ić",
    "ova",
    "ski",
    "ska",
    "Παπαδόπουλος",
    "ου",
    "İ",
    "ı",
    "ß",
    "Œ",
    "ﷺ",
    "李",
    "진",
    "ირ",
    "d.o.o.",
    "GmbH",
    "Holding",
    "of ",
    "& ",
    "II",
    "7",
    "٣",
    "J.",
    "J",
    "a",
    "é",
    "M/V ",
    "\u{1F600}",
];

#[derive(Debug, TypeGenerator)]
enum Part {
    Piece(u8),
    Letter(char),
}

#[derive(Debug, TypeGenerator)]
struct Drawn {
    schema: u8,
    names: Vec<Vec<Part>>,
    kind: u8,
    birth: Option<(i16, u8, u8)>,
    number: Vec<Part>,
}

fn text(parts: &[Part]) -> String {
    parts
        .iter()
        .take(40)
        .map(|part| match part {
            Part::Piece(place) => PIECES[usize::from(*place) % PIECES.len()].to_owned(),
            Part::Letter(letter) => letter.to_string(),
        })
        .collect()
}

impl Drawn {
    fn description(&self) -> Description {
        let names = self.names.iter().take(4).map(|parts| Name {
            kind: [NameKind::Primary, NameKind::WeakAlias][usize::from(self.kind % 2)],
            ..Name::new(text(parts))
        });
        let birth = self.birth.and_then(|(year, month, day)| {
            let date = format!("{year:04}-{:02}-{:02}", month % 13, day % 33);
            date.parse::<BirthDate>().ok()
        });
        let number = text(&self.number);
        Description {
            schema: [
                Schema::Person,
                Schema::Organization,
                Schema::Vessel,
                Schema::Unknown,
            ][usize::from(self.schema % 4)],
            names: names.collect(),
            births: birth.into_iter().collect(),
            identifiers: vec![Identifier {
                kind: IdentifierKind::Passport,
                country: None,
                value: number,
            }],
            ..Description::default()
        }
    }
}

fn keeps_its_promises(assessment: &Assessment) {
    assert!(assessment.probability > 0.0 && assessment.probability < 1.0);
    for evidence in &assessment.evidence {
        assert!(evidence.weight.is_finite());
    }
}

#[test]
fn any_two_descriptions_are_compared_the_same_way_round() {
    bolero::check!()
        .with_iterations(ITERATIONS / 5)
        .with_type::<(Drawn, Drawn)>()
        .for_each(|(left, right)| {
            let (left, right) = (left.description(), right.description());
            let thresholds = Thresholds::default();
            let forth = compare(&left, &right, &thresholds);
            let back = compare(&right, &left, &thresholds);
            keeps_its_promises(&forth);
            assert!((forth.probability - back.probability).abs() < 1e-9);
            keeps_its_promises(&compare(&left, &left, &thresholds));
        });
}

#[test]
fn whatever_is_put_in_is_found_in_order_and_can_be_taken_out() {
    bolero::check!()
        .with_iterations(ITERATIONS / 10)
        .with_type::<(Vec<Drawn>, Drawn)>()
        .for_each(|(entries, query)| {
            let mut index = Index::<u32>::new();
            for (key, entry) in (0..).zip(entries.iter().take(20)) {
                index.insert(key, &entry.description());
            }
            let found = index.search(&query.description(), 10);
            let falls = |pair: &[egnatia_matching::Candidate<u32>]| {
                pair[0].assessment.probability >= pair[1].assessment.probability
            };
            assert!(found.len() <= 10 && found.windows(2).all(falls));
            for candidate in &found {
                keeps_its_promises(&candidate.assessment);
            }
            for key in 0..20 {
                index.remove(key);
            }
            assert!(index.is_empty() && index.search(&query.description(), 10).is_empty());
        });
}

#[test]
fn a_segment_with_bytes_changed_is_refused_or_answers() {
    let mut memory = Index::<u32>::new();
    for (key, name) in (0..).zip([
        "Ђорђе Петровић",
        "Arben Krasniqi",
        "عبد الرحمن محمد",
        "Zastava d.o.o.",
    ]) {
        let names = vec![Name::new(name)];
        memory.insert(
            key,
            &Description {
                names,
                ..Description::default()
            },
        );
    }
    let mut whole = Vec::new();
    memory.compaction(0).write(&mut whole).unwrap();
    assert!(Segment::open(whole.clone()).is_ok());
    let query = Description {
        names: vec![Name::new("Djordje Petrovic")],
        ..Description::default()
    };
    bolero::check!()
        .with_iterations(ITERATIONS)
        .with_type::<(Vec<(u16, u8)>, u16)>()
        .for_each(|(changes, cut)| {
            let mut bytes = whole.clone();
            for (place, byte) in changes {
                let place = usize::from(*place) % bytes.len();
                bytes[place] = *byte;
            }
            if cut % 4 == 0 {
                bytes.truncate(usize::from(*cut) % bytes.len());
            }
            let changed = bytes != whole;
            match Segment::open(bytes) {
                Ok(segment) => {
                    assert!(!changed, "a changed segment passes for a whole one");
                    let mut index = Index::<u32>::new();
                    index.attach(segment);
                    assert_eq!(index.search(&query, 10).len(), 1);
                }
                Err(_) => assert!(changed, "a whole segment is refused"),
            }
        });
}

#[test]
fn any_text_is_a_serial_number_or_is_refused_by_name() {
    bolero::check!()
        .with_iterations(ITERATIONS)
        .with_type::<Vec<Part>>()
        .for_each(|parts| {
            let written = text(parts);
            if let Ok(serial) = Serial::new(&written) {
                let again = Serial::new(&serial.normal()).expect("its normal form is a number");
                assert_eq!(again, serial, "the normal form is the same number");
            }
            if let Err(error) = Query::new(&written) {
                assert!(!error.to_string().is_empty());
            }
        });
}
