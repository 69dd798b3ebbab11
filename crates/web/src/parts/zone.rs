//! A machine-readable zone: its check digits, what is to know about it, what it may have been.

use askama::Template;
use egnatia_formats::mrz::{CheckDigit, DatePart, DigitVerdict, Field, Form, Mrz, MrzDate, Repair};
use jiff::civil::Date;

use super::table::Piece;
use super::{Cell, Empty, Table, Tag, Tone};
use crate::{Texts, words};

/// What somebody may do with the zone. The buttons belong to the form around the part; it leads to
/// a new check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ZoneChoices {
    /// Look at it.
    None,
    /// Check it again as a proposal reads it.
    Proposals,
    /// The same, or as it stands although check digits do not fit.
    ProposalsOrAsItStands,
}

/// A zone as it was read.
#[derive(Debug, Template)]
#[template(path = "parts/zone.html")]
pub struct ZonePart {
    t: &'static Texts,
    summary: Tag,
    lines: Vec<Vec<Piece>>,
    digits: Table,
    notes: Vec<String>,
    proposals: Vec<Proposal>,
    choices: ZoneChoices,
    is_wrong: bool,
}

/// What the zone may have said.
#[derive(Debug)]
struct Proposal {
    changes: Vec<String>,
    then: String,
    lines: String,
}

impl ZonePart {
    /// The part of a zone.
    pub fn new(t: &'static Texts, zone: &Mrz, choices: ZoneChoices) -> Self {
        Self {
            t,
            summary: summary(t, zone),
            lines: lines(zone),
            digits: digits(t, zone),
            notes: notes(t, zone),
            proposals: zone.repairs.iter().map(|r| proposal(t, r)).collect(),
            choices,
            is_wrong: zone.disagreeing().next().is_some(),
        }
    }

    /// How many check digits fit, in one line.
    pub fn summary(&self) -> &Tag {
        &self.summary
    }

    fn offers_proposals(&self) -> bool {
        self.choices != ZoneChoices::None
    }

    fn offers_as_it_stands(&self) -> bool {
        self.choices == ZoneChoices::ProposalsOrAsItStands && self.is_wrong
    }
}

fn summary(t: &Texts, zone: &Mrz) -> Tag {
    let wrong = zone.disagreeing().count();
    let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
    let (tone, key) = match (wrong, zone.check_digits.len()) {
        (_, 0) => (Tone::Silent, "zone-no-digits"),
        (0, _) => (Tone::Agree, "zone-fits"),
        (..) => (Tone::Against, "zone-wrong"),
    };
    Tag {
        tone,
        word: match key {
            "zone-wrong" => t.count(key, count(wrong)),
            _ => t.text(key),
        },
    }
}

/// The lines, with whatever does not fit marked.
fn lines(zone: &Mrz) -> Vec<Vec<Piece>> {
    let wrong = zone.disagreeing().map(|digit| (digit.line, digit.column));
    let misplaced = zone
        .misplaced
        .iter()
        .map(|place| (place.line, place.column));
    let marked: Vec<(usize, usize)> = wrong.chain(misplaced).collect();
    (1..)
        .zip(&zone.lines)
        .map(|(line, text)| {
            Piece::run(
                (1..)
                    .zip(text.chars())
                    .map(|(column, character)| (character, marked.contains(&(line, column)))),
            )
        })
        .collect()
}

fn digits(t: &'static Texts, zone: &Mrz) -> Table {
    let columns = &[
        "zone-field",
        "zone-place",
        "zone-stands",
        "zone-should",
        "zone-finding",
    ];
    let rows = zone.check_digits.iter().map(|digit| {
        vec![
            Cell::Text(words::sentence(&t.text(words::mrz_field_key(digit.field)))),
            Cell::Text(place(t, digit.line, digit.column)),
            Cell::Exact(digit.stated.to_string()),
            Cell::Exact(match digit.verdict {
                DigitVerdict::Empty => "<".to_owned(),
                _ => digit.computed.to_string(),
            }),
            match digit.verdict {
                DigitVerdict::Agrees => Cell::tag(Tone::Agree, t.text("zone-digit-fits")),
                DigitVerdict::Empty => Cell::tag(Tone::Silent, t.text("zone-digit-empty")),
                DigitVerdict::Disagrees => Cell::tag(Tone::Against, t.text("zone-digit-wrong")),
            },
        ]
    });
    Table::new(t, t.text("zone-digits"), columns, Empty::default()).rows(rows.collect())
}

fn place(t: &Texts, line: usize, column: usize) -> String {
    let values = [("line", line.to_string()), ("column", column.to_string())];
    t.with_all("zone-line-and-place", &values)
}

/// What is to know, in words: what fails first.
fn notes(t: &Texts, zone: &Mrz) -> Vec<String> {
    let mut notes: Vec<String> = zone.disagreeing().map(|d| explain(t, d)).collect();
    notes.extend(zone.misplaced.iter().map(|misplaced| {
        let values = [
            ("place", place(t, misplaced.line, misplaced.column)),
            ("character", misplaced.character.to_string()),
            ("field", t.text(words::mrz_field_key(misplaced.field))),
        ];
        words::sentence(&t.with_all("zone-misplaced", &values))
    }));
    notes.extend(zone.impossible_dates.iter().map(|field| {
        t.with(
            "zone-impossible",
            "field",
            t.text(words::mrz_field_key(*field)),
        )
    }));
    for (field, date) in [
        (Field::BirthDate, &zone.birth_date),
        (Field::ExpiryDate, &zone.expiry_date),
    ] {
        notes.extend(unknown(t, field, date));
    }
    if has_expired(zone) {
        notes.push(t.text("zone-expired"));
    }
    if zone.is_long_number {
        notes.push(t.text("zone-long-number"));
    }
    if zone.name.perhaps_truncated {
        notes.push(t.text("zone-truncated"));
    }
    match zone.form {
        Form::NameLine => notes.push(t.text("zone-name-line")),
        Form::DataLine => notes.push(t.text("zone-data-line")),
        _ => {}
    }
    notes
}

fn explain(t: &Texts, digit: &CheckDigit) -> String {
    let key = match (digit.field, digit.stated) {
        (_, '<') => "zone-explain-none",
        (Field::Composite, _) => "zone-explain-composite",
        _ => "zone-explain",
    };
    let values = [
        ("field", t.text(words::mrz_field_key(digit.field))),
        ("stated", digit.stated.to_string()),
        ("computed", digit.computed.to_string()),
    ];
    words::sentence(&t.with_all(key, &values))
}

fn unknown(t: &Texts, field: Field, date: &MrzDate) -> Option<String> {
    if date.unknown.is_empty() {
        return None;
    }
    let parts = date.unknown.iter().map(|part| {
        t.text(match part {
            DatePart::Year => "zone-year",
            DatePart::Month => "zone-month",
            DatePart::Day => "zone-day",
        })
    });
    let values = [
        ("field", t.text(words::mrz_field_key(field))),
        ("parts", parts.collect::<Vec<_>>().join(", ")),
    ];
    Some(words::sentence(&t.with_all("zone-unknown", &values)))
}

/// Whether the last day of the document was before the day of the reading.
fn has_expired(zone: &Mrz) -> bool {
    let day = zone.expiry_date.date.map(|date| date.to_string());
    day.and_then(|day| day.parse::<Date>().ok())
        .is_some_and(|day| day < zone.read_on)
}

fn proposal(t: &Texts, repair: &Repair) -> Proposal {
    let changes = repair.changes.iter().map(|change| {
        let values = [
            ("place", place(t, change.line, change.column)),
            ("read", change.read.to_string()),
            ("proposed", change.proposed.to_string()),
            ("field", t.text(words::mrz_field_key(repair.field))),
        ];
        words::sentence(&t.with_all("zone-perhaps", &values))
    });
    let names = repair
        .leaves
        .iter()
        .map(|field| t.text(words::mrz_field_key(*field)));
    Proposal {
        changes: changes.collect(),
        then: if repair.leaves.is_empty() {
            t.text("zone-then-fits")
        } else {
            t.with(
                "zone-then-wrong",
                "fields",
                names.collect::<Vec<_>>().join(", "),
            )
        },
        lines: repair.lines.join("\n"),
    }
}
